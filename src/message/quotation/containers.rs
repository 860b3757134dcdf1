//! The containers into which mail programs put what they quote and what they sign with, where they stand in the HTML.

use crate::message::html::{Element, Piece, Pieces, Reckoning, Tag, decode_entities, only_indents};
use crate::vocab::Limits;
use std::ops::Range;

/// How far a container reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reach {
    /// To its own end tag.
    Inside,
    /// It announces a quotation; all that follows is it.
    Below,
}

/// An attribute by which mail programs mark elements.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Attribute {
    Id,
    Class,
    Name,
    Type,
    SignatureWidget,
}

impl Attribute {
    fn of(name: &str) -> Option<Self> {
        let known = [
            ("id", Self::Id),
            ("class", Self::Class),
            ("name", Self::Name),
            ("type", Self::Type),
            ("data-signature-widget", Self::SignatureWidget),
        ];
        known.iter().find(|(known, _)| name.eq_ignore_ascii_case(known)).map(|(_, attribute)| *attribute)
    }
}

/// Attributes by which mail programs mark what they quote; in lower case.
const QUOTATIONS: [(Attribute, &str, Reach); 27] = [
    (Attribute::Id, "divrplyfwdmsg", Reach::Below),
    (Attribute::Id, "appendonsend", Reach::Below),
    (Attribute::Id, "mail-editor-reference-message-container", Reach::Inside),
    (Attribute::Id, "olk_src_body_section", Reach::Inside),
    (Attribute::Id, "reply-intro", Reach::Below),
    (Attribute::Id, "quoted_header", Reach::Below),
    (Attribute::Id, "quoted-header", Reach::Below),
    (Attribute::Name, "quote", Reach::Inside),
    (Attribute::Class, "gmail_quote", Reach::Inside),
    (Attribute::Class, "gmail_quote_container", Reach::Inside),
    (Attribute::Class, "yahoo_quoted", Reach::Inside),
    (Attribute::Class, "protonmail_quote", Reach::Inside),
    (Attribute::Class, "tutanota_quote", Reach::Inside),
    (Attribute::Class, "zmail_extra", Reach::Inside),
    (Attribute::Class, "moz-cite-prefix", Reach::Below),
    (Attribute::Class, "quoted_output_body", Reach::Inside),
    (Attribute::Class, "ms-outlook-mobile-reference-message", Reach::Below),
    (Attribute::Class, "ntes-mailmaster-quote", Reach::Inside),
    (Attribute::Class, "mailmaster-quote", Reach::Inside),
    (Attribute::Type, "cite", Reach::Inside),
    (Attribute::Id, "stopspelling", Reach::Below),
    (Attribute::Id, "zwchr", Reach::Below),
    (Attribute::Id, "isreplycontent", Reach::Inside),
    (Attribute::Name, "messagereplysection", Reach::Inside),
    (Attribute::Class, "outlookmessageheader", Reach::Below),
    (Attribute::Class, "freshdesk_quote", Reach::Inside),
    (Attribute::Class, "front-blockquote", Reach::Inside),
];
/// Attributes by which mail programs mark signatures; in lower case.
const SIGNATURES: [(Attribute, &str); 17] = [
    (Attribute::Class, "gmail_signature"),
    (Attribute::Class, "moz-signature"),
    (Attribute::Class, "protonmail_signature_block"),
    (Attribute::Class, "ms-outlook-mobile-signature"),
    (Attribute::Id, "ms-outlook-mobile-signature"),
    (Attribute::Id, "signature"),
    (Attribute::Id, "applemailsignature"),
    (Attribute::Id, "applemailsignatures"),
    (Attribute::Id, "composer_signature"),
    (Attribute::Class, "k9mail-signature"),
    (Attribute::Class, "tutanota_signature"),
    (Attribute::Class, "gmail_signature_prefix"),
    (Attribute::Class, "front-signature"),
    (Attribute::Class, "sh-signature"),
    (Attribute::Class, "yahoo-signature"),
    (Attribute::Name, "messagesignaturesection"),
    (Attribute::SignatureWidget, "container"),
];
/// The most bytes of attributes that are looked at.
const ATTRIBUTE_BYTES_MAX: usize = 2_000;
/// The most containers within one another that are followed.
const DEPTH_MAX: usize = 100_000;

/// Where a quotation and a signature stand in the HTML, in bytes.
#[derive(Debug, Default)]
pub(in crate::message) struct Containers {
    pub(super) quotation: Option<usize>,
    /// The quotation is such as the button of a program makes, too, with which somebody sets off a passage.
    pub(super) may_be_own: bool,
    /// A quotation below which words stand that are not in its container.
    pub(super) enclosed: Option<Range<usize>>,
    pub(super) signature: Option<Range<usize>>,
}

impl Containers {
    /// Looks for them; the error says why this is more HTML than is kept.
    pub(in crate::message) fn find(html: &str, limits: &Limits) -> Result<Self, &'static str> {
        let mut reckoning = Reckoning::of(html, limits)?;
        let mut search = Search::default();
        let mut pieces = Pieces::of(html);
        let mut at = 0;
        while let Some(piece) = pieces.next() {
            reckoning.piece(&piece)?;
            match piece {
                Piece::Text(text) => search.text(text),
                Piece::Tag(tag) if tag.is_end => search.end(&tag, at),
                Piece::Tag(tag) => search.start(&tag, at),
            }
            at = html.len() - pieces.rest.len();
        }
        let mut found = search.found;
        if search.has_words_below {
            let from = found.quotation.take();
            found.enclosed = from.zip(search.end).map(|(from, end)| from..end);
        }
        Ok(found)
    }
}

/// A container whose end has not been seen.
#[derive(Debug, Clone, Copy)]
struct Open {
    is_quotation: bool,
    is_signature: bool,
}

/// What is being looked for within one pass.
#[derive(Debug, Default)]
struct Search {
    found: Containers,
    reach: Option<Reach>,
    /// Elements that are open: `div`, `blockquote`, `table`, `span`, each in a list of its own.
    open: [Vec<Option<Open>>; 4],
    signature_from: Option<usize>,
    /// Open quotations by `blockquote` since the container began.
    quotes: usize,
    has_quoted: bool,
    is_outside: bool,
    /// Where the container of the quotation ends.
    end: Option<usize>,
    /// Words stand behind what the container holds: somebody wrote below or in between.
    has_words_below: bool,
}

impl Search {
    fn text(&mut self, text: &str) {
        let is_behind = self.is_outside || (self.has_quoted && self.quotes == 0);
        if self.found.quotation.is_some() && is_behind && !self.has_words_below {
            self.has_words_below = text.replace("&nbsp;", " ").chars().any(char::is_alphanumeric);
        }
    }

    fn start(&mut self, tag: &Tag<'_>, at: usize) {
        let marks = if self.found.quotation.is_none() { Marks::of(tag) } else { None };
        let mut open = Open { is_quotation: false, is_signature: false };
        if self.found.quotation.is_none()
            && let Some(reach) = marks
                .as_ref()
                .and_then(|marks| marks.quotation(tag))
                .or_else(|| is_outlook_border(tag).then_some(Reach::Below))
        {
            (self.found.quotation, self.reach) = (Some(at), Some(reach));
            let is_cited = marks.as_ref().is_some_and(|marks| marks.has(Attribute::Type, "cite"));
            self.found.may_be_own = tag.element == Element::BLOCKQUOTE && !is_cited;
            open.is_quotation = true;
        }
        if self.found.quotation.is_some() && tag.element == Element::BLOCKQUOTE {
            self.quotes += 1;
        }
        if self.found.signature.is_none()
            && self.found.quotation.is_none()
            && marks.is_some_and(|marks| marks.is_signature())
        {
            self.signature_from = Some(at);
            self.found.signature = Some(at..at);
            open.is_signature = true;
        }
        if let Some(list) = list_of(tag).and_then(|name| self.open.get_mut(name))
            && list.len() < DEPTH_MAX
        {
            list.push((open.is_quotation || open.is_signature).then_some(open));
        }
    }

    fn end(&mut self, tag: &Tag<'_>, at: usize) {
        if tag.element == Element::BLOCKQUOTE && self.quotes > 0 {
            self.quotes -= 1;
            self.has_quoted |= self.quotes == 0;
        }
        let closed = list_of(tag).and_then(|name| self.open.get_mut(name)).and_then(Vec::pop).flatten();
        let Some(closed) = closed else { return };
        if closed.is_quotation && self.reach == Some(Reach::Inside) {
            self.is_outside = true;
            // where words stand in between, only marks tell them from what is quoted
            self.end = Some(at).filter(|_| !self.has_words_below);
        }
        if closed.is_signature {
            self.found.signature = self.signature_from.map(|from| from..at);
        }
    }
}

/// In which list an element is kept while it is open.
fn list_of(tag: &Tag<'_>) -> Option<usize> {
    match tag.element {
        Element::DIV => Some(0),
        Element::BLOCKQUOTE => Some(1),
        Element::TABLE => Some(2),
        Element::SPAN => Some(3),
        _ => None,
    }
}

/// Whether mail programs mark elements of this kind.
fn is_markable(tag: &Tag<'_>) -> bool {
    list_of(tag).is_some() || tag.element == Element::HR || tag.element == Element::P
}

/// The last letters of all words that mark something, a bit for each.
#[expect(clippy::indexing_slicing, reason = "worked out while the program is built")]
const LAST_LETTERS: u32 = {
    let (mut letters, mut at) = (0, 0);
    while at < QUOTATIONS.len() + SIGNATURES.len() {
        let beyond = at.checked_sub(QUOTATIONS.len());
        let word = if let Some(at) = beyond { SIGNATURES[at].1 } else { QUOTATIONS[at].1 };
        assert!(last_letter(word) != 0, "a mark would never be found that does not end with a letter");
        letters |= last_letter(word);
        at += 1;
    }
    letters
};

/// The bit of the letter that a word ends with; none where that is no letter.
const fn last_letter(word: &str) -> u32 {
    match word.as_bytes() {
        [.., last] if last.is_ascii_alphabetic() => 1 << (last.to_ascii_lowercase() - b'a'),
        _ => 0,
    }
}

/// Whether a word of an attribute may be one that marks something: most are known not to by their last letters.
fn may_mark(value: &str) -> bool {
    value.contains('&') || value.split_ascii_whitespace().any(|word| last_letter(word) & LAST_LETTERS != 0)
}

/// What marks an element: the words of its attributes, in lower case.
struct Marks(Vec<(Attribute, String)>);

impl Marks {
    fn of(tag: &Tag<'_>) -> Option<Self> {
        if tag.attributes.is_empty() || tag.attributes.len() > ATTRIBUTE_BYTES_MAX || !is_markable(tag) {
            return None;
        }
        let mut marks: Vec<(Attribute, String)> = Vec::new();
        let mut passed: [Option<Attribute>; 5] = [None; 5];
        for (name, value) in tag.attributes() {
            let (Some(attribute), Some(value)) = (Attribute::of(name), value) else { continue };
            let Some(passed) = passed.get_mut(attribute as usize).filter(|passed| passed.is_none()) else {
                continue;
            };
            if !value.is_empty() {
                *passed = Some(attribute);
                if may_mark(value) {
                    marks.push((attribute, decode_entities(value).to_ascii_lowercase()));
                }
            }
        }
        (!marks.is_empty()).then_some(Self(marks))
    }

    /// Whether an attribute holds this word, with or without what Outlook and Yahoo put before foreign names: `x_`, once
    /// for each mail that it went through, and `ydp` with a number.
    fn has(&self, attribute: Attribute, word: &str) -> bool {
        let is_foreign = |before: &str| {
            before.trim_start_matches("x_").is_empty()
                || before
                    .strip_prefix("ydp")
                    .is_some_and(|hex| hex.bytes().all(|byte| byte.is_ascii_hexdigit()))
        };
        self.0.iter().filter(|(known, _)| *known == attribute).any(|(_, value)| {
            value.split_ascii_whitespace().any(|found| found.strip_suffix(word).is_some_and(is_foreign))
        })
    }

    fn quotation(&self, tag: &Tag<'_>) -> Option<Reach> {
        if tag.element == Element::BLOCKQUOTE && only_indents(tag) {
            return None;
        }
        let known = QUOTATIONS.iter().find(|(attribute, value, _)| {
            (*attribute != Attribute::Type || tag.element == Element::BLOCKQUOTE)
                && self.has(*attribute, value)
        });
        known.map(|(_, _, reach)| *reach)
    }

    fn is_signature(&self) -> bool {
        SIGNATURES.iter().any(|(attribute, value)| self.has(*attribute, value))
    }
}

/// The line that Outlook draws above a quoted header.
fn is_outlook_border(tag: &Tag<'_>) -> bool {
    tag.element == Element::DIV
        && tag.attributes.len() <= ATTRIBUTE_BYTES_MAX
        && tag.attributes.contains("border-top")
        && tag.attribute("style").is_some_and(|style| {
            let style: String = style.to_ascii_lowercase().split_whitespace().collect();
            style.contains("border:none;border-top:solid#")
                && (style.contains("1.0pt") || style.contains("1pt"))
                && style.contains("padding:3.0pt0")
        })
}

//! Quotations and signatures that the HTML of a mail program marks as such.
//!
//! What stands above the container in the HTML is looked for at the top of the text, letter by letter; so it does not
//! matter whether the text is the HTML's own or the plain form beside it. Where the two differ, the lines decide alone.

use crate::message::html::{Piece, Pieces, Tag, decode_entities, to_text};
use std::ops::Range;

/// How far a container reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reach {
    /// To its own end tag.
    Inside,
    /// It announces a quotation; all that follows is it.
    Below,
}

/// Attributes by which mail programs mark what they quote; in lower case.
const QUOTATIONS: [(&str, &str, Reach); 27] = [
    ("id", "divrplyfwdmsg", Reach::Below),
    ("id", "appendonsend", Reach::Below),
    ("id", "mail-editor-reference-message-container", Reach::Inside),
    ("id", "olk_src_body_section", Reach::Inside),
    ("id", "reply-intro", Reach::Below),
    ("id", "quoted_header", Reach::Below),
    ("id", "quoted-header", Reach::Below),
    ("name", "quote", Reach::Inside),
    ("class", "gmail_quote", Reach::Inside),
    ("class", "gmail_quote_container", Reach::Inside),
    ("class", "yahoo_quoted", Reach::Inside),
    ("class", "protonmail_quote", Reach::Inside),
    ("class", "tutanota_quote", Reach::Inside),
    ("class", "zmail_extra", Reach::Inside),
    ("class", "moz-cite-prefix", Reach::Below),
    ("class", "quoted_output_body", Reach::Inside),
    ("class", "ms-outlook-mobile-reference-message", Reach::Below),
    ("class", "ntes-mailmaster-quote", Reach::Inside),
    ("class", "mailmaster-quote", Reach::Inside),
    ("type", "cite", Reach::Inside),
    ("id", "stopspelling", Reach::Below),
    ("id", "zwchr", Reach::Below),
    ("id", "isreplycontent", Reach::Inside),
    ("name", "messagereplysection", Reach::Inside),
    ("class", "outlookmessageheader", Reach::Below),
    ("class", "freshdesk_quote", Reach::Inside),
    ("class", "front-blockquote", Reach::Inside),
];
/// Attributes by which mail programs mark signatures; in lower case.
const SIGNATURES: [(&str, &str); 17] = [
    ("class", "gmail_signature"),
    ("class", "moz-signature"),
    ("class", "protonmail_signature_block"),
    ("class", "ms-outlook-mobile-signature"),
    ("id", "ms-outlook-mobile-signature"),
    ("id", "signature"),
    ("id", "applemailsignature"),
    ("id", "applemailsignatures"),
    ("id", "composer_signature"),
    ("class", "k9mail-signature"),
    ("class", "tutanota_signature"),
    ("class", "gmail_signature_prefix"),
    ("class", "front-signature"),
    ("class", "sh-signature"),
    ("class", "yahoo-signature"),
    ("name", "messagesignaturesection"),
    ("data-signature-widget", "container"),
];
/// How many letters of a quotation's beginning are looked for in a text that differs above it, and how few will do.
const BEGINNING_CHARS_MAX: usize = 48;
const BEGINNING_CHARS_MIN: usize = 12;
/// How much HTML is read for them.
const BEGINNING_BYTES_MAX: usize = 4_000;
/// The most bytes of attributes that are looked at.
const ATTRIBUTE_BYTES_MAX: usize = 2_000;
/// The most containers within one another that are followed.
const DEPTH_MAX: usize = 100_000;

/// Where the HTML says that something else begins, in lines of the text.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Structure {
    /// From this line on all is quoted.
    pub(super) quotation_from: Option<usize>,
    /// These lines are a signature.
    pub(super) signature: Option<Range<usize>>,
}

/// What the HTML tells about a text.
pub(super) fn structure(html: &str, text: &str) -> Structure {
    let found = Containers::find(html);
    let line = |at: usize| html.get(..at).and_then(|above| line_behind(text, &to_text(above)));
    let by_its_beginning = |at: usize| line_of_beginning(text, html.get(at..)?);
    let quotation_from = found.quotation.and_then(|at| line(at).or_else(|| by_its_beginning(at)));
    let quotation_from = quotation_from.filter(|line| *line > 0);
    let signature = found.signature.and_then(|range| {
        let (from, to) = (line(range.start)?, line(range.end)?);
        (0 < from && from < to).then_some(from..to)
    });
    Structure { quotation_from, signature }
}

/// Places in the HTML, in bytes.
#[derive(Debug, Default)]
struct Containers {
    quotation: Option<usize>,
    signature: Option<Range<usize>>,
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
    /// Words stand behind what the container holds: somebody wrote below or in between.
    has_words_below: bool,
}

impl Containers {
    fn find(html: &str) -> Self {
        let mut search = Search::default();
        let mut pieces = Pieces::of(html);
        loop {
            let at = html.len() - pieces.rest.len();
            let Some(piece) = pieces.next() else { break };
            let next = html.len() - pieces.rest.len();
            match piece {
                Piece::Text(text) => search.text(text),
                Piece::Tag(tag) if tag.is_end => search.end(&tag, at),
                Piece::Tag(tag) => search.start(&tag, at),
            }
            if next == at {
                break;
            }
        }
        let mut found = search.found;
        if search.has_words_below {
            found.quotation = None;
        }
        found
    }
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
            open.is_quotation = true;
        }
        if self.found.quotation.is_some() && tag.is("blockquote") {
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
        if tag.is("blockquote") && self.quotes > 0 {
            self.quotes -= 1;
            self.has_quoted |= self.quotes == 0;
        }
        let closed = list_of(tag).and_then(|name| self.open.get_mut(name)).and_then(Vec::pop).flatten();
        let Some(closed) = closed else { return };
        if closed.is_quotation && self.reach == Some(Reach::Inside) {
            self.is_outside = true;
        }
        if closed.is_signature {
            self.found.signature = self.signature_from.map(|from| from..at);
        }
    }
}

/// In which list an element is kept while it is open.
fn list_of(tag: &Tag<'_>) -> Option<usize> {
    ["div", "blockquote", "table", "span"].iter().position(|name| tag.is(name))
}

/// Whether mail programs mark elements of this kind.
fn is_markable(tag: &Tag<'_>) -> bool {
    list_of(tag).is_some() || tag.is("hr") || tag.is("p")
}

/// What marks an element: the words of its attributes, in lower case.
struct Marks([(&'static str, String); 5]);

impl Marks {
    fn of(tag: &Tag<'_>) -> Option<Self> {
        if tag.attributes.is_empty() || tag.attributes.len() > ATTRIBUTE_BYTES_MAX || !is_markable(tag) {
            return None;
        }
        let mut marks =
            Self(["id", "class", "name", "type", "data-signature-widget"].map(|name| (name, String::new())));
        for (name, value) in tag.attributes() {
            let known = marks.0.iter_mut().find(|(known, _)| name.eq_ignore_ascii_case(known));
            if let (Some((_, words)), Some(value)) = (known, value)
                && words.is_empty()
            {
                *words = decode_entities(value).to_ascii_lowercase();
            }
        }
        Some(marks).filter(|marks| marks.0.iter().any(|(_, words)| !words.is_empty()))
    }

    /// Whether an attribute holds this word, with or without what Outlook and Yahoo put before foreign names: `x_`, once
    /// for each mail that it went through, and `ydp` with a number.
    fn has(&self, name: &str, word: &str) -> bool {
        let is_foreign = |before: &str| {
            before.trim_start_matches("x_").is_empty()
                || before
                    .strip_prefix("ydp")
                    .is_some_and(|hex| hex.bytes().all(|byte| byte.is_ascii_hexdigit()))
        };
        self.0.iter().filter(|(known, _)| *known == name).any(|(_, value)| {
            value.split_ascii_whitespace().any(|found| found.strip_suffix(word).is_some_and(is_foreign))
        })
    }

    fn quotation(&self, tag: &Tag<'_>) -> Option<Reach> {
        let known = QUOTATIONS
            .iter()
            .find(|(name, value, _)| (*name != "type" || tag.is("blockquote")) && self.has(name, value));
        known.map(|(_, _, reach)| *reach)
    }

    fn is_signature(&self) -> bool {
        SIGNATURES.iter().any(|(name, value)| self.has(name, value))
    }
}

/// The line that Outlook draws above a quoted header.
fn is_outlook_border(tag: &Tag<'_>) -> bool {
    tag.is("div")
        && tag.attributes.len() <= ATTRIBUTE_BYTES_MAX
        && tag.attributes.contains("border-top")
        && tag.attribute("style").is_some_and(|style| {
            let style: String = style.to_ascii_lowercase().split_whitespace().collect();
            style.contains("border:none;border-top:solid#")
                && (style.contains("1.0pt") || style.contains("1pt"))
                && style.contains("padding:3.0pt0")
        })
}

/// The line at which the words that open a quotation stand, and nowhere else. Above it plain text and HTML may differ in
/// links, in stars around bold words, in names of pictures.
fn line_of_beginning(text: &str, quotation: &str) -> Option<usize> {
    let opening = quotation.get(..quotation.floor_char_boundary(BEGINNING_BYTES_MAX))?;
    let letters = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).collect::<String>();
    let opening: String = letters(&to_text(opening)).chars().take(BEGINNING_CHARS_MAX).collect();
    if opening.chars().count() < BEGINNING_CHARS_MIN {
        return None;
    }
    let mut all = String::with_capacity(text.len());
    let mut starts = Vec::new();
    for line in text.split('\n') {
        starts.push(all.len());
        all.extend(line.chars().filter(|c| c.is_alphanumeric()));
    }
    let at = all.find(&opening).filter(|at| all.rfind(&opening) == Some(*at))?;
    // of several lines that begin here, the last one holds the words
    let line = starts.partition_point(|start| *start <= at) - 1;
    (starts.get(line) == Some(&at)).then_some(line)
}

/// The number of the line that follows these words, where the text begins with them.
fn line_behind(text: &str, words: &str) -> Option<usize> {
    let mut wanted = words.chars().filter(|c| c.is_alphanumeric()).peekable();
    wanted.peek()?;
    let mut lines = 0;
    for c in text.chars() {
        if c == '\n' {
            lines += 1;
            if wanted.peek().is_none() {
                return Some(lines);
            }
        } else if c.is_alphanumeric() && wanted.next() != Some(c) {
            return None;
        }
    }
    wanted.peek().is_none().then_some(lines + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(html: &str) -> Structure {
        structure(html, &to_text(html))
    }

    #[test]
    fn containers_of_mail_programs_say_where_a_quotation_begins() {
        for container in [
            "<div class=\"gmail_quote\"><div dir=ltr>attribution</div><blockquote>old</blockquote></div>",
            "<div id=\"x_divRplyFwdMsg\">head</div><div>old</div>",
            "<div class=\"a yahoo_quoted\"><div>old</div></div>",
            "<div name=\"quote\"><div>old</div></div><br>",
            "<blockquote type=\"cite\"><div>old</div></blockquote>",
            "<hr id=x_x_stopSpelling><div>old</div>",
            "<div class=ydp1a2byahoo_quoted><div>old</div></div>",
            "<div style='border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm'>head</div><p>old</p>",
        ] {
            let html = format!("<div>new</div><div>lines</div>{container}");
            assert_eq!(found(&html).quotation_from, Some(2), "{html}");
        }
    }

    #[test]
    fn words_below_or_within_a_container_leave_it_to_the_lines() {
        for html in [
            "<div>new</div><div class=gmail_quote>old</div><div>below</div>",
            "<div>new</div><div class=gmail_quote>a<blockquote>old</blockquote>mine<blockquote>old</blockquote></div>",
            "<div class=gmail_quote>old</div>",
            "<p>new</p><p class=gmail_quoted>kept</p>",
        ] {
            assert_eq!(found(html).quotation_from, None, "{html}");
        }
    }

    #[test]
    fn a_plain_text_that_differs_above_the_quotation_is_cut_where_the_quotation_begins() {
        let html = "<div>see <a href=x>this</a><img src=cid:1></div><div id=divRplyFwdMsg><b>Seolta:</b> Ana Lyst</div>old";
        for (text, line) in [
            ("see this <x> [cid:1]\n\nSeolta: Ana Lyst\n\nold", Some(2)),
            ("see this <x>\nSeolta: Ana Lyst old\nSeolta: Ana Lyst old", None),
            ("see this <x>: Seolta: Ana Lyst old", None),
            ("see this <x>\nold", None),
        ] {
            assert_eq!(structure(html, text).quotation_from, line, "{text}");
        }
    }

    #[test]
    fn signatures_that_are_marked_are_found() {
        let html =
            "<div>new</div><div class=gmail_signature>Uma<br>Accounts</div><div class=gmail_quote>old</div>";
        assert_eq!(found(html), Structure { quotation_from: Some(3), signature: Some(1..3) });
    }

    #[test]
    fn thousands_of_containers_are_read_in_one_pass() {
        for piece in ["<div class=gmail_quote>", "<blockquote type=cite>x", "</div>", "<div id=signature>a"] {
            let html = format!("<p>new</p>{}", piece.repeat(100_000));
            let _places = structure(&html, "new\nold");
        }
    }
}

//! Header fields as they stand in the mail, and what they say once unfolded and decoded.
//!
//! Field bodies are kept as slices of the raw bytes; only those that somebody asks for are decoded.
//! Structured fields (dates, media types) are left to `mail-parser`.

use super::{Defects, charset, dates, encoded_words};
use crate::vocab::ReturnPath;
use mail_parser::HeaderValue;
use mail_parser::parsers::MessageStream;
use std::borrow::Cow;

/// The longest name of a field, with its colon.
const NAME_BYTES_MAX: usize = 256;
/// How many fields a mail has at least that came a long way.
const FIELDS_USUAL: usize = 16;
/// The most identifiers that are kept of one field; a thread that is longer loses its middle.
const IDS_MAX: usize = 200;
/// The most bytes of one unstructured field that are kept, decoded.
const TEXT_BYTES_MAX: usize = 8 * 1024;

/// One header field.
#[derive(Debug, Clone, Copy)]
pub(super) struct Field<'x> {
    /// The name as written.
    pub(super) name: &'x str,
    /// Everything after the colon, folds included, without the last line break.
    pub(super) body: &'x [u8],
}

impl Field<'_> {
    /// Whether it describes the body.
    pub(super) fn is_about_content(&self) -> bool {
        self.name.get(..8).is_some_and(|start| start.eq_ignore_ascii_case("content-"))
    }
}

/// The header of a mail or of one of its parts.
#[derive(Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fault of its own")]
pub(super) struct Fields<'x> {
    list: Vec<Field<'x>>,
    /// A bit for each name that is there: most names that are asked for are not.
    names: [u64; 8],
    /// Where the body begins.
    pub(super) body_start: usize,
    /// Fields beyond the limit were left out.
    is_truncated: bool,
    /// Fields beyond the most that are read were left out.
    has_too_many: bool,
    /// Lines that are no fields were passed over.
    pub(super) has_junk: bool,
    /// No empty line stands between header and body.
    pub(super) lacks_empty_line: bool,
}

impl<'x> Fields<'x> {
    /// Reads fields from `start` up to the empty line, or to where they evidently end.
    pub(super) fn read(raw: &'x [u8], start: usize, bytes_max: usize) -> Self {
        let mut fields = Self { list: Vec::with_capacity(FIELDS_USUAL), ..Self::default() };
        let mut position = start;
        let mut open: Option<(&'x str, usize, usize)> = None;
        while let Some((line, next)) = line_at(raw, position) {
            let is_first = fields.list.is_empty() && open.is_none();
            if line.is_empty() || is_lost_delimiter(line) && !(is_first && is_banner(line)) {
                fields.lacks_empty_line = !line.is_empty();
                fields.body_start = if line.is_empty() { next } else { position };
                fields.close(raw, open, start, bytes_max);
                return fields;
            }
            if line.first().is_some_and(|byte| matches!(byte, b' ' | b'\t')) && open.is_some() {
                open = open.map(|(name, from, _)| (name, from, position + line.len()));
            } else if let Some((name, colon)) = field_name(line) {
                fields.close(raw, open.take(), start, bytes_max);
                open = Some((name, position + colon + 1, position + line.len()));
            } else if is_envelope_line(line) || followed_by_field(raw, next) {
                fields.has_junk |= !is_envelope_line(line);
            } else {
                fields.lacks_empty_line = true;
                fields.body_start = position;
                fields.close(raw, open, start, bytes_max);
                return fields;
            }
            position = next;
        }
        fields.body_start = raw.len();
        fields.close(raw, open, start, bytes_max);
        fields
    }

    fn close(
        &mut self,
        raw: &'x [u8],
        open: Option<(&'x str, usize, usize)>,
        start: usize,
        bytes_max: usize,
    ) {
        let Some((name, from, to)) = open else { return };
        let room = start.saturating_add(bytes_max);
        if from >= room {
            self.is_truncated = true;
            return;
        }
        self.is_truncated |= to > room;
        let body = raw.get(from..to.min(room)).unwrap_or_default();
        let (eighth, bit) = bit_of(name);
        self.names.get_mut(eighth).into_iter().for_each(|names| *names |= bit);
        self.list.push(Field { name, body });
    }

    /// Whether a field of this name may be there.
    #[inline]
    fn may_hold(&self, name: &str) -> bool {
        let (eighth, bit) = bit_of(name);
        self.names.get(eighth).is_some_and(|names| names & bit != 0)
    }

    /// The first field of this name: a second `From` or `Subject` says nothing.
    #[inline]
    pub(super) fn first(&self, name: &str) -> Option<&'x [u8]> {
        if self.may_hold(name) { self.first_held(name) } else { None }
    }

    fn first_held(&self, name: &str) -> Option<&'x [u8]> {
        self.list.iter().find(|field| field.name.eq_ignore_ascii_case(name)).map(|field| field.body)
    }

    /// Every field of this name, in order.
    pub(super) fn all<'s>(&'s self, name: &'s str) -> impl Iterator<Item = &'x [u8]> + 's {
        let list = if self.may_hold(name) { self.list.as_slice() } else { &[] };
        list.iter().filter(move |field| field.name.eq_ignore_ascii_case(name)).map(|field| field.body)
    }

    /// No fields at all, before a body that starts here.
    pub(super) fn none(body_start: usize) -> Self {
        Self { body_start, ..Self::default() }
    }

    /// The fields that describe the body, alone.
    pub(super) fn about_content(&self) -> Self {
        Self {
            list: self.list.iter().filter(|field| field.is_about_content()).copied().collect(),
            names: self.names,
            body_start: self.body_start,
            is_truncated: self.is_truncated,
            has_too_many: self.has_too_many,
            ..Self::default()
        }
    }

    /// The first so many fields.
    pub(super) fn at_most(mut self, fields_max: usize) -> Self {
        self.has_too_many = self.list.len() > fields_max;
        self.list.truncate(fields_max);
        self
    }

    /// Notes what was left out of a header that is too long.
    pub(super) fn judge_length(&self, defects: &mut Defects) {
        if self.is_truncated {
            defects.add(super::HEADER_BEYOND);
        }
        if self.has_too_many {
            defects.add(super::FIELDS_BEYOND);
        }
    }

    /// All fields in order.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Field<'x>> {
        self.list.iter()
    }

    /// The first field of this name as one clean line.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        self.first(name).map(text)
    }
}

/// One of eight times 64 bits for a name, the same however it is written; different names may share one.
#[inline]
fn bit_of(name: &str) -> (usize, u64) {
    // the bit that tells capital letters from small ones
    let letter = |byte: Option<&u8>| usize::from(byte.copied().unwrap_or_default() | 0x20);
    let bytes = name.as_bytes();
    let mixed = letter(bytes.first()) * 131 + letter(bytes.last()) * 31 + bytes.len() * 5;
    (mixed / 64 % 8, 1 << (mixed % 64))
}

/// The line that begins at `position`, without its line break, and where the next one begins.
pub(super) fn line_at(raw: &[u8], position: usize) -> Option<(&[u8], usize)> {
    let rest = raw.get(position..).filter(|rest| !rest.is_empty())?;
    let (line, length) = match memchr::memchr(b'\n', rest) {
        Some(end) => (rest.get(..end).unwrap_or_default(), end + 1),
        None => (rest, rest.len()),
    };
    let without_break = |line: &mut &[u8]| line.strip_suffix(b"\r").map(|shorter| *line = shorter).is_some();
    let mut line = line;
    while without_break(&mut line) {}
    Some((line, position + length))
}

/// The field name at the start of a line, if there is one (RFC 5322 §3.6.8; white space before the colon is old style),
/// and where its colon stands.
fn field_name(line: &[u8]) -> Option<(&str, usize)> {
    let colon = memchr::memchr(b':', line.get(..NAME_BYTES_MAX).unwrap_or(line))?;
    let name = line.get(..colon)?.trim_ascii_end();
    let is_usable = !name.is_empty() && name.iter().fold(true, |all, byte| all & (33..=126).contains(byte));
    if is_usable { std::str::from_utf8(name).ok().map(|name| (name, colon)) } else { None }
}

fn is_lost_delimiter(line: &[u8]) -> bool {
    line.starts_with(b"--")
}

/// A line such as `---- Original message ----`, which programs put above a mail that they hand on; no delimiter has words.
fn is_banner(line: &[u8]) -> bool {
    line.ends_with(b"--") && line.contains(&b' ')
}

fn is_envelope_line(line: &[u8]) -> bool {
    line.starts_with(b"From ") || line.starts_with(b">From ")
}

fn followed_by_field(raw: &[u8], position: usize) -> bool {
    line_at(raw, position)
        .is_some_and(|(line, _)| !line.is_empty() && !is_lost_delimiter(line) && field_name(line).is_some())
}

/// A field body without its folds, as text; encoded words are left as they are.
pub(super) fn unfold(body: &[u8]) -> Cow<'_, str> {
    let flat: Cow<'_, [u8]> = if memchr::memchr3(b'\r', b'\n', 0, body).is_some() {
        Cow::Owned(body.iter().copied().filter(|byte| !matches!(byte, b'\r' | b'\n' | 0)).collect())
    } else {
        Cow::Borrowed(body)
    };
    match flat {
        Cow::Borrowed(bytes) => charset::guess_field(bytes),
        Cow::Owned(bytes) => Cow::Owned(charset::guess_owned_field(bytes)),
    }
}

/// An unstructured field body: unfolded, decoded, on one line, without control characters.
pub(super) fn text(body: &[u8]) -> String {
    one_line(&encoded_words::decode_words(&unfold(body)))
}

/// Whether a text in ASCII is on one line already, as nearly all are.
fn is_one_line(text: &str) -> bool {
    let is_printed = text.bytes().fold(true, |all, byte| all & (b' '..0x7f).contains(&byte));
    is_printed
        && text.len() < TEXT_BYTES_MAX
        && !text.starts_with(' ')
        && !text.ends_with(' ')
        && !holds_two_spaces(text.as_bytes())
}

fn holds_two_spaces(bytes: &[u8]) -> bool {
    let are_spaces = |byte: u8, next: u8| byte == b' ' && next == b' ';
    let pairs = bytes.iter().zip(bytes.iter().skip(1));
    pairs.fold(false, |found, (byte, next)| found | are_spaces(*byte, *next))
}

/// Puts a text on one line: control characters become spaces, white space is squeezed.
pub(super) fn one_line(text: &str) -> String {
    if is_one_line(text) {
        return text.to_owned();
    }
    let mut line = String::with_capacity(text.len().min(TEXT_BYTES_MAX));
    let mut gap = false;
    for c in text.chars() {
        if c == '\0' || c == '\u{feff}' {
            continue;
        }
        if c.is_control() || c.is_whitespace() || matches!(c, '\u{2028}' | '\u{2029}') {
            gap = !line.is_empty();
            continue;
        }
        if line.len() + c.len_utf8() >= TEXT_BYTES_MAX {
            break;
        }
        if gap {
            line.push(' ');
            gap = false;
        }
        line.push(c);
    }
    line
}

/// Message identifiers without their brackets (RFC 5322 §3.6.4).
pub(super) fn ids(body: &[u8]) -> Vec<String> {
    let line = unfold(body);
    let mut ids: Vec<String> = Vec::new();
    let mut rest: &str = &line;
    while let Some((_, after)) = rest.split_once('<') {
        let Some((id, next)) = after.split_once('>') else { break };
        let id = one_line(id);
        if !id.is_empty() && ids.len() < IDS_MAX {
            ids.push(id);
        }
        rest = next;
    }
    if ids.is_empty() {
        ids.extend(line.split_whitespace().filter(|word| word.contains('@')).take(IDS_MAX).map(one_line));
    }
    ids
}

/// A `Content-ID`, whose brackets some programs forget.
pub(super) fn content_id(body: &[u8]) -> Option<String> {
    ids(body).into_iter().next().or_else(|| {
        let line = unfold(body);
        line.split_whitespace()
            .next()
            .map(|word| one_line(word.trim_matches(['<', '>'])))
            .filter(|id| !id.is_empty())
    })
}

/// `Date` as RFC 3339, where it can be read.
pub(super) fn date(body: &[u8]) -> Option<String> {
    let unfolded = unfold(body);
    let line = [unfolded.trim(), "\n"].concat();
    match MessageStream::new(line.as_bytes()).parse_date() {
        HeaderValue::DateTime(date) if date.is_valid() => Some(date.to_rfc3339()),
        _ => dates::read(unfolded.trim()),
    }
}

/// What a `Return-Path` field says: blank and given are told apart (SPEC G2).
pub(super) fn return_path(body: &[u8]) -> ReturnPath {
    let line = one_line(&unfold(body));
    let path = match line.split_once('<') {
        Some((_, after)) => after.split_once('>').map_or(after, |(path, _)| path),
        None => line.as_str(),
    };
    ReturnPath::from(path.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn header_ends_where_the_text_begins_even_without_an_empty_line() {
        let raw = b"Subject: one\r\n two\r\nnot a field\r\nFrom: a@b.example\r\nHello there\r\nand more\r\n";
        let fields = Fields::read(raw, 0, 1000);
        assert_eq!(fields.text("subject").as_deref(), Some("one two"));
        assert!(fields.has_junk && fields.lacks_empty_line);
        assert_eq!(&raw[fields.body_start..], b"Hello there\r\nand more\r\n");
    }

    #[test]
    fn control_characters_never_survive_in_a_header_value() {
        assert_eq!(text(b" a\x00b\x07c\r\n\td =?utf-8?Q?e=0D=0ABcc:_x?="), "ab c d e Bcc: x");
    }

    #[test]
    fn return_path_blank_and_given_are_told_apart() {
        assert_eq!(return_path(b" <>"), ReturnPath::Null);
        assert_eq!(return_path(b" < >\r\n"), ReturnPath::Null);
        assert_eq!(return_path(b" <a@b>"), ReturnPath::Path("a@b".to_owned()));
    }

    #[test]
    fn identifiers_are_read_with_and_without_brackets() {
        assert_eq!(ids(b" <a@b>\r\n <c@d> junk"), ["a@b", "c@d"]);
        assert_eq!(ids(b" a@b"), ["a@b"]);
        assert!(ids(b" nothing").is_empty());
        for (written, expected) in [
            (" <a@b>", Some("a@b")),
            (" image001", Some("image001")),
            (" <", None),
            (" <a", Some("a")),
            ("", None),
        ] {
            assert_eq!(content_id(written.as_bytes()).as_deref(), expected, "{written}");
        }
    }
}

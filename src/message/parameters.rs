//! Fields with parameters, put right before they are taken apart (RFC 2045 §5.1, RFC 2231).
//!
//! A semicolon that is missing, a path in quotation marks, a name in pieces that were cut within a letter: what is
//! meant is plain, and without it a text or the name of a file is lost.

use super::{charset, percent};
use std::borrow::Cow;

/// The most parameters in pieces or in a character set of their own that are read; nobody writes more than a few.
const EXTENDED_MAX: usize = 64;

/// One parameter, its value without quotation marks.
struct Parameter<'l> {
    name: &'l str,
    value: String,
}

/// A parameter in pieces, in a character set of its own, or both.
struct Extended<'l> {
    name: &'l str,
    pieces: Vec<Piece>,
}

/// `name*3*=value`.
struct Piece {
    number: usize,
    is_encoded: bool,
    value: String,
}

/// The line of a `Content-Type` or `Content-Disposition` as its writer meant it.
pub(super) fn mended(line: &str) -> Cow<'_, str> {
    let (head, rest) = divided(line);
    let is_sound = line.strip_prefix(&*head) == Some(rest);
    let is_written_otherwise = || rest.contains(['*', '\\']) || rest.contains("='") || rest.contains("= '");
    if is_sound && (memchr::memchr3(b'*', b'\\', b'\'', rest.as_bytes()).is_none() || !is_written_otherwise())
    {
        return Cow::Borrowed(line);
    }
    let mut written = head.into_owned();
    let mut extended: Vec<Extended<'_>> = Vec::new();
    let mut plain = Vec::new();
    for parameter in Parameters(rest) {
        let has_room = extended.len() < EXTENDED_MAX;
        let Some((name, piece)) = piece(&parameter) else {
            plain.push(parameter);
            continue;
        };
        match extended.iter_mut().find(|known| known.name.eq_ignore_ascii_case(name)) {
            Some(known) => known.pieces.push(piece),
            None if has_room => extended.push(Extended { name, pieces: vec![piece] }),
            None => {}
        }
    }
    for Extended { name, pieces } in extended {
        // where both forms are there, the plain one is for those who cannot read this one
        plain.retain(|parameter| !parameter.name.eq_ignore_ascii_case(name));
        plain.push(Parameter { name, value: joined(pieces) });
    }
    for Parameter { name, value } in plain {
        written.extend(["; ", name, "=\""]);
        for c in value.chars() {
            if matches!(c, '"' | '\\') {
                written.push('\\');
            }
            written.push(if c.is_control() { ' ' } else { c });
        }
        written.push('"');
    }
    Cow::Owned(written)
}

/// The value before the parameters, and those, from their semicolon on.
fn divided(line: &str) -> (Cow<'_, str>, &str) {
    const NAME: &str = "content-type:";
    let is_doubled = line.get(..NAME.len()).is_some_and(|start| start.eq_ignore_ascii_case(NAME));
    let line = if is_doubled { line.get(NAME.len()..).unwrap_or_default().trim_start() } else { line };
    let end = line.find([';', ',', ':', '"', '(', '=', ' ', '\t']).unwrap_or(line.len());
    let (head, rest) = line.split_at_checked(end).unwrap_or((line, ""));
    let after = rest.trim_start();
    match after.chars().next() {
        // the value itself is missing
        Some('=') => (Cow::Borrowed("attachment"), line),
        Some(',' | ':') => (Cow::Owned(head.replace('\\', "/")), after.get(1..).unwrap_or_default()),
        Some(c) if c.is_ascii_alphabetic() && !head.ends_with('/') => {
            (Cow::Owned(head.replace('\\', "/")), after)
        }
        _ if head.contains('\\') => (Cow::Owned(head.replace('\\', "/")), rest),
        _ => (Cow::Borrowed(head), rest),
    }
}

/// The parameters of a line.
struct Parameters<'l>(&'l str);

impl<'l> Iterator for Parameters<'l> {
    type Item = Parameter<'l>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let line = self.0.trim_start_matches(|c: char| c == ';' || c.is_whitespace());
            if line.is_empty() {
                return None;
            }
            let end = line.find(['=', ';']).unwrap_or(line.len());
            let (name, rest) = line.split_at_checked(end)?;
            let Some(value) = rest.strip_prefix('=') else {
                self.0 = rest;
                continue;
            };
            let (value, after) = value_at(value.trim_start());
            self.0 = after;
            return Some(Parameter { name: name.trim(), value });
        }
    }
}

/// The value that stands here, and what follows it.
fn value_at(line: &str) -> (String, &str) {
    let Some(inner) = line.strip_prefix('"') else {
        let end = line.find([';', '(']).unwrap_or(line.len());
        let (value, after) = line.split_at_checked(end).unwrap_or((line, ""));
        let value = value.trim();
        let unquoted = value.strip_prefix('\'').and_then(|value| value.strip_suffix('\''));
        return (unquoted.unwrap_or(value).to_owned(), next_parameter(after));
    };
    let mut value = String::new();
    let mut chars = inner.chars();
    while let Some(c) = chars.next() {
        match c {
            '"' => return (value, next_parameter(chars.as_str())),
            // before any other letter it is part of a path
            '\\' if chars.as_str().starts_with(['"', '\\']) => value.extend(chars.next()),
            c => value.push(c),
        }
    }
    (value, "")
}

/// From the next semicolon on that is in no comment.
fn next_parameter(line: &str) -> &str {
    let after = line.trim_start();
    let after =
        after.strip_prefix('(').map_or(after, |comment| comment.split_once(')').map_or("", |(_, rest)| rest));
    after.get(after.find(';').unwrap_or(after.len())..).unwrap_or_default()
}

/// The name and the piece in `name*=`, `name*3=`, `name*3*=`.
fn piece<'l>(parameter: &Parameter<'l>) -> Option<(&'l str, Piece)> {
    let (name, number) = parameter.name.split_once('*')?;
    let (number, is_encoded) = match number.strip_suffix('*') {
        Some(number) => (number, true),
        None => (number, number.is_empty()),
    };
    let number = if number.is_empty() { 0 } else { number.parse().unwrap_or(usize::MAX) };
    Some((name, Piece { number, is_encoded, value: parameter.value.clone() }))
}

/// What the pieces say together, decoded at once: they may have been cut within a letter.
fn joined(mut pieces: Vec<Piece>) -> String {
    pieces.sort_by_key(|piece| piece.number);
    let mut set = None;
    let mut bytes = Vec::new();
    // an escape may have been cut, too
    let mut encoded = String::new();
    for (index, piece) in pieces.iter().enumerate() {
        let mut value = piece.value.as_str();
        if index == 0
            && piece.is_encoded
            && let Some((name, (_language, rest))) =
                value.split_once('\'').and_then(|(name, rest)| Some((name, rest.split_once('\'')?)))
        {
            (set, value) = (Some(name).filter(|name| !name.is_empty()), rest);
        }
        if piece.is_encoded {
            encoded.push_str(value);
        } else {
            bytes.extend(percent::bytes(&std::mem::take(&mut encoded)));
            bytes.extend_from_slice(value.as_bytes());
        }
    }
    bytes.extend(percent::bytes(&encoded));
    match set {
        Some(_) => charset::decode(&bytes, set).0.into_owned(),
        None => charset::guess_owned_field(bytes),
    }
}

#[cfg(test)]
mod tests {
    use super::mended;

    #[test]
    fn what_is_meant_is_plain() {
        for (written, expected) in [
            ("text/html charset=utf-8", "text/html; charset=\"utf-8\""),
            ("text/html, charset=utf-8", "text/html; charset=\"utf-8\""),
            ("text/html: charset=utf-8", "text/html; charset=\"utf-8\""),
            ("attachment : filename=a.pdf", "attachment; filename=\"a.pdf\""),
            ("Content-Type: text/html", "text/html"),
            ("text\\html; charset=utf-8", "text/html; charset=\"utf-8\""),
            ("multipart/mixed boundary=\"a b\"", "multipart/mixed; boundary=\"a b\""),
            ("filename=\"x.pdf\"", "attachment; filename=\"x.pdf\""),
            (
                "attachment; filename=\"C:\\dir\\x \\\"1\\\".pdf\"",
                "attachment; filename=\"C:\\\\dir\\\\x \\\"1\\\".pdf\"",
            ),
            ("attachment; filename='x.pdf'", "attachment; filename=\"x.pdf\""),
            (
                "attachment; filename*0*=utf-8''%F0%9F; filename*1*=%98%80.pdf",
                "attachment; filename=\"😀.pdf\"",
            ),
            (
                "attachment; filename*0*=utf-8''caf%C; filename*1*=3%A9.txt",
                "attachment; filename=\"café.txt\"",
            ),
            ("attachment; filename*1=b; size=3; filename*0=a", "attachment; size=\"3\"; filename=\"ab\""),
            (
                "attachment; filename=a.pdf; filename*=iso-8859-1'de'%E9%zz.pdf",
                "attachment; filename=\"é%zz.pdf\"",
            ),
            ("attachment; filename*=caf%C3%A9.pdf", "attachment; filename=\"café.pdf\""),
            ("attachment; filename*=utf-8''a%0D%0Ab%22c", "attachment; filename=\"a  b\\\"c\""),
            ("a/b; x*=1 (c; y=2); z; *=\"", "a/b; x=\"1\"; =\"\""),
        ] {
            assert_eq!(mended(written), expected, "{written}");
        }
    }

    #[test]
    fn parameters_in_pieces_are_read_up_to_a_bound() {
        let many = (0..100).map(|number| format!("; x{number}*=1")).collect::<Vec<_>>().concat();
        let written = mended(&format!("text/html{many}; x5*1*=2")).into_owned();
        assert!(written.contains("; x5=\"12\"") && written.ends_with("; x63=\"1\""), "{written}");
    }

    #[test]
    fn sound_fields_stay_as_they_are() {
        for line in [
            "text/plain; charset=utf-8; format=flowed",
            "text / html; charset = utf-8",
            "text/plain (a, comment) ; charset=\"utf-8\"",
            "\"text/html\"",
            "attachment; filename=a report (1).pdf",
            "text/html;;charset=utf-8",
            "",
        ] {
            assert_eq!(mended(line), line);
        }
    }
}

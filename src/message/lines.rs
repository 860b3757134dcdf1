//! The lines of a text, as people write them: without what mail servers, old machines and mbox files put among them.

use std::borrow::Cow;

/// A text on plain line feeds, without NUL and other control characters.
pub(super) fn plain_lines(text: Cow<'_, str>) -> String {
    let has_noise = holds_noise(text.as_bytes());
    if !has_noise && memchr::memchr(b'\r', text.as_bytes()).is_none() {
        return text.into_owned();
    }
    let mut lines = String::with_capacity(text.len());
    let mut rest: &str = &text;
    loop {
        let end = memchr::memchr(b'\r', rest.as_bytes()).unwrap_or(rest.len());
        let (piece, after) = rest.split_at_checked(end).unwrap_or((rest, ""));
        if has_noise {
            lines.extend(piece.chars().filter(|c| !u8::try_from(*c).is_ok_and(is_noise)));
        } else {
            lines.push_str(piece);
        }
        let Some(after) = after.strip_prefix('\r') else { return lines };
        if !after.starts_with('\n') {
            lines.push('\n');
        }
        rest = after;
    }
}

/// Takes away the mark that mbox files put before a line that begins with `From `; among quoted lines it is theirs.
pub(super) fn without_mbox_marks(text: &str) -> String {
    let mut lines = text.split_inclusive('\n').peekable();
    let mut unmarked = String::with_capacity(text.len());
    let mut follows_quoted = false;
    while let Some(line) = lines.next() {
        let is_beside_quoted = follows_quoted || lines.peek().is_some_and(|next| next.starts_with('>'));
        follows_quoted = line.starts_with('>');
        let is_marked = line.starts_with(">From ") && !is_beside_quoted;
        unmarked.push_str(if is_marked { line.strip_prefix('>').unwrap_or(line) } else { line });
    }
    unmarked
}

/// A line without the blanks around it. Most lines begin and end with plain letters, and of those it is known at once.
pub(super) fn within_blanks(line: &str) -> &str {
    let is_graphic = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_graphic);
    if is_graphic(line.as_bytes().first()) && is_graphic(line.as_bytes().last()) { line } else { line.trim() }
}

/// Whether a line holds nothing but blanks.
pub(super) fn is_blank(line: &str) -> bool {
    !line.as_bytes().first().is_some_and(u8::is_ascii_graphic) && line.trim().is_empty()
}

/// Whether a byte is there of which this holds; looked for in strides, so that the compiler can look at many bytes at once.
#[inline]
pub(super) fn any_in_strides(bytes: &[u8], holds: impl Fn(u8) -> bool) -> bool {
    let (strides, rest) = bytes.as_chunks::<64>();
    strides.iter().any(|stride| stride.iter().fold(false, |found, byte| found | holds(*byte)))
        || rest.iter().fold(false, |found, byte| found | holds(*byte))
}

/// A control character that no text needs; line ends are not among them.
fn is_noise(byte: u8) -> bool {
    (byte < b' ' && !matches!(byte, b'\n' | b'\t' | b'\r')) || byte == 0x7f
}

fn holds_noise(bytes: &[u8]) -> bool {
    any_in_strides(bytes, is_noise)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mbox_marks_are_taken_away_and_quotations_stay() {
        for (written, expected) in [
            ("a\n>From here on\nb\n", "a\nFrom here on\nb\n"),
            ("> a\n>From here on\nb\n", "> a\n>From here on\nb\n"),
            (">From me\n> b\n", ">From me\n> b\n"),
            ("> From me\n", "> From me\n"),
        ] {
            assert_eq!(without_mbox_marks(written), expected);
        }
    }

    #[test]
    fn blanks_are_those_of_every_script() {
        for (line, within) in [
            (" a b\t", "a b"),
            ("a", "a"),
            ("\u{a0}é ", "é"),
            ("é", "é"),
            ("\u{3000}\t", ""),
            ("", ""),
            ("a\u{a0}", "a"),
        ] {
            assert_eq!((within_blanks(line), is_blank(line)), (within, within.is_empty()), "{line:?}");
        }
    }

    #[test]
    fn text_comes_on_plain_lines_without_control_characters() {
        assert_eq!(plain_lines("a\r\nb\rc\0\u{7}d\te\n".into()), "a\nb\ncd\te\n");
        assert_eq!(plain_lines("\r\ra\r".into()), "\n\na\n");
    }
}

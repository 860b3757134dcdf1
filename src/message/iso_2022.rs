//! Escape sequences by which text in ISO-2022 goes from one set of letters to another (RFC 1468).

use std::borrow::Cow;

/// With this byte every one of them begins.
const ESCAPE: u8 = 0x1b;

/// Text without the escapes that are directly followed by another one: encoded words that are put together have them at
/// every joint, and decoders take them for a fault.
pub(super) fn without_idle(bytes: &[u8]) -> Cow<'_, [u8]> {
    let mut kept = Vec::new();
    let mut from = 0;
    for at in memchr::memchr_iter(ESCAPE, bytes) {
        let Some(end) = length_at(bytes, at).map(|length| at + length) else { continue };
        if length_at(bytes, end).is_some() {
            kept.extend_from_slice(bytes.get(from..at).unwrap_or_default());
            from = end;
        }
    }
    if from == 0 {
        return Cow::Borrowed(bytes);
    }
    kept.extend_from_slice(bytes.get(from..).unwrap_or_default());
    Cow::Owned(kept)
}

/// How long the escape is that begins here, if one does.
fn length_at(bytes: &[u8], at: usize) -> Option<usize> {
    match bytes.get(at..)? {
        [ESCAPE, b'$', b'(' | b')', b'@'..=b'Z', ..] => Some(4),
        [ESCAPE, b'$' | b'(', b'@'..=b'Z', ..] => Some(3),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::without_idle;

    #[test]
    fn escapes_that_another_one_follows_are_left_out() {
        for (written, expected) in [
            (&b"\x1b$B%W\x1b(B\x1b$B%j\x1b(B"[..], &b"\x1b$B%W\x1b$B%j\x1b(B"[..]),
            (b"\x1b(B\x1b(J\x1b$@%W\x1b(J\x1b(B ok", b"\x1b$@%W\x1b(B ok"),
            (b"\x1b$(D\x1b$B%W", b"\x1b$B%W"),
            (b"\x1b$B%W\x1b(B \x1b$B%j\x1b(B", b"\x1b$B%W\x1b(B \x1b$B%j\x1b(B"),
            (b"\x1b(B\x1b", b"\x1b(B\x1b"),
            (b"\x1b\x1b\x1b[1m", b"\x1b\x1b\x1b[1m"),
            (b"", b""),
        ] {
            assert_eq!(&*without_idle(written), expected, "{written:x?}");
        }
    }
}

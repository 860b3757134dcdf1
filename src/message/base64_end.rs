//! Texts in base64 below which a server has written its own words without encoding them, as lists do with their footers.

use super::transfer;
use std::borrow::Cow;

/// A line of so many letters of base64 is no word of a footer.
const ENCODED_BYTES_MIN: usize = 40;

/// A text that declares base64 as it was before. What stands below the base64, and is none, is kept as it is.
pub(super) fn text(raw: &[u8]) -> Cow<'_, [u8]> {
    let Some((encoded, footer)) = divided(raw) else { return Cow::Owned(transfer::base64(raw)) };
    let mut text = transfer::base64(encoded);
    if !text.ends_with(b"\n") {
        text.push(b'\n');
    }
    text.extend_from_slice(footer);
    Cow::Owned(text)
}

/// The base64 and the words below it; `None` where it is base64 to its end, or where there is more of it below.
fn divided(raw: &[u8]) -> Option<(&[u8], &[u8])> {
    // no footer is without all of these, and most base64 is
    memchr::memchr3(b' ', b'_', b':', raw)?;
    // where the base64 may have ended: behind a line with padding, or before an empty one
    let (mut position, mut count, mut may_end) = (0, 0_usize, None);
    for line in raw.split_inclusive(|byte| *byte == b'\n') {
        let said = line.trim_ascii();
        if !said.iter().copied().all(is_letter) {
            let start = may_end.unwrap_or(position);
            let (encoded, footer) = raw.split_at_checked(start)?;
            let is_more = |line: &[u8]| {
                let line = line.trim_ascii();
                line.len() >= ENCODED_BYTES_MIN && line.iter().copied().all(is_letter)
            };
            let is_footer = count > 0 && !footer.split(|byte| *byte == b'\n').any(is_more);
            return is_footer.then_some((encoded, footer));
        }
        count += said.len();
        let is_whole = count > 0 && count.is_multiple_of(4);
        if said.len() >= ENCODED_BYTES_MIN {
            may_end = None;
        }
        if may_end.is_none() && is_whole && said.is_empty() {
            may_end = Some(position);
        }
        position += line.len();
        if may_end.is_none() && is_whole && said.ends_with(b"=") {
            may_end = Some(position);
        }
    }
    None
}

fn is_letter(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_below_base64_are_kept_as_they_are() {
        for (written, expected) in [
            (
                "aGVsbG8gd29ybGQ=\n\n_______\na footer of a list\n",
                "hello world\n\n_______\na footer of a list\n",
            ),
            ("aGVsbG8gd29ybGQ=\nfooter\nof a list", "hello world\nfooter\nof a list"),
            ("aGVsbG8gd29ybGQK\n-- \nleave: a@b.example", "hello world\n-- \nleave: a@b.example"),
            ("aGVsbG8g\nd29ybGQK\n\nunsubscribe\nby mail\n", "hello world\n\nunsubscribe\nby mail\n"),
            ("aGVsbG8gd29ybGQK\r\n\r\n--\r\nРассылка: выход", "hello world\n\r\n--\r\nРассылка: выход"),
            // base64 to its end, in one piece or several
            ("aGVsbG8gd29ybGQ=\naGVsbG8gd29ybGQ=\n", "hello worldhello world"),
            ("aGVsbG8g \nd29ybGQK \n", "hello world\n"),
            ("", ""),
        ] {
            assert_eq!(String::from_utf8_lossy(&text(written.as_bytes())), expected, "{written}");
        }
        // a gateway's noise within it, and more of it below
        let long = "aGVsbG8gd29ybGQgaGVsbG8gd29ybGQgaGVsbG8gd29ybGQg";
        assert_eq!(divided([long, "\n: :\n", long].concat().as_bytes()), None);
        assert_eq!(divided(b"- a list\nof words"), None);
    }
}

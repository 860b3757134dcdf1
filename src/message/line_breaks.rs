//! Line breaks of a carriage return alone, as the first Macintoshes wrote them.

use std::borrow::Cow;

/// How many times as many as the line feeds lone carriage returns are that break the lines of a body.
const TIMES_MORE_MIN: usize = 4;
/// Within how many bytes such a mail has one: its header and the first lines of its body are no longer.
const SIGHT_BYTES_MAX: usize = 1 << 18;

/// A mail on line feeds whose header, body or both are on carriage returns alone. A mail in which those only occur,
/// as in files that came as they are, stays as it is.
pub(super) fn with_line_feeds(bytes: &[u8]) -> Cow<'_, [u8]> {
    let beginning = bytes.get(..SIGHT_BYTES_MAX).unwrap_or(bytes);
    if !may_have_lone_returns(beginning) || lone_returns(bytes).next().is_none() {
        return Cow::Borrowed(bytes);
    }
    if memchr::memchr(b'\n', bytes).is_none() {
        return Cow::Owned(converted(bytes));
    }
    let (header, body) = bytes.split_at_checked(body_start(bytes)).unwrap_or((bytes, &[]));
    let (is_header, is_body) = (is_header_on_returns(header), is_body_on_returns(body));
    if !is_header && !is_body {
        return Cow::Borrowed(bytes);
    }
    let part = |bytes: &[u8], is_on_returns: bool| {
        if is_on_returns { converted(bytes) } else { bytes.to_vec() }
    };
    Cow::Owned([part(header, is_header), part(body, is_body)].concat())
}

/// Whether a carriage return stands before anything but a line feed, as in few mails.
fn may_have_lone_returns(bytes: &[u8]) -> bool {
    let (Some((last, before)), Some((_, behind))) = (bytes.split_last(), bytes.split_first()) else {
        return false;
    };
    let is_lone = |byte: u8, next: u8| byte == b'\r' && next != b'\n';
    let in_pairs = |bytes: &[u8], behind: &[u8]| {
        bytes.iter().zip(behind).fold(false, |found, (byte, next)| found | is_lone(*byte, *next))
    };
    // in strides, so that the compiler can look at many bytes at once
    let ((strides, rest), (next_strides, next_rest)) = (before.as_chunks::<64>(), behind.as_chunks::<64>());
    *last == b'\r'
        || strides.iter().zip(next_strides).any(|(stride, behind)| in_pairs(stride, behind))
        || in_pairs(rest, next_rest)
}

/// Where carriage returns stand that belong to no line feed.
fn lone_returns(bytes: &[u8]) -> impl Iterator<Item = usize> {
    // some programs write two before a line feed
    let is_lone = |at: usize| !matches!(bytes.get(at + 1..), Some([b'\n', ..] | [b'\r', b'\n', ..]));
    memchr::memchr_iter(b'\r', bytes).filter(move |at| is_lone(*at))
}

fn converted(bytes: &[u8]) -> Vec<u8> {
    let mut converted = bytes.to_vec();
    for at in lone_returns(bytes) {
        converted.get_mut(at).into_iter().for_each(|byte| *byte = b'\n');
    }
    converted
}

/// Where the body begins: behind the first empty line, whatever breaks the lines.
fn body_start(bytes: &[u8]) -> usize {
    let breaks = memchr::memchr2_iter(b'\r', b'\n', bytes);
    let mut last_end = 0;
    for at in breaks {
        let is_second_half = at > 0 && bytes.get(at - 1..=at) == Some(b"\r\n");
        if is_second_half {
            last_end = at + 1;
        } else if at == last_end && at > 0 {
            let is_pair = bytes.get(at..at + 2) == Some(b"\r\n");
            return at + 1 + usize::from(is_pair);
        } else {
            last_end = at + 1;
        }
    }
    bytes.len()
}

/// Whether the first line break of a header is a lone carriage return, with another field behind it.
fn is_header_on_returns(header: &[u8]) -> bool {
    let Some(at) = memchr::memchr2(b'\r', b'\n', header) else { return false };
    let rest = header.get(at + 1..).unwrap_or_default();
    let name = rest.iter().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'-').count();
    header.get(at) == Some(&b'\r') && name > 0 && rest.get(name) == Some(&b':')
}

/// Whether the lines of a body, its delimiters among them, are broken by lone carriage returns.
fn is_body_on_returns(body: &[u8]) -> bool {
    let is_before_delimiter = |at: usize| body.get(at + 1..).is_some_and(|rest| rest.starts_with(b"--"));
    lone_returns(body).any(is_before_delimiter)
        && !memchr::memchr_iter(b'\n', body).any(is_before_delimiter)
        && lone_returns(body).count() >= memchr::memchr_iter(b'\n', body).count() * TIMES_MORE_MIN
}

#[cfg(test)]
mod tests {
    use super::{may_have_lone_returns, with_line_feeds};

    #[test]
    fn header_and_body_are_judged_each_by_itself() {
        for (written, expected) in [
            ("From: a\rTo: b\r\rHi\rthere", "From: a\nTo: b\n\nHi\nthere"),
            ("From: a\rTo: b\r\r--b\r\rHi\rho\r--b--\r\n", "From: a\nTo: b\n\n--b\n\nHi\nho\n--b--\r\n"),
            ("From: a\rTo: b\r\r--b\n\nHi\n--b--\n", "From: a\nTo: b\n\n--b\n\nHi\n--b--\n"),
            ("From: a\nTo: b\n\n--b\r\rHi\r--b--\r", "From: a\nTo: b\n\n--b\n\nHi\n--b--\n"),
            ("From: a\r\nTo: b\r\n\r\n--b\r\rHi\r--b--\r", "From: a\r\nTo: b\r\n\r\n--b\n\nHi\n--b--\n"),
        ] {
            assert_eq!(&*with_line_feeds(written.as_bytes()), expected.as_bytes(), "{written:?}");
        }
        for sound in [
            "From: a\r\nTo: b\r\n\r\nHi\r\nthere\r\n",
            "From: a\n\n--b\n\n1\r2\r3\r--\r4\r5\r6\r7\r8\r9\r1\r2\r3\r4\r5\r6\r7\r8\r9\n--b--\n",
            "From: a\n\n1\r2\r3\r4\r5",
            "Subject: a\rb\nTo: b\n\nHi",
            "From: a\r\r\nTo: b\r\r\n\r\r\nHi\r\r\n",
            "\r\n",
            "",
        ] {
            assert_eq!(&*with_line_feeds(sound.as_bytes()), sound.as_bytes(), "{sound:?}");
        }
    }

    #[test]
    fn a_lone_return_is_seen_wherever_it_stands() {
        for length in 1..200 {
            assert!(!may_have_lone_returns("a\r\n".repeat(length).as_bytes()));
            for at in 0..length {
                let mut bytes = vec![b'a'; length];
                bytes[at] = b'\r';
                assert!(may_have_lone_returns(&bytes), "{at} of {length}");
            }
        }
    }
}

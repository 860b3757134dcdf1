//! Encoded words in fields of a header (RFC 2047), also those that are broken.

use super::charset::decode;
use super::transfer::{base64, quoted_printable};
use std::borrow::Cow;

/// How far the end of an encoded word is looked for; the RFC grants it 75 bytes.
const WORD_BYTES_MAX: usize = 2048;
/// How far the name of its character set and its encoding are looked for.
const WORD_HEAD_BYTES_MAX: usize = 256;

/// One encoded word (RFC 2047 §2).
#[derive(Debug)]
struct Word<'t> {
    charset: &'t str,
    bytes: Vec<u8>,
}

/// Where encoded words end in a text, looked for from its front to its back, and nowhere twice.
struct Ends<'t> {
    text: &'t str,
    next: usize,
}

impl Ends<'_> {
    /// Where the first `?=` stands from here on.
    fn at_or_behind(&mut self, start: usize) -> Option<usize> {
        if self.next < start {
            let rest = self.text.get(start..)?;
            self.next = rest.find("?=").map_or(self.text.len(), |at| start + at);
        }
        (self.next < self.text.len()).then_some(self.next)
    }
}

/// The encoded word that begins here, and where it ends.
fn word_at<'t>(ends: &mut Ends<'t>, at: usize) -> Option<(Word<'t>, usize)> {
    let text = ends.text;
    let rest = text.get(at..)?;
    let head = rest.get(..rest.floor_char_boundary(WORD_HEAD_BYTES_MAX)).unwrap_or(rest);
    let (charset, after) = head.strip_prefix("=?")?.split_once('?')?;
    let (encoding, _) = after.split_once('?')?;
    let start = at + 2 + charset.len() + 1 + encoding.len() + 1;
    let end = ends.at_or_behind(start).filter(|end| end - start <= WORD_BYTES_MAX)?;
    let data = text.get(start..end)?;
    let charset = charset.split_once('*').map_or(charset, |(charset, _language)| charset);
    let plausible = !charset.is_empty() && charset.len() <= 45 && !charset.contains(char::is_whitespace);
    let bytes = match encoding {
        "q" | "Q" if plausible => decode_q(data.as_bytes()),
        "b" | "B" if plausible => base64(data.as_bytes()),
        _ => return None,
    };
    Some((Word { charset, bytes }, end + 2))
}

/// Runs over a text: `word` gets the bytes of neighbouring words of one character set at once,
/// so that a letter split between two of them is whole again; `plain` gets everything else.
fn over_words(text: &str, out: &mut String, word: impl Fn(&str, &[u8], &mut String)) {
    let mut pending: Option<Word<'_>> = None;
    let mut ends = Ends { text, next: 0 };
    let mut from = 0;
    while let Some((before, _)) = text.get(from..).and_then(|rest| rest.split_once("=?")) {
        let at = from + before.len();
        let Some((found, after)) = word_at(&mut ends, at) else {
            flush(pending.take(), out, &word);
            out.push_str(before);
            out.push_str("=?");
            from = at + 2;
            continue;
        };
        let adjacent = pending.is_some() && before.chars().all(char::is_whitespace);
        pending = match pending.take() {
            Some(mut held) if adjacent && held.charset.eq_ignore_ascii_case(found.charset) => {
                held.bytes.extend_from_slice(&found.bytes);
                Some(held)
            }
            held => {
                flush(held, out, &word);
                if !adjacent {
                    out.push_str(before);
                }
                Some(found)
            }
        };
        from = after;
    }
    flush(pending, out, &word);
    out.push_str(text.get(from..).unwrap_or_default());
}

fn flush(pending: Option<Word<'_>>, out: &mut String, word: &impl Fn(&str, &[u8], &mut String)) {
    if let Some(held) = pending {
        word(held.charset, &held.bytes, out);
    }
}

/// A header text with its encoded words decoded.
pub(super) fn decode_words(text: &str) -> Cow<'_, str> {
    if !may_hold_words(text) {
        return Cow::Borrowed(text);
    }
    let mut decoded = String::with_capacity(text.len());
    over_words(text, &mut decoded, |charset, bytes, out| out.push_str(&decode(bytes, Some(charset)).0));
    Cow::Owned(decoded)
}

/// Whether the beginning of an encoded word stands in a text.
fn may_hold_words(text: &str) -> bool {
    memchr::memchr(b'?', text.as_bytes()).is_some() && text.contains("=?")
}

/// A header text in which neighbouring encoded words are made one, in UTF-8, so that what reads it word by word
/// neither splits a letter nor believes a wrong character set. Stays encoded: decoded commas and brackets would be taken for syntax.
pub(super) fn rejoin_words(text: &str) -> Cow<'_, str> {
    if !may_hold_words(text) {
        return Cow::Borrowed(text);
    }
    let mut joined = String::with_capacity(text.len());
    over_words(text, &mut joined, |charset, bytes, out| {
        out.push_str("=?utf-8?Q?");
        for byte in decode(bytes, Some(charset)).0.bytes() {
            if byte.is_ascii_alphanumeric() {
                out.push(char::from(byte));
            } else {
                out.push('=');
                out.push_str(&hex::encode_upper([byte]));
            }
        }
        out.push_str("?=");
    });
    Cow::Owned(joined)
}

fn decode_q(data: &[u8]) -> Vec<u8> {
    let spaced: Vec<u8> = data.iter().map(|byte| if *byte == b'_' { b' ' } else { *byte }).collect();
    quoted_printable(&spaced)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encoded_words_are_decoded_and_a_split_letter_is_mended() {
        let cases = [
            ("plain", "plain"),
            ("=?utf-8?Q?caf=C3=A9?=", "café"),
            ("=?utf-8?Q?caf=C3?= =?UTF-8?Q?=A9?= x", "café x"),
            ("=?iso-8859-1?Q?caf=E9?= =?utf-8?B?w6k=?=", "caféé"),
            ("a =?utf-8?Q?b_c?= d", "a b c d"),
            ("=?utf-8?Q?open", "=?utf-8?Q?open"),
            ("=?utf-8?X?a?= b", "=?utf-8?X?a?= b"),
            ("=?x-unknown?Q?caf=E9?=", "café"),
            ("=?utf-8?Q?a b?=", "a b"),
            ("=?utf-8*en?Q?a?=", "a"),
            ("=?ISO-2022-JP?B?GyRCIVobKEI=?=", "【"),
            ("=?ISO-2022-JP?B?GyRCJVcbKEI=?= =?ISO-2022-JP?B?GyRCJWobKEI=?=", "プリ"),
        ];
        for (written, expected) in cases {
            assert_eq!(decode_words(written), expected, "{written}");
        }
    }
}

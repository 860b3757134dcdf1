//! From bytes to text: transfer encodings, character sets and the encoded words of headers.
//!
//! What is declared wrongly is guessed: valid UTF-8 is UTF-8, what shows its character set is read in it, everything
//! else in Windows-1252, in which every Latin-1 text reads right.

use super::undeclared;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use mail_parser::decoders::charsets::map::charset_decoder;
use std::borrow::Cow;

/// The bytes as UTF-8 where they are, else as Windows-1252.
pub(super) fn guess(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => Cow::Owned(legacy(bytes)),
    }
}

/// Text from before UTF-8, in the set that it shows, else in Windows-1252.
fn legacy(bytes: &[u8]) -> String {
    match undeclared::guess(bytes).and_then(|name| charset_decoder(name.as_bytes())) {
        Some(decode) => decode(bytes),
        None => windows_1252(bytes),
    }
}

fn windows_1252(bytes: &[u8]) -> String {
    charset_decoder(b"windows-1252")
        .map_or_else(|| String::from_utf8_lossy(bytes).into_owned(), |decode| decode(bytes))
}

/// How well a declared character set fitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fit {
    /// As declared, or not declared and plainly readable.
    Good,
    /// Nobody knows this character set.
    Unknown,
    /// The bytes are not of the declared character set.
    Wrong,
    /// UTF-7, in which text hides from everything that looks for it; browsers refuse it, too.
    Refused,
}

/// Decodes a text in a declared character set.
pub(super) fn decode<'x>(bytes: &'x [u8], charset: Option<&str>) -> (Cow<'x, str>, Fit) {
    let name = charset.unwrap_or("us-ascii").trim().trim_matches('"');
    if is_unicode_or_ascii(name) || says_nothing(name) {
        let is_declared = charset.is_some() && !says_nothing(name);
        return match std::str::from_utf8(bytes) {
            Ok(_) if bytes.contains(&0x1b) && undeclared::guess(bytes).is_some() => {
                (Cow::Owned(shifted(bytes)), if is_declared { Fit::Wrong } else { Fit::Good })
            }
            Ok(text) => (Cow::Borrowed(text.strip_prefix('\u{feff}').unwrap_or(text)), Fit::Good),
            Err(_) if !is_declared => (Cow::Owned(legacy(bytes)), Fit::Good),
            Err(_) => (Cow::Owned(rescue(bytes)), Fit::Wrong),
        };
    }
    if is_utf_7(name) {
        return (guess(bytes), Fit::Refused);
    }
    if let Some((plain, name)) = undeclared::unshifted(bytes, name) {
        return (Cow::Owned(decode(&plain, Some(name)).0.into_owned()), Fit::Good);
    }
    let Some(decode) = charset_decoder(name_at_hand(name).as_bytes()) else {
        return (guess(bytes), Fit::Unknown);
    };
    if is_latin(name)
        && std::str::from_utf8(bytes).is_err()
        && undeclared::guess_against_latin(bytes).is_some()
    {
        return (Cow::Owned(legacy(bytes)), Fit::Wrong);
    }
    let text = decode(bytes);
    let is_suspect = is_latin(name) || text.contains(char::REPLACEMENT_CHARACTER);
    match std::str::from_utf8(bytes) {
        Ok(utf_8) if is_suspect && !bytes.is_ascii() => (Cow::Borrowed(utf_8), Fit::Wrong),
        _ => (Cow::Owned(text), Fit::Good),
    }
}

/// Text in a set that shifts by escape sequences.
fn shifted(bytes: &[u8]) -> String {
    let name = undeclared::guess(bytes).unwrap_or("us-ascii");
    match undeclared::unshifted(bytes, name) {
        Some((plain, name)) => decode(&plain, Some(name)).0.into_owned(),
        None => legacy(bytes),
    }
}

/// Sets of Latin letters, in which text in UTF-8 is all signs that nobody writes in a row.
fn is_latin(name: &str) -> bool {
    ["iso-8859-1", "iso-8859-15", "windows-1252", "latin1"]
        .iter()
        .any(|known| name.eq_ignore_ascii_case(known))
}

/// Names that programs write where they know none.
fn says_nothing(name: &str) -> bool {
    ["unknown-8bit", "x-unknown", "unknown", "8bit", "binary", "default", "x-user-defined", "_autodetect_all"]
        .iter()
        .any(|known| name.eq_ignore_ascii_case(known))
}

/// The name under which the decoders know a set that some programs call otherwise.
fn name_at_hand(name: &str) -> &str {
    const OTHER_NAMES: [(&str, &str); 12] = [
        ("cp932", "shift_jis"),
        ("windows-932", "shift_jis"),
        ("cp949", "euc-kr"),
        ("uhc", "euc-kr"),
        ("cp950", "big5"),
        ("windows-950", "big5"),
        ("euc-cn", "gb18030"),
        ("x-gb18030", "gb18030"),
        ("latin-1", "iso-8859-1"),
        ("iso8859-9i", "iso-8859-9"),
        ("cp437", "ibm850"),
        ("cp874", "windows-874"),
    ];
    OTHER_NAMES.iter().find(|(other, _)| name.eq_ignore_ascii_case(other)).map_or(name, |(_, known)| known)
}

/// Mostly UTF-8 with a scratch keeps its letters; anything else is read as Windows-1252.
fn rescue(bytes: &[u8]) -> String {
    let lossy = String::from_utf8_lossy(bytes);
    let scratches = lossy.chars().filter(|c| *c == char::REPLACEMENT_CHARACTER).count();
    let letters = lossy.chars().filter(|c| !c.is_ascii()).count();
    if letters > scratches * 2 { lossy.into_owned() } else { legacy(bytes) }
}

fn is_unicode_or_ascii(name: &str) -> bool {
    [
        "utf-8",
        "us-ascii",
        "utf8",
        "ascii",
        "utf_8",
        "utf8mb4",
        "utf-8-sig",
        "unicode-1-1-utf-8",
        "cp65001",
        "",
    ]
    .iter()
    .any(|known| name.eq_ignore_ascii_case(known))
}

fn is_utf_7(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.contains("utf") && name.ends_with('7')
}

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
    if !text.contains("=?") {
        return Cow::Borrowed(text);
    }
    let mut decoded = String::with_capacity(text.len());
    over_words(text, &mut decoded, |charset, bytes, out| out.push_str(&decode(bytes, Some(charset)).0));
    Cow::Owned(decoded)
}

/// A header text in which neighbouring encoded words are made one, so that what reads it word by word
/// does not split a letter. Stays encoded: decoded commas and brackets would be taken for syntax.
pub(super) fn rejoin_words(text: &str) -> Cow<'_, str> {
    if text.matches("=?").nth(1).is_none() {
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

fn nibble(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    }
}

/// Decodes quoted-printable (RFC 2045 §6.7); what is no escape stays as it is.
pub(super) fn quoted_printable(data: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(data.len());
    let mut rest = data;
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        if *first != b'=' {
            bytes.push(*first);
            continue;
        }
        let padding = after.iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\r')).count();
        match after {
            [high, low, tail @ ..] if nibble(*high).is_some() && nibble(*low).is_some() => {
                let value = nibble(*high).unwrap_or(0) << 4 | nibble(*low).unwrap_or(0);
                bytes.push(value);
                rest = tail;
            }
            _ if after.get(padding) == Some(&b'\n') => rest = after.get(padding + 1..).unwrap_or_default(),
            [] => {}
            _ => bytes.push(b'='),
        }
    }
    bytes
}

const SKIP: u8 = 0xff;
/// About how many bytes of base64 are decoded together.
const BASE64_BLOCK_BYTES: usize = 16 * 1024;

const fn base64_table() -> [u8; 256] {
    let mut table = [SKIP; 256];
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut value: u8 = 0;
    while value < 64 {
        #[allow(clippy::indexing_slicing, reason = "a constant table; checked when it is compiled")]
        {
            table[alphabet[value as usize] as usize] = value;
        }
        value += 1;
    }
    table
}

static BASE64: [u8; 256] = base64_table();

/// Decodes base64 (RFC 2045 §6.8): foreign characters are passed over, missing padding does not matter,
/// and a text that was encoded in pieces is read on after each piece's padding.
pub(super) fn base64(data: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(data.len() / 4 * 3 + 3);
    let mut group: u32 = 0;
    let mut count = 0;
    let mut block = Vec::new();
    let mut rest = data;
    while !rest.is_empty() {
        let (lines, after) = rest.split_at_checked(end_of_lines(rest)).unwrap_or((rest, &[]));
        rest = after;
        // nearly all lines are whole groups and nothing else
        if count == 0 && whole_groups(lines, &mut block, &mut bytes) {
            continue;
        }
        for byte in lines {
            let value = BASE64.get(usize::from(*byte)).copied().unwrap_or(SKIP);
            if value != SKIP {
                group = group << 6 | u32::from(value);
                count += 1;
                if count == 4 {
                    let [_, first, second, third] = group.to_be_bytes();
                    bytes.extend_from_slice(&[first, second, third]);
                    (group, count) = (0, 0);
                }
            } else if *byte == b'=' {
                finish_group(&mut bytes, group, count);
                (group, count) = (0, 0);
            }
        }
    }
    finish_group(&mut bytes, group, count);
    bytes
}

/// Where the lines end that are decoded together.
fn end_of_lines(rest: &[u8]) -> usize {
    let next = rest.get(BASE64_BLOCK_BYTES..).and_then(|beyond| memchr::memchr(b'\n', beyond));
    next.map_or(rest.len(), |at| BASE64_BLOCK_BYTES + at + 1)
}

/// Decodes lines of whole groups; writes nothing where they hold anything else.
fn whole_groups(lines: &[u8], block: &mut Vec<u8>, bytes: &mut Vec<u8>) -> bool {
    block.clear();
    let mut start = 0;
    for end in memchr::memchr_iter(b'\n', lines).chain([lines.len()]) {
        block.extend_from_slice(lines.get(start..end).unwrap_or_default().trim_ascii_end());
        start = end + 1;
    }
    let before = bytes.len();
    let is_whole = block.len().is_multiple_of(4) && STANDARD_NO_PAD.decode_vec(&*block, bytes).is_ok();
    if !is_whole {
        bytes.truncate(before);
    }
    is_whole
}

fn finish_group(bytes: &mut Vec<u8>, group: u32, count: u32) {
    let [_, first, second, _] = (group << (6 * (4 - count))).to_be_bytes();
    match count {
        2 => bytes.push(first),
        3 => bytes.extend_from_slice(&[first, second]),
        _ => {}
    }
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
        ];
        for (written, expected) in cases {
            assert_eq!(decode_words(written), expected, "{written}");
        }
    }

    #[test]
    fn base64_survives_missing_padding_noise_and_pieces() {
        for (written, expected) in
            [("aGk=", "hi"), ("aGk", "hi"), ("aG\r\nk!", "hi"), ("aGk=aGk=", "hihi"), ("", ""), ("a", "")]
        {
            assert_eq!(base64(written.as_bytes()), expected.as_bytes(), "{written}");
        }
        // whatever stands between the groups, and wherever it falls: the same bytes
        let content: Vec<u8> = (0..40_000_u32).map(|at| at.to_le_bytes()[1] ^ at.to_le_bytes()[0]).collect();
        let encoded = base64::engine::general_purpose::STANDARD.encode(&content);
        for width in [1, 3, 60, 76, 77, 4_000, 100_000] {
            for (ending, noise) in [("\r\n", ""), ("\n", ""), (" \n", ""), ("\n", "!")] {
                let lines: Vec<&str> =
                    encoded.as_bytes().chunks(width).map(|line| std::str::from_utf8(line).unwrap()).collect();
                let written = lines.join(&format!("{noise}{ending}"));
                assert!(super::base64(written.as_bytes()) == content, "{width} {ending:?} {noise:?}");
            }
        }
    }

    #[test]
    fn quoted_printable_joins_soft_breaks_and_keeps_what_is_no_escape() {
        for (written, expected) in [
            ("a=3Db", "a=b"),
            ("a=\r\nb", "ab"),
            ("a= \nb", "ab"),
            ("a=zz", "a=zz"),
            ("a=", "a"),
            ("a=3", "a=3"),
        ] {
            assert_eq!(quoted_printable(written.as_bytes()), expected.as_bytes(), "{written}");
        }
    }

    #[test]
    fn wrongly_declared_text_is_guessed() {
        assert_eq!(decode(b"caf\xe9", Some("utf-8")), (Cow::Owned("café".to_owned()), Fit::Wrong));
        assert_eq!(decode(b"caf\xe9", None), (Cow::Owned("café".to_owned()), Fit::Good));
        assert_eq!(decode("caf\u{e9}".as_bytes(), Some("x-moon")), (Cow::Borrowed("café"), Fit::Unknown));
        assert_eq!(decode(b"\xf0\xd2\xc9", Some("koi8-r")).0, "При");
        assert_eq!(decode("café".as_bytes(), Some("iso-8859-1")), (Cow::Borrowed("café"), Fit::Wrong));
        assert_eq!(decode("打印机".as_bytes(), Some("gb2312")), (Cow::Borrowed("打印机"), Fit::Wrong));
        assert_eq!(decode(b"\x1b$)C\x0eGQ1[\x0f", Some("iso-2022-kr")).0, "한글");
        assert_eq!(decode(b"~{<:~}", Some("hz-gb-2312")).0, "己");
        assert_eq!(decode(b"\x1b$B%W%j\x1b(B", None).0, "プリ");
        assert_eq!(decode(b"\x83v", Some("cp932")).0, "プ");
        assert_eq!(decode(b"Hi +AGE-", Some("unicode-1-1-utf-7")), (Cow::Borrowed("Hi +AGE-"), Fit::Refused));
    }
}

//! How bytes are made fit for transport, and fit for reading again (RFC 2045 §6).

use super::uuencode;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use std::borrow::Cow;

/// How far a text is looked at that may be in no base64, and how long words are at most on the whole.
const PROSE_BYTES_MAX: usize = 1024;
const WORD_BYTES_MAX: usize = 12;

/// Fewer letters of base64 may be a text by chance, and more are not looked at.
const LETTERS_MIN: usize = 16;
const LETTERS_MAX: usize = 4096;

/// How a part's bytes were made fit for transport.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encoding {
    /// As they are.
    Identity,
    /// Quoted-printable.
    QuotedPrintable,
    /// Base64.
    Base64,
    /// Uuencode, under the names that programs gave it.
    Uuencode,
}

impl Encoding {
    /// The encoding of this name. Blanks, hyphens, quotation marks and what stands behind the name are slips.
    pub(super) fn named(written: &str) -> Self {
        let known =
            [("quoted-printable", Self::QuotedPrintable), ("base64", Self::Base64), ("7bit", Self::Identity)];
        if let Some((_, encoding)) = known.iter().find(|(name, _)| written.trim().eq_ignore_ascii_case(name))
        {
            return *encoding;
        }
        let name = written.split([';', '(', ',']).next().unwrap_or_default();
        let letters = name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase());
        match letters.take(20).collect::<String>().as_str() {
            "base64" => Self::Base64,
            "quotedprintable" => Self::QuotedPrintable,
            "xuuencode" | "xuue" | "uuencode" | "uue" => Self::Uuencode,
            _ => Self::Identity,
        }
    }

    /// The bytes as they were before.
    pub(super) fn decode(self, raw: &[u8]) -> Cow<'_, [u8]> {
        match self {
            Self::Identity => Cow::Borrowed(raw),
            Self::QuotedPrintable => Cow::Owned(quoted_printable(raw)),
            Self::Base64 => Cow::Owned(base64(raw)),
            Self::Uuencode => match uuencode::divide(raw).and_then(|found| found.files.into_iter().next()) {
                Some(file) => Cow::Owned(file.content),
                None => Cow::Borrowed(raw),
            },
        }
    }
}

/// Whether a text that declares base64 is none: several words stand in its first line, or two with signs that base64
/// lacks.
pub(super) fn is_prose(raw: &[u8]) -> bool {
    let near = raw.trim_ascii_start();
    let near = near.get(..PROSE_BYTES_MAX).unwrap_or(near);
    let line = near.split(|byte| *byte == b'\n').next().unwrap_or_default().trim_ascii();
    let words = line.split(|byte| *byte == b' ').count();
    let is_strange =
        |byte: &&u8| !(byte.is_ascii_alphanumeric() || byte.is_ascii_whitespace() || b"+/=".contains(byte));
    let strange = line.iter().filter(is_strange).count();
    let has_words =
        words > 2 && line.len() < words * WORD_BYTES_MAX || words > 1 && strange * 10 > line.len();
    has_words && !is_broken_base64(raw)
}

/// Whether blanks are all that keeps some base64 from being whole, and it says something. Words without any other sign
/// are of its letters, too, but next to never are they a text once they are decoded.
fn is_broken_base64(raw: &[u8]) -> bool {
    let is_letter = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/".contains(byte);
    let mut rest = raw.iter().filter(|byte| !byte.is_ascii_whitespace());
    let (mut count, mut padding) = (0_usize, 0_usize);
    let mut letters = Vec::new();
    for byte in rest.by_ref() {
        if *byte == b'=' {
            padding += 1;
        } else if padding > 0 || !is_letter(byte) {
            return false;
        } else {
            count += 1;
            if count <= LETTERS_MAX {
                letters.push(*byte);
            }
        }
    }
    if count < LETTERS_MIN || padding > 2 || !(count + padding).is_multiple_of(4) {
        return false;
    }
    let decoded = base64(&letters);
    let text = match std::str::from_utf8(&decoded) {
        Ok(text) => text,
        // a letter was cut
        Err(error) if count > LETTERS_MAX && error.error_len().is_none() => decoded
            .get(..error.valid_up_to())
            .and_then(|whole| std::str::from_utf8(whole).ok())
            .unwrap_or_default(),
        Err(_) => return false,
    };
    !text.is_empty() && !text.contains(|c: char| c.is_control() && !c.is_whitespace())
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
    while let Some(at) = memchr::memchr(b'=', rest) {
        let (plain, escape) = rest.split_at(at);
        bytes.extend_from_slice(plain);
        let after = escape.get(1..).unwrap_or_default();
        rest = after;
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
    bytes.extend_from_slice(rest);
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
    fn encodings_are_known_whatever_stands_round_their_names() {
        for (written, expected) in [
            ("base64", Encoding::Base64),
            ("BASE64 (as ever)", Encoding::Base64),
            ("\"base64\";", Encoding::Base64),
            ("base-64", Encoding::Base64),
            ("quoted-printable, 7bit", Encoding::QuotedPrintable),
            ("Quoted printable", Encoding::QuotedPrintable),
            ("x-uuencode", Encoding::Uuencode),
            ("8bit", Encoding::Identity),
            ("base644", Encoding::Identity),
            ("", Encoding::Identity),
        ] {
            assert_eq!(Encoding::named(written), expected, "{written}");
        }
        let written = b"begin 644 a.txt\n#0V%T\n`\nend\n";
        assert_eq!(Encoding::Uuencode.decode(written), b"Cat".as_slice());
        assert_eq!(Encoding::Uuencode.decode(b"Cat"), b"Cat".as_slice());
    }

    #[test]
    fn prose_is_told_from_base64() {
        for (written, expected) in [
            ("Dear all, the printer is broken.", true),
            ("\r\n  three short words\r\naGVsbG8=", true),
            ("# hi", true),
            ("SGVs!bG8g", false),
            ("aGVsbG8gd29ybGQ=\n\n_______\na footer of a list", false),
            ("aGVsbG8g d29ybGQ=", false),
            ("aGVsbG8gd29ybGQgaGVsbG8gd29ybGQ aGVsbG8gd29ybGQgaGVsbG8gd29ybGQ aGVs", false),
            ("Hello", false),
            // broken by blanks
            ("RGVh ciBk ZXNr LCB0\naGUg cHJp bnRl cg==", false),
            ("RGVh ciBk ZXNr LCB0\naGUg cHJp bnRl c", true),
            ("RGVh ciBk ZXNr LCB0 =cg=", true),
            ("RGVh ciBk ZXNr LCB0\naGUg cHJp bnRl cg==\n-- \nfooter", true),
            ("RGV hci Bk", true),
            ("AAECAw QFBgcI CQoLDA 0ODxAR", true),
            ("the printer is out of paper again", true),
            ("", false),
        ] {
            assert_eq!(is_prose(written.as_bytes()), expected, "{written}");
        }
        // cut within a letter of what is looked at, and not by the end of the text
        let long = base64::engine::general_purpose::STANDARD.encode("Grüße, ".repeat(2_000));
        assert!(!is_prose(long.replace('R', " R").as_bytes()));
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
}

//! From bytes to text: character sets.
//!
//! What is declared wrongly is guessed: valid UTF-8 is UTF-8, what shows its character set is read in it, everything
//! else in Windows-1252, in which every Latin-1 text reads right.

use super::{iso_2022, undeclared, utf_16};
use mail_parser::decoders::charsets::map::charset_decoder;
use std::borrow::Cow;

/// How many bytes of a field tell in which set it is.
const FIELD_BYTES_TELLING: usize = 256;

/// The bytes as UTF-8 where they are, in a set that shifts by escapes where those are there, else as Windows-1252.
pub(super) fn guess(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(_) if is_shifted(bytes) => Cow::Owned(shifted(bytes)),
        Ok(text) => Cow::Borrowed(text),
        Err(_) => Cow::Owned(legacy(bytes)),
    }
}

/// The same for a field of a header. Names are short and a mail may have thousands of them, so that of a long one only the
/// first letters beyond ASCII tell.
pub(super) fn guess_field(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(_) if is_shifted(bytes) => Cow::Owned(shifted(bytes)),
        Ok(text) => Cow::Borrowed(text),
        Err(_) => Cow::Owned(legacy_field(bytes)),
    }
}

/// Text of a field from before UTF-8.
fn legacy_field(bytes: &[u8]) -> String {
    let first = bytes.iter().position(|byte| !byte.is_ascii()).unwrap_or_default();
    let start = if bytes.len() <= FIELD_BYTES_TELLING { 0 } else { first };
    let rest = bytes.get(start..).unwrap_or_default();
    legacy_as(undeclared::guess(rest.get(..FIELD_BYTES_TELLING).unwrap_or(rest)), bytes)
}

/// The same for bytes that are at nobody else's disposal.
pub(super) fn guess_owned_field(bytes: Vec<u8>) -> String {
    if memchr::memchr(0x1b, &bytes).is_some() {
        return guess_field(&bytes).into_owned();
    }
    String::from_utf8(bytes).unwrap_or_else(|other| guess_field(other.as_bytes()).into_owned())
}

/// Text from before UTF-8, in the set that it shows, else in Windows-1252.
fn legacy(bytes: &[u8]) -> String {
    legacy_as(undeclared::guess(bytes), bytes)
}

/// Text in this set, else in Windows-1252.
fn legacy_as(name: Option<&str>, bytes: &[u8]) -> String {
    match name.and_then(decoder) {
        Some(decode) => decode(&iso_2022::without_idle(bytes)),
        None => windows_1252(bytes),
    }
}

/// Every byte is a letter or a sign in it.
pub(super) fn windows_1252(bytes: &[u8]) -> String {
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
    let name = charset.map_or("us-ascii", bare_name);
    if is_unicode_or_ascii(name) || says_nothing(name) {
        let is_declared = charset.is_some() && !says_nothing(name);
        return match std::str::from_utf8(bytes) {
            Ok(_) if is_shifted(bytes) => {
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
    let is_utf_16 = ["utf16", "utf16le", "utf16be"].contains(&squeezed(name).as_str());
    let (bytes, name) = utf_16::told(bytes).filter(|_| is_utf_16).unwrap_or((bytes, name));
    let Some(decode) = decoder(name) else {
        return (guess(bytes), Fit::Unknown);
    };
    if is_latin(name)
        && std::str::from_utf8(bytes).is_err()
        && undeclared::guess_against_latin(bytes).is_some()
    {
        return (Cow::Owned(legacy(bytes)), Fit::Wrong);
    }
    let text = decode(&iso_2022::without_idle(bytes));
    if !text.is_empty() && text.chars().all(|c| c == char::REPLACEMENT_CHARACTER) {
        return (guess(bytes), Fit::Wrong);
    }
    match std::str::from_utf8(bytes) {
        Ok(utf_8) if is_rather_utf_8(utf_8, name, &text) => (Cow::Borrowed(utf_8), Fit::Wrong),
        _ => (Cow::Owned(text), Fit::Good),
    }
}

/// Whether bytes that may be UTF-8 hardly are what they declare to be, in which they would read as `text`.
///
/// In sets with one byte for each letter, two letters of UTF-8 make a mess that nobody writes; in those with two,
/// a short text may be either, as its writer meant it.
fn is_rather_utf_8(utf_8: &str, name: &str, text: &str) -> bool {
    if utf_8.is_ascii() {
        return false;
    }
    let squeezed = squeezed(name);
    // what is UTF-16 has zeros in its line breaks and spaces
    let lacks_zeros = (squeezed.starts_with("utf16") || squeezed == "unicode") && !utf_8.contains('\0');
    let letters = |bytes_min: usize| utf_8.chars().filter(move |c| c.len_utf8() >= bytes_min);
    is_latin(name)
        || text.contains(char::REPLACEMENT_CHARACTER)
        || lacks_zeros
        || (is_of_single_bytes(&squeezed) && letters(2).nth(1).is_some())
        || letters(3).nth(WIDE_LETTERS_MIN - 1).is_some()
}

/// How many letters of three bytes in a row of UTF-8 are no text in a set with two bytes for each.
const WIDE_LETTERS_MIN: usize = 6;

/// Sets with one byte for each letter.
fn is_of_single_bytes(squeezed: &str) -> bool {
    ["iso8859", "windows125", "cp125", "cp8", "ibm8", "koi8", "mac", "xmac", "latin"]
        .iter()
        .any(|start| squeezed.starts_with(start))
}

/// The name of a set without what programs write round it by mistake.
fn bare_name(written: &str) -> &str {
    let is_around = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | ',' | ';');
    let name = written.trim_matches(is_around);
    let is_doubled = name.get(..8).is_some_and(|start| start.eq_ignore_ascii_case("charset="));
    let name = if is_doubled { name.get(8..).unwrap_or_default() } else { name };
    // the next parameter stands behind it without a semicolon
    let name = if name.contains('=') { name.split_whitespace().next().unwrap_or_default() } else { name };
    // an `=` in quoted-printable that nobody decoded
    let name = name.strip_prefix("3D").unwrap_or(name).trim_matches(is_around);
    name.split([';', ',', '/', '"']).next().unwrap_or(name).trim_end()
}

/// A name as all its spellings have it in common.
fn squeezed(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).take(40).map(|c| c.to_ascii_lowercase()).collect()
}

/// The decoder of a set, however its name is spelt: `windows1252`, `iso 8859-1`, `cp-850`.
fn decoder(name: &str) -> Option<fn(&[u8]) -> String> {
    if is_refused_by_browsers(name) {
        return None;
    }
    charset_decoder(name_at_hand(name).as_bytes()).or_else(|| {
        let squeezed = squeezed(name);
        let families = [
            ("iso8859", "iso-8859-"),
            ("windows", "windows-"),
            ("cp125", "windows-125"),
            ("cp", "ibm"),
            ("koi8", "koi8-"),
        ];
        let (start, known) = families.iter().find(|(start, _)| squeezed.starts_with(start))?;
        charset_decoder(format!("{known}{}", squeezed.get(start.len()..)?).as_bytes())
    })
}

/// Sets whose decoders make one mark of damage of a whole text, as browsers do (WHATWG Encoding, `replacement`).
fn is_refused_by_browsers(name: &str) -> bool {
    ["replacement", "iso2022cn", "iso2022cnext", "iso2022kr", "csiso2022kr", "hzgb2312"]
        .contains(&squeezed(name).as_str())
}

/// Whether a text without any other letters shows by its escapes in which set it is.
fn is_shifted(bytes: &[u8]) -> bool {
    memchr::memchr(0x1b, bytes).is_some() && bytes.is_ascii() && undeclared::guess(bytes).is_some()
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
    ["iso88591", "iso885915", "windows1252", "cp1252", "latin1", "iso885911987", "ansi"]
        .contains(&squeezed(name).as_str())
}

/// Names that programs write where they know none.
pub(super) fn says_nothing(name: &str) -> bool {
    ["unknown-8bit", "x-unknown", "unknown", "8bit", "binary", "default", "x-user-defined", "_autodetect_all"]
        .iter()
        .any(|known| name.eq_ignore_ascii_case(known))
}

/// Whether a set is one of a country or a region: who declares it says something of all that stands beside.
pub(super) fn is_of_one_region(name: &str) -> bool {
    let is_of_all = is_unicode_or_ascii(name) || says_nothing(name) || is_utf_7(name);
    !is_of_all && !is_latin(name) && !squeezed(name).starts_with("utf")
}

/// The name under which the decoders know a set that some programs call otherwise.
fn name_at_hand(name: &str) -> &str {
    const OTHER_NAMES: [(&str, &str); 17] = [
        ("ansi", "windows-1252"),
        ("iso-2022-jp-ms", "iso-2022-jp"),
        ("iso-2022-jp-2004", "iso-2022-jp"),
        ("cp50220", "iso-2022-jp"),
        ("cp50221", "iso-2022-jp"),
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
    ["utf8", "usascii", "ascii", "utf8mb4", "utf8sig", "unicode11utf8", "cp65001", ""]
        .contains(&squeezed(name).as_str())
}

fn is_utf_7(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.contains("utf") && name.ends_with('7')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_sets_are_known_however_they_are_spelt() {
        for (name, fit) in [
            ("\"utf-8", Fit::Wrong),
            ("'UTF 8'", Fit::Wrong),
            ("utf-8; x", Fit::Wrong),
            ("3Dutf-8", Fit::Wrong),
            ("charset=utf-8", Fit::Wrong),
            ("us-ascii//TRANSLIT", Fit::Wrong),
            ("utf-8 format=flowed", Fit::Wrong),
            ("windows1252", Fit::Good),
            ("iso 8859-1", Fit::Good),
            ("ISO8859-15", Fit::Good),
            ("ansi", Fit::Good),
            ("%charset%", Fit::Unknown),
            ("replacement", Fit::Unknown),
            ("iso_2022_cn", Fit::Unknown),
        ] {
            let (text, found) = decode(b"caf\xe9", Some(name));
            assert_eq!((text.as_ref(), found), ("café", fit), "{name}");
        }
        for (name, bytes, expected) in [
            ("cp-850", &b"caf\x82"[..], "café"),
            ("iso-2022-jp-ms", b"\x1b$B%W%j\x1b(B", "プリ"),
            ("iso-2022-moon", b"\x1b$B%W%j\x1b(B", "プリ"),
            ("iso-2022-cn", b"\x1b$)A\x0e4rS!\x0f", "打印"),
            ("iso-2022-cn-ext", b"\x1b$)G\x0eGQ\x0f ok", "\x1b$)G\x0eGQ\x0f ok"),
            ("iso-2022-jp", b"\xe9", "é"),
            ("utf-16", b"\0a\0\xe9", "aé"),
            ("utf-16le", b"\xfe\xff\0a\0\xe9", "aé"),
        ] {
            assert_eq!(decode(bytes, Some(name)).0, expected, "{name}");
        }
    }

    #[test]
    fn utf_8_that_declares_another_set_is_read_as_what_it_is() {
        for (name, text) in [
            ("cp1252", "café"),
            ("ISO8859-1", "café"),
            ("windows-1250", "žluťoučký"),
            ("koi8-r", "Принтер"),
            ("macintosh", "café à la"),
            ("utf-16", "café"),
            ("shift_jis", "プリンターが動きません"),
            ("gbk", "打印机不能打印文件了"),
        ] {
            assert_eq!(decode(text.as_bytes(), Some(name)), (Cow::Borrowed(text), Fit::Wrong), "{name}");
        }
        // these four bytes are two letters of UTF-8, too
        assert_eq!(decode(b"\xc1\xaa\xcd\xa8", Some("gbk")).0, "联通");
        assert_eq!(decode(b"\xc4\xa3\xca\xbd", Some("gbk")), (Cow::Owned("模式".to_owned()), Fit::Good));
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
        assert_eq!(decode(b"\x1b$)A\x0eGQ\x1b$)G\x0f", None).0, "\x1b$)A\x0eGQ\x1b$)G\x0f");
        assert_eq!(decode(b"\x1b(B\x1b$B%W\x1b(B\x1b$B%j\x1b(B", None).0, "プリ");
        assert_eq!(guess(b"\x1b$B%W%j\x1b(B.pdf"), "プリ.pdf");
        assert_eq!(guess("\x1b$Bé".as_bytes()), "\x1b$Bé");
        let long = [&b"a".repeat(300)[..], &b"\xcf\xf0\xe8\xed\xf2\xe5\xf0 ".repeat(900)].concat();
        assert!(guess_field(&long).ends_with("Принтер "), "told by what follows the letters of ASCII");
        // what may stand far behind tells nothing
        let late = [&b"caf\xe9 ".repeat(60)[..], &b"\xcf\xf0\xe8\xed\xf2\xe5\xf0 ".repeat(900)].concat();
        assert!(guess_field(&late).starts_with("café "));
        assert_eq!(guess_owned_field(b"\x1b$B%W%j\x1b(B".to_vec()), "プリ");
        assert_eq!(decode(b"\x83v", Some("cp932")).0, "プ");
        assert_eq!(decode(b"Hi +AGE-", Some("unicode-1-1-utf-7")), (Cow::Borrowed("Hi +AGE-"), Fit::Refused));
    }
}

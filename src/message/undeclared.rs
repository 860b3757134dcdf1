//! Text in a character set that it does not name, or names wrongly: told by how its bytes are spread.
//!
//! Only what can hardly be anything else is told; the rest is for the caller to read as Windows-1252.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};

/// Fewer letters beyond ASCII prove nothing.
const LETTERS_MIN: usize = 6;
/// How many of them tell a text from what it declares to be.
const LETTERS_TO_CONTRADICT_MIN: usize = 12;
/// Bytes that are looked at.
const BYTES_MAX: usize = 64 * 1024;
/// How often such letters stand together in other alphabets, at least; Latin ones stand among those of ASCII.
const LETTERS_TOGETHER_MIN: usize = 2;
/// How few stretches of them prove that only where they are more than the letters of ASCII: somebody may list umlauts.
const STRETCHES_MIN: usize = 3;
/// What can be told by letters that stand together.
const TOLD: [&str; 15] = [
    "Big5",
    "EUC-JP",
    "EUC-KR",
    "GBK",
    "gb18030",
    "IBM866",
    "ISO-8859-5",
    "ISO-8859-8",
    "KOI8-U",
    "Shift_JIS",
    "windows-1251",
    "windows-1253",
    "windows-1255",
    "windows-1256",
    "windows-874",
];

/// Sets of Latin letters that can be told where the text makes no sense in Windows-1252.
const TOLD_AGAINST_WESTERN: [&str; 3] = ["ISO-8859-2", "windows-1250", "windows-1254"];
/// The letters beyond ASCII of languages that are written in Windows-1252, in lower case.
const WESTERN_ALPHABETS: [&str; 9] = [
    "àâçèéêëîïôœùûüÿ",
    "ßäöüéà",
    "ñáéíóúüçª",
    "ãõáâàçéêíóôúüª",
    "àèéìíîòóùú",
    "àèéíïòóúüç",
    "äåæøöéèüà",
    "áðéíóúýþæö",
    "äöõüšž",
];

/// The character set that these bytes are in, where they show it. The bytes are known not to be UTF-8, unless they
/// are seven-bit ones.
pub(super) fn guess(bytes: &[u8]) -> Option<&'static str> {
    let bytes = bytes.get(..BYTES_MAX).unwrap_or(bytes);
    if bytes.is_ascii() {
        return escaped(bytes);
    }
    let count = Count::of(bytes);
    if count.high < LETTERS_MIN {
        return None;
    }
    let is_together = count.high >= count.stretches * LETTERS_TOGETHER_MIN;
    let is_no_list = count.stretches >= STRETCHES_MIN || count.high > count.ascii;
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    let _has_high_bytes = detector.feed(bytes, true);
    let name = detector.guess(None, Utf8Detection::Deny).name();
    let is_told = if TOLD_AGAINST_WESTERN.contains(&name) {
        !is_western(bytes)
    } else {
        is_together && is_no_list && TOLD.contains(&name)
    };
    is_told.then_some(name)
}

/// Whether all letters of a text in Windows-1252 are of one language that is written in it.
fn is_western(bytes: &[u8]) -> bool {
    let text = super::charset::windows_1252(bytes);
    let mut letters: Vec<char> =
        text.chars().filter(|c| !c.is_ascii() && c.is_alphabetic()).flat_map(char::to_lowercase).collect();
    letters.sort_unstable();
    letters.dedup();
    WESTERN_ALPHABETS.iter().any(|alphabet| letters.iter().all(|letter| alphabet.contains(*letter)))
}

/// The same for a text that declares a set of Latin letters: nearly all of it says otherwise.
pub(super) fn guess_against_latin(bytes: &[u8]) -> Option<&'static str> {
    let count = Count::of(bytes.get(..BYTES_MAX).unwrap_or(bytes));
    let contradicts = count.high >= LETTERS_TO_CONTRADICT_MIN && count.high > count.ascii;
    if contradicts { guess(bytes) } else { None }
}

/// What is counted of a text.
#[derive(Debug, Default)]
struct Count {
    /// Bytes beyond ASCII.
    high: usize,
    /// Stretches of them.
    stretches: usize,
    /// Letters of ASCII.
    ascii: usize,
}

impl Count {
    fn of(bytes: &[u8]) -> Self {
        let mut count = Self::default();
        let mut is_within = false;
        for byte in bytes {
            let is_high = !byte.is_ascii();
            count.high += usize::from(is_high);
            count.stretches += usize::from(is_high && !is_within);
            count.ascii += usize::from(byte.is_ascii_alphabetic());
            is_within = is_high;
        }
        count
    }
}

/// Sets that shift by escape sequences (RFC 1468, RFC 1557, RFC 1922).
fn escaped(bytes: &[u8]) -> Option<&'static str> {
    let mut pieces = bytes.split(|byte| *byte == 0x1b).skip(1);
    pieces.find_map(|piece| match piece {
        [b'$', b'@' | b'B', ..] => Some("iso-2022-jp"),
        [b'$', b')', b'C', ..] => Some("iso-2022-kr"),
        [b'$', b')', b'A', ..] => Some("iso-2022-cn"),
        _ => None,
    })
}

/// Text in a set that shifts between ASCII and pairs of seven-bit bytes, as text with the high bits set: HZ (RFC 1843),
/// ISO-2022-KR (RFC 1557) and the common letters of ISO-2022-CN (RFC 1922), which no decoder at hand knows. `None` for
/// every other set.
pub(super) fn unshifted(bytes: &[u8], charset: &str) -> Option<(Vec<u8>, &'static str)> {
    let is = |names: &[&str]| names.iter().any(|name| charset.eq_ignore_ascii_case(name));
    if is(&["hz-gb-2312", "hz_gb_2312"]) {
        return Some((unshifted_hz(bytes), "gb18030"));
    }
    if is(&["iso-2022-kr", "iso_2022_kr", "csiso2022kr"]) {
        return Some((unshifted_iso(bytes, b"$)C"), "euc-kr"));
    }
    let is_chinese = is(&["iso-2022-cn", "iso-2022-cn-ext"]);
    let is_simplified = bytes.split(|byte| *byte == 0x1b).skip(1).all(|piece| piece.starts_with(b"$)A"));
    (is_chinese && is_simplified).then(|| (unshifted_iso(bytes, b"$)A"), "gb18030"))
}

/// What stands between shift-out and shift-in, with the high bits set; the escape that names the set goes.
fn unshifted_iso(bytes: &[u8], escape: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(bytes.len());
    let mut is_shifted = false;
    let mut rest = bytes;
    while let Some((byte, after)) = rest.split_first() {
        rest = after;
        match byte {
            0x1b if after.starts_with(escape) => rest = after.get(escape.len()..).unwrap_or_default(),
            0x0e => is_shifted = true,
            0x0f => is_shifted = false,
            b'\n' => {
                is_shifted = false;
                plain.push(b'\n');
            }
            0x21..=0x7e if is_shifted => plain.push(byte | 0x80),
            byte => plain.push(*byte),
        }
    }
    plain
}

fn unshifted_hz(bytes: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(bytes.len());
    let mut is_shifted = false;
    let mut rest = bytes;
    while let Some((byte, after)) = rest.split_first() {
        rest = after;
        match (byte, after) {
            (b'~', [mark @ (b'{' | b'}'), tail @ ..]) => {
                is_shifted = *mark == b'{';
                rest = tail;
            }
            (b'~', [b'~', tail @ ..]) => {
                plain.push(b'~');
                rest = tail;
            }
            (b'~', [b'\n', tail @ ..]) => rest = tail,
            (b'\n', _) => {
                is_shifted = false;
                plain.push(b'\n');
            }
            (0x21..=0x7e, _) if is_shifted => plain.push(byte | 0x80),
            (byte, _) => plain.push(*byte),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_are_told_by_their_bytes() {
        for (bytes, expected) in [
            (
                &b"\xcf\xf0\xe8\xed\xf2\xe5\xf0 \xed\xe5 \xef\xe5\xf7\xe0\xf2\xe0\xe5\xf2"[..],
                Some("windows-1251"),
            ),
            (b"\xcf\xd0\xc8\xcd\xd2\xc5\xd0 \xcd\xc5 \xcf\xc5\xd7\xc0\xd2\xc0\xc5\xd2", Some("windows-1251")),
            (b"\xf0\xd2\xc9\xce\xd4\xc5\xd2 \xce\xc5 \xd0\xc5\xde\xc1\xd4\xc1\xc5\xd4", Some("KOI8-U")),
            (b"\xbf\xe0\xd8\xdd\xe2\xd5\xe0 \xdd\xd5 \xdf\xd5\xe7\xd0\xe2\xd0\xd5\xe2", Some("ISO-8859-5")),
            (b"\xc4\xe5\xed \xf4\xf5\xf0\xfe\xed\xe5\xe9 \xf4\xdf\xf0\xef\xf4\xe1", Some("windows-1253")),
            (b"\xe4\xee\xe3\xf4\xf1\xfa \xec\xe0 \xf2\xe5\xe1\xe3\xfa", Some("windows-1255")),
            (b"\xc7\xe1\xd8\xc7\xc8\xda\xc9 \xe1\xc7 \xca\xda\xe3\xe1", Some("windows-1256")),
            (
                b"\xe0\xa4\xc3\xd7\xe8\xcd\xa7\xbe\xd4\xc1\xbe\xec\xe3\xaa\xe9\xe4\xc1\xe8\xe4\xb4\xe9",
                Some("windows-874"),
            ),
            (b"\xb4\xf2\xd3\xa1\xbb\xfa\xbb\xb5\xc1\xcb\xa1\xa3", Some("GBK")),
            (b"\xa6L\xaa\xed\xbe\xf7\xa4\xa3\xaf\xe0\xa5\xce\xa1A\xbd\xd0\xa8\xf3\xa7U", Some("Big5")),
            (
                b"\xc7\xc1\xb8\xb0\xc5\xcd\xb0\xa1 \xb0\xed\xc0\xe5\xb3\xb5\xbd\xc0\xb4\xcf\xb4\xd9",
                Some("EUC-KR"),
            ),
            (b"\xa5\xd7\xa5\xea\xa5\xf3\xa5\xbf\xa4\xac\xb2\xf5\xa4\xec\xa4\xbf", Some("EUC-JP")),
            (
                b"\x83v\x83\x8a\x83\x93\x83^\x82\xaa\x93\xae\x82\xab\x82\xdc\x82\xb9\x82\xf1",
                Some("Shift_JIS"),
            ),
            (b"caf\xe9 cr\xe8me br\xfbl\xe9e \xe0 la carte d\xe9j\xe0", None),
            (b"Umlaute \xe4\xf6\xfc\xc4\xd6\xdc\xdf gehen nicht", None),
            (b"\xc9\xc8\xc0\xc7\xd4 MAJUSCULES ACCENTU\xc9ES \xc9CRITES", None),
            (b"Drukarka nie dzia\xb3a, \xbf\xf3\xb3\xe6 g\xea\xb6\xbc", Some("ISO-8859-2")),
            (
                b"Prosz\xea, nie mog\xea si\xea zalogowa\xe6, has\xb3o wygas\xb3o od \x9crody",
                Some("windows-1250"),
            ),
            (
                b"Tisk\xe1rna od st\xf8edy nefunguje, nem\xf9\x9eu tisknout \x9e\xe1dnou fakturu",
                Some("windows-1250"),
            ),
            (b"Giri\xfe yapam\xfdyorum, yaz\xfdc\xfd \xe7al\xfd\xfem\xfdyor", Some("windows-1254")),
            (b"Pros\xea, p\xeaknie, pi\xeatro, s\xea, t\xea, prosz\xea", None),
            (b"N\xedl an print\xe9ir ag obair \xf3 d\xe9 C\xe9adaoin, t\xe1 s\xe9 pr\xe1inneach", None),
            (b"Amanh\xe3 n\xe3o est\xe1, \xe0s 3h, aplica\xe7\xe3o p\xe9ssima, Jo\xe3o", None),
            (b"\xdeetta er b\xfai\xf0, \xfe\xf6kk fyrir a\xf0 hj\xe1lpa m\xe9r", None),
            (b"Pris \xa35 \x96 \xa310, 20\xb0C \xb1 2\xb0, \xa92026 Corp\xae \x85", None),
            (b"\xe9t\xe9", None),
            (b"\x1b$B%W%j\x1b(B", Some("iso-2022-jp")),
            (b"plain", None),
        ] {
            assert_eq!(guess(bytes), expected, "{bytes:x?}");
        }
    }

    #[test]
    fn a_declared_set_is_contradicted_only_by_nearly_all_of_a_text() {
        let greek =
            b"\xca\xe1\xeb\xe7\xec\xdd\xf1\xe1, \xef \xe5\xea\xf4\xf5\xf0\xf9\xf4\xde\xf2 \xe4\xe5\xed";
        for (bytes, expected) in [
            (&greek[..], Some("windows-1253")),
            (b"Umlaute \xe4\xf6\xfc\xc4\xd6\xdc\xdf gehen nicht", None),
            (b"The word \xca\xe1\xeb\xe7\xec\xdd\xf1\xe1 \xef \xe5\xea\xf4\xf5 stands on the screen", None),
        ] {
            assert_eq!(guess_against_latin(bytes), expected, "{bytes:x?}");
        }
    }

    #[test]
    fn shifted_sets_get_their_high_bits() {
        assert_eq!(unshifted(b"a~{<:~}~~", "HZ-GB-2312").unwrap().0, b"a\xbc\xba~");
        assert_eq!(unshifted(b"\x1b$)Ca\x0eGQ1[\x0fb", "iso-2022-kr").unwrap().0, b"a\xc7\xd1\xb1\xdbb");
        assert_eq!(unshifted(b"\x1b$)Aa\x0eGQ\x0fb", "iso-2022-cn").unwrap().0, b"a\xc7\xd1b");
        for (bytes, name) in [(&b"a"[..], "utf-8"), (b"\x1b$)G\x0eGQ\x0f", "iso-2022-cn")] {
            assert_eq!(unshifted(bytes, name), None, "{name}");
        }
    }
}

//! Text in a character set that it does not name, or names wrongly: told by how its bytes are spread.
//!
//! Only what can hardly be anything else is told; the rest is for the caller to read as Windows-1252.

/// Fewer letters beyond ASCII prove nothing.
const LETTERS_MIN: usize = 6;
/// Bytes that are looked at.
const BYTES_MAX: usize = 64 * 1024;

/// What is counted of a text.
#[derive(Debug, Default)]
struct Count {
    /// Bytes beyond ASCII.
    high: usize,
    /// Stretches of them.
    runs: usize,
    /// Stretches of an even number of them.
    even_runs: usize,
    /// Of the high bytes: from C0 on, and from E0 on.
    from_c0: usize,
    from_e0: usize,
    /// First bytes of pairs: B0 to C8, B0 to F7, A4 and A5.
    lead_hangul: usize,
    lead_han: usize,
    lead_kana: usize,
}

/// The character set that these bytes are in, where they show it. The bytes are known not to be UTF-8, unless they
/// are seven-bit ones.
pub(super) fn guess(bytes: &[u8]) -> Option<&'static str> {
    let bytes = bytes.get(..BYTES_MAX).unwrap_or(bytes);
    if bytes.is_ascii() {
        return escaped(bytes);
    }
    let count = count(bytes);
    if count.high < LETTERS_MIN {
        return None;
    }
    let is_most = |part: usize, all: usize, percent: usize| part * 100 >= all * percent;
    // Words of Cyrillic are long, small letters are the most, and KOI8-R has them where Windows has capitals.
    if count.high >= count.runs * 3 && is_most(count.from_c0, count.high, 92) {
        return Some(if is_most(count.from_e0, count.from_c0, 50) { "windows-1251" } else { "koi8-r" });
    }
    let pairs = count.high / 2;
    if count.high < count.runs * 2 || !is_most(count.even_runs, count.runs, 90) {
        return None;
    }
    if is_most(count.lead_kana, pairs, 30) {
        Some("euc-jp")
    } else if is_most(count.lead_hangul, pairs, 92) {
        Some("euc-kr")
    } else if is_most(count.lead_han, pairs, 75) {
        Some("gb18030")
    } else {
        None
    }
}

/// Sets that shift by escape sequences (RFC 1468, RFC 1557).
fn escaped(bytes: &[u8]) -> Option<&'static str> {
    let mut pieces = bytes.split(|byte| *byte == 0x1b).skip(1);
    pieces.find_map(|piece| match piece {
        [b'$', b'@' | b'B', ..] => Some("iso-2022-jp"),
        [b'$', b')', b'C', ..] => Some("iso-2022-kr"),
        _ => None,
    })
}

fn count(bytes: &[u8]) -> Count {
    let mut count = Count::default();
    for run in bytes.split(u8::is_ascii).filter(|run| !run.is_empty()) {
        count.runs += 1;
        count.even_runs += usize::from(run.len() % 2 == 0);
        count.high += run.len();
        count.from_c0 += run.iter().filter(|byte| **byte >= 0xc0).count();
        count.from_e0 += run.iter().filter(|byte| **byte >= 0xe0).count();
        for lead in run.iter().step_by(2) {
            count.lead_hangul += usize::from((0xb0..=0xc8).contains(lead));
            count.lead_han += usize::from((0xb0..=0xf7).contains(lead));
            count.lead_kana += usize::from((0xa4..=0xa5).contains(lead));
        }
    }
    count
}

/// Text in a set that shifts between ASCII and pairs of seven-bit bytes, as text with the high bits set: HZ (RFC 1843)
/// and ISO-2022-KR (RFC 1557), which no decoder at hand knows. `None` for every other set.
pub(super) fn unshifted(bytes: &[u8], charset: &str) -> Option<(Vec<u8>, &'static str)> {
    if charset.eq_ignore_ascii_case("hz-gb-2312") {
        return Some((unshifted_hz(bytes), "gb18030"));
    }
    if !["iso-2022-kr", "csiso2022kr"].iter().any(|name| charset.eq_ignore_ascii_case(name)) {
        return None;
    }
    let mut plain = Vec::with_capacity(bytes.len());
    let mut is_shifted = false;
    let mut rest = bytes;
    while let Some((byte, after)) = rest.split_first() {
        rest = after;
        match byte {
            0x1b if after.starts_with(b"$)C") => rest = after.get(3..).unwrap_or_default(),
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
    Some((plain, "euc-kr"))
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
            (b"\xf0\xd2\xc9\xce\xd4\xc5\xd2 \xce\xc5 \xd0\xc5\xde\xc1\xd4\xc1\xc5\xd4", Some("koi8-r")),
            (b"\xb4\xf2\xd3\xa1\xbb\xfa\xbb\xb5\xc1\xcb\xa1\xa3", Some("gb18030")),
            (
                b"\xc7\xc1\xb8\xb0\xc5\xcd\xb0\xa1 \xb0\xed\xc0\xe5\xb3\xb5\xbd\xc0\xb4\xcf\xb4\xd9",
                Some("euc-kr"),
            ),
            (b"\xa5\xd7\xa5\xea\xa5\xf3\xa5\xbf\xa4\xac\xb2\xf5\xa4\xec\xa4\xbf", Some("euc-jp")),
            (b"caf\xe9 cr\xe8me br\xfbl\xe9e \xe0 la carte d\xe9j\xe0", None),
            (b"\xe9t\xe9", None),
            (b"\x1b$B%W%j\x1b(B", Some("iso-2022-jp")),
            (b"plain", None),
        ] {
            assert_eq!(guess(bytes), expected, "{bytes:x?}");
        }
    }

    #[test]
    fn shifted_sets_get_their_high_bits() {
        assert_eq!(unshifted(b"a~{<:~}~~", "HZ-GB-2312").unwrap().0, b"a\xbc\xba~");
        assert_eq!(unshifted(b"\x1b$)Ca\x0eGQ1[\x0fb", "iso-2022-kr").unwrap().0, b"a\xc7\xd1\xb1\xdbb");
        assert_eq!(unshifted(b"a", "utf-8"), None);
    }
}

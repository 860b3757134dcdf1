//! On which side of each letter of UTF-16 its high byte stands.

/// Bytes that are looked at.
const BYTES_MAX: usize = 1024;
/// How many times as many zeros one side has as the other, where they tell.
const TIMES_MORE_MIN: usize = 4;

/// The bytes behind their mark, and the name of the set that they are in: the mark tells before what is declared does,
/// and without one the side on which the zeros stand. `None` where neither is there.
pub(super) fn told(bytes: &[u8]) -> Option<(&[u8], &'static str)> {
    match bytes {
        [0xfe, 0xff, rest @ ..] => return Some((rest, "utf-16be")),
        [0xff, 0xfe, rest @ ..] => return Some((rest, "utf-16le")),
        _ => {}
    }
    let near = bytes.get(..BYTES_MAX).unwrap_or(bytes);
    let zeros = |side: usize| near.iter().skip(side).step_by(2).filter(|byte| **byte == 0).count();
    let (first, second) = (zeros(0), zeros(1));
    if first > second * TIMES_MORE_MIN {
        Some((bytes, "utf-16be"))
    } else if second > first * TIMES_MORE_MIN {
        Some((bytes, "utf-16le"))
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::told;

    #[test]
    fn mark_and_zeros_tell_the_side() {
        for (bytes, expected) in [
            (&b"\xfe\xff\0a"[..], Some((&b"\0a"[..], "utf-16be"))),
            (b"\xff\xfea\0", Some((b"a\0", "utf-16le"))),
            (b"\0a\0b", Some((b"\0a\0b", "utf-16be"))),
            (b"a\0b\0", Some((b"a\0b\0", "utf-16le"))),
            (b"\x30\x42\x30\x44", None),
            (b"", None),
        ] {
            assert_eq!(told(bytes), expected, "{bytes:x?}");
        }
    }
}

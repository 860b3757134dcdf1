//! `%41` and the like, as addresses and parameters are written (RFC 3986 §2.1, RFC 2231 §4).

/// The bytes that a text with escapes stands for; what is no escape stays as it is.
pub(super) fn bytes(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        let digit = |at: usize| after.get(at).and_then(|byte| char::from(*byte).to_digit(16));
        if let (b'%', Some(high), Some(low)) = (first, digit(0), digit(1)) {
            bytes.extend(u8::try_from(high * 16 + low));
            rest = after.get(2..).unwrap_or_default();
        } else {
            bytes.push(*first);
            rest = after;
        }
    }
    bytes
}

/// What a name means that was written like an address, `caf%C3%A9.pdf`: letters beyond ASCII are escaped, and nothing
/// else is left of a `%`. `None` where it may be meant as it stands, as in `100%20.pdf`.
pub(super) fn meant(name: &str) -> Option<String> {
    if !name.is_ascii() || !name.contains('%') {
        return None;
    }
    let decoded = String::from_utf8(bytes(name)).ok()?;
    let escapes = name.matches('%').count();
    let is_all_escaped = name.len() == decoded.len() + escapes * 2;
    let is_sound = !decoded.contains(|c: char| c.is_control() || matches!(c, '/' | '\\' | '%'));
    (!decoded.is_ascii() && is_all_escaped && is_sound).then_some(decoded)
}

/// The same as text, as content ids are written in addresses (RFC 2392 §2).
pub(super) fn decoded(text: &str) -> String {
    String::from_utf8_lossy(&bytes(text)).into_owned()
}

#[cfg(test)]
mod tests {
    use super::{decoded, meant};

    #[test]
    fn escapes_are_decoded_and_the_rest_stays() {
        for (written, read) in [("a%40b", "a@b"), ("100%", "100%"), ("%zz", "%zz"), ("%", "%"), ("ü", "ü")]
        {
            assert_eq!(decoded(written), read);
        }
    }

    #[test]
    fn names_are_decoded_where_they_can_mean_nothing_else() {
        for (written, expected) in [
            ("caf%C3%A9%20menu.pdf", Some("café menu.pdf")),
            ("%E8%AF%B7%E6%B1%82.docx", Some("请求.docx")),
            ("100%20off.pdf", None),
            ("50% caf%C3%A9.pdf", None),
            ("caf%E9.pdf", None),
            ("%2Fetc%2Fcaf%C3%A9", None),
            ("caf%C3%A9%00.exe", None),
            ("é%C3%A9.pdf", None),
            ("plain.pdf", None),
        ] {
            assert_eq!(meant(written).as_deref(), expected, "{written}");
        }
    }
}

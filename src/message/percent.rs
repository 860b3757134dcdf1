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

/// The same as text, as content ids are written in addresses (RFC 2392 §2).
pub(super) fn decoded(text: &str) -> String {
    String::from_utf8_lossy(&bytes(text)).into_owned()
}

#[cfg(test)]
mod tests {
    use super::decoded;

    #[test]
    fn escapes_are_decoded_and_the_rest_stays() {
        for (written, read) in [("a%40b", "a@b"), ("100%", "100%"), ("%zz", "%zz"), ("%", "%"), ("ü", "ü")]
        {
            assert_eq!(decoded(written), read);
        }
    }
}

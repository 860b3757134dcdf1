//! Names of folders on the wire: modified UTF-7 (RFC 3501 §5.1.3).

use base64::Engine as _;
use base64::alphabet::IMAP_MUTF7;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

const MUTF7: GeneralPurpose = GeneralPurpose::new(
    &IMAP_MUTF7,
    GeneralPurposeConfig::new()
        .with_encode_padding(false)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// A name as it is sent.
pub(super) fn encode(name: &str) -> String {
    let mut sent = String::new();
    let mut beyond: Vec<u8> = Vec::new();
    let close = |beyond: &mut Vec<u8>, sent: &mut String| {
        if !beyond.is_empty() {
            sent.push('&');
            sent.push_str(&MUTF7.encode(&*beyond));
            sent.push('-');
            beyond.clear();
        }
    };
    for c in name.chars() {
        if (' '..='~').contains(&c) {
            close(&mut beyond, &mut sent);
            sent.push(c);
            if c == '&' {
                sent.push('-');
            }
        } else {
            let mut units = [0; 2];
            beyond.extend(c.encode_utf16(&mut units).iter().flat_map(|unit| unit.to_be_bytes()));
        }
    }
    close(&mut beyond, &mut sent);
    sent
}

/// A name as it was received, for people; what is not modified UTF-7 stays as it is.
pub(super) fn decode(received: &[u8]) -> String {
    let received = String::from_utf8_lossy(received);
    let mut name = String::new();
    let mut rest: &str = &received;
    while let Some((before, after)) = rest.split_once('&') {
        name.push_str(before);
        let Some((encoded, after)) = after.split_once('-') else {
            name.push('&');
            rest = after;
            continue;
        };
        if let Some(text) = decoded(encoded) {
            name.push_str(&text);
        } else {
            name.push('&');
            name.push_str(encoded);
            name.push('-');
        }
        rest = after;
    }
    name.push_str(rest);
    name
}

fn decoded(encoded: &str) -> Option<String> {
    if encoded.is_empty() {
        return Some("&".to_owned());
    }
    let bytes = MUTF7.decode(encoded).ok()?;
    let units =
        bytes.chunks_exact(2).map(|pair| pair.iter().fold(0, |unit, byte| unit << 8 | u16::from(*byte)));
    String::from_utf16(&units.collect::<Vec<u16>>()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_travel_in_modified_utf_7_and_back() {
        for (name, sent) in [
            ("INBOX", "INBOX"),
            ("Deleted Items", "Deleted Items"),
            ("Gelöschte Objekte", "Gel&APY-schte Objekte"),
            ("R&D", "R&-D"),
            ("~peter/mail/台北/日本語", "~peter/mail/&U,BTFw-/&ZeVnLIqe-"),
            ("😀", "&2D3eAA-"),
        ] {
            assert_eq!(encode(name), sent);
            assert_eq!(decode(sent.as_bytes()), name);
        }
        for odd in ["a&b", "&!!-", "&AA-", "&2D0-x"] {
            let _shown = decode(odd.as_bytes());
        }
        assert_eq!(decode(b"a&b"), "a&b");
        assert_eq!(decode(b"&!!-"), "&!!-");
    }
}

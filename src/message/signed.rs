//! Mail that its sender's program has signed or encrypted: S/MIME (RFC 8551) and `OpenPGP` (RFC 3156, RFC 9580 §7).
//!
//! What is signed is read, and that it is signed is noted; no signature is verified here, since that needs keys and a
//! clock. What is encrypted stays as it is.

use memchr::memmem::Finder;
use std::sync::LazyLock;

/// Objects of the cryptographic message syntax, as they are written in it.
const SIGNED: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02];
const ENVELOPED: [&[u8]; 4] = [
    &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x03],
    &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x04],
    &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x06],
    &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x10, 0x01, 0x17],
];
const OBJECT_IDENTIFIER: u8 = 0x06;
const OCTETS: u8 = 0x04;
const OCTETS_IN_PIECES: u8 = 0x24;
const SEQUENCE: u8 = 0x30;
const EXPLICIT: u8 = 0xa0;
/// The deepest nesting that is followed.
const DEPTH_MAX: usize = 24;

/// What stands in an `application/pkcs7-mime`.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Envelope {
    /// Signed; this was signed.
    Signed(Vec<u8>),
    /// Encrypted.
    Encrypted,
    /// Something else, or nothing that can be followed.
    Other,
}

/// Looks into an `application/pkcs7-mime` (RFC 5652 §3): as far as the content that was signed, and no further.
pub(super) fn open(bytes: &[u8]) -> Envelope {
    let Some(ContentInfo { kind, content }) = content_info(bytes) else { return Envelope::Other };
    if ENVELOPED.contains(&kind) {
        return Envelope::Encrypted;
    }
    if kind != SIGNED {
        return Envelope::Other;
    }
    match content.and_then(signed_content) {
        Some(content) if !content.is_empty() => Envelope::Signed(content),
        _ => Envelope::Other,
    }
}

/// What something is, and the thing itself, where it is there (RFC 5652 §3).
struct ContentInfo<'x> {
    kind: &'x [u8],
    content: Option<&'x [u8]>,
}

/// A sequence of an object identifier and, explicitly tagged, what it names.
fn content_info(bytes: &[u8]) -> Option<ContentInfo<'_>> {
    let outer = element(bytes, 0)?;
    let kind =
        element(inside(outer.tag == SEQUENCE, &outer)?, 0).filter(|kind| kind.tag == OBJECT_IDENTIFIER)?;
    let content = element(kind.rest, 0).filter(|content| content.tag == EXPLICIT);
    Some(ContentInfo { kind: kind.content, content: content.map(|content| content.content) })
}

/// A version, digest algorithms, then the content information of what was signed.
fn signed_content(bytes: &[u8]) -> Option<Vec<u8>> {
    let signed = element(bytes, 0)?;
    let version = element(inside(signed.tag == SEQUENCE, &signed)?, 0)?;
    let algorithms = element(version.rest, 0)?;
    let content = content_info(algorithms.rest)?.content;
    let mut gathered = Vec::new();
    gather(content?, &mut gathered, 0);
    Some(gathered)
}

fn inside<'x>(is_right: bool, element: &Element<'x>) -> Option<&'x [u8]> {
    is_right.then_some(element.content)
}

/// Octets, in one piece or many.
fn gather(bytes: &[u8], into: &mut Vec<u8>, depth: usize) {
    let mut rest = bytes;
    while let Some(piece) = element(rest, 0) {
        match piece.tag {
            OCTETS => into.extend_from_slice(piece.content),
            OCTETS_IN_PIECES if depth < DEPTH_MAX => gather(piece.content, into, depth + 1),
            _ => return,
        }
        rest = piece.rest;
    }
}

/// One element of BER: its tag, what is in it, what follows it.
struct Element<'x> {
    tag: u8,
    content: &'x [u8],
    rest: &'x [u8],
}

/// The first element. A length beyond the end means the end: a mail may have been cut.
fn element(bytes: &[u8], depth: usize) -> Option<Element<'_>> {
    let (tag, rest) = bytes.split_first()?;
    let (length, rest) = rest.split_first()?;
    if tag & 0x1f == 0x1f || (*tag == 0 && *length == 0) {
        return None;
    }
    match *length {
        0x80 => indefinite(*tag, rest, depth),
        0..0x80 => Some(divided(*tag, usize::from(*length), rest)),
        _ => {
            let (digits, rest) = rest.split_at_checked(usize::from(*length & 0x7f))?;
            if digits.len() > 8 {
                return None;
            }
            let length = digits.iter().fold(0_u64, |length, digit| length << 8 | u64::from(*digit));
            Some(divided(*tag, usize::try_from(length).unwrap_or(usize::MAX), rest))
        }
    }
}

fn divided(tag: u8, length: usize, bytes: &[u8]) -> Element<'_> {
    let (content, rest) = bytes.split_at(length.min(bytes.len()));
    Element { tag, content, rest }
}

/// An element without a length: it ends where two zeros stand in place of another element.
fn indefinite(tag: u8, bytes: &[u8], depth: usize) -> Option<Element<'_>> {
    if depth >= DEPTH_MAX {
        return None;
    }
    let mut rest = bytes;
    while let Some(inner) = element(rest, depth + 1) {
        rest = inner.rest;
    }
    let content = bytes.get(..bytes.len() - rest.len())?;
    Some(Element { tag, content, rest: rest.get(2..).unwrap_or_default() })
}

const SIGNED_BEGINS: &str = "-----BEGIN PGP SIGNED MESSAGE-----";
const SIGNATURE_BEGINS: &str = "-----BEGIN PGP SIGNATURE-----";
const SIGNATURE_ENDS: &str = "-----END PGP SIGNATURE-----";
const ENCRYPTED_BEGINS: &str = "-----BEGIN PGP MESSAGE-----";
const ENCRYPTED_ENDS: &str = "-----END PGP MESSAGE-----";

/// Whether a line of `OpenPGP` stands in a text, as in hardly any.
pub(super) fn holds_armour(text: &str) -> bool {
    static BEGIN: LazyLock<Finder<'_>> = LazyLock::new(|| Finder::new("-----BEGIN PGP "));
    BEGIN.find(text.as_bytes()).is_some()
}

/// A text signed in the clear (RFC 9580 §7), without the lines of the signature. `None` where it is none.
pub(super) fn clear_text(text: &str) -> Option<String> {
    if !text.contains(SIGNED_BEGINS) {
        return None;
    }
    let mut clear = String::with_capacity(text.len());
    let mut lines = text.split_inclusive('\n').peekable();
    clear.extend(lines.by_ref().take_while(|line| line.trim_end() != SIGNED_BEGINS));
    // an empty line ends the header of the armour; some programs leave it out
    while lines.next_if(|line| is_armour_header(line)).is_some() {}
    let _empty = lines.next_if(|line| line.trim().is_empty());
    let mut is_signed = false;
    for line in lines.by_ref() {
        if line.trim_end() == SIGNATURE_BEGINS {
            is_signed = true;
            break;
        }
        clear.push_str(line.strip_prefix("- ").unwrap_or(line));
    }
    let mut behind = lines.clone();
    if behind.any(|line| line.trim_end() == SIGNATURE_ENDS) {
        clear.extend(behind);
    } else {
        clear.extend(lines.skip_while(|line| is_of_signature(line)));
    }
    is_signed.then_some(clear)
}

/// `Hash: SHA256` and the like.
fn is_armour_header(line: &str) -> bool {
    let name = line.split_once(':').map(|(name, _)| name.trim());
    name.is_some_and(|name| {
        ["Hash", "Charset", "Comment", "Version", "MessageID", "NotDashEscaped"].contains(&name)
    })
}

/// The longest line of letters alone that may be a word.
const WORD_BYTES_MAX: usize = 24;

/// Whether a line may be of a signature whose end is missing: nothing but base64, and no word like `Thanks`.
fn is_of_signature(line: &str) -> bool {
    let line = line.trim();
    let is_base64 = line.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+/=".contains(&byte));
    let is_small = |text: &str| text.bytes().all(|byte| byte.is_ascii_lowercase());
    let is_word = !line.is_empty()
        && line.len() <= WORD_BYTES_MAX
        && line.bytes().all(|byte| byte.is_ascii_alphabetic())
        && (line.get(1..).is_some_and(is_small) || line == line.to_ascii_uppercase());
    is_armour_header(line) || is_base64 && !is_word
}

/// Whether a text is, or holds, a message encrypted with `OpenPGP`; one that is quoted does not count. Where its last line was cut
/// off, a long line of base64 shows that it is one.
pub(super) fn is_encrypted_text(text: &str) -> bool {
    let is_long = |line: &str| line.trim().len() > WORD_BYTES_MAX && is_of_signature(line);
    text.contains(ENCRYPTED_BEGINS)
        && text
            .lines()
            .skip_while(|line| line.trim_end() != ENCRYPTED_BEGINS)
            .skip(1)
            .any(|line| line.trim_end() == ENCRYPTED_ENDS || !is_armour_header(line) && is_long(line))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrapped(tag: u8, content: &[u8]) -> Vec<u8> {
        let mut bytes = vec![tag, 0x82];
        bytes.extend(u16::try_from(content.len()).unwrap().to_be_bytes());
        bytes.extend(content);
        bytes
    }

    fn endless(tag: u8, content: &[u8]) -> Vec<u8> {
        [&[tag, 0x80], content, &[0, 0]].concat()
    }

    fn object(name: &[u8]) -> Vec<u8> {
        [&[OBJECT_IDENTIFIER, u8::try_from(name.len()).unwrap()], name].concat()
    }

    /// Signed data round this content, with lengths or without.
    fn signed(octets: &[u8], wrap: fn(u8, &[u8]) -> Vec<u8>) -> Vec<u8> {
        let data = object(&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x01]);
        let inner = wrap(SEQUENCE, &[data, wrap(EXPLICIT, octets)].concat());
        let signed = wrap(SEQUENCE, &[&[2, 1, 1][..], &[0x31, 0], &inner, &[0x31, 0]].concat());
        wrap(SEQUENCE, &[object(SIGNED), wrap(EXPLICIT, &signed)].concat())
    }

    #[test]
    fn signed_content_is_found_in_one_piece_and_in_many() {
        let whole = wrapped(OCTETS, b"Subject: a\n\nhello");
        let pieces = endless(OCTETS_IN_PIECES, &[wrapped(OCTETS, b"hel"), wrapped(OCTETS, b"lo")].concat());
        assert_eq!(open(&signed(&whole, wrapped)), Envelope::Signed(b"Subject: a\n\nhello".to_vec()));
        assert_eq!(open(&signed(&pieces, endless)), Envelope::Signed(b"hello".to_vec()));
        assert_eq!(open(&signed(&pieces, wrapped)), Envelope::Signed(b"hello".to_vec()));
    }

    #[test]
    fn encrypted_and_everything_else_is_told_apart() {
        for kind in ENVELOPED {
            let enveloped = wrapped(SEQUENCE, &[object(kind), wrapped(EXPLICIT, b"secret")].concat());
            assert_eq!(open(&enveloped), Envelope::Encrypted);
        }
        let detached = wrapped(SEQUENCE, &object(SIGNED));
        for bytes in
            [&detached[..], b"", b"0", b"\x30\x80\x30\x80", b"hello there", &[0x30, 0xff, 1], &[0x3f; 40]]
        {
            assert_eq!(open(bytes), Envelope::Other, "{bytes:?}");
        }
        assert_eq!(open(&[0x30, 0x80].repeat(50_000)), Envelope::Other);
    }

    #[test]
    fn text_signed_in_the_clear_loses_its_armour_alone() {
        let text = "Hi\n-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nIt works.\n- -- \nUma\n-----BEGIN PGP SIGNATURE-----\n\niQ\n-----END PGP SIGNATURE-----\nfooter\n";
        assert_eq!(clear_text(text).as_deref(), Some("Hi\nIt works.\n-- \nUma\nfooter\n"));
        let text = "-----BEGIN PGP SIGNED MESSAGE-----\nIt works.\n\nUma\n-----BEGIN PGP SIGNATURE-----\nVersion: 1\n\niQ==\nAnd more\nwords\n";
        assert_eq!(clear_text(text).as_deref(), Some("It works.\n\nUma\nAnd more\nwords\n"));
        for (behind, expected) in [
            ("iQEzBAEBCAAdFiEE\nx/yz12\n=aB3d\nThanks\nUma\n", "Thanks\nUma\n"),
            ("iQEz\n\nOK\n", "OK\n"),
            ("iQEz\nUma,\n", "Uma,\n"),
            ("iQEz\nhttps://example.com/a\n", "https://example.com/a\n"),
            ("iQEz\nGrüße\n", "Grüße\n"),
            ("iQEz\nabcdefghijklmnopqrstuvwxyz\n", ""),
            ("", ""),
        ] {
            let text = format!("{SIGNED_BEGINS}\n\nIt works.\n{SIGNATURE_BEGINS}\n\n{behind}");
            assert_eq!(clear_text(&text), Some(format!("It works.\n{expected}")), "{behind}");
        }
        assert_eq!(clear_text("> -----BEGIN PGP SIGNED MESSAGE-----\n"), None);
        assert_eq!(clear_text("-----BEGIN PGP SIGNED MESSAGE-----\n\nnever signed\n"), None);
        assert!(is_encrypted_text("a\n-----BEGIN PGP MESSAGE-----\n\nhQ\n-----END PGP MESSAGE-----\n"));
        assert!(!is_encrypted_text("> -----BEGIN PGP MESSAGE-----\n> -----END PGP MESSAGE-----\n"));
        let cut = "-----BEGIN PGP MESSAGE-----\nVersion: 1\n\nhQEMA5oX9yYyQ3q7AQf/ZkYcm2Qp0mX5mM2c8M2uJk4K1cZ0X9wq1sH0mQ0yVn6p\n";
        assert!(is_encrypted_text(cut));
        assert!(!is_encrypted_text("What does\n-----BEGIN PGP MESSAGE-----\nin my mails mean?\n"));
    }
}

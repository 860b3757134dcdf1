//! Tokens in our own mails: what a mail is about and who was to read it, signed so that nobody can make one up.
//!
//! A token stands in the local part of a mail's `Message-ID`, and behind a plus in its `Reply-To` where the account says
//! so. It reads `c5837-p12-1a2b-…`: call 5837, person record 12, the key's mark, and the first 128 bits of an
//! HMAC-SHA-256 over all that. A reader without a record is known by a digest of the address. The token of a request
//! for confirmation names the request and when it was made: `x7-1767603600-p12-1a2b-…`.
//!
//! A token is checked in constant time. Whether it proves anything depends on who sends it: that is the desk's answer.

use super::secret::{self, Secret};
use crate::ports::{Cause, Failure};
use crate::ruleset::account::SecretPlace;
use crate::vocab::{AddrSpec, Kind, Number, Reference};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};
use std::fmt;
use zeroize::Zeroizing;

/// The shortest secret that is taken, in bytes.
const SECRET_BYTES_MIN: usize = 32;
/// How many bytes of the HMAC a token shows.
const TAG_BYTES: usize = 16;
/// The longest token that is looked at.
const TOKEN_BYTES_MAX: usize = 120;
/// The longest local part of an address (RFC 5321 §4.5.3.1.1).
const LOCAL_PART_BYTES_MAX: usize = 64;
/// How the local part of every `Message-ID` of ours ends.
const OWN: &str = ".postroom";

/// Signs tokens and knows its own. Nothing prints its key.
#[derive(Clone)]
pub struct Seal {
    /// As long as a block of SHA-256, which is how HMAC takes it.
    key: Zeroizing<[u8; 64]>,
    /// Tells keys apart without telling anything of them.
    mark: String,
}

impl fmt::Debug for Seal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Seal({})", self.mark)
    }
}

/// Who was to read a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reader {
    /// The person with this record.
    Person(i64),
    /// Whoever has the address with this digest.
    Address(String),
}

impl Reader {
    fn parse(text: &str) -> Option<Self> {
        let rest = text.get(1..)?;
        match text.get(..1)? {
            "p" => rest.parse().ok().map(Self::Person),
            "a" => Some(Self::Address(rest.to_owned())),
            _ => None,
        }
    }
}

impl fmt::Display for Reader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Person(record) => write!(f, "p{record}"),
            Self::Address(digest) => write!(f, "a{digest}"),
        }
    }
}

/// What a token of ours says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Token {
    /// It stands in a mail about this item, to this reader.
    Mail(Reference, Reader),
    /// It stands in a request for confirmation with this number, made at this instant, to this reader.
    Request(i64, i64, Reader),
}

impl Seal {
    /// Who reads what is sent to an address: the person, or whoever has the address where no record has it, or several.
    pub fn reader(&self, person: Option<i64>, address: &AddrSpec) -> Reader {
        person.map_or_else(|| self.whoever_has(address), Reader::Person)
    }

    /// Whether this sender is the one. A mail to an address that no record had proves nothing of a person.
    pub fn is_reader(&self, reader: &Reader, person: Option<i64>, address: &AddrSpec) -> bool {
        match reader {
            Reader::Person(record) => person == Some(*record),
            Reader::Address(_) => person.is_none() && *reader == self.whoever_has(address),
        }
    }

    /// By a digest that nobody makes without the key: what is shown of it is short enough to be searched for.
    fn whoever_has(&self, address: &AddrSpec) -> Reader {
        /// How many bytes of the digest are shown.
        const BYTES: usize = 6;
        let mac = Hmac::<Sha256>::new((&*self.key).into());
        let digest =
            mac.chain_update("postroom token address\0").chain_update(address.key()).finalize().into_bytes();
        Reader::Address(hex::encode(digest.get(..BYTES).unwrap_or_default()))
    }

    /// The seal whose secret is found in this place; none where there is no such place.
    pub fn from_place(place: Option<&SecretPlace>) -> Result<Option<Self>, Failure> {
        place.map(|place| Self::new(&secret::read(place)?)).transpose()
    }

    /// A seal with this secret; a short one can be guessed and is refused.
    pub fn new(secret: &Secret) -> Result<Self, Failure> {
        let text = secret.reveal();
        if text.len() < SECRET_BYTES_MIN {
            let sentence = format!(
                "the secret for tokens has {} bytes and needs at least {SECRET_BYTES_MIN}; `openssl rand -hex 32` makes a good one",
                text.len()
            );
            return Err(Failure::Permanent(Cause::new(sentence)));
        }
        let digest = Sha256::new().chain_update("postroom token key\0").chain_update(text).finalize();
        let mut key = Zeroizing::new([0; 64]);
        key.iter_mut().zip(digest).for_each(|(place, byte)| *place = byte);
        let mark = Sha256::new().chain_update("postroom token mark\0").chain_update(digest).finalize();
        Ok(Self { key, mark: hex::encode(mark.get(..2).unwrap_or_default()) })
    }

    /// Writes a token.
    pub fn sign(&self, token: &Token) -> String {
        let what = match token {
            Token::Mail(about, reader) => format!("{}{}-{reader}", letter(about.kind), about.number),
            Token::Request(id, at, reader) => format!("x{id}-{at}-{reader}"),
        };
        let signed = format!("{what}-{}", self.mark);
        let tag = self.tag(&signed).finalize().into_bytes();
        format!("{signed}-{}", hex::encode(tag.get(..TAG_BYTES).unwrap_or_default()))
    }

    /// What a token says; `None` for anything that this very key has not signed as it stands.
    pub fn read(&self, token: &str) -> Option<Token> {
        let token = Some(token).filter(|token| token.len() <= TOKEN_BYTES_MAX)?.to_ascii_lowercase();
        let (signed, tag) = token.rsplit_once('-')?;
        let mut bytes = [0; TAG_BYTES];
        hex::decode_to_slice(tag, &mut bytes).ok()?;
        self.tag(signed).verify_truncated_left(&bytes).ok()?;
        let parts: Vec<&str> = signed.split('-').collect();
        let number = |text: &str| text.get(1..).map(str::to_owned);
        match parts.as_slice() {
            [item, reader, _] => {
                let kind = kind_of(item)?;
                let number = Number::parse(&number(item)?)?;
                Some(Token::Mail(Reference { kind, number }, Reader::parse(reader)?))
            }
            [id, at, reader, _] if id.starts_with('x') => {
                Some(Token::Request(number(id)?.parse().ok()?, at.parse().ok()?, Reader::parse(reader)?))
            }
            _ => None,
        }
    }

    /// The token in a `Message-ID` of ours.
    pub fn in_message_id(&self, id: &str) -> Option<Token> {
        let (local, _) = id.rsplit_once('@')?;
        let suffix = local.len().checked_sub(OWN.len())?;
        let (local, end) = local.split_at_checked(suffix)?;
        let token = local.rsplit('.').next().filter(|_| end.eq_ignore_ascii_case(OWN))?;
        self.read(token)
    }

    /// The token behind the plus of an address.
    pub fn in_address(&self, address: &AddrSpec) -> Option<Token> {
        self.read(address.local_part().split_once('+')?.1)
    }

    fn tag(&self, signed: &str) -> Hmac<Sha256> {
        let mac = Hmac::<Sha256>::new((&*self.key).into());
        mac.chain_update("postroom token 1\0").chain_update(signed)
    }
}

/// The address with a token behind a plus; `None` where it would be too long or has a plus already.
pub fn with_token(address: &AddrSpec, token: &str) -> Option<AddrSpec> {
    let local = address.local_part();
    let fits = local.len() + 1 + token.len() <= LOCAL_PART_BYTES_MAX && !local.contains(['+', '"']);
    fits.then(|| AddrSpec::parse(&format!("{local}+{token}@{}", address.domain())))?
}

/// What the local part of a `Message-ID` of ours is, before the token and [`OWN`].
pub fn message_id(stem: &str, token: Option<&str>, domain: &str) -> String {
    match token {
        Some(token) => format!("{stem}.{token}{OWN}@{domain}"),
        None => format!("{stem}{OWN}@{domain}"),
    }
}

fn letter(kind: Kind) -> char {
    match kind {
        Kind::Call => 'c',
        Kind::Request => 'r',
        Kind::Task => 't',
        Kind::Approval => 'a',
    }
}

fn kind_of(item: &str) -> Option<Kind> {
    match item.chars().next()? {
        'c' => Some(Kind::Call),
        'r' => Some(Kind::Request),
        't' => Some(Kind::Task),
        'a' => Some(Kind::Approval),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn seal(secret: &str) -> Seal {
        Seal::new(&Secret::new(secret)).unwrap()
    }

    fn ours() -> Seal {
        seal("a secret of the tests that is long enough")
    }

    fn address(text: &str) -> AddrSpec {
        AddrSpec::parse(text).unwrap()
    }

    fn about(number: u32) -> Token {
        let reference = Reference { kind: Kind::Call, number: number.into() };
        Token::Mail(reference, Reader::Person(12))
    }

    #[test]
    fn token_is_read_back_from_identifier_and_address_in_any_case() {
        let requests = Token::Request(7, 1_767_603_600, ours().reader(None, &address("uma@example.com")));
        for token in [about(5837), requests] {
            let signed = ours().sign(&token);
            assert_eq!(ours().read(&signed), Some(token.clone()));
            let id = message_id("0f1e2d.1", Some(&signed), "example.com");
            assert_eq!(ours().in_message_id(&id), Some(token.clone()), "{id}");
            assert_eq!(ours().in_message_id(&id.to_uppercase()), Some(token.clone()));
            let plus = address(&format!("desk+{signed}@example.com"));
            assert_eq!(ours().in_address(&plus), Some(token));
        }
        assert_eq!(
            with_token(&address("desk@example.com"), &ours().sign(&about(5837)))
                .map(|it| it.local_part().len()),
            Some(52)
        );
        assert_eq!(with_token(&address("a-desk-of-long-name@example.com"), &ours().sign(&about(5837))), None);
    }

    #[test]
    fn token_that_is_changed_cut_or_of_another_key_says_nothing() {
        let signed = ours().sign(&about(5837));
        for at in 0..signed.len() {
            let mut bytes = signed.clone().into_bytes();
            bytes[at] = if bytes[at] == b'0' { b'1' } else { b'0' };
            assert_eq!(ours().read(&String::from_utf8(bytes).unwrap()), None, "changed at {at}");
            let (before, behind) = signed.split_at(at);
            assert_eq!(ours().read(before), None, "cut at {at}");
            let is_whole = at == 0;
            assert_eq!(ours().read(behind).is_some(), is_whole, "cut before {at}");
        }
        assert_eq!(seal("another secret of the tests, long enough").read(&signed), None);
        for longer in [format!("{signed}00"), format!("{signed}-"), format!("0{signed}"), "c".repeat(100_000)]
        {
            assert_eq!(ours().read(&longer), None);
        }
    }

    #[test]
    fn reader_is_the_person_or_whoever_has_the_address() {
        let uma = address("Uma@Example.com");
        let is = |reader: &Reader, person, address: &AddrSpec| ours().is_reader(reader, person, address);
        let known = ours().reader(Some(12), &uma);
        assert!(is(&known, Some(12), &address("other@example.com")));
        assert!(!is(&known, Some(13), &uma) && !is(&known, None, &uma));
        let unknown = ours().reader(None, &uma);
        assert!(is(&unknown, None, &address("uma@example.com")));
        // what was sent to nobody in particular speaks for nobody in particular
        assert!(!is(&unknown, Some(3), &uma));
        assert!(!is(&unknown, None, &address("una@example.com")));
        let other = seal("another secret of the tests, long enough");
        assert!(!other.is_reader(&unknown, None, &uma), "the digest needs the key");
    }

    #[test]
    fn short_secret_is_refused_and_no_key_is_ever_shown() {
        assert!(Seal::new(&Secret::new("0123456789")).unwrap_err().to_string().contains("at least 32"));
        assert!(format!("{:?}", ours()).len() < 12);
    }

    proptest! {
        #[test]
        fn nothing_made_up_is_taken(text in "\\PC{0,200}", id in "[cx][0-9]{1,18}-[pa][0-9a-f]{1,12}-[0-9a-f]{4}-[0-9a-f]{32}") {
            prop_assert_eq!(ours().read(&text), None);
            prop_assert_eq!(ours().in_message_id(&text), None);
            prop_assert_eq!(ours().read(&id), None);
        }
    }
}

//! NTLM (MS-NLMP, MS-SMTPNTLM), also known as MSN: version 2, and version 1 only for servers whose challenge
//! says nothing about themselves, since version 2 is built upon that. Whoever hears version 1 can compute what is as
//! good as the password, and whoever is in between can make a challenge say nothing: it is held to the same as a
//! password in clear text.

use super::{Exchange, Exposure, Refused};
use crate::adapters::secret::Secret;
use des::Des;
use des::cipher::{BlockCipherEncrypt as _, KeyInit as _};
use hmac::{Hmac, Mac as _};
use md4::Md4;
use md5::{Digest as _, Md5};
use zeroize::Zeroizing;

const SIGNATURE: &[u8; 8] = b"NTLMSSP\0";

const UNICODE: u32 = 0x0000_0001;
const OEM: u32 = 0x0000_0002;
const REQUEST_TARGET: u32 = 0x0000_0004;
const NTLM: u32 = 0x0000_0200;
const ALWAYS_SIGN: u32 = 0x0000_8000;
const EXTENDED_SESSION_SECURITY: u32 = 0x0008_0000;
const TARGET_INFO: u32 = 0x0080_0000;

/// What we ask for.
const WANTED: u32 = UNICODE | OEM | REQUEST_TARGET | NTLM | ALWAYS_SIGN | EXTENDED_SESSION_SECURITY;

/// Where the fields of a challenge begin (MS-NLMP §2.2.1.2).
const FLAGS_AT: usize = 20;
const CHALLENGE_AT: usize = 24;
const TARGET_INFO_AT: usize = 40;

/// How long the fixed part of our last message is (§2.2.1.3, without version and integrity code).
const FIXED_BYTES: u32 = 64;

/// The identifiers of pairs in the target info (§2.2.2.1).
const PAIR_END: u16 = 0;
const PAIR_TIMESTAMP: u16 = 7;

pub(super) struct Ntlm {
    domain: String,
    user: String,
    secret: Secret,
    exposure: Exposure,
    /// Eight random bytes.
    client_challenge: [u8; 8],
    /// Tenths of a microsecond since 1601.
    time: u64,
    said: usize,
}

/// What the server sent.
struct Challenge {
    flags: u32,
    nonce: [u8; 8],
    target_info: Vec<u8>,
}

/// The two answers to a challenge: the old one and the new one.
#[derive(Debug, PartialEq, Eq)]
struct Responses {
    lm: Vec<u8>,
    nt: Vec<u8>,
}

impl Ntlm {
    /// `login`: `DOMAIN\user`, or a user alone.
    pub(super) fn new(
        login: &str,
        secret: Secret,
        exposure: Exposure,
        client_challenge: [u8; 8],
        time: u64,
    ) -> Self {
        let (domain, user) = login.split_once('\\').unwrap_or(("", login));
        let (domain, user) = (domain.to_owned(), user.to_owned());
        Self { domain, user, secret, exposure, client_challenge, time, said: 0 }
    }

    fn answer(&self, message: &[u8]) -> Result<Vec<u8>, Refused> {
        let challenge = Challenge::read(message)?;
        let responses = if !challenge.target_info.is_empty() {
            self.version_2(&challenge)?
        } else if self.exposure == Exposure::Sheltered {
            self.version_1(&challenge)?
        } else {
            return Err(odd(
                "it asks for version 1, from which whoever listens computes the password, and nothing protects the \
                 connection; set `tls`, name another method in `authentication`, or allow it with \
                 `allow_clear_text: true`",
            ));
        };
        let is_unicode = challenge.flags & UNICODE != 0;
        let text = |text: &str| {
            if is_unicode {
                Ok(utf_16(text))
            } else if text.is_ascii() {
                Ok(text.as_bytes().to_vec())
            } else {
                Err(odd("it takes only ASCII, and the login has other letters"))
            }
        };
        let flags = challenge.flags & WANTED & !if is_unicode { OEM } else { UNICODE };
        let fields =
            [responses.lm, responses.nt, text(&self.domain)?, text(&self.user)?, Vec::new(), Vec::new()];
        let mut answer = SIGNATURE.to_vec();
        answer.extend_from_slice(&3_u32.to_le_bytes());
        let mut offset = FIXED_BYTES;
        for field in &fields {
            let length = u16::try_from(field.len()).map_err(|_| odd("the answer would be too long"))?;
            answer.extend_from_slice(&length.to_le_bytes());
            answer.extend_from_slice(&length.to_le_bytes());
            answer.extend_from_slice(&offset.to_le_bytes());
            offset += u32::from(length);
        }
        answer.extend_from_slice(&flags.to_le_bytes());
        answer.extend(fields.concat());
        Ok(answer)
    }

    /// §3.3.1: `NTOWFv1`.
    fn key(&self) -> Zeroizing<Vec<u8>> {
        Zeroizing::new(Md4::digest(&*Zeroizing::new(utf_16(self.secret.reveal()))).to_vec())
    }

    /// §3.3.1, with and without extended session security. The weaker LM response is never sent.
    fn version_1(&self, challenge: &Challenge) -> Result<Responses, Refused> {
        let key = self.key();
        if challenge.flags & EXTENDED_SESSION_SECURITY == 0 {
            let nt = encrypt(&key, challenge.nonce)?;
            return Ok(Responses { lm: nt.clone(), nt });
        }
        let both = Md5::new().chain_update(challenge.nonce).chain_update(self.client_challenge).finalize();
        let nonce = both.first_chunk().copied().unwrap_or_default();
        let mut lm = self.client_challenge.to_vec();
        lm.resize(24, 0);
        Ok(Responses { lm, nt: encrypt(&key, nonce)? })
    }

    /// §3.3.2.
    fn version_2(&self, challenge: &Challenge) -> Result<Responses, Refused> {
        let name = utf_16(&format!("{}{}", self.user.to_uppercase(), self.domain));
        let key = Zeroizing::new(keyed(&self.key(), &[&name])?);
        let stamped = timestamp(&challenge.target_info)?;
        let mut rest = vec![1, 1, 0, 0, 0, 0, 0, 0];
        rest.extend_from_slice(&stamped.unwrap_or(self.time).to_le_bytes());
        rest.extend_from_slice(&self.client_challenge);
        rest.extend_from_slice(&[0; 4]);
        rest.extend_from_slice(&challenge.target_info);
        rest.extend_from_slice(&[0; 4]);
        let mut nt = keyed(&key, &[&challenge.nonce, &rest])?;
        nt.extend_from_slice(&rest);
        // §3.1.5.1.2: a server that gives the time wants no old answer.
        let lm = if stamped.is_some() {
            vec![0; 24]
        } else {
            let mut lm = keyed(&key, &[&challenge.nonce, &self.client_challenge])?;
            lm.extend_from_slice(&self.client_challenge);
            lm
        };
        Ok(Responses { lm, nt })
    }
}

impl Challenge {
    /// Servers that end after the nonce say nothing about themselves (Exim's are 36 bytes long).
    fn read(message: &[u8]) -> Result<Self, Refused> {
        let is_challenge = message.starts_with(SIGNATURE) && number(message, 8) == Some(2);
        let nonce = message.get(CHALLENGE_AT..).and_then(|rest| rest.first_chunk::<8>().copied());
        let (true, Some(nonce), Some(flags)) = (is_challenge, nonce, number(message, FLAGS_AT)) else {
            return Err(odd("it is not a challenge"));
        };
        let mut target_info = Vec::new();
        if let (true, Some(length), Some(offset)) =
            (flags & TARGET_INFO != 0, short(message, TARGET_INFO_AT), number(message, TARGET_INFO_AT + 4))
        {
            let begin = usize::try_from(offset).map_err(|_| odd("a place in it is beyond its end"))?;
            let end = begin.saturating_add(usize::from(length));
            target_info =
                message.get(begin..end).ok_or_else(|| odd("a place in it is beyond its end"))?.to_vec();
        }
        Ok(Self { flags, nonce, target_info })
    }
}

fn odd(why: &str) -> Refused {
    Refused(format!("the server's part of NTLM cannot be accepted: {why}"))
}

fn number(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..).and_then(|rest| rest.first_chunk()).map(|it| u32::from_le_bytes(*it))
}

fn short(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..).and_then(|rest| rest.first_chunk()).map(|it| u16::from_le_bytes(*it))
}

fn utf_16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

/// The server's time in the target info, a list of identifier, length and value.
fn timestamp(target_info: &[u8]) -> Result<Option<u64>, Refused> {
    let mut at = 0;
    while let (Some(identifier), Some(length)) = (short(target_info, at), short(target_info, at + 2)) {
        let value = target_info.get(at + 4..).unwrap_or_default();
        match identifier {
            PAIR_END => return Ok(None),
            PAIR_TIMESTAMP => {
                let value = value.first_chunk().ok_or_else(|| odd("its time is cut off"))?;
                return Ok(Some(u64::from_le_bytes(*value)));
            }
            _ => at += 4 + usize::from(length),
        }
    }
    Ok(None)
}

fn keyed(key: &[u8], parts: &[&[u8]]) -> Result<Vec<u8>, Refused> {
    let mut keyed = Hmac::<Md5>::new_from_slice(key).map_err(|_| odd("a key cannot be used"))?;
    for part in parts {
        keyed.update(part);
    }
    Ok(keyed.finalize().into_bytes().to_vec())
}

/// §6: `DESL`, three times DES with thirds of the key, filled up with zeros.
fn encrypt(key: &[u8], nonce: [u8; 8]) -> Result<Vec<u8>, Refused> {
    /// The bytes of key that one DES takes.
    const THIRD: usize = 7;
    let mut filled = Zeroizing::new(key.to_vec());
    filled.resize(3 * THIRD, 0);
    let mut response = Vec::with_capacity(24);
    for third in filled.chunks(THIRD) {
        let cipher = Des::new_from_slice(&spread(third)).map_err(|_| odd("a key cannot be used"))?;
        let mut block = nonce.into();
        cipher.encrypt_block(&mut block);
        response.extend_from_slice(&block);
    }
    Ok(response)
}

/// Seven bytes as eight, each with a bit of parity, which nobody looks at.
fn spread(third: &[u8]) -> [u8; 8] {
    let bits = third.iter().fold(0_u64, |bits, byte| (bits << 8) | u64::from(*byte));
    let mut spread = [0; 8];
    for (index, byte) in spread.iter_mut().enumerate() {
        *byte = ((bits >> (49 - 7 * index)) & 0x7f).to_le_bytes().first().map_or(0, |it| it << 1);
    }
    spread
}

impl Exchange for Ntlm {
    fn respond(&mut self, challenge: &[u8]) -> Result<Vec<u8>, Refused> {
        self.said += 1;
        match self.said {
            1 => {
                let mut first = SIGNATURE.to_vec();
                first.extend_from_slice(&1_u32.to_le_bytes());
                first.extend_from_slice(&WANTED.to_le_bytes());
                // Neither domain nor workstation.
                first.extend_from_slice(&[0; 16]);
                Ok(first)
            }
            2 => self.answer(challenge),
            _ => Err(odd("it asks for more than NTLM has")),
        }
    }

    fn is_client_first(&self) -> bool {
        true
    }

    fn verify_end(&mut self) -> Result<(), Refused> {
        if self.said == 2 { Ok(()) } else { Err(odd("it accepted the login before asking for it")) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// MS-NLMP §4.2.1.
    const NONCE: [u8; 8] = [0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef];

    fn ntlm() -> Ntlm {
        exposed(Exposure::Sheltered)
    }

    fn exposed(exposure: Exposure) -> Ntlm {
        Ntlm::new("Domain\\User", Secret::new("Password"), exposure, [0xaa; 8], 0)
    }

    /// The names of domain and server, as in MS-NLMP §4.2.4.
    fn target_info() -> Vec<u8> {
        [&[2, 0, 12, 0][..], &utf_16("Domain"), &[1, 0, 12, 0], &utf_16("Server"), &[0; 4]].concat()
    }

    fn challenge(flags: u32, target_info: Vec<u8>) -> Challenge {
        Challenge { flags, nonce: NONCE, target_info }
    }

    fn message(flags: u32, target_info: &[u8]) -> Vec<u8> {
        let length = u16::try_from(target_info.len()).unwrap().to_le_bytes();
        [
            &SIGNATURE[..],
            &2_u32.to_le_bytes(),
            &[0, 0, 0, 0, 48, 0, 0, 0],
            &flags.to_le_bytes(),
            &NONCE,
            &[0; 8],
            &length,
            &length,
            &48_u32.to_le_bytes(),
            target_info,
        ]
        .concat()
    }

    #[test]
    fn version_1_answers_as_ms_nlmp_4_2_2_and_4_2_3_show() {
        let plain = ntlm().version_1(&challenge(UNICODE, vec![])).unwrap();
        let expected = "67c43011f30298a2ad35ece64f16331c44bdbed927841f94";
        assert_eq!(
            (hex::encode(plain.nt), hex::encode(plain.lm)),
            (expected.to_owned(), expected.to_owned())
        );
        let extended = ntlm().version_1(&challenge(UNICODE | EXTENDED_SESSION_SECURITY, vec![])).unwrap();
        assert_eq!(hex::encode(extended.nt), "7537f803ae367128ca458204bde7caf81e97ed2683267232");
        assert_eq!(hex::encode(extended.lm), format!("{}{}", "aa".repeat(8), "00".repeat(16)));
    }

    #[test]
    fn version_2_answers_as_ms_nlmp_4_2_4_shows() {
        let responses = ntlm().version_2(&challenge(UNICODE, target_info())).unwrap();
        assert_eq!(hex::encode(&responses.lm), "86c35097ac9cec102554764a57cccc19aaaaaaaaaaaaaaaa");
        assert_eq!(hex::encode(&responses.nt[..16]), "68cd0ab851e51c96aabc927bebef6a1c");
        assert_eq!(
            hex::encode(&responses.nt[16..]),
            format!(
                "0101000000000000{}{}00000000{}00000000",
                "00".repeat(8),
                "aa".repeat(8),
                hex::encode(target_info())
            )
        );
    }

    #[test]
    fn the_servers_own_time_is_taken_and_no_old_answer_sent() {
        let mut info = vec![7, 0, 8, 0, 1, 2, 3, 4, 5, 6, 7, 8];
        info.extend(target_info());
        let responses = ntlm().version_2(&challenge(UNICODE, info)).unwrap();
        assert_eq!(responses.lm, vec![0; 24]);
        assert_eq!(responses.nt[24..32], [1, 2, 3, 4, 5, 6, 7, 8]);
    }

    #[test]
    fn the_whole_conversation_is_as_ms_nlmp_shows_its_messages() {
        let mut exchange = ntlm();
        let first = exchange.respond(b"").unwrap();
        assert_eq!(hex::encode(first), format!("4e544c4d5353500001000000078208000{}", "0".repeat(31)));
        let last = exchange.respond(&message(UNICODE | NTLM | TARGET_INFO, &target_info())).unwrap();
        let field = |index: usize| {
            let length = usize::from(short(&last, 12 + 8 * index).unwrap());
            let begin = usize::try_from(number(&last, 16 + 8 * index).unwrap()).unwrap();
            &last[begin..begin + length]
        };
        assert!(last.starts_with(b"NTLMSSP\0\x03\0\0\0"));
        assert_eq!(hex::encode(&field(1)[..16]), "68cd0ab851e51c96aabc927bebef6a1c");
        assert_eq!((field(2), field(3)), (&utf_16("Domain")[..], &utf_16("User")[..]));
        assert_eq!(number(&last, 60), Some(UNICODE | NTLM));
        assert_eq!(exchange.verify_end(), Ok(()));
        assert!(exchange.respond(b"").is_err());
    }

    #[test]
    fn a_short_challenge_without_target_info_is_answered_by_version_1() {
        let mut exchange = ntlm();
        exchange.respond(b"").unwrap();
        let short = &message(UNICODE | NTLM, &[])[..36];
        let last = exchange.respond(short).unwrap();
        assert!(hex::encode(last).contains("67c43011f30298a2ad35ece64f16331c44bdbed927841f94"));
    }

    #[test]
    fn version_1_is_spoken_only_where_a_password_could_be_shown_and_version_2_everywhere() {
        let without = [message(UNICODE | NTLM, &[]), message(UNICODE | NTLM | TARGET_INFO, &[])];
        let with = message(UNICODE | NTLM | TARGET_INFO, &target_info());
        for challenge in [&without[0], &without[1], &without[0][..36].to_vec()] {
            let mut exchange = exposed(Exposure::Open);
            exchange.respond(b"").unwrap();
            let refused = exchange.respond(challenge).unwrap_err().to_string();
            assert!(refused.contains("version 1") && refused.contains("allow_clear_text: true"), "{refused}");
            let mut sheltered = exposed(Exposure::Sheltered);
            sheltered.respond(b"").unwrap();
            assert!(sheltered.respond(challenge).is_ok());
        }
        let mut exchange = exposed(Exposure::Open);
        exchange.respond(b"").unwrap();
        assert!(exchange.respond(&with).is_ok());
    }

    #[test]
    fn a_challenge_that_is_not_as_it_must_be_is_refused() {
        let whole = message(UNICODE | TARGET_INFO, &target_info());
        let mut beyond = whole.clone();
        beyond[44..48].copy_from_slice(&u32::MAX.to_le_bytes());
        let mut other_kind = whole.clone();
        other_kind[8] = 3;
        for odd in [&whole[..31], &whole[..48], b"", b"NTLMSSP\0", &beyond, &other_kind, &[0; 100]] {
            let mut exchange = ntlm();
            exchange.respond(b"").unwrap();
            assert!(exchange.respond(odd).is_err(), "{odd:?}");
        }
    }
}

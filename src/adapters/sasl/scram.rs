//! SCRAM-SHA-1 (RFC 5802) and SCRAM-SHA-256 (RFC 7677), without channel binding.
//!
//! The server proves that it knows the password too; a login without that proof is no login.

use super::{Exchange, Refused};
use crate::adapters::net::legible;
use crate::adapters::secret::Secret;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use hmac::{Hmac, KeyInit as _, Mac as _};
use pbkdf2::pbkdf2_hmac_array;
use sha1::Sha1;
use sha2::{Digest as _, Sha256};

/// Fewer rounds than RFC 5802 and RFC 7677 ask for would let whoever pretends to be the server guess cheaply.
const ITERATIONS_MIN: u32 = 4096;

/// More would let a server keep us busy; a second's work at most.
const ITERATIONS_MAX: u32 = 1_000_000;

/// Longer salts exist nowhere.
const SALT_BYTES_MAX: usize = 1024;

/// Which digest the mechanism is built upon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Algorithm {
    Sha1,
    Sha256,
}

pub(super) struct Scram {
    algorithm: Algorithm,
    login: String,
    secret: Secret,
    nonce: String,
    state: State,
}

enum State {
    Begin,
    /// What the client said, without the header of GS2.
    First(String),
    /// The proof that the server must give.
    Proof(Vec<u8>),
    Proved,
}

impl Scram {
    /// `nonce`: printable ASCII without a comma, never used before.
    pub(super) fn new(algorithm: Algorithm, login: &str, secret: Secret, nonce: String) -> Self {
        // RFC 5802 §5.1: within the name `,` and `=` are written as their codes.
        let login = login.replace('=', "=3D").replace(',', "=2C");
        Self { algorithm, login, secret, nonce, state: State::Begin }
    }

    fn answer_first(&self, bare: &str, server_first: &str) -> Result<(Vec<u8>, Vec<u8>), Refused> {
        let mut fields = server_first.split(',');
        let mut field = |key: &str| fields.next().and_then(|field| field.strip_prefix(key));
        let nonce = field("r=").ok_or_else(|| odd("its nonce is missing"))?;
        let salt = field("s=").ok_or_else(|| odd("its salt is missing"))?;
        let iterations = field("i=").ok_or_else(|| odd("its iteration count is missing"))?;
        let is_ours = nonce.strip_prefix(&self.nonce).is_some_and(|rest| !rest.is_empty());
        if !is_ours {
            return Err(odd("its nonce does not continue ours"));
        }
        let salt = BASE64.decode(salt).map_err(|_| odd("its salt is not base64"))?;
        if salt.is_empty() || salt.len() > SALT_BYTES_MAX {
            return Err(odd("its salt is empty or too long"));
        }
        let iterations = iterations.parse().ok().filter(|it| (ITERATIONS_MIN..=ITERATIONS_MAX).contains(it));
        let iterations = iterations.ok_or_else(|| {
            odd(&format!("its iteration count is not within {ITERATIONS_MIN} and {ITERATIONS_MAX}"))
        })?;
        // `biws` is `n,,`: no channel binding.
        let without_proof = format!("c=biws,r={nonce}");
        let signed = format!("{bare},{server_first},{without_proof}");
        let (proof, server_signature) = self.proofs(&salt, iterations, signed.as_bytes())?;
        Ok((format!("{without_proof},p={}", BASE64.encode(proof)).into_bytes(), server_signature))
    }

    /// RFC 5802 §3: the client's proof and the server's.
    fn proofs(&self, salt: &[u8], iterations: u32, signed: &[u8]) -> Result<(Vec<u8>, Vec<u8>), Refused> {
        let password = self.secret.reveal().as_bytes();
        let salted = match self.algorithm {
            Algorithm::Sha1 => pbkdf2_hmac_array::<Sha1, 20>(password, salt, iterations).to_vec(),
            Algorithm::Sha256 => pbkdf2_hmac_array::<Sha256, 32>(password, salt, iterations).to_vec(),
        };
        let client_key = self.keyed(&salted, b"Client Key")?;
        let stored_key = match self.algorithm {
            Algorithm::Sha1 => Sha1::digest(&client_key).to_vec(),
            Algorithm::Sha256 => Sha256::digest(&client_key).to_vec(),
        };
        let client_signature = self.keyed(&stored_key, signed)?;
        let proof = client_key.iter().zip(&client_signature).map(|(a, b)| a ^ b).collect();
        let server_key = self.keyed(&salted, b"Server Key")?;
        Ok((proof, self.keyed(&server_key, signed)?))
    }

    fn keyed(&self, key: &[u8], bytes: &[u8]) -> Result<Vec<u8>, Refused> {
        let unusable = |_| odd("a key cannot be used");
        Ok(match self.algorithm {
            Algorithm::Sha1 => Hmac::<Sha1>::new_from_slice(key)
                .map_err(unusable)?
                .chain_update(bytes)
                .finalize()
                .into_bytes()
                .to_vec(),
            Algorithm::Sha256 => Hmac::<Sha256>::new_from_slice(key)
                .map_err(unusable)?
                .chain_update(bytes)
                .finalize()
                .into_bytes()
                .to_vec(),
        })
    }
}

fn odd(why: &str) -> Refused {
    Refused(format!("the server's part of SCRAM cannot be accepted: {why}"))
}

impl Exchange for Scram {
    fn respond(&mut self, challenge: &[u8]) -> Result<Vec<u8>, Refused> {
        let text = std::str::from_utf8(challenge).map_err(|_| odd("it is not UTF-8"))?;
        match &self.state {
            State::Begin => {
                let bare = format!("n={},r={}", self.login, self.nonce);
                let first = format!("n,,{bare}").into_bytes();
                self.state = State::First(bare);
                Ok(first)
            }
            State::First(bare) => {
                let (answer, proof) = self.answer_first(bare, text)?;
                self.state = State::Proof(proof);
                Ok(answer)
            }
            State::Proof(expected) => {
                if let Some(why) = text.strip_prefix("e=") {
                    return Err(Refused(format!(
                        "the server refuses the login: {}",
                        legible(why.as_bytes())
                    )));
                }
                let given = text.strip_prefix("v=").and_then(|rest| rest.split(',').next());
                if given.and_then(|given| BASE64.decode(given).ok()).as_ref() != Some(expected) {
                    return Err(odd("it does not prove that it knows the password; is it the right server?"));
                }
                self.state = State::Proved;
                Ok(Vec::new())
            }
            State::Proved => Err(odd("it goes on after its proof")),
        }
    }

    fn is_client_first(&self) -> bool {
        true
    }

    fn verify_end(&mut self) -> Result<(), Refused> {
        match self.state {
            State::Proved => Ok(()),
            _ => Err(odd("it accepts the login without proving that it knows the password")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn begun(algorithm: Algorithm, nonce: &str) -> Scram {
        let mut scram = Scram::new(algorithm, "user", Secret::new("pencil"), nonce.to_owned());
        assert_eq!(scram.respond(b"").unwrap(), format!("n,,n=user,r={nonce}").into_bytes());
        scram
    }

    #[test]
    fn scram_answers_as_rfc_5802_and_7677_show() {
        for (algorithm, nonce, first, last, proof) in [
            (
                Algorithm::Sha1,
                "fyko+d2lbbFgONRv9qkxdawL",
                "r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096",
                "c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=",
                "v=rmF9pqV8S7suAoZWja4dJRkFsKQ=",
            ),
            (
                Algorithm::Sha256,
                "rOprNGfwEbeRWgbNEkqO",
                "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
                "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
                "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=",
            ),
        ] {
            let mut scram = begun(algorithm, nonce);
            assert_eq!(String::from_utf8(scram.respond(first.as_bytes()).unwrap()).unwrap(), last);
            assert!(scram.verify_end().is_err(), "the server has proved nothing yet");
            assert_eq!(scram.respond(proof.as_bytes()).unwrap(), b"");
            assert_eq!(scram.verify_end(), Ok(()));
            assert!(scram.respond(b"").is_err());
        }
    }

    #[test]
    fn a_server_that_does_not_know_the_password_is_refused() {
        let first = b"r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096";
        for last in [&b"v=rmF9pqV8S7suAoZWja4dJRkFsKA="[..], b"v=", b"v", b"", b"e=invalid-proof", b"\xff"] {
            let mut scram = begun(Algorithm::Sha1, "fyko+d2lbbFgONRv9qkxdawL");
            scram.respond(first).unwrap();
            assert!(scram.respond(last).is_err(), "{last:?}");
            assert!(scram.verify_end().is_err(), "{last:?}");
        }
    }

    #[test]
    fn a_first_answer_that_is_not_as_it_must_be_is_refused() {
        for (first, why) in [
            ("r=other,s=QSXCR+Q6sek8bf92,i=4096", "does not continue ours"),
            ("r=abc,s=QSXCR+Q6sek8bf92,i=4096", "does not continue ours"),
            ("r=abcd,s=QSXCR+Q6sek8bf92,i=1", "iteration count is not within"),
            ("r=abcd,s=QSXCR+Q6sek8bf92,i=4000000000", "iteration count is not within"),
            ("r=abcd,s=QSXCR+Q6sek8bf92,i=99999999999999999999", "iteration count is not within"),
            ("r=abcd,s=QSXCR+Q6sek8bf92,i=-1", "iteration count is not within"),
            ("r=abcd,s=,i=4096", "salt is empty"),
            ("r=abcd,s=*,i=4096", "salt is not base64"),
            ("r=abcd,i=4096", "salt is missing"),
            ("r=abcd,s=QSXCR+Q6sek8bf92", "iteration count is missing"),
            ("m=must,r=abcd,s=QSXCR+Q6sek8bf92,i=4096", "nonce is missing"),
            ("", "nonce is missing"),
        ] {
            let refused = begun(Algorithm::Sha256, "abc").respond(first.as_bytes()).unwrap_err();
            assert!(refused.to_string().contains(why), "{first}: {refused}");
        }
    }

    #[test]
    fn a_name_with_commas_stays_one_field() {
        let mut scram = Scram::new(Algorithm::Sha1, "a,b=c", Secret::new("x"), "abc".into());
        assert_eq!(scram.respond(b"").unwrap(), b"n,,n=a=2Cb=3Dc,r=abc");
    }
}

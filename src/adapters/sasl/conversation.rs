//! Challenges and answers as lines of a protocol: base64 in, base64 out.

use super::{Exchange, Refused};
use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

/// As RFC 4648 §4 writes it; some servers leave out the padding.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The longest challenge that is looked at, in characters of base64.
const CHALLENGE_CHARS_MAX: usize = 64 * 1024;

/// More rounds than any mechanism has.
const ROUNDS_MAX: usize = 16;

/// An exchange as a protocol carries it.
pub struct Conversation {
    exchange: Box<dyn Exchange + Send>,
    rounds: usize,
}

impl Conversation {
    /// Begins.
    pub fn new(exchange: Box<dyn Exchange + Send>) -> Self {
        Self { exchange, rounds: 0 }
    }

    /// The first answer, to be sent with the command itself where the protocol allows it; `None` where the server
    /// speaks first. `=` stands for an empty answer (RFC 4954 §4).
    pub fn initial(&mut self) -> Result<Option<String>, Refused> {
        if !self.exchange.is_client_first() {
            return Ok(None);
        }
        self.rounds += 1;
        let answer = BASE64.encode(self.exchange.respond(b"")?);
        Ok(Some(if answer.is_empty() { "=".to_owned() } else { answer }))
    }

    /// The answer to a challenge, given as what stands behind `+ ` or `334 `.
    ///
    /// What a server says before the client's first answer is not looked at where the client speaks first: some
    /// write plain words there.
    pub fn answer(&mut self, challenge: &[u8]) -> Result<String, Refused> {
        self.rounds += 1;
        if self.rounds > ROUNDS_MAX {
            return Err(Refused::new("the server goes on asking"));
        }
        if challenge.len() > CHALLENGE_CHARS_MAX {
            return Err(Refused::new("the server's challenge is too long"));
        }
        let decoded = if self.rounds == 1 && self.exchange.is_client_first() {
            Vec::new()
        } else {
            let bare = challenge.trim_ascii();
            BASE64.decode(bare).map_err(|_| Refused::new("the server's challenge is not base64"))?
        };
        Ok(BASE64.encode(self.exchange.respond(&decoded)?))
    }

    /// The server says that all is well: did it prove that it knows the secret, where the mechanism asks for it?
    pub fn verify_end(&mut self) -> Result<(), Refused> {
        self.exchange.verify_end()
    }
}

impl std::fmt::Debug for Conversation {
    /// Without the exchange, which holds the secret.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Conversation").field("rounds", &self.rounds).finish_non_exhaustive()
    }
}

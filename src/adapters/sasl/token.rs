//! XOAUTH2 and OAUTHBEARER (RFC 7628): a token in the place of a password.
//!
//! Both fail in two steps: the server says why in JSON, the client must answer once more, and only then comes
//! the refusal itself.

use super::{Exchange, Refused};
use crate::adapters::net::legible;
use crate::adapters::secret::Secret;
use crate::ports::{Cause, Failure};
use zeroize::Zeroizing;

/// What the two have in common: one message, and one answer to a refusal.
struct Bearer {
    first: Option<Zeroizing<String>>,
    /// What is said to the server's explanation so that it ends the conversation.
    end: &'static [u8],
    explanation: Option<String>,
}

impl Bearer {
    fn respond(&mut self, challenge: &[u8]) -> Result<Vec<u8>, Refused> {
        if let Some(first) = self.first.take() {
            return Ok(first.as_bytes().to_vec());
        }
        if self.explanation.is_some() {
            return Err(Refused::new("the server goes on after its refusal of the token"));
        }
        self.explanation = Some(legible(challenge));
        Ok(self.end.to_vec())
    }

    fn verify_end(&self) -> Result<(), Refused> {
        match &self.explanation {
            Some(words) => Err(Refused(format!("the server refuses the token: {words}"))),
            None => Ok(()),
        }
    }
}

/// `^A` separates the fields, and the first ends with a comma: names and tokens with them would be other fields.
fn check(login: &str, token: &str) -> Result<(), Failure> {
    let is_login = !login.chars().any(char::is_control);
    let is_token = !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_graphic());
    if is_login && is_token {
        return Ok(());
    }
    let what = if is_login { "the token" } else { "the login" };
    let sentence = format!("{what} holds characters that cannot be sent as a bearer token's");
    Err(Failure::Permanent(Cause::new(sentence)))
}

pub(super) struct Xoauth2(Bearer);

impl Xoauth2 {
    pub(super) fn new(login: &str, token: &Secret) -> Result<Self, Failure> {
        check(login, token.reveal())?;
        let first = Zeroizing::new(format!("user={login}\x01auth=Bearer {}\x01\x01", token.reveal()));
        Ok(Self(Bearer { first: Some(first), end: b"", explanation: None }))
    }
}

pub(super) struct Oauthbearer(Bearer);

impl Oauthbearer {
    pub(super) fn new(login: &str, token: &Secret) -> Result<Self, Failure> {
        check(login, token.reveal())?;
        // RFC 5801 §4: within the name `,` and `=` are written as their codes.
        let name = login.replace('=', "=3D").replace(',', "=2C");
        let first = Zeroizing::new(format!("n,a={name},\x01auth=Bearer {}\x01\x01", token.reveal()));
        Ok(Self(Bearer { first: Some(first), end: b"\x01", explanation: None }))
    }
}

impl Exchange for Xoauth2 {
    fn respond(&mut self, challenge: &[u8]) -> Result<Vec<u8>, Refused> {
        self.0.respond(challenge)
    }

    fn is_client_first(&self) -> bool {
        true
    }

    fn verify_end(&mut self) -> Result<(), Refused> {
        self.0.verify_end()
    }
}

impl Exchange for Oauthbearer {
    fn respond(&mut self, challenge: &[u8]) -> Result<Vec<u8>, Refused> {
        self.0.respond(challenge)
    }

    fn is_client_first(&self) -> bool {
        true
    }

    fn verify_end(&mut self) -> Result<(), Refused> {
        self.0.verify_end()
    }
}

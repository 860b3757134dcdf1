//! PLAIN (RFC 4616) and LOGIN: the secret itself, sent to the server.

use super::{Exchange, Refused};
use crate::adapters::secret::Secret;
use crate::ports::{Cause, Failure};

/// PLAIN: one answer with everything.
pub(super) struct Plain {
    login: String,
    secret: Secret,
    is_said: bool,
}

impl Plain {
    /// A NUL separates login and password, so neither may hold one.
    pub(super) fn new(login: String, secret: Secret) -> Result<Self, Failure> {
        if login.contains('\0') || secret.reveal().contains('\0') {
            let sentence = "a login or password with a NUL character cannot be sent by PLAIN";
            return Err(Failure::Permanent(Cause::new(sentence)));
        }
        Ok(Self { login, secret, is_said: false })
    }
}

impl Exchange for Plain {
    fn respond(&mut self, _challenge: &[u8]) -> Result<Vec<u8>, Refused> {
        if self.is_said {
            return Err(Refused::new("the server asks for more than PLAIN has"));
        }
        self.is_said = true;
        Ok(format!("\0{}\0{}", self.login, self.secret.reveal()).into_bytes())
    }

    fn is_client_first(&self) -> bool {
        true
    }

    fn verify_end(&mut self) -> Result<(), Refused> {
        Ok(())
    }
}

/// LOGIN: the server asks for the name, then for the password, in words that differ from server to server.
pub(super) struct Login {
    name: String,
    secret: Secret,
    asked: usize,
}

impl Login {
    pub(super) fn new(name: String, secret: Secret) -> Self {
        Self { name, secret, asked: 0 }
    }
}

impl Exchange for Login {
    fn respond(&mut self, _challenge: &[u8]) -> Result<Vec<u8>, Refused> {
        self.asked += 1;
        match self.asked {
            1 => Ok(self.name.clone().into_bytes()),
            2 => Ok(self.secret.reveal().as_bytes().to_vec()),
            _ => Err(Refused::new("the server asks for more than LOGIN has")),
        }
    }

    fn is_client_first(&self) -> bool {
        false
    }

    fn verify_end(&mut self) -> Result<(), Refused> {
        Ok(())
    }
}

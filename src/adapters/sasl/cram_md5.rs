//! CRAM-MD5 (RFC 2195): a keyed digest of the server's challenge.

use super::{Exchange, Refused};
use crate::adapters::secret::Secret;
use hmac::{Hmac, KeyInit as _, Mac as _};
use md5::Md5;

pub(super) struct CramMd5 {
    login: String,
    secret: Secret,
    is_said: bool,
}

impl CramMd5 {
    pub(super) fn new(login: String, secret: Secret) -> Self {
        Self { login, secret, is_said: false }
    }
}

impl Exchange for CramMd5 {
    fn respond(&mut self, challenge: &[u8]) -> Result<Vec<u8>, Refused> {
        if self.is_said {
            return Err(Refused::new("the server asks for more than CRAM-MD5 has"));
        }
        if challenge.is_empty() {
            return Err(Refused::new("the server's challenge for CRAM-MD5 is empty"));
        }
        self.is_said = true;
        let mut keyed = Hmac::<Md5>::new_from_slice(self.secret.reveal().as_bytes())
            .map_err(|_| Refused::new("the password cannot be used for CRAM-MD5"))?;
        keyed.update(challenge);
        let digest = hex::encode(keyed.finalize().into_bytes());
        Ok(format!("{} {digest}", self.login).into_bytes())
    }

    fn is_client_first(&self) -> bool {
        false
    }

    fn verify_end(&mut self) -> Result<(), Refused> {
        if self.is_said {
            Ok(())
        } else {
            Err(Refused::new("the server accepted a login before asking for it"))
        }
    }
}

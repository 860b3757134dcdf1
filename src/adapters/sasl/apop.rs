//! APOP (RFC 1939 §7): a digest of the greeting's timestamp and the password.

use crate::adapters::secret::Secret;
use md5::{Digest as _, Md5};

/// What stands behind the name in the command `APOP`. The timestamp has its angle brackets.
pub fn apop_digest(timestamp: &str, secret: &Secret) -> String {
    hex::encode(Md5::new().chain_update(timestamp).chain_update(secret.reveal()).finalize())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_digest_is_the_one_of_rfc_1939() {
        let digest = apop_digest("<1896.697170952@dbc.mtview.ca.us>", &Secret::new("tanstaaf"));
        assert_eq!(digest, "c4c9334bac560ecc979e58001b3e22fb");
    }
}

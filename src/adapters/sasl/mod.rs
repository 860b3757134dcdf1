//! Who we are to a mail server (RFC 4422): which way to prove it, and the proof itself.
//!
//! IMAP, POP3 and SMTP differ only in how they carry a challenge and an answer; [`Conversation`] does the part
//! that they share.

mod choice;
mod conversation;
mod cram_md5;
mod plain;
#[cfg(test)]
mod tests;
mod token;

pub use choice::{Choice, Offer, choose};
pub use conversation::Conversation;

use super::secret::Secret;
use crate::ports::{Cause, Failure};

/// The protocol in which we say who we are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// RFC 3501, RFC 9051.
    Imap,
    /// RFC 1939, RFC 5034.
    Pop3,
    /// RFC 5321, RFC 4954.
    Smtp,
}

impl Protocol {
    /// The service's name at IANA, as GSSAPI and DIGEST-MD5 want it.
    pub fn service(self) -> &'static str {
        match self {
            Self::Imap => "imap",
            Self::Pop3 => "pop",
            Self::Smtp => "smtp",
        }
    }
}

/// A way to prove who we are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mechanism {
    /// USER and PASS (RFC 1939 §7), or the LOGIN command (RFC 3501 §6.2.3).
    Standard,
    /// RFC 1939 §7.
    Apop,
    /// Never standardised: draft-murchison-sasl-login.
    Login,
    /// RFC 4616.
    Plain,
    /// RFC 2195.
    CramMd5,
    /// RFC 2831.
    DigestMd5,
    /// MS-NLMP, MS-SMTPNTLM.
    Ntlm,
    /// RFC 4752.
    Gssapi,
    /// RFC 5802.
    ScramSha1,
    /// RFC 7677.
    ScramSha256,
    /// Google's and Microsoft's form of a bearer token.
    Xoauth2,
    /// RFC 7628.
    Oauthbearer,
}

impl Mechanism {
    /// The name by which servers list it; `None` for what is no SASL mechanism.
    pub fn sasl_name(self) -> Option<&'static str> {
        match self {
            Self::Standard | Self::Apop => None,
            Self::Login => Some("LOGIN"),
            Self::Plain => Some("PLAIN"),
            Self::CramMd5 => Some("CRAM-MD5"),
            Self::DigestMd5 => Some("DIGEST-MD5"),
            Self::Ntlm => Some("NTLM"),
            Self::Gssapi => Some("GSSAPI"),
            Self::ScramSha1 => Some("SCRAM-SHA-1"),
            Self::ScramSha256 => Some("SCRAM-SHA-256"),
            Self::Xoauth2 => Some("XOAUTH2"),
            Self::Oauthbearer => Some("OAUTHBEARER"),
        }
    }

    /// What people call it.
    pub fn title(self) -> &'static str {
        match self {
            Self::Standard => "the plain login command",
            Self::Apop => "APOP",
            other => other.sasl_name().unwrap_or_default(),
        }
    }

    /// The secret itself is sent, readable for whoever listens to an unprotected connection.
    pub fn is_clear_text(self) -> bool {
        matches!(self, Self::Standard | Self::Login | Self::Plain | Self::Xoauth2 | Self::Oauthbearer)
    }
}

/// The server said something that the mechanism does not allow, or did not prove that it knows the secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Refused(pub String);

impl Refused {
    fn new(sentence: impl Into<String>) -> Self {
        Self(sentence.into())
    }
}

/// One conversation by one mechanism. Holds the secret; never printed.
pub trait Exchange {
    /// The answer to a challenge, both without base64. Mechanisms in which the client begins give their first
    /// answer to an empty challenge. After an error the caller sends `*` and lets the connection go.
    fn respond(&mut self, challenge: &[u8]) -> Result<Vec<u8>, Refused>;

    /// The client speaks first: its first answer may travel with the command itself (SASL-IR).
    fn is_client_first(&self) -> bool;

    /// To be called when the server says that all is well: an error where the mechanism has a proof from the
    /// server and it was not seen, or where the server has said why the login fails.
    fn verify_end(&mut self) -> Result<(), Refused>;
}

/// Begins a conversation. `server_name` is the name in the rule file.
pub fn exchange(
    mechanism: Mechanism,
    login: &str,
    secret: &Secret,
    server_name: &str,
    protocol: Protocol,
) -> Result<Box<dyn Exchange + Send>, Failure> {
    let _ = (server_name, protocol);
    let login = login.to_owned();
    let secret = secret.clone();
    Ok(match mechanism {
        Mechanism::Plain => Box::new(plain::Plain::new(login, secret)?),
        Mechanism::Login => Box::new(plain::Login::new(login, secret)),
        Mechanism::CramMd5 => Box::new(cram_md5::CramMd5::new(login, secret)),
        Mechanism::Xoauth2 => Box::new(token::Xoauth2::new(&login, &secret)?),
        Mechanism::Oauthbearer => Box::new(token::Oauthbearer::new(&login, &secret)?),
        other => {
            let sentence = format!("{} is no SASL mechanism that can be spoken here", other.title());
            return Err(Failure::Permanent(Cause::new(sentence)));
        }
    })
}

/// Kerberos is built in and there is a ticket.
fn is_kerberos_ready() -> bool {
    false
}

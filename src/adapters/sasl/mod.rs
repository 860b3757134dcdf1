//! Who we are to a mail server (RFC 4422): which way to prove it, and the proof itself.
//!
//! IMAP, POP3 and SMTP differ only in how they carry a challenge and an answer; [`Conversation`] does the part
//! that they share.

mod apop;
mod choice;
mod conversation;
mod cram_md5;
mod digest_md5;
#[cfg(feature = "gssapi")]
mod gssapi;
mod ntlm;
mod plain;
mod scram;
#[cfg(test)]
mod tests;
mod token;

pub use apop::apop_digest;
pub use choice::{Choice, Exposure, Offer, choose};
pub use conversation::Conversation;

use super::secret::{self, Secret};
use crate::ports::{Cause, Failure};
use crate::ruleset::account::Login;
use std::time::SystemTime;

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

/// What proves a login by this mechanism. Kerberos asks for no password, since a ticket proves it; `None` where any other
/// mechanism is left without one.
pub fn password(login: &Login, mechanism: Mechanism) -> Result<Option<Secret>, Failure> {
    match &login.password {
        Some(place) => secret::read(place).map(Some),
        None => Ok((mechanism == Mechanism::Gssapi).then(|| Secret::new(""))),
    }
}

/// Begins a conversation. `server_name` is the name in the rule file; an open connection is one on which nothing may
/// be said from which the secret can be computed.
pub fn exchange(
    mechanism: Mechanism,
    login: &str,
    secret: &Secret,
    server_name: &str,
    protocol: Protocol,
    exposure: Exposure,
) -> Result<Box<dyn Exchange + Send>, Failure> {
    let login = login.to_owned();
    let secret = secret.clone();
    Ok(match mechanism {
        Mechanism::Plain => Box::new(plain::Plain::new(login, secret)?),
        Mechanism::Login => Box::new(plain::Login::new(login, secret)),
        Mechanism::CramMd5 => Box::new(cram_md5::CramMd5::new(login, secret)),
        Mechanism::DigestMd5 => {
            let uri = format!("{}/{server_name}", protocol.service());
            Box::new(digest_md5::DigestMd5::new(login, secret, uri, nonce()?))
        }
        Mechanism::Ntlm => Box::new(ntlm::Ntlm::new(&login, secret, exposure, random()?, time_since_1601())),
        Mechanism::ScramSha1 => Box::new(scram::Scram::new(scram::Algorithm::Sha1, &login, secret, nonce()?)),
        Mechanism::ScramSha256 => {
            Box::new(scram::Scram::new(scram::Algorithm::Sha256, &login, secret, nonce()?))
        }
        Mechanism::Xoauth2 => Box::new(token::Xoauth2::new(&login, &secret)?),
        Mechanism::Oauthbearer => Box::new(token::Oauthbearer::new(&login, &secret)?),
        #[cfg(feature = "gssapi")]
        Mechanism::Gssapi => Box::new(gssapi::Gssapi::new(login, protocol.service(), server_name)?),
        #[cfg(not(feature = "gssapi"))]
        Mechanism::Gssapi => {
            let sentence = "Kerberos (GSSAPI) is not built in; build with the cargo feature `gssapi`";
            return Err(Failure::Permanent(Cause::new(sentence)));
        }
        Mechanism::Standard | Mechanism::Apop => {
            let sentence = format!("{} is a command of its own, not a SASL mechanism", mechanism.title());
            return Err(Failure::Permanent(Cause::new(sentence)));
        }
    })
}

/// Kerberos is built in and there is a ticket.
fn is_kerberos_ready() -> bool {
    #[cfg(feature = "gssapi")]
    let is_ready = gssapi::has_ticket();
    #[cfg(not(feature = "gssapi"))]
    let is_ready = false;
    is_ready
}

fn random<const N: usize>() -> Result<[u8; N], Failure> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|error| {
        Failure::Transient(Cause::from_error("the system gives no random numbers", error))
    })?;
    Ok(bytes)
}

/// Letters and digits that nobody can guess and that were never used before.
fn nonce() -> Result<String, Failure> {
    random::<18>().map(hex::encode)
}

/// Tenths of a microsecond since 1601, as Windows counts.
fn time_since_1601() -> u64 {
    /// From 1601 to 1970.
    const SECONDS: u64 = 11_644_473_600;
    let since_1970 = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    (since_1970.as_secs() + SECONDS) * 10_000_000 + u64::from(since_1970.subsec_nanos() / 100)
}

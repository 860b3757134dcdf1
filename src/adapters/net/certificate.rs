//! What a certificate says, for people to read.

use super::legible;
use jiff::Timestamp;
use rustls::ClientConnection;
use sha2::{Digest as _, Sha256};
use std::fmt;
use x509_parser::prelude::{FromDer as _, X509Certificate};

/// How a connection is protected (`account test` shows it).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Protection {
    /// `TLS 1.2` or `TLS 1.3`.
    pub version: String,
    /// The certificate that the server showed.
    pub certificate: Option<Certificate>,
}

/// A certificate in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    /// To whom it was given.
    pub subject: String,
    /// Who vouches for it.
    pub issuer: String,
    /// Its first second.
    pub not_before: Option<Timestamp>,
    /// Its last second.
    pub not_after: Option<Timestamp>,
    /// SHA-256 of its DER in lower-case hexadecimal, as `fingerprint` in the rule file wants it.
    pub fingerprint: String,
}

impl Protection {
    pub(super) fn of(tls: &ClientConnection) -> Self {
        let version = match tls.protocol_version() {
            Some(rustls::ProtocolVersion::TLSv1_2) => "TLS 1.2".to_owned(),
            Some(rustls::ProtocolVersion::TLSv1_3) => "TLS 1.3".to_owned(),
            other => format!("{other:?}"),
        };
        let certificate = tls.peer_certificates().and_then(|chain| chain.first());
        Self { version, certificate: certificate.map(|der| Certificate::of(der)) }
    }
}

impl Certificate {
    /// Reads what can be read; a certificate that is none still has a fingerprint.
    pub(super) fn of(der: &[u8]) -> Self {
        let fingerprint = fingerprint(der);
        let Ok((_, parsed)) = X509Certificate::from_der(der) else {
            let unreadable = "unreadable".to_owned();
            return Self {
                subject: unreadable.clone(),
                issuer: unreadable,
                not_before: None,
                not_after: None,
                fingerprint,
            };
        };
        let instant = |time: x509_parser::time::ASN1Time| Timestamp::from_second(time.timestamp()).ok();
        Self {
            subject: legible(parsed.subject().to_string().as_bytes()),
            issuer: legible(parsed.issuer().to_string().as_bytes()),
            not_before: instant(parsed.validity().not_before),
            not_after: instant(parsed.validity().not_after),
            fingerprint,
        }
    }
}

impl fmt::Display for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, issued by {}", self.subject, self.issuer)?;
        if let Some(end) = self.not_after {
            write!(f, ", valid until {}", end.strftime("%Y-%m-%d"))?;
        }
        write!(f, ", SHA-256 {}", self.fingerprint)
    }
}

/// SHA-256 in lower-case hexadecimal.
pub(super) fn fingerprint(der: &[u8]) -> String {
    hex::encode(Sha256::digest(der))
}

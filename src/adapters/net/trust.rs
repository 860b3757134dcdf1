//! Which certificate is believed: the system's authorities, one file's, or exactly one certificate.

use super::certificate::{Certificate, fingerprint};
use super::reach::Name;
use crate::ports::{Cause, Failure};
use crate::ruleset::account::Server;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error, InvalidMessage, RootCertStore,
    SignatureScheme,
};
use std::fs::File;
use std::io::{self, Read as _};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// The longest `ca_file` that is read; the system's own collection has about 200 KiB.
const CA_FILE_BYTES_MAX: u64 = 4 * 1024 * 1024;

/// What a server's certificate is held against.
pub(super) struct Trust {
    provider: Arc<CryptoProvider>,
    verifier: Arc<Verifier>,
}

/// Verifies, and remembers the certificate so that a refusal can name it.
#[derive(Debug)]
struct Verifier {
    anchor: Anchor,
    provider: Arc<CryptoProvider>,
    seen: Mutex<Option<Certificate>>,
}

#[derive(Debug)]
enum Anchor {
    /// Chain and name are verified.
    Authorities(Arc<WebPkiServerVerifier>),
    /// SHA-256 of the only certificate that is believed, in lower-case hexadecimal.
    Fingerprint(String),
}

impl Trust {
    pub(super) fn of(server: &Server) -> Result<Self, Failure> {
        let provider = Arc::new(ring::default_provider());
        let anchor = match (&server.fingerprint, &server.ca_file) {
            (Some(text), _) => Anchor::Fingerprint(normal_fingerprint(text)?),
            (None, Some(path)) => authorities(Arc::new(from_file(path)?), &provider)?,
            (None, None) => authorities(of_system()?, &provider)?,
        };
        let verifier = Verifier { anchor, provider: Arc::clone(&provider), seen: Mutex::new(None) };
        Ok(Self { provider, verifier: Arc::new(verifier) })
    }

    /// TLS 1.2 and 1.3, without a certificate of our own.
    pub(super) fn config(&self) -> Result<Arc<ClientConfig>, Failure> {
        let builder = ClientConfig::builder_with_provider(Arc::clone(&self.provider))
            .with_safe_default_protocol_versions()
            .map_err(|error| Failure::Transient(Cause::from_error("TLS cannot be used here", error)))?;
        let verifier = Arc::clone(&self.verifier);
        // The verifier is "custom" only in that it remembers what it saw, and in that it can hold a certificate
        // against a fingerprint; it never waves one through.
        Ok(Arc::new(builder.dangerous().with_custom_certificate_verifier(verifier).with_no_client_auth()))
    }

    /// Why the handshake failed, and what helps.
    pub(super) fn refusal(&self, name: &Name, error: &io::Error) -> Failure {
        let server = name.as_str();
        let below = error.get_ref().and_then(|below| below.downcast_ref::<Error>()).cloned();
        let sentence = match &below {
            Some(Error::InvalidCertificate(why)) => {
                let seen = self.verifier.seen.lock().unwrap_or_else(PoisonError::into_inner);
                let why = self.why(server, why, seen.as_ref());
                let shown = seen.as_ref().map(|seen| format!(" ({seen})")).unwrap_or_default();
                format!("the certificate of `{server}` is refused: {why}{shown}")
            }
            Some(Error::InvalidMessage(InvalidMessage::InvalidContentType)) => format!(
                "`{server}` does not speak TLS on this port from the first byte on; with `tls: starttls`, or on \
                 another port, it may"
            ),
            Some(Error::AlertReceived(alert)) => {
                format!("`{server}` broke off the TLS handshake: {alert:?}; TLS 1.2 or later is needed")
            }
            Some(Error::PeerIncompatible(what)) => {
                format!(
                    "`{server}` has no protection in common with us ({what:?}); TLS 1.2 or later is needed"
                )
            }
            Some(other) => format!("the TLS handshake with `{server}` failed: {other}"),
            None => match error.kind() {
                io::ErrorKind::TimedOut => format!("`{server}` did not finish the TLS handshake in time"),
                io::ErrorKind::UnexpectedEof => format!(
                    "`{server}` closed the connection during the TLS handshake; is TLS spoken on this port?"
                ),
                _ => format!("the TLS handshake with `{server}` failed: {error}"),
            },
        };
        Failure::Transient(match below {
            Some(below) => Cause::from_error(sentence, below),
            None => Cause::new(sentence),
        })
    }

    fn why(&self, server: &str, why: &CertificateError, seen: Option<&Certificate>) -> String {
        let day = |instant: Option<jiff::Timestamp>| {
            instant.map_or_else(|| "a day".to_owned(), |it| it.strftime("%Y-%m-%d").to_string())
        };
        match why {
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
                format!("it expired on {}; renew it on the server", day(seen.and_then(|it| it.not_after)))
            }
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => format!(
                "it is not valid before {}; is the clock right?",
                day(seen.and_then(|it| it.not_before))
            ),
            CertificateError::UnknownIssuer => {
                "nobody we trust vouches for it; name the authority's file as \
                 `ca_file`, or this certificate's SHA-256 as `fingerprint`"
                    .to_owned()
            }
            CertificateError::NotValidForName => format!("it is not made out to `{server}`"),
            CertificateError::NotValidForNameContext { presented, .. } => {
                let presented: Vec<&str> = presented.iter().map(|name| bare_name(name)).take(8).collect();
                let names = super::legible(presented.join(", ").as_bytes());
                format!(
                    "it is not made out to `{server}` but to {}",
                    if names.is_empty() { "nobody" } else { &names }
                )
            }
            CertificateError::ApplicationVerificationFailure => match &self.verifier.anchor {
                Anchor::Fingerprint(wanted) => format!("its SHA-256 is not the `fingerprint` {wanted}"),
                Anchor::Authorities(_) => "it is refused".to_owned(),
            },
            CertificateError::Revoked => "it was revoked".to_owned(),
            other if format!("{other:?}").contains("CaUsedAsEndEntity") => {
                "it is an authority's own certificate, used by a server; name its SHA-256 as `fingerprint`"
                    .to_owned()
            }
            other => super::legible(other.to_string().as_bytes()),
        }
    }
}

/// The name itself, of `DnsName("mail.example.com")`.
fn bare_name(presented: &str) -> &str {
    let quoted = presented.split_once('"').and_then(|(_, rest)| rest.rsplit_once('"'));
    quoted.map_or(presented, |(name, _)| name)
}

fn authorities(roots: Arc<RootCertStore>, provider: &Arc<CryptoProvider>) -> Result<Anchor, Failure> {
    WebPkiServerVerifier::builder_with_provider(roots, Arc::clone(provider))
        .build()
        .map(Anchor::Authorities)
        .map_err(|error| {
            Failure::Transient(Cause::from_error("there is no certificate authority to trust", error))
        })
}

/// The system's authorities, read once.
fn of_system() -> Result<Arc<RootCertStore>, Failure> {
    static ROOTS: OnceLock<Arc<RootCertStore>> = OnceLock::new();
    if let Some(roots) = ROOTS.get() {
        return Ok(Arc::clone(roots));
    }
    let found = rustls_native_certs::load_native_certs();
    let mut roots = RootCertStore::empty();
    let (taken, _) = roots.add_parsable_certificates(found.certs);
    if taken == 0 {
        let why = found.errors.first().map(|error| format!(": {error}")).unwrap_or_default();
        return Err(Failure::Transient(Cause::new(format!(
            "this system has no certificate authorities{why}; install them (`ca-certificates`), or name a `ca_file`"
        ))));
    }
    Ok(Arc::clone(ROOTS.get_or_init(|| Arc::new(roots))))
}

/// The authorities in a PEM file, read anew for each connection so that a renewed file counts at once.
fn from_file(path: &str) -> Result<RootCertStore, Failure> {
    let mut bytes = Vec::new();
    File::open(path).and_then(|file| file.take(CA_FILE_BYTES_MAX).read_to_end(&mut bytes)).map_err(
        |error| {
            let sentence = format!("the `ca_file` `{path}` cannot be read: {error}");
            Failure::Transient(Cause::from_error(sentence, error))
        },
    )?;
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(&bytes) {
        let added = certificate.map_err(|error| error.to_string());
        let added = added.and_then(|it| roots.add(it).map_err(|error| error.to_string()));
        added.map_err(|why| {
            Failure::Transient(Cause::new(format!(
                "the `ca_file` `{path}` has an unusable certificate: {why}"
            )))
        })?;
    }
    if roots.is_empty() {
        let sentence = format!("the `ca_file` `{path}` holds no certificate in PEM form");
        return Err(Failure::Transient(Cause::new(sentence)));
    }
    Ok(roots)
}

/// Colons, spaces and case do not matter.
fn normal_fingerprint(text: &str) -> Result<String, Failure> {
    /// SHA-256 in hexadecimal.
    const DIGITS: usize = 64;
    let bare = text.strip_prefix("sha256:").or_else(|| text.strip_prefix("SHA256:")).unwrap_or(text);
    let digits: String = bare.chars().filter(|c| !matches!(c, ':' | ' ')).collect();
    if digits.len() == DIGITS && digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Ok(digits.to_ascii_lowercase());
    }
    Err(Failure::Transient(Cause::new(format!(
        "`{text}` is not a `fingerprint`: it must be the SHA-256 of the certificate, {DIGITS} hexadecimal digits"
    ))))
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = Some(Certificate::of(end_entity));
        match &self.anchor {
            Anchor::Authorities(verifier) => {
                verifier.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)
            }
            Anchor::Fingerprint(wanted) if fingerprint(end_entity) == *wanted => {
                Ok(ServerCertVerified::assertion())
            }
            Anchor::Fingerprint(_) => {
                Err(Error::InvalidCertificate(CertificateError::ApplicationVerificationFailure))
            }
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signed, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signed, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

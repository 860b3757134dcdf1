//! Servers on this machine that do what a test tells them.

use crate::ruleset::account::{Authentication, Login, Server, Tls};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::thread::{self, JoinHandle};

/// The authority that gave the certificates in `fixtures/tls`.
pub(in crate::adapters) const CA_FILE: &str = "fixtures/tls/ca.pem";

/// A server that takes one connection and speaks as told; gives its port.
pub(in crate::adapters) fn serve<T: Send + 'static>(
    script: impl FnOnce(TcpStream) -> T + Send + 'static,
) -> (u16, JoinHandle<T>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    (port, thread::spawn(move || script(listener.accept().unwrap().0)))
}

/// How to reach it; `localhost` may have an IPv6 address too, which is tried in vain.
pub(in crate::adapters) fn server(port: u16, tls: Tls) -> Server {
    Server {
        server: "localhost".into(),
        port,
        tls,
        login: Login {
            login: None,
            password: None,
            authentication: Authentication::Automatic,
            allow_clear_text: false,
        },
        ca_file: Some(CA_FILE.into()),
        fingerprint: None,
    }
}

/// The server's side of TLS, under a certificate of `fixtures/tls`.
pub(in crate::adapters) fn protect(
    socket: TcpStream,
    certificate: &str,
) -> StreamOwned<ServerConnection, TcpStream> {
    let certificate = CertificateDer::from_pem_file(format!("fixtures/tls/{certificate}.pem")).unwrap();
    let key = PrivateKeyDer::from_pem_file("fixtures/tls/server.key").unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    StreamOwned::new(ServerConnection::new(Arc::new(config)).unwrap(), socket)
}

/// Serves one connection under TLS: says this, and waits until the client goes.
pub(in crate::adapters) fn serve_tls(certificate: &'static str, greeting: &'static [u8]) -> u16 {
    let (port, _) = serve(move |socket| {
        let mut stream = protect(socket, certificate);
        // Where the client refuses the certificate, neither succeeds.
        let _refused = stream.write_all(greeting).and_then(|()| stream.flush());
        let _gone = stream.read(&mut [0; 64]);
    });
    port
}

//! Connections against servers that misbehave.

use super::testing::{CA_FILE, protect, serve, serve_tls, server};
use super::*;
use std::io::BufRead as _;
use std::thread;

const SOON: Patience =
    Patience { connect: Duration::from_secs(5), command: Duration::from_millis(300), line_bytes_max: 1000 };

const PATIENT: Patience = Patience { command: Duration::from_secs(20), ..SOON };

/// SHA-256 of `fixtures/tls/server.pem`, as people write it.
const FINGERPRINT: &str = "08:20:68:79:90:45:DE:2F:CC:1A:FD:9D:2A:C5:42:A2:\
                           53:73:68:A4:E7:6A:27:B6:EC:CF:33:90:1E:D8:C1:D2";

#[test]
fn lines_are_read_whatever_their_ends() {
    let (port, _) = serve(|mut socket| {
        socket.write_all(b"* OK ready\r\nbare\n\r\nlast one cut").unwrap();
    });
    let mut connection = Connection::open(&server(port, Tls::Off), PATIENT).unwrap();
    assert_eq!(connection.read_line().unwrap(), b"* OK ready");
    assert_eq!(connection.read_line().unwrap(), b"bare");
    assert_eq!(connection.read_line().unwrap(), b"");
    let failure = connection.read_line().unwrap_err();
    assert!(failure.to_string().ends_with("closed the connection"), "{failure}");
    assert!(!connection.is_protected() && connection.protection().is_none());
}

#[test]
fn bytes_behind_a_line_are_there_for_whoever_reads_on() {
    let (port, _) = serve(|mut socket| socket.write_all(b"line\r\nrest").unwrap());
    let mut connection = Connection::open(&server(port, Tls::Off), PATIENT).unwrap();
    assert_eq!(connection.read_line().unwrap(), b"line");
    let mut rest = String::new();
    connection.read_to_string(&mut rest).unwrap();
    assert_eq!(rest, "rest");
}

#[test]
fn a_line_may_be_as_long_as_agreed_and_no_longer() {
    for (length, end, is_taken) in [
        (1000, "\r\n", true),
        (1000, "\n", true),
        (1001, "\r\n", false),
        (1001, "\n", false),
        (50_000_000, "", false),
    ] {
        let (port, _) = serve(move |mut socket| {
            // The client leaves in the middle.
            let _left = socket.write_all(format!("{}{end}", "x".repeat(length)).as_bytes());
        });
        let mut connection = Connection::open(&server(port, Tls::Off), PATIENT).unwrap();
        let line = connection.read_line();
        assert_eq!(line.is_ok(), is_taken, "{length} {end:?}");
        if let Err(failure) = line {
            assert!(failure.to_string().ends_with("sent a line of more than 1000 bytes"), "{failure}");
        }
    }
}

#[test]
fn a_server_that_drips_cannot_stretch_the_deadline() {
    let (port, _) = serve(|mut socket| {
        while socket.write_all(b"x").is_ok() {
            thread::sleep(Duration::from_millis(20));
        }
    });
    let mut connection = Connection::open(&server(port, Tls::Off), SOON).unwrap();
    let failure = connection.read_line().unwrap_err();
    assert!(failure.to_string().ends_with("did not answer in time"), "{failure}");
    assert_eq!(
        connection.read(&mut [0; 4096]).and_then(|_| connection.read(&mut [0])).unwrap_err().kind(),
        io::ErrorKind::TimedOut
    );
}

#[test]
fn a_server_that_waits_for_tls_is_told_from_one_that_has_fallen_silent() {
    for (greeting, is_hinted) in [("", true), ("* OK ready\r\n* half a li", false)] {
        let (port, server_side) = serve(|mut socket| {
            socket.write_all(greeting.as_bytes()).unwrap();
            socket
        });
        let mut connection = Connection::open(&server(port, Tls::Off), SOON).unwrap();
        let failure = (0..2).find_map(|_| connection.read_line().err()).unwrap().to_string();
        assert!(failure.contains("did not answer in time"), "{failure}");
        assert_eq!(failure.contains("write `tls: implicit`"), is_hinted, "{failure}");
        drop(server_side.join());
    }
}

#[test]
fn a_server_that_never_reads_cannot_hold_us() {
    // The socket stays open in the thread's result.
    let (port, server_side) = serve(|socket| socket);
    let mut connection = Connection::open(&server(port, Tls::Off), SOON).unwrap();
    let failure = connection.write(&vec![b'x'; 64 << 20]).unwrap_err();
    assert!(failure.to_string().contains("did not answer in time"), "{failure}");
    drop(server_side.join());
}

#[test]
fn a_connection_is_closed_from_another_thread() {
    let (port, _) = serve(|socket| {
        let _gone = io::BufReader::new(socket).read_line(&mut String::new());
    });
    let mut connection = Connection::open(&server(port, Tls::Off), PATIENT).unwrap();
    let closer = connection.closer();
    let waiting = thread::spawn(move || connection.read_line());
    closer.close();
    assert!(waiting.join().unwrap().is_err());
}

#[test]
fn a_server_that_is_not_there_is_named() {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let failure = Connection::open(&server(port, Tls::Off), SOON).unwrap_err();
    assert!(failure.to_string().contains("nothing listens on this port"), "{failure}");
    let mut nowhere = server(1, Tls::Off);
    nowhere.server = "nowhere.invalid".into();
    let failure = Connection::open(&nowhere, SOON).unwrap_err();
    assert!(failure.to_string().contains("the name `nowhere.invalid` cannot be resolved"), "{failure}");
    for odd in ["", "a b", "ex\r\nample"] {
        nowhere.server = odd.into();
        assert!(matches!(Connection::open(&nowhere, SOON), Err(Failure::Transient(_))), "{odd:?}");
    }
}

#[test]
fn a_certificate_of_our_authority_is_believed_and_shown() {
    let port = serve_tls("server", b"hello\r\n");
    let mut connection = Connection::open(&server(port, Tls::Implicit), PATIENT).unwrap();
    assert_eq!(connection.read_line().unwrap(), b"hello");
    let protection = connection.protection().unwrap();
    let certificate = protection.certificate.unwrap();
    assert_eq!(protection.version, "TLS 1.3");
    assert_eq!(
        (certificate.subject.as_str(), certificate.issuer.as_str()),
        ("CN=localhost", "CN=Postroom Test Authority")
    );
    assert_eq!(certificate.fingerprint, FINGERPRINT.replace(':', "").to_lowercase());
}

#[test]
fn a_refused_certificate_is_named_with_the_cure() {
    let wrong = "11".repeat(32);
    let cases: [(&str, Option<&str>, Option<&str>, &str); 7] = [
        (
            "expired",
            Some(CA_FILE),
            None,
            "it expired on 2021-01-01; renew it on the server (CN=localhost, issued by CN=Postroom Test Authority",
        ),
        ("other-name", Some(CA_FILE), None, "it is not made out to `localhost` but to"),
        (
            "server",
            Some("fixtures/tls/other-ca.pem"),
            None,
            "nobody we trust vouches for it; name the authority's file as `ca_file`",
        ),
        ("server", None, Some(&wrong), "its SHA-256 is not the `fingerprint` 1111"),
        ("self-signed", Some("fixtures/tls/self-signed.pem"), None, "name its SHA-256 as `fingerprint`"),
        ("server", Some("fixtures/tls/server.key"), None, "holds no certificate in PEM form"),
        ("server", Some("fixtures/tls/none.pem"), None, "cannot be read"),
    ];
    for (certificate, ca_file, fingerprint, expected) in cases {
        let mut server = server(serve_tls(certificate, b""), Tls::Implicit);
        server.ca_file = ca_file.map(str::to_owned);
        server.fingerprint = fingerprint.map(str::to_owned);
        let failure = Connection::open(&server, PATIENT).unwrap_err();
        assert!(matches!(failure, Failure::Transient(_)));
        assert!(
            failure.to_string().contains(expected),
            "{certificate} {ca_file:?} {fingerprint:?}: {failure}"
        );
    }
}

#[test]
fn without_a_file_the_systems_authorities_do_not_know_the_test_authority() {
    let mut server = server(serve_tls("server", b""), Tls::Implicit);
    server.ca_file = None;
    assert!(Connection::open(&server, PATIENT).is_err());
}

#[test]
fn a_pinned_certificate_is_believed_whatever_its_chain_name_and_age() {
    for certificate in ["server", "expired", "other-name", "self-signed"] {
        let der = <rustls::pki_types::CertificateDer<'_> as rustls::pki_types::pem::PemObject>::from_pem_file(
            format!("fixtures/tls/{certificate}.pem"),
        );
        let mut pinned = server(serve_tls(certificate, b"hello\r\n"), Tls::Implicit);
        pinned.fingerprint = Some(super::certificate::fingerprint(&der.unwrap()).to_uppercase());
        let mut connection = Connection::open(&pinned, PATIENT).unwrap();
        assert_eq!(connection.read_line().unwrap(), b"hello", "{certificate}");
    }
    let mut pinned = server(serve_tls("server", b""), Tls::Implicit);
    for (written, is_one) in
        [(FINGERPRINT, true), ("sha256:12", false), ("", false), (&"é".repeat(32), false)]
    {
        pinned.fingerprint = Some(written.to_owned());
        pinned.port = serve_tls("server", b"");
        assert_eq!(Connection::open(&pinned, PATIENT).is_ok(), is_one, "{written}");
    }
}

#[test]
fn a_plain_connection_is_protected_when_the_server_agrees() {
    let (port, _) = serve(|mut socket| {
        socket.write_all(b"ready\r\n").unwrap();
        let mut line = String::new();
        io::BufReader::with_capacity(1, &socket).read_line(&mut line).unwrap();
        socket.write_all(b"go ahead\r\n").unwrap();
        let mut stream = protect(socket, "server");
        stream.write_all(b"protected\r\n").unwrap();
        stream.flush().unwrap();
        let _gone = stream.read(&mut [0; 64]);
    });
    let mut connection = Connection::open(&server(port, Tls::Starttls), PATIENT).unwrap();
    assert_eq!(connection.read_line().unwrap(), b"ready");
    Connection::write(&mut connection, b"STARTTLS\r\n").unwrap();
    assert_eq!(connection.read_line().unwrap(), b"go ahead");
    connection.protect().unwrap();
    assert_eq!(connection.read_line().unwrap(), b"protected");
    assert!(connection.is_protected());
    assert!(connection.protect().is_err());
}

#[test]
fn what_is_slipped_in_before_the_protection_is_refused() {
    let (port, _) = serve(|mut socket| {
        socket.write_all(b"go ahead\r\n250 slipped in\r\n").unwrap();
        let _gone = socket.read(&mut [0; 64]);
    });
    let mut connection = Connection::open(&server(port, Tls::Starttls), PATIENT).unwrap();
    assert_eq!(connection.read_line().unwrap(), b"go ahead");
    let failure = connection.protect().unwrap_err();
    assert!(failure.to_string().contains("before the connection was protected"), "{failure}");
    assert!(!connection.is_protected());
}

#[test]
fn a_server_without_tls_on_a_tls_port_is_told_of() {
    let (port, _) = serve(|mut socket| {
        socket.write_all(b"220 mail.example.com ESMTP\r\n").unwrap();
        let _gone = socket.read(&mut [0; 64]);
    });
    let failure = Connection::open(&server(port, Tls::Implicit), PATIENT).unwrap_err();
    assert!(
        failure.to_string().contains("does not speak TLS on this port from the first byte on"),
        "{failure}"
    );
    let (port, _held) = serve(|socket| socket);
    let failure = Connection::open(&server(port, Tls::Implicit), SOON).unwrap_err();
    assert!(failure.to_string().contains("did not finish the TLS handshake in time"), "{failure}");
    let (port, _) = serve(drop);
    assert!(Connection::open(&server(port, Tls::Implicit), SOON).is_err());
}

#[test]
fn words_of_a_server_are_shown_as_one_short_line() {
    assert_eq!(legible(b"550 no\r\nsuch\x1b[31m user\xff\n"), "550 no  such [31m user\u{fffd}");
    assert_eq!(legible(&vec![b'x'; 5000]).chars().count(), 301);
}

//! Whom the program trusts: by the system, by a file, or by one certificate's fingerprint.

use super::account::{Installation, Reach};
use super::harness::{Port, Servers};
use super::lmtp::mail;
use std::path::Path;
use std::process::Command;

/// SHA-256 of a certificate, as administrators copy it from other programs.
fn fingerprint(certificate: &Path) -> String {
    let output = Command::new("openssl")
        .args(["x509", "-noout", "-fingerprint", "-sha256", "-in"])
        .arg(certificate)
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    text.trim().split_once('=').unwrap().1.to_owned()
}

/// What is trusted, for which name, and the word that a refusal must contain; `None` where all is well.
struct Case {
    title: &'static str,
    trust: String,
    server: &'static str,
    refused_for: Option<&'static str>,
}

fn cases(servers: &Servers) -> Vec<Case> {
    let ca = format!("ca_file: {}", servers.certificate("ca.pem").display());
    let other = format!("ca_file: {}", servers.certificate("other-ca.pem").display());
    let right = fingerprint(&servers.certificate("server.pem"));
    let wrong = fingerprint(&servers.certificate("ca.pem"));
    let case = |title, trust: &str, server, refused_for| Case {
        title,
        trust: trust.to_owned(),
        server,
        refused_for,
    };
    vec![
        case("its authority", &ca, "localhost", None),
        case("its fingerprint", &format!("fingerprint: \"{right}\""), "localhost", None),
        case(
            "its fingerprint, in small letters without colons",
            &format!("fingerprint: \"{}\"", right.replace(':', "").to_lowercase()),
            "localhost",
            None,
        ),
        case("the system alone", "", "localhost", Some("certificate")),
        case("another authority", &other, "localhost", Some("certificate")),
        case("another fingerprint", &format!("fingerprint: \"{wrong}\""), "localhost", Some("fingerprint")),
        case("its authority, under another name", &ca, "127.0.0.1", Some("127.0.0.1")),
    ]
}

#[test]
fn certificates_are_trusted_as_the_rule_file_says() {
    let Some(servers) = Servers::start(&["tokens", "dovecot", "exim"]) else { return };
    let doors = [
        ("imap", Port::DovecotImap, "starttls"),
        ("imap", Port::DovecotImaps, "implicit"),
        ("pop3", Port::DovecotPop3, "starttls"),
        ("pop3", Port::DovecotPop3s, "implicit"),
        ("smtp", Port::EximSmtp, "starttls"),
        ("smtp", Port::EximSmtps, "implicit"),
    ];
    for (protocol, port, tls) in doors {
        for Case { title, trust, server, refused_for } in cases(&servers) {
            let mut reach = Reach::new(&servers, protocol, port, tls).login("box5").trusting(&trust);
            reach.server = server;
            let told = arrives(&servers, &reach);
            match (refused_for, told) {
                (None, Ok(())) => {}
                (Some(word), Err(told)) if told.contains(word) => {}
                (_, told) => panic!("{protocol} {tls}, trusting {title}: {told:?}"),
            }
        }
    }
    let expired = Reach::new(&servers, "smtp", Port::EximExpired, "implicit");
    let told = arrives(&servers, &expired).unwrap_err();
    assert!(told.contains("expired"), "{told}");
}

/// Whether a mail gets through; what is told otherwise.
fn arrives(servers: &Servers, reach: &Reach) -> Result<(), String> {
    if reach.protocol == "smtp" {
        let installation = Installation::sending(reach);
        installation.lay_in("a", &mail("certificate", "Certificate"));
        let ran = installation.run(&["process", "--send"]);
        let outbox = installation.json(&["outbox", "list", "--all"]);
        return match outbox[0]["state"].as_str() {
            Some("sent") => Ok(()),
            // Certificates are renewed, so the reply waits for that.
            Some("waiting") => Err(format!("{} {}", ran.remarks, outbox[0]["last_error"])),
            _ => panic!("{ran:?} {outbox}"),
        };
    }
    let installation = Installation::receiving(reach);
    servers.deliver(Port::DovecotLmtp, "box5", &[mail("certificate", "Certificate")]);
    let ran = installation.run(&["process"]);
    if ran.code == 0 {
        assert_eq!(servers.count(Port::DovecotImap, "box5", "INBOX"), 0);
        return Ok(());
    }
    // It waits for the next time; here it is taken away so that it meets no other case.
    let mut look = servers.look(Port::DovecotImap, "box5");
    assert_eq!(look.count("INBOX"), 1);
    look.say("SELECT INBOX");
    look.say("STORE 1:* +FLAGS (\\Deleted)");
    look.say("EXPUNGE");
    Err(ran.remarks)
}

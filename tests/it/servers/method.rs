//! Every protocol, server, way to protect the connection and authentication method of SPEC 11.

use super::account::{Installation, Ran, Reach};
use super::harness::{PASSWORD, Port, Servers};
use super::lmtp::mail;
use super::proxy::Proxy;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

/// One authentication method.
struct Method {
    /// Its word in the rule file.
    word: &'static str,
    title: &'static str,
    /// What the program says first in IMAP, POP3 and SMTP when it uses it.
    said: [&'static str; 3],
    /// Whether each column's server offers it, in the order of `COLUMNS`.
    offered: [bool; 5],
}

/// Protocol, server, and its ports: without TLS, and with TLS from the beginning.
const COLUMNS: [(&str, &str, Port, Port); 5] = [
    ("imap", "Dovecot", Port::DovecotImap, Port::DovecotImaps),
    ("imap", "Cyrus", Port::CyrusImap, Port::CyrusImaps),
    ("pop3", "Dovecot", Port::DovecotPop3, Port::DovecotPop3s),
    ("pop3", "Cyrus", Port::CyrusPop3, Port::CyrusPop3s),
    ("smtp", "Exim", Port::EximSmtp, Port::EximSmtps),
];

const GSSAPI: &str = "sasl_gssapi";

/// What is offered in these tests by whom; the tests hold every cell against the servers.
const METHODS: [Method; 12] = [
    Method {
        word: "standard",
        title: "LOGIN command, USER and PASS",
        said: [" LOGIN ", "USER ", "\0"],
        offered: [true, true, true, true, false],
    },
    Method {
        word: "apop",
        title: "APOP",
        said: ["\0", "APOP ", "\0"],
        offered: [false, false, true, true, false],
    },
    sasl("sasl_login", "SASL LOGIN", ["AUTHENTICATE LOGIN", "AUTH LOGIN"], [true, true, true, true, true]),
    sasl("sasl_plain", "SASL PLAIN", ["AUTHENTICATE PLAIN", "AUTH PLAIN"], [true, true, true, true, true]),
    sasl(
        "sasl_cram_md5",
        "SASL CRAM-MD5",
        ["AUTHENTICATE CRAM-MD5", "AUTH CRAM-MD5"],
        [true, true, true, true, true],
    ),
    sasl(
        "sasl_digest_md5",
        "SASL DIGEST-MD5",
        ["AUTHENTICATE DIGEST-MD5", "AUTH DIGEST-MD5"],
        [true, true, true, true, true],
    ),
    sasl("sasl_ntlm", "SASL NTLM", ["AUTHENTICATE NTLM", "AUTH NTLM"], [false, true, false, true, true]),
    sasl(GSSAPI, "SASL GSSAPI", ["AUTHENTICATE GSSAPI", "AUTH GSSAPI"], [true, true, true, true, true]),
    sasl(
        "sasl_scram_sha_1",
        "SASL SCRAM-SHA-1",
        ["AUTHENTICATE SCRAM-SHA-1", "AUTH SCRAM-SHA-1"],
        [true, true, true, true, true],
    ),
    sasl(
        "sasl_scram_sha_256",
        "SASL SCRAM-SHA-256",
        ["AUTHENTICATE SCRAM-SHA-256", "AUTH SCRAM-SHA-256"],
        [true, true, true, true, true],
    ),
    sasl(
        "sasl_xoauth2",
        "SASL XOAUTH2",
        ["AUTHENTICATE XOAUTH2", "AUTH XOAUTH2"],
        [true, false, true, false, true],
    ),
    sasl(
        "sasl_oauthbearer",
        "SASL OAUTHBEARER",
        ["AUTHENTICATE OAUTHBEARER", "AUTH OAUTHBEARER"],
        [true, false, true, false, true],
    ),
];

const fn sasl(
    word: &'static str,
    title: &'static str,
    [imap, other]: [&'static str; 2],
    offered: [bool; 5],
) -> Method {
    Method { word, title, said: [imap, other, other], offered }
}

impl Method {
    /// What proves who alice is: a password, or a token where the method takes one.
    fn proof(&self) -> &'static str {
        if self.word.ends_with("oauth2") || self.word.ends_with("oauthbearer") {
            "good-alice"
        } else {
            PASSWORD
        }
    }

    fn said(&self, protocol: &str) -> &'static str {
        self.said[["imap", "pop3", "smtp"].iter().position(|each| *each == protocol).unwrap()]
    }
}

/// The methods that a column's server offers and this build has without Kerberos.
fn methods(column: usize) -> impl Iterator<Item = &'static Method> {
    METHODS.iter().filter(move |method| method.offered[column] && method.word != GSSAPI)
}

/// How the connection is protected, and by which of the column's two ports.
const PROTECTIONS: [(&str, bool); 3] = [("off", false), ("starttls", false), ("implicit", true)];

/// A mail that is fetched by every method, over every kind of connection, is dealt with and gone.
fn fetches_by_every_method(protocol: &str) {
    let Some(servers) = Servers::start(&["tokens", "dovecot", "cyrus"]) else { return };
    let mut done = 0;
    for (column, &(_, server, plain, implicit)) in
        COLUMNS.iter().enumerate().filter(|(_, column)| column.0 == protocol)
    {
        let (delivery, look) = match server {
            "Dovecot" => (Port::DovecotLmtp, Port::DovecotImap),
            _ => (Port::CyrusLmtp, Port::CyrusImap),
        };
        for method in methods(column) {
            for (tls, is_implicit) in PROTECTIONS {
                let case = format!("{server} {protocol} {tls} {}", method.word);
                let port = if is_implicit { implicit } else { plain };
                let proxy = Proxy::hearing(servers.port(port));
                let mut reach = Reach::new(&servers, COLUMNS[column].0, port, tls);
                (reach.port, reach.method) = (proxy.port, method.word);
                servers.deliver(delivery, "alice", &[mail(&case.replace(' ', "."), &case)]);
                assert_eq!(servers.count(look, "alice", "INBOX"), 1, "{case}");
                let installation = Installation::receiving(&reach).password(method.proof());
                let ran = installation.process();
                check_method(&case, method.said(protocol), tls, &proxy, &ran);
                assert!(ran.said.contains("log_call"), "{case}: {ran:?}");
                assert_eq!(installation.ledger_lines(), 1, "{case}");
                assert_eq!(servers.count(look, "alice", "INBOX"), 0, "{case}: it is still there");
                done += 1;
            }
            refuses_a_wrong_password(&servers, column, method);
        }
        is_offered_nothing_else(&servers, column);
    }
    println!("{protocol}: {done} ways in");
    write_result(protocol);
}

/// The method that was asked for is the one that was used, and nobody could read it where there is TLS.
fn check_method(case: &str, said: &str, tls: &str, proxy: &Proxy, ran: &Ran) {
    let heard = proxy.heard();
    let is_in_the_clear = heard.to_uppercase().contains(&said.to_uppercase());
    assert_eq!(is_in_the_clear, tls == "off", "{case}: {said:?} in {heard:?}");
    assert!(!ran.remarks.contains("instead"), "{case}: another method was taken: {}", ran.remarks);
}

fn refuses_a_wrong_password(servers: &Servers, column: usize, method: &Method) {
    let (protocol, server, _, implicit) = COLUMNS[column];
    let case = format!("{server} {protocol} {}", method.word);
    let mut reach = Reach::new(servers, protocol, implicit, "implicit");
    reach.method = method.word;
    let wrong = "not-the-password";
    let ran = if protocol == "smtp" {
        let installation = Installation::sending(&reach).password(wrong);
        installation.lay_in("a", &mail("wrong", &case));
        let ran = installation.run(&["process", "--send"]);
        let outbox = installation.json(&["outbox", "list", "--all"]);
        assert_ne!(outbox[0]["state"], "sent", "{case}: {outbox}");
        Ran { remarks: format!("{}{outbox}", ran.remarks), ..ran }
    } else {
        let ran = Installation::receiving(&reach).password(wrong).run(&["process", "--account", "desk"]);
        assert_eq!(ran.code, 1, "{case}: {ran:?}");
        ran
    };
    for word in ["alice", "password"] {
        assert!(ran.remarks.contains(word), "{case}: nothing about {word}: {}", ran.remarks);
    }
}

/// The cells of the table that are empty are so because the server does not offer the method.
fn is_offered_nothing_else(servers: &Servers, column: usize) {
    let (protocol, server, plain, _) = COLUMNS[column];
    let listed = super::offer::listed(servers.port(plain), protocol);
    for method in &METHODS {
        let Some(name) = method.title.strip_prefix("SASL ") else { continue };
        let is_listed = listed.split([' ', '=']).any(|word| word == name);
        assert_eq!(is_listed, method.offered[column], "{server} {protocol} {name}: {listed}");
    }
}

#[test]
fn imap_by_every_method_over_every_kind_of_connection() {
    fetches_by_every_method("imap");
}

#[test]
fn pop3_by_every_method_over_every_kind_of_connection() {
    fetches_by_every_method("pop3");
}

#[test]
fn smtp_by_every_method_over_every_kind_of_connection() {
    let Some(servers) = Servers::start(&["tokens", "dovecot", "exim"]) else { return };
    let column = 4;
    let (_, server, plain, implicit) = COLUMNS[column];
    let mut done = 0;
    for method in methods(column) {
        for (tls, is_implicit) in PROTECTIONS {
            let case = format!("{server} smtp {tls} {}", method.word);
            let port = if is_implicit { implicit } else { plain };
            let proxy = Proxy::hearing(servers.port(port));
            let mut reach = Reach::new(&servers, "smtp", port, tls);
            (reach.port, reach.method) = (proxy.port, method.word);
            let installation = Installation::sending(&reach).password(method.proof());
            installation.lay_in("a", &mail(&case.replace(' ', "."), &case));
            let ran = installation.run(&["process", "--send"]);
            assert_eq!(ran.code, 0, "{case}: {ran:?}");
            check_method(&case, method.said("smtp"), tls, &proxy, &ran);
            let outbox = installation.json(&["outbox", "list", "--all"]);
            assert_eq!(outbox[0]["state"], "sent", "{case}: {outbox}");
            done += 1;
            let delivered = servers.wait_for_delivered(done);
            let id = format!("<{}@example.org>", case.replace(' ', "."));
            let replies = delivered.iter().filter(|mail| mail.contains(&id)).count();
            assert_eq!(replies, 1, "{case}: {delivered:?}");
        }
        refuses_a_wrong_password(&servers, column, method);
    }
    is_offered_nothing_else(&servers, column);
    println!("smtp: {done} ways out");
    write_result("smtp");
}

/// Needs the cargo feature `gssapi`; a ticket of kim's is taken from the throw-away Kerberos.
#[cfg(feature = "gssapi")]
#[test]
fn gssapi_by_every_protocol() {
    let Some(servers) = Servers::start(&["kerberos", "tokens", "dovecot", "cyrus", "exim"]) else { return };
    let tickets = super::kerberos::Tickets::of_kim(&servers);
    for (protocol, server, plain, implicit) in COLUMNS {
        for (tls, is_implicit) in PROTECTIONS {
            let case = format!("{server} {protocol} {tls} gssapi");
            let mut reach = Reach::new(&servers, protocol, if is_implicit { implicit } else { plain }, tls);
            (reach.method, reach.login) = (GSSAPI, "kim".to_owned());
            let text = mail(&case.replace(' ', "."), &case);
            let installation = if protocol == "smtp" {
                let installation = Installation::sending(&reach);
                installation.lay_in("a", &text);
                installation
            } else {
                let delivery = if server == "Dovecot" { Port::DovecotLmtp } else { Port::CyrusLmtp };
                servers.deliver(delivery, "kim", &[text]);
                Installation::receiving(&reach)
            };
            let installation = installation.variables(tickets.variables());
            let ran = installation.run(&["process", "--send"]);
            assert_eq!(ran.code, 0, "{case}: {ran:?}");
            assert!(!ran.remarks.contains("instead"), "{case}: {}", ran.remarks);
            assert_eq!(installation.ledger_lines(), 1, "{case}: {ran:?}");
            assert_eq!(installation.json(&["outbox", "list", "--all"])[0]["state"], "sent", "{case}");
        }
    }
}

const BEGIN: &str = "<!-- methods: written by UPDATE_README=1 cargo nextest run readme_table -->\n";
const END: &str = "<!-- end of methods -->\n";

/// The table of the README: what the tests of this file prove.
fn table() -> String {
    let mut text = String::from("| method |");
    for (protocol, server, ..) in COLUMNS {
        let _ = write!(text, " {} {server} |", protocol.to_uppercase());
    }
    text.push_str("\n| --- |");
    text.push_str(&" :---: |".repeat(COLUMNS.len()));
    text.push('\n');
    for method in &METHODS {
        let _ = write!(text, "| `{}`: {} |", method.word, method.title);
        for offered in method.offered {
            text.push_str(if offered { " yes |" } else { " – |" });
        }
        text.push('\n');
    }
    text
}

/// What a run has proved, beside the program that it drove.
fn write_result(protocol: &str) {
    let folder: PathBuf = Path::new(env!("CARGO_TARGET_TMPDIR")).join("servers");
    fs::create_dir_all(&folder).unwrap();
    let mut text = String::new();
    for method in &METHODS {
        for (column, (each, server, ..)) in COLUMNS.iter().enumerate() {
            if *each == protocol && method.offered[column] && method.word != GSSAPI {
                let _ = writeln!(text, "{protocol} {server} {}: off, starttls, implicit", method.word);
            }
        }
    }
    fs::write(folder.join(format!("{protocol}.txt")), text).unwrap();
}

#[test]
fn readme_table_is_what_these_tests_prove() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let readme = fs::read_to_string(&path).unwrap();
    let (before, rest) = readme.split_once(BEGIN).expect("the README has no table of methods");
    let (_, after) = rest.split_once(END).expect("the README's table of methods has no end");
    let expected = format!("{before}{BEGIN}{}{END}{after}", table());
    if std::env::var_os("UPDATE_README").is_some() {
        fs::write(&path, &expected).unwrap();
    } else {
        assert!(readme == expected, "run UPDATE_README=1 cargo nextest run readme_table");
    }
}

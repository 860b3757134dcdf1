//! What becomes of mails in real mailboxes (SPEC 11 and 14).

use super::account::{Installation, Reach};
use super::harness::{Port, Servers};
use super::lmtp::{mail, mail_from};
use super::proxy::Proxy;

/// The two IMAP servers, with where mail is put in and looked at.
const IMAP: [(&str, Port, Port, Port); 2] = [
    ("Dovecot", Port::DovecotImaps, Port::DovecotLmtp, Port::DovecotImap),
    ("Cyrus", Port::CyrusImaps, Port::CyrusLmtp, Port::CyrusImap),
];

#[test]
fn deleted_items_folder_in_all_its_cases() {
    let Some(servers) = Servers::start(&["tokens", "dovecot", "cyrus"]) else { return };
    for (server, port, delivery, look_port) in IMAP {
        let person = "box1";
        let reach = || Reach::new(&servers, "imap", port, "implicit").login(person);
        let put = |id: &str| servers.deliver(delivery, person, &[mail(&format!("{server}.{id}"), id)]);
        let count = |folder: &str| servers.count(look_port, person, folder);
        put("default");
        Installation::receiving(&reach()).process();
        assert_eq!((count("INBOX"), count("Deleted Items")), (0, 1), "{server}: the default folder");

        put("blank");
        Installation::receiving(&reach().with("deleted_items_folder: \"\"")).process();
        assert_eq!((count("INBOX"), count("Deleted Items")), (0, 1), "{server}: removed for good");

        let mut look = servers.look(look_port, person);
        look.say("CREATE \"Archive\"");
        look.say("CREATE \"Archive/Dealt with &- gel&APY-scht\"");
        put("named");
        let named =
            Installation::receiving(&reach().with("deleted_items_folder: \"Archive/Dealt with & gelöscht\""));
        let ran = named.process();
        assert_eq!(count("INBOX"), 0, "{server}: a named folder: {ran:?}");
        assert_eq!(count("Archive/Dealt with &- gel&APY-scht"), 1, "{server}: a named folder");

        put("unknown");
        let unknown = Installation::receiving(&reach().with("deleted_items_folder: No Such Folder"));
        let ran = unknown.process();
        assert_eq!((count("INBOX"), unknown.ledger_lines()), (1, 1), "{server}: an unknown folder");
        assert!(ran.remarks.contains("No Such Folder"), "{server}: nothing is told: {}", ran.remarks);
        let flags = look.flags("INBOX");
        assert!(!flags[0].contains("\\Deleted"), "{server}: {flags:?}");
        let calls = unknown.json(&["desk", "calls"]);
        put("later");
        let ran = unknown.process();
        assert_eq!((count("INBOX"), unknown.ledger_lines()), (2, 2), "{server}: {ran:?}");
        assert_eq!(
            ran.said.matches("call-logged").count(),
            1,
            "{server}: the first is not dealt with again: {ran:?}"
        );
        let more = unknown.json(&["desk", "calls"]);
        assert_eq!(more.as_array().unwrap().len(), calls.as_array().unwrap().len() + 1, "{server}");
    }
}

#[test]
fn removal_touches_no_mail_but_the_one_that_was_dealt_with() {
    let Some(servers) = Servers::start(&["tokens", "dovecot", "cyrus"]) else { return };
    for (server, port, delivery, look_port) in IMAP {
        let person = "box2";
        let reach = Reach::new(&servers, "imap", port, "implicit").login(person);
        // What stays of an earlier account is flagged as dealt with, and then somebody marks it for deletion.
        servers.deliver(delivery, person, &[mail(&format!("{server}.theirs"), "theirs")]);
        let keeping = Installation::receiving(&reach.clone().with("deleted_items_folder: No Such Folder"));
        keeping.process();
        let mut look = servers.look(look_port, person);
        look.say("SELECT INBOX");
        look.say("UID STORE 1:* +FLAGS (\\Deleted)");
        look.say("UNSELECT");
        servers.deliver(delivery, person, &[mail(&format!("{server}.ours"), "ours")]);
        let ran = Installation::receiving(&reach.with("deleted_items_folder: \"\"")).process();
        let flags = look.flags("INBOX");
        assert_eq!(flags.len(), 1, "{server}: only ours may go: {flags:?} {ran:?}");
        assert!(flags[0].contains("\\Deleted"), "{server}: their flag is left as it was: {flags:?}");
    }
}

#[test]
fn pop3_connects_anew_after_so_many_deletions() {
    let Some(servers) = Servers::start(&["tokens", "dovecot", "cyrus"]) else { return };
    for (server, port, delivery, look) in [
        ("Dovecot", Port::DovecotPop3s, Port::DovecotLmtp, Port::DovecotImap),
        ("Cyrus", Port::CyrusPop3s, Port::CyrusLmtp, Port::CyrusImap),
    ] {
        let proxy = Proxy::hearing(servers.port(port));
        let mails: Vec<String> =
            (0..7).map(|at| mail(&format!("{server}.{at}"), &format!("Device {at}"))).collect();
        servers.deliver(delivery, "box3", &mails);
        let mut reach =
            Reach::new(&servers, "pop3", port, "implicit").login("box3").with("max_messages_per_session: 3");
        reach.port = proxy.port;
        let installation = Installation::receiving(&reach);
        let ran = installation.process();
        assert_eq!(installation.ledger_lines(), 7, "{server}: {ran:?}");
        assert_eq!(servers.count(look, "box3", "INBOX"), 0, "{server}");
        let [connections, ..] = proxy.counts();
        assert!(connections >= 3, "{server}: 7 mails, 3 to a session, {connections} connections");
    }
}

#[test]
fn oversized_mail_is_quarantined_and_holds_nothing_up() {
    let Some(servers) = Servers::start(&["tokens", "dovecot"]) else { return };
    for (protocol, port) in [("imap", Port::DovecotImaps), ("pop3", Port::DovecotPop3s)] {
        let person = "box4";
        let filling = "Nothing but a long story, line after line.\n".repeat(4_000);
        let large = format!("{}{filling}", mail(&format!("{protocol}.large"), "Large"));
        servers.deliver(Port::DovecotLmtp, person, &[large, mail(&format!("{protocol}.small"), "Small")]);
        let reach = Reach::new(&servers, protocol, port, "implicit").login(person);
        let installation = Installation::receiving_with(&reach, "limits: { size_bytes_max: 65536 }");
        let ran = installation.process();
        assert_eq!(installation.ledger_lines(), 2, "{protocol}: {ran:?}");
        assert_eq!(servers.count(Port::DovecotImap, person, "INBOX"), 0, "{protocol}");
        let quarantine = installation.json(&["quarantine", "list"]);
        assert_eq!(quarantine.as_array().unwrap().len(), 1, "{protocol}: {quarantine}");
        let id = quarantine[0]["id"].to_string();
        let shown = installation.run(&["quarantine", "show", &id, "--raw"]);
        assert!(
            shown.said.matches("line after line").count() == 4_000,
            "{protocol}: {} bytes",
            shown.said.len()
        );
    }
}

#[test]
fn awkward_passwords_are_said_as_they_are() {
    let Some(servers) = Servers::start(&["tokens", "dovecot", "cyrus", "exim"]) else { return };
    let password = "pa ss\"w\\ö{3}%";
    // Not NTLM: Cyrus makes two bytes of every byte of a password, where UTF-16 is meant.
    let cases = [
        ("imap", Port::DovecotImaps, "standard"),
        ("imap", Port::DovecotImaps, "sasl_plain"),
        ("imap", Port::DovecotImaps, "sasl_scram_sha_256"),
        // Dovecot takes a password in UTF-8 as it is, where RFC 2831 wants Latin-1 as far as it goes.
        ("imap", Port::CyrusImaps, "sasl_digest_md5"),
        ("imap", Port::CyrusImaps, "sasl_login"),
        ("imap", Port::CyrusImaps, "sasl_scram_sha_1"),
        ("pop3", Port::DovecotPop3s, "standard"),
        ("pop3", Port::DovecotPop3s, "apop"),
        ("pop3", Port::CyrusPop3s, "sasl_cram_md5"),
        ("smtp", Port::EximSmtps, "sasl_login"),
        ("smtp", Port::EximSmtps, "sasl_plain"),
        ("smtp", Port::EximSmtps, "sasl_scram_sha_256"),
    ];
    for (protocol, port, method) in cases {
        let mut reach = Reach::new(&servers, protocol, port, "implicit").login("bob");
        reach.method = method;
        let installation =
            if protocol == "smtp" { Installation::sending(&reach) } else { Installation::receiving(&reach) };
        let installation = installation.password(password);
        if protocol == "smtp" {
            installation.lay_in("a", &mail_from("uma@example.com", method, method));
        }
        let ran = installation.run(&["process", "--send"]);
        assert_eq!(ran.code, 0, "{protocol} {method}: {ran:?}");
        assert!(!ran.remarks.contains("instead"), "{protocol} {method}: {}", ran.remarks);
        if protocol == "smtp" {
            assert_eq!(
                installation.json(&["outbox", "list", "--all"])[0]["state"],
                "sent",
                "{method}: {ran:?}"
            );
        }
    }
}

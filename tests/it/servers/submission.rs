//! Replies by way of a real server (SPEC 12 and 13).

use super::account::{Installation, Reach};
use super::harness::{Port, Servers};
use super::lmtp::{mail, mail_from};
use super::proxy::Proxy;

const ANYBODY: &str = "anonymous: { create_calls: true }";

/// The state of each mail in the outbox, by whom it goes to.
fn states(installation: &Installation) -> Vec<(String, String, String)> {
    let outbox = installation.json(&["outbox", "list", "--all"]);
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    outbox
        .as_array()
        .unwrap()
        .iter()
        .map(|mail| (text(&mail["to"]), text(&mail["state"]), text(&mail["last_error"])))
        .collect()
}

#[test]
fn refused_recipients_fail_or_wait_and_hold_nobody_up() {
    let Some(servers) = Servers::start(&["tokens", "dovecot", "exim"]) else { return };
    let reach = Reach::new(&servers, "smtp", Port::EximSmtps, "implicit");
    let installation = Installation::sending_with(&reach, ANYBODY);
    let people = [
        ("nobody550@example.org", "failed", "550"),
        ("bad553@example.org", "failed", "553"),
        ("later451@example.org", "waiting", "451"),
        ("carl@example.org", "sent", ""),
    ];
    for (person, ..) in people {
        installation.lay_in(person, &mail_from(person, person, "The printer is broken"));
    }
    let ran = installation.run(&["process", "--send"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    for _ in 0..2 {
        let states = states(&installation);
        assert_eq!(states.len(), people.len(), "{states:?}");
        for (person, expected, code) in people {
            let (_, state, error) = states.iter().find(|(to, ..)| to == person).unwrap();
            assert_eq!(state, expected, "{person}: {error}");
            assert!(error.contains(code), "{person}: {error}");
        }
        assert_eq!(servers.wait_for_delivered(1).len(), 1, "one reply is delivered, and only once");
        installation.run(&["outbox", "retry"]);
    }
}

#[test]
fn automatic_replies_arrive_with_a_null_return_path_and_all_their_marks() {
    let Some(servers) = Servers::start(&["tokens", "dovecot", "exim"]) else { return };
    let proxy = Proxy::hearing(servers.port(Port::EximSmtp));
    let mut reach = Reach::new(&servers, "smtp", Port::EximSmtp, "off");
    reach.port = proxy.port;
    let installation =
        Installation::new("{ files: { folder: in } }", &format!("{reach}, send_receipt: true"), "");
    installation.lay_in("a", &mail("marks", "The printer is broken"));
    installation.run(&["process", "--send"]);
    let delivered = servers.wait_for_delivered(1);
    assert_eq!(delivered.len(), 1, "{:?}", states(&installation));
    for header in [
        "Return-path: <>",
        "Auto-Submitted: auto-replied",
        "In-Reply-To: <marks@example.org>",
        "References: <marks@example.org>",
        "Disposition-Notification-To:",
        "From: ",
    ] {
        assert!(delivered[0].contains(header), "{header}: {}", delivered[0]);
    }
    let heard = proxy.heard();
    assert!(heard.contains("NOTIFY="), "a receipt is asked for where the server has DSN: {heard}");
}

#[test]
fn replies_leave_by_a_server_that_knows_no_extension() {
    let Some(servers) = Servers::start(&["tokens", "dovecot", "exim"]) else { return };
    let mut bare = Reach::new(&servers, "smtp", Port::EximBare, "off");
    bare.more = ", authentication: []".to_owned();
    let installation = Installation::sending(&bare);
    installation.lay_in("a", &mail("bare", "The printer is broken"));
    let ran = installation.run(&["process", "--send"]);
    let states = states(&installation);
    assert_eq!(states[0].1, "sent", "{states:?} {ran:?}");
    assert_eq!(servers.wait_for_delivered(1).len(), 1);
}

#[test]
fn nothing_is_said_in_the_clear_where_tls_is_wanted_and_refused() {
    let Some(servers) = Servers::start(&["tokens", "dovecot", "exim"]) else { return };
    let proxy = Proxy::hearing(servers.port(Port::EximBare));
    let mut reach = Reach::new(&servers, "smtp", Port::EximBare, "starttls");
    reach.port = proxy.port;
    let installation = Installation::sending(&reach);
    installation.lay_in("a", &mail("downgrade", "The printer is broken"));
    installation.run(&["process", "--send"]);
    let states = states(&installation);
    assert_ne!(states[0].1, "sent", "{states:?}");
    assert!(states[0].2.to_uppercase().contains("STARTTLS"), "{states:?}");
    let heard = proxy.heard();
    assert!(!heard.contains("AUTH") && !heard.contains("MAIL"), "{heard}");
}

#[test]
fn large_reply_leaves_in_chunks_and_arrives_as_it_was_written() {
    /// Enough for more than one chunk.
    const LINES: usize = 8_000;
    let Some(servers) = Servers::start(&["tokens", "dovecot", "exim"]) else { return };
    let proxy = Proxy::hearing(servers.port(Port::EximSmtp));
    let mut reach = Reach::new(&servers, "smtp", Port::EximSmtp, "off").with("chunking: true");
    reach.port = proxy.port;
    let installation = Installation::sending(&reach);
    // A line of one dot would end a mail that is sent by DATA.
    let body: Vec<String> = (0..LINES).map(|at| format!("Line {at} of what everybody must know.")).collect();
    let lines: String = body.iter().map(|line| format!("      {line}\n      .\n")).collect();
    let rules = installation.path().join("postroom.yaml");
    let replies = format!(
        "replies:\n  call-logged:\n    after: log_call\n    optional: true\n    \
         subject: \"Call {{number}} has been logged\"\n    body: |\n{lines}"
    );
    std::fs::write(&rules, std::fs::read_to_string(&rules).unwrap() + &replies).unwrap();
    installation.lay_in("a", &mail("large", "The printer is broken"));
    let ran = installation.run(&["process", "--send"]);
    let states = states(&installation);
    assert!(!states.is_empty() && states.iter().all(|(_, state, _)| state == "sent"), "{states:?} {ran:?}");
    let heard = proxy.heard();
    // A chunk may end within a line, so that the command after it stands at the beginning of none.
    let chunks = heard.matches("BDAT ").count();
    assert!(chunks >= 2 && heard.contains(" LAST\r\n"), "{chunks} chunks");
    let delivered = servers.wait_for_delivered(states.len());
    // However it was encoded on its way: what a reader makes of it.
    let texts = delivered.iter().filter_map(|mail| postroom::message::Message::read(mail.as_bytes()).text);
    let large = texts.into_iter().find(|text| text.contains("Line 0 of")).expect("the large reply");
    let arrived: Vec<&str> = large.lines().filter(|line| line.starts_with("Line ") || *line == ".").collect();
    let expected: Vec<&str> = body.iter().flat_map(|line| [line.as_str(), "."]).collect();
    assert_eq!(arrived.len(), expected.len());
    assert!(arrived == expected, "not a line is lost, doubled or changed");
}

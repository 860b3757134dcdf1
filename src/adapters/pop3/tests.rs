use super::*;
use crate::adapters::testing::{
    DRIP, DROP, FLOOD, Rule, STALL, Script, dispose, is_transient, patience, round,
};
use crate::ruleset::account::{Authentication, AuthenticationMethod, SecretPlace, Tls};

const OK: &[&str] = &["+OK\r\n"];

/// A sound server with three mails; `twists` come before.
fn script(twists: &[Rule]) -> Script {
    let sound: [Rule; 9] = [
        ("greeting", &["+OK hello <1.2@x>\r\n"]),
        ("CAPA", &["+OK\r\nUIDL\r\nTOP\r\nUSER\r\nSASL PLAIN\r\n.\r\n"]),
        ("LIST", &["+OK\r\n1 5\r\n2 5\r\n3 7\r\n.\r\n"]),
        ("UIDL", &["+OK\r\n1 a\r\n2 b\r\n3 c\r\n.\r\n"]),
        ("RETR 1", &["+OK\r\none\r\n.\r\n"]),
        ("RETR 2", &["+OK\r\n..two\r\n...\r\n.\r\n"]),
        ("RETR 3", &["+OK\r\nthree\r\n.\r\n"]),
        ("DELE", OK),
        ("QUIT", OK),
    ];
    Script::play(twists.iter().copied().chain(sound))
}

fn inbox(script: &Script, deletions_max: u32) -> Pop3Inbox {
    Pop3Inbox { patience: patience(), ..Pop3Inbox::new(&script.server, deletions_max, 1024) }
}

#[test]
fn mails_are_fetched_without_the_dots_and_deleted_when_the_round_ends() {
    let script = script(&[]);
    let mut inbox = inbox(&script, 50);
    let (told, arrivals) = round(&mut inbox);
    assert_eq!(told, ["one", ".two\r\n..", "three"]);
    assert_eq!(
        (arrivals[1].raw.as_slice(), arrivals[1].identity.as_str()),
        (b".two\r\n..\r\n".as_slice(), "b")
    );
    assert_eq!(arrivals[1].origin, "pop3://127.0.0.1/b");
    assert_eq!(dispose(&mut inbox, &arrivals[..2], Disposition::Delete), [""; 0]);
    let expected = ["CAPA", "LIST", "UIDL", "RETR 1", "RETR 2", "RETR 3", "DELE 1", "DELE 2", "QUIT"];
    assert_eq!(script.heard(), expected);
}

#[test]
fn commands_travel_together_where_the_server_takes_them_so() {
    let script = script(&[("CAPA", &["+OK\r\nPIPELINING\r\n.\r\n"]), ("RETR 2", &["-ERR gone\r\n"])]);
    let mut inbox = inbox(&script, 50);
    let (told, arrivals) = round(&mut inbox);
    assert_eq!(told, ["one", "`pop3://127.0.0.1/b` cannot be fetched: gone", "three"]);
    assert_eq!(dispose(&mut inbox, &arrivals, Disposition::Delete), [""; 0]);
    assert_eq!(script.count("DELE"), 2);
}

#[test]
fn s11_after_so_many_deletions_the_session_is_ended_and_another_begun() {
    // After two deletions the third mail has the first number.
    let script = script(&[
        ("LIST", &["+OK\r\n1 5\r\n2 5\r\n3 7\r\n.\r\n", "+OK\r\n1 7\r\n.\r\n"]),
        ("UIDL", &["+OK\r\n1 a\r\n2 b\r\n3 c\r\n.\r\n", "+OK\r\n1 c\r\n.\r\n"]),
    ]);
    let mut inbox = inbox(&script, 2);
    let (_, arrivals) = round(&mut inbox);
    assert_eq!(dispose(&mut inbox, &arrivals, Disposition::Delete), [""; 0]);
    let heard = script.heard();
    let deleted = heard.iter().position(|line| line.starts_with("DELE")).unwrap();
    assert_eq!(heard[deleted..], ["DELE 1", "DELE 2", "QUIT", "CAPA", "LIST", "UIDL", "DELE 1", "QUIT"]);
}

#[test]
fn fetching_goes_on_where_it_was_after_the_session_was_ended() {
    let script = script(&[
        ("LIST", &["+OK\r\n1 5\r\n2 5\r\n3 7\r\n.\r\n", "+OK\r\n1 5\r\n2 7\r\n.\r\n"]),
        ("UIDL", &["+OK\r\n1 a\r\n2 b\r\n3 c\r\n.\r\n", "+OK\r\n1 b\r\n2 c\r\n.\r\n"]),
        ("RETR 2", &["+OK\r\nthree\r\n.\r\n"]),
    ]);
    let mut inbox = inbox(&script, 1);
    let first = inbox.fetch().unwrap().unwrap();
    inbox.dispose(&first, Disposition::Delete).unwrap();
    assert!(inbox.complete_disposals().is_empty());
    let rest: Vec<String> =
        std::iter::from_fn(|| inbox.fetch()).map(|found| found.unwrap().identity).collect();
    assert_eq!(rest, ["b", "c"]);
    assert_eq!(script.count("QUIT"), 1);
}

#[test]
fn deletions_that_are_not_confirmed_are_told() {
    for (name, twist, expected) in [
        (
            "QUIT fails",
            ("QUIT", &[DROP] as &[&str]),
            "3 mails have been dealt with and will be met again and known",
        ),
        ("QUIT is refused", ("QUIT", &["-ERR some not removed\r\n"]), "some not removed"),
        ("DELE is refused", ("DELE", &["-ERR no\r\n"]), "it is not deleted: no"),
        ("DELE breaks the session", ("DELE 2", &[DROP]), "closed the connection"),
    ] {
        let script = script(&[twist]);
        let mut inbox = inbox(&script, 50);
        let (_, arrivals) = round(&mut inbox);
        let left = dispose(&mut inbox, &arrivals, Disposition::Delete);
        assert!(!left.is_empty() && left.iter().all(|left| left.contains(expected)), "{name}: {left:?}");
        assert_eq!(round(&mut inbox).0.len(), 3, "{name}: met again");
    }
}

#[test]
fn without_identifiers_everything_happens_in_one_session() {
    let script = script(&[("UIDL", &["-ERR what?\r\n"])]);
    let mut inbox = inbox(&script, 1);
    let (told, arrivals) = round(&mut inbox);
    assert_eq!((told.len(), arrivals[0].identity.as_str()), (3, ""));
    assert_eq!(dispose(&mut inbox, &arrivals, Disposition::Delete), [""; 0]);
    assert_eq!((script.count("DELE"), script.count("QUIT")), (3, 1));
}

#[test]
fn identifiers_that_two_mails_bear_identify_neither() {
    let script = script(&[("UIDL", &["+OK\r\n1 a\r\n2 a\r\n3 c d\u{7}\r\n9 x\r\n.\r\n"])]);
    let (told, arrivals) = round(&mut inbox(&script, 50));
    assert_eq!(told.len(), 3);
    assert!(arrivals.iter().all(|arrival| arrival.identity.is_empty()), "{arrivals:?}");
}

#[test]
fn mails_that_stay_are_not_fetched_again() {
    let script = script(&[("LIST", &["+OK\r\n1 5\r\n2 5\r\n3 99999999999\r\n.\r\n"])]);
    let mut inbox = inbox(&script, 50);
    let (told, arrivals) = round(&mut inbox);
    assert!(told.len() == 3 && told[2].contains("more than the 64 MiB"), "{told:?}");
    assert_eq!(dispose(&mut inbox, &arrivals, Disposition::Keep), [""; 0]);
    assert_eq!(round(&mut inbox).0, [""; 0]);
    assert_eq!((script.count("RETR"), script.count("DELE")), (2, 0));
}

#[test]
fn every_unsound_server_ends_the_round_with_a_sentence() {
    let cases: [(&str, &[Rule], &[&str]); 14] = [
        ("no POP3", &[("greeting", &["220 smtp\r\n"])], &["says `220 smtp`, which is not POP3"]),
        ("turned away", &[("greeting", &["-ERR too busy\r\n"])], &["does not want to talk now: too busy"]),
        ("closed", &[("greeting", &[DROP])], &["closed the connection"]),
        ("silent", &[("greeting", &[STALL])], &["did not answer in time"]),
        ("dripping", &[("greeting", &[DRIP])], &["did not answer in time"]),
        ("endless line", &[("greeting", &[FLOOD])], &["a line of more than 65536 bytes"]),
        ("asks", &[("LIST", &["+ more\r\n"])], &["asks for more where nothing is left"]),
        ("drop in the capabilities", &[("CAPA", &["+OK\r\nUIDL<drop>"])], &["closed the connection"]),
        ("drop in the list", &[("LIST", &["+OK\r\n1 5\r\n<drop>"])], &["closed the connection"]),
        ("list never ends", &[("LIST", &["+OK\r\n<flood>"])], &["sends more than 16777216 bytes"]),
        (
            "one mail is refused",
            &[("RETR 1", &["-ERR broken\r\n"])],
            &["cannot be fetched: broken", ".two", "three"],
        ),
        (
            "one mail breaks the session",
            &[("RETR 1", &["+OK\r\non<drop>"])],
            &["closed the connection", ".two", "three"],
        ),
        (
            "one mail never ends",
            &[("RETR 3", &["+OK\r\n<flood>"])],
            &["one", ".two", "sends more than 67108864 bytes"],
        ),
        (
            "every mail breaks the session",
            &[("RETR", &["+OK\r\n<stall>"])],
            &["did not answer in time", "did not answer in time", "did not answer in time"],
        ),
    ];
    for (name, twists, expected) in cases {
        let script = script(twists);
        let (told, _) = round(&mut inbox(&script, 50));
        assert_eq!(told.len(), expected.len(), "{name}: {told:?}");
        assert!(
            told.iter().zip(expected).all(|(told, expected)| told.contains(expected)),
            "{name}: {told:?}"
        );
    }
}

/// Why the login fails, with what was said in it.
fn login(twists: &[Rule], method: AuthenticationMethod) -> (Result<(), Failure>, Vec<String>) {
    let mut script = script(twists);
    let login = &mut script.server.login;
    login.login = Some("alice".into());
    login.password = Some(SecretPlace::Command(vec!["printf".into(), "wonderland".into()]));
    login.authentication = Authentication::Only(vec![method]);
    login.allow_clear_text = true;
    let mut session = Session::connect(&script.server, patience()).unwrap();
    let ended = session.log_in(&script.server).map(drop);
    (ended, script.heard())
}

#[test]
fn who_we_are_is_proved_as_chosen_and_a_refusal_helps() {
    use AuthenticationMethod::{SaslPlain, Standard};
    let (ended, heard) = login(&[("USER alice", OK), ("PASS wonderland", OK)], Standard);
    assert!(ended.is_ok(), "{heard:?}");
    let asks: Rule = ("AUTH PLAIN", &["+ \r\n"]);
    let (ended, heard) = login(&[asks, ("AGFsaWNl", OK)], SaslPlain);
    assert!(ended.is_ok(), "{heard:?}");
    let cases: [(&str, bool, &str); 5] = [
        ("-ERR [AUTH] go away\r\n", false, "refuses the login `alice` by PLAIN: [AUTH] go away; check"),
        ("-ERR [IN-USE] locked\r\n", true, "cannot log `alice` in now"),
        ("+ more\r\n", false, "do not agree on the login"),
        ("garbage\r\n", true, "which is not POP3"),
        ("<drop>", true, "closed the connection"),
    ];
    for (reply, transient, expected) in cases {
        let reply: &'static [&'static str] = Box::leak(Box::new([reply]));
        let (ended, _) = login(&[asks, ("AGFsaWNl", reply), ("*", &["-ERR cancelled\r\n"])], SaslPlain);
        let failure = ended.unwrap_err();
        assert!(failure.to_string().contains(expected), "{failure}");
        assert_eq!(is_transient(&failure), transient, "{failure}");
        assert!(!failure.to_string().contains("wonderland"));
    }
}

#[test]
fn nothing_is_said_before_a_connection_is_protected() {
    let cases: [(&[Rule], &str); 2] = [
        (&[("STLS", &["-ERR not today\r\n"])], "refuses STLS (not today)"),
        (&[("STLS", &["+OK\r\n+OK slipped in\r\n"])], "sent more before the connection was protected"),
    ];
    for (twists, expected) in cases {
        let mut script = script(twists);
        script.server.tls = Tls::Starttls;
        let failure = Session::connect(&script.server, patience()).map(drop).unwrap_err();
        assert!(failure.to_string().contains(expected), "{failure}");
        assert_eq!(script.heard(), ["STLS"]);
    }
}

#[test]
fn a_server_that_goes_on_asking_after_the_login_was_called_off_is_left() {
    let asks: Rule = ("AUTH PLAIN", &["+ \r\n"]);
    let twists = [asks, ("AGFsaWNl", &["+ more\r\n"]), ("*", &["+ more\r\n"])];
    let (ended, heard) = login(&twists, AuthenticationMethod::SaslPlain);
    assert!(ended.unwrap_err().to_string().contains("asks for more than PLAIN has"));
    assert_eq!(heard.iter().filter(|line| *line == "*").count(), 1, "{heard:?}");
}

#[test]
fn a_list_of_too_many_messages_is_refused() {
    let lines: Vec<String> = (1..=300_001).map(|number| format!("{number} 1\r\n")).collect();
    let many: &'static str = format!("+OK\r\n{}.\r\n", lines.concat()).leak();
    let many: &'static [&'static str] = Box::leak(Box::new([many]));
    let script = script(&[("LIST", many)]);
    let inbox = Pop3Inbox { patience: Patience::default(), ..inbox(&script, 50) };
    let (told, _) = round(&mut { inbox });
    assert!(told[0].contains("lists more than 300000 messages"), "{told:?}");
}

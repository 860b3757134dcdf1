use super::*;
use crate::adapters::testing::{
    DRIP, DROP, FLOOD, Rule, STALL, Script, dispose, is_transient, patience, round,
};
use crate::ruleset::account::{Authentication, AuthenticationMethod, SecretPlace, Tls};

const OK: &[&str] = &["{tag} OK\r\n"];
const SELECTED: &str = "* 2 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n* OK [PERMANENTFLAGS (\\* \\Deleted)] x\r\n{tag} OK [READ-WRITE] x\r\n";
const LISTED: &str = "* 1 FETCH (UID 11 RFC822.SIZE 3 FLAGS ())\r\n* 2 FETCH (UID 12 RFC822.SIZE 3 FLAGS (\\Seen))\r\n{tag} OK\r\n";
const BODIES: &str =
    "* 1 FETCH (UID 11 BODY[] {3}\r\none)\r\n* 2 FETCH (UID 12 BODY[] {3}\r\ntwo)\r\n{tag} OK\r\n";
const ONE: &str = "* 1 FETCH (UID 11 BODY[] {3}\r\none)\r\n{tag} OK\r\n";
const TWO: &str = "* 2 FETCH (BODY[] {3}\r\ntwo UID 12)\r\n{tag} OK\r\n";

/// A sound server with two mails; `twists` come before.
fn script(twists: &[Rule]) -> Script {
    let sound: [Rule; 15] = [
        ("greeting", &["* OK hello\r\n"]),
        ("CAPABILITY", &["* CAPABILITY IMAP4rev1 UIDPLUS MOVE IDLE\r\n{tag} OK\r\n"]),
        ("SELECT", &[SELECTED]),
        ("LIST \"\" \"Deleted Items\"", &["* LIST () \"/\" \"Deleted Items\"\r\n{tag} OK\r\n"]),
        ("LIST", OK),
        ("NOOP", OK),
        ("FETCH 1:2", &[LISTED]),
        ("UID FETCH 11:12", &[BODIES]),
        ("UID FETCH 11 ", &[ONE]),
        ("UID FETCH 12 ", &[TWO]),
        ("UID MOVE", OK),
        ("UID COPY", OK),
        ("UID STORE", OK),
        ("UID EXPUNGE", OK),
        ("EXPUNGE", OK),
    ];
    Script::play(twists.iter().copied().chain(sound))
}

fn inbox(script: &Script, deleted_items_folder: &str) -> ImapInbox {
    let inbox = ImapInbox::new(&script.server, "INBOX", deleted_items_folder, 1024);
    ImapInbox { patience: patience(), ..inbox }
}

#[test]
fn mails_are_fetched_together_and_moved_together() {
    let script = script(&[]);
    let mut inbox = inbox(&script, "Deleted Items");
    let (told, arrivals) = round(&mut inbox);
    assert_eq!(told, ["one", "two"]);
    assert_eq!(arrivals[1].identity, "7/12");
    assert_eq!(arrivals[1].origin, "imap://127.0.0.1/INBOX;UIDVALIDITY=7/;UID=12");
    assert_eq!(dispose(&mut inbox, &arrivals, Disposition::Delete), [""; 0]);
    let expected = [
        "CAPABILITY",
        "CAPABILITY",
        "SELECT \"INBOX\"",
        "LIST \"\" \"Deleted Items\"",
        "NOOP",
        "FETCH 1:2 (UID RFC822.SIZE FLAGS)",
        "UID FETCH 11:12 (UID BODY.PEEK[])",
        "UID MOVE 11:12 \"Deleted Items\"",
    ];
    assert_eq!(script.heard(), expected);
}

/// What is said to the server when both mails are disposed of.
fn said(twists: &[Rule], folder: &str, disposition: Disposition) -> (Vec<String>, Vec<String>) {
    let script = script(twists);
    let mut inbox = inbox(&script, folder);
    let (_, arrivals) = round(&mut inbox);
    let left = dispose(&mut inbox, &arrivals, disposition);
    let heard = script.heard();
    let fetched = heard.iter().position(|line| line.starts_with("UID FETCH")).unwrap();
    (heard[fetched + 1..].to_vec(), left)
}

/// Its name, the twists, the folder of the account, what becomes of the mails, what is said, why they stay.
type DisposalCase<'a> = (&'a str, &'a [Rule], &'a str, Disposition, &'a [&'a str], &'a str);

#[test]
#[expect(clippy::too_many_lines, reason = "one table")]
fn s11_deleted_items_folder_in_all_its_cases() {
    const MARKED: &str = "UID STORE 11:12 +FLAGS.SILENT (\\Seen $PostroomDealtWith)";
    const FLAGGED: &str = "UID STORE 11:12 +FLAGS.SILENT (\\Seen \\Flagged)";
    const DELETED: &str = "UID STORE 11:12 +FLAGS.SILENT (\\Deleted)";
    const COPIED: &str = "UID STORE 11:12 +FLAGS.SILENT ($PostroomCopied)";
    const OLD: Rule = ("CAPABILITY", &["* CAPABILITY IMAP4rev1\r\n{tag} OK\r\n"]);
    const NO_KEYWORDS: Rule = (
        "SELECT",
        &[
            "* 2 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n* OK [PERMANENTFLAGS (\\Seen \\Deleted)] x\r\n{tag} OK x\r\n",
        ],
    );
    const OTHERS: Rule = ("UID SEARCH DELETED", &["* SEARCH 3 11 12 40\r\n{tag} OK\r\n"]);
    let delete = Disposition::Delete;
    let cases: [DisposalCase<'_>; 8] = [
        ("blank: removed for good", &[], "", delete, &[DELETED, "UID EXPUNGE 11:12"], ""),
        ("no such folder: they stay, marked", &[], "Nowhere", delete, &[MARKED], "has no folder `Nowhere`"),
        ("no such folder and no keywords", &[NO_KEYWORDS], "Nowhere", delete, &[FLAGGED], "has no folder"),
        ("kept by a rule", &[], "Deleted Items", Disposition::Keep, &[MARKED], ""),
        (
            "keywords refused after all",
            &[("UID STORE 11:12 +FLAGS.SILENT (\\Seen $", &["{tag} NO no keywords\r\n"])],
            "Deleted Items",
            Disposition::Keep,
            &[MARKED, FLAGGED],
            "",
        ),
        (
            "neither MOVE nor UIDPLUS; others are flagged too",
            &[OLD, OTHERS],
            "Deleted Items",
            delete,
            &[
                "UID COPY 11:12 \"Deleted Items\"",
                COPIED,
                DELETED,
                "UID SEARCH DELETED",
                "UID STORE 3,40 -FLAGS.SILENT (\\Deleted)",
                "EXPUNGE",
                "UID STORE 3,40 +FLAGS.SILENT (\\Deleted)",
            ],
            "",
        ),
        (
            "no UIDPLUS, EXPUNGE refused: the others have their flag again",
            &[OLD, OTHERS, ("EXPUNGE", &["{tag} NO not now\r\n"])],
            "",
            delete,
            &[
                DELETED,
                "UID SEARCH DELETED",
                "UID STORE 3,40 -FLAGS.SILENT (\\Deleted)",
                "EXPUNGE",
                "UID STORE 3,40 +FLAGS.SILENT (\\Deleted)",
            ],
            "not now",
        ),
        (
            "MOVE refused",
            &[("UID MOVE", &["{tag} NO [OVERQUOTA] full\r\n"])],
            "Deleted Items",
            delete,
            &["UID MOVE 11:12 \"Deleted Items\""],
            "refuses to take mail out of the folder: full",
        ),
    ];
    for (name, twists, folder, disposition, expected, why) in cases {
        let (heard, left) = said(twists, folder, disposition);
        assert_eq!(heard, expected, "{name}");
        assert!(
            left.iter().all(|left| left.contains(why)) && left.is_empty() == why.is_empty(),
            "{name}: {left:?}"
        );
    }
}

#[test]
fn a_folder_is_found_in_the_personal_namespace_with_the_servers_delimiter() {
    let twists: [Rule; 3] = [
        ("CAPABILITY", &["* CAPABILITY IMAP4rev2\r\n{tag} OK\r\n"]),
        ("NAMESPACE", &["* NAMESPACE ((\"INBOX.\" \".\")) NIL NIL\r\n{tag} OK\r\n"]),
        (
            "LIST \"\" \"INBOX.Gel&APY-scht.alt\"",
            &["* LIST () \".\" {22}\r\nINBOX.Gel&APY-scht.alt\r\n{tag} OK\r\n"],
        ),
    ];
    let (heard, left) = said(&twists, "Gelöscht/alt", Disposition::Delete);
    assert_eq!(heard, ["UID MOVE 11:12 \"INBOX.Gel&APY-scht.alt\""]);
    assert_eq!(left, [""; 0]);
}

#[test]
fn mails_that_stay_are_not_fetched_again() {
    const MARKED: &str = "* 1 FETCH (UID 11 RFC822.SIZE 3 FLAGS ($postroomdealtwith))\r\n\
        * 2 FETCH (UID 12 RFC822.SIZE 3 FLAGS (\\Seen))\r\n{tag} OK\r\n";
    let script = script(&[("FETCH 1:2", &[LISTED, LISTED, MARKED])]);
    let mut inbox = inbox(&script, "Nowhere");
    let (_, arrivals) = round(&mut inbox);
    assert_eq!(dispose(&mut inbox, &arrivals, Disposition::Delete).len(), 1, "told once");
    assert_eq!(round(&mut inbox).0, [""; 0], "known by number");
    let mut another = ImapInbox { patience: patience(), ..ImapInbox::new(&script.server, "INBOX", "", 1024) };
    assert_eq!(round(&mut another).0, ["two"], "known by its keyword");
}

#[test]
fn what_could_not_be_done_is_tried_again_without_fetching() {
    let script = script(&[("UID MOVE", &["{tag} NO busy\r\n", "{tag} OK\r\n"])]);
    let mut inbox = inbox(&script, "Deleted Items");
    let (_, arrivals) = round(&mut inbox);
    assert_eq!(dispose(&mut inbox, &arrivals, Disposition::Delete).len(), 2);
    let (told, _) = round(&mut inbox);
    assert_eq!(script.count("UID MOVE 11:12"), 2);
    assert_eq!((told.len(), script.count("UID FETCH")), (0, 1), "{told:?}");
}

#[test]
fn session_that_breaks_after_the_copy_makes_no_second_one() {
    const OLD: Rule = ("CAPABILITY", &["* CAPABILITY IMAP4rev1 UIDPLUS\r\n{tag} OK\r\n"]);
    const STILL_THERE: &str = "* 1 FETCH (UID 11 RFC822.SIZE 3 FLAGS ($postroomcopied))\r\n\
        * 2 FETCH (UID 12 RFC822.SIZE 3 FLAGS ())\r\n{tag} OK\r\n";
    let deleted = "UID STORE 11:12 +FLAGS.SILENT (\\Deleted)";
    let cases: [(&str, Rule); 3] = [
        ("at the keyword", ("UID STORE 11:12 +FLAGS.SILENT ($", &[DROP, "{tag} OK\r\n"])),
        ("at the flag", ("UID STORE 11:12 +FLAGS.SILENT (\\", &[DROP, "{tag} OK\r\n"])),
        ("at the end", ("UID EXPUNGE", &[DROP, "{tag} OK\r\n"])),
    ];
    for (name, twist) in cases {
        let script = script(&[OLD, twist]);
        let mut inbox = inbox(&script, "Deleted Items");
        let (_, arrivals) = round(&mut inbox);
        assert_eq!(dispose(&mut inbox, &arrivals, Disposition::Delete).len(), 2, "{name}");
        let (told, _) = round(&mut inbox);
        assert_eq!(told, [""; 0], "{name}");
        assert_eq!(script.count("UID COPY"), 1, "{name}: {:?}", script.heard());
        assert_eq!(script.heard().last().map(String::as_str), Some("FETCH 1:2 (UID RFC822.SIZE FLAGS)"));
        assert!(script.count("UID EXPUNGE 11:12") >= 1, "{name}");
        assert!(script.count(deleted) >= 1, "{name}");
    }

    // Another process knows by the keyword which of them has its copy.
    let script = script(&[OLD, ("FETCH 1:2", &[STILL_THERE])]);
    let mut inbox = inbox(&script, "Deleted Items");
    let (_, arrivals) = round(&mut inbox);
    assert_eq!(dispose(&mut inbox, &arrivals, Disposition::Delete), [""; 0]);
    assert_eq!(script.count("UID COPY 12 "), 1, "{:?}", script.heard());
    assert_eq!(script.count("UID COPY"), 1);
    assert_eq!(script.count("UID EXPUNGE 11:12"), 1);
}

#[test]
fn every_unsound_server_ends_the_round_with_a_sentence() {
    const BIG: &str = "* 1 FETCH (UID 11 BODY[] {4294967296}\r\n<stall>";
    let cases: [(&str, &[Rule], &[&str]); 22] = [
        ("no IMAP", &[("greeting", &["SSH-2.0-x\r\n"])], &["says `SSH-2.0-x`, which is not IMAP"]),
        ("binary", &[("greeting", &["\u{0}\u{1}\u{2}\r\n"])], &["which is not IMAP"]),
        ("turned away", &[("greeting", &["* BYE too busy\r\n"])], &["does not want to talk now: too busy"]),
        ("closed", &[("greeting", &[DROP])], &["closed the connection"]),
        ("silent", &[("greeting", &[STALL])], &["did not answer in time"]),
        ("dripping", &[("greeting", &[DRIP])], &["did not answer in time"]),
        ("endless line", &[("greeting", &[FLOOD])], &["a line of more than 65536 bytes"]),
        ("drop at capabilities", &[("CAPABILITY", &[DROP])], &["closed the connection"]),
        ("drop at select", &[("SELECT", &["* 2 EXISTS\r\n<drop>"])], &["closed the connection"]),
        (
            "select refused",
            &[("SELECT", &["{tag} NO no such thing\r\n"])],
            &["does not open the folder `INBOX`: no such thing"],
        ),
        (
            "no lasting identifiers",
            &[("SELECT", &["* 2 EXISTS\r\n{tag} OK\r\n"])],
            &["no lasting identifiers"],
        ),
        (
            "read only",
            &[("SELECT", &["* OK [UIDVALIDITY 7] x\r\n{tag} OK [READ-ONLY] x\r\n"])],
            &["lets the login only read the folder"],
        ),
        ("drop at list", &[("FETCH 1:2", &["* 1 FETCH (UID 11<drop>"])], &["closed the connection"]),
        ("list refused", &[("FETCH 1:2", &["{tag} NO later\r\n"])], &["refuses to list the folder: later"]),
        ("another tag", &[("FETCH 1:2", &["z9 OK\r\n"])], &["says `z9 OK`"]),
        (
            "BYE and an open socket",
            &[("FETCH 1:2", &["* BYE shutting down\r\n<stall>"])],
            &["ends the session: shutting down"],
        ),
        (
            "BYE at one mail, always",
            &[("UID FETCH", &["* BYE no\r\n"])],
            &["ends the session: no", "ends the session: no"],
        ),
        (
            "four gigabytes, always",
            &[("UID FETCH", &[BIG])],
            &["sends 4294967296 bytes", "sends 4294967296 bytes"],
        ),
        (
            "no content",
            &[("UID FETCH", &["* 1 FETCH (UID 11 BODY[] NIL)\r\n{tag} OK\r\n"])],
            &["gives no content"],
        ),
        (
            "one mail is refused",
            &[("UID FETCH 11", &["{tag} NO broken\r\n"])],
            &["refuses to give a mail: broken", "two"],
        ),
        ("one mail breaks the session", &[("UID FETCH 11", &[DROP])], &["closed the connection", "two"]),
        ("drop once", &[("UID FETCH 11:12", &["* 1 FETCH (UID 11 BODY[] {3}\r\non<drop>"])], &["one", "two"]),
    ];
    for (name, twists, expected) in cases {
        let script = script(twists);
        let mut inbox = inbox(&script, "Deleted Items");
        let (told, _) = round(&mut inbox);
        assert_eq!(told.len(), expected.len(), "{name}: {told:?}");
        assert!(
            told.iter().zip(expected).all(|(told, expected)| told.contains(expected)),
            "{name}: {told:?}"
        );
    }
}

#[test]
fn what_a_server_says_unasked_changes_nothing() {
    const NOISY: &str = "* 5 EXPUNGE\r\n* 3 EXISTS\r\n* 1 FETCH (FLAGS (\\Seen))\r\n* 9 FETCH (UID 99 BODY[] {3}\r\nbad)\r\n\
        * 1 FETCH (UID 11 BODY[] {3}\r\none)\r\n* 1 FETCH (UID 11 FLAGS (\\Seen))\r\n* VANISHED 1\r\n* OK still here\r\n\
        * 2 FETCH (UID 12 BODY[] \"two\")\r\n{tag} OK\r\n";
    const TWICE: &str = "* 1 FETCH (UID 12 RFC822.SIZE 3)\r\n* 2 FETCH (UID 11 RFC822.SIZE 3)\r\n* 3 FETCH (UID 12 RFC822.SIZE 9)\r\n\
        * 4 FETCH (UID 0 RFC822.SIZE 1)\r\n* 5 FETCH (FLAGS ())\r\n{tag} OK\r\n";
    let script = script(&[("FETCH 1:2", &[TWICE]), ("UID FETCH", &[NOISY])]);
    assert_eq!(round(&mut inbox(&script, "")).0, ["one", "two"]);
}

#[test]
fn mails_of_another_numbering_are_never_touched() {
    const ANEW: &str = "* 2 EXISTS\r\n* OK [UIDVALIDITY 8] x\r\n{tag} OK x\r\n";
    let script = script(&[("SELECT", &[SELECTED, ANEW]), ("UID MOVE", &[DROP, "{tag} OK\r\n"])]);
    let mut inbox = inbox(&script, "Deleted Items");
    let (_, arrivals) = round(&mut inbox);
    assert_eq!(dispose(&mut inbox, &arrivals[..1], Disposition::Delete).len(), 1);
    let left = dispose(&mut inbox, &arrivals[1..], Disposition::Delete);
    assert!(left[0].contains("numbered its messages anew"), "{left:?}");
    assert_eq!(script.count("UID MOVE"), 1);
    let (_, anew) = round(&mut inbox);
    assert_eq!(anew[0].identity, "8/11");
    assert_eq!(script.count("UID MOVE"), 1);
}

#[test]
fn g7_mail_that_is_too_large_stays_flagged_and_is_told_once() {
    let script = script(&[(
        "FETCH 1:2",
        &["* 1 FETCH (UID 11 RFC822.SIZE 99999999999)\r\n* 2 FETCH (UID 12 RFC822.SIZE 3)\r\n{tag} OK\r\n"],
    )]);
    let mut inbox = inbox(&script, "");
    let (told, _) = round(&mut inbox);
    assert!(told.len() == 2 && told[0].contains("more than the 64 MiB"), "{told:?}");
    assert_eq!(
        (script.count("UID FETCH 11"), script.count("UID STORE 11 +FLAGS.SILENT (\\Flagged)")),
        (0, 1)
    );
    assert_eq!(round(&mut inbox).0, ["two"]);
}

/// Why the login fails, with what was said in it.
fn login(twists: &[Rule], method: AuthenticationMethod) -> (Result<(), Failure>, Vec<String>) {
    let mut script = script(twists);
    let login = &mut script.server.login;
    login.login = Some("al\"ice".into());
    login.password = Some(SecretPlace::Command(vec!["printf".into(), "wonderland".into()]));
    login.authentication = Authentication::Only(vec![method]);
    login.allow_clear_text = method != AuthenticationMethod::SaslNtlm;
    let mut session = Session::connect(&script.server, patience()).unwrap();
    let ended = session.log_in(&script.server).map(drop);
    (ended, script.heard())
}

#[test]
fn who_we_are_is_proved_as_chosen_and_a_refusal_helps() {
    use AuthenticationMethod::{SaslPlain, Standard};
    const BOTH: Rule = ("CAPABILITY", &["* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n{tag} OK\r\n"]);
    let (ended, heard) = login(&[BOTH, ("LOGIN", OK)], Standard);
    assert!(ended.is_ok());
    assert!(heard.contains(&"LOGIN \"al\\\"ice\" \"wonderland\"".to_owned()), "{heard:?}");
    let asks: Rule = ("AUTHENTICATE PLAIN", &["+ \r\n"]);
    let (ended, heard) = login(&[BOTH, asks, ("AGFsImlj", &["p2 OK\r\n"])], SaslPlain);
    assert!(ended.is_ok(), "{heard:?}");
    let cases: [(&str, bool, &str); 5] = [
        (
            "p2 NO [AUTHENTICATIONFAILED] go away\r\n",
            false,
            "refuses the login `al\"ice` by PLAIN: go away; check",
        ),
        ("p2 NO [UNAVAILABLE] backend down\r\n", true, "cannot log `al\"ice` in now: backend down"),
        ("* BYE too many\r\n", true, "ends the session: too many"),
        ("+ more\r\n", false, "do not agree on the login"),
        ("<drop>", true, "closed the connection"),
    ];
    for (reply, transient, expected) in cases {
        let reply: &'static [&'static str] = Box::leak(Box::new([reply]));
        let (ended, _) =
            login(&[BOTH, asks, ("AGFsImlj", reply), ("*", &["p2 BAD cancelled\r\n"])], SaslPlain);
        let failure = ended.unwrap_err();
        assert!(failure.to_string().contains(expected), "{failure}");
        assert_eq!(is_transient(&failure), transient, "{failure}");
        assert!(!failure.to_string().contains("wonderland"));
    }
}

#[test]
fn nothing_is_said_before_a_connection_is_protected() {
    let cases: [(&[Rule], &str); 4] = [
        (&[], "offers no STARTTLS"),
        (&[("greeting", &["* PREAUTH welcome\r\n"])], "without TLS (PREAUTH)"),
        (
            &[
                ("CAPABILITY", &["* CAPABILITY STARTTLS\r\n{tag} OK\r\n"]),
                ("STARTTLS", &["{tag} NO not today\r\n"]),
            ],
            "refuses STARTTLS: not today",
        ),
        (
            &[
                ("CAPABILITY", &["* CAPABILITY STARTTLS\r\n{tag} OK\r\n"]),
                ("STARTTLS", &["{tag} OK go on\r\n* CAPABILITY AUTH=PLAIN\r\n"]),
            ],
            "sent more before the connection was protected",
        ),
    ];
    for (twists, expected) in cases {
        let mut script = script(twists);
        script.server.tls = Tls::Starttls;
        let failure = Session::connect(&script.server, patience()).map(drop).unwrap_err();
        assert!(failure.to_string().contains(expected), "{failure}");
        assert_eq!(script.count("LOGIN") + script.count("AUTHENTICATE") + script.count("SELECT"), 0);
    }
}

#[test]
fn idle_ends_with_news_or_with_the_time_and_never_hangs() {
    let at_most = Duration::from_millis(100);
    let cases: [(&str, &[Rule], Waited); 8] = [
        ("not offered", &[("CAPABILITY", &["* CAPABILITY IMAP4rev1\r\n{tag} OK\r\n"])], Waited::CannotTell),
        (
            "news before the invitation",
            &[("IDLE", &["* 3 EXISTS\r\n+ idling\r\n"]), ("DONE", &["p7 OK\r\n"])],
            Waited::News,
        ),
        ("time", &[("IDLE", &["+ idling\r\n"]), ("DONE", &["* 3 EXISTS\r\np7 OK\r\n"])], Waited::News),
        ("nothing", &[("IDLE", &["+ idling\r\n"]), ("DONE", &["p7 OK\r\n"])], Waited::Nothing),
        ("refused", &[("IDLE", &["{tag} NO no\r\n"])], Waited::CannotTell),
        ("done at once", &[("IDLE", &["{tag} OK\r\n"])], Waited::CannotTell),
        ("no invitation", &[("IDLE", &[STALL])], Waited::CannotTell),
        ("gone", &[("IDLE", &["+ idling\r\n<drop>"])], Waited::CannotTell),
    ];
    for (name, twists, expected) in cases {
        let script = script(twists);
        let mut inbox = inbox(&script, "");
        assert_eq!(inbox.wait(at_most), Waited::CannotTell, "{name}: nothing is open yet");
        let _mails = round(&mut inbox);
        assert_eq!(inbox.wait(at_most), expected, "{name}: {:?}", script.heard());
    }
}

#[test]
fn a_server_that_goes_on_asking_after_the_login_was_called_off_is_left() {
    const PLAIN: Rule = ("CAPABILITY", &["* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n{tag} OK\r\n"]);
    let asks: Rule = ("AUTHENTICATE PLAIN", &["+ \r\n"]);
    let twists = [PLAIN, asks, ("AGFsImlj", &["+ more\r\n"]), ("*", &["+ more\r\n"])];
    let (ended, heard) = login(&twists, AuthenticationMethod::SaslPlain);
    assert!(ended.unwrap_err().to_string().contains("asks for more than PLAIN has"));
    assert_eq!(heard.iter().filter(|line| *line == "*").count(), 1, "{heard:?}");
}

#[test]
fn ntlm_version_1_is_called_off_where_nothing_protects_the_connection() {
    const NTLM: Rule = ("CAPABILITY", &["* CAPABILITY IMAP4rev1 AUTH=NTLM\r\n{tag} OK\r\n"]);
    let challenge: Rule = ("TlRM", &["+ TlRMTVNTUAACAAAAAAAAAAAAAAABAgAAAAECAwQFBgcAAAAA\r\n"]);
    let twists = [NTLM, ("AUTHENTICATE NTLM", &["+ \r\n"]), challenge, ("*", &["p2 BAD\r\n"])];
    let (ended, heard) = login(&twists, AuthenticationMethod::SaslNtlm);
    let failure = ended.unwrap_err();
    assert!(!is_transient(&failure) && failure.to_string().contains("version 1"), "{failure}");
    assert_eq!(heard.last().map(String::as_str), Some("*"), "{heard:?}");
}

#[test]
fn a_server_that_repeats_the_password_does_not_bring_it_into_an_error() {
    const PLAIN: Rule = ("CAPABILITY", &["* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n{tag} OK\r\n"]);
    let asks: Rule = ("AUTHENTICATE PLAIN", &["+ \r\n"]);
    let line = "AGFsImljZQB3b25kZXJsYW5k";
    for repeats in
        ["p2 NO wonderland and AGFsImljZQB3b25kZXJsYW5k\r\n", "AGFsImljZQB3b25kZXJsYW5k wonderland\r\n"]
    {
        let repeats: &'static [&'static str] = Box::leak(Box::new([repeats]));
        let (ended, heard) = login(&[PLAIN, asks, (line, repeats)], AuthenticationMethod::SaslPlain);
        assert!(heard.contains(&line.to_owned()), "{heard:?}");
        let said = ended.unwrap_err().to_string();
        assert!(
            said.contains('…') && !said.contains("wonderland") && !said.contains("b25kZXJsYW5"),
            "{said}"
        );
    }
}

#[test]
fn what_a_server_calls_its_folders_stays_on_one_line_and_cannot_steer() {
    let odd = "* LIST () \"/\" \"ev&ABs-[2Jil&AAo-post\"\r\n* LIST () \"/\" \"LONG\"\r\n{tag} OK\r\n";
    let odd: &'static str = odd.replace("LONG", &"x".repeat(20_000)).leak();
    let odd: &'static [&'static str] = Box::leak(Box::new([odd]));
    let script = script(&[("SELECT", &["{tag} NO gone\r\n"]), ("LIST \"\" \"*\"", odd)]);
    let (told, _) = round(&mut inbox(&script, ""));
    assert!(told[0].contains("there are `ev [2Jil post`, `xxx"), "{}", told[0]);
    assert!(told[0].len() < 1_000 && !told[0].contains(char::is_control));
}

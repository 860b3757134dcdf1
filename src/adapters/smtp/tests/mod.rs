//! Dialogues with servers that do what they are told, on loopback.
//!
//! A script is read line by line: `S:` is said, `C:` must be heard (its beginning), `BODY` is a mail up to its
//! dot, `CHUNK` the bytes of a `BDAT`, `TLS` a handshake, `DRIP` a byte now and then, `FLOOD` more than a line may hold,
//! `----` the end of a connection. After its last line a connection is closed.

mod probing;
mod protection;

use super::*;
use crate::adapters::compose::tests::entry;
use crate::adapters::net::testing::{protect, server};
use crate::adapters::probe;
use crate::ruleset::account::{Authentication, AuthenticationMethod, SecretPlace, Tls};
use std::io::{self, Read, Write};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::thread;

const BEGIN: &str = "S: 220 ready\nC: EHLO [\nS: 250-mail\nS: 250 SIZE 200000\n";
const SENT: &str = "C: MAIL FROM:<> SIZE=\nS: 250 ok\nC: RCPT TO:<zoe@example.org>\nS: 250 ok\nC: DATA\nS: 354 go\nBODY\nS: 250 taken\n";
const QUIT: &str = "C: QUIT\nS: 221 bye\n";

trait Stream: Read + Write {}
impl<T: Read + Write> Stream for T {}

/// A server that plays a script, and what it heard; a line that it did not expect is marked by `?`.
struct Played {
    port: u16,
    heard: Arc<Mutex<Vec<String>>>,
}

impl Played {
    fn heard(&self) -> Vec<String> {
        self.heard.lock().unwrap().clone()
    }
}

fn play(script: &str) -> Played {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let heard = Arc::new(Mutex::new(Vec::new()));
    let (script, ear) = (script.to_owned(), Arc::clone(&heard));
    thread::spawn(move || {
        for part in script.split("----\n") {
            let (socket, _) = listener.accept().unwrap();
            // Clients go when they have heard enough.
            let _gone = play_one(part, &socket, &ear);
        }
    });
    Played { port, heard }
}

fn play_one(script: &str, socket: &std::net::TcpStream, ear: &Mutex<Vec<String>>) -> io::Result<()> {
    let mut stream: Box<dyn Stream> = Box::new(socket.try_clone()?);
    let mut said = String::new();
    let mut last = String::new();
    for turn in script.lines() {
        if let Some(text) = turn.strip_prefix("S: ") {
            said.push_str(text);
            said.push_str("\r\n");
            continue;
        }
        stream.write_all(std::mem::take(&mut said).as_bytes())?;
        stream.flush()?;
        match turn {
            "TLS" => stream = Box::new(protect(socket.try_clone()?, "server")),
            "BODY" => {
                let mut body = String::new();
                while !body.ends_with("\r\n.\r\n") {
                    body.push_str(&line(&mut stream)?);
                }
                ear.lock().unwrap().push(body);
            }
            "CHUNK" => {
                let length: u64 = last.split(' ').nth(1).unwrap().trim().parse().unwrap();
                io::copy(&mut (&mut stream).take(length), &mut io::sink())?;
            }
            "DRIP" => loop {
                stream.write_all(b"2")?;
                thread::sleep(Duration::from_millis(20));
            },
            "FLOOD" => stream.write_all("x".repeat(1 << 20).as_bytes())?,
            _ => {
                let expected = turn.strip_prefix("C: ").unwrap();
                last = line(&mut stream)?;
                let mark = if last.starts_with(expected) { "" } else { "?" };
                ear.lock().unwrap().push(format!("{mark}{}", last.trim_end()));
            }
        }
    }
    stream.write_all(said.as_bytes())?;
    stream.flush()
}

fn line(stream: &mut impl Read) -> io::Result<String> {
    let mut line = Vec::new();
    while !line.ends_with(b"\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte)?;
        line.push(byte[0]);
    }
    Ok(String::from_utf8(line).unwrap())
}

fn outgoing(port: u16, tls: Tls) -> Outgoing {
    Outgoing {
        name: "main".into(),
        active: true,
        submit: Submit::Smtp {
            server: server(port, tls),
            connection_timeout_secs: 120,
            chunking: true,
            pager_encoding: PagerEncoding::None,
        },
        outgoing_email_id: AddrSpec::parse("desk@example.com").unwrap(),
        is_default: true,
        partition: None,
        sent_from_analyst: false,
        reply_to_forwarding_analyst: false,
        send_receipt: false,
    }
}

fn server_of(outgoing: &mut Outgoing) -> &mut Server {
    match &mut outgoing.submit {
        Submit::Smtp { server, .. } => server,
        _ => unreachable!(),
    }
}

/// A login whose password nobody may ever see.
fn with_login(outgoing: &mut Outgoing, methods: &[AuthenticationMethod], allow_clear_text: bool) {
    let login = &mut server_of(outgoing).login;
    login.login = Some("tim".into());
    login.password = Some(SecretPlace::Command(vec!["echo".into(), "hunter2".into()]));
    login.authentication =
        if methods.is_empty() { Authentication::Automatic } else { Authentication::Only(methods.to_vec()) };
    login.allow_clear_text = allow_clear_text;
}

fn mailer(outgoing: &Outgoing) -> SmtpMailer {
    let patience = Patience {
        connect: Duration::from_secs(10),
        command: Duration::from_secs(10),
        line_bytes_max: LINE_BYTES_MAX,
    };
    SmtpMailer::new(outgoing, "desk-1").unwrap().with_patience(patience)
}

fn plain_entry() -> OutboxEntry {
    let mut entry = entry();
    entry.reply.request_receipt = false;
    entry
}

/// Sends one mail; the sentence of a failure begins with its kind.
fn send(script: &str) -> (String, Vec<String>) {
    let played = play(script);
    let result = mailer(&outgoing(played.port, Tls::Off)).submit(&plain_entry());
    (kind(result), played.heard())
}

fn kind(result: Result<(), Failure>) -> String {
    match result {
        Ok(()) => "done".to_owned(),
        Err(Failure::Transient(cause)) => format!("transient: {cause}"),
        Err(Failure::Permanent(cause)) => format!("permanent: {cause}"),
    }
}

fn assert_expected(heard: &[String]) {
    assert!(!heard.iter().any(|line| line.starts_with('?')), "{heard:#?}");
}

#[test]
fn a_mail_is_handed_over_with_the_null_reverse_path_and_goodbye_is_said() {
    let (result, heard) = send(&format!("{BEGIN}{SENT}{QUIT}"));
    assert_eq!(result, "done");
    assert_expected(&heard);
    assert!(
        heard[4].contains("\r\nX-Postroom-Loop: desk-1\r\n") && heard[4].ends_with("\r\n.\r\n"),
        "{}",
        heard[4]
    );
    assert_eq!(heard.last().unwrap(), "QUIT");
}

#[test]
fn several_mails_share_a_connection() {
    let again = "C: RSET\nS: 250 ok\n";
    let played = play(&format!("{BEGIN}{SENT}{again}{SENT}{again}{SENT}{QUIT}"));
    let mut mailer = mailer(&outgoing(played.port, Tls::Off));
    for _ in 0..3 {
        assert_eq!(kind(mailer.submit(&plain_entry())), "done");
    }
    drop(mailer);
    assert_expected(&played.heard());
    assert_eq!(played.heard().last().unwrap(), "QUIT");
}

#[test]
fn a_connection_that_was_idle_too_long_is_left() {
    let played = play(&format!("{BEGIN}{SENT}{QUIT}----\n{BEGIN}{SENT}{QUIT}"));
    let mut outgoing = outgoing(played.port, Tls::Off);
    let Submit::Smtp { connection_timeout_secs, .. } = &mut outgoing.submit else { unreachable!() };
    *connection_timeout_secs = 0;
    let mut mailer = mailer(&outgoing);
    assert_eq!(mailer.close_if_idle(), None);
    assert_eq!(kind(mailer.submit(&plain_entry())), "done");
    assert_eq!(mailer.close_if_idle(), None);
    assert_eq!(played.heard().last().unwrap(), "QUIT");
    assert_eq!(kind(mailer.submit(&plain_entry())), "done");
    assert_expected(&played.heard());
}

#[test]
fn a_kept_connection_that_died_is_opened_again_once() {
    for farewell in
        ["", "C: RSET\nS: 421 idle too long\n", "S: 421 idle too long\n", "C: RSET\nS: 500 what\n"]
    {
        let played = play(&format!("{BEGIN}{SENT}{farewell}----\n{BEGIN}{SENT}{QUIT}"));
        let mut mailer = mailer(&outgoing(played.port, Tls::Off));
        assert_eq!(kind(mailer.submit(&plain_entry())), "done");
        assert_eq!(kind(mailer.submit(&plain_entry())), "done", "{farewell}");
        drop(mailer);
        assert_expected(&played.heard());
    }
}

#[test]
fn answers_of_the_server_decide_whether_another_attempt_is_worth_it() {
    let to_mail = "C: MAIL FROM:<>\nS: 250 ok\n";
    let to_rcpt = "C: MAIL FROM:<>\nS: 250 ok\nC: RCPT TO\nS: 250 ok\n";
    let reset = "C: RSET\nS: 250 ok\nC: QUIT\nS: 221 bye\n";
    let cases = [
        (format!("{to_mail}C: RCPT TO\nS: 550 5.1.1 no such user\n{reset}"), "permanent: `localhost:PORT` answered `550 5.1.1 no such user` to `RCPT TO:<zoe@example.org>`"),
        (format!("{to_mail}C: RCPT TO\nS: 553 bad name\n{reset}"), "permanent: "),
        (format!("{to_mail}C: RCPT TO\nS: 501-odd\nS: 501 very odd\n{reset}"), "permanent: `localhost:PORT` answered `501 odd very odd`"),
        (format!("{to_mail}C: RCPT TO\nS: 503 not now\n{reset}"), "permanent: "),
        (format!("{to_mail}C: RCPT TO\nS: 571 policy\n{reset}"), "permanent: "),
        (format!("{to_mail}C: RCPT TO\nS: 451 try later\n{reset}"), "transient: `localhost:PORT` answered `451 try later`"),
        (format!("{to_mail}C: RCPT TO\nS: 421 closing\n"), "transient: `localhost:PORT` closes the connection: `421 closing`"),
        (format!("{to_mail}C: RCPT TO\nS: 354 what?\n{reset}"), "transient: "),
        ("C: MAIL FROM:<>\nS: 452 full\nC: RSET\nS: 250 ok\nC: QUIT\nS: 221 bye\n".to_owned(), "transient: `localhost:PORT` answered `452 full` to `MAIL FROM:<> SIZE="),
        ("C: MAIL FROM:<>\nS: 550 no\nC: MAIL FROM:<desk@example.com>\nS: 550 no, too\nC: RSET\nS: 250 ok\n".to_owned(), "permanent: `localhost:PORT` answered `550 no, too`"),
        (format!("{to_rcpt}C: DATA\nS: 554 no valid recipients\n{reset}"), "permanent: "),
        (format!("{to_rcpt}C: DATA\nS: 250 odd\n{reset}"), "transient: "),
        (format!("{to_rcpt}C: DATA\nS: 354 go\nBODY\nS: 554 spam\n{reset}"), "permanent: `localhost:PORT` answered `554 spam` to `the mail`"),
        (format!("{to_rcpt}C: DATA\nS: 354 go\nBODY\nS: 451 disk full\n{reset}"), "transient: "),
    ];
    for (script, expected) in cases {
        let played = play(&format!("{BEGIN}{script}"));
        let result = kind(mailer(&outgoing(played.port, Tls::Off)).submit(&plain_entry()));
        let expected = expected.replace("PORT", &played.port.to_string());
        assert!(result.starts_with(&expected), "{script}\n{result}");
        assert_expected(&played.heard());
    }
}

#[test]
fn after_a_refused_reader_the_next_mail_goes_on_the_same_connection() {
    let refused = "C: MAIL FROM:<>\nS: 250 ok\nC: RCPT TO\nS: 550 no\nC: RSET\nS: 250 ok\n";
    let played = play(&format!("{BEGIN}{refused}C: RSET\nS: 250 ok\n{SENT}{QUIT}"));
    let mut mailer = mailer(&outgoing(played.port, Tls::Off));
    assert!(kind(mailer.submit(&plain_entry())).starts_with("permanent: "));
    assert_eq!(kind(mailer.submit(&plain_entry())), "done");
    assert_expected(&played.heard());
}

#[test]
fn a_server_that_refuses_the_null_reverse_path_gets_the_outgoing_email_id() {
    let sent = SENT.replacen(
        "S: 250 ok\n",
        "S: 553 5.1.8 no null sender\nC: MAIL FROM:<desk@example.com> SIZE=\nS: 250 ok\n",
        1,
    );
    let (result, heard) = send(&format!("{BEGIN}{sent}{QUIT}"));
    assert_eq!(result, "done");
    assert_expected(&heard);
}

#[test]
fn a_session_that_cannot_begin_gives_no_mail_up() {
    for (script, expected) in [
        ("S: 554 blocked\n", "takes no mail now: `554 blocked`"),
        ("S: 421 busy\n", "takes no mail now: `421 busy`"),
        (
            "S: 220 ready\nC: EHLO\nS: 550 who are you\nC: HELO\nS: 550 who are you\n",
            "does not greet us back",
        ),
        ("S: 220 ready\nC: EHLO\nS: 421 busy\n", "closes the connection"),
        ("S: hello there\n", "does not speak SMTP: it said `hello there`"),
        ("S: 220-one\nS: 250 two\n", "one answer has two codes"),
        ("S: +OK POP3 ready <1@x>\n", "does not speak SMTP"),
        ("FLOOD\n", "sent a line of more than 8192 bytes"),
        ("", "closed the connection"),
        ("S: 220 ready\nC: EHLO\n", "closed the connection"),
        ("S: 220 ready\nC: EHLO\nS: 250-cut\n", "closed the connection"),
    ] {
        let (result, heard) = send(script);
        assert!(result.starts_with("transient: ") && result.contains(expected), "{script}\n{result}");
        assert_expected(&heard);
    }
    let endless = format!("S: 220 ready\nC: EHLO\n{}", "S: 250-x\n".repeat(300));
    assert!(send(&endless).0.contains("an answer of more than 200 lines"));
}

#[test]
fn old_servers_are_spoken_to_as_they_know_it() {
    let begin = "S: 220 ready\nC: EHLO\nS: 500 what\nC: HELO [\nS: 250 hi\n";
    let (result, heard) = send(&format!("{begin}{}{QUIT}", SENT.replace(" SIZE=", "")));
    assert_eq!(result, "done");
    assert_expected(&heard);
    assert!(heard.contains(&"MAIL FROM:<>".to_owned()), "{heard:?}");
}

#[test]
fn a_connection_that_breaks_is_worth_another_attempt_wherever_it_breaks() {
    let lines: Vec<&str> = SENT.lines().collect();
    for at in 0..lines.len() {
        let mut part = lines[..at].join("\n");
        if at > 0 {
            part.push('\n');
        }
        let (result, _) = send(&format!("{BEGIN}{part}"));
        assert!(result.starts_with("transient: "), "{part}\n{result}");
        // once it was on its way, nobody knows whether it was taken
        assert_eq!(result.contains("it may have been taken"), part.contains("S: 354"), "{part}\n{result}");
    }
}

#[test]
fn a_server_that_drips_is_left_when_the_time_is_over() {
    for script in ["DRIP\n", "S: 220 ready\nC: EHLO\nDRIP\n"] {
        let played = play(script);
        let mut mailer = mailer(&outgoing(played.port, Tls::Off));
        mailer.patience.command = Duration::from_millis(200);
        let result = kind(mailer.submit(&plain_entry()));
        assert!(result.starts_with("transient: ") && result.ends_with("did not answer in time"), "{result}");
    }
}

#[test]
fn a_mail_that_is_too_large_for_the_server_is_not_begun() {
    let script = "S: 220 ready\nC: EHLO\nS: 250-mail\nS: 250 SIZE 100\nC: QUIT\nS: 221 bye\n";
    let (result, heard) = send(script);
    assert!(result.starts_with("permanent: the mail has "), "{result}");
    assert_expected(&heard);
    assert_eq!(heard.len(), 2, "{heard:?}");
}

#[test]
fn large_mails_go_in_chunks_where_the_server_takes_them() {
    let mut entry = plain_entry();
    entry.reply.html = None;
    entry.reply.text = "A line of text that is repeated.\n.\n".repeat(8000);
    let head = "C: MAIL FROM:<>\nS: 250 ok\nC: RCPT TO\nS: 250 ok\n";
    let chunks = "C: BDAT 262144\nCHUNK\nS: 250 ok\nC: BDAT 3\nCHUNK\nS: 250 taken\nC: QUIT\nS: 221 bye\n";
    let data = "C: DATA\nS: 354 go\nBODY\nS: 250 taken\nC: QUIT\nS: 221 bye\n";
    let begin = |able: &str| format!("S: 220 ready\nC: EHLO\nS: 250-mail\nS: 250 {able}\n");
    for (able, chunking, script) in
        [("CHUNKING", true, chunks), ("CHUNKING", false, data), ("8BITMIME", true, data)]
    {
        let played = play(&format!("{}{head}{script}", begin(able)));
        let mut mailer = mailer(&outgoing(played.port, Tls::Off));
        mailer.chunking = chunking;
        assert_eq!(kind(mailer.submit(&entry)), "done", "{able} {chunking}");
        drop(mailer);
        let heard = played.heard();
        assert_expected(&heard);
        assert_eq!(
            heard.iter().any(|line| line.starts_with("BDAT") && line.ends_with(" LAST")),
            script == chunks
        );
    }
    let refused = format!("{}{head}C: BDAT\nCHUNK\nS: 552 too much\nC: RSET\nS: 250 ok\n", begin("CHUNKING"));
    let played = play(&refused);
    let result = kind(mailer(&outgoing(played.port, Tls::Off)).submit(&entry));
    assert!(result.starts_with("permanent: ") && result.contains("552 too much"), "{result}");
}

#[test]
fn a_receipt_is_asked_of_servers_that_give_them() {
    let dsn = "C: MAIL FROM:<> RET=HDRS ENVID=0f1e2d.1.postroom@example.com\nS: 250 ok\nC: RCPT TO:<zoe@example.org> NOTIFY=SUCCESS,FAILURE,DELAY\nS: 250 ok\n";
    let none = "C: MAIL FROM:<>\nS: 250 ok\nC: RCPT TO:<zoe@example.org>\nS: 250 ok\n";
    for (able, receipt, envelope) in [("DSN", true, dsn), ("DSN", false, none), ("HELP", true, none)] {
        let script = format!(
            "S: 220 ready\nC: EHLO\nS: 250-mail\nS: 250 {able}\n{envelope}C: DATA\nS: 354 go\nBODY\nS: 250 taken\n{QUIT}"
        );
        let played = play(&script);
        let mut entry = plain_entry();
        entry.reply.request_receipt = receipt;
        assert_eq!(kind(mailer(&outgoing(played.port, Tls::Off)).submit(&entry)), "done");
        let heard = played.heard();
        assert_expected(&heard);
        assert_eq!(heard[1].contains("RET=") && heard[2].contains("NOTIFY="), envelope == dsn, "{heard:?}");
        assert_eq!(heard[4].contains("Disposition-Notification-To:"), receipt);
    }
}

#[test]
fn no_line_break_gets_into_a_command() {
    let played = play(&format!("{BEGIN}{QUIT}"));
    let patience = Patience { line_bytes_max: LINE_BYTES_MAX, ..Patience::default() };
    let mut session = Session::open(&server(played.port, Tls::Off), patience).unwrap();
    for evil in ["RCPT TO:<a@b>\r\nDATA", "RCPT TO:<a@b>\nDATA", "x\0", "x\r", "\u{85}"] {
        assert!(matches!(session.ask(evil), Err(Failure::Permanent(_))), "{evil:?}");
    }
    session.quit();
    assert_expected(&played.heard());
}

#[test]
fn a_mail_to_several_readers_goes_to_those_who_are_taken() {
    let script = "C: MAIL FROM:<desk@example.com>\nS: 250 ok\nC: RCPT TO:<a@x.y>\nS: 550 no\nC: RCPT TO:<b@x.y>\nS: 250 ok\nC: DATA\nS: 354 go\nBODY\nS: 250 taken\n";
    let played = play(&format!("{BEGIN}{script}"));
    let patience = Patience { line_bytes_max: LINE_BYTES_MAX, ..Patience::default() };
    let mut session = Session::open(&server(played.port, Tls::Off), patience).unwrap();
    let address = |text: &str| AddrSpec::parse(text).unwrap();
    let readers = [address("a@x.y"), address("b@x.y")];
    let refused = hand_over_once(&mut session, &address("desk@example.com"), &readers, b"x\r\n").unwrap();
    assert_eq!(refused.iter().map(|(address, _)| address.as_str()).collect::<Vec<_>>(), ["a@x.y"]);
    assert!(hand_over_once(&mut session, &address("desk@example.com"), &[], b"x\r\n").is_err());
}

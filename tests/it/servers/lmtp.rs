//! Mail is put into mailboxes as mail servers do it (LMTP, RFC 2033).

use super::harness::{Port, Servers};
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpStream;

impl Servers {
    /// Puts mails into a person's mailbox, by the delivery port of the server that has it.
    pub(crate) fn deliver(&self, port: Port, person: &str, mails: &[String]) {
        let stream = TcpStream::connect(("127.0.0.1", self.port(port))).unwrap();
        let mut session = Session { lines: BufReader::new(stream) };
        session.expect("220");
        session.say("LHLO localhost", "250");
        for mail in mails {
            session.say("MAIL FROM:<sender@example.org>", "250");
            session.say(&format!("RCPT TO:<{person}>"), "250");
            session.say("DATA", "354");
            let text = mail.replace("\r\n", "\n").replace("\n.", "\n..").replace('\n', "\r\n");
            session.say(&format!("{text}\r\n."), "250");
        }
        session.say("QUIT", "221");
    }
}

struct Session {
    lines: BufReader<TcpStream>,
}

impl Session {
    fn say(&mut self, command: &str, expected: &str) {
        self.lines.get_mut().write_all(format!("{command}\r\n").as_bytes()).unwrap();
        self.expect(expected);
    }

    fn expect(&mut self, code: &str) {
        let mut line = String::new();
        loop {
            line.clear();
            self.lines.read_line(&mut line).unwrap();
            assert!(line.starts_with(code), "expected {code}: {line}");
            if line.as_bytes().get(3) != Some(&b'-') {
                return;
            }
        }
    }
}

/// A mail of a user of the small desk, who logs a call by it.
pub(crate) fn mail(id: &str, subject: &str) -> String {
    mail_from("uma@example.com", id, subject)
}

/// A mail with nothing special about it.
pub(crate) fn mail_from(from: &str, id: &str, subject: &str) -> String {
    format!(
        "From: {from}\nTo: desk@example.com\nSubject: {subject}\nMessage-ID: <{id}@example.org>\n\n\
         Hello,\n\nit does not work.\n.\n..and this line begins with dots\n"
    )
}

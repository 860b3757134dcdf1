//! A look into a mailbox from outside, by the plainest IMAP there is.

use super::harness::{PASSWORD, Port, Servers};
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpStream;

/// Somebody else who looks into the same mailbox.
pub(crate) struct Look {
    lines: BufReader<TcpStream>,
    number: u32,
}

impl Servers {
    /// Logs in as a person of the tests, by a port without TLS.
    pub(crate) fn look(&self, port: Port, person: &str) -> Look {
        let stream = TcpStream::connect(("127.0.0.1", self.port(port))).unwrap();
        let mut look = Look { lines: BufReader::new(stream), number: 0 };
        // Dovecot may say that it waits for its authentication before it greets.
        while !look.line().contains("ready") {}
        look.say(&format!("LOGIN {person} {PASSWORD}"));
        look
    }

    /// How many mails a folder holds.
    pub(crate) fn count(&self, port: Port, person: &str, folder: &str) -> usize {
        self.look(port, person).count(folder)
    }
}

impl Look {
    fn line(&mut self) -> String {
        let mut line = Vec::new();
        assert!(self.lines.read_until(b'\n', &mut line).unwrap() > 0, "the server hung up");
        String::from_utf8_lossy(&line).trim_end().to_owned()
    }

    /// The untagged answers to a command that must succeed.
    pub(crate) fn say(&mut self, command: &str) -> Vec<String> {
        self.number += 1;
        let tag = format!("a{}", self.number);
        self.lines.get_mut().write_all(format!("{tag} {command}\r\n").as_bytes()).unwrap();
        let mut answers = Vec::new();
        loop {
            let line = self.line();
            match line.strip_prefix(&format!("{tag} ")) {
                None => answers.push(line),
                Some(end) => {
                    assert!(end.starts_with("OK"), "{command}: {end}");
                    return answers;
                }
            }
        }
    }

    pub(crate) fn count(&mut self, folder: &str) -> usize {
        let answers = self.say(&format!("STATUS \"{folder}\" (MESSAGES)"));
        let line = answers.iter().find(|line| line.starts_with("* STATUS")).unwrap();
        let number = line.rsplit("MESSAGES ").next().unwrap().trim_end_matches(')');
        number.parse().unwrap_or_else(|_| panic!("{line}"))
    }

    /// The flags of each mail of a folder, in order.
    pub(crate) fn flags(&mut self, folder: &str) -> Vec<String> {
        self.say(&format!("EXAMINE \"{folder}\""));
        let answers = self.say("UID FETCH 1:* (FLAGS)");
        answers.into_iter().filter(|line| line.contains("FETCH")).collect()
    }
}

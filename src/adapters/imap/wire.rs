//! Commands and their answers, in step.
//!
//! The bytes that a command may bring are bounded before it is sent; what a server announces beyond that is
//! refused when it is announced. After a [`Fault::Broken`] nothing more can be believed: the connection goes.

use super::response::{Condition, Status, Token, Untagged, announced_literal, tokenize};
use crate::adapters::net::{Connection, legible};
use crate::ports::{Cause, Failure};
use std::io::Read as _;
use std::time::{Duration, Instant};
use zeroize::Zeroizing;

/// So many bytes an answer may have where no mail is asked for.
pub(super) const ANSWER_BYTES_MAX: u64 = 4 * 1024 * 1024;

/// The most pieces of one answer.
const TOKENS_MAX: usize = 200_000;

/// After so many bytes the server has shown that it is alive, and its time begins anew.
const PROGRESS_BYTES: usize = 256 * 1024;

/// Why a command was not done.
#[derive(Debug)]
pub(super) enum Fault {
    /// The server said no; the session goes on.
    Refused(Status),
    /// The session is over.
    Broken(Failure),
}

impl From<Failure> for Fault {
    fn from(failure: Failure) -> Self {
        Self::Broken(failure)
    }
}

/// A piece of a command.
#[derive(Debug, Clone, Copy)]
pub(super) enum Word<'a> {
    /// Sent as it is.
    Bare(&'a str),
    /// Sent quoted, or as a literal where it cannot be quoted.
    Text(&'a str),
}

/// The connection with what is needed to stay in step.
#[derive(Debug)]
pub(super) struct Wire {
    connection: Connection,
    commands: u32,
    /// How many bytes the answers to the command at hand may still have.
    allowed: u64,
    /// How many bytes came since its time began.
    progress: usize,
}

/// A server's answer to what was sent.
enum Answer {
    Continue(Vec<u8>),
    Untagged(Untagged),
    Tagged(Status),
}

impl Wire {
    pub(super) fn new(connection: Connection) -> Self {
        Self { connection, commands: 0, allowed: ANSWER_BYTES_MAX, progress: 0 }
    }

    pub(super) fn connection(&mut self) -> &mut Connection {
        &mut self.connection
    }

    /// A failure that ends the session, in a sentence that begins with the server.
    pub(super) fn broken(&self, what: &str) -> Failure {
        self.connection.failure(what)
    }

    /// The first words of the server. Conditions of passing interest before them are passed over.
    pub(super) fn greeting(&mut self) -> Result<Status, Failure> {
        self.connection.begin();
        let line = self.line()?;
        let status = line.strip_prefix(b"* ").and_then(Status::parse).ok_or_else(|| self.no_imap(&line))?;
        match status.condition {
            Condition::Ok | Condition::Preauth => Ok(status),
            _ => Err(self.broken(&format!("does not want to talk now: {}", status.text))),
        }
    }

    /// Sends a command and hands every untagged answer to `untagged`.
    pub(super) fn command(
        &mut self,
        words: &[Word<'_>],
        bytes_max: u64,
        untagged: &mut dyn FnMut(Untagged),
    ) -> Result<Status, Fault> {
        self.send(words, bytes_max, untagged)?;
        self.finish(untagged)
    }

    /// Sends a command; literals wait until the server wants them.
    fn send(
        &mut self,
        words: &[Word<'_>],
        bytes_max: u64,
        untagged: &mut dyn FnMut(Untagged),
    ) -> Result<(), Fault> {
        self.connection.begin();
        self.allowed = bytes_max;
        self.progress = 0;
        self.commands = self.commands.wrapping_add(1);
        let mut line = Zeroizing::new(self.tag().into_bytes());
        for word in words {
            line.push(b' ');
            match word {
                Word::Bare(bare) => line.extend_from_slice(bare.as_bytes()),
                Word::Text(text) if is_quotable(text) => {
                    line.push(b'"');
                    for byte in text.bytes() {
                        if matches!(byte, b'"' | b'\\') {
                            line.push(b'\\');
                        }
                        line.push(byte);
                    }
                    line.push(b'"');
                }
                Word::Text(text) => {
                    line.extend_from_slice(format!("{{{}}}\r\n", text.len()).as_bytes());
                    self.connection.write(&line)?;
                    let _words = self.invitation(untagged)?;
                    line.clear();
                    line.extend_from_slice(text.as_bytes());
                }
            }
        }
        line.extend_from_slice(b"\r\n");
        Ok(self.connection.write(&line)?)
    }

    /// A command in the middle of which the server asks: `answer` is given each of its challenges; `None`
    /// calls the command off.
    pub(super) fn dialogue(
        &mut self,
        words: &[Word<'_>],
        answer: &mut dyn FnMut(&[u8]) -> Option<Zeroizing<String>>,
    ) -> Result<Status, Fault> {
        self.send(words, ANSWER_BYTES_MAX, &mut |_| {})?;
        let mut is_called_off = false;
        loop {
            match self.answer()? {
                Answer::Untagged(_) => {}
                Answer::Tagged(status) => return done(status),
                Answer::Continue(_) if is_called_off => {
                    return Err(self.broken("goes on asking after the login was called off").into());
                }
                Answer::Continue(challenge) => {
                    let answered = answer(&challenge);
                    is_called_off = answered.is_none();
                    let mut line = answered.unwrap_or_else(|| Zeroizing::new("*".to_owned()));
                    line.push_str("\r\n");
                    self.connection.write(line.as_bytes())?;
                }
            }
        }
    }

    /// Sends a command that goes on until it is told to end, and waits at most so long for `is_enough`.
    pub(super) fn listen(
        &mut self,
        words: &[Word<'_>],
        at_most: Duration,
        untagged: &mut dyn FnMut(Untagged) -> bool,
    ) -> Result<Status, Fault> {
        let mut is_enough = false;
        self.send(words, ANSWER_BYTES_MAX, &mut |_| {})?;
        let _words = self.invitation(&mut |told| is_enough |= untagged(told))?;
        let end = Instant::now() + at_most;
        loop {
            self.connection.begin_for(end.saturating_duration_since(Instant::now()));
            if is_enough || !self.connection.has_more()? {
                break;
            }
            self.connection.begin();
            match self.answer()? {
                Answer::Untagged(told) => is_enough = untagged(told),
                Answer::Tagged(status) => return done(status),
                Answer::Continue(_) => {}
            }
        }
        self.connection.begin();
        self.connection.write(b"DONE\r\n")?;
        self.finish(&mut |told| {
            let _more = untagged(told);
        })
    }

    /// Says good-bye without waiting for an answer.
    pub(super) fn leave(&mut self) {
        self.connection.begin_for(Duration::from_secs(1));
        self.commands = self.commands.wrapping_add(1);
        let line = format!("{} LOGOUT\r\n", self.tag());
        // A server that is gone has been left already.
        let _gone = self.connection.write(line.as_bytes());
    }

    fn tag(&self) -> String {
        format!("p{}", self.commands)
    }

    fn finish(&mut self, untagged: &mut dyn FnMut(Untagged)) -> Result<Status, Fault> {
        loop {
            match self.answer()? {
                Answer::Untagged(told) => untagged(told),
                Answer::Tagged(status) => return done(status),
                Answer::Continue(_) => return Err(self.broken("asks for more where nothing is left").into()),
            }
        }
    }

    fn invitation(&mut self, untagged: &mut dyn FnMut(Untagged)) -> Result<Vec<u8>, Fault> {
        loop {
            match self.answer()? {
                Answer::Untagged(told) => untagged(told),
                Answer::Continue(words) => return Ok(words),
                Answer::Tagged(status) if status.condition == Condition::Ok => {
                    return Err(self.broken("answers before the command has ended").into());
                }
                Answer::Tagged(status) => return Err(Fault::Refused(status)),
            }
        }
    }

    fn answer(&mut self) -> Result<Answer, Failure> {
        let line = self.line()?;
        if let Some(words) = line.strip_prefix(b"+") {
            return Ok(Answer::Continue(words.strip_prefix(b" ").unwrap_or(words).to_vec()));
        }
        if let Some(rest) = line.strip_prefix(b"* ") {
            if let Some(status) = Status::parse(rest) {
                if status.condition == Condition::Bye {
                    return Err(self.broken(&format!("ends the session: {}", status.text)));
                }
                return Ok(Answer::Untagged(Untagged::Status(status)));
            }
            let tokens = self.tokens(rest)?;
            return Untagged::of(tokens).map(Answer::Untagged).ok_or_else(|| self.no_imap(&line));
        }
        let own = line.strip_prefix(self.tag().as_bytes()).and_then(|rest| rest.strip_prefix(b" "));
        own.and_then(Status::parse).map(Answer::Tagged).ok_or_else(|| self.no_imap(&line))
    }

    /// The pieces of a line, with the literals and further lines that belong to it.
    fn tokens(&mut self, first: &[u8]) -> Result<Vec<Token>, Failure> {
        let mut tokens = Vec::new();
        let mut line = first.to_vec();
        loop {
            let literal = announced_literal(&line);
            let before = literal.map_or(line.len(), |(before, _)| before);
            if !tokenize(line.get(..before).unwrap_or_default(), &mut tokens, TOKENS_MAX) {
                return Err(self.broken("gives an answer of too many pieces"));
            }
            let Some((_, size)) = literal else { return Ok(tokens) };
            tokens.push(Token::Text(self.literal(size)?));
            line = self.line()?;
        }
    }

    fn literal(&mut self, size: Option<u64>) -> Result<Vec<u8>, Failure> {
        let size = size.unwrap_or(u64::MAX);
        self.spend(size)?;
        let mut left = usize::try_from(size).map_err(|_| self.broken("announces too much"))?;
        // Room for all of it at once: a large mail is never moved while it grows, and what is announced and does not
        // come takes no memory.
        let mut literal = Vec::with_capacity(left);
        while left > 0 {
            let begin = literal.len();
            literal.resize(begin + left.min(PROGRESS_BYTES), 0);
            let space = literal.get_mut(begin..).unwrap_or_default();
            left -= space.len();
            let read = space.len();
            self.connection.read_exact(space).map_err(|error| self.connection.fault(error))?;
            self.note_progress(read);
        }
        Ok(literal)
    }

    fn line(&mut self) -> Result<Vec<u8>, Failure> {
        let line = self.connection.read_line()?;
        self.spend(u64::try_from(line.len()).unwrap_or(u64::MAX).saturating_add(2))?;
        self.note_progress(line.len());
        Ok(line)
    }

    fn note_progress(&mut self, bytes: usize) {
        self.progress += bytes;
        if self.progress >= PROGRESS_BYTES {
            self.progress = 0;
            self.connection.begin();
        }
    }

    fn spend(&mut self, bytes: u64) -> Result<(), Failure> {
        match self.allowed.checked_sub(bytes) {
            Some(left) => {
                self.allowed = left;
                Ok(())
            }
            None => {
                Err(self.broken(&format!("sends {bytes} bytes where at most {} are expected", self.allowed)))
            }
        }
    }

    fn no_imap(&self, line: &[u8]) -> Failure {
        self.broken(&format!("says `{}`, which is not IMAP", legible(line)))
    }
}

fn done(status: Status) -> Result<Status, Fault> {
    if status.condition == Condition::Ok { Ok(status) } else { Err(Fault::Refused(status)) }
}

fn is_quotable(text: &str) -> bool {
    text.len() <= 1_000 && text.bytes().all(|byte| (b' '..=b'~').contains(&byte))
}

/// A refusal as a failure of its own.
pub(super) fn refused(server: &str, what: &str, status: &Status) -> Failure {
    Failure::Transient(Cause::new(format!("`{server}` refuses {what}: {}", status.text)))
}

//! One connection to one mail server, plain or under TLS.
//!
//! Every command has an absolute deadline, which a server that drips byte after byte cannot stretch, and every
//! line has a greatest length. A certificate is verified against the system's authorities, or one file's, or is
//! the one whose fingerprint is given; there is no way to accept any certificate.

mod certificate;
mod pace;
mod reach;
#[cfg(test)]
pub(in crate::adapters) mod testing;
#[cfg(test)]
mod tests;
mod timed;
mod trust;

pub use certificate::Protection;
pub use reach::{Name, Reached, connect, resolve};

use crate::ports::{Cause, Failure};
use crate::ruleset::account::{Server, Tls};
use rustls::ClientConnection;
use std::fmt;
use std::io::{self, Read, Write};
use std::net::{IpAddr, Shutdown, TcpStream};
use std::sync::Arc;
use std::time::{Duration, Instant};
use timed::Timed;

/// How much is read from the server at once.
const CHUNK_BYTES: usize = 16 * 1024;

/// The longest part of a server's words that is shown to people.
const SHOWN_CHARS_MAX: usize = 300;

/// How long and how much a connection may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// For the name and the connection together.
    pub connect: Duration,
    /// For one command from its first byte to the last one of its answer.
    pub command: Duration,
    /// The longest line, without its line end.
    pub line_bytes_max: usize,
}

impl Default for Patience {
    fn default() -> Self {
        Self { connect: Duration::from_secs(30), command: Duration::from_mins(1), line_bytes_max: 64 * 1024 }
    }
}

/// A byte stream to a server.
///
/// After any failure its state is unknown: the caller lets it go and opens another.
pub struct Connection {
    server: Server,
    patience: Patience,
    deadline: Instant,
    socket: Arc<TcpStream>,
    tls: Option<Box<ClientConnection>>,
    /// What was received and not yet asked for.
    received: Vec<u8>,
    /// How much of it has been handed out.
    taken: usize,
    /// The server has said something.
    is_heard: bool,
}

/// Closes a connection from another thread, so that a shutdown waits for no server.
#[derive(Debug, Clone)]
pub struct Closer(Arc<TcpStream>);

impl Closer {
    /// Whatever waits for the server fails at once.
    pub fn close(&self) {
        // The connection may be gone already, which is what is wanted.
        let _gone = self.0.shutdown(Shutdown::Both);
    }
}

impl Connection {
    /// Resolves the server's name, connects to the first of its addresses that answers, and shakes hands where
    /// TLS is implicit. Every failure is worth another attempt: servers come back, certificates are renewed.
    pub fn open(server: &Server, patience: Patience) -> Result<Self, Failure> {
        let name = Name::parse(&server.server)?;
        let deadline = Instant::now() + patience.connect;
        let addresses = resolve(&name, server.port, deadline)?;
        let reached = connect(&name, &addresses, deadline)?;
        Self::over(reached.socket, server, patience)
    }

    /// Takes over a socket that is connected already; shakes hands where TLS is implicit.
    pub fn over(socket: TcpStream, server: &Server, patience: Patience) -> Result<Self, Failure> {
        let mut connection = Self {
            server: server.clone(),
            patience,
            deadline: Instant::now() + patience.command,
            socket: Arc::new(socket),
            tls: None,
            received: Vec::new(),
            taken: 0,
            is_heard: false,
        };
        if server.tls == Tls::Implicit {
            connection.protect()?;
        }
        Ok(connection)
    }

    /// Shakes hands; to be called after the server has agreed to `STARTTLS` or `STLS`. Refused where something
    /// was received behind the agreement: it came unprotected, and nobody knows from whom (RFC 3207 §6).
    pub fn protect(&mut self) -> Result<(), Failure> {
        if self.taken < self.received.len() {
            return Err(self.failure(
                "sent more before the connection was protected, which may be an attempt to slip in commands",
            ));
        }
        if self.tls.is_some() {
            return Err(self.failure("was asked to protect a connection that is protected already"));
        }
        let name = Name::parse(&self.server.server)?;
        let trust = trust::Trust::of(&self.server)?;
        self.begin();
        let mut tls = ClientConnection::new(trust.config()?, name.for_tls()?)
            .map_err(|error| trust.refusal(&name, &io::Error::other(error)))?;
        let mut timed = Timed::new(&self.socket, self.deadline);
        while tls.is_handshaking() {
            tls.complete_io(&mut timed).map_err(|error| trust.refusal(&name, &error))?;
        }
        self.tls = Some(Box::new(tls));
        Ok(())
    }

    /// TLS is in place.
    pub fn is_protected(&self) -> bool {
        self.tls.is_some()
    }

    /// How the connection is protected, for people to read.
    pub fn protection(&self) -> Option<Protection> {
        self.tls.as_deref().map(Protection::of)
    }

    /// The deadline begins anew; to be called before each command.
    pub fn begin(&mut self) {
        self.begin_for(self.patience.command);
    }

    /// As [`begin`](Self::begin), for a command that may take another time than most.
    pub fn begin_for(&mut self, time: Duration) {
        self.deadline = Instant::now() + time;
    }

    /// One line without its CR LF (or LF alone).
    pub fn read_line(&mut self) -> Result<Vec<u8>, Failure> {
        let mut searched = 0;
        loop {
            let pending = self.received.get(self.taken..).unwrap_or_default();
            let end = pending.iter().skip(searched).position(|byte| *byte == b'\n').map(|at| searched + at);
            let line = pending.get(..end.unwrap_or(pending.len())).unwrap_or_default();
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            if line.len() > self.patience.line_bytes_max {
                let most = self.patience.line_bytes_max;
                return Err(self.failure(&format!("sent a line of more than {most} bytes")));
            }
            if let Some(end) = end {
                let line = line.to_vec();
                self.taken += end + 1;
                return Ok(line);
            }
            searched = pending.len();
            match self.receive() {
                Ok(0) => return Err(self.failure("closed the connection")),
                Ok(_) => {}
                Err(error) => return Err(self.fault(error)),
            }
        }
    }

    /// Sends these bytes at once.
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.write_all(bytes).and_then(|()| self.flush()).map_err(|error| self.fault(error))
    }

    /// A handle that closes this connection from another thread.
    pub fn closer(&self) -> Closer {
        Closer(Arc::clone(&self.socket))
    }

    /// Our own address on this connection.
    pub fn local_address(&self) -> Option<IpAddr> {
        self.socket.local_addr().ok().map(|address| address.ip())
    }

    /// The server as people know it: name and port.
    pub fn server(&self) -> String {
        format!("{}:{}", self.server.server, self.server.port)
    }

    /// A failure worth another attempt, in a sentence that begins with the server.
    pub fn failure(&self, what: &str) -> Failure {
        Failure::Transient(Cause::new(format!("`{}` {what}", self.server())))
    }

    /// The same for an error of reading or writing.
    pub fn fault(&self, error: io::Error) -> Failure {
        let server = self.server();
        let sentence = match error.kind() {
            // Both wait for the other to begin.
            io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock if !self.is_heard && self.tls.is_none() => {
                format!(
                    "`{server}` did not answer in time, not even with a greeting; where it speaks TLS from the first \
                     byte on, write `tls: implicit`"
                )
            }
            io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock => {
                format!("`{server}` did not answer in time")
            }
            io::ErrorKind::UnexpectedEof => format!("`{server}` closed the connection"),
            _ => format!("the connection to `{server}` failed: {error}"),
        };
        Failure::Transient(Cause::from_error(sentence, error))
    }

    /// Receives what there is into the buffer; waits until something comes. 0: the server has closed.
    fn receive(&mut self) -> io::Result<usize> {
        self.received.drain(..self.taken.min(self.received.len()));
        self.taken = 0;
        let begin = self.received.len();
        self.received.resize(begin + CHUNK_BYTES, 0);
        let mut timed = Timed::new(&self.socket, self.deadline);
        let space = self.received.get_mut(begin..).unwrap_or_default();
        let read = match &mut self.tls {
            Some(tls) => rustls::Stream::new(tls.as_mut(), &mut timed).read(space),
            None => timed.read(space),
        };
        self.received.truncate(begin + read.as_ref().map_or(0, |read| *read));
        self.is_heard |= !self.received.is_empty();
        read
    }
}

impl Read for Connection {
    fn read(&mut self, target: &mut [u8]) -> io::Result<usize> {
        if self.taken >= self.received.len() && self.receive()? == 0 {
            return Ok(0);
        }
        let pending = self.received.get(self.taken..).unwrap_or_default();
        let count = pending.len().min(target.len());
        for (to, from) in target.iter_mut().zip(pending) {
            *to = *from;
        }
        self.taken += count;
        Ok(count)
    }
}

impl Write for Connection {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut timed = Timed::new(&self.socket, self.deadline);
        match &mut self.tls {
            Some(tls) => rustls::Stream::new(tls.as_mut(), &mut timed).write(bytes),
            None => timed.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        let mut timed = Timed::new(&self.socket, self.deadline);
        match &mut self.tls {
            Some(tls) => rustls::Stream::new(tls.as_mut(), &mut timed).flush(),
            None => timed.flush(),
        }
    }
}

impl fmt::Debug for Connection {
    /// Without the bytes, among which there may be a secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection")
            .field("server", &self.server())
            .field("is_protected", &self.is_protected())
            .finish_non_exhaustive()
    }
}

/// A server's words as one line that can be shown to people: no control characters, not too long.
pub fn legible(words: &[u8]) -> String {
    let text = String::from_utf8_lossy(words);
    let plain = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    let mut shown: String = plain.take(SHOWN_CHARS_MAX).collect();
    if text.chars().nth(SHOWN_CHARS_MAX).is_some() {
        shown.push('…');
    }
    shown.trim().to_owned()
}

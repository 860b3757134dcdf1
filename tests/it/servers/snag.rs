//! Stands between the program and a server, and spoils one mail: wherever it is fetched, the connection breaks off or
//! goes silent in the middle of it.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::thread::{park, spawn};

/// What stands in the mail that is spoilt.
pub(crate) const MARK: &str = "here-it-ends-every-time";

/// What becomes of a connection over which the mark comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Snag {
    Breaks,
    Hangs,
}

impl Snag {
    /// Forwards a port of its own, which is given, to a server's port without TLS.
    pub(crate) fn before(self, target: u16) -> u16 {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        spawn(move || {
            for client in listener.incoming().flatten() {
                let server = TcpStream::connect(("127.0.0.1", target)).unwrap();
                let (up, down) = (client.try_clone().unwrap(), server.try_clone().unwrap());
                spawn(move || carry(up, server, &mut |_| true));
                spawn(move || self.carry_until_the_mark(down, client));
            }
        });
        port
    }

    fn carry_until_the_mark(self, from: TcpStream, to: TcpStream) {
        let mut heard = Vec::new();
        carry(from, to, &mut |bytes| {
            heard.extend_from_slice(bytes);
            let comes = heard.windows(MARK.len()).any(|window| window == MARK.as_bytes());
            heard.drain(..heard.len().saturating_sub(MARK.len()));
            // A test's process ends with all its threads.
            if comes && self == Self::Hangs {
                loop {
                    park();
                }
            }
            !comes
        });
    }
}

/// Forwards what may pass; where it may not, both connections end.
fn carry(mut from: TcpStream, mut to: TcpStream, may_pass: &mut dyn FnMut(&[u8]) -> bool) {
    let mut buffer = [0; 4096];
    while let Ok(count @ 1..) = from.read(&mut buffer) {
        if !may_pass(&buffer[..count]) || to.write_all(&buffer[..count]).is_err() {
            break;
        }
    }
    let _ = from.shutdown(Shutdown::Both);
    let _ = to.shutdown(Shutdown::Both);
}

/// A server that takes connections and never says a word.
pub(crate) fn silent() -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    spawn(move || {
        let _held: Vec<_> = listener.incoming().collect();
    });
    port
}

/// A mail server for outgoing mail that takes none for now.
pub(crate) fn refusing() -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    spawn(move || {
        for client in listener.incoming().flatten() {
            spawn(move || refuse(client));
        }
    });
    port
}

fn refuse(mut client: TcpStream) {
    let mut lines = std::io::BufReader::new(client.try_clone().unwrap());
    let mut say = |line: &str| client.write_all(format!("{line}\r\n").as_bytes()).is_ok();
    let mut line = String::new();
    let mut goes_on = say("220 full.example ESMTP");
    while goes_on {
        line.clear();
        let heard = std::io::BufRead::read_line(&mut lines, &mut line).unwrap_or_default();
        goes_on = heard > 0
            && match line.get(..4) {
                Some("EHLO" | "HELO") => say("250 full.example"),
                Some("QUIT") => {
                    say("221 bye");
                    false
                }
                _ => say("451 4.3.1 our disk is full"),
            };
    }
}

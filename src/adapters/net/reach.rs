//! From a server's name to a connected socket.

use crate::ports::{Cause, Failure};
use rustls::pki_types::ServerName;
use std::io;
use std::net::{IpAddr, SocketAddr, TcpStream, ToSocketAddrs as _};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

/// The shortest time that is given to one address while others wait.
const ADDRESS_TIME_MIN: Duration = Duration::from_secs(2);

/// A server's name in ASCII (IDNA), or its address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name(String);

/// A socket and the address at which it was reached.
#[derive(Debug)]
pub struct Reached {
    /// The connected socket.
    pub socket: TcpStream,
    /// Where.
    pub address: SocketAddr,
}

impl Name {
    /// Takes what the rule file says.
    pub fn parse(text: &str) -> Result<Self, Failure> {
        let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
        if bare.parse::<IpAddr>().is_ok() {
            return Ok(Self(bare.to_owned()));
        }
        match idna::domain_to_ascii(bare) {
            Ok(name) if !name.is_empty() => Ok(Self(name)),
            _ => Err(transient(format!("`{text}` is not the name of a server"))),
        }
    }

    /// The name as servers know it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name that the certificate must bear.
    pub(super) fn for_tls(&self) -> Result<ServerName<'static>, Failure> {
        ServerName::try_from(self.0.clone()).map_err(|error| {
            let sentence = format!("no certificate can be made out to `{}`", self.0);
            Failure::Transient(Cause::from_error(sentence, error))
        })
    }
}

/// The addresses of a server. The system's resolver knows no time-out of ours, so it works on a thread of
/// its own, which is left to itself when the time is over.
pub fn resolve(name: &Name, port: u16, deadline: Instant) -> Result<Vec<SocketAddr>, Failure> {
    let (sender, receiver) = mpsc::channel();
    let asked = name.0.clone();
    thread::spawn(move || {
        let found = (asked.as_str(), port).to_socket_addrs().map(Iterator::collect::<Vec<_>>);
        // Nobody listens any more where the time was over.
        let _late = sender.send(found);
    });
    let name = name.as_str();
    match receiver.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
        Ok(Ok(addresses)) if !addresses.is_empty() => Ok(addresses),
        Ok(Ok(_)) => Err(transient(format!("the name `{name}` has no address"))),
        Ok(Err(error)) => Err(Failure::Transient(Cause::from_error(
            format!(
                "the name `{name}` cannot be resolved: {error}; is it spelled as the name server knows it?"
            ),
            error,
        ))),
        Err(_) => Err(transient(format!("the name server did not answer in time for `{name}`"))),
    }
}

/// Connects to the first address that answers; a dead one leaves time for the others.
pub fn connect(name: &Name, addresses: &[SocketAddr], deadline: Instant) -> Result<Reached, Failure> {
    let mut refusals = Vec::new();
    for (index, address) in addresses.iter().enumerate() {
        let left = deadline.saturating_duration_since(Instant::now());
        let waiting = u32::try_from(addresses.len() - index).unwrap_or(u32::MAX);
        let share = (left / waiting).max(ADDRESS_TIME_MIN).min(left);
        if share.is_zero() {
            refusals.push(format!("{address}: no time left"));
            continue;
        }
        match TcpStream::connect_timeout(address, share) {
            Ok(socket) => {
                // Commands are short; without this each would wait for the answer to the one before.
                socket.set_nodelay(true).map_err(|error| refused(name, address, &error))?;
                return Ok(Reached { socket, address: *address });
            }
            Err(error) => refusals.push(format!("{address}: {}", reason(&error))),
        }
    }
    let name = name.as_str();
    Err(transient(format!("`{name}` cannot be reached ({})", refusals.join("; "))))
}

fn refused(name: &Name, address: &SocketAddr, error: &io::Error) -> Failure {
    transient(format!("`{}` cannot be reached ({address}: {})", name.as_str(), reason(error)))
}

fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::ConnectionRefused => "nothing listens on this port".to_owned(),
        io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock => "no answer in time".to_owned(),
        _ => error.to_string(),
    }
}

fn transient(sentence: String) -> Failure {
    Failure::Transient(Cause::new(sentence))
}

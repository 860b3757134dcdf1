//! Stands between the program and a server: hears what is said, or cuts and stalls connections at random.

use crate::kill::Dice;
use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{sleep, spawn};
use std::time::Duration;

/// How long a stalled connection hangs before it is cut: long enough for a reader to wait in vain.
const STALL: Duration = Duration::from_secs(2);

/// Forwards a port of its own to a server's port, as long as the test process lives.
#[derive(Debug)]
pub(crate) struct Proxy {
    pub(crate) port: u16,
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    target: u16,
    dice: Mutex<Option<Dice>>,
    heard: Mutex<Vec<u8>>,
    calm: AtomicBool,
    connections: AtomicUsize,
    cuts: AtomicUsize,
    stalls: AtomicUsize,
}

/// What will become of a connection: after so many bytes, counted over both directions.
#[derive(Debug, Clone, Copy)]
enum Fate {
    Passes,
    IsCut(u64),
    Stalls(u64),
}

impl Proxy {
    /// Forwards everything, and keeps what the program says.
    pub(crate) fn hearing(target: u16) -> Self {
        Self::start(target, None)
    }

    /// Cuts two connections in five and stalls one in ten, each after a random number of bytes.
    pub(crate) fn cutting(target: u16, seed: u64) -> Self {
        Self::start(target, Some(Dice(seed | 1)))
    }

    fn start(target: u16, dice: Option<Dice>) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let shared = Arc::new(Shared {
            target,
            dice: Mutex::new(dice),
            heard: Mutex::new(Vec::new()),
            calm: AtomicBool::new(false),
            connections: AtomicUsize::new(0),
            cuts: AtomicUsize::new(0),
            stalls: AtomicUsize::new(0),
        });
        let accepting = Arc::clone(&shared);
        spawn(move || {
            for client in listener.incoming().flatten() {
                accepting.forward(&client);
            }
        });
        Self { port, shared }
    }

    /// What was said to the server so far, TLS included.
    pub(crate) fn heard(&self) -> String {
        String::from_utf8_lossy(&self.shared.heard.lock().unwrap()).into_owned()
    }

    /// From now on nothing is cut any more.
    pub(crate) fn calm(&self) {
        self.shared.calm.store(true, Ordering::SeqCst);
    }

    /// How many connections there were, how many of them were cut, and how many stalled.
    pub(crate) fn counts(&self) -> [usize; 3] {
        let Shared { connections, cuts, stalls, .. } = &*self.shared;
        [connections, cuts, stalls].map(|count| count.load(Ordering::SeqCst))
    }
}

impl Shared {
    fn forward(self: &Arc<Self>, client: &TcpStream) {
        self.connections.fetch_add(1, Ordering::SeqCst);
        // Where the server is down the client is hung up on.
        let Ok(server) = TcpStream::connect(("127.0.0.1", self.target)) else { return };
        let fate = self.fate();
        let carried = Arc::new(AtomicU64::new(0));
        for is_upward in [true, false] {
            let (from, to) = if is_upward { (client, &server) } else { (&server, client) };
            let (from, to) = (from.try_clone().unwrap(), to.try_clone().unwrap());
            let (shared, carried) = (Arc::clone(self), Arc::clone(&carried));
            spawn(move || {
                shared.carry(from.try_clone().unwrap(), to.try_clone().unwrap(), is_upward, fate, &carried);
                // Either side's end is the other's too: no connection is left half open.
                let _ = from.shutdown(Shutdown::Both);
                let _ = to.shutdown(Shutdown::Both);
            });
        }
    }

    fn fate(&self) -> Fate {
        let mut dice = self.dice.lock().unwrap();
        match &mut *dice {
            Some(dice) if !self.calm.load(Ordering::SeqCst) => {
                // Half of them end in the greeting and the login, the others somewhere in the mails.
                let reach = [3_000, 200_000][usize::try_from(dice.next(2)).unwrap()];
                let bytes = dice.next(reach);
                match dice.next(10) {
                    0..4 => Fate::IsCut(bytes),
                    4 => Fate::Stalls(bytes),
                    _ => Fate::Passes,
                }
            }
            _ => Fate::Passes,
        }
    }

    fn carry(
        &self,
        mut from: TcpStream,
        mut to: TcpStream,
        is_upward: bool,
        fate: Fate,
        carried: &AtomicU64,
    ) {
        let mut buffer = [0; 4096];
        while let Ok(count @ 1..) = from.read(&mut buffer) {
            let bytes = &buffer[..count];
            let before = carried.fetch_add(count as u64, Ordering::SeqCst);
            let (limit, ends, rest) = match fate {
                Fate::Passes => (u64::MAX, &self.cuts, Duration::ZERO),
                Fate::IsCut(limit) => (limit, &self.cuts, Duration::ZERO),
                Fate::Stalls(limit) => (limit, &self.stalls, STALL),
            };
            let allowed = usize::try_from(limit.saturating_sub(before)).unwrap_or(usize::MAX).min(count);
            if is_upward && self.dice.lock().unwrap().is_none() {
                self.heard.lock().unwrap().extend_from_slice(bytes);
            }
            if to.write_all(&bytes[..allowed]).is_err() {
                return;
            }
            if allowed < count {
                // The other direction may have met the same end: it is counted once.
                if before <= limit {
                    ends.fetch_add(1, Ordering::SeqCst);
                }
                sleep(rest);
                return;
            }
        }
    }
}

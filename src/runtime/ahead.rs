//! Fetches and reads the next mails while the ones before them are being written down.
//!
//! Runs on a thread of its own. How far it runs ahead is bounded in mails and in bytes; a mail that is larger
//! than its account allows is not read beyond its beginning, since no rule will look at it (SPEC G7).

use crate::message::{self, Message};
use crate::ports::{Arrival, Failure, Inbox};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::SyncSender;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How much of a mail is read that is too large for its account.
const BEGINNING_BYTES: usize = 256 * 1024;

/// The most raw bytes that are taken in and not settled yet.
const AHEAD_BYTES_MAX: u64 = 8 * 1024 * 1024;

/// A mail, read and waiting to be decided.
#[derive(Debug)]
pub(super) struct Prepared {
    pub(super) arrival: Arrival,
    /// SHA-256 of every byte, in hexadecimal.
    pub(super) sha256: String,
    /// What the mail says; `None` where reading it went wrong inside this program.
    pub(super) message: Option<Message>,
}

impl Prepared {
    /// Reads a mail that this account, which takes so many bytes, is given.
    pub(super) fn read(arrival: Arrival, size_bytes_max: u64) -> Self {
        let raw = &arrival.raw;
        let size = u64::try_from(raw.len()).unwrap_or(u64::MAX);
        let message = catch_unwind(AssertUnwindSafe(|| {
            if size <= size_bytes_max {
                return Message::read(raw);
            }
            let beginning = raw.get(..BEGINNING_BYTES).unwrap_or(raw);
            Message { size, sha256: message::sha256(raw), ..Message::read(beginning) }
        }));
        let message = message.ok();
        let sha256 = message.as_ref().map_or_else(|| message::sha256(raw), |message| message.sha256.clone());
        Self { arrival, sha256, message }
    }

    /// How many raw bytes it has.
    pub(super) fn bytes(&self) -> u64 {
        u64::try_from(self.arrival.raw.len()).unwrap_or(u64::MAX)
    }
}

/// What the thread brings.
#[derive(Debug)]
pub(super) enum Fetched {
    /// A mail.
    Mail(Box<Prepared>),
    /// What could not be fetched.
    Fault(Failure),
    /// Nothing more for now: what was brought must be settled first.
    Full,
}

/// An inbox that one thread fetches from and another disposes in.
pub(super) type Shared<'a> = Mutex<&'a mut (dyn Inbox + Send)>;

/// Looks on while mail is taken in, from both threads.
pub trait Watch: Sync {
    /// Whether no more mail is to be fetched; what was fetched is still settled.
    fn is_over(&self) -> bool;

    /// A mail was fetched; it took so long.
    fn fetched(&self, arrival: &Arrival, took: Duration);
}

/// Nobody looks on.
impl Watch for () {
    fn is_over(&self) -> bool {
        false
    }

    fn fetched(&self, _arrival: &Arrival, _took: Duration) {}
}

/// Fetches and reads until there is no more, or nobody wants it.
pub(super) fn read_ahead(
    inbox: &Shared<'_>,
    size_bytes_max: u64,
    room: &Room,
    watch: &dyn Watch,
    brought: &SyncSender<Fetched>,
) {
    while !watch.is_over() {
        let began = Instant::now();
        let fetched = held(inbox).fetch();
        if let Some(Ok(arrival)) = &fetched {
            watch.fetched(arrival, began.elapsed());
        }
        let fetched = match fetched {
            None => return,
            Some(Err(failure)) => Fetched::Fault(failure),
            Some(Ok(arrival)) => {
                let bytes = u64::try_from(arrival.raw.len()).unwrap_or(u64::MAX);
                if !room.take(bytes) {
                    if brought.send(Fetched::Full).is_err() {
                        return;
                    }
                    room.wait_and_take(bytes);
                }
                Fetched::Mail(Box::new(Prepared::read(arrival, size_bytes_max)))
            }
        };
        if brought.send(fetched).is_err() {
            return;
        }
    }
}

/// The lock, also where the other thread came to grief while it held it.
pub(super) fn held<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// How much may be taken in ahead.
#[derive(Debug, Default)]
pub(super) struct Room {
    taken: Mutex<Taken>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Taken {
    bytes: u64,
    is_closed: bool,
}

impl Taken {
    /// One mail fits always, however large.
    fn fits(&self, bytes: u64) -> bool {
        self.is_closed || self.bytes == 0 || self.bytes.saturating_add(bytes) <= AHEAD_BYTES_MAX
    }
}

impl Room {
    fn take(&self, bytes: u64) -> bool {
        let mut taken = held(&self.taken);
        let fits = taken.fits(bytes);
        if fits {
            taken.bytes = taken.bytes.saturating_add(bytes);
        }
        fits
    }

    fn wait_and_take(&self, bytes: u64) {
        let mut taken = held(&self.taken);
        while !taken.fits(bytes) {
            taken = self.changed.wait(taken).unwrap_or_else(PoisonError::into_inner);
        }
        taken.bytes = taken.bytes.saturating_add(bytes);
    }

    /// Gives room back.
    pub(super) fn give(&self, bytes: u64) {
        let mut taken = held(&self.taken);
        taken.bytes = taken.bytes.saturating_sub(bytes);
        self.changed.notify_all();
    }

    /// Nobody waits any more.
    pub(super) fn close(&self) {
        held(&self.taken).is_closed = true;
        self.changed.notify_all();
    }
}

//! Fetches and reads the next mails while the ones before them are being written down.
//!
//! Runs on a thread of its own. How far it runs ahead is bounded in mails and in bytes; a mail that is larger
//! than its account allows is not read beyond its beginning, since no rule will look at it (SPEC G7).

use crate::message::{self, Message};
use crate::ports::{Arrival, Failure, Inbox};
use crate::ruleset::account::Account;
use crate::vocab::Limits;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// How much of a mail is read that is too large for its account.
const BEGINNING_BYTES: usize = 256 * 1024;

/// The most raw bytes that are taken in and not settled yet.
const AHEAD_BYTES_MAX: u64 = 8 * 1024 * 1024;

/// Mails up to this size are read at once: none of them can take long.
const SMALL_BYTES: usize = 256 * 1024;

/// How an account's mail is read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reading {
    size_bytes_max: u64,
    limits: Limits,
    time_max: Duration,
}

impl Reading {
    /// As the account says.
    pub(super) fn of(account: &Account) -> Self {
        Self {
            size_bytes_max: account.size_bytes_max,
            limits: account.limits,
            time_max: Duration::from_secs(u64::from(account.read_secs_max)),
        }
    }

    /// Reads a mail.
    fn read(self, raw: &Arc<Vec<u8>>) -> Result<Message, Unread> {
        let size = u64::try_from(raw.len()).unwrap_or(u64::MAX);
        if size > self.size_bytes_max {
            let beginning = raw.get(..BEGINNING_BYTES).unwrap_or(raw);
            let message = caught(|| Message::read_within(beginning, &self.limits))?;
            return Ok(Message { size, ..message });
        }
        if raw.len() <= SMALL_BYTES {
            return caught(|| Message::read_within(raw, &self.limits));
        }
        let raw = Arc::clone(raw);
        in_time(self.time_max, move || Message::read_within(&raw, &self.limits))
    }
}

/// Why a mail was not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unread {
    /// Reading it went wrong inside this program.
    WentWrong,
    /// It took longer than the account allows.
    TookTooLong,
}

fn caught<T>(read: impl FnOnce() -> T) -> Result<T, Unread> {
    catch_unwind(AssertUnwindSafe(read)).map_err(|_| Unread::WentWrong)
}

/// Does the work on a thread of its own and waits so long for it. A thread that is waited for no longer ends by
/// itself: all reading does.
fn in_time<T: Send + 'static>(
    time_max: Duration,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Unread> {
    let (done, is_done) = sync_channel(1);
    let spawned = thread::Builder::new().name("reading".to_owned()).spawn(move || {
        // nobody may wait for it any more
        let _sent = done.send(caught(work));
    });
    if spawned.is_err() {
        return Err(Unread::WentWrong);
    }
    match is_done.recv_timeout(time_max) {
        Ok(read) => read,
        Err(RecvTimeoutError::Timeout) => Err(Unread::TookTooLong),
        Err(RecvTimeoutError::Disconnected) => Err(Unread::WentWrong),
    }
}

/// A mail, read and waiting to be decided.
#[derive(Debug)]
pub(super) struct Prepared {
    pub(super) arrival: Arrival,
    /// SHA-256 of every byte, in hexadecimal.
    pub(super) sha256: String,
    /// What the mail says; `None` where it was not read, or while it is being decided.
    pub(super) message: Option<Message>,
    /// Why it was not read, if so.
    pub(super) unread: Option<Unread>,
}

impl Prepared {
    /// Reads a mail as its account says.
    pub(super) fn read(arrival: Arrival, reading: Reading) -> Self {
        let (message, unread) = match reading.read(&arrival.raw) {
            Ok(message) => (Some(message), None),
            Err(unread) => (None, Some(unread)),
        };
        let sha256 = message::sha256(&arrival.raw);
        Self { arrival, sha256, message, unread }
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
    reading: Reading,
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
                Fetched::Mail(Box::new(Prepared::read(arrival, reading)))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_that_takes_too_long_is_not_waited_for() {
        assert_eq!(in_time(Duration::from_mins(1), || 7), Ok(7));
        let slow = in_time(Duration::from_millis(5), || thread::sleep(Duration::from_millis(500)));
        assert_eq!(slow, Err(Unread::TookTooLong));
        let wrong: Result<(), Unread> = in_time(Duration::from_mins(1), || panic!("on purpose"));
        assert_eq!(wrong, Err(Unread::WentWrong));
    }
}

//! Sends what waits in the outbox.
//!
//! A mail that is refused for good is not tried again; any other is, with growing delays until a limit
//! (SPEC 13). What became of an attempt is noted at once, so that nothing is sent twice knowingly.

use crate::ports::{Failure, Ledger, OutboxEntry, OutboxState};

/// After so many attempts a mail counts as failed.
const ATTEMPTS_MAX: u32 = 16;

/// The pause after the first attempt; each later one is twice as long …
const FIRST_DELAY_SECS: i64 = 60;

/// … but never longer than this.
const DELAY_SECS_MAX: i64 = 6 * 60 * 60;

/// So long nobody else may send a mail that a sender has taken: longer than any server is waited for.
const CLAIM_SECS: i64 = 30 * 60;

/// So many mails are taken by one transaction, since each one waits for the disk.
const CLAIMED_TOGETHER: usize = 16;

/// So long after mails were taken the next of them is begun; later they are taken anew, so that the last of them has
/// as good as the whole time too.
const CLAIM_FRESH_SECS: i64 = 60;

/// So many waiting mails are looked at together.
const MAILS_TOGETHER: usize = 100;

/// What became of the mails that were to be sent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sendings {
    /// Handed over.
    pub sent: u64,
    /// To be tried again later.
    pub waiting: u64,
    /// Refused for good, or given up.
    pub failed: u64,
}

/// Whether it is time for the next attempt.
pub fn is_due(mail: &OutboxEntry, now: i64) -> bool {
    let Some(tried_at) = mail.tried_at else { return true };
    let doublings = mail.attempts.saturating_sub(1).min(20);
    let delay = FIRST_DELAY_SECS.saturating_mul(1_i64 << doublings).min(DELAY_SECS_MAX);
    tried_at.saturating_add(delay) <= now
}

/// Who sends: a name under which mails are taken, so that two senders never send the same one knowingly, and
/// the one outgoing server whose mails it takes, or any.
#[derive(Debug, Clone, Copy)]
pub struct Sender<'a> {
    /// The name; two programs that run at once have different ones.
    pub name: &'a str,
    /// The server.
    pub via: Option<&'a str>,
}

/// What a sender knows and the store does not yet, because it was full or locked when it should have been noted.
/// Kept from one pass to the next, so that a mail that was handed over is not sent again knowingly.
#[derive(Debug, Default)]
pub struct Arrears {
    /// What became of a mail, and when.
    results: Vec<(i64, OutboxState, Option<String>, i64)>,
    /// Taken, and not tried.
    untried: Vec<i64>,
}

impl Arrears {
    /// Whether the store knows all that the sender knows.
    pub fn is_empty(&self) -> bool {
        self.results.is_empty() && self.untried.is_empty()
    }

    /// Notes everything that is owed; what the store does not take stays owed.
    pub fn settle<L: Ledger + ?Sized>(&mut self, ledger: &mut L, sender: Sender<'_>) -> Result<(), Failure> {
        while let Some((id, state, error, at)) = self.results.first() {
            ledger.note_sending(*id, *state, error.as_deref(), *at)?;
            let _noted = self.results.remove(0);
        }
        if !self.untried.is_empty() {
            ledger.give_back(&self.untried, sender.name)?;
            self.untried.clear();
        }
        Ok(())
    }
}

/// Sends every waiting mail that `wanted` names, and notes what became of each.
///
/// Mails are taken durably before they are handed over, a few at a time. What became of one is durable before
/// the next is handed over. Where the program ends before it could note that, the mail is sent again when its claim
/// has run out: under the same `Message-ID`, and not knowingly. What the store cannot note for now is kept in
/// `arrears`.
pub fn drain_outbox<L: Ledger + ?Sized>(
    ledger: &mut L,
    sender: Sender<'_>,
    arrears: &mut Arrears,
    wanted: &dyn Fn(&OutboxEntry) -> bool,
    send: &mut dyn FnMut(&OutboxEntry) -> Result<(), Failure>,
    now: &dyn Fn() -> i64,
) -> Result<Sendings, Failure> {
    arrears.settle(ledger, sender)?;
    let mut drain = Drain { ledger, sender, arrears, wanted, send, now, sendings: Sendings::default() };
    let mut after = i64::MIN;
    loop {
        let mails = drain.ledger.sendable(sender.via, after, MAILS_TOGETHER, now())?;
        let Some(last) = mails.last() else { return Ok(drain.sendings) };
        after = last.id;
        let mut rest = mails.as_slice();
        while !rest.is_empty() {
            let dealt_with = drain.send_some(rest)?;
            rest = rest.get(dealt_with..).unwrap_or_default();
        }
    }
}

struct Drain<'a, L: ?Sized> {
    ledger: &'a mut L,
    sender: Sender<'a>,
    arrears: &'a mut Arrears,
    wanted: &'a dyn Fn(&OutboxEntry) -> bool,
    send: &'a mut dyn FnMut(&OutboxEntry) -> Result<(), Failure>,
    now: &'a dyn Fn() -> i64,
    sendings: Sendings,
}

impl<L: Ledger + ?Sized> Drain<'_, L> {
    /// Takes the first of these mails together and sends them one by one; how many of them are dealt with.
    fn send_some(&mut self, mails: &[OutboxEntry]) -> Result<usize, Failure> {
        let mails = mails.get(..CLAIMED_TOGETHER).unwrap_or(mails);
        let wanted: Vec<i64> = mails.iter().filter(|mail| (self.wanted)(mail)).map(|mail| mail.id).collect();
        let claimed_at = (self.now)();
        let claimed = match wanted.as_slice() {
            [] => Vec::new(),
            ids => self.ledger.claim_sendings(ids, self.sender.name, claimed_at, claimed_at + CLAIM_SECS)?,
        };
        let mut sent_one = false;
        let mut dealt_with = mails.len();
        let mut ended = Ok(());
        for (at, mail) in mails.iter().enumerate() {
            if !claimed.contains(&mail.id) {
                self.sendings.waiting += u64::from(at < dealt_with);
                continue;
            }
            if sent_one && (self.now)() >= claimed_at + CLAIM_FRESH_SECS {
                dealt_with = dealt_with.min(at);
            }
            if ended.is_err() || at >= dealt_with || !(self.wanted)(mail) {
                self.arrears.untried.push(mail.id);
                self.sendings.waiting += u64::from(at < dealt_with);
                continue;
            }
            sent_one = true;
            ended = self.send_one(mail);
        }
        ended?;
        self.arrears.settle(self.ledger, self.sender)?;
        Ok(dealt_with)
    }

    /// An error is a store that does not take what became of the mail.
    fn send_one(&mut self, mail: &OutboxEntry) -> Result<(), Failure> {
        let (state, error) = match (self.send)(mail) {
            Ok(()) => (OutboxState::Sent, None),
            Err(Failure::Permanent(cause)) => (OutboxState::Failed, Some(cause.to_string())),
            Err(Failure::Transient(cause)) if mail.attempts + 1 >= ATTEMPTS_MAX => {
                let attempts = mail.attempts + 1;
                (OutboxState::Failed, Some(format!("given up after {attempts} attempts: {cause}")))
            }
            Err(Failure::Transient(cause)) => (OutboxState::Waiting, Some(cause.to_string())),
        };
        match state {
            OutboxState::Sent => self.sendings.sent += 1,
            OutboxState::Waiting => self.sendings.waiting += 1,
            OutboxState::Failed => self.sendings.failed += 1,
        }
        let at = (self.now)();
        let noted = self.ledger.note_sending(mail.id, state, error.as_deref(), at);
        if noted.is_err() {
            self.arrears.results.push((mail.id, state, error, at));
        }
        noted
    }
}

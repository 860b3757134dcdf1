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

/// Sends every waiting mail that `wanted` names, and notes what became of each.
///
/// A mail is taken durably before it is handed over. Where the program ends before it could note what became
/// of it, the mail is sent again when its claim has run out: under the same `Message-ID`, and not knowingly.
pub fn drain_outbox<L: Ledger + ?Sized>(
    ledger: &mut L,
    sender: Sender<'_>,
    wanted: &dyn Fn(&OutboxEntry) -> bool,
    send: &mut dyn FnMut(&OutboxEntry) -> Result<(), Failure>,
    now: &dyn Fn() -> i64,
) -> Result<Sendings, Failure> {
    let mut sendings = Sendings::default();
    let mut after = i64::MIN;
    loop {
        let mails = ledger.sendable(sender.via, after, MAILS_TOGETHER, now())?;
        let Some(last) = mails.last() else { return Ok(sendings) };
        after = last.id;
        for mail in &mails {
            send_one(ledger, sender, mail, wanted, send, now, &mut sendings)?;
        }
    }
}

fn send_one<L: Ledger + ?Sized>(
    ledger: &mut L,
    sender: Sender<'_>,
    mail: &OutboxEntry,
    wanted: &dyn Fn(&OutboxEntry) -> bool,
    send: &mut dyn FnMut(&OutboxEntry) -> Result<(), Failure>,
    now: &dyn Fn() -> i64,
    sendings: &mut Sendings,
) -> Result<(), Failure> {
    let claimed_at = now();
    if !wanted(mail) || !ledger.claim_sending(mail.id, sender.name, claimed_at, claimed_at + CLAIM_SECS)? {
        sendings.waiting += 1;
        return Ok(());
    }
    let (state, error) = match send(mail) {
        Ok(()) => (OutboxState::Sent, None),
        Err(Failure::Permanent(cause)) => (OutboxState::Failed, Some(cause.to_string())),
        Err(Failure::Transient(cause)) if mail.attempts + 1 >= ATTEMPTS_MAX => {
            let attempts = mail.attempts + 1;
            (OutboxState::Failed, Some(format!("given up after {attempts} attempts: {cause}")))
        }
        Err(Failure::Transient(cause)) => (OutboxState::Waiting, Some(cause.to_string())),
    };
    match state {
        OutboxState::Sent => sendings.sent += 1,
        OutboxState::Waiting => sendings.waiting += 1,
        OutboxState::Failed => sendings.failed += 1,
    }
    ledger.note_sending(mail.id, state, error.as_deref(), now())
}

//! The memory of what arrived, what was decided, and what is still to be sent.

use super::{Contents, Desk, Failure};
use crate::vocab::{Disposition, Effect, Outcome, Reference, Reply};
use serde::{Deserialize, Serialize};

/// Identifies one mail of one account; an effect is done at most once under it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Key {
    /// The account's name.
    pub account: String,
    /// The source's own identifier; empty for files.
    pub identity: String,
    /// SHA-256 of the raw mail, in hexadecimal.
    pub sha256: String,
}

/// "This message has been dealt with, thus": one line of the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Which mail.
    pub key: Key,
    /// Where it was found.
    pub origin: String,
    /// When it was dealt with, in seconds since 1970.
    pub at: i64,
    /// Size of the raw mail in bytes.
    pub size: u64,
    /// `Message-ID` without brackets.
    pub message_id: Option<String>,
    /// The sender's address as written.
    pub from: Option<String>,
    /// The decoded subject.
    pub subject: String,
    /// What became of it.
    pub outcome: Outcome,
    /// The item that it concerned or created.
    pub about: Option<Reference>,
    /// What becomes of it in the mailbox.
    pub disposition: Disposition,
    /// Name, revision and digest of the rule set that decided.
    pub rule_set: (String, u64, String),
    /// The whole decision as the contract's JSON, trace included.
    pub decision: String,
}

/// Everything that one mail leads to; recorded as a whole or not at all.
pub struct Settlement<'a> {
    /// The ledger's line.
    pub entry: &'a Entry,
    /// The changes of the desk.
    pub effects: &'a [Effect],
    /// Gives the bytes of attached objects.
    pub contents: &'a dyn Contents,
    /// The mails of ours that must be sent.
    pub replies: &'a [Reply],
    /// The raw mail, where it is to be kept; `None` only where the rules say `delete`.
    pub raw: Option<&'a [u8]>,
    /// It could not be dealt with, or a rule discards it but keeps its bytes: it goes to quarantine.
    pub quarantine: bool,
}

/// Whether a mail of ours is still to be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum OutboxState {
    /// To be sent, now or at the next attempt.
    Waiting,
    /// Handed over.
    Sent,
    /// Refused for good, or given up.
    Failed,
}

/// A mail of ours with what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboxEntry {
    /// Its number in the outbox.
    pub id: i64,
    /// The mail.
    pub reply: Reply,
    /// Its `Message-ID` without brackets; the same at every attempt.
    pub message_id: String,
    /// When it was written, in seconds since 1970.
    pub at: i64,
    /// Whether it is still to be sent.
    pub state: OutboxState,
    /// How often sending was tried.
    pub attempts: u32,
    /// When it was tried last, in seconds since 1970; delays grow from here (SPEC 13).
    pub tried_at: Option<i64>,
    /// What the server said last, where it was not sent.
    pub last_error: Option<String>,
    /// Name, revision and digest of the rule set that decided so.
    pub rules: Option<String>,
}

/// Whether somebody has looked after a quarantined mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum QuarantineState {
    /// Waiting for somebody.
    Kept,
    /// Handed back to be processed again.
    Retried,
    /// Done with; its bytes are gone.
    Dropped,
}

/// A mail in quarantine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuarantineEntry {
    /// Its number in the quarantine.
    pub id: i64,
    /// The ledger's line.
    pub entry: Entry,
    /// Whether somebody has looked after it.
    pub state: QuarantineState,
}

impl std::fmt::Debug for Settlement<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Settlement")
            .field("entry", self.entry)
            .field("effects", &self.effects)
            .field("replies", &self.replies)
            .field("raw", &self.raw.map(<[u8]>::len))
            .field("quarantine", &self.quarantine)
            .finish_non_exhaustive()
    }
}

/// Which lines of the ledger to show, newest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EntryFilter {
    /// Of this account only.
    pub account: Option<String>,
    /// With this kind of outcome only: `action`, `refuse`, `ignore`, `discard`, `quarantine`.
    pub outcome: Option<String>,
    /// Only mails whose digest, Message-ID, sender or subject contains this text.
    pub text: Option<String>,
    /// At most so many; 0 for all.
    pub most: usize,
}

/// Remembers what arrived and what is still to be sent.
pub trait Ledger {
    /// The line for this mail, if it has been dealt with: the same bytes in the same account are the same mail,
    /// whatever its identity. A server that numbers its mails anew, or gives a copy of one, has nothing done
    /// twice.
    fn find(&mut self, key: &Key) -> Result<Option<Entry>, Failure>;

    /// Lines, newest first.
    fn entries(&mut self, filter: &EntryFilter) -> Result<Vec<Entry>, Failure>;

    /// The raw bytes of a mail, where they were kept.
    fn raw(&mut self, key: &Key) -> Result<Option<Vec<u8>>, Failure>;

    /// Mails of ours in this state, or in any, oldest first; at most so many, 0 for all.
    fn outbox(&mut self, state: Option<OutboxState>, most: usize) -> Result<Vec<OutboxEntry>, Failure>;

    /// Notes what became of an attempt to send. `Waiting` without an error is no attempt: it puts the mail
    /// back as if it had never been tried.
    fn note_sending(
        &mut self,
        id: i64,
        state: OutboxState,
        error: Option<&str>,
        now: i64,
    ) -> Result<(), Failure>;

    /// Mails of ours that wait for this outgoing server, or for any, and that nobody is sending; oldest first,
    /// those after this number only, at most so many.
    fn sendable(
        &mut self,
        via: Option<&str>,
        after: i64,
        most: usize,
        now: i64,
    ) -> Result<Vec<OutboxEntry>, Failure>;

    /// Takes waiting mails for this sender until then, durably and all at once; gives those that it took, since
    /// another sender may have some. What becomes of an attempt is noted with
    /// [`note_sending`](Self::note_sending), which gives the mail free.
    fn claim_sendings(
        &mut self,
        ids: &[i64],
        sender: &str,
        now: i64,
        until: i64,
    ) -> Result<Vec<i64>, Failure>;

    /// Gives free mails that this sender took and did not try to send.
    fn give_back(&mut self, ids: &[i64], sender: &str) -> Result<(), Failure>;

    /// Gives free what a sender of this name had taken when it ended unexpectedly.
    fn release_claims(&mut self, sender: &str) -> Result<(), Failure>;

    /// Counts that a mail could not be dealt with for now; says how often that was. The count goes when the
    /// mail is settled.
    fn note_attempt(&mut self, key: &Key, error: &str, now: i64) -> Result<u32, Failure>;

    /// Mails in quarantine, oldest first; those already looked after only when asked for.
    fn quarantine(&mut self, include_done: bool) -> Result<Vec<QuarantineEntry>, Failure>;

    /// Marks a quarantined mail as dropped: its bytes go, the ledger's line stays.
    fn drop_quarantined(&mut self, id: i64, now: i64) -> Result<bool, Failure>;

    /// Takes a mail out of quarantine and out of the ledger's memory so that it can be processed again,
    /// and gives its line and bytes back. Nothing changes where its bytes are gone. Within an open
    /// transaction it becomes durable together with the new settlement.
    fn retry_quarantined(&mut self, id: i64, now: i64) -> Result<Option<(Entry, Vec<u8>)>, Failure>;
}

/// Desk and ledger in one: effects, line, raw mail and replies are one durable transaction.
pub trait Store: Desk + Ledger {
    /// Opens a transaction that several mails may share. Nothing is durable until [`commit`](Self::commit).
    fn begin(&mut self) -> Result<(), Failure>;

    /// Writes down everything that one mail leads to, within the open transaction. A mail that
    /// [`find`](Ledger::find) finds changes nothing and gives `false`. After an error the transaction may hold a part
    /// of the mail: it is spoiled and can only be rolled back.
    fn settle(&mut self, settlement: &Settlement<'_>) -> Result<bool, Failure>;

    /// Makes everything since [`begin`](Self::begin) durable. Where it fails, the caller rolls back and does
    /// the whole batch again.
    fn commit(&mut self) -> Result<(), Failure>;

    /// Forgets everything since [`begin`](Self::begin).
    fn rollback(&mut self) -> Result<(), Failure>;
}

//! The JSON of `log`, `outbox list` and `quarantine list`: the words of a decision's JSON, and times as text.

use crate::ports::{Entry, OutboxEntry, OutboxState, QuarantineEntry, QuarantineState};
use crate::vocab::{Disposition, Outcome, Reference, ReplyPurpose};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

/// What became of one mail: a line of the ledger.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct LedgerDocument<'a> {
    /// When it was dealt with (RFC 3339).
    at: String,
    /// The account that it came to.
    account: &'a str,
    /// Where it was found.
    found_at: &'a str,
    /// What its mailbox calls it; empty for files.
    identity: &'a str,
    /// The digest of its bytes.
    sha256: &'a str,
    /// Its size in bytes.
    size: u64,
    /// Its `Message-ID`, in its brackets.
    message_id: Option<String>,
    /// The sender's address.
    from: Option<&'a str>,
    /// Its subject, decoded.
    subject: &'a str,
    /// What became of it: exactly one of these keys.
    outcome: &'a Outcome,
    /// The item that it concerns or created.
    about: Option<Reference>,
    /// What becomes of it in its mailbox.
    dispose: Disposition,
    /// The rule set that decided.
    rule_set: RuleSetDocument<'a>,
    /// The whole decision (`postroom schema decision`), where one mail is shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    decision: Option<Value>,
}

/// Which rule set decided.
#[derive(Debug, Serialize, JsonSchema)]
struct RuleSetDocument<'a> {
    name: &'a str,
    revision: u64,
    digest: &'a str,
}

/// A mail of ours, and whether it is sent.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct OutboxDocument<'a> {
    /// Its number in the outbox.
    id: i64,
    /// Whether it is still to be sent.
    state: OutboxState,
    /// When it was written (RFC 3339).
    at: String,
    /// How often sending it was tried.
    attempts: u32,
    /// When it was tried last (RFC 3339).
    tried_at: Option<String>,
    /// What the server said last, where it was not sent.
    last_error: Option<&'a str>,
    /// Name, revision and digest of the rule set that decided so; stands in `X-Postroom-Rules`.
    rules: Option<&'a str>,
    /// Its `Message-ID`, in its brackets; the same at every attempt.
    message_id: String,
    /// The `Message-ID` of the mail that it answers, in its brackets.
    in_reply_to: Option<String>,
    /// Its name in the rule set's `replies`.
    reply: &'a str,
    /// Whether it answers the sender or tells the assignee.
    purpose: ReplyPurpose,
    /// The address that it goes to.
    to: &'a str,
    /// The outgoing server.
    via: &'a str,
    /// Its subject.
    subject: &'a str,
    /// Its plain text.
    body: &'a str,
    /// The item that it speaks of.
    about: Option<Reference>,
}

/// A mail in quarantine.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct QuarantineDocument<'a> {
    /// Its number in the quarantine.
    id: i64,
    /// Whether somebody has looked after it.
    state: QuarantineState,
    /// Its line of the ledger.
    mail: LedgerDocument<'a>,
}

impl<'a> LedgerDocument<'a> {
    /// The line alone.
    pub(super) fn line(entry: &'a Entry) -> Self {
        let (name, revision, digest) = &entry.rule_set;
        LedgerDocument {
            at: instant(entry.at),
            account: &entry.key.account,
            found_at: &entry.origin,
            identity: &entry.key.identity,
            sha256: &entry.key.sha256,
            size: entry.size,
            message_id: entry.message_id.as_deref().map(bracketed),
            from: entry.from.as_deref(),
            subject: &entry.subject,
            outcome: &entry.outcome,
            about: entry.about,
            dispose: entry.disposition,
            rule_set: RuleSetDocument { name, revision: *revision, digest },
            decision: None,
        }
    }

    /// The line with its decision.
    pub(super) fn whole(entry: &'a Entry) -> Self {
        let decision = serde_json::from_str(&entry.decision).unwrap_or_default();
        LedgerDocument { decision: Some(decision), ..Self::line(entry) }
    }
}

impl<'a> From<&'a OutboxEntry> for OutboxDocument<'a> {
    fn from(mail: &'a OutboxEntry) -> Self {
        let reply = &mail.reply;
        OutboxDocument {
            id: mail.id,
            state: mail.state,
            at: instant(mail.at),
            attempts: mail.attempts,
            tried_at: mail.tried_at.map(instant),
            last_error: mail.last_error.as_deref(),
            rules: mail.rules.as_deref(),
            message_id: bracketed(&mail.message_id),
            in_reply_to: reply.in_reply_to.as_deref().map(bracketed),
            reply: &reply.name,
            purpose: reply.purpose,
            to: reply.to.address.as_str(),
            via: &reply.via,
            subject: &reply.subject,
            body: &reply.text,
            about: reply.about.map(|(kind, number)| Reference { kind, number }),
        }
    }
}

impl<'a> From<&'a QuarantineEntry> for QuarantineDocument<'a> {
    fn from(mail: &'a QuarantineEntry) -> Self {
        QuarantineDocument { id: mail.id, state: mail.state, mail: LedgerDocument::line(&mail.entry) }
    }
}

fn bracketed(id: &str) -> String {
    format!("<{id}>")
}

pub(super) fn instant(seconds: i64) -> String {
    Timestamp::from_second(seconds).map_or_else(|_| seconds.to_string(), |instant| instant.to_string())
}

//! A decision: what becomes of one message, and why.

use super::document::DecisionDocument;
use super::trace::TraceLine;
use crate::ruleset::{Dispose, Identity};
use crate::vocab::{AddrSpec, Disposition, Effect, Intent, Kind, Number, Outcome, Reply, SenderCase};
use serde::{Serialize, Serializer};

/// What becomes of one message. Serialises as the contract's JSON.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// The rule set that decided.
    pub rule_set: Identity,
    /// The account that the message came to.
    pub account: String,
    /// The message's `Message-ID`, without brackets.
    pub message_id: Option<String>,
    /// What became of it: exactly one.
    pub outcome: Outcome,
    /// Who sent it.
    pub sender: DecidedSender,
    /// What it asked for.
    pub asked: DecidedRequest,
    /// The changes of the desk, in order.
    pub effects: Vec<Effect>,
    /// What the sender is told.
    pub replies: Vec<Reply>,
    /// What the assigned analyst or group is told.
    pub notifications: Vec<Reply>,
    /// What becomes of the message in the mailbox.
    pub disposition: Disposition,
    /// The raw mail is kept; cleared only where a rule of the guard says `delete`.
    pub keep_bytes: bool,
    /// The mail goes to quarantine.
    pub quarantine: bool,
    /// The item that it concerned, or the call that it logged.
    pub about: Option<(Kind, Number)>,
    /// Why: a line for each stage.
    pub trace: Vec<TraceLine>,
}

/// Who sent a message, as far as it was decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecidedSender {
    /// Which of the four cases; `unknown` also where a guard stopped the message before anybody looked.
    pub case: SenderCase,
    /// The name of the record with the address.
    pub person: Option<String>,
    /// The address as written.
    pub address: Option<AddrSpec>,
}

/// What a message asked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DecidedRequest {
    /// What; `None` where a guard stopped the message before anybody looked.
    pub intent: Option<Intent>,
    /// Of which kind of item.
    pub kind: Option<Kind>,
    /// Of which item; `None` also for a number that can be none.
    pub number: Option<Number>,
}

impl Decision {
    /// The decision as the contract's JSON.
    pub fn to_json(&self) -> serde_json::Value {
        serde_json::to_value(self).unwrap_or_default()
    }

    /// Every mail of ours that must be sent.
    pub fn mails(&self) -> impl Iterator<Item = &Reply> {
        self.replies.iter().chain(&self.notifications)
    }

    /// Ends the decision; where the mail goes in the mailbox follows from what became of it.
    pub(super) fn end(&mut self, outcome: Outcome, dispose: Dispose) {
        self.disposition = match outcome {
            Outcome::Discard(_) => dispose.discarded,
            // SPEC 14: also what nobody could deal with leaves the mailbox; its bytes are kept
            Outcome::Quarantine(_) | Outcome::Action(_) | Outcome::Refuse(_) | Outcome::Ignore(_) => {
                dispose.processed
            }
        };
        self.outcome = outcome;
    }
}

impl Serialize for Decision {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        DecisionDocument::from(self).serialize(serializer)
    }
}

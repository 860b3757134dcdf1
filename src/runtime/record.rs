//! From a decision to what the ledger keeps of it; and the decisions that the runtime itself must take where
//! the engine or the desk could not.

use super::ahead::Prepared;
use crate::engine::{DecidedRequest, DecidedSender, Decision, TraceLine, contents};
use crate::message::Message;
use crate::ports::{Contents, Entry, Key};
use crate::ruleset::RuleSet;
use crate::vocab::{ObjectSource, Outcome, Reference, SenderCase};
use serde_json::Map;
use std::borrow::Cow;

/// The bytes of the mail at hand.
pub(super) struct Own<'a> {
    pub(super) message: Option<&'a Message>,
    pub(super) raw: &'a [u8],
}

impl Contents for Own<'_> {
    fn bytes(&self, source: &ObjectSource) -> Cow<'_, [u8]> {
        self.message.map_or(Cow::Borrowed(&[]), |message| contents(message, self.raw, source))
    }
}

/// Under which key a mail of this account is remembered.
pub(super) fn key(account: &str, mail: &Prepared) -> Key {
    Key { account: account.to_owned(), identity: mail.arrival.identity.clone(), sha256: mail.sha256.clone() }
}

/// The ledger's line for a decision.
pub(super) fn entry(key: Key, mail: &Prepared, decision: &Decision, now: i64) -> Entry {
    let message = mail.message.as_ref();
    let identity = &decision.rule_set;
    Entry {
        key,
        origin: mail.arrival.origin.clone(),
        at: now,
        size: mail.bytes(),
        message_id: decision.message_id.clone(),
        from: decision.sender.address.as_ref().map(ToString::to_string),
        subject: message.map(|message| message.subject.clone()).unwrap_or_default(),
        outcome: decision.outcome.clone(),
        about: decision.about.map(|(kind, number)| Reference { kind, number }),
        disposition: decision.disposition,
        rule_set: (identity.name.clone(), identity.revision, identity.digest.clone()),
        decision: serde_json::to_string(decision).unwrap_or_default(),
    }
}

/// What becomes of a mail that went wrong in this program or on its way into the desk: somebody must look.
pub(super) fn set_aside(
    rule_set: &RuleSet,
    account: &str,
    mail: &Prepared,
    reason: &str,
    because: String,
) -> Decision {
    let message = mail.message.as_ref();
    Decision {
        rule_set: rule_set.identity.clone(),
        account: account.to_owned(),
        message_id: message.and_then(|message| message.message_id.clone()),
        outcome: Outcome::Quarantine(reason.to_owned()),
        sender: DecidedSender {
            case: SenderCase::Unknown,
            person: None,
            address: message.and_then(Message::originator).map(|mailbox| mailbox.address.clone()),
        },
        asked: DecidedRequest::default(),
        effects: Vec::new(),
        replies: Vec::new(),
        notifications: Vec::new(),
        disposition: rule_set.dispose.processed,
        keep_bytes: true,
        quarantine: true,
        about: None,
        trace: vec![TraceLine {
            stage: "record",
            rule: None,
            then: format!("quarantine {reason}"),
            file: None,
            line: None,
            saw: Map::new(),
            because: Some(because),
        }],
    }
}

//! What the house needs from outside, as four traits without code.
//!
//! [`Inbox`] brings mail, [`Desk`] answers and changes, [`Ledger`] remembers, [`Mailer`] sends.
//! A store that is desk and ledger in one is a [`Store`] and commits both in one transaction.

mod desk;
mod inbox;
mod ledger;
mod mailer;

pub use desk::{Contents, Desk};
pub use inbox::{Arrival, Inbox, Waited};
pub use ledger::{
    Entry, EntryFilter, Key, Ledger, OutboxEntry, OutboxState, QuarantineEntry, QuarantineState, Settlement,
    Store,
};
pub use mailer::Mailer;

/// Why a neighbour could not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// Worth another attempt: time-outs, 4yz, busy, locked, disk full.
    #[error("{0}")]
    Transient(Cause),
    /// Not worth one: refused, gone, malformed.
    #[error("{0}")]
    Permanent(Cause),
}

/// What a neighbour said, in a sentence, with the error below it. Never holds a secret.
#[derive(Debug, thiserror::Error)]
#[error("{sentence}")]
pub struct Cause {
    sentence: String,
    #[source]
    below: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl Cause {
    /// A cause in words alone.
    pub fn new(sentence: impl Into<String>) -> Self {
        Self { sentence: sentence.into(), below: None }
    }

    /// A cause with the error that led to it.
    pub fn from_error(
        sentence: impl Into<String>,
        below: impl std::error::Error + Send + Sync + 'static,
    ) -> Self {
        Self { sentence: sentence.into(), below: Some(Box::new(below)) }
    }
}

//! The nouns of the house: plain data, no logic beyond constructing and showing it.
//!
//! Everything above speaks these words; a desk adapter sees nothing else of the house.

mod action;
mod address;
mod inquiry;
mod limits;
mod person;
mod record;

pub use action::{
    Automatic, Disposition, Effect, HistoryFormat, Intent, ObjectSource, Outcome, Reply, ReplyPurpose,
    Verdict,
};
pub use address::{AddrSpec, Mailbox, ReturnPath};
pub use inquiry::{
    AnsweredInquiry, Answers, Command, Confirmation, ConfirmationState, DeskSummary, Inquiry, NextOwner,
    OwnMail, PersonSummary, RecipientCount, SummaryInquiry, TemplateSummary,
};
pub use limits::Limits;
pub use person::{Assignee, Group, MessageFormat, Person, PersonRef, Recipient, Rights, SenderCase};
pub use record::{CallTemplate, Kind, Number, Record, Reference, Series, State, SummaryRelation, SummaryRow};

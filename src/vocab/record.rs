//! The desk's numbered items and what decides a new one.

use super::{AddrSpec, Assignee, PersonRef, Recipient};
use serde::{Deserialize, Serialize};
use std::fmt;

/// The number of an item: 0 to 10¹⁸ − 1. More digits make an invalid number, not an error (SPEC 5).
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema,
)]
pub struct Number(u64);

impl Number {
    const DIGITS_MAX: usize = 18;

    /// Reads ASCII digits; leading zeros do not count towards the limit.
    pub fn parse(digits: &str) -> Option<Self> {
        let significant = digits.trim_start_matches('0');
        if digits.is_empty()
            || significant.len() > Self::DIGITS_MAX
            || !digits.bytes().all(|b| b.is_ascii_digit())
        {
            return None;
        }
        if significant.is_empty() { Some(Self(0)) } else { significant.parse().ok().map(Self) }
    }

    /// The number itself.
    pub fn get(self) -> u64 {
        self.0
    }
}

impl From<u32> for Number {
    fn from(number: u32) -> Self {
        Self(number.into())
    }
}

impl TryFrom<i64> for Number {
    type Error = std::num::TryFromIntError;

    fn try_from(number: i64) -> Result<Self, Self::Error> {
        u64::try_from(number).map(Self)
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What an item is, as a subject asks for it and as the desk finds it.
///
/// Approval Tasks and User Approval Tasks are both [`Kind::Approval`].
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// An incident or service request of the desk.
    Call,
    /// A request with a workflow.
    Request,
    /// A plain task.
    Task,
    /// A task that asks for a yes or no.
    Approval,
}

impl Kind {
    /// The word in rule files and JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Call => "call",
            Self::Request => "request",
            Self::Task => "task",
            Self::Approval => "approval",
        }
    }

    /// The word as a sentence or subject begins with it.
    pub fn title(self) -> &'static str {
        match self {
            Self::Call => "Call",
            Self::Request => "Request",
            Self::Task => "Task",
            Self::Approval => "Approval",
        }
    }

    /// In which numbering an item of this kind has its number (SPEC 6: approvals are numbered as tasks).
    pub fn series(self) -> Series {
        match self {
            Self::Call => Series::Call,
            Self::Request => Series::Request,
            Self::Task | Self::Approval => Series::Task,
        }
    }
}

/// One of the three numberings, each counting for itself (SPEC 6, *ours*).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Series {
    /// Calls.
    Call,
    /// Requests.
    Request,
    /// Tasks and approvals.
    Task,
}

/// A kind and number found in a subject: call 5837.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Reference {
    /// What the subject calls it.
    pub kind: Kind,
    /// Its number.
    pub number: Number,
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind.word(), self.number)
    }
}

/// Whether an item can still be worked on.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Being worked on, or waiting for a decision.
    Open,
    /// Done with.
    Closed,
    /// An approval that was granted.
    Approved,
    /// An approval that was turned down.
    Rejected,
}

impl State {
    /// The word in rule files and JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Closed => "closed",
            Self::Approved => "approved",
            Self::Rejected => "rejected",
        }
    }
}

/// An item as the desk knows it, with all that a decision about it may ask.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// What it really is.
    pub kind: Kind,
    /// Its number in the series of its kind.
    pub number: Number,
    /// Whether it is open.
    pub state: State,
    /// One line about it; may be empty.
    pub title: String,
    /// For whom it is logged.
    pub user: Option<PersonRef>,
    /// Every address of that User (SPEC U11 looks for them in To and Cc).
    pub user_addresses: Vec<AddrSpec>,
    /// Who is entered as having logged it, and whether that person is an Analyst still (SPEC RA3).
    pub logging_analyst: Option<PersonRef>,
    /// Whether the one who logged it has the Analyst flag now.
    pub logger_is_analyst: bool,
    /// To whom it is assigned now.
    pub owner: Option<Assignee>,
    /// Who reads a notification to the owner: the analyst, or each member of the group.
    pub owner_recipients: Vec<Recipient>,
    /// Who else may decide it (SPEC A4); empty for anything but an approval.
    pub delegates: Vec<PersonRef>,
    /// The slice of the system it belongs to.
    pub partition: Option<String>,
    /// How often it has been reopened by mail.
    #[serde(default)]
    pub reopened: u32,
    /// When it was closed, in seconds since 1970, where the desk knows.
    #[serde(default)]
    pub closed_at: Option<i64>,
}

/// What decides a new call's partition, screen set, status and assignment (SPEC 1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallTemplate {
    /// As the rule file names it.
    pub name: String,
    /// The slice of the system a new call belongs to.
    pub partition: Option<String>,
    /// Which screens show the call.
    pub screen_set: Option<String>,
    /// The call's first status.
    pub ipk_status: Option<String>,
    /// The stream that this status is a part of.
    pub ipk_stream: Option<String>,
    /// The office that is assigned.
    pub office: Option<String>,
    /// How much is affected.
    pub impact: Option<String>,
    /// How soon it is needed.
    pub urgency: Option<String>,
    /// What the partition's matrix makes of impact and urgency (SPEC L8); blank where it has no cell.
    pub priority: Option<i64>,
    /// To whom a new call is assigned (SPEC L9: never nobody).
    pub owner: Option<Assignee>,
}

/// Why an item stands in a summary (SPEC M1).
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum SummaryRelation {
    /// Assigned to the analyst or one of the analyst's groups, and open.
    WorkingOn,
    /// The analyst has forwarded it.
    ForwardedBy,
    /// It was forwarded to the analyst.
    ForwardedTo,
}

/// One line of a summary.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SummaryRow {
    /// What it is.
    pub kind: Kind,
    /// Its number.
    pub number: Number,
    /// Whether it is open.
    pub state: State,
    /// One line about it.
    pub title: String,
    /// For whom it is logged, by name.
    pub user: Option<String>,
    /// Every reason why it is listed, in the order of [`SummaryRelation`].
    pub relations: Vec<SummaryRelation>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn number_of_nineteen_digits_is_invalid() {
        assert_eq!(Number::parse("999999999999999999").map(Number::get), Some(999_999_999_999_999_999));
        assert_eq!(Number::parse("1000000000000000000"), None);
        assert_eq!(Number::parse("0000000000000000005837").map(Number::get), Some(5837));
        assert_eq!(Number::parse(""), None);
        assert_eq!(Number::parse("12a"), None);
    }
}

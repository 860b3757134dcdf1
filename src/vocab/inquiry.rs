//! What the desk is asked about one message, and what it answers: once, as data.

use super::{
    AddrSpec, Assignee, CallTemplate, Group, Intent, Kind, Number, Person, Recipient, Record, Reference,
    Series, SummaryRelation, SummaryRow,
};
use serde::{Deserialize, Serialize};

/// All that must be asked before a message can be decided.
///
/// Known as soon as the subject is read; a message that the guard stops asks nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inquiry {
    /// Which person has this address?
    pub sender: Option<AddrSpec>,
    /// Does a person bear this name already? Asked so that a newly made record gets a name of its own.
    pub sender_name: Option<String>,
    /// What is the item with this number, in the series of this kind?
    pub reference: Option<Reference>,
    /// What does this call template say? (the account's)
    pub template: Option<String>,
    /// Who is this Analyst? (the account's default logging analyst)
    pub default_logging_analyst: Option<String>,
    /// Who is this User? (the account's default user for anonymous mail)
    pub default_user: Option<String>,
    /// Which group is this? (the account's fallback group on reopening)
    pub otherwise_to: Option<String>,
    /// Which items does the sender work on?
    pub summary: Option<SummaryInquiry>,
    /// Which mail of ours does this one answer?
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answered: Option<AnsweredInquiry>,
    /// How many replies went to the sender since this instant (seconds since 1970)? (SPEC G6)
    pub replies_since: Option<i64>,
}

/// What may say which mail of ours is answered, and what to make of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnsweredInquiry {
    /// The identifier of the mail that is answered itself (`In-Reply-To`), without brackets.
    pub nearest: Option<String>,
    /// Identifiers of the mails that are answered, the nearest first, without brackets.
    pub identifiers: Vec<String>,
    /// Addresses of recipients that may hold a token behind a plus.
    pub addresses: Vec<AddrSpec>,
    /// The item that the subject asks for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<Reference>,
    /// Where nothing else is asked for: the item of the mail that is answered is asked for.
    pub follows: bool,
    /// A command that waits for this mail is asked for, before anything else.
    pub confirms: bool,
    /// For which reasons a summary lists items, should one be waiting.
    pub relations: Vec<SummaryRelation>,
    /// The instant of the question, in seconds since 1970; a request is answered in time or not.
    pub now: i64,
}

/// A mail of ours that is answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnMail {
    /// The item that it speaks of.
    pub about: Reference,
    /// It is known by a token of ours that was given to this very sender, for this very item.
    pub proves_sender: bool,
}

/// A command that waits for a confirmation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Command {
    /// What is to be done.
    pub intent: Intent,
    /// With which kind of item.
    pub kind: Kind,
    /// With which one; `None` for a summary.
    pub number: Option<Number>,
}

/// A request for confirmation that is answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confirmation {
    /// Its number.
    pub id: i64,
    /// Whether the command still waits, for this sender.
    pub state: ConfirmationState,
    /// The command; `None` where the sender has no business with it.
    pub command: Option<Command>,
    /// It was found by the address that the mail was sent to; its identifier names no request.
    #[serde(default)]
    pub by_address: bool,
}

impl Confirmation {
    /// Whether a mail whose subject asks for this item, or for nothing, confirms the command.
    ///
    /// A mail about another item does not, whatever it answers; and one that was only sent to the address of a request,
    /// which anybody may have kept, must name the item.
    pub fn is_given(&self, subject: Option<Reference>) -> bool {
        match (subject, &self.command) {
            (None, _) => !self.by_address,
            (Some(_), None) => false,
            (Some(asked), Some(command)) => {
                command.number == Some(asked.number) && command.kind.series() == asked.kind.series()
            }
        }
    }

    /// The command, where it still waits.
    pub fn waiting(&self) -> Option<&Command> {
        self.command.as_ref().filter(|_| self.state == ConfirmationState::Waiting)
    }
}

/// How it stands with a request for confirmation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConfirmationState {
    /// The command waits for this sender.
    Waiting,
    /// It was confirmed before.
    Spent,
    /// It was answered too late.
    Expired,
    /// Somebody else was asked, or nobody.
    Unknown,
}

impl ConfirmationState {
    /// The word in traces.
    pub fn word(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Spent => "spent",
            Self::Expired => "expired",
            Self::Unknown => "unknown",
        }
    }
}

/// Which items a summary is to list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SummaryInquiry {
    /// Items of which numbering: calls, requests, or tasks and approvals.
    pub series: Series,
    /// For which reasons an item is listed.
    pub relations: Vec<SummaryRelation>,
}

/// How many replies went to one address lately.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecipientCount {
    /// To whom.
    pub address: AddrSpec,
    /// How many.
    pub count: u32,
}

/// Somebody that a reopened call may go to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NextOwner {
    /// The analyst or group.
    pub assignee: Assignee,
    /// The analyst, or each member of the group, as far as they have an address.
    pub recipients: Vec<Recipient>,
}

/// What the desk said: one answer for each question of the [`Inquiry`], `None` where it knows nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answers {
    /// The sender's record: of several with the address, the lowest number (SPEC I2); Template records never.
    pub sender: Option<Person>,
    /// How many records have the sender's address; Template records do not count.
    #[serde(default)]
    pub persons_with_address: u32,
    /// Whether a person record bears the sender's display name already.
    pub sender_name_taken: bool,
    /// The item that was asked for.
    pub record: Option<Record>,
    /// The account's call template.
    pub template: Option<CallTemplate>,
    /// The account's default logging analyst.
    pub default_logging_analyst: Option<Person>,
    /// The account's default user for anonymous mail.
    pub default_user: Option<Person>,
    /// The account's fallback group.
    pub otherwise_to: Option<Group>,
    /// The number that a call logged now would get (SPEC L5).
    pub next_call_number: Option<Number>,
    /// The items for a summary, in the order of kind and number.
    pub summary: Vec<SummaryRow>,
    /// Where the item is a closed call: who reads a notification to each of those it may go to when it is
    /// reopened (SPEC RA1-RA4).
    pub next_owners: Vec<NextOwner>,
    /// The mails of ours that are answered, the nearest first; those alone that speak of an item.
    #[serde(default)]
    pub own_mails: Vec<OwnMail>,
    /// The request for confirmation that is answered.
    #[serde(default)]
    pub confirmation: Option<Confirmation>,
    /// Mail sent lately to the sender and to the item's owners, for the limit of SPEC G6.
    pub recent_replies: Vec<RecipientCount>,
    /// Whether the portal lets Users reopen closed calls (SPEC R3).
    pub portal_reopens_closed_calls: bool,
}

/// What a rule set may name on a desk: enough to check one against it, nothing about items.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeskSummary {
    /// People in the order of their records.
    pub people: Vec<PersonSummary>,
    /// Call templates.
    pub templates: Vec<TemplateSummary>,
    /// Names of groups.
    pub groups: Vec<String>,
    /// Names of partitions.
    pub partitions: Vec<String>,
}

/// A person record as a rule set may name it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonSummary {
    /// As rule files name it.
    pub name: String,
    /// Flagged as a User.
    pub is_user: bool,
    /// Flagged as an Analyst.
    pub is_analyst: bool,
    /// A pattern record, never an actor (SPEC L9).
    pub is_template: bool,
}

/// A call template as a rule set may name it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplateSummary {
    /// As rule files name it.
    pub name: String,
    /// Whether an analyst or group is assigned (SPEC L9).
    pub has_owner: bool,
    /// The slice of the system a new call belongs to.
    pub partition: Option<String>,
    /// How much is affected.
    pub impact: Option<String>,
    /// How soon it is needed.
    pub urgency: Option<String>,
    /// What the partition's matrix makes of both; blank where it has no cell (SPEC L8).
    pub priority: Option<i64>,
}

impl Answers {
    /// How many mails went to this address lately.
    pub fn recent_replies_to(&self, address: &AddrSpec) -> u32 {
        let key = address.key();
        self.recent_replies.iter().find(|entry| entry.address.key() == key).map_or(0, |entry| entry.count)
    }
}

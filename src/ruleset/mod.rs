//! YAML becomes a [`RuleSet`], or diagnostics.
//!
//! A rule set exists only if nothing was wrong with it: every name is bound, every table answers in
//! every situation, every rule can be reached. Therefore deciding by it cannot fail.

pub mod account;
pub mod activation;
pub mod attachments;
pub mod automaton;
mod beside;
pub mod check;
pub mod column;
pub mod compare;
mod compile;
pub mod coverage;
pub mod decode;
pub mod example;
mod expression;
pub mod file;
pub mod layer;
mod letters;
pub mod load;
mod mask;
pub mod merge;
pub mod migrate;
pub mod mutant;
mod near;
pub mod pattern;
mod prove;
mod requirement;
pub mod setting;
pub mod shape;
pub mod statement;
pub mod table;
pub mod template;
pub mod waiver;
pub mod yaml;

pub use near::nearest;
pub use prove::{Silence, silences};
pub(crate) use prove::{can_come_about, is_possible_of};

use crate::diagnostic::{Place, Span};
use crate::vocab::{Disposition, Intent, Kind, MessageFormat, SummaryRelation};
use account::{Account, Outgoing};
use column::{Domains, Situation};
use pattern::Pattern;
use serde::{Deserialize, Serialize};
use statement::Statement;
use table::Table;
use template::Templates;

/// Everything that decides what becomes of a message.
#[derive(Debug, Clone)]
pub struct RuleSet {
    /// Which one it is.
    pub identity: Identity,
    /// Settings of the desk as a whole.
    pub system: System,
    /// Polled mailboxes, in the order of the file.
    pub accounts: Vec<Account>,
    /// Outgoing servers, in the order of the file.
    pub outgoing: Vec<Outgoing>,
    /// The words of the columns.
    pub domains: Domains,
    /// May this message be processed at all?
    pub guard: Table<GuardAnswer>,
    /// What does the subject ask for? First row first, then leftmost.
    pub recognize: Vec<SubjectRule>,
    /// What a mail asks for that answers a request of ours for confirmation: the command that waits.
    pub answers_to_requests: Option<AnswerRule>,
    /// What a mail asks for that answers another mail of ours, where its subject asks for nothing.
    pub answers_to_mails: Option<AnswerRule>,
    /// Whether a rule asks what proves who sent a mail.
    pub looks_at_proof: bool,
    /// Who sent it?
    pub identify: Table<crate::vocab::SenderCase>,
    /// Which action does that make?
    pub choose: Table<ChooseAnswer>,
    /// May this sender have it done?
    pub permit: Table<PermitAnswer>,
    /// Who is the User, who performs it?
    pub acting_user: Table<ActingUser>,
    /// Who is entered as having logged a call?
    pub logging_analyst: Table<LoggingAnalyst>,
    /// To whom does a reopened call go?
    pub reopened_to: Table<ReopenedTo>,
    /// What each action does; the index is the word of the column `action`.
    pub actions: Vec<Action>,
    /// What people are told.
    pub replies: Vec<ReplyDefinition>,
    /// The texts of the replies: `NAME.subject`, and `NAME.txt` or `NAME.html`.
    pub templates: Templates,
    /// What becomes of the message in the mailbox.
    pub dispose: Dispose,
    /// What was demanded of all this, and is proven.
    pub statements: Vec<Statement>,
}

/// Which rule set it is; stands in every decision and every ledger line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Identity {
    /// The admin's name for it.
    pub name: String,
    /// The admin's count of changes.
    pub revision: u64,
    /// `sha256:` and the digest of every text it was read from.
    pub digest: String,
    /// Why it was changed last.
    #[serde(skip)]
    pub change_reason: String,
}

/// Settings of the desk as a whole (SPEC 12, "System").
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct System {
    /// As spelled in replies.
    pub product: String,
    /// The form of our mails.
    pub default_format: MessageFormat,
    /// A person's own format overrides it.
    pub format_per_person: bool,
    /// Of a reply to our own mail, keep the reply portion only (SPEC U9).
    pub truncate_incoming_emails: bool,
    /// Of every attached object and its history entry (SPEC L6).
    pub security_profile: String,
    /// Tell the analyst or group that a call is assigned to (SPEC U1).
    pub email_at_update_via_email_in: bool,
    /// Whether the portal lets Users reopen calls, where the rule set says so instead of the desk (SPEC 12).
    pub portal_reopen_closed_calls: Option<bool>,
    /// The mark by which this system knows its own mails (SPEC G4).
    pub loop_mark: String,
    /// Where the secret is found with which tokens are signed; without one none are made.
    pub token_secret: Option<account::SecretPlace>,
}

/// What `guard` may answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GuardAnswer {
    /// Go on.
    Proceed,
    /// Stop, and keep the bytes in quarantine; the word says why.
    Discard(String),
    /// Stop, and keep nothing but the ledger's line; the word says why.
    Delete(String),
    /// Stop, and leave it to somebody; the word says why.
    Quarantine(String),
}

/// What `choose` may answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChooseAnswer {
    /// This action, by its index in [`RuleSet::actions`].
    Action(usize),
    /// None; nobody is told. The word says why.
    Ignore(String),
    /// None; it is left to somebody, with its bytes. The word says why.
    Quarantine(String),
}

/// What `permit` may answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PermitAnswer {
    /// Do it.
    Allow,
    /// Do not, and send this reply, by its index in [`RuleSet::replies`].
    Refuse(usize),
    /// Do not; nobody is told. The word says why.
    Ignore(String),
    /// Do this action in its stead, by its index in [`RuleSet::actions`].
    Instead(usize),
    /// Do not; it is left to somebody, with its bytes. The word says why.
    Quarantine(String),
}

/// Who is the User of a new call, and who performs an update or a closure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ActingUser {
    /// The sender.
    Sender,
    /// The sender, whose record is flagged User from now on.
    SenderMadeUser,
    /// The account's default user for anonymous mail.
    DefaultUser,
    /// A new record, named from the display name, flagged User.
    NewPerson,
}

/// Who is entered as having logged a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LoggingAnalyst {
    /// The sender; for an unknown one the acting user.
    Sender,
    /// The account's default logging analyst.
    DefaultLoggingAnalyst,
}

/// To whom a reopened call goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReopenedTo {
    /// The analyst or group of the account's call template.
    TemplateAssignee,
    /// The sender.
    Sender,
    /// The one who logged the call.
    LoggingAnalyst,
    /// The account's fallback group.
    OtherwiseTo,
    /// Whoever has it.
    Owner,
}

/// A row of `recognize`.
#[derive(Debug, Clone)]
pub struct SubjectRule {
    /// Its name: `rule`, or the subject as written.
    pub name: String,
    /// What it looks for.
    pub pattern: Pattern,
    /// What such a subject asks for.
    pub intent: Intent,
    /// Of which kind of item.
    pub kind: Kind,
    /// Why, in the words of who wrote it.
    pub because: Option<String>,
    /// Where the pattern is written.
    pub span: Span,
    /// The same for people.
    pub place: Place,
}

/// A row of `recognize` that looks at which mail of ours is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnswerRule {
    /// Its name.
    pub name: String,
    /// Why, in the words of who wrote it.
    pub because: Option<String>,
    /// Where it is written.
    pub span: Span,
    /// The same for people.
    pub place: Place,
}

/// What an action does, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Action {
    /// Its name; word of the column `action`.
    pub name: String,
    /// Its steps.
    pub steps: Vec<Step>,
    /// Where it is written.
    pub span: Span,
}

/// One step of an action. What it becomes depends on the facts; the engine makes effects of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Log a call by the account's template.
    CreateCall,
    /// Add to the item's history; only the reply portion where that is all that is new.
    AddHistory {
        /// The whole body even of a reply to our own mail.
        whole_body: bool,
    },
    /// Attached files become objects of the item.
    AttachObjects,
    /// The mail itself becomes an object, as the account says.
    AttachEmail,
    /// The analyst's list shows that something came in.
    ShowNoteIcon,
    /// The assigned analyst or group is told.
    NotifyAssignee,
    /// The new call points at the closed one that was asked for.
    LinkCall,
    /// Ask the sender to confirm the command.
    AskConfirmation,
    /// Open the call again.
    Reopen,
    /// Close the call.
    Close,
    /// Decide the approval.
    DecideApproval(crate::vocab::Verdict),
    /// Return a summary.
    Summarize(Vec<SummaryRelation>),
}

impl Step {
    /// Whether the step asks who the acting user is.
    pub fn asks_acting_user(&self) -> bool {
        matches!(
            self,
            Self::CreateCall
                | Self::AddHistory { .. }
                | Self::AttachObjects
                | Self::AttachEmail
                | Self::Close
                | Self::Reopen
                | Self::DecideApproval(_)
        )
    }
}

/// A reply as the rule set defines it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReplyDefinition {
    /// Its name.
    pub name: String,
    /// The actions after which it is sent, by index; empty where a `refuse` names it.
    pub after: Vec<usize>,
    /// The reasons of quarantine after which it is sent.
    pub after_quarantine: Vec<String>,
    /// Sent only where the account auto-replies.
    pub optional: bool,
    /// Goes to the assigned analyst or group instead of the sender.
    pub to_assignee: bool,
    /// Whether the body is HTML (`NAME.html`) rather than plain text (`NAME.txt`).
    pub body_is_html: bool,
    /// Where its name is written.
    pub span: Span,
}

/// What becomes of a message in the mailbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dispose {
    /// It was dealt with: done, refused or ignored.
    pub processed: Disposition,
    /// A guard stopped it.
    pub discarded: Disposition,
    /// The desk could not take it for now.
    pub failed: Disposition,
}

impl RuleSet {
    /// The account of this name.
    pub fn account(&self, name: &str) -> Option<&Account> {
        self.accounts.iter().find(|account| account.name == name)
    }

    /// The first row whose pattern is found in the subject, with what it found.
    pub fn recognize(&self, subject: &str) -> Option<(&SubjectRule, pattern::Match)> {
        self.recognize.iter().find_map(|rule| rule.pattern.find(subject).map(|found| (rule, found)))
    }

    /// A situation in which nothing is known but what the account's switches say.
    pub fn situation_of(&self, account: &Account) -> Situation {
        let mut situation = Situation::default();
        account.fill(&mut situation, &self.domains);
        situation
    }

    /// The outgoing server for mail about something in this partition (SPEC 12): the partition's first
    /// active one by name, else the default one, else the first active one.
    pub fn outgoing_for(&self, partition: Option<&str>) -> Option<&Outgoing> {
        let active = || self.outgoing.iter().filter(|server| server.active);
        let of_partition = partition.and_then(|partition| {
            active()
                .filter(|server| server.partition.as_deref() == Some(partition))
                .min_by(|a, b| a.name.cmp(&b.name))
        });
        of_partition.or_else(|| active().find(|server| server.is_default)).or_else(|| active().next())
    }
}

//! Rows, actions and replies as written.

use super::{Cell, Setting, Then};
use crate::ruleset::decode::{Entries, Placed};
use crate::vocab::{Disposition, Intent, Kind, SummaryRelation, Verdict};
use schemars::JsonSchema;
use serde::Deserialize;

/// One row of a table: where all of `when` holds and no row before did, `then` is the answer.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RuleRow {
    /// Its name: the id in traces, tests and overlays.
    pub rule: Setting<String>,
    /// What must hold: a column with a word, or with a list of words. A column left out means "any".
    pub when: When,
    /// The answer: a word, or one key with one word.
    pub then: Option<Placed<Then>>,
    /// Why; printed in the trace.
    pub because: Setting<String>,
    /// In an overlay: stands before the rule of this name, or `first`.
    pub before: Setting<String>,
    /// In an overlay: stands after the rule of this name, or `last`.
    pub after: Setting<String>,
    /// In an overlay: takes the place of the rule of this name.
    pub replaces: Setting<String>,
}

/// One row of `recognize`.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SubjectRow {
    /// Its name; the subject itself if unset.
    pub rule: Setting<String>,
    /// What the subject contains, written like a subject: `"[CLOSE#{number}]"`. Case and spaces do not matter.
    pub subject: Setting<String>,
    /// A regular expression instead, with the number as `(?<number>[0-9]+)`; `\d` is a digit from 0 to 9.
    pub expression: Setting<String>,
    /// Instead of a subject: which mail of ours is answered, known by `In-Reply-To`, `References`, or the token of a
    /// reply address.
    pub reply_to: Setting<AnsweredMail>,
    /// What it asks for.
    pub intent: Setting<Intent>,
    /// Of which kind of item.
    pub kind: Setting<Kind>,
    /// Why; printed in the trace.
    pub because: Setting<String>,
    /// In an overlay: stands before the rule of this name, or `first`.
    pub before: Setting<String>,
    /// In an overlay: stands after the rule of this name, or `last`.
    pub after: Setting<String>,
    /// In an overlay: takes the place of the rule of this name.
    pub replaces: Setting<String>,
}

/// Which mail of ours is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AnsweredMail {
    /// Any that speaks of an item; asked where the subject asks for nothing. It updates that item.
    OurMail,
    /// One that asked for a confirmation; asked unless the subject is a command. It does the command that waits.
    RequestForConfirmation,
}

/// The cells of a row.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct When(pub Entries<Placed<Cell>>);

/// Questions that an action may ask.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct PoliciesFile {
    /// Who is the User of a new call, and who performs an update or a closure?
    pub acting_user: Vec<RuleRow>,
    /// Who is entered as having logged a call?
    pub logging_analyst: Vec<RuleRow>,
    /// To whom does a reopened call go?
    pub reopened_to: Vec<RuleRow>,
}

/// One step of an action.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum StepFile {
    /// Log a call.
    CreateCall(CreateCallFile),
    /// Add to the item's history.
    AddHistory(HistoryText),
    /// Attached files become objects of the item.
    AttachObjects,
    /// The mail itself becomes an object, as the account says.
    AttachEmail,
    /// The analyst's list shows that something came in.
    ShowNoteIcon,
    /// The assigned analyst or group is told ("Email at Update via Email In").
    NotifyAssignee,
    /// The new call points at the closed one that the mail is about.
    LinkCall,
    /// Ask the sender to confirm the command; the answer does it, once.
    AskConfirmation,
    /// Open the call again; it goes to whom the policy says.
    Reopen(ReopenTo),
    /// Close the call.
    Close,
    /// Decide the approval.
    DecideApproval(Verdict),
    /// Return a summary of what the analyst is working on, has forwarded, or was forwarded.
    Summarize(Vec<SummaryRelation>),
}

/// How a call is logged. Each property has one source today.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct CreateCallFile {
    /// The account's call template.
    pub template: TemplateSource,
    /// The next available number.
    pub number: NumberSource,
    /// The policy `acting_user`.
    pub user: UserSource,
    /// The policy `logging_analyst`.
    pub logging_analyst: LoggingAnalystSource,
    /// The body of the mail.
    pub description: DescriptionSource,
}

/// Where a new call's template comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TemplateSource {
    /// The account's call template.
    #[default]
    Account,
}

/// Where a new call's number comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum NumberSource {
    /// The next available one.
    #[default]
    Next,
}

/// Where a new call's User comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum UserSource {
    /// The policy of this name.
    #[default]
    ActingUser,
}

/// Where a new call's Logging Analyst comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LoggingAnalystSource {
    /// The policy of this name.
    #[default]
    LoggingAnalyst,
}

/// Where a new call's description comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DescriptionSource {
    /// The body of the mail.
    #[default]
    Body,
}

/// What goes into the history.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum HistoryText {
    /// Of a reply to our own mail only what is new ("Truncate Incoming Emails"), else the whole body.
    ReplyPortion,
    /// The whole body.
    Body,
}

/// To whom a reopened call goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReopenTo {
    /// The policy of this name.
    ReopenedTo,
}

/// What somebody is told.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ReplyFile {
    /// The action, or the actions, after which it is sent; unset where a `refuse` names it.
    pub after: Option<Placed<Cell>>,
    /// The reason, or the reasons, of a `quarantine` after which it is sent.
    pub after_quarantine: Option<Placed<Cell>>,
    /// Sent only where the account auto-replies.
    #[schemars(title = "Send Auto Reply")]
    pub optional: Setting<bool>,
    /// Who is told: the sender, or the assigned analyst or group.
    pub to: Setting<ReplyTo>,
    /// The subject; names in braces are filled in.
    pub subject: Setting<String>,
    /// The body as plain text; names in braces are filled in.
    pub body: Setting<String>,
    /// A file beside this one with the body: `.txt`, or `.html` for an HTML text.
    pub body_file: Setting<String>,
}

/// Who is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReplyTo {
    /// Who sent the mail.
    Sender,
    /// The analyst or group that the item is assigned to, but not the sender.
    Assignee,
}

/// What becomes of the message in the mailbox.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct DisposeFile {
    /// It was dealt with.
    pub processed: Setting<Disposition>,
    /// A guard stopped it.
    pub discarded: Setting<Disposition>,
    /// The desk could not take it for now.
    pub failed: Setting<Disposition>,
}

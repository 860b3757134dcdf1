//! A rule file as written, format 1. The doc comments here are the texts that an editor shows.
//!
//! Every key is optional in a single file: layers are put together first ([`layer`](super::layer)), and
//! only the whole must be complete ([`compile`](super::compile)). The labels in `title` are those of the
//! manual's windows.

mod account;
mod example;
mod row;
mod server;
mod statement;
mod word;

pub use account::*;
pub use example::*;
pub use row::*;
pub use server::*;
pub use statement::*;
pub use word::{AuthenticationFile, Cell, Then, Word};

use super::decode::{Entries, Placed};
use crate::ruleset::account::SecretPlace;
use crate::vocab::MessageFormat;
use schemars::JsonSchema;
use serde::Deserialize;

/// The format that this program reads.
pub const FORMAT: u64 = 1;

/// A value with its place, or nothing.
pub(super) type Setting<T> = Option<Placed<T>>;

/// A Postroom rule set, or a layer of one: who sent a mail, what it asks for, whether it may, what is done.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RuleFile {
    /// The shape of this file; this program reads 1.
    pub format: Setting<u64>,
    /// The program that this file needs at least: `postroom >= 0.2`.
    pub requires: Setting<String>,
    /// The name that every trace and every ledger line carries.
    pub rule_set: Setting<String>,
    /// Your count of changes; raise it with every one.
    pub revision: Setting<u64>,
    /// Why it was changed last.
    #[schemars(title = "Change Reason")]
    pub change_reason: Setting<String>,
    /// A changed file whose `revision` is not raised, or whose `change_reason` stays, is not activated.
    #[schemars(title = "Require Revision")]
    pub require_revision: Setting<bool>,
    /// The rule set that this file builds upon: `classic`, or the path of another file.
    pub extends: Setting<String>,
    /// The partition of every account of this file that names none.
    pub partition: Setting<String>,
    /// Settings of the desk as a whole.
    pub system: SystemFile,
    /// Settings of every account and outgoing server that does not say otherwise.
    pub defaults: DefaultsFile,
    /// Where mail comes in; the switches of the "Incoming Email Servers" window.
    pub accounts: Entries<AccountFile>,
    /// Where mail goes out; the switches of the "Outgoing Email Servers" window.
    pub outgoing: Entries<OutgoingFile>,
    /// May this message be processed at all?
    pub guard: Vec<RuleRow>,
    /// What does the subject ask for?
    pub recognize: Vec<SubjectRow>,
    /// Who sent it?
    pub identify: Vec<RuleRow>,
    /// Which action does that make?
    pub choose: Vec<RuleRow>,
    /// May this sender have it done?
    pub permit: Vec<RuleRow>,
    /// Questions that an action may ask.
    pub policies: PoliciesFile,
    /// What each action does, in order.
    pub actions: Entries<Vec<Placed<StepFile>>>,
    /// What people are told.
    pub replies: Entries<ReplyFile>,
    /// What becomes of the message in the mailbox.
    pub dispose: DisposeFile,
    /// What is to be proven of all this; a statement that does not hold is an error.
    pub prove: Vec<StatementFile>,
    /// Run by `postroom test`; every rule is to be hit by one of them.
    pub tests: TestsFile,
}

/// Settings of the desk as a whole.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SystemFile {
    /// The product's name as spelled in replies.
    pub product: Setting<String>,
    /// The form of outgoing mail.
    #[schemars(title = "Default Format")]
    pub default_format: Setting<MessageFormat>,
    /// A person's own format overrides the default.
    #[schemars(title = "Message Format per Analyst/User")]
    pub format_per_person: Setting<bool>,
    /// Of a reply to our own mail, keep the reply portion only.
    #[schemars(title = "Truncate Incoming Emails")]
    pub truncate_incoming_emails: Setting<bool>,
    /// The current name of the profile "Unspecified", under which objects are kept.
    pub security_profile: Setting<String>,
    /// Tell the analyst or group that a call is assigned to.
    #[schemars(title = "Email at Update via Email In")]
    pub email_at_update_via_email_in: Setting<bool>,
    /// The portal lets Users reopen closed calls; unset: as the desk says.
    #[schemars(title = "Reopen Closed Calls (Self Service Portal)")]
    pub portal_reopen_closed_calls: Setting<bool>,
    /// The mark in our own mails by which they are known when they come back.
    pub loop_mark: Setting<String>,
    /// Where the secret is found with which our mails are signed, so that an answer proves what it answers and who
    /// was asked: at least 32 characters that nobody can guess. Unset: no tokens are made.
    pub token_secret: Setting<SecretPlace>,
}

/// Settings of every account and outgoing server that does not say otherwise.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct DefaultsFile {
    /// For accounts.
    pub account: AccountFile,
}

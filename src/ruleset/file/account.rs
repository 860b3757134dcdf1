//! An account as written: the switches of the "Incoming Email Servers" window.

use super::{ConnectFile, Setting};
use crate::ruleset::account::OnReopening;
use crate::ruleset::decode::Placed;
use schemars::JsonSchema;
use serde::Deserialize;

/// A polled mailbox and its switches.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct AccountFile {
    /// What people call it.
    pub title: Setting<String>,
    /// Polled at all.
    #[schemars(title = "Active")]
    pub active: Setting<bool>,
    /// Pause between two polls, in seconds.
    #[schemars(range(min = 1))]
    pub poll_every_secs: Setting<u64>,
    /// Where mail that concerns no item is sent from.
    #[schemars(title = "Partition")]
    pub partition: Setting<String>,
    /// Where mail comes from: one protocol.
    pub connect: Setting<ConnectFile>,
    /// What stops two robots from answering each other for ever.
    pub guard: GuardSwitches,
    /// How calls are logged.
    pub new_calls: NewCallsSwitches,
    /// What becomes of an update for a closed call.
    pub closed_calls: ClosedCallsSwitches,
    /// What addresses unknown to the desk may do.
    pub anonymous: AnonymousSwitches,
    /// Who decides approvals.
    pub approvals: ApprovalsSwitches,
    /// The name by which your mail server signs its `Authentication-Results` (its authserv-id, such as
    /// `mx.example.com`); unset: nobody's are believed. It must write one into every mail that it takes in.
    pub authentication_results_from: Setting<String>,
    /// What the sender is told.
    pub replies: RepliesSwitches,
    /// What goes into the history, and how.
    pub history: HistorySwitches,
    /// Which attached files come to the desk.
    pub attachments: AttachmentsSwitches,
    /// How much is too much.
    pub limits: LimitsSwitches,
}

/// What stops two robots from answering each other for ever.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct GuardSwitches {
    /// Mails whose type is multipart/report are discarded.
    #[schemars(title = "Ignore Mail Server Report Messages")]
    pub ignore_report_messages: Setting<bool>,
    /// Mails with a blank return path are discarded.
    #[schemars(title = "Ignore On Blank Return Path")]
    pub ignore_blank_return_path: Setting<bool>,
}

/// How calls are logged.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct NewCallsSwitches {
    /// Decides everything else about a new call; must have an analyst or a group assigned.
    #[schemars(title = "Call Template")]
    pub template: Setting<String>,
    /// Who is entered as having logged a call; never a template person. Unset: the sender.
    #[schemars(title = "Default Logging Analyst")]
    pub default_logging_analyst: Setting<String>,
    /// An Analyst who sends a mail is the Logging Analyst.
    #[schemars(title = "Use Linked Analyst")]
    pub use_linked_analyst: Setting<bool>,
    /// A call is logged where the subject names a call that does not exist.
    #[schemars(title = "Log New Call on Invalid Number")]
    pub log_on_invalid_number: Setting<bool>,
}

/// What becomes of an update for a closed call.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ClosedCallsSwitches {
    /// The call stays closed and gets a note.
    #[schemars(title = "Update Closed Calls")]
    pub update: Setting<bool>,
    /// The call is reopened, where the sender may; needs `update`.
    #[schemars(title = "Reopen Closed Calls")]
    pub reopen: Setting<bool>,
    /// To whom a reopened call goes.
    #[schemars(title = "On Reopening of Calls")]
    pub on_reopening: Setting<OnReopening>,
    /// The group it goes to where `on_reopening` names nobody; unset: the call keeps its owner.
    #[schemars(title = "If none then assign to IPK Group")]
    pub otherwise_to: Setting<String>,
    /// So often a call is reopened by mail; unset: without end. Rules see it as `reopenings_left`.
    pub reopenings_max: Setting<u32>,
    /// So many days after its closing a call may be reopened; unset: however long ago. Rules see it as
    /// `closed_recently`.
    pub reopen_within_days: Setting<u32>,
}

/// What addresses unknown to the desk may do.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct AnonymousSwitches {
    /// Log calls.
    #[schemars(title = "Create New Calls Anonymously")]
    pub create_calls: Setting<bool>,
    /// Update calls.
    #[schemars(title = "Update Calls Anonymously")]
    pub update_calls: Setting<bool>,
    /// Close calls.
    #[schemars(title = "Close Calls Anonymously")]
    pub close_calls: Setting<bool>,
    /// The User record used for all of them; unset: a new Person is created.
    #[schemars(title = "Use Default User for Anonymous Email")]
    pub default_user: Setting<String>,
}

/// Who decides approvals.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ApprovalsSwitches {
    /// Any sender that the desk knows decides, not only the approvers.
    #[schemars(title = "Any recognised sender decides approvals")]
    pub any_recognised_sender: Setting<bool>,
}

/// What the sender is told.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RepliesSwitches {
    /// Replies marked `optional` are sent.
    #[schemars(title = "Send Auto Reply")]
    pub auto_reply: Setting<bool>,
    /// `Reply-To` holds the mail's token behind a plus, `desk+TOKEN@example.com`; the mailbox must take such
    /// addresses.
    pub signed_reply_address: Setting<bool>,
    /// So many hours a request for confirmation may be answered.
    #[schemars(range(min = 1, max = 8760))]
    pub confirm_within_hours: Setting<u32>,
}

/// What goes into the history, and how.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct HistorySwitches {
    /// An HTML mail is kept as (sanitised) HTML.
    #[schemars(title = "Preserve HTML Formatting in History")]
    pub preserve_html: Setting<bool>,
    /// The mail itself becomes an object of the call: `text` as raw data in hexadecimal, `html` as formatted.
    #[schemars(title = "Attach Email as Text, Attach Email as HTML")]
    pub attach_email_as: Setting<Vec<AttachAs>>,
    /// Hidden in the portal from a User who is named in neither To nor Cc.
    #[schemars(title = "Hide email updates in Portal if User is not a recipient")]
    pub hide_unless_recipient: Setting<bool>,
}

/// A form in which the mail itself is attached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AttachAs {
    /// Raw data in hexadecimal.
    Text,
    /// As formatted; a plain text mail as text.
    Html,
}

/// Which attached files come to the desk. What is left out is told in the item's history; the raw mail keeps it.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct AttachmentsSwitches {
    /// Files of these types are left out: `application/zip`, or all of a kind, `video/*`. Both the type that the mail
    /// names and the one that the file's bytes show are looked at.
    pub refuse_types: Setting<Vec<Placed<String>>>,
    /// Files with such names are left out, where `*` stands for any letters and `?` for one: `"*.exe"`.
    pub refuse_names: Setting<Vec<Placed<String>>>,
    /// Files whose bytes show another type than they claim, and names like `invoice.pdf.exe`, are left out.
    pub refuse_disguised: Setting<bool>,
    /// Larger files are left out; unset: none is too large that comes with a mail of `limits.size_bytes_max`.
    #[schemars(range(min = 1))]
    pub size_bytes_max: Setting<u64>,
    /// Small pictures within the signature or the quoted mail are left out.
    pub skip_signature_logos: Setting<bool>,
    /// A file that is attached twice to one mail is kept once.
    pub skip_duplicates: Setting<bool>,
}

/// How much is too much. What is beyond a limit of reading is left out, and the item's history says so.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct LimitsSwitches {
    /// Larger mails go to quarantine.
    #[schemars(range(min = 1024))]
    pub size_bytes_max: Setting<u64>,
    /// The most parts of a mail that are read.
    #[schemars(range(min = 1, max = 100_000))]
    pub parts_max: Setting<u64>,
    /// The deepest nesting of parts that is read.
    #[schemars(range(min = 1, max = 1_000))]
    pub depth_max: Setting<u64>,
    /// The most bytes of a header that are read.
    #[schemars(range(min = 1024, max = 67_108_864))]
    pub header_bytes_max: Setting<u64>,
    /// The most fields of a header that are read.
    #[schemars(range(min = 100, max = 1_000_000))]
    pub header_fields_max: Setting<u64>,
    /// The most bytes of the text that are read.
    #[schemars(range(min = 1024, max = 67_108_864))]
    pub text_bytes_max: Setting<u64>,
    /// The most bytes of HTML that are kept as HTML; of longer ones the text is kept.
    #[schemars(range(min = 0, max = 4_194_304))]
    pub html_bytes_max: Setting<u64>,
    /// The deepest nesting of HTML that is kept as HTML; of deeper ones the text is kept.
    #[schemars(range(min = 1, max = 512))]
    pub html_depth_max: Setting<u64>,
    /// The most bytes of all attached files together, decoded; files beyond are left out.
    #[schemars(range(min = 0))]
    pub decoded_bytes_max: Setting<u64>,
    /// A mail that takes longer to be read, in seconds, goes to quarantine.
    #[schemars(range(min = 1, max = 600))]
    pub read_secs_max: Setting<u32>,
    /// At most so many replies to one address within `replies_window_secs`.
    pub replies_max: Setting<u32>,
    /// The time for `replies_max`, in seconds.
    #[schemars(range(min = 1))]
    pub replies_window_secs: Setting<u32>,
}

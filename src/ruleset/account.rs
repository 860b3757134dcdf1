//! An account and an outgoing server with every setting filled in.

use super::attachments::AttachmentPolicy;
use super::column::{Column, Domains, Situation};
use crate::vocab::{AddrSpec, Limits};
use serde::{Deserialize, Serialize};

/// A polled mailbox and its switches (the manual's "Incoming Email Server", SPEC 11).
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the manual's window")]
pub struct Account {
    /// The name, unique; word of the column `account`.
    pub name: String,
    /// What people call it.
    pub title: Option<String>,
    /// Exists for the tests of the rule set alone.
    pub for_tests: bool,
    /// Polled at all.
    pub active: bool,
    /// Pause between two polls.
    pub poll_every_secs: u64,
    /// Where mail that concerns no item is sent from.
    pub partition: Option<String>,
    /// Where mail comes from; absent where only `process` feeds it.
    pub connect: Option<Connect>,
    /// Ignore Mail Server Report Messages.
    pub ignore_report_messages: bool,
    /// Ignore On Blank Return Path.
    pub ignore_blank_return_path: bool,
    /// Call Template; absent only where the account could never log a call.
    pub template: String,
    /// Default Logging Analyst.
    pub default_logging_analyst: Option<String>,
    /// Use Linked Analyst.
    pub use_linked_analyst: bool,
    /// Log New Call on Invalid Number.
    pub log_on_invalid_number: bool,
    /// Update Closed Calls.
    pub update_closed_calls: bool,
    /// Reopen Closed Calls.
    pub reopen_closed_calls: bool,
    /// On Reopening of Calls.
    pub on_reopening: OnReopening,
    /// If none then assign to IPK Group.
    pub otherwise_to: Option<String>,
    /// A call is reopened at most so often; unset: without end.
    pub reopenings_max: Option<u32>,
    /// So many days after its closing a call is not reopened any more; unset: however long ago.
    pub reopen_within_days: Option<u32>,
    /// Create New Calls Anonymously.
    pub create_anonymously: bool,
    /// Update Calls Anonymously.
    pub update_anonymously: bool,
    /// Close Calls Anonymously.
    pub close_anonymously: bool,
    /// Use Default User for Anonymous Email.
    pub default_user: Option<String>,
    /// Any recognised sender decides approvals (SPEC A4).
    pub any_recognised_sender: bool,
    /// Send Auto Reply.
    pub auto_reply: bool,
    /// The reply address of our mails holds their token, `desk+TOKEN@…`.
    pub signed_reply_address: bool,
    /// So many hours a request for confirmation may be answered.
    pub confirm_within_hours: u32,
    /// The mail server (its authserv-id) whose `Authentication-Results` are believed.
    pub authentication_results_from: Option<String>,
    /// Preserve HTML Formatting in History.
    pub preserve_html: bool,
    /// Attach Email as Text.
    pub attach_email_as_text: bool,
    /// Attach Email as HTML.
    pub attach_email_as_html: bool,
    /// Hide email updates in Portal if User is not a recipient.
    pub hide_unless_recipient: bool,
    /// Which attached files become objects.
    pub attachments: AttachmentPolicy,
    /// Mails above this size go to quarantine (SPEC G7).
    pub size_bytes_max: u64,
    /// How much of a mail is read.
    pub limits: Limits,
    /// A mail that takes longer to be read goes to quarantine.
    pub read_secs_max: u32,
    /// At most so many replies to one address (SPEC G6) …
    pub replies_max: u32,
    /// … within this time.
    pub replies_window_secs: u32,
}

/// What becomes of a call that is reopened (SPEC RA1-RA4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum OnReopening {
    /// To the analyst or group of the account's call template.
    TemplateAssignee,
    /// To the analyst who sent the mail.
    SendingAnalyst,
    /// To the analyst who logged the call.
    LoggingAnalyst,
    /// To the fallback group.
    None,
}

impl OnReopening {
    fn word(self) -> &'static str {
        match self {
            Self::TemplateAssignee => "template_assignee",
            Self::SendingAnalyst => "sending_analyst",
            Self::LoggingAnalyst => "logging_analyst",
            Self::None => "none",
        }
    }
}

impl Account {
    /// Puts the account's switches into the columns that rules look at.
    pub fn fill(&self, situation: &mut Situation, domains: &Domains) {
        let truths = [
            (Column::IgnoreReportMessages, self.ignore_report_messages),
            (Column::IgnoreBlankReturnPath, self.ignore_blank_return_path),
            (Column::UseLinkedAnalyst, self.use_linked_analyst),
            (Column::LogOnInvalidNumber, self.log_on_invalid_number),
            (Column::DefaultLoggingAnalyst, self.default_logging_analyst.is_some()),
            (Column::UpdateClosedCalls, self.update_closed_calls),
            (Column::ReopenClosedCalls, self.reopen_closed_calls),
            (Column::OtherwiseTo, self.otherwise_to.is_some()),
            (Column::CreateAnonymously, self.create_anonymously),
            (Column::UpdateAnonymously, self.update_anonymously),
            (Column::CloseAnonymously, self.close_anonymously),
            (Column::DefaultUser, self.default_user.is_some()),
            (Column::AnyRecognisedSender, self.any_recognised_sender),
            (Column::AutoReply, self.auto_reply),
        ];
        for (column, truth) in truths {
            situation.set_truth(column, truth);
        }
        for (column, word) in
            [(Column::Account, self.name.as_str()), (Column::OnReopening, self.on_reopening.word())]
        {
            if let Some(index) = domains.index(column, word) {
                situation.set(column, index);
            }
        }
    }
}

/// How a connection is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Tls {
    /// Not at all.
    Off,
    /// Plain at first, then protected before anything is said.
    Starttls,
    /// From the first byte on.
    Implicit,
}

/// A way to prove who we are to a mail server (SPEC 11).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AuthenticationMethod {
    /// USER and PASS, or the LOGIN command; not for SMTP.
    Standard,
    /// APOP; POP3 only.
    Apop,
    /// SASL LOGIN.
    SaslLogin,
    /// SASL PLAIN.
    SaslPlain,
    /// SASL CRAM-MD5.
    SaslCramMd5,
    /// SASL DIGEST-MD5.
    SaslDigestMd5,
    /// SASL NTLM.
    SaslNtlm,
    /// Another name for SASL NTLM.
    SaslMsn,
    /// SASL GSSAPI (Kerberos).
    SaslGssapi,
    /// SASL SCRAM-SHA-1.
    #[serde(rename = "sasl_scram_sha_1")]
    SaslScramSha1,
    /// SASL SCRAM-SHA-256.
    #[serde(rename = "sasl_scram_sha_256")]
    SaslScramSha256,
    /// SASL XOAUTH2.
    #[serde(rename = "sasl_xoauth2")]
    SaslXoauth2,
    /// SASL OAUTHBEARER.
    SaslOauthbearer,
}

/// Which methods may be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Authentication {
    /// The most secure one that the server offers.
    Automatic,
    /// One of these; none at all where the list is empty.
    Only(Vec<AuthenticationMethod>),
}

/// Where a secret is found; never the secret itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SecretPlace {
    /// In this environment variable.
    Env(String),
    /// In this file, up to the first line break; a relative path is seen from the folder of the rule file.
    File(String),
    /// On the standard output of this command, up to the first line break. The program is looked for in `PATH`, or from
    /// the folder of the rule file where it has a `/`.
    Command(Vec<String>),
}

/// Who we are to a server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Login {
    /// The name.
    pub login: Option<String>,
    /// Where the password is found.
    pub password: Option<SecretPlace>,
    /// Which methods may be used.
    pub authentication: Authentication,
    /// A password may travel in clear text over an unprotected connection.
    pub allow_clear_text: bool,
}

/// A server and how it is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server {
    /// Its name or address.
    pub server: String,
    /// Its port.
    pub port: u16,
    /// How the connection is protected.
    pub tls: Tls,
    /// Who we are to it.
    pub login: Login,
    /// A file with the certificate authority to trust instead of the system's.
    pub ca_file: Option<String>,
    /// SHA-256 of the one certificate to accept.
    pub fingerprint: Option<String>,
}

/// How a token for Microsoft 365 is obtained.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Grant {
    /// In the application's own name.
    ClientCredentials,
    /// In the name of somebody who has agreed; kept alive by a refresh token.
    AuthorizationCode,
}

/// An application registered with Microsoft 365.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Application {
    /// The tenant's name or identifier.
    pub tenant: Option<String>,
    /// The application's identifier.
    pub client_id: Option<String>,
    /// Where its secret is found.
    pub client_secret: Option<SecretPlace>,
    /// A file with its certificate and key, instead of a secret.
    pub certificate: Option<String>,
    /// Where the refresh token is found.
    pub refresh_token: Option<SecretPlace>,
    /// How a token is obtained.
    pub grant: Grant,
    /// What the token must allow.
    pub scopes: Vec<String>,
    /// Whose mailbox; shared mailboxes included.
    pub mailbox: Option<String>,
}

/// Where an account's mail comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Connect {
    /// `.eml` files, a Maildir or an mbox in a folder.
    Files {
        /// The folder.
        folder: String,
    },
    /// IMAP (RFC 3501, RFC 9051).
    Imap {
        /// How it is reached.
        server: Server,
        /// The folder that is polled.
        folder: String,
        /// Where mails go that have been dealt with; empty: they are removed for good.
        deleted_items_folder: String,
    },
    /// POP3 (RFC 1939).
    Pop3 {
        /// How it is reached.
        server: Server,
        /// So many deletions before disconnecting and connecting anew.
        max_messages_per_session: u32,
    },
    /// Microsoft Graph.
    Graph {
        /// In whose name.
        application: Application,
        /// Where mails go that have been dealt with; empty: they are removed for good.
        deleted_items_folder: String,
    },
    /// Exchange Web Services.
    Ews {
        /// How it is reached.
        server: Server,
        /// In whose name, where tokens are used.
        application: Application,
        /// Where mails go that have been dealt with; empty: they are removed for good.
        deleted_items_folder: String,
    },
    /// MAPI: understood, never polled (SPEC 15).
    Mapi,
}

impl Connect {
    /// The protocol's word in the rule file.
    pub fn protocol(&self) -> &'static str {
        match self {
            Self::Files { .. } => "files",
            Self::Imap { .. } => "imap",
            Self::Pop3 { .. } => "pop3",
            Self::Graph { .. } => "graph",
            Self::Ews { .. } => "ews",
            Self::Mapi => "mapi",
        }
    }
}

/// How text for pagers is encoded (the manual's "Pager Encoding").
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PagerEncoding {
    /// As any other mail.
    None,
    /// Plain ASCII; what does not fit is transliterated or dropped.
    Ascii,
    /// Plain text in UTF-8.
    #[serde(rename = "utf_8")]
    Utf8,
}

/// How an outgoing server is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Submit {
    /// `.eml` files into a folder.
    Files {
        /// The folder.
        folder: String,
    },
    /// SMTP submission (RFC 5321, RFC 6409).
    Smtp {
        /// How it is reached.
        server: Server,
        /// How long the connection may be idle.
        connection_timeout_secs: u32,
        /// Large mails in chunks (BDAT, RFC 3030).
        chunking: bool,
        /// How text for pagers is encoded.
        pager_encoding: PagerEncoding,
    },
    /// Microsoft Graph.
    Graph {
        /// In whose name.
        application: Application,
    },
    /// Exchange Web Services.
    Ews {
        /// How it is reached.
        server: Server,
        /// In whose name, where tokens are used.
        application: Application,
    },
    /// MAPI: understood, never used (SPEC 15).
    Mapi,
}

/// An outgoing server and its switches (SPEC 12).
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the manual's window")]
pub struct Outgoing {
    /// The name, unique.
    pub name: String,
    /// Used at all.
    pub active: bool,
    /// How it is reached.
    pub submit: Submit,
    /// The `From`.
    pub outgoing_email_id: AddrSpec,
    /// Used where a partition names no server.
    pub is_default: bool,
    /// Mail of an entity in this partition leaves by it.
    pub partition: Option<String>,
    /// `From` is the triggering Analyst.
    pub sent_from_analyst: bool,
    /// `Reply-To` is the triggering Analyst.
    pub reply_to_forwarding_analyst: bool,
    /// Asks for a receipt.
    pub send_receipt: bool,
}

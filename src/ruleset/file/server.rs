//! Servers as written: how mail is fetched and how it is sent.

use super::{Setting, word::AuthenticationFile};
use crate::ruleset::account::{Grant, PagerEncoding, SecretPlace, Tls};
use schemars::JsonSchema;
use serde::Deserialize;

/// Where mail comes from.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[expect(clippy::large_enum_variant, reason = "there is one for each account, read once")]
pub enum ConnectFile {
    /// `.eml` files, a Maildir or an mbox in a folder.
    Files(FilesFile),
    /// IMAP.
    Imap(ImapFile),
    /// POP3.
    Pop3(Pop3File),
    /// Microsoft Graph.
    Graph(GraphFile),
    /// Exchange Web Services.
    Ews(EwsFile),
    /// MAPI: understood and explained, never polled.
    Mapi(MapiFile),
}

/// A folder of mail files.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct FilesFile {
    /// The folder; a relative one is seen from the folder of this rule file.
    pub folder: Setting<String>,
}

/// An IMAP server.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ImapFile {
    /// Its name; `localhost` if unset.
    #[schemars(title = "Server")]
    pub server: Setting<String>,
    /// Its port; 143, or 993 with implicit TLS.
    #[schemars(title = "Port Number")]
    pub port: Setting<u16>,
    /// How the connection is protected; `starttls` if unset.
    #[schemars(title = "Use TLS/SSL")]
    pub tls: Setting<Tls>,
    /// Who we are.
    #[schemars(title = "Login ID")]
    pub login: Setting<String>,
    /// Where the password is found; never the password itself.
    #[schemars(title = "Password")]
    pub password: Setting<SecretPlace>,
    /// Which methods may be used.
    #[schemars(title = "Mailbox Authentication Methods")]
    pub authentication: Setting<AuthenticationFile>,
    /// A password may travel in clear text where `tls` is `off`.
    pub allow_clear_text: Setting<bool>,
    /// A file with the certificate authority to trust instead of the system's; relative to this rule file's folder.
    pub ca_file: Setting<String>,
    /// SHA-256 of the one certificate to accept.
    pub fingerprint: Setting<String>,
    /// The folder that is polled; `INBOX` if unset.
    pub folder: Setting<String>,
    /// Where mails go that have been dealt with; empty: removed for good; unknown to the server: they stay.
    #[schemars(title = "Deleted Items Folder")]
    pub deleted_items_folder: Setting<String>,
}

/// A POP3 server.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Pop3File {
    /// Its name.
    #[schemars(title = "Server")]
    pub server: Setting<String>,
    /// Its port; 110, or 995 with implicit TLS.
    #[schemars(title = "Port Number")]
    pub port: Setting<u16>,
    /// How the connection is protected; `starttls` if unset.
    #[schemars(title = "Use TLS/SSL")]
    pub tls: Setting<Tls>,
    /// Who we are.
    #[schemars(title = "Login ID")]
    pub login: Setting<String>,
    /// Where the password is found; never the password itself.
    #[schemars(title = "Password")]
    pub password: Setting<SecretPlace>,
    /// Which methods may be used.
    #[schemars(title = "Mailbox Authentication Methods")]
    pub authentication: Setting<AuthenticationFile>,
    /// A password may travel in clear text where `tls` is `off`.
    pub allow_clear_text: Setting<bool>,
    /// A file with the certificate authority to trust instead of the system's; relative to this rule file's folder.
    pub ca_file: Setting<String>,
    /// SHA-256 of the one certificate to accept.
    pub fingerprint: Setting<String>,
    /// So many deletions, then disconnect and connect anew; 50 if unset.
    #[schemars(title = "Max Messages per Session", range(min = 1))]
    pub max_messages_per_session: Setting<u32>,
}

/// A mailbox in Microsoft 365, by Graph.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct GraphFile {
    /// The tenant's name or identifier.
    pub tenant: Setting<String>,
    /// The application's identifier.
    pub client_id: Setting<String>,
    /// Where the application's secret is found; never the secret itself.
    pub client_secret: Setting<SecretPlace>,
    /// A file with the application's certificate and key, instead of a secret; relative to this rule file's folder.
    pub certificate: Setting<String>,
    /// Where the refresh token is found, for `authorization_code`.
    pub refresh_token: Setting<SecretPlace>,
    /// How a token is obtained; `client_credentials` if unset.
    pub grant: Setting<Grant>,
    /// What the token must allow.
    pub scopes: Setting<Vec<String>>,
    /// Whose mailbox; shared mailboxes included.
    pub mailbox: Setting<String>,
    /// Where mails go that have been dealt with; empty: removed for good.
    #[schemars(title = "Deleted Items Folder")]
    pub deleted_items_folder: Setting<String>,
}

/// A mailbox on an Exchange server, by Exchange Web Services.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct EwsFile {
    /// The server's name.
    #[schemars(title = "Server")]
    pub server: Setting<String>,
    /// Its port; 443 if unset.
    #[schemars(title = "Port Number")]
    pub port: Setting<u16>,
    /// How the connection is protected; `implicit` if unset.
    #[schemars(title = "Use TLS/SSL")]
    pub tls: Setting<Tls>,
    /// Who we are.
    #[schemars(title = "Login ID")]
    pub login: Setting<String>,
    /// Where the password is found; never the password itself.
    #[schemars(title = "Password")]
    pub password: Setting<SecretPlace>,
    /// Which methods may be used.
    #[schemars(title = "Mailbox Authentication Methods")]
    pub authentication: Setting<AuthenticationFile>,
    /// A password may travel in clear text where `tls` is `off`.
    pub allow_clear_text: Setting<bool>,
    /// A file with the certificate authority to trust instead of the system's; relative to this rule file's folder.
    pub ca_file: Setting<String>,
    /// SHA-256 of the one certificate to accept.
    pub fingerprint: Setting<String>,
    /// The tenant's name or identifier, where tokens are used.
    pub tenant: Setting<String>,
    /// The application's identifier.
    pub client_id: Setting<String>,
    /// Where the application's secret is found; never the secret itself.
    pub client_secret: Setting<SecretPlace>,
    /// A file with the application's certificate and key, instead of a secret; relative to this rule file's folder.
    pub certificate: Setting<String>,
    /// Where the refresh token is found, for `authorization_code`.
    pub refresh_token: Setting<SecretPlace>,
    /// How a token is obtained; `client_credentials` if unset.
    pub grant: Setting<Grant>,
    /// What the token must allow.
    pub scopes: Setting<Vec<String>>,
    /// Whose mailbox; shared mailboxes included.
    pub mailbox: Setting<String>,
    /// Where mails go that have been dealt with; empty: removed for good.
    #[schemars(title = "Deleted Items Folder")]
    pub deleted_items_folder: Setting<String>,
}

/// A MAPI server: understood with all its options, never connected to.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct MapiFile {
    /// Its name; `localhost` if unset.
    #[schemars(title = "Server")]
    pub server: Setting<String>,
    /// Its port; 593 if unset.
    #[schemars(title = "Port Number")]
    pub port: Setting<u16>,
    /// Who we are.
    #[schemars(title = "Login ID")]
    pub login: Setting<String>,
    /// Where the password is found; never the password itself.
    #[schemars(title = "Password")]
    pub password: Setting<SecretPlace>,
    /// Whose mailbox.
    pub mailbox: Setting<String>,
    /// NTLM.
    #[schemars(title = "Use NT Authentication")]
    pub use_nt_authentication: Setting<bool>,
    /// Deleted mail is removed for good.
    #[schemars(title = "Empty Trash")]
    pub empty_trash: Setting<bool>,
}

/// An outgoing server and its switches.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct OutgoingFile {
    /// Used at all.
    #[schemars(title = "Active")]
    pub active: Setting<bool>,
    /// `.eml` files into a folder.
    pub files: Setting<FilesFile>,
    /// SMTP.
    pub smtp: Setting<SmtpFile>,
    /// Microsoft Graph.
    pub graph: Setting<GraphFile>,
    /// Exchange Web Services.
    pub ews: Setting<EwsFile>,
    /// MAPI: understood and explained, never used.
    pub mapi: Setting<MapiFile>,
    /// POP3 cannot send; named here only so that it can be explained.
    pub pop3: Setting<Pop3File>,
    /// Used for partitions that name no server.
    #[schemars(title = "Default Outgoing Email Server")]
    pub default: Setting<bool>,
    /// Mail of an entity in this partition leaves by it.
    #[schemars(title = "Partition")]
    pub partition: Setting<String>,
    /// The address in the `From` of our mails.
    #[schemars(title = "Outgoing Email ID")]
    pub outgoing_email_id: Setting<String>,
    /// `From` is the triggering Analyst's address.
    #[schemars(title = "Sent From Analyst")]
    pub sent_from_analyst: Setting<bool>,
    /// `Reply-To` is the triggering Analyst's address.
    #[schemars(title = "Reply to Forwarding Analyst")]
    pub reply_to_forwarding_analyst: Setting<bool>,
    /// Asks for a receipt.
    #[schemars(title = "Send Receipt Email")]
    pub send_receipt: Setting<bool>,
}

/// An SMTP server.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SmtpFile {
    /// Its name; `localhost` if unset.
    #[schemars(title = "Server")]
    pub server: Setting<String>,
    /// Its port; 25, or 465 with implicit TLS.
    #[schemars(title = "Port Number")]
    pub port: Setting<u16>,
    /// How the connection is protected; `starttls` if unset.
    #[schemars(title = "Use SSL")]
    pub tls: Setting<Tls>,
    /// Who we are.
    #[schemars(title = "Login ID")]
    pub login: Setting<String>,
    /// Where the password is found; never the password itself.
    #[schemars(title = "Password")]
    pub password: Setting<SecretPlace>,
    /// Which methods may be used.
    #[schemars(title = "Mailbox Authentication Methods")]
    pub authentication: Setting<AuthenticationFile>,
    /// A password may travel in clear text where `tls` is `off`.
    pub allow_clear_text: Setting<bool>,
    /// A file with the certificate authority to trust instead of the system's; relative to this rule file's folder.
    pub ca_file: Setting<String>,
    /// SHA-256 of the one certificate to accept.
    pub fingerprint: Setting<String>,
    /// How long the connection may be idle; 120 if unset.
    #[schemars(title = "Connection Timeout (secs)", range(min = 1))]
    pub connection_timeout_secs: Setting<u32>,
    /// Large mails in chunks.
    #[schemars(title = "Enable chunking")]
    pub chunking: Setting<bool>,
    /// How text for pagers is encoded.
    #[schemars(title = "Pager Encoding")]
    pub pager_encoding: Setting<PagerEncoding>,
}

//! Reads a mail: bytes become a [`Message`]. Never fails; what was wrong is listed in `defects`.
//!
//! One pass finds the header, one the parts, however deep they are nested; only what somebody may ask
//! for is decoded. `mail-parser` takes apart addresses, dates, media types and character sets.

mod acknowledgement;
mod address_grammar;
mod address_list;
mod answering;
mod attached;
mod authentication;
mod automatic;
mod base64_end;
mod charset;
mod client;
mod cut;
mod dates;
mod enclosed;
mod encoded_words;
mod encrypted;
mod enriched;
mod file_name;
mod flowed;
mod header;
pub mod html;
mod iso_2022;
mod line_breaks;
mod lines;
mod mailboxes;
mod mime;
mod miswritten;
mod parameters;
mod parts;
mod percent;
mod phrases;
mod quotation;
mod raw_letters;
mod read;
mod report;
mod responder;
mod signed;
mod signs;
mod stretches;
mod subject;
mod tnef;
mod transfer;
mod undeclared;
mod utf_16;
mod uuencode;
mod wrapped;

pub use attached::AttachmentMark;
pub use cut::{Cut, CutEvidence, CutPart, Sureness};
pub use html::{Picture, escape, sanitise, sanitise_with, to_text};
pub use signs::{AutomaticKind, AutomaticSign};

pub use crate::vocab::Limits;
use crate::vocab::{AddrSpec, Automatic, Mailbox, ReturnPath};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// What one mail says. As JSON this is the contract's `read` output.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[allow(clippy::struct_excessive_bools, reason = "each is a fact of its own that rules may look at")]
pub struct Message {
    /// `From`, in order.
    pub from: Vec<Mailbox>,
    /// `Sender`.
    pub sender: Option<Mailbox>,
    /// `Reply-To`, in order.
    pub reply_to: Vec<Mailbox>,
    /// `To`, in order, groups flattened.
    pub to: Vec<Mailbox>,
    /// `Cc`, in order, groups flattened.
    pub cc: Vec<Mailbox>,
    /// `Delivered-To` and `X-Original-To`: to whom it came in the end, as mail servers say.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub delivered_to: Vec<AddrSpec>,
    /// `Authentication-Results`, topmost first: those that stand above everything that its author wrote. Empty where
    /// the mail has not exactly one `From`, or one that is written wrongly: the server may have read another address there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub authentication_results: Vec<String>,
    /// `Return-Path`: `null` when absent, `""` when blank (SPEC G2).
    pub return_path: Option<ReturnPath>,
    /// The subject, unfolded and decoded; empty when there is none.
    pub subject: String,
    /// The subject without reply and forward marks (RFC 5256 §2.1, and the marks of other languages).
    pub base_subject: String,
    /// Whether reply marks (`Re:`, `AW:` …) were taken off, or `In-Reply-To` or `References` is there.
    pub is_reply: bool,
    /// `Message-ID` without brackets.
    pub message_id: Option<String>,
    /// `In-Reply-To`: the first identifier, without brackets.
    pub in_reply_to: Option<String>,
    /// `References`, oldest first, without brackets.
    pub references: Vec<String>,
    /// `Date` as RFC 3339, where it can be read.
    pub date: Option<String>,
    /// The plain text body: the text part, or the HTML body as readable text; `None` when there is neither.
    pub text: Option<String>,
    /// The HTML body, as sent (not sanitised); `None` also where it is beyond the limits, which a defect says.
    pub html: Option<String>,
    /// What this person wrote: `text` without quoted mail and signature (SPEC U9).
    pub reply_portion: String,
    /// The quoted mail in `text`.
    pub quoted: String,
    /// The signature in `text`: what follows `-- `, what the program adds, and disclaimers.
    #[serde(default)]
    pub signature: String,
    /// Which lines of `text` are not in the reply portion, and what shows that they are not its writer's words.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cuts: Vec<Cut>,
    /// How sure it is that the reply portion is what this person wrote: as sure as the least sure of the cuts.
    #[serde(default)]
    pub reply_sureness: Sureness,
    /// Everything attached, in order.
    pub attachments: Vec<Attachment>,
    /// Whether a program sent it.
    pub automatic: Automatic,
    /// What shows that a program sent it, and of which kind it is; weak signs decide nothing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub automatic_signs: Vec<AutomaticSign>,
    /// Nothing may be replied to this mail (SPEC G5, RFC 3834 §2).
    pub no_reply_allowed: bool,
    /// The top-level type is `multipart/report` (SPEC G1).
    pub is_multipart_report: bool,
    /// The marks of this system that the mail carries: values of `X-Postroom-Loop` (SPEC G4).
    pub loop_marks: Vec<String>,
    /// A delivery report or other report, where the mail is one (RFC 6522).
    pub report: Option<Report>,
    /// How its sender's program protected it: signed, encrypted, or (`null` or absent) neither.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub protection: Option<Protection>,
    /// Size of the raw mail in bytes.
    pub size: u64,
    /// Whether the bytes are a mail at all (SPEC G7); a defect says why not.
    pub is_mail: bool,
    /// What was wrong with it, in words.
    pub defects: Vec<String>,
}

/// One attached file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Attachment {
    /// A safe file name: no path, no control character; made up where the mail gives none.
    pub name: String,
    /// Its media type in lower case, without parameters.
    pub media_type: String,
    /// Size in bytes, decoded.
    pub size: u64,
    /// SHA-256 of the decoded bytes, in hexadecimal.
    pub sha256: String,
    /// Shown within the body (an image that the HTML refers to) rather than beside it.
    pub inline: bool,
    /// `Content-ID` without brackets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content_id: Option<String>,
    /// The media type that its bytes show, where they bear the sign of one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content_type: Option<String>,
    /// What was noticed about it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub marks: Vec<AttachmentMark>,
    /// The decoded bytes; not part of the JSON.
    #[serde(skip)]
    pub content: Vec<u8>,
}

/// How a mail was signed or encrypted. Nothing of it is verified: that somebody signed says nothing of who did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Protection {
    /// By which of the two standards.
    pub method: ProtectionMethod,
    /// There is a signature; what it signs was read.
    pub signed: bool,
    /// The content is encrypted and was not read; where that is all of the mail, it is attached as it came.
    pub encrypted: bool,
}

/// The two standards for protected mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub enum ProtectionMethod {
    /// S/MIME (RFC 8551), with certificates.
    #[serde(rename = "s/mime")]
    SMime,
    /// `OpenPGP` (RFC 3156), with keys that people hand each other.
    #[serde(rename = "openpgp")]
    OpenPgp,
}

impl Protection {
    fn signed(method: ProtectionMethod) -> Self {
        Self { method, signed: true, encrypted: false }
    }

    fn encrypted(method: ProtectionMethod) -> Self {
        Self { method, signed: false, encrypted: true }
    }
}

/// A report about another mail (RFC 6522).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Report {
    /// `delivery-status`, `disposition-notification`, `feedback-report`, or the report type as written;
    /// `delivery-status` also for a bounce in no standard form.
    pub kind: String,
    /// Whom the report is about.
    pub recipients: Vec<ReportRecipient>,
    /// The mail that it is about, as far as the report says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub original: Option<ReportedMail>,
}

/// The mail that a report is about.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct ReportedMail {
    /// Its `Message-ID` without brackets: from the header that came back, from what the report says, or from what it
    /// answers.
    pub message_id: Option<String>,
    /// Its subject, decoded.
    pub subject: Option<String>,
}

impl ReportedMail {
    /// Itself, where anything is known of it.
    fn known(self) -> Option<Self> {
        (self.message_id.is_some() || self.subject.is_some()).then_some(self)
    }
}

/// One recipient of a delivery report (RFC 3464 §2.3).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct ReportRecipient {
    /// `Final-Recipient`, else `Original-Recipient`.
    pub address: Option<String>,
    /// `failed`, `delayed`, `delivered`, `relayed` or `expanded`.
    pub action: Option<String>,
    /// The enhanced status code, `5.1.1` (RFC 3463).
    pub status: Option<String>,
    /// The three-digit SMTP reply code (RFC 5321 §4.2), as text.
    pub smtp_code: Option<String>,
    /// Whether trying again is of no use.
    pub permanent: bool,
}

/// The defects that say that something of a mail was left out, each by the limit that it met.
const LEFT_UNREAD: [&str; 11] = [
    "the mail is longer than is read",
    PARTS_BEYOND,
    DEPTH_BEYOND,
    HEADER_BEYOND,
    FIELDS_BEYOND,
    TEXT_BEYOND,
    DECODED_BEYOND,
    html::BYTES_BEYOND,
    html::DEPTH_BEYOND,
    html::STEPS_BEYOND,
    html::ATTRIBUTES_BEYOND,
];

/// `Limits::parts_max`.
const PARTS_BEYOND: &str = "there are more parts than are read";
/// `Limits::depth_max`.
const DEPTH_BEYOND: &str = "parts are nested deeper than is read";
/// `Limits::header_bytes_max`.
const HEADER_BEYOND: &str = "the header is longer than is read";
/// `Limits::header_fields_max`.
const FIELDS_BEYOND: &str = "the header has more fields than are read";
/// `Limits::text_bytes_max`.
const TEXT_BEYOND: &str = "the text is longer than is read";
/// `Limits::decoded_bytes_max`.
const DECODED_BEYOND: &str = "the attached files have more bytes together than are read";

/// What was wrong with a mail, each fault said once.
#[derive(Debug, Default)]
struct Defects(Vec<String>);

impl Defects {
    /// Notes a fault.
    fn add(&mut self, sentence: &str) {
        if !self.0.iter().any(|known| known == sentence) {
            self.0.push(sentence.to_owned());
        }
    }
}

/// SHA-256 of these bytes, in hexadecimal: by it a mail is known, and a file among those of its mail.
///
/// Reading a mail does not take its digest: whoever must tell it from another asks for it.
pub fn sha256(bytes: &[u8]) -> String {
    let mut digits = [0; 64];
    // half the time of a text that grows; the room is right
    let _fits = hex::encode_to_slice(Sha256::digest(bytes), &mut digits);
    std::str::from_utf8(&digits).unwrap_or_default().to_owned()
}

impl Message {
    /// Reads a mail within the usual bounds. Whatever the bytes are, there is a message; see `is_mail`.
    pub fn read(raw: &[u8]) -> Self {
        read::read(raw, &Limits::default())
    }

    /// Reads a mail within bounds of one's own.
    pub fn read_within(raw: &[u8], limits: &Limits) -> Self {
        read::read(raw, limits)
    }

    /// The defects that say that something was left out because it was beyond a limit.
    pub fn left_unread(&self) -> impl Iterator<Item = &str> {
        self.defects.iter().map(String::as_str).filter(|defect| LEFT_UNREAD.contains(defect))
    }

    /// The one who sent it: the first usable mailbox of `From`, else `Sender` (SPEC I1).
    pub fn originator(&self) -> Option<&Mailbox> {
        self.from.first().or(self.sender.as_ref())
    }

    /// Whether the mail server of this name (its authserv-id) says that the mail is from the domain in its `From`.
    ///
    /// Only the topmost `Authentication-Results` of that name counts; what stands below may be forged.
    pub fn is_authenticated_by(&self, server: Option<&str>) -> bool {
        let (Some(server), [from]) = (server, self.from.as_slice()) else { return false };
        authentication::is_authentic(&self.authentication_results, server, from.address.domain())
    }

    /// Whether one of these addresses is in To or Cc (SPEC U11).
    pub fn is_addressed_to(&self, addresses: &[AddrSpec]) -> bool {
        let keys: Vec<String> = addresses.iter().map(AddrSpec::key).collect();
        self.to.iter().chain(&self.cc).any(|mailbox| keys.contains(&mailbox.address.key()))
    }
}

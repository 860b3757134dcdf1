//! Reports about other mail: delivery status (RFC 3464), disposition (RFC 8098), abuse (RFC 5965), and
//! bounces of servers that know no standard.
//!
//! A bounce in no standard form is believed only when a mail server sent it: a person who quotes a bounce
//! asks for help and is none.

mod addressee;
mod bounce;
mod closing;
mod code;
mod contact;
mod first_words;
mod groups;
mod innocent;
mod list_server;
mod listed;
mod nested;
mod notification;
mod original;
mod prose;
mod refusal;
mod sender;
mod shape;
mod status;
mod stranger;
mod transient;

use super::client;
use super::header::{Fields, one_line, unfold};
use super::mime::{Part, Tree};
use super::{Report, ReportRecipient, ReportedMail};
use crate::vocab::{Mailbox, ReturnPath};

pub(super) use code::{enhanced_status, smtp_code};

/// The most recipients of one report that are kept.
const RECIPIENTS_MAX: usize = 1_000;
/// How much of a mail that a provider passes on is searched for who complains.
const HEADER_BYTES_MAX: usize = 16 * 1024;

/// What is known of a mail when it is asked whether it is a report.
#[derive(Debug)]
pub(super) struct Evidence<'m, 'x> {
    pub(super) fields: &'m Fields<'x>,
    pub(super) tree: &'m Tree<'x>,
    pub(super) from: Option<&'m Mailbox>,
    pub(super) return_path: Option<&'m ReturnPath>,
    pub(super) subject: &'m str,
    pub(super) has_reply_mark: bool,
    pub(super) is_forward: bool,
    pub(super) text: &'m str,
    /// The text without what it quotes.
    pub(super) own_words: &'m str,
    pub(super) has_signature: bool,
}

/// The report that a mail is, if it is one.
pub(super) fn read(evidence: &Evidence<'_, '_>) -> Option<Report> {
    let mut report = recognised(evidence)?;
    if report.original.is_none() {
        report.original = original::find(evidence);
    }
    Some(report)
}

fn report(kind: &str, recipients: Vec<ReportRecipient>) -> Report {
    Report { kind: kind.to_owned(), recipients, original: None }
}

fn recognised(evidence: &Evidence<'_, '_>) -> Option<Report> {
    let tree = evidence.tree;
    let is_report = tree.media_type == "multipart/report";
    let is_passed_on = evidence.has_reply_mark || evidence.is_forward;
    let is_from_server = sender::is_from_server(evidence);
    let is_sent_by_server = || is_from_server && !is_passed_on && bounce::is_proven(evidence);
    // people's programs do not declare what they attach to be a report
    let is_declared =
        || !is_passed_on && tree.report_type.as_deref().map(str::trim) == Some("delivery-status");
    let has_status = || tree.parts.iter().any(|part| part.media_type.ends_with("delivery-status"));
    let is_enclosed = || !is_passed_on && has_status() && stranger::encloses_status(evidence);
    if (is_report || is_declared() || is_sent_by_server() || is_enclosed())
        && let Some(bytes) = status::all_of(&tree.parts)
    {
        let mut recipients = status::read(&bytes, evidence);
        if recipients.is_empty() {
            recipients = prose::recipients(evidence);
            recipients.retain(|recipient| recipient.address.is_some());
        }
        if is_report || !recipients.is_empty() {
            return Some(report("delivery-status", recipients));
        }
    }
    if is_report {
        return Some(other_report(evidence));
    }
    let is_complaint = |part: &&Part<'_>| part.is("message/feedback-report");
    if let Some(part) =
        tree.parts.iter().find(is_complaint).filter(|_| !is_passed_on && !client::is_named(evidence.fields))
    {
        return Some(report("feedback-report", feedback(part)));
    }
    // nobody says a word beside it: who does has passed it on
    let is_from_provider =
        || !is_passed_on && evidence.own_words.trim().is_empty() && !client::is_named(evidence.fields);
    if let Some(complaint) = tree.parts.iter().find_map(complaint_in_header).filter(|_| is_from_provider()) {
        return Some(complaint);
    }
    let is_receipt = |part: &&Part<'_>| part.is("message/disposition-notification");
    if let Some(part) = tree.parts.iter().find(is_receipt).filter(|_| !is_passed_on) {
        return Some(report("disposition-notification", disposition(part)));
    }
    if evidence.fields.first("x-amz-sns-message-id").is_some()
        && let Some(report) = notification::read(evidence.text)
    {
        return Some(report);
    }
    if (is_sent_by_server() || list_server::is_sender(evidence))
        && let Some(report) = nested::read(evidence)
    {
        return Some(report);
    }
    let bounce = if is_from_server { bounce::recognise(evidence) } else { None };
    bounce.or_else(|| list_server::refused(evidence).map(|recipients| report("delivery-status", recipients)))
}

/// A `multipart/report` without a delivery status.
fn other_report(evidence: &Evidence<'_, '_>) -> Report {
    for part in &evidence.tree.parts {
        let recipients = match part.media_type.as_str() {
            "message/disposition-notification" | "message/global-disposition-notification" => {
                disposition(part)
            }
            "message/feedback-report" => feedback(part),
            _ => continue,
        };
        let kind = part.media_type.trim_start_matches("message/").trim_start_matches("global-");
        return report(kind, recipients);
    }
    let declared = evidence.tree.report_type.as_deref().map(one_line).unwrap_or_default();
    if declared.is_empty() || declared == "delivery-status" {
        let recipients = bounce::recognise(evidence).map(|report| report.recipients).unwrap_or_default();
        return report("delivery-status", recipients);
    }
    report(&declared, Vec::new())
}

fn disposition(part: &Part<'_>) -> Vec<ReportRecipient> {
    let bytes = part.bytes();
    groups::read(&bytes)
        .first()
        .map(|group| ReportRecipient {
            address: group
                .first("final-recipient")
                .or_else(|| group.first("original-recipient"))
                .map(|body| after_type(&one_line(&unfold(body)))),
            action: group.text("disposition").map(|text| {
                text.rsplit(';')
                    .next()
                    .map(|action| first_word(action).to_ascii_lowercase())
                    .unwrap_or_default()
            }),
            status: None,
            smtp_code: None,
            permanent: false,
        })
        .into_iter()
        .collect()
}

fn feedback(part: &Part<'_>) -> Vec<ReportRecipient> {
    let bytes = part.bytes();
    let Some(group) = groups::read(&bytes).into_iter().next() else { return Vec::new() };
    group
        .all("original-rcpt-to")
        .map(|body| ReportRecipient {
            address: Some(one_line(&unfold(body)).trim_matches(['<', '>']).to_owned()),
            action: group.text("feedback-type").map(|kind| kind.to_ascii_lowercase()),
            status: None,
            smtp_code: None,
            permanent: false,
        })
        .take(RECIPIENTS_MAX)
        .collect()
}

/// A complaint as Microsoft passes it on: the mail itself, and in its header who complains.
fn complaint_in_header(part: &Part<'_>) -> Option<Report> {
    if !part.is("message/rfc822") {
        return None;
    }
    let bytes = part.first_bytes(HEADER_BYTES_MAX);
    let fields = Fields::read(&bytes, 0, HEADER_BYTES_MAX);
    let who = one_line(&unfold(fields.first("x-hmxmroriginalrecipient")?));
    let recipient = ReportRecipient {
        address: Some(who.trim_matches(['<', '>']).to_owned()),
        action: Some("abuse".to_owned()),
        status: None,
        smtp_code: None,
        permanent: false,
    };
    Some(report("feedback-report", vec![recipient]))
}

/// `rfc822; a@b` without its type; `550 refused; bye` has none.
fn after_type(text: &str) -> String {
    let is_type = |kind: &str| {
        kind.len() <= 20
            && !kind.starts_with(|c: char| c.is_ascii_digit())
            && kind.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    match text.split_once(';') {
        Some((kind, value)) if is_type(kind.trim()) => value.trim().to_owned(),
        _ => text.trim().to_owned(),
    }
}

fn first_word(text: &str) -> &str {
    text.split([' ', '(', ';', '/']).find(|word| !word.is_empty()).unwrap_or_default()
}

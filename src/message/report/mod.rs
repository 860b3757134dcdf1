//! Reports about other mail: delivery status (RFC 3464), disposition (RFC 8098), abuse (RFC 5965), and
//! bounces of servers that know no standard.
//!
//! A bounce in no standard form is believed only when a mail server sent it: a person who quotes a bounce
//! asks for help and is none.

mod bounce;
mod code;
mod notification;
mod original;

use super::header::{Fields, line_at, one_line, unfold};
use super::mime::{Part, Tree};
use super::{Report, ReportRecipient, ReportedMail};
use crate::vocab::{Mailbox, ReturnPath};

pub(super) use code::{enhanced_status, smtp_code};

/// The most recipients of one report that are kept.
const RECIPIENTS_MAX: usize = 1_000;

/// What is known of a mail when it is asked whether it is a report.
#[derive(Debug)]
pub(super) struct Evidence<'m, 'x> {
    pub(super) fields: &'m Fields<'x>,
    pub(super) tree: &'m Tree<'x>,
    pub(super) from: Option<&'m Mailbox>,
    pub(super) return_path: Option<&'m ReturnPath>,
    pub(super) subject: &'m str,
    pub(super) has_reply_mark: bool,
    pub(super) text: &'m str,
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
    if is_report || (bounce::is_from_server(evidence) && !evidence.has_reply_mark) {
        let status = tree
            .parts
            .iter()
            .find(|part| part.is("message/delivery-status") || part.is("message/global-delivery-status"));
        if let Some(part) = status {
            let mut recipients = delivery_status(part, evidence);
            if recipients.is_empty() {
                recipients = bounce::in_prose(evidence);
            }
            if is_report || !recipients.is_empty() {
                return Some(report("delivery-status", recipients));
            }
        }
    }
    if is_report {
        return Some(other_report(evidence));
    }
    if let Some(part) = tree.parts.iter().find(|part| part.is("message/feedback-report")) {
        return Some(report("feedback-report", feedback(part)));
    }
    let is_receipt = |part: &&Part<'_>| part.is("message/disposition-notification");
    if let Some(part) = tree.parts.iter().find(is_receipt).filter(|_| !evidence.has_reply_mark) {
        return Some(report("disposition-notification", disposition(part)));
    }
    if evidence.fields.first("x-amz-sns-message-id").is_some()
        && let Some(report) = notification::read(evidence.text)
    {
        return Some(report);
    }
    bounce::recognise(evidence)
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

/// The recipients of a delivery status: each group of fields that names one or says what became of it.
fn delivery_status(part: &Part<'_>, evidence: &Evidence<'_, '_>) -> Vec<ReportRecipient> {
    let bytes = part.bytes();
    let mut recipients: Vec<ReportRecipient> = Vec::new();
    for group in groups(&bytes) {
        let says = |name: &str| group.first(name).is_some();
        if recipients.len() >= RECIPIENTS_MAX
            || !(says("final-recipient") || says("action") || says("status"))
        {
            continue;
        }
        recipients.push(recipient(&group));
    }
    let is_alone = recipients.len() == 1;
    for recipient in &mut recipients {
        complete(recipient, evidence, is_alone);
    }
    recipients
}

/// The groups of fields of a status part, divided by empty lines.
fn groups(bytes: &[u8]) -> Vec<Fields<'_>> {
    let mut groups = Vec::new();
    let mut position = 0;
    while let Some((line, next)) = line_at(bytes, position) {
        if groups.len() > RECIPIENTS_MAX {
            break;
        }
        if line.trim_ascii().is_empty() {
            position = next;
            continue;
        }
        let group = Fields::read(bytes, position, bytes.len());
        position = group.body_start.max(next);
        groups.push(group);
    }
    groups
}

fn recipient(group: &Fields<'_>) -> ReportRecipient {
    let typed = |name: &str| group.first(name).map(|body| after_type(&one_line(&unfold(body))));
    let action = group.text("action").map(|action| first_word(&action).to_ascii_lowercase());
    let diagnostic = typed("diagnostic-code");
    let status = group.text("status").and_then(|status| enhanced_status(&status));
    let status = last_word(status, diagnostic.as_deref());
    let class = status.as_deref().and_then(|status| status.chars().next());
    let is_done = !matches!(action.as_deref(), None | Some("failed" | "delayed"));
    let code = diagnostic.as_deref().and_then(|text| {
        smtp_code(text, class).or_else(|| is_done.then(|| notification::code_at_start(text)).flatten())
    });
    ReportRecipient {
        address: typed("final-recipient")
            .or_else(|| typed("original-recipient"))
            .map(|address| address.trim_matches(['<', '>', ' ', '"']).to_owned())
            .filter(|address| !address.is_empty()),
        status: specific(status, diagnostic.as_deref()),
        smtp_code: code,
        permanent: false,
        action,
    }
}

/// The status of a refusal for good that a server noted as one for now: what was said is `550 5.1.1`, and it counts.
fn last_word(status: Option<String>, diagnostic: Option<&str>) -> Option<String> {
    let said = diagnostic.filter(|text| text.trim_start().starts_with('5')).and_then(enhanced_status);
    match (status, said) {
        (Some(noted), Some(said)) if noted.starts_with('4') && said.starts_with('5') => Some(said),
        (noted, _) => noted,
    }
}

/// A status that says no more than its class gives way to one in the diagnosis that says more.
fn specific(status: Option<String>, diagnostic: Option<&str>) -> Option<String> {
    let in_diagnosis = diagnostic.and_then(enhanced_status);
    match status {
        Some(status) if status.ends_with(".0.0") => match in_diagnosis {
            Some(better) if better.get(..1) == status.get(..1) => Some(better),
            _ => Some(status),
        },
        Some(status) => Some(status),
        None => in_diagnosis,
    }
}

/// Fills in what the fields left open, and judges whether trying again is of use.
fn complete(recipient: &mut ReportRecipient, evidence: &Evidence<'_, '_>, is_alone: bool) {
    let class = recipient.status.as_deref().and_then(|status| status.chars().next());
    let failed = matches!(recipient.action.as_deref(), None | Some("failed" | "delayed"));
    if recipient.smtp_code.is_none() && is_alone && failed {
        recipient.smtp_code = bounce::code_in_text(evidence.text, class);
    }
    recipient.permanent = is_permanent(recipient);
}

fn is_permanent(recipient: &ReportRecipient) -> bool {
    let class = |text: &Option<String>| text.as_deref().and_then(|text| text.chars().next());
    match recipient.action.as_deref() {
        Some("delayed" | "delivered" | "relayed" | "expanded") => false,
        _ => match class(&recipient.status).or_else(|| class(&recipient.smtp_code)) {
            Some(class) => class == '5',
            None => matches!(recipient.action.as_deref(), Some("failed" | "expired")),
        },
    }
}

fn disposition(part: &Part<'_>) -> Vec<ReportRecipient> {
    let bytes = part.bytes();
    groups(&bytes)
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
    let Some(group) = groups(&bytes).into_iter().next() else { return Vec::new() };
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

/// `rfc822; a@b` without its type.
fn after_type(text: &str) -> String {
    match text.split_once(';') {
        Some((kind, value)) if kind.len() <= 20 && !kind.contains('@') => value.trim().to_owned(),
        _ => text.trim().to_owned(),
    }
}

fn first_word(text: &str) -> &str {
    text.split([' ', '(', ';', '/']).find(|word| !word.is_empty()).unwrap_or_default()
}

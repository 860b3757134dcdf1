//! Which mail a report is about: by the header that it returns, by what it says itself, or by what it answers.

use super::super::header::{self, Fields};
use super::super::mailboxes;
use super::super::mime::Part;
use super::{Evidence, RECIPIENTS_MAX, ReportedMail, bounce, groups, shape};
use crate::vocab::AddrSpec;

/// The most bytes of a returned mail that are read.
const BYTES_MAX: usize = 64 * 1024;
/// The most lines of prose in which the returned header is looked for.
const LINES_MAX: usize = 2_000;
/// The most parts in which a header without a type of its own is looked for.
const PARTS_MAX: usize = 8;
/// How many bytes show whether a part begins like a header.
const FIELD_BYTES: usize = 64;
/// The most bytes of a word before an identifier.
const LABEL_BYTES_MAX: usize = 80;
/// Parts of what servers write before the identifier of a mail, in lower case.
const IDENTIFIER_LABELS: [&str; 8] = [
    "message-id",
    "message id",
    "messageid",
    "message identifier",
    "nachrichten-id",
    "nachrichtenkennung",
    "id de mensaje",
    "identifiant du message",
];
/// The most stations on its way that are asked whom a mail was for.
const HOPS_MAX: usize = 50;

/// The mail that a report is about.
pub(super) fn find(evidence: &Evidence<'_, '_>) -> Option<ReportedMail> {
    let mut found = with_header(evidence, of_fields).unwrap_or_default();
    if found.message_id.is_none() {
        found.message_id = named(evidence).or_else(|| told(evidence)).or_else(|| answered(evidence));
    }
    found.known()
}

/// Whom the returned mail was sent to, as far as its header says so.
pub(super) fn sent_to(evidence: &Evidence<'_, '_>) -> Vec<AddrSpec> {
    with_header(evidence, |fields| {
        let mut found = Vec::new();
        for body in ["to", "cc", "envelope-to"].into_iter().flat_map(|name| fields.all(name)) {
            let _writing = mailboxes::read(body, &mut found);
        }
        let addresses = found.into_iter().map(|mailbox| mailbox.address);
        let hops = fields.all("received").take(HOPS_MAX).filter_map(|body| {
            let hop = header::text(body);
            let (_, behind) = hop.split_once(" for ")?;
            shape::address_at(behind).map(|(address, _)| address)
        });
        let all: Vec<AddrSpec> = addresses.chain(hops).take(RECIPIENTS_MAX).collect();
        (!all.is_empty()).then_some(all)
    })
    .unwrap_or_default()
}

/// Whether a header of a mail is given back; servers give back no bounce.
pub(super) fn is_returned(evidence: &Evidence<'_, '_>) -> bool {
    with_header(evidence, |fields| {
        let from = fields.text("from").unwrap_or_default().to_lowercase();
        let is_one = !from.is_empty() || fields.first("received").is_some();
        (is_one && !from.contains("mailer-daemon") && !from.contains("postmaster")).then_some(())
    })
    .is_some()
}

/// What the header of the returned mail says: of a part of its own, or else as the text repeats it.
fn with_header<T>(evidence: &Evidence<'_, '_>, ask: impl Fn(&Fields<'_>) -> Option<T>) -> Option<T> {
    returned(evidence, &ask).or_else(|| quoted(evidence.text, &ask))
}

/// The header in a part of its own (RFC 6522 §3).
fn returned<T>(evidence: &Evidence<'_, '_>, ask: impl Fn(&Fields<'_>) -> Option<T>) -> Option<T> {
    let has_type = |part: &&Part<'_>| {
        matches!(
            part.media_type.as_str(),
            "message/rfc822"
                | "message/global"
                | "text/rfc822-headers"
                | "text/rfc822-header"
                | "message/rfc822-headers"
                | "text/rfc822"
                | "message/global-headers"
        )
    };
    let parts = &evidence.tree.parts;
    let part = parts
        .iter()
        .find(has_type)
        .or_else(|| parts.iter().skip(1).take(PARTS_MAX).find(|part| is_header(part)))?;
    let bytes = part.first_bytes(BYTES_MAX);
    let start = bytes.iter().position(|byte| !byte.is_ascii_whitespace())?;
    ask(&Fields::read(&bytes, start, BYTES_MAX)).or_else(|| {
        let header = mended(&String::from_utf8_lossy(&bytes));
        ask(&Fields::read(header.as_bytes(), 0, BYTES_MAX))
    })
}

/// Whether a part without a type of its own is such a header: it begins like one that servers have written.
fn is_header(part: &Part<'_>) -> bool {
    matches!(part.media_type.as_str(), "text/plain" | "application/octet-stream" | "message/partial")
        && ["received:", "return-path:"].iter().any(|name| {
            let bytes = part.first_bytes(FIELD_BYTES);
            bytes
                .trim_ascii_start()
                .get(..name.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(name.as_bytes()))
        })
}

fn of_fields(fields: &Fields<'_>) -> Option<ReportedMail> {
    ReportedMail {
        message_id: fields.first("message-id").and_then(|body| header::ids(body).into_iter().next()),
        subject: fields.text("subject").filter(|subject| !subject.is_empty()),
    }
    .known()
}

/// The header as the text of a server repeats it, below its own words.
fn quoted<T>(text: &str, ask: impl Fn(&Fields<'_>) -> Option<T>) -> Option<T> {
    let below = text.get(bounce::own_text(text, bounce::TEXT_BYTES_MAX).len()..)?;
    let header = mended(below);
    ask(&Fields::read(header.as_bytes(), 0, BYTES_MAX))
}

/// A header out of a text: without what is before it, marks of quotation, and breaks in its folded lines.
fn mended(text: &str) -> String {
    let mut header = String::new();
    let mut has_fields = false;
    for line in text.get(..text.floor_char_boundary(BYTES_MAX)).unwrap_or(text).lines().take(LINES_MAX) {
        let line = line.trim_start_matches(['>', '|']).trim_end();
        let line = if has_fields { line } else { line.trim_start() };
        let is_field = line.split_once(':').is_some_and(|(name, _)| {
            !name.is_empty() && name.len() < 60 && !name.contains(|c: char| c.is_whitespace())
        });
        if is_field || (has_fields && !line.is_empty()) {
            has_fields |= is_field;
            // whoever broke its lines took the blanks of folded ones
            if !is_field && !line.starts_with([' ', '\t']) {
                header.push(' ');
            }
            header.push_str(line);
            header.push_str("\r\n");
        } else if has_fields {
            break;
        }
    }
    header.push_str("\r\n");
    header
}

/// What the words of a server call the identifier of the mail, before a colon and at the end of a line.
fn told(evidence: &Evidence<'_, '_>) -> Option<String> {
    let own = bounce::own_text(evidence.text, bounce::TEXT_BYTES_MAX);
    own.lines().take(LINES_MAX).find_map(|line| {
        let (label, id) = line.rsplit_once('<')?;
        let id = id.trim_end_matches(['.', ',', ' ', '\t']).strip_suffix('>')?;
        let label = label.trim_end().strip_suffix([':', '：'])?;
        let label = label.get(label.ceil_char_boundary(label.len().saturating_sub(LABEL_BYTES_MAX))..)?;
        let lower = label.to_lowercase();
        let is_labelled = IDENTIFIER_LABELS.iter().any(|words| lower.contains(words));
        let is_id = id.contains('@') && !id.contains(char::is_whitespace);
        (is_id && is_labelled).then(|| id.to_owned())
    })
}

/// `Original-Message-ID` of a receipt (RFC 8098 §3.2.5), and what servers write beside the status of a recipient.
fn named(evidence: &Evidence<'_, '_>) -> Option<String> {
    evidence
        .tree
        .parts
        .iter()
        .filter(|part| part.media_type.ends_with("-notification") || part.media_type.ends_with("-status"))
        .find_map(|part| {
            let bytes = part.first_bytes(BYTES_MAX);
            groups::read(&bytes).iter().find_map(|group| {
                ["original-message-id", "x-original-message-id"]
                    .iter()
                    .find_map(|name| header::ids(group.first(name)?).into_iter().next())
            })
        })
}

/// What the report itself answers: many servers refer to the mail that they give back, those of certified mail by a field
/// of their own.
fn answered(evidence: &Evidence<'_, '_>) -> Option<String> {
    let latest = |name: &str| evidence.fields.first(name).and_then(|body| header::ids(body).pop());
    ["x-riferimento-message-id", "in-reply-to", "references"].into_iter().find_map(latest)
}

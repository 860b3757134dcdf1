//! Which mail a report is about: by the header that it returns, by what it says itself, or by what it answers.

use super::super::header::{self, Fields};
use super::{Evidence, ReportedMail, bounce};

/// The most bytes of a returned mail that are read.
const BYTES_MAX: usize = 64 * 1024;
/// The most lines of prose in which the returned header is looked for.
const LINES_MAX: usize = 2_000;

/// The mail that a report is about.
pub(super) fn find(evidence: &Evidence<'_, '_>) -> Option<ReportedMail> {
    let mut found = returned(evidence).or_else(|| quoted(evidence.text)).unwrap_or_default();
    if found.message_id.is_none() {
        found.message_id = named(evidence).or_else(|| answered(evidence));
    }
    found.known()
}

/// The header in a part of its own (RFC 6522 §3).
fn returned(evidence: &Evidence<'_, '_>) -> Option<ReportedMail> {
    let part = evidence.tree.parts.iter().find(|part| {
        matches!(
            part.media_type.as_str(),
            "message/rfc822"
                | "message/global"
                | "text/rfc822-headers"
                | "message/rfc822-headers"
                | "text/rfc822"
                | "message/global-headers"
        )
    })?;
    let bytes = part.first_bytes(BYTES_MAX);
    let start = bytes.iter().position(|byte| !byte.is_ascii_whitespace())?;
    of_fields(&Fields::read(&bytes, start, BYTES_MAX))
}

fn of_fields(fields: &Fields<'_>) -> Option<ReportedMail> {
    ReportedMail {
        message_id: fields.first("message-id").and_then(|body| header::ids(body).into_iter().next()),
        subject: fields.text("subject").filter(|subject| !subject.is_empty()),
    }
    .known()
}

/// The header as the text of a server repeats it, below its own words.
fn quoted(text: &str) -> Option<ReportedMail> {
    let below = text.get(bounce::own_text(text).len()..)?;
    let mut header = String::new();
    let mut has_fields = false;
    for line in below.get(..below.floor_char_boundary(BYTES_MAX))?.lines().take(LINES_MAX) {
        let line = line.trim_start_matches(['>', '|']).trim_end();
        let line = if has_fields { line } else { line.trim_start() };
        let is_field = line.split_once(':').is_some_and(|(name, _)| {
            !name.is_empty() && name.len() < 60 && !name.contains(|c: char| c.is_whitespace())
        });
        let is_fold = has_fields && line.starts_with([' ', '\t']);
        if is_field || is_fold {
            has_fields |= is_field;
            header.push_str(line);
            header.push_str("\r\n");
        } else if has_fields {
            break;
        }
    }
    header.push_str("\r\n");
    of_fields(&Fields::read(header.as_bytes(), 0, BYTES_MAX))
}

/// `Original-Message-ID` of a receipt (RFC 8098 §3.2.5).
fn named(evidence: &Evidence<'_, '_>) -> Option<String> {
    evidence
        .tree
        .parts
        .iter()
        .filter(|part| part.media_type.ends_with("-notification") || part.media_type.ends_with("-status"))
        .find_map(|part| {
            let bytes = part.first_bytes(BYTES_MAX);
            super::groups(&bytes).iter().find_map(|group| {
                group.first("original-message-id").and_then(|body| header::ids(body).into_iter().next())
            })
        })
}

/// What the report itself answers: many servers refer to the mail that they give back.
fn answered(evidence: &Evidence<'_, '_>) -> Option<String> {
    let latest = |name: &str| evidence.fields.first(name).and_then(|body| header::ids(body).pop());
    latest("in-reply-to").or_else(|| latest("references"))
}

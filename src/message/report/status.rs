//! Delivery status in fields (RFC 3464, RFC 6533): one group for each recipient.

use super::super::header::{Fields, one_line, unfold};
use super::super::mime::Part;
use super::code::CODES;
use super::transient::{Farewell, Outlook};
use super::{
    Evidence, RECIPIENTS_MAX, ReportRecipient, after_type, bounce, enhanced_status, first_word, groups,
    notification, prose, smtp_code,
};
use crate::vocab::AddrSpec;
use std::collections::HashMap;

/// The most parts with a delivery status that are read.
const PARTS_MAX: usize = 100;
/// How many bytes show whether a part begins like a delivery status.
const FIRST_BYTES: usize = 64;
/// The most bytes of a text in which a delivery status is looked for.
const STATUS_BYTES_MAX: usize = 128 * 1024;

/// Fields that say whom a group is about, in lower case.
const RECIPIENT_FIELDS: [&str; 3] = ["final-recipient", "original-recipient", "x-actual-recipient"];
/// Fields of the group about the mail as a whole (RFC 3464 §2.2), in lower case.
const MAIL_FIELDS: [&str; 5] =
    ["reporting-mta", "arrival-date", "received-from-mta", "dsn-gateway", "original-envelope-id"];

/// The recipients of a delivery status: each group of fields that names one or says what became of it.
pub(super) fn read(bytes: &[u8], evidence: &Evidence<'_, '_>) -> Vec<ReportRecipient> {
    let mut recipients: Vec<ReportRecipient> = Vec::new();
    let divided = groups::divided(bytes);
    let all = groups::read(&divided);
    let names_recipient =
        |group: &Fields<'_>| RECIPIENT_FIELDS.iter().any(|name| group.first(name).is_some());
    let names_one = all.iter().any(names_recipient);
    let is_about_mail = |group: &Fields<'_>| {
        names_one && !names_recipient(group) && MAIL_FIELDS.iter().any(|name| group.first(name).is_some())
    };
    let mut about_mail: Option<&Fields<'_>> = None;
    for group in &all {
        if is_about_mail(group) {
            about_mail = Some(group);
            continue;
        }
        let is_told_above = names_recipient(group) && about_mail.is_some_and(says_fate);
        if recipients.len() >= RECIPIENTS_MAX
            || !(group.first("final-recipient").is_some() || says_fate(group) || is_told_above)
        {
            continue;
        }
        recipients.push(recipient(group, about_mail));
    }
    let mut recipients = united(recipients);
    complete(&mut recipients, evidence);
    recipients
}

/// Whether a group says what became of something.
fn says_fate(group: &Fields<'_>) -> bool {
    ["action", "status"].iter().any(|name| group.first(name).is_some())
}

/// Each recipient once for the same fate, where a server repeats itself; what one group leaves open another may say.
fn united(all: Vec<ReportRecipient>) -> Vec<ReportRecipient> {
    let mut places: HashMap<(String, Option<String>), usize> = HashMap::new();
    let mut recipients: Vec<ReportRecipient> = Vec::new();
    for one in all {
        let Some(address) = one.address.as_deref() else {
            recipients.push(one);
            continue;
        };
        let key = (address.to_lowercase(), one.action.clone());
        if let Some(known) = places.get(&key).and_then(|at| recipients.get_mut(*at)) {
            known.status = known.status.take().or(one.status);
            known.smtp_code = known.smtp_code.take().or(one.smtp_code);
        } else {
            places.insert(key, recipients.len());
            recipients.push(one);
        }
    }
    recipients
}

/// All delivery status of a mail, one part after the other: a server may write one for each recipient.
pub(super) fn all_of(parts: &[Part<'_>]) -> Option<Vec<u8>> {
    let mut all: Option<Vec<u8>> = None;
    for part in parts.iter().filter(|part| is_one(part)).take(PARTS_MAX) {
        let bytes = all.get_or_insert_default();
        bytes.extend_from_slice(&part.bytes());
        bytes.extend_from_slice(b"\r\n\r\n");
    }
    all
}

/// Whether a part is a delivery status, be it that somebody on its way took its type from it.
fn is_one(part: &Part<'_>) -> bool {
    const FIRST_FIELD: &[u8] = b"reporting-mta:";
    let begins_like_one = || {
        let bytes = part.first_bytes(FIRST_BYTES);
        bytes
            .trim_ascii_start()
            .get(..FIRST_FIELD.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(FIRST_FIELD))
    };
    match part.media_type.as_str() {
        "message/delivery-status" | "message/global-delivery-status" => true,
        "text/plain" | "application/octet-stream" => begins_like_one(),
        _ => false,
    }
}

/// The recipients of a delivery status that stands in the text, as where a server passes on what another one reported.
pub(super) fn in_text(text: &str, evidence: &Evidence<'_, '_>) -> Option<Vec<ReportRecipient>> {
    let text = text.get(..text.floor_char_boundary(STATUS_BYTES_MAX))?;
    let names = |line: &str| {
        line.split_once(':').is_some_and(|(name, _)| name.trim().eq_ignore_ascii_case("final-recipient"))
    };
    if !text.lines().any(names) {
        return None;
    }
    let mut recipients = read(text.as_bytes(), evidence);
    recipients.retain(|recipient| recipient.address.is_some());
    (!recipients.is_empty()).then_some(recipients)
}

/// What a group says of a recipient. `about_mail`: the group before those of recipients, where some servers say once what
/// became of all.
fn recipient(group: &Fields<'_>, about_mail: Option<&Fields<'_>>) -> ReportRecipient {
    let said = |name: &str| group.text(name).or_else(|| about_mail?.text(name));
    let action = said("action").map(|action| action_of(&action));
    let diagnostic = group.first("diagnostic-code").map(|body| after_type(&one_line(&unfold(body))));
    let noted = said("status");
    let status = noted.as_deref().and_then(enhanced_status);
    let code_as_status = if status.is_none() { noted.as_deref().and_then(code_at_start) } else { None };
    let status = last_word(status, diagnostic.as_deref());
    let class = class(status.as_ref()).or_else(|| class(code_as_status.as_ref()));
    let action = action.or_else(|| (class == Some('5')).then(|| "failed".to_owned()));
    let is_done = !matches!(action.as_deref(), None | Some("failed" | "delayed"));
    let code = diagnostic.as_deref().and_then(|text| {
        smtp_code(text, class).or_else(|| is_done.then(|| notification::code_at_start(text)).flatten())
    });
    let code = code.or(code_as_status);
    ReportRecipient {
        address: address(group),
        status: specific(status, diagnostic.as_deref()),
        smtp_code: code,
        // what the words alone say; a status or a code says more
        permanent: !Outlook::of(diagnostic.as_deref().unwrap_or_default()).is_transient(Farewell::Implied),
        action,
    }
}

/// The action that is meant: RFC 3464 §2.3.3 knows five words, and some servers write others for them.
fn action_of(text: &str) -> String {
    let word = first_word(text).to_ascii_lowercase();
    let meant = match word.as_str() {
        "failure" | "fail" | "fatal" | "failed." => "failed",
        "delay" | "deferred" | "warning" => "delayed",
        "success" | "deliver" => "delivered",
        "relay" => "relayed",
        _ => return word,
    };
    meant.to_owned()
}

/// The SMTP code that a server wrote where its status belongs.
fn code_at_start(status: &str) -> Option<String> {
    let word = first_word(status);
    CODES.contains(&word).then(|| word.to_owned())
}

/// Whom a group is about. Where its server names a file or a program that the mail was meant for, it is whoever the mail
/// was sent to.
fn address(group: &Fields<'_>) -> Option<String> {
    let named = ["final-recipient", "original-recipient", "x-actual-recipient"].map(|name| {
        let body = one_line(&unfold(group.first(name)?));
        let is_international = body.get(..6).is_some_and(|kind| kind.eq_ignore_ascii_case("utf-8;"));
        let address = after_type(&body);
        let address = if is_international { unescaped(&address) } else { address };
        Some(bare(&address).to_owned()).filter(|address| !address.is_empty())
    });
    let usable = named.iter().flatten().find(|address| AddrSpec::parse(address).is_some());
    usable.or_else(|| named.iter().flatten().next()).cloned()
}

/// An address without what some servers write around it: a name, a comment, brackets, the scheme of a link.
fn bare(address: &str) -> &str {
    let address = match address.rsplit_once('<') {
        Some((_, inner)) if inner.contains('@') => inner,
        _ => address.split_once(" (").map_or(address, |(address, _)| address),
    };
    let address = address.trim_matches(['<', '>', ' ']);
    let address = address.strip_prefix("mailto:").unwrap_or(address);
    if address.contains("\"@") { address } else { address.trim_matches('"') }
}

/// An international address in which characters are written as `\x{fc}` (RFC 6533 §3).
fn unescaped(address: &str) -> String {
    let mut pieces = address.split("\\x{");
    let mut text = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let character = piece.split_once('}').and_then(|(digits, rest)| {
            let number = u32::from_str_radix(digits, 16).ok()?;
            Some((char::from_u32(number).filter(|c| !c.is_control())?, rest))
        });
        if let Some((character, rest)) = character {
            text.push(character);
            text.push_str(rest);
        } else {
            text.push_str("\\x{");
            text.push_str(piece);
        }
    }
    text
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

/// Fills in the codes that the fields left open from what is said above them, and judges whether trying again is of use.
fn complete(recipients: &mut [ReportRecipient], evidence: &Evidence<'_, '_>) {
    let lacks_code = |one: &ReportRecipient| {
        one.smtp_code.is_none() && matches!(one.action.as_deref(), None | Some("failed" | "delayed"))
    };
    if let [only] = recipients {
        if only.address.is_none() {
            only.address = the_only_one(evidence);
        }
        if lacks_code(only) {
            only.smtp_code = bounce::code_in_text(evidence.text, class(only.status.as_ref()));
        }
    } else if recipients.iter().any(lacks_code) {
        let codes = said_above(evidence);
        for one in recipients.iter_mut().filter(|one| lacks_code(one)) {
            let key = one.address.as_deref().map(str::to_lowercase).unwrap_or_default();
            let fits =
                |code: &&String| one.status.as_deref().is_none_or(|status| status.get(..1) == code.get(..1));
            one.smtp_code = codes.get(&key).filter(fits).cloned();
        }
    }
    for one in recipients {
        one.permanent = is_permanent(one);
    }
}

/// The recipient that the prose of a report names, where it is one.
fn the_only_one(evidence: &Evidence<'_, '_>) -> Option<String> {
    let mut named = prose::recipients(evidence);
    named.pop().filter(|_| named.is_empty()).and_then(|one| one.address)
}

/// The codes in the prose of a report, by the addresses that they are about.
fn said_above(evidence: &Evidence<'_, '_>) -> HashMap<String, String> {
    let said = prose::recipients(evidence).into_iter();
    said.filter_map(|one| Some((one.address?.to_lowercase(), one.smtp_code?))).collect()
}

fn class(code: Option<&String>) -> Option<char> {
    code.and_then(|code| code.chars().next())
}

fn is_permanent(recipient: &ReportRecipient) -> bool {
    match recipient.action.as_deref() {
        Some("delayed" | "delivered" | "relayed" | "expanded") => false,
        _ => match class(recipient.status.as_ref()).or_else(|| class(recipient.smtp_code.as_ref())) {
            Some(class) => class == '5',
            None => recipient.permanent && matches!(recipient.action.as_deref(), Some("failed" | "expired")),
        },
    }
}

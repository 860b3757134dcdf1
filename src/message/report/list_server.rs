//! Refusals by list servers: whoever is no member wrote to a mailing list, and its program gives the mail back.

use super::{Evidence, ReportRecipient, addressee};

/// Header fields that only list servers write.
const SERVER_FIELDS: [&str; 7] = [
    "x-mlserver",
    "x-ml-info",
    "x-mailman-version",
    "x-listserver",
    "x-list-server",
    "x-sympa-to",
    "list-id",
];
/// How list servers begin or end the name of the mailbox that they write from, in lower case.
const NAME_STARTS: [&str; 6] = ["owner-", "majordomo", "mailman", "listserv", "sympa", "ezmlm"];
const NAME_ENDS: [&str; 6] = ["-admin", "-owner", "-bounces", "-request", "-help", "-return"];
/// What they say, in lower case.
const REFUSALS: [&str; 13] = [
    "you are not a member of this mailing list",
    "are not member",
    "not allowed to post to this mailing list",
    "not allowed to post to this list",
    "not authorized to post to",
    "posting to this list is restricted",
    "only members of the list",
    "your message was automatically rejected",
    "has been automatically rejected",
    "has been rejected by the list moderator",
    "you are not allowed to post",
    "you may not post to",
    "has been rejected by the moderator",
];
/// With which a sentence says when something would be refused, in lower case.
const CONDITIONS: [&str; 3] = ["if ", "unless ", "note:"];
/// What else they write about, in lower case: to new members, and to those who look after a list.
const OTHER_MATTERS: [&str; 4] =
    ["welcome to", "authorization is requested", "requires approval", "subscription confirmation"];
/// How much of the text is searched.
const TEXT_BYTES_MAX: usize = 4 * 1024;

/// Whether the program of a list wrote this.
pub(super) fn is_sender(evidence: &Evidence<'_, '_>) -> bool {
    let Some(from) = evidence.from else { return false };
    let local = from.address.local_part().to_lowercase();
    let is_named = NAME_STARTS.iter().any(|start| local.starts_with(start))
        || NAME_ENDS.iter().any(|end| local.ends_with(end));
    let has_field = || SERVER_FIELDS.iter().any(|name| evidence.fields.first(name).is_some());
    is_named && has_field() && !evidence.has_reply_mark && !evidence.is_forward
}

/// Which list refused a mail, where the program of a list says so.
pub(super) fn refused(evidence: &Evidence<'_, '_>) -> Option<Vec<ReportRecipient>> {
    if !is_sender(evidence) {
        return None;
    }
    let text = evidence.text.get(..evidence.text.floor_char_boundary(TEXT_BYTES_MAX))?;
    let own: String = text.lines().filter(|line| !line.starts_with('>')).collect::<Vec<_>>().join("\n");
    let lower = own.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    let refuses = |sentence: &str| {
        !CONDITIONS.iter().any(|word| sentence.contains(word))
            && REFUSALS.iter().any(|words| sentence.contains(words))
    };
    if OTHER_MATTERS.iter().any(|words| lower.contains(words)) || !lower.split(['.', '!']).any(refuses) {
        return None;
    }
    let list = addressee::find(evidence, &own, &[]).into_iter().next();
    Some(vec![ReportRecipient {
        address: list.map(String::from),
        action: Some("failed".to_owned()),
        status: None,
        smtp_code: None,
        permanent: true,
    }])
}

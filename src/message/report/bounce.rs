//! Bounces in no standard form, and the codes that stand in the words of any bounce.

use super::{Evidence, Report, ReportRecipient, after_type};
use crate::vocab::{AddrSpec, ReturnPath};

/// How mail servers call themselves before the `@`.
const SERVER_NAMES: [&str; 10] = [
    "mailer-daemon",
    "mailerdaemon",
    "mail-daemon",
    "maildaemon",
    "mdaemon",
    "double-bounce",
    "postmaster",
    "mailer.daemon",
    "mail_daemon",
    "mailsystem",
];
/// What stands in the subject of a bounce, in lower case.
const SUBJECTS: [&str; 34] = [
    "undeliver",
    "deliver",
    "failure notice",
    "returned mail",
    "returned to sender",
    "mail failure",
    "non remis",
    "unzustellbar",
    "nicht zugestellt",
    "zustellung",
    "could not be sent",
    "mail system error",
    "message status",
    "user unknown",
    "unknown user",
    "bounce",
    "mail error",
    "failed",
    "failure",
    "warning: message",
    "delayed",
    "rejected",
    "no se puede",
    "no entregado",
    "non recapitabile",
    "mancato recapito",
    "onbestelbaar",
    "não entregue",
    "olevererbart",
    "kunde inte levereras",
    "не доставлено",
    "недоставлен",
    "配信",
    "退信",
];
/// What stands in the text of a bounce whose subject says nothing, in lower case.
const PHRASES: [&str; 14] = [
    "could not be delivered",
    "couldn't be delivered",
    "did not reach the following",
    "trouble delivering",
    "error sending your mail",
    "undeliverable",
    "unable to deliver",
    "delivery to the following",
    "was not delivered",
    "delivery has failed",
    "delivery failed",
    "your message was rejected",
    "queue file write error",
    "konnte nicht zugestellt",
];
/// SMTP reply codes of refusals (RFC 5321 §4.2.3 and what servers use besides).
const CODES: [&str; 47] = [
    "421", "422", "431", "432", "441", "442", "446", "447", "449", "450", "451", "452", "453", "454", "455",
    "471", "500", "501", "502", "503", "504", "510", "511", "512", "513", "515", "521", "523", "525", "530",
    "531", "533", "534", "535", "538", "541", "542", "543", "544", "546", "547", "550", "551", "552", "553",
    "554", "571",
];
/// Words behind which a bounce repeats the mail that it is about.
const ORIGINAL_MARKS: [&str; 9] = [
    "--- below this line is a copy of the message",
    "------ this is a copy of the message",
    "original message follows",
    "----- original message",
    "-----original message",
    "--- original message",
    "original message headers",
    "the header of the original message",
    "message header follows",
];
/// How much of the text is searched.
const TEXT_BYTES_MAX: usize = 32 * 1024;

/// Whether a mail server sent this, by its name or by the blank return path.
pub(super) fn is_from_server(evidence: &Evidence<'_, '_>) -> bool {
    is_named_server(evidence)
        || evidence.return_path == Some(&ReturnPath::Null)
        || evidence.fields.first("x-failed-recipients").is_some()
}

/// Whether the sender calls itself a mail server.
fn is_named_server(evidence: &Evidence<'_, '_>) -> bool {
    let Some(from) = evidence.from else {
        return evidence
            .fields
            .text("from")
            .is_some_and(|from| from.to_lowercase().contains("mailer-daemon"));
    };
    let local = from.address.local_part().to_lowercase();
    let name = from.name.as_deref().unwrap_or_default().to_lowercase();
    SERVER_NAMES.iter().any(|server| local.starts_with(server))
        || name.contains("mailer-daemon")
        || name.contains("mail delivery")
}

/// A bounce in no standard form: from a mail server, no answer, with a subject of the kind or a list of
/// failed recipients, and a reason in its text.
pub(super) fn recognise(evidence: &Evidence<'_, '_>) -> Option<Report> {
    if evidence.has_reply_mark || !is_from_server(evidence) {
        return None;
    }
    let subject = evidence.subject.to_lowercase();
    let failed_recipients = evidence.fields.text("x-failed-recipients");
    let text = own_text(evidence.text);
    let says_so = has_phrase(text);
    if failed_recipients.is_none() && !says_so && !SUBJECTS.iter().any(|words| subject.contains(words)) {
        return None;
    }
    let status = text.lines().filter_map(enhanced_status).find(|status| !status.starts_with('2'));
    let class = status.as_deref().and_then(|status| status.chars().next());
    let code = code_in_text(text, class);
    let address = failed_recipients
        .as_deref()
        .and_then(|failed| failed.split(',').find_map(AddrSpec::parse))
        .or_else(|| addressed(text));
    let has_reason = status.is_some() || code.is_some() || failed_recipients.is_some() || says_so;
    if !has_reason && (address.is_none() || !is_named_server(evidence)) {
        return None;
    }
    let is_delay = ["delay", "warning", "verzöger", "retard"].iter().any(|word| subject.contains(word));
    let class = class.or_else(|| code.as_deref().and_then(|code| code.chars().next()));
    Some(Report {
        kind: "delivery-status".to_owned(),
        recipients: vec![ReportRecipient {
            address: address.map(String::from),
            action: Some(if is_delay { "delayed" } else { "failed" }.to_owned()),
            permanent: !is_delay && class != Some('4'),
            status,
            smtp_code: code,
        }],
    })
}

fn has_phrase(text: &str) -> bool {
    let lower = text.to_lowercase();
    PHRASES.iter().any(|phrase| lower.contains(phrase))
}

/// What the server itself says, without the mail that it repeats.
fn own_text(text: &str) -> &str {
    let text = text.get(..text.floor_char_boundary(TEXT_BYTES_MAX)).unwrap_or(text);
    let mut length = 0;
    for line in text.split_inclusive('\n') {
        let lower = line.trim().to_ascii_lowercase();
        if lower.starts_with('-') && ORIGINAL_MARKS.iter().any(|mark| lower.starts_with(mark)) {
            break;
        }
        if lower.starts_with("received:") || lower.starts_with("return-path:") || line.starts_with("From ") {
            break;
        }
        length += line.len();
    }
    text.get(..length).unwrap_or(text)
}

/// The first address in a text, one in brackets before others of its line.
fn addressed(text: &str) -> Option<AddrSpec> {
    text.lines().find_map(|line| {
        let bracketed =
            line.split_once('<').and_then(|(_, rest)| rest.split_once('>')).map(|(inner, _)| inner);
        let plain =
            line.split_whitespace().map(|word| word.trim_matches([':', ',', ';', '.', '\'', '"', '(', ')']));
        bracketed.and_then(AddrSpec::parse).or_else(|| {
            plain.filter(|word| word.contains('@') && !word.contains(':')).find_map(AddrSpec::parse)
        })
    })
}

/// The SMTP code that stands in a bounce's own words.
pub(super) fn code_in_text(text: &str, class: Option<char>) -> Option<String> {
    own_text(text).lines().find_map(|line| smtp_code(&after_type(line), class))
}

/// The first SMTP code in a diagnosis: one of the class of the status where that is known.
pub(in super::super) fn smtp_code(text: &str, class: Option<char>) -> Option<String> {
    let bytes = text.as_bytes();
    let mut start: usize = 0;
    for word in text.split_inclusive(|c: char| !c.is_ascii_alphanumeric()) {
        let digits = word.trim_end_matches(|c: char| !c.is_ascii_alphanumeric());
        let (before, after) = (start.checked_sub(1), start + digits.len());
        let (from, end) = (start, after);
        start += word.len();
        if !CODES.contains(&digits) || class.is_some_and(|class| !digits.starts_with(class)) {
            continue;
        }
        let before = before.and_then(|at| bytes.get(at)).copied().unwrap_or(b' ');
        let next = bytes.get(end).copied().unwrap_or(b' ');
        let next_but_one = bytes.get(end + 1).copied().unwrap_or(b' ');
        let stands_alone = !matches!(before, b'.' | b'/' | b'@' | b'=' | b'_' | b'$' | b'#')
            && (before != b'-' || from < 2)
            && !matches!(next, b'/' | b'@' | b'%')
            && !(next == b'.' && next_but_one.is_ascii_alphanumeric());
        if stands_alone && is_followed_by_reason(text.get(end..).unwrap_or_default()) {
            return Some(digits.to_owned());
        }
    }
    None
}

/// Behind a code stands a reason, a status, or nothing; behind a quantity stands its unit.
fn is_followed_by_reason(rest: &str) -> bool {
    let rest = rest.trim_start_matches([' ', '-', ':', ')', ',', '"', '\'', '_']).to_ascii_lowercase();
    ![
        "mb",
        "kb",
        "gb",
        "bytes",
        "byte",
        "k ",
        "messages",
        "seconds",
        "minutes",
        "hours",
        "days",
        "recipients",
    ]
    .iter()
    .any(|unit| rest.starts_with(unit))
}

/// The first enhanced status code in a text: `5.1.1`, not an address of a host (RFC 3463).
pub(in super::super) fn enhanced_status(text: &str) -> Option<String> {
    text.split(|c: char| !(c.is_ascii_digit() || c == '.')).find_map(|word| {
        let word = word.trim_matches('.');
        let mut numbers = word.split('.');
        let (class, subject, detail) = (numbers.next()?, numbers.next()?, numbers.next()?);
        let is_status = numbers.next().is_none()
            && matches!(class, "2" | "4" | "5")
            && (1..=3).contains(&subject.len())
            && (1..=3).contains(&detail.len());
        is_status.then(|| word.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_found_in_a_diagnosis_and_not_in_numbers() {
        let cases = [
            ("550 5.1.1 <a@b>: no such user", None, Some("550")),
            ("550-5.7.1 refused", None, Some("550")),
            ("host mx[192.0.2.550] said: 553 sorry", None, Some("553")),
            ("451 try later, then 550 no", Some('5'), Some("550")),
            ("552 MB of 500 MB are used", None, None),
            ("call 5503 or 10.550.1.2", None, None),
            ("(501)", None, Some("501")),
            ("all is well", None, None),
        ];
        for (text, class, code) in cases {
            assert_eq!(smtp_code(text, class).as_deref(), code, "{text}");
        }
    }

    #[test]
    fn status_is_no_address_of_a_host() {
        assert_eq!(enhanced_status("mx 5.1.1.9 said 5.2.2.").as_deref(), Some("5.2.2"));
        assert_eq!(enhanced_status("version 3.2.1"), None);
    }
}

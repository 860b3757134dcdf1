//! Bounces in no standard form, and the codes that stand in the words of any bounce.

use super::code::{CODES, enhanced_status, smtp_code};
use super::{Evidence, Report, ReportRecipient, after_type, notification};
use crate::vocab::{AddrSpec, ReturnPath};

/// How mail servers call themselves before the `@`.
const SERVER_NAMES: [&str; 9] = [
    "mailer-daemon",
    "mailer_daemon",
    "mailerdaemon",
    "mail-daemon",
    "maildaemon",
    "mdaemon",
    "double-bounce",
    "mailer.daemon",
    "mail_daemon",
];
/// How mail servers call themselves where people answer, too.
const SHARED_NAMES: [&str; 5] = ["postmaster", "post_master", "post-master", "mailsystem", "mail-system"];
/// What mail servers give as their name, in lower case.
const DISPLAY_NAMES: [&str; 5] =
    ["mailer-daemon", "mail delivery", "mail deliver system", "mail router", "delivery subsystem"];
/// What people write with, as `User-Agent` and `X-Mailer` call it; in lower case.
const CLIENTS: [&str; 26] = [
    "thunderbird",
    "apple mail",
    "iphone mail",
    "ipad mail",
    "microsoft outlook",
    "microsoft-macoutlook",
    "outlook",
    "windows mail",
    "evolution",
    "mutt",
    "k-9",
    "kmail",
    "roundcube",
    "the bat",
    "foxmail",
    "claws",
    "sylpheed",
    "squirrelmail",
    "horde",
    "rainloop",
    "snappymail",
    "yahoomailwebservice",
    "webmail",
    "emclient",
    "mailbird",
    "lotus notes",
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
const PHRASES: [&str; 30] = [
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
    "konnte nicht übermittelt",
    "nicht zugestellt werden",
    "could not deliver",
    "could not be sent to",
    "an email you sent was rejected",
    "n'a pas pu être remis",
    "n’a pas pu être remis",
    "n'a pas pu être délivré",
    "no se pudo entregar",
    "no se ha podido entregar",
    "non è stato possibile consegnare",
    "kon niet worden bezorgd",
    "não pôde ser entregue",
    "не может быть доставлено",
    "не удалось доставить",
    "配信できません",
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
    let is_server = is_named_server(evidence)
        || evidence.return_path == Some(&ReturnPath::Null)
        || evidence.fields.first("x-failed-recipients").is_some();
    is_server && !is_from_person(evidence)
}

/// Whether bounces of this mail go nowhere: a blank return path, or a server's own name in it.
fn has_server_path(return_path: Option<&ReturnPath>) -> bool {
    match return_path {
        Some(ReturnPath::Null) => true,
        Some(ReturnPath::Path(path)) => {
            let path = path.to_lowercase();
            SERVER_NAMES.iter().any(|server| path.starts_with(server))
        }
        None => false,
    }
}

/// Whether a person wrote it, be it as postmaster: nothing says that a program sent it, and either a mail program is
/// named, or a question is asked under a name that people share with servers.
fn is_from_person(evidence: &Evidence<'_, '_>) -> bool {
    let fields = evidence.fields;
    let is_automatic =
        fields.text("auto-submitted").is_some_and(|value| !value.to_ascii_lowercase().starts_with("no"))
            || has_server_path(evidence.return_path)
            || ["x-failed-recipients", "precedence", "x-auto-response-suppress"]
                .iter()
                .any(|name| fields.first(name).is_some());
    let has_client = || {
        ["user-agent", "x-mailer"].iter().filter_map(|name| fields.text(name)).any(|program| {
            let program = program.to_lowercase();
            CLIENTS.iter().any(|client| program.contains(client))
        })
    };
    let asks = || {
        matches!(evidence.return_path, Some(ReturnPath::Path(_)))
            && !is_certain_server(evidence)
            && own_text(evidence.text).contains(['?', '？'])
    };
    !is_automatic && (has_client() || asks())
}

/// Whether the sender calls itself a mail server.
fn is_named_server(evidence: &Evidence<'_, '_>) -> bool {
    let Some(from) = evidence.from else {
        return evidence.fields.text("from").is_some_and(|from| {
            let from = from.to_lowercase();
            from.contains("mailer-daemon") || DISPLAY_NAMES.iter().any(|name| from.starts_with(name))
        });
    };
    let local = from.address.local_part().to_lowercase();
    let name = from.name.as_deref().unwrap_or_default().to_lowercase();
    SERVER_NAMES.iter().chain(&SHARED_NAMES).any(|server| local.starts_with(server))
        || DISPLAY_NAMES.iter().any(|known| name.contains(known))
}

/// Whether the sender has a name that no person answers by.
fn is_certain_server(evidence: &Evidence<'_, '_>) -> bool {
    has_server_path(evidence.return_path)
        || evidence.from.is_none_or(|from| {
            let local = from.address.local_part().to_lowercase();
            SERVER_NAMES.iter().any(|server| local.starts_with(server))
        })
}

/// A bounce in no standard form: from a mail server, no answer, with a subject of the kind or a list of
/// failed recipients, and a reason in its text. A sender that is known by the blank return path alone may be any
/// program: it has to say that mail could not be delivered.
pub(super) fn recognise(evidence: &Evidence<'_, '_>) -> Option<Report> {
    let text = own_text(evidence.text);
    if !is_from_server(evidence) || (evidence.has_reply_mark && !is_transcript(evidence, text)) {
        return None;
    }
    let subject = evidence.subject.to_lowercase();
    let has_failed_recipients = evidence.fields.first("x-failed-recipients").is_some();
    let says_so = has_phrase(text);
    let has_subject = SUBJECTS.iter().any(|words| subject.contains(words));
    if !has_failed_recipients && !says_so && !has_subject && !evidence.has_reply_mark {
        return None;
    }
    let recipient = recipient(evidence, text);
    let is_named = is_named_server(evidence);
    if !is_named && !has_failed_recipients {
        let has_diagnosis = recipient.status.is_some() && recipient.smtp_code.is_some();
        if super::super::automatic::is_answer(evidence.fields) || !(says_so || has_diagnosis) {
            return None;
        }
    }
    let has_reason =
        recipient.status.is_some() || recipient.smtp_code.is_some() || has_failed_recipients || says_so;
    let is_certain = is_named && is_certain_server(evidence);
    (has_reason || (recipient.address.is_some() && is_certain))
        .then(|| super::report("delivery-status", vec![recipient]))
}

/// Whether the text repeats what was said between servers: some give the mail back under its own subject, with `Re:`.
fn is_transcript(evidence: &Evidence<'_, '_>, text: &str) -> bool {
    let says = |words: &str| {
        text.lines()
            .any(|line| line.trim().get(..words.len()).is_some_and(|start| start.eq_ignore_ascii_case(words)))
    };
    let has_code = text
        .lines()
        .any(|line| notification::code_at_start(line).is_some_and(|code| CODES.contains(&code.as_str())));
    is_named_server(evidence) && has_code && says("mail from:") && says("rcpt to:")
}

/// Whom a report is about whose status part names nobody: its prose, or else the mail that it returns.
pub(super) fn in_prose(evidence: &Evidence<'_, '_>) -> Vec<ReportRecipient> {
    let one = recipient(evidence, own_text(evidence.text));
    if one.address.is_some() { vec![one] } else { Vec::new() }
}

/// What the prose of a bounce says of its recipient.
fn recipient(evidence: &Evidence<'_, '_>, text: &str) -> ReportRecipient {
    let subject = evidence.subject.to_lowercase();
    let status = text.lines().filter_map(enhanced_status).find(|status| !status.starts_with('2'));
    let class = status.as_deref().and_then(|status| status.chars().next());
    let smtp_code = code_in_text(text, class);
    let failed = evidence.fields.text("x-failed-recipients");
    let address = failed
        .as_deref()
        .and_then(|failed| failed.split(',').find_map(AddrSpec::parse))
        .or_else(|| refused(text))
        .or_else(|| addressed(text));
    let is_delay = ["delay", "warning", "verzöger", "retard"].iter().any(|word| subject.contains(word));
    let class = class.or_else(|| smtp_code.as_deref().and_then(|code| code.chars().next()));
    ReportRecipient {
        address: address.map(String::from),
        action: Some(if is_delay { "delayed" } else { "failed" }.to_owned()),
        permanent: !is_delay && class != Some('4'),
        status,
        smtp_code,
    }
}

/// The address of a line such as `<a@b.example>: host … said`, which names a recipient and nobody to ask for help.
fn refused(text: &str) -> Option<AddrSpec> {
    text.lines().find_map(|line| {
        let (address, rest) = line.trim_start().strip_prefix('<')?.split_once('>')?;
        rest.trim_start().starts_with([':', '(']).then(|| AddrSpec::parse(address)).flatten()
    })
}

fn has_phrase(text: &str) -> bool {
    let lower = text.to_lowercase();
    PHRASES.iter().any(|phrase| lower.contains(phrase))
}

/// What the server itself says, without the mail that it repeats.
pub(super) fn own_text(text: &str) -> &str {
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

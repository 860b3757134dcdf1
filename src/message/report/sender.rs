//! Who sent a mail that looks like a bounce: a mail server, or a person under a name that servers use, too.

use super::super::client;
use super::{Evidence, first_words, innocent, stranger};
use crate::vocab::ReturnPath;

/// The fewest digits of a telephone's number.
const TELEPHONE_DIGITS_MIN: usize = 7;
/// How mail servers call themselves before the `@`.
const SERVER_NAMES: [&str; 11] = [
    "mailer-daemon",
    "mailer_daemon",
    "mailerdaemon",
    "mail-daemon",
    "maildaemon",
    "mdaemon",
    "double-bounce",
    "mailer.daemon",
    "mail_daemon",
    // Domino
    "mailrouter",
    "mail-router",
];
/// What the mailbox from which Exchange reports is called, before 32 hexadecimal digits.
const EXCHANGE_NAME: &str = "microsoftexchange";
const EXCHANGE_DIGITS: usize = 32;
/// How mail servers call themselves where people answer, too.
const SHARED_NAMES: [&str; 5] = ["postmaster", "post_master", "post-master", "mailsystem", "mail-system"];
/// What mail servers give as their name, in lower case.
const DISPLAY_NAMES: [&str; 5] =
    ["mailer-daemon", "mail delivery", "mail deliver system", "mail router", "delivery subsystem"];
/// How Chinese providers end the name under which they give mail back; behind it, a person gives his own.
const DISPLAY_NAME_ENDS: [&str; 4] = ["邮箱管理员", "邮件管理员", "信箱管理員", "郵件管理員"];
/// Words in the names that mail servers give themselves, in lower case.
const NAME_WORDS: [&str; 34] = [
    "postmaster",
    "mail",
    "daemon",
    "delivery",
    "system",
    "admin",
    "server",
    "gateway",
    "filter",
    "firewall",
    "spam",
    "exchange",
    "security",
    "outlook",
    "router",
    "邮箱",
    "邮件",
    "信箱",
    "郵件",
    "系统",
    "系統",
    "メール",
    "메일",
    "почт",
    "correo",
    "correio",
    "courri",
    "messagerie",
    "posta",
    "sistema",
    "système",
    "poczt",
    "mailer",
    "robot",
];

/// Whether a mail server sent this, by its name, by the blank return path, or by all that it says.
pub(super) fn is_from_server(evidence: &Evidence<'_, '_>) -> bool {
    let is_server = is_named_server(evidence)
        || has_server_path(evidence.return_path)
        || evidence.fields.first("x-failed-recipients").is_some();
    is_server && !is_from_person(evidence) || stranger::is_one(evidence)
}

/// Whether a provider of certified mail says that it refused a mail or could not deliver it, by the field for it.
fn is_certified_refusal(evidence: &Evidence<'_, '_>) -> bool {
    evidence.fields.text("x-ricevuta").is_some_and(|receipt| {
        let receipt = receipt.to_ascii_lowercase();
        receipt.contains("errore") || receipt.starts_with("non-")
    })
}

/// Whether a name begins as one of these, however it is written.
fn begins_as(name: &str, known: &[&str]) -> bool {
    let begins = |known: &&str| {
        name.split_at_checked(known.len()).is_some_and(|(start, rest)| {
            start.eq_ignore_ascii_case(known) && !rest.starts_with(|c: char| c.is_alphanumeric())
        })
    };
    known.iter().any(begins)
}

/// Whether bounces of this mail go nowhere: a blank return path, or a server's own name in it.
fn has_server_path(return_path: Option<&ReturnPath>) -> bool {
    match return_path {
        Some(ReturnPath::Null) => true,
        Some(ReturnPath::Path(path)) => begins_as(path, &SERVER_NAMES),
        None => false,
    }
}

/// Whether the sender calls itself a mail server.
pub(super) fn is_named_server(evidence: &Evidence<'_, '_>) -> bool {
    let Some(from) = evidence.from else {
        return evidence.fields.text("from").is_some_and(|from| {
            let from = from.to_lowercase();
            from.trim() == "<>"
                || from.contains("mailer-daemon")
                || from.trim() == "system administrator"
                || begins_as(from.trim(), &SHARED_NAMES)
                || DISPLAY_NAMES.iter().any(|name| from.starts_with(name))
        });
    };
    let local = from.address.local_part();
    let name = from.name.as_deref().unwrap_or_default().to_lowercase();
    is_certified_refusal(evidence)
        || is_of_daemon(local)
        || begins_as(local, &SHARED_NAMES)
        || DISPLAY_NAMES.iter().any(|known| name.contains(known))
        || DISPLAY_NAME_ENDS.iter().any(|known| name.ends_with(known))
}

/// Whether the sender has a name that no person answers by, or nobody is to answer.
pub(super) fn is_certain_server(evidence: &Evidence<'_, '_>) -> bool {
    has_server_path(evidence.return_path) || evidence.from.is_none() || is_daemon(evidence)
}

/// Whether the sender has a name that no person answers by: it writes about nothing but mail.
pub(super) fn is_daemon(evidence: &Evidence<'_, '_>) -> bool {
    evidence.from.is_some_and(|from| is_of_daemon(from.address.local_part()))
}

/// Whether no person has a mailbox of this name.
fn is_of_daemon(local: &str) -> bool {
    let digits = local
        .split_at_checked(EXCHANGE_NAME.len())
        .filter(|(start, _)| start.eq_ignore_ascii_case(EXCHANGE_NAME))
        .map(|(_, digits)| digits);
    begins_as(local, &SERVER_NAMES)
        || digits.is_some_and(|digits| {
            digits.len() == EXCHANGE_DIGITS && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
        })
}

/// Whether a gateway passes on what a telephone sent: its number stands before the `@`, and any may stand in the text.
pub(super) fn is_telephone(evidence: &Evidence<'_, '_>) -> bool {
    evidence.from.is_some_and(|from| {
        let local = from.address.local_part();
        let number = local.strip_prefix('+').unwrap_or(local);
        number.len() >= TELEPHONE_DIGITS_MIN && number.bytes().all(|byte| byte.is_ascii_digit())
    })
}

/// Whether the sender gives a name that is no word for a mail server.
pub(super) fn has_personal_name(evidence: &Evidence<'_, '_>) -> bool {
    let name = evidence.from.and_then(|from| from.name.as_deref()).unwrap_or_default().to_lowercase();
    !name.is_empty() && !NAME_WORDS.iter().any(|word| name.contains(word))
}

/// Whether the header or the path says that a program sent it.
pub(super) fn is_marked(evidence: &Evidence<'_, '_>) -> bool {
    has_server_path(evidence.return_path) || is_declared(evidence)
}

fn is_declared(evidence: &Evidence<'_, '_>) -> bool {
    let fields = evidence.fields;
    let says = |name: &str| fields.text(name).unwrap_or_default().to_ascii_lowercase();
    let submitted = says("auto-submitted");
    let is_automatic = !submitted.is_empty() && submitted.split([';', ' ', '(']).next() != Some("no");
    is_automatic
        || matches!(says("precedence").replace('-', "_").as_str(), "bulk" | "junk" | "auto_reply")
        || is_certified_refusal(evidence)
        || ["x-failed-recipients", "x-auto-response-suppress"].iter().any(|name| fields.first(name).is_some())
}

/// Whether a person wrote it, be it as postmaster: nothing says that a program sent it, and either a mail program is
/// named, or a question is asked or a signature stands below under a name that people share with servers.
fn is_from_person(evidence: &Evidence<'_, '_>) -> bool {
    let has_path = matches!(evidence.return_path, Some(ReturnPath::Path(_)));
    let is_personal =
        || has_path && !is_certain_server(evidence) && (evidence.has_signature || asks(evidence.own_words));
    // gateways name such a program, too, under names that nobody has
    let has_program = || {
        client::is_named(evidence.fields)
            && evidence.return_path != Some(&ReturnPath::Null)
            && (!is_daemon(evidence) || greets(evidence.own_words))
    };
    !is_declared(evidence) && (has_program() || !is_marked(evidence) && is_personal())
}

/// Whether a text begins with a greeting, and goes on as no server does.
fn greets(text: &str) -> bool {
    let first = text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    innocent::greets(text) && (first.ends_with(',') || first_words::head(text).is_none())
}

/// Whether a question is asked; the mark in a link is none.
pub(super) fn asks(text: &str) -> bool {
    text.contains(['？', '؟', '\u{37e}'])
        || text.split_whitespace().any(|word| word.trim_end_matches(['!', '"', ')']).ends_with('?'))
}

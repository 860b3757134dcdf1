//! Mail servers under names that are known to nobody, told by what they write: its first words say that a mail of its
//! reader's did not arrive, and below it stands for whom it was and why.
//!
//! People repeat such texts, too. They say something before it, write under a name of their own, or with a program
//! that people write with.

use super::super::{automatic, client};
use super::code::{enhanced_status, smtp_code};
use super::prose::Openings;
use super::transient::Outlook;
use super::{Evidence, bounce, contact, first_words, original, refusal, sender, shape};

/// Words of the names of mailboxes that programs write from, in lower case.
const ROLES: [&str; 47] = [
    "administrator",
    "antispam",
    "antivirus",
    "bounce",
    "bounced",
    "bounces",
    "daemon",
    "delivery",
    "deliveryfailure",
    "dsn",
    "emailfilter",
    "emailgateway",
    "emailsystem",
    "filter",
    "firewall",
    "gateway",
    "imss",
    "mailadmin",
    "maildelivery",
    "mailer",
    "mailfilter",
    "mailgate",
    "mailgateway",
    "mailgw",
    "mailhub",
    "mailmarshal",
    "mailrelay",
    "mailrobot",
    "mailserver",
    "mailservice",
    "mailsys",
    "mailsystem",
    "mta",
    "ndr",
    "notification",
    "notifications",
    "quarantine",
    "relay",
    "robot",
    "router",
    "securemail",
    "server",
    "sistema",
    "smtp",
    "spamfilter",
    "sysadmin",
    "system",
];
/// Words that may stand beside one of those, in lower case.
const NEUTRAL: [&str; 14] = [
    "mail", "email", "e", "mx", "post", "net", "web", "out", "no", "report", "reports", "reply", "notice",
    "service",
];
/// Such names where nobody reads what is written to them; in lower case and without hyphens.
const UNREAD: [&str; 7] =
    ["noreply", "donotreply", "dontreply", "nepasrepondre", "nichtantworten", "noresponder", "nonrispondere"];
/// Parts of names that programs give themselves whatever their mailbox is called, in lower case.
const TITLES: [&str; 21] = [
    "gateway",
    "mail server",
    "mailserver",
    "mail system",
    "mail delivery",
    "mail service",
    "mail filter",
    "mail admin",
    "mail deliver ",
    "spam filter",
    "firewall",
    "daemon",
    "postmaster",
    "system administrator",
    "passerelle",
    "メールサーバ",
    "メールシステム",
    "메일 시스템",
    "系统管理员",
    "系統管理員",
    "邮件系统",
];
/// How the subjects of Domino begin, in lower case and before a colon: it may report under the name of anybody.
const DOMINO_SUBJECTS: [&str; 13] = [
    "delivery failure",
    "zustellungsfehler",
    "zustellfehler",
    "échec de la distribution",
    "échec de distribution",
    "échec de la remise",
    "fallo de entrega",
    "error de entrega",
    "errore di consegna",
    "mancata consegna",
    "falha de entrega",
    "fout bij bezorging",
    "配信障害",
];

/// Whether a mail that bears no name of a server is from one, by all that it says.
pub(super) fn is_one(evidence: &Evidence<'_, '_>) -> bool {
    if !may_be_one(evidence) {
        return false;
    }
    let text = bounce::own_text(evidence.text, bounce::TEXT_BYTES_MAX);
    let Some(head) = first_words::head(text) else { return false };
    let names_somebody = || {
        !Openings::read(text).addresses().is_empty()
            || head.presents_server && names_recipient(&head.text)
            || original::is_returned(evidence)
    };
    let has_code = || {
        text.lines()
            .any(|line| head.says_so && enhanced_status(line).is_some() || smtp_code(line, None).is_some())
    };
    let gives_reason = || {
        head.is_certain
            || has_code()
            || refusal::names_reason(text)
            || Outlook::of(text).is_known()
            || bounce::gives_reason_below(text)
            || original::is_returned(evidence)
    };
    first_words::speak_to_sender(evidence, text, &head) && names_somebody() && gives_reason()
}

/// Whether a mail with a delivery status in a part is from a server, under a name that programs use: what it says beside that is
/// what servers say, or nothing.
pub(super) fn encloses_status(evidence: &Evidence<'_, '_>) -> bool {
    let text = bounce::own_text(evidence.text, bounce::TEXT_BYTES_MAX);
    let says =
        || first_words::head(text).is_some_and(|head| first_words::speak_to_sender(evidence, text, &head));
    may_be_one(evidence) && (text.trim().is_empty() || says())
}

/// Whether nothing about its sender speaks against it. A program that people write with is copied by servers, too: under a
/// name of theirs it counts where they give the mail back.
fn may_be_one(evidence: &Evidence<'_, '_>) -> bool {
    let is_named = || sender::is_named_server(evidence) && !sender::has_personal_name(evidence);
    let is_domino = || is_of_domino(evidence);
    if evidence.has_reply_mark || evidence.is_forward || !(has_role(evidence) || is_named() || is_domino()) {
        return false;
    }
    let may_have_client = || is_named() && original::is_returned(evidence) || is_domino();
    let is_many = || ["list-id", "list-unsubscribe"].iter().any(|name| evidence.fields.first(name).is_some());
    (!client::is_named(evidence.fields) || may_have_client())
        && !is_many()
        && !automatic::is_answer(evidence.fields)
}

/// Whether the sender has the name of a mailbox that programs write from, and no name of a person beside it.
fn has_role(evidence: &Evidence<'_, '_>) -> bool {
    let Some(from) = evidence.from else { return false };
    let local = from.address.local_part();
    let is_unread = || {
        let compact: String = local.chars().filter(char::is_ascii_alphabetic).collect::<String>();
        let compact = compact.to_ascii_lowercase();
        UNREAD.iter().any(|name| compact.contains(name))
    };
    let is_among = |words: &[&str], word: &str| words.iter().any(|known| known.eq_ignore_ascii_case(word));
    let words = || local.split(|c: char| !c.is_ascii_alphabetic()).filter(|word| !word.is_empty());
    let is_role = || {
        words().any(|word| is_among(&ROLES, word))
            && words().all(|word| is_among(&ROLES, word) || is_among(&NEUTRAL, word))
    };
    let is_titled = || {
        let name = from.name.as_deref().unwrap_or_default().to_lowercase();
        TITLES.iter().any(|title| name.contains(title))
    };
    // products give themselves a name of one word
    let is_short = || {
        !sender::has_personal_name(evidence)
            || from.name.as_deref().is_none_or(|name| !name.trim().contains(char::is_whitespace))
    };
    is_unread() || is_titled() || is_role() && is_short()
}

/// Whether Domino wrote it, which reports under the name of anybody: the subject says so in its words, and the text is of its
/// form.
fn is_of_domino(evidence: &Evidence<'_, '_>) -> bool {
    let Some((start, reason)) = evidence.subject.split_once(':') else { return false };
    let is_subject =
        !reason.trim().is_empty() && DOMINO_SUBJECTS.contains(&start.trim().to_lowercase().as_str());
    let names_program = |name: &str| ["notes", "domino"].iter().any(|one| name.to_lowercase().contains(one));
    let is_foreign = || {
        client::is_named(evidence.fields)
            && !evidence.fields.text("x-mailer").is_some_and(|name| names_program(&name))
    };
    let text = || bounce::own_text(evidence.text, bounce::TEXT_BYTES_MAX);
    is_subject
        && !is_foreign()
        && (bounce::gives_reason_below(text()) || text().contains("--- Failure Reasons "))
}

/// Whether a text names an address that it does not send its readers to.
fn names_recipient(text: &str) -> bool {
    let (mut since, mut sends_on) = (String::new(), false);
    text.split_whitespace().any(|word| {
        let is_address = word.contains('@') && shape::address_at(word).is_some();
        if is_address {
            sends_on |= contact::follows(&since);
            since.clear();
        } else {
            since.push_str(&word.to_lowercase());
            since.push(' ');
        }
        let names = is_address && !sends_on;
        if word.ends_with(['.', '!']) {
            since.clear();
            sends_on = false;
        }
        names
    })
}

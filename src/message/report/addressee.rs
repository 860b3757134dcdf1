//! Whom a bounce in prose is about, by evidence: what its header lists, lines of the shape of a recipient, whom the
//! returned mail was sent to, and last any address that nobody is sent to for help.

use super::super::header::{Fields, unfold};
use super::super::mailboxes;
use super::{Evidence, RECIPIENTS_MAX, contact, original, shape};
use crate::vocab::AddrSpec;
use std::collections::HashSet;

/// Names of mailboxes that stand in a bounce for help rather than as its recipient.
const DESKS: [&str; 10] = [
    "postmaster",
    "abuse",
    "support",
    "help",
    "mailer-daemon",
    "noreply",
    "no-reply",
    "webmaster",
    "hostmaster",
    "admin",
];

/// What joins two recipients in a sentence, in lower case.
const JOINTS: [&str; 17] =
    ["and", "und", "et", "y", "e", "en", "och", "og", "ja", "i", "oraz", "a", "és", "și", "и", "ve", "&"];

/// The recipients that failed, each once.
pub(super) fn find(evidence: &Evidence<'_, '_>, text: &str, opened: &[AddrSpec]) -> Vec<AddrSpec> {
    let listed = unique(failed_recipients(evidence.fields));
    if !listed.is_empty() {
        return listed;
    }
    let own: HashSet<String> = own_addresses(evidence.fields);
    let is_own = |address: &AddrSpec| own.contains(&address.key());
    let others: Vec<AddrSpec> = opened.iter().filter(|address| !is_own(address)).cloned().collect();
    if !others.is_empty() {
        return others;
    }
    let sent_to = unique(original::sent_to(evidence));
    let mentions = mentioned(text);
    let mentioned: Vec<AddrSpec> = mentions.iter().map(|mention| mention.address.clone()).collect();
    let sent: HashSet<String> = sent_to.iter().map(AddrSpec::key).collect();
    let was_sent_to = |address: &AddrSpec| sent.contains(&address.key());
    let both: Vec<AddrSpec> =
        unique(mentioned.iter().filter(|one| was_sent_to(one) && !is_own(one)).cloned());
    if !both.is_empty() {
        return both;
    }
    // somebody may have written to himself
    if let Some(own) = opened.first().or_else(|| mentioned.iter().find(|one| was_sent_to(one))) {
        return vec![own.clone()];
    }
    let foreign = || mentioned.iter().filter(|one| !is_own(one));
    let only = sent_to.first().filter(|_| sent_to.len() == 1);
    let best = foreign().find(|one| !is_desk(one)).or(only).or_else(|| foreign().next());
    let joined = |best: &AddrSpec| {
        let from = mentions.iter().position(|mention| &mention.address == best)?;
        let others = mentions.iter().skip(from + 1).take_while(|mention| mention.joins_the_one_before);
        Some(others.map(|mention| mention.address.clone()).filter(|one| !is_own(one)).collect::<Vec<_>>())
    };
    let others = best.and_then(joined).unwrap_or_default();
    unique(best.cloned().into_iter().chain(others))
}

/// Words that join a mail to whoever wrote it, in lower case and with the blank before them.
const FROM_WORDS: [&str; 12] =
    [" from", " von", " de", " da", " van", " från", " fra", " od", " от", " від", " sent by", " by"];
/// How the words for mail end in such a place, in lower case.
const MAIL_WORDS: [&str; 26] = [
    "mail",
    "mails",
    "message",
    "messages",
    "sent",
    "nachricht",
    "nachrichten",
    "courrier",
    "courriers",
    "correo",
    "correos",
    "mensaje",
    "mensajes",
    "posta",
    "messaggio",
    "messaggi",
    "mensagem",
    "mensagens",
    "bericht",
    "berichten",
    "meddelande",
    "meddelanden",
    "wiadomość",
    "wiadomości",
    "сообщение",
    "сообщения",
];
/// What stands before the `@` where a text tells how addresses are built.
const PLACEHOLDERS: [&str; 8] =
    ["NAME", "USER", "USERNAME", "USERID", "LOGIN", "YOURNAME", "FIRSTNAME.LASTNAME", "ADDRESS"];

/// An address in a sentence.
struct Mention {
    address: AddrSpec,
    /// Nothing but a comma or a word such as `and` stands between it and another.
    joins_the_one_before: bool,
}

fn failed_recipients(fields: &Fields<'_>) -> impl Iterator<Item = AddrSpec> {
    let texts: Vec<String> =
        fields.all("x-failed-recipients").map(|body| unfold(body).into_owned()).collect();
    let all: Vec<AddrSpec> = texts
        .iter()
        .flat_map(|text| text.split([',', ';']))
        .filter_map(|one| AddrSpec::parse(one.trim().trim_matches(['<', '>', '"'])))
        .take(RECIPIENTS_MAX)
        .collect();
    all.into_iter()
}

/// Whom the bounce itself was sent to: the sender of what it returns.
fn own_addresses(fields: &Fields<'_>) -> HashSet<String> {
    let mut own = Vec::new();
    for body in ["to", "delivered-to", "x-original-to"].into_iter().flat_map(|name| fields.all(name)) {
        let _writing = mailboxes::read(body, &mut own);
    }
    own.iter().map(|mailbox| mailbox.address.key()).collect()
}

fn unique(addresses: impl IntoIterator<Item = AddrSpec>) -> Vec<AddrSpec> {
    let mut seen = HashSet::new();
    addresses.into_iter().filter(|address| seen.insert(address.key())).take(RECIPIENTS_MAX).collect()
}

fn is_desk(address: &AddrSpec) -> bool {
    let local = address.local_part().to_lowercase();
    DESKS.iter().any(|desk| local.starts_with(desk))
}

/// Whether the words before an address, in lower case, make it that of whoever wrote the mail.
fn is_of_sender(before: &str) -> bool {
    let before = before.trim_end_matches([' ', '<', '"', '(', ':', '“']);
    FROM_WORDS.iter().any(|word| {
        let mail = before.strip_suffix(word).map(str::trim_end);
        mail.is_some_and(|mail| MAIL_WORDS.iter().any(|noun| mail.ends_with(noun)))
    })
}

/// Whether an address is none, but shows how one is built: `NAME@example.com`.
fn stands_for_any(address: &AddrSpec) -> bool {
    PLACEHOLDERS.contains(&address.local_part())
}

/// The addresses in sentences, but for those that a sentence sends its readers to.
fn mentioned(text: &str) -> Vec<Mention> {
    let mut found = Vec::new();
    let mut sentence = String::new();
    for line in text.lines() {
        let line = line.trim();
        for word in line.split_whitespace() {
            sentence.push_str(word);
            sentence.push(' ');
            if word.ends_with(['.', '!', '?', '。']) && !contact::is_abbreviation(word) {
                take(&mut sentence, &mut found);
            }
        }
        if line.is_empty() {
            take(&mut sentence, &mut found);
        }
        if found.len() >= RECIPIENTS_MAX {
            return found;
        }
    }
    take(&mut sentence, &mut found);
    found
}

/// Takes the addresses out of a sentence that is complete.
fn take(sentence: &mut String, found: &mut Vec<Mention>) {
    if sentence.contains('@') && !contact::precedes(&sentence.to_lowercase()) {
        let (mut since, mut sends_on, mut is_first) = (String::new(), false, true);
        for word in sentence.split_inclusive([' ', '<', '(', '"', ';', '：', '、', '（', '【', '“', '＜'])
        {
            if let Some((address, _)) = word.contains('@').then(|| shape::address_at(word)).flatten() {
                let is_sender = is_of_sender(&since);
                sends_on |= contact::follows(&since) || contact::gives_example(&since);
                let between = since.trim_matches([' ', ',', ';', '<', '>', '"', '(', ')', '、']);
                let joins_the_one_before = !is_first && (between.is_empty() || JOINTS.contains(&between));
                since.clear();
                is_first = false;
                if !sends_on && !is_sender && !stands_for_any(&address) {
                    found.push(Mention { address, joins_the_one_before });
                }
                continue;
            }
            since.push_str(&word.to_lowercase());
        }
    }
    sentence.clear();
}

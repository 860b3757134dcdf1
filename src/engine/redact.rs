//! Withholds personal data: the same facts, and so the same decision, without names, addresses, subjects, texts and names of files.
//!
//! What is withheld is withheld before anything is decided, so that nothing that is made of it (a reply, a new person, a line of
//! the trace) can show it. One person has one token throughout, `person-1`; who is who else stays visible, who it is does not.

use super::act::is_own_id;
use super::explain::near_miss::near_misses;
use super::guard::own_addresses;
use super::{Decision, Facts, decide};
use crate::message::{Attachment, Message, sanitise};
use crate::ruleset::RuleSet;
use crate::ruleset::pattern::Match;
use crate::vocab::{
    AddrSpec, Answers, Assignee, Mailbox, Person, PersonRef, Recipient, Record, ReturnPath, SummaryRow,
};
use std::collections::BTreeSet;
use std::ops::Range;

/// Stands where something was withheld.
const WITHHELD: &str = "(withheld)";

/// The facts without personal data. Nothing where the rules would then decide otherwise, which takes a pattern that looks for
/// words like the ones that stand in place of others.
pub fn redact(rule_set: &RuleSet, facts: &Facts) -> Option<Facts> {
    let mut veil = Veil { own: own_addresses(rule_set), ..Veil::default() };
    // the sender is the first person, whatever else the mail names
    if let Some(mailbox) = facts.message.originator() {
        let record = facts.answers.sender.as_ref().map(|sender| sender.record);
        veil.person(record, &[&mailbox.address], mailbox.name.as_deref().unwrap_or_default());
    }
    let answers = veil.answers(&facts.answers);
    let message = veil.message(rule_set, &facts.message);
    let veiled = Facts { message, account: facts.account.clone(), answers, now: facts.now };
    let course = |facts: &Facts| course(decide(rule_set, facts));
    (course(facts) == course(&veiled)).then_some(veiled)
}

/// What was decided and by which rules.
fn course(decision: Decision) -> impl PartialEq {
    let lines = decision.trace.into_iter().map(|line| (line.stage, line.rule, line.then));
    (decision.outcome, decision.asked, lines.collect::<Vec<_>>())
}

/// Who was met so far.
#[derive(Default)]
struct Veil {
    /// Addresses of the desk itself; they are nobody's.
    own: Vec<AddrSpec>,
    people: Vec<Met>,
    identifiers: Vec<String>,
}

/// One person, by everything that the person was met under.
#[derive(Default)]
struct Met {
    records: BTreeSet<i64>,
    /// In the form in which addresses are compared.
    addresses: Vec<String>,
    names: BTreeSet<String>,
}

impl Veil {
    /// The number of a person, from 1. Met by record, else by address, else by a name without either.
    fn person(&mut self, record: Option<i64>, addresses: &[&AddrSpec], name: &str) -> usize {
        let keys: Vec<String> = addresses.iter().map(|address| address.key()).collect();
        let known = |met: &Met| match record {
            Some(record) if !met.records.is_empty() => met.records.contains(&record),
            _ => {
                keys.iter().any(|key| met.addresses.contains(key))
                    || (keys.is_empty() && !name.is_empty() && met.names.contains(name))
            }
        };
        let at = self.people.iter().position(known).unwrap_or_else(|| {
            self.people.push(Met::default());
            self.people.len() - 1
        });
        if let Some(met) = self.people.get_mut(at) {
            met.records.extend(record);
            met.names.extend((!name.is_empty()).then(|| name.to_owned()));
            for key in keys {
                if !met.addresses.contains(&key) {
                    met.addresses.push(key);
                }
            }
        }
        at + 1
    }

    fn name(number: usize) -> String {
        format!("person-{number}")
    }

    /// `person-1@withheld.invalid`; a second address of the same person is another one.
    fn address(&mut self, address: &AddrSpec, record: Option<i64>, name: &str) -> AddrSpec {
        let key = address.key();
        if self.own.iter().any(|own| own.key() == key) {
            return address.clone();
        }
        let number = self.person(record, &[address], name);
        let among =
            self.people.get(number - 1).map(|met| met.addresses.iter().position(|known| *known == key));
        let which = match among.flatten() {
            None | Some(0) => String::new(),
            Some(at) => format!(".{}", at + 1),
        };
        AddrSpec::parse(&format!("person-{number}{which}@withheld.invalid"))
            .unwrap_or_else(|| address.clone())
    }

    fn mailbox(&mut self, mailbox: &Mailbox) -> Mailbox {
        let name = mailbox.name.as_deref().unwrap_or_default();
        let address = self.address(&mailbox.address, None, "");
        let is_own = address == mailbox.address;
        let number = if is_own { 0 } else { self.person(None, &[&mailbox.address], name) };
        let shown = if is_own { WITHHELD.to_owned() } else { Self::name(number) };
        Mailbox { name: mailbox.name.as_ref().map(|_| shown), address }
    }

    fn record_of(&mut self, person: &Person) -> Person {
        let addresses: Vec<&AddrSpec> = person.addresses.iter().collect();
        let number = self.person(Some(person.record), &addresses, &person.name);
        let mut veiled = person.clone();
        veiled.name = Self::name(number);
        for address in &mut veiled.addresses {
            *address = self.address(address, Some(person.record), "");
        }
        veiled
    }

    fn reference(&mut self, person: &PersonRef) -> PersonRef {
        let number = self.person(person.record, &[], &person.name);
        PersonRef { record: person.record, name: Self::name(number) }
    }

    fn assignee(&mut self, assignee: &Assignee) -> Assignee {
        match assignee {
            Assignee::Analyst(person) => Assignee::Analyst(self.reference(person)),
            Assignee::User(person) => Assignee::User(self.reference(person)),
            // a group is nobody
            Assignee::Group(group) => Assignee::Group(group.clone()),
        }
    }

    fn recipient(&mut self, recipient: &Recipient) -> Recipient {
        let number = self.person(recipient.record, &[&recipient.address], &recipient.name);
        let address = self.address(&recipient.address, recipient.record, "");
        Recipient { name: Self::name(number), address, ..recipient.clone() }
    }

    fn item(&mut self, record: &Record) -> Record {
        let mut veiled = record.clone();
        veiled.title = veil(&record.title);
        veiled.user = record.user.as_ref().map(|user| self.reference(user));
        let user = record.user.as_ref().and_then(|user| user.record);
        for address in &mut veiled.user_addresses {
            *address = self.address(address, user, "");
        }
        veiled.logging_analyst = record.logging_analyst.as_ref().map(|person| self.reference(person));
        veiled.owner = record.owner.as_ref().map(|owner| self.assignee(owner));
        veiled.owner_recipients = record.owner_recipients.iter().map(|one| self.recipient(one)).collect();
        veiled.delegates = record.delegates.iter().map(|person| self.reference(person)).collect();
        veiled
    }

    fn answers(&mut self, answers: &Answers) -> Answers {
        let mut veiled = answers.clone();
        veiled.sender = answers.sender.as_ref().map(|person| self.record_of(person));
        veiled.record = answers.record.as_ref().map(|record| self.item(record));
        if let Some(template) = &mut veiled.template {
            template.owner = template.owner.as_ref().map(|owner| self.assignee(owner));
        }
        veiled.default_logging_analyst =
            answers.default_logging_analyst.as_ref().map(|person| self.record_of(person));
        veiled.default_user = answers.default_user.as_ref().map(|person| self.record_of(person));
        veiled.summary = answers.summary.iter().map(|row| self.row(row)).collect();
        for next in &mut veiled.next_owners {
            next.assignee = self.assignee(&next.assignee);
            next.recipients = next.recipients.iter().map(|one| self.recipient(one)).collect();
        }
        for counted in &mut veiled.recent_replies {
            counted.address = self.address(&counted.address, None, "");
        }
        veiled
    }

    fn row(&mut self, row: &SummaryRow) -> SummaryRow {
        let user = row.user.as_ref().map(|name| Self::name(self.person(None, &[], name)));
        SummaryRow { title: veil(&row.title), user, ..row.clone() }
    }

    fn message(&mut self, rule_set: &RuleSet, message: &Message) -> Message {
        let mut veiled = message.clone();
        for mailboxes in [&mut veiled.from, &mut veiled.reply_to, &mut veiled.to, &mut veiled.cc] {
            for mailbox in mailboxes.iter_mut() {
                *mailbox = self.mailbox(mailbox);
            }
        }
        veiled.sender = message.sender.as_ref().map(|mailbox| self.mailbox(mailbox));
        if let Some(ReturnPath::Path(path)) = &message.return_path {
            let address = AddrSpec::parse(path).map(|address| self.address(&address, None, "").to_string());
            veiled.return_path = Some(ReturnPath::Path(address.unwrap_or_else(|| WITHHELD.to_owned())));
        }
        veiled.subject = subject(rule_set, &message.subject);
        veiled.base_subject.clone_from(&veiled.subject);
        veiled.message_id = message.message_id.as_ref().map(|id| self.identifier(id));
        veiled.in_reply_to = message.in_reply_to.as_ref().map(|id| self.identifier(id));
        veiled.references.iter_mut().for_each(|id| *id = self.identifier(id));
        veiled.text = message.text.as_deref().map(veil);
        // what is counted of it is counted after sanitising
        veiled.html = message.html.as_deref().map(|html| veil(&sanitise(html)));
        veiled.reply_portion = veil(&message.reply_portion);
        veiled.quoted = veil(&message.quoted);
        veiled.signature = veil(&message.signature);
        for (at, attachment) in veiled.attachments.iter_mut().enumerate() {
            *attachment = file(attachment, at + 1);
        }
        for recipient in veiled.report.iter_mut().flat_map(|report| &mut report.recipients) {
            recipient.address = recipient.address.as_ref().map(|_| WITHHELD.to_owned());
        }
        if let Some(original) = veiled.report.as_mut().and_then(|report| report.original.as_mut()) {
            original.message_id = original.message_id.as_ref().map(|id| self.identifier(id));
            original.subject = original.subject.as_ref().map(|written| subject(rule_set, written));
        }
        veiled
    }

    /// Identifiers often name a person's computer; those of our own mails name nobody.
    fn identifier(&mut self, id: &str) -> String {
        if is_own_id(id) {
            return id.to_owned();
        }
        let at = self.identifiers.iter().position(|known| known == id).unwrap_or_else(|| {
            self.identifiers.push(id.to_owned());
            self.identifiers.len() - 1
        });
        format!("mail-{}@withheld.invalid", at + 1)
    }
}

/// `attachment-1.pdf`, without content.
fn file(attachment: &Attachment, number: usize) -> Attachment {
    let ending = attachment.name.rsplit_once('.').map(|(_, ending)| ending).filter(|ending| {
        (1..=5).contains(&ending.len()) && ending.chars().all(|c| c.is_ascii_alphanumeric())
    });
    Attachment {
        name: ending
            .map_or_else(|| format!("attachment-{number}"), |end| format!("attachment-{number}.{end}")),
        media_type: attachment.media_type.clone(),
        size: attachment.size,
        sha256: String::new(),
        inline: attachment.inline,
        content_id: None,
        content_type: attachment.content_type.clone(),
        marks: attachment.marks.clone(),
        content: Vec::new(),
    }
}

/// A text of the same length that says nothing, so that what is told of its length stays true.
fn veil(text: &str) -> String {
    if text.trim().is_empty() {
        return text.to_owned();
    }
    let filled: String = text
        .chars()
        .map(|c| match c.len_utf8() {
            1 => '.',
            2 => '·',
            3 => '…',
            _ => '🔒',
        })
        .collect();
    match filled.strip_prefix("..........") {
        Some(rest) => format!("{WITHHELD}{rest}"),
        None => filled,
    }
}

/// A subject with every word withheld but those by which it is recognised, and those by which it nearly is.
fn subject(rule_set: &RuleSet, subject: &str) -> String {
    let taken = |subject: &str| -> Option<(usize, Match)> {
        let (rule, found) = rule_set.recognize(subject)?;
        let at = rule_set.recognize.iter().position(|known| std::ptr::eq(known, rule))?;
        Some((at, found))
    };
    let as_is = taken(subject);
    let needed = if as_is.is_none() { nearly_taken(rule_set, subject) } else { Vec::new() };
    let mut words = words(subject);
    for at in 0..words.len() {
        let Some(word) = words.get(at) else { break };
        let is_needed = needed.iter().any(|range| range.contains(&word.begins));
        if !word.has_letters || is_needed {
            continue;
        }
        let with = |words: &mut Vec<Word<'_>>, is_withheld| {
            if let Some(word) = words.get_mut(at) {
                word.is_withheld = is_withheld;
            }
        };
        with(&mut words, true);
        if taken(&written(&words)) != as_is {
            with(&mut words, false);
        }
    }
    written(&words)
}

/// The places of near misses, in characters. A pattern with a name in braces may cover anything, so it keeps nothing.
fn nearly_taken(rule_set: &RuleSet, subject: &str) -> Vec<Range<usize>> {
    let near = near_misses(&rule_set.recognize, subject);
    let harmless =
        near.into_iter().filter(|miss| !miss.rule.pattern.text().replace("{number}", "").contains('{'));
    harmless.map(|miss| miss.covers).collect()
}

/// A run of letters and digits, or what stands between two of them.
struct Word<'t> {
    text: &'t str,
    /// Where it begins, in characters.
    begins: usize,
    has_letters: bool,
    is_withheld: bool,
}

fn words(text: &str) -> Vec<Word<'_>> {
    let mut words = Vec::new();
    let mut rest = text;
    let mut begins = 0;
    while let Some(first) = rest.chars().next() {
        let has_letters = first.is_alphanumeric();
        let end = rest.find(|c: char| c.is_alphanumeric() != has_letters).unwrap_or(rest.len());
        let Some((word, after)) = rest.split_at_checked(end) else { break };
        words.push(Word { text: word, begins, has_letters, is_withheld: false });
        begins += word.chars().count();
        rest = after;
    }
    words
}

/// The words together; what is withheld in a row is one mark.
fn written(words: &[Word<'_>]) -> String {
    let mut text = String::new();
    let mut between = "";
    let mut is_behind_mark = false;
    for word in words {
        match (word.has_letters, word.is_withheld) {
            (false, _) => between = word.text,
            (true, true) => {
                if !is_behind_mark {
                    text.push_str(between);
                    text.push_str(WITHHELD);
                }
                (between, is_behind_mark) = ("", true);
            }
            (true, false) => {
                text.push_str(between);
                text.push_str(word.text);
                (between, is_behind_mark) = ("", false);
            }
        }
    }
    text.push_str(between);
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::testing::{answers, classic, facts};
    use crate::engine::{DecisionDocument, explain};

    #[test]
    fn subject_keeps_what_it_is_recognised_by() {
        let rule_set = classic();
        for (written, shown) in [
            ("Re: [CLOSE#5837] thanks, Uma", "(withheld): [CLOSE#5837] (withheld)"),
            ("Re: Call 5837 has been updated by Ana", "(withheld): Call 5837 has been (withheld)"),
            ("My salary, again", "(withheld)"),
            ("Please: [CLOSE 5837] for Uma", "(withheld): [CLOSE 5837] (withheld)"),
            ("", ""),
            ("!!!", "!!!"),
        ] {
            assert_eq!(subject(&rule_set, written), shown, "{written}");
        }
    }

    #[test]
    fn nothing_personal_is_left_and_the_same_is_decided() {
        let rule_set = classic();
        for subject in
            ["[CLOSE#5837] secret wish", "[CALL#5837] secret wish", "secret wish", "[MyCalls] secret wish"]
        {
            let mut facts = facts("ana.lyst@example.com", subject, answers());
            facts.message.from[0].name = Some("Ana Lyst".to_owned());
            facts.message.message_id = Some("1@anas-laptop.example".to_owned());
            facts.message.text = Some("Secret body".to_owned());
            facts.message.attachments = vec![Attachment {
                name: "Secret plan of Ana.pdf".to_owned(),
                media_type: "application/pdf".to_owned(),
                size: 9,
                sha256: "ab".to_owned(),
                inline: false,
                content_id: None,
                content_type: None,
                marks: Vec::new(),
                content: b"Secret".to_vec(),
            }];
            let veiled = redact(&rule_set, &facts).unwrap();
            let explanation = explain(&rule_set, &veiled);
            let shown = serde_json::to_string(&DecisionDocument::explained(&rule_set, &veiled, &explanation))
                .unwrap();
            for personal in ["Ana", "Lyst", "Uma", "Duty Analyst", "ana.lyst", "laptop", "ecret", "VPN"] {
                assert!(!shown.contains(personal), "{personal}: {shown}");
            }
            assert!(shown.contains("person-1"), "{shown}");
            assert_eq!(explanation.decision.outcome, decide(&rule_set, &facts).outcome);
        }
    }

    #[test]
    fn one_person_has_one_token_and_two_have_two() {
        let rule_set = classic();
        let mut facts = facts("ANA.LYST@example.com", "[CLOSE#5837]", answers());
        facts.message.cc = vec![facts.message.from[0].clone()];
        let veiled = redact(&rule_set, &facts).unwrap();
        let address = |mailbox: &Mailbox| mailbox.address.to_string();
        assert_eq!(address(&veiled.message.from[0]), "person-1@withheld.invalid");
        assert_eq!(address(&veiled.message.cc[0]), "person-1@withheld.invalid");
        let record = veiled.answers.record.unwrap();
        assert_eq!(record.owner.as_ref().map(Assignee::name), Some("person-1"));
        assert_eq!(record.user.map(|user| user.name).as_deref(), Some("person-2"));
        assert_eq!(record.user_addresses[0].as_str(), "person-2@withheld.invalid");
        assert_eq!(veiled.answers.sender.map(|sender| sender.name).as_deref(), Some("person-1"));
    }

    #[test]
    fn lengths_stay_true() {
        assert_eq!(veil("Hello desk!"), "(withheld).");
        assert_eq!(veil("Grüße"), "..··.");
        for text in ["Grüße aus Köln, viele", "a", " \n", "日本語"] {
            assert_eq!((veil(text).len(), veil(text).chars().count()), (text.len(), text.chars().count()));
        }
    }
}

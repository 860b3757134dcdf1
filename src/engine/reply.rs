//! Decides what the sender and the assignee read, from where it is sent, and when nothing may be sent.
//!
//! A reply goes to the one who was identified, never to `Reply-To`: whoever can write a mail can write any
//! address there, and it must not receive what the desk tells the sender. Automatic mail is never answered
//! (SPEC G5, RFC 3834), and one address gets only so many mails in a while (SPEC G6); no rule changes that.

use super::Case;
use super::act::{Deed, Item, item_found};
use super::line::one_line;
use super::render::{self, Texts};
use super::trace::{REPLY, TraceLine};
use crate::ruleset::ReplyDefinition;
use crate::ruleset::account::Outgoing;
use crate::vocab::{
    AddrSpec, Assignee, Automatic, Effect, Mailbox, MessageFormat, Person, Recipient, Reply, ReplyPurpose,
    SummaryRelation,
};

/// The most identifiers in `References`.
const REFERENCES_MAX: usize = 20;
/// The most characters of a display name.
const NAME_CHARS_MAX: usize = 200;

/// The mails of ours that one message leads to.
#[derive(Default)]
pub(super) struct Mails {
    /// To the sender.
    pub(super) replies: Vec<Reply>,
    /// To the assigned analyst or group.
    pub(super) notifications: Vec<Reply>,
}

/// Writes what an action leads to.
pub(super) fn after_action(case: &Case<'_>, action: usize, deed: &Deed, trace: &mut Vec<TraceLine>) -> Mails {
    let asks = |effect: &Effect| matches!(effect, Effect::RequestConfirmation { .. });
    let mut desk = Writer {
        case,
        item: deed.item.clone(),
        listed: &deed.listed,
        asks_confirmation: deed.effects.iter().any(asks),
        mails: Mails::default(),
        trace,
    };
    let notifies = deed.effects.iter().any(|effect| matches!(effect, Effect::NotifyAssignee { .. }));
    for definition in case.rule_set.replies.iter().filter(|reply| reply.after.contains(&action)) {
        if definition.optional && !case.account.auto_reply {
            desk.note(definition, "omit", "the account sends no auto-replies");
        } else if !definition.to_assignee {
            desk.reply(definition);
        } else if notifies {
            desk.notify(definition);
        }
    }
    let is_told = |reply: &ReplyDefinition| reply.to_assignee && reply.after.contains(&action);
    if notifies && !case.rule_set.replies.iter().any(is_told) {
        let because = "no reply `to: assignee` stands after this action";
        desk.trace.push(TraceLine::new("reply", "omit").because(because.to_owned()));
    }
    desk.mails
}

/// Writes the reply that a refusal names.
pub(super) fn after_refusal(case: &Case<'_>, reply: usize, trace: &mut Vec<TraceLine>) -> Mails {
    let mut desk = Writer::about_item(case, trace);
    if let Some(definition) = case.rule_set.replies.get(reply) {
        desk.reply(definition);
    }
    desk.mails
}

/// Writes what the sender is told of a mail that is left to somebody.
pub(super) fn after_quarantine(case: &Case<'_>, reason: &str, trace: &mut Vec<TraceLine>) -> Mails {
    let mut desk = Writer::about_item(case, trace);
    let stands = |reply: &&ReplyDefinition| reply.after_quarantine.iter().any(|known| known == reason);
    for definition in case.rule_set.replies.iter().filter(stands) {
        desk.reply(definition);
    }
    desk.mails
}

/// Writes mails and notes down in the trace what is sent and what is not.
struct Writer<'c, 'a> {
    case: &'c Case<'a>,
    item: Option<Item>,
    listed: &'c [SummaryRelation],
    /// The action asks for a confirmation; what the sender reads is the request.
    asks_confirmation: bool,
    mails: Mails,
    trace: &'c mut Vec<TraceLine>,
}

impl<'c, 'a> Writer<'c, 'a> {
    /// For the item as the desk found it.
    fn about_item(case: &'c Case<'a>, trace: &'c mut Vec<TraceLine>) -> Self {
        Self {
            case,
            item: item_found(case),
            listed: &[],
            asks_confirmation: false,
            mails: Mails::default(),
            trace,
        }
    }
}

impl Writer<'_, '_> {
    fn reply(&mut self, definition: &ReplyDefinition) {
        let case = self.case;
        let Some(mailbox) = case.sender.mailbox else {
            return self.note(definition, "suppressed", "the mail names no address to answer");
        };
        if case.facts.message.no_reply_allowed {
            return self.note(definition, "suppressed", "automatic mail is never answered (RFC 3834)");
        }
        let reader = Recipient {
            record: case.sender.person.map(|person| person.record),
            name: render::sender_name(case),
            address: mailbox.address.clone(),
            email_format: case.sender.person.and_then(|person| person.email_format),
        };
        if let Some(mail) = self.write(definition, &reader, ReplyPurpose::Reply) {
            self.mails.replies.push(mail);
        }
    }

    fn notify(&mut self, definition: &ReplyDefinition) {
        if self.case.facts.message.automatic == Automatic::AutoReplied {
            let because = "an automatic answer is not passed on, so that no two robots answer each other";
            return self.note(definition, "suppressed", because);
        }
        let readers = match self.assignee_recipients() {
            Ok(readers) => readers,
            Err(because) => return self.note(definition, "omit", &because),
        };
        for reader in readers {
            if let Some(mail) = self.write(definition, &reader, ReplyPurpose::Notification) {
                self.mails.notifications.push(mail);
            }
        }
    }

    /// Everybody behind the item's owner but the sender, who knows already.
    fn assignee_recipients(&self) -> Result<Vec<Recipient>, String> {
        let owner = self.item.as_ref().and_then(|item| item.owner.as_ref());
        let kept = self.case.record.filter(|record| record.owner.as_ref() == owner);
        let next_owners = &self.case.facts.answers.next_owners;
        let next = next_owners.iter().find(|next| Some(&next.assignee) == owner);
        let recipients = match (kept, next, owner) {
            (Some(record), _, _) => &record.owner_recipients[..],
            (None, Some(next), _) => &next.recipients[..],
            (None, None, Some(owner)) if !is_sender(self.case, owner) => {
                return Err(format!("the desk gave no address of {}", owner.name()));
            }
            (None, None, _) => &[],
        };
        let sender = self.case.sender;
        let others: Vec<Recipient> = recipients
            .iter()
            .filter(|reader| {
                let is_record =
                    reader.record.is_some() && reader.record == sender.person.map(|person| person.record);
                let is_address =
                    sender.mailbox.is_some_and(|mailbox| mailbox.address.key() == reader.address.key());
                !is_record && !is_address
            })
            .cloned()
            .collect();
        if others.is_empty() { Err("nobody but the sender would read it".to_owned()) } else { Ok(others) }
    }

    /// One mail to one reader, unless the reader has had enough of them or nothing can carry it.
    fn write(
        &mut self,
        definition: &ReplyDefinition,
        reader: &Recipient,
        purpose: ReplyPurpose,
    ) -> Option<Reply> {
        let case = self.case;
        let sent = self.sent_lately(&reader.address);
        if sent >= case.account.replies_max {
            let window = case.account.replies_window_secs;
            let because = format!("{sent} replies went to this address within {window} seconds");
            self.note_to(definition, "suppressed", &because, &reader.address);
            return None;
        }
        let Some(via) = case.rule_set.outgoing_for(self.partition()) else {
            self.note(definition, "suppressed", "no outgoing server is active");
            return None;
        };
        let format = format_for(case, reader);
        let texts = render::render(case, definition, self.item.as_ref(), self.listed, format);
        let because = texts.remarks.join("; ");
        self.note_to(definition, "send", &because, &reader.address);
        Some(self.compose(definition, reader, purpose, via, format, texts))
    }

    fn compose(
        &self,
        definition: &ReplyDefinition,
        reader: &Recipient,
        purpose: ReplyPurpose,
        via: &Outgoing,
        format: MessageFormat,
        texts: Texts,
    ) -> Reply {
        let message = &self.case.facts.message;
        let answers_it = purpose == ReplyPurpose::Reply;
        let (from, reply_to) = origin(self.case, via);
        let reply_is_to_desk = reply_to.address == via.outgoing_email_id;
        Reply {
            name: definition.name.clone(),
            purpose,
            to: Mailbox {
                name: Some(one_line(&reader.name, NAME_CHARS_MAX)).filter(|name| !name.is_empty()),
                address: reader.address.clone(),
            },
            via: via.name.clone(),
            from,
            reply_to,
            subject: texts.subject,
            text: texts.text,
            html: texts.html,
            format,
            in_reply_to: message.message_id.clone().filter(|_| answers_it),
            references: if answers_it {
                references(&message.references, message.message_id.as_ref())
            } else {
                Vec::new()
            },
            request_receipt: via.send_receipt,
            asks_confirmation: answers_it && self.asks_confirmation,
            signed_reply_address: self.case.account.signed_reply_address && reply_is_to_desk,
            about: self.item.as_ref().map(|item| (item.kind, item.number)),
        }
    }

    /// How many mails the desk counted, and those that this decision adds.
    fn sent_lately(&self, address: &AddrSpec) -> u32 {
        let key = address.key();
        let planned = self.mails.replies.iter().chain(&self.mails.notifications);
        let planned = planned.filter(|mail| mail.to.address.key() == key).count();
        let counted = self.case.facts.answers.recent_replies_to(address);
        counted.saturating_add(u32::try_from(planned).unwrap_or(u32::MAX))
    }

    /// Whose outgoing server carries it: that of the item's partition, else of the account's (SPEC 13).
    fn partition(&self) -> Option<&str> {
        let of_item = self.item.as_ref().and_then(|item| item.partition.as_deref());
        of_item.or(self.case.account.partition.as_deref())
    }

    fn note(&mut self, definition: &ReplyDefinition, then: &str, because: &str) {
        self.trace.push(TraceLine::new(REPLY, then).named(&definition.name).because(because));
    }

    fn note_to(&mut self, definition: &ReplyDefinition, then: &str, because: &str, to: &AddrSpec) {
        let mut line = TraceLine::new(REPLY, then).named(&definition.name).saw("to", to.as_str());
        line.because = Some(because.to_owned()).filter(|because| !because.is_empty());
        self.trace.push(line);
    }
}

fn is_sender(case: &Case<'_>, owner: &Assignee) -> bool {
    match owner {
        Assignee::Analyst(person) | Assignee::User(person) => case.sender.is(person),
        Assignee::Group(_) => false,
    }
}

/// A person's own format where the desk heeds it, else the desk's (SPEC 12).
fn format_for(case: &Case<'_>, reader: &Recipient) -> MessageFormat {
    let system = &case.rule_set.system;
    reader.email_format.filter(|_| system.format_per_person).unwrap_or(system.default_format)
}

/// `From` and `Reply-To` (SPEC 12). Only an Analyst triggers as oneself; for everybody else it is the desk.
fn origin(case: &Case<'_>, via: &Outgoing) -> (Mailbox, Mailbox) {
    let name = one_line(&case.rule_set.system.product, NAME_CHARS_MAX);
    let desk =
        Mailbox { name: Some(name).filter(|name| !name.is_empty()), address: via.outgoing_email_id.clone() };
    let analyst = case.sender.analyst().and_then(|analyst| mailbox_of(case, analyst));
    let pick = |as_analyst: bool| analyst.clone().filter(|_| as_analyst).unwrap_or_else(|| desk.clone());
    (pick(via.sent_from_analyst), pick(via.reply_to_forwarding_analyst))
}

fn mailbox_of(case: &Case<'_>, person: &Person) -> Option<Mailbox> {
    let written_from = case.sender.mailbox.map(|mailbox| &mailbox.address);
    let address = person.addresses.first().or(written_from)?;
    let name = Some(one_line(&person.name, NAME_CHARS_MAX)).filter(|name| !name.is_empty());
    Some(Mailbox { name, address: address.clone() })
}

/// The thread so far and the mail itself; of a long thread the first mail and the latest ones.
fn references(thread: &[String], message_id: Option<&String>) -> Vec<String> {
    let mut all: Vec<String> = thread.iter().chain(message_id).cloned().collect();
    if all.len() > REFERENCES_MAX {
        all.drain(1..=all.len() - REFERENCES_MAX);
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_thread_keeps_its_first_and_latest_mails() {
        let thread: Vec<String> = (0..30).map(|at| format!("{at}@x")).collect();
        let kept = references(&thread, Some(&"last@x".to_owned()));
        assert_eq!(kept.len(), REFERENCES_MAX);
        assert_eq!([&kept[0], &kept[1], &kept[19]], ["0@x", "12@x", "last@x"]);
        assert_eq!(references(&[], Some(&"a@x".to_owned())), ["a@x"]);
    }
}

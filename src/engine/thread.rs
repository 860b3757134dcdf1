//! Finds what a mail asks for by the mail of ours that it answers, where its subject does not say.
//!
//! The desk has looked up beforehand which mail of ours is answered. Commands in the subject come first. The answer to
//! a request for confirmation asks for the command that waits; a program confirms nothing, whatever a rule says.

use super::recognize::Asked;
use crate::message::Message;
use crate::ruleset::RuleSet;
use crate::ruleset::account::Account;
use crate::vocab::{AddrSpec, AnsweredInquiry, Answers, Automatic, Confirmation, Intent, Record};

/// The most identifiers of a thread that are looked up: the mail that is answered, and the latest ones.
const IDENTIFIERS_MAX: usize = 20;
/// The most addresses of recipients that are looked at for a token.
const ADDRESSES_MAX: usize = 40;
/// The longest identifier or address that can hold a token.
const BYTES_MAX: usize = 300;

/// What must be looked up about the mail that is answered; nothing where no rule asks for it.
pub(super) fn inquire(
    rule_set: &RuleSet,
    message: &Message,
    asked: &Asked<'_>,
    now: i64,
) -> Option<AnsweredInquiry> {
    let confirms = rule_set.answers_to_requests.is_some() && may_confirm(message, asked);
    let follows = rule_set.answers_to_mails.is_some() && asked.intent == Intent::Log;
    if !confirms && !follows && !rule_set.looks_at_proof {
        return None;
    }
    let latest = message.references.iter().rev();
    let identifiers = message.in_reply_to.iter().chain(latest).filter(|id| id.len() <= BYTES_MAX);
    let written = message.to.iter().chain(&message.cc).map(|mailbox| &mailbox.address);
    let subject = asked.reference().filter(|_| asked.intent == Intent::Update);
    let extended =
        |address: &&AddrSpec| address.as_str().len() <= BYTES_MAX && address.local_part().contains('+');
    let addresses = written.chain(&message.delivered_to).filter(extended);
    let nearest = message.in_reply_to.iter().next().filter(|id| id.len() <= BYTES_MAX);
    Some(AnsweredInquiry {
        nearest: nearest.cloned(),
        subject,
        identifiers: identifiers.take(IDENTIFIERS_MAX).cloned().collect(),
        addresses: addresses.take(ADDRESSES_MAX).cloned().collect(),
        follows,
        confirms,
        relations: super::facts::relations(rule_set),
        now,
    })
}

/// What the mail asks for after all.
pub(super) fn answered<'a>(
    rule_set: &'a RuleSet,
    message: &Message,
    answers: &Answers,
    asked: Asked<'a>,
) -> Asked<'a> {
    if let (Some(rule), Some(confirmation), true) =
        (&rule_set.answers_to_requests, &answers.confirmation, may_confirm(message, &asked))
        && confirmation.is_given(asked.reference())
    {
        return Asked::by_answer(rule, waiting(confirmation));
    }
    if let (Some(rule), Some(mail), Intent::Log) =
        (&rule_set.answers_to_mails, answers.own_mails.first(), asked.intent)
    {
        return Asked::by_answer(rule, Some((Intent::Update, mail.about.kind, Some(mail.about.number))));
    }
    asked
}

/// The confirmation that this mail gives, where the command still waits for it.
pub(super) fn confirmation<'a>(asked: &Asked<'_>, answers: &'a Answers) -> Option<&'a Confirmation> {
    let confirmation =
        answers.confirmation.as_ref().filter(|_| asked.is_answer && asked.intent != Intent::Confirm)?;
    waiting(confirmation).filter(|(intent, ..)| *intent == asked.intent).map(|_| confirmation)
}

/// The word of the column `proof`.
pub(super) fn proof(
    account: &Account,
    message: &Message,
    answers: &Answers,
    asked: &Asked<'_>,
    record: Option<&Record>,
) -> &'static str {
    let has_token = || {
        record.is_some_and(|record| {
            answers.own_mails.iter().any(|mail| {
                mail.proves_sender
                    && mail.about.number == record.number
                    && mail.about.kind.series() == record.kind.series()
            })
        })
    };
    if confirmation(asked, answers).is_some() {
        "confirmed"
    } else if has_token() {
        "token"
    } else if message.is_authenticated_by(account.authentication_results_from.as_deref()) {
        "authenticated"
    } else {
        "none"
    }
}

type Command = (Intent, crate::vocab::Kind, Option<crate::vocab::Number>);

fn waiting(confirmation: &Confirmation) -> Option<Command> {
    let command = confirmation.waiting()?;
    Some((command.intent, command.kind, command.number))
}

fn may_confirm(message: &Message, asked: &Asked<'_>) -> bool {
    message.automatic == Automatic::No && matches!(asked.intent, Intent::Log | Intent::Update)
}

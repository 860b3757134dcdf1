//! Decides who sent a message: the four cases of SPEC 4 and 7.

use super::facts::set_word;
use super::trace::TraceLine;
use crate::message::Message;
use crate::ruleset::RuleSet;
use crate::ruleset::column::{Column, Situation, Stage};
use crate::vocab::{Answers, Mailbox, Person, PersonRef, SenderCase};

/// Who sent the message.
#[derive(Clone, Copy)]
pub(super) struct Sender<'a> {
    /// As which of the four cases the sender counts.
    pub(super) case: SenderCase,
    /// The person record with the address, flags or not (SPEC I5).
    pub(super) person: Option<&'a Person>,
    /// The address; `None` where the mail names no usable one, and nothing can be replied.
    pub(super) mailbox: Option<&'a Mailbox>,
}

impl<'a> Sender<'a> {
    /// The person record, where it counts for permissions: one with neither flag does not (SPEC I5).
    pub(super) fn recognised(&self) -> Option<&'a Person> {
        self.person.filter(|_| self.case != SenderCase::Unknown)
    }

    /// The person record, where the sender counts as an Analyst.
    pub(super) fn analyst(&self) -> Option<&'a Person> {
        self.person.filter(|_| self.case.is_analyst())
    }

    /// Whether this reference points at the sender's record.
    pub(super) fn is(&self, other: &PersonRef) -> bool {
        self.recognised().is_some_and(|person| other.record == Some(person.record))
    }
}

/// Asks the table, and notes down its answer as a fact for the stages after it.
pub(super) fn identify<'a>(
    rule_set: &RuleSet,
    message: &'a Message,
    answers: &'a Answers,
    situation: &mut Situation,
) -> (Sender<'a>, TraceLine) {
    let mailbox = message.originator();
    let person = answers.sender.as_ref().filter(|_| mailbox.is_some());
    let persons = match (person, answers.persons_with_address) {
        (None, _) => "none",
        (Some(_), 0 | 1) => "one",
        (Some(_), _) => "several",
    };
    set_word(situation, Column::PersonsWithAddress, persons);
    situation.set_truth(Column::IsPerson, person.is_some());
    situation.set_truth(Column::IsUser, person.is_some_and(|person| person.is_user));
    situation.set_truth(Column::IsAnalyst, person.is_some_and(|person| person.is_analyst));
    let rule = rule_set.identify.decide(situation);
    let case = rule.then;
    let mut line = TraceLine::of_rule(Stage::Identify, rule, case.word(), situation, &rule_set.domains);
    if let Some(person) = person {
        line = line.saw("person", person.name.as_str());
    }
    set_word(situation, Column::Sender, case.word());
    (Sender { case, person, mailbox }, line)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::testing::{classic, message, person};

    fn case(is_user: bool, is_analyst: bool) -> SenderCase {
        let mut sender = person(4, "Someone", "someone@example.com");
        (sender.is_user, sender.is_analyst) = (is_user, is_analyst);
        let answers = Answers { sender: Some(sender), ..Answers::default() };
        let message = message("someone@example.com", "");
        identify(&classic(), &message, &answers, &mut Situation::default()).0.case
    }

    #[test]
    fn flags_make_the_four_cases() {
        assert_eq!(case(false, false), SenderCase::Unknown);
        assert_eq!(case(true, false), SenderCase::User);
        assert_eq!(case(false, true), SenderCase::Analyst);
        assert_eq!(case(true, true), SenderCase::AnalystAndUser);
    }

    #[test]
    fn mail_without_a_usable_address_is_from_nobody() {
        let mut nameless = message("someone@example.com", "");
        nameless.from.clear();
        let mut sender = person(4, "Someone", "someone@example.com");
        sender.is_user = true;
        let answers = Answers { sender: Some(sender), ..Answers::default() };
        let (sender, _) = identify(&classic(), &nameless, &answers, &mut Situation::default());
        assert_eq!(sender.case, SenderCase::Unknown);
        assert!(sender.person.is_none());
    }
}

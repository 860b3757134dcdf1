//! Decides which action a request makes, by what is asked and what the desk found.

use super::answer::Answer as _;
use super::facts::set_word;
use super::identify::Sender;
use super::recognize::Asked;
use super::trace::TraceLine;
use crate::ruleset::column::{Column, Situation, Stage};
use crate::ruleset::{ChooseAnswer, RuleSet};
use crate::vocab::{Answers, Record, SenderCase};

/// Asks the table. The answer's index is the word of the column `action`.
pub(super) fn choose<'a>(
    rule_set: &'a RuleSet,
    asked: &Asked<'_>,
    record: Option<&Record>,
    may_reopen: bool,
    situation: &mut Situation,
) -> (&'a ChooseAnswer, TraceLine) {
    note(asked, record, may_reopen, situation);
    let rule = rule_set.choose.decide(situation);
    let then = rule.then.words(rule_set);
    let line = TraceLine::of_rule(Stage::Choose, rule, then, situation, &rule_set.domains);
    (&rule.then, line)
}

/// Notes down what is asked and what the desk found.
pub(super) fn note(asked: &Asked<'_>, record: Option<&Record>, may_reopen: bool, situation: &mut Situation) {
    set_word(situation, Column::Intent, asked.intent.word());
    set_word(situation, Column::Kind, asked.kind.map_or("none", |kind| kind.word()));
    let number = match (record, asked.has_number()) {
        (Some(_), _) => "known",
        (None, true) => "unknown",
        (None, false) => "none",
    };
    set_word(situation, Column::Number, number);
    set_word(situation, Column::KindFound, record.map_or("none", |record| record.kind.word()));
    set_word(situation, Column::State, record.map_or("none", |record| record.state.word()));
    situation.set_truth(Column::MayReopen, may_reopen);
}

/// Whether the sender's role lets closed calls be reopened (SPEC R3).
///
/// An Analyst's role is enough, User too or not; a User's needs the portal setting beside it; an unknown
/// sender never reopens.
pub(super) fn may_reopen(rule_set: &RuleSet, sender: &Sender<'_>, answers: &Answers) -> bool {
    let portal = rule_set.system.portal_reopen_closed_calls.unwrap_or(answers.portal_reopens_closed_calls);
    let has_right = sender.person.is_some_and(|person| person.rights.reopen);
    match sender.case {
        SenderCase::Unknown => false,
        SenderCase::User => has_right && portal,
        SenderCase::Analyst | SenderCase::AnalystAndUser => has_right,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::testing::{classic, person};

    #[test]
    fn user_reopens_by_role_and_portal_analyst_by_role_alone() {
        let mut rule_set = classic();
        let mut someone = person(4, "Someone", "someone@example.com");
        someone.rights.reopen = true;
        let answers = |portal| Answers { portal_reopens_closed_calls: portal, ..Answers::default() };
        let mut may = |case, portal, overridden| {
            rule_set.system.portal_reopen_closed_calls = overridden;
            let sender = Sender { case, person: Some(&someone), mailbox: None };
            may_reopen(&rule_set, &sender, &answers(portal))
        };
        assert!(may(SenderCase::User, true, None));
        assert!(!may(SenderCase::User, false, None));
        assert!(may(SenderCase::User, false, Some(true)));
        assert!(!may(SenderCase::User, true, Some(false)));
        assert!(may(SenderCase::Analyst, false, None));
        assert!(may(SenderCase::AnalystAndUser, false, None));
        assert!(!may(SenderCase::Unknown, true, None));
    }
}

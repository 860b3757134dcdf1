//! Decides which action a request makes, by what is asked and what the desk found.

use super::answer::Answer as _;
use super::facts::set_word;
use super::identify::Sender;
use super::recognize::Asked;
use super::trace::TraceLine;
use super::{Facts, thread};
use crate::ruleset::account::Account;
use crate::ruleset::column::{Column, Situation, Stage};
use crate::ruleset::{ChooseAnswer, RuleSet};
use crate::vocab::{Answers, Kind, Record, SenderCase, State};

/// What the desk and the account say of the item and the sender, and what is asked.
pub(super) struct Standing<'a> {
    account: &'a Account,
    asked: &'a Asked<'a>,
    record: Option<&'a Record>,
    /// The sender's role lets closed calls be reopened.
    may_reopen: bool,
    /// The word of the column `proof`.
    proof: &'static str,
    /// The instant of the decision.
    now: i64,
}

impl<'a> Standing<'a> {
    /// What these answers of the desk come to.
    pub(super) fn new(
        rule_set: &RuleSet,
        account: &'a Account,
        (facts, answers): (&Facts, &Answers),
        asked: &'a Asked<'a>,
        (sender, record): (&Sender<'_>, Option<&'a Record>),
    ) -> Self {
        let may_reopen = may_reopen(rule_set, sender, answers);
        let proof = thread::proof(account, &facts.message, answers, asked, record);
        Self { account, asked, record, may_reopen, proof, now: facts.now }
    }
}

/// Asks the table. The answer's index is the word of the column `action`.
pub(super) fn choose<'a>(rule_set: &'a RuleSet, situation: &Situation) -> (&'a ChooseAnswer, TraceLine) {
    let rule = rule_set.choose.decide(situation);
    let then = rule.then.words(rule_set);
    let line = TraceLine::of_rule(Stage::Choose, rule, then, situation, &rule_set.domains);
    (&rule.then, line)
}

/// Notes down what is asked and what the desk found.
pub(super) fn note(standing: &Standing<'_>, situation: &mut Situation) {
    let Standing { account, asked, record, .. } = *standing;
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
    situation.set_truth(Column::MayReopen, standing.may_reopen);
    let closed = record.filter(|record| record.kind == Kind::Call && record.state == State::Closed);
    situation.set_truth(Column::ReopeningsLeft, closed.is_none_or(|call| reopenings_left(account, call)));
    let is_recent = closed.is_none_or(|call| closed_recently(account, call, standing.now));
    situation.set_truth(Column::ClosedRecently, is_recent);
    set_word(situation, Column::Proof, standing.proof);
}

/// Whether a closed call may be opened once more.
fn reopenings_left(account: &Account, call: &Record) -> bool {
    account.reopenings_max.is_none_or(|most| call.reopened < most)
}

/// Whether a call was closed within the account's days. Where the desk does not know when, it counts as recent:
/// nobody can be told that it is too long ago.
fn closed_recently(account: &Account, call: &Record, now: i64) -> bool {
    const DAY_SECS: i64 = 24 * 60 * 60;
    let window = account.reopen_within_days.map(|days| i64::from(days) * DAY_SECS);
    window.zip(call.closed_at).is_none_or(|(window, at)| now.saturating_sub(at) <= window)
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
    use crate::engine::testing::{classic, person, record};

    #[test]
    fn call_is_reopened_so_often_and_so_long_after_its_closing() {
        let mut account = classic().account("it-desk").unwrap().clone();
        let mut call = record(Kind::Call, 5839);
        (call.reopened, call.closed_at) = (1_000, Some(0));
        assert!(reopenings_left(&account, &call) && closed_recently(&account, &call, i64::MAX));
        (account.reopenings_max, account.reopen_within_days) = (Some(5), Some(1));
        call.reopened = 4;
        assert!(reopenings_left(&account, &call));
        call.reopened = 5;
        assert!(!reopenings_left(&account, &call));
        assert!(closed_recently(&account, &call, 86_400));
        assert!(!closed_recently(&account, &call, 86_401));
        call.closed_at = None;
        assert!(closed_recently(&account, &call, i64::MAX));
    }

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

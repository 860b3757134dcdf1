use super::*;
use crate::engine::testing::{answers, classic, facts, person};
use crate::engine::{Decision, decide};
use crate::ruleset::account::Account;
use crate::vocab::State;

fn found(from: &str, subject: &str, answers: Answers) -> Vec<String> {
    let rule_set = classic();
    let changes = changes(&rule_set, &facts(from, subject, answers));
    let said = changes.iter().map(|change| {
        let whats: Vec<String> = change
            .when
            .iter()
            .flat_map(|what| &what.set)
            .map(|&(column, word)| format!("{}={}", column.path(), rule_set.domains.word(column, word)))
            .collect();
        let (_, outcome) = change.outcome.as_ref().map_or(("", "proceed"), Outcome::words);
        format!("{outcome} if {} ({:?})", whats.join(", "), change.decider(&rule_set).unwrap())
    });
    said.collect()
}

#[test]
fn switch_that_would_let_an_unknown_sender_update_comes_first() {
    let mut answers = answers();
    answers.sender = None;
    let found = found("nobody@example.net", "[CALL#5837]", answers);
    assert_eq!(found[0], "update_call if anonymous.update_calls=true (permit/anonymous-updates)");
}

#[test]
fn refused_user_would_have_to_be_the_user_of_the_call() {
    let mut answers = answers();
    let mut carl = person(9, "Carl", "carl@example.org");
    carl.is_user = true;
    answers.sender = Some(carl);
    let found = found("carl@example.org", "[CLOSE#5837]", answers);
    assert_eq!(found[0], "close_call if is_call_user=true (permit/user-closes-own-call)");
}

#[test]
fn where_no_single_change_leads_elsewhere_two_do() {
    // of a rule set with a single way to close, neither half of it
    let mut answers = answers();
    answers.record.as_mut().unwrap().state = State::Closed;
    let rule_set = classic();
    let facts = facts("ana.lyst@example.com", "[CALL#5837]", answers);
    let search = Search::new(&rule_set, &facts).unwrap();
    let now = search.lead(search.base);
    let candidates = search.candidates();
    let of = |column: Column, truth: bool| {
        candidates.iter().find(|one| one.what.set == [(column, truth.into())]).unwrap()
    };
    let update = of(Column::UpdateClosedCalls, false);
    let reopen = of(Column::ReopenClosedCalls, false);
    assert!(search.change(&[update], &now).is_none(), "reopening needs updating");
    let both = search.change(&[update, reopen], &now).unwrap();
    assert_eq!(both.outcome, Some(Outcome::Action("decline_update".to_owned())));
}

#[test]
fn message_that_a_guard_stopped_would_only_pass_it() {
    let rule_set = classic();
    let mut facts = facts("uma@example.com", "help", Answers::default());
    facts.message.return_path = Some(crate::vocab::ReturnPath::Null);
    let changes = changes(&rule_set, &facts);
    assert_eq!(changes[0].outcome, None);
    assert_eq!(changes[0].when[0].set, [(Column::IgnoreBlankReturnPath, 0)]);
}

#[test]
fn two_guards_that_stop_a_report_need_two_changes() {
    let rule_set = classic();
    let mut facts = facts("mailer-daemon@example.net", "Undelivered", Answers::default());
    facts.message.is_multipart_report = true;
    facts.message.return_path = Some(crate::vocab::ReturnPath::Null);
    let changes = changes(&rule_set, &facts);
    assert_eq!(changes[0].outcome, None);
    let columns: Vec<Column> = changes[0].when.iter().map(|what| what.set[0].0).collect();
    assert_eq!(columns, [Column::IgnoreReportMessages, Column::IgnoreBlankReturnPath]);
}

#[test]
fn message_that_meets_no_rule_is_changed_by_none() {
    let mut facts = facts("uma@example.com", "help", Answers::default());
    facts.message.is_mail = false;
    assert_eq!(changes(&classic(), &facts), []);
}

fn turn(account: &mut Account, column: Column, word: WordIndex) {
    let truth = word == 1;
    match column {
        Column::LogOnInvalidNumber => account.log_on_invalid_number = truth,
        Column::UpdateClosedCalls => account.update_closed_calls = truth,
        Column::ReopenClosedCalls => account.reopen_closed_calls = truth,
        Column::CreateAnonymously => account.create_anonymously = truth,
        Column::UpdateAnonymously => account.update_anonymously = truth,
        Column::CloseAnonymously => account.close_anonymously = truth,
        Column::AnyRecognisedSender => account.any_recognised_sender = truth,
        Column::IgnoreBlankReturnPath => account.ignore_blank_return_path = truth,
        Column::IgnoreReportMessages => account.ignore_report_messages = truth,
        other => panic!("a switch without effect on the outcome: {other:?}"),
    }
}

/// Does to the rule set and the facts what a change proposes.
fn done(rule_set: &RuleSet, facts: &Facts, change: &Change) -> Decision {
    let (mut rule_set, mut facts) = (rule_set.clone(), facts.clone());
    for &(column, word) in change.when.iter().flat_map(|what| &what.set) {
        let truth = word == 1;
        let sender = &mut facts.answers.sender;
        match column {
            Column::IsPerson => *sender = truth.then(nobody),
            Column::IsUser => sender.as_mut().into_iter().for_each(|known| known.is_user = truth),
            Column::IsAnalyst => sender.as_mut().into_iter().for_each(|known| known.is_analyst = truth),
            _ => turn(&mut rule_set.accounts[0], column, word),
        }
    }
    decide(&rule_set, &facts)
}

#[test]
fn what_is_proposed_comes_true() {
    let rule_set = classic();
    let mut checked = 0;
    for sender in ["none", "neither", "user", "analyst", "both"] {
        for state in [None, Some(State::Open), Some(State::Closed)] {
            for subject in ["help", "[CALL#5837]", "[CLOSE#5837]", "[MyCalls]", "[APPROVE#77]"] {
                let mut answers = answers();
                answers.portal_reopens_closed_calls = sender == "user";
                let mut someone = person(9, "Someone", "x@example.com");
                someone.rights.reopen = true;
                someone.is_user = matches!(sender, "user" | "both");
                someone.is_analyst = matches!(sender, "analyst" | "both");
                answers.sender = (sender != "none").then_some(someone);
                match (state, answers.record.as_mut()) {
                    (Some(state), Some(record)) => record.state = state,
                    _ => answers.record = None,
                }
                let facts = facts("x@example.com", subject, answers);
                for change in changes(&rule_set, &facts) {
                    if change
                        .when
                        .iter()
                        .all(|what| matches!(what.kind, WhatKind::Switch | WhatKind::Sender(_)))
                    {
                        let decision = done(&rule_set, &facts, &change);
                        assert_eq!(Some(&decision.outcome), change.outcome.as_ref(), "{subject}: {change:?}");
                        checked += 1;
                    }
                }
            }
        }
    }
    assert!(checked > 60, "{checked}");
}

//! Answers that can be carried out: an action needs its item, a policy somebody to name.

use crate::diagnostic::{Diagnostic, Findings};
use crate::ruleset::column::{Column, Situation, Stage};
use crate::ruleset::{ActingUser, Action, LoggingAnalyst, ReopenedTo, RuleSet, Step};
use std::collections::BTreeSet;

/// Whether every step of the action has the item it works on.
pub(super) fn fits(action: &Action, situation: &Situation) -> bool {
    let found = situation.get(Column::KindFound).unwrap_or_default();
    let creates = action.steps.contains(&Step::CreateCall);
    action.steps.iter().all(|step| match step {
        Step::Close | Step::Reopen => found == 1,
        Step::DecideApproval(_) => found == 4,
        Step::AddHistory { .. }
        | Step::AttachObjects
        | Step::AttachEmail
        | Step::ShowNoteIcon
        | Step::NotifyAssignee => found != 0 || creates,
        Step::Summarize(_) => situation.get(Column::Intent) == Some(1),
        Step::CreateCall => true,
    })
}

/// Says which actions are chosen where they cannot be done.
pub(super) fn unfit(rule_set: &RuleSet, unfit: &BTreeSet<(usize, Situation)>, findings: &mut Findings) {
    let actions: BTreeSet<usize> = unfit.iter().map(|(action, _)| *action).collect();
    for index in actions {
        let Some(action) = rule_set.actions.get(index) else { continue };
        let example = unfit.iter().find(|(at, _)| *at == index).map(|(_, situation)| {
            let word = |column| {
                situation.get(column).map(|word| rule_set.domains.word(column, word)).unwrap_or_default()
            };
            format!(
                "for instance intent: {}, kind: {}, number: {}",
                word(Column::Intent),
                word(Column::Kind),
                word(Column::Number)
            )
        });
        findings.push(
            Diagnostic::error("action-does-not-fit", format!("`choose` asks for `{}` where it cannot be done", action.name))
                .at(action.span, "its steps need an item that is not there")
                .note(example.unwrap_or_default())
                .help("let a rule of `choose` ask for `number: known` and the right `kind`, or choose another action"),
        );
    }
}

pub(super) fn acting_user(answer: ActingUser, situation: &Situation) -> Option<&'static str> {
    let is_person = situation.is_true(Column::IsPerson);
    match answer {
        ActingUser::DefaultUser if !situation.is_true(Column::DefaultUser) => {
            Some("`default_user` where the account names none")
        }
        ActingUser::Sender if !is_person => Some("`sender` where the sender has no record"),
        ActingUser::SenderMadeUser if !is_person => Some("`sender_made_user` where the sender has no record"),
        ActingUser::NewPerson if is_person => Some("`new_person` where the sender has a record"),
        _ => None,
    }
}

pub(super) fn logging_analyst(answer: LoggingAnalyst, situation: &Situation) -> Option<&'static str> {
    let is_set = situation.is_true(Column::DefaultLoggingAnalyst);
    (answer == LoggingAnalyst::DefaultLoggingAnalyst && !is_set)
        .then_some("`default_logging_analyst` where the account names none")
}

pub(super) fn reopened_to(answer: ReopenedTo, situation: &Situation) -> Option<&'static str> {
    match answer {
        ReopenedTo::Sender if !situation.is_true(Column::IsAnalyst) => {
            Some("`sender` where the sender is no analyst")
        }
        ReopenedTo::LoggingAnalyst if !situation.is_true(Column::LoggerIsAnalyst) => {
            Some("`logging_analyst` where the one who logged the call is none")
        }
        ReopenedTo::OtherwiseTo if !situation.is_true(Column::OtherwiseTo) => {
            Some("`otherwise_to` where the account names no group")
        }
        _ => None,
    }
}

/// Says which policies name somebody who is not there.
pub(super) fn empty(empty: &BTreeSet<(Stage, &'static str)>, findings: &mut Findings) {
    for (stage, why) in empty {
        findings.push(
            Diagnostic::error("answer-without-value", format!("`{stage}` answers {why}"))
                .note("nobody would be entered")
                .help("ask for it in the rule's `when`, and say in another rule what happens otherwise"),
        );
    }
}

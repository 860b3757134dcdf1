//! Answers that can be carried out: an action needs its item, a policy somebody to name.

use crate::diagnostic::{Diagnostic, Findings, Span};
use crate::ruleset::column::{Column, Situation, Stage};
use crate::ruleset::{ActingUser, Action, LoggingAnalyst, ReopenedTo, RuleSet, Step};
use std::collections::{BTreeMap, BTreeSet};

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
        Step::LinkCall => found == 1 && creates,
        // what can be confirmed is a command: summary, close, approve, reject
        Step::AskConfirmation => matches!(situation.get(Column::Intent), Some(1..=4)),
        Step::CreateCall => true,
    })
}

/// Says which rules choose actions where they cannot be done; each with the action, and one such situation.
pub(super) fn unfit(
    rule_set: &RuleSet,
    stage: Stage,
    unfit: &BTreeMap<Span, (usize, Situation)>,
    findings: &mut Findings,
) {
    for (span, (index, situation)) in unfit {
        let Some(action) = rule_set.actions.get(*index) else { continue };
        let word = |column: Column| {
            let word =
                situation.get(column).map(|word| rule_set.domains.word(column, word)).unwrap_or_default();
            format!("{}: {word}", column.path())
        };
        let example = [Column::Intent, Column::Kind, Column::Number].map(word).join(", ");
        findings.push(
            Diagnostic::error(
                "action-does-not-fit",
                format!("`{stage}` asks for `{}` where it cannot be done", action.name),
            )
            .at(*span, format!("holds for instance where {example}"))
            .against(action.span, "its steps need an item that is not there")
            .note("there would be nothing to work on, and the mail would have no outcome")
            .help("let the rule ask for `number: known` and the right `kind`, or choose another action"),
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
pub(super) fn empty(empty: &BTreeSet<(Span, &'static str)>, findings: &mut Findings) {
    for (span, why) in empty {
        findings.push(
            Diagnostic::error("answer-without-value", format!("this rule answers {why}"))
                .at(*span, "holds there too")
                .note("nobody would be entered")
                .help("ask for it in the rule's `when`, and say in another rule what happens otherwise"),
        );
    }
}

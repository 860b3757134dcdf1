//! Answers that no mail ever gets.

use crate::diagnostic::{Diagnostic, Findings};
use crate::ruleset::{ChooseAnswer, PermitAnswer, ReplyDefinition, RuleSet};
use std::collections::BTreeSet;

/// What was seen to come about.
#[derive(Debug, Default)]
pub(super) struct Used {
    /// Actions that `choose` answered with, by index.
    pub(super) chosen: BTreeSet<usize>,
    /// Actions that `permit` allowed, by index.
    pub(super) performed: BTreeSet<usize>,
    /// Replies that a refusal sent, by index.
    pub(super) refused_with: BTreeSet<usize>,
    /// Reasons for which mail was left to somebody behind the guard.
    pub(super) quarantined: BTreeSet<String>,
}

/// Says which actions and replies no situation leads to.
pub(super) fn unused(rule_set: &RuleSet, used: &Used, findings: &mut Findings) {
    for (index, action) in rule_set.actions.iter().enumerate() {
        if used.performed.contains(&index) {
            continue;
        }
        let is_named = rule_set.choose.rules().any(|rule| rule.then == ChooseAnswer::Action(index))
            || rule_set.permit.rules().any(|rule| rule.then == PermitAnswer::Instead(index));
        let why = match (is_named, used.chosen.contains(&index)) {
            (false, _) => "no rule answers with it",
            (true, false) => "no situation leads to the rules that answer with it",
            (true, true) => "`permit` never allows it",
        };
        findings.push(
            Diagnostic::warning(
                "action-never-performed",
                format!("action `{}` is never performed", action.name),
            )
            .at(action.span, why)
            .note("what it does looks like something that the desk does, and is not")
            .help("let a rule answer with it, or take it out"),
        );
    }
    for (index, reply) in rule_set.replies.iter().enumerate() {
        let is_sent = used.refused_with.contains(&index)
            || reply.after.iter().any(|action| used.performed.contains(action))
            || reply.after_quarantine.iter().any(|reason| used.quarantined.contains(reason));
        if !is_sent {
            findings.push(
                Diagnostic::warning("reply-never-sent", format!("reply `{}` is never sent", reply.name))
                    .at(reply.span, why_unsent(rule_set, index, reply))
                    .note("nobody is told what stands in it")
                    .help("name the action `after` which it is sent, let a rule `refuse` with it, or take it out"),
            );
        }
    }
}

fn why_unsent(rule_set: &RuleSet, index: usize, reply: &ReplyDefinition) -> &'static str {
    let is_named = rule_set.permit.rules().any(|rule| rule.then == PermitAnswer::Refuse(index));
    if !reply.after_quarantine.is_empty() {
        return "no situation leads to the quarantine after which it is sent";
    }
    match (reply.after.is_empty(), is_named) {
        (true, false) => "it is sent after no action, and no rule refuses with it",
        (_, true) => "no situation leads to the rules that refuse with it",
        (false, false) => "the actions after which it is sent are never performed",
    }
}

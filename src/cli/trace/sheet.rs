//! A decision as a sheet for people: who wrote, each stage with what it passed over, what it leads to, and what
//! would lead elsewhere.

use super::effect::sentence;
use super::{Detail, passed};
use crate::cli::screen::{columns, line};
use crate::engine::explain::Explanation;
use crate::engine::explain::change::changes;
use crate::engine::{Decision, Facts, TraceLine};
use crate::ruleset::RuleSet;
use crate::vocab::{Disposition, Outcome, Reply};
use serde_json::Value;
use std::fmt::Write as _;

/// The margin of every line.
const MARGIN: &str = "  ";

/// The narrowest columns: stage, answer.
const WIDTHS_LEAST: [usize; 2] = [9, 11];

/// What stands behind each column.
const GAPS: [usize; 4] = [2, 3, 3, 3];

/// The stage of trace lines about mails of ours; they are shown with those mails.
const REPLY: &str = "reply";

/// One line of the sheet: its cells, and what is said below it.
struct Row {
    cells: Vec<String>,
    below: Vec<String>,
}

/// The whole sheet.
pub(in crate::cli) fn sheet(
    rule_set: &RuleSet,
    facts: &Facts,
    explanation: &Explanation,
    detail: Detail,
    has_colour: bool,
) -> String {
    let decision = &explanation.decision;
    let stages: Vec<Row> = decision
        .trace
        .iter()
        .filter(|line| line.stage != REPLY)
        .map(|line| {
            let mut row = stage(line, facts);
            row.below.extend(passed::below(rule_set, facts, explanation, line, detail));
            row
        })
        .collect();
    let led_to = led_to(rule_set, decision);
    let would_be = if detail == Detail::Brief { Vec::new() } else { would_be(rule_set, facts) };
    let label_width = stages.iter().chain(&led_to).chain(&would_be).filter_map(|row| row.cells.first());
    let label_width =
        label_width.map(|label| label.chars().count()).chain(WIDTHS_LEAST.first().copied()).max();
    let widths = [label_width.unwrap_or_default(), WIDTHS_LEAST[1]];
    let mut text = format!("{MARGIN}{}\n", heading(facts, decision));
    for part in [stages, led_to, would_be].iter().filter(|part| !part.is_empty()) {
        text.push('\n');
        let cells: Vec<Vec<String>> = part.iter().map(|row| row.cells.clone()).collect();
        for (row, drawn) in part.iter().zip(columns(&cells, &widths, &GAPS)) {
            push(&mut text, &drawn);
            for below in &row.below {
                let below = format!("{:1$}{below}", "", widths[0] + GAPS[0]);
                push(&mut text, &if has_colour { format!("\u{1b}[2m{below}\u{1b}[0m") } else { below });
            }
        }
    }
    text
}

fn push(text: &mut String, line: &str) {
    // writing to a text cannot go wrong
    let _always = writeln!(text, "{MARGIN}{line}");
}

fn heading(facts: &Facts, decision: &Decision) -> String {
    let from = facts.message.originator().map_or("nobody".to_owned(), ToString::to_string);
    let identity = &decision.rule_set;
    format!(
        "From {}, \"{}\"          {} r{}, account {}",
        line(&from),
        line(&facts.message.subject),
        line(&identity.name),
        identity.revision,
        line(&decision.account)
    )
}

fn stage(trace: &TraceLine, facts: &Facts) -> Row {
    let place = match (&trace.file, trace.line) {
        (Some(file), Some(at)) => format!("{file}:{at}"),
        (Some(file), None) => file.to_string(),
        _ => String::new(),
    };
    let saw = if trace.stage == "identify" { person(facts) } else { saw(trace) };
    let rule = trace.rule.as_deref().unwrap_or_default();
    let cells = [trace.stage, &trace.then, rule, &place, &saw].map(line).to_vec();
    Row { cells, below: trace.because.as_deref().map(line).into_iter().collect() }
}

fn saw(trace: &TraceLine) -> String {
    let seen = trace.saw.iter().map(|(what, value)| match value {
        Value::String(text) => format!("{what} = {text}"),
        other => format!("{what} = {other}"),
    });
    seen.collect::<Vec<_>>().join(", ")
}

/// Whom the desk knows under the sender's address.
fn person(facts: &Facts) -> String {
    if facts.message.originator().is_none() {
        return "the mail names no address".to_owned();
    }
    let Some(person) = &facts.answers.sender else { return "nobody has this address".to_owned() };
    let flags = match (person.is_analyst, person.is_user) {
        (true, true) => "analyst and user",
        (true, false) => "analyst, not user",
        (false, true) => "user, not analyst",
        (false, false) => "neither user nor analyst",
    };
    format!("{}: {flags}", person.name)
}

fn led_to(rule_set: &RuleSet, decision: &Decision) -> Vec<Row> {
    let mut rows = Vec::new();
    let outcome = outcome(decision);
    if let Some(outcome) = outcome {
        rows.push(row("outcome", outcome));
    }
    for effect in &decision.effects {
        let label = if rows.iter().any(|row| is_labelled(row, "effects")) { "" } else { "effects" };
        rows.push(row(label, sentence(effect)));
    }
    if rows.is_empty() {
        rows.push(row("effects", "none; the desk stays as it is".to_owned()));
    }
    rows.extend(decision.replies.iter().map(|mail| row("reply", mailed(mail))));
    rows.extend(decision.notifications.iter().map(|mail| row("notify", mailed(mail))));
    let unsent = decision.trace.iter().filter(|line| line.stage == REPLY && line.then != "send");
    rows.extend(unsent.map(|line| unsent_row(rule_set, line)));
    let dispose = match decision.disposition {
        Disposition::Delete => "delete",
        Disposition::Keep => "keep",
    };
    rows.push(row("dispose", dispose.to_owned()));
    rows
}

/// The smallest changes that would lead elsewhere.
fn would_be(rule_set: &RuleSet, facts: &Facts) -> Vec<Row> {
    let changes = changes(rule_set, facts);
    let rows = changes
        .iter()
        .enumerate()
        .map(|(at, change)| row(if at == 0 { "would be" } else { "" }, passed::would_be(rule_set, change)));
    rows.collect()
}

fn row(label: &str, text: String) -> Row {
    Row { cells: vec![label.to_owned(), text], below: Vec::new() }
}

fn is_labelled(row: &Row, label: &str) -> bool {
    row.cells.first().is_some_and(|known| known == label)
}

/// What became of the mail, where its effects do not show it.
fn outcome(decision: &Decision) -> Option<String> {
    let kept = if decision.quarantine { "; the raw mail is kept in quarantine" } else { "" };
    match &decision.outcome {
        Outcome::Action(_) => None,
        Outcome::Refuse(reply) => Some(format!("refused: {}", line(reply))),
        Outcome::Ignore(reason) => Some(format!("ignored: {}", line(reason))),
        Outcome::Discard(reason) => Some(format!("discarded: {}{kept}", line(reason))),
        Outcome::Quarantine(reason) => Some(format!("quarantined: {}", line(reason))),
    }
}

fn mailed(mail: &Reply) -> String {
    line(&format!("{} to {}, \"{}\"", mail.name, mail.to.address, mail.subject))
}

/// A mail of ours that is not sent, and why.
fn unsent_row(rule_set: &RuleSet, trace: &TraceLine) -> Row {
    let name = trace.rule.as_deref().unwrap_or_default();
    let to_assignee = rule_set.replies.iter().any(|reply| reply.name == name && reply.to_assignee);
    let how = if trace.then == "omit" { "not sent" } else { &trace.then };
    let to = trace.saw.get("to").and_then(Value::as_str).map(|to| format!(" to {to}")).unwrap_or_default();
    let why = trace.because.as_deref().unwrap_or_default();
    row(if to_assignee { "notify" } else { "reply" }, line(&format!("{name}{to} {how}: {why}")))
}

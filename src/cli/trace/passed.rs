//! What was passed over, in lines for people.

use super::Detail;
use crate::cli::screen::{counted, grouped, line};
use crate::engine::explain::change::{Change, What, WhatKind};
use crate::engine::explain::near_miss::{NearMiss, near_misses};
use crate::engine::explain::subject::Stopped;
use crate::engine::explain::why::is_about_this;
use crate::engine::explain::{Explanation, PassedOver};
use crate::engine::{Facts, TraceLine};
use crate::ruleset::column::{Column, Domains, Stage, WordIndex};
use crate::ruleset::table::Condition;
use crate::ruleset::{RuleSet, SubjectRule};
use crate::vocab::{Intent, Outcome, SenderCase};

/// The most lines of one stage, where nobody asked for all.
const LINES_MAX: usize = 8;

/// The most patterns of which it is said where they stopped, where nobody asked for all.
const STOPS_MAX: usize = 2;

/// The least of a pattern that must be there for its stopping to say anything.
const FOUND_CHARS_MIN: usize = 4;

/// The most near misses that are shown.
const NEAR_MISSES_MAX: usize = 3;

/// The lines below a stage: each rule that was passed over, and what ruled it out first.
pub(super) fn below(
    rule_set: &RuleSet,
    facts: &Facts,
    explanation: &Explanation,
    trace: &TraceLine,
    detail: Detail,
) -> Vec<String> {
    if detail == Detail::Brief {
        return Vec::new();
    }
    if trace.stage == Stage::Recognize.word() {
        return subjects(rule_set, facts, explanation, detail);
    }
    let stage = Stage::TABLES.into_iter().find(|stage| stage.word() == trace.stage);
    let Some(asked) = stage.and_then(|stage| explanation.table(stage)) else { return Vec::new() };
    if trace.rule.is_none() {
        return Vec::new();
    }
    let passed = explanation.passed_over(rule_set, asked.stage);
    let mut lines = Vec::new();
    let shown: Vec<&PassedOver<'_>> = passed
        .iter()
        .filter(|passed| detail == Detail::All || is_about_this(passed, &explanation.situation))
        .collect();
    let mut told = 0;
    for group in alike(&shown) {
        if detail != Detail::All && lines.len() == LINES_MAX {
            break;
        }
        told += group.len();
        lines.extend(group_line(&rule_set.domains, group));
    }
    let left = passed.len() - told;
    if left > 0 {
        let what = if left == 1 { "rule" } else { "rules" };
        lines.push(format!("✗ {} more {what}: --all shows them", grouped(left)));
    }
    if detail == Detail::All {
        let behind: Vec<&str> =
            explanation.not_asked(rule_set, asked.stage).into_iter().map(|row| row.name).collect();
        if !behind.is_empty() {
            lines.push(format!("not asked any more: {}", line(&behind.join(", "))));
        }
    }
    lines
}

/// Rules in a row that the same condition ruled out.
fn alike<'s, 'a>(passed: &'s [&'s PassedOver<'a>]) -> impl Iterator<Item = &'s [&'s PassedOver<'a>]> {
    passed.chunk_by(|one, other| {
        (one.failed.column, &one.failed.words) == (other.failed.column, &other.failed.words)
    })
}

fn group_line(domains: &Domains, group: &[&PassedOver<'_>]) -> Option<String> {
    let first = group.first()?;
    let names: Vec<String> = group.iter().map(|passed| line(passed.row.name)).collect();
    Some(format!("✗ {}: {}", names.join(", "), failing(domains, first.failed, first.saw)))
}

/// `state = open, wanted closed`; of a truth the half that is not is not said.
pub(super) fn failing(domains: &Domains, condition: &Condition, saw: Option<WordIndex>) -> String {
    let column = condition.column;
    let wanted = wanted(domains, condition);
    match saw {
        None => format!("{} is not known, wanted {wanted}", column.path()),
        Some(saw) if domains.size(column) == 2 => {
            format!("{} = {}", column.path(), line(&domains.word(column, saw)))
        }
        Some(saw) => format!("{} = {}, wanted {wanted}", column.path(), line(&domains.word(column, saw))),
    }
}

/// The words that satisfy a condition: `a, b or c`.
pub(super) fn wanted(domains: &Domains, condition: &Condition) -> String {
    let mut words: Vec<String> =
        condition.words.iter().map(|&word| line(&domains.word(condition.column, word))).collect();
    match (words.pop(), words.is_empty()) {
        (None, _) => "nothing".to_owned(),
        (Some(only), true) => only,
        (Some(last), false) => format!("{} or {last}", words.join(", ")),
    }
}

fn subjects(rule_set: &RuleSet, facts: &Facts, explanation: &Explanation, detail: Detail) -> Vec<String> {
    let passed = explanation.subjects_passed_over(rule_set);
    let subject = &facts.message.subject;
    let is_log = explanation.decision.asked.intent == Some(Intent::Log);
    let mut near = if is_log { near_misses(passed, subject) } else { Vec::new() };
    near.truncate(NEAR_MISSES_MAX);
    let mut lines: Vec<String> = near.iter().map(near_miss).collect();
    let is_told = |rule: &SubjectRule| near.iter().any(|miss| std::ptr::eq(miss.rule, rule));
    let others: Vec<&SubjectRule> = passed.iter().filter(|rule| !is_told(rule)).collect();
    let mut stops: Vec<(&str, Stopped)> =
        others.iter().map(|rule| (rule.pattern.text(), Stopped::of(rule, subject))).collect();
    if detail != Detail::All {
        stops.retain(|(_, stop)| is_log && stop.found.chars().count() >= FOUND_CHARS_MIN);
        stops.sort_by_key(|(_, stop)| std::cmp::Reverse(stop.found.chars().count()));
        stops.truncate(STOPS_MAX);
    }
    lines.extend(stops.iter().map(|(pattern, stop)| stopped(pattern, stop)));
    let left = others.len() - stops.len();
    if left > 0 {
        let what = if lines.is_empty() { "subject" } else { "other subject" };
        let before = if is_log { "" } else { " before it" };
        let verb = if left == 1 { "is" } else { "are" };
        lines.push(format!("✗ {}{before} {verb} not in \"{}\"", counted(left, what), line(subject)));
    }
    lines
}

/// Where a pattern stopped.
pub(super) fn stopped(pattern: &str, stop: &Stopped) -> String {
    let pattern = line(pattern);
    if stop.found.is_empty() {
        return format!("✗ {pattern}: nothing of it is there");
    }
    let saw = if stop.saw.is_empty() { "its end".to_owned() } else { format!("\"{}\"", quoted(&stop.saw)) };
    format!(
        "✗ {pattern}: `{}` is there, then `{}` is wanted and the subject has {saw}",
        line(&stop.found),
        line(&stop.wanted)
    )
}

/// A piece of a subject with the spaces at its ends, made harmless.
fn quoted(text: &str) -> String {
    let margin = if text.starts_with(char::is_whitespace) { " " } else { "" };
    format!("{margin}{}", line(text))
}

/// `"[CLOSE 5837]" misses [CLOSE#{number}] by one character: …`.
pub(super) fn near_miss(miss: &NearMiss<'_>) -> String {
    format!(
        "✗ \"{}\" misses {} by {}: {}; write {}",
        line(&miss.text),
        line(miss.rule.pattern.text()),
        miss.by(),
        miss.differences.iter().map(|difference| line(difference)).collect::<Vec<_>>().join(", "),
        line(&miss.write)
    )
}

/// What a change would make of the mail, and the rule by which.
pub(super) fn would_be(rule_set: &RuleSet, change: &Change) -> String {
    let outcome = match &change.outcome {
        None => "let through by the guard".to_owned(),
        Some(Outcome::Action(action)) => line(action),
        Some(Outcome::Refuse(reply)) => format!("refused: {}", line(reply)),
        Some(Outcome::Ignore(reason)) => format!("ignored: {}", line(reason)),
        Some(Outcome::Discard(reason)) => format!("discarded: {}", line(reason)),
        Some(Outcome::Quarantine(reason)) => format!("quarantined: {}", line(reason)),
    };
    let whats: Vec<String> = change.when.iter().map(|what| supposed(&rule_set.domains, what)).collect();
    let by = change.decider(rule_set).map(|row| format!(" ({}/{})", row.stage, line(row.name)));
    format!("{outcome} if {}{}", whats.join(" and "), by.unwrap_or_default())
}

fn supposed(domains: &Domains, what: &What) -> String {
    if let WhatKind::Sender(case) = what.kind {
        return match case {
            SenderCase::Unknown => "the desk did not know the sender",
            SenderCase::User => "the sender were a User",
            SenderCase::Analyst => "the sender were an Analyst",
            SenderCase::AnalystAndUser => "the sender were both Analyst and User",
        }
        .to_owned();
    }
    let word = |column: Column| {
        what.set.iter().find(|(set, _)| *set == column).map(|&(column, word)| domains.word(column, word))
    };
    match word(Column::Number).as_deref() {
        Some("unknown") => return "the desk did not know the number".to_owned(),
        Some(_) => {
            let state = word(Column::State).unwrap_or_default();
            return format!("the desk knew the number, and it were {state}");
        }
        None => {}
    }
    let sets = what
        .set
        .iter()
        .map(|&(column, word)| format!("{} were {}", column.path(), line(&domains.word(column, word))));
    sets.collect::<Vec<_>>().join(" and ")
}

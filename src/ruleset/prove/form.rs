//! Tables that say what they say in more words than it takes.

use crate::diagnostic::{Diagnostic, Findings, Span};
use crate::ruleset::RuleSet;
use crate::ruleset::column::{Column, Situation};
use crate::ruleset::table::{Condition, Rule, Table};
use std::collections::{BTreeMap, BTreeSet};

/// Whether two rules ask for the same.
pub(super) fn asks_the_same<T>(a: &Rule<T>, b: &Rule<T>) -> bool {
    cells(&a.when) == cells(&b.when)
}

fn cells(when: &[Condition]) -> BTreeMap<Column, &[u16]> {
    when.iter().map(|condition| (condition.column, condition.words.as_slice())).collect()
}

/// Whether two rules answer the same, for the same reason.
fn answers_the_same<T: PartialEq>(a: &Rule<T>, b: &Rule<T>) -> bool {
    a.then == b.then && a.because == b.because
}

/// The most rules times situations that are tried without a column; beyond it nothing is said of columns.
const TRIALS_MAX: usize = 20_000_000;

/// The columns that several rules ask for, and without which every situation would get the same answer.
///
/// `decided` names for each situation the rule that decided it.
pub(super) fn idle_columns<T: PartialEq>(
    table: &Table<T>,
    asked: &[Situation],
    decided: &[Option<usize>],
) -> Vec<Column> {
    let rules: Vec<&Rule<T>> = table.rules().collect();
    if rules.len().saturating_mul(asked.len()) > TRIALS_MAX {
        return Vec::new();
    }
    let asking = |column: &Column| {
        let asks = |rule: &&&Rule<T>| rule.when.iter().any(|condition| condition.column == *column);
        rules.iter().filter(asks).count()
    };
    let is_idle = |column: &Column| {
        asked.iter().zip(decided).all(|(situation, winner)| {
            let holds = |rule: &&&Rule<T>| {
                rule.when.iter().all(|condition| condition.column == *column || condition.holds(situation))
            };
            let winner = winner.and_then(|at| rules.get(at));
            match (rules.iter().find(holds), winner) {
                (Some(without), Some(winner)) => answers_the_same(without, winner),
                (without, winner) => without.is_none() && winner.is_none(),
            }
        })
    };
    let several = table.columns().into_iter().filter(|column| asking(column) > 1);
    if asked.is_empty() { Vec::new() } else { several.filter(is_idle).collect() }
}

/// Says which columns a table could do without.
pub(super) fn columns_without_effect<T>(table: &Table<T>, idle: &[Column], findings: &mut Findings) {
    for column in idle {
        let spans: Vec<Span> = table
            .rules()
            .flat_map(|rule| &rule.when)
            .filter(|condition| condition.column == *column)
            .map(|condition| condition.span)
            .collect();
        let message = format!("no answer of `{}` would change without `{}`", table.stage, column.path());
        let finding =
            spans.iter().fold(Diagnostic::warning("column-without-effect", message), |finding, &span| {
                finding.at(span, "asked for here")
            });
        findings.push(
            finding
                .note("whatever it holds, the same follows")
                .help("leave it out of the table; rules that then say the same become one"),
        );
    }
}

/// Says which neighbours could be one row: they answer the same and differ in one cell.
///
/// A reason of its own keeps a rule apart: then its `because` tells in traces which of the two it was.
pub(super) fn split_rules<T: PartialEq>(
    rule_set: &RuleSet,
    table: &Table<T>,
    idle: &[Column],
    findings: &mut Findings,
) {
    let rules: Vec<&Rule<T>> = table.rules().collect();
    let mut at = 0;
    while let Some(first) = rules.get(at) {
        let mut run = vec![*first];
        let mut column = None;
        for next in rules.iter().skip(at + 1) {
            let differing = differing_cell(first, next);
            let is_alike = first.then == next.then
                && first.because.is_none()
                && next.because.is_none()
                && first.span.source == next.span.source
                && differing.is_some()
                && (column.is_none() || column == differing);
            if !is_alike {
                break;
            }
            column = differing;
            run.push(next);
        }
        at += run.len();
        // of an idle column more is said already
        if let Some(column) = column.filter(|column| !idle.contains(column)) {
            findings.push(split(rule_set, table, &run, column));
        }
    }
}

/// The only column in which two rules differ, if both ask for it.
fn differing_cell<T>(a: &Rule<T>, b: &Rule<T>) -> Option<Column> {
    let (a, b) = (cells(&a.when), cells(&b.when));
    if !a.keys().eq(b.keys()) {
        return None;
    }
    let mut differing =
        a.iter().filter(|(column, words)| b.get(column) != Some(words)).map(|(column, _)| *column);
    let only = differing.next()?;
    differing.next().is_none().then_some(only)
}

fn split<T>(rule_set: &RuleSet, table: &Table<T>, run: &[&Rule<T>], column: Column) -> Diagnostic {
    let domains = &rule_set.domains;
    let words: BTreeSet<u16> = run
        .iter()
        .flat_map(|rule| rule.when.iter().filter(|condition| condition.column == column))
        .flat_map(|condition| condition.words.iter().copied())
        .collect();
    let first = run.first().map_or(&[][..], |rule| rule.when.as_slice());
    let written: Vec<String> = first
        .iter()
        .filter_map(|condition| {
            let own: BTreeSet<u16> = condition.words.iter().copied().collect();
            let words = if condition.column == column { &words } else { &own };
            let cell = super::space::cell(domains, condition.column, words)?;
            Some(format!("{}: {cell}", condition.column.path()))
        })
        .collect();
    let name = run.first().map_or("", |rule| rule.name.as_str());
    let when =
        if written.is_empty() { String::new() } else { format!("when: {{ {} }}, ", written.join(", ")) };
    let message = format!(
        "{} rules of `{}` answer the same and differ in `{}` alone",
        if run.len() == 2 { "two".to_owned() } else { run.len().to_string() },
        table.stage,
        column.path()
    );
    let finding = run.iter().fold(Diagnostic::warning("split-rule", message), |finding, rule| {
        finding.at(rule.span, "could be one row with its neighbour")
    });
    finding
        .note("one row is read at a glance, and changed in one place")
        .help(format!("write one row: `- {{ rule: {name}, {when}then: … }}`; or give each its own `because`"))
}

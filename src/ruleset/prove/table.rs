//! One table in every situation in which it can be asked.

use super::form;
use super::grid::Grid;
use super::space::{cell, rows, telling};
use crate::diagnostic::{Diagnostic, Findings};
use crate::ruleset::column::{Column, Domains, Situation, Stage};
use crate::ruleset::table::{Rule, Table};
use crate::ruleset::{PermitAnswer, RuleSet, Step};
use std::collections::BTreeSet;

/// The most rows of uncovered situations that a finding shows.
const ROWS_MAX: usize = 12;

/// The most text to paste that advice holds; what is longer is cut where it is shown.
const PASTE_BYTES_MAX: usize = 900;

/// How many places of one kind a finding points at.
const LABELS_MAX: usize = 8;

/// The most uncovered situations that are kept for the finding.
const UNCOVERED_MAX: usize = 100_000;

/// What was seen of one table.
pub(super) struct Judged<'a, T> {
    table: &'a Table<T>,
    rules: Vec<(&'a Rule<T>, Seen)>,
    grid: Grid,
    uncovered: Vec<Situation>,
    /// The rule that decided, for each situation in turn.
    decided: Vec<Option<usize>>,
}

#[derive(Default)]
struct Seen {
    /// It decided at least once.
    decides: bool,
    /// Which rules decided where this one would have held; noted until it decides itself.
    covered_by: BTreeSet<usize>,
    /// For each condition: the words by which it held when the rule decided.
    words: Vec<BTreeSet<u16>>,
}

impl<'a, T: PartialEq> Judged<'a, T> {
    pub(super) fn new(table: &'a Table<T>, domains: &Domains) -> Self {
        let seen = |rule: &'a Rule<T>| {
            (rule, Seen { words: vec![BTreeSet::new(); rule.when.len()], ..Seen::default() })
        };
        Self {
            table,
            rules: table.rules().map(seen).collect(),
            grid: Grid::new(table, domains),
            uncovered: Vec::new(),
            decided: Vec::new(),
        }
    }

    /// Notes down which rule decides, and what every other one lacked.
    pub(super) fn look(&mut self, situation: Situation) -> Option<&'a Rule<T>> {
        let outcome = self.grid.look(&situation);
        self.decided.push(outcome.first());
        let Some(winner) = outcome.first() else {
            if self.uncovered.len() < UNCOVERED_MAX {
                self.uncovered.push(situation);
            }
            return None;
        };
        for later in outcome.undecided() {
            if let Some((_, seen)) = self.rules.get_mut(later) {
                seen.covered_by.insert(winner);
            }
        }
        let (rule, seen) = self.rules.get_mut(winner)?;
        seen.decides = true;
        for (words, condition) in seen.words.iter_mut().zip(&rule.when) {
            words.extend(situation.get(condition.column));
        }
        Some(rule)
    }

    /// Says what is wrong with the table.
    ///
    /// Where not every situation was looked at, only what was seen counts: a rule that seems never to be
    /// reached may be reached in one that was not.
    pub(super) fn findings(
        self,
        rule_set: &RuleSet,
        asked: &[Situation],
        is_complete: bool,
        findings: &mut Findings,
    ) {
        if !self.uncovered.is_empty() {
            findings.push(self.uncovered(rule_set, asked));
        }
        if is_complete {
            self.unreachable(rule_set, findings);
            let idle = form::idle_columns(self.table, asked, &self.decided);
            form::columns_without_effect(self.table, &idle, findings);
            self.without_effect(rule_set, &idle, findings);
            form::split_rules(rule_set, self.table, &idle, findings);
        }
    }

    fn uncovered(&self, rule_set: &RuleSet, asked: &[Situation]) -> Diagnostic {
        let stage = self.table.stage;
        let uncovered: BTreeSet<&Situation> = self.uncovered.iter().collect();
        let covered: Vec<&Situation> =
            asked.iter().filter(|situation| !uncovered.contains(situation)).collect();
        let columns = telling(&self.uncovered, &covered, &self.table.columns());
        let rows = rows(&self.uncovered, &columns);
        let cells = |row: &Vec<BTreeSet<u16>>| -> Vec<Option<String>> {
            row.iter().zip(&columns).map(|(words, &column)| cell(&rule_set.domains, column, words)).collect()
        };
        let mut shown = vec![columns.iter().map(|column| column.path().to_owned()).collect::<Vec<_>>()];
        let mut paste = String::new();
        for row in rows.iter().take(ROWS_MAX) {
            let cells = cells(row);
            let conditions: Vec<String> = cells
                .iter()
                .zip(&columns)
                .filter_map(|(cell, column)| cell.as_ref().map(|cell| format!("{}: {cell}", column.path())))
                .collect();
            let line = format!("\n- {{ rule: …, when: {{ {} }}, then: … }}", conditions.join(", "));
            if paste.is_empty() || paste.len() + line.len() <= PASTE_BYTES_MAX {
                paste.push_str(&line);
            }
            shown.push(cells.into_iter().map(|cell| cell.unwrap_or_else(|| "any".to_owned())).collect());
        }
        let mut finding =
            Diagnostic::error("uncovered-case", format!("`{stage}` does not say {}", unsaid(stage)))
                .table(shown);
        if let Some(last) = self.table.rules().last() {
            finding = finding.at(last.span, "no rule behind this one takes them");
        }
        if rows.len() > ROWS_MAX {
            finding = finding.note(format!("and {} rows more", rows.len() - ROWS_MAX));
        }
        finding
            .note("a mail in such a situation would have no outcome")
            .help(format!("add a last rule `otherwise`, or rules for these cases:{paste}"))
    }

    fn unreachable(&self, rule_set: &RuleSet, findings: &mut Findings) {
        let rules: Vec<&Rule<T>> = self.rules.iter().map(|(rule, _)| *rule).collect();
        let dead = |at: usize| self.rules.get(at).is_some_and(|(_, seen)| !seen.decides);
        let mut told: BTreeSet<usize> = BTreeSet::new();
        for (at, rule) in rules.iter().enumerate() {
            if !dead(at) || told.contains(&at) || findings.is_full() {
                continue;
            }
            let Some((_, Seen { covered_by, .. })) = self.rules.get(at) else { continue };
            let is_alike = |other: &usize| {
                dead(*other) && self.rules.get(*other).is_some_and(|(_, seen)| seen.covered_by == *covered_by)
            };
            let alike: Vec<usize> = (at..rules.len()).filter(is_alike).collect();
            told.extend(&alike);
            let group: Vec<&Rule<T>> = alike.iter().filter_map(|&index| rules.get(index).copied()).collect();
            let covering: Vec<&Rule<T>> =
                covered_by.iter().filter_map(|&index| rules.get(index).copied()).collect();
            findings.push(self.unreachable_group(
                rule_set,
                rule,
                &group,
                &covering,
                alike.last().and_then(|&last| rules.get(last + 1)).copied(),
            ));
        }
    }

    fn unreachable_group(
        &self,
        rule_set: &RuleSet,
        first: &Rule<T>,
        group: &[&Rule<T>],
        covering: &[&Rule<T>],
        next: Option<&Rule<T>>,
    ) -> Diagnostic {
        let stage = self.table.stage;
        if let ([only], [alone]) = (covering, group)
            && form::asks_the_same(only, alone)
        {
            return said_twice(stage, only, alone);
        }
        let message = match group.len() {
            1 => format!("rule `{}` of `{stage}` can never be reached", first.name),
            count => format!("{} rules of `{stage}` can no longer be reached", in_words(count)),
        };
        let mut finding = Diagnostic::error("unreachable-rule", message);
        for rule in group.iter().take(LABELS_MAX) {
            finding = finding.at(rule.span, "never reached");
        }
        for rule in covering.iter().take(LABELS_MAX) {
            let text = match (group.len(), covering.len()) {
                (1, 1) => "this rule comes first and holds wherever it would",
                (_, 1) => "this rule comes first and holds wherever they would",
                _ => "comes first and holds in some of the situations",
            };
            finding = finding.against(rule.span, text);
        }
        let [only] = covering else {
            let why = if covering.is_empty() {
                "what it asks for can never be the case"
            } else {
                "the rules before leave nothing to it"
            };
            return finding.note(why).help("take the rule out, or ask for less before it");
        };
        let lost: Vec<Column> = group
            .iter()
            .flat_map(|rule| rule.when.iter().map(|condition| condition.column))
            .filter(|column| only.when.iter().all(|condition| condition.column != *column))
            .collect();
        if stage == Stage::Permit
            && let Some(note) = permission_note(rule_set, group, only, &lost)
        {
            finding = finding.note(note);
        }
        let shared = lost.iter().find(|column| {
            group.iter().all(|rule| rule.when.iter().any(|condition| condition.column == **column))
        });
        let target = next.or(group.last().copied()).map_or("last", |rule| rule.name.as_str());
        let instead = match group {
            [alone] if alone.span.source != only.span.source => {
                format!("; if it is meant in the place of the other, write `replaces: {}`", alone.name)
            }
            _ => String::new(),
        };
        finding.help(match shared {
            Some(column) => {
                format!("add `{}` to its `when`, or place it `after: {target}`{instead}", column.path())
            }
            None => format!("take it out, or place `{}` behind it: `after: {target}`{instead}", only.name),
        })
    }

    fn without_effect(&self, rule_set: &RuleSet, idle: &[Column], findings: &mut Findings) {
        for (at, (rule, seen)) in self.rules.iter().enumerate().filter(|(_, (_, seen))| seen.decides) {
            for (condition, words) in rule.when.iter().zip(&seen.words) {
                // the whole column is told of already
                if idle.contains(&condition.column) {
                    continue;
                }
                let path = condition.column.path();
                if !self.grid.has_effect(at, condition.column) {
                    findings.push(
                        Diagnostic::warning(
                            "condition-without-effect",
                            format!("`{path}` makes no difference to rule `{}`", rule.name),
                        )
                        .at(condition.span, "may be left out")
                        .note("the rules before it and the other conditions leave nothing for it to decide")
                        .help("leave it out; what is written should matter"),
                    );
                    continue;
                }
                let idle: Vec<String> = condition
                    .words
                    .iter()
                    .filter(|word| !words.contains(word))
                    .map(|&word| format!("`{}`", rule_set.domains.word(condition.column, word)))
                    .collect();
                if !idle.is_empty() {
                    findings.push(
                        Diagnostic::warning(
                            "condition-without-effect",
                            format!("{} never makes rule `{}` decide", idle.join(", "), rule.name),
                        )
                        .at(condition.span, "holds more words than it needs")
                        .help("leave out the words that never come about here"),
                    );
                }
            }
        }
    }
}

/// Two rules that hold in the same situations, of which the second is never reached.
fn said_twice<T: PartialEq>(stage: Stage, first: &Rule<T>, second: &Rule<T>) -> Diagnostic {
    let (first_name, second_name) = (&first.name, &second.name);
    if first.then == second.then {
        return Diagnostic::error(
            "unreachable-rule",
            format!("rule `{second_name}` of `{stage}` says again what `{first_name}` says"),
        )
        .at(second.span, "never reached")
        .against(first.span, "this rule comes first, asks for the same and answers the same")
        .help("take one of them out");
    }
    Diagnostic::error(
        "unreachable-rule",
        format!(
            "rules `{first_name}` and `{second_name}` of `{stage}` ask for the same and answer differently"
        ),
    )
    .at(second.span, "never reached")
    .against(first.span, "this rule comes first, and its answer is what happens")
    .note("who reads the second would expect what never happens")
    .help("keep the one that is meant, or let one of them ask for more")
}

fn unsaid(stage: Stage) -> &'static str {
    match stage {
        Stage::Guard => "what becomes of these messages",
        Stage::Recognize | Stage::Choose => "what is to be done in these cases",
        Stage::Identify => "who these senders are",
        Stage::Permit => "whether these senders may",
        Stage::ActingUser => "who performs these",
        Stage::LoggingAnalyst => "who logs these calls",
        Stage::ReopenedTo => "to whom these reopened calls go",
    }
}

fn in_words(count: usize) -> String {
    match count {
        2 => "two".to_owned(),
        3 => "three".to_owned(),
        4 => "four".to_owned(),
        _ => count.to_string(),
    }
}

/// What a rule of `permit` that hides others would now let people do, or keep them from.
fn permission_note<T>(
    rule_set: &RuleSet,
    group: &[&Rule<T>],
    only: &Rule<T>,
    lost: &[Column],
) -> Option<String> {
    let words = |rule: &Rule<T>, column: Column| -> Vec<String> {
        let condition = rule.when.iter().find(|condition| condition.column == column);
        condition
            .map(|condition| {
                condition.words.iter().map(|&word| rule_set.domains.word(column, word)).collect()
            })
            .unwrap_or_default()
    };
    let senders = words(only, Column::Sender);
    let answer = &rule_set.permit.rules().find(|rule| rule.span == only.span)?.then;
    let allows = match answer {
        PermitAnswer::Allow => true,
        PermitAnswer::Refuse(_) | PermitAnswer::Ignore(_) | PermitAnswer::Quarantine(_) => false,
        PermitAnswer::Instead(_) => return None,
    };
    let (any, none) = match senders.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["unknown"] => ("anyone unknown to the desk", "nobody unknown to the desk"),
        ["user"] => ("any user", "no user"),
        ["analyst", ..] => ("any analyst", "no analyst"),
        _ => ("any sender", "no sender"),
    };
    let action = group.iter().flat_map(|rule| words(rule, Column::Action)).next()?;
    let steps = &rule_set.actions.iter().find(|known| known.name == action)?.steps;
    let what = steps.iter().find_map(|step| match step {
        Step::Close => Some("close any call"),
        Step::DecideApproval(_) => Some("decide any approval"),
        Step::CreateCall => Some("log calls"),
        Step::Reopen => Some("reopen any call"),
        Step::AddHistory { .. } => Some("update any item"),
        Step::Summarize(_) => Some("ask for summaries"),
        _ => None,
    })?;
    let without = lost.iter().rev().find_map(|column| match column {
        Column::MayTakeOver => Some("with or without Take Over rights"),
        Column::OwnsCall => Some("owned or not"),
        Column::IsCallUser => Some("their own or not"),
        Column::MayDecide => Some("approver or not"),
        _ => None,
    });
    let without = without.map(|without| format!(", {without}")).unwrap_or_default();
    Some(if allows {
        format!("{any} could now {what}{without}")
    } else {
        format!("{none} could {what} any more{without}")
    })
}

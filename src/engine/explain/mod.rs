//! Says why a mail was decided so, and why not otherwise.
//!
//! [`explain`] decides as [`decide`](super::decide) does and keeps, for every table that was asked, which
//! condition ruled out each row before the one that decided. That is a few bytes a row; words are made of
//! them only where somebody reads them. What costs more is asked for by itself: [`change`] looks for the smallest change
//! that would lead elsewhere, [`subject`] for what a subject was nearly taken for, [`why`] at one single rule.

pub mod change;
pub(super) mod document;

pub mod near_miss;
mod row;
mod spelling;
pub mod subject;
pub mod why;

pub use row::Row;

use super::decision::Decision;
use super::{Facts, decided};
use crate::ruleset::column::{Situation, Stage, WordIndex};
use crate::ruleset::table::{Condition, Table};
use crate::ruleset::{RuleSet, SubjectRule};

/// A decision with what is needed to say why it was not another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// What [`decide`](super::decide) decides about the same facts.
    pub decision: Decision,
    /// Everything that became known on the way.
    pub situation: Situation,
    /// The tables that were asked, in order.
    pub asked: Vec<AskedTable>,
    /// The row of `recognize` that took the subject, by its index.
    pub recognized: Option<usize>,
}

/// A table that was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AskedTable {
    /// Which one.
    pub stage: Stage,
    /// For each row before the one that decided, the index of its first condition that does not hold.
    failed: Vec<u16>,
}

/// A row that was passed over, and what ruled it out first.
#[derive(Debug, Clone, Copy)]
pub struct PassedOver<'a> {
    /// The row.
    pub row: Row<'a>,
    /// Its first condition that does not hold.
    pub failed: &'a Condition,
    /// The word that was seen instead; nothing where it was not known.
    pub saw: Option<WordIndex>,
}

/// Decides, and keeps what ruled out the rows that did not.
pub fn explain(rule_set: &RuleSet, facts: &Facts) -> Explanation {
    let decided = decided(rule_set, facts);
    let situation = decided.situation;
    let asked = Stage::TABLES
        .into_iter()
        .filter(|stage| decided.decision.has_asked(*stage))
        .map(|stage| AskedTable { stage, failed: failed(rule_set, stage, &situation) })
        .collect();
    let recognized = decided.recognized.and_then(|taken| place_of(rule_set, taken));
    Explanation { decision: decided.decision, situation, asked, recognized }
}

fn place_of(rule_set: &RuleSet, taken: &SubjectRule) -> Option<usize> {
    rule_set.recognize.iter().position(|rule| std::ptr::eq(rule, taken))
}

fn failed(rule_set: &RuleSet, stage: Stage, situation: &Situation) -> Vec<u16> {
    fn of<T>(table: &Table<T>, situation: &Situation) -> Vec<u16> {
        table.passed_over(situation)
    }
    match stage {
        Stage::Guard => of(&rule_set.guard, situation),
        Stage::Identify => of(&rule_set.identify, situation),
        Stage::Choose => of(&rule_set.choose, situation),
        Stage::Permit => of(&rule_set.permit, situation),
        Stage::ActingUser => of(&rule_set.acting_user, situation),
        Stage::LoggingAnalyst => of(&rule_set.logging_analyst, situation),
        Stage::ReopenedTo => of(&rule_set.reopened_to, situation),
        Stage::Recognize => Vec::new(),
    }
}

impl Decision {
    /// Whether this table was asked. A guard that stops what is no mail asks no table.
    fn has_asked(&self, stage: Stage) -> bool {
        self.trace.iter().any(|line| line.stage == stage.word() && line.rule.is_some())
    }
}

impl AskedTable {
    /// The index of the row that decided.
    pub fn decider(&self) -> usize {
        self.failed.len()
    }
}

impl Explanation {
    /// The table of this stage, if it was asked.
    pub fn table(&self, stage: Stage) -> Option<&AskedTable> {
        self.asked.iter().find(|asked| asked.stage == stage)
    }

    /// Every row before the one that decided, in order.
    pub fn passed_over<'a>(&self, rule_set: &'a RuleSet, stage: Stage) -> Vec<PassedOver<'a>> {
        let Some(asked) = self.table(stage) else { return Vec::new() };
        let rows = row::rows(rule_set, stage).zip(&asked.failed);
        let passed = rows.filter_map(|(row, &at)| {
            let failed = row.when.get(usize::from(at))?;
            Some(PassedOver { row, failed, saw: self.situation.get(failed.column) })
        });
        passed.collect()
    }

    /// Every row behind the one that decided, in order; they were not asked any more.
    pub fn not_asked<'a>(&self, rule_set: &'a RuleSet, stage: Stage) -> Vec<Row<'a>> {
        let Some(asked) = self.table(stage) else { return Vec::new() };
        row::rows(rule_set, stage).skip(asked.decider() + 1).collect()
    }

    /// The patterns before the one that took the subject; all of them where none did.
    pub fn subjects_passed_over<'a>(&self, rule_set: &'a RuleSet) -> &'a [SubjectRule] {
        let was_asked = self.decision.trace.iter().any(|line| line.stage == Stage::Recognize.word());
        let end = match self.recognized {
            _ if !was_asked => 0,
            Some(at) => at,
            None => rule_set.recognize.len(),
        };
        rule_set.recognize.get(..end).unwrap_or_default()
    }
}

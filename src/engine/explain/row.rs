//! A row of any table, whatever its answers are.

use crate::diagnostic::Place;
use crate::engine::answer::Answer;
use crate::ruleset::RuleSet;
use crate::ruleset::column::{Situation, Stage};
use crate::ruleset::table::{Condition, Rule, Table};
use std::fmt;

/// A row of a table, without the type of its answer.
#[derive(Clone, Copy)]
pub struct Row<'a> {
    /// The table.
    pub stage: Stage,
    /// Its name.
    pub name: &'a str,
    /// What must hold.
    pub when: &'a [Condition],
    /// Why, in the words of who wrote it.
    pub because: Option<&'a str>,
    /// Where it is written.
    pub place: &'a Place,
    then: &'a dyn Answer,
}

impl fmt::Debug for Row<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.stage, self.name)
    }
}

impl<'a> Row<'a> {
    fn of<T: Answer>(stage: Stage, rule: &'a Rule<T>) -> Self {
        Self {
            stage,
            name: &rule.name,
            when: &rule.when,
            because: rule.because.as_deref(),
            place: &rule.place,
            then: &rule.then,
        }
    }

    /// What it answers, in the words of the rule file.
    pub fn then(&self, rule_set: &RuleSet) -> String {
        self.then.words(rule_set)
    }

    /// Whether all its conditions hold.
    pub fn holds(&self, situation: &Situation) -> bool {
        self.when.iter().all(|condition| condition.holds(situation))
    }
}

fn of_table<'a, T: Answer>(table: &'a Table<T>) -> Box<dyn Iterator<Item = Row<'a>> + 'a> {
    Box::new(table.rules().map(|rule| Row::of(table.stage, rule)))
}

/// The rows of a table, in order; none of `recognize`, which has subjects instead.
pub(super) fn rows(rule_set: &RuleSet, stage: Stage) -> Box<dyn Iterator<Item = Row<'_>> + '_> {
    match stage {
        Stage::Guard => of_table(&rule_set.guard),
        Stage::Identify => of_table(&rule_set.identify),
        Stage::Choose => of_table(&rule_set.choose),
        Stage::Permit => of_table(&rule_set.permit),
        Stage::ActingUser => of_table(&rule_set.acting_user),
        Stage::LoggingAnalyst => of_table(&rule_set.logging_analyst),
        Stage::ReopenedTo => of_table(&rule_set.reopened_to),
        Stage::Recognize => Box::new(std::iter::empty()),
    }
}

//! Tables: rows in order, the first one that holds decides.

use super::column::{Column, Situation, Stage, WordIndex};
use crate::diagnostic::{Place, Span};

/// One cell of a rule's `when`: the column must hold one of these words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// Which fact.
    pub column: Column,
    /// The words that satisfy it, ascending; never empty.
    pub words: Vec<WordIndex>,
    /// Where it is written.
    pub span: Span,
}

impl Condition {
    /// Whether the situation satisfies it; a fact that is not known satisfies nothing.
    pub fn holds(&self, situation: &Situation) -> bool {
        situation.get(self.column).is_some_and(|word| self.words.contains(&word))
    }
}

/// One row: where all conditions hold and no row before does, `then` is the answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule<T> {
    /// Its name, by which traces, tests and overlays know it.
    pub name: String,
    /// What must hold; nothing means always.
    pub when: Vec<Condition>,
    /// The answer.
    pub then: T,
    /// Why, in the words of who wrote it.
    pub because: Option<String>,
    /// Where its name is written.
    pub span: Span,
    /// The same for people.
    pub place: Place,
}

impl<T> Rule<T> {
    /// Whether all its conditions hold.
    pub fn holds(&self, situation: &Situation) -> bool {
        self.when.iter().all(|condition| condition.holds(situation))
    }
}

/// Rows in order. Total by construction: where no other row holds, the last one answers.
///
/// [`prove`](super::prove) shows before a table is used that the last row then really holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table<T> {
    /// Its place in the order of work.
    pub stage: Stage,
    first: Vec<Rule<T>>,
    last: Rule<T>,
}

impl<T> Table<T> {
    /// A table of these rows; `None` where there is not a single one.
    pub(super) fn new(stage: Stage, mut rules: Vec<Rule<T>>) -> Option<Self> {
        let last = rules.pop()?;
        Some(Self { stage, first: rules, last })
    }

    /// The same table with its rows changed; `None` where no row is left.
    #[must_use]
    pub fn changed(&self, change: impl FnOnce(&mut Vec<Rule<T>>)) -> Option<Self>
    where
        T: Clone,
    {
        let mut rules: Vec<Rule<T>> = self.rules().cloned().collect();
        change(&mut rules);
        Self::new(self.stage, rules)
    }

    /// The row that decides.
    pub fn decide(&self, situation: &Situation) -> &Rule<T> {
        self.first.iter().find(|rule| rule.holds(situation)).unwrap_or(&self.last)
    }

    /// The row that decides, with its index.
    pub fn decider(&self, situation: &Situation) -> (usize, &Rule<T>) {
        let first = self.first.iter().enumerate().find(|(_, rule)| rule.holds(situation));
        first.unwrap_or((self.first.len(), &self.last))
    }

    /// For each row before the one that decides, in order, the place in its `when` of the first condition that
    /// does not hold. There are as many as the index of the row that decides.
    pub fn passed_over(&self, situation: &Situation) -> Vec<u16> {
        let mut failed = Vec::with_capacity(self.first.len());
        for rule in &self.first {
            let Some(at) = rule.when.iter().position(|condition| !condition.holds(situation)) else { break };
            failed.push(u16::try_from(at).unwrap_or(u16::MAX));
        }
        failed
    }

    /// The row that really holds, if one does.
    pub fn covering(&self, situation: &Situation) -> Option<usize> {
        self.rules().position(|rule| rule.holds(situation))
    }

    /// All rows in order.
    pub fn rules(&self) -> impl Iterator<Item = &Rule<T>> {
        self.first.iter().chain(std::iter::once(&self.last))
    }

    /// Every column that a row looks at, in the order of [`Column::ALL`].
    pub fn columns(&self) -> Vec<Column> {
        let mut columns: Vec<Column> =
            self.rules().flat_map(|rule| rule.when.iter().map(|condition| condition.column)).collect();
        columns.sort_unstable();
        columns.dedup();
        columns
    }
}

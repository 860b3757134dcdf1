//! The trace: one line for each stage, with the rule that decided, where it stands and what it saw.

use crate::ruleset::column::{Column, Domains, Situation, Stage, Words};
use crate::ruleset::table::Rule;
use serde_json::{Map, Value};
use std::fmt;
use std::sync::Arc;

/// The heading of lines about a reply.
pub(super) const REPLY: &str = "reply";
/// The heading of remarks on an action's steps; the key of the actions in the rule file.
pub(super) const ACTIONS: &str = "actions";

/// What one stage decided, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TraceLine {
    /// The stage: the key in the rule file, or `reply` or `actions`.
    pub stage: &'static str,
    /// The rule, subject or reply that decided; `None` where the engine did by itself.
    pub rule: Option<String>,
    /// What was decided, in the words of the rule file.
    pub then: String,
    /// The file in which the rule is written, as shown to people.
    pub file: Option<Arc<str>>,
    /// Its line in that file, from 1.
    pub line: Option<usize>,
    /// What the rule looked at, in the order in which it did.
    pub saw: Map<String, Value>,
    /// Why, in the words of who wrote the rule, or of the engine.
    pub because: Option<String>,
}

impl TraceLine {
    /// A line about something that no rule decided.
    pub(super) fn new(stage: &'static str, then: impl Into<String>) -> Self {
        Self { stage, rule: None, then: then.into(), file: None, line: None, saw: Map::new(), because: None }
    }

    /// A line about the row of a table that decided.
    ///
    /// What an earlier line has answered already (intent, kind, sender, action) is not seen again here.
    pub(super) fn of_rule<T>(
        stage: Stage,
        rule: &Rule<T>,
        then: impl fmt::Display,
        situation: &Situation,
        domains: &Domains,
    ) -> Self {
        let mut line = Self::new(stage.word(), then.to_string()).named(&rule.name);
        line.file = Some(Arc::clone(&rule.place.file));
        line.line = Some(rule.place.line);
        line.because.clone_from(&rule.because);
        for condition in &rule.when {
            let column = condition.column;
            if is_answer_of_a_stage(column) {
                continue;
            }
            if let Some(word) = situation.get(column) {
                let value = match column.words() {
                    Words::Truth => Value::Bool(word == 1),
                    _ => Value::String(domains.word(column, word)),
                };
                line.saw.insert(column.path().to_owned(), value);
            }
        }
        line
    }

    /// Names what decided.
    #[must_use]
    pub(super) fn named(mut self, rule: &str) -> Self {
        self.rule = Some(rule.to_owned());
        self
    }

    /// Adds a fact that was looked at.
    #[must_use]
    pub(super) fn saw(mut self, what: &str, value: impl Into<Value>) -> Self {
        self.saw.insert(what.to_owned(), value.into());
        self
    }

    /// Says why.
    #[must_use]
    pub(super) fn because(mut self, reason: impl Into<String>) -> Self {
        self.because = Some(reason.into());
        self
    }
}

fn is_answer_of_a_stage(column: Column) -> bool {
    matches!(column, Column::Intent | Column::Kind | Column::Sender | Column::Action)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::{Place, Span};
    use crate::ruleset::table::Condition;

    #[test]
    fn line_shows_what_the_rule_saw_but_no_answer_of_an_earlier_stage() {
        let condition = |column| Condition { column, words: vec![1], span: Span::default() };
        let rule = Rule {
            name: "analyst-closes-own-call".to_owned(),
            when: vec![
                condition(Column::Sender),
                condition(Column::OwnsCall),
                condition(Column::OtherwiseTo),
            ],
            then: (),
            because: None,
            span: Span::default(),
            place: Place { file: "classic.yaml".into(), line: 216, column: 11 },
        };
        let mut situation = Situation::default();
        for column in [Column::Sender, Column::OwnsCall, Column::OtherwiseTo] {
            situation.set(column, 1);
        }
        let line = TraceLine::of_rule(Stage::Permit, &rule, "allow", &situation, &Domains::default());
        assert_eq!(
            Value::from(line.saw),
            serde_json::json!({ "owns_call": true, "closed_calls.otherwise_to": "set" })
        );
        assert_eq!((line.stage, line.line), ("permit", Some(216)));
    }
}

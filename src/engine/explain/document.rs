//! An explanation in the contract's JSON: what `trace` adds to a decision.

use super::change::{Change, changes};
use super::near_miss::{NearMiss, near_misses};
use super::row::Row;
use super::subject::Stopped;
use super::why::{Asked, NeverAsked, Standing};
use super::{Explanation, PassedOver};
use crate::engine::Facts;
use crate::engine::document::DecisionDocument;
use crate::ruleset::column::{Column, Domains, Stage, WordIndex, Words};
use crate::ruleset::table::Condition;
use crate::ruleset::{RuleSet, SubjectRule};
use crate::vocab::Outcome;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};

/// A rule that was passed over.
#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::engine) struct PassedDocument<'a> {
    /// Its name; of `recognize` its name or subject.
    rule: &'a str,
    /// The file in which it is written.
    file: &'a str,
    /// Its line there.
    line: usize,
    /// The first condition that did not hold.
    failed: FailedDocument,
}

/// A condition that did not hold.
#[derive(Debug, Serialize, JsonSchema)]
struct FailedDocument {
    /// What was looked at; `subject` for a pattern.
    column: String,
    /// The words that would have held, or the pattern.
    wanted: Vec<Value>,
    /// What was seen; `null` where it was not known.
    saw: Value,
    /// Where a pattern stopped; absent for anything else.
    #[serde(skip_serializing_if = "Option::is_none")]
    stopped: Option<StoppedDocument>,
}

/// Where a pattern stopped.
#[derive(Debug, Serialize, JsonSchema)]
struct StoppedDocument {
    /// What of the pattern is in the subject.
    found: String,
    /// What would have had to follow.
    wanted: String,
    /// What the subject has there.
    saw: String,
}

/// What was tried on a subject.
#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::engine) struct SubjectDocument<'a> {
    /// The text that was tried.
    tried: &'a str,
    /// Patterns that it misses by one or two characters, the nearest first.
    near_misses: Vec<NearMissDocument<'a>>,
}

/// A pattern that a subject misses by very little.
#[derive(Debug, Serialize, JsonSchema)]
struct NearMissDocument<'a> {
    /// The rule's name or subject.
    rule: &'a str,
    /// The file in which it is written.
    file: &'a str,
    /// Its line there.
    line: usize,
    /// The piece of the subject that it nearly took.
    text: String,
    /// What keeps it from matching.
    differences: Vec<String>,
    /// What to write instead.
    write: String,
}

/// A change that would lead elsewhere.
#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::engine) struct ChangeDocument<'a> {
    /// The columns that would have to hold other words, all of them.
    #[serde(rename = "if")]
    when: Map<String, Value>,
    /// What would become of the mail; `null` where it would only pass the guard.
    outcome: Option<Outcome>,
    /// The table whose rule would decide.
    stage: &'a str,
    /// That rule.
    rule: &'a str,
    /// The file in which it is written.
    file: &'a str,
    /// Its line there.
    line: usize,
}

/// The rule that was asked about.
#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::engine) struct WhyDocument<'a> {
    /// Its table.
    stage: &'a str,
    /// Its name.
    rule: &'a str,
    /// The file in which it is written.
    file: &'a str,
    /// Its line there.
    line: usize,
    /// What became of it.
    standing: StandingDocument,
    /// The rule before it that decided, or the rule that ended the mail before its table was asked.
    decided_by: Option<String>,
    /// Its conditions; none of a subject.
    conditions: Vec<ConditionDocument>,
    /// Where its pattern stopped; `null` for anything but a subject that was tried in vain.
    stopped: Option<StoppedDocument>,
}

/// What became of a rule.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum StandingDocument {
    /// It decided.
    Decided,
    /// A condition did not hold.
    PassedOver,
    /// A rule before it decided.
    Behind,
    /// Its table was never asked.
    NeverAsked,
}

/// A condition held against what was seen.
#[derive(Debug, Serialize, JsonSchema)]
struct ConditionDocument {
    /// What it looks at.
    column: &'static str,
    /// The words that satisfy it.
    wanted: Vec<Value>,
    /// What was seen; `null` where it never became known.
    saw: Value,
    /// Whether it holds.
    holds: bool,
}

impl<'a> DecisionDocument<'a> {
    /// A decision with all that explains it.
    pub fn explained(rule_set: &'a RuleSet, facts: &'a Facts, explanation: &'a Explanation) -> Self {
        let subject = facts.message.subject.as_str();
        let mut document = Self::from(&explanation.decision);
        for line in &mut document.trace {
            if line.stage == Stage::Recognize.word() {
                let passed = explanation.subjects_passed_over(rule_set);
                line.passed_over = passed.iter().map(|rule| pattern_passed(rule, subject)).collect();
                let behind = rule_set.recognize.iter().skip(passed.len() + 1);
                line.not_asked = behind.map(|rule| rule.name.as_str()).collect();
                continue;
            }
            let stage = Stage::TABLES.into_iter().find(|stage| stage.word() == line.stage);
            let Some(asked) = stage.and_then(|stage| explanation.table(stage)) else { continue };
            let passed = explanation.passed_over(rule_set, asked.stage);
            line.passed_over = passed.iter().map(|passed| row_passed(&rule_set.domains, passed)).collect();
            line.not_asked =
                explanation.not_asked(rule_set, asked.stage).into_iter().map(|row| row.name).collect();
        }
        let passed = explanation.subjects_passed_over(rule_set);
        let near_misses = near_misses(passed, subject).into_iter().map(NearMissDocument::from).collect();
        document.subject = Some(SubjectDocument { tried: subject, near_misses });
        let changes = changes(rule_set, facts);
        document.would_be =
            Some(changes.iter().filter_map(|change| change_document(rule_set, change)).collect());
        document
    }

    /// The same with the rule that was asked about.
    #[must_use]
    pub fn why(
        mut self,
        rule_set: &'a RuleSet,
        facts: &Facts,
        explanation: &Explanation,
        asked: &Asked<'a>,
    ) -> Self {
        let standing = asked.standing(rule_set, explanation);
        let place = match asked {
            Asked::Row(row, _) => row.place,
            Asked::Subject(rule, _) => &rule.place,
        };
        let stopped = match asked {
            Asked::Subject(rule, _) if standing == Standing::PassedOver => {
                Some(StoppedDocument::of(rule, &facts.message.subject))
            }
            _ => None,
        };
        let checked = asked.checked(&explanation.situation);
        let conditions = checked.iter().map(|checked| ConditionDocument {
            column: checked.condition.column.path(),
            wanted: wanted(&rule_set.domains, checked.condition),
            saw: seen(&rule_set.domains, checked.condition.column, checked.saw),
            holds: checked.holds,
        });
        self.why = Some(WhyDocument {
            stage: asked.stage().word(),
            rule: asked.name(),
            file: &place.file,
            line: place.line,
            decided_by: match &standing {
                Standing::Behind { decider } => Some(decider.clone()),
                Standing::NeverAsked { because: NeverAsked::Ended(stage, Some(rule), _) } => {
                    Some(format!("{stage}/{rule}"))
                }
                _ => None,
            },
            standing: match standing {
                Standing::Decided => StandingDocument::Decided,
                Standing::PassedOver => StandingDocument::PassedOver,
                Standing::Behind { .. } => StandingDocument::Behind,
                Standing::NeverAsked { .. } => StandingDocument::NeverAsked,
            },
            conditions: conditions.collect(),
            stopped,
        });
        self
    }

    /// The same, marked as one in which personal data is withheld.
    #[must_use]
    pub fn redacted(mut self) -> Self {
        self.redacted = true;
        self
    }
}

fn row_passed<'a>(domains: &Domains, passed: &PassedOver<'a>) -> PassedDocument<'a> {
    let Row { name, place, .. } = passed.row;
    let column = passed.failed.column;
    PassedDocument {
        rule: name,
        file: &place.file,
        line: place.line,
        failed: FailedDocument {
            column: column.path().to_owned(),
            wanted: wanted(domains, passed.failed),
            saw: seen(domains, column, passed.saw),
            stopped: None,
        },
    }
}

fn pattern_passed<'a>(rule: &'a SubjectRule, subject: &str) -> PassedDocument<'a> {
    PassedDocument {
        rule: &rule.name,
        file: &rule.place.file,
        line: rule.place.line,
        failed: FailedDocument {
            column: "subject".to_owned(),
            wanted: vec![rule.pattern.text().into()],
            saw: subject.into(),
            stopped: Some(StoppedDocument::of(rule, subject)),
        },
    }
}

fn wanted(domains: &Domains, condition: &Condition) -> Vec<Value> {
    let words = condition.words.iter().map(|&word| word_value(domains, condition.column, word));
    words.collect()
}

fn seen(domains: &Domains, column: Column, word: Option<WordIndex>) -> Value {
    word.map_or(Value::Null, |word| word_value(domains, column, word))
}

/// A word of a column: a truth is a truth, everything else its word.
fn word_value(domains: &Domains, column: Column, word: WordIndex) -> Value {
    match column.words() {
        Words::Truth => Value::Bool(word == 1),
        _ => Value::String(domains.word(column, word)),
    }
}

fn change_document<'a>(rule_set: &'a RuleSet, change: &Change) -> Option<ChangeDocument<'a>> {
    let row = change.decider(rule_set)?;
    let set = change.when.iter().flat_map(|what| &what.set);
    let when =
        set.map(|&(column, word)| (column.path().to_owned(), word_value(&rule_set.domains, column, word)));
    Some(ChangeDocument {
        when: when.collect(),
        outcome: change.outcome.clone(),
        stage: row.stage.word(),
        rule: row.name,
        file: &row.place.file,
        line: row.place.line,
    })
}

impl StoppedDocument {
    fn of(rule: &SubjectRule, subject: &str) -> Self {
        let Stopped { found, wanted, saw } = Stopped::of(rule, subject);
        Self { found, wanted, saw }
    }
}

impl<'a> From<NearMiss<'a>> for NearMissDocument<'a> {
    fn from(miss: NearMiss<'a>) -> Self {
        Self {
            rule: &miss.rule.name,
            file: &miss.rule.place.file,
            line: miss.rule.place.line,
            text: miss.text,
            differences: miss.differences,
            write: miss.write,
        }
    }
}

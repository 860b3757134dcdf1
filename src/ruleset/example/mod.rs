//! The tests written in a rule set: tables cell by cell, and subjects.
//!
//! A row of a table's test holds in every situation that it leaves open, so it is a small proof.
//! Tests with whole mails need a desk and are run by `postroom test`.

pub mod correction;
mod row;
mod sheet;
mod subject;

pub use row::{Asked, Row, rows};
pub use sheet::{Line, Sheet};
pub use subject::judge as judge_subject;

use super::RuleSet;
use super::file::TestsFile;
use crate::diagnostic::{Edit, Sources, Span};
use serde::Serialize;

/// How a test ended.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verdict {
    /// What the test shows.
    pub name: String,
    /// Where it is written.
    pub span: Span,
    /// What was not as expected; nothing means that the test passed.
    pub faults: Vec<Fault>,
    /// The rules that decided in it, `stage/rule`.
    pub hits: Vec<String>,
    /// The stages that went another way than expected, one line each.
    pub detours: Vec<String>,
    /// What would have to be written so that the test expects what it got; empty where nobody can say.
    pub corrections: Vec<Correction>,
}

impl Verdict {
    /// Whether everything was as expected.
    pub fn passed(&self) -> bool {
        self.faults.is_empty()
    }

    /// A test that says something that cannot be looked at.
    pub fn broken(name: impl Into<String>, span: Span, fault: Fault) -> Self {
        Self { name: name.into(), span, faults: vec![fault], ..Self::default() }
    }
}

/// In which way something was not as expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FaultKind {
    /// Expected, and not there.
    Missing,
    /// There, and different.
    Wrong,
    /// There, and not expected.
    Unexpected,
    /// The test itself is at fault: it names what there is not, or asserts nothing.
    Test,
}

impl FaultKind {
    /// The word before a fault in the output.
    pub fn word(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Wrong => "wrong",
            Self::Unexpected => "unexpected",
            Self::Test => "test",
        }
    }
}

/// One thing that was not as expected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// In which way.
    pub kind: FaultKind,
    /// What, in one sentence: lower case, no full stop.
    pub text: String,
    /// What to write instead, where that can be said.
    pub help: Option<String>,
    /// Where the expectation is written, if somewhere.
    pub span: Option<Span>,
}

impl Fault {
    /// A fault without a place and without advice.
    pub fn new(kind: FaultKind, text: impl Into<String>) -> Self {
        Self { kind, text: text.into(), help: None, span: None }
    }

    /// Says where the expectation is written.
    #[must_use]
    pub fn at(mut self, span: Span) -> Self {
        self.span = Some(span);
        self
    }

    /// Says what to write instead.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// An expectation that names what there is not: the nearest name that there is, or all of them.
    pub fn unknown(what: &str, written: &str, at: Span, known: &[&str]) -> Self {
        let fault = Self::new(FaultKind::Test, format!("there is no {what} `{written}`")).at(at);
        match super::nearest(written, known.iter().copied()) {
            Some(name) => fault.help(format!("did you mean `{name}`?")),
            None if known.is_empty() => fault,
            None => fault.help(format!("there are: {}", super::near::first_of(known))),
        }
    }
}

/// A change of a test's text after which it expects what it got.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Correction {
    /// What changes, in words: `reply call-updated → call-reopened`.
    pub text: String,
    /// The change.
    pub edits: Vec<Edit>,
}

/// Runs the tests that need no desk.
pub fn run(rule_set: &RuleSet, tests: &TestsFile, sources: &Sources) -> Vec<Verdict> {
    let (rows, mut verdicts) = rows(rule_set, tests);
    if !rows.is_empty() {
        let asked = Asked::of(rule_set);
        verdicts.extend(rows.iter().map(|row| row.judge(&asked, sources)));
    }
    verdicts.extend(tests.subjects.iter().map(|test| judge_subject(rule_set, test, sources)));
    verdicts.sort_by_key(|verdict| verdict.span);
    verdicts
}

//! The tests written in a rule set: tables cell by cell, and subjects.
//!
//! A row of a table's test holds in every situation that it leaves open, so it is a small proof.
//! Tests with whole mails need a desk and are run by `postroom test`.

use super::column::{Column, Situation, Stage};
use super::decode::Placed;
use super::file::{SubjectTest, TableTest, TestsFile, Word};
use super::prove::situations;
use super::table::{Rule, Table};
use super::{ActingUser, ChooseAnswer, GuardAnswer, LoggingAnalyst, PermitAnswer, ReopenedTo, RuleSet};
use crate::diagnostic::Span;
use crate::vocab::{Intent, SenderCase};

/// How a test ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// What the test shows.
    pub name: String,
    /// Where it is written.
    pub span: Span,
    /// What was not as expected; nothing means that the test passed.
    pub faults: Vec<String>,
    /// The rules that decided in it, `stage/rule`.
    pub hits: Vec<String>,
}

impl Verdict {
    /// Whether everything was as expected.
    pub fn passed(&self) -> bool {
        self.faults.is_empty()
    }
}

/// Runs the tests that need no desk.
pub fn run(rule_set: &RuleSet, tests: &TestsFile) -> Vec<Verdict> {
    let mut verdicts = Vec::new();
    if !tests.tables.is_empty() {
        let asked_in = situations(rule_set);
        for (name, test) in &tests.tables {
            verdicts.extend(table(rule_set, name, test, &asked_in));
        }
    }
    verdicts.extend(tests.subjects.iter().map(|test| subject(rule_set, test)));
    verdicts
}

/// An answer in the words of a test's row: `allow`, `refuse insufficient-permission`.
trait InWords {
    fn in_words(&self, rule_set: &RuleSet) -> String;
}

impl InWords for GuardAnswer {
    fn in_words(&self, _: &RuleSet) -> String {
        match self {
            Self::Proceed => "proceed".to_owned(),
            Self::Discard(word) => format!("discard {word}"),
            Self::Delete(word) => format!("delete {word}"),
            Self::Quarantine(word) => format!("quarantine {word}"),
        }
    }
}

impl InWords for SenderCase {
    fn in_words(&self, _: &RuleSet) -> String {
        self.word().to_owned()
    }
}

impl InWords for ChooseAnswer {
    fn in_words(&self, rule_set: &RuleSet) -> String {
        match self {
            Self::Action(index) => {
                rule_set.actions.get(*index).map(|action| action.name.clone()).unwrap_or_default()
            }
            Self::Ignore(word) => format!("ignore {word}"),
            Self::Quarantine(word) => format!("quarantine {word}"),
        }
    }
}

impl InWords for PermitAnswer {
    fn in_words(&self, rule_set: &RuleSet) -> String {
        match self {
            Self::Allow => "allow".to_owned(),
            Self::Refuse(index) => {
                format!(
                    "refuse {}",
                    rule_set.replies.get(*index).map(|reply| reply.name.as_str()).unwrap_or_default()
                )
            }
            Self::Ignore(word) => format!("ignore {word}"),
            Self::Instead(index) => format!(
                "instead {}",
                rule_set.actions.get(*index).map(|action| action.name.as_str()).unwrap_or_default()
            ),
            Self::Quarantine(word) => format!("quarantine {word}"),
        }
    }
}

impl InWords for ActingUser {
    fn in_words(&self, _: &RuleSet) -> String {
        match self {
            Self::Sender => "sender",
            Self::SenderMadeUser => "sender_made_user",
            Self::DefaultUser => "default_user",
            Self::NewPerson => "new_person",
        }
        .to_owned()
    }
}

impl InWords for LoggingAnalyst {
    fn in_words(&self, _: &RuleSet) -> String {
        match self {
            Self::Sender => "sender",
            Self::DefaultLoggingAnalyst => "default_logging_analyst",
        }
        .to_owned()
    }
}

impl InWords for ReopenedTo {
    fn in_words(&self, _: &RuleSet) -> String {
        match self {
            Self::TemplateAssignee => "template_assignee",
            Self::Sender => "sender",
            Self::LoggingAnalyst => "logging_analyst",
            Self::OtherwiseTo => "otherwise_to",
            Self::Owner => "owner",
        }
        .to_owned()
    }
}

/// What a column of a test's table stands for.
enum Heading {
    Fact(Column),
    Then,
    Rule,
}

fn table(
    rule_set: &RuleSet,
    name: &Placed<String>,
    test: &TableTest,
    asked_in: &[(Stage, Vec<Situation>)],
) -> Vec<Verdict> {
    let Some(stage) = Stage::TABLES.iter().copied().find(|stage| stage.word() == name.value) else {
        let known: Vec<&str> = Stage::TABLES.iter().map(|stage| stage.word()).collect();
        return vec![fault(
            name,
            format!("there is no table `{}`; there are: {}", name.value, known.join(", ")),
        )];
    };
    let mut headings = Vec::new();
    for column in &test.columns {
        headings.push(match (column.value.as_str(), Column::parse(&column.value)) {
            ("then", _) => Heading::Then,
            ("rule", _) => Heading::Rule,
            (_, Some(fact)) => Heading::Fact(fact),
            (_, None) => return vec![fault(column, format!("there is no column `{}`", column.value))],
        });
    }
    if !headings.iter().any(|heading| matches!(heading, Heading::Then | Heading::Rule)) {
        return vec![fault(name, "the rows expect nothing; add a column `then` or `rule`".to_owned())];
    }
    let asked: &[Situation] =
        asked_in.iter().find(|(known, _)| *known == stage).map_or(&[], |(_, asked)| asked);
    let look = Look { rule_set, stage, headings: &headings, asked };
    test.rows
        .iter()
        .map(|row| match stage {
            Stage::Guard => look.row(&rule_set.guard, row),
            Stage::Identify => look.row(&rule_set.identify, row),
            Stage::Choose => look.row(&rule_set.choose, row),
            Stage::Permit => look.row(&rule_set.permit, row),
            Stage::ActingUser => look.row(&rule_set.acting_user, row),
            Stage::LoggingAnalyst => look.row(&rule_set.logging_analyst, row),
            Stage::ReopenedTo | Stage::Recognize => look.row(&rule_set.reopened_to, row),
        })
        .collect()
}

fn fault(at: &Placed<String>, what: String) -> Verdict {
    Verdict { name: at.value.clone(), span: at.span, faults: vec![what], hits: Vec::new() }
}

struct Look<'a> {
    rule_set: &'a RuleSet,
    stage: Stage,
    headings: &'a [Heading],
    asked: &'a [Situation],
}

impl Look<'_> {
    fn row<T: InWords>(&self, table: &Table<T>, row: &Placed<Vec<Placed<Word>>>) -> Verdict {
        let words: Vec<&str> = row.value.iter().map(|word| word.value.0.as_str()).collect();
        let name = format!("{} [{}]", self.stage, words.join(", "));
        let mut verdict = Verdict { name, span: row.span, faults: Vec::new(), hits: Vec::new() };
        if words.len() != self.headings.len() {
            verdict.faults.push(format!(
                "the row has {} words for {} columns",
                words.len(),
                self.headings.len()
            ));
            return verdict;
        }
        let mut facts = Vec::new();
        for (heading, word) in self.headings.iter().zip(&words) {
            let Heading::Fact(column) = heading else { continue };
            if *word == "any" {
                continue;
            }
            match self.rule_set.domains.index(*column, word) {
                Some(index) => facts.push((*column, index)),
                None => verdict.faults.push(format!("`{}` is never `{word}`", column.path())),
            }
        }
        if verdict.faults.is_empty() {
            self.situations(table, &words, &facts, &mut verdict);
        }
        verdict
    }

    /// Looks at every situation that the row leaves open; one that is not as expected is told of, once.
    fn situations<T: InWords>(
        &self,
        table: &Table<T>,
        words: &[&str],
        facts: &[(Column, u16)],
        verdict: &mut Verdict,
    ) {
        let fits = |situation: &&Situation| {
            facts.iter().all(|&(column, index)| situation.get(column) == Some(index))
        };
        let looks_at = table.columns();
        for (column, _) in facts.iter().filter(|(column, _)| !looks_at.contains(column)) {
            verdict.faults.push(format!("`{}` does not look at `{}`", self.stage, column.path()));
        }
        let mut is_asked = false;
        for situation in self.asked.iter().filter(fits) {
            is_asked = true;
            let rule = table.decide(situation);
            let hit = format!("{}/{}", self.stage, rule.name);
            if !verdict.hits.contains(&hit) {
                verdict.hits.push(hit);
            }
            if let Some(fault) = self.unexpected(rule, words)
                && !verdict.faults.contains(&fault)
            {
                verdict.faults.push(fault);
            }
        }
        if !is_asked {
            verdict.faults.push("such a situation never comes about".to_owned());
        }
    }

    fn unexpected<T: InWords>(&self, rule: &Rule<T>, words: &[&str]) -> Option<String> {
        self.headings.iter().zip(words).find_map(|(heading, expected)| {
            let (what, got) = match heading {
                Heading::Fact(_) => return None,
                Heading::Then => ("answer", rule.then.in_words(self.rule_set)),
                Heading::Rule => ("rule", rule.name.clone()),
            };
            (got != *expected).then(|| {
                format!("expected {what} `{expected}`, got `{got}` ({} at {})", rule.name, rule.place)
            })
        })
    }
}

fn subject(rule_set: &RuleSet, test: &SubjectTest) -> Verdict {
    let span = test.subject.as_ref().map(|subject| subject.span).unwrap_or_default();
    let text = test.subject.as_ref().map(|subject| subject.value.clone()).unwrap_or_default();
    let mut verdict =
        Verdict { name: format!("subject \"{text}\""), span, faults: Vec::new(), hits: Vec::new() };
    let found = rule_set.recognize(&text);
    if let Some((rule, _)) = &found {
        verdict.hits.push(format!("{}/{}", Stage::Recognize, rule.name));
    }
    let intent = found.as_ref().map_or(Intent::Log, |(rule, _)| rule.intent);
    let kind = found.as_ref().map(|(rule, _)| rule.kind);
    let number = found.as_ref().and_then(|(_, found)| found.number.clone());
    let Some(expected) = &test.intent else {
        verdict.faults.push("the test expects nothing; add `intent`".to_owned());
        return verdict;
    };
    if expected.value != intent {
        verdict.faults.push(format!(
            "expected it to ask to {}, it asks to {}",
            expected.word(),
            intent.word()
        ));
    }
    if let Some(expected) = &test.kind
        && kind != Some(expected.value)
    {
        let got = kind.map_or("nothing", crate::vocab::Kind::word);
        verdict.faults.push(format!("expected the kind `{}`, got `{got}`", expected.word()));
    }
    if let Some(expected) = &test.number
        && number.as_deref().and_then(|digits| digits.parse().ok()) != Some(expected.value)
    {
        verdict.faults.push(format!(
            "expected the number {}, got {}",
            expected.value,
            number.as_deref().unwrap_or("none")
        ));
    }
    verdict
}

//! Rows of a table's test: some words of a situation, and what is expected in every one that they fit.

use super::{Correction, Fault, FaultKind, Sheet, Verdict, correction};
use crate::diagnostic::{Edit, Sources, Span};
use crate::ruleset::RuleSet;
use crate::ruleset::column::{Column, Situation, Stage, WordIndex};
use crate::ruleset::decode::Placed;
use crate::ruleset::file::{TableTest, TestsFile, Word};
use crate::ruleset::prove::situations;
use std::collections::BTreeSet;

/// One row of a table's test, its words understood.
#[derive(Debug, Clone)]
pub struct Row {
    /// The table.
    pub stage: Stage,
    /// What the row says of the situation; the rest is open.
    pub facts: Vec<(Column, WordIndex)>,
    /// The answer that is expected.
    pub then: Option<Placed<String>>,
    /// The rule that is expected to decide.
    pub rule: Option<Placed<String>>,
    /// The row as written.
    pub name: String,
    /// Where it is written.
    pub span: Span,
    /// What is wrong with the row itself.
    faults: Vec<Fault>,
}

/// Every situation in which each table can be asked, and the row that decides there.
#[derive(Debug)]
pub struct Asked<'a>(Vec<(Sheet<'a>, Vec<(Situation, usize)>)>);

impl<'a> Asked<'a> {
    /// Looks at every situation.
    pub fn of(rule_set: &'a RuleSet) -> Self {
        let tables = situations(rule_set).into_iter().filter_map(|(stage, asked)| {
            let sheet = Sheet::of(rule_set, stage)?;
            let decided = asked.into_iter().map(|situation| (situation, sheet.decide(&situation))).collect();
            Some((sheet, decided))
        });
        Self(tables.collect())
    }

    /// The table of a stage, and each situation with the index of the row that decides in it.
    pub fn table(&self, stage: Stage) -> Option<(&Sheet<'a>, &[(Situation, usize)])> {
        self.0.iter().find(|(sheet, _)| sheet.stage == stage).map(|(sheet, asked)| (sheet, asked.as_slice()))
    }
}

/// What a column of a table's test stands for.
enum Heading {
    Fact(Column),
    Then,
    Rule,
}

/// The rows of all tables of a test, and what is wrong with tables that cannot be understood.
pub fn rows(rule_set: &RuleSet, tests: &TestsFile) -> (Vec<Row>, Vec<Verdict>) {
    let (mut rows, mut verdicts) = (Vec::new(), Vec::new());
    for (name, test) in &tests.tables {
        match headings(name, test) {
            Ok((stage, headings)) => {
                rows.extend(test.rows.iter().map(|row| read(rule_set, stage, &headings, row)));
            }
            Err(verdict) => verdicts.push(verdict),
        }
    }
    (rows, verdicts)
}

fn headings(name: &Placed<String>, test: &TableTest) -> Result<(Stage, Vec<Heading>), Verdict> {
    let Some(stage) = Stage::TABLES.iter().copied().find(|stage| stage.word() == name.value) else {
        let known: Vec<&str> = Stage::TABLES.iter().map(|stage| stage.word()).collect();
        return Err(Verdict::broken(
            &name.value,
            name.span,
            Fault::unknown("table", &name.value, name.span, &known),
        ));
    };
    let mut headings = Vec::new();
    for column in &test.columns {
        headings.push(match (column.value.as_str(), Column::parse(&column.value)) {
            ("then", _) => Heading::Then,
            ("rule", _) => Heading::Rule,
            (_, Some(fact)) => Heading::Fact(fact),
            (_, None) => {
                let known: Vec<&str> = Column::ALL.iter().map(|column| column.path()).collect();
                let fault = Fault::unknown("column", &column.value, column.span, &known);
                return Err(Verdict::broken(&column.value, column.span, fault));
            }
        });
    }
    if !headings.iter().any(|heading| matches!(heading, Heading::Then | Heading::Rule)) {
        let fault = Fault::new(FaultKind::Test, "the rows expect nothing")
            .at(name.span)
            .help("add a column `then` with the answer, or `rule` with the rule that decides");
        return Err(Verdict::broken(&name.value, name.span, fault));
    }
    if test.rows.is_empty() {
        let fault = Fault::new(FaultKind::Test, "the table has no rows, so it tests nothing")
            .at(name.span)
            .help("write one row for each situation that matters, or take the table out");
        return Err(Verdict::broken(&name.value, name.span, fault));
    }
    Ok((stage, headings))
}

fn read(rule_set: &RuleSet, stage: Stage, headings: &[Heading], row: &Placed<Vec<Placed<Word>>>) -> Row {
    let words: Vec<&str> = row.value.iter().map(|word| word.value.0.as_str()).collect();
    let name = format!("{stage} [{}]", words.join(", "));
    let mut read =
        Row { stage, facts: Vec::new(), then: None, rule: None, name, span: row.span, faults: Vec::new() };
    if words.len() != headings.len() {
        let text = format!("the row has {} words for {} columns", words.len(), headings.len());
        let fault = Fault::new(FaultKind::Test, text).at(row.span);
        read.faults.push(fault.help("write one word for each column; `any` where it may hold anything"));
        return read;
    }
    for (heading, word) in headings.iter().zip(&row.value) {
        let text = &word.value.0;
        match heading {
            Heading::Then => read.then = Some(Placed::new(text.clone(), word.span)),
            Heading::Rule => read.rule = Some(Placed::new(text.clone(), word.span)),
            Heading::Fact(_) if text == "any" => {}
            Heading::Fact(column) => match rule_set.domains.index(*column, text) {
                Some(index) => read.facts.push((*column, index)),
                None => read.faults.push(never(rule_set, *column, text, word.span)),
            },
        }
    }
    read
}

fn never(rule_set: &RuleSet, column: Column, word: &str, at: Span) -> Fault {
    let words = rule_set.domains.words(column);
    let known: Vec<&str> = words.iter().map(String::as_str).collect();
    let fault = Fault::unknown("word", word, at, &known);
    Fault { text: format!("`{}` is never `{word}`", column.path()), ..fault }
}

impl Row {
    /// Whether the row speaks of this situation.
    pub fn fits(&self, situation: &Situation) -> bool {
        self.facts.iter().all(|&(column, index)| situation.get(column) == Some(index))
    }

    /// Looks at every situation that the row leaves open.
    pub fn judge(&self, asked: &Asked<'_>, sources: &Sources) -> Verdict {
        let mut verdict = Verdict {
            name: self.name.clone(),
            span: self.span,
            faults: self.faults.clone(),
            ..Verdict::default()
        };
        let Some((sheet, situations)) = asked.table(self.stage) else { return verdict };
        let looks_at = |column: Column| {
            sheet.lines.iter().any(|line| line.when.iter().any(|condition| condition.column == column))
        };
        for (column, _) in self.facts.iter().filter(|(column, _)| !looks_at(*column)) {
            let text = format!("`{}` does not look at `{}`", self.stage, column.path());
            let fault = Fault::new(FaultKind::Test, text).at(self.span);
            verdict.faults.push(fault.help("write `any` there, or take the column out"));
        }
        if !verdict.faults.is_empty() {
            return verdict;
        }
        let decided: BTreeSet<usize> = situations
            .iter()
            .filter(|(situation, _)| self.fits(situation))
            .map(|(_, decided)| *decided)
            .collect();
        if decided.is_empty() {
            let fault = Fault::new(FaultKind::Test, "such a situation never comes about").at(self.span);
            verdict.faults.push(fault.help("no mail can be in it; take the row out or change a word"));
        }
        self.compare(sheet, &decided, &mut verdict, sources);
        verdict
    }

    fn compare(
        &self,
        sheet: &Sheet<'_>,
        decided: &BTreeSet<usize>,
        verdict: &mut Verdict,
        sources: &Sources,
    ) {
        let lines: Vec<&super::Line<'_>> = decided.iter().filter_map(|at| sheet.lines.get(*at)).collect();
        verdict.hits = lines.iter().map(|line| format!("{}/{}", self.stage, line.name)).collect();
        let names: Vec<&str> = sheet.lines.iter().map(|line| line.name).collect();
        let answers: Vec<&str> = sheet.lines.iter().map(|line| line.answer.as_str()).collect();
        let expectations = [
            ("rule", &self.rule, names, lines.iter().map(|line| line.name).collect::<Vec<_>>()),
            ("answer", &self.then, answers, lines.iter().map(|line| line.answer.as_str()).collect()),
        ];
        for (what, expected, known, got) in expectations {
            let Some(expected) = expected else { continue };
            let others: Vec<(&str, &&super::Line<'_>)> =
                got.iter().copied().zip(&lines).filter(|(got, _)| *got != expected.value).collect();
            let Some((other, line)) = others.first() else { continue };
            let text = format!(
                "expected {what} `{}`, got `{other}` ({} at {})",
                expected.value, line.name, line.place
            );
            let mut fault = Fault::new(FaultKind::Wrong, text).at(expected.span);
            if !known.contains(&expected.value.as_str()) {
                fault.help = Fault::unknown(what, &expected.value, expected.span, &known).help;
            } else if got.contains(&expected.value.as_str()) {
                fault.help =
                    Some("the row leaves open where one and where the other holds; say more".to_owned());
            }
            verdict.faults.push(fault);
            let distinct: BTreeSet<&str> = got.iter().copied().collect();
            if distinct.len() == 1 {
                let written = sources.text(expected.span);
                let edit = Edit { span: expected.span, text: correction::word(other, written) };
                let text = format!("{what} {} → {other}", expected.value);
                verdict.corrections.push(Correction { text, edits: vec![edit] });
            }
        }
    }
}

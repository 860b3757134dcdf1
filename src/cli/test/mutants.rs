//! Runs the tests against rule sets that are wrong in one place: which of them does no test notice?

use super::mail::Bench;
use super::{answering, top};
use crate::diagnostic::Span;
use crate::ruleset::RuleSet;
use crate::ruleset::column::{Situation, Stage};
use crate::ruleset::example::{Asked, judge_subject, rows};
use crate::ruleset::file::TestsFile;
use crate::ruleset::load::Loaded;
use crate::ruleset::mutant::{self, Mutant};
use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// What became of all mutants.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mutation {
    /// How many there were.
    pub count: usize,
    /// How many a test notices.
    pub noticed: usize,
    /// How many no test notices, but `check` refuses.
    pub refused: usize,
    /// How many decide the same in every situation, so that no test could notice them.
    pub equal: usize,
    /// Those that nobody notices, by place.
    pub survivors: Vec<Survivor>,
}

/// A mutant that nobody notices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Survivor {
    /// What is changed.
    pub what: String,
    /// Where.
    pub span: Span,
    /// What to add so that it is noticed.
    pub cure: String,
}

/// What becomes of one mutant.
enum End {
    Noticed,
    Refused,
    Equal,
    Survived(Survivor),
}

/// Changes everything that is written in the topmost file, one thing at a time, and runs the tests each time. The tests are to
/// pass with the rule set as it is.
pub fn mutation(rule_set: &RuleSet, loaded: &Loaded) -> Mutation {
    let Some(file) = &loaded.file else { return Mutation::default() };
    let rule_set = &answering(rule_set);
    let mutants = mutant::mutants(rule_set, top(loaded));
    let tables = Tables::new(rule_set, &file.tests);
    let next = AtomicUsize::new(0);
    let ended = Mutex::new(Mutation { count: mutants.len(), ..Mutation::default() });
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(8);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                let mut trial = Trial {
                    rule_set,
                    tests: &file.tests,
                    loaded,
                    tables: &tables,
                    bench: Bench::new(loaded, &file.tests),
                };
                while let Some(mutant) = mutants.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let end = trial.end(mutant);
                    let Ok(mut ended) = ended.lock() else { return };
                    match end {
                        End::Noticed => ended.noticed += 1,
                        End::Refused => ended.refused += 1,
                        End::Equal => ended.equal += 1,
                        End::Survived(survivor) => ended.survivors.push(survivor),
                    }
                }
            });
        }
    });
    let mut ended = ended.into_inner().unwrap_or_default();
    ended.survivors.sort_by(|a, b| a.span.cmp(&b.span).then_with(|| a.what.cmp(&b.what)));
    ended
}

/// The tables' tests, with every situation that one of their rows speaks of.
struct Tables<'a> {
    asked: Asked<'a>,
    looked_at: BTreeMap<Stage, Vec<LookedAt>>,
}

/// A situation that a row of a test speaks of.
struct LookedAt {
    situation: Situation,
    decided: usize,
    /// A row expects the rule.
    rule: bool,
    /// A row expects the answer.
    answer: bool,
}

impl<'a> Tables<'a> {
    fn new(rule_set: &'a RuleSet, tests: &TestsFile) -> Self {
        let asked = Asked::of(rule_set);
        let (rows, _) = rows(rule_set, tests);
        let mut looked_at = BTreeMap::new();
        for stage in Stage::TABLES {
            let Some((_, situations)) = asked.table(stage) else { continue };
            let of_stage: Vec<_> = rows.iter().filter(|row| row.stage == stage).collect();
            let found = situations.iter().filter_map(|(situation, decided)| {
                let fitting = || of_stage.iter().filter(|row| row.fits(situation));
                let rule = fitting().any(|row| row.rule.is_some());
                let answer = fitting().any(|row| row.then.is_some());
                (rule || answer).then_some(LookedAt {
                    situation: *situation,
                    decided: *decided,
                    rule,
                    answer,
                })
            });
            looked_at.insert(stage, found.collect());
        }
        Self { asked, looked_at }
    }

    /// Whether a row of a table's test notices the change of a row.
    fn notice(&self, mutant: &Mutant, stage: Stage) -> bool {
        let Some((sheet, _)) = self.asked.table(stage) else { return false };
        self.looked_at.get(&stage).into_iter().flatten().any(|looked_at| {
            mutant.differs(sheet, &looked_at.situation, looked_at.decided).is_some_and(|difference| {
                let (before, after) = difference.rows;
                (looked_at.answer && difference.answer_differs) || (looked_at.rule && before != after)
            })
        })
    }

    /// A situation in which the answer is another one: what to look at, in words.
    fn witness(&self, rule_set: &RuleSet, mutant: &Mutant, stage: Stage) -> Option<String> {
        let (sheet, situations) = self.asked.table(stage)?;
        situations.iter().find_map(|(situation, decided)| {
            let difference =
                mutant.differs(sheet, situation, *decided).filter(|found| found.answer_differs)?;
            let line = sheet.lines.get(*decided)?;
            let words = mutant::in_words(rule_set, sheet, situation, difference.rows);
            Some(format!(
                "add a row to the test of `{stage}` for {words}: rule {}, then {}",
                line.name, line.answer
            ))
        })
    }
}

struct Trial<'a> {
    rule_set: &'a RuleSet,
    tests: &'a TestsFile,
    loaded: &'a Loaded,
    tables: &'a Tables<'a>,
    bench: Bench<'a>,
}

impl Trial<'_> {
    fn end(&mut self, mutant: &Mutant) -> End {
        let table = mutant.stage().filter(|_| mutant.is_of_table());
        if table.is_some_and(|stage| self.tables.notice(mutant, stage)) {
            return End::Noticed;
        }
        let Some(changed) = mutant.apply(self.rule_set) else { return End::Refused };
        if mutant.stage() == Some(Stage::Recognize) && self.is_noticed_by_subjects(&changed) {
            return End::Noticed;
        }
        if (0..self.bench.len()).any(|at| !self.bench.judge(&changed, at).passed()) {
            return End::Noticed;
        }
        let survived =
            |cure: String| End::Survived(Survivor { what: mutant.what.clone(), span: mutant.span, cure });
        if let Some(stage) = table {
            return match self.tables.witness(self.rule_set, mutant, stage) {
                None if self.loaded.proof.is_complete => End::Equal,
                _ if mutant::is_refused(&changed) => End::Refused,
                Some(cure) => survived(cure),
                None => survived(format!("add a row to the test of `{stage}`")),
            };
        }
        if mutant::is_refused(&changed) {
            return End::Refused;
        }
        survived(match mutant.stage() {
            Some(_) => {
                "add a subject to the tests with what it asks for: `intent`, `kind` and `number`".to_owned()
            }
            None => "add a mail to the tests that leads to it, with its `effects` and `replies`".to_owned(),
        })
    }

    fn is_noticed_by_subjects(&self, changed: &RuleSet) -> bool {
        self.tests.subjects.iter().any(|test| !judge_subject(changed, test, &self.loaded.sources).passed())
    }
}

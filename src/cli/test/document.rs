//! What `test --format json` prints: one set of types makes both the output and its schema.

use super::Report;
use super::measure::Measured;
use super::mutants::Mutation;
use crate::diagnostic::{Place, Sources, Span};
use crate::ruleset::coverage::Counted;
use crate::ruleset::example::{FaultKind, Verdict};
use schemars::JsonSchema;
use serde::Serialize;

/// What came of the tests of one rule set.
#[derive(Debug, Serialize, JsonSchema)]
pub struct TestReportDocument {
    /// Its name and revision: `classic r1`.
    rule_set: String,
    /// Whether everything is as it should be: each test, and what was asked for beside them.
    passed: bool,
    /// Every test, by the place where it is written.
    tests: Vec<TestDocument>,
    /// Rules of the file that decide in no test, `stage/rule`.
    rules_without_test: Vec<String>,
    /// What the tests look at; with `--coverage` only.
    #[serde(skip_serializing_if = "Option::is_none")]
    coverage: Option<CoverageDocument>,
    /// What became of rule sets that are wrong in one place; with `--mutants` only, where every test passes.
    #[serde(skip_serializing_if = "Option::is_none")]
    mutants: Option<MutantsDocument>,
}

/// One test.
#[derive(Debug, Serialize, JsonSchema)]
struct TestDocument {
    /// What it shows.
    name: String,
    /// Where it is written.
    place: Place,
    /// Whether everything was as expected.
    passed: bool,
    /// What was not.
    faults: Vec<FaultDocument>,
    /// The stages that went another way than expected, in words.
    detours: Vec<String>,
    /// The rules that decided, `stage/rule`.
    hits: Vec<String>,
}

/// One thing that was not as expected.
#[derive(Debug, Serialize, JsonSchema)]
struct FaultDocument {
    /// `missing`, `wrong`, `unexpected`, or `test` where the test itself is at fault.
    kind: FaultKind,
    /// What, in one sentence.
    text: String,
    /// What to write instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<String>,
    /// Where the expectation is written.
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<Place>,
}

/// What tests look at.
#[derive(Debug, Serialize, JsonSchema)]
struct CoverageDocument {
    /// Of all that is counted, in whole per cent.
    percent: usize,
    /// Rules that decide in a test.
    rules: CountDocument,
    /// Conditions that hold in a test, and in another one alone keep their rule from deciding.
    conditions: CountDocument,
    /// Replies that are sent in a test.
    replies: CountDocument,
    /// Accounts that a mail of a test comes to.
    accounts: CountDocument,
    /// Everything that no test looks at.
    gaps: Vec<GapDocument>,
}

/// How many of how many.
#[derive(Debug, Serialize, JsonSchema)]
struct CountDocument {
    /// So many are looked at.
    covered: usize,
    /// So many there are.
    all: usize,
}

/// Something that no test looks at.
#[derive(Debug, Serialize, JsonSchema)]
struct GapDocument {
    /// Its name.
    name: String,
    /// Where it is written.
    place: Place,
    /// What no test shows.
    text: String,
}

/// What became of rule sets that are wrong in one place.
#[derive(Debug, Serialize, JsonSchema)]
struct MutantsDocument {
    /// How many there were.
    count: usize,
    /// How many a test notices.
    noticed: usize,
    /// How many no test notices, but `check` refuses.
    refused: usize,
    /// How many decide the same in every situation.
    equal: usize,
    /// Those that nobody notices.
    survivors: Vec<SurvivorDocument>,
}

/// A mistake that no test notices.
#[derive(Debug, Serialize, JsonSchema)]
struct SurvivorDocument {
    /// The mistake.
    what: String,
    /// Where it was made.
    place: Place,
    /// What to add so that it is noticed.
    cure: String,
}

impl From<&Report> for TestReportDocument {
    fn from(report: &Report) -> Self {
        let sources = &report.sources;
        Self {
            rule_set: report.name.clone(),
            passed: report.passed(),
            tests: report.verdicts.iter().map(|verdict| test(verdict, sources)).collect(),
            rules_without_test: report.untested.clone(),
            coverage: report.measured.as_ref().map(|measured| coverage(measured, sources)),
            mutants: report.mutation.as_ref().map(|mutation| mutants(mutation, sources)),
        }
    }
}

fn test(verdict: &Verdict, sources: &Sources) -> TestDocument {
    let place = |span: Span| sources.place(span);
    let faults = verdict.faults.iter().map(|fault| FaultDocument {
        kind: fault.kind,
        text: fault.text.clone(),
        help: fault.help.clone(),
        place: fault.span.map(place),
    });
    TestDocument {
        name: verdict.name.clone(),
        place: place(verdict.span),
        passed: verdict.passed(),
        faults: faults.collect(),
        detours: verdict.detours.clone(),
        hits: verdict.hits.clone(),
    }
}

fn coverage(measured: &Measured, sources: &Sources) -> CoverageDocument {
    let count = |counted| {
        let (covered, all) = measured.count(counted);
        CountDocument { covered, all }
    };
    let gap = |item: &crate::ruleset::coverage::Item| {
        let text = item.gap.clone()?;
        Some(GapDocument { name: item.name.clone(), place: sources.place(item.span), text })
    };
    CoverageDocument {
        percent: measured.percent(),
        rules: count(Counted::Rule),
        conditions: count(Counted::Condition),
        replies: count(Counted::Reply),
        accounts: count(Counted::Account),
        gaps: measured.items.iter().filter_map(gap).collect(),
    }
}

fn mutants(mutation: &Mutation, sources: &Sources) -> MutantsDocument {
    let survivors = mutation.survivors.iter().map(|survivor| SurvivorDocument {
        what: survivor.what.clone(),
        place: sources.place(survivor.span),
        cure: survivor.cure.clone(),
    });
    MutantsDocument {
        count: mutation.count,
        noticed: mutation.noticed,
        refused: mutation.refused,
        equal: mutation.equal,
        survivors: survivors.collect(),
    }
}

//! `postroom test`: runs the tests written in rule sets and beside them.

mod accept;
mod beside;
mod document;
mod expected;
mod from;
mod mail;
mod measure;
mod mutants;
mod print;
mod substitute;
mod world;

pub use document::TestReportDocument;
pub use from::test_from_mail;
pub use mutants::{Mutation, Survivor, mutation};

use super::{Exit, Trouble, open};
use crate::diagnostic::{SourceId, Sources};
use crate::ruleset::RuleSet;
use crate::ruleset::account::{Outgoing, Submit};
use crate::ruleset::column::Stage;
use crate::ruleset::coverage::Counted;
use crate::ruleset::example::{self, Verdict};
use crate::ruleset::load::Loaded;
use crate::vocab::AddrSpec;
use mail::Bench;
use measure::{Measured, measure};
use print::{as_json, as_junit, as_text};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Runs the tests written in rule sets and beside them.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "\
Examples:
  postroom test                      the tests of ./postroom.yaml, or of the built-in rule set
  postroom test classic              the tests that ship with the documented behaviour
  postroom test rules/hr.yaml        the tests in and beside one file
  postroom test --coverage           and what no test looks at
  postroom test --mutants            and which mistakes no test would notice
  postroom test --accept             shows what the tests got, and asks whether that is what they should expect
  postroom test --from mail.eml --world world.yaml --write
                                     writes a test from a real mail, without anybody's name or address
  postroom test --format junit       for a build server

A test stands in the rule file under `tests`, or in NAME.test.yaml beside NAME.yaml: tables cell by cell, subjects,
and whole mails with what is expected of them. Every rule of the file is to be hit by one; those that are not
are named. A rule set without tests fails, and so does a test that expects nothing.")]
#[expect(clippy::struct_excessive_bools, reason = "each is an option of its own")]
pub struct TestArgs {
    /// Rule files, folders with a postroom.yaml, files of tests, or built-in names.
    pub rules: Vec<PathBuf>,
    /// In which form the verdicts are printed.
    #[arg(long, value_enum, default_value_t)]
    pub format: TestFormat,
    /// Says what no test looks at: rules, conditions, replies, accounts.
    #[arg(long)]
    pub coverage: bool,
    /// Fails where the tests look at less than so many per cent of all that.
    #[arg(long, value_name = "PERCENT", value_parser = clap::value_parser!(u8).range(0..=100))]
    pub coverage_min: Option<u8>,
    /// Changes the rules, one thing at a time, and fails where no test notices.
    #[arg(long)]
    pub mutants: bool,
    /// Shows what the failed tests got and asks, one by one, whether that is what they should expect from now on.
    #[arg(long, conflicts_with_all = ["coverage", "coverage_min", "mutants", "from"])]
    pub accept: bool,
    /// With --accept: takes everything without asking.
    #[arg(long, requires = "accept")]
    pub yes: bool,
    /// Writes a test from this mail (`-` for standard input) that expects what becomes of it now.
    #[arg(long, value_name = "MAIL", conflicts_with_all = ["coverage", "coverage_min", "mutants"])]
    pub from: Option<PathBuf>,
    /// With --from: the world file on which the mail is decided.
    #[arg(long, value_name = "FILE", requires = "from", conflicts_with = "store")]
    pub world: Option<PathBuf>,
    /// With --from: the store on which the mail is decided; it is not changed.
    #[arg(long, value_name = "STORE", requires = "from")]
    pub store: Option<String>,
    /// With --from: the account that the mail came to; needed where the rules have several.
    #[arg(long, value_name = "ACCOUNT", requires = "from")]
    pub account: Option<String>,
    /// With --from: adds the test to NAME.test.yaml beside the rule file, instead of printing it.
    #[arg(long, requires = "from")]
    pub write: bool,
}

/// In which form verdicts are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum TestFormat {
    /// For people.
    #[default]
    Text,
    /// For programs.
    Json,
    /// For build servers.
    Junit,
}

/// What came of the tests of one rule set.
#[derive(Debug)]
struct Report {
    name: String,
    sources: Sources,
    verdicts: Vec<Verdict>,
    untested: Vec<String>,
    measured: Option<Measured>,
    coverage_min: Option<u8>,
    mutation: Option<Mutation>,
}

impl Report {
    fn passed(&self) -> bool {
        let is_covered = match (&self.measured, self.coverage_min) {
            (Some(measured), Some(least)) => measured.percent() >= usize::from(least),
            _ => true,
        };
        let survived = self.mutation.as_ref().is_some_and(|mutation| !mutation.survivors.is_empty());
        !self.verdicts.is_empty() && self.verdicts.iter().all(Verdict::passed) && is_covered && !survived
    }
}

/// Runs the tests and prints what came of them.
pub fn run(args: &TestArgs, out: &mut dyn std::io::Write) -> Result<Exit, Trouble> {
    if let Some(mail) = &args.from {
        return from::run(args, mail, out);
    }
    let named: Vec<Option<&Path>> = if args.rules.is_empty() {
        vec![None]
    } else {
        args.rules.iter().map(|path| Some(path.as_path())).collect()
    };
    let mut reports = Vec::new();
    for rules in named {
        let mut loaded = tested(args, rules)?;
        if args.accept {
            let verdicts = verdicts(usable(&loaded)?, &loaded);
            if accept::accept(&loaded, &verdicts, args.yes, out)? > 0 {
                loaded = tested(args, rules)?;
            }
        }
        reports.push(report(args, usable(&loaded)?, &loaded));
    }
    let text = match args.format {
        TestFormat::Text => reports.iter().map(as_text).collect(),
        TestFormat::Json => as_json(&reports),
        TestFormat::Junit => as_junit(&reports),
    };
    out.write_all(text.as_bytes()).map_err(|error| Trouble::new(error.to_string()))?;
    Ok(if reports.iter().all(Report::passed) { Exit::Done } else { Exit::TestFailed })
}

/// The rule set as named, with its tests.
fn tested(args: &TestArgs, rules: Option<&Path>) -> Result<Loaded, Trouble> {
    if args.rules.is_empty() && open::is_demo(rules) {
        // the demo brings accounts alone; what is worth testing is what it extends
        return beside::load(Some(Path::new("classic")));
    }
    beside::load(rules)
}

fn usable(loaded: &Loaded) -> Result<&RuleSet, Trouble> {
    loaded.rule_set.as_ref().ok_or_else(|| {
        let text = super::render::findings_as_text(&loaded.findings, &loaded.sources, false);
        Trouble { message: text.trim_end().to_owned(), exit: Exit::RuleSetWrong }
    })
}

fn report(args: &TestArgs, rule_set: &RuleSet, loaded: &Loaded) -> Report {
    let verdicts = verdicts(rule_set, loaded);
    let mut report = Report {
        name: format!("{} r{}", rule_set.identity.name, rule_set.identity.revision),
        sources: loaded.sources.clone(),
        untested: Vec::new(),
        measured: None,
        coverage_min: args.coverage_min,
        mutation: None,
        verdicts,
    };
    let Some(file) = &loaded.file else { return report };
    let answering = answering(rule_set);
    let hits: BTreeSet<&str> =
        report.verdicts.iter().flat_map(|verdict| verdict.hits.iter().map(String::as_str)).collect();
    report.untested =
        own_rules(rule_set, loaded).into_iter().filter(|rule| !hits.contains(rule.as_str())).collect();
    if args.coverage || args.coverage_min.is_some() {
        let mut bench = Bench::new(loaded, &file.tests);
        report.measured = Some(measure(&answering, loaded, file, &mut bench, &report.verdicts));
    }
    if args.mutants && !report.verdicts.is_empty() && report.verdicts.iter().all(Verdict::passed) {
        report.mutation = Some(mutation(rule_set, loaded));
    }
    report
}

/// Runs every test of a rule set, whatever its outgoing servers; one verdict for each row, subject and mail.
pub fn verdicts(rule_set: &RuleSet, loaded: &Loaded) -> Vec<Verdict> {
    let Some(file) = &loaded.file else { return Vec::new() };
    let mut verdicts = example::run(rule_set, &file.tests, &loaded.sources);
    let rule_set = &answering(rule_set);
    let mut bench = Bench::new(loaded, &file.tests);
    verdicts.extend((0..bench.len()).map(|at| bench.judge(rule_set, at)));
    verdicts.sort_by_key(|verdict| verdict.span);
    verdicts
}

/// How much of a rule set its tests look at: for rules, conditions, replies and accounts how many are, and how many
/// there are, of what is written in the topmost file.
pub fn coverage(rule_set: &RuleSet, loaded: &Loaded) -> Vec<(Counted, usize, usize)> {
    let Some(file) = &loaded.file else { return Vec::new() };
    let verdicts = verdicts(rule_set, loaded);
    let mut bench = Bench::new(loaded, &file.tests);
    let measured = measure(&answering(rule_set), loaded, file, &mut bench, &verdicts);
    let count = |counted| {
        let (looked_at, all) = measured.count(counted);
        (counted, looked_at, all)
    };
    Counted::ALL.map(count).to_vec()
}

/// A rule set without outgoing servers is tested as if it had one: whether a mail is answered is worth a test.
fn answering(rule_set: &RuleSet) -> RuleSet {
    let mut rule_set = rule_set.clone();
    if rule_set.outgoing.is_empty()
        && let Some(outgoing_email_id) = AddrSpec::parse("desk@example.com")
    {
        rule_set.outgoing.push(Outgoing {
            name: "tests".to_owned(),
            active: true,
            submit: Submit::Files { folder: String::new() },
            outgoing_email_id,
            is_default: true,
            partition: None,
            sent_from_analyst: false,
            reply_to_forwarding_analyst: false,
            send_receipt: false,
        });
    }
    rule_set
}

/// The topmost file: the one whose rules its tests answer for.
fn top(loaded: &Loaded) -> SourceId {
    loaded.stack.as_ref().and_then(|stack| stack.layers.first().copied()).unwrap_or_default()
}

/// The rules written in the topmost file, `stage/rule`.
fn own_rules(rule_set: &RuleSet, loaded: &Loaded) -> Vec<String> {
    let top = top(loaded);
    let mut rules = Vec::new();
    for stage in [Stage::Recognize].into_iter().chain(Stage::TABLES) {
        if let Some(sheet) = example::Sheet::of(rule_set, stage) {
            let own = sheet.lines.iter().filter(|line| line.span.source == top);
            rules.extend(own.map(|line| format!("{stage}/{}", line.name)));
        } else {
            let own = rule_set.recognize.iter().filter(|rule| rule.span.source == top);
            rules.extend(own.map(|rule| format!("{stage}/{}", rule.name)));
        }
    }
    let answers = rule_set.answers_to_requests.iter().chain(&rule_set.answers_to_mails);
    let answers = answers.filter(|rule| rule.span.source == top);
    rules.extend(answers.map(|rule| format!("{}/{}", Stage::Recognize, rule.name)));
    rules
}

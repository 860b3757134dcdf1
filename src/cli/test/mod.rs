//! `postroom test`: runs the tests written in rule sets.

mod mail;
mod print;

use super::{Exit, Trouble, open};
use crate::ruleset::RuleSet;
use crate::ruleset::account::{Outgoing, Submit};
use crate::ruleset::column::Stage;
use crate::ruleset::example::{self, Verdict};
use crate::ruleset::load::Loaded;
use crate::vocab::AddrSpec;
use mail::Desks;
use print::{as_json, as_junit, as_text};
use std::collections::BTreeSet;
use std::path::PathBuf;

/// Runs the tests written in rule sets.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "\
Examples:
  postroom test                      the tests of ./postroom.yaml, or of the built-in rule set
  postroom test classic              the tests that ship with the documented behaviour
  postroom test rules/hr.yaml        the tests of one file
  postroom test --format junit       for a build server

A test stands in the rule file under `tests`: tables cell by cell, subjects, and whole mails with what is
expected of them. Every rule of the file is to be hit by one; those that are not are named.")]
pub struct TestArgs {
    /// Rule files, folders with a postroom.yaml, or built-in names.
    pub rules: Vec<PathBuf>,
    /// In which form the verdicts are printed.
    #[arg(long, value_enum, default_value_t)]
    pub format: TestFormat,
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
    verdicts: Vec<(Verdict, String)>,
    untested: Vec<String>,
}

/// Runs the tests and prints what came of them.
pub fn run(args: &TestArgs, out: &mut dyn std::io::Write) -> Result<Exit, Trouble> {
    let named: Vec<Option<&std::path::Path>> = if args.rules.is_empty() {
        vec![None]
    } else {
        args.rules.iter().map(|path| Some(path.as_path())).collect()
    };
    let mut reports = Vec::new();
    for rules in named {
        let mut loaded = open::rules(rules)?;
        if args.rules.is_empty() && open::is_demo(rules) {
            // the demo brings accounts alone; what is worth testing is what it extends
            loaded = open::rules(Some(std::path::Path::new("classic")))?;
        }
        let Some(rule_set) = &loaded.rule_set else {
            let text = super::render::findings_as_text(&loaded.findings, &loaded.sources, false);
            return Err(Trouble { message: text, exit: Exit::RuleSetWrong });
        };
        reports.push(report(rule_set, &loaded));
    }
    let text = match args.format {
        TestFormat::Text => reports.iter().map(as_text).collect(),
        TestFormat::Json => as_json(&reports),
        TestFormat::Junit => as_junit(&reports),
    };
    out.write_all(text.as_bytes()).map_err(|error| Trouble::new(error.to_string()))?;
    let all_passed = reports.iter().all(|report| {
        !report.verdicts.is_empty() && report.verdicts.iter().all(|(verdict, _)| verdict.passed())
    });
    Ok(if all_passed { Exit::Done } else { Exit::TestFailed })
}

fn report(rule_set: &RuleSet, loaded: &Loaded) -> Report {
    let verdicts = verdicts(rule_set, loaded);
    let hits: BTreeSet<&str> =
        verdicts.iter().flat_map(|verdict| verdict.hits.iter().map(String::as_str)).collect();
    let untested =
        own_rules(rule_set, loaded).into_iter().filter(|rule| !hits.contains(rule.as_str())).collect();
    let placed = |verdict: Verdict| {
        let place = loaded.sources.place(verdict.span);
        (verdict, format!("{}:{}", place.file, place.line))
    };
    let verdicts = verdicts.into_iter().map(placed).collect();
    Report { name: format!("{} r{}", rule_set.identity.name, rule_set.identity.revision), verdicts, untested }
}

/// Runs every test of a rule set, whatever its outgoing servers; one verdict for each row, subject and mail.
pub fn verdicts(rule_set: &RuleSet, loaded: &Loaded) -> Vec<Verdict> {
    let Some(file) = &loaded.file else { return Vec::new() };
    let mut verdicts = example::run(rule_set, &file.tests);
    let rule_set = &answering(rule_set);
    let mut desks = Desks::new(loaded, &file.tests);
    for test in &file.tests.messages {
        verdicts.push(mail::judge(rule_set, test, &mut desks));
    }
    verdicts
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

/// The rules written in the topmost file, `stage/rule`.
fn own_rules(rule_set: &RuleSet, loaded: &Loaded) -> Vec<String> {
    let top = loaded.stack.as_ref().and_then(|stack| stack.layers.first().copied()).unwrap_or_default();
    let mut rules = Vec::new();
    macro_rules! of {
        ($stage:expr, $table:expr) => {
            rules.extend(
                $table
                    .rules()
                    .filter(|rule| rule.span.source == top)
                    .map(|rule| format!("{}/{}", $stage, rule.name)),
            );
        };
    }
    of!(Stage::Guard, rule_set.guard);
    let subjects = rule_set.recognize.iter().filter(|rule| rule.span.source == top);
    rules.extend(subjects.map(|rule| format!("{}/{}", Stage::Recognize, rule.name)));
    let answers = rule_set.answers_to_requests.iter().chain(&rule_set.answers_to_mails);
    let answers = answers.filter(|rule| rule.span.source == top);
    rules.extend(answers.map(|rule| format!("{}/{}", Stage::Recognize, rule.name)));
    of!(Stage::Identify, rule_set.identify);
    of!(Stage::Choose, rule_set.choose);
    of!(Stage::Permit, rule_set.permit);
    of!(Stage::ActingUser, rule_set.acting_user);
    of!(Stage::LoggingAnalyst, rule_set.logging_analyst);
    of!(Stage::ReopenedTo, rule_set.reopened_to);
    rules
}

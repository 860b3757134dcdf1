//! `postroom test`: runs the tests written in rule sets.

use super::{Exit, Format, Trouble, open};
use crate::adapters::library::Shelf;
use crate::adapters::sqlite::SqliteStore;
use crate::adapters::world::World;
use crate::engine::{Decision, Facts, decide, inquire};
use crate::message::Message;
use crate::ports::Desk as _;
use crate::ruleset::RuleSet;
use crate::ruleset::account::{Outgoing, Submit};
use crate::ruleset::column::Stage;
use crate::ruleset::decode::Placed;
use crate::ruleset::example::{self, Verdict};
use crate::ruleset::file::{ExpectFile, MailFile, MessageTest, TestsFile};
use crate::ruleset::layer::Library as _;
use crate::ruleset::load::Loaded;
use crate::vocab::AddrSpec;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::PathBuf;

/// The instant at which every test happens: 2026-01-05, 09:00 UTC.
const NOW: i64 = 1_767_603_600;

/// Stands between the parts of a mail that a test writes.
const BOUNDARY: &str = "part-of-a-test";

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

pub fn run(args: &TestArgs, out: &mut dyn std::io::Write) -> Result<Exit, Trouble> {
    let named: Vec<Option<&std::path::Path>> =
        if args.rules.is_empty() { vec![None] } else { args.rules.iter().map(|path| Some(path.as_path())).collect() };
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
        reports.push(report(rule_set, &loaded)?);
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

fn report(rule_set: &RuleSet, loaded: &Loaded) -> Result<Report, Trouble> {
    let verdicts = verdicts(rule_set, loaded)?;
    let hits: BTreeSet<&str> = verdicts.iter().flat_map(|verdict| verdict.hits.iter().map(String::as_str)).collect();
    let untested = own_rules(rule_set, loaded).into_iter().filter(|rule| !hits.contains(rule.as_str())).collect();
    let placed = |verdict: Verdict| {
        let place = loaded.sources.place(verdict.span);
        (verdict, format!("{}:{}", place.file, place.line))
    };
    let verdicts = verdicts.into_iter().map(placed).collect();
    Ok(Report { name: format!("{} r{}", rule_set.identity.name, rule_set.identity.revision), verdicts, untested })
}

/// Runs every test of a rule set; one verdict for each row, subject and mail.
pub fn verdicts(rule_set: &RuleSet, loaded: &Loaded) -> Result<Vec<Verdict>, Trouble> {
    let Some(file) = &loaded.file else { return Ok(Vec::new()) };
    let mut verdicts = example::run(rule_set, &file.tests);
    let rule_set = &answering(rule_set);
    let mut desks = Desks { loaded, tests: &file.tests, open: BTreeMap::new() };
    for test in &file.tests.messages {
        verdicts.push(message(rule_set, test, &mut desks)?);
    }
    Ok(verdicts)
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
            rules.extend($table.rules().filter(|rule| rule.span.source == top).map(|rule| format!("{}/{}", $stage, rule.name)));
        };
    }
    of!(Stage::Guard, rule_set.guard);
    let subjects = rule_set.recognize.iter().filter(|rule| rule.span.source == top);
    rules.extend(subjects.map(|rule| format!("{}/{}", Stage::Recognize, rule.name)));
    of!(Stage::Identify, rule_set.identify);
    of!(Stage::Choose, rule_set.choose);
    of!(Stage::Permit, rule_set.permit);
    of!(Stage::ActingUser, rule_set.acting_user);
    of!(Stage::LoggingAnalyst, rule_set.logging_analyst);
    of!(Stage::ReopenedTo, rule_set.reopened_to);
    rules
}

/// The desks that tests start from, each opened once: deciding changes nothing.
struct Desks<'a> {
    loaded: &'a Loaded,
    tests: &'a TestsFile,
    open: BTreeMap<String, SqliteStore>,
}

impl Desks<'_> {
    fn of(&mut self, test: &MessageTest) -> Result<&mut SqliteStore, String> {
        let named = test.desk.as_ref().or(self.tests.desk.as_ref());
        let (name, store) = match named {
            None => (String::new(), None),
            Some(path) => (path.value.clone(), Some(path)),
        };
        if !self.open.contains_key(&name) {
            let world = store.map_or_else(|| Ok(World::default()), |path| self.world(path))?;
            let store = open::store_of(&world).map_err(|trouble| trouble.message)?;
            self.open.insert(name.clone(), store);
        }
        self.open.get_mut(&name).ok_or_else(|| "the desk could not be opened".to_owned())
    }

    fn world(&self, path: &Placed<String>) -> Result<World, String> {
        let text = String::from_utf8(self.file(path)?).map_err(|_| format!("`{}` is not written in UTF-8", path.value))?;
        World::parse(&path.value, &text).map_err(|faults| faults.to_string())
    }

    fn file(&self, path: &Placed<String>) -> Result<Vec<u8>, String> {
        let from = self.loaded.sources.get(path.span.source).map(|source| source.name.to_string()).unwrap_or_default();
        Shelf.text(&path.value, &from)
    }
}

fn message(rule_set: &RuleSet, test: &MessageTest, desks: &mut Desks<'_>) -> Result<Verdict, Trouble> {
    let name = test.name.as_ref();
    let span = name.map(|name| name.span).or(test.mail.as_ref().map(|mail| mail.span)).unwrap_or_default();
    let name = name.map_or_else(|| "a mail".to_owned(), |name| name.value.clone());
    let mut verdict = Verdict { name, span, faults: Vec::new(), hits: Vec::new() };
    match decided(rule_set, test, desks) {
        Ok(decision) => {
            let hit = |line: &crate::engine::TraceLine| Some(format!("{}/{}", line.stage, line.rule.as_ref()?));
            verdict.hits = decision.trace.iter().filter_map(hit).collect();
            match &test.expect {
                Some(expect) => expected(&expect.value, &decision, &mut verdict),
                None => verdict.faults.push("the test expects nothing; add `expect`".to_owned()),
            }
        }
        Err(fault) => verdict.faults.push(fault),
    }
    Ok(verdict)
}

fn decided(rule_set: &RuleSet, test: &MessageTest, desks: &mut Desks<'_>) -> Result<Decision, String> {
    let mail = test.mail.as_ref().ok_or("the test has no `mail`")?;
    let raw = match &mail.value.file {
        Some(path) => desks.file(path)?,
        None => written(&mail.value),
    };
    let account = match &test.account {
        Some(name) => rule_set.account(name).ok_or_else(|| format!("there is no account `{}`", name.value))?,
        None => rule_set.accounts.first().ok_or("the test names no `account`")?,
    };
    let message = Message::read(&raw);
    let inquiry = inquire(rule_set, account, &message, NOW);
    let answers = desks.of(test)?.answer(&inquiry).map_err(|failure| failure.to_string())?;
    Ok(decide(rule_set, &Facts { message, account: account.name.clone(), answers, now: NOW }))
}

/// A mail as a test writes it.
fn written(mail: &MailFile) -> Vec<u8> {
    let mut text = String::new();
    let of = |setting: &Option<Placed<String>>, default: &str| setting.as_ref().map_or(default.to_owned(), |placed| placed.value.clone());
    let mut header = |name: &str, value: &str| {
        let one_line: String = value.chars().filter(|c| !c.is_control()).collect();
        text.push_str(&format!("{name}: {one_line}\r\n"));
    };
    for (name, value) in mail.headers.iter() {
        header(&name.value, value);
    }
    header("From", &of(&mail.from, "somebody@example.net"));
    header("To", &of(&mail.to, "desk@example.com"));
    header("Subject", &of(&mail.subject, ""));
    header("Message-ID", "<test@example.net>");
    header("MIME-Version", "1.0");
    let kind = if mail.html.is_some() { "text/html" } else { "text/plain" };
    let body = of(if mail.html.is_some() { &mail.html } else { &mail.text }, "");
    let part = format!("Content-Type: {kind}; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{body}\r\n");
    if mail.attachments.is_empty() {
        text.push_str(&part);
        return text.into_bytes();
    }
    let _ = write!(text, "Content-Type: multipart/mixed; boundary=\"{BOUNDARY}\"\r\n\r\n--{BOUNDARY}\r\n{part}");
    for (name, content) in mail.attachments.iter() {
        let name: String = name.value.chars().filter(|c| !c.is_control() && *c != '"').collect();
        let _ = write!(text, "--{BOUNDARY}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Disposition: attachment; filename=\"{name}\"\r\n\r\n{content}\r\n");
    }
    let _ = write!(text, "--{BOUNDARY}--\r\n");
    text.into_bytes()
}

fn expected(expect: &ExpectFile, decision: &Decision, verdict: &mut Verdict) {
    let (kind, word) = decision.outcome.words();
    let mut asserts = false;
    let outcomes = [
        ("action", &expect.action),
        ("refuse", &expect.refuse),
        ("ignore", &expect.ignore),
        ("discard", &expect.discard),
        ("quarantine", &expect.quarantine),
    ];
    for (expected_kind, expected_word) in outcomes {
        let Some(expected_word) = expected_word else { continue };
        asserts = true;
        if kind != expected_kind || word != expected_word.value {
            verdict.faults.push(format!("expected {expected_kind} `{}`, got {kind} `{word}`", expected_word.value));
        }
    }
    let effects: Vec<String> = decision.effects.iter().map(|effect| effect.word().to_owned()).collect();
    let replies: Vec<String> = decision.replies.iter().map(|reply| reply.name.clone()).collect();
    let one_reply = expect.reply.as_ref().map(|reply| vec![reply.value.clone()]);
    let notifications: Vec<String> = decision.notifications.iter().map(|reply| reply.name.clone()).collect();
    let lists = [
        ("notifications", expect.notifications.as_ref().map(|placed| placed.value.clone()), notifications),
        ("effects", expect.effects.as_ref().map(|placed| placed.value.clone()), effects),
        ("replies", one_reply, replies.clone()),
        ("replies", expect.replies.as_ref().map(|placed| placed.value.clone()), replies),
    ];
    for (what, wanted, got) in lists {
        let Some(wanted) = wanted else { continue };
        asserts = true;
        if wanted != got {
            verdict.faults.push(format!("expected the {what} [{}], got [{}]", wanted.join(", "), got.join(", ")));
        }
    }
    if let Some(dispose) = &expect.dispose {
        asserts = true;
        if dispose.value != decision.disposition {
            verdict.faults.push(format!("expected the mail to be disposed of by {:?}, got {:?}", dispose.value, decision.disposition).to_lowercase());
        }
    }
    for rule in expect.trace.iter().flat_map(|placed| &placed.value) {
        asserts = true;
        if !verdict.hits.contains(rule) {
            let stage = rule.split('/').next().unwrap_or_default();
            let got = verdict.hits.iter().find(|hit| hit.split('/').next() == Some(stage));
            verdict.faults.push(format!("expected `{rule}` to decide, got {}", got.map_or("nothing".to_owned(), |got| format!("`{got}`"))));
        }
    }
    if !asserts {
        verdict.faults.push("the test expects nothing in particular; say what".to_owned());
    }
}

fn as_text(report: &Report) -> String {
    let failed = report.verdicts.iter().filter(|(verdict, _)| !verdict.passed()).count();
    let mut text = String::new();
    for (verdict, place) in report.verdicts.iter().filter(|(verdict, _)| !verdict.passed()) {
        text.push_str(&format!("failed: {} ({place})\n", verdict.name));
        for fault in &verdict.faults {
            text.push_str(&format!("    {fault}\n"));
        }
    }
    for rule in &report.untested {
        text.push_str(&format!("warning[rule-without-test]: no test is decided by `{rule}`\n"));
    }
    if report.verdicts.is_empty() {
        text.push_str(&format!("{}: there are no tests; write some under `tests`\n", report.name));
        return text;
    }
    let passed = report.verdicts.len() - failed;
    let _ = writeln!(text, "{}: {passed} passed, {failed} failed, {} rules without a test", report.name, report.untested.len());
    text
}

fn as_json(reports: &[Report]) -> String {
    let one = |report: &Report| {
        let tests: Vec<serde_json::Value> = report
            .verdicts
            .iter()
            .map(|(verdict, place)| {
                serde_json::json!({ "name": verdict.name, "place": place, "passed": verdict.passed(), "faults": verdict.faults, "hits": verdict.hits })
            })
            .collect();
        serde_json::json!({ "rule_set": report.name, "tests": tests, "rules_without_test": report.untested })
    };
    let reports: Vec<serde_json::Value> = reports.iter().map(one).collect();
    format!("{:#}\n", serde_json::Value::Array(reports))
}

fn as_junit(reports: &[Report]) -> String {
    use crate::message::escape;
    let mut text = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n");
    for report in reports {
        let failed = report.verdicts.iter().filter(|(verdict, _)| !verdict.passed()).count();
        let _ = writeln!(text, "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{failed}\">", escape(&report.name), report.verdicts.len());
        for (verdict, place) in &report.verdicts {
            let head = format!("    <testcase name=\"{}\" classname=\"{}\"", escape(&verdict.name), escape(place));
            if verdict.passed() {
                let _ = writeln!(text, "{head}/>");
            } else {
                let _ = writeln!(text, "{head}><failure message=\"{}\"/></testcase>", escape(&verdict.faults.join("; ")));
            }
        }
        text.push_str("  </testsuite>\n");
    }
    text.push_str("</testsuites>\n");
    text
}

//! `--from MAIL`: writes a test that expects what becomes of a real mail now, with everybody's name, address and
//! telephone number replaced.

mod desk;
mod mail;

use super::beside;
use super::expected::{setting, settings};
use super::mail::Bench;
use super::substitute::Substitutes;
use super::{TestArgs, answering, usable};
use crate::adapters::seal::Seal;
use crate::adapters::sqlite::SqliteStore;
use crate::cli::replace::replace;
use crate::cli::{Exit, Trouble, mail as raw_mail, open};
use crate::diagnostic::{Diagnostic, Source, SourceId};
use crate::engine::{Decision, Facts, decide, inquire, own_addresses};
use crate::message::Message;
use crate::ports::Desk as _;
use crate::ruleset::RuleSet;
use crate::ruleset::account::Account;
use crate::ruleset::decode::from_node;
use crate::ruleset::example::correction;
use crate::ruleset::file::{TestFile, TestsFile};
use crate::ruleset::load::Loaded;
use crate::ruleset::yaml::{self, extent};
use crate::vocab::{Kind, SenderCase};
use std::fmt::Write as _;
use std::io::Write;
use std::path::Path;

/// The first lines of a new file of tests.
const HEAD: &str = "# yaml-language-server: $schema=schemas/test.v1.json\n\n";

/// Writes a test from a mail.
pub(super) fn run(args: &TestArgs, mail: &Path, out: &mut dyn Write) -> Result<Exit, Trouble> {
    let named = match args.rules.as_slice() {
        [] => None,
        [one] => Some(one.as_path()),
        _ => return Err(Trouble::usage("--from writes a test of one rule set; name one")),
    };
    let loaded = beside::load(named)?;
    let rule_set = answering(usable(&loaded)?);
    let account = account(&rule_set, args.account.as_deref())?;
    let mut desk = desk_of(args, named)?;
    desk.seal_with(Seal::from_place(rule_set.system.token_secret.as_ref())?);
    let message = Message::read_within(&raw_mail::bytes(mail)?, &account.limits);
    let now = jiff::Timestamp::now().as_second();
    let answers = desk.answer(&inquire(&rule_set, account, &message, now))?;
    let facts = Facts { message, account: account.name.clone(), answers, now };
    let test = test_from_mail(&rule_set, &loaded, &facts)?;
    if !args.write {
        write!(out, "{HEAD}messages:\n{test}")?;
        return Ok(Exit::Done);
    }
    let top =
        loaded.sources.get(super::top(&loaded)).map(|source| source.name.to_string()).unwrap_or_default();
    if !Path::new(&top).is_file() {
        return Err(Trouble::usage(format!(
            "`{top}` is built in, so nothing can stand beside it; name a rule file of your own"
        )));
    }
    let path = beside::path_for(Path::new(&top));
    let cannot =
        |error: std::io::Error| Trouble::new(format!("`{}` cannot be written: {error}", path.display()));
    let known = if path.exists() { std::fs::read_to_string(&path).map_err(cannot)? } else { HEAD.to_owned() };
    replace(&path, &with_test(&known, &test, &path)?).map_err(cannot)?;
    writeln!(
        out,
        "{}: a test more. Read it before you share it: a name that nobody's record bears cannot be known.",
        path.display()
    )?;
    Ok(Exit::Done)
}

/// The account that the mail came to; accounts for tests may be named too.
fn account<'a>(rule_set: &'a RuleSet, named: Option<&str>) -> Result<&'a Account, Trouble> {
    match named.and_then(|name| rule_set.account(name)) {
        Some(account) => Ok(account),
        None => open::account(rule_set, named),
    }
}

fn desk_of(args: &TestArgs, named: Option<&Path>) -> Result<SqliteStore, Trouble> {
    match (&args.world, &args.store) {
        (Some(world), _) => open::store_of(&open::world(world)?),
        (None, Some(store)) => open::store_to_look(store),
        (None, None) if open::is_demo(named) => open::store_of(&open::demo_world()?),
        (None, None) => {
            Err(Trouble::usage("on which desk was the mail decided? Say --world FILE or --store STORE"))
        }
    }
}

/// Writes a test that expects what becomes of a mail: an item of a file's `messages`, two spaces indented.
///
/// Names, addresses and telephone numbers are replaced by substitutes, the same person's by the same ones, and the
/// people and items that the desk knew are written into the test. The test passes: that is tried before it is given,
/// and a mail that would be decided otherwise without what was replaced makes none.
pub fn test_from_mail(rule_set: &RuleSet, loaded: &Loaded, facts: &Facts) -> Result<String, Trouble> {
    let decision = decide(rule_set, facts);
    let mut substitutes = substitutes(rule_set, facts);
    let world = desk::world(&facts.answers, facts.now, &mut substitutes);
    let world = world.to_yaml().map_err(Trouble::new)?;
    let mut last = Vec::new();
    let inline = mail::inline(&facts.message, &mut substitutes);
    let raw = mail::raw(&facts.message, &mut substitutes);
    for mail in inline.into_iter().chain([raw]) {
        let test = item(facts, &decision, &world, &mail);
        let faults = faults(rule_set, loaded, &test)?;
        if faults.is_empty() {
            return Ok(test);
        }
        last = faults;
    }
    Err(Trouble::new(format!(
        "without what tells who somebody is, this mail would be decided otherwise, so no test was written: {}",
        last.join("; ")
    )))
}

/// Everybody in the mail and in the desk's answers; what the rules name stays.
fn substitutes(rule_set: &RuleSet, facts: &Facts) -> Substitutes {
    let message = &facts.message;
    let own = own_addresses(rule_set).into_iter().map(|address| address.key());
    let named = rule_set.accounts.iter().flat_map(|account| {
        [&account.default_logging_analyst, &account.default_user, &account.otherwise_to].map(Clone::clone)
    });
    let taken = format!(
        "{} {} {:?} {:?}",
        message.subject,
        message.text.as_deref().unwrap_or_default(),
        message.from,
        facts.answers
    );
    let mut substitutes = Substitutes::new(own.chain(named.flatten()), &taken);
    if let Some(number) = rule_set.recognize(&message.subject).and_then(|(_, found)| found.number) {
        substitutes.keep_number(&number);
    }
    desk::meet(&facts.answers, &mut substitutes);
    let people = message.from.iter().chain(&message.sender).chain(&message.reply_to);
    for mailbox in people.chain(&message.to).chain(&message.cc) {
        let name = mailbox.name.as_deref().filter(|name| !mail::is_server(name));
        substitutes.meet(name, [&mailbox.address]);
    }
    substitutes
}

fn item(facts: &Facts, decision: &Decision, world: &str, mail: &str) -> String {
    let mut test = format!("  - name: {}\n", correction::word(&name(decision), ""));
    let _ = writeln!(test, "    account: {}", correction::word(&facts.account, ""));
    indented(&mut test, "world", world);
    indented(&mut test, "mail", mail);
    test.push_str("    expect:\n");
    for (key, words) in settings(decision) {
        let _ = writeln!(test, "      {}", setting(key, &words));
    }
    test
}

fn indented(test: &mut String, key: &str, text: &str) {
    let _ = writeln!(test, "    {key}:");
    for line in text.lines() {
        let _ = if line.is_empty() { writeln!(test) } else { writeln!(test, "      {line}") };
    }
}

/// A sentence about what became of the mail.
fn name(decision: &Decision) -> String {
    let who = match decision.sender.case {
        SenderCase::Unknown => "somebody unknown",
        SenderCase::User => "a user",
        SenderCase::Analyst => "an analyst",
        SenderCase::AnalystAndUser => "an analyst who is a user",
    };
    let (kind, word) = decision.outcome.words();
    let asked = decision.asked;
    match (asked.intent, asked.kind) {
        (Some(intent), Some(item)) => {
            let article = if item == Kind::Approval { "an" } else { "a" };
            format!("{who} asks to {} {article} {}, {kind} {word}", intent.word(), item.word())
        }
        (Some(_), None) => format!("{who} writes, {kind} {word}"),
        (None, _) => format!("a mail that is stopped, {kind} {word}"),
    }
}

/// What is wrong with a test that was just written.
fn faults(rule_set: &RuleSet, loaded: &Loaded, test: &str) -> Result<Vec<String>, Trouble> {
    let source = Source::new("the written test", format!("messages:\n{test}"));
    let mut written = loaded.clone();
    let id = written.sources.add(source.clone());
    let first = |findings: Vec<Diagnostic>| {
        let first = findings.first().map(|finding| finding.message.clone()).unwrap_or_default();
        Trouble::new(format!("the written test cannot be read: {first}"))
    };
    let tree = yaml::parse(id, &source).map_err(first)?;
    let file: TestFile = from_node(&tree).map_err(|finding| first(vec![finding]))?;
    let tests = TestsFile { messages: file.messages, ..TestsFile::default() };
    let verdict = Bench::new(&written, &tests).judge(rule_set, 0);
    Ok(verdict.faults.into_iter().map(|fault| fault.text).collect())
}

/// A file of tests with one more at the end of its `messages`.
fn with_test(known: &str, test: &str, path: &Path) -> Result<String, Trouble> {
    let source = Source::new(path.to_string_lossy().into_owned(), known);
    let tree = yaml::parse(SourceId::default(), &source).map_err(|_| {
        Trouble::new(format!("`{}` cannot be read; `postroom test` says why", path.display()))
    })?;
    let ends = if known.is_empty() || known.ends_with('\n') { "" } else { "\n" };
    let Some(messages) = tree.get("messages") else {
        return Ok(format!("{known}{ends}messages:\n{test}"));
    };
    let first = messages.items().first().map(|item| item.span.start);
    let Some(start) = first.and_then(|first| extent::dash(known, first)) else {
        return Err(Trouble::usage(format!(
            "in `{}` the `messages` are no list of lines that begin with `-`; print the test without --write and paste it",
            path.display()
        )));
    };
    let end = extent::line_end(known, extent::end(known, start));
    let indent = " ".repeat(extent::column(known, start));
    let test: String = test
        .lines()
        .map(|line| match line.strip_prefix("  ") {
            Some(line) => format!("\n{indent}{line}"),
            None => format!("\n{line}"),
        })
        .collect();
    let (before, behind) = known.split_at_checked(end).unwrap_or((known, ""));
    Ok(format!("{before}{test}{}", if behind.is_empty() { "\n" } else { behind }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn test_is_put_behind_the_last_one_whatever_stands_around() {
        let path = Path::new("a.test.yaml");
        let test = "  - name: b\n    mail: {}\n";
        let with = |known: &str| with_test(known, test, path).unwrap();
        assert_eq!(with("# c\n"), "# c\nmessages:\n  - name: b\n    mail: {}\n");
        assert_eq!(
            with("messages:\n- name: a   # first\n\nsubjects: []\n"),
            "messages:\n- name: a   # first\n- name: b\n  mail: {}\n\nsubjects: []\n"
        );
        assert!(with_test("messages: []\n", test, path).is_err());
    }
}

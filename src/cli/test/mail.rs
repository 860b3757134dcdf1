//! The mails of a test: each is written or read, the desk is asked, and what was decided is held against
//! what is expected.

use super::expected::compare;
use super::world::written_world;
use crate::adapters::library::Shelf;
use crate::adapters::seal::Seal;
use crate::adapters::secret::Secret;
use crate::adapters::sqlite::SqliteStore;
use crate::adapters::world::World;
use crate::cli::open;
use crate::engine::{Decision, Facts, decide, inquire};
use crate::message::Message;
use crate::ports::Desk as _;
use crate::ruleset::RuleSet;
use crate::ruleset::decode::Placed;
use crate::ruleset::example::{Fault, FaultKind, Verdict};
use crate::ruleset::file::{MailFile, MessageTest, TestsFile};
use crate::ruleset::layer::Library as _;
use crate::ruleset::load::Loaded;
use crate::vocab::{Inquiry, Limits};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// The instant at which every test happens: 2026-01-05, 09:00 UTC.
pub(super) const NOW: i64 = 1_767_603_600;

/// What tokens are signed with in every test: a token that stands in a test is known there, and nowhere else.
const SECRET: &str = "postroom test: this secret is known to everybody";

/// Stands between the parts of a mail that a test writes.
const BOUNDARY: &str = "part-of-a-test";

/// The mails of a rule set's tests, each read once, with the desks that they start from. Deciding changes nothing, so
/// the same mails may be decided by as many rule sets as one likes.
pub(super) struct Bench<'a> {
    loaded: &'a Loaded,
    tests: &'a TestsFile,
    open: BTreeMap<String, SqliteStore>,
    mails: Vec<Mail<'a>>,
}

/// One mail of a test, ready to be decided.
struct Mail<'a> {
    test: &'a MessageTest,
    message: Result<Message, Fault>,
    /// What the desk said last, and to which questions.
    known: Option<(Inquiry, Facts)>,
}

/// What the mails of the account are read within that a test names, or of the first.
fn limits(loaded: &Loaded, test: &MessageTest) -> Limits {
    let account = loaded.rule_set.as_ref().and_then(|rule_set| match &test.account {
        Some(name) => rule_set.account(name),
        None => rule_set.accounts.first(),
    });
    account.map(|account| account.limits).unwrap_or_default()
}

impl<'a> Bench<'a> {
    /// Reads every mail.
    pub(super) fn new(loaded: &'a Loaded, tests: &'a TestsFile) -> Self {
        let mails = tests.messages.iter().map(|test| Mail {
            test,
            message: mail(test)
                .and_then(|mail| match (&mail.value.file, &mail.value.raw) {
                    (Some(path), _) => file(loaded, path),
                    (None, Some(raw)) => Ok(raw.value.replace('\n', "\r\n").into_bytes()),
                    (None, None) => Ok(written(&mail.value)),
                })
                .map(|raw| Message::read_within(&raw, &limits(loaded, test))),
            known: None,
        });
        Self { loaded, tests, open: BTreeMap::new(), mails: mails.collect() }
    }

    /// How many mails there are.
    pub(super) fn len(&self) -> usize {
        self.mails.len()
    }

    /// Decides one mail and holds it against what is expected.
    pub(super) fn judge(&mut self, rule_set: &RuleSet, at: usize) -> Verdict {
        let sources = &self.loaded.sources;
        let Some(test) = self.mails.get(at).map(|mail| mail.test) else { return Verdict::default() };
        let name = test.name.as_ref();
        let span =
            name.map(|name| name.span).or(test.mail.as_ref().map(|mail| mail.span)).unwrap_or_default();
        let name = name.map_or_else(|| "a mail".to_owned(), |name| name.value.clone());
        match self.decided(rule_set, at) {
            Ok((facts, decision)) => {
                let verdict = Verdict { name, span, ..Verdict::default() };
                compare(rule_set, test, facts, &decision, verdict, sources)
            }
            Err(fault) => Verdict::broken(name, span, fault),
        }
    }

    /// What becomes of one mail, with all that was known.
    pub(super) fn decided(&mut self, rule_set: &RuleSet, at: usize) -> Result<(&Facts, Decision), Fault> {
        let nothing = || Fault::new(FaultKind::Test, "there is no such test");
        let Self { loaded, tests, open, mails } = self;
        let mail = mails.get_mut(at).ok_or_else(nothing)?;
        let message = mail.message.as_ref().map_err(Clone::clone)?;
        let account = match &mail.test.account {
            Some(name) => rule_set.account(name).ok_or_else(|| {
                let known: Vec<&str> =
                    rule_set.accounts.iter().map(|account| account.name.as_str()).collect();
                Fault::unknown("account", name, name.span, &known)
            })?,
            None => rule_set.accounts.first().ok_or_else(|| {
                Fault::new(FaultKind::Test, "the rule set has no account that the mail could come to").help(
                    "write one under `accounts` of the tests: its switches, and `new_calls: { template: … }`",
                )
            })?,
        };
        let inquiry = inquire(rule_set, account, message, NOW);
        let is_known = mail
            .known
            .as_ref()
            .is_some_and(|(asked, facts)| *asked == inquiry && facts.account == account.name);
        if !is_known {
            let desk = desk(loaded, tests, open, mail.test)?;
            let answers =
                desk.answer(&inquiry).map_err(|failure| Fault::new(FaultKind::Test, failure.to_string()))?;
            let facts = Facts { message: message.clone(), account: account.name.clone(), answers, now: NOW };
            mail.known = Some((inquiry, facts));
        }
        let (_, facts) = mail.known.as_ref().ok_or_else(nothing)?;
        Ok((facts, decide(rule_set, facts)))
    }
}

fn mail(test: &MessageTest) -> Result<&Placed<MailFile>, Fault> {
    test.mail.as_ref().ok_or_else(|| {
        let fault = Fault::new(FaultKind::Test, "the test has no `mail`");
        let fault = match &test.name {
            Some(name) => fault.at(name.span),
            None => fault,
        };
        fault.help("write it: `mail: { from: uma@example.com, subject: \"No network\", text: Please help. }`, or `mail: { file: a.eml }`")
    })
}

/// The desk that a test starts from, opened once.
fn desk<'d>(
    loaded: &Loaded,
    tests: &TestsFile,
    open: &'d mut BTreeMap<String, SqliteStore>,
    test: &MessageTest,
) -> Result<&'d mut SqliteStore, Fault> {
    let named = test.desk.as_ref().or(tests.desk.as_ref());
    let key = match (&test.world, named) {
        (Some(world), _) => format!("{}:{}", world.span.source.0, world.span.start),
        (None, Some(path)) => path.value.clone(),
        (None, None) => String::new(),
    };
    if !open.contains_key(&key) {
        let world = match (&test.world, named) {
            (Some(world), _) => written_world(loaded, world.span)?,
            (None, Some(path)) => {
                let text = String::from_utf8(file(loaded, path)?).map_err(|_| {
                    let text = format!("`{}` is not written in UTF-8", path.value);
                    Fault::new(FaultKind::Test, text).at(path.span)
                })?;
                World::parse(&path.value, &text)
                    .map_err(|faults| Fault::new(FaultKind::Test, faults.to_string()).at(path.span))?
            }
            (None, None) => World::default(),
        };
        let mut store =
            open::store_of(&world).map_err(|trouble| Fault::new(FaultKind::Test, trouble.message))?;
        store.seal_with(Seal::new(&Secret::new(SECRET)).ok());
        open.insert(key.clone(), store);
    }
    open.get_mut(&key).ok_or_else(|| Fault::new(FaultKind::Test, "the desk could not be opened"))
}

/// A file that a test names, as seen from the file in which the test stands.
fn file(loaded: &Loaded, path: &Placed<String>) -> Result<Vec<u8>, Fault> {
    let from = loaded.sources.get(path.span.source).map(|source| source.name.to_string()).unwrap_or_default();
    Shelf.text(&path.value, &from).map_err(|reason| {
        Fault::new(FaultKind::Test, format!("the file cannot be read: {reason}"))
            .at(path.span)
            .help("paths are seen from the folder of the file in which the test stands")
    })
}

/// A mail as a test writes it.
fn written(mail: &MailFile) -> Vec<u8> {
    let mut text = String::new();
    let of = |setting: &Option<Placed<String>>, default: &str| {
        setting.as_ref().map_or(default.to_owned(), |placed| placed.value.clone())
    };
    let mut header = |name: &str, value: &str| {
        let one_line: String = value.chars().filter(|c| !c.is_control()).collect();
        let _ = write!(text, "{name}: {one_line}\r\n");
    };
    for (name, value) in &mail.headers {
        header(&name.value, value);
    }
    header("From", &of(&mail.from, "somebody@example.net"));
    header("To", &of(&mail.to, "desk@example.com"));
    header("Subject", &of(&mail.subject, ""));
    if !mail.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("message-id")) {
        header("Message-ID", "<test@example.net>");
    }
    header("MIME-Version", "1.0");
    let kind = if mail.html.is_some() { "text/html" } else { "text/plain" };
    let body = of(if mail.html.is_some() { &mail.html } else { &mail.text }, "");
    let part =
        format!("Content-Type: {kind}; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{body}\r\n");
    if mail.attachments.is_empty() {
        text.push_str(&part);
        return text.into_bytes();
    }
    let _ =
        write!(text, "Content-Type: multipart/mixed; boundary=\"{BOUNDARY}\"\r\n\r\n--{BOUNDARY}\r\n{part}");
    for (name, content) in &mail.attachments {
        let name: String = name.value.chars().filter(|c| !c.is_control() && *c != '"').collect();
        let _ = write!(
            text,
            "--{BOUNDARY}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Disposition: attachment; filename=\"{name}\"\r\n\r\n{content}\r\n"
        );
    }
    let _ = write!(text, "--{BOUNDARY}--\r\n");
    text.into_bytes()
}

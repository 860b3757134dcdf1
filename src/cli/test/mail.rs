//! One mail of a test: written, decided, and held against what is expected.

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
use crate::ruleset::example::Verdict;
use crate::ruleset::file::{ExpectFile, MailFile, MessageTest, TestsFile};
use crate::ruleset::layer::Library as _;
use crate::ruleset::load::Loaded;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// The instant at which every test happens: 2026-01-05, 09:00 UTC.
const NOW: i64 = 1_767_603_600;

/// What tokens are signed with in every test: a token that stands in a test is known there, and nowhere else.
const SECRET: &str = "postroom test: this secret is known to everybody";

/// Stands between the parts of a mail that a test writes.
const BOUNDARY: &str = "part-of-a-test";

/// The desks that tests start from, each opened once: deciding changes nothing.
pub(super) struct Desks<'a> {
    loaded: &'a Loaded,
    tests: &'a TestsFile,
    open: BTreeMap<String, SqliteStore>,
}

impl<'a> Desks<'a> {
    pub(super) fn new(loaded: &'a Loaded, tests: &'a TestsFile) -> Self {
        Self { loaded, tests, open: BTreeMap::new() }
    }

    fn of(&mut self, test: &MessageTest) -> Result<&mut SqliteStore, String> {
        let named = test.desk.as_ref().or(self.tests.desk.as_ref());
        let (name, store) = match named {
            None => (String::new(), None),
            Some(path) => (path.value.clone(), Some(path)),
        };
        if !self.open.contains_key(&name) {
            let world = store.map_or_else(|| Ok(World::default()), |path| self.world(path))?;
            let mut store = open::store_of(&world).map_err(|trouble| trouble.message)?;
            store.seal_with(Seal::new(&Secret::new(SECRET)).ok());
            self.open.insert(name.clone(), store);
        }
        self.open.get_mut(&name).ok_or_else(|| "the desk could not be opened".to_owned())
    }

    fn world(&self, path: &Placed<String>) -> Result<World, String> {
        let text = String::from_utf8(self.file(path)?)
            .map_err(|_| format!("`{}` is not written in UTF-8", path.value))?;
        World::parse(&path.value, &text).map_err(|faults| faults.to_string())
    }

    fn file(&self, path: &Placed<String>) -> Result<Vec<u8>, String> {
        let from = self
            .loaded
            .sources
            .get(path.span.source)
            .map(|source| source.name.to_string())
            .unwrap_or_default();
        Shelf.text(&path.value, &from)
    }
}

/// Decides the mail of one test and holds the decision against what is expected.
pub(super) fn judge(rule_set: &RuleSet, test: &MessageTest, desks: &mut Desks<'_>) -> Verdict {
    let name = test.name.as_ref();
    let span = name.map(|name| name.span).or(test.mail.as_ref().map(|mail| mail.span)).unwrap_or_default();
    let name = name.map_or_else(|| "a mail".to_owned(), |name| name.value.clone());
    let mut verdict = Verdict { name, span, faults: Vec::new(), hits: Vec::new() };
    match decided(rule_set, test, desks) {
        Ok(decision) => {
            let hit =
                |line: &crate::engine::TraceLine| Some(format!("{}/{}", line.stage, line.rule.as_ref()?));
            verdict.hits = decision.trace.iter().filter_map(hit).collect();
            match &test.expect {
                Some(expect) => expected(&expect.value, &decision, &mut verdict),
                None => verdict.faults.push("the test expects nothing; add `expect`".to_owned()),
            }
        }
        Err(fault) => verdict.faults.push(fault),
    }
    verdict
}

fn decided(rule_set: &RuleSet, test: &MessageTest, desks: &mut Desks<'_>) -> Result<Decision, String> {
    let mail = test.mail.as_ref().ok_or("the test has no `mail`")?;
    let raw = match &mail.value.file {
        Some(path) => desks.file(path)?,
        None => written(&mail.value),
    };
    let account = match &test.account {
        Some(name) => {
            rule_set.account(name).ok_or_else(|| format!("there is no account `{}`", name.value))?
        }
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
    header("Message-ID", "<test@example.net>");
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
            verdict
                .faults
                .push(format!("expected {expected_kind} `{}`, got {kind} `{word}`", expected_word.value));
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
            verdict.faults.push(format!(
                "expected the {what} [{}], got [{}]",
                wanted.join(", "),
                got.join(", ")
            ));
        }
    }
    if let Some(dispose) = &expect.dispose {
        asserts = true;
        if dispose.value != decision.disposition {
            verdict.faults.push(
                format!(
                    "expected the mail to be disposed of by {:?}, got {:?}",
                    dispose.value, decision.disposition
                )
                .to_lowercase(),
            );
        }
    }
    for rule in expect.trace.iter().flat_map(|placed| &placed.value) {
        asserts = true;
        if !verdict.hits.contains(rule) {
            let stage = rule.split('/').next().unwrap_or_default();
            let got = verdict.hits.iter().find(|hit| hit.split('/').next() == Some(stage));
            verdict.faults.push(format!(
                "expected `{rule}` to decide, got {}",
                got.map_or("nothing".to_owned(), |got| format!("`{got}`"))
            ));
        }
    }
    if !asserts {
        verdict.faults.push("the test expects nothing in particular; say what".to_owned());
    }
}

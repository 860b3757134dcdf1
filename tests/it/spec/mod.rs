//! The rows of the specification: one test each, named after its row, over the real thing in memory.
//!
//! Rule text is loaded, a world becomes a desk, raw bytes are read, decided and settled; then the test looks
//! at the desk and at the mails that wait to be sent. [`desk`] is the bench: the shipped rules, one account
//! with every switch as shipped, and the small desk of the fixtures.

mod accounts;
mod approvals;
mod closing;
mod findings;
mod guards;
mod logging;
mod numbers;
mod outgoing;
mod polling;
mod property;
mod replies;
mod sender;
mod strict;
mod subject;
mod updating;

use postroom::adapters::compose::{Composed, Marks, compose};
use postroom::adapters::library::Shelf;
use postroom::adapters::seal::Seal;
use postroom::adapters::secret::Secret;
use postroom::adapters::sqlite::{ItemFilter, ItemSheet, PersonLine, SqliteStore};
use postroom::adapters::world::World;
use postroom::diagnostic::Source;
use postroom::engine::{Decision, Facts, contents, decide, inquire};
use postroom::message::{Message, sha256};
use postroom::ports::{
    Contents, Desk as _, Entry, Failure, Key, Ledger as _, OutboxEntry, OutboxState, Settlement, Store as _,
};
use postroom::ruleset::RuleSet;
use postroom::ruleset::account::Account;
use postroom::ruleset::load::{Loaded, load};
use postroom::vocab::{Kind, Number, ObjectSource, Reference, ReplyPurpose, Series, State};
use serde_json::Value;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Mutex;

/// What tokens are signed with; rules that make none pay it no heed.
const SECRET: &str = "a secret of the tests that is long enough";

const SMALL: &str = include_str!("../../../fixtures/desk/small.yaml");

/// The installation that every test starts from.
const RULES: &str = "
format: 1
rule_set: bench
revision: 1
change_reason: A test
extends: classic
accounts:
  desk:
    connect: { files: { folder: in } }
    new_calls: { template: IT Incident, default_logging_analyst: Duty Analyst }
    closed_calls: { otherwise_to: IT First Line }
outgoing:
  main: { files: { folder: out }, outgoing_email_id: desk@example.com, default: true }
";

/// The instant of the first mail; each further one comes a second later.
const NOW: i64 = 1_800_000_000;

// Rules and world ------------------------------------------------------------------------------------------

/// An installation and a world, before any mail has come.
#[derive(Clone)]
pub(super) struct Bench {
    rules: Value,
    world: Value,
}

/// The shipped rules with one account, and the small desk.
pub(super) fn desk() -> Bench {
    Bench { rules: tree(RULES), world: tree(SMALL) }
}

fn tree(yaml: &str) -> Value {
    let options = serde_saphyr::options! { strict_booleans: true };
    serde_saphyr::from_str_with_options(yaml, options).unwrap_or_else(|error| panic!("{error}: {yaml}"))
}

/// Puts one tree upon another: maps key by key, `null` takes a key away, and of a list whose members have a
/// name or a number those with the same one are merged and the others added.
fn merge(base: &mut Value, over: Value) {
    match (base, over) {
        (Value::Object(base), Value::Object(over)) => {
            for (key, value) in over {
                if value.is_null() {
                    base.shift_remove(&key);
                } else {
                    merge(base.entry(key).or_insert(Value::Null), value);
                }
            }
        }
        (Value::Array(base), Value::Array(over)) if base.iter().any(|item| id_of(item).is_some()) => {
            for item in over {
                match base.iter_mut().find(|known| id_of(known).is_some() && id_of(known) == id_of(&item)) {
                    Some(known) => merge(known, item),
                    None => base.push(item),
                }
            }
        }
        (base, over) => *base = over,
    }
}

fn id_of(item: &Value) -> Option<&Value> {
    item.get("number").or_else(|| item.get("name"))
}

impl Bench {
    /// Puts settings upon the whole rule file.
    pub(super) fn rules(mut self, yaml: &str) -> Self {
        merge(&mut self.rules, tree(yaml));
        self
    }

    fn below(self, path: &[&str], yaml: &str) -> Self {
        let wrapped = path.iter().rev().fold(tree(yaml), |value, key| serde_json::json!({ *key: value }));
        self.rules(&wrapped.to_string())
    }

    /// Puts switches upon those of the account.
    pub(super) fn account(self, yaml: &str) -> Self {
        self.below(&["accounts", "desk"], yaml)
    }

    /// Puts settings upon those of the system.
    pub(super) fn system(self, yaml: &str) -> Self {
        self.below(&["system"], yaml)
    }

    /// Puts settings upon those of the one outgoing server.
    pub(super) fn outgoing(self, yaml: &str) -> Self {
        self.below(&["outgoing", "main"], yaml)
    }

    /// Changes and adds records of the desk; lists are merged by name or number.
    pub(super) fn world(mut self, yaml: &str) -> Self {
        merge(&mut self.world, tree(yaml));
        self
    }

    /// The rules, read and proven.
    pub(super) fn load(&self) -> Loaded {
        // JSON is YAML
        load(Source::new("postroom.yaml", serde_json::to_string_pretty(&self.rules).unwrap()), &Shelf)
    }

    /// The codes of all findings.
    pub(super) fn findings(&self) -> Vec<&'static str> {
        self.load().findings.iter().map(|finding| finding.code).collect()
    }

    /// The account as it stands after loading.
    pub(super) fn loaded_account(&self) -> Account {
        self.rule_set().account("desk").unwrap().clone()
    }

    /// The rule set; the same text is read and proven once.
    pub(super) fn rule_set(&self) -> RuleSet {
        static PROVEN: Mutex<BTreeMap<String, RuleSet>> = Mutex::new(BTreeMap::new());
        let text = self.rules.to_string();
        if let Some(known) = PROVEN.lock().unwrap().get(&text) {
            return known.clone();
        }
        let loaded = self.load();
        let rule_set = loaded.rule_set.unwrap_or_else(|| panic!("{:#?}", loaded.findings));
        PROVEN.lock().unwrap().insert(text, rule_set.clone());
        rule_set
    }

    fn world_read(&self) -> World {
        World::parse("world.yaml", &self.world.to_string()).unwrap()
    }

    /// Opens the desk.
    pub(super) fn open(&self) -> Desk {
        self.open_with(SqliteStore::in_memory().unwrap())
    }

    /// Opens the desk in a file.
    pub(super) fn open_in(&self, file: &Path) -> Desk {
        self.open_with(SqliteStore::open(file).unwrap())
    }

    fn open_with(&self, mut store: SqliteStore) -> Desk {
        store.import(&self.world_read()).unwrap();
        let rules = self.rule_set();
        store.seal_with(rules.system.token_secret.and(Seal::new(&Secret::new(SECRET)).ok()));
        Desk { rule_set: self.rule_set(), store, now: NOW }
    }

    /// Opens the desk and has it deal with a mail to the account.
    pub(super) fn receives(&self, mail: impl Into<Vec<u8>>) -> After {
        self.open().receives(mail)
    }
}

// Mails ----------------------------------------------------------------------------------------------------

/// A mail being written.
#[derive(Clone)]
pub(super) struct Mail {
    headers: String,
    text: String,
    html: Option<String>,
    attachments: Vec<(String, String)>,
}

/// A mail from somebody to the desk, in plain text.
pub(super) fn mail(from: &str, subject: &str) -> Mail {
    let headers = format!("From: {from}\r\nSubject: {subject}\r\nMIME-Version: 1.0\r\n");
    Mail { headers, text: "Please see below.".to_owned(), html: None, attachments: Vec::new() }
        .id("first@example.net")
}

impl Mail {
    pub(super) fn id(self, id: &str) -> Self {
        let headers: String =
            self.headers.split_inclusive("\r\n").filter(|line| !line.starts_with("Message-ID:")).collect();
        Self { headers, ..self }.header("Message-ID", &format!("<{id}>"))
    }

    pub(super) fn header(mut self, name: &str, value: &str) -> Self {
        write!(self.headers, "{name}: {value}\r\n").unwrap();
        self
    }

    pub(super) fn text(mut self, text: &str) -> Self {
        text.clone_into(&mut self.text);
        self
    }

    pub(super) fn html(mut self, html: &str) -> Self {
        self.html = Some(html.to_owned());
        self
    }

    pub(super) fn attach(mut self, name: &str, content: &str) -> Self {
        self.attachments.push((name.to_owned(), content.to_owned()));
        self
    }

    fn body(&self) -> String {
        let text = format!("Content-Type: text/plain; charset=utf-8\r\n\r\n{}\r\n", self.text);
        let Some(html) = &self.html else { return text };
        format!(
            "Content-Type: multipart/alternative; boundary=\"alt\"\r\n\r\n--alt\r\n{text}--alt\r\n\
             Content-Type: text/html; charset=utf-8\r\n\r\n{html}\r\n--alt--\r\n"
        )
    }
}

impl From<Mail> for Vec<u8> {
    fn from(mail: Mail) -> Self {
        let mut raw = mail.headers.clone();
        if !raw.contains("\r\nTo:") {
            raw.push_str("To: desk@example.com\r\n");
        }
        if mail.attachments.is_empty() {
            raw.push_str(&mail.body());
            return raw.into_bytes();
        }
        write!(raw, "Content-Type: multipart/mixed; boundary=\"mix\"\r\n\r\n--mix\r\n{}", mail.body())
            .unwrap();
        for (name, content) in &mail.attachments {
            write!(
                raw,
                "--mix\r\nContent-Type: application/octet-stream\r\n\
                 Content-Disposition: attachment; filename=\"{name}\"\r\n\r\n{content}\r\n"
            )
            .unwrap();
        }
        raw.push_str("--mix--\r\n");
        raw.into_bytes()
    }
}

/// The bytes of a mail of the fixtures.
pub(super) fn fixture(name: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/mail").join(name);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The names of all mails of the fixtures.
pub(super) fn fixtures() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/mail");
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.to_lowercase().ends_with(".eml"))
        .collect();
    names.sort();
    names
}

// The desk -------------------------------------------------------------------------------------------------

/// A desk that deals with mail.
pub(super) struct Desk {
    pub(super) rule_set: RuleSet,
    pub(super) store: SqliteStore,
    pub(super) now: i64,
}

struct Parts<'a> {
    message: &'a Message,
    raw: &'a [u8],
}

impl Contents for Parts<'_> {
    fn bytes(&self, source: &ObjectSource) -> Cow<'_, [u8]> {
        contents(self.message, self.raw, source)
    }
}

impl Desk {
    /// Deals with a mail to the account: reads, decides, settles.
    pub(super) fn receives(self, mail: impl Into<Vec<u8>>) -> After {
        self.receives_for("desk", mail)
    }

    /// Deals with a mail to an account of this name.
    pub(super) fn receives_for(mut self, account: &str, mail: impl Into<Vec<u8>>) -> After {
        let raw: Vec<u8> = mail.into();
        let before = portrait(&self.store);
        let mails_before = self.store.outbox(None, 0).unwrap().len();
        let (decision, key, is_new) = self.deal_with(account, &raw).unwrap();
        let mails = self.store.outbox(None, 0).unwrap().split_off(mails_before);
        self.now += 1;
        After { desk: self, decision, key, is_new, raw, before, mails }
    }

    /// What becomes of the mail, under which key it is known, and whether it is written down just now.
    pub(super) fn deal_with(&mut self, account: &str, raw: &[u8]) -> Result<(Decision, Key, bool), Failure> {
        let message = Message::read(raw);
        let key = Key { account: account.to_owned(), identity: String::new(), sha256: sha256(raw) };
        let inquiry = inquire(&self.rule_set, self.rule_set.account(account).unwrap(), &message, self.now);
        let answers = self.store.answer(&inquiry)?;
        let facts = Facts { message, account: account.to_owned(), answers, now: self.now };
        let decision = decide(&self.rule_set, &facts);
        let entry = entry(&key, &facts, &decision);
        let replies: Vec<_> = decision.mails().cloned().collect();
        let settlement = Settlement {
            entry: &entry,
            effects: &decision.effects,
            contents: &Parts { message: &facts.message, raw },
            replies: &replies,
            raw: decision.keep_bytes.then_some(raw),
            quarantine: decision.quarantine,
        };
        self.store.begin()?;
        let is_new = self.store.settle(&settlement)?;
        self.store.commit()?;
        Ok((decision, key, is_new))
    }
}

fn entry(key: &Key, facts: &Facts, decision: &Decision) -> Entry {
    let message = &facts.message;
    let identity = &decision.rule_set;
    Entry {
        key: key.clone(),
        origin: "test.eml".to_owned(),
        at: facts.now,
        size: message.size,
        message_id: message.message_id.clone(),
        from: message.originator().map(|mailbox| mailbox.address.to_string()),
        subject: message.subject.clone(),
        outcome: decision.outcome.clone(),
        about: decision.about.map(|(kind, number)| Reference { kind, number }),
        disposition: decision.disposition,
        rule_set: (identity.name.clone(), identity.revision, identity.digest.clone()),
        decision: decision.to_json().to_string(),
    }
}

/// Everything that people can see of a desk, as text.
pub(super) fn portrait(store: &SqliteStore) -> String {
    let mut seen = format!("{:#?}\n", store.people().unwrap());
    for series in [Series::Call, Series::Request, Series::Task] {
        for item in store.items(series, ItemFilter::default()).unwrap() {
            writeln!(seen, "{:#?}", store.show(series, item.number).unwrap()).unwrap();
        }
    }
    seen
}

// After a mail ---------------------------------------------------------------------------------------------

/// A desk after it has dealt with a mail.
pub(super) struct After {
    pub(super) desk: Desk,
    pub(super) decision: Decision,
    pub(super) key: Key,
    pub(super) is_new: bool,
    pub(super) raw: Vec<u8>,
    before: String,
    mails: Vec<OutboxEntry>,
}

impl After {
    /// Deals with another mail to the account.
    pub(super) fn receives(self, mail: impl Into<Vec<u8>>) -> Self {
        self.desk.receives(mail)
    }

    /// What became of the mail: the kind of outcome and its word.
    pub(super) fn outcome(&self) -> String {
        let (kind, word) = self.decision.outcome.words();
        format!("{kind} {word}")
    }

    /// Whether anybody would see a difference on the desk.
    pub(super) fn changed(&self) -> bool {
        portrait(&self.desk.store) != self.before
    }

    /// Outcome, and that neither the desk changed nor anybody was told.
    #[track_caller]
    pub(super) fn assert_nothing_but(&self, outcome: &str) {
        assert_eq!(self.outcome(), outcome);
        assert!(!self.changed(), "the desk changed");
        assert!(self.mails.is_empty(), "{:#?}", self.mails);
    }

    /// Outcome and the one reply with its text, and that the desk did not change.
    #[track_caller]
    pub(super) fn assert_only_told(&self, outcome: &str, subject: &str, text: &str) {
        assert_eq!(self.outcome(), outcome);
        assert!(!self.changed(), "the desk changed");
        assert_eq!(self.reply(), (subject.to_owned(), text.to_owned()));
        assert_eq!(self.told(), Vec::<String>::new());
    }

    fn of(&self, purpose: ReplyPurpose) -> impl Iterator<Item = &OutboxEntry> {
        self.mails.iter().filter(move |entry| entry.reply.purpose == purpose)
    }

    /// The mails to the sender that wait to be sent.
    pub(super) fn replies(&self) -> Vec<&OutboxEntry> {
        let replies: Vec<_> = self.of(ReplyPurpose::Reply).collect();
        assert!(replies.iter().all(|entry| entry.state == OutboxState::Waiting));
        replies
    }

    /// Subject and text of the one reply.
    #[track_caller]
    pub(super) fn reply(&self) -> (String, String) {
        let reply = &self.the_reply().reply;
        (reply.subject.clone(), reply.text.trim_end().to_owned())
    }

    /// The one reply.
    #[track_caller]
    pub(super) fn the_reply(&self) -> &OutboxEntry {
        let replies = self.replies();
        assert_eq!(replies.len(), 1, "{}: {replies:#?}", self.outcome());
        replies[0]
    }

    /// Subjects of the replies.
    pub(super) fn subjects(&self) -> Vec<&str> {
        self.replies().iter().map(|entry| entry.reply.subject.as_str()).collect()
    }

    /// The addresses of those who are notified, sorted.
    pub(super) fn told(&self) -> Vec<String> {
        let mut told: Vec<String> =
            self.of(ReplyPurpose::Notification).map(|entry| entry.reply.to.address.to_string()).collect();
        told.sort();
        told
    }

    /// The one reply as it is handed to a server.
    #[track_caller]
    pub(super) fn composed(&self) -> Composed {
        let loop_mark = &self.desk.rule_set.system.loop_mark;
        compose(self.the_reply(), Marks { loop_mark, rules: None }).unwrap()
    }

    /// Why the reply was or was not sent, as the trace says it.
    pub(super) fn because(&self, stage: &str) -> Vec<String> {
        let lines = self.decision.trace.iter().filter(|line| line.stage == stage);
        lines.map(|line| format!("{}: {}", line.then, line.because.clone().unwrap_or_default())).collect()
    }

    /// The item of this kind and number.
    #[track_caller]
    pub(super) fn item(&self, kind: Kind, number: u32) -> ItemSheet {
        let number = Number::from(number);
        self.desk.store.show(kind.series(), number).unwrap().unwrap_or_else(|| panic!("no {kind:?} {number}"))
    }

    #[track_caller]
    pub(super) fn call(&self, number: u32) -> ItemSheet {
        self.item(Kind::Call, number)
    }

    #[track_caller]
    pub(super) fn task(&self, number: u32) -> ItemSheet {
        self.item(Kind::Task, number)
    }

    /// The call that the mail has logged.
    #[track_caller]
    pub(super) fn new_call(&self) -> ItemSheet {
        assert_eq!(self.outcome(), "action log_call");
        let (kind, number) = self.decision.about.unwrap();
        self.desk.store.show(kind.series(), number).unwrap().unwrap()
    }

    /// The person of this name.
    #[track_caller]
    pub(super) fn person(&self, name: &str) -> PersonLine {
        let people = self.desk.store.people().unwrap();
        people.into_iter().find(|person| person.name == name).unwrap_or_else(|| panic!("no `{name}`"))
    }

    /// How many people there are.
    pub(super) fn people_count(&self) -> usize {
        self.desk.store.people().unwrap().len()
    }
}

/// What matters about an item: state, owner, who ended it.
pub(super) fn state_and_owner(sheet: &ItemSheet) -> (State, String, Option<&str>) {
    let owner = sheet.item.owner.as_ref().map(|owner| owner.name().to_owned()).unwrap_or_default();
    (sheet.item.state, owner, sheet.ended_by.as_deref())
}

/// The last entry of an item's history: by whom, and what.
pub(super) fn last_entry(sheet: &ItemSheet) -> (&str, &str) {
    let entry = sheet.history.last().expect("an entry");
    (entry.by.as_deref().unwrap_or_default(), entry.text.trim_end())
}

/// Every text of an item's history.
pub(super) fn history(sheet: &ItemSheet) -> Vec<&str> {
    sheet.history.iter().map(|entry| entry.text.trim_end()).collect()
}

//! Stored mails, decided by both rule sets, each for itself and on the same desk.

use super::DiffArgs;
use super::document::{MailChange, MailKind, Replay};
use crate::adapters::files::FilesInbox;
use crate::adapters::seal::Seal;
use crate::adapters::sqlite::SqliteStore;
use crate::cli::trace::Detail;
use crate::cli::trace::sheet::sheet;
use crate::cli::{Format, Trouble, open, process, screen, time};
use crate::engine::{Decision, Facts, decide, explain, inquire};
use crate::message::Message;
use crate::ports::{Desk as _, Failure, Inbox as _};
use crate::ruleset::RuleSet;
use crate::ruleset::compare::Renamed;
use crate::vocab::{Answers, Inquiry, Limits, Outcome, Reply};
use std::collections::BTreeMap;
use std::path::Path;

/// The most faults that are told one by one.
const FAULTS_MAX: usize = 20;

/// The most mails of which both decisions are kept, so that memory stays within bounds.
const DECISIONS_MAX: usize = 10_000;

/// How many kept mails are listed at once.
const PAGE: usize = 256;

/// Mails that are decided, and what was found so far.
struct Replaying<'a> {
    sides: [&'a RuleSet; 2],
    /// What each side signs its tokens with.
    seals: [Option<Seal>; 2],
    renamed: &'a [Renamed],
    format: Format,
    /// Both sheets are wanted of every mail, not of one of each kind.
    wants_all_sheets: bool,
    replay: Replay,
    kinds: BTreeMap<(String, String), MailKind>,
}

/// Decides the mails as named.
pub(super) fn replay(args: &DiffArgs, sides: [&RuleSet; 2], renamed: &[Renamed]) -> Result<Replay, Trouble> {
    let [old, new] = sides.map(|rule_set| Seal::from_place(rule_set.system.token_secret.as_ref()));
    let seals = [old?, new?];
    let mut replaying = Replaying {
        sides,
        seals,
        renamed,
        format: args.format,
        wants_all_sheets: args.all || args.html.is_some(),
        replay: Replay::default(),
        kinds: BTreeMap::new(),
    };
    let mut desk = desk(args)?;
    if args.log {
        replaying.log(&open::store_to_look(args.store_name())?, &mut desk, args.account.as_deref())?;
    } else {
        let account = account(args, sides)?;
        let now = time::now();
        let mut inbox = FilesInbox::open(&args.mails);
        while let Some(fetched) = inbox.fetch() {
            let outcome =
                fetched.and_then(|mail| replaying.mail(&mut desk, &account, &mail.origin, &mail.raw, now));
            replaying.note(outcome);
        }
    }
    let Replaying { mut replay, kinds, .. } = replaying;
    replay.kinds = kinds.into_values().collect();
    replay.kinds.sort_by_key(|kind| std::cmp::Reverse(kind.count));
    Ok(replay)
}

/// The desk on which all of them are decided.
fn desk(args: &DiffArgs) -> Result<SqliteStore, Trouble> {
    if let Some(world) = &args.world {
        return open::store_of(&open::world(world)?);
    }
    let is_there = open::store_path(process::DEFAULT_STORE).is_ok_and(Path::exists);
    if args.log || args.store.is_some() || is_there {
        return open::store_to_look(args.store_name());
    }
    if [&args.old, &args.new].iter().any(|named| open::is_demo(Some(Path::new(named)))) {
        return open::store_of(&open::demo_world()?);
    }
    screen::note(
        "there is no store yet, so the mails are decided on an empty desk; name one with --world or --store",
    );
    Ok(SqliteStore::in_memory()?)
}

/// The account that files came to: one that both rule sets have, where there is a choice.
fn account(args: &DiffArgs, [old, new]: [&RuleSet; 2]) -> Result<String, Trouble> {
    match open::account(new, args.account.as_deref()) {
        Ok(account) => Ok(account.name.clone()),
        Err(trouble) => open::account(old, args.account.as_deref())
            .map(|account| account.name.clone())
            .map_err(|_| trouble),
    }
}

impl Replaying<'_> {
    /// The mails that the store has kept, oldest first.
    fn log(
        &mut self,
        store: &SqliteStore,
        desk: &mut SqliteStore,
        account: Option<&str>,
    ) -> Result<(), Trouble> {
        let mut after = 0;
        loop {
            let page = store.kept_mails(after, PAGE)?;
            let Some(last) = page.last() else { return Ok(()) };
            after = last.line;
            for mail in page {
                if account.is_some_and(|account| account != mail.account) {
                    continue;
                }
                let raw = store.kept_bytes(mail.line)?;
                let Some(raw) = raw else { continue };
                let outcome = self.mail(desk, &mail.account, &mail.origin, &raw, mail.at);
                self.note(outcome);
            }
        }
    }

    fn note(&mut self, outcome: Result<(), Failure>) {
        let Err(failure) = outcome else { return };
        self.replay.failed += 1;
        if self.replay.faults.len() < FAULTS_MAX {
            self.replay.faults.push(failure.to_string());
        }
    }

    fn mail(
        &mut self,
        desk: &mut SqliteStore,
        account: &str,
        origin: &str,
        raw: &[u8],
        now: i64,
    ) -> Result<(), Failure> {
        let mut read: Option<(Limits, Message)> = None;
        let mut asked: Option<(Inquiry, Answers)> = None;
        let mut decided: Vec<(Answers, Decision)> = Vec::new();
        for (rule_set, seal) in self.sides.into_iter().zip(&self.seals) {
            let limits = limits(rule_set, account);
            let message = match read.take() {
                Some((known, message)) if known == limits => message,
                _ => Message::read_within(raw, &limits),
            };
            let inquiry = rule_set
                .account(account)
                .map_or_else(Inquiry::default, |account| inquire(rule_set, account, &message, now));
            let answers = match &asked {
                // what a token says depends on the secret of the side
                Some((known, answers)) if *known == inquiry && inquiry.answered.is_none() => answers.clone(),
                _ => {
                    desk.seal_with(seal.clone());
                    let mut answers = desk.answer(&inquiry)?;
                    // every mail is decided for itself: what was sent lately says nothing here
                    answers.recent_replies.clear();
                    asked = Some((inquiry, answers.clone()));
                    answers
                }
            };
            let facts = Facts { message, account: account.to_owned(), answers, now };
            let decision = decide(rule_set, &facts);
            read = Some((limits, facts.message));
            decided.push((facts.answers, decision));
        }
        self.replay.decided += 1;
        let Some((_, message)) = read else { return Ok(()) };
        let Ok([old, new]) = <[(Answers, Decision); 2]>::try_from(decided) else { return Ok(()) };
        if let Some(ends) = difference(&old.1, &new.1, self.renamed) {
            self.changed(
                Facts { message, account: account.to_owned(), answers: old.0, now },
                new.0,
                [&old.1, &new.1],
                ends,
                origin,
            );
        }
        Ok(())
    }

    /// Keeps what is to be shown of a mail that ends differently: the mail as the new rule set has it read, the other
    /// facts as the old one had them, the answers as the new one got them.
    fn changed(
        &mut self,
        mut facts: Facts,
        answers: Answers,
        decisions: [&Decision; 2],
        (from, to): (String, String),
        origin: &str,
    ) {
        self.replay.changed += 1;
        let has_room = self.replay.changed <= DECISIONS_MAX;
        let kind = self.kinds.entry((from.clone(), to.clone())).or_insert_with(|| MailKind {
            old: from,
            new: to,
            count: 0,
            mails: Vec::new(),
        });
        kind.count += 1;
        if !has_room {
            return;
        }
        let [old_rules, new_rules] = self.sides;
        let [old, new] = decisions;
        let is_json = self.format == Format::Json;
        let sheets = (self.wants_all_sheets || kind.count == 1).then(|| {
            let brief =
                |rules, facts: &Facts| sheet(rules, facts, &explain(rules, facts), Detail::Brief, false);
            let before = brief(old_rules, &facts);
            facts.answers = answers;
            [before, brief(new_rules, &facts)]
        });
        let message = facts.message;
        kind.mails.push(MailChange {
            found_at: origin.to_owned(),
            account: facts.account,
            message_id: message.message_id.as_ref().map(|id| format!("<{id}>")),
            from: message.originator().map(ToString::to_string),
            subject: message.subject,
            old: is_json.then(|| old.to_json()),
            new: is_json.then(|| new.to_json()),
            sheets,
        });
    }
}

/// What the mails of an account are read within.
fn limits(rule_set: &RuleSet, account: &str) -> Limits {
    rule_set.account(account).map(|account| account.limits).unwrap_or_default()
}

/// How the two ends are called, where they differ in anything that the desk, the mailbox or a reader could notice.
/// A new name alone is nothing of the kind.
fn difference(old: &Decision, new: &Decision, renamed: &[Renamed]) -> Option<(String, String)> {
    let former = |what: &str, name: &str| -> String {
        let found = renamed.iter().find(|it| it.what == what && it.new == name);
        found.map_or(name, |it| it.old.as_str()).to_owned()
    };
    let outcome = match &new.outcome {
        Outcome::Action(name) => Outcome::Action(former("action", name)),
        Outcome::Refuse(name) => Outcome::Refuse(former("reply", name)),
        other => other.clone(),
    };
    let [from, to] = [old, new].map(|decision| process::words_of(&decision.outcome));
    if old.outcome != outcome {
        return Some((from, to));
    }
    let alike = |old: &[Reply], new: &[Reply]| {
        let renamed = new.iter().map(|mail| Reply { name: former("reply", &mail.name), ..mail.clone() });
        old.iter().cloned().eq(renamed)
    };
    let mut parts = Vec::new();
    if old.effects != new.effects {
        parts.push("effects");
    }
    if !alike(&old.replies, &new.replies) {
        parts.push("replies");
    }
    if !alike(&old.notifications, &new.notifications) {
        parts.push("notifications");
    }
    if (old.disposition, old.keep_bytes, old.quarantine) != (new.disposition, new.keep_bytes, new.quarantine)
    {
        parts.push("disposal");
    }
    if parts.is_empty() {
        return None;
    }
    Some((from, format!("{to} with other {}", parts.join(" and "))))
}

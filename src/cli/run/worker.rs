//! Polls one account: its own connection to the mailbox, its own connection to the store.

use super::bell::Bell;
use super::crew::Part;
use super::house::{House, continued, draw, held};
use crate::adapters::inboxes;
use crate::adapters::seal::Seal;
use crate::adapters::sqlite::SqliteStore;
use crate::cli::process::words_of;
use crate::cli::time;
use crate::ports::{Arrival, Failure, Inbox, Waited};
use crate::ruleset::account::Account;
use crate::runtime::{Backoff, Day, Dealing, Fate, Pipeline, Report, Settled, Watch};
use crate::vocab::{Disposition, Outcome};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// The stages of which one decides what becomes of a mail; the last one that had a rule did.
const DECIDING: [&str; 5] = ["guard", "recognize", "identify", "choose", "permit"];

/// How much of a digest a line shows; `postroom log` finds the mail by it.
const DIGEST_CHARS: usize = 12;

/// So many mails that cannot be fetched are named in the status; the log has all of them.
const NOT_FETCHED_SHOWN: usize = 20;

/// Polls until the account is polled no more, or the service stops.
pub(super) fn work(name: &str, house: &House, bell: &Bell) {
    let mut backoff = Backoff::default();
    let part = Part::Account(name.to_owned());
    let mut worker = Worker { name, part, house, store: None, inbox: None, told: BTreeSet::new() };
    while !house.is_stopping() {
        let active = house.active();
        let Some(account) = active.polled().find(|account| account.name == name) else { return };
        tracing::debug!(account = name, "polling");
        let pause = match worker.look(account, &active.rule_set) {
            Ok(()) => {
                worker.worked();
                backoff.succeeded();
                Duration::from_secs(account.poll_every_secs.max(1))
            }
            Err(failure) => {
                worker.store = None;
                worker.inbox = None;
                let pause = backoff.failed(draw());
                worker.failed(&failure, pause);
                pause
            }
        };
        let secs = i64::try_from(pause.as_secs()).unwrap_or(i64::MAX);
        house.note_account(name, |state| state.next_attempt = Some(time::now().saturating_add(secs)));
        if worker.wait(pause, bell) {
            // Somebody has changed something: what failed may work now.
            backoff.succeeded();
        }
    }
}

struct Worker<'a> {
    name: &'a str,
    part: Part,
    house: &'a House,
    store: Option<SqliteStore>,
    /// The mailbox, as long as it tells of new mail.
    inbox: Option<Box<dyn Inbox + Send>>,
    /// What the last look told about mails that could not be fetched; it is not told again at every look.
    told: BTreeSet<String>,
}

/// What is seen from the thread that fetches.
struct Seen<'a> {
    house: &'a House,
    account: &'a str,
    part: &'a Part,
    day: &'a Mutex<Day>,
    /// When each mail was fetched that is not settled yet, and what its source calls it.
    fetched: Mutex<BTreeMap<String, (Instant, String)>>,
}

impl Watch for Seen<'_> {
    fn is_over(&self) -> bool {
        self.house.is_stopping()
    }

    fn fetched(&self, arrival: &Arrival, took: Duration) {
        self.house.pulse.beat(self.part, "to fetch and write down mail", Duration::ZERO);
        held(self.day).fetched(&arrival.origin, &arrival.identity);
        self.house.metrics.stage("fetch", self.account, took);
        let known = (Instant::now(), arrival.identity.clone());
        let _earlier = held(&self.fetched).insert(arrival.origin.clone(), known);
    }
}

impl Worker<'_> {
    /// One look through the mailbox.
    fn look(&mut self, account: &Account, rule_set: &crate::ruleset::RuleSet) -> Result<(), Failure> {
        let Self { name, part, house, store, inbox, told } = self;
        house.pulse.beat(part, "to open the store and the mailbox", Duration::ZERO);
        house.note_account(name, |state| state.last_poll = Some(time::now()));
        let store = match store {
            Some(store) => store,
            None => store.insert(house.open_store()?),
        };
        store.seal_with(Seal::from_place(rule_set.system.token_secret.as_ref())?);
        let inbox = match inbox {
            Some(inbox) => inbox,
            None => inbox.insert(inboxes::open(account)?),
        };
        let day = house.day(name);
        held(&day).begin_look();
        let seen = Seen { house, account: name, part, day: &day, fetched: Mutex::default() };
        house.pulse.beat(part, "to connect, log in and look for mail", Duration::ZERO);
        let (mut fault, mut faults, mut dealt_with) = (None, BTreeSet::new(), 0_u64);
        let mut pipeline = Pipeline { rule_set, account, store, now: &time::now };
        let drained = pipeline.drain_watched(&mut **inbox, &seen, &mut |report| match report {
            Report { origin: None, dealing: Dealing::Failed(failure), .. } => {
                let words = house.fit_to_tell(&failure.to_string());
                if !told.contains(&words) {
                    tracing::warn!(account = name, fault = words, "mail cannot be fetched");
                }
                house.pulse.beat(part, "to fetch mail", Duration::ZERO);
                house.note_account(name, |state| not_fetched(&mut state.not_fetched, &words));
                let _new = faults.insert(words);
                house.metrics.mail(name, "not_fetched", None);
                fault = Some(failure);
            }
            report => {
                dealt_with += 1;
                seen.tell(&report);
            }
        });
        let is_whole = drained.is_ok() && fault.is_none() && !house.is_stopping();
        held(&day).end_look(is_whole);
        *told = faults;
        let out_of_reach = fault.as_ref().filter(|_| inbox.is_out_of_reach());
        let out_of_reach = out_of_reach.map(|failure| house.fit_to_tell(&failure.to_string()));
        house.note_account(name, |state| match &out_of_reach {
            // What concerns the mailbox as a whole is the account's fault, and says nothing of single mails.
            Some(words) => state.not_fetched.retain(|known| known != words),
            None => state.not_fetched = told.iter().take(NOT_FETCHED_SHOWN).cloned().collect(),
        });
        drained?;
        if let Some(failure) = fault.filter(|_| inbox.is_out_of_reach()) {
            // Nobody knows how many mails are there: the count stays as it was.
            return Err(failure);
        }
        let unfetched = u64::try_from(told.len()).unwrap_or(u64::MAX);
        let in_mailbox = held(&day).balance().still_there.saturating_add(unfetched);
        house.note_account(name, |state| state.in_mailbox = Some(in_mailbox));
        tracing::debug!(account = name, mails = dealt_with, "polled");
        Ok(())
    }

    /// Waits until it is time to look again, or the mailbox tells of new mail, or the bell rings; says whether it
    /// rang. A mailbox that cannot tell is closed meanwhile.
    fn wait(&mut self, pause: Duration, bell: &Bell) -> bool {
        /// How long a server may keep the thread from hearing the bell.
        const LISTEN_MAX: Duration = Duration::from_secs(4);
        let until = Instant::now() + pause;
        let left = || until.saturating_duration_since(Instant::now());
        while let Some(inbox) = &mut self.inbox {
            let (began, at_most) = (Instant::now(), left().min(LISTEN_MAX));
            self.house.pulse.beat(&self.part, "to listen for new mail", at_most);
            match inbox.wait(at_most) {
                Waited::News => return false,
                Waited::CannotTell => self.inbox = None,
                // A server that does not let us wait would be asked without a pause.
                Waited::Nothing if began.elapsed() < at_most / 2 => self.inbox = None,
                Waited::Nothing if bell.wait(Duration::ZERO) => {
                    // The rules may have changed, and the account with them.
                    self.inbox = None;
                    return true;
                }
                Waited::Nothing if left().is_zero() => return false,
                Waited::Nothing => {}
            }
        }
        self.house.pulse.beat(&self.part, "to wait until it is time to look again", left());
        bell.wait(left())
    }

    fn worked(&self) {
        let mut was = None;
        self.house.note_account(self.name, |state| {
            state.last_success = Some(time::now());
            was = state.fault.take();
        });
        if was.is_some() {
            tracing::info!(account = self.name, "polling works again");
        }
    }

    fn failed(&self, failure: &Failure, pause: Duration) {
        let words = self.house.fit_to_tell(&failure.to_string());
        tracing::error!(
            account = self.name,
            fault = words,
            next_attempt_secs = pause.as_secs(),
            "polling failed; other accounts go on"
        );
        self.house
            .note_account(self.name, |state| state.fault = Some(continued(state.fault.as_ref(), words)));
    }
}

impl Seen<'_> {
    /// One line for each mail, and its place in every count.
    fn tell(&self, report: &Report) {
        self.house.pulse.beat(self.part, "to write mail down and take it out of the mailbox", Duration::ZERO);
        let origin = report.origin.as_deref().unwrap_or_default();
        let known = held(&self.fetched).remove(origin);
        let (took, identity) =
            known.map_or_else(Default::default, |(since, identity)| (since.elapsed(), identity));
        let stays = |disposition| report.left_in_place.is_some() || disposition == Disposition::Keep;
        let (fate, stays, outcome) = match &report.dealing {
            Dealing::Settled(settled) => {
                self.settled(settled, origin, took);
                let is_quarantined = matches!(settled.entry.outcome, Outcome::Quarantine(_));
                let fate = if is_quarantined { Fate::Quarantined } else { Fate::DealtWith };
                (fate, stays(settled.entry.disposition), settled.entry.outcome.words().0)
            }
            Dealing::Already(entry) => {
                tracing::debug!(
                    account = self.account,
                    mail = prefix(&entry.key.sha256),
                    "dealt with already"
                );
                (Fate::Known, stays(entry.disposition), "already")
            }
            Dealing::Failed(failure) => {
                let fault = self.house.fit_to_tell_of(&failure.to_string(), &[origin]);
                let place = self.house.tells_personal_data.then_some(origin);
                tracing::warn!(
                    account = self.account,
                    fault,
                    place,
                    "mail cannot be dealt with for now and stays"
                );
                self.house.metrics.mail(self.account, "failed", None);
                (Fate::Failed, true, "failed")
            }
        };
        if let Some(failure) = &report.left_in_place {
            let fault = self.house.fit_to_tell_of(&failure.to_string(), &[origin]);
            tracing::warn!(
                account = self.account,
                fault,
                "mail is dealt with but cannot be taken out of the mailbox; it will be known again"
            );
        }
        held(self.day).settled(origin, &identity, fate, stays);
        self.house.metrics.stage("settle", self.account, took);
        self.house.note_account(self.account, |state| {
            *state.mails.entry(outcome.to_owned()).or_default() += 1;
        });
    }

    fn settled(&self, settled: &Settled, origin: &str, took: Duration) {
        let (entry, decision) = (&settled.entry, &settled.decision);
        let rule = decision.trace.iter().rev().find(|line| DECIDING.contains(&line.stage));
        let rule = rule.and_then(|line| Some(format!("{} {}", line.stage, line.rule.as_deref()?)));
        let rule = rule.as_deref();
        let millis = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        let personal = self.house.tells_personal_data;
        let from = entry.from.as_deref().filter(|_| personal);
        let subject = personal.then_some(entry.subject.as_str());
        let place = personal.then_some(origin);
        tracing::info!(
            account = self.account,
            outcome = words_of(&entry.outcome),
            rule,
            mail = prefix(&entry.key.sha256),
            millis,
            from,
            subject,
            place,
            "mail"
        );
        self.house.metrics.mail(self.account, entry.outcome.words().0, rule);
        if decision.mails().next().is_some() {
            self.house.ring_senders();
        }
    }
}

/// One more mail that cannot be fetched; known at once, and not only when the look is over.
fn not_fetched(known: &mut Vec<String>, words: &str) {
    if known.len() < NOT_FETCHED_SHOWN && !known.iter().any(|known| known == words) {
        known.push(words.to_owned());
    }
}

fn prefix(digest: &str) -> &str {
    digest.get(..DIGEST_CHARS).unwrap_or(digest)
}

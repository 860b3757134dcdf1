//! What the threads of the service share.

use super::bell::Bell;
use super::crew::Part;
use super::log::{without_addresses, without_pieces};
use super::metrics::Metrics;
use super::pulse::Pulse;
use super::rules::Active;
use crate::adapters::sqlite::{SqliteStore, Turns};
use crate::cli::status::state::{AccountState, Fault, Parts, ServerState, ServiceState};
use crate::cli::time;
use crate::ports::Failure;
use crate::runtime::Day;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

/// Under this name the service takes mails of ours; the lock sees to it that there is one service.
pub(super) const SENDER: &str = "postroom run";

/// What the threads of the service share.
#[derive(Debug)]
pub(super) struct House {
    store_path: PathBuf,
    active: RwLock<Arc<Active>>,
    turns: Arc<Turns>,
    is_stopping: AtomicBool,
    parts: Mutex<Parts>,
    days: Mutex<BTreeMap<String, Arc<Mutex<Day>>>>,
    senders: Mutex<BTreeMap<String, Arc<Bell>>>,
    pub(super) metrics: Metrics,
    pub(super) pulse: Pulse,
    pub(super) tells_personal_data: bool,
}

/// The lock, also where another thread came to grief while it held it.
pub(super) fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl House {
    pub(super) fn new(store_path: PathBuf, active: Active, pulse: Pulse, tells_personal_data: bool) -> Self {
        let service = ServiceState {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            started_at: time::now(),
            ..ServiceState::default()
        };
        let parts = Parts { service, ..Parts::default() };
        let house = Self {
            store_path,
            active: RwLock::new(Arc::new(active)),
            turns: Arc::default(),
            is_stopping: AtomicBool::new(false),
            parts: Mutex::new(parts),
            days: Mutex::default(),
            senders: Mutex::default(),
            metrics: Metrics::new(),
            pulse,
            tells_personal_data,
        };
        house.note_rules();
        house
    }

    /// A connection to the store for one thread; all of them write in turns.
    pub(super) fn open_store(&self) -> Result<SqliteStore, Failure> {
        let mut store = SqliteStore::open(&self.store_path)?;
        store.take_turns(&self.turns);
        Ok(store)
    }

    /// The rules that decide at present.
    pub(super) fn active(&self) -> Arc<Active> {
        Arc::clone(&self.active.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// From now on these rules decide.
    pub(super) fn activate(&self, active: Active) {
        *self.active.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(active);
        self.note_rules();
    }

    fn note_rules(&self) {
        let identity = self.active().rule_set.identity.clone();
        let service = &mut held(&self.parts).service;
        service.rule_set = identity.name;
        service.revision = identity.revision;
        service.digest = identity.digest;
        service.fault = None;
    }

    pub(super) fn stop(&self) {
        self.is_stopping.store(true, Ordering::SeqCst);
    }

    pub(super) fn is_stopping(&self) -> bool {
        self.is_stopping.load(Ordering::SeqCst)
    }

    /// What a log line may say of a text from outside.
    pub(super) fn fit_to_tell(&self, text: &str) -> String {
        let text = crate::cli::output::one_line(text);
        if self.tells_personal_data { text } else { without_addresses(&text).into_owned() }
    }

    /// The same of a text that may repeat these pieces of a mail.
    pub(super) fn fit_to_tell_of(&self, text: &str, pieces: &[&str]) -> String {
        let text = self.fit_to_tell(text);
        if self.tells_personal_data { text } else { without_pieces(&text, pieces) }
    }

    /// The present state of everything.
    pub(super) fn parts(&self) -> Parts {
        held(&self.parts).clone()
    }

    /// Changes the state of everything.
    pub(super) fn note<T>(&self, change: impl FnOnce(&mut Parts) -> T) -> T {
        change(&mut held(&self.parts))
    }

    /// Changes the state of an account.
    pub(super) fn note_account(&self, name: &str, change: impl FnOnce(&mut AccountState)) {
        self.note(|parts| change(parts.accounts.entry(name.to_owned()).or_default()));
    }

    /// Changes the state of an outgoing server.
    pub(super) fn note_server(&self, name: &str, change: impl FnOnce(&mut ServerState)) {
        self.note(|parts| change(parts.servers.entry(name.to_owned()).or_default()));
    }

    /// Notes which threads hang and which do not any more; a change is told once.
    pub(super) fn note_hanging(&self) {
        for (part, hanging) in self.pulse.faults() {
            let change = |noted: &mut Option<Fault>| {
                let was = noted.is_some();
                if was != hanging.is_some() {
                    noted.clone_from(&hanging);
                }
                was
            };
            let was = self.note(|parts| match &part {
                Part::Account(name) => parts.accounts.get_mut(name).map(|state| change(&mut state.hanging)),
                Part::Server(name) => parts.servers.get_mut(name).map(|state| change(&mut state.hanging)),
            });
            match (was, hanging) {
                (Some(false), Some(fault)) => {
                    tracing::error!(part = %part, fault = fault.words, "a thread hangs");
                }
                (Some(true), None) => tracing::info!(part = %part, "it hangs no more"),
                _ => {}
            }
        }
    }

    /// The daily account of an account.
    pub(super) fn day(&self, account: &str) -> Arc<Mutex<Day>> {
        Arc::clone(held(&self.days).entry(account.to_owned()).or_default())
    }

    /// Tells the day's account of every mailbox and begins the next; nothing of a mailbox without mail.
    pub(super) fn close_day(&self) {
        let days: Vec<_> =
            held(&self.days).iter().map(|(name, day)| (name.clone(), Arc::clone(day))).collect();
        for (account, day) in days {
            let balance = held(&day).close();
            let (seen, dealt_with) = (balance.seen, balance.dealt_with);
            let (carried_over, quarantined) = (balance.carried_over, balance.quarantined);
            let still_there = balance.still_there;
            if balance.adds_up() {
                tracing::info!(
                    account,
                    carried_over,
                    seen,
                    dealt_with,
                    quarantined,
                    still_there,
                    "account of the day: every mail is dealt with, in quarantine, or still there"
                );
            } else {
                tracing::error!(
                    account,
                    carried_over,
                    seen,
                    dealt_with,
                    quarantined,
                    still_there,
                    "account of the day does not add up: mails have left the mailbox that were not dealt with here; \
                     another program may have taken them"
                );
            }
        }
    }

    /// The bell of the thread that sends by this server.
    pub(super) fn sender_bell(&self, server: &str) -> Arc<Bell> {
        Arc::clone(held(&self.senders).entry(server.to_owned()).or_default())
    }

    /// There is something to be sent.
    pub(super) fn ring_senders(&self) {
        held(&self.senders).values().for_each(|bell| bell.ring());
    }
}

/// The fault as it is now: words may change while it lasts.
pub(super) fn continued(earlier: Option<&Fault>, words: String) -> Fault {
    Fault { words, since: earlier.map_or_else(time::now, |fault| fault.since) }
}

/// A number by chance; where there is none to be had, the pause is the shorter for it.
pub(super) fn draw() -> u64 {
    getrandom::u64().unwrap_or_default()
}

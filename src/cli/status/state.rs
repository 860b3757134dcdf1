//! How the service fares, as it writes it down and as `status` and `/health` show it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What is wrong at present.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub(in crate::cli) struct Fault {
    /// What is wrong, in words.
    pub(in crate::cli) words: String,
    /// Since when, in seconds since 1970.
    pub(in crate::cli) since: i64,
}

/// How the service itself fares.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub(in crate::cli) struct ServiceState {
    /// Its version.
    pub(in crate::cli) version: String,
    /// When it was started, in seconds since 1970.
    pub(in crate::cli) started_at: i64,
    /// When it was stopped in good order; `null` while it runs and after it was killed.
    pub(in crate::cli) stopped_at: Option<i64>,
    /// The name of the rule set that decides.
    pub(in crate::cli) rule_set: String,
    /// Its revision.
    pub(in crate::cli) revision: u64,
    /// Its digest.
    pub(in crate::cli) digest: String,
    /// Why the rules on disk are not the ones that decide.
    pub(in crate::cli) fault: Option<Fault>,
}

/// How an account fares.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub(in crate::cli) struct AccountState {
    /// When it was polled last, in seconds since 1970.
    pub(in crate::cli) last_poll: Option<i64>,
    /// When polling worked last.
    pub(in crate::cli) last_success: Option<i64>,
    /// What is wrong with it.
    pub(in crate::cli) fault: Option<Fault>,
    /// Why its thread is thought to hang; the thread itself cannot say so.
    pub(in crate::cli) hanging: Option<Fault>,
    /// What the last look could not fetch: the mails stay in the mailbox and are tried at every look.
    pub(in crate::cli) not_fetched: Vec<String>,
    /// When it is polled next.
    pub(in crate::cli) next_attempt: Option<i64>,
    /// How many mails of each outcome since the service was started.
    pub(in crate::cli) mails: BTreeMap<String, u64>,
    /// How many mails are in the mailbox and not dealt with, as far as is known.
    pub(in crate::cli) in_mailbox: Option<u64>,
    /// How often its thread came to grief and was started again.
    pub(in crate::cli) restarts: u64,
}

/// How an outgoing server fares.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub(in crate::cli) struct ServerState {
    /// When something was to be sent last, in seconds since 1970.
    pub(in crate::cli) last_attempt: Option<i64>,
    /// When sending worked last.
    pub(in crate::cli) last_success: Option<i64>,
    /// What is wrong with it.
    pub(in crate::cli) fault: Option<Fault>,
    /// Why its thread is thought to hang; the thread itself cannot say so.
    pub(in crate::cli) hanging: Option<Fault>,
    /// When it is tried next, where it is in trouble.
    pub(in crate::cli) next_attempt: Option<i64>,
    /// How many mails were handed over since the service was started.
    pub(in crate::cli) sent: u64,
    /// How many mails were refused for good, or given up.
    pub(in crate::cli) failed: u64,
    /// How often its thread came to grief and was started again.
    pub(in crate::cli) restarts: u64,
}

/// The service with all its parts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::cli) struct Parts {
    /// Itself.
    pub(in crate::cli) service: ServiceState,
    /// The accounts by name.
    pub(in crate::cli) accounts: BTreeMap<String, AccountState>,
    /// The outgoing servers by name.
    pub(in crate::cli) servers: BTreeMap<String, ServerState>,
}

impl Parts {
    /// Everything that is wrong at present: of what, and what.
    pub(in crate::cli) fn faults(&self) -> Vec<(String, &Fault)> {
        let service = self.service.fault.iter().map(|fault| ("rules".to_owned(), fault));
        let accounts = self.accounts.iter().flat_map(|(name, state)| {
            let faults = state.fault.iter().chain(&state.hanging);
            faults.map(move |fault| (format!("account {name}"), fault))
        });
        let servers = self.servers.iter().flat_map(|(name, state)| {
            let faults = state.fault.iter().chain(&state.hanging);
            faults.map(move |fault| (format!("outgoing server {name}"), fault))
        });
        service.chain(accounts).chain(servers).collect()
    }
}

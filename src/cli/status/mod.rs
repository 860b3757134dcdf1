//! `postroom status`: how the service fares, beside it or without it.

pub(super) mod state;
mod trouble;

use super::output::{Out, one_line};
use super::run::lock;
use super::{Exit, Format, StoreArgs, Trouble, open, time};
use crate::adapters::sqlite::{Depths, Queue, SqliteStore, Troubles};
use schemars::JsonSchema;
use serde::Serialize;
use state::{AccountState, Fault, Parts, ServerState, ServiceState};
use std::collections::BTreeMap;

/// Shows how the service fares: its accounts, its outgoing servers, what waits
#[derive(Debug, clap::Args)]
#[command(after_long_help = "Examples:
  postroom status --store sqlite:/var/lib/postroom/desk.db
  postroom status --format json | jq '.accounts[] | select(.fault)'")]
pub(super) struct StatusArgs {
    #[command(flatten)]
    store: StoreArgs,
    /// Tables for people, or JSON
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    format: Format,
}

/// How the service fares.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct StatusDocument {
    /// Whether the service runs on this store.
    running: bool,
    /// Which process it is.
    process: Option<String>,
    /// The service itself; times are in seconds since 1970.
    service: ServiceState,
    /// Each account that is polled.
    accounts: Vec<AccountDocument>,
    /// Each outgoing server, and each for which mail waits.
    outgoing: Vec<ServerDocument>,
    /// Mails in quarantine that nobody has looked after.
    quarantined: u64,
    /// Mails that failed for now and are still to be dealt with.
    failing: u64,
}

/// An account.
#[derive(Debug, Serialize, JsonSchema)]
struct AccountDocument {
    /// Its name.
    name: String,
    /// Mails in quarantine that nobody has looked after, by the word of their reason.
    quarantined: BTreeMap<String, u64>,
    /// Mails that failed for now and are still to be dealt with.
    failing: u64,
    /// What was said of the one that failed last.
    failing_error: Option<String>,
    /// Replies to its mails that wait, by the outgoing server that is to send them.
    replies_waiting: BTreeMap<String, u64>,
    #[serde(flatten)]
    state: AccountState,
}

/// An outgoing server.
#[derive(Debug, Serialize, JsonSchema)]
struct ServerDocument {
    /// Its name.
    name: String,
    /// Mails of ours to be sent.
    waiting: u64,
    /// When the oldest of them was written.
    oldest_at: Option<i64>,
    /// Mails that were refused for good, or given up, and are still in the outbox.
    failed_in_outbox: u64,
    /// What was said last about one that waits or failed.
    last_error: Option<String>,
    #[serde(flatten)]
    state: ServerState,
}

/// Shows how the service fares.
pub(super) fn run(args: &StatusArgs, out: &mut Out) -> Result<Exit, Trouble> {
    let named = args.store.store.as_str();
    let store = open::store_to_look(named)?;
    let process = lock::holder(open::store_path(named)?);
    let status = document(process, parts(&store)?, &store.queues()?, store.depths()?, store.troubles()?);
    match args.format {
        Format::Json => out.json(&status),
        Format::Text => print(&status, out),
    }
    Ok(Exit::Done)
}

/// What the service wrote down last. A word of another version is left out, not a fault.
fn parts(store: &SqliteStore) -> Result<Parts, Trouble> {
    let mut parts = Parts::default();
    for note in store.read_status()? {
        match note.part.as_str() {
            "service" => parts.service = serde_json::from_str(&note.state).unwrap_or_default(),
            "account" => {
                let state = serde_json::from_str(&note.state).unwrap_or_default();
                let _earlier = parts.accounts.insert(note.name, state);
            }
            _ => {
                let state = serde_json::from_str(&note.state).unwrap_or_default();
                let _earlier = parts.servers.insert(note.name, state);
            }
        }
    }
    Ok(parts)
}

fn document(
    process: Option<String>,
    parts: Parts,
    queues: &[Queue],
    depths: Depths,
    mut troubles: BTreeMap<String, Troubles>,
) -> StatusDocument {
    let Parts { service, accounts, mut servers } = parts;
    for queue in queues {
        let _state = servers.entry(queue.via.clone()).or_default();
    }
    let server = |(name, state): (String, ServerState)| {
        let queue = queues.iter().find(|queue| queue.via == name);
        ServerDocument {
            waiting: queue.map_or(0, |queue| queue.waiting),
            oldest_at: queue.and_then(|queue| queue.oldest_at),
            failed_in_outbox: queue.map_or(0, |queue| queue.failed),
            last_error: queue.and_then(|queue| queue.last_error.clone()),
            name,
            state,
        }
    };
    let account = |(name, state): (String, AccountState)| {
        let Troubles { quarantined, failing, failing_error, replies_waiting } =
            troubles.remove(&name).unwrap_or_default();
        AccountDocument { name, quarantined, failing, failing_error, replies_waiting, state }
    };
    StatusDocument {
        running: process.is_some(),
        process,
        service,
        accounts: accounts.into_iter().map(account).collect(),
        outgoing: servers.into_iter().map(server).collect(),
        quarantined: depths.quarantined,
        failing: depths.failing,
    }
}

fn print(status: &StatusDocument, out: &mut Out) {
    let now = time::now();
    let service = &status.service;
    match &status.process {
        Some(process) => out.line(format_args!("The service runs: {process}.")),
        None if service.started_at == 0 => out.line("The service does not run and never has on this store."),
        None => match service.stopped_at {
            Some(at) => {
                out.line(format_args!("The service does not run; it was stopped {}.", ago(Some(at), now)));
            }
            None => {
                out.line("The service does not run, and it was not stopped in good order; start it again.");
            }
        },
    }
    if service.started_at != 0 {
        out.line(format_args!("Rules: {} r{}, {}", service.rule_set, service.revision, service.digest));
    }
    if let Some(fault) = &service.fault {
        out.line(format_args!("  ! {}", since(fault, now)));
    }
    let blank = |out: &mut Out| out.line("");
    if !status.accounts.is_empty() {
        blank(out);
        let header = ["account", "last poll", "last success", "next", "in mailbox", "mails since the start"];
        out.table(&header, status.accounts.iter().map(|account| account_row(account, status.running, now)));
        for account in &status.accounts {
            for words in trouble::of_account(account, &status.outgoing, now) {
                out.line(format_args!("  ! {}: {words}", account.name));
            }
        }
    }
    if !status.outgoing.is_empty() {
        blank(out);
        let header = ["outgoing", "waiting", "oldest", "failed", "sent since the start", "last error"];
        out.table(&header, status.outgoing.iter().map(|server| server_row(server, now)));
        for server in &status.outgoing {
            for fault in server.state.fault.iter().chain(&server.state.hanging) {
                out.line(format_args!("  ! {}: {}", server.name, since(fault, now)));
            }
        }
    }
    blank(out);
    out.line(format_args!(
        "{} in quarantine, {} failed for now and are tried again.",
        status.quarantined, status.failing
    ));
}

fn account_row(account: &AccountDocument, is_running: bool, now: i64) -> Vec<String> {
    let state = &account.state;
    let mails: Vec<String> =
        state.mails.iter().map(|(outcome, count)| format!("{outcome} {count}")).collect();
    let next = state.next_attempt.filter(|_| is_running).map_or_else(
        || "-".to_owned(),
        |at| if at <= now { "now".to_owned() } else { format!("in {}", time::age(now, at)) },
    );
    vec![
        account.name.clone(),
        ago(state.last_poll, now),
        ago(state.last_success, now),
        next,
        state.in_mailbox.map_or_else(|| "-".to_owned(), |count| count.to_string()),
        if mails.is_empty() { "-".to_owned() } else { mails.join(", ") },
    ]
}

fn server_row(server: &ServerDocument, now: i64) -> Vec<String> {
    vec![
        server.name.clone(),
        server.waiting.to_string(),
        server.oldest_at.map_or_else(|| "-".to_owned(), |at| time::age(at, now)),
        server.failed_in_outbox.to_string(),
        server.state.sent.to_string(),
        one_line(server.last_error.as_deref().unwrap_or("-")),
    ]
}

fn ago(at: Option<i64>, now: i64) -> String {
    at.map_or_else(|| "never".to_owned(), |at| format!("{} ago", time::age(at, now)))
}

fn since(fault: &Fault, now: i64) -> String {
    format!("{} (for {})", one_line(&fault.words), time::age(fault.since, now))
}

//! How many mails a second go from a real IMAP server on loopback into the desk, each batch durable and each mail then
//! moved away, over one connection; how that compares with fetching alone; and how much memory it takes.
//!
//! `cargo bench --bench imap` deals with 2,000 mails of 2 KB; `-- 10000` says how many. Needs tests/servers/install.

#![allow(
    clippy::print_stderr,
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a bench prints its figures and stops at a fault"
)]
#![allow(dead_code, reason = "it shares the servers with the tests, and needs less of them")]

#[path = "../tests/it/servers/harness.rs"]
mod harness;
#[path = "../tests/it/servers/lmtp.rs"]
mod lmtp;

use harness::{Port, Servers};
use postroom::adapters::inboxes;
use postroom::adapters::library::Shelf;
use postroom::adapters::sqlite::SqliteStore;
use postroom::adapters::world::World;
use postroom::diagnostic::Source;
use postroom::ports::Inbox;
use postroom::ruleset::RuleSet;
use postroom::ruleset::load::load;
use postroom::runtime::{Dealing, Pipeline};
use std::fs;
use std::path::Path;
use std::time::Instant;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const PERSON: &str = "box7";
const MAIL_BYTES: usize = 2_048;

fn main() {
    let count: usize = std::env::args().find_map(|word| word.parse().ok()).unwrap_or(2_000);
    let Some(servers) = Servers::start(&["tokens", "dovecot"]) else { return };
    let folder = tempfile::tempdir().unwrap();
    let password = folder.path().join("password");
    fs::write(&password, harness::PASSWORD).unwrap();
    let rule_set = rules(&servers, &password);
    for round in 1..=3 {
        servers.deliver(Port::DovecotLmtp, PERSON, &mails(round, count));
        let alone = fetched_alone(&rule_set, count);
        let store = folder.path().join(format!("{round}.db"));
        let settled = settled(&rule_set, &store, count);
        println!(
            "{count} mails: fetched, settled and moved {:.0} mails/s; fetched alone {:.0} mails/s; ratio {:.2}; \
             peak memory {}",
            rate(count, settled),
            rate(count, alone),
            settled / alone,
            peak_memory()
        );
    }
}

fn rules(servers: &Servers, password: &Path) -> RuleSet {
    let text = format!(
        "format: 1\nrule_set: bench\nrevision: 1\nchange_reason: A bench\nextends: classic\n\
         accounts:\n  desk:\n    \
         connect: {{ imap: {{ server: localhost, port: {}, login: {PERSON}, password: {{ file: {} }}, \
         tls: implicit, ca_file: {} }} }}\n    \
         new_calls: {{ template: IT Incident, default_logging_analyst: Duty Analyst }}\n    \
         closed_calls: {{ otherwise_to: IT First Line }}\n\
         outgoing:\n  main: {{ files: {{ folder: out }}, outgoing_email_id: desk@example.com, default: true }}\n",
        servers.port(Port::DovecotImaps),
        password.display(),
        servers.certificate("ca.pem").display()
    );
    load(Source::new("bench.yaml", text), &Shelf).rule_set.unwrap()
}

fn rate(count: usize, seconds: f64) -> f64 {
    f64::from(u32::try_from(count).unwrap()) / seconds
}

fn open(rule_set: &RuleSet) -> Box<dyn Inbox + Send> {
    inboxes::open(rule_set.account("desk").unwrap()).unwrap()
}

/// Connects and reads every mail; they all stay.
fn fetched_alone(rule_set: &RuleSet, count: usize) -> f64 {
    let began = Instant::now();
    let mut inbox = open(rule_set);
    let mut fetched = 0;
    while let Some(arrival) = inbox.fetch() {
        assert!(arrival.unwrap().raw.len() >= MAIL_BYTES);
        fetched += 1;
    }
    assert_eq!(fetched, count);
    began.elapsed().as_secs_f64()
}

/// The main job.
fn settled(rule_set: &RuleSet, store: &Path, count: usize) -> f64 {
    let mut store = SqliteStore::open(store).unwrap();
    store.import(&world()).unwrap();
    let began = Instant::now();
    let mut inbox = open(rule_set);
    let mut dealt = 0;
    let mut pipeline = Pipeline {
        rule_set,
        account: rule_set.account("desk").unwrap(),
        store: &mut store,
        now: &|| 1_800_000_000,
    };
    pipeline
        .drain(&mut *inbox, &mut |report| dealt += usize::from(!matches!(report.dealing, Dealing::Failed(_))))
        .unwrap();
    drop(inbox);
    assert_eq!(dealt, count);
    began.elapsed().as_secs_f64()
}

fn world() -> World {
    World::parse("bench.yaml", include_str!("../fixtures/desk/small.yaml")).unwrap()
}

fn mails(round: usize, count: usize) -> Vec<String> {
    (0..count)
        .map(|at| {
            let mut mail = lmtp::mail(&format!("{round}.{at}"), &format!("Device {at} is out of order"));
            while mail.len() < MAIL_BYTES {
                mail.push_str("The device does not do what it did yesterday.\n");
            }
            mail
        })
        .collect()
}

/// The most memory that this process ever held, where the system says.
fn peak_memory() -> String {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.map_or_else(|| "unknown".to_owned(), |line| line.trim().to_owned())
}

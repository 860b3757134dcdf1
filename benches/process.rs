//! How many mails a second go from files into the desk, each batch durable, and how much memory that takes.
//!
//! `cargo bench --bench process` deals with 10,000 mails of 2 KB; `-- 50000` says how many.

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a bench prints its figures and stops at a fault"
)]

use postroom::adapters::files::FilesInbox;
use postroom::adapters::library::Shelf;
use postroom::adapters::sqlite::SqliteStore;
use postroom::adapters::world::World;
use postroom::ruleset::RuleSet;
use postroom::ruleset::load::load;
use postroom::runtime::{Dealing, Pipeline};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::time::Instant;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// How many users of the desk write.
const USERS: usize = 2_000;

/// The size of each mail.
const MAIL_BYTES: usize = 2_048;

fn main() {
    let count = std::env::args().find_map(|word| word.parse().ok()).unwrap_or(10_000);
    let folder = tempfile::tempdir().unwrap();
    let mails = folder.path().join("mails");
    write_mails(&mails, count);
    let rule_set = load(Shelf::built_in("demo").unwrap(), &Shelf).rule_set.unwrap();
    for round in 1..=3 {
        let mut store = SqliteStore::open(&folder.path().join(format!("{round}.db"))).unwrap();
        store.import(&world()).unwrap();
        let seconds = timed(&rule_set, &mut store, &mails, count);
        let again = timed(&rule_set, &mut store, &mails, count);
        println!(
            "{count} mails: {:.0} mails/s; dealt with already: {:.0} mails/s; peak memory {}",
            rate(count, seconds),
            rate(count, again),
            peak_memory()
        );
    }
}

fn rate(count: usize, seconds: f64) -> f64 {
    f64::from(u32::try_from(count).unwrap()) / seconds
}

fn timed(rule_set: &RuleSet, store: &mut SqliteStore, mails: &Path, count: usize) -> f64 {
    let began = Instant::now();
    let mut inbox = FilesInbox::open(&[mails.to_path_buf()]);
    let account = rule_set.account("demo").unwrap();
    let mut dealt = 0;
    let mut pipeline = Pipeline { rule_set, account, store, now: &|| 1_800_000_000 };
    pipeline
        .drain(&mut inbox, &mut |report| dealt += usize::from(!matches!(report.dealing, Dealing::Failed(_))))
        .unwrap();
    assert_eq!(dealt, count);
    began.elapsed().as_secs_f64()
}

/// The small desk with many more users.
fn world() -> World {
    let small = include_str!("../fixtures/desk/small.yaml");
    let users: String = (0..USERS).fold(String::new(), |mut text, user| {
        let _written =
            writeln!(text, "  - {{ name: User {user}, addresses: [user{user}@example.org], user: true }}");
        text
    });
    World::parse("bench.yaml", &small.replacen("people:\n", &format!("people:\n{users}"), 1)).unwrap()
}

/// Seven mails in ten log a call, two update one, one closes one.
fn write_mails(folder: &Path, count: usize) {
    fs::create_dir(folder).unwrap();
    for at in 0..count {
        let subject = match at % 10 {
            7 | 8 => "Re: [CALL#5838] Printer on floor 2".to_owned(),
            9 => format!("[CLOSE#{}]", 5842 + at / 2),
            _ => format!("Something is wrong with device {at}"),
        };
        let mut mail = format!(
            "Return-Path: <user{user}@example.org>\r\nReceived: from mx.example.org by mail.example.com; \
             Mon, 02 Mar 2026 09:15:00 +0000\r\nFrom: User {user} <user{user}@example.org>\r\n\
             To: Service Desk <desk@example.com>\r\nSubject: {subject}\r\n\
             Date: Mon, 02 Mar 2026 09:15:00 +0000\r\nMessage-ID: <{at}.bench@example.org>\r\n\
             MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nHello,\r\n",
            user = at % USERS
        );
        while mail.len() < MAIL_BYTES {
            let _written =
                write!(mail, "the device does not do what it did yesterday, line {}\r\n", mail.len());
        }
        fs::write(folder.join(format!("{at:06}.eml")), mail).unwrap();
    }
}

/// The most memory that this process ever held, where the system says.
fn peak_memory() -> String {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.map_or_else(|| "unknown".to_owned(), |line| line.trim().to_owned())
}

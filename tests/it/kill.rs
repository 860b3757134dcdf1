//! Killed at any instant and started again, the program loses no mail and does nothing twice.

use super::cli::postroom;
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

const MAILS: usize = 1_000;
const KILLS: usize = 15;
/// So many of the killed runs must have got something done: otherwise all kills came too early to prove anything.
const RUNS_FORWARD: usize = 3;
const KILLS_MAX: usize = 80;

/// The first call that is logged has this number in the small desk.
const FIRST_NUMBER: u64 = 5842;

/// A sequence of numbers that looks random and can be had again (xorshift).
#[derive(Debug)]
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn next(&mut self, below: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % below
    }
}

/// Every second mail logs a call, a quarter updates one, the others ask to close one that is not theirs.
pub(crate) fn mail(at: usize) -> String {
    let subject = match at % 4 {
        0 | 2 => format!("Device {at} is out of order"),
        1 => "[CALL#5838] more about the printer".to_owned(),
        _ => "[CLOSE#5841]".to_owned(),
    };
    let padding = "It worked yesterday, and nobody has touched it since.\n".repeat(at % 800);
    format!(
        "From: Person {at} <person{at}@example.org>\nTo: desk@example.com\nSubject: {subject}\n\
         Message-ID: <{at}.kill@example.org>\n\nHello,\n{padding}"
    )
}

fn write_mails(folder: &Path) {
    fs::create_dir(folder).unwrap();
    for at in 0..MAILS {
        fs::write(folder.join(format!("{at:04}.eml")), mail(at)).unwrap();
    }
}

/// The small desk, on which every writer is a user.
pub(crate) fn world(writers: usize) -> String {
    let small = include_str!("../../fixtures/desk/small.yaml");
    let people: String = (0..writers)
        .map(|at| format!("  - {{ name: Person {at}, addresses: [person{at}@example.org], user: true }}\n"))
        .collect();
    small.replacen("people:\n", &format!("people:\n{people}"), 1)
}

fn json(folder: &Path, arguments: &[&str]) -> Value {
    let output = postroom(folder).args(arguments).args(["--format", "json"]).output().unwrap();
    serde_json::from_slice(&output.stdout).unwrap()
}

/// How many of the runs got something done before they were killed.
fn runs_forward(dealt_with: &[usize]) -> usize {
    dealt_with.windows(2).filter(|pair| pair[0] < pair[1]).count()
}

/// Where the sequence of numbers begins: `KILL_SEED`, or else by the clock. It is printed, so that a run can be had again.
pub(crate) fn seed() -> u64 {
    let clock = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().subsec_nanos();
    let seed =
        std::env::var("KILL_SEED").ok().and_then(|text| text.parse().ok()).unwrap_or(u64::from(clock) | 1);
    println!("KILL_SEED={seed}");
    seed
}

/// Starts the work and kills it in the midst of it.
fn kill_after(folder: &Path, delay: Duration) {
    let mut running = Command::new(env!("CARGO_BIN_EXE_postroom"))
        .current_dir(folder)
        .args(["process", "mails"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    sleep(delay);
    running.kill().unwrap();
    running.wait().unwrap();
}

/// Everything that the store holds, as commands show it.
fn dump(folder: &Path) -> [Value; 4] {
    [
        json(folder, &["desk", "calls"]),
        json(folder, &["outbox", "list", "--all"]),
        json(folder, &["log", "--most", "0"]),
        json(folder, &["desk", "show", "call", "5838"]),
    ]
}

#[test]
fn killed_at_any_instant_nothing_is_lost_and_nothing_done_twice() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    write_mails(&path.join("mails"));
    fs::write(path.join("world.yaml"), world(MAILS)).unwrap();
    let seed = seed();
    assert_eq!(
        postroom(path).args(["desk", "import", "world.yaml"]).output().unwrap().status.code(),
        Some(0)
    );

    let mut dice = Dice(seed);
    // How far the work had come at each kill; the kills follow the work, however fast the machine is.
    let mut dealt_with = vec![0];
    let mut delay = Duration::ZERO;
    while dealt_with.len() <= KILLS
        || (runs_forward(&dealt_with) < RUNS_FORWARD && dealt_with.len() <= KILLS_MAX)
    {
        kill_after(path, delay + Duration::from_micros(dice.next(60_000)));
        let count = json(path, &["log", "--most", "0"]).as_array().map_or(0, Vec::len);
        if dealt_with.last() == Some(&count) {
            delay += Duration::from_millis(40);
        } else {
            delay = delay.mul_f32(0.8);
        }
        dealt_with.push(count);
    }
    println!("dealt with at each kill: {dealt_with:?}");
    assert!(
        runs_forward(&dealt_with) >= RUNS_FORWARD,
        "no kill came in the midst of the work: {dealt_with:?}"
    );

    let last = postroom(path).args(["process", "mails"]).output().unwrap();
    assert_eq!(last.status.code(), Some(0), "{}", String::from_utf8_lossy(&last.stderr));
    let before = dump(path);
    check(&before, MAILS);
    let again = postroom(path).args(["process", "mails"]).output().unwrap();
    let text = String::from_utf8(again.stdout).unwrap();
    assert!(text.contains("Every mail was dealt with already; nothing has changed."), "{text}");
    assert_eq!(dump(path), before);
}

/// What a store holds in which each of so many mails has been dealt with once: calls, outbox, ledger, the updated call.
pub(crate) fn check([calls, outbox, log, updated]: &[Value; 4], mails: usize) {
    let field = |value: &Value, key: &str| value[key].as_str().unwrap_or_default().to_owned();
    let log = log.as_array().unwrap();
    assert_eq!(log.len(), mails);
    let ids: BTreeSet<String> = log.iter().map(|entry| field(entry, "message_id")).collect();
    assert_eq!(ids.len(), mails);

    let logged: BTreeSet<u64> =
        calls.as_array().unwrap().iter().map(|call| call["number"].as_u64().unwrap()).collect();
    let expected: BTreeSet<u64> = (FIRST_NUMBER..).take(mails / 2).collect();
    assert!(logged.is_superset(&expected) && logged.len() == expected.len() + 5, "{logged:?}");
    assert_eq!(updated["history"].as_array().unwrap().len(), mails / 4);

    let replies: Vec<String> = outbox
        .as_array()
        .unwrap()
        .iter()
        .filter(|mail| mail["purpose"] == "reply")
        .map(|mail| field(mail, "in_reply_to"))
        .collect();
    assert_eq!(replies.len(), mails);
    assert_eq!(replies.into_iter().collect::<BTreeSet<String>>(), ids);
}

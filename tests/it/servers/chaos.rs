//! Everything goes wrong at once: the service is killed, its servers are restarted, its connections are cut or stall,
//! and its store is locked. In the end every mail has been dealt with once, and every reply has arrived.

use super::account::{Installation, PASSWORD_VARIABLE, Reach};
use super::harness::{PASSWORD, Port, Servers};
use super::proxy::Proxy;
use crate::kill::{Dice, check, mail, seed, world};
use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

const MAILS: usize = 500;
/// A quick round; `CHAOS_KILLS=100` is the full one.
const KILLS: usize = 20;
const PERSON: &str = "box6";
/// How long the service may take for what is left once nobody disturbs it any more.
const QUIET_SECS: u64 = 120;

/// What was done to the service, besides killing it.
#[derive(Debug, Default)]
struct Blows {
    kills: usize,
    restarts: usize,
    locks: usize,
}

fn kills() -> usize {
    std::env::var("CHAOS_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(KILLS)
}

fn start_service(folder: &Path) -> Child {
    let log = std::fs::File::options().create(true).append(true).open(folder.join("service.log")).unwrap();
    Command::new(env!("CARGO_BIN_EXE_postroom"))
        .current_dir(folder)
        .args(["run", "--store", "sqlite:postroom.db"])
        .env(PASSWORD_VARIABLE, PASSWORD)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(log)
        .spawn()
        .unwrap()
}

/// Another program writes into the store and takes its time.
fn lock_store(folder: &Path, pause: Duration) {
    let store = rusqlite::Connection::open(folder.join("postroom.db")).unwrap();
    store.busy_timeout(Duration::from_secs(10)).unwrap();
    store.execute_batch("BEGIN IMMEDIATE").unwrap();
    sleep(pause);
    store.execute_batch("ROLLBACK").unwrap();
}

/// One round: mails arrive, the service works, something else may go wrong, and it is killed.
fn strike(servers: &Servers, folder: &Path, mails: &[String], dice: &mut Dice, blows: &mut Blows) {
    let mut service = start_service(folder);
    if !mails.is_empty() {
        servers.deliver(Port::DovecotLmtp, PERSON, mails);
    }
    // From the first instant to well into the work.
    sleep(Duration::from_millis(dice.next(1_200)));
    match dice.next(6) {
        0 => {
            servers.restart(&["dovecot"]);
            blows.restarts += 1;
        }
        1 => {
            servers.restart(&["exim"]);
            blows.restarts += 1;
        }
        2 | 3 => {
            lock_store(folder, Duration::from_millis(dice.next(700)));
            blows.locks += 1;
        }
        _ => {}
    }
    sleep(Duration::from_millis(dice.next(400)));
    // Gone already is a fault: it must outlive its servers and a locked store.
    assert!(service.try_wait().unwrap().is_none(), "the service gave up: {}", log(folder));
    service.kill().unwrap();
    service.wait().unwrap();
    blows.kills += 1;
}

/// The end of what the service had to say.
fn log(folder: &Path) -> String {
    let text = std::fs::read_to_string(folder.join("service.log")).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(40)..].join("\n")
}

#[test]
fn killed_cut_off_restarted_and_locked_nothing_is_lost_and_nothing_done_twice() {
    let Some(servers) = Servers::start(&["tokens", "dovecot", "exim"]) else { return };
    let kills = kills();
    let mut dice = Dice(seed());
    let fetching = Proxy::cutting(servers.port(Port::DovecotImaps), dice.next(u64::MAX));
    let sending = Proxy::cutting(servers.port(Port::EximSmtps), dice.next(u64::MAX));
    let mut connect = Reach::new(&servers, "imap", Port::DovecotImaps, "implicit").login(PERSON);
    connect.port = fetching.port;
    let mut outgoing = Reach::new(&servers, "smtp", Port::EximSmtps, "implicit");
    outgoing.port = sending.port;
    let installation = Installation::on_desk(
        &world(MAILS),
        &format!("{{ {connect} }}"),
        &outgoing.to_string(),
        "poll_every_secs: 1",
    );
    let folder = installation.path();

    let mails: Vec<String> = (0..MAILS).map(mail).collect();
    let mut blows = Blows::default();
    for wave in mails.chunks(MAILS.div_ceil(kills)) {
        strike(&servers, folder, wave, &mut dice, &mut blows);
    }
    while blows.kills < kills {
        strike(&servers, folder, &[], &mut dice, &mut blows);
    }
    let [before, left] = [installation.ledger_lines(), servers.count(Port::DovecotImap, PERSON, "INBOX")];
    println!("{blows:?}; {before} mails dealt with, {left} still there");

    for proxy in [&fetching, &sending] {
        proxy.calm();
    }
    settle(&servers, &installation);
    judge(&servers, &installation, &blows, [fetching.counts(), sending.counts()]);
}

/// The service works on undisturbed until the mailbox is empty; then what waits in the outbox is sent.
fn settle(servers: &Servers, installation: &Installation) {
    let folder = installation.path();
    let mut service = start_service(folder);
    for _ in 0..QUIET_SECS * 4 {
        if servers.count(Port::DovecotImap, PERSON, "INBOX") == 0 {
            break;
        }
        sleep(Duration::from_millis(250));
    }
    let ended = Command::new("kill").args(["-TERM", &service.id().to_string()]).status().unwrap();
    assert!(ended.success());
    assert_eq!(service.wait().unwrap().code(), Some(0), "{}", log(folder));
    assert_eq!(servers.count(Port::DovecotImap, PERSON, "INBOX"), 0, "mails stay: {}", log(folder));
    for _ in 0..QUIET_SECS {
        installation.run(&["outbox", "retry"]);
        let left = installation.json(&["outbox", "list"]);
        if left.as_array().unwrap().is_empty() {
            return;
        }
        sleep(Duration::from_secs(1));
    }
    panic!("replies stay: {}", installation.run(&["outbox", "list"]).said);
}

fn judge(servers: &Servers, installation: &Installation, blows: &Blows, cut: [[usize; 3]; 2]) {
    let outbox = installation.json(&["outbox", "list", "--all"]);
    check(
        &[
            installation.json(&["desk", "calls"]),
            outbox.clone(),
            installation.json(&["log", "--most", "0"]),
            installation.json(&["desk", "show", "call", "5838"]),
        ],
        MAILS,
    );
    let quarantine = installation.json(&["quarantine", "list"]);
    assert_eq!(quarantine.as_array().unwrap().len(), 0, "no mail is to blame: {quarantine}");

    let outbox = outbox.as_array().unwrap();
    let delivered = servers.wait_for_delivered(outbox.len());
    let mut times: BTreeMap<&str, usize> = BTreeMap::new();
    for mail in &delivered {
        let id = mail.lines().find_map(|line| line.strip_prefix("Message-ID: ")).expect("a Message-ID");
        *times.entry(id).or_default() += 1;
    }
    for mail in outbox {
        let id = mail["message_id"].as_str().unwrap();
        assert!(times.contains_key(id), "this reply never arrived: {mail}");
    }
    let twice = delivered.len() - times.len();
    let [fetching, sending] = cut;
    println!(
        "{MAILS} mails, {} replies, {} delivered, {twice} of them twice; {blows:?}; connections, cut, stalled: \
         fetching {fetching:?}, sending {sending:?}",
        outbox.len(),
        delivered.len()
    );
    assert_eq!(times.len(), outbox.len(), "a reply arrived that nobody wrote");
    // A reply may arrive twice only where the sending was broken off between its last byte and the answer
    // (SPEC 13: none twice knowingly), and each blow breaks off one at most.
    let interruptions = blows.kills + blows.restarts + blows.locks + sending[1] + sending[2];
    assert!(twice <= interruptions, "{twice} replies arrived twice, for {interruptions} interruptions");
}

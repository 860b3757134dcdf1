//! Everything goes wrong at once: the service is killed, its servers are restarted, its connections are cut or stall,
//! its store is locked, and its disk is full. In the end every mail has been dealt with once, and every reply has arrived.
//!
//! The disk is full for one process alone: nothing that it writes may reach beyond a limit (`RLIMIT_FSIZE`), which
//! is set and lifted from outside while it runs and needs no privilege. So writes and commits really fail.

use super::account::{Installation, PASSWORD_VARIABLE, Reach};
use super::harness::{PASSWORD, Port, Servers};
use super::proxy::Proxy;
use crate::kill::{Dice, check, mail, seed, world};
use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::{JoinHandle, sleep, spawn};
use std::time::Duration;

const MAILS: usize = 500;
/// A quick round; `CHAOS_KILLS=100` is the full one.
const KILLS: usize = 20;
/// So many mails come while the disk is full, or the store locked for long.
const SIEGE_MAILS: usize = 20;
const PERSON: &str = "box6";
/// How long the service may take for what is left once nobody disturbs it any more.
const QUIET_SECS: u64 = 120;

/// What was done to the service, besides killing it.
#[derive(Debug, Default)]
struct Blows {
    kills: usize,
    /// So many of them after the service had got something done, and before it was done with everything.
    kills_in_the_midst: usize,
    restarts: usize,
    locks: usize,
    full_disks: usize,
    /// How much longer a round takes, so that the kills follow the work however fast the machine is.
    longer: Duration,
}

fn kills() -> usize {
    std::env::var("CHAOS_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(KILLS)
}

/// What the service says of a store that it cannot write into.
const SAYS_FULL: &str = "the disk does not read or write";
/// What it says of a store that another program holds.
const SAYS_LOCKED: &str = "another program is writing to it";
const SAYS_POLLING_FAILED: &str = "polling failed";
const SAYS_STARTED: &str = "the service starts";
const SAYS_RECOVERED: &str = "polling works again";

/// The service, and who writes down what it says: its own log must not end with its disk.
struct Service {
    child: Child,
    scribe: JoinHandle<()>,
    /// How many services had started in this folder before.
    started_before: usize,
}

impl Service {
    fn start(folder: &Path) -> Self {
        let started_before = said(folder, &[SAYS_STARTED]);
        let log = folder.join("service.log");
        let mut log = std::fs::File::options().create(true).append(true).open(log).unwrap();
        // A process that does not ignore the signal is ended by it where it writes beyond its limit.
        let mut child = Command::new("sh")
            .args(["-c", "trap '' XFSZ; exec \"$0\" run --store sqlite:postroom.db"])
            .arg(env!("CARGO_BIN_EXE_postroom"))
            .current_dir(folder)
            .env(PASSWORD_VARIABLE, PASSWORD)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = child.stderr.take().unwrap();
        let scribe = spawn(move || drop(std::io::copy(&mut said, &mut log)));
        Self { child, scribe, started_before }
    }

    /// Before that it may end where it cannot use its store: somebody has just called it, and is told.
    fn wait_until_started(&self, folder: &Path) {
        wait_until_said(folder, &[SAYS_STARTED], self.started_before);
    }

    /// From now on no file of the service may be written beyond so many bytes; `unlimited` lifts it.
    fn limit_files(&self, limit: &str) {
        let process = self.child.id().to_string();
        let limit = format!("--fsize={limit}:");
        let limited = Command::new("prlimit").args(["--pid", &process, &limit]).status().unwrap();
        assert!(limited.success(), "prlimit (of util-linux) sets no limit");
    }

    /// Gone already is a fault: it must outlive its servers, a locked store and a full disk.
    fn assert_alive(&mut self, folder: &Path) {
        assert!(self.child.try_wait().unwrap().is_none(), "the service gave up: {}", log(folder));
    }

    fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        self.scribe.join().unwrap();
    }

    /// Ends it in good order.
    fn stop(mut self) -> Option<i32> {
        let ended = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().unwrap();
        assert!(ended.success());
        let code = self.child.wait().unwrap().code();
        self.scribe.join().unwrap();
        code
    }
}

/// Another program that has the store open.
fn other_program(folder: &Path) -> rusqlite::Connection {
    let store = rusqlite::Connection::open(folder.join("postroom.db")).unwrap();
    store.busy_timeout(Duration::from_secs(30)).unwrap();
    store
}

/// It writes into the store and takes its time.
fn lock_store(folder: &Path, pause: Duration) {
    let store = other_program(folder);
    store.execute_batch("BEGIN IMMEDIATE").unwrap();
    sleep(pause);
    store.execute_batch("ROLLBACK").unwrap();
}

/// How many mails are dealt with, how many replies wait, how many are sent; and no mail was ever blamed.
fn progress(store: &rusqlite::Connection) -> [usize; 3] {
    let count = |sql| {
        let count: u32 = store.query_row(sql, [], |row| row.get(0)).unwrap();
        usize::try_from(count).unwrap()
    };
    assert_eq!(count("SELECT coalesce(sum(count), 0) FROM attempts"), 0, "a mail is blamed");
    [
        count("SELECT count(*) FROM ledger"),
        count("SELECT count(*) FROM outbox WHERE state = 'waiting'"),
        count("SELECT count(*) FROM outbox WHERE state = 'sent'"),
    ]
}

/// One round: mails arrive, the service works, something else may go wrong, and it is killed.
fn strike(servers: &Servers, folder: &Path, mails: &[String], dice: &mut Dice, blows: &mut Blows) {
    let mut service = Service::start(folder);
    if !mails.is_empty() {
        servers.deliver(Port::DovecotLmtp, PERSON, mails);
    }
    let looker = other_program(folder);
    let before = progress(&looker);
    // From the first instant to well into the work.
    if dice.next(4) > 0 {
        service.wait_until_started(folder);
        sleep(blows.longer);
    }
    sleep(Duration::from_millis(dice.next(1_200)));
    match dice.next(8) {
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
        4 | 5 => {
            service.wait_until_started(folder);
            // Nothing more at all, or what is written is torn off somewhere.
            let size = std::fs::metadata(folder.join("postroom.db-wal")).map_or(0, |wal| wal.len());
            service.limit_files(&dice.next(size + 1).to_string());
            sleep(Duration::from_millis(dice.next(1_500)));
            if dice.next(2) == 0 {
                service.limit_files("unlimited");
            }
            blows.full_disks += 1;
        }
        _ => {}
    }
    sleep(Duration::from_millis(dice.next(400)));
    service.assert_alive(folder);
    let [dealt_with, waiting, sent] = progress(&looker);
    // Whoever closes a store last tidies it up, which is for the next service to do.
    drop(looker);
    let left = servers.count(Port::DovecotImap, PERSON, "INBOX");
    service.kill();
    blows.kills += 1;
    let got_on = dealt_with > before[0] || sent > before[2];
    if got_on && left + waiting > 0 {
        blows.kills_in_the_midst += 1;
    }
    blows.longer = if got_on { blows.longer.mul_f32(0.8) } else { blows.longer + Duration::from_millis(200) };
}

/// What must be seen with certainty and not by chance: with a full disk, and then with a store that is locked for longer
/// than it is waited for, the service says so, blames no mail, and goes on by itself when it is over.
fn besiege(servers: &Servers, folder: &Path, [for_full, for_locked]: [&[String]; 2], blows: &mut Blows) {
    let mut service = Service::start(folder);
    service.wait_until_started(folder);
    let store = other_program(folder);
    service.limit_files("0");
    servers.deliver(Port::DovecotLmtp, PERSON, for_full);
    let polling_full = [SAYS_FULL, SAYS_POLLING_FAILED];
    wait_until_said(folder, &polling_full, said(folder, &polling_full));
    let [full, ..] = progress(&store);
    let recovered = said(folder, &[SAYS_RECOVERED]);
    service.limit_files("unlimited");
    wait_until_said(folder, &[SAYS_RECOVERED], recovered);
    for _ in 0..QUIET_SECS * 10 {
        if progress(&store)[0] >= full + for_full.len() {
            break;
        }
        sleep(Duration::from_millis(100));
    }
    let [later, ..] = progress(&store);
    assert!(later >= full + for_full.len(), "what came while the disk was full stays: {}", log(folder));
    blows.full_disks += 1;

    let polling_locked = [SAYS_LOCKED, SAYS_POLLING_FAILED];
    let locked_before = said(folder, &polling_locked);
    store.execute_batch("BEGIN EXCLUSIVE").unwrap();
    servers.deliver(Port::DovecotLmtp, PERSON, for_locked);
    wait_until_said(folder, &polling_locked, locked_before);
    let _nobody_is_blamed = progress(&store);
    let recovered = said(folder, &[SAYS_RECOVERED]);
    store.execute_batch("ROLLBACK").unwrap();
    wait_until_said(folder, &[SAYS_RECOVERED], recovered);
    blows.locks += 1;
    drop(store);
    service.assert_alive(folder);
    service.kill();
    blows.kills += 1;
}

/// How many lines the service has written so far in which all these words are.
fn said(folder: &Path, words: &[&str]) -> usize {
    let log = std::fs::read_to_string(folder.join("service.log")).unwrap_or_default();
    log.lines().filter(|line| words.iter().all(|words| line.contains(words))).count()
}

fn wait_until_said(folder: &Path, words: &[&str], times_before: usize) {
    for _ in 0..QUIET_SECS * 10 {
        if said(folder, words) > times_before {
            return;
        }
        sleep(Duration::from_millis(100));
    }
    panic!("the service does not say {words:?}: {}", log(folder));
}

/// The end of what the service had to say.
fn log(folder: &Path) -> String {
    let text = std::fs::read_to_string(folder.join("service.log")).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(40)..].join("\n")
}

#[test]
fn killed_cut_off_restarted_locked_and_full_nothing_is_lost_and_nothing_done_twice() {
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
    let (for_waves, for_siege) = mails.split_at(MAILS - SIEGE_MAILS);
    for wave in for_waves.chunks(for_waves.len().div_ceil(kills)) {
        strike(&servers, folder, wave, &mut dice, &mut blows);
    }
    while blows.kills + 1 < kills {
        strike(&servers, folder, &[], &mut dice, &mut blows);
    }
    let (for_full, for_locked) = for_siege.split_at(SIEGE_MAILS / 2);
    besiege(&servers, folder, [for_full, for_locked], &mut blows);
    assert!(
        blows.kills_in_the_midst >= kills.div_ceil(10),
        "too few kills came in the midst of the work: {blows:?}"
    );
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
    let service = Service::start(folder);
    // The mailbox may be empty already, and a signal is not heard before that.
    service.wait_until_started(folder);
    for _ in 0..QUIET_SECS * 4 {
        if servers.count(Port::DovecotImap, PERSON, "INBOX") == 0 {
            break;
        }
        sleep(Duration::from_millis(250));
    }
    assert_eq!(service.stop(), Some(0), "{}", log(folder));
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
    let told = [SAYS_FULL, SAYS_LOCKED].map(|words| said(installation.path(), &[words]));
    println!("said {} times `{SAYS_FULL}`, {} times `{SAYS_LOCKED}`", told[0], told[1]);
    println!(
        "{MAILS} mails, {} replies, {} delivered, {twice} of them twice; {blows:?}; connections, cut, stalled: \
         fetching {fetching:?}, sending {sending:?}",
        outbox.len(),
        delivered.len()
    );
    assert_eq!(times.len(), outbox.len(), "a reply arrived that nobody wrote");
    // A reply may arrive twice only where the sending was broken off between its last byte and the answer
    // (SPEC 13: none twice knowingly), and each blow breaks off one at most.
    let interruptions =
        blows.kills + blows.restarts + blows.locks + blows.full_disks + sending[1] + sending[2];
    assert!(twice <= interruptions, "{twice} replies arrived twice, for {interruptions} interruptions");
}

//! The service as a process: mail comes while it runs, rules change, disks and signals do what they do.

mod hanging;
mod reload;

use super::cli::postroom;
use serde_json::Value;
use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// So long a test waits for something that must happen; what it waits for comes far sooner.
const PATIENCE: Duration = Duration::from_mins(1);

/// An installation with two accounts, each with a folder of its own.
struct Installation {
    folder: tempfile::TempDir,
}

/// The service, running in an installation; killed where a test ends before it.
struct Service {
    child: Child,
    log: PathBuf,
}

const RULES: &str = "format: 1
rule_set: service-test
revision: REVISION
change_reason: REASON
extends: classic
accounts:
  front:
    poll_every_secs: 1
    connect: { files: { folder: spool/front } }
    new_calls: { template: General Enquiry, default_logging_analyst: Robin Analyst }
    closed_calls: { otherwise_to: First Line }
    anonymous: { create_calls: true }
  back:
    poll_every_secs: 1
    connect: { files: { folder: spool/back } }
    new_calls: { template: General Enquiry, default_logging_analyst: Robin Analyst }
    closed_calls: { otherwise_to: First Line }
    anonymous: { create_calls: true }
outgoing:
  main: { files: { folder: spool/out }, outgoing_email_id: desk@example.com, default: true }
";

impl Installation {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path();
        for name in ["spool/front", "spool/back", "spool/out"] {
            fs::create_dir_all(path.join(name)).unwrap();
        }
        fs::write(path.join("world.yaml"), include_str!("../../../src/cli/init/world.yaml")).unwrap();
        let installation = Self { folder };
        installation.write_rules(1, "the first");
        let imported = postroom(installation.path()).args(["desk", "import", "world.yaml"]).output().unwrap();
        assert!(imported.status.success(), "{}", String::from_utf8_lossy(&imported.stderr));
        installation
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn write_rules(&self, revision: u32, reason: &str) {
        let text = RULES.replace("REVISION", &revision.to_string()).replace("REASON", reason);
        fs::write(self.path().join("postroom.yaml"), text).unwrap();
    }

    /// A mail appears in one step in the folder of an account.
    fn deliver(&self, account: &str, name: &str) {
        let text = format!(
            "From: Person <person-{name}@example.org>\nTo: desk@example.com\nSubject: Secret matter {name}\n\
             Message-ID: <{name}@example.org>\n\nHello.\n"
        );
        let unfinished = self.path().join(format!("spool/.{name}"));
        fs::write(&unfinished, text).unwrap();
        fs::rename(unfinished, self.path().join(format!("spool/{account}/{name}.eml"))).unwrap();
    }

    fn start(&self, arguments: &[&str]) -> Service {
        self.start_with(arguments, None)
    }

    /// `notified` is where the system's service manager listens.
    fn start_with(&self, arguments: &[&str], notified: Option<&Path>) -> Service {
        let log = self.path().join("service.log");
        let file = File::options().create(true).append(true).open(&log).unwrap();
        let child = Command::new(env!("CARGO_BIN_EXE_postroom"))
            .current_dir(self.path())
            .arg("run")
            .args(arguments)
            .envs(notified.map(|socket| ("NOTIFY_SOCKET", socket)))
            .stdin(Stdio::null())
            .stdout(File::create(self.path().join("stdout")).unwrap())
            .stderr(file)
            .spawn()
            .unwrap();
        Service { child, log }
    }

    fn json(&self, arguments: &[&str]) -> Value {
        let output = postroom(self.path()).args(arguments).args(["--format", "json"]).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap()
    }

    fn status(&self) -> Value {
        self.json(&["status"])
    }

    fn account(&self, name: &str) -> Value {
        let status = self.status();
        let accounts = status["accounts"].as_array().unwrap();
        accounts.iter().find(|account| account["name"] == name).cloned().unwrap_or_default()
    }

    fn ledger(&self) -> Vec<Value> {
        self.json(&["log", "--most", "0"]).as_array().unwrap().clone()
    }

    fn files_in(&self, folder: &str) -> usize {
        fs::read_dir(self.path().join(folder)).map_or(0, |entries| {
            entries
                .filter(|entry| !entry.as_ref().unwrap().file_name().to_string_lossy().starts_with('.'))
                .count()
        })
    }
}

impl Service {
    fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }

    fn signal(&self, name: &str) {
        let sent = Command::new("kill").args([name, &self.child.id().to_string()]).status().unwrap();
        assert!(sent.success());
    }

    fn ended(&mut self) -> Option<i32> {
        self.child.try_wait().unwrap().map(|status| status.code().unwrap_or(-1))
    }

    /// Stops in good order.
    fn stop(&mut self) {
        self.signal("-TERM");
        let log = self.log.clone();
        until("the service has stopped", || self.ended().is_some(), &log);
        assert_eq!(self.ended(), Some(0), "{}", self.log());
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Waits until it is so.
fn until(what: &str, mut is_so: impl FnMut() -> bool, log: &Path) {
    let began = Instant::now();
    while !is_so() {
        let said = || fs::read_to_string(log).unwrap_or_default();
        assert!(began.elapsed() < PATIENCE, "it never came that {what}; the log:\n{}", said());
        sleep(Duration::from_millis(50));
    }
}

fn get(address: &str, path: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(address).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    (head.split(' ').nth(1).unwrap().parse().unwrap(), body.to_owned())
}

#[test]
fn mail_that_comes_while_it_runs_is_dealt_with_and_answered_and_status_says_so() {
    let desk = Installation::new();
    desk.deliver("front", "one");
    let mut service = desk.start(&["--http", "127.0.0.1:0"]);
    let log = service.log.clone();
    until("the first mail is answered", || desk.files_in("spool/out") == 1, &log);
    desk.deliver("front", "two");
    desk.deliver("back", "three");
    until("all mails are answered", || desk.files_in("spool/out") == 3, &log);
    until("the folders are empty", || desk.files_in("spool/front") + desk.files_in("spool/back") == 0, &log);
    until("the status is written", || desk.account("front")["mails"]["action"] == 2, &log);
    let status = desk.status();
    assert_eq!(status["running"], true);
    assert!(status["process"].as_str().unwrap().contains(&service.child.id().to_string()));
    let front = desk.account("front");
    assert_eq!((&front["fault"], &front["in_mailbox"]), (&Value::Null, &Value::from(0)), "{front}");
    assert!(front["last_success"].as_i64() >= front["last_poll"].as_i64().map(|at| at - 1), "{front}");
    assert_eq!(status["outgoing"][0]["waiting"], 0);
    let text = postroom(desk.path()).arg("status").output().unwrap();
    assert!(String::from_utf8(text.stdout).unwrap().starts_with("The service runs: process "));

    let line = service.log();
    let address = line.split("address=").nth(1).unwrap().split_whitespace().next().unwrap().trim_matches('"');
    let (code, health) = get(address, "/health");
    let health: Value = serde_json::from_str(&health).unwrap();
    assert_eq!((code, &health["healthy"]), (200, &Value::from(true)), "{health}");
    let (code, metrics) = get(address, "/metrics");
    assert_eq!(code, 200);
    for line in [
        "postroom_mails_total{account=\"front\",outcome=\"action\"} 2",
        "postroom_ledger_mails{account=\"back\"} 1",
        "postroom_mailbox_mails{account=\"front\"} 0",
        "postroom_outbox_waiting{server=\"main\"} 0",
        "postroom_sendings_total{server=\"main\",result=\"sent\"} 3",
        "postroom_stage_seconds_count{stage=\"settle\",of=\"front\"} 2",
    ] {
        assert!(metrics.contains(line), "{line}: {metrics}");
    }
    // The ledger is not counted anew at every scrape, and its figures stay right.
    desk.deliver("back", "four");
    let counted = |line: &str| get(address, "/metrics").1.contains(line);
    until("the new mail is counted", || counted("postroom_ledger_mails{account=\"back\"} 2"), &log);
    assert!(counted("postroom_ledger_mails{account=\"front\"} 2"));

    service.stop();
    let log = service.log();
    assert_eq!(log.matches(" mail account=").count(), 4, "{log}");
    assert!(log.contains("outcome=\"log_call\"") && log.contains("millis="), "{log}");
    assert!(log.contains("seen=2 dealt_with=2 quarantined=0 still_there=0"), "{log}");
    for secret in ["example.org", "Secret matter", "Hello."] {
        assert!(!log.contains(secret), "{secret}: {log}");
    }
    assert_eq!(fs::read(desk.path().join("stdout")).unwrap(), b"");
    let status = desk.status();
    assert_eq!(status["running"], false);
    assert!(status["service"]["stopped_at"].is_i64(), "{status}");
}

#[test]
fn second_service_on_one_store_is_refused_and_says_who_runs() {
    let desk = Installation::new();
    let mut service = desk.start(&["--log-format", "json"]);
    let log = service.log.clone();
    until("it runs", || desk.status()["running"] == true, &log);
    until("it polls", || desk.account("front")["last_success"].is_i64(), &log);
    let second = postroom(desk.path()).arg("run").output().unwrap();
    assert_eq!(second.status.code(), Some(1));
    let said = String::from_utf8(second.stderr).unwrap();
    assert!(said.contains("runs on this store already"), "{said}");
    assert!(said.contains(&format!("process {}", service.child.id())), "{said}");
    // other commands may write beside it
    fs::create_dir(desk.path().join("spool/elsewhere")).unwrap();
    desk.deliver("elsewhere", "beside");
    let beside =
        postroom(desk.path()).args(["process", "spool/elsewhere", "--account", "front"]).output().unwrap();
    assert!(beside.status.success(), "{}", String::from_utf8_lossy(&beside.stderr));
    let mail = desk.path().join("spool/elsewhere/beside.eml");
    fs::rename(mail, desk.path().join("spool/front/same.eml")).unwrap();
    until("the same mail is known and leaves", || desk.files_in("spool/front") == 0, &log);
    until("it is answered", || desk.files_in("spool/out") == 1, &log);
    service.stop();
    assert_eq!(desk.ledger().len(), 1);
    for line in service.log().lines() {
        let value: Value = serde_json::from_str(line).unwrap();
        assert!(value["level"].is_string() && value["message"].is_string(), "{value}");
    }
}

#[test]
fn rules_are_read_anew_and_wrong_ones_change_nothing() {
    let desk = Installation::new();
    let mut service = desk.start(&[]);
    let log = service.log.clone();
    let revision = || desk.status()["service"]["revision"].clone();
    until("it polls", || desk.account("front")["last_success"].is_i64(), &log);
    // a change on disk is noticed
    desk.write_rules(2, "the second");
    until("the second revision decides", || revision() == 2, &log);
    assert!(service.log().contains("reason=\"the second\""), "{}", service.log());
    // wrong rules are told, and the earlier ones go on
    let text = fs::read_to_string(desk.path().join("postroom.yaml")).unwrap();
    fs::write(desk.path().join("postroom.yaml"), text.replace("General Enquiry", "No Such Template"))
        .unwrap();
    service.signal("-HUP");
    until("the fault is known", || desk.status()["service"]["fault"].is_object(), &log);
    assert!(service.log().contains("No Such Template"), "{}", service.log());
    desk.deliver("front", "under-the-second");
    until("mail is dealt with all the same", || desk.ledger().len() == 1, &log);
    assert_eq!(desk.ledger()[0]["rule_set"]["revision"], 2);
    // an account that is gone is polled no more
    let text = RULES.replace("REVISION", "3").replace("REASON", "the third");
    fs::write(desk.path().join("postroom.yaml"), text.replace("  back:\n", "  back:\n    active: false\n"))
        .unwrap();
    service.signal("-HUP");
    until("the third revision decides", || revision() == 3, &log);
    until("the account is forgotten", || desk.account("back").is_null(), &log);
    assert_eq!(desk.status()["service"]["fault"], Value::Null);
    service.stop();
}

#[test]
fn folder_that_is_gone_holds_up_no_other_account_and_is_found_again() {
    let desk = Installation::new();
    fs::remove_dir(desk.path().join("spool/back")).unwrap();
    let mut service = desk.start(&["--http", "127.0.0.1:0"]);
    let log = service.log.clone();
    until("the fault is known", || desk.account("back")["fault"].is_object(), &log);
    let back = desk.account("back");
    assert!(back["fault"]["words"].as_str().unwrap().contains("spool/back"), "{back}");
    assert!(back["fault"]["since"].is_i64() && back["next_attempt"].is_i64(), "{back}");
    let line = service.log();
    let address = line.split("address=").nth(1).unwrap().split_whitespace().next().unwrap().trim_matches('"');
    assert_eq!(get(address, "/health").0, 503);
    desk.deliver("front", "meanwhile");
    until("the other account goes on", || desk.files_in("spool/front") == 0, &log);
    fs::create_dir(desk.path().join("spool/back")).unwrap();
    desk.deliver("back", "late");
    until("the mail is dealt with", || desk.files_in("spool/back") == 0, &log);
    until("the fault is over", || desk.account("back")["fault"].is_null(), &log);
    service.stop();
    assert!(service.log().contains("polling works again"), "{}", service.log());
}

#[test]
fn mail_that_nobody_can_read_holds_up_no_other_and_is_told_once() {
    let desk = Installation::new();
    // a mail that is no mail, and one that is nothing at all: a link into the void
    fs::write(desk.path().join("spool/front/a.eml"), b"\0\x01\x02").unwrap();
    std::os::unix::fs::symlink("/nowhere/at/all", desk.path().join("spool/front/b.eml")).unwrap();
    desk.deliver("front", "c");
    let mut service = desk.start(&[]);
    let log = service.log.clone();
    until("the others are dealt with", || desk.ledger().len() == 2, &log);
    desk.deliver("front", "d");
    until("so is what comes later", || desk.ledger().len() == 3, &log);
    let kept = desk.json(&["quarantine", "list"]);
    assert_eq!(kept.as_array().unwrap().len(), 1, "{kept}");
    until("the count is known", || desk.account("front")["in_mailbox"] == 1, &log);
    service.stop();
    assert_eq!(service.log().matches("mail cannot be fetched").count(), 1, "{}", service.log());
}

#[test]
fn killed_and_started_again_nothing_is_lost_and_nothing_done_twice() {
    const MAILS: usize = 300;
    let desk = Installation::new();
    for at in 0..MAILS {
        desk.deliver(if at % 2 == 0 { "front" } else { "back" }, &format!("m{at}"));
    }
    let mut dealt_with = 0;
    while dealt_with < MAILS {
        let mut service = desk.start(&[]);
        let log = service.log.clone();
        let before = dealt_with;
        until(
            "some work is done",
            || {
                dealt_with = desk.ledger().len();
                dealt_with > before
            },
            &log,
        );
        service.child.kill().unwrap();
        service.child.wait().unwrap();
        assert_eq!(desk.status()["running"], false);
    }
    let mut service = desk.start(&[]);
    let log = service.log.clone();
    until("every mail has left", || desk.files_in("spool/front") + desk.files_in("spool/back") == 0, &log);
    until("every reply has left", || desk.files_in("spool/out") == MAILS, &log);
    service.stop();
    assert_eq!(desk.ledger().len(), MAILS);
    assert_eq!(
        desk.json(&["desk", "calls"])
            .as_array()
            .unwrap()
            .iter()
            .filter(|call| call["logged_at"].is_i64())
            .count(),
        MAILS
    );
    let outbox = desk.json(&["outbox", "list", "--all"]);
    assert!(outbox.as_array().unwrap().iter().all(|mail| mail["state"] == "sent"), "{outbox}");
}

#[test]
fn second_signal_ends_it_at_once_and_rules_without_a_mailbox_are_refused() {
    let desk = Installation::new();
    let mut service = desk.start(&[]);
    let log = service.log.clone();
    until("it polls", || desk.account("front")["last_success"].is_i64(), &log);
    service.signal("-TERM");
    // it may have stopped in good order before the second one came
    let _late = Command::new("kill").args(["-TERM", &service.child.id().to_string()]).status().unwrap();
    until("it has ended", || service.ended().is_some(), &log);
    assert!([Some(0), Some(1)].contains(&service.ended()), "{}", service.log());

    let text = fs::read_to_string(desk.path().join("postroom.yaml")).unwrap();
    let text = text.replace("    poll_every_secs: 1\n", "    active: false\n");
    fs::write(desk.path().join("postroom.yaml"), text).unwrap();
    let refused = postroom(desk.path()).arg("run").output().unwrap();
    let said = String::from_utf8(refused.stderr).unwrap();
    assert_eq!(refused.status.code(), Some(2), "{said}");
    assert!(said.contains("nothing to poll"), "{said}");
}

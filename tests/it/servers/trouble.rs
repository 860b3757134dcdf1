//! Accounts in every kind of trouble at once, and one beside them that works on as if it were alone.

use super::account::{Installation, PASSWORD_VARIABLE, Reach};
use super::harness::{PASSWORD, Port, Servers};
use super::lmtp::{mail, mail_from};
use super::snag::{MARK, Snag, refusing, silent};
use serde_json::{Value, json};
use std::fs::{self, File};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// So many mails come to the account that is well.
const MAILS: usize = 150;

/// So long the test waits for what must come; a silent server is given up after a minute.
const PATIENCE: Duration = Duration::from_secs(200);

const LARGE_BYTES: usize = 50 * 1024 * 1024;

/// The accounts with what is wrong with each; the last one is well.
fn rules(servers: &Servers, only_the_sixth: bool) -> String {
    let imaps = |person: &str| Reach::new(servers, "imap", Port::DovecotImaps, "implicit").login(person);
    let plain = |person: &str, port: u16| {
        let mut reach = Reach::new(servers, "imap", Port::DovecotImap, "off").login(person).trusting("");
        reach.port = port;
        reach
    };
    let dovecot = servers.port(Port::DovecotImap);
    let mut locked = imaps("box14").to_string();
    locked = locked.replace(&format!("env: {PASSWORD_VARIABLE}"), "file: wrong-password");
    let accounts = [
        ("breaking", plain("box11", Snag::Breaks.before(dovecot)).to_string(), "IT Incident"),
        ("stalled", plain("box12", Snag::Hangs.before(dovecot)).to_string(), "IT Incident"),
        ("silent", plain("box13", silent()).to_string(), "IT Incident"),
        ("locked", locked, "IT Incident"),
        ("large", imaps("box15").to_string(), "IT Incident"),
        ("unanswered", imaps("box16").to_string(), "HR Enquiry"),
        ("unwritable", imaps("box17").to_string(), "IT Incident"),
        ("sixth", imaps("box18").to_string(), "IT Incident"),
    ];
    let accounts = accounts.map(|(name, connect, template)| {
        let active = !only_the_sixth || name == "sixth";
        format!(
            "  {name}:\n    active: {active}\n    poll_every_secs: 1\n    connect: {{ {connect} }}\n    \
             limits: {{ size_bytes_max: 20000000 }}\n    \
             new_calls: {{ template: {template}, default_logging_analyst: Duty Analyst }}\n    \
             closed_calls: {{ otherwise_to: IT First Line }}\n"
        )
    });
    let main = Reach::new(servers, "smtp", Port::EximSmtps, "implicit");
    format!(
        "format: 1\nrule_set: trouble\nrevision: 1\nchange_reason: A test\nextends: classic\naccounts:\n{}\
         outgoing:\n  main: {{ {main}, outgoing_email_id: desk@example.com, default: true }}\n  \
         refusing: {{ smtp: {{ server: localhost, port: {}, tls: off }}, partition: HR, \
         outgoing_email_id: hr@example.com }}\n",
        accounts.concat(),
        refusing()
    )
}

/// The service, stopped in good order or killed.
struct Service(Child);

impl Service {
    fn start(installation: &Installation) -> Self {
        let folder = installation.path();
        let log = File::options().create(true).append(true).open(folder.join("service.log")).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_postroom"));
        command.current_dir(folder).arg("run").env(PASSWORD_VARIABLE, PASSWORD);
        Self(command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log).spawn().unwrap())
    }

    fn stop(&mut self) {
        let asked = Command::new("kill").args(["-TERM", &self.0.id().to_string()]).status().unwrap();
        assert!(asked.success());
        assert_eq!(self.0.wait().unwrap().code(), Some(0));
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn until(installation: &Installation, what: &str, mut is_so: impl FnMut() -> bool) {
    let began = Instant::now();
    while !is_so() {
        let log = || fs::read_to_string(installation.path().join("service.log")).unwrap_or_default();
        let status = || installation.run(&["status"]).said;
        assert!(began.elapsed() < PATIENCE, "it never came that {what}:\n{}\n{}", status(), log());
        sleep(Duration::from_millis(100));
    }
}

fn account(installation: &Installation, name: &str) -> Value {
    let status = installation.json(&["status"]);
    let accounts = status["accounts"].as_array().unwrap();
    accounts.iter().find(|account| account["name"] == name).cloned().unwrap_or_default()
}

/// How long the account that is well takes for its mails, from their delivery on.
fn pace(servers: &Servers, installation: &Installation, round: &str) -> Duration {
    let mails: Vec<String> =
        (0..MAILS).map(|at| mail(&format!("{round}.{at}"), &format!("Device {round} {at}"))).collect();
    servers.deliver(Port::DovecotLmtp, "box18", &mails);
    let began = Instant::now();
    until(installation, "the sixth account's mails are dealt with", || {
        let log = installation.json(&["log", "--account", "sixth", "--most", "0"]);
        log.as_array()
            .unwrap()
            .iter()
            .filter(|line| line["subject"].as_str().unwrap().contains(round))
            .count()
            == MAILS
    });
    began.elapsed()
}

/// Mails for everybody in trouble.
fn deliver(servers: &Servers) {
    let put = |person: &str, mails: &[String]| servers.deliver(Port::DovecotLmtp, person, mails);
    let marked = |id: &str| format!("{}{MARK}\n", mail(id, "Never to be had"));
    put("box11", &[mail("breaking.1", "Before"), marked("breaking.2"), mail("breaking.3", "After")]);
    put("box12", &[marked("stalled.1")]);
    let line = "Nothing but a long story, line after line, without an end that anybody sees.\n";
    let large = mail("large.1", "Large") + &line.repeat(LARGE_BYTES / line.len());
    put("box15", &[large, mail("large.2", "Small")]);
    put("box16", &[1, 2, 3, 4].map(|at| mail_from("carl@example.org", &format!("hr.{at}"), "Holiday")));
    let unwritable = mail("unwritable.1", "Unwritable") + "This nobody can write down.\n";
    put("box17", &[unwritable, mail("unwritable.2", "Writable")]);
}

/// Whether the status says of everybody what is wrong.
fn all_is_told(installation: &Installation) -> bool {
    let of = |name| account(installation, name);
    let (breaking, stalled, silent, locked) = (of("breaking"), of("stalled"), of("silent"), of("locked"));
    let says = |value: &Value, words: &str| value.as_str().is_some_and(|text| text.contains(words));
    says(&breaking["not_fetched"][0], "closed the connection")
        && breaking["mails"]["action"] == 2
        && says(&stalled["not_fetched"][0], "did not answer in time")
        && says(&silent["fault"]["words"], "did not answer in time")
        && says(&locked["fault"]["words"], "box14")
        && of("large")["quarantined"] == json!({ "too_large": 1 })
        && of("unwritable")["quarantined"] == json!({ "cannot_be_recorded": 1 })
        && of("unanswered")["replies_waiting"] == json!({ "refusing": 4 })
        && installation.json(&["status"])["outgoing"].as_array().unwrap().iter().any(|server| {
            server["name"] == "refusing" && server["waiting"] == 4 && says(&server["fault"]["words"], "451")
        })
}

#[test]
fn accounts_in_every_kind_of_trouble_leave_another_at_its_pace_and_status_says_what_is_wrong() {
    let Some(servers) = Servers::start(&["tokens", "dovecot", "exim"]) else { return };
    let installation = Installation::new("{ files: { folder: in } }", "files: { folder: out }", "");
    let folder = installation.path();
    fs::write(folder.join("wrong-password"), "queen-of-hearts\n").unwrap();
    let store = rusqlite::Connection::open(folder.join("postroom.db")).unwrap();
    store
        .execute_batch(
            "CREATE TRIGGER refusal BEFORE INSERT ON items WHEN NEW.description LIKE '%nobody can write down%'
             BEGIN SELECT RAISE(ABORT, 'the desk cannot hold this call'); END",
        )
        .unwrap();
    drop(store);

    fs::write(folder.join("postroom.yaml"), rules(&servers, true)).unwrap();
    let mut service = Service::start(&installation);
    until(&installation, "it polls", || account(&installation, "sixth")["last_success"].is_i64());
    let alone = pace(&servers, &installation, "alone");
    service.stop();

    fs::write(folder.join("postroom.yaml"), rules(&servers, false)).unwrap();
    deliver(&servers);
    let mut service = Service::start(&installation);
    until(&installation, "the status says of each what is wrong", || all_is_told(&installation));
    let beside = pace(&servers, &installation, "beside");
    assert!(all_is_told(&installation), "{}", installation.run(&["status"]).said);
    println!("{MAILS} mails alone {alone:?}, beside seven accounts in trouble {beside:?}");
    assert!(beside < alone * 4 + Duration::from_secs(5), "alone {alone:?}, beside the others {beside:?}");
    let sixth = account(&installation, "sixth");
    assert_eq!((&sixth["fault"], &sixth["hanging"]), (&Value::Null, &Value::Null), "{sixth}");

    let text = installation.run(&["status"]).said;
    println!("{text}");
    for words in [
        "! breaking: `imap://localhost/INBOX;",
        "! stalled: `imap://localhost/INBOX;",
        "! silent: `localhost:",
        "! locked: ",
        "! large: 1 mail in quarantine, too_large",
        "! unwritable: 1 mail in quarantine, cannot_be_recorded",
        "! unanswered: 4 replies wait for the outgoing server refusing: ",
        "! refusing: ",
    ] {
        assert!(text.contains(words), "`{words}` is not told:\n{text}");
    }
    assert!(!text.contains("! sixth") && !text.contains("! main"), "{text}");
    service.stop();

    // What could be had of the mails is in quarantine, and what came behind them was dealt with.
    let quarantine = installation.json(&["quarantine", "list"]);
    for (account, subject, bytes) in
        [("large", "Subject: Large", LARGE_BYTES / 2), ("unwritable", "Unwritable", 0)]
    {
        let kept = quarantine.as_array().unwrap().iter().find(|kept| kept["mail"]["account"] == account);
        let id = kept.unwrap_or_else(|| panic!("{quarantine}"))["id"].to_string();
        let shown = installation.run(&["quarantine", "show", &id, "--raw"]).said;
        assert!(shown.contains(subject) && shown.len() > bytes, "{account}: {} bytes", shown.len());
        assert_eq!(account_lines(&installation, account), 2, "{account}");
    }
    assert_eq!(account_lines(&installation, "breaking"), 2);
    assert_eq!(servers.count(Port::DovecotImap, "box11", "INBOX"), 1, "what cannot be fetched stays");
}

fn account_lines(installation: &Installation, name: &str) -> usize {
    installation.json(&["log", "--account", name, "--most", "0"]).as_array().unwrap().len()
}

//! Revisions, generations and the way back, as an admin meets them.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests are tests")]

use super::cli::postroom;
use serde_json::Value;
use std::fs::{self, File};
use std::path::Path;
use std::process::Stdio;
use std::thread::sleep;
use std::time::Duration;

const WORLD: &str = include_str!("../../fixtures/desk/small.yaml");

const BASE: &str = "format: 1
rule_set: base
revision: 4
change_reason: The house
extends: classic
system: { product: House }
accounts:
  it-desk:
    new_calls: { template: IT Incident }
    closed_calls: { otherwise_to: IT First Line }
    anonymous: { create_calls: true }
outgoing:
  main: { files: { folder: spool/out }, outgoing_email_id: desk@example.com, default: true }
replies:
  call-closed: { body_file: texts/closed.txt }
";

fn top(revision: u32, reason: &str, more: &str) -> String {
    format!(
        "format: 1\nrule_set: my-desk\nrevision: {revision}\nchange_reason: {reason}\nextends: base.yaml\n{more}"
    )
}

/// An installation of two rule files and a text, with its first generation active.
struct Desk {
    folder: tempfile::TempDir,
}

impl Desk {
    fn new() -> Self {
        let desk = Self { folder: tempfile::tempdir().unwrap() };
        fs::create_dir(desk.path().join("texts")).unwrap();
        desk.write("texts/closed.txt", "It is closed.");
        desk.write("base.yaml", BASE);
        desk.write("postroom.yaml", &top(1, "The first", ""));
        desk.write("world.yaml", WORLD);
        desk.process("first", "uma@example.com");
        desk
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.path().join(name), text).unwrap();
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path().join(name)).unwrap()
    }

    fn run(&self, arguments: &[&str]) -> (i32, String, String) {
        let output = postroom(self.path())
            .args(arguments)
            .env("USER", "anna")
            .env_remove("SUDO_USER")
            .output()
            .unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (output.status.code().unwrap_or(-1), text(output.stdout), text(output.stderr))
    }

    /// Runs what must go well.
    fn well(&self, arguments: &[&str]) -> String {
        let (code, text, error) = self.run(arguments);
        assert_eq!(code, 0, "{arguments:?}: {text}{error}");
        text
    }

    fn json(&self, arguments: &[&str]) -> Value {
        serde_json::from_str(&self.well(&[arguments, &["--format", "json"]].concat())).unwrap()
    }

    /// Takes in one mail; gives the decision, and what was said about the rules.
    fn taken(&self, name: &str, from: &str) -> (i32, String, String) {
        let mail = format!(
            "From: {from}\nTo: desk@example.com\nSubject: A {name} matter\nMessage-ID: <{name}@example.org>\n\nHello.\n"
        );
        self.write("mail.eml", &mail);
        self.run(&[
            "process",
            "mail.eml",
            "--world",
            "world.yaml",
            "--store",
            "sqlite:postroom.db",
            "--format",
            "json",
        ])
    }

    fn process(&self, name: &str, from: &str) -> (Value, String) {
        let (code, text, error) = self.taken(name, from);
        assert_eq!(code, 0, "{text}{error}");
        (serde_json::from_str(text.lines().next().unwrap()).unwrap(), error)
    }

    fn log(&self) -> Vec<Value> {
        self.json(&["rules", "log"]).as_array().unwrap().clone()
    }

    /// Of each activation its number, revision and what it returns to, newest first.
    fn generations(&self) -> Vec<(i64, i64, Option<i64>)> {
        let of = |it: &Value| {
            (it["generation"].as_i64().unwrap(), it["revision"].as_i64().unwrap(), it["returns_to"].as_i64())
        };
        self.log().iter().map(of).collect()
    }
}

#[test]
fn change_without_a_new_revision_or_reason_is_told_and_refused_where_the_file_demands_it() {
    let desk = Desk::new();
    let (_, said) = desk.process("same", "uma@example.com");
    assert!(!said.contains("warning["), "{said}");
    // changed, and counted as before
    desk.write("postroom.yaml", &top(1, "The first", "system: { product: Mine }\n"));
    let (_, text, _) = desk.run(&["check", "--store", "sqlite:postroom.db"]);
    for code in ["warning[revision-not-raised]", "warning[change-reason-missing]", "write `revision: 2`"] {
        assert!(text.contains(code), "{text}");
    }
    let (_, said) = desk.process("changed", "uma@example.com");
    assert!(
        said.contains("warning[revision-not-raised]") && said.contains("change-reason-missing"),
        "{said}"
    );
    assert_eq!(desk.generations(), [(2, 1, None), (1, 1, None)]);
    // it is told once: what is active is no change any more
    let (_, said) = desk.process("again", "uma@example.com");
    assert!(!said.contains("warning["), "{said}");
    // a lower one, in a file that demands better
    let strict = "require_revision: true\nsystem: { product: Ours }\n";
    desk.write("postroom.yaml", &top(1, "Ours", strict));
    let (code, out, said) = desk.taken("refused", "uma@example.com");
    assert!(code == 3 && out.is_empty() && said.contains("error[revision-not-raised]"), "{code}: {said}");
    assert!(said.contains("require_revision: true") && !said.contains("change-reason"), "{said}");
    assert_eq!(desk.generations().len(), 2, "what is refused is not recorded");
    assert_eq!(desk.run(&["check", "--store", "sqlite:postroom.db"]).0, 3);
    desk.write("postroom.yaml", &top(2, "Ours", strict));
    let (_, said) = desk.process("taken", "uma@example.com");
    assert!(!said.contains("[revision"), "{said}");
    // a change of a text that a reply names is a change, too
    desk.write("texts/closed.txt", "It is closed now.");
    assert!(desk.taken("text", "uma@example.com").2.contains("error[revision-not-raised]"));
    // exactly what was active before is no change
    desk.write("texts/closed.txt", "It is closed.");
    desk.write("postroom.yaml", &top(1, "The first", ""));
    let (_, said) = desk.process("back", "uma@example.com");
    assert!(!said.contains("warning["), "{said}");
}

#[test]
fn every_activation_is_listed_and_its_digest_stands_in_decisions_the_ledger_and_replies() {
    let desk = Desk::new();
    desk.write("postroom.yaml", &top(2, "Ours", "system: { product: Ours }\n"));
    let (decision, _) = desk.process("second", "uma@example.com");
    let log = desk.log();
    assert_eq!(
        (log.len(), &log[0]["active"], &log[1]["active"]),
        (2, &Value::from(true), &Value::from(false))
    );
    assert_eq!(
        (&log[0]["reason"], &log[0]["who"], &log[0]["kept"]),
        (&"Ours".into(), &"anna".into(), &true.into())
    );
    assert!(log[0]["at"].as_str().unwrap().contains('T'), "{log:?}");
    let digest = log[0]["digest"].as_str().unwrap();
    assert_ne!(digest, log[1]["digest"]);
    assert_eq!(decision["rule_set"]["digest"], digest);
    let ledger = desk.json(&["log"]);
    assert_eq!(ledger[0]["rule_set"]["digest"], digest);
    // the reply names the rules that decided, not those of when it is sent
    desk.write("postroom.yaml", &top(3, "Later", "system: { product: Later }\n"));
    desk.process("third", "uma@example.com");
    desk.well(&["outbox", "retry"]);
    let outbox = desk.json(&["outbox", "list", "--all"]);
    let second =
        outbox.as_array().unwrap().iter().find(|mail| mail["subject"] == "Call 5841 has been logged");
    let rules = second.unwrap_or(&outbox[1])["rules"].as_str().unwrap();
    assert_eq!(rules, format!("my-desk 2 {digest}"));
    let sent: Vec<String> = fs::read_dir(desk.path().join("spool/out"))
        .unwrap()
        .map(|entry| fs::read_to_string(entry.unwrap().path()).unwrap().replace("\r\n ", " "))
        .collect();
    assert_eq!(
        sent.iter().filter(|mail| mail.contains(&format!("X-Postroom-Rules: {rules}"))).count(),
        1,
        "{sent:?}"
    );
    let text = desk.well(&["rules", "history"]);
    assert!(
        text.lines().nth(1).unwrap().trim_start().starts_with("→ ") && text.contains("my-desk r1"),
        "{text}"
    );
}

#[test]
fn rollback_puts_every_file_back_and_goes_further_back_and_forward() {
    let desk = Desk::new();
    let first = desk.read("postroom.yaml");
    desk.write("base.yaml", &BASE.replace("House", "Second House"));
    desk.write("texts/closed.txt", "It is closed, secondly.");
    desk.write("postroom.yaml", &top(2, "The second", ""));
    desk.process("second", "uma@example.com");
    desk.write("postroom.yaml", &top(3, "The third", "system: { product: Third }\n"));
    desk.process("third", "uma@example.com");
    let before = desk.well(&["rules", "rollback", "--dry-run"]);
    assert!(before.contains("generation 2") && before.contains("postroom.yaml"), "{before}");
    assert_eq!(desk.generations().len(), 3);
    let text = desk.well(&["rules", "rollback"]);
    assert!(text.contains("Returned to generation 2: my-desk r2, \"The second\""), "{text}");
    assert!(text.contains("rollback --to 3") && text.contains("No service runs"), "{text}");
    assert_eq!(desk.read("postroom.yaml"), top(2, "The second", ""));
    // it is active: the next mail is decided by it, without a word about revisions
    let (decision, said) = desk.process("by-the-second", "uma@example.com");
    assert_eq!(decision["rule_set"]["revision"], 2);
    assert!(!said.contains("warning["), "{said}");
    // once more: one further back, with all its files
    desk.well(&["rules", "rollback"]);
    assert_eq!(desk.read("postroom.yaml"), first);
    assert_eq!(
        (desk.read("base.yaml").as_str(), desk.read("texts/closed.txt").as_str()),
        (BASE, "It is closed.")
    );
    assert_eq!(
        desk.generations(),
        [(5, 1, Some(1)), (4, 2, Some(2)), (3, 3, None), (2, 2, None), (1, 1, None)]
    );
    assert_eq!(desk.log()[0]["reason"], "rollback to generation 1: The first");
    let (code, _, error) = desk.run(&["rules", "rollback"]);
    assert!(code == 1 && error.contains("no generation of `my-desk` before 1"), "{error}");
    // and forward, by the number of a rollback, too
    desk.well(&["rules", "rollback", "--to", "4"]);
    assert_eq!(desk.read("texts/closed.txt"), "It is closed, secondly.");
    assert_eq!(desk.generations()[0], (6, 2, Some(2)));
    let again = desk.well(&["rules", "rollback", "--to", "2"]);
    assert!(again.contains("nothing was changed"), "{again}");
    assert!(desk.run(&["rules", "rollback", "--to", "99"]).2.contains("there is no generation 99"));
    // whoever goes on from there counts above all that there were
    desk.write("postroom.yaml", &top(3, "From the second", ""));
    let (_, said) = desk.process("from-the-second", "uma@example.com");
    assert!(said.contains("warning[revision-not-raised]") && said.contains("revision: 4"), "{said}");
    let copies = fs::read_dir(desk.path())
        .unwrap()
        .filter(|entry| entry.as_ref().unwrap().file_name().to_string_lossy().contains(".before-rollback"));
    assert_eq!(copies.count(), 0, "every text was one of a generation");
}

#[test]
fn rollback_from_files_that_were_never_active_returns_to_what_is_and_loses_nothing() {
    let desk = Desk::new();
    desk.write("postroom.yaml", &top(2, "The second", ""));
    desk.process("second", "uma@example.com");
    let broken = top(3, "A draft", "permit: [ nonsense\n");
    desk.write("postroom.yaml", &broken);
    fs::remove_file(desk.path().join("texts/closed.txt")).unwrap();
    let text = desk.well(&["rules", "rollback"]);
    assert!(text.contains("Returned to generation 2"), "{text}");
    assert_eq!(desk.read("postroom.yaml"), top(2, "The second", ""));
    assert_eq!(desk.read("texts/closed.txt"), "It is closed.");
    assert_eq!(desk.read("postroom.yaml.before-rollback"), broken);
    // another draft does not take the place of the first one's copy
    desk.write("postroom.yaml", "another draft");
    desk.well(&["rules", "rollback", "--to", "1"]);
    assert_eq!(desk.read("postroom.yaml.before-rollback"), broken);
    assert_eq!(desk.read("postroom.yaml.before-rollback-2"), "another draft");
    assert_eq!(desk.process("first-again", "uma@example.com").0["rule_set"]["revision"], 1);
}

#[test]
fn rollback_writes_no_rules_over_those_of_another_installation() {
    let desk = Desk::new();
    desk.write("postroom.yaml", &top(2, "The second", "system: { product: Two }\n"));
    desk.process("second", "uma@example.com");
    fs::create_dir(desk.path().join("trial")).unwrap();
    let trial = BASE.replace("rule_set: base", "rule_set: trial").replace("texts/", "../texts/");
    desk.write("trial/postroom.yaml", &trial);
    desk.write(
        "mail.eml",
        "From: uma@example.com\nTo: desk@example.com\nSubject: x\nMessage-ID: <t@x>\n\nHello.\n",
    );
    desk.well(&["process", "mail.eml", "--rules", "trial", "--store", "sqlite:postroom.db"]);
    // a mistaken name is not what decides from now on
    let (code, ..) =
        desk.run(&["process", "mail.eml", "--rules", "classic", "--store", "sqlite:postroom.db"]);
    assert_eq!((code, desk.log().len()), (2, 3));
    let (code, _, error) = desk.run(&["rules", "rollback"]);
    assert!(code == 1 && error.contains("`--to 2` returns to `my-desk` r2"), "{error}");
    desk.well(&["rules", "rollback", "--to", "1"]);
    assert_eq!(desk.read("trial/postroom.yaml"), trial);
    assert_eq!(desk.read("postroom.yaml"), top(1, "The first", ""));
}

#[test]
fn star_in_a_rule_is_no_blot() {
    let desk = Desk::new();
    let row = |pattern: &str| {
        format!(
            "recognize:\n  - {{ expression: '{pattern}(?<number>[0-9]+)', intent: update, kind: call, after: last }}\n"
        )
    };
    desk.write("postroom.yaml", &top(2, "The second", &row("STOP.*")));
    desk.process("second", "uma@example.com");
    // never active, and as long as what is
    desk.write("postroom.yaml", &top(2, "The second", &row("STOP.+")));
    let said = desk.well(&["rules", "rollback", "--dry-run"]);
    assert!(said.contains("Would return to generation 2"), "{said}");
}

#[test]
fn rollback_that_cannot_be_done_as_a_whole_is_not_begun() {
    let desk = Desk::new();
    let state = || (desk.read("postroom.yaml"), desk.read("base.yaml"), desk.generations());
    desk.write("base.yaml", &BASE.replace("House", "Second House"));
    desk.write("texts/closed.txt", "It is closed, secondly.");
    desk.write("postroom.yaml", &top(2, "The second", ""));
    desk.process("second", "uma@example.com");
    let before = state();
    // a folder that is gone
    fs::rename(desk.path().join("texts"), desk.path().join("elsewhere")).unwrap();
    let (code, _, error) = desk.run(&["rules", "rollback", "--to", "1"]);
    assert!(
        code == 1 && error.contains("texts/closed.txt") && error.contains("nothing was changed"),
        "{error}"
    );
    assert_eq!(state(), before);
    fs::rename(desk.path().join("elsewhere"), desk.path().join("texts")).unwrap();
    // a group that the desk no longer has
    let rules = rusqlite::Connection::open(desk.path().join("postroom.db")).unwrap();
    rules.execute("UPDATE analyst_groups SET name = 'Renamed' WHERE name = 'IT First Line'", []).unwrap();
    let (code, _, error) = desk.run(&["rules", "rollback", "--to", "1"]);
    assert!(
        code == 3 && error.contains("unknown-group") && error.contains("cannot become active"),
        "{error}"
    );
    rules.execute("UPDATE analyst_groups SET name = 'IT First Line' WHERE name = 'Renamed'", []).unwrap();
    assert_eq!(state(), before);
    // another one at work
    let lock = File::options()
        .write(true)
        .create(true)
        .truncate(false)
        .open(desk.path().join("postroom.db.rollback.lock"))
        .unwrap();
    lock.lock().unwrap();
    let (code, _, error) = desk.run(&["rules", "rollback"]);
    assert!(code == 1 && error.contains("another `postroom rules rollback`"), "{error}");
    drop(lock);
    assert_eq!(state(), before);
    let staged = fs::read_dir(desk.path())
        .unwrap()
        .filter(|it| it.as_ref().unwrap().file_name().to_string_lossy().ends_with(".new"));
    assert_eq!(staged.count(), 0);
    desk.well(&["rules", "rollback"]);
    assert_eq!(desk.read("base.yaml"), BASE);
}

#[test]
fn rollback_that_was_broken_off_decides_no_mail_until_it_is_completed() {
    let desk = Desk::new();
    desk.write("base.yaml", &BASE.replace("House", "Second House"));
    desk.write("postroom.yaml", &top(2, "The second", ""));
    desk.process("second", "uma@example.com");
    // the program ended between the first file and the second
    let store = rusqlite::Connection::open(desk.path().join("postroom.db")).unwrap();
    store.execute("INSERT INTO settings (name, value) VALUES ('rollback_to', 1)", []).unwrap();
    desk.write("base.yaml", BASE);
    let (code, out, error) = desk.taken("meanwhile", "uma@example.com");
    assert!(code == 1 && out.is_empty(), "{code}: {out}");
    assert!(error.contains("`postroom rules rollback --to 1` completes it"), "{error}");
    assert_eq!(desk.json(&["log"]).as_array().unwrap().len(), 2);
    let piped = postroom(desk.path())
        .args(["process", "-"])
        .pipe_stdin(desk.path().join("mail.eml"))
        .unwrap()
        .output()
        .unwrap();
    assert_eq!(piped.status.code(), Some(75), "the mail server keeps the mail");
    let text = desk.well(&["rules", "rollback"]);
    assert!(text.contains("Returned to generation 1"), "{text}");
    assert_eq!(
        (desk.read("base.yaml").as_str(), desk.read("postroom.yaml")),
        (BASE, top(1, "The first", ""))
    );
    assert_eq!(desk.process("meanwhile", "uma@example.com").0["rule_set"]["revision"], 1);
}

#[test]
fn rollback_killed_at_any_moment_leaves_one_generation_or_says_how_to_go_on() {
    let desk = Desk::new();
    desk.write("base.yaml", &BASE.replace("House", "Second House"));
    desk.write("texts/closed.txt", "It is closed, secondly.");
    desk.write("postroom.yaml", &top(2, "The second", ""));
    desk.process("second", "uma@example.com");
    let generation = || {
        let is_first = [
            desk.read("base.yaml") == BASE,
            desk.read("texts/closed.txt") == "It is closed.",
            desk.read("postroom.yaml") == top(1, "The first", ""),
        ];
        if is_first == [true; 3] {
            Some(1)
        } else if is_first == [false; 3] {
            Some(2)
        } else {
            None
        }
    };
    for (at, millis) in [5, 60, 150, 250, 350, 500, 700, 1000].into_iter().enumerate() {
        let to = if at % 2 == 0 { "1" } else { "2" };
        let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_postroom"))
            .current_dir(desk.path())
            .args(["rules", "rollback", "--to", to])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        sleep(Duration::from_millis(millis));
        child.kill().unwrap();
        child.wait().unwrap();
        let (code, out, error) = desk.taken(&format!("after-{at}"), "uma@example.com");
        match generation() {
            Some(whole) if code == 0 => {
                let decision: Value = serde_json::from_str(out.lines().next().unwrap()).unwrap();
                assert_eq!(decision["rule_set"]["revision"], whole, "{at}");
            }
            found => assert!(error.contains("completes it"), "{at}, {found:?}: {error}"),
        }
        desk.well(&["rules", "rollback", "--to", to]);
        assert_eq!(generation().map(|it| it.to_string()).as_deref(), Some(to), "{at}");
    }
}

#[test]
fn store_of_an_older_version_lists_what_it_knows_and_says_what_was_not_kept() {
    let folder = tempfile::tempdir().unwrap();
    let old = rusqlite::Connection::open(folder.path().join("postroom.db")).unwrap();
    old.execute_batch(include_str!("../../src/adapters/sqlite/schema-1.sql")).unwrap();
    old.execute_batch(
        "PRAGMA application_id = 0x506f7374; PRAGMA user_version = 1;
         INSERT INTO activations VALUES (1, 'old', 3, 'sha256:0', 'because', 5), (2, 'old', 4, 'sha256:1', 'why', 9);",
    )
    .unwrap();
    drop(old);
    let run = |arguments: &[&str]| {
        let output = postroom(folder.path()).args(arguments).output().unwrap();
        (
            output.status.code(),
            String::from_utf8(output.stdout).unwrap(),
            String::from_utf8(output.stderr).unwrap(),
        )
    };
    let (code, text, _) = run(&["rules", "log"]);
    assert!(code == Some(0) && text.contains("old r4") && text.contains("because"), "{text}");
    let (code, _, error) = run(&["rules", "rollback"]);
    assert!(code == Some(1) && error.contains("were not kept"), "{error}");
    let (code, _, error) = run(&["rules", "log", "--store", "sqlite:none.db"]);
    assert!(code == Some(1) && error.contains("there is no store"), "{error}");
    assert!(!folder.path().join("none.db").exists());
}

#[test]
fn origin_tells_every_layer_that_a_value_overrode() {
    let desk = Desk::new();
    let rule = "permit:\n  - { rule: mine, replaces: user-closes-own-call, when: { sender: user, action: close_call, is_call_user: true }, then: allow }\n";
    desk.write("postroom.yaml", &top(2, "Why", &format!("system: {{ product: Mine }}\n{rule}")));
    let shown = desk.json(&["show", "--origin"]);
    let product = &shown["system"]["product"];
    assert_eq!(
        (&product["value"], &product["file"], &product["line"]),
        (&"Mine".into(), &"postroom.yaml".into(), &6.into())
    );
    let below: Vec<(&str, &str)> = product["overrode"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| (it["value"].as_str().unwrap(), it["file"].as_str().unwrap()))
        .collect();
    assert_eq!(below, [("House", "base.yaml"), ("ASM Core", "classic.yaml")]);
    assert_eq!(product["overrode"][0]["line"], 6);
    let revisions: Vec<&Value> =
        shown["revision"]["overrode"].as_array().unwrap().iter().map(|it| &it["value"]).collect();
    assert_eq!(revisions, [&Value::from(4), &Value::from(1)]);
    let mine = shown["permit"].as_array().unwrap().iter().find(|row| row["rule"]["value"] == "mine").unwrap();
    assert_eq!(mine["$overrode"][0]["value"]["rule"], "user-closes-own-call");
    assert_eq!(mine["$overrode"][0]["file"], "classic.yaml");
    let creates = &shown["accounts"]["it-desk"]["anonymous"]["create_calls"];
    assert_eq!((&creates["value"], &creates["overrode"][0]["file"]), (&true.into(), &"classic.yaml".into()));
    let text = desk.well(&["show", "--origin"]);
    let line = text.lines().find(|line| line.contains("product:")).unwrap();
    assert!(
        line.contains(
            "# postroom.yaml:6, overrode House (base.yaml:6), which overrode ASM Core (classic.yaml:"
        ),
        "{line}"
    );
    assert!(text.contains("overrode { rule: user-closes-own-call,"), "{text}");
    // it still reads back as the same rules
    desk.write("shown.yaml", &text);
    assert_eq!(desk.well(&["show", "shown.yaml"]), desk.well(&["show"]));
}

#[test]
fn demand_for_a_newer_program_is_told_alone_in_whichever_layer_it_stands() {
    let desk = Desk::new();
    desk.write(
        "base.yaml",
        &BASE.replace("system:", "requires: postroom >= 99.0\nnew_thing: { a: 1 }\nsystem:"),
    );
    let (code, text, _) = desk.run(&["check"]);
    assert_eq!(code, 3);
    assert_eq!(text.matches("error[").count(), 1, "{text}");
    assert!(text.contains("error[program-too-old]") && text.contains("base.yaml:6"), "{text}");
    assert!(text.contains("install Postroom 99.0.0 or newer"), "{text}");
    let this = env!("CARGO_PKG_VERSION");
    desk.write("base.yaml", &BASE.replace("system:", &format!("requires: postroom >= {this}\nsystem:")));
    assert_eq!(desk.run(&["check"]).0, 0);
    // it is a demand of its own file, and no value of the whole
    assert!(!desk.well(&["show"]).contains("requires"));
}

//! The program as people and mail servers run it.

use assert_cmd::Command;
use serde_json::Value;
use std::fs;
use std::path::Path;

const WORLD: &str = include_str!("../../fixtures/desk/small.yaml");

/// The program, in a folder of its own.
pub(crate) fn postroom(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_postroom"));
    command.current_dir(folder).env_remove("NO_COLOR");
    command
}

fn output(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    ended(postroom(folder).args(arguments))
}

fn ended(command: &mut Command) -> (i32, String, String) {
    let output = command.output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap_or(-1), text(output.stdout), text(output.stderr))
}

fn mail(name: &str, from: &str, subject: &str) -> String {
    format!(
        "From: {from}\nTo: desk@example.com\nSubject: {subject}\nMessage-ID: <{name}@example.org>\n\nHello.\n"
    )
}

/// A folder with the mails that most of these tests begin with.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let mails = folder.path().join("mails");
    fs::create_dir(&mails).unwrap();
    let write = |name: &str, text: String| fs::write(mails.join(format!("{name}.eml")), text).unwrap();
    write("a-log", mail("a", "uma@example.com", "The printer is broken"));
    write("b-close", mail("b", "ana.lyst@example.com", "[CLOSE#5837]"));
    write("c-unknown", mail("c", "nobody@example.net", "Hello"));
    write("d-no-mail", "\0\u{1}".to_owned());
    folder
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

#[test]
fn second_run_finds_every_mail_dealt_with_and_changes_nothing() {
    let folder = folder();
    let (code, first, remarks) = output(folder.path(), &["process", "mails"]);
    assert_eq!(code, 0, "{remarks}");
    assert!(remarks.contains("built-in demo"), "{remarks}");
    for words in ["log_call", "close_call", "ignore unknown_sender", "quarantine not_mail", "2 replies wait"]
    {
        assert!(first.contains(words), "{words}: {first}");
    }
    let state = |folder: &Path| {
        [&["desk", "calls", "--format", "json"][..], &["outbox", "list", "--all", "--format", "json"]]
            .map(|arguments| output(folder, arguments).1)
    };
    let before = state(folder.path());
    let (code, second, _) = output(folder.path(), &["process", "mails"]);
    assert_eq!(code, 0);
    assert!(second.contains("Every mail was dealt with already; nothing has changed."), "{second}");
    assert_eq!(state(folder.path()), before);
}

#[test]
fn decisions_are_printed_one_to_a_line() {
    let folder = folder();
    let process = ["process", "mails", "--format", "json"];
    let lines = |text: &str| text.lines().map(json).collect::<Vec<Value>>();
    let (_, first, remarks) = output(folder.path(), &process);
    assert!(remarks.contains("4 decided"), "{remarks}");
    let first = lines(&first);
    assert_eq!(first.len(), 4);
    assert_eq!(first[0]["outcome"], serde_json::json!({ "action": "log_call" }));
    assert!(first[0].get("already").is_none());
    let (_, second, _) = output(folder.path(), &process);
    let second = lines(&second);
    assert!(second.iter().all(|decision| decision["already"] == true));
    assert_eq!(second[0]["effects"], first[0]["effects"]);
}

#[test]
fn piped_mail_is_kept_by_the_mail_server_while_the_store_is_out_of_reach() {
    let folder = folder();
    let pipe = |arguments: &[&str]| {
        let text = mail("p", "uma@example.com", "Piped");
        ended(postroom(folder.path()).args(["process", "-"]).args(arguments).write_stdin(text))
    };
    let (code, _, error) = pipe(&["--store", "sqlite:no-such-folder/p.db"]);
    assert_eq!((code, error.lines().count()), (75, 1), "{error}");
    fs::write(folder.path().join("other.db"), "not a database, but long enough to look like a file").unwrap();
    assert_eq!(pipe(&["--store", "sqlite:other.db"]).0, 75);
    fs::write(folder.path().join("wrong.yaml"), "format: 1\nextends: nothing\n").unwrap();
    assert_eq!(pipe(&["--rules", "wrong.yaml"]).0, 75);
    let (code, line, _) = pipe(&[]);
    assert_eq!(code, 0);
    assert!(line.contains("log_call"), "{line}");
}

#[test]
fn nothing_piped_in_is_quarantined() {
    let folder = folder();
    let (code, line, _) = ended(postroom(folder.path()).args(["process", "-"]).write_stdin(""));
    assert_eq!(code, 0);
    assert!(line.contains("quarantine not_mail"), "{line}");
}

#[test]
fn world_without_a_store_is_decided_in_memory() {
    let folder = folder();
    fs::write(folder.path().join("world.yaml"), WORLD).unwrap();
    let (code, text, remarks) = output(folder.path(), &["process", "mails", "--world", "world.yaml"]);
    assert_eq!(code, 0, "{remarks}");
    assert!(text.contains("Decided in memory") && remarks.contains("Nothing is written"), "{text}{remarks}");
    assert!(!folder.path().join("postroom.db").exists());
}

#[test]
fn world_is_not_looked_at_where_the_desk_is_not_empty() {
    let folder = folder();
    fs::write(folder.path().join("world.yaml"), WORLD).unwrap();
    let process = ["process", "mails", "--world", "world.yaml", "--store", "sqlite:p.db"];
    let (_, _, remarks) = output(folder.path(), &process);
    assert!(!remarks.contains("not empty"), "{remarks}");
    let (code, _, remarks) = output(folder.path(), &process);
    assert_eq!(code, 0);
    assert!(remarks.contains("The desk is not empty"), "{remarks}");
}

#[test]
fn path_that_does_not_exist_does_not_hold_up_the_others() {
    let folder = folder();
    let (code, text, error) = output(folder.path(), &["process", "nowhere", "mails"]);
    assert_eq!(code, 1);
    assert!(text.contains("log_call") && error.contains("`nowhere`"), "{text}{error}");
}

#[test]
fn wrong_rules_end_with_3_and_wrong_usage_with_2() {
    let folder = folder();
    fs::write(folder.path().join("wrong.yaml"), "format: 1\nrule_set: x\nextends: classic\nacounts: {}\n")
        .unwrap();
    let (code, _, error) = output(folder.path(), &["process", "mails", "--rules", "wrong.yaml"]);
    assert_eq!(code, 3);
    assert!(error.contains("acounts"), "{error}");
    assert_eq!(output(folder.path(), &["process", "mails", "--account", "nobody"]).0, 2);
    assert_eq!(output(folder.path(), &["process", "mails", "-"]).0, 2);
    assert_eq!(output(folder.path(), &["proces"]).0, 2);
    assert_eq!(output(folder.path(), &[]).0, 0);
}

#[test]
fn json_of_a_mail_says_nothing_to_a_terminal() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let subject = "printer \u{9b}2J\u{202e}\u{7f} broken";
    let evil = mail("e", "uma@example.com", subject);
    fs::write(
        path.join("evil.eml"),
        evil.replace("Subject:", "Content-Type: text/plain; charset=utf-8\nSubject:"),
    )
    .unwrap();
    let steers = |c: char| matches!(c, '\u{9b}' | '\u{202e}' | '\u{7f}');
    for arguments in [
        &["process", "evil.eml", "--format", "json"][..],
        &["process", "evil.eml", "--format", "json"],
        &["log", "--format", "json"],
        &["outbox", "list", "--format", "json"],
        &["desk", "calls", "--format", "json"],
    ] {
        let (code, text, error) = output(path, arguments);
        assert_eq!(code, 0, "{error}");
        assert!(text.contains("broken") || text.contains("Hello"), "{arguments:?} {text}");
        assert!(!text.contains(steers), "{arguments:?} {text:?}");
        let _value = json(&text);
    }
}

#[test]
fn trace_refuses_what_process_would_refuse() {
    let folder = folder();
    let path = folder.path();
    fs::write(path.join("world.yaml"), WORLD).unwrap();
    fs::write(
        path.join("rules.yaml"),
        "format: 1\nrule_set: x\nrevision: 1\nchange_reason: test\nextends: classic\naccounts:\n  demo:\n    \
         new_calls: { template: IT Incidnt, default_logging_analyst: Duty Analyst }\n    \
         closed_calls: { otherwise_to: IT First Line }\n",
    )
    .unwrap();
    for command in [["trace", "mails/a-log.eml"], ["process", "mails/a-log.eml"]] {
        let with = ["--rules", "rules.yaml", "--world", "world.yaml"];
        let (code, _, error) = output(path, &[&command[..], &with].concat());
        assert_eq!(code, 3, "{error}");
        assert!(error.contains("IT Incidnt") && error.contains("did you mean `IT Incident`"), "{error}");
    }
}

#[test]
fn quarantined_mail_can_be_read_processed_again_and_dropped() {
    let folder = folder();
    let path = folder.path();
    let _first = output(path, &["process", "mails"]);
    let (_, raw, _) = output(path, &["quarantine", "show", "1", "--raw"]);
    assert_eq!(raw, "\0\u{1}");
    let (code, _, error) = output(path, &["quarantine", "retry", "1", "--rules", "classic"]);
    assert_eq!(code, 2, "{error}");
    assert!(output(path, &["quarantine", "list"]).1.contains("kept"));
    let (code, text, error) = output(path, &["quarantine", "retry", "1"]);
    assert_eq!((code, text.as_str()), (0, "Mail 1 was processed again: quarantine not_mail.\n"), "{error}");
    assert_eq!(output(path, &["quarantine", "retry", "1"]).0, 1);
    assert_eq!(output(path, &["quarantine", "show", "2", "--raw"]).1, "\0\u{1}");
    assert_eq!(output(path, &["quarantine", "drop", "2"]).0, 0);
    assert_eq!(output(path, &["quarantine", "list"]).1, "No mail.\n");
    assert_eq!(output(path, &["quarantine", "show", "9"]).0, 1);
}

#[test]
fn outbox_is_sent_into_a_folder_once() {
    let folder = folder();
    let path = folder.path();
    let _first = output(path, &["process", "mails"]);
    let waiting = json(&output(path, &["outbox", "list", "--format", "json"]).1);
    assert_eq!(waiting.as_array().map(Vec::len), Some(2));
    let (code, text, _) = output(path, &["outbox", "retry"]);
    assert_eq!((code, text.as_str()), (0, "2 sent, 0 failed, 0 still waiting.\n"));
    let sent = fs::read_dir(path.join("spool/out")).unwrap().count();
    assert_eq!(sent, 2);
    assert_eq!(output(path, &["outbox", "list"]).1, "Nothing waits.\n");
    assert_eq!(output(path, &["outbox", "retry", "1"]).0, 1);
    assert_eq!(output(path, &["outbox", "retry", "77"]).0, 1);
}

#[test]
fn replies_are_sent_right_after_where_that_is_asked() {
    let folder = folder();
    let (code, text, _) = output(folder.path(), &["process", "mails", "--send"]);
    assert_eq!(code, 0);
    assert!(text.contains("Replies: 2 sent, 0 failed."), "{text}");
    assert_eq!(fs::read_dir(folder.path().join("spool/out")).unwrap().count(), 2);
}

#[test]
fn reply_for_a_server_that_cannot_be_reached_yet_stays() {
    let folder = folder();
    let path = folder.path();
    fs::write(
        path.join("postroom.yaml"),
        "format: 1\nrule_set: x\nrevision: 1\nchange_reason: test\nextends: classic\naccounts:\n  demo:\n    \
         new_calls: { template: IT Incident, default_logging_analyst: Duty Analyst }\n    \
         closed_calls: { otherwise_to: IT First Line }\noutgoing:\n  \
         main: { graph: { mailbox: desk@example.com }, outgoing_email_id: desk@example.com, default: true }\n",
    )
    .unwrap();
    fs::write(path.join("world.yaml"), WORLD).unwrap();
    let process = ["process", "mails", "--world", "world.yaml", "--store", "sqlite:postroom.db", "--send"];
    let (code, _, remarks) = output(path, &process);
    assert_eq!(code, 0, "{remarks}");
    assert!(remarks.contains("reached by graph"), "{remarks}");
    let waiting = json(&output(path, &["outbox", "list", "--format", "json"]).1);
    assert_eq!(waiting[0]["state"], "waiting");
    assert_eq!(waiting[0]["attempts"], 0);
}

#[test]
fn new_installation_works_at_once() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(output(folder.path(), &["init", "desk"]).0, 0);
    let desk = folder.path().join("desk");
    let process = ["process", "spool/in", "--world", "world.yaml", "--store", "sqlite:postroom.db"];
    let (code, text, remarks) = output(&desk, &process);
    assert_eq!((code, remarks.as_str()), (0, ""));
    assert!(text.contains("log_call") && text.contains("call 1"), "{text}");
    assert!(output(&desk, &["desk", "show", "call", "1"]).1.contains("paper"));
    assert!(desk.join("spool/in/welcome.eml").exists());
    let (code, _, error) = output(folder.path(), &["init", "desk"]);
    assert_eq!(code, 1);
    assert!(error.contains("nothing is overwritten"), "{error}");
    let (_, text, _) = output(&desk, &["process"]);
    assert!(text.contains("dealt with already"), "{text}");
    assert!(!desk.join("spool/in/welcome.eml").exists());
}

#[test]
fn log_says_what_became_of_each_mail() {
    let folder = folder();
    let path = folder.path();
    let _first = output(path, &["process", "mails"]);
    let entries = json(&output(path, &["log", "--outcome", "action", "--format", "json"]).1);
    assert_eq!(entries.as_array().map(Vec::len), Some(2));
    let digest = entries[1]["sha256"].as_str().unwrap().get(..10).unwrap().to_owned();
    let (code, text, _) = output(path, &["log", "show", &digest]);
    assert_eq!(code, 0);
    assert!(text.contains("create_call") && text.contains("case-3-user-only"), "{text}");
    assert_eq!(output(path, &["log", "show", "ffffffffffff"]).0, 1);
    assert!(output(path, &["log", "--text", "nobody@"]).1.contains("unknown_sender"));
}

#[test]
fn desk_is_imported_once_and_exported_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    fs::write(path.join("world.yaml"), WORLD).unwrap();
    assert_eq!(output(path, &["desk", "calls"]).0, 1);
    assert_eq!(output(path, &["desk", "import", "world.yaml"]).0, 0);
    let (code, _, error) = output(path, &["desk", "import", "world.yaml"]);
    assert_eq!(code, 1);
    assert!(error.contains("the desk is not empty"), "{error}");
    let exported = output(path, &["desk", "export"]).1;
    fs::write(path.join("again.yaml"), &exported).unwrap();
    assert_eq!(output(path, &["desk", "import", "again.yaml", "--store", "sqlite:again.db"]).0, 0);
    assert_eq!(output(path, &["desk", "export", "--store", "sqlite:again.db"]).1, exported);
    let open = json(
        &output(path, &["desk", "calls", "--state", "open", "--owner", "ana lyst", "--format", "json"]).1,
    );
    assert_eq!(open[0]["number"], 5837);
}

#[test]
fn object_of_a_call_can_be_taken_out() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let text = "From: uma@example.com\nSubject: With a file\nMIME-Version: 1.0\nContent-Type: multipart/mixed; \
                boundary=x\n\n--x\nContent-Type: text/plain\n\nSee there.\n--x\nContent-Type: \
                application/octet-stream\nContent-Disposition: attachment; filename=a.bin\n\
                Content-Transfer-Encoding: base64\n\nAP8BAg==\n--x--\n";
    fs::write(path.join("m.eml"), text).unwrap();
    let _first = output(path, &["process", "m.eml"]);
    let sheet = json(&output(path, &["desk", "show", "call", "5842", "--format", "json"]).1);
    let id = sheet["objects"][0]["id"].to_string();
    let take = ["desk", "show", "call", "5842", "--object", &id, "--to", "a.bin"];
    assert_eq!(output(path, &take).0, 0);
    assert_eq!(fs::read(path.join("a.bin")).unwrap(), [0, 255, 1, 2]);
    assert_eq!(output(path, &["desk", "show", "call", "5841", "--object", &id]).0, 1);
}

#[test]
fn one_account_s_mail_in_an_mbox_is_taken_in_mail_by_mail() {
    let folder = tempfile::tempdir().unwrap();
    let mbox = format!(
        "From a\n{}\nFrom b\n{}",
        mail("1", "uma@example.com", "One"),
        mail("2", "carl@example.org", "Two")
    );
    fs::write(folder.path().join("mails.mbox"), mbox).unwrap();
    let (code, text, _) = output(folder.path(), &["process", "mails.mbox"]);
    assert_eq!(code, 0);
    assert!(text.contains("mails.mbox#1") && text.contains("mails.mbox#2"), "{text}");
}

//! `postroom diff` as people run it.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests are tests")]

use super::cli::postroom;
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::Command;

const WORLD: &str = include_str!("../../fixtures/desk/small.yaml");

/// An installation; in `more` stands what it does otherwise than `classic`.
fn desk(revision: u32, more: &str) -> String {
    format!(
        "format: 1\nrule_set: my-desk\nrevision: {revision}\nchange_reason: A test\nextends: classic\n\
         accounts:\n  it-desk:\n    new_calls: {{ template: IT Incident }}\n    closed_calls: {{ otherwise_to: IT First Line }}\n\
         outgoing:\n  main: {{ files: {{ folder: spool/out }}, outgoing_email_id: desk@example.com, default: true }}\n{more}"
    )
}

/// Users no longer close their own calls.
const STRICTER: &str = "permit:\n  - { rule: user-closes-own-call, replaces: user-closes-own-call, when: { sender: user, action: close_call }, then: { refuse: insufficient-permission } }\n";

fn mail(name: &str, from: &str, subject: &str) -> String {
    format!(
        "From: {from}\nTo: desk@example.com\nSubject: {subject}\nMessage-ID: <{name}@example.org>\n\nHello.\n"
    )
}

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    write("old.yaml", &desk(1, ""));
    write("new.yaml", &desk(2, STRICTER));
    write("world.yaml", WORLD);
    fs::create_dir(folder.path().join("mails")).unwrap();
    write("mails/a.eml", &mail("a", "uma@example.com", "The printer is broken"));
    write("mails/b.eml", &mail("b", "uma@example.com", "[CLOSE#5837]"));
    write("mails/c.eml", &mail("c", "ana.lyst@example.com", "[CLOSE#5837]"));
    folder
}

fn diff(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    let output = postroom(folder).arg("diff").args(arguments).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap_or(-1), text(output.stdout), text(output.stderr))
}

fn json(folder: &Path, arguments: &[&str]) -> Value {
    let (code, text, error) = diff(folder, &[arguments, &["--format", "json"]].concat());
    assert!(code == 0 || code == 5, "{code}: {error}");
    serde_json::from_str(&text).unwrap()
}

#[test]
fn equal_rule_sets_are_said_to_be_equal_in_every_situation() {
    let folder = folder();
    fs::write(folder.path().join("again.yaml"), desk(2, "")).unwrap();
    let (code, text, error) = diff(folder.path(), &["old.yaml", "again.yaml"]);
    assert_eq!(code, 0, "{text}{error}");
    assert!(text.starts_with("my-desk r1 → my-desk r2: equal in all "), "{text}");
    assert_eq!(diff(folder.path(), &["classic", "classic"]).0, 0);
    // a base without accounts, and an installation upon it: the rules are the same, the settings are not
    let (code, text, _) = diff(folder.path(), &["classic", "old.yaml"]);
    assert_eq!(code, 5);
    assert!(text.contains("accounts.it-desk") && text.contains("equal in all"), "{text}");
}

#[test]
fn one_changed_row_is_shown_with_its_situations_and_both_rules() {
    let folder = folder();
    let (code, text, error) = diff(folder.path(), &["old.yaml", "new.yaml"]);
    assert_eq!((code, error.as_str()), (5, ""));
    assert!(text.contains("permit: close_call → refuse insufficient-permission"), "{text}");
    let first_line = |start: &str| text.lines().find(|line| line.trim_start().starts_with(start)).unwrap();
    assert!(first_line("sender").contains("decided by"), "{text}");
    assert!(text.contains("user-closes-own-call (classic.yaml:") && text.contains("(new.yaml:"), "{text}");
    assert!(text.contains("1 kind of change in"), "{text}");
}

#[test]
fn wrong_rules_are_told_of_with_their_findings() {
    let folder = folder();
    fs::write(
        folder.path().join("wrong.yaml"),
        desk(3, "permit:\n  - { rule: x, before: first, then: alow }\n"),
    )
    .unwrap();
    let (code, _, error) = diff(folder.path(), &["old.yaml", "wrong.yaml"]);
    assert_eq!(code, 3);
    assert!(error.contains("wrong.yaml") && error.contains("alow"), "{error}");
    let (code, _, error) = diff(folder.path(), &["old.yaml", "nothing.yaml"]);
    assert_eq!(code, 1);
    assert!(error.contains("there are no rules `nothing.yaml`"), "{error}");
}

#[test]
fn mails_are_decided_by_both_on_the_same_desk() {
    let folder = folder();
    let with = ["old.yaml", "new.yaml", "--world", "world.yaml", "--mails"];
    let mails = json(folder.path(), &[&with[..], &["mails"]].concat())["mails"].clone();
    assert_eq!((mails["decided"].as_u64(), mails["changed"].as_u64()), (Some(3), Some(1)), "{mails:#}");
    let kind = &mails["kinds"][0];
    assert_eq!([&kind["old"], &kind["new"]], ["close_call", "refuse insufficient-permission"]);
    let mail = &kind["mails"][0];
    assert_eq!(mail["message_id"], "<b@example.org>");
    assert_eq!(mail["old"]["outcome"]["action"], "close_call");
    assert_eq!(mail["new"]["outcome"]["refuse"], "insufficient-permission");
    assert!(mail["new"]["trace"].as_array().unwrap().len() > 4);
    let mbox: String = ["b", "c"]
        .map(|name| {
            let mail = fs::read_to_string(folder.path().join(format!("mails/{name}.eml"))).unwrap();
            format!("From x Thu Jan  1 00:00:00 1970\n{mail}\n")
        })
        .concat();
    fs::write(folder.path().join("mails.mbox"), mbox).unwrap();
    let (code, text, _) = diff(folder.path(), &[&with[..], &["mails.mbox"]].concat());
    assert_eq!(code, 5);
    assert!(text.contains("close_call → refuse insufficient-permission   (1 mail)"), "{text}");
    assert!(text.contains("closing-refused") || text.contains("user-closes-own-call"), "{text}");
    assert!(text.trim_end().ends_with("1 of 2 mails ends differently"), "{text}");
    // one that cannot be read is no reason to say nothing of the others
    let (_, text, _) = diff(folder.path(), &[&with[..], &["mails.mbox", "gone.eml"]].concat());
    assert!(text.contains("not decided: cannot read `gone.eml`"), "{text}");
}

#[test]
fn equal_rule_sets_end_with_1_where_a_mail_could_not_be_decided() {
    let folder = folder();
    for (mails, expected) in [(&["mails"][..], 0), (&["mails", "gone.eml"], 1), (&["gone.eml"], 1)] {
        let arguments = [&["old.yaml", "old.yaml", "--world", "world.yaml", "--mails"], mails].concat();
        let (code, text, _) = diff(folder.path(), &arguments);
        assert_eq!(code, expected, "{text}");
        assert!(text.contains("equal in all"), "{text}");
    }
}

#[test]
fn what_is_live_is_compared_and_the_store_s_own_mails_are_decided_again() {
    let folder = folder();
    fs::copy(folder.path().join("old.yaml"), folder.path().join("postroom.yaml")).unwrap();
    let (code, _, error) = diff(folder.path(), &["live", "new.yaml"]);
    assert_eq!(code, 1, "{error}");
    let process = ["process", "mails", "--world", "world.yaml", "--store", "sqlite:postroom.db"];
    let processed = postroom(folder.path()).args(process).output().unwrap();
    assert!(processed.status.success(), "{}", String::from_utf8_lossy(&processed.stderr));
    // what is live is what was activated, not what stands in the file now
    fs::write(folder.path().join("postroom.yaml"), desk(9, STRICTER)).unwrap();
    let before = fs::read(folder.path().join("postroom.db")).unwrap();
    let (code, text, error) = diff(folder.path(), &["live", "old.yaml"]);
    assert_eq!(code, 0, "{text}{error}");
    let (code, text, error) = diff(folder.path(), &["live", "postroom.yaml", "--log"]);
    assert_eq!(code, 5, "{error}");
    assert!(text.contains("my-desk r1 → my-desk r9"), "{text}");
    // on the desk as it is now the call is closed already, whoever may close it
    assert!(text.contains("3 mails end as before"), "{text}");
    let (_, text, error) = diff(folder.path(), &["live", "postroom.yaml", "--log", "--world", "world.yaml"]);
    assert!(text.contains("1 of 3 mails ends differently"), "{text}{error}");
    assert_eq!(fs::read(folder.path().join("postroom.db")).unwrap(), before, "nothing is written");
}

fn git(folder: &Path, arguments: &[&str]) {
    let identity = ["-c", "user.name=T", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false"];
    let output = Command::new("git").current_dir(folder).args(identity).args(arguments).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn a_git_revision_is_read_with_the_files_that_it_names_as_they_stood() {
    let folder = folder();
    let rules = folder.path().join("rules");
    fs::create_dir(&rules).unwrap();
    let top = "format: 1\nrule_set: top\nrevision: 1\nextends: base.yaml\n";
    let text = "replies:\n  call-closed: { after: close_call, subject: \"Call {number} has been closed\", body_file: closed.txt }\n";
    fs::write(rules.join("base.yaml"), desk(1, text)).unwrap();
    fs::write(rules.join("postroom.yaml"), top).unwrap();
    fs::write(rules.join("closed.txt"), "It is done.").unwrap();
    git(folder.path(), &["init", "-q"]);
    git(folder.path(), &["add", "."]);
    git(folder.path(), &["commit", "-q", "-m", "first"]);
    fs::write(rules.join("closed.txt"), "It is over.").unwrap();
    fs::write(rules.join("base.yaml"), desk(1, &format!("{text}{STRICTER}"))).unwrap();
    let (code, stdout, error) = diff(folder.path(), &["HEAD:rules", "rules"]);
    assert_eq!(code, 5, "{error}");
    assert!(stdout.contains("permit: close_call → refuse insufficient-permission"), "{stdout}");
    assert!(stdout.contains("- It is done.") && stdout.contains("+ It is over."), "{stdout}");
    assert!(stdout.contains("classic.yaml:") && stdout.contains("base.yaml:"), "{stdout}");
    // from within a folder, as git writes it
    assert_eq!(diff(&rules, &["HEAD:./postroom.yaml", "HEAD:rules/postroom.yaml"]).0, 0);
    for revision in ["nowhere:rules", "--output=x:rules", "HEAD:rules/gone.yaml"] {
        let (code, _, error) = diff(folder.path(), &["--", revision, "rules"]);
        assert_eq!(code, 1, "{revision}: {error}");
        assert!(error.contains("cannot be read"), "{error}");
    }
    assert!(!folder.path().join("x").exists());
}

#[test]
fn what_is_printed_reads_as_its_schema_says() {
    let folder = folder();
    let schema = postroom::cli::schema::document("diff").unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    for arguments in [
        &["old.yaml", "new.yaml", "--mails", "mails", "--world", "world.yaml"][..],
        &["classic", "new.yaml"],
        &["classic", "classic"],
    ] {
        let value = json(folder.path(), arguments);
        let faults: Vec<String> = validator.iter_errors(&value).map(|fault| fault.to_string()).collect();
        assert_eq!(faults, [""; 0], "{arguments:?}");
    }
}

#[test]
fn the_report_stands_alone_and_a_subject_is_no_markup() {
    let folder = folder();
    let hostile =
        "[CLOSE#5837] </pre><script src=//evil.example></script><img src=x onerror=alert(1)> \u{202e}";
    fs::write(folder.path().join("mails/d.eml"), mail("d", "uma@example.com", hostile)).unwrap();
    let arguments =
        ["old.yaml", "new.yaml", "--mails", "mails", "--world", "world.yaml", "--html", "report.html"];
    let (code, _, error) = diff(folder.path(), &arguments);
    assert_eq!(code, 5, "{error}");
    let report = fs::read_to_string(folder.path().join("report.html")).unwrap();
    assert!(report.contains("&lt;script src=//evil.example&gt;"), "the subject is shown");
    for markup in
        ["<script", "<img", "<link", "<iframe", "\u{202e}", "url(", "@import", "http://", "https://"]
    {
        assert!(!report.contains(markup), "{markup}");
    }
    assert!(report.contains("default-src 'none'"));
    assert!(report.contains("close_call → refuse insufficient-permission"));
    for tag in ["section", "details", "table", "pre", "main", "div"] {
        let count = |text: String| report.matches(&text).count();
        let opened = count(format!("<{tag}>")) + count(format!("<{tag} "));
        assert_eq!(opened, count(format!("</{tag}>")), "{tag}");
    }
}

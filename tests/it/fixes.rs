//! `check --fix`: what it changes, what it leaves alone, and that a file is never harmed.

use super::cli::postroom;
use serde_json::Value;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

/// The beginning of a right file.
const HEAD: &str = "format: 1\nrule_set: mine   # ours\nrevision: 1\nchange_reason: Tickets of the old desk\nextends: classic\n";

/// The rest of one, with six slips in it.
const SLIPS: &str = "
acounts:   # one desk
  desk:
    connect: { files: { folder: spool/in } }
    new_calls: { template: IT Incident, default_logging_analyst: Duty Analyst, use_linked_analist: off }
    closed_calls: { otherwise_to: \"Größe: no\" }   # nobody

outgoing:
  main: { files: { folder: spool/out }, outgoing_email_id: desk@example.com, default: true }

recognize:
  - subject: [TICKET#{number}]   # from the old desk
    intent: updat
    kind: call
    after: last
  - { subject: [ÜBER #{number}], intent: update, kind: call, after: last }
";

fn folder(text: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("mine.yaml"), text).unwrap();
    folder
}

fn check(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    let output = postroom(folder).arg("check").args(arguments).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap_or(-1), text(output.stdout), text(output.stderr))
}

fn read(folder: &TempDir) -> String {
    fs::read_to_string(folder.path().join("mine.yaml")).unwrap()
}

/// What becomes of a file; nothing but itself is left in its folder.
fn fixed(text: &str) -> String {
    let folder = folder(text);
    let (_, out, err) = check(folder.path(), &["mine.yaml", "--fix"]);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "{out}{err}");
    read(&folder)
}

fn timeless(text: &str) -> String {
    regex::Regex::new(" in [0-9]+ ms").unwrap().replace_all(text, " in … ms").into_owned()
}

#[test]
fn a_dry_run_shows_what_would_change_and_changes_nothing() {
    let text = format!("{HEAD}{SLIPS}");
    let folder = folder(&text);
    let (code, out, err) = check(folder.path(), &["mine.yaml", "--fix", "--dry-run"]);
    assert_eq!((code, err.as_str()), (3, ""));
    assert_eq!(read(&folder), text);
    insta::assert_snapshot!(timeless(&out));
}

#[test]
fn slips_are_put_right_and_the_rest_stays_byte_for_byte() {
    let text = format!("{HEAD}{SLIPS}");
    let expected = text
        .replace("acounts:", "accounts:")
        .replace("use_linked_analist: off", "use_linked_analyst: false")
        .replace("[TICKET#{number}]", "\"[TICKET#{number}]\"")
        .replace("[ÜBER #{number}]", "\"[ÜBER #{number}]\"")
        .replace("updat\n", "update\n");
    let folder = folder(&text);
    let (code, out, err) = check(folder.path(), &["mine.yaml", "--fix"]);
    assert_eq!((code, err.as_str()), (0, ""), "{out}");
    assert_eq!(read(&folder), expected);
    assert!(out.contains("6 changes made\n"), "{out}");
    let (code, out, _) = check(folder.path(), &["mine.yaml", "--fix"]);
    assert_eq!(code, 0);
    assert!(out.contains("nothing to change\n"), "{out}");
    assert_eq!(read(&folder), expected);
}

#[test]
fn line_ends_and_a_byte_order_mark_stay() {
    let text = format!("\u{feff}{HEAD}{SLIPS}").replace('\n', "\r\n");
    let changed = fixed(&text);
    assert!(changed.starts_with("\u{feff}format: 1\r\n"), "{changed}");
    assert_eq!(changed.matches('\n').count(), changed.matches("\r\n").count());
    assert_eq!(
        changed.replace("\r\n", "\n").trim_start_matches('\u{feff}'),
        fixed(&format!("{HEAD}{SLIPS}"))
    );
}

#[test]
fn what_may_have_been_meant_in_two_ways_is_left_to_people() {
    for rest in [
        // two names are near
        "permit:\n  - { rule: x, before: first, when: { action: close_cal, sender: usr }, then: alow }\n  - { rule: y, before: user-closes-own-task, then: allow }\n",
        // eight or ten
        "defaults: { account: { poll_every_secs: 010 } }\n",
        // text cut short, or a remark
        "recognize:\n  - subject: Call {number} #4411\n    intent: update\n    kind: call\n    after: last\n",
        // a row too many is somebody's rule
        "permit:\n  - { rule: a, before: first, when: { sender: user }, then: allow }\n  - { rule: b, before: user-closes-own-call, when: { sender: user }, then: allow }\n",
        // one of the two is right
        "defaults: { account: { closed_calls: { update: false, reopen: true } } }\n",
        // which of the two letters is meant
        "recognize:\n  - { subject: \"[TI\u{421}KET#{number}]\", intent: update, kind: call, after: last }\n",
        // an account that is not written yet
        "accounts: { desk-1: { new_calls: { template: IT Incident } }, front-desk: { new_calls: { template: IT Incident } } }\npermit:\n  - { rule: n, before: first, when: { account: desk-2 }, then: allow }\n  - { rule: m, before: first, when: { account: frint-desk }, then: allow }\n",
        // an alias that was meant as one
        "defaults: { account: { title: &t x } }\nsystem: { product: *t }\n",
    ] {
        let text = format!("{HEAD}{rest}");
        let changed = fixed(&text);
        let untouched = |word: &str| text.contains(word) == changed.contains(word);
        for word in [
            "user-closes-own-task",
            "010",
            "#4411",
            "rule: b",
            "update: false",
            "\u{421}",
            "desk-2",
            "frint-desk",
            "&t",
            "*t",
        ] {
            assert!(untouched(word), "{word}: {changed}");
        }
    }
}

#[test]
fn a_fix_that_leaves_no_fewer_errors_is_not_written() {
    // the quotes would be right, but nothing can put the last line right
    let text = format!("{HEAD}recognize:\n  - subject: [A#{{number}}]\n    intent: update\n]]]\n");
    let folder = folder(&text);
    let (code, out, err) = check(folder.path(), &["mine.yaml", "--fix"]);
    assert_eq!(code, 3, "{out}");
    assert!(out.contains("nothing to change") && err.contains("no fewer errors would be left"), "{err}");
    assert_eq!(read(&folder), text);
}

#[test]
fn tabs_are_replaced_in_all_lines_at_once_by_the_steps_of_the_file() {
    let text = format!("{HEAD}defaults:\n    account:\n\t\tclosed_calls:\n\t\t\treopen: true # a\tb\n");
    let expected =
        format!("{HEAD}defaults:\n    account:\n        closed_calls:\n            reopen: true # a\tb\n");
    assert_eq!(fixed(&text), expected);
}

#[test]
fn a_tab_behind_a_text_that_seems_to_go_on_is_found() {
    let text = format!("{HEAD}system:\n  product: Desk\n\tdefault_format: html\n");
    assert_eq!(fixed(&text), text.replace('\t', "  "));
}

#[test]
fn expressions_are_written_as_what_they_are() {
    let row = |key_and_value: &str| {
        format!(
            "{HEAD}recognize:\n  - {key_and_value}\n    intent: update\n    kind: call\n    after: last\n"
        )
    };
    for (written, becomes) in [
        ("subject: \"\\[Ticket#(\\d+)\\]\"", "subject: \"[Ticket#{number}]\""),
        ("subject: '^\\[Ticket#(\\d+)\\]'", "subject: \"[Ticket#{number}]\""),
        ("subject: '\\[(Ticket|Case)#(\\d+)\\]'", "subject: '\\[(Ticket|Case)#(\\d+)\\]'"),
        // two changes of one text: first the whole of it, then what it says
        ("subject: \\[Ticket #{number}\\]", "subject: \"[Ticket #{number}]\""),
        // what a subject cannot say stays an expression
        ("subject: '\\[[Cc]all#(\\d+)\\]'", "subject: '\\[[Cc]all#(\\d+)\\]'"),
        ("subject: '\\[(Shut)#(\\d+)\\]'", "subject: '\\[(Shut)#(\\d+)\\]'"),
        ("subject: '\\[Zap.#(\\d+)\\]'", "subject: '\\[Zap.#(\\d+)\\]'"),
        ("subject: '\\[Call#(\\d{4})\\]'", "subject: '\\[Call#(\\d{4})\\]'"),
        // who doubles some backslashes knows what double quotes do
        ("expression: \"Zapp(?<number>[0-9]+)\\\\.\\s\"", "expression: \"Zapp(?<number>[0-9]+)\\\\.\\s\""),
        ("expression: \"TKT-(?<number>\\d+)\"", "expression: 'TKT-(?<number>\\d+)'"),
    ] {
        assert_eq!(fixed(&row(written)), row(becomes));
    }
}

#[test]
fn programs_are_told_what_was_changed() {
    let folder = folder(&format!("{HEAD}titel: x\ndefaults: {{ account: {{ active: on }} }}\n"));
    let (_, out, _) = check(folder.path(), &["mine.yaml", "--fix", "--format", "json"]);
    let json: Value = serde_json::from_str(&out).unwrap();
    let fixes = &json["rule_sets"][0]["fixes"];
    assert_eq!(
        (fixes["written"].as_bool(), fixes["changes"].as_array().map(Vec::len)),
        (Some(true), Some(1))
    );
    assert_eq!(fixes["changes"][0]["code"], "wrong-type");
    let (code, out, err) = check(folder.path(), &["mine.yaml", "--fix", "--dry-run", "--format", "sarif"]);
    assert_eq!((code, out.as_str()), (2, ""), "{err}");
    assert_eq!(check(folder.path(), &["mine.yaml", "--dry-run"]).0, 2);
}

#[test]
fn only_the_file_that_is_named_is_changed() {
    let folder = folder(
        "format: 1\nrule_set: top\nrevision: 1\nchange_reason: x\nextends: base.yaml\ndefaults: { account: { active: on } }\n",
    );
    let base = format!("{HEAD}system: {{ format_per_person: yes }}\n");
    fs::write(folder.path().join("base.yaml"), &base).unwrap();
    let (code, _, err) = check(folder.path(), &["mine.yaml", "--fix"]);
    assert_eq!(code, 3);
    assert!(read(&folder).contains("active: true"));
    assert_eq!(fs::read_to_string(folder.path().join("base.yaml")).unwrap(), base);
    assert!(err.contains("`postroom check base.yaml --fix`"), "{err}");
    let (code, out, err) = check(folder.path(), &["classic", "--fix"]);
    assert_eq!(code, 0, "{out}");
    assert!(err.contains("part of the program"), "{err}");
}

#[test]
fn a_secret_is_neither_shown_nor_changed() {
    let text = format!(
        "{HEAD}accounts:\n  desk:\n    connect: {{ imap: {{ server: mail.example.com, login: desk, password: hunter2 }} }}\n    active: on\n    new_calls: {{ template: IT Incident }}\n"
    );
    let folder = folder(&text);
    for arguments in [&["mine.yaml", "--fix", "--dry-run"][..], &["mine.yaml", "--fix", "--format", "json"]] {
        let (_, out, err) = check(folder.path(), arguments);
        assert!(!out.contains("hunter2") && !err.contains("hunter2"), "{out}{err}");
    }
    assert_eq!(read(&folder), text.replace("active: on", "active: true"));
}

#[test]
fn an_empty_file_is_left_as_it_is() {
    assert_eq!(fixed(""), "");
}

#[cfg(unix)]
mod unix {
    use super::*;
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    const SLIP: &str = "format: 1\nrule_set: x\nrevision: 1\nchange_reason: x\nextends: classic\ndefaults: { account: { active: on } }\n";

    #[test]
    fn a_link_stays_a_link_and_permissions_stay() {
        let folder = folder("");
        fs::create_dir(folder.path().join("real")).unwrap();
        let real = folder.path().join("real/rules.yaml");
        fs::write(&real, SLIP).unwrap();
        fs::set_permissions(&real, fs::Permissions::from_mode(0o640)).unwrap();
        symlink("real/rules.yaml", folder.path().join("link.yaml")).unwrap();
        let (code, out, err) = check(folder.path(), &["link.yaml", "--fix"]);
        assert_eq!(code, 0, "{out}{err}");
        assert!(fs::symlink_metadata(folder.path().join("link.yaml")).unwrap().is_symlink());
        assert!(fs::read_to_string(&real).unwrap().contains("active: true"));
        assert_eq!(fs::metadata(&real).unwrap().permissions().mode() & 0o777, 0o640);
        assert_eq!(fs::read_dir(folder.path().join("real")).unwrap().count(), 1);
    }

    #[test]
    fn a_read_only_file_is_left_alone() {
        let folder = folder(SLIP);
        let path = folder.path().join("mine.yaml");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o444)).unwrap();
        let (code, _, err) = check(folder.path(), &["mine.yaml", "--fix"]);
        assert_eq!(code, 1);
        assert!(err.contains("cannot be changed: it is read-only"), "{err}");
        assert_eq!(read(&folder), SLIP);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn what_is_no_file_is_not_written_to() {
        let folder = folder("");
        let (code, _, err) = check(folder.path(), &["/dev/null", "--fix"]);
        assert_eq!(code, 2);
        assert!(err.contains("is not a file that could be changed"), "{err}");
    }

    #[test]
    fn what_lies_beside_the_file_is_never_written_through() {
        let folder = folder(SLIP);
        let other = folder.path().join("other");
        fs::write(&other, "precious").unwrap();
        symlink("other", folder.path().join("mine.yaml.new")).unwrap();
        assert_eq!(check(folder.path(), &["mine.yaml", "--fix"]).0, 0);
        assert_eq!(fs::read_to_string(other).unwrap(), "precious");
        assert!(!fs::symlink_metadata(folder.path().join("mine.yaml")).unwrap().is_symlink());
    }
}

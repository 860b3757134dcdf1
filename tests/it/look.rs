//! The commands that look: `trace`, `read`, `check`, `show`, `explain`.

use assert_cmd::Command;
use std::path::Path;

const WORLD: &str = "fixtures/desk/small.yaml";

/// A run of the program: exit code, standard output, standard error.
fn run_in(folder: &Path, arguments: &[&str], input: &[u8]) -> (i32, String, String) {
    let mut command = Command::cargo_bin("postroom").expect("the program");
    let command = command.current_dir(folder).env("NO_COLOR", "1").args(arguments).write_stdin(input);
    let output = command.output().expect("a run");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    (output.status.code().expect("an exit code"), text(output.stdout), text(output.stderr))
}

fn run(arguments: &[&str]) -> (i32, String, String) {
    run_in(Path::new("."), arguments, b"")
}

fn printed(arguments: &[&str]) -> String {
    let (code, out, err) = run(arguments);
    assert_eq!((code, err.as_str()), (0, ""), "{arguments:?}");
    out
}

fn traced(mail: &str) -> String {
    printed(&["trace", &format!("fixtures/mail/{mail}.eml"), "--rules", "demo", "--desk", WORLD])
}

/// A text with other digits for the lines of built-in files, which move with every change of those.
fn lineless(text: &str) -> String {
    let line = regex::Regex::new(r"(classic|demo)\.yaml:(\d+)").expect("a pattern");
    line.replace_all(text, |found: &regex::Captures<'_>| {
        format!("{}.yaml:{}", &found[1], "9".repeat(found[2].len()))
    })
    .into_owned()
}

/// The summary of a check without the time that it took.
fn timeless(text: &str) -> String {
    let time = regex::Regex::new(r"in \d+ ms").expect("a pattern");
    time.replace_all(text, "in … ms").into_owned()
}

#[test]
fn traces_show_why() {
    let cases = [
        "close-call-by-owner",
        "log-call-from-user",
        "bounce-550",
        "approve-not-an-approver",
        "summary-my-approvals",
        "update-call-reopened",
        "close-call-19-digits",
        "vacation-x-auto-response-suppress",
        "update-request",
        "attachment-pdf",
        "close-call-unknown-sender",
    ];
    let shown: Vec<String> = cases.iter().map(|mail| format!("== {mail}\n{}", traced(mail))).collect();
    insta::assert_snapshot!(lineless(&shown.join("\n")));
}

/// A mail from standard input on the small desk.
fn traced_text(mail: &str, more: &[&str]) -> (i32, String, String) {
    let mut arguments = vec!["trace", "-", "--rules", "demo", "--world", WORLD];
    arguments.extend(more);
    run_in(Path::new("."), &arguments, mail.as_bytes())
}

#[test]
fn trace_tells_as_much_as_is_asked_for() {
    let close = "fixtures/mail/close-call-by-owner.eml";
    let shown: Vec<String> = ["--brief", "--all"]
        .into_iter()
        .map(|detail| {
            let sheet = printed(&["trace", close, "--rules", "demo", "--desk", WORLD, detail]);
            format!("== {detail}\n{sheet}")
        })
        .collect();
    insta::assert_snapshot!(lineless(&shown.join("\n")));
}

#[test]
fn one_rule_says_why_it_did_or_did_not_decide() {
    let cases = [
        ("close-call-by-owner", "analyst-closes-own-call"),
        ("close-call-by-owner", "permit/user-closes-own-call"),
        ("close-call-by-owner", "analyst-takes-over"),
        ("close-call-by-owner", "reopened_to/template"),
        ("close-call-by-owner", "[MyCalls]"),
        ("close-call-by-owner", "[CLOSE#{number}]"),
        ("bounce-550", "log_call"),
        ("bounce-550", "nothing-recognized"),
        ("close-call-unknown-sender", "anonymous-closes"),
        ("log-call-from-user", "Call {number} has been"),
    ];
    let shown: Vec<String> = cases
        .iter()
        .map(|(mail, rule)| {
            let mail_file = format!("fixtures/mail/{mail}.eml");
            let (code, out, err) =
                run(&["trace", &mail_file, "--rules", "demo", "--desk", WORLD, "--why", rule]);
            format!("== {mail} --why {rule} (exit code {code})\n{out}{err}")
        })
        .collect();
    insta::assert_snapshot!(lineless(&shown.join("\n")));
}

#[test]
fn rule_that_is_none_or_several_is_met_with_advice() {
    for (rule, advice) in [
        ("analyst-take-over", "did you mean `analyst-takes-over`?"),
        ("otherwise", "name one: guard/otherwise, permit/otherwise"),
        ("zzzzzzzzzzzzzzzzzzz", "postroom show"),
    ] {
        let (code, out, err) = traced_text("From: uma@example.com\n\nx", &["--why", rule]);
        assert_eq!((code, out.as_str()), (2, ""), "{rule}");
        assert!(err.contains(advice), "{err}");
    }
}

#[test]
fn subject_that_nearly_asks_for_something_is_told_what_to_write() {
    for (subject, told) in [
        (
            "Re: [CLOSE 5837] please",
            "✗ \"[CLOSE 5837]\" misses [CLOSE#{number}] by one character: `#` is missing; write [CLOSE#5837]",
        ),
        (
            "CLOSE#5837",
            "✗ \"CLOSE#5837\" misses [CLOSE#{number}] by two characters: `[` is missing, `]` is missing; write [CLOSE#5837]",
        ),
        (
            "[My Calls]",
            "✗ \"[My Calls]\" misses [MyCalls] by one character: there is a space too many; write [MyCalls]",
        ),
    ] {
        let mail = format!("From: ana.lyst@example.com\nSubject: {subject}\n\nx");
        let (_, out, _) = traced_text(&mail, &[]);
        assert!(out.contains(told), "{out}");
        let (_, json, _) = traced_text(&mail, &["--format", "json"]);
        let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
        assert_eq!(json["subject"]["near_misses"].as_array().map(Vec::len), Some(1), "{json:#}");
        assert_eq!(json["subject"]["tried"], subject);
    }
}

#[test]
fn switch_that_would_change_the_outcome_is_named() {
    let mail = "From: nobody@example.net\nSubject: [CALL#5837]\n\nx";
    let (_, out, _) = traced_text(mail, &[]);
    let told = "would be   update_call if anonymous.update_calls were true (permit/anonymous-updates)";
    assert!(out.contains(told), "{out}");
    let (_, json, _) = traced_text(mail, &["--format", "json"]);
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(json["would_be"][0]["if"], serde_json::json!({ "anonymous.update_calls": true }));
    assert_eq!(json["would_be"][0]["outcome"], serde_json::json!({ "action": "update_call" }));
    let (_, out, _) = traced_text(mail, &["--brief"]);
    assert!(!out.contains("would be") && !out.contains('✗'), "{out}");
}

#[test]
fn withheld_data_is_in_nothing_that_a_trace_prints() {
    let mail = "From: \"Ana Lyst\" <ana.lyst@example.com>\nTo: Carl Secret <carl@example.org>\n\
        Message-ID: <1@anas-laptop>\nSubject: Re: [CLOSE#5837] salary of Uma\n\nSecret text of Ana.\n";
    for more in [
        &["--all"][..],
        &["--brief"],
        &["--format", "json"],
        &["--why", "user-closes-own-call"],
        &["--why", "[MyCalls]"],
    ] {
        let mut arguments = more.to_vec();
        arguments.push("--redact");
        let (code, out, err) = traced_text(mail, &arguments);
        assert_eq!((code, err.as_str()), (0, ""));
        for personal in ["Ana Lyst", "ana.lyst", "Carl", "laptop", "salary", "Uma", "ecret"] {
            assert!(!out.contains(personal), "{personal}: {out}");
        }
    }
    let (_, out, _) = traced_text(mail, &["--redact"]);
    insta::assert_snapshot!(lineless(&out));
}

#[test]
fn trace_points_at_the_line_of_each_rule() {
    let classic = std::fs::read_to_string("rules/classic.yaml").expect("a file");
    let place = regex::Regex::new(r"(?m)^  (\w+) .*?   (\S+) +classic\.yaml:(\d+)").expect("a pattern");
    let sheet = traced("close-call-by-owner");
    let mut stages = 0;
    for found in place.captures_iter(&sheet) {
        let line: usize = found[3].parse().expect("a line");
        let text = classic.lines().nth(line - 1).expect("that line");
        assert!(text.contains(&found[2]), "{}: {text}", &found[0]);
        stages += 1;
    }
    assert_eq!(stages, 6, "{sheet}");
}

#[test]
fn mail_from_standard_input_is_traced_and_one_that_is_too_large_is_shown_in_quarantine() {
    let folder = tempfile::tempdir().expect("a folder");
    let rules = "format: 1\nrule_set: small\nrevision: 1\nchange_reason: x\nextends: demo\naccounts:\n  demo: { limits: { size_bytes_max: 1024 } }\n";
    std::fs::write(folder.path().join("postroom.yaml"), rules).expect("a file");
    let mail = format!("From: uma@example.com\nSubject: help\n\n{}", "x".repeat(2000));
    let (code, out, err) = run_in(folder.path(), &["trace", "-"], mail.as_bytes());
    assert_eq!(code, 0, "{err}");
    assert!(out.contains("quarantined: too_large"), "{out}");
    assert!(err.contains("empty desk"), "{err}");
    assert_eq!(std::fs::read_dir(folder.path()).expect("a folder").count(), 1, "nothing was made");
}

#[test]
fn mail_cannot_steer_the_terminal() {
    let mail = "From: \"\u{1b}[31mRed\u{202e}\" <uma@example.com>\nSubject: =?utf-8?Q?=1B]0;title=07_=E2=80=AE?= x\n\n\u{1b}[2J\u{202e}hello\n";
    for (command, format) in [("trace", "text"), ("read", "text"), ("trace", "json"), ("read", "json")] {
        let mut arguments = vec![command, "-", "--format", format];
        if command == "trace" {
            arguments.extend(["--rules", "demo", "--world", WORLD]);
        }
        let (code, out, _) = run_in(Path::new("."), &arguments, mail.as_bytes());
        assert_eq!(code, 0);
        let steers = |c: char| (c.is_control() && c != '\n') || ('\u{202a}'..='\u{202e}').contains(&c);
        assert!(!out.contains(steers), "{out:?}");
    }
}

#[test]
fn sheet_of_a_mail_shows_people_attachments_and_what_is_new() {
    let sheets = ["gmail-web-reply", "attachment-pdf", "bounce-two-recipients"]
        .map(|mail| printed(&["read", &format!("fixtures/mail/{mail}.eml")]));
    insta::assert_snapshot!(sheets.join("\n"));
}

const MISTAKEN: &str = "\
format: 1
rule_set: hr
revision: 3
change_reason: HR joins
extends: classic

accounts:
  hr-desk:
    connect: { files: { folder: spool/hr } }
    new_calls:
      template: Facilities Request
      use_linked_analist: false
    closed_calls:
      update: false

outgoing:
  main: { files: { folder: spool/out }, outgoing_email_id: hr@example.com, default: true }

recognize:
  - { subject: \"[TASK#{number}]\", intent: approve, kind: approval, before: first }

permit:
  - { rule: analysts-do-anything, when: { sender: [analyst, analyst_and_user] }, then: allow, before: first }
";

#[test]
fn mistakes_are_shown_all_at_once() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("hr.yaml"), MISTAKEN).expect("a file");
    std::fs::copy(WORLD, folder.path().join("desk.yaml")).expect("a copy");
    let (code, out, err) = run_in(folder.path(), &["check", "hr.yaml", "--world", "desk.yaml"], b"");
    assert_eq!((code, err.as_str()), (3, ""));
    insta::assert_snapshot!(timeless(&out));
    let (code, out, _) = run_in(folder.path(), &["check", "hr.yaml", "demo", "--format", "json"], b"");
    let json: serde_json::Value = serde_json::from_str(&out).expect("JSON");
    assert_eq!((code, json["rule_sets"][1]["errors"].as_u64()), (3, Some(0)));
    let (code, out, _) = run_in(folder.path(), &["check", "hr.yaml", "demo", "--format", "sarif"], b"");
    let sarif: serde_json::Value = serde_json::from_str(&out).expect("JSON");
    assert_eq!((code, sarif["runs"].as_array().map(Vec::len)), (3, Some(2)));
    let (code, out, err) =
        run_in(folder.path(), &["trace", "-", "--rules", "hr.yaml"], b"From: a@b.example\n\nx");
    assert_eq!((code, out.as_str()), (3, ""));
    assert!(err.contains("use_linked_analist"), "{err}");
}

#[test]
fn built_in_rules_have_nothing_wrong() {
    let out = timeless(&printed(&["check", "classic", "strict", "demo"]));
    for name in ["classic r", "strict r", "demo r"] {
        assert!(out.contains(name), "{out}");
    }
    assert_eq!(out.matches(": nothing wrong; ").count(), 3, "{out}");
    assert_eq!(out.matches(" in … ms, complete\n").count(), 3, "{out}");
}

#[test]
fn many_findings_are_cut_short_for_people_only() {
    let folder = tempfile::tempdir().expect("a folder");
    let keys: Vec<String> = (0..150).map(|at| format!("key_{at}: 1")).collect();
    std::fs::write(folder.path().join("many.yaml"), format!("extends: classic\n{}\n", keys.join("\n")))
        .expect("a file");
    let (code, out, _) = run_in(folder.path(), &["check", "many.yaml"], b"");
    assert_eq!(code, 3);
    assert!(out.contains(" more; `--format json` shows them all"), "{out}");
    assert!(out.matches("error[").count() <= 100);
}

#[test]
fn account_is_shown_with_the_origin_of_each_setting() {
    insta::assert_snapshot!(lineless(&printed(&["show", "demo", "--origin", "--account", "demo"])));
}

#[test]
fn shown_rules_read_back_as_the_same() {
    let folder = tempfile::tempdir().expect("a folder");
    for with_origin in [false, true] {
        let mut arguments = vec!["show", "demo"];
        arguments.extend(with_origin.then_some("--origin"));
        std::fs::write(folder.path().join("shown.yaml"), printed(&arguments)).expect("a file");
        let (code, again, err) = run_in(folder.path(), &["show", "shown.yaml"], b"");
        assert_eq!(code, 0, "{err}");
        assert_eq!(again, printed(&["show", "demo"]));
        let (code, out, _) = run_in(folder.path(), &["check", "shown.yaml"], b"");
        assert!(code == 0 && out.contains("nothing wrong"), "{out}");
    }
}

#[test]
fn secrets_and_their_places_stay_apart() {
    let folder = tempfile::tempdir().expect("a folder");
    let rules = "format: 1\nrule_set: s\nrevision: 1\nchange_reason: x\nextends: demo\naccounts:\n  demo: { connect: { imap: { server: mail.example.com, login: desk, password: hunter2 } } }\n";
    std::fs::write(folder.path().join("postroom.yaml"), rules).expect("a file");
    let (code, out, err) = run_in(folder.path(), &["show"], b"");
    assert_eq!(code, 3);
    assert!(err.contains("secret-in-file") && !err.contains("hunter2") && !out.contains("hunter2"), "{err}");
    let rules = rules.replace("password: hunter2", "password: { env: DESK_PASSWORD }");
    std::fs::write(folder.path().join("postroom.yaml"), rules).expect("a file");
    let (code, out, err) = run_in(folder.path(), &["show", "--account", "demo", "--origin"], b"");
    assert_eq!(code, 0, "{err}");
    assert!(out.contains("DESK_PASSWORD") && out.contains("port: 143") && out.contains("# default"), "{out}");
}

#[test]
fn unknown_codes_and_schemas_are_met_with_the_nearest() {
    for (arguments, near) in
        [(["explain", "unreachable-rul"], "unreachable-rule"), (["schema", "decison"], "decision")]
    {
        let (code, out, err) = run(&arguments);
        assert_eq!((code, out.as_str()), (2, ""));
        assert!(err.contains(&format!("did you mean `{near}`?")), "{err}");
    }
    assert!(printed(&["explain"]).contains("unreachable-rule "));
    assert!(printed(&["explain", "unreachable-rule"]).contains("Why it matters at the desk"));
    assert!(run(&["explain", "report_kode"]).2.contains("did you mean `report_code`?"));
    assert_eq!(printed(&["schema"]).lines().count(), postroom::cli::schema::SCHEMAS.len());
}

#[test]
fn every_column_is_listed_with_its_words_and_has_a_page() {
    let list = printed(&["explain", "columns"]);
    for column in postroom::ruleset::column::Column::ALL {
        assert!(list.contains(&format!("\n  {}: ", column.path())) && list.contains(column.meaning()));
        assert!(printed(&["explain", column.path()]).contains(column.known_from().word()));
    }
    insta::assert_snapshot!(list);
}

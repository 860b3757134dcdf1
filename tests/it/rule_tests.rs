//! `postroom test` as its users meet it: tests in and beside the rule file, what is said of a failed one, what is
//! accepted, what is covered, and tests that are written from real mails.

use assert_cmd::Command;
use postroom::adapters::library::{DEMO_WORLD, Shelf};
use postroom::adapters::sqlite::SqliteStore;
use postroom::adapters::world::World;
use postroom::cli::schema::document;
use postroom::cli::test::test_from_mail;
use postroom::diagnostic::Source;
use postroom::engine::{Facts, inquire};
use postroom::message::Message;
use postroom::ports::Desk as _;
use postroom::ruleset::load::load;
use serde_json::Value;
use tempfile::TempDir;

const RULES: &str = "\
format: 1
rule_set: desk
revision: 1
change_reason: A first try
extends: classic

accounts:
  it-desk:
    connect: { files: { folder: spool } }
    new_calls: { template: IT Incident, default_logging_analyst: Duty Analyst }
    closed_calls: { otherwise_to: IT First Line }

outgoing:
  main: { files: { folder: out }, outgoing_email_id: desk@example.com, default: true }
";

const ROW: &str = "
permit:
  - rule: first-line-closes-anything
    before: user-closes-own-call
    when: { sender: analyst, action: close_call, owns_call: false }
    then: allow
";

struct Desk {
    folder: TempDir,
}

impl Desk {
    fn new() -> Self {
        let desk = Self { folder: tempfile::tempdir().expect("a folder") };
        desk.write("postroom.yaml", RULES);
        desk.write("world.yaml", include_str!("../../fixtures/desk/small.yaml"));
        desk
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.folder.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, text).expect("a file");
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.folder.path().join(name)).expect("a file")
    }

    /// The exit code, what was printed, and what was remarked.
    fn run(&self, arguments: &[&str]) -> (i32, String, String) {
        let mut command = Command::cargo_bin("postroom").expect("the program");
        let output =
            command.current_dir(self.folder.path()).arg("test").args(arguments).output().expect("a run");
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("text");
        (output.status.code().unwrap_or(-1), text(&output.stdout), text(&output.stderr))
    }
}

const PASSING: &str = "\
desk: world.yaml
messages:
  - name: a user logs a call   # and is told
    mail: { from: uma@example.com, subject: No network, text: Please help. }
    expect: { action: log_call, reply: call-logged }
";

#[test]
fn tests_beside_the_rules_are_found_by_name_or_say_whose_they_are() {
    let desk = Desk::new();
    let (code, printed, _) = desk.run(&[]);
    assert_eq!(code, 4, "a rule set without tests fails");
    assert!(printed.contains("there are no tests") && printed.contains("--from"), "{printed}");
    desk.write("postroom.test.yaml", PASSING);
    desk.write("hr.test.yaml", &format!("rules: postroom.yaml\n{PASSING}"));
    desk.write("other.test.yaml", PASSING);
    let (code, printed, _) = desk.run(&[]);
    assert_eq!((code, printed.as_str()), (0, "desk r1: 2 passed, 0 failed, 0 rules without a test\n"));
    let named = desk.folder.path().join("postroom.yaml");
    assert_eq!(desk.run(&[named.to_str().expect("a path")]).0, 0, "by its whole path, too");
    assert_eq!(desk.run(&["hr.test.yaml"]).0, 0, "a file of tests stands for its rules");
}

#[test]
fn what_is_wrong_with_a_file_of_tests_is_told_at_its_place() {
    let desk = Desk::new();
    desk.write("postroom.test.yaml", "messages:\n  - name: a\n    expects: { action: log_call }\n");
    let (code, _, told) = desk.run(&[]);
    assert_eq!(code, 3);
    assert!(told.contains("postroom.test.yaml:3:5"), "{told}");
}

const FAILING: &str = "\
desk: world.yaml
messages:
  - name: an analyst closes the call of somebody else
    mail: { from: dora@example.com, subject: \"[CLOSE#5837]\", text: Done. }
    expect:
      action: close_call           # she may not
      effects: [close]
      replies:
        - call-closed   # to her
      trace: [permit/analyst-closes-own-call, choose/close-open-call]
  - name: a user updates her call
    mail: { from: uma@example.com, subject: \"[CALL#5837]\", text: More. }
    expect: { action: update_cal, effects: [add_history], reply: call-updatd, dispose: keep, trace: [permit/othrwise] }
  - name: nobody says anything
    mail: { from: uma@example.com, subject: Hello }
  - name: nothing in particular
    mail: { from: uma@example.com, subject: Hello }
    expect: {}
subjects:
  - { subject: \"[CLOSE#1]\", intent: update, kind: request, number: 2 }
  - { subject: Hello, intent: close, kind: call, number: 7 }
tables:
  permit:
    columns: [sender, action, rule, then]
    rows:
      - [unknown, send_summary, anonymous-otherwise, allow]   # not at all
      - [unknown, send_summary, anonymos-otherwise, ignore unknown_sender]
";

#[test]
fn failed_tests_tell_missing_wrong_and_unexpected_apart_and_where_it_went_another_way() {
    let desk = Desk::new();
    desk.write("postroom.test.yaml", FAILING);
    let (code, printed, _) = desk.run(&[]);
    assert_eq!(code, 4);
    insta::assert_snapshot!(printed);
}

#[test]
fn accepted_tests_pass_and_the_rest_of_the_file_stays_as_it_was() {
    let desk = Desk::new();
    desk.write("postroom.test.yaml", FAILING);
    let (code, _, told) = desk.run(&["--accept"]);
    assert_eq!(code, 2, "nobody can be asked");
    assert!(told.contains("--accept --yes"), "{told}");
    assert_eq!(desk.read("postroom.test.yaml"), FAILING);
    let (_, shown, told) = desk.run(&["--accept", "--yes"]);
    assert_eq!(told, "");
    insta::assert_snapshot!("accepted_diff", shown);
    insta::assert_snapshot!("accepted_file", desk.read("postroom.test.yaml"));
    let before: Vec<&str> = FAILING.lines().collect();
    let after = desk.read("postroom.test.yaml");
    for line in before.iter().filter(|line| line.contains("mail:") || line.contains("name:")) {
        assert!(after.contains(line), "{line}");
    }
}

#[test]
fn one_accepted_word_changes_that_word_alone() {
    let desk = Desk::new();
    let wrong = PASSING.replace("call-logged", "call-closed");
    desk.write("postroom.test.yaml", &wrong);
    let (code, _, _) = desk.run(&["--accept", "--yes"]);
    assert_eq!((code, desk.read("postroom.test.yaml").as_str()), (0, PASSING));
}

#[test]
fn mails_come_from_files_beside_the_test_and_worlds_stand_within_it() {
    let desk = Desk::new();
    let mail =
        "From: New Person <new@example.net>\r\nTo: desk@example.com\r\nSubject: [CALL#7]\r\n\r\nMore.\r\n";
    desk.write("mails/cur/1700000000.M1.host:2,S", mail);
    desk.write("mails/a.eml", mail);
    let test = |file: &str, user: &str| {
        format!(
            "messages:\n  - name: an update\n    mail: {{ file: \"{file}\" }}\n    world:\n      people:\n        - {{ name: New, addresses: [new@example.net], user: {user} }}\n      calls:\n        - {{ number: 7, user: New }}\n    expect: {{ action: update_call }}\n"
        )
    };
    for file in ["mails/a.eml", "mails/cur/1700000000.M1.host:2,S"] {
        desk.write("postroom.test.yaml", &test(file, "true"));
        let (code, printed, _) = desk.run(&[]);
        assert_eq!(code, 0, "{file}: {printed}");
    }
    desk.write("postroom.test.yaml", &test("mails/b.eml", "true"));
    let (code, printed, _) = desk.run(&[]);
    assert!(code == 4 && printed.contains("cannot be read"), "{printed}");
    desk.write("postroom.test.yaml", &test("mails/a.eml", "perhaps"));
    let (code, printed, _) = desk.run(&[]);
    assert!(code == 4 && printed.contains("postroom.test.yaml:6:"), "the place within the world: {printed}");
}

#[test]
fn coverage_lists_what_is_never_looked_at_and_has_a_threshold() {
    let desk = Desk::new();
    desk.write("postroom.yaml", &format!("{RULES}{ROW}"));
    desk.write("postroom.test.yaml", PASSING);
    let (code, printed, _) = desk.run(&["--coverage"]);
    assert_eq!(code, 0, "{printed}");
    insta::assert_snapshot!(printed);
    let (code, printed, _) = desk.run(&["--coverage-min", "80"]);
    assert!(code == 4 && printed.contains("80 % is the least"), "{printed}");
    assert_eq!(desk.run(&["--coverage-min", "10"]).0, 0);
}

const ROW_TEST: &str = "
tables:
  permit:
    columns: [sender, action, owns_call, then]
    rows:
      - [analyst, close_call, false, allow]
";

#[test]
fn mutants_that_survive_are_told_with_what_to_add() {
    let desk = Desk::new();
    desk.write("postroom.yaml", &format!("{RULES}{ROW}"));
    desk.write("postroom.test.yaml", &format!("{PASSING}{ROW_TEST}"));
    let (code, printed, _) = desk.run(&["--mutants"]);
    assert_eq!(code, 4, "{printed}");
    insta::assert_snapshot!(printed);
}

#[test]
fn json_and_junit_say_all_of_it() {
    let desk = Desk::new();
    desk.write("postroom.yaml", &format!("{RULES}{ROW}"));
    desk.write("postroom.test.yaml", &format!("{PASSING}{ROW_TEST}"));
    let schema = document("test-report").expect("a schema");
    let schema = jsonschema::validator_for(&schema).expect("a schema");
    let (_, printed, _) = desk.run(&["--mutants", "--coverage", "--format", "json"]);
    let reports: Vec<Value> = serde_json::from_str(&printed).expect("JSON");
    assert_eq!(reports.len(), 1);
    for report in &reports {
        assert!(schema.is_valid(report), "{report:#}");
        assert_eq!(report["passed"], false);
        assert!(report["mutants"]["survivors"].as_array().expect("a list").len() == 1);
        assert!(report["coverage"]["percent"].as_u64().expect("a number") > 10);
    }
    desk.write("postroom.test.yaml", FAILING);
    let (code, printed, _) = desk.run(&["--format", "json"]);
    let reports: Vec<Value> = serde_json::from_str(&printed).expect("JSON");
    assert!(code == 4 && schema.is_valid(&reports[0]), "{printed}");
    assert_eq!(reports[0]["tests"][0]["faults"][0]["kind"], "wrong");
    let (code, printed, _) = desk.run(&["--format", "junit", "--coverage-min", "90"]);
    assert_eq!(code, 4);
    assert!(
        printed.contains("<testcase name=\"coverage\"") && printed.contains("missing: the reply"),
        "{printed}"
    );
}

#[test]
fn file_of_tests_is_right_by_its_schema() {
    let schema = document("test").expect("a schema");
    let schema = jsonschema::validator_for(&schema).expect("a schema");
    let value: Value = serde_saphyr::from_str(FAILING).expect("YAML");
    assert!(schema.is_valid(&value));
    let wrong: Value = serde_saphyr::from_str("messages: [{ nam: a }]").expect("YAML");
    assert!(!schema.is_valid(&wrong));
    let world: Value = serde_saphyr::from_str("messages: [{ world: { peple: [] } }]").expect("YAML");
    assert!(!schema.is_valid(&world), "the world within a test, too");
}

/// Words of a mail by which somebody could be known: addresses and display names, but the desk's own.
fn personal(message: &Message) -> Vec<String> {
    let people = message.from.iter().chain(&message.sender).chain(&message.reply_to).chain(&message.cc);
    let mut personal = Vec::new();
    for mailbox in people {
        let address = mailbox.address.as_str().to_lowercase();
        let local = mailbox.address.local_part().to_lowercase();
        if address == "desk@example.com"
            || ["mailer-daemon", "postmaster", "no-reply", "noreply"].contains(&&*local)
        {
            continue;
        }
        let name = mailbox.name.clone().unwrap_or_default().to_lowercase();
        if name.contains(' ') && !name.starts_with("mail delivery") {
            personal.push(name);
        }
        personal.push(address);
    }
    personal
}

#[test]
fn every_sample_mail_becomes_a_test_that_passes_and_names_nobody() {
    let desk = Desk::new();
    let mut mails: Vec<_> = std::fs::read_dir("fixtures/mail")
        .expect("the sample mails")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    mails.retain(|path| path.extension().is_some_and(|extension| extension == "eml"));
    mails.sort();
    assert!(mails.len() > 100);
    let loaded = load(Source::new("postroom.yaml", RULES), &Shelf);
    let rule_set = loaded.rule_set.as_ref().expect("a right rule set");
    let account = rule_set.account("it-desk").expect("an account");
    let mut store = SqliteStore::in_memory().expect("a desk");
    store.import(&World::parse("world.yaml", DEMO_WORLD).expect("a world")).expect("an import");
    let people =
        ["ana lyst", "uma user", "bo both", "carl customer", "tara takeover", "dora desk", "flo flagless"];
    let mut file = String::from("messages:\n");
    for mail in &mails {
        let message = Message::read(&std::fs::read(mail).expect("a mail"));
        let answers = store.answer(&inquire(rule_set, account, &message, 0)).expect("answers");
        let facts = Facts { message, account: account.name.clone(), answers, now: 0 };
        let test = test_from_mail(rule_set, &loaded, &facts)
            .unwrap_or_else(|told| panic!("{}: {told}", mail.display()));
        let small = test.to_lowercase();
        let personal = personal(&facts.message).into_iter().chain(people.map(str::to_owned));
        let left: Vec<String> = personal.filter(|word| small.contains(word.as_str())).collect();
        assert_eq!(left, Vec::<String>::new(), "{}:\n{test}", mail.display());
        file.push_str(&test);
    }
    desk.write("postroom.test.yaml", &file);
    let (code, printed, told) = desk.run(&[]);
    assert_eq!(code, 0, "{printed}{told}");
    assert!(printed.contains(&format!("{} passed, 0 failed", mails.len())), "{printed}");
}

#[test]
fn written_tests_are_added_to_the_file_beside_the_rules() {
    let desk = Desk::new();
    let mail = std::path::absolute("fixtures/mail/update-call-open.eml").expect("a path");
    let from = ["--from", mail.to_str().expect("a path"), "--world", "world.yaml", "--write"];
    assert_eq!(desk.run(&from).0, 0);
    insta::assert_snapshot!("written_test", desk.read("postroom.test.yaml"));
    assert_eq!(desk.run(&from).0, 0);
    let (code, printed, _) = desk.run(&[]);
    assert_eq!((code, printed.as_str()), (0, "desk r1: 2 passed, 0 failed, 0 rules without a test\n"));
    let (code, _, told) =
        desk.run(&["classic", "--account", "it-desk", from[0], from[1], from[2], from[3], from[4]]);
    assert!(code == 2 && told.contains("built in"), "{told}");
}

//! The schemas say what the program reads and prints.

use super::cli::postroom;
use assert_cmd::Command;
use postroom::adapters::library::{DEMO_WORLD, Shelf};
use postroom::adapters::sqlite::SqliteStore;
use postroom::adapters::world::World;
use postroom::cli::schema::{SCHEMAS, document};
use postroom::engine::explain::why;
use postroom::engine::redact::redact;
use postroom::engine::{DecisionDocument, Facts, decide, explain, inquire};
use postroom::message::{Message, sha256};
use postroom::ports::Desk as _;
use postroom::ruleset::RuleSet;
use postroom::ruleset::load::load;
use serde_json::Value;
use std::path::{Path, PathBuf};

fn validator(name: &str) -> jsonschema::Validator {
    jsonschema::validator_for(&document(name).expect("a schema")).expect("a valid schema")
}

fn faults(validator: &jsonschema::Validator, value: &Value) -> Vec<String> {
    validator.iter_errors(value).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

fn printed(arguments: &[&str]) -> Value {
    let output =
        Command::cargo_bin("postroom").expect("the program").args(arguments).output().expect("a run");
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("JSON")
}

fn mails() -> Vec<PathBuf> {
    let folder = std::fs::read_dir("fixtures/mail").expect("the sample mails");
    let mut mails: Vec<PathBuf> = folder.map(|entry| entry.expect("an entry").path()).collect();
    mails.retain(|path| path.extension().is_some_and(|extension| extension == "eml"));
    mails.sort();
    assert!(mails.len() > 60);
    mails
}

/// With `UPDATE_SCHEMAS=1` the files are written anew.
#[test]
fn schema_files_are_what_the_types_say() {
    for (name, _) in SCHEMAS {
        let text = format!("{:#}\n", document(name).expect("a schema"));
        let path = Path::new("schemas").join(format!("{name}.v1.json"));
        if std::env::var_os("UPDATE_SCHEMAS").is_some() {
            std::fs::create_dir_all("schemas").expect("a folder");
            std::fs::write(&path, &text).expect("a file");
        }
        let file = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(file == text, "{} is out of date; run the tests with UPDATE_SCHEMAS=1", path.display());
    }
}

/// The same for the document that is made of the pages about findings.
#[test]
fn diagnostics_document_is_what_the_pages_say() {
    let path = Path::new("docs/DIAGNOSTICS.md");
    let text = postroom::cli::explain::document();
    if std::env::var_os("UPDATE_SCHEMAS").is_some() {
        std::fs::create_dir_all("docs").expect("a folder");
        std::fs::write(path, &text).expect("a file");
    }
    let file = std::fs::read_to_string(path).unwrap_or_default();
    assert!(file == text, "{} is out of date; run the tests with UPDATE_SCHEMAS=1", path.display());
}

/// What `process` and `trace` would print of each mail, without starting the program anew each time; each as it is and
/// with its personal data withheld.
fn decisions() -> Vec<(PathBuf, Value)> {
    let rules = load(Shelf::built_in("demo").expect("the demo"), &Shelf).rule_set.expect("a right rule set");
    let account = rules.account("demo").expect("its account");
    let mut desk = SqliteStore::in_memory().expect("a desk");
    desk.import(&World::parse("small.yaml", DEMO_WORLD).expect("a world")).expect("an import");
    let decided = mails().into_iter().flat_map(|mail| {
        let message = Message::read(&std::fs::read(&mail).expect("a mail"));
        let answers = desk.answer(&inquire(&rules, account, &message, 0)).expect("answers");
        let facts = Facts { message, account: account.name.clone(), answers, now: 0 };
        let veiled = redact(&rules, &facts).unwrap_or_else(|| panic!("{}", mail.display()));
        withheld(&mail, &facts, &explained(&rules, &veiled));
        [decide(&rules, &facts).to_json(), explained(&rules, &facts), explained(&rules, &veiled)]
            .map(|json| (mail.clone(), json))
    });
    decided.collect()
}

fn explained(rules: &RuleSet, facts: &Facts) -> Value {
    let explanation = explain(rules, facts);
    let asked = why::find(rules, "close-open-call").expect("a rule");
    let document = DecisionDocument::explained(rules, facts, &explanation);
    serde_json::to_value(document.why(rules, facts, &explanation, &asked)).expect("JSON")
}

/// No address and no name of the mail is left.
fn withheld(mail: &Path, facts: &Facts, json: &Value) {
    let shown = json.to_string();
    let message = &facts.message;
    for mailbox in message.from.iter().chain(&message.to).chain(&message.cc) {
        let (address, name) = (mailbox.address.as_str(), mailbox.name.as_deref().unwrap_or_default());
        let is_own = address.to_lowercase() == "desk@example.com";
        assert!(is_own || !shown.contains(address), "{}: {address}", mail.display());
        assert!(name.len() < 4 || !shown.contains(name), "{}: {name}", mail.display());
    }
}

#[test]
fn every_decision_reads_as_its_schema_says() {
    let schema = validator("decision");
    for (mail, decision) in decisions() {
        assert_eq!(faults(&schema, &decision), Vec::<String>::new(), "{}", mail.display());
    }
}

#[test]
fn every_mail_reads_as_its_schema_says() {
    let schema = validator("message");
    for mail in mails() {
        let raw = std::fs::read(&mail).expect("a mail");
        let mut message = serde_json::to_value(Message::read(&raw)).expect("JSON");
        message["sha256"] = sha256(&raw).into();
        assert_eq!(faults(&schema, &message), Vec::<String>::new(), "{}", mail.display());
    }
}

#[test]
fn commands_print_by_their_schema() {
    let (decision, message) = (validator("decision"), validator("message"));
    let world = "fixtures/desk/small.yaml";
    for mail in
        ["close-call-by-owner", "log-call-from-user", "bounce-550", "not-a-mail-binary", "summary-my-calls"]
    {
        let mail = format!("fixtures/mail/{mail}.eml");
        let trace = ["trace", &mail, "--rules", "demo", "--world", world, "--format", "json"];
        assert_eq!(faults(&decision, &printed(&trace)), Vec::<String>::new(), "{mail}");
        assert_eq!(
            faults(&message, &printed(&["read", &mail, "--format", "json"])),
            Vec::<String>::new(),
            "{mail}"
        );
    }
}

#[test]
fn lists_are_printed_by_their_schema() {
    let folder = tempfile::tempdir().expect("a folder");
    let mails = std::path::absolute("fixtures/mail").expect("the sample mails");
    let run = |arguments: &[&str]| {
        let output = postroom(folder.path()).args(arguments).output().expect("a run");
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        output.stdout
    };
    let _lines = run(&["process", mails.to_str().expect("a path")]);
    for (schema, list) in [
        ("log", &["log", "--most", "0", "--format", "json"][..]),
        ("outbox", &["outbox", "list", "--format", "json"]),
        ("quarantine", &["quarantine", "list", "--format", "json"]),
    ] {
        let values: Vec<Value> = serde_json::from_slice(&run(list)).expect("a list");
        assert!(values.len() > 5, "{schema}: {}", values.len());
        let validator = validator(schema);
        for value in values {
            assert_eq!(faults(&validator, &value), [""; 0], "{value:#}");
        }
    }
}

#[test]
fn our_own_files_are_right_by_their_schema() {
    for (path, name) in [
        ("rules/classic.yaml", "rule-set"),
        ("rules/demo.yaml", "rule-set"),
        ("fixtures/desk/small.yaml", "world"),
    ] {
        let text = std::fs::read_to_string(path).expect("a file");
        let value: Value = serde_saphyr::from_str(&text).expect("YAML");
        assert_eq!(faults(&validator(name), &value), Vec::<String>::new(), "{path}");
    }
}

#[test]
fn editors_know_the_words_of_a_condition() {
    let schema = validator("rule-set");
    let rule =
        |when: Value| serde_json::json!({ "permit": [{ "rule": "r", "when": when, "then": "allow" }] });
    let cases = [
        (
            serde_json::json!({ "owns_call": true, "state": ["open", "closed"], "report_code": [550, "other"] }),
            true,
        ),
        (serde_json::json!({ "state": "opened" }), false),
        (serde_json::json!({ "owns_cal": true }), false),
        (serde_json::json!({ "owns_call": "yes" }), false),
    ];
    for (when, is_right) in cases {
        assert_eq!(schema.is_valid(&rule(when.clone())), is_right, "{when}");
    }
}

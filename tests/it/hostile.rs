//! Rule files made to stop the program: each is answered with a finding, quickly, and never with a panic.

use postroom::adapters::library::Shelf;
use postroom::cli::render::{findings_as_json, findings_as_text};
use postroom::diagnostic::Source;
use postroom::engine::{Facts, decide};
use postroom::message::Message;
use postroom::ruleset::load::{Loaded, load};
use postroom::vocab::Answers;
use proptest::prelude::*;
use serde_json::Value;
use std::fmt::Write as _;

const HEAD: &str = "format: 1\nrule_set: hostile\nrevision: 1\nchange_reason: none\nextends: classic\n";

fn load_text(name: &str, text: &str) -> Loaded {
    let loaded = load(Source::new(name, text), &Shelf);
    assert!(loaded.findings.len() <= 500, "{name}");
    let shown = findings_as_text(&loaded.findings, &loaded.sources, false);
    assert!(shown.chars().all(|c| c == '\n' || !c.is_control()), "{name}");
    assert!(!shown.contains(['\u{202e}', '\u{2066}']), "{name}");
    loaded
}

/// The code of the first finding; the file must not load.
fn refused(name: &str, text: &str) -> &'static str {
    let loaded = load_text(name, text);
    assert!(loaded.rule_set.is_none(), "{name}");
    loaded.findings.first().map(|finding| finding.code).expect(name)
}

fn over_classic(name: &str, text: &str) -> Loaded {
    load_text(name, &format!("{HEAD}{text}"))
}

#[test]
fn yaml_that_grows_when_it_is_read_is_refused() {
    let mut laughs = String::from("a0: &a0 [lol, lol]\n");
    for at in 1..40 {
        writeln!(laughs, "a{at}: &a{at} [*a{}, *a{}, *a{}]", at - 1, at - 1, at - 1).unwrap();
    }
    assert_eq!(refused("laughs", &laughs), "alias-not-allowed");
    assert_eq!(refused("brackets", &"[".repeat(200_000)), "too-deep");
    assert_eq!(refused("braces", &"{a: ".repeat(200_000)), "too-deep");
    assert_eq!(refused("dashes", &"- ".repeat(200_000)), "too-deep");
    let mut steps = String::new();
    for at in 0..1_000 {
        writeln!(steps, "{}a:", " ".repeat(at)).unwrap();
    }
    assert_eq!(refused("steps", &steps), "too-deep");
}

#[test]
fn a_file_full_of_keys_is_answered_with_findings_that_can_be_read() {
    let mut keys = String::from(HEAD);
    for at in 0.. {
        let before = keys.len();
        writeln!(keys, "k{at}: {at}").unwrap();
        if keys.len() > 1 << 20 {
            keys.truncate(before);
            break;
        }
    }
    let code = refused("keys", &keys);
    assert!(["unknown-key", "too-large"].contains(&code), "{code}");
    assert_eq!(refused("a long key", &format!("{HEAD}{}: 1\n", "k".repeat(100_000))), "yaml-syntax");
    assert_eq!(
        refused("a long word", &format!("{HEAD}dispose: {{ failed: {} }}\n", "k".repeat(100_000))),
        "unknown-word"
    );
}

#[test]
fn ten_thousand_accounts_are_read() {
    let mut accounts = String::from("accounts:\n");
    for at in 0..10_000 {
        writeln!(accounts, "  a{at}: {{ new_calls: {{ template: IT Incident }} }}").unwrap();
    }
    let loaded = over_classic("accounts", &accounts);
    let code = loaded.findings.first().map(|finding| finding.code);
    assert!(loaded.rule_set.is_some() || code == Some("too-large"), "{code:?}");
}

#[test]
fn five_thousand_rules_are_proven() {
    let mut text = String::from("accounts:\n");
    // unoptimised, a tenth of it takes long enough
    let rules = if cfg!(debug_assertions) { 500 } else { 5_000 };
    for at in 0..rules / 2 {
        writeln!(text, "  a{at}: {{ new_calls: {{ template: IT Incident }} }}").unwrap();
    }
    text.push_str("permit:\n");
    for at in 0..rules {
        let action = if at % 2 == 0 { "log_call" } else { "reopen_call" };
        writeln!(text, "  - {{ rule: r{at}, before: user-closes-own-call, when: {{ account: a{}, sender: user, action: {action} }}, then: {{ ignore: no }} }}", at / 2).unwrap();
    }
    let loaded = over_classic("rules", &text);
    assert!(loaded.findings.iter().all(|finding| finding.code != "unreachable-rule"));
    let mut subjects = String::from("recognize:\n");
    for at in 0..rules {
        writeln!(
            subjects,
            "  - {{ subject: \"[W{at}x#{{number}}]\", intent: update, kind: call, after: last }}"
        )
        .unwrap();
    }
    assert!(over_classic("subjects", &subjects).rule_set.is_some());
    let words: String = (0..5_000).map(|at| format!("w{at}, ")).collect();
    let wrong =
        format!("permit:\n  - {{ rule: x, before: first, when: {{ action: [{words}a] }}, then: allow }}\n");
    assert!(over_classic("words", &wrong).rule_set.is_none());
}

#[test]
fn a_rule_that_looks_at_everything_is_not_looked_at_for_ever() {
    let text = std::fs::read_to_string("fixtures/broken/analysis-incomplete.yaml").unwrap();
    let loaded = load_text("twenty columns", &text);
    assert!(!loaded.proof.is_complete && loaded.rule_set.is_some());
    assert_eq!(
        loaded.findings.iter().map(|finding| finding.code).collect::<Vec<_>>(),
        ["analysis-incomplete"]
    );
}

#[test]
fn patterns_and_templates_that_run_wild_are_refused() {
    let subject =
        |written: &str| format!("recognize:\n  - {{ {written}, intent: update, kind: call, after: last }}\n");
    let long = subject(&format!("subject: \"[{} {{number}}]\"", "ab ".repeat(33_000)));
    assert!(
        over_classic("a long subject", &long)
            .findings
            .iter()
            .all(|finding| finding.code == "subject-invalid")
    );
    for expression in
        [r"(?<number>\w{1000}{1000})", r"((a{99}){99}){99}(?<number>[0-9]+)", r"(?<number>(x+x+)+y"]
    {
        let loaded = over_classic(expression, &subject(&format!("expression: '{expression}'")));
        assert_eq!(loaded.findings[0].code, "subject-invalid", "{expression}");
    }
    let body = |body: &str| format!("replies:\n  call-closed: {{ body: {body:?} }}\n");
    let deep = "{% if number %}".repeat(20_000);
    assert!(over_classic("deep template", &body(&deep)).rule_set.is_none());
    let loops =
        "{% for a in items %}{% for b in items %}{% for c in items %}x{% endfor %}{% endfor %}{% endfor %}";
    assert!(over_classic("loops", &body(loops)).rule_set.is_some(), "stopped when it is filled in");
    let parentheses = format!("{{{}number{}}}", "(".repeat(10_000), ")".repeat(10_000));
    assert!(over_classic("parentheses", &body(&parentheses)).rule_set.is_none());
}

#[test]
fn files_that_are_none_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: &[u8]| std::fs::write(dir.path().join(name), bytes).unwrap();
    write("huge.txt", &vec![b'a'; 1 << 20]);
    std::fs::File::create(dir.path().join("vast.txt")).unwrap().set_len(100 << 20).unwrap();
    write("binary.yaml", &[0xff, 0xfe, 0, 1, 2, 3]);
    std::fs::create_dir(dir.path().join("folder")).unwrap();
    let name = dir.path().join("top.yaml").to_str().unwrap().to_owned();
    for file in ["huge.txt", "vast.txt", "folder", "/dev/zero", "binary.yaml", "missing.txt", ""] {
        let text = format!("{HEAD}replies:\n  call-closed: {{ body_file: \"{file}\" }}\n");
        let loaded = load_text(&name, &text);
        assert_eq!(loaded.findings[0].code, "body-file-unreadable", "{file}");
    }
    write("top.yaml", b"");
    for file in ["folder", "/dev/zero", "binary.yaml", "missing", "vast.txt"] {
        assert_eq!(refused(&name, &HEAD.replace("classic", file)), "unknown-rule-set", "{file}");
    }
    assert_eq!(refused(&name, &HEAD.replace("classic", "top.yaml")), "extends-circle");
}

#[test]
fn odd_texts_are_answered() {
    assert_eq!(refused("empty", ""), "wrong-type");
    assert_eq!(refused("comments", "# nothing\n# at all\n"), "wrong-type");
    assert_eq!(refused("nul", "format: 1\nrule_set: \"a\0b\"\n"), "yaml-syntax");
    assert!(
        over_classic("bidi", "system: { product: \"\u{202e}eroC\u{2066}\", prodcut: \"\u{202e}\" }\n")
            .rule_set
            .is_none()
    );
    for text in ["null", "[]", "- a\n- b", "7", "\u{feff}", "---\n---\n", "? [a]\n: b", "!!binary aGk="] {
        refused(text, text);
    }
}

/// The rule set as shipped, as a tree; JSON is YAML.
fn classic() -> Value {
    serde_saphyr::from_str(include_str!("../../rules/classic.yaml")).unwrap()
}

/// Every place in a tree.
fn pointers(tree: &Value, at: &str, found: &mut Vec<String>) {
    found.push(at.to_owned());
    match tree {
        Value::Object(entries) => entries
            .iter()
            .for_each(|(key, value)| pointers(value, &format!("{at}/{}", key.replace('/', "~1")), found)),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .for_each(|(index, value)| pointers(value, &format!("{at}/{index}"), found)),
        _ => {}
    }
}

/// Whatever is loaded either decides or says why not.
fn holds(text: &str) {
    let loaded = load(Source::new("classic.yaml", text), &Shelf);
    let _ = findings_as_text(&loaded.findings, &loaded.sources, false);
    let _ = findings_as_json(&loaded.findings, &loaded.sources);
    match &loaded.rule_set {
        None => assert!(!loaded.findings.is_empty(), "nothing is said"),
        Some(rule_set) => {
            for subject in
                ["[CLOSE#5837]", "Call 5837 has been updated", "[MyCalls]", "[APPROVE#77]", "printer"]
            {
                let facts =
                    facts(subject, rule_set.accounts.first().map_or("none", |account| account.name.as_str()));
                let _ = decide(rule_set, &facts);
            }
        }
    }
}

fn facts(subject: &str, account: &str) -> Facts {
    let mail =
        format!("From: uma@example.com\r\nTo: desk@example.com\r\nSubject: {subject}\r\n\r\nHello\r\n");
    let message = Message::read(mail.as_bytes());
    Facts { message, account: account.to_owned(), answers: Answers::default(), now: 1_767_603_600 }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    #[test]
    fn a_file_with_other_bytes_loads_or_says_why_not(changes in prop::collection::vec((any::<prop::sample::Index>(), 0u8..3, "[ -~\n\t\u{0}é]{1,3}"), 1..4)) {
        let mut text = include_str!("../../rules/classic.yaml").to_owned();
        for (at, how, new) in changes {
            let at = (0..=at.index(text.len())).rev().find(|&at| text.is_char_boundary(at)).unwrap();
            let end = (at + 1..=text.len()).find(|&end| text.is_char_boundary(end)).unwrap_or(at);
            text.replace_range(if how == 0 { at..at } else { at..end }, if how == 1 { "" } else { &new });
        }
        holds(&text);
    }

    #[test]
    fn a_file_with_another_tree_loads_or_says_why_not(changes in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>(), 0u8..4), 1..4)) {
        let mut tree = classic();
        for (to, from, how) in changes {
            let mut places = Vec::new();
            pointers(&tree, "", &mut places);
            let (to, from) = (&places[to.index(places.len())], &places[from.index(places.len())]);
            let new = match how {
                0 => Value::Null,
                1 => Value::from(-7),
                2 => Value::from("other"),
                _ => tree.pointer(from).cloned().unwrap(),
            };
            // a whole inside itself would only grow
            if how < 3 || !to.starts_with(from.as_str()) {
                *tree.pointer_mut(to).unwrap() = new;
            }
        }
        holds(&tree.to_string());
    }
}

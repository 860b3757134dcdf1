//! Reading rule files: the tree, its shape, its types, and what people are told.

use postroom::cli::render::findings_as_text;
use postroom::diagnostic::{Diagnostic, Findings, Source, SourceId, Sources, Span};
use postroom::ruleset::decode::{Entries, OneOrMany, Placed, from_node};
use postroom::ruleset::shape::check_shape;
use postroom::ruleset::yaml::{Node, NodeKind, TEXT_BYTES_MAX, parse, remarks};
use proptest::prelude::*;
use schemars::{JsonSchema, schema_for};
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// A small rule file of every shape that ours have.
#[derive(Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Sample {
    format: u16,
    #[serde(default)]
    title: Option<String>,
    #[serde(default)]
    accounts: Entries<Account>,
    #[serde(default)]
    rules: Vec<Rule>,
    #[serde(default)]
    cells: Vec<(String, u8)>,
}

#[derive(Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Account {
    #[serde(default)]
    active: Option<bool>,
    #[serde(default)]
    port: Option<u16>,
    #[serde(default)]
    new_calls: NewCalls,
    #[serde(default)]
    connect: Option<Connect>,
}

#[derive(Debug, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct NewCalls {
    /// # Use Linked Analyst
    use_linked_analyst: bool,
    /// # Call Template
    template: Option<Placed<String>>,
    log_on_invalid_number: Option<bool>,
}

#[derive(Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Connect {
    Files { folder: String },
    Imap(Server),
}

#[derive(Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Server {
    server: String,
}

#[derive(Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[allow(clippy::struct_field_names, reason = "the key of the file")]
struct Rule {
    rule: Placed<String>,
    #[serde(default)]
    subject: Option<String>,
    #[serde(default)]
    sender: Option<OneOrMany<Placed<Sender>>>,
    then: Then,
}

#[derive(Debug, Clone, Copy, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Sender {
    Unknown,
    /// With a remark, so that the schema writes it otherwise.
    User,
    Analyst,
}

#[derive(Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Then {
    Allow,
    /// Says no.
    Refuse(Placed<String>),
}

fn read(text: &str) -> (Sources, Result<Node, Vec<Diagnostic>>) {
    let mut sources = Sources::default();
    let source = Source::new("rules.yaml", text);
    let id = sources.add(source.clone());
    (sources, parse(id, &source))
}

fn tree(text: &str) -> (Sources, Node) {
    let (sources, node) = read(text);
    (sources, node.expect("a file that can be read"))
}

/// Everything that is found before names are looked at.
fn findings(text: &str) -> (Sources, Vec<Diagnostic>) {
    let (sources, node) = read(text);
    let mut found = Findings::default();
    match node {
        Err(faults) => found.extend(faults),
        Ok(node) => {
            check_shape(&node, schema_for!(Sample).as_value(), &mut found);
            let source = sources.get(SourceId(0)).expect("the only source");
            found.extend(remarks(&node, source));
        }
    }
    (sources, found.into_sorted())
}

/// The findings of several files as they are shown, each under its text.
fn shown(files: &[&str]) -> String {
    let one = |file: &&str| {
        let (sources, found) = findings(file);
        findings_as_text(&found, &sources, false)
    };
    files.iter().map(one).collect::<Vec<_>>().join("\n")
}

/// The first finding of a file: code, marked text, first help.
#[track_caller]
fn check(text: &str, code: &str, marked: &str, help: &str) {
    let (sources, found) = findings(text);
    let first = found.first().unwrap_or_else(|| panic!("nothing found in {text:?}"));
    let place = first.span().map(|span| sources.text(span).to_owned()).unwrap_or_default();
    let advice = first.helps.first().map(|help| help.text.clone()).unwrap_or_default();
    assert_eq!(
        (first.code, place.as_str(), advice.as_str()),
        (code, marked, help),
        "{text:?}: {}",
        first.message
    );
}

/// The text after the first finding's changes.
fn cured(text: &str) -> String {
    let (_, found) = findings(text);
    let mut edits = found
        .first()
        .and_then(|first| first.helps.first())
        .map(|help| help.edits.clone())
        .unwrap_or_default();
    edits.sort_by_key(|edit| std::cmp::Reverse(edit.span));
    let mut text = text.to_owned();
    for edit in edits {
        text.replace_range(edit.span.start..edit.span.end, &edit.text);
    }
    text
}

fn spans(node: &Node, found: &mut Vec<Span>) {
    found.push(node.span);
    node.items().iter().for_each(|item| spans(item, found));
    for entry in node.entries() {
        found.push(entry.key_span);
        spans(&entry.value, found);
    }
}

fn marked<'s>(sources: &'s Sources, node: &Node) -> Vec<&'s str> {
    let mut found = Vec::new();
    spans(node, &mut found);
    found.into_iter().map(|span| sources.text(span)).collect()
}

// The tree.

#[test]
fn places_cover_the_values_as_written() {
    let (sources, node) =
        tree("\u{feff}a: ü # x\n\"b c\": \"q\\n\"  # y\nd: 'ß'\ne:\n  - 1\n  - {f: g, h: [i]}\nj: k\n  l\n");
    let expected = [
        "a", "a", "ü", "\"b c\"", "\"q\\n\"", "d", "'ß'", "e", "-", "1", "{", "f", "g", "h", "[", "i", "j",
        "k\n  l",
    ];
    assert_eq!(marked(&sources, &node), expected);
    assert_eq!(sources.place(node.get("a").unwrap().span).to_string(), "rules.yaml:1:4");
}

#[test]
fn values_are_what_yaml_1_2_says() {
    let check = |text: &str, expected: NodeKind| {
        assert_eq!(tree(&format!("v: {text}\n")).1.get("v").unwrap().kind, expected, "{text}");
    };
    let text = |text: &str| NodeKind::Text(text.to_owned());
    check("", NodeKind::Null);
    check("~", NodeKind::Null);
    check("true", NodeKind::Bool(true));
    check("no", text("no"));
    check("off", text("off"));
    check("12", NodeKind::Integer(12));
    check("-1", NodeKind::Integer(-1));
    check("010", NodeKind::Float(10.0));
    check("1e3", NodeKind::Float(1000.0));
    check("99999999999999999999", NodeKind::Float(1e20));
    check(".nan", text(".nan"));
    check("'12'", text("12"));
    check("12:30:45", text("12:30:45"));
    check("2026-01-01", text("2026-01-01"));
    check("|\n  a\n  b", text("a\nb\n"));
}

#[test]
fn an_empty_file_is_nothing() {
    assert_eq!(tree("").1.kind, NodeKind::Null);
    assert_eq!(tree("# only a remark\n").1.kind, NodeKind::Null);
}

// What people write.

#[test]
fn traps_are_named_at_their_place() {
    let quote = "quote the pattern";
    check("subject: [Call#{number}]\n", "yaml-syntax", "[Call#{number}]", quote);
    check("subject: [Call #{number}]\nb: 1\n", "yaml-syntax", "[Call #{number}]", quote);
    check("- { subject: [CLOSE#{number}], intent: close }\n", "yaml-syntax", "[CLOSE#{number}]", quote);
    check("subject: {number} closed\nb: 1\n", "yaml-syntax", "{number} closed", quote);
    check("subject: Ref: {number}\n", "yaml-syntax", "Ref: {number}", "put the text in quotes");
    check("title: @home\n", "yaml-syntax", "@home", "put the text in quotes");
    check("a:\n\tb: 1\n", "yaml-syntax", "\t", "indent with spaces");
    check("a:b\nc: d\n", "yaml-syntax", ":", "put a space after the colon");
    let close = "close it where the value ends, or take it out";
    check("when: { a: b\nx: 1\n", "yaml-syntax", "{", close);
    check("title: 'x\nb: 1\n", "yaml-syntax", "'", close);
    let quotes = "if it belongs to the text, put the text in quotes";
    check("subject: *urgent*\n", "alias-not-allowed", "*urgent*", quotes);
    check("title: &x a\nb: *x\n", "alias-not-allowed", "&x", quotes);
}

#[test]
fn cures_make_what_was_meant() {
    let check = |text: &str, expected: &str| assert_eq!(cured(text), expected, "{text}");
    check("subject: [Call #{number}]  # x\nb: 1\n", "subject: \"[Call #{number}]\"  # x\nb: 1\n");
    check("- { subject: [A#{number}], b: c }\n", "- { subject: \"[A#{number}]\", b: c }\n");
    check("subject: \"\\[Call#(\\d+)\\]\"\n", "subject: \"[Call#{number}]\"\n");
    check("subject: *urgent*\n", "subject: \"*urgent*\"\n");
    check("a:b\nc: d\n", "a: b\nc: d\n");
    check("format: 1\ntitle: 12\n", "format: 1\ntitle: \"12\"\n");
    check("format: 010\n", "format: 10\n");
    check("format: '1'\n", "format: 1\n");
    check("format: 1\naccounts: {a: {active: no}}\n", "format: 1\naccounts: {a: {active: false}}\n");
    check("format: 1\ntitel: x\n", "format: 1\ntitle: x\n");
}

#[test]
fn shapes_are_checked_in_the_words_of_the_file() {
    let check = |rest: &str, code: &str, marked: &str, help: &str| {
        check(&format!("format: 1\n{rest}\n"), code, marked, help);
    };
    let switch = "did you mean `use_linked_analyst`, the switch \"Use Linked Analyst\"?";
    check(
        "accounts: {a: {new_calls: {use_linked_analist: true}}}",
        "unknown-key",
        "use_linked_analist",
        switch,
    );
    check(
        "accounts: {a: {new_calls: {Use Linked Analyst: true}}}",
        "unknown-key",
        "Use Linked Analyst",
        switch,
    );
    let belongs = "`template` belongs under `new_calls`: `new_calls: { template: … }`";
    check("accounts: {a: {template: x}}", "unknown-key", "template", belongs);
    check("colour: x", "unknown-key", "colour", "it has `format`, `title`, `accounts`, `rules`, `cells`");
    check("accounts: {a: {active: no}}", "wrong-type", "no", "write `false`");
    check("accounts: {a: {port: 70000}}", "wrong-type", "70000", "write a whole number from 0 to 65535");
    check("accounts: {a: {port: 010}}", "wrong-type", "010", "write it as a whole number");
    check("accounts: {a: {connect: {imp: {server: x}}}}", "unknown-word", "imp", "did you mean `imap`?");
    check("accounts: {a: {connect: imap}}", "wrong-type", "imap", "write `{ imap: … }`");
    check("accounts: {a: {connect: {imap: {}}}}", "missing-key", "imap", "add `server: …`; it takes text");
    check("rules: [{rule: a, then: alow}]", "unknown-word", "alow", "did you mean `allow`?");
    check(
        "rules: [{rule: a, then: {allow: 1}}]",
        "wrong-type",
        "allow",
        "write only `allow`, without braces and colon",
    );
    check(
        "rules: [{rule: a, then: allow, sender: [user, analist]}]",
        "unknown-word",
        "analist",
        "did you mean `analyst`?",
    );
    check(
        "rules: {rule: a}",
        "wrong-type",
        "{",
        "write a list: each entry begins on a line of its own with `- `",
    );
    check("cells: [[a]]", "wrong-type", "[", "");
    check(
        "subject: Call #104233",
        "unknown-key",
        "subject",
        "it has `format`, `title`, `accounts`, `rules`, `cells`",
    );
}

#[test]
fn all_findings_of_a_file_are_shown_at_once() {
    let text = shown(&[
        "format: 010\ntitel: x\naccounts:\n  it-desk:\n    active: no\n    reopen: true\n    connect: { imap: {}, files: { folder: x } }\nrules:\n  - rule: first\n    subject: Call #{number}\n    sender: [user, analist]\n  - { rule: second, then: { refuze: x } }\n",
    ]);
    insta::assert_snapshot!(text);
}

#[test]
fn findings_about_yaml_itself_read_well() {
    let text = shown(&[
        "rules:\n  - rule: a\n    then: allow\n    rule: b\n",
        "{a: 1, a: 2}\n",
        "subject: [Call #{number}]\nb: 1\n",
        "subject: \"\\[Call#(\\d+)\\]\"\n",
        "title: *urgent*\n",
        "a: 1\n---\nb: 2\n",
        "a: !secret b\n",
        "accounts:\n\tit-desk: 1\n",
        "when: { a: b\nx: 1\n",
        "title: \"x\nb: 1\n",
        "a:\n  b: 1\n c: 2\n",
        "? [a, b]\n: c\n",
    ]);
    insta::assert_snapshot!(text);
}

#[test]
fn text_cut_by_a_remark_is_noticed_and_remarks_are_not() {
    let codes = |text: &str| {
        let (sources, node) = tree(text);
        remarks(&node, sources.get(SourceId(0)).unwrap()).iter().map(|found| found.code).collect::<Vec<_>>()
    };
    assert_eq!(codes("subject: Call #104233\n"), ["comment-cuts-text"]);
    assert_eq!(codes("- { subject: x }\n- body: Call #{number}\n"), ["comment-cuts-text"]);
    assert!(codes("subject: Call 104233   # the old one\n").is_empty());
    assert!(codes("subject: \"Call\" #104233\n").is_empty());
    assert!(codes("tls: off #yes\n").is_empty());
}

// What strangers send.

#[test]
fn hostile_files_are_refused_quickly() {
    let laughs: String =
        (1..10).map(|n| ["a: &a", &n.to_string(), " [", &"*a,".repeat(9), "]\n"].concat()).collect();
    let quadratic = format!("a: &a {}\nb: [{}]\n", "x".repeat(50_000), "*a,".repeat(20_000));
    let files = [
        (format!("a0: &a0 lol\n{laughs}"), "alias-not-allowed"),
        (quadratic, "alias-not-allowed"),
        ("[".repeat(200_000), "too-deep"),
        ("{a: ".repeat(200_000), "too-deep"),
        ("- ".repeat(200_000), "too-deep"),
        ("a".repeat(TEXT_BYTES_MAX + 1), "too-large"),
        ("a: b\n".repeat(200_000), "duplicate-key"),
        ("\u{0}\u{1}\u{2}".to_owned(), "yaml-syntax"),
        ("a: 1\n---\nb: 2\n".to_owned(), "yaml-syntax"),
        ("!!binary aGk=\n".repeat(3), "yaml-syntax"),
    ];
    for (file, code) in files {
        let start: String = file.chars().take(20).collect();
        let found = read(&file).1.expect_err(&start);
        assert_eq!(found.first().map(|found| found.code), Some(code), "{start}");
        let (sources, _) = read(&file);
        let text = findings_as_text(&found, &sources, false);
        assert!(text.len() < 4_000, "{start}: {} bytes are shown", text.len());
    }
}

#[test]
fn a_file_full_of_mistakes_is_checked_quickly() {
    let file: String = (0..20_000).map(|number| ["key", &number.to_string(), ": 1\n"].concat()).collect();
    assert_eq!(findings(&file).1.len(), 500);
    let word = format!("format: 1\nrules: [{{ rule: a, then: {} }}]\n", "x".repeat(1_000_000));
    check(&word, "unknown-word", &"x".repeat(1_000_000), "it takes `allow`, or `{ refuse: … }`");
}

#[test]
fn thirty_two_levels_are_read_and_no_more() {
    assert!(read(&format!("{}{}", "[".repeat(32), "]".repeat(32))).1.is_ok());
    assert!(read(&format!("{}{}", "[".repeat(33), "]".repeat(33))).1.is_err());
}

#[test]
fn a_merge_key_is_no_setting() {
    check(
        "format: 1\n<<: { title: x }\n",
        "unknown-key",
        "<<",
        "leave out `<<:`; what stands below it stands by itself: `title`",
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_read_or_refused_with_places_in_it(text in r#"([ \-\[\]{}:,#&*!|>'"%@`?\n\t\\a-c1ü\u{feff}\r]|\PC){0,60}"#) {
        let (sources, found) = findings(&text);
        for span in found.iter().flat_map(|found| &found.labels).map(|label| label.span) {
            prop_assert!(text.get(span.start..span.end).is_some(), "{span:?}");
        }
        for edit in found.iter().flat_map(|found| &found.helps).flat_map(|help| &help.edits) {
            prop_assert!(text.get(edit.span.start..edit.span.end).is_some(), "{edit:?}");
        }
        findings_as_text(&found, &sources, true);
        if let Ok(node) = read(&text).1 {
            let mut all = Vec::new();
            spans(&node, &mut all);
            for span in all {
                prop_assert!(text.get(span.start..span.end).is_some(), "{span:?}");
            }
        }
    }
}

// The types.

#[track_caller]
fn agrees<T: DeserializeOwned + PartialEq + std::fmt::Debug>(text: &str) {
    let ours: T = from_node(&tree(text).1).expect("our reading");
    let theirs: T = serde_saphyr::from_str(text).expect("the reader's own");
    assert_eq!(ours, theirs, "{text}");
}

const WHOLE: &str = "format: 1\naccounts:\n  z: { port: 25 }\n  a:\n    active: true\n    new_calls: { template: IT Incident }\n    connect: { imap: { server: ü } }\nrules:\n  - { rule: r, then: { refuse: not-you }, sender: user }\n  - { rule: s, then: allow }\ncells: [[a, 1], [b, 255]]\n";

#[test]
fn decoding_agrees_with_the_readers_own() {
    agrees::<Sample>(WHOLE);
    agrees::<Option<u8>>("~");
    agrees::<std::collections::BTreeMap<Placed<String>, (i8, f64)>>("b: [-1, 2]\na: [1, 0.5]\n");
    agrees::<Vec<Placed<Option<bool>>>>("[true, null]");
    agrees::<Vec<Connect>>("- files: { folder: x }\n- imap: { server: y }\n");
}

#[test]
fn a_right_file_has_no_findings() {
    assert_eq!(findings(WHOLE).1, []);
}

#[test]
fn wrapped_values_know_their_places() {
    let (sources, node) = tree(WHOLE);
    let sample: Sample = from_node(&node).unwrap();
    let (name, account) = &sample.accounts.0[1];
    assert_eq!(sources.place(name.span).to_string(), "rules.yaml:4:3");
    assert_eq!(sources.text(account.new_calls.template.as_ref().unwrap().span), "IT Incident");
    let Then::Refuse(reply) = &sample.rules[0].then else { panic!("it refuses") };
    assert_eq!(sources.text(reply.span), "not-you");
    assert_eq!(sources.text(sample.rules[0].sender.as_ref().unwrap()[0].span), "user");
}

#[test]
fn what_does_not_fit_a_type_is_named_at_its_place() {
    let check = |text: &str, message: &str, marked: &str| {
        let (sources, node) = tree(text);
        let found = from_node::<Sample>(&node).unwrap_err();
        assert_eq!((found.message.as_str(), sources.text(found.span().unwrap())), (message, marked));
    };
    check("format: 70000", "`format` takes a whole number from 0 to 65535, not the number 70000", "70000");
    check("format: x", "`format` takes a whole number, not text", "x");
    check(
        "format: 1\nrules: [{rule: a, then: no}]",
        "`no` is not a word for this place, only `allow`, `refuse`",
        "no",
    );
    check("format: 1\naccounts: {a: {connect: {imap: 1}}}", "`imap` takes settings, not the number 1", "1");
    check("title: x", "`format` is missing", "title");
}

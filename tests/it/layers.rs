//! Layers: what an overlay may change, and where every part of the whole comes from.

use super::rules::check_against;
use postroom::adapters::library::Shelf;
use postroom::cli::render::findings_as_text;
use postroom::diagnostic::{Severity, Source};
use postroom::ruleset::account::{Connect, OnReopening, SecretPlace, Submit};
use postroom::ruleset::layer::Library;
use postroom::ruleset::load::{Loaded, load};
use postroom::ruleset::template::Values;
use std::fmt::Write as _;

/// The beginning of a layer.
fn head(extends: &str) -> String {
    format!("format: 1\nrule_set: layer\nrevision: 1\nchange_reason: a test\nextends: {extends}\n")
}

/// Texts by name; everything else is built in.
struct Texts(Vec<(&'static str, String)>);

impl Library for Texts {
    fn rule_set(&self, named: &str, from: &str) -> Result<Source, String> {
        match self.0.iter().find(|(name, _)| *name == named) {
            Some((name, text)) => Ok(Source::new(*name, text.as_str())),
            None => Shelf.rule_set(named, from),
        }
    }

    fn text(&self, path: &str, _: &str) -> Result<Vec<u8>, String> {
        Shelf.text(path, "classic.yaml")
    }
}

/// Loads the first of the texts over the others.
fn load_layers(layers: Vec<(&'static str, String)>) -> Loaded {
    let (name, text) = layers[0].clone();
    load(Source::new(name, text), &Texts(layers))
}

fn over_classic(text: &str) -> Loaded {
    load_layers(vec![("top.yaml", head("classic") + text)])
}

/// The names of the rules of `permit`, as far as they begin with the word.
fn permit(loaded: &Loaded, beginning: &str) -> Vec<String> {
    let rule_set = loaded.rule_set.as_ref().unwrap_or_else(|| panic!("{}", shown(loaded)));
    rule_set.permit.rules().map(|rule| rule.name.clone()).filter(|name| name.starts_with(beginning)).collect()
}

fn shown(loaded: &Loaded) -> String {
    findings_as_text(&loaded.findings, &loaded.sources, false)
}

fn codes(loaded: &Loaded) -> Vec<&'static str> {
    loaded.findings.iter().map(|finding| finding.code).collect()
}

#[test]
fn several_rules_at_one_place_keep_the_order_of_the_file() {
    let row = |name: &str, place: &str, action: &str| {
        format!(
            "  - {{ rule: {name}, {place}, when: {{ sender: user, action: {action} }}, then: {{ ignore: no }} }}\n"
        )
    };
    let loaded = over_classic(
        &[
            "permit:\n",
            &row("user-1", "before: first", "log_call"),
            &row("user-2", "before: first", "update_call"),
            &row("user-3", "before: user-closes-own-call", "reopen_call"),
            &row("user-4", "before: user-closes-own-call", "update_task"),
            &row("user-5", "after: user-closes-own-call", "update_request"),
            &row("user-6", "after: user-closes-own-call", "decline_close"),
            &row("user-7", "after: user-6", "decline_update"),
        ]
        .concat(),
    );
    let names = permit(&loaded, "user");
    assert_eq!(
        names,
        ["user-1", "user-2", "user-3", "user-4", "user-closes-own-call", "user-5", "user-6", "user-7"]
    );
    let all = permit(&loaded, "");
    assert_eq!(all[..3], ["user-1", "user-2", "anonymous-logs"]);
}

#[test]
fn rows_put_last_stand_behind_all_others_in_their_order() {
    let loaded = over_classic(
        "recognize:\n  - { subject: \"[A#{number}]\", intent: update, kind: call, after: last }\n  - { subject: \"[B#{number}]\", intent: update, kind: call, after: last }\n  - { subject: \"[C#{number}]\", intent: update, kind: call, before: first }\n",
    );
    let rule_set = loaded.rule_set.as_ref().unwrap();
    let names: Vec<&str> = rule_set.recognize.iter().map(|rule| rule.name.as_str()).collect();
    assert_eq!(names.first(), Some(&"[C#{number}]"));
    assert_eq!(names[names.len() - 2..], ["[A#{number}]", "[B#{number}]"]);
}

#[test]
fn a_rule_takes_the_place_of_another() {
    let loaded = over_classic(
        "permit:\n  - { rule: analysts-take-over, replaces: analyst-takes-over, when: { action: close_call, sender: [analyst, analyst_and_user], may_take_over: true }, then: allow }\n",
    );
    let names = permit(&loaded, "analyst");
    assert_eq!(names, ["analyst-closes-own-call", "analysts-take-over"]);
}

#[test]
fn maps_are_merged_and_lists_are_replaced() {
    let loaded = over_classic(
        "replies:\n  call-closed: { body: \"Done, {sender}.\" }\nactions:\n  close_call: [close, show_note_icon]\nsystem: { product: Desk }\n",
    );
    let rule_set = loaded.rule_set.as_ref().unwrap_or_else(|| panic!("{}", shown(&loaded)));
    let values = serde_json::json!({ "number": 5, "sender": "Uma" });
    assert_eq!(rule_set.templates.render("call-closed.txt", &Values::new(&values)).unwrap(), "Done, Uma.");
    assert_eq!(
        rule_set.templates.render("call-closed.subject", &Values::new(&values)).unwrap(),
        "Call 5 has been closed"
    );
    let action = rule_set.actions.iter().find(|action| action.name == "close_call").unwrap();
    assert_eq!(action.steps.len(), 2);
    assert_eq!(rule_set.system.product, "Desk");
    assert!(rule_set.system.truncate_incoming_emails);
}

const ACCOUNT: &str = "accounts:\n  desk:\n    connect: { imap: { server: imap.example.com, login: desk, password: { env: DESK } } }\n    new_calls: { template: IT Incident, default_logging_analyst: Duty Analyst }\n    closed_calls: { otherwise_to: IT First Line }\noutgoing:\n  main: { smtp: { server: smtp.example.com }, outgoing_email_id: desk@example.com, default: true }\n";

#[test]
fn another_protocol_or_place_takes_the_place_of_the_first() {
    let loaded = load_layers(vec![
        (
            "top.yaml",
            head("base.yaml")
                + "accounts:\n  desk:\n    connect: { files: { folder: spool } }\noutgoing:\n  main: { files: { folder: out } }\n",
        ),
        ("base.yaml", head("classic") + ACCOUNT),
    ]);
    let rule_set = loaded.rule_set.as_ref().unwrap_or_else(|| panic!("{}", shown(&loaded)));
    assert_eq!(rule_set.accounts[0].connect, Some(Connect::Files { folder: "spool".into() }));
    assert_eq!(rule_set.accounts[0].default_logging_analyst.as_deref(), Some("Duty Analyst"));
    assert_eq!(rule_set.outgoing[0].submit, Submit::Files { folder: "out".into() });
    assert!(rule_set.outgoing[0].is_default);
}

#[test]
fn the_same_protocol_is_merged_and_its_password_is_one_place() {
    let loaded = load_layers(vec![
        (
            "top.yaml",
            head("base.yaml")
                + "accounts:\n  desk:\n    connect: { imap: { password: { file: /run/desk } } }\n",
        ),
        ("base.yaml", head("classic") + ACCOUNT),
    ]);
    let rule_set = loaded.rule_set.as_ref().unwrap_or_else(|| panic!("{}", shown(&loaded)));
    let Some(Connect::Imap { server, .. }) = &rule_set.accounts[0].connect else { panic!() };
    assert_eq!(server.server, "imap.example.com");
    assert_eq!(server.login.password, Some(SecretPlace::File("/run/desk".into())));
}

#[test]
fn a_partition_is_that_of_the_accounts_of_its_own_file() {
    let loaded = load_layers(vec![
        (
            "top.yaml",
            head("base.yaml")
                + "partition: HR\naccounts:\n  hr:\n    connect: { files: { folder: hr } }\n    new_calls: { template: HR Enquiry }\n    closed_calls: { otherwise_to: HR Duty Desk }\n  it:\n    partition: IT\n    connect: { files: { folder: it } }\n    new_calls: { template: IT Incident }\n    closed_calls: { otherwise_to: IT First Line }\n",
        ),
        ("base.yaml", head("classic") + ACCOUNT),
    ]);
    let rule_set = loaded.rule_set.as_ref().unwrap_or_else(|| panic!("{}", shown(&loaded)));
    let partition = |name: &str| rule_set.account(name).unwrap().partition.clone();
    assert_eq!(
        [partition("hr"), partition("it"), partition("desk")],
        [Some("HR".into()), Some("IT".into()), None]
    );
}

#[test]
fn defaults_stand_under_every_account_whichever_layer_brings_them() {
    let loaded = load_layers(vec![
        (
            "top.yaml",
            head("base.yaml")
                + "defaults:\n  account: { closed_calls: { on_reopening: none }, replies: { auto_reply: false } }\n",
        ),
        ("base.yaml", head("classic") + ACCOUNT),
    ]);
    let account = &loaded.rule_set.as_ref().unwrap_or_else(|| panic!("{}", shown(&loaded))).accounts[0];
    assert_eq!(account.on_reopening, OnReopening::None);
    assert!(!account.auto_reply && account.update_closed_calls);
}

#[test]
fn a_rule_set_is_extended_by_name_and_by_path() {
    let dir = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(dir.path().join(name), text).unwrap();
    std::fs::create_dir(dir.path().join("site")).unwrap();
    write("site/postroom.yaml", &(head("../base.yaml") + "system: { product: Site }\n"));
    write("base.yaml", &(head("classic") + ACCOUNT));
    write("top.yaml", &(head("site") + "permit:\n  - { rule: x, before: nothing-like-it, then: allow }\n"));
    let loaded = load(Shelf::file(&dir.path().join("top.yaml")).unwrap(), &Shelf);
    assert_eq!(codes(&loaded), ["unknown-rule"], "{}", shown(&loaded));
    let names: Vec<String> = loaded.sources.iter().map(|(_, source)| source.name.to_string()).collect();
    assert!(names[1].ends_with("site/postroom.yaml") && names[2].ends_with("base.yaml"), "{names:?}");
    assert_eq!(names[3], "classic.yaml");
}

#[test]
fn too_many_layers_and_circles_end() {
    let name = |at: usize| -> &'static str { Box::leak(format!("{at}.yaml").into_boxed_str()) };
    let layers = (0..20).map(|at| (name(at), head(name(at + 1)))).collect();
    let loaded = load_layers(layers);
    assert_eq!(codes(&loaded), ["extends-circle"], "{}", shown(&loaded));
    assert!(shown(&loaded).contains("one layer too many"), "{}", shown(&loaded));
    let loaded = load_layers(vec![("a.yaml", head("a.yaml"))]);
    assert_eq!(codes(&loaded), ["extends-circle"], "{}", shown(&loaded));
}

#[test]
fn findings_point_into_the_file_that_they_are_about() {
    let loaded = load_layers(vec![
        ("top.yaml", head("base.yaml") + "accounts: { desk: { closed_calls: { reopen: 7 } } }\n"),
        (
            "base.yaml",
            head("classic")
                + ACCOUNT
                + "permit:\n  - { rule: x, before: first, when: { sendr: user }, then: allow }\n",
        ),
    ]);
    let at = |code: &str| {
        let finding = loaded.findings.iter().find(|finding| finding.code == code).unwrap();
        loaded.sources.place(finding.span().unwrap()).to_string()
    };
    assert_eq!(at("wrong-type"), "top.yaml:6:45");
    assert_eq!(at("unknown-column"), "base.yaml:14:39", "{}", shown(&loaded));
}

#[test]
fn what_else_is_wrong_with_a_rule_that_stands_nowhere_is_told_too() {
    for (row, told) in [
        ("{ rule: x, when: { sendr: user }, then: allow }", &["rule-without-place", "unknown-column"][..]),
        (
            "{ rule: x, when: { sender: usr }, then: alow }",
            &["rule-without-place", "unknown-word", "unknown-word"],
        ),
        ("{ rule: x, before: nowhere, then: { refuse: nothing } }", &["unknown-rule", "unknown-reply"]),
        ("{ rule: x, then: { refuse: a, ignore: b } }", &["rule-without-place", "wrong-type"]),
        ("{ rule: x, before: first, when: { sendr: user }, then: {} }", &["unknown-column", "wrong-type"]),
        // that it can never be reached in the last place is no fault of its own; one of a known name is meant to replace that
        ("{ rule: x, then: allow }", &["rule-without-place"]),
        ("{ rule: user-closes-own-call, then: allow }", &["rule-without-place"]),
    ] {
        let loaded = over_classic(&format!("{ACCOUNT}permit:\n  - {row}\n"));
        assert_eq!(codes(&loaded), told, "{row}\n{}", shown(&loaded));
        assert!(loaded.rule_set.is_none());
    }
}

#[test]
fn an_answer_in_the_wrong_form_is_met_with_the_right_one_and_no_advice_to_write_the_same() {
    for (stage, answer, form) in [
        ("guard", "discard", "`{ discard: … }`"),
        ("guard", "{ proceed: now }", "`proceed`"),
        ("permit", "refuse", "`{ refuse: … }`"),
    ] {
        let row = format!(
            "{ACCOUNT}{stage}:\n  - {{ rule: x, before: first, when: {{ account: desk }}, then: {answer} }}\n"
        );
        let text = shown(&over_classic(&row));
        assert!(text.contains("is no answer in this form") && text.contains(form), "{text}");
        assert!(!text.contains("did you mean"), "{text}");
    }
}

#[test]
fn a_table_in_a_wrong_form_is_told_of_as_that_and_not_as_missing_too() {
    for (table, help) in [
        (
            "guard:\n  rules:\n    - { rule: x, before: first, when: {}, then: proceed }\n",
            "leave out `rules:`",
        ),
        ("guard: { rule: x, before: first }\n", "each entry begins on a line of its own with `- `"),
    ] {
        let text = shown(&over_classic(&format!("{ACCOUNT}{table}")));
        assert!(text.contains("`guard` takes a list") && text.contains(help), "{text}");
        assert!(!text.contains("missing-key"), "{text}");
    }
}

#[test]
fn a_setting_that_stands_elsewhere_is_told_with_its_place() {
    for (written, help) in [
        ("accounts:\n  desk:\n    folder: spool/in\n", "`connect: { files: { folder: … } }`"),
        (
            "rules:\n  guard:\n    - { rule: x, before: first, when: {}, then: proceed }\n",
            "leave out `rules:`; what stands below it stands by itself: `guard`",
        ),
    ] {
        let text = shown(&over_classic(written));
        assert!(text.contains("unknown-key") && text.contains(help), "{text}");
    }
}

#[test]
fn a_rule_that_hides_another_is_told_with_what_it_does_to_people() {
    for (answer, note) in [
        ("allow", "any user could now close any call, their own or not"),
        ("{ refuse: insufficient-permission }", "no user could close any call any more, their own or not"),
        ("{ ignore: not_by_mail }", "no user could close any call any more, their own or not"),
    ] {
        let when = "{ sender: user, action: close_call }";
        let row = format!("{{ rule: x, before: user-closes-own-call, when: {when}, then: {answer} }}");
        let shown = shown(&over_classic(&format!("{ACCOUNT}permit:\n  - {row}\n")));
        assert!(shown.contains(note), "{shown}");
        assert!(shown.contains("write `replaces: user-closes-own-call`"), "{shown}");
    }
}

#[test]
fn an_overlay_for_one_partition_loads_over_an_installation() {
    let overlay = include_str!("../../fixtures/rules/hr.yaml");
    let loaded = check_against(Source::new("fixtures/rules/hr.yaml", overlay), "fixtures/desk/small.yaml");
    assert!(loaded.findings.is_empty(), "{}", shown(&loaded));
    let rule_set = loaded.rule_set.unwrap();
    let account = rule_set.account("hr-desk").unwrap();
    assert_eq!(account.partition.as_deref(), Some("HR"));
    assert_eq!(account.otherwise_to.as_deref(), Some("HR Duty Desk"));
    assert_eq!(rule_set.recognize[0].name, "[HR#{number}]");
}

#[test]
fn a_whole_installation_in_one_file_loads() {
    let text = include_str!("../../fixtures/rules/one-file.yaml");
    let loaded = load(Source::new("fixtures/rules/one-file.yaml", text), &Texts(Vec::new()));
    let is_error = |severity| severity == Severity::Error;
    assert!(loaded.rule_set.is_some(), "{}", shown(&loaded));
    assert!(!loaded.findings.iter().any(|finding| is_error(finding.severity)));
    let mut others: Vec<&str> =
        codes(&loaded).into_iter().filter(|code| *code != "condition-without-effect").collect();
    others.dedup();
    insta::assert_snapshot!("a_whole_installation_in_one_file", shown(&loaded));
    assert!(
        others
            .iter()
            .all(|code| ["reopened-to-nobody", "unreachable-rule", "method-not-applicable"].contains(code)),
        "{others:?}"
    );
}

/// Tightens one rule of classic; then pastes the rows that the finding proposes, and sees it gone.
#[test]
fn proposed_rows_close_the_gap_once_they_are_pasted() {
    let cases = [
        ("permit", "  ", "otherwise", "when: { sender: analyst }, then: allow", "allow"),
        (
            "permit",
            "  ",
            "anonymous-otherwise",
            "when: { sender: unknown, is_person: true }, then: { ignore: no }",
            "",
        ),
        (
            "permit",
            "  ",
            "otherwise",
            "when: { action: [log_call, send_summary], sender: [user, analyst] }, then: allow",
            "allow",
        ),
        (
            "guard",
            "  ",
            "otherwise",
            "when: { return_path: given, automatic: \"no\" }, then: proceed",
            "{ discard: odd }",
        ),
        ("identify", "  ", "case-1-nobody", "when: { is_person: true }, then: unknown", "unknown"),
        (
            "choose",
            "  ",
            "closed-call-left-alone",
            "when: { sender: user }, then: decline_update",
            "decline_update",
        ),
        (
            "policies.reopened_to",
            "    ",
            "otherwise",
            "when: { closed_calls.on_reopening: none }, then: owner",
            "owner",
        ),
        (
            "policies.logging_analyst",
            "    ",
            "default-analyst",
            "when: { sender: user }, then: default_logging_analyst",
            "sender",
        ),
    ];
    for (table, indent, rule, tightened, answer) in cases {
        let key = table.replace('.', ":\n  ");
        let text = format!("{key}:\n{indent}- {{ rule: {rule}, replaces: {rule}, {tightened} }}\n");
        let loaded = over_classic(&text);
        let Some(finding) = loaded.findings.iter().find(|finding| finding.code == "uncovered-case") else {
            // the rules behind it take what is left
            assert_eq!(answer, "", "{table}/{rule}: {}", shown(&loaded));
            continue;
        };
        assert!(finding.rows.len() <= 13, "{table}/{rule}: {}", shown(&loaded));
        let mut whole = text;
        let mut loaded = loaded;
        let mut pasted = 0;
        for _ in 0..8 {
            let Some(finding) = loaded.findings.iter().find(|finding| finding.code == "uncovered-case")
            else {
                break;
            };
            for row in finding.helps[0].text.lines().skip(1) {
                let row = row.replace("rule: …", &format!("rule: pasted-{pasted}, after: last"));
                writeln!(whole, "{indent}{}", row.replace("then: …", &format!("then: {answer}"))).unwrap();
                pasted += 1;
            }
            loaded = over_classic(&whole);
        }
        assert!(pasted > 0, "{table}/{rule}");
        // what is pasted could often be said in fewer words; that is told, and no fault
        let in_many_words = ["column-without-effect", "condition-without-effect", "split-rule"];
        let left: Vec<&str> =
            codes(&loaded).into_iter().filter(|code| !in_many_words.contains(code)).collect();
        assert!(left.is_empty(), "{table}/{rule}: {}\n{whole}", shown(&loaded));
    }
}

//! How findings look, and what there is to read about them.

use postroom::adapters::library::Shelf;
use postroom::cli::explain::{page, pages};
use postroom::cli::render::{findings_as_github, findings_as_json, findings_as_sarif, findings_as_text};
use postroom::diagnostic::{Diagnostic, Edit, Severity, Source, SourceId, Sources, Span};
use postroom::ruleset::load::load;

fn at(sources: &Sources, source: SourceId, text: &str) -> Span {
    let start = sources.get(source).and_then(|source| source.text.find(text)).expect(text);
    Span { source, start, end: start + text.len() }
}

fn rows(rows: &[[&str; 3]]) -> Vec<Vec<String>> {
    rows.iter().map(|row| row.iter().map(|cell| (*cell).to_owned()).collect()).collect()
}

/// Two files with the mistakes of the model, at the lines of the model.
fn model() -> (Sources, Vec<Diagnostic>) {
    let mut sources = Sources::default();
    let lines = |count: usize| "\n".repeat(count);
    let hr = format!(
        "{}      use_linked_analist: false\n\n      update: false\n{}  - rule: analysts-do-anything\n",
        lines(12),
        lines(7)
    );
    let classic = format!(
        "{}    closed_calls: {{ update: true, reopen: true }}\n{}  - rule: analyst-closes-own-call\n\n\n  - rule: analyst-takes-over\n",
        lines(29),
        lines(185)
    );
    let hr = sources.add(Source::new("rules/hr.yaml", hr));
    let classic = sources.add(Source::new("rules/classic.yaml", classic));
    let key = at(&sources, hr, "use_linked_analist");
    let update = at(&sources, hr, "update: false");
    let after = Span { start: update.end, ..update };
    let findings = vec![
        Diagnostic::error("unknown-key", "`new_calls` has no setting `use_linked_analist`")
            .at(key, "not a setting")
            .fix(
                "did you mean `use_linked_analyst`, the switch \"Use Linked Analyst\"?",
                vec![Edit { span: key, text: "use_linked_analyst".into() }],
            ),
        Diagnostic::error(
            "reopen-without-update",
            "account `hr-desk` reopens closed calls but may not update them",
        )
        .at(update, "updating is turned off here")
        .against(
            at(&sources, classic, "reopen: true"),
            "reopening comes from the defaults of the rule set it extends",
        )
        .note("the manual: \"Update Closed Calls\" must be selected to enable \"Reopen Closed Calls\"")
        .fix(
            "turn both off, or leave `update` on",
            vec![Edit { span: after, text: "\n      reopen: false".into() }],
        ),
        Diagnostic::error("unreachable-rule", "two rules of `permit` can no longer be reached")
            .at(at(&sources, classic, "analyst-closes-own-call"), "never reached")
            .at(at(&sources, classic, "analyst-takes-over"), "never reached")
            .against(
                at(&sources, hr, "analysts-do-anything"),
                "this rule comes first and holds wherever they would",
            )
            .note("any analyst could now close any call, with or without Take Over rights")
            .help("add `action` to its `when`, or place it `after: closing-refused`"),
        Diagnostic::error("uncovered-case", "`logging_analyst` does not say who logs these calls")
            .table(rows(&[
                ["sender", "new_calls.use_linked_analyst", "new_calls.default_logging_analyst"],
                ["analyst", "false", "set"],
                ["analyst_and_user", "false", "set"],
                ["unknown", "any", "set"],
            ]))
            .help("add a last rule `otherwise`, or a rule for these cases"),
        Diagnostic::warning("no-default-server", "no outgoing server is the default"),
    ];
    (sources, findings)
}

#[test]
fn findings_look_like_the_model() {
    let (sources, findings) = model();
    insta::assert_snapshot!(findings_as_text(&findings, &sources, false));
}

#[test]
fn colour_adds_nothing_but_colour() {
    let (sources, findings) = model();
    let coloured = findings_as_text(&findings, &sources, true);
    assert!(coloured.contains("\u{1b}["));
    assert_eq!(
        anstream::adapter::strip_str(&coloured).to_string(),
        findings_as_text(&findings, &sources, false)
    );
}

#[test]
fn programs_get_every_place() {
    let (sources, findings) = model();
    let shown = findings_as_json(&findings[1..2], &sources);
    insta::assert_json_snapshot!(shown);
}

#[test]
fn build_servers_get_sarif() {
    let (sources, findings) = model();
    let log = findings_as_sarif(&findings, &[], &sources);
    assert_eq!(log["version"], "2.1.0");
    assert_eq!(log["runs"][0]["results"].as_array().map(Vec::len), Some(findings.len()));
    let shown = findings_as_sarif(&findings[1..2], &[], &sources);
    insta::assert_json_snapshot!(shown);
}

#[test]
fn github_gets_one_line_for_each_finding() {
    let (sources, findings) = model();
    insta::assert_snapshot!(findings_as_github(&findings, &sources));
}

#[test]
fn nothing_in_a_finding_ends_an_annotation_or_begins_another() {
    let mut sources = Sources::default();
    let id = sources.add(Source::new("50%,a:b\n::error::c.yaml", "\u{feff}ü: x\n"));
    let span = at(&sources, id, "x");
    let finding = Diagnostic::error("unknown-word", "100% wrong\r\n::error title=x::y, z: \u{1b}[2J")
        .at(span, "here")
        .help("write\n`::set-output name=a::b`");
    let built_in = sources.add(Source::built_in("classic.yaml", "a: b\n"));
    let elsewhere = Diagnostic::warning("split-rule", "m").at(at(&sources, built_in, "b"), "here");
    let nowhere = Diagnostic::warning("no-default-server", "m");
    assert_eq!(
        findings_as_github(&[finding, elsewhere, nowhere], &sources),
        "::error file=50%25%2Ca%3Ab%0A%3A%3Aerror%3A%3Ac.yaml,line=1,col=4,title=unknown-word::100%25 wrong%0D%0A::error title=x::y, z: \u{fffd}[2J%0Ahelp: write%0A`::set-output name=a::b`\n\
         ::warning title=split-rule::m\n\
         ::warning title=no-default-server::m\n"
    );
}

#[test]
fn text_from_a_file_cannot_steer_a_terminal() {
    let mut sources = Sources::default();
    let id = sources.add(Source::new("a\u{1b}[2Jb.yaml", "a: \u{1b}[31mred\u{202e}der\u{85}x # ü\n"));
    let span = at(&sources, id, "red");
    let finding = Diagnostic::error("unknown-word", "`\u{202e}\u{7}`")
        .at(span, "\u{1b}]0;title\u{7}")
        .note("\u{9b}1m\u{2066}")
        .fix("\u{1b}c", vec![Edit { span, text: "\u{1b}[0m".into() }]);
    let text = findings_as_text(std::slice::from_ref(&finding), &sources, false);
    assert!(text.chars().all(|c| c == '\n' || !c.is_control()), "{text:?}");
    assert!(!text.contains(['\u{202e}', '\u{2066}']), "{text:?}");
    let json = findings_as_json(&[finding], &sources).to_string();
    assert!(!json.contains("\\u001b[2J") && !json.contains('\u{202e}'), "{json}");
}

#[test]
fn a_byte_order_mark_takes_no_room() {
    let mut sources = Sources::default();
    let id = sources.add(Source::new("bom.yaml", "\u{feff}ü: x\n"));
    let span = at(&sources, id, "x");
    let text = findings_as_text(&[Diagnostic::error("wrong-type", "m").at(span, "here")], &sources, false);
    assert!(text.contains("bom.yaml:1:4\n") && text.contains("1 | ü: x\n  |    ^ here\n"), "{text}");
    assert_eq!(sources.place(span).column, 4);
}

#[test]
fn every_page_has_something_under_each_heading() {
    for page in pages() {
        let parts = [page.code, page.says, page.matters, page.example, page.cure];
        assert!(parts.iter().all(|part| !part.is_empty()), "{}", page.code);
        assert!(
            page.code.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-'),
            "{}",
            page.code
        );
        assert_eq!(pages().filter(|other| other.code == page.code).count(), 1, "{}", page.code);
    }
}

#[test]
fn a_page_is_found_by_its_code() {
    assert_eq!(page("no-such-code"), None);
    insta::assert_snapshot!(page("reopen-without-update").expect("a page"));
}

#[test]
fn a_value_of_the_wrong_kind_is_always_told_with_a_cure() {
    for setting in [
        "active: 5",
        "active: maybe",
        "active: [true]",
        "connect: 5",
        "limits:",
        "limits: 5",
        "limits: [1]",
        "limits: { parts_max: 0 }",
        "limits: { parts_max: 1000000000 }",
        "limits: { parts_max: 10MB }",
        "limits: { parts_max: true }",
        "limits: { parts_max: [1] }",
        "limits: { parts_max: { most: 1 } }",
        "poll_every_secs: 1.5",
        "poll_every_secs: 1.0e+300",
        "title: [a]",
        "title: { a: b }",
        "attachments: { refuse_names: { a: 1 } }",
        "attachments: { refuse_names: 5 }",
    ] {
        let text = format!(
            "format: 1\nrule_set: mine\nrevision: 1\nextends: classic\ndefaults: {{ account: {{ {setting} }} }}\n"
        );
        let loaded = load(Source::new("mine.yaml", text), &Shelf);
        let wrong: Vec<_> =
            loaded.findings.iter().filter(|finding| finding.severity == Severity::Error).collect();
        assert!(!wrong.is_empty(), "{setting}");
        for finding in wrong {
            assert!(!finding.helps.is_empty(), "{setting}: {} names no cure", finding.message);
        }
    }
}

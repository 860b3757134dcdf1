//! One fixture for every code that loading a rule set can give, each with one fault, and how it is told.

use super::cli::postroom;
use super::rules::check_against;
use postroom::adapters::library::Shelf;
use postroom::adapters::world::World;
use postroom::cli::explain;
use postroom::cli::render::findings_as_text;
use postroom::diagnostic::{Diagnostic, Severity, Source};
use postroom::ruleset::activation::{Earlier, check_activation};
use postroom::ruleset::load::{Loaded, load};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Codes that are seen only when the rule set is held against a desk: it loads, and is not activated there.
const OF_A_DESK: [&str; 9] = [
    "no-priority-cell",
    "not-a-user",
    "not-an-analyst",
    "template-person-as-analyst",
    "template-without-assignee",
    "unknown-group",
    "unknown-partition",
    "unknown-person",
    "unknown-template",
];

/// Findings that cannot but come along with another: the fixture's code, then the companion's.
const COMPANIONS: [(&str, &str); 2] =
    [("template-without-assignee", "no-priority-cell"), ("rule-place-without-layer", "missing-key")];

/// Every code with its fixture.
fn fixtures() -> Vec<(String, PathBuf)> {
    let folder = Path::new("fixtures/broken");
    let mut fixtures = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let code = path.file_stem().unwrap().to_str().unwrap().to_owned();
        if !["draft", "tests", "traps", "world"].contains(&code.as_str()) {
            fixtures.push((code, if path.is_dir() { path.join("rules.yaml") } else { path }));
        }
    }
    fixtures.sort();
    fixtures
}

fn load_fixture(code: &str, path: &Path) -> Loaded {
    let mut text = std::fs::read_to_string(path).unwrap();
    if code == "too-large" {
        let last = text.lines().last().unwrap().to_owned() + "\n";
        text.push_str(&last.repeat((1 << 20) / last.len()));
    }
    let desk = path.with_file_name("desk.yaml");
    let desk = if desk.exists() { desk } else { PathBuf::from("fixtures/desk/small.yaml") };
    let mut loaded = check_against(Source::new(path.to_str().unwrap(), text), desk.to_str().unwrap());
    let before = path.with_file_name("before.yaml");
    if before.exists() {
        let before = load(Shelf::file(&before).unwrap(), &Shelf).rule_set.unwrap().identity;
        let earlier = Earlier {
            revision: before.revision,
            reason: before.change_reason,
            at: "2026-03-01 14:05".to_owned(),
            says_the_same: false,
        };
        let found = check_activation(&loaded, &[earlier]);
        loaded.findings.extend(found);
    }
    loaded
}

/// Every message says what to do, in words or as a change.
fn without_cure(code: &str, findings: &[Diagnostic]) -> Vec<String> {
    let bare = findings.iter().filter(|finding| finding.helps.is_empty());
    bare.map(|finding| format!("{code}: `{}` names no cure", finding.message)).collect()
}

/// The codes that stand in the sources below this folder.
fn codes_in_use(folder: &str) -> BTreeSet<String> {
    let pattern = regex::Regex::new(
        r#"(?:error|warning|unknown_name|self\.unknown|self\.fault)\(\s*"([a-z0-9]+(?:-[a-z0-9]+)+)""#,
    )
    .unwrap();
    let mut codes = BTreeSet::new();
    for entry in walkdir::WalkDir::new(folder) {
        let path = entry.unwrap().into_path();
        if path.extension().is_some_and(|ending| ending == "rs") {
            let text = std::fs::read_to_string(path).unwrap();
            codes.extend(pattern.captures_iter(&text).map(|captures| captures[1].to_owned()));
        }
    }
    codes
}

#[test]
fn each_fixture_shows_its_fault_alone() {
    let mut faults = Vec::new();
    for (code, path) in fixtures() {
        let loaded = load_fixture(&code, &path);
        let findings = &loaded.findings;
        let text = findings_as_text(findings, &loaded.sources, false);
        insta::with_settings!({ prepend_module_to_snapshot => false, snapshot_path => "snapshots/broken", omit_expression => true }, {
            insta::assert_snapshot!(code.as_str(), text);
        });
        let Some(finding) = findings.iter().find(|finding| finding.code == code) else {
            faults
                .push(format!("{code}: not among {:?}", findings.iter().map(|f| f.code).collect::<Vec<_>>()));
            continue;
        };
        let companions: Vec<&str> =
            findings.iter().map(|finding| finding.code).filter(|other| *other != code).collect();
        let is_allowed =
            companions.is_empty() || companions.len() == 1 && COMPANIONS.contains(&(&code, companions[0]));
        if !is_allowed || findings.len() > 1 + companions.len() {
            faults.push(format!("{code}: comes with {companions:?}"));
        }
        faults.extend(without_cure(&code, findings));
        if finding.labels.is_empty() {
            faults.push(format!("{code}: has no place"));
        }
        let loads = finding.severity == Severity::Warning || OF_A_DESK.contains(&code.as_str());
        if loaded.rule_set.is_some() != loads {
            faults.push(format!("{code}: loads: {}", loaded.rule_set.is_some()));
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn every_code_has_a_fixture_and_a_page() {
    let fixtures: BTreeSet<String> = fixtures().into_iter().map(|(code, _)| code).collect();
    let codes = codes_in_use("src/ruleset");
    let without_fixture: Vec<_> = codes.difference(&fixtures).collect();
    assert!(without_fixture.is_empty(), "codes without a fixture: {without_fixture:?}");
    let without_code: Vec<_> = fixtures.difference(&codes).collect();
    assert!(without_code.is_empty(), "fixtures without a code: {without_code:?}");
    let without_page: Vec<_> = codes.iter().filter(|code| explain::find(code).is_none()).collect();
    assert!(without_page.is_empty(), "codes without a page: {without_page:?}");
}

/// The files of a folder beside the fixtures, each with its name.
fn files(folder: &str) -> Vec<(String, PathBuf)> {
    let entries = std::fs::read_dir(Path::new("fixtures/broken").join(folder)).unwrap();
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.into_iter().map(|path| (path.file_stem().unwrap().to_str().unwrap().to_owned(), path)).collect()
}

#[test]
fn each_fault_of_a_world_file_is_told_with_its_cure() {
    let mut faults = Vec::new();
    let mut shown = BTreeSet::new();
    for (code, path) in files("world") {
        let text = std::fs::read_to_string(&path).unwrap();
        let found = World::parse(path.to_str().unwrap(), &text).unwrap_err();
        let text = findings_as_text(&found.findings, &found.sources, false);
        insta::with_settings!({ prepend_module_to_snapshot => false, snapshot_path => "snapshots/broken/world", omit_expression => true }, {
            insta::assert_snapshot!(code.as_str(), text);
        });
        faults.extend(without_cure(&code, &found.findings));
        let codes: Vec<&str> = found.findings.iter().map(|finding| finding.code).collect();
        if codes != [code.as_str()] {
            faults.push(format!("{code}: shows {codes:?}"));
        }
        shown.insert(code);
    }
    assert!(faults.is_empty(), "{faults:#?}");
    let codes = codes_in_use("src/adapters/world");
    assert_eq!(shown, codes);
    let without_page: Vec<_> = codes.iter().filter(|code| explain::find(code).is_none()).collect();
    assert!(without_page.is_empty(), "codes without a page: {without_page:?}");
}

/// What YAML reads otherwise than people write it (design, section 4): our words come before the reader's.
#[test]
fn each_trap_of_yaml_is_told_before_the_reader_complains() {
    let traps = files("traps");
    assert_eq!(traps.len(), 11);
    let mut faults = Vec::new();
    for (name, path) in traps {
        let loaded = load_fixture(&name, &path);
        let text = findings_as_text(&loaded.findings, &loaded.sources, false);
        insta::with_settings!({ prepend_module_to_snapshot => false, snapshot_path => "snapshots/broken/traps", omit_expression => true }, {
            insta::assert_snapshot!(name.as_str(), text);
        });
        faults.extend(without_cure(&name, &loaded.findings));
        if loaded.findings.is_empty() || text.contains("the YAML reader says") {
            faults.push(format!("{name}: {text}"));
        }
        // of two settings of one name, somebody has to choose
        let shows_the_line =
            loaded.findings.iter().any(|finding| finding.helps.iter().any(|help| !help.edits.is_empty()));
        if !shows_the_line && name != "10-same-key-twice" {
            faults.push(format!("{name}: does not show what to write"));
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

/// What only a run of the tests can find.
#[test]
fn each_fault_of_tests_names_a_cure() {
    for (code, path) in files("tests") {
        let output = postroom(Path::new(".")).arg("test").arg(&path).output().unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        assert!(said.contains(&format!("[{code}]")) && said.contains("help: "), "{said}");
        assert!(explain::find(&code).is_some());
        insta::with_settings!({ prepend_module_to_snapshot => false, snapshot_path => "snapshots/broken/tests", omit_expression => true }, {
            insta::assert_snapshot!(code.as_str(), said);
        });
    }
}

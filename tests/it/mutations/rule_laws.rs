//! What holds for every pattern and every rule file, whatever its text. The fuzz targets under `fuzz` hold themselves to the
//! same laws.

use postroom::adapters::library::Shelf;
use postroom::cli::render::{findings_as_json, findings_as_text};
use postroom::diagnostic::Source;
use postroom::ruleset::layer::Library;
use postroom::ruleset::load::load;
use postroom::ruleset::pattern::Pattern;

/// Takes a text as a pattern of both kinds, and lays it beside a subject.
pub(super) fn pattern(written: &str, subject: &str) {
    for pattern in [Pattern::parse(written), Pattern::parse_expression(written)].into_iter().flatten() {
        assert_eq!(pattern.text(), written);
        let found = pattern.find(subject);
        assert_eq!(found.is_some(), pattern.matches(subject), "{written:?} beside {subject:?}");
        for captured in found
            .iter()
            .flat_map(|found| found.number.iter().chain(found.captured.iter().map(|(_, text)| text)))
        {
            assert!(subject.contains(captured.as_str()), "{written:?} beside {subject:?}");
        }
        let is_met = pattern.is_expression() || !pattern.witnesses().is_empty();
        assert!(is_met, "no subject is spelled as {written:?} says");
        assert!(pattern.spelled_alike(subject).len() <= subject.len() + written.len() * 8 + 64);
    }
}

/// Loads a text as a rule file: it is either a rule set, or there is a finding that can be shown.
pub(super) fn rules(text: &str) {
    let loaded = load(Source::new("written.yaml", text), &BuiltIn);
    assert!(loaded.rule_set.is_some() || !loaded.findings.is_empty(), "nothing is said");
    assert!(loaded.findings.len() <= 500);
    let shown = findings_as_text(&loaded.findings, &loaded.sources, false);
    assert!(shown.chars().all(|c| c == '\n' || !c.is_control()), "{shown:?}");
    assert!(!shown.contains(['\u{202e}', '\u{2066}']), "{shown:?}");
    let _json = findings_as_json(&loaded.findings, &loaded.sources);
}

/// What is built in, and nothing of the disk.
struct BuiltIn;

impl Library for BuiltIn {
    fn rule_set(&self, named: &str, _from: &str) -> Result<Source, String> {
        Shelf::built_in(named).ok_or_else(|| "it is not built in".to_owned())
    }

    fn text(&self, path: &str, from: &str) -> Result<Vec<u8>, String> {
        let is_built_in = Shelf::file_of_text(path, from).is_none();
        if is_built_in { Shelf.text(path, from) } else { Ok(b"Hello {number}".to_vec()) }
    }
}

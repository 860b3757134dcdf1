//! Rule sets as admins write them: what loads, what does not, and how it is told.

use postroom::adapters::library::Shelf;
use postroom::adapters::world::World;
use postroom::cli::render::findings_as_text;
use postroom::diagnostic::Source;
use postroom::ruleset::check::check_desk;
use postroom::ruleset::load::{Loaded, load};
use std::path::Path;

/// Loads a file and holds it against the small desk.
fn check(path: &str) -> Loaded {
    check_against(Shelf::file(Path::new(path)).unwrap(), "fixtures/desk/small.yaml")
}

/// Loads a text and holds it against the desk of this name.
pub(crate) fn check_against(top: Source, name: &str) -> Loaded {
    let mut loaded = load(top, &Shelf);
    let world = World::parse(name, &std::fs::read_to_string(name).unwrap()).unwrap();
    if let Some(file) = &loaded.file {
        loaded.findings.extend(check_desk(file, &world.summary(), name));
    }
    loaded
}

#[test]
fn five_mistakes_of_one_draft_are_told_all_at_once() {
    let loaded = check("fixtures/broken/draft/rules/hr.yaml");
    assert!(loaded.rule_set.is_none());
    insta::assert_snapshot!(findings_as_text(&loaded.findings, &loaded.sources, false));
}

#[test]
fn shipped_rule_sets_load_without_a_remark() {
    for name in ["classic", "strict", "demo"] {
        let loaded = load(Shelf::built_in(name).unwrap(), &Shelf);
        assert!(loaded.rule_set.is_some() && loaded.findings.is_empty(), "{name}: {:?}", loaded.findings);
        assert!(loaded.proof.is_complete);
        assert!(loaded.proof.situations > 10_000, "{:?}", loaded.proof);
    }
}

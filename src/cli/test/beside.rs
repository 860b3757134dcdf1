//! Finds the files of tests beside a rule file.
//!
//! The rule: `NAME.test.yaml` tests the `NAME.yaml` beside it, unless it says `rules: FILE`.

use crate::adapters::library::Shelf;
use crate::cli::{Trouble, open};
use crate::diagnostic::{Source, SourceId};
use crate::ruleset::load::{Loaded, load_with_tests};
use crate::ruleset::yaml;
use std::path::{Path, PathBuf};

/// How the name of a file of tests ends.
pub(super) const ENDING: &str = ".test.yaml";

/// Loads a rule set as named, with all its tests. A file of tests stands for the rules that it tests.
pub(super) fn load(named: Option<&Path>) -> Result<Loaded, Trouble> {
    let tested = named.filter(|path| is_tests(path)).map(rules_of).transpose()?;
    let source = open::rules_source(tested.as_deref().or(named))?;
    let beside = beside(Path::new(&*source.name))?;
    Ok(load_with_tests(source, beside, &Shelf))
}

/// The file of tests of the same name beside a rule file.
pub(super) fn path_for(rules: &Path) -> PathBuf {
    let stem = rules.file_stem().unwrap_or_default().to_string_lossy();
    rules.with_file_name(format!("{stem}{ENDING}"))
}

fn is_tests(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.to_string_lossy().ends_with(ENDING))
}

/// The rule file that a file of tests belongs to.
fn rules_of(tests: &Path) -> Result<PathBuf, Trouble> {
    let source =
        Shelf::file(tests).map_err(|reason| Trouble::new(format!("the tests cannot be read: {reason}")))?;
    let name = tests.file_name().unwrap_or_default().to_string_lossy();
    let own = format!("{}.yaml", name.strip_suffix(ENDING).unwrap_or_default());
    Ok(tests.with_file_name(named_in(&source).unwrap_or(own)))
}

/// What a file of tests says under `rules`.
fn named_in(source: &Source) -> Option<String> {
    let tree = yaml::parse(SourceId::default(), source).ok()?;
    Some(tree.get("rules")?.as_text()?.to_owned())
}

/// Every file of tests that belongs to this rule file, by name.
fn beside(rules: &Path) -> Result<Vec<Source>, Trouble> {
    let folder = match rules.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    // a rule set that is built in has no folder
    let Ok(wanted) = rules.canonicalize() else { return Ok(Vec::new()) };
    let Ok(entries) = std::fs::read_dir(folder) else { return Ok(Vec::new()) };
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    paths.retain(|path| is_tests(path) && path.is_file());
    paths.sort();
    let mut sources = Vec::new();
    for path in paths {
        let name = path.file_name().unwrap_or_default().to_owned();
        // named as the rule file is: without its folder, or with it
        let path = if rules.parent().is_some_and(|folder| folder.as_os_str().is_empty()) {
            PathBuf::from(&name)
        } else {
            path
        };
        let source = Shelf::file(&path)
            .map_err(|reason| Trouble::new(format!("the tests cannot be read: {reason}")))?;
        let stem = name.to_string_lossy().strip_suffix(ENDING).unwrap_or_default().to_owned();
        let tested = folder.join(named_in(&source).unwrap_or_else(|| format!("{stem}.yaml")));
        if tested.canonicalize().is_ok_and(|tested| tested == wanted) {
            sources.push(source);
        }
    }
    Ok(sources)
}

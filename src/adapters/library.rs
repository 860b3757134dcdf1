//! Rule sets and texts: the ones built into the program, and files.

use crate::diagnostic::Source;
use crate::ruleset::layer::Library;
use std::io::Read as _;
use std::path::{Component, Path, PathBuf};

/// The most bytes that are read of any file that a rule set names.
const FILE_BYTES_MAX: u64 = 64 << 20;

/// A rule set built into the program: its name, and the texts that it is made of.
const RULE_SETS: &[(&str, &str)] = &[
    ("classic", include_str!("../../rules/classic.yaml")),
    ("strict", include_str!("../../rules/strict.yaml")),
    ("demo", include_str!("../../rules/demo.yaml")),
];

/// Texts that built-in rule sets name.
const TEXTS: &[(&str, &str)] = &[
    ("replies/summary.html", include_str!("../../rules/replies/summary.html")),
    ("../fixtures/desk/small.yaml", include_str!("../../fixtures/desk/small.yaml")),
    ("../fixtures/desk/strict.yaml", include_str!("../../fixtures/desk/strict.yaml")),
    ("../fixtures/mail/bounce-550.eml", include_str!("../../fixtures/mail/bounce-550.eml")),
];

/// The desk that the built-in rule set `demo` starts from, as a world file.
pub const DEMO_WORLD: &str = include_str!("../../fixtures/desk/small.yaml");

/// Brings what rule files refer to: built-in texts by name, everything else from files beside them.
#[derive(Debug, Clone, Copy, Default)]
pub struct Shelf;

impl Shelf {
    /// The built-in rule set of this name, shown as `NAME.yaml`.
    pub fn built_in(name: &str) -> Option<Source> {
        let (name, text) = RULE_SETS.iter().find(|(known, _)| *known == name)?;
        Some(Source::built_in(format!("{name}.yaml"), *text))
    }

    /// The file of a rule set that the file called `from` names by its path; a folder means the `postroom.yaml` in it.
    pub(super) fn file_of_rule_set(named: &str, from: &str) -> PathBuf {
        let path = beside(named, from);
        if path.is_dir() { path.join("postroom.yaml") } else { path }
    }

    /// The file of a text that the file called `from` names; none where it is built into the program.
    pub fn file_of_text(path: &str, from: &str) -> Option<PathBuf> {
        let is_built_in = RULE_SETS.iter().any(|(name, _)| from.strip_suffix(".yaml") == Some(name))
            && !Path::new(from).exists();
        if is_built_in {
            return None;
        }
        let beside = beside(path, from);
        if beside.exists() {
            return Some(beside);
        }
        // a rule set that `show` printed still finds the texts of the built-in one it came from
        let is_known = TEXTS.iter().any(|(name, _)| *name == path);
        if is_known && !Path::new(path).exists() { None } else { Some(PathBuf::from(path)) }
    }

    /// A rule file from disk, shown as it was named.
    pub fn file(path: &Path) -> Result<Source, String> {
        let bytes = read(path)?;
        let text = String::from_utf8(bytes).map_err(|_| "it is not written in UTF-8".to_owned())?;
        Ok(Source::new(path.to_string_lossy().into_owned(), text))
    }
}

impl Library for Shelf {
    fn rule_set(&self, named: &str, from: &str) -> Result<Source, String> {
        if let Some(source) = Self::built_in(named) {
            return Ok(source);
        }
        Self::file(&Self::file_of_rule_set(named, from))
    }

    fn text(&self, path: &str, from: &str) -> Result<Vec<u8>, String> {
        if let Some(file) = Self::file_of_text(path, from) {
            return read(&file);
        }
        let built_in = TEXTS.iter().find(|(name, _)| *name == path);
        let text = built_in.map(|(_, text)| text.as_bytes().to_vec());
        text.ok_or_else(|| format!("`{path}` is not built in"))
    }
}

/// The path as seen from the folder of the file that names it.
pub(super) fn beside(path: &str, from: &str) -> PathBuf {
    let folder = Path::new(from).parent().unwrap_or_else(|| Path::new(""));
    let mut joined = PathBuf::new();
    for component in folder.join(path).components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir if matches!(joined.components().next_back(), Some(Component::Normal(_))) => {
                joined.pop();
            }
            other => joined.push(other),
        }
    }
    joined
}

fn read(path: &Path) -> Result<Vec<u8>, String> {
    let file = std::fs::File::open(path).map_err(|error| format!("`{}`: {error}", path.display()))?;
    if file.metadata().is_ok_and(|metadata| metadata.is_dir()) {
        return Err(format!("`{}` is a folder", path.display()));
    }
    let mut bytes = Vec::new();
    let read = file.take(FILE_BYTES_MAX + 1).read_to_end(&mut bytes);
    read.map_err(|error| format!("`{}`: {error}", path.display()))?;
    if bytes.len() as u64 > FILE_BYTES_MAX {
        return Err(format!("`{}` has more than {FILE_BYTES_MAX} bytes", path.display()));
    }
    Ok(bytes)
}

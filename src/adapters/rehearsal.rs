//! Files as they would be: some of them with other texts than those on disk.

use super::library::{Shelf, beside};
use crate::diagnostic::Source;
use crate::ruleset::layer::Library;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Brings these texts where their files are asked for, and everything else from where it is.
#[derive(Debug, Clone, Default)]
pub struct Rehearsal {
    texts: BTreeMap<PathBuf, String>,
}

impl Rehearsal {
    /// These files with these texts; a file is known by its path from the root on.
    pub fn new(texts: impl IntoIterator<Item = (PathBuf, String)>) -> Self {
        Self { texts: texts.into_iter().collect() }
    }

    fn find(&self, path: &Path) -> Option<&str> {
        let path = std::path::absolute(path).ok()?;
        self.texts.get(&path).map(String::as_str)
    }

    /// A rule file as it would be.
    pub fn file(&self, path: &Path) -> Result<Source, String> {
        match self.find(path) {
            Some(text) => Ok(Source::new(path.to_string_lossy().into_owned(), text)),
            None => Shelf::file(path),
        }
    }
}

impl Library for Rehearsal {
    fn rule_set(&self, named: &str, from: &str) -> Result<Source, String> {
        match Shelf::built_in(named) {
            Some(source) => Ok(source),
            None => self.file(&Shelf::file_of_rule_set(named, from)),
        }
    }

    fn text(&self, path: &str, from: &str) -> Result<Vec<u8>, String> {
        let places = [Some(beside(path, from)), Shelf::file_of_text(path, from)];
        match places.iter().flatten().find_map(|file| self.find(file)) {
            Some(text) => Ok(text.as_bytes().to_vec()),
            None => Shelf.text(path, from),
        }
    }
}

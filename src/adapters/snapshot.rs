//! A rule set as the texts that it was read from, so that it can be read again when its files are gone.
//!
//! A snapshot holds everything, also the built-in layers: a newer program may bring others. Secrets are not in it,
//! since a rule file that holds one is refused, and what looks like one in a comment is overwritten before.

use super::library::Shelf;
use crate::diagnostic::Source;
use crate::ruleset::layer::Library;
use crate::ruleset::load::Loaded;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// One text with the name by which it is known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SnapshotText {
    /// As it is named: of a rule file the name that findings show, else the path as a rule file writes it.
    pub name: String,
    /// The rule file that names it; none for a rule file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub named_in: Option<String>,
    /// The file that it was read from, from the root on; none for what is built into the program.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<PathBuf>,
    /// The whole text.
    pub text: String,
}

/// The texts of one rule set: its rule files, the topmost first, then the bodies of its replies.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Snapshot {
    /// All texts.
    pub texts: Vec<SnapshotText>,
}

impl Snapshot {
    /// The texts that a rule set has just been read from; `None` where it is wrong.
    pub fn of(loaded: &Loaded) -> Option<Self> {
        let (rule_set, file, stack) =
            (loaded.rule_set.as_ref()?, loaded.file.as_ref()?, loaded.stack.as_ref()?);
        let layers = stack.layers.iter().filter_map(|&layer| loaded.sources.get(layer));
        let mut texts: Vec<SnapshotText> = layers
            .map(|source| SnapshotText {
                name: source.name.to_string(),
                named_in: None,
                path: if source.is_built_in() { None } else { from_root(Path::new(&*source.name)) },
                text: source.text.to_string(),
            })
            .collect();
        for (name, reply) in &file.replies {
            let Some(path) = &reply.body_file else { continue };
            let named_in = loaded.sources.get(path.span.source).map(|source| source.name.to_string());
            let text = ["html", "txt"]
                .iter()
                .find_map(|ending| rule_set.templates.text(&format!("{}.{ending}", name.value)));
            let known = |text: &SnapshotText| text.name == path.value && text.named_in == named_in;
            if let (Some(text), false) = (text, texts.iter().any(known)) {
                let named = loaded.sources.get(path.span.source);
                let file = named.and_then(|named| Shelf::file_of_text(&path.value, &named.name));
                let file = file.and_then(|file| from_root(&file));
                texts.push(SnapshotText { name: path.value.clone(), named_in, path: file, text });
            }
        }
        Some(Self { texts })
    }

    /// The rule file that the rule set begins with.
    pub fn top(&self) -> Option<Source> {
        self.layers().next().map(source)
    }

    /// The texts that came from files, the topmost rule file first.
    pub fn files(&self) -> impl Iterator<Item = (&Path, &SnapshotText)> {
        self.texts.iter().filter_map(|text| Some((text.path.as_deref()?, text)))
    }

    /// Whether the files say the same, word for word, wherever they lie. What is built in may differ: a newer
    /// program brings it, and nobody changed a file.
    pub fn says_the_same(&self, other: &Self) -> bool {
        let words = |snapshot: &Self| -> Vec<String> {
            snapshot.files().map(|(_, text)| text.text.clone()).collect()
        };
        let (own, others) = (words(self), words(other));
        if others.is_empty() && !own.is_empty() {
            // kept by a program that did not note which texts are files
            let all = |snapshot: &Self| -> Vec<String> {
                snapshot.texts.iter().map(|text| text.text.clone()).collect()
            };
            return all(self) == all(other);
        }
        own == others
    }

    fn layers(&self) -> impl Iterator<Item = &SnapshotText> {
        self.texts.iter().filter(|text| text.named_in.is_none())
    }
}

fn from_root(path: &Path) -> Option<PathBuf> {
    std::path::absolute(path).ok()
}

fn source(text: &SnapshotText) -> Source {
    Source::new(text.name.as_str(), text.text.as_str())
}

impl Library for Snapshot {
    /// The layer below the one called `from`, whatever that names it.
    fn rule_set(&self, named: &str, from: &str) -> Result<Source, String> {
        let mut layers = self.layers().skip_while(|layer| layer.name != from).skip(1);
        layers.next().map(source).ok_or_else(|| format!("`{named}` was not kept"))
    }

    fn text(&self, path: &str, from: &str) -> Result<Vec<u8>, String> {
        let kept = self.texts.iter().find(|text| text.name == path && text.named_in.as_deref() == Some(from));
        kept.map(|text| text.text.clone().into_bytes()).ok_or_else(|| format!("`{path}` was not kept"))
    }
}

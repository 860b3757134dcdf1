//! The tree of a rule set as it is shown: values, each with where it comes from.

use crate::diagnostic::{Sources, Span};
use crate::ruleset::merge::Overridden;
use crate::ruleset::yaml::{Node, NodeKind};
use serde_json::json;
use std::path::{Component, Path, PathBuf};

/// The keys of a rule file in the order in which it reads.
const KEYS: [&str; 22] = [
    "format",
    "requires",
    "rule_set",
    "revision",
    "change_reason",
    "require_revision",
    "partition",
    "system",
    "defaults",
    "accounts",
    "outgoing",
    "guard",
    "recognize",
    "identify",
    "choose",
    "permit",
    "policies",
    "actions",
    "replies",
    "dispose",
    "prove",
    "tests",
];

/// A value with its origin.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Value {
    /// What it is.
    pub(super) kind: Kind,
    /// `FILE:LINE`, or `default`.
    pub(super) origin: String,
    /// What would hold without it, layer by layer downwards, each with its own origin.
    pub(super) overrode: Vec<Self>,
}

/// What a value is.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Kind {
    /// Nothing is set; shown as a remark.
    Unset,
    /// `true`, `false`, a number or nothing.
    Plain(serde_json::Value),
    /// Text.
    Text(String),
    /// Values in order.
    List(Vec<Value>),
    /// Keys with values, in order.
    Map(Vec<(String, Value)>),
}

impl Value {
    /// A value that is written nowhere.
    pub(super) fn default(value: serde_json::Value) -> Self {
        let kind = match value {
            serde_json::Value::String(text) => Kind::Text(text),
            serde_json::Value::Array(items) => Kind::List(items.into_iter().map(Self::default).collect()),
            other => Kind::Plain(other),
        };
        Self { kind, origin: "default".to_owned(), overrode: Vec::new() }
    }

    /// A setting that nobody made.
    pub(super) fn unset() -> Self {
        Self { kind: Kind::Unset, origin: "default".to_owned(), overrode: Vec::new() }
    }

    /// Keys with values.
    pub(super) fn map<const N: usize>(entries: [(&str, Self); N]) -> Self {
        let entries = entries.map(|(key, value)| (key.to_owned(), value)).to_vec();
        Self { kind: Kind::Map(entries), origin: String::new(), overrode: Vec::new() }
    }

    /// The value of a key, taken out.
    pub(super) fn take(&mut self, key: &str) -> Option<Self> {
        let Kind::Map(entries) = &mut self.kind else { return None };
        let at = entries.iter().position(|(known, _)| known == key)?;
        Some(entries.remove(at).1)
    }

    /// The entries of a map; none of anything else.
    pub(super) fn into_entries(self) -> Vec<(String, Self)> {
        if let Kind::Map(entries) = self.kind { entries } else { Vec::new() }
    }

    /// Whether nothing is inside it.
    pub(super) fn is_leaf(&self) -> bool {
        match &self.kind {
            Kind::Unset | Kind::Plain(_) | Kind::Text(_) => true,
            Kind::List(items) => items.is_empty(),
            Kind::Map(entries) => entries.is_empty(),
        }
    }

    /// As JSON; with origins each leaf is `{value, origin, file, line, overrode}`, and a rule or another group that
    /// took the place of one in a lower layer has a key `$overrode`.
    pub(super) fn to_json(&self, with_origin: bool) -> serde_json::Value {
        let plain = match &self.kind {
            Kind::Unset => serde_json::Value::Null,
            Kind::Plain(value) => value.clone(),
            Kind::Text(text) => json!(text),
            Kind::List(items) => items.iter().map(|item| item.to_json(with_origin)).collect(),
            Kind::Map(entries) => {
                let entries = entries.iter().map(|(key, value)| (key.clone(), value.to_json(with_origin)));
                serde_json::Value::Object(entries.collect())
            }
        };
        if !with_origin {
            return plain;
        }
        let overrode: Vec<serde_json::Value> = self.overrode.iter().map(Self::overridden).collect();
        if self.is_leaf() {
            return self.with_place(plain, overrode);
        }
        match plain {
            serde_json::Value::Object(mut entries) if !overrode.is_empty() => {
                entries.insert("$overrode".to_owned(), overrode.into());
                entries.into()
            }
            plain => plain,
        }
    }

    /// A value of a lower layer as JSON: what it is and where it stands, whatever is in it.
    fn overridden(&self) -> serde_json::Value {
        self.with_place(self.to_json(false), Vec::new())
    }

    fn with_place(&self, value: serde_json::Value, overrode: Vec<serde_json::Value>) -> serde_json::Value {
        let mut all = serde_json::Map::from_iter([
            ("value".to_owned(), value),
            ("origin".to_owned(), json!(self.origin)),
        ]);
        if let Some((file, line)) = self.origin.rsplit_once(':')
            && let Ok(line) = line.parse::<usize>()
        {
            all.insert("file".to_owned(), json!(file));
            all.insert("line".to_owned(), json!(line));
        }
        if !overrode.is_empty() {
            all.insert("overrode".to_owned(), overrode.into());
        }
        all.into()
    }
}

/// Turns nodes of a rule file into values.
pub(super) struct Reader<'a> {
    /// The texts that the nodes come from.
    pub(super) sources: &'a Sources,
    /// What lower layers said where a higher one says something else.
    pub(super) overridden: &'a [Overridden],
}

impl Reader<'_> {
    /// The whole rule set, without what only says how files are put together.
    pub(super) fn rule_set(&self, tree: &Node) -> Value {
        let mut value = self.value(tree);
        drop(value.take("extends"));
        if let Kind::Map(entries) = &mut value.kind {
            entries.sort_by_key(|(key, _)| KEYS.iter().position(|known| known == key).unwrap_or(KEYS.len()));
        }
        value
    }

    /// A node and everything in it.
    pub(super) fn value(&self, node: &Node) -> Value {
        let kind = match &node.kind {
            NodeKind::Null => Kind::Plain(serde_json::Value::Null),
            NodeKind::Bool(value) => Kind::Plain(json!(value)),
            NodeKind::Integer(value) => Kind::Plain(json!(value)),
            NodeKind::Float(value) => Kind::Plain(json!(value)),
            NodeKind::Text(text) => Kind::Text(text.clone()),
            NodeKind::List(items) => Kind::List(items.iter().map(|item| self.value(item)).collect()),
            NodeKind::Map(entries) => {
                let entries =
                    entries.iter().map(|entry| (entry.key.clone(), self.entry(&entry.key, &entry.value)));
                Kind::Map(entries.collect())
            }
        };
        Value { kind, origin: self.origin(node.span), overrode: self.overrode(node.span) }
    }

    /// What the value of this place took the place of, and what that did in turn.
    fn overrode(&self, span: Span) -> Vec<Value> {
        let mut values = Vec::new();
        for found in self.overridden.iter().filter(|found| found.by == span) {
            let mut value = self.value(&found.below);
            let below = std::mem::take(&mut value.overrode);
            values.push(value);
            values.extend(below);
        }
        values
    }

    fn entry(&self, key: &str, node: &Node) -> Value {
        let mut value = self.value(node);
        match (key, &mut value.kind) {
            ("body_file", Kind::Text(path)) => *path = self.body_seen_from_here(path, node.span),
            ("ca_file" | "certificate", Kind::Text(path)) => *path = self.seen_from_here(path, node.span),
            ("files" | "password" | "client_secret" | "refresh_token", Kind::Map(entries)) => {
                for (key, value) in entries {
                    let span = node.get(key).map_or(node.span, |written| written.span);
                    match (key.as_str(), &mut value.kind) {
                        ("folder" | "file", Kind::Text(path)) => *path = self.seen_from_here(path, span),
                        ("command", Kind::List(words)) => {
                            if let Some(Kind::Text(program)) = words.first_mut().map(|word| &mut word.kind)
                                && program.contains('/')
                            {
                                *program = self.seen_from_here(program, span);
                            }
                        }
                        _ => {}
                    }
                }
            }
            _ => {}
        }
        value
    }

    fn origin(&self, span: Span) -> String {
        let place = self.sources.place(span);
        format!("{}:{}", place.file, place.line)
    }

    /// A path that is written as seen from its own file, as seen from where the program runs.
    fn seen_from_here(&self, path: &str, span: Span) -> String {
        let mut joined = PathBuf::new();
        for component in self.sources.seen_from(span.source, path).components() {
            match component {
                Component::CurDir => {}
                Component::ParentDir if joined.file_name().is_some() => {
                    joined.pop();
                }
                other => joined.push(other),
            }
        }
        joined.to_string_lossy().into_owned()
    }

    /// The same for a reply's text: what is not there is built in, and found by its own name.
    fn body_seen_from_here(&self, path: &str, span: Span) -> String {
        let seen = self.seen_from_here(path, span);
        if Path::new(&seen).exists() { seen } else { path.to_owned() }
    }
}

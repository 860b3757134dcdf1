//! The tree of a rule file: every value and every key with its place.
//!
//! Reads text only; what the values mean is `shape`'s and `decode`'s affair. The reader is bounded
//! before it starts: no anchors, no aliases, no second document, little depth, little text. A file
//! from a stranger cannot make it slow.

pub mod comment;
pub mod extent;
mod fault;
mod remark;
mod trap;
mod tree;

pub use remark::remarks;
pub(super) use trap::{in_quotes, plain_subject};

use crate::diagnostic::{Diagnostic, Source, SourceId, Span};

/// The largest text that is read, in bytes.
pub const TEXT_BYTES_MAX: usize = 1 << 20;

/// The deepest nesting of lists and maps.
pub const DEPTH_MAX: usize = 32;

/// One value of a rule file with its place.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// The value itself.
    pub kind: NodeKind,
    /// Where it is written: the whole scalar with its quotes, or the first token of a list or map.
    pub span: Span,
}

/// What a value is, as YAML 1.2 reads it.
#[derive(Debug, Clone, PartialEq)]
pub enum NodeKind {
    /// Nothing, `~` or `null`.
    Null,
    /// `true` or `false`; `yes`, `no`, `on` and `off` are text.
    Bool(bool),
    /// A whole number.
    Integer(i64),
    /// A number with a fraction or an exponent, and `010`, which is not a whole number in YAML 1.2.
    Float(f64),
    /// Text, quoted or not.
    Text(String),
    /// Values in their order.
    List(Vec<Node>),
    /// Keys with values, in the order of the file; no key is there twice.
    Map(Vec<Entry>),
}

/// One key of a map with its value.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The key without quotes.
    pub key: String,
    /// Where the key is written.
    pub key_span: Span,
    /// What it is set to.
    pub value: Node,
}

impl Node {
    /// The value of a key, if this is a map that has it.
    pub fn get(&self, key: &str) -> Option<&Self> {
        self.entries().iter().find(|entry| entry.key == key).map(|entry| &entry.value)
    }

    /// The entries of a map; none for anything else.
    pub fn entries(&self) -> &[Entry] {
        if let NodeKind::Map(entries) = &self.kind { entries } else { &[] }
    }

    /// The items of a list; none for anything else.
    pub fn items(&self) -> &[Self] {
        if let NodeKind::List(items) = &self.kind { items } else { &[] }
    }

    /// The text, if it is text.
    pub fn as_text(&self) -> Option<&str> {
        if let NodeKind::Text(text) = &self.kind { Some(text) } else { None }
    }

    /// What the value is, in words that fit after "not": `text`, `a list`, `the number 3`.
    pub fn in_words(&self) -> String {
        match &self.kind {
            NodeKind::Null => "nothing".to_owned(),
            NodeKind::Bool(value) => format!("`{value}`"),
            NodeKind::Integer(value) => format!("the number {value}"),
            NodeKind::Float(value) => format!("the number {value}"),
            NodeKind::Text(_) => "text".to_owned(),
            NodeKind::List(_) => "a list".to_owned(),
            NodeKind::Map(_) => "a group of settings".to_owned(),
        }
    }
}

/// Reads one file into a tree, or says why it cannot be read.
///
/// An empty file is [`NodeKind::Null`]. Spans are bytes of `source.text` and lie on character
/// boundaries. Traps that YAML accepts silently are found by [`remarks`].
pub fn parse(id: SourceId, source: &Source) -> Result<Node, Vec<Diagnostic>> {
    let text: &str = &source.text;
    if text.len() > TEXT_BYTES_MAX {
        return Err(vec![fault::too_large(id, text.len())]);
    }
    tree::read(id, text).map_err(|error| vec![fault::explain(id, text, &error)])
}

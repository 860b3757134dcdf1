//! Builds the tree from what the YAML reader reports.

use super::{DEPTH_MAX, Entry, Node, NodeKind};
use crate::diagnostic::{SourceId, Span};
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};
use serde_saphyr::options::{DuplicateKeyPolicy, MergeKeyPolicy, NonFiniteFloatPolicy};
use serde_saphyr::{Location, Options, Spanned};
use std::fmt;

/// Reads a whole text.
pub(super) fn read(id: SourceId, text: &str) -> Result<Node, serde_saphyr::Error> {
    let draft: Draft = serde_saphyr::from_str_with_options(text, options())?;
    Ok(draft.settle(&Places::new(id, text)))
}

/// Hard bounds, and nothing of YAML that two readers could understand differently.
fn options() -> Options {
    serde_saphyr::options! {
        budget: serde_saphyr::budget! {
            max_depth: DEPTH_MAX,
            max_documents: 1,
            max_aliases: 0,
            max_anchors: 0,
        },
        duplicate_keys: DuplicateKeyPolicy::Error,
        merge_keys: MergeKeyPolicy::AsOrdinary,
        strict_booleans: true,
        reject_unsupported_tags: true,
        non_finite_float_policy: NonFiniteFloatPolicy::AsString,
        with_snippet: false,
    }
}

/// Turns places of the YAML reader into spans.
pub(super) struct Places<'a> {
    id: SourceId,
    text: &'a str,
}

impl<'a> Places<'a> {
    /// Places in this text.
    pub(super) fn new(id: SourceId, text: &'a str) -> Self {
        Self { id, text }
    }

    /// The stretch of a location, without the white space after it; empty where it is unknown.
    pub(super) fn span(&self, location: Location) -> Span {
        let span = location.span();
        let (start, end) = match (bytes(span.byte_offset()), bytes(span.byte_len())) {
            (Some(start), Some(length)) => (start, start.saturating_add(length)),
            _ => (self.character(location), self.character(location)),
        };
        let start = self.boundary(start);
        let end = self.boundary(end).max(start);
        let covered = self.text.get(start..end).unwrap_or_default().trim_end();
        Span { source: self.id, start, end: start + covered.len() }
    }

    /// A place that is certainly within the text and between two characters.
    fn boundary(&self, at: usize) -> usize {
        let at = at.min(self.text.len());
        (0..=at).rev().find(|&at| self.text.is_char_boundary(at)).unwrap_or_default()
    }

    /// The first byte of a line and column, both from 1; the column counts characters.
    fn character(&self, location: Location) -> usize {
        let line = usize::try_from(location.line()).unwrap_or_default().saturating_sub(1);
        let column = usize::try_from(location.column()).unwrap_or_default().saturating_sub(1);
        let start: usize = self.text.split_inclusive('\n').take(line).map(str::len).sum();
        let line = self.text.get(start..).and_then(|rest| rest.lines().next()).unwrap_or_default();
        start + line.char_indices().nth(column).map_or(line.len(), |(at, _)| at)
    }

    /// The first token of a list or map that has no bracket: its dash, or its first key.
    fn first_token(&self, span: Span, first_key: Option<Span>) -> Span {
        if span.end > span.start {
            return span;
        }
        let dash = self.text.get(span.start..).is_some_and(|rest| rest.starts_with('-'));
        first_key.unwrap_or(Span { end: span.start + usize::from(dash), ..span })
    }
}

fn bytes(count: Option<u64>) -> Option<usize> {
    count.and_then(|count| usize::try_from(count).ok())
}

/// A node before its places are known in our terms.
struct Draft(Spanned<DraftKind>);

enum DraftKind {
    Scalar(NodeKind),
    List(Vec<Draft>),
    Map(Vec<(Spanned<String>, Draft)>),
}

impl Draft {
    fn settle(self, places: &Places<'_>) -> Node {
        let span = places.span(self.0.referenced);
        match self.0.value {
            DraftKind::Scalar(kind) => Node { kind, span },
            DraftKind::List(items) => {
                let items = items.into_iter().map(|item| item.settle(places)).collect();
                Node { kind: NodeKind::List(items), span: places.first_token(span, None) }
            }
            DraftKind::Map(entries) => {
                let entry = |(key, value): (Spanned<String>, Self)| Entry {
                    key_span: places.span(key.referenced),
                    key: key.value,
                    value: value.settle(places),
                };
                let entries: Vec<Entry> = entries.into_iter().map(entry).collect();
                let first_key = entries.first().map(|entry| entry.key_span);
                Node { kind: NodeKind::Map(entries), span: places.first_token(span, first_key) }
            }
        }
    }
}

impl<'de> Deserialize<'de> for Draft {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Spanned::deserialize(deserializer).map(Self)
    }
}

impl<'de> Deserialize<'de> for DraftKind {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyValue)
    }
}

struct AnyValue;

#[allow(clippy::cast_precision_loss, reason = "numbers beyond 64 bits are refused later, by their type")]
impl<'de> Visitor<'de> for AnyValue {
    type Value = DraftKind;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<DraftKind, E> {
        Ok(DraftKind::Scalar(NodeKind::Null))
    }

    fn visit_none<E>(self) -> Result<DraftKind, E> {
        Ok(DraftKind::Scalar(NodeKind::Null))
    }

    fn visit_bool<E>(self, value: bool) -> Result<DraftKind, E> {
        Ok(DraftKind::Scalar(NodeKind::Bool(value)))
    }

    fn visit_i64<E>(self, value: i64) -> Result<DraftKind, E> {
        Ok(DraftKind::Scalar(NodeKind::Integer(value)))
    }

    fn visit_u64<E>(self, value: u64) -> Result<DraftKind, E> {
        let kind = i64::try_from(value).map_or(NodeKind::Float(value as f64), NodeKind::Integer);
        Ok(DraftKind::Scalar(kind))
    }

    fn visit_i128<E>(self, value: i128) -> Result<DraftKind, E> {
        let kind = i64::try_from(value).map_or(NodeKind::Float(value as f64), NodeKind::Integer);
        Ok(DraftKind::Scalar(kind))
    }

    fn visit_u128<E>(self, value: u128) -> Result<DraftKind, E> {
        let kind = i64::try_from(value).map_or(NodeKind::Float(value as f64), NodeKind::Integer);
        Ok(DraftKind::Scalar(kind))
    }

    fn visit_f64<E>(self, value: f64) -> Result<DraftKind, E> {
        Ok(DraftKind::Scalar(NodeKind::Float(value)))
    }

    fn visit_str<E>(self, value: &str) -> Result<DraftKind, E> {
        Ok(DraftKind::Scalar(NodeKind::Text(value.to_owned())))
    }

    fn visit_string<E>(self, value: String) -> Result<DraftKind, E> {
        Ok(DraftKind::Scalar(NodeKind::Text(value)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<DraftKind, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(DraftKind::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<DraftKind, A::Error> {
        let mut map = Vec::new();
        while let Some(entry) = entries.next_entry()? {
            map.push(entry);
        }
        Ok(DraftKind::Map(map))
    }
}

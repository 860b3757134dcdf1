//! The tree becomes our types, through serde.
//!
//! `shape` has found what there is to find beforehand and says it better; here the first mistake ends the
//! reading. What needs its place in the file is wrapped: [`Placed`] for one value, [`Entries`] for a map
//! in the order of the file, [`OneOrMany`] for a value that may also be a list of such values.

mod access;
mod wrap;

pub use wrap::{Entries, OneOrMany, Placed};

use super::yaml::{Entry, Node, NodeKind};
use crate::diagnostic::{Diagnostic, Span};
use access::{Choice, List, Map};
use serde::de::value::UsizeDeserializer;
use serde::de::{DeserializeOwned, Deserializer, IntoDeserializer as _, Visitor};
use serde::forward_to_deserialize_any;
use std::fmt;

/// Reads a value of our types from a tree.
pub fn from_node<T: DeserializeOwned>(node: &Node) -> Result<T, Diagnostic> {
    T::deserialize(Reader { node, name: None }).map_err(|Mistake { text, span }| {
        Diagnostic::error("wrong-type", text).at(span.unwrap_or(node.span), "here")
    })
}

/// What serde complains of, and where, once that is known.
#[derive(Debug)]
struct Mistake {
    text: String,
    span: Option<Span>,
}

impl Mistake {
    fn at(mut self, span: Span) -> Self {
        self.span.get_or_insert(span);
        self
    }
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl std::error::Error for Mistake {}

impl serde::de::Error for Mistake {
    fn custom<T: fmt::Display>(text: T) -> Self {
        Self { text: text.to_string(), span: None }
    }

    fn invalid_length(length: usize, expected: &dyn serde::de::Expected) -> Self {
        Self::custom(format!("{expected} is expected here, not {length} values"))
    }

    fn invalid_type(found: serde::de::Unexpected<'_>, expected: &dyn serde::de::Expected) -> Self {
        Self::custom(format!("{expected} is expected here, not {found}"))
    }

    fn invalid_value(found: serde::de::Unexpected<'_>, expected: &dyn serde::de::Expected) -> Self {
        Self::custom(format!("{expected} is expected here, not {found}"))
    }

    fn unknown_field(field: &str, expected: &'static [&'static str]) -> Self {
        Self::custom(format!("there is no setting `{field}`, only {}", listed(expected)))
    }

    fn unknown_variant(word: &str, expected: &'static [&'static str]) -> Self {
        Self::custom(format!("`{word}` is not a word for this place, only {}", listed(expected)))
    }

    fn missing_field(field: &'static str) -> Self {
        Self::custom(format!("`{field}` is missing"))
    }
}

fn listed(words: &[&str]) -> String {
    words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}

/// A node on its way into a type, and the name it goes by in messages.
#[derive(Clone, Copy)]
struct Reader<'n> {
    node: &'n Node,
    name: Option<&'n str>,
}

impl<'n> Reader<'n> {
    fn wrong(&self, expected: &str) -> Mistake {
        let found = self.node.in_words();
        let text = match self.name {
            Some(name) => format!("`{name}` takes {expected}, not {found}"),
            None => format!("{expected} is expected here, not {found}"),
        };
        Mistake { text, span: Some(self.node.span) }
    }

    fn integer(&self) -> Result<i64, Mistake> {
        if let NodeKind::Integer(value) = self.node.kind {
            Ok(value)
        } else {
            Err(self.wrong("a whole number"))
        }
    }

    /// A whole number that fits, or what would.
    fn bounded<T: TryFrom<i64> + fmt::Display>(&self, least: &T, most: &T) -> Result<T, Mistake> {
        T::try_from(self.integer()?)
            .map_err(|_| self.wrong(&format!("a whole number from {least} to {most}")))
    }

    fn float(&self) -> Result<f64, Mistake> {
        match self.node.kind {
            NodeKind::Float(value) => Ok(value),
            #[allow(clippy::cast_precision_loss, reason = "a fraction is wanted")]
            NodeKind::Integer(value) => Ok(value as f64),
            _ => Err(self.wrong("a number")),
        }
    }

    fn text(&self) -> Result<&'n str, Mistake> {
        self.node.as_text().ok_or_else(|| self.wrong("text"))
    }

    fn list(&self) -> Result<List<'n>, Mistake> {
        match &self.node.kind {
            NodeKind::List(items) => Ok(List { items: items.iter(), name: self.name }),
            _ => Err(self.wrong("a list")),
        }
    }

    fn map(&self) -> Result<Map<'n>, Mistake> {
        match &self.node.kind {
            NodeKind::Map(entries) => Ok(Map { entries: entries.iter(), value: None }),
            _ => Err(self.wrong("settings")),
        }
    }
}

macro_rules! whole_numbers {
    ($($read:ident $visit:ident $type:ty;)*) => {$(
        fn $read<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mistake> {
            let value = self.bounded(&<$type>::MIN, &<$type>::MAX)?;
            visitor.$visit(value).map_err(|mistake: Mistake| mistake.at(self.node.span))
        }
    )*};
}

impl<'de> Deserializer<'de> for Reader<'_> {
    type Error = Mistake;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mistake> {
        match &self.node.kind {
            NodeKind::Null => visitor.visit_unit(),
            NodeKind::Bool(value) => visitor.visit_bool(*value),
            NodeKind::Integer(value) => visitor.visit_i64(*value),
            NodeKind::Float(value) => visitor.visit_f64(*value),
            NodeKind::Text(value) => visitor.visit_str(value),
            NodeKind::List(_) => visitor.visit_seq(self.list()?),
            NodeKind::Map(_) => visitor.visit_map(self.map()?),
        }
        .map_err(|mistake: Mistake| mistake.at(self.node.span))
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mistake> {
        let NodeKind::Bool(value) = self.node.kind else { return Err(self.wrong("true or false")) };
        visitor.visit_bool(value).map_err(|mistake: Mistake| mistake.at(self.node.span))
    }

    whole_numbers! {
        deserialize_i8 visit_i8 i8;
        deserialize_i16 visit_i16 i16;
        deserialize_i32 visit_i32 i32;
        deserialize_i64 visit_i64 i64;
        deserialize_u8 visit_u8 u8;
        deserialize_u16 visit_u16 u16;
        deserialize_u32 visit_u32 u32;
        deserialize_u64 visit_u64 u64;
    }

    fn deserialize_f32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mistake> {
        self.deserialize_f64(visitor)
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mistake> {
        visitor.visit_f64(self.float()?).map_err(|mistake: Mistake| mistake.at(self.node.span))
    }

    fn deserialize_char<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mistake> {
        self.deserialize_str(visitor)
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mistake> {
        visitor.visit_str(self.text()?).map_err(|mistake: Mistake| mistake.at(self.node.span))
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mistake> {
        self.deserialize_str(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mistake> {
        if self.node.kind == NodeKind::Null { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Mistake> {
        match name {
            wrap::PLACED => visitor.visit_seq(wrap::PlaceAndValue::new(self.node.span, self)),
            wrap::ONE_OR_MANY if matches!(self.node.kind, NodeKind::List(_)) => {
                visitor.visit_seq(self.list()?)
            }
            _ => visitor.visit_newtype_struct(self),
        }
        .map_err(|mistake: Mistake| mistake.at(self.node.span))
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mistake> {
        visitor.visit_seq(self.list()?).map_err(|mistake| mistake.at(self.node.span))
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, length: usize, visitor: V) -> Result<V::Value, Mistake> {
        let list = self.list()?;
        if list.items.len() != length {
            return Err(self.wrong(&format!("a list of {length} values")));
        }
        visitor.visit_seq(list).map_err(|mistake| mistake.at(self.node.span))
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        length: usize,
        visitor: V,
    ) -> Result<V::Value, Mistake> {
        self.deserialize_tuple(length, visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mistake> {
        visitor.visit_map(self.map()?).map_err(|mistake| mistake.at(self.node.span))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Mistake> {
        self.deserialize_map(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Mistake> {
        let choice = match &self.node.kind {
            NodeKind::Text(word) => Choice { word, word_span: self.node.span, value: None },
            NodeKind::Map(entries) => match entries.as_slice() {
                [Entry { key, key_span, value }] => {
                    Choice { word: key, word_span: *key_span, value: Some(value) }
                }
                _ => return Err(self.wrong("one word, or one word with its value")),
            },
            _ => return Err(self.wrong("one word, or one word with its value")),
        };
        visitor.visit_enum(choice).map_err(|mistake| mistake.at(self.node.span))
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mistake> {
        if self.node.kind == NodeKind::Null { visitor.visit_unit() } else { Err(self.wrong("nothing")) }
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Mistake> {
        self.deserialize_unit(visitor)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mistake> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! { i128 u128 bytes byte_buf identifier }
}

/// A number of a place, on its way into a [`Placed`].
fn number(value: usize) -> UsizeDeserializer<Mistake> {
    value.into_deserializer()
}

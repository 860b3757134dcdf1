//! Values that may be written in more than one shape: a word or a list of words, an answer, a choice.

use crate::ruleset::account::AuthenticationMethod;
use crate::ruleset::decode::Placed;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::value::SeqAccessDeserializer;
use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::borrow::Cow;
use std::fmt;

/// A word, or several of which one must hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// This word.
    One(String),
    /// One of these.
    Several(Vec<Placed<String>>),
}

/// An answer: a word, or one key with one word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Then {
    /// `allow`.
    Word(String),
    /// `{ refuse: insufficient-permission }`.
    Of(Placed<String>, Placed<String>),
    /// No key or several, with their names: no rule has such an answer.
    Several(Vec<Placed<String>>),
}

/// Which authentication methods may be used: `automatic`, `none`, or a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AuthenticationFile {
    /// The most secure one that the server offers.
    Automatic,
    /// One of these; none at all where the list is empty.
    Only(Vec<AuthenticationMethod>),
}

/// A word of a test's row; truths and numbers are words too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word(pub String);

impl<'de> Deserialize<'de> for Word {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct WordVisitor;
        impl Visitor<'_> for WordVisitor {
            type Value = Word;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a word")
            }

            fn visit_bool<E: Error>(self, value: bool) -> Result<Word, E> {
                Ok(Word(value.to_string()))
            }

            fn visit_i64<E: Error>(self, value: i64) -> Result<Word, E> {
                Ok(Word(value.to_string()))
            }

            fn visit_u64<E: Error>(self, value: u64) -> Result<Word, E> {
                Ok(Word(value.to_string()))
            }

            fn visit_str<E: Error>(self, value: &str) -> Result<Word, E> {
                Ok(Word(value.to_owned()))
            }
        }
        deserializer.deserialize_any(WordVisitor)
    }
}

impl<'de> Deserialize<'de> for Cell {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct CellVisitor;
        impl<'de> Visitor<'de> for CellVisitor {
            type Value = Cell;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a word or a list of words")
            }

            fn visit_bool<E: Error>(self, value: bool) -> Result<Cell, E> {
                Ok(Cell::One(value.to_string()))
            }

            fn visit_i64<E: Error>(self, value: i64) -> Result<Cell, E> {
                Ok(Cell::One(value.to_string()))
            }

            fn visit_u64<E: Error>(self, value: u64) -> Result<Cell, E> {
                Ok(Cell::One(value.to_string()))
            }

            fn visit_str<E: Error>(self, value: &str) -> Result<Cell, E> {
                Ok(Cell::One(value.to_owned()))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Cell, A::Error> {
                let mut words = Vec::new();
                while let Some(word) = items.next_element::<Placed<Word>>()? {
                    words.push(word.map(|Word(text)| text));
                }
                Ok(Cell::Several(words))
            }
        }
        deserializer.deserialize_any(CellVisitor)
    }
}

impl<'de> Deserialize<'de> for Then {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ThenVisitor;
        impl<'de> Visitor<'de> for ThenVisitor {
            type Value = Then;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a word, or one key with one word")
            }

            fn visit_str<E: Error>(self, value: &str) -> Result<Then, E> {
                Ok(Then::Word(value.to_owned()))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Then, A::Error> {
                let Some((key, word)) = entries.next_entry::<Placed<String>, Placed<Word>>()? else {
                    return Ok(Then::Several(Vec::new()));
                };
                let mut others = Vec::new();
                while let Some((other, _)) = entries.next_entry::<_, IgnoredAny>()? {
                    others.push(other);
                }
                if others.is_empty() {
                    return Ok(Then::Of(key, word.map(|Word(text)| text)));
                }
                others.insert(0, key);
                Ok(Then::Several(others))
            }
        }
        deserializer.deserialize_any(ThenVisitor)
    }
}

impl<'de> Deserialize<'de> for AuthenticationFile {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ChoiceVisitor;
        impl<'de> Visitor<'de> for ChoiceVisitor {
            type Value = AuthenticationFile;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("`automatic`, `none`, or a list of methods")
            }

            fn visit_str<E: Error>(self, value: &str) -> Result<AuthenticationFile, E> {
                match value {
                    "automatic" | "auto" => Ok(AuthenticationFile::Automatic),
                    "none" => Ok(AuthenticationFile::Only(Vec::new())),
                    _ => Err(E::custom(format!(
                        "`{value}` is neither `automatic` nor `none` nor a list of methods"
                    ))),
                }
            }

            fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<AuthenticationFile, A::Error> {
                let methods = Vec::<AuthenticationMethod>::deserialize(SeqAccessDeserializer::new(items))?;
                Ok(AuthenticationFile::Only(methods))
            }
        }
        deserializer.deserialize_any(ChoiceVisitor)
    }
}

impl JsonSchema for Word {
    fn schema_name() -> Cow<'static, str> {
        "Word".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": ["string", "boolean", "integer"] })
    }
}

impl JsonSchema for Cell {
    fn schema_name() -> Cow<'static, str> {
        "Cell".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let word = generator.subschema_for::<Word>();
        json_schema!({
            "description": "A word, or a list of words of which one must hold.",
            "anyOf": [word.clone(), { "type": "array", "items": word, "minItems": 1 }]
        })
    }
}

impl JsonSchema for Then {
    fn schema_name() -> Cow<'static, str> {
        "Then".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "The answer: a word, or one key with one word.",
            "anyOf": [
                { "type": "string" },
                { "type": "object", "additionalProperties": { "type": "string" }, "minProperties": 1, "maxProperties": 1 }
            ]
        })
    }
}

impl JsonSchema for AuthenticationFile {
    fn schema_name() -> Cow<'static, str> {
        "Authentication".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let method = generator.subschema_for::<AuthenticationMethod>();
        json_schema!({
            "description": "Which authentication methods may be used: `automatic`, `none`, or a list.",
            "anyOf": [
                { "type": "string", "enum": ["automatic", "auto", "none"] },
                { "type": "array", "items": method }
            ]
        })
    }
}

//! Lists, maps, keys and words, as serde wants to walk them.

use super::{Mistake, Reader, wrap};
use crate::diagnostic::Span;
use crate::ruleset::yaml::{Entry, Node, NodeKind};
use serde::de::value::StrDeserializer;
use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, Error as _, IntoDeserializer as _, MapAccess, SeqAccess,
    VariantAccess, Visitor,
};
use serde::forward_to_deserialize_any;

/// The items of a list, one after the other.
pub(super) struct List<'n> {
    pub(super) items: std::slice::Iter<'n, Node>,
    pub(super) name: Option<&'n str>,
}

impl<'de> SeqAccess<'de> for List<'_> {
    type Error = Mistake;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Mistake> {
        let name = self.name;
        self.items.next().map(|node| seed.deserialize(Reader { node, name })).transpose()
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.items.len())
    }
}

/// The entries of a map, one after the other.
pub(super) struct Map<'n> {
    pub(super) entries: std::slice::Iter<'n, Entry>,
    pub(super) value: Option<&'n Entry>,
}

impl<'de> MapAccess<'de> for Map<'_> {
    type Error = Mistake;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Mistake> {
        self.value = self.entries.next();
        let Some(entry) = self.value else { return Ok(None) };
        let key = Key { text: &entry.key, span: entry.key_span };
        seed.deserialize(key).map(Some).map_err(|mistake| mistake.at(entry.key_span))
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Mistake> {
        let entry = self.value.take().ok_or_else(|| Mistake::custom("a value without a setting"))?;
        let reader = Reader { node: &entry.value, name: Some(&entry.key) };
        seed.deserialize(reader).map_err(|mistake| {
            let empty = entry.value.span.start == entry.value.span.end;
            mistake.at(if empty { entry.key_span } else { entry.value.span })
        })
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.entries.len())
    }
}

/// The key of a map: text with a place.
#[derive(Clone, Copy)]
struct Key<'n> {
    text: &'n str,
    span: Span,
}

impl<'de> Deserializer<'de> for Key<'_> {
    type Error = Mistake;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mistake> {
        visitor.visit_str(self.text)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Mistake> {
        if name == wrap::PLACED {
            visitor.visit_seq(wrap::PlaceAndValue::new(self.span, self))
        } else {
            visitor.visit_newtype_struct(self)
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Mistake> {
        visitor.visit_enum(Choice { word: self.text, word_span: self.span, value: None })
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mistake> {
        visitor.visit_some(self)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit
        unit_struct seq tuple tuple_struct map struct identifier ignored_any
    }
}

/// A word of a closed list, alone or with a value.
pub(super) struct Choice<'n> {
    pub(super) word: &'n str,
    pub(super) word_span: Span,
    pub(super) value: Option<&'n Node>,
}

impl<'de, 'n> EnumAccess<'de> for Choice<'n> {
    type Error = Mistake;
    type Variant = ChoiceValue<'n>;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, ChoiceValue<'n>), Mistake> {
        let word: StrDeserializer<'_, Mistake> = self.word.into_deserializer();
        let choice = seed.deserialize(word).map_err(|mistake| mistake.at(self.word_span))?;
        Ok((choice, ChoiceValue { word: self.word, word_span: self.word_span, value: self.value }))
    }
}

/// What a word may hold.
pub(super) struct ChoiceValue<'n> {
    word: &'n str,
    word_span: Span,
    value: Option<&'n Node>,
}

impl<'n> ChoiceValue<'n> {
    fn reader(&self) -> Result<Reader<'n>, Mistake> {
        let node = self.value.ok_or_else(|| {
            Mistake::custom(format!("`{}` needs a value: `{{ {}: … }}`", self.word, self.word))
                .at(self.word_span)
        })?;
        Ok(Reader { node, name: Some(self.word) })
    }
}

impl<'de> VariantAccess<'de> for ChoiceValue<'_> {
    type Error = Mistake;

    fn unit_variant(self) -> Result<(), Mistake> {
        match self.value {
            Some(Node { kind: NodeKind::Null, .. }) | None => Ok(()),
            Some(node) => Err(Mistake::custom(format!("`{}` takes no value", self.word)).at(node.span)),
        }
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Mistake> {
        let reader = self.reader()?;
        seed.deserialize(reader).map_err(|mistake| mistake.at(reader.node.span))
    }

    fn tuple_variant<V: Visitor<'de>>(self, length: usize, visitor: V) -> Result<V::Value, Mistake> {
        self.reader()?.deserialize_tuple(length, visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Mistake> {
        self.reader()?.deserialize_map(visitor)
    }
}

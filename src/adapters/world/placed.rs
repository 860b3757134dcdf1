//! A value together with the place in the file where it was written.

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Cow;

/// A value that remembers where it was written.
///
/// Two are equal when their values are; a value that no file holds has the empty place at the start.
#[derive(Debug, Clone, Default)]
pub struct Placed<T> {
    /// What was written.
    pub value: T,
    start: usize,
    end: usize,
}

impl<T> Placed<T> {
    /// The bytes it covers; the end is exclusive.
    pub fn bytes(&self) -> (usize, usize) {
        (self.start, self.end)
    }
}

impl Placed<String> {
    /// The text without its place.
    pub fn as_str(&self) -> &str {
        &self.value
    }
}

impl<T> From<T> for Placed<T> {
    fn from(value: T) -> Self {
        Self { value, start: 0, end: 0 }
    }
}

impl From<&str> for Placed<String> {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

impl<T: PartialEq> PartialEq for Placed<T> {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl<T: Eq> Eq for Placed<T> {}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Placed<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let spanned = serde_saphyr::Spanned::<T>::deserialize(deserializer)?;
        let (start, end) = bytes_of(&spanned.referenced);
        Ok(Self { value: spanned.value, start, end })
    }
}

impl<T: Serialize> Serialize for Placed<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.value.serialize(serializer)
    }
}

impl<T: JsonSchema> JsonSchema for Placed<T> {
    fn schema_name() -> Cow<'static, str> {
        T::schema_name()
    }

    fn inline_schema() -> bool {
        T::inline_schema()
    }

    fn schema_id() -> Cow<'static, str> {
        T::schema_id()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        T::json_schema(generator)
    }
}

/// First and last byte (exclusive) of a place in the text, where the reader knows it.
pub(super) fn bytes_of(location: &serde_saphyr::Location) -> (usize, usize) {
    let at = |number: Option<u64>| number.and_then(|n| usize::try_from(n).ok()).unwrap_or_default();
    let start = at(location.span().byte_offset());
    (start, start + at(location.span().byte_len()))
}

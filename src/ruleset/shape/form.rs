//! What a schema allows, as a flat list of forms.
//!
//! References, alternatives and lists of types are resolved here, so that the rest sees only: text, one of
//! these words, a number in these bounds, a list of that, a group of these settings.

use serde_json::{Map, Value};

/// How many references and alternatives are followed before a schema counts as circular.
const STEPS_MAX: usize = 24;

/// One thing a value may be.
#[derive(Clone, Copy)]
pub(super) enum Form<'s> {
    Anything,
    Nothing,
    TrueOrFalse,
    WholeNumber(&'s Map<String, Value>),
    Number,
    Text,
    Word(&'s str),
    List(&'s Map<String, Value>),
    Settings(&'s Map<String, Value>),
    /// A word with a value: a group with exactly one key of several possible.
    WordWith(&'s str, &'s Value),
}

/// A schema with the definitions that its references mean.
#[derive(Clone, Copy)]
pub(super) struct Schema<'s> {
    root: &'s Value,
    at: &'s Value,
}

impl<'s> Schema<'s> {
    /// The whole schema.
    pub(super) fn new(root: &'s Value) -> Self {
        Self { root, at: root }
    }

    /// A part of it.
    pub(super) fn part(self, at: &'s Value) -> Self {
        Self { at, ..self }
    }

    /// Everything a value may be here; nothing means that no value is right.
    pub(super) fn forms(self) -> Vec<Form<'s>> {
        let mut forms = Vec::new();
        self.collect(false, 0, &mut forms);
        forms
    }

    /// The label of this setting in the product, if the schema has one.
    pub(super) fn title(self) -> Option<&'s str> {
        self.at.get("title").and_then(Value::as_str)
    }

    fn collect(self, is_choice: bool, steps: usize, forms: &mut Vec<Form<'s>>) {
        if steps > STEPS_MAX {
            forms.push(Form::Anything);
            return;
        }
        let Value::Object(schema) = self.at else {
            if self.at.as_bool() != Some(false) {
                forms.push(Form::Anything);
            }
            return;
        };
        if let Some(meant) = schema.get("$ref").and_then(|reference| self.resolve(reference)) {
            return self.part(meant).collect(is_choice, steps + 1, forms);
        }
        for (word, is_choice) in [("oneOf", true), ("anyOf", false), ("allOf", false)] {
            if let Some(Value::Array(alternatives)) = schema.get(word) {
                for alternative in alternatives {
                    self.part(alternative).collect(is_choice, steps + 1, forms);
                }
                return;
            }
        }
        leaf(schema, is_choice, forms);
    }

    fn resolve(self, reference: &Value) -> Option<&'s Value> {
        let pointer = reference.as_str()?.strip_prefix('#')?;
        self.root.pointer(pointer)
    }
}

fn leaf<'s>(schema: &'s Map<String, Value>, is_choice: bool, forms: &mut Vec<Form<'s>>) {
    let words = schema.get("enum").and_then(Value::as_array).map(Vec::as_slice);
    let words = words.or_else(|| schema.get("const").map(std::slice::from_ref));
    if let Some(words) = words {
        let before = forms.len();
        forms.extend(words.iter().filter_map(Value::as_str).map(Form::Word));
        if words.iter().any(Value::is_null) {
            forms.push(Form::Nothing);
        }
        if forms.len() > before {
            return;
        }
    }
    match schema.get("type") {
        Some(Value::String(name)) => forms.push(of_type(name, schema, is_choice)),
        Some(Value::Array(names)) => {
            forms.extend(names.iter().filter_map(Value::as_str).map(|name| of_type(name, schema, is_choice)));
        }
        _ => forms.push(Form::Anything),
    }
}

fn of_type<'s>(name: &str, schema: &'s Map<String, Value>, is_choice: bool) -> Form<'s> {
    match name {
        "null" => Form::Nothing,
        "boolean" => Form::TrueOrFalse,
        "integer" => Form::WholeNumber(schema),
        "number" => Form::Number,
        "string" => Form::Text,
        "array" => Form::List(schema),
        "object" => word_with(schema).filter(|_| is_choice).unwrap_or(Form::Settings(schema)),
        _ => Form::Anything,
    }
}

/// The form in which serde's externally tagged enums write a variant that holds something.
fn word_with(schema: &Map<String, Value>) -> Option<Form<'_>> {
    let properties = schema.get("properties")?.as_object()?;
    let required = schema.get("required")?.as_array()?;
    let (word, value) = properties.iter().next()?;
    let is_closed = schema.get("additionalProperties") == Some(&Value::Bool(false));
    (is_closed && properties.len() == 1 && required.len() == 1).then_some(Form::WordWith(word, value))
}

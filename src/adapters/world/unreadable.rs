//! What the YAML reader says of a world file that it cannot read, in our words.

use super::check::{nearest, with_suggestion};
use super::placed;
use crate::diagnostic::{Diagnostic, SourceId, Span};

/// What the YAML reader found wrong, in our words.
pub(super) fn unreadable(error: &serde_saphyr::Error, source: SourceId) -> Diagnostic {
    use serde_saphyr::Error;
    let error = error.without_snippet();
    let (start, end) = error.location().map(|location| placed::bytes_of(&location)).unwrap_or_default();
    let span = Span { source, start, end };
    match error {
        Error::SerdeUnknownField { field, expected, .. } => {
            let finding =
                Diagnostic::error("unknown-key-in-world", format!("no key is called `{field}` here"))
                    .at(span, "unknown key");
            with_suggestion(finding, nearest(field, expected.iter().copied()), span)
                .help(format!("known here: {}", expected.join(", ")))
        }
        Error::SerdeUnknownVariant { variant, expected, .. } => {
            let finding =
                Diagnostic::error("unknown-word-in-world", format!("`{variant}` is no word for this"))
                    .at(span, "unknown word");
            with_suggestion(finding, nearest(variant, expected.iter().copied()), span)
                .help(format!("one of: {}", expected.join(", ")))
        }
        Error::SerdeMissingField { field, .. } => {
            Diagnostic::error("missing-key-in-world", format!("`{field}` is missing"))
                .at(span, "in this entry")
                .help(format!("add `{field}: …`"))
        }
        Error::DuplicateMappingKey { key, .. } => {
            let key = key.as_deref().unwrap_or("a key");
            Diagnostic::error("duplicate-in-world", format!("`{key}` is there twice"))
                .at(span, "the second")
                .help("keep one of the two")
        }
        other => Diagnostic::error("unreadable-world", in_our_words(other))
            .at(span, "here")
            .help("write what is expected at this place; `postroom schema world` describes the whole format"),
    }
}

/// What the YAML reader says, without the words of its trade.
fn in_our_words(error: &serde_saphyr::Error) -> String {
    use serde_saphyr::Error;
    match error {
        Error::InvalidBooleanStrict { .. } => "`true` or `false` is expected here".to_owned(),
        Error::InvalidScalar { ty: "u64", .. } => "a number without sign is expected here".to_owned(),
        Error::InvalidScalar { .. } => "a number is expected here".to_owned(),
        Error::ExpectedMappingEndAfterEnumVariantValue { .. } => {
            "an owner is one of `analyst`, `group` and `user`, not several".to_owned()
        }
        Error::Unexpected { expected: "sequence start", .. } => {
            "a list is expected here: `[…]`, or lines that begin with `-`".to_owned()
        }
        Error::Unexpected { expected: "mapping start", .. } => {
            "keys with values are expected here".to_owned()
        }
        Error::Unexpected { expected: "string scalar", .. } => {
            "a text is expected here; text with brackets needs quotes".to_owned()
        }
        Error::Budget { .. } | Error::MultipleDocuments { .. } => {
            "a world file is one document without anchors and aliases, and not deeper or larger than a desk"
                .to_owned()
        }
        other => {
            let text = other.to_string();
            let line = text.lines().next().unwrap_or_default();
            line.rsplit_once(" at line ").map_or(line, |(sentence, _)| sentence).to_owned()
        }
    }
}

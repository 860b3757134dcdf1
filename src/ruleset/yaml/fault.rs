//! What the YAML reader complains of, in the words of the one who wrote the file.

use super::tree::Places;
use super::{DEPTH_MAX, TEXT_BYTES_MAX, trap};
use crate::diagnostic::{Diagnostic, SourceId, Span};
use serde_saphyr::Error;
use serde_saphyr::budget::BudgetBreach;

/// A file that is not read because of its size.
pub(super) fn too_large(id: SourceId, size_bytes: usize) -> Diagnostic {
    let start = Span { source: id, start: 0, end: 0 };
    Diagnostic::error("too-large", format!("the file has {size_bytes} bytes and is not read"))
        .at(start, format!("at most {TEXT_BYTES_MAX} bytes are read"))
        .help("keep rules in several files, each with `extends`, and tests in files of their own")
}

/// Why a file cannot be read, and where.
pub(super) fn explain(id: SourceId, text: &str, error: &Error) -> Diagnostic {
    let places = Places::new(id, text);
    let error = error.without_snippet();
    let span = error.location().map_or(Span { source: id, ..Span::default() }, |at| places.span(at));
    match error {
        Error::DuplicateMappingKey { key, .. } => duplicate_key(text, key.as_deref(), span),
        Error::Budget { breach, .. } => beyond_budget(text, breach, span),
        Error::MultipleDocuments { .. } => several_documents(span),
        Error::UnsupportedTag { tag, .. } => {
            Diagnostic::error("yaml-syntax", format!("`{tag}` is a YAML tag, which rule files do not use"))
                .at(trap::sign_before(text, span, ['!', '!']), "a tag")
                .help("leave it out, or put the text in quotes if the `!` belongs to it")
        }
        Error::UnknownAnchor { .. } | Error::AliasError { .. } => alias(text, span),
        Error::Unexpected { .. } | Error::NullIntoString { .. } => {
            Diagnostic::error("yaml-syntax", "the name of a setting has to be text")
                .at(span, "not a name")
                .help("put it in quotes if it is meant as a name; a `[` or `{` before it may be one too many")
        }
        other => unreadable(text, span, &other.to_string()),
    }
}

fn duplicate_key(text: &str, key: Option<&str>, span: Span) -> Diagnostic {
    let shown =
        key.map_or_else(|| text.get(span.start..span.end).unwrap_or_default().to_owned(), str::to_owned);
    let finding = Diagnostic::error("duplicate-key", format!("`{shown}` is set twice in the same place"))
        .at(span, "set again");
    let finding = match earlier_key(text, &shown, span) {
        Some(first) => finding.against(first, "set here already"),
        None => finding,
    };
    finding.note("only one of two values could hold, and nobody could tell which").help("keep one of the two")
}

/// The same key further up, at the same column or in the same line.
fn earlier_key(text: &str, key: &str, later: Span) -> Option<Span> {
    let before = text.get(..later.start)?;
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    let in_line = before.get(line_start..)?;
    if !in_line.trim_start_matches([' ', '-']).is_empty() {
        let at = in_line.find(&format!("{key}:"))?;
        return Some(Span { start: line_start + at, end: line_start + at + key.len(), ..later });
    }
    let column = in_line.len();
    let mut end = line_start;
    for line in before.get(..line_start)?.split_inclusive('\n').rev() {
        end -= line.len();
        let content = line.trim_start_matches([' ', '-']);
        let found = line.len() - content.len();
        let bare = content.trim_start_matches(['"', '\'']);
        let is_key = bare
            .strip_prefix(key)
            .is_some_and(|rest| rest.trim_start_matches(['"', '\'', ' ']).starts_with(':'));
        if found == column && is_key {
            let start = end + found + (content.len() - bare.len());
            return Some(Span { start, end: start + key.len(), ..later });
        }
        let is_inside = found >= column && line.trim_start().len() + column >= line.len() - 1;
        if !(content.trim().is_empty() || content.starts_with('#') || found >= column || is_inside) {
            return None;
        }
    }
    None
}

fn beyond_budget(text: &str, breach: &BudgetBreach, span: Span) -> Diagnostic {
    match breach {
        BudgetBreach::Depth { .. } | BudgetBreach::InclusionDepth { .. } => too_deep(span),
        BudgetBreach::Anchors { .. } | BudgetBreach::Aliases { .. } => alias(text, span),
        BudgetBreach::Documents { .. } => several_documents(span),
        _ => Diagnostic::error("too-large", "the file holds more than is read")
            .at(span, "reading stops here")
            .help("keep rules in several files, each with `extends`"),
    }
}

fn too_deep(span: Span) -> Diagnostic {
    Diagnostic::error("too-deep", "lists and groups are nested too deeply")
        .at(span, format!("deeper than {DEPTH_MAX} levels"))
        .help("no rule needs more than a few levels; look for a bracket or an indentation too many")
}

fn several_documents(span: Span) -> Diagnostic {
    Diagnostic::error("yaml-syntax", "the file holds more than one document")
        .at(span, "a second document starts here")
        .help("take out the `---`, or make two files of it")
}

fn alias(text: &str, span: Span) -> Diagnostic {
    let span = trap::sign_before(text, span, ['&', '*']);
    let finding =
        Diagnostic::error("alias-not-allowed", "anchors (`&`) and aliases (`*`) are not used in rule files");
    let finding = if text.get(span.start..span.end).is_some_and(|sign| sign.starts_with('*')) {
        finding.at(span, "`*` refers to another place here")
    } else {
        finding.at(span, "`&` names this place here")
    };
    let finding = finding.note("every value must stand where it is read, so that a trace can point at it");
    match trap::quoting(text, span) {
        Some(edit) => {
            let advice = "if it belongs to the text, put the text in quotes";
            // what no anchor has named cannot have been meant as an alias
            let named = text.get(span.start..span.end).and_then(|sign| sign.strip_prefix('*'));
            let is_text = named.is_some_and(|name| !text.contains(&format!("&{name}")));
            if is_text { finding.safe_fix(advice, vec![edit]) } else { finding.fix(advice, vec![edit]) }
        }
        None => finding.help("write the value out, or put it in quotes if the sign belongs to the text"),
    }
}

fn unreadable(text: &str, span: Span, complaint: &str) -> Diagnostic {
    if complaint.contains("recursion") || complaint.contains("nesting") || complaint.contains("depth") {
        return too_deep(span);
    }
    if let Some(finding) = trap::find(text, span) {
        return finding;
    }
    let complaint = complaint.rsplit_once(" at line ").map_or(complaint, |(complaint, _)| complaint);
    Diagnostic::error("yaml-syntax", "the file cannot be read beyond this place")
        .at(span, "here, or in the line before")
        .note(format!("the YAML reader says: {complaint}"))
        .help("look for an indentation that differs from its neighbours, a missing quote, or a missing `:`")
}

//! Traps that YAML accepts without a word.

use super::{Node, NodeKind, trap};
use crate::diagnostic::{Diagnostic, Edit, Source, Span};

/// Warns of text that a ` #` has cut short: `subject: Call #104233` says no more than `Call`.
pub fn remarks(node: &Node, source: &Source) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    walk(None, node, source, &mut found);
    found
}

fn walk(key: Option<&str>, node: &Node, source: &Source, found: &mut Vec<Diagnostic>) {
    match &node.kind {
        NodeKind::List(items) => items.iter().for_each(|item| walk(key, item, source, found)),
        NodeKind::Map(entries) => {
            for entry in entries {
                walk(Some(&entry.key), &entry.value, source, found);
            }
        }
        NodeKind::Text(_) => found.extend(key.and_then(|key| cut(key, node.span, &source.text))),
        _ => {}
    }
}

fn cut(key: &str, span: Span, text: &str) -> Option<Diagnostic> {
    let written = text.get(span.start..span.end)?;
    let line = text.get(span.end..)?.lines().next()?;
    if written.is_empty() || written.starts_with(['"', '\'', '|', '>']) {
        return None;
    }
    let after = line.trim_start();
    let comment = after.strip_prefix('#')?;
    let looks_meant = if key == "subject" {
        comment.starts_with(|c: char| !c.is_whitespace())
    } else {
        comment.starts_with(|c: char| c == '{' || c.is_ascii_digit())
    };
    if !looks_meant || line.len() == after.len() {
        return None;
    }
    let comment_span =
        Span { start: span.end + line.len() - after.len(), end: span.end + line.len(), ..span };
    let whole = Span { end: comment_span.end, ..span };
    let edit = Edit { span: whole, text: trap::in_quotes(text.get(whole.start..whole.end)?.trim_end()) };
    let finding =
        Diagnostic::warning("comment-cuts-text", format!("`{key}` is cut short: it says only `{written}`"))
            .at(comment_span, "read as a comment, because a space comes before the `#`");
    let advice = "if it belongs to the text, put the text in quotes";
    // nobody begins a remark with a placeholder; a number may be that of a change
    let is_placeholder = comment.starts_with('{') && comment.contains('}');
    Some(if is_placeholder { finding.safe_fix(advice, vec![edit]) } else { finding.fix(advice, vec![edit]) })
}

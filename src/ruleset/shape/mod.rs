//! Finds everything that is wrong with the shape of a rule file, at once.
//!
//! The measure is the JSON Schema of our types, the same that editors use; what is said about a fault is
//! said in the words of the file. Whether names mean something is `check`'s affair.

mod form;
mod group;
mod value;

use super::yaml::{Node, NodeKind};
use crate::diagnostic::{Diagnostic, Findings, Span};
use form::{Form, Schema};

/// Adds a finding for every place where the tree is not what the schema allows.
pub fn check_shape(node: &Node, schema: &serde_json::Value, findings: &mut Findings) {
    check(At { name: Name::File, span: node.span }, node, Schema::new(schema), findings);
}

/// How a value is called in messages.
#[derive(Clone, Copy)]
enum Name<'a> {
    File,
    Setting(&'a str),
    Item(&'a str),
}

impl Name<'_> {
    fn in_words(self) -> String {
        match self {
            Self::File => "the file".to_owned(),
            Self::Setting(key) => format!("`{key}`"),
            Self::Item(key) => format!("an entry of `{key}`"),
        }
    }
}

impl Name<'_> {
    /// The same for a word, which a list holds as if it stood alone.
    fn of_word(self) -> String {
        match self {
            Self::Setting(key) | Self::Item(key) => Self::Setting(key).in_words(),
            Self::File => self.in_words(),
        }
    }
}

/// The name of a value and the place to point at if it has none of its own.
#[derive(Clone, Copy)]
struct At<'a> {
    name: Name<'a>,
    span: Span,
}

impl At<'_> {
    /// The value's own place, or that of its key where it is empty.
    fn span_of(self, node: &Node) -> Span {
        if node.span.start == node.span.end { self.span } else { node.span }
    }
}

fn check(at: At<'_>, node: &Node, schema: Schema<'_>, findings: &mut Findings) {
    let forms = schema.forms();
    if forms.iter().any(|form| matches!(form, Form::Anything)) {
        return;
    }
    match &node.kind {
        NodeKind::List(items) => {
            let branches: Vec<_> = forms.iter().filter_map(|form| list_of(*form)).collect();
            if branches.is_empty() {
                findings.push(value::wrong(at, node, &forms));
            } else {
                best(&branches, findings, |list, findings| {
                    group::list(at, node, items, schema, list, findings);
                });
            }
        }
        NodeKind::Map(entries) => group::map(at, node, entries, schema, &forms, findings),
        _ => findings.extend(value::scalar(at, node, &forms)),
    }
}

fn list_of(form: Form<'_>) -> Option<&serde_json::Map<String, serde_json::Value>> {
    if let Form::List(list) = form { Some(list) } else { None }
}

/// Of several possible readings, the findings of the one that fits best.
fn best<B: Copy>(branches: &[B], findings: &mut Findings, check: impl Fn(B, &mut Findings)) {
    let mut found: Option<Vec<Diagnostic>> = None;
    for branch in branches {
        let mut trial = Findings::default();
        check(*branch, &mut trial);
        let trial = trial.into_sorted();
        if found.as_ref().is_none_or(|best| trial.len() < best.len()) {
            found = Some(trial);
        }
        if found.as_ref().is_some_and(Vec::is_empty) {
            return;
        }
    }
    findings.extend(found.unwrap_or_default());
}

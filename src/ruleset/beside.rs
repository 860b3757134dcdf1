//! Tests in files of their own, put to those of the rule file before it is compiled.
//!
//! A test file counts as if its tests stood in the rule file; it changes neither the rule set nor its digest.

use super::file::TestFile;
use super::layer::{self, Stack};
use super::yaml::{Entry, Node, NodeKind};
use crate::diagnostic::{Findings, Source, Sources, Span};

/// Puts the tests of these files to those of the topmost rule file.
pub(super) fn join(stack: &mut Stack, beside: Vec<Source>, sources: &mut Sources, findings: &mut Findings) {
    let schema = serde_json::to_value(schemars::schema_for!(TestFile)).unwrap_or_default();
    for source in beside {
        let id = sources.add(source.clone());
        let Some(mut tree) = layer::read(id, &source, &schema, sources, findings) else { continue };
        give_desk(&mut tree);
        give_defaults(stack, &mut tree, findings);
        for entry in tree.entries() {
            if ["accounts", "tables", "subjects", "messages"].contains(&entry.key.as_str()) {
                add(&mut stack.tree, entry);
            }
        }
    }
}

/// The file's desk is that of each of its mails which names none.
fn give_desk(tree: &mut Node) {
    let desk = tree.entries().iter().find(|entry| entry.key == "desk").cloned();
    let (Some(desk), NodeKind::Map(entries)) = (desk, &mut tree.kind) else { return };
    for entry in entries.iter_mut().filter(|entry| entry.key == "messages") {
        let NodeKind::List(messages) = &mut entry.value.kind else { continue };
        for message in messages {
            let NodeKind::Map(settings) = &mut message.kind else { continue };
            if !settings.iter().any(|setting| ["desk", "world"].contains(&setting.key.as_str())) {
                settings.push(desk.clone());
            }
        }
    }
}

/// The accounts of the file stand upon `defaults.account` like all others.
fn give_defaults(stack: &mut Stack, tree: &mut Node, findings: &mut Findings) {
    let NodeKind::Map(entries) = &mut tree.kind else { return };
    let Some(accounts) = entries.iter_mut().find(|entry| entry.key == "accounts") else { return };
    let Some(defaults) = stack.tree.entries().iter().find(|entry| entry.key == "defaults").cloned() else {
        return;
    };
    let mut both = Node { kind: NodeKind::Map(vec![defaults, accounts.clone()]), span: Span::default() };
    layer::give_defaults(&mut both, &mut stack.overridden, findings);
    if let Some(given) = both.get("accounts") {
        accounts.value = given.clone();
    }
}

/// Puts an entry to the `tests` of a rule file.
fn add(tree: &mut Node, more: &Entry) {
    let span = tree.span;
    let NodeKind::Map(entries) = &mut tree.kind else { return };
    match entries.iter_mut().find(|entry| entry.key == "tests") {
        Some(tests) if matches!(tests.value.kind, NodeKind::Map(_)) => put(&mut tests.value, more),
        Some(tests) => tests.value.kind = NodeKind::Map(vec![more.clone()]),
        None => {
            let value = Node { kind: NodeKind::Map(vec![more.clone()]), span };
            entries.push(Entry { key: "tests".to_owned(), key_span: span, value });
        }
    }
}

/// Puts a list or map of tests behind those that there are.
fn put(tests: &mut Node, more: &Entry) {
    let NodeKind::Map(entries) = &mut tests.kind else { return };
    let Some(known) = entries.iter_mut().find(|entry| entry.key == more.key) else {
        entries.push(more.clone());
        return;
    };
    match (&mut known.value.kind, &more.value.kind) {
        (NodeKind::List(items), NodeKind::List(more)) => items.extend(more.iter().cloned()),
        (NodeKind::Map(entries), NodeKind::Map(more)) => entries.extend(more.iter().cloned()),
        (NodeKind::Null, _) => known.value = more.value.clone(),
        _ => {}
    }
}

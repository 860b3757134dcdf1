//! Reads older formats as what they mean now. It looks at no text: values keep the places where they are written.

use super::{ACCOUNT_KEYS, ACCOUNT_NAME, FILE_KEYS, ROW_KEYS, SECONDS_OF_MINUTE, format_of, now_called};
use crate::diagnostic::{Diagnostic, Findings};
use crate::ruleset::merge::RULE_LISTS;
use crate::ruleset::yaml::{Entry, Node, NodeKind};

/// Makes the tree of a file of format 0 that of format 1; a tree of any other format stays as it is.
pub(in crate::ruleset) fn lift(tree: &mut Node, findings: &mut Findings) {
    if format_of(tree) != Some(0) {
        return;
    }
    rename(tree, &FILE_KEYS, findings);
    let NodeKind::Map(entries) = &mut tree.kind else { return };
    for entry in entries {
        match entry.key.as_str() {
            "format" => entry.value.kind = NodeKind::Integer(1),
            "accounts" => accounts(&mut entry.value, findings),
            "defaults" => {
                let NodeKind::Map(defaults) = &mut entry.value.kind else { continue };
                let account = defaults.iter_mut().find(|entry| entry.key == "account");
                if let Some(account) = account {
                    settings(&mut account.value, findings);
                }
            }
            "policies" => {
                let NodeKind::Map(policies) = &mut entry.value.kind else { continue };
                for policy in policies {
                    rows(&mut policy.value, findings);
                }
            }
            key if RULE_LISTS.contains(&key) => rows(&mut entry.value, findings),
            _ => {}
        }
    }
}

/// Calls the keys of a map what they are called now. A new name has no place in an old file: beside the old one
/// nobody could say which of them holds.
fn rename(map: &mut Node, keys: &[(&str, &'static str)], findings: &mut Findings) {
    let NodeKind::Map(entries) = &mut map.kind else { return };
    for entry in entries {
        if let Some((old, new)) = keys.iter().find(|(_, new)| *new == entry.key) {
            findings.push(
                Diagnostic::error("unknown-key", format!("format 0 has no `{new}`"))
                    .at(entry.key_span, "a word of format 1")
                    .help(format!("write `{old}` in a file of format 0")),
            );
        }
        if let Some(new) = now_called(&entry.key, keys) {
            new.clone_into(&mut entry.key);
        }
    }
}

fn rows(list: &mut Node, findings: &mut Findings) {
    let NodeKind::List(rows) = &mut list.kind else { return };
    for row in rows {
        rename(row, &ROW_KEYS, findings);
    }
}

/// The list of accounts as a map by their names.
fn accounts(list: &mut Node, findings: &mut Findings) {
    let span = list.span;
    let NodeKind::List(items) = std::mem::replace(&mut list.kind, NodeKind::Map(Vec::new())) else {
        findings.push(
            Diagnostic::error("wrong-type", "`email_servers` is a list in format 0")
                .at(span, "not a list")
                .help("write one entry for each account: `- name: it-desk`, and its settings below"),
        );
        return;
    };
    let mut entries: Vec<Entry> = Vec::new();
    for mut item in items {
        settings(&mut item, findings);
        let Some(entry) = named(item, findings) else { continue };
        if entries.iter().any(|known| known.key == entry.key) {
            findings.push(
                Diagnostic::error("duplicate-key", format!("there are two accounts `{}`", entry.key))
                    .at(entry.key_span, "the second one")
                    .help("give each account a name of its own"),
            );
            continue;
        }
        entries.push(entry);
    }
    list.kind = NodeKind::Map(entries);
}

/// An item of the list under its own name.
fn named(mut item: Node, findings: &mut Findings) -> Option<Entry> {
    let span = item.span;
    let name = match &mut item.kind {
        NodeKind::Map(entries) => {
            let at = entries.iter().position(|entry| entry.key == ACCOUNT_NAME);
            at.map(|at| entries.remove(at).value)
        }
        _ => None,
    };
    let Some((key, key_span)) = name.as_ref().and_then(|name| Some((name.as_text()?, name.span))) else {
        findings.push(
            Diagnostic::error("missing-key", "an account has no name")
                .at(name.map_or(span, |name| name.span), "in this entry of `email_servers`")
                .help("write `name: it-desk`; a name that is a number stands in quotes"),
        );
        return None;
    };
    Some(Entry { key: key.to_owned(), key_span, value: item })
}

/// The settings of an account: minutes become seconds.
fn settings(account: &mut Node, findings: &mut Findings) {
    let NodeKind::Map(entries) = &mut account.kind else { return };
    for entry in entries.iter_mut().filter(|entry| now_called(&entry.key, &ACCOUNT_KEYS).is_some()) {
        match &mut entry.value.kind {
            NodeKind::Integer(minutes) => *minutes = minutes.saturating_mul(SECONDS_OF_MINUTE),
            _ => findings.push(
                Diagnostic::error("wrong-type", "`poll_minutes` is a whole number of minutes")
                    .at(entry.value.span, "not a whole number")
                    .help("write for instance `poll_minutes: 5`"),
            ),
        }
    }
    rename(account, &ACCOUNT_KEYS, findings);
}

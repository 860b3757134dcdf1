//! Puts one layer upon another.
//!
//! Maps are merged key by key, lists are replaced, statements to be proven are added, and a rule says where it
//! goes: `before`, `after` or `replaces` a rule by name. Nothing is ever merged by position. Every value keeps its own place.

use super::near;
use super::yaml::{Entry, Node, NodeKind};
use crate::diagnostic::{Diagnostic, Findings, Span};
use std::collections::BTreeMap;

/// A value that another layer's took the place of.
#[derive(Debug, Clone)]
pub struct Overridden {
    /// Where the value stands that holds instead.
    pub by: Span,
    /// What would hold without it.
    pub below: Node,
}

/// The paths of the lists whose items are rules.
pub(super) const RULE_LISTS: [&str; 8] = [
    "guard",
    "recognize",
    "identify",
    "choose",
    "permit",
    "policies.acting_user",
    "policies.logging_analyst",
    "policies.reopened_to",
];

const PLACES: [&str; 3] = ["before", "after", "replaces"];

/// Keys below which a map is one choice out of several: another choice takes the place of the first.
const CHOICES: [&str; 5] = ["connect", "password", "client_secret", "refresh_token", "token_secret"];

const PROTOCOLS: [&str; 6] = ["files", "smtp", "graph", "ews", "mapi", "pop3"];

/// What a file says for itself alone: the layers above do not take it over.
const OF_ONE_FILE: [&str; 7] =
    ["tests", "extends", "partition", "requires", "rule_set", "revision", "change_reason"];

/// Those of them in which a layer above says the same of itself, in the place of what stands here.
const OWN_KEYS: [&str; 3] = ["rule_set", "revision", "change_reason"];

/// What comes of putting layers together besides the tree.
pub(super) struct Merge<'a> {
    pub(super) overridden: &'a mut Vec<Overridden>,
    pub(super) misplaced: &'a mut Vec<Span>,
    pub(super) findings: &'a mut Findings,
}

impl Merge<'_> {
    /// A layer upon what lies below it.
    pub(super) fn layer(&mut self, mut base: Node, over: Node) -> Node {
        if let NodeKind::Map(entries) = &mut base.kind {
            // a layer stands for itself: it is named, counted, placed and tested anew
            entries.retain(|entry| {
                let key = entry.key.as_str();
                let is_named_anew = OWN_KEYS.contains(&key) && over.get(key).is_some();
                is_named_anew || !OF_ONE_FILE.contains(&key)
            });
        }
        self.map(base, over, "")
    }

    fn value(&mut self, base: Node, over: Node, path: &str) -> Node {
        if RULE_LISTS.contains(&path) {
            return self.rules(base, over, path);
        }
        if path == "prove" {
            return append(base, over);
        }
        let choice = CHOICES.contains(&path.rsplit('.').next().unwrap_or_default());
        let same_choice =
            base.entries().first().map(|entry| &entry.key) == over.entries().first().map(|entry| &entry.key);
        match (&base.kind, &over.kind) {
            (NodeKind::Map(_), NodeKind::Map(_)) if !choice || same_choice => self.map(base, over, path),
            _ => {
                self.overridden.push(Overridden { by: over.span, below: base });
                over
            }
        }
    }

    /// A map upon the one at the same path below it.
    pub(super) fn map(&mut self, base: Node, over: Node, path: &str) -> Node {
        let span = over.span;
        let (NodeKind::Map(mut entries), NodeKind::Map(additions)) = (base.kind, over.kind) else {
            return Node { kind: NodeKind::Null, span };
        };
        let is_server = path.starts_with("outgoing.") && !path.trim_start_matches("outgoing.").contains('.');
        if is_server && additions.iter().any(|entry| PROTOCOLS.contains(&entry.key.as_str())) {
            entries.retain(|entry| {
                !PROTOCOLS.contains(&entry.key.as_str())
                    || additions.iter().any(|addition| addition.key == entry.key)
            });
        }
        let mut places: BTreeMap<String, usize> =
            entries.iter().enumerate().map(|(at, entry)| (entry.key.clone(), at)).collect();
        for addition in additions {
            let path =
                if path.is_empty() { addition.key.clone() } else { format!("{path}.{}", addition.key) };
            let known = *places.entry(addition.key.clone()).or_insert(entries.len());
            match entries.get_mut(known) {
                Some(entry) => {
                    let below = std::mem::replace(&mut entry.value, Node { kind: NodeKind::Null, span });
                    entry.value = self.value(below, addition.value, &path);
                    entry.key_span = addition.key_span;
                }
                None if RULE_LISTS.contains(&path.as_str()) => {
                    let empty = Node { kind: NodeKind::List(Vec::new()), span };
                    entries.push(Entry { value: self.rules(empty, addition.value, &path), ..addition });
                }
                None => entries.push(addition),
            }
        }
        Node { kind: NodeKind::Map(entries), span }
    }

    fn rules(&mut self, base: Node, over: Node, path: &str) -> Node {
        let span = base.span;
        let (mut rules, additions) = match (base.kind, over.kind) {
            (NodeKind::List(rules), NodeKind::List(additions)) => (rules, additions),
            // what is no list is told of as that, and puts nothing upon the rows below
            (NodeKind::List(rules), _) => (rules, Vec::new()),
            _ => return Node { kind: NodeKind::List(Vec::new()), span },
        };
        // the row of this layer that was put last behind each target, so that a file's order is kept
        let mut behind: Vec<(String, String)> = Vec::new();
        for mut row in additions {
            match take_place(&mut row, path) {
                Ok(place) => self.put(&mut rules, row, &place, &mut behind, path),
                Err(finding) => {
                    self.findings.push(*finding);
                    self.put_last(&mut rules, row);
                }
            }
        }
        Node { kind: NodeKind::List(rules), span }
    }

    fn put(
        &mut self,
        rules: &mut Vec<Node>,
        row: Node,
        place: &RowPlace,
        behind: &mut Vec<(String, String)>,
        path: &str,
    ) {
        let name = row_name(&row).unwrap_or_default().to_owned();
        let position = |wanted: &str| rules.iter().position(|rule| row_name(rule) == Some(wanted));
        let at = match (place.how, place.target.as_str()) {
            ("before", "first") | ("after", "last") => None,
            (_, target) => {
                let Some(at) = position(target) else {
                    let names: Vec<&str> = rules.iter().filter_map(row_name).collect();
                    self.findings.push(near::unknown_name(
                        "unknown-rule",
                        &format!("`{path}` has no rule `{target}`"),
                        place.span,
                        target,
                        &names,
                    ));
                    return self.put_last(rules, row);
                };
                Some(at)
            }
        };
        let anchor = format!("{} {}", place.how, place.target);
        let last_put = behind.iter().rfind(|(known, _)| *known == anchor).map(|(_, name)| name.clone());
        let behind_last_put = last_put.as_deref().and_then(position).map(|at| at + 1);
        let index = match (place.how, at) {
            ("replaces", Some(at)) => {
                if let Some(old) = rules.get_mut(at) {
                    let by = row.span;
                    self.overridden.push(Overridden { by, below: std::mem::replace(old, row) });
                }
                return;
            }
            ("before", Some(at)) => at,
            ("before", None) => behind_last_put.unwrap_or(0),
            (_, Some(at)) => behind_last_put.unwrap_or(at + 1),
            (_, None) => rules.len(),
        };
        rules.insert(index.min(rules.len()), row);
        behind.push((anchor, name));
    }

    /// A rule whose place is not known; one of a name that is known is meant to replace that.
    fn put_last(&mut self, rules: &mut Vec<Node>, row: Node) {
        if !matches!(row.kind, NodeKind::Map(_)) {
            return;
        }
        self.misplaced.push(extent(&row));
        let known =
            rules.iter_mut().find(|rule| row_name(rule).is_some() && row_name(rule) == row_name(&row));
        match known {
            Some(known) => *known = row,
            None => rules.push(row),
        }
    }
}

/// From where a value begins to where the last part of it ends.
fn extent(node: &Node) -> Span {
    let of_entries = node.entries().iter().map(|entry| entry.key_span.to(extent(&entry.value)));
    of_entries.chain(node.items().iter().map(extent)).fold(node.span, Span::to)
}

/// What a layer demands stands beside what the layers below it demand.
fn append(base: Node, over: Node) -> Node {
    let span = over.span;
    let (NodeKind::List(mut all), NodeKind::List(more)) = (base.kind, over.kind) else {
        return Node { kind: NodeKind::List(Vec::new()), span };
    };
    all.extend(more);
    Node { kind: NodeKind::List(all), span }
}

/// The name by which other layers know a row.
fn row_name(row: &Node) -> Option<&str> {
    ["rule", "subject", "expression"].iter().find_map(|key| row.get(key)).and_then(Node::as_text)
}

struct RowPlace {
    how: &'static str,
    target: String,
    span: Span,
}

fn take_place(row: &mut Node, path: &str) -> Result<RowPlace, Box<Diagnostic>> {
    let span = row.get("rule").or_else(|| row.get("subject")).map_or(row.span, |name| name.span);
    let NodeKind::Map(entries) = &mut row.kind else {
        return Err(Box::new(Diagnostic::error("wrong-type", "a rule is a map").at(span, "not a rule")));
    };
    let mut places = Vec::new();
    entries.retain(|entry| {
        let how = PLACES.iter().find(|place| **place == entry.key);
        if let (Some(how), Some(target)) = (how, entry.value.as_text()) {
            places.push(RowPlace { how, target: target.to_owned(), span: entry.value.span });
        }
        how.is_none()
    });
    let message = match places.len() {
        1 => return places.pop().ok_or_else(|| Box::new(Diagnostic::error("rule-without-place", ""))),
        0 => format!("a rule of `{path}` does not say where it goes"),
        _ => format!("a rule of `{path}` says in more than one way where it goes"),
    };
    Err(Box::new(
        Diagnostic::error("rule-without-place", message)
            .at(span, "stands nowhere yet among the rules of the set that this file extends")
            .note("order decides: of two rules that hold, the first wins")
            .help(
                "add one of `before: NAME`, `after: NAME`, `replaces: NAME`, `before: first`, `after: last`",
            ),
    ))
}

/// In a file that extends nothing there is nothing to stand before or after.
pub(super) fn refuse_places(tree: &Node, findings: &mut Findings) {
    for path in RULE_LISTS {
        let list = path.split('.').try_fold(tree, |node, key| node.get(key));
        for row in list.map(Node::items).unwrap_or_default() {
            for entry in row.entries().iter().filter(|entry| PLACES.contains(&entry.key.as_str())) {
                findings.push(
                    Diagnostic::error(
                        "rule-place-without-layer",
                        format!("`{}` has no meaning here", entry.key),
                    )
                    .at(entry.key_span, "this file extends nothing")
                    .note("rules without a layer below stand in the order of the file")
                    .help("put the rule where it belongs and leave this out, or say what the file `extends`"),
                );
            }
        }
    }
}

/// A file's `partition` is that of all its accounts that name none.
pub(super) fn give_partition(tree: &mut Node) {
    let Some(partition) = tree.entries().iter().find(|entry| entry.key == "partition").cloned() else {
        return;
    };
    let NodeKind::Map(entries) = &mut tree.kind else { return };
    let Some(accounts) = entries.iter_mut().find(|entry| entry.key == "accounts") else { return };
    let NodeKind::Map(accounts) = &mut accounts.value.kind else { return };
    for account in accounts {
        if let NodeKind::Map(settings) = &mut account.value.kind
            && !settings.iter().any(|setting| setting.key == "partition")
        {
            settings.push(partition.clone());
        }
    }
}

//! Puts layers together: a file and what it extends become one tree.
//!
//! Maps are merged key by key, lists are replaced, statements to be proven are added, and a rule says where it
//! goes: `before`, `after` or `replaces` a rule by name. Nothing is ever merged by position. Every value keeps its own place.

use super::file::RuleFile;
use super::migrate::{Formats, lift};
use super::requirement;
use super::shape::check_shape;
use super::yaml::{Entry, Node, NodeKind, parse};
use super::{letters, mask, near};
use crate::diagnostic::{Diagnostic, Edit, Findings, Source, SourceId, Sources, Span};
use std::collections::BTreeMap;

/// The most layers one rule set may have.
const LAYERS_MAX: usize = 8;

/// Finds what a rule file refers to. The only way from here to the world outside; it brings texts, no more.
pub trait Library {
    /// The rule set of this name or path, as named in the file called `from`.
    fn rule_set(&self, named: &str, from: &str) -> Result<Source, String>;

    /// The text of a file (a reply's body, a test's mail or desk), as named in the file called `from`.
    fn text(&self, path: &str, from: &str) -> Result<Vec<u8>, String>;
}

/// The layers put together.
#[derive(Debug, Clone)]
pub struct Stack {
    /// The whole, as one tree.
    pub tree: Node,
    /// The files, the topmost first.
    pub layers: Vec<SourceId>,
    /// Whether every file that one of them extends was there.
    pub is_complete: bool,
    /// What a higher layer has put something in the place of.
    pub overridden: Vec<Overridden>,
}

/// A value that another layer's took the place of.
#[derive(Debug, Clone)]
pub struct Overridden {
    /// Where the value stands that holds instead.
    pub by: Span,
    /// What would hold without it.
    pub below: Node,
}

/// Reads the topmost file and everything below it.
pub fn stack(
    top: Source,
    library: &dyn Library,
    formats: Formats,
    sources: &mut Sources,
    findings: &mut Findings,
) -> Option<Stack> {
    let schema = serde_json::to_value(schemars::schema_for!(RuleFile)).unwrap_or_default();
    let mut trees = Vec::new();
    let mut is_complete = true;
    let mut next = Some(top);
    while let Some(source) = next.take() {
        let id = sources.add(source.clone());
        let tree = read_layer(id, &source, formats, &schema, sources, findings);
        if let (Some(tree), Some(source)) = (&tree, sources.get(id)) {
            findings.extend(letters::suspicious(tree, id, source));
        }
        let base = tree.as_ref().and_then(|tree| tree.get("extends")).cloned();
        trees.push((id, tree));
        let Some(base) = base else { break };
        let Some(named) = base.as_text() else { break };
        match below(named, &source, &base, library, sources, trees.len()) {
            Ok(found) => next = Some(found),
            Err(finding) => {
                is_complete = false;
                findings.push(*finding);
            }
        }
    }
    let layers: Vec<SourceId> = trees.iter().map(|(id, _)| *id).collect();
    let mut overridden = Vec::new();
    let mut whole: Option<Node> = None;
    for (at, (_, tree)) in trees.into_iter().enumerate().rev() {
        let mut tree = tree?;
        give_partition(&mut tree);
        whole = Some(match whole {
            None => {
                if is_complete && at + 1 == layers.len() {
                    refuse_places(&tree, findings);
                }
                tree
            }
            Some(base) => Merge { overridden: &mut overridden, findings }.layer(base, tree),
        });
    }
    let mut tree = whole?;
    give_defaults(&mut tree, &mut overridden, findings);
    Some(Stack { tree, layers, is_complete, overridden })
}

/// Puts every account upon `defaults.account`, so that each value shows where it comes from.
pub(super) fn give_defaults(tree: &mut Node, overridden: &mut Vec<Overridden>, findings: &mut Findings) {
    let Some(defaults) = tree.get("defaults").and_then(|defaults| defaults.get("account")).cloned() else {
        return;
    };
    let mut merge = Merge { overridden, findings };
    let mut place = |accounts: &mut Node| {
        let NodeKind::Map(accounts) = &mut accounts.kind else { return };
        for account in accounts.iter_mut().filter(|account| matches!(account.value.kind, NodeKind::Map(_))) {
            let own =
                std::mem::replace(&mut account.value, Node { kind: NodeKind::Null, span: defaults.span });
            account.value = merge.map(defaults.clone(), own, "accounts.*");
        }
    };
    let NodeKind::Map(entries) = &mut tree.kind else { return };
    for entry in entries {
        match entry.key.as_str() {
            "accounts" => place(&mut entry.value),
            "tests" => {
                let NodeKind::Map(tests) = &mut entry.value.kind else { continue };
                tests
                    .iter_mut()
                    .filter(|test| test.key == "accounts")
                    .for_each(|test| place(&mut test.value));
            }
            _ => {}
        }
    }
}

/// Reads one file into a tree; what is wrong with its shape by this schema is told.
pub(super) fn read(
    id: SourceId,
    source: &Source,
    schema: &serde_json::Value,
    sources: &mut Sources,
    findings: &mut Findings,
) -> Option<Node> {
    let tree = read_tree(id, source, sources, findings)?;
    check_shape(&tree, schema, findings);
    Some(tree)
}

/// The same of a rule file, where this program is the one to read it.
fn read_layer(
    id: SourceId,
    source: &Source,
    formats: Formats,
    schema: &serde_json::Value,
    sources: &mut Sources,
    findings: &mut Findings,
) -> Option<Node> {
    let mut tree = read_tree(id, source, sources, findings)?;
    if !requirement::is_met(&tree, formats, findings) {
        return None;
    }
    if formats == Formats::Older {
        lift(&mut tree, findings);
    }
    check_shape(&tree, schema, findings);
    Some(tree)
}

/// The tree of a text, without what is secret in it.
fn read_tree(id: SourceId, source: &Source, sources: &mut Sources, findings: &mut Findings) -> Option<Node> {
    let mut parsed = parse(id, source);
    if parsed.is_err()
        && let Some(text) = mask::overwritten(&source.text)
    {
        // what is said about the text must not show a secret, wherever it stands
        let safe = source.rewritten(text);
        parsed = parse(id, &safe);
        sources.replace(id, safe);
    }
    match parsed {
        Ok(mut tree) => {
            mask::secrets(id, &mut tree, sources, findings);
            let source = sources.get(id)?;
            findings.extend(super::yaml::remarks(&tree, source));
            Some(tree)
        }
        Err(found) => {
            findings.extend(found);
            None
        }
    }
}

fn below(
    named: &str,
    source: &Source,
    base: &Node,
    library: &dyn Library,
    sources: &Sources,
    depth: usize,
) -> Result<Source, Box<Diagnostic>> {
    let found = library.rule_set(named, &source.name).map_err(|reason| {
        let finding =
            Diagnostic::error("unknown-rule-set", format!("there is no rule set `{named}` to extend"))
                .at(base.span, "named here")
                .note(reason);
        match near::nearest(named, ["classic", "strict"]) {
            Some(near) => {
                let edit = Edit { span: base.span, text: near.to_owned() };
                let asked = format!("did you mean `{near}`, which is built in?");
                match near::only_one_meant(named, ["classic"]) {
                    Some(_) => finding.safe_fix(asked, vec![edit]),
                    None => finding.fix(asked, vec![edit]),
                }
            }
            None => {
                finding.help("name a rule set that is built in (`classic`, `strict`), or the path of a file")
            }
        }
    })?;
    let circle = sources.iter().any(|(_, known)| known.name == found.name);
    if circle || depth >= LAYERS_MAX {
        let what = if circle {
            format!("`{named}` extends itself in the end")
        } else {
            format!("more than {LAYERS_MAX} layers lie upon each other")
        };
        return Err(Box::new(
            Diagnostic::error("extends-circle", what)
                .at(base.span, if circle { "leads back to a file above" } else { "one layer too many" })
                .help(if circle {
                    "let the lowest file extend nothing, or `classic`"
                } else {
                    "put some of the files together"
                }),
        ));
    }
    Ok(found)
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

struct Merge<'a> {
    overridden: &'a mut Vec<Overridden>,
    findings: &'a mut Findings,
}

impl Merge<'_> {
    fn layer(&mut self, mut base: Node, over: Node) -> Node {
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

    fn map(&mut self, base: Node, over: Node, path: &str) -> Node {
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
        let (NodeKind::List(mut rules), NodeKind::List(additions)) = (base.kind, over.kind) else {
            return Node { kind: NodeKind::List(Vec::new()), span };
        };
        // the row of this layer that was put last behind each target, so that a file's order is kept
        let mut behind: Vec<(String, String)> = Vec::new();
        for mut row in additions {
            match take_place(&mut row, path) {
                Ok(place) => self.put(&mut rules, row, &place, &mut behind, path),
                Err(finding) => self.findings.push(*finding),
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
                    return;
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
fn refuse_places(tree: &Node, findings: &mut Findings) {
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
fn give_partition(tree: &mut Node) {
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

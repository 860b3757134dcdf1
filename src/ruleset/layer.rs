//! Reads a file and what it extends, and makes one tree of them.

use super::file::RuleFile;
use super::merge::{Merge, Overridden, give_partition, refuse_places};
use super::migrate::{Formats, lift};
use super::requirement;
use super::shape::check_shape;
use super::yaml::{Node, NodeKind, parse};
use super::{letters, mask, near};
use crate::diagnostic::{Diagnostic, Edit, Findings, Source, SourceId, Sources, Span};

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
    /// Rules whose place is not known, as errors say. They stand last, so that what else is wrong with them is told.
    pub misplaced: Vec<Span>,
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
    let (mut overridden, mut misplaced) = (Vec::new(), Vec::new());
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
            Some(base) => {
                let (overridden, misplaced) = (&mut overridden, &mut misplaced);
                Merge { overridden, misplaced, findings }.layer(base, tree)
            }
        });
    }
    let mut tree = whole?;
    give_defaults(&mut tree, &mut overridden, findings);
    Some(Stack { tree, layers, is_complete, overridden, misplaced })
}

/// Puts every account upon `defaults.account`, so that each value shows where it comes from.
pub(super) fn give_defaults(tree: &mut Node, overridden: &mut Vec<Overridden>, findings: &mut Findings) {
    let Some(defaults) = tree.get("defaults").and_then(|defaults| defaults.get("account")).cloned() else {
        return;
    };
    // no rules stand in an account
    let mut merge = Merge { overridden, misplaced: &mut Vec::new(), findings };
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

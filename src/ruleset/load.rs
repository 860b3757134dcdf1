//! Loads a rule set: reads, puts together, compiles and proves; shows everything that is wrong at once.

use super::compile::{Compiler, compile};
use super::decode::from_node;
use super::file::RuleFile;
use super::layer::{Library, Stack, stack};
use super::migrate::Formats;
use super::prove::{Proof, prove};
use super::waiver::{self, Waived, Waiver};
use super::yaml::{Node, NodeKind};
use super::{RuleSet, beside};
use crate::diagnostic::{Diagnostic, Findings, Severity, Source, Sources, Span};
use std::collections::BTreeSet;

/// What came of loading.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// The rule set, unless something was wrong with it.
    pub rule_set: Option<RuleSet>,
    /// Everything that was found, by place.
    pub findings: Vec<Diagnostic>,
    /// Warnings that are waived where they are found, with the reasons.
    pub waived: Vec<Waived>,
    /// The waivers that the texts hold.
    pub waivers: Vec<Waiver>,
    /// The texts that the findings point into.
    pub sources: Sources,
    /// The layers put together, where they could be.
    pub stack: Option<Stack>,
    /// The whole as written, where it could be understood.
    pub file: Option<RuleFile>,
    /// How much was looked at to prove it.
    pub proof: Proof,
}

/// Findings about what is written without need: they concern whoever wrote it, and nobody above.
const OF_ONE_LAYER: [&str; 5] = [
    "action-never-performed",
    "column-without-effect",
    "condition-without-effect",
    "reply-never-sent",
    "split-rule",
];

/// Errors about where a rule goes: the rule itself is looked at all the same.
const OF_PLACES: [&str; 2] = ["rule-without-place", "unknown-rule"];

/// Loads the rule set that begins with this file.
pub fn load(top: Source, library: &dyn Library) -> Loaded {
    load_with_tests(top, Vec::new(), library)
}

/// Loads the rule set that begins with this file, and the files of tests beside it.
pub fn load_with_tests(top: Source, beside: Vec<Source>, library: &dyn Library) -> Loaded {
    load_formats(top, beside, library, Formats::Current)
}

/// Loads a rule set whose files may have older formats, as what they mean now. For those who lift them: what decides
/// mail is [`load`]ed, and refused where it is written in an older format.
pub fn load_older(top: Source, library: &dyn Library) -> Loaded {
    load_formats(top, Vec::new(), library, Formats::Older)
}

fn load_formats(top: Source, beside: Vec<Source>, library: &dyn Library, formats: Formats) -> Loaded {
    let mut loaded = Loaded {
        rule_set: None,
        findings: Vec::new(),
        waived: Vec::new(),
        waivers: Vec::new(),
        sources: Sources::default(),
        stack: None,
        file: None,
        proof: Proof::default(),
    };
    let mut findings = Findings::default();
    loaded.stack = stack(top, library, formats, &mut loaded.sources, &mut findings);
    if let Some(stack) = &mut loaded.stack {
        beside::join(stack, beside, &mut loaded.sources, &mut findings);
        loaded.file = decode(stack.tree.clone(), &mut findings);
    }
    if let (Some(file), Some(stack)) = (&loaded.file, &loaded.stack) {
        let compiler = Compiler { file, stack, sources: &loaded.sources, library, findings: &mut findings };
        let compiled = compile(compiler);
        if let Some(rule_set) = compiled {
            let mut proven = Findings::default();
            loaded.proof = prove(&rule_set, &mut proven);
            // what a rule does in a place that is not its own says nothing
            let stands_well = |finding: &Diagnostic| !points_into(finding, &stack.misplaced);
            findings.extend(proven.into_sorted().into_iter().filter(stands_well));
            loaded.rule_set = (!findings.has_errors()).then_some(rule_set);
        }
    }
    loaded.findings = findings.into_sorted();
    // a layer may make rules of the layers below it idle; that is no fault of theirs
    let top = loaded.stack.as_ref().and_then(|stack| stack.layers.first().copied());
    let is_own = |finding: &Diagnostic| {
        let mut own = finding.labels.iter().filter(|label| label.primary);
        own.all(|label| Some(label.span.source) == top)
    };
    loaded.findings.retain(|finding| !OF_ONE_LAYER.contains(&finding.code) || is_own(finding));
    waiver::apply(&mut loaded);
    loaded
}

/// Makes a rule file of the tree. What has no right shape is left out, once it is told of, so that
/// everything else can be looked at too.
fn decode(mut tree: Node, findings: &mut Findings) -> Option<RuleFile> {
    let is_misshapen =
        |finding: &&Diagnostic| finding.severity == Severity::Error && !OF_PLACES.contains(&finding.code);
    let errors = findings.iter().filter(is_misshapen);
    let mut bad: BTreeSet<Span> = errors
        .flat_map(|finding| finding.labels.iter().filter(|label| label.primary).map(|label| label.span))
        .collect();
    prune(&mut tree, &bad);
    loop {
        // with that many faults the rest of the file is not worth a look
        if findings.is_full() {
            return None;
        }
        let finding = match from_node::<RuleFile>(&tree) {
            Ok(file) => return Some(file),
            Err(finding) => finding,
        };
        let span = finding.span();
        if !findings.has_errors() {
            findings.push(finding);
        }
        if !span.is_some_and(|span| bad.insert(span)) || !prune(&mut tree, &bad) {
            return None;
        }
    }
}

/// Whether a finding is about something in one of these stretches, or held against it.
fn points_into(finding: &Diagnostic, stretches: &[Span]) -> bool {
    let holds = |stretch: &Span, span: Span| {
        stretch.source == span.source && stretch.start <= span.start && span.end <= stretch.end
    };
    finding.labels.iter().any(|label| stretches.iter().any(|stretch| holds(stretch, label.span)))
}

/// Takes out every entry whose key or value stands at one of these places; says whether there was one.
fn prune(node: &mut Node, bad: &BTreeSet<Span>) -> bool {
    let mut pruned = false;
    match &mut node.kind {
        NodeKind::Map(entries) => {
            let before = entries.len();
            entries.retain(|entry| !bad.contains(&entry.key_span) && !bad.contains(&entry.value.span));
            pruned |= entries.len() < before;
            for entry in entries {
                pruned |= prune(&mut entry.value, bad);
            }
        }
        NodeKind::List(items) => {
            let before = items.len();
            items.retain(|item| !bad.contains(&item.span));
            pruned |= items.len() < before;
            for item in items {
                pruned |= prune(item, bad);
            }
        }
        _ => {}
    }
    pruned
}

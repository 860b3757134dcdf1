//! Loads a rule set: reads, puts together, compiles and proves; shows everything that is wrong at once.

use super::RuleSet;
use super::compile::{Compiler, compile};
use super::decode::from_node;
use super::file::RuleFile;
use super::layer::{Library, Stack, stack};
use super::prove::{Proof, prove};
use crate::diagnostic::{Diagnostic, Findings, Source, Sources};

/// What came of loading.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// The rule set, unless something was wrong with it.
    pub rule_set: Option<RuleSet>,
    /// Everything that was found, by place.
    pub findings: Vec<Diagnostic>,
    /// The texts that the findings point into.
    pub sources: Sources,
    /// The layers put together, where they could be.
    pub stack: Option<Stack>,
    /// The whole as written, where it could be understood.
    pub file: Option<RuleFile>,
    /// How much was looked at to prove it.
    pub proof: Proof,
}

/// Loads the rule set that begins with this file.
pub fn load(top: Source, library: &dyn Library) -> Loaded {
    let mut loaded = Loaded {
        rule_set: None,
        findings: Vec::new(),
        sources: Sources::default(),
        stack: None,
        file: None,
        proof: Proof::default(),
    };
    let mut findings = Findings::default();
    loaded.stack = stack(top, library, &mut loaded.sources, &mut findings);
    if let Some(stack) = &loaded.stack {
        match from_node::<RuleFile>(&stack.tree) {
            Ok(file) => loaded.file = Some(file),
            // the shape check has told already, in better words
            Err(finding) if !findings.has_errors() => findings.push(finding),
            Err(_) => {}
        }
    }
    if let (Some(file), Some(stack)) = (&loaded.file, &loaded.stack) {
        let compiler = Compiler { file, stack, sources: &loaded.sources, library, findings: &mut findings };
        let compiled = compile(compiler);
        if let Some(rule_set) = compiled {
            loaded.proof = prove(&rule_set, &mut findings);
            loaded.rule_set = (!findings.has_errors()).then_some(rule_set);
        }
    }
    loaded.findings = findings.into_sorted();
    loaded
}

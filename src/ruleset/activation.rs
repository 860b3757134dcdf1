//! Holds a rule set that is about to decide against those of its name that did before: a changed text has a revision
//! of its own, and says why.

use super::load::Loaded;
use crate::diagnostic::{Diagnostic, Edit, Severity, Span};

/// A rule set of the same name that was active before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Earlier {
    /// Its revision.
    pub revision: u64,
    /// Why it was changed, in the words of its file.
    pub reason: String,
    /// When it became active, as people read it.
    pub at: String,
    /// Whether its files said the same, word for word.
    pub says_the_same: bool,
}

/// What is to be said before a rule set becomes active. `earlier` begins with the latest.
///
/// One whose files say what they said at an earlier activation of the same revision is no change, also where others were
/// active in between. Findings are errors where the file says `require_revision: true`.
pub fn check_activation(loaded: &Loaded, earlier: &[Earlier]) -> Vec<Diagnostic> {
    let (Some(file), Some(rule_set), Some(last)) = (&loaded.file, &loaded.rule_set, earlier.first()) else {
        return Vec::new();
    };
    let revision = rule_set.identity.revision;
    if earlier.iter().any(|it| it.says_the_same && it.revision == revision) {
        return Vec::new();
    }
    let source = loaded.stack.as_ref().and_then(|stack| stack.layers.first().copied()).unwrap_or_default();
    let top = Span { source, start: 0, end: 0 };
    let mut findings = Vec::new();
    let highest = earlier.iter().max_by_key(|it| it.revision).unwrap_or(last);
    if revision <= highest.revision {
        let span = file.revision.as_ref().map_or(top, |placed| placed.span);
        let next = highest.revision.saturating_add(1);
        let edit = Edit { span, text: next.to_string() };
        findings.push(
            Diagnostic::warning("revision-not-raised", "the rules have changed, and their `revision` was not raised")
                .at(span, format!("revision {} became active on {} with other words", highest.revision, highest.at))
                .note("decisions, the ledger and replies name the revision; one that stands for two texts tells nobody by which of them a mail was decided")
                .fix(format!("write `revision: {next}`"), vec![edit]),
        );
    }
    let reason = rule_set.identity.change_reason.trim();
    if reason.is_empty() || reason == last.reason.trim() {
        let span = file.change_reason.as_ref().map_or(top, |placed| placed.span);
        let what = if reason.is_empty() {
            "nothing says why".to_owned()
        } else {
            format!("this is the reason of revision {}, active since {}", last.revision, last.at)
        };
        findings.push(
            Diagnostic::warning("change-reason-missing", "the rules have changed, and their `change_reason` does not say why")
                .at(span, what)
                .note("`postroom rules log` lists every change with its reason; whoever looks for the one that went wrong reads it there")
                .help("write in a few words what was changed for, for instance `change_reason: HR answers its own calls (CHG-4411)`"),
        );
    }
    if file.require_revision.as_ref().is_some_and(|placed| placed.value) {
        for finding in &mut findings {
            finding.severity = Severity::Error;
            finding
                .notes
                .push("this file says `require_revision: true`, so it is not activated like this".to_owned());
        }
    }
    findings
}

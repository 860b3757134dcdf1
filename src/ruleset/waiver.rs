//! Warnings that the admin has looked at and lives with: `# postroom: allow CODE because REASON` in the warning's
//! line or the one above it.
//!
//! An error is never silenced, a reason is asked for, and a waiver that silences nothing is told: it would hide
//! the next warning at that place. Statements under `prove` are set aside with `waive`, which is another thing.

use super::load::Loaded;
use super::near::nearest;
use super::yaml::comment::{Comment, comments};
use crate::diagnostic::{Diagnostic, Edit, Findings, Severity, SourceId, Sources, Span};

/// The codes of all warnings that can be waived.
const WARNINGS: [&str; 26] = [
    "action-never-performed",
    "analysis-incomplete",
    "analyst-missing-for-anonymous",
    "change-reason-missing",
    "column-without-effect",
    "comment-cuts-text",
    "condition-without-effect",
    "default-server-replaced",
    "hidden-character",
    "look-alike-character",
    "method-not-applicable",
    "missing-key",
    "nearly-alike-subjects",
    "no-default-server",
    "no-priority-cell",
    "overlapping-subjects",
    "protocol-withdrawn",
    "reopened-to-nobody",
    "reply-never-sent",
    "revision-not-raised",
    "split-rule",
    "statement-without-effect",
    "subject-without-brackets",
    "two-servers-for-partition",
    "unnamed-group",
    "unreachable-rule",
];

/// The codes of all warnings that can be waived.
pub fn codes() -> &'static [&'static str] {
    &WARNINGS
}

/// Warnings that are only found where the rules are held against a desk, or against what was active there.
const OF_A_DESK: [&str; 3] = ["change-reason-missing", "no-priority-cell", "revision-not-raised"];

/// A warning that was waived, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waived {
    /// The warning.
    pub finding: Diagnostic,
    /// Why, in the words of who waived it.
    pub reason: String,
    /// Where the waiver is written.
    pub span: Span,
}

/// A waiver with all that it needs, in force for one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiver {
    code: &'static str,
    reason: String,
    span: Span,
    /// The line whose warnings it waives, from 1.
    line: usize,
    is_used: bool,
}

/// Takes out of the findings what is waived; tells of waivers that lack something, or silence nothing.
pub(super) fn apply(loaded: &mut Loaded) {
    let mut faults = Vec::new();
    for (id, source) in loaded.sources.iter() {
        if !source.is_built_in() {
            read(id, &source.text, &mut loaded.waivers, &mut faults);
        }
    }
    loaded.findings =
        sift(&loaded.sources, &mut loaded.waivers, &mut loaded.waived, std::mem::take(&mut loaded.findings));
    if loaded.rule_set.is_some() {
        // with errors, much has not been looked at
        let idle = loaded.idle(|waiver| !OF_A_DESK.contains(&waiver.code));
        faults.extend(idle);
    }
    add(loaded, faults);
}

/// The same for what was found when the rules were held against a desk.
pub fn apply_to_desk(loaded: &mut Loaded, found: Vec<Diagnostic>) {
    let mut found = sift(&loaded.sources, &mut loaded.waivers, &mut loaded.waived, found);
    if loaded.rule_set.is_some() {
        // whether a change is told is over once it is active: a waiver of that is never idle
        let idle = loaded.idle(|waiver| waiver.code == "no-priority-cell");
        found.extend(idle);
    }
    add(loaded, found);
}

/// What was found against a desk and is not waived, where nobody asks for what is.
pub fn not_waived(loaded: &Loaded, found: Vec<Diagnostic>) -> Vec<Diagnostic> {
    sift(&loaded.sources, &mut loaded.waivers.clone(), &mut Vec::new(), found)
}

fn add(loaded: &mut Loaded, more: Vec<Diagnostic>) {
    if more.is_empty() {
        return;
    }
    let mut findings = Findings::default();
    findings.extend(std::mem::take(&mut loaded.findings));
    findings.extend(more);
    loaded.findings = findings.into_sorted();
}

/// The findings that are not waived; the others are put to the waived.
fn sift(
    sources: &Sources,
    waivers: &mut [Waiver],
    waived: &mut Vec<Waived>,
    found: Vec<Diagnostic>,
) -> Vec<Diagnostic> {
    let mut kept = Vec::with_capacity(found.len());
    for finding in found {
        let place = finding.span().filter(|_| finding.severity == Severity::Warning);
        let line = place.map(|span| (span.source, sources.place(span).line));
        let waiver = waivers
            .iter_mut()
            .find(|waiver| waiver.code == finding.code && Some((waiver.span.source, waiver.line)) == line);
        match waiver {
            Some(waiver) => {
                waiver.is_used = true;
                waived.push(Waived { finding, reason: waiver.reason.clone(), span: waiver.span });
            }
            None => kept.push(finding),
        }
    }
    kept
}

/// Reads the waivers of one text.
fn read(source: SourceId, text: &str, waivers: &mut Vec<Waiver>, faults: &mut Vec<Diagnostic>) {
    let comments = comments(text);
    for (comment, line) in comments.iter().zip(lines_meant(&comments)) {
        let Some(written) = text.get(comment.start..comment.end) else { continue };
        let Some(demand) = demand(written) else { continue };
        let span = Span { source, start: comment.start, end: comment.end };
        let (code, rest) = demand.split_once(char::is_whitespace).unwrap_or((demand, ""));
        let Some(known) = WARNINGS.iter().find(|known| **known == code) else {
            faults.push(of_no_warning(span, text, code));
            continue;
        };
        let reason = rest.trim().strip_prefix("because").unwrap_or_default().trim();
        if reason.is_empty() {
            faults.push(without_reason(span, known));
            continue;
        }
        waivers.push(Waiver { code: known, reason: reason.to_owned(), span, line, is_used: false });
    }
}

/// For each comment the line that it is about: its own, or the one below it and the comments that follow it.
fn lines_meant(comments: &[Comment]) -> Vec<usize> {
    let mut lines = vec![0; comments.len()];
    let mut below: Option<(usize, usize)> = None;
    for (comment, meant) in comments.iter().zip(&mut lines).rev() {
        let next = comment.line + 1;
        *meant = match below {
            _ if !comment.is_alone => comment.line,
            Some((line, its)) if line == next => its,
            _ => next,
        };
        below = comment.is_alone.then_some((comment.line, *meant));
    }
    lines
}

/// What stands behind `postroom: allow`, if this comment says so or nearly so: whoever writes `postroom: alow` takes the
/// warning for waived.
fn demand(comment: &str) -> Option<&str> {
    let said = comment.trim_start_matches('#').trim();
    let (name, rest) = said.split_at_checked("postroom".len())?;
    let colon = rest.trim_start().strip_prefix(':');
    let is_meant =
        name.eq_ignore_ascii_case("postroom") && (colon.is_some() || rest.trim_start().starts_with("allow "));
    let words = colon.filter(|_| is_meant && name == "postroom").map(str::trim_start);
    match words.and_then(|words| words.strip_prefix("allow")) {
        Some(rest) if rest.is_empty() || rest.starts_with(char::is_whitespace) => Some(rest.trim()),
        _ => is_meant.then_some(""),
    }
}

fn of_no_warning(span: Span, text: &str, code: &str) -> Diagnostic {
    if code.is_empty() {
        return Diagnostic::warning("waiver-of-no-warning", "this waiver names no warning")
            .at(span, "allows nothing")
            .help("write `# postroom: allow CODE because REASON`; findings show their code in brackets");
    }
    let finding = Diagnostic::warning("waiver-of-no-warning", format!("no warning has the code `{code}`"))
        .at(span, "allows nothing")
        .note("an error is never waived: a rule set that has one is not loaded");
    match nearest(code, WARNINGS) {
        _ if code == "statement-does-not-hold" => {
            finding.help("a statement is set aside under `prove`: `waive: NAME`")
        }
        Some(near) => {
            let written = text.get(span.start..span.end).and_then(|comment| comment.find(code));
            let start = span.start + written.unwrap_or_default();
            let edit = Edit { span: Span { start, end: start + code.len(), ..span }, text: near.to_owned() };
            finding.fix(format!("did you mean `{near}`?"), vec![edit])
        }
        None => {
            finding.help("take it out, and mend what the finding says; `postroom explain` lists all codes")
        }
    }
}

fn without_reason(span: Span, code: &str) -> Diagnostic {
    Diagnostic::warning(
        "waiver-without-reason",
        format!("this waiver does not say why `{code}` is right here"),
    )
    .at(span, "has no reason")
    .note("whoever changes this line next has to know whether the reason still holds")
    .help(format!("write `# postroom: allow {code} because REASON`"))
}

impl Loaded {
    /// The waivers of this kind that silence nothing. Those of layers below are judged where their file is checked:
    /// what is without effect there may have one here, and the other way round.
    fn idle(&self, is_asked: impl Fn(&Waiver) -> bool) -> Vec<Diagnostic> {
        let layers = self.stack.as_ref().map_or(&[][..], |stack| &stack.layers);
        let below = layers.get(1..).unwrap_or_default();
        let own = self.waivers.iter().filter(|waiver| !below.contains(&waiver.span.source));
        own.filter(|waiver| is_asked(waiver)).filter_map(Waiver::idle).collect()
    }
}

impl Waiver {
    /// That it silences nothing, unless it does.
    fn idle(&self) -> Option<Diagnostic> {
        if self.is_used {
            return None;
        }
        let finding = Diagnostic::warning(
            "waiver-without-effect",
            format!("there is no warning `{}` here to be waived", self.code),
        );
        Some(
            finding
                .at(self.span, format!("silences nothing in line {}", self.line))
                .note("it would hide the next such warning at this place, of which nobody has thought yet")
                .help("take it out, or write it in the line of the warning or the line above"),
        )
    }
}

//! `--fix`: makes the changes in which only one thing can have been meant.
//!
//! Only the file that is named is changed, never one that it extends: other rule sets may stand upon that. After
//! each round of changes everything is checked again; what does not leave fewer errors is not written.

use super::patch::{Shown, unified};
use crate::adapters::library::Shelf;
use crate::cli::Trouble;
use crate::cli::replace::replace;
use crate::cli::screen::counted;
use crate::diagnostic::{Diagnostic, Edit, Place, Severity, Source, SourceId, Sources, Span};
use crate::ruleset::example::correction;
use crate::ruleset::load::{Loaded, load};
use crate::ruleset::yaml;
use serde_json::{Value, json};
use std::path::Path;

/// The most rounds of changes: a file that cannot be read shows one mistake at a time.
const ROUNDS_MAX: usize = 100;

/// After so many rounds that make nothing better, no more are tried.
const IN_VAIN_MAX: usize = 4;

/// The most changes that are tried alone where all together make nothing better.
const ALONE_MAX: usize = 30;

/// The file that is named is the first that is read.
const NAMED: SourceId = SourceId(0);

/// What was changed in one file, or would be.
pub(super) struct Fixed {
    /// The changes, in the order in which they were made.
    pub(super) changes: Vec<Change>,
    /// The same as a unified diff, with secrets overwritten.
    pub(super) diff: String,
    /// Whether they stand in the file now.
    pub(super) is_written: bool,
    /// What there is to say besides.
    pub(super) remarks: Vec<String>,
}

/// One change: a finding, and what was done about it.
pub(super) struct Change {
    pub(super) code: &'static str,
    /// Where, in the text as it was before this round.
    pub(super) place: Place,
    /// The advice that was followed.
    pub(super) advice: String,
    edits: Vec<Edit>,
}

impl Fixed {
    pub(super) fn to_json(&self) -> Value {
        let changes: Vec<Value> = self
            .changes
            .iter()
            .map(|change| json!({ "code": change.code, "place": change.place, "advice": change.advice }))
            .collect();
        json!({ "written": self.is_written, "changes": changes, "diff": self.diff, "remarks": self.remarks })
    }
}

/// How bad a text is; less is better. A file that cannot be read hides all its other mistakes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Badness {
    is_unreadable: bool,
    errors: usize,
    warnings: usize,
}

/// A text, and what is found in it.
#[derive(Clone)]
struct State {
    source: Source,
    loaded: Loaded,
    badness: Badness,
}

impl State {
    fn of(source: Source) -> Self {
        let loaded = load(source.clone(), &Shelf);
        let count = |severity| loaded.findings.iter().filter(|finding| finding.severity == severity).count();
        let badness = Badness {
            is_unreadable: yaml::parse(NAMED, &source).is_err(),
            errors: count(Severity::Error),
            warnings: count(Severity::Warning),
        };
        Self { source, loaded, badness }
    }

    /// The same text with some changes made; those that get in each other's way wait for the next round.
    fn with(&self, changes: &[Change]) -> (Self, Vec<usize>) {
        let mut edits: Vec<Edit> = Vec::new();
        let mut made = Vec::new();
        for (at, change) in changes.iter().enumerate() {
            if !change.edits.iter().any(|edit| edits.iter().any(|other| collide(edit.span, other.span))) {
                edits.extend(change.edits.iter().cloned());
                made.push(at);
            }
        }
        (Self::of(self.source.rewritten(correction::applied(&self.source.text, &edits))), made)
    }

    /// The changes that may be made without asking.
    fn changes(&self) -> Vec<Change> {
        let mut changes: Vec<Change> = Vec::new();
        for finding in &self.loaded.findings {
            let may_be_made =
                |edits: &[Edit]| !edits.is_empty() && edits.iter().all(|edit| self.has(edit.span));
            let Some(help) = finding.helps.iter().find(|help| help.is_safe && may_be_made(&help.edits))
            else {
                continue;
            };
            if changes.iter().any(|change| change.edits == help.edits) {
                continue;
            }
            let span = finding.span().unwrap_or_default();
            changes.push(Change {
                code: finding.code,
                place: self.loaded.sources.place(span),
                advice: help.text.clone(),
                edits: help.edits.clone(),
            });
        }
        changes
    }

    /// Whether a stretch is of the file itself, and was looked at as it is: of a secret only asterisks were.
    fn has(&self, span: Span) -> bool {
        let own = self.source.text.get(span.start..span.end);
        span.source == NAMED && own.is_some_and(|own| own == self.loaded.sources.text(span))
    }

    /// How far the file could be read.
    fn complaint(&self) -> usize {
        let errors = self.loaded.findings.iter().filter(|finding| finding.severity == Severity::Error);
        errors.filter_map(Diagnostic::span).map(|span| span.start).next().unwrap_or_default()
    }

    fn shown(&self) -> Shown<'_> {
        let shown = self.loaded.sources.get(NAMED).map_or("", |source| &*source.text);
        Shown { text: &self.source.text, shown }
    }
}

/// Whether two changes touch the same text, or put something at the same place.
fn collide(one: Span, other: Span) -> bool {
    one.start == other.start || (one.start < other.end && other.start < one.end)
}

/// Makes the changes that may be made without asking, and writes them unless it is only shown what they would be.
pub(super) fn fix(source: Source, is_dry_run: bool) -> Result<Fixed, Trouble> {
    if source.is_built_in() {
        let remarks = vec![format!("`{}` is a part of the program and is never changed", source.name)];
        return Ok(Fixed { changes: Vec::new(), diff: String::new(), is_written: false, remarks });
    }
    if !Path::new(&*source.name).is_file() {
        return Err(Trouble::usage(format!("`{}` is not a file that could be changed", source.name)));
    }
    let first = State::of(source);
    let mut remarks = of_other_files(&first.loaded);
    let (last, changes) = improved(&first);
    let is_kept = last.badness < first.badness;
    let left = last.changes().len();
    if left > 0 {
        let count = counted(left, "change");
        remarks.push(format!("{count} not made in `{}`: no fewer errors would be left", first.source.name));
    }
    if !is_kept {
        return Ok(Fixed { changes: Vec::new(), diff: String::new(), is_written: false, remarks });
    }
    if !is_dry_run {
        write(&first.source, &last.source.text)?;
    }
    let diff = unified(&first.source.name, first.shown(), last.shown());
    Ok(Fixed { changes, diff, is_written: !is_dry_run, remarks })
}

/// The best text that changes lead to, and the changes.
fn improved(first: &State) -> (State, Vec<Change>) {
    let mut best = first.clone();
    let mut made: Vec<Change> = Vec::new();
    loop {
        let before = best.badness;
        let (next, changes) = all_together(&best);
        best = next;
        made.extend(changes);
        if best.badness == before {
            // one of them may stand in the way of the others
            let Some((next, change)) = one_alone(&best) else { return (best, made) };
            best = next;
            made.push(change);
        }
    }
}

/// Makes all changes, and then those that are possible only now, as long as it leads to something better. In
/// between it may be worse: a key that is put right shows the mistakes of its value.
fn all_together(from: &State) -> (State, Vec<Change>) {
    let mut best = from.clone();
    let mut current = from.clone();
    let mut made: Vec<Change> = Vec::new();
    let (mut count, mut in_vain) = (0, 0);
    for _ in 0..ROUNDS_MAX {
        let possible = current.changes();
        if possible.is_empty() || in_vain == IN_VAIN_MAX {
            break;
        }
        let (next, taken) = current.with(&possible);
        let taken = possible.into_iter().enumerate().filter(|(at, _)| taken.contains(at));
        made.extend(taken.map(|(_, change)| change));
        let is_read_further = current.badness.is_unreadable && next.complaint() > current.complaint();
        in_vain = if is_read_further { 0 } else { in_vain + 1 };
        current = next;
        if current.badness < best.badness {
            (best, count, in_vain) = (current.clone(), made.len(), 0);
        }
    }
    made.truncate(count);
    (best, made)
}

/// Makes the first change that makes something better on its own.
fn one_alone(from: &State) -> Option<(State, Change)> {
    from.changes().into_iter().take(ALONE_MAX).find_map(|change| {
        let (next, _) = from.with(std::slice::from_ref(&change));
        (next.badness < from.badness).then_some((next, change))
    })
}

/// What could be put right in files that this one extends.
fn of_other_files(loaded: &Loaded) -> Vec<String> {
    let has_safe_help = |id: SourceId| {
        let helps = loaded.findings.iter().flat_map(|finding| &finding.helps);
        helps.filter(|help| help.is_safe).flat_map(|help| &help.edits).any(|edit| edit.span.source == id)
    };
    let others = |sources: &Sources| -> Vec<String> {
        let others = sources.iter().filter(|(id, source)| *id != NAMED && !source.is_built_in());
        others.filter(|(id, _)| has_safe_help(*id)).map(|(_, source)| source.name.to_string()).collect()
    };
    let remark = |name: String| {
        format!("`{name}` is only changed where it is named itself: `postroom check {name} --fix`")
    };
    others(&loaded.sources).into_iter().map(remark).collect()
}

/// Writes the file, unless it is another one by now.
fn write(source: &Source, changed: &str) -> Result<(), Trouble> {
    let path = Path::new(&*source.name);
    let cannot = |reason: &str| Trouble::new(format!("`{}` cannot be changed: {reason}", source.name));
    let now = std::fs::read(path).map_err(|error| cannot(&error.to_string()))?;
    if now != source.text.as_bytes() {
        return Err(cannot("it is another one by now; nothing was written"));
    }
    replace(path, changed).map_err(|error| cannot(&error.to_string()))
}

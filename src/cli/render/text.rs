//! Findings as text, as a compiler would print them.

use super::{is_shown, shown};
use crate::diagnostic::{Diagnostic, Edit, Help, Label, Rows, Severity, SourceId, Sources, Span};
use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Origin, Patch, Renderer, Snippet};
use std::ops::Range;

/// The widest line, in columns; longer source lines are cut around the place.
const WIDTH: usize = 140;

/// How much of one message is shown.
const TEXT_CHARS_MAX: usize = 1000;

/// The longest lines in which a change is shown.
const CHANGE_BYTES_MAX: usize = 1000;

/// All findings, one after the other with an empty line between them.
pub fn findings_as_text(findings: &[Diagnostic], sources: &Sources, colour: bool) -> String {
    let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
    let renderer = renderer.decor_style(DecorStyle::Ascii).term_width(WIDTH);
    let mut text = String::new();
    for finding in findings {
        if !text.is_empty() {
            text.push('\n');
        }
        let drawn = renderer.render(&groups(finding, sources));
        let has_place = !finding.labels.is_empty() || finding.helps.iter().any(|help| !help.edits.is_empty());
        // Without a line number there is no margin; the same one as elsewhere is easier on the eye.
        text.push_str(&if has_place { drawn } else { drawn.replace('\n', "\n  ") });
        text.truncate(text.trim_end().len());
        text.push('\n');
    }
    text
}

fn groups<'a>(finding: &'a Diagnostic, sources: &'a Sources) -> Vec<Group<'a>> {
    let level = match finding.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let title = level.primary_title(brief(&finding.message)).id(finding.code);
    let mut first = Group::with_title(title);
    for (id, labels) in by_source(&finding.labels) {
        first = place(first, id, &labels, sources);
    }
    if !finding.rows.is_empty() {
        first = first.element(Level::NOTE.no_name().message(shown(&aligned(&finding.rows))));
    }
    for note in &finding.notes {
        first = first.element(Level::NOTE.message(brief(note)));
    }
    let (shown_as_change, in_words): (Vec<&Help>, Vec<&Help>) =
        finding.helps.iter().partition(|help| !help.edits.is_empty() && fits(help, sources));
    for help in in_words {
        first = first.element(Level::HELP.message(brief(&help.text)));
    }
    let mut groups = vec![first];
    groups.extend(shown_as_change.into_iter().map(|help| change(help, sources)));
    groups
}

/// Labels of one text together: first the text of the finding itself, then the others as they come.
fn by_source(labels: &[Label]) -> Vec<(SourceId, Vec<&Label>)> {
    let mut parts: Vec<(SourceId, Vec<&Label>)> = Vec::new();
    let (own, other): (Vec<&Label>, Vec<&Label>) = labels.iter().partition(|label| label.primary);
    for label in own.into_iter().chain(other) {
        match parts.iter_mut().find(|(id, _)| *id == label.span.source) {
            Some((_, part)) => part.push(label),
            None => parts.push((label.span.source, vec![label])),
        }
    }
    parts
}

fn place<'a>(group: Group<'a>, id: SourceId, labels: &[&'a Label], sources: &'a Sources) -> Group<'a> {
    let Some(window) = Window::around(id, labels.iter().map(|label| label.span), sources) else {
        return group;
    };
    if window.text.is_empty() {
        return group.element(Origin::path(window.file).line(window.line).char_column(1));
    }
    let annotations: Vec<Annotation<'a>> = labels
        .iter()
        .map(|label| {
            let kind = if label.primary { AnnotationKind::Primary } else { AnnotationKind::Context };
            kind.span(window.range(label.span)).label(brief(&label.text))
        })
        .collect();
    let snippet = Snippet::source(window.text).path(window.file).line_start(window.line);
    group.element(snippet.annotations(annotations))
}

fn change<'a>(help: &'a Help, sources: &'a Sources) -> Group<'a> {
    let mut group = Group::with_title(Level::HELP.secondary_title(brief(&help.text)));
    let mut ids: Vec<SourceId> = help.edits.iter().map(|edit| edit.span.source).collect();
    ids.dedup();
    for id in ids {
        let edits = || help.edits.iter().filter(|edit| edit.span.source == id);
        let Some(window) = Window::around(id, edits().map(|edit| edit.span), sources) else { continue };
        let patches: Vec<Patch<'a>> =
            edits().map(|edit| Patch::new(window.range(edit.span), shown(&edit.text))).collect();
        let snippet = Snippet::source(window.text).path(window.file).line_start(window.line);
        group = group.element(snippet.patches(patches));
    }
    group
}

/// Whether a change can be shown: in lines that a person can take in.
fn fits(help: &Help, sources: &Sources) -> bool {
    let line_bytes = |edit: &Edit| {
        let lines = Window::around(edit.span.source, std::iter::once(edit.span), sources);
        lines.map_or(0, |lines| lines.text.len()) + edit.text.len()
    };
    help.edits.iter().all(|edit| line_bytes(edit) <= CHANGE_BYTES_MAX)
}

/// The lines of a text in which some places are, without anything for a terminal to obey.
struct Window {
    file: String,
    /// The number of the first line.
    line: usize,
    text: String,
    /// The first byte in the whole text.
    start: usize,
}

impl Window {
    fn around(id: SourceId, spans: impl Iterator<Item = Span>, sources: &Sources) -> Option<Self> {
        let source = sources.get(id)?;
        let within = |at: usize| at.min(source.text.len());
        let (first, last) = spans.fold((source.text.len(), 0), |(first, last), span| {
            (first.min(within(span.start)), last.max(within(span.end)))
        });
        let bytes = source.text.as_bytes();
        let line_end = |byte: &u8| *byte == b'\n';
        let start = bytes.get(..first)?.iter().rposition(line_end).map_or(0, |at| at + 1);
        let end = bytes.get(last..)?.iter().position(line_end).map_or(bytes.len(), |at| last + at + 1);
        let lines = source.text.get(start..end)?;
        let kept = lines.trim_start_matches('\u{feff}');
        let line = sources.place(Span { source: id, start, end: start }).line;
        let start = start + lines.len() - kept.len();
        Some(Self { file: shown(&source.name), line, text: visible(kept), start })
    }

    /// Where a span is in these lines.
    fn range(&self, span: Span) -> Range<usize> {
        let boundary = |at: usize| {
            let at = at.saturating_sub(self.start).min(self.text.len());
            (0..=at).rev().find(|&at| self.text.is_char_boundary(at)).unwrap_or_default()
        };
        let start = boundary(span.start);
        start..boundary(span.end).max(start)
    }
}

/// A text of as many bytes, so that places stay right, in which nothing is left for a terminal to obey.
fn visible(text: &str) -> String {
    let mut visible = String::with_capacity(text.len());
    for c in text.chars() {
        match c.len_utf8() {
            _ if is_shown(c) || c == '\r' => visible.push(c),
            1 => visible.push('?'),
            2 => visible.push('\u{bf}'),
            _ => visible.push('\u{fffd}'),
        }
    }
    visible
}

/// What is shown of a text: its beginning, if it is very long.
fn brief(text: &str) -> String {
    match text.char_indices().nth(TEXT_CHARS_MAX) {
        Some((end, _)) => shown(text.get(..end).unwrap_or_default()) + "…",
        None => shown(text),
    }
}

/// Rows with their columns under each other.
fn aligned(rows: &Rows) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or_default();
    let width = |column: usize| {
        rows.iter()
            .filter_map(|row| row.get(column))
            .map(|cell| cell.chars().count())
            .max()
            .unwrap_or_default()
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let line = |row: &Vec<String>| {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}"));
        cells.collect::<Vec<_>>().join("   ").trim_end().to_owned()
    };
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}

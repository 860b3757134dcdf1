//! Findings as text, as a compiler would print them.

use super::{is_shown, shown};
use crate::diagnostic::{Diagnostic, Edit, Help, Label, Rows, Severity, SourceId, Sources};
use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Origin, Patch, Renderer, Snippet};
use std::ops::Range;

/// The widest line, in columns; longer source lines are cut around the place.
const WIDTH: usize = 140;

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
    let title = level.primary_title(shown(&finding.message)).id(finding.code);
    let mut first = Group::with_title(title);
    for (id, labels) in by_source(&finding.labels) {
        first = place(first, id, &labels, sources);
    }
    if !finding.rows.is_empty() {
        first = first.element(Level::NOTE.no_name().message(shown(&aligned(&finding.rows))));
    }
    for note in &finding.notes {
        first = first.element(Level::NOTE.message(shown(note)));
    }
    let (shown_as_change, in_words): (Vec<&Help>, Vec<&Help>) =
        finding.helps.iter().partition(|help| !help.edits.is_empty());
    for help in in_words {
        first = first.element(Level::HELP.message(shown(&help.text)));
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
    let Some(source) = sources.get(id) else { return group };
    if source.text.is_empty() {
        return group.element(Origin::path(shown(&source.name)).line(1).char_column(1));
    }
    let (text, skipped) = visible(&source.text);
    let annotations: Vec<Annotation<'a>> = labels
        .iter()
        .map(|label| {
            let kind = if label.primary { AnnotationKind::Primary } else { AnnotationKind::Context };
            kind.span(within(&text, skipped, label.span.start..label.span.end)).label(shown(&label.text))
        })
        .collect();
    group.element(Snippet::source(text).path(shown(&source.name)).annotations(annotations))
}

fn change<'a>(help: &'a Help, sources: &'a Sources) -> Group<'a> {
    let mut group = Group::with_title(Level::HELP.secondary_title(shown(&help.text)));
    let mut ids: Vec<SourceId> = help.edits.iter().map(|edit| edit.span.source).collect();
    ids.dedup();
    for id in ids {
        let Some(source) = sources.get(id) else { continue };
        let (text, skipped) = visible(&source.text);
        let patches: Vec<Patch<'a>> = help
            .edits
            .iter()
            .filter(|edit| edit.span.source == id)
            .map(|edit: &Edit| {
                let range = within(&text, skipped, edit.span.start..edit.span.end);
                Patch::new(range, shown(&edit.text))
            })
            .collect();
        group = group.element(Snippet::source(text).path(shown(&source.name)).patches(patches));
    }
    group
}

/// A text in which nothing is left for a terminal to obey, and how many bytes at its start are left out.
///
/// Otherwise as many bytes as before, so that places stay right.
fn visible(text: &str) -> (String, usize) {
    let kept = text.trim_start_matches('\u{feff}');
    let mut visible = String::with_capacity(kept.len());
    for c in kept.chars() {
        match c.len_utf8() {
            _ if is_shown(c) || c == '\r' => visible.push(c),
            1 => visible.push('?'),
            2 => visible.push('\u{bf}'),
            _ => visible.push('\u{fffd}'),
        }
    }
    (visible, text.len() - kept.len())
}

/// A range that lies within the text and between characters.
fn within(text: &str, skipped: usize, range: Range<usize>) -> Range<usize> {
    let boundary = |at: usize| {
        let at = at.saturating_sub(skipped).min(text.len());
        (0..=at).rev().find(|&at| text.is_char_boundary(at)).unwrap_or_default()
    };
    let start = boundary(range.start);
    start..boundary(range.end).max(start)
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

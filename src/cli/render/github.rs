//! Findings as annotations of GitHub's: one workflow command in a line for each.
//!
//! What a command may hold is escaped as GitHub's runner takes it apart: `%` and line ends everywhere, `:` and
//! `,` where properties are.

use super::shown;
use crate::diagnostic::{Diagnostic, Help, Severity, Sources};

/// All findings, a line for each.
pub fn findings_as_github(findings: &[Diagnostic], sources: &Sources) -> String {
    findings.iter().map(|finding| annotation(finding, sources)).collect()
}

fn annotation(finding: &Diagnostic, sources: &Sources) -> String {
    let command = match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    // a built-in text is no file of the repository
    let span =
        finding.span().filter(|span| sources.get(span.source).is_some_and(|source| !source.is_built_in()));
    let place = span.map(|span| {
        let place = sources.place(span);
        format!("file={},line={},col={},", property(&place.file), place.line, place.column)
    });
    format!(
        "::{command} {}title={}::{}\n",
        place.unwrap_or_default(),
        property(finding.code),
        data(&message(finding))
    )
}

/// What is wrong, why it matters, what to do.
fn message(finding: &Diagnostic) -> String {
    let helps = finding.helps.iter().map(advice);
    let notes = finding.notes.iter().map(|note| format!("note: {note}"));
    let lines: Vec<String> = std::iter::once(finding.message.clone()).chain(notes).chain(helps).collect();
    lines.join("\n")
}

/// The advice, with what to write where that is one piece.
fn advice(help: &Help) -> String {
    match help.edits.as_slice() {
        [edit]
            if !edit.text.trim().is_empty()
                && !edit.text.contains('\n')
                && !help.text.contains(&edit.text) =>
        {
            format!("help: {}: {}", help.text, edit.text.trim())
        }
        _ => format!("help: {}", help.text),
    }
}

fn data(text: &str) -> String {
    // `shown` would leave nothing of a carriage return
    let lines: Vec<String> = text.split('\r').map(shown).collect();
    lines.join("\r").replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

//! Findings as JSON and as SARIF, for editors and build servers.

use super::shown;
use crate::cli::explain;
use crate::diagnostic::{Diagnostic, Edit, Severity, Sources, Span};
use crate::ruleset::waiver::Waived;
use serde_json::{Value, json};

/// The schema that the SARIF output follows.
const SARIF_SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

/// All findings as one array, in their order.
pub fn findings_as_json(findings: &[Diagnostic], sources: &Sources) -> Value {
    findings.iter().map(|finding| one(finding, sources)).collect()
}

/// What is waived: each finding with the reason, and where that is written.
pub fn waived_as_json(waived: &[Waived], sources: &Sources) -> Value {
    let one = |waived: &Waived| {
        let waiver = with(place(waived.span, sources), &[("reason", json!(shown(&waived.reason)))]);
        with(one(&waived.finding, sources), &[("waiver", waiver)])
    };
    waived.iter().map(one).collect()
}

fn one(finding: &Diagnostic, sources: &Sources) -> Value {
    let labels: Vec<Value> = finding
        .labels
        .iter()
        .map(|label| {
            with(
                place(label.span, sources),
                &[("text", json!(shown(&label.text))), ("primary", json!(label.primary))],
            )
        })
        .collect();
    let helps: Vec<Value> = finding
        .helps
        .iter()
        .map(|help| {
            let edits: Vec<Value> = help
                .edits
                .iter()
                .map(|edit| with(place(edit.span, sources), &[("text", json!(edit.text))]))
                .collect();
            json!({ "text": shown(&help.text), "safe": help.is_safe, "edits": edits })
        })
        .collect();
    json!({
        "code": finding.code,
        "severity": finding.severity,
        "message": shown(&finding.message),
        "labels": labels,
        "notes": finding.notes.iter().map(|note| shown(note)).collect::<Vec<_>>(),
        "helps": helps,
        "rows": finding.rows,
    })
}

fn with(mut object: Value, more: &[(&str, Value)]) -> Value {
    if let Some(object) = object.as_object_mut() {
        object.extend(more.iter().map(|(key, value)| ((*key).to_owned(), value.clone())));
    }
    object
}

/// File, first and last place; the end is the first character after the stretch.
fn place(span: Span, sources: &Sources) -> Value {
    let start = sources.place(span);
    let end = sources.place(Span { start: span.end, ..span });
    json!({
        "file": shown(&start.file),
        "line": start.line,
        "column": start.column,
        "end": { "line": end.line, "column": end.column },
    })
}

/// All findings as a SARIF 2.1.0 log with one run; those that are waived are suppressed in it.
pub fn findings_as_sarif(findings: &[Diagnostic], waived: &[Waived], sources: &Sources) -> Value {
    let all = || findings.iter().chain(waived.iter().map(|waived| &waived.finding));
    let mut codes: Vec<&str> = all().map(|finding| finding.code).collect();
    codes.sort_unstable();
    codes.dedup();
    let rules: Vec<Value> = codes.iter().map(|code| rule(code)).collect();
    let waived = waived.iter().map(|waived| suppressed(waived, sources));
    let results: Vec<Value> = findings.iter().map(|finding| result(finding, sources)).chain(waived).collect();
    json!({
        "$schema": SARIF_SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "postroom",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            } },
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    })
}

fn suppressed(waived: &Waived, sources: &Sources) -> Value {
    let suppression = json!({
        "kind": "inSource",
        "status": "accepted",
        "justification": shown(&waived.reason),
        "location": { "physicalLocation": physical(waived.span, sources) },
    });
    with(result(&waived.finding, sources), &[("suppressions", json!([suppression]))])
}

fn rule(code: &str) -> Value {
    let rule = json!({ "id": code });
    match explain::find(code) {
        Some(page) => with(
            rule,
            &[
                ("shortDescription", json!({ "text": page.says })),
                ("fullDescription", json!({ "text": page.matters })),
                ("help", json!({ "text": page.cure })),
            ],
        ),
        None => rule,
    }
}

fn result(finding: &Diagnostic, sources: &Sources) -> Value {
    let level = match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    let locations: Vec<Value> = finding
        .span()
        .map(|span| json!({ "physicalLocation": physical(span, sources) }))
        .into_iter()
        .collect();
    let related: Vec<Value> = finding
        .labels
        .iter()
        .filter(|label| Some(label.span) != finding.span())
        .enumerate()
        .map(|(id, label)| {
            json!({ "id": id, "physicalLocation": physical(label.span, sources), "message": { "text": shown(&label.text) } })
        })
        .collect();
    let result = json!({ "ruleId": finding.code, "level": level, "message": { "text": message(finding) }, "locations": locations });
    let result =
        if related.is_empty() { result } else { with(result, &[("relatedLocations", related.into())]) };
    let fixes: Vec<Value> = finding
        .helps
        .iter()
        .filter(|help| !help.edits.is_empty())
        .map(|help| json!({ "description": { "text": shown(&help.text) }, "artifactChanges": changes(&help.edits, sources) }))
        .collect();
    if fixes.is_empty() { result } else { with(result, &[("fixes", fixes.into())]) }
}

fn message(finding: &Diagnostic) -> String {
    let notes = finding.notes.iter().map(|note| format!("note: {note}"));
    let helps = finding.helps.iter().map(|help| format!("help: {}", help.text));
    let lines: Vec<String> = std::iter::once(finding.message.clone()).chain(notes).chain(helps).collect();
    shown(&lines.join("\n"))
}

fn physical(span: Span, sources: &Sources) -> Value {
    json!({ "artifactLocation": { "uri": uri(&sources.place(span).file) }, "region": region(span, sources) })
}

fn region(span: Span, sources: &Sources) -> Value {
    let start = sources.place(span);
    let end = sources.place(Span { start: span.end, ..span });
    json!({ "startLine": start.line, "startColumn": start.column, "endLine": end.line, "endColumn": end.column })
}

fn changes(edits: &[Edit], sources: &Sources) -> Vec<Value> {
    edits
        .iter()
        .map(|edit| {
            json!({
                "artifactLocation": { "uri": uri(&sources.place(edit.span).file) },
                "replacements": [{ "deletedRegion": region(edit.span, sources), "insertedContent": { "text": edit.text } }],
            })
        })
        .collect()
}

/// A path as a relative reference (RFC 3986 §4.2).
fn uri(path: &str) -> String {
    let written = |byte: u8| {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            char::from(byte).to_string()
        } else {
            format!("%{byte:02X}")
        }
    };
    path.replace('\\', "/").bytes().map(written).collect()
}

//! Situations that end without the sender being told, as `check` shows them.

use super::screen::{columns, counted, line};
use crate::ruleset::Silence;
use serde_json::{Map, Value, json};
use std::io::Write;

/// Says how many kinds there are, or lists them.
pub(super) fn print(
    silences: &[Silence],
    is_complete: bool,
    is_wanted: bool,
    out: &mut dyn Write,
) -> std::io::Result<()> {
    let at_least = if is_complete { "" } else { "at least " };
    let kinds = counted(silences.len(), "kind");
    let end = if silences.len() == 1 { "ends" } else { "end" };
    if !is_wanted {
        if silences.is_empty() {
            return Ok(());
        }
        return writeln!(
            out,
            "{at_least}{kinds} of situations {end} without the sender being told; `--silent` lists them"
        );
    }
    writeln!(out, "\n{at_least}{kinds} of situations {end} without the sender being told:\n")?;
    let heading = ["sender", "becomes", "where", "rule", "because"];
    let mut rows = vec![heading.map(str::to_owned).to_vec()];
    rows.extend(silences.iter().map(row));
    for row in columns(&rows, &[], &[2, 2, 2, 2]) {
        writeln!(out, "  {row}")?;
    }
    writeln!(out, "\nBesides, automatic mail is never answered.")
}

fn row(silence: &Silence) -> Vec<String> {
    let when: Vec<String> = silence.when.iter().map(|(column, words)| format!("{column}: {words}")).collect();
    vec![
        sender(silence).to_owned(),
        line(&silence.answer),
        if when.is_empty() { "always".to_owned() } else { line(&when.join(", ")) },
        line(&format!("{}/{} {}:{}", silence.stage, silence.rule, silence.place.file, silence.place.line)),
        silence.because.as_deref().map(line).unwrap_or_default(),
    ]
}

fn sender(silence: &Silence) -> &'static str {
    match silence.is_known {
        None => "any",
        Some(true) => "known",
        Some(false) => "unknown",
    }
}

/// The same for programs.
pub(super) fn as_json(silences: &[Silence]) -> Value {
    let one = |silence: &Silence| {
        let when: Map<String, Value> =
            silence.when.iter().map(|(column, words)| ((*column).to_owned(), json!(words))).collect();
        json!({
            "sender": sender(silence),
            "stage": silence.stage.word(),
            "rule": silence.rule,
            "file": silence.place.file,
            "line": silence.place.line,
            "becomes": silence.answer,
            "when": when,
            "because": silence.because,
        })
    };
    silences.iter().map(one).collect()
}

//! `--accept`: writes what the tests got into what they expect, after somebody has looked at each change.

use crate::cli::render::shown;
use crate::cli::replace::replace;
use crate::cli::{Trouble, screen};
use crate::diagnostic::{Edit, Source, SourceId, Sources};
use crate::ruleset::example::{Correction, Verdict, correction};
use crate::ruleset::load::Loaded;
use crate::ruleset::yaml::{self, extent};
use std::collections::BTreeMap;
use std::io::{BufRead, IsTerminal as _, Write};
use std::path::Path;
use std::sync::Arc;

/// Shows every change and writes those that are taken; says how many were.
pub(super) fn accept(
    loaded: &Loaded,
    verdicts: &[Verdict],
    takes_all: bool,
    out: &mut dyn Write,
) -> Result<usize, Trouble> {
    let is_asked = std::io::stdin().is_terminal() && std::io::stdout().is_terminal();
    if !takes_all && !is_asked {
        return Err(Trouble::usage(
            "--accept asks about each change, and there is no terminal to ask on; look at what `postroom test` says, then \
             write `--accept --yes` to take everything",
        ));
    }
    let mut answers = std::io::stdin().lock();
    let taken = review(&loaded.sources, verdicts, takes_all, &mut answers, out)?;
    let mut count = 0;
    for (id, edits) in taken {
        let Some(source) = loaded.sources.get(id) else { continue };
        count += edits.len();
        write(source, &edits)?;
    }
    Ok(count)
}

/// Shows every change and asks; gives the edits that are taken, by text.
fn review(
    sources: &Sources,
    verdicts: &[Verdict],
    takes_all: bool,
    answers: &mut dyn BufRead,
    out: &mut dyn Write,
) -> Result<BTreeMap<SourceId, Vec<Edit>>, Trouble> {
    let mut taken: BTreeMap<SourceId, Vec<Edit>> = BTreeMap::new();
    let mut takes_all = takes_all;
    for verdict in verdicts.iter().filter(|verdict| !verdict.passed()) {
        let possible = || verdict.corrections.iter().filter(|correction| !correction.edits.is_empty());
        if possible().next().is_none() {
            let name = screen::line(&verdict.name);
            writeln!(out, "{name}: nothing can be taken over; this test needs a hand")?;
        }
        for correction in possible() {
            show(sources, verdict, correction, out)?;
            let takes = takes_all
                || match ask(answers, out)? {
                    Answer::Yes => true,
                    Answer::No => false,
                    Answer::All => {
                        takes_all = true;
                        true
                    }
                    Answer::Quit => return Ok(taken),
                };
            if takes {
                for edit in &correction.edits {
                    taken.entry(edit.span.source).or_default().push(edit.clone());
                }
            }
        }
    }
    Ok(taken)
}

enum Answer {
    Yes,
    No,
    All,
    Quit,
}

fn ask(answers: &mut dyn BufRead, out: &mut dyn Write) -> Result<Answer, Trouble> {
    loop {
        write!(out, "  take it? [y]es, [n]o, [a]ll, [q]uit: ")?;
        out.flush()?;
        let mut line = String::new();
        if answers.read_line(&mut line).map_err(|error| Trouble::new(error.to_string()))? == 0 {
            writeln!(out)?;
            return Ok(Answer::Quit);
        }
        match line.trim().to_lowercase().as_str() {
            "y" | "yes" => return Ok(Answer::Yes),
            "n" | "no" => return Ok(Answer::No),
            "a" | "all" => return Ok(Answer::All),
            "q" | "quit" => return Ok(Answer::Quit),
            _ => {}
        }
    }
}

/// The change as lines that go and lines that come.
fn show(
    sources: &Sources,
    verdict: &Verdict,
    change: &Correction,
    out: &mut dyn Write,
) -> Result<(), Trouble> {
    let Some(first) = change.edits.iter().min_by_key(|edit| edit.span.start) else { return Ok(()) };
    let place = sources.place(first.span);
    writeln!(out, "{}: {}", screen::line(&verdict.name), screen::line(&change.text))?;
    let Some(source) = sources.get(first.span.source) else { return Ok(()) };
    let text = &source.text;
    let start = extent::line_start(text, first.span.start);
    let end = change.edits.iter().map(|edit| extent::line_end(text, edit.span.end)).max().unwrap_or(start);
    let before = text.get(start..end).unwrap_or_default();
    let moved: Vec<Edit> = change.edits.iter().map(|edit| moved(edit, start)).collect();
    writeln!(out, "  {}:{}", place.file, place.line)?;
    for line in before.lines() {
        writeln!(out, "  - {}", shown(line))?;
    }
    for line in correction::applied(before, &moved).lines() {
        writeln!(out, "  + {}", shown(line))?;
    }
    Ok(())
}

fn moved(edit: &Edit, by: usize) -> Edit {
    let mut edit = edit.clone();
    edit.span.start -= by;
    edit.span.end -= by;
    edit
}

/// Writes a changed file in one step: whoever reads it sees the old one or the new one.
fn write(source: &Source, edits: &[Edit]) -> Result<(), Trouble> {
    let path = Path::new(&*source.name);
    if !path.is_file() {
        return Err(Trouble::usage(format!("`{}` is built in; its tests cannot be changed", source.name)));
    }
    let cannot =
        |error: std::io::Error| Trouble::new(format!("`{}` cannot be written: {error}", source.name));
    // what was shown had secrets overwritten, byte for byte; the file keeps them
    let text = std::fs::read_to_string(path).map_err(cannot)?;
    if text.len() != source.text.len() {
        return Err(Trouble::new(format!("`{}` has changed meanwhile; nothing was written", source.name)));
    }
    let changed = correction::applied(&text, edits);
    if yaml::parse(SourceId::default(), &Source::new(Arc::clone(&source.name), changed.as_str())).is_err() {
        return Err(Trouble::new(format!(
            "`{}` could not be read any more with these changes; nothing was written, so change it by hand",
            source.name
        )));
    }
    replace(path, &changed).map_err(cannot)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Span;
    use crate::ruleset::example::{Fault, FaultKind};

    fn reviewed(answers: &str) -> (Vec<String>, String) {
        let mut sources = Sources::default();
        let id = sources.add(Source::new("a.yaml", "x: one   # first\ny: two\nz: three\n"));
        let correct = |start, end, text: &str| Correction {
            text: format!("{text} instead"),
            edits: vec![Edit { span: Span { source: id, start, end }, text: text.to_owned() }],
        };
        let verdict = Verdict {
            name: "a test".to_owned(),
            faults: vec![Fault::new(FaultKind::Wrong, "wrong")],
            corrections: vec![correct(3, 6, "1"), correct(20, 23, "2"), correct(27, 32, "3")],
            ..Verdict::default()
        };
        let mut out = Vec::new();
        let taken = review(&sources, &[verdict], false, &mut answers.as_bytes(), &mut out).unwrap();
        let edits = taken.into_values().flatten().map(|edit| edit.text).collect();
        (edits, String::from_utf8(out).unwrap())
    }

    #[test]
    fn each_change_is_shown_and_asked_about() {
        let (taken, shown) = reviewed("y\nperhaps\nn\ny\n");
        assert_eq!(taken, ["1", "3"]);
        assert!(shown.contains("  - x: one   # first\n  + x: 1   # first\n"), "{shown}");
        assert_eq!(shown.matches("take it?").count(), 4);
    }

    #[test]
    fn all_takes_the_rest_and_quit_or_the_end_of_answers_leaves_it() {
        assert_eq!(reviewed("n\na\n").0, ["2", "3"]);
        assert_eq!(reviewed("y\nq\n").0, ["1"]);
        assert_eq!(reviewed("y\n").0, ["1"]);
    }
}

//! `postroom migrate`: lifts rule files of older formats, and proves that they decide as before.

use super::check::patch::{Shown, unified};
use super::output::{Out, one_line};
use super::render::findings_as_text;
use super::replace::{Replacement, keep_beside};
use super::screen::grouped;
use super::{Exit, Trouble, open};
use crate::adapters::library::Shelf;
use crate::diagnostic::{Severity, Source, SourceId, Sources};
use crate::ruleset::compare::Comparison;
use crate::ruleset::example::correction::applied;
use crate::ruleset::file::FORMAT;
use crate::ruleset::load::{Loaded, load_older};
use crate::ruleset::migrate::{Refusal, format_of, proven, rewritten};
use crate::ruleset::yaml::{Node, parse};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Lifts rule files of an older format to the present one
///
/// Only the words that must change do; comments, quotes, order and ends of lines stay. Before anything is written, the
/// old file and the new one are loaded, and must say the same in every value and decide the same in every situation.
/// The old file is kept beside the new one as FILE.format-0.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "\
Exit code 3 where a file is wrong, 1 where it cannot be lifted or not everything could be compared; nothing is written then.

Examples:
  postroom migrate postroom.yaml --dry-run
      shows the lines that would change, and proves them
  postroom migrate postroom.yaml site/base.yaml
      lifts both; to go back: mv postroom.yaml.format-0 postroom.yaml")]
pub(super) struct MigrateArgs {
    /// Rule files, or folders with a `postroom.yaml` [default: ./postroom.yaml]
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Shows what would change, and writes nothing
    #[arg(long, visible_alias = "check")]
    dry_run: bool,
}

/// A file, lifted in memory.
struct Lifted {
    old: Source,
    format: u64,
    text: String,
    /// What may be shown of the old text and of the new one.
    shown: [String; 2],
    comparison: Comparison,
    /// Files that it extends and that are still to be lifted.
    below: Vec<String>,
}

/// Lifts what is named: every file is proven before the first one is written.
pub(super) fn run(args: &MigrateArgs, out: &mut Out) -> Result<Exit, Trouble> {
    let default = [PathBuf::from(open::RULES_FILE)];
    let named = if args.files.is_empty() { &default[..] } else { &args.files };
    let mut lifted = Vec::new();
    let mut known = BTreeSet::new();
    for path in named {
        let path = if path.is_dir() { path.join(open::RULES_FILE) } else { path.clone() };
        if !known.insert(fs::canonicalize(&path).unwrap_or_else(|_| path.clone())) {
            continue;
        }
        if let Some(file) = lift(&path)? {
            lifted.push(file);
        } else {
            let shown = one_line(&path.to_string_lossy());
            out.line(format_args!("{shown} has format {FORMAT}; there is nothing to lift."));
        }
    }
    let staged: Vec<Option<Staged>> = lifted
        .iter()
        .map(|file| (!args.dry_run).then(|| stage(file)).transpose())
        .collect::<Result<_, _>>()?;
    for (file, staged) in lifted.iter().zip(staged) {
        match staged {
            Some(staged) => put(file, staged, out)?,
            None => print_changes(file, out),
        }
        let situations = grouped(file.comparison.situations);
        out.line(format_args!("  proven: the same in every value, and in all {situations} situations"));
        for name in file.below.iter().filter(|name| !lifted.iter().any(|other| *other.old.name == **name)) {
            let name = one_line(name);
            out.line(format_args!(
                "  it extends {name}, which is of an older format, too: `postroom migrate {name}`"
            ));
        }
    }
    Ok(Exit::Done)
}

/// Lifts one file in memory and proves it; nothing where it has the present format.
fn lift(path: &Path) -> Result<Option<Lifted>, Trouble> {
    let cannot = |reason| Trouble::new(format!("the rules cannot be read: {reason}"));
    let old = Shelf::file(path).map_err(cannot)?;
    let before = load_older(old.clone(), &Shelf);
    let wrong = |loaded: &Loaded, words: String| Trouble {
        message: format!("{words}\n{}", errors_as_text(loaded).trim_end()),
        exit: Exit::RuleSetWrong,
    };
    let tree = parse(SourceId::default(), &old);
    let format = match &tree {
        Ok(tree) => format_of(tree),
        Err(_) => None,
    };
    let (Ok(tree), Some(format)) = (tree, format) else {
        return Err(wrong(&before, format!("`{}` cannot be lifted:", old.name)));
    };
    if format == FORMAT {
        return Ok(None);
    }
    if before.rule_set.is_none() {
        return Err(wrong(
            &before,
            format!("`{}` is wrong as it is; mend it first, then lift it:", old.name),
        ));
    }
    let edits = rewritten(&old.text, &tree).map_err(|refusal| refused(&old, &refusal))?;
    let text = applied(&old.text, &edits);
    let after = load_older(Source::new(old.name.clone(), text.as_str()), &Shelf);
    if after.rule_set.is_none() {
        return Err(wrong(
            &after,
            format!("`{}` could not be read any more once it is lifted; nothing was written:", old.name),
        ));
    }
    let comparison = proven(&before, &after).map_err(|reason| {
        Trouble::new(format!("`{}` cannot be lifted: {reason}; nothing was written", old.name))
    })?;
    let below = below(&before);
    let shown = [&before, &after].map(|loaded| {
        loaded.sources.get(SourceId::default()).map(|source| source.text.to_string()).unwrap_or_default()
    });
    Ok(Some(Lifted { old, format, text, shown, comparison, below }))
}

fn errors_as_text(loaded: &Loaded) -> String {
    let mut errors = loaded.findings.clone();
    errors.retain(|finding| finding.severity == Severity::Error);
    findings_as_text(&errors, &loaded.sources, false)
}

fn refused(source: &Source, refusal: &Refusal) -> Trouble {
    let mut sources = Sources::default();
    let id = sources.add(source.clone());
    let place = sources.place(crate::diagnostic::Span { source: id, ..refusal.span });
    Trouble::new(format!("{place}: {}; nothing was written", refusal.words))
}

/// The files below the topmost one that have an older format.
fn below(loaded: &Loaded) -> Vec<String> {
    let files = loaded.sources.iter().skip(1).filter(|(_, source)| !source.is_built_in());
    let is_older = |source: &Source| {
        let tree: Option<Node> = parse(SourceId::default(), source).ok();
        tree.as_ref().and_then(format_of).is_some_and(|format| format < FORMAT)
    };
    files.filter(|(_, source)| is_older(source)).map(|(_, source)| source.name.to_string()).collect()
}

/// The lines that go and the lines that come; secrets in comments are not among them.
fn print_changes(file: &Lifted, out: &mut Out) {
    out.line(format_args!("{}: format {} → {FORMAT}", one_line(&file.old.name), file.format));
    let [before, after] = &file.shown;
    let (before, after) =
        (Shown { text: &file.old.text, shown: before }, Shown { text: &file.text, shown: after });
    out.line(format_args!("{}", unified(&file.old.name, before, after).trim_end()));
}

/// A lifted file that lies beside the old one, and where it will go.
struct Staged {
    new: Replacement,
    real: PathBuf,
}

fn stage(file: &Lifted) -> Result<Staged, Trouble> {
    let path = Path::new(&*file.old.name);
    let cannot = |error| unwritable(path, &error);
    let new = Replacement::stage(path, file.text.as_bytes()).map_err(cannot)?;
    Ok(Staged { new, real: fs::canonicalize(path).map_err(cannot)? })
}

fn unwritable(path: &Path, error: &std::io::Error) -> Trouble {
    let shown = one_line(&path.to_string_lossy());
    Trouble::new(format!("`{shown}` cannot be written: {error}; it stays as it is"))
}

fn put(file: &Lifted, Staged { new, real }: Staged, out: &mut Out) -> Result<(), Trouble> {
    let path = Path::new(&*file.old.name);
    let cannot = |error| unwritable(path, &error);
    let ending = format!("format-{}", file.format);
    let copy = keep_beside(&real, &ending, file.old.text.as_bytes()).map_err(cannot)?;
    let quoted = |path: &Path| {
        let shown = one_line(&path.to_string_lossy());
        if shown.contains(|c: char| !c.is_alphanumeric() && !"/._-".contains(c)) {
            format!("'{}'", shown.replace('\'', "'\\''"))
        } else {
            shown
        }
    };
    if fs::read(path).map_err(cannot)? != file.old.text.as_bytes() {
        let shown = one_line(&file.old.name);
        return Err(Trouble::new(format!("`{shown}` was changed meanwhile; it stays as it is")));
    }
    new.put().map_err(cannot)?;
    out.line(format_args!(
        "{}: format {} → {FORMAT}; to go back: mv {} {}",
        one_line(&file.old.name),
        file.format,
        quoted(&copy),
        quoted(&real)
    ));
    Ok(())
}

//! `postroom rules rollback`: the rule files of an earlier generation come back.
//!
//! Admins keep their rules in files, so the files go back, all of them, and what they said is kept. The store notes that a
//! rollback is under way before the first file changes, and with the activation that it is over: a program that reads the
//! rules in between waits, and after a crash says how to go on. Everything that can fail is done before that.

use crate::adapters::library::Shelf;
use crate::adapters::rehearsal::Rehearsal;
use crate::adapters::snapshot::Snapshot;
use crate::adapters::sqlite::{Activation, SqliteStore};
use crate::cli::output::{Out, one_line};
use crate::cli::process::findings_against_desk;
use crate::cli::render::findings_as_text;
use crate::cli::replace::{Replacement, keep_beside};
use crate::cli::run::lock;
use crate::cli::{Exit, Trouble, activation, open};
use crate::diagnostic::Severity;
use crate::ruleset::load::{Loaded, load};
use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

/// The ending of a copy of what no generation has.
const COPY: &str = "before-rollback";

/// So long the service is waited for; it notices a change within a second and says so within two.
const SERVICE_WITHIN: Duration = Duration::from_secs(15);

/// Writes the rule files of an earlier generation back, and makes it active
///
/// Without --to: the generation before the present one; where the files on disk were never active, the one that is.
/// Once more, it goes one further back. The files are all replaced or none; what they said and no generation has is
/// kept beside them, as FILE.before-rollback. A running service notices, and the next `process` decides by them.
#[derive(Debug, clap::Args)]
pub(super) struct RollbackArgs {
    /// The generation to return to, as `rules log` numbers them
    #[arg(long, value_name = "N")]
    to: Option<i64>,
    /// Says what would be written, and writes nothing
    #[arg(long)]
    dry_run: bool,
}

/// A file, what it says, and what it would say.
struct Change {
    path: PathBuf,
    /// What stands there; nothing where there is no file.
    present: Option<Vec<u8>>,
    text: String,
}

impl Change {
    fn is_one(&self) -> bool {
        self.present.as_deref() != Some(self.text.as_bytes())
    }
}

/// Goes back.
pub(super) fn run(args: &RollbackArgs, named: &str, out: &mut Out) -> Result<Exit, Trouble> {
    drop(open::store_to_look(named)?); // says so where there is none
    let store_path = open::store_path(named)?;
    let mut store = open::store(named)?;
    let _lock = take_turn(store_path)?;
    let activations = store.activations()?;
    let Some(live) = activations.first() else {
        return Err(Trouble::new(
            "no rules were ever active on this store, so there is nothing to return to",
        ));
    };
    let target = target(&store, &activations, live, args.to)?;
    let changes = changes(&store, live, target)?;
    let expected = rehearsed(&store, &changes, named)?;
    let changed: Vec<&Change> = changes.iter().filter(|change| change.is_one()).collect();
    let is_active = digest(&expected) == Some(live.digest.as_str());
    if changed.is_empty() && is_active && store.rollback_under_way()?.is_none() {
        out.line(format_args!(
            "Generation {} is active, and its files say so; nothing was changed.",
            target.id
        ));
        return Ok(Exit::Done);
    }
    if args.dry_run {
        out.line(format_args!("Would return to generation {}.", described(target)));
        for change in &changed {
            out.line(format_args!("  would write {}", shown(&change.path)));
        }
        return Ok(Exit::Done);
    }
    let copies = write(&mut store, target, &changed, &expected)?;
    out.line(format_args!("Returned to generation {}.", described(target)));
    for change in &changed {
        out.line(format_args!("  written: {}", shown(&change.path)));
    }
    for copy in &copies {
        out.line(format_args!("  kept, since no generation has it: {}", copy.display()));
    }
    out.line(format_args!("`postroom rules rollback --to {}` goes forward again.", live.id));
    out.bring_out();
    tell_service(&store, store_path, &expected, out)?;
    Ok(Exit::Done)
}

/// A path in one line, without what steers a terminal.
fn shown(path: &Path) -> String {
    one_line(&path.to_string_lossy())
}

fn described(activation: &Activation) -> String {
    let Activation { id, rule_set, revision, reason, .. } = activation;
    format!("{id}: {} r{revision}, \"{}\"", one_line(rule_set), one_line(reason))
}

/// One rollback at a time for each store.
fn take_turn(store: &Path) -> Result<File, Trouble> {
    let mut path = fs::canonicalize(store).unwrap_or_else(|_| store.to_path_buf()).into_os_string();
    path.push(".rollback.lock");
    let path = PathBuf::from(path);
    let unusable =
        |error: &io::Error| Trouble::new(format!("the lock `{}` cannot be used: {error}", path.display()));
    let mut options = OpenOptions::new();
    let file =
        options.write(true).create(true).truncate(false).open(&path).map_err(|error| unusable(&error))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(fs::TryLockError::WouldBlock) => Err(Trouble::new(
            "another `postroom rules rollback` is at work on this store; wait until it is done",
        )),
        Err(fs::TryLockError::Error(error)) => Err(unusable(&error)),
    }
}

/// The activation to return to.
fn target<'a>(
    store: &SqliteStore,
    activations: &'a [Activation],
    live: &'a Activation,
    to: Option<i64>,
) -> Result<&'a Activation, Trouble> {
    let find = |number: i64| activations.iter().find(|activation| activation.id == number);
    let original = |activation: &'a Activation| activation.returns_to.and_then(find).unwrap_or(activation);
    if let Some(number) = to.or(store.rollback_under_way()?) {
        let found = find(number).map(original);
        return found.ok_or_else(|| {
            Trouble::usage(format!(
                "there is no generation {number}; `postroom rules log` lists those that there are"
            ))
        });
    }
    if !is_on_disk(&texts_of(store, live)?) {
        return Ok(original(live));
    }
    let present = original(live);
    let mut earlier = activations.iter().filter(|activation| activation.id < present.id);
    let found = earlier.find(|activation| {
        let is_another = activation.digest != live.digest && activation.rule_set == live.rule_set;
        is_another && activation.is_kept
    });
    found.map(original).ok_or_else(|| {
        let others = activations.iter().find(|activation| activation.rule_set != live.rule_set && activation.is_kept);
        let other = others.map(|other| {
            format!("; `--to {}` returns to `{}` r{}", other.id, one_line(&other.rule_set), other.revision)
        });
        Trouble::new(format!(
            "there is no generation of `{}` before {} whose texts were kept{}; `postroom rules log` lists all",
            one_line(&live.rule_set),
            present.id,
            other.unwrap_or_default()
        ))
    })
}

fn texts_of(store: &SqliteStore, activation: &Activation) -> Result<Snapshot, Trouble> {
    let generation = store.generation(&activation.digest)?;
    generation.map(|generation| generation.texts).ok_or_else(|| {
        Trouble::new(format!(
            "the texts of generation {} were not kept: it was activated by an older Postroom",
            activation.id
        ))
    })
}

fn is_on_disk(texts: &Snapshot) -> bool {
    texts.files().all(|(path, text)| activation::still_says(path, &text.text))
}

/// Every file of the target, where the present rules lie.
fn changes(store: &SqliteStore, live: &Activation, target: &Activation) -> Result<Vec<Change>, Trouble> {
    let texts = texts_of(store, target)?;
    let Some((top, _)) = texts.files().next() else {
        return Err(Trouble::new(format!(
            "where the files of generation {} lie is not known: it is built in, or was activated by an older Postroom",
            target.id
        )));
    };
    let present = texts_of(store, live).ok();
    let present = present.as_ref().and_then(|texts| texts.files().next()).map(|(path, _)| path.to_path_buf());
    // an installation that was moved since: the files go where it lies now
    let is_same = target.rule_set == live.rule_set && !top.exists();
    let moved = present.filter(|present| is_same && present != top && present.file_name() == top.file_name());
    let folders = moved.as_deref().and_then(Path::parent).zip(top.parent());
    let mut changes = Vec::new();
    for (path, text) in texts.files() {
        let path = match folders {
            Some((now, then)) => {
                path.strip_prefix(then).map_or_else(|_| path.to_path_buf(), |rest| now.join(rest))
            }
            None => path.to_path_buf(),
        };
        let present = match fs::read(&path) {
            Ok(bytes) => Some(bytes),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(Trouble::new(format!("`{}` cannot be read: {error}", path.display()))),
        };
        changes.push(Change { path, present, text: text.text.clone() });
    }
    Ok(changes)
}

/// The rules as they would be: they must load, and fit the desk.
fn rehearsed(store: &SqliteStore, changes: &[Change], named: &str) -> Result<Loaded, Trouble> {
    let rehearsal = Rehearsal::new(changes.iter().map(|change| (change.path.clone(), change.text.clone())));
    let top = changes.first().map_or(Path::new(""), |change| change.path.as_path());
    let top = rehearsal.file(top).map_err(Trouble::new)?;
    let loaded = load(top, &rehearsal);
    let mut wrong = loaded.findings.clone();
    wrong.extend(findings_against_desk(&loaded, &store.summary()?, named));
    wrong.retain(|finding| finding.severity == Severity::Error);
    if loaded.rule_set.is_some() && wrong.is_empty() {
        return Ok(loaded);
    }
    let findings = findings_as_text(&wrong, &loaded.sources, false);
    let message = format!(
        "that generation cannot become active any more; nothing was changed\n{}",
        findings.trim_end()
    );
    Err(Trouble { message, exit: Exit::RuleSetWrong })
}

fn digest(loaded: &Loaded) -> Option<&str> {
    loaded.rule_set.as_ref().map(|rule_set| rule_set.identity.digest.as_str())
}

/// Writes the files and records the activation. Says which copies were kept.
fn write(
    store: &mut SqliteStore,
    target: &Activation,
    changed: &[&Change],
    expected: &Loaded,
) -> Result<Vec<PathBuf>, Trouble> {
    let mut staged = Vec::new();
    for change in changed {
        let unwritable = |error: io::Error| {
            Trouble::new(format!(
                "`{}` cannot be written: {error}; nothing was changed",
                change.path.display()
            ))
        };
        staged.push(Replacement::stage(&change.path, change.text.as_bytes()).map_err(unwritable)?);
    }
    let copies = keep_what_nothing_has(store, changed)?;
    store.begin_rollback(target.id)?;
    let put = staged.into_iter().zip(changed).try_for_each(|(file, change)| {
        let is_as_seen = fs::read(&change.path).ok() == change.present;
        if !is_as_seen {
            return Err(format!("`{}` was changed meanwhile", change.path.display()));
        }
        file.put().map_err(|error| format!("`{}` cannot be written: {error}", change.path.display()))
    });
    let top = expected.sources.iter().next().map(|(_, source)| source.name.to_string()).unwrap_or_default();
    let loaded = put.and_then(|()| {
        let loaded = load(Shelf::file(Path::new(&top))?, &Shelf);
        if digest(&loaded).is_some() && digest(&loaded) == digest(expected) {
            Ok(loaded)
        } else {
            Err("the files say something else than they should".to_owned())
        }
    });
    match loaded {
        Ok(loaded) => {
            let because = format!("rollback to generation {}: {}", target.id, target.reason);
            activation::record_return(store, &loaded, Some((target.id, &because)))?;
            Ok(copies)
        }
        Err(reason) => Err(undone(store, target, changed, &reason)),
    }
}

/// Keeps what stands in the files and in no generation.
fn keep_what_nothing_has(store: &SqliteStore, changed: &[&Change]) -> Result<Vec<PathBuf>, Trouble> {
    let generations = store.generations()?;
    let mut copies = Vec::new();
    for change in changed {
        let Some(present) = &change.present else { continue };
        let mut kept = generations.iter().flat_map(|generation| &generation.texts.texts);
        if kept.any(|text| text.text.as_bytes() == present) {
            continue;
        }
        let copy = keep_beside(&change.path, COPY, present).map_err(|error| {
            let shown = change.path.display();
            Trouble::new(format!("no copy of `{shown}` can be kept: {error}; nothing was changed"))
        })?;
        copies.push(copy);
    }
    Ok(copies)
}

/// Puts back what was written already; a file that somebody else changed meanwhile is theirs.
fn undone(store: &mut SqliteStore, target: &Activation, changed: &[&Change], reason: &str) -> Trouble {
    let mut is_undone = true;
    for change in changed {
        if fs::read(&change.path).ok().as_deref() != Some(change.text.as_bytes()) {
            continue;
        }
        let put_back = match &change.present {
            Some(present) => Replacement::stage(&change.path, present).and_then(Replacement::put),
            None => fs::remove_file(&change.path),
        };
        is_undone &= put_back.is_ok();
    }
    let is_undone = is_undone && store.give_up_rollback().is_ok();
    Trouble::new(if is_undone {
        format!("{reason}; every file says again what it said before")
    } else {
        format!(
            "{reason}; the files may be partly of one generation and partly of another, and nothing reads them until \
             `postroom rules rollback --to {}` completes it",
            target.id
        )
    })
}

/// Waits until a running service has noticed, and says so.
fn tell_service(store: &SqliteStore, path: &Path, expected: &Loaded, out: &mut Out) -> Result<(), Trouble> {
    const PAUSE: Duration = Duration::from_millis(200);
    let Some(process) = lock::holder(path) else {
        out.line("No service runs on this store; the next `postroom process` or `run` decides by it.");
        return Ok(());
    };
    let began = Instant::now();
    while began.elapsed() < SERVICE_WITHIN {
        let notes = store.read_status()?;
        let service = notes.iter().find(|note| note.part == "service");
        if service.zip(digest(expected)).is_some_and(|(note, digest)| note.state.contains(digest)) {
            out.line(format_args!("The service ({process}) decides by it."));
            return Ok(());
        }
        thread::sleep(PAUSE);
    }
    out.line(format_args!(
        "The service ({process}) has not said yet that it decides by it: `postroom status` shows when it does; send it SIGHUP \
         where its log says that changes are not noticed."
    ));
    Ok(())
}

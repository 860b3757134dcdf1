//! The rules that decide, and the files that they are read from.

use crate::adapters::library::Shelf;
use crate::adapters::seal::Seal;
use crate::adapters::sqlite::SqliteStore;
use crate::cli::process::findings_against_desk;
use crate::cli::render::findings_as_text;
use crate::cli::{Exit, Trouble, activation, open};
use crate::diagnostic::{Diagnostic, Severity, Source};
use crate::ruleset::RuleSet;
use crate::ruleset::account::{Account, Outgoing};
use crate::ruleset::layer::Library;
use crate::ruleset::load::{Loaded, load};
use crate::ruleset::waiver;
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Rules that decide.
#[derive(Debug)]
pub(super) struct Active {
    pub(super) rule_set: RuleSet,
    /// Every file that they were read from.
    pub(super) files: BTreeSet<PathBuf>,
    pub(super) warnings: usize,
    /// What is to be said of the change that they are; empty where nothing is.
    pub(super) about_change: String,
}

impl Active {
    /// The accounts that are polled.
    pub(super) fn polled(&self) -> impl Iterator<Item = &Account> {
        let accounts = self.rule_set.accounts.iter();
        accounts.filter(|account| account.active && !account.for_tests && account.connect.is_some())
    }

    /// The outgoing servers that are used.
    pub(super) fn used(&self) -> impl Iterator<Item = &Outgoing> {
        self.rule_set.outgoing.iter().filter(|server| server.active)
    }
}

/// The shelf, and which files were asked for.
#[derive(Default)]
struct Noted {
    shelf: Shelf,
    files: RefCell<BTreeSet<PathBuf>>,
}

impl Library for Noted {
    fn rule_set(&self, named: &str, from: &str) -> Result<Source, String> {
        self.note(named, from);
        self.shelf.rule_set(named, from)
    }

    fn text(&self, path: &str, from: &str) -> Result<Vec<u8>, String> {
        self.note(path, from);
        self.shelf.text(path, from)
    }
}

impl Noted {
    fn note(&self, path: &str, from: &str) {
        let folder = Path::new(from).parent().unwrap_or_else(|| Path::new(""));
        let _known = self.files.borrow_mut().insert(folder.join(path));
    }
}

/// Rules that do not become active.
#[derive(Debug)]
pub(super) struct Refused {
    /// Why.
    pub(super) trouble: Trouble,
    /// The files that were looked for: who mends one of them wants it read.
    pub(super) files: BTreeSet<PathBuf>,
}

impl Refused {
    /// Why, in one line: the first error and its place.
    pub(super) fn in_one_line(&self) -> String {
        let mut lines = self.trouble.message.lines().map(str::trim).filter(|line| !line.is_empty());
        let first = lines.next().unwrap_or("nothing says why");
        match lines.next().and_then(|line| line.strip_prefix("--> ")) {
            Some(place) => format!("{place}: {first}"),
            None => first.to_owned(),
        }
    }
}

/// Loads the rules and holds them against the desk and against those that were active before, and records them where
/// they are in order. All of it or nothing: rules that are refused leave no trace.
pub(super) fn load_and_record(
    named: Option<&Path>,
    store: &mut SqliteStore,
    store_name: &str,
) -> Result<Active, Refused> {
    let noted = Noted::default();
    let taken = take(named, store, store_name, &noted);
    let mut files = noted.files.into_inner();
    match taken {
        Ok((loaded, rule_set, against_desk, about_change)) => {
            files.extend(loaded.sources.iter().map(|(_, source)| PathBuf::from(&*source.name)));
            files.retain(|file| file.exists());
            let warnings = loaded.findings.len() + against_desk.len() + about_change.len();
            let about_change = findings_as_text(&about_change, &loaded.sources, false).trim_end().to_owned();
            Ok(Active { rule_set, files, warnings, about_change })
        }
        Err(trouble) => {
            files.extend(named.map(Path::to_path_buf).or_else(|| Some(PathBuf::from(open::RULES_FILE))));
            Err(Refused { trouble, files })
        }
    }
}

type Taken = (Loaded, RuleSet, Vec<Diagnostic>, Vec<Diagnostic>);

fn take(
    named: Option<&Path>,
    store: &mut SqliteStore,
    store_name: &str,
    noted: &Noted,
) -> Result<Taken, Trouble> {
    let loaded = activation::whole(store, &mut || Ok(load(open::rules_source(named)?, noted)))?;
    let wrong = |findings: &[Diagnostic]| {
        let mut errors = findings.to_vec();
        errors.retain(|finding| finding.severity == Severity::Error);
        let message = findings_as_text(&errors, &loaded.sources, false).trim_end().to_owned();
        Trouble { message, exit: Exit::RuleSetWrong }
    };
    let Some(rule_set) = loaded.rule_set.clone() else { return Err(wrong(&loaded.findings)) };
    let against_desk = findings_against_desk(&loaded, &store.summary()?, store_name);
    let about_change = waiver::not_waived(&loaded, activation::findings(store, &loaded)?);
    let all: Vec<Diagnostic> = against_desk.iter().chain(&about_change).cloned().collect();
    if all.iter().any(|finding| finding.severity == Severity::Error) {
        return Err(wrong(&all));
    }
    // where the secret cannot be read now, no mail could be answered as the rules demand
    let _is_there = Seal::from_place(rule_set.system.token_secret.as_ref())?;
    activation::record(store, &loaded)?;
    Ok((loaded, rule_set, against_desk, about_change))
}

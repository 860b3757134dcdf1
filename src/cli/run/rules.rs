//! The rules that decide, and the files that they are read from.

use crate::adapters::library::Shelf;
use crate::adapters::seal::Seal;
use crate::adapters::sqlite::SqliteStore;
use crate::cli::process::findings_against_desk;
use crate::cli::render::findings_as_text;
use crate::cli::{Exit, Trouble, open, time};
use crate::diagnostic::{Severity, Source};
use crate::ports::Ledger as _;
use crate::ruleset::RuleSet;
use crate::ruleset::account::{Account, Outgoing};
use crate::ruleset::layer::Library;
use crate::ruleset::load::load;
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
        self.shelf.rule_set(named, from)
    }

    fn text(&self, path: &str, from: &str) -> Result<Vec<u8>, String> {
        let folder = Path::new(from).parent().unwrap_or_else(|| Path::new(""));
        let _known = self.files.borrow_mut().insert(folder.join(path));
        self.shelf.text(path, from)
    }
}

/// Loads the rules and holds them against the desk, and records them where they are in order; otherwise what
/// is wrong is the trouble.
pub(super) fn load_and_record(
    named: Option<&Path>,
    store: &mut SqliteStore,
    store_name: &str,
) -> Result<Active, Trouble> {
    let noted = Noted::default();
    let loaded = load(open::rules_source(named)?, &noted);
    let wrong = |findings: &[_]| Trouble {
        message: findings_as_text(findings, &loaded.sources, false).trim_end().to_owned(),
        exit: Exit::RuleSetWrong,
    };
    let Some(rule_set) = loaded.rule_set.clone() else { return Err(wrong(&loaded.findings)) };
    let against_desk = findings_against_desk(&loaded, &store.summary()?, store_name);
    let mut errors = against_desk.clone();
    errors.retain(|finding| finding.severity == Severity::Error);
    if !errors.is_empty() {
        return Err(wrong(&errors));
    }
    // where the secret cannot be read now, no mail could be answered as the rules demand
    let _is_there = Seal::from_place(rule_set.system.token_secret.as_ref())?;
    let mut files = noted.files.into_inner();
    files.extend(loaded.sources.iter().map(|(_, source)| PathBuf::from(&*source.name)));
    files.retain(|file| file.exists());
    let identity = &rule_set.identity;
    let recorded = (identity.name.clone(), identity.revision, identity.digest.clone());
    store.note_activation(&recorded, &identity.change_reason, time::now())?;
    open::keep_texts(store, &loaded, time::now())?;
    let warnings = loaded.findings.len() + against_desk.len();
    Ok(Active { rule_set, files, warnings })
}

//! Where a rule set comes from: a file, a folder, a built-in name, a git revision, or what is live.

use crate::adapters::git::Revision;
use crate::adapters::library::Shelf;
use crate::adapters::sqlite::SqliteStore;
use crate::cli::{Trouble, open};
use crate::diagnostic::Source;
use crate::ports::Failure;
use crate::ruleset::layer::Library;
use crate::ruleset::load::{Loaded, load};
use std::path::Path;

/// The name of what the store activated last.
const LIVE: &str = "live";

/// A rule file, and what brings the files that it names.
pub(super) struct RuleSource {
    top: Source,
    library: Box<dyn Library>,
}

impl RuleSource {
    /// What is named; files come before other things of the same name.
    pub(super) fn named(named: &str, store: &str) -> Result<Self, Trouble> {
        let path = Path::new(named);
        if path.exists() || Shelf::built_in(named).is_some() {
            return Ok(Self { top: open::rules_source(Some(path))?, library: Box::new(Shelf) });
        }
        if named == LIVE {
            return Self::live(store);
        }
        if let Some((revision, path)) = named.split_once(':') {
            let unreadable = |reason| Trouble::new(format!("the rules `{named}` cannot be read: {reason}"));
            let revision = Revision::open(revision, Path::new(".")).map_err(unreadable)?;
            let top = revision.rule_file(path).map_err(unreadable)?;
            return Ok(Self { top, library: Box::new(revision) });
        }
        Err(Trouble::new(format!(
            "there are no rules `{named}`: no file or folder, no built-in name, no `REVISION:PATH` of git, and not `{LIVE}`"
        )))
    }

    fn live(store: &str) -> Result<Self, Trouble> {
        let opened = open::store_to_look(store)?;
        live_rules(&opened)?.ok_or_else(|| {
            Trouble::new(format!(
                "the store `{store}` does not know which rules are live; the next `postroom process` or `postroom run` with it notes it down"
            ))
        })
    }

    /// The rule set, with what is wrong with it.
    pub(super) fn loaded(self) -> Loaded {
        load(self.top, self.library.as_ref())
    }
}

/// The rules that the store activated last, as they stood then.
fn live_rules(store: &SqliteStore) -> Result<Option<RuleSource>, Failure> {
    let Some(live) = store.live_generation()? else { return Ok(None) };
    let top = live.texts.top();
    Ok(top.map(|top| RuleSource { top, library: Box::new(live.texts) }))
}

//! Opens what a command names: the rule set, the store, the world.

use super::Trouble;
use crate::adapters::library::{DEMO_WORLD, Shelf};
use crate::adapters::sqlite::SqliteStore;
use crate::adapters::world::World;
use crate::diagnostic::Source;
use crate::ruleset::RuleSet;
use crate::ruleset::account::Account;
use crate::ruleset::load::{Loaded, load};
use std::path::{Path, PathBuf};

/// The file that is looked for where no rules are named.
pub(super) const RULES_FILE: &str = "postroom.yaml";

/// The rule set that is used where there is none.
const DEMO: &str = "demo";

/// The rule set as named; `./postroom.yaml` or the built-in demo where nothing is named.
pub(super) fn rules(named: Option<&Path>) -> Result<Loaded, Trouble> {
    Ok(load(rules_source(named)?, &Shelf))
}

/// The rule set that came of loading; where none did, the findings are the trouble.
pub(super) fn usable(loaded: Loaded) -> Result<RuleSet, Trouble> {
    let Loaded { rule_set, findings, sources, .. } = loaded;
    rule_set.ok_or_else(|| {
        let findings = super::render::findings_as_text(&findings, &sources, false);
        Trouble { message: findings.trim_end().to_owned(), exit: super::Exit::RuleSetWrong }
    })
}

/// Whether nothing is named and nothing lies about, so that the built-in demo is used.
pub(super) fn is_demo(named: Option<&Path>) -> bool {
    named.is_none_or(|path| path == Path::new(DEMO)) && (named.is_some() || !Path::new(RULES_FILE).exists())
}

/// The file that the rules begin with.
pub(super) fn rules_source(named: Option<&Path>) -> Result<Source, Trouble> {
    let path = match named {
        None if !Path::new(RULES_FILE).exists() => PathBuf::from(DEMO),
        None => PathBuf::from(RULES_FILE),
        Some(path) if path.is_dir() => path.join(RULES_FILE),
        Some(path) => path.to_path_buf(),
    };
    if !path.exists()
        && let Some(source) = path.to_str().and_then(Shelf::built_in)
    {
        return Ok(source);
    }
    Shelf::file(&path).map_err(|reason| Trouble::new(format!("the rules cannot be read: {reason}")))
}

/// The account as named; the only one there is where nothing is named.
pub(super) fn account<'a>(rule_set: &'a RuleSet, named: Option<&str>) -> Result<&'a Account, Trouble> {
    let accounts: Vec<&Account> = rule_set.accounts.iter().filter(|account| !account.for_tests).collect();
    let names = accounts.iter().map(|account| account.name.as_str()).collect::<Vec<_>>().join(", ");
    match (named, accounts.as_slice()) {
        (Some(name), _) => accounts.iter().find(|account| account.name == name).copied().ok_or_else(|| {
            let there =
                if names.is_empty() { "it has none".to_owned() } else { format!("there are: {names}") };
            Trouble::usage(format!("rule set `{}` has no account `{name}`; {there}", rule_set.identity.name))
        }),
        (None, [only]) => Ok(only),
        (None, []) => Err(Trouble::usage(format!(
            "rule set `{}` has no accounts; write an installation that `extends: {}` and names one (`postroom init DIR` does)",
            rule_set.identity.name, rule_set.identity.name
        ))),
        (None, _) => Err(Trouble::usage(format!(
            "which account did the mail come to? Say --account with one of: {names}"
        ))),
    }
}

/// The path of a store named `sqlite:PATH`.
pub(super) fn store_path(named: &str) -> Result<&Path, Trouble> {
    match named.split_once(':') {
        Some(("sqlite", path)) if !path.is_empty() => Ok(Path::new(path)),
        _ => Err(Trouble::usage(format!(
            "`{named}` names no store; write `sqlite:PATH`, for instance `sqlite:postroom.db`"
        ))),
    }
}

/// Opens the store for writing; it is made where it does not exist.
pub(super) fn store(named: &str) -> Result<SqliteStore, Trouble> {
    Ok(SqliteStore::open(store_path(named)?)?)
}

/// Opens the store for looking only; it must exist.
pub(super) fn store_to_look(named: &str) -> Result<SqliteStore, Trouble> {
    let path = store_path(named)?;
    if !path.exists() {
        return Err(Trouble::new(format!(
            "there is no store at `{}` yet; `postroom process` makes one",
            path.display()
        )));
    }
    Ok(SqliteStore::open_to_look(path)?)
}

/// Reads a world file.
pub(super) fn world(path: &Path) -> Result<World, Trouble> {
    let text = std::fs::read_to_string(path).map_err(|error| {
        Trouble::new(format!("the world file `{}` cannot be read: {error}", path.display()))
    })?;
    parse_world(&path.to_string_lossy(), &text)
}

fn parse_world(name: &str, text: &str) -> Result<World, Trouble> {
    World::parse(name, text).map_err(|faults| {
        Trouble::new(super::render::findings_as_text(&faults.findings, &faults.sources, false))
    })
}

/// The small desk that the built-in demo starts from.
pub(super) fn demo_world() -> Result<World, Trouble> {
    parse_world("the demo's desk", DEMO_WORLD)
}

/// A desk in memory that starts from this world.
pub(super) fn store_of(world: &World) -> Result<SqliteStore, Trouble> {
    let mut store = SqliteStore::in_memory()?;
    store.import(world)?;
    Ok(store)
}

//! What `process` works with: rules that are in order, and a store that is ready for them.

use super::{DEFAULT_STORE, ProcessArgs};
use crate::adapters::seal::Seal;
use crate::adapters::sqlite::{ItemFilter, SqliteStore};
use crate::cli::output::{remark, stderr_has_colour};
use crate::cli::render::findings_as_text;
use crate::cli::{Trouble, activation, open};
use crate::diagnostic::{Diagnostic, Severity};
use crate::ports::Failure;
use crate::ruleset::RuleSet;
use crate::ruleset::check::check_desk;
use crate::ruleset::load::Loaded;
use crate::ruleset::waiver;
use crate::vocab::{DeskSummary, Series};
use std::path::Path;

/// Rules and a store that fit each other.
pub(in crate::cli) struct Setting {
    pub(in crate::cli) rule_set: RuleSet,
    pub(in crate::cli) store: SqliteStore,
    /// The store is gone when the command ends.
    pub(in crate::cli) is_in_memory: bool,
}

/// Loads the rules, opens the store, and holds the one against the other. `None` where the rules are wrong;
/// what is wrong has been told then.
pub(in crate::cli) fn prepare(args: &ProcessArgs) -> Result<Option<Setting>, Trouble> {
    let Some((_, loaded)) = rules_in_order(args.rules.as_deref())? else { return Ok(None) };
    let is_in_memory = args.store.is_none() && args.world.is_some();
    if is_in_memory && args.send {
        return Err(Trouble::usage(
            "--send needs a --store: with --world alone everything happens in memory",
        ));
    }
    let mut store = match (&args.store, &args.world) {
        (None, Some(world)) => {
            remark("Nothing is written: the world is held in memory (name a --store to keep what happens).");
            open::store_of(&open::world(world)?)?
        }
        (named, _) => open::store(named.as_deref().unwrap_or(DEFAULT_STORE))?,
    };
    if !is_in_memory {
        fill(&mut store, args)?;
    }
    let Some((rule_set, loaded)) = as_they_stand(&store, args, loaded)? else { return Ok(None) };
    let desk_name = match (&args.store, &args.world) {
        (Some(store), _) => store.clone(),
        (None, Some(world)) => world.display().to_string(),
        (None, None) => DEFAULT_STORE.to_owned(),
    };
    if !fits(&loaded, &store.summary()?, &desk_name) {
        if is_empty(&store)? {
            remark(
                "The desk is empty. `postroom desk import WORLD.yaml`, or --world with this command, brings people, groups and templates.",
            );
        }
        return Ok(None);
    }
    store.seal_with(Seal::from_place(rule_set.system.token_secret.as_ref())?);
    let about_change = waiver::not_waived(&loaded, activation::findings(&store, &loaded)?);
    tell_findings(&loaded, &about_change);
    if about_change.iter().any(|finding| finding.severity == Severity::Error) {
        return Ok(None);
    }
    // rules that cannot take this mail in are not those that decide from now on
    let _is_there = open::account(&rule_set, args.account.as_deref())?;
    activation::record(&mut store, &loaded)?;
    Ok(Some(Setting { rule_set, store, is_in_memory }))
}

/// The rules as they stand on disk: read again where they changed while they were read.
fn as_they_stand(
    store: &SqliteStore,
    args: &ProcessArgs,
    loaded: Loaded,
) -> Result<Option<(RuleSet, Loaded)>, Trouble> {
    let mut first = Some(loaded);
    let loaded = activation::whole(store, &mut || match first.take() {
        Some(loaded) => Ok(loaded),
        None => open::rules(args.rules.as_deref()),
    })?;
    Ok(in_order(loaded))
}

/// The rules, unless they are wrong; what is wrong has been told then.
pub(in crate::cli) fn rules_in_order(named: Option<&Path>) -> Result<Option<(RuleSet, Loaded)>, Trouble> {
    Ok(in_order(open::rules(named)?))
}

fn in_order(loaded: Loaded) -> Option<(RuleSet, Loaded)> {
    let rule_set = loaded.rule_set.clone();
    if rule_set.is_none() {
        tell_findings(&loaded, &loaded.findings);
    }
    rule_set.map(|rule_set| (rule_set, loaded))
}

/// Brings a world into a desk that is empty: the one that is named, or the demo's.
fn fill(store: &mut SqliteStore, args: &ProcessArgs) -> Result<(), Trouble> {
    let world = match &args.world {
        Some(path) if !is_empty(store)? => {
            let shown = path.display();
            remark(format_args!("The desk is not empty: `{shown}` is not looked at."));
            return Ok(());
        }
        Some(path) => open::world(path)?,
        None if open::is_demo(args.rules.as_deref()) && is_empty(store)? => {
            remark(
                "No rules are named and there is no ./postroom.yaml: this is the built-in demo, and its small \
                 desk was put into the store. `postroom init DIR` begins one of your own.",
            );
            open::demo_world()?
        }
        None => return Ok(()),
    };
    Ok(store.import(&world)?)
}

fn is_empty(store: &SqliteStore) -> Result<bool, Failure> {
    let desk = store.summary()?;
    let one = ItemFilter { state: None, most: 1 };
    let mut has_items = false;
    for series in [Series::Call, Series::Request, Series::Task] {
        has_items |= !store.items(series, one)?.is_empty();
    }
    Ok(desk.people.is_empty() && desk.templates.is_empty() && desk.groups.is_empty() && !has_items)
}

/// Holds the rules against the desk, and tells what was found. Whether the mail can be taken in with them.
pub(in crate::cli) fn fits(loaded: &Loaded, desk: &DeskSummary, desk_name: &str) -> bool {
    let against_desk = findings_against_desk(loaded, desk, desk_name);
    let errors: Vec<Diagnostic> =
        against_desk.iter().filter(|finding| finding.severity == Severity::Error).cloned().collect();
    if !errors.is_empty() {
        tell_findings(loaded, &errors);
        return false;
    }
    match loaded.findings.len() + against_desk.len() {
        0 => {}
        1 => remark("The rules have 1 warning; `postroom check` shows it."),
        count => remark(format_args!("The rules have {count} warnings; `postroom check` shows them.")),
    }
    true
}

/// What does not fit between the rules and the desk.
pub(in crate::cli) fn findings_against_desk(
    loaded: &Loaded,
    desk: &DeskSummary,
    name: &str,
) -> Vec<Diagnostic> {
    let found = loaded.file.as_ref().map_or_else(Vec::new, |file| check_desk(file, desk, name));
    waiver::not_waived(loaded, found)
}

fn tell_findings(loaded: &Loaded, findings: &[Diagnostic]) {
    if findings.is_empty() {
        return;
    }
    let text = findings_as_text(findings, &loaded.sources, stderr_has_colour());
    remark(text.trim_end());
}

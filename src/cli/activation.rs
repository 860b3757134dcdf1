//! Rules become active: read as a whole, held against those that were active before, and recorded.

use super::{Trouble, time};
use crate::adapters::snapshot::Snapshot;
use crate::adapters::sqlite::{Becoming, SqliteStore};
use crate::diagnostic::Diagnostic;
use crate::ports::Failure;
use crate::ruleset::Identity;
use crate::ruleset::activation::{Earlier, check_activation};
use crate::ruleset::load::Loaded;
use crate::ruleset::yaml::comment::comments;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

/// So long rules may change under our hands before that is a fault.
const SETTLE_WITHIN: Duration = Duration::from_secs(5);

/// Pause between two looks.
const PAUSE: Duration = Duration::from_millis(100);

/// Reads rules so that what was read stood on disk at one moment: not partly before a change and partly after it, and
/// not in the middle of a rollback.
pub(super) fn whole(
    store: &SqliteStore,
    load: &mut dyn FnMut() -> Result<Loaded, Trouble>,
) -> Result<Loaded, Trouble> {
    let began = Instant::now();
    loop {
        let loaded = load()?;
        // in this order: rules read in the middle of a rollback that is over by now are not those on disk
        let under_way = store.rollback_under_way()?;
        if under_way.is_none() && is_on_disk(&loaded) {
            return Ok(loaded);
        }
        if began.elapsed() >= SETTLE_WITHIN {
            return Err(Trouble::new(match under_way {
                Some(generation) => format!(
                    "a rollback to generation {generation} was broken off, and the rule files may be partly of one generation \
                     and partly of another; `postroom rules rollback --to {generation}` completes it"
                ),
                None => "the rule files change while they are read; try again when they are done".to_owned(),
            }));
        }
        thread::sleep(PAUSE);
    }
}

/// Whether the files say what was read of them. Rules that are wrong are no matter: they do not become active.
fn is_on_disk(loaded: &Loaded) -> bool {
    // what is no file, such as a pipe, is read once and never changes
    let can_be_read_again =
        |path: &Path| fs::metadata(path).is_ok_and(|known| known.is_file()) || !path.exists();
    let Some(texts) = Snapshot::of(loaded) else { return true };
    texts.files().filter(|(path, _)| can_be_read_again(path)).all(|(path, text)| still_says(path, &text.text))
}

/// Whether a file says this. What looks like a secret in a comment, and only there, was overwritten in the text, byte for
/// byte.
pub(super) fn still_says(path: &Path, text: &str) -> bool {
    let Ok(bytes) = fs::read(path) else { return false };
    if bytes == text.as_bytes() {
        return true;
    }
    let comments = comments(text);
    let is_comment = |at: usize| comments.iter().any(|comment| (comment.start..comment.end).contains(&at));
    let is_same = |(at, (byte, kept)): (usize, (&u8, u8))| *byte == kept || (kept == b'*' && is_comment(at));
    bytes.len() == text.len() && bytes.iter().zip(text.bytes()).enumerate().all(is_same)
}

/// What is to be said before these rules become active on this store: whether revision and reason go with the change.
pub(super) fn findings(store: &SqliteStore, loaded: &Loaded) -> Result<Vec<Diagnostic>, Failure> {
    let (Some(rule_set), Some(texts)) = (&loaded.rule_set, Snapshot::of(loaded)) else {
        return Ok(Vec::new());
    };
    let identity = &rule_set.identity;
    let activations = store.activations()?;
    if activations.first().is_some_and(|last| last.digest == identity.digest) {
        return Ok(Vec::new());
    }
    let mut earlier: Vec<Earlier> = Vec::new();
    let mut known = BTreeSet::new();
    for activation in activations.into_iter().filter(|activation| activation.rule_set == identity.name) {
        if !known.insert(activation.digest.clone()) {
            continue;
        }
        let generation = store.generation(&activation.digest)?;
        let says_the_same = activation.digest == identity.digest
            || generation.as_ref().is_some_and(|generation| texts.says_the_same(&generation.texts));
        earlier.push(Earlier {
            revision: u64::try_from(activation.revision).unwrap_or_default(),
            reason: generation.map_or(activation.reason, |generation| generation.reason),
            at: time::shown(activation.at),
            says_the_same,
        });
    }
    Ok(check_activation(loaded, &earlier))
}

/// Records that these rules are active from now on, and keeps their texts, where both is not so already.
pub(super) fn record(store: &mut SqliteStore, loaded: &Loaded) -> Result<(), Failure> {
    record_return(store, loaded, None)
}

/// The same of rules that a rollback brought back: the activation that they are of, and the reason.
pub(super) fn record_return(
    store: &mut SqliteStore,
    loaded: &Loaded,
    returns_to: Option<(i64, &str)>,
) -> Result<(), Failure> {
    let (Some(rule_set), Some(texts)) = (&loaded.rule_set, Snapshot::of(loaded)) else { return Ok(()) };
    let Identity { name, revision, digest, change_reason } = &rule_set.identity;
    let _is_new = store.note_becoming(Becoming {
        rule_set: &(name.clone(), *revision, digest.clone()),
        reason: change_reason,
        because: returns_to.map(|(_, because)| because),
        who: who().as_deref(),
        at: time::now(),
        texts: &texts,
        returns_to: returns_to.map(|(generation, _)| generation),
    })?;
    Ok(())
}

/// Who runs the program, as the system says to programs: for people who ask who it was, not a proof.
fn who() -> Option<String> {
    let named = |name: &str| std::env::var(name).ok().filter(|name| !name.trim().is_empty());
    let user = named("USER").or_else(|| named("LOGNAME")).or_else(|| named("USERNAME"));
    let user = match (user, named("SUDO_USER")) {
        (Some(user), Some(behind)) if user != behind => Some(format!("{user} for {behind}")),
        (user, behind) => user.or(behind),
    };
    user.map(|user| super::output::one_line(&user).chars().take(80).collect())
}

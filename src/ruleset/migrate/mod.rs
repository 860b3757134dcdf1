//! Older formats of the rule file: how they are read, and how their text becomes one of this format.
//!
//! A format is lifted in two ways that share nothing but the names below. `read` turns the tree of an old file into
//! the tree that it means now; `rewrite` changes the text and leaves every byte that it need not touch. That both come
//! out the same, in every value and in every situation that there is, is the proof of the rewriting ([`proven`]).
//!
//! Format 0 was the one of the first trial. Its differences are the constants of this file; all else was as in format 1:
//!
//! - at the top `name`, `reason`, `based_on` and `email_servers` for `rule_set`, `change_reason`, `extends`, `accounts`;
//! - `email_servers` was a list, in which each account says its `name`;
//! - an account said `poll_minutes`, in whole minutes, for `poll_every_secs`;
//! - a rule said `if` and `answer` for `when` and `then`.

mod read;
mod rewrite;

pub(super) use read::lift;
pub use rewrite::{Refusal, rewritten};

use super::compare::{Comparison, compare};
use super::load::Loaded;
use super::yaml::{Entry, Node, NodeKind};

/// Which formats are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Formats {
    /// This program's alone: what decides mail is written in it.
    Current,
    /// Older ones, too, for those who lift them.
    Older,
}

/// Keys of the whole file: in format 0, and now.
const FILE_KEYS: [(&str, &str); 4] = [
    ("name", "rule_set"),
    ("reason", "change_reason"),
    ("based_on", "extends"),
    ("email_servers", "accounts"),
];

/// Keys of a rule: in format 0, and now.
const ROW_KEYS: [(&str, &str); 2] = [("if", "when"), ("answer", "then")];

/// Keys of an account: in format 0, and now.
const ACCOUNT_KEYS: [(&str, &str); 1] = [("poll_minutes", "poll_every_secs")];

/// The key of an account's name in the list of format 0.
const ACCOUNT_NAME: &str = "name";

const SECONDS_OF_MINUTE: i64 = 60;

/// The format that a file says it has; none where it says nothing that is a number.
pub fn format_of(tree: &Node) -> Option<u64> {
    match tree.get("format")?.kind {
        NodeKind::Integer(format) => u64::try_from(format).ok(),
        _ => None,
    }
}

/// What the old name is called now.
fn now_called(key: &str, keys: &[(&str, &'static str)]) -> Option<&'static str> {
    keys.iter().find(|(old, _)| *old == key).map(|(_, new)| *new)
}

/// Proves that two rule sets are the same: one read from an old file, one from its rewritten text. Says how many
/// situations both decided, or why it is no proof.
pub fn proven(before: &Loaded, after: &Loaded) -> Result<Comparison, String> {
    let (Some(old), Some(new)) = (&before.rule_set, &after.rule_set) else {
        return Err("one of the two cannot be loaded".to_owned());
    };
    let (Some(old_stack), Some(new_stack)) = (&before.stack, &after.stack) else {
        return Err("one of the two cannot be put together".to_owned());
    };
    if let Some(path) = first_difference(&old_stack.tree, &new_stack.tree, "") {
        return Err(format!("`{path}` would say something else"));
    }
    if !before.proof.is_complete || !after.proof.is_complete {
        return Err("not every situation could be looked at".to_owned());
    }
    let comparison = compare(old, new);
    if !comparison.complete {
        return Err("there are too many situations to compare all of them".to_owned());
    }
    if !comparison.is_equal() || !comparison.kinds.is_empty() || !comparison.renamed.is_empty() {
        return Err(format!("{} situations would be decided otherwise", comparison.changed));
    }
    Ok(comparison)
}

/// Where two trees first say something else, whatever their places; none where they say the same.
fn first_difference(old: &Node, new: &Node, path: &str) -> Option<String> {
    let here = || Some(if path.is_empty() { "the file".to_owned() } else { path.to_owned() });
    match (&old.kind, &new.kind) {
        (NodeKind::Map(old), NodeKind::Map(new)) => {
            let differs = |(old, new): (&Entry, &Entry)| {
                let path = if path.is_empty() { old.key.clone() } else { format!("{path}.{}", old.key) };
                if old.key == new.key { first_difference(&old.value, &new.value, &path) } else { Some(path) }
            };
            let found = old.iter().zip(new).find_map(differs);
            found.or_else(|| if old.len() == new.len() { None } else { here() })
        }
        (NodeKind::List(old), NodeKind::List(new)) => {
            let found = old.iter().zip(new).find_map(|(old, new)| first_difference(old, new, path));
            found.or_else(|| if old.len() == new.len() { None } else { here() })
        }
        (NodeKind::Float(old), NodeKind::Float(new)) if old.to_bits() == new.to_bits() => None,
        (old, new) if old == new => None,
        _ => here(),
    }
}

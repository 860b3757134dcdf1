//! What is to be proven of the rules, as written.

use super::{Setting, When};
use crate::ruleset::decode::Placed;
use schemars::JsonSchema;
use serde::Deserialize;

/// One statement: it holds for every mail there can be, or the rule set does not load.
///
/// A cell is a column with a word or a list of words, or says how a mail ends: `action` (it is performed),
/// `refuse`, `ignore`, `discard`, `delete`, `quarantine`, `reply`, each with its words or `any`;
/// `reply: none` where the sender is not told.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct StatementFile {
    /// Its name; a file that extends this one can set the statement aside by it.
    pub statement: Setting<String>,
    /// In no situation does all of this hold.
    pub never: Option<Placed<When>>,
    /// In every situation where `when` holds, `then` does too.
    pub always: Option<Placed<AlwaysFile>>,
    /// The statement of this name need not hold any more; `because` says why.
    pub waive: Setting<String>,
    /// Why; printed where it does not hold.
    pub because: Setting<String>,
}

/// What comes with what.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct AlwaysFile {
    /// Where all of this holds …
    pub when: When,
    /// … all of this holds too.
    pub then: When,
}

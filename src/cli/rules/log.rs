//! `postroom rules log`: every activation of rules on a store.

use crate::adapters::sqlite::Activation;
use crate::cli::document::instant;
use crate::cli::output::{Out, beginning, one_line};
use crate::cli::{Exit, Format, Trouble, open, time};
use schemars::JsonSchema;
use serde::Serialize;

/// How much of a digest is shown in a list, with `sha256:` before it.
const DIGEST_CHARS: usize = 7 + 12;

/// Lists every activation of rules on the store, newest first
#[derive(Debug, clap::Args)]
pub(super) struct LogArgs {
    /// At most so many; 0 for all
    #[arg(long, default_value_t = 50, value_name = "N")]
    most: usize,
    /// A table for people, or JSON
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    format: Format,
}

/// An activation of rules, as `rules log` lists it.
#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::cli) struct RulesLogDocument<'a> {
    /// Its number, by which `rules rollback --to` knows it.
    generation: i64,
    /// Whether it is the one that decides.
    active: bool,
    /// When it became active (RFC 3339).
    at: String,
    /// The rule set's name.
    rule_set: &'a str,
    /// Its revision.
    revision: i64,
    /// The digest of its texts; stands in each decision, ledger line and reply of it.
    digest: &'a str,
    /// Why: the file's change reason, or that it was returned to.
    reason: &'a str,
    /// Who ran the program that made it active, as far as is known.
    who: Option<&'a str>,
    /// The generation whose rules it brought back.
    returns_to: Option<i64>,
    /// Whether its texts were kept.
    kept: bool,
}

/// Prints the list.
pub(super) fn run(args: &LogArgs, store: &str, out: &mut Out) -> Result<Exit, Trouble> {
    let activations = open::store_to_look(store)?.activations()?;
    let most = if args.most == 0 { activations.len() } else { args.most };
    let listed = activations.iter().enumerate().take(most);
    match args.format {
        Format::Json => out.json(&listed.map(|(at, it)| document(it, at == 0)).collect::<Vec<_>>()),
        Format::Text if activations.is_empty() => out.line("No rules were ever active on this store."),
        Format::Text => {
            let header = ["", "generation", "since", "rules", "digest", "by", "why"];
            out.table(&header, listed.map(|(at, it)| row(it, at == 0)));
        }
    }
    Ok(Exit::Done)
}

fn document(activation: &Activation, active: bool) -> RulesLogDocument<'_> {
    RulesLogDocument {
        generation: activation.id,
        active,
        at: instant(activation.at),
        rule_set: &activation.rule_set,
        revision: activation.revision,
        digest: &activation.digest,
        reason: &activation.reason,
        who: activation.who.as_deref(),
        returns_to: activation.returns_to,
        kept: activation.is_kept,
    }
}

fn row(activation: &Activation, active: bool) -> Vec<String> {
    vec![
        if active { "→" } else { "" }.to_owned(),
        activation.id.to_string(),
        time::shown(activation.at),
        format!("{} r{}", one_line(&activation.rule_set), activation.revision),
        activation.digest.chars().take(DIGEST_CHARS).collect(),
        one_line(activation.who.as_deref().unwrap_or("-")),
        beginning(&activation.reason, 70),
    ]
}

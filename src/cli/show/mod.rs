//! `postroom show`: the effective rule set, with file and line of every value.

mod account;
mod value;
mod yaml;

use super::{Exit, Format, Trouble, open, screen};
use crate::ruleset::load::Loaded;
use std::io::Write;
use std::path::PathBuf;
use value::{Reader, Value};

const EXAMPLES: &str = "\
What is shown is the whole that the files make together: layers merged, rules in the order in which they are
asked, defaults put into the accounts. It is a rule file itself and reads back as the same rules. Secrets are
never shown; a rule file names only where they are found.

Examples:
  postroom show
      ./postroom.yaml with everything it extends, or the built-in demo where there is none
  postroom show rules/hr.yaml --origin
      each value with the file and line that it comes from, and what it overrode in the layers below
  postroom show --account it-desk --origin
      every setting of one account; `default` where it is written nowhere";

/// Shows the effective rule set: layers merged, defaults applied.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct ShowArgs {
    /// The rules: a file, a folder with a `postroom.yaml`, or a built-in name.
    ///
    /// Without it: `./postroom.yaml`, else the built-in demo.
    rules: Option<PathBuf>,
    /// Says behind each value in which file and line it is written.
    #[arg(long)]
    origin: bool,
    /// Only this account, with every setting it could have.
    #[arg(long, value_name = "ACCOUNT")]
    account: Option<String>,
    /// For people (YAML) or for programs (JSON).
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// Shows the whole, or one account.
pub(super) fn run(args: &ShowArgs, out: &mut dyn Write) -> Result<Exit, Trouble> {
    let loaded = open::rules(args.rules.as_deref())?;
    let value = value(args, &loaded)?;
    let Some(value) = value else {
        // what could not be put together has findings that say why
        open::usable(loaded)?;
        return Ok(Exit::RuleSetWrong);
    };
    match args.format {
        Format::Text => out.write_all(yaml::written(&value, args.origin).as_bytes())?,
        Format::Json => writeln!(out, "{}", screen::json(&value.to_json(args.origin)))?,
    }
    Ok(Exit::Done)
}

fn value(args: &ShowArgs, loaded: &Loaded) -> Result<Option<Value>, Trouble> {
    let (Some(rule_set), Some(stack)) = (&loaded.rule_set, &loaded.stack) else { return Ok(None) };
    let reader = Reader { sources: &loaded.sources, overridden: &stack.overridden };
    let Some(named) = args.account.as_deref() else { return Ok(Some(reader.rule_set(&stack.tree))) };
    let account = open::account(rule_set, Some(named))?;
    let written = stack.tree.get("accounts").and_then(|accounts| accounts.get(named));
    let settings = account::settings(account, written.map(|node| reader.value(node)));
    Ok(Some(Value::map([("accounts", Value::map([(named, settings)]))])))
}

//! `postroom rules`: which rules were active when and why, and the way back to earlier ones.

mod log;
mod rollback;

pub(super) use log::RulesLogDocument;

use super::output::Out;
use super::{Exit, StoreArgs, Trouble};

/// Lists the rules that were active on a store, and returns to earlier ones
#[derive(Debug, clap::Args)]
#[command(after_long_help = "Examples:
  postroom rules log --store sqlite:/var/lib/postroom/desk.db
      every activation: its number, when, who, which revision, and why
  postroom rules rollback --store sqlite:/var/lib/postroom/desk.db
      puts the files of the generation before the present one back, for a running service and for the next `process`
  postroom rules rollback --to 3 --dry-run
      shows which files generation 3 would change")]
pub(super) struct RulesArgs {
    #[command(subcommand)]
    command: RulesCommand,
    #[command(flatten)]
    store: StoreArgs,
}

#[derive(Debug, clap::Subcommand)]
enum RulesCommand {
    /// Lists every activation of rules on the store, newest first
    #[command(visible_alias = "history")]
    Log(log::LogArgs),
    /// Writes the rule files of an earlier generation back, and makes it active
    Rollback(rollback::RollbackArgs),
}

/// Does what is asked.
pub(super) fn run(args: &RulesArgs, out: &mut Out) -> Result<Exit, Trouble> {
    match &args.command {
        RulesCommand::Log(log) => log::run(log, &args.store.store, out),
        RulesCommand::Rollback(rollback) => rollback::run(rollback, &args.store.store, out),
    }
}

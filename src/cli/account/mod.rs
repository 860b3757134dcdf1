//! `postroom account`: tries an account's settings.

mod outgoing;

use super::output::Out;
use super::process::rules_in_order;
use super::{Exit, Format, Trouble};
use std::path::PathBuf;

/// Tries the settings of an account or outgoing server
#[derive(Debug, clap::Args)]
pub(super) struct AccountArgs {
    #[command(subcommand)]
    command: AccountCommand,
}

#[derive(Debug, clap::Subcommand)]
enum AccountCommand {
    /// Goes through everything that can fail, and says at each step what was found
    Test(TestArgs),
}

#[derive(Debug, clap::Args)]
#[command(after_long_help = "Examples:
  postroom account test main --to me@example.com
  postroom account test main --to me@example.com --subject 'Is it there?' --format json")]
struct TestArgs {
    /// Name of an outgoing server in the rule set
    #[arg(value_name = "NAME")]
    name: String,
    /// The rule file, or a folder with a postroom.yaml [default: ./postroom.yaml, else the built-in demo]
    #[arg(long, value_name = "R")]
    rules: Option<PathBuf>,
    #[command(flatten)]
    mail: outgoing::MailArgs,
    /// Lines for people, or JSON
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    format: Format,
}

/// Tries what is named.
pub(super) fn run(args: &AccountArgs, out: &mut Out) -> Result<Exit, Trouble> {
    let AccountCommand::Test(args) = &args.command;
    let Some((rule_set, _)) = rules_in_order(args.rules.as_deref())? else {
        return Ok(Exit::RuleSetWrong);
    };
    let Some(server) = rule_set.outgoing.iter().find(|server| server.name == args.name) else {
        let names: Vec<&str> = rule_set.outgoing.iter().map(|server| server.name.as_str()).collect();
        let names = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
        let name = &args.name;
        return Err(Trouble::usage(format!("the rule set has no outgoing server `{name}`; it has: {names}")));
    };
    outgoing::run(server, &rule_set.system.loop_mark, &args.mail, args.format, out)
}

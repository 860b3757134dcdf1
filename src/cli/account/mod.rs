//! `postroom account`: tries an account's settings.

mod incoming;
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
  The mailbox of an account, and the newest mail in it whose subject has these words; nothing changes:
      postroom account test it-desk --subject 'Is it there?'
  An outgoing server; a mail is sent:
      postroom account test main --to me@example.com
      postroom account test main --to me@example.com --subject 'Is it there?' --format json")]
struct TestArgs {
    /// Name of an account or of an outgoing server in the rule set
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
    let is_it = |name: &str| name == args.name;
    let account = rule_set.accounts.iter().find(|account| is_it(&account.name) && !account.for_tests);
    let server = rule_set.outgoing.iter().find(|server| is_it(&server.name));
    match (account, server) {
        (Some(account), server) if server.is_none() || !args.mail.has_readers() => {
            incoming::run(account, args.mail.subject(), args.format, out)
        }
        (_, Some(server)) => outgoing::run(server, &rule_set.system.loop_mark, &args.mail, args.format, out),
        (_, None) => {
            let accounts = rule_set.accounts.iter().filter(|account| !account.for_tests);
            let names = accounts.map(|account| account.name.as_str());
            let names: Vec<&str> =
                names.chain(rule_set.outgoing.iter().map(|server| server.name.as_str())).collect();
            let names = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
            let name = &args.name;
            Err(Trouble::usage(format!(
                "the rule set has no account or outgoing server `{name}`; it has: {names}"
            )))
        }
    }
}

//! What people and programs see of Postroom: commands, their output, their exit codes.

mod account;
mod activation;
mod check;
mod desk;
mod diff;
mod document;
pub mod explain;
mod init;
mod log;
mod mail;
mod migrate;
mod open;
mod outbox;
mod output;
mod process;
mod quarantine;
mod read;
pub mod render;
mod replace;
mod rules;
mod run;
pub mod schema;
mod screen;
mod show;
mod silence;
mod status;
pub mod test;
mod time;
mod trace;

use clap::{CommandFactory as _, Parser, Subcommand};
use output::Out;
use std::process::ExitCode;

/// The rules engine that reads a service desk's incoming mail and does what it asks.
#[derive(Debug, Parser)]
#[command(
    name = "postroom",
    version,
    disable_help_subcommand = true,
    subcommand_value_name = "COMMAND",
    after_help = "Begin with `postroom init DIR`, or try the built-in demo: `postroom process MAIL.eml`.\n\
                  `postroom COMMAND --help` has examples."
)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
}

/// What can be asked of the program; a line here and one in [`Command::run`] for each.
#[derive(Debug, Subcommand)]
enum Command {
    Init(init::InitArgs),
    Process(process::ProcessArgs),
    Run(run::RunArgs),
    Status(status::StatusArgs),
    Trace(trace::TraceArgs),
    Read(read::ReadArgs),
    Check(check::CheckArgs),
    Test(test::TestArgs),
    Diff(diff::DiffArgs),
    Show(show::ShowArgs),
    Migrate(migrate::MigrateArgs),
    Rules(rules::RulesArgs),
    Account(account::AccountArgs),
    Desk(desk::DeskArgs),
    Outbox(outbox::OutboxArgs),
    Quarantine(quarantine::QuarantineArgs),
    Log(log::LogArgs),
    Explain(explain::ExplainArgs),
    Schema(schema::SchemaArgs),
}

impl Command {
    fn run(&self, out: &mut Out) -> Result<Exit, Trouble> {
        match self {
            Self::Init(args) => init::run(args, out),
            Self::Process(args) => process::run(args, out),
            Self::Run(args) => run::run(args),
            Self::Status(args) => status::run(args, out),
            Self::Trace(args) => trace::run(args, out),
            Self::Read(args) => read::run(args, out),
            Self::Check(args) => check::run(args, out),
            Self::Test(args) => test::run(args, out),
            Self::Diff(args) => diff::run(args, out),
            Self::Show(args) => show::run(args, out),
            Self::Migrate(args) => migrate::run(args, out),
            Self::Rules(args) => rules::run(args, out),
            Self::Account(args) => account::run(args, out),
            Self::Desk(args) => desk::run(args, out),
            Self::Outbox(args) => outbox::run(args, out),
            Self::Quarantine(args) => quarantine::run(args, out),
            Self::Log(args) => log::run(args, out),
            Self::Explain(args) => explain::run(args, out),
            Self::Schema(args) => schema::run(args, out),
        }
    }
}

/// Runs the command line that the program was started with.
pub fn run() -> Exit {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version go to standard output; nobody can be told that it is gone.
            let _gone = error.print();
            return if error.use_stderr() { Exit::Usage } else { Exit::Done };
        }
    };
    let Some(command) = cli.command else {
        let _gone = Cli::command().print_long_help();
        return Exit::Done;
    };
    let mut out = Out::new();
    let ended = command.run(&mut out);
    let printed = out.finish();
    ended.and_then(|exit| printed.map(|()| exit)).unwrap_or_else(|trouble| {
        output::error(&trouble);
        trouble.exit
    })
}

/// How a command ended; each way has its exit code (see the contract of the command line).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// 0: done.
    Done,
    /// 1: could not run.
    CouldNotRun,
    /// 2: wrong usage.
    Usage,
    /// 3: the rule set is wrong.
    RuleSetWrong,
    /// 4: a test of the rules failed.
    TestFailed,
    /// 5: two rule sets decide differently.
    Differs,
    /// 75: try again later, so that a mail server keeps the mail.
    TryAgainLater,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Done => 0,
            Exit::CouldNotRun => 1,
            Exit::Usage => 2,
            Exit::RuleSetWrong => 3,
            Exit::TestFailed => 4,
            Exit::Differs => 5,
            Exit::TryAgainLater => 75,
        })
    }
}

/// Why a command could not do what it was asked, in one sentence for its user.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct Trouble {
    /// The sentence.
    pub message: String,
    /// How the command ends.
    pub exit: Exit,
}

impl Trouble {
    /// A command that could not run.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), exit: Exit::CouldNotRun }
    }

    /// A command that was called wrongly.
    pub fn usage(message: impl Into<String>) -> Self {
        Self { message: message.into(), exit: Exit::Usage }
    }
}

impl From<std::io::Error> for Trouble {
    fn from(error: std::io::Error) -> Self {
        // whoever reads has seen enough (`| head`); that is no trouble
        let exit =
            if error.kind() == std::io::ErrorKind::BrokenPipe { Exit::Done } else { Exit::CouldNotRun };
        Self { message: format!("the result cannot be written: {error}"), exit }
    }
}

impl From<crate::ports::Failure> for Trouble {
    fn from(failure: crate::ports::Failure) -> Self {
        Self::new(failure.to_string())
    }
}

/// The store that a command works on.
#[derive(Debug, clap::Args)]
struct StoreArgs {
    /// Desk and ledger
    #[arg(long, value_name = "S", default_value = process::DEFAULT_STORE, global = true)]
    store: String,
}

/// In which form a command prints data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum Format {
    /// For people.
    #[default]
    Text,
    /// For programs.
    Json,
}

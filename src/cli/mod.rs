//! What people and programs see of Postroom: commands, their output, their exit codes.

mod check;
pub mod explain;
mod mail;
mod open;
mod read;
pub mod render;
pub mod schema;
mod screen;
mod show;
pub mod test;
mod trace;

use std::process::ExitCode;

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

/// In which form a command prints data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum Format {
    /// For people.
    #[default]
    Text,
    /// For programs.
    Json,
}

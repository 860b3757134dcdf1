//! The `postroom` program.

use std::process::ExitCode;

fn main() -> ExitCode {
    postroom::cli::run().into()
}

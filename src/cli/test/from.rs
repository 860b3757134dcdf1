use super::TestArgs;
use crate::cli::{Exit, Trouble};
use std::io::Write;
use std::path::Path;
pub(super) fn run(_args: &TestArgs, _mail: &Path, _out: &mut dyn Write) -> Result<Exit, Trouble> {
    Err(Trouble::usage("later"))
}

//! `postroom init`: a starting installation that works at once and teaches by its comments.

use super::output::Out;
use super::{Exit, Trouble};
use crate::ruleset::file::RuleFile;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// The files of an installation, and what is in them.
const FILES: &[(&str, &str)] = &[
    ("postroom.yaml", include_str!("postroom.yaml")),
    ("world.yaml", include_str!("world.yaml")),
    ("README.txt", include_str!("README.txt")),
    ("spool/in/welcome.eml", include_str!("welcome.eml")),
];

/// The schema that the rule file's first line names, so that editors complete and check it.
const SCHEMA: &str = "rule-set.v1.json";

/// Folders that are there from the beginning.
const FOLDERS: &[&str] = &["spool/in", "spool/out"];

/// Writes a starting installation: rules, a small desk, a first mail
///
/// The folder gets a postroom.yaml with one account and one outgoing server, a world.yaml with a small desk,
/// spool/in with a first mail, spool/out for replies, and a README.txt that says what to run next. Nothing
/// that is there already is overwritten.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "Examples:
  postroom init my-desk && cd my-desk
  postroom process spool/in --world world.yaml --store sqlite:postroom.db
  postroom desk calls")]
pub(super) struct InitArgs {
    /// The folder; it is made where it is missing
    #[arg(value_name = "DIR")]
    folder: PathBuf,
}

/// Writes the installation.
pub(super) fn run(args: &InitArgs, out: &mut Out) -> Result<Exit, Trouble> {
    let folder = args.folder.as_path();
    let schema = format!("{:#}\n", schemars::schema_for!(RuleFile).to_value());
    let files = || FILES.iter().copied().chain([(SCHEMA, schema.as_str())]);
    if let Some((there, _)) = files().find(|(name, _)| fs::symlink_metadata(folder.join(name)).is_ok()) {
        return Err(Trouble::new(format!(
            "`{}` is there already, and nothing is overwritten; name an empty folder",
            folder.join(there).display()
        )));
    }
    for name in FOLDERS {
        let path = folder.join(name);
        fs::create_dir_all(&path).map_err(|error| unwritable(&path, &error))?;
    }
    for (name, text) in files() {
        write_new(&folder.join(name), text)?;
    }
    let shown = folder.display();
    out.line(format_args!("`{shown}` is ready. Next:"));
    if folder != Path::new(".") {
        out.line(format_args!("  cd {shown}"));
    }
    out.line("  postroom process spool/in --world world.yaml --store sqlite:postroom.db");
    Ok(Exit::Done)
}

/// Writes a file that is not there yet.
fn write_new(path: &Path, text: &str) -> Result<(), Trouble> {
    let opened = fs::OpenOptions::new().write(true).create_new(true).open(path);
    opened.and_then(|mut file| file.write_all(text.as_bytes())).map_err(|error| unwritable(path, &error))
}

fn unwritable(path: &Path, error: &std::io::Error) -> Trouble {
    Trouble::new(format!("cannot write `{}`: {error}", path.display()))
}

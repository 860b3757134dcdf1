//! `postroom diff`: what two rule sets do differently, by meaning and by replay over stored mail.

mod document;
mod html;
mod replay;
mod source;
mod text;

pub(super) use document::DiffDocument;

use super::output::Out;
use super::{Exit, Format, Trouble, open, process, screen};
use crate::ruleset::compare::compare;
use source::RuleSource;
use std::path::PathBuf;

/// Compares two rule sets: which situations, and which mails, they decide differently
///
/// Every situation that can come about is decided by both rule sets, so that what is not told of is equal. Accounts,
/// outgoing servers, subjects, actions and texts are compared too. With --mails or --log stored mails are decided
/// again by both, each for itself and on the same desk, which stays as it is.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "\
A rule set is a file, a folder with a `postroom.yaml`, a built-in name, a file of a git revision (`HEAD~1:rules/hr.yaml`;
its path as git writes it, from the top of the repository, or with `./` from here), or `live`: the one that the store
activated last. Exit code 5 where anything differs, 0 where nothing does, 3 where one of them is wrong; 1 where nothing differs
but not everything could be looked at: a mail could not be read, or there are too many situations.

Examples:
  postroom diff classic postroom.yaml
      what an installation does differently from the built-in behaviour
  postroom diff live postroom.yaml --store sqlite:/var/lib/postroom/desk.db --log
      before a change goes live: which of the mails that are in the store would now end differently
  postroom diff HEAD:postroom.yaml postroom.yaml --mails archive.mbox --world desk.yaml --html diff.html
      what is not committed yet, as a report to mail to a colleague")]
pub(super) struct DiffArgs {
    /// The rule set as it is
    #[arg(value_name = "OLD")]
    old: String,
    /// The rule set as it would be
    #[arg(value_name = "NEW")]
    new: String,
    /// Decides these mails by both: `.eml` files, folders of them, Maildirs, mboxes
    #[arg(long, value_name = "PATH", num_args = 1.., conflicts_with = "log")]
    mails: Vec<PathBuf>,
    /// Decides by both the mails that the store has kept
    #[arg(long, visible_alias = "replay")]
    log: bool,
    /// The account that --mails came to; needed where the rule sets have several
    #[arg(long, value_name = "A")]
    account: Option<String>,
    /// A world file: the desk on which mails are decided, instead of the store as it is now
    #[arg(long, value_name = "W")]
    world: Option<PathBuf>,
    /// The store: the desk on which mails are decided, where `live` and --log look
    /// [default: sqlite:postroom.db where it is there]
    #[arg(long, value_name = "S")]
    store: Option<String>,
    /// Shows every mail that would end differently, not one of each kind
    #[arg(long)]
    all: bool,
    /// Writes a report for a browser or a mail into this file, too
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// For people or for programs
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    format: Format,
}

impl DiffArgs {
    /// The store as named, or the usual one.
    fn store_name(&self) -> &str {
        self.store.as_deref().unwrap_or(process::DEFAULT_STORE)
    }

    fn replays(&self) -> bool {
        self.log || !self.mails.is_empty()
    }
}

/// Compares and prints.
pub(super) fn run(args: &DiffArgs, out: &mut Out) -> Result<Exit, Trouble> {
    let old = RuleSource::named(&args.old, args.store_name())?.loaded();
    let new = RuleSource::named(&args.new, args.store_name())?.loaded();
    let (old, new) = match (open::usable(old), open::usable(new)) {
        (Ok(old), Ok(new)) => (old, new),
        (Err(old), Err(new)) => {
            return Err(Trouble { message: format!("{old}\n{new}"), exit: Exit::RuleSetWrong });
        }
        (Err(trouble), _) | (_, Err(trouble)) => return Err(trouble),
    };
    let comparison = compare(&old, &new);
    let mails =
        if args.replays() { Some(replay::replay(args, [&old, &new], &comparison.renamed)?) } else { None };
    let document = DiffDocument::new(comparison, mails);
    if let Some(path) = &args.html {
        std::fs::write(path, html::report(&document)).map_err(|error| {
            Trouble::new(format!("the report `{}` cannot be written: {error}", path.display()))
        })?;
    }
    match args.format {
        Format::Json => {
            let value = serde_json::to_value(&document)
                .map_err(|error| Trouble::new(format!("the result cannot be written as JSON: {error}")))?;
            out.line(screen::json(&value));
        }
        Format::Text => text::print(&document, args.all, out),
    }
    Ok(document.exit())
}

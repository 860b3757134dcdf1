//! `postroom quarantine`: mails that could not be dealt with, or that a rule stopped, and what to do with them.

use super::document::{LedgerDocument, QuarantineDocument};
use super::output::{Out, beginning, one_line};
use super::process::{rules_in_order, words_of};
use super::screen::escaped;
use super::{Exit, Format, StoreArgs, Trouble, log, open, time};
use crate::adapters::seal::Seal;
use crate::adapters::sqlite::SqliteStore;
use crate::ports::{Ledger as _, QuarantineEntry, QuarantineState};
use crate::runtime::{Dealing, Pipeline};
use std::path::PathBuf;

/// Shows the mails that nobody could deal with; hands them back, or drops them
#[derive(Debug, clap::Args)]
#[command(after_long_help = "Examples:
  postroom quarantine list
  postroom quarantine show 3 --raw > mail.eml
  postroom quarantine retry 3 --rules postroom.yaml
  postroom quarantine drop 3")]
pub(super) struct QuarantineArgs {
    #[command(subcommand)]
    command: QuarantineCommand,
    #[command(flatten)]
    store: StoreArgs,
    /// Tables for people, or JSON
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT", global = true)]
    format: Format,
}

#[derive(Debug, clap::Subcommand)]
enum QuarantineCommand {
    /// Lists the mails, oldest first
    List {
        /// Also those that somebody has looked after
        #[arg(long)]
        all: bool,
    },
    /// Shows one mail: what was decided, or its bytes
    Show {
        /// Its number in the list
        id: i64,
        /// The bytes of the mail, as they came
        #[arg(long)]
        raw: bool,
    },
    /// Processes a mail again, by the rules as they are now
    Retry {
        /// Its number in the list
        id: i64,
        /// The rule file, or a folder with a postroom.yaml [default: ./postroom.yaml, else the built-in demo]
        #[arg(long, value_name = "R")]
        rules: Option<PathBuf>,
        /// The account to process it for [default: the one that it came to]
        #[arg(long, value_name = "A")]
        account: Option<String>,
    },
    /// Deletes the bytes of a mail; its line in the log stays
    Drop {
        /// Its number in the list
        id: i64,
    },
}

/// Does what is asked of the quarantine.
pub(super) fn run(args: &QuarantineArgs, out: &mut Out) -> Result<Exit, Trouble> {
    let named = args.store.store.as_str();
    match &args.command {
        QuarantineCommand::List { all } => list(&mut open::store_to_look(named)?, *all, args.format, out)?,
        QuarantineCommand::Show { id, raw } => {
            let mut store = open::store_to_look(named)?;
            let found = find(&mut store, *id)?;
            match (raw, args.format) {
                (true, _) => out.bytes(&bytes(&mut store, &found)?),
                (false, Format::Json) => out.json(&LedgerDocument::whole(&found.entry)),
                (false, Format::Text) => log::print_entry(&found.entry, out),
            }
        }
        QuarantineCommand::Retry { id, rules, account } => {
            let Some((rule_set, _)) = rules_in_order(rules.as_deref())? else {
                return Ok(Exit::RuleSetWrong);
            };
            open::store_to_look(named)?;
            let mut store = open::store(named)?;
            store.seal_with(Seal::from_place(rule_set.system.token_secret.as_ref())?);
            let found = find(&mut store, *id)?;
            let account = account.as_deref().unwrap_or(&found.entry.key.account);
            let account = open::account(&rule_set, Some(account))?;
            let mut pipeline = Pipeline { rule_set: &rule_set, account, store: &mut store, now: &time::now };
            let report = pipeline.retry(*id)?;
            let dealing = report.map(|report| report.dealing).ok_or_else(|| nothing_left(&found))?;
            tell(dealing, *id, args.format, out);
        }
        QuarantineCommand::Drop { id } => {
            open::store_to_look(named)?;
            let mut store = open::store(named)?;
            let found = find(&mut store, *id)?;
            if !store.drop_quarantined(*id, time::now())? {
                return Err(nothing_left(&found));
            }
            out.line(format_args!("Mail {id} is dropped; its line in the log stays."));
        }
    }
    Ok(Exit::Done)
}

fn find(store: &mut SqliteStore, id: i64) -> Result<QuarantineEntry, Trouble> {
    let found = store.quarantine(true)?.into_iter().find(|mail| mail.id == id);
    found.ok_or_else(|| Trouble::new(format!("the quarantine has no mail {id}")))
}

fn bytes(store: &mut SqliteStore, found: &QuarantineEntry) -> Result<Vec<u8>, Trouble> {
    let raw = if found.state == QuarantineState::Dropped { None } else { store.raw(&found.entry.key)? };
    raw.ok_or_else(|| nothing_left(found))
}

/// Why nothing more can be done with a mail.
fn nothing_left(found: &QuarantineEntry) -> Trouble {
    Trouble::new(match found.state {
        QuarantineState::Kept => format!("the bytes of mail {} are gone", found.id),
        QuarantineState::Retried => format!("mail {} was handed back already", found.id),
        QuarantineState::Dropped => format!("mail {} was dropped, its bytes are gone", found.id),
    })
}

fn list(store: &mut SqliteStore, all: bool, format: Format, out: &mut Out) -> Result<(), Trouble> {
    let mails = store.quarantine(all)?;
    if format == Format::Json {
        out.json(&mails.iter().map(QuarantineDocument::from).collect::<Vec<_>>());
        return Ok(());
    }
    if mails.is_empty() {
        out.line("No mail.");
        return Ok(());
    }
    let rows = mails.iter().map(|mail| {
        let entry = &mail.entry;
        vec![
            mail.id.to_string(),
            time::shown(entry.at),
            match mail.state {
                QuarantineState::Kept => "kept",
                QuarantineState::Retried => "retried",
                QuarantineState::Dropped => "dropped",
            }
            .to_owned(),
            words_of(&entry.outcome),
            entry.size.to_string(),
            one_line(entry.from.as_deref().unwrap_or("-")),
            beginning(&entry.subject, 40),
        ]
    });
    out.table(&["id", "since", "state", "why", "bytes", "from", "subject"], rows);
    Ok(())
}

fn tell(dealing: Dealing, id: i64, format: Format, out: &mut Out) {
    let entry = match dealing {
        Dealing::Settled(settled) => settled.entry,
        Dealing::Already(entry) => *entry,
        // a mail that could not be dealt with stays in quarantine and was told as trouble
        Dealing::Failed(_) => return,
    };
    match format {
        Format::Json => out.line(escaped(&entry.decision)),
        Format::Text => {
            let about = entry.about.map(|about| format!(", {about}")).unwrap_or_default();
            out.line(format_args!("Mail {id} was processed again: {}{about}.", words_of(&entry.outcome)));
        }
    }
}

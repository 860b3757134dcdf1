//! `postroom process`: the main job once, over mails from files, from a mailbox, or from a mail server's pipe.

mod lines;
mod setting;

use super::output::{self, Out, remark};
use super::screen::escaped;
use super::{Exit, Format, Trouble, outbox, time};
use crate::adapters::files::FilesInbox;
use crate::adapters::inboxes;
use crate::ports::Inbox;
use crate::ruleset::account::Account;
use crate::runtime::{Dealing, Pipeline, Report};
use indicatif::{ProgressBar, ProgressStyle};
use lines::Tally;
pub(super) use lines::words_of;
use setting::Setting;
pub(super) use setting::{findings_against_desk, fits, rules_in_order};
use std::io::{self, IsTerminal as _};
use std::path::{Path, PathBuf};

/// The store that is used where none is named.
pub(super) const DEFAULT_STORE: &str = "sqlite:postroom.db";

/// Takes mail in: decides, changes the desk, writes replies into the outbox
///
/// Reads `.eml` files, folders of them, Maildirs and mboxes, or one mail from standard input. Every mail is
/// decided by the rules, applied to the desk, and noted in the ledger, all or nothing; a mail that has been
/// dealt with is never dealt with twice. The files named here stay as they are. Where no PATH is named, the
/// mailbox that the account itself connects to (imap, pop3, or a folder) is read once, and each mail leaves it
/// once it has been dealt with.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "Examples:
  Try the built-in demo on some mails:
      postroom process fixtures/mail
  Decide in memory, to see what would happen; nothing is written:
      postroom process inbox.mbox --rules postroom.yaml --world world.yaml
  Fetch once from the account's own mailbox:
      postroom process --account it-desk --rules /etc/postroom --store sqlite:/var/lib/postroom/desk.db
  As a mail server's delivery command (Postfix, Exim); exit code 75 makes it keep the mail:
      postroom process - --rules /etc/postroom --store sqlite:/var/lib/postroom/desk.db
  Take in, send the replies, and count what became of what:
      postroom process spool/in --send --format json | jq -c .outcome | sort | uniq -c")]
pub(super) struct ProcessArgs {
    /// Mails, folders, Maildirs or mboxes; `-` reads one mail from standard input
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// The rule file, or a folder with a postroom.yaml [default: ./postroom.yaml, else the built-in demo]
    #[arg(long, value_name = "R")]
    rules: Option<PathBuf>,
    /// The account that the mail came to; needed where the rule set has several
    #[arg(long, value_name = "A")]
    account: Option<String>,
    /// Desk and ledger [default: sqlite:postroom.db]
    #[arg(long, value_name = "S")]
    store: Option<String>,
    /// A world file: fills an empty --store; without --store everything happens in memory
    #[arg(long, value_name = "W")]
    world: Option<PathBuf>,
    /// Send the replies that wait, right after
    #[arg(long)]
    send: bool,
    /// Lines for people, or one decision per line as JSON
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    format: Format,
}

impl ProcessArgs {
    fn is_pipe(&self) -> bool {
        self.paths.iter().any(|path| path == Path::new("-"))
    }
}

/// Takes mail in as named.
pub(super) fn run(args: &ProcessArgs, out: &mut Out) -> Result<Exit, Trouble> {
    if args.is_pipe() && args.paths.len() > 1 {
        return Err(Trouble::usage("`-` is one mail from standard input and stands alone"));
    }
    let ended = process(args, out);
    if !args.is_pipe() {
        return ended;
    }
    // Whatever keeps a piped mail from being dealt with, be it a name that the rules no longer know, the mail
    // server must keep it and try again.
    match ended {
        Ok(Exit::Done) => Ok(Exit::Done),
        Ok(_) => Ok(Exit::TryAgainLater),
        Err(trouble) => Err(Trouble { exit: Exit::TryAgainLater, ..trouble }),
    }
}

fn process(args: &ProcessArgs, out: &mut Out) -> Result<Exit, Trouble> {
    let Some(mut setting) = setting::prepare(args)? else { return Ok(Exit::RuleSetWrong) };
    let rule_set = &setting.rule_set;
    let account = super::open::account(rule_set, args.account.as_deref())?;
    let mut inbox = inbox(args, account)?;
    let bar = progress(inbox.count());
    let mut tally = Tally::default();
    let mut pipeline = Pipeline { rule_set, account, store: &mut setting.store, now: &time::now };
    let drained = pipeline.drain(inbox.as_mut(), &mut |report| {
        bar.suspend(|| tell(out, args.format, &report));
        bar.inc(1);
        tally.count(&report);
    });
    bar.finish_and_clear();
    let sent = match (&drained, args.send) {
        (Ok(()), true) => Some(outbox::send_due(&mut setting.store, rule_set)?),
        _ => None,
    };
    if args.format == Format::Text {
        tally.summary(out, &setting, sent)?;
    } else {
        out.bring_out();
        tally.brief_summary();
    }
    drained?;
    Ok(if tally.failed == 0 { Exit::Done } else { Exit::CouldNotRun })
}

/// The mails as named, or the account's own mailbox where none are.
fn inbox(args: &ProcessArgs, account: &Account) -> Result<Box<dyn Inbox + Send>, Trouble> {
    if args.is_pipe() {
        return Ok(Box::new(FilesInbox::stream("-", io::stdin())));
    }
    if !args.paths.is_empty() {
        return Ok(Box::new(FilesInbox::open(&args.paths)));
    }
    if account.connect.is_none() {
        return Err(Trouble::usage("which mail? Name files or folders, or `-` for standard input"));
    }
    inboxes::open(account).map_err(|failure| Trouble::usage(failure.to_string()))
}

fn progress(count: Option<u64>) -> ProgressBar {
    if !io::stderr().is_terminal() || count.is_some_and(|count| count < 2) {
        return ProgressBar::hidden();
    }
    let (bar, template) = match count {
        Some(count) => {
            (ProgressBar::new(count), "{bar:40} {human_pos}/{human_len} mails, {per_sec}, {eta} left")
        }
        None => (ProgressBar::no_length(), "{spinner} {human_pos} mails, {per_sec}"),
    };
    match ProgressStyle::with_template(template) {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

/// One mail, as it became durable.
fn tell(out: &mut Out, format: Format, report: &Report) {
    match (&report.dealing, format) {
        (Dealing::Failed(failure), _) => match &report.origin {
            Some(origin) => {
                output::error(format_args!("{}: {failure}; the mail stays", output::one_line(origin)));
            }
            None => output::error(failure),
        },
        (Dealing::Settled(settled), Format::Json) => out.line(escaped(&settled.entry.decision)),
        (Dealing::Already(entry), Format::Json) => {
            out.line(escaped(&lines::decision_dealt_with_already(entry)));
        }
        (Dealing::Settled(settled), Format::Text) => {
            let line = lines::settled(out, settled);
            out.line(line);
        }
        (Dealing::Already(entry), Format::Text) => {
            let line = lines::already(out, report.origin.as_deref(), entry);
            out.line(line);
        }
    }
    if let Some(failure) = &report.left_in_place {
        remark(format_args!("{failure}; the mail has been dealt with and will be known again"));
    }
}

//! `postroom log`: what became of each mail, and why.

use super::document::LedgerDocument;
use super::output::{Out, beginning, one_line};
use super::process::words_of;
use super::{Exit, Format, StoreArgs, Trouble, open, time};
use crate::ports::{Entry, EntryFilter, Ledger as _};
use serde_json::Value;

/// How much of a digest is shown in a list; as much names one mail.
const DIGEST_CHARS: usize = 12;

/// Shows what became of each mail, newest first
#[derive(Debug, clap::Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_long_help = "Examples:
  postroom log --outcome quarantine
  postroom log --text uma@example.com --most 5
  postroom log show 3f9a0c17b2d4"
)]
pub(super) struct LogArgs {
    #[command(subcommand)]
    command: Option<LogCommand>,
    #[command(flatten)]
    list: ListArgs,
    #[command(flatten)]
    store: StoreArgs,
    /// A table for people, or JSON
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT", global = true)]
    format: Format,
}

#[derive(Debug, clap::Args)]
struct ListArgs {
    /// Only mails of this account
    #[arg(long, value_name = "A")]
    account: Option<String>,
    /// Only mails with this kind of outcome
    #[arg(long, value_parser = ["action", "refuse", "ignore", "discard", "quarantine"])]
    outcome: Option<String>,
    /// Only mails whose digest, Message-ID, sender or subject contains this
    #[arg(long)]
    text: Option<String>,
    /// At most so many; 0 for all
    #[arg(long, default_value_t = 50, value_name = "N")]
    most: usize,
}

#[derive(Debug, clap::Subcommand)]
enum LogCommand {
    /// Shows the decision about one mail, with its trace
    Show {
        /// How the mail's digest begins, as `postroom log` lists it
        #[arg(value_name = "DIGEST")]
        digest: String,
    },
}

/// Shows the ledger, or one line of it in full.
pub(super) fn run(args: &LogArgs, out: &mut Out) -> Result<Exit, Trouble> {
    let mut store = open::store_to_look(&args.store.store)?;
    if let Some(LogCommand::Show { digest }) = &args.command {
        let filter = EntryFilter { text: Some(digest.clone()), ..EntryFilter::default() };
        let mut found = store.entries(&filter)?;
        found.retain(|entry| entry.key.sha256.starts_with(&digest.to_lowercase()));
        show(digest, &found, args.format, out)?;
        return Ok(Exit::Done);
    }
    let list = &args.list;
    let filter = EntryFilter {
        account: list.account.clone(),
        outcome: list.outcome.clone(),
        text: list.text.clone(),
        most: list.most,
    };
    let entries = store.entries(&filter)?;
    match args.format {
        Format::Json => out.json(&entries.iter().map(LedgerDocument::line).collect::<Vec<_>>()),
        Format::Text if entries.is_empty() => out.line("No mail."),
        Format::Text => {
            let header = ["when", "digest", "outcome", "about", "from", "subject"];
            out.table(&header, entries.iter().map(row));
        }
    }
    Ok(Exit::Done)
}

fn row(entry: &Entry) -> Vec<String> {
    vec![
        time::shown(entry.at),
        entry.key.sha256.chars().take(DIGEST_CHARS).collect(),
        words_of(&entry.outcome),
        entry.about.map_or_else(|| "-".to_owned(), |about| about.to_string()),
        one_line(entry.from.as_deref().unwrap_or("-")),
        beginning(&entry.subject, 50),
    ]
}

fn show(digest: &str, found: &[Entry], format: Format, out: &mut Out) -> Result<(), Trouble> {
    match found {
        [] => Err(Trouble::new(format!("no mail's digest begins with `{digest}`"))),
        [entry] => {
            match format {
                Format::Json => out.json(&LedgerDocument::whole(entry)),
                Format::Text => print_entry(entry, out),
            }
            Ok(())
        }
        _ => Err(Trouble::usage(format!(
            "{} mails' digests begin with `{digest}`; name more of it",
            found.len()
        ))),
    }
}

/// A line of the ledger with its decision, for people.
pub(super) fn print_entry(entry: &Entry, out: &mut Out) {
    let (name, revision, digest) = &entry.rule_set;
    let optional = |text: Option<&str>| one_line(text.unwrap_or("-"));
    let rows = [
        ("outcome", words_of(&entry.outcome)),
        ("about", entry.about.map_or_else(|| "-".to_owned(), |about| about.to_string())),
        ("from", optional(entry.from.as_deref())),
        ("subject", one_line(&entry.subject)),
        ("message id", optional(entry.message_id.as_deref())),
        ("account", entry.key.account.clone()),
        ("found at", one_line(&entry.origin)),
        ("size", format!("{} bytes", entry.size)),
        ("dealt with", time::shown(entry.at)),
        ("digest", entry.key.sha256.clone()),
        ("rules", format!("{name} {revision} {digest}")),
    ];
    for (name, value) in rows {
        out.line(format_args!("{name:<12} {value}"));
    }
    let decision: Value = serde_json::from_str(&entry.decision).unwrap_or_default();
    let empty = Vec::new();
    let lines = |key: &str| decision.get(key).and_then(Value::as_array).unwrap_or(&empty);
    if !lines("effects").is_empty() {
        out.line("");
        for effect in lines("effects") {
            out.line(effect_line(effect));
        }
    }
    out.line("");
    for line in lines("trace") {
        out.line(trace_line(line));
    }
}

fn word<'a>(value: &'a Value, key: &str) -> Option<&'a str> {
    value.get(key).and_then(Value::as_str)
}

/// An effect by its name and what it is about; texts are left out.
fn effect_line(effect: &Value) -> String {
    let named = word(effect, "effect").unwrap_or("-");
    let details: Vec<String> = ["kind", "number", "person", "user", "owner", "by", "to", "name", "verdict"]
        .iter()
        .filter_map(|key| effect.get(*key).map(|value| (key, value)))
        .filter(|(_, value)| !value.is_null())
        .map(|(key, value)| format!("{key} {}", plain(value)))
        .collect();
    one_line(&format!("{named:<16} {}", details.join(", ")))
}

/// A line of the trace: the stage, what decided, what it saw, and why.
fn trace_line(line: &Value) -> String {
    let stage = word(line, "stage").unwrap_or("-");
    let rule = word(line, "rule").unwrap_or("-");
    let then = word(line, "then").unwrap_or("-");
    let place = match (word(line, "file"), line.get("line").and_then(Value::as_u64)) {
        (Some(file), Some(number)) => format!("  ({file}:{number})"),
        _ => String::new(),
    };
    let saw: Vec<String> = match line.get("saw").and_then(Value::as_object) {
        Some(saw) => saw.iter().map(|(name, value)| format!("{name} {}", plain(value))).collect(),
        None => Vec::new(),
    };
    let saw = if saw.is_empty() { String::new() } else { format!("; saw {}", saw.join(", ")) };
    let because = word(line, "because").map(|because| format!("; {because}")).unwrap_or_default();
    format!("{stage:<16} {}", one_line(&format!("{rule}: {then}{place}{saw}{because}")))
}

/// A value without the marks of JSON.
fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Object(fields) => fields.values().map(plain).collect::<Vec<_>>().join(" "),
        other => other.to_string(),
    }
}

//! `postroom trace`: decides about one mail and shows why; touches nothing.

mod effect;
mod passed;
pub(super) mod sheet;
mod why;

use super::process::{fits, rules_in_order};
use super::{Exit, Format, Trouble, mail, open, screen};
use crate::adapters::seal::Seal;
use crate::adapters::sqlite::SqliteStore;
use crate::engine::{self, DecisionDocument, Facts};
use crate::message::Message;
use crate::ports::Desk as _;
use crate::ruleset::RuleSet;
use std::io::Write;
use std::path::{Path, PathBuf};

/// The store that is used where none is named.
const STORE: &str = "sqlite:postroom.db";

const EXAMPLES: &str = "\
Each stage is a line: what it decided, which rule decided it, where that rule is written, and what it
looked at. The lines with ✗ below it are the rules before that one, each with the first condition that did not
hold. Then come the changes that `postroom process` would make and the mails that it would send, and at the
end the smallest changes of a switch or a fact by which something else would become of the mail.

Examples:
  postroom trace mail.eml
      with ./postroom.yaml and ./postroom.db, or with the built-in demo where there are none
  postroom trace mail.eml --rules rules/hr.yaml --account hr-desk --world desk.yaml
      what would become of it under these rules, on this desk
  postroom trace mail.eml --why user-closes-own-call
      why this rule did or did not decide: `stage/rule`, a rule's name, or a subject
  postroom trace mail.eml --redact
      the same with names, addresses and texts withheld, to show it to somebody else
  postroom trace - --format json < mail.eml
      the whole decision for a program (its shape: `postroom schema decision`)";

/// Shows what would become of a mail, and why; changes nothing.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct TraceArgs {
    /// The mail: a file, or `-` for standard input.
    mail: PathBuf,
    /// The rules: a file, a folder with a `postroom.yaml`, or a built-in name.
    ///
    /// Without it: `./postroom.yaml`, else the built-in demo.
    #[arg(long, value_name = "RULES")]
    rules: Option<PathBuf>,
    /// The account that the mail came to; needed where the rules have several.
    #[arg(long, value_name = "ACCOUNT")]
    account: Option<String>,
    /// A world file: who is who and what is open, instead of the store.
    #[arg(long, visible_alias = "desk", value_name = "FILE", conflicts_with = "store")]
    world: Option<PathBuf>,
    /// The store to look into; it is not changed.
    ///
    /// Without it: `sqlite:postroom.db` where that exists, else the demo's desk for the demo, else an empty desk.
    #[arg(long, value_name = "STORE")]
    store: Option<String>,
    /// Explains one rule: `stage/rule`, its name, or a subject.
    #[arg(long, value_name = "RULE")]
    why: Option<String>,
    /// Only what decided, without what was passed over.
    #[arg(long, conflicts_with_all = ["all", "why"])]
    brief: bool,
    /// Every rule that was passed over or not asked, also those about something else.
    #[arg(long, short = 'a', conflicts_with = "why")]
    all: bool,
    /// Withholds names, addresses, texts and the names of files; the same person is the same `person-1` throughout.
    #[arg(long)]
    redact: bool,
    /// For people or for programs.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// How much a sheet tells of rules that did not decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Detail {
    /// Nothing.
    Brief,
    /// Those about what the mail asks.
    Usual,
    /// All of them.
    All,
}

/// Decides and shows.
pub(super) fn run(args: &TraceArgs, out: &mut dyn Write) -> Result<Exit, Trouble> {
    let Some((rule_set, loaded)) = rules_in_order(args.rules.as_deref())? else {
        return Ok(Exit::RuleSetWrong);
    };
    let account = open::account(&rule_set, args.account.as_deref())?;
    let (mut desk, desk_name) = desk(args)?;
    if let Some(name) = desk_name
        && !fits(&loaded, &desk.summary()?, &name)
    {
        return Ok(Exit::RuleSetWrong);
    }
    desk.seal_with(Seal::from_place(rule_set.system.token_secret.as_ref())?);
    let message = Message::read_within(&mail::bytes(&args.mail)?, &account.limits);
    let now = jiff::Timestamp::now().as_second();
    let inquiry = engine::inquire(&rule_set, account, &message, now);
    let answers = desk.answer(&inquiry)?;
    let facts = Facts { message, account: account.name.clone(), answers, now };
    let facts = if args.redact { withheld(&rule_set, &facts)? } else { facts };
    print(args, &rule_set, &facts, out)?;
    Ok(Exit::Done)
}

/// The same facts without personal data, under which the same is decided.
fn withheld(rule_set: &RuleSet, facts: &Facts) -> Result<Facts, Trouble> {
    engine::redact::redact(rule_set, facts).ok_or_else(|| {
        Trouble::new(
            "this mail cannot be shown with its personal data withheld: without it, the rules would decide otherwise",
        )
    })
}

fn print(args: &TraceArgs, rule_set: &RuleSet, facts: &Facts, out: &mut dyn Write) -> Result<(), Trouble> {
    let asked = args.why.as_ref().map(|name| why::asked(rule_set, name)).transpose()?;
    let explanation = engine::explain(rule_set, facts);
    let detail = match (args.brief, args.all) {
        (true, _) => Detail::Brief,
        (_, true) => Detail::All,
        _ => Detail::Usual,
    };
    match (args.format, asked) {
        (Format::Text, Some(asked)) => {
            out.write_all(why::sheet(rule_set, facts, &explanation, &asked).as_bytes())?;
        }
        (Format::Text, None) => {
            let has_colour = screen::has_colour();
            out.write_all(sheet::sheet(rule_set, facts, &explanation, detail, has_colour).as_bytes())?;
        }
        (Format::Json, asked) => {
            let mut document = if args.brief {
                DecisionDocument::from(&explanation.decision)
            } else {
                DecisionDocument::explained(rule_set, facts, &explanation)
            };
            if let Some(asked) = &asked {
                document = document.why(rule_set, facts, &explanation, asked);
            }
            if args.redact {
                document = document.redacted();
            }
            writeln!(out, "{}", screen::json(&serde_json::to_value(&document).unwrap_or_default()))?;
        }
    }
    Ok(())
}

/// The desk to ask: as named, else what lies about, else the demo's or none at all. With its name, where it
/// is one that mail would really meet.
fn desk(args: &TraceArgs) -> Result<(SqliteStore, Option<String>), Trouble> {
    if let Some(path) = &args.world {
        return Ok((open::store_of(&open::world(path)?)?, Some(path.display().to_string())));
    }
    if let Some(named) = &args.store {
        return Ok((open::store_to_look(named)?, Some(named.clone())));
    }
    if open::store_path(STORE).is_ok_and(Path::exists) {
        return Ok((open::store_to_look(STORE)?, Some(STORE.to_owned())));
    }
    if open::is_demo(args.rules.as_deref()) {
        return Ok((open::store_of(&open::demo_world()?)?, None));
    }
    screen::note(
        "there is no store yet, so this is decided on an empty desk; name one with --world or --store",
    );
    Ok((SqliteStore::in_memory()?, None))
}

//! `postroom desk`: looks into the embedded desk, fills it, and writes it out.

mod sheet;

use super::output::{Out, one_line};
use super::{Exit, Format, StoreArgs, Trouble, open, time};
use crate::adapters::sqlite::{ItemFilter, ItemLine, PersonLine, SqliteStore};
use crate::vocab::{Kind, Number, Series, State};
use std::path::PathBuf;

/// Looks into the desk: calls, requests, tasks, people; fills it from a world file
#[derive(Debug, clap::Args)]
#[command(after_long_help = "Examples:
  postroom desk calls --state open --owner 'IT First Line'
  postroom desk show call 5837
  postroom desk import world.yaml --store sqlite:new.db
  postroom desk export > world.yaml")]
pub(super) struct DeskArgs {
    #[command(subcommand)]
    command: DeskCommand,
    #[command(flatten)]
    store: StoreArgs,
    /// Tables for people, or JSON
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT", global = true)]
    format: Format,
}

#[derive(Debug, clap::Subcommand)]
enum DeskCommand {
    /// Lists calls, newest first
    Calls(ItemArgs),
    /// Lists requests, newest first
    Requests(ItemArgs),
    /// Lists tasks and approvals, newest first
    Tasks(ItemArgs),
    /// Lists the person records
    People(PeopleArgs),
    /// Shows everything about one item: properties, history, objects
    Show(ShowArgs),
    /// Fills an empty desk from a world file
    Import {
        /// The world file
        #[arg(value_name = "W")]
        world: PathBuf,
    },
    /// Writes the desk as a world file to standard output
    Export,
}

#[derive(Debug, clap::Args)]
#[command(after_long_help = "Examples:
  postroom desk calls --state open
  postroom desk tasks --owner 'Ana Lyst' --format json
  postroom desk calls --user 'Uma User' --most 10")]
struct ItemArgs {
    /// Only those in this state
    #[arg(long, value_enum)]
    state: Option<StateWord>,
    /// Only those assigned to this analyst, group or user
    #[arg(long, value_name = "NAME")]
    owner: Option<String>,
    /// Only those logged for this user
    #[arg(long, value_name = "NAME")]
    user: Option<String>,
    /// Only those that mail came in for and nobody has looked at
    #[arg(long)]
    note: bool,
    /// At most so many; 0 for all
    #[arg(long, default_value_t = 0, value_name = "N")]
    most: usize,
}

#[derive(Debug, clap::Args)]
struct PeopleArgs {
    /// Only those whose name or address contains this text
    #[arg(value_name = "TEXT")]
    text: Option<String>,
}

#[derive(Debug, clap::Args)]
#[command(after_long_help = "Examples:
  postroom desk show call 5837
  postroom desk show call 5837 --object 3 --to picture.png
  postroom desk show approval 77 --format json")]
struct ShowArgs {
    /// What it is
    #[arg(value_enum)]
    kind: KindWord,
    /// Its number
    number: u64,
    /// Writes the bytes of the object with this number instead
    #[arg(long, value_name = "ID")]
    object: Option<i64>,
    /// The file for the object's bytes; without it they go to standard output
    #[arg(long, value_name = "FILE", requires = "object")]
    to: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum StateWord {
    Open,
    Closed,
    Approved,
    Rejected,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum KindWord {
    Call,
    Request,
    Task,
    Approval,
}

impl From<StateWord> for State {
    fn from(word: StateWord) -> Self {
        match word {
            StateWord::Open => Self::Open,
            StateWord::Closed => Self::Closed,
            StateWord::Approved => Self::Approved,
            StateWord::Rejected => Self::Rejected,
        }
    }
}

impl From<KindWord> for Kind {
    fn from(word: KindWord) -> Self {
        match word {
            KindWord::Call => Self::Call,
            KindWord::Request => Self::Request,
            KindWord::Task => Self::Task,
            KindWord::Approval => Self::Approval,
        }
    }
}

/// Does what is asked of the desk.
pub(super) fn run(args: &DeskArgs, out: &mut Out) -> Result<Exit, Trouble> {
    let named = args.store.store.as_str();
    match &args.command {
        DeskCommand::Calls(items) => {
            list(&open::store_to_look(named)?, Series::Call, items, args.format, out)?;
        }
        DeskCommand::Requests(items) => {
            list(&open::store_to_look(named)?, Series::Request, items, args.format, out)?;
        }
        DeskCommand::Tasks(items) => {
            list(&open::store_to_look(named)?, Series::Task, items, args.format, out)?;
        }
        DeskCommand::People(people) => list_people(&open::store_to_look(named)?, people, args.format, out)?,
        DeskCommand::Show(item) => show(&open::store_to_look(named)?, item, args.format, out)?,
        DeskCommand::Import { world } => {
            let world = open::world(world)?;
            open::store(named)?.import(&world)?;
            let items = world.calls.len() + world.requests.len() + world.tasks.len();
            out.line(format_args!("The desk has {} people and {items} items now.", world.people.len()));
        }
        DeskCommand::Export => {
            let world = open::store_to_look(named)?.export()?;
            match args.format {
                Format::Json => out.json(&world),
                Format::Text => out.text(world.to_yaml().map_err(Trouble::new)?),
            }
        }
    }
    Ok(Exit::Done)
}

fn list(
    store: &SqliteStore,
    series: Series,
    args: &ItemArgs,
    format: Format,
    out: &mut Out,
) -> Result<(), Trouble> {
    let is = |wanted: &Option<String>, found: Option<&str>| {
        wanted.as_ref().is_none_or(|wanted| found.is_some_and(|found| found.eq_ignore_ascii_case(wanted)))
    };
    let filter = ItemFilter { state: args.state.map(State::from), most: 0 };
    let mut items = store.items(series, filter)?;
    items.retain(|item| {
        is(&args.owner, item.owner.as_ref().map(crate::vocab::Assignee::name))
            && is(&args.user, item.user.as_deref())
            && (item.note_icon || !args.note)
    });
    if args.most > 0 {
        items.truncate(args.most);
    }
    if format == Format::Json {
        out.json(&items);
        return Ok(());
    }
    if items.is_empty() {
        out.line("None.");
        return Ok(());
    }
    let rows = items.iter().map(|item| row(item, series));
    out.table(&["number", "state", "title", "user", "owner", "priority", "logged", ""], rows);
    Ok(())
}

fn row(item: &ItemLine, series: Series) -> Vec<String> {
    let text = |text: Option<&str>| one_line(text.unwrap_or("-"));
    let number = match (series, item.kind) {
        (Series::Task, kind) => format!("{} {}", kind.word(), item.number),
        _ => item.number.to_string(),
    };
    vec![
        number,
        item.state.word().to_owned(),
        super::output::beginning(&item.title, 60),
        text(item.user.as_deref()),
        text(item.owner.as_ref().map(crate::vocab::Assignee::name)),
        item.priority.map_or_else(|| "-".to_owned(), |priority| priority.to_string()),
        item.logged_at.map_or_else(|| "-".to_owned(), time::shown),
        if item.note_icon { "new mail".to_owned() } else { String::new() },
    ]
}

fn list_people(store: &SqliteStore, args: &PeopleArgs, format: Format, out: &mut Out) -> Result<(), Trouble> {
    let mut people = store.people()?;
    if let Some(text) = &args.text {
        let text = text.to_lowercase();
        let holds = |found: &str| found.to_lowercase().contains(&text);
        people.retain(|person| holds(&person.name) || person.addresses.iter().any(|found| holds(found)));
    }
    match format {
        Format::Json => out.json(&people),
        Format::Text if people.is_empty() => out.line("Nobody."),
        Format::Text => {
            out.table(&["record", "name", "is", "addresses", "groups", "may"], people.iter().map(person_row));
        }
    }
    Ok(())
}

fn person_row(person: &PersonLine) -> Vec<String> {
    let joined = |words: &[(bool, &str)]| {
        let words: Vec<&str> = words.iter().filter(|(holds, _)| *holds).map(|(_, word)| *word).collect();
        if words.is_empty() { "-".to_owned() } else { words.join(", ") }
    };
    let listed =
        |texts: &[String]| if texts.is_empty() { "-".to_owned() } else { one_line(&texts.join(", ")) };
    vec![
        person.record.to_string(),
        one_line(&person.name),
        joined(&[(person.is_analyst, "analyst"), (person.is_user, "user"), (person.is_template, "template")]),
        listed(&person.addresses),
        listed(&person.groups),
        joined(&[(person.rights.take_over, "take over"), (person.rights.reopen, "reopen")]),
    ]
}

fn show(store: &SqliteStore, args: &ShowArgs, format: Format, out: &mut Out) -> Result<(), Trouble> {
    let kind = Kind::from(args.kind);
    let missing = || Trouble::new(format!("the desk has no {} {}", kind.word(), args.number));
    let number = Number::parse(&args.number.to_string()).ok_or_else(missing)?;
    let sheet = store.show(kind.series(), number)?.ok_or_else(missing)?;
    if let Some(id) = args.object {
        let there = sheet.objects.iter().any(|object| object.id == id);
        let bytes = if there { store.object(id)? } else { None };
        let bytes = bytes
            .ok_or_else(|| Trouble::new(format!("{} {} has no object {id}", kind.word(), args.number)))?;
        return match &args.to {
            None => {
                out.bytes(&bytes);
                Ok(())
            }
            Some(path) => std::fs::write(path, &bytes)
                .map_err(|error| Trouble::new(format!("cannot write `{}`: {error}", path.display()))),
        };
    }
    match format {
        Format::Json => out.json(&sheet),
        Format::Text => sheet::print(&sheet, out),
    }
    Ok(())
}

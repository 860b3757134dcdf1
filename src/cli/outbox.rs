//! `postroom outbox`: what is still to be sent, and sending it.

use super::document::OutboxDocument;
use super::output::{Out, beginning, one_line, remark};
use super::process::rules_in_order;
use super::{Exit, Format, StoreArgs, Trouble, open, time};
use crate::adapters::mailers;
use crate::adapters::sqlite::SqliteStore;
use crate::ports::{Cause, Failure, Ledger as _, Mailer, OutboxEntry, OutboxState};
use crate::ruleset::RuleSet;
use crate::runtime::{Arrears, Sender, Sendings, drain_outbox, is_due};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// Shows what is still to be sent, and sends it
#[derive(Debug, clap::Args)]
#[command(after_long_help = "Examples:
  postroom outbox list
  postroom outbox list --all --format json
  postroom outbox retry --rules postroom.yaml
  postroom outbox retry 17 18")]
pub(super) struct OutboxArgs {
    #[command(subcommand)]
    command: OutboxCommand,
    #[command(flatten)]
    store: StoreArgs,
    /// Tables for people, or JSON
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT", global = true)]
    format: Format,
}

#[derive(Debug, clap::Subcommand)]
enum OutboxCommand {
    /// Lists the mails that wait or failed, oldest first
    List {
        /// Also those that were sent
        #[arg(long)]
        all: bool,
    },
    /// Sends now what waits, and the failed mails that are named
    Retry {
        /// Numbers of mails in the list; without any, everything that waits
        #[arg(value_name = "ID")]
        ids: Vec<i64>,
        /// The rule file, or a folder with a postroom.yaml [default: ./postroom.yaml, else the built-in demo]
        #[arg(long, value_name = "R")]
        rules: Option<PathBuf>,
    },
}

/// Does what is asked of the outbox.
pub(super) fn run(args: &OutboxArgs, out: &mut Out) -> Result<Exit, Trouble> {
    let named = args.store.store.as_str();
    let mut store = open::store_to_look(named)?;
    match &args.command {
        OutboxCommand::List { all } => list(&mut store, *all, args.format, out)?,
        OutboxCommand::Retry { ids, rules } => {
            let Some((rule_set, _)) = rules_in_order(rules.as_deref())? else {
                return Ok(Exit::RuleSetWrong);
            };
            let mut store = open::store(named)?;
            put_back(&mut store, ids)?;
            let wanted = |mail: &OutboxEntry| ids.is_empty() || ids.contains(&mail.id);
            let sendings = send(&mut store, &rule_set, &wanted)?;
            match args.format {
                Format::Json => out.json_line(&serde_json::json!({
                    "sent": sendings.sent, "waiting": sendings.waiting, "failed": sendings.failed
                })),
                Format::Text => out.line(format_args!(
                    "{} sent, {} failed, {} still waiting.",
                    sendings.sent, sendings.failed, sendings.waiting
                )),
            }
        }
    }
    Ok(Exit::Done)
}

/// Mails that are named wait as if they had never been tried: attempts by hand use up none of theirs.
fn put_back(store: &mut SqliteStore, ids: &[i64]) -> Result<(), Trouble> {
    if ids.is_empty() {
        return Ok(());
    }
    let mails = store.outbox(None, 0)?;
    for id in ids {
        match mails.iter().find(|mail| mail.id == *id).map(|mail| mail.state) {
            None => return Err(Trouble::new(format!("the outbox has no mail {id}"))),
            Some(OutboxState::Sent) => return Err(Trouble::new(format!("mail {id} was sent already"))),
            Some(OutboxState::Waiting | OutboxState::Failed) => {
                store.note_sending(*id, OutboxState::Waiting, None, time::now())?;
            }
        }
    }
    Ok(())
}

fn list(store: &mut SqliteStore, all: bool, format: Format, out: &mut Out) -> Result<(), Trouble> {
    let mut mails = store.outbox(Some(OutboxState::Waiting), 0)?;
    mails.extend(store.outbox(Some(OutboxState::Failed), 0)?);
    if all {
        mails.extend(store.outbox(Some(OutboxState::Sent), 0)?);
    }
    mails.sort_by_key(|mail| mail.id);
    match format {
        Format::Json => out.json(&mails.iter().map(OutboxDocument::from).collect::<Vec<_>>()),
        Format::Text if mails.is_empty() => out.line("Nothing waits."),
        Format::Text => {
            let now = time::now();
            let header = ["id", "state", "to", "subject", "via", "age", "attempts", "last error"];
            out.table(&header, mails.iter().map(|mail| row(mail, now)));
        }
    }
    Ok(())
}

fn row(mail: &OutboxEntry, now: i64) -> Vec<String> {
    vec![
        mail.id.to_string(),
        match mail.state {
            OutboxState::Waiting => "waiting",
            OutboxState::Sent => "sent",
            OutboxState::Failed => "failed",
        }
        .to_owned(),
        one_line(mail.reply.to.address.as_str()),
        beginning(&mail.reply.subject, 50),
        mail.reply.via.clone(),
        time::age(mail.at, now),
        mail.attempts.to_string(),
        one_line(mail.last_error.as_deref().unwrap_or("-")),
    ]
}

/// The outgoing servers of a rule set, as far as this version can reach them.
struct Mailers<'a> {
    reachable: BTreeMap<&'a str, Box<dyn Mailer + Send>>,
    /// Why nothing can be sent by the others.
    hindrances: BTreeMap<&'a str, String>,
}

impl<'a> Mailers<'a> {
    fn new(rule_set: &'a RuleSet) -> Self {
        let mut mailers = Self { reachable: BTreeMap::new(), hindrances: BTreeMap::new() };
        for server in &rule_set.outgoing {
            match mailers::open(server, &rule_set.system.loop_mark) {
                Ok(mailer) => drop(mailers.reachable.insert(&server.name, mailer)),
                Err(failure) => drop(mailers.hindrances.insert(&server.name, failure.to_string())),
            }
        }
        mailers
    }

    /// Why nothing can be sent by this server, if so.
    fn hindrance(&self, via: &str) -> Option<String> {
        if self.reachable.contains_key(via) {
            return None;
        }
        let known = self.hindrances.get(via).cloned();
        Some(known.unwrap_or_else(|| format!("the rule set has no outgoing server `{via}`")))
    }

    fn send(&mut self, mail: &OutboxEntry) -> Result<(), Failure> {
        let via = mail.reply.via.as_str();
        match self.reachable.get_mut(via) {
            Some(mailer) => mailer.submit(mail),
            None => Err(Failure::Transient(Cause::new(self.hindrance(via).unwrap_or_default()))),
        }
    }
}

/// Sends what waits and whose time it is.
pub(super) fn send_due(store: &mut SqliteStore, rule_set: &RuleSet) -> Result<Sendings, Trouble> {
    let now = time::now();
    send(store, rule_set, &|mail| is_due(mail, now))
}

/// Sends what waits and is wanted; what no server can take yet is told and stays.
fn send(
    store: &mut SqliteStore,
    rule_set: &RuleSet,
    wanted: &dyn Fn(&OutboxEntry) -> bool,
) -> Result<Sendings, Trouble> {
    let mut mailers = Mailers::new(rule_set);
    let reachable: Vec<String> = mailers.reachable.keys().map(|&name| name.to_owned()).collect();
    let hindrances = std::cell::RefCell::new(BTreeMap::new());
    let name = format!("postroom (process {})", std::process::id());
    let sendings = drain_outbox(
        store,
        Sender { name: &name, via: None },
        &mut Arrears::default(),
        &|mail| {
            let is_reachable = reachable.contains(&mail.reply.via);
            if !is_reachable && wanted(mail) {
                *hindrances.borrow_mut().entry(mail.reply.via.clone()).or_insert(0_u64) += 1;
            }
            is_reachable && wanted(mail)
        },
        &mut |mail| mailers.send(mail),
        &time::now,
    )?;
    for (via, count) in hindrances.into_inner() {
        if let Some(why) = mailers.hindrance(&via) {
            remark(format_args!("{count} mails stay in the outbox: {why}."));
        }
    }
    Ok(sendings)
}

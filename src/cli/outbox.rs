//! `postroom outbox`: what is still to be sent, and sending it.

use super::{Trouble, time};
use crate::adapters::files::FilesMailer;
use crate::adapters::sqlite::SqliteStore;
use crate::ports::{Cause, Failure, Mailer as _, OutboxEntry};
use crate::ruleset::RuleSet;
use crate::ruleset::account::{Outgoing, Submit};
use crate::runtime::{Sendings, drain_outbox, is_due};
use std::collections::BTreeMap;
use std::path::Path;

/// The outgoing servers of a rule set, as far as this version can reach them.
struct Mailers<'a> {
    rule_set: &'a RuleSet,
    reachable: BTreeMap<&'a str, FilesMailer>,
}

impl<'a> Mailers<'a> {
    fn new(rule_set: &'a RuleSet, folder: &Path) -> Self {
        let mark = &rule_set.system.loop_mark;
        let mailer = |server: &'a Outgoing| match &server.submit {
            Submit::Files { folder: out } if server.active => {
                Some((server.name.as_str(), FilesMailer::new(folder.join(out), mark)))
            }
            _ => None,
        };
        Self { rule_set, reachable: rule_set.outgoing.iter().filter_map(mailer).collect() }
    }

    /// Why nothing can be sent by this server, if so.
    fn hindrance(&self, via: &str) -> Option<String> {
        if self.reachable.contains_key(via) {
            return None;
        }
        let server = self.rule_set.outgoing.iter().find(|server| server.name == via);
        Some(match server.map(|server| (server.active, &server.submit)) {
            None => format!("the rule set has no outgoing server `{via}`"),
            Some((false, _)) => format!("the outgoing server `{via}` is not active"),
            Some((true, submit)) => {
                let protocol = match submit {
                    Submit::Files { .. } => "files",
                    Submit::Smtp { .. } => "smtp",
                    Submit::Graph { .. } => "graph",
                    Submit::Ews { .. } => "ews",
                    Submit::Mapi => "mapi",
                };
                format!(
                    "the outgoing server `{via}` is reached by {protocol}, and this version sends by files only"
                )
            }
        })
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
pub(super) fn send_due(
    store: &mut SqliteStore,
    rule_set: &RuleSet,
    folder: &Path,
) -> Result<Sendings, Trouble> {
    let now = time::now();
    send(store, rule_set, folder, &|mail| is_due(mail, now))
}

/// Sends what waits and is wanted; what no server can take yet is told and stays.
fn send(
    store: &mut SqliteStore,
    rule_set: &RuleSet,
    folder: &Path,
    wanted: &dyn Fn(&OutboxEntry) -> bool,
) -> Result<Sendings, Trouble> {
    let mut mailers = Mailers::new(rule_set, folder);
    let reachable: Vec<String> = mailers.reachable.keys().map(|&name| name.to_owned()).collect();
    let hindrances = std::cell::RefCell::new(BTreeMap::new());
    let sendings = drain_outbox(
        store,
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
            super::output::remark(format_args!("{count} mails stay in the outbox: {why}."));
        }
    }
    Ok(sendings)
}

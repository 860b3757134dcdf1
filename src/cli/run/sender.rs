//! Sends the mails of ours that leave by one outgoing server.

use super::bell::Bell;
use super::crew::Part;
use super::house::{House, SENDER, continued, draw};
use super::rules::Active;
use crate::adapters::mailers;
use crate::adapters::sqlite::SqliteStore;
use crate::cli::time;
use crate::ports::{Failure, Ledger as _, OutboxEntry};
use crate::ruleset::account::{Outgoing, Submit};
use crate::runtime::{Arrears, Backoff, Sender, drain_outbox, is_due};
use std::cell::Cell;
use std::time::{Duration, Instant};

/// How long the thread sleeps where nobody says that there is something to be sent.
const PAUSE: Duration = Duration::from_secs(5);

/// After so many failures in a row the server itself is in trouble, and the other mails wait with it.
const FAILURES_MAX: u32 = 3;

/// Sends until the server is used no more, or the service stops.
pub(super) fn send_out(name: &str, house: &House, bell: &Bell) {
    let mut arrears = Arrears::default();
    send_until_stopped(name, house, bell, &mut arrears);
    // What the store would not take so far may be taken now; otherwise such a mail is sent again by the next service.
    let sender = Sender { name: SENDER, via: Some(name) };
    if arrears.is_empty() {
        return;
    }
    let settled = house.open_store().and_then(|mut store| arrears.settle(&mut store, sender));
    if let Err(failure) = settled {
        let fault = house.fit_to_tell(&failure.to_string());
        tracing::error!(server = name, fault, "what became of mails cannot be noted; they may be sent again");
    }
}

fn send_until_stopped(name: &str, house: &House, bell: &Bell, arrears: &mut Arrears) {
    let mut backoff = Backoff::default();
    let mut store = None;
    let part = Part::Server(name.to_owned());
    house.note_server(name, |_| {});
    while !house.is_stopping() {
        let active = house.active();
        let Some(server) = active.used().find(|server| server.name == name) else { return };
        house.pulse.beat(&part, "to look for mail to be sent", Duration::ZERO);
        let pause = match pass(house, &active, server, &mut store, arrears) {
            Ok(()) => {
                backoff.succeeded();
                PAUSE
            }
            Err(failure) => {
                store = None;
                let pause = backoff.failed(draw());
                failed(house, name, &failure, pause);
                pause
            }
        };
        // New mail for a server in trouble is no reason to try it earlier; a change of the rules is.
        let until = Instant::now() + pause;
        loop {
            let left = until.saturating_duration_since(Instant::now());
            house.pulse.beat(&part, "to wait for mail to be sent", left);
            let is_rung = bell.wait(left);
            let is_changed = !std::sync::Arc::ptr_eq(&active, &house.active());
            if !is_rung || pause == PAUSE || is_changed || house.is_stopping() {
                break;
            }
        }
    }
}

/// Sends what is due now. An error is a server or a store in trouble.
fn pass(
    house: &House,
    active: &Active,
    server: &Outgoing,
    store: &mut Option<SqliteStore>,
    arrears: &mut Arrears,
) -> Result<(), Failure> {
    /// Enough to see whether anything is due.
    const MAILS_TO_SEE: usize = 100;
    let name = server.name.as_str();
    let store = match store {
        Some(store) => store,
        None => store.insert(house.open_store()?),
    };
    let sender = Sender { name: SENDER, via: Some(name) };
    arrears.settle(store, sender)?;
    let now = time::now();
    let waiting = store.sendable(Some(name), i64::MIN, MAILS_TO_SEE, now)?;
    if waiting.len() < MAILS_TO_SEE && !waiting.iter().any(|mail| is_due(mail, now)) {
        return Ok(());
    }
    drop(waiting);
    house.note_server(name, |state| state.last_attempt = Some(now));
    let mut mailer = mailers::open(server, &active.rule_set.system.loop_mark)?;
    let part = Part::Server(name.to_owned());
    let patience = patience(server);
    let failures_in_a_row = Cell::new(0);
    let mut fault = None;
    let wanted = |mail: &OutboxEntry| {
        !house.is_stopping() && failures_in_a_row.get() < FAILURES_MAX && is_due(mail, time::now())
    };
    let mut submit = |mail: &OutboxEntry| {
        house.pulse.beat(&part, "to send a mail", patience);
        let began = Instant::now();
        let submitted = mailer.submit(mail);
        house.metrics.stage("send", name, began.elapsed());
        match &submitted {
            Ok(()) => failures_in_a_row.set(0),
            Err(Failure::Transient(cause)) => {
                failures_in_a_row.set(failures_in_a_row.get() + 1);
                fault = Some(house.fit_to_tell_of(&cause.to_string(), &pieces(mail)));
            }
            Err(Failure::Permanent(_)) => {}
        }
        tell(house, name, mail, &submitted);
        submitted
    };
    let sendings = drain_outbox(store, sender, arrears, &wanted, &mut submit, &time::now)?;
    house.note_server(name, |state| {
        state.sent += sendings.sent;
        state.failed += sendings.failed;
        if failures_in_a_row.get() == 0 {
            state.last_success = if sendings.sent > 0 { Some(time::now()) } else { state.last_success };
            state.fault = None;
            state.next_attempt = None;
        }
    });
    match fault {
        Some(words) if failures_in_a_row.get() > 0 => {
            Err(Failure::Transient(crate::ports::Cause::new(words)))
        }
        _ => Ok(()),
    }
}

/// How much longer a mail may take by this server than anything else that a thread does.
fn patience(server: &Outgoing) -> Duration {
    /// A mail is some commands, and each may take the whole time that the connection may be idle.
    const COMMANDS: u32 = 10;
    match server.submit {
        Submit::Smtp { connection_timeout_secs: secs, .. } => {
            Duration::from_secs(u64::from(secs.saturating_mul(COMMANDS)))
        }
        _ => Duration::ZERO,
    }
}

/// What a server may repeat of a mail of ours.
fn pieces(mail: &OutboxEntry) -> [&str; 2] {
    [&mail.reply.subject, mail.reply.to.name.as_deref().unwrap_or_default()]
}

/// One line for each attempt.
fn tell(house: &House, server: &str, mail: &OutboxEntry, submitted: &Result<(), Failure>) {
    let (reply, attempt) = (mail.reply.name.as_str(), mail.attempts + 1);
    let to = house.tells_personal_data.then_some(mail.reply.to.address.as_str());
    let result = match submitted {
        Ok(()) => {
            tracing::info!(server, number = mail.id, reply, attempt, to, "sent");
            "sent"
        }
        Err(failure) => {
            let fault = house.fit_to_tell_of(&failure.to_string(), &pieces(mail));
            tracing::warn!(server, number = mail.id, reply, attempt, to, fault, "not sent");
            if matches!(failure, Failure::Permanent(_)) { "refused" } else { "failed" }
        }
    };
    house.metrics.sending(server, result);
}

fn failed(house: &House, server: &str, failure: &Failure, pause: Duration) {
    let words = house.fit_to_tell(&failure.to_string());
    let next_attempt_secs = pause.as_secs();
    tracing::error!(server, fault = words, next_attempt_secs, "sending failed; the mails wait");
    let next = time::now().saturating_add(i64::try_from(next_attempt_secs).unwrap_or(i64::MAX));
    house.note_server(server, |state| {
        state.fault = Some(continued(state.fault.as_ref(), words));
        state.next_attempt = Some(next);
    });
}

//! Mail from an IMAP server (RFC 3501, RFC 9051).
//!
//! A round lists the folder and fetches what has not been dealt with; the connection stays open between rounds.
//! One message on which a server stumbles is told and passed over; a server that stumbles three times in a row ends
//! the round. What was dealt with is known by UIDVALIDITY and UID, and by the ledger besides.

mod disposal;
mod folder;
mod name;
mod response;
mod round;
mod session;
mod set;
#[cfg(test)]
mod tests;
mod wire;

pub use session::{Mailbox, Session};

use crate::adapters::inboxes::MAIL_BYTES_MAX;
use crate::adapters::net::Patience;
use crate::ports::{Arrival, Cause, Failure, Inbox, Waited};
use crate::ruleset::account::Server;
use crate::vocab::Disposition;
use disposal::Destination;
use round::Round;
use session::{Listed, settled};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;
use wire::Fault;

/// The longest time of one IDLE: networks forget a silent connection (RFC 2177 says 29 minutes; many forget sooner).
const IDLE_MAX: Duration = Duration::from_mins(5);

/// The longest line: a search may name a hundred thousand messages.
const LINE_BYTES_MAX: usize = 1024 * 1024;

/// How long and how much a server may take.
pub fn patience() -> Patience {
    Patience { line_bytes_max: LINE_BYTES_MAX, ..Patience::default() }
}

/// A folder of an IMAP server.
#[derive(Debug)]
pub struct ImapInbox {
    server: Server,
    folder: String,
    deleted_items_folder: String,
    mail_bytes_max: u64,
    patience: Patience,
    session: Option<Session>,
    destination: Destination,
    uid_validity: u32,
    round: Round,
    todo: VecDeque<Listed>,
    ready: VecDeque<Result<Arrival, Failure>>,
    /// Handed out or passed over in this round.
    seen: BTreeSet<u32>,
    /// Dealt with, and still in the folder as far as is known.
    dealt_with: BTreeSet<u32>,
    /// Of these there is a copy where they are to go; they are still in the folder as far as is known.
    copied: BTreeSet<u32>,
    /// Too large to be fetched; told and flagged.
    left: BTreeSet<u32>,
    /// What is to become of mails, from `dispose`.
    noted: Vec<Noted>,
    /// What became of none of the attempts so far; tried again in each round.
    undone: BTreeMap<u32, Disposition>,
    /// So many messages are fetched one by one, since together they broke the session.
    alone: usize,
    stumbles: u32,
    has_told_missing: bool,
    /// The round at hand, or the last one, was ended by a fault of the server and not of a mail.
    is_out_of_reach: bool,
}

#[derive(Debug)]
struct Noted {
    origin: String,
    identity: String,
    disposition: Disposition,
}

impl ImapInbox {
    /// A folder, not yet connected to. Mails above `size_bytes_max` are for quarantine; they are fetched as long as
    /// memory allows.
    pub fn new(server: &Server, folder: &str, deleted_items_folder: &str, size_bytes_max: u64) -> Self {
        Self {
            server: server.clone(),
            folder: folder.to_owned(),
            deleted_items_folder: deleted_items_folder.to_owned(),
            mail_bytes_max: MAIL_BYTES_MAX.max(size_bytes_max),
            patience: patience(),
            session: None,
            destination: Destination::Nowhere,
            uid_validity: 0,
            round: Round::Rest,
            todo: VecDeque::new(),
            ready: VecDeque::new(),
            seen: BTreeSet::new(),
            dealt_with: BTreeSet::new(),
            copied: BTreeSet::new(),
            left: BTreeSet::new(),
            noted: Vec::new(),
            undone: BTreeMap::new(),
            alone: 0,
            stumbles: 0,
            has_told_missing: false,
            is_out_of_reach: false,
        }
    }

    /// The session with the folder selected; opened where there is none.
    fn session(&mut self) -> Result<&mut Session, Failure> {
        let session = match self.session.take() {
            Some(session) => session,
            None => self.open()?,
        };
        Ok(self.session.insert(session))
    }

    fn open(&mut self) -> Result<Session, Failure> {
        let mut session = Session::connect(&self.server, self.patience)?;
        let choice = session.log_in(&self.server)?;
        if let Some(warning) = choice.warning {
            tracing::warn!(server = %session.server(), "{warning}");
        }
        let mailbox = session.select(&self.folder)?;
        if mailbox.is_read_only {
            return Err(Failure::Permanent(Cause::new(format!(
                "`{}` lets the login only read the folder `{}`, so that mail could never leave it",
                session.server(),
                self.folder
            ))));
        }
        self.destination = match self.deleted_items_folder.as_str() {
            "" => Destination::Nowhere,
            name => match session.find_folder(name)? {
                Some(found) => Destination::Folder(found),
                None => Destination::Missing(name.to_owned()),
            },
        };
        if mailbox.uid_validity != self.uid_validity {
            // The server has numbered its messages anew: no UID that is known means anything any more.
            self.todo.clear();
            self.seen.clear();
            self.dealt_with.clear();
            self.copied.clear();
            self.left.clear();
            self.undone.clear();
            if matches!(self.round, Round::Fetching { .. }) {
                self.round = Round::Listing;
            }
        }
        self.uid_validity = mailbox.uid_validity;
        Ok(session)
    }

    /// Tries again what could not be done to messages that have been dealt with. It was told when it failed first;
    /// whether it succeeds now or not, mail goes on coming in.
    fn finish_undone(&mut self) -> Result<(), Failure> {
        self.session()?;
        if !self.undone.is_empty() {
            let undone = self.undone.clone();
            let _told_before = self.carry_out(&undone);
        }
        Ok(())
    }

    /// Does what is to become of messages of the folder as it is numbered now.
    fn carry_out(&mut self, wanted: &BTreeMap<u32, Disposition>) -> Result<(), Failure> {
        let of = |disposition| {
            let these = wanted.iter().filter(move |(_, wanted)| **wanted == disposition);
            these.map(|(uid, _)| *uid).collect::<BTreeSet<u32>>()
        };
        let (to_delete, to_keep) = (of(Disposition::Delete), of(Disposition::Keep));
        self.dealt_with.extend(wanted.keys());
        self.undone.extend(wanted.iter().map(|(uid, disposition)| (*uid, *disposition)));
        let _open = self.session()?;
        let destination = self.destination.clone();
        let mut copied = std::mem::take(&mut self.copied);
        let session = self.session()?;
        let server = session.server();
        let done = match &destination {
            _ if to_delete.is_empty() => Ok(()),
            Destination::Nowhere => session.remove(&to_delete),
            Destination::Folder(folder) => session.move_to(&to_delete, folder, &mut copied),
            Destination::Missing(_) => session.mark(&to_delete),
        };
        let marked = match &done {
            Err(Fault::Broken(_)) => Ok(()),
            _ => session.mark(&to_keep),
        };
        self.copied = copied;
        if done.is_ok() {
            self.undone.retain(|uid, _| !to_delete.contains(uid));
            if !matches!(destination, Destination::Missing(_)) {
                self.dealt_with.retain(|uid| !to_delete.contains(uid));
                self.copied.retain(|uid| !to_delete.contains(uid));
                self.seen.extend(to_delete);
            }
        }
        if marked.is_ok() {
            self.undone.retain(|uid, _| !to_keep.contains(uid));
        }
        let Err(fault) = done.and(marked) else { return Ok(()) };
        if let Fault::Broken(_) = fault {
            self.session = None;
        } else if matches!(destination, Destination::Folder(_)) {
            // The folder may be gone since the session began: it is looked for again next time.
            self.session = None;
        }
        Err(settled(&server, "to take mail out of the folder", fault))
    }
}

impl Inbox for ImapInbox {
    fn count(&self) -> Option<u64> {
        None
    }

    fn fetch(&mut self) -> Option<Result<Arrival, Failure>> {
        loop {
            if let Some(found) = self.ready.pop_front() {
                return Some(found);
            }
            match self.advance() {
                Ok(true) => {}
                Ok(false) => return None,
                Err(failure) => {
                    self.is_out_of_reach = true;
                    self.round = Round::Ended;
                    self.todo.clear();
                    return Some(Err(failure));
                }
            }
        }
    }

    fn dispose(&mut self, arrival: &Arrival, disposition: Disposition) -> Result<(), Failure> {
        let Arrival { origin, identity, .. } = arrival;
        self.noted.push(Noted { origin: origin.clone(), identity: identity.clone(), disposition });
        Ok(())
    }

    fn complete_disposals(&mut self) -> Vec<(String, Failure)> {
        let noted = std::mem::take(&mut self.noted);
        if noted.is_empty() {
            return Vec::new();
        }
        let opened = self.session().map(drop);
        let mut wanted = BTreeMap::new();
        let mut left = Vec::new();
        for Noted { origin, identity, disposition } in noted {
            let uid = identity.split_once('/').and_then(|(validity, uid)| {
                (validity.parse() == Ok(self.uid_validity)).then(|| uid.parse().ok()).flatten()
            });
            match uid {
                Some(uid) => {
                    let _new = wanted.insert(uid, (origin, disposition));
                }
                None => left.push((
                    origin,
                    Failure::Transient(Cause::new(
                        "the server has numbered its messages anew, so that the mail will be met again",
                    )),
                )),
            }
        }
        let asked = wanted.iter().map(|(uid, (_, disposition))| (*uid, *disposition)).collect();
        match opened.and_then(|()| self.carry_out(&asked)) {
            Ok(()) => left.extend(self.missing(&wanted)),
            Err(failure) => {
                self.dealt_with.extend(asked.keys());
                self.undone.extend(asked);
                let undone = wanted.into_iter().filter(|(uid, _)| self.undone.contains_key(uid));
                left.extend(
                    undone.map(|(_, (origin, _))| {
                        (origin, Failure::Transient(Cause::new(failure.to_string())))
                    }),
                );
            }
        }
        left
    }

    fn wait(&mut self, at_most: Duration) -> Waited {
        let Some(session) = self.session.as_mut().filter(|session| session.can("IDLE")) else {
            return Waited::CannotTell;
        };
        match session.idle(at_most.min(IDLE_MAX)) {
            Ok(true) => Waited::News,
            Ok(false) => Waited::Nothing,
            Err(_) => {
                self.session = None;
                Waited::CannotTell
            }
        }
    }

    fn is_out_of_reach(&self) -> bool {
        self.is_out_of_reach
    }
}

impl ImapInbox {
    /// Tells once that the folder does not exist into which mail is to go.
    fn missing(&mut self, wanted: &BTreeMap<u32, (String, Disposition)>) -> Option<(String, Failure)> {
        let Destination::Missing(name) = &self.destination else { return None };
        let (_, (origin, _)) =
            wanted.iter().find(|(_, (_, disposition))| *disposition == Disposition::Delete)?;
        if std::mem::replace(&mut self.has_told_missing, true) {
            return None;
        }
        Some((
            origin.clone(),
            Failure::Permanent(Cause::new(format!(
                "the server has no folder `{name}`: mails stay in `{}`, marked as dealt with, until \
                 `deleted_items_folder` names one that exists",
                self.folder
            ))),
        ))
    }
}

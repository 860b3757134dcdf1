//! Mail from a POP3 server (RFC 1939).
//!
//! A session shows the mailbox as it was at its beginning, and `QUIT` makes its deletions real: a round is one
//! session, or several where the account says how many deletions a session may have. Where the server does not
//! confirm them, the mails are met again and known by their identifier or digest. A server without unique identifiers
//! (UIDL) is asked for everything in one session, and what stays is fetched anew in each round.

mod session;
#[cfg(test)]
mod tests;

pub use session::{Listed, Session};

use crate::adapters::inboxes::{MAIL_BYTES_MAX, too_large};
use crate::adapters::net::Patience;
use crate::ports::{Arrival, Cause, Failure, Inbox};
use crate::ruleset::account::Server;
use crate::vocab::Disposition;
use session::Fault;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

/// So many bytes of mail are asked for before the first answer is read.
const FETCHED_BYTES: u64 = 1024 * 1024;

/// After so many sessions in a row that break over one message each, the round ends.
const STUMBLES_MAX: u32 = 3;

/// A mailbox of a POP3 server.
#[derive(Debug)]
pub struct Pop3Inbox {
    server: Server,
    deletions_max: usize,
    mail_bytes_max: u64,
    patience: Patience,
    open: Option<Open>,
    /// How many sessions there were.
    sessions: u64,
    round: Round,
    ready: VecDeque<Result<Arrival, Failure>>,
    /// Where the mails are that were handed out, by origin.
    handed_out: BTreeMap<String, Place>,
    /// Identifiers of mails that were handed out or passed over in this round.
    seen: BTreeSet<String>,
    /// Identifiers of mails that stay: dealt with, or told as too large.
    staying: BTreeSet<String>,
    noted: Vec<(String, Disposition)>,
    alone: usize,
    stumbles: u32,
    /// The round at hand, or the last one, was ended by a fault of the server and not of a mail.
    is_out_of_reach: bool,
}

/// A session with what it showed.
#[derive(Debug)]
struct Open {
    session: Session,
    messages: BTreeMap<u32, Listed>,
    todo: VecDeque<u32>,
    /// Origins of the mails that are deleted when the session ends well.
    deleted: Vec<String>,
}

/// Where a mail is: its number in one session, and its identifier in any.
#[derive(Debug, Clone)]
struct Place {
    session: u64,
    number: u32,
    uidl: Option<String>,
}

/// How far a round has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Round {
    /// None is on its way.
    Rest,
    /// Messages are fetched.
    Fetching,
    /// A fault has ended it.
    Ended,
}

impl Pop3Inbox {
    /// A mailbox, not yet connected to. After `deletions_max` deletions (0: no limit) a session is ended and another
    /// begun.
    pub fn new(server: &Server, deletions_max: u32, size_bytes_max: u64) -> Self {
        let deletions_max = if deletions_max == 0 { u32::MAX } else { deletions_max };
        Self {
            server: server.clone(),
            deletions_max: usize::try_from(deletions_max).unwrap_or(usize::MAX),
            mail_bytes_max: MAIL_BYTES_MAX.max(size_bytes_max),
            patience: Patience::default(),
            open: None,
            sessions: 0,
            round: Round::Rest,
            ready: VecDeque::new(),
            handed_out: BTreeMap::new(),
            seen: BTreeSet::new(),
            staying: BTreeSet::new(),
            noted: Vec::new(),
            alone: 0,
            stumbles: 0,
            is_out_of_reach: false,
        }
    }

    /// The session at hand; a new one shows what is in the mailbox now.
    fn open(&mut self) -> Result<&mut Open, Failure> {
        let open = match self.open.take() {
            Some(open) => open,
            None => self.begin_session()?,
        };
        Ok(self.open.insert(open))
    }

    fn begin_session(&mut self) -> Result<Open, Failure> {
        let mut session = Session::connect(&self.server, self.patience)?;
        let choice = session.log_in(&self.server)?;
        if let Some(warning) = choice.warning {
            tracing::warn!(server = %session.server(), "{warning}");
        }
        let messages = session.list()?;
        self.sessions += 1;
        let is_new = |listed: &Listed| {
            listed.uidl.as_ref().is_none_or(|uidl| !self.seen.contains(uidl) && !self.staying.contains(uidl))
        };
        let todo = messages.iter().filter(|(_, listed)| is_new(listed)).map(|(number, _)| *number).collect();
        Ok(Open { session, messages, todo, deleted: Vec::new() })
    }

    /// One step of the round; `false` at its end.
    fn advance(&mut self) -> Result<bool, Failure> {
        match self.round {
            Round::Rest => {
                self.is_out_of_reach = false;
                self.seen.clear();
                self.handed_out.clear();
                self.stumbles = 0;
                // What an earlier session showed is old, and nothing of it is waiting to be deleted.
                self.open = None;
                self.round = Round::Fetching;
            }
            Round::Ended => {
                self.round = Round::Rest;
                return Ok(false);
            }
            Round::Fetching => {
                if self.open()?.todo.is_empty() {
                    self.round = Round::Rest;
                    return Ok(false);
                }
                self.fetch_some()?;
            }
        }
        Ok(true)
    }

    fn fetch_some(&mut self) -> Result<(), Failure> {
        let (mail_bytes_max, is_alone) = (self.mail_bytes_max, self.alone > 0);
        let (number, sessions) = (self.sessions, self.server.server.clone());
        self.alone = self.alone.saturating_sub(1);
        let open = self.open()?;
        let most = if is_alone { 1 } else { open.session.together() };
        let mut chunk: Vec<(u32, Listed)> = Vec::new();
        let mut bytes = 0_u64;
        while let Some(next) = open.todo.front() {
            let listed = open.messages.get(next).cloned().unwrap_or_default();
            bytes = bytes.saturating_add(listed.size);
            if !chunk.is_empty() && (bytes > FETCHED_BYTES || chunk.len() >= most) {
                break;
            }
            chunk.push((*next, listed));
            let _taken = open.todo.pop_front();
        }
        let too_large = |listed: &Listed| listed.size > mail_bytes_max;
        if let Some((message, listed)) = chunk.first().filter(|(_, listed)| too_large(listed)) {
            let origin = origin(&sessions, number, *message, listed);
            self.leave(&origin, listed);
            return Ok(());
        }
        let commands: Vec<String> = chunk.iter().map(|(message, _)| format!("RETR {message}")).collect();
        let sent = open.session.send(&commands);
        let mut broken = sent.err();
        let mut fetched = VecDeque::new();
        for (_, listed) in &chunk {
            if broken.is_some() {
                break;
            }
            match open.session.mail(listed.size, mail_bytes_max) {
                Err(Fault::Broken(failure)) => broken = Some(failure),
                answered => fetched.push_back(answered),
            }
        }
        let is_single = chunk.len() == 1;
        for (message, listed) in chunk {
            match fetched.pop_front() {
                Some(answered) => self.take_in(message, &listed, answered),
                None => return self.stumble(message, &listed, is_single, broken),
            }
        }
        self.stumbles = 0;
        Ok(())
    }

    fn take_in(&mut self, number: u32, listed: &Listed, answered: Result<Vec<u8>, Fault>) {
        let origin = origin(&self.server.server, self.sessions, number, listed);
        self.seen.extend(listed.uidl.clone());
        let found = match answered {
            Ok(raw) => {
                let place = Place { session: self.sessions, number, uidl: listed.uidl.clone() };
                let _same = self.handed_out.insert(origin.clone(), place);
                let size = u64::try_from(raw.len()).unwrap_or(u64::MAX);
                let identity = listed.uidl.clone().unwrap_or_default();
                Ok(Arrival { origin, identity, raw: Arc::new(raw), size })
            }
            Err(fault) => {
                let said = match fault {
                    Fault::Refused(said) => said,
                    Fault::Broken(failure) => failure.to_string(),
                };
                Err(Failure::Transient(Cause::new(format!("`{origin}` cannot be fetched: {said}"))))
            }
        };
        self.ready.push_back(found);
    }

    /// The session broke over this message: it is tried alone next, or told and passed over where it was alone.
    /// Without an identifier it cannot be told from others in another session, and the round ends.
    fn stumble(
        &mut self,
        number: u32,
        listed: &Listed,
        is_single: bool,
        broken: Option<Failure>,
    ) -> Result<(), Failure> {
        self.open = None;
        let failure = broken.map(|failure| failure.to_string()).unwrap_or_default();
        let origin = origin(&self.server.server, self.sessions, number, listed);
        let failure = Failure::Transient(Cause::new(format!("`{origin}` cannot be fetched: {failure}")));
        let Some(uidl) = &listed.uidl else { return Err(failure) };
        if !is_single {
            self.alone = 1;
            return Ok(());
        }
        let _new = self.seen.insert(uidl.clone());
        self.stumbles += 1;
        if self.stumbles >= STUMBLES_MAX {
            return Err(failure);
        }
        self.ready.push_back(Err(failure));
        Ok(())
    }

    /// A message that is too large to be held stays and is told once.
    fn leave(&mut self, origin: &str, listed: &Listed) {
        self.staying.extend(listed.uidl.clone());
        self.ready.push_back(Err(too_large(origin, listed.size, self.mail_bytes_max)));
    }

    /// The number under which the session at hand knows a mail.
    fn number_of(&self, place: &Place) -> Option<u32> {
        let open = self.open.as_ref()?;
        if place.session == self.sessions {
            return Some(place.number);
        }
        let is_it = |(_, listed): &(&u32, &Listed)| place.uidl.is_some() && listed.uidl == place.uidl;
        open.messages.iter().find(is_it).map(|(number, _)| *number)
    }

    /// Asks for the deletion of these mails in the session at hand, and gives those that it does not take.
    fn delete(&mut self, origins: &[String]) -> Vec<(String, Failure)> {
        let mut left = Vec::new();
        let opened = self.open().map(drop);
        let mut wanted = VecDeque::new();
        for origin in origins {
            let number = self.handed_out.get(origin).and_then(|place| self.number_of(place));
            match (&opened, number) {
                (Ok(()), Some(number)) => wanted.push_back((origin.clone(), number)),
                (Err(failure), _) => {
                    left.push((origin.clone(), Failure::Transient(Cause::new(failure.to_string()))));
                }
                (Ok(()), None) => {
                    left.push((origin.clone(), met_again("another session cannot tell which mail it is")));
                }
            }
        }
        let Some(open) = &mut self.open else { return left };
        let mut broken = None;
        while !wanted.is_empty() && broken.is_none() {
            let chunk: Vec<_> = wanted.drain(..wanted.len().min(open.session.together())).collect();
            let commands: Vec<String> = chunk.iter().map(|(_, number)| format!("DELE {number}")).collect();
            broken = open.session.send(&commands).err();
            for (origin, _) in chunk {
                let answered = match &broken {
                    None => open.session.reply(),
                    Some(failure) => Err(Fault::Refused(failure.to_string())),
                };
                match answered {
                    Ok(_) => open.deleted.push(origin),
                    Err(Fault::Refused(said)) => left.push((origin, met_again(&said))),
                    Err(Fault::Broken(failure)) => {
                        left.push((origin, met_again(&failure.to_string())));
                        broken = Some(failure);
                    }
                }
            }
        }
        let Some(failure) = broken else { return left };
        let lost = self.open.take().map(|open| open.deleted).unwrap_or_default();
        let lost = lost.into_iter().chain(wanted.into_iter().map(|(origin, _)| origin));
        left.extend(lost.map(|origin| (origin, met_again(&failure.to_string()))));
        left
    }

    /// Ends the session, which makes its deletions real.
    fn quit(&mut self) -> Vec<(String, Failure)> {
        let Some(mut open) = self.open.take() else { return Vec::new() };
        match open.session.quit() {
            Ok(()) => Vec::new(),
            Err(failure) => {
                let failed = |origin| (origin, met_again(&failure.to_string()));
                open.deleted.into_iter().map(failed).collect()
            }
        }
    }

    /// Whether the mails at hand can be told from one another in another session.
    fn has_identifiers(&self) -> bool {
        self.open.as_ref().is_some_and(|open| open.messages.values().any(|listed| listed.uidl.is_some()))
    }
}

impl Inbox for Pop3Inbox {
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
                    return Some(Err(failure));
                }
            }
        }
    }

    fn is_out_of_reach(&self) -> bool {
        self.is_out_of_reach
    }

    fn dispose(&mut self, arrival: &Arrival, disposition: Disposition) -> Result<(), Failure> {
        self.noted.push((arrival.origin.clone(), disposition));
        Ok(())
    }

    fn complete_disposals(&mut self) -> Vec<(String, Failure)> {
        let noted = std::mem::take(&mut self.noted);
        let (to_delete, to_keep): (Vec<_>, Vec<_>) =
            noted.into_iter().partition(|(_, disposition)| *disposition == Disposition::Delete);
        for (origin, _) in to_keep {
            let kept = self.handed_out.remove(&origin).and_then(|place| place.uidl);
            self.staying.extend(kept);
        }
        let mut left = Vec::new();
        let mut rest: Vec<String> = to_delete.into_iter().map(|(origin, _)| origin).collect();
        while !rest.is_empty() {
            let deleted = self.open.as_ref().map_or(0, |open| open.deleted.len());
            let room = self.deletions_max.saturating_sub(deleted).max(1);
            let later = rest.split_off(rest.len().min(room));
            left.extend(self.delete(&rest));
            for origin in rest {
                let _done = self.handed_out.remove(&origin);
            }
            rest = later;
            let deleted = self.open.as_ref().map_or(0, |open| open.deleted.len());
            if deleted >= self.deletions_max && self.has_identifiers() {
                left.extend(self.quit());
            }
        }
        left
    }

    fn end_round(&mut self) -> Result<(), Failure> {
        let left = self.quit();
        let count = left.len();
        left.into_iter().next().map_or(Ok(()), |(_, failure)| {
            Err(Failure::Transient(Cause::new(format!(
                "{count} mails have been dealt with and will be met again and known: {failure}"
            ))))
        })
    }
}

/// Where a mail is: a URL of RFC 2384 with the identifier, or the number that it has in one session.
fn origin(server: &str, session: u64, number: u32, listed: &Listed) -> String {
    match &listed.uidl {
        Some(uidl) => format!("pop3://{server}/{uidl}"),
        None => format!("pop3://{server}/#{number} of session {session}"),
    }
}

fn met_again(because: &str) -> Failure {
    Failure::Transient(Cause::new(format!("it is not deleted: {because}")))
}

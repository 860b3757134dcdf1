//! One round: the folder is listed, and what has not been dealt with is fetched, as much as goes together by one command.

use super::ImapInbox;
use super::session::{Listed, Session, settled};
use super::wire::Fault;
use crate::adapters::inboxes::too_large;
use crate::ports::{Arrival, Cause, Failure};
use std::sync::Arc;

/// So many bytes of mail are fetched by one command; a larger mail is fetched alone.
const FETCHED_BYTES: u64 = 1024 * 1024;

/// The most mails that are fetched by one command.
const FETCHED_AT_ONCE: usize = 256;

/// So many messages are listed before the first of them is fetched; the others come later in the same round.
const LISTED_MAX: usize = 20_000;

/// After so many sessions in a row that break over one message each, the round ends.
const STUMBLES_MAX: u32 = 3;

/// How far a round has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Round {
    /// None is on its way.
    Rest,
    /// The folder is to be listed.
    Listing,
    /// Messages are fetched; the list was the whole one, or not.
    Fetching { is_whole: bool },
    /// A fault has ended it.
    Ended,
}

impl ImapInbox {
    /// One step of the round; `false` at its end.
    pub(super) fn advance(&mut self) -> Result<bool, Failure> {
        match self.round {
            Round::Rest => {
                self.is_out_of_reach = false;
                self.seen.clear();
                self.stumbles = 0;
                self.round = Round::Listing;
            }
            Round::Ended => {
                self.round = Round::Rest;
                return Ok(false);
            }
            Round::Listing => {
                self.list()?;
                if self.todo.is_empty() {
                    self.round = Round::Rest;
                    return Ok(false);
                }
            }
            Round::Fetching { is_whole } if self.todo.is_empty() => {
                self.round = if is_whole { Round::Rest } else { Round::Listing };
                return Ok(!is_whole);
            }
            Round::Fetching { .. } => self.fetch_some()?,
        }
        Ok(true)
    }

    fn list(&mut self) -> Result<(), Failure> {
        let is_fresh = self.session.is_none();
        self.session()?;
        // A connection that was open for long may be gone without a word; that is no news.
        if !is_fresh && let Some(Err(Fault::Broken(_))) = self.session.as_mut().map(Session::noop) {
            self.session = None;
        }
        self.finish_undone()?;
        let Self { seen, dealt_with, left, .. } = self;
        let (seen, dealt_with, left) = (seen.clone(), dealt_with.clone(), left.clone());
        let session = self.session()?;
        let server = session.server();
        let wanted = |found: &Listed| {
            !(found.is_dealt_with
                || [&seen, &dealt_with, &left].iter().any(|known| known.contains(&found.uid)))
        };
        match session.list(LISTED_MAX, &wanted) {
            Ok((listed, is_whole)) => {
                self.copied.extend(listed.iter().filter(|found| found.is_copied).map(|found| found.uid));
                self.todo = listed.into();
                self.round = Round::Fetching { is_whole };
                Ok(())
            }
            Err(fault) => {
                self.session = None;
                Err(settled(&server, "to list the folder", fault))
            }
        }
    }

    /// Fetches as many messages as go together.
    fn fetch_some(&mut self) -> Result<(), Failure> {
        self.session()?;
        let chunk = self.next_chunk();
        let Some(first) = chunk.first() else { return Ok(()) };
        if first.size > self.mail_bytes_max {
            return self.leave(*first);
        }
        let uids: Vec<u32> = chunk.iter().map(|listed| listed.uid).collect();
        let mail_bytes_max = self.mail_bytes_max;
        let fetched = self.session()?.fetch(&uids, mail_bytes_max);
        match fetched {
            Ok(mut bodies) => {
                self.stumbles = 0;
                for listed in chunk {
                    let _new = self.seen.insert(listed.uid);
                    // A message that is not among the answers was taken away by somebody else.
                    if let Some(body) = bodies.remove(&listed.uid) {
                        let found = self.arrival(listed, body);
                        self.ready.push_back(found);
                    }
                }
                Ok(())
            }
            Err(fault) => self.stumble(chunk, fault),
        }
    }

    /// The next messages that go together; a session that has just been opened anew may have left none.
    fn next_chunk(&mut self) -> Vec<Listed> {
        let mut chunk: Vec<Listed> = Vec::new();
        let mut bytes = 0_u64;
        while let Some(next) = self.todo.front() {
            bytes = bytes.saturating_add(next.size);
            let is_full = bytes > FETCHED_BYTES || chunk.len() >= FETCHED_AT_ONCE || self.alone > 0;
            if is_full && !chunk.is_empty() {
                break;
            }
            chunk.extend(self.todo.pop_front());
        }
        self.alone = self.alone.saturating_sub(1);
        chunk
    }

    fn arrival(&self, listed: Listed, body: Option<Vec<u8>>) -> Result<Arrival, Failure> {
        let origin = self.origin(listed.uid);
        let Some(raw) = body else {
            return Err(Failure::Transient(Cause::new(format!("`{origin}`: the server gives no content"))));
        };
        let identity = format!("{}/{}", self.uid_validity, listed.uid);
        let size = u64::try_from(raw.len()).unwrap_or(u64::MAX);
        Ok(Arrival { origin, identity, raw: Arc::new(raw), size })
    }

    /// Where a message is (RFC 5092).
    fn origin(&self, uid: u32) -> String {
        let Self { server, folder, uid_validity, .. } = self;
        format!("imap://{}/{folder};UIDVALIDITY={uid_validity}/;UID={uid}", server.server)
    }

    /// Messages that could not be fetched together are tried one by one; one that cannot be fetched alone is
    /// told and passed over.
    fn stumble(&mut self, chunk: Vec<Listed>, fault: Fault) -> Result<(), Failure> {
        let server = format!("{}:{}", self.server.server, self.server.port);
        if matches!(fault, Fault::Broken(_)) {
            self.session = None;
        }
        if let [only] = chunk.as_slice() {
            let _new = self.seen.insert(only.uid);
            if matches!(fault, Fault::Broken(_)) {
                self.stumbles += 1;
            }
            let failure = settled(&server, "to give a mail", fault);
            let failure = Cause::new(format!("`{}` cannot be fetched: {failure}", self.origin(only.uid)));
            if self.stumbles >= STUMBLES_MAX {
                return Err(Failure::Transient(failure));
            }
            self.ready.push_back(Err(Failure::Transient(failure)));
            return Ok(());
        }
        self.alone = chunk.len();
        for listed in chunk.into_iter().rev() {
            self.todo.push_front(listed);
        }
        Ok(())
    }

    /// A message that is too large to be held stays, flagged, and is told once.
    fn leave(&mut self, listed: Listed) -> Result<(), Failure> {
        let _new = self.seen.insert(listed.uid);
        let _new = self.left.insert(listed.uid);
        let origin = self.origin(listed.uid);
        self.ready.push_back(Err(too_large(&origin, listed.size, self.mail_bytes_max)));
        match self.session()?.flag(listed.uid) {
            Ok(()) | Err(Fault::Refused(_)) => Ok(()),
            Err(Fault::Broken(failure)) => {
                self.session = None;
                Err(failure)
            }
        }
    }
}

//! Collects mails that share a commit.

use super::ahead::{Fetched, Prepared, Room};
use crate::ports::Failure;
use std::sync::mpsc::Receiver;

/// The most mails of one commit; to make it durable takes as long as to decide some twenty mails.
const MAILS_MAX: usize = 512;

/// So many raw bytes end a batch.
const BYTES_ENOUGH: u64 = 2 * 1024 * 1024;

/// A mail of more bytes is settled alone: what it costs, no other mail pays.
const BYTES_ALONE: u64 = 2 * 1024 * 1024;

/// Batches of mails in the order in which they come.
pub(super) struct Batches<'a> {
    brought: Receiver<Fetched>,
    room: &'a Room,
    held_back: Option<Box<Prepared>>,
}

impl<'a> Batches<'a> {
    pub(super) fn new(brought: Receiver<Fetched>, room: &'a Room) -> Self {
        Self { brought, room, held_back: None }
    }

    /// The next batch; `None` at the end. Faults are handed to `fault` as they come.
    pub(super) fn next(&mut self, fault: &mut dyn FnMut(Failure)) -> Option<Vec<Prepared>> {
        let mut mails = Vec::new();
        let mut bytes = 0;
        loop {
            let mail = match self.held_back.take() {
                Some(mail) => mail,
                None => match self.brought.recv() {
                    Ok(Fetched::Mail(mail)) => mail,
                    Ok(Fetched::Fault(failure)) => {
                        fault(failure);
                        continue;
                    }
                    Ok(Fetched::Full) if mails.is_empty() => continue,
                    Err(_) if mails.is_empty() => return None,
                    Ok(Fetched::Full) | Err(_) => return Some(mails),
                },
            };
            let is_large = mail.bytes() > BYTES_ALONE;
            if is_large && !mails.is_empty() {
                self.held_back = Some(mail);
                return Some(mails);
            }
            bytes += mail.bytes();
            mails.push(*mail);
            if is_large || mails.len() >= MAILS_MAX || bytes >= BYTES_ENOUGH {
                return Some(mails);
            }
        }
    }

    /// These mails are dealt with: others may be read ahead.
    pub(super) fn done(&self, mails: &[Prepared]) {
        self.room.give(mails.iter().map(Prepared::bytes).sum());
    }
}

impl Drop for Batches<'_> {
    fn drop(&mut self) {
        self.room.close();
    }
}

//! Takes messages out of a folder, a whole set by one command, and never any other message (SPEC 11, 14).

use super::response::{Token, Untagged};
use super::session::{COPIED, DEALT_WITH, Session};
use super::set::sets;
use super::wire::{Fault, Word};
use std::collections::BTreeSet;

/// So many messages are copied by one command: as many numbers as a set holds at least.
const COPIED_TOGETHER: usize = 256;

/// Where messages go that have been dealt with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Destination {
    /// They are removed for good.
    Nowhere,
    /// Into this folder.
    Folder(String),
    /// They stay, since there is no folder of this name.
    Missing(String),
}

impl Session {
    /// Moves messages into another folder. Where the server cannot move, a copy is made first, and it is noted in
    /// `copied`, and by a keyword where the server takes any, which messages have theirs: so a session that breaks
    /// before the original is gone makes no second copy. What remains is a session that breaks between the copy and
    /// the server's answer.
    pub(super) fn move_to(
        &mut self,
        uids: &BTreeSet<u32>,
        folder: &str,
        copied: &mut BTreeSet<u32>,
    ) -> Result<(), Fault> {
        let folder = super::name::encode(folder);
        let can_move = self.can("MOVE");
        let verb = if can_move { "UID MOVE" } else { "UID COPY" };
        let to_go: Vec<u32> = uids.difference(copied).copied().collect();
        for some in to_go.chunks(COPIED_TOGETHER) {
            for set in sets(some.iter().copied()) {
                self.command(&[Word::Bare(verb), Word::Bare(&set), Word::Text(&folder)], &mut |_| {})?;
            }
            if !can_move {
                copied.extend(some);
            }
        }
        let to_vanish: BTreeSet<u32> = uids.intersection(copied).copied().collect();
        if to_vanish.is_empty() {
            return Ok(());
        }
        if self.mailbox().takes_keywords() {
            match self.store(&to_vanish, &format!("+FLAGS.SILENT ({COPIED})")) {
                Ok(()) | Err(Fault::Refused(_)) => {}
                broken => return broken,
            }
        }
        self.remove(&to_vanish)
    }

    /// Removes messages for good.
    pub(super) fn remove(&mut self, uids: &BTreeSet<u32>) -> Result<(), Fault> {
        self.store(uids, "+FLAGS.SILENT (\\Deleted)")?;
        if self.can("UIDPLUS") {
            for set in sets(uids.iter().copied()) {
                self.command(&[Word::Bare("UID EXPUNGE"), Word::Bare(&set)], &mut |_| {})?;
            }
            return Ok(());
        }
        // EXPUNGE takes every message that is flagged. Those that somebody else has flagged lose their flag for
        // a moment (RFC 4549 §4.2.3 advises so).
        let others = self.deleted()?.difference(uids).copied().collect();
        self.store(&others, "-FLAGS.SILENT (\\Deleted)")?;
        let expunged = self.command(&[Word::Bare("EXPUNGE")], &mut |_| {});
        if !matches!(expunged, Err(Fault::Broken(_))) {
            self.store(&others, "+FLAGS.SILENT (\\Deleted)")?;
        }
        expunged.map(drop)
    }

    /// Marks messages as dealt with. Where the server takes no keyword, people see a flag; nothing relies on
    /// that one, since anybody may set it.
    pub(super) fn mark(&mut self, uids: &BTreeSet<u32>) -> Result<(), Fault> {
        if self.mailbox().takes_keywords() {
            let flags = format!("+FLAGS.SILENT (\\Seen {DEALT_WITH})");
            match self.store(uids, &flags) {
                Err(Fault::Refused(_)) => {}
                ended => return ended,
            }
        }
        self.store(uids, "+FLAGS.SILENT (\\Seen \\Flagged)")
    }

    /// Shows people a message that they must look at.
    pub(super) fn flag(&mut self, uid: u32) -> Result<(), Fault> {
        self.store(&BTreeSet::from([uid]), "+FLAGS.SILENT (\\Flagged)")
    }

    fn store(&mut self, uids: &BTreeSet<u32>, change: &str) -> Result<(), Fault> {
        for set in sets(uids.iter().copied()) {
            let command = format!("UID STORE {set} {change}");
            self.command(&[Word::Bare(&command)], &mut |_| {})?;
        }
        Ok(())
    }

    fn deleted(&mut self) -> Result<BTreeSet<u32>, Fault> {
        let mut uids = BTreeSet::new();
        self.command(&[Word::Bare("UID SEARCH DELETED")], &mut |told| {
            if let Untagged::Named(word, tokens) = told
                && word == "SEARCH"
            {
                uids.extend(
                    tokens.iter().filter_map(Token::word).filter_map(|word| word.parse::<u32>().ok()),
                );
            }
        })?;
        Ok(uids)
    }
}

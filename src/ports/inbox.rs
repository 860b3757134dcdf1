//! Where mail comes from.

use super::Failure;
use crate::vocab::Disposition;
use std::sync::Arc;
use std::time::Duration;

/// One raw mail as fetched from one account.
#[derive(Debug, Clone)]
pub struct Arrival {
    /// Where exactly it was found, as shown to people: a path, a path with the number of the mail in an
    /// mbox, `-` for standard input, or a server's identifier.
    pub origin: String,
    /// What the source itself identifies it by (UIDVALIDITY and UID, or UIDL); empty for files, where the
    /// digest alone identifies a mail.
    pub identity: String,
    /// Every byte, also of a mail that is larger than its account allows (SPEC G7).
    pub raw: Arc<Vec<u8>>,
    /// The mail's size in bytes, as far as the source says.
    pub size: u64,
}

/// What came of waiting for mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Waited {
    /// There may be new mail.
    News,
    /// There was none in that time.
    Nothing,
    /// The source cannot tell, and has not waited: whoever wants to know looks again.
    CannotTell,
}

/// A mailbox that is read one mail at a time.
///
/// A source holds few mails in memory for its caller: one, or as many small ones as a server gives at once.
/// From the first [`fetch`](Self::fetch) to the `None` it gives is one round; the next `fetch` begins another.
pub trait Inbox {
    /// How many mails it will bring, where that is known before reading them.
    fn count(&self) -> Option<u64>;

    /// The next mail; `None` when there is no more for now. An error concerns one mail or the source as
    /// a whole; the caller may go on asking.
    fn fetch(&mut self) -> Option<Result<Arrival, Failure>>;

    /// Whether a fault that [`fetch`](Self::fetch) told concerns the source as a whole, so that it is better
    /// left alone for a while.
    fn is_out_of_reach(&self) -> bool {
        true
    }

    /// Carries out what becomes of a mail that has been dealt with, or notes it down for
    /// [`complete_disposals`](Self::complete_disposals); called only after its outcome is durable.
    fn dispose(&mut self, arrival: &Arrival, disposition: Disposition) -> Result<(), Failure>;

    /// Carries out together what `dispose` has noted down; called after the mails of each commit. Gives the mails
    /// that are left in place, by origin, each with the reason.
    fn complete_disposals(&mut self) -> Vec<(String, Failure)> {
        Vec::new()
    }

    /// Makes final what is not final before a round is over (POP3); called once the last mail is disposed of.
    fn end_round(&mut self) -> Result<(), Failure> {
        Ok(())
    }

    /// Waits, at most so long, for new mail. A hint only: a source may be silent about mail that it has.
    fn wait(&mut self, _at_most: Duration) -> Waited {
        Waited::CannotTell
    }
}

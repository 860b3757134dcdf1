//! Who carries our mails away.

use super::{Failure, OutboxEntry};

/// One outgoing server.
pub trait Mailer {
    /// Hands one mail over. Done means that the other side has taken responsibility for it.
    fn submit(&mut self, mail: &OutboxEntry) -> Result<(), Failure>;
}

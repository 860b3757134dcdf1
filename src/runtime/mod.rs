//! The daily round: mail is taken in, decided, written down, and only then taken out of the mailbox.
//!
//! [`Pipeline`] carries one account's mail from the first byte to the ledger, in batches that share a commit;
//! [`drain_outbox`] sends what waits. Both speak to the world through the ports alone, and the time comes in
//! as a function, so that neither knows a database, a folder or a clock.

mod ahead;
mod backoff;
mod batch;
mod day;
mod outbox;
mod pipeline;
mod record;

pub use ahead::Watch;
pub use backoff::Backoff;
pub use day::{Balance, Day, Fate};
pub use outbox::{Arrears, Sender, Sendings, drain_outbox, is_due};
pub use pipeline::{Dealing, Pipeline, Report, Settled};

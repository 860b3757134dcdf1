//! The service desk: it answers one inquiry and performs effects.

use super::{Failure, Key};
use crate::vocab::{Answers, Effect, Inquiry, ObjectSource};
use std::borrow::Cow;

/// Gives the bytes of an object when an effect that needs them is performed.
pub trait Contents {
    /// The bytes from this source of the mail at hand.
    fn bytes(&self, source: &ObjectSource) -> Cow<'_, [u8]>;
}

/// A service desk, embedded or remote.
pub trait Desk {
    /// Answers every question of the inquiry at once, from one consistent view.
    fn answer(&mut self, inquiry: &Inquiry) -> Result<Answers, Failure>;

    /// Performs the effects of one decision in order. Performing them again under the same key changes nothing.
    ///
    /// `now` is the instant to note down, in seconds since 1970.
    fn perform(
        &mut self,
        key: &Key,
        effects: &[Effect],
        contents: &dyn Contents,
        now: i64,
    ) -> Result<(), Failure>;
}

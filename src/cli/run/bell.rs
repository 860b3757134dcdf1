//! Wakes a thread that waits.

use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

/// A bell beside a thread that sleeps; whoever has something for it rings.
#[derive(Debug, Default)]
pub(super) struct Bell {
    is_rung: Mutex<bool>,
    changed: Condvar,
}

impl Bell {
    /// Wakes the thread, or keeps it from falling asleep the next time.
    pub(super) fn ring(&self) {
        *self.is_rung.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.changed.notify_all();
    }

    /// Sleeps so long, or until the bell rings; says whether it rang.
    pub(super) fn wait(&self, at_most: Duration) -> bool {
        let is_rung = self.is_rung.lock().unwrap_or_else(PoisonError::into_inner);
        let (mut is_rung, _) = self
            .changed
            .wait_timeout_while(is_rung, at_most, |is_rung| !*is_rung)
            .unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut is_rung)
    }
}

//! Writes down how the service fares, so that `postroom status` needs neither network nor service.

use super::bell::Bell;
use super::house::House;
use crate::adapters::sqlite::{SqliteStore, StatusNote};
use crate::cli::status::state::Parts;
use crate::cli::time;
use crate::ports::Failure;
use serde::Serialize;
use std::time::Duration;

/// No more often than that.
const PAUSE: Duration = Duration::from_secs(2);

/// Writes until the service stops, and a last time then.
pub(super) fn write_down(house: &House, bell: &Bell) {
    let mut store = None;
    let mut written = Parts::default();
    loop {
        let is_last = house.is_stopping();
        let parts = house.parts();
        if parts != written {
            match write(house, &parts, &mut store) {
                Ok(()) => written = parts,
                Err(failure) => {
                    tracing::warn!(fault = %failure, "how the service fares cannot be written down");
                    store = None;
                }
            }
        }
        if is_last {
            return;
        }
        let _is_rung = bell.wait(PAUSE);
    }
}

/// Writes it down once more at the very end.
pub(super) fn write_last(house: &House) -> Result<(), Failure> {
    house.note(|parts| parts.service.stopped_at = Some(time::now()));
    write(house, &house.parts(), &mut None)
}

fn write(house: &House, parts: &Parts, store: &mut Option<SqliteStore>) -> Result<(), Failure> {
    let store = match store {
        Some(store) => store,
        None => store.insert(house.open_store()?),
    };
    let at = time::now();
    let mut notes = vec![note("service", "", &parts.service, at)];
    notes.extend(parts.accounts.iter().map(|(name, state)| note("account", name, state, at)));
    notes.extend(parts.servers.iter().map(|(name, state)| note("server", name, state, at)));
    store.write_status(&notes)
}

fn note(part: &str, name: &str, state: &impl Serialize, at: i64) -> StatusNote {
    let state = serde_json::to_string(state).unwrap_or_default();
    StatusNote { part: part.to_owned(), name: name.to_owned(), state, at }
}

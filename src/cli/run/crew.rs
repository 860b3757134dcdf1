//! The threads of the service: one for each account, one for each outgoing server. One that comes to grief is
//! started again, and the others do not notice.

use super::bell::Bell;
use super::house::{House, continued, draw};
use super::{sender, worker};
use crate::runtime::Backoff;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// A thread that went well for so long has got over its earlier griefs.
const GONE_WELL: Duration = Duration::from_mins(10);

/// What a thread looks after.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Part {
    Account(String),
    Server(String),
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Account(name) => write!(f, "account {name}"),
            Self::Server(name) => write!(f, "outgoing server {name}"),
        }
    }
}

/// All threads that look after something.
#[derive(Debug, Default)]
pub(super) struct Crew {
    members: BTreeMap<Part, Member>,
}

#[derive(Debug)]
struct Member {
    bell: Arc<Bell>,
    thread: JoinHandle<()>,
}

impl Crew {
    /// Starts what is missing for the rules that decide at present, and lets go of what has ended.
    pub(super) fn keep_up(&mut self, house: &Arc<House>) {
        let active = house.active();
        let accounts = active.polled().map(|account| Part::Account(account.name.clone()));
        let servers = active.used().map(|server| Part::Server(server.name.clone()));
        let wanted: Vec<Part> = accounts.chain(servers).collect();
        self.members.retain(|part, member| {
            let has_ended = member.thread.is_finished();
            if has_ended && !wanted.contains(part) {
                tracing::info!(part = %part, "no longer looked after");
                forget(house, part);
            }
            !has_ended
        });
        for part in wanted {
            let Entry::Vacant(place) = self.members.entry(part.clone()) else { continue };
            match start(part.clone(), house) {
                Ok(member) => {
                    let _started = place.insert(member);
                }
                Err(error) => tracing::error!(part = %part, fault = %error, "no thread can be started"),
            }
        }
    }

    /// Wakes every thread.
    pub(super) fn ring(&self) {
        self.members.values().for_each(|member| member.bell.ring());
    }

    /// Waits for all threads to end; names those that have not by then.
    pub(super) fn wait_for_end(self, until: Instant) -> Vec<Part> {
        const PAUSE: Duration = Duration::from_millis(10);
        while Instant::now() < until && self.members.values().any(|member| !member.thread.is_finished()) {
            thread::sleep(PAUSE);
        }
        let late = self.members.into_iter().filter(|(_, member)| !member.thread.is_finished());
        late.map(|(part, _)| part).collect()
    }
}

fn forget(house: &House, part: &Part) {
    house.pulse.forget(part);
    house.note(|parts| match part {
        Part::Account(name) => parts.accounts.remove(name).is_some(),
        Part::Server(name) => parts.servers.remove(name).is_some(),
    });
}

fn start(part: Part, house: &Arc<House>) -> std::io::Result<Member> {
    let bell = match &part {
        Part::Account(_) => Arc::default(),
        Part::Server(name) => house.sender_bell(name),
    };
    let (house, own_bell) = (Arc::clone(house), Arc::clone(&bell));
    let thread = thread::Builder::new().name(part.to_string()).spawn(move || {
        look_after(
            &mut || match &part {
                Part::Account(name) => worker::work(name, &house, &own_bell),
                Part::Server(name) => sender::send_out(name, &house, &own_bell),
            },
            &mut |pause| {
                came_to_grief(&house, &part, pause);
                house.pulse.beat(&part, "to wait before it is started again", pause);
                let _is_rung = own_bell.wait(pause);
                !house.is_stopping()
            },
        );
    })?;
    Ok(Member { bell, thread })
}

/// Does the work, and again after each grief for as long as `grieve`, which is told how long to wait, wants it.
fn look_after(work: &mut dyn FnMut(), grieve: &mut dyn FnMut(Duration) -> bool) {
    let mut backoff = Backoff::default();
    loop {
        let began = Instant::now();
        if catch_unwind(AssertUnwindSafe(&mut *work)).is_ok() {
            return;
        }
        if began.elapsed() >= GONE_WELL {
            backoff.succeeded();
        }
        if !grieve(backoff.failed(draw())) {
            return;
        }
    }
}

fn came_to_grief(house: &House, part: &Part, pause: Duration) {
    const WORDS: &str = "its thread came to grief (a fault of Postroom) and is started again";
    tracing::error!(part = %part, next_attempt_secs = pause.as_secs(), "{WORDS}");
    house.metrics.restart(&part.to_string());
    match part {
        Part::Account(name) => house.note_account(name, |state| {
            state.restarts += 1;
            state.fault = Some(continued(state.fault.as_ref(), WORDS.to_owned()));
        }),
        Part::Server(name) => house.note_server(name, |state| {
            state.restarts += 1;
            state.fault = Some(continued(state.fault.as_ref(), WORDS.to_owned()));
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_that_comes_to_grief_is_done_again_until_it_ends_well() {
        let mut attempts = 0;
        let mut griefs = Vec::new();
        look_after(
            &mut || {
                attempts += 1;
                assert!(attempts >= 3, "a fault of the program");
            },
            &mut |pause| {
                griefs.push(pause.as_secs());
                true
            },
        );
        assert_eq!((attempts, griefs.len()), (3, 2));
        assert!((1..=2).contains(&griefs[0]) && (2..=4).contains(&griefs[1]), "{griefs:?}");
    }

    #[test]
    fn service_that_stops_does_not_begin_again() {
        let mut attempts = 0;
        look_after(
            &mut || {
                attempts += 1;
                panic!("a fault of the program");
            },
            &mut |_| false,
        );
        assert_eq!(attempts, 1);
    }
}

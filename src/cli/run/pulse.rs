//! Whether the threads still move. A thread that fails says so itself; one that hangs cannot.
//!
//! Each says before every step when it will be heard of again at the latest. Steps that talk to servers have deadlines
//! of their own, far below that; what has none is the rest of the world: a secret's file on a share that is gone, a
//! folder behind a network.

use super::crew::Part;
use super::house::held;
use crate::cli::status::state::Fault;
use crate::cli::time;
use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// So long the main loop may stand still: it reads rules and starts threads, and waits for no server.
const MAIN_LOOP_MAX: Duration = Duration::from_mins(1);

/// What was heard of each thread last.
#[derive(Debug)]
pub(super) struct Pulse {
    /// How long one step may take.
    step_max: Duration,
    beats: Mutex<BTreeMap<Part, Beat>>,
    main_loop: Mutex<Beat>,
}

#[derive(Debug, Clone, Copy)]
struct Beat {
    doing: &'static str,
    since: i64,
    due: Instant,
}

impl Beat {
    fn of(doing: &'static str, at_most: Duration) -> Self {
        Self { doing, since: time::now(), due: Instant::now() + at_most }
    }

    fn fault(&self, now: Instant) -> Option<Fault> {
        (now >= self.due).then(|| Fault {
            words: format!(
                "it hangs: nothing has been heard of it since it began {}; the other accounts go on. Look at what that \
                 needs (a file on a share that is gone, a command, a folder behind a network), and restart the service \
                 if it stays so",
                self.doing
            ),
            since: self.since,
        })
    }
}

impl Pulse {
    /// One step of a thread may take so long.
    pub(super) fn new(step_max: Duration) -> Self {
        let main_loop = Mutex::new(Beat::of("to start", MAIN_LOOP_MAX));
        Self { step_max, beats: Mutex::default(), main_loop }
    }

    /// The thread of this part begins a step; `besides` is what it may take more than other steps.
    pub(super) fn beat(&self, part: &Part, doing: &'static str, besides: Duration) {
        let beat = Beat::of(doing, self.step_max.saturating_add(besides));
        let _earlier = held(&self.beats).insert(part.clone(), beat);
    }

    /// The thread of this part has ended.
    pub(super) fn forget(&self, part: &Part) {
        let _ended = held(&self.beats).remove(part);
    }

    /// Of each part whether it hangs, and since when.
    pub(super) fn faults(&self) -> Vec<(Part, Option<Fault>)> {
        let now = Instant::now();
        held(&self.beats).iter().map(|(part, beat)| (part.clone(), beat.fault(now))).collect()
    }

    /// The main loop goes round.
    pub(super) fn main_loop_moves(&self) {
        *held(&self.main_loop) = Beat::of("to look after threads, clock and rules", MAIN_LOOP_MAX);
    }

    /// Whether the main loop hangs, which would notice no other thread that does.
    pub(super) fn main_loop_fault(&self) -> Option<Fault> {
        held(&self.main_loop).fault(Instant::now())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thread_that_is_not_heard_of_in_time_hangs_until_it_moves() {
        let (slow, quick) = (Part::Account("slow".to_owned()), Part::Account("quick".to_owned()));
        let pulse = Pulse::new(Duration::ZERO);
        pulse.beat(&slow, "to fetch", Duration::ZERO);
        pulse.beat(&quick, "to wait", Duration::from_hours(1));
        let hanging = |pulse: &Pulse| {
            let faults = pulse.faults().into_iter();
            faults.filter_map(|(part, fault)| Some((part, fault?.words))).collect::<Vec<_>>()
        };
        let found = hanging(&pulse);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].0 == slow && found[0].1.contains("since it began to fetch"), "{found:?}");
        pulse.beat(&slow, "to wait", Duration::from_hours(1));
        assert_eq!(hanging(&pulse), []);
        pulse.beat(&slow, "to fetch", Duration::ZERO);
        pulse.forget(&slow);
        assert_eq!(hanging(&pulse), []);
        assert_eq!(pulse.main_loop_fault(), None);
    }
}

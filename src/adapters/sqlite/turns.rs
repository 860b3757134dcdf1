//! Lets the connections of one program write one after the other, first come, first served.
//!
//! SQLite lets whoever asks at the right moment write. Where one account brings mail without a pause, another
//! would ask at the wrong moment for a long time.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

/// Whose turn it is to write, among the connections that share it.
#[derive(Debug, Default)]
pub struct Turns {
    tickets: Mutex<Tickets>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Tickets {
    /// The ticket that the next one is given.
    next: u64,
    /// The ticket whose turn it is.
    serving: u64,
}

/// One's turn; over when it is dropped.
#[derive(Debug)]
pub(super) struct Turn(Arc<Turns>);

impl Turns {
    fn tickets(&self) -> MutexGuard<'_, Tickets> {
        self.tickets.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for one's turn. Whoever waits has nothing open, so that everybody's turn comes to an end.
    pub(super) fn wait(self: &Arc<Self>) -> Turn {
        let mut tickets = self.tickets();
        let ticket = tickets.next;
        tickets.next += 1;
        while tickets.serving != ticket {
            tickets = self.changed.wait(tickets).unwrap_or_else(PoisonError::into_inner);
        }
        Turn(Arc::clone(self))
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.0.tickets().serving += 1;
        self.0.changed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::channel;
    use std::thread;

    #[test]
    fn turns_come_in_the_order_in_which_they_were_asked_for() {
        let turns = Arc::new(Turns::default());
        let mine = turns.wait();
        let (order, came) = channel();
        let threads: Vec<_> = (0..5)
            .map(|at| {
                let (turns_here, order) = (Arc::clone(&turns), order.clone());
                let thread = thread::spawn(move || {
                    let _turn = turns_here.wait();
                    order.send(at).unwrap();
                });
                while turns.tickets().next != at + 2 {
                    thread::yield_now();
                }
                thread
            })
            .collect();
        drop(mine);
        for thread in threads {
            thread.join().unwrap();
        }
        drop(order);
        assert_eq!(came.iter().collect::<Vec<u64>>(), [0, 1, 2, 3, 4]);
    }
}

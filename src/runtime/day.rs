//! The daily account of a mailbox: every mail that was seen is dealt with, in quarantine, or still there.
//!
//! What was seen is told by the side that fetches, what became of it by the side that settles. A mail that was
//! seen, is not dealt with, and is not brought again by a whole look through the mailbox is missing.

use std::collections::BTreeMap;

/// What became of a mail that was seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// Written down in the ledger.
    DealtWith,
    /// In quarantine.
    Quarantined,
    /// The ledger knew it.
    Known,
    /// It could not be dealt with for now.
    Failed,
}

/// The account of one mailbox since the day began.
#[derive(Debug, Default)]
pub struct Day {
    balance: Balance,
    /// Mails that were seen and are still in the mailbox, as far as is known.
    there: BTreeMap<(String, String), Sight>,
    look: u64,
}

#[derive(Debug, Clone, Copy)]
struct Sight {
    is_dealt_with: bool,
    /// In which look through the mailbox it was seen last.
    look: u64,
}

/// The numbers of a day.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Balance {
    /// Mails that were there when the day began and were not dealt with.
    pub carried_over: u64,
    /// Mails that were seen for the first time.
    pub seen: u64,
    /// Dealt with, without those in quarantine.
    pub dealt_with: u64,
    /// In quarantine.
    pub quarantined: u64,
    /// Seen and not dealt with.
    pub still_there: u64,
}

impl Balance {
    /// Whether every mail is accounted for.
    pub fn adds_up(&self) -> bool {
        self.carried_over + self.seen == self.dealt_with + self.quarantined + self.still_there
    }
}

impl Day {
    /// A look through the mailbox begins.
    pub fn begin_look(&mut self) {
        self.look += 1;
    }

    /// A mail was fetched, from this place under this identity.
    pub fn fetched(&mut self, origin: &str, identity: &str) {
        let look = self.look;
        let sight = self.there.entry((origin.to_owned(), identity.to_owned())).or_insert_with(|| {
            self.balance.seen += 1;
            Sight { is_dealt_with: false, look }
        });
        sight.look = look;
    }

    /// What became of a mail, and whether it is still in the mailbox.
    pub fn settled(&mut self, origin: &str, identity: &str, fate: Fate, stays: bool) {
        if fate == Fate::Failed {
            return;
        }
        let key = (origin.to_owned(), identity.to_owned());
        let sight = self.there.get_mut(&key);
        let was_dealt_with = sight.as_ref().is_some_and(|sight| sight.is_dealt_with);
        if let Some(sight) = sight {
            sight.is_dealt_with = true;
        }
        if !stays {
            let _gone = self.there.remove(&key);
        }
        match fate {
            Fate::Quarantined => self.balance.quarantined += 1,
            Fate::DealtWith => self.balance.dealt_with += 1,
            Fate::Known if !was_dealt_with => self.balance.dealt_with += 1,
            Fate::Known | Fate::Failed => {}
        }
    }

    /// The look is over. Where it went through the whole mailbox, what it did not bring is there no more.
    pub fn end_look(&mut self, is_whole: bool) {
        if is_whole {
            let look = self.look;
            self.there.retain(|_, sight| sight.look == look);
        }
    }

    /// The numbers so far.
    pub fn balance(&self) -> Balance {
        let still_there = self.there.values().filter(|sight| !sight.is_dealt_with).count();
        Balance { still_there: u64::try_from(still_there).unwrap_or(u64::MAX), ..self.balance }
    }

    /// Ends the day and begins the next one.
    pub fn close(&mut self) -> Balance {
        let balance = self.balance();
        self.balance = Balance { carried_over: balance.still_there, ..Balance::default() };
        balance
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A look through the mailbox that fetches these mails and settles some.
    fn look(day: &mut Day, fetched: &[&str], settled: &[(&str, Fate, bool)]) {
        day.begin_look();
        for origin in fetched {
            day.fetched(origin, "");
        }
        for (origin, fate, stays) in settled {
            day.settled(origin, "", *fate, *stays);
        }
        day.end_look(true);
    }

    fn numbers(balance: Balance) -> [u64; 5] {
        let Balance { carried_over, seen, dealt_with, quarantined, still_there } = balance;
        [carried_over, seen, dealt_with, quarantined, still_there]
    }

    #[test]
    fn every_mail_is_counted_once_however_often_it_is_met() {
        let mut day = Day::default();
        let settled = [
            ("a", Fate::DealtWith, false),
            ("b", Fate::Quarantined, false),
            ("c", Fate::Failed, true),
            ("d", Fate::DealtWith, true),
            ("e", Fate::Known, true),
        ];
        look(&mut day, &["a", "b", "c", "d", "e"], &settled);
        let again = [("c", Fate::Failed, true), ("d", Fate::Known, true), ("e", Fate::Known, true)];
        look(&mut day, &["c", "d", "e"], &again);
        assert_eq!(numbers(day.balance()), [0, 5, 3, 1, 1]);
        assert!(day.close().adds_up());
        // another mail under a name that was used before
        look(&mut day, &["a", "c", "d"], &[("a", Fate::DealtWith, false), ("c", Fate::DealtWith, false)]);
        assert_eq!(numbers(day.balance()), [1, 1, 2, 0, 0]);
        assert!(day.balance().adds_up());
    }

    #[test]
    fn mail_that_is_gone_without_being_dealt_with_does_not_add_up() {
        let mut day = Day::default();
        look(&mut day, &["a", "b"], &[("a", Fate::DealtWith, false)]);
        assert!(day.balance().adds_up());
        look(&mut day, &[], &[]);
        assert!(!day.balance().adds_up());
    }

    #[test]
    fn look_that_was_broken_off_says_nothing_about_what_it_did_not_bring() {
        let mut day = Day::default();
        look(&mut day, &["a"], &[]);
        day.begin_look();
        day.end_look(false);
        assert_eq!(numbers(day.balance()), [0, 1, 0, 0, 1]);
    }

    #[test]
    fn mail_that_is_dealt_with_twice_or_was_never_seen_does_not_add_up() {
        let mut day = Day::default();
        look(&mut day, &["a"], &[("a", Fate::DealtWith, false), ("a", Fate::DealtWith, false)]);
        assert!(!day.balance().adds_up());
    }
}

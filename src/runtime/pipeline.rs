//! Carries mail from the first byte to the ledger.
//!
//! Every mail of a batch is decided within the open transaction, so that it sees what the mails before it
//! changed: numbers are given out once, and replies are counted. A mail is reported, and taken out of its
//! mailbox, only after the commit. A mail that spoils its batch is settled alone, the others without it;
//! where a commit fails, the mails of the batch are tried one by one.

use super::ahead::{Prepared, Reading, Room, Shared, Unread, Watch, held, read_ahead};
use super::batch::Batches;
use super::record::{self, Own};
use crate::engine::{Decision, Facts, decide, inquire};
use crate::ports::{Arrival, Cause, Entry, Failure, Inbox, Key, Settlement, Store};
use crate::ruleset::RuleSet;
use crate::ruleset::account::Account;
use crate::vocab::Reply;
use std::collections::BTreeMap;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::mpsc::sync_channel;
use std::thread;

/// How many mails may be read and wait for the batch before them.
const MAILS_AHEAD: usize = 256;

/// So many commits in a row that fail even for one mail alone: the store itself is out of order.
const COMMITS_FAILED_MAX: u32 = 3;

/// So many times a mail may fail for now; then somebody must look at it, and the mailbox flows on.
const ATTEMPTS_MAX: u32 = 5;

/// Reason word of a mail that failed again and again.
const FAILED_REPEATEDLY: &str = "failed_repeatedly";

/// Reason word of a mail that the desk refused for good.
const CANNOT_BE_RECORDED: &str = "cannot_be_recorded";

/// Reason word of a mail that takes longer to be read than its account allows.
const READING_TOO_LONG: &str = "reading_too_long";

/// Reason word of a mail over which this program itself came to grief.
const INTERNAL_ERROR: &str = "internal_error";

/// Takes one account's mail in, by one rule set, into one store.
pub struct Pipeline<'a, S> {
    /// What decides.
    pub rule_set: &'a RuleSet,
    /// To which account the mail came.
    pub account: &'a Account,
    /// Desk and ledger.
    pub store: &'a mut S,
    /// The time, in seconds since 1970.
    pub now: &'a dyn Fn() -> i64,
}

impl<S> fmt::Debug for Pipeline<'_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pipeline").field("account", &self.account.name).finish_non_exhaustive()
    }
}

/// What became of one mail, after it is durable.
#[derive(Debug)]
pub struct Report {
    /// Where it was found; `None` where the source itself could not say.
    pub origin: Option<String>,
    /// What became of it.
    pub dealing: Dealing,
    /// Why it could not be taken out of its mailbox although it was dealt with.
    pub left_in_place: Option<Failure>,
}

/// What became of one mail.
#[derive(Debug)]
pub enum Dealing {
    /// It was decided and written down now.
    Settled(Box<Settled>),
    /// It had been dealt with earlier; nothing changed.
    Already(Box<Entry>),
    /// It could not be dealt with for now and stays where it is.
    Failed(Failure),
}

/// A mail that was decided and written down.
#[derive(Debug)]
pub struct Settled {
    /// The ledger's line.
    pub entry: Entry,
    /// The decision.
    pub decision: Decision,
}

/// How a transaction of several mails ended.
enum Attempt {
    /// With these, all of them durable.
    Committed(Vec<Dealing>),
    /// Nothing has changed, because this mail cannot be settled among the others.
    Spoiled { by: usize },
    /// Nothing has changed, because the commit failed.
    NotCommitted,
}

impl<S: Store> Pipeline<'_, S> {
    /// Deals with everything that the inbox brings. An error means that the store is out of order; mails
    /// that were not reported by then are as they were.
    pub fn drain(
        &mut self,
        inbox: &mut (dyn Inbox + Send),
        report: &mut dyn FnMut(Report),
    ) -> Result<(), Failure> {
        self.drain_watched(inbox, &(), report)
    }

    /// As [`drain`](Self::drain), while somebody looks on, who may end it.
    pub fn drain_watched(
        &mut self,
        inbox: &mut (dyn Inbox + Send),
        watch: &dyn Watch,
        report: &mut dyn FnMut(Report),
    ) -> Result<(), Failure> {
        let inbox: Shared<'_> = Mutex::new(inbox);
        let room = Room::default();
        let reading = Reading::of(self.account);
        thread::scope(|scope| {
            let (brought, taken) = sync_channel(MAILS_AHEAD);
            let (inbox, room) = (&inbox, &room);
            scope.spawn(move || read_ahead(inbox, reading, room, watch, &brought));
            let mut batches = Batches::new(taken, room);
            loop {
                let mut fault = |failure| {
                    report(Report { origin: None, dealing: Dealing::Failed(failure), left_in_place: None });
                };
                let Some(mut mails) = batches.next(&mut fault) else { break };
                let mut dealt = Vec::with_capacity(mails.len());
                let settled = self.settle_together(&mut mails, &mut |mail, dealing| {
                    dealt.push((mail.arrival.clone(), dealing));
                });
                finish(inbox, dealt, report);
                if settled.is_err() {
                    // What is deleted so far was committed, and the store's fault is what must be told.
                    let _worse = held(inbox).end_round();
                    return settled;
                }
                batches.done(&mails);
            }
            if let Err(failure) = held(inbox).end_round() {
                report(Report { origin: None, dealing: Dealing::Failed(failure), left_in_place: None });
            }
            Ok(())
        })
    }

    /// Takes a mail out of quarantine and deals with it again; `None` where there is no such mail. It leaves
    /// the quarantine together with its new outcome, or not at all.
    pub fn retry(&mut self, quarantined: i64) -> Result<Option<Report>, Failure> {
        let now = (self.now)();
        self.store.begin()?;
        let taken_out = self.store.retry_quarantined(quarantined, now);
        self.store.rollback()?;
        let Some((entry, raw)) = taken_out? else { return Ok(None) };
        let arrival = Arrival {
            origin: entry.origin,
            identity: entry.key.identity,
            size: u64::try_from(raw.len()).unwrap_or(u64::MAX),
            raw: raw.into(),
        };
        let mut mail = Prepared::read(arrival, Reading::of(self.account));
        let mut begin = |store: &mut S| {
            store.begin()?;
            store.retry_quarantined(quarantined, now).map(|_| ())
        };
        match self.settle_alone(&mut mail, &mut begin)?? {
            Dealing::Failed(failure) => Err(failure),
            dealing => Ok(Some(Report { origin: Some(mail.arrival.origin), dealing, left_in_place: None })),
        }
    }

    /// As many mails in one transaction as go together; one that does not is settled alone.
    fn settle_together(
        &mut self,
        mails: &mut [Prepared],
        done: &mut dyn FnMut(&Prepared, Dealing),
    ) -> Result<(), Failure> {
        let mut rest = mails;
        while !rest.is_empty() {
            match self.attempt(rest)? {
                Attempt::Committed(dealings) => {
                    rest.iter().zip(dealings).for_each(|(mail, dealing)| done(mail, dealing));
                    break;
                }
                Attempt::NotCommitted => return self.settle_singly(rest, done),
                Attempt::Spoiled { by } => {
                    let (before, from) = rest.split_at_mut(by);
                    self.settle_together(before, done)?;
                    let (alone, after) = from.split_at_mut(1);
                    self.settle_singly(alone, done)?;
                    rest = after;
                }
            }
        }
        Ok(())
    }

    fn settle_singly(
        &mut self,
        mails: &mut [Prepared],
        done: &mut dyn FnMut(&Prepared, Dealing),
    ) -> Result<(), Failure> {
        let mut failed = 0;
        for mail in mails {
            match self.settle_alone(mail, &mut S::begin)? {
                Ok(dealing) => {
                    failed = 0;
                    done(mail, dealing);
                }
                Err(failure) if failed + 1 < COMMITS_FAILED_MAX => {
                    failed += 1;
                    done(mail, Dealing::Failed(failure));
                }
                Err(failure) => return Err(failure),
            }
        }
        Ok(())
    }

    /// All mails in one transaction. An error is a store that takes nothing at all.
    fn attempt(&mut self, mails: &mut [Prepared]) -> Result<Attempt, Failure> {
        self.store.begin()?;
        let mut dealings = Vec::with_capacity(mails.len());
        for (by, mail) in mails.iter_mut().enumerate() {
            let Ok(dealing @ (Dealing::Settled(_) | Dealing::Already(_))) = self.deal(mail) else {
                self.store.rollback()?;
                return Ok(Attempt::Spoiled { by });
            };
            dealings.push(dealing);
        }
        if self.store.commit().is_err() {
            self.store.rollback()?;
            return Ok(Attempt::NotCommitted);
        }
        Ok(Attempt::Committed(dealings))
    }

    /// One mail in a transaction that `begin` opens; what the desk refuses for good is set aside, and so is
    /// what fails for now too often. The outer error is a store that takes nothing at all, the inner one a
    /// commit.
    fn settle_alone(
        &mut self,
        mail: &mut Prepared,
        begin: &mut dyn FnMut(&mut S) -> Result<(), Failure>,
    ) -> Result<Result<Dealing, Failure>, Failure> {
        begin(self.store)?;
        let dealing = match self.deal(mail) {
            Err(Failure::Permanent(cause)) => {
                self.store.rollback()?;
                begin(self.store)?;
                let decision = self.set_aside(mail, CANNOT_BE_RECORDED, cause.to_string());
                self.settle(record::key(&self.account.name, mail), mail, decision, (self.now)())
            }
            dealt => dealt,
        };
        match dealing {
            Ok(Dealing::Failed(failure)) | Err(failure) => {
                self.store.rollback()?;
                self.failed(mail, failure, begin).map(Ok)
            }
            Ok(dealing) => match self.store.commit() {
                Ok(()) => Ok(Ok(dealing)),
                Err(failure) => {
                    self.store.rollback()?;
                    Ok(Err(failure))
                }
            },
        }
    }

    /// Counts that a mail failed for now; after too many times it is set aside with its bytes. Where not even
    /// that can be written down, the store is at fault and not the mail, which stays.
    fn failed(
        &mut self,
        mail: &Prepared,
        failure: Failure,
        begin: &mut dyn FnMut(&mut S) -> Result<(), Failure>,
    ) -> Result<Dealing, Failure> {
        let key = record::key(&self.account.name, mail);
        let now = (self.now)();
        match self.store.note_attempt(&key, &failure.to_string(), now) {
            Ok(attempts) if attempts >= ATTEMPTS_MAX => {}
            Ok(_) | Err(_) => return Ok(Dealing::Failed(failure)),
        }
        if begin(self.store).is_err() {
            return Ok(Dealing::Failed(failure));
        }
        let because = format!("it failed {ATTEMPTS_MAX} times, the last time because: {failure}");
        let decision = self.set_aside(mail, FAILED_REPEATEDLY, because);
        let settled = self.settle(key, mail, decision, now);
        if let Ok(dealing) = settled.and_then(|dealing| self.store.commit().map(|()| dealing)) {
            return Ok(dealing);
        }
        self.store.rollback()?;
        Ok(Dealing::Failed(failure))
    }

    /// One mail, within the open transaction. An error spoils the transaction; so does a mail over which this
    /// program itself comes to grief.
    fn deal(&mut self, mail: &mut Prepared) -> Result<Dealing, Failure> {
        catch_unwind(AssertUnwindSafe(|| self.deal_with(mail))).unwrap_or_else(|_| {
            Err(Failure::Transient(Cause::new("this program came to grief while it wrote the mail down")))
        })
    }

    fn deal_with(&mut self, mail: &mut Prepared) -> Result<Dealing, Failure> {
        let key = record::key(&self.account.name, mail);
        match self.store.find(&key) {
            Ok(Some(entry)) => return Ok(Dealing::Already(Box::new(entry))),
            Ok(None) => {}
            Err(failure) => return Ok(Dealing::Failed(failure)),
        }
        let now = (self.now)();
        let decision = match self.decide(mail, now) {
            Ok(decision) => decision,
            Err(Failure::Transient(cause)) => return Ok(Dealing::Failed(Failure::Transient(cause))),
            Err(Failure::Permanent(cause)) => self.set_aside(mail, CANNOT_BE_RECORDED, cause.to_string()),
        };
        self.settle(key, mail, decision, now)
    }

    fn set_aside(&self, mail: &Prepared, reason: &str, because: String) -> Decision {
        record::set_aside(self.rule_set, &self.account.name, mail, reason, because)
    }

    /// Asks the desk and decides. Where this program itself comes to grief, the mail is left to somebody.
    fn decide(&mut self, mail: &mut Prepared, now: i64) -> Result<Decision, Failure> {
        let Some(message) = mail.message.take() else {
            return Ok(match mail.unread {
                Some(Unread::TookTooLong) => {
                    let secs = self.account.read_secs_max;
                    let because =
                        format!("reading it took longer than {secs} seconds (limits.read_secs_max)");
                    self.set_aside(mail, READING_TOO_LONG, because)
                }
                _ => self.set_aside(mail, INTERNAL_ERROR, "the mail could not be read".to_owned()),
            });
        };
        let asked =
            catch_unwind(AssertUnwindSafe(|| inquire(self.rule_set, self.account, &message, now))).ok();
        let Some(inquiry) = asked else {
            mail.message = Some(message);
            return Ok(self.set_aside(mail, INTERNAL_ERROR, "its subject could not be read".to_owned()));
        };
        let answers = match self.store.answer(&inquiry) {
            Ok(answers) => answers,
            Err(failure) => {
                mail.message = Some(message);
                return Err(failure);
            }
        };
        let facts = Facts { message, account: self.account.name.clone(), answers, now };
        let decided = catch_unwind(AssertUnwindSafe(|| decide(self.rule_set, &facts))).ok();
        mail.message = Some(facts.message);
        Ok(decided.unwrap_or_else(|| {
            self.set_aside(mail, INTERNAL_ERROR, "the rules could not be applied to it".to_owned())
        }))
    }

    fn settle(
        &mut self,
        key: Key,
        mail: &Prepared,
        decision: Decision,
        now: i64,
    ) -> Result<Dealing, Failure> {
        let entry = record::entry(key, mail, &decision, now);
        let replies: Vec<Reply> = decision.mails().cloned().collect();
        let raw = &mail.arrival.raw;
        let is_new = self.store.settle(&Settlement {
            entry: &entry,
            effects: &decision.effects,
            contents: &Own { message: mail.message.as_ref(), raw },
            replies: &replies,
            raw: decision.keep_bytes.then_some(raw),
            quarantine: decision.quarantine,
        })?;
        Ok(if is_new {
            Dealing::Settled(Box::new(Settled { entry, decision }))
        } else {
            Dealing::Already(Box::new(entry))
        })
    }
}

/// Takes mails whose outcome is durable out of their mailbox, all of them together, and says what became of each.
fn finish(inbox: &Shared<'_>, dealt: Vec<(Arrival, Dealing)>, report: &mut dyn FnMut(Report)) {
    let mut inbox = held(inbox);
    let mut left = BTreeMap::new();
    for (arrival, dealing) in &dealt {
        let disposition = match dealing {
            Dealing::Settled(settled) => settled.entry.disposition,
            Dealing::Already(entry) => entry.disposition,
            Dealing::Failed(_) => continue,
        };
        if let Err(failure) = inbox.dispose(arrival, disposition) {
            let _earlier = left.insert(arrival.origin.clone(), failure);
        }
    }
    left.extend(inbox.complete_disposals());
    drop(inbox);
    for (Arrival { origin, .. }, dealing) in dealt {
        let left_in_place = left.remove(&origin);
        report(Report { origin: Some(origin), dealing, left_in_place });
    }
    // Mails of an earlier batch, which were told of as taken out.
    for (origin, failure) in left {
        let failure = Failure::Transient(Cause::new(format!("`{origin}`: {failure}")));
        report(Report { origin: None, dealing: Dealing::Failed(failure), left_in_place: None });
    }
}

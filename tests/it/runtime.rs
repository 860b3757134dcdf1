//! The pipeline over a store that fails when it is told to.

use postroom::adapters::library::{DEMO_WORLD, Shelf};
use postroom::adapters::sqlite::SqliteStore;
use postroom::adapters::world::World;
use postroom::ports::{
    Arrival, Cause, Contents, Desk, Entry, EntryFilter, Failure, Inbox, Key, Ledger, OutboxEntry,
    OutboxState, QuarantineEntry, Settlement, Store,
};
use postroom::ruleset::RuleSet;
use postroom::ruleset::load::load;
use postroom::runtime::{Arrears, Dealing, Pipeline, Report, Sender, drain_outbox, is_due};
use postroom::vocab::{Answers, Disposition, Effect, Inquiry};
use std::collections::VecDeque;

const SENDER: Sender<'_> = Sender { name: "test", via: None };

/// The embedded store, with faults: a subject says how its mail fares, and so many commits fail.
struct Faulty {
    store: SqliteStore,
    commits_to_fail: u32,
    /// Takes no word of what became of a sending.
    is_full: bool,
    /// When which mails of ours were taken.
    claims: Vec<(i64, Vec<i64>)>,
}

impl Faulty {
    fn new() -> Self {
        let mut store = SqliteStore::in_memory().unwrap();
        store.import(&World::parse("demo", DEMO_WORLD).unwrap()).unwrap();
        Self { store, commits_to_fail: 0, is_full: false, claims: Vec::new() }
    }
}

fn busy<T>() -> Result<T, Failure> {
    Err(Failure::Transient(Cause::new("busy")))
}

impl Desk for Faulty {
    fn answer(&mut self, inquiry: &Inquiry) -> Result<Answers, Failure> {
        self.store.answer(inquiry)
    }
    fn perform(
        &mut self,
        key: &Key,
        effects: &[Effect],
        contents: &dyn Contents,
        now: i64,
    ) -> Result<(), Failure> {
        self.store.perform(key, effects, contents, now)
    }
}

impl Ledger for Faulty {
    fn find(&mut self, key: &Key) -> Result<Option<Entry>, Failure> {
        self.store.find(key)
    }
    fn entries(&mut self, filter: &EntryFilter) -> Result<Vec<Entry>, Failure> {
        self.store.entries(filter)
    }
    fn raw(&mut self, key: &Key) -> Result<Option<Vec<u8>>, Failure> {
        self.store.raw(key)
    }
    fn outbox(&mut self, state: Option<OutboxState>, most: usize) -> Result<Vec<OutboxEntry>, Failure> {
        self.store.outbox(state, most)
    }
    fn note_sending(
        &mut self,
        id: i64,
        state: OutboxState,
        error: Option<&str>,
        now: i64,
    ) -> Result<(), Failure> {
        if self.is_full {
            return busy();
        }
        self.store.note_sending(id, state, error, now)
    }
    fn sendable(
        &mut self,
        via: Option<&str>,
        after: i64,
        most: usize,
        now: i64,
    ) -> Result<Vec<OutboxEntry>, Failure> {
        self.store.sendable(via, after, most, now)
    }
    fn claim_sendings(
        &mut self,
        ids: &[i64],
        sender: &str,
        now: i64,
        until: i64,
    ) -> Result<Vec<i64>, Failure> {
        let claimed = self.store.claim_sendings(ids, sender, now, until)?;
        self.claims.push((now, claimed.clone()));
        Ok(claimed)
    }
    fn give_back(&mut self, ids: &[i64], sender: &str) -> Result<(), Failure> {
        self.store.give_back(ids, sender)
    }
    fn release_claims(&mut self, sender: &str) -> Result<(), Failure> {
        self.store.release_claims(sender)
    }
    fn note_attempt(&mut self, key: &Key, error: &str, now: i64) -> Result<u32, Failure> {
        self.store.note_attempt(key, error, now)
    }
    fn quarantine(&mut self, include_done: bool) -> Result<Vec<QuarantineEntry>, Failure> {
        self.store.quarantine(include_done)
    }
    fn drop_quarantined(&mut self, id: i64, now: i64) -> Result<bool, Failure> {
        self.store.drop_quarantined(id, now)
    }
    fn retry_quarantined(&mut self, id: i64, now: i64) -> Result<Option<(Entry, Vec<u8>)>, Failure> {
        self.store.retry_quarantined(id, now)
    }
}

impl Store for Faulty {
    fn begin(&mut self) -> Result<(), Failure> {
        self.store.begin()
    }
    fn settle(&mut self, settlement: &Settlement<'_>) -> Result<bool, Failure> {
        match settlement.entry.subject.as_str() {
            "busy" => busy(),
            "poison" if !settlement.quarantine => panic!("a mail that nobody can write down"),
            "refused" if !settlement.quarantine => Err(Failure::Permanent(Cause::new("too odd"))),
            _ => self.store.settle(settlement),
        }
    }
    fn commit(&mut self) -> Result<(), Failure> {
        if self.commits_to_fail > 0 {
            self.commits_to_fail -= 1;
            return busy();
        }
        self.store.commit()
    }
    fn rollback(&mut self) -> Result<(), Failure> {
        self.store.rollback()
    }
}

/// Mails by their subjects; remembers which were taken out of it.
#[derive(Default)]
struct Mails {
    waiting: VecDeque<Vec<u8>>,
    disposed: Vec<String>,
    count: usize,
}

impl Mails {
    fn of(subjects: &[&str]) -> Self {
        let mail = |subject: &&str| {
            format!("From: uma@example.com\nMessage-ID: <{subject}@x.example>\nSubject: {subject}\n\nHello\n")
                .into()
        };
        Self { waiting: subjects.iter().map(mail).collect(), ..Self::default() }
    }
}

impl Inbox for Mails {
    fn count(&self) -> Option<u64> {
        None
    }
    fn fetch(&mut self) -> Option<Result<Arrival, Failure>> {
        let raw = self.waiting.pop_front()?;
        self.count += 1;
        let size = raw.len() as u64;
        Some(Ok(Arrival { origin: self.count.to_string(), identity: String::new(), raw: raw.into(), size }))
    }
    fn dispose(&mut self, arrival: &Arrival, _disposition: Disposition) -> Result<(), Failure> {
        self.disposed.push(arrival.origin.clone());
        Ok(())
    }
}

fn rules() -> RuleSet {
    load(Shelf::built_in("demo").unwrap(), &Shelf).rule_set.unwrap()
}

/// What became of each mail in a word, and how it all ended.
fn drain(store: &mut Faulty, mails: &mut Mails) -> (Vec<String>, Result<(), Failure>) {
    let rule_set = rules();
    let account = rule_set.account("demo").unwrap();
    let mut told = Vec::new();
    let mut tell = |report: Report| {
        told.push(match report.dealing {
            Dealing::Settled(settled) => match settled.entry.about {
                Some(about) => about.to_string(),
                None => settled.entry.outcome.words().1.to_owned(),
            },
            Dealing::Already(_) => "already".to_owned(),
            Dealing::Failed(failure) => failure.to_string(),
        });
    };
    let ended =
        Pipeline { rule_set: &rule_set, account, store, now: &|| 1_800_000_000 }.drain(mails, &mut tell);
    (told, ended)
}

#[test]
fn mail_that_fails_for_now_stays_and_the_others_are_settled() {
    let mut store = Faulty::new();
    let mut mails = Mails::of(&["one", "busy", "two"]);
    let (told, ended) = drain(&mut store, &mut mails);
    assert_eq!(told, ["call 5842", "busy", "call 5843"]);
    assert!(ended.is_ok());
    assert_eq!(mails.disposed, ["1", "3"]);
    assert_eq!(drain(&mut store, &mut Mails::of(&["one", "two", "one"])).0, ["already"; 3]);
}

#[test]
fn mail_that_fails_again_and_again_goes_to_quarantine_with_its_bytes_and_the_others_flow_on() {
    for (subject, said) in [("busy", "busy"), ("poison", "this program came to grief")] {
        let mut store = Faulty::new();
        for attempt in 1..=4 {
            let fresh = format!("fresh {attempt}");
            let (told, ended) = drain(&mut store, &mut Mails::of(&[subject, &fresh]));
            assert!(told[0].contains(said), "{told:?}");
            assert_eq!(told[1], format!("call {}", 5841 + attempt));
            assert!(ended.is_ok());
            assert!(store.quarantine(false).unwrap().is_empty());
        }
        if subject == "busy" {
            // what cannot even be put into quarantine stays where it is
            assert_eq!(drain(&mut store, &mut Mails::of(&[subject])).0, ["busy"]);
            continue;
        }
        let mut mails = Mails::of(&[subject]);
        assert_eq!(drain(&mut store, &mut mails).0, ["failed_repeatedly"]);
        assert_eq!(mails.disposed, ["1"]);
        let kept = store.quarantine(false).unwrap();
        let (decision, key) = (&kept[0].entry.decision, &kept[0].entry.key);
        assert!(decision.contains("it failed 5 times") && decision.contains(said), "{decision}");
        assert!(store.raw(key).unwrap().is_some());
        assert_eq!(store.note_attempt(key, "once more", 1).unwrap(), 1, "the count goes with the mail");
    }
}

#[test]
fn mail_that_one_sender_has_taken_is_left_alone_by_another_until_its_claim_runs_out() {
    let mut store = Faulty::new();
    let _told = drain(&mut store, &mut Mails::of(&["one"]));
    let id = store.outbox(None, 0).unwrap()[0].id;
    let start = 1_800_000_000;
    assert_eq!(store.claim_sendings(&[id], "other", start, start + 100).unwrap(), [id]);
    let mut send = |now: i64| {
        let mut sent = 0;
        let mut submit = |_: &OutboxEntry| {
            sent += 1;
            Ok(())
        };
        drain_outbox(&mut store, SENDER, &mut Arrears::default(), &|_| true, &mut submit, &|| now).unwrap();
        sent
    };
    assert_eq!([send(start), send(start + 99), send(start + 100), send(start + 9_999)], [0, 0, 1, 0]);

    let _told = drain(&mut store, &mut Mails::of(&["two"]));
    let id = store.sendable(Some("demo"), 0, 9, start).unwrap()[0].id;
    assert!(store.sendable(Some("another server"), 0, 9, start).unwrap().is_empty());
    assert_eq!(store.claim_sendings(&[id], "other", start, start + 100).unwrap(), [id]);
    assert!(store.claim_sendings(&[id], "test", start, start + 100).unwrap().is_empty());
    store.release_claims("test").unwrap();
    assert!(store.sendable(None, 0, 9, start).unwrap().is_empty());
    store.release_claims("other").unwrap();
    assert_eq!(store.claim_sendings(&[id], "test", start, start + 100).unwrap(), [id]);
}

#[test]
fn mail_that_the_desk_refuses_is_kept_in_quarantine() {
    let mut store = Faulty::new();
    let (told, _) = drain(&mut store, &mut Mails::of(&["refused", "one"]));
    assert_eq!(told, ["cannot_be_recorded", "call 5842"]);
    let kept = store.quarantine(false).unwrap();
    assert!(kept[0].entry.decision.contains("too odd"), "{}", kept[0].entry.decision);
    assert!(store.raw(&kept[0].entry.key).unwrap().is_some());
}

#[test]
fn batch_that_cannot_be_committed_is_done_again_mail_by_mail() {
    let mut store = Faulty::new();
    store.commits_to_fail = 2;
    let mut mails = Mails::of(&["one", "two", "three"]);
    let (told, ended) = drain(&mut store, &mut mails);
    assert_eq!(told, ["busy", "call 5842", "call 5843"]);
    assert!(ended.is_ok());
    assert_eq!(mails.disposed, ["2", "3"]);
}

/// A mailbox that takes mails out together, as IMAP does; the second one cannot be taken out.
struct Together {
    mails: Mails,
    noted: Vec<String>,
    done: Vec<String>,
}

impl Inbox for Together {
    fn count(&self) -> Option<u64> {
        None
    }
    fn fetch(&mut self) -> Option<Result<Arrival, Failure>> {
        self.mails.fetch()
    }
    fn dispose(&mut self, arrival: &Arrival, _disposition: Disposition) -> Result<(), Failure> {
        self.noted.push(arrival.origin.clone());
        Ok(())
    }
    fn complete_disposals(&mut self) -> Vec<(String, Failure)> {
        self.done.push(std::mem::take(&mut self.noted).join(" "));
        vec![("2".to_owned(), Failure::Permanent(Cause::new("folder full")))]
    }
    fn end_round(&mut self) -> Result<(), Failure> {
        self.done.push("end".to_owned());
        Err(Failure::Transient(Cause::new("not confirmed")))
    }
}

#[test]
fn mails_are_taken_out_together_after_their_commit_and_what_stays_is_told() {
    let mut store = Faulty::new();
    let mails = Mails::of(&["one", "two", "busy", "three"]);
    let mut inbox = Together { mails, noted: Vec::new(), done: Vec::new() };
    let rule_set = rules();
    let account = rule_set.account("demo").unwrap();
    let mut told = Vec::new();
    let ended = Pipeline { rule_set: &rule_set, account, store: &mut store, now: &|| 1_800_000_000 }.drain(
        &mut inbox,
        &mut |report| {
            let left = report.left_in_place.map(|failure| failure.to_string()).unwrap_or_default();
            let failed = matches!(report.dealing, Dealing::Failed(_));
            told.push(format!("{} {failed} {left}", report.origin.unwrap_or_default()));
        },
    );
    assert!(ended.is_ok());
    assert_eq!(inbox.done, ["1 2 4", "end"]);
    assert_eq!(told, ["1 false ", "2 false folder full", "3 true ", "4 false ", " true "]);
}

#[test]
fn store_that_commits_nothing_ends_the_run_and_no_mail_leaves_its_place() {
    let mut store = Faulty::new();
    store.commits_to_fail = u32::MAX;
    let mut mails = Mails::of(&["one", "two", "three", "four", "five"]);
    let (told, ended) = drain(&mut store, &mut mails);
    assert_eq!(told, ["busy", "busy"]);
    assert!(ended.is_err());
    assert_eq!(mails.disposed, [""; 0]);
}

#[test]
fn quarantined_mail_stays_in_quarantine_where_it_cannot_be_settled() {
    let mut store = Faulty::new();
    let _told = drain(&mut store, &mut Mails::of(&["refused"]));
    let rule_set = rules();
    let account = rule_set.account("demo").unwrap();
    store.commits_to_fail = 1;
    let mut pipeline = Pipeline { rule_set: &rule_set, account, store: &mut store, now: &|| 1_800_000_001 };
    assert!(pipeline.retry(1).is_err());
    assert!(pipeline.retry(2).unwrap().is_none());
    assert!(matches!(pipeline.retry(1).unwrap().map(|report| report.dealing), Some(Dealing::Settled(_))));
    let kept: Vec<i64> = store.quarantine(false).unwrap().iter().map(|mail| mail.id).collect();
    assert_eq!(kept, [2]);
}

#[test]
fn large_mails_go_through_one_at_a_time() {
    let mut store = Faulty::new();
    let mut mails = Mails::of(&["small", "also-small"]);
    for at in 0..4 {
        let mut raw = format!("From: uma@example.com\nSubject: large {at}\n\n").into_bytes();
        raw.resize(9 << 20, b'x');
        mails.waiting.push_front(raw);
    }
    let (told, ended) = drain(&mut store, &mut mails);
    assert!(ended.is_ok());
    assert_eq!(told.len(), 6);
}

#[test]
fn mail_that_cannot_be_sent_for_now_waits_longer_each_time_and_is_given_up_at_last() {
    let mut store = Faulty::new();
    let _told = drain(&mut store, &mut Mails::of(&["one"]));
    let mut now = 1_800_000_000;
    let mut pauses = Vec::new();
    loop {
        let waiting = store.outbox(Some(OutboxState::Waiting), 0).unwrap();
        let Some(mail) = waiting.first() else { break };
        let pause = (0..).find(|minutes| is_due(mail, now + minutes * 60)).unwrap();
        pauses.push(pause);
        now += pause * 60;
        let due = |mail: &OutboxEntry| is_due(mail, now);
        drain_outbox(&mut store, SENDER, &mut Arrears::default(), &due, &mut |_| busy(), &|| now).unwrap();
    }
    assert_eq!(pauses[..6], [0, 1, 2, 4, 8, 16]);
    assert_eq!((pauses.len(), pauses.last()), (16, Some(&360)));
    let failed = store.outbox(Some(OutboxState::Failed), 0).unwrap();
    assert_eq!(failed[0].last_error.as_deref(), Some("given up after 16 attempts: busy"));
}

/// The names of the mails that were handed over, in the order in which they were.
fn sent_with(
    store: &mut Faulty,
    arrears: &mut Arrears,
    now: &dyn Fn() -> i64,
    after_each: &mut dyn FnMut(),
) -> (Vec<i64>, Result<(), Failure>) {
    let mut sent = Vec::new();
    let mut submit = |mail: &OutboxEntry| {
        sent.push(mail.id);
        after_each();
        Ok(())
    };
    let ended = drain_outbox(store, SENDER, arrears, &|_| true, &mut submit, now).map(drop);
    (sent, ended)
}

#[test]
fn what_a_full_store_could_not_note_is_noted_later_and_no_mail_is_sent_twice() {
    let mut store = Faulty::new();
    let _told = drain(&mut store, &mut Mails::of(&["one", "two", "three"]));
    let mut arrears = Arrears::default();
    store.is_full = true;
    let now = || 1_800_000_000;
    let (first, ended) = sent_with(&mut store, &mut arrears, &now, &mut || {});
    assert!(ended.is_err() && first.len() == 1, "nothing more is sent before the first is noted: {first:?}");
    assert!(!arrears.is_empty());
    let (still, ended) = sent_with(&mut store, &mut arrears, &now, &mut || {});
    assert!(ended.is_err() && still.is_empty(), "{still:?}");
    store.is_full = false;
    let (rest, ended) = sent_with(&mut store, &mut arrears, &now, &mut || {});
    assert!(ended.is_ok() && arrears.is_empty());
    let all: Vec<i64> =
        store.outbox(Some(OutboxState::Sent), 0).unwrap().iter().map(|mail| mail.id).collect();
    assert_eq!([first, rest].concat(), all, "each once, and every claim was given back");
    assert!(all.len() >= 3, "{all:?}");
}

#[test]
fn mails_of_a_slow_server_are_taken_anew_before_their_claims_run_out() {
    let mut store = Faulty::new();
    let _told = drain(&mut store, &mut Mails::of(&["one", "two", "three"]));
    let clock = std::cell::Cell::new(1_800_000_000);
    let mut begun_at = Vec::new();
    let mut slow = || {
        begun_at.push(clock.get());
        clock.set(clock.get() + 25 * 60);
    };
    let (sent, ended) = sent_with(&mut store, &mut Arrears::default(), &|| clock.get(), &mut slow);
    assert!(ended.is_ok());
    let taken = |(id, begun_at): (&i64, &i64)| {
        store.claims.iter().any(|(taken_at, ids)| taken_at == begun_at && ids.contains(id))
    };
    assert!(sent.len() >= 3 && sent.iter().zip(&begun_at).all(taken), "{sent:?} {begun_at:?}");
    assert_eq!(store.outbox(Some(OutboxState::Sent), 0).unwrap().len(), sent.len(), "each once");
}

#[test]
fn mail_that_is_refused_for_good_is_not_sent_again() {
    let mut store = Faulty::new();
    let _told = drain(&mut store, &mut Mails::of(&["one", "two"]));
    let mut refuse = |_: &OutboxEntry| Err(Failure::Permanent(Cause::new("550 no such user")));
    let sendings =
        drain_outbox(&mut store, SENDER, &mut Arrears::default(), &|_| true, &mut refuse, &|| 1_800_000_000)
            .unwrap();
    assert_eq!((sendings.sent, sendings.waiting, sendings.failed), (0, 0, 2));
    assert!(store.outbox(Some(OutboxState::Waiting), 0).unwrap().is_empty());
}

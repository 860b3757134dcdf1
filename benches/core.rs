//! The core alone: bytes to message, text to rule set, facts to decision.
//!
//! `cargo bench --bench core`

#![allow(missing_docs, clippy::unwrap_used, reason = "a bench that cannot begin has nothing to measure")]

use criterion::{Criterion, criterion_group, criterion_main};
use postroom::adapters::library::{DEMO_WORLD, Shelf};
use postroom::adapters::sqlite::SqliteStore;
use postroom::adapters::world::World;
use postroom::engine::{Facts, decide, inquire};
use postroom::message::Message;
use postroom::ports::Desk as _;
use postroom::ruleset::RuleSet;
use postroom::ruleset::load::load;
use std::hint::black_box;

fn demo() -> RuleSet {
    load(Shelf::built_in("demo").unwrap(), &Shelf).rule_set.unwrap()
}

fn small_mail() -> Vec<u8> {
    let body = "The printer on floor 2 is on fire again, and nobody is there.\r\n".repeat(28);
    format!(
        "From: Uma User <uma@example.com>\r\nTo: desk@example.com\r\nSubject: Re: Call 5837 has been updated\r\n\
         Message-ID: <1@example.com>\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{body}"
    )
    .into_bytes()
}

fn read(c: &mut Criterion) {
    let raw = small_mail();
    c.bench_function("read a mail of 2 KB", |b| b.iter(|| Message::read(black_box(&raw))));
    c.bench_function("the same by mail-parser alone", |b| {
        b.iter(|| {
            mail_parser::MessageParser::default().parse(black_box(&raw[..])).map(|mail| mail.parts.len())
        });
    });
}

fn load_classic(c: &mut Criterion) {
    c.bench_function("load and prove classic", |b| {
        b.iter(|| load(Shelf::built_in("classic").unwrap(), &Shelf));
    });
}

fn decide_update(c: &mut Criterion) {
    let rule_set = demo();
    let mut store = SqliteStore::in_memory().unwrap();
    store.import(&World::parse("demo", DEMO_WORLD).unwrap()).unwrap();
    let message = Message::read(&small_mail());
    let account = rule_set.account("demo").unwrap();
    let inquiry = inquire(&rule_set, account, &message, 0);
    let answers = store.answer(&inquiry).unwrap();
    let facts = Facts { message, account: "demo".to_owned(), answers, now: 0 };
    c.bench_function("ask the desk", |b| b.iter(|| store.answer(black_box(&inquiry)).unwrap()));
    c.bench_function("decide an update, replies written", |b| {
        b.iter(|| decide(&rule_set, black_box(&facts)));
    });
    let subject = "Re: Task/Approval 76 has been updated";
    c.bench_function("recognize a subject", |b| b.iter(|| rule_set.recognize(black_box(subject)).is_some()));
}

criterion_group!(core, read, load_classic, decide_update);
criterion_main!(core);

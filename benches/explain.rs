//! What it costs to say why: `explain` against `decide`, over rule sets of 12, 100 and 1,000 rules, where the first, the last and
//! no rule takes the mail.
//!
//! `cargo bench --bench explain` prints the ratio of each pair, then lets criterion measure them. Explaining means here that for
//! every rule passed over the first condition that failed is known, with what was seen; the words are made of it later, by
//! whoever wants to read them, and are measured by themselves.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::format_collect,
    clippy::cast_precision_loss,
    reason = "a bench prints its figures and stops at a fault"
)]

use criterion::{Criterion, criterion_group, criterion_main};
use postroom::adapters::library::{DEMO_WORLD, Shelf};
use postroom::adapters::sqlite::SqliteStore;
use postroom::adapters::world::World;
use postroom::diagnostic::Source;
use postroom::engine::explain::change::changes;
use postroom::engine::explain::near_miss::near_misses;
use postroom::engine::{DecisionDocument, Facts, decide, explain, inquire};
use postroom::message::Message;
use postroom::ports::Desk as _;
use postroom::ruleset::RuleSet;
use postroom::ruleset::column::Stage;
use postroom::ruleset::load::load;
use std::hint::black_box;
use std::time::{Duration, Instant};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const COUNTS: [usize; 3] = [12, 100, 1_000];

/// How often each pair is measured by turns; the median of the ratios counts.
const TURNS: usize = 31;

/// Four rules of `permit` for each account but the last, which none of them knows, and as many subjects as rules.
fn rule_set(rules: usize) -> RuleSet {
    let accounts = rules.div_ceil(4) + 1;
    let account_texts: String = (0..accounts)
        .map(|at| format!("  desk-{at}: {{ connect: {{ files: {{ folder: in }} }}, new_calls: {{ template: IT Incident }} }}\n"))
        .collect();
    let permit: String = (0..rules)
        .map(|at| {
            let (account, what) = (at / 4, at % 4);
            let when = ["action: close_call, owns_call: true", "action: close_call", "action: send_summary", "action: log_call"]
                .get(what)
                .copied()
                .unwrap_or_default();
            format!(
                "  - {{ rule: desk-{account}-{what}, when: {{ account: desk-{account}, sender: [analyst, analyst_and_user], {when} }}, then: allow, before: anonymous-logs }}\n"
            )
        })
        .collect();
    let subjects: String = (0..rules)
        .map(|at| {
            format!(
                "  - {{ subject: \"[DESK{at}#{{number}}]\", intent: update, kind: call, before: first }}\n"
            )
        })
        .collect();
    let text = format!(
        "format: 1\nrule_set: bench\nrevision: 1\nchange_reason: A bench\nextends: classic\naccounts:\n{account_texts}\
         outgoing:\n  main: {{ files: {{ folder: out }}, outgoing_email_id: desk@example.com, default: true }}\n\
         permit:\n{permit}recognize:\n{subjects}"
    );
    let loaded = load(Source::new("bench.yaml", text), &Shelf);
    loaded.rule_set.unwrap_or_else(|| panic!("{:#?}", loaded.findings))
}

/// What an analyst who owns the call, or somebody whom no rule expects, writes to a desk.
fn facts(rule_set: &RuleSet, from: &str, subject: &str, account: &str) -> Facts {
    let mut store = SqliteStore::in_memory().unwrap();
    store.import(&World::parse("demo", DEMO_WORLD).unwrap()).unwrap();
    let raw = format!("From: {from}\r\nTo: desk@example.org\r\nSubject: {subject}\r\n\r\nPlease.\r\n");
    let message = Message::read(raw.as_bytes());
    let inquiry = inquire(rule_set, rule_set.account(account).unwrap(), &message, 0);
    let answers = store.answer(&inquiry).unwrap();
    Facts { message, account: account.to_owned(), answers, now: 0 }
}

/// The mails: the first rule that can takes it, the last of the many, none of the many.
fn cases(rule_set: &RuleSet, rules: usize) -> [(&'static str, Facts); 4] {
    let last = format!("desk-{}", rules.div_ceil(4) - 1);
    let none = format!("desk-{}", rules.div_ceil(4));
    let first = "desk-0";
    let analyst = "Ana Lyst <ana.lyst@example.com>";
    [
        ("first", facts(rule_set, analyst, "[CLOSE#5837]", first)),
        ("last", facts(rule_set, analyst, "[CLOSE#5837]", &last)),
        ("miss", facts(rule_set, "Uma User <uma@example.com>", "[CLOSE#5837]", &none)),
        ("miss, no subject taken", facts(rule_set, "nobody@example.net", "The printer is on fire", &none)),
    ]
}

/// How long one turn takes.
fn timed<T>(mut work: impl FnMut() -> T) -> Duration {
    const TIMES: u32 = 200;
    let began = Instant::now();
    for _ in 0..TIMES {
        black_box(work());
    }
    began.elapsed() / TIMES
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or_default()
}

fn ratios() {
    println!("rules  mail                      decide      explain     ratio  tables alone");
    for rules in COUNTS {
        let rule_set = rule_set(rules);
        for (name, facts) in cases(&rule_set, rules) {
            let mut turns = Vec::new();
            for _ in 0..TURNS {
                let deciding = timed(|| decide(&rule_set, black_box(&facts)));
                let explaining = timed(|| explain(&rule_set, black_box(&facts)));
                let situation = explain(&rule_set, &facts).situation;
                let asking = timed(|| rule_set.permit.decide(black_box(&situation)).name.len());
                let noting = timed(|| rule_set.permit.passed_over(black_box(&situation)).len());
                turns.push([deciding, explaining, asking, noting].map(|time| time.as_secs_f64() * 1e6));
            }
            let of = |pick: fn(&[f64; 4]) -> f64| median(turns.iter().map(pick).collect());
            println!(
                "{rules:>5}  {name:<22} {:>9.2} µs {:>9.2} µs  {:>6.2}  {:.2} µs, {:.2} µs",
                of(|turn| turn[0]),
                of(|turn| turn[1]),
                of(|turn| turn[1] / turn[0]),
                of(|turn| turn[2]),
                of(|turn| turn[3]),
            );
        }
    }
}

fn explaining(c: &mut Criterion) {
    ratios();
    for rules in COUNTS {
        let rule_set = rule_set(rules);
        let [_, _, (_, miss), (_, log)] = cases(&rule_set, rules);
        c.bench_function(&format!("decide, {rules} rules, miss"), |b| {
            b.iter(|| decide(&rule_set, black_box(&miss)));
        });
        c.bench_function(&format!("explain, {rules} rules, miss"), |b| {
            b.iter(|| explain(&rule_set, black_box(&miss)));
        });
        let explanation = explain(&rule_set, &miss);
        c.bench_function(&format!("words of what was passed over, {rules} rules"), |b| {
            b.iter(|| explanation.passed_over(&rule_set, Stage::Permit).len());
        });
        c.bench_function(&format!("near misses, {rules} rules"), |b| {
            b.iter(|| near_misses(&rule_set.recognize, black_box("Re: [CLOSE 5837] please")).len());
        });
        c.bench_function(&format!("smallest change, {rules} rules"), |b| {
            b.iter(|| changes(&rule_set, black_box(&log)).len());
        });
        c.bench_function(&format!("the whole as JSON, {rules} rules"), |b| {
            b.iter(|| {
                serde_json::to_string(&DecisionDocument::explained(&rule_set, &miss, &explanation))
                    .unwrap()
                    .len()
            });
        });
    }
}

criterion_group! {
    name = explanation;
    config = Criterion::default().sample_size(20).warm_up_time(Duration::from_millis(300)).measurement_time(Duration::from_secs(1));
    targets = explaining
}
criterion_main!(explanation);

//! What it costs to read a mail: small ones beside `mail-parser`'s own parse, an answer in HTML cut and made harmless, 25 MB
//! attached beside copying and decoding them, and mails made to keep a reader busy. The digest of a mail, which the flow takes and
//! reading does not, is measured beside.
//!
//! `cargo bench --bench reading` prints the figures, taken by turns, then lets criterion measure the mails of every day.
//! `cargo bench --bench reading -- worst` prints the worst cases alone.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::format_collect,
    clippy::format_push_string,
    clippy::too_many_lines,
    reason = "a bench prints its figures and stops at a fault"
)]

mod mails;
mod worst;

use base64::Engine as _;
use criterion::Criterion;
use postroom::message::{Message, sanitise};
use std::hint::black_box;
use std::time::{Duration, Instant};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// How often each figure is taken, by turns with those it is compared with.
const TURNS: usize = 31;
/// What no mail of 1 MB may take.
const WORST_MILLISECONDS: f64 = 250.0;

/// How long one of so many takes, in microseconds.
fn timed<T>(times: u32, mut work: impl FnMut() -> T) -> f64 {
    let began = Instant::now();
    for _ in 0..times {
        black_box(work());
    }
    began.elapsed().as_secs_f64() * 1e6 / f64::from(times)
}

fn median(figures: impl Iterator<Item = f64>) -> f64 {
    let mut figures: Vec<f64> = figures.collect();
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or_default()
}

/// mail-parser's own parse: of the whole mail, and its texts asked for.
fn parsed(raw: &[u8]) -> usize {
    mail_parser::MessageParser::default()
        .parse(raw)
        .map_or(0, |mail| mail.body_text(0).map_or(0, |text| text.len()) + mail.parts.len())
}

fn small() {
    println!("mail                        read   mail-parser   ratio   digest besides");
    for (name, raw) in [
        ("2 KB, as delivered", mails::delivered()),
        ("the same, forwarded", mails::forwarded(&mails::delivered())),
        ("2 KB, bare and plain", mails::small()),
        ("the same, forwarded", mails::forwarded(&mails::small())),
    ] {
        let turns: Vec<[f64; 3]> = (0..TURNS)
            .map(|_| {
                [
                    timed(500, || Message::read(black_box(&raw))),
                    timed(500, || parsed(black_box(&raw))),
                    timed(500, || postroom::message::sha256(black_box(&raw))),
                ]
            })
            .collect();
        println!(
            "{name:<21} {:>7.2} µs {:>10.2} µs {:>7.2} {:>12.2} µs",
            median(turns.iter().map(|turn| turn[0])),
            median(turns.iter().map(|turn| turn[1])),
            median(turns.iter().map(|turn| turn[0] / turn[1])),
            median(turns.iter().map(|turn| turn[2])),
        );
    }
}

fn answer_in_html() {
    let raw = mails::html(20_000);
    let html = Message::read(&raw).html.unwrap_or_default();
    let turns: Vec<[f64; 2]> = (0..TURNS)
        .map(|_| {
            [timed(20, || Message::read(black_box(&raw))), timed(20, || sanitise(black_box(&html)).len())]
        })
        .collect();
    let (read, harmless) =
        (median(turns.iter().map(|turn| turn[0])), median(turns.iter().map(|turn| turn[1])));
    let least = turns.iter().map(|[read, harmless]| read + harmless).fold(f64::MAX, f64::min);
    println!(
        "HTML of 20 KB: read and cut {read:.0} µs, made harmless {harmless:.0} µs, together {:.0} µs, at least {least:.0} µs",
        read + harmless
    );
}

fn attachment() {
    let encoded = mails::encoded(25 << 20);
    let raw = mails::with_attachment(&encoded);
    let without_line_ends: Vec<u8> = encoded.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    let engine = base64::engine::general_purpose::STANDARD;
    let turns: Vec<[f64; 3]> = (0..TURNS)
        .map(|_| {
            [
                timed(1, || Message::read(black_box(&raw))),
                timed(1, || raw.clone()) + timed(1, || engine.decode(&without_line_ends).unwrap().len()),
                timed(1, || postroom::message::sha256(black_box(&raw))),
            ]
        })
        .collect();
    println!(
        "25 MB attached: read {:.1} ms, copied and decoded {:.1} ms, ratio {:.2}; its digest besides {:.1} ms",
        median(turns.iter().map(|turn| turn[0])) / 1e3,
        median(turns.iter().map(|turn| turn[1])) / 1e3,
        median(turns.iter().map(|turn| turn[0] / turn[1])),
        median(turns.iter().map(|turn| turn[2])) / 1e3,
    );
}

/// What this thread has had of the processor, in milliseconds; none where the system does not tell. A shared machine makes
/// everything take longer, but not more of this.
fn on_processor() -> Option<f64> {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    told.split(' ').next()?.parse::<f64>().ok().map(|nanoseconds| nanoseconds / 1e6)
}

/// The least of three, in milliseconds on the processor.
fn least<T>(mut work: impl FnMut() -> T) -> f64 {
    let once = || {
        let (began, had) = (Instant::now(), on_processor());
        black_box(work());
        match (had, on_processor()) {
            (Some(had), Some(has)) => has - had,
            _ => began.elapsed().as_secs_f64() * 1e3,
        }
    };
    std::iter::repeat_with(once).take(3).fold(f64::MAX, f64::min)
}

fn worst_cases() {
    println!("made to keep a reader busy            500 KB      1 MB   harmless (ms)");
    let mut beyond = 0;
    for (name, make) in worst::shapes() {
        let (half, whole) = (make(500_000), make(1_000_000));
        let html = Message::read(&whole).html;
        let times = [
            least(|| Message::read(&half)),
            least(|| Message::read(&whole)),
            html.map_or(0.0, |html| least(|| sanitise(&html))),
        ];
        let is_beyond = times[1].max(times[2]) > WORST_MILLISECONDS;
        beyond += usize::from(is_beyond);
        let mark = if is_beyond { "  too long" } else { "" };
        println!("{name:<36} {:>7.1}   {:>7.1}   {:>7.1}{mark}", times[0], times[1], times[2]);
    }
    println!("{beyond} of {} shapes take more than {WORST_MILLISECONDS} ms", worst::shapes().len());
}

fn every_day(c: &mut Criterion) {
    let (small, delivered, html) = (mails::small(), mails::delivered(), mails::html(20_000));
    for (name, raw) in [("2 KB", &small), ("2 KB as delivered", &delivered), ("20 KB of HTML", &html)] {
        c.bench_function(&format!("read a mail of {name}"), |b| b.iter(|| Message::read(black_box(raw))));
    }
}

fn main() {
    let only_worst = std::env::args().any(|argument| argument == "worst");
    if !only_worst {
        small();
        answer_in_html();
        attachment();
    }
    worst_cases();
    if !only_worst {
        let config = Criterion::default().sample_size(20).measurement_time(Duration::from_secs(1));
        every_day(&mut config.warm_up_time(Duration::from_millis(300)));
    }
}

//! Our own mails, answers, patterns and rule files with something changed, some thousands of times, and always the same: the short
//! form of what the fuzz targets under `fuzz` do for hours. With `FUZZ_SEEDS=FOLDER` these tests write what they change into a
//! folder for each target.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod mail_laws;
mod rule_laws;
#[path = "../../../benches/reading/worst.rs"]
mod worst;

use crate::{replies, winmail};
use base64::Engine as _;
use std::path::{Path, PathBuf};

/// Numbers that look like chance (xorshift), the same in every run.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// A number below this one.
    fn below(&mut self, most: usize) -> usize {
        usize::try_from(self.next() >> 16).unwrap() % most.max(1)
    }

    fn pick<'t, T>(&mut self, items: &'t [T]) -> &'t T {
        &items[self.below(items.len())]
    }
}

/// What stands in mails where something begins or ends.
const WORDS: [&str; 38] = [
    "\r\n",
    "\n",
    "\r",
    "\0",
    "--",
    "-- \n",
    "> ",
    ">>>",
    "=?",
    "?=",
    "=?utf-8?Q?",
    "=?utf-8?B?",
    "<",
    ">",
    "<a href=\"",
    "<!--",
    "-->",
    "</",
    "<blockquote>",
    "<table>",
    "&",
    "&nbsp;",
    "\"",
    "(",
    ";",
    ":",
    ",",
    "boundary=",
    "charset=",
    "\u{202e}",
    "\u{feff}",
    "\u{a0}",
    "Content-Type: multipart/mixed; boundary=b\r\n",
    "Content-Transfer-Encoding: base64\r\n",
    "From: ",
    "On 12 Mar 2026 10:11, x wrote:\n",
    "name*0*=",
    "{number}",
];

/// Changes some bytes, in one of the ways in which mail is spoiled or made to spoil.
fn changed(bytes: &[u8], others: &[Vec<u8>], chance: &mut Chance) -> Vec<u8> {
    let mut new = bytes.to_vec();
    for _ in 0..=chance.below(4) {
        let at = chance.below(new.len() + 1);
        let end = (at + 1 + chance.below(60)).min(new.len()).max(at);
        match chance.below(9) {
            0 if at < new.len() => new[at] ^= 1 << chance.below(8),
            1 if at < new.len() => new[at] = u8::try_from(chance.below(256)).unwrap(),
            2 => new.truncate(at),
            3 => drop(new.drain(at..end)),
            4 => {
                let slice = new[at..end].repeat(1 + chance.below(40));
                new.splice(at..at, slice);
            }
            5 => {
                let word = chance.pick(&WORDS).repeat(1 + chance.below(3));
                new.splice(at..at, word.into_bytes());
            }
            6 => {
                let other = chance.pick(others);
                let from = chance.below(other.len() + 1);
                new.truncate(at);
                new.extend_from_slice(&other[from..]);
            }
            7 => shuffle_lines(&mut new, chance),
            _ => new.splice(at..end, std::iter::empty()).for_each(drop),
        }
        new.truncate(64 * 1024);
    }
    new
}

/// Two of the first lines change places, as where a header is put in another order.
fn shuffle_lines(bytes: &mut Vec<u8>, chance: &mut Chance) {
    let mut lines: Vec<Vec<u8>> = bytes.split_inclusive(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect();
    let count = lines.len().min(20);
    if count > 1 {
        lines.swap(chance.below(count), chance.below(count));
        *bytes = lines.concat();
    }
}

fn files(folders: &[&str], ending: &str) -> Vec<Vec<u8>> {
    let mut paths: Vec<PathBuf> = folders
        .iter()
        .flat_map(walkdir::WalkDir::new)
        .map(|entry| entry.unwrap().into_path())
        .filter(|path| path.extension().is_some_and(|found| found == ending))
        .collect();
    paths.sort();
    let files: Vec<Vec<u8>> = paths.iter().map(|path| std::fs::read(path).unwrap()).collect();
    assert!(files.len() > 3, "{folders:?}");
    files
}

/// What stands below the header of a mail.
fn body(mail: &[u8]) -> &[u8] {
    let end = mail.windows(3).position(|window| window == b"\n\r\n" || window.starts_with(b"\n\n"));
    &mail[end.map_or(0, |end| end + 2)..]
}

/// Holds seeds and what they are changed into to a law; tells which case it was, where one is broken.
fn each(target: &str, seeds: &[Vec<u8>], rounds: std::ops::Range<usize>, law: impl Fn(&[u8])) {
    write_seeds(target, seeds);
    let mut chance = Chance(0x9e37_79b9_7f4a_7c15);
    for round in rounds {
        for (number, seed) in seeds.iter().enumerate() {
            let bytes = if round == 0 { seed.clone() } else { changed(seed, seeds, &mut chance) };
            let kept = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| law(&bytes)));
            assert!(kept.is_ok(), "{target} {number}, round {round}:\n{}", bytes.escape_ascii());
        }
    }
}

/// Writes them down for a fuzz target, where it is asked for.
fn write_seeds(target: &str, seeds: &[Vec<u8>]) {
    let Some(folder) = std::env::var_os("FUZZ_SEEDS").map(|folder| Path::new(&folder).join(target)) else {
        return;
    };
    std::fs::create_dir_all(&folder).unwrap();
    for seed in seeds.iter().filter(|seed| seed.len() < 64 * 1024) {
        std::fs::write(folder.join(postroom::message::sha256(seed)), seed).unwrap();
    }
}

fn mails() -> Vec<Vec<u8>> {
    files(&["fixtures/mail"], "eml")
}

/// Answers as the programs of many languages write them.
fn answers() -> Vec<Vec<u8>> {
    replies::mails().into_iter().map(String::into_bytes).collect()
}

fn bodies(mails: &[Vec<u8>]) -> Vec<Vec<u8>> {
    mails.iter().map(|mail| body(mail).to_vec()).collect()
}

#[test]
fn changed_mails_keep_the_laws() {
    each("reading", &mails(), 0..8, |raw| drop(mail_laws::mail(raw)));
}

#[test]
fn changed_answers_are_divided_without_loss() {
    each("reply", &[bodies(&mails()), bodies(&answers())].concat(), 0..2, |body| {
        for kind in ["plain", "html"] {
            let head = format!(
                "From: uma@example.com\r\nSubject: Re: VPN\r\nContent-Type: text/{kind}; charset=utf-8\r\n\r\n"
            );
            drop(mail_laws::mail(&[head.as_bytes(), body].concat()));
        }
    });
}

/// What fuzzing met, written anew.
#[test]
fn odd_texts_keep_the_laws() {
    let head = "From: uma@example.com\r\nSubject: Re: VPN\r\n\r\n";
    // no blank stands before the attribution
    let answer = "It works now\u{2014}On 12 Mar 2026 at 10:11, Ana Lyst <ana@example.com> wrote:\r\nDoes it?";
    let message = mail_laws::mail((head.to_owned() + answer).as_bytes());
    assert_eq!(message.reply_portion, "It works now\u{2014}");
    // the signature ends on the line on which the attribution begins
    let answer = "It works.\r\n\r\n-- \r\nUma User\r\nRoom 12 On 12 Mar 2026 at 10:11, Ana Lyst <ana@example.com> wrote:\r\n> Does it?";
    let message = mail_laws::mail((head.to_owned() + answer).as_bytes());
    assert_eq!(
        (message.reply_portion.as_str(), message.signature.as_str()),
        ("It works.", "-- \nUma User\nRoom 12")
    );
    mail_laws::html("<img src=\"cid:1@example.com\" alt=\"javascript:\">");
}

#[test]
fn changed_html_stays_harmless() {
    let mut pages = [bodies(&mails()), bodies(&answers())].concat();
    pages.retain(|body| body.windows(2).any(|window| window == b"</"));
    each("html", &pages, 0..4, |written| mail_laws::html(&String::from_utf8_lossy(written)));
}

#[test]
fn changed_streams_keep_the_laws() {
    each("tnef", &winmail::streams(), 0..60, |stream| {
        let head = "From: uma@example.com\r\nContent-Type: application/ms-tnef\r\nContent-Transfer-Encoding: base64\r\n\r\n";
        let coded = base64::engine::general_purpose::STANDARD.encode(stream);
        drop(mail_laws::mail((head.to_owned() + &coded).as_bytes()));
    });
}

#[test]
fn changed_reports_keep_the_laws() {
    let mut reports = mails();
    reports.retain(|mail| mail.windows(11).any(|window| window.eq_ignore_ascii_case(b"diagnostic-")));
    let head = b"From: MAILER-DAEMON@example.com\r\nSubject: failure notice\r\n\r\n";
    each("report", &bodies(&reports), 0..40, |body| drop(mail_laws::mail(&[&head[..], body].concat())));
}

#[test]
fn changed_patterns_match_what_they_say() {
    let subjects = [
        "[CLOSE#{number}]",
        "Call {number} has been updated",
        "Call No {number}",
        "[{word}#{number}] {rest}",
        "(?<number>[0-9]+)",
        r"\[(?<desk>\w+)#(?<number>\d{1,6})\]",
        "Ärger {number}",
        "① m² {number} ½",
    ];
    let beside = "\nRe: [CLOSE#5837] Call 5837 has been updated, Ärger 7";
    let seeds: Vec<Vec<u8>> =
        subjects.iter().map(|text| (*text).to_owned() + beside).map(String::into_bytes).collect();
    each("pattern", &seeds, 0..300, |both| {
        let both = String::from_utf8_lossy(both);
        let (pattern, subject) = both.split_once('\n').unwrap_or((&both, beside));
        rule_laws::pattern(pattern, subject);
    });
}

#[test]
fn changed_rule_files_load_or_say_why_not() {
    let mut seeds = files(&["fixtures/broken"], "yaml");
    // one is made to use up all that the prover looks at, which takes seconds
    seeds.retain(|text| !text.windows(12).any(|window| window == b"very-careful"));
    each("rules", &seeds, 1..2, |text| {
        rule_laws::rules(&String::from_utf8_lossy(text));
    });
}

#[test]
fn mails_made_to_keep_a_reader_busy_keep_the_laws() {
    let small: Vec<Vec<u8>> = worst::shapes().into_iter().map(|(_, make)| make(1_000)).collect();
    write_seeds("reading", &small);
    let wrong = worst::shapes().into_iter().filter(|(_, make)| {
        let raw = make(10_000);
        let keeps_laws = || {
            let message = mail_laws::mail(&raw);
            assert!(message.is_mail);
            message.html.as_deref().map(mail_laws::html);
        };
        assert!(raw.len() < 200_000);
        std::panic::catch_unwind(keeps_laws).is_err()
    });
    let names: Vec<&str> = wrong.map(|(name, _)| name).collect();
    assert!(names.is_empty(), "{names:?}");
}

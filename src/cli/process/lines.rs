//! A line for each mail, and the summary at the end.

use super::Setting;
use crate::cli::Trouble;
use crate::cli::output::{Out, Tone, beginning, ending, remark};
use crate::ports::Entry;
use crate::runtime::{Dealing, Report, Sendings, Settled};
use crate::vocab::Outcome;
use serde_json::Value;
use std::collections::BTreeMap;

/// How wide the columns of a line are, in characters.
const ORIGIN_CHARS: usize = 36;
const OUTCOME_CHARS: usize = 28;
const ABOUT_CHARS: usize = 14;
const SENDER_CHARS: usize = 28;

/// A mail that was dealt with now.
pub(super) fn settled(out: &Out, settled: &Settled) -> String {
    let entry = &settled.entry;
    let told = told(settled);
    line(out, &entry.origin, &entry.outcome, entry, &told)
}

/// A mail that had been dealt with.
pub(super) fn already(out: &Out, origin: Option<&str>, entry: &Entry) -> String {
    let told = out.toned(Tone::Dim, "dealt with already");
    line(out, origin.unwrap_or(&entry.origin), &entry.outcome, entry, &told)
}

fn line(out: &Out, origin: &str, outcome: &Outcome, entry: &Entry, told: &str) -> String {
    let origin = ending(origin, ORIGIN_CHARS);
    let words = beginning(&words_of(outcome), OUTCOME_CHARS);
    let about = entry.about.map_or_else(|| "-".to_owned(), |about| about.to_string());
    let about = beginning(&about, ABOUT_CHARS);
    let sender = beginning(entry.from.as_deref().unwrap_or("-"), SENDER_CHARS);
    let words = out.toned(tone_of(outcome), &format!("{words:<OUTCOME_CHARS$}"));
    format!("{origin:<ORIGIN_CHARS$}  {words}  {about:<ABOUT_CHARS$}  {sender:<SENDER_CHARS$}  {told}")
}

/// The outcome as a line shows it: an action by its own name.
pub(in crate::cli) fn words_of(outcome: &Outcome) -> String {
    match outcome.words() {
        ("action", name) => name.to_owned(),
        (kind, word) => format!("{kind} {word}"),
    }
}

fn tone_of(outcome: &Outcome) -> Tone {
    match outcome {
        Outcome::Action(_) => Tone::Good,
        Outcome::Refuse(_) | Outcome::Ignore(_) => Tone::Mild,
        Outcome::Discard(_) => Tone::Dim,
        Outcome::Quarantine(_) => Tone::Bad,
    }
}

/// What the sender and others are told.
fn told(settled: &Settled) -> String {
    let decision = &settled.decision;
    let mut words: Vec<String> =
        decision.replies.iter().map(|reply| format!("reply {}", reply.name)).collect();
    let suppressed = decision.trace.iter().filter(|line| line.stage == "reply" && line.then == "suppressed");
    words.extend(suppressed.map(|line| match &line.rule {
        Some(reply) => format!("{reply} suppressed"),
        None => "reply suppressed".to_owned(),
    }));
    match decision.notifications.len() {
        0 => {}
        1 => words.push("1 notified".to_owned()),
        count => words.push(format!("{count} notified")),
    }
    if words.is_empty() { "no reply".to_owned() } else { words.join(", ") }
}

/// The stored decision of a mail that had been dealt with, marked as such.
pub(super) fn decision_dealt_with_already(entry: &Entry) -> String {
    let Ok(Value::Object(mut decision)) = serde_json::from_str(&entry.decision) else {
        return entry.decision.clone();
    };
    let _earlier = decision.insert("already".to_owned(), Value::Bool(true));
    Value::Object(decision).to_string()
}

/// What became of how many mails.
#[derive(Debug, Default)]
pub(super) struct Tally {
    outcomes: BTreeMap<(Rank, String), u64>,
    settled: u64,
    already: u64,
    replies: u64,
    /// Could not be dealt with for now.
    pub(super) failed: u64,
}

/// In which order the summary lists the kinds of outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Action,
    Refuse,
    Ignore,
    Discard,
    Quarantine,
}

impl Tally {
    /// Counts one mail.
    pub(super) fn count(&mut self, report: &Report) {
        match &report.dealing {
            Dealing::Failed(_) => self.failed += 1,
            Dealing::Already(_) => self.already += 1,
            Dealing::Settled(settled) => {
                let outcome = &settled.entry.outcome;
                let rank = match outcome {
                    Outcome::Action(_) => Rank::Action,
                    Outcome::Refuse(_) => Rank::Refuse,
                    Outcome::Ignore(_) => Rank::Ignore,
                    Outcome::Discard(_) => Rank::Discard,
                    Outcome::Quarantine(_) => Rank::Quarantine,
                };
                *self.outcomes.entry((rank, words_of(outcome))).or_default() += 1;
                self.settled += 1;
                let replies = settled.decision.mails().count();
                self.replies += u64::try_from(replies).unwrap_or_default();
            }
        }
    }

    /// The summary for people.
    pub(super) fn summary(
        &self,
        out: &mut Out,
        setting: &Setting,
        sent: Option<Sendings>,
    ) -> Result<(), Trouble> {
        out.line("");
        let mut rows: Vec<[String; 2]> =
            self.outcomes.iter().map(|((_, words), count)| [words.clone(), count.to_string()]).collect();
        if self.already > 0 {
            rows.push(["dealt with already".to_owned(), self.already.to_string()]);
        }
        if self.failed > 0 {
            rows.push(["not dealt with".to_owned(), self.failed.to_string()]);
        }
        let total = self.settled + self.already + self.failed;
        if rows.is_empty() {
            out.line("No mail.");
        }
        let width = rows.iter().map(|[words, _]| words.chars().count()).max().unwrap_or_default();
        for [words, count] in rows {
            out.line(format_args!("{words:<width$}  {count:>7}"));
        }
        if total > 1 {
            out.line(format_args!("{:<width$}  {total:>7}", "mails"));
        }
        out.line("");
        if self.settled == 0 && self.already > 0 && self.failed == 0 {
            out.line("Every mail was dealt with already; nothing has changed.");
        }
        if let Some(sent) = sent {
            out.line(format_args!("Replies: {} sent, {} failed.", sent.sent, sent.failed));
        }
        let waiting = if setting.is_in_memory { self.replies } else { setting.store.waiting()? };
        match (setting.is_in_memory, waiting) {
            (true, count) => {
                out.line(format_args!("Decided in memory: nothing was written, {count} replies not kept."));
            }
            (false, 0) => {}
            (false, 1) => out.line("1 reply waits; `postroom outbox list` shows it."),
            (false, count) => {
                out.line(format_args!("{count} replies wait; `postroom outbox list` shows them."));
            }
        }
        Ok(())
    }

    /// The summary beside decisions as JSON.
    pub(super) fn brief_summary(&self) {
        remark(format_args!(
            "{} decided, {} dealt with already, {} not dealt with",
            self.settled, self.already, self.failed
        ));
    }
}

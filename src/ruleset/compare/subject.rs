//! What subjects ask for, compared: which patterns came, went, moved or mean something else, each shown on a subject.

use crate::ruleset::{RuleSet, SubjectRule};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeSet;

/// What `recognize` does differently.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Subjects {
    /// Patterns that came, went, moved or ask for something else.
    pub patterns: Vec<PatternChange>,
    /// Subjects that ask for something else now.
    pub subjects: Vec<SubjectChange>,
    /// How many subjects were tried.
    pub tried: usize,
    /// Whether it is certain that no other subject asks for something else: where the patterns are the same ones in
    /// the same order.
    pub certain: bool,
}

/// A pattern that is not as it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct PatternChange {
    /// `added`, `removed`, `moved`, or `asks otherwise`.
    pub change: &'static str,
    /// As written.
    pub pattern: String,
    /// Whether no subject could be tried with it, because it is a regular expression.
    pub untried: bool,
    /// What it asks for in the old rule set.
    pub old: Option<String>,
    /// What it asks for in the new one.
    pub new: Option<String>,
}

/// A subject that asks for something else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct SubjectChange {
    /// The subject.
    pub subject: String,
    /// What it asks for in the old rule set, and by which pattern.
    pub old: String,
    /// What it asks for in the new one, and by which pattern.
    pub new: String,
}

impl Subjects {
    /// Whether nothing was found that asks for something else, and nothing is left open.
    pub fn is_equal(&self) -> bool {
        let is_harmless = |pattern: &PatternChange| pattern.change == "moved" && !pattern.untried;
        self.subjects.is_empty() && self.patterns.iter().all(is_harmless)
    }
}

/// By what a pattern is known again.
type Key<'a> = (&'a str, bool);

fn key(rule: &SubjectRule) -> Key<'_> {
    (rule.pattern.text(), rule.pattern.is_expression())
}

pub(super) fn compare(old: &RuleSet, new: &RuleSet) -> Subjects {
    let mut subjects = Subjects { patterns: patterns(&old.recognize, &new.recognize), ..Subjects::default() };
    let witnesses: BTreeSet<String> =
        old.recognize.iter().chain(&new.recognize).flat_map(|rule| rule.pattern.witnesses()).collect();
    subjects.tried = witnesses.len();
    let mut told: BTreeSet<(String, String)> = BTreeSet::new();
    for subject in witnesses {
        let [before, after] = [old, new].map(|rule_set| asked(rule_set, &subject));
        if before.0 == after.0 {
            continue;
        }
        let [before, after] = [before, after].map(|(asks, by)| match by {
            Some(by) => format!("{} by {by}", asks.0),
            None => asks.0,
        });
        // one example of a pair of patterns is enough
        if told.insert((before.clone(), after.clone())) {
            subjects.subjects.push(SubjectChange { subject, old: before, new: after });
        }
    }
    subjects.patterns.extend(answers(old, new));
    subjects.certain = subjects.patterns.is_empty();
    subjects
}

/// The rows that look at which mail of ours is answered: there is at most one of each.
fn answers(old: &RuleSet, new: &RuleSet) -> Vec<PatternChange> {
    let rows = [
        (
            "reply_to: request_for_confirmation",
            "the command that waits",
            [old, new].map(|it| it.answers_to_requests.is_some()),
        ),
        ("reply_to: our_mail", "update", [old, new].map(|it| it.answers_to_mails.is_some())),
    ];
    let changed = |(pattern, asks, [before, after]): (&str, &str, [bool; 2])| PatternChange {
        change: if after { "added" } else { "removed" },
        pattern: pattern.to_owned(),
        untried: false,
        old: before.then(|| asks.to_owned()),
        new: after.then(|| asks.to_owned()),
    };
    rows.into_iter().filter(|(.., [before, after])| before != after).map(changed).collect()
}

/// What a subject asks for, with its number, and the pattern that says so.
fn asked(rule_set: &RuleSet, subject: &str) -> ((String, Option<String>), Option<String>) {
    match rule_set.recognize(subject) {
        Some((rule, found)) => ((asks(rule), found.number), Some(rule.pattern.text().to_owned())),
        None => (("log".to_owned(), None), None),
    }
}

fn asks(rule: &SubjectRule) -> String {
    format!("{} {}", rule.intent.word(), rule.kind.word())
}

fn patterns(old: &[SubjectRule], new: &[SubjectRule]) -> Vec<PatternChange> {
    let find = |rules: &[SubjectRule], wanted: Key<'_>| rules.iter().position(|rule| key(rule) == wanted);
    let mut changes = Vec::new();
    let mut common: Vec<(usize, usize)> = Vec::new();
    for (at, rule) in old.iter().enumerate() {
        let (pattern, untried) = (rule.pattern.text().to_owned(), rule.pattern.witnesses().is_empty());
        let after = find(new, key(rule));
        let found = after.and_then(|after| Some((after, new.get(after)?)));
        match found {
            None => {
                changes.push(PatternChange {
                    change: "removed",
                    pattern,
                    untried,
                    old: Some(asks(rule)),
                    new: None,
                });
            }
            Some((after, other)) => {
                common.push((at, after));
                if asks(rule) != asks(other) {
                    let (old, new) = (Some(asks(rule)), Some(asks(other)));
                    changes.push(PatternChange { change: "asks otherwise", pattern, untried, old, new });
                }
            }
        }
    }
    for rule in new.iter().filter(|rule| find(old, key(rule)).is_none()) {
        let (pattern, untried) = (rule.pattern.text().to_owned(), rule.pattern.witnesses().is_empty());
        changes.push(PatternChange { change: "added", pattern, untried, old: None, new: Some(asks(rule)) });
    }
    let stays = longest_in_order(&common.iter().map(|(_, after)| *after).collect::<Vec<_>>());
    for (at, after) in common.iter().filter(|(_, after)| !stays.contains(after)) {
        let (Some(rule), Some(other)) = (old.get(*at), new.get(*after)) else { continue };
        let (pattern, untried) = (rule.pattern.text().to_owned(), rule.pattern.witnesses().is_empty());
        let (old, new) = (Some(asks(rule)), Some(asks(other)));
        changes.push(PatternChange { change: "moved", pattern, untried, old, new });
    }
    changes
}

/// A longest selection of these places that are in ascending order: what has not moved.
fn longest_in_order(places: &[usize]) -> BTreeSet<usize> {
    let mut best: Vec<(usize, Option<usize>)> = Vec::new();
    for (at, place) in places.iter().enumerate() {
        let before = places.iter().zip(&best).take(at).enumerate().filter(|(_, (other, _))| *other < place);
        let longest = before
            .max_by_key(|(_, (_, (length, _)))| *length)
            .map(|(index, (_, (length, _)))| (*length, index));
        best.push(longest.map_or((1, None), |(length, index)| (length + 1, Some(index))));
    }
    let mut at = (0..best.len()).max_by_key(|&at| best.get(at).map(|(length, _)| *length));
    let mut stays = BTreeSet::new();
    while let Some(index) = at {
        stays.extend(places.get(index));
        at = best.get(index).and_then(|(_, before)| *before);
    }
    stays
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_place_that_jumps_is_the_only_one_that_moved() {
        let stays = |places: &[usize]| longest_in_order(places).into_iter().collect::<Vec<_>>();
        assert_eq!(stays(&[3, 0, 1, 2]), [0, 1, 2]);
        assert_eq!(stays(&[0, 1, 2]), [0, 1, 2]);
        assert_eq!(stays(&[1, 2, 0]), [1, 2]);
        assert_eq!(stays(&[]), [0; 0]);
    }
}

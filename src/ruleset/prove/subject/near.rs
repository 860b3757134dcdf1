//! Subjects that differ by one character and ask for different things.

use super::compare::asks_alike;
use super::tell;
use crate::diagnostic::Diagnostic;
use crate::ruleset::SubjectRule;
use std::collections::BTreeMap;

/// Words of fewer letters are codes, which differ by one letter as a matter of course.
const WORD_CHARS_MIN: usize = 4;

/// Longer subjects are not compared; nobody types them.
const SUBJECT_CHARS_MAX: usize = 100;

/// Findings about every two subjects that a slip of the keyboard turns into each other.
pub(super) fn nearly_alike(rows: &[SubjectRule]) -> Vec<Diagnostic> {
    // two texts that differ by one character are alike when each has lost one or none
    let mut by_remainder: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    let plain: Vec<Vec<char>> = rows.iter().map(plain).collect();
    let mut pairs = Vec::new();
    for (at, text) in plain.iter().enumerate() {
        for remainder in remainders(text) {
            let known = by_remainder.entry(remainder).or_default();
            pairs.extend(known.iter().map(|&other| (other, at)));
            if known.last() != Some(&at) {
                known.push(at);
            }
        }
    }
    pairs.sort_unstable();
    pairs.dedup();
    let mut findings = Vec::new();
    for (earlier, later) in pairs {
        let (Some(a), Some(b)) = (plain.get(earlier), plain.get(later)) else { continue };
        let (Some(earlier), Some(later)) = (rows.get(earlier), rows.get(later)) else { continue };
        if !asks_alike(earlier, later) && is_a_slip(a, b) {
            findings.push(tell::nearly_alike(earlier, later));
        }
    }
    findings
}

/// A subject without what does not matter in it: case and spaces. Nothing of a regular expression.
fn plain(rule: &SubjectRule) -> Vec<char> {
    if rule.pattern.is_expression() {
        return Vec::new();
    }
    let text = rule.pattern.text().to_lowercase();
    let text: Vec<char> = text.chars().filter(|c| !c.is_whitespace()).collect();
    if text.len() > SUBJECT_CHARS_MAX { Vec::new() } else { text }
}

/// The text, and the text without each of its characters.
fn remainders(text: &[char]) -> Vec<String> {
    if text.is_empty() {
        return Vec::new();
    }
    let without =
        |at: usize| text.iter().enumerate().filter(|(index, _)| *index != at).map(|(_, c)| *c).collect();
    let mut all: Vec<String> = (0..text.len()).map(without).collect();
    all.push(text.iter().collect());
    all.sort_unstable();
    all.dedup();
    all
}

/// Whether the texts differ by one character within words that people spell out.
fn is_a_slip(a: &[char], b: &[char]) -> bool {
    let before = a.iter().zip(b).take_while(|(a, b)| a == b).count();
    let longer = if a.len() >= b.len() { a } else { b };
    let after = a.iter().rev().zip(b.iter().rev()).take_while(|(a, b)| a == b).count();
    // one changed, added or missing
    let shorter = a.len().min(b.len());
    if before == shorter && a.len() == b.len() || before + after + 1 < longer.len() {
        return false;
    }
    let is_letter = |c: Option<&char>| c.is_some_and(|c| c.is_alphabetic());
    let changed = before.min(longer.len() - 1);
    if !is_letter(longer.get(changed)) {
        return false;
    }
    let left = longer.iter().take(changed).rev().take_while(|c| c.is_alphabetic()).count();
    let right = longer.iter().skip(changed).take_while(|c| c.is_alphabetic()).count();
    left + right >= WORD_CHARS_MIN
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_letter_of_a_word_is_a_slip_and_one_of_a_code_is_not() {
        let check = |a: &str, b: &str, expected: bool| {
            let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
            assert_eq!(is_a_slip(&a, &b), expected, "{a:?} {b:?}");
            assert_eq!(is_a_slip(&b, &a), expected, "{b:?} {a:?}");
            let shared = remainders(&a).iter().any(|one| remainders(&b).contains(one));
            assert!(shared || !expected, "{a:?} and {b:?} share nothing");
        };
        check("[task#{number}]", "[tasks#{number}]", true);
        check("[task#{number}]", "[tusk#{number}]", true);
        check("[close#{number}]", "[clone#{number}]", true);
        check("[hr#{number}]", "[it#{number}]", false);
        check("[hr#{number}]", "[er#{number}]", false);
        check("[task#{number}]", "[task#{number}]", false);
        check("[call#{number}]", "[call-{number}]", false);
        check("[approve#{number}]", "[approval#{number}]", false);
    }
}

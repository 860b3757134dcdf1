//! What a subject was nearly taken for.

use super::spelling::{Difference, Wanted};
use crate::ruleset::SubjectRule;
use std::fmt;

/// The most characters of a subject that are looked at; nobody asks for anything behind them.
pub(super) const SUBJECT_CHARS_MAX: usize = 200;

/// A pattern that a subject misses by very little.
#[derive(Debug, Clone)]
pub struct NearMiss<'a> {
    /// The row with the pattern.
    pub rule: &'a SubjectRule,
    /// The piece of the subject that it nearly took.
    pub text: String,
    /// What keeps it from matching, in words; one or two.
    pub differences: Vec<String>,
    /// What to write instead; `NUMBER` stands where the subject has none.
    pub write: String,
    /// The place of the piece in the subject, in characters.
    pub(crate) covers: std::ops::Range<usize>,
}

/// The patterns that the subject misses by one or two characters, the nearest first.
pub fn near_misses<'a>(rules: &'a [SubjectRule], subject: &str) -> Vec<NearMiss<'a>> {
    let characters: Vec<char> = subject.chars().take(SUBJECT_CHARS_MAX).collect();
    let folded = folded(&characters);
    let mut found: Vec<NearMiss<'a>> = rules
        .iter()
        .filter(|rule| is_worth_a_look(&rule.pattern.piece(), &folded))
        .filter_map(|rule| near_miss(rule, &characters))
        .collect();
    found.sort_by_key(|miss| miss.differences.len());
    found
}

fn near_miss<'a>(rule: &'a SubjectRule, subject: &[char]) -> Option<NearMiss<'a>> {
    let fit = Wanted::of(&rule.pattern).fit(subject)?;
    Some(NearMiss {
        rule,
        text: subject.get(fit.covers.clone()).unwrap_or_default().iter().collect(),
        differences: fit.differences.iter().map(ToString::to_string).collect(),
        write: fit.written_right,
        covers: fit.covers,
    })
}

impl NearMiss<'_> {
    /// By how much it is missed: `one character`, `two characters`.
    pub fn by(&self) -> &'static str {
        if self.differences.len() == 1 { "one character" } else { "two characters" }
    }
}

/// With at most one mistake in its letters, one half of the longest word must be there. A pattern whose words are not Latin is
/// always looked at.
fn is_worth_a_look(word: &str, subject: &str) -> bool {
    let middle = word.len() / 2;
    if word.len() < 4 {
        return subject.contains(word);
    }
    let (first, second) = word.split_at_checked(middle).unwrap_or((word, word));
    subject.contains(first) || subject.contains(second)
}

/// The subject in small Latin letters, as far as it looks like them.
fn folded(subject: &[char]) -> String {
    subject.iter().map(|&c| super::spelling::folded(c)).collect()
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(text) if text == " " => f.write_str("a space is missing"),
            Self::Missing(text) => write!(f, "`{text}` is missing"),
            Self::Extra(' ') => f.write_str("there is a space too many"),
            Self::Extra(c) if c.is_whitespace() || c.is_control() || is_invisible(*c) => {
                write!(f, "an invisible character (U+{:04X}) is too many", u32::from(*c))
            }
            Self::Extra(c) => write!(f, "`{c}` is too many"),
            Self::Instead { saw, wanted } => write!(f, "`{saw}` stands where `{wanted}` belongs"),
            Self::Swapped(first, second) => write!(f, "`{first}{second}` are the wrong way round"),
            Self::Likeness { saw, wanted } => {
                write!(f, "`{saw}` only looks like `{wanted}` (U+{:04X})", first_sign(saw))
            }
            Self::NumberMissing => f.write_str("the number is missing"),
        }
    }
}

fn first_sign(text: &str) -> u32 {
    text.chars().next().map_or(0, u32::from)
}

fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::testing::classic;

    fn said(subject: &str) -> Vec<String> {
        let rule_set = classic();
        let misses = near_misses(&rule_set.recognize, subject);
        misses
            .iter()
            .map(|miss| {
                format!(
                    "{} misses {} by {}: {}; write {}",
                    miss.text,
                    miss.rule.name,
                    miss.by(),
                    miss.differences.join(", "),
                    miss.write
                )
            })
            .collect()
    }

    #[test]
    fn missing_sign_is_named_with_what_to_write() {
        assert_eq!(
            said("Re: [CLOSE 5837] please"),
            ["[CLOSE 5837] misses [CLOSE#{number}] by one character: `#` is missing; write [CLOSE#5837]"]
        );
        assert_eq!(
            said("CLOSE#5837"),
            [
                "CLOSE#5837 misses [CLOSE#{number}] by two characters: `[` is missing, `]` is missing; write [CLOSE#5837]"
            ]
        );
        assert_eq!(
            said("[CLOSE#５８３７]"),
            [
                "[CLOSE#５８３７] misses [CLOSE#{number}] by one character: `５８３７` only looks like `5837` (U+FF15); write [CLOSE#5837]"
            ]
        );
    }

    #[test]
    fn ordinary_subjects_miss_nothing() {
        for subject in [
            "The printer on floor 2 is on fire",
            "",
            "Call me back",
            "Task force meeting",
            "[EXTERNAL] invoice 5837",
        ] {
            assert_eq!(said(subject), [""; 0], "{subject}");
        }
    }

    #[test]
    fn invisible_characters_are_named_by_their_number() {
        let said = said("[CLOSE\u{200b}#5837]");
        assert!(said[0].contains("an invisible character (U+200B) is too many"), "{said:?}");
    }
}

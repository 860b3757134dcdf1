//! Why a subject was not taken: the text that was tried, and where each pattern stopped.

use super::near_miss::SUBJECT_CHARS_MAX;
use super::spelling::Wanted;
use crate::ruleset::SubjectRule;

/// The most characters that are shown of what a pattern met instead.
const SAW_CHARS_MAX: usize = 24;

/// A pattern held against a subject that it does not match.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stopped {
    /// What of the pattern is there, as the pattern writes it; empty where nothing that tells anything is.
    pub found: String,
    /// What would have had to follow.
    pub wanted: String,
    /// What the subject has there; empty at its end.
    pub saw: String,
}

impl Stopped {
    /// Where the pattern of this row stopped in the subject. Of a regular expression nobody can tell.
    pub fn of(rule: &SubjectRule, subject: &str) -> Self {
        let characters: Vec<char> = subject.chars().take(SUBJECT_CHARS_MAX).collect();
        let reach = Wanted::of(&rule.pattern).reach(&characters);
        if !reach.is_telling {
            return Self { found: String::new(), wanted: rule.pattern.text().to_owned(), saw: String::new() };
        }
        let saw = characters.iter().skip(reach.at).take(SAW_CHARS_MAX).collect();
        Self { found: reach.found, wanted: reach.wanted, saw }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::testing::classic;

    #[test]
    fn pattern_stops_where_the_subject_goes_another_way() {
        let rule_set = classic();
        let close = rule_set.recognize.iter().find(|rule| rule.name == "[CLOSE#{number}]").unwrap();
        let parts = |subject| {
            let stopped = Stopped::of(close, subject);
            (stopped.found, stopped.wanted, stopped.saw)
        };
        let owned = |a: &str, b: &str, c: &str| (a.to_owned(), b.to_owned(), c.to_owned());
        assert_eq!(parts("Re: [CLOSE 5837] please"), owned("[CLOSE", "#{number}]", " 5837] please"));
        assert_eq!(parts("[CLOSE"), owned("[CLOSE", "#{number}]", ""));
        assert_eq!(parts("[EXTERNAL] help"), owned("", "[CLOSE#{number}]", ""));
    }
}

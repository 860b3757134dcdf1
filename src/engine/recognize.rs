//! Finds what a subject asks for, and of which item (SPEC 5).

use super::trace::TraceLine;
use crate::ruleset::column::Stage;
use crate::ruleset::{AnswerRule, RuleSet, SubjectRule};
use crate::vocab::{Answers, Intent, Kind, Number, Record, Reference};
use std::sync::Arc;

/// What one subject asks for.
pub(super) struct Asked<'a> {
    /// The row that recognised it; `None` where none did and the mail asks to log a call (SPEC S7).
    rule: Option<&'a SubjectRule>,
    /// The row that went by the mail of ours that is answered.
    answer: Option<&'a AnswerRule>,
    /// Whether the mail of ours that is answered says what is asked.
    pub(super) is_answer: bool,
    /// What is asked.
    pub(super) intent: Intent,
    /// Of which kind of item, as the subject calls it.
    pub(super) kind: Option<Kind>,
    /// Of which item; `None` also for a number that can be none.
    pub(super) number: Option<Number>,
    /// The number as the subject has it.
    digits: Option<String>,
    captured: Vec<(String, String)>,
}

/// Asks the rows for a subject; decoding and unfolding have been done by the reader.
pub(super) fn recognize<'a>(rule_set: &'a RuleSet, subject: &str) -> Asked<'a> {
    let Some((rule, found)) = rule_set.recognize(subject) else {
        return Asked {
            rule: None,
            answer: None,
            is_answer: false,
            intent: Intent::Log,
            kind: None,
            number: None,
            digits: None,
            captured: Vec::new(),
        };
    };
    Asked {
        rule: Some(rule),
        answer: None,
        is_answer: false,
        intent: rule.intent,
        kind: Some(rule.kind),
        number: found.number.as_deref().and_then(Number::parse),
        digits: found.number,
        captured: found.captured,
    }
}

impl<'a> Asked<'a> {
    /// The row that recognised the subject.
    pub(super) fn rule(&self) -> Option<&'a SubjectRule> {
        self.rule
    }

    /// What the answer to a mail of ours asks for; without a command there is nothing left to confirm.
    pub(super) fn by_answer(rule: &'a AnswerRule, command: Option<(Intent, Kind, Option<Number>)>) -> Self {
        let number = command.and_then(|(.., number)| number);
        Self {
            rule: None,
            answer: Some(rule),
            is_answer: true,
            intent: command.map_or(Intent::Confirm, |(intent, ..)| intent),
            kind: command.map(|(_, kind, _)| kind),
            number,
            digits: number.map(|number| number.to_string()),
            captured: Vec::new(),
        }
    }

    /// What to ask the desk for.
    pub(super) fn reference(&self) -> Option<Reference> {
        let (Some(kind), Some(number)) = (self.kind, self.number) else { return None };
        Some(Reference { kind, number })
    }

    /// Whether the subject names an item, be there one or not.
    pub(super) fn has_number(&self) -> bool {
        self.digits.is_some()
    }

    /// The item that the desk found, if it is the one that was asked for (SPEC 6: each series for itself).
    pub(super) fn record<'d>(&self, answers: &'d Answers) -> Option<&'d Record> {
        let asked = self.reference()?;
        answers
            .record
            .as_ref()
            .filter(|record| record.number == asked.number && record.kind.series() == asked.kind.series())
    }

    /// The stage's line of the trace.
    pub(super) fn line(&self, record: Option<&Record>) -> TraceLine {
        let then = match (self.rule.is_some() || self.is_answer, self.kind) {
            (true, Some(kind)) => format!("{} {}", self.intent.word(), kind.word()),
            _ => self.intent.word().to_owned(),
        };
        let mut line = TraceLine::new(Stage::Recognize.word(), then);
        if let Some(rule) = self.rule {
            line = line.named(&rule.name);
            line.file = Some(Arc::clone(&rule.place.file));
            line.line = Some(rule.place.line);
            line.because.clone_from(&rule.because);
        }
        if let Some(rule) = self.answer {
            line = line.named(&rule.name);
            line.file = Some(Arc::clone(&rule.place.file));
            line.line = Some(rule.place.line);
            line.because.clone_from(&rule.because);
        }
        match (self.number, &self.digits) {
            (Some(number), _) => line = line.saw("number", number.get()),
            (None, Some(digits)) => line = line.saw("number", digits.as_str()),
            (None, None) => {}
        }
        if let Some(record) = record {
            line = line.saw("state", record.state.word());
        }
        for (name, text) in &self.captured {
            line = line.saw(name, text.as_str());
        }
        line
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::testing::classic;

    fn then(subject: &str) -> String {
        recognize(&classic(), subject).line(None).then
    }

    #[test]
    fn anything_else_asks_to_log_a_call() {
        for subject in ["", "help", "CLOSE#5837", "MyCalls"] {
            assert_eq!(then(subject), "log", "{subject}");
        }
        assert_eq!(then("AW: [Close # 5837]"), "close call");
        assert_eq!(then("Re: Call 5837 has been updated"), "update call");
    }

    #[test]
    fn number_of_nineteen_digits_names_an_item_that_cannot_be() {
        let rule_set = classic();
        let asked = recognize(&rule_set, "[CLOSE#1234567890123456789]");
        assert!(asked.has_number());
        assert_eq!(asked.reference(), None);
        assert_eq!(asked.line(None).saw.get("number"), Some(&"1234567890123456789".into()));
    }
}

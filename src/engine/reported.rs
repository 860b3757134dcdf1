//! Tells which item a report is about: a bounce of our own reply comes back with the reply's subject and identifier.
//!
//! It changes nothing at the desk. Guards usually discard such a report; the trace and the log say whose reply did not arrive.

use super::act::is_own_id;
use super::recognize;
use super::trace::TraceLine;
use crate::message::Message;
use crate::ruleset::RuleSet;
use crate::ruleset::column::Stage;
use crate::vocab::{Intent, Reference};

/// A mail that came back.
pub(super) struct Reported {
    /// What the trace says of it.
    pub(super) line: TraceLine,
    /// The item that it was about, where its subject tells.
    pub(super) item: Option<Reference>,
}

/// The mail that came back with a report; nothing where it is neither ours nor about an item.
pub(super) fn reported(rule_set: &RuleSet, message: &Message) -> Option<Reported> {
    let report = message.report.as_ref()?;
    let original = report.original.as_ref()?;
    let subject = original.subject.as_deref().unwrap_or_default();
    let asked = recognize::recognize(rule_set, subject);
    let item = asked.reference().filter(|_| asked.intent == Intent::Update);
    let is_own = original.message_id.as_deref().is_some_and(is_own_id);
    let then = match &item {
        Some(item) => format!("{} about {} {}", report.kind, item.kind.word(), item.number),
        None if is_own => format!("{} about a mail of ours", report.kind),
        None => return None,
    };
    let mut line = TraceLine::new(Stage::Guard.word(), then);
    if let Some(id) = &original.message_id {
        line = line.saw("message.report.original.message_id", id.as_str());
    }
    if !subject.is_empty() {
        line = line.saw("message.report.original.subject", subject);
    }
    let line = line.because(if is_own {
        "the report gives back a mail that this system sent"
    } else {
        "the mail that the report gives back has a subject of this system's replies"
    });
    Some(Reported { line, item })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::testing::{classic, message};
    use crate::engine::{Facts, decide};
    use crate::message::{Report, ReportedMail};
    use crate::vocab::{Answers, Kind};

    fn bounce(id: Option<&str>, subject: Option<&str>) -> Message {
        let mut bounce = message("mailer-daemon@example.com", "Undelivered Mail");
        let original =
            ReportedMail { message_id: id.map(str::to_owned), subject: subject.map(str::to_owned) };
        bounce.report = Some(Report {
            kind: "delivery-status".to_owned(),
            recipients: Vec::new(),
            original: Some(original),
        });
        bounce
    }

    fn told(id: Option<&str>, subject: Option<&str>) -> Option<String> {
        reported(&classic(), &bounce(id, subject)).map(|reported| reported.line.then)
    }

    #[test]
    fn bounce_of_our_own_reply_is_found_under_its_item() {
        let rule_set = classic();
        let facts = Facts {
            message: bounce(None, Some("Call 5837 has been updated")),
            account: rule_set.accounts[0].name.clone(),
            answers: Answers::default(),
            now: 0,
        };
        let decision = decide(&rule_set, &facts);
        assert_eq!(decision.about, Some((Kind::Call, 5837.into())));
        assert!(decision.effects.is_empty() && decision.replies.is_empty());
    }

    #[test]
    fn bounce_of_our_own_reply_says_which_item_it_is_about() {
        let own = Some("7f3a.1.postroom@example.com");
        assert_eq!(
            told(own, Some("Call 5837 has been updated")).as_deref(),
            Some("delivery-status about call 5837")
        );
        assert_eq!(told(own, None).as_deref(), Some("delivery-status about a mail of ours"));
        assert_eq!(told(Some("1@example.com"), Some("Lunch on Friday")), None);
        assert_eq!(told(None, Some("[CLOSE#5837]")), None);
    }
}

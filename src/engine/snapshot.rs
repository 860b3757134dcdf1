//! A decision as text for snapshot tests: readable, and the same as long as the decision is.

use super::decision::Decision;
use super::document::DecisionDocument;
use serde_json::Value;
use std::fmt::Write as _;

/// Keys of effects that only repeat what the mail says; their length is enough to see a change.
const LONG: [&str; 2] = ["text", "description"];

/// The most characters of one value.
const VALUE_CHARS_MAX: usize = 80;

impl Decision {
    /// The decision as stable text, for snapshot tests such as those of `insta`.
    ///
    /// It holds the outcome, who sent the mail, what it asked for, the rule that decided each stage with its
    /// answer and what it saw, the effects, and our mails with their subjects. It leaves out what changes without
    /// the decision: the rule set's digest and revision, files and lines of rules, `because`, and identifiers of mails. So
    /// a snapshot stays the same under every edit of the rule file that does not touch this decision.
    ///
    /// ```
    /// use postroom::adapters::library::Shelf;
    /// use postroom::engine::{Facts, decide};
    /// use postroom::message::Message;
    /// use postroom::ruleset::load::load;
    /// use postroom::vocab::Answers;
    ///
    /// let rules = load(Shelf::built_in("demo").unwrap(), &Shelf).rule_set.unwrap();
    /// let message = Message::read(b"From: uma@example.com\r\nSubject: [CLOSE#5837]\r\n\r\nDone.\r\n");
    /// let facts = Facts { message, account: "demo".to_owned(), answers: Answers::default(), now: 0 };
    /// let snapshot = decide(&rules, &facts).snapshot();
    /// assert!(snapshot.starts_with("account: demo\noutcome: ignore unknown_sender\n"), "{snapshot}");
    /// // in your own test: insta::assert_snapshot!(snapshot);
    /// ```
    pub fn snapshot(&self) -> String {
        let json = serde_json::to_value(DecisionDocument::from(self)).unwrap_or_default();
        let mut text = String::new();
        let (kind, word) = self.outcome.words();
        let _ = writeln!(text, "account: {}", one_line(&self.account));
        let _ = writeln!(text, "outcome: {kind} {}", one_line(word));
        let _ = writeln!(text, "sender: {}", facts_of(json.get("sender")));
        let _ = writeln!(text, "asked: {}", facts_of(json.get("asked")));
        let _ = writeln!(text, "dispose: {}", facts_of(json.get("dispose")));
        text.push_str("rules:\n");
        for line in &self.trace {
            let saw = facts_of(Some(&Value::Object(line.saw.clone())));
            let rule = line.rule.as_deref().unwrap_or("-");
            let _ = writeln!(
                text,
                "  {}/{} → {}{}",
                line.stage,
                one_line(rule),
                one_line(&line.then),
                if saw.is_empty() { saw } else { format!("  ({saw})") }
            );
        }
        section(&mut text, "effects", json.get("effects"), "effect");
        section(&mut text, "replies", json.get("replies"), "reply");
        section(&mut text, "notifications", json.get("notifications"), "reply");
        text
    }
}

fn section(text: &mut String, heading: &str, items: Option<&Value>, name: &str) {
    let items = items.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    if items.is_empty() {
        return;
    }
    let _ = writeln!(text, "{heading}:");
    for item in items {
        let mut rest = item.as_object().cloned().unwrap_or_default();
        let named = rest.remove(name);
        // the body of a mail of ours is a matter of its template's own test
        rest.remove("body");
        let named = named.as_ref().and_then(Value::as_str).unwrap_or_default();
        let _ = writeln!(text, "  {}  {}", one_line(named), facts_of(Some(&Value::Object(rest))));
    }
}

/// Names with their values, those that hold nothing left out, in alphabetical order.
fn facts_of(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::Object(entries)) => {
            let mut named: Vec<String> = entries
                .iter()
                .filter(|(_, value)| !value.is_null())
                .map(|(key, value)| match value {
                    Value::String(text) if LONG.contains(&key.as_str()) => {
                        format!("{key} = {} characters", text.chars().count())
                    }
                    _ => format!("{key} = {}", facts_of(Some(value))),
                })
                .collect();
            named.sort();
            named.join(", ")
        }
        Some(Value::Array(items)) => {
            let items: Vec<String> = items.iter().map(|item| facts_of(Some(item))).collect();
            format!("[{}]", items.join(", "))
        }
        Some(Value::String(text)) => one_line(text),
        Some(other) => other.to_string(),
    }
}

fn one_line(text: &str) -> String {
    let line: String =
        text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(VALUE_CHARS_MAX).collect();
    if text.chars().count() > VALUE_CHARS_MAX { format!("{line}…") } else { line }
}

#[cfg(test)]
mod tests {
    use crate::engine::decide;
    use crate::engine::testing::{answers, classic, facts};

    #[test]
    fn snapshot_does_not_change_with_what_is_no_part_of_the_decision() {
        let facts = facts("ana.lyst@example.com", "RE: [close#5837]", answers());
        let before = decide(&classic(), &facts);
        let mut after = before.clone();
        "sha256:other".clone_into(&mut after.rule_set.digest);
        after.rule_set.revision += 1;
        for line in &mut after.trace {
            line.line = line.line.map(|line| line + 7);
            line.file = Some("moved.yaml".into());
            line.because = Some("said otherwise".to_owned());
        }
        assert_eq!(before.snapshot(), after.snapshot());
        after.trace.pop();
        assert_ne!(before.snapshot(), after.snapshot());
    }
}

//! Subjects: two that match the same text, and replies that would not be known when they come back.

use super::ReplyKinds;
use crate::diagnostic::{Diagnostic, Findings};
use crate::ruleset::template::Values;
use crate::ruleset::{RuleSet, SubjectRule};
use crate::vocab::{Intent, Kind};

pub(super) fn prove(rule_set: &RuleSet, kinds: &ReplyKinds, findings: &mut Findings) {
    // looking for a piece of text is so much faster than for a pattern that it is done first
    let pieces: Vec<String> = rule_set.recognize.iter().map(|rule| rule.pattern.piece()).collect();
    for (at, later) in rule_set.recognize.iter().enumerate() {
        if findings.is_full() {
            break;
        }
        let witnesses = later.pattern.witnesses();
        let folded: Vec<String> = witnesses.iter().map(|witness| witness.to_lowercase()).collect();
        let mut before = rule_set.recognize.iter().zip(&pieces).take(at);
        let earlier = before.find(|(earlier, piece)| {
            folded.iter().all(|witness| !witness.is_ascii() || witness.contains(piece.as_str()))
                && takes_all(earlier, later, &witnesses)
        });
        if let Some((earlier, _)) = earlier {
            findings.push(shadowed(rule_set, earlier, later));
        }
    }
    for (reply, kinds) in rule_set.replies.iter().zip(kinds) {
        for &kind in kinds {
            if let Some(finding) = round_trip(rule_set, &reply.name, reply.span, kind) {
                findings.push(finding);
                break;
            }
        }
    }
}

/// Whether every subject that the later pattern matches is matched by the earlier one too.
fn takes_all(earlier: &SubjectRule, later: &SubjectRule, witnesses: &[String]) -> bool {
    if witnesses.is_empty() {
        return earlier.pattern.text() == later.pattern.text();
    }
    witnesses.iter().all(|witness| earlier.pattern.matches(witness))
}

fn shadowed(rule_set: &RuleSet, earlier: &SubjectRule, later: &SubjectRule) -> Diagnostic {
    let asks = |rule: &SubjectRule| format!("asks to {}", what(rule.intent, rule.kind));
    let witness =
        later.pattern.witnesses().into_iter().next().unwrap_or_else(|| later.pattern.text().to_owned());
    if (earlier.intent, earlier.kind) == (later.intent, later.kind) {
        return Diagnostic::error("unreachable-rule", "a subject can never be recognized")
            .at(later.span, "never reached")
            .against(earlier.span, "this one comes first and matches whatever it would")
            .note(format!("both match \"{witness}\""))
            .help("take it out");
    }
    if earlier.intent == later.intent && earlier.kind.series() == later.kind.series() {
        return Diagnostic::warning("unreachable-rule", "a subject is never recognized by its own rule")
            .at(later.span, "never reached")
            .against(earlier.span, "this one comes first, matches whatever it would, and asks the same")
            .note(format!("both match \"{witness}\"; tasks and approvals are numbered together, so it makes no difference"))
            .help("take it out, or place it before the other");
    }
    let there = rule_set.recognize.iter().find(|rule| {
        (rule.intent, rule.kind) == (earlier.intent, earlier.kind)
            && rule.span != earlier.span
            && rule.pattern.text() != earlier.pattern.text()
    });
    let help = match there {
        Some(rule) => format!(
            "choose another subject, for instance \"{}\", which is already there",
            rule.pattern.text()
        ),
        None => "choose another subject".to_owned(),
    };
    Diagnostic::error("ambiguous-subject", "two subjects match the same text and ask for different things")
        .at(
            earlier.span,
            asks(earlier).trim_end_matches(" a call").trim_end_matches(" an approval").to_owned(),
        )
        .against(later.span, asks(later).trim_end_matches(" a task").trim_end_matches(" a call").to_owned())
        .note(format!("both match \"{witness}\"; {}", consequence(earlier, later)))
        .help(help)
}

fn what(intent: Intent, kind: Kind) -> String {
    match intent {
        Intent::Summary => format!("list {}s", kind.word()),
        Intent::Log => "log a call".to_owned(),
        _ => intent.word().to_owned(),
    }
}

fn consequence(earlier: &SubjectRule, later: &SubjectRule) -> String {
    let meant = match later.intent {
        Intent::Update => "a sender's remark",
        Intent::Close => "a sender's wish to close",
        Intent::Approve | Intent::Reject => "a sender's decision",
        Intent::Summary | Intent::Log | Intent::Confirm => "a sender's question",
    };
    let done = match earlier.intent {
        Intent::Approve => "approve the task",
        Intent::Reject => "reject the task",
        Intent::Close => "close the call",
        Intent::Update => "only update it",
        Intent::Summary | Intent::Log | Intent::Confirm => "only be answered with a list",
    };
    format!("{meant} would {done}")
}

/// Fills in a reply's subject and looks whether an answer to it would update the same item.
fn round_trip(
    rule_set: &RuleSet,
    name: &str,
    span: crate::diagnostic::Span,
    kind: Kind,
) -> Option<Diagnostic> {
    let template = format!("{name}.subject");
    if !rule_set.templates.placeholders(&template).iter().any(|used| used == "number") {
        return None;
    }
    let values = serde_json::json!({
        "number": 5837, "linked_number": 5839, "command": "close", "hours": 48, "kind": kind.word(), "Kind": kind.title(), "kinds": "calls", "state": "open", "title": "Printer",
        "product": rule_set.system.product, "account": "desk", "sender": "Uma", "subject": "Printer", "items": [],
    });
    let subject = format!("Re: {}", rule_set.templates.render(&template, &Values::new(&values)).ok()?);
    let wrong = match rule_set.recognize(&subject) {
        None => "matches no subject of `recognize`; the answer would log a new call".to_owned(),
        Some((rule, found)) => {
            let same_item = found.number.as_deref() == Some("5837") && rule.kind.series() == kind.series();
            match rule.intent {
                Intent::Update if same_item => return None,
                Intent::Update => format!("is taken for another item by \"{}\"", rule.pattern.text()),
                intent => format!("is taken by \"{}\", which asks to {}", rule.pattern.text(), intent.word()),
            }
        }
    };
    Some(
        Diagnostic::error(
            "reply-not-recognized",
            format!("an answer to reply `{name}` would not reach its {}", kind.word()),
        )
        .at(span, format!("its subject reads \"{subject}\" when it comes back"))
        .note(format!("that {wrong}"))
        .help("add a row to `recognize` for it, or word the reply's subject like one that is there"),
    )
}

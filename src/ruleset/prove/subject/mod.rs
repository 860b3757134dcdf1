//! Subjects: those that others take, those that are nearly alike, and replies that would not be known when
//! they come back.

mod compare;
mod near;
mod tell;

use super::ReplyKinds;
use crate::diagnostic::{Diagnostic, Findings};
use crate::ruleset::RuleSet;
use crate::ruleset::template::Values;
use crate::vocab::{Intent, Kind};
use compare::{Compare, Taken};

/// Compares every subject with those before it; says whether that could be done completely.
pub(super) fn prove(rule_set: &RuleSet, kinds: &ReplyKinds, findings: &mut Findings) -> bool {
    let mut compare = Compare::new(&rule_set.recognize);
    let mut unsure = Vec::new();
    let mut is_complete = true;
    for (at, later) in rule_set.recognize.iter().enumerate() {
        if findings.is_full() {
            is_complete = false;
            break;
        }
        match compare.taken(at) {
            Taken::ByOthers { before, witness } => {
                let before: Vec<_> = before.iter().filter_map(|&at| rule_set.recognize.get(at)).collect();
                findings.extend(tell::taken(rule_set, &before, later, &witness));
                continue;
            }
            Taken::Not => {}
            Taken::Unsure => unsure.push((at, None)),
        }
        for earlier in compare.candidates(at) {
            match compare.overlap(earlier, at) {
                Ok(Some(witness)) => {
                    let Some(earlier) = rule_set.recognize.get(earlier) else { continue };
                    findings.push(tell::overlapping(earlier, later, &witness));
                }
                Ok(None) => {}
                Err(compare::TooLarge) => unsure.push((at, Some(earlier))),
            }
        }
    }
    findings.extend(tell::unsure(&rule_set.recognize, &unsure));
    findings.extend(near::nearly_alike(&rule_set.recognize));
    for (reply, kinds) in rule_set.replies.iter().zip(kinds) {
        for &kind in kinds {
            if let Some(finding) = round_trip(rule_set, &reply.name, reply.span, kind) {
                findings.push(finding);
                break;
            }
        }
    }
    is_complete && unsure.is_empty()
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

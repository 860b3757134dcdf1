//! `trace --why RULE`: one rule held against the mail.

use super::passed::{near_miss, stopped, wanted};
use crate::cli::Trouble;
use crate::cli::screen::{columns, line};
use crate::engine::Facts;
use crate::engine::explain::Explanation;
use crate::engine::explain::near_miss::near_misses;
use crate::engine::explain::subject::Stopped;
use crate::engine::explain::why::{Asked, NeverAsked, Standing, Unfound, find};
use crate::ruleset::RuleSet;

/// The rule that is meant, or advice.
pub(super) fn asked<'a>(rule_set: &'a RuleSet, name: &str) -> Result<Asked<'a>, Trouble> {
    find(rule_set, name).map_err(|unfound| {
        let name = line(name);
        Trouble::usage(match unfound {
            Unfound::Unknown(Some(near)) => {
                format!("no rule is called `{name}`; did you mean `{near}`?")
            }
            Unfound::Unknown(None) => format!(
                "no rule is called `{name}`; `postroom show` lists the rules, and `stage/rule` or a subject names one"
            ),
            Unfound::Several(several) => {
                format!("several rules are called `{name}`; name one: {}", several.join(", "))
            }
        })
    })
}

/// The sheet of one rule: what became of it, and each condition with what it saw.
pub(super) fn sheet(
    rule_set: &RuleSet,
    facts: &Facts,
    explanation: &Explanation,
    asked: &Asked<'_>,
) -> String {
    let standing = asked.standing(rule_set, explanation);
    let (place, then) = match asked {
        Asked::Row(row, _) => (row.place, row.then(rule_set)),
        Asked::Subject(rule, _) => (&rule.place, format!("{} {}", rule.intent.word(), rule.kind.word())),
    };
    let mut lines = vec![
        format!("{}/{} → {}   {}:{}", asked.stage(), line(asked.name()), line(&then), place.file, place.line),
        String::new(),
    ];
    lines.extend(conditions(rule_set, explanation, asked));
    if let Asked::Subject(rule, _) = asked
        && standing == Standing::PassedOver
    {
        let subject = &facts.message.subject;
        lines.push(format!("tried: \"{}\"", line(subject)));
        lines.push(stopped(rule.pattern.text(), &Stopped::of(rule, subject)));
        lines.extend(near_misses(std::slice::from_ref(rule), subject).iter().map(near_miss));
    }
    lines.push(verdict(explanation, asked, &standing));
    let mut text = String::new();
    for line in lines {
        text.push_str(format!("  {line}").trim_end());
        text.push('\n');
    }
    text
}

fn conditions(rule_set: &RuleSet, explanation: &Explanation, asked: &Asked<'_>) -> Vec<String> {
    let domains = &rule_set.domains;
    let rows: Vec<Vec<String>> = asked
        .checked(&explanation.situation)
        .into_iter()
        .map(|checked| {
            let column = checked.condition.column;
            let mark = if checked.holds { "✓" } else { "✗" };
            let saw = checked.saw.map_or("not known".to_owned(), |saw| line(&domains.word(column, saw)));
            let wanted = format!("wanted {}", wanted(domains, checked.condition));
            vec![mark.to_owned(), column.path().to_owned(), format!("= {saw}"), wanted]
        })
        .collect();
    if rows.is_empty() && matches!(asked, Asked::Row(..)) {
        return vec!["it has no condition and holds always".to_owned()];
    }
    columns(&rows, &[], &[1, 1, 3])
}

fn verdict(explanation: &Explanation, asked: &Asked<'_>, standing: &Standing) -> String {
    let stage = asked.stage();
    let holds = asked.checked(&explanation.situation).iter().all(|checked| checked.holds);
    match standing {
        Standing::Decided => "It decided.".to_owned(),
        Standing::PassedOver => match decider(explanation, stage.word()) {
            Some(decider) => format!("It was passed over; `{}` behind it decided.", line(&decider)),
            None => {
                "It was passed over, and so was every other; such a subject asks to log a call.".to_owned()
            }
        },
        Standing::Behind { decider } => {
            let too = match asked {
                Asked::Row(..) if holds => " It would have held, too.",
                _ => "",
            };
            format!("It was not asked any more: `{}` stands before it and decided.{too}", line(decider))
        }
        Standing::NeverAsked { because: NeverAsked::NotNeeded(action) } => {
            format!("It was never asked: `{}` needs no answer of `{stage}`.", line(action))
        }
        Standing::NeverAsked { because: NeverAsked::Ended(ended, rule, then) } => {
            let by = rule.as_ref().map(|rule| format!("/{}", line(rule))).unwrap_or_default();
            format!("It was never asked: {ended}{by} ended it with `{}`.", line(then))
        }
    }
}

fn decider(explanation: &Explanation, stage: &str) -> Option<String> {
    explanation.decision.trace.iter().find(|line| line.stage == stage).and_then(|line| line.rule.clone())
}

//! What is said about subjects that meet.

use super::compare::asks_alike;
use crate::diagnostic::Diagnostic;
use crate::ruleset::{RuleSet, SubjectRule};
use crate::vocab::{Intent, Kind};

/// How many rows one finding points at.
const LABELS_MAX: usize = 6;

/// A subject all of whose texts go to rows before it.
pub(super) fn taken(
    rule_set: &RuleSet,
    before: &[&SubjectRule],
    later: &SubjectRule,
    witness: &str,
) -> Option<Diagnostic> {
    let [earlier] = before else { return taken_by_several(before, later, witness) };
    if !asks_alike(earlier, later) {
        return Some(ambiguous(rule_set, earlier, later, witness));
    }
    if (earlier.intent, earlier.kind) == (later.intent, later.kind) {
        return Some(
            Diagnostic::error("unreachable-rule", "a subject can never be recognized")
                .at(later.span, "never reached")
                .against(earlier.span, "this one comes first and matches whatever it would")
                .note(format!("both match \"{witness}\""))
                .help("take it out"),
        );
    }
    Some(
        Diagnostic::warning("unreachable-rule", "a subject is never recognized by its own rule")
            .at(later.span, "never reached")
            .against(earlier.span, "this one comes first, matches whatever it would, and asks the same")
            .note(format!("both match \"{witness}\"; tasks and approvals are numbered together, so it makes no difference"))
            .help("take it out, or place it before the other"),
    )
}

fn taken_by_several(before: &[&SubjectRule], later: &SubjectRule, witness: &str) -> Option<Diagnostic> {
    let first = before.first()?;
    let finding = Diagnostic::error("unreachable-rule", "a subject can never be recognized")
        .at(later.span, "never reached");
    let finding = before.iter().take(LABELS_MAX).fold(finding, |finding, earlier| {
        finding.against(
            earlier.span,
            format!("comes first, takes some of its subjects, and asks to {}", asked(earlier)),
        )
    });
    Some(
        finding
            .note(format!(
                "together they match whatever it would; \"{witness}\", for instance, goes to \"{}\"",
                first.pattern.text()
            ))
            .help("take it out, place it before them, or let them match less"),
    )
}

fn ambiguous(rule_set: &RuleSet, earlier: &SubjectRule, later: &SubjectRule, witness: &str) -> Diagnostic {
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
        .at(earlier.span, format!("asks to {}", asked(earlier)))
        .against(later.span, format!("asks to {}", asked(later)))
        .note(format!("both match \"{witness}\"; {}", consequence(earlier, later)))
        .help(help)
}

/// Some of a subject's texts go to a row before it that asks for something else.
pub(super) fn overlapping(earlier: &SubjectRule, later: &SubjectRule, witness: &str) -> Diagnostic {
    Diagnostic::warning(
        "overlapping-subjects",
        "some subjects are taken by a row that asks for something else",
    )
    .at(later.span, format!("asks to {}", in_full(later)))
    .against(earlier.span, format!("comes first, and asks to {}", in_full(earlier)))
    .note(format!("both match \"{witness}\"; {}", consequence(earlier, later)))
    .help("write one of them more narrowly, or place the narrower one first")
}

/// Subjects that are too involved to be compared, in one finding.
pub(super) fn unsure(rows: &[SubjectRule], pairs: &[(usize, Option<usize>)]) -> Option<Diagnostic> {
    let mut places: Vec<usize> =
        pairs.iter().flat_map(|(at, other)| std::iter::once(*at).chain(*other)).collect();
    places.sort_unstable();
    places.dedup();
    let mut finding = Diagnostic::warning(
        "analysis-incomplete",
        match pairs.len() {
            1 => "a subject is too involved to be compared with all others".to_owned(),
            count => format!("{count} comparisons of subjects were too much work"),
        },
    );
    let mut is_any = false;
    for row in places.iter().filter_map(|&at| rows.get(at)).take(LABELS_MAX) {
        is_any = true;
        finding = finding.at(row.span, "not compared with every other");
    }
    is_any.then(|| {
        finding
            .note("subjects that others take, or that mean two things, may have been missed")
            .help("write it as a `subject`, or the expression with fewer repetitions and choices")
    })
}

/// Two subjects that a slip of the keyboard turns into each other.
pub(super) fn nearly_alike(earlier: &SubjectRule, later: &SubjectRule) -> Diagnostic {
    // a slip that does something is worse than one that does nothing
    let (done, meant) = if earlier.intent == Intent::Update { (later, earlier) } else { (earlier, later) };
    Diagnostic::warning(
        "nearly-alike-subjects",
        "two subjects differ by one character and ask for different things",
    )
    .at(later.span, format!("asks to {}", in_full(later)))
    .against(earlier.span, format!("asks to {}", in_full(earlier)))
    .note(format!("people mistype; {}", consequence(done, meant)))
    .help("choose words that are further apart")
}

/// What is asked, short.
fn asked(rule: &SubjectRule) -> String {
    match rule.intent {
        Intent::Summary => format!("list {}s", rule.kind.word()),
        Intent::Log | Intent::Confirm => "log a call".to_owned(),
        intent => intent.word().to_owned(),
    }
}

/// What is asked, of what.
fn in_full(rule: &SubjectRule) -> String {
    match rule.intent {
        Intent::Summary | Intent::Log | Intent::Confirm => asked(rule),
        intent if rule.kind == Kind::Approval => format!("{} an approval", intent.word()),
        intent => format!("{} a {}", intent.word(), rule.kind.word()),
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
        Intent::Approve => "approve the task".to_owned(),
        Intent::Reject => "reject the task".to_owned(),
        Intent::Close => "close the call".to_owned(),
        Intent::Update if later.intent == Intent::Update => {
            format!("update a {} instead of a {}", earlier.kind.word(), later.kind.word())
        }
        Intent::Update => "only update it".to_owned(),
        Intent::Summary | Intent::Log | Intent::Confirm => "only be answered with a list".to_owned(),
    };
    format!("{meant} would {done}")
}

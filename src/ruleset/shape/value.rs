//! Single values: text, words, numbers, switches.

use super::form::Form;
use super::{At, Name, Node, NodeKind};
use crate::diagnostic::{Diagnostic, Edit, Span};
use crate::ruleset::near::{listed, nearest, only_one_meant};
use serde_json::{Map, Value};

/// Up to here a number with a fraction says exactly which whole number is meant.
const EXACT: f64 = 1e15;

/// What is wrong with a single value, if anything is.
pub(super) fn scalar(at: At<'_>, node: &Node, forms: &[Form<'_>]) -> Option<Diagnostic> {
    match &node.kind {
        NodeKind::Null if has(forms, |form| matches!(form, Form::Nothing)) => None,
        NodeKind::Bool(_) if has(forms, |form| matches!(form, Form::TrueOrFalse)) => None,
        NodeKind::Integer(value) => integer(at, node, *value, forms),
        NodeKind::Float(_) if has(forms, |form| matches!(form, Form::Number)) => None,
        NodeKind::Text(text) => word(at, node, text, forms),
        _ => Some(wrong(at, node, forms)),
    }
}

fn has(forms: &[Form<'_>], is: impl Fn(&Form<'_>) -> bool) -> bool {
    forms.iter().any(is)
}

fn integer(at: At<'_>, node: &Node, value: i64, forms: &[Form<'_>]) -> Option<Diagnostic> {
    if has(forms, |form| matches!(form, Form::Number)) {
        return None;
    }
    let bounds =
        forms.iter().find_map(|form| if let Form::WholeNumber(bounds) = form { Some(*bounds) } else { None });
    let Some(bounds) = bounds else { return Some(wrong(at, node, forms)) };
    let named = |key: &str| bounds.get(key).and_then(Value::as_i64);
    let too_small = named("minimum").is_some_and(|least| value < least);
    let too_large = named("maximum").is_some_and(|most| value > most);
    let allowed = numbers(bounds);
    if too_small || too_large || !(allowed.is_empty() || allowed.contains(&value)) {
        let text = format!("{} takes {}, not {value}", at.name.in_words(), whole_number(bounds));
        let label = if too_small {
            "too small"
        } else if too_large {
            "too large"
        } else {
            "another number"
        };
        let finding = Diagnostic::error("wrong-type", text).at(node.span, label);
        return Some(finding.help(format!("write {}", whole_number(bounds))));
    }
    None
}

fn numbers(bounds: &Map<String, Value>) -> Vec<i64> {
    let listed = bounds.get("enum").and_then(Value::as_array).map(Vec::as_slice);
    let listed = listed.or_else(|| bounds.get("const").map(std::slice::from_ref)).unwrap_or_default();
    listed.iter().filter_map(Value::as_i64).collect()
}

fn whole_number(bounds: &Map<String, Value>) -> String {
    let named = |key: &str| bounds.get(key).filter(|value| value.is_i64() || value.is_u64());
    let allowed: Vec<String> = numbers(bounds).iter().map(i64::to_string).collect();
    if !allowed.is_empty() {
        return format!("the number {}", allowed.join(" or "));
    }
    match (named("minimum"), named("maximum")) {
        (Some(least), Some(most)) => format!("a whole number from {least} to {most}"),
        (Some(least), None) if least.as_i64() != Some(0) => format!("a whole number from {least} on"),
        (None, Some(most)) => format!("a whole number up to {most}"),
        _ => "a whole number".to_owned(),
    }
}

fn word(at: At<'_>, node: &Node, text: &str, forms: &[Form<'_>]) -> Option<Diagnostic> {
    let words: Vec<&str> = words(forms);
    if has(forms, |form| matches!(form, Form::Text)) || words.contains(&text) {
        return None;
    }
    let with_value = forms.iter().any(|form| matches!(form, Form::WordWith(word, _) if *word == text));
    if with_value {
        return Some(
            Diagnostic::error("wrong-type", format!("`{text}` needs a value"))
                .at(node.span, "stands alone here")
                .help(format!("write `{{ {text}: … }}`")),
        );
    }
    let known: Vec<&str> = known_words(forms);
    if known.is_empty() || switch(text).is_some() && has(forms, |form| matches!(form, Form::TrueOrFalse)) {
        return Some(wrong(at, node, forms));
    }
    let finding =
        Diagnostic::error("unknown-word", format!("{} does not know the word `{text}`", at.name.of_word()))
            .at(at.span_of(node), "not a word for this place");
    let near = nearest(text, known.iter().copied());
    Some(match near {
        Some(near) if words.contains(&near) => {
            let edit = Edit { span: node.span, text: near.to_owned() };
            let asked = format!("did you mean `{near}`?");
            match only_one_meant(text, known.iter().copied()) {
                Some(_) => finding.safe_fix(asked, vec![edit]),
                None => finding.fix(asked, vec![edit]),
            }
        }
        Some(near) => finding.help(format!("did you mean `{{ {near}: … }}`?")),
        None => finding.help(format!("it takes {}", takes(forms))),
    })
}

/// The words that may stand alone.
fn words<'s>(forms: &[Form<'s>]) -> Vec<&'s str> {
    forms.iter().filter_map(|form| if let Form::Word(word) = form { Some(*word) } else { None }).collect()
}

/// All words, alone or with a value.
pub(super) fn known_words<'s>(forms: &[Form<'s>]) -> Vec<&'s str> {
    let word = |form: &Form<'s>| match form {
        Form::Word(word) | Form::WordWith(word, _) => Some(*word),
        _ => None,
    };
    forms.iter().filter_map(word).collect()
}

/// What other programs understand as a switch and YAML 1.2 as text.
fn switch(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "yes" | "on" | "y" | "true" => Some(true),
        "no" | "off" | "n" | "false" => Some(false),
        _ => None,
    }
}

/// What to write into a rule file that holds nothing.
const EMPTY_FILE: &str = "begin with `format: 1`, `rule_set: NAME`, `revision: 1`, `change_reason: …` and `extends: classic`; `postroom init DIR` writes a whole one";

/// A value of the wrong kind, with the cure where it is plain.
pub(super) fn wrong(at: At<'_>, node: &Node, forms: &[Form<'_>]) -> Diagnostic {
    let wants_whole = has(forms, |form| matches!(form, Form::WholeNumber(_)));
    let found = match node.kind {
        NodeKind::Float(value) if wants_whole && value.abs() < EXACT => {
            "one with a leading zero, a point or an exponent".to_owned()
        }
        NodeKind::Float(_) if wants_whole => "one that large".to_owned(),
        _ => node.in_words(),
    };
    let text = match node.kind {
        NodeKind::Null => format!("{} is empty, but takes {}", at.name.in_words(), takes(forms)),
        _ => format!("{} takes {}, not {found}", at.name.in_words(), takes(forms)),
    };
    let label = match node.kind {
        NodeKind::Null => "nothing is set here".to_owned(),
        _ => format!("this is {}", node.in_words()),
    };
    let finding = Diagnostic::error("wrong-type", text).at(at.span_of(node), label);
    if matches!((at.name, &node.kind), (Name::File, NodeKind::Null)) {
        return finding.help(EMPTY_FILE);
    }
    let finding = cure(finding, node, forms);
    if finding.helps.is_empty() {
        return finding.help(plain_cure(node, forms));
    }
    finding
}

/// What to write where nothing of what stands there can be kept.
fn plain_cure(node: &Node, forms: &[Form<'_>]) -> String {
    let takes = takes(forms);
    match &node.kind {
        _ if takes == "nothing" => "leave it out".to_owned(),
        NodeKind::Null => format!("write {takes}, or leave the key out"),
        NodeKind::Text(_) if has(forms, |form| matches!(form, Form::WholeNumber(_))) => {
            format!("write {takes}, in digits alone: without unit, point or words")
        }
        NodeKind::Map(entries) if has(forms, |form| matches!(form, Form::List(_))) => {
            match entries.as_slice() {
                [entry] if matches!(entry.value.kind, NodeKind::List(_)) => {
                    format!("leave out `{}:`; its list stands there by itself", entry.key)
                }
                _ => "write a list: each entry begins on a line of its own with `- `".to_owned(),
            }
        }
        _ => format!("write {takes}"),
    }
}

fn cure(finding: Diagnostic, node: &Node, forms: &[Form<'_>]) -> Diagnostic {
    let takes_text = has(forms, |form| matches!(form, Form::Text));
    let replace = |text: String| vec![Edit { span: node.span, text }];
    match &node.kind {
        NodeKind::Text(text) if has(forms, |form| matches!(form, Form::TrueOrFalse)) => match switch(text) {
            Some(meant) => finding
                .note("in YAML only `true` and `false` are switches; yes, no, on and off are text")
                .safe_fix(format!("write `{meant}`"), replace(meant.to_string())),
            None => finding,
        },
        NodeKind::Text(text) if has(forms, |form| matches!(form, Form::WholeNumber(_))) => {
            match text.trim().parse::<i64>() {
                Ok(number) => {
                    finding.safe_fix("write the number without quotes", replace(number.to_string()))
                }
                Err(_) => finding,
            }
        }
        NodeKind::Bool(_) | NodeKind::Integer(_) | NodeKind::Float(_) if takes_text => {
            finding.safe_fix("put it in quotes, so that it stays text", around(node.span, "\"", "\""))
        }
        NodeKind::Float(value) if has(forms, |form| matches!(form, Form::WholeNumber(_))) => {
            if value.fract() == 0.0 && value.abs() < EXACT {
                // `010` is eight to some programs and ten to others
                finding.fix("write it as a whole number", replace(format!("{value:.0}")))
            } else {
                finding.help("write it as a whole number, without a point or an exponent")
            }
        }
        NodeKind::List(_) if takes_text => {
            finding.help("a `[` starts a list; if it belongs to the text, put the whole text in quotes")
        }
        NodeKind::Map(_) if takes_text => finding.help(
            "a `{` starts a group of settings; if it belongs to the text, put the whole text in quotes",
        ),
        NodeKind::Text(_) | NodeKind::Integer(_) if has(forms, |form| matches!(form, Form::List(_))) => {
            let (text, edits) = ("put it in brackets, as a list of one", around(node.span, "[", "]"));
            // several words, or signs of YAML, may be more than one item
            if is_one_word(node) { finding.safe_fix(text, edits) } else { finding.fix(text, edits) }
        }
        _ => finding,
    }
}

fn is_one_word(node: &Node) -> bool {
    node.as_text().is_none_or(|text| text.chars().all(|c| c.is_alphanumeric() || "_-".contains(c)))
}

fn around(span: Span, before: &str, after: &str) -> Vec<Edit> {
    let at =
        |at: usize, text: &str| Edit { span: Span { start: at, end: at, ..span }, text: text.to_owned() };
    vec![at(span.start, before), at(span.end, after)]
}

/// What is allowed, in words that fit after "takes".
pub(super) fn takes(forms: &[Form<'_>]) -> String {
    let mut kinds: Vec<String> = Vec::new();
    let words = words(forms);
    if !words.is_empty() {
        kinds.push(listed(words));
    }
    let with_value: Vec<String> = forms
        .iter()
        .filter_map(|form| {
            if let Form::WordWith(word, _) = form { Some(format!("`{{ {word}: … }}`")) } else { None }
        })
        .collect();
    kinds.extend(with_value);
    for form in forms {
        let kind = match form {
            Form::TrueOrFalse => "true or false".to_owned(),
            Form::WholeNumber(bounds) => whole_number(bounds),
            Form::Number => "a number".to_owned(),
            Form::Text => "text".to_owned(),
            Form::List(_) => "a list".to_owned(),
            Form::Settings(_) => "settings of its own".to_owned(),
            Form::Anything | Form::Nothing | Form::Word(_) | Form::WordWith(..) => continue,
        };
        if !kinds.contains(&kind) {
            kinds.push(kind);
        }
    }
    match (kinds.pop(), kinds.is_empty()) {
        (None, _) => "nothing".to_owned(),
        (Some(only), true) => only,
        (Some(last), false) => format!("{}, or {last}", kinds.join(", ")),
    }
}

//! Lists and groups of settings.

use super::form::{Form, Schema};
use super::{At, Name, Node, best, check, value};
use crate::diagnostic::{Diagnostic, Edit, Findings};
use crate::ruleset::near::{folded, listed, nearest, only_one_meant};
use crate::ruleset::yaml::Entry;
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// How many places of one kind a finding points at.
const LABELS_MAX: usize = 8;

/// Checks a list: how many items, and each of them.
pub(super) fn list(
    at: At<'_>,
    node: &Node,
    items: &[Node],
    schema: Schema<'_>,
    list: &Map<String, Value>,
    findings: &mut Findings,
) {
    let count =
        |key: &str| list.get(key).and_then(Value::as_u64).and_then(|count| usize::try_from(count).ok());
    let (least, most) = (count("minItems"), count("maxItems"));
    if least.is_some_and(|least| items.len() < least) || most.is_some_and(|most| items.len() > most) {
        let wanted = match (least, most) {
            (Some(least), Some(most)) if least == most => format!("exactly {least}"),
            (Some(least), _) if items.len() < least => format!("at least {least}"),
            _ => format!("at most {}", most.unwrap_or_default()),
        };
        let text = format!("{} takes {wanted} values, not {}", at.name.in_words(), items.len());
        findings.push(
            Diagnostic::error("wrong-type", text).at(at.span_of(node), format!("{} values", items.len())),
        );
    }
    let name = match at.name {
        Name::File => Name::File,
        Name::Setting(key) | Name::Item(key) => Name::Item(key),
    };
    let first = list.get("prefixItems").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    for (index, item) in items.iter().enumerate() {
        if let Some(part) = first.get(index).or_else(|| list.get("items")) {
            check(At { name, span: at.span_of(item) }, item, schema.part(part), findings);
        }
    }
}

/// Checks a map against the groups and words with values that may stand here.
pub(super) fn map(
    at: At<'_>,
    node: &Node,
    entries: &[Entry],
    schema: Schema<'_>,
    forms: &[Form<'_>],
    findings: &mut Findings,
) {
    let groups: Vec<&Map<String, Value>> = forms
        .iter()
        .filter_map(|form| if let Form::Settings(group) = form { Some(*group) } else { None })
        .collect();
    let has_words = forms.iter().any(|form| matches!(form, Form::WordWith(..)));
    let chosen = entries.iter().find_map(|entry| with_word(forms, &entry.key));
    match (chosen, entries) {
        (Some(part), [entry]) => {
            let at = At { name: Name::Setting(&entry.key), span: entry.key_span };
            check(at, &entry.value, schema.part(part), findings);
        }
        _ if !groups.is_empty() => {
            best(&groups, findings, |group, findings| settings(at, node, entries, schema, group, findings));
        }
        _ if has_words => findings.extend(one_word(at, node, entries, forms)),
        _ => findings.push(value::wrong(at, node, forms)),
    }
}

fn with_word<'s>(forms: &[Form<'s>], key: &str) -> Option<&'s Value> {
    forms.iter().find_map(|form| match form {
        Form::WordWith(word, value) if *word == key => Some(*value),
        _ => None,
    })
}

/// A word with a value is meant, but there are none, several, or an unknown one.
fn one_word(at: At<'_>, node: &Node, entries: &[Entry], forms: &[Form<'_>]) -> Vec<Diagnostic> {
    let known = value::known_words(forms);
    match entries {
        [] => vec![value::wrong(at, node, forms)],
        [entry] => vec![unknown_word(at, entry, forms, &known)],
        [first, rest @ ..] => {
            let text = format!(
                "{} takes one of {}, not several at once",
                at.name.in_words(),
                listed(known.iter().copied())
            );
            let finding = Diagnostic::error("wrong-type", text);
            let finding = rest
                .iter()
                .take(LABELS_MAX)
                .fold(finding, |finding, entry| finding.at(entry.key_span, "one too many"));
            vec![
                finding
                    .against(first.key_span, "one is here already")
                    .help("keep one; a second needs an entry of its own"),
            ]
        }
    }
}

fn unknown_word(at: At<'_>, entry: &Entry, forms: &[Form<'_>], known: &[&str]) -> Diagnostic {
    let key = &entry.key;
    if known.contains(&key.as_str()) {
        return Diagnostic::error("wrong-type", format!("`{key}` takes no value"))
            .at(entry.key_span, "stands alone")
            .help(format!("write only `{key}`, without braces and colon"));
    }
    let text = format!("{} does not know the word `{key}`", at.name.of_word());
    let finding = Diagnostic::error("unknown-word", text).at(entry.key_span, "not a word for this place");
    match nearest(key, known.iter().copied()) {
        Some(near) => {
            let edit = Edit { span: entry.key_span, text: near.to_owned() };
            let asked = format!("did you mean `{near}`?");
            match only_one_meant(key, known.iter().copied()) {
                Some(_) => finding.safe_fix(asked, vec![edit]),
                None => finding.fix(asked, vec![edit]),
            }
        }
        None => finding.help(format!("it takes {}", value::takes(forms))),
    }
}

fn settings(
    at: At<'_>,
    node: &Node,
    entries: &[Entry],
    schema: Schema<'_>,
    group: &Map<String, Value>,
    findings: &mut Findings,
) {
    let empty = Map::new();
    let known = group.get("properties").and_then(Value::as_object).unwrap_or(&empty);
    let others = group.get("additionalProperties");
    let written: BTreeSet<&str> = entries.iter().map(|entry| entry.key.as_str()).collect();
    let free: Vec<&str> = known.keys().map(String::as_str).filter(|key| !written.contains(key)).collect();
    for entry in entries {
        let inner = At { name: Name::Setting(&entry.key), span: entry.key_span };
        if let Some(name_schema) = group.get("propertyNames") {
            findings.extend(key_word(at, entry, schema.part(name_schema)));
        }
        match known.get(&entry.key).or(others) {
            Some(Value::Bool(false)) if findings.is_full() => {
                findings.push(Diagnostic::error("unknown-key", "").at(entry.key_span, "not a setting"));
            }
            Some(Value::Bool(false)) => findings.push(unknown_key(at, entry, schema, known, &free)),
            Some(part) => check(inner, &entry.value, schema.part(part), findings),
            None => {}
        }
    }
    let required = group.get("required").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let missing = required.iter().filter_map(Value::as_str);
    for key in missing.filter(|key| !written.contains(key)) {
        findings.push(missing_key(at, node, key, known.get(key).map(|part| schema.part(part))));
    }
}

/// A map whose keys are words of a closed list.
fn key_word(at: At<'_>, entry: &Entry, schema: Schema<'_>) -> Option<Diagnostic> {
    let forms = schema.forms();
    let known = value::known_words(&forms);
    let is_right = known.is_empty() || known.contains(&entry.key.as_str());
    (!is_right).then(|| unknown_word(at, entry, &forms, &known))
}

fn missing_key(at: At<'_>, node: &Node, key: &str, part: Option<Schema<'_>>) -> Diagnostic {
    let span = if matches!(at.name, Name::Setting(_)) { at.span } else { node.span };
    let finding = Diagnostic::error("missing-key", format!("{} lacks `{key}`", at.name.in_words()))
        .at(span, format!("`{key}` is missing"));
    let Some(part) = part else { return finding };
    let takes = value::takes(&part.forms());
    finding.help(match part.title() {
        Some(title) => format!("add `{key}: …`, the setting \"{title}\"; it takes {takes}"),
        None => format!("add `{key}: …`; it takes {takes}"),
    })
}

fn unknown_key(
    at: At<'_>,
    entry: &Entry,
    schema: Schema<'_>,
    known: &Map<String, Value>,
    free: &[&str],
) -> Diagnostic {
    let key = &entry.key;
    let finding = Diagnostic::error("unknown-key", format!("{} has no setting `{key}`", at.name.in_words()))
        .at(entry.key_span, "not a setting");
    let by_title = known
        .iter()
        .filter(|(name, _)| free.contains(&name.as_str()))
        .find(|(_, part)| schema.part(part).title().is_some_and(|title| folded(title) == folded(key)));
    let near = by_title.map(|(name, _)| name.as_str());
    let near = near.or_else(|| nearest(key, free.iter().copied()));
    if let Some(near) = near {
        let what = known.get(near).map(|part| described(schema.part(part))).unwrap_or_default();
        let edit = Edit { span: entry.key_span, text: near.to_owned() };
        let asked = format!("did you mean `{near}`{what}?");
        let is_meant = by_title.is_some() || only_one_meant(key, free.iter().copied()).is_some();
        return if is_meant { finding.safe_fix(asked, vec![edit]) } else { finding.fix(asked, vec![edit]) };
    }
    let placed = place_of(entry, schema, known, free);
    finding.help(placed.unwrap_or_else(|| format!("it has {}", listed_and(known.keys().map(String::as_str)))))
}

/// Where a setting belongs that is none here: within one of these, or what stands below it belongs in its place.
fn place_of(entry: &Entry, schema: Schema<'_>, known: &Map<String, Value>, free: &[&str]) -> Option<String> {
    let key = &entry.key;
    if let Some((group, _)) = known.iter().find(|(_, part)| has_setting(schema.part(part), key)) {
        return Some(format!("`{key}` belongs under `{group}`: `{group}: {{ {key}: … }}`"));
    }
    let below_word = |part| {
        schema.part(part).forms().into_iter().find_map(|form| match form {
            Form::WordWith(word, value) if has_setting(schema.part(value), key) => Some(word),
            _ => None,
        })
    };
    if let Some((group, word)) = known.iter().find_map(|(group, part)| Some((group, below_word(part)?))) {
        return Some(format!("`{key}` belongs under `{group}`: `{group}: {{ {word}: {{ {key}: … }} }}`"));
    }
    let below = entry.value.entries();
    let stands_by_itself = !below.is_empty() && below.iter().all(|entry| free.contains(&entry.key.as_str()));
    stands_by_itself.then(|| {
        let keys = listed_and(below.iter().map(|entry| entry.key.as_str()));
        format!("leave out `{key}:`; what stands below it stands by itself: {keys}")
    })
}

/// The name of a setting in the product, as an apposition.
fn described(schema: Schema<'_>) -> String {
    let is_switch = schema.forms().iter().any(|form| matches!(form, Form::TrueOrFalse));
    let what = if is_switch { "switch" } else { "setting" };
    schema.title().map(|title| format!(", the {what} \"{title}\"")).unwrap_or_default()
}

fn has_setting(schema: Schema<'_>, key: &str) -> bool {
    schema.forms().iter().any(|form| match form {
        Form::Settings(group) => {
            group.get("properties").is_some_and(|properties| properties.get(key).is_some())
        }
        _ => false,
    })
}

fn listed_and<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    let words: Vec<String> = words.into_iter().map(|word| format!("`{word}`")).collect();
    if words.is_empty() { "no settings at all".to_owned() } else { words.join(", ") }
}

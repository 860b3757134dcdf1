//! Secrets written into a rule file: refused, and never shown again.

use super::letters::{as_latin, is_hidden};
use super::near::nearest;
use super::yaml::comment::comments;
use super::yaml::{Node, NodeKind};
use crate::diagnostic::{Diagnostic, Findings, SourceId, Sources, Span};
use regex::Regex;
use std::ops::Range;
use std::sync::LazyLock;

/// Keys whose value is a place where a secret is found, never a secret.
const SECRET_KEYS: [&str; 4] = ["password", "client_secret", "refresh_token", "token_secret"];

/// What such a place is written with.
const PLACES: [&str; 3] = ["env", "file", "command"];

/// What the name of a key sounds like that somebody may have written instead.
const SOUNDS_SECRET: [&str; 7] = ["password", "passwort", "passphrase", "passwd", "pwd", "secret", "token"];

/// Refuses every secret that stands in the tree itself, and blots it out of the text that findings show.
pub(super) fn secrets(id: SourceId, tree: &mut Node, sources: &mut Sources, findings: &mut Findings) {
    let Some(text) = sources.get(id).map(|source| source.text.clone()) else { return };
    let mut stretches = in_comments(&text);
    if let NodeKind::Text(whole) = &mut tree.kind {
        // no settings at all: nobody knows where a value ends
        stretches.extend(suspicious(&text));
        whole.clear();
    }
    walk(tree, &text, &mut stretches, findings);
    sources.blot(id, stretches);
}

fn walk(tree: &mut Node, text: &str, stretches: &mut Vec<Range<usize>>, findings: &mut Findings) {
    match &mut tree.kind {
        NodeKind::Map(entries) => {
            for entry in entries {
                if is_pair(&entry.key) {
                    stretches.push(entry.key_span.start..entry.key_span.end);
                    findings.push(finding("password", entry.key_span));
                    "password".clone_into(&mut entry.key);
                    entry.value.kind = NodeKind::Null;
                } else if sounds_secret(&entry.key) && !is_place(&entry.value) {
                    blotted(&entry.value, text, stretches);
                    if SECRET_KEYS.contains(&entry.key.as_str()) {
                        findings.push(finding(&entry.key, entry.value.span));
                    }
                    // the shape is complained of already
                    entry.value.kind = NodeKind::Null;
                } else if nearly_sounds_secret(&entry.key) && entry.value.entries().is_empty() {
                    blotted(&entry.value, text, stretches);
                    entry.value.kind = NodeKind::Null;
                }
                walk(&mut entry.value, text, stretches, findings);
            }
        }
        NodeKind::List(items) => items.iter_mut().for_each(|item| walk(item, text, stretches, findings)),
        NodeKind::Text(pair) if is_pair(pair) => {
            stretches.push(tree.span.start..tree.span.end);
            findings.push(finding("password", tree.span));
            tree.kind = NodeKind::Null;
        }
        _ => {}
    }
}

/// Whether a key and its secret run together, because no space stands behind the colon.
fn is_pair(word: &str) -> bool {
    let ends = key_pattern().and_then(|key| key.find(word)).map(|found| found.end());
    !word.contains(char::is_whitespace) && ends.is_some_and(|end| end < word.len())
}

fn sounds_secret(key: &str) -> bool {
    let key = plainly(key);
    ["pass", "pw"].contains(&key.as_str()) || SOUNDS_SECRET.iter().any(|sound| key.contains(sound))
}

/// Whether a key is a slip of the pen away from one that sounds secret: what stands behind it is not shown, whatever else
/// the key may be.
fn nearly_sounds_secret(key: &str) -> bool {
    /// A shorter word is near to too many others.
    const LETTERS_MIN: usize = 6;
    let key = plainly(key);
    let near = |sound: &str| sound.len() >= LETTERS_MIN && strsim::damerau_levenshtein(&key, sound) <= 2;
    SOUNDS_SECRET.iter().chain(&["clientsecret", "refreshtoken", "tokensecret"]).any(|sound| near(sound))
}

/// A key as it looks: without what nobody sees, in the letters that it seems to have, and without what joins words.
fn plainly(key: &str) -> String {
    let seen = key.chars().filter(|c| !is_hidden(*c)).map(|c| as_latin(c).unwrap_or(c));
    seen.collect::<String>().to_lowercase().replace(['_', '-', ' '], "")
}

/// Whether the value says where the secret is found, be it with a slip of the pen.
fn is_place(value: &Node) -> bool {
    let names_place = |key: &str| nearest(key, PLACES).is_some();
    match &value.kind {
        NodeKind::Null => true,
        NodeKind::Map(entries) => {
            entries.iter().all(|entry| names_place(&entry.key) && entry.value.entries().is_empty())
        }
        _ => false,
    }
}

/// Everything that is written in a value, with what YAML takes for a comment behind it.
fn blotted(value: &Node, text: &str, stretches: &mut Vec<Range<usize>>) {
    match &value.kind {
        NodeKind::Map(entries) => {
            for entry in entries {
                stretches.push(entry.key_span.start..entry.key_span.end);
                blotted(&entry.value, text, stretches);
            }
        }
        NodeKind::List(items) => items.iter().for_each(|item| blotted(item, text, stretches)),
        _ => {
            let rest = text.get(value.span.end..).and_then(|rest| rest.lines().next()).unwrap_or_default();
            let comment = if rest.contains('#') { rest.len() } else { 0 };
            stretches.push(value.span.start..value.span.end + comment);
        }
    }
}

fn finding(key: &str, span: Span) -> Diagnostic {
    Diagnostic::error("secret-in-file", format!("`{key}` is written into the file itself"))
        .at(span, "a secret, readable by everybody who may read the rules")
        .note("rule files are copied, reviewed and kept in version control; the secret should be changed now")
        .help(format!("write where it is found: `{key}: {{ env: IT_DESK_PASSWORD }}`, `{{ file: /run/secrets/it-desk }}` or `{{ command: [pass, it-desk] }}`"))
}

/// The text with whatever looks like a secret overwritten, byte for byte; for texts that cannot be read as
/// YAML, of which nobody knows where a value ends. Nothing where there is nothing of the kind.
pub(super) fn overwritten(text: &str) -> Option<String> {
    let stretches = suspicious(text);
    if stretches.is_empty() {
        return None;
    }
    let mut overwritten = String::with_capacity(text.len());
    let mut stretches = stretches.into_iter().peekable();
    for (at, c) in text.char_indices() {
        while stretches.next_if(|stretch| stretch.end <= at).is_some() {}
        if stretches.peek().is_some_and(|stretch| stretch.contains(&at)) && !c.is_whitespace() {
            overwritten.extend(std::iter::repeat_n('x', c.len_utf8()));
        } else {
            overwritten.push(c);
        }
    }
    Some(overwritten)
}

/// A key that sounds secret, its colon, and the rest of the line.
fn key_pattern() -> Option<&'static Regex> {
    static KEY: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r#"(?i)(?:pass|pass[_-]?wor[dt]|passwd|pwd|secret|token)["']?[ \t]*(?:[:=]|\n[ \t]*:)"#)
            .ok()
    });
    KEY.as_ref()
}

/// A place where a secret is found, or the beginning of one.
fn place_pattern() -> Option<&'static Regex> {
    static PLACE: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r#"^[ \t]*\{?[ \t]*["']?(?:env|file|command)["']?[ \t]*:[ \t]*(?:\[[^\]{\n]*\]|[^"'{\[\n]*?)[ \t]*[}\],\n]"#).ok()
    });
    PLACE.as_ref()
}

/// Stretches of a text that may be secrets, in order.
fn suspicious(text: &str) -> Vec<Range<usize>> {
    let (Some(key), Some(place)) = (key_pattern(), place_pattern()) else { return Vec::new() };
    let mut stretches: Vec<Range<usize>> = Vec::new();
    for found in key.find_iter(text) {
        if stretches.last().is_some_and(|last| last.contains(&found.start())) {
            continue;
        }
        let rest = text.get(found.end()..).unwrap_or_default();
        if place.is_match(rest) || place.is_match(rest.trim_start_matches([' ', '\t', '\r', '\n'])) {
            continue;
        }
        let line_start =
            text.get(..found.start()).and_then(|before| before.rfind('\n')).map_or(0, |at| at + 1);
        let length = value_length(text.get(line_start..found.start()).unwrap_or_default(), rest);
        stretches.push(found.end()..found.end() + length);
    }
    stretches
}

/// How much of the text behind a key may belong to its value: the line, and the lines that are indented
/// more, or that an open quote or bracket reaches to.
fn value_length(before: &str, rest: &str) -> usize {
    let indentation = |line: &str| line.len() - line.trim_start_matches([' ', '-']).len();
    let own = indentation(before);
    let mut length = 0;
    let mut has_text = false;
    let mut quote = None;
    for line in rest.split_inclusive('\n') {
        let is_blank = line.trim().is_empty();
        let is_first = length == 0;
        let goes_on = is_first || is_blank || !has_text || quote.is_some() || indentation(line) > own;
        if !goes_on {
            break;
        }
        length += line.len();
        has_text |= !is_blank;
        for c in line.chars() {
            match quote {
                Some(open) if open == c => quote = None,
                None if c == '"' || c == '\'' => quote = Some(c),
                _ => {}
            }
        }
    }
    length
}

/// What looks like a secret in a comment.
fn in_comments(text: &str) -> Vec<Range<usize>> {
    let Some(key) = key_pattern() else { return Vec::new() };
    let comments = comments(text);
    let mut left = comments.iter().peekable();
    let comment = |found: regex::Match<'_>| {
        while left.next_if(|comment| comment.end <= found.start()).is_some() {}
        let comment = left.peek().filter(|comment| comment.start <= found.start())?;
        Some(found.end()..comment.end.max(found.end()))
    };
    key.find_iter(text).filter_map(comment).collect()
}

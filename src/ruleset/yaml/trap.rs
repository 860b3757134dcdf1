//! What people write in good faith and YAML understands otherwise.
//!
//! Looked for only after the reader has given up, near the place where it did.

use crate::diagnostic::{Diagnostic, Edit, SourceId, Span};
use regex_syntax::hir::{Hir, HirKind};

/// How many lines before the complaint the mistake may be.
const LINES_BACK: usize = 3;

/// The most lines in which tabs are replaced at once.
const TABS_MAX: usize = 1_000;

/// A step of indentation that is wider is none.
const INDENTATION_MAX: usize = 8;

/// One line of a text with its first byte.
#[derive(Clone, Copy)]
struct Line<'a> {
    start: usize,
    text: &'a str,
}

/// A known trap at the place of a complaint or shortly before it.
pub(super) fn find(text: &str, complaint: Span) -> Option<Diagnostic> {
    let (mut lines, mut next) = (Vec::new(), None);
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let line_here = Line { start, text: line.trim_end_matches(['\n', '\r']) };
        if start > complaint.start {
            next = Some(line_here);
            break;
        }
        lines.push(line_here);
        start += line.len();
    }
    let mut near = lines.iter().rev().take(LINES_BACK + 1);
    // a text that goes on in a line with a tab is complained of where it begins
    near.find_map(|line| in_line(complaint.source, text, *line))
        .or_else(|| tab(complaint.source, text, next?))
}

fn in_line(source: SourceId, text: &str, line: Line<'_>) -> Option<Diagnostic> {
    tab(source, text, line)
        .or_else(|| {
            let value = Value::of(line)?;
            list(source, value)
                .or_else(|| group(source, value))
                .or_else(|| escape(source, value))
                .or_else(|| colon(source, value))
                .or_else(|| reserved(source, value))
        })
        .or_else(|| no_space(source, line))
        .or_else(|| unclosed(source, line))
}

fn tab(source: SourceId, text: &str, line: Line<'_>) -> Option<Diagnostic> {
    let width = " ".repeat(indentation_step(text));
    let in_spaces = |line: Line<'_>| {
        let indentation = line.text.len() - line.text.trim_start_matches([' ', '\t']).len();
        let at = line.text.get(..indentation)?.find('\t')?;
        let tabs = line.text.get(at..indentation)?;
        let span = Span { source, start: line.start + at, end: line.start + indentation };
        Some(Edit { span, text: tabs.replace('\t', &width) })
    };
    let first = in_spaces(line)?;
    let span = first.span;
    // whoever indents one line with tabs indents others so; behind spaces a tab may belong to a text
    let mut edits = vec![first];
    let mut start = 0;
    for other in text.split_inclusive('\n') {
        if start != line.start && other.starts_with('\t') && edits.len() < TABS_MAX {
            edits.extend(in_spaces(Line { start, text: other.trim_end_matches(['\n', '\r']) }));
        }
        start += other.len();
    }
    edits.sort_by_key(|edit| edit.span);
    Some(
        Diagnostic::error("yaml-syntax", "this line is indented with a tab")
            .at(span, "a tab")
            .note("YAML counts spaces; how wide a tab is depends on who looks")
            .safe_fix("indent with spaces", edits),
    )
}

/// By how many spaces the lines of a text are indented further: as few as any line of it is, else two.
fn indentation_step(text: &str) -> usize {
    let indentation = |line: &str| line.len() - line.trim_start_matches(' ').len();
    let indentations = text.lines().filter(|line| !line.trim().is_empty()).map(indentation);
    indentations.filter(|spaces| *spaces > 0).min().unwrap_or(2).min(INDENTATION_MAX)
}

fn list(source: SourceId, value: Value<'_>) -> Option<Diagnostic> {
    if !value.is_for_people || !value.text.starts_with('[') {
        return None;
    }
    let (span, edit) = value.quoted(source, Some(']'));
    Some(
        Diagnostic::error("yaml-syntax", format!("`{}` starts with `[`, which begins a list", value.key))
            .at(span, "read as a list")
            .safe_fix("quote the pattern", vec![edit]),
    )
}

fn group(source: SourceId, value: Value<'_>) -> Option<Diagnostic> {
    if !value.is_for_people || !value.text.starts_with('{') {
        return None;
    }
    let (span, edit) = value.quoted(source, Some('}'));
    Some(
        Diagnostic::error(
            "yaml-syntax",
            format!("`{}` starts with `{{`, which begins a group of settings", value.key),
        )
        .at(span, "read as a group of settings")
        .safe_fix("quote the pattern", vec![edit]),
    )
}

fn escape(source: SourceId, value: Value<'_>) -> Option<Diagnostic> {
    let inside = value.text.strip_prefix('"')?;
    let end = inside.find('"')?;
    let inside = inside.get(..end)?;
    if !inside.contains('\\') {
        return None;
    }
    let span = Span { source, start: value.start, end: value.start + end + 2 };
    let finding = Diagnostic::error("yaml-syntax", "a backslash in double quotes means something of its own")
        .at(span, "`\\[` and `\\d` are not among the signs it can make");
    // who doubles some backslashes knows what double quotes do: which of them is one too many, nobody can tell
    let is_mixed = inside.contains("\\\\");
    if value.key == "expression" && !inside.contains('\'') {
        let edit = Edit { span, text: format!("'{inside}'") };
        let advice = "in single quotes a backslash is a backslash";
        return Some(if is_mixed {
            finding.fix(advice, vec![edit])
        } else {
            finding.safe_fix(advice, vec![edit])
        });
    }
    let Some(plain) = plain_subject(inside) else {
        return Some(finding.help("use single quotes, or leave the backslashes out"));
    };
    let advice = "a subject is written as it reads: brackets are plain text, `{number}` stands for digits";
    let edit = Edit { span, text: in_quotes(&plain) };
    Some(if value.key == "subject" && !is_mixed {
        finding.safe_fix(advice, vec![edit])
    } else {
        finding.fix(advice, vec![edit])
    })
}

/// A regular expression as the subject that it stands for, where it is one: `\[Call#(\d+)\]` is `[Call#{number}]`.
///
/// Only text as it stands, blanks, and one number: whatever else an expression can say, no subject can.
pub(in crate::ruleset) fn plain_subject(expression: &str) -> Option<String> {
    let expression = expression.strip_prefix('^').unwrap_or(expression);
    let expression = expression.strip_suffix('$').unwrap_or(expression).replace("{number}", "([0-9]+)");
    let mut plain = String::new();
    put_plainly(&regex_syntax::parse(&expression).ok()?, &mut plain)?;
    (plain.matches("{number}").count() <= 1).then_some(plain)
}

fn put_plainly(expression: &Hir, plain: &mut String) -> Option<()> {
    let is = |class: &Hir, written: &str| regex_syntax::parse(written).is_ok_and(|known| known == *class);
    match expression.kind() {
        HirKind::Empty => {}
        HirKind::Literal(literal) => {
            let text = std::str::from_utf8(&literal.0).ok()?;
            // braces stand for something in a subject
            plain.push_str(Some(text).filter(|text| !text.contains(['{', '}']))?);
        }
        HirKind::Concat(parts) => parts.iter().try_for_each(|part| put_plainly(part, plain))?,
        HirKind::Capture(group) if group.name.as_deref().is_none_or(|name| name == "number") => {
            let is_number = matches!(group.sub.kind(), HirKind::Repetition(_));
            put_plainly(Some(&*group.sub).filter(|_| is_number)?, plain)?;
        }
        HirKind::Repetition(times) if times.max.is_none() => {
            if times.min == 1 && (is(&times.sub, "[0-9]") || is(&times.sub, "\\d")) {
                plain.push_str("{number}");
            } else if is(&times.sub, "\\s") || is(&times.sub, " ") {
                // blanks count for nothing in a subject
                plain.push(' ');
            } else {
                return None;
            }
        }
        _ => return None,
    }
    Some(())
}

fn colon(source: SourceId, value: Value<'_>) -> Option<Diagnostic> {
    if value.text.starts_with(['"', '\'', '[', '{', '|', '>', '&', '*']) || !value.text.contains(": ") {
        return None;
    }
    let (span, edit) = value.quoted(source, None);
    let message = format!("the text of `{}` holds a colon, which begins a value", value.key);
    let finding =
        Diagnostic::error("yaml-syntax", message).at(span, "`: ` separates a setting from its value");
    // elsewhere a setting in a line of its own may be meant
    Some(if value.is_for_people {
        finding.safe_fix("put the text in quotes", vec![edit])
    } else {
        finding.fix("put the text in quotes", vec![edit])
    })
}

fn reserved(source: SourceId, value: Value<'_>) -> Option<Diagnostic> {
    let sign = value.text.chars().next().filter(|sign| "@`%".contains(*sign))?;
    let (span, edit) = value.quoted(source, None);
    Some(
        Diagnostic::error("yaml-syntax", format!("text cannot begin with `{sign}` unless it is in quotes"))
            .at(span, "YAML keeps this sign for itself")
            .safe_fix("put the text in quotes", vec![edit]),
    )
}

fn no_space(source: SourceId, line: Line<'_>) -> Option<Diagnostic> {
    let content = line.text.trim_start_matches([' ', '-']);
    let (key, value) = content.split_once(':')?;
    let is_name = !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || "_-.".contains(c));
    if !is_name || value.is_empty() || value.starts_with([' ', '/', ':']) {
        return None;
    }
    let at = line.start + line.text.len() - value.len();
    Some(
        Diagnostic::error("yaml-syntax", format!("a space is missing after `{key}:`"))
            .at(Span { source, start: at - 1, end: at }, "read as part of the text")
            .safe_fix(
                "put a space after the colon",
                vec![Edit { span: Span { source, start: at, end: at }, text: " ".into() }],
            ),
    )
}

fn unclosed(source: SourceId, line: Line<'_>) -> Option<Diagnostic> {
    let mut open: Vec<(usize, char)> = Vec::new();
    let mut before = ' ';
    for (at, c) in line.text.char_indices() {
        let quote = open.last().map(|(_, sign)| *sign).filter(|sign| "\"'".contains(*sign));
        match (quote, c) {
            (Some(quote), c) if c == quote && before != '\\' => _ = open.pop(),
            (None, '"' | '\'' | '{' | '[') if " [{,".contains(before) => open.push((at, c)),
            (None, '}' | ']') => _ = open.pop(),
            (None, '#') if before == ' ' => break,
            _ => {}
        }
        before = c;
    }
    let (at, sign) = open.pop()?;
    let start = line.start + at;
    let what = if "\"'".contains(sign) { "a quote" } else { "a bracket" };
    Some(
        Diagnostic::error("yaml-syntax", format!("{what} is opened and not closed: `{sign}`"))
            .at(Span { source, start, end: start + 1 }, "opened here")
            .help("close it where the value ends, or take it out"),
    )
}

/// What a line sets a key to.
#[derive(Clone, Copy)]
struct Value<'a> {
    key: &'a str,
    /// The rest of the line.
    text: &'a str,
    start: usize,
    /// A key whose text people read, so that brackets in it are meant as brackets.
    is_for_people: bool,
    /// Between braces, where a comma ends the value.
    is_in_braces: bool,
}

const FOR_PEOPLE: [&str; 5] = ["subject", "expression", "body", "title", "text"];

impl<'a> Value<'a> {
    fn of(line: Line<'a>) -> Option<Self> {
        let for_people = FOR_PEOPLE.iter().find_map(|key| {
            let at = line.text.find(&format!("{key}: "))?;
            let before = line.text.get(..at)?;
            before.chars().next_back().is_none_or(|c| " {-,".contains(c)).then_some((at, *key))
        });
        let (at, key) = if let Some(found) = for_people {
            found
        } else {
            let content = line.text.trim_start_matches([' ', '-']);
            let (key, _) = content.split_once(": ")?;
            (line.text.len() - content.len(), key)
        };
        let after = line.text.get(at + key.len() + 1..)?;
        let text = after.trim_start();
        let start = line.start + line.text.len() - text.len();
        let is_in_braces = line.text.get(..at)?.contains('{');
        Some(Self { key, text: text.trim_end(), start, is_for_people: for_people.is_some(), is_in_braces })
    }

    /// The stretch meant as text, and the edit that puts it in quotes.
    fn quoted(self, source: SourceId, closing: Option<char>) -> (Span, Edit) {
        let closed = closing.and_then(|closing| self.text.find(closing)).map_or(0, |at| at + 1);
        let rest = self.text.get(closed..).unwrap_or_default();
        let comment = rest.find(" #");
        let end = if self.is_in_braces { rest.find([',', '}']) } else { None };
        let end = [comment, end].into_iter().flatten().min().unwrap_or(rest.len());
        let meant = self.text.get(..closed + end).unwrap_or(self.text).trim_end();
        let span = Span { source, start: self.start, end: self.start + meant.len() };
        (span, Edit { span, text: in_quotes(meant) })
    }
}

/// The text as a double-quoted scalar.
pub(in crate::ruleset) fn in_quotes(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// Widens a span to the sign and the word it belongs to, if the reader points just behind it.
pub(super) fn sign_before(text: &str, span: Span, signs: [char; 2]) -> Span {
    let line_start = text.get(..span.start).and_then(|before| before.rfind('\n')).map_or(0, |at| at + 1);
    let here = text.get(span.start..).unwrap_or_default();
    if here.starts_with(signs) {
        let length = here.find([' ', ',', '\n', '\r', ']', '}']).unwrap_or(here.len());
        return Span { end: span.start + length, ..span };
    }
    let before = text.get(line_start..span.start).unwrap_or_default();
    let previous = text.get(..line_start).unwrap_or_default().trim_end();
    let (base, stretch) = if before.contains(signs) {
        (line_start, before)
    } else {
        let start = previous.rfind('\n').map_or(0, |at| at + 1);
        (start, previous.get(start..).unwrap_or_default())
    };
    let Some(at) = stretch.rfind(signs) else { return span };
    let word = stretch.get(at..).unwrap_or_default();
    let length = word.find([' ', ',', '\n', '\r', ']', '}']).unwrap_or(word.len());
    Span { start: base + at, end: base + at + length, ..span }
}

/// The edit that quotes the rest of the value at a place, if a line's value starts there.
pub(super) fn quoting(text: &str, span: Span) -> Option<Edit> {
    let start = text.get(..span.start)?.rfind('\n').map_or(0, |at| at + 1);
    let line = text.get(start..)?.lines().next()?;
    let value = Value::of(Line { start, text: line })?;
    // a name with a value of its own behind it was never meant as text
    let is_text = value.start == span.start && (value.key == "subject" || !value.text.contains(['{', '[']));
    is_text.then(|| value.quoted(span.source, None).1)
}

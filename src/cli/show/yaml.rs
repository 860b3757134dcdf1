//! Writes values as YAML that reads back as the same values.

use super::value::{Kind, Value};
use crate::cli::output::beginning;
use crate::cli::render::is_shown;
use crate::cli::screen::line;

/// The widest group that is written on one line.
const FLOW_CHARS_MAX: usize = 90;

/// One step of indentation.
const STEP: usize = 2;

/// The most that is shown of a value that is overridden.
const OVERRIDDEN_CHARS_MAX: usize = 120;

/// The column in which origins stand, where there is room.
const ORIGIN_COLUMN: usize = 60;

/// The whole text.
pub(super) fn written(value: &Value, with_origin: bool) -> String {
    let mut writer = Writer { text: String::new(), with_origin };
    writer.entries(value, 0);
    writer.text
}

struct Writer {
    text: String,
    with_origin: bool,
}

impl Writer {
    fn entries(&mut self, value: &Value, indent: usize) {
        let Kind::Map(entries) = &value.kind else { return };
        for (at, (key, value)) in entries.iter().enumerate() {
            if indent == 0 && at > 0 && !value.is_leaf() {
                self.text.push('\n');
            }
            let head = format!("{:indent$}{}:", "", scalar(key));
            self.after_head(&head, value, indent);
        }
    }

    /// A value behind its key or dash.
    fn after_head(&mut self, head: &str, value: &Value, indent: usize) {
        match &value.kind {
            Kind::Unset => {
                let (margin, key) = head.split_at(head.len() - head.trim_start().len());
                self.line(&format!("{margin}# {key} not set"), "");
            }
            Kind::Text(text) if is_block(text) => self.block(head, text, &remark(value), indent),
            _ => match self.flow(value, head) {
                Some(flow) => self.line(&format!("{head} {flow}"), &remark(value)),
                None => self.below(head, value, indent),
            },
        }
    }

    fn below(&mut self, head: &str, value: &Value, indent: usize) {
        self.line(head, &overrode(value));
        match &value.kind {
            Kind::List(items) => items.iter().for_each(|item| self.item(item, indent + STEP)),
            _ => self.entries(value, indent + STEP),
        }
    }

    /// An item of a list: what is in a group begins on the line of the dash.
    fn item(&mut self, item: &Value, indent: usize) {
        let dash = format!("{:indent$}-", "");
        let is_whole = item.is_leaf() || self.flow(item, &dash).is_some();
        let Kind::Map(entries) = &item.kind else { return self.after_head(&dash, item, indent) };
        if is_whole {
            return self.after_head(&dash, item, indent);
        }
        if !item.overrode.is_empty() {
            self.comment(indent, &overrode(item));
        }
        for (at, (key, value)) in entries.iter().enumerate() {
            let lead = if at == 0 { dash.clone() + " " } else { " ".repeat(indent + STEP) };
            self.after_head(&format!("{lead}{}:", scalar(key)), value, indent + STEP);
        }
    }

    fn block(&mut self, head: &str, text: &str, origin: &str, indent: usize) {
        let chomp = if text.ends_with('\n') { "" } else { "-" };
        self.line(&format!("{head} |{chomp}"), origin);
        for line in text.lines() {
            let line =
                if line.is_empty() { String::new() } else { format!("{:1$}{line}", "", indent + STEP) };
            self.line(&line, "");
        }
    }

    /// A remark on a line of its own.
    fn comment(&mut self, indent: usize, text: &str) {
        if self.with_origin {
            self.text.push_str(&" ".repeat(indent));
            self.text.push_str("# ");
            self.text.push_str(&line(text));
            self.text.push('\n');
        }
    }

    fn line(&mut self, text: &str, origin: &str) {
        self.text.push_str(text);
        if self.with_origin && !origin.is_empty() {
            let gap = ORIGIN_COLUMN.saturating_sub(text.chars().count()).max(2);
            self.text.push_str(&" ".repeat(gap));
            self.text.push_str("# ");
            self.text.push_str(&line(origin));
        }
        self.text.push('\n');
    }

    /// The value on one line, where that can be read and has one origin.
    fn flow(&self, value: &Value, head: &str) -> Option<String> {
        let flow = flow(value)?;
        let fits = value.is_leaf() || head.chars().count() + flow.chars().count() < FLOW_CHARS_MAX;
        let can_tell = !self.with_origin || (shared_origin(value).is_some() && !overrides_within(value));
        (fits && can_tell).then_some(flow)
    }
}

/// What stands behind a value: where it comes from, and what it overrode.
fn remark(value: &Value) -> String {
    let origin = shared_origin(value).unwrap_or("").to_owned();
    match overrode(value) {
        overrode if overrode.is_empty() => origin,
        overrode => format!("{origin}, {overrode}"),
    }
}

/// What the value overrode, layer by layer downwards; programs get all of a long one.
fn overrode(value: &Value) -> String {
    let told = |below: &Value| {
        let words = flow(below).unwrap_or_else(|| below.to_json(false).to_string());
        format!("{} ({})", beginning(&words, OVERRIDDEN_CHARS_MAX), below.origin)
    };
    let below: Vec<String> = value.overrode.iter().map(told).collect();
    if below.is_empty() { String::new() } else { format!("overrode {}", below.join(", which overrode ")) }
}

/// Whether something in the value has overridden something of its own.
fn overrides_within(value: &Value) -> bool {
    let is_so = |part: &Value| !part.overrode.is_empty() || overrides_within(part);
    match &value.kind {
        Kind::List(items) => items.iter().any(is_so),
        Kind::Map(entries) => entries.iter().any(|(_, value)| is_so(value)),
        _ => false,
    }
}

/// Where everything in the value comes from, if that is one line.
fn shared_origin(value: &Value) -> Option<&str> {
    let parts: Vec<&Value> = match &value.kind {
        Kind::List(items) if !items.is_empty() => items.iter().collect(),
        Kind::Map(entries) if !entries.is_empty() => entries.iter().map(|(_, value)| value).collect(),
        _ => return Some(&value.origin),
    };
    let mut origins = parts.into_iter().map(shared_origin);
    let first = origins.next()??;
    origins.all(|origin| origin == Some(first)).then_some(first)
}

/// The value in brackets; none where a remark or a text of several lines is in it.
fn flow(value: &Value) -> Option<String> {
    match &value.kind {
        Kind::Unset => None,
        Kind::Plain(value) => Some(value.to_string()),
        Kind::Text(text) if is_block(text) => None,
        Kind::Text(text) => Some(scalar(text)),
        Kind::List(items) => {
            let items: Option<Vec<String>> = items.iter().map(flow).collect();
            Some(format!("[{}]", items?.join(", ")))
        }
        Kind::Map(entries) if entries.is_empty() => Some("{}".to_owned()),
        Kind::Map(entries) => {
            let entry = |(key, value): &(String, Value)| Some(format!("{}: {}", scalar(key), flow(value)?));
            let entries: Option<Vec<String>> = entries.iter().map(entry).collect();
            Some(format!("{{ {} }}", entries?.join(", ")))
        }
    }
}

/// Whether a text of several lines can stand as it is.
fn is_block(text: &str) -> bool {
    let body = text.strip_suffix('\n').unwrap_or(text);
    body.contains('\n')
        && !body.ends_with('\n')
        && !text.starts_with([' ', '\n'])
        && text.chars().all(|c| c == '\n' || (is_shown(c) && c != '\t' && c != '\u{feff}'))
}

/// A text on one line, in quotes where YAML would take it for something else.
fn scalar(text: &str) -> String {
    let begins_well = text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    let is_plain = begins_well
        && !text.ends_with(' ')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || " _-./@+".contains(c))
        && !is_word_of_yaml(text);
    if is_plain {
        return text.to_owned();
    }
    let quoted = serde_json::Value::from(text).to_string();
    let harmless = |c: char| {
        if is_shown(c) && !matches!(c, '\u{feff}' | '\u{2028}' | '\u{2029}') {
            c.to_string()
        } else {
            format!("\\u{:04x}", u32::from(c))
        }
    };
    quoted.chars().map(harmless).collect()
}

/// Words that some readers of YAML take for truths or nothing.
fn is_word_of_yaml(text: &str) -> bool {
    let words = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"];
    words.contains(&text.to_ascii_lowercase().as_str())
}

//! Rewrites the text of an older format. It changes words where they stand and leaves all else, byte for byte: comments,
//! quotes, the order, the ends of lines.

use super::{ACCOUNT_KEYS, ACCOUNT_NAME, FILE_KEYS, ROW_KEYS, SECONDS_OF_MINUTE, format_of, now_called};
use crate::diagnostic::{Edit, Span};
use crate::ruleset::merge::RULE_LISTS;
use crate::ruleset::yaml::{Entry, Node, NodeKind, extent};

/// A place that has to be changed by hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Where.
    pub span: Span,
    /// Why it cannot be rewritten, and what to write before the next attempt.
    pub words: &'static str,
}

/// The changes by which a text of format 0 becomes one of format 1; none where it has another format already.
pub fn rewritten(text: &str, tree: &Node) -> Result<Vec<Edit>, Refusal> {
    if format_of(tree) != Some(0) {
        return Ok(Vec::new());
    }
    let mut rewrite = Rewrite { text, edits: Vec::new() };
    for entry in tree.entries() {
        rewrite.rename(entry, &FILE_KEYS);
        match entry.key.as_str() {
            "format" => rewrite.put(entry.value.span, "1".to_owned()),
            "email_servers" => rewrite.accounts(entry)?,
            "defaults" => {
                let account = entry.value.get("account");
                if let Some(account) = account {
                    rewrite.settings(account);
                }
            }
            "policies" => entry.value.entries().iter().for_each(|policy| rewrite.rows(&policy.value)),
            key if RULE_LISTS.contains(&key) => rewrite.rows(&entry.value),
            _ => {}
        }
    }
    rewrite.edits.sort_by_key(|edit| (edit.span.start, edit.span.end));
    Ok(rewrite.edits)
}

/// How far lines are moved to the right that stand too far left.
const SHIFT: &str = "  ";

struct Rewrite<'a> {
    text: &'a str,
    edits: Vec<Edit>,
}

impl Rewrite<'_> {
    fn put(&mut self, span: Span, text: String) {
        self.edits.push(Edit { span, text });
    }

    fn at(&self, span: Span) -> &str {
        self.text.get(span.start..span.end).unwrap_or_default()
    }

    /// A key by its name of today, in the quotes that it has.
    fn rename(&mut self, entry: &Entry, keys: &[(&str, &'static str)]) {
        let Some(new) = now_called(&entry.key, keys) else { return };
        let quote = self.at(entry.key_span).chars().next().filter(|first| matches!(first, '"' | '\''));
        let quote = quote.map(String::from).unwrap_or_default();
        self.put(entry.key_span, format!("{quote}{new}{quote}"));
    }

    fn rows(&mut self, list: &Node) {
        for entry in list.items().iter().flat_map(Node::entries) {
            self.rename(entry, &ROW_KEYS);
        }
    }

    fn settings(&mut self, account: &Node) {
        for entry in account.entries() {
            self.rename(entry, &ACCOUNT_KEYS);
            if let (Some(_), NodeKind::Integer(minutes)) =
                (now_called(&entry.key, &ACCOUNT_KEYS), &entry.value.kind)
            {
                self.put(entry.value.span, minutes.saturating_mul(SECONDS_OF_MINUTE).to_string());
            }
        }
    }

    fn accounts(&mut self, servers: &Entry) -> Result<(), Refusal> {
        let list = &servers.value;
        let items = list.items();
        for item in items {
            self.settings(item);
        }
        if self.text.get(list.span.start..).is_some_and(|rest| rest.starts_with('[')) {
            return self.accounts_in_brackets(list);
        }
        let Some(first) = items.first() else { return Ok(()) };
        let dash = self.dash(first)?;
        // a list may stand as far left as its key, a map may not
        let is_flush = extent::column(self.text, dash) <= extent::column(self.text, servers.key_span.start);
        let shift = if is_flush { SHIFT } else { "" };
        for item in items {
            self.account(item, shift)?;
        }
        if is_flush {
            self.indent(dash, extent::block_end(self.text, dash));
        }
        Ok(())
    }

    fn accounts_in_brackets(&mut self, list: &Node) -> Result<(), Refusal> {
        let start = list.span.start;
        let end = extent::bracket_end(self.text, start);
        self.put(Span { start, end: start + 1, ..list.span }, "{".to_owned());
        self.put(Span { start: end.saturating_sub(1), end, ..list.span }, "}".to_owned());
        for item in list.items() {
            if !self.is_in_brackets(item) {
                let words =
                    "an account without braces in a list with brackets; put braces around it: `{ name: … }`";
                return Err(Refusal { span: item.span, words });
            }
            let (name, _) = self.name_of(item)?;
            self.put(Span { end: item.span.start, ..item.span }, format!("{name}: "));
            self.drop_in_brackets(item);
        }
        Ok(())
    }

    fn is_in_brackets(&self, item: &Node) -> bool {
        self.text.get(item.span.start..).is_some_and(|rest| rest.starts_with('{'))
    }

    /// The name of an account as it is written, and where its entry is.
    fn name_of<'n>(&self, item: &'n Node) -> Result<(String, &'n Entry), Refusal> {
        let Some(entry) = item.entries().iter().find(|entry| entry.key == ACCOUNT_NAME) else {
            return Err(Refusal { span: item.span, words: "an account without a name; give it one" });
        };
        let written = self.at(entry.value.span);
        if written.is_empty() || written.contains('\n') || written.starts_with(['|', '>']) {
            let words = "a name over several lines; write it on one, in quotes";
            return Err(Refusal { span: entry.value.span, words });
        }
        Ok((written.to_owned(), entry))
    }

    /// The dash of an item, also where it has a line of its own.
    fn dash(&self, item: &Node) -> Result<usize, Refusal> {
        if let Some(dash) = extent::dash(self.text, item.span.start) {
            return Ok(dash);
        }
        let refusal =
            Refusal { span: item.span, words: "an account whose dash cannot be found; write `- name: …`" };
        let mut line = extent::line_start(self.text, item.span.start);
        while line > 0 {
            let above = extent::line_start(self.text, line - 1);
            let whole = self.text.get(above..line).unwrap_or_default();
            let content = whole.trim();
            if content.is_empty() || content.starts_with('#') {
                line = above;
                continue;
            }
            let rest = content.strip_prefix('-').map(str::trim_start);
            let is_alone = rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('#'));
            return if is_alone { Ok(above + whole.len() - whole.trim_start().len()) } else { Err(refusal) };
        }
        Err(refusal)
    }

    /// `- name: it-desk` becomes `it-desk:`, wherever among the settings the name stands.
    fn account(&mut self, item: &Node, shift: &str) -> Result<(), Refusal> {
        let (name, entry) = self.name_of(item)?;
        self.without_comment(entry)?;
        let dash = self.dash(item)?;
        let only_dash = Span { start: dash, end: dash + 1, ..item.span };
        if self.is_in_brackets(item) {
            self.put(only_dash, format!("{name}:"));
            self.drop_in_brackets(item);
            return Ok(());
        }
        let first = item.entries().first().map_or(item.span, |entry| entry.key_span);
        let is_alone = self.text.get(dash..first.start).is_some_and(|between| between.contains('\n'));
        if !is_alone && first == entry.key_span {
            let rest = if item.entries().len() == 1 { " {}" } else { "" };
            self.put(Span { start: dash, end: entry.value.span.end, ..item.span }, format!("{name}:{rest}"));
            return Ok(());
        }
        let rest = if item.entries().len() == 1 { " {}" } else { "" };
        if is_alone {
            self.put(only_dash, format!("{name}:{rest}"));
        } else {
            let indent = " ".repeat(extent::column(self.text, first.start));
            let line_break = self.line_break(dash);
            let before_first = Span { start: dash, end: first.start, ..item.span };
            self.put(before_first, format!("{name}:{line_break}{shift}{indent}"));
        }
        self.drop_line(entry);
        Ok(())
    }

    fn line_break(&self, at: usize) -> &'static str {
        let end = extent::line_end(self.text, at);
        if self.text.get(..end).is_some_and(|before| before.ends_with('\r')) { "\r\n" } else { "\n" }
    }

    /// The name goes to another place, and a comment between its key and itself would be lost.
    fn without_comment(&self, entry: &Entry) -> Result<(), Refusal> {
        let between = self.text.get(entry.key_span.end..entry.value.span.start).unwrap_or_default();
        if between.contains('#') {
            let words = "a comment stands between `name` and the name; put it somewhere else first";
            return Err(Refusal { span: entry.key_span, words });
        }
        Ok(())
    }

    /// Takes an entry out that has a line of its own; a comment behind it stays.
    fn drop_line(&mut self, entry: &Entry) {
        let (start, end) = (entry.key_span.start, entry.value.span.end);
        let line_end = extent::line_end(self.text, end);
        let behind = self.text.get(end..line_end).unwrap_or_default();
        let span = if behind.trim().is_empty() {
            let line = extent::line_start(self.text, start);
            let before = self.text.get(..line).unwrap_or_default().trim_end_matches(['\r', '\n']).len();
            let is_last = line_end == self.text.len();
            Span {
                start: if is_last { before } else { line },
                end: if is_last { line_end } else { line_end + 1 },
                ..entry.key_span
            }
        } else {
            Span { start, end: end + behind.len() - behind.trim_start().len(), ..entry.key_span }
        };
        self.put(span, String::new());
    }

    /// Takes the name out of an account in braces, with the comma that goes with it.
    fn drop_in_brackets(&mut self, item: &Node) {
        let Some(entry) = item.entries().iter().find(|entry| entry.key == ACCOUNT_NAME) else { return };
        let (mut start, mut end) = (entry.key_span.start, entry.value.span.end);
        let blank = [' ', '\t'];
        let behind = self.text.get(end..).unwrap_or_default();
        let before = self.text.get(..start).unwrap_or_default().trim_end_matches(blank);
        if let Some(rest) = behind.trim_start_matches(blank).strip_prefix(',') {
            end = self.text.len() - rest.trim_start_matches(blank).len();
        } else if before.ends_with(',') {
            start = before.len() - 1;
        }
        self.put(Span { start, end, ..entry.key_span }, String::new());
    }

    /// Moves lines to the right that stand as far left as the key above them: what is a list there cannot be a map.
    fn indent(&mut self, from: usize, to: usize) {
        let mut line = extent::line_start(self.text, from);
        while line < to {
            let end = extent::line_end(self.text, line);
            let is_blank = self.text.get(line..end).is_some_and(|line| line.trim().is_empty());
            let is_gone = self
                .edits
                .iter()
                .any(|edit| edit.text.is_empty() && edit.span.start <= line && line < edit.span.end);
            if !is_blank && !is_gone {
                let source = self.edits.first().map_or_else(Span::default, |edit| edit.span).source;
                self.put(Span { source, start: line, end: line }, SHIFT.to_owned());
            }
            line = end + 1;
        }
    }
}

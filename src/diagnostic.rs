//! Places in rule files, and findings about them.
//!
//! A finding says what is wrong in the admin's words, where, why it matters at the desk, and what to
//! write instead. How it looks on a screen is `cli`'s affair.

use serde::Serialize;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// One file (or built-in text) that a rule set was read from.
#[derive(Debug, Clone)]
pub struct Source {
    /// As shown: a path relative to where the admin works, or the name of a built-in.
    pub name: Arc<str>,
    /// The whole text.
    pub text: Arc<str>,
    line_starts: Arc<[usize]>,
    /// It is no file: its name says nothing about folders.
    is_built_in: bool,
}

impl Source {
    /// Takes in a text under the name it is shown by.
    pub fn new(name: impl Into<Arc<str>>, text: impl Into<Arc<str>>) -> Self {
        let text: Arc<str> = text.into();
        let line_starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Self { name: name.into(), text, line_starts, is_built_in: false }
    }

    /// The same for a text that is a part of the program and lies in no folder.
    pub fn built_in(name: impl Into<Arc<str>>, text: impl Into<Arc<str>>) -> Self {
        Self { is_built_in: true, ..Self::new(name, text) }
    }

    /// Whether the text is a part of the program and lies in no folder.
    pub fn is_built_in(&self) -> bool {
        self.is_built_in
    }

    /// The same text as far as it may be shown, in the same place.
    #[must_use]
    pub fn rewritten(&self, text: impl Into<Arc<str>>) -> Self {
        Self { is_built_in: self.is_built_in, ..Self::new(Arc::clone(&self.name), text) }
    }
}

/// All texts that a rule set was read from; a [`Span`] points into one of them.
#[derive(Debug, Clone, Default)]
pub struct Sources(Vec<Source>);

/// Which text of [`Sources`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct SourceId(pub usize);

/// A stretch of one text, in bytes; `end` is exclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Span {
    /// Which text.
    pub source: SourceId,
    /// First byte.
    pub start: usize,
    /// One after the last byte.
    pub end: usize,
}

impl Span {
    /// From the start of this one to the end of the other, if both are in one text.
    #[must_use]
    pub fn to(self, other: Self) -> Self {
        if self.source == other.source { Self { end: other.end.max(self.end), ..self } } else { self }
    }
}

/// A place as people say it: file, line and column, both from 1; the column counts characters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Place {
    /// The file's name as shown.
    #[schemars(with = "String")]
    pub file: Arc<str>,
    /// The line, from 1.
    pub line: usize,
    /// The character in the line, from 1.
    pub column: usize,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.line, self.column)
    }
}

impl Sources {
    /// Adds a text; spans of it carry the returned id.
    pub fn add(&mut self, source: Source) -> SourceId {
        self.0.push(source);
        SourceId(self.0.len() - 1)
    }

    /// Puts another text in the place of one, such as the same with secrets overwritten.
    pub fn replace(&mut self, id: SourceId, source: Source) {
        if let Some(old) = self.0.get_mut(id.0) {
            *old = source;
        }
    }

    /// The text with this id.
    pub fn get(&self, id: SourceId) -> Option<&Source> {
        self.0.get(id.0)
    }

    /// Blots out stretches of one text, byte for byte, so that no finding can show them.
    pub fn blot(&mut self, id: SourceId, mut stretches: Vec<std::ops::Range<usize>>) {
        let Some(source) = self.0.get_mut(id.0).filter(|_| !stretches.is_empty()) else { return };
        stretches.sort_by_key(|stretch| stretch.start);
        let mut stretches = stretches.into_iter().peekable();
        let mut blotted = String::with_capacity(source.text.len());
        for (at, c) in source.text.char_indices() {
            while stretches.next_if(|stretch| stretch.end <= at).is_some() {}
            let is_secret =
                stretches.peek().is_some_and(|stretch| stretch.contains(&at)) && !"\r\n".contains(c);
            if is_secret {
                blotted.extend(std::iter::repeat_n('*', c.len_utf8()));
            } else {
                blotted.push(c);
            }
        }
        source.text = blotted.into();
    }

    /// All texts in the order in which they were added.
    pub fn iter(&self) -> impl Iterator<Item = (SourceId, &Source)> {
        self.0.iter().enumerate().map(|(id, source)| (SourceId(id), source))
    }

    /// A path as the text with this id names it, seen from where the program runs: relative ones begin in the folder
    /// of the file in which they are written, those of a built-in text in the folder of the topmost file.
    pub fn seen_from(&self, id: SourceId, path: &str) -> PathBuf {
        let own = self.get(id).filter(|source| !source.is_built_in).or_else(|| self.0.first());
        let folder = own.and_then(|source| Path::new(&*source.name).parent());
        folder.unwrap_or_else(|| Path::new("")).join(path)
    }

    /// What the span covers.
    pub fn text(&self, span: Span) -> &str {
        self.get(span.source).and_then(|source| source.text.get(span.start..span.end)).unwrap_or_default()
    }

    /// Where a span begins, as people say it.
    pub fn place(&self, span: Span) -> Place {
        let Some(source) = self.get(span.source) else {
            return Place { file: "".into(), line: 1, column: 1 };
        };
        let line = source.line_starts.partition_point(|&start| start <= span.start).max(1);
        let line_start = source.line_starts.get(line - 1).copied().unwrap_or_default();
        let before = source.text.get(line_start..span.start).unwrap_or_default();
        let before = before.trim_start_matches('\u{feff}'); // a byte order mark takes no room on the screen
        Place { file: Arc::clone(&source.name), line, column: before.chars().count() + 1 }
    }
}

/// Whether a rule set can live with a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// The rule set does not load.
    Error,
    /// It loads; somebody should look.
    Warning,
}

/// A stretch of text with a remark under it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// Where.
    pub span: Span,
    /// The remark.
    pub text: String,
    /// The finding itself (`^^^`), or a second place that it disagrees with (`---`).
    pub primary: bool,
}

/// Text to put in the place of a stretch; an empty stretch inserts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// What goes.
    pub span: Span,
    /// What comes.
    pub text: String,
}

/// A change that would cure a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Help {
    /// In words.
    pub text: String,
    /// As edits, where it can be shown; may be empty.
    pub edits: Vec<Edit>,
    /// Whether the edits may be made without asking: they write down what was plainly meant, and nothing else.
    pub is_safe: bool,
}

/// Rows that a finding shows as an aligned table: the first is the heading.
pub type Rows = Vec<Vec<String>>;

/// One finding about a rule set.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Diagnostic {
    /// Names the fault in kebab-case; `postroom explain CODE` prints its page.
    pub code: &'static str,
    /// Whether the rule set can live with it.
    pub severity: Severity,
    /// What is wrong, in one sentence: lower case, no full stop.
    pub message: String,
    /// Where; the first primary label is the place of the finding. Empty where it has none.
    pub labels: Vec<Label>,
    /// Why it matters at the desk.
    pub notes: Vec<String>,
    /// Situations, for findings about tables; may be empty.
    pub rows: Rows,
    /// What can be done.
    pub helps: Vec<Help>,
}

impl Diagnostic {
    /// An error with neither place nor remarks yet.
    pub fn error(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            code,
            severity: Severity::Error,
            message: shortened(message.into(), MESSAGE_CHARS_MAX),
            labels: Vec::new(),
            notes: Vec::new(),
            rows: Vec::new(),
            helps: Vec::new(),
        }
    }

    /// A warning with neither place nor remarks yet.
    pub fn warning(code: &'static str, message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(code, message) }
    }

    /// Marks the place of the finding.
    #[must_use]
    pub fn at(mut self, span: Span, text: impl Into<String>) -> Self {
        self.labels.push(Label { span, text: shortened(text.into(), MESSAGE_CHARS_MAX), primary: true });
        self
    }

    /// Marks a second place that the finding disagrees with.
    #[must_use]
    pub fn against(mut self, span: Span, text: impl Into<String>) -> Self {
        self.labels.push(Label { span, text: shortened(text.into(), MESSAGE_CHARS_MAX), primary: false });
        self
    }

    /// Adds why it matters at the desk.
    #[must_use]
    pub fn note(mut self, text: impl Into<String>) -> Self {
        self.notes.push(shortened(text.into(), ADVICE_CHARS_MAX));
        self
    }

    /// Adds advice in words.
    #[must_use]
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.push_help(text.into(), Vec::new());
        self
    }

    /// Adds advice that can be shown as a change of the text, and that somebody has to judge.
    #[must_use]
    pub fn fix(mut self, text: impl Into<String>, edits: Vec<Edit>) -> Self {
        self.push_help(text.into(), edits);
        self
    }

    /// The same, where only one thing can have been meant: `check --fix` makes the change.
    #[must_use]
    pub fn safe_fix(mut self, text: impl Into<String>, edits: Vec<Edit>) -> Self {
        self.push_help(text.into(), edits).is_safe = true;
        self
    }

    /// Takes back that changes may be made without asking.
    #[must_use]
    pub fn for_somebody_to_judge(mut self) -> Self {
        self.helps.iter_mut().for_each(|help| help.is_safe = false);
        self
    }

    fn push_help(&mut self, text: String, edits: Vec<Edit>) -> &mut Help {
        self.helps.push_mut(Help { text: shortened(text, ADVICE_CHARS_MAX), edits, is_safe: false })
    }

    /// Adds situations as an aligned table, the heading first.
    #[must_use]
    pub fn table(mut self, rows: Rows) -> Self {
        self.rows = rows;
        self
    }

    /// The place of the finding.
    pub fn span(&self) -> Option<Span> {
        self.labels.iter().find(|label| label.primary).or(self.labels.first()).map(|label| label.span)
    }
}

/// The most characters of a message or a label; names from a file may be of any length.
const MESSAGE_CHARS_MAX: usize = 400;

/// The most characters of a note or of advice, which may show rows to paste.
const ADVICE_CHARS_MAX: usize = 8_000;

/// The most findings that are kept: nobody reads more, and a hostile file could ask for millions.
const FINDINGS_MAX: usize = 500;

fn shortened(text: String, chars_max: usize) -> String {
    match text.char_indices().nth(chars_max) {
        Some((at, _)) => format!("{} …", text.get(..at).unwrap_or_default()),
        None => text,
    }
}

/// Findings, as they are collected.
#[derive(Debug, Clone, Default)]
pub struct Findings {
    kept: Vec<Diagnostic>,
    left_out: usize,
    has_errors: bool,
}

impl Findings {
    /// Adds one. Beyond a bound they are only counted.
    pub fn push(&mut self, finding: Diagnostic) {
        self.has_errors |= finding.severity == Severity::Error;
        if self.is_full() {
            self.left_out += 1;
        } else {
            self.kept.push(finding);
        }
    }

    /// Whether a rule set with these findings may exist.
    pub fn has_errors(&self) -> bool {
        self.has_errors
    }

    /// How many there are, with those that are only counted.
    pub fn count(&self) -> usize {
        self.kept.len() + self.left_out
    }

    /// Whether more would only be counted: no need then to look for the best advice.
    pub fn is_full(&self) -> bool {
        self.kept.len() >= FINDINGS_MAX
    }

    /// All of them, by place, then by message; findings that name no place come last.
    pub fn into_sorted(mut self) -> Vec<Diagnostic> {
        self.kept.sort_by(|a, b| {
            let key = |d: &Diagnostic| (d.span().is_none(), d.span());
            key(a).cmp(&key(b)).then_with(|| a.message.cmp(&b.message))
        });
        self.kept.dedup();
        if self.left_out > 0
            && let Some(last) = self.kept.last_mut()
        {
            last.notes.push(format!("{} findings more are not shown", self.left_out));
        }
        self.kept
    }

    /// All of them, as collected.
    pub fn iter(&self) -> impl Iterator<Item = &Diagnostic> {
        self.kept.iter()
    }
}

impl Extend<Diagnostic> for Findings {
    fn extend<T: IntoIterator<Item = Diagnostic>>(&mut self, findings: T) {
        findings.into_iter().for_each(|finding| self.push(finding));
    }
}

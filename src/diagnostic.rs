//! Places in rule files, and findings about them.
//!
//! A finding says what is wrong in the admin's words, where, why it matters at the desk, and what to
//! write instead. How it looks on a screen is `cli`'s affair.

use serde::Serialize;
use std::fmt;
use std::sync::Arc;

/// One file (or built-in text) that a rule set was read from.
#[derive(Debug, Clone)]
pub struct Source {
    /// As shown: a path relative to where the admin works, or the name of a built-in.
    pub name: Arc<str>,
    /// The whole text.
    pub text: Arc<str>,
    line_starts: Arc<[usize]>,
}

impl Source {
    /// Takes in a text under the name it is shown by.
    pub fn new(name: impl Into<Arc<str>>, text: impl Into<Arc<str>>) -> Self {
        let text: Arc<str> = text.into();
        let line_starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Self { name: name.into(), text, line_starts }
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

    /// The text with this id.
    pub fn get(&self, id: SourceId) -> Option<&Source> {
        self.0.get(id.0)
    }

    /// Blots out a stretch of text, byte for byte, so that no finding can show it.
    pub fn blot(&mut self, span: Span) {
        let Some(source) = self.0.get_mut(span.source.0) else { return };
        let (Some(before), Some(secret), Some(after)) = (
            source.text.get(..span.start),
            source.text.get(span.start..span.end),
            source.text.get(span.end..),
        ) else {
            return;
        };
        let blotted: String = secret
            .chars()
            .map(|c| if c == '\n' { c.to_string() } else { "*".repeat(c.len_utf8()) })
            .collect();
        source.text = format!("{before}{blotted}{after}").into();
    }

    /// All texts in the order in which they were added.
    pub fn iter(&self) -> impl Iterator<Item = (SourceId, &Source)> {
        self.0.iter().enumerate().map(|(id, source)| (SourceId(id), source))
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
            message: message.into(),
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
        self.labels.push(Label { span, text: text.into(), primary: true });
        self
    }

    /// Marks a second place that the finding disagrees with.
    #[must_use]
    pub fn against(mut self, span: Span, text: impl Into<String>) -> Self {
        self.labels.push(Label { span, text: text.into(), primary: false });
        self
    }

    /// Adds why it matters at the desk.
    #[must_use]
    pub fn note(mut self, text: impl Into<String>) -> Self {
        self.notes.push(text.into());
        self
    }

    /// Adds advice in words.
    #[must_use]
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.helps.push(Help { text: text.into(), edits: Vec::new() });
        self
    }

    /// Adds advice that can be shown as a change of the text.
    #[must_use]
    pub fn fix(mut self, text: impl Into<String>, edits: Vec<Edit>) -> Self {
        self.helps.push(Help { text: text.into(), edits });
        self
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

/// Findings, as they are collected.
#[derive(Debug, Clone, Default)]
pub struct Findings(Vec<Diagnostic>);

impl Findings {
    /// Adds one.
    pub fn push(&mut self, finding: Diagnostic) {
        self.0.push(finding);
    }

    /// Whether a rule set with these findings may exist.
    pub fn has_errors(&self) -> bool {
        self.0.iter().any(|finding| finding.severity == Severity::Error)
    }

    /// All of them, by place, then by message; findings that name no place come last.
    pub fn into_sorted(mut self) -> Vec<Diagnostic> {
        self.0.sort_by(|a, b| {
            let key = |d: &Diagnostic| (d.span().is_none(), d.span());
            key(a).cmp(&key(b)).then_with(|| a.message.cmp(&b.message))
        });
        self.0.dedup();
        self.0
    }

    /// All of them, as collected.
    pub fn iter(&self) -> impl Iterator<Item = &Diagnostic> {
        self.0.iter()
    }
}

impl Extend<Diagnostic> for Findings {
    fn extend<T: IntoIterator<Item = Diagnostic>>(&mut self, findings: T) {
        self.0.extend(findings);
    }
}

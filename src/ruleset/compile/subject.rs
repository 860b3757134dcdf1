//! Rows of `recognize` become patterns.

use super::{Compiler, text};
use crate::diagnostic::{Diagnostic, Edit, Span};
use crate::ruleset::SubjectRule;
use crate::ruleset::decode::Placed;
use crate::ruleset::expression::without_unnamed_groups;
use crate::ruleset::file::SubjectRow;
use crate::ruleset::pattern::{Pattern, PatternError};
use crate::ruleset::yaml::{in_quotes, plain_subject};
use crate::vocab::{Intent, Kind};

impl Compiler<'_> {
    pub(super) fn subjects(&mut self) -> Vec<SubjectRule> {
        let file = self.file;
        let mut rules: Vec<SubjectRule> = Vec::new();
        for row in file.recognize.iter().filter(|row| row.reply_to.is_none()) {
            let Some(rule) = self.subject(row) else { continue };
            if let Some(first) = rules.iter().find(|known| known.name == rule.name && row.rule.is_some()) {
                self.findings.push(
                    self.two_rules("recognize", &rule.name, first.span, rule.span)
                        .help("give one of them another name"),
                );
            }
            rules.push(rule);
        }
        rules
    }

    fn subject(&mut self, row: &SubjectRow) -> Option<SubjectRule> {
        let (written, is_expression) = match (&row.subject, &row.expression) {
            (Some(subject), None) => (subject, false),
            (None, Some(expression)) => (expression, true),
            (Some(subject), Some(_)) => {
                self.missing(
                    subject.span,
                    "a rule of `recognize` has both `subject` and `expression`",
                    "keep one of them",
                );
                return None;
            }
            (None, None) => {
                let at = row.rule.as_ref().map_or(self.top(), |name| name.span);
                self.missing(
                    at,
                    "a rule of `recognize` names no `subject`",
                    "write it like the subject itself: `subject: \"[CLOSE#{number}]\"`",
                );
                return None;
            }
        };
        if !is_expression && written.contains('\\') {
            self.findings.push(self.expression_as_subject(written));
            return None;
        }
        let parsed = if is_expression { Pattern::parse_expression(written) } else { Pattern::parse(written) };
        let pattern = parsed.map_err(|error| self.findings.push(invalid(&error, written.span))).ok()?;
        if is_expression && let Some(named) = without_unnamed_groups(written) {
            self.findings.push(unnamed_group(written, &named));
        }
        let intent = self.needed(row.intent.as_ref(), "intent", written.span)?;
        let kind = self.needed(row.kind.as_ref(), "kind", written.span)?;
        self.check_ask(written, &pattern, intent, kind, is_expression);
        Some(SubjectRule {
            name: text(&row.rule).unwrap_or_else(|| written.value.clone()),
            pattern,
            intent,
            kind,
            because: text(&row.because),
            span: written.span,
            place: self.sources.place(written.span),
        })
    }

    /// Whether what stands behind a text is read as a comment, and looks like the rest of it.
    fn is_cut(&self, written: Span) -> bool {
        let source = self.sources.get(written.source);
        let behind = source.and_then(|source| source.text.get(written.end..)).unwrap_or_default();
        let comment = behind.trim_start_matches([' ', '\t']).strip_prefix('#').unwrap_or_default();
        comment.starts_with(|c: char| !c.is_whitespace())
    }

    fn expression_as_subject(&self, written: &Placed<String>) -> Diagnostic {
        let finding = Diagnostic::error(
            "expression-as-subject",
            "this subject is written as a regular expression, but a subject is looked for as it reads",
        )
        .at(written.span, "would have to stand in the mail with its backslashes")
        .note("no mail would be recognised by it, and what it asks would be logged as a new call");
        let quoted = self.sources.text(written.span);
        if self.is_cut(written.span) {
            // half of a subject is not rewritten
            return finding.help(
                "behind it a comment begins; if that belongs to the text, put the text in quotes first",
            );
        }
        match plain_subject(written) {
            Some(plain) => finding.safe_fix(
                "write it as it reads in the mail; `{number}` stands for the digits",
                vec![Edit { span: written.span, text: in_quotes(&plain) }],
            ),
            None => finding.help(format!(
                "write it as it reads in the mail, or say that it is an expression: `expression: {quoted}`"
            )),
        }
    }

    fn needed<T: Copy>(&mut self, setting: Option<&Placed<T>>, key: &str, at: Span) -> Option<T> {
        if setting.is_none() {
            self.missing(
                at,
                format!("this subject has no `{key}`"),
                "say what it asks for, of which kind of item: `intent: update, kind: call`",
            );
        }
        setting.map(|placed| placed.value)
    }

    fn check_ask(
        &mut self,
        written: &Placed<String>,
        pattern: &Pattern,
        intent: Intent,
        kind: Kind,
        is_expression: bool,
    ) {
        let fits = match intent {
            Intent::Close => kind == Kind::Call,
            Intent::Approve | Intent::Reject => kind == Kind::Approval,
            Intent::Summary | Intent::Update => true,
            Intent::Log | Intent::Confirm => false,
        };
        if !fits {
            let help = match intent {
                Intent::Close => "only calls are closed by mail: `kind: call`",
                Intent::Confirm => {
                    "an answer to our request confirms, not a subject: `reply_to: request_for_confirmation`"
                }
                Intent::Log => "leave the rule out: whatever nothing recognizes logs a call",
                _ => "only approvals are decided: `kind: approval`",
            };
            self.findings.push(
                Diagnostic::error(
                    "intent-kind-mismatch",
                    format!("a subject cannot ask to {} {} {}", intent.word(), article(kind), kind.word()),
                )
                .at(written.span, "asks for that")
                .help(help),
            );
        }
        if intent != Intent::Summary && !pattern.has_number() {
            let help = match written.strip_suffix(']') {
                _ if is_expression => "add a group `(?<number>[0-9]+)`".to_owned(),
                _ if self.is_cut(written.span) => {
                    "behind it a comment begins; if that belongs to the text, put the text in quotes"
                        .to_owned()
                }
                Some(start) => format!("write where the number stands: `{start}#{{number}}]`"),
                None => "write where the number stands: `[CLOSE#{number}]`".to_owned(),
            };
            self.findings.push(
                Diagnostic::error(
                    "subject-without-number",
                    "this subject does not say which item it is about",
                )
                .at(written.span, "has no number")
                .note("an update, a closure or a decision needs the number of its item")
                .help(help),
            );
        }
        let is_bracketed = written.starts_with('[') && written.ends_with(']');
        if intent != Intent::Update && !is_bracketed && !is_expression {
            self.findings.push(
                Diagnostic::warning(
                    "subject-without-brackets",
                    format!("an ordinary subject could {} by accident", what_happens(intent)),
                )
                .at(written.span, "has no square brackets")
                .note("people write such words in subjects without meaning a command")
                .help(format!("write it in brackets: `\"[{}]\"`", written.trim_matches(['[', ']']))),
            );
        }
    }
}

fn unnamed_group(written: &Placed<String>, named: &str) -> Diagnostic {
    let what = if written.contains("?<number>") {
        "write `(?:…)` where nothing is to be kept, or `(?<name>…)`"
    } else {
        "write `(?<number>…)` for the number, `(?:…)` where nothing is to be kept"
    };
    Diagnostic::warning("unnamed-group", "a group of this expression has no name")
        .at(written.span, "what the group finds is not kept")
        .note("replies and traces know what was found by its name alone")
        .help(format!("{what}: '{named}'"))
}

fn article(kind: Kind) -> &'static str {
    if kind == Kind::Approval { "an" } else { "a" }
}

fn what_happens(intent: Intent) -> &'static str {
    match intent {
        Intent::Close => "close a call",
        Intent::Approve => "approve a task",
        Intent::Reject => "reject a task",
        _ => "ask for a summary",
    }
}

fn invalid(error: &PatternError, at: Span) -> Diagnostic {
    let (message, help) = match error {
        PatternError::Empty => (
            "this subject would match any mail".to_owned(),
            "give it text of its own, such as `[CLOSE#{number}]`",
        ),
        PatternError::Unclosed(name) => {
            (format!("the brace of `{{{name}` is not closed"), "write `}` behind the name: `{number}`")
        }
        PatternError::Placeholder(name) => (
            format!("`{{{name}}}` is no name in braces"),
            "a name is written in small letters, digits and `_`: `{number}`",
        ),
        PatternError::RepeatedPlaceholder(name) => {
            (format!("`{{{name}}}` stands in it twice"), "name each place differently")
        }
        PatternError::Invalid(reason) => (
            format!(
                "this expression cannot be understood: {}",
                reason.lines().last().unwrap_or_default().trim()
            ),
            "write it as a `subject` instead, or mend the expression",
        ),
    };
    Diagnostic::error("subject-invalid", message).at(at, "cannot be used").help(help)
}

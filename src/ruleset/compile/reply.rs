//! Actions and replies.

use super::{Compiler, or, table::words};
use crate::diagnostic::{Diagnostic, Span};
use crate::ruleset::column::Domains;
use crate::ruleset::decode::Placed;
use crate::ruleset::file::{HistoryText, ReplyFile, ReplyTo, StepFile};
use crate::ruleset::near::{nearest, unknown_name};
use crate::ruleset::template::{PLACEHOLDERS, TemplateError, Templates};
use crate::ruleset::{Action, ReplyDefinition, Step};
use crate::vocab::SummaryRelation;

/// The most bytes of a reply's body file.
const BODY_BYTES_MAX: usize = 256 << 10;

impl Compiler<'_> {
    pub(super) fn actions(&mut self) -> Vec<Action> {
        let file = self.file;
        let action = |(name, steps): &(Placed<String>, Vec<Placed<StepFile>>)| Action {
            name: name.value.clone(),
            steps: steps.iter().map(|step| compile_step(&step.value)).collect(),
            span: name.span,
        };
        file.actions.iter().map(action).collect()
    }

    pub(super) fn replies(&mut self, domains: &Domains) -> (Vec<ReplyDefinition>, Templates) {
        let file = self.file;
        let mut templates = Templates::default();
        let mut replies = Vec::new();
        for (name, reply) in &file.replies {
            let after = self.after(reply, domains);
            let (body, body_at, is_html) = self.body(name, reply);
            match &reply.subject {
                Some(subject) => self.template(
                    &mut templates,
                    &format!("{}.subject", name.value),
                    &subject.value,
                    subject.span,
                ),
                None => self.missing(
                    name.span,
                    format!("reply `{}` has no subject", name.value),
                    "write one: `subject: \"Call {number} has been updated\"`",
                ),
            }
            let ending = if is_html { "html" } else { "txt" };
            self.template(&mut templates, &format!("{}.{ending}", name.value), &body, body_at);
            replies.push(ReplyDefinition {
                name: name.value.clone(),
                after,
                after_quarantine: reply
                    .after_quarantine
                    .iter()
                    .flat_map(words)
                    .map(|word| word.value)
                    .collect(),
                optional: or(&reply.optional, false),
                to_assignee: or(&reply.to, ReplyTo::Sender) == ReplyTo::Assignee,
                body_is_html: is_html,
                span: name.span,
            });
        }
        (replies, templates)
    }

    fn after(&mut self, reply: &ReplyFile, domains: &Domains) -> Vec<usize> {
        let names: Vec<&str> = domains.actions.iter().map(String::as_str).collect();
        let mut after = Vec::new();
        for word in reply.after.iter().flat_map(words) {
            if let Some(index) = names.iter().position(|name| *name == word.value) {
                after.push(index);
            } else {
                let message = format!("there is no action `{}`", word.value);
                self.findings.push(unknown_name("unknown-action", &message, word.span, &word.value, &names));
            }
        }
        after
    }

    /// The body's text, its place, and whether it is HTML. Without one the subject is said again as a sentence.
    fn body(&mut self, name: &Placed<String>, reply: &ReplyFile) -> (String, Span, bool) {
        if let Some(file) = &reply.body_file {
            let from =
                self.sources.get(file.span.source).map(|source| source.name.to_string()).unwrap_or_default();
            let is_html = file.value.to_lowercase().ends_with(".html");
            let read = self.library.text(&file.value, &from).and_then(|bytes| {
                if bytes.len() > BODY_BYTES_MAX {
                    return Err(format!("it has more than {BODY_BYTES_MAX} bytes"));
                }
                String::from_utf8(bytes).map_err(|_| "it is not written in UTF-8".to_owned())
            });
            return match read {
                Ok(text) => (text, file.span, is_html),
                Err(reason) => {
                    self.findings.push(
                        Diagnostic::error(
                            "body-file-unreadable",
                            format!("the body of reply `{}` cannot be read", name.value),
                        )
                        .at(file.span, "this file")
                        .note(reason)
                        .help("name a `.txt` or `.html` file beside the rule file"),
                    );
                    (String::new(), file.span, is_html)
                }
            };
        }
        match (&reply.body, &reply.subject) {
            (Some(body), _) => (body.value.clone(), body.span, false),
            (None, Some(subject)) => (format!("{}.", subject.value), subject.span, false),
            (None, None) => (String::new(), name.span, false),
        }
    }

    /// The place of a part of a text, where the text stands in the file as it is; else the whole.
    fn within(&self, at: Span, text: &str, part: Option<std::ops::Range<usize>>) -> Span {
        let found = self.sources.text(at).find(text).zip(part);
        found.map_or(at, |(start, part)| Span {
            start: at.start + start + part.start.min(text.len()),
            end: at.start + start + part.end.min(text.len()),
            ..at
        })
    }

    /// The place of a name in braces; else the whole text.
    fn placeholder(&self, at: Span, name: &str) -> Span {
        let found = self.sources.text(at).find(&format!("{{{name}"));
        found.map_or(at, |start| Span {
            start: at.start + start + 1,
            end: at.start + start + 1 + name.len(),
            ..at
        })
    }

    fn template(&mut self, templates: &mut Templates, name: &str, text: &str, at: Span) {
        match templates.add(name, text) {
            Ok(()) => {}
            Err(TemplateError::Syntax(reason, range)) => self.findings.push(
                Diagnostic::error(
                    "template-syntax",
                    "a brace of this text is not closed, or holds more than a name",
                )
                .at(self.within(at, text, range), "not understood from here on")
                .note("what stands in braces is filled in: `{number}`")
                .note(format!("the reader of templates says: {reason}"))
                .help("close every brace; a brace that is meant as such is written `{\"{\"}`"),
            ),
            Err(TemplateError::Unknown(unknown)) => {
                let known: Vec<&str> = PLACEHOLDERS.iter().map(|(name, _)| *name).collect();
                for placeholder in unknown {
                    let finding = Diagnostic::error(
                        "unknown-placeholder",
                        format!("nothing is known by the name `{{{placeholder}}}`"),
                    )
                    .at(self.placeholder(at, &placeholder), "used here");
                    self.findings.push(match nearest(&placeholder, known.iter().copied()) {
                        Some(near) => finding.help(format!("did you mean `{{{near}}}`?")),
                        None => finding.help(format!("there are: {}", known.join(", "))),
                    });
                }
            }
        }
    }
}

fn compile_step(step: &StepFile) -> Step {
    match step {
        StepFile::CreateCall(_) => Step::CreateCall,
        StepFile::AddHistory(text) => Step::AddHistory { whole_body: *text == HistoryText::Body },
        StepFile::AttachObjects => Step::AttachObjects,
        StepFile::AttachEmail => Step::AttachEmail,
        StepFile::ShowNoteIcon => Step::ShowNoteIcon,
        StepFile::NotifyAssignee => Step::NotifyAssignee,
        StepFile::LinkCall => Step::LinkCall,
        StepFile::AskConfirmation => Step::AskConfirmation,
        StepFile::Reopen(_) => Step::Reopen,
        StepFile::Close => Step::Close,
        StepFile::DecideApproval(verdict) => Step::DecideApproval(*verdict),
        StepFile::Summarize(relations) if relations.is_empty() => Step::Summarize(vec![
            SummaryRelation::WorkingOn,
            SummaryRelation::ForwardedBy,
            SummaryRelation::ForwardedTo,
        ]),
        StepFile::Summarize(relations) => Step::Summarize(relations.clone()),
    }
}

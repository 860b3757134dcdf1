//! Rows of `recognize` that look at which mail of ours is answered, and the secret that they need.

use super::table::words;
use super::{Compiler, or, placed, text};
use crate::diagnostic::{Diagnostic, Span};
use crate::ruleset::AnswerRule;
use crate::ruleset::column::Column;
use crate::ruleset::file::{AnsweredMail, StepFile, SubjectRow};
use crate::vocab::Intent;

impl Compiler<'_> {
    /// The row for answers to requests for confirmation, and the one for answers to any other mail of ours.
    pub(super) fn answers(&mut self) -> (Option<AnswerRule>, Option<AnswerRule>) {
        let (mut to_requests, mut to_mails): (Option<AnswerRule>, Option<AnswerRule>) = (None, None);
        let file = self.file;
        for row in &file.recognize {
            let Some((answered, span)) = placed(&row.reply_to) else { continue };
            let Some(rule) = self.answer(row, *answered, span) else { continue };
            let place = match answered {
                AnsweredMail::OurMail => &mut to_mails,
                AnsweredMail::RequestForConfirmation => &mut to_requests,
            };
            if let Some(first) = place {
                let finding = self.two_rules("recognize", &rule.name, first.span, rule.span);
                self.findings.push(finding.help("one row is enough for every answer; keep one of them"));
            } else {
                *place = Some(rule);
            }
        }
        (to_requests, to_mails)
    }

    fn answer(&mut self, row: &SubjectRow, answered: AnsweredMail, span: Span) -> Option<AnswerRule> {
        if let Some(subject) = row.subject.as_ref().or(row.expression.as_ref()) {
            let what = "a rule of `recognize` has both a subject and `reply_to`";
            self.missing(subject.span, what, "make two rules of it");
            return None;
        }
        let Some(name) = &row.rule else {
            let what = "a rule of `recognize` that looks at the answered mail has no name";
            self.missing(span, what, "name it: `rule: answer-to-our-mail`");
            return None;
        };
        let fits = match answered {
            AnsweredMail::OurMail => or(&row.intent, Intent::Update) == Intent::Update,
            AnsweredMail::RequestForConfirmation => row.intent.is_none(),
        };
        if let (false, Some(intent)) = (fits, &row.intent) {
            self.findings.push(
                Diagnostic::error(
                    "intent-kind-mismatch",
                    format!("an answer to this mail of ours cannot ask to {}", intent.value.word()),
                )
                .at(intent.span, "asks for that")
                .help(match answered {
                    AnsweredMail::OurMail => "an answer to our mail updates its item: `intent: update`",
                    AnsweredMail::RequestForConfirmation => {
                        "leave `intent` out: the answer does the command that waits for it"
                    }
                }),
            );
        }
        Some(AnswerRule {
            name: name.value.clone(),
            because: text(&row.because),
            span: name.span,
            place: self.sources.place(name.span),
        })
    }

    /// What is signed needs the secret; and who is asked to confirm must be able to answer.
    pub(super) fn tokens(&mut self, has_accounts: bool) {
        let file = self.file;
        let answers = |row: &SubjectRow| {
            placed(&row.reply_to).is_some_and(|(mail, _)| *mail == AnsweredMail::RequestForConfirmation)
        };
        for (name, _) in file
            .actions
            .iter()
            .filter(|(_, steps)| steps.iter().any(|step| step.value == StepFile::AskConfirmation))
        {
            if !file.recognize.iter().any(answers) {
                self.missing(
                    name.span,
                    format!("`{}` asks for a confirmation that nobody can give", name.value),
                    "add to `recognize`: `{ rule: answer-confirms, reply_to: request_for_confirmation }`",
                );
            }
            let is_told = file
                .replies
                .iter()
                .filter(|(_, reply)| !placed(&reply.optional).is_some_and(|(optional, _)| *optional))
                .filter(|(_, reply)| reply.to.is_none())
                .any(|(_, reply)| reply.after.iter().flat_map(words).any(|word| word.value == name.value));
            if !is_told {
                self.missing(
                    name.span,
                    format!("`{}` asks for a confirmation, but no reply tells the sender so in every case", name.value),
                    format!("add a reply to the sender that stands `after: {}` and is not optional; its answer confirms", name.value),
                );
            }
        }
        if file.system.token_secret.is_some() || !has_accounts {
            return;
        }
        let Some((at, what)) = self.signed() else { return };
        self.findings.push(
            Diagnostic::error("token-secret-missing", format!("{what}, but there is no secret to sign it with"))
                .at(at, "needs signed mails")
                .note("a token proves which mail of ours is answered and who was asked; without a secret anybody could write one")
                .help("name where the secret is found: `system: { token_secret: { file: /etc/postroom/token-secret } }`; `openssl rand -hex 32` makes a good one"),
        );
    }

    /// The first thing in the rules that only signed mails can serve.
    fn signed(&self) -> Option<(Span, &'static str)> {
        let file = self.file;
        let asking = file
            .actions
            .iter()
            .find(|(_, steps)| steps.iter().any(|step| step.value == StepFile::AskConfirmation));
        if let Some((name, _)) = asking {
            return Some((name.span, "this action asks for a confirmation"));
        }
        let policies = &file.policies;
        let tables = [
            &file.choose,
            &file.permit,
            &policies.acting_user,
            &policies.logging_analyst,
            &policies.reopened_to,
        ];
        let mut cells = tables.into_iter().flatten().flat_map(|row| row.when.0.iter());
        let proof = cells.find_map(|(column, cell)| {
            let is_proof = column.value == Column::Proof.path();
            words(cell)
                .into_iter()
                .find(|word| is_proof && ["token", "confirmed"].contains(&word.value.as_str()))
        });
        if let Some(word) = proof {
            return Some((word.span, "this rule looks at tokens"));
        }
        let accounts = file.accounts.iter().map(|(_, account)| &account.replies.signed_reply_address);
        let addressed = accounts.filter_map(placed).find(|(signed, _)| **signed);
        addressed.map(|(_, span)| (span, "this account signs the reply address"))
    }
}

//! Names become references: the file as written becomes a [`RuleSet`], or findings.
//!
//! Every function notes what is wrong and goes on, so that an admin sees all of it at once.

#![allow(clippy::ref_option, reason = "a setting is borrowed as it stands in the file")]

mod account;
mod answer;
mod attachments;
mod reply;
mod server;
mod statement;
mod subject;
mod table;

use super::account::SecretPlace;
use super::column::{Column, Domains};
use super::decode::Placed;
use super::file::{FORMAT, RuleFile, Setting};
use super::layer::{Library, Stack};
use super::template::Templates;
use super::{Dispose, Identity, RuleSet, System};
use crate::diagnostic::{Diagnostic, Findings, Sources, Span};
use crate::vocab::{Disposition, MessageFormat};
use sha2::{Digest as _, Sha256};

/// What every step of compiling has at hand.
pub(super) struct Compiler<'a> {
    pub(super) file: &'a RuleFile,
    pub(super) stack: &'a Stack,
    pub(super) sources: &'a Sources,
    pub(super) library: &'a dyn Library,
    pub(super) findings: &'a mut Findings,
}

/// Compiles a whole rule set; `None` where it cannot be used at all. Findings may forbid it even so.
pub(super) fn compile(mut compiler: Compiler<'_>) -> Option<RuleSet> {
    let system = compiler.system();
    let accounts = compiler.accounts();
    let outgoing = compiler.outgoing(!accounts.is_empty());
    let domains = Domains {
        report_codes: compiler.report_codes(),
        accounts: accounts.iter().map(|account| account.name.clone()).collect(),
        actions: compiler.file.actions.iter().map(|(name, _)| name.value.clone()).collect(),
    };
    let actions = compiler.actions();
    let (replies, templates) = compiler.replies(&domains);
    let identity = compiler.identity(&templates);
    let recognize = compiler.subjects();
    let (answers_to_requests, answers_to_mails) = compiler.answers();
    compiler.tokens(accounts.iter().any(|account| !account.for_tests));
    let dispose = compiler.dispose();
    compiler.tables_are_there();
    let mut tables = table::Tables { compiler: &mut compiler, domains: &domains, replies: &replies };
    let guard = tables.guard();
    let identify = tables.identify();
    let choose = tables.choose();
    let permit = tables.permit();
    let acting_user = tables.acting_user();
    let logging_analyst = tables.logging_analyst();
    let reopened_to = tables.reopened_to();
    let statements = tables.statements();
    let rows = [&compiler.file.choose, &compiler.file.permit].into_iter().flatten();
    let policies = &compiler.file.policies;
    let more = [&policies.acting_user, &policies.logging_analyst, &policies.reopened_to];
    let mut cells = rows.chain(more.into_iter().flatten()).flat_map(|row| row.when.0.iter());
    let looks_at_proof = cells.any(|(column, _)| column.value == Column::Proof.path());
    Some(RuleSet {
        identity: identity?,
        system,
        accounts,
        outgoing,
        guard: guard?,
        recognize,
        answers_to_requests,
        answers_to_mails,
        looks_at_proof,
        identify: identify?,
        choose: choose?,
        permit: permit?,
        acting_user: acting_user?,
        logging_analyst: logging_analyst?,
        reopened_to: reopened_to?,
        actions,
        replies,
        templates,
        dispose,
        domains,
        statements,
    })
}

/// What stands there, or what holds where nothing stands.
fn or<T: Clone>(setting: &Setting<T>, default: T) -> T {
    setting.as_ref().map_or(default, |placed| placed.value.clone())
}

fn text(setting: &Setting<String>) -> Option<String> {
    setting.as_ref().map(|placed| placed.value.trim().to_owned()).filter(|text| !text.is_empty())
}

impl Compiler<'_> {
    /// The first character of the topmost file: the place of what should stand there and does not.
    fn top(&self) -> Span {
        let source = self.stack.layers.first().copied().unwrap_or_default();
        Span { source, start: 0, end: 0 }
    }

    /// A path as it is seen from where the program runs; it is written as seen from its own file.
    fn path(&self, setting: &Setting<String>) -> Option<String> {
        let written = text(setting)?;
        let source = setting.as_ref()?.span.source;
        Some(self.sources.seen_from(source, &written).to_string_lossy().into_owned())
    }

    /// Where a secret is found, seen from where the program runs. A command that is named without a folder is looked
    /// for as everywhere (`PATH`).
    fn secret(&self, setting: &Setting<SecretPlace>) -> Option<SecretPlace> {
        let placed = setting.as_ref()?;
        let seen =
            |path: &str| self.sources.seen_from(placed.span.source, path).to_string_lossy().into_owned();
        Some(match &placed.value {
            SecretPlace::Env(name) => SecretPlace::Env(name.clone()),
            SecretPlace::File(path) => SecretPlace::File(seen(path)),
            SecretPlace::Command(words) => {
                let mut words = words.clone();
                if let Some(program) = words.first_mut().filter(|program| program.contains('/')) {
                    *program = seen(program);
                }
                SecretPlace::Command(words)
            }
        })
    }

    fn missing(&mut self, at: Span, message: impl Into<String>, help: impl Into<String>) {
        self.findings.push(Diagnostic::error("missing-key", message).at(at, "here").help(help));
    }

    fn identity(&mut self, templates: &Templates) -> Option<Identity> {
        let file = self.file;
        let top = self.top();
        if file.format.is_none() {
            self.missing(
                top,
                "the file does not say its `format`",
                format!("begin it with `format: {FORMAT}`"),
            );
        }
        if file.rule_set.is_none() {
            self.missing(
                top,
                "the rule set has no name",
                "name it: `rule_set: my-desk`; every trace and ledger line carries it",
            );
        }
        if file.revision.is_none() {
            self.missing(
                top,
                "the rule set has no `revision`",
                "count your changes: `revision: 1`, and raise it with every one",
            );
        }
        let mut digest = Sha256::new();
        for layer in self.stack.layers.iter().rev() {
            if let Some(source) = self.sources.get(*layer) {
                digest.update(source.text.len().to_be_bytes());
                digest.update(source.text.as_bytes());
            }
        }
        for (name, _) in file.replies.iter().filter(|(_, reply)| reply.body_file.is_some()) {
            let body =
                ["html", "txt"].iter().find_map(|ending| templates.text(&format!("{}.{ending}", name.value)));
            let body = body.unwrap_or_default();
            digest.update(body.len().to_be_bytes());
            digest.update(body.as_bytes());
        }
        Some(Identity {
            name: text(&file.rule_set)?,
            revision: file.revision.as_ref()?.value,
            digest: format!("sha256:{}", hex::encode(digest.finalize())),
            change_reason: text(&file.change_reason).unwrap_or_default(),
        })
    }

    fn system(&mut self) -> System {
        let file = &self.file.system;
        System {
            product: text(&file.product).unwrap_or_else(|| "Postroom".to_owned()),
            default_format: or(&file.default_format, MessageFormat::Html),
            format_per_person: or(&file.format_per_person, true),
            truncate_incoming_emails: or(&file.truncate_incoming_emails, true),
            security_profile: text(&file.security_profile).unwrap_or_else(|| "Unspecified".to_owned()),
            email_at_update_via_email_in: or(&file.email_at_update_via_email_in, true),
            portal_reopen_closed_calls: file.portal_reopen_closed_calls.as_ref().map(|placed| placed.value),
            loop_mark: text(&file.loop_mark).unwrap_or_else(|| "postroom".to_owned()),
            token_secret: file.token_secret.as_ref().map(|placed| placed.value.clone()),
        }
    }

    fn dispose(&self) -> Dispose {
        let file = &self.file.dispose;
        Dispose {
            processed: or(&file.processed, Disposition::Delete),
            discarded: or(&file.discarded, Disposition::Delete),
            failed: or(&file.failed, Disposition::Keep),
        }
    }

    /// The stretch from a setting's key to the end of its value, as far as both stand on one line.
    fn with_key(&self, key: &str, value: Span) -> Span {
        let Some(source) = self.sources.get(value.source) else { return value };
        let before = source.text.get(..value.start).unwrap_or_default();
        let line = before.rfind('\n').map_or(0, |at| at + 1);
        let found = before.get(line..).and_then(|line| line.rfind(key));
        found.map_or(value, |at| Span { start: line + at, ..value })
    }

    /// Two rules of one name, shown where the admin can do something about it.
    fn two_rules(&self, table: &str, name: &str, first: Span, second: Span) -> Diagnostic {
        let finding = Diagnostic::error("duplicate-rule", format!("`{table}` has two rules `{name}`"));
        if self.is_top(first) && !self.is_top(second) {
            finding.at(first, "the first one").against(second, "the second one")
        } else {
            finding.at(second, "the second one").against(first, "the first one")
        }
    }

    /// Whether a place is in the topmost file, the one the admin is editing.
    fn is_top(&self, span: Span) -> bool {
        self.stack.layers.first() == Some(&span.source)
    }
}

/// A value where something stands, with its place.
fn placed<T>(setting: &Setting<T>) -> Option<(&T, Span)> {
    setting.as_ref().map(|Placed { value, span }| (value, *span))
}

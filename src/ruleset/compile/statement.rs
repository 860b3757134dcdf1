//! Statements to be proven: their cells become conditions and endings.

use super::table::{Tables, words};
use super::text;
use crate::diagnostic::Span;
use crate::ruleset::column::{Column, Stage};
use crate::ruleset::decode::{Entries, Placed};
use crate::ruleset::file::{StatementFile, When};
use crate::ruleset::near::unknown_name;
use crate::ruleset::statement::{Claim, EndingKey, Statement};

/// Stands for every word of an ending.
const ANY: &str = "any";

/// Stands for no reply at all.
const NONE: &str = "none";

impl Tables<'_, '_> {
    /// The statements that are in force: those of every layer, without the ones that are set aside.
    pub(super) fn statements(&mut self) -> Vec<Statement> {
        let file = self.compiler.file;
        let mut statements: Vec<Statement> = Vec::new();
        for row in &file.prove {
            let Some(statement) = self.statement(row) else { continue };
            let twin = statements.iter().find(|known| known.name.is_some() && known.name == statement.name);
            if let (Some(twin), Some(name)) = (twin, &statement.name) {
                self.compiler.findings.push(
                    self.compiler
                        .two_rules("prove", name, twin.span, statement.span)
                        .help("give one of them another name"),
                );
            }
            statements.push(statement);
        }
        for row in &file.prove {
            let Some(waived) = &row.waive else { continue };
            if text(&row.because).is_none() {
                self.compiler.missing(
                    waived.span,
                    format!("statement `{}` is set aside without a reason", waived.value),
                    "say why it need not hold any more: `because: …`",
                );
            }
            let before = statements.len();
            statements.retain(|known| known.name.as_deref() != Some(waived.value.trim()));
            if statements.len() == before {
                let names: Vec<&str> = statements.iter().filter_map(|known| known.name.as_deref()).collect();
                let message = format!("there is no statement `{}`", waived.value);
                let finding = unknown_name("unknown-statement", &message, waived.span, &waived.value, &names);
                self.compiler.findings.push(finding.note("nothing is set aside by it"));
            }
        }
        statements
    }

    fn statement(&mut self, row: &StatementFile) -> Option<Statement> {
        let name = text(&row.statement);
        let (span, when, then) = match (&row.never, &row.always, &row.waive) {
            (Some(never), None, None) => (never.span, &never.value, None),
            (None, Some(always), None) => (always.span, &always.value.when, Some(&always.value.then)),
            (None, None, Some(_)) => return None,
            _ => {
                let at = row.place().unwrap_or(self.compiler.top());
                let how_many = if row.never.is_none() { "none" } else { "more than one" };
                self.compiler.missing(
                    at,
                    format!("a statement has {how_many} of `never`, `always` and `waive`"),
                    "write one of them: `never: { sender: unknown, action: close_call }`",
                );
                return None;
            }
        };
        if when.0.is_empty() || then.is_some_and(|then| then.0.is_empty()) {
            self.compiler.missing(
                span,
                "a statement says nothing",
                "name columns and endings: `never: { sender: unknown, action: close_call }`",
            );
            return None;
        }
        let when = self.claims(when)?;
        let then = match then {
            Some(then) => Some(self.claims(then)?),
            None => None,
        };
        Some(Statement { name, when, then, because: text(&row.because), span })
    }

    fn claims(&mut self, cells: &When) -> Option<Vec<Claim>> {
        let (endings, facts): (Vec<_>, Vec<_>) =
            cells.0.iter().cloned().partition(|(key, _)| EndingKey::parse(&key.value).is_some());
        let facts = self.conditions(Stage::ReopenedTo, &When(Entries(facts)))?;
        let mut claims: Vec<Claim> = facts.into_iter().map(Claim::Fact).collect();
        for (key, cell) in endings {
            let Some(ending) = EndingKey::parse(&key.value) else { continue };
            let mut known = Vec::new();
            for word in words(&cell) {
                if !self.is_ending(ending, &word) {
                    return None;
                }
                known.push(word.value);
            }
            if known.iter().any(|word| word == ANY) {
                known.clear();
            }
            claims.push(Claim::Ending(ending, known));
        }
        Some(claims)
    }

    /// Whether a mail can end so, as far as names go; says so where not.
    fn is_ending(&mut self, ending: EndingKey, word: &Placed<String>) -> bool {
        let (code, what, names): (_, _, Vec<&str>) = match ending {
            EndingKey::Action => {
                ("unknown-action", "action", self.domains.actions.iter().map(String::as_str).collect())
            }
            EndingKey::Refuse | EndingKey::Reply => {
                ("unknown-reply", "reply", self.replies.iter().map(|reply| reply.name.as_str()).collect())
            }
            // reasons are free words; one that nobody gives is told of when the statement is proven
            _ => return true,
        };
        let is_word = word.value == ANY || (ending == EndingKey::Reply && word.value == NONE);
        if is_word || names.contains(&word.value.as_str()) {
            return true;
        }
        let message = format!("there is no {what} `{}`", word.value);
        self.compiler.findings.push(match code {
            "unknown-action" => unknown_name("unknown-action", &message, word.span, &word.value, &names),
            _ => unknown_name("unknown-reply", &message, word.span, &word.value, &names),
        });
        false
    }
}

impl StatementFile {
    /// Where anything of it is written.
    fn place(&self) -> Option<Span> {
        let name = self.statement.as_ref().map(|name| name.span);
        let never = self.never.as_ref().map(|never| never.span);
        let always = self.always.as_ref().map(|always| always.span);
        let because = self.because.as_ref().map(|because| because.span);
        name.or(never).or(always).or(self.waive.as_ref().map(|waive| waive.span)).or(because)
    }

    /// The SMTP codes it names.
    pub(super) fn report_codes(&self) -> impl Iterator<Item = u16> {
        let cells = self.never.iter().map(|never| &never.value);
        let always = self.always.iter().flat_map(|always| [&always.value.when, &always.value.then]);
        cells
            .chain(always)
            .flat_map(|when| when.0.iter())
            .filter(|(column, _)| column.value == Column::ReportCode.path())
            .flat_map(|(_, cell)| words(cell))
            .filter_map(|word| word.value.parse().ok().filter(|code| (200..600).contains(code)))
    }
}

//! Rows become tables: columns, words and answers are looked up by name.

use super::{Compiler, text};
use crate::diagnostic::{Diagnostic, Span};
use crate::ruleset::column::{Column, Domains, Stage};
use crate::ruleset::decode::Placed;
use crate::ruleset::file::{Cell, RuleRow, StatementFile, Then, When};
use crate::ruleset::near::{first_of, unknown_name};
use crate::ruleset::table::{Condition, Rule, Table};
use crate::ruleset::yaml::NodeKind;
use crate::ruleset::{
    ActingUser, ChooseAnswer, GuardAnswer, LoggingAnalyst, PermitAnswer, ReopenedTo, ReplyDefinition,
};
use crate::vocab::SenderCase;
use serde::de::DeserializeOwned;

/// Compiles the tables, once accounts, actions and replies are known.
pub(super) struct Tables<'a, 'b> {
    pub(super) compiler: &'a mut Compiler<'b>,
    pub(super) domains: &'a Domains,
    pub(super) replies: &'a [ReplyDefinition],
}

/// What an answer may look like in one table.
struct Answers<'a> {
    words: &'a [&'a str],
    keys: &'a [&'a str],
}

impl Compiler<'_> {
    /// Every table has to be there; those that are not are told of in one breath.
    pub(super) fn tables_are_there(&mut self) {
        let file = self.file;
        let policies = &file.policies;
        let rows = [
            &file.guard,
            &file.identify,
            &file.choose,
            &file.permit,
            &policies.acting_user,
            &policies.logging_analyst,
            &policies.reopened_to,
        ];
        let empty = Stage::TABLES.iter().zip(rows).filter(|(_, rows)| rows.is_empty());
        // what stands there in a wrong form was told of as that
        let tree = &self.stack.tree;
        let is_written = |table: &str| {
            let written = tree.get(table).or_else(|| tree.get("policies")?.get(table));
            written.is_some_and(|node| match &node.kind {
                NodeKind::Null => false,
                NodeKind::List(rows) => !rows.is_empty(),
                _ => true,
            })
        };
        let names: Vec<&str> =
            empty.map(|(stage, _)| stage.word()).filter(|table| !is_written(table)).collect();
        // without the layer below nobody knows what would be there
        if names.is_empty() || !self.stack.is_complete {
            return;
        }
        let (what, it) = if names.len() == 1 { ("the table", "it") } else { ("these tables", "them") };
        let top = self.top();
        self.missing(
            top,
            format!(
                "{what} {} without rules: {}",
                if names.len() == 1 { "is" } else { "are" },
                names.join(", ")
            ),
            format!("write {it}, or build upon a rule set that has {it}: `extends: classic`"),
        );
    }

    /// SMTP codes that any rule names: the words of the column `report_code`.
    pub(super) fn report_codes(&self) -> Vec<u16> {
        let file = self.file;
        let tables = [&file.guard, &file.identify, &file.choose, &file.permit];
        let policies =
            [&file.policies.acting_user, &file.policies.logging_analyst, &file.policies.reopened_to];
        let rows = tables.into_iter().chain(policies).flatten();
        let mut codes: Vec<u16> = rows
            .flat_map(|row| row.when.0.iter())
            .filter(|(column, _)| column.value == Column::ReportCode.path())
            .flat_map(|(_, cell)| words(cell))
            .filter_map(|word| word.value.parse().ok().filter(|code| (200..600).contains(code)))
            .chain(file.prove.iter().flat_map(StatementFile::report_codes))
            .collect();
        codes.sort_unstable();
        codes.dedup();
        codes
    }
}

/// The words of a cell, each with its place.
pub(super) fn words(cell: &Placed<Cell>) -> Vec<Placed<String>> {
    match &cell.value {
        Cell::One(word) => vec![Placed::new(word.clone(), cell.span)],
        Cell::Several(words) => words.clone(),
    }
}

impl Tables<'_, '_> {
    pub(super) fn guard(&mut self) -> Option<Table<GuardAnswer>> {
        let file = self.compiler.file;
        let answers = Answers { words: &["proceed"], keys: &["discard", "delete", "quarantine"] };
        self.table(Stage::Guard, &file.guard, |tables, then| match then.value {
            Then::Word(_) => tables.word(then, &answers).map(|_| GuardAnswer::Proceed),
            Then::Of(..) | Then::Several(_) => {
                let (key, word) = tables.key(then, &answers)?;
                let word = tables.reason(word)?;
                Some(match key {
                    "discard" => GuardAnswer::Discard(word),
                    "delete" => GuardAnswer::Delete(word),
                    _ => GuardAnswer::Quarantine(word),
                })
            }
        })
    }

    pub(super) fn identify(&mut self) -> Option<Table<SenderCase>> {
        let file = self.compiler.file;
        let words = ["unknown", "user", "analyst", "analyst_and_user"];
        self.table(Stage::Identify, &file.identify, |tables, then| tables.one_of(then, &words))
    }

    pub(super) fn choose(&mut self) -> Option<Table<ChooseAnswer>> {
        let file = self.compiler.file;
        let names: Vec<&str> = self.domains.actions.iter().map(String::as_str).collect();
        let answers = Answers { words: &names, keys: &["ignore", "quarantine"] };
        self.table(Stage::Choose, &file.choose, |tables, then| match &then.value {
            Then::Word(word) => tables.action(word, then.span).map(ChooseAnswer::Action),
            Then::Of(..) | Then::Several(_) => {
                let (key, word) = tables.key(then, &answers)?;
                let word = tables.reason(word)?;
                Some(if key == "ignore" {
                    ChooseAnswer::Ignore(word)
                } else {
                    ChooseAnswer::Quarantine(word)
                })
            }
        })
    }

    pub(super) fn permit(&mut self) -> Option<Table<PermitAnswer>> {
        let file = self.compiler.file;
        let replies = self.replies;
        let answers = Answers { words: &["allow"], keys: &["refuse", "ignore", "instead", "quarantine"] };
        self.table(Stage::Permit, &file.permit, |tables, then| match then.value {
            Then::Word(_) => tables.word(then, &answers).map(|_| PermitAnswer::Allow),
            Then::Of(..) | Then::Several(_) => {
                let (key, word) = tables.key(then, &answers)?;
                match key {
                    "ignore" => return tables.reason(word).map(PermitAnswer::Ignore),
                    "quarantine" => return tables.reason(word).map(PermitAnswer::Quarantine),
                    "instead" => return tables.action(word, word.span).map(PermitAnswer::Instead),
                    _ => {}
                }
                let index = replies.iter().position(|reply| reply.name == word.value);
                if index.is_none() {
                    let names: Vec<&str> = replies.iter().map(|reply| reply.name.as_str()).collect();
                    let message = format!("there is no reply `{}`", word.value);
                    tables.compiler.findings.push(unknown_name(
                        "unknown-reply",
                        &message,
                        word.span,
                        word,
                        &names,
                    ));
                }
                index.map(PermitAnswer::Refuse)
            }
        })
    }

    /// The action of this name, by its index.
    fn action(&mut self, word: &str, at: Span) -> Option<usize> {
        let names: Vec<&str> = self.domains.actions.iter().map(String::as_str).collect();
        let index = names.iter().position(|name| *name == word);
        if index.is_none() {
            let message = format!("there is no action `{word}`");
            self.compiler.findings.push(unknown_name("unknown-action", &message, at, word, &names));
        }
        index
    }

    pub(super) fn acting_user(&mut self) -> Option<Table<ActingUser>> {
        let file = self.compiler.file;
        let words = ["sender", "sender_made_user", "default_user", "new_person"];
        self.table(Stage::ActingUser, &file.policies.acting_user, |tables, then| tables.one_of(then, &words))
    }

    pub(super) fn logging_analyst(&mut self) -> Option<Table<LoggingAnalyst>> {
        let file = self.compiler.file;
        let words = ["sender", "default_logging_analyst"];
        self.table(Stage::LoggingAnalyst, &file.policies.logging_analyst, |tables, then| {
            tables.one_of(then, &words)
        })
    }

    pub(super) fn reopened_to(&mut self) -> Option<Table<ReopenedTo>> {
        let file = self.compiler.file;
        let words = ["template_assignee", "sender", "logging_analyst", "otherwise_to", "owner"];
        self.table(Stage::ReopenedTo, &file.policies.reopened_to, |tables, then| tables.one_of(then, &words))
    }

    fn table<T>(
        &mut self,
        stage: Stage,
        rows: &[RuleRow],
        mut answer: impl FnMut(&mut Self, &Placed<Then>) -> Option<T>,
    ) -> Option<Table<T>> {
        let mut rules: Vec<Rule<T>> = Vec::new();
        let mut is_whole = true;
        for row in rows {
            let Some(name) = self.name(stage, row, &rules) else {
                is_whole = false;
                continue;
            };
            let when = self.conditions(stage, &row.when);
            let then = if let Some(then) = &row.then {
                answer(self, then)
            } else {
                let help = "say what follows: `then: …`";
                self.compiler.missing(name.span, format!("rule `{}` has no answer", name.value), help);
                None
            };
            match (when, then) {
                (Some(when), Some(then)) => rules.push(Rule {
                    place: self.compiler.sources.place(name.span),
                    name: name.value,
                    when,
                    then,
                    because: text(&row.because),
                    span: name.span,
                }),
                _ => is_whole = false,
            }
        }
        // a table with a hole where a row could not be read would be proven wrong for the wrong reason
        if is_whole { Table::new(stage, rules) } else { None }
    }

    fn name<T>(&mut self, stage: Stage, row: &RuleRow, rules: &[Rule<T>]) -> Option<Placed<String>> {
        let Some(name) = &row.rule else {
            let place = row.then.as_ref().map_or(self.compiler.top(), |then| then.span);
            self.compiler.missing(
                place,
                format!("a rule of `{stage}` has no name"),
                "name it: `rule: what-it-is-for`; traces and tests know it by that",
            );
            return None;
        };
        if let Some(first) = rules.iter().find(|rule| rule.name == name.value) {
            self.compiler.findings.push(
                self.compiler
                    .two_rules(stage.word(), &name.value, first.span, name.span)
                    .note("traces and tests could not tell them apart")
                    .help("give one of them another name"),
            );
        }
        Some(name.clone())
    }

    pub(super) fn conditions(&mut self, stage: Stage, when: &When) -> Option<Vec<Condition>> {
        let before = self.compiler.findings.count();
        let mut conditions = Vec::new();
        for (path, cell) in &when.0 {
            let Some(column) = self.column(stage, path) else { continue };
            let mut indices = Vec::new();
            for word in words(cell) {
                match self.domains.index(column, &word.value) {
                    Some(index) => indices.push(index),
                    None if self.compiler.findings.is_full() => return None,
                    None => self.unknown_word(column, &word),
                }
            }
            indices.sort_unstable();
            indices.dedup();
            conditions.push(Condition { column, words: indices, span: path.span.to(cell.span) });
        }
        (self.compiler.findings.count() == before).then_some(conditions)
    }

    fn column(&mut self, stage: Stage, path: &Placed<String>) -> Option<Column> {
        let Some(column) = Column::parse(&path.value) else {
            let known: Vec<&str> = Column::ALL
                .iter()
                .filter(|column| column.known_from() <= stage)
                .map(|column| column.path())
                .collect();
            let message = format!("there is no column `{}`", path.value);
            let finding = unknown_name("unknown-column", &message, path.span, path, &known);
            self.compiler
                .findings
                .push(finding.note("`postroom explain columns` lists all, with the words they may hold"));
            return None;
        };
        if column.known_from() > stage {
            self.compiler.findings.push(
                Diagnostic::error("unknown-column", format!("`{}` is not known yet in `{stage}`", path.value))
                    .at(path.span, format!("known from `{}` on", column.known_from()))
                    .note("a message meets the tables in the order guard, recognize, identify, choose, permit, policies")
                    .help("ask for it in a later table"),
            );
            return None;
        }
        Some(column)
    }

    fn unknown_word(&mut self, column: Column, word: &Placed<String>) {
        let words = self.domains.words(column);
        let mut known: Vec<&str> = words.iter().map(String::as_str).filter(|word| !word.is_empty()).collect();
        if column == Column::ReportCode {
            known = vec!["a code from 200 to 599", "other", "none"];
        }
        let message = format!("`{}` is never `{}`", column.path(), word.value);
        let finding = unknown_name("unknown-word", &message, word.span, &word.value, &known);
        // an account may not be written yet
        let is_of_program = column != Column::Account;
        let finding = if is_of_program { finding } else { finding.for_somebody_to_judge() };
        self.compiler.findings.push(finding);
    }

    fn answers_help(answers: &Answers<'_>) -> String {
        let mut ways: Vec<String> = answers.words.iter().map(|word| format!("`{word}`")).collect();
        ways.extend(answers.keys.iter().map(|key| format!("`{{ {key}: … }}`")));
        first_of(&ways.iter().map(String::as_str).collect::<Vec<_>>())
    }

    fn refuse_answer(&mut self, span: Span, written: &str, answers: &Answers<'_>) {
        let known: Vec<&str> = answers.words.iter().chain(answers.keys).copied().collect();
        let finding = if known.contains(&written) {
            // a key without its word, or a word as a key: to ask for the same again would help nobody
            Diagnostic::error("unknown-word", format!("`{written}` is no answer in this form"))
                .at(span, "here")
        } else {
            let message = format!("`{written}` is no answer of this table");
            unknown_name("unknown-word", &message, span, written, &known)
        };
        self.compiler.findings.push(finding.help(format!("the answers are {}", Self::answers_help(answers))));
    }

    fn word<'t>(&mut self, then: &'t Placed<Then>, answers: &Answers<'_>) -> Option<&'t str> {
        match &then.value {
            Then::Word(word) if answers.words.contains(&word.as_str()) => Some(word),
            Then::Word(word) | Then::Of(Placed { value: word, .. }, _) => {
                self.refuse_answer(then.span, word, answers);
                None
            }
            Then::Several(keys) => {
                self.refuse_several(then.span, keys, answers);
                None
            }
        }
    }

    /// An answer that says several things at once, or nothing.
    fn refuse_several(&mut self, span: Span, keys: &[Placed<String>], answers: &Answers<'_>) {
        let written: Vec<String> = keys.iter().map(|key| format!("`{}`", key.value.escape_debug())).collect();
        let message = match written.as_slice() {
            [] => "`then` gives no answer".to_owned(),
            several => format!("`then` gives more than one answer: {}", several.join(", ")),
        };
        self.compiler.findings.push(
            Diagnostic::error("wrong-type", message)
                .at(span, "an answer is one word, or one key with one word")
                .help(format!("the answers are {}", Self::answers_help(answers))),
        );
    }

    fn key<'a, 't>(
        &mut self,
        then: &'t Placed<Then>,
        answers: &Answers<'a>,
    ) -> Option<(&'a str, &'t Placed<String>)> {
        let (key, word) = match &then.value {
            Then::Of(key, word) => (key, word),
            Then::Several(keys) => {
                self.refuse_several(then.span, keys, answers);
                return None;
            }
            Then::Word(_) => return None,
        };
        let known = answers.keys.iter().find(|known| **known == key.value);
        if known.is_none() {
            self.refuse_answer(key.span, key, answers);
        }
        Some((known?, word))
    }

    fn one_of<T: DeserializeOwned>(&mut self, then: &Placed<Then>, words: &[&str]) -> Option<T> {
        let word = self.word(then, &Answers { words, keys: &[] })?;
        serde_json::from_value(serde_json::Value::String(word.to_owned())).ok()
    }

    /// A reason: one word that stands in ledgers and statistics.
    fn reason(&mut self, word: &Placed<String>) -> Option<String> {
        let is_word = !word.is_empty()
            && word.len() <= 60
            && word.chars().all(|c| c.is_ascii_alphanumeric() || "_-".contains(c));
        if !is_word {
            self.compiler.findings.push(
                Diagnostic::error("unknown-word", format!("`{}` cannot be a reason", word.escape_debug()))
                    .at(word.span, "not one word")
                    .note("the reason stands in the ledger, where mails are counted by it")
                    .help("write one word of letters, digits, `_` and `-`, such as `unknown_sender`"),
            );
        }
        is_word.then(|| word.value.clone())
    }
}

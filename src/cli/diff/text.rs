//! What was found, as text for people: kinds of change as tables, an example of each, then one line that sums it up.

use super::document::{DiffDocument, MailChange, MailKind, Replay, name};
use crate::cli::output::Out;
use crate::cli::screen::{columns, counted, grouped, line};
use crate::ruleset::column::{Column, Stage};
use crate::ruleset::compare::{
    Cell, ChangedRow, Comparison, KindOfChange, RuleInWords, SettingChange, TextChange,
};

/// The most rows of one kind that are shown; programs get all.
const ROWS_MAX: usize = 24;

/// The most columns that stand beside each other; more are written as a list of conditions.
const COLUMNS_MAX: usize = 6;

/// The most ends that are listed of one kind.
const ENDS_MAX: usize = 8;

/// The most mails of one kind that are listed without `--all`.
const MAILS_MAX: usize = 5;

/// Prints everything, the summary last.
pub(super) fn print(document: &DiffDocument, all: bool, out: &mut Out) {
    let comparison = &document.comparison;
    for (number, kind) in (1..).zip(&comparison.kinds) {
        print_kind(number, kind, out);
    }
    print_subjects(comparison, out);
    print_settings(&comparison.settings, out);
    print_texts(&comparison.texts, out);
    for renamed in &comparison.renamed {
        out.line(format_args!(
            "{} {} is called {} now and does the same",
            renamed.what,
            line(&renamed.old),
            line(&renamed.new)
        ));
    }
    if !comparison.renamed.is_empty() {
        out.line("");
    }
    if let Some(mails) = &document.mails {
        print_mails(mails, all, out);
    }
    out.line(&document.summary);
}

/// `close_call → refuse insufficient-permission`.
pub(super) fn title(kind: &KindOfChange) -> String {
    let (old, new) = (line(&kind.old.answer), line(&kind.new.answer));
    if old == new {
        return format!("{}: {new} does something else", kind.stage);
    }
    format!("{}: {old} → {new}", kind.stage)
}

fn print_kind(number: usize, kind: &KindOfChange, out: &mut Out) {
    let end = if kind.same_end { ", with the same end" } else { "" };
    out.line(format_args!("{number}. {}   ({}{end})", title(kind), counted(kind.situations, "situation")));
    for (what, answer) in [("replies before", &kind.old), ("replies now", &kind.new)] {
        if kind.old.replies != kind.new.replies {
            let replies =
                if answer.replies.is_empty() { "none".to_owned() } else { answer.replies.join(", ") };
            out.line(format_args!("   {what}: {}", line(&replies)));
        }
    }
    if let Some(reopens) = kind.where_portal_reopens {
        let reopens = if reopens { "lets" } else { "does not let" };
        out.line(format_args!("   where the desk {reopens} Users reopen calls in the portal"));
    }
    let shown = kind.rows.get(..ROWS_MAX).unwrap_or(&kind.rows);
    for row in table(shown) {
        out.line(format_args!("     {row}"));
    }
    if shown.len() < kind.rows.len() {
        out.line(format_args!("     and {} more", counted(kind.rows.len() - shown.len(), "row")));
    }
    if let Some(row) = kind.rows.first() {
        out.line(format_args!("   for example: {}", example(row)));
    }
    for (at, end) in kind.ends.iter().enumerate() {
        if at == ENDS_MAX {
            out.line(format_args!("                and {} more", grouped(kind.ends.len() - at)));
            break;
        }
        let label = if at == 0 { "in the end:" } else { "" };
        out.line(format_args!("   {label:<12} {} → {}", line(&end.old), line(&end.new)));
    }
    out.line("");
}

/// Rows under the names of their columns, with the rules that decide.
fn table(rows: &[ChangedRow]) -> Vec<String> {
    let mut names: Vec<&str> = Vec::new();
    for cell in rows.iter().flat_map(|row| &row.when) {
        if !names.contains(&cell.column) {
            names.push(cell.column);
        }
    }
    let is_list = names.len() > COLUMNS_MAX;
    let mut header: Vec<String> =
        if is_list { vec!["when".to_owned()] } else { names.iter().map(|name| (*name).to_owned()).collect() };
    header.extend(["decided by", "now by", "situations"].map(str::to_owned));
    let mut lines = vec![header];
    for row in rows {
        let mut cells: Vec<String> = if is_list {
            vec![conditions(&row.when)]
        } else {
            names.iter().map(|name| cell(row, name)).collect()
        };
        cells.extend([place(&row.old_rule), place(&row.new_rule), grouped(row.situations)]);
        lines.push(cells);
    }
    let width = lines.first().map_or(0, Vec::len);
    columns(&lines, &[], &vec![3; width])
}

fn cell(row: &ChangedRow, column: &str) -> String {
    let found = row.when.iter().find(|cell| cell.column == column);
    found.map_or_else(|| "any".to_owned(), |cell| line(&cell.words.join(", ")))
}

/// `sender: user, state: [open, closed]`.
pub(super) fn conditions(cells: &[Cell]) -> String {
    if cells.is_empty() {
        return "always".to_owned();
    }
    let condition = |cell: &Cell| match cell.words.as_slice() {
        [word] => format!("{}: {}", cell.column, line(word)),
        words => format!("{}: [{}]", cell.column, line(&words.join(", "))),
    };
    cells.iter().map(condition).collect::<Vec<_>>().join(", ")
}

/// One situation of a row, without what goes without saying: switches that the row does not ask for, and flags of a
/// person who has been identified.
pub(super) fn example(row: &ChangedRow) -> String {
    let known = |path: &str| row.example.iter().find(|cell| cell.column == path);
    let is_identified = known(Column::Sender.path()).is_some();
    let is_later = known(Column::IsPerson.path()).is_some();
    let kind = known(Column::Kind.path()).map(|cell| &cell.words);
    let says_something = |cell: &&Cell| {
        row.when.iter().any(|asked| asked.column == cell.column)
            || match Column::parse(cell.column) {
                Some(Column::IsPerson | Column::IsUser | Column::IsAnalyst) => !is_identified,
                Some(Column::KindFound) => kind != Some(&cell.words),
                Some(column) => column.known_from() > Stage::Guard || !is_later,
                None => true,
            }
    };
    conditions(&row.example.iter().filter(says_something).cloned().collect::<Vec<_>>())
}

/// `closing-refused (classic.yaml:172)`.
pub(super) fn place(rule: &RuleInWords) -> String {
    format!("{} ({}:{})", line(&rule.rule), line(&rule.file), rule.line)
}

fn print_subjects(comparison: &Comparison, out: &mut Out) {
    let subjects = &comparison.subjects;
    if subjects.patterns.is_empty() && subjects.subjects.is_empty() {
        return;
    }
    out.line("subjects");
    let nothing = || "nothing".to_owned();
    let patterns = subjects.patterns.iter().map(|pattern| {
        let old = pattern.old.clone().unwrap_or_else(nothing);
        let new = pattern.new.clone().unwrap_or_else(nothing);
        let asks = if old == new { old } else { format!("{old} → {new}") };
        let untried = if pattern.untried { "a regular expression: no subject could be tried" } else { "" };
        vec![pattern.change.to_owned(), line(&pattern.pattern), asks, untried.to_owned()]
    });
    for row in columns(&patterns.collect::<Vec<_>>(), &[], &[3, 3, 3]) {
        out.line(format_args!("     {row}"));
    }
    for subject in &subjects.subjects {
        out.line(format_args!(
            "   for example: \"{}\" asks to {} → {}",
            line(&subject.subject),
            line(&subject.old),
            line(&subject.new)
        ));
    }
    if subjects.subjects.is_empty() {
        out.line(format_args!(
            "   none of the {} that were tried asks for something else",
            counted(subjects.tried, "subject")
        ));
    }
    out.line("");
}

fn print_settings(settings: &[SettingChange], out: &mut Out) {
    if settings.is_empty() {
        return;
    }
    out.line("settings");
    let value = |value: &Option<String>| value.as_deref().map_or_else(|| "not set".to_owned(), line);
    let rows: Vec<Vec<String>> = settings
        .iter()
        .map(|it| vec![line(&it.setting), format!("{} → {}", value(&it.old), value(&it.new))])
        .collect();
    for row in columns(&rows, &[], &[3, 3]) {
        out.line(format_args!("     {row}"));
    }
    out.line("");
}

fn print_texts(texts: &[TextChange], out: &mut Out) {
    if texts.is_empty() {
        return;
    }
    out.line("texts and actions");
    for text in texts {
        out.line(format_args!("     {}", line(&text.what)));
        for (mark, text) in [('-', &text.old), ('+', &text.new)] {
            for part in text.iter().flat_map(|text| text.lines()) {
                out.line(format_args!("       {mark} {}", line(part)));
            }
        }
    }
    out.line("");
}

fn print_mails(mails: &Replay, all: bool, out: &mut Out) {
    for kind in &mails.kinds {
        out.line(format_args!(
            "{} → {}   ({})",
            line(&kind.old),
            line(&kind.new),
            counted(kind.count, "mail")
        ));
        print_mails_of(kind, all, out);
        out.line("");
    }
    for fault in &mails.faults {
        out.line(format_args!("not decided: {}", line(fault)));
    }
    if mails.failed > mails.faults.len() {
        out.line(format_args!("and {} more", grouped(mails.failed - mails.faults.len())));
    }
    if mails.failed > 0 {
        out.line("");
    }
}

fn print_mails_of(kind: &MailKind, all: bool, out: &mut Out) {
    let most = if all { usize::MAX } else { MAILS_MAX };
    let shown = kind.mails.len().min(most);
    for mail in kind.mails.iter().take(most) {
        out.line(format_args!("   {}", heading(mail)));
        let Some([before, after]) = &mail.sheets else { continue };
        for (what, sheet) in [("before", before), ("now", after)] {
            out.line(format_args!("     {what}"));
            for row in sheet.lines().skip(1).filter(|row| !row.trim().is_empty()) {
                out.line(format_args!("     {row}"));
            }
        }
    }
    if shown < kind.count {
        let rest = kind.count - shown;
        let how = if all { "; of so many, the first are shown" } else { "; --all shows them" };
        out.line(format_args!("   and {} more{how}", grouped(rest)));
    }
}

/// `<a@example.com> from Uma <uma@example.com>, "Printer" (mails/a.eml)`.
pub(super) fn heading(mail: &MailChange) -> String {
    format!(
        "{} from {}, \"{}\" ({})",
        mail.message_id.as_deref().map_or_else(|| "without Message-ID".to_owned(), line),
        mail.from.as_deref().map_or_else(|| "nobody".to_owned(), line),
        line(&mail.subject),
        line(&mail.found_at)
    )
}

/// Both names, as the report's title says them.
pub(super) fn both(comparison: &Comparison) -> String {
    format!("{} → {}", name(&comparison.old), name(&comparison.new))
}

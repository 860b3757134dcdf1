//! Fills in the texts of a reply.
//!
//! Names, titles and subjects come from mails of strangers: each is one line without control characters
//! before a template sees it, and templates escape it where they write HTML.

use super::Case;
use super::act::{Item, paragraphs};
use super::line::one_line;
use super::plain::plain;
use crate::ruleset::ReplyDefinition;
use crate::ruleset::template::Values;
use crate::vocab::{Intent, Kind, MessageFormat, SummaryRelation, SummaryRow};
use serde::Serialize;

/// The most characters of a subject, and of any value that fills in a text.
const LINE_CHARS_MAX: usize = 250;

/// The texts of one reply.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Texts {
    /// One line.
    pub(super) subject: String,
    /// The plain text body.
    pub(super) text: String,
    /// The HTML body, where the reader wants it.
    pub(super) html: Option<String>,
    /// What went wrong; the texts then say as much as they can.
    pub(super) remarks: Vec<String>,
}

/// Fills in a reply's templates. A template that cannot be filled in costs its words, never the reply.
pub(super) fn render(
    case: &Case<'_>,
    definition: &ReplyDefinition,
    item: Option<&Item>,
    listed: &[SummaryRelation],
    format: MessageFormat,
) -> Texts {
    let filling = Filling::of(case, item, listed);
    let values = Values::new(&filling);
    let name = &definition.name;
    let templates = &case.rule_set.templates;
    let mut remarks = Vec::new();
    let mut fill = |part: &str| {
        let filled = templates.render(&format!("{name}.{part}"), &values);
        filled
            .map_err(|error| remarks.push(format!("`{name}.{part}`: {}", one_line(&error, LINE_CHARS_MAX))))
            .ok()
    };
    let subject = fill("subject").map(|subject| one_line(&subject, LINE_CHARS_MAX));
    let subject = subject.filter(|subject| !subject.is_empty()).unwrap_or_else(|| plain_subject(&filling));
    let body = fill(if definition.body_is_html { "html" } else { "txt" });
    let (text, html) = match body {
        Some(page) if definition.body_is_html => (plain(&page), page),
        Some(text) => {
            let html = paragraphs(&text);
            (text, html)
        }
        None => {
            let text = plain_body(case, name);
            let html = paragraphs(&text);
            (text, html)
        }
    };
    let html = (format == MessageFormat::Html).then_some(html);
    Texts { subject, text, html, remarks }
}

/// Every placeholder of the templates, with its value; what there is none of is empty.
#[derive(Serialize)]
struct Filling<'a> {
    number: NumberOrNothing,
    linked_number: NumberOrNothing,
    command: &'static str,
    hours: u32,
    kind: &'a str,
    #[serde(rename = "Kind")]
    kind_title: &'a str,
    kinds: &'a str,
    state: &'a str,
    title: String,
    product: String,
    account: String,
    sender: String,
    subject: String,
    items: Vec<Row<'a>>,
}

/// An item's number; nothing is written where there is no item.
#[derive(Serialize)]
#[serde(untagged)]
enum NumberOrNothing {
    Number(u64),
    Nothing(&'static str),
}

/// A line of a summary.
#[derive(Serialize)]
struct Row<'a> {
    number: u64,
    kind: &'a str,
    state: &'a str,
    title: String,
    user: String,
    because: String,
}

impl<'a> Filling<'a> {
    fn of(case: &Case<'a>, item: Option<&Item>, listed: &[SummaryRelation]) -> Self {
        let line = |text: &str| one_line(text, LINE_CHARS_MAX);
        let kind = item.map(|item| item.kind).or(case.asked.kind);
        let number = item.map(|item| item.number).or(case.asked.number);
        let record = case.record.filter(|record| {
            item.is_some_and(|item| item.kind == record.kind && item.number == record.number)
        });
        Filling {
            number: number
                .map_or(NumberOrNothing::Nothing(""), |number| NumberOrNothing::Number(number.get())),
            linked_number: case
                .record
                .map_or(NumberOrNothing::Nothing(""), |record| NumberOrNothing::Number(record.number.get())),
            command: command(case.asked.intent),
            hours: case.account.confirm_within_hours,
            kind: kind.map_or("", Kind::word),
            kind_title: kind.map_or("", Kind::title),
            kinds: kind.map_or("", kinds),
            state: item.map_or("", |item| item.state.word()),
            title: record.map_or(String::new(), |record| line(&record.title)),
            product: line(&case.rule_set.system.product),
            account: line(case.account.title.as_deref().unwrap_or(&case.account.name)),
            sender: sender_name(case),
            subject: line(&case.facts.message.subject),
            items: rows(case, listed),
        }
    }
}

/// The sender as shown to people: the record's name, else the display name, else the address.
pub(super) fn sender_name(case: &Case<'_>) -> String {
    let person = case.sender.person.map(|person| person.name.as_str());
    let shown = case.sender.mailbox.and_then(|mailbox| mailbox.name.as_deref());
    let address = case.sender.mailbox.map(|mailbox| mailbox.address.as_str());
    let names = [person, shown, address].into_iter().flatten();
    names.map(|name| one_line(name, LINE_CHARS_MAX)).find(|name| !name.is_empty()).unwrap_or_default()
}

fn rows<'a>(case: &Case<'a>, listed: &[SummaryRelation]) -> Vec<Row<'a>> {
    let Some(kind) = case.asked.kind else { return Vec::new() };
    let is_listed = |row: &&SummaryRow| {
        row.kind.series() == kind.series() && row.relations.iter().any(|relation| listed.contains(relation))
    };
    let rows = case.facts.answers.summary.iter().filter(is_listed).map(|row| {
        let because: Vec<&str> = row
            .relations
            .iter()
            .filter(|relation| listed.contains(relation))
            .map(|&relation| because(relation))
            .collect();
        Row {
            number: row.number.get(),
            kind: row.kind.title(),
            state: row.state.word(),
            title: one_line(&row.title, LINE_CHARS_MAX),
            user: one_line(row.user.as_deref().unwrap_or_default(), LINE_CHARS_MAX),
            because: because.join(", "),
        }
    });
    rows.collect()
}

fn because(relation: SummaryRelation) -> &'static str {
    match relation {
        SummaryRelation::WorkingOn => "working on",
        SummaryRelation::ForwardedBy => "forwarded by you",
        SummaryRelation::ForwardedTo => "forwarded to you",
    }
}

/// A command as a sentence goes on: "we were asked to close".
fn command(intent: Intent) -> &'static str {
    match intent {
        Intent::Summary => "list",
        Intent::Log | Intent::Confirm => "",
        _ => intent.word(),
    }
}

fn kinds(kind: Kind) -> &'static str {
    match kind {
        Kind::Call => "calls",
        Kind::Request => "requests",
        Kind::Task | Kind::Approval => "tasks and approvals",
    }
}

fn plain_subject(filling: &Filling<'_>) -> String {
    match filling.number {
        NumberOrNothing::Number(number) => format!("{} {number}", filling.kind_title),
        NumberOrNothing::Nothing(_) => one_line(&format!("Your mail to {}", filling.product), LINE_CHARS_MAX),
    }
}

fn plain_body(case: &Case<'_>, name: &str) -> String {
    format!(
        "Your mail was read, but the text of this answer (`{name}`) could not be written. Please ask {}.\n",
        case.rule_set.system.product
    )
}

//! One item with its properties, its history and its objects, for people.

use crate::adapters::sqlite::{HistoryLine, ItemSheet};
use crate::cli::output::{Out, Tone, one_line};
use crate::cli::render::shown;
use crate::cli::time;
use crate::message::to_text;
use crate::vocab::HistoryFormat;

/// How wide the names of properties are.
const NAME_CHARS: usize = 16;

/// Prints everything about one item.
pub(super) fn print(sheet: &ItemSheet, out: &mut Out) {
    let item = &sheet.item;
    out.line(format_args!("{} {}  {}", item.kind.title(), item.number, one_line(&item.title)));
    out.line("");
    properties(sheet, out);
    if !sheet.description.trim().is_empty() {
        out.line("");
        out.line(out.toned(Tone::Dim, "Description"));
        block(&sheet.description, out);
    }
    if !sheet.history.is_empty() {
        out.line("");
        out.line(out.toned(Tone::Dim, "History"));
        for line in &sheet.history {
            history(line, out);
        }
    }
    if !sheet.objects.is_empty() {
        out.line("");
        out.line(out.toned(Tone::Dim, "Objects"));
        let rows = sheet.objects.iter().map(|object| {
            vec![
                object.id.to_string(),
                one_line(&object.name),
                one_line(&object.media_type),
                format!("{} bytes", object.size),
                one_line(&object.security_profile),
            ]
        });
        out.table(&["id", "name", "type", "size", "profile"], rows);
    }
}

fn properties(sheet: &ItemSheet, out: &mut Out) {
    let item = &sheet.item;
    let names = |names: &[String]| Some(names.join(", ")).filter(|names| !names.is_empty());
    let rows = [
        ("state", Some(item.state.word().to_owned())),
        ("user", item.user.clone()),
        ("owner", item.owner.as_ref().map(|owner| owner.name().to_owned())),
        ("logging analyst", sheet.logging_analyst.clone()),
        ("partition", item.partition.clone()),
        ("template", sheet.template.clone()),
        ("priority", item.priority.map(|priority| priority.to_string())),
        ("impact", sheet.impact.clone()),
        ("urgency", sheet.urgency.clone()),
        ("IPK status", sheet.ipk_status.clone()),
        ("IPK stream", sheet.ipk_stream.clone()),
        ("screen set", sheet.screen_set.clone()),
        ("office", sheet.office.clone()),
        ("delegates", names(&sheet.delegates)),
        ("forwarded by", names(&sheet.forwarded_by)),
        ("forwarded to", names(&sheet.forwarded_to)),
        ("logged", item.logged_at.map(time::shown)),
        ("ended", sheet.ended_at.map(time::shown)),
        ("ended by", sheet.ended_by.clone()),
        ("reopened", Some(sheet.reopened).filter(|times| *times > 0).map(|times| format!("{times} times"))),
        ("continues", sheet.linked_to.map(|number| format!("call {number}"))),
        ("note icon", item.note_icon.then(|| "mail came in".to_owned())),
    ];
    for (name, value) in rows {
        if let Some(value) = value {
            out.line(format_args!("{name:<NAME_CHARS$} {}", one_line(&value)));
        }
    }
}

fn history(line: &HistoryLine, out: &mut Out) {
    let by = one_line(line.by.as_deref().unwrap_or("-"));
    let hidden = if line.hidden_from_user { "  (hidden from the user)" } else { "" };
    out.line(format_args!("{}  {by}{hidden}", time::shown(line.at)));
    match line.format {
        HistoryFormat::Text => block(&line.text, out),
        HistoryFormat::Html => block(&to_text(&line.text), out),
    }
}

/// A text of several lines, set in.
fn block(text: &str, out: &mut Out) {
    for line in shown(text.trim()).lines() {
        out.line(format_args!("    {}", line.trim_end()));
    }
}

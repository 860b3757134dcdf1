//! `postroom read`: what a mail says, as Postroom understands it.

use super::screen::{columns, counted, json, line};
use super::{Exit, Format, Trouble, mail};
use crate::message::{Attachment, Message, Protection, ProtectionMethod, Report, Sureness, sha256};
use crate::vocab::{Automatic, Mailbox, ReturnPath};
use schemars::JsonSchema;
use serde::Serialize;
use std::io::Write;
use std::path::PathBuf;

/// The most lines of a body that are shown as text; programs get it whole.
const LINES_MAX: usize = 200;

/// The width of the labels.
const LABEL_WIDTH: usize = 12;

const EXAMPLES: &str = "\
Shows what rules can look at and what would go into the history: who wrote to whom, the subject with and
without reply marks, whether a program sent it, what is attached, and which part of the text is new. Faults
of the mail are listed; no mail is too broken to be read.

Examples:
  postroom read mail.eml
  postroom read - < mail.eml
  postroom read mail.eml --format json
      for a program (its shape: `postroom schema message`)";

/// Shows what a mail says, as Postroom understands it.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct ReadArgs {
    /// The mail: a file, or `-` for standard input.
    mail: PathBuf,
    /// For people or for programs.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// What a mail says, and by what it is known.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct MessageDocument {
    #[serde(flatten)]
    message: Message,
    /// SHA-256 of the raw mail, in hexadecimal.
    sha256: String,
}

/// Reads and shows.
pub(super) fn run(args: &ReadArgs, out: &mut dyn Write) -> Result<Exit, Trouble> {
    let raw = mail::bytes(&args.mail)?;
    let said = MessageDocument { message: Message::read(&raw), sha256: sha256(&raw) };
    match args.format {
        Format::Text => out.write_all(sheet(&said).as_bytes())?,
        Format::Json => writeln!(out, "{}", json(&serde_json::to_value(&said).unwrap_or_default()))?,
    }
    Ok(Exit::Done)
}

fn sheet(MessageDocument { message, sha256 }: &MessageDocument) -> String {
    let mut sheet = Sheet::default();
    people(&mut sheet, message);
    sheet.field("Subject", &quoted(&message.subject));
    if message.base_subject != message.subject {
        sheet.field("without Re:", &quoted(&message.base_subject));
    }
    sheet.optional("Message-ID", message.message_id.as_deref());
    sheet.optional("In reply to", message.in_reply_to.as_deref());
    sheet.optional("Date", message.date.as_deref());
    sheet.field("Automatic", &automatic(message));
    if !message.automatic_signs.is_empty() {
        sheet.field("because of", &signs(message));
    }
    if !message.cuts.is_empty() || message.reply_sureness != Sureness::Certain {
        sheet.field("Cut", &cuts(message));
    }
    if let Some(report) = &message.report {
        sheet.field("Report", &report_lines(report));
        if let Some(original) = &report.original {
            let said = [original.subject.as_deref().map(quoted), original.message_id.clone()];
            sheet.field("about", &said.into_iter().flatten().collect::<Vec<_>>().join(", "));
        }
    }
    if let Some(protection) = message.protection {
        sheet.field("Protection", protection_words(protection));
    }
    sheet.field("Size", &counted(usize::try_from(message.size).unwrap_or(usize::MAX), "byte"));
    sheet.field("SHA-256", sha256);
    for defect in &message.defects {
        sheet.field("Defect", defect);
    }
    if message.html.is_some() {
        sheet.field("HTML", "there is an HTML body, too; `--format json` shows it");
    }
    attachments(&mut sheet, &message.attachments);
    sheet.body("What is new", &message.reply_portion);
    sheet.body("Signature", &message.signature);
    sheet.body("Quoted", &message.quoted);
    sheet.0
}

fn people(sheet: &mut Sheet, message: &Message) {
    sheet.people("From", &message.from);
    sheet.people("Sender", message.sender.as_slice());
    sheet.people("Reply-To", &message.reply_to);
    sheet.people("To", &message.to);
    sheet.people("Cc", &message.cc);
    let path = match &message.return_path {
        None => "absent",
        Some(ReturnPath::Null) => "blank",
        Some(ReturnPath::Path(path)) => path,
    };
    sheet.field("Return path", path);
}

fn protection_words(protection: Protection) -> &'static str {
    match (protection.method, protection.encrypted) {
        (ProtectionMethod::SMime, true) => "encrypted with S/MIME; not read",
        (ProtectionMethod::OpenPgp, true) => "encrypted with OpenPGP; not read",
        (ProtectionMethod::SMime, false) => "signed with S/MIME; the signature is not verified",
        (ProtectionMethod::OpenPgp, false) => "signed with OpenPGP; the signature is not verified",
    }
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", line(text))
}

fn automatic(message: &Message) -> String {
    let what = match message.automatic {
        Automatic::No => "no",
        Automatic::AutoGenerated => "a program sent it of its own accord",
        Automatic::AutoReplied => "a program sent it in answer to another mail",
        Automatic::Bulk => "sent to many at once",
        Automatic::List => "came by a mailing list",
    };
    let reply = if message.no_reply_allowed { "; never answered" } else { "" };
    format!("{what}{reply}")
}

fn signs(message: &Message) -> String {
    let signs = message.automatic_signs.iter().map(|sign| {
        let weak = if sign.is_weak { " (weak)" } else { "" };
        format!("{}{weak}", sign.field)
    });
    signs.collect::<Vec<_>>().join(", ")
}

fn cuts(message: &Message) -> String {
    let cuts = message.cuts.iter().map(|cut| {
        format!("lines {} to {} by {}", cut.first_line, cut.last_line, cut.evidence.word().replace('_', " "))
    });
    let sureness = std::iter::once(message.reply_sureness.word().to_owned());
    sureness.chain(cuts).collect::<Vec<_>>().join("; ")
}

fn report_lines(report: &Report) -> String {
    let recipients = report.recipients.iter().map(|one| {
        let said = [one.action.as_deref(), one.status.as_deref(), one.smtp_code.as_deref()];
        let said: Vec<&str> = said.into_iter().flatten().collect();
        let lasting = if one.permanent { ", for good" } else { "" };
        format!("{}: {}{lasting}", one.address.as_deref().unwrap_or("somebody"), said.join(" "))
    });
    std::iter::once(report.kind.clone()).chain(recipients).collect::<Vec<_>>().join("; ")
}

fn attachments(sheet: &mut Sheet, attachments: &[Attachment]) {
    if attachments.is_empty() {
        return;
    }
    let heading = ["name", "type", "bytes", "", "SHA-256"].map(str::to_owned).to_vec();
    let rows = attachments.iter().map(|one| {
        let inline = one.inline.then_some("inline");
        let noticed = inline.into_iter().chain(one.marks.iter().map(|mark| mark.words()));
        vec![
            line(&one.name),
            line(&one.media_type),
            one.size.to_string(),
            noticed.collect::<Vec<_>>().join(", "),
            one.sha256.chars().take(16).collect(),
        ]
    });
    let rows: Vec<Vec<String>> = std::iter::once(heading).chain(rows).collect();
    sheet.heading("Attached");
    for row in columns(&rows, &[], &[2, 2, 2, 2]) {
        sheet.push(&format!("  {row}"));
    }
}

/// The text as it grows.
#[derive(Default)]
struct Sheet(String);

impl Sheet {
    fn push(&mut self, line: &str) {
        self.0.push_str(line.trim_end());
        self.0.push('\n');
    }

    fn field(&mut self, label: &str, value: &str) {
        self.push(&format!("{label:<LABEL_WIDTH$}{}", line(value)));
    }

    fn optional(&mut self, label: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.field(label, value);
        }
    }

    fn people(&mut self, label: &str, people: &[Mailbox]) {
        for mailbox in people {
            self.field(label, &mailbox.to_string());
        }
    }

    fn heading(&mut self, heading: &str) {
        self.push("");
        self.push(heading);
    }

    /// A body, line by line; nothing where it is empty.
    fn body(&mut self, heading: &str, text: &str) {
        if text.trim().is_empty() {
            return;
        }
        self.heading(heading);
        let lines: Vec<&str> = text.trim_end().lines().collect();
        for text in lines.iter().take(LINES_MAX) {
            self.push(&format!("  {}", indented(text)));
        }
        if lines.len() > LINES_MAX {
            self.push(&format!("  … and {} more", counted(lines.len() - LINES_MAX, "line")));
        }
    }
}

/// A line of a body with its indentation, made harmless.
fn indented(text: &str) -> String {
    let margin: String = text.chars().take_while(|c| *c == ' ').take(40).collect();
    margin + &line(text)
}

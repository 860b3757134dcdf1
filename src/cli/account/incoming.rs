//! The test of an account's mailbox: every step is shown, then the newest mail, and nothing is changed.

use super::outgoing::show;
use crate::adapters::incoming;
use crate::cli::output::{Out, one_line};
use crate::cli::{Exit, Format, Trouble};
use crate::message::Message;
use crate::ruleset::account::Account;
use serde_json::json;

/// So many lines of the mail are shown.
const LINES_MAX: usize = 20;

pub(super) fn run(
    account: &Account,
    subject: Option<&str>,
    format: Format,
    out: &mut Out,
) -> Result<Exit, Trouble> {
    match (incoming::probe(account, subject, &mut |step| show(&step, format, out)), format) {
        (Ok(mail), Format::Text) => {
            if let Some(mail) = mail {
                show_mail(&mail, out);
            }
            Ok(Exit::Done)
        }
        (Ok(mail), Format::Json) => {
            if let Some(mail) = mail {
                let from = mail.originator().map(|mailbox| mailbox.address.as_str());
                out.json_line(&json!({ "sender": from, "subject": mail.subject, "message": mail.text }));
            }
            Ok(Exit::Done)
        }
        // What failed was shown as a step.
        (Err(_), Format::Json) => Ok(Exit::CouldNotRun),
        (Err(failure), Format::Text) => Err(failure.into()),
    }
}

fn show_mail(mail: &Message, out: &mut Out) {
    let from = mail.originator().map_or("nobody that can be read", |mailbox| mailbox.address.as_str());
    out.line("");
    out.line(format_args!("from     {}", one_line(from)));
    out.line(format_args!("subject  {}", one_line(&mail.subject)));
    out.line("");
    let text = mail.text.as_deref().unwrap_or_default().trim_end();
    for line in text.lines().take(LINES_MAX) {
        out.line(one_line(line));
    }
    if text.lines().nth(LINES_MAX).is_some() {
        out.line("…");
    }
}

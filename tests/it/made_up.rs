//! Mails made up of some fields and a text, and what is told of the recipients of a report.

use postroom::message::{Message, ReportRecipient};

/// A mail to the desk with these fields and this text.
pub(crate) fn read(header: &str, body: &str) -> Message {
    let mail = format!("To: desk@example.com\n{header}\n\n{body}");
    Message::read(mail.replace('\n', "\r\n").as_bytes())
}

/// `address action status code for good`, a recipient a line.
pub(crate) fn told(header: &str, body: &str) -> String {
    let Some(report) = read(header, body).report else { return "no report".to_owned() };
    let line = |one: &ReportRecipient| {
        let word = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".to_owned());
        let end = if one.permanent { "for good" } else { "for now" };
        let (address, action) = (word(&one.address), word(&one.action));
        format!("{address} {action} {} {} {end}", word(&one.status), word(&one.smtp_code))
    };
    report.recipients.iter().map(line).collect::<Vec<_>>().join("\n")
}

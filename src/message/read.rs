//! The order in which a mail is read.

use super::header::{self, Fields};
use super::mailboxes::{self, Writing};
use super::mime::{self, Tree};
use super::quotation::{self, Containers, Portions, Structure};
use super::raw_letters::RawLetters;
use super::report::{self, Evidence};
use super::signs::{self, Sight};
use super::subject::{self, Subject};
use super::{
    CutEvidence, Defects, Limits, Message, Sureness, attached, authentication, automatic, encrypted,
    line_breaks, parts,
};
use crate::vocab::{Automatic, Mailbox, ReturnPath};
use std::iter;

/// Fields of which a mail has at least one (RFC 5322 §3.6, RFC 2045 §3).
const MAIL_FIELDS: [&str; 16] = [
    "from",
    "to",
    "subject",
    "date",
    "received",
    "message-id",
    "return-path",
    "sender",
    "reply-to",
    "cc",
    "bcc",
    "mime-version",
    "content-type",
    "delivered-to",
    "in-reply-to",
    "references",
];
/// The name of this system's own loop marker (SPEC G4).
const LOOP_FIELD: &str = "x-postroom-loop";
/// The most loop marks that are kept.
const LOOP_MARKS_MAX: usize = 50;
/// The most bytes that are read; sizes and places within a mail are counted in 32 bits by what is below.
const BYTES_MAX: usize = 1 << 31;

/// Reads a mail.
pub(super) fn read(raw: &[u8], limits: &Limits) -> Message {
    let mut message = blank(raw);
    let mut defects = Defects::default();
    let bytes = raw.get(..BYTES_MAX).unwrap_or(raw);
    if bytes.len() < raw.len() {
        defects.add("the mail is longer than is read");
    }
    let on_line_feeds = line_breaks::with_line_feeds(bytes);
    let bytes = on_line_feeds.as_ref();
    let start = header_start(bytes);
    let fields = Fields::read(bytes, start, limits.header_bytes_max).at_most(limits.header_fields_max);
    let is_mail =
        fields.iter().any(|field| MAIL_FIELDS.iter().any(|name| field.name.eq_ignore_ascii_case(name)));
    if !is_mail {
        defects.add(if start == bytes.len() { "the mail is empty" } else { "it has no header of a mail" });
        fields.judge_length(&mut defects);
        message.defects = defects.0;
        return message;
    }
    message.is_mail = true;
    if memchr::memchr(0, bytes).is_some() {
        defects.add("it holds NUL characters; they are left out of every text");
    }
    judge_header(&fields, &mut defects);
    let letters = RawLetters::of(&fields, bytes);
    read_people(&fields, &letters, &mut message, &mut defects);
    read_identity(&fields, &mut message, &mut defects);
    let marks = read_subject(&fields, &letters, &mut message, &mut defects);
    let tree = mime::walk(bytes, fields.about_content(), limits, &mut defects);
    read_body(&tree, &marks, &mut message, limits, &mut defects);
    encrypted::keep_whole(raw, &tree, &mut message, limits);
    read_origin(&fields, &tree, &marks, &mut message);
    message.defects = defects.0;
    message
}

/// Where the header begins: behind white space and the mark that some programs write before UTF-8.
fn header_start(bytes: &[u8]) -> usize {
    let behind_space = |from: usize| {
        let mut rest = bytes.iter().skip(from);
        rest.position(|byte| !byte.is_ascii_whitespace()).map_or(bytes.len(), |space| from + space)
    };
    let start = behind_space(0);
    let has_mark = bytes.get(start..).is_some_and(|rest| rest.starts_with("\u{feff}".as_bytes()));
    if has_mark { behind_space(start + "\u{feff}".len()) } else { start }
}

fn blank(raw: &[u8]) -> Message {
    Message {
        from: Vec::new(),
        sender: None,
        reply_to: Vec::new(),
        to: Vec::new(),
        cc: Vec::new(),
        delivered_to: Vec::new(),
        authentication_results: Vec::new(),
        return_path: None,
        subject: String::new(),
        base_subject: String::new(),
        is_reply: false,
        message_id: None,
        in_reply_to: None,
        references: Vec::new(),
        date: None,
        text: None,
        html: None,
        reply_portion: String::new(),
        quoted: String::new(),
        signature: String::new(),
        cuts: Vec::new(),
        reply_sureness: Sureness::Certain,
        attachments: Vec::new(),
        automatic: Automatic::No,
        automatic_signs: Vec::new(),
        no_reply_allowed: false,
        is_multipart_report: false,
        loop_marks: Vec::new(),
        report: None,
        protection: None,
        size: raw.len() as u64,
        is_mail: false,
        defects: Vec::new(),
    }
}

fn judge_header(fields: &Fields<'_>, defects: &mut Defects) {
    if fields.has_junk {
        defects.add("the header holds lines that are no fields");
    }
    if fields.lacks_empty_line {
        defects.add("no empty line stands between header and text");
    }
    for name in ["From", "Subject", "Date", "Message-ID", "Sender"] {
        if fields.all(name).nth(1).is_some() {
            let taken = if name == "From" { "the first that can be used" } else { "the first" };
            defects.add(&format!("`{name}` is there more than once; {taken} is taken"));
        }
    }
}

fn read_people(fields: &Fields<'_>, letters: &RawLetters, message: &mut Message, defects: &mut Defects) {
    let mut writing_of_from = Writing::Sound;
    for body in fields.all("from") {
        (message.from, writing_of_from) = people(iter::once(body), letters, "From", defects);
        if !message.from.is_empty() {
            break;
        }
    }
    if fields.first("from").is_none() {
        defects.add("`From` is missing");
    } else if message.from.is_empty() {
        defects.add("`From` names no usable address");
    }
    message.sender =
        people(fields.first("sender").into_iter(), letters, "Sender", defects).0.into_iter().next();
    message.reply_to = people(fields.first("reply-to").into_iter(), letters, "Reply-To", defects).0;
    message.to = people(fields.all("to"), letters, "To", defects).0;
    message.cc = people(fields.all("cc"), letters, "Cc", defects).0;
    let mut delivered = Vec::new();
    for body in fields.all("delivered-to").chain(fields.all("x-original-to")) {
        let _writing = mailboxes::read(body, &mut delivered);
    }
    message.delivered_to = delivered.into_iter().map(|mailbox| mailbox.address).collect();
    // what a server made of a field that is written wrongly nobody knows
    if writing_of_from == Writing::Sound {
        message.authentication_results = authentication::results(fields);
    }
    message.return_path = fields.first("return-path").map(header::return_path);
}

fn people<'x>(
    bodies: impl Iterator<Item = &'x [u8]>,
    letters: &RawLetters,
    name: &str,
    defects: &mut Defects,
) -> (Vec<Mailbox>, Writing) {
    let (mut found, mut writing) = (Vec::new(), Writing::Sound);
    for body in bodies {
        writing = writing.max(mailboxes::read(&letters.read(body), &mut found));
    }
    match writing {
        Writing::Sound => {}
        Writing::Wrong => {
            defects.add(&format!("`{name}` is written wrongly; what it can only mean was taken"));
        }
        Writing::Unusable => defects.add(&format!("`{name}` holds an address that cannot be used")),
    }
    (found, writing)
}

fn read_identity(fields: &Fields<'_>, message: &mut Message, defects: &mut Defects) {
    message.message_id = fields.first("message-id").and_then(|body| header::ids(body).into_iter().next());
    message.in_reply_to = fields.first("in-reply-to").and_then(|body| header::ids(body).into_iter().next());
    message.references = fields.first("references").map(header::ids).unwrap_or_default();
    message.date = fields.first("date").and_then(header::date);
    if message.date.is_none() && fields.first("date").is_some() {
        defects.add("`Date` cannot be read");
    }
    message.loop_marks = fields
        .all(LOOP_FIELD)
        .take(LOOP_MARKS_MAX)
        .map(header::text)
        .filter(|mark| !mark.is_empty())
        .collect();
}

fn read_subject(
    fields: &Fields<'_>,
    letters: &RawLetters,
    message: &mut Message,
    defects: &mut Defects,
) -> Subject {
    match fields.first("subject") {
        Some(body) => message.subject = header::text(&letters.read(body)),
        None => defects.add("`Subject` is missing"),
    }
    let marks = subject::take_apart(&message.subject);
    message.base_subject.clone_from(&marks.base);
    message.is_reply =
        marks.has_reply_mark || message.in_reply_to.is_some() || !message.references.is_empty();
    marks
}

fn read_body(
    tree: &Tree<'_>,
    marks: &Subject,
    message: &mut Message,
    limits: &Limits,
    defects: &mut Defects,
) {
    let mut contents = parts::read(tree, limits, defects);
    let containers = match contents.html.as_deref().map(|html| Containers::find(html, limits)) {
        Some(Err(sentence)) => {
            defects.add(sentence);
            contents.html = None;
            Containers::default()
        }
        found => found.and_then(Result::ok).unwrap_or_default(),
    };
    let text = contents.text.as_deref().unwrap_or_default();
    let portions = if marks.is_forward {
        quotation::keep_whole(text)
    } else {
        let html = contents.html.as_deref().unwrap_or_default();
        let portions =
            quotation::split(text, &Structure::of(&containers, html, text, contents.places.as_ref()));
        if message.is_reply || !shows_other_mail(&portions) {
            portions
        } else {
            Portions { sureness: Sureness::Doubtful, ..quotation::keep_whole(text) }
        }
    };
    take_portions(message, portions);
    message.protection = contents.protection;
    (message.text, message.html, message.attachments) = (contents.text, contents.html, contents.attachments);
    attached::bound(message, limits, defects);
    attached::mark(message);
}

/// Whether what is quoted bears a header of its own, as what is forwarded does: a mail that answers none shows it on purpose.
fn shows_other_mail(portions: &Portions) -> bool {
    portions.cuts.iter().any(|cut| match cut.evidence {
        CutEvidence::HeaderBlock | CutEvidence::OriginalMessage => true,
        // a container marks it as well, and programs put one around what is forwarded
        CutEvidence::HtmlContainer => quotation::begins_with_header(&portions.quoted),
        _ => false,
    })
}

/// Enters what is whose words.
pub(super) fn take_portions(message: &mut Message, portions: Portions) {
    (message.reply_portion, message.quoted, message.signature) =
        (portions.reply, portions.quoted, portions.signature);
    (message.cuts, message.reply_sureness) = (portions.cuts, portions.sureness);
}

fn read_origin(fields: &Fields<'_>, tree: &Tree<'_>, marks: &Subject, message: &mut Message) {
    message.is_multipart_report = tree.media_type == "multipart/report";
    let return_path: Option<&ReturnPath> = message.return_path.as_ref();
    let origin = automatic::judge(fields, return_path, message.is_multipart_report);
    message.report = report::read(&Evidence {
        fields,
        tree,
        from: message.from.first().or(message.sender.as_ref()),
        return_path,
        subject: &message.subject,
        has_reply_mark: marks.has_reply_mark,
        is_forward: marks.is_forward,
        own_words: &message.reply_portion,
        has_signature: !message.signature.trim().is_empty(),
        text: message.text.as_deref().unwrap_or_default(),
    });
    message.automatic_signs = signs::collect(&Sight {
        fields,
        tree,
        return_path,
        subject: &message.subject,
        has_reply_mark: marks.has_reply_mark,
        has_words: !message.reply_portion.trim().is_empty(),
        has_quote: !message.quoted.trim().is_empty(),
        own_words: &message.reply_portion,
        text: message.text.as_deref().unwrap_or_default(),
    });
    let is_answer = message.automatic_signs.iter().any(|sign| {
        use super::signs::AutomaticKind::{Answer, CalendarReply, Challenge};
        !sign.is_weak && matches!(sign.kind, Answer | CalendarReply | Challenge)
    });
    let is_aggregate = message
        .automatic_signs
        .iter()
        .any(|sign| !sign.is_weak && sign.kind == super::signs::AutomaticKind::Report);
    message.automatic = match origin.automatic {
        Automatic::No if is_aggregate => Automatic::AutoGenerated,
        Automatic::No if message.report.is_some() || is_answer => Automatic::AutoReplied,
        automatic => automatic,
    };
    message.no_reply_allowed =
        origin.no_reply_allowed || message.report.is_some() || is_answer || is_aggregate;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn header_whose_known_fields_stand_beyond_the_limit_is_said_to_be_too_long() {
        let raw = format!("{}From: uma@example.com\n\nHello\n", "X-Relay: a\n".repeat(9));
        for (bytes_max, fields_max, defect) in
            [(50, 100, super::super::HEADER_BEYOND), (1_000, 9, super::super::FIELDS_BEYOND)]
        {
            let limits =
                Limits { header_bytes_max: bytes_max, header_fields_max: fields_max, ..Limits::default() };
            assert_eq!(read(raw.as_bytes(), &limits).defects, ["it has no header of a mail", defect]);
        }
    }

    #[test]
    fn first_field_is_read_behind_the_mark_of_utf_8() {
        for (before, is_mail) in
            [("", true), ("\u{feff}", true), ("\n\u{feff}\n", true), ("\u{feff}\u{feff}", false)]
        {
            let message = read(format!("{before}From: uma@example.com\n\nHi").as_bytes(), &Limits::default());
            assert_eq!((message.from.len() == 1, message.is_mail), (is_mail, is_mail), "{before:?}");
        }
        assert!(!read("\u{feff}".as_bytes(), &Limits::default()).is_mail);
    }

    #[test]
    fn u9_a_new_mail_that_shows_another_one_in_html_stays_whole() {
        const SHOWN: &str = "<b>From:</b> Ana Lyst &lt;ana@example.com&gt;<br><b>Sent:</b> Monday, 2 March 2026 10:11<br>\
            <b>To:</b> Uma User<br><b>Subject:</b> VPN<br><br>It is down.";
        for (more, shown, reply) in [
            ("", format!("<div id=divRplyFwdMsg>{SHOWN}</div>"), "It is down."),
            (
                "",
                format!("<div style='border:none;border-top:solid #E1E1E1 1.0pt'>{SHOWN}</div>"),
                "It is down.",
            ),
            // an answer is cut, and so is a quotation that bears no header
            (
                "In-Reply-To: <1@example.com>\n",
                format!("<div id=divRplyFwdMsg>{SHOWN}</div>"),
                "Who wrote this?",
            ),
            (
                "",
                "<div class=gmail_quote>Ana Lyst wrote:<blockquote>It is down.</blockquote></div>".into(),
                "Who wrote this?",
            ),
        ] {
            let raw = format!(
                "From: uma@example.com\nSubject: Odd mail\n{more}Content-Type: text/html\n\n<p>Who wrote this?</p>{shown}\n"
            );
            let message = read(raw.as_bytes(), &Limits::default());
            assert!(message.reply_portion.trim_end().ends_with(reply), "{raw}\n{}", message.reply_portion);
        }
    }

    #[test]
    fn u9_a_plain_form_that_speaks_of_html_is_cut_by_its_own_lines() {
        let raw = "From: uma@example.com\nContent-Type: multipart/alternative; boundary=b\n\n--b\n\
                   Content-Type: text/plain\n\nThe HTML page\nis broken.\nIt shows\nnothing.\n\nAna Lyst:\nDoes it work?\n--b\n\
                   Content-Type: text/html\n\n<div>The HTML page is broken. It shows nothing.</div>\
                   <div class=gmail_quote>Ana Lyst:<br>Does it work?</div>\n--b--\n";
        let message = read(raw.as_bytes(), &Limits::default());
        assert_eq!(message.reply_portion, "The HTML page\nis broken.\nIt shows\nnothing.");
        assert_eq!(message.quoted, "Ana Lyst:\nDoes it work?");
    }
}

//! Bounces in no standard form, and the codes that stand in the words of any bounce.

use super::super::{automatic, responder};
use super::code::{CODES, enhanced_status, smtp_code};
use super::prose::{self, Openings};
use super::{
    Evidence, Report, ReportRecipient, after_type, innocent, notification, original, refusal, sender, shape,
    status, stranger,
};
use crate::vocab::ReturnPath;

/// Words behind which a bounce repeats the mail that it is about.
const ORIGINAL_MARKS: [&str; 13] = [
    "----- unsent message follows",
    "------- returned message",
    "-------original message",
    "-------original mail info",
    "--- below this line is a copy of the message",
    "------ this is a copy of the message",
    "original message follows",
    "----- original message",
    "-----original message",
    "--- original message",
    "original message headers",
    "the header of the original message",
    "message header follows",
];
/// Lines that say no more than that the mail follows.
const ORIGINAL_LINES: [&str; 6] = [
    "original message",
    "original message follows",
    "original message as received is as follows",
    "message headers follow",
    "below is a copy of the original message",
    "included is a copy of the message header",
];
/// What stands alone above the reason in the bounces of Domino, in lower case and without its colon.
const REASON_LEADS: [&str; 14] = [
    "because",
    "wegen",
    "weil",
    "aus folgendem grund",
    "pour la raison suivante",
    "car",
    "porque",
    "por la siguiente razón",
    "a causa di",
    "perché",
    "omdat",
    "por que",
    "eftersom",
    "理由",
];
/// The most characters of a word before a sender.
const LABEL_CHARS_MAX: usize = 20;
/// The most bytes of a line in which such words are looked for.
const MARK_BYTES_MAX: usize = 200;
/// How much of the text is searched.
pub(super) const TEXT_BYTES_MAX: usize = 32 * 1024;

/// A bounce in no standard form: from a mail server, no answer, with a subject of the kind or a list of
/// failed recipients, and a reason in its text. A sender that is known by the blank return path alone may be any
/// program: it has to say that mail could not be delivered. A name that people share with servers needs a proof.
pub(super) fn recognise(evidence: &Evidence<'_, '_>) -> Option<Report> {
    if !sender::is_from_server(evidence) {
        return None;
    }
    let text = own_text(evidence.text, TEXT_BYTES_MAX);
    let is_passed_on = evidence.has_reply_mark || evidence.is_forward;
    // some servers answer the mail under its own subject; people have no such name, nor a blank path
    let is_certain = || sender::is_daemon(evidence) && evidence.return_path == Some(&ReturnPath::Null);
    if is_passed_on && !is_certain() && !is_transcript(evidence, text) {
        return None;
    }
    let look = Look::at(evidence, text);
    let is_told = || stranger::is_one(evidence);
    if !(look.is_of_interest() || is_told())
        || !sender::is_daemon(evidence) && innocent::repeats_somebody(text)
    {
        return None;
    }
    let recipients = recipients(evidence, text);
    let found = Found::of(&recipients, text);
    let is_one =
        || look.is_about_mail(evidence, &found) && look.has_reason(evidence, &found) && is_proven(evidence);
    (is_one() || is_told()).then(|| super::report("delivery-status", recipients))
}

/// What a mail shows at first sight.
#[expect(clippy::struct_excessive_bools, reason = "each is a sign of its own")]
struct Look {
    lists_failures: bool,
    says_so: bool,
    /// Its subject is of the kind, or one of an answer above a transcript.
    has_subject: bool,
    is_named: bool,
    /// Under such a name and path nothing else is written about.
    is_certain: bool,
    /// Its text names a reason for which mail does not arrive.
    names_reason: bool,
}

/// What its text says of recipients.
struct Found<'t> {
    own: &'t str,
    has_address: bool,
    has_code: bool,
    has_status_and_code: bool,
    openings: Openings,
}

impl Look {
    fn at(evidence: &Evidence<'_, '_>, text: &str) -> Self {
        let is_named = sender::is_named_server(evidence);
        let is_in_subject = refusal::is_in_subject(evidence.subject);
        let names_reason = refusal::names_reason(text);
        // some programs say in the subject alone that it did not arrive
        let is_without_words = || {
            is_in_subject
                && names_reason
                && evidence.return_path == Some(&ReturnPath::Null)
                && !sender::has_personal_name(evidence)
        };
        Self {
            lists_failures: evidence.fields.first("x-failed-recipients").is_some(),
            says_so: refusal::is_said(text) || is_without_words(),
            has_subject: evidence.has_reply_mark || evidence.is_forward || is_in_subject,
            is_named,
            is_certain: is_named && sender::is_certain_server(evidence),
            names_reason,
        }
    }

    fn is_of_interest(&self) -> bool {
        self.lists_failures || self.says_so || self.has_subject || self.is_certain
    }

    /// Programs without the name of a mail server send other mail with a blank return path, too.
    fn is_about_mail(&self, evidence: &Evidence<'_, '_>, found: &Found<'_>) -> bool {
        if self.is_named || self.lists_failures {
            return true;
        }
        let names_somebody = || !found.openings.addresses().is_empty() || original::is_returned(evidence);
        let is_answer =
            || automatic::is_answer(evidence.fields) || responder::in_subject(evidence.subject).is_some();
        let says_so = || self.says_so && names_somebody() && !innocent::speaks_of_goods(found.own);
        let shows_codes =
            || found.has_status_and_code && found.has_address && !sender::is_telephone(evidence);
        !is_answer() && (says_so() || shows_codes())
    }

    fn has_reason(&self, evidence: &Evidence<'_, '_>, found: &Found<'_>) -> bool {
        let names_somebody = !found.openings.addresses().is_empty();
        self.lists_failures
            || self.says_so
            || self.has_subject && found.has_code
            || self.is_certain && (found.openings.has_verdict || found.has_status_and_code)
            || sender::is_daemon(evidence)
                && (found.has_code && names_somebody
                    || self.names_reason && (names_somebody || original::is_returned(evidence)))
            || self.has_subject && found.has_address && (self.is_certain || original::is_returned(evidence))
    }
}

impl<'t> Found<'t> {
    fn of(recipients: &[ReportRecipient], text: &'t str) -> Self {
        let has = |holds: fn(&ReportRecipient) -> bool| recipients.iter().any(holds);
        Self {
            own: text,
            has_address: has(|one| one.address.is_some()),
            has_code: has(|one| one.status.is_some() || one.smtp_code.is_some()),
            has_status_and_code: has(|one| one.status.is_some() && one.smtp_code.is_some()),
            openings: Openings::read(text),
        }
    }
}

/// Whom a bounce is about. Fields say more than prose, and those of a report that is only passed on more than nothing.
fn recipients(evidence: &Evidence<'_, '_>, text: &str) -> Vec<ReportRecipient> {
    let recipients = prose::recipients(evidence);
    let fields = if recipients.iter().all(is_unknown) { evidence.text } else { text };
    status::in_text(fields, evidence).unwrap_or(recipients)
}

/// Whether nothing is known of a recipient.
fn is_unknown(recipient: &ReportRecipient) -> bool {
    recipient.address.is_none() && recipient.status.is_none() && recipient.smtp_code.is_none()
}

/// Whether more than a name shows that a server wrote: its path or its header, or what only servers write, outside of
/// anything quoted. People speak of codes, too, and give mail back, and their mail has a path to them.
pub(super) fn is_proven(evidence: &Evidence<'_, '_>) -> bool {
    if sender::is_certain_server(evidence) || sender::is_marked(evidence) || stranger::is_one(evidence) {
        return true;
    }
    let own = own_text(evidence.own_words, TEXT_BYTES_MAX);
    if sender::has_personal_name(evidence) || repeats_a_bounce(own) {
        return false;
    }
    let has_verdict = Openings::read(own).has_verdict;
    // a postmaster shows such a line, too, in what he writes to somebody
    if innocent::greets_somebody(own) && !original::is_returned(evidence) {
        return false;
    }
    if evidence.return_path.is_some() {
        return has_verdict && (original::is_returned(evidence) || !innocent::greets(own));
    }
    let speaks_of_codes =
        || own.lines().any(|line| enhanced_status(line).is_some() || smtp_code(line, None).is_some());
    has_verdict || original::is_returned(evidence) || speaks_of_codes() || gives_reason_below(own)
}

/// Whether a text has the form of Domino: recipients on lines of their own, and below them, on a line of its own, a word that
/// leads to the reason.
pub(super) fn gives_reason_below(text: &str) -> bool {
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let is_alone = |line: &str| shape::address_at(line).is_some_and(|(_, rest)| rest.trim().is_empty());
    let leads = |line: &str| {
        let word = line.strip_suffix([':', '：']).map(str::trim_end).unwrap_or_default().to_lowercase();
        REASON_LEADS.contains(&word.as_str())
    };
    let mut above = "";
    lines.any(|line| is_alone(std::mem::replace(&mut above, line)) && leads(line))
}

/// Whether a text names a mail server as the sender of something that it repeats, as forwarded mail does.
fn repeats_a_bounce(text: &str) -> bool {
    text.lines().any(|line| {
        line.split_once([':', '：']).is_some_and(|(label, sender)| {
            let sender =
                sender.get(..sender.floor_char_boundary(MARK_BYTES_MAX)).unwrap_or(sender).to_lowercase();
            label.trim().chars().count() <= LABEL_CHARS_MAX
                && (sender.contains("mailer-daemon@") || sender.contains("mail delivery s"))
        })
    })
}

/// Whether the text repeats what was said between servers: some give the mail back under its own subject, with `Re:`.
fn is_transcript(evidence: &Evidence<'_, '_>, text: &str) -> bool {
    let says = |words: &str| {
        text.lines()
            .any(|line| line.trim().get(..words.len()).is_some_and(|start| start.eq_ignore_ascii_case(words)))
    };
    let has_code = text
        .lines()
        .any(|line| notification::code_at_start(line).is_some_and(|code| CODES.contains(&code.as_str())));
    sender::is_named_server(evidence) && has_code && says("mail from:") && says("rcpt to:")
}

/// What the server itself says, without the mail that it repeats; at most so many bytes.
pub(super) fn own_text(text: &str, bytes_max: usize) -> &str {
    let text = whole_lines(text, bytes_max);
    let mut length = 0;
    for line in text.split_inclusive('\n') {
        let start = line.trim_start();
        let start = start.get(..start.floor_char_boundary(MARK_BYTES_MAX)).unwrap_or(start);
        let lower = start.trim_end().to_ascii_lowercase();
        if lower.starts_with('-') && ORIGINAL_MARKS.iter().any(|mark| lower.starts_with(mark)) {
            break;
        }
        if lower.starts_with("received:") || lower.starts_with("return-path:") || line.starts_with("From ") {
            break;
        }
        if ORIGINAL_LINES.contains(&lower.trim_end_matches(['.', ':', ' '])) {
            break;
        }
        length += line.len();
    }
    text.get(..length).unwrap_or(text)
}

/// The beginning of a text, without the line that the limit cuts through, unless it is the first.
fn whole_lines(text: &str, bytes_max: usize) -> &str {
    let start = text.get(..text.floor_char_boundary(bytes_max)).unwrap_or(text);
    let end = if start.len() < text.len() { start.rfind('\n').map(|end| end + 1) } else { None };
    start.get(..end.unwrap_or(start.len())).unwrap_or(start)
}

/// The SMTP code that stands in a bounce's own words.
pub(super) fn code_in_text(text: &str, class: Option<char>) -> Option<String> {
    own_text(text, TEXT_BYTES_MAX).lines().find_map(|line| smtp_code(&after_type(line), class))
}

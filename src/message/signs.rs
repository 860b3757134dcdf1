//! What shows that a program wrote a mail, sign by sign, and of which kind it is.
//!
//! Headers come first (RFC 3834 §5, RFC 2369, RFC 2919, and what vendors write). What a subject says is a weak sign:
//! people write about their absence, too. It counts where the mail answers another one and yet bears no reply mark, which is
//! how responders write and mail programs do not; where it says that a program answered, and says no more but the subject
//! that is answered; and where no mail program is named and nothing quoted, as people do.

use super::answering;
use super::automatic::{LIST_FIELDS, PROGRAM_FIELDS};
use super::header::Fields;
use super::mime::Tree;
use super::responder;
use super::{acknowledgement, client};
use crate::vocab::ReturnPath;
use serde::{Deserialize, Serialize};

/// One sign that a program wrote a mail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct AutomaticSign {
    /// Of which kind of mail it is a sign.
    pub kind: AutomaticKind,
    /// The header field that shows it, in lower case, or `subject`, or `text`, or the media type of a part.
    pub field: String,
    /// A person may have written the same: it decides nothing by itself.
    pub is_weak: bool,
}

/// Kinds of mail that programs write.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum AutomaticKind {
    /// An answer by a program: somebody is away, or a desk has received something.
    Answer,
    /// An answer to an invitation.
    CalendarReply,
    /// It asks the sender to prove that a person wrote.
    Challenge,
    /// A report about another mail.
    Report,
    /// It came by a mailing list.
    List,
    /// It was sent to many at once.
    Bulk,
    /// A program wrote it of its own accord.
    Generated,
    /// Whoever sent it wants no automatic answer.
    NoAnswerWanted,
    /// It has a blank return path.
    NullSender,
}

/// Fields that only programs write which ask for a proof of humanity.
const CHALLENGE_FIELDS: [&str; 8] = [
    "x-boxbe-challenge",
    "x-tmda-confirm",
    "x-spamarrest-challenge",
    "x-ask-auth",
    "x-qurb-challenge",
    "x-mailblocks-challenge",
    "x-choicemail-registration-request",
    "x-uol-antispam-challenge",
];
/// How responders call themselves in `X-Mailer` or `User-Agent`, in lower case.
const RESPONDERS: [&str; 11] = [
    "vacation",
    "autorespon",
    "auto-respon",
    "auto respon",
    "autoreply",
    "auto-reply",
    "out-of-office",
    "out of office",
    "gnarwl",
    "goldfish",
    "tmda",
];
/// The most bytes of a calendar part that are read.
const CALENDAR_BYTES_MAX: usize = 16 * 1024;

/// What is known of a mail when it is asked for signs.
pub(super) struct Sight<'m, 'x> {
    pub(super) fields: &'m Fields<'x>,
    pub(super) tree: &'m Tree<'x>,
    pub(super) return_path: Option<&'m ReturnPath>,
    pub(super) subject: &'m str,
    pub(super) has_reply_mark: bool,
    /// Somebody wrote a text of his own.
    pub(super) has_words: bool,
    /// It quotes another mail.
    pub(super) has_quote: bool,
    pub(super) text: &'m str,
    /// The text without what it quotes.
    pub(super) own_words: &'m str,
}

/// All signs, headers first.
pub(super) fn collect(sight: &Sight<'_, '_>) -> Vec<AutomaticSign> {
    let mut signs = Vec::new();
    let mut add = |kind, field: &str, is_weak| {
        signs.push(AutomaticSign { kind, field: field.to_owned(), is_weak });
    };
    for (kind, field) in in_header(sight.fields) {
        add(kind, &field, false);
    }
    if sight.return_path == Some(&ReturnPath::Null) {
        add(AutomaticKind::NullSender, "return-path", false);
    }
    if sight.tree.media_type == "multipart/report" {
        add(AutomaticKind::Report, "content-type", false);
    }
    if is_calendar_reply(sight.tree) {
        add(AutomaticKind::CalendarReply, "text/calendar", sight.has_words);
    }
    let answers = ["in-reply-to", "references"].iter().any(|name| sight.fields.first(name).is_some());
    if answers && !sight.has_reply_mark && responder::is_receipt(sight.subject, sight.text) {
        add(AutomaticKind::Answer, "subject", false);
    }
    let is_personal = sight.has_quote || client::is_named(sight.fields);
    if answers && !is_personal && acknowledgement::is_one(sight.own_words) {
        add(AutomaticKind::Answer, "text", false);
    }
    if !sight.has_reply_mark && !sight.has_quote && is_absence_of_notes(sight) {
        add(AutomaticKind::Answer, "text", false);
    }
    if !sight.has_reply_mark && !is_personal && responder::is_aggregate(sight.subject) {
        add(AutomaticKind::Report, "subject", false);
    }
    let said = if sight.has_reply_mark { None } else { responder::in_subject(sight.subject) };
    if let Some((kind, is_plain)) = said {
        // Notes names itself in the answers that it gives for its users
        let is_from_notes = !sight.has_quote && sight.subject.starts_with("AUTO:");
        add(kind, "subject", !answers || !is_plain || is_personal && !is_from_notes);
    }
    signs
}

/// Whether Notes says that somebody is away, in a mail that names none which it answers: by its subject and by a note below
/// what that person has to say. Whoever writes with another program has copied it.
fn is_absence_of_notes(sight: &Sight<'_, '_>) -> bool {
    let is_notes =
        || sight.fields.text("x-mailer").is_some_and(|name| name.to_ascii_lowercase().contains("notes"));
    responder::is_marked_answer(sight.subject)
        && (!client::is_named(sight.fields) || is_notes())
        && (responder::speaks_of_absence(sight.subject) || !asks_unquoted(sight.text))
        && !sight.text.lines().any(|line| line.trim_start().starts_with('>'))
        && acknowledgement::stands_in(sight.text)
}

/// Whether a question is asked outside of quotation marks.
fn asks_unquoted(text: &str) -> bool {
    let is_mark = |c: char| matches!(c, '"' | '„' | '“' | '”' | '«' | '»');
    text.split(is_mark).step_by(2).any(|piece| piece.contains(['?', '？', '؟']))
}

/// Signs that only a program can set.
fn in_header(fields: &Fields<'_>) -> Vec<(AutomaticKind, String)> {
    use AutomaticKind::{Answer, Bulk, Challenge, Generated, List, NoAnswerWanted};
    let text = |name| fields.text(name).unwrap_or_default().to_ascii_lowercase();
    let is_there = |name: &&str| fields.first(name).is_some();
    let mut found = Vec::new();
    let submitted = text("auto-submitted");
    if !submitted.is_empty() && !submitted.starts_with("no") {
        found
            .push((if submitted.starts_with("auto-replied") { Answer } else { Generated }, "auto-submitted"));
    }
    found.extend(answering_precedence(fields).map(|name| (Answer, name)));
    match text("precedence").as_str() {
        "list" => found.push((List, "precedence")),
        "bulk" | "junk" => found.push((Bulk, "precedence")),
        _ => {}
    }
    found.extend(responder(fields).map(|name| (Answer, name)));
    found.extend(CHALLENGE_FIELDS.into_iter().filter(is_there).map(|name| (Challenge, name)));
    let lists = ["list-id"].into_iter().chain(LIST_FIELDS);
    found.extend(lists.filter(is_there).map(|name| (List, name)));
    found.extend(PROGRAM_FIELDS.into_iter().filter(is_there).map(|name| (Generated, name)));
    if fields.first("list-unsubscribe").is_some() {
        found.push((Bulk, "list-unsubscribe"));
    }
    let unwanted = text("x-auto-response-suppress");
    if !unwanted.is_empty() && unwanted != "none" {
        found.push((NoAnswerWanted, "x-auto-response-suppress"));
    }
    let own = answering::fields(fields).map(|name| (Answer, name));
    own.chain(found.into_iter().map(|(kind, name)| (kind, name.to_owned()))).collect()
}

/// The field in which a responder gives its name.
pub(super) fn responder(fields: &Fields<'_>) -> Option<&'static str> {
    let is_delivered_by_one =
        || fields.all("delivered-to").any(|body| body.trim_ascii().eq_ignore_ascii_case(b"autoresponder"));
    ["x-mailer", "user-agent", "x-delivery-agent", "x-post-messageclass"]
        .into_iter()
        .find(|name| {
            fields.text(name).is_some_and(|program| {
                let program = program.to_lowercase();
                RESPONDERS.iter().any(|known| program.contains(known))
            })
        })
        .or_else(|| is_delivered_by_one().then_some("delivered-to"))
}

/// The field that gives a mail the precedence of an answer by a program.
pub(super) fn answering_precedence(fields: &Fields<'_>) -> Option<&'static str> {
    ["precedence", "x-precedence"].into_iter().find(|name| {
        let precedence = fields.text(name).unwrap_or_default();
        precedence.to_ascii_lowercase().replace(['-', '_'], "") == "autoreply"
    })
}

/// A part `text/calendar` that answers an invitation, be it by another time (RFC 5546 §3.2.3 and §3.2.7).
fn is_calendar_reply(tree: &Tree<'_>) -> bool {
    tree.parts.iter().filter(|part| part.is("text/calendar")).take(4).any(|part| {
        let bytes = part.first_bytes(CALENDAR_BYTES_MAX);
        bytes.split(|byte| *byte == b'\n').any(|line| {
            let line = line.trim_ascii();
            line.eq_ignore_ascii_case(b"METHOD:REPLY") || line.eq_ignore_ascii_case(b"METHOD:COUNTER")
        })
    })
}

#[cfg(test)]
mod tests {
    use super::super::Message;
    use super::*;
    use crate::vocab::Automatic;

    fn read(header: &str, body: &str) -> Message {
        Message::read(format!("From: uma@example.com\r\n{header}\r\n\r\n{body}").as_bytes())
    }

    fn check(header: &str, sign: Option<(AutomaticKind, bool)>, automatic: Automatic) {
        let message = read(header, "I am away until Monday.");
        let found = message.automatic_signs.first().map(|sign| (sign.kind, sign.is_weak));
        assert_eq!((found, message.automatic), (sign, automatic), "{header}");
    }

    #[test]
    fn headers_of_responders_are_signs_of_an_answer() {
        for header in [
            "Auto-Submitted: auto-replied",
            "X-Autoreply: yes",
            "X-Autorespond: on holiday",
            "Precedence: auto_reply",
            "X-Mailer: vacation 1.2.6",
            "User-Agent: Acme Autoresponder",
            "X-FC-MachineGenerated: true",
            "X-Apple-Action: VACATION",
            "X-Autogenerated: Reply",
            "X-Precedence: auto-reply",
            "X-POST-MessageClass: 9; Autoresponder",
            "Delivered-To: Autoresponder",
        ] {
            check(header, Some((AutomaticKind::Answer, false)), Automatic::AutoReplied);
        }
        check("X-Autoreply: no", None, Automatic::No);
        check("X-Mailer: Acme Mail 2", None, Automatic::No);
        check("Delivered-To: autoresponder@example.com", None, Automatic::No);
        check("X-TMDA-Confirm: yes", Some((AutomaticKind::Challenge, false)), Automatic::AutoReplied);
        check("List-Id: <a.example>", Some((AutomaticKind::List, false)), Automatic::List);
    }

    #[test]
    fn subject_alone_is_a_weak_sign_and_decides_nothing() {
        for subject in [
            "Automatic reply: VPN",
            "Automatische Antwort: VPN",
            "Abwesenheitsnotiz",
            "Réponse automatique : VPN",
            "Fuera de la oficina: VPN",
            "Risposta automatica",
            "Automatisch antwoord: VPN",
            "Autosvar: VPN",
            "Automaattinen vastaus",
            "Odpowiedź automatyczna",
            "自動応答: VPN",
            "Автоматический ответ",
        ] {
            check(&format!("Subject: {subject}"), Some((AutomaticKind::Answer, true)), Automatic::No);
            let answer = format!("Subject: {subject}\r\nIn-Reply-To: <1@example.com>");
            check(&answer, Some((AutomaticKind::Answer, false)), Automatic::AutoReplied);
            check(&format!("Subject: Re: {subject}\r\nIn-Reply-To: <1@example.com>"), None, Automatic::No);
        }
        assert!(!read("Subject: Out of office does not switch off", "Please help").no_reply_allowed);
    }

    #[test]
    fn answer_to_an_invitation_is_automatic_where_nobody_wrote_a_word() {
        let calendar = |text: &str, method: &str| {
            read(
                "MIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=b",
                &format!(
                    "--b\r\nContent-Type: text/plain\r\n\r\n{text}\r\n--b\r\nContent-Type: text/calendar; method={method}\r\n\r\nBEGIN:VCALENDAR\r\nMETHOD:{method}\r\nEND:VCALENDAR\r\n--b--\r\n"
                ),
            )
        };
        assert_eq!(calendar("", "REPLY").automatic, Automatic::AutoReplied);
        let commented = calendar("Only from ten o'clock.", "REPLY");
        assert_eq!((commented.automatic, commented.automatic_signs.len()), (Automatic::No, 1));
        assert!(calendar("", "REQUEST").automatic_signs.is_empty());
    }
}

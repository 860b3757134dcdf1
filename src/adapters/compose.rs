//! Writes a mail of ours as RFC 5322 bytes.
//!
//! Everything that came from a mail or a person passes through [`one_line`] or [`message_id`] first, so that
//! no subject, name or identifier ever becomes a header of its own. Sending is the mailers' affair.

use crate::ports::{Cause, Failure, OutboxEntry};
use crate::vocab::{AddrSpec, Mailbox, MessageFormat, ReplyPurpose};
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{MessageBuilder, MultiPart, SinglePart};
use sha2::{Digest as _, Sha256};
use std::time::{Duration, SystemTime};

/// A mail ready to be handed over, with its envelope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Composed {
    /// The reverse-path; `None` is `<>`: nobody ever answers our mail to it (RFC 3834 §3.3).
    pub envelope_from: Option<AddrSpec>,
    /// The forward-path.
    pub envelope_to: AddrSpec,
    /// Headers and body, lines ended by CR LF, ASCII throughout.
    pub bytes: Vec<u8>,
}

/// What every mail of this system carries so that it is known again.
#[derive(Debug, Clone, Copy)]
pub struct Marks<'a> {
    /// Value of `X-Postroom-Loop` (SPEC G4).
    pub loop_mark: &'a str,
    /// Value of `X-Postroom-Rules`: name, revision and digest of the rule set that wrote the mail.
    pub rules: Option<&'a str>,
}

/// The most identifiers that `References` keeps: the first and the latest ones.
const REFERENCES_MAX: usize = 20;

/// The longest identifier that is repeated; a header line may have 998 bytes (RFC 5322 §2.1.1).
const MESSAGE_ID_BYTES_MAX: usize = 900;

/// The longest subject or name, in characters.
const LINE_CHARS_MAX: usize = 500;

/// Writes one mail. The same entry always gives the same bytes.
pub fn compose(entry: &OutboxEntry, marks: Marks<'_>) -> Result<Composed, Failure> {
    let reply = &entry.reply;
    let seconds = u64::try_from(entry.at).unwrap_or_default();
    let automatic = match reply.purpose {
        ReplyPurpose::Reply => "auto-replied",
        ReplyPurpose::Notification => "auto-generated",
    };
    let Some(envelope_to) = ascii(&reply.to.address) else {
        return Err(unwritable(&reply.to.address));
    };
    let mut builder = lettre::Message::builder()
        .from(mailbox(&reply.from)?)
        .reply_to(mailbox(&reply.reply_to)?)
        .to(mailbox(&reply.to)?)
        .subject(one_line(&reply.subject))
        .date(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds));
    let Some(id) = message_id(&entry.message_id) else {
        return Err(refused(format!("mail {} has no usable message id", entry.id)));
    };
    builder = header(builder, "Message-ID", &id);
    if let Some(id) = reply.in_reply_to.as_deref().and_then(message_id) {
        builder = header(builder, "In-Reply-To", &id);
    }
    let references = references(&reply.references);
    if !references.is_empty() {
        builder = header(builder, "References", &references.join(" "));
    }
    builder = header(builder, "Auto-Submitted", automatic);
    builder = header(builder, "X-Auto-Response-Suppress", "All");
    builder = header(builder, "X-Postroom-Loop", marks.loop_mark);
    if let Some(rules) = marks.rules {
        builder = header(builder, "X-Postroom-Rules", rules);
    }
    if reply.request_receipt {
        builder = header(builder, "Disposition-Notification-To", &format!("<{}>", reply.reply_to.address));
    }
    let text = plain_lines(&reply.text);
    let message = match (&reply.html, reply.format) {
        (Some(html), MessageFormat::Html) => {
            builder.multipart(alternatives(&entry.message_id, text, plain_lines(html)))
        }
        _ => builder.singlepart(SinglePart::plain(text)),
    };
    let message = message.map_err(|error| {
        Failure::Permanent(Cause::from_error(format!("the reply `{}` cannot be written", reply.name), error))
    })?;
    Ok(Composed { envelope_from: None, envelope_to, bytes: message.formatted() })
}

/// Text and HTML, between boundaries that are the same at every attempt.
fn alternatives(message_id: &str, text: String, html: String) -> MultiPart {
    /// How many bytes of the digest a boundary shows.
    const BYTES: usize = 12;
    let digest = Sha256::digest(message_id);
    let mut boundary = format!("postroom-{}", hex::encode(digest.get(..BYTES).unwrap_or_default()));
    while text.contains(&boundary) || html.contains(&boundary) {
        boundary.push('x');
    }
    MultiPart::alternative()
        .boundary(boundary)
        .singlepart(SinglePart::plain(text))
        .singlepart(SinglePart::html(html))
}

fn header(builder: MessageBuilder, name: &'static str, value: &str) -> MessageBuilder {
    builder.raw_header(HeaderValue::new(HeaderName::new_from_ascii_str(name), one_line(value)))
}

pub(super) fn mailbox(mailbox: &Mailbox) -> Result<lettre::message::Mailbox, Failure> {
    let address = &mailbox.address;
    let written = ascii(address);
    let written = written.and_then(|it| lettre::Address::new(it.local_part(), it.domain()).ok());
    let Some(written) = written else {
        return Err(unwritable(address));
    };
    let name = mailbox.name.as_deref().map(one_line).filter(|name| !name.is_empty());
    Ok(lettre::message::Mailbox::new(name, written))
}

/// The address in ASCII: a domain of other letters as IDNA writes it (RFC 5891). Other letters before the `@`
/// would need SMTPUTF8 all the way to the reader (RFC 6531).
fn ascii(address: &AddrSpec) -> Option<AddrSpec> {
    let domain = idna::domain_to_ascii(address.domain()).ok()?;
    let address = format!("{}@{domain}", address.local_part());
    AddrSpec::parse(&address).filter(|address| address.as_str().is_ascii())
}

fn unwritable(address: &AddrSpec) -> Failure {
    refused(format!("no mail can be written to or from `{address}`"))
}

fn refused(sentence: String) -> Failure {
    Failure::Permanent(Cause::new(sentence))
}

/// A text as one line: control characters and line ends become single spaces.
pub(super) fn one_line(text: &str) -> String {
    let breaks = |c: char| c.is_control() || c.is_whitespace() || matches!(c, '\u{2028}' | '\u{2029}');
    let words = text.split(breaks).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ").chars().take(LINE_CHARS_MAX).collect()
}

/// An identifier in brackets, or nothing where it is none that can be written.
fn message_id(id: &str) -> Option<String> {
    let usable = !id.is_empty()
        && id.len() <= MESSAGE_ID_BYTES_MAX
        && id.bytes().all(|byte| byte.is_ascii_graphic() && !b"<>".contains(&byte));
    usable.then(|| format!("<{id}>"))
}

/// Usable identifiers: all, or the first and the latest where there are many.
fn references(ids: &[String]) -> Vec<String> {
    let usable: Vec<String> = ids.iter().filter_map(|id| message_id(id)).collect();
    let surplus = usable.len().saturating_sub(REFERENCES_MAX);
    usable
        .into_iter()
        .enumerate()
        .filter(|(index, _)| *index == 0 || *index > surplus)
        .map(|(_, id)| id)
        .collect()
}

/// A body without control characters other than tabs and line ends.
pub(super) fn plain_lines(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect()
}

#[cfg(test)]
pub(in crate::adapters) mod tests {
    use super::*;
    use crate::ports::OutboxState;
    use crate::vocab::Reply;

    fn address(text: &str) -> AddrSpec {
        AddrSpec::parse(text).unwrap()
    }

    pub(in crate::adapters) fn entry() -> OutboxEntry {
        let desk = Mailbox { name: Some("Service Desk".into()), address: address("desk@example.com") };
        OutboxEntry {
            id: 1,
            reply: Reply {
                name: "call-closed".into(),
                purpose: ReplyPurpose::Reply,
                to: Mailbox { name: Some("Zoë Ünver".into()), address: address("zoe@example.org") },
                via: "main".into(),
                from: desk.clone(),
                reply_to: desk,
                subject: "Call 5837 has been closed – grüße".into(),
                text: "It is closed.\nBye.\n".into(),
                html: Some("<p>It is closed.</p>".into()),
                format: MessageFormat::Html,
                in_reply_to: Some("abc@example.org".into()),
                references: vec!["first@example.org".into(), "abc@example.org".into()],
                request_receipt: true,
                asks_confirmation: false,
                signed_reply_address: false,
                about: None,
            },
            message_id: "0f1e2d.1.postroom@example.com".into(),
            at: 1_700_000_000,
            state: OutboxState::Waiting,
            attempts: 0,
            tried_at: None,
            last_error: None,
            rules: Some("classic 12 sha256:0a1b2c".into()),
        }
    }

    fn text_of(entry: &OutboxEntry) -> String {
        let marks = Marks { loop_mark: "desk-1", rules: entry.rules.as_deref() };
        String::from_utf8(compose(entry, marks).unwrap().bytes).unwrap()
    }

    /// Header names and unfolded values, as any reader of mail would see them.
    fn headers_of(mail: &str) -> Vec<(String, String)> {
        let (head, _) = mail.split_once("\r\n\r\n").unwrap();
        let unfolded = head.replace("\r\n ", " ").replace("\r\n\t", " ");
        unfolded
            .split("\r\n")
            .map(|line| line.split_once(": ").unwrap())
            .map(|(a, b)| (a.into(), b.into()))
            .collect()
    }

    #[test]
    fn a_composed_mail_carries_everything_that_an_automatic_reply_must() {
        insta::assert_snapshot!(text_of(&entry()).replace("\r\n", "\n"));
    }

    #[test]
    fn a_composed_mail_has_a_null_envelope_sender() {
        let composed = compose(&entry(), Marks { loop_mark: "m", rules: None }).unwrap();
        assert_eq!(composed.envelope_from, None);
        assert_eq!(composed.envelope_to.as_str(), "zoe@example.org");
    }

    #[test]
    fn a_reader_of_plain_text_gets_no_html() {
        let mut entry = entry();
        entry.reply.format = MessageFormat::PlainText;
        let mail = text_of(&entry);
        assert!(mail.contains("Content-Type: text/plain; charset=utf-8\r\n"), "{mail}");
        assert!(!mail.contains("<p>"), "{mail}");
    }

    #[test]
    fn no_text_from_outside_becomes_a_header() {
        let expected: Vec<String> =
            headers_of(&text_of(&entry())).into_iter().map(|(name, _)| name).collect();
        let evils = [
            "x\r\nBcc: evil@example.net",
            "x\nBcc: evil@example.net",
            "x\rBcc: evil@example.net",
            "x\0\r\n\r\nbody",
            "x\u{b}Bcc: y\u{85}Bcc: z\u{2028}Bcc: w",
            "\r\n\r\n<script>",
            "\"quoted\" \\ <evil@example.net>, other@example.net",
            "=?utf-8?q?x=0D=0ABcc:_evil?=",
            &"long ".repeat(400),
            &"é\r\n".repeat(400),
            "",
        ];
        for evil in evils {
            let mut entry = entry();
            entry.reply.subject = evil.to_owned();
            entry.reply.to.name = Some(evil.to_owned());
            entry.reply.from.name = Some(evil.to_owned());
            entry.reply.reply_to.name = Some(evil.to_owned());
            let mail = text_of(&entry);
            let names: Vec<String> = headers_of(&mail).into_iter().map(|(name, _)| name).collect();
            assert_eq!(names, expected, "{evil:?}\n{mail}");
            assert!(mail.is_ascii() && !mail.contains('\0'), "{evil:?}");
            let head = mail.split_once("\r\n\r\n").unwrap().0;
            assert!(
                head.split("\r\n").all(|line| line.len() <= 998 && !line.contains(['\r', '\n'])),
                "{head}"
            );
        }
    }

    #[test]
    fn an_identifier_that_cannot_be_written_is_left_out() {
        for evil in ["a\r\nBcc: x@y.z", "a b@c", "<a@b>", "ä@b.c", "", &"a".repeat(901)] {
            let mut entry = entry();
            entry.reply.in_reply_to = Some(evil.to_owned());
            entry.reply.references = vec!["ok@example.org".into(), evil.to_owned()];
            let headers = headers_of(&text_of(&entry));
            assert!(!headers.iter().any(|(name, _)| name == "In-Reply-To"), "{evil:?}");
            assert!(headers.contains(&("References".into(), "<ok@example.org>".into())), "{evil:?}");
            entry.message_id = evil.to_owned();
            assert!(compose(&entry, Marks { loop_mark: "m", rules: None }).is_err(), "{evil:?}");
        }
    }

    #[test]
    fn a_domain_of_other_letters_is_written_in_ascii() {
        let mut entry = entry();
        entry.reply.to.address = address("uma@bücher.example");
        let composed = compose(&entry, Marks { loop_mark: "m", rules: None }).unwrap();
        assert_eq!(composed.envelope_to.as_str(), "uma@xn--bcher-kva.example");
        assert!(String::from_utf8(composed.bytes).unwrap().contains("<uma@xn--bcher-kva.example>"));
        entry.reply.to.address = address("ümä@bücher.example");
        assert!(compose(&entry, Marks { loop_mark: "m", rules: None }).is_err());
    }

    #[test]
    fn an_address_that_cannot_stand_in_a_header_is_refused_for_good() {
        for odd in ["zoë@example.org", "a..b@example.org", "\"a\"b@example.org", "a@b@c.d"] {
            let mut entry = entry();
            entry.reply.to.address = address(odd);
            let failure = compose(&entry, Marks { loop_mark: "m", rules: None }).unwrap_err();
            assert!(matches!(failure, Failure::Permanent(_)), "{odd}");
            assert_eq!(failure.to_string(), format!("no mail can be written to or from `{odd}`"));
        }
    }

    #[test]
    fn references_of_a_long_thread_keep_the_first_and_the_latest() {
        let mut entry = entry();
        entry.reply.references = (0..100).map(|n| format!("{n}@example.org")).collect();
        let headers = headers_of(&text_of(&entry));
        let (_, value) = headers.iter().find(|(name, _)| name == "References").unwrap();
        let ids: Vec<&str> = value.split_whitespace().collect();
        assert_eq!(
            (ids.len(), ids[0], ids[1], ids[19]),
            (20, "<0@example.org>", "<81@example.org>", "<99@example.org>")
        );
    }

    #[test]
    fn the_same_entry_gives_the_same_bytes_at_every_attempt() {
        let mut entry = entry();
        entry.reply.text = "ends with postroom-\u{0}a boundary of its own".into();
        assert_eq!(text_of(&entry), text_of(&entry));
    }
}

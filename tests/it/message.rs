//! Reading mail: every fixture, every bound, and whatever bytes may come.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use postroom::message::{Limits, Message, sanitise};
use postroom::vocab::{Automatic, ReturnPath};
use proptest::prelude::*;
use std::fmt::Write as _;
use std::fs;

fn fixture_names() -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir("fixtures/mail")
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter_map(|name| name.strip_suffix(".eml").map(str::to_owned))
        .collect();
    names.sort();
    names
}

fn bytes(name: &str) -> Vec<u8> {
    fs::read(format!("fixtures/mail/{name}.eml")).unwrap()
}

fn read(name: &str) -> Message {
    Message::read(&bytes(name))
}

/// A mail of one text part.
fn simple(header: &str) -> Message {
    Message::read(format!("From: uma@example.com\r\n{header}\r\n\r\nhello\r\n").as_bytes())
}

fn shortened(text: &str) -> String {
    let line = text.replace('\n', "⏎");
    if line.chars().count() > 70 { line.chars().take(70).collect::<String>() + "…" } else { line }
}

/// What a person would want to see of a mail, in a few short lines.
fn summary(name: &str, message: &Message) -> String {
    let mut out = format!("{name}\n");
    let from: Vec<String> = message.from.iter().map(ToString::to_string).collect();
    let sender = message.sender.as_ref().map(|sender| format!(" sender {sender}")).unwrap_or_default();
    let path = match &message.return_path {
        None => String::new(),
        Some(ReturnPath::Null) => " path <>".to_owned(),
        Some(ReturnPath::Path(path)) if message.from.iter().any(|from| from.address.as_str() == path) => {
            String::new()
        }
        Some(ReturnPath::Path(path)) => format!(" path {path}"),
    };
    writeln!(out, "  from {}{sender}{path}", from.join(", ")).unwrap();
    let reply = if message.is_reply { " (reply)" } else { "" };
    write!(out, "  subject {}", shortened(&message.subject)).unwrap();
    let base = if message.base_subject == message.subject {
        String::new()
    } else {
        format!(" → {}", shortened(&message.base_subject))
    };
    writeln!(out, "{base}{reply}").unwrap();
    if message.automatic != Automatic::No || message.no_reply_allowed {
        let muted = if message.no_reply_allowed { ", never answered" } else { "" };
        writeln!(out, "  automatic {:?}{muted}", message.automatic).unwrap();
    }
    if let Some(report) = &message.report {
        writeln!(out, "  report {}", report.kind).unwrap();
        for recipient in &report.recipients {
            let field = |field: &Option<String>| field.clone().unwrap_or_else(|| "-".to_owned());
            let permanent = if recipient.permanent { " permanent" } else { "" };
            writeln!(
                out,
                "    {} {} {} {}{permanent}",
                field(&recipient.address),
                field(&recipient.action),
                field(&recipient.status),
                field(&recipient.smtp_code)
            )
            .unwrap();
        }
    }
    writeln!(out, "  reply {:?}", shortened(&message.reply_portion)).unwrap();
    if !message.quoted.is_empty() {
        writeln!(out, "  quoted {:?}", shortened(&message.quoted)).unwrap();
    }
    for file in &message.attachments {
        let inline = if file.inline { " inline" } else { "" };
        writeln!(out, "  file {} {} {}{inline}", file.name, file.media_type, file.size).unwrap();
    }
    if let Some(protection) = &message.protection {
        let how = if protection.encrypted { "encrypted" } else { "signed" };
        writeln!(out, "  {how} by {:?}", protection.method).unwrap();
    }
    for mark in &message.loop_marks {
        writeln!(out, "  loop mark {mark}").unwrap();
    }
    for defect in &message.defects {
        writeln!(out, "  defect {defect}").unwrap();
    }
    out
}

#[test]
fn every_fixture_is_read_as_shown() {
    let all: Vec<String> = fixture_names().iter().map(|name| summary(name, &read(name))).collect();
    insta::assert_snapshot!(all.join("\n"));
}

#[test]
fn same_mail_with_either_line_break_says_the_same() {
    for name in fixture_names() {
        let raw = bytes(&name);
        if name == "not-a-mail-binary" || raw.windows(2).any(|pair| pair == b"\r\n") {
            continue;
        }
        let crlf = String::from_utf8_lossy(&raw).into_owned().replace('\n', "\r\n");
        if String::from_utf8(raw.clone()).is_err() {
            continue;
        }
        let (with_lf, with_crlf) = (Message::read(&raw), Message::read(crlf.as_bytes()));
        assert_eq!(with_lf.text, with_crlf.text, "{name}");
        assert_eq!(with_lf.subject, with_crlf.subject, "{name}");
        assert_eq!(with_lf.defects, with_crlf.defects, "{name}");
        assert_eq!(with_lf.attachments.len(), with_crlf.attachments.len(), "{name}");
    }
}

#[test]
fn g2_blank_absent_and_given_return_paths_are_told_apart() {
    assert_eq!(simple("Subject: a").return_path, None);
    assert_eq!(simple("Return-Path: <>").return_path, Some(ReturnPath::Null));
    assert_eq!(
        simple("Return-Path: <a@b.example>").return_path,
        Some(ReturnPath::Path("a@b.example".into()))
    );
    let twice = simple("Return-Path: <>\r\nReturn-Path: <a@b.example>");
    assert_eq!(twice.return_path, Some(ReturnPath::Null), "the last server writes the first one");
}

#[test]
fn g3_fatal_codes_are_read_from_every_bounce() {
    for (name, code) in [
        ("bounce-550", "550"),
        ("bounce-501", "501"),
        ("bounce-553", "553"),
        ("bounce-503", "503"),
        ("bounce-diagnostic-folded", "550"),
        ("bounce-qmail-like", "550"),
        ("bounce-exim-like", "501"),
    ] {
        let report = read(name).report.unwrap();
        assert_eq!(report.kind, "delivery-status", "{name}");
        assert_eq!(report.recipients[0].smtp_code.as_deref(), Some(code), "{name}");
        assert!(report.recipients[0].permanent, "{name}");
    }
    assert!(!read("bounce-451-delayed").report.unwrap().recipients[0].permanent);
}

#[test]
fn g3_person_who_quotes_a_bounce_is_no_bounce() {
    let message = read("person-quotes-a-bounce");
    assert_eq!(message.report, None);
    assert!(!message.no_reply_allowed);
}

#[test]
fn g3_vacation_reply_with_an_alarming_subject_is_no_bounce() {
    let message = read("vacation-alarming-subject");
    assert_eq!(message.return_path, Some(ReturnPath::Null));
    assert_eq!(message.report, None);
    assert!(message.no_reply_allowed);
}

#[test]
fn g4_own_loop_marker_is_seen() {
    assert_eq!(read("own-loop-marker").loop_marks, ["postroom"]);
}

#[test]
fn g5_every_kind_of_automatic_mail_may_not_be_replied_to() {
    for name in [
        "vacation-auto-submitted",
        "vacation-precedence-bulk",
        "vacation-x-auto-response-suppress",
        "list-mail",
        "newsletter-unsubscribe-only",
        "return-path-blank",
        "bounce-550",
        "bounce-qmail-like",
        "read-receipt",
        "abuse-report",
        "own-loop-marker",
    ] {
        assert!(read(name).no_reply_allowed, "{name}");
    }
    for name in ["auto-submitted-no", "log-call-from-user", "outlook-desktop-reply"] {
        assert!(!read(name).no_reply_allowed, "{name}");
    }
}

#[test]
fn g7_what_is_no_mail_is_said_to_be_none() {
    for raw in [&b""[..], b" \r\n\t\r\n", b"\0\x01\x02", b"just words\nand more\n", b"key: value\n\ntext"] {
        let message = Message::read(raw);
        assert!(!message.is_mail, "{raw:?}");
        assert_eq!(message.defects.len(), 1, "{raw:?}");
        assert_eq!(message.size, raw.len() as u64);
    }
    assert!(!read("not-a-mail-binary").is_mail);
    assert!(read("header-only").is_mail);
}

#[test]
fn i1_sender_is_taken_when_from_is_unusable() {
    for name in ["from-missing-with-sender", "from-unusable-with-sender"] {
        let message = read(name);
        assert_eq!(message.originator().unwrap().address.as_str(), "uma@example.com", "{name}");
    }
    let message = read("from-name-looks-like-address");
    assert_eq!(message.originator().unwrap().address.as_str(), "stranger@example.net");
}

#[test]
fn s1_to_s3_subjects_are_decoded_and_unfolded() {
    for (name, base) in [
        ("close-call-encoded-subject", "[CLOSE#5837]"),
        ("close-call-external-tag", "[CLOSE#5837]"),
        ("close-call-forward-mark", "[Close#5837]"),
        ("subject-folded-inside-brackets", "[CLOSE #5837]"),
        ("approve-by-group-member", "[Approve#81]"),
        ("summary-my-tasks", "[MyTasks]"),
    ] {
        assert_eq!(read(name).base_subject, base, "{name}");
    }
}

#[test]
fn s7_missing_and_empty_subjects_are_empty() {
    assert_eq!(read("subject-missing").subject, "");
    assert_eq!(read("subject-empty").subject, "");
    assert_eq!(read("subject-only-reply-mark").base_subject, "");
}

#[test]
fn u9_only_the_reply_portion_is_left_of_a_reply() {
    for (name, reply) in [
        ("gmail-web-reply", "Toner is in, works now. Thank you!"),
        ("outlook-desktop-reply", "Still drops, but only when I dock the laptop.\n\nRegards\nUma"),
        ("reply-outlook-html-only", "Yes, it does."),
        ("notes-reply", "Ordered, arrives on Friday.\n\nAna"),
        ("yahoo-reply", " Now it prints blank pages."),
        ("k9-mail-reply-below-quote", "Accounts and Travel, please."),
        ("reply-german-attribution", "Funktioniert, danke!"),
        ("reply-french-wrapped-attribution", "Oui, ça marche."),
    ] {
        assert_eq!(read(name).reply_portion, reply, "{name}");
    }
}

#[test]
fn u9_forwarded_mail_is_kept_whole() {
    for name in ["forward-inline", "forward-outlook-header-block"] {
        let message = read(name);
        assert_eq!(message.quoted, "", "{name}");
        assert_eq!(message.reply_portion, message.text.unwrap().trim(), "{name}");
    }
}

#[test]
fn u10_html_is_kept_as_sent_and_harmless_once_sanitised() {
    let html = read("hostile-html-script-and-pixel").html.unwrap();
    assert!(html.contains("<script>"));
    let clean = sanitise(&html);
    for word in ["script", "onclick", "spy.example", "iframe"] {
        assert!(!clean.contains(word), "{word} in {clean}");
    }
}

#[test]
fn u11_recipients_are_found_in_to_cc_and_groups() {
    let message = read("log-call-user-in-cc-only");
    let uma = message.cc[0].address.clone();
    assert!(message.is_addressed_to(&[uma]));
    assert_eq!(message.cc.len(), 3);
}

#[test]
fn l6_attachments_have_safe_names_and_their_bytes() {
    for (name, file) in [
        ("attachment-path-in-name", "form.pdf"),
        ("attachment-name-rfc-2231", "Rechnung Müller Oktober.pdf"),
        ("attachment-name-encoded-word", "Größe.png"),
        ("attachment-bidi-name", "invoicefdp.exe"),
        ("attachment-without-name", "attachment-1.pdf"),
        ("forward-as-attachment", "Your account - urgent.eml"),
    ] {
        let message = read(name);
        assert_eq!(message.attachments[0].name, file, "{name}");
        assert_eq!(message.attachments[0].size, message.attachments[0].content.len() as u64);
    }
    assert!(read("attachment-pdf").attachments[0].content.starts_with(b"%PDF-1.4"));
}

#[test]
fn header_values_never_hold_a_line_break_or_control_character() {
    for name in
        ["hostile-header-injection", "hostile-nul-in-header-and-text", "subject-folded-inside-brackets"]
    {
        let message = read(name);
        let mut values = vec![message.subject.clone(), message.base_subject.clone()];
        values.extend(message.from.iter().chain(&message.to).filter_map(|mailbox| mailbox.name.clone()));
        values.extend(message.message_id.clone());
        for value in values {
            assert!(!value.chars().any(char::is_control), "{name}: {value:?}");
        }
    }
    assert_eq!(read("hostile-nul-in-header-and-text").text.as_deref(), Some("beforeafter[31m red\n"));
}

#[test]
fn thousands_of_nested_parts_are_a_defect_and_no_trouble() {
    let mut raw = String::from("From: uma@example.com\r\nSubject: deep\r\n");
    for depth in 0..2_000 {
        write!(raw, "Content-Type: multipart/mixed; boundary=b{depth}\r\n\r\n--b{depth}\r\n").unwrap();
    }
    raw.push_str("\r\nat the bottom\r\n");
    let message = Message::read(raw.as_bytes());
    assert!(message.is_mail);
    assert!(message.defects.iter().any(|defect| defect == "parts are nested deeper than is read"));
}

#[test]
fn thousands_of_flat_parts_are_a_defect_and_the_first_are_kept() {
    let mut raw = String::from("From: uma@example.com\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n");
    for part in 0..2_000 {
        write!(raw, "--b\r\nContent-Disposition: attachment; filename={part}.txt\r\n\r\n{part}\r\n").unwrap();
    }
    raw.push_str("--b--\r\n");
    let message = Message::read(raw.as_bytes());
    assert_eq!(message.attachments.len(), Limits::default().parts_max - 1);
    assert!(message.defects.iter().any(|defect| defect == "there are more parts than are read"));
}

#[test]
fn mails_within_mails_are_not_entered_however_many() {
    let raw =
        format!("From: uma@example.com\r\n{}\r\nend", "Content-Type: message/rfc822\r\n\r\n".repeat(100_000));
    let message = Message::read(raw.as_bytes());
    assert_eq!(message.attachments.len(), 1);
    assert_eq!(message.attachments[0].media_type, "message/rfc822");
}

#[test]
fn hundred_thousand_header_fields_are_read_up_to_the_bound() {
    let raw =
        format!("From: uma@example.com\r\n{}\r\ntext", "X-Filler: some words to fill it\r\n".repeat(100_000));
    let message = Message::read(raw.as_bytes());
    assert_eq!(message.text.as_deref(), Some("text"));
    assert!(message.defects.iter().any(|defect| defect == "the header is longer than is read"));
}

#[test]
fn large_attachment_is_kept_whole() {
    let line = format!("{}\r\n", "QUJD".repeat(19));
    let raw = format!(
        "From: uma@example.com\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nhello\r\n--b\r\n\
         Content-Type: application/zip; name=big.zip\r\nContent-Transfer-Encoding: base64\r\n\r\n{}--b--\r\n",
        line.repeat(400_000)
    );
    let message = Message::read(raw.as_bytes());
    assert_eq!(message.attachments[0].size, 400_000 * 57);
    assert_eq!(message.text.as_deref(), Some("hello"));
}

#[test]
fn long_text_is_cut_between_letters_and_said_so() {
    let limits = Limits { text_bytes_max: 101, ..Limits::default() };
    let raw = format!(
        "From: uma@example.com\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{}",
        "ü".repeat(200)
    );
    let message = Message::read_within(raw.as_bytes(), &limits);
    assert_eq!(message.text.unwrap().len(), 100);
    assert_eq!(message.defects.last().map(String::as_str), Some("the text is longer than is read"));
}

#[test]
fn hostile_repetition_is_read_in_linear_time() {
    for piece in ["=?a?q?x ", "<", "\"", "(", ",", "=?utf-8?B?", "a@b ", "\t\r\n ", ";x*0=", "%"] {
        let filler = piece.repeat(60_000 / piece.len());
        for field in
            ["Subject", "To", "References", "Content-Type", "Content-Disposition", "Date", "Return-Path"]
        {
            let message =
                Message::read(format!("From: uma@example.com\r\n{field}: a{filler}\r\n\r\nx").as_bytes());
            assert!(message.is_mail);
        }
    }
}

/// Whatever was read keeps these promises.
fn keeps_its_promises(raw: &[u8]) {
    let message = Message::read(raw);
    assert_eq!(message.size, raw.len() as u64);
    assert!(message.is_mail || !message.defects.is_empty());
    assert!(!message.subject.chars().any(char::is_control));
    for file in &message.attachments {
        assert!(!file.name.is_empty() && !file.name.contains(['/', '\\']));
        assert!(!file.name.chars().any(char::is_control));
    }
    let text = message.text.as_deref().unwrap_or_default();
    assert!(!text.contains('\0'));
    assert_eq!(message.reply_portion.trim().is_empty(), text.trim().is_empty());
    serde_json::to_string(&message).unwrap();
}

proptest! {
    #[test]
    fn any_bytes_are_read_without_panic(raw in proptest::collection::vec(any::<u8>(), 0..2_000)) {
        keeps_its_promises(&raw);
    }

    #[test]
    fn any_header_is_read_without_panic(
        name in "(From|To|Subject|Date|Content-Type|Content-Disposition|References|Return-Path|Sender)",
        value in "\\PC{0,120}",
    ) {
        keeps_its_promises(format!("From: a@b.example\r\n{name}: {value}\r\n\r\nx").as_bytes());
    }

    #[test]
    fn any_text_is_divided_without_loss(text in "([>a-z@:<\\-0-9 ]{0,20}\n){0,12}") {
        keeps_its_promises(format!("From: a@b.example\n\n{text}").as_bytes());
    }

    #[test]
    fn mutated_fixtures_are_read_without_panic(
        pick in any::<proptest::sample::Index>(),
        changes in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>(), 0_u8..4), 1..12),
    ) {
        let names = fixture_names();
        let mut raw = bytes(pick.get::<String>(&names));
        for (place, byte, kind) in changes {
            if raw.is_empty() {
                break;
            }
            let place = place.index(raw.len());
            match kind {
                0 => raw[place] = byte,
                1 => raw.insert(place, byte),
                2 => { raw.remove(place); }
                _ => raw.truncate(place),
            }
        }
        keeps_its_promises(&raw);
    }
}

//! Section 13: what every automatic reply carries.

use super::{After, desk, mail};
use postroom::message::Message;
use postroom::ports::{Ledger as _, OutboxState};
use postroom::vocab::Number;

/// The unfolded header of the one reply as it leaves.
fn header(after: &After, name: &str) -> Vec<String> {
    let bytes = String::from_utf8(after.composed().bytes).unwrap();
    let (head, _) = bytes.split_once("\r\n\r\n").unwrap();
    let unfolded = head.replace("\r\n ", " ").replace("\r\n\t", " ");
    let lines = unfolded.split("\r\n").filter_map(|line| line.split_once(": "));
    lines.filter(|(known, _)| *known == name).map(|(_, value)| value.to_owned()).collect()
}

/// One mail for every kind of reply.
fn replies() -> Vec<After> {
    let bench = desk().account("anonymous: { update_calls: true }");
    let decline = bench.clone().account("closed_calls: { update: false, reopen: false }");
    let cases = [
        (&bench, "uma@example.com", "Printer"),
        (&bench, "uma@example.com", "[CALL#5837]"),
        (&bench, "uma@example.com", "[CALL#5839]"),
        (&bench, "carl@example.org", "[CALL#5839]"),
        (&decline, "uma@example.com", "[CALL#5839]"),
        (&bench, "uma@example.com", "[REQUEST#210]"),
        (&bench, "uma@example.com", "[TASK#76]"),
        (&bench, "uma@example.com", "[APPROVAL#77]"),
        (&bench, "uma@example.com", "[CLOSE#5837]"),
        (&bench, "carl@example.org", "[CLOSE#5837]"),
        (&bench, "uma@example.com", "[CLOSE#5839]"),
        (&bench, "uma@example.com", "[APPROVE#78]"),
        (&bench, "uma@example.com", "[REJECT#78]"),
        (&bench, "uma@example.com", "[APPROVE#79]"),
        (&bench, "uma@example.com", "[APPROVE#77]"),
        (&bench, "nobody@example.net", "[APPROVE#77]"),
        (&bench, "uma@example.com", "[MyCalls]"),
        (&bench, "ana.lyst@example.com", "[MyTasks]"),
        (&bench, "nobody@example.net", "[CALL#5837]"),
    ];
    cases.map(|(bench, from, subject)| bench.receives(mail(from, subject))).into()
}

#[test]
fn reply_carries_auto_submitted_and_the_loop_marker() {
    for after in replies() {
        assert_eq!(header(&after, "Auto-Submitted"), ["auto-replied"]);
        assert_eq!(header(&after, "X-Postroom-Loop"), ["postroom"]);
        let read = Message::read(&after.composed().bytes);
        assert!(read.no_reply_allowed && read.is_mail && read.defects.is_empty(), "{:?}", read.defects);
    }
}

#[test]
fn reply_carries_in_reply_to_and_references() {
    let letter =
        mail("uma@example.com", "[CALL#5837]").header("References", "<a@example.net> <b@example.net>");
    let after = desk().receives(letter);
    assert_eq!(header(&after, "In-Reply-To"), ["<first@example.net>"]);
    assert_eq!(header(&after, "References"), ["<a@example.net> <b@example.net> <first@example.net>"]);
}

#[test]
fn reply_has_a_null_envelope_sender() {
    for after in replies() {
        let composed = after.composed();
        assert_eq!(composed.envelope_from, None);
        assert_eq!(composed.envelope_to, after.the_reply().reply.to.address);
    }
}

#[test]
fn reply_goes_to_the_sender_and_never_to_reply_to() {
    let letter = mail("Uma <uma@example.com>", "[CALL#5837]").header("Reply-To", "evil@example.net");
    let after = desk().receives(letter);
    assert_eq!(after.composed().envelope_to.as_str(), "uma@example.com");
}

#[test]
fn reply_has_html_and_plain_alternatives_from_one_template() {
    let after = desk().receives(mail("uma@example.com", "[CALL#5837]"));
    let read = Message::read(&after.composed().bytes);
    assert_eq!(read.text.as_deref().map(str::trim_end), Some("Call 5837 has been updated."));
    assert!(read.html.is_some_and(|html| html.contains("<p>Call 5837 has been updated.</p>")));
    let summary = desk().receives(mail("ana.lyst@example.com", "[MyCalls]"));
    let read = Message::read(&summary.composed().bytes);
    for number in ["5837", "5838", "5841"] {
        assert!(read.text.as_deref().is_some_and(|text| text.contains(number)), "{number}");
        assert!(read.html.as_deref().is_some_and(|html| html.contains(number)), "{number}");
    }
    let plain = desk().receives(mail("carl@example.org", "[CALL#5837]"));
    assert_eq!(Message::read(&plain.composed().bytes).html, None);
}

#[test]
fn reply_texts_are_templates_in_the_rule_files() {
    let own = "replies: { call-updated: { subject: \"Vorgang: Call {number} has been updated\", body: \"Hallo {sender}, {product}\" } }";
    let after = desk().rules(own).receives(mail("uma@example.com", "[CALL#5837]"));
    assert_eq!(
        after.reply(),
        ("Vorgang: Call 5837 has been updated".to_owned(), "Hallo Uma User, ASM Core".to_owned())
    );
}

#[test]
fn reply_shows_no_markup_of_strangers() {
    let after = desk().receives(mail("uma@example.com", "<img src=x onerror=alert(1)> & more"));
    let html = after.the_reply().reply.html.clone().unwrap();
    assert!(html.contains("&lt;img") && !html.contains("<img"), "{html}");
    let title = desk().world("calls: [{ number: 5837, title: \"<script>alert(1)</script>\" }]");
    let summary = title.receives(mail("ana.lyst@example.com", "[MyCalls]"));
    assert!(!summary.the_reply().reply.html.clone().unwrap().contains("<script>"));
}

#[test]
fn reply_subject_with_a_number_comes_back_recognised() {
    for after in replies() {
        let (subject, _) = after.reply();
        let item = after.decision.about;
        let found = after.desk.rule_set.recognize(&format!("Re: {subject}"));
        match item {
            Some((kind, number)) => {
                let (rule, found) = found.unwrap_or_else(|| panic!("{subject}"));
                let found = found.number.as_deref().and_then(Number::parse);
                assert_eq!((rule.kind.series(), found), (kind.series(), Some(number)), "{subject}");
                assert_eq!(rule.intent.word(), "update", "{subject}");
            }
            None => assert!(found.is_none(), "{subject}"),
        }
    }
}

#[test]
fn reply_that_is_refused_for_good_is_shown_as_failed_and_no_longer_waits() {
    let mut after = desk().receives(mail("uma@example.com", "[CALL#5837]"));
    let id = after.the_reply().id;
    after.desk.store.note_sending(id, OutboxState::Failed, Some("550 no such user"), after.desk.now).unwrap();
    let failed = after.desk.store.outbox(Some(OutboxState::Failed), 0).unwrap();
    assert_eq!(
        (failed[0].id, failed[0].last_error.as_deref(), failed[0].attempts),
        (id, Some("550 no such user"), 1)
    );
    assert!(
        after.desk.store.outbox(Some(OutboxState::Waiting), 0).unwrap().iter().all(|entry| entry.id != id)
    );
}

#[test]
fn reply_waits_in_the_same_transaction_as_the_change() {
    let after = desk().receives(mail("uma@example.com", "[CLOSE#5837]"));
    assert!(after.changed());
    assert_eq!(after.the_reply().state, OutboxState::Waiting);
}

#[test]
fn notification_is_marked_as_generated() {
    let after = desk().receives(mail("carl@example.org", "[CALL#5837]"));
    let entry = after.mails.iter().find(|entry| entry.reply.name == "assignee-notified").unwrap();
    let marks = postroom::adapters::compose::Marks { loop_mark: "postroom", rules: Some("bench 1") };
    let text = String::from_utf8(postroom::adapters::compose::compose(entry, marks).unwrap().bytes).unwrap();
    assert!(text.contains("Auto-Submitted: auto-generated\r\n"), "{text}");
    assert!(text.contains("X-Postroom-Loop: postroom\r\n"), "{text}");
    assert!(
        entry
            .reply
            .text
            .contains("Carl Customer has sent an update of call 5837 (open): VPN drops every hour")
    );
}

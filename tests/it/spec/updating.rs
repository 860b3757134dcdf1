//! Section 8: updating calls, requests, tasks and approvals.

use super::{Bench, desk, history, last_entry, mail, state_and_owner};
use postroom::ports::Ledger as _;
use postroom::vocab::{HistoryFormat, Kind, State};

const FIRST_LINE: [&str; 3] = ["ana.lyst@example.com", "bo.both@example.com", "duty@example.com"];

#[test]
fn u1_known_sender_updates_an_open_call() {
    let letter = mail("carl@example.org", "[CALL#5837]").text("Me too.").attach("vpn.log", "down");
    let after = desk().receives(letter);
    assert_eq!(after.outcome(), "action update_call");
    let call = after.call(5837);
    assert_eq!(
        (call.history[0].by.as_deref(), call.history[0].text.trim_end()),
        (Some("Carl Customer"), "Me too.")
    );
    assert_eq!(call.objects.iter().map(|object| object.name.as_str()).collect::<Vec<_>>(), ["vpn.log"]);
    assert!(call.item.note_icon);
    assert_eq!(state_and_owner(&call), (State::Open, "Ana Lyst".to_owned(), None));
    assert_eq!(after.reply().0, "Call 5837 has been updated");
    assert_eq!(after.the_reply().reply.to.address.as_str(), "carl@example.org");
    assert_eq!(after.told(), ["ana.lyst@example.com"]);
}

#[test]
fn u1_reply_is_sent_where_the_account_auto_replies() {
    let silent = desk().account("replies: { auto_reply: false }");
    let after = silent.receives(mail("carl@example.org", "[CALL#5837]"));
    assert!(after.changed() && after.replies().is_empty());
    assert_eq!(after.told(), ["ana.lyst@example.com"], "the analyst is told all the same");
}

#[test]
fn u1_assigned_analyst_or_group_is_notified_but_never_the_sender() {
    let cases: [(&str, &str, &[&str]); 4] = [
        ("carl@example.org", "[CALL#5837]", &["ana.lyst@example.com"]),
        ("carl@example.org", "[CALL#5838]", &FIRST_LINE),
        ("ana.lyst@example.com", "[CALL#5838]", &["bo.both@example.com", "duty@example.com"]),
        ("ana@home.example", "[CALL#5837]", &[]),
    ];
    for (from, subject, told) in cases {
        assert_eq!(desk().receives(mail(from, subject)).told(), told, "{from} {subject}");
    }
    let off = desk().system("email_at_update_via_email_in: false");
    let after = off.receives(mail("carl@example.org", "[CALL#5837]"));
    assert!(after.told().is_empty() && after.changed() && after.replies().len() == 1);
}

#[test]
fn u2_unknown_sender_updates_where_the_account_allows_it() {
    let bench = desk().account("anonymous: { update_calls: true }");
    let after = bench.receives(mail("Nora New <nora@example.net>", "[CALL#5837]").text("Me too."));
    assert_eq!(after.outcome(), "action update_call");
    assert_eq!(last_entry(&after.call(5837)), ("Nora New", "Me too."));
    assert!(after.person("Nora New").is_user);
    assert_eq!(
        (after.subjects(), after.told()),
        (vec!["Call 5837 has been updated"], vec!["ana.lyst@example.com".to_owned()])
    );

    let bench = bench.account("anonymous: { default_user: Former Employee }");
    let before = bench.open().store.people().unwrap().len();
    let after = bench.receives(mail("Nora New <nora@example.net>", "[CALL#5837]").text("Me too."));
    assert_eq!(last_entry(&after.call(5837)), ("Former Employee", "Me too."));
    assert_eq!(after.people_count(), before);
    assert_eq!(after.subjects(), ["Call 5837 has been updated"]);
}

#[test]
fn u3_unknown_sender_is_ignored_where_the_account_does_not_allow_it() {
    for subject in ["[CALL#5837]", "[CALL#5839]"] {
        desk().receives(mail("nobody@example.net", subject)).assert_nothing_but("ignore unknown_sender");
        // logging and closing anonymously are switches of their own
        desk()
            .account("anonymous: { create_calls: true, close_calls: true }")
            .receives(mail("nobody@example.net", subject))
            .assert_nothing_but("ignore unknown_sender");
    }
}

/// A desk that reopens nothing.
fn without_reopening() -> Bench {
    desk().account("closed_calls: { reopen: false }")
}

#[test]
fn u4_closed_call_stays_closed_and_gets_a_note() {
    for auto_reply in ["true", "false"] {
        let bench = without_reopening().account(&format!("replies: {{ auto_reply: {auto_reply} }}"));
        let letter = mail("carl@example.org", "[CALL#5839]").text("Once more.").attach("a.log", "x");
        let after = bench.receives(letter);
        let call = after.call(5839);
        assert_eq!(state_and_owner(&call), (State::Closed, "Ana Lyst".to_owned(), None));
        assert_eq!(history(&call)[0], "Once more.");
        assert!(call.item.note_icon && call.objects.len() == 1);
        assert_eq!(after.told(), ["ana.lyst@example.com"]);
        assert_eq!(
            after.reply().1,
            "Call No 5839 has been updated by ASM Core.",
            "whether or not it auto-replies"
        );
    }
    let product =
        without_reopening().system("product: Our Desk").receives(mail("carl@example.org", "[CALL#5839]"));
    assert_eq!(product.reply().1, "Call No 5839 has been updated by Our Desk.");
}

#[test]
fn u4_unknown_sender_is_told_too_where_anonymous_updates_are_allowed() {
    let after = without_reopening()
        .account("anonymous: { update_calls: true }")
        .receives(mail("Nora New <nora@example.net>", "[CALL#5839]"));
    assert_eq!(after.reply().1, "Call No 5839 has been updated by ASM Core.");
    assert_eq!(last_entry(&after.call(5839)).0, "Nora New");
}

#[test]
fn u5_closed_call_is_left_alone_where_the_account_does_not_update_them() {
    let bench = desk().account("closed_calls: { update: false, reopen: false }");
    for auto_reply in ["true", "false"] {
        let bench = bench.clone().account(&format!("replies: {{ auto_reply: {auto_reply} }}"));
        bench.receives(mail("uma@example.com", "[CALL#5839]").attach("a.log", "x")).assert_only_told(
            "action decline_update",
            "Call No 5839 is already closed",
            "Call No 5839 is already closed and has not been updated.",
        );
    }
    bench.receives(mail("nobody@example.net", "[CALL#5839]")).assert_nothing_but("ignore unknown_sender");
    let anonymous = bench.clone().account("anonymous: { update_calls: true }");
    anonymous.receives(mail("nobody@example.net", "[CALL#5839]")).assert_only_told(
        "action decline_update",
        "Call No 5839 is already closed",
        "Call No 5839 is already closed and has not been updated.",
    );
    let automatic = mail("uma@example.com", "[CALL#5839]").header("Precedence", "bulk");
    bench.receives(automatic).assert_nothing_but("action decline_update");
}

#[test]
fn u6_request_is_updated_in_any_state_and_nobody_is_notified() {
    for (number, owner) in [(210, "Ana Lyst"), (211, "Bo Both")] {
        for auto_reply in ["true", "false"] {
            let bench = desk().account(&format!("replies: {{ auto_reply: {auto_reply} }}"));
            let before = bench.open().store.show(Kind::Request.series(), number.into()).unwrap().unwrap();
            let letter =
                mail("carl@example.org", &format!("[REQUEST#{number}]")).text("More.").attach("a.log", "x");
            let after = bench.receives(letter);
            let request = after.item(Kind::Request, number);
            assert_eq!(state_and_owner(&request), (before.item.state, owner.to_owned(), None));
            assert_eq!(
                (history(&request)[0], request.objects.len(), request.item.note_icon),
                ("More.", 1, true)
            );
            assert_eq!(after.reply().0, format!("Request {number} has been updated"));
            assert!(after.told().is_empty());
        }
    }
}

#[test]
fn u7_task_or_approval_is_updated_and_the_reply_says_which() {
    for (number, what) in [(76, "Task"), (77, "Approval"), (78, "Approval"), (79, "Approval"), (82, "Task")] {
        for form in ["TASK", "APPROVAL"] {
            let bench = desk().account("replies: { auto_reply: false }");
            let after = bench.receives(mail("carl@example.org", &format!("[{form}#{number}]")).text("More."));
            let task = after.task(number);
            assert_eq!((last_entry(&task), task.item.note_icon), (("Carl Customer", "More."), true));
            assert_eq!(after.reply().0, format!("{what} {number} has been updated"));
            assert!(after.told().is_empty());
        }
    }
}

#[test]
fn u8_unknown_sender_on_a_request_or_task_is_ignored() {
    let bench = desk().account("anonymous: { create_calls: true, update_calls: true, close_calls: true }");
    for subject in ["[REQUEST#210]", "[TASK#76]", "[APPROVAL#77]"] {
        bench.receives(mail("nobody@example.net", subject)).assert_nothing_but("ignore unknown_sender");
    }
}

const REPLY: &str = "It still smokes.\r\n\r\nOn Mon, 5 Jan 2026 at 09:00, Desk <desk@example.com> wrote:\r\n> Call 5837 has been updated.\r\n> Bye.";

#[test]
fn u9_only_the_reply_portion_of_a_reply_to_own_mail_goes_into_the_history() {
    let letter = || mail("uma@example.com", "Re: Call 5837 has been updated").text(REPLY);
    let mut truncated = desk().receives(letter());
    assert_eq!(last_entry(&truncated.call(5837)).1, "It still smokes.");
    assert_eq!(
        truncated.desk.store.raw(&truncated.key).unwrap(),
        Some(truncated.raw.clone()),
        "the original stays"
    );
    let whole = desk().system("truncate_incoming_emails: false").receives(letter());
    assert!(last_entry(&whole.call(5837)).1.contains("> Bye."));
}

#[test]
fn u9_a_reply_to_somebody_elses_mail_is_kept_whole() {
    let after = desk().receives(mail("uma@example.com", "[CALL#5837]").text(REPLY));
    assert!(last_entry(&after.call(5837)).1.contains("> Bye."));
}

#[test]
fn u9_a_reply_is_known_by_the_identifier_it_answers() {
    let first = desk().receives(mail("uma@example.com", "[CALL#5837]"));
    let id = first.the_reply().message_id.clone();
    let letter =
        mail("uma@example.com", "[CALL#5837] a subject of my own").id("second@example.com").text(REPLY);
    let after = first.receives(letter.header("In-Reply-To", &format!("<{id}>")));
    assert_eq!(last_entry(&after.call(5837)).1, "It still smokes.");
}

#[test]
fn u9_a_reply_that_is_all_quotation_is_kept_whole() {
    let letter =
        mail("uma@example.com", "Re: Call 5837 has been updated").text("> Call 5837 has been updated.");
    assert!(last_entry(&desk().receives(letter).call(5837)).1.contains("has been updated."));
}

#[test]
fn u10_html_is_kept_sanitised_where_the_account_preserves_it() {
    let letter = || {
        mail("uma@example.com", "[CALL#5837]")
            .text("It smokes.")
            .html("<p>It <b>smokes</b>.</p><script>alert(1)</script>")
    };
    let entry = |bench: Bench, letter| {
        let call = bench.receives(Vec::from(letter)).call(5837);
        (call.history[0].format, call.history[0].text.trim_end().to_owned())
    };
    let preserve = || desk().account("history: { preserve_html: true }");
    let text = (HistoryFormat::Text, "It smokes.".to_owned());
    assert_eq!(entry(preserve(), letter()), (HistoryFormat::Html, "<p>It <b>smokes</b>.</p>".to_owned()));
    assert_eq!(entry(desk(), letter()), text);
    assert_eq!(entry(preserve().system("default_format: plain_text"), letter()), text);
    let plain = mail("uma@example.com", "[CALL#5837]").text("It smokes.");
    assert_eq!(entry(preserve(), plain), text, "a mail without HTML");
}

#[test]
fn u11_hidden_unless_recipient() {
    let cases = [
        ("To: uma@example.com", false),
        ("Cc: Uma <UMA@example.com>, x@example.net", false),
        ("To: desk@example.com, uma@example.com", false),
        ("To: desk@example.com", true),
        ("Bcc: uma@example.com", true),
    ];
    for (recipients, hidden) in cases {
        let (name, value) = recipients.split_once(": ").unwrap();
        let letter = || mail("ana.lyst@example.com", "[CALL#5837]").header(name, value);
        let on = desk().account("history: { hide_unless_recipient: true }").receives(letter());
        assert_eq!(on.call(5837).history[0].hidden_from_user, hidden, "{recipients}");
        let off = desk().receives(letter());
        assert!(!off.call(5837).history[0].hidden_from_user, "{recipients}");
    }
    let letter = mail("ana.lyst@example.com", "[REQUEST#210]");
    let request = desk().account("history: { hide_unless_recipient: true }").receives(letter);
    assert!(request.item(Kind::Request, 210).history[0].hidden_from_user, "requests too");
}

/// The names of the objects of the item that a mail with this subject concerns, and the bytes of the last.
fn objects(bench: &Bench, letter: super::Mail) -> (Vec<String>, Vec<u8>, Vec<u8>) {
    let after = bench.receives(letter);
    let (kind, number) = after.decision.about.unwrap();
    let sheet = after.desk.store.show(kind.series(), number).unwrap().unwrap();
    let last = sheet.objects.last().map(|object| after.desk.store.object(object.id).unwrap().unwrap());
    (sheet.objects.into_iter().map(|object| object.name).collect(), last.unwrap_or_default(), after.raw)
}

fn ending(name: &str) -> &str {
    name.rsplit_once('.').map_or("", |(_, ending)| ending)
}

#[test]
fn u12_whole_raw_mail_is_attached_as_hexadecimal_text_to_calls() {
    let bench = desk().account("history: { attach_email_as: [text] }");
    for subject in ["Printer", "[CALL#5837]", "[CALL#5839]"] {
        let letter = mail("uma@example.com", subject).text("Größe \u{1f600}");
        let (names, bytes, raw) = objects(&bench, letter);
        assert_eq!(names.len(), 1, "{subject}");
        assert_eq!(ending(&names[0]), "txt", "{subject}");
        let digits: String = String::from_utf8(bytes).unwrap().split_whitespace().collect();
        assert_eq!(hex::decode(digits).unwrap(), raw, "{subject}: every byte");
    }
    for subject in ["[REQUEST#210]", "[TASK#76]", "[APPROVAL#77]"] {
        assert_eq!(objects(&bench, mail("uma@example.com", subject)).0, Vec::<String>::new(), "{subject}");
    }
    assert_eq!(
        objects(&desk(), mail("uma@example.com", "Printer")).0,
        Vec::<String>::new(),
        "off by default"
    );
}

#[test]
fn u13_formatted_mail_is_attached_to_calls() {
    let bench = desk().account("history: { attach_email_as: [html] }");
    for subject in ["Printer", "[CALL#5837]", "[CALL#5839]"] {
        let (names, bytes, _) =
            objects(&bench, mail("uma@example.com", subject).html("<p>It <b>smokes</b>.</p>"));
        assert_eq!(names.len(), 1, "{subject}");
        assert_eq!(ending(&names[0]), "html", "{subject}");
        assert!(String::from_utf8(bytes).unwrap().contains("<b>smokes</b>"), "{subject}");
        let (names, bytes, _) = objects(&bench, mail("uma@example.com", subject).text("It smokes."));
        assert_eq!(ending(&names[0]), "txt", "{subject}");
        assert_eq!(String::from_utf8(bytes).unwrap().trim_end(), "It smokes.");
    }
    for subject in ["[REQUEST#210]", "[TASK#76]"] {
        assert_eq!(objects(&bench, mail("uma@example.com", subject)).0, Vec::<String>::new(), "{subject}");
    }
    let both = desk().account("history: { attach_email_as: [text, html] }");
    let (names, ..) = objects(&both, mail("uma@example.com", "Printer").attach("a.log", "x"));
    assert_eq!((names.len(), names[0].as_str()), (3, "a.log"));
}

//! Section 3: may this message be processed at all?

use super::{After, Bench, desk, fixture, mail};
use postroom::ports::Ledger as _;
use postroom::vocab::Disposition;

fn report() -> Vec<u8> {
    b"From: postmaster@example.net\r\nTo: desk@example.com\r\nSubject: Read: printer\r\nMIME-Version: 1.0\r\n\
      Content-Type: multipart/report; report-type=disposition-notification; boundary=\"r\"\r\n\r\n\
      --r\r\nContent-Type: text/plain\r\n\r\nIt was read.\r\n--r\r\n\
      Content-Type: message/disposition-notification\r\n\r\nDisposition: manual-action; displayed\r\n--r--\r\n"
        .to_vec()
}

fn is_quarantined(after: &mut After) -> bool {
    let kept = after.desk.store.quarantine(false).unwrap();
    kept.iter().any(|entry| entry.entry.key == after.key)
}

/// A desk that stops neither reports nor blank return paths, and where anybody logs calls.
fn unguarded() -> Bench {
    desk()
        .account("guard: { ignore_report_messages: false, ignore_blank_return_path: false }")
        .account("anonymous: { create_calls: true }")
}

#[test]
fn g1_report_is_discarded_where_the_account_ignores_reports() {
    desk().receives(report()).assert_nothing_but("discard report");
    let after = unguarded().receives(report());
    assert_eq!(after.outcome(), "action log_call");
    let nested = String::from_utf8(report())
        .unwrap()
        .replace("multipart/report; report-type=disposition-notification;", "multipart/mixed;");
    let after = unguarded().account("guard: { ignore_report_messages: true }").receives(nested);
    assert_eq!(after.outcome(), "action log_call", "only the top-level type counts");
}

#[test]
fn g2_blank_return_path_is_discarded_where_the_account_ignores_it() {
    let blank = mail("uma@example.com", "Printer").header("Return-Path", "<>");
    desk().receives(blank.clone()).assert_nothing_but("discard blank_return_path");
    assert_eq!(unguarded().receives(blank).outcome(), "action log_call");
    let given = mail("uma@example.com", "Printer").header("Return-Path", "<uma@example.com>");
    assert_eq!(desk().receives(given).outcome(), "action log_call");
    assert_eq!(desk().receives(mail("uma@example.com", "Printer")).outcome(), "action log_call");
}

#[test]
fn g3_permanent_smtp_error_is_removed_at_once_and_kept_in_quarantine() {
    for name in ["bounce-501.eml", "bounce-503.eml", "bounce-550.eml", "bounce-553.eml"] {
        for bench in [desk(), unguarded()] {
            let mut after = bench.receives(fixture(name));
            after.assert_nothing_but("discard permanent_smtp_error");
            assert_eq!(after.decision.disposition, Disposition::Delete, "{name}");
            assert!(is_quarantined(&mut after), "{name}");
            assert_eq!(after.desk.store.raw(&after.key).unwrap(), Some(fixture(name)), "{name}");
        }
    }
}

#[test]
fn g3_other_codes_and_a_person_who_quotes_a_bounce_are_none() {
    for name in ["bounce-451-delayed.eml", "bounce-552-mailbox-full.eml", "bounce-delivered-receipt.eml"] {
        desk().receives(fixture(name)).assert_nothing_but("discard report");
        assert_eq!(unguarded().receives(fixture(name)).outcome(), "action log_call", "{name}");
    }
    let after = unguarded().receives(fixture("person-quotes-a-bounce.eml"));
    assert!(after.outcome().starts_with("action"), "{}", after.outcome());
}

#[test]
fn g3_nothing_is_kept_where_the_rule_says_delete() {
    let rule = "guard: [{ rule: fatal, replaces: fatal-smtp-error, when: { report_code: [501, 503, 550, 553] }, then: { delete: permanent_smtp_error } }]";
    let mut after = desk().rules(rule).receives(fixture("bounce-550.eml"));
    after.assert_nothing_but("discard permanent_smtp_error");
    assert!(!is_quarantined(&mut after));
    assert_eq!(after.desk.store.raw(&after.key).unwrap(), None);
}

#[test]
fn g4_own_loop_marker_and_own_addresses_are_discarded() {
    let marked = mail("uma@example.com", "Call 5837 has been updated").header("X-Postroom-Loop", "postroom");
    desk().receives(marked.clone()).assert_nothing_but("discard own_loop");
    let other = desk().system("loop_mark: the-other-desk").receives(marked);
    assert_eq!(other.outcome(), "action update_call", "the mark of another system");
    for own in ["DESK@example.com", "it@example.com", "shared-box@example.com"] {
        let bench = desk().rules(
            "accounts:
               mailbox: { new_calls: { template: IT Incident }, connect: { imap: { login: it@example.com } } }
               shared: { new_calls: { template: IT Incident }, connect: { graph: { mailbox: shared-box@example.com } } }",
        );
        bench.receives(mail(own, "Printer")).assert_nothing_but("discard own_loop");
    }
}

#[test]
fn g4_reply_of_this_system_that_comes_back_is_discarded() {
    let after = desk().receives(mail("uma@example.com", "Printer"));
    let reply = after.composed().bytes;
    after.receives(reply).assert_nothing_but("discard own_loop");
}

#[test]
fn g5_automatic_mail_is_processed_and_never_answered() {
    let signs = [
        ("Auto-Submitted", "auto-replied"),
        ("Auto-Submitted", "auto-generated"),
        ("Auto-Submitted", "auto-notified; owner-email=\"x@example.com\""),
        ("Precedence", "bulk"),
        ("Precedence", "junk"),
        ("Precedence", "list"),
        ("List-Id", "<staff.example.com>"),
        ("X-Auto-Response-Suppress", "All"),
        ("Return-Path", "<>"),
    ];
    for (name, value) in signs {
        let after = unguarded().receives(mail("uma@example.com", "[REQUEST#210]").header(name, value));
        assert_eq!(after.outcome(), "action update_request", "{name}: {value}");
        assert!(after.changed() && after.replies().is_empty(), "{name}: {value}");
    }
    let report = unguarded().receives(report());
    assert!(report.outcome() == "action log_call" && report.replies().is_empty());
    let person =
        unguarded().receives(mail("uma@example.com", "[REQUEST#210]").header("Auto-Submitted", "no"));
    assert_eq!(person.subjects(), ["Request 210 has been updated"]);
}

#[test]
fn g5_a_refusal_is_not_sent_to_automatic_mail_either() {
    let after = desk().receives(mail("carl@example.org", "[CLOSE#5837]").header("Precedence", "bulk"));
    after.assert_nothing_but("refuse insufficient-permission");
}

#[test]
fn g5_no_rule_changes_that() {
    let bench = desk().rules(
        "guard: [{ rule: everything, before: first, when: { automatic: [auto_replied, bulk, list, auto_generated] }, then: proceed }]\n\
         prove: [{ waive: own-mail-does-nothing, because: to see what becomes of it }]",
    );
    let after =
        bench.receives(mail("uma@example.com", "[REQUEST#210]").header("Auto-Submitted", "auto-replied"));
    assert!(after.changed() && after.replies().is_empty());
    let because = after.because("reply");
    assert_eq!(because, ["suppressed: automatic mail is never answered (RFC 3834)"]);
}

#[test]
fn g6_replies_beyond_the_limit_are_suppressed_and_the_reason_recorded() {
    let mut desk = desk().open();
    for number in 1..=12 {
        let mail = mail("uma@example.com", "[REQUEST#210]").id(&format!("{number}@example.com"));
        let after = desk.receives(mail);
        assert_eq!(after.outcome(), "action update_request");
        assert!(after.changed());
        assert_eq!(after.replies().len(), usize::from(number <= 10), "mail {number}");
        if number > 10 {
            assert_eq!(
                after.because("reply"),
                ["suppressed: 10 replies went to this address within 600 seconds"]
            );
        }
        desk = after.desk;
    }
    assert_eq!(
        desk.receives(mail("carl@example.org", "[REQUEST#210]")).replies().len(),
        1,
        "another address"
    );
}

#[test]
fn g7_what_is_too_large_or_no_mail_goes_to_quarantine_with_its_bytes() {
    let large = mail("uma@example.com", "Printer").text(&"x".repeat(2000));
    let cases: [(Vec<u8>, &str); 4] = [
        (large.into(), "quarantine too_large"),
        (b"\x00\x01\x02\x03 no mail at all \xff\xfe".to_vec(), "quarantine not_mail"),
        (Vec::new(), "quarantine not_mail"),
        (fixture("not-a-mail-binary.eml"), "quarantine not_mail"),
    ];
    for (raw, outcome) in cases {
        let mut after = desk().account("limits: { size_bytes_max: 1024 }").receives(raw.clone());
        after.assert_nothing_but(outcome);
        assert_eq!(after.decision.disposition, Disposition::Delete, "it never blocks the mailbox");
        assert!(is_quarantined(&mut after));
        assert_eq!(after.desk.store.raw(&after.key).unwrap(), Some(raw));
    }
}

#[test]
fn guards_are_asked_in_their_order() {
    let looped = |raw: Vec<u8>, lines: &str| {
        let text = String::from_utf8(raw).unwrap();
        let lines = format!("{lines}X-Postroom-Loop: postroom\r\n");
        (lines + &text).into_bytes()
    };
    let cases = [
        (looped(fixture("bounce-550.eml"), ""), "discard permanent_smtp_error"),
        (looped(report(), "Return-Path: <>\r\n"), "discard report"),
        (looped(mail("uma@example.com", "x").into(), "Return-Path: <>\r\n"), "discard blank_return_path"),
        (looped(mail("uma@example.com", "x").into(), ""), "discard own_loop"),
    ];
    for (raw, outcome) in cases {
        desk().receives(raw).assert_nothing_but(outcome);
    }
}

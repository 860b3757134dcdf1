//! Section 5: what is asked, of which number?

use super::{desk, mail, state_and_owner};
use postroom::engine::DecidedRequest;
use postroom::vocab::{Intent, Kind, Number, State};

fn asked(intent: Intent, kind: Kind, number: Option<u32>) -> DecidedRequest {
    DecidedRequest { intent: Some(intent), kind: Some(kind), number: number.map(Number::from) }
}

#[track_caller]
fn check(cases: &[(&str, DecidedRequest)]) {
    let bench = desk();
    let rule_set = bench.rule_set();
    for (subject, expected) in cases {
        let found = rule_set.recognize(
            postroom::message::Message::read(&Vec::from(mail("uma@example.com", subject))).subject.as_str(),
        );
        let found = found.map(|(rule, found)| DecidedRequest {
            intent: Some(rule.intent),
            kind: Some(rule.kind),
            number: found.number.as_deref().and_then(Number::parse),
        });
        assert_eq!(found.unwrap_or(LOG), *expected, "{subject}");
    }
    let (subject, expected) = cases[0];
    assert_eq!(bench.receives(mail("uma@example.com", subject)).decision.asked, expected);
}

/// A subject that asks for nothing in particular.
const LOG: DecidedRequest = DecidedRequest { intent: Some(Intent::Log), kind: None, number: None };

#[test]
fn s1_close_names_a_call() {
    check(&[("[CLOSE#5837]", asked(Intent::Close, Kind::Call, Some(5837)))]);
    let after = desk().receives(mail("ana.lyst@example.com", "[CLOSE#5837]"));
    assert_eq!(state_and_owner(&after.call(5837)).0, State::Closed);
}

#[test]
fn s2_approve_and_reject_name_an_approval() {
    check(&[
        ("[APPROVE#77]", asked(Intent::Approve, Kind::Approval, Some(77))),
        ("[REJECT#77]", asked(Intent::Reject, Kind::Approval, Some(77))),
    ]);
    let after = desk().receives(mail("ana.lyst@example.com", "[REJECT#77]"));
    assert_eq!(after.task(77).item.state, State::Rejected);
}

#[test]
fn s3_summaries_of_each_kind() {
    check(&[
        ("[MyCalls]", asked(Intent::Summary, Kind::Call, None)),
        ("[MyRequests]", asked(Intent::Summary, Kind::Request, None)),
        ("[MyTasks]", asked(Intent::Summary, Kind::Task, None)),
        ("[MyApprovals]", asked(Intent::Summary, Kind::Approval, None)),
    ]);
}

#[test]
fn s4_call_and_the_subjects_of_own_replies_update_a_call() {
    let update = asked(Intent::Update, Kind::Call, Some(5837));
    check(&[
        ("[CALL#5837]", update),
        ("Call 5837 has been updated", update),
        ("Call 5837 has been logged", update),
        ("Call 5837 has been closed", update),
        ("Call 5837 has been reopened", update),
        ("Call No 5837 has been updated by ASM Core", update),
        ("Call No 5837 is already closed and has not been updated", update),
        ("Call No 5837 already closed and has not been updated", update),
        ("Call No 5837 has not been closed", update),
    ]);
}

#[test]
fn s5_request_updates_a_request() {
    let update = asked(Intent::Update, Kind::Request, Some(210));
    check(&[("[REQUEST#210]", update), ("Request 210 has been updated", update)]);
}

#[test]
fn s6_task_and_approval_update_a_task_or_approval() {
    let task = asked(Intent::Update, Kind::Task, Some(77));
    let approval = asked(Intent::Update, Kind::Approval, Some(77));
    check(&[
        ("[TASK#77]", task),
        ("[APPROVAL#77]", approval),
        ("Task 77 has been successfully approved", task),
        ("Task 77 has been updated", task),
        ("Task 77 has not been decided", task),
        ("Task/Approval 77 has been updated", task),
        ("Approval 77 has been updated", approval),
    ]);
}

#[test]
fn s7_anything_else_or_no_subject_logs_a_call() {
    check(&[
        ("The printer on floor 2 is on fire", LOG),
        ("", LOG),
        ("CLOSE#5837", LOG),
        ("APPROVE#77", LOG),
        ("MyCalls", LOG),
        ("[CLOSE#]", LOG),
        ("[CLOSE#abc]", LOG),
        ("[CLOSE 5837]", LOG),
        ("5837", LOG),
    ]);
    let none = "From: uma@example.com\r\nTo: desk@example.com\r\n\r\nNo subject.\r\n";
    assert_eq!(desk().receives(none).outcome(), "action log_call");
}

#[test]
fn case_spaces_marks_and_encodings_do_not_matter() {
    let close = asked(Intent::Close, Kind::Call, Some(5837));
    check(&[
        ("[close#5837]", close),
        ("[Close # 5837]", close),
        ("[ CLOSE #5837 ]", close),
        ("Re: [CLOSE#5837]", close),
        ("AW: RE: [CLOSE#5837]", close),
        ("Fwd: [EXTERNAL] [CLOSE#5837] done", close),
        ("WG: SV: [EXT] please [CLOSE#5837]", close),
        ("=?utf-8?q?=5BCLOSE=235837=5D?=", close),
        ("=?utf-8?b?W0NMT1NF?= =?utf-8?b?IzU4Mzdd?=", close),
        ("[CLOSE#005837]", close),
        ("Re: CALL 5837 HAS BEEN UPDATED", asked(Intent::Update, Kind::Call, Some(5837))),
        ("[ mycalls ]", asked(Intent::Summary, Kind::Call, None)),
    ]);
}

#[test]
fn a_number_of_nineteen_digits_is_invalid_and_no_error() {
    check(&[
        ("[CLOSE#1234567890123456789]", asked(Intent::Close, Kind::Call, None)),
        ("[TASK#99999999999999999999999999999999]", asked(Intent::Update, Kind::Task, None)),
    ]);
    let logged = desk().receives(mail("uma@example.com", "[CLOSE#1234567890123456789]"));
    assert_eq!(logged.outcome(), "action log_call");
    let dropped = desk().account("new_calls: { log_on_invalid_number: false }");
    dropped
        .receives(mail("uma@example.com", "[CLOSE#1234567890123456789]"))
        .assert_nothing_but("ignore unknown_call_number");
}

#[test]
fn first_pattern_in_the_file_wins_then_the_leftmost_in_the_subject() {
    check(&[
        ("[CALL#1] [CLOSE#2]", asked(Intent::Close, Kind::Call, Some(2))),
        ("[CLOSE#5837] [CLOSE#5838]", asked(Intent::Close, Kind::Call, Some(5837))),
        ("[CALL#5837] see [CALL#5838]", asked(Intent::Update, Kind::Call, Some(5837))),
    ]);
}

#[test]
fn admins_add_patterns_of_their_own() {
    let bench = desk().rules(
        r#"recognize:
             - { subject: "Vorgang {number} erledigt", intent: close, kind: call, before: first }
             - { rule: ticket, expression: "\\bTKT-(?<number>[0-9]{1,18})\\b", intent: update, kind: call, after: last }"#,
    );
    let closed = bench.receives(mail("ana.lyst@example.com", "AW: Vorgang 5837 erledigt"));
    assert_eq!(closed.outcome(), "action close_call");
    let updated = bench.receives(mail("uma@example.com", "see TKT-5837, please"));
    assert_eq!(updated.outcome(), "action update_call");
}

#[test]
fn patterns_that_can_never_win_are_reported() {
    let findings = desk()
        .rules(r#"recognize: [{ subject: "[CLOSE#{number}] now", intent: close, kind: call, after: last }]"#)
        .findings();
    assert!(findings.contains(&"unreachable-rule"), "{findings:?}");
    let findings = desk()
        .rules(r#"recognize: [{ subject: "[TASK#{number}]", intent: close, kind: call, before: first }]"#)
        .findings();
    assert!(
        findings.contains(&"ambiguous-subject") || findings.contains(&"unreachable-rule"),
        "{findings:?}"
    );
}

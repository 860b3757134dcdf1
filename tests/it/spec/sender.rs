//! Section 4: who sent it?

use super::{After, desk, last_entry, mail, state_and_owner};
use postroom::vocab::State;

fn sender(after: &After) -> (&'static str, Option<&str>) {
    (after.decision.sender.case.word(), after.decision.sender.person.as_deref())
}

#[test]
fn i1_from_is_compared_without_regard_to_case_and_template_records_never_match() {
    let cases = [
        ("UMA@Example.COM", ("user", Some("Uma User"))),
        ("Somebody Else <ana@home.example>", ("analyst", Some("Ana Lyst"))),
        ("uma@example.com, ana.lyst@example.com", ("user", Some("Uma User"))),
        ("bo.both@example.com", ("analyst_and_user", Some("Bo Both"))),
        ("pattern@example.com", ("unknown", None)),
        ("\"uma@example.com\" <nobody@example.net>", ("unknown", None)),
    ];
    for (from, expected) in cases {
        assert_eq!(sender(&desk().receives(mail(from, "Printer"))), expected, "{from}");
    }
}

#[test]
fn i1_sender_counts_where_from_is_unusable() {
    for from in ["", "undisclosed", "<>", "Uma User"] {
        let after = desk().receives(mail(from, "Printer").header("Sender", "ana.lyst@example.com"));
        assert_eq!(sender(&after), ("analyst", Some("Ana Lyst")), "{from:?}");
    }
    let both = desk().receives(mail("uma@example.com", "Printer").header("Sender", "ana.lyst@example.com"));
    assert_eq!(sender(&both), ("user", Some("Uma User")));
}

#[test]
fn i2_lowest_record_is_the_sender() {
    let after = desk().receives(mail("shared@example.com", "Printer"));
    assert_eq!(sender(&after), ("user", Some("Sam First")));
    assert_eq!(after.new_call().item.user.as_deref(), Some("Sam First"));
    let template_first = desk()
        .world("people: [{ name: Dora Desk, addresses: [shared@example.com], template: true }]")
        .receives(mail("shared@example.com", "Printer"));
    assert_eq!(sender(&template_first), ("user", Some("Sam First")), "Template records are passed over");
}

#[test]
fn i3_the_sender_performs_what_follows() {
    let logged = desk().receives(mail("uma@example.com", "Printer").text("It smokes."));
    assert_eq!(logged.new_call().item.user.as_deref(), Some("Uma User"));
    let updated = desk().receives(mail("carl@example.org", "[CALL#5837]").text("Me too."));
    assert_eq!(last_entry(&updated.call(5837)), ("Carl Customer", "Me too."));
    let closed = desk().receives(mail("uma@example.com", "[CLOSE#5837]"));
    assert_eq!(state_and_owner(&closed.call(5837)).2, Some("Uma User"));
    let approved = desk().receives(mail("bo.both@example.com", "[APPROVE#77]"));
    let task = approved.task(77);
    assert_eq!((task.item.state, task.ended_by.as_deref()), (State::Approved, Some("Bo Both")));
}

#[test]
fn i4_no_match_is_unknown() {
    let after = desk().receives(mail("nobody@example.net", "Printer"));
    assert_eq!(sender(&after), ("unknown", None));
    after.assert_nothing_but("ignore unknown_sender");
}

#[test]
fn i5_person_without_flags_is_unknown_for_every_permission() {
    for subject in ["Printer", "[CALL#5837]", "[CLOSE#5837]", "[REQUEST#210]", "[TASK#76]", "[MyCalls]"] {
        desk().receives(mail("flo@example.com", subject)).assert_nothing_but("ignore unknown_sender");
    }
    let approver = desk().world("tasks: [{ number: 77, delegates: [Flo Flagless] }]");
    let refused = approver.receives(mail("flo@example.com", "[APPROVE#77]"));
    assert_eq!(refused.outcome(), "refuse sender-not-identified");
    assert!(!refused.changed());
}

#[test]
fn i5_person_without_flags_is_flagged_rather_than_made_twice() {
    let bench = desk().account("anonymous: { create_calls: true, update_calls: true, close_calls: true }");
    for subject in ["Printer", "[CALL#5837]", "[CLOSE#5837]"] {
        let before = bench.open().store.people().unwrap().len();
        let after = bench.receives(mail("Flora <flo@example.com>", subject));
        assert!(after.outcome().starts_with("action"), "{subject}");
        assert!(after.person("Flo Flagless").is_user, "{subject}");
        assert!(!after.person("Flo Flagless").is_analyst, "{subject}");
        assert_eq!(after.people_count(), before, "{subject}");
    }
}

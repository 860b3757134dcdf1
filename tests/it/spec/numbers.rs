//! Section 6: numbers that name nothing.

use super::{desk, mail};
use postroom::vocab::State;

#[test]
fn n1_invalid_call_number_logs_a_call_where_the_account_does() {
    for subject in ["[CALL#99]", "[CLOSE#99]", "Re: Call 99 has been updated"] {
        let after = desk().receives(mail("uma@example.com", subject));
        assert_eq!(after.new_call().item.number.get(), 5842, "{subject}");
        assert_eq!(after.subjects(), ["Call 5842 has been logged"], "{subject}");
    }
}

#[test]
fn n1_the_rules_of_creation_hold_for_an_invalid_number_too() {
    let unknown = || mail("nobody@example.net", "[CALL#99]");
    desk().receives(unknown()).assert_nothing_but("ignore unknown_sender");
    // who may update or close anonymously may not therefore log
    desk()
        .account("anonymous: { update_calls: true, close_calls: true }")
        .receives(unknown())
        .assert_nothing_but("ignore unknown_sender");
    let logged = desk().account("anonymous: { create_calls: true }").receives(unknown());
    assert_eq!(logged.new_call().item.user.as_deref(), Some("nobody"));
}

#[test]
fn n2_invalid_call_number_is_ignored_where_the_account_does_not_log() {
    for subject in ["[CALL#99]", "[CLOSE#99]", "Re: Call 99 has been updated"] {
        for from in ["uma@example.com", "ana.lyst@example.com", "nobody@example.net"] {
            desk()
                .account("new_calls: { log_on_invalid_number: false }")
                .receives(mail(from, subject))
                .assert_nothing_but("ignore unknown_call_number");
        }
    }
}

#[test]
fn n3_invalid_number_of_anything_else_always_logs_a_call() {
    for switch in ["true", "false"] {
        let bench = desk().account(&format!("new_calls: {{ log_on_invalid_number: {switch} }}"));
        for subject in ["[REQUEST#99]", "[TASK#99]", "[APPROVAL#99]", "[APPROVE#99]", "[REJECT#99]"] {
            let after = bench.receives(mail("uma@example.com", subject));
            assert_eq!(after.new_call().item.state, State::Open, "{subject}");
        }
        bench.receives(mail("nobody@example.net", "[TASK#99]")).assert_nothing_but("ignore unknown_sender");
    }
}

#[test]
fn n4_a_plain_task_is_not_approved() {
    for subject in ["[APPROVE#76]", "[REJECT#76]"] {
        for from in ["ana.lyst@example.com", "uma@example.com"] {
            desk().receives(mail(from, subject)).assert_only_told(
                "action decline_approval",
                "Task 76 has not been decided",
                "Task 76 is not an approval that can still be decided (open).",
            );
        }
        desk().receives(mail("nobody@example.net", subject)).assert_only_told(
            "refuse sender-not-identified",
            "Task 76 has not been decided",
            "The sender has not been identified.",
        );
    }
}

#[test]
fn a_number_that_only_another_kind_bears_does_not_exist() {
    let cases = ["[CALL#210]", "[CLOSE#76]", "[REQUEST#5837]", "[TASK#5837]", "[APPROVE#5837]"];
    for subject in cases {
        let after = desk().receives(mail("ana.lyst@example.com", subject));
        assert_eq!(after.outcome(), "action log_call", "{subject}");
    }
}

#[test]
fn approvals_are_numbered_as_tasks() {
    for subject in ["[TASK#77]", "[APPROVAL#77]", "[TASK#76]", "[APPROVAL#76]"] {
        let after = desk().receives(mail("ana.lyst@example.com", subject));
        assert_eq!(after.outcome(), "action update_task", "{subject}");
    }
}

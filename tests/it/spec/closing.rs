//! Section 9: closing and reopening.

use super::{After, Bench, desk, history, mail, state_and_owner};
use postroom::vocab::State;

const CLOSED: (&str, &str) = ("Call 5837 has been closed", "Call 5837 has been closed.");

#[track_caller]
fn assert_closed(after: &After, by: &str) {
    assert_eq!(after.outcome(), "action close_call");
    let call = after.call(5837);
    assert_eq!((call.item.state, call.ended_by.as_deref()), (State::Closed, Some(by)));
    assert_eq!(after.reply(), (CLOSED.0.to_owned(), CLOSED.1.to_owned()));
}

#[track_caller]
fn assert_refused(after: &After) {
    after.assert_only_told(
        "refuse insufficient-permission",
        "Call No 5837 has not been closed",
        "Reason: Insufficient Permission",
    );
}

#[test]
fn c1_unknown_sender_is_refused_silently() {
    for subject in ["[CLOSE#5837]", "[CLOSE#5839]"] {
        desk().receives(mail("nobody@example.net", subject)).assert_nothing_but("ignore unknown_sender");
        desk()
            .account("anonymous: { create_calls: true, update_calls: true }")
            .receives(mail("nobody@example.net", subject))
            .assert_nothing_but("ignore unknown_sender");
    }
}

#[test]
fn c2_unknown_sender_closes_where_the_account_allows_it() {
    let bench = desk().account("anonymous: { close_calls: true }");
    let after = bench.receives(mail("Nora New <nora@example.net>", "[CLOSE#5837]"));
    assert_closed(&after, "Nora New");
    assert!(after.person("Nora New").is_user);
    let bench = bench.account("anonymous: { default_user: Former Employee }");
    assert_closed(&bench.receives(mail("nobody@example.net", "[CLOSE#5837]")), "Former Employee");
}

#[test]
fn c3_user_closes_a_call_of_her_own() {
    assert_closed(&desk().receives(mail("uma@example.com", "[CLOSE#5837]")), "Uma User");
    // the confirmation is no auto-reply
    let silent = desk().account("replies: { auto_reply: false }");
    assert_closed(&silent.receives(mail("uma@example.com", "[CLOSE#5837]")), "Uma User");
}

#[test]
fn c4_user_does_not_close_the_call_of_somebody_else() {
    assert_refused(&desk().receives(mail("carl@example.org", "[CLOSE#5837]")));
    let rights = desk().world("people: [{ name: Carl Customer, rights: { take_over: true } }]");
    assert_refused(&rights.receives(mail("carl@example.org", "[CLOSE#5837]")));
}

#[test]
fn c5_analyst_closes_a_call_that_she_owns_or_may_take_over() {
    assert_closed(&desk().receives(mail("ana.lyst@example.com", "[CLOSE#5837]")), "Ana Lyst");
    assert_closed(&desk().receives(mail("tara@example.com", "[CLOSE#5837]")), "Tara Takeover");
    let group = || desk().world("calls: [{ number: 5837, owner: { analyst: null, group: IT First Line } }]");
    assert_closed(&group().receives(mail("ana.lyst@example.com", "[CLOSE#5837]")), "Ana Lyst");
    assert_closed(&group().receives(mail("bo.both@example.com", "[CLOSE#5837]")), "Bo Both");
}

#[test]
fn c6_analyst_without_either_is_refused_even_on_a_call_of_her_own() {
    assert_refused(&desk().receives(mail("dora@example.com", "[CLOSE#5837]")));
    assert_refused(&desk().receives(mail("bo.both@example.com", "[CLOSE#5837]")));
    let own = desk().world("calls: [{ number: 5837, user: Bo Both }]");
    assert_refused(&own.receives(mail("bo.both@example.com", "[CLOSE#5837]")));
}

#[test]
fn c7_closed_call_is_not_closed_again_and_never_reopened() {
    let told = ("Call No 5839 is already closed", "Call No 5839 is already closed and has not been updated.");
    let benches = [
        desk(),
        desk().account("replies: { auto_reply: false }"),
        desk().account("closed_calls: { update: false, reopen: false }"),
    ];
    for bench in benches {
        for from in ["uma@example.com", "carl@example.org", "ana.lyst@example.com", "dora@example.com"] {
            bench.receives(mail(from, "[CLOSE#5839]")).assert_only_told(
                "action decline_close",
                told.0,
                told.1,
            );
        }
    }
    let anonymous = desk().account("anonymous: { close_calls: true }");
    let after = anonymous.receives(mail("nobody@example.net", "[CLOSE#5839]"));
    after.assert_only_told("action decline_close", told.0, told.1);
}

/// A desk where the call 5839 belongs to Tara, who is told when it is reopened and stays hers.
fn of_tara() -> Bench {
    desk()
        .world("calls: [{ number: 5839, owner: { analyst: Tara Takeover } }]")
        .account("closed_calls: { on_reopening: none, otherwise_to: null }")
}

#[test]
fn r1_closed_call_is_reopened_by_an_update() {
    let after =
        of_tara().receives(mail("uma@example.com", "[CALL#5839]").text("Once more.").attach("a.log", "x"));
    assert_eq!(after.outcome(), "action reopen_call");
    let call = after.call(5839);
    assert_eq!(state_and_owner(&call), (State::Open, "Tara Takeover".to_owned(), None));
    assert!(history(&call).contains(&"Once more."), "{:?}", history(&call));
    assert!(call.item.note_icon && call.objects.len() == 1);
    assert_eq!(after.reply().0, "Call 5839 has been reopened");
    assert_eq!(after.told(), ["tara@example.com"]);
    let silent =
        of_tara().account("replies: { auto_reply: false }").receives(mail("uma@example.com", "[CALL#5839]"));
    assert_eq!(silent.call(5839).item.state, State::Open);
    assert!(silent.replies().is_empty());
    assert_eq!(silent.told(), ["tara@example.com"]);
}

#[test]
fn r1_nothing_is_reopened_where_the_account_does_not() {
    let bench = desk().account("closed_calls: { reopen: false }");
    for from in ["uma@example.com", "ana.lyst@example.com"] {
        let after = bench.receives(mail(from, "[CALL#5839]"));
        assert_eq!(after.outcome(), "action note_on_closed_call", "{from}");
        assert_eq!(after.call(5839).item.state, State::Closed, "{from}");
    }
}

#[test]
fn r2_reopening_without_updating_is_an_error() {
    let errors = |switches: &str| {
        let loaded = desk().account(&format!("closed_calls: {switches}")).load();
        let codes: Vec<_> = loaded.findings.iter().map(|finding| finding.code).collect();
        (loaded.rule_set.is_some(), codes)
    };
    assert_eq!(errors("{ update: false, reopen: true }"), (false, vec!["reopen-without-update"]));
    assert_eq!(
        errors("{ update: false }"),
        (false, vec!["reopen-without-update"]),
        "reopening is on by default"
    );
    assert_eq!(errors("{ update: false, reopen: false }"), (true, vec![]));
    assert_eq!(errors("{ update: true, reopen: true }"), (true, vec![]));
}

#[test]
fn r3_role_and_portal_decide_who_reopens() {
    let reopens = |from: &str, right: bool, portal: bool| {
        let people = ["Uma User", "Carl Customer", "Dora Desk", "Bo Both", "Flo Flagless"];
        let people: Vec<String> =
            people.iter().map(|name| format!("{{ name: {name}, rights: {{ reopen: {right} }} }}")).collect();
        let world = format!("people: [{}]\nportal: {{ reopen_closed_calls: {portal} }}", people.join(", "));
        let bench = desk().world(&world).account("anonymous: { update_calls: true }");
        let after = bench.receives(mail(from, "[CALL#5839]"));
        assert!(["action reopen_call", "action note_on_closed_call"].contains(&after.outcome().as_str()));
        let is_open = after.call(5839).item.state == State::Open;
        assert_eq!(is_open, after.outcome() == "action reopen_call");
        is_open
    };
    let cases = [
        ("uma@example.com", [false, false, false, true]),
        ("carl@example.org", [false, false, false, true]),
        ("dora@example.com", [false, false, true, true]),
        ("bo.both@example.com", [false, false, true, true]),
        ("flo@example.com", [false; 4]),
        ("nobody@example.net", [false; 4]),
    ];
    for (from, expected) in cases {
        let found = [(false, false), (false, true), (true, false), (true, true)];
        let found = found.map(|(right, portal)| reopens(from, right, portal));
        assert_eq!(found, expected, "{from}");
    }
}

#[test]
fn r3_who_may_not_reopen_is_treated_as_an_update_of_a_closed_call() {
    let after = desk().receives(mail("carl@example.org", "[CALL#5839]"));
    assert_eq!(after.reply().1, "Call No 5839 has been updated by ASM Core.");
    assert_eq!(after.call(5839).item.state, State::Closed);
}

/// To whom the call goes that this sender reopens.
fn reopened_to(bench: &Bench, from: &str, number: u32) -> String {
    let after = bench.receives(mail(from, &format!("[CALL#{number}]")));
    assert_eq!(after.outcome(), "action reopen_call");
    let (state, owner, _) = state_and_owner(&after.call(number));
    assert_eq!(state, State::Open);
    owner
}

fn policy(policy: &str) -> Bench {
    desk()
        .account(&format!("closed_calls: {{ on_reopening: {policy}, otherwise_to: HR Duty Desk }}"))
        .world("people: [{ name: Tara Takeover, rights: { reopen: true } }]")
}

#[test]
fn ra1_goes_to_the_analyst_or_group_of_the_accounts_template() {
    let bench = policy("template_assignee");
    assert_eq!(reopened_to(&bench, "uma@example.com", 5839), "IT First Line");
    let analyst = "templates: [{ name: IT Incident, owner: { group: null, analyst: Tara Takeover } }]";
    assert_eq!(reopened_to(&bench.clone().world(analyst), "uma@example.com", 5839), "Tara Takeover");
    assert_eq!(
        reopened_to(&bench.clone(), "uma@example.com", 5840),
        "IT First Line",
        "not those of the call's own"
    );
    let nobody = bench.world("templates: [{ name: IT Incident, owner: null }]");
    assert_eq!(reopened_to(&nobody, "uma@example.com", 5839), "HR Duty Desk");
}

#[test]
fn ra2_goes_to_the_analyst_who_sends_the_mail() {
    let bench = policy("sending_analyst");
    assert_eq!(reopened_to(&bench, "tara@example.com", 5839), "Tara Takeover");
    assert_eq!(reopened_to(&bench, "bo.both@example.com", 5839), "Bo Both");
    assert_eq!(reopened_to(&bench, "uma@example.com", 5839), "HR Duty Desk");
}

#[test]
fn ra3_goes_to_the_one_who_logged_the_call_if_an_analyst_still() {
    let bench =
        policy("logging_analyst").world("calls: [{ number: 5839, owner: { analyst: Tara Takeover } }]");
    assert_eq!(reopened_to(&bench, "uma@example.com", 5839), "Ana Lyst");
    assert_eq!(reopened_to(&bench, "uma@example.com", 5840), "HR Duty Desk", "logged by one who is none");
    let nobody = bench.world("calls: [{ number: 5839, logging_analyst: null }]");
    assert_eq!(reopened_to(&nobody, "uma@example.com", 5839), "HR Duty Desk");
}

#[test]
fn ra4_none_goes_to_the_fallback_group() {
    for from in ["uma@example.com", "ana.lyst@example.com"] {
        assert_eq!(reopened_to(&policy("none"), from, 5839), "HR Duty Desk");
    }
}

#[test]
fn ra5_without_group_the_call_keeps_its_owner() {
    for (on_reopening, from, number, owner) in [
        ("none", "uma@example.com", 5839, "Ana Lyst"),
        ("sending_analyst", "uma@example.com", 5839, "Ana Lyst"),
        ("logging_analyst", "uma@example.com", 5840, "HR Duty Desk"),
        ("sending_analyst", "tara@example.com", 5839, "Tara Takeover"),
    ] {
        let bench = policy(on_reopening).account("closed_calls: { otherwise_to: null }");
        assert_eq!(reopened_to(&bench, from, number), owner, "{on_reopening}");
    }
    let nobody = "templates: [{ name: IT Incident, owner: null }]";
    let template = policy("template_assignee").world(nobody).account("closed_calls: { otherwise_to: null }");
    assert_eq!(reopened_to(&template, "uma@example.com", 5839), "Ana Lyst");
}

#[test]
fn ra5_check_warns_where_no_fallback_group_is_set() {
    for on_reopening in ["template_assignee", "sending_analyst", "logging_analyst", "none"] {
        let bench = policy(on_reopening).account("closed_calls: { otherwise_to: null }");
        assert_eq!(bench.findings(), ["reopened-to-nobody"]);
        assert!(bench.load().rule_set.is_some(), "it is a warning");
    }
    assert!(desk().findings().is_empty());
    let never = desk().account("closed_calls: { reopen: false, otherwise_to: null }");
    assert!(never.findings().is_empty(), "nothing is ever reopened");
}

//! Section 7: logging a call.

use super::{Bench, desk, mail};
use postroom::adapters::sqlite::ItemSheet;
use postroom::adapters::world::World;
use postroom::ruleset::check::check_desk;
use postroom::vocab::Assignee;

/// For whom a call was logged, and by whom.
fn user_and_logger(sheet: &ItemSheet) -> (&str, &str) {
    (sheet.item.user.as_deref().unwrap_or_default(), sheet.logging_analyst.as_deref().unwrap_or_default())
}

/// A desk where anybody logs calls.
fn open_to_all() -> Bench {
    desk().account("anonymous: { create_calls: true }")
}

#[test]
fn l1_unknown_sender_becomes_a_new_person() {
    let after = open_to_all().receives(mail("Nora New <nora@example.net>", "Printer"));
    assert_eq!(user_and_logger(&after.new_call()), ("Nora New", "Duty Analyst"));
    let nora = after.person("Nora New");
    assert_eq!((nora.is_user, nora.is_analyst, nora.is_template), (true, false, false));
    assert_eq!(nora.addresses, ["nora@example.net"]);
    assert_eq!(after.subjects(), ["Call 5842 has been logged"]);
    // and is known from then on
    let again = after.receives(mail("NORA@example.net", "Once more").id("second@example.net"));
    assert_eq!(user_and_logger(&again.new_call()), ("Nora New", "Duty Analyst"));
}

#[test]
fn l1_new_person_gets_a_name_of_its_own() {
    let cases = [
        ("nora@example.net", "nora"),
        ("Uma User <other@example.net>", "Uma User (other@example.net)"),
        ("=?utf-8?q?Zo=C3=AB?= <zoe@example.net>", "Zoë"),
    ];
    for (from, name) in cases {
        let after = open_to_all().receives(mail(from, "Printer"));
        assert_eq!(user_and_logger(&after.new_call()).0, name, "{from}");
    }
}

#[test]
fn l1a_default_user_stands_for_unknown_senders() {
    let bench = open_to_all().account("anonymous: { default_user: Former Employee }");
    let before = bench.open().store.people().unwrap().len();
    let after = bench.receives(mail("Nora New <nora@example.net>", "Printer"));
    assert_eq!(user_and_logger(&after.new_call()), ("Former Employee", "Duty Analyst"));
    assert_eq!(after.people_count(), before);
    assert_eq!(after.the_reply().reply.to.address.as_str(), "nora@example.net", "who wrote is answered");
}

#[test]
fn l1b_unknown_sender_logs_nothing_where_the_account_does_not_allow_it() {
    desk().receives(mail("nobody@example.net", "Printer")).assert_nothing_but("ignore unknown_sender");
    desk()
        .account("anonymous: { default_user: Former Employee }")
        .receives(mail("nobody@example.net", "Printer"))
        .assert_nothing_but("ignore unknown_sender");
}

#[test]
fn l2_analyst_only_becomes_user() {
    let after = desk().receives(mail("dora@example.com", "Printer"));
    assert_eq!(user_and_logger(&after.new_call()), ("Dora Desk", "Dora Desk"));
    let dora = after.person("Dora Desk");
    assert!(dora.is_user && dora.is_analyst);
}

#[test]
fn l2_only_logging_makes_an_analyst_a_user() {
    for subject in [
        "[CALL#5837]",
        "[CALL#5839]",
        "[CLOSE#5837]",
        "[REQUEST#210]",
        "[TASK#76]",
        "[APPROVE#77]",
        "[MyCalls]",
    ] {
        let after = desk().receives(mail("ana.lyst@example.com", subject));
        assert!(after.outcome().starts_with("action"), "{subject}");
        assert!(!after.person("Ana Lyst").is_user, "{subject}");
    }
}

#[test]
fn l3_user_only_is_logged_by_the_default_analyst() {
    for switch in ["true", "false"] {
        let bench = desk().account(&format!("new_calls: {{ use_linked_analyst: {switch} }}"));
        let after = bench.receives(mail("uma@example.com", "Printer"));
        assert_eq!(user_and_logger(&after.new_call()), ("Uma User", "Duty Analyst"), "{switch}");
    }
}

#[test]
fn l4_analyst_and_user_is_the_user() {
    let after = desk().receives(mail("bo.both@example.com", "Printer"));
    assert_eq!(user_and_logger(&after.new_call()), ("Bo Both", "Bo Both"));
}

#[test]
fn la1_linked_analyst_decides_who_logs_for_analysts() {
    let cases = [
        ("dora@example.com", "false", "Duty Analyst"),
        ("dora@example.com", "true", "Dora Desk"),
        ("bo.both@example.com", "false", "Duty Analyst"),
        ("bo.both@example.com", "true", "Bo Both"),
    ];
    for (from, switch, logger) in cases {
        let bench = desk().account(&format!("new_calls: {{ use_linked_analyst: {switch} }}"));
        let after = bench.receives(mail(from, "Printer"));
        assert_eq!(user_and_logger(&after.new_call()).1, logger, "{from} {switch}");
    }
}

#[test]
fn la2_user_is_logged_by_the_default_analyst_linked_or_not() {
    for switch in ["true", "false"] {
        let who =
            format!("new_calls: {{ use_linked_analyst: {switch}, default_logging_analyst: Dora Desk }}");
        for from in ["uma@example.com", "carl@example.org", "former@example.com"] {
            let after = desk().account(&who).receives(mail(from, "Printer"));
            assert_eq!(user_and_logger(&after.new_call()).1, "Dora Desk", "{from} {switch}");
        }
    }
}

#[test]
fn la3_blank_default_analyst_means_the_sender() {
    let senders = [
        ("uma@example.com", "Uma User"),
        ("dora@example.com", "Dora Desk"),
        ("bo.both@example.com", "Bo Both"),
        ("Nora New <nora@example.net>", "Nora New"),
        ("flo@example.com", "Flo Flagless"),
    ];
    for switch in ["true", "false"] {
        let blank = format!("new_calls: {{ use_linked_analyst: {switch}, default_logging_analyst: null }}");
        for (from, who) in senders {
            let after = open_to_all().account(&blank).receives(mail(from, "Printer"));
            assert_eq!(user_and_logger(&after.new_call()), (who, who), "{switch}");
        }
        let default_user =
            open_to_all().account(&blank).account("anonymous: { default_user: Former Employee }");
        let after = default_user.receives(mail("nobody@example.net", "Printer"));
        assert_eq!(user_and_logger(&after.new_call()), ("Former Employee", "Former Employee"));
    }
}

#[test]
fn l5_call_has_the_properties_of_the_template_and_nothing_else() {
    let after = desk().receives(mail("uma@example.com", "Printer").text("It smokes.\n\nHelp!"));
    let call = after.new_call();
    assert_eq!(call.item.number.get(), 5842, "the next available number");
    assert_eq!(call.description.replace('\r', "").trim_end(), "It smokes.\n\nHelp!");
    let set = [
        &call.template,
        &call.screen_set,
        &call.ipk_status,
        &call.ipk_stream,
        &call.office,
        &call.impact,
        &call.urgency,
        &call.item.partition,
    ];
    let set: Vec<&str> = set.iter().map(|value| value.as_deref().unwrap_or_default()).collect();
    assert_eq!(set, ["IT Incident", "Default", "Open", "Incident", "London", "high", "low", "IT"]);
    assert_eq!(call.item.owner.as_ref().map(Assignee::name), Some("IT First Line"));
    assert_eq!((call.ended_by, call.ended_at, call.item.note_icon), (None, None, false));
    assert!(call.history.is_empty() && call.objects.is_empty() && call.delegates.is_empty());
    assert!(call.forwarded_by.is_empty() && call.forwarded_to.is_empty());
}

#[test]
fn l5_every_call_takes_the_next_number() {
    let first = desk().receives(mail("uma@example.com", "One"));
    assert_eq!(first.new_call().item.number.get(), 5842);
    let second = first.receives(mail("uma@example.com", "Two").id("second@example.net"));
    assert_eq!(second.new_call().item.number.get(), 5843);
}

#[test]
fn l5_template_may_name_an_analyst_and_leave_fields_blank() {
    let bench = desk()
        .world("templates: [{ name: Bare, partition: HR, owner: { analyst: Tara Takeover } }]")
        .account("new_calls: { template: Bare }");
    let call = bench.receives(mail("uma@example.com", "Printer")).new_call();
    assert_eq!(call.item.owner.as_ref().map(Assignee::name), Some("Tara Takeover"));
    assert_eq!((call.screen_set, call.impact, call.item.priority), (None, None, None));
}

#[test]
fn l6_attachments_become_objects_under_the_unspecified_profile() {
    let letter = || mail("uma@example.com", "Printer").attach("printer.log", "PC LOAD LETTER");
    for (bench, profile) in
        [(desk(), "Unspecified"), (desk().system("security_profile: Everybody"), "Everybody")]
    {
        let after = bench.receives(letter());
        let call = after.new_call();
        let objects: Vec<_> = call
            .objects
            .iter()
            .map(|object| (object.name.as_str(), object.security_profile.as_str()))
            .collect();
        assert_eq!(objects, [("printer.log", profile)]);
        let bytes = after.desk.store.object(call.objects[0].id).unwrap().unwrap();
        assert_eq!(String::from_utf8(bytes).unwrap().trim_end(), "PC LOAD LETTER");
        let entries: Vec<_> = call.history.iter().map(|entry| entry.security_profile.as_deref()).collect();
        assert_eq!(entries, [Some(profile)], "the entry that records it");
        assert_eq!(call.history[0].by.as_deref(), Some("Uma User"));
    }
}

#[test]
fn l7_auto_reply_is_sent_where_the_account_sends_them() {
    let (subject, text) = desk().receives(mail("uma@example.com", "Printer")).reply();
    assert_eq!(subject, "Call 5842 has been logged");
    assert!(text.starts_with("Your message \"Printer\" has been logged as call 5842."), "{text}");
    let silent =
        desk().account("replies: { auto_reply: false }").receives(mail("uma@example.com", "Printer"));
    assert_eq!(silent.new_call().item.number.get(), 5842);
    assert!(silent.replies().is_empty());
}

#[test]
fn l8_impact_and_urgency_give_the_priority() {
    for (impact, urgency, priority) in
        [("high", "high", 1), ("high", "low", 2), ("low", "high", 3), ("low", "low", 4)]
    {
        let template = format!("templates: [{{ name: IT Incident, impact: {impact}, urgency: {urgency} }}]");
        let after = desk().world(&template).receives(mail("uma@example.com", "Printer"));
        assert_eq!(after.new_call().item.priority, Some(priority), "{impact} {urgency}");
    }
}

fn desk_findings(bench: &Bench) -> Vec<(&'static str, String)> {
    let loaded = bench.load();
    let world: World = bench.world_read();
    let findings = check_desk(loaded.file.as_ref().unwrap(), &world.summary(), "small.yaml");
    findings
        .iter()
        .map(|finding| (finding.code, loaded.sources.text(finding.span().unwrap()).to_owned()))
        .collect()
}

#[test]
fn l8_no_cell_leaves_the_priority_blank_and_check_warns() {
    let bench = desk().world("templates: [{ name: IT Incident, urgency: medium }]");
    assert_eq!(bench.receives(mail("uma@example.com", "Printer")).new_call().item.priority, None);
    assert_eq!(desk_findings(&bench), [("no-priority-cell", "\"IT Incident\"".to_owned())]);
    assert_eq!(desk_findings(&desk()), []);
}

#[test]
fn l9_template_without_owner_and_logging_analyst_who_is_none_are_errors() {
    let cases = [
        (
            "new_calls: { template: Facilities Request }",
            "template-without-assignee",
            "\"Facilities Request\"",
        ),
        ("new_calls: { default_logging_analyst: Uma User }", "not-an-analyst", "\"Uma User\""),
        ("new_calls: { default_logging_analyst: Flo Flagless }", "not-an-analyst", "\"Flo Flagless\""),
        (
            "new_calls: { default_logging_analyst: Pattern Person }",
            "template-person-as-analyst",
            "\"Pattern Person\"",
        ),
        ("new_calls: { default_logging_analyst: Nobody }", "unknown-person", "\"Nobody\""),
        ("new_calls: { template: No Such }", "unknown-template", "\"No Such\""),
        ("closed_calls: { otherwise_to: No Such }", "unknown-group", "\"No Such\""),
        ("anonymous: { default_user: Dora Desk }", "not-a-user", "\"Dora Desk\""),
        ("anonymous: { default_user: Pattern Person }", "not-a-user", "\"Pattern Person\""),
        ("partition: Marketing", "unknown-partition", "\"Marketing\""),
    ];
    for (switch, code, at) in cases {
        let found = desk_findings(&desk().account(switch));
        assert!(found.contains(&(code, at.to_owned())), "{switch}: {found:?}");
    }
    assert_eq!(desk().account("new_calls: { template: null }").findings(), ["template-missing"]);
}

#[test]
fn l9_both_are_errors_and_not_warnings() {
    for switch in
        ["new_calls: { template: Facilities Request }", "new_calls: { default_logging_analyst: Uma User }"]
    {
        let bench = desk().account(switch);
        let findings =
            check_desk(bench.load().file.as_ref().unwrap(), &bench.world_read().summary(), "small.yaml");
        assert!(
            findings.iter().any(|finding| finding.severity == postroom::diagnostic::Severity::Error),
            "{switch}"
        );
    }
}

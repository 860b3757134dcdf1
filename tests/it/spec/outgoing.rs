//! Section 12: every option of an outgoing account, and those of the system, with their defaults.

use super::{After, Bench, desk, last_entry, mail};
use postroom::ruleset::account::{Authentication, Outgoing, PagerEncoding, Server, Submit, Tls};
use postroom::vocab::MessageFormat;

/// The bench with another way out.
fn sending(written: &str) -> Bench {
    desk().outgoing("files: null").outgoing(written)
}

fn main_server(bench: &Bench) -> Outgoing {
    bench.rule_set().outgoing.into_iter().find(|server| server.name == "main").unwrap()
}

fn smtp(written: &str) -> (Server, u32, bool, PagerEncoding) {
    match main_server(&sending(&format!("smtp: {written}"))).submit {
        Submit::Smtp { server, connection_timeout_secs, chunking, pager_encoding } => {
            (server, connection_timeout_secs, chunking, pager_encoding)
        }
        other => panic!("{other:?}"),
    }
}

/// A second outgoing server beside `main`.
fn with_second(settings: &str) -> Bench {
    desk().rules(&format!(
        "outgoing: {{ second: {{ files: {{ folder: second }}, outgoing_email_id: second@example.com, {settings} }} }}"
    ))
}

fn via(after: &After) -> (String, String) {
    let reply = &after.the_reply().reply;
    (reply.via.clone(), reply.from.address.to_string())
}

#[test]
fn option_name_is_unique() {
    let twice = "format: 1\nrule_set: x\nextends: classic\noutgoing:\n  a: { files: { folder: a } }\n  a: { files: { folder: a } }\n";
    assert!(super::findings::errors(twice).contains(&"duplicate-key"));
}

#[test]
fn option_protocol_is_smtp_graph_or_ews() {
    assert!(matches!(main_server(&sending("smtp: {}")).submit, Submit::Smtp { .. }));
    assert!(matches!(main_server(&sending("graph: { mailbox: a@b.c }")).submit, Submit::Graph { .. }));
    assert!(matches!(main_server(&sending("ews: { server: x }")).submit, Submit::Ews { .. }));
    assert!(sending("{}").load().rule_set.is_none(), "none");
    assert!(sending("{ smtp: {}, graph: { mailbox: a@b.c } }").load().rule_set.is_none(), "two");
}

#[test]
fn option_protocol_pop_cannot_send() {
    let pop = sending("pop3: { server: x }");
    assert_eq!(pop.findings(), ["protocol-cannot-send"]);
    assert!(pop.load().rule_set.is_none());
}

#[test]
fn option_server_is_localhost_and_port_follows_tls() {
    assert_eq!(smtp("{}").0.server, "localhost");
    assert_eq!(smtp("{}").0.port, 25);
    assert_eq!(smtp("{ tls: off }").0.port, 25);
    assert_eq!(smtp("{ tls: starttls }").0.port, 587);
    assert_eq!(smtp("{ tls: implicit }").0.port, 465);
    assert_eq!(smtp("{ port: 2525, tls: implicit }").0.port, 2525);
}

#[test]
fn option_tls_is_on_unless_turned_off() {
    assert_eq!(smtp("{}").0.tls, Tls::Starttls);
    assert_eq!(smtp("{ tls: off }").0.tls, Tls::Off);
    assert_eq!(smtp("{ tls: implicit }").0.tls, Tls::Implicit);
    let microsoft = sending("smtp: { server: smtp.office365.com, tls: off }");
    assert_eq!(microsoft.findings(), ["microsoft-365-requires-tls"]);
}

#[test]
fn option_login_password_and_authentication() {
    let login = smtp("{ login: it, password: { env: P } }").0.login;
    assert_eq!((login.login.as_deref(), login.authentication), (Some("it"), Authentication::Automatic));
    assert_eq!(
        sending("smtp: { authentication: [standard] }").findings(),
        ["method-not-applicable"],
        "not for smtp"
    );
    assert_eq!(sending("smtp: { authentication: [apop] }").findings(), ["method-not-applicable"]);
    assert_eq!(sending("smtp: { tls: off, authentication: [sasl_plain] }").findings(), ["clear-text-login"]);
}

#[test]
fn option_active_is_on_unless_cleared_and_then_it_is_not_used() {
    assert!(main_server(&desk()).active);
    let bench = with_second("active: true").outgoing("active: false");
    let after = bench.receives(mail("uma@example.com", "[CALL#5837]"));
    assert_eq!(via(&after), ("second".to_owned(), "second@example.com".to_owned()));
    let none = desk().outgoing("active: false").receives(mail("uma@example.com", "[CALL#5837]"));
    assert!(none.changed() && none.replies().is_empty(), "processed, but nobody can be answered");
    assert!(none.because("reply").contains(&"suppressed: no outgoing server is active".to_owned()));
}

#[test]
fn option_pager_encoding_is_none_unless_said_otherwise() {
    assert_eq!(smtp("{}").3, PagerEncoding::None);
    assert_eq!(smtp("{ pager_encoding: ascii }").3, PagerEncoding::Ascii);
    assert_eq!(smtp("{ pager_encoding: utf_8 }").3, PagerEncoding::Utf8);
}

#[test]
fn option_send_receipt_email_is_off_unless_set() {
    let header = |bench: Bench| {
        let composed = bench.receives(mail("uma@example.com", "[CALL#5837]")).composed();
        String::from_utf8(composed.bytes).unwrap().contains("Disposition-Notification-To: <desk@example.com>")
    };
    assert!(!header(desk()));
    assert!(header(desk().outgoing("send_receipt: true")));
}

#[test]
fn option_connection_timeout_is_two_minutes_and_chunking_off_unless_said_otherwise() {
    let (_, timeout, chunking, _) = smtp("{}");
    assert_eq!((timeout, chunking), (120, false));
    let (_, timeout, chunking, _) = smtp("{ connection_timeout_secs: 5, chunking: true }");
    assert_eq!((timeout, chunking), (5, true));
}

#[test]
fn option_outgoing_email_id_is_the_from_and_must_be_there() {
    let bench = desk().outgoing("outgoing_email_id: servicedesk@example.com");
    let after = bench.receives(mail("uma@example.com", "[CALL#5837]"));
    assert_eq!(via(&after).1, "servicedesk@example.com");
    assert_eq!(desk().outgoing("outgoing_email_id: null").findings(), ["missing-key"]);
    assert_eq!(desk().outgoing("outgoing_email_id: no address").findings(), ["wrong-type"]);
}

#[test]
fn option_default_outgoing_server_is_exactly_one_and_the_second_replaces_the_first() {
    let bench = with_second("default: true");
    assert_eq!(bench.findings(), ["default-server-replaced"]);
    let defaults: Vec<String> = bench
        .rule_set()
        .outgoing
        .into_iter()
        .filter(|server| server.is_default)
        .map(|server| server.name)
        .collect();
    assert_eq!(defaults, ["second"]);
    assert_eq!(via(&bench.receives(mail("uma@example.com", "[CALL#5837]"))).0, "second");
    assert_eq!(via(&with_second("active: true").receives(mail("uma@example.com", "[CALL#5837]"))).0, "main");
    assert_eq!(with_second("active: true").outgoing("default: false").findings(), ["no-default-server"]);
}

#[test]
fn option_sent_from_analyst_and_reply_to_forwarding_analyst() {
    let desk_address = "desk@example.com";
    let ana = "ana.lyst@example.com";
    for (sent_from, reply_to, from_is, reply_to_is) in [
        (false, false, desk_address, desk_address),
        (true, false, ana, desk_address),
        (false, true, desk_address, ana),
        (true, true, ana, ana),
    ] {
        let switches =
            format!("{{ sent_from_analyst: {sent_from}, reply_to_forwarding_analyst: {reply_to} }}");
        let bench = desk().outgoing(&switches);
        let after = bench.receives(mail("ana@home.example", "[REQUEST#210]"));
        let reply = &after.the_reply().reply;
        assert_eq!(
            (reply.from.address.as_str(), reply.reply_to.address.as_str()),
            (from_is, reply_to_is),
            "{switches}"
        );
        let user = bench.receives(mail("uma@example.com", "[REQUEST#210]"));
        let reply = &user.the_reply().reply;
        assert_eq!(
            (reply.from.address.as_str(), reply.reply_to.address.as_str()),
            (desk_address, desk_address)
        );
    }
    let server = main_server(&desk());
    assert!(!server.sent_from_analyst && !server.reply_to_forwarding_analyst, "off by default");
}

#[test]
fn option_partition_carries_mail_of_its_entities() {
    let bench = with_second("partition: HR");
    let of_hr = bench.receives(mail("carl@example.org", "[CALL#5840]"));
    assert_eq!(via(&of_hr), ("second".to_owned(), "second@example.com".to_owned()));
    let of_it = bench.receives(mail("carl@example.org", "[CALL#5837]"));
    assert_eq!(via(&of_it).0, "main");
    let new = bench
        .clone()
        .account("new_calls: { template: HR Enquiry }")
        .receives(mail("uma@example.com", "Holiday"));
    assert_eq!(via(&new).0, "second", "the partition of the new call");
    let inactive =
        with_second("partition: HR, active: false").receives(mail("carl@example.org", "[CALL#5840]"));
    assert_eq!(via(&inactive).0, "main");
}

#[test]
fn option_partition_with_two_servers_warns_and_the_choice_is_always_the_same() {
    let server = |name: &str| {
        format!("{name}: {{ files: {{ folder: x }}, outgoing_email_id: {name}@example.com, partition: HR }}")
    };
    for order in [["beta", "alpha"], ["alpha", "beta"]] {
        let bench = desk().rules(&format!("outgoing: {{ {}, {} }}", server(order[0]), server(order[1])));
        assert_eq!(bench.findings(), ["two-servers-for-partition"]);
        assert_eq!(via(&bench.receives(mail("carl@example.org", "[CALL#5840]"))).0, "alpha");
    }
    let one = desk().rules(&format!(
        "outgoing: {{ {}, {} }}",
        server("alpha"),
        server("beta").replace("partition", "active: false, partition")
    ));
    assert!(one.findings().is_empty());
}

// System ---------------------------------------------------------------------------------------------------

fn format(after: &After) -> (MessageFormat, bool) {
    let reply = &after.the_reply().reply;
    (reply.format, reply.html.is_some())
}

#[test]
fn option_default_format_is_html_unless_said_otherwise() {
    let letter = || mail("uma@example.com", "[CALL#5837]");
    assert_eq!(format(&desk().receives(letter())), (MessageFormat::Html, true));
    let plain = desk().system("default_format: plain_text");
    assert_eq!(format(&plain.receives(letter())), (MessageFormat::PlainText, false));
}

#[test]
fn option_message_format_per_person_overrides_the_default() {
    let carl = || mail("carl@example.org", "[CALL#5837]");
    assert_eq!(format(&desk().receives(carl())), (MessageFormat::PlainText, false));
    let off = desk().system("format_per_person: false");
    assert_eq!(format(&off.receives(carl())), (MessageFormat::Html, true));
    let ana =
        desk().system("default_format: plain_text").receives(mail("ana.lyst@example.com", "[CALL#5837]"));
    assert_eq!(format(&ana), (MessageFormat::Html, true));
}

#[test]
fn option_truncate_incoming_emails_is_on_unless_cleared() {
    assert!(desk().rule_set().system.truncate_incoming_emails);
    let letter = mail("uma@example.com", "Re: Call 5837 has been updated")
        .text("New.\r\n\r\nOn Mon, 5 Jan 2026 at 09:00, Desk <desk@example.com> wrote:\r\n> old");
    assert_eq!(last_entry(&desk().receives(letter.clone()).call(5837)).1, "New.");
    let whole = desk().system("truncate_incoming_emails: false").receives(letter);
    assert!(last_entry(&whole.call(5837)).1.contains("> old"));
}

#[test]
fn option_product_name_stands_in_replies() {
    let bench = desk().system("product: Our Desk").account("closed_calls: { reopen: false }");
    let after = bench.receives(mail("uma@example.com", "[CALL#5839]"));
    assert!(after.reply().1.contains("Our Desk"));
    assert_eq!(after.the_reply().reply.from.name.as_deref(), Some("Our Desk"));
}

#[test]
fn option_unspecified_profile_is_called_so_unless_renamed() {
    assert_eq!(desk().rule_set().system.security_profile, "Unspecified");
}

#[test]
fn option_email_at_update_via_email_in_is_on_unless_cleared() {
    let letter = || mail("carl@example.org", "[CALL#5837]");
    assert_eq!(desk().receives(letter()).told(), ["ana.lyst@example.com"]);
    let off = desk().system("email_at_update_via_email_in: false");
    assert!(off.receives(letter()).told().is_empty());
}

#[test]
fn option_portal_reopen_setting_is_the_desks_unless_the_rules_say_otherwise() {
    let outcome = |system: &str, portal: bool| {
        let bench = desk().system(system).world(&format!("portal: {{ reopen_closed_calls: {portal} }}"));
        bench.receives(mail("uma@example.com", "[CALL#5839]")).outcome()
    };
    assert_eq!(outcome("{}", true), "action reopen_call");
    assert_eq!(outcome("{}", false), "action note_on_closed_call");
    assert_eq!(outcome("portal_reopen_closed_calls: true", false), "action reopen_call");
    assert_eq!(outcome("portal_reopen_closed_calls: false", true), "action note_on_closed_call");
}

#[test]
fn option_priority_matrix_is_that_of_the_partition() {
    let bench = desk().world("partitions: [{ name: IT, priority_matrix: { high: { low: 9 } } }]");
    assert_eq!(bench.receives(mail("uma@example.com", "x")).new_call().item.priority, Some(9));
    let hr = desk().account("new_calls: { template: HR Enquiry }");
    assert_eq!(hr.receives(mail("uma@example.com", "x")).new_call().item.priority, Some(4));
}

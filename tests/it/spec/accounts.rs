//! Section 11: every option of an incoming account, with its default.

use super::{Bench, desk, mail};
use postroom::ruleset::account::{
    Account, Application, Authentication, AuthenticationMethod, Connect, Grant, OnReopening, SecretPlace,
    Server, Tls,
};
use postroom::ruleset::attachments::AttachmentPolicy;
use postroom::vocab::{Kind, Limits, State};

/// The account with another way to its mail.
fn connected(connect: &str) -> Bench {
    desk().account("connect: null").account(&format!("connect: {connect}"))
}

fn connect(written: &str) -> Connect {
    connected(written).loaded_account().connect.unwrap()
}

fn server(written: &str) -> Server {
    match connect(written) {
        Connect::Imap { server, .. } | Connect::Pop3 { server, .. } | Connect::Ews { server, .. } => server,
        other => panic!("{other:?}"),
    }
}

fn application(written: &str) -> Application {
    match connect(written) {
        Connect::Graph { application, .. } | Connect::Ews { application, .. } => application,
        other => panic!("{other:?}"),
    }
}

fn default() -> Account {
    desk().loaded_account()
}

const POP3: &str = "{ pop3: { server: mail.example.com } }";
const GRAPH: &str = "{ graph: { mailbox: desk@example.com } }";
const EWS: &str = "{ ews: { server: mail.example.com } }";

#[test]
fn any_number_of_accounts() {
    let accounts: Vec<String> = (0..50)
        .map(|n| {
            format!(
                "a{n}: {{ new_calls: {{ template: IT Incident }}, connect: {{ files: {{ folder: f{n} }} }} }}"
            )
        })
        .collect();
    let rule_set = desk().rules(&format!("accounts: {{ {} }}", accounts.join(", "))).rule_set();
    assert_eq!(rule_set.accounts.iter().filter(|account| !account.for_tests).count(), 51);
}

#[test]
fn option_name_is_unique() {
    let twice = "format: 1\nrule_set: x\nextends: classic\naccounts:\n  a: { new_calls: { template: T } }\n  a: { new_calls: { template: T } }\n";
    assert!(super::findings::errors(twice).contains(&"duplicate-key"));
    let of_test = "tests: { accounts: { desk: { new_calls: { template: IT Incident } } } }";
    assert!(desk().rules(of_test).findings().contains(&"duplicate-name"));
}

#[test]
fn option_protocol_is_one_of_those_that_are_known() {
    for (written, protocol) in [
        (POP3, "pop3"),
        ("{ imap: {} }", "imap"),
        (EWS, "ews"),
        (GRAPH, "graph"),
        ("{ mapi: {} }", "mapi"),
        ("{ files: { folder: in } }", "files"),
    ] {
        assert_eq!(connect(written).protocol(), protocol);
    }
    assert!(connected("{ uucp: {} }").load().rule_set.is_none());
    assert!(connected("{ imap: {}, pop3: { server: x } }").load().rule_set.is_none(), "one of them");
}

#[test]
fn option_server_is_localhost_for_imap_unless_named() {
    assert_eq!(server("{ imap: {} }").server, "localhost");
    assert_eq!(server("{ imap: { server: mail.example.com } }").server, "mail.example.com");
    assert_eq!(connected("{ pop3: {} }").findings(), ["missing-key"]);
}

#[test]
fn option_port_follows_protocol_and_tls() {
    for (written, port) in [
        ("{ imap: {} }", 143),
        ("{ imap: { tls: off } }", 143),
        ("{ imap: { tls: implicit } }", 993),
        ("{ imap: { port: 1143, tls: implicit } }", 1143),
        ("{ pop3: { server: x } }", 110),
        ("{ pop3: { server: x, tls: starttls } }", 110),
        ("{ pop3: { server: x, tls: implicit } }", 995),
    ] {
        assert_eq!(server(written).port, port, "{written}");
    }
}

#[test]
fn option_login_and_password_come_from_outside() {
    assert_eq!(server("{ imap: {} }").login.password, None);
    for (place, expected) in [
        ("{ env: DESK_PASSWORD }", SecretPlace::Env("DESK_PASSWORD".into())),
        ("{ file: /run/secrets/desk }", SecretPlace::File("/run/secrets/desk".into())),
        ("{ command: [pass, desk] }", SecretPlace::Command(vec!["pass".into(), "desk".into()])),
    ] {
        let login = server(&format!("{{ imap: {{ login: it, password: {place} }} }}")).login;
        assert_eq!((login.login.as_deref(), login.password), (Some("it"), Some(expected)));
    }
}

#[test]
fn option_active_is_on_unless_cleared() {
    assert!(default().active);
    assert!(!desk().account("active: false").loaded_account().active);
}

#[test]
fn option_tls_is_starttls_unless_said_otherwise() {
    assert_eq!(server("{ imap: {} }").tls, Tls::Starttls);
    assert_eq!(server(POP3).tls, Tls::Starttls);
    for (word, tls) in [("off", Tls::Off), ("starttls", Tls::Starttls), ("implicit", Tls::Implicit)] {
        assert_eq!(server(&format!("{{ imap: {{ tls: {word} }} }}")).tls, tls);
    }
}

#[test]
fn option_tls_is_required_by_microsoft_365() {
    for host in ["outlook.office365.com", "imap-mail.outlook.com", "OUTLOOK.OFFICE365.COM"] {
        let off = connected(&format!("{{ imap: {{ server: {host}, tls: off }} }}")).load();
        assert_eq!(
            off.findings.iter().map(|f| f.code).collect::<Vec<_>>(),
            ["microsoft-365-requires-tls"],
            "{host}"
        );
        assert!(off.rule_set.is_none());
        assert!(connected(&format!("{{ imap: {{ server: {host} }} }}")).findings().is_empty());
    }
    let elsewhere = connected("{ imap: { server: notoutlook.example.com, tls: off } }");
    assert!(elsewhere.findings().is_empty());
}

#[test]
fn option_max_messages_per_session_is_fifty_unless_said_otherwise() {
    let most = |written| match connect(written) {
        Connect::Pop3 { max_messages_per_session, .. } => max_messages_per_session,
        other => panic!("{other:?}"),
    };
    assert_eq!(most(POP3), 50);
    assert_eq!(most("{ pop3: { server: x, max_messages_per_session: 7 } }"), 7);
    assert!(connected("{ pop3: { server: x, max_messages_per_session: 0 } }").load().rule_set.is_none());
}

#[test]
fn option_authentication_is_automatic_a_list_or_none() {
    use AuthenticationMethod as Method;
    let of = |written: &str| {
        server(&format!("{{ pop3: {{ server: x, authentication: {written} }} }}")).login.authentication
    };
    assert_eq!(server(POP3).login.authentication, Authentication::Automatic);
    assert_eq!(of("automatic"), Authentication::Automatic);
    assert_eq!(of("[]"), Authentication::Only(vec![]));
    assert_eq!(of("none"), Authentication::Only(vec![]));
    for (word, method) in [
        ("standard", Method::Standard),
        ("apop", Method::Apop),
        ("sasl_login", Method::SaslLogin),
        ("sasl_plain", Method::SaslPlain),
        ("sasl_cram_md5", Method::SaslCramMd5),
        ("sasl_digest_md5", Method::SaslDigestMd5),
        ("sasl_ntlm", Method::SaslNtlm),
        ("sasl_msn", Method::SaslMsn),
        ("sasl_gssapi", Method::SaslGssapi),
        ("sasl_scram_sha_1", Method::SaslScramSha1),
        ("sasl_scram_sha_256", Method::SaslScramSha256),
        ("sasl_xoauth2", Method::SaslXoauth2),
        ("sasl_oauthbearer", Method::SaslOauthbearer),
    ] {
        assert_eq!(of(&format!("[{word}]")), Authentication::Only(vec![method]), "{word}");
    }
}

#[test]
fn option_authentication_that_does_not_apply_is_warned_of() {
    let apop = connected("{ imap: { authentication: [apop] } }");
    assert_eq!(apop.findings(), ["method-not-applicable"]);
    assert!(apop.load().rule_set.is_some(), "another one is used");
    assert!(connected("{ imap: { authentication: [apop, sasl_plain] } }").findings().is_empty());
    assert!(connected("{ pop3: { server: x, authentication: [apop] } }").findings().is_empty());
}

#[test]
fn option_clear_text_login_without_tls_needs_a_word() {
    for method in ["standard", "sasl_login", "sasl_plain"] {
        let open = format!("tls: off, authentication: [{method}]");
        assert_eq!(
            connected(&format!("{{ imap: {{ {open} }} }}")).findings(),
            ["clear-text-login"],
            "{method}"
        );
        assert!(
            connected(&format!("{{ imap: {{ {open}, allow_clear_text: true }} }}")).findings().is_empty()
        );
        assert!(connected(&format!("{{ imap: {{ authentication: [{method}] }} }}")).findings().is_empty());
    }
    assert!(connected("{ imap: { tls: off, authentication: [sasl_cram_md5] } }").findings().is_empty());
    assert!(!server("{ imap: {} }").login.allow_clear_text);
}

#[test]
fn option_deleted_items_folder_is_deleted_items_unless_said_otherwise() {
    let folder = |written| match connect(written) {
        Connect::Imap { deleted_items_folder, .. } => deleted_items_folder,
        other => panic!("{other:?}"),
    };
    assert_eq!(folder("{ imap: {} }"), "Deleted Items");
    assert_eq!(folder("{ imap: { deleted_items_folder: Trash } }"), "Trash");
    assert_eq!(folder("{ imap: { deleted_items_folder: \"\" } }"), "", "removed for good");
}

#[test]
fn option_guard_switches_are_on_unless_cleared() {
    assert!(default().ignore_report_messages && default().ignore_blank_return_path);
    let off = desk().account("guard: { ignore_report_messages: false, ignore_blank_return_path: false }");
    let off = off.loaded_account();
    assert!(!off.ignore_report_messages && !off.ignore_blank_return_path);
}

#[test]
fn option_call_template_decides_about_new_calls() {
    let call = desk()
        .account("new_calls: { template: HR Enquiry }")
        .receives(mail("uma@example.com", "x"))
        .new_call();
    assert_eq!((call.template.as_deref(), call.item.partition.as_deref()), (Some("HR Enquiry"), Some("HR")));
    assert_eq!(
        desk().account("new_calls: { template: null }").findings(),
        ["template-missing"],
        "there is no default"
    );
}

#[test]
fn option_default_logging_analyst_is_blank_unless_named() {
    let blank = desk().account("new_calls: { default_logging_analyst: null }");
    assert_eq!(blank.loaded_account().default_logging_analyst, None);
    assert_eq!(
        blank.receives(mail("uma@example.com", "x")).new_call().logging_analyst.as_deref(),
        Some("Uma User")
    );
    let named = desk().account("new_calls: { default_logging_analyst: Dora Desk }");
    assert_eq!(
        named.receives(mail("uma@example.com", "x")).new_call().logging_analyst.as_deref(),
        Some("Dora Desk")
    );
}

#[test]
fn option_default_logging_analyst_is_asked_for_where_anybody_logs_calls() {
    let bench = desk().account("anonymous: { create_calls: true }");
    assert!(bench.findings().is_empty());
    let blank = bench.account("new_calls: { default_logging_analyst: null }");
    assert_eq!(blank.findings(), ["analyst-missing-for-anonymous"]);
    assert!(blank.load().rule_set.is_some(), "it is a warning");
}

#[test]
fn option_use_linked_analyst_is_on_unless_cleared() {
    let logger = |bench: Bench| bench.receives(mail("dora@example.com", "x")).new_call().logging_analyst;
    assert!(default().use_linked_analyst);
    assert_eq!(logger(desk()).as_deref(), Some("Dora Desk"));
    assert_eq!(
        logger(desk().account("new_calls: { use_linked_analyst: false }")).as_deref(),
        Some("Duty Analyst")
    );
}

#[test]
fn option_send_auto_reply_is_on_unless_cleared() {
    assert!(default().auto_reply);
    let silent = desk().account("replies: { auto_reply: false }");
    for (subject, optional) in [
        ("Printer", true),
        ("[CALL#5837]", true),
        ("[CALL#5839]", true),
        ("[CLOSE#5837]", false),
        ("[REQUEST#210]", false),
        ("[TASK#76]", false),
        ("[APPROVE#78]", false),
        ("[MyCalls]", false),
        ("[CLOSE#5839]", false),
    ] {
        assert_eq!(desk().receives(mail("uma@example.com", subject)).replies().len(), 1, "{subject}");
        let replies = silent.receives(mail("uma@example.com", subject)).replies().len();
        assert_eq!(replies, usize::from(!optional), "{subject}");
    }
}

#[test]
fn option_log_new_call_on_invalid_number_is_on_unless_cleared() {
    assert!(default().log_on_invalid_number);
    let off = desk().account("new_calls: { log_on_invalid_number: false }");
    off.receives(mail("uma@example.com", "[CALL#99]")).assert_nothing_but("ignore unknown_call_number");
    assert_eq!(desk().receives(mail("uma@example.com", "[CALL#99]")).outcome(), "action log_call");
}

#[test]
fn option_update_and_reopen_closed_calls_are_on_unless_cleared() {
    assert!(default().update_closed_calls && default().reopen_closed_calls);
    let outcome = |bench: Bench| bench.receives(mail("uma@example.com", "[CALL#5839]")).outcome();
    assert_eq!(outcome(desk()), "action reopen_call");
    assert_eq!(outcome(desk().account("closed_calls: { reopen: false }")), "action note_on_closed_call");
    let neither = desk().account("closed_calls: { update: false, reopen: false }");
    assert_eq!(outcome(neither), "action decline_update");
}

#[test]
fn option_on_reopening_of_calls_is_the_template_unless_said_otherwise() {
    assert_eq!(default().on_reopening, OnReopening::TemplateAssignee);
    for (word, policy) in [
        ("template_assignee", OnReopening::TemplateAssignee),
        ("sending_analyst", OnReopening::SendingAnalyst),
        ("logging_analyst", OnReopening::LoggingAnalyst),
        ("none", OnReopening::None),
    ] {
        let account = desk().account(&format!("closed_calls: {{ on_reopening: {word} }}")).loaded_account();
        assert_eq!(account.on_reopening, policy);
    }
}

#[test]
fn option_fallback_group_is_unset_unless_named() {
    assert_eq!(desk().account("closed_calls: { otherwise_to: null }").loaded_account().otherwise_to, None);
    assert_eq!(default().otherwise_to.as_deref(), Some("IT First Line"));
}

#[test]
fn option_anonymous_creating_updating_and_closing_are_off_unless_set() {
    let account = default();
    assert!(!account.create_anonymously && !account.update_anonymously && !account.close_anonymously);
    let cases =
        [("create_calls", "Printer"), ("update_calls", "[CALL#5837]"), ("close_calls", "[CLOSE#5837]")];
    for (switch, _) in cases {
        let bench = desk().account(&format!("anonymous: {{ {switch}: true }}"));
        for (other, subject) in cases {
            let after = bench.receives(mail("nobody@example.net", subject));
            let allowed = after.outcome().starts_with("action");
            assert_eq!(allowed, switch == other, "{switch}: {subject}: {}", after.outcome());
        }
    }
}

#[test]
fn option_default_user_for_anonymous_mail_is_unset_unless_named() {
    assert_eq!(default().default_user, None);
    let bench = desk().account("anonymous: { create_calls: true, default_user: Former Employee }");
    let after = bench.receives(mail("nobody@example.net", "x"));
    assert_eq!(after.new_call().item.user.as_deref(), Some("Former Employee"));
}

#[test]
fn option_preserve_html_and_hiding_and_attaching_are_off_unless_set() {
    let account = default();
    assert!(!account.preserve_html && !account.hide_unless_recipient);
    assert!(!account.attach_email_as_text && !account.attach_email_as_html);
    let all = desk().account(
        "history: { preserve_html: true, hide_unless_recipient: true, attach_email_as: [text, html] }",
    );
    let all = all.loaded_account();
    assert!(all.preserve_html && all.hide_unless_recipient);
    assert!(all.attach_email_as_text && all.attach_email_as_html);
}

#[test]
fn option_partition_says_where_mail_about_no_item_leaves() {
    assert_eq!(default().partition, None);
    let bench = desk().rules(
        "outgoing: { hr: { files: { folder: hr }, outgoing_email_id: hr@example.com, partition: HR } }",
    );
    let summary = mail("ana.lyst@example.com", "[MyCalls]");
    assert_eq!(bench.receives(summary.clone()).the_reply().reply.via, "main");
    assert_eq!(bench.account("partition: HR").receives(summary).the_reply().reply.via, "hr");
}

#[test]
fn option_poll_interval_is_a_minute_unless_said_otherwise() {
    assert_eq!(default().poll_every_secs, 60);
    assert_eq!(desk().account("poll_every_secs: 5").loaded_account().poll_every_secs, 5);
    assert!(desk().account("poll_every_secs: 0").load().rule_set.is_none());
}

#[test]
fn option_any_recognised_sender_decides_approvals_is_off_unless_set() {
    assert!(!default().any_recognised_sender);
    let on = desk().account("approvals: { any_recognised_sender: true }");
    assert_eq!(
        on.receives(mail("carl@example.org", "[APPROVE#77]")).item(Kind::Task, 77).item.state,
        State::Approved
    );
    assert_eq!(
        desk().receives(mail("carl@example.org", "[APPROVE#77]")).item(Kind::Task, 77).item.state,
        State::Open
    );
}

#[test]
fn option_limits_are_fifty_mebibytes_and_ten_replies_in_ten_minutes_unless_said_otherwise() {
    let account = default();
    assert_eq!(
        (account.size_bytes_max, account.replies_max, account.replies_window_secs),
        (50 << 20, 10, 600)
    );
    assert_eq!((account.limits, account.read_secs_max), (Limits::default(), 30));
    assert_eq!(account.attachments, AttachmentPolicy::default(), "SPEC L6: every file becomes an object");
    let mut desk = desk().account("limits: { replies_max: 1, replies_window_secs: 60 }").open();
    for (later, replies) in [(0, 1), (30, 0), (120, 1)] {
        desk.now += later;
        let id = format!("{later}@example.com");
        let after = desk.receives(mail("uma@example.com", "[REQUEST#210]").id(&id));
        assert_eq!(after.replies().len(), replies, "{later}");
        desk = after.desk;
    }
}

#[test]
fn option_graph_has_tenant_client_secret_grant_mailbox_and_scopes() {
    let plain = application(GRAPH);
    assert_eq!((plain.grant, plain.mailbox.as_deref()), (Grant::ClientCredentials, Some("desk@example.com")));
    assert_eq!(plain.scopes, ["https://graph.microsoft.com/.default"]);
    let full = application(
        "{ graph: { tenant: example.com, client_id: c, client_secret: { env: S }, refresh_token: { file: t }, grant: authorization_code, mailbox: shared@example.com, scopes: [Mail.ReadWrite] } }",
    );
    assert_eq!(
        (full.tenant.as_deref(), full.client_id.as_deref(), full.grant),
        (Some("example.com"), Some("c"), Grant::AuthorizationCode)
    );
    assert_eq!(full.client_secret, Some(SecretPlace::Env("S".into())));
    assert_eq!(full.refresh_token, Some(SecretPlace::File("t".into())));
    assert_eq!(
        (full.mailbox.as_deref(), full.scopes),
        (Some("shared@example.com"), vec!["Mail.ReadWrite".to_owned()])
    );
    let certificate = application("{ graph: { mailbox: a@b.c, certificate: desk.pem } }").certificate;
    assert_eq!(certificate.as_deref(), Some("desk.pem"));
    assert_eq!(connected("{ graph: {} }").findings(), ["missing-key"]);
}

#[test]
fn option_ews_has_a_server_and_where_needed_an_application() {
    let ews = "{ ews: { server: mail.example.com, login: it, password: { env: P }, tenant: t, client_id: c, mailbox: shared@example.com } }";
    assert_eq!(
        (server(ews).server.as_str(), server(ews).port, server(ews).tls),
        ("mail.example.com", 443, Tls::Implicit)
    );
    let application = application(ews);
    assert_eq!(
        (application.tenant.as_deref(), application.mailbox.as_deref()),
        (Some("t"), Some("shared@example.com"))
    );
    assert_eq!(application.scopes, ["https://outlook.office365.com/.default"]);
}

#[test]
fn option_mapi_is_understood_with_all_it_has() {
    let written = "{ mapi: { server: x, port: 593, login: it, password: { env: P }, mailbox: it@example.com, use_nt_authentication: true, empty_trash: true } }";
    assert_eq!(connect(written), Connect::Mapi);
    assert_eq!(connected(written).findings(), ["protocol-withdrawn"]);
    assert_eq!(connect("{ mapi: {} }"), Connect::Mapi);
}

//! Accounts, outgoing servers and the settings of the desk, compared value by value; never a secret.

use crate::ruleset::account::{
    Account, Application, Authentication, Connect, Login, Outgoing, SecretPlace, Server, Submit,
};
use crate::ruleset::attachments::{NamePattern, TypePattern};
use crate::ruleset::{RuleSet, System};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// A setting that has another value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct SettingChange {
    /// Where it stands in the rule file: `accounts.it-desk.closed_calls.reopen`.
    pub setting: String,
    /// Its value in the old rule set; none where it has no value there.
    pub old: Option<String>,
    /// Its value in the new one.
    pub new: Option<String>,
}

/// Keys with values, in order.
type Settings = Vec<(String, Value)>;

pub(super) fn compare(old: &RuleSet, new: &RuleSet) -> Vec<SettingChange> {
    let mut changes = Vec::new();
    differ("system", &system(old), &system(new), &mut changes);
    let accounts = |rule_set: &RuleSet| -> Vec<(String, Settings)> {
        let real = rule_set.accounts.iter().filter(|account| !account.for_tests);
        real.map(|account| (account.name.clone(), of_account(account))).collect()
    };
    let servers = |rule_set: &RuleSet| -> Vec<(String, Settings)> {
        rule_set.outgoing.iter().map(|server| (server.name.clone(), of_server(server))).collect()
    };
    for (group, old, new) in
        [("accounts", accounts(old), accounts(new)), ("outgoing", servers(old), servers(new))]
    {
        let known: BTreeMap<&String, &Settings> = new.iter().map(|(name, own)| (name, own)).collect();
        for (name, settings) in &old {
            match known.get(name) {
                Some(other) => differ(&format!("{group}.{name}"), settings, other, &mut changes),
                None => changes.push(presence(group, name, true)),
            }
        }
        let is_new = |(name, _): &&(String, Settings)| !old.iter().any(|(known, _)| known == name);
        changes.extend(new.iter().filter(is_new).map(|(name, _)| presence(group, name, false)));
    }
    changes
}

fn presence(group: &str, name: &str, was_there: bool) -> SettingChange {
    let there = Some("there".to_owned());
    let (old, new) = if was_there { (there, None) } else { (None, there) };
    SettingChange { setting: format!("{group}.{name}"), old, new }
}

fn differ(prefix: &str, old: &Settings, new: &Settings, changes: &mut Vec<SettingChange>) {
    let value = |settings: &Settings, key: &String| {
        let found = settings.iter().find(|(known, _)| known == key).map(|(_, value)| value);
        found.filter(|value| !value.is_null()).cloned()
    };
    let mut keys: Vec<&String> = old.iter().map(|(key, _)| key).collect();
    keys.extend(new.iter().map(|(key, _)| key).filter(|key| !old.iter().any(|(known, _)| known == *key)));
    for key in keys {
        let (before, after) = (value(old, key), value(new, key));
        if before != after {
            let setting = format!("{prefix}.{key}");
            let [mut old, mut new] = [before, after].map(|value| value.as_ref().map(shown));
            if old == new {
                // a command is not shown, only that it is another one
                new = new.map(|text| format!("{text}, another one"));
                old = old.filter(|_| new.is_some());
            }
            changes.push(SettingChange { setting, old, new });
        }
    }
}

/// A value as a rule file has it. Of a command the words may hold a secret, so they are not shown.
fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Object(place) if place.contains_key("command") => "a command".to_owned(),
        Value::Object(place) => {
            let parts: Vec<String> =
                place.iter().map(|(key, value)| format!("{key}: {}", shown(value))).collect();
            parts.join(", ")
        }
        Value::Array(items) => format!("[{}]", items.iter().map(shown).collect::<Vec<_>>().join(", ")),
        other => other.to_string(),
    }
}

fn keyed(group: &str, settings: Vec<(&str, Value)>) -> Settings {
    settings
        .into_iter()
        .map(|(key, value)| (if group.is_empty() { key.to_owned() } else { format!("{group}.{key}") }, value))
        .collect()
}

fn system(rule_set: &RuleSet) -> Settings {
    let System {
        product,
        default_format,
        format_per_person,
        truncate_incoming_emails,
        security_profile,
        email_at_update_via_email_in,
        portal_reopen_closed_calls,
        loop_mark,
        token_secret,
    } = &rule_set.system;
    let dispose = &rule_set.dispose;
    keyed(
        "",
        vec![
            ("product", json!(product)),
            ("default_format", json!(default_format)),
            ("format_per_person", json!(format_per_person)),
            ("truncate_incoming_emails", json!(truncate_incoming_emails)),
            ("security_profile", json!(security_profile)),
            ("email_at_update_via_email_in", json!(email_at_update_via_email_in)),
            ("portal_reopen_closed_calls", json!(portal_reopen_closed_calls)),
            ("loop_mark", json!(loop_mark)),
            ("token_secret", place(token_secret.as_ref())),
            ("dispose.processed", json!(dispose.processed)),
            ("dispose.discarded", json!(dispose.discarded)),
            ("dispose.failed", json!(dispose.failed)),
        ],
    )
}

fn of_account(account: &Account) -> Settings {
    let mut settings = keyed(
        "",
        vec![
            ("title", json!(account.title)),
            ("active", json!(account.active)),
            ("poll_every_secs", json!(account.poll_every_secs)),
            ("partition", json!(account.partition)),
            ("guard.ignore_report_messages", json!(account.ignore_report_messages)),
            ("guard.ignore_blank_return_path", json!(account.ignore_blank_return_path)),
            ("new_calls.template", json!(account.template)),
            ("new_calls.default_logging_analyst", json!(account.default_logging_analyst)),
            ("new_calls.use_linked_analyst", json!(account.use_linked_analyst)),
            ("new_calls.log_on_invalid_number", json!(account.log_on_invalid_number)),
            ("closed_calls.update", json!(account.update_closed_calls)),
            ("closed_calls.reopen", json!(account.reopen_closed_calls)),
            ("closed_calls.on_reopening", json!(account.on_reopening)),
            ("closed_calls.otherwise_to", json!(account.otherwise_to)),
            ("closed_calls.reopenings_max", json!(account.reopenings_max)),
            ("closed_calls.reopen_within_days", json!(account.reopen_within_days)),
            ("anonymous.create_calls", json!(account.create_anonymously)),
            ("anonymous.update_calls", json!(account.update_anonymously)),
            ("anonymous.close_calls", json!(account.close_anonymously)),
            ("anonymous.default_user", json!(account.default_user)),
            ("approvals.any_recognised_sender", json!(account.any_recognised_sender)),
            ("replies.auto_reply", json!(account.auto_reply)),
            ("replies.signed_reply_address", json!(account.signed_reply_address)),
            ("replies.confirm_within_hours", json!(account.confirm_within_hours)),
            ("authentication_results_from", json!(account.authentication_results_from)),
            ("history.preserve_html", json!(account.preserve_html)),
            ("history.attach_email_as.text", json!(account.attach_email_as_text)),
            ("history.attach_email_as.html", json!(account.attach_email_as_html)),
            ("history.hide_unless_recipient", json!(account.hide_unless_recipient)),
            (
                "attachments.refuse_types",
                texts(account.attachments.refuse_types.iter().map(TypePattern::text)),
            ),
            (
                "attachments.refuse_names",
                texts(account.attachments.refuse_names.iter().map(NamePattern::text)),
            ),
            ("attachments.refuse_disguised", json!(account.attachments.refuse_disguised)),
            ("attachments.size_bytes_max", json!(account.attachments.size_bytes_max)),
            ("attachments.skip_signature_logos", json!(account.attachments.skip_signature_logos)),
            ("attachments.skip_duplicates", json!(account.attachments.skip_duplicates)),
            ("limits.size_bytes_max", json!(account.size_bytes_max)),
            ("limits.parts_max", json!(account.limits.parts_max)),
            ("limits.depth_max", json!(account.limits.depth_max)),
            ("limits.header_bytes_max", json!(account.limits.header_bytes_max)),
            ("limits.header_fields_max", json!(account.limits.header_fields_max)),
            ("limits.text_bytes_max", json!(account.limits.text_bytes_max)),
            ("limits.html_bytes_max", json!(account.limits.html_bytes_max)),
            ("limits.html_depth_max", json!(account.limits.html_depth_max)),
            ("limits.decoded_bytes_max", json!(account.limits.decoded_bytes_max)),
            ("limits.read_secs_max", json!(account.read_secs_max)),
            ("limits.replies_max", json!(account.replies_max)),
            ("limits.replies_window_secs", json!(account.replies_window_secs)),
        ],
    );
    if let Some(connect) = &account.connect {
        settings.push(("connect".to_owned(), json!(connect.protocol())));
        settings.extend(connected(connect));
    }
    settings
}

/// A list of texts; empty and unset are the same.
fn texts<'t>(texts: impl Iterator<Item = &'t str>) -> Value {
    json!(texts.collect::<Vec<_>>())
}

fn connected(connect: &Connect) -> Settings {
    let group = "connect";
    match connect {
        Connect::Files { folder } => keyed(group, vec![("folder", json!(folder))]),
        Connect::Imap { server, folder, deleted_items_folder } => {
            let own = vec![("folder", json!(folder)), ("deleted_items_folder", json!(deleted_items_folder))];
            [of_connection(group, server), keyed(group, own)].concat()
        }
        Connect::Pop3 { server, max_messages_per_session } => {
            let own = vec![("max_messages_per_session", json!(max_messages_per_session))];
            [of_connection(group, server), keyed(group, own)].concat()
        }
        Connect::Graph { application, deleted_items_folder } => {
            let own = vec![("deleted_items_folder", json!(deleted_items_folder))];
            [of_application(group, application), keyed(group, own)].concat()
        }
        Connect::Ews { server, application, deleted_items_folder } => {
            let own = vec![("deleted_items_folder", json!(deleted_items_folder))];
            [of_connection(group, server), of_application(group, application), keyed(group, own)].concat()
        }
        Connect::Mapi => Vec::new(),
    }
}

fn of_connection(group: &str, server: &Server) -> Settings {
    let Server { server, port, tls, login, ca_file, fingerprint } = server;
    let Login { login, password, authentication, allow_clear_text } = login;
    let authentication = match authentication {
        Authentication::Automatic => json!("automatic"),
        Authentication::Only(methods) => json!(methods),
    };
    keyed(
        group,
        vec![
            ("server", json!(server)),
            ("port", json!(port)),
            ("tls", json!(tls)),
            ("login", json!(login)),
            ("password", place(password.as_ref())),
            ("authentication", authentication),
            ("allow_clear_text", json!(allow_clear_text)),
            ("ca_file", json!(ca_file)),
            ("fingerprint", json!(fingerprint)),
        ],
    )
}

fn of_application(group: &str, application: &Application) -> Settings {
    let Application { tenant, client_id, client_secret, certificate, refresh_token, grant, scopes, mailbox } =
        application;
    keyed(
        group,
        vec![
            ("tenant", json!(tenant)),
            ("client_id", json!(client_id)),
            ("client_secret", place(client_secret.as_ref())),
            ("certificate", json!(certificate)),
            ("refresh_token", place(refresh_token.as_ref())),
            ("grant", json!(grant)),
            ("scopes", json!(scopes)),
            ("mailbox", json!(mailbox)),
        ],
    )
}

/// Where a secret is found; the secret itself is in no rule set.
fn place(place: Option<&SecretPlace>) -> Value {
    json!(place)
}

fn of_server(server: &Outgoing) -> Settings {
    let mut settings = keyed(
        "",
        vec![
            ("active", json!(server.active)),
            ("outgoing_email_id", json!(server.outgoing_email_id.as_str())),
            ("default", json!(server.is_default)),
            ("partition", json!(server.partition)),
            ("sent_from_analyst", json!(server.sent_from_analyst)),
            ("reply_to_forwarding_analyst", json!(server.reply_to_forwarding_analyst)),
            ("send_receipt", json!(server.send_receipt)),
        ],
    );
    match &server.submit {
        Submit::Files { folder } => settings.extend(keyed("files", vec![("folder", json!(folder))])),
        Submit::Smtp { server, connection_timeout_secs, chunking, pager_encoding } => {
            settings.extend(of_connection("smtp", server));
            let own = vec![
                ("connection_timeout_secs", json!(connection_timeout_secs)),
                ("chunking", json!(chunking)),
                ("pager_encoding", json!(pager_encoding)),
            ];
            settings.extend(keyed("smtp", own));
        }
        Submit::Graph { application } => settings.extend(of_application("graph", application)),
        Submit::Ews { server, application } => {
            settings.extend(of_connection("ews", server));
            settings.extend(of_application("ews", application));
        }
        Submit::Mapi => settings.push(("mapi".to_owned(), json!(true))),
    }
    settings
}

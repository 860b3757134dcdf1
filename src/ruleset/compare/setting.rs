//! Accounts, outgoing servers and the settings of the desk, compared value by value; never a secret.

use crate::ruleset::account::{Account, Application, Outgoing, SecretPlace, Server, Submit};
use crate::ruleset::{RuleSet, System, setting};
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

fn keyed<'s>(group: &str, settings: impl IntoIterator<Item = (&'s str, Value)>) -> Settings {
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
    let mut settings = keyed("", setting::of_account(account));
    if let Some(connect) = &account.connect {
        settings.push(("connect".to_owned(), json!(connect.protocol())));
        settings.extend(keyed("connect", setting::of_connect(connect)));
    }
    settings
}

fn of_connection(group: &str, server: &Server) -> Settings {
    keyed(group, setting::of_connection(server))
}

fn of_application(group: &str, application: &Application) -> Settings {
    keyed(group, setting::of_application(application))
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

//! Every setting that an account could have, with its value and where that comes from.

use super::value::{Kind, Value};
use crate::ruleset::account::{Account, Application, Authentication, Connect, Server};
use crate::ruleset::attachments::{AttachmentPolicy, NamePattern, TypePattern};
use serde_json::{Value as Json, json};

/// Groups of settings in the order of the manual's window; a group without a name is the account itself.
type Settings = Vec<(&'static str, Vec<(&'static str, Json)>)>;

/// All settings: as written where they are written, else what holds without.
pub(super) fn settings(account: &Account, written: Option<Value>) -> Value {
    let mut written = written.unwrap_or_else(|| Value::map([]));
    let mut entries = Vec::new();
    for (group, settings) in switches(account) {
        if group.is_empty() {
            entries.extend(filled(&settings, &mut written));
            continue;
        }
        let mut own = written.take(group).unwrap_or_else(|| Value::map([]));
        let mut settings = filled(&settings, &mut own);
        settings.extend(own.into_entries());
        entries.push((group.to_owned(), group_of(settings)));
    }
    entries.push(("connect".to_owned(), connect(account, written.take("connect"))));
    entries.extend(written.into_entries());
    group_of(entries)
}

fn group_of(entries: Vec<(String, Value)>) -> Value {
    Value { kind: Kind::Map(entries), origin: "default".to_owned(), overrode: Vec::new() }
}

fn filled(settings: &[(&'static str, Json)], written: &mut Value) -> Vec<(String, Value)> {
    let setting = |(key, value): &(&'static str, Json)| {
        let value = written.take(key).unwrap_or_else(|| match value {
            Json::Null => Value::unset(),
            value => Value::default(value.clone()),
        });
        ((*key).to_owned(), value)
    };
    settings.iter().map(setting).collect()
}

fn switches(account: &Account) -> Settings {
    vec![
        (
            "",
            vec![
                ("title", json!(account.title)),
                ("active", json!(account.active)),
                ("poll_every_secs", json!(account.poll_every_secs)),
                ("partition", json!(account.partition)),
            ],
        ),
        (
            "guard",
            vec![
                ("ignore_report_messages", json!(account.ignore_report_messages)),
                ("ignore_blank_return_path", json!(account.ignore_blank_return_path)),
            ],
        ),
        (
            "new_calls",
            vec![
                ("template", json!(account.template)),
                ("default_logging_analyst", json!(account.default_logging_analyst)),
                ("use_linked_analyst", json!(account.use_linked_analyst)),
                ("log_on_invalid_number", json!(account.log_on_invalid_number)),
            ],
        ),
        (
            "closed_calls",
            vec![
                ("update", json!(account.update_closed_calls)),
                ("reopen", json!(account.reopen_closed_calls)),
                ("on_reopening", json!(account.on_reopening)),
                ("otherwise_to", json!(account.otherwise_to)),
            ],
        ),
        (
            "anonymous",
            vec![
                ("create_calls", json!(account.create_anonymously)),
                ("update_calls", json!(account.update_anonymously)),
                ("close_calls", json!(account.close_anonymously)),
                ("default_user", json!(account.default_user)),
            ],
        ),
        ("approvals", vec![("any_recognised_sender", json!(account.any_recognised_sender))]),
        ("replies", vec![("auto_reply", json!(account.auto_reply))]),
        (
            "history",
            vec![
                ("preserve_html", json!(account.preserve_html)),
                ("attach_email_as", attached_as(account)),
                ("hide_unless_recipient", json!(account.hide_unless_recipient)),
            ],
        ),
        ("attachments", attachments(&account.attachments)),
        ("limits", limits(account)),
    ]
}

fn limits(account: &Account) -> Vec<(&'static str, Json)> {
    vec![
        ("size_bytes_max", json!(account.size_bytes_max)),
        ("parts_max", json!(account.limits.parts_max)),
        ("depth_max", json!(account.limits.depth_max)),
        ("header_bytes_max", json!(account.limits.header_bytes_max)),
        ("header_fields_max", json!(account.limits.header_fields_max)),
        ("text_bytes_max", json!(account.limits.text_bytes_max)),
        ("html_bytes_max", json!(account.limits.html_bytes_max)),
        ("html_depth_max", json!(account.limits.html_depth_max)),
        ("decoded_bytes_max", json!(account.limits.decoded_bytes_max)),
        ("read_secs_max", json!(account.read_secs_max)),
        ("replies_max", json!(account.replies_max)),
        ("replies_window_secs", json!(account.replies_window_secs)),
    ]
}

fn attachments(policy: &AttachmentPolicy) -> Vec<(&'static str, Json)> {
    let types: Vec<&str> = policy.refuse_types.iter().map(TypePattern::text).collect();
    let names: Vec<&str> = policy.refuse_names.iter().map(NamePattern::text).collect();
    vec![
        ("refuse_types", json!(types)),
        ("refuse_names", json!(names)),
        ("refuse_disguised", json!(policy.refuse_disguised)),
        ("size_bytes_max", json!(policy.size_bytes_max)),
        ("skip_signature_logos", json!(policy.skip_signature_logos)),
        ("skip_duplicates", json!(policy.skip_duplicates)),
    ]
}

fn attached_as(account: &Account) -> Json {
    let forms = [("text", account.attach_email_as_text), ("html", account.attach_email_as_html)];
    forms.iter().filter(|(_, is_attached)| *is_attached).map(|(form, _)| json!(form)).collect()
}

/// Where mail comes from; nothing of it is ever a secret.
fn connect(account: &Account, written: Option<Value>) -> Value {
    let Some(connect) = &account.connect else { return Value::unset() };
    let protocol = connect.protocol();
    let mut own = written.and_then(|mut connect| connect.take(protocol)).unwrap_or_else(|| Value::map([]));
    let mut entries = filled(&connection(connect), &mut own);
    entries.extend(own.into_entries());
    group_of(vec![(protocol.to_owned(), group_of(entries))])
}

fn connection(connect: &Connect) -> Vec<(&'static str, Json)> {
    match connect {
        Connect::Files { folder } => vec![("folder", json!(folder))],
        Connect::Imap { server: at, folder, deleted_items_folder } => {
            let more = [("folder", json!(folder)), ("deleted_items_folder", json!(deleted_items_folder))];
            server(at).into_iter().chain(more).collect()
        }
        Connect::Pop3 { server: at, max_messages_per_session } => {
            let more = ("max_messages_per_session", json!(max_messages_per_session));
            server(at).into_iter().chain([more]).collect()
        }
        Connect::Graph { application: of, deleted_items_folder } => {
            let more = ("deleted_items_folder", json!(deleted_items_folder));
            application(of).into_iter().chain([more]).collect()
        }
        Connect::Ews { server: at, application: of, deleted_items_folder } => {
            let more = ("deleted_items_folder", json!(deleted_items_folder));
            server(at).into_iter().chain(application(of)).chain([more]).collect()
        }
        Connect::Mapi => Vec::new(),
    }
}

fn server(server: &Server) -> Vec<(&'static str, Json)> {
    let authentication = match &server.login.authentication {
        Authentication::Automatic => json!("automatic"),
        Authentication::Only(methods) => json!(methods),
    };
    vec![
        ("server", json!(server.server)),
        ("port", json!(server.port)),
        ("tls", json!(server.tls)),
        ("login", json!(server.login.login)),
        ("password", Json::Null),
        ("authentication", authentication),
        ("allow_clear_text", json!(server.login.allow_clear_text)),
        ("ca_file", json!(server.ca_file)),
        ("fingerprint", json!(server.fingerprint)),
    ]
}

fn application(application: &Application) -> Vec<(&'static str, Json)> {
    vec![
        ("tenant", json!(application.tenant)),
        ("client_id", json!(application.client_id)),
        ("client_secret", Json::Null),
        ("certificate", json!(application.certificate)),
        ("refresh_token", Json::Null),
        ("grant", json!(application.grant)),
        ("scopes", json!(application.scopes)),
        ("mailbox", json!(application.mailbox)),
    ]
}

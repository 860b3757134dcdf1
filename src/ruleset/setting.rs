//! The settings of an account, each by the key that the rule file has for it, with the value that holds.
//!
//! `show` and `diff` go by this one list. Every field is named here, so that a new one cannot be forgotten.

use super::account::{Account, Application, Authentication, Connect, Login, Server};
use super::attachments::{AttachmentPolicy, NamePattern, TypePattern};
use crate::vocab::Limits;
use serde_json::{Value, json};

/// A key with its value; a group and its key are joined by a dot: `closed_calls.reopen`.
pub type Setting = (&'static str, Value);

/// Everything that an account sets but where its mail comes from, in the order of the manual's window.
pub fn of_account(account: &Account) -> Vec<Setting> {
    let Account {
        name: _,
        for_tests: _,
        connect: _,
        title,
        active,
        poll_every_secs,
        partition,
        authentication_results_from,
        ignore_report_messages,
        ignore_blank_return_path,
        template,
        default_logging_analyst,
        use_linked_analyst,
        log_on_invalid_number,
        update_closed_calls,
        reopen_closed_calls,
        on_reopening,
        otherwise_to,
        reopenings_max,
        reopen_within_days,
        create_anonymously,
        update_anonymously,
        close_anonymously,
        default_user,
        any_recognised_sender,
        // told by the functions below
        auto_reply: _,
        signed_reply_address: _,
        confirm_within_hours: _,
        preserve_html: _,
        attach_email_as_text: _,
        attach_email_as_html: _,
        hide_unless_recipient: _,
        attachments: _,
        size_bytes_max: _,
        limits: _,
        read_secs_max: _,
        replies_max: _,
        replies_window_secs: _,
    } = account;
    let switches = [
        ("title", json!(title)),
        ("active", json!(active)),
        ("poll_every_secs", json!(poll_every_secs)),
        ("partition", json!(partition)),
        ("authentication_results_from", json!(authentication_results_from)),
        ("guard.ignore_report_messages", json!(ignore_report_messages)),
        ("guard.ignore_blank_return_path", json!(ignore_blank_return_path)),
        ("new_calls.template", json!(template)),
        ("new_calls.default_logging_analyst", json!(default_logging_analyst)),
        ("new_calls.use_linked_analyst", json!(use_linked_analyst)),
        ("new_calls.log_on_invalid_number", json!(log_on_invalid_number)),
        ("closed_calls.update", json!(update_closed_calls)),
        ("closed_calls.reopen", json!(reopen_closed_calls)),
        ("closed_calls.on_reopening", json!(on_reopening)),
        ("closed_calls.otherwise_to", json!(otherwise_to)),
        ("closed_calls.reopenings_max", json!(reopenings_max)),
        ("closed_calls.reopen_within_days", json!(reopen_within_days)),
        ("anonymous.create_calls", json!(create_anonymously)),
        ("anonymous.update_calls", json!(update_anonymously)),
        ("anonymous.close_calls", json!(close_anonymously)),
        ("anonymous.default_user", json!(default_user)),
        ("approvals.any_recognised_sender", json!(any_recognised_sender)),
    ];
    switches
        .into_iter()
        .chain(of_replies_and_history(account))
        .chain(of_attachments(&account.attachments))
        .chain(of_limits(account))
        .collect()
}

fn of_replies_and_history(account: &Account) -> [Setting; 6] {
    let forms = [("text", account.attach_email_as_text), ("html", account.attach_email_as_html)];
    let attached = forms.iter().filter(|(_, is_attached)| *is_attached);
    [
        ("replies.auto_reply", json!(account.auto_reply)),
        ("replies.signed_reply_address", json!(account.signed_reply_address)),
        ("replies.confirm_within_hours", json!(account.confirm_within_hours)),
        ("history.preserve_html", json!(account.preserve_html)),
        ("history.attach_email_as", attached.map(|(form, _)| json!(form)).collect()),
        ("history.hide_unless_recipient", json!(account.hide_unless_recipient)),
    ]
}

fn of_attachments(policy: &AttachmentPolicy) -> [Setting; 6] {
    let AttachmentPolicy {
        refuse_types,
        refuse_names,
        refuse_disguised,
        size_bytes_max,
        skip_signature_logos,
        skip_duplicates,
    } = policy;
    let types: Vec<&str> = refuse_types.iter().map(TypePattern::text).collect();
    let names: Vec<&str> = refuse_names.iter().map(NamePattern::text).collect();
    [
        ("attachments.refuse_types", json!(types)),
        ("attachments.refuse_names", json!(names)),
        ("attachments.refuse_disguised", json!(refuse_disguised)),
        ("attachments.size_bytes_max", json!(size_bytes_max)),
        ("attachments.skip_signature_logos", json!(skip_signature_logos)),
        ("attachments.skip_duplicates", json!(skip_duplicates)),
    ]
}

fn of_limits(account: &Account) -> [Setting; 12] {
    let Limits {
        parts_max,
        depth_max,
        header_bytes_max,
        header_fields_max,
        text_bytes_max,
        html_bytes_max,
        html_depth_max,
        decoded_bytes_max,
    } = &account.limits;
    [
        ("limits.size_bytes_max", json!(account.size_bytes_max)),
        ("limits.parts_max", json!(parts_max)),
        ("limits.depth_max", json!(depth_max)),
        ("limits.header_bytes_max", json!(header_bytes_max)),
        ("limits.header_fields_max", json!(header_fields_max)),
        ("limits.text_bytes_max", json!(text_bytes_max)),
        ("limits.html_bytes_max", json!(html_bytes_max)),
        ("limits.html_depth_max", json!(html_depth_max)),
        ("limits.decoded_bytes_max", json!(decoded_bytes_max)),
        ("limits.read_secs_max", json!(account.read_secs_max)),
        ("limits.replies_max", json!(account.replies_max)),
        ("limits.replies_window_secs", json!(account.replies_window_secs)),
    ]
}

/// Where mail comes from. Of a secret the place where it is found; the secret itself is in no rule set.
pub fn of_connect(connect: &Connect) -> Vec<Setting> {
    let mut settings = Vec::new();
    match connect {
        Connect::Files { folder } => settings.push(("folder", json!(folder))),
        Connect::Imap { server, folder, deleted_items_folder } => {
            settings.extend(of_connection(server));
            settings
                .extend([("folder", json!(folder)), ("deleted_items_folder", json!(deleted_items_folder))]);
        }
        Connect::Pop3 { server, max_messages_per_session } => {
            settings.extend(of_connection(server));
            settings.push(("max_messages_per_session", json!(max_messages_per_session)));
        }
        Connect::Graph { application, deleted_items_folder } => {
            settings.extend(of_application(application));
            settings.push(("deleted_items_folder", json!(deleted_items_folder)));
        }
        Connect::Ews { server, application, deleted_items_folder } => {
            settings.extend(of_connection(server));
            settings.extend(of_application(application));
            settings.push(("deleted_items_folder", json!(deleted_items_folder)));
        }
        Connect::Mapi => {}
    }
    settings
}

/// A server and how to log in there.
pub fn of_connection(server: &Server) -> [Setting; 9] {
    let Server { server, port, tls, login, ca_file, fingerprint } = server;
    let Login { login, password, authentication, allow_clear_text } = login;
    let authentication = match authentication {
        Authentication::Automatic => json!("automatic"),
        Authentication::Only(methods) => json!(methods),
    };
    [
        ("server", json!(server)),
        ("port", json!(port)),
        ("tls", json!(tls)),
        ("login", json!(login)),
        ("password", json!(password)),
        ("authentication", authentication),
        ("allow_clear_text", json!(allow_clear_text)),
        ("ca_file", json!(ca_file)),
        ("fingerprint", json!(fingerprint)),
    ]
}

/// How a program makes itself known to a provider.
pub fn of_application(application: &Application) -> [Setting; 8] {
    let Application { tenant, client_id, client_secret, certificate, refresh_token, grant, scopes, mailbox } =
        application;
    [
        ("tenant", json!(tenant)),
        ("client_id", json!(client_id)),
        ("client_secret", json!(client_secret)),
        ("certificate", json!(certificate)),
        ("refresh_token", json!(refresh_token)),
        ("grant", json!(grant)),
        ("scopes", json!(scopes)),
        ("mailbox", json!(mailbox)),
    ]
}

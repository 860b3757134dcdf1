//! Accounts: the switches of a polled mailbox, with every default filled in.

use super::{Compiler, or, placed, text};
use crate::diagnostic::{Diagnostic, Edit, Span};
use crate::ruleset::account::{Account, OnReopening};
use crate::ruleset::decode::Placed;
use crate::ruleset::file::{AccountFile, AttachAs, LimitsSwitches, Setting};
use crate::vocab::Limits;

/// Mails above this go to quarantine unless the account says otherwise: 50 MiB (SPEC G7).
const SIZE_BYTES_MAX: u64 = 50 << 20;
/// Mails that take longer to be read go to quarantine unless the account says otherwise.
const READ_SECS_MAX: u32 = 30;
/// SPEC G6.
const REPLIES_MAX: u32 = 10;
/// SPEC G6.
const REPLIES_WINDOW_SECS: u32 = 600;
/// How long a request for confirmation may be answered.
const CONFIRM_WITHIN_HOURS: u32 = 48;
/// Pause between two polls.
const POLL_EVERY_SECS: u64 = 60;

/// How much of a mail is read.
fn limits(file: &LimitsSwitches) -> Limits {
    let usual = Limits::default();
    let size = |setting: &Setting<u64>, usual: usize| {
        setting.as_ref().map_or(usual, |placed| usize::try_from(placed.value).unwrap_or(usize::MAX))
    };
    Limits {
        parts_max: size(&file.parts_max, usual.parts_max),
        depth_max: size(&file.depth_max, usual.depth_max),
        header_bytes_max: size(&file.header_bytes_max, usual.header_bytes_max),
        header_fields_max: size(&file.header_fields_max, usual.header_fields_max),
        text_bytes_max: size(&file.text_bytes_max, usual.text_bytes_max),
        html_bytes_max: size(&file.html_bytes_max, usual.html_bytes_max),
        html_depth_max: size(&file.html_depth_max, usual.html_depth_max),
        decoded_bytes_max: or(&file.decoded_bytes_max, usual.decoded_bytes_max),
    }
}

impl Compiler<'_> {
    pub(super) fn accounts(&mut self) -> Vec<Account> {
        let file = self.file;
        let accounts = file.accounts.iter().chain(file.tests.accounts.iter());
        let mut compiled: Vec<Account> = Vec::new();
        for (name, account) in accounts {
            self.own_name(name, "account");
            if compiled.iter().any(|known| known.name == name.value) {
                let first = file.accounts.iter().find(|(known, _)| known.value == name.value);
                let first = first.map_or(name.span, |(known, _)| known.span);
                self.findings.push(
                    Diagnostic::error("duplicate-name", format!("there are two accounts `{}`", name.value))
                        .at(name.span, "the second one")
                        .against(first, "the first one")
                        .help(
                            "give it a name of its own; a test's account may not be called like a real one",
                        ),
                );
                continue;
            }
            compiled.push(self.account(name, account));
        }
        compiled
    }

    /// A name of the admin's own: visible, on one line, not too long.
    pub(super) fn own_name(&mut self, name: &Placed<String>, what: &str) {
        let is_fit = !name.trim().is_empty() && name.len() <= 100 && !name.chars().any(char::is_control);
        if !is_fit {
            self.findings.push(
                Diagnostic::error(
                    "unknown-word",
                    format!("`{}` cannot be the name of an {what}", name.value.escape_debug()),
                )
                .at(name.span, "not a name")
                .help("a name is one line of 1 to 100 characters, such as `it-desk`"),
            );
        }
    }

    fn account(&mut self, name: &Placed<String>, file: &AccountFile) -> Account {
        let is_test = self.file.tests.accounts.iter().any(|(known, _)| known.span == name.span);
        if !is_test {
            self.check_account(name, file);
        }
        let attach = or(&file.history.attach_email_as, Vec::new());
        Account {
            name: name.value.clone(),
            title: text(&file.title),
            for_tests: is_test,
            active: or(&file.active, true) && !is_test,
            poll_every_secs: or(&file.poll_every_secs, POLL_EVERY_SECS),
            partition: text(&file.partition),
            connect: file.connect.as_ref().map(|connect| self.connect(name, connect)),
            ignore_report_messages: or(&file.guard.ignore_report_messages, true),
            ignore_blank_return_path: or(&file.guard.ignore_blank_return_path, true),
            template: text(&file.new_calls.template).unwrap_or_default(),
            default_logging_analyst: text(&file.new_calls.default_logging_analyst),
            use_linked_analyst: or(&file.new_calls.use_linked_analyst, true),
            log_on_invalid_number: or(&file.new_calls.log_on_invalid_number, true),
            update_closed_calls: or(&file.closed_calls.update, true),
            reopen_closed_calls: or(&file.closed_calls.reopen, true),
            on_reopening: or(&file.closed_calls.on_reopening, OnReopening::TemplateAssignee),
            otherwise_to: text(&file.closed_calls.otherwise_to),
            reopenings_max: file.closed_calls.reopenings_max.as_ref().map(|placed| placed.value),
            reopen_within_days: file.closed_calls.reopen_within_days.as_ref().map(|placed| placed.value),
            create_anonymously: or(&file.anonymous.create_calls, false),
            update_anonymously: or(&file.anonymous.update_calls, false),
            close_anonymously: or(&file.anonymous.close_calls, false),
            default_user: text(&file.anonymous.default_user),
            any_recognised_sender: or(&file.approvals.any_recognised_sender, false),
            auto_reply: or(&file.replies.auto_reply, true),
            signed_reply_address: or(&file.replies.signed_reply_address, false),
            confirm_within_hours: or(&file.replies.confirm_within_hours, CONFIRM_WITHIN_HOURS),
            authentication_results_from: text(&file.authentication_results_from),
            preserve_html: or(&file.history.preserve_html, false),
            attach_email_as_text: attach.contains(&AttachAs::Text),
            attach_email_as_html: attach.contains(&AttachAs::Html),
            hide_unless_recipient: or(&file.history.hide_unless_recipient, false),
            attachments: self.attachments(&file.attachments),
            size_bytes_max: or(&file.limits.size_bytes_max, SIZE_BYTES_MAX),
            limits: limits(&file.limits),
            read_secs_max: or(&file.limits.read_secs_max, READ_SECS_MAX),
            replies_max: or(&file.limits.replies_max, REPLIES_MAX),
            replies_window_secs: or(&file.limits.replies_window_secs, REPLIES_WINDOW_SECS),
        }
    }

    fn check_account(&mut self, name: &Placed<String>, file: &AccountFile) {
        if text(&file.new_calls.template).is_none() {
            self.findings.push(
                Diagnostic::error(
                    "template-missing",
                    format!("account `{}` has no call template", name.value),
                )
                .at(name.span, "logs calls by no template")
                .note("a template decides a new call's partition, priority and who works on it")
                .help("name one: `new_calls: { template: IT Incident }`"),
            );
        }
        if file.connect.is_none() {
            self.findings.push(
                Diagnostic::warning(
                    "missing-key",
                    format!("account `{}` does not say where its mail comes from", name.value),
                )
                .at(name.span, "has no `connect`")
                .note("only `postroom process` can feed it; it is never polled")
                .help("for a folder of mail files: `connect: { files: { folder: spool/in } }`"),
            );
        }
        self.check_reopening(name, file);
        let creates = or(&file.anonymous.create_calls, false);
        if creates && text(&file.new_calls.default_logging_analyst).is_none() {
            let at = file.anonymous.create_calls.as_ref().map_or(name.span, |placed| placed.span);
            self.findings.push(
                Diagnostic::warning("analyst-missing-for-anonymous", format!("account `{}` logs calls of unknown senders in the senders' own names", name.value))
                    .at(at, "anyone may log calls here")
                    .note("without a default logging analyst the record made for the sender stands as Logging Analyst")
                    .help("name one: `new_calls: { default_logging_analyst: … }`"),
            );
        }
    }

    fn check_reopening(&mut self, name: &Placed<String>, file: &AccountFile) {
        let switches = &file.closed_calls;
        let reopens = or(&switches.reopen, true);
        if let (Some((false, update)), true) = (placed(&switches.update), reopens) {
            let update = self.with_key("update", update);
            let mut finding = Diagnostic::error(
                "reopen-without-update",
                format!("account `{}` reopens closed calls but may not update them", name.value),
            )
            .at(update, "updating is turned off here");
            if let Some(reopen) = &switches.reopen {
                let origin = if self.is_top(reopen.span) {
                    "reopening is turned on here"
                } else {
                    "reopening comes from the defaults of the rule set it extends"
                };
                finding = finding.against(self.with_key("reopen", reopen.span), origin);
            }
            let edits = self.reopen_off(update);
            self.findings.push(
                finding
                    .note("the manual: \"Update Closed Calls\" must be selected to enable \"Reopen Closed Calls\"")
                    .fix("turn both off, or leave `update` on", edits),
            );
        }
        if reopens && text(&switches.otherwise_to).is_none() && or(&switches.update, true) {
            self.findings.push(
                Diagnostic::warning(
                    "reopened-to-nobody",
                    format!("account `{}` names no group for reopened calls", name.value),
                )
                .at(name.span, "reopens closed calls")
                .note("where the analyst that `on_reopening` asks for is not there, the call keeps its owner")
                .help("name one: `closed_calls: { otherwise_to: IT First Line }`"),
            );
        }
    }

    /// `reopen: false` written behind `update: false`, in the same style.
    fn reopen_off(&self, update: Span) -> Vec<Edit> {
        let Some(source) = self.sources.get(update.source) else { return Vec::new() };
        let before = source.text.get(..update.start).unwrap_or_default();
        let indent = before.get(before.rfind('\n').map_or(0, |at| at + 1)..).unwrap_or_default();
        let is_block = indent.chars().all(char::is_whitespace);
        let text = if is_block { format!("\n{indent}reopen: false") } else { ", reopen: false".to_owned() };
        vec![Edit { span: Span { start: update.end, ..update }, text }]
    }
}

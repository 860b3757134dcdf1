//! Decides whether a message may be processed at all.
//!
//! Looks only at how the message came, never at what it asks; that is `recognize`.
//! What is no mail, or larger than the account takes, never meets a rule (SPEC G7): no rule can then
//! lose it or let it block the mailbox.

use super::answer::Answer as _;
use super::facts::set_word;
use super::trace::TraceLine;
use crate::message::Message;
use crate::ruleset::account::{Account, Connect};
use crate::ruleset::column::{Column, Situation, Stage};
use crate::ruleset::{GuardAnswer, RuleSet};
use crate::vocab::{AddrSpec, Automatic, Outcome, ReturnPath};

/// What the guard says about one message.
pub(super) struct Guarded {
    /// Its line of the trace.
    pub(super) line: TraceLine,
    /// Why the message goes no further, if so.
    pub(super) stop: Option<Stop>,
    /// What is known so far.
    pub(super) situation: Situation,
}

/// The end of a message that may not be processed.
pub(super) struct Stop {
    /// What became of it.
    pub(super) outcome: Outcome,
    /// Its bytes go to quarantine; cleared only where a rule says `delete`.
    pub(super) keep_bytes: bool,
}

/// Asks the table, after what keeps a desk safe whatever its rules say.
pub(super) fn guard(rule_set: &RuleSet, account: &Account, message: &Message) -> Guarded {
    let situation = situation(rule_set, account, message);
    if let Some((reason, because)) = unfit(account, message) {
        return quarantined(reason, because, situation);
    }
    let rule = rule_set.guard.decide(&situation);
    let stop = match &rule.then {
        GuardAnswer::Proceed => None,
        GuardAnswer::Discard(reason) => {
            Some(Stop { outcome: Outcome::Discard(reason.clone()), keep_bytes: true })
        }
        GuardAnswer::Delete(reason) => {
            Some(Stop { outcome: Outcome::Discard(reason.clone()), keep_bytes: false })
        }
        GuardAnswer::Quarantine(reason) => {
            Some(Stop { outcome: Outcome::Quarantine(reason.clone()), keep_bytes: true })
        }
    };
    let then = rule.then.words(rule_set);
    let line = TraceLine::of_rule(Stage::Guard, rule, then, &situation, &rule_set.domains);
    Guarded { line, stop, situation }
}

/// A message for an account that the rule set does not have.
pub(super) fn without_account(name: &str) -> Guarded {
    quarantined("unknown_account", format!("the rule set has no account `{name}`"), Situation::default())
}

/// Every address by which this installation sends or fetches mail (SPEC G4).
pub fn own_addresses(rule_set: &RuleSet) -> Vec<AddrSpec> {
    let sending = rule_set.outgoing.iter().map(|server| server.outgoing_email_id.clone());
    let fetching = rule_set.accounts.iter().flat_map(|account| {
        let names = match &account.connect {
            Some(Connect::Imap { server, .. } | Connect::Pop3 { server, .. }) => {
                [server.login.login.as_deref(), None]
            }
            Some(Connect::Graph { application, .. }) => [application.mailbox.as_deref(), None],
            Some(Connect::Ews { server, application, .. }) => {
                [server.login.login.as_deref(), application.mailbox.as_deref()]
            }
            Some(Connect::Files { .. } | Connect::Mapi) | None => [None, None],
        };
        names.into_iter().flatten().filter_map(AddrSpec::parse)
    });
    sending.chain(fetching).collect()
}

fn quarantined(reason: &str, because: String, situation: Situation) -> Guarded {
    Guarded {
        line: TraceLine::new(Stage::Guard.word(), format!("quarantine {reason}")).because(because),
        stop: Some(Stop { outcome: Outcome::Quarantine(reason.to_owned()), keep_bytes: true }),
        situation,
    }
}

fn unfit(account: &Account, message: &Message) -> Option<(&'static str, String)> {
    if !message.is_mail {
        let why = message.defects.first().map_or("the bytes are no mail", String::as_str);
        return Some(("not_mail", why.to_owned()));
    }
    (message.size > account.size_bytes_max).then(|| {
        let because =
            format!("the mail has {} bytes, the account takes {}", message.size, account.size_bytes_max);
        ("too_large", because)
    })
}

fn situation(rule_set: &RuleSet, account: &Account, message: &Message) -> Situation {
    let mut situation = rule_set.situation_of(account);
    situation.set(Column::ReportCode, rule_set.domains.report_code(&report_codes(message)));
    let content_type = if message.is_multipart_report { "multipart_report" } else { "other" };
    set_word(&mut situation, Column::ContentType, content_type);
    let return_path = match message.return_path {
        None => "absent",
        Some(ReturnPath::Null) => "blank",
        Some(ReturnPath::Path(_)) => "given",
    };
    set_word(&mut situation, Column::ReturnPath, return_path);
    situation.set_truth(Column::OwnLoop, is_own_loop(rule_set, message));
    let automatic = match message.automatic {
        Automatic::No => "no",
        Automatic::AutoGenerated => "auto_generated",
        Automatic::AutoReplied => "auto_replied",
        Automatic::Bulk => "bulk",
        Automatic::List => "list",
    };
    set_word(&mut situation, Column::Automatic, automatic);
    situation
}

/// The SMTP codes of a delivery report, in its order (SPEC G3).
fn report_codes(message: &Message) -> Vec<u16> {
    let report = message.report.iter().filter(|report| report.kind == "delivery-status");
    let codes = report.flat_map(|report| &report.recipients).filter_map(|one| one.smtp_code.as_deref());
    codes.filter_map(|code| code.parse().ok()).collect()
}

fn is_own_loop(rule_set: &RuleSet, message: &Message) -> bool {
    let is_marked = message.loop_marks.contains(&rule_set.system.loop_mark);
    is_marked
        || message.originator().is_some_and(|mailbox| {
            let key = mailbox.address.key();
            own_addresses(rule_set).iter().any(|address| address.key() == key)
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::testing::{classic, message};
    use crate::message::{Report, ReportRecipient};

    fn outcome(change: impl FnOnce(&mut Message)) -> Option<Outcome> {
        let rule_set = classic();
        let mut message = message("uma@example.com", "help");
        change(&mut message);
        let account = rule_set.account("it-desk").unwrap();
        guard(&rule_set, account, &message).stop.map(|stop| stop.outcome)
    }

    fn discarded(reason: &str) -> Outcome {
        Outcome::Discard(reason.to_owned())
    }

    fn bounce(code: &str) -> Report {
        let recipient = ReportRecipient {
            address: None,
            action: Some("failed".to_owned()),
            status: None,
            smtp_code: Some(code.to_owned()),
            permanent: true,
        };
        Report { kind: "delivery-status".to_owned(), recipients: vec![recipient], original: None }
    }

    #[test]
    fn fatal_code_comes_before_everything_else() {
        let fatal = outcome(|message| {
            message.report = Some(bounce("550"));
            message.is_multipart_report = true;
            message.return_path = Some(ReturnPath::Null);
        });
        assert_eq!(fatal, Some(discarded("permanent_smtp_error")));
        let passing = outcome(|message| {
            message.report = Some(bounce("452"));
            message.is_multipart_report = true;
        });
        assert_eq!(passing, Some(discarded("report")));
    }

    #[test]
    fn blank_return_path_is_not_an_absent_one() {
        assert_eq!(
            outcome(|message| message.return_path = Some(ReturnPath::Null)),
            Some(discarded("blank_return_path"))
        );
        assert_eq!(outcome(|message| message.return_path = None), None);
    }

    #[test]
    fn own_mark_and_own_address_are_a_loop() {
        assert_eq!(
            outcome(|message| message.loop_marks = vec!["mark-of-ours".to_owned()]),
            Some(discarded("own_loop"))
        );
        assert_eq!(outcome(|message| message.loop_marks = vec!["mark-of-another".to_owned()]), None);
        for own in ["Desk@Example.com", "it-desk@example.com"] {
            let from = |message: &mut Message| message.from = crate::engine::testing::message(own, "").from;
            assert_eq!(outcome(from), Some(discarded("own_loop")), "{own}");
        }
    }

    #[test]
    fn what_is_no_mail_or_too_large_meets_no_rule() {
        let too_large = outcome(|message| {
            message.size = 60_000_000;
            message.report = Some(bounce("550"));
        });
        assert_eq!(too_large, Some(Outcome::Quarantine("too_large".to_owned())));
        assert_eq!(
            outcome(|message| message.is_mail = false),
            Some(Outcome::Quarantine("not_mail".to_owned()))
        );
    }
}

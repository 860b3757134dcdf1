//! Whole decisions: a mail and what the desk says of it, to outcome, effects and replies.

mod replies;

use super::testing::{address, answers, classic, facts, group, person, record};
use super::{Decision, Facts, decide};
use crate::message::Attachment;
use crate::ruleset::RuleSet;
use crate::vocab::{
    Answers, Assignee, Automatic, Effect, HistoryFormat, Kind, Mailbox, MessageFormat, Outcome, PersonRef,
    Recipient, RecipientCount, ReplyPurpose, State, SummaryRelation, SummaryRow,
};
use proptest::prelude::*;

const ANA: &str = "ana.lyst@example.com";
const UMA: &str = "uma@example.com";

/// Changes the rule set and the facts, then decides.
fn decided(facts: Facts, change: impl FnOnce(&mut RuleSet, &mut Facts)) -> Decision {
    let (mut rule_set, mut facts) = (classic(), facts);
    change(&mut rule_set, &mut facts);
    decide(&rule_set, &facts)
}

fn untouched(_: &mut RuleSet, _: &mut Facts) {}

fn from_ana(subject: &str) -> Facts {
    facts(ANA, subject, answers())
}

/// From the User of call 5837.
fn from_uma(subject: &str) -> Facts {
    let mut uma = person(6, "Uma User", UMA);
    uma.is_user = true;
    facts(UMA, subject, Answers { sender: Some(uma), ..answers() })
}

fn from_nobody(subject: &str) -> Facts {
    let mut facts = facts("nora@example.org", subject, Answers { sender: None, ..answers() });
    facts.message.from =
        vec![Mailbox { name: Some("Nora New".to_owned()), address: address("nora@example.org") }];
    facts
}

fn closed(mut facts: Facts) -> Facts {
    facts.answers.record.as_mut().unwrap().state = State::Closed;
    facts
}

fn words(decision: &Decision) -> String {
    let (kind, word) = decision.outcome.words();
    let effects: Vec<&str> = decision.effects.iter().map(Effect::word).collect();
    let mails: Vec<&str> = decision.mails().map(|mail| mail.name.as_str()).collect();
    format!("{kind} {word} | {} | {}", effects.join(" "), mails.join(" "))
}

fn check(facts: Facts, change: impl FnOnce(&mut RuleSet, &mut Facts), expected: &str) {
    assert_eq!(words(&decided(facts, change)), expected);
}

fn new_call(decision: &Decision) -> (PersonRef, PersonRef) {
    let call = decision.effects.iter().find_map(|effect| match effect {
        Effect::CreateCall { user, logging_analyst, .. } => Some((user.clone(), logging_analyst.clone())),
        _ => None,
    });
    call.unwrap()
}

#[test]
fn analyst_who_logs_becomes_a_user_and_is_linked() {
    let decision = decided(from_ana("help"), untouched);
    assert_eq!(words(&decision), "action log_call | make_user create_call | call-logged");
    let (user, logger) = new_call(&decision);
    assert_eq!((user.name.as_str(), logger.name.as_str()), ("Ana Lyst", "Ana Lyst"));
    assert_eq!(decision.about, Some((Kind::Call, 5842.into())));
    assert_eq!(decision.replies[0].subject, "Call 5842 has been logged");
}

#[test]
fn user_logs_under_the_default_analyst_and_is_flagged_no_more() {
    let decision = decided(from_uma("help"), untouched);
    assert_eq!(words(&decision), "action log_call | create_call | call-logged");
    assert_eq!(new_call(&decision).1.name, "Duty Analyst");
    let blank = decided(from_uma("help"), |rules, facts| {
        rules.accounts[0].default_logging_analyst = None;
        facts.answers.default_logging_analyst = None;
    });
    assert_eq!(new_call(&blank).1.name, "Uma User");
}

#[test]
fn unknown_sender_is_ignored_unless_the_account_logs_anonymously() {
    check(from_nobody("help"), untouched, "ignore unknown_sender |  | ");
    let decision = decided(from_nobody("help"), |rules, _| rules.accounts[0].create_anonymously = true);
    assert_eq!(words(&decision), "action log_call | create_person create_call | call-logged");
    assert_eq!(new_call(&decision).0, PersonRef { record: None, name: "Nora New".to_owned() });
}

#[test]
fn new_person_with_a_name_that_is_taken_gets_the_address_beside_it() {
    let decision = decided(from_nobody("help"), |rules, facts| {
        rules.accounts[0].create_anonymously = true;
        rules.accounts[0].default_logging_analyst = None;
        facts.answers.sender_name_taken = true;
    });
    let (user, logger) = new_call(&decision);
    assert_eq!(user.name, "Nora New (nora@example.org)");
    assert_eq!(logger, user);
}

#[test]
fn default_user_stands_in_and_a_person_without_flags_is_flagged() {
    let decision = decided(from_nobody("help"), |rules, facts| {
        rules.accounts[0].create_anonymously = true;
        rules.accounts[0].default_user = Some("Former Employee".to_owned());
        facts.answers.default_user = Some(person(9, "Former Employee", "former@example.com"));
    });
    assert_eq!(words(&decision), "action log_call | create_call | call-logged");
    assert_eq!(new_call(&decision).0.record, Some(9));
    let flagless = |rules: &mut RuleSet, facts: &mut Facts| {
        rules.accounts[0].create_anonymously = true;
        facts.answers.sender = Some(person(10, "Flo Flagless", "nora@example.org"));
    };
    check(from_nobody("help"), flagless, "action log_call | make_user create_call | call-logged");
}

#[test]
fn mail_without_an_address_makes_no_person_and_is_kept() {
    let decision = decided(from_nobody("help"), |rules, facts| {
        rules.accounts[0].create_anonymously = true;
        facts.message.from.clear();
    });
    assert_eq!(words(&decision), "quarantine no_sender_address |  | ");
    assert!(decision.quarantine && decision.keep_bytes);
}

#[test]
fn update_adds_history_objects_icon_and_notification() {
    let attachment = Attachment {
        name: "a.png".to_owned(),
        media_type: "image/png".to_owned(),
        size: 3,
        sha256: String::new(),
        inline: true,
        content_id: None,
        content_type: None,
        marks: Vec::new(),
        content: vec![1, 2, 3],
    };
    let decision = decided(from_uma("[CALL#5837]"), |rules, facts| {
        rules.accounts[0].attach_email_as_text = true;
        facts.message.attachments.push(attachment);
    });
    assert_eq!(
        words(&decision),
        "action update_call | add_history attach_object attach_object show_note_icon notify_assignee | \
         call-updated assignee-notified"
    );
    let told = &decision.notifications[0];
    assert_eq!((told.purpose, told.to.address.as_str()), (ReplyPurpose::Notification, ANA));
    assert_eq!(told.subject, "Call 5837 has been updated");
}

#[test]
fn assignee_is_not_told_what_she_wrote_herself_or_where_it_is_off() {
    assert!(decided(from_ana("[CALL#5837]"), untouched).notifications.is_empty());
    let off = decided(from_uma("[CALL#5837]"), |rules, _| rules.system.email_at_update_via_email_in = false);
    assert_eq!(words(&off), "action update_call | add_history show_note_icon | call-updated");
    assert!(off.trace.iter().any(|line| line.then == "skip notify_assignee"));
}

#[test]
fn reply_to_our_own_mail_keeps_the_reply_portion_only() {
    let text = |change: fn(&mut RuleSet, &mut Facts)| {
        let decision = decided(from_uma("[CALL#5837]"), |rules, facts| {
            facts.message.text = Some("Thanks\n> quoted".to_owned());
            facts.message.reply_portion = "Thanks".to_owned();
            change(rules, facts);
        });
        decision.effects.into_iter().find_map(|effect| match effect {
            Effect::AddHistory { text, format, .. } => Some((format, text)),
            _ => None,
        })
    };
    let (plain, html) = (HistoryFormat::Text, HistoryFormat::Html);
    let whole = "Thanks\n> quoted".to_owned();
    assert_eq!(text(untouched), Some((plain, whole.clone())));
    assert_eq!(text(|_, facts| facts.message.is_reply = true), Some((plain, "Thanks".to_owned())));
    let by_id =
        |_: &mut RuleSet, facts: &mut Facts| facts.message.in_reply_to = Some("1.postroom@x".to_owned());
    assert_eq!(text(by_id), Some((plain, "Thanks".to_owned())));
    let off = |rules: &mut RuleSet, facts: &mut Facts| {
        rules.system.truncate_incoming_emails = false;
        facts.message.is_reply = true;
    };
    assert_eq!(text(off), Some((plain, whole.clone())));
    let preserved = |rules: &mut RuleSet, facts: &mut Facts| {
        rules.accounts[0].preserve_html = true;
        facts.message.html = Some("<p>Thanks<script>x</script></p>".to_owned());
    };
    assert_eq!(text(preserved), Some((html, "<p>Thanks</p>".to_owned())));
    let plain_desk = |rules: &mut RuleSet, facts: &mut Facts| {
        rules.accounts[0].preserve_html = true;
        rules.system.default_format = MessageFormat::PlainText;
        facts.message.html = Some("<p>Thanks</p>".to_owned());
    };
    assert_eq!(text(plain_desk), Some((plain, whole)));
}

#[test]
fn history_is_hidden_from_a_user_who_is_no_recipient() {
    let hidden = |change: fn(&mut Facts)| {
        let decision = decided(from_ana("[CALL#5837]"), |rules, facts| {
            rules.accounts[0].hide_unless_recipient = true;
            change(facts);
        });
        decision
            .effects
            .iter()
            .any(|effect| matches!(effect, Effect::AddHistory { hidden_from_user: true, .. }))
    };
    assert!(hidden(|_| {}));
    assert!(!hidden(
        |facts| facts.message.cc = vec![Mailbox { name: None, address: address("UMA@example.com") }]
    ));
    assert!(!hidden(|facts| facts.answers.record.as_mut().unwrap().user = None));
}

#[test]
fn closing_is_for_the_user_of_the_call_its_owner_and_who_takes_over() {
    check(from_ana("[CLOSE#5837]"), untouched, "action close_call | close | call-closed");
    check(from_uma("[CLOSE#5837]"), untouched, "action close_call | close | call-closed");
    let anothers = |_: &mut RuleSet, facts: &mut Facts| {
        let record = facts.answers.record.as_mut().unwrap();
        record.user = None;
        record.owner = Some(Assignee::Group(group("HR Duty Desk")));
    };
    let refused = "refuse insufficient-permission |  | insufficient-permission";
    check(from_uma("[CLOSE#5837]"), anothers, refused);
    check(from_ana("[CLOSE#5837]"), anothers, refused);
    let take_over = |rules: &mut RuleSet, facts: &mut Facts| {
        anothers(rules, facts);
        facts.answers.sender.as_mut().unwrap().rights.take_over = true;
    };
    check(from_ana("[CLOSE#5837]"), take_over, "action close_call | close | call-closed");
    check(closed(from_ana("[CLOSE#5837]")), untouched, "action decline_close |  | call-not-open");
}

#[test]
fn reopened_call_goes_where_the_account_says() {
    let owner = |facts: Facts, change: fn(&mut RuleSet, &mut Facts)| {
        let decision = decided(closed(facts), |rules, facts| {
            facts.answers.sender.as_mut().unwrap().rights.reopen = true;
            facts.answers.portal_reopens_closed_calls = true;
            facts.answers.otherwise_to = Some(group("IT First Line"));
            change(rules, facts);
        });
        assert_eq!(decision.outcome, Outcome::Action("reopen_call".to_owned()));
        decision.effects.into_iter().find_map(|effect| match effect {
            Effect::Reopen { owner, .. } => owner.map(|owner| owner.name().to_owned()),
            _ => None,
        })
    };
    let fallback = Some("IT First Line".to_owned());
    assert_eq!(owner(from_ana("[CALL#5837]"), untouched).as_deref(), Some("Ana Lyst"));
    assert_eq!(owner(from_uma("[CALL#5837]"), untouched), fallback);
    let unset = |rules: &mut RuleSet, facts: &mut Facts| {
        rules.accounts[0].otherwise_to = None;
        facts.answers.otherwise_to = None;
    };
    assert_eq!(owner(from_uma("[CALL#5837]"), unset).as_deref(), Some("Ana Lyst"));
}

#[test]
fn approval_is_decided_by_its_approver_only() {
    let approval = |_: &mut RuleSet, facts: &mut Facts| {
        facts.answers.record = Some(record(Kind::Approval, 77));
    };
    check(from_ana("[APPROVE#77]"), approval, "refuse not-an-approver |  | not-an-approver");
    check(from_nobody("[APPROVE#77]"), approval, "refuse sender-not-identified |  | sender-not-identified");
    let delegate = |rules: &mut RuleSet, facts: &mut Facts| {
        approval(rules, facts);
        let ana = facts.answers.sender.as_ref().unwrap().reference();
        facts.answers.record.as_mut().unwrap().delegates = vec![ana];
    };
    check(from_ana("[REJECT#77]"), delegate, "action reject_task | decide_approval | task-rejected");
    let plain_task = |_: &mut RuleSet, facts: &mut Facts| facts.answers.record = Some(record(Kind::Task, 77));
    check(from_ana("[APPROVE#77]"), plain_task, "action decline_approval |  | approval-not-open");
}

#[test]
fn update_of_an_approval_is_answered_by_what_it_is() {
    let decision = decided(from_uma("[TASK#77]"), |_, facts| {
        facts.answers.record = Some(record(Kind::Approval, 77));
    });
    assert_eq!(words(&decision), "action update_task | add_history show_note_icon | task-updated");
    assert_eq!(decision.replies[0].subject, "Approval 77 has been updated");
}

#[test]
fn number_that_only_another_kind_bears_is_unknown() {
    check(from_uma("[REQUEST#5837]"), untouched, "action log_call | create_call | call-logged");
    let off = |rules: &mut RuleSet, facts: &mut Facts| {
        rules.accounts[0].log_on_invalid_number = false;
        facts.answers.record = Some(record(Kind::Request, 5837));
    };
    check(from_uma("[CLOSE#5837]"), off, "ignore unknown_call_number |  | ");
}

#[test]
fn summary_is_a_table_in_both_forms() {
    let row = |number: u32, relations: &[SummaryRelation]| SummaryRow {
        kind: Kind::Call,
        number: number.into(),
        state: State::Open,
        title: "<b>VPN</b>\r\ndrops".to_owned(),
        user: None,
        relations: relations.to_vec(),
    };
    let decision = decided(from_ana("[MyCalls]"), |_, facts| {
        facts.answers.summary = vec![
            row(5837, &[SummaryRelation::WorkingOn, SummaryRelation::ForwardedTo]),
            row(12, &[SummaryRelation::ForwardedBy]),
        ];
    });
    assert_eq!(words(&decision), "action send_summary | summarize | summary");
    let reply = &decision.replies[0];
    assert_eq!(reply.subject, "Your calls");
    let rows: Vec<&str> = reply.text.lines().filter(|line| line.starts_with("Call ")).collect();
    assert_eq!(
        rows,
        [
            "Call 5837  open   <b>VPN</b> drops       working on, forwarded to you",
            "Call 12    open   <b>VPN</b> drops       forwarded by you"
        ]
    );
    assert!(reply.html.as_ref().unwrap().contains("&lt;b&gt;VPN"));
}

#[test]
fn discarded_mail_keeps_its_bytes_unless_a_rule_says_delete() {
    let decision = decided(from_uma("help"), |_, facts| {
        facts.message.loop_marks = vec!["mark-of-ours".to_owned()];
    });
    assert_eq!(words(&decision), "discard own_loop |  | ");
    assert!(decision.keep_bytes && decision.quarantine);
    let processed = decided(from_uma("help"), untouched);
    assert!(processed.keep_bytes && !processed.quarantine);
}

const SUBJECTS: [&str; 9] = [
    "help",
    "[MyCalls]",
    "[MyApprovals]",
    "[CLOSE#5837]",
    "[APPROVE#5837]",
    "Re: [REJECT#5837]",
    "Call 5837 has been",
    "[REQUEST#5837]",
    "[TASK#1234567890123456789]",
];
const KINDS: [Kind; 4] = [Kind::Call, Kind::Request, Kind::Task, Kind::Approval];
const STATES: [State; 4] = [State::Open, State::Closed, State::Approved, State::Rejected];

/// Facts of every sort, also such as no desk would give.
fn any_facts() -> impl Strategy<Value = (RuleSet, Facts)> {
    let subject = prop_oneof![proptest::sample::select(&SUBJECTS[..]).prop_map(str::to_owned), ".*"];
    (subject, ".*", any::<u64>(), 0..4_usize, 0..4_usize).prop_map(|(subject, text, bits, kind, state)| {
        let mut bits = (0..64).map(move |at| bits >> at & 1 == 1);
        let mut flip = || bits.next().unwrap();
        let (mut rules, mut facts) = (classic(), from_ana(&subject));
        let account = &mut rules.accounts[0];
        account.create_anonymously = flip();
        account.update_anonymously = flip();
        account.log_on_invalid_number = flip();
        account.preserve_html = flip();
        account.attach_email_as_text = flip();
        account.attach_email_as_html = flip();
        account.hide_unless_recipient = flip();
        account.replies_max = if flip() { 10 } else { 0 };
        let message = &mut facts.message;
        message.from.truncate(usize::from(flip()));
        message.no_reply_allowed = flip();
        message.is_reply = flip();
        message.html = flip().then(|| text.clone());
        message.text = flip().then(|| text.clone());
        message.reply_portion.clone_from(&text);
        for mailbox in &mut message.from {
            mailbox.name = Some(text.clone());
        }
        let answers = &mut facts.answers;
        let record = answers.record.as_mut().unwrap();
        (record.kind, record.state) = (KINDS[kind], STATES[state]);
        record.title = text;
        if flip() {
            record.owner = None;
        }
        if flip() {
            answers.record = None;
        }
        if flip() {
            answers.template = None;
        }
        if flip() {
            answers.next_call_number = None;
        }
        if flip() {
            answers.default_logging_analyst = None;
        }
        if let Some(sender) = &mut answers.sender {
            (sender.is_user, sender.is_analyst) = (flip(), flip());
            sender.rights.reopen = flip();
        }
        if flip() {
            answers.sender = None;
        }
        (rules, facts)
    })
}

proptest! {
    #[test]
    fn whatever_the_facts_there_is_one_decision((rules, facts) in any_facts()) {
        let decision = decide(&rules, &facts);
        let is_action = matches!(decision.outcome, Outcome::Action(_));
        prop_assert!(is_action || decision.effects.is_empty());
        prop_assert!(is_action || decision.notifications.is_empty());
        prop_assert!(!facts.message.no_reply_allowed || decision.replies.is_empty());
        for mail in decision.mails() {
            prop_assert!(!mail.subject.is_empty() && !mail.subject.chars().any(char::is_control));
        }
        let again: Facts = serde_json::from_str(&serde_json::to_string(&facts).unwrap()).unwrap();
        prop_assert_eq!(decide(&rules, &again), decision);
    }
}

//! What holds for every mail, every answer of the desk and every byte.

use super::{desk, fixture, fixtures, portrait};
use postroom::engine::explain::why;
use postroom::engine::redact::redact;
use postroom::engine::{Explanation, Facts, decide, explain, inquire};
use postroom::message::{Attachment, Message, Report, ReportRecipient, Sureness};
use postroom::ports::Ledger as _;
use postroom::ruleset::RuleSet;
use postroom::vocab::{
    AddrSpec, Answers, Assignee, Automatic, CallTemplate, Command, Confirmation, ConfirmationState, Group,
    Intent, Kind, Mailbox, MessageFormat, Number, OwnMail, Person, PersonRef, Recipient, RecipientCount,
    Record, Reference, ReturnPath, Rights, State, SummaryRelation, SummaryRow,
};
use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;
use std::sync::LazyLock;

static RULES: LazyLock<RuleSet> = LazyLock::new(|| {
    let account = |name: &str, switches: &str| {
        format!(
            "{name}: {{ new_calls: {{ template: IT Incident }}, connect: {{ files: {{ folder: in }} }}, {switches} }}"
        )
    };
    let all = "anonymous: { create_calls: true, update_calls: true, close_calls: true }, history: { attach_email_as: [text, html], preserve_html: true, hide_unless_recipient: true }, guard: { ignore_report_messages: false, ignore_blank_return_path: false }";
    let none = "closed_calls: { update: false, reopen: false }, replies: { auto_reply: false }, new_calls: { template: IT Incident, log_on_invalid_number: false, default_logging_analyst: Duty Analyst, use_linked_analyst: false }, anonymous: { default_user: Former Employee, update_calls: true }";
    let rules = format!(
        "accounts: {{ open: {{ new_calls: {{ template: IT Incident }}, {all} }}, shut: {{ {none} }}, {} }}",
        account("plain", "closed_calls: { on_reopening: logging_analyst }")
    );
    desk().rules(&rules).rule_set()
});

fn address() -> BoxedStrategy<AddrSpec> {
    prop_oneof![
        Just("uma@example.com".to_owned()),
        Just("desk@example.com".to_owned()),
        Just("Ana.Lyst@Example.com".to_owned()),
        "[a-zé\"+.]{1,8}@[a-z.]{1,10}",
    ]
    .prop_filter_map("an address", |text| AddrSpec::parse(&text))
    .boxed()
}

fn text() -> BoxedStrategy<String> {
    prop_oneof![Just(String::new()), "\\PC{0,40}", any::<String>(), Just("a\r\n\0\u{202e}b".to_owned())]
        .boxed()
}

fn mailbox() -> BoxedStrategy<Mailbox> {
    (of(text()), address()).prop_map(|(name, address)| Mailbox { name, address }).boxed()
}

fn subject() -> BoxedStrategy<String> {
    let word = prop_oneof![
        Just("CLOSE"),
        Just("CALL"),
        Just("REQUEST"),
        Just("TASK"),
        Just("APPROVAL"),
        Just("APPROVE"),
        Just("REJECT"),
    ];
    prop_oneof![
        text(),
        (word, any::<u64>()).prop_map(|(word, number)| format!("[{word}#{number}]")),
        Just("[CLOSE#5837]".to_owned()),
        Just("[APPROVE#77]".to_owned()),
        Just("Re: Call 5839 has been updated".to_owned()),
        Just("[MyCalls]".to_owned()),
        Just("[MyTasks]".to_owned()),
    ]
    .boxed()
}

fn format() -> BoxedStrategy<MessageFormat> {
    prop_oneof![Just(MessageFormat::Html), Just(MessageFormat::PlainText)].boxed()
}

fn person() -> BoxedStrategy<Person> {
    (
        1..20_i64,
        text(),
        vec(address(), 0..3),
        any::<[bool; 4]>(),
        vec(Just("IT First Line".to_owned()), 0..2),
        of(format()),
    )
        .prop_map(
            |(record, name, addresses, [is_user, is_analyst, take_over, reopen], groups, email_format)| {
                Person {
                    record,
                    name,
                    addresses,
                    is_user,
                    is_analyst,
                    rights: Rights { take_over, reopen },
                    groups,
                    email_format,
                }
            },
        )
        .boxed()
}

fn person_ref() -> BoxedStrategy<PersonRef> {
    (of(1..20_i64), text()).prop_map(|(record, name)| PersonRef { record, name }).boxed()
}

fn assignee() -> BoxedStrategy<Assignee> {
    prop_oneof![
        person_ref().prop_map(Assignee::Analyst),
        person_ref().prop_map(Assignee::User),
        (1..9_i64, Just("IT First Line".to_owned()))
            .prop_map(|(record, name)| Assignee::Group(Group { record, name })),
    ]
    .boxed()
}

fn kind() -> BoxedStrategy<Kind> {
    prop_oneof![Just(Kind::Call), Just(Kind::Request), Just(Kind::Task), Just(Kind::Approval)].boxed()
}

fn state() -> BoxedStrategy<State> {
    prop_oneof![Just(State::Open), Just(State::Closed), Just(State::Approved), Just(State::Rejected)].boxed()
}

fn recipient() -> BoxedStrategy<Recipient> {
    (of(1..20_i64), text(), address(), of(format()))
        .prop_map(|(record, name, address, email_format)| Recipient { record, name, address, email_format })
        .boxed()
}

fn record() -> BoxedStrategy<Record> {
    let people =
        (of(person_ref()), of(person_ref()), of(assignee()), vec(person_ref(), 0..2), vec(recipient(), 0..3));
    (kind(), any::<u32>(), state(), text(), people, vec(address(), 0..2), any::<bool>(), of(text()))
        .prop_map(
            |(
                kind,
                number,
                state,
                title,
                (user, logging_analyst, owner, delegates, owner_recipients),
                user_addresses,
                logger_is_analyst,
                partition,
            )| Record {
                kind,
                number: Number::from(number),
                state,
                title,
                user,
                user_addresses,
                logging_analyst,
                logger_is_analyst,
                owner,
                owner_recipients,
                delegates,
                partition,
                reopened: number % 9,
                closed_at: (number % 2 == 0).then_some(i64::from(number)),
            },
        )
        .boxed()
}

fn template() -> BoxedStrategy<CallTemplate> {
    (text(), of(text()), of(assignee()), of(any::<i64>()))
        .prop_map(|(name, partition, owner, priority)| CallTemplate {
            name,
            partition,
            screen_set: None,
            ipk_status: None,
            ipk_stream: None,
            office: None,
            impact: None,
            urgency: None,
            priority,
            owner,
        })
        .boxed()
}

fn row() -> BoxedStrategy<SummaryRow> {
    let relations = vec(
        prop_oneof![
            Just(SummaryRelation::WorkingOn),
            Just(SummaryRelation::ForwardedBy),
            Just(SummaryRelation::ForwardedTo)
        ],
        0..3,
    );
    (kind(), any::<u32>(), state(), text(), of(text()), relations)
        .prop_map(|(kind, number, state, title, user, relations)| SummaryRow {
            kind,
            number: Number::from(number),
            state,
            title,
            user,
            relations,
        })
        .boxed()
}

fn answers() -> BoxedStrategy<Answers> {
    let people = (of(person()), any::<bool>(), of(person()), of(person()));
    let items = (of(record()), of(template()), of(any::<u32>()), vec(row(), 0..4));
    (people, items, any::<bool>(), vec((address(), any::<u32>()), 0..3), any::<bool>())
        .prop_map(
            |(
                (sender, sender_name_taken, default_logging_analyst, default_user),
                (record, template, next, summary),
                portal,
                counts,
                group,
            )| Answers {
                persons_with_address: next.unwrap_or_default() % 3,
                own_mails: own_mails(next),
                confirmation: confirmation(next),
                sender,
                sender_name_taken,
                record,
                template,
                default_logging_analyst,
                default_user,
                otherwise_to: group.then(|| Group { record: 1, name: "IT First Line".to_owned() }),
                next_call_number: next.map(Number::from),
                summary,
                next_owners: Vec::new(),
                portal_reopens_closed_calls: portal,
                recent_replies: counts
                    .into_iter()
                    .map(|(address, count)| RecipientCount { address, count })
                    .collect(),
            },
        )
        .boxed()
}

/// Some mail of ours that is answered, or none.
fn own_mails(seed: Option<u32>) -> Vec<OwnMail> {
    let about = |number: u32| Reference { kind: Kind::Call, number: Number::from(number) };
    seed.into_iter().map(|seed| OwnMail { about: about(seed), proves_sender: seed % 2 == 0 }).collect()
}

/// Some request for confirmation that is answered, or none.
fn confirmation(seed: Option<u32>) -> Option<Confirmation> {
    let seed = seed.filter(|seed| seed % 3 == 0)?;
    let command = Command { intent: Intent::Close, kind: Kind::Call, number: Some(Number::from(seed)) };
    let states = [ConfirmationState::Waiting, ConfirmationState::Spent, ConfirmationState::Unknown];
    let state = states[usize::try_from(seed).unwrap() % states.len()];
    Some(Confirmation { id: 1, state, command: Some(command), by_address: false })
}

fn report() -> BoxedStrategy<Report> {
    let code = prop_oneof![Just("550".to_owned()), Just("451".to_owned()), text()];
    let one = (of(text()), of(text()), of(code), any::<bool>()).prop_map(
        |(address, action, smtp_code, permanent)| ReportRecipient {
            address,
            action,
            status: None,
            smtp_code,
            permanent,
        },
    );
    (prop_oneof![Just("delivery-status".to_owned()), text()], vec(one, 0..3))
        .prop_map(|(kind, recipients)| Report { kind, recipients, original: None })
        .boxed()
}

fn message() -> BoxedStrategy<Message> {
    let people = (vec(mailbox(), 0..3), of(mailbox()), vec(mailbox(), 0..3), vec(mailbox(), 0..2));
    let bodies = (of(text()), of(text()), text(), vec(text(), 0..3));
    let ids = (of(text()), of(text()), vec(text(), 0..30));
    let path = of(prop_oneof![Just(ReturnPath::Null), text().prop_map(ReturnPath::from)]);
    let automatic = prop_oneof![
        4 => Just(Automatic::No),
        1 => Just(Automatic::AutoReplied),
        1 => Just(Automatic::AutoGenerated),
        1 => Just(Automatic::Bulk),
        1 => Just(Automatic::List),
    ];
    let flags = (
        any::<[bool; 3]>(),
        prop::bool::weighted(0.9),
        of(report()),
        prop_oneof![Just(1_000_u64), any::<u64>()],
    );
    (people, subject(), bodies, ids, path, automatic, flags)
        .prop_map(
            |(
                (from, sender, to, cc),
                subject,
                (text, html, reply_portion, files),
                (message_id, in_reply_to, references),
                return_path,
                automatic,
                ([is_reply, quiet, is_report], is_mail, report, size),
            )| Message {
                delivered_to: to.iter().map(|mailbox| mailbox.address.clone()).collect(),
                authentication_results: references.clone(),
                protection: None,
                from,
                sender,
                reply_to: Vec::new(),
                to,
                cc,
                return_path,
                base_subject: subject.clone(),
                subject,
                is_reply,
                message_id,
                in_reply_to,
                references,
                date: None,
                text,
                html,
                reply_portion,
                quoted: String::new(),
                signature: String::new(),
                cuts: Vec::new(),
                reply_sureness: Sureness::Certain,
                attachments: files.into_iter().map(attachment).collect(),
                automatic,
                automatic_signs: Vec::new(),
                no_reply_allowed: quiet,
                is_multipart_report: is_report,
                loop_marks: Vec::new(),
                report,
                size,
                is_mail,
                defects: Vec::new(),
            },
        )
        .boxed()
}

fn attachment(name: String) -> Attachment {
    Attachment {
        name,
        media_type: "text/plain".to_owned(),
        size: 3,
        sha256: String::new(),
        inline: false,
        content_id: None,
        content_type: None,
        marks: Vec::new(),
        content: b"abc".to_vec(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_mail_and_every_answer_has_one_decision(
        message in message(),
        answers in answers(),
        account in prop_oneof![Just("desk"), Just("open"), Just("shut"), Just("plain"), Just("none of them")],
    ) {
        let facts = Facts { message, account: account.to_owned(), answers, now: 1_800_000_000 };
        if let Some(account) = RULES.account(account) {
            let _asked = inquire(&RULES, account, &facts.message, facts.now);
        }
        let decision = decide(&RULES, &facts);
        prop_assert_eq!(&decision, &decide(&RULES, &facts), "the same facts give the same decision");
        let explanation = explain(&RULES, &facts);
        prop_assert_eq!(&decision, &explanation.decision, "explaining decides the same");
        explained(&facts, &explanation)?;
        if let Some(veiled) = redact(&RULES, &facts) {
            let again = decide(&RULES, &veiled);
            prop_assert_eq!((&again.outcome, again.effects.len()), (&decision.outcome, decision.effects.len()));
        }
        let guard = decision.trace.iter().filter(|line| line.stage == "guard").count();
        prop_assert_eq!(guard, 1);
        let json = decision.to_json();
        let outcome = json.get("outcome").and_then(|outcome| outcome.as_object());
        prop_assert_eq!(outcome.map(serde_json::Map::len), Some(1), "{}", json);
        let (kind, word) = decision.outcome.words();
        prop_assert!(!word.is_empty());
        if kind != "action" {
            prop_assert!(decision.effects.is_empty() && decision.notifications.is_empty());
        }
        if kind != "action" && kind != "refuse" {
            prop_assert!(decision.replies.is_empty());
        }
        if facts.message.no_reply_allowed {
            prop_assert!(decision.replies.is_empty(), "G5");
        }
        for reply in decision.mails() {
            prop_assert!(!reply.subject.contains(['\r', '\n']) && !reply.subject.is_empty());
        }
    }

    #[test]
    fn any_bytes_pass_through_the_whole_pipeline(raw in vec(any::<u8>(), 0..2000)) {
        let after = desk_in_memory(&raw);
        prop_assert!(after.is_ok(), "{:?}", after);
    }

    #[test]
    fn any_header_and_body_pass_through_the_whole_pipeline(
        from in prop_oneof![Just("uma@example.com".to_owned()), text()],
        subject in subject(),
        header in text(),
        body in text(),
    ) {
        let raw = format!("From: {from}\nSubject: {subject}\n{header}\n\n{body}");
        let after = desk_in_memory(raw.as_bytes());
        prop_assert!(after.is_ok(), "{:?}", after);
    }
}

/// The rule that the trace names is the first one of its table that was not passed over, and none before it holds.
fn explained(facts: &Facts, explanation: &Explanation) -> Result<(), TestCaseError> {
    for asked in &explanation.asked {
        let passed = explanation.passed_over(&RULES, asked.stage);
        prop_assert_eq!(passed.len(), asked.decider());
        for one in &passed {
            prop_assert!(!one.failed.holds(&explanation.situation), "{:?}", one.row);
            let before = one.row.when.iter().take_while(|condition| *condition != one.failed);
            prop_assert!(before.into_iter().all(|condition| condition.holds(&explanation.situation)));
        }
        let behind = explanation.not_asked(&RULES, asked.stage);
        let named = explanation.decision.trace.iter().find(|line| line.stage == asked.stage.word());
        let named = named.and_then(|line| line.rule.clone()).unwrap_or_default();
        let found = why::find(&RULES, &format!("{}/{named}", asked.stage));
        prop_assert_eq!(found.map(|asked| asked.standing(&RULES, explanation)), Ok(why::Standing::Decided));
        let all = postroom::ruleset::column::Stage::TABLES.len();
        prop_assert!(explanation.asked.len() <= all && behind.iter().all(|row| row.name != named));
    }
    for rule in explanation.subjects_passed_over(&RULES) {
        prop_assert!(!rule.pattern.matches(&facts.message.subject));
    }
    Ok(())
}

/// Has one mail dealt with twice, and says what became of it.
fn desk_in_memory(raw: &[u8]) -> Result<String, String> {
    thread_local! {
        static DESK: std::cell::RefCell<super::Desk> = std::cell::RefCell::new(
            desk().account("anonymous: { create_calls: true, update_calls: true, close_calls: true }").account("limits: { replies_max: 3 }").open()
        );
    }
    DESK.with_borrow_mut(|desk| {
        desk.now += 60;
        let (decision, ..) = desk.deal_with("desk", raw).map_err(|failure| failure.to_string())?;
        let before = portrait(&desk.store).len();
        let (_, _, is_new) = desk.deal_with("desk", raw).map_err(|failure| failure.to_string())?;
        if is_new || portrait(&desk.store).len() != before {
            return Err(format!("dealt with twice: {:?}", decision.outcome));
        }
        Ok(decision.outcome.words().1.to_owned())
    })
}

#[test]
fn a_mail_that_is_processed_twice_changes_nothing_the_second_time() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("p.db");
    let bench = desk()
        .account("anonymous: { create_calls: true, update_calls: true, close_calls: true }")
        .account("history: { attach_email_as: [text, html], preserve_html: true }");
    let mut desk = bench.open_in(&file);
    for name in fixtures() {
        let raw = fixture(&name);
        desk.now += 3600;
        let (_, key, is_new) =
            desk.deal_with("desk", &raw).unwrap_or_else(|failure| panic!("{name}: {failure}"));
        assert!(is_new, "{name}");
        assert!(desk.store.find(&key).unwrap().is_some(), "{name}");
        let before = crate::store::dump(&file);
        desk.now += 1;
        let (_, _, is_new) =
            desk.deal_with("desk", &raw).unwrap_or_else(|failure| panic!("{name}: {failure}"));
        assert!(!is_new, "{name}");
        assert!(crate::store::dump(&file) == before, "{name}");
    }
}

//! A small rule set, mails and answers for the tests of this floor.

use super::Facts;
use crate::diagnostic::Source;
use crate::message::Message;
use crate::ruleset::RuleSet;
use crate::ruleset::layer::Library;
use crate::ruleset::load::load;
use crate::vocab::{
    AddrSpec, Answers, Assignee, Automatic, CallTemplate, Group, Kind, Mailbox, Number, Person, Recipient,
    Record, Rights, State,
};
use std::sync::LazyLock;

pub(super) fn address(text: &str) -> AddrSpec {
    AddrSpec::parse(text).unwrap()
}

/// A mail that a person wrote, without attachments.
pub(super) fn message(from: &str, subject: &str) -> Message {
    let mailbox = |text: &str| Mailbox { name: None, address: address(text) };
    Message {
        from: vec![mailbox(from)],
        sender: None,
        reply_to: Vec::new(),
        to: vec![mailbox("help@example.com")],
        cc: Vec::new(),
        delivered_to: Vec::new(),
        authentication_results: Vec::new(),
        protection: None,
        return_path: None,
        subject: subject.to_owned(),
        base_subject: subject.to_owned(),
        is_reply: false,
        message_id: None,
        in_reply_to: None,
        references: Vec::new(),
        date: None,
        text: Some("Hello desk".to_owned()),
        html: None,
        reply_portion: "Hello desk".to_owned(),
        quoted: String::new(),
        signature: String::new(),
        cuts: Vec::new(),
        reply_sureness: crate::message::Sureness::Certain,
        attachments: Vec::new(),
        automatic: Automatic::No,
        automatic_signs: Vec::new(),
        no_reply_allowed: false,
        is_multipart_report: false,
        loop_marks: Vec::new(),
        report: None,
        size: 1000,
        is_mail: true,
        defects: Vec::new(),
    }
}

/// A record without flags and rights.
pub(super) fn person(record: i64, name: &str, text: &str) -> Person {
    Person {
        record,
        name: name.to_owned(),
        addresses: vec![address(text)],
        is_user: false,
        is_analyst: false,
        rights: Rights::default(),
        groups: Vec::new(),
        email_format: None,
    }
}

/// An open item that belongs to nobody.
pub(super) fn record(kind: Kind, number: u32) -> Record {
    Record {
        kind,
        number: number.into(),
        state: State::Open,
        title: "VPN drops".to_owned(),
        user: None,
        user_addresses: Vec::new(),
        logging_analyst: None,
        logger_is_analyst: false,
        owner: None,
        owner_recipients: Vec::new(),
        reopened: 0,
        closed_at: None,
        delegates: Vec::new(),
        partition: None,
    }
}

pub(super) fn group(name: &str) -> Group {
    Group { record: 1, name: name.to_owned() }
}

/// An Analyst as sender, who owns the open call 5837 of the User Uma.
pub(super) fn answers() -> Answers {
    let mut ana = person(2, "Ana Lyst", "ana.lyst@example.com");
    ana.is_analyst = true;
    let uma = person(6, "Uma User", "uma@example.com");
    let call = Record {
        user: Some(uma.reference()),
        user_addresses: uma.addresses.clone(),
        owner: Some(Assignee::Analyst(ana.reference())),
        owner_recipients: vec![Recipient {
            record: Some(2),
            name: ana.name.clone(),
            address: address("ana.lyst@example.com"),
            email_format: None,
        }],
        logging_analyst: Some(ana.reference()),
        logger_is_analyst: true,
        ..record(Kind::Call, 5837)
    };
    let mut duty = person(1, "Duty Analyst", "duty@example.com");
    duty.is_analyst = true;
    Answers {
        sender: Some(ana),
        record: Some(call),
        template: Some(template()),
        default_logging_analyst: Some(duty),
        next_call_number: Some(Number::from(5842)),
        ..Answers::default()
    }
}

fn template() -> CallTemplate {
    CallTemplate {
        name: "IT Incident".to_owned(),
        partition: Some("IT".to_owned()),
        screen_set: None,
        ipk_status: None,
        ipk_stream: None,
        office: None,
        impact: None,
        urgency: None,
        priority: Some(2),
        owner: Some(Assignee::Group(group("IT First Line"))),
    }
}

pub(super) fn facts(from: &str, subject: &str, answers: Answers) -> Facts {
    Facts { message: message(from, subject), account: "it-desk".to_owned(), answers, now: 1_000 }
}

/// An installation over the shipped rule set.
const INSTALLATION: &str = "
format: 1
rule_set: classic
revision: 12
change_reason: test
extends: classic
system: { product: Postroom, loop_mark: mark-of-ours }
accounts:
  it-desk:
    title: IT service desk
    connect: { imap: { server: imap.example.com, login: it-desk@example.com, password: { env: DESK } } }
    new_calls: { template: IT Incident, default_logging_analyst: Duty Analyst }
    closed_calls: { on_reopening: sending_analyst, otherwise_to: IT First Line }
outgoing:
  main: { files: { folder: spool/out }, outgoing_email_id: desk@example.com, default: true }
";

/// The shipped texts; nothing else can be named.
struct Shipped;

impl Library for Shipped {
    fn rule_set(&self, named: &str, _from: &str) -> Result<Source, String> {
        let text = include_str!("../../rules/classic.yaml");
        if named == "classic" { Ok(Source::new("classic.yaml", text)) } else { Err(named.to_owned()) }
    }

    fn text(&self, path: &str, _from: &str) -> Result<Vec<u8>, String> {
        match path {
            "replies/summary.html" => Ok(include_bytes!("../../rules/replies/summary.html").to_vec()),
            "../fixtures/desk/small.yaml" => Ok(include_bytes!("../../fixtures/desk/small.yaml").to_vec()),
            "../fixtures/mail/bounce-550.eml" => {
                Ok(include_bytes!("../../fixtures/mail/bounce-550.eml").to_vec())
            }
            _ => Err(path.to_owned()),
        }
    }
}

/// The shipped rule set with one account, `it-desk`.
pub(super) fn classic() -> RuleSet {
    static LOADED: LazyLock<RuleSet> = LazyLock::new(|| {
        let loaded = load(Source::new("desk.yaml", INSTALLATION), &Shipped);
        loaded.rule_set.unwrap_or_else(|| panic!("{:#?}", loaded.findings))
    });
    LOADED.clone()
}

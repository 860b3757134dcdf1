//! The contract's JSON of a decision: one set of types makes both the output and its schema, so the two
//! cannot differ.

use super::decision::Decision;
use super::explain::document::{ChangeDocument, PassedDocument, SubjectDocument, WhyDocument};
use super::trace::TraceLine;
use crate::ruleset::Identity;
use crate::vocab::{
    Assignee, Disposition, Effect, HistoryFormat, Intent, Kind, Number, Outcome, Reference, Reply,
    SenderCase, Verdict,
};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};

/// What became of one mail, and why.
#[derive(Debug, Serialize, JsonSchema)]
pub struct DecisionDocument<'a> {
    /// The version of this shape: 1.
    format: u32,
    /// The rule set that decided.
    rule_set: &'a Identity,
    /// The account that the mail came to.
    account: &'a str,
    /// The mail's `Message-ID`, in its brackets.
    message_id: Option<String>,
    /// What became of the mail: exactly one of these keys.
    outcome: &'a Outcome,
    /// Who sent it.
    sender: SenderDocument<'a>,
    /// What its subject asks for.
    asked: AskedDocument,
    /// The changes of the desk, in order.
    effects: Vec<EffectDocument<'a>>,
    /// What the sender is told.
    replies: Vec<ReplyDocument<'a>>,
    /// What the assigned analyst or group is told.
    notifications: Vec<ReplyDocument<'a>>,
    /// What becomes of the mail in the mailbox.
    dispose: Disposition,
    /// Why: a line for each stage that was reached.
    pub(super) trace: Vec<TraceDocument<'a>>,
    /// What was tried on the subject; of `trace` alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) subject: Option<SubjectDocument<'a>>,
    /// The smallest changes that would lead elsewhere, the best first; of `trace` alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) would_be: Option<Vec<ChangeDocument<'a>>>,
    /// The rule that was asked about; of `trace --why` alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) why: Option<WhyDocument<'a>>,
    /// Personal data is withheld; of `trace --redact` alone.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[schemars(default)]
    pub(super) redacted: bool,
}

/// Who sent a mail.
#[derive(Debug, Serialize, JsonSchema)]
struct SenderDocument<'a> {
    /// Which of the four cases; `unknown` also where a guard stopped the mail first.
    case: SenderCase,
    /// The name of the record with the address.
    person: Option<&'a str>,
    /// The address as written.
    address: Option<&'a str>,
}

/// What a subject asks for; all `null` where a guard stopped the mail first.
#[derive(Debug, Serialize, JsonSchema)]
struct AskedDocument {
    /// What.
    intent: Option<Intent>,
    /// Of which kind of item.
    kind: Option<Kind>,
    /// Of which item; `null` also for a number that can be none.
    number: Option<Number>,
}

/// A mail of ours.
#[derive(Debug, Serialize, JsonSchema)]
struct ReplyDocument<'a> {
    /// Its name in the rule set's `replies`.
    reply: &'a str,
    /// The address that it goes to.
    to: &'a str,
    /// The outgoing server.
    via: &'a str,
    /// Its subject.
    subject: &'a str,
    /// Its plain text.
    body: &'a str,
}

/// What one stage decided.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct TraceDocument<'a> {
    /// The stage: the key in the rule file, or `reply` or `actions`.
    pub(super) stage: &'a str,
    /// What decided; `null` where no rule did.
    rule: Option<&'a str>,
    /// What was decided.
    then: &'a str,
    /// The file in which the rule is written.
    file: Option<&'a str>,
    /// Its line there.
    line: Option<usize>,
    /// What the rule looked at.
    saw: &'a Map<String, Value>,
    /// Why.
    because: Option<&'a str>,
    /// The rules before the one that decided, each with the first condition that did not hold; of `trace` alone.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(default)]
    pub(super) passed_over: Vec<PassedDocument<'a>>,
    /// The rules behind the one that decided, which were not asked any more; of `trace` alone.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(default)]
    pub(super) not_asked: Vec<&'a str>,
}

/// To whom something is assigned.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum OwnerDocument<'a> {
    /// An Analyst, by name.
    Analyst(&'a str),
    /// A group, by name.
    Group(&'a str),
    /// A User, by name; of a User Approval Task only.
    User(&'a str),
}

/// One change of the desk; people and groups by name.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(tag = "effect", rename_all = "snake_case")]
enum EffectDocument<'a> {
    /// A new Person, flagged User.
    CreatePerson { address: &'a str, name: &'a str },
    /// A record is flagged User.
    MakeUser { person: &'a str },
    /// A call is logged.
    CreateCall {
        number: Number,
        template: &'a str,
        user: &'a str,
        logging_analyst: &'a str,
        description: &'a str,
        partition: Option<&'a str>,
        owner: Option<OwnerDocument<'a>>,
        priority: Option<i64>,
    },
    /// An entry of an item's history.
    AddHistory {
        kind: Kind,
        number: Number,
        by: &'a str,
        format: HistoryFormat,
        text: &'a str,
        hidden_from_user: bool,
    },
    /// A file becomes an object of an item.
    AttachObject {
        kind: Kind,
        number: Number,
        name: &'a str,
        media_type: &'a str,
        size: u64,
        security_profile: &'a str,
    },
    /// The analyst's list shows that something came in.
    ShowNoteIcon { kind: Kind, number: Number },
    /// The assigned analyst or group is told.
    NotifyAssignee { kind: Kind, number: Number, to: OwnerDocument<'a> },
    /// A new call points at the closed one that it continues.
    LinkCall { kind: Kind, number: Number, linked_to: Reference },
    /// The sender is asked to confirm a command, which waits until then.
    RequestConfirmation {
        intent: Intent,
        kind: Kind,
        number: Option<Number>,
        address: &'a str,
        person: Option<&'a str>,
        until: i64,
    },
    /// A command that waited is carried out by this decision.
    UseConfirmation { confirmation: i64 },
    /// A closed call is opened again.
    Reopen { kind: Kind, number: Number, owner: Option<OwnerDocument<'a>> },
    /// A call is closed.
    Close { kind: Kind, number: Number, by: &'a str },
    /// An approval is decided.
    DecideApproval { kind: Kind, number: Number, verdict: Verdict, by: &'a str },
    /// A summary is returned.
    Summarize { kinds: &'a [Kind], person: &'a str },
}

impl<'a> From<&'a Decision> for DecisionDocument<'a> {
    fn from(decision: &'a Decision) -> Self {
        Self {
            format: 1,
            rule_set: &decision.rule_set,
            account: &decision.account,
            message_id: decision.message_id.as_ref().map(|id| format!("<{id}>")),
            outcome: &decision.outcome,
            sender: SenderDocument {
                case: decision.sender.case,
                person: decision.sender.person.as_deref(),
                address: decision.sender.address.as_ref().map(crate::vocab::AddrSpec::as_str),
            },
            asked: AskedDocument {
                intent: decision.asked.intent,
                kind: decision.asked.kind,
                number: decision.asked.number,
            },
            effects: decision.effects.iter().map(EffectDocument::from).collect(),
            replies: decision.replies.iter().map(ReplyDocument::from).collect(),
            notifications: decision.notifications.iter().map(ReplyDocument::from).collect(),
            dispose: decision.disposition,
            trace: decision.trace.iter().map(TraceDocument::from).collect(),
            subject: None,
            would_be: None,
            why: None,
            redacted: false,
        }
    }
}

impl<'a> From<&'a Reply> for ReplyDocument<'a> {
    fn from(reply: &'a Reply) -> Self {
        Self {
            reply: &reply.name,
            to: reply.to.address.as_str(),
            via: &reply.via,
            subject: &reply.subject,
            body: &reply.text,
        }
    }
}

impl<'a> From<&'a TraceLine> for TraceDocument<'a> {
    fn from(line: &'a TraceLine) -> Self {
        Self {
            stage: line.stage,
            rule: line.rule.as_deref(),
            then: &line.then,
            file: line.file.as_deref(),
            line: line.line,
            saw: &line.saw,
            because: line.because.as_deref(),
            passed_over: Vec::new(),
            not_asked: Vec::new(),
        }
    }
}

impl<'a> From<&'a Assignee> for OwnerDocument<'a> {
    fn from(assignee: &'a Assignee) -> Self {
        match assignee {
            Assignee::Analyst(person) => Self::Analyst(&person.name),
            Assignee::Group(group) => Self::Group(&group.name),
            Assignee::User(person) => Self::User(&person.name),
        }
    }
}

impl<'a> From<&'a Effect> for EffectDocument<'a> {
    fn from(effect: &'a Effect) -> Self {
        match effect {
            Effect::LinkCall { kind, number, linked_to } => {
                Self::LinkCall { kind: *kind, number: *number, linked_to: *linked_to }
            }
            Effect::RequestConfirmation { intent, kind, number, address, person, until } => {
                Self::RequestConfirmation {
                    intent: *intent,
                    kind: *kind,
                    number: *number,
                    address: address.as_str(),
                    person: person.as_ref().map(|person| person.name.as_str()),
                    until: *until,
                }
            }
            Effect::UseConfirmation { confirmation } => Self::UseConfirmation { confirmation: *confirmation },
            Effect::CreatePerson { address, name } => Self::CreatePerson { address: address.as_str(), name },
            Effect::MakeUser { person } => Self::MakeUser { person: &person.name },
            Effect::CreateCall {
                number,
                template,
                user,
                logging_analyst,
                description,
                partition,
                owner,
                priority,
            } => Self::CreateCall {
                number: *number,
                template,
                user: &user.name,
                logging_analyst: &logging_analyst.name,
                description,
                partition: partition.as_deref(),
                owner: owner.as_ref().map(OwnerDocument::from),
                priority: *priority,
            },
            Effect::AddHistory { kind, number, by, format, text, hidden_from_user } => Self::AddHistory {
                kind: *kind,
                number: *number,
                by: &by.name,
                format: *format,
                text,
                hidden_from_user: *hidden_from_user,
            },
            Effect::AttachObject { kind, number, name, media_type, size, security_profile, .. } => {
                Self::AttachObject {
                    kind: *kind,
                    number: *number,
                    name,
                    media_type,
                    size: *size,
                    security_profile,
                }
            }
            Effect::ShowNoteIcon { kind, number } => Self::ShowNoteIcon { kind: *kind, number: *number },
            Effect::NotifyAssignee { kind, number, to } => {
                Self::NotifyAssignee { kind: *kind, number: *number, to: to.into() }
            }
            Effect::Reopen { kind, number, owner, .. } => {
                Self::Reopen { kind: *kind, number: *number, owner: owner.as_ref().map(OwnerDocument::from) }
            }
            Effect::Close { kind, number, by } => Self::Close { kind: *kind, number: *number, by: &by.name },
            Effect::DecideApproval { kind, number, verdict, by } => {
                Self::DecideApproval { kind: *kind, number: *number, verdict: *verdict, by: &by.name }
            }
            Effect::Summarize { kinds, person } => Self::Summarize { kinds, person: &person.name },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::testing::{answers, classic, facts, person};
    use crate::engine::{Facts, decide};
    use crate::vocab::{AddrSpec, Answers, Group, ObjectSource, PersonRef};

    fn validator() -> jsonschema::Validator {
        let schema = schemars::schema_for!(DecisionDocument<'static>);
        jsonschema::validator_for(schema.as_value()).unwrap()
    }

    #[test]
    fn decision_reads_as_the_contract_says() {
        let mut facts = facts("ana.lyst@example.com", "RE: [close#5837]", answers());
        facts.message.message_id = Some("1@example.com".to_owned());
        let mut rule_set = classic();
        "sha256:0".clone_into(&mut rule_set.identity.digest);
        let json = decide(&rule_set, &facts).to_json();
        insta::assert_json_snapshot!(json);
        assert!(validator().is_valid(&json));
    }

    #[test]
    fn stopped_message_keeps_the_shape() {
        let facts =
            Facts { account: "nobody".to_owned(), ..facts("uma@example.com", "help", Answers::default()) };
        let json = decide(&classic(), &facts).to_json();
        assert_eq!(json["outcome"], serde_json::json!({ "quarantine": "unknown_account" }));
        assert_eq!(json["asked"]["intent"], Value::Null);
        assert!(validator().is_valid(&json));
    }

    #[test]
    fn every_effect_reads_as_its_own_type_does() {
        let (kind, number) = (Kind::Call, Number::from(7));
        let by = || person(2, "Ana Lyst", "ana.lyst@example.com").reference();
        let owner = || Assignee::Group(Group { record: 1, name: "IT First Line".to_owned() });
        let text = || "x".to_owned();
        let effects = [
            Effect::CreatePerson { address: AddrSpec::parse("a@b").unwrap(), name: text() },
            Effect::MakeUser { person: by() },
            Effect::CreateCall {
                number,
                template: text(),
                user: PersonRef { record: None, name: text() },
                logging_analyst: by(),
                description: text(),
                partition: None,
                owner: Some(owner()),
                priority: Some(2),
            },
            Effect::AddHistory {
                kind,
                number,
                by: by(),
                format: HistoryFormat::Html,
                text: text(),
                hidden_from_user: true,
            },
            Effect::AttachObject {
                kind,
                number,
                name: text(),
                media_type: text(),
                size: 9,
                security_profile: text(),
                by: by(),
                source: ObjectSource::Html,
            },
            Effect::ShowNoteIcon { kind, number },
            Effect::NotifyAssignee { kind, number, to: owner() },
            Effect::Reopen { kind, number, owner: None, by: by() },
            Effect::LinkCall { kind, number, linked_to: Reference { kind, number: Number::from(6) } },
            Effect::RequestConfirmation {
                intent: Intent::Close,
                kind,
                number: Some(number),
                address: AddrSpec::parse("a@b").unwrap(),
                person: Some(by()),
                until: 9,
            },
            Effect::UseConfirmation { confirmation: 3 },
            Effect::Close { kind, number, by: by() },
            Effect::DecideApproval { kind: Kind::Approval, number, verdict: Verdict::Rejected, by: by() },
            Effect::Summarize { kinds: vec![Kind::Task, Kind::Approval], person: by() },
        ];
        for effect in &effects {
            let own = serde_json::to_value(effect).unwrap();
            assert_eq!(serde_json::to_value(EffectDocument::from(effect)).unwrap(), own, "{own}");
        }
    }
}

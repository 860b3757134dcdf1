//! A small rule set, mails and answers for the tests of this floor.

use super::Facts;
use crate::diagnostic::{Place, Span};
use crate::message::Message;
use crate::ruleset::account::{
    Account, Authentication, Connect, Login, OnReopening, Outgoing, Server, Submit, Tls,
};
use crate::ruleset::column::{Column, Domains, Stage};
use crate::ruleset::pattern::Pattern;
use crate::ruleset::table::{Condition, Rule, Table};
use crate::ruleset::template::Templates;
use crate::ruleset::{
    ActingUser, Action, ChooseAnswer, Dispose, GuardAnswer, Identity, LoggingAnalyst, PermitAnswer,
    ReopenedTo, ReplyDefinition, RuleSet, Step, SubjectRule, System,
};
use crate::vocab::{
    AddrSpec, Answers, Assignee, Automatic, CallTemplate, Disposition, Group, Intent, Kind, Mailbox,
    MessageFormat, Number, Person, Recipient, Record, Rights, SenderCase, State, SummaryRelation, Verdict,
};

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
        attachments: Vec::new(),
        automatic: Automatic::No,
        no_reply_allowed: false,
        is_multipart_report: false,
        loop_marks: Vec::new(),
        report: None,
        size: 1000,
        sha256: String::new(),
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

const ACTIONS: [&str; 13] = [
    "log_call",
    "update_call",
    "note_on_closed_call",
    "reopen_call",
    "update_request",
    "update_task",
    "close_call",
    "approve_task",
    "reject_task",
    "send_summary",
    "decline_update",
    "decline_close",
    "decline_approval",
];

/// The heart of the shipped rule set, without its rarer rows.
pub(super) fn classic() -> RuleSet {
    let domains = Domains {
        report_codes: vec![501, 503, 550, 553],
        accounts: vec!["it-desk".to_owned()],
        actions: ACTIONS.map(str::to_owned).to_vec(),
    };
    let (replies, templates) = replies();
    RuleSet {
        identity: Identity {
            name: "classic".to_owned(),
            revision: 12,
            digest: "sha256:0".to_owned(),
            change_reason: String::new(),
        },
        system: system(),
        accounts: vec![account()],
        outgoing: vec![outgoing()],
        guard: guard(&domains),
        recognize: subjects(),
        identify: identify(&domains),
        choose: choose(&domains),
        permit: permit(&domains),
        acting_user: acting_user(&domains),
        logging_analyst: logging_analyst(&domains),
        reopened_to: reopened_to(&domains),
        actions: actions(),
        replies,
        templates,
        dispose: Dispose {
            processed: Disposition::Delete,
            discarded: Disposition::Delete,
            failed: Disposition::Keep,
        },
        domains,
    }
}

fn system() -> System {
    System {
        product: "Postroom".to_owned(),
        default_format: MessageFormat::Html,
        format_per_person: true,
        truncate_incoming_emails: true,
        security_profile: "Unspecified".to_owned(),
        email_at_update_via_email_in: true,
        portal_reopen_closed_calls: None,
        loop_mark: "mark-of-ours".to_owned(),
    }
}

fn account() -> Account {
    let login = Login {
        login: Some("it-desk@example.com".to_owned()),
        password: None,
        authentication: Authentication::Automatic,
        allow_clear_text: false,
    };
    let server = Server {
        server: "imap.example.com".to_owned(),
        port: 143,
        tls: Tls::Starttls,
        login,
        ca_file: None,
        fingerprint: None,
    };
    Account {
        name: "it-desk".to_owned(),
        title: Some("IT service desk".to_owned()),
        for_tests: false,
        active: true,
        poll_every_secs: 60,
        partition: None,
        connect: Some(Connect::Imap {
            server,
            folder: "INBOX".to_owned(),
            deleted_items_folder: "Deleted Items".to_owned(),
        }),
        ignore_report_messages: true,
        ignore_blank_return_path: true,
        template: "IT Incident".to_owned(),
        default_logging_analyst: Some("Duty Analyst".to_owned()),
        use_linked_analyst: true,
        log_on_invalid_number: true,
        update_closed_calls: true,
        reopen_closed_calls: true,
        on_reopening: OnReopening::SendingAnalyst,
        otherwise_to: Some("IT First Line".to_owned()),
        create_anonymously: false,
        update_anonymously: false,
        close_anonymously: false,
        default_user: None,
        any_recognised_sender: false,
        auto_reply: true,
        preserve_html: false,
        attach_email_as_text: false,
        attach_email_as_html: false,
        hide_unless_recipient: false,
        size_bytes_max: 25_000_000,
        replies_max: 10,
        replies_window_secs: 600,
    }
}

fn outgoing() -> Outgoing {
    Outgoing {
        name: "main".to_owned(),
        active: true,
        submit: Submit::Files { folder: "spool/out".to_owned() },
        outgoing_email_id: address("desk@example.com"),
        is_default: true,
        partition: None,
        sent_from_analyst: false,
        reply_to_forwarding_analyst: false,
        send_receipt: false,
    }
}

fn place() -> Place {
    Place { file: "classic.yaml".into(), line: 1, column: 1 }
}

/// A row; conditions are written `path=word|word`, with spaces between them.
fn row<T>(domains: &Domains, name: &str, when: &str, then: T) -> Rule<T> {
    let when = when
        .split_whitespace()
        .map(|condition| {
            let (path, words) = condition.split_once('=').unwrap();
            let column = Column::parse(path).unwrap();
            let words = words.split('|').map(|word| domains.index(column, word).unwrap()).collect();
            Condition { column, words, span: Span::default() }
        })
        .collect();
    Rule { name: name.to_owned(), when, then, because: None, span: Span::default(), place: place() }
}

fn table<T, const N: usize>(domains: &Domains, stage: Stage, rows: [(&str, &str, T); N]) -> Table<T> {
    let rules = rows.into_iter().map(|(name, when, then)| row(domains, name, when, then)).collect();
    Table::of_test(stage, rules)
}

fn guard(domains: &Domains) -> Table<GuardAnswer> {
    let discard = |reason: &str| GuardAnswer::Discard(reason.to_owned());
    let rows = [
        ("fatal-smtp-error", "report_code=501|503|550|553", discard("permanent_smtp_error")),
        (
            "report-message",
            "content_type=multipart_report guard.ignore_report_messages=true",
            discard("report"),
        ),
        (
            "blank-return-path",
            "return_path=blank guard.ignore_blank_return_path=true",
            discard("blank_return_path"),
        ),
        ("own-mail-come-back", "own_loop=true", discard("own_loop")),
        ("otherwise", "", GuardAnswer::Proceed),
    ];
    table(domains, Stage::Guard, rows)
}

fn subjects() -> Vec<SubjectRule> {
    let rows = [
        ("[MyCalls]", Intent::Summary, Kind::Call),
        ("[MyApprovals]", Intent::Summary, Kind::Approval),
        ("[CLOSE#{number}]", Intent::Close, Kind::Call),
        ("[APPROVE#{number}]", Intent::Approve, Kind::Approval),
        ("[REJECT#{number}]", Intent::Reject, Kind::Approval),
        ("[CALL#{number}]", Intent::Update, Kind::Call),
        ("[REQUEST#{number}]", Intent::Update, Kind::Request),
        ("[TASK#{number}]", Intent::Update, Kind::Task),
        ("Call {number} has been", Intent::Update, Kind::Call),
    ];
    let rule = |(text, intent, kind): (&str, Intent, Kind)| SubjectRule {
        name: text.to_owned(),
        pattern: Pattern::parse(text).unwrap(),
        intent,
        kind,
        because: None,
        span: Span::default(),
        place: place(),
    };
    rows.into_iter().map(rule).collect()
}

fn identify(domains: &Domains) -> Table<SenderCase> {
    let rows = [
        ("case-1-nobody", "is_user=false is_analyst=false", SenderCase::Unknown),
        ("case-2-analyst-only", "is_user=false is_analyst=true", SenderCase::Analyst),
        ("case-3-user-only", "is_user=true is_analyst=false", SenderCase::User),
        ("case-4-analyst-and-user", "is_user=true is_analyst=true", SenderCase::AnalystAndUser),
    ];
    table(domains, Stage::Identify, rows)
}

fn choose(domains: &Domains) -> Table<ChooseAnswer> {
    let action = |name: &str| ChooseAnswer::Action(ACTIONS.iter().position(|known| *known == name).unwrap());
    let rows = [
        ("nothing-recognized", "intent=log", action("log_call")),
        ("summary", "intent=summary", action("send_summary")),
        (
            "unknown-call-number-logged",
            "number=unknown kind=call new_calls.log_on_invalid_number=true",
            action("log_call"),
        ),
        (
            "unknown-call-number-dropped",
            "number=unknown kind=call",
            ChooseAnswer::Ignore("unknown_call_number".to_owned()),
        ),
        ("unknown-request-or-task-number", "number=unknown", action("log_call")),
        ("not-an-approval", "intent=approve|reject kind_found=task", action("decline_approval")),
        (
            "decided-already",
            "intent=approve|reject state=approved|rejected|closed",
            action("decline_approval"),
        ),
        ("approve", "intent=approve", action("approve_task")),
        ("reject", "intent=reject", action("reject_task")),
        ("close-open-call", "intent=close state=open", action("close_call")),
        ("close-closed-call", "intent=close", action("decline_close")),
        ("update-request", "intent=update kind=request", action("update_request")),
        ("update-task", "intent=update kind=task|approval", action("update_task")),
        ("update-open-call", "intent=update state=open", action("update_call")),
        (
            "reopen-closed-call",
            "intent=update closed_calls.reopen=true may_reopen=true",
            action("reopen_call"),
        ),
        ("note-on-closed-call", "intent=update closed_calls.update=true", action("note_on_closed_call")),
        ("closed-call-left-alone", "intent=update", action("decline_update")),
    ];
    table(domains, Stage::Choose, rows)
}

fn permit(domains: &Domains) -> Table<PermitAnswer> {
    let refuse =
        |name: &str| PermitAnswer::Refuse(REPLIES.iter().position(|(known, ..)| *known == name).unwrap());
    let analysts = "sender=analyst|analyst_and_user action=close_call";
    let own = format!("{analysts} owns_call=true");
    let take_over = format!("{analysts} may_take_over=true");
    let rows = [
        ("anonymous-logs", "sender=unknown action=log_call anonymous.create_calls=true", PermitAnswer::Allow),
        (
            "anonymous-updates",
            "sender=unknown action=update_call|note_on_closed_call anonymous.update_calls=true",
            PermitAnswer::Allow,
        ),
        (
            "nobody-decides-approvals",
            "sender=unknown action=approve_task|reject_task|decline_approval",
            refuse("sender-not-identified"),
        ),
        ("anonymous-otherwise", "sender=unknown", PermitAnswer::Ignore("unknown_sender".to_owned())),
        ("user-closes-own-call", "sender=user action=close_call is_call_user=true", PermitAnswer::Allow),
        ("analyst-closes-own-call", &own, PermitAnswer::Allow),
        ("analyst-takes-over", &take_over, PermitAnswer::Allow),
        ("closing-refused", "action=close_call", refuse("insufficient-permission")),
        ("approver-decides", "action=approve_task|reject_task may_decide=true", PermitAnswer::Allow),
        ("deciding-refused", "action=approve_task|reject_task", refuse("insufficient-permission")),
        ("otherwise", "", PermitAnswer::Allow),
    ];
    table(domains, Stage::Permit, rows)
}

fn acting_user(domains: &Domains) -> Table<ActingUser> {
    let rows = [
        ("anonymous-default-user", "sender=unknown anonymous.default_user=set", ActingUser::DefaultUser),
        ("person-without-flags", "sender=unknown is_person=true", ActingUser::SenderMadeUser),
        ("anonymous-new-person", "sender=unknown", ActingUser::NewPerson),
        ("analyst-becomes-user", "sender=analyst action=log_call", ActingUser::SenderMadeUser),
        ("otherwise", "", ActingUser::Sender),
    ];
    table(domains, Stage::ActingUser, rows)
}

fn logging_analyst(domains: &Domains) -> Table<LoggingAnalyst> {
    let rows = [
        ("no-default-analyst", "new_calls.default_logging_analyst=unset", LoggingAnalyst::Sender),
        (
            "linked-analyst",
            "sender=analyst|analyst_and_user new_calls.use_linked_analyst=true",
            LoggingAnalyst::Sender,
        ),
        ("default-analyst", "new_calls.default_logging_analyst=set", LoggingAnalyst::DefaultLoggingAnalyst),
    ];
    table(domains, Stage::LoggingAnalyst, rows)
}

fn reopened_to(domains: &Domains) -> Table<ReopenedTo> {
    let rows = [
        ("template", "closed_calls.on_reopening=template_assignee", ReopenedTo::TemplateAssignee),
        (
            "sending-analyst",
            "closed_calls.on_reopening=sending_analyst sender=analyst|analyst_and_user",
            ReopenedTo::Sender,
        ),
        (
            "logging-analyst",
            "closed_calls.on_reopening=logging_analyst logger_is_analyst=true",
            ReopenedTo::LoggingAnalyst,
        ),
        ("group-of-last-resort", "closed_calls.otherwise_to=set", ReopenedTo::OtherwiseTo),
        ("otherwise", "", ReopenedTo::Owner),
    ];
    table(domains, Stage::ReopenedTo, rows)
}

fn actions() -> Vec<Action> {
    let history = || Step::AddHistory { whole_body: false };
    let update = || vec![history(), Step::AttachObjects, Step::AttachEmail, Step::ShowNoteIcon];
    let relations =
        vec![SummaryRelation::WorkingOn, SummaryRelation::ForwardedBy, SummaryRelation::ForwardedTo];
    ACTIONS
        .iter()
        .map(|name| {
            let steps = match *name {
                "log_call" => vec![Step::CreateCall, Step::AttachObjects, Step::AttachEmail],
                "update_call" | "note_on_closed_call" => [update(), vec![Step::NotifyAssignee]].concat(),
                "reopen_call" => [vec![Step::Reopen], update(), vec![Step::NotifyAssignee]].concat(),
                "update_request" | "update_task" => vec![history(), Step::AttachObjects, Step::ShowNoteIcon],
                "close_call" => vec![Step::Close],
                "approve_task" => vec![Step::DecideApproval(Verdict::Approved)],
                "reject_task" => vec![Step::DecideApproval(Verdict::Rejected)],
                "send_summary" => vec![Step::Summarize(relations.clone())],
                _ => Vec::new(),
            };
            Action { name: (*name).to_owned(), steps, span: Span::default() }
        })
        .collect()
}

/// Name, action, whether it is optional, whether it goes to the assignee, subject, body.
const REPLIES: [(&str, &str, bool, bool, &str, &str); 14] = [
    ("call-logged", "log_call", true, false, "Call {number} has been logged", "Thank you, {sender}."),
    ("call-updated", "update_call", true, false, "Call {number} has been updated", "Noted."),
    ("call-reopened", "reopen_call", true, false, "Call {number} has been reopened", "Open again."),
    ("call-closed", "close_call", false, false, "Call {number} has been closed", "Closed: {title}"),
    ("request-updated", "update_request", false, false, "Request {number} has been updated", "Noted."),
    ("task-updated", "update_task", false, false, "{Kind} {number} has been updated", "Noted."),
    ("task-approved", "approve_task", false, false, "Task {number} has been successfully approved", "Yes."),
    ("task-rejected", "reject_task", false, false, "Task {number} has been successfully rejected", "No."),
    (
        "summary",
        "send_summary",
        false,
        false,
        "Your {kinds}",
        "<table>{% for item in items %}<tr><td>{item.number}</td><td>{item.title}</td><td>{item.because}</td></tr>{% endfor %}</table>",
    ),
    (
        "closed-call-not-updated",
        "decline_update",
        false,
        false,
        "Call No {number} is already closed",
        "Call No {number} is already closed and has not been updated",
    ),
    (
        "approval-not-open",
        "decline_approval",
        false,
        false,
        "Task {number} has not been decided",
        "({state})",
    ),
    ("insufficient-permission", "", false, false, "Not done", "Reason: Insufficient Permission"),
    ("sender-not-identified", "", false, false, "Not done", "The sender has not been identified."),
    ("assignee-told", "update_call", false, true, "Call {number}: news from {sender}", "{title}"),
];

fn replies() -> (Vec<ReplyDefinition>, Templates) {
    let mut templates = Templates::default();
    let definitions = REPLIES.iter().map(|&(name, action, optional, to_assignee, subject, body)| {
        let body_is_html = body.starts_with('<');
        let ending = if body_is_html { "html" } else { "txt" };
        templates.add(&format!("{name}.subject"), subject).unwrap();
        templates.add(&format!("{name}.{ending}"), body).unwrap();
        ReplyDefinition {
            name: name.to_owned(),
            after: ACTIONS.iter().position(|known| *known == action).into_iter().collect(),
            optional,
            to_assignee,
            body_is_html,
            span: Span::default(),
        }
    });
    let definitions = definitions.collect();
    (definitions, templates)
}

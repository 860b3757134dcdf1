//! Tests of the embedded desk and ledger, over the small desk of the fixtures.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests are tests")]

use postroom::adapters::library::Shelf;
use postroom::adapters::snapshot::Snapshot;
use postroom::adapters::sqlite::{Becoming, ItemFilter, LedgerCount, SqliteStore};
use postroom::adapters::world::World;
use postroom::ports::{
    Contents, Desk as _, Entry, EntryFilter, Failure, Key, Ledger as _, OutboxState, QuarantineState,
    Settlement, Store as _,
};
use postroom::ruleset::load::{Loaded, load};
use postroom::vocab::{
    AddrSpec, Answers, Assignee, Disposition, Effect, HistoryFormat, Inquiry, Kind, Mailbox, MessageFormat,
    Number, ObjectSource, Outcome, PersonRef, Reference, Reply, ReplyPurpose, Series, State, SummaryInquiry,
    SummaryRelation, Verdict,
};
use std::borrow::Cow;
use std::fmt::Write as _;
use std::path::Path;

const SMALL: &str = include_str!("../../fixtures/desk/small.yaml");

/// An attachment gives its index in words, the rest what they are.
struct Parts;

impl Contents for Parts {
    fn bytes(&self, source: &ObjectSource) -> Cow<'_, [u8]> {
        Cow::Owned(format!("{source:?}").into_bytes())
    }
}

fn world() -> World {
    World::parse("small.yaml", SMALL).unwrap()
}

fn desk() -> SqliteStore {
    let mut store = SqliteStore::in_memory().unwrap();
    store.import(&world()).unwrap();
    store
}

fn desk_in(folder: &Path) -> SqliteStore {
    let mut store = SqliteStore::open(&folder.join("p.db")).unwrap();
    store.import(&world()).unwrap();
    store
}

fn address(text: &str) -> AddrSpec {
    AddrSpec::parse(text).unwrap()
}

fn from(text: &str) -> Inquiry {
    Inquiry { sender: Some(address(text)), ..Inquiry::default() }
}

fn about(kind: Kind, number: u32) -> Inquiry {
    Inquiry { reference: Some(Reference { kind, number: number.into() }), ..Inquiry::default() }
}

fn answer(inquiry: &Inquiry) -> Answers {
    desk().answer(inquiry).unwrap()
}

fn person(store: &mut SqliteStore, name: &str) -> PersonRef {
    let inquiry = Inquiry { default_user: Some(name.into()), ..Inquiry::default() };
    store.answer(&inquiry).unwrap().default_user.unwrap().reference()
}

fn key(name: &str) -> Key {
    Key { account: "it-desk".into(), identity: String::new(), sha256: name.into() }
}

fn entry(name: &str) -> Entry {
    Entry {
        key: key(name),
        origin: format!("{name}.eml"),
        at: 1_700_000_000,
        size: 4,
        message_id: Some(format!("{name}@example.org")),
        from: Some("uma@example.com".into()),
        subject: format!("About {name}"),
        outcome: Outcome::Action("update_call".into()),
        about: Some(Reference { kind: Kind::Call, number: 5837.into() }),
        disposition: Disposition::Delete,
        rule_set: ("classic".into(), 12, "sha256:00".into()),
        decision: "{}".into(),
    }
}

fn reply(to: &str) -> Reply {
    let desk = Mailbox { name: None, address: address("desk@example.com") };
    Reply {
        name: "call-updated".into(),
        purpose: ReplyPurpose::Reply,
        to: Mailbox { name: None, address: address(to) },
        via: "main".into(),
        from: desk.clone(),
        reply_to: desk,
        subject: "Call 5837 has been updated".into(),
        text: "Thank you".into(),
        html: None,
        format: MessageFormat::PlainText,
        in_reply_to: None,
        references: vec![],
        request_receipt: false,
        asks_confirmation: false,
        signed_reply_address: false,
        about: Some((Kind::Call, 5837.into())),
    }
}

fn settlement<'a>(entry: &'a Entry, effects: &'a [Effect], replies: &'a [Reply]) -> Settlement<'a> {
    Settlement { entry, effects, contents: &Parts, replies, raw: Some(b"mail"), quarantine: false }
}

fn settle(store: &mut SqliteStore, settlement: &Settlement<'_>) -> bool {
    store.begin().unwrap();
    let is_new = store.settle(settlement).unwrap();
    store.commit().unwrap();
    is_new
}

fn perform(store: &mut SqliteStore, effects: &[Effect]) -> Result<(), Failure> {
    store.perform(&key("effects"), effects, &Parts, 1_700_000_000)
}

fn note(number: u32, by: &PersonRef, text: &str) -> Effect {
    Effect::AddHistory {
        kind: Kind::Call,
        number: number.into(),
        by: by.clone(),
        format: HistoryFormat::Text,
        text: text.into(),
        hidden_from_user: false,
    }
}

fn new_call(number: u32, user: &PersonRef, owner: Option<Assignee>) -> Effect {
    Effect::CreateCall {
        number: number.into(),
        template: "IT Incident".into(),
        user: user.clone(),
        logging_analyst: user.clone(),
        description: "\nMy screen is dark.\nHelp!".into(),
        partition: Some("IT".into()),
        owner,
        priority: Some(2),
    }
}

/// Every row of every table, in the order of the tables.
pub(crate) fn dump(file: &Path) -> String {
    let reader = rusqlite::Connection::open(file).unwrap();
    let sql = "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name";
    let mut tables = reader.prepare(sql).unwrap();
    let tables: Vec<String> = tables.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    let mut dumped = String::new();
    for table in tables {
        let mut rows = reader.prepare(&format!("SELECT * FROM {table}")).unwrap();
        let columns = rows.column_count();
        let mut rows = rows.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            let values: Vec<_> = (0..columns).map(|index| row.get_ref(index).unwrap()).collect();
            writeln!(dumped, "{table} {values:?}").unwrap();
        }
    }
    dumped
}

// World ----------------------------------------------------------------------------------------------------

#[test]
fn a_world_comes_out_of_the_desk_as_it_went_in() {
    let exported = desk().export().unwrap();
    assert_eq!(exported, world());
    let text = exported.to_yaml().unwrap();
    assert_eq!(World::parse("export.yaml", &text).unwrap(), exported, "{text}");
}

#[test]
fn a_desk_that_holds_somebody_is_never_imported_over() {
    let mut store = desk();
    let refused = store.import(&world()).unwrap_err();
    assert_eq!(refused.to_string(), "the desk is not empty; a world is imported into a new one");
    assert_eq!(store.export().unwrap(), world());
}

#[test]
fn a_world_and_its_desk_say_the_same_to_a_rule_set() {
    let summary = desk().summary().unwrap();
    assert_eq!(summary, world().summary());
    let incident = &summary.templates[0];
    assert_eq!(
        (incident.name.as_str(), incident.has_owner, incident.priority),
        ("IT Incident", true, Some(2))
    );
    assert!(!summary.templates[2].has_owner);
}

#[test]
fn the_schema_of_a_world_file_takes_the_small_desk_and_refuses_a_misspelt_key() {
    let schema = serde_json::to_value(schemars::schema_for!(World)).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let mut small: serde_json::Value = serde_saphyr::from_str(SMALL).unwrap();
    let faults: Vec<String> = validator.iter_errors(&small).map(|fault| fault.to_string()).collect();
    assert!(faults.is_empty(), "{faults:?}");
    small["people"][0]["adresses"] = serde_json::json!([]);
    assert!(!validator.is_valid(&small));
}

// Inquiries ------------------------------------------------------------------------------------------------

#[test]
fn i1_an_address_matches_without_regard_to_case_and_never_a_template_record() {
    let ana = answer(&from("ANA@Home.Example")).sender.unwrap();
    assert_eq!((ana.name.as_str(), ana.is_analyst, ana.is_user), ("Ana Lyst", true, false));
    assert_eq!(ana.addresses, [address("ana.lyst@example.com"), address("ana@home.example")]);
    assert_eq!((ana.groups, ana.email_format), (vec!["IT First Line".to_owned()], Some(MessageFormat::Html)));
    assert_eq!(answer(&from("pattern@example.com")).sender, None);
    assert_eq!(answer(&from("nobody@example.com")).sender, None);
}

#[test]
fn i2_lowest_record_number_is_the_sender() {
    assert_eq!(answer(&from("shared@example.com")).sender.unwrap().name, "Sam First");
}

#[test]
fn a_template_record_with_a_lower_number_does_not_hide_a_person_with_the_same_address() {
    let world = "people: [{ name: T, addresses: [a@b.c], template: true }, { name: P, addresses: [A@B.C] }]";
    let mut store = SqliteStore::in_memory().unwrap();
    store.import(&World::parse("w", world).unwrap()).unwrap();
    assert_eq!(store.answer(&from("a@b.c")).unwrap().sender.unwrap().name, "P");
}

#[test]
fn i5_a_person_with_neither_flag_is_found_as_such() {
    let flo = answer(&from("flo@example.com")).sender.unwrap();
    assert!(!flo.is_user && !flo.is_analyst);
}

#[test]
fn l8_priority_comes_from_the_partitions_matrix() {
    let asked = |name: &str| Inquiry { template: Some(name.into()), ..Inquiry::default() };
    let template = answer(&asked("IT Incident")).template.unwrap();
    assert_eq!((template.priority, template.partition.as_deref()), (Some(2), Some("IT")));
    assert_eq!(template.owner.unwrap().name(), "IT First Line");
    let template = answer(&asked("Facilities Request")).template.unwrap();
    assert_eq!((template.priority, template.owner), (None, None));
    assert_eq!(answer(&asked("Gone")).template, None);
}

#[test]
fn n3_a_number_is_looked_up_in_its_own_series_only() {
    assert_eq!(answer(&about(Kind::Call, 210)).record, None);
    assert_eq!(answer(&about(Kind::Request, 210)).record.unwrap().kind, Kind::Request);
    assert_eq!(answer(&about(Kind::Approval, 76)).record.unwrap().kind, Kind::Task);
    let approval = answer(&about(Kind::Task, 77)).record.unwrap();
    assert_eq!((approval.kind, approval.delegates[0].name.as_str()), (Kind::Approval, "Bo Both"));
}

#[test]
fn a_call_is_told_with_its_people_and_who_reads_a_notification() {
    let call = answer(&about(Kind::Call, 5837)).record.unwrap();
    assert_eq!(call.user.unwrap().name, "Uma User");
    assert_eq!(call.user_addresses, [address("uma@example.com")]);
    assert!(call.logger_is_analyst);
    let readers: Vec<&str> = call.owner_recipients.iter().map(|reader| reader.address.as_str()).collect();
    assert_eq!(readers, ["ana.lyst@example.com"]);
    let call = answer(&about(Kind::Call, 5838)).record.unwrap();
    let readers: Vec<&str> = call.owner_recipients.iter().map(|reader| reader.address.as_str()).collect();
    assert_eq!(readers, ["duty@example.com", "ana.lyst@example.com", "bo.both@example.com"]);
}

#[test]
fn ra3_a_logger_who_is_no_analyst_any_more_is_told() {
    let call = answer(&about(Kind::Call, 5840)).record.unwrap();
    assert_eq!((call.state, call.logger_is_analyst), (State::Closed, false));
    assert_eq!(call.logging_analyst.unwrap().name, "Former Employee");
}

#[test]
fn people_groups_names_and_the_portal_are_answered_in_one_go() {
    let answers = answer(&Inquiry {
        default_logging_analyst: Some("Duty Analyst".into()),
        default_user: Some("Pattern Person".into()),
        otherwise_to: Some("HR Duty Desk".into()),
        sender_name: Some("Pattern Person".into()),
        ..Inquiry::default()
    });
    assert!(answers.default_logging_analyst.unwrap().rights.take_over);
    assert_eq!(answers.default_user, None, "a template record is never an actor");
    assert_eq!(answers.otherwise_to.unwrap().name, "HR Duty Desk");
    assert!(answers.sender_name_taken && answers.portal_reopens_closed_calls);
    assert_eq!(answers.next_call_number, Some(5842.into()));
}

#[test]
fn m1_a_summary_lists_what_the_analyst_works_on_has_forwarded_and_was_forwarded() {
    let asked = |sender: &str, series| {
        let relations =
            vec![SummaryRelation::WorkingOn, SummaryRelation::ForwardedBy, SummaryRelation::ForwardedTo];
        let inquiry = Inquiry { summary: Some(SummaryInquiry { series, relations }), ..from(sender) };
        let rows = answer(&inquiry).summary.into_iter();
        rows.map(|row| format!("{} {} {:?}", row.kind.word(), row.number, row.relations)).collect::<Vec<_>>()
    };
    assert_eq!(
        asked("ana.lyst@example.com", Series::Call),
        ["call 5837 [WorkingOn]", "call 5838 [WorkingOn]", "call 5841 [ForwardedBy]"]
    );
    assert_eq!(
        asked("bo.both@example.com", Series::Call),
        ["call 5837 [ForwardedTo]", "call 5838 [WorkingOn]"]
    );
    assert_eq!(
        asked("ana.lyst@example.com", Series::Request),
        ["request 210 [WorkingOn]", "request 211 [ForwardedBy]"]
    );
    // M3: tasks and approvals together, plain tasks first.
    assert_eq!(
        asked("ana.lyst@example.com", Series::Task),
        ["task 76 [WorkingOn]", "approval 77 [WorkingOn]", "approval 81 [WorkingOn]"]
    );
    assert!(asked("nobody@example.com", Series::Call).is_empty());
}

#[test]
fn an_item_stands_in_a_summary_once_with_every_relation_that_was_asked_for() {
    let text = "people: [{ name: A, addresses: [a@b.c], analyst: true }]\n\
                calls: [{ number: 1, owner: { analyst: A }, forwarded_by: [A], forwarded_to: [A] }]";
    let mut store = SqliteStore::in_memory().unwrap();
    store.import(&World::parse("w", text).unwrap()).unwrap();
    let relations = vec![SummaryRelation::WorkingOn, SummaryRelation::ForwardedTo];
    let summary = Some(SummaryInquiry { series: Series::Call, relations: relations.clone() });
    let rows = store.answer(&Inquiry { summary, ..from("a@b.c") }).unwrap().summary;
    assert_eq!((rows.len(), &rows[0].relations), (1, &relations));
}

#[test]
fn g6_mails_of_ours_to_the_sender_and_the_owners_are_counted() {
    let mut store = desk();
    let replies = [reply("Uma@Example.com"), reply("ana.lyst@example.com"), reply("uma@example.com")];
    let first = entry("first");
    assert!(settle(&mut store, &settlement(&first, &[], &replies)));
    store.note_sending(3, OutboxState::Failed, Some("550"), 1_700_000_005).unwrap();
    let asked = |since| Inquiry {
        replies_since: Some(since),
        reference: Some(Reference { kind: Kind::Call, number: 5837.into() }),
        ..from("uma@example.com")
    };
    let answers = store.answer(&asked(1_700_000_000)).unwrap();
    assert_eq!(answers.recent_replies_to(&address("UMA@example.com")), 1, "a failed mail does not count");
    assert_eq!(answers.recent_replies_to(&address("ana.lyst@example.com")), 1);
    let answers = store.answer(&asked(1_700_000_001)).unwrap();
    assert_eq!(answers.recent_replies_to(&address("uma@example.com")), 0);
}

// Effects --------------------------------------------------------------------------------------------------

#[test]
fn l5_a_call_takes_the_next_number_and_every_property_of_its_template() {
    let mut store = desk();
    let inquiry = Inquiry { template: Some("IT Incident".into()), ..Inquiry::default() };
    let owner = store.answer(&inquiry).unwrap().template.unwrap().owner;
    let carl = person(&mut store, "Carl Customer");
    perform(&mut store, &[new_call(5842, &carl, owner)]).unwrap();
    let sheet = store.show(Series::Call, 5842.into()).unwrap().unwrap();
    insta::assert_json_snapshot!(sheet, @r#"
    {
      "item": {
        "kind": "call",
        "number": 5842,
        "state": "open",
        "title": "My screen is dark.",
        "user": "Carl Customer",
        "owner": {
          "group": "IT First Line"
        },
        "partition": "IT",
        "priority": 2,
        "note_icon": false,
        "logged_at": 1700000000
      },
      "description": "\nMy screen is dark.\nHelp!",
      "logging_analyst": "Carl Customer",
      "template": "IT Incident",
      "screen_set": "Default",
      "ipk_status": "Open",
      "ipk_stream": "Incident",
      "office": "London",
      "impact": "high",
      "urgency": "low",
      "ended_by": null,
      "ended_at": null,
      "delegates": [],
      "forwarded_by": [],
      "forwarded_to": [],
      "history": [],
      "objects": []
    }
    "#);
    assert_eq!(store.answer(&Inquiry::default()).unwrap().next_call_number, Some(5843.into()));
    assert_eq!(store.answer(&about(Kind::Call, 5842)).unwrap().record.unwrap().title, "");
}

#[test]
fn a_number_that_is_taken_meanwhile_is_worth_another_attempt() {
    let mut store = desk();
    let carl = person(&mut store, "Carl Customer");
    let failure = perform(&mut store, &[new_call(5841, &carl, None)]).unwrap_err();
    assert!(matches!(failure, Failure::Transient(_)), "{failure}");
    assert_eq!(failure.to_string(), "call 5841 was logged meanwhile");
}

#[test]
fn l1_a_new_person_is_a_user_and_every_other_effect_may_point_at_it() {
    let mut store = desk();
    let jo = PersonRef { record: None, name: "Jo New".into() };
    let create = Effect::CreatePerson { address: address("Jo@New.example"), name: "Jo New".into() };
    perform(&mut store, &[create, new_call(5842, &jo, None), note(5842, &jo, "hello")]).unwrap();
    let sheet = store.show(Series::Call, 5842.into()).unwrap().unwrap();
    assert_eq!(
        (sheet.item.user.as_deref(), sheet.history[0].by.as_deref()),
        (Some("Jo New"), Some("Jo New"))
    );
    let sender = store.answer(&from("jo@new.example")).unwrap().sender.unwrap();
    assert!(sender.is_user && !sender.is_analyst);
    assert_eq!(sender.record, 14);
}

#[test]
fn a_new_person_whose_name_was_taken_meanwhile_gets_one_of_its_own() {
    let mut store = desk();
    let create = |to: &str| Effect::CreatePerson { address: address(to), name: "Uma User".into() };
    perform(&mut store, &[create("u2@example.com"), create("u3@example.com")]).unwrap();
    let names: Vec<String> = store.people().unwrap().into_iter().skip(13).map(|person| person.name).collect();
    assert_eq!(names, ["Uma User (2)", "Uma User (3)"]);
}

#[test]
fn l2_i5_a_person_is_flagged_user() {
    let mut store = desk();
    let flo = person(&mut store, "Flo Flagless");
    perform(&mut store, &[Effect::MakeUser { person: flo }]).unwrap();
    assert!(store.answer(&from("flo@example.com")).unwrap().sender.unwrap().is_user);
}

#[test]
fn u1_a_note_goes_into_the_history_and_the_icon_shows_it() {
    let mut store = desk();
    let uma = person(&mut store, "Uma User");
    let icon = Effect::ShowNoteIcon { kind: Kind::Call, number: 5837.into() };
    let to = store.answer(&about(Kind::Call, 5837)).unwrap().record.unwrap().owner.unwrap();
    let notify = Effect::NotifyAssignee { kind: Kind::Call, number: 5837.into(), to };
    let hidden = Effect::AddHistory {
        kind: Kind::Call,
        number: 5837.into(),
        by: uma.clone(),
        format: HistoryFormat::Html,
        text: "<p>psst</p>".into(),
        hidden_from_user: true,
    };
    perform(&mut store, &[note(5837, &uma, "still broken"), hidden, icon, notify]).unwrap();
    let sheet = store.show(Series::Call, 5837.into()).unwrap().unwrap();
    assert!(sheet.item.note_icon);
    let lines: Vec<_> =
        sheet.history.iter().map(|l| (l.format, l.text.as_str(), l.hidden_from_user)).collect();
    assert_eq!(
        lines,
        [(HistoryFormat::Text, "still broken", false), (HistoryFormat::Html, "<p>psst</p>", true)]
    );
}

#[test]
fn l6_an_object_and_its_history_entry_are_under_one_profile_and_equal_bytes_are_kept_once() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = desk_in(folder.path());
    let uma = person(&mut store, "Uma User");
    let attach = |number: u32, name: &str, index| Effect::AttachObject {
        kind: Kind::Call,
        number: number.into(),
        name: name.into(),
        media_type: "image/png".into(),
        size: 13,
        security_profile: "Unspecified".into(),
        by: uma.clone(),
        source: ObjectSource::Attachment(index),
    };
    perform(&mut store, &[attach(5837, "a.png", 1), attach(5838, "b.png", 1), attach(5838, "c.png", 2)])
        .unwrap();
    let sheet = store.show(Series::Call, 5838.into()).unwrap().unwrap();
    assert_eq!(sheet.objects[0].security_profile, "Unspecified");
    assert_eq!(sheet.history[0].security_profile.as_deref(), Some("Unspecified"));
    assert_eq!(sheet.history[0].text, "attached `b.png` (image/png, 13 bytes)");
    assert_eq!(store.object(sheet.objects[1].id).unwrap().unwrap(), b"Attachment(2)");
    let contents = dump(&folder.path().join("p.db")).lines().filter(|l| l.starts_with("contents ")).count();
    assert_eq!(contents, 2);
}

#[test]
fn c3_r1_a_call_is_closed_and_reopened_with_who_and_when() {
    let mut store = desk();
    let uma = person(&mut store, "Uma User");
    let close = Effect::Close { kind: Kind::Call, number: 5837.into(), by: uma.clone() };
    perform(&mut store, std::slice::from_ref(&close)).unwrap();
    let sheet = store.show(Series::Call, 5837.into()).unwrap().unwrap();
    assert_eq!((sheet.item.state, sheet.ended_by.as_deref()), (State::Closed, Some("Uma User")));
    assert_eq!((sheet.ended_at, sheet.history[0].text.as_str()), (Some(1_700_000_000), "closed by mail"));
    let again = store.perform(&key("2"), &[close], &Parts, 2).unwrap_err();
    assert_eq!(again.to_string(), "call 5837 was closed or decided meanwhile");

    let inquiry = Inquiry { otherwise_to: Some("HR Duty Desk".into()), ..Inquiry::default() };
    let group = store.answer(&inquiry).unwrap().otherwise_to.map(Assignee::Group);
    let reopen = |owner| Effect::Reopen { kind: Kind::Call, number: 5837.into(), owner, by: uma.clone() };
    store.perform(&key("3"), &[reopen(group)], &Parts, 3).unwrap();
    let sheet = store.show(Series::Call, 5837.into()).unwrap().unwrap();
    assert_eq!((sheet.item.state, sheet.ended_by, sheet.ended_at), (State::Open, None, None));
    assert_eq!(sheet.item.owner.unwrap().name(), "HR Duty Desk");
    assert_eq!(sheet.history[1].text, "reopened by mail, assigned to HR Duty Desk");
}

#[test]
fn ra5_a_call_that_is_reopened_without_a_new_owner_keeps_its_own() {
    let mut store = desk();
    let by = person(&mut store, "Uma User");
    perform(&mut store, &[Effect::Reopen { kind: Kind::Call, number: 5839.into(), owner: None, by }])
        .unwrap();
    assert_eq!(
        store.show(Series::Call, 5839.into()).unwrap().unwrap().item.owner.unwrap().name(),
        "Ana Lyst"
    );
}

#[test]
fn a1_a2_an_approval_is_decided_once() {
    let mut store = desk();
    let by = person(&mut store, "Uma User");
    let decide = |number: u32, verdict| Effect::DecideApproval {
        kind: Kind::Approval,
        number: number.into(),
        verdict,
        by: by.clone(),
    };
    perform(&mut store, &[decide(77, Verdict::Approved), decide(78, Verdict::Rejected)]).unwrap();
    let state = |store: &SqliteStore, number: u32| {
        store.show(Series::Task, number.into()).unwrap().unwrap().item.state
    };
    assert_eq!((state(&store, 77), state(&store, 78)), (State::Approved, State::Rejected));
    let failure = store.perform(&key("2"), &[decide(77, Verdict::Rejected)], &Parts, 2).unwrap_err();
    assert!(matches!(failure, Failure::Transient(_)));
    assert_eq!(state(&store, 77), State::Approved);
}

#[test]
fn an_effect_on_an_item_that_is_not_there_changes_nothing_at_all() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = desk_in(folder.path());
    let before = dump(&folder.path().join("p.db"));
    let uma = person(&mut store, "Uma User");
    let failure = perform(&mut store, &[note(5837, &uma, "one"), note(99, &uma, "two")]).unwrap_err();
    assert_eq!(failure.to_string(), "call 99 is not on the desk");
    assert_eq!(dump(&folder.path().join("p.db")), before);
}

#[test]
fn effects_performed_twice_under_one_key_are_done_once() {
    let mut store = desk();
    let uma = person(&mut store, "Uma User");
    perform(&mut store, &[note(5837, &uma, "once")]).unwrap();
    perform(&mut store, &[note(5837, &uma, "once")]).unwrap();
    let performed = entry("effects");
    assert!(settle(&mut store, &settlement(&performed, &[note(5837, &uma, "once")], &[])));
    assert_eq!(store.show(Series::Call, 5837.into()).unwrap().unwrap().history.len(), 1);
}

// Settlements ----------------------------------------------------------------------------------------------

#[test]
fn a_mail_settled_twice_changes_nothing_the_second_time() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = desk_in(folder.path());
    let uma = person(&mut store, "Uma User");
    let (first, effects) = (entry("one"), [note(5837, &uma, "once"), new_call(5842, &uma, None)]);
    let replies = [reply("uma@example.com")];
    let mut settlement = settlement(&first, &effects, &replies);
    assert!(settle(&mut store, &settlement));
    let (after_once, export) = (dump(&folder.path().join("p.db")), store.export().unwrap());
    settlement.raw = Some(b"other bytes");
    assert!(!settle(&mut store, &settlement));
    assert_eq!(dump(&folder.path().join("p.db")), after_once);
    assert_eq!(store.export().unwrap(), export);
    assert_eq!(store.find(&key("one")).unwrap(), Some(first));
    assert_eq!(store.raw(&key("one")).unwrap().unwrap(), b"mail");
}

#[test]
fn same_bytes_under_another_identity_are_the_same_mail_in_one_account_only() {
    let mut store = desk();
    let first = entry("one");
    assert!(settle(&mut store, &settlement(&first, &[], &[reply("a@b.c")])));
    let renumbered = Key { identity: "2/17".into(), ..first.key.clone() };
    assert_eq!(store.find(&renumbered).unwrap(), Some(first.clone()));
    assert!(!settle(
        &mut store,
        &settlement(&Entry { key: renumbered, ..first.clone() }, &[], &[reply("a@b.c")])
    ));
    let elsewhere = Key { account: "hr-desk".into(), ..first.key.clone() };
    assert_eq!(store.find(&elsewhere).unwrap(), None);
    assert!(settle(&mut store, &settlement(&Entry { key: elsewhere, ..first }, &[], &[])));
    assert_eq!(store.outbox(None, 0).unwrap().len(), 1);
}

#[test]
fn a_batch_with_a_part_of_a_mail_cannot_be_committed() {
    let mut store = desk();
    let uma = person(&mut store, "Uma User");
    let (good, bad) = (entry("good"), entry("bad"));
    let bad_effects = [note(5837, &uma, "bad"), note(99, &uma, "nowhere")];
    store.begin().unwrap();
    assert!(store.settle(&settlement(&good, &[note(5837, &uma, "good")], &[])).unwrap());
    assert!(store.settle(&settlement(&bad, &bad_effects, &[reply("a@b.c")])).is_err());
    assert!(store.settle(&settlement(&entry("last"), &[], &[])).is_err());
    assert!(store.commit().is_err());
    store.rollback().unwrap();
    assert!(settle(&mut store, &settlement(&good, &[note(5837, &uma, "good")], &[])));
    let history = store.show(Series::Call, 5837.into()).unwrap().unwrap().history;
    assert_eq!(history.iter().map(|line| line.text.as_str()).collect::<Vec<_>>(), ["good"]);
    assert_eq!(store.find(&key("bad")).unwrap(), None);
    assert_eq!(store.outbox(None, 0).unwrap(), []);
}

#[test]
fn a_batch_that_was_never_committed_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = desk_in(folder.path());
    let before = dump(&folder.path().join("p.db"));
    let uma = person(&mut store, "Uma User");
    let one = entry("one");
    store.begin().unwrap();
    assert!(store.settle(&settlement(&one, &[note(5837, &uma, "x")], &[reply("a@b.c")])).unwrap());
    drop(store);
    assert_eq!(dump(&folder.path().join("p.db")), before);

    let mut store = SqliteStore::open(&folder.path().join("p.db")).unwrap();
    store.begin().unwrap();
    assert!(store.settle(&settlement(&one, &[], &[])).unwrap());
    store.rollback().unwrap();
    assert_eq!(store.find(&key("one")).unwrap(), None);
    assert!(store.settle(&settlement(&one, &[], &[])).is_err(), "no transaction is open");
    assert!(store.commit().is_err());
}

#[test]
fn a_second_writer_waits_and_is_told_to_try_again() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = desk_in(folder.path());
    store.begin().unwrap();
    let other = rusqlite::Connection::open(folder.path().join("p.db")).unwrap();
    other.busy_timeout(std::time::Duration::ZERO).unwrap();
    assert!(other.execute("UPDATE persons SET is_user = 1", []).is_err());
    store.rollback().unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    // Readers never wait for a writer.
    assert!(store.answer(&from("uma@example.com")).unwrap().sender.is_some());
}

#[test]
fn message_ids_of_replies_are_the_same_at_every_attempt_and_never_those_of_another_mail() {
    let ids = |name: &str| {
        let (mut store, one) = (desk(), entry(name));
        settle(&mut store, &settlement(&one, &[], &[reply("a@b.c"), reply("d@e.f")]));
        store.outbox(None, 0).unwrap().into_iter().map(|entry| entry.message_id).collect::<Vec<_>>()
    };
    assert_eq!(ids("one"), ids("one"));
    assert_ne!(ids("one"), ids("two"));
    let (stem, rest) = ids("one")[1].split_once('.').map(|(a, b)| (a.len(), b.to_owned())).unwrap();
    assert_eq!((stem, rest.as_str()), (20, "2.postroom@example.com"));
}

#[test]
fn the_outbox_remembers_what_became_of_each_mail() {
    let (mut store, one) = (desk(), entry("one"));
    settle(&mut store, &settlement(&one, &[], &[reply("a@b.c"), reply("d@e.f")]));
    store.note_sending(1, OutboxState::Waiting, Some("451 later"), 5).unwrap();
    store.note_sending(1, OutboxState::Failed, Some("550 no"), 9).unwrap();
    store.note_sending(2, OutboxState::Sent, None, 9).unwrap();
    let failed = store.outbox(Some(OutboxState::Failed), 0).unwrap();
    assert_eq!(
        (failed[0].attempts, failed[0].tried_at, failed[0].last_error.as_deref()),
        (2, Some(9), Some("550 no"))
    );
    assert_eq!(store.outbox(Some(OutboxState::Waiting), 0).unwrap(), []);
    store.note_sending(1, OutboxState::Waiting, None, 10).unwrap();
    let waiting = store.outbox(Some(OutboxState::Waiting), 1).unwrap();
    assert_eq!((waiting[0].attempts, waiting[0].tried_at, &waiting[0].reply), (0, None, &reply("a@b.c")));
    assert!(store.note_sending(99, OutboxState::Sent, None, 1).is_err());
}

#[test]
fn the_ledger_is_counted_on_from_where_it_was_counted_before_and_a_mail_processed_again_counts_once() {
    let (mut store, mut count) = (desk(), LedgerCount::default());
    let mut counted = |store: &SqliteStore| {
        store.count_ledger(&mut count).unwrap();
        count.mails().map(|(account, mails)| (account.to_owned(), mails)).collect::<Vec<_>>()
    };
    assert_eq!(counted(&store), []);
    let elsewhere = |name: &str| {
        let mut entry = entry(name);
        entry.key.account = "hr".into();
        entry
    };
    for entry in [entry("a"), elsewhere("b"), entry("c")] {
        assert!(settle(&mut store, &settlement(&entry, &[], &[])));
    }
    assert_eq!(counted(&store), [("hr".to_owned(), 1), ("it-desk".to_owned(), 2)]);
    let mut bad = elsewhere("d");
    bad.outcome = Outcome::Quarantine("too_large".into());
    let mut kept = settlement(&bad, &[], &[]);
    kept.quarantine = true;
    assert!(settle(&mut store, &kept));
    assert_eq!(counted(&store), [("hr".to_owned(), 2), ("it-desk".to_owned(), 2)]);
    let trouble = store.troubles().unwrap().remove("hr").unwrap();
    assert_eq!(trouble.quarantined, [("too_large".to_owned(), 1)].into());
    let id = store.quarantine(false).unwrap()[0].id;
    assert!(store.retry_quarantined(id, 7).unwrap().is_some());
    assert!(settle(&mut store, &settlement(&bad, &[], &[])));
    for _ in 0..2 {
        assert_eq!(counted(&store), [("hr".to_owned(), 2), ("it-desk".to_owned(), 2)]);
    }
    assert_eq!(store.troubles().unwrap().remove("hr"), None);
}

#[test]
fn a_quarantined_mail_can_be_processed_again_or_dropped() {
    let (mut store, mut bad) = (desk(), entry("bad"));
    bad.outcome = Outcome::Quarantine("too_large".into());
    let mut settlement = settlement(&bad, &[], &[]);
    settlement.quarantine = true;
    assert!(settle(&mut store, &settlement));
    let kept = store.quarantine(false).unwrap();
    assert_eq!((kept.len(), &kept[0].entry), (1, &bad));

    assert_eq!(store.retry_quarantined(kept[0].id, 7).unwrap(), Some((bad.clone(), b"mail".to_vec())));
    assert_eq!(store.retry_quarantined(kept[0].id, 7).unwrap(), None);
    assert_eq!(store.find(&key("bad")).unwrap(), None);
    assert!(settle(&mut store, &settlement), "it is new again");

    let kept = store.quarantine(false).unwrap();
    assert!(store.drop_quarantined(kept[0].id, 8).unwrap());
    assert!(!store.drop_quarantined(kept[0].id, 8).unwrap());
    assert_eq!(store.raw(&key("bad")).unwrap(), None);
    assert_eq!(store.find(&key("bad")).unwrap(), Some(bad.clone()));
    let states: Vec<_> = store.quarantine(true).unwrap().iter().map(|entry| entry.state).collect();
    assert_eq!(states, [QuarantineState::Retried, QuarantineState::Dropped]);
}

#[test]
fn the_bytes_of_a_dropped_mail_stay_where_another_mail_needs_them() {
    let (mut store, bad, good) = (desk(), entry("bad"), entry("good"));
    let mut quarantined = settlement(&bad, &[], &[]);
    quarantined.quarantine = true;
    settle(&mut store, &quarantined);
    settle(&mut store, &settlement(&good, &[], &[]));
    assert!(store.drop_quarantined(1, 8).unwrap());
    assert_eq!(store.raw(&key("bad")).unwrap(), None);
    assert_eq!(store.raw(&key("good")).unwrap().unwrap(), b"mail");
}

#[test]
fn the_ledger_is_listed_newest_first_and_by_what_it_says() {
    let mut store = desk();
    let mut ignored = entry("two");
    ignored.outcome = Outcome::Ignore("unknown_sender".into());
    for entry in [&entry("one"), &ignored, &entry("three")] {
        settle(&mut store, &settlement(entry, &[], &[]));
    }
    let mut names = |filter: EntryFilter| {
        store.entries(&filter).unwrap().into_iter().map(|entry| entry.key.sha256).collect::<Vec<_>>()
    };
    let all = EntryFilter::default();
    assert_eq!(names(all.clone()), ["three", "two", "one"]);
    assert_eq!(names(EntryFilter { most: 1, ..all.clone() }), ["three"]);
    assert_eq!(names(EntryFilter { outcome: Some("ignore".into()), ..all.clone() }), ["two"]);
    assert_eq!(names(EntryFilter { text: Some("ABOUT T".into()), ..all.clone() }), ["three", "two"]);
    assert!(names(EntryFilter { account: Some("hr".into()), ..all }).is_empty());
}

#[test]
fn an_activation_is_recorded_where_the_rule_set_differs_from_the_last_one() {
    let mut store = desk();
    let rules = |revision| ("classic".to_owned(), revision, format!("sha256:{revision}"));
    for (revision, now) in [(1, 10), (1, 20), (2, 30), (1, 40)] {
        become_active(&mut store, &rules(revision), "why", now, &Snapshot::default());
    }
    let active: Vec<_> = store.activations().unwrap().into_iter().map(|it| (it.revision, it.at)).collect();
    assert_eq!(active, [(1, 40), (2, 30), (1, 10)]);
}

// The file -------------------------------------------------------------------------------------------------

#[test]
fn a_store_of_the_first_version_is_brought_up_to_date_and_keeps_what_it_holds() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("old.db");
    let old = rusqlite::Connection::open(&path).unwrap();
    old.execute_batch(include_str!("../../src/adapters/sqlite/schema-1.sql")).unwrap();
    old.execute_batch(
        "PRAGMA application_id = 0x506f7374; PRAGMA user_version = 1;
         INSERT INTO items (series, number, type, state, ended_at) VALUES ('call', 9, 'call', 'closed', 86400);
         INSERT INTO ledger VALUES (7, 'front', '', 'aa', 'a.eml', 5, 9, NULL, NULL, 's', 'action', 'log_call',
             NULL, 'delete', 'r', 1, 'd', '{}', NULL, 0);
         INSERT INTO outbox VALUES (1, 7, 1, 'uma@example.com', '{\"via\":\"main\"}', 'm', 5, 'waiting', 2, 6, 'busy');",
    )
    .unwrap();
    drop(old);
    for _ in 0..2 {
        let mut store = SqliteStore::open(&path).unwrap();
        let queues = store.queues().unwrap();
        let queue = queues.first().unwrap();
        assert_eq!((queue.via.as_str(), queue.waiting, queue.oldest_at), ("main", 1, Some(5)));
        assert_eq!(queue.last_error.as_deref(), Some("busy"));
        let mut count = LedgerCount::default();
        store.count_ledger(&mut count).unwrap();
        assert_eq!(count.mails().collect::<Vec<_>>(), [("front", 1)]);
        assert!(store.claim_sendings(&[2], "nobody", 1, 2).unwrap().is_empty());
        let sheet = store.show(Series::Call, 9.into()).unwrap().unwrap();
        assert_eq!((sheet.reopened, sheet.linked_to, sheet.ended_at), (0, None, Some(86_400)));
        assert!(store.export().unwrap().to_yaml().unwrap().contains("1970-01-02T00:00:00Z"));
    }
}

#[test]
fn what_a_closed_call_went_through_is_exported_and_imported_again() {
    let text = include_str!("../../fixtures/desk/strict.yaml");
    let world = World::parse("strict.yaml", text).unwrap();
    let mut store = SqliteStore::in_memory().unwrap();
    store.import(&world).unwrap();
    let exported = store.export().unwrap();
    assert_eq!(exported, world);
    assert_eq!(World::parse("again.yaml", &exported.to_yaml().unwrap()).unwrap(), world);
    let wrong = |call: &str| {
        let faults = World::parse("w.yaml", &format!("calls: [{{ number: 1, {call} }}]")).unwrap_err();
        faults.findings.iter().map(|finding| finding.code).collect::<Vec<_>>()
    };
    assert_eq!(wrong("state: closed, closed_at: yesterday"), ["wrong-state"]);
    assert_eq!(wrong("closed_at: \"2026-01-02T09:00:00Z\""), ["wrong-state"]);
}

#[test]
fn a_file_that_is_not_ours_or_newer_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let refused = |name: &str| {
        let text = SqliteStore::open(&folder.path().join(name)).unwrap_err().to_string();
        text.replace(&format!("{}/", folder.path().display()), "")
    };
    std::fs::write(
        folder.path().join("text.db"),
        "not a database, but long enough to be read as one".repeat(9),
    )
    .unwrap();
    assert_eq!(refused("text.db"), "cannot use the desk's database: it is not a database");
    let other = rusqlite::Connection::open(folder.path().join("other.db")).unwrap();
    other.execute_batch("CREATE TABLE theirs (x)").unwrap();
    assert_eq!(refused("other.db"), "`other.db` is another program's database");
    drop(SqliteStore::open(&folder.path().join("new.db")).unwrap());
    let newer = rusqlite::Connection::open(folder.path().join("new.db")).unwrap();
    newer.pragma_update(None, "user_version", 99).unwrap();
    assert_eq!(
        refused("new.db"),
        "`new.db` was written by a newer Postroom (its version is 99, this one knows 5)"
    );
    assert_eq!(refused("gone/p.db"), "cannot open `gone/p.db`: the file or its folder cannot be opened");
    assert!(SqliteStore::open_to_look(&folder.path().join("none.db")).is_err());
    assert!(!folder.path().join("none.db").exists());
}

#[test]
fn a_desk_is_durable_and_opens_again_as_it_was_left() {
    let folder = tempfile::tempdir().unwrap();
    let export = desk_in(folder.path()).export().unwrap();
    let mut store = SqliteStore::open_to_look(&folder.path().join("p.db")).unwrap();
    assert_eq!(store.export().unwrap(), export);
    assert!(perform(&mut store, &[]).is_err(), "opened for looking only");
    let open = ItemFilter { state: Some(State::Open), most: 2 };
    let numbers: Vec<Number> =
        store.items(Series::Call, open).unwrap().iter().map(|line| line.number).collect();
    assert_eq!(numbers, [5841.into(), 5838.into()]);
}

#[test]
fn tables_refuse_what_no_desk_can_hold() {
    let folder = tempfile::tempdir().unwrap();
    drop(desk_in(folder.path()));
    let tables = rusqlite::Connection::open(folder.path().join("p.db")).unwrap();
    tables.pragma_update(None, "foreign_keys", true).unwrap();
    for sql in [
        "UPDATE items SET state = 'approved' WHERE type = 'call'",
        "UPDATE items SET owner_user = 6 WHERE number = 5837",
        "UPDATE items SET owner_group = 1 WHERE number = 5837",
        "UPDATE items SET number = 5838 WHERE number = 5837",
        "UPDATE items SET series = 'request' WHERE number = 5837",
        "UPDATE items SET user = 99 WHERE number = 5837",
        "UPDATE persons SET name = 'Ana Lyst' WHERE record = 1",
        "DELETE FROM persons WHERE record = 2",
    ] {
        assert!(tables.execute(sql, []).is_err(), "{sql}");
    }
}

/// Records that a rule set becomes active.
fn become_active(
    store: &mut SqliteStore,
    rule_set: &(String, u64, String),
    reason: &str,
    at: i64,
    texts: &Snapshot,
) {
    let becoming = Becoming { rule_set, reason, because: None, who: None, at, texts, returns_to: None };
    store.note_becoming(becoming).unwrap();
}

/// Loads as the program does, and what is kept of it when it becomes active.
fn loaded_and_kept(top: postroom::diagnostic::Source) -> (Loaded, Snapshot) {
    let loaded = load(top, &Shelf);
    let kept = Snapshot::of(&loaded).expect("a right rule set");
    (loaded, kept)
}

#[test]
fn a_rule_set_is_read_again_from_what_was_kept_of_it() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write("closed.txt", "It is done, {sender}.");
    write(
        "base.yaml",
        "format: 1\nrule_set: base\nrevision: 1\nextends: classic\nreplies:\n  call-closed: { after: close_call, subject: \"Call {number} has been closed\", body_file: closed.txt }\n",
    );
    write("top.yaml", "format: 1\nrule_set: top\nrevision: 2\nchange_reason: A text\nextends: base.yaml\n");
    let (loaded, kept) = loaded_and_kept(Shelf::file(&folder.path().join("top.yaml")).unwrap());
    let identity = loaded.rule_set.as_ref().unwrap().identity.clone();
    let named = (identity.name.clone(), identity.revision, identity.digest.clone());
    let mut store = SqliteStore::in_memory().unwrap();
    assert_eq!(store.live_generation().unwrap(), None);
    let older = ("older".to_owned(), 1, "sha256:0".to_owned());
    become_active(&mut store, &older, "", 5, &Snapshot::default());
    become_active(&mut store, &named, "A text", 7, &kept);
    drop(folder);
    let live = store.live_generation().unwrap().expect("kept");
    assert_eq!((live.revision, live.at, live.texts.texts.len()), (2, 7, 5));
    let names: Vec<String> = store.generations().unwrap().into_iter().map(|it| it.name).collect();
    assert_eq!(names, ["top", "older"]);
    assert_eq!(store.generation(&identity.digest).unwrap(), Some(live.clone()));
    let again = load(live.texts.top().unwrap(), &live.texts);
    let again = again.rule_set.unwrap_or_else(|| panic!("{:?}", again.findings));
    assert_eq!(again.identity, identity);
    assert_eq!(again.templates.text("call-closed.txt").as_deref(), Some("It is done, {sender}."));
}

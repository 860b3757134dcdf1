//! A comparison says exactly what changed: every row of `classic` gets every other answer in turn, and what is told
//! of it is held against a count of all situations by hand.

use super::*;
use crate::adapters::library::Shelf;
use crate::diagnostic::Source;
use crate::ruleset::layer::Library;
use crate::ruleset::load::load;
use crate::ruleset::prove::situations;
use crate::ruleset::{ActingUser, GuardAnswer, LoggingAnalyst, ReopenedTo};
use crate::vocab::SenderCase;
use std::collections::BTreeSet;

/// The shipped texts; nothing else can be named.
struct Shipped;

impl Library for Shipped {
    fn rule_set(&self, named: &str, _: &str) -> Result<Source, String> {
        if named == "classic" { Ok(source()) } else { Err(named.to_owned()) }
    }

    fn text(&self, _: &str, _: &str) -> Result<Vec<u8>, String> {
        Ok(include_bytes!("../../../rules/replies/summary.html").to_vec())
    }
}

fn source() -> Source {
    Source::new("classic.yaml", include_str!("../../../rules/classic.yaml"))
}

fn loaded(source: Source) -> RuleSet {
    let loaded = load(source, &Shipped);
    loaded.rule_set.unwrap_or_else(|| panic!("{:#?}", loaded.findings))
}

/// `classic` with this put upon it.
fn upon_classic(more: &str) -> RuleSet {
    let head = "format: 1\nrule_set: other\nrevision: 2\nextends: classic\n";
    loaded(Source::new("other.yaml", format!("{head}{more}")))
}

/// The table with another answer in one row.
fn changed<T: Clone>(table: &Table<T>, at: usize, then: T) -> Table<T> {
    let mut rules: Vec<Rule<T>> = table.rules().cloned().collect();
    rules[at].then = then;
    Table::new(table.stage, rules).unwrap()
}

/// Every rule set that answers differently in one row of this table; with the row.
fn variants<T: Clone + PartialEq>(
    of: &RuleSet,
    table: impl Fn(&mut RuleSet) -> &mut Table<T>,
    answers: &[T],
) -> Vec<(usize, RuleSet)> {
    let mut own = of.clone();
    let original = table(&mut own).clone();
    let mut variants = Vec::new();
    for (at, rule) in original.rules().enumerate() {
        for answer in answers.iter().filter(|answer| **answer != rule.then) {
            let mut variant = of.clone();
            *table(&mut variant) = changed(&original, at, answer.clone());
            variants.push((at, variant));
        }
    }
    variants
}

/// Every situation in which the tables of this stage answer differently, decided one by one.
fn counted(old: &RuleSet, new: &RuleSet, stage: Stage, asked: &[Situation]) -> BTreeSet<Situation> {
    let differs = |situation: &&Situation| match stage {
        Stage::Guard => old.guard.decide(situation).then != new.guard.decide(situation).then,
        Stage::Identify => old.identify.decide(situation).then != new.identify.decide(situation).then,
        Stage::Choose => old.choose.decide(situation).then != new.choose.decide(situation).then,
        Stage::Permit => old.permit.decide(situation).then != new.permit.decide(situation).then,
        Stage::ActingUser => old.acting_user.decide(situation).then != new.acting_user.decide(situation).then,
        Stage::LoggingAnalyst => {
            old.logging_analyst.decide(situation).then != new.logging_analyst.decide(situation).then
        }
        Stage::ReopenedTo => old.reopened_to.decide(situation).then != new.reopened_to.decide(situation).then,
        Stage::Recognize => false,
    };
    asked.iter().filter(differs).copied().collect()
}

/// Every situation that a printed row means.
fn meant<'a>(kinds: impl Iterator<Item = &'a KindOfChange>, asked: &[Situation]) -> BTreeSet<Situation> {
    let rows: Vec<&ChangedRow> = kinds.flat_map(|kind| &kind.rows).collect();
    let holds = |row: &ChangedRow, situation: &Situation| {
        row.cells
            .iter()
            .all(|(column, words)| situation.get(*column).is_some_and(|word| words.contains(&word)))
    };
    asked.iter().filter(|situation| rows.iter().any(|row| holds(row, situation))).copied().collect()
}

fn asked_in(rule_set: &RuleSet) -> BTreeMap<Stage, Vec<Situation>> {
    situations(rule_set).into_iter().collect()
}

/// Holds what is told of one changed row against the count.
fn hold(old: &RuleSet, new: &RuleSet, stage: Stage, row: usize, asked: &BTreeMap<Stage, Vec<Situation>>) {
    let comparison = compare(old, new);
    assert!(comparison.complete);
    let asked = &asked[&stage];
    let counted = counted(old, new, stage, asked);
    assert!(!counted.is_empty(), "{stage} {row}");
    assert!(comparison.kinds.iter().all(|kind| kind.stage == stage.word()), "{:#?}", comparison.kinds);
    assert!(meant(comparison.kinds.iter(), asked) == counted, "{stage} {row}: {:#?}", comparison.kinds);
    let told: usize = comparison.kinds.iter().map(|kind| kind.situations).sum();
    assert_eq!(told, counted.len(), "{stage} {row}");
    let rows = comparison.kinds.iter().flat_map(|kind| &kind.rows);
    let name = |rule: &RuleInWords| rule.rule.clone();
    let names: BTreeSet<[String; 2]> = rows.map(|row| [name(&row.old_rule), name(&row.new_rule)]).collect();
    assert_eq!(names.len(), 1, "one row changed: {names:?}");
}

/// Holds every rule set that `classic` becomes when rows of a table get other answers.
fn hold_all<T: Clone + PartialEq>(table: impl Fn(&mut RuleSet) -> &mut Table<T>, answers: &[T]) {
    let classic = loaded(source());
    let asked = asked_in(&classic);
    let stage = table(&mut classic.clone()).stage;
    let rows = table(&mut classic.clone()).rules().count();
    let variants = variants(&classic, table, answers);
    let changed: BTreeSet<usize> = variants.iter().map(|(row, _)| *row).collect();
    assert_eq!(changed.len(), rows, "every row is changed");
    for (row, variant) in variants {
        hold(&classic, &variant, stage, row, &asked);
    }
}

#[test]
fn rows_of_guard_with_another_answer_are_told_of_in_exactly_their_situations() {
    let answers =
        [GuardAnswer::Proceed, GuardAnswer::Discard("x".into()), GuardAnswer::Delete("report".into())];
    hold_all(|rule_set| &mut rule_set.guard, &answers);
}

#[test]
fn rows_of_identify_with_another_answer_are_told_of_in_exactly_their_situations() {
    let answers = [SenderCase::Unknown, SenderCase::User, SenderCase::Analyst, SenderCase::AnalystAndUser];
    hold_all(|rule_set| &mut rule_set.identify, &answers);
}

#[test]
fn rows_of_choose_with_another_answer_are_told_of_in_exactly_their_situations() {
    hold_all(|rule_set| &mut rule_set.choose, &[ChooseAnswer::Ignore("x".into()), ChooseAnswer::Action(0)]);
}

#[test]
fn rows_of_permit_with_another_answer_are_told_of_in_exactly_their_situations() {
    let answers = [PermitAnswer::Allow, PermitAnswer::Refuse(18)];
    hold_all(|rule_set| &mut rule_set.permit, &answers);
}

#[test]
fn rows_of_policies_with_another_answer_are_told_of_in_exactly_their_situations() {
    let acting = [ActingUser::Sender, ActingUser::SenderMadeUser, ActingUser::NewPerson];
    hold_all(|rule_set| &mut rule_set.acting_user, &acting);
    let logging = [LoggingAnalyst::Sender, LoggingAnalyst::DefaultLoggingAnalyst];
    hold_all(|rule_set| &mut rule_set.logging_analyst, &logging);
    hold_all(|rule_set| &mut rule_set.reopened_to, &[ReopenedTo::Owner, ReopenedTo::TemplateAssignee]);
}

#[test]
fn what_only_one_takes_for_a_confirmed_command_is_told_of() {
    let [classic, strict] =
        ["classic", "strict"].map(|name| load(Shelf::built_in(name).unwrap(), &Shelf).rule_set.unwrap());
    let comparison = compare(&classic, &strict);
    assert!(comparison.complete);
    for done in ["close_call", "approve_task", "reject_task", "send_summary"] {
        let told = comparison.changes().find(|kind| kind.old.answer == "log_call" && kind.new.answer == done);
        let told = told.unwrap_or_else(|| panic!("log_call → {done}"));
        let proof = |row: &ChangedRow| {
            row.when.iter().any(|cell| cell.column == "proof" && cell.words == ["confirmed"])
        };
        assert!(told.rows.iter().all(proof), "{:?}", told.rows);
    }
}

#[test]
fn a_rule_set_is_equal_to_itself() {
    let classic = loaded(source());
    let comparison = compare(&classic, &classic.clone());
    assert!(comparison.is_equal() && comparison.kinds.is_empty() && comparison.subjects.certain);
    let asked: usize = asked_in(&classic).values().map(Vec::len).sum();
    assert_eq!(comparison.situations, asked, "as many as the proof looks at");
}

/// What becomes of a permitted or refused action, by name.
fn permitted(rule_set: &RuleSet, situation: &Situation) -> String {
    match &rule_set.permit.decide(situation).then {
        PermitAnswer::Allow => rule_set.domains.word(Column::Action, situation.get(Column::Action).unwrap()),
        PermitAnswer::Refuse(reply) => format!("refuse {}", rule_set.replies[*reply].name),
        PermitAnswer::Ignore(word) => format!("ignore {word}"),
        PermitAnswer::Instead(_) | PermitAnswer::Quarantine(_) => unreachable!("classic has no such row"),
    }
}

/// How mails in these situations of `choose` can end: for each, what is known at `permit` without the action.
fn ends_of(
    rule_set: &RuleSet,
    at: &Situation,
    permit: &BTreeMap<Situation, Vec<Situation>>,
    common: &[Column],
) -> BTreeMap<Situation, String> {
    let ChooseAnswer::Action(action) = rule_set.choose.decide(at).then.clone() else {
        unreachable!("the test changes actions into actions")
    };
    let mut start = at.only(common);
    start.set(Column::Action, u16::try_from(action).unwrap());
    let ends = permit.get(&start).into_iter().flatten().map(|situation| {
        let mut without = *situation;
        without.forget(Column::Action);
        (without, permitted(rule_set, situation))
    });
    ends.collect()
}

#[test]
fn a_changed_row_of_choose_counts_only_where_the_end_is_another_one() {
    let classic = loaded(source());
    let asked = asked_in(&classic);
    // what `choose` and `permit` both know
    let known = |situations: &[Situation]| -> BTreeSet<Column> {
        Column::ALL
            .iter()
            .copied()
            .filter(|&column| situations.iter().any(|at| at.get(column).is_some()))
            .collect()
    };
    let before = known(&asked[&Stage::Choose]);
    let common: Vec<Column> = known(&asked[&Stage::Permit]).intersection(&before).copied().collect();
    let by_start = |rule_set: &RuleSet| {
        let mut by_start: BTreeMap<Situation, Vec<Situation>> = BTreeMap::new();
        for situation in &asked_in(rule_set)[&Stage::Permit] {
            let mut start = situation.only(&common);
            start.set(Column::Action, situation.get(Column::Action).unwrap());
            by_start.entry(start).or_default().push(*situation);
        }
        by_start
    };
    let old_permit = by_start(&classic);
    let action = |name: &str| {
        ChooseAnswer::Action(classic.actions.iter().position(|action| action.name == name).unwrap())
    };
    let answers = [action("decline_close"), action("reject_task"), action("log_call")];
    let mut same_ends = 0;
    for (row, variant) in variants(&classic, |rule_set| &mut rule_set.choose, &answers) {
        let rules: Vec<_> = classic.choose.rules().collect();
        if matches!(rules[row].then, ChooseAnswer::Ignore(_)) {
            continue;
        }
        let new_permit = by_start(&variant);
        let comparison = compare(&classic, &variant);
        let asked = &asked[&Stage::Choose];
        let mut differs = BTreeSet::new();
        for situation in counted(&classic, &variant, Stage::Choose, asked) {
            let old = ends_of(&classic, &situation, &old_permit, &common);
            let new = ends_of(&variant, &situation, &new_permit, &common);
            assert!(!old.is_empty() && old.keys().eq(new.keys()));
            if old == new {
                same_ends += 1;
            } else {
                differs.insert(situation);
            }
        }
        assert!(meant(comparison.changes(), asked) == differs, "{row}");
        assert_eq!(comparison.changed, differs.len());
        assert_eq!(comparison.is_equal(), differs.is_empty());
    }
    assert!(same_ends > 0, "an unknown sender may neither approve nor reject");
}

fn told(comparison: &Comparison) -> Vec<String> {
    let line = |kind: &KindOfChange| format!("{}: {} -> {}", kind.stage, kind.old.answer, kind.new.answer);
    comparison.changes().map(line).collect()
}

#[test]
fn codes_that_only_one_of_them_names_are_told_apart_by_what_comes_first() {
    let old = loaded(source());
    let new = upon_classic(
        "guard:\n  - { rule: full-mailbox, before: first, when: { report_code: 552 }, then: { delete: full } }\n",
    );
    let comparison = compare(&old, &new);
    let rows: Vec<Vec<String>> = comparison
        .kinds
        .iter()
        .flat_map(|kind| &kind.rows)
        .flat_map(|row| {
            row.when.iter().filter(|cell| cell.column == "report_code").map(|cell| cell.words.clone())
        })
        .collect();
    // 552 alone was another code; before a fatal one it was not looked at
    assert!(rows.iter().any(|words| words.contains(&"552".to_owned())), "{rows:?}");
    assert!(rows.iter().any(|words| words.contains(&"552 before 550".to_owned())), "{rows:?}");
    assert!(!rows.iter().flatten().any(|word| word == "550 before 552"), "{rows:?}");
    assert!(told(&comparison).contains(&"guard: discard permanent_smtp_error -> delete full".to_owned()));
}

#[test]
fn a_new_name_alone_changes_nothing_but_is_said() {
    let old = upon_classic("");
    let text = include_str!("../../../rules/classic.yaml").replace("log_call", "note_call");
    let new = loaded(Source::new("classic.yaml", text.replace("call-logged", "call-noted")));
    let comparison = compare(&old, &new);
    assert_eq!(comparison.changed, 0, "{:#?}", comparison.kinds);
    assert!(comparison.kinds.is_empty());
    let renamed: Vec<(&str, &str)> =
        comparison.renamed.iter().map(|it| (it.old.as_str(), it.new.as_str())).collect();
    assert_eq!(renamed, [("log_call", "note_call"), ("call-logged", "call-noted")]);
    assert!(comparison.is_equal(), "{:#?}", comparison.texts);
}

#[test]
fn what_an_action_does_and_what_a_reply_says_is_compared() {
    let old = upon_classic("");
    let new = upon_classic(
        "actions:\n  update_task: [add_history: reply_portion, attach_objects]\nreplies:\n  call-closed: { after: close_call, subject: \"Call {number} has been closed\", body: \"Good bye.\" }\n",
    );
    let comparison = compare(&old, &new);
    assert_eq!(told(&comparison), ["permit: update_task -> update_task"]);
    let what: Vec<&str> = comparison.texts.iter().map(|text| text.what.as_str()).collect();
    assert_eq!(what, ["action update_task: steps", "reply call-closed: body"]);
    assert_eq!(comparison.texts[1].new.as_deref(), Some("Good bye."));
}

#[test]
fn settings_are_compared_value_by_value_and_commands_stay_unseen() {
    let desk = |more: &str| {
        upon_classic(&format!(
            "accounts:\n  it-desk:\n    connect: {{ imap: {{ server: i.example.com, login: it, password: {{ {more} }} }} }}\n    new_calls: {{ template: T }}\noutgoing:\n  main: {{ files: {{ folder: out }}, outgoing_email_id: desk@example.com, default: true }}\n"
        ))
    };
    let old = desk("command: [pass, geheim-1]");
    let new = desk("command: [pass, geheim-2]");
    let comparison = compare(&old, &new);
    let text = serde_json::to_string(&comparison).unwrap();
    assert!(!text.contains("geheim"), "{text}");
    let settings: Vec<&str> = comparison.settings.iter().map(|it| it.setting.as_str()).collect();
    assert_eq!(settings, ["accounts.it-desk.connect.password"]);
    let changed = compare(&old, &desk("env: DESK"));
    assert_eq!(changed.settings[0].new.as_deref(), Some("env: DESK"));
    assert!(!changed.is_equal());
}

#[test]
fn subjects_that_ask_for_something_else_are_shown() {
    let old = upon_classic("");
    let new = upon_classic(
        "recognize:\n  - { subject: \"[HELP#{number}]\", intent: update, kind: call, before: first }\n",
    );
    let comparison = compare(&old, &new);
    assert!(comparison.kinds.is_empty() && !comparison.is_equal());
    let subjects: Vec<[&str; 3]> =
        comparison.subjects.subjects.iter().map(|it| [it.subject.as_str(), &it.old, &it.new]).collect();
    assert_eq!(subjects, [["[HELP # 1]", "log", "update call by [HELP#{number}]"]]);
    assert_eq!(comparison.subjects.patterns[0].change, "added");
    // order alone: no subject that was tried is taken by another pattern
    let moved = include_str!("../../../rules/classic.yaml")
        .replace("  - { subject: \"[MyCalls]\",           intent: summary, kind: call }\n", "");
    let moved = moved.replace(
        "  - { subject: \"[CLOSE#{number}]\",    intent: close,   kind: call }\n",
        "  - { subject: \"[CLOSE#{number}]\",    intent: close,   kind: call }\n  - { subject: \"[MyCalls]\", intent: summary, kind: call }\n",
    );
    let comparison = compare(&loaded(source()), &loaded(Source::new("classic.yaml", moved)));
    assert_eq!(comparison.subjects.patterns[0].change, "moved");
    assert!(comparison.subjects.subjects.is_empty() && comparison.is_equal() && !comparison.subjects.certain);
}

#[test]
fn who_is_taken_for_somebody_else_is_followed_to_the_end() {
    let old = loaded(source());
    let identify = [SenderCase::User];
    let variants = variants(&old, |rule_set| &mut rule_set.identify, &identify);
    let (_, new) = variants.iter().find(|(row, _)| *row == 2).unwrap();
    let comparison = compare(&old, new);
    assert_eq!(told(&comparison), ["identify: analyst -> user"]);
    let ends = &comparison.kinds[0].ends;
    let has = |old: &str, new: &str| ends.iter().any(|end| end.old == old && end.new == new);
    assert!(has("send_summary", "refuse not-an-analyst"), "{ends:#?}");
    // an analyst who owns the call is no owner any more when taken for a user
    assert!(has("close_call by sender", "refuse insufficient-permission"), "{ends:#?}");
}

#[test]
fn the_portal_matters_only_where_the_settings_differ() {
    let old = upon_classic("");
    let new = upon_classic("system: { portal_reopen_closed_calls: false }\n");
    let comparison = compare(&old, &new);
    assert_eq!(comparison.settings.len(), 1);
    assert_eq!(told(&comparison), ["choose: reopen_call -> note_on_closed_call"]);
    assert!(
        comparison
            .changes()
            .flat_map(|kind| &kind.rows)
            .all(|row| { row.when.iter().any(|cell| cell.column == "sender" && cell.words == ["user"]) })
    );
}

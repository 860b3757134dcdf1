//! Both rule sets walked together, table after table, in every situation that can come about.
//!
//! As long as both answer the same, one walk serves both. Where they first answer differently, the situation is
//! noted down; where that is not the end yet, it is followed on both sides to see whether the ends differ too.

use super::joint::{Course, End, Joint, Side};
use crate::ruleset::column::{Column, Situation, Stage, WordIndex};
use crate::ruleset::prove::Space;
use crate::ruleset::table::{Rule, Table};
use crate::ruleset::{
    ActingUser, ChooseAnswer, GuardAnswer, LoggingAnalyst, PermitAnswer, ReopenedTo, RuleSet, Step,
};
use crate::vocab::SenderCase;
use std::collections::{BTreeMap, BTreeSet};

/// How many steps may be spent on following situations that are decided differently.
const STEPS_MAX: usize = 4_000_000;

/// The most pairs of ends that are kept of one kind.
const ENDS_MAX: usize = 64;

/// What one rule set answers in one situation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Answer {
    /// The row that decides.
    pub(super) rule: usize,
    next: Next,
    /// The action that is done instead, by its own index.
    instead: Option<WordIndex>,
}

/// How a mail goes on after an answer; equal where both rule sets answer the same.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Next {
    Proceed,
    Sender(WordIndex),
    /// A joint action, and its own index.
    Action(usize),
    /// Allowed: the content of the action.
    Allowed(usize),
    Policy(u8),
    End(End),
}

/// Situations that are decided differently in the same way by the same two rules.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Group {
    pub(super) stage: Stage,
    /// The two rules, by their place in the table.
    pub(super) rules: [usize; 2],
    /// The two actions that are permitted or not, by their own indices.
    pub(super) actions: [Option<WordIndex>; 2],
    /// Whether the mail ends the same all the same.
    pub(super) same_end: bool,
}

/// Everything that was seen of one table.
pub(super) struct Seen {
    pub(super) stage: Stage,
    /// Every situation in which both rule sets ask it.
    pub(super) asked: Vec<Situation>,
    pub(super) groups: BTreeMap<Group, Vec<Situation>>,
    /// Where the groups lead in the end: old and new.
    pub(super) ends: BTreeMap<Group, BTreeSet<[End; 2]>>,
}

/// The walk.
pub(super) struct Walk<'a, 'b> {
    pub(super) joint: &'b Joint<'a>,
    space: Space<'b>,
    pub(super) seen: Vec<Seen>,
    steps: usize,
}

const POLICIES: [Stage; 3] = [Stage::ActingUser, Stage::LoggingAnalyst, Stage::ReopenedTo];

impl<'a, 'b> Walk<'a, 'b> {
    pub(super) fn new(joint: &'b Joint<'a>) -> Self {
        let needed = Stage::TABLES.map(|stage| (stage, columns(joint.sides, stage)));
        let space = Space::of(&joint.domains, needed.to_vec());
        let space =
            space.with_confirmations(joint.sides.iter().any(|side| side.answers_to_requests.is_some()));
        Self { joint, space, seen: Vec::new(), steps: 0 }
    }

    /// Whether every situation was looked at and followed to its end.
    pub(super) fn is_complete(&self) -> bool {
        !self.space.is_exhausted && self.steps < STEPS_MAX
    }

    /// Walks through every table.
    pub(super) fn all(&mut self) {
        let mut courses = vec![Course::default()];
        for stage in [Stage::Guard, Stage::Identify, Stage::Choose, Stage::Permit] {
            courses = self.table(stage, courses);
        }
        for (at, stage) in POLICIES.into_iter().enumerate() {
            let asking = courses.iter().filter(|course| {
                course.sides.iter().enumerate().all(|(side, own)| asks(self.joint.sides, side, own, at))
            });
            let asking = asking.cloned().collect();
            let _ended = self.table(stage, asking);
        }
    }

    /// Judges one table and gives the courses that both go on in the same way.
    fn table(&mut self, stage: Stage, before: Vec<Course>) -> Vec<Course> {
        let courses = self.spread(before, stage);
        let mut seen = Seen { stage, asked: Vec::new(), groups: BTreeMap::new(), ends: BTreeMap::new() };
        let mut on = BTreeSet::new();
        for course in courses {
            seen.asked.push(course.facts);
            let answers = [0, 1].map(|side| answer(self.joint, side, stage, &course));
            let [Some(old), Some(new)] = &answers else { continue };
            let next = self.advanced(&course, stage, &answers);
            if old.next == new.next {
                if next.sides.iter().all(|side| side.end.is_none()) {
                    on.insert(self.folded(next, stage));
                }
                continue;
            }
            let ends = self.ends(next, stage);
            let same_end = !ends.is_empty() && ends.iter().all(|[old, new]| old == new);
            let actions =
                if stage == Stage::Permit { course.sides.clone().map(|side| side.action) } else { [None; 2] };
            let group = Group { stage, rules: [old.rule, new.rule], actions, same_end };
            if !same_end {
                let known = seen.ends.entry(group.clone()).or_default();
                known.extend(ends.into_iter().filter(|[old, new]| old != new).take(ENDS_MAX));
            }
            seen.groups.entry(group).or_default().push(course.facts);
        }
        self.seen.push(seen);
        on.into_iter().collect()
    }

    /// Every way in which this may go on when the columns of a table are known, too.
    fn spread(&mut self, before: Vec<Course>, stage: Stage) -> Vec<Course> {
        let columns = columns(self.joint.sides, stage);
        let mut courses = Vec::new();
        for course in before {
            for facts in self.space.spread(vec![course.facts], &columns) {
                let known = Course { facts, sides: course.sides.clone() };
                if !self.joint.is_idle(&known) {
                    courses.push(known);
                }
            }
            if courses.len() > SITUATIONS_MAX {
                self.space.is_exhausted = true;
                break;
            }
        }
        courses
    }

    fn folded(&self, mut course: Course, behind: Stage) -> Course {
        course.facts = self.space.fold(course.facts, behind);
        course
    }

    /// The course behind the answers of both.
    fn advanced(&self, course: &Course, stage: Stage, answers: &[Option<Answer>; 2]) -> Course {
        let mut next = course.clone();
        for (side, (own, answer)) in next.sides.iter_mut().zip(answers).enumerate() {
            let Some(answer) = answer else { continue };
            match &answer.next {
                Next::Proceed => {}
                Next::Allowed(_) => own.action = answer.instead.or(own.action),
                Next::Sender(word) => own.sender = Some(*word),
                Next::Action(joint) => {
                    let ids = self.joint.matched.actions.get(side);
                    let own_index = ids.and_then(|ids| ids.iter().position(|id| id == joint));
                    own.action = own_index.and_then(|index| WordIndex::try_from(index).ok());
                }
                Next::Policy(word) => {
                    let at = POLICIES.iter().position(|policy| *policy == stage);
                    if let Some(place) = at.and_then(|at| own.policies.get_mut(at)) {
                        *place = Some(*word);
                    }
                }
                Next::End(end) => own.end = Some(end.clone()),
            }
        }
        if let [Some(old), Some(new)] = answers
            && old.next == new.next
        {
            match &old.next {
                Next::Sender(word) => next.facts.set(Column::Sender, *word),
                Next::Action(joint) => {
                    next.facts.set(Column::Action, WordIndex::try_from(*joint).unwrap_or(WordIndex::MAX));
                }
                _ => {}
            }
        }
        next
    }

    /// Where a course ends on both sides that has been decided differently up to this stage.
    ///
    /// Nothing where it was not followed: a stopped mail never ends like one that goes on, and a refused one never
    /// like one that is allowed.
    fn ends(&mut self, course: Course, stage: Stage) -> BTreeSet<[End; 2]> {
        let follows = match stage {
            Stage::Identify => &[Stage::Choose, Stage::Permit][..],
            Stage::Choose => &[Stage::Permit][..],
            Stage::Guard | Stage::Recognize | Stage::Permit => return BTreeSet::new(),
            Stage::ActingUser | Stage::LoggingAnalyst | Stage::ReopenedTo => {
                let ends =
                    course.sides.clone().map(|own| End::Done(0, effective(&course.facts, own.policies)));
                return BTreeSet::from([ends]);
            }
        };
        let mut courses = BTreeSet::from([self.folded(course, stage)]);
        for &stage in follows.iter().chain(&POLICIES) {
            if self.steps >= STEPS_MAX {
                return BTreeSet::new();
            }
            courses = self.followed(courses, stage);
            self.steps += courses.len();
        }
        let ends = courses.into_iter().map(|course| {
            let facts = course.facts;
            let mut side = 0;
            course.sides.map(|own| {
                let content = own.action.and_then(|action| {
                    self.joint.matched.contents.get(side)?.get(usize::from(action)).copied()
                });
                side += 1;
                own.end.unwrap_or(End::Done(content.unwrap_or(usize::MAX), effective(&facts, own.policies)))
            })
        });
        ends.collect()
    }

    /// One table for courses that may have ended on one side, or ask it on one side only.
    fn followed(&mut self, before: BTreeSet<Course>, stage: Stage) -> BTreeSet<Course> {
        let policy = POLICIES.iter().position(|policy| *policy == stage);
        let mut behind = BTreeSet::new();
        for course in before {
            let asking = [0, 1].map(|side| {
                course.sides.get(side).is_some_and(|own| {
                    own.end.is_none() && policy.is_none_or(|at| asks(self.joint.sides, side, own, at))
                })
            });
            if asking == [false; 2] {
                behind.insert(course);
                continue;
            }
            for course in self.spread(vec![course], stage) {
                let answers = [0, 1].map(|side| {
                    let is_asking = asking.get(side).copied().unwrap_or_default();
                    is_asking.then(|| answer(self.joint, side, stage, &course)).flatten()
                });
                let next = self.advanced(&course, stage, &answers);
                behind.insert(self.folded(next, stage));
            }
        }
        behind
    }
}

/// The most situations that one table is looked at in.
const SITUATIONS_MAX: usize = 300_000;

/// What the policies' answers come to: one who is a User already is not made one.
fn effective(facts: &Situation, mut policies: [Option<u8>; 3]) -> [Option<u8>; 3] {
    if let Some(acting) = policies.first_mut()
        && *acting == Some(ActingUser::SenderMadeUser as u8)
        && facts.is_true(Column::IsUser)
    {
        *acting = Some(ActingUser::Sender as u8);
    }
    policies
}

/// Whether the action of one side asks a policy.
fn asks(sides: [&RuleSet; 2], side: usize, own: &Side, policy: usize) -> bool {
    let action = own.action.zip(sides.get(side));
    action.and_then(|(action, rule_set)| rule_set.actions.get(usize::from(action))).is_some_and(|action| {
        action.steps.iter().any(|step| match policy {
            0 => step.asks_acting_user(),
            1 => *step == Step::CreateCall,
            _ => *step == Step::Reopen,
        })
    })
}

/// The columns that a table of either rule set looks at, and those that say what it is about; never the answers
/// of `identify` and `choose`, which are not spread.
pub(super) fn columns(sides: [&RuleSet; 2], stage: Stage) -> Vec<Column> {
    let mut columns = match stage {
        Stage::Identify => vec![Column::IsPerson, Column::IsUser, Column::IsAnalyst],
        Stage::Choose => {
            vec![Column::Intent, Column::Kind, Column::Number, Column::KindFound, Column::State]
        }
        Stage::ActingUser => vec![Column::DefaultUser],
        Stage::LoggingAnalyst => vec![Column::DefaultLoggingAnalyst],
        Stage::ReopenedTo => vec![Column::OtherwiseTo, Column::LoggerIsAnalyst],
        Stage::Guard | Stage::Recognize | Stage::Permit => Vec::new(),
    };
    if let (Stage::Choose, [old, new]) = (stage, sides)
        && old.answers_to_requests.is_some() != new.answers_to_requests.is_some()
    {
        // what the one takes for a confirmed command asks for nothing to the other
        columns.push(Column::Proof);
    }
    let mut looked_at: Vec<Column> =
        sides.iter().flat_map(|rule_set| with_table(rule_set, stage, &mut Columns)).collect();
    looked_at.sort_unstable();
    looked_at.dedup();
    looked_at
        .retain(|column| !matches!(column, Column::Sender | Column::Action) && !columns.contains(column));
    columns.extend(looked_at);
    columns
}

/// Something that is done with a table, whatever it answers.
pub(super) trait Ask {
    type Given;
    fn ask<T>(&mut self, table: &Table<T>) -> Self::Given;
}

struct Columns;

impl Ask for Columns {
    type Given = Vec<Column>;
    fn ask<T>(&mut self, table: &Table<T>) -> Vec<Column> {
        table.columns()
    }
}

/// Does something with the table of a stage; of `recognize`, which is none, with that of `guard`.
pub(super) fn with_table<A: Ask>(rule_set: &RuleSet, stage: Stage, ask: &mut A) -> A::Given {
    match stage {
        Stage::Guard | Stage::Recognize => ask.ask(&rule_set.guard),
        Stage::Identify => ask.ask(&rule_set.identify),
        Stage::Choose => ask.ask(&rule_set.choose),
        Stage::Permit => ask.ask(&rule_set.permit),
        Stage::ActingUser => ask.ask(&rule_set.acting_user),
        Stage::LoggingAnalyst => ask.ask(&rule_set.logging_analyst),
        Stage::ReopenedTo => ask.ask(&rule_set.reopened_to),
    }
}

/// What one side answers.
fn answer(joint: &Joint<'_>, side: usize, stage: Stage, course: &Course) -> Option<Answer> {
    let rule_set = joint.sides.get(side)?;
    let seen = joint.view(side, course);
    match stage {
        Stage::Guard | Stage::Recognize => decided(&rule_set.guard, &seen, |rule| match &rule.then {
            GuardAnswer::Proceed => Next::Proceed,
            other => Next::End(End::InWords(guard_in_words(other))),
        }),
        Stage::Identify => decided(&rule_set.identify, &seen, |rule| Next::Sender(sender_word(rule.then))),
        Stage::Choose => decided(&rule_set.choose, &seen, |rule| match &rule.then {
            ChooseAnswer::Action(index) => {
                let joint = joint.matched.actions.get(side).and_then(|ids| ids.get(*index));
                Next::Action(joint.copied().unwrap_or(usize::MAX))
            }
            ChooseAnswer::Ignore(word) => Next::End(End::InWords(format!("ignore {word}"))),
            ChooseAnswer::Quarantine(word) => Next::End(End::InWords(format!("quarantine {word}"))),
        }),
        Stage::Permit => {
            let action = course.sides.get(side)?.action?;
            let content = |action: usize| {
                let content = joint.matched.contents.get(side).and_then(|contents| contents.get(action));
                content.copied().unwrap_or(usize::MAX)
            };
            let mut answer = decided(&rule_set.permit, &seen, |rule| match &rule.then {
                PermitAnswer::Allow => Next::Allowed(content(usize::from(action))),
                PermitAnswer::Instead(other) => Next::Allowed(content(*other)),
                PermitAnswer::Refuse(reply) => {
                    let joint = joint.matched.replies.get(side).and_then(|ids| ids.get(*reply));
                    Next::End(End::Refused(joint.copied().unwrap_or(usize::MAX)))
                }
                PermitAnswer::Ignore(word) => Next::End(End::InWords(format!("ignore {word}"))),
                PermitAnswer::Quarantine(word) => Next::End(End::InWords(format!("quarantine {word}"))),
            })?;
            if let Some(PermitAnswer::Instead(other)) =
                rule_set.permit.rules().nth(answer.rule).map(|rule| &rule.then)
            {
                answer.instead = WordIndex::try_from(*other).ok();
            }
            Some(answer)
        }
        Stage::ActingUser => decided(&rule_set.acting_user, &seen, |rule| Next::Policy(rule.then as u8)),
        Stage::LoggingAnalyst => {
            decided(&rule_set.logging_analyst, &seen, |rule| Next::Policy(rule.then as u8))
        }
        Stage::ReopenedTo => decided(&rule_set.reopened_to, &seen, |rule| Next::Policy(rule.then as u8)),
    }
}

fn decided<T>(table: &Table<T>, seen: &Situation, next: impl Fn(&Rule<T>) -> Next) -> Option<Answer> {
    let (rule, decides) = table
        .rules()
        .enumerate()
        .find(|(_, rule)| rule.holds(seen))
        .or_else(|| table.rules().enumerate().last())?;
    Some(Answer { rule, next: next(decides), instead: None })
}

/// The answer of `guard` as people read it.
pub(super) fn guard_in_words(answer: &GuardAnswer) -> String {
    match answer {
        GuardAnswer::Proceed => "go on".to_owned(),
        GuardAnswer::Discard(word) => format!("discard {word}"),
        GuardAnswer::Delete(word) => format!("delete {word}"),
        GuardAnswer::Quarantine(word) => format!("quarantine {word}"),
    }
}

fn sender_word(case: SenderCase) -> WordIndex {
    match case {
        SenderCase::Unknown => 0,
        SenderCase::User => 1,
        SenderCase::Analyst => 2,
        SenderCase::AnalystAndUser => 3,
    }
}

/// The answer of a policy as people read it.
pub(super) fn policy_in_words(policy: usize, answer: u8) -> &'static str {
    let acting = [
        (ActingUser::Sender, "sender"),
        (ActingUser::SenderMadeUser, "sender_made_user"),
        (ActingUser::DefaultUser, "default_user"),
        (ActingUser::NewPerson, "new_person"),
    ];
    let logging = [
        (LoggingAnalyst::Sender, "sender"),
        (LoggingAnalyst::DefaultLoggingAnalyst, "default_logging_analyst"),
    ];
    let reopened = [
        (ReopenedTo::TemplateAssignee, "template_assignee"),
        (ReopenedTo::Sender, "sender"),
        (ReopenedTo::LoggingAnalyst, "logging_analyst"),
        (ReopenedTo::OtherwiseTo, "otherwise_to"),
        (ReopenedTo::Owner, "owner"),
    ];
    let found = match policy {
        0 => acting.iter().find(|(known, _)| *known as u8 == answer).map(|(_, word)| *word),
        1 => logging.iter().find(|(known, _)| *known as u8 == answer).map(|(_, word)| *word),
        _ => reopened.iter().find(|(known, _)| *known as u8 == answer).map(|(_, word)| *word),
    };
    found.unwrap_or_default()
}

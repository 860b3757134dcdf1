//! Proves a rule set by looking at every situation there is.
//!
//! The tables are walked in the order in which a message meets them. Before each one the situations
//! that are still possible are spread over the columns that it looks at; behind it, what no later table
//! asks for is folded together again. So the walk stays small and is complete all the same: a table
//! is judged in exactly those situations in which it can be asked.

mod answer;
mod ends;
mod form;
mod grid;
mod silence;
mod space;
mod statement;
mod subject;
mod table;
mod unused;

pub use silence::{Silence, silences};

use super::column::{Column, Situation, Stage};
use super::table::{Rule, Table};
use super::{Action, ChooseAnswer, GuardAnswer, PermitAnswer, RuleSet, Step};
use crate::diagnostic::{Diagnostic, Findings, Span};
use crate::vocab::{Kind, SenderCase};
pub(super) use space::{Space, UNCONFIRMED, is_confirmation};
pub(crate) use space::{can_come_about, is_possible_of};
use std::collections::{BTreeMap, BTreeSet};
use unused::{Used, unused};

/// What was looked at, and what later checks need of it.
#[derive(Debug, Clone, Default)]
pub struct Proof {
    /// How many situations were looked at, over all tables.
    pub situations: usize,
    /// How many statements were held against them.
    pub statements: usize,
    /// Whether every situation was looked at and every two subjects were compared; a finding says so where not.
    pub is_complete: bool,
}

/// The kinds of item that each reply may speak of, by the reply's index.
type ReplyKinds = Vec<BTreeSet<Kind>>;

/// Looks at every situation and notes what is wrong.
pub(super) fn prove(rule_set: &RuleSet, findings: &mut Findings) -> Proof {
    let mut walk = Walk {
        rule_set,
        findings,
        space: Space::new(rule_set),
        proof: Proof::default(),
        widest: None,
        asked_in: None,
    };
    let kinds = walk.tables();
    let mut proof = walk.proof;
    proof.is_complete = !walk.space.is_exhausted;
    if let Some((stage, span)) = walk.widest {
        findings.push(
            Diagnostic::warning(
                "analysis-incomplete",
                format!("`{stage}` is too large to be looked at completely"),
            )
            .at(span, "of its rules, this one asks for the most columns")
            .note("situations without an answer, and rules that are never reached, may have been missed")
            .help("ask for fewer columns in one table, or fewer different ones in different tables"),
        );
    }
    let proven = statement::prove(rule_set, proof.is_complete, findings);
    proof.is_complete &= subject::prove(rule_set, &kinds, findings);
    proof.statements = rule_set.statements.len();
    proof.is_complete &= proven.is_complete;
    proof
}

/// For each table every situation in which it can be asked.
pub(super) fn situations(rule_set: &RuleSet) -> Vec<(Stage, Vec<Situation>)> {
    let mut findings = Findings::default();
    let mut walk = Walk {
        rule_set,
        findings: &mut findings,
        space: Space::new(rule_set),
        proof: Proof::default(),
        widest: None,
        asked_in: Some(Vec::new()),
    };
    walk.tables();
    walk.asked_in.unwrap_or_default()
}

struct Walk<'a> {
    rule_set: &'a RuleSet,
    findings: &'a mut Findings,
    space: Space<'a>,
    proof: Proof,
    /// The first table that was too large, and its rule with the most conditions.
    widest: Option<(Stage, Span)>,
    /// Filled where somebody wants to look at the situations themselves.
    asked_in: Option<Vec<(Stage, Vec<Situation>)>>,
}

const IDENTITY: [Column; 3] = [Column::IsPerson, Column::IsUser, Column::IsAnalyst];
const ASKED: [Column; 5] = [Column::Intent, Column::Kind, Column::Number, Column::KindFound, Column::State];

impl Walk<'_> {
    fn tables(&mut self) -> ReplyKinds {
        let rule_set = self.rule_set;
        let start = vec![Situation::default()];
        let proceeding = self.table(&rule_set.guard, start, &[], |situation, rule| {
            (rule.then == GuardAnswer::Proceed).then_some(situation)
        });
        let identified = self.table(&rule_set.identify, proceeding, &IDENTITY, |mut situation, rule| {
            situation.set(Column::Sender, sender_word(rule.then));
            Some(situation)
        });
        let mut unfit = BTreeMap::new();
        let mut used = Used::default();
        let chosen = self.table(&rule_set.choose, identified, &ASKED, |mut situation, rule| {
            let index = match &rule.then {
                ChooseAnswer::Action(index) => index,
                ChooseAnswer::Quarantine(reason) => {
                    used.quarantined.insert(reason.clone());
                    return None;
                }
                ChooseAnswer::Ignore(_) => return None,
            };
            if rule_set.actions.get(*index).is_some_and(|action| !answer::fits(action, &situation)) {
                unfit.entry(rule.span).or_insert((*index, situation));
            }
            used.chosen.insert(*index);
            situation.set(Column::Action, u16::try_from(*index).unwrap_or(u16::MAX));
            Some(situation)
        });
        answer::unfit(rule_set, Stage::Choose, &unfit, self.findings);
        let mut kinds: ReplyKinds = vec![BTreeSet::new(); rule_set.replies.len()];
        let mut unfit = BTreeMap::new();
        let allowed = self.table(&rule_set.permit, chosen, &[], |mut situation, rule| match &rule.then {
            PermitAnswer::Allow => Some(situation),
            PermitAnswer::Instead(index) => {
                if rule_set.actions.get(*index).is_some_and(|action| !answer::fits(action, &situation)) {
                    unfit.entry(rule.span).or_insert((*index, situation));
                }
                used.chosen.insert(*index);
                situation.set(Column::Action, u16::try_from(*index).unwrap_or(u16::MAX));
                Some(situation)
            }
            PermitAnswer::Refuse(reply) => {
                used.refused_with.insert(*reply);
                note_kind(&mut kinds, *reply, kind_of(&situation, None));
                None
            }
            PermitAnswer::Quarantine(reason) => {
                used.quarantined.insert(reason.clone());
                None
            }
            PermitAnswer::Ignore(_) => None,
        });
        answer::unfit(rule_set, Stage::Permit, &unfit, self.findings);
        used.performed =
            allowed.iter().filter_map(|situation| situation.get(Column::Action)).map(usize::from).collect();
        if !self.space.is_exhausted {
            unused(rule_set, &used, self.findings);
        }
        note_kinds(rule_set, &allowed, &mut kinds);
        self.policies(&allowed);
        kinds
    }

    fn policies(&mut self, allowed: &[Situation]) {
        let rule_set = self.rule_set;
        let asking = |asks: fn(&Step) -> bool| -> Vec<Situation> {
            let does = |situation: &&Situation| {
                action_of(rule_set, situation).is_some_and(|action| action.steps.iter().any(asks))
            };
            allowed.iter().filter(does).copied().collect()
        };
        let mut empty = BTreeSet::new();
        self.table(
            &rule_set.acting_user,
            asking(Step::asks_acting_user),
            &[Column::DefaultUser],
            |situation, rule| {
                empty.extend(answer::acting_user(rule.then, &situation).map(|why| (rule.span, why)));
                None
            },
        );
        let logs = asking(|step| *step == Step::CreateCall);
        self.table(&rule_set.logging_analyst, logs, &[Column::DefaultLoggingAnalyst], |situation, rule| {
            empty.extend(answer::logging_analyst(rule.then, &situation).map(|why| (rule.span, why)));
            None
        });
        let reopens = asking(|step| *step == Step::Reopen);
        let columns = [Column::OtherwiseTo, Column::LoggerIsAnalyst];
        self.table(&rule_set.reopened_to, reopens, &columns, |situation, rule| {
            empty.extend(answer::reopened_to(rule.then, &situation).map(|why| (rule.span, why)));
            None
        });
        answer::empty(&empty, self.findings);
    }

    /// Judges one table and gives the situations that go on behind it.
    fn table<T: PartialEq>(
        &mut self,
        table: &Table<T>,
        before: Vec<Situation>,
        also: &[Column],
        mut behind: impl FnMut(Situation, &Rule<T>) -> Option<Situation>,
    ) -> Vec<Situation> {
        let columns = table.columns();
        let mut spread = also.to_vec();
        spread.extend(columns.iter().filter(|column| !also.contains(column)));
        let situations = self.space.spread(before, &spread);
        self.proof.situations += situations.len();
        if let Some(asked_in) = &mut self.asked_in {
            asked_in.push((table.stage, situations.clone()));
        }
        if self.space.is_exhausted && self.widest.is_none() {
            let widest = table.rules().max_by_key(|rule| rule.when.len());
            self.widest = widest.map(|rule| (table.stage, rule.span));
        }
        let mut judged = table::Judged::new(table, &self.rule_set.domains);
        let mut on = BTreeSet::new();
        for &situation in &situations {
            let next = judged.look(situation).and_then(|rule| behind(situation, rule));
            on.extend(next.map(|next| self.space.fold(next, table.stage)));
        }
        judged.findings(self.rule_set, &situations, !self.space.is_exhausted, self.findings);
        on.into_iter().collect()
    }
}

fn sender_word(case: SenderCase) -> u16 {
    match case {
        SenderCase::Unknown => 0,
        SenderCase::User => 1,
        SenderCase::Analyst => 2,
        SenderCase::AnalystAndUser => 3,
    }
}

fn action_of<'a>(rule_set: &'a RuleSet, situation: &Situation) -> Option<&'a Action> {
    rule_set.actions.get(usize::from(situation.get(Column::Action)?))
}

/// The kind of the item that a reply about this situation would speak of.
fn kind_of(situation: &Situation, action: Option<&Action>) -> Option<Kind> {
    if action.is_some_and(|action| action.steps.contains(&Step::CreateCall)) {
        return Some(Kind::Call);
    }
    match situation.get(Column::KindFound)? {
        1 => Some(Kind::Call),
        2 => Some(Kind::Request),
        3 => Some(Kind::Task),
        4 => Some(Kind::Approval),
        _ => None,
    }
}

/// Of which kinds of items the replies after these actions speak.
fn note_kinds(rule_set: &RuleSet, allowed: &[Situation], kinds: &mut ReplyKinds) {
    for situation in allowed {
        let Some(action) = action_of(rule_set, situation) else { continue };
        for (reply, definition) in rule_set.replies.iter().enumerate() {
            let is_this =
                |&index: &usize| rule_set.actions.get(index).is_some_and(|it| it.name == action.name);
            if definition.after.iter().any(is_this) {
                note_kind(kinds, reply, kind_of(situation, Some(action)));
            }
        }
    }
}

fn note_kind(kinds: &mut ReplyKinds, reply: usize, kind: Option<Kind>) {
    if let (Some(known), Some(kind)) = (kinds.get_mut(reply), kind) {
        known.insert(kind);
    }
}

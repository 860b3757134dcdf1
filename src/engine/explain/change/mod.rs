//! The smallest change of a switch or a fact that would lead elsewhere.
//!
//! Every switch and every fact is changed by itself, and the tables are asked again; if nothing leads to another end, two
//! are changed together. Only what can come about is proposed: nobody owns a call that the desk does not know.

#[cfg(test)]
mod tests;

use super::row::{Row, rows};
use crate::engine::choose::Standing;
use crate::engine::facts::set_word;
use crate::engine::{Facts, choose, guard, identify, permit, recognize, thread};
use crate::ruleset::account::Account;
use crate::ruleset::column::{Column, Situation, Stage, WordIndex};
use crate::ruleset::table::Table;
use crate::ruleset::{ChooseAnswer, GuardAnswer, PermitAnswer, RuleSet, can_come_about, is_possible_of};
use crate::vocab::{Answers, Outcome, Person, Rights, SenderCase};

/// The most changes that are proposed.
const CHANGES_MAX: usize = 3;

/// Switches of the account, by which the admin decides.
const SWITCHES: [Column; 14] = [
    Column::IgnoreReportMessages,
    Column::IgnoreBlankReturnPath,
    Column::UseLinkedAnalyst,
    Column::LogOnInvalidNumber,
    Column::DefaultLoggingAnalyst,
    Column::UpdateClosedCalls,
    Column::ReopenClosedCalls,
    Column::OnReopening,
    Column::OtherwiseTo,
    Column::CreateAnonymously,
    Column::UpdateAnonymously,
    Column::CloseAnonymously,
    Column::DefaultUser,
    Column::AnyRecognisedSender,
];
/// What the desk says of the item, of the sender and the item together, and of what proves who sent the mail.
const RELATIONS: [Column; 9] = [
    Column::MayReopen,
    Column::IsCallUser,
    Column::OwnsCall,
    Column::MayTakeOver,
    Column::MayDecide,
    Column::LoggerIsAnalyst,
    Column::ReopeningsLeft,
    Column::ClosedRecently,
    Column::Proof,
];
/// How the mail came. Changed only where that stopped it; of any mail it could be said that it might have been a bounce.
const MAIL: [Column; 5] =
    [Column::ReportCode, Column::ContentType, Column::ReturnPath, Column::OwnLoop, Column::Automatic];

/// A change that would lead elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// What would have to be, in the order of the columns; one thing, or two that are needed together.
    pub when: Vec<What>,
    /// What would then become of the mail; nothing where it would only pass the guard, and what comes behind
    /// was never asked.
    pub outcome: Option<Outcome>,
    /// The table whose row would then decide.
    pub stage: Stage,
    /// The index of that row.
    pub row: usize,
}

/// One thing that is changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct What {
    /// What kind of thing.
    pub kind: WhatKind,
    /// The columns that then hold another word, in order.
    pub set: Vec<(Column, WordIndex)>,
}

/// What can be changed, and who would do it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum WhatKind {
    /// A switch of the account.
    Switch,
    /// Who the sender is to the desk; as which of the four cases the sender would then count.
    Sender(SenderCase),
    /// What the sender may do, or is to the item.
    Relation,
    /// The item itself.
    Item,
    /// How the mail came.
    Mail,
}

impl Change {
    /// The row that would decide.
    pub fn decider<'a>(&self, rule_set: &'a RuleSet) -> Option<Row<'a>> {
        rows(rule_set, self.stage).nth(self.row)
    }
}

/// The smallest changes by which something else would become of the mail, the best first: switches before facts, and
/// what is done before what is refused. None where no rule was asked, or where no two of them lead elsewhere.
pub fn changes(rule_set: &RuleSet, facts: &Facts) -> Vec<Change> {
    Search::new(rule_set, facts).map(|search| search.run()).unwrap_or_default()
}

/// Where the tables lead.
struct Led {
    outcome: Option<Outcome>,
    stage: Stage,
    row: usize,
}

/// Something to change, and the situation that it starts from.
struct Candidate {
    what: What,
    /// Everything that follows from another sender; nothing where the change is made in the situation as it is.
    from: Option<Situation>,
}

struct Search<'a> {
    rule_set: &'a RuleSet,
    account: &'a Account,
    facts: &'a Facts,
    /// What is known, before the tables are asked.
    base: Situation,
    is_stopped_by_guard: bool,
}

impl<'a> Search<'a> {
    fn new(rule_set: &'a RuleSet, facts: &'a Facts) -> Option<Self> {
        let account = rule_set.account(&facts.account)?;
        let guarded = guard::guard(rule_set, account, &facts.message);
        // a mail that meets no rule is changed by none, and one without sender has nobody to be somebody else
        guarded.line.rule.as_ref()?;
        facts.message.originator()?;
        let is_stopped_by_guard = guarded.stop.is_some();
        let mut search = Self { rule_set, account, facts, base: guarded.situation, is_stopped_by_guard };
        if !is_stopped_by_guard {
            search.base = search.known(guarded.situation, &facts.answers);
        }
        Some(search)
    }

    /// What is known when the desk has answered.
    fn known(&self, mut situation: Situation, answers: &Answers) -> Situation {
        let message = &self.facts.message;
        let asked = recognize::recognize(self.rule_set, &message.subject);
        let asked = thread::answered(self.rule_set, message, answers, asked);
        let record = asked.record(answers);
        let (sender, _) = identify::identify(self.rule_set, message, answers, &mut situation);
        let standing =
            Standing::new(self.rule_set, self.account, (self.facts, answers), &asked, (&sender, record));
        choose::note(&standing, &mut situation);
        permit::note(&sender, record, &mut situation);
        situation
    }

    fn run(&self) -> Vec<Change> {
        let now = self.lead(self.base);
        let candidates = self.candidates();
        let singles = candidates.iter().filter_map(|one| self.change(&[one], &now));
        let mut changes: Vec<Change> = singles.collect();
        // to be stopped by another rule of the guard is no other end
        let is_an_end =
            |change: &Change| !matches!(change.outcome, Some(Outcome::Discard(_) | Outcome::Quarantine(_)));
        if !changes.iter().any(is_an_end) {
            for (at, one) in candidates.iter().enumerate() {
                let others = candidates.iter().skip(at + 1);
                let ends = others.filter_map(|other| self.change(&[one, other], &now)).filter(is_an_end);
                changes.extend(ends);
            }
        }
        best(changes)
    }

    /// What becomes of the mail with these changed, if it is something else.
    fn change(&self, candidates: &[&Candidate], now: &Led) -> Option<Change> {
        let mut situation = candidates.iter().find_map(|one| one.from).unwrap_or(self.base);
        let sets = || candidates.iter().flat_map(|one| &one.what.set);
        for &(column, word) in sets() {
            situation.set(column, word);
        }
        let is_set = |column: Column| sets().any(|&(set, _)| set == column);
        self.repair(&mut situation, is_set);
        if !can_come_about(&situation) {
            return None;
        }
        let led = self.lead(situation);
        (led.outcome != now.outcome).then(|| Change {
            when: candidates.iter().map(|one| one.what.clone()).collect(),
            outcome: led.outcome,
            stage: led.stage,
            row: led.row,
        })
    }

    /// Facts that cannot stay as they are follow; switches never change of themselves.
    fn repair(&self, situation: &mut Situation, is_set: impl Fn(Column) -> bool) {
        let facts = Column::ALL.iter().filter(|column| column.known_from() > Stage::Guard);
        for &column in facts.filter(|&&column| !is_set(column)) {
            if is_possible_of(situation, column) {
                continue;
            }
            for word in 0..self.rule_set.domains.size(column) {
                situation.set(column, word);
                if is_possible_of(situation, column) {
                    break;
                }
            }
        }
    }

    /// Asks the tables one after the other.
    fn lead(&self, mut situation: Situation) -> Led {
        let (at, guard) = decided(&self.rule_set.guard, &situation);
        let stop = match guard {
            GuardAnswer::Proceed => None,
            GuardAnswer::Discard(reason) | GuardAnswer::Delete(reason) => {
                Some(Outcome::Discard(reason.clone()))
            }
            GuardAnswer::Quarantine(reason) => Some(Outcome::Quarantine(reason.clone())),
        };
        if stop.is_some() || self.is_stopped_by_guard {
            return Led { outcome: stop, stage: Stage::Guard, row: at };
        }
        let (_, case) = decided(&self.rule_set.identify, &situation);
        set_word(&mut situation, Column::Sender, case.word());
        let (at, chosen) = decided(&self.rule_set.choose, &situation);
        let action = match chosen {
            ChooseAnswer::Action(action) => *action,
            ChooseAnswer::Ignore(reason) => {
                return Led { outcome: Some(Outcome::Ignore(reason.clone())), stage: Stage::Choose, row: at };
            }
            ChooseAnswer::Quarantine(reason) => {
                let outcome = Some(Outcome::Quarantine(reason.clone()));
                return Led { outcome, stage: Stage::Choose, row: at };
            }
        };
        let chosen_at = at;
        situation.set(Column::Action, WordIndex::try_from(action).unwrap_or(WordIndex::MAX));
        let (at, permitted) = decided(&self.rule_set.permit, &situation);
        let performed = |action: usize| {
            let name = self.rule_set.actions.get(action).map(|action| action.name.clone());
            Outcome::Action(name.unwrap_or_default())
        };
        let (outcome, stage, row) = match permitted {
            PermitAnswer::Allow => {
                let outcome = performed(action);
                // what is allowed to everybody says nothing; the row that chose the action does
                let is_telling = self.rule_set.permit.rules().nth(at).is_some_and(|row| !row.when.is_empty());
                if is_telling { (outcome, Stage::Permit, at) } else { (outcome, Stage::Choose, chosen_at) }
            }
            PermitAnswer::Refuse(reply) => {
                let name = self.rule_set.replies.get(*reply).map(|reply| reply.name.clone());
                (Outcome::Refuse(name.unwrap_or_default()), Stage::Permit, at)
            }
            PermitAnswer::Ignore(reason) => (Outcome::Ignore(reason.clone()), Stage::Permit, at),
            PermitAnswer::Quarantine(reason) => (Outcome::Quarantine(reason.clone()), Stage::Permit, at),
            PermitAnswer::Instead(other) => (performed(*other), Stage::Permit, at),
        };
        Led { outcome: Some(outcome), stage, row }
    }

    fn candidates(&self) -> Vec<Candidate> {
        let mut candidates: Vec<Candidate> =
            SWITCHES.iter().flat_map(|&switch| self.others(WhatKind::Switch, switch)).collect();
        if !self.is_stopped_by_guard {
            candidates.extend(self.senders());
            candidates.extend(RELATIONS.iter().flat_map(|&fact| self.others(WhatKind::Relation, fact)));
            candidates.extend(self.items());
        }
        if self.is_stopped_by_guard {
            candidates.extend(MAIL.iter().flat_map(|&fact| self.others(WhatKind::Mail, fact)));
        }
        candidates
    }

    /// Every other word of a column.
    fn others(&self, kind: WhatKind, column: Column) -> Vec<Candidate> {
        let Some(now) = self.base.get(column) else { return Vec::new() };
        let others = (0..self.rule_set.domains.size(column)).filter(|&word| word != now);
        let others = others.map(|word| What { kind, set: vec![(column, word)] });
        others.map(|what| Candidate { what, from: None }).collect()
    }

    /// Everybody else whom the sender could be to the desk. Rights and groups stay what they are.
    fn senders(&self) -> Vec<Candidate> {
        let mut candidates = Vec::new();
        for (is_person, is_user, is_analyst) in
            [(true, true, false), (true, false, true), (true, true, true), (false, false, false)]
        {
            let mut answers = self.facts.answers.clone();
            answers.sender = is_person.then(|| {
                let known = answers.sender.unwrap_or_else(nobody);
                Person { is_user, is_analyst, ..known }
            });
            let situation = self.known(self.base, &answers);
            let changed =
                [Column::IsPerson, Column::IsUser, Column::IsAnalyst].into_iter().filter_map(|column| {
                    let word = situation.get(column)?;
                    (self.base.get(column) != Some(word)).then_some((column, word))
                });
            let set: Vec<_> = changed.collect();
            if !set.is_empty() {
                let (_, case) = decided(&self.rule_set.identify, &situation);
                let what = What { kind: WhatKind::Sender(*case), set };
                candidates.push(Candidate { what, from: Some(situation) });
            }
        }
        candidates
    }

    /// The item in another state, or not there; or there where it is not.
    fn items(&self) -> Vec<Candidate> {
        let words = |column: Column, word: &str| Some((column, self.rule_set.domains.index(column, word)?));
        let item = |set: Vec<(Column, WordIndex)>| Candidate {
            what: What { kind: WhatKind::Item, set },
            from: None,
        };
        let mut candidates = self.others(WhatKind::Item, Column::State);
        let unknown = words(Column::Number, "unknown");
        let known = words(Column::Number, "known");
        if self.base.get(Column::Number) == known.map(|(_, word)| word) {
            let none = [unknown, words(Column::KindFound, "none"), words(Column::State, "none")];
            candidates.push(item(none.into_iter().flatten().collect()));
        } else if self.base.get(Column::Number) == unknown.map(|(_, word)| word)
            && let Some(kind) = self.base.get(Column::Kind)
        {
            for state in ["open", "closed"] {
                // the words of the two columns are the same, in the same order
                let set = [known, Some((Column::KindFound, kind)), words(Column::State, state)];
                candidates.push(item(set.into_iter().flatten().collect()));
            }
        }
        candidates
    }
}

/// A record that has nothing but itself.
fn nobody() -> Person {
    Person {
        record: 0,
        name: String::new(),
        addresses: Vec::new(),
        is_user: false,
        is_analyst: false,
        rights: Rights::default(),
        groups: Vec::new(),
        email_format: None,
    }
}

fn decided<'t, T>(table: &'t Table<T>, situation: &Situation) -> (usize, &'t T) {
    let (at, rule) = table.decider(situation);
    (at, &rule.then)
}

/// For each outcome the change that asks for least, of these the best ones.
fn best(mut changes: Vec<Change>) -> Vec<Change> {
    changes.sort_by_key(|change| {
        let kinds = || change.when.iter().map(|what| what.kind);
        let weight = match &change.outcome {
            Some(Outcome::Action(_)) | None => 0,
            Some(Outcome::Refuse(_)) => 1,
            Some(Outcome::Ignore(_)) => 2,
            Some(Outcome::Discard(_) | Outcome::Quarantine(_)) => 3,
        };
        let columns: usize = change.when.iter().map(|what| what.set.len()).sum();
        (kinds().any(|kind| kind != WhatKind::Switch), weight, kinds().max(), columns)
    });
    let mut best: Vec<Change> = Vec::new();
    for change in changes {
        if best.len() < CHANGES_MAX && !best.iter().any(|known| known.outcome == change.outcome) {
            best.push(change);
        }
    }
    best
}

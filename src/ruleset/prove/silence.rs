//! Situations that end without the sender being told.

use super::ends::{DECIDING, End, Ending, Ends, decided, told};
use super::space::{Space, cell, rows, telling};
use crate::diagnostic::Place;
use crate::ruleset::RuleSet;
use crate::ruleset::column::{Column, Situation, Stage};
use std::collections::{BTreeMap, BTreeSet};

/// The most situations that are looked at.
const SITUATIONS_MAX: usize = 400_000;

/// Situations of one kind in which the sender hears nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Silence {
    /// Whether the desk knows the sender; `None` where that is not asked before the mail ends.
    pub is_known: Option<bool>,
    /// The table that decides it.
    pub stage: Stage,
    /// The rule that decides it.
    pub rule: String,
    /// Where that stands.
    pub place: Place,
    /// What becomes of the mail, in words: `ignore unknown_sender`, `update_call`.
    pub answer: String,
    /// Why, in the words of who wrote the rule; or that the only reply is an optional one.
    pub because: Option<String>,
    /// Columns with the words that they hold, as a rule would write them; what is left out may hold anything.
    pub when: Vec<(&'static str, String)>,
}

/// One kind of silent end, before its situations are put together.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Kind {
    is_known: Option<bool>,
    stage: usize,
    rule: usize,
    action: Option<usize>,
}

/// Every kind of situation in which the sender is told nothing, whatever the account's switches; and whether
/// every situation was looked at. That automatic mail is never answered goes without saying.
pub fn silences(rule_set: &RuleSet) -> (Vec<Silence>, bool) {
    let kept = [Column::AutoReply];
    let mut ends = Ends {
        rule_set,
        space: Space::new(rule_set),
        kept: &kept,
        is_followed: &|_| true,
        left: SITUATIONS_MAX,
        going_on: Some(Vec::new()),
    };
    let columns = [
        rule_set.guard.columns(),
        Vec::new(),
        with(rule_set.choose.columns(), &[Column::Sender]),
        with(rule_set.permit.columns(), &[Column::Sender, Column::Action, Column::AutoReply]),
    ];
    let mut loud: Vec<BTreeSet<Situation>> = vec![BTreeSet::new(); DECIDING.len()];
    let mut kinds: BTreeMap<Kind, (BTreeSet<Situation>, End<'_>)> = BTreeMap::new();
    ends.walk(vec![Situation::default()], &mut |end| {
        let Some(stage) = end.path.iter().rposition(Option::is_some) else { return };
        let (Some(columns), Some(Some(rule))) = (columns.get(stage), end.path.get(stage).copied()) else {
            return;
        };
        let situation = end.situation.only(columns);
        if !told(rule_set, end.ending, &end.situation).is_empty() {
            if let Some(loud) = loud.get_mut(stage) {
                loud.insert(situation);
            }
            return;
        }
        let action = if let Ending::Performed(action) = end.ending { Some(action) } else { None };
        let is_known = end.situation.get(Column::Sender).map(|word| word != 0);
        let kind = Kind { is_known, stage, rule, action };
        kinds.entry(kind).or_insert_with(|| (BTreeSet::new(), end)).0.insert(situation);
    });
    for (stage, situation) in ends.going_on.take().unwrap_or_default() {
        let at = DECIDING.iter().position(|&deciding| deciding == stage).unwrap_or(usize::MAX);
        if let (Some(loud), Some(columns)) = (loud.get_mut(at), columns.get(at)) {
            loud.insert(situation.only(columns));
        }
    }
    let is_complete = !ends.space.is_exhausted;
    let mut silences = Vec::new();
    for (kind, (situations, end)) in &kinds {
        let none = Vec::new();
        let columns = columns.get(kind.stage).unwrap_or(&none);
        let others = kinds.iter().filter(|(other, _)| other.stage == kind.stage && *other != kind);
        let mut outside: BTreeSet<Situation> =
            others.flat_map(|(_, (situations, _))| situations).copied().collect();
        outside.extend(loud.get(kind.stage).into_iter().flatten());
        silences.extend(put_together(rule_set, kind, end, situations, &outside, columns));
    }
    (silences, is_complete)
}

fn with(mut columns: Vec<Column>, more: &[Column]) -> Vec<Column> {
    columns.extend(more);
    columns.sort_unstable();
    columns.dedup();
    columns
}

/// The situations of one kind as few rows.
fn put_together(
    rule_set: &RuleSet,
    kind: &Kind,
    end: &End<'_>,
    situations: &BTreeSet<Situation>,
    outside: &BTreeSet<Situation>,
    columns: &[Column],
) -> Vec<Silence> {
    let Some(last) = decided(rule_set, &end.path).into_iter().last() else { return Vec::new() };
    let inside: Vec<Situation> = situations.iter().copied().collect();
    let outside: Vec<&Situation> =
        outside.iter().filter(|situation| !situations.contains(situation)).collect();
    let columns = telling(&inside, &outside, columns);
    let action = kind.action.and_then(|index| rule_set.domains.actions.get(index));
    let is_optional = kind.action.is_some_and(|action| {
        rule_set.replies.iter().any(|reply| reply.after.contains(&action) && !reply.to_assignee)
    });
    let because = match (last.because, action.is_some(), is_optional) {
        (Some(because), false, _) => Some(because.to_owned()),
        (_, true, true) => Some("its reply is optional".to_owned()),
        (_, true, false) => Some("no reply is sent after it".to_owned()),
        (None, false, _) => None,
    };
    let row = |row: &Vec<BTreeSet<u16>>| Silence {
        is_known: kind.is_known,
        stage: last.stage,
        rule: last.rule.to_owned(),
        place: last.place.clone(),
        answer: action.cloned().unwrap_or_else(|| last.answer.clone()),
        because: because.clone(),
        when: row
            .iter()
            .zip(&columns)
            .filter_map(|(words, &column)| Some((column.path(), cell(&rule_set.domains, column, words)?)))
            .collect(),
    };
    rows(&inside, &columns).iter().map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::adapters::library::Shelf;
    use crate::ruleset::load::load;

    /// The rules by which a mail of somebody whom the desk knows ends in silence, with the columns that they ask for.
    fn known(name: &str) -> BTreeSet<String> {
        let rule_set = load(Shelf::built_in(name).unwrap(), &Shelf).rule_set.unwrap();
        let (silences, is_complete) = silences(&rule_set);
        assert!(is_complete);
        let of_known = silences.iter().filter(|silence| silence.is_known == Some(true));
        of_known.map(|silence| format!("{} {:?}", silence.rule, silence.when)).collect()
    }

    #[test]
    fn nothing_from_a_known_sender_ends_in_silence_under_strict_but_what_a_program_asks_for() {
        let strict = known("strict");
        assert!(strict.iter().all(|rule| rule.starts_with("program-gets-no-summary")), "{strict:?}");
        let classic = known("classic");
        assert!(classic.iter().any(|rule| rule.starts_with("unknown-call-number-dropped")), "{classic:?}");
    }
}

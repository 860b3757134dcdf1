//! The situations that there can be.

use crate::ruleset::RuleSet;
use crate::ruleset::column::{Column, Domains, Situation, Stage};
use std::collections::BTreeSet;

/// The most situations that one table is looked at in.
const SITUATIONS_MAX: usize = 150_000;

/// Spreads situations over columns, keeping only those that can come about.
pub(in crate::ruleset) struct Space<'a> {
    domains: &'a Domains,
    /// Whether a mail can answer a request for confirmation.
    confirms: bool,
    /// For each table the columns that it or a later one looks at.
    needed_from: Vec<(Stage, Vec<Column>)>,
    /// Whether there were too many to look at them all.
    pub(in crate::ruleset) is_exhausted: bool,
}

/// Columns that say what an item and a sender are; later columns depend on them.
const CORE: [Column; 10] = [
    Column::IsPerson,
    Column::IsUser,
    Column::IsAnalyst,
    Column::Sender,
    Column::Intent,
    Column::Kind,
    Column::Number,
    Column::KindFound,
    Column::State,
    Column::Action,
];

impl<'a> Space<'a> {
    pub(super) fn new(rule_set: &'a RuleSet) -> Self {
        let needed_from = vec![
            (Stage::Guard, rule_set.guard.columns()),
            (Stage::Identify, rule_set.identify.columns()),
            (Stage::Choose, rule_set.choose.columns()),
            (Stage::Permit, rule_set.permit.columns()),
            (Stage::ActingUser, rule_set.acting_user.columns()),
            (Stage::LoggingAnalyst, rule_set.logging_analyst.columns()),
            (Stage::ReopenedTo, rule_set.reopened_to.columns()),
        ];
        Self {
            domains: &rule_set.domains,
            confirms: rule_set.answers_to_requests.is_some(),
            needed_from,
            is_exhausted: false,
        }
    }

    /// A space over these words and the columns of these tables, for several rule sets at once.
    pub(in crate::ruleset) fn of(domains: &'a Domains, needed_from: Vec<(Stage, Vec<Column>)>) -> Self {
        Self { domains, confirms: false, needed_from, is_exhausted: false }
    }

    /// The same space, in which mails may answer requests for confirmation.
    pub(in crate::ruleset) fn with_confirmations(self, confirms: bool) -> Self {
        Self { confirms, ..self }
    }

    /// Every situation that these become when the columns are known too.
    pub(in crate::ruleset) fn spread(
        &mut self,
        before: Vec<Situation>,
        columns: &[Column],
    ) -> Vec<Situation> {
        let mut situations = before;
        for &column in columns {
            let mut next = Vec::new();
            for situation in situations {
                if situation.get(column).is_some() {
                    next.push(situation);
                    continue;
                }
                for word in 0..self.domains.size(column) {
                    let mut known = situation;
                    known.set(column, word);
                    if is_possible(&known, column) && (self.confirms || !is_of_confirmation(column, word)) {
                        next.push(known);
                    }
                }
                if next.len() > SITUATIONS_MAX {
                    self.is_exhausted = true;
                    break;
                }
            }
            situations = next;
        }
        situations
    }

    /// The situation without what no table behind this one looks at.
    pub(in crate::ruleset) fn fold(&self, mut situation: Situation, behind: Stage) -> Situation {
        for &column in Column::ALL {
            let is_needed = CORE.contains(&column)
                || self
                    .needed_from
                    .iter()
                    .any(|(stage, columns)| *stage > behind && columns.contains(&column));
            if !is_needed {
                situation.forget(column);
            }
        }
        situation
    }
}

/// Whether a situation is one of a mail that answers a request for confirmation.
pub(in crate::ruleset) fn is_confirmation(situation: &Situation) -> bool {
    let is_word = |column| situation.get(column).is_some_and(|word| is_of_confirmation(column, word));
    [Column::Intent, Column::Proof].into_iter().any(is_word)
}

/// What a rule set that knows no confirmations sees of such a mail: one that asks for nothing, of no item.
pub(in crate::ruleset) const UNCONFIRMED: [(Column, u16); 12] = [
    (Column::Intent, LOG),
    (Column::Kind, NONE),
    (Column::Number, NONE),
    (Column::KindFound, NONE),
    (Column::State, NONE),
    (Column::Proof, NONE),
    (Column::ReopeningsLeft, 1),
    (Column::ClosedRecently, 1),
    (Column::IsCallUser, 0),
    (Column::OwnsCall, 0),
    (Column::MayDecide, 0),
    (Column::LoggerIsAnalyst, 0),
];

/// Whether this word needs a mail that answers a request for confirmation.
fn is_of_confirmation(column: Column, word: u16) -> bool {
    (column == Column::Intent && word == CONFIRM) || (column == Column::Proof && word == CONFIRMED)
}

/// Whether a situation can come about, as far as the column just made known is concerned.
fn is_possible(situation: &Situation, column: Column) -> bool {
    let word = |column| situation.get(column);
    let is_true = |column| situation.is_true(column);
    let known_as = |column: Column, wanted: u16| word(column).is_none_or(|word| word == wanted);
    match column {
        // reopening needs updating (SPEC R2)
        Column::ReopenClosedCalls | Column::UpdateClosedCalls => {
            !is_true(Column::ReopenClosedCalls) || word(Column::UpdateClosedCalls) != Some(0)
        }
        Column::IsPerson => known_as_one_of(word(Column::PersonsWithAddress), is_true(Column::IsPerson)),
        Column::PersonsWithAddress => word(Column::IsPerson)
            .is_none_or(|person| known_as_one_of(word(Column::PersonsWithAddress), person == 1)),
        Column::IsUser | Column::IsAnalyst => !is_true(column) || word(Column::IsPerson) != Some(0),
        Column::Kind => match word(Column::Intent) {
            Some(LOG | CONFIRM) => word(Column::Kind) == Some(NONE),
            Some(CLOSE) => word(Column::Kind) == Some(CALL),
            Some(APPROVE | REJECT) => word(Column::Kind) == Some(APPROVAL),
            _ => word(Column::Kind) != Some(NONE),
        },
        // no program confirms anything
        Column::Intent => word(column) != Some(CONFIRM) || known_as(Column::Automatic, NOT_AUTOMATIC),
        Column::Automatic => {
            word(column) == Some(NOT_AUTOMATIC)
                || (word(Column::Intent) != Some(CONFIRM) && word(Column::Proof) != Some(CONFIRMED))
        }
        Column::Number => {
            let has_number = !matches!(word(Column::Intent), Some(LOG | SUMMARY | CONFIRM));
            has_number == (word(Column::Number) != Some(NONE))
        }
        Column::KindFound => {
            kind_found_is_possible(word(Column::Number), word(Column::Kind), word(Column::KindFound))
        }
        Column::State => match (word(Column::KindFound), word(Column::State)) {
            (Some(NONE), state) => state == Some(NONE),
            (Some(APPROVAL), state) => state != Some(NONE),
            (_, state) => matches!(state, Some(OPEN | CLOSED)),
        },
        // only a closed call is reopened
        Column::ReopeningsLeft | Column::ClosedRecently => {
            is_true(column) || (known_as(Column::KindFound, CALL) && known_as(Column::State, CLOSED))
        }
        // rights are those of somebody the desk knows
        Column::MayReopen => !is_true(column) || is_known_sender(situation),
        Column::MayDecide => {
            !is_true(column) || (is_known_sender(situation) && known_as(Column::KindFound, APPROVAL))
        }
        Column::IsCallUser => {
            !is_true(column) || (is_known_sender(situation) && known_as(Column::KindFound, CALL))
        }
        Column::OwnsCall => {
            !is_true(column) || (is_true(Column::IsAnalyst) && known_as(Column::KindFound, CALL))
        }
        // a token is bound to an item, a confirmation to a command
        Column::Proof => match word(Column::Proof) {
            Some(TOKEN) => !known_as(Column::KindFound, NONE) || word(Column::KindFound).is_none(),
            Some(CONFIRMED) => {
                word(Column::Intent).is_none_or(|intent| matches!(intent, SUMMARY | CLOSE | APPROVE | REJECT))
                    && known_as(Column::Automatic, NOT_AUTOMATIC)
            }
            _ => true,
        },
        Column::MayTakeOver => !is_true(column) || is_true(Column::IsAnalyst),
        Column::LoggerIsAnalyst => !is_true(column) || known_as(Column::KindFound, CALL),
        _ => true,
    }
}

/// Whether a situation can come about as a whole; a column that is not known forbids nothing.
pub(crate) fn can_come_about(situation: &Situation) -> bool {
    Column::ALL.iter().all(|&column| is_possible_of(situation, column))
}

/// Whether what a situation says of one column goes together with all else that it says.
pub(crate) fn is_possible_of(situation: &Situation, column: Column) -> bool {
    situation.get(column).is_none() || is_possible(situation, column)
}

fn known_as_one_of(persons: Option<u16>, is_person: bool) -> bool {
    persons.is_none_or(|persons| (persons != NONE) == is_person)
}

fn is_known_sender(situation: &Situation) -> bool {
    situation.is_true(Column::IsUser) || situation.is_true(Column::IsAnalyst)
}

fn kind_found_is_possible(number: Option<u16>, kind: Option<u16>, found: Option<u16>) -> bool {
    if number != Some(KNOWN) {
        return found == Some(NONE);
    }
    match kind {
        Some(TASK | APPROVAL) => matches!(found, Some(TASK | APPROVAL)),
        _ => found == kind,
    }
}

// indices of the words in `column.rs`
const NONE: u16 = 0;
const NOT_AUTOMATIC: u16 = 0;
const LOG: u16 = 0;
const SUMMARY: u16 = 1;
const CLOSE: u16 = 2;
const APPROVE: u16 = 3;
const REJECT: u16 = 4;
const CONFIRM: u16 = 6;
const CALL: u16 = 1;
const TASK: u16 = 3;
const APPROVAL: u16 = 4;
const KNOWN: u16 = 2;
const TOKEN: u16 = 2;
const CONFIRMED: u16 = 3;
const OPEN: u16 = 1;
const CLOSED: u16 = 2;

/// A row of a table of situations: for each column the words it may hold.
type Row = Vec<BTreeSet<u16>>;

/// Situations as few rows as that can be done simply: rows that differ in one column become one.
pub(super) fn rows(situations: &[Situation], columns: &[Column]) -> Vec<Row> {
    let single = |situation: &Situation| -> Row {
        columns.iter().map(|&column| situation.get(column).into_iter().collect()).collect()
    };
    let mut rows: Vec<Row> = situations.iter().map(single).collect::<BTreeSet<_>>().into_iter().collect();
    for at in 0..columns.len() {
        let mut merged: Vec<Row> = Vec::new();
        for row in rows {
            let like = |other: &&mut Row| {
                row.iter().zip(other.iter()).enumerate().all(|(index, (a, b))| index == at || a == b)
            };
            match merged.iter_mut().find(like) {
                Some(other) => {
                    if let (Some(words), Some(more)) = (other.get_mut(at), row.get(at)) {
                        words.extend(more);
                    }
                }
                None => merged.push(row),
            }
        }
        rows = merged;
    }
    rows
}

/// The columns by which some situations differ from all others; the rest would only blur them.
pub(super) fn telling(inside: &[Situation], outside: &[&Situation], columns: &[Column]) -> Vec<Column> {
    let mut telling = columns.to_vec();
    for &column in columns {
        let others: Vec<Column> = telling.iter().copied().filter(|other| *other != column).collect();
        let seen: BTreeSet<Situation> = inside.iter().map(|situation| situation.only(&others)).collect();
        if !outside.iter().any(|situation| seen.contains(&situation.only(&others))) {
            telling = others;
        }
    }
    telling
}

/// The words of one cell as text: `any` where it may hold every word there is.
pub(super) fn cell(domains: &Domains, column: Column, words: &BTreeSet<u16>) -> Option<String> {
    if words.len() == usize::from(domains.size(column)) {
        return None;
    }
    let texts: Vec<String> = words.iter().map(|&word| domains.word(column, word)).collect();
    Some(if texts.len() == 1 { texts.concat() } else { format!("[{}]", texts.join(", ")) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn indices_are_those_of_the_columns() {
        let domains = Domains::default();
        let checks = [
            (Column::Kind, NONE, "none"),
            (Column::Intent, LOG, "log"),
            (Column::Intent, SUMMARY, "summary"),
            (Column::Intent, CLOSE, "close"),
            (Column::Intent, APPROVE, "approve"),
            (Column::Intent, REJECT, "reject"),
            (Column::Intent, CONFIRM, "confirm"),
            (Column::PersonsWithAddress, NONE, "none"),
            (Column::KindFound, CALL, "call"),
            (Column::Kind, TASK, "task"),
            (Column::Proof, TOKEN, "token"),
            (Column::Proof, CONFIRMED, "confirmed"),
            (Column::KindFound, APPROVAL, "approval"),
            (Column::Number, KNOWN, "known"),
            (Column::State, OPEN, "open"),
            (Column::State, CLOSED, "closed"),
            (Column::State, NONE, "none"),
            (Column::Number, NONE, "none"),
            (Column::KindFound, NONE, "none"),
        ];
        for (column, index, word) in checks {
            assert_eq!(domains.word(column, index), word);
        }
    }
}

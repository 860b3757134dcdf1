//! Compares two rule sets by meaning: in which situations does a mail end differently, and how?
//!
//! Every situation that can come about is decided by both, so what is not told of is equal. `joint` holds the facts
//! that both look at, `walk` takes them through the tables, `rows` makes changed situations readable; `subject`,
//! `setting` and `content` compare what stands in no table.

mod content;
mod joint;
mod rows;
mod setting;
mod subject;
#[cfg(test)]
mod tests;
mod walk;

pub use content::{Renamed, TextChange};
pub use setting::SettingChange;
pub use subject::{PatternChange, SubjectChange, Subjects};

use super::column::{Column, Situation, Stage, WordIndex};
use super::table::{Rule, Table};
use super::{ChooseAnswer, Identity, PermitAnswer, RuleSet};
use joint::{End, Joint};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;
use walk::{Ask, Group, Seen, Walk, guard_in_words, policy_in_words, with_table};

/// What two rule sets do differently.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Comparison {
    /// The one that is compared.
    pub old: Identity,
    /// The one that it is compared with.
    pub new: Identity,
    /// How many situations were looked at, over all tables.
    pub situations: usize,
    /// In how many of them a mail ends differently.
    pub changed: usize,
    /// Whether every situation was looked at; otherwise there may be more changes than are told.
    pub complete: bool,
    /// The changed situations, by kind.
    pub kinds: Vec<KindOfChange>,
    /// What the subjects ask for.
    pub subjects: Subjects,
    /// Accounts, outgoing servers and system settings.
    pub settings: Vec<SettingChange>,
    /// Actions and replies that do or say something else.
    pub texts: Vec<TextChange>,
    /// Actions and replies that only have another name.
    pub renamed: Vec<Renamed>,
}

/// Situations of one table that are answered differently in the same way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct KindOfChange {
    /// The table in which they are first answered differently.
    pub stage: &'static str,
    /// What the old rule set answers.
    pub old: AnswerInWords,
    /// What the new one answers.
    pub new: AnswerInWords,
    /// The mail ends the same although this table answers differently: for instance refused by a later one.
    pub same_end: bool,
    /// Whether the desk must let Users reopen calls in the portal for this; none where it does not matter.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub where_portal_reopens: Option<bool>,
    /// How many situations these are.
    pub situations: usize,
    /// Which situations, as rows.
    pub rows: Vec<ChangedRow>,
    /// Where that leads in the end, where this table is not the end yet.
    pub ends: Vec<EndChange>,
}

/// The answer of a table.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct AnswerInWords {
    /// In the words of the rule file; of a permitted action its name.
    pub answer: String,
    /// The replies that go with it, by name.
    pub replies: Vec<String>,
}

/// How mails end, in the old rule set and in the new one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct EndChange {
    /// In the old one.
    pub old: String,
    /// In the new one.
    pub new: String,
}

/// Situations that one row of conditions means: these, and no others that can come about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ChangedRow {
    /// The conditions; none means that it is so in every situation.
    pub when: Vec<Cell>,
    /// How many situations these are; one that several rows mean is counted at the first.
    pub situations: usize,
    /// The rule that decides in the old rule set.
    pub old_rule: RuleInWords,
    /// The rule that decides in the new one.
    pub new_rule: RuleInWords,
    /// One of the situations, with all that is known in it.
    pub example: Vec<Cell>,
    /// The same conditions, by index.
    #[serde(skip)]
    pub cells: Vec<(Column, Vec<WordIndex>)>,
}

/// A column and the words that it holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Cell {
    /// As a rule writes it.
    pub column: &'static str,
    /// One of these.
    pub words: Vec<String>,
}

/// A rule and where it is written.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, JsonSchema)]
pub struct RuleInWords {
    /// Its name.
    pub rule: String,
    /// The file, as shown.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
}

impl Comparison {
    /// Whether there is nothing that a mail or a mailbox could notice.
    pub fn is_equal(&self) -> bool {
        self.kinds.iter().all(|kind| kind.same_end)
            && self.subjects.is_equal()
            && self.settings.is_empty()
            && self.texts.is_empty()
            && self.complete
    }

    /// The kinds of change by which mails end differently.
    pub fn changes(&self) -> impl Iterator<Item = &KindOfChange> {
        self.kinds.iter().filter(|kind| !kind.same_end)
    }
}

/// Compares two rule sets.
pub fn compare(old: &RuleSet, new: &RuleSet) -> Comparison {
    let sides = [old, new];
    let matched = content::Matched::new(sides);
    let texts = content::changes(sides, &matched);
    let renamed = matched.renamed.clone();
    let mut comparison = Comparison {
        old: old.identity.clone(),
        new: new.identity.clone(),
        situations: 0,
        changed: 0,
        complete: true,
        kinds: Vec::new(),
        subjects: subject::compare(old, new),
        settings: setting::compare(old, new),
        texts,
        renamed,
    };
    for (portal, desk) in joint::portals(sides) {
        let joint = Joint::new(sides, matched.clone(), portal);
        let mut walk = Walk::new(&joint);
        walk.all();
        comparison.complete &= walk.is_complete();
        let seen = std::mem::take(&mut walk.seen);
        for seen in &seen {
            comparison.situations += seen.asked.len();
            comparison.kinds.extend(kinds(&joint, seen, desk));
        }
    }
    comparison.changed = comparison.changes().map(|kind| kind.situations).sum();
    // what ends the same is of interest last
    comparison.kinds.sort_by_key(|kind| kind.same_end);
    comparison
}

/// The groups of one table as kinds of change, with their rows.
fn kinds(joint: &Joint<'_>, seen: &Seen, desk: Option<bool>) -> Vec<KindOfChange> {
    let mut kinds: BTreeMap<(AnswerInWords, AnswerInWords, bool), KindOfChange> = BTreeMap::new();
    for (group, situations) in &seen.groups {
        let [old, new] = [0, 1].map(|side| in_words(joint, side, group));
        let key = (old.clone(), new.clone(), group.same_end);
        let kind = kinds.entry(key).or_insert_with(|| KindOfChange {
            stage: seen.stage.word(),
            old,
            new,
            same_end: group.same_end,
            where_portal_reopens: desk,
            situations: 0,
            rows: Vec::new(),
            ends: Vec::new(),
        });
        kind.situations += situations.len();
        kind.rows.extend(changed_rows(joint, seen, group, situations));
        for [old, new] in seen.ends.get(group).into_iter().flatten() {
            let change = EndChange { old: end_in_words(joint, 0, old), new: end_in_words(joint, 1, new) };
            if seen.stage < Stage::Permit && !kind.ends.contains(&change) {
                kind.ends.push(change);
            }
        }
    }
    let mut kinds: Vec<KindOfChange> = kinds.into_values().collect();
    for kind in &mut kinds {
        kind.ends.sort();
    }
    kinds
}

fn changed_rows(joint: &Joint<'_>, seen: &Seen, group: &Group, situations: &[Situation]) -> Vec<ChangedRow> {
    let rows = rows::rows(situations, &seen.asked, &preference(joint, seen, group));
    let [old_rule, new_rule] = [0, 1].map(|side| rule_in_words(joint, side, group));
    let changed = |(cells, situations): (rows::Cells, Vec<Situation>)| {
        let cells: Vec<(Column, Vec<WordIndex>)> = rows
            .columns
            .iter()
            .zip(cells)
            .filter_map(|(&column, words)| Some((column, words?.into_iter().collect())))
            .collect();
        let cell = |(column, words): &(Column, Vec<WordIndex>)| Cell {
            column: column.path(),
            words: words.iter().map(|&word| joint.word(*column, word)).collect(),
        };
        let known = |situation: &Situation| -> Vec<Cell> {
            let known = Column::ALL.iter().filter_map(|&column| Some((column, situation.get(column)?)));
            known
                .map(|(column, word)| Cell { column: column.path(), words: vec![joint.word(column, word)] })
                .collect()
        };
        ChangedRow {
            when: cells.iter().map(cell).collect(),
            situations: situations.len(),
            old_rule: old_rule.clone(),
            new_rule: new_rule.clone(),
            example: situations.first().map(known).unwrap_or_default(),
            cells,
        }
    };
    rows.rows.into_iter().map(changed).collect()
}

/// All columns that are known at a table, those first that say least to who reads the rules: what the two deciding
/// rules do not ask for, and what follows from something else.
fn preference(joint: &Joint<'_>, seen: &Seen, group: &Group) -> Vec<Column> {
    let known = |column: &Column| seen.asked.iter().any(|situation| situation.get(*column).is_some());
    let asked_for: Vec<Column> = [0, 1]
        .iter()
        .zip(group.rules)
        .filter_map(|(&side, rule)| joint.sides.get(side).map(|rule_set| (rule_set, rule)))
        .flat_map(|(rule_set, rule)| with_table(rule_set, seen.stage, &mut ColumnsOf(rule)))
        .collect();
    let of_tables = walk::columns(joint.sides, seen.stage);
    let mut columns: Vec<Column> = Column::ALL.iter().copied().filter(known).collect();
    columns.sort_by_key(|column| {
        let follows = matches!(
            column,
            Column::KindFound | Column::IsPerson | Column::IsUser | Column::IsAnalyst | Column::Number
        );
        let is_answer = matches!(column, Column::Sender | Column::Action);
        (asked_for.contains(column), of_tables.contains(column) || is_answer, !follows)
    });
    columns
}

/// The columns that one rule asks for.
struct ColumnsOf(usize);

impl Ask for ColumnsOf {
    type Given = Vec<Column>;
    fn ask<T>(&mut self, table: &Table<T>) -> Vec<Column> {
        let rule = table.rules().nth(self.0);
        rule.into_iter().flat_map(|rule| rule.when.iter().map(|condition| condition.column)).collect()
    }
}

/// A rule by its place in the table.
struct RuleAt(usize);

impl Ask for RuleAt {
    type Given = RuleInWords;
    fn ask<T>(&mut self, table: &Table<T>) -> RuleInWords {
        let in_words = |rule: &Rule<T>| RuleInWords {
            rule: rule.name.clone(),
            file: rule.place.file.to_string(),
            line: rule.place.line,
        };
        table.rules().nth(self.0).map(in_words).unwrap_or_default()
    }
}

fn rule_in_words(joint: &Joint<'_>, side: usize, group: &Group) -> RuleInWords {
    let rule = joint.sides.get(side).zip(group.rules.get(side));
    rule.map(|(rule_set, &rule)| with_table(rule_set, group.stage, &mut RuleAt(rule))).unwrap_or_default()
}

/// What one side answers in a group.
fn in_words(joint: &Joint<'_>, side: usize, group: &Group) -> AnswerInWords {
    let plain = |answer: String| AnswerInWords { answer, replies: Vec::new() };
    let (Some(rule_set), Some(&rule)) = (joint.sides.get(side), group.rules.get(side)) else {
        return plain(String::new());
    };
    let answer = match group.stage {
        Stage::Guard | Stage::Recognize => {
            rule_set.guard.rules().nth(rule).map(|rule| guard_in_words(&rule.then))
        }
        Stage::Identify => rule_set.identify.rules().nth(rule).map(|rule| rule.then.word().to_owned()),
        Stage::Choose => {
            return match rule_set.choose.rules().nth(rule).map(|rule| &rule.then) {
                Some(ChooseAnswer::Action(action)) => action_in_words(rule_set, *action),
                Some(ChooseAnswer::Ignore(word)) => plain(format!("ignore {word}")),
                Some(ChooseAnswer::Quarantine(word)) => held_in_words(rule_set, word),
                None => plain(String::new()),
            };
        }
        Stage::Permit => {
            let action = group.actions.get(side).copied().flatten().map(usize::from);
            return match rule_set.permit.rules().nth(rule).map(|rule| &rule.then) {
                Some(PermitAnswer::Allow) => action_in_words(rule_set, action.unwrap_or(usize::MAX)),
                Some(PermitAnswer::Refuse(reply)) => {
                    let name =
                        rule_set.replies.get(*reply).map(|reply| reply.name.clone()).unwrap_or_default();
                    AnswerInWords { answer: format!("refuse {name}"), replies: vec![name] }
                }
                Some(PermitAnswer::Instead(other)) => {
                    let done = action_in_words(rule_set, *other);
                    AnswerInWords { answer: format!("instead {}", done.answer), ..done }
                }
                Some(PermitAnswer::Ignore(word)) => plain(format!("ignore {word}")),
                Some(PermitAnswer::Quarantine(word)) => held_in_words(rule_set, word),
                None => plain(String::new()),
            };
        }
        Stage::ActingUser => {
            rule_set.acting_user.rules().nth(rule).map(|rule| policy_in_words(0, rule.then as u8).to_owned())
        }
        Stage::LoggingAnalyst => rule_set
            .logging_analyst
            .rules()
            .nth(rule)
            .map(|rule| policy_in_words(1, rule.then as u8).to_owned()),
        Stage::ReopenedTo => {
            rule_set.reopened_to.rules().nth(rule).map(|rule| policy_in_words(2, rule.then as u8).to_owned())
        }
    };
    plain(answer.unwrap_or_default())
}

fn action_in_words(rule_set: &RuleSet, action: usize) -> AnswerInWords {
    let replies = rule_set.replies.iter().filter(|reply| reply.after.contains(&action));
    AnswerInWords {
        answer: rule_set.actions.get(action).map(|action| action.name.clone()).unwrap_or_default(),
        replies: replies.map(|reply| reply.name.clone()).collect(),
    }
}

fn held_in_words(rule_set: &RuleSet, reason: &String) -> AnswerInWords {
    let replies = rule_set.replies.iter().filter(|reply| reply.after_quarantine.contains(reason));
    AnswerInWords {
        answer: format!("quarantine {reason}"),
        replies: replies.map(|reply| reply.name.clone()).collect(),
    }
}

fn end_in_words(joint: &Joint<'_>, side: usize, end: &End) -> String {
    let index_of = |ids: &[Vec<usize>; 2], joint: usize| {
        ids.get(side).and_then(|ids| ids.iter().position(|&id| id == joint))
    };
    let rule_set = joint.sides.get(side);
    match end {
        End::InWords(words) => words.clone(),
        End::Refused(reply) => {
            let own = index_of(&joint.matched.replies, *reply);
            let name = own.zip(rule_set).and_then(|(own, rule_set)| rule_set.replies.get(own));
            format!("refuse {}", name.map(|reply| reply.name.as_str()).unwrap_or_default())
        }
        End::Done(content, policies) => {
            let own = index_of(&joint.matched.contents, *content);
            let name = own.zip(rule_set).and_then(|(own, rule_set)| rule_set.actions.get(own));
            let name = name.map(|action| action.name.as_str()).unwrap_or_default();
            match policies {
                [Some(acting), ..] => format!("{name} by {}", policy_in_words(0, *acting)),
                _ => name.to_owned(),
            }
        }
    }
}

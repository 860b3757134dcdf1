//! Every way that a mail can take through the tables, to its end.

use super::grid::Grid;
use super::space::Space;
use super::{ASKED, IDENTITY, sender_word};
use crate::ruleset::column::{Column, Situation, Stage};
use crate::ruleset::table::{Rule, Table};
use crate::ruleset::{ChooseAnswer, GuardAnswer, PermitAnswer, RuleSet};
use std::collections::BTreeMap;

/// The tables that decide how a mail ends; policies say only who is entered.
pub(super) const DECIDING: [Stage; 4] = [Stage::Guard, Stage::Identify, Stage::Choose, Stage::Permit];

/// Which rule decided in each of [`DECIDING`], as far as a mail came.
pub(super) type Path = [Option<usize>; 4];

/// How a mail ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Ending<'a> {
    /// The action with this index is performed.
    Performed(usize),
    /// It is refused with the reply of this index.
    Refused(usize),
    /// It is ignored, for this reason.
    Ignored(&'a str),
    /// It is discarded, and kept in quarantine.
    Discarded(&'a str),
    /// It is discarded, and not kept.
    Deleted(&'a str),
    /// It is left to somebody.
    Quarantined(&'a str),
}

/// A situation in which a mail ends, with the way that led there.
pub(super) struct End<'a> {
    pub(super) situation: Situation,
    pub(super) path: Path,
    pub(super) ending: Ending<'a>,
}

/// Walks to every end.
pub(super) struct Ends<'a> {
    pub(super) rule_set: &'a RuleSet,
    pub(super) space: Space<'a>,
    /// Columns that are known as soon as they can be, and kept to the end.
    pub(super) kept: &'a [Column],
    /// Situations that need not be followed are those of which this is false.
    pub(super) is_followed: &'a dyn Fn(&Situation) -> bool,
    /// How many situations may still be looked at.
    pub(super) left: usize,
    /// Filled where somebody wants to know the situations that do not end in a table.
    pub(super) going_on: Option<Vec<(Stage, Situation)>>,
}

type Came = BTreeMap<Situation, Path>;

impl<'a> Ends<'a> {
    /// Every end of mails that begin in these situations.
    pub(super) fn walk(&mut self, start: Vec<Situation>, each: &mut dyn FnMut(End<'a>)) {
        let rule_set = self.rule_set;
        let start = start.into_iter().map(|situation| (situation, Path::default())).collect();
        let proceeding = self.table(&rule_set.guard, start, &[], &mut |situation, path, rule| {
            let ending = match &rule.then {
                GuardAnswer::Proceed => return Some(situation),
                GuardAnswer::Discard(word) => Ending::Discarded(word),
                GuardAnswer::Delete(word) => Ending::Deleted(word),
                GuardAnswer::Quarantine(word) => Ending::Quarantined(word),
            };
            each(End { situation, path, ending });
            None
        });
        let identified =
            self.table(&rule_set.identify, proceeding, &IDENTITY, &mut |mut situation, _, rule| {
                situation.set(Column::Sender, sender_word(rule.then));
                Some(situation)
            });
        let chosen =
            self.table(
                &rule_set.choose,
                identified,
                &ASKED,
                &mut |mut situation, path, rule| match &rule.then {
                    ChooseAnswer::Action(index) => {
                        situation.set(Column::Action, u16::try_from(*index).unwrap_or(u16::MAX));
                        Some(situation)
                    }
                    ChooseAnswer::Ignore(word) => {
                        each(End { situation, path, ending: Ending::Ignored(word) });
                        None
                    }
                    ChooseAnswer::Quarantine(word) => {
                        each(End { situation, path, ending: Ending::Quarantined(word) });
                        None
                    }
                },
            );
        self.table(&rule_set.permit, chosen, &[], &mut |mut situation, path, rule| {
            let ending = match &rule.then {
                PermitAnswer::Instead(action) => {
                    situation.set(Column::Action, u16::try_from(*action).unwrap_or(u16::MAX));
                    Ending::Performed(*action)
                }
                PermitAnswer::Allow => {
                    Ending::Performed(situation.get(Column::Action).map_or(usize::MAX, usize::from))
                }
                PermitAnswer::Refuse(reply) => Ending::Refused(*reply),
                PermitAnswer::Ignore(word) => Ending::Ignored(word),
                PermitAnswer::Quarantine(word) => Ending::Quarantined(word),
            };
            each(End { situation, path, ending });
            None
        });
    }

    fn table<T>(
        &mut self,
        table: &'a Table<T>,
        before: Came,
        also: &[Column],
        behind: &mut dyn FnMut(Situation, Path, &'a Rule<T>) -> Option<Situation>,
    ) -> Came {
        let rules: Vec<&Rule<T>> = table.rules().collect();
        let mut grid = Grid::new(table, &self.rule_set.domains);
        let columns = self.columns(table, also);
        let mut on = Came::new();
        for (situation, path) in before {
            for situation in self.spread(situation, &columns) {
                let Some(index) = grid.look(&situation).first() else { continue };
                let Some(rule) = rules.get(index) else { continue };
                let mut path = path;
                if let Some(place) = place(table.stage).and_then(|at| path.get_mut(at)) {
                    *place = Some(index);
                }
                let Some(next) = behind(situation, path, rule) else { continue };
                if let Some(going_on) = &mut self.going_on {
                    going_on.push((table.stage, situation));
                }
                let mut folded = self.space.fold(next, table.stage);
                for &column in self.kept {
                    if let Some(word) = next.get(column) {
                        folded.set(column, word);
                    }
                }
                if (self.is_followed)(&folded) {
                    on.entry(folded).or_insert(path);
                }
            }
        }
        on
    }

    /// The columns to know in a table, each after those that it depends on.
    fn columns<T>(&self, table: &Table<T>, also: &[Column]) -> Vec<Column> {
        let mut columns = also.to_vec();
        let kept = Column::ALL.iter().filter(|column| {
            self.kept.contains(column)
                && column.known_from() <= table.stage
                // these are answers of the tables
                && ![Column::Sender, Column::Action].contains(column)
        });
        for column in table.columns().into_iter().chain(kept.copied()) {
            if !columns.contains(&column) {
                columns.push(column);
            }
        }
        columns
    }

    fn spread(&mut self, situation: Situation, columns: &[Column]) -> Vec<Situation> {
        if self.left == 0 {
            self.space.is_exhausted = true;
            return Vec::new();
        }
        let mut situations = vec![situation];
        for &column in columns {
            situations = self.space.spread(situations, &[column]);
            situations.retain(|situation| (self.is_followed)(situation));
        }
        if situations.len() > self.left {
            self.space.is_exhausted = true;
            situations.truncate(self.left);
        }
        self.left -= situations.len();
        situations
    }
}

/// The place of a table in a [`Path`].
fn place(stage: Stage) -> Option<usize> {
    DECIDING.iter().position(|&deciding| deciding == stage)
}

/// The rule that decided in one table of a way: its name, its answer in words, and where it stands.
pub(super) struct Decided<'a> {
    pub(super) stage: Stage,
    pub(super) rule: &'a str,
    pub(super) answer: String,
    pub(super) columns: Vec<Column>,
    pub(super) span: crate::diagnostic::Span,
    pub(super) place: &'a crate::diagnostic::Place,
    pub(super) because: Option<&'a str>,
}

/// The rules of a way, in order.
pub(super) fn decided<'a>(rule_set: &'a RuleSet, path: &Path) -> Vec<Decided<'a>> {
    let [guard, identify, choose, permit] = *path;
    let name = |names: &'a [String], at: usize| names.get(at).map_or("", String::as_str);
    let of_guard = guard.and_then(|at| one(&rule_set.guard, at, guard_words));
    let of_identify = identify.and_then(|at| one(&rule_set.identify, at, |then| then.word().to_owned()));
    let of_choose = choose.and_then(|at| {
        one(&rule_set.choose, at, |then| match then {
            ChooseAnswer::Action(index) => name(&rule_set.domains.actions, *index).to_owned(),
            ChooseAnswer::Ignore(word) => format!("ignore {word}"),
            ChooseAnswer::Quarantine(word) => format!("quarantine {word}"),
        })
    });
    let of_permit = permit.and_then(|at| {
        one(&rule_set.permit, at, |then| match then {
            PermitAnswer::Allow => "allow".to_owned(),
            PermitAnswer::Refuse(index) => {
                format!("refuse {}", rule_set.replies.get(*index).map_or("", |reply| reply.name.as_str()))
            }
            PermitAnswer::Ignore(word) => format!("ignore {word}"),
            PermitAnswer::Quarantine(word) => format!("quarantine {word}"),
            PermitAnswer::Instead(index) => format!("instead {}", name(&rule_set.domains.actions, *index)),
        })
    });
    [of_guard, of_identify, of_choose, of_permit].into_iter().flatten().collect()
}

fn guard_words(answer: &GuardAnswer) -> String {
    match answer {
        GuardAnswer::Proceed => "proceed".to_owned(),
        GuardAnswer::Discard(word) => format!("discard {word}"),
        GuardAnswer::Delete(word) => format!("delete {word}"),
        GuardAnswer::Quarantine(word) => format!("quarantine {word}"),
    }
}

fn one<T>(table: &Table<T>, at: usize, words: impl Fn(&T) -> String) -> Option<Decided<'_>> {
    let rule = table.rules().nth(at)?;
    Some(Decided {
        stage: table.stage,
        rule: &rule.name,
        answer: words(&rule.then),
        columns: rule.when.iter().map(|condition| condition.column).collect(),
        span: rule.span,
        place: &rule.place,
        because: rule.because.as_deref(),
    })
}

/// The replies that the sender gets, by index; some only where the account auto-replies.
pub(super) fn told(rule_set: &RuleSet, ending: Ending<'_>, situation: &Situation) -> Vec<usize> {
    match ending {
        Ending::Refused(reply) => vec![reply],
        Ending::Performed(action) => {
            let replies = rule_set.replies.iter().enumerate();
            let is_sent = |reply: &crate::ruleset::ReplyDefinition| {
                reply.after.contains(&action)
                    && !reply.to_assignee
                    && (!reply.optional || situation.is_true(Column::AutoReply))
            };
            replies.filter(|(_, reply)| is_sent(reply)).map(|(index, _)| index).collect()
        }
        Ending::Quarantined(reason) => {
            let replies = rule_set.replies.iter().enumerate();
            let is_sent = |reply: &crate::ruleset::ReplyDefinition| {
                reply.after_quarantine.iter().any(|known| known == reason)
            };
            replies.filter(|(_, reply)| is_sent(reply)).map(|(index, _)| index).collect()
        }
        Ending::Ignored(_) | Ending::Discarded(_) | Ending::Deleted(_) => Vec::new(),
    }
}

//! One rule that somebody asks about: did it decide, was it passed over, was it asked at all?

use super::row::{Row, rows};
use super::{Explanation, PassedOver};
use crate::ruleset::column::{Situation, Stage, WordIndex};
use crate::ruleset::table::Condition;
use crate::ruleset::{RuleSet, SubjectRule, nearest};

/// What a name stands for.
#[derive(Debug, Clone, Copy)]
pub enum Asked<'a> {
    /// A row of a table, with its index.
    Row(Row<'a>, usize),
    /// A row of `recognize`, with its index.
    Subject(&'a SubjectRule, usize),
}

/// Why a name stands for nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unfound {
    /// Nothing bears it; perhaps this was meant.
    Unknown(Option<String>),
    /// These bear it: `stage/rule` each.
    Several(Vec<String>),
}

/// What became of the rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// It decided.
    Decided,
    /// It was asked, and a condition did not hold.
    PassedOver,
    /// A rule before it decided; it was not asked any more.
    Behind {
        /// The rule before.
        decider: String,
    },
    /// Its table was never asked.
    NeverAsked {
        /// Why not.
        because: NeverAsked,
    },
}

/// Why a table was never asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NeverAsked {
    /// This line of the trace had ended it: the stage, its rule where one decided, and what was decided.
    Ended(&'static str, Option<String>, String),
    /// The action needs no answer of this table.
    NotNeeded(String),
}

/// A condition of the rule, held against what was seen.
#[derive(Debug, Clone, Copy)]
pub struct Checked<'a> {
    /// The condition.
    pub condition: &'a Condition,
    /// The word that was seen; nothing where it never became known.
    pub saw: Option<WordIndex>,
    /// Whether it holds.
    pub holds: bool,
}

/// Finds a rule by its name, by `stage/rule`, or by its subject.
///
/// A name that several tables have is found only with its stage.
pub fn find<'a>(rule_set: &'a RuleSet, name: &str) -> Result<Asked<'a>, Unfound> {
    let name = name.trim();
    let all = all(rule_set);
    let full = |asked: &Asked<'_>| format!("{}/{}", asked.stage(), asked.name());
    let found: Vec<Asked<'a>> =
        all.iter().copied().filter(|asked| asked.name() == name || full(asked) == name).collect();
    match found.as_slice() {
        [only] => Ok(*only),
        [] => {
            let names: Vec<String> =
                all.iter().flat_map(|asked| [asked.name().to_owned(), full(asked)]).collect();
            let near = nearest(name, names.iter().map(String::as_str));
            Err(Unfound::Unknown(near.map(str::to_owned)))
        }
        several => Err(Unfound::Several(several.iter().map(full).collect())),
    }
}

fn all(rule_set: &RuleSet) -> Vec<Asked<'_>> {
    let tables = Stage::TABLES.into_iter().flat_map(|stage| {
        rows(rule_set, stage).enumerate().map(|(at, row)| Asked::Row(row, at)).collect::<Vec<_>>()
    });
    let subjects = rule_set.recognize.iter().enumerate().map(|(at, rule)| Asked::Subject(rule, at));
    tables.chain(subjects).collect()
}

impl<'a> Asked<'a> {
    /// Its table.
    pub fn stage(&self) -> Stage {
        match self {
            Self::Row(row, _) => row.stage,
            Self::Subject(..) => Stage::Recognize,
        }
    }

    /// Its name.
    pub fn name(&self) -> &'a str {
        match self {
            Self::Row(row, _) => row.name,
            Self::Subject(rule, _) => &rule.name,
        }
    }

    /// Its conditions held against a situation; a subject has none.
    pub fn checked(&self, situation: &Situation) -> Vec<Checked<'a>> {
        let Self::Row(row, _) = self else { return Vec::new() };
        let checked = row.when.iter().map(|condition| Checked {
            condition,
            saw: situation.get(condition.column),
            holds: condition.holds(situation),
        });
        checked.collect()
    }

    /// What became of it.
    pub fn standing(&self, rule_set: &RuleSet, explanation: &Explanation) -> Standing {
        let stage = self.stage();
        let (at, decider) = match (self, explanation.table(stage)) {
            (Self::Row(_, at), Some(asked)) => (*at, Some(asked.decider())),
            (Self::Subject(_, at), _) if is_reached(explanation, stage) => (*at, explanation.recognized),
            _ => return Standing::NeverAsked { because: never_asked(explanation, stage) },
        };
        match decider {
            Some(decider) if decider == at => Standing::Decided,
            Some(decider) if decider < at => {
                Standing::Behind { decider: name_of(rule_set, stage, decider).to_owned() }
            }
            _ => Standing::PassedOver,
        }
    }
}

/// The name of a row of any stage, subjects included.
fn name_of(rule_set: &RuleSet, stage: Stage, at: usize) -> &str {
    if stage == Stage::Recognize {
        return rule_set.recognize.get(at).map_or("", |rule| &rule.name);
    }
    rows(rule_set, stage).nth(at).map_or("", |row| row.name)
}

fn is_reached(explanation: &Explanation, stage: Stage) -> bool {
    explanation.decision.trace.iter().any(|line| line.stage == stage.word())
}

/// The last answer before the table would have been asked.
fn never_asked(explanation: &Explanation, stage: Stage) -> NeverAsked {
    let is_policy = stage > Stage::Permit;
    let is_main = |word: &str| {
        [Stage::Guard, Stage::Recognize, Stage::Identify, Stage::Choose, Stage::Permit]
            .iter()
            .any(|stage| stage.word() == word)
    };
    if is_policy && let crate::vocab::Outcome::Action(action) = &explanation.decision.outcome {
        return NeverAsked::NotNeeded(action.clone());
    }
    let lines = &explanation.decision.trace;
    let last = lines.iter().rev().find(|line| is_main(line.stage));
    // what decided comes first; a line behind it of the same stage says more about the mail
    let first = last.and_then(|last| lines.iter().find(|line| line.stage == last.stage));
    first.map_or(NeverAsked::Ended("guard", None, String::new()), |line| {
        NeverAsked::Ended(line.stage, line.rule.clone(), line.then.clone())
    })
}

/// Rows that were passed over though they are about what the mail asks: their conditions on intent, kind and action
/// hold. In a long table these are the ones that people wonder about.
pub fn is_about_this(passed: &PassedOver<'_>, situation: &Situation) -> bool {
    use crate::ruleset::column::Column::{Action, Intent, Kind};
    let asked = passed.row.when.iter().filter(|condition| {
        matches!(condition.column, Intent | Kind | Action) && situation.get(condition.column).is_some()
    });
    asked.clone().all(|condition| condition.holds(situation))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::explain::explain;
    use crate::engine::testing::{answers, classic, facts};
    use crate::vocab::Answers;

    fn standing(name: &str, subject: &str, answers: Answers) -> Standing {
        let rule_set = classic();
        let explanation = explain(&rule_set, &facts("ana.lyst@example.com", subject, answers));
        find(&rule_set, name).unwrap().standing(&rule_set, &explanation)
    }

    #[test]
    fn rule_decided_was_passed_over_or_stood_behind() {
        let of = |name| standing(name, "[CLOSE#5837]", answers());
        assert_eq!(of("analyst-closes-own-call"), Standing::Decided);
        assert_eq!(of("permit/user-closes-own-call"), Standing::PassedOver);
        assert_eq!(
            of("analyst-takes-over"),
            Standing::Behind { decider: "analyst-closes-own-call".to_owned() }
        );
        assert_eq!(of("[CLOSE#{number}]"), Standing::Decided);
        assert_eq!(of("[MyCalls]"), Standing::PassedOver);
        assert_eq!(
            of("Task/Approval {number} has been"),
            Standing::Behind { decider: "[CLOSE#{number}]".to_owned() }
        );
    }

    #[test]
    fn table_that_was_never_asked_says_what_ended_it() {
        let nobody = Answers { sender: None, ..answers() };
        assert_eq!(
            standing("default-analyst", "help", nobody),
            Standing::NeverAsked {
                because: NeverAsked::Ended(
                    "permit",
                    Some("anonymous-otherwise".to_owned()),
                    "ignore unknown_sender".to_owned()
                )
            }
        );
        assert_eq!(
            standing("reopened_to/template", "[CLOSE#5837]", answers()),
            Standing::NeverAsked { because: NeverAsked::NotNeeded("close_call".to_owned()) }
        );
    }

    #[test]
    fn name_of_several_rules_needs_its_stage_and_a_wrong_one_its_neighbour() {
        let rule_set = classic();
        let Err(Unfound::Several(several)) = find(&rule_set, "otherwise") else { panic!() };
        assert_eq!(
            several,
            ["guard/otherwise", "permit/otherwise", "acting_user/otherwise", "reopened_to/otherwise"]
        );
        assert!(matches!(find(&rule_set, "acting_user/otherwise"), Ok(Asked::Row(..))));
        let near = Some("analyst-takes-over".to_owned());
        assert_eq!(find(&rule_set, "analyst-take-over").unwrap_err(), Unfound::Unknown(near));
        assert_eq!(find(&rule_set, "zzzzzzzzzzzzzz").unwrap_err(), Unfound::Unknown(None));
    }

    #[test]
    fn conditions_are_held_against_what_was_seen() {
        let rule_set = classic();
        let explanation = explain(&rule_set, &facts("ana.lyst@example.com", "[CLOSE#5837]", answers()));
        let asked = find(&rule_set, "user-closes-own-call").unwrap();
        let checked = asked.checked(&explanation.situation);
        let holds: Vec<bool> = checked.iter().map(|one| one.holds).collect();
        assert_eq!(holds, [false, true, false]);
    }
}

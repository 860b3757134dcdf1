//! A table with its answers in the words of a test, whatever kind of answers they are.

use crate::diagnostic::{Place, Span};
use crate::ruleset::column::{Situation, Stage};
use crate::ruleset::table::{Condition, Table};
use crate::ruleset::{
    ActingUser, ChooseAnswer, GuardAnswer, LoggingAnalyst, PermitAnswer, ReopenedTo, RuleSet,
};
use crate::vocab::SenderCase;

/// The rows of one table.
#[derive(Debug)]
pub struct Sheet<'a> {
    /// Which table.
    pub stage: Stage,
    /// Its rows in order; never empty.
    pub lines: Vec<Line<'a>>,
}

/// One row of a table.
#[derive(Debug)]
pub struct Line<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its answer as a test writes it: `allow`, `refuse insufficient-permission`.
    pub answer: String,
    /// What must hold.
    pub when: &'a [Condition],
    /// Where its name is written.
    pub span: Span,
    /// The same for people.
    pub place: &'a Place,
}

impl Line<'_> {
    /// Whether all its conditions hold.
    pub fn holds(&self, situation: &Situation) -> bool {
        self.when.iter().all(|condition| condition.holds(situation))
    }
}

impl<'a> Sheet<'a> {
    /// The table of this stage; `recognize` is none.
    pub fn of(rule_set: &'a RuleSet, stage: Stage) -> Option<Self> {
        let lines = match stage {
            Stage::Guard => lines(&rule_set.guard, guard),
            Stage::Recognize => return None,
            Stage::Identify => lines(&rule_set.identify, |case| SenderCase::word(*case).to_owned()),
            Stage::Choose => lines(&rule_set.choose, |answer| choose(rule_set, answer)),
            Stage::Permit => lines(&rule_set.permit, |answer| permit(rule_set, answer)),
            Stage::ActingUser => lines(&rule_set.acting_user, |answer| acting_user(*answer).to_owned()),
            Stage::LoggingAnalyst => {
                lines(&rule_set.logging_analyst, |answer| logging_analyst(*answer).to_owned())
            }
            Stage::ReopenedTo => lines(&rule_set.reopened_to, |answer| reopened_to(*answer).to_owned()),
        };
        Some(Self { stage, lines })
    }

    /// Every table.
    pub fn all(rule_set: &'a RuleSet) -> Vec<Self> {
        Stage::TABLES.iter().filter_map(|stage| Self::of(rule_set, *stage)).collect()
    }

    /// The index of the row that decides; as [`Table::decide`](crate::ruleset::table::Table::decide) says.
    pub fn decide(&self, situation: &Situation) -> usize {
        self.lines.iter().position(|line| line.holds(situation)).unwrap_or(self.lines.len().saturating_sub(1))
    }
}

fn lines<'a, T>(table: &'a Table<T>, in_words: impl Fn(&T) -> String) -> Vec<Line<'a>> {
    let line = |rule: &'a crate::ruleset::table::Rule<T>| Line {
        name: &rule.name,
        answer: in_words(&rule.then),
        when: &rule.when,
        span: rule.span,
        place: &rule.place,
    };
    table.rules().map(line).collect()
}

fn guard(answer: &GuardAnswer) -> String {
    match answer {
        GuardAnswer::Proceed => "proceed".to_owned(),
        GuardAnswer::Discard(word) => format!("discard {word}"),
        GuardAnswer::Delete(word) => format!("delete {word}"),
        GuardAnswer::Quarantine(word) => format!("quarantine {word}"),
    }
}

fn choose(rule_set: &RuleSet, answer: &ChooseAnswer) -> String {
    match answer {
        ChooseAnswer::Action(index) => {
            rule_set.actions.get(*index).map(|action| action.name.clone()).unwrap_or_default()
        }
        ChooseAnswer::Ignore(word) => format!("ignore {word}"),
        ChooseAnswer::Quarantine(word) => format!("quarantine {word}"),
    }
}

fn permit(rule_set: &RuleSet, answer: &PermitAnswer) -> String {
    match answer {
        PermitAnswer::Allow => "allow".to_owned(),
        PermitAnswer::Refuse(index) => {
            let reply = rule_set.replies.get(*index);
            format!("refuse {}", reply.map(|reply| reply.name.as_str()).unwrap_or_default())
        }
        PermitAnswer::Ignore(word) => format!("ignore {word}"),
        PermitAnswer::Quarantine(word) => format!("quarantine {word}"),
        PermitAnswer::Instead(index) => {
            let action = rule_set.actions.get(*index);
            format!("instead {}", action.map(|action| action.name.as_str()).unwrap_or_default())
        }
    }
}

fn acting_user(answer: ActingUser) -> &'static str {
    match answer {
        ActingUser::Sender => "sender",
        ActingUser::SenderMadeUser => "sender_made_user",
        ActingUser::DefaultUser => "default_user",
        ActingUser::NewPerson => "new_person",
    }
}

fn logging_analyst(answer: LoggingAnalyst) -> &'static str {
    match answer {
        LoggingAnalyst::Sender => "sender",
        LoggingAnalyst::DefaultLoggingAnalyst => "default_logging_analyst",
    }
}

fn reopened_to(answer: ReopenedTo) -> &'static str {
    match answer {
        ReopenedTo::TemplateAssignee => "template_assignee",
        ReopenedTo::Sender => "sender",
        ReopenedTo::LoggingAnalyst => "logging_analyst",
        ReopenedTo::OtherwiseTo => "otherwise_to",
        ReopenedTo::Owner => "owner",
    }
}

//! The answers of the tables, in the words of the rule file.

use crate::ruleset::{
    ActingUser, ChooseAnswer, GuardAnswer, LoggingAnalyst, PermitAnswer, ReopenedTo, RuleSet,
};
use crate::vocab::SenderCase;

/// What a row of some table answers.
pub(super) trait Answer {
    /// As the trace shows it.
    fn words(&self, rule_set: &RuleSet) -> String;
}

impl Answer for GuardAnswer {
    fn words(&self, _: &RuleSet) -> String {
        match self {
            Self::Proceed => "proceed".to_owned(),
            Self::Discard(reason) => format!("discard {reason}"),
            Self::Delete(reason) => format!("delete {reason}"),
            Self::Quarantine(reason) => format!("quarantine {reason}"),
        }
    }
}

impl Answer for SenderCase {
    fn words(&self, _: &RuleSet) -> String {
        self.word().to_owned()
    }
}

impl Answer for ChooseAnswer {
    fn words(&self, rule_set: &RuleSet) -> String {
        match self {
            Self::Action(at) => {
                rule_set.actions.get(*at).map(|action| action.name.clone()).unwrap_or_default()
            }
            Self::Ignore(reason) => format!("ignore {reason}"),
            Self::Quarantine(reason) => format!("quarantine {reason}"),
        }
    }
}

impl Answer for PermitAnswer {
    fn words(&self, rule_set: &RuleSet) -> String {
        match self {
            Self::Allow => "allow".to_owned(),
            Self::Refuse(reply) => {
                let name = rule_set.replies.get(*reply).map_or("", |reply| reply.name.as_str());
                format!("refuse {name}")
            }
            Self::Ignore(reason) => format!("ignore {reason}"),
            Self::Quarantine(reason) => format!("quarantine {reason}"),
            Self::Instead(action) => {
                let name = rule_set.actions.get(*action).map_or("", |action| action.name.as_str());
                format!("instead {name}")
            }
        }
    }
}

impl Answer for ActingUser {
    fn words(&self, _: &RuleSet) -> String {
        match self {
            Self::Sender => "sender",
            Self::SenderMadeUser => "sender_made_user",
            Self::DefaultUser => "default_user",
            Self::NewPerson => "new_person",
        }
        .to_owned()
    }
}

impl Answer for LoggingAnalyst {
    fn words(&self, _: &RuleSet) -> String {
        match self {
            Self::Sender => "sender",
            Self::DefaultLoggingAnalyst => "default_logging_analyst",
        }
        .to_owned()
    }
}

impl Answer for ReopenedTo {
    fn words(&self, _: &RuleSet) -> String {
        match self {
            Self::TemplateAssignee => "template_assignee",
            Self::Sender => "sender",
            Self::LoggingAnalyst => "logging_analyst",
            Self::OtherwiseTo => "otherwise_to",
            Self::Owner => "owner",
        }
        .to_owned()
    }
}

//! Decides whether this sender may have the chosen action done.

use super::identify::Sender;
use super::trace::TraceLine;
use crate::ruleset::column::{Column, Situation, Stage, WordIndex};
use crate::ruleset::{PermitAnswer, RuleSet};
use crate::vocab::{Assignee, Kind, Record};

/// Asks the table, with the chosen action as a fact.
pub(super) fn permit<'a>(
    rule_set: &'a RuleSet,
    action: usize,
    sender: &Sender<'_>,
    record: Option<&Record>,
    situation: &mut Situation,
) -> (&'a PermitAnswer, TraceLine) {
    if let Ok(word) = WordIndex::try_from(action) {
        situation.set(Column::Action, word);
    }
    let call = record.filter(|record| record.kind == Kind::Call);
    situation.set_truth(Column::IsCallUser, call.is_some_and(|call| is_call_user(sender, call)));
    situation.set_truth(Column::OwnsCall, call.is_some_and(|call| owns_call(sender, call)));
    situation
        .set_truth(Column::MayTakeOver, sender.analyst().is_some_and(|analyst| analyst.rights.take_over));
    situation.set_truth(Column::MayDecide, record.is_some_and(|record| may_decide(sender, record)));
    situation.set_truth(Column::LoggerIsAnalyst, record.is_some_and(|record| record.logger_is_analyst));
    let rule = rule_set.permit.decide(situation);
    let then = match &rule.then {
        PermitAnswer::Allow => "allow".to_owned(),
        PermitAnswer::Refuse(reply) => {
            let name = rule_set.replies.get(*reply).map_or("", |reply| reply.name.as_str());
            format!("refuse {name}")
        }
        PermitAnswer::Ignore(reason) => format!("ignore {reason}"),
        PermitAnswer::Quarantine(reason) => format!("quarantine {reason}"),
        PermitAnswer::Instead(action) => {
            let name = rule_set.actions.get(*action).map_or("", |action| action.name.as_str());
            format!("instead {name}")
        }
    };
    (&rule.then, TraceLine::of_rule(Stage::Permit, rule, then, situation, &rule_set.domains))
}

fn is_call_user(sender: &Sender<'_>, call: &Record) -> bool {
    call.user.as_ref().is_some_and(|user| sender.is(user))
}

/// Directly, or as a member of the owning group (SPEC C5); only Analysts own calls.
fn owns_call(sender: &Sender<'_>, call: &Record) -> bool {
    sender.analyst().is_some() && call.owner.as_ref().is_some_and(|owner| is_assigned(sender, owner))
}

/// Assignee, member of the assigned group, or delegate (SPEC A4); a User may be an approver, too.
fn may_decide(sender: &Sender<'_>, record: &Record) -> bool {
    record.kind == Kind::Approval
        && (record.owner.as_ref().is_some_and(|owner| is_assigned(sender, owner))
            || record.delegates.iter().any(|delegate| sender.is(delegate)))
}

fn is_assigned(sender: &Sender<'_>, owner: &Assignee) -> bool {
    match owner {
        Assignee::Analyst(person) | Assignee::User(person) => sender.is(person),
        Assignee::Group(group) => {
            sender.recognised().is_some_and(|person| person.groups.contains(&group.name))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::testing::{person, record};
    use crate::vocab::{Group, SenderCase};

    #[test]
    fn call_is_owned_directly_or_through_the_group_but_only_by_analysts() {
        let mut ana = person(2, "Ana Lyst", "ana.lyst@example.com");
        ana.groups = vec!["IT First Line".to_owned()];
        let mut call = record(Kind::Call, 5837);
        let owns = |case, call: &Record| owns_call(&Sender { case, person: Some(&ana), mailbox: None }, call);
        assert!(!owns(SenderCase::Analyst, &call));
        call.owner = Some(Assignee::Analyst(ana.reference()));
        assert!(owns(SenderCase::Analyst, &call));
        assert!(!owns(SenderCase::User, &call));
        call.owner = Some(Assignee::Group(Group { record: 1, name: "IT First Line".to_owned() }));
        assert!(owns(SenderCase::AnalystAndUser, &call));
        call.owner = Some(Assignee::Group(Group { record: 2, name: "HR Duty Desk".to_owned() }));
        assert!(!owns(SenderCase::Analyst, &call));
    }

    #[test]
    fn delegate_decides_but_a_person_without_flags_does_not() {
        let bo = person(3, "Bo Both", "bo.both@example.com");
        let mut approval = record(Kind::Approval, 77);
        approval.delegates = vec![bo.reference()];
        let decides = |case| may_decide(&Sender { case, person: Some(&bo), mailbox: None }, &approval);
        assert!(decides(SenderCase::User));
        assert!(!decides(SenderCase::Unknown));
    }
}

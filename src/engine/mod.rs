//! Decides what becomes of a message: [`decide`] is a total function of a rule set and the facts.
//!
//! One file per stage, in the order in which a message meets them: `guard`, `recognize`, `identify`,
//! `choose`, `permit`, then `act` with its `policy` questions, and `reply`. The engine knows facts,
//! tables and steps; what a desk does with which mail stands in the rule set alone. It opens no file, asks
//! no clock and throws no dice.

mod act;
mod answer;
mod choose;
mod decision;
mod document;
mod examined;
pub mod explain;
mod facts;
mod guard;
mod identify;
mod left_out;
mod line;
mod object;
mod permit;
mod plain;
mod policy;
mod recognize;
pub mod redact;
mod render;
mod reply;
mod reported;
mod snapshot;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod thread;
mod trace;

pub use decision::{DecidedRequest, DecidedSender, Decision};
pub use document::DecisionDocument;
pub use examined::situation;
pub use explain::{Explanation, explain};
pub use facts::{Facts, inquire};
pub use guard::own_addresses;
pub use object::{contents, hexadecimal};
pub use trace::TraceLine;

use crate::ruleset::account::Account;
use crate::ruleset::column::{Column, Situation, WordIndex};
use crate::ruleset::{ChooseAnswer, PermitAnswer, RuleSet, SubjectRule};
use crate::vocab::{Confirmation, Effect, Kind, Number, Outcome, Record, SenderCase};
use choose::Standing;
use guard::Guarded;
use identify::Sender;
use recognize::Asked;

/// What the first stages found out about a message; what the later ones go by.
struct Case<'a> {
    rule_set: &'a RuleSet,
    account: &'a Account,
    facts: &'a Facts,
    asked: Asked<'a>,
    sender: Sender<'a>,
    /// The request for confirmation that this mail answers, where the command still waits.
    confirmation: Option<&'a Confirmation>,
    /// The item that was asked for, as the desk found it.
    record: Option<&'a Record>,
    situation: Situation,
}

/// A decision, and what the tables were asked with.
struct Decided<'a> {
    decision: Decision,
    /// Everything that became known on the way. A fact once known stays as it is, so that every table would
    /// answer the same if it were asked again with what was known at the end.
    situation: Situation,
    /// The row that recognised the subject.
    recognized: Option<&'a SubjectRule>,
}

/// Decides what becomes of a message. Total: every rule set and all facts have their decision.
pub fn decide(rule_set: &RuleSet, facts: &Facts) -> Decision {
    decided(rule_set, facts).decision
}

fn decided<'a>(rule_set: &'a RuleSet, facts: &'a Facts) -> Decided<'a> {
    let mut decision = undecided(rule_set, facts);
    let Some(account) = rule_set.account(&facts.account) else {
        return stopped(rule_set, decision, guard::without_account(&facts.account));
    };
    let guarded = guard::guard(rule_set, account, &facts.message);
    if guarded.stop.is_some() {
        let mut decided = stopped(rule_set, decision, guarded);
        decided.decision.about = tell_of_report(rule_set, facts, &mut decided.decision);
        return decided;
    }
    decision.trace.push(guarded.line);
    let reported = tell_of_report(rule_set, facts, &mut decision);
    let mut case = examine(rule_set, account, facts, guarded.situation, &mut decision);
    let outcome = settle(&mut case, &mut decision);
    decision.about = decision.about.or(reported);
    decision.quarantine = matches!(outcome, Outcome::Quarantine(_));
    decision.end(outcome, rule_set.dispose);
    Decided { decision, situation: case.situation, recognized: case.asked.rule() }
}

/// Says in the trace which mail came back; gives the item that it was about.
fn tell_of_report(rule_set: &RuleSet, facts: &Facts, decision: &mut Decision) -> Option<(Kind, Number)> {
    let reported = reported::reported(rule_set, &facts.message)?;
    decision.trace.push(reported.line);
    reported.item.map(|item| (item.kind, item.number))
}

fn undecided(rule_set: &RuleSet, facts: &Facts) -> Decision {
    let message = &facts.message;
    Decision {
        rule_set: rule_set.identity.clone(),
        account: facts.account.clone(),
        message_id: message.message_id.clone(),
        outcome: Outcome::Quarantine("undecided".to_owned()),
        sender: DecidedSender {
            case: SenderCase::Unknown,
            person: None,
            address: message.originator().map(|mailbox| mailbox.address.clone()),
        },
        asked: DecidedRequest::default(),
        effects: Vec::new(),
        replies: Vec::new(),
        notifications: Vec::new(),
        disposition: rule_set.dispose.processed,
        keep_bytes: true,
        quarantine: false,
        about: None,
        trace: Vec::new(),
    }
}

fn stopped<'a>(rule_set: &RuleSet, mut decision: Decision, guarded: Guarded) -> Decided<'a> {
    decision.trace.push(guarded.line);
    if let Some(stop) = guarded.stop {
        decision.keep_bytes = stop.keep_bytes;
        decision.quarantine = stop.keep_bytes;
        decision.end(stop.outcome, rule_set.dispose);
    }
    Decided { decision, situation: guarded.situation, recognized: None }
}

/// What is asked, of which item, and by whom.
fn examine<'a>(
    rule_set: &'a RuleSet,
    account: &'a Account,
    facts: &'a Facts,
    mut situation: Situation,
    decision: &mut Decision,
) -> Case<'a> {
    let asked = recognize::recognize(rule_set, &facts.message.subject);
    let asked = thread::answered(rule_set, &facts.message, &facts.answers, asked);
    let confirmation = thread::confirmation(&asked, &facts.answers);
    let record = asked.record(&facts.answers);
    let line = asked.line(record);
    decision.trace.push(match &facts.answers.confirmation {
        Some(confirmation) if asked.is_answer => line.saw("confirmation", confirmation.state.word()),
        _ => line,
    });
    decision.asked = DecidedRequest { intent: Some(asked.intent), kind: asked.kind, number: asked.number };
    let (sender, line) = identify::identify(rule_set, &facts.message, &facts.answers, &mut situation);
    decision.trace.push(line);
    decision.sender.case = sender.case;
    decision.sender.person = sender.person.map(|person| person.name.clone());
    decision.about = record.map(|record| (record.kind, record.number));
    Case { rule_set, account, facts, asked, sender, confirmation, record, situation }
}

/// Which action that makes, whether it is permitted, and what it leads to.
fn settle(case: &mut Case<'_>, decision: &mut Decision) -> Outcome {
    let rule_set = case.rule_set;
    let facts = (case.facts, &case.facts.answers);
    let standing = Standing::new(rule_set, case.account, facts, &case.asked, (&case.sender, case.record));
    choose::note(&standing, &mut case.situation);
    permit::note(&case.sender, case.record, &mut case.situation);
    let (chosen, line) = choose::choose(rule_set, &case.situation);
    decision.trace.push(line);
    let at = match chosen {
        ChooseAnswer::Action(at) => *at,
        ChooseAnswer::Ignore(reason) => return Outcome::Ignore(reason.clone()),
        ChooseAnswer::Quarantine(reason) => return hold(case, reason, decision),
    };
    let (answer, line) = permit::permit(rule_set, at, &mut case.situation);
    decision.trace.push(line);
    match answer {
        PermitAnswer::Allow => perform(case, at, decision),
        PermitAnswer::Refuse(reply) => {
            decision.replies = reply::after_refusal(case, *reply, &mut decision.trace).replies;
            let name = rule_set.replies.get(*reply).map(|reply| reply.name.clone());
            Outcome::Refuse(name.unwrap_or_default())
        }
        PermitAnswer::Ignore(reason) => Outcome::Ignore(reason.clone()),
        PermitAnswer::Quarantine(reason) => hold(case, reason, decision),
        PermitAnswer::Instead(other) => {
            if let Ok(word) = WordIndex::try_from(*other) {
                case.situation.set(Column::Action, word);
            }
            perform(case, *other, decision)
        }
    }
}

/// Leaves the mail to somebody; the sender is told where a reply stands after that.
fn hold(case: &Case<'_>, reason: &str, decision: &mut Decision) -> Outcome {
    decision.replies = reply::after_quarantine(case, reason, &mut decision.trace).replies;
    Outcome::Quarantine(reason.to_owned())
}

/// The effects of an action and the mails after it; all of them, or none where it must be left to somebody.
fn perform(case: &Case<'_>, at: usize, decision: &mut Decision) -> Outcome {
    let Some(action) = case.rule_set.actions.get(at) else {
        return Outcome::Quarantine("unknown_action".to_owned());
    };
    let deed = match act::act(case, action, &mut decision.trace) {
        Ok(deed) => deed,
        Err(outcome) => return outcome,
    };
    let mails = reply::after_action(case, at, &deed, &mut decision.trace);
    decision.about = deed.item.as_ref().map(|item| (item.kind, item.number));
    decision.effects = deed.effects;
    if let Some(Confirmation { id, .. }) = case.confirmation {
        decision.effects.insert(0, Effect::UseConfirmation { confirmation: *id });
    }
    decision.replies = mails.replies;
    decision.notifications = mails.notifications;
    Outcome::Action(action.name.clone())
}

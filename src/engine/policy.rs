//! The questions that an action may ask: who performs it, who is entered as having logged a call, to whom a
//! reopened call goes (SPEC 7-9). Each is asked only by an action that needs the answer.

use super::Case;
use super::answer::Answer as _;
use super::line::one_line;
use super::trace::TraceLine;
use crate::ruleset::column::Stage;
use crate::ruleset::{ActingUser, LoggingAnalyst, ReopenedTo};
use crate::vocab::{Assignee, Effect, Mailbox, Outcome, Person, PersonRef};

/// The most characters of a name that a mail may give to a new person.
const NAME_CHARS_MAX: usize = 200;

/// The one for whom an action is done, and what must be done first so that there is such a person.
#[derive(Debug)]
pub(super) struct Acting {
    /// The person; without a record number where the first effect creates it.
    pub(super) person: PersonRef,
    /// Creates or flags the person, where needed.
    pub(super) effect: Option<Effect>,
}

/// Who is the User of a new call, and who performs an update or a closure?
///
/// A mail that names no address can make no person; it is left to somebody (SPEC G7).
pub(super) fn acting_user(case: &Case<'_>, trace: &mut Vec<TraceLine>) -> Result<Acting, Outcome> {
    let rule = case.rule_set.acting_user.decide(&case.situation);
    let then = rule.then.words(case.rule_set);
    let domains = &case.rule_set.domains;
    let line = TraceLine::of_rule(Stage::ActingUser, rule, then, &case.situation, domains);
    let known = match rule.then {
        ActingUser::Sender => case.sender.person.map(|person| (person, false)),
        ActingUser::SenderMadeUser => case.sender.person.map(|person| (person, !person.is_user)),
        // checked against the desk at load; if it has gone since, the sender takes its place
        ActingUser::DefaultUser => {
            case.facts.answers.default_user.as_ref().or(case.sender.person).map(|person| (person, false))
        }
        ActingUser::NewPerson => None,
    };
    if let Some((person, make_user)) = known {
        let person = person.reference();
        let effect = make_user.then(|| Effect::MakeUser { person: person.clone() });
        trace.push(line.saw("person", person.name.as_str()));
        return Ok(Acting { person, effect });
    }
    let Some(acting) = new_person(case) else {
        let reason = "no_sender_address";
        trace.push(line);
        trace.push(
            TraceLine::new(Stage::ActingUser.word(), format!("quarantine {reason}"))
                .because("the mail names no address, so no person can be made of it"),
        );
        return Err(Outcome::Quarantine(reason.to_owned()));
    };
    trace.push(line.saw("person", acting.person.name.as_str()));
    Ok(acting)
}

/// Who is entered as having logged a call? A default analyst who has gone gives way to the sender (SPEC LA3).
pub(super) fn logging_analyst(case: &Case<'_>, acting: &PersonRef, trace: &mut Vec<TraceLine>) -> PersonRef {
    let rule = case.rule_set.logging_analyst.decide(&case.situation);
    let then = rule.then.words(case.rule_set);
    let named = match rule.then {
        LoggingAnalyst::Sender => None,
        LoggingAnalyst::DefaultLoggingAnalyst => case.facts.answers.default_logging_analyst.as_ref(),
    };
    let domains = &case.rule_set.domains;
    let logger = named.or_else(|| case.sender.recognised()).map_or_else(|| acting.clone(), Person::reference);
    let line = TraceLine::of_rule(Stage::LoggingAnalyst, rule, then, &case.situation, domains);
    trace.push(line.saw("person", logger.name.as_str()));
    logger
}

/// To whom does a reopened call go? What the rule names and the desk does not have falls to the fallback
/// group, and without one the call keeps its owner (SPEC RA1-RA5).
pub(super) fn reopened_to(case: &Case<'_>, trace: &mut Vec<TraceLine>) -> Option<Assignee> {
    let rule = case.rule_set.reopened_to.decide(&case.situation);
    let answers = &case.facts.answers;
    let then = rule.then.words(case.rule_set);
    let named = match rule.then {
        ReopenedTo::TemplateAssignee => answers.template.as_ref().and_then(|template| template.owner.clone()),
        ReopenedTo::Sender => case.sender.analyst().map(|analyst| Assignee::Analyst(analyst.reference())),
        ReopenedTo::LoggingAnalyst => logger(case),
        ReopenedTo::OtherwiseTo => None,
        ReopenedTo::Owner => case.record.and_then(|record| record.owner.clone()),
    };
    let domains = &case.rule_set.domains;
    let line = TraceLine::of_rule(Stage::ReopenedTo, rule, then, &case.situation, domains);
    let owner = named
        .or_else(|| answers.otherwise_to.clone().map(Assignee::Group))
        .or_else(|| case.record.and_then(|record| record.owner.clone()));
    trace.push(match &owner {
        Some(owner) => line.saw("owner", owner.name()),
        None => line,
    });
    owner
}

/// The one who logged the call, if an Analyst still.
fn logger(case: &Case<'_>) -> Option<Assignee> {
    let record = case.record.filter(|record| record.logger_is_analyst)?;
    record.logging_analyst.clone().map(Assignee::Analyst)
}

fn new_person(case: &Case<'_>) -> Option<Acting> {
    let mailbox = case.sender.mailbox?;
    let mut name = name_of_new_person(mailbox);
    if case.facts.answers.sender_name_taken {
        name = format!("{name} ({})", mailbox.address);
    }
    let effect = Effect::CreatePerson { address: mailbox.address.clone(), name: name.clone() };
    Some(Acting { person: PersonRef { record: None, name }, effect: Some(effect) })
}

/// The name that a new person gets from the mail: its display name, else what stands before the `@` (SPEC L1).
pub(super) fn name_of_new_person(mailbox: &Mailbox) -> String {
    let shown = one_line(mailbox.name.as_deref().unwrap_or_default(), NAME_CHARS_MAX);
    if shown.is_empty() { one_line(mailbox.address.local_part(), NAME_CHARS_MAX) } else { shown }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vocab::AddrSpec;

    #[test]
    fn new_person_is_named_from_the_display_name_else_the_address() {
        let name = |name: Option<&str>| {
            let address = AddrSpec::parse("nora.new@example.org").unwrap();
            name_of_new_person(&Mailbox { name: name.map(str::to_owned), address })
        };
        assert_eq!(name(Some(" Nora\u{202E}\n New ")), "Nora New");
        assert_eq!(name(Some("\u{200B}")), "nora.new");
        assert_eq!(name(None), "nora.new");
        assert_eq!(name(Some(&"x".repeat(500))).len(), 200);
    }
}

//! What the tables were asked about one message: everything that was known when the last of them answered.

use super::choose::Standing;
use super::{Facts, choose, examine, guard, permit, undecided};
use crate::ruleset::column::Situation;
use crate::ruleset::{ChooseAnswer, RuleSet};

/// The situation of a message as the last table that was asked saw it.
///
/// Every earlier table saw a part of the same: what becomes known stays. Where a guard stopped the message, or an
/// account is unknown, only that much is in it.
pub fn situation(rule_set: &RuleSet, facts: &Facts) -> Situation {
    let Some(account) = rule_set.account(&facts.account) else { return Situation::default() };
    let guarded = guard::guard(rule_set, account, &facts.message);
    if guarded.stop.is_some() {
        return guarded.situation;
    }
    let mut decision = undecided(rule_set, facts);
    let mut case = examine(rule_set, account, facts, guarded.situation, &mut decision);
    let standing =
        Standing::new(rule_set, account, (facts, &facts.answers), &case.asked, (&case.sender, case.record));
    choose::note(&standing, &mut case.situation);
    let (chosen, _) = choose::choose(rule_set, &case.situation);
    if let ChooseAnswer::Action(at) = chosen {
        permit::note(&case.sender, case.record, &mut case.situation);
        let _line = permit::permit(rule_set, *at, &mut case.situation);
    }
    case.situation
}

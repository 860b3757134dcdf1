//! What must be asked before a message can be decided, and all that is then known about it.

use super::{guard, policy, recognize, thread};
use crate::message::Message;
use crate::ruleset::account::Account;
use crate::ruleset::column::{Column, Situation, Words};
use crate::ruleset::{RuleSet, Step};
use crate::vocab::{Answers, Inquiry, Intent, Kind, SummaryInquiry, SummaryRelation};
use serde::{Deserialize, Serialize};

/// Everything that a decision depends on beside the rule set.
///
/// Written to a file, it lets the same decision be taken again at any time, with the same trace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// The mail.
    pub message: Message,
    /// The name of the account that it came to.
    pub account: String,
    /// What the desk said.
    pub answers: Answers,
    /// The instant of the decision, in seconds since 1970.
    pub now: i64,
}

/// What the desk must be asked about this message.
///
/// A message that a guard stops asks nothing, and an item is asked for only by a number that can be one.
pub fn inquire(rule_set: &RuleSet, account: &Account, message: &Message, now: i64) -> Inquiry {
    if guard::guard(rule_set, account, message).stop.is_some() {
        return Inquiry::default();
    }
    let asked = recognize::recognize(rule_set, &message.subject);
    let answered = thread::inquire(rule_set, message, &asked, now);
    let originator = message.originator();
    let summarized = asked.kind.filter(|_| asked.intent == Intent::Summary);
    Inquiry {
        sender: originator.map(|mailbox| mailbox.address.clone()),
        sender_name: originator.map(policy::name_of_new_person),
        reference: asked.reference(),
        template: Some(account.template.clone()).filter(|name| !name.is_empty()),
        default_logging_analyst: account.default_logging_analyst.clone(),
        default_user: account.default_user.clone(),
        otherwise_to: account.otherwise_to.clone(),
        summary: summarized.map(|kind| summary_inquiry(rule_set, kind)),
        answered,
        replies_since: Some(now.saturating_sub(i64::from(account.replies_window_secs))),
    }
}

fn summary_inquiry(rule_set: &RuleSet, kind: Kind) -> SummaryInquiry {
    SummaryInquiry { series: kind.series(), relations: relations(rule_set) }
}

/// For which reasons a summary lists items.
pub(super) fn relations(rule_set: &RuleSet) -> Vec<SummaryRelation> {
    let all = [SummaryRelation::WorkingOn, SummaryRelation::ForwardedBy, SummaryRelation::ForwardedTo];
    let named: Vec<SummaryRelation> = rule_set
        .actions
        .iter()
        .flat_map(|action| &action.steps)
        .filter_map(|step| if let Step::Summarize(relations) = step { Some(relations) } else { None })
        .flatten()
        .copied()
        .collect();
    all.into_iter().filter(|relation| named.is_empty() || named.contains(relation)).collect()
}

/// Notes down the word of a column that has a fixed list of them.
pub(super) fn set_word(situation: &mut Situation, column: Column, word: &str) {
    if let Words::Fixed(words) = column.words()
        && let Some(at) = words.iter().position(|known| *known == word)
        && let Ok(index) = at.try_into()
    {
        situation.set(column, index);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::testing::{classic, message};
    use crate::vocab::{Number, Reference, Series};

    fn inquiry(message: &Message) -> Inquiry {
        let rule_set = classic();
        inquire(&rule_set, rule_set.account("it-desk").unwrap(), message, 1_000)
    }

    #[test]
    fn number_of_nineteen_digits_is_not_asked_for() {
        let reference = Reference { kind: Kind::Call, number: Number::from(5837) };
        assert_eq!(inquiry(&message("ana.lyst@example.com", "Re: [close#5837]")).reference, Some(reference));
        let too_long = message("ana.lyst@example.com", "[CLOSE#1234567890123456789]");
        assert_eq!(inquiry(&too_long).reference, None);
    }

    #[test]
    fn only_a_summary_asks_for_items() {
        let asked = inquiry(&message("ana.lyst@example.com", "[MyApprovals]"));
        assert_eq!(
            asked.summary.map(|summary| (summary.series, summary.relations.len())),
            Some((Series::Task, 3))
        );
        assert_eq!(inquiry(&message("ana.lyst@example.com", "help")).summary, None);
    }

    #[test]
    fn replies_are_counted_within_the_window() {
        assert_eq!(inquiry(&message("uma@example.com", "help")).replies_since, Some(400));
    }

    #[test]
    fn message_that_the_guard_stops_asks_nothing() {
        let mut looped = message("desk@example.com", "[CLOSE#5837]");
        assert_eq!(inquiry(&looped), Inquiry::default());
        looped = message("uma@example.com", "help");
        looped.size = u64::MAX;
        assert_eq!(inquiry(&looped), Inquiry::default());
    }
}

//! The facts that two rule sets look at together, and how each of them sees these facts.
//!
//! A fact is the same for both, but its word may not be: an SMTP code that only one of them names is `other` to the
//! other one, an account or action has another index, and what a sender may depends on who he is taken for.

use super::content::Matched;
use crate::ruleset::RuleSet;
use crate::ruleset::account::Account;
use crate::ruleset::column::{Column, Domains, Situation, WordIndex};
use crate::ruleset::prove::{UNCONFIRMED, is_confirmation};
use std::collections::BTreeSet;

/// An SMTP code that no rule can name.
const UNNAMED_CODE: u16 = 0;

/// What the words of `sender` are, by index.
const UNKNOWN_SENDER: WordIndex = 0;
const USER: WordIndex = 1;

/// The end of a mail's way through one rule set.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum End {
    /// In these words: `discard report`, `ignore unknown_sender`.
    InWords(String),
    /// With this reply, which both rule sets have or one of them.
    Refused(usize),
    /// An action of this content, with the answers of the policies that it asks.
    Done(usize, [Option<u8>; 3]),
}

/// How far a mail has come in one of the two rule sets.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Side {
    /// The answer of `identify`.
    pub(super) sender: Option<WordIndex>,
    /// The answer of `choose`, by the rule set's own index.
    pub(super) action: Option<WordIndex>,
    /// The answers of the policies.
    pub(super) policies: [Option<u8>; 3],
    /// Where it ended, if so.
    pub(super) end: Option<End>,
}

/// One situation on its way through both.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Course {
    /// What is known, in joint words. Sender and action stand in it only where both answered the same.
    pub(super) facts: Situation,
    /// The old and the new rule set.
    pub(super) sides: [Side; 2],
}

/// Two rule sets and the words of their facts.
pub(super) struct Joint<'a> {
    pub(super) sides: [&'a RuleSet; 2],
    pub(super) matched: Matched,
    /// How many words there are; what they are says [`word`](Self::word).
    pub(super) domains: Domains,
    accounts: Vec<String>,
    /// For each word of `report_code`, the codes of a report that has it.
    reports: Vec<Vec<u16>>,
    /// For each side whether Users reopen calls in the portal, which their mails then may too.
    portal: [bool; 2],
}

impl<'a> Joint<'a> {
    pub(super) fn new(sides: [&'a RuleSet; 2], matched: Matched, portal: [bool; 2]) -> Self {
        let accounts = accounts(sides);
        let reports = reports(sides);
        let domains = Domains {
            // `other` and `none` are two words more
            report_codes: vec![UNNAMED_CODE; reports.len().saturating_sub(2)],
            accounts: accounts.clone(),
            actions: matched.action_names.clone(),
        };
        Self { sides, matched, domains, accounts, reports, portal }
    }

    /// The situation as one of the two sees it.
    pub(super) fn view(&self, side: usize, course: &Course) -> Situation {
        let mut seen = course.facts;
        seen.forget(Column::Sender);
        seen.forget(Column::Action);
        let (Some(rule_set), Some(own)) = (self.sides.get(side), course.sides.get(side)) else { return seen };
        if let Some(word) = course.facts.get(Column::Account) {
            let name = self.accounts.get(usize::from(word));
            match name.and_then(|name| rule_set.domains.index(Column::Account, name)) {
                Some(index) => seen.set(Column::Account, index),
                None => seen.forget(Column::Account),
            }
        }
        if let Some(codes) =
            course.facts.get(Column::ReportCode).and_then(|word| self.reports.get(usize::from(word)))
        {
            seen.set(Column::ReportCode, rule_set.domains.report_code(codes));
        }
        if rule_set.answers_to_requests.is_none() && is_confirmation(&seen) {
            // to this one the mail is one that asks for nothing
            for (column, word) in UNCONFIRMED {
                seen.set(column, word);
            }
        }
        if let Some(sender) = own.sender {
            seen.set(Column::Sender, sender);
            for column in RIGHTS {
                if seen.is_true(column) && !self.has_right(side, column, sender) {
                    seen.set_truth(column, false);
                }
            }
        }
        if let Some(action) = own.action {
            seen.set(Column::Action, action);
        }
        seen
    }

    /// Whether a sender who is taken for this one may have a right at all.
    fn has_right(&self, side: usize, column: Column, sender: WordIndex) -> bool {
        match column {
            Column::OwnsCall | Column::MayTakeOver => sender > USER,
            Column::MayReopen if sender == USER => self.portal.get(side).copied().unwrap_or(true),
            _ => sender != UNKNOWN_SENDER,
        }
    }

    /// Whether a right stands in the facts that neither of the two can see, so that it is none.
    pub(super) fn is_idle(&self, course: &Course) -> bool {
        RIGHTS.into_iter().filter(|&right| course.facts.is_true(right)).any(|right| {
            course.sides.iter().enumerate().all(|(side, own)| {
                own.end.is_none() && own.sender.is_some_and(|sender| !self.has_right(side, right, sender))
            })
        })
    }

    /// A joint word as people read it.
    pub(super) fn word(&self, column: Column, index: WordIndex) -> String {
        match column {
            Column::ReportCode => match self.reports.get(usize::from(index)).map(Vec::as_slice) {
                Some([]) | None => "none".to_owned(),
                Some([UNNAMED_CODE]) => "other".to_owned(),
                Some(codes) => codes.iter().map(u16::to_string).collect::<Vec<_>>().join(" before "),
            },
            _ => self.domains.word(column, index),
        }
    }
}

/// Facts that depend on who the sender is taken for.
const RIGHTS: [Column; 5] =
    [Column::MayReopen, Column::IsCallUser, Column::OwnsCall, Column::MayTakeOver, Column::MayDecide];

/// The accounts whose mail can meet both rule sets.
///
/// One that only the other rule set has is told of as an account; where one of the two is a base without
/// accounts, those of the other count.
fn accounts(sides: [&RuleSet; 2]) -> Vec<String> {
    let names = |is_wanted: fn(&Account) -> bool| {
        sides.map(|rule_set| -> Vec<String> {
            let accounts = rule_set.accounts.iter().filter(|account| is_wanted(account));
            accounts.map(|account| account.name.clone()).collect()
        })
    };
    let [old, new] = names(|account| !account.for_tests);
    let shared: Vec<String> = old.iter().filter(|name| new.contains(name)).cloned().collect();
    if !shared.is_empty() {
        return shared;
    }
    let mut either = [old, new].concat();
    if either.is_empty() {
        either = names(|_| true).concat();
    }
    let mut known = BTreeSet::new();
    either.retain(|name| known.insert(name.clone()));
    if either.is_empty() { vec![String::new()] } else { either }
}

/// For every pair of words that a report can have in the two rule sets, the codes of such a report.
fn reports(sides: [&RuleSet; 2]) -> Vec<Vec<u16>> {
    let mut codes: Vec<u16> =
        sides.iter().flat_map(|rule_set| rule_set.domains.report_codes.iter().copied()).collect();
    codes.sort_unstable();
    codes.dedup();
    // in the order of each rule set's own words: codes, then `other`, then `none`
    let mut candidates: Vec<Vec<u16>> = codes.iter().map(|&code| vec![code]).collect();
    for &first in &codes {
        candidates.extend(codes.iter().filter(|&&code| code != first).map(|&code| vec![first, code]));
    }
    candidates.extend([vec![UNNAMED_CODE], Vec::new()]);
    let mut known = BTreeSet::new();
    candidates.retain(|codes| known.insert(sides.map(|rule_set| rule_set.domains.report_code(codes))));
    candidates
}

/// For each way in which Users may or may not reopen calls in the portal, what holds on either side; with
/// whether it depends on the desk, where the two settings differ.
pub(super) fn portals(sides: [&RuleSet; 2]) -> Vec<([bool; 2], Option<bool>)> {
    let set = sides.map(|rule_set| rule_set.system.portal_reopen_closed_calls);
    if let [old, new] = set
        && old == new
    {
        // a right that the portal takes away is as one that is not there
        return vec![([old.unwrap_or(true); 2], None)];
    }
    let mut portals: Vec<([bool; 2], Option<bool>)> = Vec::new();
    for desk in [true, false] {
        let portal = set.map(|set| set.unwrap_or(desk));
        if !portals.iter().any(|(known, _)| *known == portal) {
            portals.push((portal, Some(desk)));
        }
    }
    if let [(_, desk)] = portals.as_mut_slice() {
        *desk = None;
    }
    portals
}

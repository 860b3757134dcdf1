//! Coverage: what the tests of a rule set look at, and what they never do.

use super::mail::Bench;
use crate::diagnostic::Sources;
use crate::engine::situation;
use crate::ruleset::RuleSet;
use crate::ruleset::column::Stage;
use crate::ruleset::coverage::{Counted, Coverage, Item};
use crate::ruleset::example::{Asked, Verdict, rows};
use crate::ruleset::file::RuleFile;
use crate::ruleset::load::Loaded;

/// What tests look at, counted.
#[derive(Debug)]
pub(super) struct Measured {
    /// Everything that is counted.
    pub(super) items: Vec<Item>,
}

impl Measured {
    /// How many of a sort are looked at, and how many there are.
    pub(super) fn count(&self, counted: Counted) -> (usize, usize) {
        let of_sort = || self.items.iter().filter(|item| item.counted == counted);
        (of_sort().filter(|item| item.gap.is_none()).count(), of_sort().count())
    }

    /// How many of all are looked at, in whole per cent, rounded down; 100 where there is nothing to look at.
    pub(super) fn percent(&self) -> usize {
        let looked_at = self.items.iter().filter(|item| item.gap.is_none()).count();
        (looked_at * 100).checked_div(self.items.len()).unwrap_or(100)
    }
}

/// Counts what these tests look at; the verdicts are those of the same tests.
pub(super) fn measure(
    rule_set: &RuleSet,
    loaded: &Loaded,
    file: &RuleFile,
    bench: &mut Bench<'_>,
    verdicts: &[Verdict],
) -> Measured {
    let mut coverage = Coverage::new(rule_set);
    let (rows, _) = rows(rule_set, &file.tests);
    if !rows.is_empty() {
        let asked = Asked::of(rule_set);
        for stage in Stage::TABLES {
            let Some((_, situations)) = asked.table(stage) else { continue };
            let of_stage: Vec<_> = rows.iter().filter(|row| row.stage == stage).collect();
            for (situation, _) in situations {
                if of_stage.iter().any(|row| row.fits(situation)) {
                    coverage.look(stage, situation);
                }
            }
        }
    }
    for at in 0..bench.len() {
        let Ok((facts, decision)) = bench.decided(rule_set, at) else { continue };
        let known = situation(rule_set, facts);
        coverage.account(&facts.account);
        decision.mails().for_each(|reply| coverage.reply(&reply.name));
        for stage in Stage::TABLES {
            let was_asked =
                decision.trace.iter().any(|line| line.stage == stage.word() && line.rule.is_some());
            if was_asked {
                coverage.look(stage, &known);
            }
        }
    }
    verdicts.iter().flat_map(|verdict| &verdict.hits).for_each(|hit| coverage.hit(hit));
    let top = super::top(loaded);
    let own = file.accounts.iter().filter(|(name, _)| name.span.source == top);
    let accounts = own.chain(file.tests.accounts.iter()).map(|(name, _)| (name.value.as_str(), name.span));
    let items = coverage.items(top, accounts);
    Measured { items }
}

/// Coverage for people.
pub(super) fn as_text(measured: &Measured, sources: &Sources, least: Option<u8>) -> String {
    use std::fmt::Write as _;
    let mut text = String::new();
    for item in &measured.items {
        if let Some(gap) = &item.gap {
            let place = sources.place(item.span);
            let _ = writeln!(text, "not covered: {} ({}:{}): {gap}", item.name, place.file, place.line);
        }
    }
    let counts = Counted::ALL.map(|counted| {
        let (looked_at, all) = measured.count(counted);
        format!("{looked_at} of {all} {}", counted.word())
    });
    let percent = measured.percent();
    let _ = write!(text, "coverage: {percent} %: {}", counts.join(", "));
    match least {
        Some(least) if percent < usize::from(least) => {
            let _ = writeln!(text, "; {least} % is the least that is asked for");
        }
        _ => text.push('\n'),
    }
    text
}

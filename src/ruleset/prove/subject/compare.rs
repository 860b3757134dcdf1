//! Which subjects others take, decided for all texts there are.

use crate::ruleset::SubjectRule;
use crate::ruleset::automaton::{Effort, Found, Nfa, Outline, Want, folded, shortest};
use std::cell::OnceCell;

/// The most rows that together take a subject; with more of them it is not decided.
const TOGETHER_MAX: usize = 12;

/// How much work is spent on all subjects of a rule set, in states visited: about a second.
const EFFORT: usize = 6_000_000;

/// Whether rows before a subject leave it anything.
pub(super) enum Taken {
    /// There is a text that comes to it.
    Not,
    /// There is none.
    ByOthers {
        /// The rows that take its texts.
        before: Vec<usize>,
        /// One of the texts.
        witness: String,
    },
    /// It was too much work to say.
    Unsure,
}

/// The bound was reached before it was sure.
pub(super) struct TooLarge;

/// Compares subjects with each other; each becomes an automaton only where it has to.
pub(super) struct Compare<'a> {
    rows: &'a [SubjectRule],
    outlines: Vec<Outline>,
    automata: Vec<OnceCell<Option<Nfa>>>,
    effort: Effort,
}

/// Whether two subjects ask for the same; tasks and approvals are numbered together.
pub(super) fn asks_alike(a: &SubjectRule, b: &SubjectRule) -> bool {
    a.intent == b.intent && a.kind.series() == b.kind.series()
}

impl<'a> Compare<'a> {
    pub(super) fn new(rows: &'a [SubjectRule]) -> Self {
        Self {
            rows,
            outlines: rows.iter().map(|row| Outline::new(row.pattern.expression())).collect(),
            automata: rows.iter().map(|_| OnceCell::new()).collect(),
            effort: Effort::new(EFFORT),
        }
    }

    fn automaton(&self, at: usize) -> Option<&Nfa> {
        let row = self.rows.get(at)?;
        self.automata.get(at)?.get_or_init(|| Nfa::new(row.pattern.expression())).as_ref()
    }

    /// The first of the rows before one that matches a text, leaving out some.
    fn taker(&self, text: &str, at: usize, without: &[usize]) -> Option<usize> {
        let plain = folded(text);
        let mut before = self.rows.iter().zip(&self.outlines).enumerate().take(at);
        let taker = before.find(|(index, (row, outline))| {
            !without.contains(index) && outline.may_match(&plain) && row.pattern.matches(text)
        });
        taker.map(|(index, _)| index)
    }

    /// Whether rows before this one take every text it matches, and which.
    ///
    /// A text that it matches and none of the rows known so far is looked for; the row that takes this text is
    /// known from then on. So only rows that matter are ever compared in full.
    pub(super) fn taken(&mut self, at: usize) -> Taken {
        let Some(row) = self.rows.get(at) else { return Taken::Not };
        let spelled = row.pattern.witnesses().into_iter().next();
        let first = match spelled {
            Some(text) => Found::Text(text),
            None => self.matched(at),
        };
        let Found::Text(witness) = &first else { return Taken::Unsure };
        let witness = row.pattern.spelled_alike(witness);
        let mut known = Vec::new();
        let mut next = first;
        while known.len() <= TOGETHER_MAX {
            match next {
                Found::Nothing => return Taken::ByOthers { before: self.needed(at, known), witness },
                Found::TooLarge => return Taken::Unsure,
                Found::Text(text) => {
                    let Some(taker) = self.taker(&text, at, &known) else { return Taken::Not };
                    known.push(taker);
                }
            }
            next = self.untaken(at, &known);
        }
        Taken::Unsure
    }

    /// A shortest text that the row matches, as a whole where that can be.
    fn matched(&mut self, at: usize) -> Found {
        let mut effort = self.effort;
        let found = self.automaton(at).map_or(Found::TooLarge, |nfa| {
            match shortest(&[Want::whole(nfa)], &mut effort) {
                Found::Nothing => shortest(&[Want::within(nfa)], &mut effort),
                found => found,
            }
        });
        self.effort = effort;
        found
    }

    /// A shortest text that the row matches, and none of the others.
    fn untaken(&mut self, at: usize, others: &[usize]) -> Found {
        let mut effort = self.effort;
        let wants: Option<Vec<Want<'_>>> = std::iter::once(self.automaton(at).map(Want::within))
            .chain(others.iter().map(|&other| self.automaton(other).map(Want::nowhere)))
            .collect();
        let found = wants.map_or(Found::TooLarge, |wants| shortest(&wants, &mut effort));
        self.effort = effort;
        found
    }

    /// As few of these rows as still take every text of one, in the order of the file.
    fn needed(&mut self, at: usize, known: Vec<usize>) -> Vec<usize> {
        if known.len() < 2 {
            return known;
        }
        let mut needed = known;
        needed.sort_unstable();
        let mut index = 0;
        while index < needed.len() {
            let mut fewer = needed.clone();
            fewer.remove(index);
            if self.untaken(at, &fewer) == Found::Nothing {
                needed = fewer;
            } else {
                index += 1;
            }
        }
        needed
    }

    /// The rows before one that ask for something else and may take some of its texts.
    pub(super) fn candidates(&self, at: usize) -> Vec<usize> {
        let (Some(row), Some(outline)) = (self.rows.get(at), self.outlines.get(at)) else {
            return Vec::new();
        };
        let before = self.rows.iter().zip(&self.outlines).enumerate().take(at);
        before
            .filter(|(_, (earlier, other))| !asks_alike(earlier, row) && other.may_stand_in(outline))
            .map(|(index, _)| index)
            .collect()
    }

    /// A text that the later row matches as a whole, and in which the earlier one finds its own match; unless
    /// the earlier one is only an exception to the later, and stands before it as it should.
    ///
    /// Texts that merely hold both, side by side, are no overlap: there always are such.
    pub(super) fn overlap(&mut self, earlier: usize, later: usize) -> Result<Option<String>, TooLarge> {
        let mut effort = self.effort;
        let found = match (self.automaton(earlier), self.automaton(later)) {
            (Some(first), Some(second)) => {
                match shortest(&[Want::whole(second), Want::within(first)], &mut effort) {
                    Found::Text(text) => {
                        match shortest(&[Want::whole(first), Want::nowhere(second)], &mut effort) {
                            Found::Text(_) => Ok(Some(text)),
                            Found::Nothing => Ok(None),
                            Found::TooLarge => Err(TooLarge),
                        }
                    }
                    Found::Nothing => Ok(None),
                    Found::TooLarge => Err(TooLarge),
                }
            }
            _ => Err(TooLarge),
        };
        self.effort = effort;
        let found = found?;
        Ok(found.map(|text| self.spelled(&text, earlier, later)))
    }

    /// The text spelled as the rows are, if it is still matched by both.
    fn spelled(&self, text: &str, earlier: usize, later: usize) -> String {
        let both: Vec<&SubjectRule> = [later, earlier].iter().filter_map(|&at| self.rows.get(at)).collect();
        let spelled = both.iter().fold(text.to_owned(), |text, row| row.pattern.spelled_alike(&text));
        if both.iter().all(|row| row.pattern.matches(&spelled)) { spelled } else { text.to_owned() }
    }
}

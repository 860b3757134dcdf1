//! A table turned on its side: for every word of every column, the rules that it contradicts.
//!
//! A table is looked at in very many situations. Asking every rule each time would take rules times
//! situations; here a situation is a few words, and the rules are bits of them.

use crate::ruleset::column::{Column, Domains, Situation};
use crate::ruleset::table::Table;

/// How many rules one block of bits holds.
const BLOCK: usize = u64::BITS as usize;

/// Rules as bits, the first rule lowest.
type Bits = Vec<u64>;

/// For every column that a table looks at, which rules each of its words contradicts.
pub(super) struct Grid {
    columns: Vec<Contradicted>,
    /// All rules there are.
    all: Bits,
    /// Rules that have decided.
    decided: Bits,
}

struct Contradicted {
    column: Column,
    /// By the word's index.
    by_word: Vec<Bits>,
    /// Where the word is not known: every rule that asks for the column.
    unknown: Bits,
    /// Rules whose condition on this column has made no difference yet.
    idle: Bits,
}

/// What a situation makes of the rules.
pub(super) struct Outcome {
    /// Rules of which every condition holds.
    holds: Bits,
    /// Those of them that have never decided.
    undecided: Bits,
}

impl Outcome {
    /// The first rule that holds.
    pub(super) fn first(&self) -> Option<usize> {
        ones(&self.holds).next()
    }

    /// Every rule that holds and has never decided.
    pub(super) fn undecided(&self) -> impl Iterator<Item = usize> {
        ones(&self.undecided)
    }
}

fn ones(bits: &[u64]) -> impl Iterator<Item = usize> {
    bits.iter().enumerate().filter(|(_, bits)| **bits != 0).flat_map(|(block, &bits)| {
        (0..BLOCK).filter(move |at| bits >> at & 1 == 1).map(move |at| block * BLOCK + at)
    })
}

fn set(bits: &mut [u64], at: usize) {
    if let Some(block) = bits.get_mut(at / BLOCK) {
        *block |= 1 << (at % BLOCK);
    }
}

fn is_set(bits: &[u64], at: usize) -> bool {
    bits.get(at / BLOCK).is_some_and(|block| block >> (at % BLOCK) & 1 == 1)
}

impl Grid {
    pub(super) fn new<T>(table: &Table<T>, domains: &Domains) -> Self {
        let rules = table.rules().count();
        let none: Bits = vec![0; rules.div_ceil(BLOCK)];
        let mut all = none.clone();
        (0..rules).for_each(|at| set(&mut all, at));
        let mut columns = Vec::new();
        for column in table.columns() {
            let mut asking = none.clone();
            let mut holding = vec![none.clone(); usize::from(domains.size(column))];
            for (at, rule) in table.rules().enumerate() {
                for condition in rule.when.iter().filter(|condition| condition.column == column) {
                    set(&mut asking, at);
                    for &word in &condition.words {
                        if let Some(bits) = holding.get_mut(usize::from(word)) {
                            set(bits, at);
                        }
                    }
                }
            }
            for bits in &mut holding {
                bits.iter_mut().zip(&asking).for_each(|(holds, asks)| *holds = asks & !*holds);
            }
            columns.push(Contradicted { column, by_word: holding, unknown: asking.clone(), idle: asking });
        }
        Self { columns, all, decided: none }
    }

    /// Which rules hold; notes which conditions alone kept a rule from deciding.
    pub(super) fn look(&mut self, situation: &Situation) -> Outcome {
        // how many conditions of each rule fail: one at least, two at least
        let mut one: Bits = vec![0; self.all.len()];
        let mut two = one.clone();
        for contradicted in &self.columns {
            for ((fails, one), two) in contradicted.by(situation).iter().zip(&mut one).zip(&mut two) {
                *two |= *one & fails;
                *one |= fails;
            }
        }
        let holds: Bits = self.all.iter().zip(&one).map(|(all, fails)| all & !fails).collect();
        if let Some(first) = ones(&holds).next() {
            set(&mut self.decided, first);
        }
        let undecided = holds.iter().zip(&self.decided).map(|(holds, decided)| holds & !decided).collect();
        let outcome = Outcome { holds, undecided };
        // a rule behind the one that decides is not asked any more
        let end = outcome.first().unwrap_or(usize::MAX);
        for contradicted in &mut self.columns {
            let Contradicted { column, by_word, unknown, idle } = contradicted;
            let fails = failing(*column, by_word, unknown, situation);
            for (block, ((idle, fails), (one, two))) in
                idle.iter_mut().zip(fails).zip(one.iter().zip(&two)).enumerate()
            {
                *idle &= !(fails & one & !two & asked(block, end));
            }
        }
        outcome
    }

    /// Whether the condition of a rule on a column has ever made a difference.
    pub(super) fn has_effect(&self, rule: usize, column: Column) -> bool {
        self.columns.iter().any(|known| known.column == column && !is_set(&known.idle, rule))
    }
}

/// The rules of a block that come before the one that decides.
fn asked(block: usize, end: usize) -> u64 {
    match end.saturating_sub(block * BLOCK) {
        before if before >= BLOCK => u64::MAX,
        before => (1 << before) - 1,
    }
}

impl Contradicted {
    fn by(&self, situation: &Situation) -> &Bits {
        failing(self.column, &self.by_word, &self.unknown, situation)
    }
}

fn failing<'a>(column: Column, by_word: &'a [Bits], unknown: &'a Bits, situation: &Situation) -> &'a Bits {
    situation.get(column).and_then(|word| by_word.get(usize::from(word))).unwrap_or(unknown)
}

//! A pattern laid beside a subject, character by character: how far it goes, and how little keeps it from matching.
//!
//! The measure is the edit distance between the pattern and its best place in the subject (Sellers 1980). Signs that only look
//! like the wanted ones cost next to nothing, so that a number in wide digits is one mistake and not four.

mod character;
mod grid;
#[cfg(test)]
mod tests;

pub(super) use character::folded;

use crate::ruleset::pattern::{Pattern, Token};
use character::small;
use grid::{COST_MAX, Grid, is_edge_of};

/// A pattern as a row of things to find.
#[derive(Debug)]
pub(super) struct Wanted {
    items: Vec<Item>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Item {
    /// One character, in small letters, and as written.
    Sign(char, char),
    /// Digits.
    Number,
    /// Something without spaces and square brackets, under this name.
    Capture(String),
    /// Spaces; whether there must be one, and whether the pattern has one written.
    Gap { is_required: bool, is_written: bool },
}

/// One difference between a pattern and a subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Difference {
    /// This is not there.
    Missing(String),
    /// This is there and should not be.
    Extra(char),
    /// This stands where that belongs.
    Instead { saw: char, wanted: char },
    /// These two are the wrong way round.
    Swapped(char, char),
    /// This only looks like that.
    Likeness { saw: String, wanted: String },
    /// No digits where the number belongs.
    NumberMissing,
}

/// The best place of a pattern in a subject.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Fit {
    /// The characters of the subject that it covers.
    pub(super) covers: std::ops::Range<usize>,
    /// What differs, in order.
    pub(super) differences: Vec<Difference>,
    /// The subject as it should have been written there.
    pub(super) written_right: String,
}

/// How far a pattern goes without a mistake.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Reach {
    /// What of it is there.
    pub(super) found: String,
    /// What would have had to follow.
    pub(super) wanted: String,
    /// Where in the subject it stopped, in characters.
    pub(super) at: usize,
    /// Whether letters or digits of it were found; a bracket alone says nothing.
    pub(super) is_telling: bool,
}

impl Wanted {
    /// The things that a pattern looks for; nothing where it is a regular expression.
    pub(super) fn of(pattern: &Pattern) -> Self {
        let tokens = pattern.tokens();
        let mut items = Vec::new();
        let is_edge = |token: Option<&Token>| matches!(token, Some(Token::Word(_) | Token::Capture(_)));
        for (at, token) in tokens.iter().enumerate() {
            let next = tokens.get(at + 1);
            match token {
                Token::Word(word) => items.extend(word.chars().map(|c| Item::Sign(small(c), c))),
                Token::Mark(mark) => items.push(Item::Sign(small(*mark), *mark)),
                Token::Capture(name) if name == "number" => items.push(Item::Number),
                Token::Capture(name) => items.push(Item::Capture(name.clone())),
                Token::Space => {
                    let before = at.checked_sub(1).and_then(|before| tokens.get(before));
                    let is_required = is_edge(before) && is_edge(next);
                    items.push(Item::Gap { is_required, is_written: true });
                    continue;
                }
            }
            let touches_mark = matches!(token, Token::Mark(_)) || matches!(next, Some(Token::Mark(_)));
            if touches_mark && next.is_some_and(|next| *next != Token::Space) {
                items.push(Item::Gap { is_required: false, is_written: false });
            }
        }
        Self { items }
    }

    /// Whether a word goes on over the place before this item.
    fn is_within_word(&self, item: usize) -> bool {
        let is_letter =
            |at: usize| matches!(self.items.get(at), Some(Item::Sign(c, _)) if c.is_alphanumeric());
        item.checked_sub(1).is_some_and(is_letter) && is_letter(item)
    }

    fn is_free_space(&self, item: usize) -> bool {
        matches!(self.items.get(item), Some(Item::Gap { is_required: false, .. }))
    }

    /// How many letters it has.
    fn letters(&self) -> usize {
        self.items.iter().filter(|item| matches!(item, Item::Sign(c, _) if c.is_alphanumeric())).count()
    }

    /// The best place in the subject, where it is a near miss.
    pub(super) fn fit(&self, subject: &[char]) -> Option<Fit> {
        if self.letters() == 0 {
            return None;
        }
        let grid = Grid::fill(&self.items, subject, COST_MAX);
        let ends = (0..=subject.len()).filter(|&at| is_edge_of(self.items.last(), subject, at));
        let end = ends.min_by_key(|&at| grid.cost(self.items.len(), at))?;
        let fit = grid.trace_back(&self.items, subject, end)?;
        fit.is_near(self.letters()).then_some(fit)
    }

    /// How far it goes.
    pub(super) fn reach(&self, subject: &[char]) -> Reach {
        let grid = Grid::fill(&self.items, subject, 0);
        let first = |item: usize| (0..=subject.len()).find(|&at| grid.cost(item, at) == 0);
        let (mut items, at) =
            (0..=self.items.len()).rev().find_map(|item| Some((item, first(item)?))).unwrap_or_default();
        // half a word is no progress, and neither is a space that may or may not be there
        while items > 0 && (self.is_within_word(items) || self.is_free_space(items - 1)) {
            items -= 1;
        }
        let at = first(items).unwrap_or(at);
        let (found, wanted) = self.items.split_at_checked(items).unwrap_or_default();
        let is_telling = found.iter().any(|item| match item {
            Item::Sign(c, _) => c.is_alphanumeric(),
            Item::Number | Item::Capture(_) => true,
            Item::Gap { .. } => false,
        });
        Reach { found: spelled(found), wanted: spelled(wanted), at, is_telling }
    }
}

fn spelled(items: &[Item]) -> String {
    let mut text = String::new();
    for item in items {
        match item {
            Item::Sign(_, c) => text.push(*c),
            Item::Number => text.push_str("{number}"),
            Item::Capture(name) => {
                text.push('{');
                text.push_str(name);
                text.push('}');
            }
            Item::Gap { is_written, .. } => text.extend(is_written.then_some(' ')),
        }
    }
    text
}

impl Fit {
    /// Few enough differences that the pattern was probably meant: two at most, of which one in its letters.
    fn is_near(&self, letters: usize) -> bool {
        let in_letters = self.differences.iter().filter(|difference| match difference {
            Difference::Missing(text) => text.chars().any(char::is_alphanumeric),
            Difference::Extra(c) => c.is_alphanumeric(),
            Difference::Instead { saw, wanted } => saw.is_alphanumeric() || wanted.is_alphanumeric(),
            Difference::Swapped(..) => true,
            Difference::Likeness { .. } | Difference::NumberMissing => false,
        });
        let most = usize::from(letters >= 4);
        (1..=2).contains(&self.differences.len()) && in_letters.count() <= most
    }
}

//! Every way of laying a pattern beside a subject, with what it costs, and the cheapest one.

use super::character::{digit_of, is_digit, likeness, small};
use super::{Difference, Fit, Item, spelled};

/// What a mistake costs.
const MISTAKE: u16 = 64;
/// What a sign costs that only looks like the wanted one.
const LIKENESS: u16 = 1;
/// What is dearer is no near miss.
pub(super) const COST_MAX: u16 = 3 * MISTAKE - 3;
const FAR: u16 = u16::MAX;

/// How one cell of the grid is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Move {
    Begin,
    /// The item is found in this character.
    Found,
    /// The item goes on over this character.
    Goes,
    Like,
    Instead,
    Missing,
    Extra,
    Swapped,
    /// A space that need not be there is not.
    Left,
}

/// For so many items and so many characters: the least cost, and the move that led there.
pub(super) struct Grid {
    cells: Vec<(u16, Move)>,
    width: usize,
}

impl Grid {
    /// Goes every way that costs no more than this.
    pub(super) fn fill(items: &[Item], subject: &[char], cost_max: u16) -> Self {
        let width = subject.len() + 1;
        let mut grid = Self { cells: vec![(FAR, Move::Begin); width * (items.len() + 1)], width };
        for at in (0..width).filter(|&at| is_edge_of(items.first(), subject, at)) {
            grid.offer(0, at, 0, Move::Begin);
        }
        for item in 0..=items.len() {
            for at in 0..width {
                let cost = grid.cost(item, at);
                if cost <= cost_max {
                    grid.step(items, subject, (item, at), cost);
                }
            }
        }
        grid
    }

    pub(super) fn cost(&self, item: usize, at: usize) -> u16 {
        self.cells.get(item * self.width + at).map_or(FAR, |cell| cell.0)
    }

    fn offer(&mut self, item: usize, at: usize, cost: u16, how: Move) {
        if at < self.width
            && let Some(cell) = self.cells.get_mut(item * self.width + at)
            && cost < cell.0
        {
            *cell = (cost, how);
        }
    }

    /// Every way on from one cell.
    fn step(&mut self, items: &[Item], subject: &[char], (item, at): (usize, usize), cost: u16) {
        let next = subject.get(at).copied();
        let before = item.checked_sub(1).and_then(|before| items.get(before));
        if let (Some(c), Some(before)) = (next, before) {
            if goes_on(before, c) {
                self.offer(item, at + 1, cost, Move::Goes);
            }
            if item < items.len() {
                self.offer(item, at + 1, cost + MISTAKE, Move::Extra);
            }
        }
        let Some(wanted) = items.get(item) else { return };
        match wanted {
            Item::Gap { is_required: false, .. } => self.offer(item + 1, at, cost, Move::Left),
            _ => self.offer(item + 1, at, cost + MISTAKE, Move::Missing),
        }
        let Some(c) = next else { return };
        match wanted {
            Item::Sign(sign, _) if small(c) == *sign => self.offer(item + 1, at + 1, cost, Move::Found),
            Item::Sign(sign, _) if likeness(c) == Some(*sign) => {
                self.offer(item + 1, at + 1, cost + LIKENESS, Move::Like);
            }
            Item::Sign(sign, _) => {
                // a digit is never a mistyped bracket
                if !c.is_whitespace() && c.is_alphanumeric() == sign.is_alphanumeric() {
                    self.offer(item + 1, at + 1, cost + instead(c, *sign), Move::Instead);
                }
                if let Some(Item::Sign(second, _)) = items.get(item + 1)
                    && subject.get(at + 1).is_some_and(|after| small(*after) == *sign)
                    && small(c) == *second
                {
                    self.offer(item + 2, at + 2, cost + MISTAKE, Move::Swapped);
                }
            }
            Item::Number if c.is_ascii_digit() => self.offer(item + 1, at + 1, cost, Move::Found),
            Item::Number if is_digit(c) => self.offer(item + 1, at + 1, cost + LIKENESS, Move::Like),
            Item::Number => {}
            Item::Capture(_) | Item::Gap { .. } => {
                if goes_on(wanted, c) {
                    self.offer(item + 1, at + 1, cost, Move::Found);
                }
            }
        }
    }

    /// The way that led to the end, if it is not too dear.
    pub(super) fn trace_back(&self, items: &[Item], subject: &[char], end: usize) -> Option<Fit> {
        let mut moves = Vec::new();
        let (mut item, mut at) = (items.len(), end);
        loop {
            let (cost, how) = *self.cells.get(item * self.width + at)?;
            if cost > COST_MAX {
                return None;
            }
            let (items_back, characters_back) = match how {
                Move::Begin => break,
                Move::Found | Move::Like | Move::Instead => (1, 1),
                Move::Goes | Move::Extra => (0, 1),
                Move::Missing | Move::Left => (1, 0),
                Move::Swapped => (2, 2),
            };
            (item, at) = (item.checked_sub(items_back)?, at.checked_sub(characters_back)?);
            moves.push((how, item, at));
        }
        moves.reverse();
        let mut draft = Draft::default();
        for (how, item, at) in moves {
            draft.note(how, items.get(item), items, subject.get(at).copied().unwrap_or_default(), item);
        }
        Some(Fit { covers: at..end, differences: draft.differences, written_right: draft.right })
    }
}

/// What comes of going along the best way.
#[derive(Default)]
struct Draft {
    differences: Vec<Difference>,
    right: String,
}

impl Draft {
    fn note(&mut self, how: Move, wanted: Option<&Item>, items: &[Item], saw: char, item: usize) {
        match (how, wanted) {
            (Move::Goes, _) => match item.checked_sub(1).and_then(|before| items.get(before)) {
                Some(Item::Number) if !saw.is_ascii_digit() => self.like(saw, digit_of(saw)),
                Some(Item::Gap { .. }) | None => {}
                Some(_) => self.right.push(saw),
            },
            (Move::Found, Some(Item::Sign(_, sign))) => self.right.push(*sign),
            (Move::Found, Some(Item::Number | Item::Capture(_))) => self.right.push(saw),
            (Move::Found | Move::Left, Some(Item::Gap { is_written, .. })) => {
                self.right.extend(is_written.then_some(' '));
            }
            (Move::Like, Some(Item::Sign(_, sign))) => self.like(saw, *sign),
            (Move::Like, _) => self.like(saw, digit_of(saw)),
            (Move::Instead, Some(Item::Sign(_, sign))) => {
                self.right.push(*sign);
                self.differences.push(Difference::Instead { saw, wanted: *sign });
            }
            (Move::Missing, Some(item)) => self.missing(item),
            (Move::Extra, _) => self.differences.push(Difference::Extra(saw)),
            (Move::Swapped, Some(Item::Sign(_, first))) => {
                let second = match items.get(item + 1) {
                    Some(Item::Sign(_, second)) => *second,
                    _ => *first,
                };
                self.right.extend([*first, second]);
                self.differences.push(Difference::Swapped(second, *first));
            }
            _ => {}
        }
    }

    fn missing(&mut self, item: &Item) {
        match item {
            Item::Number => {
                self.right.push_str("NUMBER");
                self.differences.push(Difference::NumberMissing);
            }
            Item::Gap { .. } => {
                self.right.push(' ');
                self.differences.push(Difference::Missing(" ".to_owned()));
            }
            other => {
                let text = spelled(std::slice::from_ref(other));
                self.right.push_str(&text);
                self.differences.push(Difference::Missing(text));
            }
        }
    }

    /// Signs that only look like the wanted ones come from one keyboard: they are one mistake.
    fn like(&mut self, saw: char, wanted: char) {
        self.right.push(wanted);
        let known = self.differences.iter_mut().find_map(|difference| match difference {
            Difference::Likeness { saw, wanted } => Some((saw, wanted)),
            _ => None,
        });
        if let Some((all_saw, all_wanted)) = known {
            all_saw.push(saw);
            all_wanted.push(wanted);
        } else {
            let (saw, wanted) = (saw.to_string(), wanted.to_string());
            self.differences.push(Difference::Likeness { saw, wanted });
        }
    }
}

/// What it costs that one sign stands for another. A wrong bracket was meant to be one; a comma was not, there the bracket
/// is missing.
fn instead(saw: char, wanted: char) -> u16 {
    let is_bracket = |c: char| "()[]{}<>«»‹›\"'".contains(c);
    match (is_bracket(saw) && is_bracket(wanted), saw.is_alphanumeric()) {
        (true, _) => MISTAKE - 1,
        (false, true) => MISTAKE,
        (false, false) => MISTAKE + 1,
    }
}

/// Whether a thing to find may go on over one more character.
fn goes_on(item: &Item, c: char) -> bool {
    match item {
        Item::Sign(..) => false,
        Item::Number => is_digit(c),
        Item::Capture(_) => !c.is_whitespace() && !matches!(c, '[' | ']'),
        Item::Gap { .. } => c.is_whitespace(),
    }
}

/// Whether a pattern may begin or end at this place with this item: no word goes on over it, and where the item may be
/// anything, a word begins or ends there.
pub(super) fn is_edge_of(item: Option<&Item>, subject: &[char], at: usize) -> bool {
    let is_word = |at: usize| subject.get(at).is_some_and(|c| c.is_alphanumeric() || *c == '_');
    let [before, after] = [at.checked_sub(1).is_some_and(is_word), is_word(at)];
    if matches!(item, Some(Item::Capture(_))) { before != after } else { !(before && after) }
}

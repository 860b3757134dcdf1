//! A regular expression as a nondeterministic automaton over characters.

use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Class, Hir, HirKind, Look, Repetition};
use std::collections::BTreeMap;

/// The most states of one automaton; a pattern that needs more is not analysed.
const STATES_MAX: usize = 20_000;

/// Characters as stretches, both ends included, ascending.
pub(super) type Set = Vec<(char, char)>;

/// Where an automaton may be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum State {
    /// Takes a character of the set with this index.
    Take(usize, usize),
    /// Goes on if the place is of this kind.
    Look(Look, usize),
    /// Goes on in any of these ways.
    Split(Vec<usize>),
    /// The pattern has been found.
    Match,
}

/// A pattern as an automaton.
#[derive(Debug, Clone)]
pub struct Nfa {
    pub(super) states: Vec<State>,
    pub(super) sets: Vec<Set>,
    pub(super) looks: Vec<Look>,
    pub(super) start: usize,
}

/// The expression as `regex` would read it, whatever the case.
pub(super) fn read(expression: &str) -> Option<Hir> {
    ParserBuilder::new().case_insensitive(true).build().parse(expression).ok()
}

impl Nfa {
    /// The automaton of a regular expression whose case does not matter; `None` where it would be too large.
    pub fn new(expression: &str) -> Option<Self> {
        let hir = read(expression)?;
        let mut builder = Builder::default();
        let end = builder.state(State::Match)?;
        let start = builder.add(&hir, end)?;
        let looks = hir.properties().look_set().iter().collect();
        Some(Self { states: builder.states, sets: builder.sets, looks, start })
    }
}

#[derive(Default)]
struct Builder {
    states: Vec<State>,
    sets: Vec<Set>,
    places: BTreeMap<Set, usize>,
}

impl Builder {
    fn state(&mut self, state: State) -> Option<usize> {
        self.states.push(state);
        (self.states.len() <= STATES_MAX).then(|| self.states.len() - 1)
    }

    /// A state that takes one character of a set.
    fn take(&mut self, set: Set, next: usize) -> Option<usize> {
        let index = if let Some(&index) = self.places.get(&set) {
            index
        } else {
            self.places.insert(set.clone(), self.sets.len());
            self.sets.push(set);
            self.sets.len() - 1
        };
        self.state(State::Take(index, next))
    }

    /// The states of an expression, from its end to its beginning; gives the first.
    fn add(&mut self, hir: &Hir, next: usize) -> Option<usize> {
        match hir.kind() {
            HirKind::Empty => Some(next),
            HirKind::Literal(literal) => {
                let text = std::str::from_utf8(&literal.0).ok()?;
                text.chars().rev().try_fold(next, |next, c| self.take(vec![(c, c)], next))
            }
            HirKind::Class(class) => self.take(set(class), next),
            HirKind::Look(look) => self.state(State::Look(*look, next)),
            HirKind::Capture(capture) => self.add(&capture.sub, next),
            HirKind::Concat(parts) => parts.iter().rev().try_fold(next, |next, part| self.add(part, next)),
            HirKind::Alternation(ways) => {
                let ways: Option<Vec<usize>> = ways.iter().map(|way| self.add(way, next)).collect();
                self.state(State::Split(ways?))
            }
            HirKind::Repetition(repetition) => self.repeat(repetition, next),
        }
    }

    fn repeat(&mut self, repetition: &Repetition, next: usize) -> Option<usize> {
        let mut next = next;
        match repetition.max {
            None => {
                let again = self.state(State::Split(Vec::new()))?;
                let first = self.add(&repetition.sub, again)?;
                if let Some(state) = self.states.get_mut(again) {
                    *state = State::Split(vec![first, next]);
                }
                next = again;
            }
            Some(max) => {
                let end = next;
                for _ in repetition.min..max {
                    let first = self.add(&repetition.sub, next)?;
                    next = self.state(State::Split(vec![first, end]))?;
                }
            }
        }
        (0..repetition.min).try_fold(next, |next, _| self.add(&repetition.sub, next))
    }
}

/// The characters of a class.
pub(super) fn set(class: &Class) -> Set {
    match class {
        Class::Unicode(class) => class.iter().map(|range| (range.start(), range.end())).collect(),
        Class::Bytes(class) => {
            class.iter().map(|range| (char::from(range.start()), char::from(range.end()))).collect()
        }
    }
}

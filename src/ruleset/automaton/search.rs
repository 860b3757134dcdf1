//! The shortest text that some patterns match and others do not.

use super::alphabet::{Beside, Letter, holds, letters};
use super::nfa::{Nfa, State};
use std::collections::{HashSet, VecDeque};

/// What a text is wanted to be to one pattern.
#[derive(Debug, Clone, Copy)]
pub struct Want<'a> {
    /// The pattern.
    pub nfa: &'a Nfa,
    /// The pattern is the whole text, rather than somewhere in it.
    pub is_whole: bool,
    /// Wanted so, or wanted not so.
    pub is_wanted: bool,
}

impl<'a> Want<'a> {
    /// The pattern stands somewhere in the text.
    pub fn within(nfa: &'a Nfa) -> Self {
        Self { nfa, is_whole: false, is_wanted: true }
    }

    /// The pattern is the whole text.
    pub fn whole(nfa: &'a Nfa) -> Self {
        Self { nfa, is_whole: true, is_wanted: true }
    }

    /// The pattern stands nowhere in the text.
    pub fn nowhere(nfa: &'a Nfa) -> Self {
        Self { nfa, is_whole: false, is_wanted: false }
    }
}

/// What a search came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// A shortest such text.
    Text(String),
    /// There is no such text.
    Nothing,
    /// The bound was reached before either was sure.
    TooLarge,
}

/// How much work searches may still do, in states visited.
#[derive(Debug, Clone, Copy)]
pub struct Effort {
    left: usize,
}

impl Effort {
    /// Work for so many states.
    pub fn new(states: usize) -> Self {
        Self { left: states }
    }

    /// A share of the work, at most what is left of it.
    fn share(&mut self, states: usize) -> Self {
        Self { left: states.min(self.left) }
    }

    fn spend(&mut self, states: usize) -> bool {
        let is_enough = self.left >= states;
        self.left = self.left.saturating_sub(states);
        is_enough
    }
}

/// The most states that one search visits.
const SEARCH_MAX: usize = 400_000;

/// Where one automaton stands: the states just entered, or nothing more to do once it has matched.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Stand {
    has_matched: bool,
    entered: Vec<usize>,
}

/// A place that can be reached, and how.
struct Reached {
    stands: Vec<Stand>,
    before: Beside,
    from: Option<(usize, char)>,
}

/// A shortest text that is to every pattern what is wanted.
pub fn shortest(wants: &[Want<'_>], effort: &mut Effort) -> Found {
    let automata: Vec<&Nfa> = wants.iter().map(|want| want.nfa).collect();
    let letters = letters(&automata);
    let mut own = effort.share(SEARCH_MAX);
    let before = own.left;
    let found = Walk { wants, letters: &letters, effort: &mut own, reached: Vec::new() }.run();
    effort.spend(before - own.left);
    found
}

struct Walk<'a> {
    wants: &'a [Want<'a>],
    letters: &'a [Letter],
    effort: &'a mut Effort,
    reached: Vec<Reached>,
}

/// What automata become before the next letter: whether they have matched by now, and what they may take.
type Open = Vec<(bool, Vec<(usize, usize)>)>;

impl Walk<'_> {
    fn run(mut self) -> Found {
        let stands =
            self.wants.iter().map(|want| Stand { has_matched: false, entered: vec![want.nfa.start] });
        let start: Vec<Stand> = stands.collect();
        let looks = self.wants.iter().any(|want| !want.nfa.looks.is_empty());
        let edge = if looks { Beside::EDGE } else { Beside::default() };
        let mut seen = HashSet::from([(start.clone(), edge)]);
        self.reached.push(Reached { stands: start, before: edge, from: None });
        let mut queue = VecDeque::from([0]);
        while let Some(at) = queue.pop_front() {
            let Some(Reached { stands, before, .. }) = self.reached.get(at) else { continue };
            let (stands, before) = (stands.clone(), *before);
            let Some(open) = self.open(&stands, before, edge, true) else { return Found::TooLarge };
            if open.iter().zip(self.wants).all(|((has_matched, _), want)| *has_matched == want.is_wanted) {
                return Found::Text(self.text(at));
            }
            let mut opened: Vec<(Beside, Open)> = Vec::new();
            for letter in self.letters {
                if !opened.iter().any(|(beside, _)| *beside == letter.beside) {
                    let Some(open) = self.open(&stands, before, letter.beside, false) else {
                        return Found::TooLarge;
                    };
                    opened.push((letter.beside, open));
                }
                let Some((_, open)) = opened.iter().find(|(beside, _)| *beside == letter.beside) else {
                    continue;
                };
                let Some(next) = self.step(open, letter) else { continue };
                if seen.insert((next.clone(), letter.beside)) {
                    queue.push_back(self.reached.len());
                    let from = Some((at, letter.shown));
                    self.reached.push(Reached { stands: next, before: letter.beside, from });
                }
                let size: usize = 1 + open.iter().map(|(_, takes)| takes.len()).sum::<usize>();
                if !self.effort.spend(size) {
                    return Found::TooLarge;
                }
            }
        }
        Found::Nothing
    }

    /// Goes on from the states just entered without taking a letter, as far as the place allows.
    fn open(&mut self, stands: &[Stand], before: Beside, after: Beside, is_end: bool) -> Option<Open> {
        let mut all = Vec::with_capacity(stands.len());
        for (stand, want) in stands.iter().zip(self.wants) {
            if stand.has_matched {
                all.push((true, Vec::new()));
                continue;
            }
            let nfa = want.nfa;
            let mut seen: HashSet<usize> = HashSet::new();
            let mut left = stand.entered.clone();
            let mut takes = Vec::new();
            let mut has_matched = false;
            while let Some(at) = left.pop() {
                if !seen.insert(at) {
                    continue;
                }
                match nfa.states.get(at) {
                    Some(State::Take(set, next)) => takes.push((*set, *next)),
                    Some(State::Look(look, next)) if holds(*look, before, after) => left.push(*next),
                    Some(State::Split(ways)) => left.extend(ways),
                    Some(State::Match) => has_matched = true,
                    Some(State::Look(..)) | None => {}
                }
            }
            if !self.effort.spend(seen.len()) {
                return None;
            }
            // the whole text is matched only at its end
            let is_over = is_end || !want.is_whole;
            all.push((has_matched && is_over, takes));
        }
        Some(all)
    }

    /// Takes a letter; `None` where what is wanted can no longer come about.
    fn step(&self, open: &[(bool, Vec<(usize, usize)>)], letter: &Letter) -> Option<Vec<Stand>> {
        let mut stands = Vec::with_capacity(open.len());
        for (((has_matched, takes), want), is_in) in open.iter().zip(self.wants).zip(&letter.is_in) {
            if *has_matched {
                if !want.is_wanted {
                    return None;
                }
                stands.push(Stand { has_matched: true, entered: Vec::new() });
                continue;
            }
            let holds = |set: usize| is_in.get(set).copied().unwrap_or_default();
            let mut entered: Vec<usize> =
                takes.iter().filter(|(set, _)| holds(*set)).map(|(_, next)| *next).collect();
            if want.is_whole {
                if entered.is_empty() && want.is_wanted {
                    return None;
                }
            } else {
                entered.push(want.nfa.start);
            }
            entered.sort_unstable();
            entered.dedup();
            stands.push(Stand { has_matched: false, entered });
        }
        Some(stands)
    }

    /// The letters on the way to a place.
    fn text(&self, at: usize) -> String {
        let mut letters = Vec::new();
        let mut at = Some(at);
        while let Some((from, letter)) =
            at.and_then(|at| self.reached.get(at)).and_then(|reached| reached.from)
        {
            letters.push(letter);
            at = Some(from);
        }
        letters.into_iter().rev().collect()
    }
}

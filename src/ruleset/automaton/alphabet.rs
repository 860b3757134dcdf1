//! The characters that some automata tell apart, each with one that stands for all of its kind.

use super::nfa::{Nfa, Set, read, set};
use regex_syntax::hir::{HirKind, Look};
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// Characters that no automaton at hand tells apart.
#[derive(Debug, Clone)]
pub(super) struct Letter {
    /// The one that stands for all of them: as plain to the eye as any.
    pub(super) shown: char,
    /// For each automaton, whether each of its sets holds it.
    pub(super) is_in: Vec<Vec<bool>>,
    /// What a place beside it may be asked.
    pub(super) beside: Beside,
}

/// What a look to the left or right sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a question of its own")]
pub(super) struct Beside {
    /// There is nothing: the text begins or ends here.
    pub(super) is_edge: bool,
    is_word: bool,
    is_ascii_word: bool,
    is_line_feed: bool,
    is_return: bool,
}

impl Beside {
    /// The edge of the text.
    pub(super) const EDGE: Self =
        Self { is_edge: true, is_word: false, is_ascii_word: false, is_line_feed: false, is_return: false };

    fn of(c: char) -> Self {
        Self {
            is_edge: false,
            is_word: regex_syntax::try_is_word_character(c).unwrap_or_default(),
            is_ascii_word: c.is_ascii_alphanumeric() || c == '_',
            is_line_feed: c == '\n',
            is_return: c == '\r',
        }
    }
}

/// Whether a place between two characters is of a kind.
pub(super) fn holds(look: Look, before: Beside, after: Beside) -> bool {
    match look {
        Look::Start => before.is_edge,
        Look::End => after.is_edge,
        Look::StartLF => before.is_edge || before.is_line_feed,
        Look::EndLF => after.is_edge || after.is_line_feed,
        Look::StartCRLF => before.is_edge || before.is_line_feed || (before.is_return && !after.is_line_feed),
        Look::EndCRLF => after.is_edge || after.is_return || (after.is_line_feed && !before.is_return),
        Look::WordAscii => before.is_ascii_word != after.is_ascii_word,
        Look::WordAsciiNegate => before.is_ascii_word == after.is_ascii_word,
        Look::WordUnicode => before.is_word != after.is_word,
        Look::WordUnicodeNegate => before.is_word == after.is_word,
        Look::WordStartAscii => !before.is_ascii_word && after.is_ascii_word,
        Look::WordEndAscii => before.is_ascii_word && !after.is_ascii_word,
        Look::WordStartUnicode => !before.is_word && after.is_word,
        Look::WordEndUnicode => before.is_word && !after.is_word,
        Look::WordStartHalfAscii => !before.is_ascii_word,
        Look::WordEndHalfAscii => !after.is_ascii_word,
        Look::WordStartHalfUnicode => !before.is_word,
        Look::WordEndHalfUnicode => !after.is_word,
    }
}

/// The characters of words, in every script.
static WORD: LazyLock<Set> = LazyLock::new(|| {
    let hir = read(r"\w");
    match hir.as_ref().map(regex_syntax::hir::Hir::kind) {
        Some(HirKind::Class(class)) => set(class),
        _ => Vec::new(),
    }
});

/// The sets that looks tell apart.
fn sets_of_look(look: Look) -> Vec<Set> {
    match look {
        Look::Start | Look::End => Vec::new(),
        Look::StartLF | Look::EndLF => vec![vec![('\n', '\n')]],
        Look::StartCRLF | Look::EndCRLF => vec![vec![('\n', '\n')], vec![('\r', '\r')]],
        Look::WordAscii
        | Look::WordAsciiNegate
        | Look::WordStartAscii
        | Look::WordEndAscii
        | Look::WordStartHalfAscii
        | Look::WordEndHalfAscii => vec![vec![('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z')]],
        Look::WordUnicode
        | Look::WordUnicodeNegate
        | Look::WordStartUnicode
        | Look::WordEndUnicode
        | Look::WordStartHalfUnicode
        | Look::WordEndHalfUnicode => vec![WORD.clone()],
    }
}

/// The letters that these automata tell apart, the plainest first.
pub(super) fn letters(automata: &[&Nfa]) -> Vec<Letter> {
    let mut looks: Vec<Look> = automata.iter().flat_map(|nfa| nfa.looks.iter().copied()).collect();
    looks.sort_unstable_by_key(|look| look.as_repr());
    looks.dedup();
    let of_looks: Vec<Set> = looks.iter().flat_map(|&look| sets_of_look(look)).collect();
    let sets: Vec<&Set> = automata.iter().flat_map(|nfa| &nfa.sets).chain(&of_looks).collect();
    let after =
        |c: char| char::from_u32(u32::from(c) + 1).unwrap_or(if c < '\u{e000}' { '\u{e000}' } else { c });
    let mut starts: Vec<char> = vec!['\0'];
    for &(first, last) in sets.iter().copied().flatten() {
        starts.push(first);
        if last < char::MAX {
            starts.push(after(last));
        }
    }
    starts.sort_unstable();
    starts.dedup();
    let mut kinds: BTreeMap<Vec<bool>, char> = BTreeMap::new();
    for (at, &first) in starts.iter().enumerate() {
        let end = starts.get(at + 1).copied().unwrap_or(char::MAX);
        let plain = plainest(first, end);
        let holding: Vec<bool> = sets.iter().map(|set| contains(set, first)).collect();
        let shown = kinds.entry(holding).or_insert(plain);
        if rank(plain) < rank(*shown) {
            *shown = plain;
        }
    }
    let letter = |(holding, shown): (Vec<bool>, char)| {
        let mut holding = holding.into_iter();
        let is_in = automata.iter().map(|nfa| holding.by_ref().take(nfa.sets.len()).collect()).collect();
        // where nobody looks, what is beside makes no difference, and must not seem to
        let beside = if looks.is_empty() { Beside::default() } else { Beside::of(shown) };
        Letter { shown, is_in, beside }
    };
    let mut letters: Vec<Letter> = kinds.into_iter().map(letter).collect();
    letters.sort_by_key(|letter| (rank(letter.shown), letter.shown));
    letters
}

fn contains(set: &[(char, char)], c: char) -> bool {
    let at = set.partition_point(|&(_, last)| last < c);
    set.get(at).is_some_and(|&(first, _)| first <= c)
}

/// How readily a character is shown to people, the best first.
fn rank(c: char) -> u8 {
    match c {
        '1' => 0,
        'x' => 1,
        'a'..='z' => 2,
        '0'..='9' => 3,
        'A'..='Z' => 4,
        ' ' => 5,
        _ if c.is_ascii_graphic() => 6,
        _ if c.is_lowercase() => 7,
        _ if c.is_alphanumeric() => 8,
        _ if !c.is_control() && !c.is_whitespace() => 9,
        _ => 10,
    }
}

/// The plainest character from one up to another.
fn plainest(first: char, end: char) -> char {
    let ascii = (first..end).take_while(char::is_ascii);
    ascii.min_by_key(|&c| rank(c)).filter(|&c| rank(c) < 10).unwrap_or(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_that_nobody_tells_apart_are_one_letter() {
        let nfa = Nfa::new("[0-9]+ a").unwrap();
        let shown: String = letters(&[&nfa]).iter().map(|letter| letter.shown).collect();
        assert_eq!(shown, "1xa ");
    }

    #[test]
    fn a_word_has_letters_of_every_script() {
        let nfa = Nfa::new(r"\bü").unwrap();
        let letters = letters(&[&nfa]);
        assert!(letters.iter().any(|letter| letter.shown == 'ü' && letter.beside.is_word));
        assert!(letters.iter().any(|letter| letter.shown == '1' && letter.beside.is_word));
        assert!(letters.iter().any(|letter| letter.shown == ' ' && !letter.beside.is_word));
        assert_eq!(letters.len(), 3);
    }
}

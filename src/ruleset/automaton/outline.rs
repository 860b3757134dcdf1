//! What the letters and digits of a pattern say at a glance, so that most pairs need not be compared in full.

use super::nfa::{read, set};
use regex_syntax::hir::{Hir, HirKind};

/// The letters and digits of a pattern. Only A to Z, in small, and 0 to 9 count.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Outline {
    /// What stands in a row in every text that the pattern matches; empty where there is nothing to be sure of.
    pub piece: String,
    /// Its match from left to right; `None` where letters may stand in it that are not known.
    parts: Option<Vec<Part>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    /// This letter or digit.
    Sign(char),
    /// At least one character, and neither letter nor digit.
    Gap,
    /// Perhaps something, and neither letter nor digit.
    Nothing,
    /// Perhaps something, and no letter.
    Digits,
    /// Perhaps letters.
    Open,
}

/// The small letter or the digit that a character may be taken for; the case of a pattern does not matter.
fn sign(c: char) -> Option<char> {
    match c {
        'ſ' => Some('s'),
        '\u{212a}' => Some('k'),
        _ if c.is_ascii_alphanumeric() => Some(c.to_ascii_lowercase()),
        _ => None,
    }
}

/// A text with its letters in small, to look for pieces in.
pub fn folded(text: &str) -> String {
    text.chars().map(|c| sign(c).unwrap_or(c)).collect()
}

impl Outline {
    /// The outline of a regular expression whose case does not matter.
    pub fn new(expression: &str) -> Self {
        let mut parts = Vec::new();
        match read(expression) {
            Some(hir) => collect(&hir, &mut parts),
            None => parts.push(Part::Open),
        }
        let (mut piece, mut run) = (String::new(), String::new());
        for part in parts.iter().chain([&Part::Gap]) {
            if let Part::Sign(c) = part {
                run.push(*c);
                continue;
            }
            if run.len() > piece.len() {
                piece.clone_from(&run);
            }
            run.clear();
        }
        let is_open = parts.contains(&Part::Open);
        Self { piece, parts: (!is_open).then_some(parts) }
    }

    /// Whether a text, [`folded`], can be matched by the pattern at all.
    pub fn may_match(&self, folded: &str) -> bool {
        folded.contains(&self.piece)
    }

    /// Whether a text that the other pattern matches as a whole can hold a match of this one.
    pub fn may_stand_in(&self, other: &Self) -> bool {
        other.parts.as_ref().is_none_or(|parts| stands_among(&self.piece, parts))
    }
}

/// Whether a piece can stand somewhere among these parts.
fn stands_among(piece: &str, parts: &[Part]) -> bool {
    // before which parts the piece may have come so far; it may begin anywhere
    let mut places = vec![true; parts.len() + 1];
    for c in piece.chars() {
        let mut next = vec![false; parts.len() + 1];
        let mut comes_over = false;
        for (at, part) in parts.iter().enumerate() {
            let is_here = comes_over || places.get(at).copied().unwrap_or_default();
            comes_over = is_here && matches!(part, Part::Nothing | Part::Digits);
            let to = match part {
                Part::Sign(known) if *known == c => at + 1,
                Part::Digits if c.is_ascii_digit() => at,
                _ => continue,
            };
            if let Some(place) = next.get_mut(to).filter(|_| is_here) {
                *place = true;
            }
        }
        if !next.contains(&true) {
            return false;
        }
        places = next;
    }
    true
}

fn has_signs(parts: &[Part]) -> bool {
    parts.iter().any(|part| matches!(part, Part::Sign(_) | Part::Open))
}

fn collect(hir: &Hir, parts: &mut Vec<Part>) {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => {}
        HirKind::Literal(literal) => {
            let text = String::from_utf8_lossy(&literal.0);
            parts.extend(text.chars().map(|c| sign(c).map_or(Part::Gap, Part::Sign)));
        }
        HirKind::Class(class) => parts.push(of_class(&set(class))),
        HirKind::Capture(capture) => collect(&capture.sub, parts),
        HirKind::Concat(all) => all.iter().for_each(|part| collect(part, parts)),
        HirKind::Repetition(repetition) => {
            let mut within = Vec::new();
            collect(&repetition.sub, &mut within);
            parts.push(match repetition.min {
                _ if has_signs(&within) => Part::Open,
                _ if within.contains(&Part::Digits) => Part::Digits,
                0 => Part::Nothing,
                _ if within.contains(&Part::Gap) => Part::Gap,
                _ => Part::Nothing,
            });
        }
        HirKind::Alternation(ways) => {
            let mut within = Vec::new();
            for way in ways {
                collect(way, &mut within);
            }
            parts.push(if has_signs(&within) {
                Part::Open
            } else if within.contains(&Part::Digits) {
                Part::Digits
            } else {
                Part::Nothing
            });
        }
    }
}

fn of_class(set: &[(char, char)]) -> Part {
    let holds = |c: char| set.iter().any(|&(first, last)| (first..=last).contains(&c));
    let all = ('a'..='z').chain('A'..='Z').chain('0'..='9').chain(['ſ', '\u{212a}']);
    let mut signs: Vec<char> = all.filter(|&c| holds(c)).filter_map(sign).collect();
    signs.sort_unstable();
    signs.dedup();
    // more characters than these would show within a few
    let has_others = set.iter().any(|&(first, last)| (first..=last).take(70).any(|c| sign(c).is_none()));
    match signs.as_slice() {
        [] => Part::Gap,
        [only] if !has_others => Part::Sign(*only),
        _ if signs.iter().all(char::is_ascii_digit) => Part::Digits,
        _ => Part::Open,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_in_every_match_is_found_whatever_the_case() {
        let check = |expression: &str, piece: &str, is_open: bool| {
            let outline = Outline::new(expression);
            assert_eq!((outline.piece.as_str(), outline.parts.is_none()), (piece, is_open), "{expression}");
        };
        check(r"\[\s*CLOSE\s*#\s*(?<number>[0-9]+)\s*\]", "close", false);
        check(r"\bTask\s+(?<number>[0-9]+)\b", "task", false);
        check(r"ab\s*cde", "cde", false);
        check(r"\[W12x#[0-9]+\]", "w12x", false);
        check(r"(desk|office) [0-9]", "", true);
        check(r"x[^\]]+closed", "closed", true);
    }

    #[test]
    fn a_piece_is_seen_in_letters_that_only_look_different() {
        assert!(Outline::new("task").may_match(&folded("Re: TAſ\u{212a} 1")));
        assert!(!Outline::new("task").may_match(&folded("Re: [CALL#1]")));
    }

    #[test]
    fn a_piece_may_stand_where_its_letters_do_and_digits_where_digits_may() {
        let may = |one: &str, other: &str| Outline::new(one).may_stand_in(&Outline::new(other));
        assert!(may("call [0-9]", "recall [0-9]") && !may("recall [0-9]", "call [0-9]"));
        assert!(may("recall", "[a-z]+ [0-9]"));
        assert!(may("w12x", r"w[0-9]+x") && may("12", r"call [0-9]") && may("l1", r"call[0-9]*"));
        assert!(!may("w12x", r"w13x#[0-9]") && !may("w1x", r"w[0-9]+ x"));
        assert!(may("cd", r"abc\s*de"));
    }
}

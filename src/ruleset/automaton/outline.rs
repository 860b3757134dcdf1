//! What the letters of a pattern say at a glance, so that most pairs need not be compared in full.

use super::nfa::{read, set};
use regex_syntax::hir::{Hir, HirKind};

/// The letters of a pattern. Only A to Z count, in small.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Outline {
    /// Letters that stand in a row in every text the pattern matches; empty where there are none to be sure of.
    pub piece: String,
    /// All letters of its match, with a mark wherever something else stands; `None` where it may hold others.
    pub letters: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Item {
    Letter(char),
    /// At least one character, and no letter.
    Gap,
    /// Perhaps something, and no letter.
    Nothing,
    /// Perhaps letters.
    Open,
}

/// Stands for a gap among the letters.
const GAP: char = '\0';

/// The small letter of A to Z that a character may be taken for; the case of a pattern does not matter.
fn letter(c: char) -> Option<char> {
    match c {
        'ſ' => Some('s'),
        '\u{212a}' => Some('k'),
        _ if c.is_ascii_alphabetic() => Some(c.to_ascii_lowercase()),
        _ => None,
    }
}

/// A text with its letters in small, to look for pieces in.
pub(super) fn folded(text: &str) -> String {
    text.chars().map(|c| letter(c).unwrap_or(c)).collect()
}

impl Outline {
    /// The outline of a regular expression whose case does not matter.
    pub fn new(expression: &str) -> Self {
        let mut items = Vec::new();
        match read(expression) {
            Some(hir) => collect(&hir, &mut items),
            None => items.push(Item::Open),
        }
        let (mut piece, mut run, mut letters) = (String::new(), String::new(), Some(String::new()));
        for item in items.into_iter().chain([Item::Gap]) {
            match item {
                Item::Letter(c) => {
                    run.push(c);
                    letters.iter_mut().for_each(|letters| letters.push(c));
                    continue;
                }
                Item::Gap => letters.iter_mut().for_each(|letters| letters.push(GAP)),
                Item::Open => letters = None,
                // what may be absent does not part letters for sure, nor keep them together
                Item::Nothing => {}
            }
            if run.len() > piece.len() {
                piece.clone_from(&run);
            }
            run.clear();
        }
        Self { piece, letters }
    }

    /// Whether a text can be matched by the pattern at all.
    pub fn may_match(&self, text: &str) -> bool {
        self.piece.is_empty() || folded(text).contains(&self.piece)
    }

    /// Whether a text that the other pattern matches as a whole can hold a match of this one.
    pub fn may_stand_in(&self, other: &Self) -> bool {
        other.letters.as_ref().is_none_or(|letters| letters.contains(&self.piece))
    }
}

fn collect(hir: &Hir, items: &mut Vec<Item>) {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => {}
        HirKind::Literal(literal) => {
            let text = String::from_utf8_lossy(&literal.0);
            items.extend(text.chars().map(|c| letter(c).map_or(Item::Gap, Item::Letter)));
        }
        HirKind::Class(class) => items.push(class_item(&set(class))),
        HirKind::Capture(capture) => collect(&capture.sub, items),
        HirKind::Concat(parts) => parts.iter().for_each(|part| collect(part, items)),
        HirKind::Repetition(repetition) => {
            let mut within = Vec::new();
            collect(&repetition.sub, &mut within);
            let has_letters = within.iter().any(|item| matches!(item, Item::Letter(_) | Item::Open));
            items.push(match repetition.min {
                _ if has_letters => Item::Open,
                0 => Item::Nothing,
                _ => within.iter().copied().find(|item| *item == Item::Gap).unwrap_or(Item::Nothing),
            });
        }
        HirKind::Alternation(ways) => {
            let mut all: Vec<Vec<Item>> = Vec::new();
            for way in ways {
                let mut within = Vec::new();
                collect(way, &mut within);
                all.push(within);
            }
            all.dedup();
            match all.as_slice() {
                [only] => items.extend(only),
                _ if all.iter().flatten().any(|item| matches!(item, Item::Letter(_) | Item::Open)) => {
                    items.push(Item::Open);
                }
                _ => items.push(Item::Nothing),
            }
        }
    }
}

fn class_item(set: &[(char, char)]) -> Item {
    let mut known = Vec::new();
    let holds = |c: char| set.iter().any(|&(first, last)| (first..=last).contains(&c));
    for c in ('a'..='z').chain('A'..='Z').chain(['ſ', '\u{212a}']) {
        if holds(c)
            && let Some(c) = letter(c)
            && !known.contains(&c)
        {
            known.push(c);
        }
    }
    let others = set.iter().any(|&(first, last)| {
        let mut few = (first..=last).take(30);
        few.any(|c| letter(c).is_none())
    });
    match known.as_slice() {
        [] => Item::Gap,
        [only] if !others => Item::Letter(*only),
        _ => Item::Open,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_found_whatever_the_case() {
        let check = |expression: &str, piece: &str, letters: Option<&str>| {
            let outline = Outline::new(expression);
            assert_eq!(
                (outline.piece.as_str(), outline.letters.as_deref()),
                (piece, letters),
                "{expression}"
            );
        };
        check(r"\[\s*CLOSE\s*#\s*(?<number>[0-9]+)\s*\]", "close", Some("\0close\0\0\0\0"));
        check(r"\bTask\s+(?<number>[0-9]+)\b", "task", Some("task\0\0\0"));
        check(r"ab\s*cd", "ab", Some("abcd\0"));
        check(r"(desk|office) [0-9]", "", None);
        check(r"x[^\]]+closed", "closed", None);
    }

    #[test]
    fn a_piece_is_seen_in_letters_that_only_look_different() {
        assert!(Outline::new("task").may_match("Re: TAſ\u{212a} 1"));
        assert!(!Outline::new("task").may_match("Re: [CALL#1]"));
        let [call, recall, any] = [r"call [0-9]", r"recall [0-9]", r"[a-z]+ [0-9]"].map(Outline::new);
        assert!(call.may_stand_in(&recall) && !recall.may_stand_in(&call) && recall.may_stand_in(&any));
    }
}

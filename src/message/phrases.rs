//! Words of many languages that are looked for in nearly every line, and met in few.

use aho_corasick::{AhoCorasick, AhoCorasickKind};
use std::borrow::Cow;

/// Words that may stand anywhere in a text; in lower case.
pub(super) struct Phrases(Option<AhoCorasick>);

impl Phrases {
    pub(super) fn of(words: &[&str]) -> Self {
        // the fastest search is prepared in twice the time, which is felt where one mail is read, and saves a hundredth of it then
        let kind = Some(AhoCorasickKind::ContiguousNFA);
        // only more words than any list of ours holds would be too many
        Self(AhoCorasick::builder().kind(kind).ascii_case_insensitive(true).build(words).ok())
    }

    /// Whether one of them stands in a text, however it is written.
    pub(super) fn stand_in(&self, text: &str) -> bool {
        let lower = if text.is_ascii() { Cow::Borrowed(text) } else { Cow::Owned(text.to_lowercase()) };
        self.0.as_ref().is_some_and(|words| words.is_match(lower.as_ref()))
    }

    /// Where the first of them begins in a text in lower case.
    pub(super) fn first_in(&self, lower: &str) -> Option<usize> {
        self.0.as_ref()?.find_overlapping_iter(lower).map(|found| found.start()).min()
    }

    /// Whether one of them that is wanted, by its number, stands in a text as words of their own. Scripts without small
    /// letters put no blanks between words.
    pub(super) fn stand_as_words_in(&self, text: &str, wanted: impl Fn(usize) -> bool) -> bool {
        self.any_in(text, |before, found, behind, number| {
            wanted(number) && begins_word(before, found) && ends_word(found, behind)
        })
    }

    /// Whether one of them stands in a text and begins a word there.
    pub(super) fn begin_words_in(&self, text: &str) -> bool {
        self.any_in(text, |before, found, _, _| begins_word(before, found))
    }

    fn any_in(&self, text: &str, is_met: impl Fn(&str, &str, &str, usize) -> bool) -> bool {
        let lower = if text.is_ascii() { Cow::Borrowed(text) } else { Cow::Owned(text.to_lowercase()) };
        let Some(words) = &self.0 else { return false };
        words.find_overlapping_iter(lower.as_ref()).any(|found| {
            let part = |range| lower.get(range).unwrap_or_default();
            let (before, behind) = (part(0..found.start()), part(found.end()..lower.len()));
            is_met(before, part(found.range()), behind, found.pattern().as_usize())
        })
    }
}

fn begins_word(before: &str, found: &str) -> bool {
    !(before.ends_with(is_cased) && found.starts_with(is_cased))
}

fn ends_word(found: &str, behind: &str) -> bool {
    !(found.ends_with(is_cased) && behind.starts_with(is_cased))
}

fn is_cased(c: char) -> bool {
    c.is_lowercase() || c.is_uppercase()
}

/// Words with which a text may begin, in lower case, each of two bytes at least.
pub(super) struct Beginnings<const N: usize> {
    words: [&'static str; N],
    /// A bit for each pair of first bytes that is there; different pairs may share one.
    pairs: [u128; 2],
    /// For each first byte the number of the first word that begins with it, counted from one; none is zero.
    heads: [u8; 256],
    /// For each word the number of the next one with the same first byte.
    next: [u8; N],
}

impl<const N: usize> Beginnings<N> {
    #[expect(
        clippy::indexing_slicing,
        clippy::cast_possible_truncation,
        reason = "worked out while the program is built, which ends where there are more words than numbers"
    )]
    pub(super) const fn of(words: [&'static str; N]) -> Self {
        assert!(N < 256);
        let (mut pairs, mut heads, mut next) = ([0; 2], [0; 256], [0; N]);
        let mut number = N;
        while number > 0 {
            let bytes = words[number - 1].as_bytes();
            let (half, bit) = place(bytes[0], bytes[1]);
            pairs[half] |= bit;
            next[number - 1] = heads[bytes[0] as usize];
            heads[bytes[0] as usize] = number as u8;
            number -= 1;
        }
        Self { words, pairs, heads, next }
    }

    /// The words that begin with this byte, in the order of the list.
    fn beginning_with(&self, first: Option<u8>) -> impl Iterator<Item = &'static str> {
        let numbered = |number: u8| usize::from(number).checked_sub(1);
        let head = first.and_then(|first| self.heads.get(usize::from(first)).copied()).and_then(numbered);
        let after = move |at: &usize| self.next.get(*at).copied().and_then(numbered);
        std::iter::successors(head, after).filter_map(|at| self.words.get(at).copied())
    }

    /// Whether a text begins with one of them, however it is written.
    pub(super) fn begin(&self, text: &str) -> bool {
        if !self.may_begin(text) {
            return false;
        }
        let first = text.bytes().next().map(|byte| byte.to_ascii_lowercase());
        if first.is_some_and(|first| !first.is_ascii()) {
            return self.behind(&text.to_lowercase()).is_some();
        }
        let is_ascii = text.is_ascii();
        self.beginning_with(first).any(|word| {
            text.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word))
                || !is_ascii && !word.is_ascii() && text.to_lowercase().starts_with(word)
        })
    }

    /// What stands behind the first of them with which a text in lower case begins.
    pub(super) fn behind<'t>(&self, lower: &'t str) -> Option<&'t str> {
        self.each_behind(lower).next()
    }

    /// What stands behind each of them with which a text in lower case begins.
    pub(super) fn each_behind<'t>(&self, lower: &'t str) -> impl Iterator<Item = &'t str> {
        let first = lower.bytes().next().filter(|_| self.may_begin(lower));
        self.beginning_with(first).filter_map(|word| lower.strip_prefix(word))
    }

    /// Whether it is worth the while to ask; the answer may be wrong where it is yes.
    pub(super) fn may_begin(&self, text: &str) -> bool {
        let [first, second, ..] = text.as_bytes() else { return false };
        // the small form of other letters has other bytes
        if !first.is_ascii() || !second.is_ascii() {
            return true;
        }
        let (half, bit) = place(first.to_ascii_lowercase(), second.to_ascii_lowercase());
        self.pairs.get(half).is_some_and(|pairs| pairs & bit != 0)
    }
}

const fn place(first: u8, second: u8) -> (usize, u128) {
    let mixed = first.wrapping_mul(31).wrapping_add(second);
    ((mixed >> 7) as usize, 1 << (mixed & 127))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phrases_are_found_however_they_are_written() {
        let phrases = Phrases::of(&["see below", "ответы ниже", "in rot"]);
        for (text, is_met) in [
            ("Please SEE BELOW.", true),
            ("Ответы НИЖЕ", true),
            ("Meine Antworten (é) in Rot", true),
            ("see me", false),
            ("", false),
        ] {
            assert_eq!(phrases.stand_in(text), is_met, "{text}");
        }
    }

    #[test]
    fn phrases_are_words_of_their_own_where_that_is_asked() {
        let phrases = Phrases::of(&["in red", "inline", "回答"]);
        for (text, are_words, begin) in [
            ("We are in Redmond", false, true),
            ("the mainline is down", false, false),
            ("My answers IN RED.", true, true),
            ("see inline", true, true),
            ("以下に回答します", true, true),
            ("mainline, é inline", true, true),
        ] {
            assert_eq!(phrases.stand_as_words_in(text, |_| true), are_words, "{text}");
            assert_eq!(phrases.begin_words_in(text), begin, "{text}");
        }
        assert!(!phrases.stand_as_words_in("see inline", |number| number == 0));
        let verbs = Phrases::of(&[" said on", " wrote", "a said once more"]);
        for (lower, first) in
            [("é wrote, anna said on monday", Some(2)), ("anna said once more", Some(3)), ("he says", None)]
        {
            assert_eq!(verbs.first_in(lower), first, "{lower}");
        }
    }

    #[test]
    fn texts_begin_with_words_however_they_are_written() {
        const WORDS: Beginnings<6> = Beginnings::of(["on ", "på ", "ålder", "στις ", "v ", "on leave"]);
        for (text, is_met) in [
            ("On Monday", true),
            ("ON", false),
            ("PÅ tisdag", true),
            ("Pa tisdag", false),
            ("Ålder", true),
            ("ΣΤΙΣ 12", true),
            ("v pondělí", true),
            ("no", false),
            ("", false),
            ("v", false),
        ] {
            assert_eq!(WORDS.begin(text), is_met, "{text}");
            assert_eq!(WORDS.behind(&text.to_lowercase()).is_some(), is_met, "{text}");
        }
        assert_eq!(WORDS.behind("on leave"), Some("leave"));
    }
}

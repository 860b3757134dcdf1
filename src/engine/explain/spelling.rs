//! A pattern laid beside a subject, character by character: how far it goes, and how little keeps it from matching.
//!
//! The measure is the edit distance between the pattern and its best place in the subject (Sellers 1980). Signs that only look
//! like the wanted ones cost next to nothing, so that a number in wide digits is one mistake and not four.

use crate::ruleset::pattern::{Pattern, Token};

/// What a mistake costs.
const MISTAKE: u16 = 64;
/// What a sign costs that only looks like the wanted one.
const LIKENESS: u16 = 1;
/// What is dearer is no near miss.
const COST_MAX: u16 = 3 * MISTAKE - 3;
const FAR: u16 = u16::MAX;

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
struct Grid {
    cells: Vec<(u16, Move)>,
    width: usize,
}

impl Grid {
    /// Goes every way that costs no more than this.
    fn fill(items: &[Item], subject: &[char], cost_max: u16) -> Self {
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

    fn cost(&self, item: usize, at: usize) -> u16 {
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
    fn trace_back(&self, items: &[Item], subject: &[char], end: usize) -> Option<Fit> {
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
fn is_edge_of(item: Option<&Item>, subject: &[char], at: usize) -> bool {
    let is_word = |at: usize| subject.get(at).is_some_and(|c| c.is_alphanumeric() || *c == '_');
    let [before, after] = [at.checked_sub(1).is_some_and(is_word), is_word(at)];
    if matches!(item, Some(Item::Capture(_))) { before != after } else { !(before && after) }
}

fn small(c: char) -> char {
    c.to_lowercase().next().unwrap_or(c)
}

/// A digit of any writing; the values of those that are no ASCII are only known for the wide ones.
fn is_digit(c: char) -> bool {
    c.is_ascii_digit() || ('\u{ff10}'..='\u{ff19}').contains(&c)
}

/// A character in small letters, and as the Latin one that it looks like.
pub(super) fn folded(c: char) -> char {
    likeness(c).unwrap_or_else(|| small(c))
}

fn digit_of(c: char) -> char {
    likeness(c).unwrap_or(c)
}

/// The sign that this one looks like, in small letters: wide forms, other brackets, other number signs, and the letters of
/// Greek and Cyrillic that nobody can tell from Latin ones.
fn likeness(c: char) -> Option<char> {
    if let wide @ '\u{ff01}'..='\u{ff5e}' = c {
        return char::from_u32(u32::from(wide) - 0xfee0).map(small);
    }
    let like = match c {
        '【' | '〔' | '⟦' | '「' | '『' | '〖' | '❲' => '[',
        '】' | '〕' | '⟧' | '」' | '』' | '〗' | '❳' => ']',
        '♯' | '№' | '﹟' => '#',
        '‐' | '‑' | '‒' | '–' | '—' | '−' | '﹣' => '-',
        '∕' | '⁄' => '/',
        '：' | '∶' => ':',
        _ => match small(c) {
            'а' | 'α' => 'a',
            'с' | 'ϲ' => 'c',
            'е' | 'ε' => 'e',
            'і' | 'ι' => 'i',
            'ј' => 'j',
            'к' | 'κ' => 'k',
            'м' | 'μ' => 'm',
            'н' => 'h',
            'о' | 'ο' => 'o',
            'р' | 'ρ' => 'p',
            'ѕ' => 's',
            'т' | 'τ' => 't',
            'у' | 'υ' => 'y',
            'х' | 'χ' => 'x',
            'в' | 'β' => 'b',
            'ν' => 'n',
            _ => return None,
        },
    };
    Some(like)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn fit(pattern: &str, subject: &str) -> Option<Fit> {
        let subject: Vec<char> = subject.chars().collect();
        Wanted::of(&Pattern::parse(pattern).unwrap()).fit(&subject)
    }

    fn reach(pattern: &str, subject: &str) -> (String, String) {
        let subject: Vec<char> = subject.chars().collect();
        let reach = Wanted::of(&Pattern::parse(pattern).unwrap()).reach(&subject);
        (reach.found, reach.wanted)
    }

    #[test]
    fn mistakes_that_people_make_are_near_misses() {
        let cases = [
            ("[CLOSE#{number}]", "Re: [CLOSE 5837] please", "[CLOSE#5837]"),
            ("[CLOSE#{number}]", "[CLOSE#5837", "[CLOSE#5837]"),
            ("[CLOSE#{number}]", "CLOSE#5837", "[CLOSE#5837]"),
            ("[CLOSE#{number}]", "(close#5837)", "[CLOSE#5837]"),
            ("[CLOSE#{number}]", "[CLOSE#5837}", "[CLOSE#5837]"),
            ("[CLOSE#{number}]", "[CLOSE#５８３７]", "[CLOSE#5837]"),
            ("[CLOSE#{number}]", "【CLOSE＃5837】", "[CLOSE#5837]"),
            ("[CLOSE#{number}]", "[СLOSE#5837]", "[CLOSE#5837]"),
            ("[CLOSE#{number}]", "[CLSOE#5837]", "[CLOSE#5837]"),
            ("[CLOSE#{number}]", "[CLOSED#5837]", "[CLOSE#5837]"),
            ("[CLOSE#{number}]", "[CLOS#5837]", "[CLOSE#5837]"),
            ("[CLOSE#{number}]", "[CLOSE#]", "[CLOSE#NUMBER]"),
            ("[CLOSE#{number}]", "[CLOSE#58x]", "[CLOSE#58]"),
            ("[CLOSE#{number}]", "[CLOSE#5837, please", "[CLOSE#5837]"),
            ("[CLOSE#{number}]", "[CLOSE##5837]", "[CLOSE#5837]"),
            ("[MyCalls]", "[My Calls]", "[MyCalls]"),
            ("[MyCalls]", "[MyCall]", "[MyCalls]"),
            ("Call {number} has been", "Re: Call5837 has been updated", "Call 5837 has been"),
            ("[HR-{site}#{number}]", "[HR-berlin 7]", "[HR-berlin#7]"),
        ];
        for (pattern, subject, right) in cases {
            let fit = fit(pattern, subject).unwrap_or_else(|| panic!("{subject}"));
            assert_eq!(fit.written_right, right, "{subject}: {:?}", fit.differences);
        }
    }

    #[test]
    fn what_is_something_else_is_no_near_miss() {
        for (pattern, subject) in [
            ("[CLOSE#{number}]", "please close 5837"),
            ("[CLOSE#{number}]", "[DISCLOSE#5837]"),
            ("[CALL#{number}]", "[RECALL#5]"),
            ("[TASK#{number}]", "[APPROVAL#77]"),
            ("[TASK#{number}]", "Task list"),
            ("Call {number} has been", "Call Anna, who has been away"),
            ("[MyCalls]", "my call was lost"),
            ("[MyCalls]", ""),
        ] {
            assert_eq!(fit(pattern, subject), None, "{subject}");
        }
    }

    #[test]
    fn differences_are_named() {
        let differences = |pattern, subject| fit(pattern, subject).unwrap().differences;
        assert_eq!(differences("[CLOSE#{number}]", "[CLOSE 5837]"), [Difference::Missing("#".into())]);
        assert_eq!(
            differences("[CLOSE#{number}]", "(CLOSE#1)"),
            [Difference::Instead { saw: '(', wanted: '[' }, Difference::Instead { saw: ')', wanted: ']' }]
        );
        assert_eq!(
            differences("[CLOSE#{number}]", "[CLOSE#５８]"),
            [Difference::Likeness { saw: "５８".into(), wanted: "58".into() }]
        );
        assert_eq!(differences("[CLOSE#{number}]", "[CLSOE#1]"), [Difference::Swapped('S', 'O')]);
    }

    #[test]
    fn pattern_goes_as_far_as_it_can() {
        let parts = |found: &str, wanted: &str| (found.to_owned(), wanted.to_owned());
        assert_eq!(reach("[CLOSE#{number}]", "Re: [CLOSE 5837]"), parts("[CLOSE", "#{number}]"));
        assert_eq!(reach("Call {number} has been", "Call 5837 printer"), parts("Call {number} ", "has been"));
        assert_eq!(reach("[CLOSE#{number}]", "help"), parts("", "[CLOSE#{number}]"));
        assert_eq!(reach("Call {number} has been", "VPN can not"), parts("", "Call {number} has been"));
        assert_eq!(reach("Call {number} has been", "Call 5 had"), parts("Call {number} ", "has been"));
    }

    fn pieces() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            Just("["),
            Just("]"),
            Just("#"),
            Just(" "),
            Just("  "),
            Just("CALL"),
            Just("call"),
            Just("5837"),
            Just("7"),
            Just("-"),
            Just("x"),
            Just("has"),
            Just("been"),
            Just("berlin"),
        ];
        proptest::collection::vec(piece, 0..9).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #[test]
        fn pattern_goes_to_its_end_exactly_where_it_matches(
            pattern in prop_oneof![
                Just("[CALL#{number}]"), Just("Call {number} has been"), Just("[HR-{site}#{number}]"), Just("[x]"),
                Just("{site} call"), Just("call # {number}"), Just("call {number}x"), Just("[ {a} {b} ]"),
                Just("call {site}"),
            ],
            subject in pieces(),
        ) {
            let parsed = Pattern::parse(pattern).unwrap();
            let characters: Vec<char> = subject.chars().collect();
            let wanted = Wanted::of(&parsed);
            let grid = Grid::fill(&wanted.items, &characters, COST_MAX);
            let ends = (0..=characters.len()).filter(|&at| is_edge_of(wanted.items.last(), &characters, at));
            let goes = ends.into_iter().any(|at| grid.cost(wanted.items.len(), at) == 0);
            prop_assert_eq!(goes, parsed.matches(&subject));
            if parsed.matches(&subject) {
                prop_assert_eq!(wanted.fit(&characters), None);
            }
        }
    }
}

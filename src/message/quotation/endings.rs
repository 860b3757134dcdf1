//! How lines end that say who wrote what is quoted below.

use super::dates::{has_date_and_time, has_digit, has_time, has_year};
use super::marks::is_quoted;
use super::words::{END_VERBS, INNER_VERBS};
use crate::message::lines::is_blank;
use crate::message::phrases::Phrases;
use std::sync::LazyLock;

/// What some write in place of the colon.
const STROKES_AT_END: &[char] = &['-', '–', '—'];
/// The most empty lines between an attribution without a colon and what it is above.
const LINES_BETWEEN_MAX: usize = 2;
/// The most bytes of a line that holds no more than the verb of an attribution and the words around it.
const VERB_BYTES_MAX: usize = 24;
/// The most words of a date and a name with its address.
const DATED_WORDS_MAX: usize = 7;

/// Whether a text in lower case ends with one of the [`END_VERBS`]: of more than a hundred, few have its last byte.
pub(super) fn ends_with_verb(lower: &str) -> bool {
    static BY_LAST_BYTE: LazyLock<Vec<Vec<&str>>> = LazyLock::new(|| {
        let end_in =
            |last: u8| END_VERBS.into_iter().filter(|verb| verb.as_bytes().last() == Some(&last)).collect();
        (0..=u8::MAX).map(end_in).collect()
    });
    let near = lower.as_bytes().last().and_then(|last| BY_LAST_BYTE.get(usize::from(*last)));
    near.is_some_and(|verbs| verbs.iter().any(|verb| lower.ends_with(verb)))
}

/// Where the first of the [`INNER_VERBS`] stands in a text in lower case.
pub(super) fn verb_within(lower: &str) -> Option<usize> {
    static VERBS: LazyLock<Phrases> = LazyLock::new(|| Phrases::of(&INNER_VERBS));
    VERBS.first_in(lower)
}

/// `Ana wrote:` without when and where, as people write it, too.
pub(super) fn ends_as_attributions_do(line: &str) -> bool {
    ends_with_verb(&line.trim_end_matches([':', '：', ' ', '\u{a0}']).to_lowercase())
}

/// Whether the first of these lines may be the end of what [`ends_above_marks`], with such marks soon below it. Asked of every
/// line, so what the line ends with is looked at first.
pub(super) fn may_end_above_marks(below: &[&str]) -> bool {
    let line = below.first().map_or("", |line| line.trim_end());
    let may_end = match line.as_bytes().last() {
        Some(b'>') => line.trim_start().starts_with(|c: char| c.is_ascii_digit()),
        Some(b'-') => true,
        Some(b')') => line.trim_start().starts_with(['q', 'Q']),
        Some(byte) => !byte.is_ascii() && (line.contains('<') || line.ends_with(STROKES_AT_END)),
        None => false,
    };
    let next = || below.iter().skip(1).take(LINES_BETWEEN_MAX + 1).find(|line| !is_blank(line));
    let is_above_marks = || next().is_some_and(|line| is_quoted(line));
    // the marks are sooner looked for than the verb
    (may_end || may_end_with_verb(line)) && is_above_marks() && (may_end || has_verb_at_end(line))
}

/// Whether a line may end with a verb and an address before it, or with nothing but the verb.
fn may_end_with_verb(line: &str) -> bool {
    let is_short = || line.len() <= VERB_BYTES_MAX;
    line.ends_with(char::is_alphabetic) && (is_short() || line.contains(['>', ')']))
}

fn has_verb_at_end(line: &str) -> bool {
    ends_with_verb(&format!(" {}", line.trim_start().to_lowercase()))
}

/// Whether lines with `>` follow right below what ends without a colon as attributions do: `Ana wrote -`, a date and an
/// address in brackets, or address, year and time with a word behind them in another alphabet.
pub(super) fn ends_above_marks(joined: &str, behind: &[&str]) -> bool {
    let next = behind.iter().take(LINES_BETWEEN_MAX + 1).find(|line| !is_blank(line));
    if joined.ends_with([':', '：']) || !next.is_some_and(|line| is_quoted(line)) {
        return false;
    }
    let names_address = || joined.contains('<') && joined.contains('@');
    let cites = || {
        joined.ends_with(')')
            && joined.get(..8).is_some_and(|word| word.eq_ignore_ascii_case("quoting "))
            && has_time(joined)
    };
    let is_verb_and_stroke = || joined.strip_suffix(STROKES_AT_END).is_some_and(ends_as_attributions_do);
    is_verb_and_stroke() && has_digit(joined)
        || is_date_and_address(joined)
        || names_address() && has_date_and_time(joined) && ends_as_attributions_do(joined)
        || cites()
        || ends_in_other_letters(joined) && names_address() && has_time(joined) && has_year(joined)
}

/// `2026/3/12 Ana Lyst <ana.lyst@example.com>`
fn is_date_and_address(line: &str) -> bool {
    line.starts_with(|c: char| c.is_ascii_digit())
        && line.ends_with('>')
        && line.contains('@')
        && line.split(' ').next().is_some_and(|day| has_year(day) && day.split(['/', '.', '-']).count() == 3)
        && line.split(' ').count() <= DATED_WORDS_MAX
}

fn ends_in_other_letters(line: &str) -> bool {
    !line.ends_with(|c: char| c.is_ascii())
}

/// `On Seg 12/03/26 10:11 , Ana Lyst ana.lyst@example.com sent:`, with that blank before the comma.
pub(super) fn sends_at_end(lower: &str) -> bool {
    lower.strip_suffix(" sent").is_some_and(|before| {
        let names_address = before.rsplit(' ').next().is_some_and(|word| word.contains('@'));
        names_address && before.contains(" , ") && has_date_and_time(before)
    })
}

/// `"Ana Lyst" <ana.lyst@example.com> wrote in message news:4711@example.com...`, as programs for newsgroups put it.
pub(super) fn names_article(line: &str) -> bool {
    line.ends_with("...") && (line.contains(" news:") || line.starts_with("news:"))
}

/// `On … at 10:11, Ana Lyst<ana.lyst@example.com> wrote:   Does it work?`, as Yahoo's phones put it on one line.
pub(super) fn has_quotation_behind_it(joined: &str) -> bool {
    let Some((head, _)) = joined.split_once(":  ") else { return false };
    head.contains('@') && has_time(head) && ends_with_verb(&head.to_lowercase())
}

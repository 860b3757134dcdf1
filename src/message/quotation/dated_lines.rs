//! Lines that begin with a day or a time: attributions of some programs, and lines of logs.

use super::dates::has_time;
use super::marks::is_quoted;
use crate::message::lines::is_blank;

/// The most words of a name behind a date.
const NAME_WORDS_MAX: usize = 4;

/// Whether two lines both begin with a day or with a time, as those of a log do.
pub(super) fn are_of_log(above: &str, line: &str) -> bool {
    let is_stamp = |line: &&str| {
        let word = line.trim_start().split(' ').next().unwrap_or_default().trim_matches(['[', ']']);
        is_day(word) || word.split(':').count() == 3 && word.starts_with(|c: char| c.is_ascii_digit())
    };
    [above, line].iter().all(is_stamp)
}

/// `2026-03-12`
pub(super) fn is_day(word: &str) -> bool {
    word.len() == 10 && word.bytes().filter(|byte| *byte == b'-').count() == 2
}

/// `2026-03-12 10:11 GMT+01:00 Ana Lyst`, with or without address and colon; programs begin lines of their logs so, too.
pub(super) fn is_dated_line(joined: &str) -> bool {
    let mut words = joined.split(' ');
    let (Some(day), Some(time), Some(zone)) = (words.next(), words.next(), words.next()) else {
        return false;
    };
    let is_zone = || zone.strip_prefix("GMT").is_some_and(|rest| rest.starts_with(['+', '-', '−']));
    is_day(day) && has_time(time) && is_zone() && names_somebody(words)
}

/// Whether these words are a name, or end with an address in brackets.
fn names_somebody<'w>(words: impl Iterator<Item = &'w str>) -> bool {
    let words: Vec<&str> = words.map(|word| word.trim_end_matches([':', '：'])).collect();
    let Some(last) = words.last() else { return false };
    if words.iter().any(|word| word.contains('<')) {
        return last.ends_with('>') && words.iter().any(|word| word.contains('@'));
    }
    let is_name = |word: &&str| {
        !word.starts_with(char::is_lowercase)
            && !word.contains(|c: char| c.is_numeric() || matches!(c, ':' | '[' | '/' | '='))
    };
    words.len() <= NAME_WORDS_MAX && words.iter().all(is_name)
}

/// Whether such a line without an address has words right below it that are not marked as quoted: of a log, or of a name
/// that was wrapped.
pub(super) fn goes_on_below(joined: &str, next: &str) -> bool {
    is_day(joined.split(' ').next().unwrap_or_default())
        && !joined.ends_with(['>', ':', '：'])
        && !is_blank(next)
        && !is_quoted(next)
}

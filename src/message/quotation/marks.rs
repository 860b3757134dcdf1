//! The lines by which mail programs of many languages set off what they quote.

use super::announcements::{ANSWERED_WITHIN, FORWARDS, ORIGINALS};
use super::keys::{DATE_KEYS, FROM_KEYS, OTHER_KEYS};
use super::words::{END_VERBS, INNER_VERBS, MORE_STARTERS, STARTERS};
use super::{CutEvidence, Sureness};

/// How many lines an attribution may be wrapped over.
const ATTRIBUTION_LINES_MAX: usize = 6;
/// How long an attribution may be.
const ATTRIBUTION_BYTES_MAX: usize = 600;
/// How far below its first line a header block is looked for.
const BLOCK_LINES_MAX: usize = 12;

/// The shortest attribution.
const ATTRIBUTION_BYTES_MIN: usize = 12;
/// Marks that turn the reading direction: programs put them round names.
const DIRECTIONS: [char; 10] = [
    '\u{200e}', '\u{200f}', '\u{202a}', '\u{202b}', '\u{202c}', '\u{202d}', '\u{202e}', '\u{2066}',
    '\u{2067}', '\u{2069}',
];

/// Whether a line is marked as quoted: `>`, or initials before it as in `AL>`.
pub(super) fn is_quoted(line: &str) -> bool {
    let line = line.trim_start();
    let initials = line.bytes().take(4).take_while(u8::is_ascii_uppercase).count();
    line.starts_with('>') || (initials > 0 && line.as_bytes().get(initials) == Some(&b'>'))
}

/// Whether a line is only drawn: hyphens, underscores, equals signs.
pub(super) fn is_rule(line: &str) -> bool {
    let line = line.trim();
    line.len() >= 5
        && ["-", "_", "=", "*", "─", "—"].iter().any(|mark| line.trim_start_matches(mark).is_empty())
}

/// `---------- Forwarded message ---------`, `Begin forwarded message:`.
pub(super) fn begins_forward(line: &str) -> bool {
    announced(line).is_some_and(|words| FORWARDS.contains(&words.as_str()))
}

/// Whether a line that opens a container announces a mail that is forwarded, be it in an unknown language: words
/// between hyphens that announce no quotation.
pub(super) fn announces_forward(line: &str) -> bool {
    let is_set_off = line.trim().starts_with("---") && line.trim().ends_with("---") && !is_rule(line);
    is_set_off
        && announced(line).is_some_and(|words| !is_original(&words))
        && !line.contains(|c: char| c == '@' || c.is_numeric())
}

/// Whether the writer says that the answers stand within the quoted mail.
pub(super) fn says_answers_are_within(line: &str) -> bool {
    let lower = line.to_lowercase();
    ANSWERED_WITHIN.iter().any(|words| lower.contains(words))
}

/// The words of a line set off by hyphens on both sides, or by a colon at its end.
fn announced(line: &str) -> Option<String> {
    let line = line.trim();
    if !line.ends_with(['-', ':', '*']) {
        return None;
    }
    let line = line.trim_matches('*');
    let inner = line.trim_matches(['-', ' ', '_']);
    let is_set_off = (line.starts_with("--") && line.ends_with("--")) || line.ends_with(':');
    (is_set_off && !inner.is_empty() && inner.len() <= 80)
        .then(|| inner.trim_end_matches([':', ' ', '\u{a0}']).to_lowercase())
}

/// Whether everything from this line on is a quoted mail with a header of its own, and what shows it.
pub(super) fn begins_original(below: &[&str]) -> Option<CutEvidence> {
    let line = below.first()?;
    let trimmed = line.trim();
    if trimmed.starts_with("--") && announced(line).is_some_and(|words| is_original(&words)) {
        return Some(CutEvidence::OriginalMessage);
    }
    if is_reply_marker(trimmed) {
        return Some(CutEvidence::ReplyMarker);
    }
    begins_header_block(below).then_some(CutEvidence::HeaderBlock)
}

/// `original message`, or `Ana Lyst wrote` as Notes puts it between hyphens.
fn is_original(words: &str) -> bool {
    ORIGINALS.contains(&words) || (words.len() < 80 && END_VERBS.iter().any(|verb| words.ends_with(verb)))
}

/// A line of a desk that asks to write above it.
fn is_reply_marker(line: &str) -> bool {
    line.starts_with("##") && line.ends_with("##") && line.to_lowercase().contains(" above this line")
}

/// `From:`, `Sent:`, `To:`, `Subject:` in any of the languages, in any order behind the first.
fn begins_header_block(below: &[&str]) -> bool {
    let Some((key, sender)) = below.first().and_then(|line| key_and_value(line)) else { return false };
    let is_date = DATE_KEYS.contains(&key.as_str()) && sender.bytes().any(|byte| byte.is_ascii_digit());
    if is_date {
        let next = below.get(1..).unwrap_or_default();
        return next.first().is_some_and(|line| !line.trim().is_empty()) && begins_block_behind_date(next);
    }
    if !FROM_KEYS.contains(&key.as_str()) {
        return false;
    }
    has_fields_of_a_header(below, sender, false)
}

/// Some programs put the date first, and the sender right below it.
fn begins_block_behind_date(below: &[&str]) -> bool {
    let first = below.first().and_then(|line| key_and_value(line));
    first.is_some_and(|(key, sender)| {
        FROM_KEYS.contains(&key.as_str()) && has_fields_of_a_header(below, sender, true)
    })
}

/// What stands below the sender: when, to whom, about what.
fn has_fields_of_a_header(below: &[&str], sender: &str, is_dated: bool) -> bool {
    let (mut has_date, mut others) = (is_dated, 0);
    for line in below.iter().skip(1).take(BLOCK_LINES_MAX).filter(|line| !line.trim().is_empty()) {
        match key_and_value(line) {
            Some((key, value)) if DATE_KEYS.contains(&key.as_str()) => {
                has_date |= value.bytes().any(|byte| byte.is_ascii_digit());
            }
            Some((key, _)) if OTHER_KEYS.contains(&key.as_str()) => others += 1,
            // the next block begins here
            Some((key, _)) if FROM_KEYS.contains(&key.as_str()) => break,
            _ => {}
        }
    }
    has_date && (others >= 2 || (others == 1 && sender.contains('@')))
}

/// `*From:* Ana` as `from` and `Ana`.
fn key_and_value(line: &str) -> Option<(String, &str)> {
    let line = line.trim_start_matches([' ', '\t', '*', '_']).trim_start_matches(DIRECTIONS);
    // most lines have no colon so near; 0xef begins the wide one
    memchr::memchr2(b':', 0xef, line.as_bytes().get(..96).unwrap_or(line.as_bytes()))?;
    let colon = line.char_indices().take(24).find(|(_, c)| matches!(c, ':' | '：'))?;
    let (key, value) = line.split_at_checked(colon.0)?;
    let key = key.trim_end_matches([' ', '\u{a0}', '*', '\t']).trim_end_matches(DIRECTIONS);
    (!key.is_empty()).then(|| (key.to_lowercase(), value.trim_matches([':', '：', '*', ' ', '\t'])))
}

/// A line such as `On … wrote:`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Attribution {
    /// Over how many lines it runs.
    pub(super) lines: usize,
    /// The next line with words is marked as quoted.
    pub(super) is_followed_by_quotation: bool,
    pub(super) sureness: Sureness,
}

/// The attribution that begins with the first of these lines, if one does. One that names neither a time of
/// day nor an address counts only above a quotation: a person may write `On Monday the vendor wrote:`. So does one in a
/// language that is not known here, and it needs both.
pub(super) fn attribution_at(below: &[&str]) -> Option<Attribution> {
    if !may_begin_attribution(without_directions(below.first()?)) {
        return None;
    }
    let mut joined = String::new();
    let (mut opened, mut closed) = (0, 0);
    for (index, line) in below.iter().take(ATTRIBUTION_LINES_MAX).enumerate() {
        let line = without_directions(line);
        let is_within_brackets = opened > closed;
        if index > 0 && is_quoted(line) && !is_within_brackets {
            return None;
        }
        let begins_anew = index > 0 && starts_with_any(line, &STARTERS) && !line.starts_with("at ");
        if begins_anew || joined.len() + line.len() > ATTRIBUTION_BYTES_MAX {
            return None;
        }
        if !joined.is_empty() {
            joined.push(' ');
        }
        joined.push_str(line);
        opened += line.bytes().filter(|byte| *byte == b'<').count();
        closed += line.bytes().filter(|byte| *byte == b'>').count();
        if let Some(is_known) = ends_attribution(&joined) {
            return judged(&joined, is_known, below.get(index + 1..).unwrap_or_default(), index + 1);
        }
        if line.ends_with([':', '：']) && opened <= closed {
            return None;
        }
        let next = below.get(index + 1).map_or("", |line| line.trim());
        let skips_empty_line =
            next.is_empty() && below.get(index + 2).is_some_and(|line| line.trim_start().starts_with('<'));
        if next.is_empty() && !skips_empty_line && !line.is_empty() {
            return None;
        }
    }
    None
}

fn judged(joined: &str, is_known: bool, behind: &[&str], lines: usize) -> Option<Attribution> {
    let next = behind.iter().find(|line| !line.trim().is_empty());
    let is_followed_by_quotation = next.is_some_and(|line| is_quoted(line));
    let (has_address, has_time) = (joined.contains('@'), has_time(joined));
    let stands_alone = is_known && (has_address || has_time);
    let sureness = match (is_followed_by_quotation, stands_alone, has_address && has_time) {
        (true, true, _) | (_, true, true) => Sureness::Certain,
        _ => Sureness::Likely,
    };
    (stands_alone || is_followed_by_quotation).then_some(Attribution {
        lines,
        is_followed_by_quotation,
        sureness,
    })
}

fn without_directions(line: &str) -> &str {
    let line = line.trim();
    let is_plain = |byte: Option<u8>| byte.is_none_or(|byte| byte.is_ascii());
    if is_plain(line.bytes().next()) && is_plain(line.bytes().next_back()) {
        return line;
    }
    line.trim_matches(DIRECTIONS).trim()
}

fn may_begin_attribution(line: &str) -> bool {
    line.len() >= 4
        && (memchr::memchr2(b'@', b'<', line.as_bytes()).is_some()
            || line.starts_with(|c: char| c.is_ascii_digit())
            || line.ends_with([':', '：'])
            || may_be_dated(line)
                && (starts_with_any(line, &STARTERS)
                    || starts_with_any(line, &MORE_STARTERS)
                    || (line.len() <= ATTRIBUTION_BYTES_MAX && has_year(line) && has_time(line))))
}

/// Whether a digit may stand in a line: most lines are letters, and of those in ASCII it is known at once.
fn may_be_dated(line: &str) -> bool {
    !line.is_ascii() || line.bytes().fold(false, |found, byte| found | byte.is_ascii_digit())
}

/// Whether a line begins with a word such as `On`, and a date further on.
fn starts_with_any(line: &str, starters: &[&str]) -> bool {
    let words = line.trim_start_matches(['-', ' ']);
    let head = words.get(..words.floor_char_boundary(24)).unwrap_or_default();
    begins_with_any(head, starters) && line.chars().take(ATTRIBUTION_BYTES_MAX).any(char::is_numeric)
}

/// Whether a text begins with one of these words, which are in lower case.
pub(super) fn begins_with_any(text: &str, words: &[&str]) -> bool {
    let Some(first) = text.bytes().next() else { return false };
    if text.is_ascii() {
        // asked of nearly every line: no copy in small letters
        let first = first.to_ascii_lowercase();
        return words.iter().any(|word| {
            word.bytes().next() == Some(first)
                && text.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word))
        });
    }
    let lower = text.to_lowercase();
    words.iter().any(|word| lower.starts_with(word))
}

/// Whether an attribution ends here, and whether its words are known.
fn ends_attribution(joined: &str) -> Option<bool> {
    if joined.len() < ATTRIBUTION_BYTES_MIN {
        return None;
    }
    if is_dated_line(joined) {
        return Some(true);
    }
    let is_closed = joined.ends_with([':', '：']) || joined.ends_with("---");
    if !is_closed {
        return None;
    }
    let lower = joined.trim_end_matches([':', '：', '-', ' ', '\u{a0}']).to_lowercase();
    let has_mark = lower.contains(|c: char| c.is_numeric() || c == '@');
    let starts_with_date = lower.split(' ').take(4).any(|word| word.contains(char::is_numeric));
    let is_known = has_mark
        && (END_VERBS.iter().any(|verb| lower.ends_with(verb))
            || INNER_VERBS.iter().any(|verb| lower.contains(verb))
            || (starts_with_date
                && has_time(&lower)
                && lower.ends_with(['>', '\u{202c}'])
                && lower.contains('@')));
    let is_likely = || lower.contains('@') && has_time(&lower) && has_year(&lower);
    (is_known || is_likely()).then_some(is_known)
}

/// `2026-03-12 10:11 GMT+01:00 Ana Lyst`, with or without address and colon.
fn is_dated_line(joined: &str) -> bool {
    let mut words = joined.split(' ');
    let (Some(day), Some(time), Some(zone)) = (words.next(), words.next(), words.next()) else {
        return false;
    };
    let is_day = day.len() == 10 && day.bytes().filter(|byte| *byte == b'-').count() == 2;
    let is_whole = || joined.matches('<').count() == joined.matches('>').count();
    is_day && has_time(time) && zone.starts_with("GMT") && words.next().is_some() && is_whole()
}

/// Whether a time of day stands in it: `10:11`, `19h03`, `kl. 10.11`, in the digits of any language.
fn has_time(text: &str) -> bool {
    let mut seen = [' '; 3];
    let has_colon = text.chars().any(|c| {
        let [hour, mark, tens] = seen;
        seen = [mark, tens, c];
        hour.is_numeric() && matches!(mark, ':' | 'h') && tens.is_numeric() && c.is_numeric()
    });
    has_colon || [" kl. ", " klo ", " pukul "].iter().any(|words| text.contains(words))
}

/// Whether a year of four digits stands in it.
fn has_year(text: &str) -> bool {
    if text.is_ascii()
        && text.bytes().fold(0_u32, |digits, byte| digits + u32::from(byte.is_ascii_digit())) < 4
    {
        return false;
    }
    let mut digits = 0;
    text.chars().chain([' ']).any(|c| {
        let is_year = digits == 4 && !c.is_numeric();
        digits = if c.is_numeric() { digits + 1 } else { 0 };
        is_year
    })
}

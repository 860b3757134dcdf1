//! The lines by which mail programs of many languages set off what they quote.

use super::announcements::{ANSWERED_WITHIN, FORWARD_STEMS, FORWARDS, ORIGINALS};
use super::drawn::{STROKES, is_between_arrows, is_rule, is_rule_above_unknown_header, is_set_off};
use super::keys::{DATE_KEYS, FROM_KEYS, OTHER_KEYS, TRANSPORT_KEYS};
use super::reply_markers::is_reply_marker;
use super::words::{END_VERBS, INNER_VERBS, MORE_STARTERS, STARTERS};
use super::{CutEvidence, Sureness};
use aho_corasick::AhoCorasick;
use std::sync::LazyLock;

/// How many lines an attribution may be wrapped over.
const ATTRIBUTION_LINES_MAX: usize = 6;
/// How long an attribution may be.
pub(super) const ATTRIBUTION_BYTES_MAX: usize = 600;
/// How far below its first line a header block is looked for.
const BLOCK_LINES_MAX: usize = 12;

/// What stands between such strokes and words.
const BLANKS: [char; 5] = [' ', '\u{a0}', '\t', '[', ']'];
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

/// Whether nothing in a line can set anything off, as in most lines that people write; it may still begin an attribution.
pub(super) fn is_plain(line: &str) -> bool {
    line.starts_with(|c: char| c.is_ascii_alphabetic())
        && line.bytes().fold(true, |all, byte| all & byte.is_ascii() & !matches!(byte, b':' | b'<' | b'>' | b'@'))
        // `Please write above this line`
        && !line.trim_end_matches(['.', ' ']).ends_with("line")
}

/// `---------- Forwarded message ---------`, `Begin forwarded message:`.
pub(super) fn begins_forward(line: &str) -> bool {
    announced(line).is_some_and(|words| {
        let names_forward = || FORWARD_STEMS.iter().any(|stem| words.contains(stem));
        FORWARDS.contains(&words.as_str()) || (is_set_off(line.trim()) && names_forward())
    })
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
    static PHRASES: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| AhoCorasick::new(ANSWERED_WITHIN).ok());
    let lower = line.to_lowercase();
    PHRASES.as_ref().is_some_and(|phrases| phrases.is_match(&lower))
}

/// The words of a line set off by hyphens on both sides, or by a colon at its end.
fn announced(line: &str) -> Option<String> {
    let line = line.trim();
    if !line.ends_with([':', '：']) && !is_set_off(line) {
        return None;
    }
    let inner = line.trim_matches(STROKES).trim_matches(BLANKS);
    (!inner.is_empty() && inner.len() <= 80).then(|| {
        // QQ writes its text with the blanks of HTML
        let words = inner.replace("&nbsp;", " ").to_lowercase();
        words.trim_matches(BLANKS).trim_end_matches([':', '：', ' ', '\u{a0}']).to_owned()
    })
}

/// Whether everything from this line on is a quoted mail with a header of its own, and what shows it.
pub(super) fn begins_original(below: &[&str]) -> Option<CutEvidence> {
    let line = below.first()?;
    let trimmed = line.trim();
    if (trimmed.starts_with("--") || is_set_off(trimmed))
        && announced(line).is_some_and(|words| is_original(&words))
    {
        return Some(CutEvidence::OriginalMessage);
    }
    if is_between_arrows(trimmed) {
        return Some(CutEvidence::Attribution);
    }
    if is_reply_marker(trimmed) {
        return Some(CutEvidence::ReplyMarker);
    }
    (begins_header_block(below) || is_rule_above_unknown_header(below)).then_some(CutEvidence::HeaderBlock)
}

/// `original message`, or `Ana Lyst wrote` as Notes puts it between hyphens.
fn is_original(words: &str) -> bool {
    ORIGINALS.contains(&words) || (words.len() < 80 && END_VERBS.iter().any(|verb| words.ends_with(verb)))
}

/// `From:`, `Sent:`, `To:`, `Subject:` in any of the languages, in any order.
fn begins_header_block(below: &[&str]) -> bool {
    let Some((key, value)) = below.first().and_then(|line| key_and_value(line)) else { return false };
    let key = key.as_str();
    if FROM_KEYS.contains(&key) && has_fields_of_a_header(below, value, false) {
        return true;
    }
    let next = below.get(1..).unwrap_or_default();
    let is_date = DATE_KEYS.contains(&key) && has_date_and_time(value);
    (is_date && begins_block_behind_date(next))
        || ((is_date || OTHER_KEYS.contains(&key)) && names_sender_soon(next, is_date))
}

/// Where the sender is not the first field, it stands in one of the next lines, with an address.
fn names_sender_soon(next: &[&str], mut is_dated: bool) -> bool {
    let fields = next.iter().take(3).map_while(|line| key_and_value(line));
    for (at, (key, value)) in fields.enumerate() {
        is_dated |= DATE_KEYS.contains(&key.as_str()) && has_date_and_time(value);
        if FROM_KEYS.contains(&key.as_str()) && value.contains('@') {
            return has_fields_of_a_header(next.get(at..).unwrap_or_default(), value, is_dated);
        }
    }
    false
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
    let (mut has_day, mut has_date, mut others) = (is_dated, is_dated, 0);
    let mut has_address = sender.contains('@');
    let mut is_within_header = true;
    for line in below.iter().skip(1).take(BLOCK_LINES_MAX) {
        if line.trim().is_empty() {
            is_within_header = false;
            continue;
        }
        match key_and_value(line) {
            Some((key, value)) if DATE_KEYS.contains(&key.as_str()) => {
                has_day |= has_digit(value);
                has_date |= has_date_and_time(value);
            }
            // no program quotes these: somebody shows the header of a mail
            Some((key, _)) if is_within_header && TRANSPORT_KEYS.contains(&key.as_str()) => return false,
            Some((key, value)) if OTHER_KEYS.contains(&key.as_str()) => {
                others += 1;
                has_address |= value.contains('@');
            }
            // the next block begins here
            Some((key, _)) if FROM_KEYS.contains(&key.as_str()) => break,
            _ => {}
        }
    }
    // people fill in forms with the same words, without a time of day and without addresses
    (has_date || (has_day && has_address)) && (others >= 2 || (others == 1 && sender.contains('@')))
}

/// Whether a line fills in a field that no header has, so that the fields below it are those of a form.
pub(super) fn is_field_of_a_form(line: &str) -> bool {
    key_and_value(line).is_some_and(|(key, value)| {
        let key = key.as_str();
        let is_known = [&FROM_KEYS[..], &DATE_KEYS, &OTHER_KEYS].iter().any(|keys| keys.contains(&key));
        !is_known && !value.is_empty() && key.split(' ').count() <= 2
    })
}

/// `*From:* Ana` as `from` and `Ana`.
pub(super) fn key_and_value(line: &str) -> Option<(String, &str)> {
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
    /// The address stands in brackets, as programs write it and people seldom do.
    pub(super) names_address: bool,
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
        let begins_anew = || {
            (starts_with_any(line, &STARTERS) && !line.starts_with(char::is_lowercase))
                || is_whole_attribution(line)
        };
        if joined.len() + line.len() > ATTRIBUTION_BYTES_MAX || (index > 0 && begins_anew()) {
            return None;
        }
        if !joined.is_empty() {
            joined.push(' ');
        }
        joined.push_str(line);
        opened += line.bytes().filter(|byte| *byte == b'<').count();
        closed += line.bytes().filter(|byte| *byte == b'>').count();
        let is_within_parentheses = joined.rfind('(') > joined.rfind(')');
        let ended = if is_within_parentheses { None } else { ends_attribution(&joined) };
        if let Some(is_known) = ended {
            let first = without_directions(below.first()?);
            if index > 0 && !may_begin_wrapped_attribution(first) {
                return None;
            }
            return judged(&joined, is_known, below.get(index + 1..).unwrap_or_default(), index + 1);
        }
        if line.ends_with([':', '：']) && opened <= closed && !is_within_parentheses {
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

/// Whether a line needs none above it to be an attribution.
fn is_whole_attribution(line: &str) -> bool {
    line.contains('@') && has_date_and_time(line) && ends_attribution(line) == Some(true)
}

/// `Ana wrote:` without when and where, as people write it, too.
pub(super) fn ends_as_attributions_do(line: &str) -> bool {
    let line = line.trim_end().trim_end_matches([':', '：']).to_lowercase();
    END_VERBS.iter().any(|verb| line.ends_with(verb))
}

fn has_digit(text: &str) -> bool {
    text.contains(char::is_numeric)
}

/// Whether a date and a time of day stand in it; `12.03.2026 10.11` has more numbers than any date.
fn has_date_and_time(text: &str) -> bool {
    let numbers = text.split(|c: char| !c.is_numeric()).filter(|digits| !digits.is_empty()).count();
    numbers >= 5 || (numbers >= 3 && has_year(text) && (numbers > 3 || has_time(text)))
}

fn judged(joined: &str, is_known: bool, behind: &[&str], lines: usize) -> Option<Attribution> {
    let next = behind.iter().find(|line| !line.trim().is_empty());
    let is_followed_by_quotation = next.is_some_and(|line| is_quoted(line));
    let (has_address, is_timed) = (joined.contains('@'), has_time(joined));
    let names_address = has_address && joined.contains(['<', '(', '[']);
    let is_dated = has_date_and_time(joined);
    let says_when = is_timed || has_year(joined);
    let stands_alone =
        is_known && (is_dated || (names_address && (says_when || is_address_and_verb(joined))));
    let sureness = match (is_followed_by_quotation, stands_alone, has_address && is_timed) {
        (true, true, _) | (_, true, true) => Sureness::Certain,
        _ => Sureness::Likely,
    };
    (stands_alone || is_followed_by_quotation).then_some(Attribution {
        lines,
        is_followed_by_quotation,
        names_address,
        sureness,
    })
}

/// `Ana Lyst <ana.lyst@example.com> wrote:`
fn is_address_and_verb(joined: &str) -> bool {
    joined.rsplit_once('>').is_some_and(|(_, verb)| ends_as_attributions_do(verb) && verb.len() < 24)
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
        && (may_name_sender(line)
            || line.starts_with(|c: char| c.is_ascii_digit())
            || line.ends_with([':', '：'])
            || may_be_dated(line)
                && (starts_with_any(line, &STARTERS)
                    || starts_with_any(line, &MORE_STARTERS)
                    || (line.len() <= ATTRIBUTION_BYTES_MAX && has_year(line) && has_time(line))))
}

/// Whether an address may stand in a line, or begin in it: one in brackets that is no link.
fn may_name_sender(line: &str) -> bool {
    let bytes = line.as_bytes();
    memchr::memchr2_iter(b'@', b'<', bytes).any(|at| {
        bytes.get(at) == Some(&b'@') || !bytes.get(at + 1..).is_some_and(|rest| rest.starts_with(b"http"))
    })
}

/// Whether a digit may stand in a line: most lines are letters, and of those in ASCII it is known at once.
fn may_be_dated(line: &str) -> bool {
    !line.is_ascii() || line.bytes().fold(false, |found, byte| found | byte.is_ascii_digit())
}

/// A line that only names an address is no beginning of an attribution that goes on below it: `Write to bob@example.com`.
fn may_begin_wrapped_attribution(line: &str) -> bool {
    let starts_with_date = || line.split(' ').take(3).any(has_digit);
    line.contains('<')
        || starts_with_any(line, &STARTERS)
        || starts_with_any(line, &MORE_STARTERS)
        || starts_with_date()
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
        return has_quotation_behind_it(joined).then_some(true);
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
    let is_likely =
        || lower.contains('@') && ((has_time(&lower) && has_year(&lower)) || lower.ends_with('>'));
    (is_known || is_likely()).then_some(is_known)
}

/// `On … at 10:11, Ana Lyst<ana.lyst@example.com> wrote:   Does it work?`, as Yahoo's phones put it on one line.
fn has_quotation_behind_it(joined: &str) -> bool {
    let Some((head, _)) = joined.split_once(":  ") else { return false };
    head.contains('@') && has_time(head) && END_VERBS.iter().any(|verb| head.to_lowercase().ends_with(verb))
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
pub(super) fn has_time(text: &str) -> bool {
    let mut seen = [' '; 3];
    let has_colon = text.chars().any(|c| {
        let [hour, mark, tens] = seen;
        seen = [mark, tens, c];
        hour.is_numeric() && matches!(mark, ':' | 'h') && tens.is_numeric() && c.is_numeric()
    });
    has_colon || [" kl. ", " klo ", " pukul "].iter().any(|words| text.contains(words))
}

/// Whether a year of four digits stands in it.
pub(super) fn has_year(text: &str) -> bool {
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

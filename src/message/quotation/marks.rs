//! The lines by which mail programs of many languages set off what they quote.

use super::words::{
    DATE_KEYS, DEVICE_STARTS, END_VERBS, FORWARDS, FROM_KEYS, INNER_VERBS, ORIGINALS, OTHER_KEYS, STARTERS,
};

/// How many lines an attribution may be wrapped over.
const ATTRIBUTION_LINES_MAX: usize = 6;
/// How long an attribution may be.
const ATTRIBUTION_BYTES_MAX: usize = 600;
/// How far below its first line a header block is looked for.
const BLOCK_LINES_MAX: usize = 12;

/// The most characters of a line by which a program signs.
const DEVICE_CHARS_MAX: usize = 100;

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

/// `-- `, or what gateways leave of it.
pub(super) fn is_signature_mark(line: &str) -> bool {
    matches!(line.trim_end(), "--" | "—" | "– ")
}

/// `Sent from my phone` and its like.
pub(super) fn is_device_line(line: &str) -> bool {
    let line = line.trim().trim_start_matches(['*', '_']);
    let words = line.split('<').next().unwrap_or_default();
    if words.chars().nth(DEVICE_CHARS_MAX).is_some() {
        return false;
    }
    let lower = words.to_lowercase();
    match DEVICE_STARTS.iter().find(|start| lower.starts_with(**start)) {
        Some(&"von meinem ") => lower.contains("gesendet"),
        Some(_) => !lower.trim_end().ends_with(['?', ',', ';']),
        None => false,
    }
}

/// `---------- Forwarded message ---------`, `Begin forwarded message:`.
pub(super) fn begins_forward(line: &str) -> bool {
    announced(line).is_some_and(|words| FORWARDS.contains(&words.as_str()))
}

/// The words of a line set off by hyphens on both sides, or by a colon at its end.
fn announced(line: &str) -> Option<String> {
    let line = line.trim().trim_matches('*');
    let inner = line.trim_matches(['-', ' ', '_']);
    let is_set_off = (line.starts_with("--") && line.ends_with("--")) || line.ends_with(':');
    (is_set_off && !inner.is_empty() && inner.len() <= 80)
        .then(|| inner.trim_end_matches([':', ' ', '\u{a0}']).to_lowercase())
}

/// Whether everything from this line on is a quoted mail with a header of its own.
pub(super) fn begins_original(below: &[&str]) -> bool {
    let Some(line) = below.first() else { return false };
    let trimmed = line.trim();
    if trimmed.starts_with("--") && announced(line).is_some_and(|words| ORIGINALS.contains(&words.as_str())) {
        return true;
    }
    is_reply_marker(trimmed) || begins_header_block(below)
}

/// A line of a desk that asks to write above it.
fn is_reply_marker(line: &str) -> bool {
    line.starts_with("##") && line.ends_with("##") && line.to_lowercase().contains(" above this line")
}

/// `From:`, `Sent:`, `To:`, `Subject:` in any of the languages, in any order behind the first.
fn begins_header_block(below: &[&str]) -> bool {
    let Some((key, sender)) = below.first().and_then(|line| key_and_value(line)) else { return false };
    if !FROM_KEYS.contains(&key.as_str()) {
        return false;
    }
    let (mut has_date, mut others) = (false, 0);
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
    let line = line.trim_start_matches([' ', '\t', '*', '_']);
    // most lines have no colon so near; 0xef begins the wide one
    memchr::memchr2(b':', 0xef, line.as_bytes().get(..96).unwrap_or(line.as_bytes()))?;
    let colon = line.char_indices().take(24).find(|(_, c)| matches!(c, ':' | '：'))?;
    let (key, value) = line.split_at_checked(colon.0)?;
    let key = key.trim_end_matches([' ', '\u{a0}', '*', '\t']);
    (!key.is_empty()).then(|| (key.to_lowercase(), value.trim_matches([':', '：', '*', ' ', '\t'])))
}

/// A line such as `On … wrote:`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Attribution {
    /// Over how many lines it runs.
    pub(super) lines: usize,
    /// The next line with words is marked as quoted.
    pub(super) is_followed_by_quotation: bool,
}

/// The attribution that begins with the first of these lines, if one does. One that names neither a time of
/// day nor an address counts only above a quotation: a person may write `On Monday the vendor wrote:`.
pub(super) fn attribution_at(below: &[&str]) -> Option<Attribution> {
    let first = below.first()?.trim();
    if !may_begin_attribution(first) {
        return None;
    }
    let mut joined = String::new();
    let (mut opened, mut closed) = (0, 0);
    for (index, line) in below.iter().take(ATTRIBUTION_LINES_MAX).enumerate() {
        let line = line.trim();
        let is_within_brackets = opened > closed;
        if index > 0 && is_quoted(line) && !is_within_brackets {
            return None;
        }
        let begins_anew = index > 0 && starts_like_attribution(line);
        if begins_anew || joined.len() + line.len() > ATTRIBUTION_BYTES_MAX {
            return None;
        }
        if !joined.is_empty() {
            joined.push(' ');
        }
        joined.push_str(line);
        opened += line.bytes().filter(|byte| *byte == b'<').count();
        closed += line.bytes().filter(|byte| *byte == b'>').count();
        if ends_attribution(&joined) {
            let is_followed_by_quotation = below
                .iter()
                .skip(index + 1)
                .find(|line| !line.trim().is_empty())
                .is_some_and(|line| is_quoted(line));
            let is_certain = joined.contains('@') || has_time(&joined);
            return (is_certain || is_followed_by_quotation)
                .then_some(Attribution { lines: index + 1, is_followed_by_quotation });
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

fn may_begin_attribution(line: &str) -> bool {
    line.len() >= 4
        && (memchr::memchr2(b'@', b'<', line.as_bytes()).is_some()
            || line.starts_with(|c: char| c.is_ascii_digit())
            || line.ends_with([':', '：'])
            || starts_like_attribution(line))
}

/// Whether a line begins with a word such as `On`, and a date further on.
fn starts_like_attribution(line: &str) -> bool {
    if !line.bytes().any(|byte| byte.is_ascii_digit()) {
        return false;
    }
    let head = line.get(..line.floor_char_boundary(12)).unwrap_or_default();
    if head.is_ascii() {
        let starts = |starter: &&str| {
            head.get(..starter.len()).is_some_and(|start| start.eq_ignore_ascii_case(starter))
        };
        return STARTERS.iter().any(|starter| starts(&starter));
    }
    let head = head.to_lowercase();
    STARTERS.iter().any(|starter| head.starts_with(starter))
}

fn ends_attribution(joined: &str) -> bool {
    if is_dated_line(joined) {
        return true;
    }
    let is_closed = joined.ends_with([':', '：']) || joined.ends_with("----");
    if !is_closed {
        return false;
    }
    let lower = joined.trim_end_matches([':', '：', '-', ' ', '\u{a0}']).to_lowercase();
    let has_mark = lower.contains(|c: char| c.is_ascii_digit() || c == '@');
    let starts_with_date =
        lower.split(' ').take(4).any(|word| word.bytes().any(|byte| byte.is_ascii_digit()));
    has_mark
        && (END_VERBS.iter().any(|verb| lower.ends_with(verb))
            || INNER_VERBS.iter().any(|verb| lower.contains(verb))
            || (starts_with_date && has_time(&lower) && lower.ends_with('>') && lower.contains('@')))
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

/// Whether a time of day stands in it: `10:11`, `19h03`, `kl. 10.11`.
fn has_time(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.windows(4).any(|window| {
        matches!(window, [hour, b':' | b'h', tens, ones]
            if hour.is_ascii_digit() && tens.is_ascii_digit() && ones.is_ascii_digit())
    }) || text.contains(" kl. ")
}

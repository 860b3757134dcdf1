//! Lines such as `On … wrote:`, over one line or several, in the languages that are known here and in others.

use super::Sureness;
use super::dated_lines::{goes_on_below, is_dated_line, is_day};
use super::dates::{has_date_and_time, has_digit, has_time, has_year};
use super::drawn::begins_with_word;
use super::endings::{
    ends_above_marks, ends_as_attributions_do, ends_with_verb, has_quotation_behind_it, names_article,
    sends_at_end, verb_within,
};
use super::marks::{DIRECTIONS, is_quoted};
use super::own_lines::{ends_sentence, introduces_address, says_more_than_when};
use super::prose::{begins_speech, begins_to_cite, is_of_thing, is_of_writer, is_prose};
use super::shared_lines::begins_with_sentence;
use super::words::{
    END_VERBS, END_VERBS_ABOVE_MARKS, INNER_VERBS_ABOVE_MARKS, MORE_STARTERS, STARTERS, VERBS_ABOVE_MARKS,
};
use crate::message::lines::{is_blank, within_blanks};
use crate::message::phrases::Beginnings;

/// How many lines an attribution may be wrapped over.
pub(super) const ATTRIBUTION_LINES_MAX: usize = 6;
/// How long an attribution may be.
pub(super) const ATTRIBUTION_BYTES_MAX: usize = 600;
/// The shortest attribution.
const ATTRIBUTION_BYTES_MIN: usize = 12;
/// The longest line that says no more than who wrote, and its most words.
const BARE_BYTES_MAX: usize = 60;
const BARE_WORDS_MAX: usize = 4;
/// How an item of a list begins.
const ITEMS: [&str; 4] = ["* ", "- ", "• ", "– "];
/// Marks of bold and slanted words.
const EMPHASES: [char; 2] = ['*', '_'];
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
    let first = without_directions(below.first()?);
    if !may_begin_attribution(first) {
        return None;
    }
    let (mut joined, mut above) = (String::new(), first);
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
                || ends_sentence(above, line)
                || !is_within_brackets
                    && is_name_and_verb(line)
                    && !joined.contains('@')
                    && says_more_than_when(&joined)
        };
        if joined.len() + line.len() > ATTRIBUTION_BYTES_MAX || (index > 0 && begins_anew()) {
            return None;
        }
        if !joined.is_empty() {
            joined.push(' ');
        }
        push_with_blanks(&mut joined, line);
        above = line;
        opened += line.bytes().filter(|byte| *byte == b'<').count();
        closed += line.bytes().filter(|byte| *byte == b'>').count();
        let is_within_parentheses = joined.rfind('(') > joined.rfind(')');
        let behind = below.get(index + 1..).unwrap_or_default();
        let goes_on = || behind.first().is_some_and(|next| goes_on_below(&joined, next));
        let ended = if is_within_parentheses || goes_on() { None } else { ends_attribution(&joined) };
        let ended = ended.or_else(|| ends_above_marks(&joined, behind).then_some(false));
        if let Some(is_known) = ended {
            if index > 0 && !may_begin_wrapped_attribution(first) {
                return None;
            }
            let found = judged(&joined, is_known, behind, index + 1)?;
            // people emphasise what they say, too
            let is_likely = found.names_address || found.is_followed_by_quotation || !is_emphasised(below);
            return is_likely.then_some(found);
        }
        if line.ends_with([':', '：']) && opened <= closed && !is_within_parentheses {
            return None;
        }
        let next = below.get(index + 1).map_or("", |line| within_blanks(line));
        let skips_empty_line =
            next.is_empty() && below.get(index + 2).is_some_and(|line| goes_on_behind_empty_line(line));
        if next.is_empty() && !skips_empty_line && !line.is_empty() {
            return None;
        }
    }
    None
}

/// Whether a line is the address of an attribution, or nothing but its verb: an empty line may stand above it.
fn goes_on_behind_empty_line(line: &str) -> bool {
    let line = within_blanks(line);
    let is_verb = || {
        let verb = line.trim_end_matches([':', '：', ' ', '\u{a0}']).to_lowercase();
        END_VERBS.iter().any(|known| known.strip_prefix(' ') == Some(verb.as_str()))
    };
    line.starts_with('<') || line.len() <= BARE_BYTES_MAX && line.ends_with([':', '：']) && is_verb()
}

/// Adds a line, with plain blanks for those at which no line is broken.
fn push_with_blanks(joined: &mut String, line: &str) {
    if line.is_ascii() {
        joined.push_str(line);
    } else {
        joined.extend(line.chars().map(|c| if matches!(c, '\u{a0}' | '\u{202f}') { ' ' } else { c }));
    }
}

/// Whether a line needs none above it to be an attribution.
fn is_whole_attribution(line: &str) -> bool {
    // the digits of an address are of no date
    let dated = || line.split(' ').filter(|word| !word.contains('@')).collect::<Vec<_>>().join(" ");
    line.contains('@') && ends_attribution(line) == Some(true) && has_date_and_time(&dated())
}

/// `Ana Lyst <ana.lyst@example.com> wrote:` or `Ana Lyst wrote on …:`, which need no line above them.
fn is_name_and_verb(line: &str) -> bool {
    let name = line.split(|c: char| c == '<' || c.is_numeric()).next().unwrap_or_default();
    !is_blank(name) && !starts_with_any(line, &STARTERS) && ends_attribution(line) == Some(true)
}

fn judged(joined: &str, is_known: bool, behind: &[&str], lines: usize) -> Option<Attribution> {
    let next = behind.iter().find(|line| !is_blank(line));
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
    if begins_with_sentence(joined) || begins_to_cite(joined) {
        return None;
    }
    let is_said = || is_of_thing(joined) || !has_address && is_prose(joined, &END_VERBS);
    if !is_followed_by_quotation && is_said() {
        return None;
    }
    // an item of a list, and of an account of who wrote what
    let is_item = || joined.contains(": ") || ITEMS.iter().any(|mark| joined.starts_with(mark));
    if !has_address && !is_followed_by_quotation && is_item() {
        return None;
    }
    if !joined.contains('<') && is_of_writer(joined)
        || !has_address && next.is_some_and(|line| begins_speech(line))
    {
        return None;
    }
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

/// Without what turns the reading direction, and without the marks of bold words and the brackets around a whole line.
fn without_directions(line: &str) -> &str {
    let line = without_emphasis(within_blanks(line));
    let is_plain = |byte: Option<u8>| byte.is_none_or(|byte| byte.is_ascii());
    if is_plain(line.bytes().next()) && is_plain(line.bytes().next_back()) {
        return line;
    }
    line.trim_matches(DIRECTIONS).trim()
}

/// `On … wrote:` of `*On … wrote:*` and of `[On … wrote:]`. A star with a blank behind it begins an item of a list.
fn without_emphasis(line: &str) -> &str {
    match (line.as_bytes(), line.as_bytes().last()) {
        ([b'*' | b'_', b' ', ..], _) => line,
        ([b'*' | b'_', ..], _) | (_, Some(b'*' | b'_')) => line.trim_matches(EMPHASES).trim(),
        ([b'[', ..], Some(b']')) => line.trim_matches(['[', ']']).trim(),
        _ => line,
    }
}

/// Whether the first line has such marks or brackets.
fn is_emphasised(below: &[&str]) -> bool {
    below.first().is_some_and(|line| without_emphasis(within_blanks(line)).len() < within_blanks(line).len())
}

/// Whether a line begins with a word such as `On`, with a date behind it.
pub(super) fn begins_with_day(line: &str) -> bool {
    starts_with_any(line, &STARTERS) || starts_with_any(line, &MORE_STARTERS)
}

fn may_begin_attribution(line: &str) -> bool {
    line.len() >= 4
        && (may_name_sender(line)
            || line.starts_with(|c: char| c.is_ascii_digit())
            || line.ends_with([':', '：'])
            || may_begin_with_date(line))
}

/// Whether a line may begin with words such as `On`, or be a date in words that are not known here.
fn may_begin_with_date(line: &str) -> bool {
    // most lines are letters, and of those in ASCII it is known at once
    let digits = if line.is_ascii() { line.bytes().filter(u8::is_ascii_digit).count() } else { usize::MAX };
    let is_dated = || digits >= 4 && line.len() <= ATTRIBUTION_BYTES_MAX && has_year(line) && has_time(line);
    digits > 0 && (starts_with_any(line, &STARTERS) || starts_with_any(line, &MORE_STARTERS) || is_dated())
}

/// Whether a line may be the end of an attribution; or begin with a day, after which none is needed. Where none of so many
/// lines may, none of them begins one.
pub(super) fn may_end_attribution(line: &str) -> bool {
    // 0xef begins the wide colon
    let has_colon = memchr::memchr2(b':', 0xef, line.as_bytes()).is_some();
    if !has_colon && memchr::memchr(b'-', line.as_bytes()).is_none() {
        return false;
    }
    let line = without_directions(line);
    line.ends_with("---")
        || is_day(line.split(' ').next().unwrap_or_default())
        || has_colon && (line.ends_with([':', '：']) || line.contains(":  ") || names_article(line))
}

/// Whether an address may stand in a line, or begin in it: one in brackets that is no link.
fn may_name_sender(line: &str) -> bool {
    let bytes = line.as_bytes();
    memchr::memchr2_iter(b'@', b'<', bytes).any(|at| {
        bytes.get(at) == Some(&b'@') || !bytes.get(at + 1..).is_some_and(|rest| rest.starts_with(b"http"))
    })
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
fn starts_with_any<const N: usize>(line: &str, starters: &Beginnings<N>) -> bool {
    let words = if begins_with_word(line) { line } else { line.trim_start_matches(['-', ' ']) };
    if !starters.may_begin(words) {
        return false;
    }
    let head = words.get(..words.floor_char_boundary(24)).unwrap_or_default();
    starters.begin(head) && line.chars().take(ATTRIBUTION_BYTES_MAX).any(char::is_numeric)
}

/// Whether an attribution ends here, and whether its words are known.
fn ends_attribution(joined: &str) -> Option<bool> {
    if joined.len() < ATTRIBUTION_BYTES_MIN {
        return None;
    }
    if is_dated_line(joined) {
        return Some(true);
    }
    let is_closed = joined.ends_with([':', '：']) || joined.ends_with("---") || names_article(joined);
    if !is_closed {
        return has_quotation_behind_it(joined).then_some(true);
    }
    let lower = joined.trim_end_matches([':', '：', '-', ' ', '\u{a0}']).to_lowercase();
    if introduces_address(&lower) {
        return None;
    }
    let has_mark = lower.contains(|c: char| c.is_numeric() || c == '@');
    let starts_with_date = lower.split(' ').take(4).any(|word| word.contains(char::is_numeric));
    let is_known = has_mark
        && (ends_with_verb(&lower)
            || verb_within(&lower).is_some()
            || sends_at_end(&lower)
            || (starts_with_date
                && (has_time(&lower) || names_date_and_time_first(&lower))
                && lower.ends_with(['>', '\u{202c}'])
                && lower.contains('@')));
    let is_above_marks = || {
        let is_met = || {
            END_VERBS_ABOVE_MARKS.iter().any(|verb| lower.ends_with(verb))
                || INNER_VERBS_ABOVE_MARKS.iter().any(|verb| lower.contains(verb))
        };
        has_mark && VERBS_ABOVE_MARKS.iter().any(|verb| lower.contains(verb))
            || has_mark && has_date_and_time(&lower) && is_met()
    };
    let is_likely = || {
        is_above_marks()
            || lower.contains('@') && ((has_time(&lower) && has_year(&lower)) || lower.ends_with(['>', ')']))
    };
    (is_known || is_likely()).then_some(is_known)
}

/// `30.09.2017, 18.30, "Ana Lyst" <ana@example.com>`, with dots in the time of day.
fn names_date_and_time_first(lower: &str) -> bool {
    let date = lower.split(['"', '<']).next().unwrap_or_default();
    has_year(date) && has_date_and_time(date)
}

/// `Ana Lyst wrote:` right above lines with `>`: with so little it counts only below words of the writer's own.
pub(super) fn bare_attribution_at(below: &[&str]) -> Option<Attribution> {
    let line = without_directions(below.first()?);
    let has_shape = line.len() <= BARE_BYTES_MAX
        && line.ends_with([':', '：'])
        && line.split(' ').count() <= BARE_WORDS_MAX
        && !line.starts_with(char::is_lowercase);
    let is_followed_by_quotation = || below.iter().skip(1).take(2).find(|line| !is_blank(line));
    let is_found = has_shape
        && ends_as_attributions_do(line)
        && is_followed_by_quotation().is_some_and(|line| is_quoted(line));
    is_found.then_some(Attribution {
        lines: 1,
        is_followed_by_quotation: true,
        names_address: false,
        sureness: Sureness::Likely,
    })
}

#[cfg(test)]
mod tests {
    use super::super::{Structure, split};

    #[test]
    fn u9_lines_of_logs_are_no_attribution() {
        for log in [
            "2026-02-02 09:14:22 GMT disk full",
            "2026-02-02 09:14:22 GMT+01:00 disk full",
            "2026-02-02 09:14:22.114 GMT [4711] ERROR: relation does not exist\n2026-02-02 09:14:22.115 GMT [4711] STATEMENT: select 1",
            "2026-02-02 09:14:22 GMT+01:00 ERROR\n2026-02-02 09:14:23 GMT+01:00 STOPPED",
        ] {
            let text = format!("It fails:\n\n{log}\n\nWhat can I do?");
            assert_eq!(split(&text, &Structure::default()).reply, text);
        }
        for attribution in [
            "2026-03-12 10:11 GMT+01:00 Ana Lyst <ana.lyst@example.com>:",
            "2026-03-12 10:11 GMT+01:00 Ana Lyst",
            "2026-03-12 10:11 GMT+01:00 Ana\nLyst <ana.lyst@example.com>:",
        ] {
            let text = format!("Yes.\n\n{attribution}\n\nDoes it work?");
            assert_eq!(split(&text, &Structure::default()).reply, "Yes.", "{text}");
            let text = format!("Yes.\n\n{attribution}\n> Does it work?");
            assert_eq!(split(&text, &Structure::default()).reply, "Yes.", "{text}");
        }
    }

    #[test]
    fn u9_attributions_of_older_programs_are_cut_above_marked_lines() {
        for attribution in [
            "\"Ana Lyst\" <ana.lyst@example.com> wrote in message\nnews:4711@example.com...",
            "Ana Lyst said the following on 02/02/2026 09:14:",
            "Thus spake Ana Lyst (ana.lyst@example.com):",
            "Du schriebst am 02.02.2026 um 09:14:",
            "Le 02/02/2026 à 09:14, Ana Lyst a\u{a0}écrit\u{a0}:",
        ] {
            let text = format!("Yes.\n\n{attribution}\n\n> Does it work?");
            assert_eq!(split(&text, &Structure::default()).reply, "Yes.", "{text}");
        }
        let prose = "Du schriebst am 02.02.2026 um 09:14:\ndas Teil ist da\n\nWo denn";
        assert_eq!(split(prose, &Structure::default()).reply, prose);
    }
}

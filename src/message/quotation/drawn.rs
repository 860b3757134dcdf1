//! Lines that programs draw above what they quote, and lines with words between strokes.

use super::attribution::ATTRIBUTION_BYTES_MAX;
use super::dates::{has_date_and_time, has_time, has_year};
use super::keys::Key;
use super::marks::key_and_value;
use crate::message::lines::{is_blank, within_blanks};

/// How few underscores Outlook draws above a quoted header.
const OUTLOOK_RULE_BYTES_MIN: usize = 20;
/// What lines are drawn with.
pub(super) const STROKES: [char; 10] = ['-', '_', '=', '*', '─', '━', '—', '–', '‐', '‑'];

/// Whether a line begins with a plain letter or digit, as most do: then nothing is drawn there.
pub(super) fn begins_with_word(line: &str) -> bool {
    line.as_bytes().first().is_some_and(u8::is_ascii_alphanumeric)
}

/// Whether a line is only drawn: hyphens, underscores, equals signs.
pub(super) fn is_rule(line: &str) -> bool {
    if begins_with_word(line) {
        return false;
    }
    let line = within_blanks(line);
    line.len() >= 5 && line.trim_start_matches(STROKES).is_empty()
}

/// Whether a line is drawn at both its ends, as `---- Original message ----`.
pub(super) fn is_set_off(line: &str) -> bool {
    if begins_with_word(line) {
        return false;
    }
    let are_strokes = |mut ends: [Option<char>; 2]| {
        ends.iter_mut().all(|end| end.is_some_and(|end| STROKES.contains(&end)))
    };
    let (mut front, mut back) = (line.chars(), line.chars().rev());
    are_strokes([front.next(), front.next()]) && are_strokes([back.next(), back.next()])
}

/// Whether a line right above a quotation is part of it: drawn, with words in between or without, or as Notes sums a
/// mail up, `Ana Lyst---12.03.2026 10:11:12---It works`.
pub(super) fn belongs_to_quotation_below(line: &str) -> bool {
    let line = within_blanks(line);
    let sums_up = || {
        let (_, behind) = line.split_once("---")?;
        let (date, _) = behind.split_once("---")?;
        (date.starts_with(|c: char| c.is_ascii_digit()) && has_time(date)).then_some(())
    };
    is_rule(line) || is_drawn_otherwise(line) || is_set_off(line) || sums_up().is_some()
}

/// `- - - -`, `#####`, or one long stroke: drawn right above a quotation, and seldom elsewhere.
fn is_drawn_otherwise(line: &str) -> bool {
    let is_spaced = || line.len() >= 5 && line.chars().all(|c| STROKES.contains(&c) || c == ' ');
    let is_hashed = || line.len() >= 5 && line.bytes().all(|byte| byte == b'#');
    line == "⸻" || is_spaced() || is_hashed()
}

/// `>>> Ana Lyst <ana.lyst@example.com> 12.03.2026 10:11 >>>`, as Novell puts it above what it quotes without marks.
pub(super) fn is_between_arrows(line: &str) -> bool {
    let line = within_blanks(line);
    let inner = line.strip_prefix(">>> ").and_then(|rest| rest.strip_suffix(">>>"));
    inner.is_some_and(|inner| {
        (has_time(inner) || has_date_and_time(inner)) && inner.len() <= ATTRIBUTION_BYTES_MAX
    })
}

/// A header in a language that is not known here: below Outlook's rule, fields with an address and with a time. So is one of
/// no more than sender and date, in those that are known.
pub(super) fn is_rule_above_unknown_header(below: &[&str]) -> bool {
    let rule = below.first().map_or("", |line| within_blanks(line));
    if rule.len() < OUTLOOK_RULE_BYTES_MIN || !rule.trim_start_matches('_').is_empty() {
        return false;
    }
    let fields = below.iter().skip(1).skip_while(|line| is_blank(line)).take(4);
    let fields: Vec<_> = fields.map_while(|line| key_and_value(line)).collect();
    if let [(from, sender), (sent, date)] = fields.as_slice() {
        let is_header = Key::of(from).is_of_sender() && Key::of(sent).is_of_date();
        return is_header && sender.contains('@') && sender.contains(['<', '[']) && has_date_and_time(date);
    }
    let [(_, sender), others @ ..] = fields.as_slice() else { return false };
    let is_date = |value: &str| has_time(value) && has_year(value) && !value.contains('@');
    others.len() == 3
        && sender.contains('@')
        && sender.contains(['<', '['])
        && others.iter().any(|(_, value)| is_date(value))
}

#[cfg(test)]
mod tests {
    use super::super::{Structure, split};

    #[test]
    fn u9_sender_and_date_below_a_rule_are_a_header() {
        let rule = "_".repeat(32);
        for (fields, is_cut) in [
            ("From: Ana Lyst <ana.lyst@example.com>\nDate: 02.03.2026 09:05", true),
            ("Von: Ana Lyst <ana.lyst@example.com>\nGesendet: 02.03.2026 09:05", true),
            ("From: Lund\nDate: 02.03.2026 09:05", false),
            ("Owner: Ana Lyst <ana.lyst@example.com>\nDate: 02.03.2026 09:05", false),
        ] {
            let text = format!("Yes.\n\n{rule}\n{fields}\n\nDoes it work?");
            let reply = split(&text, &Structure::default()).reply;
            assert_eq!(reply, if is_cut { "Yes." } else { text.as_str() });
        }
    }

    #[test]
    fn u9_what_is_drawn_right_above_a_quotation_goes_with_it() {
        let head = "On 2 Mar 2026 at 9:05, Ana Lyst wrote:\n\nDoes it work?";
        for rule in ["- - - - - - -", "#####", "⸻", "_____"] {
            let text = format!("Yes.\n\n{rule}\n{head}");
            assert_eq!(split(&text, &Structure::default()).reply, "Yes.", "{text}");
            let text = format!("Yes.\n\n{rule}\nRoom 12\n\n{head}");
            assert_eq!(
                split(&text, &Structure::default()).reply,
                format!("Yes.\n\n{rule}\nRoom 12"),
                "{text}"
            );
        }
    }
}

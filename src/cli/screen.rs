//! What a terminal may be shown, and how lines stand in columns.
//!
//! Whatever a mail or a rule file says is made harmless here: no control character and no mark of writing
//! direction reaches a terminal, and what belongs on one line stays on it.

use super::render::is_shown;
use std::fmt::Write as _;
use std::io::{IsTerminal as _, Write as _};

/// The most characters of one piece of foreign text in a line.
const PIECE_CHARS_MAX: usize = 300;

/// A text as one harmless line; a very long one is cut.
pub(super) fn line(text: &str) -> String {
    let mut line = String::new();
    for (count, c) in text.trim().chars().enumerate() {
        if count == PIECE_CHARS_MAX {
            line.push('…');
            break;
        }
        line.push(match c {
            '\n' | '\t' | '\r' | '\u{2028}' | '\u{2029}' => ' ',
            c if is_shown(c) => c,
            _ => '\u{fffd}',
        });
    }
    line
}

/// A value as JSON for people and programs; what a terminal would obey is written as an escape.
pub(super) fn json(value: &serde_json::Value) -> String {
    escaped(&format!("{value:#}"))
}

/// JSON with everything that a terminal would obey as an escape; its value stays the same.
pub(super) fn escaped(json: &str) -> String {
    json.chars().fold(String::with_capacity(json.len()), |mut text, c| {
        if is_shown(c) {
            text.push(c);
        } else {
            // all of these have four digits; writing to a text cannot go wrong
            let _always = write!(text, "\\u{:04x}", u32::from(c));
        }
        text
    })
}

/// Rows with their columns under each other; a column is at least as wide as `least` says, and `gaps`
/// stand behind each column but the last.
pub(super) fn columns(rows: &[Vec<String>], least: &[usize], gaps: &[usize]) -> Vec<String> {
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count());
        cells.chain(least.get(column).copied()).max().unwrap_or_default()
    };
    let widths: Vec<usize> = (0..rows.iter().map(Vec::len).max().unwrap_or_default()).map(width).collect();
    let drawn = |row: &Vec<String>| {
        let mut line = String::new();
        for (at, (cell, width)) in row.iter().zip(&widths).enumerate() {
            line.push_str(cell);
            let room = width.saturating_sub(cell.chars().count()) + gaps.get(at).copied().unwrap_or(2);
            line.extend(std::iter::repeat_n(' ', room));
        }
        line.truncate(line.trim_end().len());
        line
    };
    rows.iter().map(drawn).collect()
}

/// Whether results are shown in colour: on a terminal, unless `NO_COLOR` says otherwise.
pub(super) fn has_colour() -> bool {
    std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

/// Says something beside the result, on the error stream.
pub(super) fn note(text: &str) {
    // nobody is left to be told if the error stream itself is gone
    drop(writeln!(std::io::stderr(), "note: {}", line(text)));
}

/// A number with a comma between thousands.
pub(super) fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// `1 error`, `2 errors`.
pub(super) fn counted(count: usize, what: &str) -> String {
    format!("{} {what}{}", grouped(count), if count == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn foreign_text_stays_on_its_line_and_cannot_steer() {
        assert_eq!(line(" a\u{1b}[2J\u{202e}b\r\nc\u{2028}d "), "a\u{fffd}[2J\u{fffd}b  c d");
        assert_eq!(line(&"x".repeat(1000)).chars().count(), PIECE_CHARS_MAX + 1);
    }

    #[test]
    fn json_stays_the_same_value_but_cannot_steer() {
        let value = serde_json::json!({ "a": "x\u{9b}2J\u{202e}\u{7f}\u{1b}\n\tü" });
        let text = json(&value);
        assert!(text.chars().all(|c| c == '\n' || (is_shown(c) && !c.is_control())), "{text:?}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&text).unwrap(), value);
    }

    #[test]
    fn numbers_are_grouped_and_counted() {
        assert_eq!(
            [grouped(0), grouped(999), grouped(10_153), grouped(1_234_567)],
            ["0", "999", "10,153", "1,234,567"]
        );
        assert_eq!([counted(1, "error"), counted(2, "warning")], ["1 error", "2 warnings"]);
    }

    #[test]
    fn columns_stand_under_each_other() {
        let row = |cells: [&str; 3]| cells.map(str::to_owned).to_vec();
        let drawn = columns(&[row(["a", "b", ""]), row(["ccc", "d", "e"])], &[0, 3], &[1, 2]);
        assert_eq!(drawn, ["a   b", "ccc d    e"]);
    }
}

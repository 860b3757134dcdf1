//! Headers as Lotus Notes lays them out above what it quotes: no `From:`, and names of fields on lines of their own, in
//! columns or in a drawn table.

use super::dates::{has_date_and_time, has_digit};
use super::keys::Key;
use super::marks::key_and_value;
use crate::message::lines::within_blanks;

/// The longest line with the sender, and the most words of it.
const SENDER_BYTES_MAX: usize = 160;
const SENDER_WORDS_MAX: usize = 9;
/// The longest line with nothing but when it was sent.
const DATE_BYTES_MAX: usize = 40;
/// The most letters of it: `AM`, a time zone.
const DATE_LETTERS_MAX: usize = 6;
/// How many lines with words below the date are looked at, and how soon the first field stands there.
const FIELD_LINES_MAX: usize = 12;
const FIRST_FIELD_LINES_MAX: usize = 3;
/// How many of them there are: `To`, `cc`, `Subject`.
const FIELDS_MIN: usize = 3;
/// How far to the right the columns stand, at least, and over how many lines they run.
const COLUMN_BLANKS_MIN: usize = 8;
const COLUMN_LINES_MAX: usize = 16;
/// Over how many lines a table is drawn.
const TABLE_LINES_MAX: usize = 40;

/// Whether such a header begins with the first of these lines.
pub(super) fn begins_header_of_notes(below: &[&str]) -> bool {
    let Some(first) = below.first() else { return false };
    if first.starts_with('|') {
        return begins_table(first, below);
    }
    is_indented(first) && begins_columns(below) || begins_with_sender_or_date(within_blanks(first), below)
}

/// A sender and a date, on one line or two, or the date alone, and below it the names of fields.
fn begins_with_sender_or_date(first: &str, below: &[&str]) -> bool {
    if first.len() > SENDER_BYTES_MAX {
        return false;
    }
    let is_dated = has_digit(first) && has_date_and_time(first);
    let names_sender = first.contains('@') && first.split_whitespace().count() <= SENDER_WORDS_MAX;
    if (is_dated && names_sender) || is_date_alone(first) {
        return has_names_of_fields(below.get(1..).unwrap_or_default());
    }
    let date_at = || below.iter().take(3).position(|line| is_date_alone(within_blanks(line)));
    names_sender && date_at().is_some_and(|at| has_names_of_fields(below.get(at + 1..).unwrap_or_default()))
}

/// `03/12/2026 10:11 AM`
fn is_date_alone(line: &str) -> bool {
    line.len() <= DATE_BYTES_MAX
        && line.starts_with(|c: char| c.is_ascii_digit())
        && line.chars().filter(|c| c.is_alphabetic()).count() <= DATE_LETTERS_MAX
        && has_date_and_time(line)
}

/// Whether three different fields follow soon, each named on a line of its own or before a colon.
fn has_names_of_fields(below: &[&str]) -> bool {
    let lines = below.iter().map(|line| within_blanks(line)).filter(|line| !line.is_empty());
    let mut known: Vec<String> = Vec::with_capacity(FIELDS_MIN);
    for (at, line) in lines.take(FIELD_LINES_MAX).enumerate() {
        if known.is_empty() && at >= FIRST_FIELD_LINES_MAX {
            return false;
        }
        known.extend(name_of_field(line).filter(|name| !known.contains(name)));
        if known.len() >= FIELDS_MIN {
            return true;
        }
    }
    false
}

fn name_of_field(line: &str) -> Option<String> {
    let name = match key_and_value(line) {
        Some((name, _)) => name,
        None if line.len() <= DATE_BYTES_MAX => line.to_lowercase(),
        None => return None,
    };
    Key::of(&name).is_of_others().then_some(name)
}

fn is_indented(line: &str) -> bool {
    line.bytes().take_while(|byte| *byte == b' ').count() >= COLUMN_BLANKS_MIN
}

/// The sender and the date to the left, and to the right, each at the end of its line, `To`, `cc` and `Subject`.
fn begins_columns(below: &[&str]) -> bool {
    let block = below.iter().take(COLUMN_LINES_MAX).take_while(|line| is_indented(line));
    let (mut names, mut is_dated) = (0, false);
    for line in block {
        let line = within_blanks(line);
        let (left, name) = line.rsplit_once("  ").unwrap_or(("", line));
        names += usize::from(Key::of(&name.trim().to_lowercase()).is_of_others());
        is_dated |= has_date_and_time(left);
    }
    names >= FIELDS_MIN && is_dated
}

/// `|---------+---------------------------->`, and the names of fields in the table below it.
fn begins_table(first: &str, below: &[&str]) -> bool {
    let is_drawn = first.starts_with("|--")
        && first.trim_end().ends_with("->")
        && first.trim_end().bytes().all(|byte| matches!(byte, b'|' | b'-' | b'+' | b'>'));
    let names_field = |line: &&str| {
        let cell = line.trim_matches(['|', '>', ' ']);
        key_and_value(cell).is_some_and(|(name, _)| Key::of(&name).is_of_others())
    };
    // several such lines in a row are no table
    let has_cells = || below.get(1).is_some_and(|line| line.contains(' '));
    is_drawn
        && has_cells()
        && below.iter().skip(1).take(TABLE_LINES_MAX).filter(|line| names_field(line)).count() >= 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_of_notes_are_told_from_what_people_write() {
        for (text, expected) in [
            (
                "Eva Ott <eva@x.example> on 04/02/2026 09:05:11 AM\n\nTo:   Jo Roe/Corp@CORP\ncc:\nSubject:  Re: VPN",
                true,
            ),
            ("Eva Ott/Corp@CORP\n04/02/2026 09:05 AM\n\nTo\nJo Roe/Corp@CORP\ncc\n\nSubject\nRe: VPN", true),
            ("Eva Ott/Corp@CORP\n\n04.02.2026 09:05\nAn\nJo Roe/Corp@CORP\nKopie\n\nThema\nRe: VPN", true),
            ("2026-02-04 09:05\nPlease respond to\neva@x.example\nTo\njo@x.example\ncc\nSubject\nVPN", true),
            (
                "            Eva Ott\n            04/02/2026 09:05                      To\n                        jo@x.example\n                                 cc\n                              Subject\n                        VPN",
                true,
            ),
            (
                "|-------+----->\n|       |  Eva |\n|-------+----->\n  >------|\n  |  To:  jo@x.example  |\n  |  Subject:  VPN  |",
                true,
            ),
            ("jo@x.example 04/02/2026 09:05\nTo: desk\nSubject: chair\n\nWhy has nobody answered?", false),
            ("jo@x.example called on 04/02/2026 at 09:05 AM\n\nPlease call back.", false),
            ("04/02/2026 09:05 AM\n\nSubject\nDesk chairs for room 12", false),
            ("04/02/2026 09:05 AM it failed\nTo\nmy mind it was the\nsubject", false),
            ("|-------+----->\n| 1     | 2    |", false),
            ("         To\n         the\n         subject", false),
        ] {
            let lines: Vec<&str> = text.split('\n').collect();
            assert_eq!(begins_header_of_notes(&lines), expected, "{text}");
        }
    }
}

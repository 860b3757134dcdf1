//! Where a quotation begins that goes on to the end: what is drawn right above it belongs to it.

use super::announcements::ORIGINALS;
use super::drawn::{belongs_to_quotation_below, is_rule};
use super::keys::Key;
use super::marks::key_and_value;
use super::{Line, set};
use crate::message::lines::{is_blank, within_blanks};

/// The most fields between a drawn line and an attribution.
const FIELDS_ABOVE_MAX: usize = 4;
/// The shortest and the longest words for a mail that is quoted.
const ORIGINAL_BYTES_MIN: usize = 8;
const ORIGINAL_BYTES_MAX: usize = 80;

/// All lines from here on are quoted, and the lines drawn above them belong to the quotation.
pub(super) fn covered(lines: &[&str], mut kinds: Vec<Line>, from: usize, kind: Line) -> Vec<Line> {
    set(&mut kinds, from..lines.len(), kind);
    let above = lines.iter().zip(&mut kinds).take(from).rev();
    for (_, covered) in above
        .take_while(|(line, _)| is_blank(line) || belongs_to_quotation_below(line) || names_original(line))
    {
        *covered = kind;
    }
    if let Some(rule) = rule_above_fields(lines, from) {
        set(&mut kinds, rule..from, kind);
    }
    kinds
}

/// `Original Message` with nothing drawn around it, as phones put it above a header.
pub(super) fn names_original(line: &str) -> bool {
    let line = within_blanks(line);
    (ORIGINAL_BYTES_MIN..=ORIGINAL_BYTES_MAX).contains(&line.len())
        && ORIGINALS.contains(&line.trim_end_matches([':', ' ']).to_lowercase().as_str())
}

/// The drawn line above fields that stand right above a quotation: to whom the quoted mail went, about what.
fn rule_above_fields(lines: &[&str], from: usize) -> Option<usize> {
    let is_field = |line: &str| key_and_value(line).is_some_and(|(key, _)| Key::of(&key).is_of_others());
    let above = lines.get(..from)?.iter().rev().take(FIELDS_ABOVE_MAX);
    let fields = above.take_while(|line| is_field(line)).count();
    let rule = from.checked_sub(fields + 1)?;
    (fields > 0 && is_rule(lines.get(rule)?)).then_some(rule)
}

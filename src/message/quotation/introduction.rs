//! Lines with `>` that are the writer's own: commands, prompts, a passage of a manual.

use super::attribution::{attribution_at, ends_as_attributions_do};
use super::marks::begins_original;
use super::{Line, end_of_own, unmarked};

/// In how many lines of a quotation a program says whose it is.
const FIRST_QUOTED_LINES: usize = 8;

/// Whether the writer's last line announces the lines with `>` below it, `I ran these commands:`, and no mail program
/// says whose they are.
pub(super) fn is_introduced_by_writer(lines: &[&str], kinds: &[Line]) -> bool {
    let Some(end) = end_of_own(kinds) else { return false };
    let last = lines.get(end - 1).map_or("", |line| line.trim_end());
    let below = kinds.get(end..).unwrap_or_default();
    let first_quoted = below.iter().position(|kind| *kind == Line::Quoted);
    let Some(first_quoted) = first_quoted.filter(|_| last.ends_with([':', '：'])) else { return false };
    let is_attributed = below.iter().any(|kind| kind.is_attribution()) || ends_as_attributions_do(last);
    let quoted = lines.get(end + first_quoted..).unwrap_or_default();
    let quoted: Vec<&str> = quoted.iter().take(FIRST_QUOTED_LINES).map(|line| unmarked(line)).collect();
    let names_writer = |at| {
        let quoted = quoted.get(at..).unwrap_or_default();
        begins_original(quoted).is_some() || attribution_at(quoted).is_some()
    };
    !is_attributed && !(0..quoted.len()).any(names_writer)
}

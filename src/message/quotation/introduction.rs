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

/// Whether the lines with `>` below the writer's last line are no quotation, without anything that says whose they are:
/// prompts such as `PS>` and `>>>`, or the second half of what `diff` prints.
pub(super) fn are_prompts_or_diff(lines: &[&str], kinds: &[Line]) -> bool {
    let Some(end) = end_of_own(kinds) else { return false };
    let below = || lines.iter().zip(kinds).skip(end).filter(|(_, kind)| **kind == Line::Quoted);
    let Some((first, _)) = below().next() else { return false };
    let above = lines.get(..end).unwrap_or_default().last().map_or("", |line| line.trim());
    let is_diff = above == "---" || above.starts_with("< ");
    let are_prompts = first.trim_start().starts_with(">>> ")
        || below().all(|(line, _)| line.trim_start().starts_with(char::is_uppercase));
    (is_diff || are_prompts) && !kinds.iter().any(|kind| kind.is_attribution())
}

#[cfg(test)]
mod tests {
    use super::super::{Structure, split};

    #[test]
    fn u9_prompts_and_differences_at_the_end_are_kept() {
        for text in [
            "This is what I see\n\nPS> Get-Printer\nPS> Remove-Printer",
            "It stops here\nSQL> select 1 from dual",
            "I typed\n\n>>> import foo\n>>> foo.run()",
            "They differ\n\n5c5\n< a\n---\n> b",
        ] {
            assert_eq!(split(text, &Structure::default()).reply, text);
        }
        for text in [
            "Yes.\n\nOn 2 Mar 2026 at 9:05, Ana Lyst wrote:\n\nAL> Does it work?",
            "Yes.\n\nOn 2 Mar 2026 at 9:05, Ana Lyst wrote:\n>>> Does it work?",
            "Yes.\n\n> Does it work?",
        ] {
            assert_eq!(split(text, &Structure::default()).reply, "Yes.", "{text}");
        }
    }
}

//! Lines with `>` that are the writer's own: commands, prompts, a passage of a manual.

use super::attribution::{attribution_at, ends_as_attributions_do};
use super::keys::Key;
use super::marks::{begins_original, is_quoted, key_and_value};
use super::{CutPart, Line, end_of_own, unmarked};

/// In how many lines of a quotation a program says whose it is.
const FIRST_QUOTED_LINES: usize = 8;
/// The most quoted lines that may be the writer's where no program says whose they are: with sentences, and in all.
const FEW_LINES_MAX: usize = 2;
const QUOTED_LINES_MAX: usize = 8;
/// The most words of a line that is no sentence.
const PHRASE_WORDS_MAX: usize = 4;

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

/// Whether the only lines with `>` stand below the writer's last line, without anything that says whose they are, and are too
/// few for a mail, or hold no sentence: a command, a path through menus, `> 50 users`.
pub(super) fn are_few_without_attribution(lines: &[&str], kinds: &[Line]) -> bool {
    let Some(end) = end_of_own(kinds) else { return false };
    if kinds.iter().any(|kind| matches!(kind, Line::Attribution(_) | Line::Cut(CutPart::Quoted, ..))) {
        return false;
    }
    let quoted = || lines.iter().zip(kinds).filter(|(_, kind)| **kind == Line::Quoted).map(|(line, _)| *line);
    let below: Vec<&str> = quoted().take(QUOTED_LINES_MAX).map(|line| unmarked(line)).collect();
    let stand_below = kinds.iter().position(|kind| *kind == Line::Quoted).is_some_and(|first| first >= end);
    let are_marked = || quoted().take(QUOTED_LINES_MAX).all(is_quoted);
    let with_words = || below.iter().filter(|line| !line.is_empty());
    let is_sentence = |line: &str| {
        line.ends_with(['.', '?', '!', ',', ':', '。', '？', '！'])
            || line.split_whitespace().count() > PHRASE_WORDS_MAX
    };
    let are_few = || {
        stand_below && with_words().count() <= FEW_LINES_MAX || !with_words().any(|line| is_sentence(line))
    };
    let is_sender = |line: &str| key_and_value(line).is_some_and(|(key, _)| Key::of(&key).is_of_sender());
    let names_writer = || {
        (0..below.len()).any(|at| {
            let quoted = below.get(at..).unwrap_or_default();
            quoted.first().is_some_and(|line| is_sender(line))
                || begins_original(quoted).is_some()
                || attribution_at(quoted).is_some()
        })
    };
    quoted().next().is_some()
        && quoted().nth(QUOTED_LINES_MAX - 1).is_none()
        && are_marked()
        && are_few()
        && !names_writer()
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
            "How many users? Here is the number.\n\n> 50 users",
            "I typed these and it fails on the second\n\n> npm install\n> npm start",
            "It fails on the second\n\n> npm install\n> npm start\nmissing script\n\n> npm test",
            "The menu path is File\n> Settings\n> Printers\n> Add",
            "I do not understand this. What does it mean?\n\n> Press the red button.",
        ] {
            assert_eq!(split(text, &Structure::default()).reply, text);
        }
        for text in [
            "Yes.\n\nOn 2 Mar 2026 at 9:05, Ana Lyst wrote:\n\nAL> Does it work?",
            "Yes.\n\nOn 2 Mar 2026 at 9:05, Ana Lyst wrote:\n>>> Does it work?",
            "Yes.\n\n> Does it work?\n>\n> Please tell us.\n>\n> Ana",
            "Yes.\n\n> From: ana.lyst@example.com\n> Does it work?",
        ] {
            assert_eq!(split(text, &Structure::default()).reply, "Yes.", "{text}");
        }
    }
}

//! Lines with `>` that are the writer's own: commands, prompts, a passage of a manual.

use super::attribution::attribution_at;
use super::dates::has_date_and_time;
use super::endings::ends_as_attributions_do;
use super::keys::Key;
use super::marks::{begins_original, is_quoted, key_and_value};
use super::{CutPart, Line, Sureness, end_of_own, unmarked};
use crate::message::lines::is_blank;

/// In how many lines of a quotation a program says whose it is.
const FIRST_QUOTED_LINES: usize = 8;
/// The most quoted lines that may be the writer's where no program says whose they are: with sentences, and in all.
const FEW_LINES_MAX: usize = 2;
const MARKED_LINES_MAX: usize = 8;
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
    let stand_below = kinds.iter().position(|kind| *kind == Line::Quoted).is_some_and(|first| first >= end);
    let marked = lines.iter().zip(kinds).filter(|(_, kind)| **kind == Line::Quoted).map(|(line, _)| *line);
    let marked: Vec<&str> = marked.take(MARKED_LINES_MAX).collect();
    !marked.is_empty() && are_too_few_or_no_sentences(&marked, if stand_below { FEW_LINES_MAX } else { 0 })
}

/// Keeps the lines with `>` that stand between the writer's last line and the attribution, or the header, of what a program
/// quotes: that program wrote none of them, where they are few, hold no sentence, or are announced with a colon.
pub(super) fn keep_stretch_above_attribution(lines: &[&str], kinds: &mut [Line]) {
    let Some(end) = end_of_own(kinds) else { return };
    let below = kinds.get(end..).unwrap_or_default();
    let length = below.iter().take_while(|kind| matches!(kind, Line::Quoted | Line::Empty)).count();
    let begins_mail = |kind: &Line| matches!(kind, Line::Attribution(_) | Line::Cut(CutPart::Quoted, ..));
    // an empty line right above a header is counted with it
    let is_empty = |at: usize| lines.get(end + at).is_some_and(|line| is_blank(line));
    let stands_apart = length.checked_sub(1).is_some_and(is_empty) || is_empty(length);
    // where the text was made of HTML, no empty line stands there
    let is_sure = below.get(length) == Some(&Line::Attribution(Sureness::Certain));
    if !stands_apart && !is_sure || !below.get(length).is_some_and(begins_mail) {
        return;
    }
    let stretch = lines.get(end..).unwrap_or_default().iter().zip(below).take(length);
    let marked = stretch.filter(|(_, kind)| **kind == Line::Quoted).map(|(line, _)| *line);
    let marked: Vec<&str> = marked.take(MARKED_LINES_MAX).collect();
    // Novell marks the first line of its attribution, too
    let is_dated = || marked.iter().any(|line| has_date_and_time(line));
    let is_announced = lines.get(end - 1).is_some_and(|line| line.trim_end().ends_with([':', '：']));
    let few = if is_announced { MARKED_LINES_MAX } else { FEW_LINES_MAX };
    if marked.is_empty() || !stands_apart && is_dated() || !are_too_few_or_no_sentences(&marked, few) {
        return;
    }
    for kind in kinds.iter_mut().skip(end).take(length).filter(|kind| **kind == Line::Quoted) {
        *kind = Line::Own;
    }
}

/// Whether lines with `>` are no mail: few, or without a sentence, and nothing in them says whose they are.
fn are_too_few_or_no_sentences(marked: &[&str], few: usize) -> bool {
    let inner: Vec<&str> = marked.iter().map(|line| unmarked(line)).collect();
    let with_words = || inner.iter().filter(|line| !line.is_empty());
    let is_sentence = |line: &str| {
        line.ends_with(['.', '?', '!', ',', ':', '。', '？', '！'])
            || line.split_whitespace().count() > PHRASE_WORDS_MAX
    };
    let is_sender = |line: &str| key_and_value(line).is_some_and(|(key, _)| Key::of(&key).is_of_sender());
    let names_writer = |at: usize| {
        let inner = inner.get(at..).unwrap_or_default();
        inner.first().is_some_and(|line| is_sender(line))
            || begins_original(inner).is_some()
            || attribution_at(inner).is_some()
    };
    marked.len() < MARKED_LINES_MAX
        && marked.iter().all(|line| is_quoted(line))
        && (with_words().count() <= few || !with_words().any(|line| is_sentence(line)))
        && !(0..inner.len()).any(names_writer)
}

#[cfg(test)]
mod tests {
    use super::super::{Structure, split};

    #[test]
    fn u9_what_is_announced_with_a_colon_is_kept_above_the_attribution() {
        for said in [
            "The vendor replied:\n\n> Update it.\n> Then reboot.\n> Regards, the vendor",
            "Er sagt:\n> Bitte warten.\n> Wir melden uns.\n> Danke.",
        ] {
            let text = format!("{said}\n\nOn 2 Mar 2026 at 9:05, Ana Lyst wrote:\n> What does he say?");
            assert_eq!(split(&text, &Structure::default()).reply, said, "{text}");
        }
    }

    #[test]
    fn u9_prompts_and_differences_at_the_end_are_kept() {
        for text in [
            "This is what I see\n\nPS> Get-Printer\nPS> Remove-Printer",
            "It stops here\nSQL> select 1 from dual",
            "I typed\n\n>>> import foo\n>>> foo.run()",
            "They differ\n\n5c5\n< a\n---\n> b",
            "My list\n\n> chair\n> desk\n> lamp\n> phone",
            "How many users? Here is the number.\n\n> 50 users",
            "I typed these and it fails on the second\n\n> npm install\n> npm start",
            "It fails on the second\n\n> npm install\n> npm start\nmissing script\n\n> npm test",
            "The menu path is File\n> Settings\n> Printers\n> Add",
            "I do not understand this. What does it mean?\n\n> Press the red button.",
        ] {
            assert_eq!(split(text, &Structure::default()).reply, text);
            for head in [
                "On 2 Mar 2026 at 9:05, Ana Lyst wrote:",
                "From: Ana Lyst <ana.lyst@example.com>\nSent: Monday, March 2, 2026 9:05 AM\nTo: Uma\nSubject: VPN\n",
            ] {
                let quoting = format!("{text}\n\n{head}\n> Does it work?");
                assert_eq!(split(&quoting, &Structure::default()).reply, text, "{quoting}");
            }
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

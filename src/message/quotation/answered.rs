//! Quotations below which, or between whose lines, somebody answers: a header above lines with `>`, and marks other
//! than that.

use super::drawn::is_set_off;
use super::keys::Key;
use super::marks::{is_quoted, key_and_value};
use crate::message::lines::is_blank;

/// How many lines a header has above the first line that it quotes.
const HEADER_LINES_MAX: usize = 16;
/// The marks of a quotation beside `>`; in front of nothing else does a person put them right below an attribution.
const MARKS: [&str; 7] = ["|", ":", "»", "›", "│", "┃", "¦"];
/// How far lines stand to the right that some programs quote so.
const INDENT: &str = "    ";

/// The mark with which the lines below an attribution are quoted, where it is not `>`.
pub(super) fn mark_below(below: &[&str]) -> Option<&'static str> {
    let mut lines = below.iter().filter(|line| !is_blank(line));
    let first = lines.next()?;
    let is_marked = |mark: &&&str| {
        first.trim_start().strip_prefix(**mark).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
    };
    let are_indented = first.starts_with(INDENT) && lines.next().is_some_and(|line| line.starts_with(INDENT));
    MARKS.iter().find(is_marked).copied().or_else(|| are_indented.then_some(INDENT))
}

/// Whether a line is quoted with this mark. A second bar makes a row of a table, and `:` without a blank begins other things.
pub(super) fn has_mark(line: &str, mark: &str) -> bool {
    if mark == INDENT {
        return line.starts_with(INDENT);
    }
    line.trim_start().strip_prefix(mark).is_some_and(|rest| match mark {
        ":" => rest.is_empty() || rest.starts_with(' '),
        _ => !rest.contains('|'),
    })
}

/// How many lines the header takes that begins with the first of these, where lines with `>` follow it.
pub(super) fn header_above_marks(below: &[&str]) -> Option<usize> {
    let is_of_header = |(at, line): (usize, &&str)| {
        let is_field = || key_and_value(line).is_some_and(|(key, _)| Key::of(&key).is_of_quotations());
        // some programs put no colon behind the name of a field
        let begins_with_name = || {
            let name = line.split(' ').next().unwrap_or_default();
            line.contains(' ') && Key::of(&name.to_lowercase()).is_of_quotations()
        };
        at == 0
            || is_blank(line)
            || line.starts_with([' ', '\t'])
            || is_set_off(line)
            || is_field()
            || begins_with_name()
    };
    let marked = below.iter().take(HEADER_LINES_MAX).position(|line| is_quoted(line))?;
    let header = below.get(..marked)?;
    (marked > 0 && header.iter().enumerate().all(is_of_header)).then_some(marked)
}

/// Where the last paragraph begins without a mark of a quotation: rests of lines that were broken do not stand apart.
pub(super) fn last_paragraph_unmarked(lines: &[&str]) -> Option<usize> {
    let stands_apart = |pair: &[&str]| match pair {
        [above, line] => is_blank(above) && !is_blank(line) && !is_quoted(line),
        _ => false,
    };
    lines.windows(2).rposition(stands_apart).map(|at| at + 1)
}

#[cfg(test)]
mod tests {
    use super::super::{Structure, split};

    const HEADER: &str = "-----Original Message-----\nFrom: Ana Lyst <ana.lyst@example.com>\nSent: Monday, March 2, 2026 9:05 AM\nTo: Uma\nSubject: VPN\n";

    #[test]
    fn u9_answers_below_marked_lines_are_kept_whatever_stands_above_those() {
        let attribution = "On 2 Mar 2026 at 9:05, Ana Lyst wrote:\n";
        for head in [HEADER, attribution] {
            for mark in ["> ", ">", "AL> ", "| ", ": ", "    "] {
                if head == HEADER && !mark.contains('>') {
                    continue;
                }
                for text in [
                    format!("Hello\n\n{head}\n{mark}Which room?\n{mark}Since when?\n\nRoom 12.\n"),
                    format!(
                        "Hello\n\n{head}\n{mark}Which room?\n{mark}Please.\n\nRoom 12.\n\n{mark}When?\n\nNow.\n"
                    ),
                ] {
                    let reply = split(&text, &Structure::default()).reply;
                    assert!(reply.starts_with("Hello") && reply.contains("Room 12."), "\n{text}\n{reply}");
                    assert_eq!(reply.contains("Now."), text.contains("Now."), "\n{text}");
                }
                let text = format!("{head}\n{mark}Which room?\n{mark}Since when?\n\nRoom 12.\n");
                assert_eq!(split(&text, &Structure::default()).reply, "Room 12.", "\n{text}");
            }
        }
    }

    #[test]
    fn u9_tables_and_code_below_an_answer_are_not_taken_for_the_quotation() {
        let head = "On 2 Mar 2026 at 9:05, Ana Lyst wrote:";
        for (mark, rest) in [
            ("| ", "Room 12, as listed:\n| Room | Desk |\n| 12 | 3 |"),
            ("| ", "Room 12\n| beside the stairs"),
            (": ", "I typed\n:wq\nand it was saved"),
            ("    ", "I ran this:\n    ls -l\n    rm x"),
        ] {
            let text = format!("{head}\n\n{mark}Which room?\n{mark}Since when?\n\n{rest}");
            assert_eq!(split(&text, &Structure::default()).reply, rest, "\n{text}");
        }
        let table = format!("See:\n\n{head}\n\n| Room | Desk |\n| 12 | 3 |\n\nThis is it.");
        assert!(split(&table, &Structure::default()).reply.ends_with("This is it."));
    }

    #[test]
    fn u9_marked_lines_with_nothing_below_are_cut() {
        for quoted in [
            "> a long line that a program\nbroke\n> and went on",
            "> a\n\n-- \nUma",
            "> a\n\n-----Original Message-----\nFrom: Bob <bob@x.example>\nSent: Sunday, March 1, 2026 9:05 AM\nTo: Ana\nSubject: VPN\n\nb",
        ] {
            let text = format!("Yes.\n\n{HEADER}\n{quoted}\n");
            assert_eq!(split(&text, &Structure::default()).reply, "Yes.", "\n{text}");
        }
    }
}

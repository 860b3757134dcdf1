//! What stands below a lawyer's paragraph and belongs to it: whose company it is, its page, a second paragraph, and a word
//! for nature. Alone, any of these may be said by somebody.

use super::disclaimer_words::{ERRORS, NATURE, OF_DESKS, PERSONS, PRINTING};
use super::disclaimers::{DISCLAIMER_LINES_MAX, is_disclaimer, is_of_writer, speaks_of_oneself};
use crate::message::lines::is_blank;

/// The most paragraphs below it, and the most lines and bytes of one.
const PARAGRAPHS_MAX: usize = 2;
const LINES_MAX: usize = 8;
const BYTES_MAX: usize = 800;
/// The fewest bytes of a lawyer's paragraph that has something below it.
const SAID_BYTES_MIN: usize = 60;
/// By what a company is registered, in lower case.
const REGISTERED: [&str; 24] = [
    "registered office",
    "registered in",
    "registered number",
    "registration n",
    "company n",
    "company reg",
    "amtsgericht",
    "handelsregister",
    "registergericht",
    "hrb ",
    "geschäftsführ",
    "sitz der gesellschaft",
    "ust-id",
    "siret",
    "rcs ",
    "kvk",
    "p.iva",
    "p. iva",
    "partita iva",
    "org.nr",
    "cvr",
    "nip ",
    "krs",
    "y-tunnus",
];
/// How the names of companies end.
const COMPANIES: [&str; 20] = [
    "Ltd", "Ltd.", "Limited", "GmbH", "AG", "KG", "SE", "Inc", "Inc.", "LLC", "PLC", "plc", "SA", "S.A.",
    "SARL", "B.V.", "AB", "Oy", "A/S", "S.r.l.",
];
/// The fewest letters of a word that is written small in no name.
const WORD_LETTERS_MIN: usize = 4;

/// Where a lawyer's paragraph begins whose last words are not the last paragraph, but stand above such as belong to it. In most
/// mails nobody says this above the last paragraph, which is told at once, and the others are not asked.
pub(super) fn start_above(lines: &[&str], end: usize) -> Option<usize> {
    // a name and a greeting have neither, and stand at the end of most mails
    let has_sign = |line: &&&str| line.bytes().rev().any(|byte| byte == b'.' || byte.is_ascii_digit());
    lines.get(..end)?.last().filter(has_sign)?;
    let mut below = paragraph_above(lines, end, LINES_MAX)?.0;
    for _ in 0..PARAGRAPHS_MAX {
        let (first, behind) = paragraph_above(lines, below, DISCLAIMER_LINES_MAX)?;
        let is_long = || {
            lines
                .get(first..behind)
                .is_some_and(|said| said.iter().map(|line| line.len()).sum::<usize>() >= SAID_BYTES_MIN)
        };
        if is_long() && is_disclaimer(lines.get(first..behind)?) {
            let mut others = lines.get(behind..end)?.split(|line| is_blank(line));
            return others.all(belongs_to_disclaimer).then_some(first);
        }
        if behind - first > LINES_MAX {
            return None;
        }
        below = first;
    }
    None
}

/// The first line of the paragraph above a place, and the one behind its last.
fn paragraph_above(lines: &[&str], end: usize, lines_max: usize) -> Option<(usize, usize)> {
    let last = lines.get(..end)?.iter().rposition(|line| !is_blank(line))?;
    let above = lines.get(..=last)?.iter().rev().take(lines_max + 1);
    let length = above.take_while(|line| !is_blank(line)).count();
    (length <= lines_max).then(|| (last + 1 - length, last + 1))
}

fn belongs_to_disclaimer(paragraph: &[&str]) -> bool {
    if paragraph.is_empty() || paragraph.iter().map(|line| line.len()).sum::<usize>() > BYTES_MAX {
        return paragraph.is_empty();
    }
    let whole = paragraph.join(" ");
    let lower = whole.to_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| lower.contains(word));
    if lower.contains(['?', '？']) || has(&OF_DESKS) || speaks_of_oneself(&lower) || is_of_writer(&lower) {
        return false;
    }
    let spares_paper = || has(&PRINTING) && (has(&NATURE) || lower.contains("think before"));
    is_imprint(&whole, &lower)
        || has(&ERRORS)
        || spares_paper()
        || has(&PERSONS) && lower.contains("intended")
}

/// Whether a paragraph says no more than whose company it is, or where its page is: what is no name is short.
fn is_imprint(whole: &str, lower: &str) -> bool {
    let is_page = |word: &str| word.contains("://") || word.starts_with("www.");
    let is_name = |word: &str| {
        is_page(word)
            || !word.starts_with(char::is_lowercase)
            || word.chars().filter(|c| c.is_alphabetic()).count() < WORD_LETTERS_MIN
    };
    let is_company = || whole.split([' ', ',']).any(|word| COMPANIES.contains(&word));
    REGISTERED.iter().any(|word| lower.contains(word))
        || whole.split_whitespace().all(is_page)
        || is_company() && whole.split([' ', ',']).all(is_name)
}

#[cfg(test)]
mod tests {
    use super::super::{Structure, split};

    const DISCLAIMER: &str = "This e-mail is confidential and intended for its recipient only.";

    #[test]
    fn u9_what_stands_below_a_disclaimer_is_cut_with_it() {
        for below in [
            "Example Ltd, 1 High Street, Lund, SE-123 45",
            "www.example.com",
            "Example GmbH, Sitz der Gesellschaft: Lund, HRB 4711",
            "Please think before you print.",
            "If you received it in error, please notify us and delete it.",
            "If you received it in error, please delete it.\n\nhttps://www.example.com/",
        ] {
            let text = format!("It works.\n\n{DISCLAIMER}\n\n{below}");
            assert_eq!(split(&text, &Structure::default()).reply, "It works.", "{text}");
            let text = format!("It works.\n\n{below}");
            assert_eq!(split(&text, &Structure::default()).reply, text);
        }
    }

    #[test]
    fn u9_what_somebody_says_below_a_disclaimer_is_kept() {
        for below in [
            "And the printer is broken.",
            "Call me, Uma",
            "Example Ltd has not paid yet",
            "I got the ticket in error.",
            "Was it sent in error?",
        ] {
            let text = format!("It works.\n\n{DISCLAIMER}\n\n{below}");
            assert_eq!(split(&text, &Structure::default()).reply, text);
        }
    }
}

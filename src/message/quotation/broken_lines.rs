//! Quoted lines that a program broke again: `> ` stands only above the break, and the rest of the line stands below it by
//! itself, as an answer would.

use super::marks::is_quoted;
use super::{Line, unmarked};
use crate::message::lines::is_blank;

/// How long a quoted line is at least that was too long, in characters.
const BROKEN_CHARS_MIN: usize = 60;
/// The most characters of what was broken off, and its most words.
const REST_CHARS_MAX: usize = 24;
const REST_WORDS_MAX: usize = 3;
/// How many signs as they stand in links show that a word goes on with one.
const LINK_SIGNS_MIN: usize = 2;
/// The most bytes of the mark of an item.
const ITEM_BYTES_MAX: usize = 3;
/// How many such rests show that lines were broken, where none of them shows it by itself.
const RESTS_MIN: usize = 2;
/// Words behind which a sentence goes on, so that no answer stands there; in lower case.
const GOES_ON_BEHIND: [&str; 125] = [
    "the", "a", "an", "of", "to", "and", "or", "with", "for", "from", "at", "by", "my", "your", "our",
    "their", "its", "than", "because", "der", "die", "das", "den", "dem", "des", "ein", "eine", "einen",
    "einem", "und", "oder", "mit", "für", "von", "zum", "zur", "bei", "ihr", "ihre", "ihren", "unser",
    "unsere", "le", "la", "les", "des", "du", "de", "un", "une", "et", "ou", "pour", "votre", "notre", "el",
    "los", "las", "y", "para", "il", "lo", "gli", "di", "het", "een", "van", "och", "att", "og", "has",
    "have", "had", "was", "were", "will", "would", "been", "is", "are", "that", "which", "who", "if", "as",
    "into", "about", "any", "this", "these", "ist", "sind", "war", "hat", "haben", "wird", "werden", "kann",
    "dass", "wenn", "im", "am", "est", "sont", "ont", "que", "qui", "dans", "sur", "par", "avec", "nos",
    "vos", "con", "por", "del", "che", "nel", "della", "voor", "met", "zijn", "som", "är", "har",
];
/// What may be an answer, however short; in lower case.
const ANSWERS: [&str; 48] = [
    "yes", "no", "ok", "okay", "done", "none", "yep", "nope", "sure", "both", "all", "true", "false",
    "correct", "agreed", "ja", "nein", "doch", "oui", "non", "si", "sí", "sì", "sim", "não", "nee", "nej",
    "tak", "nie", "да", "нет", "ne", "not", "don't", "neither", "either", "latter", "former", "same",
    "unknown", "approved", "beide", "keine", "keiner", "gleich", "aucun", "nessuno", "ninguno",
];

/// A rest of a quoted line.
struct Rest {
    at: usize,
    /// It ends with a word that no answer ends with.
    is_sure: bool,
}

/// Marks the rests of broken lines as quoted: where all that stands unmarked between the lines of a quotation are such
/// rests, and it is sure that they are none of the writer's answers.
pub(super) fn mark_rests(lines: &[&str], kinds: &mut [Line]) {
    let Some(first) = kinds.iter().position(|kind| *kind == Line::Quoted) else { return };
    let Some(last) = kinds.iter().rposition(|kind| *kind == Line::Quoted) else { return };
    let mut rests = Vec::new();
    for at in first..last {
        if kinds.get(at) != Some(&Line::Own) {
            continue;
        }
        if is_long_rest(lines, kinds, at) {
            rests.push(Rest { at, is_sure: true });
            continue;
        }
        match rest_at(lines, kinds, at) {
            Some(rest) => rests.push(rest),
            // somebody answers here
            None => return,
        }
    }
    if rests.len() < RESTS_MIN && !rests.iter().any(|rest| rest.is_sure) {
        return;
    }
    let is_trailing = |rest: &Rest| rest.is_sure || rests.len() >= RESTS_MIN;
    let trailing = broken_off(lines, last + 1).filter(is_trailing).map(|rest| rest.at);
    let stands_alone = |at: &usize| lines.get(at + 1).is_none_or(|below| is_blank(below));
    for at in rests.iter().map(|rest| rest.at).chain(trailing.filter(stands_alone)) {
        if let Some(kind) = kinds.get_mut(at) {
            *kind = Line::Quoted;
        }
    }
}

/// Whether the line at this place is the rest of a link, or of a sentence that goes on in front of it: a short one, or one that
/// ends a paragraph with it. Then it is none of the writer's.
fn is_long_rest(lines: &[&str], kinds: &[Line], at: usize) -> bool {
    let above = at.checked_sub(1).and_then(|at| lines.get(at)).map_or("", |line| line.trim_end());
    let (Some(rest), Some(below)) = (lines.get(at), lines.get(at + 1)) else { return false };
    let rest = rest.trim();
    if !is_quoted(above) || kinds.get(at + 1) != Some(&Line::Quoted) {
        return false;
    }
    let word = unmarked(above).rsplit(' ').next().unwrap_or_default();
    let is_open = above.ends_with(',') || GOES_ON_BEHIND.contains(&word);
    let ends_paragraph = rest.starts_with(char::is_lowercase)
        && rest.split(' ').count() > REST_WORDS_MAX
        && rest.trim_end_matches(['"', '”', ')']).ends_with(|c: char| c.is_alphabetic() || c == '.')
        && unmarked(below).is_empty();
    let is_short = || {
        rest.starts_with(char::is_lowercase)
            && rest.chars().nth(REST_CHARS_MAX).is_none()
            && !rest.split(' ').any(|word| ANSWERS.contains(&word.trim_matches([',', '.', '!', '\''])))
    };
    goes_on_with_link(word, rest)
        || is_link_above_mark(rest)
        || is_open && (ends_paragraph || is_short()) && above.chars().nth(BROKEN_CHARS_MIN - 1).is_some()
}

/// Whether a word is a link that is open at its end, and what stands below it goes on with it.
fn goes_on_with_link(word: &str, rest: &str) -> bool {
    let is_part = |c: char| c.is_ascii_alphanumeric() || "/._-=&?%#~+)>".contains(c);
    let signs = rest.chars().filter(|c| "/_=&?%#".contains(*c)).count();
    let is_closed = word.ends_with([')', '>', ']', '.', ',', ';']);
    let closes = word.starts_with('(') && rest.ends_with(')') || word.starts_with('<') && rest.ends_with('>');
    word.contains("://")
        && !is_closed
        && rest.chars().all(is_part)
        && (signs >= LINK_SIGNS_MIN || signs > 0 && closes)
}

/// `(https://example.com/) >`, where a program put the mark of the next line behind a link.
fn is_link_above_mark(rest: &str) -> bool {
    let link = rest.strip_suffix(" >").map(str::trim_end);
    link.is_some_and(|link| link.starts_with(['(', '<']) && link.contains("://") && !link.contains(' '))
}

/// The rest that is the line at this place, right between two quoted lines of the same depth.
fn rest_at(lines: &[&str], kinds: &[Line], at: usize) -> Option<Rest> {
    let rest = broken_off(lines, at)?;
    let (above, below) = (lines.get(at.checked_sub(1)?)?, lines.get(at + 1)?);
    let is_between = kinds.get(at + 1) == Some(&Line::Quoted) && depth(above) == depth(below);
    // an item of a list, or a sentence of its own, may well be a question that somebody has answered above it
    let goes_on = unmarked(below).starts_with(char::is_lowercase) && !is_item(unmarked(below));
    (is_between && goes_on).then_some(rest)
}

/// What stands at this place, where it may have been broken off the quoted line above it.
fn broken_off(lines: &[&str], at: usize) -> Option<Rest> {
    let above = lines.get(at.checked_sub(1)?)?.trim_end();
    let rest = lines.get(at)?.trim_end();
    let is_rest = rest.starts_with(char::is_lowercase)
        && rest.chars().nth(REST_CHARS_MAX).is_none()
        && rest.split(' ').count() <= REST_WORDS_MAX
        && !rest.ends_with(['.', '!', '?', ':', ';'])
        && !rest.split(' ').any(|word| ANSWERS.contains(&word.trim_matches([',', '\''])));
    let is_broken = is_rest
        && is_quoted(above)
        && above.chars().nth(BROKEN_CHARS_MIN - 1).is_some()
        && above.ends_with(|c: char| c.is_alphanumeric() || matches!(c, ',' | ')' | '-'));
    is_broken.then(|| Rest { at, is_sure: goes_on_behind(rest) })
}

fn goes_on_behind(line: &str) -> bool {
    let last = line.rsplit(' ').next().unwrap_or_default();
    GOES_ON_BEHIND.contains(&last)
}

/// `a) …`, `b. …`
fn is_item(line: &str) -> bool {
    let mark = line.split(' ').next().unwrap_or_default();
    mark.len() <= ITEM_BYTES_MAX && mark.ends_with([')', '.', ':'])
}

/// How deep a line is quoted.
fn depth(line: &str) -> usize {
    line.chars().take_while(|c| matches!(c, '>' | '＞' | ' ')).filter(|c| *c != ' ').count()
}

#[cfg(test)]
mod tests {
    use super::super::{Structure, split};

    const ATTRIBUTION: &str = "On 2 Mar 2026 at 9:05, Ana Lyst wrote:";

    #[test]
    fn u9_rests_of_lines_that_were_broken_are_quoted() {
        for quoted in [
            "> We have looked at the printer in room 12 and found that the drum of\nit\n> is worn. We will send somebody on Monday to replace it, please leave\nthe\n> door open.",
            "> We have looked at your ticket and found that the profile on your laptop\nhas\n> expired.",
            "> Your ticket was moved to the team of the second level, which will\ncontact you.\n> Please have your number at hand.",
            "> Bonjour, nous avons bien reçu votre demande et nous la traiterons dans les\nmeilleurs délais.\n> Cordialement",
            "> A very long line that was wrapped by another program at some column\nand\n> goes on here.",
            "> We have looked at the printer in room 12 and have found that its drum\nis\n> worn. Somebody comes on Monday to replace it, and you need not be\nthere\n> then.",
            ">> We have looked at the printer in room 12 and found that the drum of\nthe\n>> printer is worn and that on Monday the one who is to come will bring what of\nthe\n",
        ] {
            let text = format!("Thanks.\n\n{ATTRIBUTION}\n\n{quoted}");
            assert_eq!(split(&text, &Structure::default()).reply, "Thanks.", "{text}");
            let text = format!("{ATTRIBUTION}\n\n{quoted}\n\nThanks.");
            assert_eq!(split(&text, &Structure::default()).reply, "Thanks.", "{text}");
        }
    }

    #[test]
    fn u9_rests_of_links_and_of_last_sentences_are_quoted() {
        for quoted in [
            "> See https://www.example.com/rooms/second-floor/printers/of\nroom-12/floor-2/manual.html\n> Ana",
            "> The call (https://www.example.com/calls\n_nonce=3dd518)\n>",
            "> Answer by mail.\n>\n (https://www.example.com/c/YzOTYzMmE) >\n> Ana",
            "> We have looked at the printer in room 12 and have found that its drum is worn,\nand that somebody has to replace it.\n>\n> Ana",
        ] {
            let text = format!("Thanks.\n\n{ATTRIBUTION}\n\n{quoted}");
            assert_eq!(split(&text, &Structure::default()).reply, "Thanks.", "{text}");
        }
        for (answered, answer) in [
            ("> Is it https://www.example.com/rooms\nyes/no?\n> Ana", "yes/no?"),
            ("> Is it https://www.example.com/rooms\nn/a\n> Ana", "n/a"),
            ("> Is it (https://www.example.com/rooms)\nsecond/floor/a.html\n> Ana", "second/floor/a.html"),
            (
                "> Can you tell me whether the printer in the room on the second floor is on\nit is on since monday.\n>\n> Ana",
                "it is on since monday.",
            ),
        ] {
            let text = format!("{ATTRIBUTION}\n\n{answered}");
            let reply = split(&text, &Structure::default()).reply;
            assert!(reply.split('\n').any(|line| line == answer), "{text}\n---\n{reply}");
        }
    }

    #[test]
    fn u9_answers_right_below_long_quoted_lines_are_kept() {
        for (answered, answer) in [
            (
                "> Can you tell me whether the printer in the room on the second floor is on\nit is\n> And is the lamp green",
                "it is",
            ),
            (
                "> Can you tell me whether the printer in the room on the second floor is on\nyes\n> or whether it is off",
                "yes",
            ),
            (
                "> We have looked at the printer in room 12 and found that the drum of it\nWhich?\n> is worn",
                "Which?",
            ),
            (
                "> We have looked at the printer in room 12 and found that the drum of\nit\n> is worn. We will send somebody on Monday to replace it, please leave\nthe\n> door open.\nIt is open.\n> Ana",
                "It is open.",
            ),
            ("> Can you tell me which of the printers in the second floor does not work\nroom 12", "room 12"),
            ("> short\nit\n> is", "it"),
            (
                "> Should we replace the printer in room 12 or the one in the room next to the\nthe latter\n> kitchen, and when may we come?",
                "the latter",
            ),
            (
                "> Für welchen der beiden Mitarbeiter brauchen Sie die neue Lizenz, für Anna oder\nbeide.\n> für Bob?",
                "beide.",
            ),
            (
                "> - In which building is it, and what is written on the sign next to the door of\nhaus 3\n> - What is the number that is written below the screen of the machine, and whose is\ninv4711\n> - Who is it for",
                "haus 3",
            ),
            (
                "> Shall we close this call, or would you rather have it open until you hear of\nnot yet\n> somebody, or do you want us to move it to those who deal with it, or to a\nplease don't\n> colleague?",
                "not yet",
            ),
        ] {
            let text = format!("{ATTRIBUTION}\n\n{answered}");
            let reply = split(&text, &Structure::default()).reply;
            assert!(reply.split('\n').any(|line| line == answer), "{text}\n---\n{reply}");
        }
    }
}

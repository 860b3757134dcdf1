//! Signatures at the end of what a person wrote: below their mark, in the program's own words, or a lawyer's.

use super::below_disclaimers;
use super::classify::is_fence;
use super::device_line::{has_link, is_device_line, names_phone};
use super::disclaimers::{DISCLAIMER_LINES_MAX, is_disclaimer, is_heading_alone};
use super::drawn::{begins_with_word, is_rule};
use super::greetings::is_greeting;
use super::list_footers;
use super::postscripts::{postscript_within, request_within};
use super::scanners;
use super::spoken_signatures::are_shown_below;
use super::structure::Structure;
use super::{CutEvidence, CutPart, Line, Sureness, end_of_own, set};
use crate::message::lines::is_blank;

/// The mark of a signature as the standard has it (RFC 3676 §4.3).
const EXACT_MARK: &str = "-- ";
/// The most lines, empty ones aside, that a signature may have.
const SIGNATURE_LINES_MAX: usize = 15;
/// How few words make a sentence that is no greeting.
const SENTENCE_WORDS_MIN: usize = 5;
/// How far above something the line stands that announces it, with empty ones between them.
const ANNOUNCING_LINES_MAX: usize = 3;
/// Words with which no sentence ends, behind which somebody shows what he speaks of; in lower case.
const ANNOUNCE_MORE: [&str; 18] = [
    "is",
    "are",
    "says",
    "say",
    "reads",
    "ones",
    "following",
    "lautet",
    "folgendes",
    "steht",
    "est",
    "dit",
    "es",
    "dice",
    "è",
    "é",
    "diz",
    "zegt",
];
/// How the items of a list begin.
const ITEMS: [&str; 6] = ["- ", "* ", "• ", "1. ", "2. ", "1) "];
/// The most closings that are taken off one after the other.
const CLOSINGS_MAX: usize = 8;

/// Whether the writer's last line above a place announces what stands below it: it ends with a colon, or with a word behind
/// which a sentence goes on.
pub(super) fn is_announced(lines: &[&str], kinds: &[Line], start: usize) -> bool {
    let above = lines.iter().zip(kinds).take(start).rev().take(ANNOUNCING_LINES_MAX);
    let last = above.map(|(line, kind)| (line.trim_end(), kind)).find(|(line, _)| !line.is_empty());
    let Some((line, Line::Own)) = last else { return false };
    if lines.get(..start).is_some_and(are_shown_below) {
        return true;
    }
    let word = || line.rsplit(' ').next().map_or(String::new(), str::to_lowercase);
    line.ends_with([':', '：']) || line.contains(' ') && ANNOUNCE_MORE.contains(&word().as_str())
}

/// Takes the signature off what is the writer's own; never the last that is left.
pub(super) fn cut(lines: &[&str], kinds: &mut [Line], structure: &Structure) {
    cut_marked(lines, kinds);
    cut_container(lines, kinds, structure);
    for _ in 0..CLOSINGS_MAX {
        let is_cut = scanners::cut(lines, kinds)
            || cut_disclaimer(lines, kinds)
            || cut_device_line(lines, kinds)
            || list_footers::cut(lines, kinds);
        if !is_cut {
            return;
        }
        cut_rule(lines, kinds);
        cut_marked(lines, kinds);
    }
}

/// A line drawn above what was just cut belongs to it, and so does the heading of a lawyer's paragraph.
fn cut_rule(lines: &[&str], kinds: &mut [Line]) {
    let Some(end) = end_of_own(kinds) else { return };
    let is_above_cut = kinds.get(end..).and_then(|below| below.iter().find(|kind| **kind != Line::Empty));
    if let Some(Line::Cut(CutPart::Signature, evidence, sureness)) = is_above_cut.copied()
        && has_own(kinds, end - 1)
        && lines.get(end - 1).is_some_and(|line| {
            is_rule(line) || evidence == CutEvidence::Disclaimer && is_heading_alone(line)
        })
    {
        set(kinds, end - 1..end, signature(evidence, sureness));
    }
}

fn signature(evidence: CutEvidence, sureness: Sureness) -> Line {
    Line::Cut(CutPart::Signature, evidence, sureness)
}

/// `-- `, or what gateways leave of it.
pub(super) fn is_mark(line: &str) -> bool {
    !begins_with_word(line) && (matches!(line.trim_end(), "--" | "—") || line == "– ")
}

/// A signature at the end of what is left, below its mark `-- ` (RFC 3676 §4.3), and above it another one where a mailing
/// list signs as well.
fn cut_marked(lines: &[&str], kinds: &mut [Line]) {
    if cut_below_mark(lines, kinds, is_mark) {
        cut_below_mark(lines, kinds, |line| line == EXACT_MARK);
    }
}

/// Takes off what stands below the last mark.
fn cut_below_mark(lines: &[&str], kinds: &mut [Line], is_mark_here: impl Fn(&str) -> bool) -> bool {
    let Some(end) = end_of_own(kinds) else { return false };
    let (mut below, mut fences) = (0, 0);
    for (at, (line, kind)) in lines.iter().zip(kinds.iter()).enumerate().take(end).rev() {
        fences += usize::from(is_fence(line));
        if is_mark_here(line) && fences % 2 == 0 {
            let sureness = if *line == EXACT_MARK { Sureness::Certain } else { Sureness::Likely };
            // two such lines without the space of the standard are drawn between parts of what somebody says
            let is_one_of_many = || lines.iter().take(at).any(|line| is_mark(line) && *line != EXACT_MARK);
            let signed = at + 1..end_of_signed(lines, at + 1..end);
            let goes_on = || lines.get(signed.clone()).is_some_and(says_something);
            let begins_letter = || lines.get(signed.clone()).is_some_and(begins_letter);
            let is_cut = has_own(kinds, at)
                && !lines.get(..at).is_some_and(are_shown_below)
                && if sureness == Sureness::Certain {
                    !begins_letter()
                } else {
                    !is_one_of_many() && !goes_on()
                };
            if is_cut {
                set(kinds, at..signed.end, signature(CutEvidence::SignatureMark, sureness));
            }
            return is_cut;
        }
        below += usize::from(*kind != Line::Empty);
        if *kind == Line::Quoted || below > SIGNATURE_LINES_MAX {
            return false;
        }
    }
    false
}

/// Where what is signed ends: with the lines, or above what is added below it, or below what a group adds.
fn end_of_signed(lines: &[&str], below: std::ops::Range<usize>) -> usize {
    let signed = lines.get(below.clone()).unwrap_or_default();
    let added = postscript_within(signed)
        .or_else(|| request_within(signed))
        .or_else(|| list_footers::words_below_group(signed));
    added.map_or(below.end, |added| below.start + added)
}

/// Whether what stands below the exact mark is no signature but more of what somebody says: it greets, or its first line is a
/// sentence and asks. Signatures hold words of wisdom and ask what one thinks of the service, but begin with neither.
fn begins_letter(below: &[&str]) -> bool {
    let Some(first) = below.iter().map(|line| line.trim()).find(|line| !line.is_empty()) else {
        return false;
    };
    let greets = first.ends_with([',', '!', '，', '،']) && is_greeting(first);
    let mut is_apart = false;
    let goes_on = below.iter().any(|line| {
        let is_first = std::mem::replace(&mut is_apart, is_blank(line));
        is_first && is_rest_of_sentence(line.trim())
    });
    greets || goes_on || begins_list(below) || first.ends_with(['?', '？']) && begins_with_sentence(below)
}

/// Whether a paragraph goes on with a sentence that began above what somebody shows.
fn is_rest_of_sentence(line: &str) -> bool {
    line.starts_with(char::is_lowercase)
        && line.ends_with(['.', '?', '!'])
        && line.split_whitespace().count() >= SENTENCE_WORDS_MIN
        && !line.contains("://")
}

/// Whether what stands below the mark is a list: no signature has items.
fn begins_list(below: &[&str]) -> bool {
    let first: Vec<&str> =
        below.iter().filter(|line| !is_blank(line)).take(2).map(|line| line.trim_start()).collect();
    let is_item = |line: &&str| ITEMS.iter().any(|mark| line.starts_with(mark));
    first.len() == 2 && first.iter().all(is_item)
}

/// Whether what stands below two hyphens goes on with what somebody says: it asks, or begins with a sentence.
fn says_something(below: &[&str]) -> bool {
    begins_list(below)
        || below.iter().any(|line| line.trim_end().ends_with(['?', '？']))
        || begins_with_sentence(below)
}

fn has_own(kinds: &[Line], before: usize) -> bool {
    kinds.get(..before).is_some_and(|above| above.contains(&Line::Own))
}

/// What the mail program marks as signature, where nothing of the writer's own stands below it.
fn cut_container(lines: &[&str], kinds: &mut [Line], structure: &Structure) {
    let (Some(range), Some(end)) = (&structure.signature, end_of_own(kinds)) else { return };
    let is_last = end <= range.end && range.start < end;
    if lines.get(range.start..end).is_some_and(begins_with_sentence)
        || says_only_whom_it_greets(lines, kinds, range.start)
    {
        return;
    }
    if is_last && has_own(kinds, range.start) && end <= lines.len() {
        let kind = signature(CutEvidence::HtmlSignature, Sureness::Certain);
        set(kinds, range.start..end_of_signed(lines, range.start..end), kind);
    }
}

/// Whether the writer's own words above are no more than `Dear Ana,`: what follows has to be in the container.
fn says_only_whom_it_greets(lines: &[&str], kinds: &[Line], before: usize) -> bool {
    let mut own = lines.iter().zip(kinds).take(before).filter(|(_, kind)| **kind == Line::Own);
    let is_greeting = own.next().is_some_and(|(line, _)| line.trim_end().ends_with([',', '，', '،']));
    is_greeting && own.next().is_none()
}

/// Whether what stands where programs put signatures begins with a sentence: somebody wrote there what they had to say.
fn begins_with_sentence(within: &[&str]) -> bool {
    let paragraph = within.iter().skip_while(|line| is_blank(line));
    let paragraph: Vec<&str> = paragraph.take_while(|line| !is_blank(line)).copied().collect();
    let first = paragraph.first().map_or("", |line| line.trim());
    let is_long = first.split_whitespace().count() >= SENTENCE_WORDS_MIN
        || (!first.is_ascii() && first.ends_with(['。', '？', '！']));
    is_long
        && first.ends_with(['.', '?', '!', '。', '？', '！'])
        && !is_disclaimer(&paragraph)
        && !is_device_line(first)
}

/// `Sent from my phone` at the end, where something is said above it.
fn cut_device_line(lines: &[&str], kinds: &mut [Line]) -> bool {
    let Some(end) = end_of_own(kinds) else { return false };
    let Some(last) = lines.get(end - 1) else { return false };
    if let Some(start) = device_line_above_link(lines, end).filter(|start| has_own(kinds, *start)) {
        set(kinds, start..end, signature(CutEvidence::DeviceLine, Sureness::Likely));
        return true;
    }
    let above = end.checked_sub(2).and_then(|at| lines.get(at)).map_or("", |line| line.trim());
    // right below other words, people say how they sent something
    let is_apart = || above.is_empty() || is_mark(above) || is_rule(above) || is_device_line(above);
    let is_cut = has_own(kinds, end - 1)
        && is_device_line(last)
        && (names_phone(last) || has_link(last) || is_apart())
        && !is_announced(lines, kinds, end - 1);
    if is_cut {
        set(kinds, end - 1..end, signature(CutEvidence::DeviceLine, Sureness::Likely));
    }
    is_cut
}

/// `Secured with Tuta Mail:`, and below it nothing but a link.
fn device_line_above_link(lines: &[&str], end: usize) -> Option<usize> {
    let start = end.checked_sub(2)?;
    let link = lines.get(start + 1)?.trim();
    let is_link = link.starts_with("http") && !link.contains(' ');
    let above = lines.get(start)?.trim_end().trim_end_matches(':');
    (is_link && is_device_line(above)).then_some(start)
}

/// The last paragraph, where it begins as disclaimers do; or the one above it, with what belongs to it below.
fn cut_disclaimer(lines: &[&str], kinds: &mut [Line]) -> bool {
    let Some(end) = end_of_own(kinds) else { return false };
    let paragraph = lines.get(..end).unwrap_or_default().iter().rev();
    let paragraph = paragraph.take(DISCLAIMER_LINES_MAX).take_while(|line| !is_blank(line)).count();
    let start = end - paragraph;
    let is_last = lines.get(start..end).is_some_and(is_disclaimer);
    let above = if is_last { Some(start) } else { below_disclaimers::start_above(lines, end) };
    let Some(start) = above else { return false };
    let is_all_own = kinds
        .get(start..end)
        .is_some_and(|kinds| !kinds.iter().any(|kind| matches!(kind, Line::Cut(..) | Line::Quoted)));
    let is_cut = is_all_own && has_own(kinds, start) && !is_announced(lines, kinds, start);
    if is_cut {
        set(kinds, start..end, signature(CutEvidence::Disclaimer, Sureness::Likely));
    }
    is_cut
}

#[cfg(test)]
mod tests {
    use super::super::{Structure, split};

    #[test]
    fn u9_two_hyphens_between_parts_of_an_answer_begin_no_signature() {
        for text in [
            "First: the printer is broken.\n\n--\n\nSecond: who repairs the chair? It broke yesterday.\n\nPat",
            "The printer is broken.\n--\nPat\nWho repairs it?",
            "What we need\n--\n- a mouse\n- a monitor",
            "What we need\n-- \n* a mouse\n* a monitor",
        ] {
            assert_eq!(split(text, &Structure::default()).reply, text);
        }
        for text in [
            "Works.\n\n--\nPat Miller\nRoom 12",
            "Works.\n\n-- \nPat\n\n-- \nYou received this message because you are in the group.",
            "Works.\n\n-- \nPat\nHow did I do?",
        ] {
            assert_eq!(split(text, &Structure::default()).reply, "Works.", "{text}");
        }
    }

    #[test]
    fn u9_what_people_say_with_the_words_of_lawyers_is_kept() {
        for last in [
            "Disclaimer: I only tested printing on one PC.",
            "Wichtiger Hinweis: bitte die alte Warteschlange noch nicht löschen.",
            "Please consider the environment variable PRINTER when you set up printing.",
            "This e-mail is confidential, so please do not print it on the printer in the hall.",
            "The information in this e-mail is confidential: my password was sent to the wrong recipient.",
            "Diese E-Mail ist vertraulich: bitte nicht an alle Empfänger am Drucker schicken.",
            "Ce message est confidentiel, merci de le supprimer de l'imprimante.",
        ] {
            let text = format!("It works.\n\n{last}");
            assert_eq!(split(&text, &Structure::default()).reply, text);
        }
        for last in [
            "Disclaimer: this mail is confidential and intended for its recipient only.",
            "Please consider the environment before printing this mail.",
            "*******\nThis email and any files sent with it are confidential and intended for the addressee.\n*******",
            "Registered in England and Wales: no. 4711 4711, at 1 High Street",
        ] {
            let text = format!("It works.\n\n{last}");
            assert_eq!(split(&text, &Structure::default()).reply, "It works.", "{text}");
        }
    }
}

//! Where a person's own words end and the quoted mail begins (SPEC U9).
//!
//! Better to keep too much than to lose a word: answers between quoted lines keep the lines they answer,
//! and what only might be a quotation stays. What is cut says by which evidence.

mod announcements;
mod answered;
mod answers_within;
mod attribution;
mod banner_words;
mod banners;
mod below_disclaimers;
mod broken_lines;
mod classify;
mod containers;
mod covered;
mod dated_lines;
mod dates;
mod device_line;
mod device_words;
mod disclaimer_words;
mod disclaimers;
mod drawn;
mod endings;
mod field_names;
mod filled_in;
mod greetings;
mod introduction;
mod keys;
mod list_footers;
mod marks;
mod notes;
mod own_lines;
mod postscripts;
mod prose;
mod reply_markers;
mod scanners;
mod sentences;
mod shared_lines;
mod shown;
mod signature;
mod spoken_signatures;
mod structure;
mod suspected;
mod words;

use super::cut::{Cut, CutEvidence, CutPart, Sureness};
use crate::message::lines::is_blank;
use answers_within::{announces_answers, says_answers_are_within};
use attribution::attribution_at;
use broken_lines::mark_rests;
use classify::classify;
pub(super) use containers::Containers;
use filled_in::says_it_is_filled_in;
pub(super) use greetings::is_greeting;
use introduction::{
    are_few_without_attribution, are_prompts_or_diff, is_introduced_by_writer, keep_stretch_above_attribution,
};
use marks::{begins_original, is_quoted};
use shared_lines::Divided;
pub(super) use structure::Structure;

/// Over how many quoted lines a header that was quoted with the rest is looked for, and in how many of them it begins.
const QUOTED_HEADER_LINES_MAX: usize = 12;
const HEADER_AT_MAX: usize = 3;
/// The longest name below an answer.
const NAME_BYTES_MAX: usize = 40;

/// A text in three: what its writer says, what is quoted, and the signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Portions {
    pub(super) reply: String,
    pub(super) quoted: String,
    pub(super) signature: String,
    pub(super) cuts: Vec<Cut>,
    pub(super) sureness: Sureness,
}

/// What a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Line {
    Empty,
    Own,
    Quoted,
    /// `On … wrote:`
    Attribution(Sureness),
    /// Not the writer's own words.
    Cut(CutPart, CutEvidence, Sureness),
}

impl Line {
    fn is_attribution(self) -> bool {
        matches!(self, Self::Attribution(_))
    }
}

/// The whole text as the writer's own, as for a forwarded mail.
pub(super) fn keep_whole(text: &str) -> Portions {
    Portions {
        reply: trimmed(text),
        quoted: String::new(),
        signature: String::new(),
        cuts: Vec::new(),
        sureness: Sureness::Certain,
    }
}

/// Divides a text into reply portion, quotation and signature; by what the HTML of the same mail tells, where there is one.
pub(super) fn split(text: &str, structure: &Structure) -> Portions {
    let mut divided = Divided::of(lines_of(text));
    let moved = divided.structure(structure);
    let lines = &divided.lines;
    let Some((mut kinds, is_introduced)) = kinds_of(text, lines, moved.as_ref().unwrap_or(structure)) else {
        return Portions { sureness: Sureness::Doubtful, ..keep_whole(text) };
    };
    divided.join_kept(&mut kinds);
    let is_restored = restore_guessed(&divided.lines, &mut kinds);
    // the writer may have sent what he quotes, and nothing else
    if !kinds.contains(&Line::Own) && kinds.contains(&Line::Quoted) {
        return Portions { sureness: Sureness::Doubtful, ..keep_whole(text) };
    }
    let lines = &divided.lines;
    let mut cuts = cuts(lines, &kinds);
    if cuts.is_empty() {
        let sureness = if is_restored { Sureness::Doubtful } else { Sureness::Certain };
        return Portions { sureness, ..keep_whole(text) };
    }
    divided.number_whole(&mut cuts);
    let portions = Portions {
        reply: gather(lines, &kinds, |kind| !matches!(kind, Line::Cut(..))),
        quoted: gather(lines, &kinds, |kind| matches!(kind, Line::Cut(CutPart::Quoted, ..))),
        signature: gather(lines, &kinds, |kind| matches!(kind, Line::Cut(CutPart::Signature, ..))),
        sureness: if is_introduced || is_restored { Sureness::Doubtful } else { least_sure(&cuts) },
        cuts,
    };
    if portions.reply.is_empty() && !is_blank(text) || only_greets(lines, &kinds) {
        return Portions { sureness: Sureness::Doubtful, ..keep_whole(text) };
    }
    portions
}

/// What each line is, and whether the writer announces lines that look quoted; nothing, where the whole text is his.
fn kinds_of(text: &str, lines: &[&str], structure: &Structure) -> Option<(Vec<Line>, bool)> {
    let (mut kinds, below) = classify(text, lines, structure)?;
    mark_rests(lines, &mut kinds);
    if below.is_some_and(|at| is_answered_within(lines, &kinds, at)) {
        return None;
    }
    signature::cut(lines, &mut kinds, structure);
    banners::cut(lines, &mut kinds);
    let is_introduced = is_introduced_by_writer(lines, &kinds)
        || are_prompts_or_diff(lines, &kinds)
        || are_few_without_attribution(lines, &kinds);
    keep_stretch_above_attribution(lines, &mut kinds);
    let cites_above_attribution = cites_above_attribution(&kinds);
    if !is_introduced {
        cut_trailing_quotation(&mut kinds);
    }
    if !cites_above_attribution {
        cut_leading_quotation(lines, &mut kinds);
    }
    if cites_above_attribution {
        keep_leading_attribution(&mut kinds);
    }
    for kind in &mut kinds {
        if let Line::Attribution(sureness) = *kind {
            *kind = quoted(CutEvidence::Attribution, sureness);
        }
    }
    Some((kinds, is_introduced))
}

/// Whether what is quoted begins with the header of a mail.
pub(super) fn begins_with_header(quoted: &str) -> bool {
    let lines: Vec<&str> =
        quoted.lines().filter(|line| !is_blank(line)).take(QUOTED_HEADER_LINES_MAX).collect();
    let is_header = |at| {
        let evidence = begins_original(lines.get(at..).unwrap_or_default());
        matches!(evidence, Some(CutEvidence::HeaderBlock | CutEvidence::OriginalMessage))
    };
    (0..HEADER_AT_MAX).any(is_header)
}

/// Whether nothing but a greeting is left, and what was cut has no marks of a quotation, or is no more than a guess: then
/// what was said stands in what was cut.
fn only_greets(lines: &[&str], kinds: &[Line]) -> bool {
    let mut own = lines.iter().zip(kinds).filter(|(_, kind)| **kind == Line::Own);
    let (Some((line, _)), None) = (own.next(), own.next()) else { return false };
    if !is_greeting(line) {
        return false;
    }
    kinds.iter().copied().any(is_guessed) || !lines.iter().any(|line| is_quoted(line))
}

/// Whether a line was taken for one of a signature without its mark.
fn is_guessed(kind: Line) -> bool {
    use CutEvidence::{DeviceLine, Disclaimer, HtmlSignature};
    matches!(kind, Line::Cut(CutPart::Signature, DeviceLine | Disclaimer | HtmlSignature, _))
}

/// Gives the writer back what was taken for his signature, where without it he only greets; whether it was so.
fn restore_guessed(lines: &[&str], kinds: &mut [Line]) -> bool {
    if !kinds.iter().copied().any(is_guessed) || !only_greets(lines, kinds) {
        return false;
    }
    for (line, kind) in lines.iter().zip(kinds).filter(|(_, kind)| is_guessed(**kind)) {
        *kind = if is_blank(line) { Line::Empty } else { Line::Own };
    }
    true
}

fn lines_of(text: &str) -> Vec<&str> {
    let mut lines = Vec::with_capacity(text.len() / 32 + 1);
    let mut start = 0;
    for end in memchr::memchr_iter(b'\n', text.as_bytes()).chain([text.len()]) {
        lines.push(text.get(start..end).unwrap_or_default());
        start = end + 1;
    }
    lines
}

fn least_sure(cuts: &[Cut]) -> Sureness {
    cuts.iter().map(|cut| cut.sureness).max().unwrap_or_default()
}

fn quoted(evidence: CutEvidence, sureness: Sureness) -> Line {
    Line::Cut(CutPart::Quoted, evidence, sureness)
}

fn set(kinds: &mut [Line], range: std::ops::Range<usize>, kind: Line) {
    let end = range.end.min(kinds.len());
    if let Some(kinds) = kinds.get_mut(range.start..end) {
        kinds.fill(kind);
    }
}

/// A line without the marks of a quotation.
fn unmarked(line: &str) -> &str {
    line.trim_start_matches(['>', ' ', '＞'])
}

/// Whether the writer says that the answers stand within the quoted mail, which has no marks to tell them by.
fn is_answered_within(lines: &[&str], kinds: &[Line], below: usize) -> bool {
    let above = lines.iter().zip(kinds).take(below);
    let mut own = above.filter(|(_, kind)| **kind == Line::Own).map(|(line, _)| *line);
    let last = own.clone().next_back().unwrap_or_default();
    let quoted = lines.get(below..).unwrap_or_default();
    own.clone().any(says_answers_are_within)
        || announces_answers(last)
        || are_signed_with(last, quoted)
        || own.any(|line| says_it_is_filled_in(line, quoted))
}

/// Whether lines of a quoted mail begin with the name that stands below the answer, between brackets: `[Pat] Room 12`.
fn are_signed_with(last: &str, quoted: &[&str]) -> bool {
    let name = last.trim();
    let is_name = (2..=NAME_BYTES_MAX).contains(&name.len()) && name.starts_with(char::is_uppercase);
    let first = name.split(' ').next().unwrap_or_default();
    let is_signed = |line: &str| {
        let Some((signer, words)) = line.trim_start().strip_prefix('[').and_then(|line| line.split_once(']'))
        else {
            return false;
        };
        !is_blank(words) && (signer == name || signer == first)
    };
    is_name && quoted.iter().any(|line| is_signed(line))
}

/// The index behind the last line of the writer's own.
fn end_of_own(kinds: &[Line]) -> Option<usize> {
    kinds.iter().rposition(|kind| *kind == Line::Own).map(|at| at + 1)
}

/// What is quoted below the last own line.
fn cut_trailing_quotation(kinds: &mut [Line]) {
    let Some(end) = end_of_own(kinds) else { return };
    let Some(below) = kinds.get_mut(end..) else { return };
    let kind = evidence_of(below);
    for line in below.iter_mut().filter(|line| !matches!(line, Line::Cut(..))) {
        *line = kind;
    }
}

/// By what lines with `>` are known: their attribution, where there is one.
fn evidence_of(lines: &[Line]) -> Line {
    let attribution = lines.iter().find_map(|line| match line {
        Line::Attribution(sureness) => Some(*sureness),
        _ => None,
    });
    attribution.map_or(quoted(CutEvidence::QuoteMarks, Sureness::Certain), |sureness| {
        quoted(CutEvidence::Attribution, sureness)
    })
}

/// A quotation with its attribution at the top, when everything the person says stands below it.
fn cut_leading_quotation(lines: &[&str], kinds: &mut [Line]) {
    let Some(first_own) = kinds.iter().position(|kind| *kind == Line::Own) else { return };
    let (above, below) = kinds.split_at_mut(first_own);
    let is_attributed = above.iter().any(|kind| kind.is_attribution()) || begins_attributed(lines, above);
    if is_attributed && above.contains(&Line::Quoted) && !below.contains(&Line::Quoted) {
        let kind = evidence_of(above);
        above.fill(kind);
    }
}

/// Whether the writer's words stand between two quotations, and what is said above the first is no more than likely an
/// attribution: `Ann replied on Monday that …`. A program attributes the one below.
fn cites_above_attribution(kinds: &[Line]) -> bool {
    let Some(first_own) = kinds.iter().position(|kind| *kind == Line::Own) else { return false };
    let (above, below) = kinds.split_at(first_own);
    let is_unsure = above.contains(&Line::Attribution(Sureness::Likely))
        && !above.contains(&Line::Attribution(Sureness::Certain));
    let is_sure = |kind: &Line| {
        matches!(
            kind,
            Line::Attribution(Sureness::Certain) | Line::Cut(CutPart::Quoted, _, Sureness::Certain)
        )
    };
    is_unsure && below.iter().any(is_sure)
}

/// What looks like an attribution above the writer's first words is his.
fn keep_leading_attribution(kinds: &mut [Line]) {
    let above = kinds.iter_mut().take_while(|kind| **kind != Line::Own);
    for kind in above.filter(|kind| kind.is_attribution()) {
        *kind = Line::Own;
    }
}

/// Whether the first quoted lines say whose they are, as phones mark their own attribution with `>`, too.
fn begins_attributed(lines: &[&str], kinds: &[Line]) -> bool {
    let Some(first) = kinds.iter().position(|kind| *kind == Line::Quoted) else { return false };
    let quoted = lines.get(first..kinds.len()).unwrap_or_default();
    let quoted: Vec<&str> = quoted.iter().take(QUOTED_HEADER_LINES_MAX).map(|line| unmarked(line)).collect();
    let is_header = |at| begins_original(quoted.get(at..).unwrap_or_default()).is_some();
    attribution_at(&quoted).is_some_and(|attribution| attribution.sureness == Sureness::Certain)
        || (0..HEADER_AT_MAX).any(is_header)
}

/// Stretches of lines that were cut for the same reason, those aside that hold no words.
fn cuts(lines: &[&str], kinds: &[Line]) -> Vec<Cut> {
    let mut cuts: Vec<Cut> = Vec::new();
    for (at, (text, kind)) in lines.iter().zip(kinds).enumerate() {
        let Line::Cut(part, evidence, sureness) = *kind else { continue };
        if is_blank(text) {
            continue;
        }
        match cuts.last_mut() {
            Some(last)
                if last.part == part
                    && last.evidence == evidence
                    && lines
                        .get(last.last_line..at)
                        .is_some_and(|between| between.iter().all(|line| is_blank(line))) =>
            {
                last.last_line = at + 1;
                last.sureness = last.sureness.max(sureness);
            }
            _ => cuts.push(Cut { part, evidence, first_line: at + 1, last_line: at + 1, sureness }),
        }
    }
    cuts
}

fn gather(lines: &[&str], kinds: &[Line], wanted: impl Fn(Line) -> bool) -> String {
    let mut text = String::new();
    for (line, kind) in lines.iter().zip(kinds) {
        if wanted(*kind) {
            text.push_str(line);
            text.push('\n');
        }
    }
    trimmed(&text)
}

/// A text without the empty lines around it; the first line keeps its indent.
fn trimmed(text: &str) -> String {
    let text = text.trim_end();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        if !is_blank(line) {
            break;
        }
        start += line.len();
    }
    text.get(start..).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_of_old_programs;
#[cfg(test)]
mod tests_of_other_programs;
#[cfg(test)]
mod tests_of_programs;

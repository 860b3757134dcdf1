//! What each line of a text is, from its top to where everything below is quoted.

use super::answered::{has_mark, header_above_marks, last_paragraph_unmarked, mark_below};
use super::attribution::{
    ATTRIBUTION_LINES_MAX, Attribution, attribution_at, bare_attribution_at, may_end_attribution,
};
use super::covered::covered;
use super::dated_lines::are_of_log;
use super::drawn::{begins_with_word, belongs_to_quotation_below, is_between_arrows};
use super::endings::may_end_above_marks;
use super::marks::{
    announces_forward, begins_forward, begins_original, begins_plainly, is_field_of_a_form,
    is_header_of_nothing, is_quoted, lacks_signs, may_be_form, names_address_and_time,
};
use super::shown::{
    announces_mail, announces_with_colon, extent_of_shown, is_set_off_by_writer, is_spoken_of,
    is_within_shown_header, shown_mail,
};
use super::structure::Structure;
use super::suspected::is_suspected;
use super::{CutEvidence, Line, Sureness, quoted, set, unmarked};
use crate::message::lines::{is_blank, within_blanks};
use std::cell::OnceCell;
use std::ops::Range;

/// The fewest fields of a header below which nothing is quoted.
const FIELDS_MIN: usize = 3;
/// How many lines of a text are asked for the attribution that begins there. No mail has so many that might; logs have, and
/// of those everything is kept.
const ATTEMPTS_MAX: usize = 20_000;
/// What stands above and below code.
const FENCE: &str = "```";

/// Tells what each line is, down to where everything below is quoted without marks; that line comes second. Nothing, where the
/// whole text is to be kept.
pub(super) fn classify(
    text: &str,
    lines: &[&str],
    structure: &Structure,
) -> Option<(Vec<Line>, Option<usize>)> {
    let mut reading = Reading {
        lines,
        structure,
        kinds: vec![Line::Empty; lines.len()],
        has_own: false,
        leading_attribution: None,
        mark: None,
        last_apart: OnceCell::new(),
        lacks_signs: lacks_signs(text),
        next_end: None,
        attempts: 0,
        has_fences: true,
    };
    if reading.lacks_signs && memchr::memchr(b'-', text.as_bytes()).is_none() {
        reading.next_end = Some(usize::MAX);
    }
    let mut at = 0;
    while at < lines.len() {
        match reading.found_at(at) {
            Found::Lines(kind, length) => {
                set(&mut reading.kinds, at..at + length, kind);
                at += length;
            }
            Found::Rest(kind) => {
                set(&mut reading.kinds, at..lines.len(), kind);
                break;
            }
            Found::Whole => return None,
            Found::Below { kind, has_marks } => {
                return Some((covered(lines, reading.kinds, at, kind), Some(at).filter(|_| !has_marks)));
            }
        }
    }
    Some((reading.kinds, None))
}

/// What begins with a line.
enum Found {
    /// So many lines of a kind.
    Lines(Line, usize),
    /// All lines that are left are of this kind.
    Rest(Line),
    /// The writer shows what looks quoted, down to the end.
    Whole,
    /// All lines that are left are quoted, and what is drawn above them; some have marks of a quotation, or none.
    Below { kind: Line, has_marks: bool },
}

/// A text whose lines are gone through.
struct Reading<'t> {
    lines: &'t [&'t str],
    structure: &'t Structure,
    /// What the lines above are.
    kinds: Vec<Line>,
    /// A line above is the writer's.
    has_own: bool,
    /// Lines that only look like an attribution where another one follows.
    leading_attribution: Option<Range<usize>>,
    /// The mark with which this mail is quoted, where it is not `>`.
    mark: Option<&'static str>,
    /// Where the last paragraph without marks begins, once that was asked for.
    last_apart: OnceCell<Option<usize>>,
    /// No line has a sign that sets anything off, as in most short mails: then none needs to be searched for one.
    lacks_signs: bool,
    /// The next line that may end an attribution, once that is known.
    next_end: Option<usize>,
    /// How many lines were asked for an attribution.
    attempts: usize,
    /// Passages between fences may follow.
    has_fences: bool,
}

impl Reading<'_> {
    fn found_at(&mut self, at: usize) -> Found {
        let below = self.lines.get(at..).unwrap_or_default();
        let line = below.first().copied().unwrap_or_default();
        let is_container = self.has_own && self.structure.quotation_from.is_some_and(|from| from <= at);
        let is_told_by_html = is_container || self.structure.enclosed.is_some();
        let lacks_signs = || self.lacks_signs || lacks_signs(line);
        if !is_told_by_html && begins_plainly(line) && lacks_signs() && self.attribution_at(at).is_none() {
            self.own()
        } else if is_blank(line) {
            Found::Lines(Line::Empty, 1)
        } else if begins_forward(line) || (is_container && opens_forward(below)) {
            Found::Rest(Line::Own)
        } else if let Some(length) = self.shown_in_container(at, is_container) {
            Found::Lines(Line::Own, length)
        } else if is_container && self.is_own_quote(at) {
            Found::Rest(Line::Own)
        } else if is_container {
            let kind = quoted(CutEvidence::HtmlContainer, Sureness::Certain);
            Found::Below { kind, has_marks: below.iter().any(|line| is_quoted(line)) }
        } else if self.structure.encloses(at) || self.is_marked(line) {
            Found::Lines(Line::Quoted, 1)
        } else if let Some(length) = self.fenced(below) {
            (self.has_own, self.mark) = (true, None);
            Found::Lines(Line::Own, length)
        } else if let Some(evidence) = begins_original(below)
            .filter(|evidence| !self.fills_in_form(at, *evidence) && !self.cites(at, *evidence))
        {
            if evidence == CutEvidence::HeaderBlock
                && is_header_of_nothing(below)
                && !self.ends_with_header(at)
            {
                return Found::Rest(Line::Own);
            }
            if let Some(length) = self.shown(at, evidence) {
                return Found::Lines(Line::Own, length);
            }
            if self.has_own && is_suspected(self.lines.get(..at).unwrap_or_default(), below) {
                return extent_of_shown(below).map_or(Found::Whole, |length| Found::Lines(Line::Own, length));
            }
            self.original(at, below, evidence)
        } else if let Some(attribution) =
            self.attribution_at(at).or_else(|| bare_attribution_at(below).filter(|_| self.has_own))
        {
            self.attribution(at, below, attribution)
        } else {
            self.own()
        }
    }

    /// The attribution that begins with a line; asked only where one may end soon.
    fn attribution_at(&mut self, at: usize) -> Option<Attribution> {
        let below = self.lines.get(at..).unwrap_or_default();
        if self.next_end.is_none_or(|end| end < at) {
            let may_end = |at: &usize| {
                let below = below.get(*at..).unwrap_or_default();
                below.first().is_some_and(|line| may_end_attribution(line)) || may_end_above_marks(below)
            };
            let end = (0..below.len()).find(may_end);
            self.next_end = Some(end.map_or(usize::MAX, |end| at + end));
        }
        let ends_soon = self.next_end.is_some_and(|end| end < at + ATTRIBUTION_LINES_MAX);
        let is_asked = ends_soon && self.attempts < ATTEMPTS_MAX;
        self.attempts += usize::from(is_asked);
        let found = if is_asked { attribution_at(below) } else { None };
        found.filter(|found| !self.is_within_log(at, found.lines))
    }

    /// How many lines stand between fences, these included, where the first of these is one that is closed: code and
    /// logs, in which marks and headers are those of other things.
    fn fenced(&mut self, below: &[&str]) -> Option<usize> {
        let (first, rest) = below.split_first().filter(|(first, _)| self.has_fences && is_fence(first))?;
        let is_closed_at_once = within_blanks(first).trim_start_matches('`').contains('`');
        let end = rest.iter().position(|line| within_blanks(line) == FENCE).filter(|_| !is_closed_at_once);
        self.has_fences = end.is_some() || is_closed_at_once;
        end.map(|end| end + 2)
    }

    /// A line of the writer's.
    fn own(&mut self) -> Found {
        self.has_own = true;
        // tables and code of the answer begin as other quotations do
        self.mark = None;
        Found::Lines(Line::Own, 1)
    }

    /// A mail with a header of its own.
    fn original(&self, at: usize, below: &[&str], evidence: CutEvidence) -> Found {
        let last_apart = || *self.last_apart.get_or_init(|| last_paragraph_unmarked(self.lines));
        let header = header_above_marks(below).filter(|marked| last_apart() > Some(at + marked));
        let kind = quoted(evidence, Sureness::Certain);
        match header {
            Some(length) => Found::Lines(Line::Attribution(Sureness::Certain), length),
            None if self.has_own => Found::Below { kind, has_marks: false },
            None => Found::Rest(kind),
        }
    }

    fn attribution(&mut self, at: usize, below: &[&str], attribution: Attribution) -> Found {
        let Attribution { lines: length, is_followed_by_quotation, names_address, sureness } = attribution;
        let behind = below.get(length..).unwrap_or_default();
        let other_mark = mark_below(behind).filter(|_| !is_followed_by_quotation);
        self.mark = other_mark.or(self.mark);
        let kind = match (is_followed_by_quotation || other_mark.is_some(), self.has_own) {
            (true, _) => Line::Attribution(sureness),
            (false, false) if names_address => {
                self.leading_attribution = Some(at..at + length);
                Line::Attribution(sureness)
            }
            (false, true) => {
                let Some(leading) = self.leading_attribution.clone() else {
                    let kind = quoted(CutEvidence::Attribution, sureness);
                    return Found::Below { kind, has_marks: false };
                };
                // lines of a chat rather than a mail that quotes another
                set(&mut self.kinds, leading, Line::Own);
                Line::Own
            }
            // with nothing above and no marks below, the rest may be the writer's, and so may this line
            (false, false) => {
                self.has_own = true;
                Line::Own
            }
        };
        Found::Lines(kind, length)
    }

    /// Whether a program put this header at the end, though it quotes nothing: something is drawn above, and the writer does not
    /// announce it.
    fn ends_with_header(&self, at: usize) -> bool {
        let (above, below) = self.lines.split_at_checked(at).unwrap_or_default();
        let fields = below.iter().filter(|line| !is_blank(line)).count();
        let with_words = || above.iter().rev().filter(|line| !is_blank(line));
        let is_drawn = with_words().next().is_some_and(|line| belongs_to_quotation_below(line));
        let own = with_words().find(|line| !belongs_to_quotation_below(line));
        let is_announced = own.is_none_or(|line| line.trim_end().ends_with([':', '：', ',']));
        self.has_own && is_drawn && !is_announced && fields >= FIELDS_MIN && names_address_and_time(below)
    }

    /// Whether a line is marked as quoted: with `>`, or with the mark of this mail.
    fn is_marked(&self, line: &str) -> bool {
        is_quoted(line) && !is_between_arrows(line) || self.mark.is_some_and(|mark| has_mark(line, mark))
    }

    /// Whether what begins with a line does so as the lines above or below it do, and these are of a log.
    fn is_within_log(&self, at: usize, length: usize) -> bool {
        let line = self.lines.get(at).copied().unwrap_or_default();
        let others = [at.checked_sub(1), Some(at + length)];
        others
            .into_iter()
            .flatten()
            .any(|other| self.lines.get(other).is_some_and(|other| are_of_log(other, line)))
    }

    /// Whether the writer speaks of the words between strokes that others put above a header, and there is none.
    fn cites(&self, at: usize, evidence: CutEvidence) -> bool {
        let (above, below) = self.lines.split_at_checked(at).unwrap_or_default();
        evidence == CutEvidence::OriginalMessage && is_spoken_of(above, below)
    }

    /// The same where a container begins, with the words between the header and the next one in it.
    fn shown_in_container(&self, at: usize, is_container: bool) -> Option<usize> {
        let (above, below) = self.lines.split_at_checked(at).filter(|_| is_container)?;
        // few do, and whether a header begins takes longer to tell
        if !announces_mail(above) {
            return None;
        }
        begins_original(below).and_then(|evidence| self.shown(at, evidence))
    }

    /// Whether the writer set the last lines off with a button: nothing in them or above them says that somebody else wrote them.
    fn is_own_quote(&self, at: usize) -> bool {
        let (above, below) = self.lines.split_at_checked(at).unwrap_or_default();
        let kinds = self.kinds.get(..at).unwrap_or_default();
        self.structure.may_be_own
            && kinds.iter().all(|kind| matches!(kind, Line::Own | Line::Empty))
            && is_set_off_by_writer(above, below)
    }

    /// How many lines a mail takes that the writer shows, where one begins here.
    fn shown(&self, at: usize, evidence: CutEvidence) -> Option<usize> {
        let (above, below) = self.lines.split_at_checked(at)?;
        let has_header = matches!(evidence, CutEvidence::HeaderBlock | CutEvidence::OriginalMessage);
        if has_header && self.has_own { shown_mail(above, below) } else { None }
    }

    /// Whether what looks like a header is a form, or goes on with the one above it.
    fn fills_in_form(&self, at: usize, evidence: CutEvidence) -> bool {
        if evidence != CutEvidence::HeaderBlock {
            return false;
        }
        let above = self.lines.get(..at).unwrap_or_default();
        let below = self.lines.get(at..).unwrap_or_default();
        if is_within_shown_header(above) {
            return true;
        }
        let is_within_form = above.last().is_some_and(|line| is_field_of_a_form(line));
        if above.last().is_some_and(|line| announces_with_colon(line)) {
            return true;
        }
        let last_words = || above.iter().rev().take(3).find(|line| !is_blank(line));
        is_within_form && !names_address_and_time(below)
            || may_be_form(below) && !last_words().is_some_and(|line| belongs_to_quotation_below(line))
    }
}

/// Whether a line begins or ends a passage of code.
pub(super) fn is_fence(line: &str) -> bool {
    !begins_with_word(line) && line.trim_start().starts_with(FENCE)
}

/// Whether a container begins with a mail that is forwarded.
fn opens_forward(below: &[&str]) -> bool {
    let opening = below.iter().map(|line| unmarked(line)).find(|line| !line.is_empty());
    opening.is_some_and(|line| announces_forward(line) || begins_forward(line))
}

#[cfg(test)]
mod tests {
    use super::super::{Structure, split};

    #[test]
    fn u9_a_field_above_a_header_makes_it_no_form() {
        let head = "From: Ana Lyst <ana.lyst@example.com>\nSent: Monday, March 2, 2026 9:05 AM\nTo: Uma\nSubject: VPN\n\nDoes it?";
        for above in ["Yes.\nTel: 555-1234", "Yes, see\nhttps://example.com/a"] {
            for below in [head, "-----Original Message-----\nFrom: Ana\n\nDoes it?"] {
                assert_eq!(
                    split(&format!("{above}\n{below}"), &Structure::default()).reply,
                    above,
                    "{below}"
                );
            }
        }
        for above in ["I ask for a taxi\n\n", "Bitte:\n\n____________\n\nRoom 12\n\n"] {
            for form in [
                "From: office\nTo: airport\nDate: 02.02.2026 10:15\nSubject: customer\n\nThanks",
                "Von: Berlin\nAn: Lund\nDatum: 02.02.2026 10:15\nBetreff: Termin\n\nDanke",
                "From: Berlin To: Lund Date: 2 Feb 2026 10:15 Subject: meeting\n\nand back",
            ] {
                let text = format!("{above}{form}");
                assert_eq!(split(&text, &Structure::default()).reply, text);
            }
        }
        for header in [
            "From: Ana\nDate: 02.02.2026 10:15\nTo: Uma\nSubject: Re: VPN\n\nDoes it?",
            "____________\nFrom: Ana\nDate: 02.02.2026 10:15\nTo: Uma\nSubject: VPN\n\nDoes it?",
            "From: Ana Sent: 2 Feb 2026 10:15 To: Uma Subject: VPN\n\nDoes it?",
        ] {
            assert_eq!(split(&format!("Yes.\n\n{header}"), &Structure::default()).reply, "Yes.", "{header}");
        }
        let form = "I ask for a taxi\nCustomer: Uma\nFrom: office\nTo: airport\nDate: 02.02.2026 10:15\nSubject: customer";
        assert_eq!(split(form, &Structure::default()).reply, form);
    }

    #[test]
    fn u9_what_only_looks_like_the_head_of_a_mail_is_kept() {
        for text in [
            "*On 2 March 2026 at 10:15 server01 wrote:*\ndisk full\n\nWhat now?",
            "I mean this ticket:\n\nRequester: Ann Lee <ann@example.com>\nCreated: 2026-03-12 10:15\nPriority: high\nTitle: Re: printer\n\nNothing happens.",
        ] {
            assert_eq!(split(text, &Structure::default()).reply, text);
        }
    }

    #[test]
    fn u9_a_text_full_of_what_may_begin_attributions_is_asked_for_so_many_and_kept() {
        let attribution = "On 2 Mar 2026 at 9:05, Ana Lyst <ana@example.com> wrote:";
        let below = |times: usize| format!("{}\n{attribution}\n> Does it?", "ü <@\na:\n".repeat(times));
        let keeps_it = |text: &str| split(text, &Structure::default()).reply.contains(attribution);
        assert!(!keeps_it(&below(10)));
        assert!(keeps_it(&below(super::ATTEMPTS_MAX)));
    }

    #[test]
    fn u9_what_stands_between_fences_is_kept() {
        let head = "From: Ana Lyst <ana.lyst@example.com>\nSent: Monday, March 2, 2026 9:05 AM\nTo: Uma\nSubject: VPN";
        for text in [
            format!("The log:\n\n```\n{head}\n\nfailed\n```\n\nWhy?"),
            format!("The log:\n\n```text\n{head}\n```"),
            "My file:\n\n```\nfirst\n-- \nsecond\n```".to_owned(),
            "I typed\n```\n> ls\n```".to_owned(),
        ] {
            assert_eq!(split(&text, &Structure::default()).reply, text);
            let quoting = format!("{text}\n\n{head}\n\nDoes it work?");
            assert_eq!(split(&quoting, &Structure::default()).reply, text);
        }
        let open = format!("It says ```x``` and\n```\n\n{head}\n\nDoes it work?");
        assert_eq!(split(&open, &Structure::default()).reply, "It says ```x``` and\n```");
        let many = "```a\n".repeat(200_000);
        assert_eq!(split(&many, &Structure::default()).reply, many.trim_end());
    }
}

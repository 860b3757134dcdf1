//! Where a person's own words end and the quoted mail begins (SPEC U9).
//!
//! Better to keep too much than to lose a word: answers between quoted lines keep the lines they answer,
//! and what only might be a quotation stays. What is cut says by which evidence.

mod announcements;
mod closings;
mod keys;
mod marks;
mod signature;
mod structure;
mod words;

use super::cut::{Cut, CutEvidence, CutPart, Sureness};
use marks::{
    announces_forward, attribution_at, begins_forward, begins_original, is_quoted, is_rule,
    says_answers_are_within,
};
use structure::Structure;

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

/// Divides a text into reply portion, quotation and signature; by the HTML of the same mail, where there is one.
pub(super) fn split(text: &str, html: Option<&str>) -> Portions {
    let structure = html.map(|html| structure::structure(html, text)).unwrap_or_default();
    let lines = lines_of(text);
    let (mut kinds, below) = classify(&lines, &structure);
    if below.is_some_and(|at| is_answered_within(&lines, &kinds, at)) {
        return Portions { sureness: Sureness::Doubtful, ..keep_whole(text) };
    }
    signature::cut(&lines, &mut kinds, &structure);
    cut_trailing_quotation(&mut kinds);
    cut_leading_quotation(&mut kinds);
    for kind in &mut kinds {
        if let Line::Attribution(sureness) = *kind {
            *kind = quoted(CutEvidence::Attribution, sureness);
        }
    }
    let cuts = cuts(&lines, &kinds);
    if cuts.is_empty() {
        return keep_whole(text);
    }
    let portions = Portions {
        reply: gather(&lines, &kinds, |kind| !matches!(kind, Line::Cut(..))),
        quoted: gather(&lines, &kinds, |kind| matches!(kind, Line::Cut(CutPart::Quoted, ..))),
        signature: gather(&lines, &kinds, |kind| matches!(kind, Line::Cut(CutPart::Signature, ..))),
        sureness: cuts.iter().map(|cut| cut.sureness).max().unwrap_or_default(),
        cuts,
    };
    if portions.reply.is_empty() && !text.trim().is_empty() {
        return Portions { sureness: Sureness::Doubtful, ..keep_whole(text) };
    }
    portions
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

fn quoted(evidence: CutEvidence, sureness: Sureness) -> Line {
    Line::Cut(CutPart::Quoted, evidence, sureness)
}

/// Tells what each line is, down to where everything below is quoted without marks; that line comes second.
fn classify(lines: &[&str], structure: &Structure) -> (Vec<Line>, Option<usize>) {
    let mut kinds = vec![Line::Empty; lines.len()];
    let mut has_own = false;
    let mut at = 0;
    while let Some(line) = lines.get(at) {
        let below = lines.get(at..).unwrap_or_default();
        let is_container = has_own && structure.quotation_from.is_some_and(|from| from <= at);
        let mut length = 1;
        let kind = if line.trim().is_empty() {
            Line::Empty
        } else if begins_forward(line) || (is_container && announces_forward(line)) {
            set(&mut kinds, at..lines.len(), Line::Own);
            break;
        } else if is_container {
            let kind = quoted(CutEvidence::HtmlContainer, Sureness::Certain);
            return (covered(lines, kinds, at, kind), Some(at).filter(|_| !has_quote_marks(below)));
        } else if is_quoted(line) {
            Line::Quoted
        } else if let Some(evidence) = begins_original(below) {
            let kind = quoted(evidence, Sureness::Certain);
            if !has_own {
                set(&mut kinds, at..lines.len(), kind);
                return (kinds, None);
            }
            return (covered(lines, kinds, at, kind), Some(at));
        } else if let Some(attribution) = attribution_at(below) {
            if !attribution.is_followed_by_quotation && has_own {
                set(&mut kinds, at..lines.len(), quoted(CutEvidence::Attribution, attribution.sureness));
                return (kinds, Some(at));
            }
            length = attribution.lines;
            Line::Attribution(attribution.sureness)
        } else {
            has_own = true;
            Line::Own
        };
        set(&mut kinds, at..at + length, kind);
        at += length;
    }
    (kinds, None)
}

fn set(kinds: &mut [Line], range: std::ops::Range<usize>, kind: Line) {
    let end = range.end.min(kinds.len());
    if let Some(kinds) = kinds.get_mut(range.start..end) {
        kinds.fill(kind);
    }
}

/// All lines from here on are quoted, and the lines drawn above them belong to the quotation.
fn covered(lines: &[&str], mut kinds: Vec<Line>, from: usize, kind: Line) -> Vec<Line> {
    set(&mut kinds, from..lines.len(), kind);
    let above = lines.iter().zip(&mut kinds).take(from).rev();
    for (_, covered) in above.take_while(|(line, _)| line.trim().is_empty() || is_rule(line)) {
        *covered = kind;
    }
    kinds
}

fn has_quote_marks(lines: &[&str]) -> bool {
    lines.iter().any(|line| is_quoted(line))
}

/// Whether the writer says that the answers stand within the quoted mail, which has no marks to tell them by.
fn is_answered_within(lines: &[&str], kinds: &[Line], below: usize) -> bool {
    let above = lines.iter().zip(kinds).take(below);
    above.filter(|(_, kind)| **kind == Line::Own).any(|(line, _)| says_answers_are_within(line))
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
fn cut_leading_quotation(kinds: &mut [Line]) {
    let Some(first_own) = kinds.iter().position(|kind| *kind == Line::Own) else { return };
    let (above, below) = kinds.split_at_mut(first_own);
    let is_attributed = above.iter().any(|kind| kind.is_attribution());
    if is_attributed && above.contains(&Line::Quoted) && !below.contains(&Line::Quoted) {
        let kind = evidence_of(above);
        above.fill(kind);
    }
}

/// Stretches of lines that were cut for the same reason, those aside that hold no words.
fn cuts(lines: &[&str], kinds: &[Line]) -> Vec<Cut> {
    let mut cuts: Vec<Cut> = Vec::new();
    for (at, (text, kind)) in lines.iter().zip(kinds).enumerate() {
        let Line::Cut(part, evidence, sureness) = *kind else { continue };
        if text.trim().is_empty() {
            continue;
        }
        match cuts.last_mut() {
            Some(last)
                if last.part == part
                    && last.evidence == evidence
                    && lines
                        .get(last.last_line..at)
                        .is_some_and(|between| between.iter().all(|line| line.trim().is_empty())) =>
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
        if !line.trim().is_empty() {
            break;
        }
        start += line.len();
    }
    text.get(start..).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, reply: &str) {
        assert_eq!(split(text, None).reply, reply, "\n{text}");
    }

    #[test]
    fn u9_quotation_below_an_attribution_is_cut_in_many_languages() {
        for attribution in [
            "On Thu, 12 Mar 2026 at 10:11, Ana Lyst <ana.lyst@example.com> wrote:",
            "On Thu, 12 Mar 2026 at 10:11, Ana Lyst <ana.lyst@example.com>\nwrote:",
            "On 12/03/2026 10:11, Ana Lyst wrote:",
            "Am 12.03.2026 um 10:11 schrieb Ana Lyst:",
            "Am Do., 12. März 2026 um 10:11 Uhr schrieb Ana Lyst\n<ana.lyst@example.com>:",
            "Ana Lyst <ana.lyst@example.com> schrieb am Do., 12. März 2026, 10:11:",
            "Le jeu. 12 mars 2026 à 10:11, Ana Lyst <ana.lyst@example.com> a\nécrit :",
            "El jue, 12 mar 2026 a las 10:11, Ana Lyst (<ana.lyst@example.com>) escribió:",
            "Op do 12 mrt 2026 om 10:11 schreef Ana Lyst <ana.lyst@example.com>:",
            "Il giorno gio 12 mar 2026 alle ore 10:11 Ana Lyst <ana.lyst@example.com>\nha scritto:",
            "Em qui., 12 de mar. de 2026 às 10:11, Ana Lyst <ana.lyst@example.com> escreveu:",
            "Den tors 12 mars 2026 kl 10:11 skrev Ana Lyst <ana.lyst@example.com>:",
            "W dniu 12.03.2026 o 10:11, Ana Lyst pisze:",
            "чт, 12 мар. 2026 г. в 10:11, Ana Lyst <ana.lyst@example.com>:",
            "2026年3月12日(木) 10:11 Ana Lyst <ana.lyst@example.com>:",
            "在 2026年3月12日，10:11，Ana Lyst <ana.lyst@example.com> 写道：",
        ] {
            check(&format!("It works now.\n\n{attribution}\n> Does it work?\n> Ana\n"), "It works now.");
            check(&format!("It works now.\n\n{attribution}\n\nDoes it work?\nAna\n"), "It works now.");
            check(&format!("{attribution}\n> Does it work?\n\nIt works now.\n"), "It works now.");
        }
    }

    #[test]
    fn u9_quotation_below_a_header_block_is_cut_in_many_languages() {
        for block in [
            "From: Ana Lyst <ana.lyst@example.com>\nSent: Thursday, 12 March 2026 10:11\nTo: Uma User\nSubject: VPN",
            "________________________________\nFrom: Ana Lyst\nSent: 12 March 2026 10:11\nTo: Uma\nSubject: VPN",
            "-----Original Message-----\nFrom: Ana Lyst\nSent: 12 March 2026 10:11\nTo: Uma\nSubject: VPN",
            "-----Ursprüngliche Nachricht-----\nVon: Ana Lyst\nGesendet: Donnerstag, 12. März 2026 10:11\nAn: Uma\nBetreff: VPN",
            "*Von:* Ana Lyst <ana.lyst@example.com>\n*Gesendet:* Donnerstag, 12. März 2026 10:11\n*An:* Uma\n*Betreff:* VPN",
            "De : Ana Lyst <ana.lyst@example.com>\nEnvoyé : jeudi 12 mars 2026 10:11\nÀ : Uma User\nObjet : VPN",
            "De: Ana Lyst <ana.lyst@example.com>\nEnviado el: jueves, 12 de marzo de 2026 10:11\nPara: Uma\nAsunto: VPN",
            "Da: Ana Lyst <ana.lyst@example.com>\nInviato: giovedì 12 marzo 2026 10:11\nA: Uma\nOggetto: VPN",
            "Van: Ana Lyst <ana.lyst@example.com>\nVerzonden: donderdag 12 maart 2026 10:11\nAan: Uma\nOnderwerp: VPN",
            "Från: Ana Lyst <ana.lyst@example.com>\nSkickat: den 12 mars 2026 10:11\nTill: Uma\nÄmne: VPN",
        ] {
            check(&format!("It works now.\n\n{block}\n\nDoes it work?\n"), "It works now.");
        }
    }

    #[test]
    fn u9_answers_between_quoted_lines_keep_the_lines_they_answer() {
        check(
            "On 12 Mar 2026 10:11, Ana wrote:\n> Which room?\n2.14\n> Since when?\nMonday\n\n-- \nUma\n",
            "> Which room?\n2.14\n> Since when?\nMonday",
        );
    }

    #[test]
    fn u9_what_might_be_a_quotation_is_kept() {
        for text in [
            "On Monday the vendor wrote:\nreplace the cable",
            "From: London\nTo: Paris\nPlease book a flight",
            "> only a quotation",
            "Totals\n--\n12\n\nPlease see above",
            "Fine.\n\n---------- Forwarded message ---------\nFrom: a@b.example\nDate: 1 May 2026\nSubject: x\n\nhello",
        ] {
            let expected = if text.starts_with("Totals") { "Totals" } else { text };
            check(text, expected);
        }
    }

    #[test]
    fn u9_signature_and_device_line_at_the_end_are_no_reply() {
        check("Done.\n-- \nUma User\nAccounts\n", "Done.");
        check("Done.\n\nSent from my iPhone\n", "Done.");
        check("Done.\n\nVon meinem iPhone gesendet\n\nAm 12.03.2026 um 10:11 schrieb Ana:\n> x\n", "Done.");
        check("Sent from my iPhone", "Sent from my iPhone");
    }

    #[test]
    fn u9_nothing_written_is_lost_between_the_two_portions() {
        let text = "a\n> b\nc\n\nOn 12 Mar 2026 10:11, x wrote:\n> d\n-- \ne";
        let portions = split(text, None);
        for word in ["a", "> b", "c", "> d", "e"] {
            assert!(
                [&portions.reply, &portions.quoted, &portions.signature]
                    .iter()
                    .any(|part| part.contains(word)),
                "{word}"
            );
        }
    }
}

//! Where a person's own words end and the quoted mail begins (SPEC U9).
//!
//! Better to keep too much than to lose a word: answers between quoted lines keep the lines they answer,
//! and what only might be a quotation stays.

mod marks;
mod words;

use marks::{
    attribution_at, begins_forward, begins_original, is_device_line, is_quoted, is_rule, is_signature_mark,
};

/// The most lines, empty ones aside, that a signature may have.
const SIGNATURE_LINES_MAX: usize = 15;

/// A text in two: what its writer says, and the rest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Portions {
    pub(super) reply: String,
    pub(super) quoted: String,
}

/// What a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Line {
    Empty,
    Own,
    Quoted,
    /// `On … wrote:`
    Attribution,
    /// Belongs to neither: signature, device line, everything below a cut.
    Rest,
}

/// The whole text as the writer's own, as for a forwarded mail.
pub(super) fn keep_whole(text: &str) -> Portions {
    Portions { reply: trimmed(text), quoted: String::new() }
}

/// Divides a text into reply portion and quotation.
pub(super) fn split(text: &str) -> Portions {
    let lines: Vec<&str> = text.split('\n').collect();
    let mut kinds = classify(&lines);
    cut_signature(&lines, &mut kinds);
    cut_device_lines(&lines, &mut kinds);
    cut_trailing_quotation(&mut kinds);
    cut_leading_quotation(&mut kinds);
    for kind in &mut kinds {
        if *kind == Line::Attribution {
            *kind = Line::Rest;
        }
    }
    let portions = Portions {
        reply: gather(&lines, &kinds, |kind| kind != Line::Rest),
        quoted: gather(&lines, &kinds, |kind| kind == Line::Rest),
    };
    if portions.reply.is_empty() { keep_whole(text) } else { portions }
}

/// Tells what each line is, down to where everything below is quoted.
fn classify(lines: &[&str]) -> Vec<Line> {
    let mut kinds = vec![Line::Rest; lines.len()];
    let mut has_own = false;
    let mut at = 0;
    while let Some(line) = lines.get(at) {
        let below = lines.get(at..).unwrap_or_default();
        let mut length = 1;
        let kind = if line.trim().is_empty() {
            Line::Empty
        } else if is_quoted(line) {
            Line::Quoted
        } else if begins_forward(line) {
            set(&mut kinds, at..lines.len(), Line::Own);
            break;
        } else if begins_original(below) {
            if has_own {
                uncover_rules(lines, &mut kinds, at);
            }
            break;
        } else if let Some(attribution) = attribution_at(below) {
            if !attribution.is_followed_by_quotation && has_own {
                break;
            }
            length = attribution.lines;
            Line::Attribution
        } else {
            has_own = true;
            Line::Own
        };
        set(&mut kinds, at..at + length, kind);
        at += length;
    }
    kinds
}

fn set(kinds: &mut [Line], range: std::ops::Range<usize>, kind: Line) {
    if let Some(kinds) = kinds.get_mut(range) {
        kinds.fill(kind);
    }
}

/// Gives the lines drawn above a quoted header to the quotation.
fn uncover_rules(lines: &[&str], kinds: &mut [Line], before: usize) {
    for (line, kind) in lines.iter().zip(kinds).take(before).rev() {
        if !(line.trim().is_empty() || is_rule(line)) {
            break;
        }
        *kind = Line::Rest;
    }
}

/// The index behind the last line of this kind.
fn end_of(kinds: &[Line], wanted: Line) -> Option<usize> {
    kinds.iter().rposition(|kind| *kind == wanted).map(|at| at + 1)
}

/// A signature at the end of what is left, below its mark `-- ` (RFC 3676 §4.3).
fn cut_signature(lines: &[&str], kinds: &mut [Line]) {
    let Some(end) = end_of(kinds, Line::Own) else { return };
    let mut below = 0;
    for (at, (line, kind)) in lines.iter().zip(kinds.iter()).enumerate().take(end).rev() {
        if is_signature_mark(line) {
            let has_text_above = kinds.get(..at).is_some_and(|above| above.contains(&Line::Own));
            if has_text_above {
                set(kinds, at..end, Line::Rest);
            }
            return;
        }
        below += usize::from(*kind != Line::Empty);
        if *kind == Line::Quoted || below > SIGNATURE_LINES_MAX {
            return;
        }
    }
}

/// `Sent from my phone` at the end, where something is said above it.
fn cut_device_lines(lines: &[&str], kinds: &mut [Line]) {
    let Some(first) = kinds.iter().position(|kind| *kind == Line::Own) else { return };
    let mut left = kinds;
    while let Some(last) = left.iter().rposition(|kind| *kind == Line::Own).filter(|last| *last > first) {
        if !lines.get(last).is_some_and(|line| is_device_line(line)) {
            return;
        }
        let (above, below) = left.split_at_mut(last);
        set(below, 0..1, Line::Rest);
        left = above;
    }
}

/// What is quoted below the last own line.
fn cut_trailing_quotation(kinds: &mut [Line]) {
    if let Some(end) = end_of(kinds, Line::Own) {
        set(kinds, end..kinds.len(), Line::Rest);
    }
}

/// A quotation with its attribution at the top, when everything the person says stands below it.
fn cut_leading_quotation(kinds: &mut [Line]) {
    let Some(first_own) = kinds.iter().position(|kind| *kind == Line::Own) else { return };
    let above = kinds.get(..first_own).unwrap_or_default();
    let below = kinds.get(first_own..).unwrap_or_default();
    if above.contains(&Line::Attribution) && above.contains(&Line::Quoted) && !below.contains(&Line::Quoted) {
        set(kinds, 0..first_own, Line::Rest);
    }
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
        assert_eq!(split(text).reply, reply, "\n{text}");
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
        let portions = split(text);
        for word in ["a", "> b", "c", "> d", "e"] {
            assert!(portions.reply.contains(word) || portions.quoted.contains(word), "{word}");
        }
    }
}

//! Signatures at the end of what a person wrote: below their mark, in the program's own words, or a lawyer's.

use super::closings::{DEVICE_WORDS, DEVICES, DISCLAIMER_STARTS, DISCLAIMER_WORDS, Place};
use super::marks::begins_with_any;
use super::structure::Structure;
use super::{CutEvidence, CutPart, Line, Sureness, end_of_own, set};

/// The most lines, empty ones aside, that a signature may have.
const SIGNATURE_LINES_MAX: usize = 15;
/// The most characters of a line by which a program signs.
const DEVICE_CHARS_MAX: usize = 100;
/// The most lines of a disclaimer.
const DISCLAIMER_LINES_MAX: usize = 40;
/// The shortest disclaimer.
const DISCLAIMER_BYTES_MIN: usize = 40;
/// The most closings that are taken off one after the other.
const CLOSINGS_MAX: usize = 8;

/// Takes the signature off what is the writer's own; never the last that is left.
pub(super) fn cut(lines: &[&str], kinds: &mut [Line], structure: &Structure) {
    cut_marked(lines, kinds);
    cut_container(lines, kinds, structure);
    for _ in 0..CLOSINGS_MAX {
        if !cut_disclaimer(lines, kinds) && !cut_device_line(lines, kinds) {
            return;
        }
        cut_marked(lines, kinds);
    }
}

fn signature(evidence: CutEvidence, sureness: Sureness) -> Line {
    Line::Cut(CutPart::Signature, evidence, sureness)
}

/// `-- `, or what gateways leave of it.
pub(super) fn is_mark(line: &str) -> bool {
    matches!(line.trim_end(), "--" | "—") || line == "– "
}

/// A signature at the end of what is left, below its mark `-- ` (RFC 3676 §4.3).
fn cut_marked(lines: &[&str], kinds: &mut [Line]) {
    let Some(end) = end_of_own(kinds) else { return };
    let mut below = 0;
    for (at, (line, kind)) in lines.iter().zip(kinds.iter()).enumerate().take(end).rev() {
        if is_mark(line) {
            let sureness = if *line == "-- " { Sureness::Certain } else { Sureness::Likely };
            if has_own(kinds, at) {
                set(kinds, at..end, signature(CutEvidence::SignatureMark, sureness));
            }
            return;
        }
        below += usize::from(*kind != Line::Empty);
        if *kind == Line::Quoted || below > SIGNATURE_LINES_MAX {
            return;
        }
    }
}

fn has_own(kinds: &[Line], before: usize) -> bool {
    kinds.get(..before).is_some_and(|above| above.contains(&Line::Own))
}

/// What the mail program marks as signature, where nothing of the writer's own stands below it.
fn cut_container(lines: &[&str], kinds: &mut [Line], structure: &Structure) {
    let (Some(range), Some(end)) = (&structure.signature, end_of_own(kinds)) else { return };
    let is_last = end <= range.end && range.start < end;
    if is_last && has_own(kinds, range.start) && end <= lines.len() {
        let kind = signature(CutEvidence::HtmlSignature, Sureness::Certain);
        set(kinds, range.start..end, kind);
    }
}

/// `Sent from my phone` at the end, where something is said above it.
fn cut_device_line(lines: &[&str], kinds: &mut [Line]) -> bool {
    let Some(end) = end_of_own(kinds) else { return false };
    let is_cut = has_own(kinds, end - 1) && lines.get(end - 1).is_some_and(|line| is_device_line(line));
    if is_cut {
        set(kinds, end - 1..end, signature(CutEvidence::DeviceLine, Sureness::Likely));
    }
    is_cut
}

/// `Sent from my phone` and its like.
pub(super) fn is_device_line(line: &str) -> bool {
    let line = line.trim().trim_start_matches(['*', '_', '[', '-', ' ']);
    let words = line.split(['<', '(']).next().unwrap_or_default();
    if words.is_empty() || words.chars().nth(DEVICE_CHARS_MAX).is_some() {
        return false;
    }
    let lower = words.to_lowercase();
    let lower = lower.trim_matches([' ', '.', '!', ']', '*', '_', '\u{a0}']);
    if lower.ends_with(['?', ',', ';', ':']) {
        return false;
    }
    let names_program = || DEVICE_WORDS.iter().any(|word| lower.contains(word));
    DEVICES.iter().any(|(place, words)| match place {
        Place::Start => lower.starts_with(words) && names_program(),
        Place::End => lower.ends_with(words) && names_program(),
        Place::Whole => lower == *words,
    })
}

/// The last paragraph, where it begins as disclaimers do.
fn cut_disclaimer(lines: &[&str], kinds: &mut [Line]) -> bool {
    let Some(end) = end_of_own(kinds) else { return false };
    let paragraph = lines.get(..end).unwrap_or_default().iter().rev();
    let paragraph = paragraph.take(DISCLAIMER_LINES_MAX).take_while(|line| !line.trim().is_empty()).count();
    let start = end - paragraph;
    let is_cut = lines.get(start..end).is_some_and(is_disclaimer) && has_own(kinds, start);
    if is_cut {
        set(kinds, start..end, signature(CutEvidence::Disclaimer, Sureness::Likely));
    }
    is_cut
}

/// It begins as one and speaks of what they speak of: a person may begin with the same words.
fn is_disclaimer(paragraph: &[&str]) -> bool {
    let Some(line) = paragraph.first() else { return false };
    let line = line.trim_start_matches([' ', '*', '_', '-', '\t', '"', '=']);
    let head = line.get(..line.floor_char_boundary(120)).unwrap_or_default();
    if !begins_with_any(head, &DISCLAIMER_STARTS) {
        return false;
    }
    let whole = paragraph.join(" ").to_lowercase();
    whole.len() >= DISCLAIMER_BYTES_MIN && DISCLAIMER_WORDS.iter().any(|word| whole.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_sign_in_many_languages() {
        for line in [
            "Sent from my iPhone",
            "Get Outlook for iOS<https://aka.ms/o0ukef>",
            "Von meinem iPhone gesendet",
            "Envoyé de mon iPhone",
            "Verzonden vanaf mijn iPhone",
            "Lähetetty iPhonesta",
            "Wysłane z iPhone’a",
            "iPhoneから送信",
            "发自我的iPhone",
            "나의 iPhone에서 보냄",
            "Отправлено с iPhone",
            "iPhone'umdan gönderildi",
            "Sent with Proton Mail secure email.",
            "Diese Nachricht wurde von meinem Android-Gerät mit K-9 Mail gesendet.",
        ] {
            assert!(is_device_line(line), "{line}");
        }
        for line in [
            "Sent from my iPhone, does it matter?",
            "It was sent from my desk",
            "The parcel was gesendet",
            "von meinem Rechner aus geht es nicht",
            "Sent with love from Lund",
            "Inviato da Mario",
            "Parça bugün gönderildi",
        ] {
            assert!(!is_device_line(line), "{line}");
        }
    }
}

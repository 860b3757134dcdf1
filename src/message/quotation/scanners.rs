//! What programs against viruses, and free mailboxes, write below what a person says.

use super::device_line::without_links;
use super::disclaimers::speaks_of_oneself;
use super::drawn::{begins_with_word, is_set_off};
use super::signature::is_announced;
use super::{CutEvidence, CutPart, Line, Sureness, end_of_own, set};
use crate::message::lines::is_blank;
use crate::message::phrases::Beginnings;

/// Who looks through mail; in lower case.
const SCANNERS: [&str; 29] = [
    "avast",
    "avg",
    "eset",
    "nod32",
    "kaspersky",
    "касперск",
    "norton",
    "symantec",
    "messagelabs",
    "mcafee",
    "mimecast",
    "sophos",
    "bitdefender",
    "avira",
    "trend micro",
    "f-secure",
    "g data",
    "mailscanner",
    "dr.web",
    "clamav",
    "mimesweeper",
    "barracuda",
    "proofpoint",
    "spamtitan",
    "mailcleaner",
    "mxlogic",
    "fortimail",
    "hornetsecurity",
    "rspamd",
];
/// What they say that they did, or looked for; in lower case.
const DEEDS: [&str; 10] =
    ["virus", "vírus", "wirus", "viren", "вирус", "вірус", "malware", "scanned", "病毒", "ウイルス"];
/// What they call that which they looked through; in lower case.
const MAILS: [&str; 15] = [
    "mail",
    "e-post",
    "messag",
    "mensa",
    "nachricht",
    "correo",
    "courrier",
    "bericht",
    "meddel",
    "wiadomo",
    "zpráv",
    "správ",
    "сообщ",
    "письм",
    "メッセージ",
];
/// Where the links lead that some put below every mail.
const BADGES: [&str; 2] = ["avast.com/sig-email", "avg.com/email-signature"];
/// How they begin to say it, where they draw nothing; in lower case.
static STATEMENTS: Beginnings<20> = Beginnings::of([
    "this email has been scanned",
    "this e-mail has been scanned",
    "this message has been scanned",
    "this mail has been scanned",
    "this email was scanned",
    "this message was scanned",
    "this email has been checked",
    "this e-mail has been checked",
    "this message has been checked",
    "diese e-mail wurde auf viren",
    "diese e-mail wurde von",
    "diese nachricht wurde auf viren",
    "ce message a été vérifié",
    "ce message a été analysé",
    "cet e-mail a été vérifié",
    "cet e-mail a été analysé",
    "este mensaje ha sido analizado",
    "este correo electrónico ha sido",
    "questa e-mail è stata",
    "deze e-mail is gecontroleerd",
]);
/// The most lines of what they write, and its most words.
const LINES_MAX: usize = 10;
const WORDS_MAX: usize = 60;
/// And its most bytes, many of them of links.
const BYTES_MAX: usize = 4_000;
/// The most lines of a badge, and its most words beside the links.
const BADGE_LINES_MAX: usize = 7;
const BADGE_WORDS_MAX: usize = 8;
/// How long a line free mailboxes draw above their advertisement, and the most lines of that.
const ADVERTISEMENT_RULE_BYTES_MIN: usize = 40;
const ADVERTISEMENT_LINES_MAX: usize = 3;

/// Cuts it off the end of what is the writer's own, where something is said above it.
pub(super) fn cut(lines: &[&str], kinds: &mut [Line]) -> bool {
    let Some(end) = end_of_own(kinds) else { return false };
    let start = start_of_badge(lines, kinds, end)
        .or_else(|| start_of_footer(lines, kinds, end))
        .or_else(|| start_of_statement(lines, end));
    let Some(start) = start else { return false };
    let has_own = kinds.get(..start).is_some_and(|above| above.contains(&Line::Own));
    let is_cut = has_own && !is_announced(lines, kinds, start);
    if is_cut {
        let kind = Line::Cut(CutPart::Signature, CutEvidence::Disclaimer, Sureness::Likely);
        set(kinds, start..end, kind);
    }
    is_cut
}

/// Where a paragraph begins that is hardly more than such a link.
fn start_of_badge(lines: &[&str], kinds: &[Line], end: usize) -> Option<usize> {
    let above = kinds.get(..end)?.iter().rev();
    let length = above.take(BADGE_LINES_MAX + 1).take_while(|kind| **kind == Line::Own).count();
    let paragraph = lines.get(end - length..end).filter(|_| length <= BADGE_LINES_MAX)?;
    let has_badge = paragraph.iter().any(|line| BADGES.iter().any(|badge| line.contains(badge)));
    let words = |line: &&str| without_links(line).0.split_whitespace().count();
    (has_badge && paragraph.iter().map(words).sum::<usize>() <= BADGE_WORDS_MAX).then_some(end - length)
}

/// Where a drawn line stands, with nothing below it but what a scanner says, or an advertisement below a quotation.
fn start_of_footer(lines: &[&str], kinds: &[Line], end: usize) -> Option<usize> {
    let first = end.saturating_sub(LINES_MAX);
    let quoted = kinds.get(first..end)?.iter().rposition(|kind| *kind == Line::Quoted);
    let first = quoted.map_or(first, |at| first + at + 1);
    (first..end).rev().filter(|at| lines.get(*at).is_some_and(|line| begins_footer(line))).find(|at| {
        let footer = lines.get(*at..end).unwrap_or_default();
        is_of_scanner(footer) || (is_below_quotation(kinds, *at) && is_advertisement(footer))
    })
}

/// Where a paragraph begins with which a scanner says what it did, with nothing drawn above it.
fn start_of_statement(lines: &[&str], end: usize) -> Option<usize> {
    let above = lines.get(..end)?.iter().rev().take(LINES_MAX + 1);
    let length = above.take_while(|line| !is_blank(line)).count();
    let paragraph = lines.get(end - length..end).filter(|_| length <= LINES_MAX)?;
    let is_statement = STATEMENTS.begin(paragraph.first()?.trim())
        && is_of_scanner(paragraph)
        && !paragraph.iter().any(|line| speaks_of_oneself(&line.to_lowercase()));
    is_statement.then_some(end - length)
}

fn begins_footer(line: &str) -> bool {
    if begins_with_word(line) {
        return false;
    }
    let line = line.trim();
    let is_drawn = line.len() >= 2 && line.bytes().all(|byte| matches!(byte, b'-' | b'_' | b'=' | b'*'));
    is_drawn || is_set_off(line)
}

fn is_of_scanner(footer: &[&str]) -> bool {
    if footer.iter().map(|line| line.len()).sum::<usize>() > BYTES_MAX {
        return false;
    }
    let whole = footer.join(" ").to_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| whole.contains(word));
    // a person who quotes such a line asks about it, or for help
    let asks = || whole.contains(['?', '？']) || whole.contains("call me") || whole.contains("help me");
    !asks()
        && whole.split_whitespace().count() <= WORDS_MAX
        && says(&SCANNERS)
        && says(&DEEDS)
        && says(&MAILS)
}

fn is_below_quotation(kinds: &[Line], at: usize) -> bool {
    let above = kinds.get(..at).unwrap_or_default();
    above.iter().rev().find(|kind| **kind != Line::Empty) == Some(&Line::Quoted)
}

fn is_advertisement(footer: &[&str]) -> bool {
    let Some((rule, below)) = footer.split_first() else { return false };
    let is_rule = rule.len() >= ADVERTISEMENT_RULE_BYTES_MIN && rule.trim().trim_matches('_').is_empty();
    is_rule
        && below.len() <= ADVERTISEMENT_LINES_MAX
        && below.iter().any(|line| line.contains("http://") || line.contains("https://"))
}

#[cfg(test)]
mod tests {
    use super::super::{Structure, split};

    #[test]
    #[rustfmt::skip]
    fn u9_what_scanners_and_free_mailboxes_add_is_cut() {
        for footer in [
            "---\nThis mail was looked through for viruses by Avast.\nhttps://www.avast.com/antivirus",
            "--\nEste correo ha sido analizado en busca de virus por Avast.\nhttps://www.avast.com/antivirus",
            "-----\nNo virus in this mail.\nChecked by AVG - www.avg.com\nVersion: 1 / Virus Database: 2",
            "__________ Information from ESET Antivirus, version 4511 __________\n\nThe message was checked by ESET Antivirus.\n\nhttp://www.eset.com",
            "______________________________________________\nThis mail has been scanned by Symantec.\n______________________________________________",
            "<https://www.avast.com/sig-email?a>\nVirenfrei.\nwww.avast.com\n<https://www.avast.com/sig-email?a>\n<#DAB4>",
            "This email has been scanned for viruses and malware, and may have been archived by Mimecast Ltd.",
            "______________________________________________\nThis email has been scanned by the Barracuda Email Security System.",
            "Diese E-Mail wurde von Sophos auf Viren geprüft.",
            "Virus-free.www.avg.com <https://www.avg.com/email-signature?a>",
        ] {
            let text = format!("It works now.\n\n{footer}\n");
            assert_eq!(split(&text, &Structure::default()).reply, "It works now.", "\n{text}");
            let text = format!("It works now.\n\nOn 2 Mar 2026 at 9:05, Ana Lyst wrote:\n> Does it?\n\n{footer}\n");
            assert_eq!(split(&text, &Structure::default()).reply, "It works now.", "\n{text}");
        }
        let rule = "_".repeat(50);
        let text = format!("It works now.\n\n> From: ana@x.example\n> Does it?\n{rule}\nGet more of your mail!\nhttp://join.example/\n");
        assert_eq!(split(&text, &Structure::default()).reply, "It works now.");
    }

    #[test]
    fn u9_what_people_say_of_scanners_is_kept() {
        for text in [
            "Hello\n\n---\nThis mail was looked through for viruses by Avast, and my PC is slow. Why?",
            "Hello\n\n-----\nThe mail was scanned by Avast and a virus was found, please call me",
            "My PC says this:\n\n-----\nAvast: virus found in C:\\x.exe",
            "Hello\n\nThis email has been scanned by Barracuda for viruses and still I got one.",
            "Hello\n\nThis message was scanned by Mimecast and a virus was found, what now?",
            "Hello\n\nSince the update of Avast the virus scan takes hours.",
            "Hello\n\nthe link https://www.avast.com/sig-email stands below every mail that I send, please turn this off",
        ] {
            assert_eq!(split(text, &Structure::default()).reply, text);
        }
    }
}

//! What somebody adds below the signature: `PS: …`, `N.B. …`, or a request, in the languages that are known here. It is said, not signed.

use crate::message::lines::is_blank;
use crate::message::phrases::Phrases;
use std::sync::LazyLock;

/// How few words stand behind initials that no colon follows: `P.S. Miller` is a name, and `PS Technology GmbH` a firm.
const WORDS_MIN: usize = 3;
const WORDS_WITHOUT_MARK_MIN: usize = 4;
/// The letters of the abbreviations, with dots, blanks or hyphens between them or without; in lower case.
const ABBREVIATIONS: [&str; 14] =
    ["ppps", "pps", "ps", "nb", "pd", "ui", "υγ", "зы", "зіг", "пс", "нб", "нв", "נב", "პს"];
/// What is written out, before a colon or another mark; in lower case.
const WORDS: [&str; 28] = [
    "post-scriptum",
    "post scriptum",
    "postscriptum",
    "postscript",
    "postskriptum",
    "posdata",
    "postdata",
    "pós-escrito",
    "nota bene",
    "notabene",
    "nachtrag",
    "not",
    "obs",
    "dopisek",
    "dovětek",
    "dodatek",
    "постскриптум",
    "υστερόγραφο",
    "t.b",
    "tái bút",
    "p/s",
    "追伸",
    "追记",
    "追記",
    "又及",
    "附言",
    "추신",
    "ปล",
];
/// What stands behind the words and abbreviations. Only dots are behind initials as well.
const MARKS: [char; 9] = [':', '：', '!', '！', '-', '–', '—', ',', '、'];
const BLANKS: [char; 5] = [' ', '\t', '\u{a0}', '\u{202f}', '\u{3000}'];

/// The first line that begins so; from there on nothing is of the signature.
pub(super) fn postscript_within(below: &[&str]) -> Option<usize> {
    below.iter().position(|line| begins_postscript(line))
}

fn begins_postscript(line: &str) -> bool {
    let line = line.trim_start_matches(['*', '_', '(']).trim_start_matches(BLANKS);
    let is_abbreviated = || ABBREVIATIONS.iter().any(|letters| opens_with_abbreviation(line, letters));
    is_abbreviated() || opens_with_word(line)
}

/// Whether a line begins with these letters, whatever stands between them, and goes on behind them as what is added does.
fn opens_with_abbreviation(line: &str, letters: &str) -> bool {
    let Some(behind) = behind_letters(line, letters) else { return false };
    let is_between = |c: char| MARKS.contains(&c) || BLANKS.contains(&c) || matches!(c, '.' | ')' | '*');
    let words = behind.trim_start_matches(is_between);
    if words.is_empty() && letters.ends_with("ps") {
        return true;
    }
    let marks = behind.strip_suffix(words).unwrap_or_default();
    let count = words.split_whitespace().count();
    let is_sentence = |line: &str| line.trim_end().ends_with(['.', '!', '?', '！', '？', '。']);
    if marks.contains(MARKS) {
        return count > 0 || marks.contains([':', '：']);
    }
    if marks.contains('.') || line.starts_with(|c: char| !c.is_ascii()) {
        return count >= WORDS_MIN || words.trim_end().ends_with(['!', '?']);
    }
    count >= WORDS_WITHOUT_MARK_MIN && is_sentence(words) && line.starts_with(char::is_uppercase)
}

/// How the reader is asked to do something; in lower case.
const ASK: [&str; 28] = [
    "can you",
    "could you",
    "would you",
    "können sie",
    "könnten sie",
    "kannst du",
    "könntest du",
    "pouvez-vous",
    "pourriez-vous",
    "peux-tu",
    "puede ",
    "podría",
    "potete",
    "potrebbe",
    "kunt u",
    "kun je",
    "kan du ",
    "kan ni ",
    "voisitko",
    "voitko",
    "czy może",
    "můžete",
    "mohli byste",
    "можете",
    "могли бы",
    "いただけますか",
    "能否",
    "주시겠",
];

/// Where a paragraph begins below the signature in which the reader is asked to do something. Signatures ask what one thinks of the
/// service, and have a link for that.
pub(super) fn request_within(signed: &[&str]) -> Option<usize> {
    static ASKING: LazyLock<Phrases> = LazyLock::new(|| Phrases::of(&ASK));
    let asks =
        |line: &str| line.trim_end().ends_with(['?', '？']) && !line.contains("://") && ASKING.stand_in(line);
    let stands_apart = |pair: &[&str]| matches!(pair, [above, line] if is_blank(above) && asks(line));
    signed.windows(2).position(stands_apart).map(|at| at + 1)
}

/// What stands behind these letters, the dot of the last one included.
fn behind_letters<'t>(line: &'t str, letters: &str) -> Option<&'t str> {
    let mut rest = line;
    for (at, letter) in letters.chars().enumerate() {
        if at > 0 {
            rest = rest.trim_start_matches(['.', '-', '‐', '״', '"']).trim_start_matches(BLANKS);
            rest = rest.trim_start_matches(['-', '‐']);
        }
        let first = rest.chars().next()?;
        if !first.to_lowercase().eq([letter]) {
            return None;
        }
        rest = rest.get(first.len_utf8()..)?;
    }
    (!rest.starts_with(char::is_alphanumeric)).then_some(rest)
}

/// Whether a line begins with such a word and a mark behind it; scripts without small letters need none.
fn opens_with_word(line: &str) -> bool {
    let Some(start) = line.get(..line.floor_char_boundary(40)) else { return false };
    let lower = start.to_lowercase();
    WORDS.iter().filter_map(|word| Some((word, lower.strip_prefix(word)?))).any(|(word, behind)| {
        let behind = behind.trim_start_matches('.').trim_start_matches(BLANKS);
        behind.starts_with(MARKS) || word.contains(|c: char| !c.is_lowercase() && c.is_alphabetic())
    })
}

#[cfg(test)]
mod tests {
    use super::super::{Structure, split};

    #[test]
    fn u9_what_is_asked_below_the_signature_is_kept() {
        for asked in [
            "Also, can you check the printer?",
            "Können Sie auch den Drucker prüfen?",
            "Pourriez-vous regarder l'imprimante ?",
        ] {
            let text = format!("It works.\n\n-- \nUma User\n\n{asked}");
            assert_eq!(split(&text, &Structure::default()).reply, format!("It works.\n\n{asked}"), "{text}");
        }
        for signed in ["How can I help you?", "Can you rate us? https://rate.example.com/"] {
            let text = format!("It works.\n\n-- \nUma User\n\n{signed}");
            assert_eq!(split(&text, &Structure::default()).reply, "It works.", "{text}");
        }
    }

    #[test]
    fn u9_what_is_added_below_the_signature_is_kept_in_many_languages() {
        for added in [
            "PS: Please close the other ticket, too.",
            "P.S. My new room is 4.11.",
            "PS Please close the other ticket, too.",
            "Ps - I am away on Monday.",
            "P.S. Thanks!",
            "PS – bitte auch das andere",
            "PS\nPlease close the other ticket, too.",
            "PS:\nPlease close the other ticket, too.",
            "PS: And this.\n\nPPS: And that.",
            "NB: the old one is still broken",
            "N.B.: la vecchia è ancora rotta.",
            "*PS:* Bitte auch das andere schließen.",
            "P. S. Zavřete prosím i ten druhý.",
            "P.-S. : Le téléphone ne marche pas.",
            "Post-scriptum : le téléphone aussi.",
            "P.D.: Falta también el ratón.",
            "Posdata: falta también el ratón.",
            "PS! Stäng även det andra.",
            "OBS! Stäng även det andra.",
            "Ui.: A másikat is zárják le.",
            "Υ.Γ. Κλείστε και το άλλο.",
            "ЗЫ: закройте и вторую.",
            "P.S. Закройте, пожалуйста, вторую.",
            "Not: diğerini de kapatın.",
            "נ.ב. סגרו גם את השנייה",
            "追伸：もう一件も閉じてください。",
            "추신: 다른 것도 닫아 주세요.",
            "T.B.: Đóng cả cái kia.",
        ] {
            for mark in ["-- ", "--"] {
                let text = format!("It works.\n\n{mark}\nUma User\nExample Ltd\n\n{added}");
                let found = split(&text, &Structure::default());
                assert_eq!(found.reply, format!("It works.\n\n{added}"), "{text}");
                assert_eq!(found.signature, format!("{mark}\nUma User\nExample Ltd"), "{text}");
                let quoting = format!("{text}\n\nOn 2 Mar 2026 at 9:05, Ana Lyst wrote:\n> Does it?");
                assert_eq!(split(&quoting, &Structure::default()).reply, found.reply, "{quoting}");
            }
        }
    }

    #[test]
    fn u9_names_that_begin_with_the_same_letters_are_signed() {
        for name in [
            "P.S. Miller",
            "PS Technology GmbH",
            "NB Studio",
            "P.D. Box 5",
            "PSV Lund",
            "Nb. 5",
            "Notary Lund",
        ] {
            let text = format!("It works.\n\n-- \nUma User\n{name}\nLund");
            assert_eq!(split(&text, &Structure::default()).reply, "It works.", "{text}");
        }
    }
}

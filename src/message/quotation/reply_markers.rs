//! The lines by which desks ask to write above them.

use crate::message::phrases::Phrases;
use std::sync::LazyLock;

/// What such a line says, in lower case.
const WORDS: [&str; 34] = [
    "above this line",
    "do not remove this line",
    "oberhalb dieser zeile",
    "über dieser zeile",
    "über diese zeile",
    "au-dessus de cette ligne",
    "au dessus de cette ligne",
    "encima de esta línea",
    "arriba de esta línea",
    "sobre esta línea",
    "acima desta linha",
    "sopra questa riga",
    "al di sopra di questa riga",
    "boven deze regel",
    "boven deze lijn",
    "ovanför den här raden",
    "ovanför denna rad",
    "over denne linje",
    "over denne linjen",
    "tämän rivin yläpuolelle",
    "nad tym wierszem",
    "nad tą linią",
    "powyżej tej linii",
    "nad tento řádek",
    "nad týmto riadkom",
    "над этой строкой",
    "выше этой строки",
    "над цим рядком",
    "bu satırın üst",
    "この行より上",
    "この線より上",
    "在此行上方",
    "此行之上",
    "이 줄 위",
];
/// How it begins where nothing is drawn around it; in lower case.
const BARE_STARTS: [&str; 6] =
    ["reply ", "please reply ", "please type ", "write ", "type your ", "respond "];
/// The marks that are drawn around it.
const MARKS: [char; 7] = ['#', '-', '=', '*', '—', '~', '_'];
/// The most bytes of such a line.
const BYTES_MAX: usize = 160;

/// A line of a desk that asks to write above it: drawn around in any language that is known here, `##- … -##` in every
/// language, and in English without anything around it.
pub(super) fn is_reply_marker(line: &str) -> bool {
    if line.len() > BYTES_MAX {
        return false;
    }
    if line.starts_with("##-") && line.ends_with("-##") {
        return true;
    }
    let starts_marked = line.starts_with("##") || line.chars().take(2).all(|c| MARKS.contains(&c));
    let ends_marked = line.chars().rev().take(2).all(|c| MARKS.contains(&c));
    if starts_marked && ends_marked {
        static PHRASES: LazyLock<Phrases> = LazyLock::new(|| Phrases::of(&WORDS));
        return PHRASES.stand_in(line);
    }
    let is_bare = line.starts_with(|c: char| c.is_ascii_alphabetic())
        && line.trim_end_matches(['.', ' ']).ends_with("this line");
    is_bare && {
        let lower = line.to_lowercase();
        lower.contains(" above this line")
            && BARE_STARTS.iter().any(|start| lower.starts_with(start))
            && ["repl", "respon", "answer"].iter().any(|word| lower.contains(word))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn desks_ask_to_write_above_a_line_and_people_do_not() {
        for line in [
            "##- Please type your reply above this line -##",
            "##- Skriv svaret ditt her -##",
            "## Bitte antworten Sie oberhalb dieser Zeile ##",
            "==== Please reply above this line ====",
            "--- Répondez au-dessus de cette ligne ---",
            "*** この行より上に返信してください ***",
            "Reply above this line.",
            "-- do not remove this line, case 5837 --",
        ] {
            assert!(is_reply_marker(line), "{line}");
        }
        for line in [
            "Reply above this line? Where?",
            "## Steps ##",
            "The text above this line",
            "Write your room number above this line.",
            "---- above ----",
            "",
            "--",
        ] {
            assert!(!is_reply_marker(line), "{line}");
        }
    }
}

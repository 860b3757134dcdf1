//! Pages about characters that are not what they seem.

use super::{Page, Theme};

pub(super) const THEME: Theme = Theme {
    title: "Characters that are not what they seem",
    pages: &[
        Page {
            code: "hidden-character",
            says: "A name, word, subject or comment holds a character that nobody sees, or that turns the reading direction.",
            matters: "What people type does not hold it, so that the subject is never found. And what a reviewer sees need not be what the program reads.",
            example: "- { subject: \"[CLOSE\\u200B#{number}]\", intent: close, kind: call }",
            cure: "Take it out; the finding shows its code point. It often comes along when text is copied from a web page. Texts for people (`body`, `because`, titles, tests) may hold such characters.",
        },
        Page {
            code: "look-alike-character",
            says: "A word mixes letters of two alphabets, and one of them looks like a letter of the other.",
            matters: "A Cyrillic `\u{421}` in `[CLOSE#{number}]` looks right and is never found in what people type. Or somebody wants a rule to look like another.",
            example: "- { subject: \"[\u{421}LOSE#{number}]\", intent: close, kind: call }",
            cure: "Type the word anew on one keyboard; the finding says which letter it is. Words that are wholly Greek or Cyrillic are nobody's concern.",
        },
    ],
};

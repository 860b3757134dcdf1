//! Pages about the file itself: its signs, its size, its settings and their kinds.

use super::{Page, Theme};

pub(super) const THEME: Theme = Theme {
    title: "The file itself",
    pages: &[
        Page {
            code: "yaml-syntax",
            says: "The file is not YAML beyond this place, or YAML would read it otherwise than it was meant.",
            matters: "A rule set that cannot be read is not activated. The desk goes on with the last good one.",
            example: "recognize:\n  - subject: [CLOSE#{number}]",
            cure: "Put texts that begin with a bracket, or hold `: ` or ` #`, in quotes. Indent with spaces, every entry of a list as far as the one before it.",
        },
        Page {
            code: "too-large",
            says: "The file is larger than 1 MiB, or holds more values than are read.",
            matters: "Rules are read again at every change, on the machine that reads the mail. No file may hold that up.",
            example: "# a file of two million lines",
            cure: "Split it: a file that `extends` another holds only what differs. Tests may live in files of their own.",
        },
        Page {
            code: "too-deep",
            says: "Lists and groups are nested more than 32 levels deep.",
            matters: "No rule needs that. Such a file is a slip of the keyboard, or made to stop the desk.",
            example: "when: [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[ closed ]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]",
            cure: "Look for brackets or an indentation too many at the place shown.",
        },
        Page {
            code: "alias-not-allowed",
            says: "A value is named with `&` or repeated with `*`.",
            matters: "Every value stands where it is read. Only then can a trace say which line decided, and a small file cannot grow into a huge one.",
            example: "new_calls: &usual { template: IT Incident }\nclosed_calls: *usual",
            cure: "Write the value out, or set it once under `defaults`. If the sign belongs to a text, put the text in quotes.",
        },
        Page {
            code: "duplicate-key",
            says: "A setting is made twice in the same group.",
            matters: "Only one of the two could hold, and programs differ in which.",
            example: "closed_calls:\n  reopen: true\n  reopen: false",
            cure: "Keep one of the two.",
        },
        Page {
            code: "comment-cuts-text",
            says: "A `#` after a space begins a comment, so that the text before it is shorter than it looks.",
            matters: "The subject `Call` alone matches nearly every mail that mentions a call, and updates come to the wrong items.",
            example: "recognize:\n  - subject: Call #{number}",
            cure: "Put the text in quotes, or, if a comment is meant, write a space after the `#`.",
        },
        Page {
            code: "unknown-key",
            says: "There is no setting of this name in this place.",
            matters: "A switch that is spelled wrong would keep its default, and nobody would notice until the desk does the wrong thing.",
            example: "new_calls: { use_linked_analist: true }",
            cure: "Take the name that is offered, or move the setting to the group it belongs to.",
        },
        Page {
            code: "unknown-word",
            says: "This place takes one of a fixed list of words, and this is not one of them.",
            matters: "Words decide: who sent the mail, what it asks, what is done. A guess would be a decision nobody made.",
            example: "identify:\n  - { rule: staff, when: { is_analyst: true }, then: analist }",
            cure: "Use one of the words that are listed. Words of the program are in snake_case.",
        },
        Page {
            code: "wrong-type",
            says: "The value is of another kind than the setting: text for a switch, a number for text, a list for one value.",
            matters: "`no`, `off` and `010` mean one thing to people and another to YAML. They are asked about rather than guessed at.",
            example: "closed_calls: { reopen: no }",
            cure: "Write switches as `true` or `false`, texts that look like numbers in quotes, whole numbers without leading zeros.",
        },
        Page {
            code: "missing-key",
            says: "A setting that has no default is not there.",
            matters: "An account without a call template, or a rule without an outcome, could not deal with its first mail.",
            example: "choose:\n  - { rule: summary, when: { intent: summary } }",
            cure: "Add the setting that is named.",
        },
        Page {
            code: "newer-format",
            says: "The file's `format` is a higher number than this program reads.",
            matters: "A newer file may hold rules that this program would leave out without a word.",
            example: "format: 2",
            cure: "Update the program, or restore the file that belongs to it.",
        },
        Page {
            code: "older-format",
            says: "The file's `format` is a lower number than this program reads.",
            matters: "The same words may have meant something else then.",
            example: "format: 0",
            cure: "Run `postroom migrate`: it rewrites the file in described steps, keeps comments, and shows that decisions stay as they were.",
        },
    ],
};

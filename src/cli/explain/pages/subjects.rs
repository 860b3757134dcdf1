//! Pages about subjects: what they match, and what they are mistaken for.

use super::{Page, Theme};

pub(super) const THEME: Theme = Theme {
    title: "Subjects",
    pages: &[
        Page {
            code: "ambiguous-subject",
            says: "Two subjects match the same text and ask for different things.",
            matters: "The first in the file wins. A remark on a task could approve it.",
            example: "- { subject: \"[TASK#{number}]\", intent: update,  kind: task }\n- { subject: \"[TASK#{number}]\", intent: approve, kind: approval }",
            cure: "Choose another subject for one of them.",
        },
        Page {
            code: "overlapping-subjects",
            says: "Some of the texts that a subject matches are matched by a row before it, which asks for something else.",
            matters: "The first row wins. A mail that means one thing does another, and only for some texts, so that it is found late.",
            example: "- { subject: \"Ticket {number} {word}\", intent: update, kind: call }\n- { subject: \"{word} {number} closed\", intent: close, kind: call }",
            cure: "Write one of the two more narrowly. A row that is an exception to another stands before it; that is no overlap.",
        },
        Page {
            code: "nearly-alike-subjects",
            says: "Two subjects differ by one character of a word, and ask for different things.",
            matters: "People mistype. Where one letter turns a remark into a command, somebody's slip will close a call.",
            example: "- { subject: \"[TASK#{number}]\", intent: update, kind: task }\n- { subject: \"[TASKS#{number}]\", intent: update, kind: call }",
            cure: "Choose words that are further apart. Codes of fewer than four letters are not compared: they differ by one letter by nature.",
        },
        Page {
            code: "unnamed-group",
            says: "A group of a regular expression has no name.",
            matters: "What was found is known by its name alone: `number` finds the item, other names are captured. Without one it is lost, perhaps by mistake.",
            example: "- { expression: \"TKT-([0-9]+)\", intent: update, kind: call }",
            cure: "Name it, `(?<number>[0-9]+)`, or write `(?:…)` where nothing is to be kept. `\\d` means the digits 0 to 9 here, as `[0-9]` does.",
        },
        Page {
            code: "subject-without-brackets",
            says: "A subject that closes, decides or asks for a summary is not in square brackets.",
            matters: "Ordinary sentences hold such words. A mail about closing a door must not close a call.",
            example: "- { subject: \"close {number}\", intent: close, kind: call }",
            cure: "Write it in brackets: `\"[CLOSE#{number}]\"`.",
        },
        Page {
            code: "subject-without-number",
            says: "A subject asks to change an item, but has no `{number}`.",
            matters: "Nothing would say which call is meant, and every such mail would be logged as a new one.",
            example: "- { subject: \"[CLOSE]\", intent: close, kind: call }",
            cure: "Add `{number}` where the digits stand.",
        },
        Page {
            code: "subject-invalid",
            says: "A subject cannot be understood as a pattern: it is empty, a brace is not closed, or `{number}` is there twice.",
            matters: "A pattern that matches nothing, or everything, sends mails the wrong way.",
            example: "- { subject: \"[CLOSE#{number]\", intent: close, kind: call }",
            cure: "Write the subject as it reads in a mail, with `{number}` once, in place of the digits.",
        },
        Page {
            code: "intent-kind-mismatch",
            says: "A subject asks something of a kind of item for which it cannot be done.",
            matters: "Only approvals are approved, and only calls are closed by mail. Anything else would end as a new call.",
            example: "- { subject: \"[APPROVE#{number}]\", intent: approve, kind: call }",
            cure: "Change the kind or the intent.",
        },
        Page {
            code: "reply-not-recognized",
            says: "A reply goes out with a subject that is not recognised when somebody answers it.",
            matters: "The answer would become a new call instead of a note on the old one.",
            example: "replies:\n  call-logged: { after: log_call, subject: \"Your ticket {number}\" }",
            cure: "Add the subject under `recognize`, or use one that is there, such as `Call {number} has been logged`.",
        },
        Page {
            code: "expression-as-subject",
            says: "A subject holds backslashes, as a regular expression would.",
            matters: "A `subject` is looked for as it reads, so that no mail would be recognised by it. What people ask for would be logged as new calls.",
            example: "- { subject: '\\[CLOSE#(\\d+)\\]', intent: close, kind: call }",
            cure: "Write it as it reads in a mail, with `{number}` in place of the digits: `\"[CLOSE#{number}]\"`. Where it has to be an expression, say so: `expression: '…'`. `check --fix` rewrites those that a subject can say.",
        },
    ],
};

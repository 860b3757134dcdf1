//! Pages about layers, about answers that cannot be carried out, and about the texts of replies.

use super::{Page, Theme};

pub(super) const THEME: Theme = Theme {
    title: "Layers, answers and texts",
    pages: &[
        Page {
            code: "rule-without-place",
            says: "A rule of a file that extends another does not say where among the other rules it goes, or says it twice.",
            matters: "Order decides: of two rules that hold, the first wins. Where a rule lands is never guessed.",
            example: "extends: classic\npermit:\n  - { rule: duty-closes, when: { action: close_call }, then: allow }",
            cure: "Add one of `before: NAME`, `after: NAME`, `replaces: NAME`, `before: first` or `after: last`.",
        },
        Page {
            code: "action-does-not-fit",
            says: "`choose` asks for an action in a situation in which its steps cannot be done, such as closing where no call was found.",
            matters: "Such a mail would be left in quarantine, where nobody expects it.",
            example: "choose:\n  - { rule: close, when: { intent: close }, then: close_call }   # also where the number is unknown",
            cure: "Let the rule ask for `number: known` and the right `kind`, or choose another action there.",
        },
        Page {
            code: "answer-without-value",
            says: "A policy answers with somebody whom the account need not name: its default user, its default logging analyst, its fallback group.",
            matters: "Where the setting is unset nobody would be entered, and nobody would answer for the call.",
            example: "logging_analyst:\n  - { rule: always, then: default_logging_analyst }",
            cure: "Ask for it in the rule's `when`, such as `new_calls.default_logging_analyst: set`, and say in another rule what happens otherwise.",
        },
        Page {
            code: "body-file-unreadable",
            says: "The file with the text of a reply cannot be read.",
            matters: "The sender would be told nothing, or something half.",
            example: "replies:\n  summary: { after: send_summary, subject: \"Your {kinds}\", body_file: replies/sumary.html }",
            cure: "Correct the path; it is seen from the folder of the rule file. Name a `.txt` or `.html` file in UTF-8.",
        },
        Page {
            code: "method-not-applicable",
            says: "None of the authentication methods that are listed exists for this protocol.",
            matters: "Another method that the server offers is used instead, perhaps a weaker one than was meant.",
            example: "connect:\n  imap: { server: mail.example.com, authentication: [apop] }",
            cure: "Write `authentication: automatic`, or name a method of this protocol.",
        },
    ],
};

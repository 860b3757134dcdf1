//! Pages about tables and statements: gaps, rules without effect, what does not hold.

use super::{Page, Theme};

pub(super) const THEME: Theme = Theme {
    title: "Tables and statements",
    pages: &[
        Page {
            code: "uncovered-case",
            says: "There are mails for which no rule of this table holds. The rows show which.",
            matters: "Every mail has exactly one outcome. A gap would be found by a sender, at night.",
            example: "policies:\n  logging_analyst:\n    - { rule: linked, when: { new_calls.use_linked_analyst: true }, then: sender }",
            cure: "Add a rule for the rows that are shown, or a last rule `otherwise`.",
        },
        Page {
            code: "unreachable-rule",
            says: "Wherever this rule would hold, one before it holds already.",
            matters: "Somebody wrote the rule for a reason, and it does nothing. Often the one before it is too wide.",
            example: "permit:\n  - { rule: analysts, when: { sender: analyst }, then: allow }\n  - { rule: owners, when: { sender: analyst, owns_call: true }, then: allow }",
            cure: "Narrow the rule that comes first, move this one before it, or delete it.",
        },
        Page {
            code: "condition-without-effect",
            says: "A condition of a rule could be left out, and no mail would be decided otherwise.",
            matters: "Readers take it for a restriction that it is not.",
            example: "- { rule: user-closes, when: { action: close_call, sender: user, is_user: true }, then: allow }",
            cure: "Leave the condition out, or correct it.",
        },
        Page {
            code: "column-without-effect",
            says: "Without this column every situation would get the same answer.",
            matters: "Readers believe that it matters, and change it in vain.",
            example: "- { rule: one, when: { sender: user, is_call_user: true }, then: allow }\n- { rule: other, when: { sender: user, is_call_user: false }, then: allow }",
            cure: "Leave the column out; rules that then say the same become one. A rule with a `because` of its own counts as another answer.",
        },
        Page {
            code: "split-rule",
            says: "Neighbouring rules answer the same and differ in one cell.",
            matters: "What is one row is read at a glance and changed in one place; of two, one is forgotten.",
            example: "- { rule: closes, when: { action: close_call, sender: analyst }, then: allow }\n- { rule: closes-too, when: { action: close_call, sender: analyst_and_user }, then: allow }",
            cure: "Write the one row that is shown. Rules that should stay apart in traces each get a `because`.",
        },
        Page {
            code: "action-never-performed",
            says: "No situation leads to this action, or none in which it is allowed.",
            matters: "What it does looks like something that the desk does, and is not. Often a rule that should answer with it is missing.",
            example: "actions:\n  escalate_call: [show_note_icon]",
            cure: "Let a rule of `choose` answer with it and one of `permit` allow it, or take it out.",
        },
        Page {
            code: "reply-never-sent",
            says: "No action and no refusal sends this reply.",
            matters: "Somebody wrote what people are to be told, and they are not told.",
            example: "replies:\n  call-forwarded: { subject: \"Call {number} has been forwarded\" }",
            cure: "Say `after` which action it is sent, let a rule of `permit` `refuse` with it, or take it out.",
        },
        Page {
            code: "statement-does-not-hold",
            says: "A statement under `prove` is refuted by the situation shown, with the rules that lead there.",
            matters: "Somebody demanded that this never comes about. The rule set is not loaded, and the desk goes on with the last good one.",
            example: "prove:\n  - never: { sender: unknown, action: close_call }",
            cure: "Let the rule that decides ask for more, or set the account's switch otherwise. If the statement is no longer wanted, take it out, or set it aside in the file that extends it: `waive: NAME`, with a reason. Statements hold for the accounts that there are, with the switches they have; where a file has no accounts, for any switches. What is not known yet where a mail ends holds nothing.",
        },
        Page {
            code: "statement-without-effect",
            says: "A statement holds whatever the rules say: its columns never come together, or no rule gives its reason.",
            matters: "It looks like a guard and guards nothing.",
            example: "prove:\n  - never: { number: unknown, state: open, action: close_call }",
            cure: "Name columns that can hold these words together, and reasons as the rules spell them; or take it out.",
        },
        Page {
            code: "analysis-incomplete",
            says: "The table has too many combinations to look at each; or a subject, or a statement, is too much work to be decided.",
            matters: "That no gap was found does not prove that there is none.",
            example: "# a table over thirty columns of a script",
            cure: "Split the table, or declare fewer words for the columns that scripts add. Write expressions with fewer repetitions, and statements with more columns.",
        },
        Page {
            code: "rule-without-test",
            says: "No test comes to this rule.",
            matters: "The next change may break it without anybody noticing.",
            example: "permit:\n  - { rule: hr-closes-anything, when: { x.is_hr_analyst: true }, then: allow }",
            cure: "Add a mail under `tests` for which this rule decides; `postroom trace` shows which one does.",
        },
    ],
};

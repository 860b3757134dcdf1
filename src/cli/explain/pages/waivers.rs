//! Pages about warnings that are waived.

use super::{Page, Theme};

pub(super) const THEME: Theme = Theme {
    title: "Waivers",
    pages: &[
        Page {
            code: "waiver-without-reason",
            says: "A comment waives a warning, and does not say why.",
            matters: "Whoever changes the line next has to know whether the reason still holds. The warning is shown until one is there.",
            example: "- { subject: \"close {number}\", intent: close, kind: call }   # postroom: allow subject-without-brackets",
            cure: "Write `# postroom: allow CODE because REASON`.",
        },
        Page {
            code: "waiver-of-no-warning",
            says: "A comment waives something that is no warning: a code that does not exist, or that of an error.",
            matters: "It silences nothing, and whoever reads it believes otherwise. An error is never waived: a rule set that has one is not loaded.",
            example: "# postroom: allow unreachable-rul because the auditors ask for it",
            cure: "Spell the code as the finding does, in brackets behind `warning`; mend what is an error. A statement under `prove` is set aside by `waive: NAME` in the file that extends it.",
        },
        Page {
            code: "waiver-without-effect",
            says: "A comment waives a warning that is not found in its line.",
            matters: "What it was written for is gone or has moved. It would hide the next warning of that kind, of which nobody has thought yet.",
            example: "# postroom: allow split-rule because each of them has a date\n\n- { rule: closes, when: { action: close_call }, then: allow }",
            cure: "Take it out; or put it in the line that the finding names, or directly above it. Several may stand above one line.",
        },
    ],
};

//! Pages about world files.

use super::{Page, Theme};

pub(super) const THEME: Theme = Theme {
    title: "World files",
    pages: &[
        Page {
            code: "unreadable-world",
            says: "The world file cannot be read at this place.",
            matters: "A desk is taken over whole or not at all; half a desk would decide wrongly.",
            example: "calls:\n  - { number: five, state: open }",
            cure: "Write what is asked for at the place shown. `postroom schema world` describes the format, and editors check with it.",
        },
        Page {
            code: "unknown-key-in-world",
            says: "A key of the world file does not exist.",
            matters: "What it was meant to say, a right or an owner perhaps, would silently be missing.",
            example: "people:\n  - { name: Ana Lyst, analist: true }",
            cure: "Take the key that is suggested, or delete it.",
        },
        Page {
            code: "unknown-word-in-world",
            says: "A value of the world file is not one of the words that there are.",
            matters: "An item in a state that nobody knows could be neither closed nor updated.",
            example: "calls:\n  - { number: 5837, state: opened }",
            cure: "Use one of the words that the finding lists.",
        },
        Page {
            code: "missing-key-in-world",
            says: "An entry of the world file lacks its `name` or `number`.",
            matters: "Everything else has a default; without these nothing could speak of it.",
            example: "calls:\n  - { state: open, title: VPN }",
            cure: "Add the key.",
        },
        Page {
            code: "blank-name",
            says: "A person, group, partition or template has an empty name.",
            matters: "Names are how rules, calls and traces speak of people.",
            example: "people:\n  - { name: \"\", addresses: [ana.lyst@example.com] }",
            cure: "Give it a name.",
        },
        Page {
            code: "duplicate-in-world",
            says: "Two entries of the world file bear the same name or number, or a key or a name is there twice.",
            matters: "Calls and rules name people, and mail names numbers: it must be clear who or what is meant.",
            example: "calls:\n  - { number: 5837 }\n  - { number: 5837 }",
            cure: "Give one of them another name or number, or delete it.",
        },
        Page {
            code: "unknown-name-in-world",
            says: "An entry names a person, group, partition or template that the world file does not have.",
            matters: "The call would be owned by nobody, and nobody would be notified.",
            example: "groups: [IT First Line]\ncalls:\n  - { number: 5837, owner: { group: First Line } }",
            cure: "Correct the name, or add the one who bears it.",
        },
        Page {
            code: "number-too-long",
            says: "The number of an item has more than 18 digits.",
            matters: "Such a number in a subject is an invalid number, so the item could never be asked for.",
            example: "calls:\n  - { number: 1234567890123456789 }",
            cure: "Use a shorter number.",
        },
        Page {
            code: "wrong-state",
            says: "A call, request or plain task is approved or rejected.",
            matters: "Only approvals are decided; mail about the item would be answered wrongly.",
            example: "calls:\n  - { number: 5837, state: approved }",
            cure: "Write `open` or `closed`.",
        },
        Page {
            code: "template-as-actor",
            says: "An item names a template record as somebody who acts: its User, its owner, a delegate.",
            matters: "A template record is a pattern for new ones. It reads no mail and does no work.",
            example: "people:\n  - { name: Pattern Person, template: true }\ncalls:\n  - { number: 5837, user: Pattern Person }",
            cure: "Name a person's own record.",
        },
        Page {
            code: "delegates-of-a-task",
            says: "A plain task has delegates.",
            matters: "Delegates decide in somebody's place, and a plain task has nothing to decide.",
            example: "tasks:\n  - { number: 76, type: task, delegates: [Bo Both] }",
            cure: "Write `type: approval`, or take the delegates out.",
        },
    ],
};

//! Pages about accounts and the people, groups and templates that they name.

use super::{Page, Theme};

pub(super) const THEME: Theme = Theme {
    title: "Calls, and who has them",
    pages: &[
        Page {
            code: "reopen-without-update",
            says: "An account reopens closed calls, but may not update them.",
            matters: "Reopening adds the mail as a note, which is an update. The product's own window does not allow one switch without the other.",
            example: "closed_calls: { update: false, reopen: true }",
            cure: "Turn `update` on, or both off.",
        },
        Page {
            code: "reopened-to-nobody",
            says: "An account reopens calls, but names no group for those that cannot go where they should.",
            matters: "Such a call keeps its owner, who may have left long ago.",
            example: "closed_calls: { update: true, reopen: true, on_reopening: sending_analyst }",
            cure: "Name a group under `otherwise_to`.",
        },
        Page {
            code: "template-missing",
            says: "An account that can log calls names no call template.",
            matters: "The template gives a new call its partition, priority and owner.",
            example: "accounts:\n  it-desk:\n    new_calls: { default_logging_analyst: Duty Analyst }",
            cure: "Name a template under `new_calls`.",
        },
        Page {
            code: "template-without-assignee",
            says: "The account's call template is assigned to neither an analyst nor a group.",
            matters: "A call logged from it would reach no one.",
            example: "new_calls: { template: Facilities Request }",
            cure: "Assign the template on the desk, or choose one that is.",
        },
        Page {
            code: "template-person-as-analyst",
            says: "The default logging analyst is a template person: a pattern for records, not somebody.",
            matters: "Calls would be logged by a record that never acts.",
            example: "new_calls: { default_logging_analyst: New Analyst Template }",
            cure: "Name an analyst.",
        },
        Page {
            code: "not-an-analyst",
            says: "The person named here is not flagged as an analyst.",
            matters: "Only analysts log and own calls.",
            example: "new_calls: { default_logging_analyst: Ursula User }",
            cure: "Name an analyst, or give the person the flag on the desk.",
        },
        Page {
            code: "analyst-missing-for-anonymous",
            says: "An account logs calls for unknown senders, but names no default logging analyst.",
            matters: "Such calls would be logged by a person whom the desk has only just heard of.",
            example: "anonymous: { create_calls: true }\nnew_calls: { template: IT Incident }",
            cure: "Name an analyst under `default_logging_analyst`.",
        },
        Page {
            code: "not-a-user",
            says: "The default user for mail from unknown senders is not flagged as a user.",
            matters: "Calls are logged for users; nobody else sees them in the portal.",
            example: "anonymous: { create_calls: true, default_user: Ana Lyst }",
            cure: "Name a user, or give the person the flag on the desk.",
        },
        Page {
            code: "no-priority-cell",
            says: "The partition's priority matrix has no cell for the template's impact and urgency.",
            matters: "New calls would have no priority, and wait behind all that have one.",
            example: "new_calls: { template: IT Incident }   # impact High, urgency Low",
            cure: "Fill the cell on the desk, or change the template's impact or urgency.",
        },
    ],
};

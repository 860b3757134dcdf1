//! What was found, as programs read it; text and report are made of the same.

use crate::cli::Exit;
use crate::cli::screen::{counted, grouped};
use crate::ruleset::Identity;
use crate::ruleset::compare::Comparison;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

/// What two rule sets do differently.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct DiffDocument {
    /// The format of this document.
    format: u32,
    /// Whether nothing differs: no situation, no setting, no text, no mail.
    pub(super) equal: bool,
    /// The same in one line for people.
    pub(super) summary: String,
    /// By meaning.
    #[serde(flatten)]
    pub(super) comparison: Comparison,
    /// By replay over stored mail, where that was asked for.
    pub(super) mails: Option<Replay>,
}

/// Stored mails, decided by both rule sets.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub(super) struct Replay {
    /// How many were decided.
    pub(super) decided: usize,
    /// How many would end differently.
    pub(super) changed: usize,
    /// What could not be read or decided, in words; the first of them.
    pub(super) faults: Vec<String>,
    /// How many could not be read or decided.
    pub(super) failed: usize,
    /// The mails that would end differently, by kind of change.
    pub(super) kinds: Vec<MailKind>,
}

/// Mails that end differently in the same way.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct MailKind {
    /// How they end in the old rule set.
    pub(super) old: String,
    /// How they end in the new one.
    pub(super) new: String,
    /// How many there are.
    pub(super) count: usize,
    /// The mails; of very many the first ones only.
    pub(super) mails: Vec<MailChange>,
}

/// A mail that would end differently.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct MailChange {
    /// Where it was found.
    pub(super) found_at: String,
    /// The account that it came to.
    pub(super) account: String,
    /// Its `Message-ID`, in its brackets.
    pub(super) message_id: Option<String>,
    /// Who sent it.
    pub(super) from: Option<String>,
    /// Its subject, decoded.
    pub(super) subject: String,
    /// The old rule set's decision (`postroom schema decision`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) old: Option<Value>,
    /// The new rule set's decision.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) new: Option<Value>,
    /// Both decisions as sheets for people.
    #[serde(skip)]
    pub(super) sheets: Option<[String; 2]>,
}

impl DiffDocument {
    pub(super) fn new(comparison: Comparison, mails: Option<Replay>) -> Self {
        let equal = comparison.is_equal() && mails.as_ref().is_none_or(|mails| mails.changed == 0);
        let summary = summary(&comparison, mails.as_ref());
        Self { format: 1, equal, summary, comparison, mails }
    }

    /// How the command ends; that nothing differs is said only where everything was looked at.
    pub(super) fn exit(&self) -> Exit {
        let all_decided = self.mails.as_ref().is_none_or(|mails| mails.failed == 0);
        match self.equal {
            false => Exit::Differs,
            true if self.comparison.complete && all_decided => Exit::Done,
            true => Exit::CouldNotRun,
        }
    }
}

/// `classic r1`.
pub(super) fn name(identity: &Identity) -> String {
    format!("{} r{}", crate::cli::screen::line(&identity.name), identity.revision)
}

fn summary(comparison: &Comparison, mails: Option<&Replay>) -> String {
    let mut parts = Vec::new();
    let looked_at = grouped(comparison.situations);
    let kinds = comparison.changes().count();
    let changes = match kinds {
        0 if comparison.complete => format!("equal in all {looked_at} situations"),
        0 => format!("no change in the {looked_at} situations that were looked at"),
        kinds => {
            let kinds = if kinds == 1 { "1 kind".to_owned() } else { format!("{kinds} kinds") };
            format!("{kinds} of change in {} of {looked_at} situations", grouped(comparison.changed))
        }
    };
    parts.push(changes);
    let others = [
        (comparison.subjects.patterns.len(), "subject"),
        (comparison.settings.len(), "setting"),
        (comparison.texts.len(), "text"),
    ];
    let others: Vec<String> = others
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| counted(count, what))
        .collect();
    if !others.is_empty() {
        parts.push(format!("{} changed", others.join(", ")));
    }
    if !comparison.complete {
        parts.push("not every situation was looked at".to_owned());
    }
    if let Some(mails) = mails {
        parts.push(match (mails.changed, mails.decided) {
            (0, decided) => format!("{} end as before", counted(decided, "mail")),
            (1, decided) => format!("1 of {} ends differently", counted(decided, "mail")),
            (changed, decided) => {
                format!("{} of {} end differently", grouped(changed), counted(decided, "mail"))
            }
        });
        if mails.failed > 0 {
            parts.push(format!("{} could not be read or decided", counted(mails.failed, "mail")));
        }
    }
    format!("{} → {}: {}", name(&comparison.old), name(&comparison.new), parts.join("; "))
}

//! Effects in sentences.

use crate::cli::screen::{counted, line};
use crate::vocab::{Assignee, Effect, HistoryFormat, Kind, Verdict};

/// What an effect does, in one sentence.
pub(super) fn sentence(effect: &Effect) -> String {
    let sentence = match effect {
        Effect::CreatePerson { address, name } => format!("create person {name} <{address}>, a User"),
        Effect::MakeUser { person } => format!("flag {} as User", person.name),
        Effect::CreateCall { .. } => return new_call(effect),
        Effect::AddHistory { kind, number, by, format, text, hidden_from_user } => {
            let form = match format {
                HistoryFormat::Text => "text",
                HistoryFormat::Html => "HTML",
            };
            let length = counted(text.chars().count(), "character");
            let hidden = if *hidden_from_user { ", hidden from its User" } else { "" };
            format!(
                "add to the history of {} {number} for {}: {length} of {form}{hidden}",
                kind.word(),
                by.name
            )
        }
        Effect::AttachObject { kind, number, name, media_type, size, security_profile, .. } => {
            let size = counted(usize::try_from(*size).unwrap_or(usize::MAX), "byte");
            format!(
                "attach {name} ({media_type}, {size}) to {} {number} under {security_profile}",
                kind.word()
            )
        }
        Effect::ShowNoteIcon { kind, number } => format!("show the note icon on {} {number}", kind.word()),
        Effect::NotifyAssignee { kind, number, to } => {
            format!("notify {} of {} {number}", to.name(), kind.word())
        }
        Effect::LinkCall { kind, number, linked_to } => {
            format!("link {} {number} to {linked_to}", kind.word())
        }
        Effect::RequestConfirmation { intent, kind, number, address, .. } => {
            let item = number.map_or_else(|| plural(*kind), |number| format!("{} {number}", kind.word()));
            format!("ask {address} to confirm: {} {item}", intent.word())
        }
        Effect::UseConfirmation { confirmation } => {
            format!("take confirmation {confirmation}, which counts once")
        }
        Effect::Reopen { kind, number, owner, by } => {
            let owner = owner.as_ref().map_or("it keeps its owner".to_owned(), assigned);
            format!("reopen {} {number} for {}, {owner}", kind.word(), by.name)
        }
        Effect::Close { kind, number, by } => format!("close {} {number} for {}", kind.word(), by.name),
        Effect::DecideApproval { kind, number, verdict, by } => {
            let verb = match verdict {
                Verdict::Approved => "approve",
                Verdict::Rejected => "reject",
            };
            format!("{verb} {} {number} for {}", kind.word(), by.name)
        }
        Effect::Summarize { kinds, person } => {
            let kinds: Vec<String> = kinds.iter().map(|kind| plural(*kind)).collect();
            format!("list the {} of {}", kinds.join(" and "), person.name)
        }
    };
    line(&sentence)
}

fn new_call(effect: &Effect) -> String {
    let Effect::CreateCall { number, template, user, logging_analyst, partition, owner, priority, .. } =
        effect
    else {
        return String::new();
    };
    let mut sentence =
        format!("log call {number} by {template} for {}, logged by {}", user.name, logging_analyst.name);
    let more = [
        owner.as_ref().map(assigned),
        partition.as_ref().map(|partition| format!("partition {partition}")),
        priority.map(|priority| format!("priority {priority}")),
    ];
    for part in more.into_iter().flatten() {
        sentence.push_str(", ");
        sentence.push_str(&part);
    }
    line(&sentence)
}

fn assigned(owner: &Assignee) -> String {
    format!("assigned to {}", owner.name())
}

fn plural(kind: Kind) -> String {
    format!("{}s", kind.word())
}

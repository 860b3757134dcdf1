//! Actions and replies of two rule sets: which belong together, and what changed in them.

use crate::ruleset::{Action, ReplyDefinition, RuleSet, Step};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;

/// An action or reply of another name that does the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Renamed {
    /// `action` or `reply`.
    pub what: &'static str,
    /// Its name in the old rule set.
    pub old: String,
    /// Its name in the new one.
    pub new: String,
}

/// Something that reads otherwise: a reply's subject or body, or what an action does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct TextChange {
    /// `reply call-closed: subject`, `action log_call: steps`.
    pub what: String,
    /// What the old rule set says; none where it is new.
    pub old: Option<String>,
    /// What the new rule set says; none where it is gone.
    pub new: Option<String>,
}

/// What belongs together, by joint index: that of the first rule set first, then what only the second has.
#[derive(Debug, Clone, Default)]
pub(super) struct Matched {
    /// For each side and own action, the joint action.
    pub(super) actions: [Vec<usize>; 2],
    /// The names of the joint actions.
    pub(super) action_names: Vec<String>,
    /// For each side and own reply, the joint reply.
    pub(super) replies: [Vec<usize>; 2],
    /// For each side and own action, what it does: equal where the effects and mails are.
    pub(super) contents: [Vec<usize>; 2],
    pub(super) renamed: Vec<Renamed>,
}

/// What an action does: its steps, and the replies after it.
type Content = (Vec<Step>, Vec<(usize, bool, bool)>);

impl Matched {
    pub(super) fn new(sides: [&RuleSet; 2]) -> Self {
        let mut matched = Self::default();
        let [old, new] = sides;
        let names = |replies: &[ReplyDefinition]| -> Vec<String> {
            replies.iter().map(|reply| reply.name.clone()).collect()
        };
        let (replies, _) = pair([&names(&old.replies), &names(&new.replies)], |from, to| {
            let said =
                |rule_set: &RuleSet, at: usize| rule_set.replies.get(at).map(|reply| said(rule_set, reply));
            said(old, from) == said(new, to)
        });
        matched.replies = replies;
        let mut known: Vec<Content> = Vec::new();
        let contents = [0, 1].map(|side| {
            let rule_set = if side == 0 { old } else { new };
            let own: Vec<Content> =
                (0..rule_set.actions.len()).map(|at| matched.content(rule_set, side, at)).collect();
            own.into_iter()
                .map(|content| {
                    known.iter().position(|other| *other == content).unwrap_or_else(|| {
                        known.push(content);
                        known.len() - 1
                    })
                })
                .collect()
        });
        matched.contents = contents;
        let names = |actions: &[Action]| -> Vec<String> {
            actions.iter().map(|action| action.name.clone()).collect()
        };
        let names = [names(&old.actions), names(&new.actions)];
        let [first, second] = &names;
        let (actions, count) = pair([first, second], |from, to| {
            let [old, new] = &matched.contents;
            old.get(from).is_some() && old.get(from) == new.get(to)
        });
        matched.action_names = vec![String::new(); count];
        for (own, names) in actions.iter().zip(&names) {
            for (&joint, name) in own.iter().zip(names) {
                if let Some(place) = matched.action_names.get_mut(joint) {
                    name.clone_into(place);
                }
            }
        }
        matched.actions = actions;
        matched.renamed = renamed(sides, &matched);
        matched
    }

    fn content(&self, rule_set: &RuleSet, side: usize, action: usize) -> Content {
        let steps = rule_set.actions.get(action).map(|action| action.steps.clone()).unwrap_or_default();
        let ids = self.replies.get(side);
        let mut replies: Vec<(usize, bool, bool)> = rule_set
            .replies
            .iter()
            .enumerate()
            .filter(|(_, reply)| reply.after.contains(&action))
            .filter_map(|(at, reply)| Some((*ids?.get(at)?, reply.optional, reply.to_assignee)))
            .collect();
        replies.sort_unstable();
        (steps, replies)
    }
}

/// What a reply says, and how.
fn said(rule_set: &RuleSet, reply: &ReplyDefinition) -> (Option<String>, Option<String>, bool, bool, bool) {
    let (subject, body) = texts(rule_set, reply);
    (subject, body, reply.body_is_html, reply.optional, reply.to_assignee)
}

fn texts(rule_set: &RuleSet, reply: &ReplyDefinition) -> (Option<String>, Option<String>) {
    let ending = if reply.body_is_html { "html" } else { "txt" };
    let text = |part: &str| rule_set.templates.text(&format!("{}.{part}", reply.name));
    (text("subject"), text(ending))
}

/// Pairs what has one name, then what is alike and has lost its name; gives joint indices and their number.
fn pair([old, new]: [&Vec<String>; 2], is_alike: impl Fn(usize, usize) -> bool) -> ([Vec<usize>; 2], usize) {
    let mut joint: Vec<Option<usize>> =
        new.iter().map(|name| old.iter().position(|known| known == name)).collect();
    for from in 0..old.len() {
        if joint.contains(&Some(from)) {
            continue;
        }
        let free = |(_, taken): &(usize, &Option<usize>)| taken.is_none();
        let found = joint.iter().enumerate().filter(free).map(|(to, _)| to).find(|&to| is_alike(from, to));
        if let Some(place) = found.and_then(|to| joint.get_mut(to)) {
            *place = Some(from);
        }
    }
    let mut count = old.len();
    let second = joint
        .into_iter()
        .map(|known| {
            known.unwrap_or_else(|| {
                count += 1;
                count - 1
            })
        })
        .collect();
    ([(0..old.len()).collect(), second], count)
}

fn renamed([old, new]: [&RuleSet; 2], matched: &Matched) -> Vec<Renamed> {
    fn actions(rule_set: &RuleSet) -> Vec<&String> {
        rule_set.actions.iter().map(|action| &action.name).collect()
    }
    fn replies(rule_set: &RuleSet) -> Vec<&String> {
        rule_set.replies.iter().map(|reply| &reply.name).collect()
    }
    let both = [
        ("action", actions(old), actions(new), &matched.actions),
        ("reply", replies(old), replies(new), &matched.replies),
    ];
    let mut renamed = Vec::new();
    for (what, old, new, [_, joint]) in both {
        for (name, &from) in new.into_iter().zip(joint) {
            if let Some(before) = old.get(from).filter(|before| **before != name) {
                renamed.push(Renamed { what, old: (*before).clone(), new: name.clone() });
            }
        }
    }
    renamed
}

/// Every text and every action that changed, appeared or went.
pub(super) fn changes([old, new]: [&RuleSet; 2], matched: &Matched) -> Vec<TextChange> {
    let mut said: BTreeMap<(usize, usize, &'static str), [Option<String>; 2]> = BTreeMap::new();
    let mut names: BTreeMap<(usize, usize), String> = BTreeMap::new();
    for (side, rule_set) in [old, new].into_iter().enumerate() {
        let mut say = |group: usize, joint: usize, part, text: Option<String>| {
            if let Some(place) = said.entry((group, joint, part)).or_default().get_mut(side) {
                *place = text;
            }
        };
        let ids = |ids: &[Vec<usize>; 2], at: usize| ids.get(side).and_then(|ids| ids.get(at)).copied();
        for (at, action) in rule_set.actions.iter().enumerate() {
            let Some(joint) = ids(&matched.actions, at) else { continue };
            names.insert((0, joint), format!("action {}", action.name));
            say(0, joint, "steps", Some(steps_in_words(&action.steps)));
        }
        for (at, reply) in rule_set.replies.iter().enumerate() {
            let Some(joint) = ids(&matched.replies, at) else { continue };
            names.insert((1, joint), format!("reply {}", reply.name));
            let (subject, body) = texts(rule_set, reply);
            say(1, joint, "subject", subject);
            say(1, joint, "body", body);
            let after = reply.after.iter().filter_map(|&at| ids(&matched.actions, at));
            let after = after.filter_map(|joint| matched.action_names.get(joint)).collect();
            say(1, joint, "sent", Some(sending_in_words(after, reply)));
        }
    }
    said.into_iter()
        .filter(|(_, [old, new])| old != new)
        .map(|((group, joint, part), [old, new])| {
            let name = names.get(&(group, joint)).cloned().unwrap_or_default();
            TextChange { what: format!("{name}: {part}"), old, new }
        })
        .collect()
}

fn sending_in_words(mut after: Vec<&String>, reply: &ReplyDefinition) -> String {
    after.sort_unstable();
    let held = reply.after_quarantine.iter().map(|reason| format!("quarantine {reason}"));
    let after: Vec<String> = after.into_iter().cloned().chain(held).collect();
    let when = if after.is_empty() {
        "where a rule refuses with it".to_owned()
    } else {
        format!("after {}", after.join(", "))
    };
    let to = if reply.to_assignee { "to the assignee" } else { "to the sender" };
    let optional = if reply.optional { ", where the account auto-replies" } else { "" };
    format!("{when}, {to}{optional}")
}

/// What an action does, as the rule file says it.
fn steps_in_words(steps: &[Step]) -> String {
    let step = |step: &Step| -> String {
        match step {
            Step::CreateCall => "create_call".to_owned(),
            Step::AddHistory { whole_body: true } => "add_history: body".to_owned(),
            Step::AddHistory { whole_body: false } => "add_history: reply_portion".to_owned(),
            Step::AttachObjects => "attach_objects".to_owned(),
            Step::AttachEmail => "attach_email".to_owned(),
            Step::ShowNoteIcon => "show_note_icon".to_owned(),
            Step::NotifyAssignee => "notify_assignee".to_owned(),
            Step::LinkCall => "link_call".to_owned(),
            Step::AskConfirmation => "ask_confirmation".to_owned(),
            Step::Reopen => "reopen".to_owned(),
            Step::Close => "close".to_owned(),
            Step::DecideApproval(crate::vocab::Verdict::Approved) => "decide_approval: approved".to_owned(),
            Step::DecideApproval(crate::vocab::Verdict::Rejected) => "decide_approval: rejected".to_owned(),
            Step::Summarize(relations) => {
                let words = serde_json::to_value(relations).unwrap_or_default();
                let words = words.as_array().cloned().unwrap_or_default();
                let words: Vec<String> =
                    words.iter().filter_map(|word| word.as_str().map(str::to_owned)).collect();
                format!("summarize: [{}]", words.join(", "))
            }
        }
    };
    if steps.is_empty() {
        "nothing".to_owned()
    } else {
        steps.iter().map(step).collect::<Vec<_>>().join(", ")
    }
}

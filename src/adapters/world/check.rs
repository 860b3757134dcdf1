//! Checks a world file: every name must be borne by something, every number by one item.

use super::{Placed, TaskType, World, WorldOwner, WorldPerson};
use crate::diagnostic::{Diagnostic, Edit, Findings, SourceId, Span};
use crate::vocab::{Kind, Number, Series, State};
use std::collections::BTreeMap;

/// One item of the world, whatever its kind: what calls, requests and tasks have in common.
#[derive(Debug)]
pub(in crate::adapters) struct Item<'a> {
    pub(in crate::adapters) kind: Kind,
    pub(in crate::adapters) is_user_approval: bool,
    pub(in crate::adapters) number: &'a Placed<u64>,
    pub(in crate::adapters) state: &'a Placed<State>,
    pub(in crate::adapters) title: &'a str,
    pub(in crate::adapters) user: Option<&'a Placed<String>>,
    pub(in crate::adapters) logging_analyst: Option<&'a Placed<String>>,
    pub(in crate::adapters) owner: Option<&'a WorldOwner>,
    pub(in crate::adapters) template: Option<&'a Placed<String>>,
    pub(in crate::adapters) partition: Option<&'a Placed<String>>,
    pub(in crate::adapters) forwarded_by: &'a [Placed<String>],
    pub(in crate::adapters) forwarded_to: &'a [Placed<String>],
    pub(in crate::adapters) delegates: &'a [Placed<String>],
    pub(in crate::adapters) reopened: u32,
    pub(in crate::adapters) closed_at: Option<&'a Placed<String>>,
}

impl Item<'_> {
    /// When it was closed, in seconds since 1970; `None` also where that is not written as an instant.
    pub(in crate::adapters) fn closed_at_secs(&self) -> Option<i64> {
        let instant: jiff::Timestamp = self.closed_at?.as_str().parse().ok()?;
        Some(instant.as_second())
    }
}

impl World {
    /// Every item: calls, requests, then tasks and approvals.
    pub(in crate::adapters) fn items(&self) -> impl Iterator<Item = Item<'_>> {
        let calls = self.calls.iter().map(|call| Item {
            kind: Kind::Call,
            is_user_approval: false,
            number: &call.number,
            state: &call.state,
            title: &call.title,
            user: call.user.as_ref(),
            logging_analyst: call.logging_analyst.as_ref(),
            owner: call.owner.as_ref(),
            template: call.template.as_ref(),
            partition: call.partition.as_ref(),
            forwarded_by: &call.forwarded_by,
            forwarded_to: &call.forwarded_to,
            delegates: &[],
            reopened: call.reopened,
            closed_at: call.closed_at.as_ref(),
        });
        let requests = self.requests.iter().map(|request| Item {
            kind: Kind::Request,
            is_user_approval: false,
            number: &request.number,
            state: &request.state,
            title: &request.title,
            user: request.user.as_ref(),
            logging_analyst: None,
            owner: request.owner.as_ref(),
            template: None,
            partition: request.partition.as_ref(),
            forwarded_by: &request.forwarded_by,
            forwarded_to: &request.forwarded_to,
            delegates: &[],
            reopened: 0,
            closed_at: None,
        });
        let tasks = self.tasks.iter().map(|task| Item {
            kind: task.task_type.kind(),
            is_user_approval: task.task_type == TaskType::UserApproval,
            number: &task.number,
            state: &task.state,
            title: &task.title,
            user: task.user.as_ref(),
            logging_analyst: None,
            owner: task.owner.as_ref(),
            template: None,
            partition: task.partition.as_ref(),
            forwarded_by: &task.forwarded_by,
            forwarded_to: &task.forwarded_to,
            delegates: &task.delegates,
            reopened: 0,
            closed_at: None,
        });
        calls.chain(requests).chain(tasks)
    }

    /// Everything wrong with the names and numbers, by place; empty where nothing is.
    pub(super) fn check(&self, source: SourceId) -> Vec<Diagnostic> {
        let mut check = Check { source, findings: Findings::default() };
        let people = check.unique("person", self.people.iter().map(|person| (&person.name, person)));
        let groups = check.unique("group", self.groups.iter().map(|name| (name, name)));
        let partitions = check.unique("partition", self.partitions.iter().map(|it| (&it.name, &it.name)));
        let templates = check.unique("call template", self.templates.iter().map(|it| (&it.name, &it.name)));
        for person in &self.people {
            check.person(person, &groups);
        }
        for template in &self.templates {
            check.known("partition", template.partition.as_ref(), &partitions);
            check.owner(template.owner.as_ref(), &people, &groups, false);
        }
        let mut numbers: BTreeMap<(Series, u64), &Placed<u64>> = BTreeMap::new();
        for item in self.items() {
            if let Some(first) = numbers.insert((item.kind.series(), item.number.value), item.number) {
                check.twice(&format!("{} {}", item.kind.word(), item.number.value), item.number, first);
            }
            check.item(&item, &people, &groups);
            check.known("partition", item.partition, &partitions);
            check.known("call template", item.template, &templates);
        }
        check.findings.into_sorted()
    }
}

type People<'a> = BTreeMap<&'a str, &'a WorldPerson>;
type Groups<'a> = BTreeMap<&'a str, &'a Placed<String>>;

struct Check {
    source: SourceId,
    findings: Findings,
}

impl Check {
    /// Collects names; the second of two equal ones is a finding.
    fn unique<'a, T: Copy>(
        &mut self,
        what: &str,
        named: impl Iterator<Item = (&'a Placed<String>, T)>,
    ) -> BTreeMap<&'a str, T> {
        let mut first: BTreeMap<&str, &Placed<String>> = BTreeMap::new();
        let mut known = BTreeMap::new();
        for (name, bearer) in named {
            if name.as_str().trim().is_empty() {
                self.fault(
                    "blank-name",
                    name,
                    format!("a {what} needs a name"),
                    "blank",
                    "give it one, or delete it",
                );
            } else if let Some(earlier) = first.get(name.as_str()) {
                self.twice(&format!("{what} `{}`", name.as_str()), name, earlier);
            } else {
                first.insert(name.as_str(), name);
                known.insert(name.as_str(), bearer);
            }
        }
        known
    }

    fn twice<T>(&mut self, what: &str, second: &Placed<T>, first: &Placed<T>) {
        self.findings.push(
            Diagnostic::error("duplicate-in-world", format!("{what} is there twice"))
                .at(second.span(self.source), "the second")
                .against(first.span(self.source), "the first")
                .help("delete one of them, or name one otherwise"),
        );
    }

    fn fault<T>(&mut self, code: &'static str, at: &Placed<T>, message: String, label: &str, cure: &str) {
        self.findings.push(Diagnostic::error(code, message).at(at.span(self.source), label).help(cure));
    }

    fn known<T>(&mut self, what: &str, name: Option<&Placed<String>>, known: &BTreeMap<&str, T>) {
        let Some(name) = name else { return };
        if known.contains_key(name.as_str()) {
            return;
        }
        let finding =
            Diagnostic::error("unknown-name-in-world", format!("no {what} is called `{}`", name.as_str()))
                .at(name.span(self.source), format!("no such {what}"));
        let meant = nearest(name.as_str(), known.keys().copied());
        let finding = match meant {
            Some(_) => with_suggestion(finding, meant, name.span(self.source)),
            None => finding.help(format!("spell the name as its {what} bears it, or add such a {what}")),
        };
        self.findings.push(finding);
    }

    fn person(&mut self, person: &WorldPerson, groups: &Groups<'_>) {
        for group in &person.groups {
            self.known("group", Some(group), groups);
            if !person.analyst {
                let message = format!("`{}` is no analyst and so in no group", person.name.as_str());
                self.fault(
                    "not-an-analyst",
                    group,
                    message,
                    "only analysts are members of a group",
                    "write `analyst: true` for the person, or take the group out",
                );
            }
        }
        for (index, group) in person.groups.iter().enumerate() {
            if let Some(first) = person.groups.iter().take(index).find(|earlier| *earlier == group) {
                self.twice(&format!("the group `{}`", group.as_str()), group, first);
            }
        }
        let keys: Vec<String> = person.addresses.iter().map(|address| address.value.key()).collect();
        for (index, address) in person.addresses.iter().enumerate() {
            let key = address.value.key();
            let earlier = keys.iter().take(index).position(|other| *other == key);
            if let Some(first) = earlier.and_then(|index| person.addresses.get(index)) {
                self.twice(&format!("the address `{}`", address.value), address, first);
            }
        }
    }

    fn owner(
        &mut self,
        owner: Option<&WorldOwner>,
        people: &People<'_>,
        groups: &Groups<'_>,
        user_allowed: bool,
    ) {
        match owner {
            None => {}
            Some(WorldOwner::Group(name)) => self.known("group", Some(name), groups),
            Some(WorldOwner::Analyst(name)) => {
                self.known("person", Some(name), people);
                if people.get(name.as_str()).is_some_and(|person| !person.analyst || person.template) {
                    let message = format!("`{}` is no analyst", name.as_str());
                    self.fault(
                        "not-an-analyst",
                        name,
                        message,
                        "work is assigned to analysts",
                        "name an analyst, or write `analyst: true` for the person",
                    );
                }
            }
            Some(WorldOwner::User(name)) => {
                self.known("person", Some(name), people);
                if !user_allowed {
                    let message = "only a user approval task is assigned to a user".to_owned();
                    let cure = "write `owner: { analyst: NAME }` or `owner: { group: NAME }`";
                    self.fault("not-an-analyst", name, message, "name an analyst or a group here", cure);
                } else if people.get(name.as_str()).is_some_and(|person| !person.user || person.template) {
                    let message = format!("`{}` is no user", name.as_str());
                    self.fault(
                        "not-a-user",
                        name,
                        message,
                        "not flagged as a user",
                        "name a user, or write `user: true` for the person",
                    );
                }
            }
        }
    }

    fn item(&mut self, item: &Item<'_>, people: &People<'_>, groups: &Groups<'_>) {
        if Number::parse(&item.number.value.to_string()).is_none() {
            let message = format!("`{}` is no number of a {}", item.number.value, item.kind.word());
            self.fault(
                "number-too-long",
                item.number,
                message,
                "at most 18 digits",
                "write a shorter number, as the desk gives them",
            );
        }
        let is_decided = matches!(item.state.value, State::Approved | State::Rejected);
        if is_decided && item.kind != Kind::Approval {
            let message = format!("a {} is never `{}`", item.kind.word(), item.state.value.word());
            self.fault(
                "wrong-state",
                item.state,
                message,
                "`open` or `closed`",
                "write `state: open` or `state: closed`",
            );
        }
        self.closing(item);
        self.owner(item.owner, people, groups, item.is_user_approval);
        let named = item.user.into_iter().chain(item.logging_analyst);
        let listed = item.forwarded_by.iter().chain(item.forwarded_to).chain(item.delegates);
        for name in named.chain(listed) {
            self.known("person", Some(name), people);
            if people.get(name.as_str()).is_some_and(|person| person.template) {
                let message = format!("`{}` is a template record, never an actor", name.as_str());
                self.fault(
                    "template-as-actor",
                    name,
                    message,
                    "name somebody else",
                    "name a person who works here; a template record only gives others their form",
                );
            }
        }
        for list in [item.forwarded_by, item.forwarded_to, item.delegates] {
            for (index, name) in list.iter().enumerate() {
                if let Some(first) = list.iter().take(index).find(|earlier| *earlier == name) {
                    self.twice(&format!("`{}`", name.as_str()), name, first);
                }
            }
        }
        if let (Some(first), false) = (item.delegates.first(), item.kind == Kind::Approval) {
            let message = "only an approval has delegates".to_owned();
            self.fault(
                "delegates-of-a-task",
                first,
                message,
                "this is a plain task",
                "write `type: approval`, or take the delegates out",
            );
        }
    }

    /// When it was closed, where somebody says so.
    fn closing(&mut self, item: &Item<'_>) {
        let Some(written) = item.closed_at else { return };
        if item.state.value == State::Open {
            let message = "an open call was not closed at any time".to_owned();
            let cure = "leave it out, or say `state: closed`";
            self.fault("wrong-state", written, message, "only a closed call was closed", cure);
        } else if item.closed_at_secs().is_none() {
            let message = format!("`{}` is no instant", written.as_str());
            let cure = "write it as `closed_at: \"2026-01-05T09:00:00Z\"`";
            self.fault("wrong-state", written, message, "is no instant", cure);
        }
    }
}

pub(super) fn with_suggestion(finding: Diagnostic, meant: Option<&str>, span: Span) -> Diagnostic {
    match meant {
        Some(meant) => {
            let edits = vec![Edit { span, text: meant.to_owned() }];
            finding.fix(format!("did you mean `{meant}`?"), edits)
        }
        None => finding,
    }
}

/// How alike two names must be before one is suggested for the other.
const LIKENESS_MIN: f64 = 0.75;

pub(super) fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let name = name.to_lowercase();
    known
        .map(|other| (strsim::jaro_winkler(&name, &other.to_lowercase()), other))
        .filter(|(likeness, _)| *likeness >= LIKENESS_MIN)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, other)| other)
}

#[cfg(test)]
mod tests {
    use super::World;

    fn check(text: &str, expected: &str) {
        let found = World::parse("w.yaml", text).map(|_| ()).map_err(|faults| faults.to_string());
        let expected = if expected.is_empty() { Ok(()) } else { Err(expected.to_owned()) };
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn what_is_wrong_with_a_world_is_told_with_its_place() {
        let ana = "people: [{ name: Ana, analyst: true }, { name: Uma, user: true }]\n";
        let with = |rest: &str| format!("{ana}{rest}");
        check("", "");
        check(ana, "");
        check("persons: []\n", "w.yaml:1:1: no key is called `persons` here");
        check(
            "people:\n  - { name: Ana, adresses: [a@b.c] }\n",
            "w.yaml:2:18: no key is called `adresses` here",
        );
        check("people:\n  - { addresses: [a@b.c] }\n", "w.yaml:2:7: `name` is missing");
        check("people: [{ name: A, addresses: [nobody] }]\n", "w.yaml:1:33: `nobody` is not a mail address");
        check("people: [{ name: A }, { name: A }]\n", "w.yaml:1:31: person `A` is there twice");
        check(
            "people: [{ name: A, groups: [G] }]\ngroups: [G]\n",
            "w.yaml:1:30: `A` is no analyst and so in no group",
        );
        check(&with("calls: [{ number: 1, user: Anna }]\n"), "w.yaml:2:28: no person is called `Anna`");
        check(&with("calls: [{ number: 1, owner: { analyst: Uma } }]\n"), "w.yaml:2:40: `Uma` is no analyst");
        check(
            &with("tasks: [{ number: 1, type: approval, owner: { user: Uma } }]\n"),
            "w.yaml:2:53: only a user approval task is assigned to a user",
        );
        check(&with("tasks: [{ number: 1, type: user_approval, owner: { user: Uma } }]\n"), "");
        check("calls: [{ number: 1 }, { number: 1 }]\n", "w.yaml:1:34: call 1 is there twice");
        check(
            "tasks: [{ number: 1 }, { number: 1, type: approval }]\n",
            "w.yaml:1:34: approval 1 is there twice",
        );
        check("requests: [{ number: 1, state: approved }]\n", "w.yaml:1:32: a request is never `approved`");
        check("calls: [{ number: 1, state: opne }]\n", "w.yaml:1:29: `opne` is no word for this");
        check(
            "calls: [{ number: 1000000000000000000 }]\n",
            "w.yaml:1:19: `1000000000000000000` is no number of a call",
        );
    }

    #[test]
    fn yaml_that_is_no_world_is_told_in_plain_words() {
        let one_document =
            "a world file is one document without anchors and aliases, and not deeper or larger than a desk";
        check("people: [{ name: 12 }]\n", "");
        check("people: [{ name: A, user: yes }]\n", "w.yaml:1:27: `true` or `false` is expected here");
        check(
            "people: [{ name: [CLOSE] }]\n",
            "w.yaml:1:18: a text is expected here; text with brackets needs quotes",
        );
        check("calls: [{ number: -1 }]\n", "w.yaml:1:19: a number without sign is expected here");
        check("calls: [{ number: 1, owner: Ana }]\n", "w.yaml:1:29: `Ana` is no word for this");
        check(
            "groups: [G]\ncalls: [{ number: 1, owner: { group: G, analyst: A } }]\n",
            "w.yaml:2:41: an owner is one of `analyst`, `group` and `user`, not several",
        );
        check("people: [{ name: A, name: B }]\n", "w.yaml:1:21: `name` is there twice");
        check("groups: [&a G, *a]\n", &format!("w.yaml:1:13: {one_document}"));
        check("groups: [G]\n---\ngroups: [H]\n", &format!("w.yaml:2:1: {one_document}"));
        check("groups: G\n", "w.yaml:1:9: a list is expected here: `[…]`, or lines that begin with `-`");
        check("just text\n", "w.yaml:1:1: keys with values are expected here");
    }

    #[test]
    fn every_unknown_name_is_told_at_once_with_what_was_meant() {
        let text = "groups: [IT First Line]\ncalls:\n  - { number: 1, owner: { group: IT Frist Line }, partition: IT }\n";
        let faults = World::parse("w.yaml", text).unwrap_err();
        assert_eq!(
            faults.to_string(),
            "w.yaml:3:34: no group is called `IT Frist Line`\nw.yaml:3:62: no partition is called `IT`"
        );
        assert_eq!(faults.findings[0].helps[0].text, "did you mean `IT First Line`?");
    }

    #[test]
    fn names_that_yaml_would_misread_survive_an_export() {
        for name in
            ["no", "0123", "a: b", "# x", "Ünï ☎", "- x", "{x}", "~", "null", "it's", "\"q\"", "1e3", "@x"]
        {
            let mut world = World::default();
            world.groups.push(name.into());
            let text = world.to_yaml().unwrap();
            assert_eq!(World::parse("w.yaml", &text).unwrap(), world, "{text}");
        }
    }
}

//! The world that a test needs: whoever and whatever the desk was asked about, with substitutes.

use crate::adapters::world::{
    Placed, TaskType, World, WorldCall, WorldOwner, WorldPartition, WorldPerson, WorldPortal, WorldRequest,
    WorldTask, WorldTemplate,
};
use crate::cli::test::mail::NOW;
use crate::cli::test::substitute::Substitutes;
use crate::vocab::{AddrSpec, Answers, Assignee, Kind, Person, PersonRef, Recipient, Record, State};
use std::collections::{BTreeMap, BTreeSet};

/// Everybody that the desk's answers name becomes known to the substitutes.
pub(super) fn meet(answers: &Answers, substitutes: &mut Substitutes) {
    for person in people(answers) {
        substitutes.meet(Some(&person.name), &person.addresses);
    }
    let record = answers.record.iter();
    for recipient in record.flat_map(|record| &record.owner_recipients).chain(next(answers)) {
        substitutes.meet(Some(&recipient.name), [&recipient.address]);
    }
    if let Some(record) = &answers.record {
        if let Some(user) = &record.user {
            substitutes.meet(Some(&user.name), &record.user_addresses);
        }
        for person in record.logging_analyst.iter().chain(&record.delegates) {
            substitutes.meet(Some(&person.name), []);
        }
    }
}

fn people(answers: &Answers) -> impl Iterator<Item = &Person> {
    [&answers.sender, &answers.default_logging_analyst, &answers.default_user].into_iter().flatten()
}

fn next(answers: &Answers) -> impl Iterator<Item = &Recipient> {
    answers.next_owners.iter().flat_map(|owner| &owner.recipients)
}

/// Makes a world of the desk's answers, which were given at this instant. The world is looked at when tests happen.
pub(super) fn world(answers: &Answers, answered_at: i64, substitutes: &mut Substitutes) -> World {
    let mut draft = Draft {
        world: World::default(),
        people: BTreeMap::new(),
        asked: BTreeSet::new(),
        answered_at,
        substitutes,
    };
    for person in people(answers) {
        draft.person(person);
    }
    if let Some(sender) = answers.sender.as_ref().filter(|_| answers.persons_with_address > 1) {
        draft.namesake(sender);
    }
    if let Some(template) = &answers.template {
        draft.partition(template.partition.as_deref());
        let cell = (&template.impact, &template.urgency, template.priority);
        if let (Some(impact), Some(urgency), Some(priority)) = cell
            && let Some(partition) = draft
                .world
                .partitions
                .iter_mut()
                .find(|known| Some(known.name.as_str()) == template.partition.as_deref())
        {
            partition.priority_matrix.entry(impact.clone()).or_default().insert(urgency.clone(), priority);
        }
        let owner = template.owner.as_ref().map(|owner| draft.owner(owner));
        draft.world.templates.push(WorldTemplate {
            name: template.name.as_str().into(),
            partition: template.partition.as_deref().map(Placed::from),
            screen_set: None,
            ipk_status: None,
            ipk_stream: None,
            office: None,
            impact: template.impact.clone(),
            urgency: template.urgency.clone(),
            owner,
        });
    }
    if let Some(group) = &answers.otherwise_to {
        draft.group(&group.name);
    }
    if let Some(record) = &answers.record {
        draft.record(record);
    }
    for owner in &answers.next_owners {
        draft.recipients(&owner.assignee, &owner.recipients);
    }
    draft.world.portal = WorldPortal { reopen_closed_calls: answers.portal_reopens_closed_calls };
    draft.finish()
}

struct Draft<'s> {
    world: World,
    people: BTreeMap<String, WorldPerson>,
    /// Those of whom the desk said what they are.
    asked: BTreeSet<String>,
    answered_at: i64,
    substitutes: &'s mut Substitutes,
}

impl Draft<'_> {
    fn finish(mut self) -> World {
        self.world.people = self.people.into_values().collect();
        self.world
    }

    /// The person of this name, without anything where it is new.
    fn named(&mut self, name: &str) -> &mut WorldPerson {
        let name = self.substitutes.name(name);
        self.people.entry(name.clone()).or_insert_with(|| WorldPerson {
            name: Placed::from(name.as_str()),
            addresses: Vec::new(),
            user: false,
            analyst: false,
            template: false,
            groups: Vec::new(),
            rights: crate::vocab::Rights::default(),
            email_format: None,
        })
    }

    fn person(&mut self, person: &Person) {
        let addresses: Vec<AddrSpec> = person
            .addresses
            .iter()
            .filter_map(|address| AddrSpec::parse(&self.substitutes.address(address)))
            .collect();
        let groups = person.groups.clone();
        for group in &groups {
            self.group(group);
        }
        let name = self.substitutes.name(&person.name);
        self.asked.insert(name);
        let known = self.named(&person.name);
        add_addresses(known, addresses);
        known.user = person.is_user;
        known.analyst = person.is_analyst;
        known.groups = groups.iter().map(|group| group.as_str().into()).collect();
        known.rights = person.rights;
        known.email_format = person.email_format;
    }

    /// Somebody else with the addresses of this person: that there is one may decide.
    fn namesake(&mut self, person: &Person) {
        let addresses = person
            .addresses
            .iter()
            .filter_map(|address| AddrSpec::parse(&self.substitutes.address(address)))
            .collect::<Vec<_>>();
        add_addresses(self.named("somebody else with the address"), addresses);
    }

    /// Whether the desk said what somebody is: that stands.
    fn is_asked(&mut self, name: &str) -> bool {
        let name = self.substitutes.name(name);
        self.asked.contains(&name)
    }

    fn reference(&mut self, person: &PersonRef, is_analyst: bool) -> Placed<String> {
        let is_asked = self.is_asked(&person.name);
        let known = self.named(&person.name);
        if !is_asked {
            known.analyst |= is_analyst;
            known.user |= !is_analyst && !known.analyst;
        }
        known.name.clone()
    }

    fn group(&mut self, name: &str) {
        if !self.world.groups.iter().any(|known| known.value == name) {
            self.world.groups.push(name.into());
        }
    }

    fn partition(&mut self, name: Option<&str>) {
        let Some(name) = name else { return };
        if !self.world.partitions.iter().any(|known| known.name.value == name) {
            self.world
                .partitions
                .push(WorldPartition { name: name.into(), priority_matrix: BTreeMap::new() });
        }
    }

    fn owner(&mut self, owner: &Assignee) -> WorldOwner {
        match owner {
            Assignee::Analyst(person) => WorldOwner::Analyst(self.reference(person, true)),
            Assignee::User(person) => WorldOwner::User(self.reference(person, false)),
            Assignee::Group(group) => {
                self.group(&group.name);
                WorldOwner::Group(group.name.as_str().into())
            }
        }
    }

    /// Those who read a notification: the analyst, or the members of the group.
    fn recipients(&mut self, owner: &Assignee, recipients: &[Recipient]) {
        let owner_in_world = self.owner(owner);
        for recipient in recipients {
            let address = AddrSpec::parse(&self.substitutes.address(&recipient.address));
            let is_asked = self.is_asked(&recipient.name);
            let known = self.named(&recipient.name);
            add_addresses(known, address);
            if let WorldOwner::Group(group) = &owner_in_world
                && !is_asked
            {
                known.analyst = true;
                if !known.groups.iter().any(|other| other.value == group.value) {
                    known.groups.push(group.clone());
                }
            }
        }
    }

    fn record(&mut self, record: &Record) {
        self.partition(record.partition.as_deref());
        let number = Placed::from(record.number.get());
        let state: Placed<State> = record.state.into();
        let user = record.user.as_ref().map(|user| self.user(user, &record.user_addresses));
        let partition = record.partition.as_deref().map(Placed::from);
        let owner = record.owner.as_ref().map(|owner| self.owner(owner));
        if let Some(owner) = &record.owner {
            self.recipients(owner, &record.owner_recipients);
        }
        let title = String::new();
        match record.kind {
            Kind::Call => {
                let logging_analyst = record
                    .logging_analyst
                    .as_ref()
                    .map(|person| self.reference(person, record.logger_is_analyst));
                self.world.calls.push(WorldCall {
                    number,
                    state,
                    title,
                    user,
                    logging_analyst,
                    owner,
                    template: None,
                    reopened: record.reopened,
                    closed_at: record.closed_at.and_then(|at| closed_at(at, self.answered_at)),
                    partition,
                    forwarded_by: Vec::new(),
                    forwarded_to: Vec::new(),
                });
            }
            Kind::Request => self.world.requests.push(WorldRequest {
                number,
                state,
                title,
                user,
                owner,
                partition,
                forwarded_by: Vec::new(),
                forwarded_to: Vec::new(),
            }),
            Kind::Task | Kind::Approval => {
                let task_type = match (record.kind, &record.owner) {
                    (Kind::Task, _) => TaskType::Task,
                    (_, Some(Assignee::User(_))) => TaskType::UserApproval,
                    _ => TaskType::Approval,
                };
                let delegates = record.delegates.iter().map(|person| self.reference(person, true)).collect();
                self.world.tasks.push(WorldTask {
                    number,
                    task_type,
                    state,
                    title,
                    user,
                    owner,
                    delegates,
                    partition,
                    forwarded_by: Vec::new(),
                    forwarded_to: Vec::new(),
                });
            }
        }
    }

    fn user(&mut self, user: &PersonRef, addresses: &[AddrSpec]) -> Placed<String> {
        let addresses: Vec<AddrSpec> = addresses
            .iter()
            .filter_map(|address| AddrSpec::parse(&self.substitutes.address(address)))
            .collect();
        let is_asked = self.is_asked(&user.name);
        let known = self.named(&user.name);
        add_addresses(known, addresses);
        if !known.analyst && !is_asked {
            known.user = true;
        }
        known.name.clone()
    }
}

fn add_addresses(person: &mut WorldPerson, addresses: impl IntoIterator<Item = AddrSpec>) {
    for address in addresses {
        if !person.addresses.iter().any(|known| known.value.key() == address.key()) {
            person.addresses.push(address.into());
        }
    }
}

/// As long before the tests as the call was closed before the mail.
fn closed_at(at: i64, answered_at: i64) -> Option<Placed<String>> {
    let instant = jiff::Timestamp::from_second(NOW.saturating_sub(answered_at.saturating_sub(at))).ok()?;
    Some(Placed::from(instant.to_string()))
}

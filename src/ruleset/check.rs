//! Holds the accounts against a desk: the people, groups and templates that they name must be there.
//!
//! The rest of a rule set is proven without a desk; this part must be looked at again for each one.

use super::decode::Placed;
use super::file::{AccountFile, RuleFile};
use super::near::{first_of, unknown_name};
use crate::diagnostic::{Diagnostic, Findings, Span};
use crate::vocab::{DeskSummary, PersonSummary, TemplateSummary};

/// Everything that is wrong between the rule set as written and a desk. `desk_name` is how people know it.
pub fn check_desk(file: &RuleFile, desk: &DeskSummary, desk_name: &str) -> Vec<Diagnostic> {
    let mut check = Check { desk, desk_name, findings: Findings::default() };
    for (_, account) in &file.accounts {
        check.account(account);
    }
    for (_, server) in &file.outgoing {
        check.partition(server.partition.as_ref());
    }
    check.findings.into_sorted()
}

struct Check<'a> {
    desk: &'a DeskSummary,
    desk_name: &'a str,
    findings: Findings,
}

impl Check<'_> {
    fn account(&mut self, account: &AccountFile) {
        if let Some(template) = &account.new_calls.template {
            self.template(template);
        }
        if let Some(analyst) = &account.new_calls.default_logging_analyst {
            self.analyst(analyst);
        }
        if let Some(user) = &account.anonymous.default_user {
            self.default_user(user);
        }
        if let Some(group) = &account.closed_calls.otherwise_to
            && !self.desk.groups.contains(&group.value)
        {
            let names: Vec<&str> = self.desk.groups.iter().map(String::as_str).collect();
            self.unknown("unknown-group", "group", group, &names);
        }
        self.partition(account.partition.as_ref());
    }

    fn unknown(&mut self, code: &'static str, what: &str, written: &Placed<String>, names: &[&str]) {
        let message = format!("the desk has no {what} `{}`", written.value);
        // names of the desk are the desk's: whoever is meant may only not be there yet
        let finding =
            unknown_name(code, &message, written.span, &written.value, names).for_somebody_to_judge();
        self.findings.push(finding.note(self.seen_on()));
    }

    fn seen_on(&self) -> String {
        format!("seen on the desk `{}`", self.desk_name)
    }

    /// SPEC L9 and L8.
    fn template(&mut self, written: &Placed<String>) {
        let Some(template) = self.desk.templates.iter().find(|template| template.name == written.value)
        else {
            let names: Vec<&str> =
                self.desk.templates.iter().map(|template| template.name.as_str()).collect();
            self.unknown("unknown-template", "call template", written, &names);
            return;
        };
        if !template.has_owner {
            self.findings.push(self.without_assignee(written));
        }
        if template.priority.is_none() {
            self.findings.push(self.without_priority(template, written.span));
        }
    }

    fn without_assignee(&self, written: &Placed<String>) -> Diagnostic {
        let assigned: Vec<&str> = self
            .desk
            .templates
            .iter()
            .filter(|template| template.has_owner)
            .map(|template| template.name.as_str())
            .collect();
        let help = if assigned.is_empty() {
            "assign the template to someone".to_owned()
        } else {
            format!("assign the template to someone, or choose one that is: {}", first_of(&assigned))
        };
        Diagnostic::error(
            "template-without-assignee",
            format!("call template `{}` is assigned to nobody", written.value),
        )
        .at(written.span, "names neither an analyst nor a group")
        .note(format!("{}; a call logged from it would reach no one", self.seen_on()))
        .help(help)
    }

    fn without_priority(&self, template: &TemplateSummary, at: Span) -> Diagnostic {
        Diagnostic::warning(
            "no-priority-cell",
            format!("calls logged by `{}` get no priority", template.name),
        )
        .at(at, "its impact and urgency have no cell in its partition's priority matrix")
        .note(format!("{}; the priority of such a call stays blank", self.seen_on()))
        .help("give the template an impact and an urgency, and its partition's matrix a cell for them")
    }

    fn person(&mut self, written: &Placed<String>) -> Option<PersonSummary> {
        // people made from mail may bear a known name: of several the first record counts
        let person = self.desk.people.iter().find(|person| person.name == written.value).cloned();
        if person.is_none() {
            let names: Vec<&str> = self.desk.people.iter().map(|person| person.name.as_str()).collect();
            self.unknown("unknown-person", "person", written, &names);
        }
        person
    }

    /// SPEC L9.
    fn analyst(&mut self, written: &Placed<String>) {
        let Some(person) = self.person(written) else { return };
        if person.is_template {
            self.findings.push(
                Diagnostic::error(
                    "template-person-as-analyst",
                    format!("`{}` is a template person", written.value),
                )
                .at(written.span, "a pattern for new records, nobody who logs calls")
                .note(self.seen_on())
                .help("name an Analyst's own record"),
            );
        } else if !person.is_analyst {
            let analysts: Vec<&str> = self.analysts();
            self.findings.push(
                Diagnostic::error("not-an-analyst", format!("`{}` is not an Analyst", written.value))
                    .at(written.span, "cannot be the Logging Analyst")
                    .note(self.seen_on())
                    .help(if analysts.is_empty() {
                        "flag the record as Analyst".to_owned()
                    } else {
                        format!("flag the record as Analyst, or name one: {}", first_of(&analysts))
                    }),
            );
        }
    }

    fn analysts(&self) -> Vec<&str> {
        let is_usable = |person: &&PersonSummary| person.is_analyst && !person.is_template;
        self.desk.people.iter().filter(is_usable).map(|person| person.name.as_str()).collect()
    }

    fn default_user(&mut self, written: &Placed<String>) {
        let Some(person) = self.person(written) else { return };
        if person.is_template || !person.is_user {
            let what = if person.is_template { "is a template person" } else { "is not a User" };
            self.findings.push(
                Diagnostic::error("not-a-user", format!("`{}` {what}", written.value))
                    .at(written.span, "cannot stand for anonymous senders")
                    .note(self.seen_on())
                    .help("name a User's own record, or leave it out: a new Person is then created for each address"),
            );
        }
    }

    fn partition(&mut self, written: Option<&Placed<String>>) {
        let Some(written) = written else { return };
        if !self.desk.partitions.contains(&written.value) {
            let names: Vec<&str> = self.desk.partitions.iter().map(String::as_str).collect();
            self.unknown("unknown-partition", "partition", written, &names);
        }
    }
}

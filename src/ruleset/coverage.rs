//! What tests have looked at: rules that decided, conditions that held and that alone kept a rule from deciding,
//! replies that were sent, accounts that mail came to.

use super::RuleSet;
use super::column::{Situation, Stage};
use super::example::Sheet;
use crate::diagnostic::{SourceId, Span};
use std::collections::BTreeSet;

/// Counts, as tests run.
#[derive(Debug)]
pub struct Coverage<'a> {
    rule_set: &'a RuleSet,
    sheets: Vec<Sheet<'a>>,
    hits: BTreeSet<String>,
    /// Stage, row and condition of each condition that alone kept a row from deciding.
    failed: BTreeSet<(Stage, usize, usize)>,
    replies: BTreeSet<String>,
    accounts: BTreeSet<String>,
}

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Counted {
    /// A row of a table, or a subject.
    Rule,
    /// A condition of a row.
    Condition,
    /// What somebody is told.
    Reply,
    /// Where mail comes in.
    Account,
}

impl Counted {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Rule, Self::Condition, Self::Reply, Self::Account];

    /// The word for several of them.
    pub fn word(self) -> &'static str {
        match self {
            Self::Rule => "rules",
            Self::Condition => "conditions",
            Self::Reply => "replies",
            Self::Account => "accounts",
        }
    }
}

/// One thing that is counted, and whether a test has looked at it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// What sort of thing.
    pub counted: Counted,
    /// Its name: `permit/otherwise`.
    pub name: String,
    /// Where it is written.
    pub span: Span,
    /// What no test shows, in words; nothing where all is looked at.
    pub gap: Option<String>,
}

impl<'a> Coverage<'a> {
    /// Nothing looked at yet.
    pub fn new(rule_set: &'a RuleSet) -> Self {
        Self {
            rule_set,
            sheets: Sheet::all(rule_set),
            hits: BTreeSet::new(),
            failed: BTreeSet::new(),
            replies: BTreeSet::new(),
            accounts: BTreeSet::new(),
        }
    }

    /// A rule decided, `stage/rule`.
    pub fn hit(&mut self, rule: &str) {
        self.hits.insert(rule.to_owned());
    }

    /// A table was asked in a situation.
    pub fn look(&mut self, stage: Stage, situation: &Situation) {
        let Some(sheet) = self.sheets.iter().find(|sheet| sheet.stage == stage) else { return };
        for (at, line) in sheet.lines.iter().enumerate() {
            let mut failing =
                line.when.iter().enumerate().filter(|(_, condition)| !condition.holds(situation));
            match (failing.next(), failing.next()) {
                (None, _) => {
                    self.hits.insert(format!("{stage}/{}", line.name));
                    return;
                }
                (Some((index, _)), None) => {
                    self.failed.insert((stage, at, index));
                }
                _ => {}
            }
        }
    }

    /// A mail of ours would be sent.
    pub fn reply(&mut self, name: &str) {
        self.replies.insert(name.to_owned());
    }

    /// A mail came to an account.
    pub fn account(&mut self, name: &str) {
        self.accounts.insert(name.to_owned());
    }

    /// Everything that is written in one file, and these accounts.
    pub fn items<'n>(
        &self,
        file: SourceId,
        accounts: impl IntoIterator<Item = (&'n str, Span)>,
    ) -> Vec<Item> {
        let mut items = Vec::new();
        let mut add = |counted, name: String, span, gap: Option<&str>| {
            items.push(Item { counted, name, span, gap: gap.map(str::to_owned) });
        };
        for sheet in &self.sheets {
            for (at, line) in sheet.lines.iter().enumerate().filter(|(_, line)| line.span.source == file) {
                let name = format!("{}/{}", sheet.stage, line.name);
                let is_hit = self.hits.contains(&name);
                let gap = (!is_hit).then_some("no test is decided by it");
                add(Counted::Rule, name.clone(), line.span, gap);
                for (index, condition) in line.when.iter().enumerate() {
                    let has_failed = self.failed.contains(&(sheet.stage, at, index));
                    let gap = match (is_hit, has_failed) {
                        (true, true) => None,
                        (true, false) => Some("in no test does it alone keep the rule from deciding"),
                        (false, true) => Some("in no test does it hold and the rule decide"),
                        (false, false) => Some("no test looks at it"),
                    };
                    let name = format!("{name} {}", condition.column.path());
                    add(Counted::Condition, name, condition.span, gap);
                }
            }
        }
        for rule in self.rule_set.recognize.iter().filter(|rule| rule.span.source == file) {
            let name = format!("{}/{}", Stage::Recognize, rule.name);
            let gap = (!self.hits.contains(&name)).then_some("no test has a subject that it recognizes");
            add(Counted::Rule, name, rule.span, gap);
        }
        let answers = self.rule_set.answers_to_requests.iter().chain(&self.rule_set.answers_to_mails);
        for rule in answers.filter(|rule| rule.span.source == file) {
            let name = format!("{}/{}", Stage::Recognize, rule.name);
            let gap =
                (!self.hits.contains(&name)).then_some("no test has a mail that answers such a mail of ours");
            add(Counted::Rule, name, rule.span, gap);
        }
        for reply in self.rule_set.replies.iter().filter(|reply| reply.span.source == file) {
            let gap = (!self.replies.contains(&reply.name)).then_some("no mail of a test is answered by it");
            add(Counted::Reply, reply.name.clone(), reply.span, gap);
        }
        for (name, span) in accounts {
            let gap = (!self.accounts.contains(name)).then_some("no mail of a test comes to it");
            add(Counted::Account, name.to_owned(), span, gap);
        }
        items
    }
}

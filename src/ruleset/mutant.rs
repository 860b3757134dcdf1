//! Rule sets that are wrong in one place: what good tests must notice.
//!
//! Each mutant is one small change of a compiled rule set: a row, a condition or a word taken out, a word or an
//! answer replaced, a step left out, a reply not sent. Whether it matters is judged over every situation there is.

use super::column::{Column, Situation, Stage, WordIndex};
use super::example::{Line, Sheet};
use super::prove::prove;
use super::table::{Condition, Table};
use super::{ActingUser, ChooseAnswer, GuardAnswer, LoggingAnalyst, PermitAnswer, ReopenedTo, RuleSet, Step};
use crate::diagnostic::{Findings, SourceId, Span};
use crate::vocab::{Intent, Kind, SenderCase};

/// One change of a rule set.
#[derive(Debug, Clone)]
pub struct Mutant {
    /// What is changed, in words: ``permit/otherwise: the row is left out``.
    pub what: String,
    /// Where it is written.
    pub span: Span,
    change: Change,
}

#[derive(Debug, Clone)]
enum Change {
    Row { stage: Stage, at: usize, turn: Turn },
    DropSubject(usize),
    DropAnswer(Answered),
    Ask { at: usize, intent: Intent, kind: Kind },
    DropStep { action: usize, step: usize },
    DropAfter { reply: usize, action: usize },
}

/// Which row of `recognize` that looks at the mail which is answered.
#[derive(Debug, Clone, Copy)]
enum Answered {
    Request,
    Mail,
}

/// What happens to one row of a table.
#[derive(Debug, Clone, Copy)]
enum Turn {
    Drop,
    DropCondition(usize),
    DropWord(usize, WordIndex),
    ReplaceWord(usize, WordIndex, WordIndex),
    /// By its index among the answers that the table may give.
    Answer(usize),
}

/// What a mutant changes in one situation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The row that decides in it as written, and the one that decides in the mutant, by their index as written.
    pub rows: (usize, usize),
    /// Whether the answer is another one too.
    pub answer_differs: bool,
}

/// Every mutant of what is written in one file.
pub fn mutants(rule_set: &RuleSet, file: SourceId) -> Vec<Mutant> {
    let mut mutants = Vec::new();
    for sheet in Sheet::all(rule_set) {
        for (at, line) in sheet.lines.iter().enumerate().filter(|(_, line)| line.span.source == file) {
            of_line(rule_set, &sheet, at, line, &mut mutants);
        }
    }
    for (at, rule) in rule_set.recognize.iter().enumerate().filter(|(_, rule)| rule.span.source == file) {
        let mutant = |what: String, change| Mutant {
            what: format!("recognize/{}: {what}", rule.name),
            span: rule.span,
            change,
        };
        mutants.push(mutant("the row is left out".to_owned(), Change::DropSubject(at)));
        for (intent, kind) in asks(rule.pattern.has_number()) {
            if (intent, kind) != (rule.intent, rule.kind) {
                let what = format!("asks for `{} {}`", intent.word(), kind.word());
                mutants.push(mutant(what, Change::Ask { at, intent, kind }));
            }
        }
    }
    let answers =
        [(&rule_set.answers_to_requests, Answered::Request), (&rule_set.answers_to_mails, Answered::Mail)];
    for (rule, answered) in answers {
        if let Some(rule) = rule.as_ref().filter(|rule| rule.span.source == file) {
            let what = format!("recognize/{}: the row is left out", rule.name);
            mutants.push(Mutant { what, span: rule.span, change: Change::DropAnswer(answered) });
        }
    }
    for (action, definition) in rule_set.actions.iter().enumerate() {
        if definition.span.source == file {
            for (step, written) in definition.steps.iter().enumerate() {
                let what = format!("action {}: step `{}` is left out", definition.name, step_word(written));
                let change = Change::DropStep { action, step };
                mutants.push(Mutant { what, span: definition.span, change });
            }
        }
    }
    for (reply, definition) in rule_set.replies.iter().enumerate() {
        if definition.span.source == file {
            for (at, action) in definition.after.iter().enumerate() {
                let action = rule_set.actions.get(*action).map_or("", |action| action.name.as_str());
                let what = format!("reply {}: not sent after `{action}`", definition.name);
                mutants.push(Mutant {
                    what,
                    span: definition.span,
                    change: Change::DropAfter { reply, action: at },
                });
            }
        }
    }
    mutants
}

fn of_line(rule_set: &RuleSet, sheet: &Sheet<'_>, at: usize, line: &Line<'_>, mutants: &mut Vec<Mutant>) {
    let stage = sheet.stage;
    let mut add = |what: String, span, turn| {
        let what = format!("{stage}/{}: {what}", line.name);
        mutants.push(Mutant { what, span, change: Change::Row { stage, at, turn } });
    };
    if sheet.lines.len() > 1 {
        add("the row is left out".to_owned(), line.span, Turn::Drop);
    }
    let domains = &rule_set.domains;
    for (index, condition) in line.when.iter().enumerate() {
        let (column, span) = (condition.column, condition.span);
        let path = column.path();
        add(format!("the condition `{path}` is left out"), span, Turn::DropCondition(index));
        for &word in &condition.words {
            let written = domains.word(column, word);
            if condition.words.len() > 1 {
                add(format!("`{written}` of `{path}` is left out"), span, Turn::DropWord(index, word));
            }
            for other in (0..domains.size(column)).filter(|other| !condition.words.contains(other)) {
                let what = format!("`{path}: {written}` becomes `{}`", domains.word(column, other));
                add(what, span, Turn::ReplaceWord(index, word, other));
            }
        }
    }
    for (index, answer) in answers(rule_set, stage).into_iter().enumerate() {
        if answer != line.answer {
            add(format!("answers `{answer}`"), line.span, Turn::Answer(index));
        }
    }
}

/// A step as the rule file writes it.
fn step_word(step: &Step) -> &'static str {
    match step {
        Step::CreateCall => "create_call",
        Step::AddHistory { .. } => "add_history",
        Step::AttachObjects => "attach_objects",
        Step::AttachEmail => "attach_email",
        Step::ShowNoteIcon => "show_note_icon",
        Step::NotifyAssignee => "notify_assignee",
        Step::LinkCall => "link_call",
        Step::AskConfirmation => "ask_confirmation",
        Step::Reopen => "reopen",
        Step::Close => "close",
        Step::DecideApproval(_) => "decide_approval",
        Step::Summarize(_) => "summarize",
    }
}

/// Everything that a subject may ask for.
fn asks(has_number: bool) -> Vec<(Intent, Kind)> {
    let kinds = [Kind::Call, Kind::Request, Kind::Task, Kind::Approval];
    let mut asks: Vec<(Intent, Kind)> = Vec::new();
    if has_number {
        asks.extend(kinds.map(|kind| (Intent::Update, kind)));
        asks.push((Intent::Close, Kind::Call));
        asks.extend([Intent::Approve, Intent::Reject].map(|intent| (intent, Kind::Approval)));
    } else {
        asks.extend(kinds.map(|kind| (Intent::Summary, kind)));
    }
    asks
}

impl Mutant {
    /// The stage of which a row changes.
    pub fn stage(&self) -> Option<Stage> {
        match self.change {
            Change::Row { stage, .. } => Some(stage),
            Change::DropSubject(_) | Change::DropAnswer(_) | Change::Ask { .. } => Some(Stage::Recognize),
            Change::DropStep { .. } | Change::DropAfter { .. } => None,
        }
    }

    /// Whether it changes the row of a table, so that [`Mutant::differs`] can judge it.
    pub fn is_of_table(&self) -> bool {
        matches!(self.change, Change::Row { .. })
    }

    /// The rule set with the change; `None` where none would be left.
    pub fn apply(&self, rule_set: &RuleSet) -> Option<RuleSet> {
        let mut changed = rule_set.clone();
        match &self.change {
            Change::Row { stage, at, turn } => turn_row(&mut changed, *stage, *at, *turn)?,
            Change::DropSubject(at) => {
                changed.recognize.remove(*at);
            }
            Change::DropAnswer(Answered::Request) => changed.answers_to_requests = None,
            Change::DropAnswer(Answered::Mail) => changed.answers_to_mails = None,
            Change::Ask { at, intent, kind } => {
                let rule = changed.recognize.get_mut(*at)?;
                (rule.intent, rule.kind) = (*intent, *kind);
            }
            Change::DropStep { action, step } => {
                changed.actions.get_mut(*action)?.steps.remove(*step);
            }
            Change::DropAfter { reply, action } => {
                changed.replies.get_mut(*reply)?.after.remove(*action);
            }
        }
        Some(changed)
    }

    /// What the change of a row makes of one situation, of which the deciding row is known.
    pub fn differs(&self, sheet: &Sheet<'_>, situation: &Situation, decided: usize) -> Option<Difference> {
        let Change::Row { at, turn, .. } = self.change else { return None };
        if decided < at {
            return None;
        }
        let next = || {
            let mut behind = sheet.lines.iter().enumerate().skip(at + 1);
            let found = behind.find(|(_, line)| line.holds(situation)).map(|(at, _)| at);
            // the last row answers where none holds; if it is the one that went, the one before it
            let last = sheet.lines.len().saturating_sub(1);
            found.unwrap_or(if last == at { at.saturating_sub(1) } else { last })
        };
        let other = match turn {
            Turn::Answer(_) if decided == at => {
                return Some(Difference { rows: (at, at), answer_differs: true });
            }
            Turn::Drop if decided == at => next(),
            Turn::Answer(_) | Turn::Drop => return None,
            _ => {
                let when = turned(sheet.lines.get(at)?.when, turn);
                let holds = when.iter().all(|condition| condition.holds(situation));
                match (decided == at, holds) {
                    (true, false) => next(),
                    (false, true) => at,
                    _ => return None,
                }
            }
        };
        let answer = |row: usize| sheet.lines.get(row).map(|line| line.answer.as_str());
        (other != decided)
            .then(|| Difference { rows: (decided, other), answer_differs: answer(other) != answer(decided) })
    }
}

/// Whether `check` would refuse this rule set.
pub fn is_refused(rule_set: &RuleSet) -> bool {
    let mut findings = Findings::default();
    prove(rule_set, &mut findings);
    findings.has_errors()
}

/// The columns that tell two rows of a table apart, with what a situation says of them.
pub fn in_words(
    rule_set: &RuleSet,
    sheet: &Sheet<'_>,
    situation: &Situation,
    rows: (usize, usize),
) -> String {
    let asks = |row: usize, column: Column| {
        sheet.lines.get(row).is_some_and(|line| line.when.iter().any(|condition| condition.column == column))
    };
    let word = |column: &Column| {
        let word = rule_set.domains.word(*column, situation.get(*column)?);
        Some(format!("{} = {word}", column.path()))
    };
    let asked = Column::ALL.iter().filter(|column| asks(rows.0, **column) || asks(rows.1, **column));
    let words: Vec<String> = asked.filter_map(word).collect();
    if words.is_empty() { "any situation".to_owned() } else { words.join(", ") }
}

fn turned(when: &[Condition], turn: Turn) -> Vec<Condition> {
    let mut when = when.to_vec();
    match turn {
        Turn::Drop | Turn::Answer(_) => {}
        Turn::DropCondition(index) => {
            when.remove(index);
        }
        Turn::DropWord(index, word) => {
            if let Some(condition) = when.get_mut(index) {
                condition.words.retain(|known| *known != word);
            }
        }
        Turn::ReplaceWord(index, word, other) => {
            if let Some(condition) = when.get_mut(index) {
                condition.words.retain(|known| *known != word);
                condition.words.push(other);
                condition.words.sort_unstable();
            }
        }
    }
    when
}

fn turn_table<T: Clone>(table: &mut Table<T>, at: usize, turn: Turn, answers: &[T]) -> Option<()> {
    let changed = table.changed(|rules| match turn {
        Turn::Drop => {
            rules.remove(at);
        }
        Turn::Answer(index) => {
            if let (Some(rule), Some(answer)) = (rules.get_mut(at), answers.get(index)) {
                rule.then = answer.clone();
            }
        }
        _ => {
            if let Some(rule) = rules.get_mut(at) {
                rule.when = turned(&rule.when, turn);
            }
        }
    });
    *table = changed?;
    Some(())
}

fn turn_row(rule_set: &mut RuleSet, stage: Stage, at: usize, turn: Turn) -> Option<()> {
    match stage {
        Stage::Guard => {
            let answers = distinct(&rule_set.guard, &[GuardAnswer::Proceed]);
            turn_table(&mut rule_set.guard, at, turn, &answers)
        }
        Stage::Recognize => None,
        Stage::Identify => turn_table(&mut rule_set.identify, at, turn, &SENDERS),
        Stage::Choose => {
            let answers = choices(rule_set);
            turn_table(&mut rule_set.choose, at, turn, &answers)
        }
        Stage::Permit => {
            let answers = distinct(&rule_set.permit, &[PermitAnswer::Allow]);
            turn_table(&mut rule_set.permit, at, turn, &answers)
        }
        Stage::ActingUser => turn_table(&mut rule_set.acting_user, at, turn, &ACTING_USERS),
        Stage::LoggingAnalyst => turn_table(&mut rule_set.logging_analyst, at, turn, &LOGGING_ANALYSTS),
        Stage::ReopenedTo => turn_table(&mut rule_set.reopened_to, at, turn, &REOPENED_TO),
    }
}

/// The answers that a row of this table may be given, in the words of a test; in the order of [`Turn::Answer`].
fn answers(rule_set: &RuleSet, stage: Stage) -> Vec<String> {
    fn in_words<T: Clone>(
        rule_set: &RuleSet,
        stage: Stage,
        answers: &[T],
        table: fn(&mut RuleSet) -> &mut Table<T>,
    ) -> Vec<String> {
        let mut all = rule_set.clone();
        let spoken = answers.iter().map(|answer| {
            let _same = turn_table(table(&mut all), 0, Turn::Answer(0), std::slice::from_ref(answer));
            let sheet = Sheet::of(&all, stage)?;
            sheet.lines.first().map(|line| line.answer.clone())
        });
        spoken.flatten().collect()
    }
    match stage {
        Stage::Guard => {
            let answers = distinct(&rule_set.guard, &[GuardAnswer::Proceed]);
            in_words(rule_set, stage, &answers, |all| &mut all.guard)
        }
        Stage::Recognize => Vec::new(),
        Stage::Identify => in_words(rule_set, stage, &SENDERS, |all| &mut all.identify),
        Stage::Choose => in_words(rule_set, stage, &choices(rule_set), |all| &mut all.choose),
        Stage::Permit => {
            let answers = distinct(&rule_set.permit, &[PermitAnswer::Allow]);
            in_words(rule_set, stage, &answers, |all| &mut all.permit)
        }
        Stage::ActingUser => in_words(rule_set, stage, &ACTING_USERS, |all| &mut all.acting_user),
        Stage::LoggingAnalyst => in_words(rule_set, stage, &LOGGING_ANALYSTS, |all| &mut all.logging_analyst),
        Stage::ReopenedTo => in_words(rule_set, stage, &REOPENED_TO, |all| &mut all.reopened_to),
    }
}

/// The answers of a table as written, each once, and these.
fn distinct<T: Clone + PartialEq>(table: &Table<T>, also: &[T]) -> Vec<T> {
    let mut answers = also.to_vec();
    for rule in table.rules() {
        if !answers.contains(&rule.then) {
            answers.push(rule.then.clone());
        }
    }
    answers
}

/// Every action, and the reasons for which the table ignores mail.
fn choices(rule_set: &RuleSet) -> Vec<ChooseAnswer> {
    let actions: Vec<ChooseAnswer> = (0..rule_set.actions.len()).map(ChooseAnswer::Action).collect();
    distinct(&rule_set.choose, &actions)
}

const SENDERS: [SenderCase; 4] =
    [SenderCase::Unknown, SenderCase::User, SenderCase::Analyst, SenderCase::AnalystAndUser];

const ACTING_USERS: [ActingUser; 4] =
    [ActingUser::Sender, ActingUser::SenderMadeUser, ActingUser::DefaultUser, ActingUser::NewPerson];

const LOGGING_ANALYSTS: [LoggingAnalyst; 2] = [LoggingAnalyst::Sender, LoggingAnalyst::DefaultLoggingAnalyst];

const REOPENED_TO: [ReopenedTo; 5] = [
    ReopenedTo::TemplateAssignee,
    ReopenedTo::Sender,
    ReopenedTo::LoggingAnalyst,
    ReopenedTo::OtherwiseTo,
    ReopenedTo::Owner,
];

//! Statements that an admin demands: each is proven, or refuted by a situation.

use super::ends::{End, Ending, Ends, decided, told};
use super::space::Space;
use super::{ASKED, IDENTITY};
use crate::diagnostic::{Diagnostic, Findings, Span};
use crate::ruleset::column::{Column, Situation, Stage, Words};
use crate::ruleset::statement::{Claim, EndingKey, Statement};
use crate::ruleset::{ChooseAnswer, GuardAnswer, PermitAnswer, RuleSet};
use std::collections::BTreeSet;

/// The most situations that are looked at for all statements together.
const SITUATIONS_MAX: usize = 300_000;

/// How many places one finding points at.
const LABELS_MAX: usize = 6;

/// The most accounts that a finding names.
const ACCOUNTS_MAX: usize = 3;

/// What came of the statements.
pub(super) struct Proven {
    pub(super) situations: usize,
    pub(super) is_complete: bool,
}

/// Proves each statement, or says where it does not hold.
pub(super) fn prove(rule_set: &RuleSet, are_tables_complete: bool, findings: &mut Findings) -> Proven {
    let mut unsure = Vec::new();
    let mut proven = Proven { situations: 0, is_complete: true };
    let reasons = reasons(rule_set);
    for statement in &rule_set.statements {
        if findings.is_full() {
            proven.is_complete = false;
            break;
        }
        findings.extend(empty(rule_set, statement, &reasons));
        let kept = statement.columns();
        let wanted = statement.actions(rule_set);
        let is_followed = |situation: &Situation| {
            let action = situation.get(Column::Action);
            statement.is_open(situation)
                && wanted.as_ref().zip(action).is_none_or(|(wanted, action)| wanted.contains(&action))
        };
        let mut ends = Ends {
            rule_set,
            space: Space::new(rule_set),
            kept: &kept,
            is_followed: &is_followed,
            left: SITUATIONS_MAX - proven.situations,
            going_on: None,
        };
        let before = ends.left;
        let mut refuted = None;
        ends.walk(beginnings(rule_set, &kept), &mut |end| {
            if refuted.is_none() && statement.is_refuted(rule_set, &end) {
                refuted = Some(end);
            }
        });
        proven.situations += before - ends.left;
        if let Some(end) = refuted {
            findings.push(does_not_hold(rule_set, statement, &end));
        } else if ends.space.is_exhausted {
            unsure.push(statement.span);
        }
    }
    proven.is_complete &= unsure.is_empty();
    // of tables that are too large more is said already
    if are_tables_complete {
        findings.extend(unproven(&unsure));
    }
    proven
}

/// Statements that could not be proven completely, in one finding.
fn unproven(unsure: &[Span]) -> Option<Diagnostic> {
    if unsure.is_empty() {
        return None;
    }
    let finding = Diagnostic::warning(
        "analysis-incomplete",
        match unsure.len() {
            1 => "a statement is too much work to be proven completely".to_owned(),
            count => format!("{count} statements are too much work to be proven completely"),
        },
    );
    let finding = unsure
        .iter()
        .take(LABELS_MAX)
        .fold(finding, |finding, &span| finding.at(span, "holds in every situation that was looked at"));
    Some(
        finding
            .note("a situation in which it does not hold may have been missed")
            .help("name more columns in it, so that fewer situations are left to look at"),
    )
}

/// The situations in which mails come in: those of the accounts that there are, with the switches they have; of
/// any account with any switches where there is none.
fn beginnings(rule_set: &RuleSet, kept: &[Column]) -> Vec<Situation> {
    let mut columns: Vec<Column> = kept.to_vec();
    columns.extend(rule_set.guard.columns());
    columns.extend(rule_set.identify.columns());
    columns.extend(rule_set.choose.columns());
    columns.extend(rule_set.permit.columns());
    let real = rule_set.accounts.iter().filter(|account| !account.for_tests);
    let known: BTreeSet<Situation> =
        real.map(|account| rule_set.situation_of(account).only(&columns)).collect();
    if known.is_empty() { vec![Situation::default()] } else { known.into_iter().collect() }
}

impl Statement {
    fn claims(&self) -> impl Iterator<Item = &Claim> {
        self.when.iter().chain(self.then.iter().flatten())
    }

    /// The columns it looks at, in the order in which they become known.
    fn columns(&self) -> Vec<Column> {
        let mut columns: Vec<Column> = self
            .claims()
            .map(|claim| match claim {
                Claim::Fact(condition) => condition.column,
                // which replies are sent depends on this switch
                Claim::Ending(..) => Column::AutoReply,
            })
            .collect();
        columns.sort_unstable();
        columns.dedup();
        columns
    }

    /// Whether what is known does not rule out yet that `when` holds.
    fn is_open(&self, situation: &Situation) -> bool {
        self.when.iter().all(|claim| match claim {
            Claim::Fact(condition) => situation.get(condition.column).is_none() || condition.holds(situation),
            Claim::Ending(..) => true,
        })
    }

    /// The actions that `when` asks for, by their words in the column; `None` where any will do.
    fn actions(&self, rule_set: &RuleSet) -> Option<BTreeSet<u16>> {
        self.when.iter().find_map(|claim| match claim {
            Claim::Ending(EndingKey::Action, words) if !words.is_empty() => {
                let index = |word: &String| rule_set.domains.index(Column::Action, word);
                let asked: BTreeSet<u16> = words.iter().filter_map(index).collect();
                // what is done instead of another action may follow from any
                let is_done_instead = rule_set.permit.rules().any(|rule| {
                    matches!(&rule.then, PermitAnswer::Instead(action)
                        if asked.iter().any(|&asked| usize::from(asked) == *action))
                });
                (!is_done_instead).then_some(asked)
            }
            _ => None,
        })
    }

    fn is_refuted(&self, rule_set: &RuleSet, end: &End<'_>) -> bool {
        let holds = |claim: &Claim| match claim {
            Claim::Fact(condition) => condition.holds(&end.situation),
            Claim::Ending(key, words) => ends_so(rule_set, end, *key, words),
        };
        let comes_about = self.when.iter().all(holds);
        comes_about && self.then.as_ref().is_none_or(|then| !then.iter().all(holds))
    }
}

fn ends_so(rule_set: &RuleSet, end: &End<'_>, key: EndingKey, words: &[String]) -> bool {
    let is_among = |word: &str| words.is_empty() || words.iter().any(|known| known == word);
    let reply = |index: usize| rule_set.replies.get(index).map_or("", |reply| reply.name.as_str());
    match (key, end.ending) {
        (EndingKey::Action, Ending::Performed(index)) => {
            is_among(rule_set.domains.actions.get(index).map_or("", String::as_str))
        }
        (EndingKey::Refuse, Ending::Refused(index)) => is_among(reply(index)),
        (EndingKey::Ignore, Ending::Ignored(word))
        | (EndingKey::Discard, Ending::Discarded(word))
        | (EndingKey::Delete, Ending::Deleted(word))
        | (EndingKey::Quarantine, Ending::Quarantined(word)) => is_among(word),
        (EndingKey::Reply, ending) => {
            let told = told(rule_set, ending, &end.situation);
            let wants_none = words.iter().any(|word| word == "none");
            if told.is_empty() { wants_none } else { told.into_iter().any(|index| is_among(reply(index))) }
        }
        _ => false,
    }
}

/// Every reason that a rule gives for an ending.
fn reasons(rule_set: &RuleSet) -> BTreeSet<(&'static str, &str)> {
    let guard = rule_set.guard.rules().filter_map(|rule| match &rule.then {
        GuardAnswer::Proceed => None,
        GuardAnswer::Discard(word) => Some(("discard", word.as_str())),
        GuardAnswer::Delete(word) => Some(("delete", word.as_str())),
        GuardAnswer::Quarantine(word) => Some(("quarantine", word.as_str())),
    });
    let choose = rule_set.choose.rules().filter_map(|rule| match &rule.then {
        ChooseAnswer::Ignore(word) => Some(("ignore", word.as_str())),
        ChooseAnswer::Quarantine(word) => Some(("quarantine", word.as_str())),
        ChooseAnswer::Action(_) => None,
    });
    let permit = rule_set.permit.rules().filter_map(|rule| match &rule.then {
        PermitAnswer::Ignore(word) => Some(("ignore", word.as_str())),
        PermitAnswer::Quarantine(word) => Some(("quarantine", word.as_str())),
        PermitAnswer::Allow | PermitAnswer::Refuse(_) | PermitAnswer::Instead(_) => None,
    });
    guard.chain(choose).chain(permit).collect()
}

/// Says so where a statement cannot but hold: its columns never come together, or no rule gives its reasons.
fn empty(
    rule_set: &RuleSet,
    statement: &Statement,
    reasons: &BTreeSet<(&'static str, &str)>,
) -> Option<Diagnostic> {
    for claim in &statement.when {
        let Claim::Ending(key, words) = claim else { continue };
        let is_reason = !matches!(key, EndingKey::Action | EndingKey::Refuse | EndingKey::Reply);
        let is_given = |word: &String| reasons.contains(&(key.word(), word.as_str()));
        if is_reason && !words.is_empty() && !words.iter().any(is_given) {
            return Some(without_effect(
                statement.span,
                format!("no rule answers `{{ {}: {} }}`", key.word(), words.join(", ")),
            ));
        }
    }
    let mut columns: Vec<Column> = statement.columns();
    columns.extend(IDENTITY.iter().chain(&ASKED));
    columns.sort_unstable();
    columns.dedup();
    let mut space = Space::new(rule_set);
    let mut situations = vec![Situation::default()];
    for column in columns {
        situations = space.spread(situations, &[column]);
        situations.retain(|situation| statement.is_open(situation));
    }
    let never = situations.is_empty() && !space.is_exhausted;
    never.then(|| without_effect(statement.span, "this never comes about together"))
}

/// A statement that cannot be refuted, whatever the rules say.
fn without_effect(at: Span, why: impl Into<String>) -> Diagnostic {
    Diagnostic::warning("statement-without-effect", "this statement holds whatever the rules say")
        .at(at, why)
        .note("it guards nothing, though it looks as if it did")
        .help("name columns that come together, and reasons that a rule gives; or take it out")
}

fn does_not_hold(rule_set: &RuleSet, statement: &Statement, end: &End<'_>) -> Diagnostic {
    let what = match &statement.name {
        Some(name) => format!("statement `{name}` does not hold"),
        None => "this statement does not hold".to_owned(),
    };
    let label = if statement.then.is_some() {
        "there is a situation where `when` holds, and `then` does not"
    } else {
        "there is a situation where all of this comes about"
    };
    let way = decided(rule_set, &end.path);
    let mut rows = vec![["table", "rule", "answer", "at"].map(str::to_owned).to_vec()];
    rows.extend(way.iter().map(|decided| {
        vec![
            decided.stage.word().to_owned(),
            decided.rule.to_owned(),
            decided.answer.clone(),
            format!("{}:{}", decided.place.file, decided.place.line),
        ]
    }));
    let mut finding =
        Diagnostic::error("statement-does-not-hold", what).at(statement.span, label).table(rows);
    if let Some(last) = way.last() {
        finding = finding.against(last.span, format!("decides it: {}", last.answer));
    }
    let mut columns: Vec<Column> = statement.columns();
    columns.extend(way.iter().flat_map(|decided| decided.columns.iter().copied()));
    let is_asked = |column: &Column| {
        columns.contains(column) && (*column != Column::AutoReply || statement.asks_for_replies())
    };
    let (switches, facts): (Vec<Column>, Vec<Column>) =
        Column::ALL.iter().copied().filter(is_asked).partition(|column| is_switch(*column));
    finding = finding.note(format!("for instance where {}", cells(rule_set, &end.situation, &facts)));
    let switches = cells(rule_set, &end.situation, &switches);
    let accounts = accounts(rule_set, &end.situation);
    match (switches.is_empty(), accounts.is_empty()) {
        (true, true) => {}
        (false, true) => finding = finding.note(format!("and the account is set to {switches}")),
        (true, false) => finding = finding.note(format!("in {accounts}")),
        (false, false) => finding = finding.note(format!("in {accounts}, which is set to {switches}")),
    }
    if let Some(because) = &statement.because {
        finding = finding.note(format!("it is demanded because: {because}"));
    }
    let waive = match &statement.name {
        Some(name) => {
            format!("; a file that extends this one may set it aside: `waive: {name}`, with a reason")
        }
        None => String::new(),
    };
    finding.help(format!("let the rule ask for more, or set the account's switch otherwise{waive}"))
}

impl Statement {
    fn asks_for_replies(&self) -> bool {
        self.claims().any(|claim| match claim {
            Claim::Fact(condition) => condition.column == Column::AutoReply,
            Claim::Ending(key, _) => *key == EndingKey::Reply,
        })
    }
}

/// Whether a column is a setting of an account.
fn is_switch(column: Column) -> bool {
    column.known_from() == Stage::Guard
        && matches!(column.path().split_once('.'), Some((group, _)) if group != "x")
}

fn cells(rule_set: &RuleSet, situation: &Situation, columns: &[Column]) -> String {
    let cell = |&column: &Column| {
        let word = rule_set.domains.word(column, situation.get(column)?);
        let is_nameless = column.words() == Words::Accounts && word.is_empty();
        (!is_nameless).then(|| format!("{}: {word}", column.path()))
    };
    columns.iter().filter_map(cell).collect::<Vec<_>>().join(", ")
}

/// The accounts whose switches are those of the situation, in words.
fn accounts(rule_set: &RuleSet, situation: &Situation) -> String {
    let known: Vec<Column> = Column::ALL
        .iter()
        .copied()
        .filter(|column| is_switch(*column) || *column == Column::Account)
        .filter(|column| situation.get(*column).is_some())
        .collect();
    let wanted = situation.only(&known);
    let real = rule_set.accounts.iter().filter(|account| !account.for_tests);
    let fitting: Vec<String> = real
        .filter(|account| rule_set.situation_of(account).only(&known) == wanted)
        .map(|account| format!("`{}`", account.name))
        .collect();
    match fitting.as_slice() {
        [] => String::new(),
        [only] => format!("account {only}"),
        many if many.len() <= ACCOUNTS_MAX => format!("each of the accounts {}", many.join(", ")),
        many => format!(
            "each of {} accounts, {} among them",
            many.len(),
            many.iter().take(ACCOUNTS_MAX).cloned().collect::<Vec<_>>().join(", ")
        ),
    }
}

//! Holds a decision against what a test expects: what is missing, what is wrong, what nobody expected.

use crate::diagnostic::{Edit, Sources, Span};
use crate::engine::{Decision, Facts, TraceLine, situation};
use crate::ruleset::RuleSet;
use crate::ruleset::decode::Placed;
use crate::ruleset::example::{Correction, Fault, FaultKind, Sheet, Verdict, correction};
use crate::ruleset::file::{ExpectFile, MessageTest};
use crate::ruleset::yaml::extent;
use crate::vocab::Disposition;

/// Adds to the verdict everything in which the decision is not what the test expects.
pub(super) fn compare(
    rule_set: &RuleSet,
    test: &MessageTest,
    facts: &Facts,
    decision: &Decision,
    mut verdict: Verdict,
    sources: &Sources,
) -> Verdict {
    verdict.hits = hits(decision);
    let Some(expect) = &test.expect else {
        let at = test.mail.as_ref().map_or(verdict.span, |mail| mail.span);
        let fault = Fault::new(FaultKind::Test, "the test expects nothing, so it shows nothing").at(at);
        verdict.faults.push(fault.help(format!("add `expect: {}`", in_flow(decision))));
        verdict.corrections.extend(whole_expectation(test, decision, sources));
        return verdict;
    };
    let mut look =
        Look { rule_set, facts, decision, sources, verdict, asserts: false, has_named_a_stage: false };
    look.outcome(&expect.value);
    look.lists(&expect.value);
    look.disposition(&expect.value);
    look.rules(&expect.value);
    if !look.verdict.faults.is_empty() && !look.has_named_a_stage {
        look.last_stage();
    }
    if !look.asserts {
        let fault =
            Fault::new(FaultKind::Test, "the test expects nothing in particular, so it shows nothing");
        let fault = fault.at(expect.span).help(format!("write `expect: {}`", in_flow(decision)));
        look.verdict.faults.push(fault);
        let text = look.text_of(expect.span);
        if text.get(expect.span.start..).is_some_and(|rest| rest.starts_with('{')) {
            let span = Span { end: extent::end(text, expect.span.start), ..expect.span };
            let edit = Edit { span, text: in_flow(decision) };
            look.correct(format!("expect: {}", edit.text), vec![edit]);
        }
    }
    look.verdict
}

/// The rules that decided, `stage/rule`.
pub(super) fn hits(decision: &Decision) -> Vec<String> {
    let hit = |line: &TraceLine| Some(format!("{}/{}", line.stage, line.rule.as_ref()?));
    decision.trace.iter().filter_map(hit).collect()
}

struct Look<'a> {
    rule_set: &'a RuleSet,
    facts: &'a Facts,
    decision: &'a Decision,
    sources: &'a Sources,
    verdict: Verdict,
    asserts: bool,
    has_named_a_stage: bool,
}

impl Look<'_> {
    fn text_of(&self, span: Span) -> &str {
        self.sources.get(span.source).map(|source| &*source.text).unwrap_or_default()
    }

    fn correct(&mut self, text: String, edits: Vec<Edit>) {
        self.verdict.corrections.push(Correction { text, edits });
    }

    fn outcome(&mut self, expect: &ExpectFile) {
        let (kind, word) = self.decision.outcome.words();
        let outcomes = [
            ("action", &expect.action),
            ("refuse", &expect.refuse),
            ("ignore", &expect.ignore),
            ("discard", &expect.discard),
            ("quarantine", &expect.quarantine),
        ];
        for (expected_kind, expected) in outcomes {
            let Some(expected) = expected else { continue };
            self.asserts = true;
            if kind == expected_kind && word == expected.value {
                continue;
            }
            let text = format!("expected {expected_kind} `{}`, got {kind} `{word}`", expected.value);
            let fault = Fault::new(FaultKind::Wrong, text).at(expected.span);
            self.verdict.faults.push(Fault { help: self.help_for(expected_kind, expected), ..fault });
            let written = correction::word(word, "");
            let edit = if kind == expected_kind {
                Some(Edit { span: expected.span, text: written })
            } else {
                correction::entry(self.text_of(expected.span), expected.span, &format!("{kind}: {written}"))
            };
            let text = format!("{expected_kind} {} → {kind} {word}", expected.value);
            self.correct(text, edit.into_iter().collect());
        }
    }

    /// Where the test names an action or reply that there is not: the one that was meant.
    fn help_for(&self, kind: &str, expected: &Placed<String>) -> Option<String> {
        let known: Vec<&str> = match kind {
            "action" => self.rule_set.actions.iter().map(|action| action.name.as_str()).collect(),
            "refuse" | "replies" | "notifications" => {
                self.rule_set.replies.iter().map(|reply| reply.name.as_str()).collect()
            }
            "effects" => EFFECTS.to_vec(),
            _ => return None,
        };
        if known.contains(&expected.value.as_str()) {
            return None;
        }
        let what =
            if kind == "refuse" || kind == "notifications" || kind == "replies" { "reply" } else { kind };
        let what = what.trim_end_matches('s');
        let fault = Fault::unknown(what, &expected.value, expected.span, &known);
        Some(format!("{}; {}", fault.text, fault.help.unwrap_or_default()))
    }

    fn lists(&mut self, expect: &ExpectFile) {
        let effects: Vec<String> =
            self.decision.effects.iter().map(|effect| effect.word().to_owned()).collect();
        let replies: Vec<String> = self.decision.replies.iter().map(|reply| reply.name.clone()).collect();
        let notifications: Vec<String> =
            self.decision.notifications.iter().map(|reply| reply.name.clone()).collect();
        if let Some(reply) = &expect.reply {
            self.asserts = true;
            let wanted = [reply.clone()];
            if self.list_differs("replies", &wanted, &replies, reply.span) {
                let edit = match replies.as_slice() {
                    [one] => Some(Edit { span: reply.span, text: correction::word(one, "") }),
                    several => {
                        let several: Vec<String> =
                            several.iter().map(|name| correction::word(name, "")).collect();
                        let entry = format!("replies: [{}]", several.join(", "));
                        correction::entry(self.text_of(reply.span), reply.span, &entry)
                    }
                };
                let text = format!("reply {} → [{}]", reply.value, replies.join(", "));
                self.correct(text, edit.into_iter().collect());
            }
        }
        let lists = [
            ("effects", &expect.effects, effects),
            ("replies", &expect.replies, replies),
            ("notifications", &expect.notifications, notifications),
        ];
        for (what, wanted, got) in lists {
            let Some(wanted) = wanted else { continue };
            self.asserts = true;
            if self.list_differs(what, &wanted.value, &got, wanted.span) {
                let edits = correction::list(self.text_of(wanted.span), wanted.span, &wanted.value, &got);
                let was: Vec<&str> = wanted.value.iter().map(|item| item.value.as_str()).collect();
                self.correct(format!("{what} [{}] → [{}]", was.join(", "), got.join(", ")), edits);
            }
        }
    }

    /// Tells what is missing and what was not expected, each by itself.
    fn list_differs(&mut self, what: &str, wanted: &[Placed<String>], got: &[String], span: Span) -> bool {
        if wanted.iter().map(|item| &item.value).eq(got) {
            return false;
        }
        let one = what.trim_end_matches('s').replace("replie", "reply");
        let mut left: Vec<&String> = got.iter().collect();
        let mut missing = Vec::new();
        for item in wanted {
            match left.iter().position(|got| **got == item.value) {
                Some(at) => {
                    left.remove(at);
                }
                None => missing.push(item),
            }
        }
        let is_another_order = missing.is_empty() && left.is_empty();
        for item in missing {
            let text = format!("the {one} `{}` is expected and not there", item.value);
            let fault = Fault::new(FaultKind::Missing, text).at(item.span);
            self.verdict.faults.push(Fault { help: self.help_for(what, item), ..fault });
        }
        for name in left {
            let text = format!("the {one} `{name}` is there and not expected");
            self.verdict.faults.push(Fault::new(FaultKind::Unexpected, text).at(span));
        }
        if is_another_order {
            let text = format!("the {what} come in another order: [{}]", got.join(", "));
            self.verdict.faults.push(Fault::new(FaultKind::Wrong, text).at(span));
        }
        true
    }

    fn disposition(&mut self, expect: &ExpectFile) {
        let Some(expected) = &expect.dispose else { return };
        self.asserts = true;
        let got = self.decision.disposition;
        if expected.value == got {
            return;
        }
        let (expected_word, got) = (disposition(expected.value), disposition(got));
        let text = format!("expected the mail to be disposed of by `{expected_word}`, got `{got}`");
        self.verdict.faults.push(Fault::new(FaultKind::Wrong, text).at(expected.span));
        self.correct(
            format!("dispose {expected_word} → {got}"),
            vec![Edit { span: expected.span, text: got.clone() }],
        );
    }

    fn rules(&mut self, expect: &ExpectFile) {
        let Some(rules) = &expect.trace else { return };
        let mut becomes: Vec<String> = Vec::new();
        for rule in &rules.value {
            self.asserts = true;
            if self.verdict.hits.contains(&rule.value) {
                becomes.push(rule.value.clone());
                continue;
            }
            becomes.extend(self.rule(rule));
        }
        if becomes.iter().ne(rules.value.iter().map(|rule| &rule.value)) {
            becomes.dedup();
            let edits = correction::list(self.text_of(rules.span), rules.span, &rules.value, &becomes);
            self.correct(format!("trace → [{}]", becomes.join(", ")), edits);
        }
    }

    /// Tells of a rule that did not decide; gives the one that did.
    fn rule(&mut self, expected: &Placed<String>) -> Option<String> {
        let (stage, name) = expected.value.split_once('/').unwrap_or((&expected.value, ""));
        let got = self.verdict.hits.iter().find(|hit| hit.split('/').next() == Some(stage)).cloned();
        let (kind, shown) = match &got {
            Some(got) => (FaultKind::Wrong, format!("`{got}`")),
            None => (FaultKind::Missing, "nothing: the stage was not reached".to_owned()),
        };
        let text = format!("expected `{}` to decide, got {shown}", expected.value);
        let mut fault = Fault::new(kind, text).at(expected.span);
        let known = self.rules_of(stage);
        match &known {
            None => {
                let stages: Vec<&str> = STAGES.to_vec();
                fault.help = Fault::unknown("stage", stage, expected.span, &stages).help;
            }
            Some(known) if !known.contains(&name) => {
                let unknown = Fault::unknown("rule", name, expected.span, known);
                fault.help = Some(format!("{}; {}", unknown.text, unknown.help.unwrap_or_default()));
            }
            Some(_) => self.detour(stage, name),
        }
        self.verdict.faults.push(fault);
        got
    }

    /// The rules of a stage by name; `None` where there is no such stage.
    fn rules_of(&self, stage: &str) -> Option<Vec<&str>> {
        if stage == "recognize" {
            return Some(self.rule_set.recognize.iter().map(|rule| rule.name.as_str()).collect());
        }
        if stage == "reply" {
            return Some(self.rule_set.replies.iter().map(|reply| reply.name.as_str()).collect());
        }
        let sheet = sheet(self.rule_set, stage)?;
        Some(sheet.lines.iter().map(|line| line.name).collect())
    }

    /// How a stage went another way: why the expected rule did not hold, and which one did.
    fn detour(&mut self, stage: &str, name: &str) {
        self.has_named_a_stage = true;
        let got = self.decision.trace.iter().find(|line| line.stage == stage);
        let went = got.map_or("was not reached".to_owned(), went);
        let detour = match sheet(self.rule_set, stage) {
            Some(sheet) => {
                let Some(line) = sheet.lines.iter().find(|line| line.name == name) else { return };
                let known = situation(self.rule_set, self.facts);
                let domains = &self.rule_set.domains;
                let failed = line.when.iter().find(|condition| !condition.holds(&known));
                let why = match failed {
                    _ if got.is_none() => String::new(),
                    Some(condition) => {
                        let words: Vec<String> = condition
                            .words
                            .iter()
                            .map(|&word| domains.word(condition.column, word))
                            .collect();
                        let was =
                            known.get(condition.column).map(|word| domains.word(condition.column, word));
                        format!(
                            ", which asks for {} = {} and saw {}",
                            condition.column.path(),
                            words.join(" or "),
                            was.unwrap_or_else(|| "nothing".to_owned())
                        )
                    }
                    None => ", which holds too, but stands behind".to_owned(),
                };
                format!("{stage}: not `{name}` ({}){why}; {went}", line.place)
            }
            None => format!("{stage}: not `{name}`; {went}"),
        };
        self.verdict.detours.push(detour);
    }

    /// Where no expected rule says which stage went another way: the last one that was asked by a table.
    fn last_stage(&mut self) {
        let tables = ["guard", "choose", "permit"];
        let last = self.decision.trace.iter().rev().find(|line| tables.contains(&line.stage));
        if let Some(line) = last {
            self.verdict.detours.push(format!("{}: {}", line.stage, went(line)));
        }
    }
}

/// The effects that a test may name, for "did you mean".
const EFFECTS: [&str; 14] = [
    "create_person",
    "make_user",
    "create_call",
    "add_history",
    "attach_object",
    "show_note_icon",
    "notify_assignee",
    "link_call",
    "request_confirmation",
    "use_confirmation",
    "reopen",
    "close",
    "decide_approval",
    "summarize",
];

/// The stages that a test may name.
const STAGES: [&str; 9] = [
    "guard",
    "recognize",
    "identify",
    "choose",
    "permit",
    "acting_user",
    "logging_analyst",
    "reopened_to",
    "reply",
];

fn sheet<'a>(rule_set: &'a RuleSet, stage: &str) -> Option<Sheet<'a>> {
    Sheet::all(rule_set).into_iter().find(|sheet| sheet.stage.word() == stage)
}

fn went(line: &TraceLine) -> String {
    let place = match (&line.file, line.line) {
        (Some(file), Some(number)) => format!(" ({file}:{number})"),
        _ => String::new(),
    };
    let rule = line.rule.as_ref().map_or("the engine".to_owned(), |rule| format!("`{rule}`"));
    format!("{rule}{place} decided: {}", line.then)
}

fn disposition(disposition: Disposition) -> String {
    let word = serde_json::to_value(disposition).ok();
    word.as_ref().and_then(serde_json::Value::as_str).unwrap_or_default().to_owned()
}

/// What a decision is, as the settings of an `expect`.
pub(super) fn settings(decision: &Decision) -> Vec<(&'static str, Vec<String>)> {
    let (kind, word) = decision.outcome.words();
    let replies: Vec<String> = decision.replies.iter().map(|reply| reply.name.clone()).collect();
    let notifications: Vec<String> = decision.notifications.iter().map(|reply| reply.name.clone()).collect();
    let stages =
        |hit: &String| STAGES.iter().any(|stage| *stage != "reply" && hit.starts_with(&format!("{stage}/")));
    let mut settings = vec![
        (kind, vec![word.to_owned()]),
        ("effects", decision.effects.iter().map(|effect| effect.word().to_owned()).collect()),
        ("replies", replies),
    ];
    if !notifications.is_empty() {
        settings.push(("notifications", notifications));
    }
    settings.push(("dispose", vec![disposition(decision.disposition)]));
    settings.push(("trace", hits(decision).into_iter().filter(stages).collect()));
    settings
}

/// One setting of an `expect` as YAML.
pub(super) fn setting(key: &str, words: &[String]) -> String {
    let words: Vec<String> = words.iter().map(|word| correction::word(word, "")).collect();
    match words.as_slice() {
        [word] if !["effects", "replies", "notifications", "trace"].contains(&key) => {
            format!("{key}: {word}")
        }
        words => format!("{key}: [{}]", words.join(", ")),
    }
}

fn in_flow(decision: &Decision) -> String {
    let settings = settings(decision);
    let settings: Vec<String> = settings.iter().map(|(key, words)| setting(key, words)).collect();
    format!("{{ {} }}", settings.join(", "))
}

/// The expectation that a test lacks altogether, put behind its mail.
fn whole_expectation(test: &MessageTest, decision: &Decision, sources: &Sources) -> Option<Correction> {
    let mail = test.mail.as_ref()?;
    let text = &sources.get(mail.span.source)?.text;
    let key = correction::key_start(text, mail.span);
    let end = extent::end(text, mail.span.start);
    let expectation = in_flow(decision);
    let (at, text) = match key {
        Some(key) if text.get(..key)?.trim_end().ends_with([',', '{']) => {
            (end, format!(", expect: {expectation}"))
        }
        Some(key) => (
            extent::line_end(text, end),
            format!("\n{}expect: {expectation}", " ".repeat(extent::column(text, key))),
        ),
        None => return None,
    };
    let span = Span { start: at, end: at, ..mail.span };
    Some(Correction { text: format!("expect: {expectation}"), edits: vec![Edit { span, text }] })
}

//! Verdicts for people, for programs and for build servers.

use super::document::TestReportDocument;
use super::{Mutation, Report, measure};
use crate::cli::render::shown;
use crate::cli::screen;
use crate::diagnostic::{Sources, Span};
use crate::message::escape;
use crate::ruleset::example::Verdict;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// The most survivors of one place that are told one by one.
const SURVIVORS_MAX: usize = 4;

pub(super) fn as_text(report: &Report) -> String {
    let sources = &report.sources;
    let mut text = String::new();
    for verdict in report.verdicts.iter().filter(|verdict| !verdict.passed()) {
        failed(&mut text, verdict, sources);
    }
    for rule in &report.untested {
        let _ = writeln!(text, "warning[rule-without-test]: no test is decided by `{}`", screen::line(rule));
    }
    if !report.untested.is_empty() {
        text.push_str(
            "  help: add a row that it decides to the test of its table, a subject that it recognizes, or a mail; `--coverage` counts them\n",
        );
    }
    if report.verdicts.is_empty() {
        let _ = writeln!(
            text,
            "{}: there are no tests, so nothing shows that the rules do what you mean",
            report.name
        );
        text.push_str(
            "  write the first one from a real mail: postroom test RULES --from MAIL.eml --world WORLD.yaml --write\n  \
             or write it under `tests` in the rule file, or in NAME.test.yaml beside NAME.yaml:\n    \
             messages:\n      - name: a user logs a call\n        \
             mail: { from: uma@example.com, subject: \"No network\", text: Please help. }\n        \
             expect: { action: log_call }\n",
        );
        return text;
    }
    if let Some(measured) = &report.measured {
        text.push_str(&measure::as_text(measured, sources, report.coverage_min));
    }
    if let Some(mutation) = &report.mutation {
        mutants(&mut text, mutation, sources);
    }
    let failed = report.verdicts.iter().filter(|verdict| !verdict.passed()).count();
    let _ = writeln!(
        text,
        "{}: {} passed, {failed} failed, {} rules without a test",
        report.name,
        report.verdicts.len() - failed,
        report.untested.len()
    );
    text
}

fn place(sources: &Sources, span: Span) -> String {
    let place = sources.place(span);
    format!("{}:{}", place.file, place.line)
}

fn failed(text: &mut String, verdict: &Verdict, sources: &Sources) {
    let _ = writeln!(text, "failed: {} ({})", screen::line(&verdict.name), place(sources, verdict.span));
    for fault in &verdict.faults {
        let _ = write!(text, "    {:<11} {}", format!("{}:", fault.kind.word()), screen::line(&fault.text));
        match fault.span {
            Some(span) if span != verdict.span => {
                let _ = writeln!(text, " (line {})", sources.place(span).line);
            }
            _ => text.push('\n'),
        }
        if let Some(help) = &fault.help {
            let _ = writeln!(text, "    {:<11} {}", "", shown(help).replace('\n', " "));
        }
    }
    for detour in &verdict.detours {
        let _ = writeln!(text, "    {:<11} {}", "went:", shown(detour).replace('\n', " "));
    }
}

fn mutants(text: &mut String, mutation: &Mutation, sources: &Sources) {
    // many wrong answers of one untested row are one thing to do
    let mut by_place: BTreeMap<Span, Vec<&super::Survivor>> = BTreeMap::new();
    for survivor in &mutation.survivors {
        by_place.entry(survivor.span).or_default().push(survivor);
    }
    for (span, survivors) in &by_place {
        for survivor in survivors.iter().take(SURVIVORS_MAX) {
            let what = screen::line(&survivor.what);
            let _ = writeln!(text, "survived: {what} ({})", place(sources, *span));
            let _ = writeln!(text, "    no test notices; {}", shown(&survivor.cure).replace('\n', " "));
        }
        if survivors.len() > SURVIVORS_MAX {
            let more = survivors.len() - SURVIVORS_MAX;
            let _ = writeln!(text, "    and {more} others at the same place");
        }
    }
    let Mutation { count, noticed, refused, equal, survivors } = mutation;
    let _ = writeln!(
        text,
        "mutants: {count}, of which {noticed} are noticed by a test, {refused} refused by `check`, {equal} equal in every situation, {} survive",
        survivors.len()
    );
}

pub(super) fn as_json(reports: &[Report]) -> String {
    let reports: Vec<TestReportDocument> = reports.iter().map(TestReportDocument::from).collect();
    let reports = serde_json::to_value(reports).unwrap_or_default();
    format!("{}\n", screen::json(&reports))
}

/// A text as XML: what it may not hold at all is left out.
fn xml(text: &str) -> String {
    let allowed: String = text
        .chars()
        .filter(|c| !c.is_control() || *c == '\t' || *c == '\n')
        .filter(|c| !matches!(c, '\u{fffe}' | '\u{ffff}'))
        .collect();
    escape(&allowed)
}

pub(super) fn as_junit(reports: &[Report]) -> String {
    let mut text = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n");
    for report in reports {
        let mut cases: Vec<(String, String, Option<String>)> = Vec::new();
        for verdict in &report.verdicts {
            let fault = |fault: &crate::ruleset::example::Fault| {
                let help = fault.help.as_ref().map(|help| format!(" ({help})")).unwrap_or_default();
                format!("{}: {}{help}", fault.kind.word(), fault.text)
            };
            let faults: Vec<String> =
                verdict.faults.iter().map(fault).chain(verdict.detours.iter().cloned()).collect();
            let failure = (!verdict.passed()).then(|| faults.join("; "));
            cases.push((verdict.name.clone(), place(&report.sources, verdict.span), failure));
        }
        if report.verdicts.is_empty() {
            cases.push(("tests".to_owned(), report.name.clone(), Some("there are no tests".to_owned())));
        }
        if let Some(measured) = &report.measured {
            let failure = report
                .coverage_min
                .filter(|least| measured.percent() < usize::from(*least))
                .map(|least| format!("the tests look at {} %, the least is {least} %", measured.percent()));
            cases.push(("coverage".to_owned(), report.name.clone(), failure));
        }
        for survivor in report.mutation.iter().flat_map(|mutation| &mutation.survivors) {
            let failure = format!("no test notices; {}", survivor.cure);
            cases.push((survivor.what.clone(), place(&report.sources, survivor.span), Some(failure)));
        }
        let failures = cases.iter().filter(|(_, _, failure)| failure.is_some()).count();
        let _ = writeln!(
            text,
            "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{failures}\">",
            xml(&report.name),
            cases.len()
        );
        for (name, place, failure) in &cases {
            let head = format!("    <testcase name=\"{}\" classname=\"{}\"", xml(name), xml(place));
            let _ = match failure {
                None => writeln!(text, "{head}/>"),
                Some(failure) => {
                    writeln!(text, "{head}><failure message=\"{}\"/></testcase>", xml(failure))
                }
            };
        }
        text.push_str("  </testsuite>\n");
    }
    text.push_str("</testsuites>\n");
    text
}

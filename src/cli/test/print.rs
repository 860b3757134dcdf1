//! Verdicts for people, for programs and for build servers.

use super::Report;
use crate::message::escape;
use std::fmt::Write as _;

pub(super) fn as_text(report: &Report) -> String {
    let failed = report.verdicts.iter().filter(|(verdict, _)| !verdict.passed()).count();
    let mut text = String::new();
    for (verdict, place) in report.verdicts.iter().filter(|(verdict, _)| !verdict.passed()) {
        let _ = writeln!(text, "failed: {} ({place})", verdict.name);
        for fault in &verdict.faults {
            let _ = writeln!(text, "    {fault}");
        }
    }
    for rule in &report.untested {
        let _ = writeln!(text, "warning[rule-without-test]: no test is decided by `{rule}`");
    }
    if report.verdicts.is_empty() {
        let _ = writeln!(text, "{}: there are no tests; write some under `tests`", report.name);
        return text;
    }
    let passed = report.verdicts.len() - failed;
    let _ = writeln!(
        text,
        "{}: {passed} passed, {failed} failed, {} rules without a test",
        report.name,
        report.untested.len()
    );
    text
}

pub(super) fn as_json(reports: &[Report]) -> String {
    let one = |report: &Report| {
        let tests: Vec<serde_json::Value> = report
            .verdicts
            .iter()
            .map(|(verdict, place)| {
                serde_json::json!({ "name": verdict.name, "place": place, "passed": verdict.passed(), "faults": verdict.faults, "hits": verdict.hits })
            })
            .collect();
        serde_json::json!({ "rule_set": report.name, "tests": tests, "rules_without_test": report.untested })
    };
    let reports: Vec<serde_json::Value> = reports.iter().map(one).collect();
    format!("{:#}\n", serde_json::Value::Array(reports))
}

pub(super) fn as_junit(reports: &[Report]) -> String {
    let mut text = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n");
    for report in reports {
        let failed = report.verdicts.iter().filter(|(verdict, _)| !verdict.passed()).count();
        let _ = writeln!(
            text,
            "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{failed}\">",
            escape(&report.name),
            report.verdicts.len()
        );
        for (verdict, place) in &report.verdicts {
            let head =
                format!("    <testcase name=\"{}\" classname=\"{}\"", escape(&verdict.name), escape(place));
            if verdict.passed() {
                let _ = writeln!(text, "{head}/>");
            } else {
                let _ = writeln!(
                    text,
                    "{head}><failure message=\"{}\"/></testcase>",
                    escape(&verdict.faults.join("; "))
                );
            }
        }
        text.push_str("  </testsuite>\n");
    }
    text.push_str("</testsuites>\n");
    text
}

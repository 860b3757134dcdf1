//! What is proven of rule sets beyond each table: statements, subjects against each other, silent ends.

use postroom::adapters::library::Shelf;
use postroom::diagnostic::{Diagnostic, Source};
use postroom::ruleset::load::{Loaded, load};
use postroom::ruleset::silences;
use std::fmt::Write as _;
use std::time::Instant;

const HEAD: &str = "\
format: 1
rule_set: proofs
revision: 1
change_reason: A test
extends: classic
outgoing:
  main: { files: { folder: out }, outgoing_email_id: desk@example.com, default: true }
";

const ACCOUNT: &str = "
accounts:
  desk:
    connect: { files: { folder: in } }
    new_calls: { template: IT Incident, default_logging_analyst: Duty Analyst }
    closed_calls: { otherwise_to: IT First Line }
";

fn over_classic(text: &str) -> Loaded {
    load(Source::new("proofs.yaml", format!("{HEAD}{text}")), &Shelf)
}

fn with_account(text: &str) -> Loaded {
    over_classic(&format!("{ACCOUNT}{text}"))
}

fn codes(loaded: &Loaded) -> Vec<&'static str> {
    loaded.findings.iter().map(|finding| finding.code).collect()
}

fn told(finding: &Diagnostic) -> String {
    let labels = finding.labels.iter().map(|label| label.text.clone());
    let rows = finding.rows.iter().map(|row| row.join(" "));
    let all = std::iter::once(finding.message.clone()).chain(labels).chain(rows);
    all.chain(finding.notes.clone()).collect::<Vec<_>>().join("\n")
}

#[test]
fn statements_of_the_shipped_rules_are_proven_for_any_switches() {
    let loaded = load(Shelf::built_in("classic").unwrap(), &Shelf);
    assert!(loaded.proof.is_complete && loaded.proof.statements >= 9, "{:?}", loaded.proof);
    assert_eq!(codes(&loaded), [""; 0]);
}

#[test]
fn a_rule_that_breaks_a_statement_below_it_is_refused_with_the_way_there() {
    let rule =
        "\npermit:\n  - { rule: all-close, before: first, when: { action: close_call }, then: allow }\n";
    let loaded = with_account(rule);
    assert!(loaded.rule_set.is_none());
    let broken: Vec<String> = loaded
        .findings
        .iter()
        .filter(|finding| finding.code == "statement-does-not-hold")
        .map(told)
        .collect();
    assert_eq!(broken.len(), 2, "{broken:#?}");
    for finding in &broken {
        assert!(finding.contains("permit all-close allow proofs.yaml"), "{finding}");
        assert!(finding.contains("choose close-open-call close_call classic.yaml"), "{finding}");
    }
}

#[test]
fn a_statement_speaks_of_the_accounts_that_there_are() {
    let never = "\nprove:\n  - never: { sender: unknown, action: log_call }\n";
    assert_eq!(codes(&with_account(never)), [""; 0]);
    let open = "    anonymous: { create_calls: true, default_user: Former Employee }\n";
    let loaded = with_account(&format!("{open}{never}"));
    let finding = loaded.findings.iter().find(|finding| finding.code == "statement-does-not-hold");
    let finding = told(finding.unwrap());
    assert!(finding.contains("account `desk`, which is set to anonymous.create_calls: true"), "{finding}");
    // without accounts any switches may come
    assert!(codes(&over_classic(never)).contains(&"statement-does-not-hold"));
    // another account's switches are its own
    let two = format!(
        "{ACCOUNT}  open: {{ new_calls: {{ template: IT Incident }}, anonymous: {{ create_calls: true }} }}\n\
         prove:\n  - never: {{ account: desk, sender: unknown, action: log_call }}\n"
    );
    assert!(!codes(&over_classic(&two)).contains(&"statement-does-not-hold"));
}

#[test]
fn what_comes_with_what_is_proven_too() {
    let always = |then: &str| {
        with_account(&format!(
            "\nprove:\n  - always: {{ when: {{ intent: reject, sender: user }}, then: {then} }}\n"
        ))
    };
    assert!(codes(&always("{ kind: approval }")).is_empty());
    assert_eq!(codes(&always("{ action: reject_task }")), ["statement-does-not-hold"]);
    let silent = |sender: &str, reply: &str| {
        codes(&with_account(&format!(
            "\nprove:\n  - never: {{ sender: {sender}, number: known, reply: {reply} }}\n"
        )))
    };
    assert!(silent("[user, analyst]", "none").is_empty());
    assert_eq!(silent("unknown", "none"), ["statement-does-not-hold"]);
    assert_eq!(silent("user", "call-closed"), ["statement-does-not-hold"]);
    assert!(silent("user", "sender-not-identified").is_empty());
}

#[test]
fn statements_are_kept_by_layers_and_set_aside_by_name_and_reason_alone() {
    let open = "\npermit:\n  - { rule: summaries, before: first, when: { sender: [user, unknown], action: send_summary }, then: allow }\n";
    assert!(codes(&with_account(open)).contains(&"statement-does-not-hold"));
    let other = "prove:\n  - never: { own_loop: true, action: any }\n";
    assert!(codes(&with_account(&format!("{open}{other}"))).contains(&"statement-does-not-hold"));
    let waived = "prove:\n  - { waive: summaries-are-for-analysts, because: CHG-1 }\n";
    assert!(!codes(&with_account(&format!("{open}{waived}"))).contains(&"statement-does-not-hold"));
    let without_reason = "prove:\n  - { waive: summaries-are-for-analysts }\n";
    assert_eq!(codes(&with_account(without_reason)), ["missing-key"]);
}

#[test]
fn statements_that_say_nothing_or_too_much_are_told() {
    let check = |statement: &str, code: &str| {
        let found = codes(&with_account(&format!("\nprove:\n  - {statement}\n")));
        assert_eq!(found, [code], "{statement}");
    };
    check("{ never: {} }", "missing-key");
    check("{ because: nothing }", "missing-key");
    check("{ never: { sender: user }, waive: decisions-stay, because: both }", "missing-key");
    check("{ never: { action: close_calls } }", "unknown-action");
    check("{ never: { reply: call-closd } }", "unknown-reply");
    check("{ never: { sendr: user } }", "unknown-column");
    check("{ never: { ignore: no-such-reason } }", "statement-without-effect");
    check("{ statement: decisions-stay, never: { own_loop: true, action: any } }", "duplicate-rule");
}

#[test]
fn subjects_taken_by_several_rows_together_are_found() {
    let rows = |last: &str| {
        with_account(&format!(
            "\nrecognize:\n  - {{ subject: \"[HELP#{{number}}]\", intent: update, kind: call, after: last }}\n  - {{ subject: \"[QUERY#{{number}}]\", intent: update, kind: call, after: last }}\n  - {{ rule: both, expression: '{last}', intent: close, kind: call, after: last }}\n"
        ))
    };
    let loaded = rows(r"\[(?:HELP|QUERY)#(?<number>\d+)\]");
    assert_eq!(codes(&loaded), ["unreachable-rule"]);
    assert_eq!(loaded.findings[0].labels.len(), 3, "{}", told(&loaded.findings[0]));
    let loaded = rows(r"\[(?:HELP|QUERY|TELL)#(?<number>\d+)\]");
    assert_eq!(codes(&loaded), ["overlapping-subjects"; 2], "{:?}", loaded.findings);
    assert!(told(&loaded.findings[0]).contains("[HELP#1]"), "{}", told(&loaded.findings[0]));
    // an exception before the rule it is an exception to is no overlap
    let loaded = with_account(
        "\nrecognize:\n  - { subject: \"[HELP#{number}]\", intent: update, kind: call, after: last }\n  - { rule: any, expression: '\\[\\s*[A-Z]{4,5}\\s*#\\s*(?<number>\\d+)\\s*\\]', intent: update, kind: request, after: last }\n",
    );
    assert!(!codes(&loaded).contains(&"overlapping-subjects"), "{:?}", loaded.findings);
}

#[test]
fn a_thousand_subjects_are_compared_in_no_time() {
    let mut text = format!("{ACCOUNT}recognize:\n");
    for at in 0..500 {
        let kind = ["call", "request", "task"][at % 3];
        writeln!(
            text,
            "  - {{ subject: \"[Q{at}x#{{number}}]\", intent: update, kind: {kind}, after: last }}"
        )
        .unwrap();
        writeln!(
            text,
            "  - {{ rule: e{at}, expression: '\\bR{at}y-(?<number>\\d{{1,18}})\\b', intent: update, kind: {kind}, after: last }}"
        )
        .unwrap();
    }
    let begun = Instant::now();
    let loaded = over_classic(&text);
    assert_eq!(codes(&loaded), [""; 0]);
    assert!(loaded.proof.is_complete);
    assert!(begun.elapsed().as_secs() < 20, "{:?}", begun.elapsed());
}

#[test]
fn subjects_that_are_too_involved_are_told_and_never_hang() {
    let mut text = format!("{ACCOUNT}recognize:\n");
    for at in 0..12_u8 {
        writeln!(
            text,
            "  - {{ rule: e{at}, expression: '(?:[ab]*[a-c][ab]{{14}}){{3}}{}(?<number>\\d+)', intent: update, kind: {}, after: last }}",
            char::from(b'd' + at),
            ["call", "request"][usize::from(at % 2)]
        )
        .unwrap();
    }
    let begun = Instant::now();
    let loaded = over_classic(&text);
    assert!(loaded.rule_set.is_some(), "{:?}", loaded.findings);
    assert_eq!(loaded.proof.is_complete, !codes(&loaded).contains(&"analysis-incomplete"));
    assert!(begun.elapsed().as_secs() < 60, "{:?}", begun.elapsed());
}

#[test]
fn situations_that_end_without_a_word_are_listed() {
    let loaded = load(Shelf::built_in("classic").unwrap(), &Shelf);
    let (silences, is_complete) = silences(&loaded.rule_set.unwrap());
    assert!(is_complete);
    let mut text = String::new();
    for silence in &silences {
        let when: Vec<String> =
            silence.when.iter().map(|(column, words)| format!("{column}: {words}")).collect();
        let sender = match silence.is_known {
            None => "any",
            Some(true) => "known",
            Some(false) => "unknown",
        };
        writeln!(
            text,
            "{sender}: {} by {}/{} where {}",
            silence.answer,
            silence.stage,
            silence.rule,
            when.join(", ")
        )
        .unwrap();
    }
    insta::assert_snapshot!(text);
}

#[test]
fn promise_that_no_program_confirms_anything_can_be_demanded() {
    let text = "format: 1\nrule_set: mine\nrevision: 1\nextends: strict\nprove:
  - never: { proof: confirmed, automatic: [auto_generated, auto_replied, bulk, list] }
  - never: { action: decline_confirmation, automatic: bulk }
  - never: { action: close_call, proof: none }\n";
    let loaded = load(Source::new("mine.yaml", text), &Shelf);
    assert!(loaded.rule_set.is_some(), "{:?}", loaded.findings);
    // it can be demanded, and no rule can break it
    assert_eq!(codes(&loaded), ["statement-without-effect"]);
    let wrong = text.replace("proof: none", "proof: token");
    assert!(codes(&load(Source::new("mine.yaml", wrong), &Shelf)).contains(&"statement-does-not-hold"));
}

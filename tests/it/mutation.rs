//! Takes the shipped rule sets apart, one row, condition, word, answer, step and reply at a time: each time `check` or
//! a test must notice.

use postroom::adapters::library::Shelf;
use postroom::cli::test::{coverage, mutation, verdicts};
use postroom::diagnostic::Source;
use postroom::ruleset::coverage::Counted;
use postroom::ruleset::example::Verdict;
use postroom::ruleset::load::{Loaded, load};

fn shipped(name: &str) -> Loaded {
    load(Shelf::built_in(name).expect("a shipped rule set"), &Shelf)
}

/// The shipped rule sets that bring rules.
const SHIPPED: [&str; 2] = ["classic", "strict"];

#[test]
fn every_row_condition_word_answer_step_and_reply_of_shipped_rule_sets_is_needed() {
    SHIPPED.into_iter().for_each(is_needed_throughout);
}

fn is_needed_throughout(name: &str) {
    let loaded = shipped(name);
    let rule_set = loaded.rule_set.as_ref().expect("a right rule set");
    assert!(verdicts(rule_set, &loaded).iter().all(Verdict::passed), "as shipped it passes");
    let ended = mutation(rule_set, &loaded);
    assert!(ended.count > 500, "{}", ended.count);
    assert_eq!(ended.survivors, []);
    assert_eq!(ended.noticed + ended.refused + ended.equal, ended.count);
}

#[test]
fn every_rule_condition_reply_and_account_of_shipped_rule_sets_is_covered() {
    for name in SHIPPED {
        let loaded = shipped(name);
        let rule_set = loaded.rule_set.as_ref().expect("a right rule set");
        for (counted, covered, all) in coverage(rule_set, &loaded) {
            assert_eq!(covered, all, "{name}: {}", counted.word());
            assert!(all > 0 || counted == Counted::Account);
        }
    }
}

/// The shipped rule set without one row of its tests.
fn without(row: &str) -> Loaded {
    let text = include_str!("../../rules/classic.yaml");
    assert_eq!(text.matches(row).count(), 1, "{row}");
    let lines = text.lines().filter(|line| !line.contains(row)).collect::<Vec<_>>().join("\n");
    load(Source::new("classic.yaml", lines), &Shelf)
}

#[test]
fn a_row_that_no_test_looks_at_lets_mistakes_survive_each_with_a_cure() {
    let loaded = without("[503,   any,");
    let rule_set = loaded.rule_set.as_ref().expect("a right rule set");
    let ended = mutation(rule_set, &loaded);
    let told: Vec<String> = ended.survivors.iter().map(|one| format!("{}: {}", one.what, one.cure)).collect();
    let expected = "guard/fatal-smtp-error: `503` of `report_code` is left out: add a row to the test of `guard` for \
                    report_code = 503: rule fatal-smtp-error, then discard permanent_smtp_error";
    assert_eq!(told, [expected]);
}

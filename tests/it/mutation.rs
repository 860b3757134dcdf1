//! Takes every rule and every condition out of the shipped rule set, one at a time: each time `check` or
//! `test` must notice.

use postroom::adapters::library::Shelf;
use postroom::cli::test::verdicts;
use postroom::diagnostic::Source;
use postroom::ruleset::layer::Library;
use postroom::ruleset::load::load;
use serde_json::Value;
use std::sync::Mutex;

const TABLES: [&str; 8] = [
    "/guard",
    "/recognize",
    "/identify",
    "/choose",
    "/permit",
    "/policies/acting_user",
    "/policies/logging_analyst",
    "/policies/reopened_to",
];

/// The shipped rule set as a tree; JSON is YAML, so a changed tree can be loaded like any rule file.
fn classic() -> Value {
    serde_saphyr::from_str(include_str!("../../rules/classic.yaml")).unwrap()
}

/// What is taken out, and the rule set without it.
type Mutant = (String, Value);

fn mutants() -> Vec<Mutant> {
    let classic = classic();
    let mut mutants = Vec::new();
    for table in TABLES {
        let rows = classic.pointer(table).unwrap().as_array().unwrap();
        for (at, row) in rows.iter().enumerate() {
            let name = row.get("rule").or(row.get("subject")).unwrap();
            let mut without = classic.clone();
            without.pointer_mut(table).unwrap().as_array_mut().unwrap().remove(at);
            mutants.push((format!("{table}: rule {name}"), without));
            for (column, words) in row.get("when").and_then(Value::as_object).into_iter().flatten() {
                let mut without = classic.clone();
                let when = format!("{table}/{at}/when");
                without.pointer_mut(&when).unwrap().as_object_mut().unwrap().remove(column);
                mutants.push((format!("{table}: condition {column} of {name}"), without));
                for (index, word) in words.as_array().into_iter().flatten().enumerate() {
                    let mut without = classic.clone();
                    let cell = without.pointer_mut(&when).unwrap().get_mut(column).unwrap();
                    cell.as_array_mut().unwrap().remove(index);
                    mutants.push((format!("{table}: word {word} of {column} of {name}"), without));
                }
            }
        }
    }
    for (action, steps) in classic.get("actions").unwrap().as_object().unwrap() {
        for (at, step) in steps.as_array().unwrap().iter().enumerate() {
            let mut without = classic.clone();
            without.pointer_mut(&format!("/actions/{action}")).unwrap().as_array_mut().unwrap().remove(at);
            mutants.push((format!("step {step} of {action}"), without));
        }
    }
    for reply in classic.get("replies").unwrap().as_object().unwrap().keys() {
        let mut without = classic.clone();
        without.pointer_mut("/replies").unwrap().as_object_mut().unwrap().remove(reply);
        mutants.push((format!("reply {reply}"), without));
    }
    mutants
}

/// The built-in texts, whatever the rule file that asks for them.
struct BuiltIn;

impl Library for BuiltIn {
    fn rule_set(&self, named: &str, from: &str) -> Result<Source, String> {
        Shelf.rule_set(named, from)
    }

    fn text(&self, path: &str, _: &str) -> Result<Vec<u8>, String> {
        Shelf.text(path, "classic.yaml")
    }
}

fn is_noticed(tree: &Value) -> bool {
    let loaded = load(Source::new("classic.yaml", tree.to_string()), &BuiltIn);
    let Some(rule_set) = &loaded.rule_set else { return true };
    verdicts(rule_set, &loaded).iter().any(|verdict| !verdict.passed())
}

#[test]
fn every_rule_condition_word_step_and_reply_of_classic_is_needed() {
    assert!(!is_noticed(&classic()), "the rule set as shipped passes");
    let mutants = mutants();
    let count = mutants.len();
    let work = Mutex::new(mutants.into_iter());
    let survivors = Mutex::new(Vec::new());
    let next = || work.lock().unwrap().next();
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some((what, tree)) = next() {
                    if !is_noticed(&tree) {
                        survivors.lock().unwrap().push(what);
                    }
                }
            });
        }
    });
    let survivors = survivors.into_inner().unwrap();
    assert!(survivors.is_empty(), "of {count}, nobody notices when these are taken out: {survivors:#?}");
}

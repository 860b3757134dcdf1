//! Any text as a rule file.
#![no_main]

#[path = "../../tests/it/mutations/rule_laws.rs"]
#[allow(dead_code, reason = "other targets need the others")]
mod rule_laws;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    rule_laws::rules(text);
});

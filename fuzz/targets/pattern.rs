//! A first line as a pattern, the rest as a subject.
#![no_main]

#[path = "../../tests/it/mutations/rule_laws.rs"]
#[allow(dead_code, reason = "other targets need the others")]
mod rule_laws;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|both: &str| {
    let (pattern, subject) = both.split_once('\n').unwrap_or((both, "Re: [CLOSE#5837]"));
    rule_laws::pattern(pattern, subject);
});

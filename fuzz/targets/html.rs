//! Any text as HTML: made readable, and made harmless.
#![no_main]

#[path = "../../tests/it/mutations/mail_laws.rs"]
#[allow(dead_code, reason = "other targets need the others")]
mod mail_laws;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|written: &[u8]| {
    mail_laws::html(&String::from_utf8_lossy(written));
});

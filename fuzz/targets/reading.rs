//! Any bytes as a mail.
#![no_main]

#[path = "../../tests/it/mutations/mail_laws.rs"]
#[allow(dead_code, reason = "other targets need the others")]
mod mail_laws;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|raw: &[u8]| {
    mail_laws::mail(raw);
});

//! Any bytes as the `winmail.dat` of a mail.
#![no_main]

#[path = "../../tests/it/mutations/mail_laws.rs"]
#[allow(dead_code, reason = "other targets need the others")]
mod mail_laws;

use libfuzzer_sys::fuzz_target;

use base64::Engine as _;

const HEAD: &str = "From: uma@example.com\r\nSubject: x\r\nMIME-Version: 1.0\r\nContent-Type: application/ms-tnef; name=winmail.dat\r\n\
                    Content-Disposition: attachment; filename=winmail.dat\r\nContent-Transfer-Encoding: base64\r\n\r\n";

fuzz_target!(|bytes: &[u8]| {
    mail_laws::mail((HEAD.to_owned() + &base64::engine::general_purpose::STANDARD.encode(bytes)).as_bytes());
});

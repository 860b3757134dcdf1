//! Any text as the body of an answer, plain and as the HTML of an answer.
#![no_main]

#[path = "../../tests/it/mutations/mail_laws.rs"]
#[allow(dead_code, reason = "other targets need the others")]
mod mail_laws;

use libfuzzer_sys::fuzz_target;

const HEAD: &[u8] = b"From: uma@example.com\r\nSubject: Re: VPN\r\nMIME-Version: 1.0\r\nContent-Type: text/";

fuzz_target!(|body: &[u8]| {
    for kind in [&b"plain"[..], b"html"] {
        mail_laws::mail(&[HEAD, kind, b"; charset=utf-8\r\n\r\n", body].concat());
    }
});

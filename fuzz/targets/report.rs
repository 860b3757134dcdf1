//! Any bytes as a delivery status, an abuse report, and the words of a bounce.
#![no_main]

#[path = "../../tests/it/mutations/mail_laws.rs"]
#[allow(dead_code, reason = "other targets need the others")]
mod mail_laws;

use libfuzzer_sys::fuzz_target;

const FROM: &[u8] = b"From: MAILER-DAEMON@example.com\r\nSubject: failure notice\r\nMIME-Version: 1.0\r\n";

fuzz_target!(|bytes: &[u8]| {
    for kind in [&b"delivery-status"[..], b"feedback-report", b"disposition-notification"] {
        let head = b"Content-Type: multipart/report; boundary=b\r\n\r\n--b\r\n\r\nIt failed.\r\n--b\r\nContent-Type: message/";
        mail_laws::mail(&[FROM, head, kind, b"\r\n\r\n", bytes, b"\r\n--b--\r\n"].concat());
    }
    mail_laws::mail(&[FROM, b"\r\n", bytes].concat());
});

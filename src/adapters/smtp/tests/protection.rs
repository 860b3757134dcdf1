//! Connections that are to be protected, and logins.

use super::*;

#[test]
fn nothing_is_sent_unprotected_where_protection_is_asked_for() {
    let offer = "S: 220 ready\nC: EHLO\nS: 250-mail\nS: 250 STARTTLS\n";
    for (script, expected) in [
        (BEGIN.to_owned(), "does not offer STARTTLS, and nothing is sent unprotected"),
        (format!("{offer}C: STARTTLS\nS: 454 not now\n"), "refuses STARTTLS: `454 not now`"),
        (
            format!("{offer}C: STARTTLS\nS: 220 go\nS: 250 slipped in\nC: never\n"),
            "sent more before the connection was protected",
        ),
        (
            format!("{offer}C: STARTTLS\nS: 220 go\nS: 250 slipped in\nTLS\n"),
            "sent more before the connection was protected",
        ),
        (format!("{offer}C: STARTTLS\nS: 220 go\n"), "TLS handshake"),
    ] {
        let played = play(&script);
        let result = kind(mailer(&outgoing(played.port, Tls::Starttls)).submit(&plain_entry()));
        assert!(result.starts_with("transient: ") && result.contains(expected), "{script}\n{result}");
        assert!(!played.heard().iter().any(|line| line.contains("MAIL")), "{script}");
    }
}

#[test]
fn after_starttls_everything_is_said_anew() {
    let script = format!(
        "S: 220 ready\nC: EHLO\nS: 250-mail\nS: 250-SIZE 1\nS: 250 STARTTLS\nC: STARTTLS\nS: 220 go\nC_TLS\nC: EHLO\nS: 250-mail\nS: 250 SIZE 200000\n{SENT}{QUIT}"
    );
    // the answer must have gone out before the handshake begins
    let played = play(&script.replace("C_TLS", "TLS"));
    assert_eq!(kind(mailer(&outgoing(played.port, Tls::Starttls)).submit(&plain_entry())), "done");
    assert_expected(&played.heard());
}

#[test]
fn we_prove_who_we_are_as_the_server_wants_it() {
    use AuthenticationMethod::{SaslCramMd5, SaslLogin, SaslPlain, SaslXoauth2};
    let begin =
        "S: 220 ready\nC: EHLO\nS: 250-mail\nS: 250-SIZE 200000\nS: 250 AUTH PLAIN LOGIN CRAM-MD5 XOAUTH2\n";
    let plain = "AHRpbQBodW50ZXIy";
    let cases = [
        (SaslPlain, format!("C: AUTH PLAIN {plain}\nS: 235 ok\n{SENT}{QUIT}"), "done"),
        (
            SaslLogin,
            format!(
                "C: AUTH LOGIN\nS: 334 VXNlcm5hbWU6\nC: dGlt\nS: 334 UGFzc3dvcmQ6\nC: aHVudGVyMg==\nS: 235 ok\n{SENT}{QUIT}"
            ),
            "done",
        ),
        (
            SaslCramMd5,
            format!("C: AUTH CRAM-MD5\nS: 334 PDFAeD4=\nC: dGltI\nS: 235 ok\n{SENT}{QUIT}"),
            "done",
        ),
        (
            SaslCramMd5,
            "C: AUTH CRAM-MD5\nS: 334 not base64\nC: *\nS: 501 cancelled\n".to_owned(),
            "the server's challenge is not base64",
        ),
        (
            SaslPlain,
            "C: AUTH PLAIN\nS: 535 5.7.8 wrong password\n".to_owned(),
            "refuses the login of `tim` by PLAIN: `535 5.7.8 wrong password`",
        ),
        (SaslPlain, "C: AUTH PLAIN\nS: 454 later\n".to_owned(), "`454 later`"),
        (
            SaslPlain,
            "C: AUTH PLAIN\nS: 334 more\nC: *\nS: 501 cancelled\n".to_owned(),
            "asks for more than PLAIN has",
        ),
        (
            SaslXoauth2,
            "C: AUTH XOAUTH2\nS: 334 eyJzdGF0dXMiOiI0MDAifQ==\nC: \nS: 535 no\n".to_owned(),
            "{\"status\":\"400\"}",
        ),
    ];
    for (method, script, expected) in cases {
        let played = play(&format!("{begin}{script}"));
        let mut outgoing = outgoing(played.port, Tls::Off);
        with_login(&mut outgoing, &[method], true);
        let result = kind(mailer(&outgoing).submit(&plain_entry()));
        assert!(result.contains(expected), "{script}\n{result}");
        assert!(result == "done" || result.starts_with("transient: "), "{result}");
        assert!(!result.contains("hunter2") && !result.contains(plain), "{result}");
        assert_expected(&played.heard());
    }
}

#[test]
fn a_password_is_not_sent_in_clear_text_unless_that_is_allowed() {
    let begin = "S: 220 ready\nC: EHLO\nS: 250-mail\nS: 250 AUTH PLAIN\n";
    let played = play(begin);
    let mut outgoing = outgoing(played.port, Tls::Off);
    with_login(&mut outgoing, &[], false);
    let result = kind(mailer(&outgoing).submit(&plain_entry()));
    assert!(result.starts_with("transient: ") && result.contains("allow_clear_text: true"), "{result}");
    assert_eq!(played.heard().len(), 1);
}

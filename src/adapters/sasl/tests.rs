//! The choice of a mechanism, and the simple mechanisms with the examples of their papers.

use super::*;
use crate::ruleset::account::{Authentication, AuthenticationMethod, Login};

/// Every answer of a mechanism to these challenges, as lines of a protocol.
fn answers(
    mechanism: Mechanism,
    login: &str,
    secret: &str,
    challenges: &[&str],
) -> Vec<Result<String, Refused>> {
    let secret = Secret::new(secret);
    let exchange =
        exchange(mechanism, login, &secret, "mail.example.com", Protocol::Imap, Exposure::Open).unwrap();
    let mut conversation = Conversation::new(exchange);
    challenges.iter().map(|challenge| conversation.answer(challenge.as_bytes())).collect()
}

fn is_refused(answer: &Result<String, Refused>) -> bool {
    answer.is_err()
}

#[test]
fn simple_mechanisms_answer_as_their_papers_say() {
    // RFC 4616 §4 without its authorization identity; RFC 2195 §2; RFC 7628 §4.1's shape; Google's XOAUTH2 page
    type Case = (Mechanism, &'static str, &'static str, &'static [&'static str], &'static [&'static str]);
    let cases: [Case; 6] = [
        (Mechanism::Plain, "tim", "tanstaaftanstaaf", &[""], &["AHRpbQB0YW5zdGFhZnRhbnN0YWFm"]),
        (
            Mechanism::CramMd5,
            "tim",
            "tanstaaftanstaaf",
            &["PDE4OTYuNjk3MTcwOTUyQHBvc3RvZmZpY2UucmVzdG9uLm1jaS5uZXQ+"],
            &["dGltIGI5MTNhNjAyYzdlZGE3YTQ5NWI0ZTZlNzMzNGQzODkw"],
        ),
        (Mechanism::Login, "tim", "secret", &["VXNlcm5hbWU6", "UGFzc3dvcmQ6"], &["dGlt", "c2VjcmV0"]),
        (Mechanism::Login, "tim", "secret", &["", ""], &["dGlt", "c2VjcmV0"]),
        (
            Mechanism::Xoauth2,
            "someuser@example.com",
            "ya29.vF9dft4qmTc2Nvb3RlckBhdHRhdmlzdGEuY29tCg",
            &["", "eyJzdGF0dXMiOiI0MDEifQ=="],
            &[
                "dXNlcj1zb21ldXNlckBleGFtcGxlLmNvbQFhdXRoPUJlYXJlciB5YTI5LnZGOWRmdDRxbVRjMk52YjNSbGNrQmhkSFJoZG1semRHRXVZMjl0Q2cBAQ==",
                "",
            ],
        ),
        (
            Mechanism::Oauthbearer,
            "us=er,a@example.com",
            "dG9rZW4=",
            &["", "eyJzdGF0dXMiOiJpbnZhbGlkX3Rva2VuIn0="],
            &["bixhPXVzPTNEZXI9MkNhQGV4YW1wbGUuY29tLAFhdXRoPUJlYXJlciBkRzlyWlc0PQEB", "AQ=="],
        ),
    ];
    for (mechanism, login, secret, challenges, expected) in cases {
        let given: Vec<String> =
            answers(mechanism, login, secret, challenges).into_iter().map(Result::unwrap).collect();
        assert_eq!(given, expected, "{mechanism:?}");
    }
}

#[test]
fn the_first_answer_travels_with_the_command_where_the_client_begins() {
    for (mechanism, begins) in [
        (Mechanism::Plain, true),
        (Mechanism::Xoauth2, true),
        (Mechanism::Oauthbearer, true),
        (Mechanism::Login, false),
        (Mechanism::CramMd5, false),
    ] {
        let exchange =
            exchange(mechanism, "tim", &Secret::new("x"), "host", Protocol::Smtp, Exposure::Open).unwrap();
        assert_eq!(Conversation::new(exchange).initial().unwrap().is_some(), begins, "{mechanism:?}");
    }
}

#[test]
fn words_before_the_first_answer_are_not_looked_at_but_later_ones_must_be_base64() {
    let plain = answers(Mechanism::Plain, "tim", "x", &["PLAIN supported, go ahead", "more"]);
    assert!(plain[0].is_ok() && is_refused(&plain[1]));
    for odd in ["not base64", "====", "é", &"A".repeat(70_000)] {
        assert!(is_refused(&answers(Mechanism::CramMd5, "tim", "x", &[odd])[0]), "{odd:?}");
    }
    assert!(is_refused(&answers(Mechanism::CramMd5, "tim", "x", &[""])[0]));
    assert!(answers(Mechanism::CramMd5, "tim", "x", &["PDE4OTY"])[0].is_ok(), "padding may be missing");
}

#[test]
fn a_server_that_goes_on_asking_is_left() {
    for mechanism in [Mechanism::Plain, Mechanism::Login, Mechanism::CramMd5, Mechanism::Xoauth2] {
        let last = answers(mechanism, "tim", "secret", &["AAAA"; 4]).pop().unwrap();
        assert!(is_refused(&last), "{mechanism:?}");
    }
}

#[test]
fn the_reason_for_which_a_token_is_refused_is_told() {
    let token = Secret::new("tok");
    let mut exchange =
        exchange(Mechanism::Xoauth2, "tim", &token, "host", Protocol::Imap, Exposure::Open).unwrap();
    exchange.respond(b"").unwrap();
    assert_eq!(exchange.verify_end(), Ok(()));
    exchange.respond(b"{\"status\":\"401\"}\r\n").unwrap();
    let refused = exchange.verify_end().unwrap_err();
    assert_eq!(refused.to_string(), "the server refuses the token: {\"status\":\"401\"}");
}

#[test]
fn what_would_become_another_field_is_refused() {
    for (mechanism, login, secret) in [
        (Mechanism::Plain, "a\0b", "x"),
        (Mechanism::Plain, "a", "x\0y"),
        (Mechanism::Xoauth2, "a\x01auth=Bearer y", "x"),
        (Mechanism::Xoauth2, "a", "x\x01y"),
        (Mechanism::Oauthbearer, "a", ""),
        (Mechanism::Oauthbearer, "a", "two words"),
    ] {
        let failure =
            exchange(mechanism, login, &Secret::new(secret), "host", Protocol::Imap, Exposure::Open).err();
        let failure = failure.map(|failure| failure.to_string()).unwrap_or_default();
        assert!(failure.contains("cannot be sent"), "{mechanism:?} {login:?} {secret:?} {failure}");
    }
    assert!(
        exchange(Mechanism::Apop, "a", &Secret::new("x"), "host", Protocol::Pop3, Exposure::Open).is_err()
    );
}

fn offer(sasl: &[&str]) -> Offer {
    Offer { sasl: sasl.iter().map(|&name| name.to_owned()).collect(), standard: false, apop_challenge: None }
}

fn login(methods: Option<&[AuthenticationMethod]>) -> Login {
    Login {
        login: Some("tim".into()),
        password: None,
        authentication: methods
            .map_or(Authentication::Automatic, |methods| Authentication::Only(methods.to_vec())),
        allow_clear_text: false,
    }
}

#[test]
fn the_best_method_that_is_offered_is_taken() {
    const ALL: [&str; 8] =
        ["PLAIN", "LOGIN", "CRAM-MD5", "DIGEST-MD5", "NTLM", "SCRAM-SHA-1", "scram-sha-256", "XOAUTH2"];
    let cases: [(&[&str], bool, Mechanism); 10] = [
        (&ALL, true, Mechanism::ScramSha256),
        (&ALL, false, Mechanism::ScramSha256),
        (&ALL[..6], true, Mechanism::ScramSha1),
        (&ALL[..5], true, Mechanism::Plain),
        (&ALL[..5], false, Mechanism::CramMd5),
        (&["PLAIN", "NTLM"], false, Mechanism::Ntlm),
        (&ALL[..4], false, Mechanism::CramMd5),
        (&["LOGIN", "DIGEST-MD5"], false, Mechanism::DigestMd5),
        (&["LOGIN", "DIGEST-MD5"], true, Mechanism::Login),
        (&["EXTERNAL", "CRAM-MD5", "X-ODD"], true, Mechanism::CramMd5),
    ];
    for (sasl, is_protected, expected) in cases {
        let choice = choose(&offer(sasl), &login(None), Protocol::Imap, is_protected).unwrap();
        assert_eq!((choice.mechanism, &choice.warning), (Some(expected), &None), "{sasl:?} {is_protected}");
        assert!(choice.why.starts_with(expected.title()), "{}", choice.why);
    }
}

#[test]
fn commands_that_are_no_mechanism_are_taken_where_the_protocol_has_them() {
    let offer = Offer { sasl: vec![], standard: true, apop_challenge: Some("<1@x>".into()) };
    let open = Login { allow_clear_text: true, ..login(None) };
    for (protocol, is_protected, expected) in [
        (Protocol::Pop3, true, Some(Mechanism::Apop)),
        (Protocol::Pop3, false, Some(Mechanism::Apop)),
        (Protocol::Imap, true, Some(Mechanism::Standard)),
        (Protocol::Imap, false, Some(Mechanism::Standard)),
        (Protocol::Smtp, true, None),
    ] {
        let chosen = choose(&offer, &open, protocol, is_protected).ok().and_then(|choice| choice.mechanism);
        assert_eq!(chosen, expected, "{protocol:?} {is_protected}");
    }
}

#[test]
fn a_list_restricts_and_another_method_is_taken_with_a_warning() {
    use AuthenticationMethod::{SaslCramMd5, SaslMsn, SaslPlain, SaslScramSha1, SaslXoauth2};
    let offered = offer(&["PLAIN", "CRAM-MD5", "NTLM", "XOAUTH2"]);
    let cases: [(&[AuthenticationMethod], bool, Mechanism, Option<&str>); 6] = [
        (&[SaslCramMd5], true, Mechanism::CramMd5, None),
        (&[SaslCramMd5, SaslPlain], true, Mechanism::Plain, None),
        (&[SaslMsn], true, Mechanism::Ntlm, None),
        (&[SaslXoauth2], true, Mechanism::Xoauth2, None),
        (
            &[SaslScramSha1],
            true,
            Mechanism::Plain,
            Some("none of the listed methods (SCRAM-SHA-1) under TLS; PLAIN"),
        ),
        (
            &[SaslPlain],
            false,
            Mechanism::CramMd5,
            Some("none of the listed methods (PLAIN) without TLS; CRAM-MD5"),
        ),
    ];
    for (methods, is_protected, expected, warning) in cases {
        let choice = choose(&offered, &login(Some(methods)), Protocol::Smtp, is_protected).unwrap();
        assert_eq!(choice.mechanism, Some(expected), "{methods:?}");
        match warning {
            Some(words) => {
                assert!(choice.warning.as_ref().is_some_and(|it| it.contains(words)), "{choice:?}");
            }
            None => assert_eq!(choice.warning, None),
        }
    }
}

#[test]
fn no_login_or_an_empty_list_means_no_authentication() {
    let offered = offer(&["PLAIN"]);
    let nobody = Login { login: None, ..login(None) };
    for none in [login(Some(&[])), nobody] {
        let choice = choose(&offered, &none, Protocol::Smtp, false).unwrap();
        assert_eq!((choice.mechanism, choice.warning), (None, None));
    }
}

#[test]
fn a_password_travels_in_clear_text_only_where_that_is_allowed() {
    let offered = offer(&["PLAIN", "LOGIN"]);
    let failure = choose(&offered, &login(None), Protocol::Smtp, false).unwrap_err();
    assert!(matches!(failure, Failure::Permanent(_)));
    assert!(failure.to_string().contains("allow_clear_text: true"), "{failure}");
    let open = Login { allow_clear_text: true, ..login(None) };
    let choice = choose(&offered, &open, Protocol::Smtp, false).unwrap();
    assert_eq!(choice.mechanism, Some(Mechanism::Plain));
    for (sasl, words) in [
        (&[][..], "offers no way to log in"),
        (&["EXTERNAL"], "no method that can be used here, only EXTERNAL"),
    ] {
        let failure = choose(&offer(sasl), &login(None), Protocol::Imap, true).unwrap_err();
        assert!(failure.to_string().contains(words), "{failure}");
    }
    let only_token = choose(&offer(&["XOAUTH2"]), &login(None), Protocol::Imap, true);
    assert!(only_token.is_err(), "a password is not sent as a token");
}

#[test]
fn a_secret_may_be_shown_under_tls_or_where_the_account_allows_it() {
    for (is_protected, allow_clear_text, expected) in [
        (true, false, Exposure::Sheltered),
        (false, true, Exposure::Sheltered),
        (true, true, Exposure::Sheltered),
        (false, false, Exposure::Open),
    ] {
        assert_eq!(Exposure::of(&Login { allow_clear_text, ..login(None) }, is_protected), expected);
    }
}

/// The mechanisms that can be spoken without a ticket.
const SPOKEN: [Mechanism; 9] = [
    Mechanism::Plain,
    Mechanism::Login,
    Mechanism::CramMd5,
    Mechanism::DigestMd5,
    Mechanism::Ntlm,
    Mechanism::ScramSha1,
    Mechanism::ScramSha256,
    Mechanism::Xoauth2,
    Mechanism::Oauthbearer,
];

#[test]
fn a_nonce_is_never_the_same() {
    for mechanism in [Mechanism::ScramSha1, Mechanism::ScramSha256] {
        let first = || answers(mechanism, "tim", "x", &[""]).pop().unwrap().unwrap();
        assert_ne!(first(), first());
    }
}

proptest::proptest! {
    #![proptest_config(proptest::test_runner::Config::with_cases(200))]

    #[test]
    fn no_challenge_makes_a_mechanism_panic_or_end_well(
        challenges in proptest::collection::vec(challenge(), 1..5),
    ) {
        for mechanism in SPOKEN {
            let secret = Secret::new("pencil");
            let exchange = exchange(mechanism, "user", &secret, "host", Protocol::Imap, Exposure::Open).unwrap();
            let mut conversation = Conversation::new(exchange);
            for challenge in &challenges {
                if conversation.answer(challenge).is_err() {
                    break;
                }
            }
            if matches!(mechanism, Mechanism::DigestMd5 | Mechanism::ScramSha1 | Mechanism::ScramSha256) {
                proptest::prop_assert!(conversation.verify_end().is_err());
            }
        }
    }
}

/// Noise, and what looks a little like a challenge.
fn challenge() -> impl proptest::strategy::Strategy<Value = Vec<u8>> {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use proptest::prelude::*;
    let encoded = |bytes: Vec<u8>| STANDARD.encode(bytes).into_bytes();
    prop_oneof![
        any::<Vec<u8>>(),
        any::<Vec<u8>>().prop_map(encoded),
        "(r|s|i|v|e|m)=[a-z0-9=,]{0,20},s=[A-Za-z]{0,8},i=[0-9]{0,6}"
            .prop_map(move |it| encoded(it.into_bytes())),
        "[a-z]{0,8}=\"?[a-z,\\\\\"]{0,20}\"?,nonce=a,algorithm=md5-sess"
            .prop_map(move |it| encoded(it.into_bytes())),
        any::<Vec<u8>>().prop_map(move |tail| encoded([b"NTLMSSP\0\x02\0\0\0", &tail[..]].concat())),
    ]
}

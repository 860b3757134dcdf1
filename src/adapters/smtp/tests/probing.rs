//! The test of an outgoing server, step by step.

use super::*;

/// The steps of a test of the outgoing server, as people see them.
fn probed(outgoing: &Outgoing, to: &[&str]) -> (bool, Vec<(probe::Stage, probe::Verdict, String)>) {
    let address = |text: &&str| AddrSpec::parse(text).unwrap();
    let mail = probe::TestMail {
        to: to.iter().map(address).collect(),
        cc: vec![],
        bcc: vec![],
        subject: "Test".into(),
        text: String::new(),
    };
    let patience = Patience { line_bytes_max: LINE_BYTES_MAX, ..Patience::default() };
    let marks = Marks { loop_mark: "desk-1", rules: None };
    let mut steps = Vec::new();
    let ended = probe::outgoing(outgoing, &mail, marks, patience, &mut |step| {
        steps.push((step.stage, step.verdict, step.found));
    });
    (ended.is_ok(), steps)
}

#[test]
fn a_test_of_the_outgoing_server_shows_every_step_and_ends_where_it_fails() {
    use probe::Stage::{Capabilities, Connection, Login, Mail, Method, Name, Protection};
    use probe::Verdict::{Bad, Doubtful, Good};
    let begin = "S: 220 ready\nC: EHLO\nS: 250-mail\nS: 250 AUTH CRAM-MD5\n";
    let login = "C: AUTH CRAM-MD5\nS: 334 PDFAeD4=\nC: dGltI\nS: 235 ok\n";
    let mail =
        "C: MAIL FROM:<desk@example.com>\nS: 250 ok\nC: RCPT TO:<a@x.y>\nS: 250 ok\nC: RCPT TO:<b@x.y>\n";
    let data = "C: DATA\nS: 354 go\nBODY\nS: 250 taken\nC: QUIT\nS: 221 bye\n";
    let whole =
        [(Name, Good), (Connection, Good), (Protection, Doubtful), (Capabilities, Good), (Method, Good)];
    let cases = [
        (
            format!("{begin}{login}{mail}S: 250 ok\n{data}"),
            true,
            vec![(Login, Good), (Mail, Good)],
            "taken for a@x.y, b@x.y",
        ),
        (
            format!("{begin}{login}{mail}S: 550 no\n{data}"),
            false,
            vec![(Login, Good), (Mail, Bad), (Mail, Good)],
            "taken for a@x.y",
        ),
        (
            format!("{begin}C: AUTH CRAM-MD5\nS: 334 PDFAeD4=\nC: dGltI\nS: 535 wrong\n"),
            false,
            vec![(Login, Bad)],
            "refuses the login of `tim` by CRAM-MD5: `535 wrong`",
        ),
    ];
    for (script, is_ok, rest, last) in cases {
        let played = play(&script);
        let mut outgoing = outgoing(played.port, Tls::Off);
        with_login(&mut outgoing, &[], false);
        let (ended, steps) = probed(&outgoing, &["a@x.y", "b@x.y"]);
        let expected: Vec<_> = whole.iter().chain(&rest).copied().collect();
        let seen: Vec<_> = steps.iter().map(|(stage, verdict, _)| (*stage, *verdict)).collect();
        assert_eq!((ended, seen), (is_ok, expected), "{steps:#?}");
        assert!(steps.last().unwrap().2.contains(last), "{steps:#?}");
        assert!(!format!("{steps:?}").contains("hunter2"));
        assert_expected(&played.heard());
    }
    let mut nowhere = outgoing(1, Tls::Off);
    server_of(&mut nowhere).server = "nowhere.invalid".into();
    let (ended, steps) = probed(&nowhere, &["a@x.y"]);
    assert_eq!((ended, steps.len(), steps[0].0, steps[0].1), (false, 1, Name, Bad), "{steps:?}");
}

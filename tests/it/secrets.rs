//! A secret written into a rule file is shown nowhere: not as text, not to programs, not by `Debug`.

use postroom::adapters::library::Shelf;
use postroom::cli::render::{findings_as_json, findings_as_sarif, findings_as_text};
use postroom::diagnostic::{Severity, Source};
use postroom::ruleset::load::load;

const SECRET: &str = "hunter2";

/// Loads a text that holds the secret, and looks for it in everything that comes of it.
fn check(text: &str) {
    assert!(text.contains(SECRET), "{text}");
    let loaded = load(Source::new("rules.yaml", text), &Shelf);
    let (findings, sources) = (&loaded.findings, &loaded.sources);
    for shown in [
        findings_as_text(findings, sources, false),
        findings_as_text(findings, sources, true),
        findings_as_json(findings, sources).to_string(),
        findings_as_sarif(findings, &[], sources).to_string(),
        format!("{loaded:?}"),
    ] {
        assert!(!shown.contains(SECRET), "{text}\n{}", findings_as_text(findings, sources, false));
    }
    assert!(findings.iter().any(|finding| finding.severity == Severity::Error), "{text}");
}

/// Extends nothing, so that little has to be read.
const HEAD: &str = "format: 1\nrule_set: leaky\nrevision: 1\n";

/// The account's server with something in the place of the password.
fn account(key: &str, written: &str) -> String {
    let protocol = if key == "password" { "imap" } else { "graph" };
    format!(
        "{HEAD}accounts:\n  desk:\n    connect:\n      {protocol}:\n        {key}:{written}\n        mailbux: x\n    new_calls: {{ template: IT Incident }}\n"
    )
}

/// Ways in which people write a value.
const WRITTEN: [&str; 24] = [
    " hunter2",
    " \"hunter2\"",
    " 'hunter2'",
    " |\n          hunter2",
    " >-\n          hunter2\n          and hunter2",
    "\n          hunter2",
    "\n          \"hunter2\"",
    "\n          - hunter2\n          - x",
    "\n        - hunter2",
    " [hunter2]",
    " [x, [hunter2]]",
    " { hunter2 }",
    " { value: hunter2 }",
    " { value: { text: [hunter2] } }",
    " abc #hunter2",
    " abc # hunter2",
    " \"abc\n          hunter2\"",
    " abc\n          hunter2",
    " 'a''hunter2'",
    " !!str hunter2",
    " { plain: hunter2, env: X }",
    " 1hunter2é",
    " \"\\x41hunter2\"",
    " { env: { x: hunter2 } }",
];

#[test]
fn secrets_in_files_that_can_be_read() {
    for key in ["password", "client_secret", "refresh_token"] {
        for written in WRITTEN {
            check(&account(key, written));
        }
    }
    check(&format!("{HEAD}outgoing:\n  main: {{ smtp: {{ server: a, password: hunter2, lojin: x }} }}\n"));
    check(&format!("{HEAD}password: hunter2\n"));
    check(&format!("{HEAD}accounts: {{ desk: {{ connect: {{ imap: {{ \"password\": hunter2 }} }} }} }}\n"));
}

#[test]
fn secrets_under_keys_that_are_spelled_otherwise() {
    for key in
        ["Password", "pass_word", "passwort", "PASSWD", "clientSecret", "refresh-token", "pass", "secret"]
    {
        check(&account(key, " hunter2"));
    }
    // slips, letters that only look so, and what nobody sees
    for key in
        ["pasword", "passwrod", "p\u{430}ssword", "pa\u{200b}ssword", "client_secert", "passphrase", "pw"]
    {
        check(&account(key, " hunter2"));
    }
}

#[test]
fn secrets_in_files_that_cannot_be_read() {
    for broken in ["\tx: y\n", "recognize: [\n", "a: b: c\n", "x: \"\n", "x: *y\n", "x: {\n"] {
        for written in WRITTEN {
            check(&format!("{}{broken}", account("password", written)));
            check(&format!("{broken}{}", account("password", written)));
        }
    }
    for written in [
        " @hunter2",
        " %hunter2",
        " `hunter2",
        " *hunter2",
        " &hunter2",
        " !hunter2",
        " a: hunter2",
        " \"hunter2",
        " 'hunter2",
        " [hunter2",
        " {hunter2",
        " \"\\hunter2\"",
        " hunter2: x",
        " ]hunter2",
        " & hunter2",
        " |x hunter2",
        "hunter2",
    ] {
        check(&account("password", written));
        check(&format!("{HEAD}password:{written}\n"));
        check(&format!("x: {{ password:{written} }}\n"));
    }
    check("? password\n: hunter2\n\tx\n");
    check("password = hunter2\n");
    check("x: { password:\nhunter2 }\n\ty\n");
}

#[test]
fn secrets_in_comments_beside_a_fault() {
    check(&format!("{HEAD}accounts:\n  desk:\n    titel: x\n    # password: hunter2\n    tilte: y\n"));
}

#[test]
fn secrets_on_the_only_line_of_a_file_that_is_too_large() {
    check(&format!("{{ password: hunter2, x: {} }}", "y".repeat(1 << 20)));
}

//! What is found wrong with rules, as far as the specification names it; what people read is shown.

use super::desk;
use postroom::adapters::library::Shelf;
use postroom::cli::render::{findings_as_json, findings_as_sarif, findings_as_text};
use postroom::diagnostic::{Severity, Source};
use postroom::ruleset::load::{Loaded, load};

fn loaded(text: &str) -> Loaded {
    load(Source::new("postroom.yaml", text), &Shelf)
}

/// The codes of all errors in a rule file.
pub(super) fn errors(text: &str) -> Vec<&'static str> {
    let errors = loaded(text).findings.into_iter().filter(|finding| finding.severity == Severity::Error);
    errors.map(|finding| finding.code).collect()
}

const MAPI: &str = "\
format: 1
rule_set: old
revision: 1
change_reason: As it was
extends: classic
accounts:
  it-desk:
    new_calls: { template: IT Incident, default_logging_analyst: Duty Analyst }
    closed_calls: { otherwise_to: IT First Line }
    connect:
      mapi: { server: exchange.example.com, port: 593, login: it, mailbox: it@example.com, use_nt_authentication: true, empty_trash: true }
outgoing:
  main: { files: { folder: out }, outgoing_email_id: desk@example.com, default: true }
";

#[test]
fn mapi_is_explained_with_an_account_to_paste() {
    let loaded = loaded(MAPI);
    assert!(loaded.rule_set.is_some());
    let text = findings_as_text(&loaded.findings, &loaded.sources, false);
    insta::assert_snapshot!(text);
}

/// The piece of YAML that a help says in backticks.
fn pasted(help: &str) -> String {
    help.split('`').nth(1).unwrap().to_owned()
}

#[test]
fn mapi_cures_can_be_pasted_and_load() {
    for protocol in ["graph", "ews"] {
        let finding =
            loaded(MAPI).findings.into_iter().find(|finding| finding.code == "protocol-withdrawn").unwrap();
        let help = finding.helps.iter().find(|help| help.text.contains(&format!("{{ {protocol}:"))).unwrap();
        let (before, rest) = MAPI.split_once("    connect:").unwrap();
        let (_, after) = rest.split_once("outgoing:").unwrap();
        let cured = format!("{before}    {}\noutgoing:{after}", pasted(&help.text));
        let loaded = loaded(&cured);
        assert_eq!(loaded.findings, [], "{cured}");
        let account = loaded.rule_set.unwrap().account("it-desk").unwrap().clone();
        assert_eq!(account.connect.unwrap().protocol(), protocol);
    }
}

#[test]
fn a_secret_in_the_file_is_refused_and_shown_nowhere() {
    const SECRET: &str = "hunter2-Kx9";
    let places = [
        format!("accounts: {{ a: {{ connect: {{ imap: {{ password: {SECRET} }} }} }} }}"),
        format!("accounts: {{ a: {{ connect: {{ imap: {{ password: \"{SECRET}\", prot: 1 }} }} }} }}"),
        format!("accounts: {{ a: {{ connect: {{ graph: {{ client_secret: {SECRET}, mailbox: [] }} }} }} }}"),
        format!("accounts: {{ a: {{ connect: {{ graph: {{ refresh_token: '{SECRET}' }} }} }} }}"),
        format!("outgoing: {{ m: {{ smtp: {{ login: {{}}, password: {SECRET} }} }} }}"),
        format!("defaults: {{ account: {{ connect: {{ pop3: {{ password: {SECRET} }} }} }} }}"),
        format!("accounts:\n  a:\n    connect:\n      imap:\n        password: |\n          {SECRET}\n"),
        format!(
            "accounts:\n  a:\n    connect:\n      imap:\n        password: {SECRET}\n       login: broken\n"
        ),
    ];
    for place in places {
        let loaded = loaded(&format!("format: 1\nrule_set: x\nextends: classic\n{place}\n"));
        assert!(loaded.rule_set.is_none(), "{place}");
        assert!(!loaded.findings.is_empty(), "{place}");
        let text = findings_as_text(&loaded.findings, &loaded.sources, false);
        let json = findings_as_json(&loaded.findings, &loaded.sources).to_string();
        let sarif = findings_as_sarif(&loaded.findings, &loaded.waived, &loaded.sources).to_string();
        for shown in [text, json, sarif, format!("{:?}", loaded.findings), format!("{:?}", loaded.sources)] {
            assert!(!shown.contains(SECRET), "{place}\n{shown}");
        }
    }
}

#[test]
fn a_secret_in_the_file_is_named_at_its_place() {
    let loaded = loaded(
        "format: 1\nrule_set: x\nextends: classic\naccounts:\n  a:\n    new_calls: { template: T }\n    connect: { imap: { password: hunter2 } }\n",
    );
    let finding = loaded.findings.iter().find(|finding| finding.code == "secret-in-file").unwrap();
    assert_eq!(finding.severity, Severity::Error);
    assert_eq!(loaded.sources.place(finding.span().unwrap()).to_string(), "postroom.yaml:7:34");
}

#[test]
fn every_finding_of_the_bench_is_none() {
    assert_eq!(desk().findings(), Vec::<&str>::new());
}

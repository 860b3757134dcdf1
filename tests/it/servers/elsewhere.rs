//! What a rule file names is seen from the file's own folder, wherever the program is started.

use super::account::Installation;
use super::harness::{PASSWORD, Port, Servers};
use super::lmtp::mail;
use crate::cli::postroom;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

#[test]
fn secrets_authorities_and_folders_are_found_from_another_working_directory() {
    let Some(servers) = Servers::start(&["tokens", "dovecot", "exim"]) else { return };
    let installation = Installation::new("{ files: { folder: in } }", "files: { folder: out }", "");
    let root = installation.path();
    for folder in ["etc/desk", "etc/shared", "away", "etc/desk/spool/in"] {
        fs::create_dir_all(root.join(folder)).unwrap();
    }
    write_rules(&servers, root);
    servers.deliver(Port::DovecotLmtp, "box19", &[mail("elsewhere.1", "From the mailbox")]);
    fs::write(root.join("etc/desk/spool/in/a.eml"), mail("elsewhere.2", "From the folder")).unwrap();

    // Once by an absolute name, once by one that is relative to where the program runs.
    let (rules, store) = (root.join("etc/desk"), format!("sqlite:{}", root.join("postroom.db").display()));
    let rules = rules.to_str().unwrap();
    for (account, rules) in [("box", rules), ("spool", "../etc/desk")] {
        let mut command = postroom(&root.join("away"));
        let output = command
            .args(["process", "--send", "--account", account, "--rules", rules, "--store", &store])
            .output()
            .unwrap();
        assert!(output.status.success(), "{account}: {output:?}");
    }
    let log = installation.json(&["log", "--most", "0"]);
    assert_eq!(log.as_array().unwrap().len(), 2, "{log}");
    assert_eq!(
        fs::read_dir(root.join("etc/desk/spool/in")).unwrap().count(),
        0,
        "the mail is taken out of it"
    );
    let outbox = installation.json(&["outbox", "list", "--all"]);
    let outbox = outbox.as_array().unwrap();
    assert!(!outbox.is_empty() && outbox.iter().all(|mail| mail["state"] == "sent"), "{outbox:?}");

    // What `show` prints names the same files, as seen from where it ran.
    let shown = postroom(&root.join("away")).args(["show", "../etc/desk"]).output().unwrap();
    let shown = String::from_utf8(shown.stdout).unwrap();
    let paths = [
        "../etc/desk/password",
        "../etc/shared/give-password",
        "../etc/desk/ca.pem",
        "../etc/shared/ca.pem",
        "../etc/desk/spool/in",
    ];
    for path in paths {
        assert!(shown.contains(path), "{path}: {shown}");
    }
}

/// An upper and a lower layer in folders of their own, with secrets and authorities under the same names.
fn write_rules(servers: &Servers, root: &Path) {
    // The lower layer has its own secrets and authority beside it, under the same names as the upper one.
    let ca = servers.certificate("ca.pem");
    fs::copy(&ca, root.join("etc/desk/ca.pem")).unwrap();
    fs::copy(&ca, root.join("etc/shared/ca.pem")).unwrap();
    fs::write(root.join("etc/desk/password"), format!("{PASSWORD}\n")).unwrap();
    fs::write(root.join("etc/shared/password"), "not of this folder\n").unwrap();
    let script = root.join("etc/shared/give-password");
    fs::write(&script, format!("#!/bin/sh\necho {PASSWORD}\n")).unwrap();
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).unwrap();
    let head = "format: 1\nrule_set: elsewhere\nrevision: 1\nchange_reason: A test\n";
    fs::write(
        root.join("etc/shared/postroom.yaml"),
        format!(
            "{head}extends: classic\noutgoing:\n  main:\n    smtp: {{ server: localhost, port: {}, tls: implicit, \
             login: alice, password: {{ command: [./give-password] }}, ca_file: ca.pem }}\n    \
             outgoing_email_id: desk@example.com\n    default: true\n",
            servers.port(Port::EximSmtps)
        ),
    )
    .unwrap();
    let account = "new_calls: { template: IT Incident, default_logging_analyst: Duty Analyst }\n    \
                   closed_calls: { otherwise_to: IT First Line }";
    fs::write(
        root.join("etc/desk/postroom.yaml"),
        format!(
            "{head}extends: ../shared\naccounts:\n  box:\n    connect: {{ imap: {{ server: localhost, port: {}, \
             tls: implicit, login: box19, password: {{ file: password }}, ca_file: ca.pem }} }}\n    {account}\n  \
             spool:\n    connect: {{ files: {{ folder: spool/in }} }}\n    {account}\n",
            servers.port(Port::DovecotImaps)
        ),
    )
    .unwrap();
}

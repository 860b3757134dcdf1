//! `postroom account test` for an outgoing server, as people run it.

use crate::cli::postroom;
use std::fs;
use std::net::TcpListener;
use std::path::Path;

fn ended(folder: &Path, arguments: &[&str]) -> (Option<i32>, String, String) {
    let output = postroom(folder).args(["account", "test"]).args(arguments).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

/// A rule set whose outgoing server is on this machine, at a port where nothing listens.
fn folder() -> tempfile::TempDir {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let folder = tempfile::tempdir().unwrap();
    let rules = format!(
        "format: 1\nrule_set: x\nrevision: 1\nchange_reason: a test\nextends: classic\noutgoing:\n  main:\n    smtp: \
         {{ server: 127.0.0.1, port: {port}, tls: starttls }}\n    outgoing_email_id: desk@example.com\n    default: true\n  \
         folder: {{ files: {{ folder: out }}, outgoing_email_id: desk@example.com }}\n"
    );
    fs::write(folder.path().join("postroom.yaml"), rules).unwrap();
    folder
}

#[test]
fn each_step_is_a_line_and_the_reason_of_the_first_failure_is_told() {
    let folder = folder();
    let (code, steps, remarks) = ended(folder.path(), &["main", "--to", "me@example.com"]);
    assert_eq!(code, Some(1), "{steps}{remarks}");
    let lines: Vec<&str> = steps.lines().collect();
    assert_eq!(lines.len(), 2, "{steps}");
    assert!(lines[0].starts_with("ok") && lines[0].contains("`127.0.0.1` is 127.0.0.1"), "{steps}");
    assert!(lines[1].starts_with("failed") && lines[1].contains("nothing listens on this port"), "{steps}");
    assert!(remarks.contains("nothing listens on this port"), "{remarks}");

    let (code, steps, _) = ended(folder.path(), &["main", "--to", "me@example.com", "--format", "json"]);
    let steps: Vec<serde_json::Value> =
        steps.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(
        (code, &steps[1]["stage"], &steps[1]["verdict"]),
        (Some(1), &"connection".into(), &"bad".into())
    );
}

#[test]
fn what_cannot_be_tested_is_told() {
    let folder = folder();
    for (arguments, expected_code, expected) in [
        (&["other", "--to", "me@example.com"][..], 2, "no account or outgoing server `other`; it has: "),
        (&["main", "--to", "me"], 2, "`me` is not an address"),
        (&["main"], 2, "--to"),
        (&["folder", "--to", "me@example.com"], 1, "is not reached by SMTP"),
    ] {
        let (code, _, remarks) = ended(folder.path(), arguments);
        assert_eq!(code, Some(expected_code), "{arguments:?} {remarks}");
        assert!(remarks.contains(expected), "{arguments:?} {remarks}");
    }
}

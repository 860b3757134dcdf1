//! Warnings that are waived where they are found, with a reason.

use super::cli::postroom;
use super::rules::check_against;
use postroom::diagnostic::Source;
use serde_json::Value;

/// A file with one warning, `subject-without-brackets`, in its last line.
fn rules(above: &str, behind: &str) -> String {
    format!(
        "format: 1\nrule_set: mine\nrevision: 1\nchange_reason: x\nextends: classic\n\nrecognize:\n{above}  - {{ subject: \"close {{number}}\", intent: close, kind: call, after: last }}{behind}\n"
    )
}

/// The codes that are shown, and those that are waived.
fn codes(text: &str) -> (Vec<&'static str>, Vec<&'static str>) {
    let loaded = check_against(Source::new("mine.yaml", text), "fixtures/desk/small.yaml");
    let shown = loaded.findings.iter().map(|finding| finding.code).collect();
    (shown, loaded.waived.iter().map(|waived| waived.finding.code).collect())
}

const WARNING: &str = "subject-without-brackets";

#[test]
fn a_warning_is_waived_in_its_line_or_the_one_above() {
    let waiver = format!("# postroom: allow {WARNING} because the old desk wrote none");
    assert_eq!(codes(&rules("", "")), (vec![WARNING], vec![]));
    for text in [
        rules("", &format!("   {waiver}")),
        rules(&format!("  {waiver}\n"), ""),
        rules(&format!("{waiver}\n  # and one thing more\n"), ""),
    ] {
        assert_eq!(codes(&text), (vec![], vec![WARNING]), "{text}");
        assert_eq!(codes(&text.replace('\n', "\r\n")), (vec![], vec![WARNING]), "{text}");
    }
    for text in [
        rules(&format!("  {waiver}\n\n"), ""),
        rules("", &format!("\n{waiver}")),
        rules(
            &format!(
                "  - {{ subject: \"[X#{{number}}]\", intent: update, kind: call, after: last }} {waiver}\n"
            ),
            "",
        ),
    ] {
        let (shown, waived) = codes(&text);
        assert!(shown.contains(&"waiver-without-effect") && shown.contains(&WARNING), "{text}: {shown:?}");
        assert_eq!(waived, Vec::<&str>::new());
    }
}

#[test]
fn what_is_in_a_text_is_no_waiver() {
    let behind = format!(
        "\n\nreplies:\n  note: {{ after: update_call, subject: \"Call {{number}} has been logged\", body: \"# postroom: allow {WARNING} because x\" }}"
    );
    let (shown, waived) = codes(&rules("", &behind));
    assert!(shown.contains(&WARNING) && !shown.contains(&"waiver-without-effect"), "{shown:?}");
    assert!(waived.is_empty());
}

#[test]
fn what_is_in_a_block_of_text_is_no_waiver() {
    for sign in ["|", ">-", "|2", "!!str |", "!!str >-"] {
        let above = format!(
            "  - subject: \"[X#{{number}}]\"\n    intent: update\n    kind: call\n    after: last\n    because: {sign}\n      x\n      # postroom: allow {WARNING} because x\n"
        );
        let (shown, waived) = codes(&rules(&above, ""));
        assert!(shown.contains(&WARNING) && waived.is_empty(), "{sign}: {shown:?} {waived:?}");
    }
}

#[test]
fn what_is_nearly_a_waiver_is_told() {
    for nearly in ["postroom: alow", "Postroom: allow", "postroom allow", "postroom: ignore"] {
        let (shown, waived) = codes(&rules(&format!("  # {nearly} {WARNING} because x\n"), ""));
        assert!(shown.contains(&"waiver-of-no-warning") && waived.is_empty(), "{nearly}: {shown:?}");
    }
    let (shown, _) = codes(&rules("  # the postroom takes mail in\n  # postroom.yaml is the file\n", ""));
    assert_eq!(shown, [WARNING]);
}

#[test]
fn errors_are_never_waived() {
    let text = rules(
        "",
        "\n# postroom: allow unknown-key because it is ours\ncolour: red # postroom: allow missing-key because x",
    );
    let (shown, waived) = codes(&text);
    assert!(shown.contains(&"unknown-key") && shown.contains(&"waiver-of-no-warning"), "{shown:?}");
    // with an error much has not been looked at: no waiver is called idle
    assert!(!shown.contains(&"waiver-without-effect") && waived.is_empty(), "{shown:?}");
}

#[test]
fn a_waiver_without_reason_silences_nothing() {
    for waiver in [
        format!("# postroom: allow {WARNING}"),
        format!("# postroom: allow {WARNING} because"),
        format!("# postroom: allow {WARNING} the old desk wrote none"),
    ] {
        let (shown, waived) = codes(&rules(&format!("  {waiver}\n"), ""));
        assert!(shown.contains(&"waiver-without-reason") && shown.contains(&WARNING), "{waiver}: {shown:?}");
        assert!(waived.is_empty());
    }
}

/// What is idle in a layer below may have an effect in that file itself, and the other way round.
#[test]
fn waivers_of_a_layer_below_are_judged_where_it_is_checked() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    let waiver = "  # postroom: allow split-rule because each of them is older than the other\n";
    write("base.yaml", &rules(waiver, ""));
    write("mine.yaml", "format: 1\nrule_set: top\nrevision: 1\nchange_reason: x\nextends: base.yaml\n");
    let check = |name: &str| {
        let output = postroom(folder.path()).args(["check", name]).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    assert!(check("base.yaml").contains("waiver-without-effect"));
    assert!(!check("mine.yaml").contains("waiver-without-effect"));
}

/// A template whose impact and urgency have no priority is only seen where there is a desk.
#[test]
fn warnings_of_a_desk_are_waived_where_there_is_one() {
    let accounts = "\naccounts:\n  desk:\n    connect: { files: { folder: in } }\n    # postroom: allow no-priority-cell because facilities have no priorities\n    new_calls: { template: Facilities, default_logging_analyst: Ana }\n    closed_calls: { otherwise_to: G }\noutgoing:\n  main: { files: { folder: out }, outgoing_email_id: desk@example.com, default: true }\n";
    let world = "people: [{ name: Ana, addresses: [a@example.com], analyst: true, groups: [G] }]\ngroups: [G]\npartitions: [{ name: P }]\ntemplates: [{ name: Facilities, partition: P, owner: { group: G } }]\n";
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write(
        "mine.yaml",
        &format!("format: 1\nrule_set: mine\nrevision: 1\nchange_reason: x\nextends: classic\n{accounts}"),
    );
    write("desk.yaml", world);
    write(
        "right.yaml",
        &world
            .replace("{ name: P }", "{ name: P, priority_matrix: { low: { low: 4 } } }")
            .replace("partition: P, owner", "partition: P, impact: low, urgency: low, owner"),
    );
    let check = |arguments: &[&str]| {
        let output = postroom(folder.path()).args(["check", "mine.yaml"]).args(arguments).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    assert!(check(&["--world", "desk.yaml"]).contains("nothing wrong, 1 warning waived;"));
    let alone = check(&[]);
    assert!(alone.contains("mine r1: nothing wrong;"), "{alone}");
    let right = check(&["--world", "right.yaml"]);
    assert!(right.contains("warning[waiver-without-effect]"), "{right}");
}

#[test]
fn programs_see_what_is_waived_and_why() {
    let folder = tempfile::tempdir().unwrap();
    let waiver = format!("   # postroom: allow {WARNING} because the old desk wrote none");
    std::fs::write(folder.path().join("mine.yaml"), rules("", &waiver)).unwrap();
    let check = |arguments: &[&str]| {
        let output = postroom(folder.path()).args(["check", "mine.yaml"]).args(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(0));
        String::from_utf8(output.stdout).unwrap()
    };
    assert!(check(&[]).starts_with("mine r1: nothing wrong, 1 warning waived; "), "{}", check(&[]));
    let github = check(&["--format", "github"]);
    assert!(github.starts_with("postroom: mine r1: nothing wrong, 1 warning waived"), "{github}");
    let json: Value = serde_json::from_str(&check(&["--format", "json"])).unwrap();
    let set = &json["rule_sets"][0];
    assert_eq!((set["warnings"].as_u64(), set["findings"].as_array().map(Vec::len)), (Some(0), Some(0)));
    let waived = &set["waived"][0];
    assert_eq!(
        (&waived["code"], &waived["waiver"]["reason"]),
        (&WARNING.into(), &"the old desk wrote none".into())
    );
    assert_eq!(
        (waived["waiver"]["line"].as_u64(), waived["waiver"]["file"].as_str()),
        (Some(8), Some("mine.yaml"))
    );
    let sarif: Value = serde_json::from_str(&check(&["--format", "sarif"])).unwrap();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    assert_eq!(results.len(), 1);
    let suppression = &results[0]["suppressions"][0];
    assert_eq!(suppression["kind"], "inSource");
    assert_eq!(suppression["justification"], "the old desk wrote none");
    assert_eq!(suppression["location"]["physicalLocation"]["region"]["startLine"], 8);
}

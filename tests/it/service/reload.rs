//! Rules change under a running service: all of a change is taken or none, and everybody can see why not.

use super::{Installation, RULES, Service, get, until};
use crate::cli::postroom;
use serde_json::Value;
use std::fs;

fn address(service: &Service) -> String {
    let log = service.log();
    let address = log.split("address=").nth(1).unwrap().split_whitespace().next().unwrap();
    address.trim_matches('"').to_owned()
}

#[test]
fn refused_rules_are_told_everywhere_and_mended_ones_are_taken() {
    let desk = Installation::new();
    let mut service = desk.start(&["--http", "127.0.0.1:0"]);
    let log = service.log.clone();
    until("it polls", || desk.account("front")["last_success"].is_i64(), &log);
    let address = address(&service);
    let digest = desk.status()["service"]["digest"].clone();
    // the new rules are in two files, and the second one is broken
    let layer =
        "format: 1\nrule_set: service-test\nrevision: 2\nchange_reason: In two files\nextends: base.yaml\n";
    let base = RULES.replace("REVISION", "1").replace("REASON", "the first");
    fs::write(
        desk.path().join("base.yaml"),
        base.replace("template: General Enquiry", "tmplate: General Enquiry"),
    )
    .unwrap();
    fs::write(desk.path().join("postroom.yaml"), layer).unwrap();
    until("the refusal is known", || desk.status()["service"]["fault"].is_object(), &log);
    let status = desk.status();
    let words = status["service"]["fault"]["words"].as_str().unwrap();
    for part in ["are refused", "service-test r1 goes on", "error[", "base.yaml:", "postroom check --store"] {
        assert!(words.contains(part), "{part}: {words}");
    }
    assert_eq!((&status["service"]["revision"], &status["service"]["digest"]), (&Value::from(1), &digest));
    let text = String::from_utf8(postroom(desk.path()).arg("status").output().unwrap().stdout).unwrap();
    assert!(text.contains("! the rules on disk are refused"), "{text}");
    assert!(
        service.log().contains("the rules on disk are refused") && service.log().contains("tmplate"),
        "{}",
        service.log()
    );
    let (code, health) = get(&address, "/health");
    assert!(
        code == 503 && health.contains("are refused") && health.contains(digest.as_str().unwrap()),
        "{health}"
    );
    let metrics = get(&address, "/metrics").1;
    assert!(
        metrics.contains("postroom_rules_refused 1")
            && metrics.contains("postroom_rule_reloads_total{result=\"refused\"} "),
        "{metrics}"
    );
    desk.deliver("front", "under-the-first");
    until("mail is dealt with all the same", || desk.ledger().len() == 1, &log);
    assert_eq!(desk.ledger()[0]["rule_set"]["digest"], digest);
    assert_eq!(
        desk.json(&["rules", "log"]).as_array().unwrap().len(),
        1,
        "what was refused was never active"
    );
    // the file that was new with the refused rules is mended, and nobody sends a signal
    fs::write(desk.path().join("base.yaml"), base).unwrap();
    until("the mended rules decide", || desk.status()["service"]["revision"] == 2, &log);
    assert_eq!(desk.status()["service"]["fault"], Value::Null);
    assert_eq!(get(&address, "/health").0, 200);
    assert!(get(&address, "/metrics").1.contains("postroom_rules_refused 0"));
    service.stop();
}

#[test]
fn rollback_is_taken_by_the_running_service_and_a_change_without_revision_is_told() {
    let desk = Installation::new();
    let first = fs::read_to_string(desk.path().join("postroom.yaml")).unwrap();
    let mut service = desk.start(&[]);
    let log = service.log.clone();
    let revision = || desk.status()["service"]["revision"].clone();
    until("it polls", || desk.account("front")["last_success"].is_i64(), &log);
    desk.write_rules(2, "the second");
    until("the second revision decides", || revision() == 2, &log);
    let output = postroom(desk.path()).args(["rules", "rollback"]).output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    assert!(said.contains("Returned to generation 1") && said.contains("decides by it"), "{said}");
    assert_eq!(fs::read_to_string(desk.path().join("postroom.yaml")).unwrap(), first);
    assert_eq!(revision(), 1);
    desk.deliver("front", "after");
    until("mail is dealt with", || desk.ledger().len() == 1, &log);
    assert_eq!(desk.ledger()[0]["rule_set"]["revision"], 1);
    let generations = desk.json(&["rules", "log"]);
    assert_eq!(
        generations.as_array().unwrap().len(),
        3,
        "the service recorded it no second time: {generations}"
    );
    assert_eq!(generations[0]["returns_to"], 1);
    // a rollback that was broken off is waited for, and no mixture of files decides
    let store = rusqlite::Connection::open(desk.path().join("postroom.db")).unwrap();
    store.execute("INSERT INTO settings (name, value) VALUES ('rollback_to', 2)", []).unwrap();
    desk.write_rules(7, "half of a generation");
    service.signal("-HUP");
    let fault = || desk.status()["service"]["fault"]["words"].as_str().unwrap_or_default().to_owned();
    until("it is told", || fault().contains("rollback --to 2` completes it"), &log);
    assert_eq!(revision(), 1);
    let output = postroom(desk.path()).args(["rules", "rollback", "--to", "2"]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    until("the second revision decides again", || revision() == 2 && fault().is_empty(), &log);
    assert!(
        fs::read_to_string(desk.path().join("postroom.yaml.before-rollback"))
            .unwrap()
            .contains("half of a generation")
    );
    // changed without being counted
    let text = fs::read_to_string(desk.path().join("postroom.yaml")).unwrap();
    fs::write(desk.path().join("postroom.yaml"), format!("{text}# changed\n")).unwrap();
    until("it is told", || service.log().contains("warning[revision-not-raised]"), &log);
    service.stop();
}

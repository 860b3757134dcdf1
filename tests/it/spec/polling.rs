//! Sections 14 and 15, as far as they concern rules.

use super::{desk, fixture, mail};
use postroom::adapters::snapshot::Snapshot;
use postroom::adapters::sqlite::Becoming;
use postroom::ports::Ledger as _;
use postroom::vocab::Disposition;

#[test]
fn whatever_the_outcome_a_mail_that_has_been_dealt_with_is_removed() {
    let bench = desk().account("limits: { size_bytes_max: 4096 }");
    let cases: [(Vec<u8>, &str); 6] = [
        (mail("uma@example.com", "Printer").into(), "action log_call"),
        (mail("carl@example.org", "[CLOSE#5837]").into(), "refuse insufficient-permission"),
        (mail("uma@example.com", "[CLOSE#5839]").into(), "action decline_close"),
        (mail("nobody@example.net", "Printer").into(), "ignore unknown_sender"),
        (fixture("bounce-550.eml"), "discard permanent_smtp_error"),
        (mail("uma@example.com", "x").text(&"x".repeat(5000)).into(), "quarantine too_large"),
    ];
    for (raw, outcome) in cases {
        let after = bench.receives(raw);
        assert_eq!(after.outcome(), outcome);
        assert_eq!(after.decision.disposition, Disposition::Delete, "{outcome}");
    }
}

#[test]
fn the_rules_may_keep_mail_in_the_mailbox() {
    let bench = desk().rules("dispose: { processed: keep, discarded: keep }");
    assert_eq!(bench.receives(mail("uma@example.com", "x")).decision.disposition, Disposition::Keep);
    assert_eq!(bench.receives(fixture("bounce-550.eml")).decision.disposition, Disposition::Keep);
    assert_eq!(desk().rule_set().dispose.failed, Disposition::Keep, "what could not be done is tried again");
}

#[test]
fn the_same_mail_is_known_by_account_and_digest() {
    let letter = Vec::from(mail("uma@example.com", "Printer"));
    let first = desk().receives(letter.clone());
    assert!(first.is_new);
    let second = first.receives(letter);
    assert!(!second.is_new && !second.changed() && second.mails.is_empty());
    let other = second.receives(mail("uma@example.com", "Printer").id("other@example.com"));
    assert!(other.is_new && other.changed());
}

#[test]
fn the_same_mail_in_another_account_is_another_mail() {
    let bench = desk().rules(
        "accounts: { hr: { new_calls: { template: HR Enquiry, default_logging_analyst: HR Mailbox } } }",
    );
    let letter = Vec::from(mail("uma@example.com", "Printer"));
    let first = bench.receives(letter.clone());
    let second = first.desk.receives_for("hr", letter);
    assert!(second.is_new);
    assert_eq!(second.new_call().template.as_deref(), Some("HR Enquiry"));
}

#[test]
fn the_ledger_says_what_became_of_a_mail_and_by_which_rules() {
    let mut after = desk().receives(mail("uma@example.com", "[CLOSE#5837]"));
    let entry = after.desk.store.find(&after.key).unwrap().unwrap();
    assert_eq!(entry.about.map(|about| about.to_string()).as_deref(), Some("call 5837"));
    assert_eq!((entry.rule_set.0.as_str(), entry.rule_set.1), ("bench", 1));
    assert!(entry.rule_set.2.starts_with("sha256:"));
    let decision: serde_json::Value = serde_json::from_str(&entry.decision).unwrap();
    assert_eq!(decision["outcome"], serde_json::json!({ "action": "close_call" }));
}

#[test]
fn every_activation_is_recorded_with_digest_time_and_reason() {
    let bench = desk().rules("change_reason: Closing by mail is allowed");
    let identity = bench.rule_set().identity;
    assert_eq!((identity.name.as_str(), identity.revision), ("bench", 1));
    assert_eq!(identity.change_reason, "Closing by mail is allowed");
    assert_ne!(identity.digest, desk().rule_set().identity.digest, "another text, another digest");
    let mut desk = bench.open();
    let known = (identity.name, identity.revision, identity.digest);
    for now in [100, 200] {
        let becoming = Becoming {
            rule_set: &known,
            reason: &identity.change_reason,
            because: None,
            who: None,
            at: now,
            texts: &Snapshot::default(),
            returns_to: None,
        };
        assert_eq!(desk.store.note_becoming(becoming).unwrap(), now == 100);
    }
    let activations = desk.store.activations().unwrap();
    assert_eq!(activations.len(), 1, "the same one again is no activation");
    assert_eq!((activations[0].digest.as_str(), activations[0].at), (known.2.as_str(), 100));
    assert_eq!(activations[0].reason, "Closing by mail is allowed");
}

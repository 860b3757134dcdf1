//! Decisions as stable text, as a developer's own tests would hold them.

use postroom::adapters::library::{DEMO_WORLD, Shelf};
use postroom::adapters::sqlite::SqliteStore;
use postroom::adapters::world::World;
use postroom::diagnostic::Source;
use postroom::engine::{Decision, Facts, decide, inquire};
use postroom::message::Message;
use postroom::ports::Desk as _;
use postroom::ruleset::layer::Library as _;
use postroom::ruleset::load::load;

/// What becomes of a sample mail by these rules, with `above` put before the first line of `classic`.
fn decided(mail: &str, above: &str) -> Decision {
    let classic = Shelf.rule_set("classic", "").expect("a shipped rule set");
    let source = Source::new("classic.yaml", format!("{above}{}", classic.text));
    let rules = load(source, &Shelf).rule_set.expect("a right rule set");
    let mut desk = SqliteStore::in_memory().expect("a desk");
    desk.import(&World::parse("small.yaml", DEMO_WORLD).expect("a world")).expect("an import");
    let account = rules.account("it-desk").expect("an account");
    let message = Message::read(&std::fs::read(format!("fixtures/mail/{mail}.eml")).expect("a mail"));
    let answers = desk.answer(&inquire(&rules, account, &message, 0)).expect("answers");
    decide(&rules, &Facts { message, account: account.name.clone(), answers, now: 0 })
}

#[test]
fn snapshot_of_a_closure() {
    insta::assert_snapshot!(decided("close-call-by-owner", "").snapshot());
}

#[test]
fn snapshot_stays_when_the_rule_file_is_renumbered() {
    for mail in ["close-call-by-owner", "log-call-from-user", "bounce-550", "update-call-reopened"] {
        let (before, after) = (decided(mail, ""), decided(mail, "# a line more\n\n"));
        assert_ne!(before, after, "digest and lines are others");
        assert_eq!(before.snapshot(), after.snapshot(), "{mail}");
    }
}

//! Older formats: read as they are, rewritten without touching what need not change, and proven to be the same.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests are tests")]

use super::cli::postroom;
use postroom::adapters::library::Shelf;
use postroom::cli::render::findings_as_text;
use postroom::diagnostic::{Source, SourceId};
use postroom::ruleset::example::correction::applied;
use postroom::ruleset::load::{Loaded, load, load_older};
use postroom::ruleset::migrate::{proven, rewritten};
use postroom::ruleset::yaml::parse;
use std::fs;
use std::path::Path;

const FIXTURES: [&str; 3] = ["block", "flush", "flow"];

fn fixture(name: &str) -> String {
    fs::read_to_string(format!("fixtures/formats/0/{name}.yaml")).unwrap()
}

fn older(text: &str) -> Loaded {
    let loaded = load_older(Source::new("old.yaml", text), &Shelf);
    assert!(
        loaded.rule_set.is_some(),
        "{}\n{text}",
        findings_as_text(&loaded.findings, &loaded.sources, false)
    );
    loaded
}

fn lifted(text: &str) -> String {
    let tree = parse(SourceId::default(), &Source::new("old.yaml", text)).unwrap();
    applied(text, &rewritten(text, &tree).unwrap())
}

fn run(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    let output = postroom(folder).arg("migrate").args(arguments).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap_or(-1), text(output.stdout), text(output.stderr))
}

#[test]
fn every_layout_is_lifted_and_says_and_decides_the_same() {
    for name in FIXTURES {
        for (ends, text) in [
            ("LF", fixture(name)),
            ("CRLF", fixture(name).replace('\n', "\r\n")),
            ("byte order mark", format!("\u{feff}{}", fixture(name))),
            ("no end of line", fixture(name).trim_end().to_owned()),
        ] {
            let new = lifted(&text);
            let before = older(&text);
            let after = load(Source::new("old.yaml", new.as_str()), &Shelf);
            let findings = findings_as_text(&after.findings, &after.sources, false);
            assert!(after.rule_set.is_some(), "{name}, {ends}: {findings}\n{new}");
            let comparison =
                proven(&before, &after).unwrap_or_else(|error| panic!("{name}, {ends}: {error}\n{new}"));
            assert!(comparison.situations > 10_000, "{comparison:?}");
            assert_eq!(new.contains('\r'), text.contains('\r'));
            assert_eq!(new.matches("\r\n").count(), new.matches('\r').count());
            assert_eq!(new.matches('\r').count(), if ends == "CRLF" { new.matches('\n').count() } else { 0 });
        }
    }
}

#[test]
fn what_is_read_of_an_old_file_is_what_it_meant() {
    let rule_set = older(&fixture("block")).rule_set.unwrap();
    assert_eq!((rule_set.identity.name.as_str(), rule_set.identity.revision), ("old-desk", 7));
    assert_eq!(rule_set.identity.change_reason, "It's how we began: \"by hand\" # and this is no comment");
    let polled: Vec<_> = rule_set.accounts.iter().map(|it| (it.name.as_str(), it.poll_every_secs)).collect();
    assert_eq!(polled, [("it-desk", 300), ("hr desk", 3600), ("third", 120)]);
    let own: Vec<_> = rule_set.permit.rules().filter(|it| it.place.file.as_ref() == "old.yaml").collect();
    assert_eq!(own.iter().map(|it| it.name.as_str()).collect::<Vec<_>>(), ["name", "hr-keeps"]);
    assert_eq!(own[0].when.len(), 3);
}

#[test]
fn lifted_texts_differ_from_the_old_ones_in_nothing_else() {
    for name in FIXTURES {
        insta::assert_snapshot!(format!("lifted_{name}"), lifted(&fixture(name)));
    }
    // what must not change is there byte for byte, at the end of lines, too
    let (old, new) = (fixture("block"), lifted(&fixture("block")));
    let comments = |text: &str| -> Vec<String> {
        text.lines().filter_map(|line| Some(line.split_once(" #")?.1.to_owned())).collect()
    };
    assert_eq!(comments(&old), comments(&new));
    assert!(new.starts_with(
        "# A file of the first format, with comments wherever they may stand.   trailing blanks follow   \n"
    ));
}

#[test]
fn proof_finds_what_a_wrong_rewriting_would_change() {
    let text = fixture("block");
    let before = older(&text);
    let new = lifted(&text);
    for (from, to, found) in [
        ("poll_every_secs: 300", "poll_every_secs: 301", "accounts.it-desk.poll_every_secs"),
        ("sender: [analyst, analyst_and_user]", "sender: [analyst]", "permit"),
        ("if: and answer:", "if: and answers:", "permit"),
        ("revision: 7", "revision: 8", "revision"),
        ("  hr desk", "  hr_desk", "accounts"),
    ] {
        let wrong = new.replacen(from, to, 1);
        let wrong = if wrong == new { new.replacen("\"hr desk\":", "hr_desk:", 1) } else { wrong };
        assert_ne!(wrong, new, "{from}");
        let after = load_older(Source::new("old.yaml", wrong.as_str()), &Shelf);
        match proven(&before, &after) {
            Err(error) => assert!(error.contains(found) || after.rule_set.is_none(), "{from}: {error}"),
            Ok(_) => panic!("{from}: taken for the same"),
        }
    }
}

#[test]
fn file_is_lifted_on_disk_with_a_way_back_and_only_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("postroom.yaml");
    let old = fixture("block").replace('\n', "\r\n");
    fs::write(&path, &old).unwrap();
    // an old file decides nothing, and says what to do
    let check = postroom(folder.path()).arg("check").output().unwrap();
    let said = String::from_utf8(check.stdout).unwrap();
    assert_eq!(check.status.code(), Some(3));
    assert!(
        said.contains("older-format") && said.contains("postroom migrate") && !said.contains("unknown-key"),
        "{said}"
    );
    let (code, text, error) = run(folder.path(), &["--dry-run"]);
    assert_eq!((code, error.as_str()), (0, ""));
    assert!(text.contains("\n-email_servers:") && text.contains("\n+accounts:"), "{text}");
    assert!(text.contains("proven: the same in every value, and in all "), "{text}");
    assert_eq!(fs::read_to_string(&path).unwrap(), old);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    let (code, text, error) = run(folder.path(), &["postroom.yaml"]);
    assert_eq!((code, error.as_str()), (0, ""));
    assert!(text.contains("to go back: mv "), "{text}");
    assert_eq!(fs::read_to_string(folder.path().join("postroom.yaml.format-0")).unwrap(), old);
    assert_eq!(fs::read_to_string(&path).unwrap(), lifted(&old));
    assert!(postroom(folder.path()).arg("check").output().unwrap().status.success());
    let (code, text, _) = run(folder.path(), &[]);
    assert!(code == 0 && text.contains("nothing to lift"), "{text}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
}

#[test]
fn layers_of_old_files_are_lifted_together_or_each_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    write("base.yaml", &fixture("flush"));
    write(
        "postroom.yaml",
        "format: 0\nname: top\nrevision: 1\nreason: a layer\nbased_on: base.yaml\nsystem: { product: Top }\n",
    );
    let (code, text, error) = run(folder.path(), &["postroom.yaml", "--dry-run"]);
    assert_eq!((code, error.as_str()), (0, ""));
    assert!(text.contains("postroom migrate base.yaml"), "{text}");
    let (code, text, error) = run(folder.path(), &["postroom.yaml", "base.yaml"]);
    assert_eq!((code, error.as_str()), (0, ""));
    assert!(!text.contains("postroom migrate"), "{text}");
    let check = postroom(folder.path()).arg("check").output().unwrap();
    assert!(check.status.success(), "{}", String::from_utf8_lossy(&check.stdout));
}

#[test]
fn what_cannot_be_lifted_stays_as_it_is_and_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("postroom.yaml");
    for (text, code, words) in [
        (fixture("block").replace("template: HR Enquiry", "tmplate: HR Enquiry"), 3, "unknown-key"),
        (fixture("block").replace("email_servers:", "accounts:"), 3, "format 0 has no `accounts`"),
        (fixture("block").replace("name: 'third'", "active: false"), 3, "duplicate-key"),
        (fixture("block").replace("name: 'third'", "title: x"), 3, "an account has no name"),
        (fixture("block").replace("name: 'third'", "name: it-desk"), 3, "there are two accounts `it-desk`"),
        (fixture("block").replace("poll_minutes: 5 ", "poll_minutes: soon "), 3, "whole number of minutes"),
        (fixture("block").replace("name: 'third'", "name: 'the\n        third'"), 1, "write it on one"),
        (fixture("block").replace("answer: allow", "answer: alow"), 3, "unknown-word"),
    ] {
        fs::write(&path, &text).unwrap();
        let (found, said, error) = run(folder.path(), &[]);
        assert_eq!(found, code, "{words}: {said}{error}");
        assert!(error.contains(words), "{words}: {error}");
        assert_eq!(fs::read_to_string(&path).unwrap(), text);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}

#[cfg(unix)]
#[test]
fn files_are_lifted_all_or_none_and_one_that_is_named_twice_once() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str| fs::write(folder.path().join(name), fixture("block")).unwrap();
    write("one.yaml");
    write("two.yaml");
    let two = folder.path().join("two.yaml");
    fs::set_permissions(&two, fs::Permissions::from_mode(0o444)).unwrap();
    let (code, _, error) = run(folder.path(), &["one.yaml", "two.yaml"]);
    assert!(code == 1 && error.contains("read-only"), "{error}");
    assert_eq!(fs::read_to_string(folder.path().join("one.yaml")).unwrap(), fixture("block"));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
    let (code, text, error) = run(folder.path(), &["one.yaml", "./one.yaml"]);
    assert_eq!((code, error.as_str()), (0, ""));
    assert_eq!(text.matches("to go back").count(), 1, "{text}");
}

#[test]
fn what_looks_like_a_secret_in_a_comment_is_not_shown() {
    let folder = tempfile::tempdir().unwrap();
    let text = fixture("block").replace("poll_minutes: 5 ", "poll_minutes: 5 # password: hunter2 ");
    assert!(text.contains("hunter2"));
    fs::write(folder.path().join("postroom.yaml"), &text).unwrap();
    let (code, said, error) = run(folder.path(), &["--dry-run"]);
    assert_eq!((code, error.as_str()), (0, ""));
    assert!(said.contains("poll_every_secs: 300") && !said.contains("hunter2"), "{said}");
    let between = fixture("block").replace("name: 'third'", "name: # the third\n        third");
    assert_ne!(between, fixture("block"));
    fs::write(folder.path().join("postroom.yaml"), &between).unwrap();
    let (code, _, error) = run(folder.path(), &["--dry-run"]);
    assert!(code == 1 && error.contains("a comment stands between"), "{error}");
}

#[cfg(unix)]
#[test]
fn link_stays_a_link_and_an_earlier_copy_stays_a_copy() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("site")).unwrap();
    fs::write(folder.path().join("site/rules.yaml"), fixture("flow")).unwrap();
    fs::write(folder.path().join("site/rules.yaml.format-0"), "somebody's own").unwrap();
    std::os::unix::fs::symlink("site/rules.yaml", folder.path().join("postroom.yaml")).unwrap();
    let (code, _, error) = run(folder.path(), &[]);
    assert_eq!((code, error.as_str()), (0, ""));
    assert!(fs::symlink_metadata(folder.path().join("postroom.yaml")).unwrap().is_symlink());
    let text = |name: &str| fs::read_to_string(folder.path().join("site").join(name)).unwrap();
    assert_eq!(text("rules.yaml"), lifted(&fixture("flow")));
    assert_eq!(text("rules.yaml.format-0"), "somebody's own");
    assert_eq!(text("rules.yaml.format-0-2"), fixture("flow"));
}

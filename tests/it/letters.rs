//! Characters in a rule file that are not what they seem.

use super::rules::check_against;
use postroom::diagnostic::Source;

/// The findings of a file with these lines, each with the text that it marks.
fn found(lines: &str) -> Vec<(&'static str, String)> {
    let text = format!(
        "format: 1\nrule_set: mine\nrevision: 1\nchange_reason: \u{442}ecт\u{200f}\nextends: classic\n{lines}\n"
    );
    let loaded = check_against(Source::new("mine.yaml", text), "fixtures/desk/small.yaml");
    let marked = |finding: &postroom::diagnostic::Diagnostic| {
        (finding.code, loaded.sources.text(finding.span().unwrap()).to_owned())
    };
    loaded.findings.iter().map(marked).collect()
}

fn subject(subject: &str) -> Vec<(&'static str, String)> {
    found(&format!("recognize:\n  - {{ subject: {subject}, intent: update, kind: call, after: last }}"))
}

#[test]
fn characters_that_nobody_sees_are_marked_where_they_stand() {
    assert_eq!(subject("\"[TICKET\u{200b}#{number}]\""), [("hidden-character", "\u{200b}".to_owned())]);
    assert_eq!(subject("\"[TI\u{202e}CKET#{number}]\""), [("hidden-character", "\u{202e}".to_owned())]);
    // written as an escape there is no such character in the text: the whole of it is marked
    let escaped = r#""[TICKET\u200B#{number}]""#;
    assert_eq!(subject(escaped), [("hidden-character", escaped.to_owned())]);
}

#[test]
fn comments_cannot_turn_the_reading_direction() {
    let comment = "# a \u{202e} remark\n# \u{200f} is harmless here";
    assert_eq!(found(comment), [("hidden-character", "\u{202e}".to_owned())]);
}

#[test]
fn letters_of_two_alphabets_in_one_word_are_told_and_words_of_one_are_not() {
    assert_eq!(subject("\"[TI\u{421}KET#{number}]\""), [("look-alike-character", "\u{421}".to_owned())]);
    assert_eq!(
        subject("\"[\u{417}\u{430}\u{44f}\u{432}\u{43a}a#{number}]\""),
        [("look-alike-character", "a".to_owned())]
    );
    for whole in [
        "\u{417}\u{430}\u{44f}\u{432}\u{43a}\u{430}",
        "\u{391}\u{3af}\u{3c4}\u{3b7}\u{3bc}\u{3b1}",
        "Größe",
        "IT-\u{417}\u{430}\u{44f}\u{432}\u{43a}\u{430}",
        "日本語IT",
    ] {
        assert_eq!(subject(&format!("\"[{whole}#{{number}}]\"")), [], "{whole}");
    }
}

#[test]
fn rule_names_and_words_are_looked_at_and_texts_for_people_are_not() {
    let rule = "permit:\n  - { rule: \u{430}ll, before: user-closes-own-call, when: { action: close_call, sender: user, is_call_user: true, account: desk }, then: allow, because: \"\u{430}ll\" }";
    let names: Vec<&str> =
        found(rule).iter().map(|(code, _)| *code).filter(|code| code.contains("character")).collect();
    assert_eq!(names, ["look-alike-character"]);
    let texts = "replies:\n  call-logged: { body: \"\u{430}ll is w\u{435}ll\u{200f}\" }";
    assert!(!found(texts).iter().any(|(code, _)| code.contains("character")));
}

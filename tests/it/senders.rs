//! Who sent a mail whose `From` is written wrongly: whoever it can only mean, never anybody whom nobody wrote there.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use postroom::message::Message;
use proptest::prelude::*;

fn read(from: &str) -> Message {
    let results = "Authentication-Results: mx.example; dmarc=pass header.from=b.example";
    Message::read(format!("{results}\nFrom: {from}\nSender: s@b.example\nSubject: x\n\nhello\n").as_bytes())
}

/// What an address and those beside it are put together from.
fn piece() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "a@b.example",
        "ceo@bank.example",
        "x@evil.example",
        "ceo",
        "@bank.example",
        ".example",
        "evil",
        "Ann",
        "é",
        "@",
        ".",
        "mailto:",
        "@y.example:",
        "<",
        ">",
        "<",
        ">",
        "\"",
        "'",
        ")",
        "[",
        "]",
        ",",
        ";",
        ":",
        "\\",
        " ",
        " ",
        "\t",
        "&lt;",
        "&gt;",
    ])
}

/// Whether this address stands in a field, and no letter more of it.
fn stands_in(field: &str, address: &str) -> bool {
    field.match_indices(address).any(|(at, _)| {
        let (before, rest) = field.split_at(at);
        let mut behind = rest.split_at(address.len()).1.chars();
        let is_part = |c: char| c.is_alphanumeric() || c == '@';
        let next = behind.next();
        let goes_on = next == Some('.') && behind.next().is_some_and(|c| c.is_alphanumeric() || c == '.');
        !before.chars().next_back().is_some_and(is_part) && !next.is_some_and(is_part) && !goes_on
    })
}

/// Whether an address stands in a field, be it with blanks or quotation marks within it, which RFC 5322 grants.
fn is_written_in(field: &str, address: &str) -> bool {
    let bare = |text: &str| text.replace([' ', '\t', '"', '\\'], "");
    stands_in(field, address) || stands_in(&bare(field), &bare(address))
}

#[test]
fn i1_sender_is_whom_from_can_only_mean_and_a_defect_says_that_it_is_written_wrongly() {
    const WRONG: &str = "`From` is written wrongly; what it can only mean was taken";
    const UNUSABLE: &str = "`From` holds an address that cannot be used";
    for (from, sender, defect, is_authenticated) in [
        ("Ann <a@b.example>", "a@b.example", None, true),
        ("<@x.example:a@b.example>", "a@b.example", None, true),
        ("\"ceo@bank.example\" <a@b.example>", "a@b.example", None, true),
        // a server may have read another address out of these
        ("Ann <<a@b.example>>", "a@b.example", Some(WRONG), false),
        ("Ann (a@b.example)", "a@b.example", Some(WRONG), false),
        ("a@b.example.", "a@b.example", Some(WRONG), false),
        ("Ann <mailto:a@b.example>, <>", "a@b.example", Some(UNUSABLE), false),
        // as few write, and everybody may
        ("\"ann lee\"@b.example", "\"ann lee\"@b.example", None, true),
        ("Ann <\"a\\\"b\"@b.example>", "\"a\\\"b\"@b.example", None, true),
        ("Ann <\"a\"@b.example>", "a@b.example", None, true),
        ("\"ceo@bank.example\" <\"a b\"@b.example>", "\"a b\"@b.example", None, true),
        ("a @ b.example", "a@b.example", Some(WRONG), false),
        ("Ann <a(ceo@bank.example)@b.example>", "a@b.example", Some(WRONG), false),
        // what never ends may be all of a name
        ("\"ceo@bank.example", "s@b.example", Some(UNUSABLE), false),
        ("ceo@bank.example (x <a@b.example>", "s@b.example", Some(UNUSABLE), false),
        ("/O=EX/OU=FIRST GROUP/CN=CEO@bank.example", "s@b.example", Some(UNUSABLE), false),
        // nobody knows who: the program that sent it says so
        ("a@b.example ceo@bank.example", "s@b.example", Some(UNUSABLE), false),
        ("<ceo> @bank.example", "s@b.example", Some(UNUSABLE), false),
    ] {
        let message = read(from);
        assert_eq!(message.originator().unwrap().address.as_str(), sender, "{from}");
        assert_eq!(message.defects.iter().find(|found| found.contains("From")).map(String::as_str), defect);
        assert_eq!(message.is_authenticated_by(Some("mx.example")), is_authenticated, "{from}");
    }
}

#[test]
fn of_two_from_the_first_that_can_be_used_is_taken_and_says_nothing_of_who_is_authenticated() {
    for (first, second, sender, name) in [
        ("[??????]", "Bob <bob@b.example>", "bob@b.example", "Bob"),
        ("Ann <ann@b.example>", "Bob <bob@b.example>", "ann@b.example", "Ann"),
        ("Ann", "=?utf-8?q?B=C3=B6b?= <bob@b.example>", "bob@b.example", "Böb"),
    ] {
        let message = read(&format!("{first}\nFrom: {second}"));
        let [from] = message.from.as_slice() else { panic!("{first}: {:?}", message.from) };
        assert_eq!((from.address.as_str(), from.name.as_deref()), (sender, Some(name)));
        assert!(message.defects.iter().any(|defect| defect.contains("the first that can be used")));
        assert!(!message.is_authenticated_by(Some("mx.example")), "{first}");
    }
}

#[test]
fn a_line_of_strokes_and_words_above_the_header_is_no_end_of_it() {
    for (banner, is_mail) in [
        ("---- Original email message ----", true),
        ("-- forwarded by the gateway --", true),
        // the delimiter of a mail whose header is lost
        ("--part", false),
        ("--b of two", false),
    ] {
        let message = Message::read(format!("{banner}\nFrom: a@b.example\nSubject: x\n\nhi\n").as_bytes());
        assert_eq!((message.is_mail, message.from.len() == 1), (is_mail, is_mail), "{banner}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3_000))]

    #[test]
    fn i1_sender_is_never_made_up(pieces in prop::collection::vec(piece(), 1..9)) {
        let field = pieces.concat();
        for sender in read(&field).from {
            prop_assert!(is_written_in(&field, sender.address.as_str()), "{field:?} names no {}", sender.address);
        }
    }
}

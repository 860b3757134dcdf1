use super::*;
use proptest::prelude::*;
use regex::{Regex, RegexBuilder};
use std::sync::LazyLock;

fn nfa(expression: &str) -> Nfa {
    Nfa::new(expression).unwrap()
}

fn find(wants: &[Want<'_>]) -> Found {
    shortest(wants, &mut Effort::new(1_000_000))
}

fn text(text: &str) -> Found {
    Found::Text(text.to_owned())
}

#[test]
fn the_shortest_text_is_plain_to_read() {
    assert_eq!(find(&[Want::within(&nfa(r"\[\s*CLOSE\s*#\s*[0-9]+\s*\]"))]), text("[close#1]"));
    assert_eq!(find(&[Want::within(&nfa(r"\bCall\s+[0-9]+\s+has\b"))]), text("call 1 has"));
    assert_eq!(find(&[Want::within(&nfa(r"[^\s\[\]]+#[2-9]{3}"))]), text("1#222"));
}

#[test]
fn containment_is_decided_over_all_texts() {
    let (token, any, two) = (nfa(r"\[TASK#[0-9]+\]"), nfa(r"\[[a-z]+#[0-9]+\]"), nfa(r"\[TASK#[0-9]{2,}\]"));
    assert_eq!(find(&[Want::within(&token), Want::nowhere(&any)]), Found::Nothing);
    assert_eq!(find(&[Want::within(&any), Want::nowhere(&token)]), text("[x#1]"));
    assert_eq!(find(&[Want::within(&token), Want::nowhere(&two)]), text("[task#1]"));
}

#[test]
fn several_may_take_what_none_takes_alone() {
    let both = nfa(r"\[(CALL|TASK)#[0-9]+\]");
    let (call, task) = (nfa(r"\[CALL#[0-9]+\]"), nfa(r"\[TASK#[0-9]+\]"));
    assert_eq!(find(&[Want::within(&both), Want::nowhere(&call), Want::nowhere(&task)]), Found::Nothing);
    assert_eq!(find(&[Want::within(&both), Want::nowhere(&call)]), text("[task#1]"));
}

#[test]
fn edges_and_words_are_looked_at_in_every_script() {
    let (word, anywhere) = (nfa(r"\bruf\b"), nfa("ruf"));
    assert_eq!(find(&[Want::within(&anywhere), Want::nowhere(&word)]), text("1ruf"));
    // a letter of another script is part of a word, too
    let ascii = nfa(r"(?-u:\b)ruf(?-u:\b)");
    let Found::Text(only_ascii) = find(&[Want::within(&ascii), Want::nowhere(&word)]) else { panic!() };
    assert!(!only_ascii.is_ascii(), "{only_ascii}");
    assert_eq!(find(&[Want::within(&nfa("^ab$")), Want::nowhere(&anywhere)]), text("ab"));
}

#[test]
fn what_is_too_large_is_said_to_be_so() {
    assert!(Nfa::new(r"(a{99}){999}").is_none());
    let (one, other) = (nfa(r"(a|b)*a(a|b){14}x"), nfa(r"(a|b)*b(a|b){14}y"));
    let wants = [Want::within(&one), Want::nowhere(&other)];
    assert_eq!(shortest(&wants, &mut Effort::new(100)), Found::TooLarge);
}

/// Expressions over a handful of characters.
fn expression() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("a".to_owned()),
        Just("b".to_owned()),
        Just("[0-9]".to_owned()),
        Just("ab".to_owned()),
        Just(r"\s".to_owned()),
        Just("[^a]".to_owned()),
        Just(r"\b".to_owned()),
        Just(r"\B".to_owned()),
        Just("^".to_owned()),
        Just("$".to_owned()),
        Just("ü".to_owned()),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 1..4).prop_map(|parts| parts.concat()),
            proptest::collection::vec(inner.clone(), 1..3).prop_map(|ways| format!("(?:{})", ways.join("|"))),
            (inner, prop_oneof![Just("*"), Just("+"), Just("?"), Just("{2}"), Just("{1,2}")])
                .prop_map(|(part, times)| format!("(?:{part}){times}")),
        ]
    })
}

/// Every text of up to four characters out of a few that the expressions tell apart.
static TEXTS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let mut all = vec![String::new()];
    let mut last = all.clone();
    for _ in 0..4 {
        last = last
            .iter()
            .flat_map(|text| ['a', 'b', '1', ' ', 'ü', '\n'].map(|c| format!("{text}{c}")))
            .collect();
        all.extend(last.iter().cloned());
    }
    all
});

fn regex(expression: &str, is_whole: bool) -> Regex {
    let expression = if is_whole { format!(r"\A(?:{expression})\z") } else { expression.to_owned() };
    RegexBuilder::new(&expression).case_insensitive(true).build().unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn the_verdict_is_that_of_looking_at_every_short_text(
        one in expression(), other in expression(), ways in any::<[bool; 4]>()
    ) {
        let (first, second) = (nfa(&one), nfa(&other));
        let wants = [
            Want { nfa: &first, is_whole: ways[0], is_wanted: ways[1] },
            Want { nfa: &second, is_whole: ways[2], is_wanted: ways[3] },
        ];
        let (one_regex, other_regex) = (regex(&one, ways[0]), regex(&other, ways[2]));
        let fits = |text: &str| one_regex.is_match(text) == ways[1] && other_regex.is_match(text) == ways[3];
        let brute = TEXTS.iter().find(|text| fits(text));
        match find(&wants) {
            Found::Text(text) => {
                prop_assert!(fits(&text), "{one} and {other}: {text:?} does not fit");
                if let Some(brute) = brute {
                    prop_assert!(text.chars().count() <= brute.chars().count(), "{one} and {other}: {brute:?} is shorter");
                }
            }
            Found::Nothing => prop_assert_eq!(brute, None, "{} and {}", one, other),
            Found::TooLarge => {}
        }
    }
}

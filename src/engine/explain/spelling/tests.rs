use super::*;
use proptest::prelude::*;

fn fit(pattern: &str, subject: &str) -> Option<Fit> {
    let subject: Vec<char> = subject.chars().collect();
    Wanted::of(&Pattern::parse(pattern).unwrap()).fit(&subject)
}

fn reach(pattern: &str, subject: &str) -> (String, String) {
    let subject: Vec<char> = subject.chars().collect();
    let reach = Wanted::of(&Pattern::parse(pattern).unwrap()).reach(&subject);
    (reach.found, reach.wanted)
}

#[test]
fn mistakes_that_people_make_are_near_misses() {
    let cases = [
        ("[CLOSE#{number}]", "Re: [CLOSE 5837] please", "[CLOSE#5837]"),
        ("[CLOSE#{number}]", "[CLOSE#5837", "[CLOSE#5837]"),
        ("[CLOSE#{number}]", "CLOSE#5837", "[CLOSE#5837]"),
        ("[CLOSE#{number}]", "(close#5837)", "[CLOSE#5837]"),
        ("[CLOSE#{number}]", "[CLOSE#5837}", "[CLOSE#5837]"),
        ("[CLOSE#{number}]", "[CLOSE#５８３７]", "[CLOSE#5837]"),
        ("[CLOSE#{number}]", "【CLOSE＃5837】", "[CLOSE#5837]"),
        ("[CLOSE#{number}]", "[СLOSE#5837]", "[CLOSE#5837]"),
        ("[CLOSE#{number}]", "[CLSOE#5837]", "[CLOSE#5837]"),
        ("[CLOSE#{number}]", "[CLOSED#5837]", "[CLOSE#5837]"),
        ("[CLOSE#{number}]", "[CLOS#5837]", "[CLOSE#5837]"),
        ("[CLOSE#{number}]", "[CLOSE#]", "[CLOSE#NUMBER]"),
        ("[CLOSE#{number}]", "[CLOSE#58x]", "[CLOSE#58]"),
        ("[CLOSE#{number}]", "[CLOSE#5837, please", "[CLOSE#5837]"),
        ("[CLOSE#{number}]", "[CLOSE##5837]", "[CLOSE#5837]"),
        ("[MyCalls]", "[My Calls]", "[MyCalls]"),
        ("[MyCalls]", "[MyCall]", "[MyCalls]"),
        ("Call {number} has been", "Re: Call5837 has been updated", "Call 5837 has been"),
        ("[HR-{site}#{number}]", "[HR-berlin 7]", "[HR-berlin#7]"),
    ];
    for (pattern, subject, right) in cases {
        let fit = fit(pattern, subject).unwrap_or_else(|| panic!("{subject}"));
        assert_eq!(fit.written_right, right, "{subject}: {:?}", fit.differences);
    }
}

#[test]
fn what_is_something_else_is_no_near_miss() {
    for (pattern, subject) in [
        ("[CLOSE#{number}]", "please close 5837"),
        ("[CLOSE#{number}]", "[DISCLOSE#5837]"),
        ("[CALL#{number}]", "[RECALL#5]"),
        ("[TASK#{number}]", "[APPROVAL#77]"),
        ("[TASK#{number}]", "Task list"),
        ("Call {number} has been", "Call Anna, who has been away"),
        ("[MyCalls]", "my call was lost"),
        ("[MyCalls]", ""),
    ] {
        assert_eq!(fit(pattern, subject), None, "{subject}");
    }
}

#[test]
fn differences_are_named() {
    let differences = |pattern, subject| fit(pattern, subject).unwrap().differences;
    assert_eq!(differences("[CLOSE#{number}]", "[CLOSE 5837]"), [Difference::Missing("#".into())]);
    assert_eq!(
        differences("[CLOSE#{number}]", "(CLOSE#1)"),
        [Difference::Instead { saw: '(', wanted: '[' }, Difference::Instead { saw: ')', wanted: ']' }]
    );
    assert_eq!(
        differences("[CLOSE#{number}]", "[CLOSE#５８]"),
        [Difference::Likeness { saw: "５８".into(), wanted: "58".into() }]
    );
    assert_eq!(differences("[CLOSE#{number}]", "[CLSOE#1]"), [Difference::Swapped('S', 'O')]);
}

#[test]
fn pattern_goes_as_far_as_it_can() {
    let parts = |found: &str, wanted: &str| (found.to_owned(), wanted.to_owned());
    assert_eq!(reach("[CLOSE#{number}]", "Re: [CLOSE 5837]"), parts("[CLOSE", "#{number}]"));
    assert_eq!(reach("Call {number} has been", "Call 5837 printer"), parts("Call {number} ", "has been"));
    assert_eq!(reach("[CLOSE#{number}]", "help"), parts("", "[CLOSE#{number}]"));
    assert_eq!(reach("Call {number} has been", "VPN can not"), parts("", "Call {number} has been"));
    assert_eq!(reach("Call {number} has been", "Call 5 had"), parts("Call {number} ", "has been"));
}

fn pieces() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("["),
        Just("]"),
        Just("#"),
        Just(" "),
        Just("  "),
        Just("CALL"),
        Just("call"),
        Just("5837"),
        Just("7"),
        Just("-"),
        Just("x"),
        Just("has"),
        Just("been"),
        Just("berlin"),
    ];
    proptest::collection::vec(piece, 0..9).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn pattern_goes_to_its_end_exactly_where_it_matches(
        pattern in prop_oneof![
            Just("[CALL#{number}]"), Just("Call {number} has been"), Just("[HR-{site}#{number}]"), Just("[x]"),
            Just("{site} call"), Just("call # {number}"), Just("call {number}x"), Just("[ {a} {b} ]"),
            Just("call {site}"),
        ],
        subject in pieces(),
    ) {
        let parsed = Pattern::parse(pattern).unwrap();
        let characters: Vec<char> = subject.chars().collect();
        let wanted = Wanted::of(&parsed);
        let grid = Grid::fill(&wanted.items, &characters, COST_MAX);
        let ends = (0..=characters.len()).filter(|&at| is_edge_of(wanted.items.last(), &characters, at));
        let goes = ends.into_iter().any(|at| grid.cost(wanted.items.len(), at) == 0);
        prop_assert_eq!(goes, parsed.matches(&subject));
        if parsed.matches(&subject) {
            prop_assert_eq!(wanted.fit(&characters), None);
        }
    }
}

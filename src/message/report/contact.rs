//! The words by which mail servers send their readers to somebody who is no recipient.

use crate::message::phrases::Phrases;
use std::sync::LazyLock;

/// Words before an address that readers are sent to for help, in lower case.
const CONTACT_WORDS: [&str; 64] = [
    "need help",
    "contact",
    "kontakt",
    "assist",
    "for help",
    "more help",
    "further help",
    "question",
    "problem report",
    "report this",
    "write to",
    "please write",
    "please mail",
    "please email",
    "please e-mail",
    "send mail to",
    "send an email",
    "send e-mail",
    "complain",
    "removal",
    "removed from",
    "delist",
    "unblock",
    "whitelist",
    "fragen",
    "wenden sie",
    "wenden dich",
    "hilfe",
    "unterstützung",
    "melden sie",
    "schreiben sie",
    "adressez",
    "écrivez",
    "pour toute",
    "besoin d",
    "póngase",
    "ayuda",
    "escriba",
    "contatt",
    "assistenza",
    "scriva",
    "contate",
    "ajuda",
    "hulp",
    "vragen",
    "hjälp",
    "hjælp",
    "hjelp",
    "yhteyttä",
    "apua",
    "pomoc",
    "napisz",
    "napište",
    "segítség",
    "обратит",
    "обращ",
    "свяжит",
    "помощ",
    "зверн",
    "iletişim",
    "yardım",
    "联系",
    "聯絡",
    "問い合わせ",
];
/// Words behind such an address, where the verb comes last.
const CONTACT_WORDS_BEHIND: [&str; 11] = [
    "連絡",
    "問い合わせ",
    "問合せ",
    "문의",
    "연락",
    "başvur",
    "wenden",
    "联系",
    "聯絡",
    "iletişim",
    "writing to us",
];

/// Words before an address that only shows how one looks, or that is asked for somewhere, in lower case.
const EXAMPLE_WORDS: [&str; 38] = [
    "e.g.",
    "for example",
    "for instance",
    "such as",
    "finger ",
    "whois ",
    "try sending to",
    "try emailing",
    "zum beispiel",
    "beispielsweise",
    "par exemple",
    "por ejemplo",
    "por exemplo",
    "ad esempio",
    "bijvoorbeeld",
    "например",
    "z.b.",
    "z. b.",
    "p.ex.",
    "p. ex.",
    "par ex.",
    "p.ej.",
    "p. ej.",
    "(ex:",
    "(ex.",
    "ad es.",
    "bijv.",
    "f.eks.",
    "t.ex.",
    "t. ex.",
    "esim.",
    "např.",
    "напр.",
    "例えば",
    "例如",
    "(例",
    "（例",
    "예:",
];

/// Whether a text in lower case gives the address that follows by way of example.
pub(super) fn gives_example(lower: &str) -> bool {
    EXAMPLE_WORDS.iter().any(|words| lower.contains(words))
}

/// Whether a line in lower case ends in words behind which such an address stands.
pub(super) fn ends_in_example(lower: &str) -> bool {
    let lower = lower.trim_end_matches([' ', ':', ',', '：']);
    EXAMPLE_WORDS.iter().any(|words| lower.ends_with(words.trim_end_matches([' ', ':'])))
}

/// Whether a word is cut short: its dot ends no sentence.
pub(super) fn is_abbreviation(word: &str) -> bool {
    let word = word.trim_start_matches('(').to_lowercase();
    word.trim_end_matches('.').chars().count() < 2
        || EXAMPLE_WORDS
            .iter()
            .any(|words| words.ends_with('.') && words.trim_start_matches('(').ends_with(&word))
}

/// Whether a text in lower case sends its readers to an address that follows.
pub(super) fn follows(lower: &str) -> bool {
    static WORDS: LazyLock<Phrases> = LazyLock::new(|| Phrases::of(&CONTACT_WORDS));
    WORDS.stand_in(lower)
}

/// Whether a text in lower case sends its readers to an address that stands before it.
pub(super) fn precedes(lower: &str) -> bool {
    CONTACT_WORDS_BEHIND.iter().any(|word| lower.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_for_help_are_told_by_the_words_around_them() {
        for (text, is_before, is_behind) in [
            ("for further assistance write to", true, false),
            ("bei fragen wenden sie sich an", true, true),
            ("までご連絡ください", false, true),
            ("your message could not be delivered to", false, false),
        ] {
            assert_eq!((follows(text), precedes(text)), (is_before, is_behind), "{text}");
        }
    }
}

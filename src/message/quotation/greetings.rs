//! Lines that greet and say nothing else.

use crate::message::phrases::Beginnings;

/// The most words of such a line, and the most characters of one without blanks between words.
const WORDS_MAX: usize = 5;
const CHARS_MAX: usize = 60;
/// The words that greet, in lower case.
static GREETINGS: Beginnings<131> = Beginnings::of([
    "hi",
    "hello",
    "hey",
    "dear",
    "greetings",
    "good morning",
    "good afternoon",
    "good evening",
    "good day",
    "hallo",
    "liebe",
    "lieber",
    "liebes",
    "sehr geehrte",
    "sehr geehrter",
    "guten tag",
    "guten morgen",
    "guten abend",
    "moin",
    "servus",
    "grüezi",
    "bonjour",
    "bonsoir",
    "salut",
    "cher",
    "chère",
    "chers",
    "madame",
    "monsieur",
    "hola",
    "estimado",
    "estimada",
    "estimados",
    "buenos días",
    "buenas tardes",
    "ciao",
    "buongiorno",
    "buonasera",
    "gentile",
    "salve",
    "olá",
    "bom dia",
    "boa tarde",
    "caro",
    "cara",
    "prezado",
    "prezada",
    "beste",
    "geachte",
    "dag",
    "goedemorgen",
    "goedemiddag",
    "hej",
    "hei",
    "kære",
    "bästa",
    "kjære",
    "dzień dobry",
    "cześć",
    "szanowny",
    "szanowna",
    "dobrý den",
    "ahoj",
    "szia",
    "tisztelt",
    "bună",
    "bună ziua",
    "здравствуйте",
    "добрый день",
    "доброе утро",
    "привет",
    "уважаемый",
    "уважаемая",
    "merhaba",
    "sayın",
    "γεια",
    "dobar dan",
    "dobro jutro",
    "dobro veče",
    "dobra večer",
    "poštovani",
    "poštovana",
    "zdravo",
    "bok",
    "spoštovani",
    "sveiki",
    "labas",
    "laba diena",
    "labdien",
    "tere",
    "tervist",
    "góðan dag",
    "hæ",
    "xin chào",
    "chào",
    "kính gửi",
    "selamat pagi",
    "selamat siang",
    "halo",
    "добрый вечер",
    "здравствуй",
    "доброго дня",
    "вітаю",
    "шановний",
    "шановна",
    "здравейте",
    "добър ден",
    "поздрав",
    "καλημέρα",
    "καλησπέρα",
    "αξιότιμε",
    "iyi günler",
    "günaydın",
    "selam",
    "hyvää päivää",
    "huomenta",
    "terve",
    "god dag",
    "goddag",
    "god morgen",
    "god morgon",
    "jó napot",
    "kedves",
    "dobrý deň",
    "vážený",
    "vážená",
    "bon dia",
    "bom-dia",
    "kaixo",
    "buenos dias",
    "buenas",
]);
/// The same in scripts that put no blanks between words, or none behind these.
const UNSPACED: [&str; 9] =
    ["您好", "你好", "こんにちは", "お世話に", "안녕하세요", "尊敬的", "สวัสดี", "שלום", "مرحبا"];
/// The most characters behind one of those.
const UNSPACED_REST_MAX: usize = 8;
/// What people who are not named are called in small letters; in lower case.
const ADDRESSEES: [&str; 24] = [
    "all",
    "everyone",
    "everybody",
    "team",
    "there",
    "folks",
    "sir",
    "madam",
    "or",
    "and",
    "und",
    "et",
    "y",
    "e",
    "zusammen",
    "alle",
    "allemaal",
    "à",
    "tous",
    "todos",
    "a",
    "tutti",
    "again",
    "/",
];

/// Whether a line says no more than whom it greets: `Hi Tom,`, `Guten Tag`. `Thanks,` says something.
pub(in crate::message) fn is_greeting(line: &str) -> bool {
    let line = line.trim().trim_end_matches([',', '!', '.', ':', '،', '，', '！', '：', '、', '。', ' ']);
    if line.chars().nth(CHARS_MAX).is_some() || line.split_whitespace().count() > WORDS_MAX {
        return false;
    }
    let lower = line.to_lowercase();
    let is_unspaced = |start: &str| {
        lower.strip_prefix(start).is_some_and(|rest| rest.chars().nth(UNSPACED_REST_MAX).is_none())
    };
    let names_only = |rest: &str| {
        let ends_word = rest.is_empty() || rest.starts_with([' ', ',', '!', '(', '/']);
        // the small form of a letter may have another length: words are counted from the end
        let words = rest.split_whitespace().count();
        let all: Vec<&str> = line.split_whitespace().collect();
        let named = all.get(all.len().saturating_sub(words)..).unwrap_or_default();
        ends_word && named.iter().all(|word| may_name(word))
    };
    UNSPACED.iter().any(|start| is_unspaced(start)) || GREETINGS.each_behind(&lower).any(names_only)
}

/// Whether a word behind a greeting may be a name, a title, or the end of the greeting itself.
fn may_name(word: &str) -> bool {
    let bare = word.trim_matches([',', '!', '(', ')', '/']);
    let ends_sentence = bare.ends_with(['?', ';']) || bare.contains(char::is_numeric);
    !ends_sentence && (!bare.starts_with(char::is_lowercase) || ADDRESSEES.contains(&bare))
}

#[cfg(test)]
mod tests {
    use super::super::{Structure, split};
    use super::*;

    #[test]
    fn greetings_are_told_from_short_answers() {
        for line in [
            "Hi Tom,",
            "Hi",
            "Hello all!",
            "Good morning Tom",
            "Sehr geehrte Damen und Herren,",
            "Bonjour à tous,",
            "Liebe Ana",
            "Estimado Sr. Ruiz:",
            "Dobrý den,",
            "Здравствуйте!",
            "您好，",
            "こんにちは",
            "안녕하세요",
        ] {
            assert!(is_greeting(line), "{line}");
        }
        for line in [
            "Thanks,",
            "High time",
            "Hello works",
            "Hi, works now",
            "Dear me, that was 12",
            "Yes",
            "Ja",
            "Room 12,",
            "Hi Tom, is it on?",
            "Dagelijks",
            "",
            "Hello Tom it is fixed since this morning",
        ] {
            assert!(!is_greeting(line), "{line}");
        }
    }

    #[test]
    fn u9_a_greeting_alone_is_not_all_that_was_said() {
        for text in [
            "Hi Tom,\n\nFrom: Tom Baker <t@d.example>\nSent: Monday, February 2, 2026 9:14 AM\nTo: Pat\nSubject: RE: x\n\nWhich room?\n==> Room 12",
            "Hi Tom,\n\nThis mail was sent using my phone mail",
            "Guten Tag,\n\nAm 02.02.2026 um 09:14 schrieb Tom Baker:\n\nWelcher Raum?\nRaum 12",
        ] {
            let portions = split(text, &Structure::default());
            assert_eq!(
                (portions.reply.as_str(), portions.sureness),
                (text, super::super::Sureness::Doubtful)
            );
        }
        let marked = "Hi Tom,\n\nOn 2 Feb 2026 at 9:14, Tom Baker wrote:\n> Which room?";
        assert_eq!(split(marked, &Structure::default()).reply, "Hi Tom,");
        let thanks = "Thanks,\n\nFrom: Tom Baker <t@d.example>\nSent: Monday, February 2, 2026 9:14 AM\nTo: Pat\nSubject: RE: x\n\nDone.";
        assert_eq!(split(thanks, &Structure::default()).reply, "Thanks,");
    }
}

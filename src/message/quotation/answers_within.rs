//! What writers say who answer within the quoted mail, in many languages; in lower case.

use super::announcements::ANSWERED_WITHIN;
use crate::message::phrases::Phrases;
use std::sync::LazyLock;

/// The most words of a line that speaks of answers and of where they stand, and its most bytes.
const WORDS_MAX: usize = 15;
const BYTES_MAX: usize = 240;
/// How words begin that speak of answers.
const ANSWERS: [&str; 53] = [
    "answer",
    "repl",
    "respon",
    "comment",
    "my notes",
    "notes",
    "antwort",
    "kommentar",
    "kommentier",
    "beantwort",
    "anmerk",
    "geantwortet",
    "répon",
    "répond",
    "respuest",
    "respond",
    "contest",
    "comentari",
    "rispo",
    "risposte",
    "commenti",
    "respo",
    "comentári",
    "antwoord",
    "beantwoord",
    "opmerking",
    "reactie",
    "svar",
    "besvar",
    "vasta",
    "odpow",
    "odpov",
    "komentář",
    "komentarz",
    "ответ",
    "отвеч",
    "комментари",
    "відпов",
    "válasz",
    "răspun",
    "yanıt",
    "cevap",
    "απαντ",
    "回答",
    "答复",
    "答覆",
    "回复",
    "回覆",
    "返信",
    "コメント",
    "답변",
    "회신",
    "trả lời",
];
/// Where answers stand, or by what they are known.
const PLACES: [&str; 189] = [
    "below",
    "underneath",
    "inline",
    "in-line",
    "in line",
    "inside",
    "embedded",
    "interspersed",
    "in the text",
    "in the body",
    "in your mail",
    "in your e-mail",
    "in your email",
    "in your text",
    "in your message",
    "your original",
    "within your",
    "within the",
    "answers within",
    "comments within",
    "replies within",
    "in between",
    "between your",
    "between the",
    "marked in",
    "marked with",
    "markiert",
    "after each",
    "under each",
    "after your",
    "point by point",
    "highlighted",
    "prefixed",
    "bold",
    "caps",
    "capitals",
    "capital letters",
    "italic",
    "italics",
    "red",
    "blue",
    "green",
    "purple",
    "yellow",
    "orange",
    "pink",
    "colour",
    "color",
    "unten",
    "untenstehend",
    "unterhalb",
    "darunter",
    "dazwischen",
    "nachstehend",
    "im text",
    "im mail",
    "in der mail",
    "in deiner mail",
    "in deine mail",
    "in ihrer mail",
    "in ihre mail",
    "in deiner e-mail",
    "in ihrer e-mail",
    "in ihre e-mail",
    "unter den fragen",
    "unter ihren fragen",
    "unter deinen fragen",
    "s.u",
    "s. u",
    "siehe meine",
    "fett",
    "kursiv",
    "großbuchstaben",
    "rot",
    "roter",
    "blau",
    "blauer",
    "grün",
    "grüner",
    "gelb",
    "farbig",
    "ci-dessous",
    "dessous",
    "plus bas",
    "dans le texte",
    "dans votre texte",
    "dans ton texte",
    "dans le corps",
    "dans le mail",
    "dans votre mail",
    "dans ton mail",
    "dans votre message",
    "gras",
    "italique",
    "majuscules",
    "rouge",
    "bleu",
    "vert",
    "jaune",
    "couleur",
    "abajo",
    "a continuación",
    "debajo",
    "entre líneas",
    "en el texto",
    "en tu correo",
    "en su correo",
    "negrita",
    "cursiva",
    "mayúsculas",
    "rojo",
    "azul",
    "verde",
    "amarillo",
    "sotto",
    "di seguito",
    "nel testo",
    "nella mail",
    "tra le righe",
    "grassetto",
    "maiuscolo",
    "rosso",
    "blu",
    "giallo",
    "abaixo",
    "em baixo",
    "no texto",
    "negrito",
    "maiúsculas",
    "vermelho",
    "hieronder",
    "onder",
    "tussen",
    "in de tekst",
    "in je mail",
    "in uw mail",
    "vet",
    "rood",
    "blauw",
    "groen",
    "nedan",
    "nedanför",
    "i texten",
    "rött",
    "röd",
    "blått",
    "nedenfor",
    "i teksten",
    "rødt",
    "blåt",
    "tekstin",
    "seassa",
    "välissä",
    "punaisella",
    "poniżej",
    "w tekście",
    "w treści",
    "czerwono",
    "czerwonym",
    "níže",
    "nižšie",
    "v textu",
    "červeně",
    "ниже",
    "в тексте",
    "по тексту",
    "внутри",
    "красным",
    "синим",
    "выделены",
    "жирным",
    "нижче",
    "alább",
    "lent",
    "mai jos",
    "aşağıda",
    "aşağıdadır",
    "kırmızı",
    "παρακάτω",
    "如下",
    "见下",
    "見下",
    "以下",
    "下記",
    "下面",
    "文中",
    "インライン",
    "青字",
    "아래",
];
/// What else says it without naming an answer.
const MORE: [&str; 15] = [
    "interspersed",
    "in your text below",
    "see inside",
    "see in line",
    "siehe im text",
    "entre les lignes",
    "entre líneas",
    "tra le righe",
    "nelle righe sotto",
    "tussen de regels",
    "mellan raderna",
    "见红字",
    "見紅字",
    "下記に記載",
    "以下に記載",
];
/// The colours in [`ANSWERED_WITHIN`] begin so; things are red as well.
const IN_COLOUR: [&str; 19] = [
    "in ",
    "en ",
    "em ",
    "i ",
    "na ",
    "με ",
    "punais",
    "piros",
    "красн",
    "син",
    "зелен",
    "červen",
    "kırmızı",
    "红",
    "紅",
    "蓝",
    "赤",
    "青",
    "빨간",
];
/// Beside which words they do speak of answers, if none is named.
const POINTERS: [&str; 19] = [
    "see", "my", "mine", "remarks", "feedback", "input", "siehe", "meine", "meins", "voir", "mes", "mis",
    "ver", "vedi", "miei", "zie", "mijn", "mina", "мои",
];

/// Whether the writer says that the answers stand within the quoted mail.
pub(super) fn says_answers_are_within(line: &str) -> bool {
    static PHRASES: LazyLock<Phrases> = LazyLock::new(|| Phrases::of(&ANSWERED_WITHIN));
    static FURTHER: LazyLock<Phrases> = LazyLock::new(|| Phrases::of(&MORE));
    static STEMS: LazyLock<Phrases> = LazyLock::new(|| Phrases::of(&ANSWERS));
    static POINTING: LazyLock<Phrases> = LazyLock::new(|| Phrases::of(&POINTERS));
    // most lines hold none of the words without which there is no announcement
    static NEEDED: LazyLock<Phrases> =
        LazyLock::new(|| Phrases::of(&[ANSWERED_WITHIN.as_slice(), &MORE, &ANSWERS].concat()));
    if !NEEDED.stand_in(line) {
        return announces_in_short(line);
    }
    let speaks_of_answers = || STEMS.begin_words_in(line);
    let is_short = || line.len() <= BYTES_MAX && line.split_whitespace().count() <= WORDS_MAX;
    let is_colour = |words: &str| IN_COLOUR.iter().any(|start| words.starts_with(start));
    let is_of_a_place = |at: usize| ANSWERED_WITHIN.get(at).is_some_and(|words| !is_colour(words));
    if PHRASES.stand_as_words_in(line, is_of_a_place) || FURTHER.stand_as_words_in(line, |_| true) {
        return true;
    }
    if announces_in_short(line) {
        return true;
    }
    let has_colour = || PHRASES.stand_as_words_in(line, |_| true);
    if speaks_of_answers() {
        return has_colour() || is_short() && names_place(line);
    }
    POINTING.stand_as_words_in(line, |_| true) && has_colour()
}

/// Whether a line names a place in a mail, or a form by which answers are known.
pub(super) fn names_place(line: &str) -> bool {
    static FORMS: LazyLock<Phrases> = LazyLock::new(|| Phrases::of(&PLACES));
    FORMS.stand_as_words_in(line, |_| true)
}

/// Whether a line speaks of answers and ends with a colon, as if they stood right below it.
pub(super) fn announces_answers(line: &str) -> bool {
    static STEMS: LazyLock<Phrases> = LazyLock::new(|| Phrases::of(&ANSWERS));
    let is_short = || line.len() <= BYTES_MAX && line.split_whitespace().count() <= WORDS_MAX;
    line.trim_end().ends_with([':', '：']) && is_short() && STEMS.begin_words_in(line)
}

/// `psb`: "please see below".
fn announces_in_short(line: &str) -> bool {
    line.trim_end_matches(['.', '!', ' ']).eq_ignore_ascii_case("psb")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn u9_announcements_of_answers_are_understood_in_many_words() {
        for line in [
            "Answers below.",
            "I've replied below.",
            "My comments are below, in capital letters.",
            "My answers in bold.",
            "Answered point by point below.",
            "Replies in-line.",
            "See my notes after your questions.",
            "Meine Antworten in Blau.",
            "Antworten s.u.",
            "Ich antworte direkt in Ihrer E-Mail.",
            "Mes réponses dans votre mail.",
            "Réponses en gras.",
            "Le respondo entre líneas.",
            "Rispondo nel testo.",
            "Respondo em baixo",
            "Antwoorden in de tekst.",
            "Mina svar nedan.",
            "Moje odpowiedzi poniżej.",
            "Отвечаю ниже.",
            "回复如下",
            "以下、回答いたします。",
            "See in red.",
        ] {
            assert!(says_answers_are_within(line), "{line}");
        }
    }

    #[test]
    fn u9_answers_may_be_announced_with_a_colon() {
        for (line, expected) in [
            ("Antworten siehe PM:", true),
            ("My answers:", true),
            ("Thanks for the answers.", false),
            ("Room 12:", false),
        ] {
            assert_eq!(announces_answers(line), expected, "{line}");
        }
    }

    #[test]
    fn u9_lines_that_only_hold_the_same_letters_announce_no_answers() {
        for line in [
            "We are in Redmond this week.",
            "The printer is in rotation again.",
            "The mainline works.",
            "The status light is in red.",
            "Thanks for your reply.",
            "Please respond within 24 hours.",
            "It stands below the desk.",
            "Rispondo alla sua mail domani.",
            "",
        ] {
            assert!(!says_answers_are_within(line), "{line}");
        }
    }
}

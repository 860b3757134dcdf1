//! What writers say who fill in a form, or put their remarks, within the quoted mail, in many languages; in lower case.
//!
//! Forms are filled in elsewhere, too. So it counts only beside a word for the place, or where the quoted mail has
//! something that may have been filled in.

use super::answers_within::names_place;
use super::keys::Key;
use super::marks::key_and_value;
use crate::message::lines::is_blank;
use crate::message::phrases::Phrases;
use std::sync::LazyLock;

/// The most words of a line that says so, and its most bytes.
const WORDS_MAX: usize = 15;
const BYTES_MAX: usize = 240;
/// How many lines of the quoted mail are looked at, and how many fields with a value a form has.
const QUOTED_LINES_MAX: usize = 200;
const FIELDS_MIN: usize = 2;
/// How words begin that speak of filling in, whatever is filled in.
const FILLED: [&str; 56] = [
    "filled in",
    "filled out",
    "filled it in",
    "filled it out",
    "filled them in",
    "filled everything in",
    "ausgefüllt",
    "ausgefuellt",
    "eingetragen",
    "rempli",
    "rellen",
    "llenado",
    "cumpliment",
    "compilat",
    "ingevuld",
    "preench",
    "fyllt i",
    "fyllde i",
    "ifyll",
    "udfyld",
    "utfylt",
    "fylt ut",
    "fylte ut",
    "fylt inn",
    "täytin",
    "täytet",
    "täyttä",
    "wypełni",
    "vyplni",
    "vyplně",
    "vyplne",
    "заполн",
    "заповн",
    "попълн",
    "kitölt",
    "am completat",
    "συμπλήρωσ",
    "συμπληρωμέν",
    "doldur",
    "ispunio",
    "ispunjen",
    "popuni",
    "попуни",
    "izpolni",
    "užpild",
    "aizpild",
    "täitsin",
    "täidetud",
    "omplert",
    "記入",
    "填写",
    "填寫",
    "填好",
    "기입",
    "đã điền",
    "mengisi",
];
/// How words begin that speak of adding and completing, which one does with much else.
const ADDED: [&str; 68] = [
    "filled",
    "complet",
    "complét",
    "insert",
    "added",
    "entered",
    "annotated",
    "supplied",
    "put my",
    "typed my",
    "ergänzt",
    "eingefügt",
    "eingegeben",
    "hinzugefügt",
    "nachgetragen",
    "vervollständig",
    "eingearbeitet",
    "angekreuzt",
    "ajouté",
    "annoté",
    "renseigné",
    "indiqué",
    "inséré",
    "añadi",
    "añadí",
    "agreg",
    "anotado",
    "inserit",
    "aggiunt",
    "annotat",
    "ingevoegd",
    "toegevoegd",
    "aangevuld",
    "aangekruist",
    "inseri",
    "acrescent",
    "adicion",
    "lagt till",
    "infog",
    "skrivit in",
    "kompletter",
    "indsat",
    "tilføjet",
    "skrevet ind",
    "satt inn",
    "lagt inn",
    "lisäsin",
    "lisätty",
    "wpisa",
    "uzupełni",
    "dopisa",
    "wstawi",
    "doplni",
    "vepsa",
    "vpísa",
    "внес",
    "вписа",
    "дополн",
    "добавил",
    "вставил",
    "дода",
    "beírt",
    "kiegész",
    "adăugat",
    "προσθέσ",
    "ekledim",
    "追記",
    "补充",
];
/// How words begin for what is added: answers, and what forms consist of.
const OBJECTS: [&str; 96] = [
    "answer",
    "repl",
    "respon",
    "comment",
    "remark",
    "notes",
    "feedback",
    "form",
    "field",
    "blank",
    "question",
    "detail",
    "info",
    "data",
    "list",
    "table",
    "template",
    "survey",
    "missing",
    "everything",
    "antwort",
    "kommentar",
    "anmerk",
    "bemerk",
    "angaben",
    "felder",
    "frage",
    "daten",
    "tabelle",
    "vorlage",
    "alles",
    "fehlende",
    "répon",
    "remarque",
    "champ",
    "tableau",
    "donnée",
    "respuest",
    "comentari",
    "observa",
    "campo",
    "datos",
    "pregunt",
    "todo",
    "rispo",
    "osservaz",
    "modulo",
    "campi",
    "dati",
    "domande",
    "tutto",
    "antwoord",
    "opmerking",
    "velden",
    "gegevens",
    "vragen",
    "dados",
    "pergunt",
    "coment",
    "tudo",
    "svar",
    "uppgift",
    "fråg",
    "oplysning",
    "opplysning",
    "skema",
    "skjema",
    "spørgsmål",
    "spørsmål",
    "vastau",
    "tiedot",
    "lomak",
    "odpow",
    "odpov",
    "uwag",
    "dane",
    "pyta",
    "údaj",
    "otáz",
    "poznám",
    "ответ",
    "замечан",
    "данн",
    "форм",
    "анкет",
    "вопрос",
    "дані",
    "відпов",
    "űrlap",
    "adat",
    "válasz",
    "răspun",
    "στοιχεί",
    "bilgi",
    "項目",
    "信息",
];
/// How words begin for other places in which forms are filled in.
const ELSEWHERE: [&str; 50] = [
    "attach",
    "enclos",
    "http",
    "www",
    "website",
    "web site",
    "portal",
    "online",
    "link",
    "intranet",
    "anbei",
    "anhang",
    "angehängt",
    "beigefügt",
    "anlage",
    "webseite",
    "joint",
    "pièce",
    "en ligne",
    "site",
    "adjunt",
    "en línea",
    "allegat",
    "sito",
    "bijlage",
    "bijgevoegd",
    "anexo",
    "anexad",
    "bifog",
    "bilag",
    "vedhæft",
    "vedlagt",
    "vedlegg",
    "liittee",
    "załącz",
    "přilo",
    "příloh",
    "prílo",
    "вложен",
    "прикреп",
    "прилож",
    "додат",
    "mellékl",
    "csatol",
    "atașat",
    "anexat",
    "συνημμ",
    "ekte",
    "添付",
    "附件",
];
/// Names of fields that signatures have as well, in lower case.
const OF_SIGNATURES: [&str; 20] = [
    "tel",
    "tel.",
    "phone",
    "telefon",
    "telefoon",
    "téléphone",
    "tél",
    "teléfono",
    "fax",
    "mobile",
    "mobil",
    "cell",
    "e-mail",
    "email",
    "mail",
    "web",
    "internet",
    "www",
    "http",
    "https",
];

/// Whether a line says that something was filled in or added within a mail, so that it may be the one that is quoted here.
pub(super) fn says_it_is_filled_in(line: &str, quoted: &[&str]) -> bool {
    static VERBS: LazyLock<Phrases> = LazyLock::new(|| Phrases::of(&[FILLED.as_slice(), &ADDED].concat()));
    static SURE: LazyLock<Phrases> = LazyLock::new(|| Phrases::of(&FILLED));
    static THINGS: LazyLock<Phrases> = LazyLock::new(|| Phrases::of(&OBJECTS));
    static OTHERS: LazyLock<Phrases> = LazyLock::new(|| Phrases::of(&ELSEWHERE));
    let is_short = line.len() <= BYTES_MAX && line.split_whitespace().count() <= WORDS_MAX;
    is_short
        && VERBS.begin_words_in(line)
        && (SURE.begin_words_in(line) || THINGS.begin_words_in(line))
        && !OTHERS.begin_words_in(line)
        && (names_place(line) || has_something_filled_in(quoted))
}

/// Whether a quoted mail has fields with values, questions with words behind them, or crosses in boxes.
fn has_something_filled_in(quoted: &[&str]) -> bool {
    let behind_header = quoted.iter().position(|line| is_blank(line)).unwrap_or_default();
    let body = quoted.get(behind_header..).unwrap_or_default();
    let body = body.get(..QUOTED_LINES_MAX).unwrap_or(body);
    body.iter().filter(|line| is_filled_field(line)).count() >= FIELDS_MIN
        || body.iter().any(|line| is_crossed(line) || is_answered_on_its_line(line))
        || body.windows(2).any(is_question_above_answer)
}

/// `Room: 12`
fn is_filled_field(line: &str) -> bool {
    key_and_value(line).is_some_and(|(key, value)| {
        !value.is_empty()
            && !value.starts_with("//")
            && !Key::of(&key).is_of_quotations()
            && !OF_SIGNATURES.contains(&key.as_str())
    })
}

fn is_crossed(line: &str) -> bool {
    ["[x]", "[X]", "(x)", "(X)", "☒", "☑", "✓"].iter().any(|cross| line.contains(cross))
}

/// `Which room? 12`
fn is_answered_on_its_line(line: &str) -> bool {
    let behind = line.rsplit_once(['?', '？']).map_or("", |(_, behind)| behind);
    behind.starts_with(' ') && behind.contains(char::is_alphanumeric)
}

/// A question, and right below it words that ask nothing and greet nobody.
fn is_question_above_answer(pair: &[&str]) -> bool {
    let [question, answer] = pair else { return false };
    let answer = answer.trim_end();
    question.trim_end().ends_with(['?', '？'])
        && !answer.is_empty()
        && !answer.ends_with(['?', '？', ',', '!'])
}

#[cfg(test)]
mod tests {
    use super::super::{Structure, split};

    const HEADER: &str = "From: Ana Lyst <ana.lyst@example.com>\nSent: Monday, March 2, 2026 9:05 AM\nTo: Uma\nSubject: RE: VPN\n";

    fn is_kept(said: &str, quoted: &str) -> bool {
        let text = format!("{said}\n\nUma\n\n{HEADER}\n{quoted}");
        let reply = split(&text, &Structure::default()).reply;
        assert!(reply == text || reply == format!("{said}\n\nUma"), "{text}");
        reply == text
    }

    #[test]
    fn u9_what_is_filled_in_within_an_unmarked_quotation_is_kept_in_many_languages() {
        for said in [
            "I have filled in the form.",
            "Form completed, thanks.",
            "I inserted my remarks.",
            "All details are filled in.",
            "Ich habe das Formular ausgefüllt.",
            "Antworten eingefügt.",
            "Habe alles eingetragen.",
            "Die fehlenden Angaben habe ich ergänzt.",
            "J'ai rempli le formulaire.",
            "J’ai complété les informations.",
            "He rellenado el formulario.",
            "Datos completados.",
            "Ho compilato il modulo.",
            "Ho inserito le risposte.",
            "Ik heb alles ingevuld.",
            "Preenchi os dados.",
            "Formularz wypełniony.",
            "Uzupełniłem dane.",
            "Jag har fyllt i uppgifterna.",
            "Jeg har udfyldt skemaet.",
            "Jeg har fylt ut skjemaet.",
            "Täytin lomakkeen.",
            "Formulář jsem vyplnil.",
            "Я заполнил форму.",
            "Заповнив форму.",
            "Kitöltöttem az űrlapot.",
            "Am completat formularul.",
            "Συμπλήρωσα τη φόρμα.",
            "Formu doldurdum.",
            "Ispunio sam obrazac.",
            "フォームに記入しました。",
            "表格已填写。",
        ] {
            for quoted in [
                "Please tell us:\nName: Uma User\nRoom: 12",
                "Which printer is it?\nThe one in the hall.",
                "Which printer is it? 4.11",
                "New: [x]\nOld: [ ]",
            ] {
                assert!(is_kept(said, quoted), "{said}\n{quoted}");
            }
            assert!(!is_kept(said, "Please fill it in.\n\nAna\nTel: 555-1234\nFax: 555-1235"), "{said}");
        }
    }

    #[test]
    fn u9_what_is_filled_in_elsewhere_leaves_the_quotation_cut() {
        for said in [
            "I have filled the tray with paper.",
            "I have completed the update.",
            "The filled-in form is attached.",
            "I have filled in the form on your website.",
            "Das ausgefüllte Formular finden Sie im Anhang.",
            "Der Toner ist eingefüllt.",
            "Le formulaire rempli est en pièce jointe.",
            "Le adjunto el formulario rellenado.",
            "In allegato il modulo compilato.",
            "Het ingevulde formulier zit in de bijlage.",
            "W załączeniu wypełniony formularz.",
            "Заполненная форма во вложении.",
        ] {
            assert!(
                !is_kept(said, "Which printer is it?\nAnd please name the room.\nName: \nRoom: 12"),
                "{said}"
            );
        }
    }
}

//! Lines by which programs sign: `Sent from my phone` and its like.

use super::device_words::{
    DEVICE_ENDS, DEVICE_FREE_STARTS, DEVICE_GENERIC, DEVICE_LINES, DEVICE_OUTLOOK, DEVICE_OWNERS,
    DEVICE_STARTS, DEVICE_WORDS, OUTLOOK_SYSTEMS,
};
use super::sentences::{DAYS, EXCUSES, SPOKEN};
use crate::message::lines::within_blanks;

/// Words with which a description of what stands before the comma begins, in lower case.
const APPOSITIONS: [&str; 12] =
    ["the", "a", "an", "your", "der", "die", "das", "ein", "eine", "le", "la", "el"];
/// The most characters of a line by which a program signs, and its bytes with the links in it.
const DEVICE_CHARS_MAX: usize = 100;
const DEVICE_BYTES_MAX: usize = 600;
/// Where the links of such lines lead, in whichever language they are.
const PROGRAM_LINKS: [&str; 5] =
    ["//aka.ms/", "//go.microsoft.com/fwlink", "mail.onelink.me", "//proton.me", "//sprh.mn"];

/// Things that only their own signatures name, in lower case.
const PHONES: [&str; 15] = [
    "iphone",
    "ipad",
    "android",
    "galaxy",
    "samsung",
    "blackberry",
    "pixel",
    "huawei",
    "xiaomi",
    "oneplus",
    "fairphone",
    "windows phone",
    "smartphone",
    "mobile device",
    "mobiltelefon",
];

/// Whether a line names a thing that only its own signature names.
pub(super) fn names_phone(line: &str) -> bool {
    let lower = line.to_lowercase();
    PHONES.iter().any(|name| lower.contains(name))
}

/// Whether a link stands behind the words of a line, in brackets as programs put it there and people do not.
pub(super) fn has_link(line: &str) -> bool {
    without_links(line).1.contains("//")
}

/// `Sent from my phone` and its like.
pub(super) fn is_device_line(line: &str) -> bool {
    // some programs put signs of no width around it
    let line =
        within_blanks(line).trim_start_matches(['*', '_', '[', '-', ' ', '\u{2063}', '\u{200b}', '\u{feff}']);
    if line.is_empty() || line.len() > DEVICE_BYTES_MAX {
        return false;
    }
    let (words, link) = without_links(line.trim_end_matches(['\u{200b}', '\u{2063}', ' ']));
    if words.is_empty() || words.chars().nth(DEVICE_CHARS_MAX).is_some() {
        return false;
    }
    let lower = words.to_lowercase();
    let lower = lower.trim_matches([' ', '.', '!', ']', '*', '_', '\u{a0}']);
    if lower.ends_with(['?', ',', ';', ':']) {
        return false;
    }
    let names_program = || DEVICE_WORDS.iter().any(|word| lower.contains(word));
    let signs = DEVICE_STARTS.behind(lower).is_some()
        || DEVICE_ENDS.iter().any(|end| lower.ends_with(end))
        || PROGRAM_LINKS.iter().any(|known| link.contains(known));
    DEVICE_LINES.contains(&lower) || (signs && names_program() && !is_said_by_person(&words, lower, &link))
}

/// Whether a line that begins as programs sign says when, or by which mail in the other sense, something was sent, or speaks
/// of a program.
fn is_said_by_person(words: &str, lower: &str, link: &str) -> bool {
    let has = |known: &[&str]| {
        lower.split(|c: char| !c.is_alphanumeric() && c != '-').any(|word| known.contains(&word))
    };
    let is_of_outlook = DEVICE_OUTLOOK.iter().any(|start| lower.starts_with(start));
    let names_system = || link.contains("//") || has(&OUTLOOK_SYSTEMS);
    let excuses = || EXCUSES.iter().any(|word| lower.contains(word));
    // what follows a comma says more of the program, or is said by somebody
    let is_apposition = |rest: &str| {
        let first = rest.split(' ').next().unwrap_or_default();
        APPOSITIONS.contains(&first) || DEVICE_WORDS.contains(&first) && !DEVICE_GENERIC.contains(&first)
    };
    let goes_on =
        || lower.split_once(", ").is_some_and(|(_, rest)| rest.contains(' ') && !is_apposition(rest));
    has(&DAYS)
        || (has(&SPOKEN) || goes_on()) && !excuses()
        || is_of_outlook && !names_system()
        || lower.starts_with("yahoo mail: ") && lower.contains('@')
        || DEVICE_FREE_STARTS.iter().any(|start| lower.starts_with(start)) && !names_product(words, lower)
}

/// Whether a line names more than mail and telephones as such: those of the writer, or what is sold under a name.
fn names_product(words: &str, lower: &str) -> bool {
    let names_special =
        DEVICE_WORDS.iter().any(|word| !DEVICE_GENERIC.contains(word) && lower.contains(word));
    let is_compound = |word: &str| {
        let word = word.trim_matches(['.', '!', '*', '_', ']', ',']).to_lowercase();
        word.ends_with("mail") && !["mail", "email", "e-mail", "voicemail"].contains(&word.as_str())
    };
    let mut before = "";
    let mut is_named = false;
    for word in words.split(' ').skip(1) {
        is_named |= word.starts_with("Mail") && before.starts_with(char::is_uppercase) || is_compound(word);
        before = word;
    }
    names_special || is_named || lower.split(' ').any(|word| DEVICE_OWNERS.contains(&word))
}

/// A line without what stands in brackets, and what stood in them.
pub(super) fn without_links(line: &str) -> (String, String) {
    if line.is_ascii() && !line.contains(['<', '(', '\t']) && !line.contains("  ") {
        return (line.to_owned(), String::new());
    }
    let (mut words, mut links) = (String::with_capacity(line.len()), String::new());
    let mut closing = None;
    for c in line.chars() {
        match (closing, c) {
            (None, '<') => closing = Some('>'),
            (None, '(') => closing = Some(')'),
            (Some(close), c) if c == close => closing = None,
            (None, c) => words.push(c),
            (Some(_), c) => links.push(c),
        }
    }
    (words.split_whitespace().collect::<Vec<_>>().join(" "), links)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_sign_in_many_languages() {
        for line in [
            "Sent from my iPhone",
            "Get Outlook for iOS<https://aka.ms/o0ukef>",
            "Von meinem iPhone gesendet",
            "Envoyé de mon iPhone",
            "Verzonden vanaf mijn iPhone",
            "Lähetetty iPhonesta",
            "Wysłane z iPhone’a",
            "iPhoneから送信",
            "发自我的iPhone",
            "나의 iPhone에서 보냄",
            "Отправлено с iPhone",
            "iPhone'umdan gönderildi",
            "Sent with Proton Mail secure email.",
            "Diese Nachricht wurde von meinem Android-Gerät mit K-9 Mail gesendet.",
            "Enviado\u{a0}a partir do meu Galaxy",
            "Sent with Tuta Mail",
            "Sent using Hushmail",
            "Sent via my phone",
            "Sent from HCL Verse",
            "Outlook für iOS <https://aka.ms/o0ukef>",
            "Get Outlook for Mac",
            "Von meinem Mobiltelefon gesendet",
            "Enviado desde mi móvil",
            "Enviado do meu celular",
            "Verzonden vanaf mijn telefoon",
            "Lähetetty puhelimesta",
            "Отправлено с мобильного устройства",
            "갤럭시에서 보냄",
            "Στάλθηκε από το κινητό μου",
            "Sent from my Verizon, Samsung Galaxy smartphone",
            "\u{2063}Get BlueMail for Android \u{200b}",
            "Sent with BlackBerry Work (www.blackberry.example)",
        ] {
            assert!(is_device_line(line), "{line}");
        }
        for line in [
            "Sent from my iPhone, does it matter?",
            "It was sent from my desk",
            "The parcel was gesendet",
            "von meinem Rechner aus geht es nicht",
            "Sent with love from Lund",
            "Inviato da Mario",
            "Sent using DHL mail.",
            "Sent with registered mail",
            "Sent from my phone yesterday",
            "Yahoo Mail: pat@yahoo.example",
            "Outlook für den PC",
            "Gesendet per E-Mail am Montag.",
            "Secured with a phone lock",
            "Get Outlook for me please",
            "Parça bugün gönderildi",
            "Envoyé par Outlook, reçu nulle part",
            "Verstuurd via Outlook, niets ontvangen",
            "Sent from my iPhone, mail is down",
            "Enviado desde mi casa",
        ] {
            assert!(!is_device_line(line), "{line}");
        }
    }
}

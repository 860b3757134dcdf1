//! Mails that somebody shows because he does not trust them, or says with a colon that he sends them on: they are what is asked
//! about.

use super::covered::names_original;
use super::keys::Key;
use super::marks::key_and_value;
use crate::message::lines::is_blank;
use crate::message::phrases::Phrases;
use crate::message::subject::take_apart;
use std::sync::LazyLock;

/// How many of the last lines above the mail may speak of that.
const SAID_LINES_MAX: usize = 3;
/// The fewest bytes of a line that does, and how many of its last ones are looked at.
const SAID_BYTES_MAX: usize = 120;
const SAID_BYTES_MIN: usize = 6;
/// The fewest words with which a person says that a mail follows; programs need fewer.
const ANNOUNCING_WORDS_MIN: usize = 4;
/// How many lines of its header are looked at.
const HEADER_LINES_MAX: usize = 12;
/// Words for mails as such, and for sending them on; in lower case.
const MAILS: [&str; 37] = [
    "mail",
    "messag",
    "mensa",
    "mensaj",
    "nachricht",
    "correo",
    "courrie",
    "bericht",
    "meddel",
    "melding",
    "wiadomo",
    "zpráv",
    "správ",
    "сообщ",
    "письм",
    "лист",
    "viesti",
    "üzenet",
    "levele",
    "mesaj",
    "e-posta",
    "メール",
    "邮件",
    "郵件",
    "메일",
    "forward",
    "weiterleit",
    "inoltr",
    "transfèr",
    "reenv",
    "encaminh",
    "doorst",
    "vidarebef",
    "videresend",
    "przesył",
    "přepos",
    "пересыл",
];
/// Words for mails that nobody trusts, in many languages; in lower case.
const SUSPICIONS: [&str; 80] = [
    "phish",
    "spam",
    "scam",
    "fraud",
    "a fake",
    "fake mail",
    "fake email",
    "legit",
    "genuine",
    "suspicious",
    "is this real",
    "is it real",
    "is that real",
    "verdächtig",
    "betrug",
    "betrüg",
    "gefälscht",
    "fälschung",
    "das echt",
    "die echt",
    "hameçonnage",
    "arnaque",
    "frauduleu",
    "pourriel",
    "estafa",
    "fraude",
    "sospechos",
    "truffa",
    "sospett",
    "golpe",
    "suspeit",
    "oplicht",
    "verdacht",
    "nepmail",
    "bedrägeri",
    "bluffmejl",
    "misstänk",
    "svindel",
    "mistænk",
    "mistenk",
    "huijau",
    "epäilyttäv",
    "oszust",
    "podejrzan",
    "podvod",
    "podezřel",
    "podozriv",
    "csalás",
    "gyanús",
    "înșel",
    "мошенн",
    "спам",
    "фишинг",
    "подозрит",
    "шахрай",
    "підозріл",
    "dolandır",
    "oltalama",
    "şüpheli",
    "απάτη",
    "ύποπτ",
    "詐欺",
    "迷惑メール",
    "フィッシング",
    "怪しい",
    "钓鱼",
    "釣魚",
    "诈骗",
    "詐騙",
    "垃圾邮件",
    "可疑",
    "스팸",
    "피싱",
    "사기",
    "의심",
    "lừa đảo",
    "הונאה",
    "חשוד",
    "احتيال",
    "مشبوه",
];

/// Whether the last words above speak of a mail that is not trusted.
fn speak_of_suspicion(above: &[&str]) -> bool {
    static WORDS: LazyLock<Phrases> = LazyLock::new(|| Phrases::of(&SUSPICIONS));
    let mut said = above.iter().rev().filter(|line| !is_blank(line)).take(SAID_LINES_MAX);
    // what is asked stands at the end
    let end = |line: &str| {
        line.get(line.ceil_char_boundary(line.len().saturating_sub(SAID_BYTES_MAX))..)
            .is_some_and(|end| WORDS.stand_in(end))
    };
    said.any(|line| line.len() >= SAID_BYTES_MIN && end(line))
}

/// Whether the last line above says with a colon that a mail follows.
fn says_it_is_sent_on(above: &[&str]) -> bool {
    static WORDS: LazyLock<Phrases> = LazyLock::new(|| Phrases::of(&MAILS));
    let last = above.iter().rev().find(|line| !is_blank(line)).map_or("", |line| line.trim_end());
    last.ends_with([':', '：'])
        && last.split_whitespace().count() >= ANNOUNCING_WORDS_MIN
        && !names_original(last)
        && WORDS.stand_in(last)
}

/// Whether a mail is shown whose header begins with the first of these lines below. One in a chain of answers says so in its subject,
/// and one of a desk has a number in brackets there.
pub(super) fn is_suspected(above: &[&str], below: &[&str]) -> bool {
    let header = || below.iter().take(HEADER_LINES_MAX).take_while(|line| !is_blank(line));
    let is_of_chain =
        |(key, value): (String, &str)| Key::of(&key).is_of_others() && take_apart(value).has_reply_mark;
    // most answers go to a desk, and that is told soonest
    !header().any(|line| is_of_answer(line))
        && (says_it_is_sent_on(above) || speak_of_suspicion(above))
        && !header().filter_map(|line| key_and_value(line)).any(is_of_chain)
}

/// Whether a field begins with `Re:` or its like, which has two letters in most languages; or names no address, and holds a bracket.
fn is_of_answer(line: &str) -> bool {
    let Some(colon) = memchr::memchr(b':', line.as_bytes()) else { return false };
    let value = line.as_bytes().get(colon + 1..).unwrap_or_default().trim_ascii_start();
    let has_mark = matches!(value, [first, second, b':', ..] if first.is_ascii_alphabetic() && second.is_ascii_alphabetic());
    has_mark || memchr::memchr2(b'[', b'#', value).is_some() && !value.contains(&b'@')
}

#[cfg(test)]
mod tests {
    use super::super::{Structure, split};

    const MAIL: &str = "From: Bank <bank@example.net>\nSent: Monday, March 2, 2026 9:05 AM\nTo: Uma User\nSubject: Your account\n\nGive us your password.";

    #[test]
    fn u9_a_mail_that_is_not_trusted_is_kept_where_it_is_shown() {
        for said in [
            "I got this from the bank, is it phishing?",
            "Diese Mail kam heute früh. Ist das Spam?\n\nUma",
            "Est-ce une arnaque ?",
            "Мне прислали это, похоже на мошенников.",
            "これは詐欺ですか。",
            "Anbei die Mail vom Lieferanten:",
            "I forward this for information:",
            "Voici le message que j'ai reçu :",
        ] {
            let text = format!("{said}\n\n{MAIL}");
            assert_eq!(split(&text, &Structure::default()).reply, text);
            let quoting = format!("{text}\n\nOn 12 Mar 2026 at 10:11, Ana Lyst wrote:\n> Which mail?");
            assert_eq!(split(&quoting, &Structure::default()).reply, text);
        }
    }

    #[test]
    fn u9_who_speaks_of_such_a_mail_in_an_answer_quotes_the_desk() {
        for subject in ["RE: Spam", "[4711] Spam"] {
            let header = format!(
                "From: Ana Lyst <ana.lyst@example.com>\nSent: Monday, March 2, 2026 9:05 AM\nTo: Uma\nSubject: {subject}"
            );
            let text = format!("It is no spam.\n\n{header}\n\nIs it?");
            assert_eq!(split(&text, &Structure::default()).reply, "It is no spam.", "{text}");
        }
    }
}

//! What shows that a text is no bounce: it is written to somebody, passes on what somebody wrote, or speaks of other things than mail.

use super::super::quotation;
use super::refusal;
use crate::message::phrases::Phrases;
use std::sync::LazyLock;

/// How programs begin that thank for a mail, or pass on what somebody wrote, in lower case.
const INTRODUCTIONS: [&str; 10] = [
    " wrote:",
    " commented:",
    "thank you for writing",
    "thank you for your request",
    "thank you for your message",
    "thank you for contacting",
    "thanks for contacting",
    "received your request",
    "your request:",
    "your ticket",
];
/// Whom programs greet, in lower case: not by a name.
const ROLES: [&str; 48] = [
    "sender",
    "user",
    "customer",
    "subscriber",
    "member",
    "client",
    "sir",
    "madam",
    "colleague",
    "colleagues",
    "all",
    "team",
    "absender",
    "absenderin",
    "kunde",
    "kundin",
    "nutzer",
    "benutzer",
    "damen",
    "herren",
    "expéditeur",
    "utilisateur",
    "utilisatrice",
    "abonné",
    "remitente",
    "usuario",
    "cliente",
    "señor",
    "señores",
    "mittente",
    "utente",
    "remetente",
    "usuário",
    "utilizador",
    "afzender",
    "gebruiker",
    "klant",
    "avsändare",
    "användare",
    "kund",
    "nadawco",
    "użytkowniku",
    "пользователь",
    "отправитель",
    "клиент",
    "абонент",
    "desk",
    "support",
];
/// The same where no blanks stand between words.
const UNSPACED_ROLES: [&str; 14] = [
    "用户",
    "用戶",
    "客户",
    "客戶",
    "会员",
    "會員",
    "先生",
    "女士",
    "大家",
    "各位",
    "お客",
    "ユーザ",
    "管理者",
    "皆",
];
/// The most letters of a name there.
const NAME_CHARS_MAX: usize = 6;
/// What else than mail is delivered, in lower case, as those say who deliver it.
const GOODS: [&str; 36] = [
    "your order",
    "your parcel",
    "your package",
    "your shipment",
    "your purchase",
    "the parcel",
    "the package",
    "the shipment",
    "your sms",
    "text message",
    "postal address",
    "delivery address",
    "shipping address",
    "ihre bestellung",
    "ihr paket",
    "ihre sendung",
    "das paket",
    "lieferanschrift",
    "votre commande",
    "votre colis",
    "le colis",
    "su pedido",
    "su paquete",
    "tu pedido",
    "il tuo ordine",
    "il suo ordine",
    "il pacco",
    "seu pedido",
    "sua encomenda",
    "uw bestelling",
    "uw pakket",
    "din beställning",
    "ditt paket",
    "din pakke",
    "twoje zamówienie",
    "twoja paczka",
];
/// The most words of a name before a greeting.
const NAME_WORDS_MAX: usize = 3;
/// The most words of a salutation.
const GREETING_WORDS_MAX: usize = 4;
/// How far down somebody is greeted.
const GREETING_LINES_MAX: usize = 3;
/// The most bytes of a subject or a number that stands above.
const HEADING_BYTES_MAX: usize = 80;
/// The most bytes of a line in which an introduction is looked for.
const LINE_BYTES_MAX: usize = 200;

/// Whether a text begins with a salutation: `Hi Anna,`.
pub(super) fn greets(text: &str) -> bool {
    let first = first_line(text);
    first.ends_with([',', '!', '，']) && first.split_whitespace().count() <= GREETING_WORDS_MAX
}

/// Whether a text begins by greeting somebody by name, which servers do not know: `Dear Anna`, not `Dear sender`. A subject, a
/// number or a greeting without a name may stand above.
pub(super) fn greets_somebody(text: &str) -> bool {
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty()).take(GREETING_LINES_MAX);
    for line in lines.by_ref() {
        if greets_by_name(line) {
            return true;
        }
        if !is_heading(line) {
            return false;
        }
    }
    false
}

fn greets_by_name(line: &str) -> bool {
    let is_name = |word: &str| {
        let word = word.trim_matches(|c: char| !c.is_alphabetic());
        word.starts_with(char::is_uppercase) && !ROLES.contains(&word.to_lowercase().as_str())
    };
    let is_behind_greeting = || line.split_whitespace().skip(1).last().is_some_and(is_name);
    !line.contains('@')
        && (quotation::is_greeting(line) && is_behind_greeting()
            || greets_behind_name(line)
            || greets_after_comma(line))
}

/// Whether a name stands before the greeting and a comma between them: `Anna, hello from all of us`.
fn greets_after_comma(line: &str) -> bool {
    let Some((name, rest)) = line.split_once([',', '，']) else { return false };
    let is_name = |word: &str| {
        word.starts_with(char::is_uppercase)
            && word.chars().all(|c| c.is_alphabetic() || matches!(c, '-' | '.' | '\''))
            && !ROLES.contains(&word.to_lowercase().as_str())
    };
    let words = || rest.split_whitespace();
    let greets = |count: usize| {
        let start = words().take(count).collect::<Vec<_>>().join(" ");
        !start.is_empty() && quotation::is_greeting(&start)
    };
    (1..=NAME_WORDS_MAX).contains(&name.split_whitespace().count())
        && name.split_whitespace().all(is_name)
        && (greets(1) || greets(2))
}

/// Whether a name stands before the greeting, as in Chinese and Japanese: `李安，您好`, `田中様`.
fn greets_behind_name(line: &str) -> bool {
    let line = line.trim_end_matches(['：', ':', '，', ',', '！', '!', '。', '、', ' ']);
    let name = ["您好", "你好", "様", "さん"].iter().find_map(|greeting| line.strip_suffix(greeting));
    let name = name.unwrap_or_default().trim_end_matches(['，', ',', '、', ' ']);
    !name.is_empty()
        && name.chars().count() <= NAME_CHARS_MAX
        && name.chars().all(|c| c.is_alphabetic() && !c.is_ascii())
        && !UNSPACED_ROLES.iter().any(|role| name.contains(role))
}

/// Whether a line above a greeting is no sentence: it is short, ends none, and names nobody.
fn is_heading(line: &str) -> bool {
    line.len() <= HEADING_BYTES_MAX
        && !line.contains(['@', '<'])
        && (quotation::is_greeting(line) || !line.ends_with(['.', ':', '!', '?', '。']))
}

fn first_line(text: &str) -> &str {
    text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default()
}

/// Whether a text only repeats what somebody else sent: behind `>`, or below words that introduce it.
pub(super) fn repeats_somebody(text: &str) -> bool {
    let introduces = |line: &str| {
        let lower = line.trim().to_lowercase();
        let is_heading = lower.ends_with(':') && lower.contains(" created ");
        lower.len() <= LINE_BYTES_MAX
            && (is_heading || INTRODUCTIONS.iter().any(|words| lower.contains(words)))
    };
    let begin = |line: &str| line.starts_with("> ");
    let is_repeated = text.lines().take_while(|line| !line.contains('@')).any(introduces);
    is_repeated || {
        let own = || text.lines().filter(|line| !begin(line)).collect::<Vec<_>>().join("\n");
        text.lines().any(begin) && refusal::is_said(text) && !refusal::is_said(&own())
    }
}

/// Whether it is something else than mail that a text says was not delivered: an order, a parcel, a short message. A subject
/// that a server repeats may speak of those, too.
pub(super) fn speaks_of_goods(text: &str) -> bool {
    static NAMED: LazyLock<Phrases> = LazyLock::new(|| Phrases::of(&GOODS));
    NAMED.stand_in(text)
        && text
            .lines()
            .flat_map(|line| line.split(['.', '!', '"']))
            .any(|sentence| NAMED.stand_in(sentence) && refusal::is_said(sentence))
}

#[cfg(test)]
mod tests {
    use super::greets_somebody;

    #[test]
    fn servers_greet_by_role_and_people_by_name() {
        for (text, by_name) in [
            ("Dear Anna\n\nplease look", true),
            ("\nHello Anna,\n", true),
            ("Sehr geehrte Frau Kern,\n", true),
            ("Bonjour Anne,", true),
            ("Ticket #4711\n\nHello Anna,", true),
            ("Re: your mail\nDear Anna", true),
            ("Hello,\nDear Anna,", true),
            ("[#12345]\nBetreff: Zustellung\nSehr geehrte Frau Kern,", true),
            ("工单\n李安，您好：", true),
            ("田中様", true),
            ("Hi!\n\nAnna, hello from all of us. Look:", true),
            ("Hallo!\nFrau Kern, guten Tag", true),
            ("Hi!\nThis is the MAILER-DAEMON, please do not reply", false),
            ("Sorry, we could not", false),
            ("Sender, hello", false),
            ("尊敬的用户，您好：", false),
            ("您好：", false),
            ("お客様", false),
            ("Mail delivery report\nDear user,", false),
            ("Hello,\nDear Sender,", false),
            ("We could not deliver it.\nDear Anna,", false),
            ("<bob@example.net>: unknown\nDear Anna,", false),
            ("one\ntwo\nthree\nDear Anna,", false),
            ("Dear sender,", false),
            ("Dear Sender", false),
            ("Sehr geehrte Damen und Herren,", false),
            ("Sehr geehrter Absender", false),
            ("Dear anna@example.org,", false),
            ("Hello,", false),
            ("Hi. This is the qmail-send program at mx.example.net.", false),
            ("I'm sorry to have to inform you", false),
            ("", false),
        ] {
            assert_eq!(greets_somebody(text), by_name, "{text}");
        }
    }
}

//! What responders write in a subject, and what people write there as well.

use super::phrases::Beginnings;
use super::signs::AutomaticKind;

/// What the subjects of automatic answers say first, in lower case: alone, or with a colon and the subject that is
/// answered.
static ANSWERS: Beginnings<76> = Beginnings::of([
    "automatic reply",
    "automatic response",
    "automated reply",
    "automated response",
    "auto reply",
    "auto-reply",
    "autoreply",
    "auto response",
    "auto-response",
    "autoresponse",
    "out of office",
    "out of the office",
    "out-of-office",
    "vacation reply",
    "vacation response",
    "vacation message",
    "away from my mail",
    "automatische antwort",
    "abwesenheitsnotiz",
    "abwesenheitsmeldung",
    "abwesenheitsnachricht",
    "abwesenheitsbenachrichtigung",
    "nicht im büro",
    "réponse automatique",
    "message d'absence",
    "message d’absence",
    "notification d'absence",
    "absent du bureau",
    "absence du bureau",
    "respuesta automática",
    "mensaje de ausencia",
    "fuera de la oficina",
    "fuera de oficina",
    "risposta automatica",
    "fuori ufficio",
    "resposta automática",
    "mensagem de ausência",
    "fora do escritório",
    "automatisch antwoord",
    "afwezigheidsbericht",
    "afwezigheidsmelding",
    "niet op kantoor",
    "autosvar",
    "automatiskt svar",
    "frånvaromeddelande",
    "automatisk svar",
    "fraværsmeddelelse",
    "fraværsmelding",
    "ikke på kontoret",
    "automaattinen vastaus",
    "poissaoloilmoitus",
    "autoodpowiedź",
    "odpowiedź automatyczna",
    "automatyczna odpowiedź",
    "poza biurem",
    "automatická odpověď",
    "automatická odpoveď",
    "mimo kancelář",
    "automatikus válasz",
    "răspuns automat",
    "автоматический ответ",
    "автоответ",
    "автоматична відповідь",
    "автовідповідь",
    "αυτόματη απάντηση",
    "otomatik yanıt",
    "自動応答",
    "自動返信",
    "自动回复",
    "自动答复",
    "自動回覆",
    "자동 회신",
    "자동 응답",
    "자동응답",
    "מענה אוטומטי",
    "رد تلقائي",
]);
/// What the subjects of automatic answers begin with as those of people do, in lower case.
static ABSENCES: Beginnings<28> = Beginnings::of([
    "auto:",
    "automatic",
    "vacation",
    "away from",
    "i am away",
    "on vacation",
    "on leave",
    "abwesen",
    "urlaub",
    "absence",
    "absent",
    "en congé",
    "ausencia",
    "assente",
    "ausência",
    "afwezig",
    "frånvaro",
    "fravær",
    "poissa",
    "nieobecn",
    "nepřítom",
    "távollét",
    "отсутств",
    "автоответчик",
    "自動",
    "不在",
    "休暇",
    "부재",
]);
/// How the subjects of challenges begin, in lower case.
const CHALLENGE_STARTS: [&str; 6] = [
    "please confirm your message",
    "please verify your message",
    "confirm your email to",
    "[boxbe]",
    "verify your e-mail to",
    "spam arrest",
];
/// Of which kind of automatic mail a subject speaks, and whether only a program would put it like this.
pub(super) fn in_subject(subject: &str) -> Option<(AutomaticKind, bool)> {
    let subject = subject.trim_start_matches(['[', '(', ' ', '*']);
    let lower = subject.to_lowercase();
    // so begin the answers of Notes, in capitals
    if subject.starts_with("AUTO:") || is_answer(&lower) {
        return Some((AutomaticKind::Answer, true));
    }
    if ANSWERS.begin(&lower) || ABSENCES.begin(&lower) {
        return Some((AutomaticKind::Answer, false));
    }
    CHALLENGE_STARTS
        .iter()
        .any(|start| lower.starts_with(start.trim_start_matches('[')))
        .then_some((AutomaticKind::Challenge, true))
}

/// Whether a subject in lower case says that a program answered, and behind a colon or a reply mark nothing but what.
fn is_answer(lower: &str) -> bool {
    let mut rest = lower;
    while let Some(behind) = ANSWERS.behind(rest) {
        rest = behind.trim_start();
    }
    let is_whole = rest.trim_matches(['.', '!', ')', ']', '*', ' ']).is_empty();
    rest.len() < lower.len() && (is_whole || rest.starts_with([':', '：']) || rest.starts_with("re:"))
}

/// How the subjects of receipts in plain text begin, before a colon; in lower case.
const RECEIPTS: [&str; 34] = [
    "read",
    "not read",
    "read receipt",
    "return receipt",
    "delivered",
    "relayed",
    "gelesen",
    "ungelesen",
    "lesebestätigung",
    "zugestellt",
    "lu",
    "non lu",
    "accusé de lecture",
    "leído",
    "no leído",
    "letto",
    "non letto",
    "conferma di lettura",
    "lida",
    "lido",
    "não lida",
    "gelezen",
    "niet gelezen",
    "läst",
    "læst",
    "lest",
    "luettu",
    "przeczytano",
    "přečteno",
    "elolvasva",
    "прочтено",
    "прочитано",
    "okundu",
    "開封済み",
];
/// How the texts of such receipts begin, in lower case.
const RECEIPT_TEXTS: [&str; 24] = [
    "your message",
    "your document",
    "your mail",
    "this is a receipt",
    "ihre nachricht",
    "dies ist eine bestätigung",
    "votre message",
    "ceci est un accusé",
    "el mensaje",
    "su mensaje",
    "il messaggio",
    "il tuo messaggio",
    "messaggio",
    "a sua mensagem",
    "sua mensagem",
    "uw bericht",
    "ditt meddelande",
    "din meddelelse",
    "meldingen",
    "viesti",
    "twoja wiadomość",
    "vaše zpráva",
    "ваше сообщение",
    "iletiniz",
];
/// The most bytes of the text of a receipt: whoever has more to say is a person.
const RECEIPT_BYTES_MAX: usize = 800;

/// Whether a mail without any part for it is a receipt: its subject says so, and its text tells which mail was read, and
/// when.
pub(super) fn is_receipt(subject: &str, text: &str) -> bool {
    let text = text.trim();
    let Some((start, _)) = subject.split_once([':', '：']) else { return false };
    if text.len() > RECEIPT_BYTES_MAX || !RECEIPTS.contains(&start.trim().to_lowercase().as_str()) {
        return false;
    }
    let lower = text.to_lowercase();
    let has_time = lower.split_whitespace().any(|word| {
        word.split_once(':').is_some_and(|(hour, rest)| {
            let is_number = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_digit());
            matches!(hour.len(), 1 | 2) && is_number(hour) && rest.get(..2).is_some_and(is_number)
        })
    });
    has_time && RECEIPT_TEXTS.iter().any(|start| lower.starts_with(start))
}

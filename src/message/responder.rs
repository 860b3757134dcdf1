//! What responders write in a subject, and what people write there as well.

use super::phrases::Beginnings;
use super::signs::AutomaticKind;

/// What the subjects of automatic answers say first, in lower case: alone, or with a colon and the subject that is
/// answered.
static ANSWERS: Beginnings<102> = Beginnings::of([
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
    "automatski odgovor",
    "samodejni odgovor",
    "аутоматски одговор",
    "автоматски одговор",
    "автоматичен отговор",
    "automatinis atsakymas",
    "automaatvastus",
    "automaatne vastus",
    "automātiskā atbilde",
    "ตอบกลับอัตโนมัติ",
    "การตอบกลับอัตโนมัติ",
    "trả lời tự động",
    "balasan otomatis",
    "balasan automatik",
    "resposta automàtica",
    "erantzun automatikoa",
    "sjálfvirkt svar",
    "स्वचालित उत्तर",
    "پاسخ خودکار",
    "תשובה אוטומטית",
    "自動答覆",
    "respuesta automatica",
    "reponse automatique",
    "resposta automatica",
    "automatische abwesenheitsnotiz",
    "odpowiedz automatyczna",
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
/// The most bytes of the tag of a desk before a subject.
const TAG_BYTES_MAX: usize = 60;

/// What Notes writes before the subjects of its answers, in its languages; in lower case.
const MARKS: [&str; 8] = ["auto", "自動", "自动", "자동", "авто", "automático", "automatico", "otomatik"];
/// Parts of what stands behind that where somebody is away, in lower case.
const AWAY: [&str; 46] = [
    "out of the office",
    "out of office",
    "on vacation",
    "on leave",
    "is away",
    "returning",
    "außer haus",
    "ausser haus",
    "nicht im büro",
    "nicht im haus",
    "nicht am arbeitsplatz",
    "abwesend",
    "im urlaub",
    "est absent",
    "sera absent",
    "en congé",
    "hors du bureau",
    "ausente",
    "fuera de la oficina",
    "fuera de oficina",
    "fora do escritório",
    "fuori ufficio",
    "fuori sede",
    "assente",
    "niet aanwezig",
    "niet op kantoor",
    "afwezig",
    "inte på kontoret",
    "inte på plats",
    "frånvarande",
    "ikke på kontoret",
    "ikke til stede",
    "fraværende",
    "ei ole paikalla",
    "poissa",
    "poza biurem",
    "nieobecn",
    "mimo kancelář",
    "nepřítom",
    "nincs az irodában",
    "távol",
    "отсутств",
    "ofis dışında",
    "不在",
    "外出",
    "부재",
];

/// Whether a subject bears the mark that Notes puts before those of its answers, with more behind a colon.
pub(super) fn is_marked_answer(subject: &str) -> bool {
    let mark = subject.split_once([':', '：']).map(|(mark, _)| mark.trim().to_lowercase());
    mark.is_some_and(|mark| MARKS.contains(&mark.as_str()))
}

/// Whether a subject says that somebody is away.
pub(super) fn speaks_of_absence(subject: &str) -> bool {
    let lower = subject.to_lowercase();
    AWAY.iter().any(|words| lower.contains(words))
}

/// Of which kind of automatic mail a subject speaks, and whether only a program would put it like this.
pub(super) fn in_subject(subject: &str) -> Option<(AutomaticKind, bool)> {
    of_words(subject).or_else(|| of_words(behind_tag(subject)?))
}

/// What stands behind the tag of a desk, such as `[Ticket#5]`.
fn behind_tag(subject: &str) -> Option<&str> {
    let (tag, rest) = subject.trim_start().strip_prefix('[')?.split_once(']')?;
    (tag.len() <= TAG_BYTES_MAX).then_some(rest)
}

fn of_words(subject: &str) -> Option<(AutomaticKind, bool)> {
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
    rest.len() < lower.len()
        && (is_whole || rest.starts_with([':', '：', ']', ')']) || rest.starts_with("re:"))
}

/// How the subjects of receipts in plain text begin, before a colon; in lower case.
const RECEIPTS: [&str; 49] = [
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
    "prečítané",
    "citit",
    "διαβάστηκε",
    "已读",
    "已讀",
    "읽음",
    "נקרא",
    "prebrano",
    "pročitano",
    "loetud",
    "perskaityta",
    "elolvasta",
    "llegit",
    "lästes",
    "opened",
];
/// How the texts of such receipts begin, in lower case.
const RECEIPT_TEXTS: [&str; 50] = [
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
    "メッセージ",
    "送信したメッセージ",
    "您的邮件",
    "你的邮件",
    "邮件",
    "您的郵件",
    "郵件",
    "메시지",
    "보낸 메시지",
    "ההודעה",
    "το μήνυμά",
    "mesajul",
    "az üzenet",
    "zpráva",
    "správa",
    "wiadomość",
    "ваше повідомлення",
    "poruka",
    "sporočilo",
    "el vostre missatge",
    "din besked",
    "este é um recibo",
    "questa è una ricevuta",
    "ésta es una confirmación",
    "dit is een ontvangstbevestiging",
    "det här är ett kvitto",
];
/// The most bytes of the text of a receipt: whoever has more to say is a person.
const RECEIPT_BYTES_MAX: usize = 800;

/// Whether a mail without any part for it is a receipt: its subject says so, and its text tells which mail was read, and
/// when.
pub(super) fn is_receipt(subject: &str, text: &str) -> bool {
    let text = text.trim();
    let start = subject.split_once([':', '：']).map_or(subject, |(start, _)| start);
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

/// Whether a subject is that of a report on how a domain's mail fared with a receiver in a day (RFC 7489 §7.2.1.1, RFC
/// 8460 §5.3).
pub(super) fn is_aggregate(subject: &str) -> bool {
    let lower = subject.to_lowercase();
    lower.starts_with("report domain:") && lower.contains("submitter:") && lower.contains("report-id:")
}

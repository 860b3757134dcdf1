//! Acknowledgements: a desk's program thanks for a mail and says that it is a program.

/// How sentences begin by which a program tells that it wrote, in the languages of help desks; in lower case.
const CONFESSIONS: [&str; 76] = [
    "this is an automat",
    "this is an auto-",
    "this is an autoreply",
    "this is an auto reply",
    "this message was automatically generated",
    "this message has been automatically generated",
    "this message was generated automatically",
    "this message has been generated automatically",
    "this email was automatically generated",
    "this email has been automatically generated",
    "this email was generated automatically",
    "this e-mail was automatically generated",
    "this e-mail was generated automatically",
    "this e-mail has been automatically generated",
    "this response was automatically generated",
    "this reply was automatically generated",
    "please do not reply to this automat",
    "dies ist eine automatisch",
    "dies ist eine autom.",
    "das ist eine automatisch",
    "diese e-mail wurde automatisch",
    "diese mail wurde automatisch",
    "diese nachricht wurde automatisch",
    "diese antwort wurde automatisch",
    "ceci est un message automatique",
    "ceci est une réponse automatique",
    "ce message est automatique",
    "ce message a été envoyé automatiquement",
    "ce message a été généré automatiquement",
    "cet e-mail a été généré automatiquement",
    "este es un mensaje automático",
    "esta es una respuesta automática",
    "este mensaje se ha generado automáticamente",
    "este mensaje ha sido generado automáticamente",
    "este correo se ha generado automáticamente",
    "questa è una risposta automatica",
    "questo è un messaggio automatico",
    "questo messaggio è stato generato automaticamente",
    "esta é uma mensagem automática",
    "esta é uma resposta automática",
    "esta mensagem foi gerada automaticamente",
    "dit is een automatisch",
    "deze e-mail is automatisch",
    "dit bericht is automatisch",
    "detta är ett automatiskt",
    "det här är ett automatiskt",
    "dette er en automatisk",
    "dette er et automatisk",
    "tämä on automaattinen",
    "to jest automatyczn",
    "ta wiadomość została wygenerowana automatycznie",
    "wiadomość została wygenerowana automatycznie",
    "toto je automatick",
    "ez egy automatikus",
    "acesta este un mesaj automat",
    "это автоматическ",
    "это сообщение отправлено автоматически",
    "це автоматичн",
    "bu otomatik",
    "bu mesaj otomatik",
    "このメールは自動",
    "此邮件由系统自动",
    "dit is een geautomatiseerd",
    "dette er et automatisert",
    "detta är ett automatisk",
    "det här är ett automatisk",
    "ceci est une réponse automatisée",
    "esta es una respuesta automatizada",
    "esta é uma resposta automatizada",
    "questa è una risposta automatizzata",
    "これは自動",
    "これは、自動",
    "这是自动",
    "這是自動",
    "이것은 자동",
    "이 메시지는 자동",
];
/// What such a sentence speaks of, in lower case: other things are automatic, too.
const NOUNS: [&str; 48] = [
    "message",
    "mail",
    "reply",
    "response",
    "answer",
    "notification",
    "acknowledg",
    "confirmation",
    "antwort",
    "nachricht",
    "benachrichtigung",
    "bestätigung",
    "réponse",
    "mensaje",
    "respuesta",
    "correo",
    "risposta",
    "messaggio",
    "mensagem",
    "resposta",
    "bericht",
    "antwoord",
    "svar",
    "meddelande",
    "besked",
    "vastaus",
    "viesti",
    "wiadomość",
    "odpowiedź",
    "zpráva",
    "odpověď",
    "üzenet",
    "válasz",
    "mesaj",
    "сообщение",
    "ответ",
    "уведомление",
    "письмо",
    "повідомлення",
    "yanıt",
    "メール",
    "邮件",
    "応答",
    "回复",
    "答复",
    "回覆",
    "응답",
    "메시지",
];
/// The most bytes of such a text that are looked at: what follows is not said by way of greeting.
const TEXT_BYTES_MAX: usize = 4 * 1024;

/// Whether one of these words, which nobody quotes and nobody asks about, begins a sentence of a text.
pub(super) fn is_one(own_words: &str) -> bool {
    let text = beginning(own_words);
    !text.contains(['?', '？', '"', '„', '“', '«', '»']) && confesses(text)
}

/// Whether one of these words begins a sentence of a text, which may repeat a subject in quotation marks and speak of it.
pub(super) fn stands_in(text: &str) -> bool {
    confesses(beginning(text))
}

fn beginning(text: &str) -> &str {
    text.get(..text.floor_char_boundary(TEXT_BYTES_MAX)).unwrap_or(text)
}

fn confesses(text: &str) -> bool {
    let lower = text.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ");
    lower.split_inclusive(['.', '!', ',', ':', ';', '。', '*']).any(|sentence| {
        let sentence = sentence.trim_start_matches(|c: char| !c.is_alphanumeric());
        CONFESSIONS.iter().any(|words| sentence.starts_with(words))
            && NOUNS.iter().any(|noun| sentence.contains(noun))
    })
}

#[cfg(test)]
mod tests {
    use super::is_one;

    #[test]
    fn programs_that_say_so_are_told_from_people_who_speak_of_them() {
        for (text, expected) in [
            ("Hello,\n\nthis is an automatic reply. We have your request.", true),
            ("*** This e-mail was generated\nautomatically ***", true),
            ("Dies ist eine automatisch erzeugte Antwort.", true),
            ("Merci. Ceci est un message automatique, merci de ne pas répondre.", true),
            ("Это автоматическое уведомление.", true),
            ("お問い合わせありがとうございます。このメールは自動送信です。", true),
            ("This is an automatic process, we cannot change it.", false),
            ("Is this an automatic reply?", false),
            ("I got \"This is an automatic reply\" again.", false),
            ("I think this is an automatic door.", false),
            ("", false),
        ] {
            assert_eq!(is_one(text), expected, "{text}");
        }
    }
}

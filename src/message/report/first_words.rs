//! The first words of a text, by which a server presents itself or says that a mail of its reader's did not arrive.

use super::super::quotation;
use super::{Evidence, closing, innocent, refusal, sender};
use crate::message::phrases::Phrases;
use std::sync::LazyLock;

/// How servers call the mail that they write about, in lower case: it is their reader's.
const YOUR_MAIL: [&str; 108] = [
    "your message",
    "your mail",
    "your email",
    "your e-mail",
    "message you sent",
    "mail you sent",
    "email you sent",
    "message that you sent",
    "message that you have sent",
    "mail that you have sent",
    "mail that you sent",
    "email that you sent",
    "the following message",
    "the following email",
    "the following mail",
    "the following recipient",
    "these recipients",
    "the original message",
    "the attached message",
    "message could not be delivered to mobile",
    "this message could not be",
    "this mail could not be",
    "ihre nachricht",
    "ihre mail",
    "ihre e-mail",
    "ihr dokument",
    "von ihnen gesendete",
    "folgende nachricht",
    "folgende empfänger",
    "folgenden empfänger",
    "votre message",
    "votre courri",
    "votre e-mail",
    "votre mail",
    "ces destinataires",
    "su mensaje",
    "su correo",
    "tu mensaje",
    "el mensaje",
    "siguientes destinatarios",
    "il messaggio",
    "il suo messaggio",
    "il tuo messaggio",
    "uw bericht",
    "uw e-mail",
    "sua mensagem",
    "a mensagem",
    "ditt meddelande",
    "meddelandet",
    "din besked",
    "meldingen",
    "viestin",
    "wiadomość",
    "zpráva",
    "üzenet",
    "mesajul",
    "ваше письмо",
    "ваше сообщение",
    "ваше повідомлення",
    "letiniz",
    "メール",
    "メッセージ",
    "邮件",
    "郵件",
    "메일",
    "message you previously sent",
    "the message returned",
    "deliver a message",
    "deliver message to",
    "deliver mail to",
    "the following addresses had",
    "the message was not relayed",
    "the message that was sent",
    "ваш лист",
    "el correo",
    "la sua mail",
    "a sua mensagem",
    "vaše",
    "twoja",
    "sporočilo",
    "poruka",
    "η αποστολή",
    "tin nhắn của bạn",
    "thư của bạn",
    "seguenti destinatari",
    "seguintes destinatários",
    "estes destinatários",
    "estos destinatarios",
    "destinataires suivants",
    "destinataire suivant",
    "diese empfänger",
    "deze ontvangers",
    "deze geadresseerden",
    "volgende ontvangers",
    "dessa mottagare",
    "följande mottagare",
    "disse modtagere",
    "disse mottakerne",
    "tych adresatów",
    "následující příjem",
    "következő címzett",
    "этим получателям",
    "следующим получателям",
    "наступним одержувачам",
    "次の受信者",
    "以下の宛先",
    "以下收件人",
    "다음 받는 사람",
];
/// How the first words of servers begin that say only later what became of the mail, in lower case.
const FIRST_WORDS: [&str; 95] = [
    "your message",
    "your mail",
    "your email",
    "your e-mail",
    "message could not be delivered",
    "error: message could not be delivered",
    "the original message was received",
    "the attached message",
    "the following message",
    "a message that you sent",
    "the message you sent",
    "the email you sent",
    "the e-mail you sent",
    "the mail you sent",
    "an email you sent",
    "each of the following",
    "the following recipient",
    "the message was not relayed",
    "this message was created automatically",
    "this message was generated automatically",
    "this is an automatically generated",
    "this is an automatic",
    "this is an automated",
    "this is a delivery",
    "this is a non-delivery",
    "this is a system",
    "this is an e-mail delivery",
    "this report relates to",
    "this nondelivery report",
    "this non-delivery report",
    "delivery has failed to",
    "i'm sorry to have to",
    "i am sorry to have to",
    "sorry, ",
    "unfortunately",
    "message from ",
    "an error occurred while",
    "an error has occurred",
    "transcript of session",
    "failure reasons",
    "the following address",
    "ihre nachricht",
    "ihre mail",
    "ihre e-mail",
    "ihr dokument",
    "diese nachricht wurde automatisch",
    "diese e-mail wurde automatisch",
    "dies ist eine automatisch",
    "dies ist ein automatisch",
    "leider",
    "votre message",
    "votre document",
    "votre courri",
    "ce message a été",
    "ceci est un message",
    "échec de la remise à",
    "su mensaje",
    "su correo",
    "este mensaje",
    "este es un mensaje",
    "lo sentimos",
    "il messaggio",
    "questo messaggio",
    "questo è un messaggio",
    "uw bericht",
    "dit is een automatisch",
    "dit bericht is",
    "sua mensagem",
    "a sua mensagem",
    "esta mensagem",
    "esta é uma mensagem",
    "ditt meddelande",
    "detta är ett automatisk",
    "din besked",
    "meldingen",
    "viestin",
    "wiadomość",
    "to jest automatyczn",
    "zpráva",
    "это письмо",
    "это сообщение",
    "это автоматическ",
    "к сожалению",
    "ваше письмо",
    "ваше сообщение",
    "iletiniz",
    "i̇letiniz",
    "bu ileti",
    "このメールは",
    "本メールは",
    "此邮件",
    "这是",
    "抱歉",
    "很抱歉",
    "이 메일은",
];
/// What calls itself so behind `This is the`, in lower case.
const PROGRAMS: [&str; 6] = [" program", " server", " agent", "daemon", " system", "postmaster"];
/// What only servers write above what they say of a mail, in lower case.
const CERTAIN_WORDS: [&str; 5] = [
    "transcript of session",
    "failure reasons",
    "the original message was received",
    "this nondelivery report",
    "this is an automatically generated delivery status",
];
/// What servers say of a mail that they did not take, in lower case; others say it of other things, too.
const REFUSED: [&str; 14] = [
    "was rejected",
    "been rejected",
    "was refused",
    "was blocked",
    "been blocked",
    "wurde abgelehnt",
    "abgewiesen",
    "a été rejeté",
    "a été refusé",
    "ha sido rechazado",
    "è stato rifiutato",
    "foi rejeitad",
    "geweigerd",
    "отклонен",
];
/// By what people call their own mail, and what they ask for, in lower case.
const OWN_MAIL: [&str; 32] = [
    "my mail",
    "my message",
    "my email",
    "my e-mail",
    "our mail to",
    "our message to",
    "our email to",
    "our e-mail to",
    "my colleague",
    "please help",
    "please look",
    "please fix",
    "i get",
    "we get",
    "i got",
    "we got",
    "i receive",
    "meine mail",
    "meine e-mail",
    "meine nachricht",
    "unsere mail an",
    "unsere nachricht an",
    "ich bekomme",
    "wir bekommen",
    "mon message",
    "mon mail",
    "mon courri",
    "mi correo",
    "mi mensaje",
    "la mia mail",
    "mijn bericht",
    "minha mensagem",
];
/// The most lines of headings and greetings above the first words.
const HEADINGS_MAX: usize = 3;
/// The most bytes of a heading.
const HEADING_BYTES_MAX: usize = 80;
/// How many lines from the first words on say what became of the mail.
const HEAD_LINES_MAX: usize = 14;

/// What the first words of a text say.
#[expect(clippy::struct_excessive_bools, reason = "each is a sign of its own")]
pub(super) struct Head {
    /// From them on, as far as it says what became of a mail, on one line.
    pub(super) text: String,
    /// They are such by which servers begin.
    pub(super) presents_server: bool,
    /// They say that it did not arrive, and not only that it was refused, as other things are.
    pub(super) says_so: bool,
    /// Only servers begin so.
    pub(super) is_certain: bool,
    /// They speak of a mail of the reader's.
    is_to_sender: bool,
}

/// What the first words of a text say; `None` where no mail is said not to have arrived.
pub(super) fn head(text: &str) -> Option<Head> {
    let start = first_words(text)?;
    let paragraph: Vec<&str> =
        start.lines().take_while(|line| line.contains(char::is_alphanumeric)).collect();
    let paragraph = refusal::unbroken(&paragraph.join(" "));
    let head: Vec<&str> = start.lines().take(HEAD_LINES_MAX).collect();
    let text = refusal::unbroken(&head.join(" "));
    let presents_server = presents_server(&paragraph);
    let lower = paragraph.to_lowercase();
    let is_certain = CERTAIN_WORDS.iter().any(|words| lower.starts_with(words));
    let is_refused = presents_server && REFUSED.iter().any(|words| lower.contains(words));
    let says_so = refusal::is_said(&text) && (presents_server || refusal::is_said(&paragraph));
    // what it is about may stand below a title
    let goes_on = presents_server || is_title(&paragraph);
    let about = if goes_on { text.to_lowercase() } else { lower };
    // so few texts come here that a search for all words at once would never be worth its making
    let is_to_sender = is_certain || YOUR_MAIL.iter().any(|words| about.contains(words));
    (says_so || is_refused).then_some(Head { text, presents_server, says_so, is_certain, is_to_sender })
}

/// Whether a text begins as servers do that first say who they are, or whose mail it is.
fn presents_server(text: &str) -> bool {
    const START: &str = "this is the ";
    let lower = text.to_lowercase();
    let is_program = |lower: &str| {
        let sentence = lower.split([',', ':']).next().unwrap_or_default();
        PROGRAMS.iter().any(|word| sentence.contains(word))
    };
    let lower =
        ["hi. ", "hello, "].iter().find_map(|greeting| lower.strip_prefix(greeting)).unwrap_or(&lower);
    lower.starts_with(START) && is_program(lower) || FIRST_WORDS.iter().any(|words| lower.starts_with(words))
}

/// Whether a line is no sentence, or a greeting.
fn is_title(line: &str) -> bool {
    line.len() <= HEADING_BYTES_MAX
        && !line.contains([':', '@', '<'])
        && (quotation::is_greeting(line) || !line.ends_with(['.', '!', '?', '。']))
}

/// A text without what stands above its first words: rules, headings, and a greeting that names nobody.
fn first_words(text: &str) -> Option<&str> {
    let (mut position, mut headings) = (0, 0);
    let mut lines = text.split_inclusive('\n').peekable();
    while let Some(line) = lines.next() {
        let start = position;
        position += line.len();
        let said = line.trim();
        if !said.contains(char::is_alphanumeric) {
            continue;
        }
        let is_alone = lines.peek().is_none_or(|next| !next.contains(char::is_alphanumeric));
        let is_heading = || is_alone && !refusal::is_said(said) && is_title(said);
        let bare = said.trim_start_matches(|c: char| !c.is_alphanumeric());
        if presents_server(bare) || !is_heading() {
            return text.get(start..).map(|rest| rest.trim_start_matches(|c: char| !c.is_alphanumeric()));
        }
        headings += 1;
        if headings > HEADINGS_MAX {
            return None;
        }
    }
    None
}

/// Whether a text with this head speaks to whoever sent the mail, and not for him.
pub(super) fn speak_to_sender(evidence: &Evidence<'_, '_>, text: &str, head: &Head) -> bool {
    static OWN: LazyLock<Phrases> = LazyLock::new(|| Phrases::of(&OWN_MAIL));
    let asks = || sender::asks(&head.text) || !sender::is_named_server(evidence) && sender::asks(text);
    head.is_to_sender
        && !OWN.begin_words_in(if sender::is_named_server(evidence) { &head.text } else { text })
        && !asks()
        && !innocent::greets_somebody(text)
        && !closing::closes_with_name(text)
        && !innocent::repeats_somebody(text)
        && !innocent::speaks_of_goods(text)
}

//! How lawyers end a mail, in many languages.

use super::disclaimer_words::{
    BEHIND_DIESE, BEHIND_THIS, ERRORS, HEADINGS, MAILS, NATURE, OF_DESKS, PERSONS, PRINTING, SECRECY, SELVES,
    SELVES_ELSEWHERE, STARTS,
};
use super::drawn::is_rule;
use super::sentences::DAYS;

/// The most lines of a disclaimer.
pub(super) const DISCLAIMER_LINES_MAX: usize = 40;
/// The shortest disclaimer.
const DISCLAIMER_BYTES_MIN: usize = 40;

/// It begins as one and speaks as they do: of secrets and of whom they are for. A person may begin with the same words,
/// and asks.
pub(super) fn is_disclaimer(paragraph: &[&str]) -> bool {
    // some draw a line above it
    let Some(line) = paragraph.iter().find(|line| !is_rule(line)) else { return false };
    let line = line.trim_start_matches([' ', '*', '_', '-', '\t', '"', '=']);
    let start = line.get(..line.floor_char_boundary(120)).unwrap_or_default();
    let is_headed = is_heading(start);
    if !is_headed && !begins_as_disclaimer(start) {
        return false;
    }
    let whole = paragraph.join(" ").to_lowercase();
    if whole.len() < DISCLAIMER_BYTES_MIN || whole.contains(['?', '？']) {
        return false;
    }
    let has = |words: &[&str]| words.iter().any(|word| whole.contains(word));
    if is_of_english_writer(paragraph) || has(&OF_DESKS) || is_of_writer(&whole) {
        return false;
    }
    let is_of_company = || whole.trim_start_matches(['*', '_', ' ']).starts_with("registered in england");
    if is_headed && (is_of_company() || speaks_of_oneself(&whole)) {
        return is_of_company();
    }
    // who has something deleted speaks of secrets, too, and not of whom a mail is for
    has(&SECRECY) && (has(&PERSONS) || has(&ERRORS)) || asks_to_spare_paper(&whole)
}

/// Whether a line begins as disclaimers do. The word with which most of them begin stands before many other words.
fn begins_as_disclaimer(line: &str) -> bool {
    let behind = |word: &str| {
        let (first, rest) = line.split_at_checked(word.len())?;
        first.eq_ignore_ascii_case(word).then_some(rest)
    };
    match (behind("this "), behind("diese ")) {
        (Some(rest), _) => BEHIND_THIS.begin(rest),
        (_, Some(rest)) => BEHIND_DIESE.begin(rest),
        _ => STARTS.begin(line),
    }
}

/// Whether somebody speaks of himself, or of a day: lawyers write for every mail that there will be.
pub(super) fn is_of_writer(lower: &str) -> bool {
    let mut words = lower.split(|c: char| !c.is_alphanumeric());
    words.any(|word| SELVES_ELSEWHERE.contains(&word) || DAYS.contains(&word))
}

/// Whether a mail is not to be printed, for the sake of nature. The environment that somebody asks to consider may be that of a
/// program.
fn asks_to_spare_paper(lower: &str) -> bool {
    let has = |words: &[&str]| words.iter().any(|word| lower.contains(word));
    has(&NATURE) && has(&PRINTING) && has(&MAILS) && !lower.contains("environment variable")
}

/// Whether an English paragraph says `I`, which in other languages is another word.
fn is_of_english_writer(paragraph: &[&str]) -> bool {
    let start = paragraph.first().map_or("", |line| line.trim_start_matches([' ', '*', '_']));
    let is_english = ["This ", "The ", "If ", "Please "].iter().any(|word| start.starts_with(word));
    is_english
        && paragraph
            .iter()
            .any(|line| line.split(' ').any(|word| matches!(word, "I" | "I'm" | "I’m" | "my" | "me")))
}

/// Whether somebody speaks of himself, as lawyers do not.
pub(super) fn speaks_of_oneself(lower: &str) -> bool {
    lower.split(|c: char| !c.is_alphanumeric()).any(|word| SELVES.contains(&word))
}

/// Whether a line is such a heading and nothing else.
pub(super) fn is_heading_alone(line: &str) -> bool {
    let line = line.trim_matches([' ', '*', '_', '-', '=', '\t', ':']);
    let lower = line.to_lowercase();
    HEADINGS.each_behind(&lower).any(str::is_empty)
}

/// Whether a line is a heading of disclaimers, or begins with one and a colon.
fn is_heading(line: &str) -> bool {
    if !HEADINGS.may_begin(line) {
        return false;
    }
    let line = line.to_lowercase();
    HEADINGS
        .each_behind(&line)
        .any(|rest| rest.trim_start_matches(['*', ' ', '_']).is_empty() || rest.contains([':', '：']))
}

#[cfg(test)]
mod tests {
    use super::super::{Structure, split};

    #[test]
    fn u9_who_speaks_of_secrets_and_has_something_deleted_is_no_lawyer() {
        for last in [
            "This message contains confidential data of a client, so the recipient list has to be deleted from the ticket.",
            "Diese E-Mail enthält vertrauliche Daten, bitte löschen Sie den Anhang und verständigen Sie Frau Maier.",
            "Ce message est confidentiel : merci de supprimer la pièce jointe et de prévenir Anne.",
            "Este mensaje es confidencial, por favor eliminen el archivo adjunto.",
            "Questo messaggio è riservato, cancellate per favore l'allegato entro domani.",
            "Deze e-mail is vertrouwelijk, verwijder graag de bijlage.",
            "Ta wiadomość jest poufna, proszę usunąć załącznik.",
            "The contents of this email are confidential and intended for Mr Miller, please recall it on Monday.",
            "Diese E-Mail ist vertraulich und für den Empfänger Maier bestimmt, ich habe sie falsch verschickt.",
            "Antes de imprimir en el ambiente de pruebas hay que preguntar a Ana.",
        ] {
            let text = format!("Room 12.\n\n{last}");
            assert_eq!(split(&text, &Structure::default()).reply, text);
        }
    }

    #[test]
    fn u9_disclaimers_of_further_languages_are_cut() {
        for last in [
            "The information transmitted is intended only for the person to which it is addressed and may contain confidential material.",
            "Any views in this mail are its author's. It is confidential and intended for the addressee.",
            "Bitte prüfen Sie, ob diese Mail wirklich ausgedruckt werden muss, der Umwelt zuliebe.",
            "Detta mejl är konfidentiellt och endast avsett för adressaten.",
            "本メールには機密情報が含まれる場合があります。誤って受信された場合は削除してください。",
            "本邮件含有保密信息，仅限于收件人。如果您错收了本邮件，请删除。",
            "Το παρόν μήνυμα είναι εμπιστευτικό και απευθύνεται στον παραλήπτη.",
            "הודעה זו מכילה מידע סודי ומיועדת לנמען בלבד.",
            "هذه الرسالة سرية وموجهة للمرسل إليه فقط.",
            "Това съобщение е поверително и е само за адресата.",
            "Ova poruka je povjerljiva i namijenjena primatelju.",
            "Email này chứa thông tin bảo mật và chỉ dành cho người nhận.",
        ] {
            let text = format!("Room 12.\n\n{last}");
            assert_eq!(split(&text, &Structure::default()).reply, "Room 12.", "{text}");
        }
    }
}

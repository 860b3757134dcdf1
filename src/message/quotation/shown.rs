//! Mails that somebody shows on purpose and speaks of below, before the quotation of his own program follows; and the words
//! with which programs announce quotations, where somebody speaks of these.

use super::answers_within::{announces_answers, says_answers_are_within};
use super::attribution::attribution_at;
use super::covered::names_original;
use super::dates::{has_time, has_year};
use super::drawn::{is_rule, is_set_off};
use super::endings::ends_as_attributions_do;
use super::greetings::is_greeting;
use super::keys::Key;
use super::marks::{begins_original, is_quoted, key_and_value};
use crate::message::lines::{is_blank, within_blanks};

/// How far above something the line stands that announces it, with empty ones between them, and the fewest words of it.
const ANNOUNCING_LINES_MAX: usize = 3;
const ANNOUNCING_WORDS_MIN: usize = 3;
/// The most lines with words of a passage that somebody sets off.
const SET_OFF_LINES_MAX: usize = 6;
/// How far above the sender of a header the field is looked for by which the mail was carried.
const SHOWN_LINES_MAX: usize = 16;
/// How many lines a header has at most.
const HEADER_LINES_MAX: usize = 16;
/// The fewest letters of a name by which somebody is known again.
const NAME_LETTERS_MIN: usize = 3;
/// How many lines with words below such an announcement are looked at for what it announces.
const ANNOUNCED_LINES_MAX: usize = 3;
/// The fewest words of a line that goes on below it.
const OPEN_WORDS_MIN: usize = 2;

/// Whether lines that a button set off are the writer's: few, without a greeting, and neither they nor the lines above say who wrote
/// them or when.
pub(super) fn is_set_off_by_writer(above: &[&str], below: &[&str]) -> bool {
    let inner: Vec<&str> = below.iter().map(|line| unmarked_once(line)).collect();
    let with_words = || inner.iter().filter(|line| !is_blank(line));
    let names_author = |at: usize| {
        let inner = inner.get(at..).unwrap_or_default();
        begins_original(inner).is_some() || attribution_at(inner).is_some()
    };
    let says_who = |line: &str| line.contains('@') || has_time(line) || has_year(line);
    let last: Vec<&str> = above.iter().rev().filter(|line| !is_blank(line)).take(2).copied().collect();
    with_words().count() <= SET_OFF_LINES_MAX
        && !with_words().any(|line| is_quoted(line) || is_greeting(line) || says_who(line))
        && !last.iter().any(|line| says_who(line) || ends_as_attributions_do(line))
        && !(0..inner.len()).any(names_author)
}

/// A line without the outermost mark of a quotation.
fn unmarked_once(line: &str) -> &str {
    let line = line.trim_start();
    line.strip_prefix('>').unwrap_or(line).trim_start()
}

/// How many lines a mail takes that the writer shows: the line above announces it with a colon, and below it another
/// quotation begins, by somebody who has no part in the mail that is shown. In a chain of answers one would.
pub(super) fn shown_mail(above: &[&str], below: &[&str]) -> Option<usize> {
    if announces_mail(above) { extent_of_shown(below) } else { None }
}

/// How many lines a mail that is shown takes: down to another quotation, by somebody who has no part in it.
pub(super) fn extent_of_shown(below: &[&str]) -> Option<usize> {
    let is_of_header = |line: &&&str| !is_blank(line);
    let header = below.iter().take(HEADER_LINES_MAX).take_while(is_of_header).count();
    let (header, body) = below.split_at_checked(header)?;
    for at in 0..body.len() {
        let below = body.get(at..).unwrap_or_default();
        if below.first().is_some_and(|line| is_quoted(line)) {
            return None;
        }
        if let Some(author) = author_of_quotation(below) {
            let shown = body.get(..at).unwrap_or_default();
            let length = shown.iter().rposition(|line| !is_blank(line))? + 1;
            return (!is_known_in(header, &author)).then_some(header.len() + length);
        }
    }
    None
}

/// Whether the last words above announce something with a colon that is no answer of the writer's.
pub(super) fn announces_mail(above: &[&str]) -> bool {
    last_words(above).is_some_and(|last| {
        last.ends_with([':', '：'])
            && last.split_whitespace().count() >= ANNOUNCING_WORDS_MIN
            && !announces_answers(last)
            && !says_answers_are_within(last)
    })
}

/// The last line with words, not far above.
fn last_words<'t>(above: &[&'t str]) -> Option<&'t str> {
    let lines = above.iter().rev().take(ANNOUNCING_LINES_MAX).map(|line| within_blanks(line));
    lines.into_iter().find(|line| !line.is_empty() && !is_rule(line))
}

/// The words that name whoever wrote what is quoted from the first of these lines on.
fn author_of_quotation(below: &[&str]) -> Option<String> {
    if let Some(attribution) = attribution_at(below) {
        return Some(below.get(..attribution.lines)?.join(" "));
    }
    begins_original(below)?;
    let fields = below.iter().take(HEADER_LINES_MAX).filter_map(|line| key_and_value(line));
    let mut senders = fields.filter(|(key, _)| Key::of(key).is_of_sender());
    senders.next().map(|(_, value)| value.to_owned())
}

/// Whether somebody who is named in these words wrote or got the mail with this header, by a part of the name or by the address.
fn is_known_in(header: &[&str], author: &str) -> bool {
    let is_part_of_name = |c: char| c.is_alphanumeric() || matches!(c, '@' | '.' | '-' | '_' | '+');
    let names = |text: &str| -> Vec<String> {
        let words =
            text.split(|c: char| !is_part_of_name(c)).map(|word| word.trim_matches('.').to_lowercase());
        words.filter(|word| word.chars().filter(|c| c.is_alphabetic()).count() >= NAME_LETTERS_MIN).collect()
    };
    let author = names(author);
    let people = header.iter().filter_map(|line| key_and_value(line)).filter(|(key, value)| {
        let key = Key::of(key);
        key.is_of_sender() || key.is_of_others() && value.contains(char::is_alphabetic)
    });
    people.flat_map(|(_, value)| names(value)).any(|name| author.contains(&name))
}

/// Whether somebody speaks of the words with which a program announces what it quotes, and nothing is quoted below them: they are
/// announced with a colon, or stand within a sentence.
pub(super) fn is_spoken_of(above: &[&str], below: &[&str]) -> bool {
    let Some((line, behind)) = below.split_first() else { return false };
    if !is_set_off(within_blanks(line)) || announces_something(behind) {
        return false;
    }
    let is_announced = || last_words(above).is_some_and(|line| line.ends_with([':', '：']));
    let is_open = |line: &str| {
        line.ends_with(|c: char| c.is_lowercase() || c == ',')
            && line.split_whitespace().count() >= OPEN_WORDS_MIN
    };
    let right_above = above.last().map_or("", |line| within_blanks(line));
    let next = behind.iter().find(|line| !is_blank(line));
    let goes_on = next.is_some_and(|next| next.starts_with(char::is_lowercase));
    let is_open_above = || last_words(above).is_some_and(is_open);
    is_announced() || is_open(right_above) || goes_on && (!right_above.is_empty() || is_open_above())
}

/// Whether a field, an address or a line marked as quoted stands among the next lines, above the end of a sentence.
fn announces_something(behind: &[&str]) -> bool {
    let next = behind.iter().map(|line| within_blanks(line)).filter(|line| !line.is_empty());
    let is_field = |line: &str| key_and_value(line).is_some_and(|(key, _)| Key::of(&key).is_of_quotations());
    for line in next.take(ANNOUNCED_LINES_MAX) {
        if is_quoted(line) || line.contains('@') || is_field(line) {
            return true;
        }
        if line.ends_with(['.', '?', '!', '。', '？']) {
            return false;
        }
    }
    false
}

/// Whether a line says with a colon that what stands right below it is the writer's. Programs leave a line empty there.
pub(super) fn announces_with_colon(line: &str) -> bool {
    let line = line.trim_end();
    let is_field = || key_and_value(line).is_some_and(|(key, _)| Key::of(&key).is_of_quotations());
    line.ends_with([':', '：']) && line.trim_start().contains(' ') && !names_original(line) && !is_field()
}

/// Whether a field stands right above by which a mail is carried: somebody shows the header of one.
pub(super) fn is_within_shown_header(above: &[&str]) -> bool {
    let is_of_transport =
        |line: &&str| key_and_value(line).is_some_and(|(key, _)| Key::of(&key).is_of_transport());
    above.iter().rev().take(SHOWN_LINES_MAX).take_while(|line| !is_blank(line)).any(is_of_transport)
}

#[cfg(test)]
mod tests {
    use super::super::{Structure, split};

    const QUOTATIONS: [&str; 3] = [
        "On 12 Mar 2026 at 10:11, Ana Lyst <ana.lyst@example.com> wrote:\n> Which mail?",
        "Am 12.03.2026 um 10:11 schrieb Ana Lyst:\n> Welche Mail?",
        "From: Ana Lyst <ana.lyst@example.com>\nSent: Thursday, March 12, 2026 10:11 AM\nTo: Otto\nSubject: RE: VPN\n\nWhich mail?",
    ];

    #[test]
    fn u9_a_mail_that_is_shown_above_the_quotation_is_kept_with_what_is_said_below_it() {
        for shown in [
            "This is the mail that I got:\n\nFrom: Bank <bank@example.net>\nSent: Monday, March 2, 2026 9:05 AM\nTo: Uma User\nSubject: Your account\n\nGive us your password.\n\nIs it safe?",
            "Diese Mail kam gestern:\n\nVon: Bank <bank@example.net>\nGesendet: Montag, 2. März 2026 09:05\nAn: Uma User\nBetreff: Ihr Konto\n\nIhr Kennwort bitte.\n\nIst die echt?",
            "Voici ce que j'ai reçu :\n\nDe : Banque <bank@example.net>\nEnvoyé : lundi 2 mars 2026 09:05\nÀ : Uma User\nObjet : Compte\n\nVotre mot de passe.\n\nEst-ce normal ?",
            "Вот что мне прислали:\n\nОт: Банк <bank@example.net>\nОтправлено: 2 марта 2026 г. 09:05\nКому: Uma User\nТема: Счёт\n\nВаш пароль.\n\nЭто мошенники?",
            "He sent me this:\n\n-----Original Message-----\nFrom: Bob <bob@example.net>\nSent: Monday, March 2, 2026 9:05 AM\nTo: Uma User\nSubject: Toner\n\nOrder one.\n\nShall I?",
        ] {
            for quotation in QUOTATIONS {
                let text = format!("{shown}\n\n{quotation}");
                assert_eq!(split(&text, &Structure::default()).reply, shown, "{text}");
            }
        }
    }

    #[test]
    fn u9_a_chain_of_answers_below_a_colon_is_cut() {
        for (said, header) in [
            (
                "Here is the screenshot:",
                "From: Ana Lyst <ana.lyst@example.com>\nSent: Monday, March 2, 2026 9:05 AM\nTo: Uma User\nSubject: RE: VPN",
            ),
            (
                "Hier ist das Bild davon:",
                "Von: Ana Lyst\nGesendet: Montag, 2. März 2026 09:05\nAn: Lyst, Otto\nBetreff: AW: VPN",
            ),
        ] {
            for quotation in QUOTATIONS {
                let text = format!("{said}\n\n{header}\n\nPlease send one.\n\n{quotation}");
                assert_eq!(split(&text, &Structure::default()).reply, said, "{text}");
            }
        }
    }

    #[test]
    fn u9_words_with_which_programs_announce_are_kept_where_they_are_spoken_of() {
        for text in [
            "The line\n-----Original Message-----\nis in every mail. Please turn it off.",
            "In jeder Mail steht\n-----Ursprüngliche Nachricht-----\nWarum?",
            "Mes messages montrent :\n\n-----Message d'origine-----\n\nPourquoi ?",
            "It is the line\n\n-----Original Message-----\n\nthat I mean.",
        ] {
            assert_eq!(split(text, &Structure::default()).reply, text);
            for quotation in QUOTATIONS {
                let quoting = format!("{text}\n\n{quotation}");
                assert_eq!(split(&quoting, &Structure::default()).reply, text, "{quoting}");
            }
        }
        for quoted in [
            "From: Tom\n\nPlease try.",
            "> Try.",
            "Am 12.03.2026 um 10:11 schrieb Ana <ana@x.example>:\n\nGeht es?",
        ] {
            let text = format!("Thanks a lot for it\n-----Original Message-----\n{quoted}");
            assert_eq!(split(&text, &Structure::default()).reply, "Thanks a lot for it", "{text}");
        }
    }

    #[test]
    fn u9_who_replied_what_is_kept_above_lines_with_marks_where_an_attribution_follows() {
        for said in [
            "Ann replied on 2 March 2026 at 10:15 that:\n> all is well here.\n\nIt is not.",
            "Anna schrieb am 2. März:\n> es geht wieder.\n\nTut es nicht.",
            "Jan schreef op maandag 2 maart:\n> alles werkt weer.\n\nNiet waar.",
        ] {
            for quotation in QUOTATIONS {
                let text = format!("{said}\n\n{quotation}");
                assert_eq!(split(&text, &Structure::default()).reply, said, "{text}");
            }
        }
    }
}

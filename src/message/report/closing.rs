//! How a text closes: people with a name of their own, servers with what they are.

use crate::message::phrases::Beginnings;

/// How people close a mail, and servers, too; in lower case.
static CLOSINGS: Beginnings<48> = Beginnings::of([
    "regards",
    "kind regards",
    "best regards",
    "warm regards",
    "best wishes",
    "best,",
    "many thanks",
    "thanks,",
    "thank you,",
    "cheers",
    "sincerely",
    "yours ",
    "mit freundliche",
    "freundliche gr",
    "viele grüße",
    "beste grüße",
    "schöne grüße",
    "liebe grüße",
    "gruß",
    "mfg",
    "cordialement",
    "bien à vous",
    "salutations",
    "saludos",
    "un saludo",
    "atentamente",
    "cordiali saluti",
    "distinti saluti",
    "saluti",
    "atenciosamente",
    "cumprimentos",
    "met vriendelijke groet",
    "groeten",
    "med vänlig",
    "hälsningar",
    "med venlig",
    "vennlig hilsen",
    "med vennlig",
    "terveisin",
    "ystävällisin",
    "pozdrawiam",
    "z poważaniem",
    "s pozdrav",
    "üdvözlettel",
    "cu stimă",
    "с уважением",
    "з повагою",
    "saygılarımla",
]);
/// What stands in the names under which programs and offices close, in lower case.
const OFFICES: [&str; 36] = [
    "mail",
    "post",
    "system",
    "server",
    "daemon",
    "admin",
    "team",
    "support",
    "servi",
    "desk",
    "delivery",
    "gateway",
    "robot",
    "notification",
    "agent",
    "program",
    "filter",
    "secur",
    "virus",
    "network",
    "internet",
    "operator",
    "webmaster",
    "abteilung",
    "technik",
    "équipe",
    "equipo",
    "office",
    "department",
    "exchange",
    "microsoft",
    "google",
    "yahoo",
    "exim",
    "outlook",
    "your",
];
/// The most words of a closing, and of a name below it; the most bytes of both.
const CLOSING_WORDS_MAX: usize = 5;
const NAME_WORDS_MAX: usize = 3;
const NAME_BYTES_MAX: usize = 60;
/// Behind how many of the first lines nobody closes.
const CLOSING_LINES_MAX: usize = 60;

/// Whether somebody closes a text with a name of his own: `Regards, Tom`, not `Regards, Mail Delivery System`.
pub(super) fn closes_with_name(text: &str) -> bool {
    let mut lines =
        text.lines().map(str::trim).filter(|line| !line.is_empty()).take(CLOSING_LINES_MAX).peekable();
    while let Some(line) = lines.next() {
        let (closing, beside) = line.split_once(',').unwrap_or((line, ""));
        let is_closing = CLOSINGS.begin(line)
            && line.len() <= NAME_BYTES_MAX
            && !closing.contains([':', '.'])
            && closing.split_whitespace().count() <= CLOSING_WORDS_MAX;
        if !is_closing {
            continue;
        }
        let beside = beside.trim();
        let name = if beside.is_empty() { lines.peek().copied().unwrap_or_default() } else { beside };
        if is_name_of_person(name) {
            return true;
        }
    }
    false
}

fn is_name_of_person(name: &str) -> bool {
    let is_part = |word: &str| {
        let mut letters = word.chars();
        letters.next().is_some_and(char::is_uppercase) && letters.all(|c| c.is_lowercase() || c == '.')
    };
    let lower = name.to_lowercase();
    name.len() <= NAME_BYTES_MAX
        && (1..=NAME_WORDS_MAX).contains(&name.split_whitespace().count())
        && name.split_whitespace().flat_map(|word| word.split(['-', '\''])).all(is_part)
        && !OFFICES.iter().any(|office| lower.contains(office))
}

#[cfg(test)]
mod tests {
    use super::closes_with_name;

    #[test]
    fn people_close_with_a_name_and_servers_with_what_they_are() {
        for (text, by_name) in [
            ("It bounced.\n\nRegards,\nTom", true),
            ("It bounced.\nBest regards, Anna Kern", true),
            ("Sie kam zurück.\n\nMit freundlichen Grüßen\n\nA. Kern", true),
            ("Elle est revenue.\nCordialement,\nAnne-Marie Dupont", true),
            ("It bounced.\nRegards,\nMail Delivery System", false),
            ("It bounced.\nSincerely,\nYour Postmaster", false),
            ("It bounced.\nRegards,\nThe IT Team", false),
            ("It bounced.\nRegards,", false),
            ("Regards the mail below: it was refused.\nTom", false),
            ("It bounced.\nTom", false),
        ] {
            assert_eq!(closes_with_name(text), by_name, "{text}");
        }
    }
}

//! What mailing lists and groups write below a mail: whose list it is, and how one leaves it.

use super::disclaimers::speaks_of_oneself;
use super::drawn::begins_with_word;
use super::signature::{is_announced, is_mark};
use super::{CutEvidence, CutPart, Line, Sureness, end_of_own, set};
use crate::message::lines::{is_blank, within_blanks};
use crate::message::phrases::{Beginnings, Phrases};
use std::sync::LazyLock;

/// The most lines of a footer.
const LINES_MAX: usize = 14;
/// How long a line lists draw; people draw shorter ones.
const RULE_BYTES_MIN: usize = 40;
/// How long one is of hyphens, or of hyphens and equals signs.
const GROUP_RULE_BYTES_MIN: usize = 20;
/// What lists draw their lines of.
const STROKES: [char; 4] = ['-', '=', '_', '~'];
/// The fewest words of a sentence that somebody says.
const SENTENCE_WORDS_MIN: usize = 3;
/// One of these stands in each footer; in lower case.
const NAMES: [&str; 16] = [
    "mailing list",
    "mailinglist",
    "mailing-list",
    "liste de diffusion",
    "lista de correo",
    "lista de discusión",
    "lista de discussão",
    "listinfo",
    "mailman",
    "unsubscribe",
    "abbestellen",
    "désinscri",
    "désabonn",
    "darse de baja",
    "cancellarsi",
    "отписаться",
];
/// What stands below a rule that people may draw, too; in lower case.
const GROUPS: [&str; 10] = [
    "groups.io links",
    "yahoo groups links",
    "yahoo! groups links",
    "yahoogroups",
    "google groups",
    "to unsubscribe from this",
    "to unsubscribe, ",
    "unsubscribe: http",
    "mailman/listinfo",
    "subscribed to the",
];
/// How the footer of a group begins that draws nothing; in lower case.
static BEGINNINGS: Beginnings<22> = Beginnings::of([
    "you received this message because you are subscribed",
    "you are receiving this message because you are subscribed",
    "you are receiving this because you are subscribed",
    "you received this message because you are a member",
    "you received this email because you are subscribed",
    "to unsubscribe from this group",
    "to unsubscribe from this list",
    "to unsubscribe send an email to",
    "sie erhalten diese nachricht, weil sie",
    "sie haben diese nachricht erhalten, weil sie",
    "vous recevez ce message, car vous êtes",
    "vous recevez ce message car vous êtes",
    "vous avez reçu ce message, car vous êtes",
    "has recibido este mensaje porque estás suscrito",
    "ha recibido este mensaje porque está suscrito",
    "hai ricevuto questo messaggio perché sei iscritto",
    "você recebeu esta mensagem porque está inscrito",
    "você está recebendo esta mensagem porque se inscreveu",
    "je hebt dit bericht ontvangen omdat je",
    "u ontvangt dit bericht omdat u",
    "otrzymujesz tę wiadomość, ponieważ",
    "вы получили это сообщение, поскольку подписаны",
]);

/// Cuts a footer off the end of what is the writer's own, where something is said above it.
pub(super) fn cut(lines: &[&str], kinds: &mut [Line]) -> bool {
    let Some(end) = end_of_own(kinds) else { return false };
    let Some(start) = start_of_footer(lines, end) else { return false };
    let has_own = kinds.get(..start).is_some_and(|above| above.contains(&Line::Own));
    let is_cut = has_own && !is_announced(lines, kinds, start);
    if is_cut {
        set(kinds, start..end, Line::Cut(CutPart::Signature, CutEvidence::SignatureMark, Sureness::Likely));
    }
    is_cut
}

/// Where a rule stands, or the first words of a footer without one, with nothing below it that somebody says.
fn start_of_footer(lines: &[&str], end: usize) -> Option<usize> {
    let first = end.saturating_sub(LINES_MAX);
    let is_footer = |at: &usize| {
        let (Some(line), Some(below)) = (lines.get(*at), lines.get(at + 1..end)) else { return false };
        let line = within_blanks(line);
        if !begins_with_word(line) && line.starts_with(STROKES) {
            return is_list_rule(line) && names(&NAMES_OF_LISTS, below)
                || is_group_rule(line) && names(&NAMES_OF_GROUPS, below);
        }
        BEGINNINGS.begin(line) && names(&NAMES_OF_LISTS, lines.get(*at..end).unwrap_or_default())
    };
    let start = (first..end).rev().find(is_footer)?;
    // addresses and links hold short words of many languages
    let is_word = |word: &&str| !word.trim_end_matches(['.', ',']).contains(['.', '/', '@', '+']);
    let says_something = |line: &&str| {
        let words: Vec<&str> = line.split_whitespace().filter(is_word).collect();
        speaks_of_oneself(&words.join(" ").to_lowercase())
    };
    let footer = lines.get(start..end)?;
    if footer.iter().any(says_something) || words_below(footer).is_some() {
        return None;
    }
    let above = lines.get(..start).unwrap_or_default().iter().rev().take_while(|line| !is_blank(line));
    let start =
        start - above.clone().position(|line| BEGINNINGS.begin(within_blanks(line))).map_or(0, |at| at + 1);
    // groups draw the line of the signature, or the same line, above it once more
    let mut start = start;
    while let Some(above) = start.checked_sub(1)
        && lines.get(above).is_some_and(|line| is_mark(line) || is_group_rule(line))
    {
        start = above;
    }
    Some(start)
}

static NAMES_OF_LISTS: LazyLock<Phrases> = LazyLock::new(|| Phrases::of(&NAMES));
static NAMES_OF_GROUPS: LazyLock<Phrases> = LazyLock::new(|| Phrases::of(&GROUPS));

fn names(phrases: &Phrases, lines: &[&str]) -> bool {
    lines.iter().any(|line| phrases.stand_in(line))
}

/// Where somebody goes on below the footer of a group that stands below the mark of a signature.
pub(super) fn words_below_group(below: &[&str]) -> Option<usize> {
    let first = below.iter().find(|line| !is_blank(line))?;
    if BEGINNINGS.begin(within_blanks(first)) { words_below(below) } else { None }
}

/// Where somebody goes on below a footer: a paragraph apart from it has neither a link nor an address, nor names the list.
fn words_below(footer: &[&str]) -> Option<usize> {
    let mut start = 0;
    let mut paragraphs = footer.split(|line| is_blank(line)).map(|paragraph| {
        let at = start;
        start += paragraph.len() + 1;
        (at, paragraph)
    });
    let is_link = |line: &&str| line.contains("://") || line.contains('@') || is_group_rule(line);
    let is_of_list = |paragraph: &[&str]| paragraph.iter().any(is_link) || names(&NAMES_OF_LISTS, paragraph);
    let words =
        |paragraph: &[&str]| paragraph.iter().map(|line| line.split_whitespace().count()).sum::<usize>();
    paragraphs.find(|(_, paragraph)| !paragraph.is_empty())?;
    let mut said =
        paragraphs.filter(|(_, paragraph)| words(paragraph) >= SENTENCE_WORDS_MIN && !is_of_list(paragraph));
    said.next().map(|(at, _)| at)
}

fn is_list_rule(line: &str) -> bool {
    let line = within_blanks(line);
    line.len() >= RULE_BYTES_MIN && line.trim_start_matches('_').is_empty()
}

/// `-=-=-=-=-=-` and rows of hyphens.
fn is_group_rule(line: &str) -> bool {
    let line = within_blanks(line);
    line.len() >= GROUP_RULE_BYTES_MIN && line.trim_start_matches(STROKES).is_empty()
}

#[cfg(test)]
mod tests {
    use super::super::{Structure, split};

    const RULE: &str = "_______________________________________________";

    fn footers() -> Vec<String> {
        let of_list = [
            "users mailing list\nusers@lists.example.org\nhttps://lists.example.org/mailman/listinfo/users",
            "users mailing list -- users@lists.example.org\nTo unsubscribe send an email to users-leave@lists.example.org",
            "users mailing list\n\nusers@lists.example.org\n\nhttps://lists.example.org/mailman/listinfo/users",
        ];
        let group = "You received this message because you are subscribed to the Google Groups \"desk\" group.\nTo unsubscribe from this group, send an email to desk+unsubscribe@example.com.\nTo view this discussion visit https://groups.google.com/d/msgid/desk/1.";
        let links = "Groups.io Links: You receive all messages sent to this group.\nView/Reply Online (#1): https://groups.io/g/desk/message/1\nMute This Topic: https://groups.io/mt/1/2\nUnsubscribe: https://groups.io/g/desk/unsub [uma@example.org]";
        let yahoo = "------------------------------------\nYahoo Groups Links\n\n<*> To visit your group on the web, go to:\n    http://groups.yahoo.com/group/desk/\n\n<*> To unsubscribe from this group, send an email to:\n    desk-unsubscribe@yahoogroups.com";
        let mut all: Vec<String> = of_list.iter().map(|words| format!("{RULE}\n{words}")).collect();
        all.extend(["", "-- \n", "--\n"].map(|mark| format!("{mark}{group}")));
        let wave = "-=-=-=-=-=-=-=-=-=-=-=-";
        all.extend([format!("{wave}\n{links}\n{wave}"), yahoo.to_owned()]);
        all
    }

    #[test]
    fn u9_what_lists_and_groups_add_is_cut() {
        for footer in footers() {
            let text = format!("It works.\n\n{footer}");
            let found = split(&text, &Structure::default());
            assert_eq!(
                (found.reply.as_str(), found.signature.as_str()),
                ("It works.", footer.as_str()),
                "{text}"
            );
            let text = format!("On 2 Mar 2026 at 9:05, Ana Lyst wrote:\n> Does it?\n\nIt works.\n\n{footer}");
            assert_eq!(split(&text, &Structure::default()).reply, "It works.", "{text}");
        }
    }

    #[test]
    fn u9_what_is_said_below_such_a_footer_or_about_lists_is_kept() {
        for footer in footers() {
            let more = "One more thing: the toner is empty.";
            let text = format!("It works.\n\n{footer}\n\n{more}");
            assert!(split(&text, &Structure::default()).reply.ends_with(more), "{text}");
        }
        for said in [
            "Please unsubscribe me from the mailing list.",
            "I got:\nYou received this message because you are subscribed to the Google Groups group.\nPlease take me out of it and unsubscribe me.",
            "------------------------------\nWe use two mailing lists.",
            "Can people unsubscribe themselves?",
        ] {
            let text = format!("Hello,\n\n{said}");
            assert_eq!(split(&text, &Structure::default()).reply, text);
        }
    }
}

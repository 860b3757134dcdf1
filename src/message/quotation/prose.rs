//! Sentences of people that are worded as attributions are: `On 2 Feb 2026 at 10:15 the shop wrote:`.

use super::endings::verb_within;
use super::words::{FIRST_PERSON, RELATIVE_DAYS};
use crate::message::phrases::{Beginnings, Phrases};
use std::sync::LazyLock;

/// The most words that a program puts around a name.
const WORDS_MAX: usize = 16;
/// The fewest letters of the last word of a sentence; shorter ones are abbreviations.
const LAST_WORD_LETTERS_MIN: usize = 4;
/// Words that no program writes there, wherever they stand.
const ANYWHERE: [&str; 22] = [
    "I", "he", "she", "we", "they", "you", "the", "my", "our", "your", "his", "her", "their", "it", "and",
    "then", "that", "who", "ich", "wir", "Ihnen", "мы",
];
/// Words that stand within names, but neither right behind the time nor at the end.
const AT_EDGES: [&str; 58] = [
    "a", "an", "from", "der", "die", "das", "dem", "ein", "eine", "er", "mein", "unser", "ihr", "habe",
    "haben", "hat", "wurde", "und", "je", "il", "elle", "nous", "vous", "on", "le", "la", "les", "un", "une",
    "votre", "notre", "mon", "el", "los", "su", "mi", "una", "yo", "io", "vi", "ho", "lo", "o", "os", "seu",
    "sua", "meu", "eu", "ik", "de", "het", "een", "heb", "heeft", "jag", "jeg", "я", "он",
];
/// Words before a thing, or before somebody who is not named; in lower case.
const ARTICLES: [&str; 34] = [
    "a", "an", "the", "my", "our", "this", "der", "die", "das", "ein", "eine", "mein", "meine", "unser",
    "unsere", "le", "la", "les", "un", "une", "mon", "notre", "el", "una", "mi", "il", "lo", "de", "het",
    "een", "mijn", "o", "os", "min",
];
/// Words with which a person begins to say who wrote what, or when he did something himself, and no program does; in lower
/// case.
static BEGIN_CITING: Beginnings<56> = Beginnings::of([
    "as ",
    "when ",
    "what ",
    "since ",
    "because ",
    "wie ",
    "als ",
    "wenn ",
    "nachdem ",
    "weil ",
    "laut ",
    "was ",
    "comme ",
    "quand ",
    "lorsque ",
    "selon ",
    "como ",
    "cuando ",
    "según ",
    "come ",
    "quando ",
    "secondo ",
    "zoals ",
    "toen ",
    "volgens ",
    "når ",
    "när ",
    "kuten ",
    "jak ",
    "gdy ",
    "podle ",
    "według ",
    "když ",
    "ahogy ",
    "как ",
    "когда ",
    "согласно ",
    "i ",
    "we ",
    "ich ",
    "wir ",
    "je ",
    "nous ",
    "yo ",
    "io ",
    "ik ",
    "wij ",
    "jag ",
    "jeg ",
    "я ",
    "мы ",
    "please ",
    "bitte ",
    "this ",
    "that ",
    "here ",
]);
/// What stands between a time and the words behind it.
const BEHIND_TIMES: [&str; 6] = ["am", "pm", "a.m.", "p.m.", "uhr", "h"];

/// Whether words that end as an attribution does, without their verb and colon, are those of a person.
pub(super) fn is_prose(joined: &str, verbs: &[&str]) -> bool {
    let words: Vec<&str> = joined.split_whitespace().collect();
    if words.len() > WORDS_MAX || words.windows(2).any(ends_sentence) {
        return true;
    }
    let Some(time) = words.iter().position(|word| is_time(word)) else { return false };
    let is_skipped = |word: &&&str| BEHIND_TIMES.contains(&bare(word).to_lowercase().as_str());
    let behind: Vec<&str> =
        words.iter().skip(time + 1).skip_while(is_skipped).map(|word| bare(word)).collect();
    let is_at_edge = |word: Option<&str>| word.is_some_and(|word| AT_EDGES.contains(&word));
    behind.iter().any(|word| ANYWHERE.contains(word))
        || is_at_edge(behind.first().copied())
        || is_at_edge(without_verb(joined, verbs).split_whitespace().next_back().map(bare))
}

/// Whether a thing wrote it, `the installer` or `backup`: nobody is named before the verb, or behind the time of day.
pub(super) fn is_of_thing(joined: &str) -> bool {
    if joined.split_once(" the ").is_some_and(|(_, behind)| behind.starts_with(char::is_lowercase)) {
        return true;
    }
    let Some(verb) = verb_within(&joined.to_lowercase()) else { return false };
    let subject = joined.get(..verb).unwrap_or_default();
    let mut words = subject.split(' ');
    let (first, second) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let is_article = ARTICLES.contains(&first.to_lowercase().as_str());
    // `The Service Desk` is a name
    let is_name = || first == "The" && second.starts_with(char::is_uppercase);
    !subject.contains(|c: char| c.is_numeric() || c == '@')
        && (is_article && !second.is_empty() && !is_name()
            || first.starts_with(char::is_lowercase) && !is_article)
}

fn bare(word: &str) -> &str {
    word.trim_matches([',', ':', '：', '(', ')', ';'])
}

/// `10:15`
fn is_time(word: &str) -> bool {
    bare(word).contains(':') && word.starts_with(|c: char| c.is_numeric() || c == '(')
}

/// Whether a sentence ends with the first word and another begins with the second.
fn ends_sentence(pair: &[&str]) -> bool {
    let [last, next] = pair else { return false };
    let Some(word) = last.strip_suffix(['.', '!', '?']) else { return false };
    let mut letters = next.chars();
    word.chars().filter(|c| c.is_lowercase()).count() >= LAST_WORD_LETTERS_MIN
        && letters.next().is_some_and(char::is_uppercase)
        && letters.take(2).all(char::is_lowercase)
}

/// What stands before the verb at the end.
fn without_verb<'t>(joined: &'t str, verbs: &[&str]) -> &'t str {
    let words = joined.trim_end_matches([':', '：', ' ', '\u{a0}']);
    let found = verbs.iter().filter(|verb| words.ends_with(**verb)).max_by_key(|verb| verb.len());
    found.and_then(|verb| words.strip_suffix(*verb)).unwrap_or(words)
}

/// Whether a sentence begins as those do with which people cite others: `As Ana Lyst wrote:`.
pub(super) fn begins_to_cite(joined: &str) -> bool {
    BEGIN_CITING.begin(joined)
}

/// Whether the writer speaks of what he wrote himself, or says on which day it was as people do.
pub(super) fn is_of_writer(joined: &str) -> bool {
    static SAID: LazyLock<Phrases> = LazyLock::new(|| Phrases::of(&FIRST_PERSON));
    let first = joined.split([' ', ',']).next().unwrap_or_default();
    SAID.stand_in(joined) || RELATIVE_DAYS.contains(&first.to_lowercase().as_str())
}

/// Whether a line begins what somebody says between quotation marks.
pub(super) fn begins_speech(line: &str) -> bool {
    let line = line.trim();
    line.starts_with(['"', '“', '„', '«', '「']) && line.ends_with(['"', '”', '“', '»', '」'])
}

#[cfg(test)]
mod tests {
    use super::super::{Structure, split};

    #[test]
    fn u9_sentences_about_who_wrote_when_are_kept() {
        for prose in [
            "On 2 Feb 2026 at 10:15 the shop wrote:",
            "On 2 Feb 2026 at 10:15 I called you and nobody answered. Later he\nwrote:",
            "On 2 Feb 2026 at 10:15 Bob from the shop wrote:",
            "Am 2.2.2026 um 10:15 schrieb ich:",
            "Am 2.2.2026 um 10:15 habe ich Ihnen geschrieben:",
            "Il 2 febbraio 2026 alle 10:15 vi ho scritto:",
            "Op 2 februari 2026 om 10:15 heb ik u geschreven:",
            "El 2 de febrero de 2026 a las 10:15 su colega escribió:",
            "The installer wrote on 2 Feb 2026 at 10:15:",
            "Der Server schrieb am 02.02.2026 um 10:15:",
            "backup wrote on 2026-02-02 at 10:15:",
            "On 2 Feb 2026 10:15:11 the server (srv@example.com) wrote:",
            "As Ana Lyst <ana.lyst@example.com> wrote on 2 Feb 2026 at 10:15:",
            "Wie Ana Lyst <ana.lyst@example.com> am 02.02.2026 10:15 schrieb:",
            "I called on 2 Feb 2026 at 10:15 and spoke with Ana Lyst <ana.lyst@example.com>:",
            "Error on 2026-02-02 10:15:11 for <ana.lyst@example.com>:",
            "Laut Ana Lyst <ana.lyst@example.com> vom 02.02.2026 10:15:",
        ] {
            let text = format!("It is this:\n\n{prose}\nthe part is out of stock\n\nWhat now");
            assert_eq!(split(&text, &Structure::default()).reply, text);
        }
        for attribution in [
            "On 2 Feb 2026 at 10:15, Ana Lyst wrote:",
            "The Service Desk wrote on 2 Feb 2026 at 10:15:",
            "Ana Lyst schrieb am 02.02.2026 10:15:",
            "On 2 Feb 2026 at 10:15 AM, Jan van der Berg wrote:",
            "Op 2-2-2026 om 10:15 schreef Ana de Wit:",
            "Am 02.02.2026 um 10:15 Uhr schrieb Ana Lyst:",
            "Den 2026-02-02 kl. 10:15, skrev Ana Lyst:",
        ] {
            let text = format!("Yes.\n\n{attribution}\n\nDoes it work?");
            assert_eq!(split(&text, &Structure::default()).reply, "Yes.", "{text}");
        }
    }
}

//! Lines that hold the writer's last words and the beginning of an attribution, as some programs leave it to the writer to
//! begin a new one: `It works now. On … wrote:`.

use super::attribution::{ATTRIBUTION_BYTES_MAX, ATTRIBUTION_LINES_MAX, attribution_at, begins_with_day};
use super::dates::{has_time, has_year};
use super::marks::is_quoted;
use super::structure::Structure;
use super::{Cut, Line};

/// Over how many lines an attribution runs at most that begins within one.
const LINES_MAX: usize = 4;
/// How many places of a line are tried, from its end on.
const PLACES_MAX: usize = 4;
/// How many lines are tried. A mail has one or two such; what has more is no mail of a person.
const ATTEMPTS_MAX: usize = 2_000;
/// The fewest small letters of a word before a dot that ends a sentence; shorter ones are abbreviations.
const LAST_WORD_LETTERS_MIN: usize = 3;
/// Longer ones, as they stand within names and dates; in lower case.
const ABBREVIATIONS: [&str; 14] = [
    "prof", "dipl", "corp", "univ", "phil", "dept", "intl", "assn", "bros", "capt", "sept", "szept", "febr",
    "márc",
];
/// What stands between such words and the attribution.
const BETWEEN: [char; 6] = [' ', '-', '–', '—', '\t', '\u{a0}'];
/// The most words of a name.
const NAME_WORDS_MAX: usize = 4;
/// A name that ends as a sentence does.
const SHOUTED_NAME: &str = "Yahoo!";

/// Lines of which one may have been divided in two: the writer's words, and the attribution behind them.
pub(super) struct Divided<'t> {
    pub(super) lines: Vec<&'t str>,
    /// The line that was divided, as a whole and by its number.
    whole: Option<(&'t str, usize)>,
}

impl<'t> Divided<'t> {
    /// Divides the first line that has to be.
    pub(super) fn of(mut lines: Vec<&'t str>) -> Self {
        let found = shared_line(&lines);
        let Some((at, words, attribution, whole)) = found else { return Self { lines, whole: None } };
        lines.splice(at..=at, [words, attribution]);
        Self { lines, whole: Some((whole, at)) }
    }

    /// What the HTML says of these lines, where it was said of whole ones.
    pub(super) fn structure(&self, structure: &Structure) -> Option<Structure> {
        let (_, divided) = self.whole?;
        let moved = |line: usize| line + usize::from(line > divided);
        let range = |range: &std::ops::Range<usize>| moved(range.start)..moved(range.end);
        Some(Structure {
            quotation_from: structure.quotation_from.map(moved),
            may_be_own: structure.may_be_own,
            enclosed: structure.enclosed.as_ref().map(range),
            signature: structure.signature.as_ref().map(range),
        })
    }

    /// Puts the line together again where the attribution is kept, or all of it is of one other part.
    pub(super) fn join_kept(&mut self, kinds: &mut Vec<Line>) {
        let Some((whole, at)) = self.whole else { return };
        let part = |at: usize| match kinds.get(at) {
            Some(Line::Cut(part, ..)) => Some(*part),
            _ => None,
        };
        if part(at + 1).is_some() && part(at) != part(at + 1) {
            return;
        }
        self.lines.splice(at..at + 2, [whole]);
        kinds.remove(at + 1);
        self.whole = None;
    }

    /// Gives what was cut the numbers of the whole lines.
    pub(super) fn number_whole(&self, cuts: &mut [Cut]) {
        let Some((_, divided)) = self.whole else { return };
        let whole = |line: usize| line - usize::from(line > divided + 1);
        for cut in cuts {
            (cut.first_line, cut.last_line) = (whole(cut.first_line), whole(cut.last_line));
        }
    }
}

/// The first line with words before an attribution: its number, the words, what stands behind them, and the line itself.
fn shared_line<'t>(lines: &[&'t str]) -> Option<(usize, &'t str, &'t str, &'t str)> {
    let may_end = |line: &&str| line.trim_end().ends_with([':', '：']) && !is_quoted(line);
    let ends = lines.iter().enumerate().filter(|(_, line)| may_end(line)).take(ATTEMPTS_MAX);
    let mut tried = 0;
    for (end, _) in ends {
        // an attribution begins on the line on which it ends, or soon above that
        for at in tried.max((end + 1).saturating_sub(LINES_MAX))..=end {
            let below = lines.get(at..)?;
            let whole = below.first().copied().unwrap_or_default();
            if let Some((words, attribution)) = divided(whole, below) {
                return Some((at, words, attribution, whole));
            }
        }
        tried = end + 1;
    }
    None
}

/// The two parts of a line.
fn divided<'t>(line: &'t str, below: &[&'t str]) -> Option<(&'t str, &'t str)> {
    if is_quoted(line) {
        return None;
    }
    let next = below.get(1..).unwrap_or_default();
    places(line).take(PLACES_MAX).find_map(|place| {
        let (words, attribution) = line.split_at_checked(place)?;
        // nothing that was written is in neither
        let kept = words.trim_end();
        let words = kept.trim_end_matches(BETWEEN);
        // Slovenian programs put `V V pon., 2. feb. 2026`
        let says_something =
            words.chars().filter(|c| c.is_alphanumeric()).nth(1).is_some() && !begins_with_day(words);
        (says_something && is_attribution(words, attribution, next)).then_some((kept, attribution))
    })
}

/// Whether an attribution begins with the rest of a line and goes on in the next ones.
fn is_attribution(words: &str, rest: &str, next: &[&str]) -> bool {
    let lines: Vec<&str> =
        std::iter::once(rest).chain(next.iter().copied()).take(ATTRIBUTION_LINES_MAX + LINES_MAX).collect();
    let is_announced = words.ends_with([':', '：']);
    let found = attribution_at(&lines).filter(|found| found.lines <= LINES_MAX);
    found.is_some_and(|found| found.is_followed_by_quotation || !is_announced)
}

/// Where an attribution may begin within a line, from its end on: at a word such as `On` with a date behind it, or behind a
/// sentence.
fn places(line: &str) -> impl Iterator<Item = usize> {
    let from = line.ceil_char_boundary(line.len().saturating_sub(ATTRIBUTION_BYTES_MAX));
    let end = line.get(from..).unwrap_or_default();
    end.char_indices().rev().map(move |(at, c)| (from + at, c)).filter_map(move |(at, c)| {
        // most letters are small ones of ASCII; nothing stands before the first
        if c.is_ascii_lowercase() || c.is_lowercase() || !c.is_alphabetic() || at == 0 {
            return None;
        }
        let (above, rest) = line.split_at_checked(at)?;
        let is_place = above.ends_with(|c| BETWEEN.contains(&c) || matches!(c, '。' | '！' | '？'))
            && (begins_with_day(rest) || ends_sentence_before(above, rest) && is_name_and_address(rest));
        is_place.then_some(at)
    })
}

/// Whether a name and an address in brackets begin here.
fn is_name_and_address(rest: &str) -> bool {
    let named = rest.split_once('<').filter(|(_, address)| address.contains('@'));
    named.is_some_and(|(name, _)| {
        let mut words = name.split_whitespace();
        name.split_whitespace().count() <= NAME_WORDS_MAX
            && words.all(|word| !word.starts_with(|c: char| c.is_lowercase() || c.is_numeric()))
    })
}

/// Whether a sentence ends with the words above, and what stands behind it names when somebody wrote, or the words do not.
fn ends_sentence_before(above: &str, rest: &str) -> bool {
    let above = above.trim_end();
    let is_ended = match above.strip_suffix('.') {
        Some(words) => {
            let word = words.rsplit(' ').next().unwrap_or_default();
            word.chars().filter(|c| c.is_lowercase()).count() >= LAST_WORD_LETTERS_MIN
                && !ABBREVIATIONS.contains(&word.to_lowercase().as_str())
        }
        None => above.ends_with(['!', '?', '。', '！', '？']) && !above.ends_with(SHOUTED_NAME),
    };
    is_ended && (has_year(rest) && has_time(rest) || !has_year(above) && !has_time(above))
}

/// Whether words that end as an attribution does begin with a sentence, or announce it, before any number: then they are
/// kept.
pub(super) fn begins_with_sentence(joined: &str) -> bool {
    let before_date = joined.split(|c: char| c.is_numeric() || c == '@').next().unwrap_or_default();
    let mut ends = before_date.match_indices(['.', '!', '?', ':']).map(|(at, _)| at + 1);
    ends.any(|end| {
        joined.split_at_checked(end).is_some_and(|(above, behind)| {
            let is_announced = || above.ends_with(':') && begins_with_day(behind.trim_start());
            // a number goes on with a date: `Le jeu. 12 mars`
            let is_word = behind.trim_start().starts_with(|c: char| c.is_alphabetic() && !c.is_lowercase());
            behind.starts_with(' ') && (is_word && ends_sentence_before(above, behind) || is_announced())
        })
    })
}

#[cfg(test)]
mod tests {
    use super::super::{Structure, split};

    const ATTRIBUTIONS: [&str; 8] = [
        "On Thu, Mar 12, 2026 at 10:11 AM, Ana Lyst <ana.lyst@example.com> wrote:",
        "On Thu, Mar 12, 2026 at 10:11 AM, ana.lyst@example.com wrote:",
        "On 12/03/2026 10:11, Ana Lyst wrote:",
        "Am 12. März 2026 um 10:11 schrieb Ana Lyst <ana.lyst@example.com>:",
        "Le 12 mars 2026 à 10:11, Ana Lyst <ana.lyst@example.com> a écrit :",
        "El 12 mar 2026 a las 10:11, Ana Lyst (<ana.lyst@example.com>) escribió:",
        "W dniu 12.03.2026 o 10:11, Ana Lyst pisze:",
        "On Thu, Mar 12, 2026 at 10:11 AM, Ana Lyst\n<ana.lyst@example.com> wrote:",
    ];

    #[test]
    fn u9_a_line_that_is_quoted_as_a_whole_is_not_divided() {
        let shared = "It works now. On 12 Mar 2026 at 10:11, Bob <bob@example.com> wrote:";
        let text = format!(
            "Yes.\n\nFrom: Ana Lyst <ana@example.com>\nSent: Monday, March 2, 2026 9:05 AM\nTo: Uma\nSubject: VPN\n\n{shared}\nDoes it?"
        );
        let found = split(&text, &Structure::default());
        assert_eq!(found.reply, "Yes.");
        assert!(found.quoted.contains(shared), "{}", found.quoted);
        assert_eq!(found.cuts.last().map(|cut| cut.last_line), Some(9));
    }

    #[test]
    fn u9_words_before_an_attribution_on_its_line_are_kept() {
        for attribution in ATTRIBUTIONS {
            for (words, between) in [
                ("reply", " "),
                ("reply", "--- "),
                ("It does not fit.", " "),
                ("Can you come on Friday?", " "),
                ("On Monday I am out.", "  "),
                ("Thanks - it works", " - "),
                ("Gut, danke!", " "),
            ] {
                for quoted in ["\n> Does it work?\n> Ana", "\n\n> Does it work?", "\n\nDoes it work?\nAna"] {
                    for above in ["", "Dear all,\n\nthe part came.\n"] {
                        let text = format!("{above}{words}{between}{attribution}{quoted}");
                        let portions = split(&text, &Structure::default());
                        assert_eq!(portions.reply, format!("{above}{words}{between}").trim_end(), "{text}");
                        assert!(portions.quoted.ends_with(quoted.trim_start()), "{text}");
                        let lines = text.split('\n').count();
                        let cuts: Vec<_> =
                            portions.cuts.iter().map(|cut| (cut.first_line, cut.last_line)).collect();
                        assert_eq!(cuts, [(above.split('\n').count(), lines)], "{text}");
                    }
                }
            }
        }
    }

    #[test]
    fn u9_a_line_that_cannot_be_divided_is_kept_whole() {
        for text in [
            "It does not fit. See what on 4 Apr 2026 10:11 Bob <bob@example.com> wrote:\n> Hi",
            "They said on the phone: On 2 Feb 2026 at 10:15 the shop wrote:\nit is out of stock\n\nWhat now",
            "See: On 2 Feb 2026 at 10:15, Bob <bob@example.com> wrote:\nit is out of stock\n\nWhat now",
        ] {
            let reply = split(text, &Structure::default()).reply;
            assert!(reply.starts_with(text.split('\n').next().unwrap()), "{text}\n{reply}");
        }
    }

    #[test]
    fn u9_answers_below_an_attribution_on_a_line_with_words_are_kept() {
        let attribution = "On 12/03/2026 10:11, Ana Lyst wrote:";
        let text = format!("See below. {attribution}\n> Which room?\n12\n> Since when?\nMonday");
        let reply = split(&text, &Structure::default()).reply;
        assert_eq!(reply, "See below.\n> Which room?\n12\n> Since when?\nMonday");
    }

    #[test]
    fn u9_attributions_with_such_words_within_them_are_cut_whole() {
        for attribution in [
            "On 12/03/2026 10:11, Yahoo! Groups <groups@example.com> wrote:",
            "On 12/03/2026 10:11, Ana On Call 2 <ana.lyst@example.com> wrote:",
            "Am 12.03.2026 um 10:11 schrieb Am Berg 4 <berg@example.com>:",
            "Le 12 sept. 2026 à 10:11, Ana Lyst <ana.lyst@example.com> a écrit :",
            "---- On Thu, 12 Mar 2026 10:11:12 +0100 Ana Lyst <ana.lyst@example.com> wrote ----",
        ] {
            let text = format!("Yes.\n\n{attribution}\n> Does it work?");
            assert_eq!(split(&text, &Structure::default()).reply, "Yes.", "{text}");
        }
    }
}

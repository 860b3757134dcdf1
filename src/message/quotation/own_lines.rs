//! Lines of the writer's right above an attribution, which begin as an attribution does: `On Monday it suits me.`

use super::dates::{has_digit, has_time, has_year};

/// The fewest letters of the last word of a sentence; shorter ones are abbreviations.
const LAST_WORD_LETTERS_MIN: usize = 3;
/// With what the time of day ends in attributions, before a dot as well.
const BEHIND_TIMES: [&str; 10] = ["uhr", "hod", "godz", "hrs", "час", "год", "óra", "ora", "kell", "klo"];
/// Small words of names.
const OF_NAMES: [&str; 22] = [
    "van", "der", "den", "de", "la", "le", "von", "zu", "zur", "dos", "das", "da", "di", "del", "della",
    "el", "al", "bin", "ten", "ter", "und", "via",
];
/// Words before an address that only people write there.
const INTRODUCES_BARE_ADDRESS: &str = " from ";
/// Before an address in brackets no program puts these words.
const INTRODUCES_ADDRESS: [&str; 8] = ["from", "to", "for", "für", "pour", "para", "voor", "для"];
/// How few words behind a time, or behind a date without one, make a sentence.
const WORDS_MIN: usize = 2;

/// Whether a sentence ends with a line, so that the next one does not go on with it. A month may end with a dot.
pub(super) fn ends_sentence(line: &str, next: &str) -> bool {
    let line = line.trim_end();
    let Some(said) = line.strip_suffix(['.', '!', '?']) else { return line.ends_with(['。', '！', '？']) };
    let word = said.rsplit(' ').next().unwrap_or_default();
    !next.starts_with(|c: char| c.is_numeric() || c == '<')
        && said.contains(' ')
        && word.chars().all(char::is_lowercase)
        && word.chars().count() >= LAST_WORD_LETTERS_MIN
        && !BEHIND_TIMES.contains(&word)
}

/// Whether what stands above a line with name, address and verb lacks the time that an attribution would have, or says more.
pub(super) fn says_more_than_when(above: &str) -> bool {
    if !has_time(above) && !has_year(above) {
        return true;
    }
    let words: Vec<&str> = above.split_whitespace().collect();
    let is_time = |word: &&str| word.contains(':') && has_digit(word);
    let time = words.iter().position(is_time);
    let at = time.or_else(|| words.iter().rposition(|word| has_digit(word))).unwrap_or_default();
    let is_said = |word: &&str| {
        let word = word.trim_matches([',', '.', ';', '!', '?']);
        let is_small = word.chars().count() > 1 && word.chars().all(char::is_lowercase);
        is_small && !BEHIND_TIMES.contains(&word) && !OF_NAMES.contains(&word)
    };
    words.iter().skip(at + 1).filter(|word| is_said(word)).count() >= WORDS_MIN
}

/// Whether the writer introduces an address as people do: no program puts such words before it. In lower case.
pub(super) fn introduces_address(lower: &str) -> bool {
    names_bare_address_behind(lower, INTRODUCES_BARE_ADDRESS) && !repeats_address(lower)
        || introduces_address_in_brackets(lower)
}

/// Whether such a word stands right before what is in brackets: `an error for <ana@example.com>`.
fn introduces_address_in_brackets(lower: &str) -> bool {
    memchr::memchr_iter(b'<', lower.as_bytes()).any(|at| {
        let before = lower.get(..at).and_then(|before| before.strip_suffix(' ')).unwrap_or_default();
        before.contains(' ') && INTRODUCES_ADDRESS.contains(&before.rsplit(' ').next().unwrap_or_default())
    })
}

/// Whether an address without brackets stands behind these words: `Bob from support@example.com`, as people write it.
fn names_bare_address_behind(lower: &str, words: &str) -> bool {
    lower.split_once(words).is_some_and(|(before, behind)| {
        let address = behind.split(' ').next().unwrap_or_default();
        !before.contains('<') && address.contains('@') && !address.starts_with(['<', '(', '[', '"'])
    })
}

/// Whether an address is named twice, the second time in brackets: `from ana@example.com <ana@example.com>`.
fn repeats_address(lower: &str) -> bool {
    let mut words = lower.rsplit(' ');
    let bracketed = words.next().and_then(|word| word.strip_prefix('<')?.strip_suffix('>'));
    bracketed.is_some_and(|address| address.contains('@') && words.next() == Some(address))
}

#[cfg(test)]
mod tests {
    use super::super::{Structure, split};

    #[test]
    #[rustfmt::skip]
    fn u9_a_line_that_begins_as_the_attribution_below_it_does_is_kept() {
        for own in [
            "Am 3. März passt es.", "Am 3. März um 10:00 passt es mir", "On Monday at 10:00, please.", "On 3 March I am free",
            "On 3/4/2026 at 10:00 AM it was broken, and on 3/5 as well", "Le 3 mars me convient.", "Le 3 mars 2026 me convient bien.",
            "El 3 de marzo me viene bien.", "Il 3 marzo va bene.", "Op 3 maart kan ik.", "Den 3 mars passar bra.",
            "W dniu 3.03.2026 mi pasuje.", "Em 3 de março posso.", "Dne 3. 3. 2026 mám čas.", "Il 3/3/2026 alle 10:00 va benissimo", "Le 3 mars à 10:00 me va très bien", "Na 3. marec mám čas.",
        ] {
            for attribution in [
                "Desk <desk@example.com> wrote:",
                "Desk <desk@example.com> wrote on Thu, 12 Mar 2026 10:11:",
                "Desk <desk@example.com> schrieb am 12.03.2026 10:11:",
                "Desk <desk@example.com> a écrit :",
                "Desk <desk@example.com> escribió:",
                "Ana Lyst wrote on 12/03/2026 10:11:",
            ] {
                for quoted in ["> When?", "\nWhen?"] {
                    let text = format!("{own}\n{attribution}\n{quoted}");
                    assert!(split(&text, &Structure::default()).reply.starts_with(own), "{text}");
                    let text = format!("Hello,\n\n{own}\n{attribution}\n{quoted}");
                    assert_eq!(split(&text, &Structure::default()).reply, format!("Hello,\n\n{own}"), "{text}");
                }
            }
        }
    }

    #[test]
    fn u9_attributions_that_are_wrapped_behind_the_time_are_cut_whole() {
        for attribution in [
            "On Thu, Mar 12, 2026 at 10:11 AM\nDesk <desk@example.com> wrote:",
            "On Thu, Mar 12, 2026 at 10:11 a.m.\nDesk <desk@example.com> wrote:",
            "Am Do., 12. März 2026 um 10:11 Uhr\nDesk <desk@example.com> schrieb:",
            "Le jeu. 12 mars 2026 à 10:11,\nDesk <desk@example.com> a écrit :",
            "El jue, 12 mar 2026 a las 10:11,\nDesk <desk@example.com> escribió:",
            "Em qui., 12 de mar. de 2026 às 10:11,\nDesk <desk@example.com> escreveu:",
            "Il giorno gio 12 mar 2026 alle ore 10:11\nDesk <desk@example.com> ha scritto:",
            "Op 12-03-2026 om 10:11 Jan van der\nBerg <desk@example.com> schreef:",
            "čt 12. 3. 2026 v 10:11 hod.\nDesk <desk@example.com> napsal:",
        ] {
            let text = format!("Fine.\n\n{attribution}\n> When?");
            assert_eq!(split(&text, &Structure::default()).reply, "Fine.", "{text}");
        }
    }
}

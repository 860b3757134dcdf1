//! What is meant by an entry of an address field that is written wrongly.
//!
//! A sender must never be made up. So of an entry in which two addresses stand none is taken, and none of which a
//! part may be missing.

use super::address_list::{self, Scan};
use super::encoded_words;
use crate::vocab::AddrSpec;

/// The longest entry that is looked at; none of those that people and programs write is longer.
const ENTRY_BYTES_MAX: usize = 4096;

/// What an entry means.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Meant {
    /// What stands beside the address, still encoded; may be empty.
    pub(super) name: String,
    pub(super) address: AddrSpec,
    /// It stands where a name does: in quotation marks, in a comment, encoded. Beside other entries it may be the name of one.
    pub(super) is_in_name: bool,
}

/// Where a stretch of an entry stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Open,
    Quotes,
    Comment,
    Brackets,
}

/// What is left of a comment within brackets: beside the `@` and round the address it does no harm (RFC 5322 §A.5).
const COMMENT: &str = "()";

/// A stretch of an entry, without what encloses it.
#[derive(Debug)]
struct Stretch {
    place: Place,
    text: String,
}

/// The mailbox that an entry names, where it can be but one.
pub(super) fn meant(entry: &str) -> Option<Meant> {
    if entry.len() > ENTRY_BYTES_MAX {
        return None;
    }
    let stretches = stretches(entry);
    if address_list::never_ends(entry) {
        return cut_name(&stretches);
    }
    let stands_in =
        |place: Place| stretches.iter().any(|stretch| stretch.place == place && stretch.text.contains('@'));
    if stretches.iter().any(|stretch| stretch.place == Place::Brackets) {
        return in_brackets(&stretches);
    }
    if stands_in(Place::Open) {
        return behind_name(&stretches);
    }
    if let [Stretch { place: Place::Quotes, text }] = stretches.as_slice() {
        return alone(text);
    }
    if stands_in(Place::Comment) {
        return in_comment(&stretches);
    }
    // the whole of it as one encoded word, against RFC 2047 §5; of two, nobody knows what stood between them
    if entry.contains('@') || entry.matches("=?").count() != 1 {
        None
    } else {
        alone(&encoded_words::decode_words(entry))
    }
}

/// A name that was cut before its quotation mark or its comment ended, and an address in brackets behind it. Without them
/// nobody knows whether it was one, or all of it: `"ceo@b`.
fn cut_name(stretches: &[Stretch]) -> Option<Meant> {
    let (last, before) = stretches.split_last()?;
    let is_name = match last.place {
        Place::Quotes => before.is_empty(),
        Place::Comment => before.iter().all(|one| one.place == Place::Open && !one.text.contains('@')),
        Place::Open | Place::Brackets => false,
    };
    let within = in_brackets(&self::stretches(&last.text)).filter(|_| is_name)?;
    let words = [name(before), within.name];
    Some(Meant { name: words.join(" ").trim().to_owned(), is_in_name: true, ..within })
}

/// Brackets too many or too few, or what else than an address stands in them.
fn in_brackets(stretches: &[Stretch]) -> Option<Meant> {
    let of = |place: Place| stretches.iter().filter(move |stretch| stretch.place == place);
    let bracketed = of(Place::Brackets).map(|stretch| stretch.text.trim()).filter(|text| !text.is_empty());
    let open = of(Place::Open).flat_map(|stretch| stretch.text.split_whitespace());
    let mut candidates = bracketed.chain(open.filter(|word| word.contains('@')));
    let address = address_in(candidates.next()?)?;
    let is_one = candidates.all(|other| address_in(other).is_some_and(|other| other.key() == address.key()));
    let has_brackets = of(Place::Brackets).any(|stretch| !stretch.text.trim().is_empty());
    (is_one && has_brackets).then(|| Meant { name: name(stretches), address, is_in_name: false })
}

/// A name without quotation marks, and an address without brackets behind it.
fn behind_name(stretches: &[Stretch]) -> Option<Meant> {
    let (last, before) = stretches.split_last()?;
    let (last, before) = match last.place {
        Place::Comment => before.split_last()?,
        _ => (last, before),
    };
    if last.place != Place::Open
        || before.iter().any(|one| one.place != Place::Quotes && one.text.contains('@'))
    {
        return None;
    }
    let (name_before, word) =
        last.text.trim().rsplit_once(char::is_whitespace).unwrap_or(("", last.text.trim()));
    // a local part that was written with a blank, or a name of Notes or Exchange, is no address behind a name
    let is_part = |word: &str| word.ends_with('.') || word.starts_with(char::is_lowercase);
    let is_of_directory = |word: &str| word.contains('=') && !word.starts_with("=?");
    if name_before.split_whitespace().next_back().is_some_and(is_part)
        || name_before.split_whitespace().any(is_of_directory)
        || word.contains('/')
    {
        return None;
    }
    let address = address_in(word).filter(|_| !name_before.contains('@'))?;
    let mut words = name(before);
    if !words.is_empty() && !name_before.is_empty() {
        words.push(' ');
    }
    words.push_str(name_before);
    Some(Meant { name: words, address, is_in_name: false })
}

/// The address in the place of the name, as some programs have it the other way round.
fn in_comment(stretches: &[Stretch]) -> Option<Meant> {
    let mut with_address = stretches.iter().filter(|stretch| stretch.text.contains('@'));
    let comment = with_address.next().filter(|stretch| stretch.place == Place::Comment)?;
    let address = address_in(&comment.text).filter(|_| with_address.next().is_none())?;
    let before: String = stretches
        .iter()
        .filter(|stretch| stretch.place != Place::Comment)
        .map(|one| one.text.as_str())
        .collect();
    Some(Meant { name: before.trim().to_owned(), address, is_in_name: true })
}

/// A text that is nothing but an address, or a name with one in brackets.
fn alone(text: &str) -> Option<Meant> {
    let bare = address_in(text).map(|address| Meant { name: String::new(), address, is_in_name: true });
    bare.or_else(|| in_brackets(&stretches(text)).map(|meant| Meant { is_in_name: true, ..meant }))
}

/// What stands outside brackets.
fn name(stretches: &[Stretch]) -> String {
    let mut name = String::new();
    for Stretch { place, text } in stretches {
        let text = text.trim();
        if *place == Place::Brackets || text.is_empty() {
            continue;
        }
        if !name.is_empty() {
            name.push(' ');
        }
        match place {
            Place::Comment => name.extend(["(", text, ")"]),
            _ => name.push_str(text),
        }
    }
    name
}

/// An entry in stretches; those that are blank are left out, but for brackets, which say that an address was to come.
fn stretches(entry: &str) -> Vec<Stretch> {
    let mut stretches = Vec::new();
    let mut text = String::new();
    let mut scan = Scan::default();
    let place = |scan: &Scan| match scan {
        Scan { is_bracketed: true, .. } => Place::Brackets,
        Scan { is_quoted: true, .. } => Place::Quotes,
        Scan { comments: 0, .. } => Place::Open,
        _ => Place::Comment,
    };
    let mut end = |place: Place, text: &mut String| {
        let text = std::mem::take(text);
        if place == Place::Brackets || !text.trim().is_empty() {
            stretches.push(Stretch { place, text });
        }
    };
    for c in entry.chars() {
        let (before, was_escaped, was_comment) = (place(&scan), scan.is_escaped, scan.comments > 0);
        let is_bracket = scan.take(c) && matches!(c, '<' | '>');
        if is_bracket {
            scan.is_bracketed = c == '<';
        }
        if is_bracket || before != place(&scan) {
            end(before, &mut text);
        } else if before == Place::Brackets && (was_comment || scan.comments > 0) {
            // what it says is no matter, but where it stands is
            text.push_str(if was_comment { "" } else { COMMENT });
        } else if !scan.is_escaped {
            if was_escaped && !matches!(c, '"' | '\\' | '(' | ')') {
                text.push('\\');
            }
            text.push(c);
        }
    }
    end(place(&scan), &mut text);
    stretches
}

/// The one address that a text is, whatever encloses it; stricter than for one that stands where it should.
fn address_in(text: &str) -> Option<AddrSpec> {
    const ENCLOSED: [(char, char); 6] =
        [('[', ']'), ('<', '>'), ('"', '"'), ('\'', '\''), ('“', '”'), ('‘', '’')];
    // what is copied from where the reading direction is set has marks of it at its ends
    let is_unseen = |c: char| {
        c.is_whitespace()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
    };
    let without_comments;
    let mut text = text.trim_matches(is_unseen);
    if text.contains(COMMENT) {
        let [before, behind] = [[COMMENT, "@"], ["@", COMMENT]].map(|both| both.concat());
        without_comments = text.replace(&before, "@").replace(&behind, "@");
        text = without_comments.trim_matches(['(', ')']).trim();
    }
    for (start, end) in ENCLOSED {
        text = text.strip_prefix(start).and_then(|text| text.strip_suffix(end)).unwrap_or(text).trim();
    }
    let text = behind_route(without_scheme(text).unwrap_or(text));
    let text = text.strip_suffix('.').unwrap_or(text);
    let (local, domain) = text.split_once('@')?;
    let is_local = |c: char| c.is_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c);
    let is_label = |label: &str| {
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c.is_alphanumeric() || c == '-')
    };
    let is_whole = local.chars().all(is_local)
        && !local.starts_with(['\'', '.'])
        && !local.contains("=?")
        && domain.split('.').all(is_label);
    if is_whole { AddrSpec::parse(text) } else { None }
}

/// What follows `mailto:` (RFC 6068); `None` where a text does not begin so.
pub(super) fn without_scheme(text: &str) -> Option<&str> {
    const SCHEME: &str = "mailto:";
    let has_scheme = text.get(..SCHEME.len()).is_some_and(|start| start.eq_ignore_ascii_case(SCHEME));
    if has_scheme { text.get(SCHEME.len()..) } else { None }
}

/// An address without the servers that it was once to pass (RFC 5322 §4.4, `obs-route`).
pub(super) fn behind_route(text: &str) -> &str {
    if !text.starts_with('@') {
        return text;
    }
    let is_of_route =
        |c: char| c.is_alphanumeric() || c.is_whitespace() || matches!(c, '@' | '.' | '-' | ',');
    match text.rsplit_once(':') {
        Some((route, address)) if route.chars().all(is_of_route) => address.trim_start(),
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::meant;

    #[test]
    fn address_is_taken_where_it_can_be_but_one() {
        for (entry, name, address) in [
            ("Ann <<a@b.example>>", "Ann", "a@b.example"),
            ("a@b.example>", "", "a@b.example"),
            ("<a@b.example", "", "a@b.example"),
            ("Ann <a@b.example", "Ann", "a@b.example"),
            ("Ann Lee a@b.example", "Ann Lee", "a@b.example"),
            ("\"Lee, Ann\" (Sales) a@b.example>", "Lee, Ann (Sales)", "a@b.example"),
            ("Ann a@b.example (Sales)", "Ann", "a@b.example"),
            ("Ann (a@b.example)", "Ann", "a@b.example"),
            ("Ann Lee (a@b.example)", "Ann Lee", "a@b.example"),
            ("(<a@b.example>)", "", "a@b.example"),
            ("\"a@b.example\"", "", "a@b.example"),
            ("'a@b.example'", "", "a@b.example"),
            ("'Ann' <'a@b.example'>", "'Ann'", "a@b.example"),
            ("Ann <\"a@b.example\">", "Ann", "a@b.example"),
            ("\"Ann <a@b.example>\"", "Ann", "a@b.example"),
            ("\"Ann <a@b.example>", "Ann", "a@b.example"),
            ("=?utf-8?Q?a=40b.example?=", "", "a@b.example"),
            ("=?utf-8?Q?Ann_=3Ca=40b.example=3E?=", "Ann", "a@b.example"),
            ("Ann <MailTo:a@b.example>", "Ann", "a@b.example"),
            ("mailto:a@b.example", "", "a@b.example"),
            ("Ann [mailto:a@b.example]", "Ann", "a@b.example"),
            ("a@b.example <mailto:A@B.example>", "a@b.example", "A@B.example"),
            ("<@x.example, @y.example : a@b.example.>", "", "a@b.example"),
            ("Ann <a@b.example.> (Sales)", "Ann (Sales)", "a@b.example"),
            ("\"ceo@bank.example\" <<x@evil.example>>", "ceo@bank.example", "x@evil.example"),
            ("<<x@evil.example>> (ceo@bank.example)", "(ceo@bank.example)", "x@evil.example"),
            ("\"Ann \\\"Lee\\\"\" <<a(c)@(d)b.example(e)>>", "Ann \"Lee\"", "a@b.example"),
            ("Ann <o'lee@bücher.example", "Ann", "o'lee@bücher.example"),
        ] {
            let found = meant(entry).unwrap_or_else(|| panic!("{entry}"));
            assert_eq!((found.name.as_str(), found.address.as_str()), (name, address), "{entry}");
        }
    }

    #[test]
    fn of_two_addresses_or_of_half_of_one_none_is_taken() {
        for entry in [
            "Ann",
            "Ann <>",
            "a@b.example <>",
            "a@x b@y",
            "ann. lee@b.example",
            "no reply@b.example",
            "Ann Lee/Sales/Org@ORG",
            "=?utf-8?Q?Bank?= =?utf-8?Q?ceo=40bank.example?=",
            "a@b.example Ann",
            "Ann a@b. example",
            "Ann <a @ b.example>",
            "<a@b. example>",
            "Ann <a@b.example Sales",
            "<a@b.example> c@d.example",
            "ceo@bank.example <<x@evil.example>>",
            "<a@b.example<c@d.example>>",
            "<a@b.example>c@d.example>",
            "<a@b.exam<ple>>",
            "a@b.exam>ple",
            "a@b.exam\"x\"ple",
            "a@b@c.example",
            "\"a@b\"@c.example",
            "\"a b\"@c.example",
            "a@b.example \"c@d.example\"",
            "(a@b.example) (c@d.example)",
            "Ann (a@b.example, c@d.example)",
            "Ann (call a@b.example)",
            "Ann \"a@b.example\"",
            "\"a@b.example\" \"c@d.example\"",
            "\"a@b.example\" (c@d.example)",
            "\"Ann <a@b.example> <c@d.example>\"",
            "\"Ann <a@b.example>, c@d.example",
            "=?utf-8?Q?a=40b.example_c=40d.example?=",
            "=?utf-8?Q?Ann_via_a=40b.example?=",
            "=?utf-8?Q?a?=@b.example>",
            "<mailto:a@b.example?cc=c@d.example>",
            "<x:mailto:a@b.example>",
            "<@x.example:a@b.example:c>",
            "\"a\\b@c.example\"",
            "<<a@b\\c.example>>",
            "<<a@b.example\\>>",
            "<<a@b(c).example>>",
            "<<a@b.exam(c)ple>>",
            "<ceo)x@evil.example",
            "<<a@-b.example>>",
            "<<a@b..example>>",
            "<<a\u{200b}@b.example>>",
            "<<a@b\u{202e}.example>>",
            "Ann \"Lee <a@b.example>",
            "",
        ] {
            assert_eq!(meant(entry), None, "{entry}");
        }
        assert_eq!(meant(&"<a@b.example>".repeat(400)), None);
    }
}

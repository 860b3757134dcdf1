//! Where a link leads, held against what its words say.

use std::borrow::Cow;

/// The most characters of an address that are written beside the words; the link itself keeps it whole.
const SHOWN_CHARS_MAX: usize = 120;
/// The most bytes of words that are compared.
const WORDS_BYTES_MAX: usize = 2_000;

/// What people write round an address.
const AROUND: [char; 8] = ['<', '>', '(', ')', '"', '\'', '.', ','];

/// What a link's words say of where it leads.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Led {
    /// The words are the address.
    AsItSays,
    /// The words say nothing of it; the address, as it is shown.
    Elsewhere(String),
    /// The words name another place.
    Astray {
        /// The address, as it is shown.
        shown: String,
        /// The host that it really names.
        host: String,
    },
}

/// Adds words of a link, as far as they are compared.
pub(super) fn add_words(words: &mut String, more: &str) {
    let room = WORDS_BYTES_MAX.saturating_sub(words.len());
    words.push_str(more.get(..more.floor_char_boundary(room)).unwrap_or_default());
}

/// Holds a link's address against its words.
pub(super) fn judge(address: &str, words: &str) -> Led {
    let address = address.trim();
    // without one of these no word names a place
    let has_mark = |text: &str| text.bytes().any(|byte| matches!(byte, b'.' | b'@' | b':'));
    if !has_mark(words) && has_mark(&bare(address)) {
        return Led::Elsewhere(shown(address));
    }
    let said = words.split_whitespace().collect::<String>();
    if bare(&said) == bare(address) || is_among(address, words) {
        return Led::AsItSays;
    }
    let shown = shown(address);
    match (host(address), named_host(words)) {
        (Some(host), Some(named)) if !is_within(&host, &named) => Led::Astray { shown, host },
        _ => Led::Elsewhere(shown),
    }
}

/// Whether the address is one of the words, and no other word names a place that is not its own.
fn is_among(address: &str, words: &str) -> bool {
    let (bare_address, host) = (bare(address), host(address));
    let mut is_there = false;
    for word in words.split_whitespace() {
        let is_address = bare(word.trim_matches(AROUND)) == bare_address || word == address;
        let named = if is_address { None } else { named_host(word) };
        if named.is_some_and(|named| host.as_ref().is_none_or(|host| !is_within(host, &named))) {
            return false;
        }
        is_there |= is_address;
    }
    is_there && !address.is_empty()
}

/// An address without what people leave out.
fn bare(address: &str) -> Cow<'_, str> {
    if address.bytes().any(|byte| !byte.is_ascii() || byte.is_ascii_uppercase()) {
        return Cow::Owned(bare_of_lower(&address.to_lowercase()).to_owned());
    }
    Cow::Borrowed(bare_of_lower(address))
}

fn bare_of_lower(lower: &str) -> &str {
    let rest = ["https://", "http://", "mailto:", "tel:", "ftp://"];
    let rest = rest.iter().find_map(|start| lower.strip_prefix(start)).unwrap_or(lower);
    rest.trim_start_matches("www.").trim_end_matches('/')
}

/// An address as it is written for people: on one line, without tricks, not endless.
fn shown(address: &str) -> String {
    // nearly all are as they are shown
    if address.len() <= SHOWN_CHARS_MAX && address.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ')
    {
        return address.to_owned();
    }
    let visible = address.chars().filter(|c| !c.is_control() && !is_turning(*c));
    let mut shown: String = visible.take(SHOWN_CHARS_MAX + 1).collect();
    if shown.chars().count() > SHOWN_CHARS_MAX {
        shown.pop();
        shown.push('…');
    }
    shown
}

/// Characters that turn the direction of reading.
fn is_turning(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// The host of an address of the web or of mail, in lower case; what stands before an `@` is no host.
fn host(address: &str) -> Option<String> {
    let lower = address.to_lowercase();
    if let Some(mailbox) = lower.strip_prefix("mailto:") {
        let mailbox = mailbox.split('?').next().unwrap_or_default();
        return mailbox.rsplit_once('@').map(|(_, host)| host.to_owned());
    }
    let (_, rest) = lower.split_once("://")?;
    let authority = rest.split(['/', '?', '#', '\\']).next()?;
    let host = authority.rsplit('@').next()?;
    let host = host.split(':').next()?.trim_matches('.');
    (!host.is_empty()).then(|| host.to_owned())
}

/// The host that the words themselves name, where they are nothing but an address.
fn named_host(words: &str) -> Option<String> {
    let word = words.trim();
    if word.is_empty() || word.contains(char::is_whitespace) {
        return None;
    }
    let word = word.trim_matches(AROUND);
    if word.contains("://") || word.starts_with("mailto:") {
        return host(word);
    }
    if let Some((local, domain)) = word.rsplit_once('@') {
        return (!local.is_empty() && is_domain(domain)).then(|| domain.to_lowercase());
    }
    let start = word.split(['/', '?', '#', ':']).next().unwrap_or_default();
    // `report.pdf` is the name of a file, `www.example.com` and `example.com/x` are places
    let is_place = start.to_ascii_lowercase().starts_with("www.")
        || word.contains('/')
        || !crate::message::attached::is_file_name(start);
    (is_domain(start) && is_place).then(|| start.to_lowercase())
}

fn is_domain(text: &str) -> bool {
    let Some((before, last)) = text.rsplit_once('.') else { return false };
    let is_label = |label: &str| !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || c == '-');
    (2..=24).contains(&last.chars().count())
        && last.chars().all(char::is_alphabetic)
        && before.split('.').all(is_label)
}

/// Whether the host is the named one or belongs to it.
fn is_within(host: &str, named: &str) -> bool {
    let (host, named) = (host.trim_start_matches("www."), named.trim_start_matches("www."));
    let belongs = |inner: &str, outer: &str| {
        inner == outer || inner.strip_suffix(outer).is_some_and(|before| before.ends_with('.'))
    };
    belongs(host, named) || (named.matches('.').count() > 1 && belongs(named, host))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_held_against_their_words() {
        let elsewhere = |shown: &str| Led::Elsewhere(shown.to_owned());
        let astray = |shown: &str, host: &str| Led::Astray { shown: shown.to_owned(), host: host.to_owned() };
        for (address, words, expected) in [
            ("https://example.com/", "example.com", Led::AsItSays),
            ("https://example.com/a", "https://example.com/a", Led::AsItSays),
            ("mailto:uma@example.com", "uma@example.com", Led::AsItSays),
            ("tel:+49301234", "+49 30 1234", Led::AsItSays),
            ("https://example.com/a", "Open https://example.com/a, please", Led::AsItSays),
            ("https://example.com/a", "https://exam ple.com/a", Led::AsItSays),
            ("mailto:uma@example.com", "Uma <uma@example.com>", Led::AsItSays),
            (
                "https://evil.example/",
                "https://bank.example/?next=https://evil.example/",
                astray("https://evil.example/", "evil.example"),
            ),
            (
                "https://evil.example/",
                "www.bank.example (https://evil.example/)",
                elsewhere("https://evil.example/"),
            ),
            ("https://example.com/a", "read on", elsewhere("https://example.com/a")),
            ("https://example.com/login", "example.com", elsewhere("https://example.com/login")),
            ("https://shop.example.com/", "www.example.com", elsewhere("https://shop.example.com/")),
            ("https://example.com/f/1", "report.pdf", elsewhere("https://example.com/f/1")),
            (
                "https://evil.example/x",
                "https://bank.example/",
                astray("https://evil.example/x", "evil.example"),
            ),
            ("https://evil.example/x", "bank.example", astray("https://evil.example/x", "evil.example")),
            (
                "https://bank.example@evil.example/",
                "bank.example",
                astray("https://bank.example@evil.example/", "evil.example"),
            ),
            (
                "https://notbank.example/",
                "bank.example",
                astray("https://notbank.example/", "notbank.example"),
            ),
            ("mailto:x@evil.example", "help@bank.example", astray("mailto:x@evil.example", "evil.example")),
            ("https://example.com/\u{202e}x", "here", elsewhere("https://example.com/x")),
        ] {
            assert_eq!(judge(address, words), expected, "{address} {words}");
        }
        assert!(
            matches!(judge(&format!("https://a.example/{}", "x".repeat(500)), "y"), Led::Elsewhere(shown) if shown.chars().count() == 121)
        );
    }
}

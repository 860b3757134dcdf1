//! Character references: `&eacute;`, `&#233;`, and how people and old programs write them.

use mail_parser::decoders::html::add_html_token;
use std::borrow::Cow;

/// How long a reference may be, at most.
const NAME_BYTES_MAX: usize = 32;
/// What the numbers from 128 on mean: programs count in Windows-1252, and so do browsers. Five mean nothing.
const WINDOWS_1252: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}', '\u{90}',
    '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];
/// Names that are known without a semicolon, too, of those that mails are written with.
const BARE: [&str; 74] = [
    "nbsp", "amp", "lt", "gt", "quot", "copy", "reg", "deg", "shy", "laquo", "raquo", "middot", "pound",
    "yen", "sect", "para", "micro", "iexcl", "iquest", "times", "Agrave", "Aacute", "Acirc", "Atilde",
    "Auml", "Aring", "AElig", "Ccedil", "Egrave", "Eacute", "Ecirc", "Euml", "Igrave", "Iacute", "Icirc",
    "Iuml", "Ntilde", "Ograve", "Oacute", "Ocirc", "Otilde", "Ouml", "Oslash", "Ugrave", "Uacute", "Ucirc",
    "Uuml", "szlig", "agrave", "aacute", "acirc", "atilde", "auml", "aring", "aelig", "ccedil", "egrave",
    "eacute", "ecirc", "euml", "igrave", "iacute", "icirc", "iuml", "ntilde", "ograve", "oacute", "ocirc",
    "otilde", "ouml", "oslash", "ugrave", "uacute", "uuml",
];

/// A text with its character references decoded; itself where it has none.
pub(in super::super) fn decode_entities(text: &str) -> Cow<'_, str> {
    if memchr::memchr(b'&', text.as_bytes()).is_none() {
        return Cow::Borrowed(text);
    }
    let mut decoded = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        decoded.push_str(before);
        let number = after.strip_prefix('#').and_then(numbered);
        rest = if let Some((c, next)) = number {
            decoded.extend(c);
            next
        } else {
            named(after, &mut decoded)
        };
    }
    decoded.push_str(rest);
    Cow::Owned(decoded)
}

/// The character of this number, where it is one that may be shown, and what follows.
fn numbered(written: &str) -> Option<(Option<char>, &str)> {
    let (digits, radix) = match written.strip_prefix(['x', 'X']) {
        Some(digits) => (digits, 16),
        None => (written, 10),
    };
    let end = digits.bytes().position(|byte| !char::from(byte).is_digit(radix)).unwrap_or(digits.len());
    let (number, after) = digits.split_at_checked(end).filter(|(number, _)| !number.is_empty())?;
    let number = u32::from_str_radix(number, radix).unwrap_or(u32::MAX);
    let known = number.checked_sub(128).and_then(|at| WINDOWS_1252.get(usize::try_from(at).ok()?));
    let c = known.copied().or_else(|| char::from_u32(number)).unwrap_or(char::REPLACEMENT_CHARACTER);
    let is_shown = !c.is_control() || matches!(c, '\n' | '\t' | '\r');
    Some((is_shown.then_some(c), after.strip_prefix(';').unwrap_or(after)))
}

/// Writes the character of this name, or the `&` where there is none such; gives back what follows.
fn named<'t>(after: &'t str, decoded: &mut String) -> &'t str {
    let is_named = |byte: &u8| byte.is_ascii_alphanumeric();
    let end = after.bytes().take(NAME_BYTES_MAX).take_while(is_named).count();
    let (name, next) = after.split_at_checked(end).unwrap_or(("", after));
    // `?a=1&copy=2` is an address
    let is_bare = || !next.starts_with('=') && BARE.contains(&name);
    match next.strip_prefix(';') {
        Some(next) if !name.is_empty() => {
            add_html_token(decoded, format!("&{name};").as_bytes(), false);
            next
        }
        None if is_bare() => {
            add_html_token(decoded, format!("&{name};").as_bytes(), false);
            next
        }
        _ => {
            decoded.push('&');
            after
        }
    }
}

#[cfg(test)]
mod tests {
    use super::decode_entities;

    #[test]
    fn references_are_read_as_browsers_read_them() {
        for (written, expected) in [
            ("caf&eacute; &#233;&#xE9;&#XE9; &lt;", "café ééé <"),
            ("caf&eacute, cr&egraveme &#233x &nbsp", "café, cr&egraveme éx \u{a0}"),
            ("&#146;&#150;&#128;&#x85;", "’–€…"),
            ("a&#27;[31m&#0;b&#127;&#129;&#9;c", "a[31mb\tc"),
            ("&#xD800;&#99999999999;", "\u{fffd}\u{fffd}"),
            ("AT&T & &; &#; &#x; &unknown; ?a=1&copy=2&reg;", "AT&T & &; &#; &#x; &unknown; ?a=1&copy=2®"),
        ] {
            assert_eq!(decode_entities(written), expected, "{written}");
        }
    }
}

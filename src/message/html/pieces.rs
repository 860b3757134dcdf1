//! HTML cut into text and tags, without a tree.

use mail_parser::decoders::html::add_html_token;

/// Elements whose content nobody is meant to read.
const UNSEEN: [&str; 6] = ["script", "style", "title", "template", "noscript", "svg"];

/// What an HTML text is made of, as far as reading needs it.
pub(in super::super) enum Piece<'h> {
    Text(&'h str),
    Tag(Tag<'h>),
}

/// A start or end tag.
pub(in super::super) struct Tag<'h> {
    pub(in super::super) name: &'h str,
    pub(in super::super) attributes: &'h str,
    pub(in super::super) is_end: bool,
}

impl<'h> Tag<'h> {
    pub(in super::super) fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }

    /// The value of an attribute, entities decoded; `None` where the attribute is not there or has none.
    pub(in super::super) fn attribute(&self, name: &str) -> Option<String> {
        self.find_attribute(name)?.map(decode_entities)
    }

    /// Whether the attribute is there, with a value or without.
    pub(super) fn has_attribute(&self, name: &str) -> bool {
        self.find_attribute(name).is_some()
    }

    #[expect(
        clippy::option_option,
        reason = "an attribute is missing, or there without a value, or with one"
    )]
    fn find_attribute(&self, name: &str) -> Option<Option<&'h str>> {
        let mut rest = self.attributes;
        loop {
            rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/');
            if rest.is_empty() {
                return None;
            }
            let end =
                rest.find(|c: char| c.is_ascii_whitespace() || matches!(c, '=' | '/')).unwrap_or(rest.len());
            let (found, after) = rest.split_at_checked(end)?;
            let Some(value) = after.trim_start().strip_prefix('=') else {
                if found.eq_ignore_ascii_case(name) {
                    return Some(None);
                }
                rest = after;
                continue;
            };
            let value = value.trim_start();
            let (value, after): (&'h str, &'h str) = match value.chars().next() {
                Some(quote @ ('"' | '\'')) => {
                    let inner = value.get(1..)?;
                    inner.split_once(quote).unwrap_or((inner, ""))
                }
                _ => value
                    .split_at_checked(value.find(|c: char| c.is_ascii_whitespace()).unwrap_or(value.len()))?,
            };
            if found.eq_ignore_ascii_case(name) {
                return Some(Some(value));
            }
            rest = after;
        }
    }
}

/// Cuts HTML into text and tags; comments and the content of unseen elements are passed over.
pub(in super::super) struct Pieces<'h>(pub(in super::super) &'h str);

impl<'h> Iterator for Pieces<'h> {
    type Item = Piece<'h>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let html = self.0;
            let start = memchr::memchr(b'<', html.as_bytes()).unwrap_or(html.len());
            if start > 0 {
                let (text, rest) = html.split_at_checked(start)?;
                self.0 = rest;
                return Some(Piece::Text(text));
            }
            let inner = html.strip_prefix('<')?;
            if let Some(comment) = inner.strip_prefix("!--") {
                self.0 = comment.split_once("-->").map_or("", |(_, rest)| rest);
                continue;
            }
            if inner.starts_with(['!', '?']) {
                self.0 = inner.split_once('>').map_or("", |(_, rest)| rest);
                continue;
            }
            let is_end = inner.starts_with('/');
            let named = inner.strip_prefix('/').unwrap_or(inner);
            if !named.starts_with(|c: char| c.is_ascii_alphabetic()) {
                self.0 = inner;
                return Some(Piece::Text("<"));
            }
            let (tag, rest) = cut_tag(named, is_end);
            self.0 = rest;
            if !is_end && UNSEEN.iter().any(|name| tag.is(name)) {
                self.0 = after_end_tag(rest, tag.name);
            }
            return Some(Piece::Tag(tag));
        }
    }
}

/// Splits behind the tag that starts here (its `<` is off already).
fn cut_tag(named: &str, is_end: bool) -> (Tag<'_>, &str) {
    let mut quote = None;
    let mut end = None;
    for (at, byte) in named.bytes().enumerate() {
        match quote {
            Some(open) if byte == open => quote = None,
            None if matches!(byte, b'"' | b'\'') => quote = Some(byte),
            None if byte == b'>' => {
                end = Some(at);
                break;
            }
            Some(_) | None => {}
        }
    }
    let end = end.or_else(|| named.find('>')).unwrap_or(named.len());
    let (inside, rest) = named.split_at_checked(end).unwrap_or((named, ""));
    let name_end =
        inside.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, ':' | '-'))).unwrap_or(inside.len());
    let (name, attributes) = inside.split_at_checked(name_end).unwrap_or((inside, ""));
    (Tag { name, attributes, is_end }, rest.strip_prefix('>').unwrap_or(rest))
}

/// What follows the end tag of this element; nothing where it never ends, as in a browser.
fn after_end_tag<'h>(html: &'h str, name: &str) -> &'h str {
    let mut rest = html;
    while let Some((_, after)) = rest.split_once("</") {
        if after.get(..name.len()).is_some_and(|found| found.eq_ignore_ascii_case(name)) {
            return after.split_once('>').map_or("", |(_, rest)| rest);
        }
        rest = after;
    }
    ""
}

/// A text with its character references decoded.
pub(super) fn decode_entities(text: &str) -> String {
    let mut decoded = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        decoded.push_str(before);
        let end = after.bytes().take(32).position(|byte| byte == b';');
        match end.and_then(|end| Some((after.get(..end)?, after.get(end + 1..)?))) {
            Some((name, next))
                if !name.is_empty()
                    && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'#') =>
            {
                add_html_token(&mut decoded, format!("&{name};").as_bytes(), false);
                rest = next;
            }
            _ => {
                decoded.push('&');
                rest = after;
            }
        }
    }
    decoded.push_str(rest);
    decoded
}

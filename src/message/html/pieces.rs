//! HTML cut into text and tags, without a tree.

use super::element::Element;
use mail_parser::decoders::html::add_html_token;

/// What an HTML text is made of, as far as reading needs it.
pub(in super::super) enum Piece<'h> {
    Text(&'h str),
    Tag(Tag<'h>),
}

/// A start or end tag.
pub(in super::super) struct Tag<'h> {
    pub(in super::super) name: &'h str,
    pub(in super::super) element: Element,
    pub(in super::super) attributes: &'h str,
    pub(in super::super) is_end: bool,
}

impl<'h> Tag<'h> {
    pub(in super::super) fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }

    /// The value of an attribute, entities decoded; `None` where the attribute is not there or has none.
    pub(in super::super) fn attribute(&self, name: &str) -> Option<String> {
        self.attributes().find(|(found, _)| found.eq_ignore_ascii_case(name))?.1.map(decode_entities)
    }

    /// The names and values as they are written, in their order; of two of the same name a browser takes the first.
    pub(in super::super) fn attributes(&self) -> Attributes<'h> {
        Attributes(self.attributes)
    }
}

/// The attributes of a tag that are still to be read.
pub(in super::super) struct Attributes<'h>(&'h str);

impl<'h> Iterator for Attributes<'h> {
    type Item = (&'h str, Option<&'h str>);

    fn next(&mut self) -> Option<Self::Item> {
        let is_blank = |byte: u8| byte.is_ascii_whitespace() || byte == b'/';
        let start = self.0.bytes().position(|byte| !is_blank(byte))?;
        let rest = self.0.get(start..)?;
        let end = rest.bytes().position(|byte| is_blank(byte) || byte == b'=').unwrap_or(rest.len());
        let (name, after) = rest.split_at_checked(end)?;
        let Some(value) = after.trim_ascii_start().strip_prefix('=') else {
            self.0 = after;
            return Some((name, None));
        };
        let value = value.trim_ascii_start();
        let (value, after) = if let Some(quote @ (b'"' | b'\'')) = value.bytes().next() {
            let inner = value.get(1..)?;
            let end = memchr::memchr(quote, inner.as_bytes()).unwrap_or(inner.len());
            (inner.get(..end)?, inner.get(end + 1..).unwrap_or_default())
        } else {
            let end = value.bytes().position(|byte| byte.is_ascii_whitespace());
            value.split_at_checked(end.unwrap_or(value.len()))?
        };
        self.0 = after;
        Some((name, Some(value)))
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
            if !is_end && tag.element.is_unseen() {
                self.0 = after_end_tag(rest, tag.name);
            }
            return Some(Piece::Tag(tag));
        }
    }
}

/// Splits behind the tag that starts here (its `<` is off already).
fn cut_tag(named: &str, is_end: bool) -> (Tag<'_>, &str) {
    let is_named = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b':' | b'-');
    let name_end = named.bytes().position(|byte| !is_named(byte)).unwrap_or(named.len());
    let (name, behind) = named.split_at_checked(name_end).unwrap_or((named, ""));
    let end = if behind.starts_with('>') { Some(0) } else { end_of_tag(behind) };
    let end = end.or_else(|| behind.find('>')).unwrap_or(behind.len());
    let (attributes, rest) = behind.split_at_checked(end).unwrap_or((behind, ""));
    let tag = Tag { name, element: Element::of(name), attributes, is_end };
    (tag, rest.strip_prefix('>').unwrap_or(rest))
}

/// Where the `>` of a tag stands that is in no quotation marks.
fn end_of_tag(attributes: &str) -> Option<usize> {
    let bytes = attributes.as_bytes();
    let mut at = 0;
    loop {
        let rest = bytes.get(at..)?;
        at += memchr::memchr3(b'>', b'"', b'\'', rest)?;
        let found = *bytes.get(at)?;
        if found == b'>' {
            return Some(at);
        }
        at += 1 + memchr::memchr(found, bytes.get(at + 1..)?)? + 1;
    }
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
pub(in super::super) fn decode_entities(text: &str) -> String {
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

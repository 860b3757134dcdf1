//! HTML made harmless, and HTML made readable.
//!
//! [`to_text`] is one pass over the characters without a tree, so neither depth nor size can make it slow.
//! [`sanitise`] needs a tree, whose builder is quadratic in depth and in attributes; what is beyond
//! sense there is kept as its text instead.

use mail_parser::decoders::html::add_html_token;
use std::borrow::Cow;
use std::sync::LazyLock;

/// The deepest nesting that is given to the tree builder.
const DEPTH_MAX: usize = 256;
/// The most attributes of one tag that are given to the tree builder.
const ATTRIBUTES_MAX: usize = 256;
/// The most bytes that are given to the tree builder.
const TREE_BYTES_MAX: usize = 1024 * 1024;
/// The deepest quotation that is drawn.
const QUOTE_MAX: usize = 20;
/// The most empty lines that are kept in a row, plus one.
const BREAKS_MAX: usize = 3;

/// Elements whose content nobody is meant to read.
const UNSEEN: [&str; 6] = ["script", "style", "title", "template", "noscript", "svg"];
/// Elements that end by themselves, so that leaving out their end tag makes nothing deeper.
const SELF_ENDING: [&str; 22] = [
    "p", "li", "td", "th", "tr", "dt", "dd", "option", "br", "img", "hr", "meta", "link", "input", "col",
    "area", "base", "wbr", "source", "tbody", "thead", "html",
];

/// Takes everything out of an HTML body that could act, spy or deceive: scripts, styles, forms, and pictures
/// fetched from elsewhere, which tell their sender that and when the mail is read.
pub fn sanitise(html: &str) -> String {
    if is_beyond_sense(html) {
        return format!("<pre>{}</pre>", escape(&to_text(html)));
    }
    SANITISER.clean(html).to_string()
}

static SANITISER: LazyLock<ammonia::Builder<'static>> = LazyLock::new(|| {
    let mut builder = ammonia::Builder::default();
    builder.add_url_schemes(["cid", "data"]);
    builder.attribute_filter(|element, attribute, value| {
        let scheme = value.trim_start().split(':').next().unwrap_or_default().to_ascii_lowercase();
        match (element, attribute) {
            ("img", "src") if scheme == "cid" => Some(Cow::Borrowed(value)),
            ("img", "src") => {
                let is_picture =
                    ["data:image/png", "data:image/gif", "data:image/jpeg"].iter().any(|start| {
                        value.get(..start.len()).is_some_and(|have| have.eq_ignore_ascii_case(start))
                    });
                is_picture.then_some(Cow::Borrowed(value))
            }
            (_, "href" | "cite" | "src") if scheme == "data" || scheme == "cid" => None,
            _ => Some(Cow::Borrowed(value)),
        }
    });
    builder
});

/// Writes a plain text so that it reads the same within HTML, attribute values included.
pub fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + text.len() / 8);
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c => escaped.push(c),
        }
    }
    escaped
}

/// Whether a tree builder would take too long over it.
fn is_beyond_sense(html: &str) -> bool {
    if html.len() > TREE_BYTES_MAX {
        return true;
    }
    let mut depth: usize = 0;
    for piece in Pieces(html) {
        let Piece::Tag(tag) = piece else { continue };
        if tag
            .attributes
            .bytes()
            .filter(|byte| matches!(byte, b' ' | b'=' | b'/' | b'"' | b'\n' | b'\t'))
            .count()
            > ATTRIBUTES_MAX
            && count_attributes(tag.attributes) > ATTRIBUTES_MAX
        {
            return true;
        }
        if tag.is_end {
            depth = depth.saturating_sub(1);
        } else if !SELF_ENDING.iter().any(|name| tag.is(name)) {
            depth += 1;
        }
        if depth > DEPTH_MAX {
            return true;
        }
    }
    false
}

/// An upper bound of the attributes of a tag: what stands in quotes counts once.
fn count_attributes(attributes: &str) -> usize {
    let mut quote = None;
    let mut in_word = false;
    let mut count = 0;
    for c in attributes.chars() {
        match quote {
            Some(open) if c == open => (quote, in_word) = (None, false),
            Some(_) => {}
            None if matches!(c, '"' | '\'') => quote = Some(c),
            None if c.is_ascii_whitespace() || c == '/' => in_word = false,
            None => {
                count += usize::from(!in_word);
                in_word = true;
            }
        }
    }
    count
}

/// What an HTML text is made of, as far as reading needs it.
enum Piece<'h> {
    Text(&'h str),
    Tag(Tag<'h>),
}

/// A start or end tag.
struct Tag<'h> {
    name: &'h str,
    attributes: &'h str,
    is_end: bool,
}

impl<'h> Tag<'h> {
    fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }

    /// The value of an attribute, entities decoded.
    fn attribute(&self, name: &str) -> Option<String> {
        let mut rest = self.attributes;
        loop {
            rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/');
            let end = rest.find(|c: char| c.is_ascii_whitespace() || matches!(c, '=' | '/'))?;
            let (found, after) = rest.split_at_checked(end)?;
            let Some(value) = after.trim_start().strip_prefix('=') else {
                rest = if found.is_empty() { after.get(1..)? } else { after };
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
                return Some(decode_entities(value));
            }
            rest = after;
        }
    }
}

/// Cuts HTML into text and tags; comments and the content of unseen elements are passed over.
struct Pieces<'h>(&'h str);

impl<'h> Iterator for Pieces<'h> {
    type Item = Piece<'h>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let html = self.0;
            let start = html.find('<').unwrap_or(html.len());
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
fn decode_entities(text: &str) -> String {
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

/// HTML as a person would type it: paragraphs and table rows become lines, quotations get `> `, lists their
/// marks, links their address where the words do not say it.
pub fn to_text(html: &str) -> String {
    let mut page = Page { out: String::with_capacity(html.len() / 3), ..Page::default() };
    for piece in Pieces(html) {
        match piece {
            Piece::Text(text) if text.contains('&') => page.text(&decode_entities(text)),
            Piece::Text(text) => page.text(text),
            Piece::Tag(tag) if tag.is_end => page.end(&tag),
            Piece::Tag(tag) => page.start(&tag),
        }
    }
    page.out
}

/// The text as it is being written.
#[derive(Default)]
struct Page {
    out: String,
    /// Line breaks due before the next word.
    breaks: usize,
    /// A space due before the next word.
    gap: bool,
    /// A hard space stands on the line, and nothing else.
    blank: bool,
    quotes: usize,
    preformatted: usize,
    /// One entry for each open list: the next number, or none where it has no numbers.
    lists: Vec<Option<usize>>,
    /// Marks due before the next word: bullets.
    mark: String,
    /// Where the words of the open link begin, and its address.
    link: Option<(usize, String)>,
}

impl Page {
    fn break_at_least(&mut self, breaks: usize) {
        self.breaks = self.breaks.max(breaks);
        self.gap = false;
    }

    /// Writes what is due before a word.
    fn settle(&mut self) {
        if self.breaks > 0 || self.out.is_empty() {
            self.begin_line();
        } else if self.gap {
            self.out.push(' ');
        }
        if !self.mark.is_empty() {
            self.out.push_str(&std::mem::take(&mut self.mark));
        }
        (self.breaks, self.gap, self.blank) = (0, false, false);
    }

    /// Writes the line breaks that are due, quotation marks and indent.
    fn begin_line(&mut self) {
        let prefix = "> ".repeat(self.quotes);
        if !self.out.is_empty() {
            for left in (0..self.breaks.min(BREAKS_MAX)).rev() {
                self.out.push('\n');
                if left > 0 {
                    self.out.push_str(prefix.trim_end());
                }
            }
        }
        self.out.push_str(&prefix);
        self.out.push_str(&"  ".repeat(self.lists.len().saturating_sub(1).min(QUOTE_MAX)));
    }

    fn text(&mut self, text: &str) {
        let mut rest = text;
        while !rest.is_empty() {
            let end = rest.find(is_special).unwrap_or(rest.len());
            let (word, after) = rest.split_at_checked(end).unwrap_or((rest, ""));
            if !word.is_empty() {
                self.settle();
                self.out.push_str(word);
            }
            let mut chars = after.chars();
            if let Some(c) = chars.next() {
                self.special(c);
            }
            rest = chars.as_str();
        }
    }

    /// Takes a character that is more or less than a letter.
    fn special(&mut self, c: char) {
        match c {
            '\n' if self.preformatted > 0 => self.breaks += 1,
            ' ' | '\t' if self.preformatted > 0 => {
                self.settle();
                self.out.push(c);
            }
            '\u{a0}' => {
                self.blank |= self.breaks > 0;
                self.gap = true;
            }
            '\0' | '\u{ad}' | '\u{200b}' | '\u{200c}' | '\u{feff}' | '\r' => {}
            _ => self.gap = true,
        }
    }

    fn start(&mut self, tag: &Tag<'_>) {
        match tag.name.to_ascii_lowercase().as_str() {
            "br" => self.breaks += 1,
            "p" => self.break_at_least(paragraph_breaks(tag)),
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => self.break_at_least(2),
            "hr" => {
                self.break_at_least(1);
                self.text("________________________________");
                self.break_at_least(1);
            }
            "blockquote" => {
                self.break_at_least(1);
                self.quotes = (self.quotes + 1).min(QUOTE_MAX);
            }
            "pre" => {
                self.break_at_least(1);
                self.preformatted += 1;
            }
            "ul" | "ol" => {
                self.break_at_least(1);
                self.lists.push(tag.is("ol").then_some(1));
            }
            "li" => {
                self.break_at_least(1);
                self.mark = match self.lists.last_mut() {
                    Some(Some(number)) => {
                        *number += 1;
                        format!("{}. ", *number - 1)
                    }
                    _ => "- ".to_owned(),
                };
            }
            "td" | "th" => self.gap = true,
            "img" => {
                if let Some(words) = tag.attribute("alt").filter(|words| !words.trim().is_empty()) {
                    self.text(&format!("[{}]", words.trim()));
                }
            }
            "a" => self.link = tag.attribute("href").map(|address| (self.out.len(), address)),
            name if is_block(name) => self.break_at_least(1),
            _ => {}
        }
    }

    fn end(&mut self, tag: &Tag<'_>) {
        match tag.name.to_ascii_lowercase().as_str() {
            "p" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
                let extra = usize::from(self.blank);
                self.break_at_least(1 + extra);
            }
            "blockquote" => {
                self.quotes = self.quotes.saturating_sub(1);
                self.break_at_least(1);
            }
            "pre" => {
                self.preformatted = self.preformatted.saturating_sub(1);
                self.break_at_least(1);
            }
            "ul" | "ol" => {
                self.lists.pop();
                self.mark.clear();
                self.break_at_least(1);
            }
            "a" => self.end_link(),
            "td" | "th" => self.gap = true,
            name if is_block(name) => self.break_at_least(1),
            _ => {}
        }
    }

    /// Adds the address of a link whose words are not the address itself.
    fn end_link(&mut self) {
        let Some((from, address)) = self.link.take() else { return };
        let address = address.trim();
        let words = self.out.get(from..).unwrap_or_default().trim();
        let bare = |text: &str| {
            let text = text.strip_prefix("mailto:").unwrap_or(text);
            let text = text.trim_start_matches("https://").trim_start_matches("http://");
            text.trim_end_matches('/').to_lowercase()
        };
        let is_address = ["http://", "https://", "mailto:"].iter().any(|scheme| address.starts_with(scheme));
        if is_address && !words.is_empty() && bare(words) != bare(address) && address.len() <= 2_000 {
            self.text(&format!(" <{address}>"));
        }
    }
}

/// What separates words, or is not seen.
fn is_special(c: char) -> bool {
    c.is_whitespace() || c.is_control() || matches!(c, '\u{ad}' | '\u{200b}' | '\u{200c}' | '\u{feff}')
}

/// Outlook's paragraphs stand close together; an empty one between them is its empty line.
fn paragraph_breaks(tag: &Tag<'_>) -> usize {
    if tag.attributes.contains("MsoNormal") { 1 } else { 2 }
}

fn is_block(name: &str) -> bool {
    matches!(
        name,
        "div"
            | "table"
            | "tr"
            | "section"
            | "article"
            | "header"
            | "footer"
            | "address"
            | "center"
            | "form"
            | "dl"
            | "dt"
            | "dd"
            | "fieldset"
            | "figure"
            | "body"
            | "main"
            | "aside"
            | "nav"
            | "caption"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn html_reads_as_a_person_would_type_it() {
        let cases = [
            ("<p>one</p><p>two</p>", "one\n\ntwo"),
            ("<div>one</div><div><br></div><div>two</div>", "one\n\ntwo"),
            ("a<br>b<br/>c", "a\nb\nc"),
            (
                "<p class=MsoNormal>a</p><p class=MsoNormal>b</p><p class=MsoNormal>&nbsp;</p><p class=MsoNormal>c</p>",
                "a\nb\n\nc",
            ),
            (
                "On Monday x wrote:<br><blockquote>q1<br>q2<blockquote>deep</blockquote></blockquote>mine",
                "On Monday x wrote:\n> q1\n> q2\n> > deep\nmine",
            ),
            ("<ul><li>a<li>b</ul><ol><li>c</li><li>d</li></ol>", "- a\n- b\n1. c\n2. d"),
            ("<table><tr><td>k</td><td>v</td></tr><tr><td>x</td></tr></table>", "k v\nx"),
            ("a &amp; b &lt;c&gt; &eacute;&#233; &unknown; AT&T", "a & b <c> éé &unknown; AT&T"),
            ("<style>p{}</style><script>alert(1)</script><title>t</title>seen<!-- not -->", "seen"),
            (
                "<a href=\"https://example.com/x\">here</a> <a href='https://example.com'>example.com</a>",
                "here <https://example.com/x> example.com",
            ),
            ("<pre>a\n  b</pre>", "a\n  b"),
            ("1 < 2 and <unclosed", "1 < 2 and"),
            ("<img alt='a cat' src=cid:1>", "[a cat]"),
        ];
        for (html, expected) in cases {
            assert_eq!(to_text(html), expected, "{html}");
        }
    }

    #[test]
    fn sanitised_html_neither_acts_nor_spies() {
        let html = sanitise(
            "<p onclick=x()>a</p><script>y()</script><img src='https://spy.example/p.gif' alt=p><img src=cid:logo>\
             <a href='javascript:z()'>b</a><a href='data:text/html,x'>c</a><form action=/x><input></form>",
        );
        for word in ["onclick", "script", "spy.example", "data:", "<form", "<input"] {
            assert!(!html.contains(word), "{word} in {html}");
        }
        assert!(html.contains("cid:logo"));
    }

    #[test]
    fn html_too_deep_for_a_tree_is_kept_as_its_text() {
        assert_eq!(sanitise(&format!("{}deep", "<div>".repeat(100_000))), "<pre>deep</pre>");
        let attributes = (0..50_000).fold(String::new(), |all, n| all + " a" + &n.to_string() + "=1");
        assert_eq!(sanitise(&format!("<b{attributes}>wide</b>")), "<pre>wide</pre>");
    }

    #[test]
    fn hostile_html_is_read_in_one_pass() {
        for pattern in
            ["<", "<a '", "<!--", "</", "&", "&amp", "<script>", "<a href=", "<blockquote>", "<ul>", "\u{a0}"]
        {
            assert!(to_text(&pattern.repeat(100_000)).len() < 20_000_000);
        }
    }
}

//! HTML cut into text and tags, without a tree.

use super::element::Element;
use super::reference::decode_entities;
use std::borrow::Cow;

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
    pub(in super::super) fn attribute(&self, name: &str) -> Option<Cow<'h, str>> {
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
        let is_blank = |byte: u8| matches!(byte, b' ' | b'\t' | b'\n' | b'\x0c' | b'\r' | b'/');
        let start = self.0.bytes().position(|byte| !is_blank(byte))?;
        let rest = self.0.get(start..)?;
        let end = rest.bytes().position(|byte| is_blank(byte) || byte == b'=').unwrap_or(rest.len());
        let (name, after) = rest.split_at_checked(end)?;
        // most are written so
        if let [b'=', quote @ (b'"' | b'\''), value @ ..] = after.as_bytes()
            && let Some(end) = memchr::memchr(*quote, value)
        {
            self.0 = after.get(end + 3..)?;
            return Some((name, Some(after.get(2..end + 2)?)));
        }
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

/// Elements that nobody is meant to read, and that people and programs forget to end.
const MAY_LACK_END: [Element; 4] = [Element::TITLE, Element::STYLE, Element::SCRIPT, Element::NOSCRIPT];

/// Cuts HTML into text and tags; comments and the content of unseen elements are passed over.
#[derive(Clone)]
pub(in super::super) struct Pieces<'h> {
    /// What is still to be cut.
    pub(in super::super) rest: &'h str,
    /// Elements that never end are passed by as if they were not there, rather than all of a mail lost in them.
    shows_unended: [bool; MAY_LACK_END.len()],
    /// A comment never ended: from then on each ends at its first `>`, rather than hide the rest of the mail.
    shows_comments: bool,
    /// The quotation marks of a tag never ended: from then on each tag ends at its first `>`, so that no second one is
    /// followed to the end of the HTML.
    ignores_quotes: bool,
}

impl<'h> Pieces<'h> {
    /// The pieces of this HTML.
    pub(in super::super) fn of(html: &'h str) -> Self {
        Self {
            rest: html,
            shows_unended: [false; MAY_LACK_END.len()],
            shows_comments: false,
            ignores_quotes: false,
        }
    }

    /// Where to go on behind an element that nobody is meant to read, whose start tag is just cut off before `rest`.
    ///
    /// One that never ends holds all the rest, in a browser. That would lose a mail, or half of it, so what somebody may have
    /// written in it is kept: the whole of a title, and what follows the rules of a style or the lines of a script.
    fn behind_unseen(&mut self, tag: &Tag<'h>, rest: &'h str) -> &'h str {
        let kind = MAY_LACK_END.iter().position(|element| *element == tag.element);
        let shows = kind.and_then(|kind| self.shows_unended.get_mut(kind));
        if shows.as_deref() != Some(&true) {
            if let Some(behind) = after_end_tag(rest, tag.name) {
                return behind;
            }
            let Some(shows) = shows else { return "" };
            *shows = true;
        }
        let start = match tag.element {
            Element::STYLE => end_of_rules(rest),
            Element::SCRIPT => end_of_script(rest),
            _ => 0,
        };
        rest.get(start..).unwrap_or_default()
    }

    /// Takes over what was learnt by looking ahead.
    pub(super) fn learn(&mut self, ahead: &Self) {
        self.ignores_quotes = ahead.ignores_quotes;
        self.shows_unended = ahead.shows_unended;
        self.shows_comments = ahead.shows_comments;
    }

    /// What follows a comment, be it one that never ends, or what else begins with `<!` or `<?`.
    fn behind_declaration(&mut self, declared: &'h str) -> &'h str {
        let behind_mark = |text: &'h str| text.split_once('>').map_or("", |(_, rest)| rest);
        let Some(comment) = declared.strip_prefix("!--") else { return behind_mark(declared) };
        let behind = if self.shows_comments { None } else { after_comment(comment) };
        self.shows_comments |= behind.is_none();
        behind.unwrap_or_else(|| behind_mark(comment))
    }

    /// What stands behind the name of a tag, and behind the tag.
    fn cut_tag(&mut self, behind: &'h str) -> (&'h str, &'h str) {
        // most tags have none
        if let Some(rest) = behind.strip_prefix('>') {
            return ("", rest);
        }
        let mut end = None;
        if !self.ignores_quotes {
            end = end_of_tag(behind);
            self.ignores_quotes = end.is_none();
        }
        let end = end.or_else(|| behind.find('>')).unwrap_or(behind.len());
        let (attributes, rest) = behind.split_at_checked(end).unwrap_or((behind, ""));
        (attributes, rest.get(1..).unwrap_or_default())
    }
}

impl<'h> Iterator for Pieces<'h> {
    type Item = Piece<'h>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let html = self.rest;
            let from = match html.as_bytes() {
                [b'<', b'!' | b'?', ..] => {
                    self.rest = self.behind_declaration(html.get(1..).unwrap_or_default());
                    continue;
                }
                [b'<', b'/', ..] => 2,
                [b'<', ..] => 1,
                text => {
                    let end = memchr::memchr(b'<', text).unwrap_or(text.len());
                    let (text, rest) = html.split_at_checked(end).filter(|(text, _)| !text.is_empty())?;
                    self.rest = rest;
                    return Some(Piece::Text(text));
                }
            };
            let (named, is_end) = (html.get(from..).unwrap_or_default(), from == 2);
            let (element, end) = Element::at_start(named);
            let (name, behind) = named.split_at_checked(end).unwrap_or((named, ""));
            if !name.as_bytes().first().is_some_and(u8::is_ascii_alphabetic) || is_address(name, behind) {
                self.rest = html.get(1..).unwrap_or_default();
                return Some(Piece::Text("<"));
            }
            let (attributes, rest) = self.cut_tag(behind);
            self.rest = rest;
            let tag = Tag { name, element, attributes, is_end };
            // XHTML ends an empty `<title/>` in itself
            if element.is_unseen() && !is_end && !attributes.ends_with('/') {
                self.rest = self.behind_unseen(&tag, rest);
            }
            return Some(Piece::Tag(tag));
        }
    }
}

/// Whether what stands behind a `<` is an address that somebody forgot to escape: a browser takes it for a tag, and shows nothing.
fn is_address(name: &str, behind: &str) -> bool {
    match behind.as_bytes() {
        [b'/', b'/', ..] => return name.ends_with(':'),
        [b'@' | b'.' | b'_' | b'+', ..] => {}
        _ => return false,
    }
    let is_local = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'+' | b'-');
    let local = behind.bytes().take(64).take_while(is_local).count();
    behind.get(local..).is_some_and(|rest| rest.starts_with('@'))
}

/// What follows a comment; `None` where it never ends.
fn after_comment(comment: &str) -> Option<&str> {
    let ends = |before: &str| before.ends_with("--") || before.ends_with("--!") || matches!(before, "" | "-");
    let end = memchr::memchr_iter(b'>', comment.as_bytes()).find(|end| comment.get(..*end).is_some_and(ends));
    end.and_then(|end| comment.get(end + 1..))
}

/// Where the rules of a style end that never does: at the first tag. Words without a rule are somebody's.
fn end_of_rules(style: &str) -> usize {
    let indent = style.len() - style.trim_ascii_start().len();
    // in old pages a comment hides the rules from browsers that know none
    let hidden = style.get(indent..).and_then(|rules| rules.strip_prefix("<!--"));
    let start = hidden.map_or(0, |rules| style.len() - rules.len());
    let rules = style.get(start..).unwrap_or_default();
    let end = memchr::memchr(b'<', rules.as_bytes()).unwrap_or(rules.len());
    let is_rule = rules.get(..end).is_some_and(|rules| {
        rules.contains('{')
            || rules.trim_ascii_start().starts_with(['@', '/'])
            || rules.trim_ascii().is_empty()
    });
    if hidden.is_some() || is_rule { start + end } else { 0 }
}

/// Where the lines of a script end that never does: at a tag that no comparison nor a string can be, since it begins a line or
/// follows the end of a statement.
fn end_of_script(script: &str) -> usize {
    let is_tag = |at: &usize| {
        let behind = script.get(at + 1..).unwrap_or_default();
        let name = behind.strip_prefix('/').unwrap_or(behind);
        let before = script.get(..*at).unwrap_or_default().trim_end_matches([' ', '\t']);
        name.starts_with(|c: char| c.is_ascii_alphabetic())
            && (before.is_empty() || before.ends_with(['\n', ';', '}', '>']))
    };
    memchr::memchr_iter(b'<', script.as_bytes()).find(is_tag).unwrap_or(script.len())
}

/// Where the `>` of a tag stands that is in no value in quotation marks. Marks elsewhere are slips, and mean nothing.
fn end_of_tag(attributes: &str) -> Option<usize> {
    let bytes = attributes.as_bytes();
    let mut at = 0;
    loop {
        at += memchr::memchr3(b'>', b'"', b'\'', bytes.get(at..)?)?;
        let found = *bytes.get(at)?;
        if found == b'>' {
            return Some(at);
        }
        let is_opening = bytes.get(..at)?.trim_ascii_end().ends_with(b"=");
        at += 1;
        if is_opening {
            at += memchr::memchr(found, bytes.get(at..)?)? + 1;
        }
    }
}

/// What follows the end tag of this element; `None` where it never ends.
fn after_end_tag<'h>(html: &'h str, name: &str) -> Option<&'h str> {
    let mut rest = html;
    while let Some((_, after)) = rest.split_once("</") {
        if after.get(..name.len()).is_some_and(|found| found.eq_ignore_ascii_case(name)) {
            return Some(after.split_once('>').map_or("", |(_, rest)| rest));
        }
        rest = after;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::super::to_text;

    #[test]
    fn elements_that_never_end_cost_one_pass() {
        for html in [
            "<title>",
            "<style>",
            "<title><style>",
            "<div hidden><title></div>",
            "<title></x>",
            "<script>",
            "<script>a<",
            "<noscript>",
        ] {
            assert!(to_text(&html.repeat(1_000_000 / html.len())).len() < 100);
        }
    }

    #[test]
    fn slips_of_hand_made_html_cost_no_word() {
        for (html, expected) in [
            ("<td width=\"100\"\">one</td><td width=\"100\"\">two</td>", "one two"),
            ("<p style=font-size:12px\">one</p><p style=font-size:12px\">two</p>", "one\n\ntwo"),
            ("<p title = '>' lang=\">\">one</p>", "one"),
            ("<p title=\">one</p><b>two</b>", "one\ntwo"),
            ("<!-->one<!--->two<!-- a --!>three<!-- > -->four<!-- never ended", "onetwothreefour"),
            (
                "<!--[if mso]>a<![endif]--><!--[if !mso]><!-->one<!--<![endif]--><![if !vml]>two<![endif]>",
                "onetwo",
            ),
            ("<head><title/><style /></head><svg width='1'/>one", "one"),
            (
                "Uma <uma@example.com>, <uma.d_j@example.com>, <https://example.com/a>",
                "Uma <uma@example.com>, <uma.d_j@example.com>, <https://example.com/a>",
            ),
            ("<head><title>Report<body><p>one</p>", "Report\n\none"),
            ("<title>one", "one"),
            ("<style>p{}<body>one<style>q{}<p>two", "one\n\ntwo"),
            ("<title><style>p{}<div hidden><title>pre</div>one", "one"),
            ("one<style>p{}<body>two", "one\ntwo"),
            ("one<style>p{}", "one"),
            ("one<style>@font-face {a:b}<p>two", "one\n\ntwo"),
            ("one<style><!-- p > q {} --><p>two", "one\n\ntwo"),
            ("one<style><!-- p > q {}<p>two", "one\n\ntwo"),
            ("one<style>Dear all, it is broken.<br>two", "oneDear all, it is broken.\ntwo"),
            ("one<script>if (a<b) f('<p>x');\n<p>two<script>g()", "one\n\ntwo"),
            ("one<script>a<b", "one"),
            ("<script>x<body>one", ""),
            ("one<noscript>two", "onetwo"),
            ("one<title>two", "onetwo"),
            ("one<!-- two <p>three<!-- four <b>five", "onethreefive"),
            ("one<!--[if mso]>two<p>three", "onetwo\n\nthree"),
            // within an attribute or another comment nothing begins
            ("one<!-- <style> --><p title='<style>'>two<!-- <!-- -->three", "one\n\ntwothree"),
            ("<a.b>one<o:p>two</o:p><x/y@z>three", "onetwothree"),
        ] {
            assert_eq!(to_text(html), expected, "{html}");
        }
    }
}

//! HTML without what would only be thrown away when it is made harmless.
//!
//! The builder of the tree takes most of its time for attributes and tags that nothing is left of. This pass makes nothing
//! harmless: what it writes goes through the builder like any other HTML.

use super::bound::Reckoning;
use super::cells::Standing;
use super::element::Element;
use super::hidden::Hidden;
use super::pieces::{Piece, Pieces, Tag};
use crate::vocab::Limits;

/// Attributes that any kept element may keep; in lower case.
const KEPT: [&str; 21] = [
    "href", "hreflang", "src", "alt", "title", "lang", "dir", "width", "height", "align", "colspan",
    "rowspan", "start", "span", "size", "datetime", "summary", "scope", "headers", "char", "charoff",
];
/// The most bytes of a text without a break, where it holds characters that are written as references.
///
/// Whoever writes the tree down looks through the rest of a text behind each of them: of one long text it takes the square.
const TEXT_BYTES_MAX: usize = 1_024;
/// The most such characters of an attribute.
const REFERENCES_MAX: usize = 256;

/// References, and what reads the same without being one.
const PLAIN: [(&str, &str); 4] = [("&nbsp;", "\u{a0}"), ("&gt;", ">"), ("&quot;", "\""), ("&amp; ", "& ")];

/// The HTML without hidden elements, unknown tags, and attributes that nobody keeps. `None` where it is more than may be
/// made a tree of.
pub(super) fn shed(html: &str, limits: &Limits) -> Option<String> {
    let mut reckoning = Reckoning::of(html, limits).ok()?;
    let mut kept = Kept { html: String::with_capacity(html.len() / 2), ..Kept::default() };
    let mut hidden = Hidden::default();
    let mut pieces = Pieces::of(html);
    while let Some(piece) = pieces.next() {
        reckoning.piece(&piece).ok()?;
        match piece {
            // on its own it begins no tag; before what follows here it might
            Piece::Text("<") => {
                kept.standing = kept.standing.behind_text("<");
                kept.html.push_str("&lt;");
            }
            Piece::Text(text) => kept.text(text),
            Piece::Tag(tag) => {
                if hidden.pass_over(&tag, &mut pieces) {
                    continue;
                }
                if tag.element.is_kept() {
                    kept.tag(&tag);
                } else if is_plain_block(tag.element) {
                    // what stood on lines of its own must not run into its neighbours
                    kept.standing = Standing::Anywhere;
                    kept.html.push_str(if tag.is_end { "</div>" } else { "<div>" });
                } else if tag.is("math") {
                    // taken out with all that it holds, by whoever knows where it ends
                    kept.has_other_rules = true;
                    kept.html.push_str(if tag.is_end { "</math>" } else { "<math>" });
                }
            }
        }
    }
    Some(kept.html)
}

/// Whether nothing of an element is worth keeping but that it stands on lines of its own.
fn is_plain_block(element: Element) -> bool {
    element.stands_on_lines() && !element.is_self_ending()
}

#[derive(Default)]
struct Kept {
    html: String,
    /// For each open `span`, whether it is written: one that says nothing is not.
    spans: Vec<bool>,
    /// How many bytes of text stand behind the last break.
    text_bytes: usize,
    /// Where the HTML stands behind what is written.
    standing: Standing,
    /// Something is open in which tags may mean something else.
    has_other_rules: bool,
}

impl Kept {
    /// Writes a text, with a break of no width here and there where it is long: before a character that is written as a reference.
    fn text(&mut self, text: &str) {
        self.standing = self.standing.behind_text(text);
        let mut from = 0;
        if self.text_bytes + text.len() > TEXT_BYTES_MAX {
            for at in references(text) {
                if self.text_bytes + at - from > TEXT_BYTES_MAX {
                    self.words(text.get(from..at).unwrap_or_default());
                    self.html.push_str("<wbr>");
                    (from, self.text_bytes) = (at, 0);
                }
            }
        }
        let rest = text.get(from..).unwrap_or_default();
        self.text_bytes += rest.len();
        self.words(rest);
    }

    /// Writes a text with some of its references as what they stand for: the builder takes each on its own.
    fn words(&mut self, text: &str) {
        let mut from = 0;
        for at in memchr::memchr_iter(b'&', text.as_bytes()) {
            let reference = text.get(at..).unwrap_or_default();
            let known = PLAIN.iter().find(|(known, _)| reference.starts_with(known));
            if let Some((known, plain)) = known {
                self.html.push_str(text.get(from..at).unwrap_or_default());
                self.html.push_str(plain);
                from = at + known.len();
            }
        }
        self.html.push_str(text.get(from..).unwrap_or_default());
    }

    fn tag(&mut self, tag: &Tag<'_>) {
        self.leave_out_end_before(tag);
        self.standing = self.standing.behind(tag);
        let is_span = tag.element == Element::SPAN;
        if tag.is_end {
            if !is_span || self.spans.pop().unwrap_or_default() {
                self.html.push_str("</");
                self.html.push_str(tag.element.name());
                self.html.push('>');
            }
            return;
        }
        let start = self.html.len();
        self.html.push('<');
        self.html.push_str(tag.element.name());
        let named = self.html.len();
        for (name, value) in tag.attributes() {
            if let (Some(name), Some(value)) = (kept_name(name, tag.element), value) {
                self.attribute(name, value);
            }
        }
        let is_written = !is_span || self.html.len() > named;
        if is_span {
            self.spans.push(is_written);
        }
        if is_written {
            self.html.push('>');
        } else {
            self.html.truncate(start);
        }
    }

    /// Takes off the end tag right before this tag, which says the same (HTML §13.1.2.4): it leaves the builder less to do
    /// for the same tree.
    fn leave_out_end_before(&mut self, tag: &Tag<'_>) {
        let end = match (tag.element, tag.is_end) {
            (Element::TD | Element::TH, false) | (Element::TR, true) => {
                ["</td>", "</th>"].into_iter().find(|end| self.html.ends_with(end))
            }
            (Element::TR, false) => Some("</tr>"),
            // a second one would only make an empty paragraph
            (Element::P, _) => Some("</p>"),
            _ => None,
        };
        if self.has_other_rules {
            return;
        }
        self.take_off(end.unwrap_or_default());
        let ends_cell =
            matches!((tag.element, tag.is_end), (Element::TD | Element::TH, false) | (Element::TR, true));
        if ends_cell && self.standing.is_at_end_of_cell() {
            self.take_off("</p>");
        }
    }

    fn take_off(&mut self, end: &str) {
        if self.html.ends_with(end) {
            self.html.truncate(self.html.len() - end.len());
        }
    }

    fn attribute(&mut self, name: &str, value: &str) {
        let is_heavy = value.len() > REFERENCES_MAX && to_be_referred_to(value) > REFERENCES_MAX;
        let quote = if value.contains('"') { "'" } else { "\"" };
        if is_heavy || value.contains(quote) {
            return;
        }
        self.html.extend([" ", name, "=", quote, value, quote]);
    }
}

/// The attribute of this name, if it is one that may be kept.
fn kept_name(name: &str, element: Element) -> Option<&'static str> {
    // most are one of these
    if matches!(name, "class" | "style") {
        return None;
    }
    KEPT.into_iter().find(|known| name.eq_ignore_ascii_case(known)).filter(|name| !is_lost(name, element))
}

/// Whether an attribute is often written and never kept of this element. By those of formatting elements the builder tells
/// apart which of them it opens anew, and a `span` is kept for having one.
fn is_lost(name: &str, element: Element) -> bool {
    match name {
        "width" | "height" | "dir" => {
            let may_have = matches!(element, Element::IMG | Element::HR | Element::BDO | Element::SPAN);
            !may_have && !element.is_formatting()
        }
        "align" => matches!(element, Element::P | Element::DIV),
        _ => false,
    }
}

/// Where characters stand that may be written as references: 0xc2 begins the hard space, and other letters.
fn references(text: &str) -> impl Iterator<Item = usize> {
    memchr::memchr2_iter(b'&', 0xc2, text.as_bytes())
}

/// How many characters of an attribute are written as references.
fn to_be_referred_to(value: &str) -> usize {
    references(value).count() + memchr::memchr2_iter(b'<', b'>', value.as_bytes()).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shed(html: &str) -> String {
        super::shed(html, &Limits::default()).unwrap()
    }

    #[test]
    fn only_what_would_be_thrown_away_is_shed() {
        for (html, expected) in [
            ("<p class=MsoNormal style='x'>a<o:p></o:p></p>", "<p>a</p>"),
            ("<A HREF=https://example.com/a Class=x>a</A>", "<a href=\"https://example.com/a\">a</a>"),
            ("<img alt='say \"hi\"' src=cid:1/>", "<img alt='say \"hi\"' src=\"cid:1/\">"),
            ("<td colspan = 2 bgcolor=red>a", "<td colspan=\"2\">a"),
            ("<td width=2 align=left>a<img width=2>", "<td align=\"left\">a<img width=\"2\">"),
            ("<p dir=ltr align=left>a<b dir=ltr>b", "<p>a<b dir=\"ltr\">b"),
            ("a&nbsp;b&gt; &quot;c&quot; &amp; d &amp;amp; e&amp;", "a\u{a0}b> \"c\" & d &amp;amp; e&amp;"),
            (
                "<table><tr><td><p>a</p></td><td><p>b</p></td></tr><tr><td><p>c</p></td></tr></table>",
                "<table><tr><td><p>a<td><p>b<tr><td><p>c</tr></table>",
            ),
            ("<table><tr><td><div>a</p></td><td>b", "<table><tr><td><div>a</p><td>b"),
            ("a<<x>script>b", "a&lt;script>b"),
            ("<span class=x>a<span lang=de>b</span></span></span>", "a<span lang=\"de\">b</span>"),
            ("<form><input value=x>a</form><textarea>b</textarea>", "<div>a</div>b"),
            ("<section>a</section><address>b</address>", "<div>a</div><div>b</div>"),
            ("<math><mi>x</mi></math>a", "<math>x</math>a"),
            ("<div style='display:none'>a</div>b<!-- c --><style>d</style>", "b"),
        ] {
            assert_eq!(shed(html), expected, "{html}");
        }
    }

    #[test]
    fn long_texts_of_references_are_broken_and_others_are_not() {
        assert_eq!(shed(&"a".repeat(10_000)), "a".repeat(10_000));
        for text in ["&amp;".repeat(10_000), "\u{a0}".repeat(10_000), "&</b>".repeat(10_000)] {
            let shed = shed(&text);
            assert!(shed.split("<wbr>").all(|piece| piece.len() < TEXT_BYTES_MAX * 6), "{text:.20}");
            assert_eq!(shed.replace("<wbr>", ""), text);
        }
        assert_eq!(shed(&format!("<p title='{}'>a", "&".repeat(10_000))), "<p>a");
    }
}

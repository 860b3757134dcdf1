//! HTML made harmless, and HTML made readable.
//!
//! [`to_text`] is one pass over the characters without a tree, so neither depth nor size can make it slow.
//! [`sanitise`] needs a tree; what would take too long there is kept as its text instead.

mod bound;
mod cells;
mod counting;
mod declared;
mod element;
mod glimpse;
mod hidden;
mod indent;
mod link;
mod page;
mod pieces;
mod places;
mod reference;
mod sanitise;
mod shed;
mod words;

pub(in crate::message) use bound::{ATTRIBUTES_BEYOND, BYTES_BEYOND, DEPTH_BEYOND, Reckoning, STEPS_BEYOND};
pub(in crate::message) use declared::declared_charset;
pub(in crate::message) use element::Element;
pub(in crate::message) use glimpse::{Glimpse, glimpses};
pub(super) use indent::only_indents;
pub use page::to_text;
pub(super) use page::{ReadOut, read_out};
pub(super) use pieces::{Piece, Pieces, Tag};
pub(super) use places::Places;
pub(super) use reference::decode_entities;
pub use sanitise::{Picture, sanitise, sanitise_with};

/// Writes a plain text so that it reads the same within HTML, attribute values included.
pub fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + text.len() / 8);
    let mut from = 0;
    for (at, byte) in text.bytes().enumerate() {
        let reference = match byte {
            b'&' => "&amp;",
            b'<' => "&lt;",
            b'>' => "&gt;",
            b'"' => "&quot;",
            b'\'' => "&#39;",
            _ => continue,
        };
        escaped.push_str(text.get(from..at).unwrap_or_default());
        escaped.push_str(reference);
        from = at + 1;
    }
    escaped.push_str(text.get(from..).unwrap_or_default());
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

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
    fn sanitised_html_says_where_links_lead_and_what_pictures_are() {
        let object = |id: &str| {
            let picture = Picture { name: "a \"plan\".png".to_owned(), sha256: "ab12".to_owned() };
            (id == "plan@x").then_some(picture)
        };
        for (html, expected) in [
            (
                "<a href=https://example.com/a>here</a>",
                "<a href=\"https://example.com/a\" rel=\"noopener noreferrer\">here</a> &lt;https://example.com/a&gt;",
            ),
            (
                "<a href=https://example.com/>example.com</a>",
                "<a href=\"https://example.com/\" rel=\"noopener noreferrer\">example.com</a>",
            ),
            (
                "<a href=https://evil.example/x>www.<b>bank</b>.example</a>",
                "<a href=\"https://evil.example/x\" rel=\"noopener noreferrer\">www.<b>bank</b>.example</a> \
                 <strong>[leads to evil.example, not where it says: https://evil.example/x]</strong>",
            ),
            // an address without a host would lead into the desk's own pages
            ("<a href=/calls/5837/close>x</a>", "<a rel=\"noopener noreferrer\">x</a>"),
            ("<a href=//evil.example/>x</a>", "<a rel=\"noopener noreferrer\">x</a>"),
            (
                "<img src=cid:plan%40x width=20 height=10>",
                "<img src=\"cid:plan%40x\" alt=\"a &quot;plan&quot;.png\" width=\"20\" height=\"10\" \
                 data-object=\"a &quot;plan&quot;.png\" data-sha256=\"ab12\">",
            ),
            // in a cell, links stand in links
            (
                "<a href=https://evil.example/><table><td><a href=https://b.example/>b.example</a> see us</table></a>",
                "<a href=\"https://evil.example/\" rel=\"noopener noreferrer\"><table><tbody><tr><td>\
                 <a href=\"https://b.example/\" rel=\"noopener noreferrer\">b.example</a> see us</td></tr></tbody></table></a> \
                 &lt;https://evil.example/&gt;",
            ),
            // pushed out of a table, they do not
            (
                "<a href=https://evil.example/>www.bank.example<table><a>b</a></table></a>",
                "<a href=\"https://evil.example/\" rel=\"noopener noreferrer\">www.bank.example</a> \
                 <strong>[leads to evil.example, not where it says: https://evil.example/]</strong>\
                 <a rel=\"noopener noreferrer\">b</a><table></table>",
            ),
            // what would be lost with an element that never ends is shown, as in the text
            ("<title>Report<p>a</p>", "Report<p>a</p>"),
            ("<style>p{}<body><p>a</p>", "<p>a</p>"),
            ("<p>a</p><style>p{}<p>b</p>", "<p>a</p><p>b</p>"),
            ("<p>a</p><script>f()\n<p>b</p>", "<p>a</p><p>b</p>"),
            ("<p>a</p><!-- c <p>b</p>", "<p>a</p>b<p></p>"),
            ("<p title='a&#xd;b'>a&#xd;b", "<p title=\"a\nb\">a\nb</p>"),
            ("<img src=cid:other alt=x>", "<img src=\"cid:other\" alt=\"x\">"),
            ("<img src=https://spy.example/1.gif width=1 height=1 alt=x>a", "a"),
            ("<img src=https://spy.example/1.gif>a", "a"),
            ("<img src=https://spy.example/1.gif alt='Our shop'>", "[Our shop]"),
            ("<img src=https://spy.example/1.gif width=300 height=200>", "[a picture that is not loaded]"),
            ("<div style='display:none'>preheader</div>seen", "seen"),
            ("<p style='background:url(https://spy.example/)'>a</p>", "<p>a</p>"),
            (
                "<table background=https://spy.example/><tr><td>a</table>",
                "<table><tbody><tr><td>a</td></tr></tbody></table>",
            ),
            (
                "<title>x</title><blockquote cite=https://spy.example/>a</blockquote>",
                "<blockquote>a</blockquote>",
            ),
        ] {
            assert_eq!(sanitise_with(html, &object), expected, "{html}");
        }
    }

    #[test]
    fn html_too_deep_for_a_tree_is_kept_as_its_text() {
        assert_eq!(sanitise(&format!("{}deep", "<div>".repeat(100_000))), "<pre>deep</pre>");
        let attributes = (0..50_000).fold(String::new(), |all, n| all + " a" + &n.to_string() + "=1");
        assert_eq!(sanitise(&format!("<b{attributes}>wide</b>")), "<pre>wide</pre>");
    }
}

//! HTML made harmless, and HTML made readable.
//!
//! [`to_text`] is one pass over the characters without a tree, so neither depth nor size can make it slow.
//! [`sanitise`] needs a tree, whose builder is quadratic in depth and in attributes; what is beyond
//! sense there is kept as its text instead.

mod page;
mod pieces;

pub use page::to_text;
pub(super) use pieces::{Piece, Pieces, Tag};

use std::borrow::Cow;
use std::sync::LazyLock;

/// The deepest nesting that is given to the tree builder.
const DEPTH_MAX: usize = 256;
/// The most attributes of one tag that are given to the tree builder.
const ATTRIBUTES_MAX: usize = 256;
/// The most bytes that are given to the tree builder.
const TREE_BYTES_MAX: usize = 1024 * 1024;

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
    fn html_too_deep_for_a_tree_is_kept_as_its_text() {
        assert_eq!(sanitise(&format!("{}deep", "<div>".repeat(100_000))), "<pre>deep</pre>");
        let attributes = (0..50_000).fold(String::new(), |all, n| all + " a" + &n.to_string() + "=1");
        assert_eq!(sanitise(&format!("<b{attributes}>wide</b>")), "<pre>wide</pre>");
    }
}

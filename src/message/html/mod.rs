//! HTML made harmless, and HTML made readable.
//!
//! [`to_text`] is one pass over the characters without a tree, so neither depth nor size can make it slow.
//! [`sanitise`] needs a tree, whose builder is quadratic in depth and in attributes; what is beyond
//! sense there is kept as its text instead.

mod page;
mod pieces;
mod weight;

pub use page::to_text;

pub(super) use page::to_text_within;

use std::borrow::Cow;
use std::sync::LazyLock;

/// Takes everything out of an HTML body that could act, spy or deceive: scripts, styles, forms, and pictures
/// fetched from elsewhere, which tell their sender that and when the mail is read.
pub fn sanitise(html: &str) -> String {
    if weight::is_beyond_sense(html) {
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

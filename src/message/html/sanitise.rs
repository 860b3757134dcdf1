//! HTML made harmless: what could act, spy, hide or deceive is taken out, and what remains says where it leads.
//!
//! Three passes. What the mail hides goes first, while its styles still tell, and with it what nothing would be left of; the
//! kept library (ammonia) builds the tree and lets through what it knows; a last pass over its output writes the addresses
//! of links beside their words and puts words in the place of pictures that are not there.

use super::element::Element;
use super::link::{self, Led};
use super::pieces::{Piece, Pieces, Tag};
use super::reference::decode_entities;
use super::shed::shed;
use super::{escape, to_text};
use crate::message::percent;
use crate::vocab::Limits;
use std::borrow::Cow;
use std::sync::LazyLock;

/// What any HTML must keep to, whatever it was held to when its mail was read.
fn bound() -> Limits {
    Limits {
        html_bytes_max: Limits::HTML_BYTES_MAX,
        html_depth_max: Limits::HTML_DEPTH_MAX,
        ..Limits::default()
    }
}

/// Elements that are taken out with all that they hold.
const TAKEN_OUT: [&str; 8] =
    ["title", "template", "noscript", "svg", "math", "iframe", "noembed", "noframes"];
/// A picture that is smaller than this in one direction counts or spaces, and shows nothing.
const PICTURE_PIXELS_MIN: u32 = 4;

/// An object that a picture within the text is kept as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// The object's name.
    pub name: String,
    /// SHA-256 of its bytes, in hexadecimal: it tells apart two of the same name.
    pub sha256: String,
}

/// Takes everything out of an HTML body that could act, spy, hide or deceive: scripts, styles, forms, hidden text, and
/// pictures fetched from elsewhere, which tell their sender that and when the mail is read. Behind a link stands
/// where it leads, unless its words say so. Pictures of the mail itself stay as `cid:`.
pub fn sanitise(html: &str) -> String {
    sanitise_with(html, &|_| None)
}

/// As [`sanitise`]; a picture of the mail itself, known by its content id, names the object that it is kept as
/// (`data-object`, `data-sha256`).
pub fn sanitise_with(html: &str, picture: &dyn Fn(&str) -> Option<Picture>) -> String {
    match shed(html, &bound()) {
        Some(shed) => told(&clean(&shed), picture),
        None => format!("<pre>{}</pre>", escape(&to_text(html))),
    }
}

static SANITISER: LazyLock<ammonia::Builder<'static>> = LazyLock::new(|| {
    let mut builder = ammonia::Builder::default();
    builder
        .add_clean_content_tags(TAKEN_OUT)
        .rm_tags(["map", "area"])
        .add_url_schemes(["cid", "data"])
        .url_relative(ammonia::UrlRelative::Deny)
        .attribute_filter(|element, attribute, value| {
            let is_kept = match (element, attribute) {
                ("img", "src") => scheme(value) == "cid" || is_picture_within(value),
                (_, "href") => !matches!(scheme(value).as_str(), "cid" | "data"),
                // nobody sees them, and some programs load them
                (_, "cite" | "src") => false,
                _ => true,
            };
            is_kept.then_some(Cow::Borrowed(value))
        });
    builder
});

/// HTML through the kept library. A table pushes what stands loose in it out before itself, so that links may come to stand
/// in links; a browser would take them apart, and so the tree is built of the outcome, too.
fn clean(html: &str) -> String {
    let clean = SANITISER.clean(html).to_string();
    // written as a reference it gets through, and a browser reads a line feed
    let clean = if clean.contains('\r') { clean.replace('\r', "\n") } else { clean };
    if has_link_in_link(&clean) { SANITISER.clean(&clean).to_string() } else { clean }
}

/// Whether a link begins in clean HTML before another one ends.
fn has_link_in_link(clean: &str) -> bool {
    let html = clean.as_bytes();
    let is_link = |at: &usize| matches!(html.get(at + 2), Some(b' ' | b'>'));
    let mut before = None;
    memchr::memmem::find_iter(html, "<a").filter(is_link).any(|at| {
        let between = before.replace(at).and_then(|from| html.get(from..at));
        between.is_some_and(|between| memchr::memmem::find(between, b"</a>").is_none())
    })
}

/// The scheme as a browser reads it: white space and control characters within do not count.
fn scheme(address: &str) -> String {
    let visible = address.chars().filter(|c| !c.is_whitespace() && !c.is_control());
    visible.take_while(|c| *c != ':').map(|c| c.to_ascii_lowercase()).take(32).collect()
}

/// Whether the address itself holds a picture, of a kind that cannot act.
fn is_picture_within(address: &str) -> bool {
    ["data:image/png", "data:image/gif", "data:image/jpeg"].iter().any(|start| {
        address.get(..start.len()).is_some_and(|have| have.eq_ignore_ascii_case(start))
            && address.get(start.len()..).is_some_and(|rest| rest.starts_with([';', ',']))
    })
}

/// Clean HTML in which links say where they lead, and pictures what they are. All other tags are passed by: in clean
/// HTML a `<` begins a tag, and nothing else.
fn told(clean: &str, picture: &dyn Fn(&str) -> Option<Picture>) -> String {
    let mut told = String::with_capacity(clean.len() + clean.len() / 8);
    // what is told already, and where the words of each open link begin, with its address
    let mut done = 0;
    let mut links: Vec<(usize, Option<Cow<'_, str>>)> = Vec::new();
    for at in memchr::memchr_iter(b'<', clean.as_bytes()) {
        // links, pictures, and the breaks of `shed`; the mail's own breaks went there
        let Some([b'a', _] | [b'/', b'a'] | [b'i', b'm'] | [b'w', b'b']) =
            clean.as_bytes().get(at + 1..at + 3)
        else {
            continue;
        };
        let mut pieces = Pieces::of(clean.get(at..).unwrap_or_default());
        let Some(Piece::Tag(tag)) = pieces.next() else { continue };
        let end = clean.len() - pieces.rest.len();
        if tag.element == Element::A && !tag.is_end {
            links.push((end, tag.attribute("href")));
        } else if tag.element == Element::A {
            told.push_str(clean.get(done..end).unwrap_or_default());
            done = end;
            if let Some((from, Some(address))) = links.pop() {
                tell_led(&mut told, &address, &words(clean.get(from..at).unwrap_or_default()));
            }
        } else if tag.element == Element::IMG || tag.element == Element::WBR {
            told.push_str(clean.get(done..at).unwrap_or_default());
            done = end;
            if tag.element == Element::IMG {
                told.push_str(&image(&tag, picture));
            }
        }
    }
    told.push_str(clean.get(done..).unwrap_or_default());
    told
}

/// The words of a link, as far as they are compared.
fn words(html: &str) -> String {
    let mut words = String::new();
    for piece in Pieces::of(html) {
        if let Piece::Text(text) = piece {
            link::add_words(&mut words, &decode_entities(text));
        }
    }
    words
}

/// Writes behind a link where it leads, unless its words say so.
fn tell_led(told: &mut String, address: &str, words: &str) {
    match link::judge(address, words) {
        Led::AsItSays => {}
        Led::Elsewhere(shown) => told.extend([" &lt;", &escape(&shown), "&gt;"]),
        Led::Astray { shown, host } => {
            let [shown, host] = [shown, host].map(|text| escape(&text));
            told.extend([" <strong>[leads to ", &host, ", not where it says: ", &shown, "]</strong>"]);
        }
    }
}

/// A picture of the mail itself with the object that it is kept as; in the place of any other, its words.
fn image(tag: &Tag<'_>, picture: &dyn Fn(&str) -> Option<Picture>) -> String {
    let pixels = |name: &str| {
        tag.attribute(name).and_then(|size| size.trim().trim_end_matches("px").parse::<u32>().ok())
    };
    let (width, height) = (pixels("width"), pixels("height"));
    if [width, height].into_iter().flatten().any(|size| size < PICTURE_PIXELS_MIN) {
        return String::new();
    }
    let words = tag.attribute("alt").map(|words| words.trim().to_owned()).filter(|words| !words.is_empty());
    let Some(source) = tag.attribute("src") else {
        return match (words, width, height) {
            (Some(words), ..) => format!("[{}]", escape(&words)),
            (None, Some(_), Some(_)) => "[a picture that is not loaded]".to_owned(),
            (None, ..) => String::new(),
        };
    };
    let id = source.trim().get(4..).filter(|_| scheme(&source) == "cid").map(percent::decoded);
    let object = id.as_deref().and_then(picture);
    let words = words.or_else(|| object.as_ref().map(|object| object.name.clone()));
    let mut written =
        format!("<img src=\"{}\" alt=\"{}\"", escape(&source), escape(&words.unwrap_or_default()));
    for (name, size) in [("width", width), ("height", height)] {
        if let Some(size) = size {
            written.extend([" ", name, "=\"", &size.to_string(), "\""]);
        }
    }
    if let Some(object) = object {
        let [name, sha256] = [&object.name, &object.sha256].map(|text| escape(text));
        written.extend([" data-object=\"", &name, "\" data-sha256=\"", &sha256, "\""]);
    }
    written.push('>');
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All ways to put four of these one behind the other, below different openings.
    #[test]
    fn end_tags_that_are_left_out_change_nothing() {
        const TAGS: [&str; 13] = [
            "<table>",
            "</table>",
            "<tr>",
            "</tr>",
            "<td>",
            "</td>",
            "<th>",
            "</th>",
            "<p>",
            "</p>",
            "<b>",
            "<caption>",
            "<math>",
        ];
        let clean = |html: &str| SANITISER.clean(html).to_string().replace("<p></p>", "");
        for number in 0..TAGS.len().pow(4) {
            let tags = [1, 13, 169, 2197].map(|place| TAGS[number / place % TAGS.len()]);
            for opening in ["<p>", "<table><tr><td>"] {
                let html = format!("{opening}a{}b{}{}{}c</td>d", tags[0], tags[1], tags[2], tags[3]);
                assert_eq!(clean(&shed(&html, &bound()).unwrap()), clean(&html), "{html}");
            }
        }
    }
}

//! Where pictures of the mail itself stand among its words.

use super::hidden::Hidden;
use super::pieces::{Piece, Pieces, Tag};
use super::reference::decode_entities;
use crate::message::percent;

/// Words or a picture, in the order in which they are seen.
pub(in crate::message) enum Glimpse {
    /// Words.
    Text(String),
    /// A picture of the mail itself.
    Picture {
        /// Its `Content-ID`.
        content_id: String,
        /// It stands in what mail programs make for signatures and quoted mail.
        is_set_apart: bool,
    },
}

/// The words and pictures of an HTML body.
pub(in crate::message) fn glimpses(html: &str) -> Vec<Glimpse> {
    let mut glimpses = Vec::new();
    let mut hidden = Hidden::default();
    // the container that is open, and how deep its like is nested in it
    let mut apart: Option<(String, usize)> = None;
    let mut pieces = Pieces::of(html);
    while let Some(piece) = pieces.next() {
        let tag = match piece {
            Piece::Text(text) => {
                glimpses.push(Glimpse::Text(decode_entities(text).into_owned()));
                continue;
            }
            Piece::Tag(tag) => tag,
        };
        if hidden.pass_over(&tag, &mut pieces) {
            continue;
        }
        if tag.is("img") {
            if let Some(content_id) = content_id(&tag) {
                glimpses.push(Glimpse::Picture { content_id, is_set_apart: apart.is_some() });
            }
        } else if let Some((name, depth)) = &mut apart {
            if tag.is(name) {
                *depth = if tag.is_end { *depth - 1 } else { *depth + 1 };
            }
            if *depth == 0 {
                apart = None;
            }
        } else if !tag.is_end && is_container(&tag) {
            apart = Some((tag.name.to_owned(), 1));
        }
    }
    glimpses
}

fn content_id(tag: &Tag<'_>) -> Option<String> {
    let source = tag.attribute("src")?;
    let source = source.trim();
    let is_own = source.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("cid:"));
    is_own.then(|| percent::decoded(source.get(4..).unwrap_or_default()))
}

/// What mail programs put signatures and quoted mail into.
fn is_container(tag: &Tag<'_>) -> bool {
    const CLASSES: [&str; 6] = [
        "gmail_signature",
        "gmail_quote",
        "moz-signature",
        "moz-cite-prefix",
        "yahoo_quoted",
        "protonmail_signature_block",
    ];
    const IDS: [&str; 4] = ["signature", "ms-outlook-mobile-signature", "applemailsignature", "x_signature"];
    let has = |name: &str, known: &[&str]| {
        tag.attribute(name).is_some_and(|words| {
            words.split_whitespace().any(|word| known.contains(&word.to_ascii_lowercase().as_str()))
        })
    };
    tag.attributes.len() > 4
        && !tag.is("br")
        && (tag.is("blockquote")
            && tag.attribute("type").is_some_and(|kind| kind.eq_ignore_ascii_case("cite"))
            || has("class", &CLASSES)
            || has("id", &IDS))
}

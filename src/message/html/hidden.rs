//! What an HTML mail holds and shows to nobody: preheaders, text for filters and machines.
//!
//! Only what a browser certainly hides counts. A colour or a small letter hides nothing here: a word too many
//! harms nobody, a lost one does.

use super::pieces::{Piece, Pieces, Tag, decode_entities};

/// Passes over hidden elements, each in one go.
#[derive(Default)]
pub(super) struct Hidden {
    /// A hidden element never ended: from then on all is shown, rather than the rest of a mail lost.
    gave_up: bool,
}

impl Hidden {
    /// Where to go on behind the element that begins with this tag, if it is hidden; `rest` follows the tag.
    pub(super) fn pass_over<'h>(&mut self, tag: &Tag<'_>, rest: &'h str) -> Option<&'h str> {
        if tag.is_end || self.gave_up || !is_hidden(tag) {
            return None;
        }
        if tag.element.is_empty() {
            return Some(rest);
        }
        let end = end_of(tag, rest);
        self.gave_up = end.is_none();
        end
    }
}

/// Whether the tag's own attributes hide its element.
fn is_hidden(tag: &Tag<'_>) -> bool {
    if tag.attributes.len() < "hidden".len() {
        return false;
    }
    let (mut is_hidden, mut style) = (false, None);
    for (name, value) in tag.attributes() {
        is_hidden |= name.eq_ignore_ascii_case("hidden");
        if style.is_none() && name.eq_ignore_ascii_case("style") {
            style = Some(value.unwrap_or_default());
        }
    }
    is_hidden
        || style.is_some_and(
            |style| {
                if style.contains('&') { hides(&decode_entities(style)) } else { hides(style) }
            },
        )
}

/// Whether these declarations hide their element.
fn hides(style: &str) -> bool {
    let (mut has_no_height, mut cuts) = (false, false);
    for declaration in style.split(';') {
        let Some((property, value)) = declaration.split_once(':') else { continue };
        let property = property.trim();
        let is = |name: &str| property.eq_ignore_ascii_case(name);
        let value = || without_importance(value.trim());
        let says = |word: &str| value().eq_ignore_ascii_case(word);
        if (is("display") && says("none"))
            || (is("visibility") && (says("hidden") || says("collapse")))
            || (is("opacity") && is_zero(value()))
        {
            return true;
        }
        has_no_height |= (is("max-height") || is("height")) && is_zero(value());
        cuts |= (is("overflow") || is("overflow-y")) && says("hidden");
    }
    has_no_height && cuts
}

fn without_importance(value: &str) -> &str {
    let start = value.len().checked_sub("!important".len()).and_then(|at| value.split_at_checked(at));
    match start {
        Some((before, mark)) if mark.eq_ignore_ascii_case("!important") => before.trim_end(),
        _ => value,
    }
}

/// `0`, `0px`, `0.0`.
fn is_zero(value: &str) -> bool {
    let number = value.trim_end_matches(|c: char| c.is_ascii_alphabetic() || c == '%');
    number.parse::<f32>().is_ok_and(|number| number == 0.0)
}

/// Behind the end tag that belongs to an element whose start tag is just passed; `None` where it never ends.
fn end_of<'h>(hidden: &Tag<'_>, rest: &'h str) -> Option<&'h str> {
    let ends_at_sibling = hidden.element.ends_at_sibling();
    let mut depth = 1_usize;
    let mut pieces = Pieces(rest);
    loop {
        let before = pieces.0;
        let Piece::Tag(tag) = pieces.next()? else { continue };
        if !tag.is(hidden.name) {
            continue;
        }
        if !tag.is_end && ends_at_sibling && depth == 1 {
            return Some(before);
        }
        depth = if tag.is_end { depth - 1 } else { depth + 1 };
        if depth == 0 {
            return Some(pieces.0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::to_text;

    #[test]
    fn only_what_is_certainly_hidden_is_left_out() {
        for (html, expected) in [
            ("<div style='display:none'>pre</div>seen", "seen"),
            ("<div style=\"DISPLAY : None !important; color:red\">pre<div>in</div>er</div>seen", "seen"),
            ("<span style=visibility:hidden>x</span>seen", "seen"),
            ("<div style='max-height:0px;overflow:hidden'>pre</div>seen", "seen"),
            ("<div style='opacity:0.0'>pre</div>seen", "seen"),
            ("<p hidden>x<p>seen", "seen"),
            ("<p hidden=''>x</p>seen", "seen"),
            ("<img style='display:none' alt='pixel'>seen", "seen"),
            ("<div style='display:none'>never ended", "never ended"),
            ("<div style='max-height:0'>shown beyond its box</div>", "shown beyond its box"),
            ("<div style='font-size:0'>a</div>", "a"),
            ("<div style='display:block' class='hidden'>a</div>", "a"),
            ("<div title='hidden'>a</div>", "a"),
            ("<div style='mso-hide:all'>for all but Outlook</div>", "for all but Outlook"),
        ] {
            assert_eq!(to_text(html), expected, "{html}");
        }
    }

    #[test]
    fn hidden_elements_cost_one_pass() {
        let html = "<div style=display:none>".repeat(40_000);
        assert_eq!(to_text(&html), "");
        let html = "<div style=display:none>".repeat(20_000) + &"</div>".repeat(20_000) + "seen";
        assert_eq!(to_text(&html), "seen");
    }
}

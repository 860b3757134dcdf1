//! What an HTML mail holds and shows to nobody: preheaders, text for filters and machines.
//!
//! Only what a browser certainly hides counts. A colour or a small letter hides nothing here: a word too many
//! harms nobody, a lost one does.

use super::element::Element;
use super::pieces::{Piece, Pieces, Tag};
use super::reference::decode_entities;

/// Passes over hidden elements, each in one go.
#[derive(Default)]
pub(super) struct Hidden {
    /// A hidden element never ended: from then on all is shown, rather than the rest of a mail lost.
    gave_up: bool,
}

impl Hidden {
    /// Goes on behind the element that begins with this tag, which is just passed, if it is hidden.
    #[inline]
    pub(super) fn pass_over(&mut self, tag: &Tag<'_>, pieces: &mut Pieces<'_>) -> bool {
        let may_hide = !tag.is_end && !tag.attributes.is_empty() && !self.gave_up;
        may_hide && is_hidden(tag) && self.pass(tag, pieces)
    }

    fn pass(&mut self, tag: &Tag<'_>, pieces: &mut Pieces<'_>) -> bool {
        if tag.element.is_empty() {
            return true;
        }
        let mut within = pieces.clone();
        let end = end_of(tag, &mut within);
        self.gave_up = end.is_none();
        pieces.learn(&within);
        if let Some(rest) = end {
            pieces.rest = rest;
        }
        !self.gave_up
    }
}

/// Whether the tag's own attributes hide its element.
fn is_hidden(tag: &Tag<'_>) -> bool {
    // most tags have neither `hidden` nor `style`, and without these letters none has
    if !tag.attributes.bytes().any(|byte| matches!(byte, b'd' | b'D' | b'y' | b'Y')) {
        return false;
    }
    let (mut is_hidden, mut style) = (false, None);
    for (name, value) in tag.attributes() {
        is_hidden |= name.eq_ignore_ascii_case("hidden");
        if style.is_none() && name.eq_ignore_ascii_case("style") {
            style = Some(value.unwrap_or_default());
        }
    }
    is_hidden || style.is_some_and(|style| hides(&decode_entities(style)))
}

/// Whether these declarations hide their element. Of several of one property the last holds, an important one first.
fn hides(style: &str) -> bool {
    let (mut has_no_height, mut cuts) = (false, false);
    let mut hiding = [(false, false); 3];
    for declaration in style.split(';').filter(|declaration| may_hide(declaration)) {
        let Some((property, written)) = declaration.split_once(':') else { continue };
        let property = property.trim();
        let is = |name: &str| property.eq_ignore_ascii_case(name);
        let value = || without_importance(written.trim());
        let says = |word: &str| value().eq_ignore_ascii_case(word);
        let (which, hides) = if is("display") {
            (0, says("none"))
        } else if is("visibility") {
            (1, says("hidden") || says("collapse"))
        } else if is("opacity") {
            (2, is_zero(value()))
        } else {
            has_no_height |= (is("max-height") || is("height")) && is_zero(value());
            cuts |= (is("overflow") || is("overflow-y")) && says("hidden");
            continue;
        };
        let is_important = value().len() < written.trim().len();
        if let Some(known) = hiding.get_mut(which).filter(|(_, before)| is_important || !before) {
            *known = (hides, is_important);
        }
    }
    hiding.iter().any(|(hides, _)| *hides) || has_no_height && cuts
}

/// Whether a declaration begins like one of those that [`hides`] looks at; most begin like none.
fn may_hide(declaration: &str) -> bool {
    let first = declaration.bytes().find(|byte| !matches!(byte, b' ' | b'\t'..=b'\r'));
    first.is_some_and(|byte| {
        !byte.is_ascii() || matches!(byte.to_ascii_lowercase(), b'd' | b'v' | b'o' | b'm' | b'h')
    })
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

/// What follows a hidden element whose start tag is just passed; `None` where it never ends.
///
/// It ends with its own end tag, and with that of what it stands in; a paragraph ends before a block.
fn end_of<'h>(hidden: &Tag<'_>, pieces: &mut Pieces<'h>) -> Option<&'h str> {
    let ends_at_sibling = hidden.element.ends_at_sibling();
    let ends_at_block = hidden.element.name() == "p";
    let mut depth = 1_usize;
    let mut within: Vec<(Element, usize)> = Vec::new();
    loop {
        let before = pieces.rest;
        let Piece::Tag(tag) = pieces.next()? else { continue };
        if tag.is(hidden.name) {
            if !tag.is_end && ends_at_sibling && depth == 1 {
                return Some(before);
            }
            depth = if tag.is_end { depth - 1 } else { depth + 1 };
            if depth == 0 {
                return Some(pieces.rest);
            }
        } else if tag.element.is_barrier() {
            if !tag.is_end && ends_at_block {
                return Some(before);
            }
            if !opened_or_closed(&tag, &mut within) {
                return Some(before);
            }
        }
    }
}

/// Counts what is open within; whether this end tag, if it is one, belongs to something there.
fn opened_or_closed(tag: &Tag<'_>, within: &mut Vec<(Element, usize)>) -> bool {
    let known = within.iter_mut().find(|(element, _)| *element == tag.element);
    match (known, tag.is_end) {
        (Some((_, count)), false) => *count += 1,
        (Some((_, count)), true) if *count > 0 => *count -= 1,
        (_, true) => return false,
        (None, false) => within.push((tag.element, 1)),
    }
    true
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
            ("<div style='display:none;display:block'>shown</div>", "shown"),
            ("<div style='display:none !important;display:block'>pre</div>seen", "seen"),
            ("<div style='display:block;opacity:1;display:none'>pre</div>seen", "seen"),
            ("<div style='visibility:hidden;display:block'>pre</div>seen", "seen"),
            ("<div style='max-height:0px;overflow:hidden'>pre</div>seen", "seen"),
            ("<div style='opacity:0.0'>pre</div>seen", "seen"),
            ("<p hidden>x<p>seen", "seen"),
            ("<p hidden=''>x</p>seen", "seen"),
            ("<img style='display:none' alt='pixel'>seen", "seen"),
            ("<div style='display:none'>never ended", "never ended"),
            ("<p style='display:none'>pre<div>seen</div><p>more", "seen\n\nmore"),
            ("<div><span style='display:none'>pre</div>seen <b>it</b></span> all", "seen it all"),
            ("<td><span hidden>a<table><td>b</table>c</td></table>seen</span>", "seen"),
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
        let html = "<i hidden><a x=\">\"></i>".repeat(40_000);
        assert!(to_text(&html).len() < html.len());
    }
}

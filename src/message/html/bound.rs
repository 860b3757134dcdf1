//! What is too much HTML for a tree.
//!
//! Tree builders are quadratic in depth, in attributes, and in formatting elements that are never closed: the
//! latter are opened anew in every paragraph behind them. So the work is reckoned before it is begun.

use super::element::Element;
use super::pieces::{Piece, Tag};
use crate::vocab::Limits;

/// The most attributes of one tag.
const ATTRIBUTES_MAX: usize = 256;
/// The most steps that a tree may take, as they are reckoned here; an honest mail of 1 MB takes two thirds of it.
const STEPS_MAX: usize = 400_000;

/// `Limits::html_bytes_max`.
pub(in crate::message) const BYTES_BEYOND: &str = "the HTML is longer than is kept as HTML; its text is kept";
/// `Limits::html_depth_max`.
pub(in crate::message) const DEPTH_BEYOND: &str =
    "the HTML is nested deeper than is kept as HTML; its text is kept";
/// [`STEPS_MAX`]: the limit of time.
pub(in crate::message) const STEPS_BEYOND: &str =
    "the HTML would take too long to be kept as HTML; its text is kept";
/// [`ATTRIBUTES_MAX`].
pub(in crate::message) const ATTRIBUTES_BEYOND: &str =
    "the HTML has a tag with too many attributes; its text is kept";

/// What a tree builder would have open, or a little more.
#[derive(Default)]
pub(in crate::message) struct Reckoning<'h> {
    depth_max: usize,
    open: Vec<(&'h str, Element)>,
    /// Formatting elements that were cut off by the end of what they stood in, and how many of each.
    cut_off: Vec<(Element, usize)>,
    steps: usize,
}

impl<'h> Reckoning<'h> {
    /// Begins with HTML that is not too long in itself.
    pub(in crate::message) fn of(html: &str, limits: &Limits) -> Result<Self, &'static str> {
        if html.len() > limits.html_bytes_max.min(Limits::HTML_BYTES_MAX) {
            return Err(BYTES_BEYOND);
        }
        Ok(Self { depth_max: limits.html_depth_max.min(Limits::HTML_DEPTH_MAX), ..Self::default() })
    }

    /// Reckons with one piece more; the error says what is too much.
    pub(in crate::message) fn piece(&mut self, piece: &Piece<'h>) -> Result<(), &'static str> {
        match piece {
            Piece::Tag(tag) if has_too_many_attributes(tag) => return Err(ATTRIBUTES_BEYOND),
            Piece::Tag(tag) => self.tag(tag),
            Piece::Text(text) => self.steps += memchr::memchr_iter(b'&', text.as_bytes()).count() / 2,
        }
        let unclosed = self.cut_off.iter().map(|(_, count)| count).sum::<usize>();
        self.steps += 1 + self.open.len() / 4 + unclosed;
        if self.open.len() + unclosed > self.depth_max {
            return Err(DEPTH_BEYOND);
        }
        if self.steps > STEPS_MAX { Err(STEPS_BEYOND) } else { Ok(()) }
    }

    fn tag(&mut self, tag: &Tag<'h>) {
        if tag.element.is_self_ending() {
            return;
        }
        if tag.is_end { self.close(tag) } else { self.open.push((tag.name, tag.element)) }
    }

    /// Takes off the element and what was left open in it; an end tag without a beginning ends nothing.
    fn close(&mut self, tag: &Tag<'_>) {
        if self.open.last().is_some_and(|(_, open)| *open == tag.element && *open != Element::UNKNOWN) {
            self.open.pop();
            return;
        }
        let reaches = |(_, open): &&(&str, Element)| tag.element.is_barrier() || !open.is_barrier();
        let within = self.open.iter().rev().take_while(reaches);
        let found = within.clone().position(|(open, _)| tag.is(open));
        // Where a table stands between, the end tag may be passed over; then nothing is closed.
        let crosses_table = found.is_some_and(|at| within.take(at).any(|(_, open)| open.name() == "table"));
        match found {
            Some(at) if !crosses_table => {
                if at > 0 {
                    for (_, cut) in self.open.split_off(self.open.len() - at) {
                        self.cut_off(cut);
                    }
                }
                self.open.pop();
            }
            _ => {
                for (_, count) in self.cut_off.iter_mut().filter(|(known, _)| *known == tag.element) {
                    *count = count.saturating_sub(1);
                }
            }
        }
    }

    fn cut_off(&mut self, element: Element) {
        if !element.is_formatting() {
            return;
        }
        match self.cut_off.iter_mut().find(|(known, _)| *known == element) {
            Some((_, count)) => *count += 1,
            None => self.cut_off.push((element, 1)),
        }
    }
}

fn has_too_many_attributes(tag: &Tag<'_>) -> bool {
    tag.attributes.len() / 2 > ATTRIBUTES_MAX && tag.attributes().nth(ATTRIBUTES_MAX).is_some()
}

#[cfg(test)]
mod tests {
    use super::super::pieces::Pieces;
    use super::*;

    fn excess(html: &str, limits: &Limits) -> Option<&'static str> {
        let mut reckoning = match Reckoning::of(html, limits) {
            Ok(reckoning) => reckoning,
            Err(sentence) => return Some(sentence),
        };
        Pieces::of(html).find_map(|piece| reckoning.piece(&piece).err())
    }

    #[test]
    fn what_would_take_a_tree_builder_too_long_is_known_before() {
        let numbered =
            |n: usize, html: &str| (0..n).map(|at| html.replace('#', &at.to_string())).collect::<String>();
        for (what, html) in [
            ("deep", "<div>".repeat(300)),
            ("deep, behind end tags of nothing", "<div></x>".repeat(300)),
            ("deep, behind end tags that reach nothing", "<div></b>".repeat(300)),
            ("tables whose end tags are passed over", "<div><table></div>".repeat(300)),
            ("formatting without end", numbered(300, "<div><b id=#></div>")),
            (
                "text behind formatting without end",
                numbered(200, "<p><i id=#></p>") + &"<p>x</p>".repeat(20_000),
            ),
            ("attributes behind a stray mark", format!("<b \"{}>", numbered(300, " a#=1"))),
            ("attributes", format!("<b{}>", numbered(300, " a#=1"))),
            ("bytes", "x".repeat((1 << 20) + 1)),
            ("references", "&".repeat(1_000_000)),
        ] {
            assert!(excess(&html, &Limits::default()).is_some(), "{what}");
        }
    }

    #[test]
    fn honest_html_is_within_bounds_however_long() {
        let row = "<tr><td style='x'><p class=MsoNormal><b>Name</b> <a href='https://example.com'>here</a><o:p></o:p></p></td></tr>";
        for (what, html) in [
            ("a long table", format!("<html><body><table>{}</table>", row.repeat(8_000))),
            ("a list without end tags", format!("<ul>{}</ul>", "<li>one<li>two".repeat(20_000))),
            ("slips", "<p><b><i>x</b></i></p><br/>".repeat(100)),
            ("twenty quotations", "<blockquote><div><div>".repeat(20) + "x"),
            ("hard spaces", "<p>a&nbsp;&nbsp;&nbsp;&nbsp;b</p>".repeat(30_000)),
            ("one attribute with many words", format!("<p style=\"{}\">x", "a b ".repeat(2_000))),
        ] {
            assert_eq!(excess(&html, &Limits::default()), None, "{what}");
        }
    }
}

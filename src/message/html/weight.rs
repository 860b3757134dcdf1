//! How heavy HTML would be for a builder of trees, told without building one.
//!
//! The builder takes the square of the depth and of the attributes of one tag. Letters (`<b>`, `<font>` …) that are open when the
//! block round them ends are made anew in the next block, all of them: a mail of one megabyte becomes gigabytes. So
//! the tags are counted as the builder would open and close them. And whoever writes the tree down again looks through the
//! rest of a text behind each character that is to be escaped: long texts of many such characters take their square, too.

use super::pieces::{Piece, Pieces, Tag};

/// The deepest nesting that is given to the tree builder.
const DEPTH_MAX: usize = 256;
/// The most attributes of one tag that are given to the tree builder.
const ATTRIBUTES_MAX: usize = 256;
/// The most bytes that are given to the tree builder.
const TREE_BYTES_MAX: usize = 1024 * 1024;
/// The most elements that the builder may make besides those that are written.
const REMADE_MAX: usize = 20_000;

/// The most tags and texts that are given to the tree builder: it takes a microsecond or two for each.
const PIECES_MAX: usize = 100_000;
/// The most bytes that may be looked through for characters to be escaped.
const LOOKED_THROUGH_MAX: usize = 400_000_000;

/// Elements that end by themselves, so that leaving out their end tag makes nothing deeper.
const SELF_ENDING: [&str; 22] = [
    "p", "li", "td", "th", "tr", "dt", "dd", "option", "br", "img", "hr", "meta", "link", "input", "col",
    "area", "base", "wbr", "source", "tbody", "thead", "html",
];
/// Elements without content.
const EMPTY: [&str; 11] =
    ["br", "img", "hr", "meta", "link", "input", "col", "area", "base", "wbr", "source"];
/// Elements that are made anew where the block round them has ended.
const LETTERS: [&str; 14] =
    ["a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u"];
/// Blocks that end an open paragraph.
const BLOCKS: [&str; 22] = [
    "p",
    "div",
    "blockquote",
    "table",
    "ul",
    "ol",
    "dl",
    "pre",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "center",
    "form",
    "hr",
    "section",
    "article",
    "address",
    "fieldset",
    "li",
];
/// Tags that count for nothing where they have no place.
const PASSED_OVER: [&str; 11] =
    ["html", "head", "body", "frame", "frameset", "tr", "tbody", "thead", "tfoot", "col", "colgroup"];
/// Elements in which words stay where they are, though a table is round them.
const CELLS: [&str; 3] = ["td", "th", "caption"];
/// What an element that ends by itself does not look beyond.
const SCOPES: [&str; 8] = ["table", "td", "th", "ul", "ol", "dl", "button", "object"];

/// Whether a tree builder would take too long over it.
pub(super) fn is_beyond_sense(html: &str) -> bool {
    if html.len() > TREE_BYTES_MAX {
        return true;
    }
    let mut depth: usize = 0;
    let mut tree = Tree::default();
    let mut writing = Writing::default();
    for (number, piece) in Pieces(html).enumerate() {
        if number > PIECES_MAX || writing.is_long() {
            return true;
        }
        let tag = match piece {
            Piece::Tag(tag) => tag,
            Piece::Text(text) => {
                tree.remake();
                writing.text(text, tree.place());
                continue;
            }
        };
        if is_wide(&tag) {
            return true;
        }
        writing.tag(&tag, tree.place());
        if tag.is_end {
            depth = depth.saturating_sub(1);
        } else if !is_one_of(&tag, &SELF_ENDING) {
            depth += 1;
        }
        tree.take(&tag);
        if depth > DEPTH_MAX || tree.is_heavy() {
            return true;
        }
    }
    writing.is_long()
}

/// Where words stand, as far as it matters for which of them become one text.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Anywhere else: each tag that begins an element ends the text before it.
    Flow,
    /// Within a cell of a table: the same, and the next cell ends it, too.
    Cell,
    /// Within a table and in no cell: all such words become one text before the table.
    BesideCells,
    /// Within a list of choices, where tags count for nothing.
    Choices,
}

/// What it takes to write the texts of the tree down.
#[derive(Default)]
struct Writing {
    flow: Run,
    beside_cells: Run,
    looked_through: usize,
}

/// Words that may become one text.
#[derive(Default, Clone, Copy)]
struct Run {
    bytes: usize,
    escapes: usize,
}

impl Run {
    fn add(&mut self, text: &str) {
        self.bytes += text.len();
        // 0xc2 begins the hard space, and other letters, which are looked at as well
        self.escapes += memchr::memchr2_iter(b'&', 0xc2, text.as_bytes()).count();
    }

    fn looked_through(self) -> usize {
        self.bytes.saturating_mul(self.escapes)
    }
}

impl Writing {
    fn is_long(&self) -> bool {
        let open = self.flow.looked_through().saturating_add(self.beside_cells.looked_through());
        self.looked_through.saturating_add(open) > LOOKED_THROUGH_MAX
    }

    fn text(&mut self, text: &str, place: Place) {
        if place != Place::BesideCells {
            self.flow.add(text);
        } else if !text.trim_ascii().is_empty() {
            self.beside_cells.add(text);
        }
    }

    fn tag(&mut self, tag: &Tag<'_>, place: Place) {
        let mut attributes = Run::default();
        attributes.add(tag.attributes);
        self.looked_through = self.looked_through.saturating_add(attributes.looked_through());
        // an end tag without a start tag, and others where they have no place, are passed over
        let begins = match place {
            _ if tag.is_end || is_one_of(tag, &PASSED_OVER) => false,
            Place::Flow => !is_one_of(tag, &CELLS),
            Place::Cell => true,
            Place::BesideCells => is_one_of(tag, &CELLS),
            Place::Choices => false,
        };
        if begins {
            self.looked_through = self.looked_through.saturating_add(self.flow.looked_through());
            self.flow = Run::default();
        }
    }
}

fn is_one_of(tag: &Tag<'_>, names: &[&str]) -> bool {
    names.iter().any(|name| tag.is(name))
}

/// Whether a tag has more attributes than anybody writes.
fn is_wide(tag: &Tag<'_>) -> bool {
    let is_sign = |byte: &u8| matches!(byte, b' ' | b'=' | b'/' | b'"' | b'\n' | b'\t');
    tag.attributes.len() > ATTRIBUTES_MAX
        && tag.attributes.bytes().filter(is_sign).count() > ATTRIBUTES_MAX
        && count_attributes(tag.attributes) > ATTRIBUTES_MAX
}

/// What is open, and what would be made anew.
#[derive(Default)]
struct Tree<'h> {
    open: Vec<Element<'h>>,
    /// Letters whose block has ended; they are made anew before the next words.
    lost: Vec<Element<'h>>,
    remade: usize,
}

/// An open element.
struct Element<'h> {
    name: &'h str,
    is_letter: bool,
}

impl<'h> Tree<'h> {
    /// Whether too much would be made of what is written.
    fn is_heavy(&self) -> bool {
        self.remade > REMADE_MAX || self.open.len() + self.lost.len() > DEPTH_MAX * 4
    }

    /// Where words would stand now.
    fn place(&self) -> Place {
        let is = |element: &Element<'_>, names: &[&str]| {
            names.iter().any(|name| element.name.eq_ignore_ascii_case(name))
        };
        let mut in_cell = false;
        for element in self.open.iter().rev() {
            if is(element, &["table"]) {
                return if in_cell { Place::Cell } else { Place::BesideCells };
            }
            if is(element, &["select"]) {
                return Place::Choices;
            }
            in_cell |= is(element, &CELLS);
        }
        Place::Flow
    }

    fn take(&mut self, tag: &Tag<'h>) {
        let is_letter = is_one_of(tag, &LETTERS);
        if tag.is_end {
            self.end(tag.name, is_letter);
            return;
        }
        if is_one_of(tag, &BLOCKS) {
            self.end_within_scope("p");
        }
        if is_one_of(tag, &SELF_ENDING) {
            self.end_within_scope(tag.name);
        } else {
            self.remake();
        }
        if !is_one_of(tag, &EMPTY) {
            self.open.push(Element { name: tag.name, is_letter });
        }
    }

    /// The words that come now stand in all letters that are still open.
    fn remake(&mut self) {
        self.remade += self.lost.len();
        self.open.append(&mut self.lost);
    }

    fn end(&mut self, name: &str, is_letter: bool) {
        if is_letter
            && let Some(at) = self.lost.iter().rposition(|element| element.name.eq_ignore_ascii_case(name))
        {
            self.lost.remove(at);
            return;
        }
        let found = self.open.iter().rposition(|element| element.name.eq_ignore_ascii_case(name));
        if let Some(at) = found {
            self.end_at(at);
        }
    }

    /// Ends an element that ends by itself where the next of its kind begins.
    fn end_within_scope(&mut self, name: &str) {
        let is_scope = |element: &&Element<'_>| {
            let is_itself = element.name.eq_ignore_ascii_case(name);
            !is_itself && SCOPES.iter().any(|scope| element.name.eq_ignore_ascii_case(scope))
        };
        let reach = self.open.iter().rev().take_while(|element| !is_scope(element));
        let found = reach.enumerate().find(|(_, element)| element.name.eq_ignore_ascii_case(name));
        if let Some((above, _)) = found {
            self.end_at(self.open.len() - 1 - above);
        }
    }

    fn end_at(&mut self, at: usize) {
        let ended = self.open.drain(at..).skip(1).filter(|element| element.is_letter);
        self.lost.extend(ended);
    }
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
    use super::is_beyond_sense;

    #[test]
    fn what_takes_its_square_is_told() {
        let letters = (0..20_000).fold(String::new(), |all, n| all + "<p><b a=" + &n.to_string() + ">x</p>");
        assert!(is_beyond_sense(&letters), "each paragraph makes all letters anew");
        for text in ["&", "\u{a0}", "&amp;", "&</x>", "&<body>", "&<td>"] {
            assert!(is_beyond_sense(&text.repeat(30_000)), "{text}");
            assert!(
                is_beyond_sense(&format!("<table>{}", format!("{text}<td></td>").repeat(30_000))),
                "{text}"
            );
            assert!(is_beyond_sense(&format!("<select>{}", format!("{text}<b>").repeat(30_000))), "{text}");
        }
        assert!(is_beyond_sense(&format!("<p title='{}'>", "&".repeat(30_000))));
    }

    #[test]
    fn long_mail_of_the_usual_kind_is_not_too_heavy() {
        for html in [
            "<p>&nbsp;</p>".repeat(20_000),
            format!("<table>{}", "<tr><td>&nbsp;</td><td>&amp;</td></tr>".repeat(10_000)),
            "<p><b><i>a &amp; b</i></b> c<p>d".repeat(10_000),
            "<div><font color=red>a<div>b</div></font></div>".repeat(8_000),
            "<ul><li>a<ul><li>b &gt; c</ul></ul>".repeat(10_000),
        ] {
            assert!(!is_beyond_sense(&html), "{}", html.get(..40).unwrap_or_default());
        }
    }
}

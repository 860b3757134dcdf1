//! What each element of HTML is to a reader of mail: what it holds, where it ends, and whether it is kept.
//!
//! Every tag of every mail is looked up here, once.

/// An element by its place in [`ELEMENTS`]; the last place is that of all which mean nothing to us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) struct Element(u8);

/// Nobody is meant to read its content, which is no HTML to a browser, or none to look at.
const UNSEEN: u16 = 1;
/// It has no content.
const EMPTY: u16 = 1 << 1;
/// It ends by itself, so that leaving out its end tag makes nothing deeper.
const SELF_ENDING: u16 = 1 << 2;
/// It ends where the next of its kind begins.
const SIBLING: u16 = 1 << 3;
/// It goes on behind the end of what it stands in, until it is closed.
const FORMATTING: u16 = 1 << 4;
/// No end tag reaches across it but its own and those of elements like it.
const BARRIER: u16 = 1 << 5;
/// It stands on lines of its own.
const LINES: u16 = 1 << 6;
/// It stays when HTML is made harmless.
const KEPT: u16 = 1 << 7;

/// The elements that mean something to us, by their names, and one for all others.
#[rustfmt::skip]
const ELEMENTS: [(&str, u16); 108] = [
    ("a", FORMATTING | KEPT),
    ("abbr", KEPT),
    ("acronym", KEPT),
    ("address", BARRIER | LINES),
    ("area", EMPTY | SELF_ENDING),
    ("article", BARRIER | LINES | KEPT),
    ("aside", BARRIER | LINES | KEPT),
    ("b", FORMATTING | KEPT),
    ("base", EMPTY | SELF_ENDING),
    ("bdi", KEPT),
    ("bdo", KEPT),
    ("big", FORMATTING),
    ("blockquote", BARRIER | KEPT),
    ("body", SELF_ENDING | LINES),
    ("br", EMPTY | SELF_ENDING | KEPT),
    ("button", BARRIER),
    ("caption", LINES | KEPT),
    ("center", BARRIER | LINES | KEPT),
    ("cite", KEPT),
    ("code", FORMATTING | KEPT),
    ("col", EMPTY | SELF_ENDING | KEPT),
    ("colgroup", KEPT),
    ("data", KEPT),
    ("dd", SELF_ENDING | SIBLING | LINES | KEPT),
    ("del", KEPT),
    ("details", BARRIER | LINES | KEPT),
    ("dfn", KEPT),
    ("div", BARRIER | LINES | KEPT),
    ("dl", BARRIER | LINES | KEPT),
    ("dt", SELF_ENDING | SIBLING | LINES | KEPT),
    ("em", FORMATTING | KEPT),
    ("embed", EMPTY | SELF_ENDING),
    ("fieldset", BARRIER | LINES),
    ("figcaption", LINES | KEPT),
    ("figure", BARRIER | LINES | KEPT),
    ("font", FORMATTING),
    ("footer", BARRIER | LINES | KEPT),
    ("form", BARRIER | LINES),
    ("h1", KEPT),
    ("h2", KEPT),
    ("h3", KEPT),
    ("h4", KEPT),
    ("h5", KEPT),
    ("h6", KEPT),
    ("head", SELF_ENDING),
    ("header", BARRIER | LINES | KEPT),
    ("hgroup", KEPT),
    ("hr", EMPTY | SELF_ENDING | KEPT),
    ("html", SELF_ENDING),
    ("i", FORMATTING | KEPT),
    ("iframe", UNSEEN),
    ("img", EMPTY | SELF_ENDING | KEPT),
    ("input", EMPTY | SELF_ENDING),
    ("ins", KEPT),
    ("kbd", KEPT),
    ("legend", LINES),
    ("li", SELF_ENDING | SIBLING | KEPT),
    ("link", EMPTY | SELF_ENDING),
    ("main", BARRIER | LINES),
    ("mark", KEPT),
    ("meta", EMPTY | SELF_ENDING),
    ("nav", BARRIER | LINES | KEPT),
    ("nobr", FORMATTING),
    ("noembed", UNSEEN),
    ("noframes", UNSEEN),
    ("noscript", UNSEEN),
    ("object", BARRIER),
    ("ol", BARRIER | KEPT),
    ("option", SELF_ENDING | SIBLING | LINES),
    ("p", SELF_ENDING | SIBLING | KEPT),
    ("pre", BARRIER | KEPT),
    ("q", KEPT),
    ("rp", KEPT),
    ("rt", KEPT),
    ("rtc", KEPT),
    ("ruby", KEPT),
    ("s", FORMATTING | KEPT),
    ("samp", KEPT),
    ("script", UNSEEN),
    ("section", BARRIER | LINES),
    ("select", BARRIER),
    ("small", FORMATTING | KEPT),
    ("source", EMPTY | SELF_ENDING),
    ("span", KEPT),
    ("strike", FORMATTING | KEPT),
    ("strong", FORMATTING | KEPT),
    ("style", UNSEEN),
    ("sub", KEPT),
    ("summary", LINES | KEPT),
    ("sup", KEPT),
    ("svg", UNSEEN),
    ("table", BARRIER | KEPT),
    ("tbody", SELF_ENDING | KEPT),
    ("td", SELF_ENDING | SIBLING | KEPT),
    ("template", UNSEEN | BARRIER),
    ("tfoot", SELF_ENDING),
    ("th", SELF_ENDING | SIBLING | KEPT),
    ("thead", SELF_ENDING | KEPT),
    ("time", KEPT),
    ("title", UNSEEN),
    ("tr", SELF_ENDING | SIBLING | LINES | KEPT),
    ("track", EMPTY | SELF_ENDING),
    ("tt", FORMATTING | KEPT),
    ("u", FORMATTING | KEPT),
    ("ul", BARRIER | KEPT),
    ("var", KEPT),
    ("wbr", EMPTY | SELF_ENDING),
    ("", 0),
];
/// How many of them have a name.
const NAMED: usize = ELEMENTS.len() - 1;
/// The longest name.
const NAME_BYTES_MAX: usize = 10;

/// What each element is, in the order of [`ELEMENTS`].
#[expect(clippy::indexing_slicing, reason = "worked out while the program is built")]
const TRAITS: [u16; ELEMENTS.len()] = {
    let mut traits = [0; ELEMENTS.len()];
    let mut at = 0;
    while at < ELEMENTS.len() {
        traits[at] = ELEMENTS[at].1;
        at += 1;
    }
    traits
};

/// What each byte adds to a name: its small letter; nothing where it ends the name.
#[expect(clippy::indexing_slicing, reason = "worked out while the program is built")]
const LETTERS: [u8; 256] = {
    let mut letters = [0; 256];
    let mut byte = 0_u8;
    while byte < 128 {
        if byte.is_ascii_alphanumeric() || byte == b':' || byte == b'-' {
            letters[byte as usize] = byte.to_ascii_lowercase();
        }
        byte += 1;
    }
    letters
};

/// The names as numbers, which are compared at once.
#[expect(clippy::indexing_slicing, reason = "worked out while the program is built")]
const NUMBERS: [u128; ELEMENTS.len()] = {
    let mut numbers = [0; ELEMENTS.len()];
    let mut at = 0;
    while at < NAMED {
        numbers[at] = number(ELEMENTS[at].0.as_bytes());
        at += 1;
    }
    numbers
};

/// The only element of which a name can be, by [`place`]; the build fails where two fall into one.
#[expect(clippy::indexing_slicing, reason = "worked out while the program is built")]
const PLACES: [u8; 1 << PLACE_BITS] = {
    let mut places = [u8::MAX; 1 << PLACE_BITS];
    let mut element = 0_u8;
    while (element as usize) < NAMED {
        let place = place(NUMBERS[element as usize]);
        assert!(places[place] == u8::MAX, "two names fall into one place: another multiplier is wanted");
        places[place] = element;
        element += 1;
    }
    places
};
/// So many bits of a product say where a name is looked for.
const PLACE_BITS: u32 = 10;

/// Where the element of this name is looked for: found by trying, so that no two have one place.
const fn place(number: u128) -> usize {
    const MULTIPLIER: u128 = 0x9b66_7f98_bd09_8022_31e1_f90b_2fe3_8f77;
    (number.wrapping_mul(MULTIPLIER) >> (u128::BITS - PLACE_BITS)) as usize
}

/// A name in lower case, of at most sixteen bytes, as one number.
#[expect(
    clippy::indexing_slicing,
    reason = "iterators are not for constants yet; the place is below the length"
)]
const fn number(name: &[u8]) -> u128 {
    let (mut number, mut at) = (0, 0);
    while at < name.len() {
        number = number << 8 | name[at] as u128;
        at += 1;
    }
    number
}

impl Element {
    /// Elements that are asked for by name.
    pub(in super::super) const A: Self = Self::named("a");
    pub(in super::super) const BLOCKQUOTE: Self = Self::named("blockquote");
    pub(super) const BDO: Self = Self::named("bdo");
    pub(super) const BR: Self = Self::named("br");
    pub(in super::super) const DIV: Self = Self::named("div");
    pub(super) const H1: Self = Self::named("h1");
    pub(super) const H2: Self = Self::named("h2");
    pub(super) const H3: Self = Self::named("h3");
    pub(super) const H4: Self = Self::named("h4");
    pub(super) const H5: Self = Self::named("h5");
    pub(super) const H6: Self = Self::named("h6");
    pub(in super::super) const HR: Self = Self::named("hr");
    pub(in super::super) const IMG: Self = Self::named("img");
    pub(super) const LI: Self = Self::named("li");
    pub(in super::super) const META: Self = Self::named("meta");
    pub(super) const NOSCRIPT: Self = Self::named("noscript");
    pub(super) const OL: Self = Self::named("ol");
    pub(in super::super) const P: Self = Self::named("p");
    pub(super) const PRE: Self = Self::named("pre");
    pub(super) const SCRIPT: Self = Self::named("script");
    pub(in super::super) const SPAN: Self = Self::named("span");
    pub(in super::super) const STYLE: Self = Self::named("style");
    pub(in super::super) const TABLE: Self = Self::named("table");
    pub(super) const TBODY: Self = Self::named("tbody");
    pub(super) const TD: Self = Self::named("td");
    pub(super) const TH: Self = Self::named("th");
    pub(super) const THEAD: Self = Self::named("thead");
    pub(in super::super) const TITLE: Self = Self::named("title");
    pub(super) const TR: Self = Self::named("tr");
    pub(super) const UL: Self = Self::named("ul");
    pub(in super::super) const WBR: Self = Self::named("wbr");
    /// All that mean nothing to us.
    pub(super) const UNKNOWN: Self = Self::named("");

    /// The element that has this name, in lower case; the program is not built where there is none.
    #[expect(clippy::indexing_slicing, reason = "fails while the program is built")]
    const fn named(name: &str) -> Self {
        let (wanted, mut element) = (number(name.as_bytes()), 0);
        while NUMBERS[element as usize] != wanted {
            element += 1;
        }
        Self(element)
    }

    /// The element whose name stands at the beginning of a text, however it is written, and where the name ends.
    #[inline]
    pub(super) fn at_start(text: &str) -> (Self, usize) {
        let (mut number, mut end) = (0_u128, 0);
        for byte in text.bytes() {
            let letter = LETTERS.get(usize::from(byte)).copied().unwrap_or_default();
            if letter == 0 {
                break;
            }
            number = number << 8 | u128::from(letter);
            end += 1;
        }
        let element = PLACES.get(place(number)).copied().unwrap_or_default();
        let is_it = end <= NAME_BYTES_MAX && NUMBERS.get(usize::from(element)) == Some(&number);
        (if is_it { Self(element) } else { Self::UNKNOWN }, end)
    }

    /// The name in lower case; empty where the element means nothing to us.
    pub(in super::super) fn name(self) -> &'static str {
        ELEMENTS.get(usize::from(self.0)).map_or("", |(name, _)| name)
    }

    fn has(self, one: u16) -> bool {
        TRAITS.get(usize::from(self.0)).is_some_and(|traits| traits & one != 0)
    }

    /// Nobody is meant to read its content.
    pub(super) fn is_unseen(self) -> bool {
        self.has(UNSEEN)
    }

    /// It has no content.
    pub(super) fn is_empty(self) -> bool {
        self.has(EMPTY)
    }

    /// Leaving out its end tag makes nothing deeper.
    pub(super) fn is_self_ending(self) -> bool {
        self.has(SELF_ENDING)
    }

    /// It ends where the next of its kind begins.
    pub(super) fn ends_at_sibling(self) -> bool {
        self.has(SIBLING)
    }

    /// It goes on behind the end of what it stands in.
    pub(super) fn is_formatting(self) -> bool {
        self.has(FORMATTING)
    }

    /// End tags of other kinds do not reach across it.
    pub(super) fn is_barrier(self) -> bool {
        self.has(BARRIER)
    }

    /// It stands on lines of its own.
    pub(super) fn stands_on_lines(self) -> bool {
        self.has(LINES)
    }

    /// It stays when HTML is made harmless.
    pub(super) fn is_kept(self) -> bool {
        self.has(KEPT)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_are_known_however_they_are_written() {
        let of = |name: &str| Element::at_start(name).0;
        for name in ["blockquote", "BLOCKQUOTE", "BlockQuote"] {
            let element = of(name);
            assert!(element.is_barrier() && element.is_kept() && !element.is_formatting(), "{name}");
            assert_eq!(element.name(), "blockquote");
        }
        assert!(of("FONT").is_formatting());
        for (name, traits) in ELEMENTS {
            let element = of(&name.to_ascii_uppercase());
            assert_eq!((element.name(), element.has(traits)), (name, traits != 0));
            assert_eq!(Element::at_start(&format!("{name}>x")), (element, name.len()));
        }
        for name in
            ["o:p", "x", "", "blockquotes", "ſpan", "zz", "{", "[a", "figcaptionsofmany", "\0a", "b-r"]
        {
            let element = of(name);
            assert_eq!((element.name(), element.is_kept()), ("", false), "{name}");
        }
    }
}

//! Rich text as plain text, or as the HTML that was wrapped into it (MS-OXRTFEX). One pass, no tree.

use super::codepage;
use std::collections::BTreeMap;

/// The deepest nesting of groups whose state is remembered.
const DEPTH_MAX: usize = 1_000;
/// The most fonts that are remembered.
const FONTS_MAX: usize = 4_000;
/// The most digits of a number that count.
const DIGITS_MAX: usize = 9;
/// Groups whose text nobody sees in the document.
const UNSEEN: [&str; 21] = [
    "colortbl",
    "stylesheet",
    "info",
    "pict",
    "nonshppict",
    "header",
    "headerl",
    "headerr",
    "headerf",
    "footer",
    "footerl",
    "footerr",
    "footerf",
    "fldinst",
    "objdata",
    "objclass",
    "filetbl",
    "revtbl",
    "xe",
    "tc",
    "bkmkstart",
];

/// What an RTF says.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Document {
    /// HTML where `is_html`, else plain text.
    pub(super) text: String,
    /// The RTF is a wrapping of HTML.
    pub(super) is_html: bool,
    /// It was read to its end, and every group in it ends.
    pub(super) is_whole: bool,
}

/// What holds within one pair of braces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct State {
    /// Nothing of it is part of the text.
    is_unseen: bool,
    is_font_table: bool,
    /// Between `\htmlrtf` and `\htmlrtf0`: what stands for the HTML in programs that know none; or text hidden by `\v`.
    is_hidden: bool,
    codepage: u32,
    /// How many letters after `\u` stand for it in older programs.
    fallback: usize,
}

struct Reader<'x> {
    rest: &'x [u8],
    state: State,
    outer: Vec<State>,
    /// Groups that are open beyond those remembered.
    deeper: usize,
    fonts: BTreeMap<i32, u32>,
    font_described: i32,
    codepage: u32,
    pending: Vec<u8>,
    pending_codepage: u32,
    surrogate: Option<u16>,
    to_skip: usize,
    is_starred: bool,
    document: Document,
    most: usize,
}

/// Reads an RTF, up to `most` bytes of text. `codepage` is taken where it names none.
pub(super) fn read(rtf: &[u8], codepage: u32, most: usize) -> Document {
    let state = State { is_unseen: false, is_font_table: false, is_hidden: false, codepage, fallback: 1 };
    let mut reader = Reader {
        rest: rtf,
        state,
        outer: Vec::new(),
        deeper: 0,
        fonts: BTreeMap::new(),
        font_described: 0,
        codepage,
        pending: Vec::new(),
        pending_codepage: codepage,
        surrogate: None,
        to_skip: 0,
        is_starred: false,
        document: Document::default(),
        most,
    };
    let is_cut = reader.run();
    reader.flush();
    reader.document.is_whole = !is_cut && reader.outer.is_empty() && rtf.starts_with(b"{\\rtf");
    reader.document
}

impl Reader<'_> {
    /// Goes over everything; whether there was more than is wanted.
    fn run(&mut self) -> bool {
        while let Some((byte, rest)) = self.rest.split_first() {
            self.rest = rest;
            match byte {
                b'{' => self.open(),
                b'}' => self.close(),
                b'\\' => self.control(),
                b'\r' | b'\n' | 0 => {}
                byte => self.byte(*byte),
            }
            if self.document.text.len() + self.pending.len() > self.most {
                return true;
            }
        }
        false
    }

    fn open(&mut self) {
        self.to_skip = 0;
        if self.outer.len() >= DEPTH_MAX {
            self.deeper += 1;
        } else {
            self.outer.push(self.state);
        }
    }

    fn close(&mut self) {
        self.to_skip = 0;
        self.is_starred = false;
        if self.deeper > 0 {
            self.deeper -= 1;
        } else if let Some(state) = self.outer.pop() {
            self.state = state;
        }
    }

    /// What follows a backslash: a word with or without a number, or one character.
    fn control(&mut self) {
        let letters = self.rest.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
        let (word, after) = self.rest.split_at_checked(letters).unwrap_or_default();
        if word.is_empty() {
            if let Some((symbol, rest)) = self.rest.split_first() {
                self.rest = rest;
                self.symbol(*symbol);
            }
            return;
        }
        let (number, after) = number(after);
        self.rest = after.strip_prefix(b" ").unwrap_or(after);
        let word = std::str::from_utf8(word).unwrap_or_default();
        self.word(word, number);
    }

    fn symbol(&mut self, symbol: u8) {
        match symbol {
            b'\'' => {
                let Some((pair, rest)) = self.rest.split_at_checked(2) else { return };
                let Ok(bytes) = hex::decode(pair) else { return };
                self.rest = rest;
                for byte in bytes {
                    self.byte(byte);
                }
            }
            b'*' => self.is_starred = true,
            b'~' => self.letter('\u{a0}'),
            b'_' => self.letter('\u{2011}'),
            b'\r' | b'\n' => self.letter('\n'),
            b'\\' | b'{' | b'}' => self.byte(symbol),
            _ => {}
        }
    }

    fn word(&mut self, word: &str, number: Option<i32>) {
        if word == "bin" {
            let length = usize::try_from(number.unwrap_or(0)).unwrap_or(0);
            self.rest = self.rest.get(length..).unwrap_or_default();
            return;
        }
        let is_starred = std::mem::take(&mut self.is_starred);
        if word == "htmltag" {
            return;
        }
        if is_starred || UNSEEN.contains(&word) {
            self.state.is_unseen = true;
            return;
        }
        if self.state.is_font_table {
            self.describe_font(word, number);
            return;
        }
        match (word, number) {
            ("fonttbl", _) => (self.state.is_font_table, self.state.is_unseen) = (true, true),
            ("fromhtml", number) => self.document.is_html |= number != Some(0),
            ("htmlrtf", number) if self.document.is_html => self.state.is_hidden = number != Some(0),
            ("v", number) if !self.document.is_html => self.state.is_hidden = number != Some(0),
            ("ansicpg", Some(number)) => self.take_codepage(number),
            ("f", Some(font)) => {
                self.state.codepage = self.fonts.get(&font).copied().unwrap_or(self.codepage);
            }
            ("plain", _) => {
                self.state.codepage = self.codepage;
                self.state.is_hidden &= self.document.is_html;
            }
            ("uc", Some(number)) => self.state.fallback = usize::try_from(number).unwrap_or(1).min(16),
            ("u", Some(number)) => self.unicode(number),
            _ => {
                if let Some(letter) = letter_of(word, self.document.is_html) {
                    self.letter(letter);
                }
            }
        }
    }

    fn take_codepage(&mut self, number: i32) {
        if let Some(codepage) =
            u32::try_from(number).ok().filter(|page| codepage::charset_name(*page).is_some())
        {
            self.codepage = codepage;
            self.state.codepage = codepage;
        }
    }

    fn describe_font(&mut self, word: &str, number: Option<i32>) {
        let Some(number) = number else { return };
        let codepage = match word {
            "f" => {
                self.font_described = number;
                return;
            }
            "fcharset" => codepage::of_font(number),
            "cpg" => u32::try_from(number).ok(),
            _ => return,
        };
        if let Some(codepage) = codepage.filter(|_| self.fonts.len() < FONTS_MAX) {
            self.fonts.insert(self.font_described, codepage);
        }
    }

    /// `\u`: one UTF-16 unit, negative above 32767; what stands for it in older programs is passed over.
    fn unicode(&mut self, number: i32) {
        let unit = u16::try_from(number.rem_euclid(0x1_0000)).unwrap_or_default();
        let units = [self.surrogate.take(), Some(unit)];
        self.to_skip = 0;
        match (unit, units) {
            (0xd800..=0xdbff, _) => self.surrogate = Some(unit),
            (_, units) => {
                for letter in char::decode_utf16(units.into_iter().flatten()).filter_map(Result::ok) {
                    self.letter(letter);
                }
            }
        }
        self.to_skip = self.state.fallback;
    }

    fn is_seen(&self) -> bool {
        !self.state.is_unseen && !self.state.is_hidden
    }

    /// One byte of text in the codepage of its font.
    fn byte(&mut self, byte: u8) {
        if self.to_skip > 0 {
            self.to_skip -= 1;
            return;
        }
        if self.is_seen() {
            if self.pending_codepage != self.state.codepage {
                self.flush();
                self.pending_codepage = self.state.codepage;
            }
            self.pending.push(byte);
        }
    }

    fn letter(&mut self, letter: char) {
        if self.to_skip > 0 {
            self.to_skip -= 1;
        } else if self.is_seen() {
            self.flush();
            self.document.text.push(letter);
        }
    }

    fn flush(&mut self) {
        if self.pending.is_ascii() {
            self.document.text.extend(self.pending.iter().copied().map(char::from));
        } else {
            self.document.text.push_str(&codepage::decode(&self.pending, self.pending_codepage));
        }
        self.pending.clear();
    }
}

/// The number after a word, and what follows it.
fn number(bytes: &[u8]) -> (Option<i32>, &[u8]) {
    let (sign, digits) = match bytes.strip_prefix(b"-") {
        Some(rest) => (-1, rest),
        None => (1, bytes),
    };
    let count = digits.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (digits, after) = digits.split_at_checked(count).unwrap_or_default();
    if digits.is_empty() {
        return (None, bytes);
    }
    let value =
        digits.iter().take(DIGITS_MAX).fold(0, |value: i32, digit| value * 10 + i32::from(digit - b'0'));
    (Some(sign * value), after)
}

/// The letter that a word stands for.
fn letter_of(word: &str, is_html: bool) -> Option<char> {
    Some(match word {
        "par" | "line" => '\n',
        "sect" | "page" | "row" | "nestrow" if !is_html => '\n',
        "tab" => '\t',
        "cell" | "nestcell" if !is_html => '\t',
        "emdash" => '—',
        "endash" => '–',
        "lquote" => '‘',
        "rquote" => '’',
        "ldblquote" => '“',
        "rdblquote" => '”',
        "bullet" => '•',
        "emspace" | "enspace" | "qmspace" => ' ',
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rich_text_becomes_the_text_that_it_shows() {
        for (rtf, text) in [
            (r"{\rtf1\ansi hello\par world}", "hello\nworld"),
            (
                r"{\rtf1{\fonttbl{\f0\fnil Arial;}}{\colortbl\red0;}{\*\generator Riched;}\f0 a\b b\b0  c}",
                "ab c",
            ),
            (r"{\rtf1\ansicpg1252 caf\'e9 \{\}\\}", r"café {}\"),
            (r"{\rtf1\ansicpg1251 \'cf\'f0\'e8}", "При"),
            (r"{\rtf1{\fonttbl{\f0\fcharset0 A;}{\f1\fcharset204 B;}}\f0\'e9{\f1\'cf}\'e9}", "éПé"),
            (r"{\rtf1{\fonttbl{\f0\fcharset128 M;}}\f0\'93\'fa\'96{\'7b}}", "日本"),
            (r"{\rtf1 \u8364?5 \u-3933\'3f x \uc2\u8364ab.\uc0\u8364.}", "€5 \u{f0a3} x €.€."),
            (r"{\rtf1 \u-10179?\u-8704?}", "😀"),
            (r"{\rtf1 a\tab b\cell c\row\ldblquote d\rdblquote\emdash\~}", "a\tb\tc\n“d”—\u{a0}"),
            (r"{\rtf1 {\field{\*\fldinst HYPERLINK x}{\fldrslt here}} {\pict 0011ff}{\v secret}!}", "here !"),
            (r"{\rtf1 a\bin3 }}}b}", "ab"),
        ] {
            let document = read(rtf.as_bytes(), 1252, 1000);
            assert_eq!(document, Document { text: text.to_owned(), is_html: false, is_whole: true }, "{rtf}");
        }
    }

    #[test]
    fn wrapped_html_is_taken_out() {
        let rtf = r"{\rtf1\ansi\ansicpg1252\fromhtml1 \deff0{\fonttbl{\f0\fswiss Arial;}}
{\*\htmltag64 <p class=\'22a\'22>}\htmlrtf {\par}\htmlrtf0 Hello {\*\htmltag84 &nbsp;}\htmlrtf \'a0\htmlrtf0 caf\'e9
{\*\htmltag84 <b>}\htmlrtf {\b\htmlrtf0 bold\htmlrtf }\htmlrtf0 {\*\htmltag92 </b>}{\*\mhtmltag64 <img>}{\*\htmltag72 </p>}}";
        let document = read(rtf.as_bytes(), 1252, 1000);
        assert!(document.is_html && document.is_whole);
        assert_eq!(document.text, "<p class=\"a\">Hello &nbsp;café<b>bold</b></p>");
    }

    #[test]
    fn broken_rich_text_gives_what_is_there() {
        for (rtf, text) in [
            (r"{\rtf1 a{\b b", "ab"),
            (r"{\rtf1 a\'", "a"),
            (r"{\rtf1 a\u", "a"),
            ("plain", "plain"),
            ("", ""),
            (r"{\rtf1 \bin999999999 abc}", ""),
        ] {
            let document = read(rtf.as_bytes(), 1252, 1000);
            assert_eq!((document.text.as_str(), document.is_whole), (text, false), "{rtf}");
        }
        let deep = "{".repeat(100_000) + "x" + &"}".repeat(100_000);
        assert_eq!(read(format!("{{\\rtf1 {deep}}}").as_bytes(), 1252, 1000).text, "x");
        assert!(!read(format!("{{\\rtf1 {}}}", "a".repeat(2_000)).as_bytes(), 1252, 1000).is_whole);
    }
}

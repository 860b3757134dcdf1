//! HTML made readable: the text as a person would have typed it.

use super::counting::Counting;
use super::element::Element;
use super::hidden::Hidden;
use super::indent::only_indents;
use super::pieces::{Piece, Pieces, Tag};
use super::places::Places;
use super::reference::decode_entities;
use super::words::end_of_words;

/// The deepest quotation that is drawn.
const QUOTE_MAX: usize = 20;
/// The most empty lines that are kept in a row, plus one.
const BREAKS_MAX: usize = 3;

/// HTML as a person would type it: paragraphs and table rows become lines, cells of a table with headings are
/// told apart by bars, quotations get `> `, lists their marks, links their address where the words do not say it.
/// What the mail hides is left out.
pub fn to_text(html: &str) -> String {
    read_out(html, usize::MAX).text
}

/// HTML as text.
pub(in super::super) struct ReadOut {
    pub(in super::super) text: String,
    /// There would be more.
    pub(in super::super) is_cut: bool,
    pub(in super::super) places: Places,
}

/// As [`to_text`], no longer than so many bytes by much: indents and quotation marks make twenty bytes of one.
pub(in super::super) fn read_out(html: &str, bytes_max: usize) -> ReadOut {
    let mut page = Page { out: String::with_capacity(html.len() / 3), ..Page::default() };
    let mut hidden = Hidden::default();
    let mut pieces = Pieces::of(html);
    let mut is_cut = false;
    loop {
        page.at = html.len() - pieces.rest.len();
        let Some(piece) = pieces.next() else { break };
        if page.out.len() > bytes_max {
            is_cut = true;
            break;
        }
        if let Piece::Tag(tag) = &piece
            && hidden.pass_over(tag, &mut pieces)
        {
            continue;
        }
        match piece {
            Piece::Text(text) => page.text(&decode_entities(text)),
            Piece::Tag(tag) if tag.is_end => page.end(&tag),
            Piece::Tag(tag) => page.start(&tag),
        }
    }
    ReadOut { text: page.out, is_cut, places: page.places }
}

/// The text as it is being written.
#[derive(Default)]
struct Page {
    out: String,
    /// Where the piece stands in the HTML that is being written.
    at: usize,
    places: Places,
    /// Line breaks due before the next word.
    breaks: usize,
    /// A space due before the next word.
    gap: bool,
    /// A hard space stands on the line, and nothing else.
    blank: bool,
    quotes: usize,
    /// One entry for each open `blockquote`: whether it only indents.
    indents: Vec<bool>,
    preformatted: usize,
    /// One entry for each open list: how it counts, or none where it has no numbers.
    lists: Vec<Option<Counting>>,
    /// One entry for each open table.
    tables: Vec<Table>,
    /// Marks due before the next word: bullets.
    mark: String,
    /// Where the words of the open link begin, and its address.
    link: Option<(usize, String)>,
}

impl Page {
    fn break_at_least(&mut self, breaks: usize) {
        self.breaks = self.breaks.max(breaks);
        self.gap = false;
    }

    /// Writes what is due before a word.
    fn settle(&mut self) {
        if self.breaks > 0 || self.out.is_empty() {
            self.begin_line();
        } else if self.gap {
            self.out.push(' ');
        }
        if !self.mark.is_empty() {
            self.out.push_str(&std::mem::take(&mut self.mark));
        }
        self.places.go_on(self.at);
        (self.breaks, self.gap, self.blank) = (0, false, false);
    }

    /// Writes the line breaks that are due, quotation marks and indent.
    fn begin_line(&mut self) {
        let prefix = "> ".repeat(self.quotes.min(QUOTE_MAX));
        if self.out.is_empty() {
            self.places.begin_line(self.at);
        } else {
            for left in (0..self.breaks.min(BREAKS_MAX)).rev() {
                self.out.push('\n');
                self.places.begin_line(self.at);
                if left > 0 {
                    self.out.push_str(prefix.trim_end());
                }
            }
        }
        self.out.push_str(&prefix);
        let steps = self.lists.len().saturating_sub(1) + (self.indents.len() - self.quotes);
        self.out.push_str(&"  ".repeat(steps.min(QUOTE_MAX)));
    }

    fn text(&mut self, text: &str) {
        let mut rest = text;
        while !rest.is_empty() {
            let end = end_of_words(rest);
            let (words, after) = rest.split_at_checked(end).unwrap_or((rest, ""));
            if !words.is_empty() {
                self.settle();
                self.out.push_str(words);
            }
            let mut chars = after.chars();
            if let Some(c) = chars.next() {
                self.special(c);
            }
            rest = chars.as_str();
        }
    }

    /// Takes a character that is more or less than a letter.
    fn special(&mut self, c: char) {
        match c {
            '\n' if self.preformatted > 0 => self.breaks += 1,
            ' ' | '\t' if self.preformatted > 0 => {
                self.settle();
                self.out.push(c);
            }
            '\u{a0}' => {
                self.blank |= self.breaks > 0;
                self.gap = true;
            }
            '\0' | '\u{ad}' | '\u{200b}' | '\u{200c}' | '\u{feff}' | '\r' => {}
            _ => self.gap = true,
        }
    }

    fn start(&mut self, tag: &Tag<'_>) {
        match tag.element {
            Element::BR => self.breaks += 1,
            Element::P => self.break_at_least(paragraph_breaks(tag)),
            Element::H1 | Element::H2 | Element::H3 | Element::H4 | Element::H5 | Element::H6 => {
                self.break_at_least(2);
            }
            Element::HR => {
                self.break_at_least(1);
                self.text("________________________________");
                self.break_at_least(1);
            }
            Element::BLOCKQUOTE => {
                self.break_at_least(1);
                let is_indent = only_indents(tag);
                self.indents.push(is_indent);
                self.quotes += usize::from(!is_indent);
            }
            Element::PRE => {
                self.break_at_least(1);
                self.preformatted += 1;
            }
            Element::UL | Element::OL => {
                self.break_at_least(1);
                self.lists.push((tag.element == Element::OL).then(|| Counting::of(tag)));
            }
            Element::LI => {
                self.break_at_least(1);
                self.mark = match self.lists.last_mut() {
                    Some(Some(counting)) => counting.mark(tag),
                    _ => "- ".to_owned(),
                };
            }
            Element::TABLE => {
                self.break_at_least(1);
                self.tables.push(Table::of(tag));
            }
            Element::TR => {
                self.break_at_least(1);
                self.tables.last_mut().into_iter().for_each(|table| table.row = None);
            }
            Element::TD | Element::TH => self.begin_cell(tag),
            Element::IMG => {
                if let Some(words) = tag.attribute("alt").filter(|words| !words.trim().is_empty()) {
                    self.text(&format!("[{}]", words.trim()));
                }
            }
            Element::A => {
                self.link = tag.attribute("href").map(|address| (self.out.len(), address.into_owned()));
            }
            _ if tag.element.stands_on_lines() => self.break_at_least(1),
            _ => {}
        }
    }

    fn end(&mut self, tag: &Tag<'_>) {
        match tag.element {
            Element::P
            | Element::H1
            | Element::H2
            | Element::H3
            | Element::H4
            | Element::H5
            | Element::H6 => {
                let extra = usize::from(self.blank);
                self.break_at_least(1 + extra);
            }
            Element::BLOCKQUOTE => {
                let is_quote = self.indents.pop() == Some(false);
                self.quotes -= usize::from(is_quote);
                self.break_at_least(1);
            }
            Element::PRE => {
                self.preformatted = self.preformatted.saturating_sub(1);
                self.break_at_least(1);
            }
            Element::UL | Element::OL => {
                self.lists.pop();
                self.mark.clear();
                self.break_at_least(1);
            }
            Element::TABLE => {
                self.tables.pop();
                self.break_at_least(1);
            }
            Element::A => self.end_link(),
            Element::TD | Element::TH => self.gap = true,
            _ if tag.element.stands_on_lines() => self.break_at_least(1),
            _ => {}
        }
    }

    /// A cell behind another of its row stands behind a bar, where the columns mean something.
    fn begin_cell(&mut self, tag: &Tag<'_>) {
        let Some(table) = self.tables.last_mut() else {
            self.gap = true;
            return;
        };
        table.has_columns |= tag.element == Element::TH;
        let is_barred = table.row.is_some() && table.has_columns;
        let row = *table.row.get_or_insert(self.out.len());
        if is_barred {
            if self.out.len() > row {
                (self.breaks, self.gap) = (0, true);
            }
            self.text("|");
        }
        self.gap = true;
    }

    /// Adds the address of a link whose words are not the address itself.
    fn end_link(&mut self) {
        let Some((from, address)) = self.link.take() else { return };
        let address = address.trim();
        let words = self.out.get(from..).unwrap_or_default().trim();
        let bare = |text: &str| {
            let text = text.strip_prefix("mailto:").unwrap_or(text);
            let text = text.trim_start_matches("https://").trim_start_matches("http://");
            text.trim_end_matches('/').to_lowercase()
        };
        let is_address = ["http://", "https://", "mailto:"].iter().any(|scheme| address.starts_with(scheme));
        let differ = || words.contains(' ') && !address.contains(' ') || bare(words) != bare(address);
        if is_address && !words.is_empty() && address.len() <= 2_000 && differ() {
            self.text(&format!(" <{address}>"));
        }
    }
}

/// A table that is open. Most tables of mails only arrange things; one with headings or a border says something
/// by its columns.
#[derive(Default)]
struct Table {
    has_columns: bool,
    /// Where the current row begins in the text, once it has a cell.
    row: Option<usize>,
}

impl Table {
    fn of(tag: &Tag<'_>) -> Self {
        let has_border = tag.attribute("border").is_some_and(|width| !matches!(width.trim(), "" | "0"));
        Self { has_columns: has_border, row: None }
    }
}

/// Outlook's paragraphs stand close together; an empty one between them is its empty line.
fn paragraph_breaks(tag: &Tag<'_>) -> usize {
    let attributes = tag.attributes.as_bytes();
    let is_close = memchr::memchr_iter(b'M', attributes)
        .any(|at| attributes.get(at..).is_some_and(|found| found.starts_with(b"MsoNormal")));
    if is_close { 1 } else { 2 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn html_reads_as_a_person_would_type_it() {
        let cases = [
            ("<p>one</p><p>two</p>", "one\n\ntwo"),
            ("<div>one</div><div><br></div><div>two</div>", "one\n\ntwo"),
            ("a<br>b<br/>c", "a\nb\nc"),
            (
                "<p class=MsoNormal>a</p><p class=MsoNormal>b</p><p class=MsoNormal>&nbsp;</p><p class=MsoNormal>c</p>",
                "a\nb\n\nc",
            ),
            (
                "On Monday x wrote:<br><blockquote>q1<br>q2<blockquote>deep</blockquote></blockquote>mine",
                "On Monday x wrote:\n> q1\n> q2\n> > deep\nmine",
            ),
            ("<ul><li>a<li>b</ul><ol><li>c</li><li>d</li></ol>", "- a\n- b\n1. c\n2. d"),
            ("<table><tr><td>k</td><td>v</td></tr><tr><td>x</td></tr></table>", "k v\nx"),
            ("a &amp; b &lt;c&gt; &eacute;&#233; &unknown; AT&T", "a & b <c> éé &unknown; AT&T"),
            ("<style>p{}</style><script>alert(1)</script><title>t</title>seen<!-- not -->", "seen"),
            (
                "<a href=\"https://example.com/x\">here</a> <a href='https://example.com'>example.com</a>",
                "here <https://example.com/x> example.com",
            ),
            ("<pre>a\n  b</pre>", "a\n  b"),
            ("<table><tr><th>Name<th>Room</tr><tr><td>Ana<td>7</table>x", "Name | Room\nAna | 7\nx"),
            ("<table border=1><tr><td><p>a</p></td><td>b</td></tr></table>", "a | b"),
            ("<table border=1><tr><td>a<td>b<tr><td></td><td>c</td></tr></table>", "a | b\n| c"),
            ("<ol start=9><li>a<li>b<li value=3>c</ol>", "9. a\n10. b\n3. c"),
            ("<ol type=a><li>x<li>y</ol><ol type=I><li>x<li value=14>y</ol>", "a. x\nb. y\nI. x\nXIV. y"),
            ("<ol start=-1 type=a><li>x</ol>", "-1. x"),
            (
                "a<blockquote style='margin:0 0 0 40px;border:none;padding:0px'>b<br>c</blockquote>d",
                "a\n  b\n  c\nd",
            ),
            (
                "a<blockquote class='webkit-indent-blockquote' style='margin:0 0 0 40px;border:none'>b</blockquote>d",
                "a\n  b\nd",
            ),
            ("<blockquote class=gmail_quote style='margin:0 0 0 40px;border:none'>b</blockquote>", "  b"),
            ("<blockquote class=gmail_quote style='margin:0 0 0 .8ex;border:none'>b</blockquote>", "> b"),
            (
                "<blockquote type=cite style='border:none'>q<blockquote style='border: none'>b</blockquote>r</blockquote>",
                "> q\n>   b\n> r",
            ),
            (
                "</blockquote>a<blockquote style='border-left:1px solid'>q</blockquote></blockquote>b",
                "a\n> q\nb",
            ),
            ("<h1>Outage</h1>since noon", "Outage\nsince noon"),
            ("1 < 2 and <unclosed", "1 < 2 and"),
            ("<img alt='a cat' src=cid:1>", "[a cat]"),
            (
                "<details><summary>More</summary>a</details><select><option>b<option>c</select>",
                "More\na\nb\nc",
            ),
        ];
        for (html, expected) in cases {
            assert_eq!(to_text(html), expected, "{html}");
        }
    }

    #[test]
    fn hostile_html_is_read_in_one_pass() {
        for pattern in [
            "<",
            "<a '",
            "<!--",
            "</",
            "&",
            "&amp",
            "<script>",
            "<a href=",
            "<blockquote>",
            "<ul>",
            "\u{a0}",
            "<th>",
        ] {
            assert!(to_text(&pattern.repeat(100_000)).len() < 20_000_000);
        }
    }
}

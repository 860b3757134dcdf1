//! Quotations and signatures that the HTML of a mail program marks as such, in lines of its text.
//!
//! Where the text was made of the HTML, it is known which line comes whence. Elsewhere what stands above the container is
//! looked for at the top of the text, letter by letter. Where the two differ, the lines decide alone.

use super::containers::Containers;
use super::drawn::STROKES;
use super::marks::is_quoted;
use crate::message::html::{Places, to_text};
use std::ops::Range;

/// How many letters of a quotation's beginning are looked for in a text that differs above it, and how few will do.
const BEGINNING_CHARS_MAX: usize = 48;
const BEGINNING_CHARS_MIN: usize = 12;
/// How much HTML is read for them.
const BEGINNING_BYTES_MAX: usize = 4_000;
/// Where the HTML says that something else begins, in lines of the text.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(in crate::message) struct Structure {
    /// From this line on all is quoted.
    pub(super) quotation_from: Option<usize>,
    /// The quotation may be a passage that the writer sets off.
    pub(super) may_be_own: bool,
    /// These lines are quoted, without marks, and the writer's words follow them.
    pub(super) enclosed: Option<Range<usize>>,
    /// These lines are a signature.
    pub(super) signature: Option<Range<usize>>,
}

impl Structure {
    /// The lines of a text at which the containers stand. `places` are those of the text in this HTML, where it was made of
    /// that.
    pub(in crate::message) fn of(
        containers: &Containers,
        html: &str,
        text: &str,
        places: Option<&Places>,
    ) -> Self {
        let line = |at: usize| match places {
            Some(places) => places.line_from(at),
            None => html.get(..at).and_then(|above| line_behind(text, &to_text(above))),
        };
        let by_its_beginning = |at: usize| line_of_beginning(text, html.get(at..)?);
        let is_below_answer = |line: &usize| text.lines().take(*line).any(says_something);
        let quotation_from = containers.quotation.and_then(|at| {
            let from = line(at).filter(is_below_answer).or_else(|| by_its_beginning(at));
            from.filter(|line| *line > 0)
        });
        let enclosed = containers.enclosed.as_ref().and_then(|range| {
            let lines = line(range.start)?..line(range.end)?;
            let is_marked = || text.split('\n').take(lines.end).skip(lines.start).any(is_quoted);
            (0 < lines.start && lines.start < lines.end && !is_marked()).then_some(lines)
        });
        let signature = containers.signature.as_ref().and_then(|range| {
            let (from, to) = (line(range.start)?, line(range.end)?);
            (0 < from && from < to).then_some(from..to)
        });
        let may_be_own = containers.may_be_own && quotation_from.is_some();
        Self { quotation_from, may_be_own, enclosed, signature }
    }

    /// Whether a line stands in a quotation below which the writer goes on.
    pub(super) fn encloses(&self, line: usize) -> bool {
        self.enclosed.as_ref().is_some_and(|enclosed| enclosed.contains(&line))
    }
}

/// Whether somebody may have written a line as an answer, if only `?` or a thumb: more than what is drawn above a quotation.
fn says_something(line: &str) -> bool {
    let is_drawn = |c: char| c.is_whitespace() || STROKES.contains(&c) || matches!(c, '<' | '>' | '|' | '.');
    !line.chars().all(is_drawn)
}

/// The line at which the words that open a quotation stand, and nowhere else. Above it plain text and HTML may differ in
/// links, in stars around bold words, in names of pictures.
fn line_of_beginning(text: &str, quotation: &str) -> Option<usize> {
    let opening = quotation.get(..quotation.floor_char_boundary(BEGINNING_BYTES_MAX))?;
    let letters = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).collect::<String>();
    let opening: String = letters(&to_text(opening)).chars().take(BEGINNING_CHARS_MAX).collect();
    if opening.chars().count() < BEGINNING_CHARS_MIN {
        return None;
    }
    let mut all = String::with_capacity(text.len());
    let mut starts = Vec::new();
    for line in text.split('\n') {
        starts.push(all.len());
        all.extend(line.chars().filter(|c| c.is_alphanumeric()));
    }
    let at = all.find(&opening).filter(|at| all.rfind(&opening) == Some(*at))?;
    // of several lines that begin here, the last one holds the words
    let line = starts.partition_point(|start| *start <= at) - 1;
    (starts.get(line) == Some(&at)).then_some(line)
}

/// The number of the line that follows these words, where the text begins with them.
fn line_behind(text: &str, words: &str) -> Option<usize> {
    let mut wanted = words.chars().filter(|c| c.is_alphanumeric()).peekable();
    wanted.peek()?;
    let mut lines = 0;
    for c in text.chars() {
        if c == '\n' {
            lines += 1;
            if wanted.peek().is_none() {
                return Some(lines);
            }
        } else if c.is_alphanumeric() && wanted.next() != Some(c) {
            return None;
        }
    }
    wanted.peek().is_none().then_some(lines + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::html::read_out;
    use crate::vocab::Limits;

    fn within(html: &str, text: &str) -> Structure {
        Structure::of(&Containers::find(html, &Limits::default()).unwrap(), html, text, None)
    }

    /// By the places of the text in the HTML, which say the same as its letters.
    fn found(html: &str) -> Structure {
        let out = read_out(html, usize::MAX);
        let containers = Containers::find(html, &Limits::default()).unwrap();
        let found = Structure::of(&containers, html, &out.text, Some(&out.places));
        assert_eq!(found, within(html, &out.text), "{html}");
        found
    }

    #[test]
    fn containers_of_mail_programs_say_where_a_quotation_begins() {
        for container in [
            "<div class=\"gmail_quote\"><div dir=ltr>attribution</div><blockquote>old</blockquote></div>",
            "<div id=\"x_divRplyFwdMsg\">head</div><div>old</div>",
            "<div class=\"a yahoo_quoted\"><div>old</div></div>",
            "<div name=\"quote\"><div>old</div></div><br>",
            "<blockquote type=\"cite\"><div>old</div></blockquote>",
            "<hr id=x_x_stopSpelling><div>old</div>",
            "<div class=ydp1a2byahoo_quoted><div>old</div></div>",
            "<div style='border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm'>head</div><p>old</p>",
        ] {
            let html = format!("<div>new</div><div>lines</div>{container}");
            assert_eq!(found(&html).quotation_from, Some(2), "{html}");
        }
    }

    #[test]
    fn an_answer_without_letters_is_an_answer_and_a_drawn_line_is_none() {
        let line = |above: &str| {
            let html = format!("<div>{above}</div><div class=gmail_quote>old</div>");
            let out = read_out(&html, usize::MAX);
            let containers = Containers::find(&html, &Limits::default()).unwrap();
            Structure::of(&containers, &html, &out.text, Some(&out.places)).quotation_from
        };
        for above in ["\u{1f44d}", "?", ":)", "+1"] {
            assert_eq!(line(above), Some(1), "{above}");
        }
        for above in ["<hr>", "...", "&lt;", "────"] {
            assert_eq!(line(above), None, "{above}");
        }
    }

    #[test]
    fn words_below_or_within_a_container_leave_it_to_the_lines() {
        for html in [
            "<div>new</div><div class=gmail_quote>old</div><div>below</div>",
            "<div>new</div><div class=gmail_quote>a<blockquote>old</blockquote>mine<blockquote>old</blockquote></div>",
            "<div class=gmail_quote>old</div>",
            "<p>new</p><p class=gmail_quoted>kept</p>",
            "<p>new</p><blockquote class=gmail_quote style='margin:0 0 0 40px;border:none;padding:0px'>kept</blockquote>",
        ] {
            assert_eq!(found(html).quotation_from, None, "{html}");
        }
    }

    #[test]
    fn a_passage_that_the_writer_sets_off_at_the_end_is_kept() {
        let reply = |html: &str| {
            let structure = found(html);
            super::super::split(&read_out(html, usize::MAX).text, &structure).reply
        };
        let passage = "<blockquote class=gmail_quote>The valve must be open.</blockquote>";
        assert_eq!(
            reply(&format!("<div>The manual says:</div>{passage}")),
            "The manual says:\n> The valve must be open."
        );
        for (above, quoted) in [
            ("<p>Yes.</p><p>2 Mar 2026, 9:05 Ana:</p>", passage),
            ("<p>Yes.</p>", "<div class=gmail_quote>The valve must be open.</div>"),
            ("<p>Yes.</p>", "<blockquote type=cite class=gmail_quote>The valve must be open.</blockquote>"),
            (
                "<p>Yes.</p>",
                "<blockquote class=gmail_quote>Hello Uma,<br>the valve must be open.</blockquote>",
            ),
            ("<p>Yes.</p>", "<blockquote class=gmail_quote>Yes<blockquote>or no?</blockquote></blockquote>"),
        ] {
            let reply = reply(&format!("{above}{quoted}"));
            assert!(reply.starts_with("Yes.") && !reply.contains('>'), "{quoted}\n{reply}");
        }
    }

    #[test]
    fn words_below_a_container_without_marks_leave_its_lines_quoted() {
        for container in [
            "<div class=yahoo_quoted><div>attribution</div><div>old</div></div>",
            "<table id=mail-editor-reference-message-container><tr><td>attribution<br>old</td></tr></table>",
        ] {
            let html = format!("<div>new</div>{container}<div>below</div>");
            let expected = Structure { enclosed: Some(1..3), ..Structure::default() };
            assert_eq!(found(&html), expected, "{html}");
            let text = "new\nattribution\nold\nbelow";
            assert_eq!(super::super::split(text, &expected).reply, text);
        }
    }

    #[test]
    fn a_plain_text_that_differs_above_the_quotation_is_cut_where_the_quotation_begins() {
        let html = "<div>see <a href=x>this</a><img src=cid:1></div><div id=divRplyFwdMsg><b>Seolta:</b> Ana Lyst</div>old";
        for (text, line) in [
            ("see this <x> [cid:1]\n\nSeolta: Ana Lyst\n\nold", Some(2)),
            ("see this <x>\nSeolta: Ana Lyst old\nSeolta: Ana Lyst old", None),
            ("see this <x>: Seolta: Ana Lyst old", None),
            ("see this <x>\nold", None),
        ] {
            assert_eq!(within(html, text).quotation_from, line, "{text}");
        }
    }

    #[test]
    fn signatures_that_are_marked_are_found() {
        let html =
            "<div>new</div><div class=gmail_signature>Uma<br>Accounts</div><div class=gmail_quote>old</div>";
        assert_eq!(
            found(html),
            Structure { quotation_from: Some(3), signature: Some(1..3), ..Structure::default() }
        );
    }

    #[test]
    fn thousands_of_containers_are_read_in_one_pass() {
        for piece in ["<div class=gmail_quote>", "<blockquote type=cite>x", "</div>", "<div id=signature>a"] {
            let html = format!("<p>new</p>{}", piece.repeat(100_000));
            let _found = Containers::find(&html, &Limits::default());
        }
    }
}

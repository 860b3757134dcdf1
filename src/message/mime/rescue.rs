//! A multipart in which its boundary does not occur: it is taken behind blanks, or the one that is in use; else all of it
//! is one text.

use super::super::header;
use super::outside::text_part;
use super::{Group, Leaf, Open, Walk, before_line_break, part};

/// The longest line that is taken for a delimiter.
const DELIMITER_BYTES_MAX: usize = 200;
/// How deep such multiparts are looked for within each other: each is gone over once more.
const RESCUES_DEEP_MAX: usize = 4;

impl<'x> Walk<'x, '_> {
    /// Finds the parts of a mail whose boundary occurs nowhere in it.
    pub(super) fn rescue_mail(&mut self, start: usize, boundary: &[u8]) {
        if self.rescue(start, Group::default(), false, boundary) {
            return;
        }
        let raw = self.raw.get(start..).unwrap_or_default();
        self.parts.push(text_part(start, raw));
    }

    /// The multiparts from this depth on end at the line that begins at `position`; those without a part are rescued.
    pub(super) fn leave_to(&mut self, depth: usize, position: usize) {
        while self.open.len() > depth {
            let Some(open) = self.open.pop() else { return };
            if let Some(body) = open.body {
                self.rescue_multipart(
                    body,
                    (open.group, open.is_digest),
                    &open.delimiter,
                    before_line_break(self.raw, position),
                );
            }
        }
    }

    fn rescue_multipart(
        &mut self,
        body: Leaf<'x>,
        (group, is_digest): (Group, bool),
        boundary: &[u8],
        end: usize,
    ) {
        let slice = self.raw.get(body.from..end).unwrap_or_default();
        if slice.iter().all(u8::is_ascii_whitespace) {
            return;
        }
        self.defects.add(super::BOUNDARY_UNUSED);
        if self.rescues < RESCUES_DEEP_MAX {
            let raw = self.raw;
            self.raw = raw.get(..end).unwrap_or_default();
            let outside = std::mem::take(&mut self.open);
            self.depth_outside += outside.len();
            self.rescues += 1;
            let is_rescued = self.rescue(body.from, group, is_digest, boundary);
            self.rescues -= 1;
            self.depth_outside -= outside.len();
            (self.raw, self.open) = (raw, outside);
            if is_rescued {
                return;
            }
        }
        self.parts.push(part(body, slice));
    }

    /// Takes the declared boundary behind blanks, else the first one in use; `false` where there is none.
    fn rescue(&mut self, start: usize, group: Group, is_digest: bool, boundary: &[u8]) -> bool {
        if !self.is_indented && self.stands_indented(start, boundary) {
            self.open.push(Open { delimiter: boundary.to_vec(), group, is_digest, body: None });
            self.is_indented = true;
            self.lines(start);
            self.is_indented = false;
            return true;
        }
        let mut position = start;
        while let Some((line, next)) = header::line_at(self.raw, position) {
            let delimiter = line.strip_prefix(b"--").map(<[u8]>::trim_ascii_end).unwrap_or_default();
            let follows_header = self.raw.get(next..).is_some_and(|rest| {
                rest.get(..8).is_some_and(|start| start.eq_ignore_ascii_case(b"content-"))
            });
            if !delimiter.is_empty() && delimiter.len() <= DELIMITER_BYTES_MAX && follows_header {
                self.open.push(Open { delimiter: delimiter.to_vec(), group, is_digest, body: None });
                // a first part without a header stands above
                self.lines(start);
                return true;
            }
            position = next;
        }
        false
    }

    /// Whether a boundary delimits something behind blanks.
    fn stands_indented(&self, start: usize, boundary: &[u8]) -> bool {
        let mut position = start;
        while let Some((line, next)) = header::line_at(self.raw, position) {
            position = next;
            let is_indented = line.first().is_some_and(u8::is_ascii_whitespace);
            if is_indented && line.trim_ascii().strip_prefix(b"--") == Some(boundary) {
                return !boundary.is_empty();
            }
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::{Defects, Limits};
    use super::super::{Fields, walk};

    fn parts(raw: &str) -> (Vec<(String, String)>, Vec<String>) {
        let mut defects = Defects::default();
        let fields = Fields::read(raw.as_bytes(), 0, 1_000);
        let tree = walk(raw.as_bytes(), fields, &Limits::default(), &mut defects);
        let text = |raw: &[u8]| String::from_utf8_lossy(raw).into_owned();
        (tree.parts.iter().map(|part| (part.media_type.clone(), text(part.raw))).collect(), defects.0)
    }

    #[test]
    fn parts_of_an_inner_multipart_are_found_though_its_boundary_is_wrong() {
        const INNER: &str =
            "--i\nContent-Type: text/html\n\nhello\n--i\nContent-Type: image/png\n\nPNG\n--i--\n";
        let found = [("text/html", "hello"), ("image/png", "PNG")];
        for (kind, inner, expected) in [
            ("multipart/mixed; boundary=x", INNER, &found[..]),
            ("multipart/alternative; boundary=x", INNER, &found),
            ("multipart/mixed", INNER, &found),
            ("multipart/mixed; boundary=x", "only words", &[("text/plain", "only words")]),
            ("multipart/mixed; boundary=x", "only words\n--x--", &[("text/plain", "only words")]),
            ("multipart/mixed", "--\nonly words", &[("text/plain", "--\nonly words")]),
            ("multipart/mixed; boundary=x", " \n", &[]),
            ("multipart/mixed; boundary=x", "--x--", &[]),
            ("multipart/mixed; boundary=x", "preamble\n--x\n\nhello", &[("text/plain", "hello")]),
            ("multipart/mixed; boundary=i", &INNER.replace("--i", "  --i"), &found),
            // where it delimits as it should, lines like it are somebody's text
            ("multipart/mixed; boundary=x", "--x\n\n --x\nhello", &[("text/plain", " --x\nhello")]),
            ("multipart/mixed; boundary=x", "words\n --y\n --xx", &[("text/plain", "words\n --y\n --xx")]),
        ] {
            for end in ["--b\nContent-Type: text/csv\n\n1\n--b--\n", "--b--\n"] {
                let raw = format!(
                    "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: {kind}\n\n{inner}\n{end}"
                );
                let (found, _) = parts(&raw);
                let found: Vec<_> = found.iter().map(|(kind, raw)| (kind.as_str(), raw.as_str())).collect();
                let mut expected = expected.to_vec();
                expected.extend(end.contains("csv").then_some(("text/csv", "1")));
                assert_eq!(found, expected, "{kind} {inner:?} {end:?}");
            }
        }
    }

    #[test]
    fn wrong_boundaries_within_each_other_end_as_text() {
        let deep = (0..300)
            .map(|level| format!("--b{level}\nContent-Type: multipart/mixed; boundary=x{level}\n\n"))
            .collect::<Vec<_>>()
            .concat();
        let raw = format!("Content-Type: multipart/mixed; boundary=b0\n\n{deep}words\n");
        let (found, defects) = parts(&raw);
        assert!(matches!(found.as_slice(), [(kind, text)] if kind == "text/plain" && text.contains("words")));
        assert!(defects.contains(&super::super::BOUNDARY_UNUSED.to_owned()));
    }
}

//! The entries of an address field, told from each other where no comma does.

/// An address field with a comma behind each `>` that another address in brackets follows: without it the two would be
/// read as one that nobody has.
pub(super) fn divided(line: &str) -> String {
    let mut written = String::with_capacity(line.len() + 8);
    let mut scan = Scan::default();
    // where the bracket ended behind which no comma has been seen yet
    let mut ended: Option<usize> = None;
    for c in line.chars() {
        let is_syntax = scan.take(c);
        let has_ended = is_syntax && c == '>' && scan.is_bracketed;
        match c {
            _ if !is_syntax => {}
            '<' => {
                if let Some(at) = ended.take() {
                    written.insert(at, ',');
                }
                scan.is_bracketed = true;
            }
            '>' => scan.is_bracketed = false,
            ',' | ';' | ':' if !scan.is_bracketed => ended = None,
            _ => {}
        }
        written.push(c);
        if has_ended {
            ended = Some(written.len());
        }
    }
    written
}

/// Whether a field has one pair of brackets or none, as most have: then nothing about them is odd.
pub(super) fn has_plain_brackets(line: &str) -> bool {
    let bytes = line.as_bytes();
    let mut brackets = memchr::memchr2_iter(b'<', b'>', bytes);
    match [brackets.next(), brackets.next(), brackets.next()] {
        [None, ..] => true,
        [Some(first), Some(second), None] => {
            [first, second].map(|at| bytes.get(at).copied()) == [Some(b'<'), Some(b'>')]
        }
        _ => false,
    }
}

/// Whether each bracket ends that begins, not counting those in quoted names and comments. One too many that ends is part of
/// a name, as in `A -> B`.
pub(super) fn has_closed_brackets(line: &str) -> bool {
    let count = |bracket: u8| memchr::memchr_iter(bracket, line.as_bytes()).count();
    if count(b'<') == count(b'>') {
        return true;
    }
    let mut scan = Scan::default();
    let (mut begun, mut ended) = (0_usize, 0_usize);
    for c in line.chars() {
        let is_syntax = scan.take(c);
        begun += usize::from(is_syntax && c == '<');
        ended += usize::from(is_syntax && c == '>');
    }
    begun <= ended
}

/// Whether a quotation mark or a comment never ends: what stands behind it may be part of a name, or none.
pub(super) fn never_ends(line: &str) -> bool {
    let count = |sign: u8| memchr::memchr_iter(sign, line.as_bytes()).count();
    if count(b'\\') == 0 && count(b'"').is_multiple_of(2) && count(b'(') == count(b')') {
        return false;
    }
    let mut scan = Scan::default();
    for c in line.chars() {
        scan.take(c);
    }
    scan.is_quoted || scan.comments > 0
}

/// The entries of an address field, without the names of groups.
pub(super) fn entries(line: &str) -> Entries<'_> {
    Entries(line)
}

/// The entries of an address field that are still to be read.
pub(super) struct Entries<'l>(&'l str);

impl<'l> Iterator for Entries<'l> {
    type Item = &'l str;

    fn next(&mut self) -> Option<Self::Item> {
        let line = self.0;
        let mut scan = Scan::default();
        let (mut start, mut is_literal) = (0, false);
        for (at, c) in line.char_indices() {
            match c {
                _ if !scan.take(c) => {}
                '[' | ']' => is_literal = c == '[',
                '<' | '>' => scan.is_bracketed = c == '<',
                ',' | ';' if !scan.is_bracketed => {
                    self.0 = line.get(at + 1..).unwrap_or_default();
                    return line.get(start..at);
                }
                ':' if !scan.is_bracketed
                    && !is_literal
                    && !line.get(start..at).is_some_and(ends_in_scheme) =>
                {
                    start = at + 1;
                }
                _ => {}
            }
        }
        self.0 = "";
        line.get(start..).filter(|entry| !entry.is_empty())
    }
}

/// Whether a colon behind this text is that of `mailto:`, and ends no name of a group.
fn ends_in_scheme(text: &str) -> bool {
    const SCHEME: &str = "mailto";
    let start = text.len().checked_sub(SCHEME.len());
    start.and_then(|start| text.get(start..)).is_some_and(|end| end.eq_ignore_ascii_case(SCHEME))
}

/// What stands open where a field is read letter by letter.
#[derive(Debug, Default)]
pub(super) struct Scan {
    pub(super) is_quoted: bool,
    /// The next letter means itself.
    pub(super) is_escaped: bool,
    /// How many comments are open within each other.
    pub(super) comments: usize,
    /// Set by whoever scans: only where brackets are syntax do they enclose anything.
    pub(super) is_bracketed: bool,
}

impl Scan {
    /// Goes over a letter; whether it is syntax, and no part of a quoted name or a comment.
    pub(super) fn take(&mut self, c: char) -> bool {
        if std::mem::take(&mut self.is_escaped) {
            return false;
        }
        match c {
            '\\' => self.is_escaped = true,
            '"' if self.comments == 0 => self.is_quoted = !self.is_quoted,
            '(' if !self.is_quoted => self.comments += 1,
            ')' if !self.is_quoted => self.comments = self.comments.saturating_sub(1),
            _ => return !self.is_quoted && self.comments == 0,
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::{divided, entries};

    #[test]
    fn entries_are_told_by_commas_that_are_no_part_of_them() {
        for (line, expected) in [
            ("a@b, c@d;e@f", &["a@b", " c@d", "e@f"][..]),
            ("team: a@b, \"C, D\" <c@d>; e@f", &[" a@b", " \"C, D\" <c@d>", " e@f"]),
            ("<@x,@y:a@b>,c@d", &["<@x,@y:a@b>", "c@d"]),
            ("(a, b) c@d,", &["(a, b) c@d"]),
            ("team: Ann [MAILTO:a@b]", &[" Ann [MAILTO:a@b]"]),
            (",", &[""]),
            ("", &[]),
        ] {
            assert_eq!(entries(line).collect::<Vec<_>>(), expected, "{line}");
        }
    }

    #[test]
    fn addresses_in_brackets_are_told_from_each_other() {
        for (written, expected) in [
            ("<a@b> <c@d>", "<a@b>, <c@d>"),
            ("A <a@b> \"C, D\" <c@d> <e@f>", "A <a@b>, \"C, D\" <c@d>, <e@f>"),
            ("<a@b> (one) <c@d>", "<a@b>, (one) <c@d>"),
            ("<a@b>, <c@d>", "<a@b>, <c@d>"),
            ("team: <a@b>; <c@d>", "team: <a@b>; <c@d>"),
            ("\"<a@b>\" <c@d>", "\"<a@b>\" <c@d>"),
            ("(<a@b>) <c@d>", "(<a@b>) <c@d>"),
            ("A <<a@b>>", "A <<a@b>>"),
            ("a > b <c@d> <", "a > b <c@d>, <"),
            ("\"a\\\" <a@b> <c@d>", "\"a\\\" <a@b> <c@d>"),
        ] {
            assert_eq!(divided(written), expected, "{written}");
        }
    }
}

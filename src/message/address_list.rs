//! The entries of an address field, told from each other where no comma does.

use std::borrow::Cow;

/// An address field with a comma behind each `>` that another address in brackets follows: without it the two would be
/// read as one that nobody has.
pub(super) fn divided(line: &str) -> Cow<'_, str> {
    if line.matches('<').nth(1).is_none() {
        return Cow::Borrowed(line);
    }
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
    Cow::Owned(written)
}

/// What stands open where a field is read letter by letter.
#[derive(Debug, Default)]
struct Scan {
    is_quoted: bool,
    is_escaped: bool,
    comments: usize,
    is_bracketed: bool,
}

impl Scan {
    /// Goes over a letter; whether it is syntax, and no part of a quoted name or a comment.
    fn take(&mut self, c: char) -> bool {
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
    use super::divided;

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

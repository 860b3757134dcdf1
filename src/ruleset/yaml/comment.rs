//! Where the comments of a text are: what stands in quotes and in blocks of text is none.

/// One comment, to the end of its line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Comment {
    /// Its `#`.
    pub start: usize,
    /// One after its last character.
    pub end: usize,
    /// Its line, from 1.
    pub line: usize,
    /// Whether nothing else stands in the line.
    pub is_alone: bool,
}

/// All comments of a text, in order.
pub fn comments(text: &str) -> Vec<Comment> {
    let mut scan = Scan::default();
    let mut found = Vec::new();
    let mut start = 0;
    for (at, line) in text.split_inclusive('\n').enumerate() {
        let content = line.trim_end_matches(['\n', '\r']);
        if let Some(column) = scan.line(content) {
            let is_alone = content.get(..column).is_some_and(|before| before.trim().is_empty());
            found.push(Comment { start: start + column, end: start + content.len(), line: at + 1, is_alone });
        }
        start += line.len();
    }
    found
}

/// What goes on from one line into the next.
#[derive(Default)]
struct Scan {
    quote: Option<char>,
    /// The column of the key to which a block of text belongs.
    block: Option<usize>,
}

impl Scan {
    /// The first byte of the comment in a line.
    fn line(&mut self, line: &str) -> Option<usize> {
        let indentation = line.len() - line.trim_start_matches(' ').len();
        if let Some(column) = self.block {
            if line.trim().is_empty() || indentation > column {
                return None;
            }
            self.block = None;
        }
        let mut before = ' ';
        let mut is_escaped = false;
        let mut comment = None;
        for (at, c) in line.char_indices() {
            match (self.quote, c) {
                (Some('"'), '\\') if !is_escaped => {
                    is_escaped = true;
                    continue;
                }
                (Some(mark), _) if mark == c && !is_escaped => self.quote = None,
                (None, '\'') if before == '\'' => self.quote = Some(c),
                (None, '"' | '\'') if " \t[{,:".contains(before) => self.quote = Some(c),
                (None, '#') if " \t".contains(before) => {
                    comment = Some(at);
                    break;
                }
                _ => {}
            }
            is_escaped = false;
            before = c;
        }
        let content = line.get(..comment.unwrap_or(line.len())).unwrap_or(line).trim_end();
        if self.quote.is_none() && begins_block(content) {
            let key = content.trim_start_matches([' ', '-']);
            self.block = Some(content.len() - key.len());
        }
        comment
    }
}

/// Whether the lines behind it, where they are indented further, are a text as they stand.
fn begins_block(content: &str) -> bool {
    let sign = content.trim_end_matches(|c: char| c.is_ascii_digit() || "+-".contains(c));
    let Some(mut before) = sign.strip_suffix(['|', '>']).filter(|before| before.ends_with([' ', '\t']))
    else {
        return false;
    };
    // a tag or the name of an anchor may stand between
    while let Some((rest, word)) = before.trim_end().rsplit_once([' ', '\t'])
        && word.starts_with(['!', '&'])
    {
        before = rest;
    }
    before.trim_end().ends_with([':', '-'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_are_told_from_texts() {
        let text = "# one\na: b # two\r\nc: \"# x\" # three\nd: 'it''s # x'\ne: it's #x\nf: |-\n  # x\n\n  # x\n# four\n- g: >\n    # x\n  h: \"x\n    # x\" # five\nä#b: 1\n";
        let found: Vec<&str> =
            comments(text).iter().map(|found| text.get(found.start..found.end).unwrap()).collect();
        assert_eq!(found, ["# one", "# two", "# three", "#x", "# four", "# five"]);
        let alone: Vec<(usize, bool)> =
            comments(text).iter().map(|found| (found.line, found.is_alone)).collect();
        assert_eq!(alone, [(1, true), (2, false), (3, false), (5, false), (10, true), (14, false)]);
    }
}

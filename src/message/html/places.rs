//! Where the lines of a text come from that was made of HTML.

/// For each line of a text, from where to where in the HTML its words come, in bytes.
#[derive(Debug, Default)]
pub(in super::super) struct Places(Vec<(usize, usize)>);

impl Places {
    pub(super) fn begin_line(&mut self, at: usize) {
        self.0.push((at, at));
    }

    pub(super) fn go_on(&mut self, at: usize) {
        if let Some((_, last)) = self.0.last_mut() {
            *last = at;
        }
    }

    /// The line that begins with what stands here in the HTML or further on; `None` where a line goes on across this place, and
    /// where nothing stands above it.
    pub(in super::super) fn line_from(&self, at: usize) -> Option<usize> {
        let line = self.0.partition_point(|(first, _)| *first < at);
        let above = line.checked_sub(1).and_then(|above| self.0.get(above))?;
        (above.1 < at).then_some(line)
    }
}

#[cfg(test)]
mod tests {
    use super::super::read_out;

    #[test]
    fn lines_are_found_by_where_their_words_stand_in_the_html() {
        let html = "<p>one</p><!-- - --><p>two <i>and</i> three</p><br>&#128077;<div>four</div>";
        let out = read_out(html, usize::MAX);
        assert_eq!(out.text, "one\n\ntwo and three\n\n\u{1f44d}\nfour");
        let line = |words: &str| out.places.line_from(html.find(words).unwrap());
        assert_eq!(line("<p>one"), None);
        assert_eq!(line("<!--"), Some(1));
        assert_eq!(line("<i>"), None);
        assert_eq!(line("<br>"), Some(3));
        assert_eq!(line("<div>"), Some(5));
        assert_eq!(out.places.line_from(html.len()), Some(6));
    }
}

//! Where the words of a text end.

/// Where words end that stand one space apart: at the first character that is more or less than one space between words.
#[inline]
pub(super) fn end_of_words(text: &str) -> usize {
    let goes_on = |pair: &[u8]| match pair {
        [b' ', next] => next.is_ascii_graphic(),
        [byte, _] => byte.is_ascii_graphic(),
        _ => false,
    };
    let has_words = text.as_bytes().first().is_some_and(u8::is_ascii_graphic);
    let mut pairs = text.as_bytes().windows(2);
    let words = if has_words { pairs.position(|pair| !goes_on(pair)).unwrap_or(text.len() - 1) } else { 0 };
    let rest = text.get(words..).unwrap_or_default();
    words + rest.find(is_special).unwrap_or(rest.len())
}

/// What separates words, or is not seen.
fn is_special(c: char) -> bool {
    c.is_whitespace() || c.is_control() || matches!(c, '\u{ad}' | '\u{200b}' | '\u{200c}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::end_of_words;

    #[test]
    fn words_one_space_apart_are_taken_together() {
        for (text, words) in [
            ("", ""),
            ("one", "one"),
            ("one two, three.", "one two, three."),
            ("one two ", "one two"),
            ("one  two", "one"),
            ("one \u{fc}ber", "one"),
            ("f\u{fc}r two", "f\u{fc}r"),
            (" one", ""),
            ("\tone", ""),
            ("one\u{a0}two", "one"),
            ("one\u{ad}two", "one"),
            ("\u{65e5}\u{672c} \u{8a9e}", "\u{65e5}\u{672c}"),
        ] {
            assert_eq!(text.get(..end_of_words(text)), Some(words), "{text}");
        }
    }
}

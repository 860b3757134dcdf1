//! Text that strangers wrote, made fit for one line of a header or a screen.

/// The text on one line: without control characters and marks that turn the direction of writing, with
/// single spaces, and no longer than so many characters.
pub(super) fn one_line(text: &str, chars_max: usize) -> String {
    let mut line = String::new();
    let mut count = 0;
    for word in text.split(|c: char| c.is_whitespace() || c.is_control()) {
        let mut word = word.chars().filter(|&c| !deceives(c)).peekable();
        if word.peek().is_none() {
            continue;
        }
        let gap = (!line.is_empty()).then_some(' ');
        for c in gap.into_iter().chain(word) {
            if count == chars_max {
                return line.trim_end().to_owned();
            }
            line.push(c);
            count += 1;
        }
    }
    line
}

/// Marks of writing direction and other characters that show nothing but change what is seen around them.
fn deceives(c: char) -> bool {
    matches!(c,
        '\u{061C}' | '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}'
        | '\u{2066}'..='\u{2069}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn line_breaks_and_direction_marks_are_gone() {
        let cases = [
            ("  Ana \r\n\t Lyst ", "Ana Lyst"),
            ("evil\u{202E}gnp.exe", "evilgnp.exe"),
            ("a\0b\u{7}c", "a b c"),
            ("\u{200B} \u{FEFF}", ""),
            ("Zoë 小林", "Zoë 小林"),
        ];
        for (text, expected) in cases {
            assert_eq!(one_line(text, 40), expected, "{text:?}");
        }
        assert_eq!(one_line("four word line here", 5), "four");
    }

    proptest! {
        #[test]
        fn line_is_one_and_short(text in "\\PC*|.*", most in 0_usize..50) {
            let line = one_line(&text, most);
            prop_assert!(line.chars().count() <= most);
            prop_assert!(!line.chars().any(char::is_control));
            prop_assert_eq!(one_line(&line, most), line);
        }
    }
}

//! Text whose lines were broken by a program: `format=flowed` (RFC 3676).

/// Joins what was one paragraph. `deletes_space` is `DelSp=yes`: the blank at a break is not part of the text.
///
/// Quoted lines keep their marks; the line of a signature, `-- `, is never joined to anything.
pub(super) fn join(text: &str, deletes_space: bool) -> String {
    let mut joined = String::with_capacity(text.len());
    let mut open_depth: Option<usize> = None;
    for line in text.split_inclusive('\n') {
        let (line, has_break) = line.strip_suffix('\n').map_or((line, false), |line| (line, true));
        let content = line.trim_start_matches('>');
        let depth = line.len() - content.len();
        let content = content.strip_prefix(' ').unwrap_or(content);
        let is_signature = content == "-- ";
        // an empty line ends a paragraph and stays: many end their last line with a blank, too
        let ends_paragraph = is_signature || content.is_empty();
        if open_depth.is_some_and(|open| open != depth || ends_paragraph) {
            joined.push('\n');
            open_depth = None;
        }
        if open_depth.is_none() && depth > 0 {
            joined.extend(std::iter::repeat_n('>', depth));
            joined.push_str(if content.is_empty() { "" } else { " " });
        }
        let is_flowed = content.ends_with(' ') && !is_signature && has_break;
        let shown =
            if is_flowed && deletes_space { content.strip_suffix(' ').unwrap_or(content) } else { content };
        joined.push_str(shown);
        if is_flowed {
            open_depth = Some(depth);
        } else {
            open_depth = None;
            joined.push_str(if has_break { "\n" } else { "" });
        }
    }
    if open_depth.is_some() {
        joined.push('\n');
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::join;

    #[test]
    fn paragraphs_are_joined_and_everything_else_stays() {
        for (written, deletes_space, expected) in [
            ("one \ntwo\nthree\n", false, "one two\nthree\n"),
            ("日本 \n語\n", true, "日本語\n"),
            ("> a \n> b\n>> c\nd\n", false, "> a b\n>> c\nd\n"),
            ("> a \nb\n", false, "> a \nb\n"),
            ("bye \n-- \nUma\n", false, "bye \n-- \nUma\n"),
            (" From here\n  two blanks\n", false, "From here\n two blanks\n"),
            (" > no quote\n", false, "> no quote\n"),
            ("ends \n", false, "ends \n"),
            ("", false, ""),
            (">\n> \n", false, ">\n>\n"),
            ("one \n\ntwo \n \nthree\n", false, "one \n\ntwo \n\nthree\n"),
            ("> a \n>\n> b\n", false, "> a \n>\n> b\n"),
            ("one \n", true, "one\n"),
        ] {
            assert_eq!(join(written, deletes_space), expected, "{written:?}");
        }
    }
}

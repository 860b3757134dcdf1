//! Text with plain marks for its looks: `text/enriched` (RFC 1896) and its forerunner `text/richtext` (RFC 1341).

/// The longest command that is taken for one.
const COMMAND_BYTES_MAX: usize = 60;

/// The text without its commands. A single line break only folds a line; of more in a row, one is taken off. `<<` is
/// the sign itself; what a parameter says is for machines.
pub(super) fn to_text(written: &str) -> String {
    let mut text = String::with_capacity(written.len());
    let (mut breaks, mut unfilled, mut is_parameter) = (0_usize, 0_usize, false);
    // one that never ends is shown, rather than the rest of a mail lost
    let last_end = written.rfind("</param>").unwrap_or_default();
    let mut rest = written;
    while let Some(c) = rest.chars().next() {
        let after = rest.get(c.len_utf8()..).unwrap_or_default();
        if let Some((command, behind)) = command(rest) {
            let (is_end, name) = command.strip_prefix('/').map_or((false, command), |name| (true, name));
            match name.to_ascii_lowercase().as_str() {
                "nofill" => count(&mut unfilled, is_end),
                "param" => is_parameter = !is_end && written.len() - rest.len() < last_end,
                "nl" | "np" => breaks += 2,
                "lt" => settle(&mut text, &mut breaks, unfilled > 0, '<'),
                _ => {}
            }
            rest = behind;
            continue;
        }
        rest = if c == '<' { after.strip_prefix('<').unwrap_or(after) } else { after };
        match c {
            _ if is_parameter => {}
            '\n' => breaks += 1,
            _ => settle(&mut text, &mut breaks, unfilled > 0, c),
        }
    }
    text
}

fn count(open: &mut usize, is_end: bool) {
    *open = if is_end { open.saturating_sub(1) } else { *open + 1 };
}

/// Writes the line breaks that are due, then the letter.
fn settle(text: &mut String, breaks: &mut usize, is_unfilled: bool, c: char) {
    match (std::mem::take(breaks), is_unfilled) {
        (0, _) => {}
        (1, false) => text.push(' '),
        (due, _) => text.extend(std::iter::repeat_n('\n', if is_unfilled { due } else { due - 1 })),
    }
    text.push(c);
}

/// The command with which this begins, `<bold>` or `</bold>`, and what stands behind it.
fn command(rest: &str) -> Option<(&str, &str)> {
    let inner = rest.strip_prefix('<')?;
    let near = inner.get(..inner.floor_char_boundary(COMMAND_BYTES_MAX)).unwrap_or_default();
    let (name, _) = near.split_once('>')?;
    let letters = name.strip_prefix('/').unwrap_or(name);
    let is_name =
        !letters.is_empty() && letters.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    is_name.then(|| (name, inner.get(name.len() + 1..).unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::to_text;

    #[test]
    fn commands_go_and_words_stay() {
        for (written, expected) in [
            ("<bold>It</bold> does\nnot work.\n\nSince noon.", "It does not work.\nSince noon."),
            ("<color><param>red</param>red</color> a << b", "red a < b"),
            ("<nofill>a\nb</nofill>\n", "a\nb"),
            ("a<nl>b<lt>c", "a\nb<c"),
            ("1 < 2 and <not a command> x <", "1 < 2 and <not a command> x <"),
            ("<param>never ended", "never ended"),
            ("<param>red</param>a<param>b", "ab"),
            ("", ""),
        ] {
            assert_eq!(to_text(written), expected, "{written}");
        }
    }

    #[test]
    fn hostile_text_is_read_in_one_pass() {
        for pattern in ["<", "<a", "<param>", "</param>", "<<a>", "\n"] {
            let text = pattern.repeat(200_000);
            assert!(to_text(&text).len() <= text.len());
        }
    }
}

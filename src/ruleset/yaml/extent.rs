//! How far lists and maps reach in a text, of which the tree knows the first token only.

/// The end of a list or map that begins with this bracket; the whole rest where it is not closed.
///
/// Quoted text and comments do not count.
pub fn bracket_end(text: &str, start: usize) -> usize {
    let mut depth = 0_usize;
    let mut quote: Option<char> = None;
    let mut before = ' ';
    let mut is_comment = false;
    let mut is_escaped = false;
    for (at, c) in text.get(start..).unwrap_or_default().char_indices() {
        match (quote, c) {
            _ if is_comment => is_comment = c != '\n',
            (Some('"'), '\\') if !is_escaped => {
                is_escaped = true;
                before = c;
                continue;
            }
            (Some(mark), _) if mark == c && !is_escaped => quote = None,
            (None, '\'') if before == '\'' => quote = Some(c),
            (None, '"' | '\'') if " \t\n[{,:".contains(before) => quote = Some(c),
            (None, '#') if before.is_whitespace() => is_comment = true,
            (None, '[' | '{') => depth += 1,
            (None, ']' | '}') => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return start + at + c.len_utf8();
                }
            }
            _ => {}
        }
        is_escaped = false;
        before = c;
    }
    text.len()
}

/// The end of a list or map without brackets that begins here: the last line that is indented as far or
/// further. Comments and empty lines behind it are not a part of it.
pub fn block_end(text: &str, start: usize) -> usize {
    let column = column(text, start);
    let is_list = text.get(start..).is_some_and(|rest| rest.starts_with('-'));
    let mut end = line_end(text, start);
    let mut at = end;
    while at < text.len() {
        let line_start = at + 1;
        let next = line_end(text, line_start);
        let line = text.get(line_start..next).unwrap_or_default();
        let indent = line.len() - line.trim_start_matches(' ').len();
        let content = line.trim();
        at = next.max(line_start);
        if content.is_empty() || (content.starts_with('#') && indent < column) {
            continue;
        }
        let goes_on = indent > column
            || (indent == column
                && (!is_list || content.starts_with("- ") || content == "-" || content.starts_with('#')));
        if !goes_on {
            break;
        }
        if !content.starts_with('#') {
            end = next;
        }
    }
    let covered = text.get(start..end).unwrap_or_default();
    start + covered.trim_end().len()
}

/// The end of whatever list or map begins here.
pub fn end(text: &str, start: usize) -> usize {
    if text.get(start..).is_some_and(|rest| rest.starts_with(['[', '{'])) {
        bracket_end(text, start)
    } else {
        block_end(text, start)
    }
}

/// The dash of a list without brackets, of which the first item begins here; `None` for a list in brackets.
///
/// A list that is indented no further than its key has no place of its own in the tree.
pub fn dash(text: &str, first_item: usize) -> Option<usize> {
    if text.get(first_item..).is_some_and(|rest| rest.starts_with("- ")) {
        return Some(first_item);
    }
    let line = line_start(text, first_item);
    let before = text.get(line..first_item)?;
    let is_first_on_line = before.trim_start().strip_prefix('-').is_some_and(|rest| rest.trim().is_empty());
    is_first_on_line.then(|| line + before.len() - before.trim_start().len())
}

/// How many characters stand before a place in its line.
pub fn column(text: &str, at: usize) -> usize {
    text.get(line_start(text, at)..at).map_or(0, |before| before.chars().count())
}

/// The first byte of the line of a place.
pub fn line_start(text: &str, at: usize) -> usize {
    text.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |line| line + 1)
}

/// The end of the line of a place, without its line break.
pub fn line_end(text: &str, at: usize) -> usize {
    text.get(at..).and_then(|rest| rest.find('\n')).map_or(text.len(), |length| at + length)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of<'t>(text: &'t str, from: &str) -> &'t str {
        let start = text.find(from).unwrap();
        text.get(start..end(text, start)).unwrap()
    }

    #[test]
    fn brackets_end_where_they_close_whatever_is_quoted_within() {
        assert_eq!(of("a: [x, \"]\", ']', it's] # c", "["), "[x, \"]\", ']', it's]");
        assert_eq!(
            of("a: { b: [1,\n 2], # }\n c: \"\\\"}\" }\nd: 1", "{"),
            "{ b: [1,\n 2], # }\n c: \"\\\"}\" }"
        );
        assert_eq!(of("a: ['it''s]', y] z", "["), "['it''s]', y]");
        assert_eq!(of("a: [x", "["), "[x");
    }

    #[test]
    fn blocks_end_with_their_last_indented_line() {
        let text = "a:\n  - one   # first\n  # within\n  - two\n    more\n\n  # behind\nb: 1\n";
        assert_eq!(of(text, "- one"), "- one   # first\n  # within\n  - two\n    more");
        let text = "- name: x\n  expect:\n    action: a\n    reply: b\n\n- name: y\n";
        assert_eq!(of(text, "action"), "action: a\n    reply: b");
        assert_eq!(of(text, "name: x"), "name: x\n  expect:\n    action: a\n    reply: b");
        assert_eq!(of("a:\n- x\n- y\nb: 1", "- x"), "- x\n- y");
    }
}

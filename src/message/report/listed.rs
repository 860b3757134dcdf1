//! What programs write before and behind an address in a list: marks, numbers, links.

/// The most digits of a number in a list.
const LIST_DIGITS_MAX: usize = 3;

/// A line without the links that a program puts behind an address and that say no more than it: `(a@b)<mailto:a@b>`. `None`
/// where there are none.
pub(super) fn without_links(line: &str) -> Option<String> {
    const LINK: &str = "<mailto:";
    let (before, _) = line.split_once(LINK)?;
    let mut plain = before.trim_end().to_owned();
    let mut is_shorter = false;
    for piece in line.split(LINK).skip(1) {
        let (address, behind) = piece.split_once('>').unwrap_or((piece, ""));
        let said = plain.trim_end_matches([')', '>', ' ', '"', '\'', ']']);
        let is_said = !address.is_empty() && said.ends_with(address);
        is_shorter |= is_said;
        if !is_said {
            plain.push_str(LINK);
        }
        plain.push_str(if is_said { behind } else { piece }.trim_end());
    }
    is_shorter.then_some(plain)
}

/// A line without the number that it has in a list: `1)`, `(1)`, `[1]`, `1.`
pub(super) fn without_number(line: &str) -> &str {
    let inner = line.trim_start_matches(['(', '[']);
    let behind = inner.trim_start_matches(|c: char| c.is_ascii_digit());
    let has_number = (1..=LIST_DIGITS_MAX).contains(&(inner.len() - behind.len()));
    let text = behind.strip_prefix([')', ']', '.']).filter(|_| has_number);
    text.and_then(|text| text.strip_prefix(' ')).map_or(line, str::trim_start)
}

/// The mark of an entry in a list.
pub(super) fn mark(line: &str) -> Option<char> {
    line.chars().next().filter(|c| matches!(c, '*' | '•' | '·'))
}

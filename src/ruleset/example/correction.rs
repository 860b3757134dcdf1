//! Changes of a test's text, as small as can be: what is not changed keeps its comments and its form.

use crate::diagnostic::{Edit, Span};
use crate::ruleset::decode::Placed;
use crate::ruleset::yaml::extent;

/// A word as YAML, quoted where it must be or where the word that it replaces was.
pub fn word(text: &str, instead_of: &str) -> String {
    let is_plain = text.starts_with(|c: char| c.is_alphanumeric() || c == '<')
        && text.chars().all(|c| c.is_alphanumeric() || " _-./<>@()'+".contains(c))
        && !text.ends_with(' ')
        && !is_another_type(text);
    if is_plain && !instead_of.starts_with(['"', '\'']) { text.to_owned() } else { quoted(text) }
}

/// A text in double quotes.
pub fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn is_another_type(text: &str) -> bool {
    let words = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"];
    words.contains(&text.to_lowercase().as_str())
        || (text.starts_with(|c: char| c.is_ascii_digit())
            && text.chars().all(|c| c.is_ascii_digit() || "._-+xXoObBeEaAcCdDfF".contains(c)))
}

/// Puts another value in the place of a list; items that stay keep their text and comments.
pub fn list(text: &str, list: Span, items: &[Placed<String>], got: &[String]) -> Vec<Edit> {
    let dash = items.first().and_then(|item| extent::dash(text, item.span.start));
    let is_block = dash.is_some();
    let list = Span { start: dash.unwrap_or(list.start), ..list };
    let same = |(item, got): &(&Placed<String>, &String)| item.value == **got;
    let ahead = items.iter().zip(got).take_while(same).count();
    let rest = items.len().min(got.len()) - ahead;
    let behind = items.iter().rev().zip(got.iter().rev()).take(rest).take_while(same).count();
    let old = items.get(ahead..items.len() - behind).unwrap_or_default();
    let new = got.get(ahead..got.len() - behind).unwrap_or_default();
    if old.len() == new.len() {
        let edit = |(item, got): (&Placed<String>, &String)| {
            let written = text.get(item.span.start..item.span.end).unwrap_or_default();
            Edit { span: item.span, text: word(got, written) }
        };
        return old.iter().zip(new).map(edit).collect();
    }
    let written: Vec<String> = new.iter().map(|item| word(item, "")).collect();
    let whole = Span { end: extent::end(text, list.start), ..list };
    let (Some(first), Some(last)) = (items.first(), items.last()) else {
        return vec![Edit { span: whole, text: format!("[{}]", written.join(", ")) }];
    };
    if got.is_empty() {
        return vec![Edit { span: whole, text: "[]".to_owned() }];
    }
    let between = if is_block {
        format!("\n{}- ", " ".repeat(extent::column(text, list.start)))
    } else {
        ", ".to_owned()
    };
    let insert = |at: usize, text: String| vec![Edit { span: Span { start: at, end: at, ..list }, text }];
    let line_end = |item: &Placed<String>| {
        if is_block { extent::line_end(text, item.span.end) } else { item.span.end }
    };
    let before = ahead.checked_sub(1).and_then(|at| items.get(at));
    match (old.first(), old.last(), before) {
        (Some(from), Some(to), _) if !new.is_empty() => {
            let span = Span { end: to.span.end, ..from.span };
            vec![Edit { span, text: written.join(&between) }]
        }
        (Some(_), Some(to), Some(before)) => {
            let span = Span { start: line_end(before), end: line_end(to), ..list };
            vec![Edit { span, text: String::new() }]
        }
        (Some(_), Some(_), None) => {
            let next = items.get(old.len()).unwrap_or(last);
            vec![Edit { span: Span { end: next.span.start, ..first.span }, text: String::new() }]
        }
        (_, _, Some(before)) => insert(line_end(before), format!("{between}{}", written.join(&between))),
        _ => insert(first.span.start, format!("{}{between}", written.join(&between))),
    }
}

/// Where the key of a value begins, if both stand on one line.
pub fn key_start(text: &str, value: Span) -> Option<usize> {
    let line = extent::line_start(text, value.start);
    let before = text.get(line..value.start)?;
    let key = before.trim_end().strip_suffix(':')?;
    let start = key.rfind(|c: char| !(c.is_alphanumeric() || "_-\"'".contains(c))).map_or(0, |at| at + 1);
    Some(line + start)
}

/// Puts another key with a value in the place of a key with its value.
pub fn entry(text: &str, value: Span, entry: &str) -> Option<Edit> {
    let end = match text.get(value.start..value.end)? {
        first if first.starts_with(['[', '{']) || first == "-" => extent::end(text, value.start),
        _ => value.end,
    };
    Some(Edit { span: Span { start: key_start(text, value)?, end, ..value }, text: entry.to_owned() })
}

/// Takes out a key with its value.
pub fn without(text: &str, value: Span) -> Option<Edit> {
    let start = key_start(text, value)?;
    let before = text.get(..start)?.trim_end_matches(' ');
    let span = if before.ends_with(',') {
        Span { start: before.len() - 1, ..value }
    } else if before.ends_with('{') {
        let behind = text.get(value.end..)?;
        let comma = behind.find([',', '}']).unwrap_or_default();
        let comma = comma + usize::from(behind.get(comma..).is_some_and(|rest| rest.starts_with(',')));
        Span { start: before.len(), end: value.end + comma, ..value }
    } else {
        let end = extent::line_end(text, value.end);
        Span { start: extent::line_start(text, start).saturating_sub(1), end, ..value }
    };
    Some(Edit { span, text: String::new() })
}

/// Makes the changes; those that overlap an earlier one are left out.
pub fn applied(text: &str, edits: &[Edit]) -> String {
    let mut edits: Vec<&Edit> = edits.iter().collect();
    edits.sort_by_key(|edit| (edit.span.start, edit.span.end));
    let mut changed = String::with_capacity(text.len());
    let mut at = 0;
    for edit in edits {
        if edit.span.start < at {
            continue;
        }
        changed.push_str(text.get(at..edit.span.start).unwrap_or_default());
        changed.push_str(&edit.text);
        at = edit.span.end;
    }
    changed.push_str(text.get(at..).unwrap_or_default());
    changed
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::{Source, SourceId};
    use crate::ruleset::yaml::{Node, parse};

    fn tree(text: &str) -> Node {
        parse(SourceId::default(), &Source::new("a.yaml", text)).unwrap()
    }

    /// The text with its list `a` put right.
    fn listed(text: &str, got: &[&str]) -> String {
        let tree = tree(text);
        let node = tree.get("a").unwrap();
        let item = |item: &Node| Placed::new(item.as_text().unwrap().to_owned(), item.span);
        let items: Vec<Placed<String>> = node.items().iter().map(item).collect();
        let got: Vec<String> = got.iter().map(|&item| item.to_owned()).collect();
        let changed = applied(text, &list(text, node.span, &items, &got));
        let again: Vec<String> = super::tests::tree(&changed)
            .get("a")
            .unwrap()
            .items()
            .iter()
            .map(|item| item.as_text().unwrap().to_owned())
            .collect();
        assert_eq!(again, got, "{changed}");
        changed
    }

    #[test]
    fn lists_keep_what_stays_with_its_comments() {
        let block = "a:\n  - one   # first\n  - two   # second\n  - three # third\nb: 1\n";
        for (text, got, changed) in [
            ("a: [one, two] # c\n", &["one", "x"][..], "a: [one, x] # c\n"),
            ("a: [one, two]\n", &["two"], "a: [two]\n"),
            ("a: [one, two]\n", &["one"], "a: [one]\n"),
            ("a: [two]\n", &["one", "two"], "a: [one, two]\n"),
            ("a: [one]\n", &["one", "two", "three"], "a: [one, two, three]\n"),
            ("a: [one, \"two\"]\n", &["one", "x y", "two"], "a: [one, x y, \"two\"]\n"),
            ("a: [one, two, three]\n", &["x"], "a: [x]\n"),
            ("a: [one]\n", &[], "a: []\n"),
            ("a: [ ] # c\n", &["recognize/[X#{number}]"], "a: [\"recognize/[X#{number}]\"] # c\n"),
            (
                block,
                &["one", "x", "three"],
                "a:\n  - one   # first\n  - x   # second\n  - three # third\nb: 1\n",
            ),
            (block, &["one", "three"], "a:\n  - one   # first\n  - three # third\nb: 1\n"),
            (block, &["two", "three"], "a:\n  - two   # second\n  - three # third\nb: 1\n"),
            (
                block,
                &["one", "two", "three", "four"],
                "a:\n  - one   # first\n  - two   # second\n  - three # third\n  - four\nb: 1\n",
            ),
            (block, &[], "a:\n  []\nb: 1\n"),
        ] {
            assert_eq!(listed(text, got), changed);
        }
    }

    #[test]
    fn keys_are_replaced_and_taken_out_with_their_values() {
        let flow = "t: { a: 1, b: 2, c: 3 } # x\n";
        let block = "t:\n  a: 1   # first\n  b: 2   # second\n  c: 3\n";
        let of = |text: &str, key: &str| tree(text).get("t").unwrap().get(key).unwrap().span;
        let without = |text: &str, key: &str| applied(text, &[without(text, of(text, key)).unwrap()]);
        assert_eq!(without(flow, "b"), "t: { a: 1, c: 3 } # x\n");
        assert_eq!(without(flow, "c"), "t: { a: 1, b: 2 } # x\n");
        assert_eq!(without(flow, "a"), "t: { b: 2, c: 3 } # x\n");
        assert_eq!(without(block, "b"), "t:\n  a: 1   # first\n  c: 3\n");
        let with = |text: &str, key: &str| applied(text, &[entry(text, of(text, key), "d: x").unwrap()]);
        assert_eq!(with(flow, "b"), "t: { a: 1, d: x, c: 3 } # x\n");
        assert_eq!(with(block, "b"), "t:\n  a: 1   # first\n  d: x   # second\n  c: 3\n");
    }

    #[test]
    fn words_are_quoted_where_they_would_be_something_else() {
        for (text, written) in [
            ("call-logged", "call-logged"),
            ("no", "\"no\""),
            ("550", "\"550\""),
            ("a: b", "\"a: b\""),
            ("", "\"\""),
            ("Alpha Substitute <alpha@example.com>", "Alpha Substitute <alpha@example.com>"),
        ] {
            assert_eq!(word(text, ""), written);
            assert_eq!(tree(&format!("a: {written}")).get("a").unwrap().as_text(), Some(text));
        }
        assert_eq!(word("call-logged", "\"x\""), "\"call-logged\"");
    }
}

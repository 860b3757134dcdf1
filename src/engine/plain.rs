//! The HTML of our own replies as plain text, with tables in columns.

use super::line::one_line;
use crate::message::html;

/// The most characters of one cell.
const CELL_CHARS_MAX: usize = 120;
/// What stands between two columns.
const GAP: usize = 2;

/// HTML as text that can be read without it.
pub(super) fn plain(page: &str) -> String {
    let mut drawn = String::with_capacity(page.len());
    let mut rest = page;
    while let Some((before, table, after)) = cut_table(rest) {
        drawn.push_str(before);
        drawn.push_str("<pre>");
        drawn.push_str(&html::escape(&in_columns(&cells(table))));
        drawn.push_str("</pre>");
        rest = after;
    }
    drawn.push_str(rest);
    html::to_text(&drawn)
}

/// What stands before the first table, the table, and the rest.
fn cut_table(page: &str) -> Option<(&str, &str, &str)> {
    const END: &str = "</table>";
    let lower = page.to_ascii_lowercase();
    let start = lower.find("<table")?;
    let length = lower.get(start..)?.find(END)? + END.len();
    let (before, rest) = page.split_at_checked(start)?;
    let (table, after) = rest.split_at_checked(length)?;
    Some((before, table, after))
}

/// The text of every cell, row by row.
fn cells(table: &str) -> Vec<Vec<String>> {
    let mut rows: Vec<Vec<String>> = Vec::new();
    for piece in table.split('<').skip(1) {
        let name: String = piece.chars().take_while(char::is_ascii_alphanumeric).collect();
        match name.to_ascii_lowercase().as_str() {
            "tr" => rows.push(Vec::new()),
            "td" | "th" => {
                let content = piece.split_once('>').map_or("", |(_, content)| content);
                if let Some(row) = rows.last_mut() {
                    row.push(content.to_owned());
                }
            }
            _ => {
                if let Some(cell) = rows.last_mut().and_then(|row| row.last_mut()) {
                    cell.push('<');
                    cell.push_str(piece);
                }
            }
        }
    }
    for cell in rows.iter_mut().flatten() {
        *cell = one_line(&html::to_text(cell), CELL_CHARS_MAX);
    }
    rows
}

fn in_columns(rows: &[Vec<String>]) -> String {
    let width = |cell: &String| cell.chars().count();
    let mut widths: Vec<usize> = Vec::new();
    for row in rows {
        for (at, cell) in row.iter().enumerate() {
            match widths.get_mut(at) {
                Some(known) => *known = width(cell).max(*known),
                None => widths.push(width(cell)),
            }
        }
    }
    let mut text = String::new();
    for row in rows {
        let mut line = String::new();
        for (cell, column) in row.iter().zip(&widths) {
            line.push_str(cell);
            line.extend(std::iter::repeat_n(' ', column.saturating_sub(width(cell)) + GAP));
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn table_stands_in_columns() {
        let page = "<p>Your calls</p><TABLE border=1><thead><tr><th>No<th>Title</tr></thead>\
            <tr><td>5837</td><td><a>VPN</a> &lt;drops&gt;</td></tr>\
            <tr><td>12</td><td>Printer</td></tr></table><p>Bye</p>";
        let text = plain(page);
        let lines: Vec<&str> = text.lines().map(str::trim_end).filter(|line| !line.is_empty()).collect();
        assert_eq!(lines, ["Your calls", "No    Title", "5837  VPN <drops>", "12    Printer", "Bye"]);
    }

    #[test]
    fn table_without_an_end_is_read_as_it_is() {
        let text = plain("<p>one<table><tr><td>two");
        assert!(text.contains("one") && text.contains("two"), "{text}");
    }
}

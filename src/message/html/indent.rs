//! Quotations of HTML that quote nobody.

use super::pieces::Tag;

/// Whether this `blockquote` is what the button for a larger indent makes: no line at its side, and no mark of a mail
/// program that quotes.
pub(in crate::message) fn only_indents(tag: &Tag<'_>) -> bool {
    let style = tag.attribute("style").unwrap_or_default().to_ascii_lowercase();
    let has_no_line =
        style.split(';').filter_map(|declaration| declaration.split_once(':')).any(|(property, value)| {
            matches!(property.trim(), "border" | "border-left")
                && value.split_whitespace().any(|word| matches!(word, "none" | "0" | "0px"))
        });
    let class = tag.attribute("class").unwrap_or_default().to_ascii_lowercase();
    let is_of_no_quotation = class.split_ascii_whitespace().all(|word| match word {
        "webkit-indent-blockquote" => true,
        // Gmail marks an indent within its own quotations so
        "gmail_quote" => style.contains("40px"),
        _ => false,
    });
    has_no_line && is_of_no_quotation && tag.attribute("type").is_none() && tag.attribute("cite").is_none()
}

//! HTML made harmless, and HTML made readable: a stand-in until the message floor brings its own.

/// Takes everything out of an HTML body that could act or spy.
pub fn sanitise(html: &str) -> String {
    ammonia::clean(html)
}

/// Writes a plain text so that it reads the same within HTML.
pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// HTML as readable text.
pub fn to_text(html: &str) -> String {
    html2text::from_read(html.as_bytes(), 200).unwrap_or_default()
}

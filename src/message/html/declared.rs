//! The character set that an HTML text declares within itself (HTML §4.2.5.4).

use super::element::Element;
use super::pieces::{Piece, Pieces};
use std::borrow::Cow;

/// How far browsers look for it.
const BYTES_MAX: usize = 1024;

/// The name of the set in the first `meta` that has one, as written; sets whose texts could not say so are none.
pub(in crate::message) fn declared_charset(bytes: &[u8]) -> Option<String> {
    let first = String::from_utf8_lossy(bytes.get(..BYTES_MAX).unwrap_or(bytes));
    // what stands within the text is of a mail that is quoted
    let is_of_head = |piece: &Piece<'_>| match piece {
        Piece::Tag(tag) => tag.element != Element::BLOCKQUOTE && tag.element != Element::DIV,
        Piece::Text(_) => true,
    };
    let name = Pieces::of(&first).take_while(is_of_head).find_map(|piece| match piece {
        Piece::Tag(tag) if tag.element == Element::META && !tag.is_end => {
            let declares_type = || {
                tag.attribute("http-equiv")
                    .is_some_and(|what| what.trim().eq_ignore_ascii_case("content-type"))
            };
            let within_type =
                || tag.attribute("content").filter(|_| declares_type()).and_then(|it| of_type(&it));
            tag.attribute("charset").map(Cow::into_owned).or_else(within_type)
        }
        _ => None,
    })?;
    let name = name.trim();
    let is_wide = ["utf-16", "utf16", "utf-32", "utf32", "ucs", "unicode"]
        .iter()
        .any(|start| name.get(..start.len()).is_some_and(|found| found.eq_ignore_ascii_case(start)));
    (!is_wide && !name.is_empty()).then(|| name.to_owned())
}

/// The set in `text/html; charset=koi8-r`.
fn of_type(written: &str) -> Option<String> {
    let start = written.to_ascii_lowercase().find("charset")? + "charset".len();
    let value = written.get(start..)?.trim_start().strip_prefix('=')?.trim_start();
    let is_end = |c: char| c.is_whitespace() || matches!(c, ';' | '"' | '\'');
    value.trim_start_matches(['"', '\'']).split(is_end).next().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::declared_charset;

    #[test]
    fn set_is_found_where_browsers_look_for_it() {
        for (html, expected) in [
            ("<meta charset=koi8-r>", Some("koi8-r")),
            ("<META CHARSET=' koi8-r '/>", Some("koi8-r")),
            ("<meta http-equiv=Content-Type content='text/html; charset=iso-8859-2'>", Some("iso-8859-2")),
            (
                "<meta name=a><meta content=\"text/html;Charset = 'koi8-r'\" http-equiv=content-type>",
                Some("koi8-r"),
            ),
            ("<meta name=description content='charset=koi8-r'>", None),
            ("<!-- <meta charset=koi8-r> -->", None),
            ("<meta charset=utf-16le>", None),
            ("<meta charset=''>", None),
            ("<p>charset=koi8-r", None),
            // that of a mail that is quoted
            ("Hi<blockquote><meta charset=koi8-r>", None),
            ("Hi<div class=gmail_quote><meta charset=koi8-r>", None),
            ("", None),
        ] {
            assert_eq!(declared_charset(html.as_bytes()).as_deref(), expected, "{html}");
        }
        let far = " ".repeat(1024) + "<meta charset=koi8-r>";
        assert_eq!(declared_charset(far.as_bytes()), None);
    }
}

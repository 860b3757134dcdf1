//! Text that stands outside the parts of a multipart: before the first delimiter or behind the last one.
//!
//! Mail programs hide both (RFC 2046 §5.1.1), so only where the mail has no other words are they taken for its text.

use super::super::header::Fields;
use super::kind::Kind;
use super::{Group, Leaf, Part, Walk, part};
use std::ops::Range;

/// Multiparts whose parts say nothing of what stands round them.
const ORDINARY: [&str; 3] = ["multipart/mixed", "multipart/related", "multipart/alternative"];
/// Parts with words of their own that are not seen yet.
const WRAPPINGS: [&str; 4] = ["ms-tnef", "pkcs7-mime", "pgp-encrypted", "pgp-signature"];
/// What programs that do not know MIME are told says one of these words.
const WORDS_OF_STOCK_SENTENCES: [&str; 3] = ["mime", "multi-part", "multipart"];
/// How far such a sentence is looked for.
const SENTENCE_BYTES_MAX: usize = 1024;

impl Walk<'_, '_> {
    /// Takes the text outside the parts of a mail of this kind whose body starts here, where those have none.
    pub(super) fn take_text_outside(&mut self, media_type: &str, start: usize) {
        let Some(first) = self.first_delimiter.filter(|_| ORDINARY.contains(&media_type)) else { return };
        if self.parts.iter().any(has_words) {
            return;
        }
        let epilogue = self.epilogue.map(|from| from..self.raw.len());
        for (is_preamble, range) in [(true, Some(start..first)), (false, epilogue)] {
            let Some((from, raw)) = range.and_then(|range| self.words(range)) else { continue };
            self.defects.add("the text stands outside the parts of the mail");
            let text = text_part(from, raw);
            self.parts.insert(if is_preamble { 0 } else { self.parts.len() }, text);
        }
    }
}

impl<'x> Walk<'x, '_> {
    /// What stands in this range, where somebody wrote it.
    fn words(&self, range: Range<usize>) -> Option<(usize, &'x [u8])> {
        let (from, raw) = (range.start, self.raw.get(range)?);
        let near = raw.get(..SENTENCE_BYTES_MAX).unwrap_or(raw).to_ascii_lowercase();
        let is_stock = WORDS_OF_STOCK_SENTENCES
            .iter()
            .any(|word| memchr::memmem::find(&near, word.as_bytes()).is_some());
        let is_blank = raw.iter().all(u8::is_ascii_whitespace);
        (!is_stock && !is_blank).then_some((from, raw))
    }
}

/// A stretch of a mail as a plain text.
pub(super) fn text_part(from: usize, raw: &[u8]) -> Part<'_> {
    let fields = Fields::none(from);
    let kind = Kind::of(&fields, false);
    part(Leaf { fields, kind, group: Group::default(), from }, raw)
}

/// Whether a part is a text that is shown, or may hold one.
fn has_words(part: &Part<'_>) -> bool {
    let is_text = part.media_type.starts_with("text/")
        && part.name.is_none()
        && part.disposition.as_deref() != Some("attachment")
        && !part.raw.iter().all(u8::is_ascii_whitespace);
    is_text || WRAPPINGS.iter().any(|ending| part.media_type.ends_with(ending))
}

#[cfg(test)]
mod tests {
    use super::super::super::{Defects, Limits};
    use super::super::{Fields, walk};

    #[test]
    fn text_outside_the_parts_is_taken_where_they_have_none() {
        const FILE: &str = "Content-Type: image/png\n\nPNG\n";
        const TEXT: &str = "Content-Type: text/plain\n\nhello\n";
        for (kind, before, content, behind, expected) in [
            ("mixed", "Words.\n", FILE, "", &["Words.\n", "PNG"][..]),
            ("mixed", "", FILE, "Words.\n", &["PNG", "Words.\n"]),
            ("mixed", "One.\n", FILE, "Two.\n", &["One.\n", "PNG", "Two.\n"]),
            ("mixed", "This is a multi-part message in MIME format.\n", FILE, "\n", &["PNG"]),
            ("mixed", "Words.\n", TEXT, "Words.\n", &["hello"]),
            ("encrypted", "Words.\n", FILE, "", &["PNG"]),
            ("mixed", "Words.\n", "Content-Type: application/ms-tnef\n\n1\n", "", &["1"]),
            ("mixed", "", TEXT, "Content-Type: image/png\n\nPNG\n--b--\n", &["hello", "PNG"]),
            ("mixed", "", TEXT, "Content words\n", &["hello"]),
        ] {
            let raw = format!(
                "Content-Type: multipart/{kind}; boundary=b\n\n{before}--b\n{content}--b--\n{behind}"
            );
            let fields = Fields::read(raw.as_bytes(), 0, 1_000);
            let tree = walk(raw.as_bytes(), fields, &Limits::default(), &mut Defects::default());
            let found: Vec<_> =
                tree.parts.iter().map(|part| String::from_utf8_lossy(part.raw).into_owned()).collect();
            assert_eq!(found, expected, "{raw}");
        }
    }
}

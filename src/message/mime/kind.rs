//! What a part says it is: its media type and the parameters of that (RFC 2045 §5).

use super::super::header::{self, Fields};
use super::super::{encoded_words, parameters};
use mail_parser::parsers::MessageStream;
use mail_parser::{ContentType, HeaderValue};
use std::borrow::Cow;

/// The most bytes of a field with parameters that are read: putting those together that are continued takes their square.
pub(super) const FIELD_BYTES_MAX: usize = 16 * 1024;

/// The media type that is meant where only half of one is written; what means nothing is text (RFC 2045 §5.2).
fn whole_type(half: &str) -> &'static str {
    let is = |name: &str| half.eq_ignore_ascii_case(name);
    if is("html") {
        "text/html"
    } else if is("multipart") {
        "multipart/mixed"
    } else if ["application", "image", "audio", "video", "pdf"].iter().any(|name| is(name)) {
        "application/octet-stream"
    } else {
        "text/plain"
    }
}

/// A `Content-Type`, or what stands for it where there is none.
pub(super) struct Kind {
    pub(super) media_type: String,
    pub(super) value: Option<ContentType<'static>>,
}

impl Kind {
    pub(super) fn of(fields: &Fields<'_>, in_digest: bool) -> Self {
        let value = fields.first("content-type").and_then(structured);
        let mut media_type = match &value {
            Some(value) if !value.ctype().is_empty() => match value.subtype() {
                Some(subtype) if !subtype.is_empty() => [value.ctype(), "/", subtype].concat(),
                _ => whole_type(value.ctype()).to_owned(),
            },
            _ if in_digest => "message/rfc822".to_owned(),
            _ => "text/plain".to_owned(),
        };
        media_type.make_ascii_lowercase();
        if !media_type.bytes().all(|byte| byte.is_ascii_graphic()) {
            media_type = header::one_line(&media_type).replace(' ', "");
        }
        Self { media_type, value }
    }

    pub(super) fn is_multipart(&self) -> bool {
        self.media_type.starts_with("multipart/")
    }

    pub(super) fn boundary(&self) -> Option<String> {
        self.parameter("boundary").filter(|boundary| !boundary.trim().is_empty())
    }

    pub(super) fn parameter(&self, name: &str) -> Option<String> {
        self.value.as_ref().and_then(|value| value.attribute(name)).map(str::to_owned)
    }
}

/// A field with a value and parameters, continued and encoded ones (RFC 2231) put together.
pub(super) fn structured(body: &[u8]) -> Option<ContentType<'static>> {
    let body = body.get(..FIELD_BYTES_MAX).unwrap_or(body);
    let unfolded = header::unfold(body);
    // an encoded word may be cut, where names are cut into pieces
    let is_in_pieces = memchr::memchr(b'*', unfolded.as_bytes()).is_some() && unfolded.contains("*0=");
    let whole = if is_in_pieces { parameters::mended(unfolded.trim()) } else { Cow::Borrowed(&*unfolded) };
    let line = encoded_words::rejoin_words(&whole);
    let line = [&*parameters::mended(line.trim()), "\n"].concat();
    match MessageStream::new(line.as_bytes()).parse_content_type() {
        HeaderValue::ContentType(value) => Some(ContentType {
            c_type: value.c_type.into_owned().into(),
            c_subtype: value.c_subtype.map(|subtype| subtype.into_owned().into()),
            attributes: value.attributes.map(|attributes| {
                attributes
                    .into_iter()
                    .map(|attribute| mail_parser::Attribute {
                        name: attribute.name.into_owned().into(),
                        value: attribute.value.into_owned().into(),
                    })
                    .collect()
            }),
        }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encoded_word_is_whole_though_the_name_is_in_pieces() {
        for written in [
            "attachment; filename*0=\"=?UTF-8?B?w5xiZXI=\"; filename*1=\"?=.pdf\"",
            "attachment; filename*0=\"=?UTF-8?B?w5x\"; filename*1=\"iZXI=?=.pdf\"",
            "attachment; filename*0==?UTF-8?B?w5x; filename*1=iZXI=?=.pdf",
            "attachment; filename*0=\"=?UTF-8?Q?=C3?= =?UTF-8?Q?=9Cb\"; filename*1=\"er?=.pdf\"",
            "attachment; filename*0*=utf-8''%C3; filename*1*=%9Cber.pdf",
        ] {
            let value = structured(written.as_bytes()).unwrap();
            let name = value.attribute("filename").map(encoded_words::decode_words);
            assert_eq!(name.as_deref(), Some("Über.pdf"), "{written}");
        }
    }

    #[test]
    fn media_types_are_known_though_half_of_them_is_missing() {
        for (written, expected) in [
            ("text", "text/plain"),
            ("html", "text/html"),
            ("multipart; boundary=b", "multipart/mixed"),
            ("application", "application/octet-stream"),
            ("nonsense", "text/plain"),
            ("text/html charset=utf-8", "text/html"),
            ("TEXT / HTML", "text/html"),
        ] {
            let raw = format!("Content-Type: {written}\n\n");
            assert_eq!(Kind::of(&Fields::read(raw.as_bytes(), 0, 1_000), false).media_type, expected);
        }
    }
}

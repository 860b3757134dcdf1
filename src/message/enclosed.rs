//! Files of a mail: parts and what came in other wrappings, with safe names, and whether the text shows them.

use super::file_name::{made_up_name, safe_name};
use super::mime::Part;
use super::tnef::File;
use super::{Attachment, header, html, percent, sha256};
use std::collections::BTreeSet;

/// The longest content id that is looked for.
const CONTENT_ID_BYTES_MAX: usize = 256;
/// The most content ids that are looked for.
const CONTENT_IDS_MAX: usize = 10_000;

/// The content ids that an HTML body shows: as pictures, and as what stands behind its words.
pub(super) fn content_ids_shown(html: &str) -> BTreeSet<String> {
    let is_scheme = |at: usize| {
        let scheme = at.checked_sub(3).and_then(|from| html.get(from..at));
        scheme.is_some_and(|scheme| scheme.eq_ignore_ascii_case("cid"))
    };
    memchr::memchr_iter(b':', html.as_bytes())
        .filter(|at| is_scheme(*at))
        .take(CONTENT_IDS_MAX)
        .filter_map(|at| {
            let rest = html.get(at + 1..)?;
            let near = rest.get(..rest.floor_char_boundary(CONTENT_ID_BYTES_MAX))?;
            near.split(['"', '\'', '>', ' ', ')']).next()
        })
        .map(html::decode_entities)
        .filter_map(|written| written.split(['"', '\'', ')']).next().map(percent::decoded))
        .filter(|id| !id.is_empty())
        .collect()
}

/// A part as a file; `shown` are the content ids that the text shows.
pub(super) fn attachment(part: &Part<'_>, number: usize, shown: &BTreeSet<String>) -> Attachment {
    let content = part.bytes().into_owned();
    let content_id = part.fields.first("content-id").and_then(header::content_id);
    let is_shown = content_id.as_deref().is_some_and(|id| shown.contains(id));
    let is_beside_document = part.group.is_related
        && content_id.is_some()
        && part.disposition.as_deref() != Some("attachment")
        && part.media_type.starts_with("image/");
    let name = name_of(part, &content, number);
    Attachment {
        name,
        media_type: part.media_type.clone(),
        size: content.len() as u64,
        sha256: sha256(&content),
        inline: is_shown || is_beside_document,
        content_id,
        content_type: None,
        marks: Vec::new(),
        content,
    }
}

fn name_of(part: &Part<'_>, content: &[u8], number: usize) -> String {
    let Some(name) = part.name.as_deref().and_then(safe_name) else {
        return made_up_name(part, content, number);
    };
    // nothing else tells a mail program that it may open it
    let is_mail = part.is("message/rfc822") || part.is("message/global");
    let has_ending = name.rsplit_once('.').is_some_and(|(_, ending)| ending.eq_ignore_ascii_case("eml"));
    if is_mail && !has_ending { format!("{name}.eml") } else { name }
}

/// A mail as a file, named by its subject.
pub(super) fn whole_mail(raw: &[u8], subject: &str) -> Attachment {
    let name = safe_name(&subject.replace(['/', '\\'], "-")).unwrap_or_else(|| "message".to_owned());
    let file = File {
        name: Some(format!("{name}.eml")),
        media_type: Some("message/rfc822".to_owned()),
        content: raw.to_vec(),
        ..File::default()
    };
    attachment_of(file, 1, &BTreeSet::new())
}

/// A file out of another wrapping.
pub(super) fn attachment_of(file: File, number: usize, shown: &BTreeSet<String>) -> Attachment {
    let File { name, media_type, content_id, is_inline, content } = file;
    let media_type = media_type
        .map(|media_type| header::one_line(&media_type).to_ascii_lowercase())
        .filter(|media_type| media_type.contains('/'))
        .unwrap_or_else(|| "application/octet-stream".to_owned());
    Attachment {
        name: name.as_deref().and_then(safe_name).unwrap_or_else(|| format!("attachment-{number}.bin")),
        media_type,
        size: content.len() as u64,
        sha256: sha256(&content),
        inline: is_inline || content_id.as_deref().is_some_and(|id| shown.contains(id)),
        content_id,
        content_type: None,
        marks: Vec::new(),
        content,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_ids_are_found_however_they_are_written() {
        for (html, expected) in [
            ("<img src=cid:a@b>", "a@b"),
            ("<img src='CID:a%40b'>", "a@b"),
            ("<img src=\"cid:a&amp;b\">", "a&b"),
            ("<p style=\"background:url(&quot;cid:a&quot;)\">", "a"),
        ] {
            assert_eq!(content_ids_shown(html).into_iter().collect::<Vec<_>>(), [expected], "{html}");
        }
        assert!(content_ids_shown("acid: é: cid:").is_empty());
    }
}

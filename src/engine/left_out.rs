//! Which attached files become objects, and what the history says of the others.

use crate::message::{Attachment, AttachmentMark, Message};
use crate::ruleset::attachments::AttachmentPolicy;

/// The most names that one line of the history gives.
const NAMES_MAX: usize = 20;

/// Why this file does not become an object; `None` where it does.
pub(super) fn reason(policy: &AttachmentPolicy, file: &Attachment) -> Option<String> {
    let is_marked = |mark: AttachmentMark| file.marks.contains(&mark);
    if let Some(pattern) = policy.refuse_names.iter().find(|pattern| pattern.fits(&file.name)) {
        return Some(format!("its name fits `{}`", pattern.text()));
    }
    if let Some(pattern) = policy.refuse_types.iter().find(|pattern| pattern.fits(&file.media_type)) {
        return Some(format!("its type fits `{}`", pattern.text()));
    }
    let shown = file.content_type.as_deref();
    if let Some(pattern) =
        policy.refuse_types.iter().find(|pattern| shown.is_some_and(|shown| pattern.fits(shown)))
    {
        return Some(format!("its bytes show a type that fits `{}`", pattern.text()));
    }
    if policy.refuse_disguised && is_marked(AttachmentMark::TypeMismatch) {
        return Some(format!(
            "its bytes show {}, which is not what it says",
            shown.unwrap_or("another type")
        ));
    }
    if policy.refuse_disguised && is_marked(AttachmentMark::DoubleEnding) {
        return Some("its name hides how it ends".to_owned());
    }
    if let Some(most) = policy.size_bytes_max.filter(|most| file.size > *most) {
        return Some(format!("it has more than {most} bytes"));
    }
    if policy.skip_duplicates && is_marked(AttachmentMark::Duplicate) {
        return Some("the same file is attached already".to_owned());
    }
    (policy.skip_signature_logos && is_marked(AttachmentMark::SignatureLogo))
        .then(|| "it belongs to the signature or the quoted mail".to_owned())
}

/// What the history says of files that were left out, and of what could not be read; `None` where nothing is missing.
pub(super) fn note(policy: &AttachmentPolicy, message: &Message) -> Option<String> {
    let mut groups: Vec<(String, Vec<&str>)> = Vec::new();
    for file in &message.attachments {
        let Some(reason) = reason(policy, file) else { continue };
        match groups.iter_mut().find(|(known, _)| *known == reason) {
            Some((_, names)) => names.push(&file.name),
            None => groups.push((reason, vec![&file.name])),
        }
    }
    let files = groups.iter().map(|(reason, names)| {
        let shown: Vec<String> = names.iter().take(NAMES_MAX).map(|name| format!("`{name}`")).collect();
        let more = match names.len().saturating_sub(NAMES_MAX) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        format!("left out: {}{more}: {reason}", shown.join(", "))
    });
    let unread = message.left_unread().map(|defect| format!("not read in full: {defect}"));
    let lines: Vec<String> = files.chain(unread).collect();
    (!lines.is_empty()).then(|| lines.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::testing::message;
    use crate::ruleset::attachments::{NamePattern, TypePattern};

    fn file(name: &str, media_type: &str, size: u64, marks: &[AttachmentMark]) -> Attachment {
        Attachment {
            name: name.to_owned(),
            media_type: media_type.to_owned(),
            size,
            sha256: String::new(),
            inline: false,
            content_id: None,
            content_type: Some("application/zip".to_owned()),
            marks: marks.to_vec(),
            content: Vec::new(),
        }
    }

    #[test]
    fn every_file_is_kept_unless_the_account_says_otherwise() {
        use AttachmentMark::{DoubleEnding, Duplicate, SignatureLogo, TypeMismatch};
        let all = file("a.exe", "video/mp4", 9, &[Duplicate, SignatureLogo, TypeMismatch, DoubleEnding]);
        assert_eq!(reason(&AttachmentPolicy::default(), &all), None);
        let types = |text: &str| vec![TypePattern::parse(text).unwrap()];
        let none = AttachmentPolicy::default;
        for (policy, expected) in [
            (
                AttachmentPolicy { refuse_names: vec![NamePattern::parse("*.exe").unwrap()], ..none() },
                "its name fits `*.exe`",
            ),
            (AttachmentPolicy { refuse_types: types("video/*"), ..none() }, "its type fits `video/*`"),
            (
                AttachmentPolicy { refuse_types: types("application/zip"), ..none() },
                "its bytes show a type that fits `application/zip`",
            ),
            (
                AttachmentPolicy { refuse_disguised: true, ..none() },
                "its bytes show application/zip, which is not what it says",
            ),
            (AttachmentPolicy { size_bytes_max: Some(8), ..none() }, "it has more than 8 bytes"),
            (AttachmentPolicy { skip_duplicates: true, ..none() }, "the same file is attached already"),
            (
                AttachmentPolicy { skip_signature_logos: true, ..none() },
                "it belongs to the signature or the quoted mail",
            ),
        ] {
            assert_eq!(reason(&policy, &all).as_deref(), Some(expected));
            assert_eq!(
                reason(&policy, &file("a.pdf", "application/pdf", 8, &[])).is_some(),
                expected.contains("bytes show a type")
            );
        }
    }

    #[test]
    fn note_names_the_files_by_reason() {
        let mut mail = message("uma@example.com", "help");
        let policy = AttachmentPolicy { size_bytes_max: Some(5), ..AttachmentPolicy::default() };
        assert_eq!(note(&policy, &mail), None);
        for size in [9, 1, 7] {
            mail.attachments.push(file(&format!("{size}.zip"), "application/zip", size, &[]));
        }
        assert_eq!(
            note(&policy, &mail).as_deref(),
            Some("left out: `9.zip`, `7.zip`: it has more than 5 bytes")
        );
        mail.attachments.extend((0..30).map(|at| file(&format!("{at}"), "application/zip", 9, &[])));
        assert!(
            note(&policy, &mail).is_some_and(|note| note.ends_with(" and 12 more: it has more than 5 bytes"))
        );
    }
}

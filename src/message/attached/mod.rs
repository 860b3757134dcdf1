//! What is noticed about attached files: what they really are, which are there twice, and which pictures belong to
//! a signature rather than to what a person wrote.

mod content;
mod logo;

pub(super) use content::is_file_name;

use super::{DECODED_BEYOND, Defects, Limits, Message};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Something noticed about an attachment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AttachmentMark {
    /// The same bytes are attached earlier in the same mail.
    Duplicate,
    /// A small picture within the body, where the signature or the quoted mail stands.
    SignatureLogo,
    /// Its bytes show another kind of file than its name or its declared type.
    TypeMismatch,
    /// Its name shows a harmless ending before the one by which it runs, as in `invoice.pdf.exe`.
    DoubleEnding,
}

impl AttachmentMark {
    /// The mark in words, as people read it.
    pub fn words(self) -> &'static str {
        match self {
            Self::Duplicate => "attached twice",
            Self::SignatureLogo => "signature picture",
            Self::TypeMismatch => "not what it says",
            Self::DoubleEnding => "double ending",
        }
    }
}

/// Leaves out the files that are beyond the most bytes of all together.
pub(super) fn bound(message: &mut Message, limits: &Limits, defects: &mut Defects) {
    let mut room = limits.decoded_bytes_max;
    message.attachments.retain(|attachment| {
        let Some(left) = room.checked_sub(attachment.size) else {
            defects.add(DECODED_BEYOND);
            return false;
        };
        room = left;
        true
    });
}

/// Notes on every attachment what is noticed about it.
pub(super) fn mark(message: &mut Message) {
    if message.attachments.is_empty() {
        return;
    }
    let logos = logo::content_ids(message);
    let mut known = BTreeSet::new();
    for attachment in &mut message.attachments {
        let shown = content::shown_type(&attachment.content);
        let is_disguised =
            shown.is_some_and(|shown| content::is_disguised(&attachment.name, &attachment.media_type, shown));
        let is_logo = attachment.inline
            && attachment.media_type.starts_with("image/")
            && attachment.size <= logo::SIZE_BYTES_MAX
            && attachment.content_id.as_ref().is_some_and(|id| logos.contains(id));
        let is_known = attachment.size > 0 && !known.insert(attachment.sha256.clone());
        let marks = [
            (is_known, AttachmentMark::Duplicate),
            (is_logo, AttachmentMark::SignatureLogo),
            (is_disguised, AttachmentMark::TypeMismatch),
            (content::has_double_ending(&attachment.name), AttachmentMark::DoubleEnding),
        ];
        attachment.marks = marks.into_iter().filter_map(|(is_so, mark)| is_so.then_some(mark)).collect();
        attachment.content_type = shown.map(str::to_owned);
    }
}

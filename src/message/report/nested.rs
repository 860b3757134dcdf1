//! Reports that a gateway or a list server passes on as an attached mail, under a few words of its own.

use super::super::header::Fields;
use super::super::mime::{self, Part};
use super::super::{Defects, Limits};
use super::{Evidence, Report, original, status};
use crate::vocab::ReturnPath;

/// The delivery report that is attached, where the attached mail is one as a whole; none is looked for any deeper.
pub(super) fn read(evidence: &Evidence<'_, '_>) -> Option<Report> {
    let limits = Limits::default();
    let attached =
        evidence.tree.parts.iter().find(|part| part.is("message/rfc822") || part.is("message/global"))?;
    let bytes = Part::bytes(attached);
    let start = bytes.iter().position(|byte| !byte.is_ascii_whitespace())?;
    let fields = Fields::read(&bytes, start, limits.header_bytes_max).at_most(limits.header_fields_max);
    let tree = mime::walk(&bytes, fields.about_content(), &limits, &mut Defects::default());
    if tree.media_type != "multipart/report" {
        return None;
    }
    let inner = Evidence {
        fields: &fields,
        tree: &tree,
        from: None,
        return_path: Some(&ReturnPath::Null),
        subject: "",
        has_reply_mark: false,
        is_forward: false,
        text: "",
        own_words: "",
        has_signature: false,
    };
    let recipients = status::read(&status::all_of(&tree.parts)?, &inner);
    (!recipients.is_empty())
        .then(|| Report { original: original::find(&inner), ..super::report("delivery-status", recipients) })
}

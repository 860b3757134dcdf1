//! What an account lets through of attached files; each type and name is one that can be.

use super::{Compiler, or};
use crate::diagnostic::{Diagnostic, Edit};
use crate::ruleset::attachments::{AttachmentPolicy, NamePattern, TypePattern};
use crate::ruleset::decode::Placed;
use crate::ruleset::file::AttachmentsSwitches;

impl Compiler<'_> {
    pub(super) fn attachments(&mut self, file: &AttachmentsSwitches) -> AttachmentPolicy {
        let types = file.refuse_types.as_ref().map(|placed| placed.value.as_slice()).unwrap_or_default();
        let names = file.refuse_names.as_ref().map(|placed| placed.value.as_slice()).unwrap_or_default();
        AttachmentPolicy {
            refuse_types: types.iter().filter_map(|written| self.refused_type(written)).collect(),
            refuse_names: names.iter().filter_map(|written| self.refused_name(written)).collect(),
            refuse_disguised: or(&file.refuse_disguised, false),
            size_bytes_max: file.size_bytes_max.as_ref().map(|placed| placed.value),
            skip_signature_logos: or(&file.skip_signature_logos, false),
            skip_duplicates: or(&file.skip_duplicates, false),
        }
    }

    fn refused_type(&mut self, written: &Placed<String>) -> Option<TypePattern> {
        let pattern = TypePattern::parse(written);
        if pattern.is_none() {
            let ending = written.trim().trim_start_matches(['*', '.']);
            let is_ending =
                (1..=10).contains(&ending.len()) && ending.chars().all(|c| c.is_ascii_alphanumeric());
            let finding = Diagnostic::error(
                "attachment-pattern-invalid",
                format!("`{}` is no type of file", written.escape_debug()),
            )
            .at(written.span, "no file is ever of this type")
            .note("files that were meant to be left out would come to the desk");
            let help = "a type is written as mails write it, `application/zip`, or all of a kind, `video/*`";
            self.findings.push(if is_ending {
                finding.help(help).help(format!("by its name: `refuse_names: [\"*.{ending}\"]`"))
            } else {
                finding.help(help)
            });
        }
        pattern
    }

    fn refused_name(&mut self, written: &Placed<String>) -> Option<NamePattern> {
        let pattern = NamePattern::parse(written);
        if pattern.is_none() {
            let last = written.rsplit(['/', '\\']).next().unwrap_or_default().trim();
            let finding = Diagnostic::error(
                "attachment-pattern-invalid",
                format!("no file name fits `{}`", written.escape_debug()),
            )
            .at(written.span, "fits no file")
            .note("names of attached files hold no path; files that were meant to be left out would come to the desk");
            self.findings.push(if NamePattern::parse(last).is_some() {
                let text = format!("\"{}\"", last.escape_default());
                finding.fix("leave the path out", vec![Edit { span: written.span, text }])
            } else {
                finding.help("`*` stands for any letters and `?` for one: `*.exe`, `image00?.png`")
            });
        }
        pattern
    }
}

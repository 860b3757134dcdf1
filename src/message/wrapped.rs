//! Parts that are mails or files in another wrapping than MIME: TNEF, signed S/MIME, files written into a text.

use super::mime::{Part, Tree};
use super::signed::{self, Envelope};
use super::tnef::{self, Bounds, File, Letter};
use super::{Defects, Limits, Protection, ProtectionMethod, uuencode};
use std::borrow::Cow;

/// How many bytes as sent tell what a part is.
const FIRST_BYTES: usize = 64;
/// Names under which S/MIME comes where its type is lost on the way.
const PKCS7_TYPES: [&str; 2] = ["application/pkcs7-mime", "application/x-pkcs7-mime"];

/// What was in a part.
#[derive(Debug)]
pub(super) enum Opened {
    /// A mail in TNEF; whether the part itself is kept, because not everything of it could be read.
    Letter(Box<Letter>, bool),
    /// A mail or part in MIME that was signed as a whole.
    Signed(Vec<u8>),
    /// Something encrypted.
    Encrypted(ProtectionMethod),
    /// A file like any other.
    Nothing,
}

/// Looks into a part that is no body.
pub(super) fn open(part: &Part<'_>, limits: &Limits, defects: &mut Defects) -> Opened {
    if is_winmail(part) {
        return open_winmail(part, limits, defects);
    }
    if part.is("application/pgp-encrypted") {
        return Opened::Encrypted(ProtectionMethod::OpenPgp);
    }
    let has_type = PKCS7_TYPES.iter().any(|name| part.is(name));
    let has_name = part.is("application/octet-stream") && has_ending(part, ".p7m");
    if !has_type && !has_name {
        return Opened::Nothing;
    }
    match signed::open(&part.bytes()) {
        Envelope::Signed(content) => Opened::Signed(content),
        Envelope::Encrypted => Opened::Encrypted(ProtectionMethod::SMime),
        Envelope::Other => {
            if has_type {
                defects.add("the S/MIME part cannot be looked into; it is kept as a file");
            }
            Opened::Nothing
        }
    }
}

fn has_ending(part: &Part<'_>, ending: &str) -> bool {
    part.name.as_deref().is_some_and(|name| name.to_ascii_lowercase().ends_with(ending))
}

/// Whether a part is TNEF by its type, its name, or how it begins.
pub(super) fn is_winmail(part: &Part<'_>) -> bool {
    part.is("application/ms-tnef")
        || part.is("application/vnd.ms-tnef")
        || part.name.as_deref().is_some_and(|name| name.eq_ignore_ascii_case("winmail.dat"))
        || part.is("application/octet-stream") && tnef::is_stream(&part.first_bytes(FIRST_BYTES))
}

fn open_winmail(part: &Part<'_>, limits: &Limits, defects: &mut Defects) -> Opened {
    if let Some((letter, is_kept)) = open_stream(&part.bytes(), limits, defects) {
        return Opened::Letter(Box::new(letter), is_kept);
    }
    defects.add("`winmail.dat` is no TNEF; it is kept as a file");
    Opened::Nothing
}

/// The mail in a stream of TNEF, and whether the stream itself is to be kept. `None` where it is none.
pub(super) fn open_stream(bytes: &[u8], limits: &Limits, defects: &mut Defects) -> Option<(Letter, bool)> {
    let bounds = Bounds { files_max: limits.parts_max, text_bytes_max: limits.text_bytes_max };
    let letter = tnef::read(bytes, bounds)?;
    for fault in letter.faults.iter() {
        defects.add(fault);
    }
    let is_kept = !letter.faults.is_empty();
    Some((letter, is_kept))
}

/// What the parts say of themselves: signatures beside what they sign.
pub(super) fn protection(tree: &Tree<'_>) -> Option<Protection> {
    tree.parts.iter().find_map(|part| match part.media_type.as_str() {
        "application/pgp-signature" => Some(Protection::signed(ProtectionMethod::OpenPgp)),
        "application/pkcs7-signature" | "application/x-pkcs7-signature" => {
            Some(Protection::signed(ProtectionMethod::SMime))
        }
        _ => None,
    })
}

/// The bytes of a text part up to `most` without the files that were written into them, and those files.
pub(super) fn without_files<'x>(
    part: &Part<'x>,
    most: usize,
    defects: &mut Defects,
) -> (Cow<'x, [u8]>, Vec<File>) {
    let bytes = part.first_bytes(most);
    if !part.is("text/plain") || !uuencode::may_hold_files(&bytes) {
        return (bytes, Vec::new());
    }
    if uuencode::has_yenc(&bytes) {
        defects.add("the text holds a file in yEnc, which is not read; it stays in the text");
    }
    let mut divided = uuencode::divide(&bytes);
    if divided.is_some() && part.raw.len() > most {
        divided = uuencode::divide(&part.bytes());
    }
    let Some(divided) = divided else { return (bytes, Vec::new()) };
    if divided.files.iter().any(|file| !file.is_whole) {
        defects.add("a uuencoded file in the text does not end; what is there of it was taken");
    }
    let files = divided
        .files
        .into_iter()
        .map(|file| File { name: Some(file.name), content: file.content, ..File::default() })
        .collect();
    (Cow::Owned(divided.text), files)
}

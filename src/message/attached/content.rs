//! What the first bytes of a file show it to be, held against what it is said to be.
//!
//! Only signs that no honest file of another kind bears are known: a note that is wrong would be read past next
//! time. What is not known is not judged.

const PDF: &str = "application/pdf";
const PNG: &str = "image/png";
const JPEG: &str = "image/jpeg";
const GIF: &str = "image/gif";
const WEBP: &str = "image/webp";
const TIFF: &str = "image/tiff";
const BMP: &str = "image/bmp";
const HEIF: &str = "image/heic";
const SVG: &str = "image/svg+xml";
const ZIP: &str = "application/zip";
const GZIP: &str = "application/gzip";
const BZIP2: &str = "application/x-bzip2";
const XZ: &str = "application/x-xz";
const SEVEN_ZIP: &str = "application/x-7z-compressed";
const RAR: &str = "application/vnd.rar";
const CABINET: &str = "application/vnd.ms-cab-compressed";
const RTF: &str = "application/rtf";
const OLE: &str = "application/x-ole-storage";
const HTML: &str = "text/html";
const MP4: &str = "video/mp4";
const WAVE: &str = "audio/x-wav";
const OGG: &str = "audio/ogg";
const WINDOWS_PROGRAM: &str = "application/vnd.microsoft.portable-executable";
const ELF_PROGRAM: &str = "application/x-elf";
const MAC_PROGRAM: &str = "application/x-mach-binary";
const SCRIPT: &str = "text/x-shellscript";
const SHORTCUT: &str = "application/x-ms-shortcut";

/// First bytes, and what they show.
const SIGNS: [(&[u8], &str); 22] = [
    (b"%PDF-", PDF),
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"\xff\xd8\xff", JPEG),
    (b"GIF87a", GIF),
    (b"GIF89a", GIF),
    (b"II*\0", TIFF),
    (b"MM\0*", TIFF),
    (b"PK\x03\x04", ZIP),
    (b"PK\x05\x06", ZIP),
    (b"\x1f\x8b\x08", GZIP),
    (b"BZh", BZIP2),
    (b"\xfd7zXZ\0", XZ),
    (b"7z\xbc\xaf\x27\x1c", SEVEN_ZIP),
    (b"Rar!\x1a\x07", RAR),
    (b"MSCF\0\0\0\0", CABINET),
    (b"{\\rtf", RTF),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", OLE),
    (b"OggS\0", OGG),
    (b"\x7fELF", ELF_PROGRAM),
    (b"\xcf\xfa\xed\xfe", MAC_PROGRAM),
    (b"\xce\xfa\xed\xfe", MAC_PROGRAM),
    (b"L\0\0\0\x01\x14\x02\0", SHORTCUT),
];

/// What a text may be shown to be without being anything else.
const TEXTS: &[&str] = &[HTML, SVG, SCRIPT];
/// A file of Office: the old and the new form, each under the other's name, and what Word saves as `.doc`.
const OFFICE: &[&str] = &[ZIP, OLE, RTF, HTML];

/// What files with these endings are shown to be.
const ENDINGS: [(&[&str], &[&str]); 22] = [
    (&["pdf"], &[PDF]),
    (&["png"], &[PNG]),
    (&["jpg", "jpeg", "jfif"], &[JPEG]),
    (&["gif"], &[GIF]),
    (&["webp"], &[WEBP]),
    (&["tif", "tiff"], &[TIFF]),
    (&["bmp"], &[BMP]),
    (&["heic", "heif"], &[HEIF]),
    (&["mp4", "m4v", "mov", "m4a"], &[MP4]),
    (&["wav"], &[WAVE]),
    (&["ogg", "oga", "ogv", "opus"], &[OGG]),
    (&["gz", "tgz"], &[GZIP]),
    (&["bz2"], &[BZIP2]),
    (&["xz"], &[XZ]),
    (&["7z"], &[SEVEN_ZIP]),
    (&["rar"], &[RAR]),
    (&["rtf"], &[RTF]),
    (&["zip", "odt", "ods", "odp", "epub"], &[ZIP]),
    (&["doc", "dot", "xls", "ppt", "pps", "docx", "docm", "xlsx", "xlsm", "pptx", "pptm"], OFFICE),
    (&["msg"], &[OLE]),
    (
        &["txt", "csv", "log", "md", "json", "xml", "html", "htm", "ics", "vcf", "eml", "svg", "ini", "yaml"],
        TEXTS,
    ),
    (&["exe", "dll", "scr", "com", "cpl", "sys"], &[WINDOWS_PROGRAM]),
];

/// Under which ending files of these media types stand.
const TYPES: [(&str, &str); 27] = [
    ("application/pdf", "pdf"),
    ("image/png", "png"),
    ("image/jpeg", "jpg"),
    ("image/jpg", "jpg"),
    ("image/pjpeg", "jpg"),
    ("image/gif", "gif"),
    ("image/webp", "webp"),
    ("image/tiff", "tif"),
    ("image/bmp", "bmp"),
    ("image/x-ms-bmp", "bmp"),
    ("image/heic", "heic"),
    ("image/heif", "heic"),
    ("image/svg+xml", "svg"),
    ("video/mp4", "mp4"),
    ("video/quicktime", "mov"),
    ("application/zip", "zip"),
    ("application/x-zip-compressed", "zip"),
    ("application/gzip", "gz"),
    ("application/x-7z-compressed", "7z"),
    ("application/vnd.rar", "rar"),
    ("application/rtf", "rtf"),
    ("application/msword", "doc"),
    ("application/vnd.ms-excel", "xls"),
    ("application/vnd.ms-powerpoint", "ppt"),
    ("application/vnd.ms-outlook", "msg"),
    ("application/json", "json"),
    ("application/xml", "xml"),
];

/// Endings of what runs or makes something run where it is opened.
const RUNNING: [&str; 38] = [
    "exe", "scr", "com", "pif", "cpl", "dll", "sys", "msi", "msp", "bat", "cmd", "ps1", "psm1", "vbs", "vbe",
    "js", "jse", "wsf", "wsh", "wsc", "hta", "lnk", "url", "scf", "reg", "jar", "apk", "app", "dmg", "pkg",
    "sh", "command", "desktop", "iso", "img", "vhd", "vhdx", "chm",
];

/// The media type that the bytes show, where they bear a sign of one.
pub(super) fn shown_type(bytes: &[u8]) -> Option<&'static str> {
    if let Some((_, shown)) = SIGNS.iter().find(|(sign, _)| bytes.starts_with(sign)) {
        return Some(shown);
    }
    let at = |from: usize, sign: &[u8]| bytes.get(from..from + sign.len()) == Some(sign);
    if bytes.starts_with(b"MZ") && is_windows_program(bytes) {
        return Some(WINDOWS_PROGRAM);
    }
    if bytes.starts_with(b"RIFF") {
        return if at(8, b"WEBP") { Some(WEBP) } else { at(8, b"WAVE").then_some(WAVE) };
    }
    if at(4, b"ftyp") {
        let is_picture = [b"heic", b"heix", b"mif1", b"heif"].iter().any(|brand| at(8, *brand));
        return Some(if is_picture { HEIF } else { MP4 });
    }
    if bytes.starts_with(b"BM") && at(6, b"\0\0\0\0") {
        return Some(BMP);
    }
    if bytes.starts_with(b"#!/") || bytes.starts_with(b"#! /") {
        return Some(SCRIPT);
    }
    shown_markup(bytes)
}

/// A program for Windows says at a fixed place where its own header is.
fn is_windows_program(bytes: &[u8]) -> bool {
    let place = bytes.get(0x3c..0x40).and_then(|place| <[u8; 4]>::try_from(place).ok());
    let header = place.and_then(|place| usize::try_from(u32::from_le_bytes(place)).ok());
    header.and_then(|from| bytes.get(from..)).is_some_and(|rest| rest.starts_with(b"PE\0\0"))
}

/// A page or a drawing, by its first tag.
fn shown_markup(bytes: &[u8]) -> Option<&'static str> {
    let start = bytes.get(..bytes.len().min(1_024)).unwrap_or_default();
    let start =
        String::from_utf8_lossy(start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(start)).to_ascii_lowercase();
    let start = start.trim_start();
    let begins = |names: &[&str]| names.iter().any(|name| start.starts_with(name));
    if begins(&["<!doctype html", "<html", "<script", "<head", "<body"]) {
        return Some(HTML);
    }
    (begins(&["<svg", "<!doctype svg"]) || begins(&["<?xml"]) && start.contains("<svg")).then_some(SVG)
}

/// Whether a file of this name and declared type is shown to be something else.
pub(super) fn is_disguised(name: &str, media_type: &str, shown: &str) -> bool {
    let by_name = ending(name).and_then(types_of_ending);
    [by_name, types_of_type(media_type)].into_iter().flatten().any(|types| !types.contains(&shown))
}

fn types_of_ending(ending: &str) -> Option<&'static [&'static str]> {
    let lower = ending.to_ascii_lowercase();
    ENDINGS.iter().find(|(endings, _)| endings.contains(&lower.as_str())).map(|(_, types)| *types)
}

fn types_of_type(media_type: &str) -> Option<&'static [&'static str]> {
    if media_type.starts_with("text/") {
        return Some(if media_type == "text/rtf" { &[RTF] } else { TEXTS });
    }
    if media_type.starts_with("application/vnd.openxmlformats-officedocument.") {
        return Some(OFFICE);
    }
    if media_type.starts_with("application/vnd.oasis.opendocument.") {
        return Some(&[ZIP]);
    }
    TYPES.iter().find(|(known, _)| *known == media_type).and_then(|(_, ending)| types_of_ending(ending))
}

/// What stands behind the last dot.
fn ending(name: &str) -> Option<&str> {
    name.rsplit_once('.').map(|(_, ending)| ending.trim())
}

/// Whether the name ends like one of the known kinds of file.
pub(in crate::message) fn is_file_name(name: &str) -> bool {
    let known = |ending: &str| {
        let lower = ending.to_ascii_lowercase();
        lower != "com" && (types_of_ending(&lower).is_some() || RUNNING.contains(&lower.as_str()))
    };
    ending(name).is_some_and(known)
}

/// Whether the name shows a harmless ending before the one by which it runs: `invoice.pdf.exe`.
pub(super) fn has_double_ending(name: &str) -> bool {
    let mut endings = name.rsplit('.').map(|piece| piece.trim().to_ascii_lowercase());
    let (Some(last), Some(before)) = (endings.next(), endings.next()) else { return false };
    endings.next().is_some()
        && RUNNING.contains(&last.as_str())
        && types_of_ending(&before).is_some()
        && !RUNNING.contains(&before.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The beginning of a program for Windows.
    fn program() -> Vec<u8> {
        let mut bytes = vec![0; 0x80];
        bytes[..2].copy_from_slice(b"MZ");
        bytes[0x3c] = 0x80;
        bytes.extend(b"PE\0\0");
        bytes
    }

    #[test]
    fn files_are_known_by_their_first_bytes() {
        for (bytes, expected) in [
            (&b"%PDF-1.7\n"[..], Some(PDF)),
            (b"\xff\xd8\xff\xe0", Some(JPEG)),
            (b"RIFF\0\0\0\0WEBPVP8 ", Some(WEBP)),
            (b"\0\0\0\x18ftypheic", Some(HEIF)),
            (b"\0\0\0\x18ftypisom", Some(MP4)),
            (b"\xef\xbb\xbf\n <!DOCTYPE html>", Some(HTML)),
            (b"<?xml version='1.0'?><svg>", Some(SVG)),
            (b"<?xml version='1.0'?><invoice>", None),
            (b"#!/bin/sh", Some(SCRIPT)),
            (b"MZ is how this letter begins, and it is long enough to hold a place, is it not?", None),
            (b"BM is short for benchmark", None),
            (b"# heading", None),
            (b"", None),
            (b"PK", None),
        ] {
            assert_eq!(shown_type(bytes), expected, "{bytes:?}");
        }
        assert_eq!(shown_type(&program()), Some(WINDOWS_PROGRAM));
    }

    #[test]
    fn what_a_file_is_said_to_be_is_held_against_what_it_shows() {
        for (name, media_type, shown, expected) in [
            ("a.pdf", "application/pdf", PDF, false),
            ("a.pdf", "application/octet-stream", PDF, false),
            ("a.pdf", "application/pdf", WINDOWS_PROGRAM, true),
            ("a.dat", "application/pdf", ZIP, true),
            ("a.docx", "application/octet-stream", OLE, false),
            ("a.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", ZIP, false),
            ("notes.txt", "text/plain", ZIP, true),
            ("notes.txt", "text/plain", HTML, false),
            ("photo.jpg", "image/jpeg", PNG, true),
            ("photo.jpg", "image/jpeg", HTML, true),
            ("thing", "application/octet-stream", WINDOWS_PROGRAM, false),
            ("setup.exe", "application/octet-stream", WINDOWS_PROGRAM, false),
            ("a.xyz", "application/x-xyz", ZIP, false),
        ] {
            assert_eq!(is_disguised(name, media_type, shown), expected, "{name} {media_type} {shown}");
        }
    }

    #[test]
    fn double_endings_are_seen() {
        for (name, expected) in [
            ("invoice.pdf.exe", true),
            ("invoice.PDF .Exe", true),
            ("photo.jpg.js", true),
            ("setup.exe", false),
            ("archive.tar.gz", false),
            ("report.2026.pdf", false),
            ("v1.2.exe", false),
            (".pdf.exe", true),
            ("pdf.exe", false),
        ] {
            assert_eq!(has_double_ending(name), expected, "{name}");
        }
        assert!(is_file_name("report.pdf") && !is_file_name("example.com") && !is_file_name("example.org"));
    }
}

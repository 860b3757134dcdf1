//! Names of attached files: safe to be used as such, whatever was written; and made up where none was.

use super::header;
use super::mime::Part;

/// The most bytes of a name that are kept.
const NAME_BYTES_MAX: usize = 180;

/// The most bytes of the name of a device, in whichever letters.
const DEVICE_BYTES_MAX: usize = 24;

/// A file name out of what was written: no path, nothing that cannot be seen, nothing that a file system
/// or a shell takes for something else. `None` where nothing is left.
pub(super) fn safe_name(written: &str) -> Option<String> {
    let last = written.rsplit(['/', '\\']).find(|piece| !piece.trim().is_empty())?;
    let visible: String = last
        .chars()
        .filter(|c| !c.is_control() && !is_invisible(*c))
        .map(|c| if matches!(c, '<' | '>' | ':' | '"' | '|' | '?' | '*') { '_' } else { c })
        .collect();
    let name = visible.split_whitespace().collect::<Vec<_>>().join(" ");
    let name = name.trim_matches(['.', ' ']);
    if name.is_empty() {
        return None;
    }
    Some(if is_device(name) { format!("_{name}") } else { shortened(name) })
}

/// Whether Windows takes the name for a device, whatever its ending (`COM¹` too).
fn is_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default().trim();
    if stem.len() > DEVICE_BYTES_MAX {
        return false;
    }
    let stem = stem.to_uppercase();
    let numbered = ["COM", "LPT"].iter().find_map(|start| stem.strip_prefix(start));
    matches!(stem.as_str(), "CON" | "PRN" | "AUX" | "NUL" | "CONIN$" | "CONOUT$" | "CLOCK$")
        || numbered.is_some_and(|rest| {
            let mut chars = rest.chars();
            chars.next().is_some_and(|c| c.is_ascii_digit() || matches!(c, '¹' | '²' | '³'))
                && chars.next().is_none()
        })
}

/// Characters that turn the reading direction or take no room: they make `cod.exe` look like `exe.doc`.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{e0000}'..='\u{e007f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{ad}' | '\u{fffd}')
}

/// A long name without its middle: the ending tells what the file is.
fn shortened(name: &str) -> String {
    if name.len() <= NAME_BYTES_MAX {
        return name.to_owned();
    }
    let (stem, ending) = name.rsplit_once('.').filter(|(_, ending)| ending.len() <= 16).unwrap_or((name, ""));
    let room = stem.floor_char_boundary(NAME_BYTES_MAX - ending.len() - 1);
    let stem = stem.get(..room).unwrap_or_default();
    if ending.is_empty() { stem.to_owned() } else { format!("{stem}.{ending}") }
}

/// A name for what came without one, told from its type.
pub(super) fn made_up_name(part: &Part<'_>, content: &[u8], number: usize) -> String {
    if part.is("message/rfc822") || part.is("message/global") {
        let fields = header::Fields::read(content, 0, 64 * 1024);
        let subject = fields.text("subject").map(|subject| subject.replace(['/', '\\'], "-"));
        let name = subject.as_deref().and_then(safe_name).unwrap_or_else(|| format!("message-{number}"));
        return format!("{name}.eml");
    }
    let ending = match part.media_type.as_str() {
        "text/plain"
        | "message/delivery-status"
        | "message/disposition-notification"
        | "message/feedback-report"
        | "text/rfc822-headers" => "txt",
        "text/html" => "html",
        "text/calendar" => "ics",
        "text/csv" => "csv",
        "text/vcard" | "text/x-vcard" => "vcf",
        "image/jpeg" | "image/jpg" => "jpg",
        "image/png" => "png",
        "image/gif" => "gif",
        "image/svg+xml" => "svg",
        "application/pdf" => "pdf",
        "application/zip" => "zip",
        "application/json" => "json",
        "application/xml" | "text/xml" => "xml",
        "application/pgp-signature" => "asc",
        "application/pkcs7-signature" | "application/x-pkcs7-signature" => "p7s",
        "application/pkcs7-mime" | "application/x-pkcs7-mime" => "p7m",
        "application/ms-tnef" => "dat",
        _ => "bin",
    };
    let kind = match part.media_type.as_str() {
        "text/calendar" => "invitation",
        "message/delivery-status" => "delivery-status",
        "message/disposition-notification" => "disposition-notification",
        "message/feedback-report" => "feedback-report",
        "text/rfc822-headers" => "headers",
        media_type if media_type.ends_with("signature") => "signature",
        media_type if media_type.starts_with("image/") => "image",
        _ => "attachment",
    };
    format!("{kind}-{number}.{ending}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_made_safe() {
        let cases = [
            ("report.pdf", Some("report.pdf")),
            ("../../etc/passwd", Some("passwd")),
            ("C:\\Users\\uma\\notes.txt", Some("notes.txt")),
            ("invoice\u{202e}fdp.exe", Some("invoicefdp.exe")),
            ("a\r\nb\0.txt", Some("ab.txt")),
            ("..", None),
            ("", None),
            ("///", None),
            ("nul.txt", Some("_nul.txt")),
            ("com1.log", Some("_com1.log")),
            ("LPT².txt", Some("_LPT².txt")),
            ("aux .txt", Some("_aux .txt")),
            ("comX.log", Some("comX.log")),
            ("invoice.pdf. . .", Some("invoice.pdf")),
            ("invoice.pdf          .exe", Some("invoice.pdf .exe")),
            ("a\u{e0041}b\u{2066}.txt", Some("ab.txt")),
            ("what?.txt ", Some("what_.txt")),
            (".htaccess", Some("htaccess")),
        ];
        for (written, expected) in cases {
            assert_eq!(safe_name(written).as_deref(), expected, "{written:?}");
        }
        assert!(
            safe_name(&format!("{}.pdf", "ä".repeat(500)))
                .is_some_and(|name| name.ends_with("ä.pdf") && name.len() <= 181)
        );
    }
}

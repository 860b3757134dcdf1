//! Mail that nobody can read without a key.

use super::mime::Tree;
use super::read::take_portions;
use super::{Limits, Message, ProtectionMethod, enclosed, quotation};

/// A mail that is nothing but something encrypted is kept as it came: only whole can a mail program open it with its
/// key. Its text says so at the desk. Where the whole is beyond the limit, its parts stay attached.
pub(super) fn keep_whole(raw: &[u8], tree: &Tree<'_>, message: &mut Message, limits: &Limits) {
    let Some(protection) = message.protection.filter(|protection| protection.encrypted) else { return };
    let is_all = tree.media_type == "multipart/encrypted" || tree.media_type.ends_with("pkcs7-mime");
    if !is_all {
        return;
    }
    let name = match protection.method {
        ProtectionMethod::SMime => "S/MIME",
        ProtectionMethod::OpenPgp => "OpenPGP",
    };
    let text =
        format!("This mail is encrypted ({name}) and cannot be read here. It is attached as it came.\n");
    take_portions(message, quotation::keep_whole(&text));
    message.text = Some(text);
    if message.size <= limits.decoded_bytes_max {
        message.attachments = vec![enclosed::whole_mail(raw, &message.subject)];
    }
}

#[cfg(test)]
mod tests {
    use super::super::read::read;
    use super::*;

    fn encrypted(more: &str) -> String {
        format!(
            "From: uma@example.com\nContent-Type: multipart/encrypted; boundary=b\n\n--b\n\
             Content-Type: application/pgp-encrypted\n\nVersion: 1\n--b\n\
             Content-Type: application/octet-stream; name=a.asc\n\n-----BEGIN PGP MESSAGE-----\n{more}\n--b--\n"
        )
    }

    #[test]
    fn encrypted_mail_is_attached_whole_where_it_is_within_the_limit() {
        let raw = encrypted("hQEMA");
        let size = raw.len() as u64;
        for (bytes_max, sizes) in [(size, vec![size]), (size - 1, vec![10, 33]), (20, vec![10])] {
            let limits = Limits { decoded_bytes_max: bytes_max, ..Limits::default() };
            let message = read(raw.as_bytes(), &limits);
            assert!(message.reply_portion.starts_with("This mail is encrypted (OpenPGP)"), "{bytes_max}");
            let found: Vec<u64> = message.attachments.iter().map(|attachment| attachment.size).collect();
            assert_eq!(found, sizes, "{bytes_max}");
        }
    }

    #[test]
    fn nothing_is_cut_of_what_is_said_in_place_of_an_encrypted_mail() {
        let message = read(encrypted("\n--b\n\nHello\n-- \nUma").as_bytes(), &Limits::default());
        assert!(message.reply_portion.starts_with("This mail is encrypted"));
        assert_eq!((message.signature.as_str(), message.cuts), ("", Vec::new()));
    }
}

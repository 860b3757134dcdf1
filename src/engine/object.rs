//! What becomes an object of an item: attached files, and the mail itself (SPEC L6, U12, U13).

use super::left_out;
use crate::message::{Attachment, Message, Picture, html};
use crate::ruleset::account::Account;
use crate::vocab::ObjectSource;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// How many bytes of the mail one line of its hexadecimal text shows.
const LINE_BYTES: usize = 32;
const DIGITS: &[u8; 16] = b"0123456789abcdef";

/// One object to be, under its name.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Object {
    /// A safe file name.
    pub(super) name: String,
    /// Its media type.
    pub(super) media_type: String,
    /// In bytes.
    pub(super) size: u64,
    /// Where its bytes come from.
    pub(super) source: ObjectSource,
}

/// Every attached file that the account lets through, pictures within the body included.
pub(super) fn attachments(account: &Account, message: &Message) -> Vec<Object> {
    let files = message.attachments.iter().enumerate();
    let kept = files.filter(|(_, file)| left_out::reason(&account.attachments, file).is_none());
    kept.map(|(at, attachment)| Object {
        name: attachment.name.clone(),
        media_type: attachment.media_type.clone(),
        size: attachment.size,
        source: ObjectSource::Attachment(at),
    })
    .collect()
}

/// The HTML of the mail made harmless, with each picture of its own pointing at the object that it becomes.
pub(super) fn linked_html(account: &Account, message: &Message, html: &str) -> String {
    let kept =
        message.attachments.iter().filter(|file| left_out::reason(&account.attachments, file).is_none());
    let pictures: BTreeMap<&str, &Attachment> =
        kept.filter_map(|file| file.content_id.as_deref().map(|id| (id, file))).collect();
    html::sanitise_with(html, &|id| {
        pictures.get(id).map(|file| Picture { name: file.name.clone(), sha256: file.sha256.clone() })
    })
}

/// The mail itself, in the forms that the account asks for. A mail without any body has no formatted form.
pub(super) fn email(account: &Account, message: &Message) -> Vec<Object> {
    let mut objects = Vec::new();
    if account.attach_email_as_text {
        let size = hexadecimal_size(message.size);
        objects.push(named("email-raw.txt", "text/plain", size, ObjectSource::RawAsHexadecimal));
    }
    if account.attach_email_as_html {
        match (&message.html, &message.text) {
            (Some(html), _) => {
                let size = size_of(&html::sanitise(html));
                objects.push(named("email.html", "text/html", size, ObjectSource::Html));
            }
            (None, Some(text)) => {
                objects.push(named("email-body.txt", "text/plain", size_of(text), ObjectSource::Text));
            }
            (None, None) => {}
        }
    }
    objects
}

/// The bytes of an object, from the mail as read and its raw bytes. Empty where the mail has no such part.
pub fn contents<'a>(message: &'a Message, raw: &[u8], source: &ObjectSource) -> Cow<'a, [u8]> {
    match source {
        ObjectSource::Attachment(at) => {
            Cow::Borrowed(message.attachments.get(*at).map_or(&[], |attachment| &attachment.content))
        }
        ObjectSource::RawAsHexadecimal => Cow::Owned(hexadecimal(raw)),
        ObjectSource::Html => {
            Cow::Owned(message.html.as_deref().map(html::sanitise).unwrap_or_default().into_bytes())
        }
        ObjectSource::Text => Cow::Borrowed(message.text.as_deref().unwrap_or_default().as_bytes()),
    }
}

/// Every byte as two hexadecimal digits, 32 bytes to a line, each line with its line feed (SPEC U12).
pub fn hexadecimal(raw: &[u8]) -> Vec<u8> {
    let mut text = Vec::with_capacity(raw.len() * 2 + raw.len().div_ceil(LINE_BYTES));
    for line in raw.chunks(LINE_BYTES) {
        for byte in line {
            text.extend([byte >> 4, byte & 0xF].iter().filter_map(|&digit| DIGITS.get(usize::from(digit))));
        }
        text.push(b'\n');
    }
    text
}

/// The size of the hexadecimal text of so many bytes.
fn hexadecimal_size(raw: u64) -> u64 {
    raw.saturating_mul(2).saturating_add(raw.div_ceil(LINE_BYTES as u64))
}

fn size_of(text: &str) -> u64 {
    u64::try_from(text.len()).unwrap_or(u64::MAX)
}

fn named(name: &str, media_type: &str, size: u64, source: ObjectSource) -> Object {
    Object { name: name.to_owned(), media_type: media_type.to_owned(), size, source }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::testing::{classic, message};
    use proptest::prelude::*;

    #[test]
    fn hexadecimal_text_has_thirty_two_bytes_to_a_line() {
        assert_eq!(hexadecimal(b"\r\nZ\xFF"), b"0d0a5aff\n");
        let text = hexadecimal(&[0; 33]);
        assert_eq!(text.split(|&byte| byte == b'\n').map(<[u8]>::len).collect::<Vec<_>>(), [64, 2, 0]);
        assert_eq!(hexadecimal(b""), b"");
    }

    proptest! {
        #[test]
        fn size_is_known_before_the_text_is_made(raw in proptest::collection::vec(any::<u8>(), 0..300)) {
            prop_assert_eq!(hexadecimal(&raw).len() as u64, hexadecimal_size(raw.len() as u64));
        }
    }

    #[test]
    fn mail_is_attached_in_the_forms_that_the_account_asks_for() {
        let mut account = classic().account("it-desk").unwrap().clone();
        let mut message = message("uma@example.com", "help");
        assert_eq!(email(&account, &message), []);
        (account.attach_email_as_text, account.attach_email_as_html) = (true, true);
        let names = |message: &Message| -> Vec<String> {
            email(&account, message).into_iter().map(|object| object.name).collect()
        };
        assert_eq!(names(&message), ["email-raw.txt", "email-body.txt"]);
        message.html = Some("<p>Hello<script>alert(1)</script>".to_owned());
        assert_eq!(names(&message), ["email-raw.txt", "email.html"]);
        for object in email(&account, &message) {
            let raw = vec![7; usize::try_from(message.size).unwrap()];
            assert_eq!(contents(&message, &raw, &object.source).len() as u64, object.size);
        }
    }
}

//! Letters beyond ASCII that stand in a header as they are, in a set that the header names nowhere (RFC 2047 §1 was made
//! against them).
//!
//! A long field shows its set by itself. The name of a person is too short for that: programs that write so write the body
//! in the same set, which it declares, or the subject tells.

use super::charset::{self, Fit};
use super::header::Fields;
use super::{mime, undeclared};
use std::borrow::Cow;

/// The fields that people write in.
const WRITTEN_BY_PEOPLE: [&str; 6] = ["subject", "from", "sender", "reply-to", "to", "cc"];
/// Bytes that are looked at.
const BYTES_MAX: usize = 1_024;

/// The set in which the short fields of a header are to be read.
#[derive(Debug, Default)]
pub(super) struct RawLetters {
    set: Option<String>,
}

impl RawLetters {
    /// Looks at what the body declares, else at all such letters of the header together. `mail` is what the header is of.
    pub(super) fn of(fields: &Fields<'_>, mail: &[u8]) -> Self {
        if mail.get(..fields.body_start).unwrap_or(mail).is_ascii() {
            return Self::default();
        }
        let mut letters = Vec::new();
        for body in WRITTEN_BY_PEOPLE.iter().flat_map(|name| fields.all(name)) {
            if std::str::from_utf8(body).is_err() && letters.len() < BYTES_MAX {
                let body = body.get(..BYTES_MAX).unwrap_or(body);
                // of the addresses beside them nothing is to be learnt
                letters.extend(body.iter().map(|byte| if byte.is_ascii() { b' ' } else { *byte }));
            }
        }
        if letters.is_empty() {
            return Self::default();
        }
        let guessed = || undeclared::guess(&letters).map(str::to_owned);
        Self { set: mime::declared_set(fields).filter(|set| charset::is_of_one_region(set)).or_else(guessed) }
    }

    /// The field in UTF-8, where it is too short to show its set by itself.
    pub(super) fn read<'x>(&self, body: &'x [u8]) -> Cow<'x, [u8]> {
        let Some(set) = &self.set else { return body.into() };
        if std::str::from_utf8(body).is_ok() || undeclared::guess(body).is_some() {
            return body.into();
        }
        match charset::decode(body, Some(set)) {
            (text, Fit::Good) => text.into_owned().into_bytes().into(),
            _ => body.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Message;

    fn read(parts: &[&[u8]]) -> Message {
        Message::read(&parts.concat())
    }

    #[test]
    fn short_names_are_read_in_the_set_of_the_body_or_of_the_subject() {
        const WU: &[u8] = b"From: \"\xce\xe4\xc0\xbc\xb3\xc9\" <a@example.com>\n";
        const IVAN: &[u8] = b"From: \xe9\xd7\xc1\xce <a@example.com>\n";
        const SUBJECT: &[u8] =
            b"Subject: \xd7\xaa\xb7\xa2\xa3\xba\xd5\xfb\xcc\xe5\xcc\xe1\xc9\xfd\xc6\xf3\xd2\xb5\n";
        for (from, more, name) in [
            (WU, &b"Content-Type: text/plain; charset=gb2312\n"[..], "武兰成"),
            (WU, SUBJECT, "武兰成"),
            (IVAN, b"Content-Type: text/plain; charset=koi8-r\n", "Иван"),
            // nothing tells
            (b"From: J\xf6rg <a@example.com>\n", b"Content-Type: text/plain; charset=utf-8\n", "Jörg"),
            (b"From: J\xf6rg <a@example.com>\n", b"Subject: Dr\xfccken\n", "Jörg"),
            // what is in UTF-8 says so itself
            (
                "From: Jörg <a@example.com>\n".as_bytes(),
                b"Content-Type: text/plain; charset=gb2312\n",
                "Jörg",
            ),
        ] {
            let message = read(&[from, more, b"\nx\n"]);
            let [mailbox] = message.from.as_slice() else { panic!("{name}: {:?}", message.from) };
            assert_eq!((mailbox.name.as_deref(), mailbox.address.as_str()), (Some(name), "a@example.com"));
        }
    }

    #[test]
    fn short_subjects_are_read_in_the_set_of_the_body() {
        let message = read(&[
            b"From: a@example.com\nSubject: \xb2\xe2\xca\xd4\nContent-Type: text/plain; charset=gbk\n\nx\n",
        ]);
        assert_eq!(message.subject, "测试");
    }
}

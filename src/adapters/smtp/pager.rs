//! Text for pagers (SPEC 12, "pager encoding").
//!
//! A server with a pager encoding is one that sends to pagers: every mail leaves by it as short plain text
//! without HTML.

use crate::ports::OutboxEntry;
use crate::ruleset::account::PagerEncoding;
use crate::vocab::MessageFormat;

/// The mail as a pager can show it; `None`: as any other mail.
pub(super) fn for_pager(mail: &OutboxEntry, encoding: PagerEncoding) -> Option<OutboxEntry> {
    if encoding == PagerEncoding::None {
        return None;
    }
    let mut mail = mail.clone();
    let reply = &mut mail.reply;
    reply.html = None;
    reply.format = MessageFormat::PlainText;
    if encoding == PagerEncoding::Ascii {
        reply.subject = ascii(&reply.subject);
        reply.text = ascii(&reply.text);
        for mailbox in [&mut reply.to, &mut reply.from, &mut reply.reply_to] {
            mailbox.name = mailbox.name.as_deref().map(ascii);
        }
    }
    Some(mail)
}

/// Other letters as ASCII writes them, where it can; what it cannot write is dropped.
fn ascii(text: &str) -> String {
    text.chars().filter_map(deunicode::deunicode_char).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::adapters::compose::tests::entry;
    use crate::adapters::compose::{Marks, compose};

    #[test]
    fn pagers_get_plain_text_that_they_can_show() {
        let mut mail = entry();
        mail.reply.text = "Grüße – “ok” \u{e000}".into();
        assert_eq!(for_pager(&mail, PagerEncoding::None), None);
        for (encoding, text, subject) in [
            (PagerEncoding::Ascii, "Grusse - \"ok\" ", "Call 5837 has been closed - grusse"),
            (PagerEncoding::Utf8, "Grüße – “ok” \u{e000}", "Call 5837 has been closed – grüße"),
        ] {
            let short = for_pager(&mail, encoding).unwrap();
            assert_eq!((short.reply.text.as_str(), short.reply.subject.as_str()), (text, subject));
            let written = compose(&short, Marks { loop_mark: "m", rules: None }).unwrap();
            let written = String::from_utf8(written.bytes).unwrap();
            assert!(!written.contains("text/html") && !written.contains("multipart"), "{written}");
            assert_eq!(written.contains("=?utf-8?"), encoding == PagerEncoding::Utf8, "{written}");
        }
    }
}

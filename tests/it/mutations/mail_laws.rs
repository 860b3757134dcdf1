//! What holds for every mail and every HTML text, whatever its bytes. The fuzz targets under `fuzz` hold themselves to
//! the same laws.

use postroom::message::{Message, sanitise, to_text};
use std::collections::BTreeSet;

/// By how much a text may grow while it is made readable: indents, addresses of links.
const GROWTH_MAX: usize = 64;

/// Reads a mail, and again; gives the message.
pub(super) fn mail(raw: &[u8]) -> Message {
    let message = Message::read(raw);
    assert_eq!(message, Message::read(raw), "the same bytes are the same mail");
    assert_eq!(message.size, raw.len() as u64);
    bounded(&message, raw.len());
    clean(&message);
    undivided(&message);
    let json = serde_json::to_string(&message).expect("a message is JSON");
    let again: Message = serde_json::from_str(&json).expect("its own JSON is a message");
    assert_eq!(serde_json::to_string(&again).expect("and JSON again"), json);
    message
}

/// No part of what is read is larger than the mail gives cause for.
fn bounded(message: &Message, size: usize) {
    let most = size.saturating_mul(GROWTH_MAX) + 1024;
    for text in [
        message.text.as_deref(),
        message.html.as_deref(),
        Some(&message.reply_portion),
        Some(&message.quoted),
    ] {
        assert!(text.unwrap_or_default().len() <= most, "a text grows from {size} bytes");
    }
    let attached: usize = message.attachments.iter().map(|attachment| attachment.content.len()).sum();
    assert!(attached <= most && message.attachments.len() <= 10_000, "what is attached grows");
    assert!(message.defects.len() <= 100, "{:?}", message.defects);
    assert!(message.references.len() <= 200 && message.subject.len() <= 8 * 1024);
    assert!(message.to.len() <= 2_000 && message.cc.len() <= 2_000);
}

/// No control character stands where one does harm.
fn clean(message: &Message) {
    let people = message.from.iter().chain(&message.to).chain(&message.cc).chain(&message.reply_to);
    for mailbox in people {
        assert!(!mailbox.to_string().contains(char::is_control), "{mailbox:?}");
    }
    assert!(!message.subject.contains(char::is_control), "{:?}", message.subject);
    assert!(!message.base_subject.contains(char::is_control), "{:?}", message.base_subject);
    let ids = message.references.iter().chain(&message.message_id).chain(&message.in_reply_to);
    for id in ids.chain(&message.defects) {
        assert!(!id.contains(char::is_control), "{id:?}");
    }
    for text in [&message.text, &message.html] {
        assert!(!text.as_deref().unwrap_or_default().contains(['\0', '\r']), "{text:?}");
    }
    for attachment in &message.attachments {
        let name = &attachment.name;
        let is_safe = !name.is_empty() && name.len() <= 255 && !name.contains(['/', '\\']) && name != "..";
        assert!(is_safe && !name.contains(char::is_control), "{name:?}");
        assert!(!name.contains(['\u{202e}', '\u{2066}', '\u{200b}']), "{name:?}");
        assert_eq!(attachment.size, attachment.content.len() as u64);
    }
}

/// What a person wrote is in one of the portions, and no portion holds a word that nobody wrote.
fn undivided(message: &Message) {
    let tree = serde_json::to_value(message).expect("a message is JSON");
    let portions: Vec<&str> =
        ["reply_portion", "quoted", "signature"].iter().filter_map(|name| tree.get(name)?.as_str()).collect();
    let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<BTreeSet<_>>();
    let written = words(message.text.as_deref().unwrap_or_default());
    let told: BTreeSet<String> = portions.iter().flat_map(|portion| words(portion)).collect();
    assert_eq!(written, told, "the portions are the text");
    let is_said = |text: &str| !text.trim().is_empty();
    assert!(
        is_said(&message.reply_portion) || !message.text.as_deref().is_some_and(is_said),
        "a reply is never empty"
    );
}

/// Makes HTML readable and harmless.
pub(super) fn html(written: &str) {
    let text = to_text(written);
    assert_eq!(text, to_text(written));
    assert!(text.len() <= written.len().saturating_mul(GROWTH_MAX) + 1024, "a text grows");
    assert!(!text.contains('\0'));
    let harmless = sanitise(written);
    assert_eq!(harmless, sanitise(written));
    assert!(harmless.len() <= written.len().saturating_mul(GROWTH_MAX) + 1024, "harmless HTML grows");
    for tag in tags(&harmless) {
        let lower = tag.to_ascii_lowercase();
        let name = lower.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
        let acts =
            ["script", "style", "iframe", "object", "embed", "form", "input", "meta", "link", "base", "svg"];
        assert!(!acts.contains(&name), "{tag} in {harmless}");
        for attribute in [" on", " style=", " srcset=", " background=", " action="] {
            assert!(!outside_quotations(&lower).contains(attribute), "{tag} in {harmless}");
        }
        assert!(name != "img" || !lower.contains("src=\"http"), "{tag} in {harmless}");
        assert!(!lower.contains("=\"javascript:"), "{tag} in {harmless}");
    }
}

/// The start tags of well-formed HTML, without their brackets.
fn tags(html: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = html;
    while let Some((_, after)) = rest.split_once('<') {
        let mut quoted = false;
        let end = after.find(|c| {
            quoted ^= c == '"';
            c == '>' && !quoted
        });
        let (tag, next) = after.split_at(end.unwrap_or(after.len()));
        if !tag.starts_with('/') {
            found.push(tag.to_owned());
        }
        rest = next;
    }
    found
}

fn outside_quotations(tag: &str) -> String {
    tag.split('"').step_by(2).collect()
}

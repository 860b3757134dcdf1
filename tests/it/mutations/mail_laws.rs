//! What holds for every mail and every HTML text, whatever its bytes. The fuzz targets under `fuzz` hold themselves to
//! the same laws.

use postroom::message::{CutPart, Limits, Message, sanitise, to_text};
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
    within_limits(raw);
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

/// Bounds that most mail exceeds are kept to, and what was left out is told.
fn within_limits(raw: &[u8]) {
    let limits = Limits {
        parts_max: 3,
        depth_max: 2,
        header_bytes_max: 400,
        header_fields_max: 9,
        text_bytes_max: 100,
        html_bytes_max: 150,
        html_depth_max: 4,
        decoded_bytes_max: 200,
    };
    let message = Message::read_within(raw, &limits);
    assert!(message.text.as_deref().unwrap_or_default().len() <= limits.text_bytes_max);
    assert!(message.html.as_deref().unwrap_or_default().len() <= limits.html_bytes_max);
    let attached: u64 = message.attachments.iter().map(|attachment| attachment.size).sum();
    assert!(attached <= limits.decoded_bytes_max, "{attached} bytes are attached");
    clean(&message);
    undivided(&message);
    let whole = Message::read(raw);
    let is_less = message.text.as_ref().map(String::len) < whole.text.as_ref().map(String::len);
    assert!(!is_less || message.left_unread().next().is_some(), "it is not said that text was left out");
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

/// Every word of the text is in one of the portions, as often as it was written, and nothing else is; the cuts say which
/// lines went where. One line may be divided: into the words of the reply, and the attribution behind them.
fn undivided(message: &Message) {
    let text = message.text.as_deref().unwrap_or_default();
    let portions = [&message.reply_portion, &message.quoted, &message.signature];
    let told = words(portions.into_iter().flat_map(|portion| portion.split_whitespace()));
    let written = words(text.split_whitespace());
    let whole: BTreeSet<&str> = said(text.split('\n')).collect();
    let mut divided = said(message.reply_portion.split('\n')).filter(|kept| !whole.contains(kept));
    let (first, more) = (divided.next(), divided.next());
    assert!(more.is_none() && first.is_none_or(|first| text.contains(first)), "{first:?} {more:?}");
    // where no blank stands between them, the two parts of a line have a word each
    let is_divided_within_word = |first: &str| {
        text.match_indices(first).any(|(at, _)| {
            let (above, behind) = text.split_at(at + first.len());
            words(above.split_whitespace().chain(behind.split_whitespace())) == told
        })
    };
    assert!(
        written == told || first.is_some_and(is_divided_within_word),
        "the portions {told:?} are the text {written:?}"
    );
    assert!(
        written.is_empty() || said(message.reply_portion.split('\n')).next().is_some(),
        "no reply is empty"
    );

    let lines: Vec<&str> = text.split('\n').collect();
    for (part, portion) in [(CutPart::Quoted, &message.quoted), (CutPart::Signature, &message.signature)] {
        let cuts = message.cuts.iter().filter(|cut| cut.part == part);
        let cut = cuts.flat_map(|cut| &lines[cut.first_line - 1..cut.last_line]).copied();
        // a line may be divided between the reply or the signature, and the quotation
        let stands_in = |part: &str, of: &str| said(of.split('\n')).any(|line| line == part.trim());
        let is_of_line = |(line, portion): (&str, &str)| {
            let words = || line.strip_suffix(portion);
            let attribution = || line.strip_prefix(portion);
            line == portion
                || words().is_some_and(|words| {
                    stands_in(words, &message.reply_portion) || stands_in(words, &message.signature)
                })
                || attribution().is_some_and(|attribution| stands_in(attribution, &message.quoted))
        };
        let count = said(portion.split('\n')).count();
        assert!(
            said(cut.clone()).count() == count && said(cut).zip(said(portion.split('\n'))).all(is_of_line),
            "{:?} say where {portion:?} stood",
            message.cuts
        );
    }
    let least_sure = message.cuts.iter().map(|cut| cut.sureness).max();
    // what was kept in doubt makes a reply less sure than its cuts do
    assert!(least_sure.is_none_or(|least| least <= message.reply_sureness), "{:?}", message.cuts);
}

fn words<'t>(words: impl Iterator<Item = &'t str>) -> Vec<&'t str> {
    let mut words: Vec<&str> = words.collect();
    words.sort_unstable();
    words
}

/// Lines with words in them, without the white space around them.
fn said<'t>(lines: impl Iterator<Item = &'t str>) -> impl Iterator<Item = &'t str> {
    lines.map(str::trim).filter(|line| !line.is_empty())
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
    let kept = tags(&harmless);
    // what a browser makes of it is what was judged; only an end tag without its start makes a paragraph
    for tag in tags(&sanitise(&harmless)) {
        assert!(tag == "p" || kept.contains(&tag), "{tag} comes out of {harmless}");
    }
    for tag in kept {
        let lower = tag.to_ascii_lowercase();
        let name = lower.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
        let acts =
            ["script", "style", "iframe", "object", "embed", "form", "input", "meta", "link", "base", "svg"];
        assert!(!acts.contains(&name), "{tag} in {harmless}");
        for attribute in [" on", " style=", " srcset=", " background=", " action="] {
            assert!(!outside_quotations(&lower).contains(attribute), "{tag} in {harmless}");
        }
        assert!(name != "img" || !lower.contains("src=\"http"), "{tag} in {harmless}");
        // words that describe a picture lead nowhere
        for address in [" href", " src", " cite"] {
            assert!(!lower.contains(&format!("{address}=\"javascript:")), "{tag} in {harmless}");
        }
    }
}

/// The start tags of well-formed HTML, without their brackets.
fn tags(html: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut rest = html;
    while let Some((_, after)) = rest.split_once('<') {
        let mut quoted = false;
        let end = after.find(|c| {
            quoted ^= c == '"';
            c == '>' && !quoted
        });
        let (tag, next) = after.split_at(end.unwrap_or(after.len()));
        if !tag.starts_with('/') {
            found.insert(tag.to_owned());
        }
        rest = next;
    }
    found
}

fn outside_quotations(tag: &str) -> String {
    tag.split('"').step_by(2).collect()
}

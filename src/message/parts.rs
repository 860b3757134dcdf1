//! The bodies of a mail, and what is attached to it.
//!
//! Of several forms of the same text one plain and one HTML form are kept. A mail within the mail is a
//! file of its own.

use super::enclosed::{attachment, attachment_of, content_ids_shown};
use super::lines::{plain_lines, without_mbox_marks};
use super::mime::{self, Part, Tree};
use super::stretches::{self, Block, html_of, text_of};
use super::tnef::{File, Letter};
use super::wrapped::{self, Opened};
use super::{
    Attachment, Defects, Limits, Protection, ProtectionMethod, charset, enriched, flowed, header, html,
    signed,
};
use std::borrow::Cow;
use std::collections::BTreeSet;

/// Forms of a text for machines that show it in their own way; nobody misses them where another form has words.
const OTHER_FORMS: [&str; 3] = ["text/x-amp-html", "text/watch-html", "text/enriched"];
/// Text with marks of its own, which is read where nothing else says the same.
const ENRICHED: [&str; 2] = ["text/enriched", "text/richtext"];

/// The deepest nesting of signed parts within signed parts.
const SIGNED_DEPTH_MAX: usize = 4;
/// Text in another form than plain, which people write and read as it stands.
const PROSE: [&str; 4] = ["text/markdown", "text/x-markdown", "text/unknown", "text/x-unknown"];
/// What is said of mail that cannot be read without a key.
const ENCRYPTED: &str = "it is encrypted; what is encrypted is kept as it came";

/// What a mail holds.
#[derive(Debug, Default)]
pub(super) struct Contents {
    pub(super) text: Option<String>,
    pub(super) html: Option<String>,
    /// Where the lines of the text stand in the HTML, where all of it was made of that.
    pub(super) places: Option<html::Places>,
    pub(super) attachments: Vec<Attachment>,
    pub(super) protection: Option<Protection>,
}

/// What becomes an attachment: a part, a file out of another wrapping, or one that is ready.
enum Enclosed<'t, 'x> {
    Part(&'t Part<'x>),
    File(File),
    Ready(Attachment),
}

/// The parts of a mail as they are sorted.
#[derive(Default)]
struct Sorted<'t, 'x> {
    blocks: Vec<Block>,
    enclosed: Vec<Enclosed<'t, 'x>>,
    /// The bodies of mails in TNEF, their plain and their HTML form, each with the number of blocks before it.
    letters: Vec<(usize, Block)>,
    protection: Option<Protection>,
}

/// Sorts the parts of a mail into bodies and attachments.
pub(super) fn read(tree: &Tree<'_>, limits: &Limits, defects: &mut Defects) -> Contents {
    read_at(tree, limits, defects, 0)
}

fn read_at(tree: &Tree<'_>, limits: &Limits, defects: &mut Defects, depth: usize) -> Contents {
    let mut sorted = Sorted { protection: wrapped::protection(tree), ..Sorted::default() };
    let with_words = alternatives_with_words(tree);
    for part in &tree.parts {
        let has_words_elsewhere = part.group.alternative.is_some_and(|number| with_words.contains(&number));
        if !wrapped::is_winmail(part) && is_body(part, has_words_elsewhere, &sorted.blocks) {
            for file in take_body(part, &mut sorted.blocks, limits, defects) {
                match wrapped::open_stream(&file.content, limits, defects) {
                    Some((letter, is_kept)) => {
                        take_letter(letter, &mut sorted);
                        sorted.enclosed.extend(is_kept.then_some(Enclosed::File(file)));
                    }
                    None => sorted.enclosed.push(Enclosed::File(file)),
                }
            }
        } else if !(is_blank(part) || has_words_elsewhere && is_other_form(part)) {
            take_enclosed(part, &mut sorted, limits, defects, depth);
        }
    }
    finish(sorted, limits, defects)
}

/// The alternatives of which a form that everybody reads has words.
fn alternatives_with_words(tree: &Tree<'_>) -> BTreeSet<usize> {
    let is_form = |part: &&Part<'_>| part.is("text/plain") || part.is("text/html");
    tree.parts
        .iter()
        .filter(is_form)
        .filter(|part| !part.raw.iter().all(u8::is_ascii_whitespace))
        .filter_map(|part| part.group.alternative)
        .collect()
}

/// A form of a text for machines of its own; with a name it is a file.
fn is_other_form(part: &Part<'_>) -> bool {
    OTHER_FORMS.contains(&part.media_type.as_str())
        && part.name.is_none()
        && part.disposition.as_deref() != Some("attachment")
}

fn is_html(part: &Part<'_>) -> bool {
    part.is("text/html") || part.is("text/x-amp-html") || part.is("text/watch-html")
}

/// The body of a mail in TNEF, and its files.
fn take_letter(letter: Letter, sorted: &mut Sorted<'_, '_>) {
    let tidy = |text: Option<String>| text.map(|text| plain_lines(text.into()));
    let block = Block { alternative: None, plain: tidy(letter.plain), html: tidy(letter.html) };
    sorted.letters.push((sorted.blocks.len(), block));
    sorted.enclosed.extend(letter.files.into_iter().map(Enclosed::File));
}

/// A part that is no body: a file, or a wrapping with bodies and files in it.
fn take_enclosed<'t, 'x>(
    part: &'t Part<'x>,
    sorted: &mut Sorted<'t, 'x>,
    limits: &Limits,
    defects: &mut Defects,
    depth: usize,
) {
    match wrapped::open(part, limits, defects) {
        Opened::Letter(letter, is_kept) => {
            take_letter(*letter, sorted);
            if is_kept {
                sorted.enclosed.push(Enclosed::Part(part));
            }
        }
        Opened::Signed(content) if depth < SIGNED_DEPTH_MAX => {
            let fields = header::Fields::read(&content, 0, limits.header_bytes_max);
            let tree = mime::walk(&content, fields, limits, defects);
            let inner = read_at(&tree, limits, defects, depth + 1);
            let has_body = inner.text.is_some() || inner.html.is_some();
            sorted.blocks.extend(has_body.then_some(Block {
                alternative: None,
                plain: inner.text,
                html: inner.html,
            }));
            sorted.enclosed.extend(inner.attachments.into_iter().map(Enclosed::Ready));
            let signed = Protection { signed: true, ..Protection::signed(ProtectionMethod::SMime) };
            sorted.protection =
                inner.protection.map_or(Some(signed), |inner| Some(Protection { signed: true, ..inner }));
        }
        Opened::Encrypted(method) => {
            defects.add(ENCRYPTED);
            sorted.protection = Some(Protection::encrypted(method));
            sorted.enclosed.push(Enclosed::Part(part));
        }
        Opened::Signed(_) | Opened::Nothing => sorted.enclosed.push(Enclosed::Part(part)),
    }
}

fn finish(sorted: Sorted<'_, '_>, limits: &Limits, defects: &mut Defects) -> Contents {
    let Sorted { mut blocks, enclosed, letters, mut protection } = sorted;
    stretches::take_letters(letters, &mut blocks, limits);
    for block in &mut blocks {
        let Some(plain) = block.plain.as_deref().filter(|plain| signed::holds_armour(plain)) else {
            continue;
        };
        if let Some(clear) = signed::clear_text(plain) {
            block.plain = Some(clear);
            protection = protection.or(Some(Protection::signed(ProtectionMethod::OpenPgp)));
        } else if signed::is_encrypted_text(plain) {
            protection = protection.or(Some(Protection::encrypted(ProtectionMethod::OpenPgp)));
        }
    }
    let html = html_of(&blocks);
    let shown = html.as_deref().filter(|_| !enclosed.is_empty()).map(content_ids_shown).unwrap_or_default();
    let attachments = enclosed
        .into_iter()
        .enumerate()
        .map(|(index, enclosed)| match enclosed {
            Enclosed::Part(part) => attachment(part, index + 1, &shown),
            Enclosed::File(file) => attachment_of(file, index + 1, &shown),
            Enclosed::Ready(attachment) => attachment,
        })
        .collect();
    let (text, places) = text_of(blocks, limits, defects);
    Contents { text, html, places, attachments, protection }
}

fn is_body(part: &Part<'_>, has_words_elsewhere: bool, blocks: &[Block]) -> bool {
    let media_type = part.media_type.as_str();
    let is_alternative = part.group.alternative.is_some();
    let is_readable = PROSE.contains(&media_type)
        || ENRICHED.contains(&media_type)
        || is_alternative && is_other_form(part);
    let is_prose = is_readable && !(is_alternative && has_words_elsewhere);
    let is_text = part.is("text/html") || part.is("text/plain") || is_prose;
    if !is_text || part.disposition.as_deref() == Some("attachment") {
        return false;
    }
    if part.raw.is_empty() && part.fields.first("content-type").is_none() && blocks.is_empty() {
        return false;
    }
    let is_beside_document = part.group.is_related && blocks.iter().any(|block| block.html.is_some());
    (part.name.is_none() || blocks.is_empty()) && !is_beside_document
}

/// A text without a name and without a letter, as gateways leave it where they took something away.
fn is_blank(part: &Part<'_>) -> bool {
    part.is("text/plain")
        && part.name.is_none()
        && part.disposition.as_deref() != Some("attachment")
        && part.raw.iter().all(u8::is_ascii_whitespace)
}

/// Takes a body; gives back the files that were written into it.
fn take_body(part: &Part<'_>, blocks: &mut Vec<Block>, limits: &Limits, defects: &mut Defects) -> Vec<File> {
    let (text, files) = body_text(part, limits, defects);
    let alternative = part.group.alternative;
    let known =
        blocks.iter_mut().rev().find(|block| alternative.is_some() && block.alternative == alternative);
    let block = if let Some(block) = known {
        block
    } else {
        blocks.push(Block { alternative, ..Block::default() });
        let Some(block) = blocks.last_mut() else { return files };
        block
    };
    let form = if is_html(part) { &mut block.html } else { &mut block.plain };
    match form {
        Some(before) if before.len() + text.len() > limits.text_bytes_max => {
            defects.add(super::TEXT_BEYOND);
        }
        Some(before) => {
            before.push('\n');
            before.push_str(&text);
        }
        None => *form = Some(text),
    }
    files
}

/// A text part decoded, on plain line feeds, without control characters, within the limit; and the files that were
/// written into it.
fn body_text(part: &Part<'_>, limits: &Limits, defects: &mut Defects) -> (String, Vec<File>) {
    let most = limits.text_bytes_max.saturating_mul(4);
    let (bytes, files) = wrapped::without_files(part, most, defects);
    let mut cut = files.is_empty() && part.raw.len() > most;
    let bytes = bytes.get(..most).unwrap_or(&bytes);
    let (text, fit) = decoded(part, bytes);
    match fit {
        charset::Fit::Good => {}
        charset::Fit::Unknown => defects.add("the character set of the text is unknown"),
        charset::Fit::Wrong => defects.add("the text is not in the character set that it declares"),
        charset::Fit::Refused => {
            defects.add("the text is in UTF-7, which is not read; it stays as it was sent");
        }
    }
    if part.is_misdeclared {
        defects.add("the text is not in base64, as it declares; it stays as it was sent");
    }
    let mut text = plain_lines(text);
    if part.is("text/plain") && memchr::memmem::find(text.as_bytes(), b">From ").is_some() {
        text = without_mbox_marks(&text);
    }
    if let Some(deletes_space) = part.flow.filter(|_| part.is("text/plain")) {
        text = flowed::join(&text, deletes_space);
    }
    if ENRICHED.contains(&part.media_type.as_str()) {
        text = enriched::to_text(&text);
    }
    if text.len() > limits.text_bytes_max {
        text.truncate(text.floor_char_boundary(limits.text_bytes_max));
        cut = true;
    }
    if cut {
        defects.add(super::TEXT_BEYOND);
    }
    (text, files)
}

/// The text of a part in the set that it declares. HTML may say it within itself, which is heard where nothing else says
/// so, and where the bytes are not UTF-8 without a flaw.
fn decoded<'x>(part: &Part<'_>, bytes: &'x [u8]) -> (Cow<'x, str>, charset::Fit) {
    let is_silent = part.charset.as_deref().is_none_or(charset::says_nothing);
    if is_silent
        && is_html(part)
        && std::str::from_utf8(bytes).is_err()
        && let Some(name) = html::declared_charset(bytes)
    {
        let (text, fit) = charset::decode(bytes, Some(&name));
        if matches!(fit, charset::Fit::Good | charset::Fit::Wrong) {
            return (text, fit);
        }
    }
    charset::decode(bytes, part.charset.as_deref())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_for_other_machines_is_read_where_no_other_form_has_words() {
        for (forms, text, files) in [
            (&[("text/enriched", "<bold>hi</bold>")][..], Some("hi"), 0),
            (&[("text/x-amp-html", "<p>hi</p>")], Some("hi"), 0),
            (&[("text/watch-html", "<p>hi</p>")], Some("hi"), 0),
            (&[("text/richtext", "<bold>hi</bold>")], Some("hi"), 0),
            (&[("text/markdown", "# hi")], Some("# hi"), 0),
            (&[("text/plain", " "), ("text/enriched", "hi")], Some(" \nhi"), 0),
            (&[("text/plain", "hi"), ("text/enriched", "hi")], Some("hi"), 0),
            (&[("text/x-amp-html", "<p>there</p>"), ("text/html", "<p>hi</p>")], Some("hi"), 0),
            (&[("text/plain", "hi"), ("text/watch-html; name=a.html", "<p>there</p>")], Some("hi"), 1),
        ] {
            let parts = forms
                .iter()
                .map(|(kind, body)| format!("--b\nContent-Type: {kind}\n\n{body}\n"))
                .collect::<Vec<_>>()
                .concat();
            let raw = format!("Content-Type: multipart/alternative; boundary=b\n\n{parts}--b--\n");
            let found = header::Fields::read(raw.as_bytes(), 0, 1_000);
            let (limits, mut defects) = (Limits::default(), Defects::default());
            let contents =
                read(&mime::walk(raw.as_bytes(), found, &limits, &mut defects), &limits, &mut defects);
            assert_eq!((contents.text.as_deref(), contents.attachments.len()), (text, files), "{forms:?}");
        }
    }

    #[test]
    fn html_is_read_in_the_set_that_it_declares_within_itself() {
        const WORDS: &str = "Äà";
        for (parameter, meta, words, expected) in [
            ("", "<meta charset=windows-1251>", &b"\xc4\xe0"[..], "Да"),
            (
                "",
                "<meta http-equiv=content-type content='text/html; charset=iso-8859-2'>",
                b"\xbf\xf3\xb3",
                "żół",
            ),
            ("; charset=unknown-8bit", "<meta charset=windows-1251>", b"\xc4\xe0", "Да"),
            ("", "<meta charset=windows-1251>", "café".as_bytes(), "café"),
            ("; charset=iso-8859-1", "<meta charset=windows-1251>", b"\xc4\xe0", WORDS),
            ("", "<meta charset=moon>", b"\xc4\xe0", WORDS),
            ("", "<meta charset=utf-7>", b"\xc4\xe0", WORDS),
            ("", "<p>", b"\xc4\xe0", WORDS),
        ] {
            let mut raw = format!("Content-Type: text/html{parameter}\n\n{meta}").into_bytes();
            raw.extend_from_slice(words);
            let found = header::Fields::read(&raw, 0, 1_000);
            let (limits, mut defects) = (Limits::default(), Defects::default());
            let tree = mime::walk(&raw, found, &limits, &mut defects);
            let contents = read(&tree, &limits, &mut defects);
            assert_eq!(contents.text.as_deref(), Some(expected), "{parameter} {meta}");
            assert!(defects.0.is_empty(), "{:?}", defects.0);
        }
    }

    #[test]
    fn bodies_and_files_are_told_apart() {
        for (fields, text, file) in [
            ("Content-Type: text/markdown", Some("# hi"), None),
            ("Content-Type: text/markdown; name=a.md", Some("# hi"), None),
            ("Content-Type: text/html charset=utf-8", Some("# hi"), None),
            ("Content-Type: text/enriched", Some("# hi"), None),
            ("Content-Type: text/richtext; charset=us-ascii", Some("# hi"), None),
            ("Content-Type: application/xhtml+xml", Some("# hi"), None),
            (
                "Content-Type: application/xhtml+xml; name=a.xhtml",
                None,
                Some(("a.xhtml", "application/xhtml+xml")),
            ),
            (
                "Content-Type: application/pdf; name=\"M%C3%A4rz.pdf\"",
                None,
                Some(("März.pdf", "application/pdf")),
            ),
            ("Content-Transfer-Encoding: 8bit (raw)", Some("# hi"), None),
            ("Content-Transfer-Encoding: base64", Some("# hi"), None),
            ("Content-Type: text/calendar", None, Some(("invitation-1.ics", "text/calendar"))),
            (
                "Content-Disposition: attachment; filename=a.bin",
                None,
                Some(("a.bin", "application/octet-stream")),
            ),
            ("Content-Disposition: filename=a.bin", None, Some(("a.bin", "application/octet-stream"))),
            (
                "Content-Type: image/png; name=a.png\nContent-Disposition: inline; filename=\"\"",
                None,
                Some(("a.png", "image/png")),
            ),
            ("Content-Type: message/rfc822; name=\"Re: VPN\"", None, Some(("Re_ VPN.eml", "message/rfc822"))),
        ] {
            let raw = format!("{fields}\n\n# hi");
            let found = header::Fields::read(raw.as_bytes(), 0, 1_000);
            let (limits, mut defects) = (Limits::default(), Defects::default());
            let contents =
                read(&mime::walk(raw.as_bytes(), found, &limits, &mut defects), &limits, &mut defects);
            assert_eq!(contents.text.as_deref(), text, "{fields}");
            let found =
                contents.attachments.first().map(|file| (file.name.as_str(), file.media_type.as_str()));
            assert_eq!(found, file, "{fields}");
        }
    }
}

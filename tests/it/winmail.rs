//! `winmail.dat`: its body and its files are read as if they had come as MIME parts, whatever its lengths say.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use base64::Engine as _;
use postroom::message::{Attachment, Message};
use proptest::prelude::*;

const OEM_CODEPAGE: u32 = 0x0006_9007;
const SUBJECT: u32 = 0x0001_8004;
const BODY: u32 = 0x0002_800c;
const PROPERTIES: u32 = 0x0006_9003;
const FILE_BEGINS: u32 = 0x0006_9002;
const FILE_TITLE: u32 = 0x0001_8010;
const FILE_DATA: u32 = 0x0006_800f;
const FILE_PROPERTIES: u32 = 0x0006_9005;
const CUT: &str = "`winmail.dat` ends before it is complete; what could be read of it was taken";
const LENGTH: &str = "a length within `winmail.dat` is wrong; what could be read of it was taken";
const CHECKSUM: &str = "a checksum within `winmail.dat` does not fit; what it covers may be damaged";
/// The interface of a message, before an embedded one.
const MESSAGE_INTERFACE: [u8; 16] = [7, 3, 2, 0, 0, 0, 0, 0, 0xc0, 0, 0, 0, 0, 0, 0, 0x46];

fn size(bytes: &[u8]) -> [u8; 4] {
    u32::try_from(bytes.len()).unwrap().to_le_bytes()
}

fn attribute(level: u8, tag: u32, data: &[u8]) -> Vec<u8> {
    let sum = data.iter().fold(0_u16, |sum, byte| sum.wrapping_add(u16::from(*byte)));
    [&[level][..], &tag.to_le_bytes(), &size(data), data, &sum.to_le_bytes()].concat()
}

fn stream(attributes: &[Vec<u8>]) -> Vec<u8> {
    [&0x223e_9f78_u32.to_le_bytes()[..], &[1, 0], &attributes.concat()].concat()
}

/// A property of variable size: 1e narrow text, 1f wide text, 102 bytes, d object.
fn property(id: u16, kind: u16, value: &[u8]) -> Vec<u8> {
    let padding = vec![0; value.len().wrapping_neg() % 4];
    [&kind.to_le_bytes()[..], &id.to_le_bytes(), &[1, 0, 0, 0], &size(value), value, &padding].concat()
}

fn number(id: u16, value: u32) -> Vec<u8> {
    [&3_u16.to_le_bytes()[..], &id.to_le_bytes(), &value.to_le_bytes()].concat()
}

/// A property with a name of its own, and many values.
fn named_numbers(values: &[u32]) -> Vec<u8> {
    let name: Vec<u8> = "Odd".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let values: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
    let count = u32::try_from(values.len() / 4).unwrap().to_le_bytes();
    [&[3, 0x10, 1, 0x80][..], &[9; 16], &[1, 0, 0, 0], &size(&name), &name, &[0, 0], &count, &values].concat()
}

fn properties(list: &[Vec<u8>]) -> Vec<u8> {
    [&u32::try_from(list.len()).unwrap().to_le_bytes()[..], &list.concat()].concat()
}

fn wide(text: &str) -> Vec<u8> {
    text.encode_utf16().chain([0]).flat_map(u16::to_le_bytes).collect()
}

fn rich_text(rtf: &str) -> Vec<u8> {
    let rtf = rtf.as_bytes();
    let behind = u32::try_from(rtf.len() + 12).unwrap().to_le_bytes();
    [&behind[..], &size(rtf), b"MELA", &[0; 4], rtf].concat()
}

fn file(title: &[u8], data: &[u8], more: &[Vec<u8>]) -> Vec<u8> {
    [
        attribute(2, FILE_BEGINS, &[0; 14]),
        attribute(2, FILE_TITLE, title),
        attribute(2, FILE_DATA, data),
        attribute(2, FILE_PROPERTIES, &properties(more)),
    ]
    .concat()
}

fn part(kind: &str, stream: &[u8]) -> String {
    let lines = base64::engine::general_purpose::STANDARD.encode(stream);
    format!("Content-Type: {kind}\nContent-Transfer-Encoding: base64\n\n{lines}\n")
}

/// A mail that is nothing but this stream.
fn mail(stream: &[u8]) -> Message {
    let part = part("application/ms-tnef; name=winmail.dat", stream);
    Message::read(format!("From: uma@example.com\nSubject: Printer\nMIME-Version: 1.0\n{part}").as_bytes())
}

fn names(message: &Message) -> Vec<&str> {
    message.attachments.iter().map(|file| file.name.as_str()).collect()
}

fn named<'m>(message: &'m Message, name: &str) -> &'m Attachment {
    message.attachments.iter().find(|file| file.name == name).unwrap()
}

#[test]
fn files_and_plain_body_are_those_of_the_mail() {
    let message = mail(&stream(&[
        attribute(1, OEM_CODEPAGE, &[0xe3, 4, 0, 0, 0, 0, 0, 0]),
        attribute(1, BODY, b"\xcf\xf0\xe8\xed\xf2\xe5\xf0\r\n\0"),
        file(b"\xcf\xeb\xe0\xed.txt\0", b"plan", &[named_numbers(&[1, 2]), number(0x3705, 1)]),
        file(b"LONGNA~1.PDF\0", b"%PDF", &[property(0x3707, 0x1f, &wide("Long näme.pdf"))]),
        file(b"\0", b"old", &[property(0x3707, 0x1e, b"\0"), property(0x3704, 0x1e, b"short.doc\0")]),
        file(b"..\\..\\evil.exe\0", b"MZ", &[]),
    ]));
    assert_eq!(message.text.as_deref(), Some("Принтер\n"));
    assert_eq!(names(&message), ["План.txt", "Long näme.pdf", "short.doc", "evil.exe"]);
    assert_eq!(message.attachments[0].content, b"plan");
    assert_eq!(message.defects, ["`From` is missing"; 0]);
}

#[test]
fn data_before_its_title_and_content_in_a_property_are_found() {
    let message = mail(&stream(&[
        attribute(2, FILE_BEGINS, &[0; 14]),
        attribute(2, FILE_DATA, b"one"),
        attribute(2, FILE_TITLE, b"one.txt\0"),
        attribute(2, FILE_TITLE, b"two.txt\0"),
        attribute(2, FILE_PROPERTIES, &properties(&[property(0x3701, 0x102, b"two")])),
    ]));
    assert_eq!(names(&message), ["one.txt", "two.txt"]);
    assert_eq!(message.attachments[1].content, b"two");
}

#[test]
fn html_body_is_read_in_its_codepage_and_kept_as_it_came() {
    for (page, body) in [(65001, "<p>Größe</p>".as_bytes()), (1250, b"<p>Gr\xf6\xdfe</p>")] {
        let message = mail(&stream(&[
            attribute(1, PROPERTIES, &properties(&[number(0x3fde, page), property(0x1013, 0x102, body)])),
            file(
                b"a.png\0",
                b"\x89PNG",
                &[
                    property(0x3712, 0x1e, b"a@b\0"),
                    property(0x370e, 0x1e, b"image/png\0"),
                    number(0x7ffe, 1),
                ],
            ),
        ]));
        assert_eq!(message.html.as_deref(), Some("<p>Größe</p>"));
        assert_eq!(message.text.as_deref().map(str::trim), Some("Größe"));
        assert_eq!(named(&message, "body.html").content, body);
        assert!(named(&message, "a.png").inline && named(&message, "a.png").media_type == "image/png");
    }
}

#[test]
fn rich_text_is_read_as_text_and_html_in_it_as_html() {
    let plain = r"{\rtf1\ansi The \b printer\b0\par caf\'e9}";
    let message = mail(&stream(&[attribute(
        1,
        PROPERTIES,
        &properties(&[property(0x1009, 0x102, &rich_text(plain))]),
    )]));
    assert_eq!(message.text.as_deref(), Some("The printer\ncafé"));
    assert_eq!(named(&message, "body.rtf").content, plain.as_bytes());
    let html =
        r"{\rtf1\ansi\fromhtml1 {\*\htmltag64 <p>}\htmlrtf {\par}\htmlrtf0 caf\'e9{\*\htmltag72 </p>}}";
    let message =
        mail(&stream(&[attribute(1, PROPERTIES, &properties(&[property(0x1009, 0x102, &rich_text(html))]))]));
    assert_eq!(message.html.as_deref(), Some("<p>café</p>"));
    assert_eq!(message.defects, [""; 0]);
}

#[test]
fn text_beside_the_stream_is_the_text_and_gets_its_html() {
    let html = property(0x1013, 0x102, b"<b>Printer</b>");
    let inner = stream(&[attribute(1, PROPERTIES, &properties(&[html])), file(b"a.txt\0", b"a", &[])]);
    for kind in ["application/vnd.ms-tnef", "application/octet-stream", "text/plain; name=WINMAIL.DAT"] {
        let message = Message::read(
            format!(
                "From: uma@example.com\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nPrinter\n--b\n{}--b--\n",
                part(kind, &inner)
            )
            .as_bytes(),
        );
        assert_eq!(message.text.as_deref(), Some("Printer"), "{kind}");
        assert_eq!(message.html.as_deref(), Some("<b>Printer</b>"), "{kind}");
        assert_eq!(names(&message), ["a.txt", "body.html"], "{kind}");
    }
}

/// A stream in a stream, so many times.
fn nested(depth: usize) -> Vec<u8> {
    let mut inner = stream(&[
        attribute(1, SUBJECT, b"At the b\xf6ttom\0"),
        attribute(1, BODY, b"deep down\0"),
        file(b"deep.txt\0", b"deep", &[]),
    ]);
    for _ in 0..depth {
        let object = [&MESSAGE_INTERFACE[..], &inner].concat();
        inner = stream(&[
            attribute(1, SUBJECT, b"In between\0"),
            file(b"Untitled Attachment\0", b"not supported", &[property(0x3701, 0xd, &object)]),
        ]);
    }
    inner
}

#[test]
fn mail_within_it_becomes_a_mail_that_can_be_opened() {
    let message = mail(&nested(1));
    assert_eq!(names(&message), ["Untitled Attachment", "At the böttom.eml"]);
    let inner = Message::read(&named(&message, "At the böttom.eml").content);
    assert_eq!(inner.subject, "At the böttom");
    assert_eq!(inner.text.as_deref().map(str::trim), Some("deep down"));
    assert_eq!(named(&inner, "deep.txt").content, b"deep");
    let twice = mail(&nested(2));
    let outer = Message::read(&named(&twice, "In between.eml").content);
    assert_eq!(Message::read(&named(&outer, "At the böttom.eml").content).subject, "At the böttom");
}

#[test]
fn mails_nested_too_deep_are_said_to_be() {
    let message = mail(&nested(40));
    assert_eq!(
        message.defects.first().map(String::as_str),
        Some("mails within `winmail.dat` are nested deeper than is read")
    );
    assert!(message.attachments.iter().any(|file| file.name == "winmail.dat"), "it is kept whole, too");
}

#[test]
fn stream_cut_anywhere_says_so_and_gives_what_stands_before() {
    let begun = [attribute(1, BODY, b"hello\0"), file(b"a.txt\0", b"aaaa", &[])].concat();
    let more = [
        attribute(2, FILE_BEGINS, &[0; 14]),
        attribute(2, FILE_TITLE, b"b.txt\0"),
        attribute(2, FILE_DATA, b"bbbb"),
        attribute(2, FILE_PROPERTIES, &properties(&[property(0x3707, 0x1e, b"long.txt\0")])),
    ];
    let mut before = begun;
    for next in more {
        for length in 1..next.len() {
            let message = mail(&stream(&[before.clone(), next[..length].to_vec()]));
            assert_eq!(message.text.as_deref(), Some("hello"), "{length}");
            assert_eq!(named(&message, "a.txt").content, b"aaaa", "{length}");
            assert!(message.defects.iter().any(|defect| defect == CUT), "{length} {:?}", message.defects);
            assert_eq!(message.attachments.last().unwrap().name, "winmail.dat", "{length}");
        }
        before.extend(next);
    }
}

#[test]
fn lengths_that_lie_cost_only_what_they_cover() {
    let good = [attribute(1, BODY, b"hello\0"), file(b"a.txt\0", b"aaaa", &[])].concat();
    for lie in [[2, 0, 0, 0], [0xff, 0xff, 0xff, 0x7f], [60, 0, 0, 0]] {
        let mut subject = attribute(1, SUBJECT, b"Something\0");
        subject[5..9].copy_from_slice(&lie);
        let message = mail(&stream(&[subject, good.clone()]));
        assert!(names(&message).contains(&"a.txt"), "{lie:?} {:?}", message.defects);
        assert!(!message.defects.is_empty(), "{lie:?}");
    }
    let mut damaged = stream(&[file(b"a.txt\0", b"aaaa", &[])]);
    let place = damaged.windows(4).position(|at| at == b"aaaa").unwrap();
    damaged[place] = b'b';
    assert_eq!(mail(&damaged).defects, [CHECKSUM]);
    assert_eq!(names(&mail(&damaged)), ["a.txt", "winmail.dat"]);
}

#[test]
fn properties_that_lie_are_said_to() {
    for bad in [
        &[0xff, 0xff, 0xff, 0xff][..],
        &[1, 0, 0, 0, 0x77, 0, 1, 0],
        &[1, 0, 0, 0, 1, 0x10, 1, 0, 0xff, 0xff, 0xff, 0xff],
    ] {
        let message = mail(&stream(&[attribute(1, PROPERTIES, bad), file(b"a.txt\0", b"a", &[])]));
        assert_eq!(message.defects, [LENGTH], "{bad:?}");
        assert_eq!(names(&message), ["a.txt", "winmail.dat"]);
    }
}

#[test]
fn what_is_no_stream_stays_a_file() {
    let message = mail(b"hello");
    assert_eq!(message.defects, ["`winmail.dat` is no TNEF; it is kept as a file"]);
    assert_eq!(named(&message, "winmail.dat").content, b"hello");
}

#[test]
fn many_files_are_read_up_to_the_bound_and_lies_in_linear_time() {
    let many = stream(&vec![file(b"a.txt\0", b"a", &[]); 1_500]);
    let message = mail(&many);
    assert_eq!(message.attachments.len(), 1_001);
    assert_eq!(message.defects, ["`winmail.dat` holds more files than are read"]);
    let mut lie = attribute(1, SUBJECT, b"");
    lie[5] = 200;
    let lies = stream(&vec![lie; 40_000]);
    assert!(!mail(&lies).defects.is_empty());
}

fn is_bounded(stream: &[u8]) {
    let message = mail(stream);
    let sizes: usize = message.attachments.iter().map(|file| file.content.len()).sum();
    let texts = message.text.map_or(0, |text| text.len()) + message.html.map_or(0, |html| html.len());
    assert!(sizes + texts <= stream.len() * 40 + 64 * 1024, "{sizes} and {texts} of {}", stream.len());
}

fn sample() -> Vec<u8> {
    let html = property(0x1013, 0x102, b"<b>Printer</b>");
    let rich =
        property(0x1009, 0x102, &rich_text(r"{\rtf1\ansi\fromhtml1 {\*\htmltag64 <p>}caf\'e9 \u8364?}"));
    let object = [&MESSAGE_INTERFACE[..], &nested(1)].concat();
    stream(&[
        attribute(1, OEM_CODEPAGE, &[0xe4, 4, 0, 0, 0, 0, 0, 0]),
        attribute(1, PROPERTIES, &properties(&[html, named_numbers(&[1]), rich])),
        file(b"a.txt\0", b"aaaa", &[property(0x3707, 0x1f, &wide("long.txt"))]),
        file(b"m\0", b"", &[property(0x3701, 0xd, &object)]),
    ])
}

/// Rich text of single letters and of what the dictionary holds from the beginning: `{\rtf1\ansi`, a letter, an end.
fn packed(letter: u8) -> Vec<u8> {
    let data = [0b101, 0, 9, letter, 0, 0xff];
    [&18_u32.to_le_bytes()[..], &12_u32.to_le_bytes(), b"LZFu", &[0; 4], &data].concat()
}

/// Streams with everything in them that is read, whole and damaged.
pub(super) fn streams() -> Vec<Vec<u8>> {
    let plain = property(
        0x1009,
        0x102,
        &rich_text(r"{\rtf1\ansi{\fonttbl{\f0\fcharset204 x;}}\f0 The \b printer\b0\par \'ef}"),
    );
    let short = stream(&[attribute(1, BODY, b"hello\0"), file(b"a.txt\0", b"aaaa", &[])]);
    let cut = short[..short.len() - 9].to_vec();
    let rich = |text| stream(&[attribute(1, PROPERTIES, &properties(&[text]))]);
    vec![sample(), nested(3), rich(plain), rich(property(0x1009, 0x102, &packed(b'x'))), short, cut]
}

proptest! {
    #[test]
    fn any_bytes_after_the_signature_are_read_without_panic(raw in proptest::collection::vec(any::<u8>(), 0..600)) {
        is_bounded(&[&stream(&[])[..], &raw].concat());
    }

    #[test]
    fn mutated_streams_are_read_without_panic(
        changes in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>(), 0_u8..4), 1..8),
    ) {
        let mut raw = sample();
        for (place, byte, kind) in changes {
            let place = place.index(raw.len().max(1));
            match kind {
                0 | 1 if place < raw.len() => raw[place] = byte,
                2 => raw.insert(place, byte),
                _ => raw.truncate(place.max(6)),
            }
        }
        is_bounded(&raw);
    }

    #[test]
    fn any_rich_text_is_read_without_panic(rtf in "(\\{|\\}|\\\\(par|u-?[0-9]{1,6}|'[0-9a-f]{1,2}|bin[0-9]|fromhtml1|htmlrtf0?|\\*|f[0-9]|fonttbl|uc[0-9])|[a-zé ]){0,60}") {
        let rich = property(0x1009, 0x102, &rich_text(&format!("{{\\rtf1 {rtf}")));
        is_bounded(&stream(&[attribute(1, PROPERTIES, &properties(&[rich]))]));
    }
}

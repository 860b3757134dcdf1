//! The tree of parts (RFC 2046), flattened: one pass over the lines, whatever the nesting.
//!
//! Bodies stay slices of the raw mail until somebody wants them decoded. A mail within a mail is one
//! part; it is not looked into, so nothing in it can be mistaken for a part of this one.

mod kind;
mod outside;
mod rescue;

use super::header::{self, Fields};
use super::transfer::{self, Encoding};
use super::{Defects, Limits, base64_end, encoded_words, percent};
use kind::{FIELD_BYTES_MAX, Kind, structured};
use mail_parser::ContentType;
use std::borrow::Cow;

/// In what kinds of multipart a part stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Group {
    /// One of several forms of the same; the number tells which alternative of the mail.
    pub(super) alternative: Option<usize>,
    /// Belongs to a document beside it.
    pub(super) is_related: bool,
}

/// One part that is no multipart.
#[derive(Debug)]
pub(super) struct Part<'x> {
    pub(super) fields: Fields<'x>,
    /// `text/plain`, in lower case.
    pub(super) media_type: String,
    /// The parameter `charset`.
    pub(super) charset: Option<String>,
    /// The name that `Content-Disposition` or `Content-Type` gives, as written.
    pub(super) name: Option<String>,
    /// `attachment`, `inline`, or nothing.
    pub(super) disposition: Option<String>,
    /// The lines of its text were broken by a program (`format=flowed`); whether the blank at a break goes (`DelSp`).
    pub(super) flow: Option<bool>,
    pub(super) encoding: Encoding,
    /// It declares base64 and is plain text.
    pub(super) is_misdeclared: bool,
    pub(super) group: Group,
    /// The bytes as sent.
    pub(super) raw: &'x [u8],
}

impl<'x> Part<'x> {
    /// The decoded bytes.
    pub(super) fn bytes(&self) -> Cow<'x, [u8]> {
        self.first_bytes(usize::MAX)
    }

    /// The decoded bytes of the first `most` bytes as sent.
    pub(super) fn first_bytes(&self, most: usize) -> Cow<'x, [u8]> {
        let raw = self.raw.get(..most).unwrap_or(self.raw);
        if self.encoding == Encoding::Base64 && self.media_type.starts_with("text/") {
            return base64_end::text(raw);
        }
        self.encoding.decode(raw)
    }

    /// Whether the media type is this one.
    pub(super) fn is(&self, media_type: &str) -> bool {
        self.media_type == media_type
    }
}

/// All parts of a mail, in order.
#[derive(Debug)]
pub(super) struct Tree<'x> {
    pub(super) parts: Vec<Part<'x>>,
    /// The media type at the top, in lower case.
    pub(super) media_type: String,
    /// Its parameter `report-type`, in lower case.
    pub(super) report_type: Option<String>,
}

/// What is said of a multipart without the boundary that it declares.
const BOUNDARY_UNUSED: &str = "the boundary of the multipart does not occur in it";
/// What no line is: the delimiter of a multipart that declares none.
const NO_DELIMITER: &[u8] = b"\n";

/// A multipart whose end has not been seen yet.
struct Open<'x> {
    delimiter: Vec<u8>,
    group: Group,
    is_digest: bool,
    /// The whole of it as one part, until its first delimiter is seen; `None` for that of the mail itself.
    body: Option<Leaf<'x>>,
}

/// A part whose end has not been seen yet.
struct Leaf<'x> {
    fields: Fields<'x>,
    kind: Kind,
    group: Group,
    from: usize,
}

struct Walk<'x, 'd> {
    raw: &'x [u8],
    limits: Limits,
    defects: &'d mut Defects,
    open: Vec<Open<'x>>,
    /// How many more are open round those.
    depth_outside: usize,
    /// How many multiparts are being rescued within each other.
    rescues: usize,
    /// Blanks before a delimiter are passed over.
    is_indented: bool,
    /// Where the first delimiter of the mail itself stands, and where what follows its last one begins.
    first_delimiter: Option<usize>,
    epilogue: Option<usize>,
    leaf: Option<Leaf<'x>>,
    parts: Vec<Part<'x>>,
    entities: usize,
    alternatives: usize,
}

/// The character set that the body says it is in.
pub(super) fn declared_set(fields: &Fields<'_>) -> Option<String> {
    Kind::of(fields, false).parameter("charset")
}

/// Splits a mail into its parts. `fields` is its header.
pub(super) fn walk<'x>(
    raw: &'x [u8],
    fields: Fields<'x>,
    limits: &Limits,
    defects: &mut Defects,
) -> Tree<'x> {
    let top = Kind::of(&fields, false);
    let (media_type, report_type) = (top.media_type.clone(), top.parameter("report-type"));
    let start = fields.body_start;
    let mut walk = Walk {
        raw,
        limits: *limits,
        defects,
        open: Vec::new(),
        depth_outside: 0,
        rescues: 0,
        is_indented: false,
        first_delimiter: None,
        epilogue: None,
        leaf: None,
        parts: Vec::new(),
        entities: 0,
        alternatives: 0,
    };
    let is_multipart = top.is_multipart();
    let boundary = if is_multipart { top.boundary() } else { None };
    let boundary = boundary.as_deref().unwrap_or_default().trim_end().as_bytes();
    walk.enter(fields, top, start, Group::default());
    // the mail itself is rescued below
    walk.open.iter_mut().for_each(|open| open.body = None);
    if is_multipart && boundary.is_empty() {
        walk.open.clear();
        walk.rescue_mail(start, boundary);
    } else {
        walk.lines(start);
        if is_multipart && walk.parts.is_empty() {
            walk.defects.add(BOUNDARY_UNUSED);
            walk.rescue_mail(start, boundary);
        }
    }
    walk.take_text_outside(&media_type, start);
    Tree { parts: walk.parts, media_type, report_type: report_type.map(|name| name.to_ascii_lowercase()) }
}

impl<'x> Walk<'x, '_> {
    /// Begins an entity whose body starts at `from`.
    fn enter(&mut self, fields: Fields<'x>, kind: Kind, from: usize, group: Group) {
        self.entities += 1;
        fields.judge_length(self.defects);
        if fields.iter().any(|field| field.is_about_content() && field.body.len() > FIELD_BYTES_MAX) {
            self.defects.add("a field of the header is longer than is read");
        }
        let is_deep = self.depth_outside + self.open.len() >= self.limits.depth_max;
        if !kind.is_multipart() || is_deep {
            if kind.is_multipart() {
                self.defects.add(super::DEPTH_BEYOND);
            }
            self.leaf = Some(Leaf { fields, kind, group, from });
            return;
        }
        let delimiter = if let Some(boundary) = kind.boundary() {
            boundary.trim_end().as_bytes().to_vec()
        } else {
            self.defects.add("a multipart has no boundary");
            NO_DELIMITER.to_vec()
        };
        let group = self.group_within(&kind, group);
        let is_digest = kind.media_type == "multipart/digest";
        self.open.push(Open { delimiter, group, is_digest, body: Some(Leaf { fields, kind, group, from }) });
    }

    fn group_within(&mut self, kind: &Kind, outer: Group) -> Group {
        if kind.media_type == "multipart/alternative" && outer.alternative.is_none() {
            self.alternatives += 1;
            return Group { alternative: Some(self.alternatives), is_related: false };
        }
        Group { is_related: kind.media_type == "multipart/related", ..outer }
    }

    /// Goes over the lines from `start`; at each delimiter a part ends, and mostly another begins.
    fn lines(&mut self, start: usize) {
        let mut position = start;
        let longest = |open: &[Open<'_>]| open.iter().map(|open| open.delimiter.len()).max().unwrap_or(0);
        let mut longest_delimiter = longest(&self.open);
        let mut has_ended = self.open.is_empty();
        while !self.open.is_empty() {
            let Some((line, next)) = header::line_at(self.raw, position) else { break };
            let line = if self.is_indented { line.trim_ascii_start() } else { line };
            let found = line
                .strip_prefix(b"--")
                .filter(|_| line.len() <= longest_delimiter + 80)
                .and_then(|line| self.delimiter(line.trim_ascii_end()));
            let Some((depth, mut is_last)) = found else {
                position = next;
                continue;
            };
            if is_last && depth == 0 && is_field_about_content(self.raw, next) {
                self.defects.add("a part stands behind the last boundary");
                is_last = false;
            }
            if depth == 0 && self.rescues == 0 {
                self.first_delimiter.get_or_insert(position);
                self.epilogue = Some(next).filter(|_| is_last);
            }
            self.close_to(depth + 1, position);
            let before = std::mem::replace(&mut position, next);
            // the outermost one stays: some gateways add parts behind its end
            has_ended = is_last && depth == 0;
            if is_last {
                self.leave_to(depth.max(1), before);
                continue;
            }
            if self.entities >= self.limits.parts_max {
                self.defects.add(super::PARTS_BEYOND);
                self.open.clear();
                return;
            }
            position = self.begin_part(next);
            longest_delimiter = longest(&self.open);
        }
        if !has_ended && self.entities > 1 {
            self.defects.add("the last boundary is missing");
        }
        self.close_to(0, self.raw.len());
    }

    /// Which open multipart this line (without its two hyphens) delimits, and whether it is the last delimiter.
    fn delimiter(&self, line: &[u8]) -> Option<(usize, bool)> {
        let is = |open: &&Open<'_>, line: &[u8]| open.delimiter == line;
        let depth_of = |line: &[u8]| self.open.iter().rev().position(|open| is(&open, line));
        let from_outside = |inner: usize| self.open.len() - 1 - inner;
        if let Some(inner) = depth_of(line) {
            return Some((from_outside(inner), false));
        }
        let line = line.strip_suffix(b"--")?.trim_ascii_end();
        depth_of(line).map(|inner| (from_outside(inner), true))
    }

    fn begin_part(&mut self, position: usize) -> usize {
        let (group, is_digest) = self
            .open
            .last_mut()
            .map(|open| {
                open.body = None;
                (open.group, open.is_digest)
            })
            .unwrap_or_default();
        let fields = Fields::read(self.raw, position, self.limits.header_bytes_max)
            .at_most(self.limits.header_fields_max);
        let kind = Kind::of(&fields, is_digest);
        let start = fields.body_start;
        self.enter(fields, kind, start, group);
        start
    }

    /// Ends the open part and every multipart from this depth on, at the line that begins at `position`.
    fn close_to(&mut self, depth: usize, position: usize) {
        if let Some(leaf) = self.leaf.take() {
            let end = if self.open.is_empty() { position } else { before_line_break(self.raw, position) };
            let raw = self.raw.get(leaf.from..end.max(leaf.from)).unwrap_or_default();
            self.parts.push(part(leaf, raw));
        }
        if depth > 0 && self.open.len() > depth {
            self.defects.add("the last boundary is missing");
        }
        self.leave_to(depth, position);
    }
}

/// Whether a field that describes a body begins here.
fn is_field_about_content(raw: &[u8], position: usize) -> bool {
    header::line_at(raw, position).is_some_and(|(line, _)| {
        line.get(..8).is_some_and(|start| start.eq_ignore_ascii_case(b"content-"))
            && memchr::memchr(b':', line).is_some()
    })
}

/// Where the line before `position` ends: its line break belongs to the delimiter (RFC 2046 §5.1.1).
fn before_line_break(raw: &[u8], position: usize) -> usize {
    match raw.get(..position) {
        Some([.., b'\r', b'\n']) => position - 2,
        Some([.., b'\n']) => position - 1,
        _ => position,
    }
}

fn file_name<'v>(value: &'v ContentType<'static>) -> Option<&'v str> {
    value.attribute("filename").filter(|name| !name.trim().is_empty())
}

fn part<'x>(leaf: Leaf<'x>, raw: &'x [u8]) -> Part<'x> {
    let Leaf { fields, kind, group, .. } = leaf;
    // of two, the second may be that of the program that attached the file
    let [disposition, other] = {
        let mut dispositions = fields.all("content-disposition").filter_map(structured);
        [dispositions.next(), dispositions.next()]
    };
    let name = disposition
        .as_ref()
        .and_then(file_name)
        .or_else(|| other.as_ref().and_then(file_name))
        .or_else(|| kind.value.as_ref().and_then(|value| value.attribute("name")))
        .map(|name| encoded_words::decode_words(name).into_owned())
        .map(|name| percent::meant(&name).unwrap_or(name));
    let encoding = fields.first("content-transfer-encoding").map_or(Encoding::Identity, |name| {
        Encoding::named(&encoded_words::decode_words(&header::unfold(name)))
    });
    let is_misdeclared =
        encoding == Encoding::Base64 && kind.media_type.starts_with("text/") && transfer::is_prose(raw);
    let encoding = if is_misdeclared { Encoding::Identity } else { encoding };
    let is_attached =
        disposition.as_ref().is_some_and(|value| value.ctype().eq_ignore_ascii_case("attachment"));
    let flow = kind
        .parameter("format")
        .filter(|format| format.eq_ignore_ascii_case("flowed"))
        .map(|_| kind.parameter("delsp").is_some_and(|answer| answer.eq_ignore_ascii_case("yes")));
    Part {
        charset: kind.parameter("charset"),
        flow,
        disposition: disposition.map(|value| value.ctype().to_ascii_lowercase()),
        media_type: match kind.value {
            Some(_) if kind.is_multipart() => "text/plain".to_owned(),
            None if is_attached => "application/octet-stream".to_owned(),
            // a body like any other in HTML; with a name it is a file
            _ if kind.media_type == "application/xhtml+xml" && name.is_none() && !is_attached => {
                "text/html".to_owned()
            }
            _ => kind.media_type,
        },
        name,
        encoding,
        is_misdeclared,
        group,
        raw,
        fields,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_found_though_their_boundaries_are_broken() {
        const BODY: &str = "--b\n\nhello\n--b\nContent-Type: image/png\n\nPNG\n";
        let ended = format!("{BODY}--b--\n");
        for (kind, body) in [
            ("multipart/mixed; boundary=b", BODY.to_owned()),
            ("multipart/mixed; boundary=\"b", ended.clone()),
            ("multipart/mixed; boundary='b'", ended.clone()),
            ("multipart/mixed boundary=b", ended.clone()),
            ("multipart/mixed; boundary=other", ended.clone()),
            ("multipart/mixed", ended.clone()),
            ("multipart/mixed; boundary=\"b \"", format!("{BODY}--b --\n")),
            ("multipart/mixed; boundary=b", ended.replace("hello\n", "hello\n--b--\nepilogue\n")),
            ("multipart/mixed; boundary=b", format!("preamble\n{ended}epilogue\n")),
            ("multipart/mixed; boundary=b", ended.replace("--b", " --b")),
            ("multipart/mixed; boundary=b", format!("preamble\n{}", ended.replace("--b", "\t --b"))),
        ] {
            let raw = format!("Content-Type: {kind}\n\n{body}");
            let fields = Fields::read(raw.as_bytes(), 0, 1_000);
            let tree = walk(raw.as_bytes(), fields, &Limits::default(), &mut Defects::default());
            let found: Vec<_> = tree.parts.iter().map(|part| (part.media_type.as_str(), part.raw)).collect();
            assert_eq!(found, [("text/plain", &b"hello"[..]), ("image/png", b"PNG")], "{kind} {body:?}");
        }
    }
}

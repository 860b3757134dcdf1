//! The attributes of a TNEF stream, one after the other (MS-OXTNEF §2.1.3).
//!
//! Each says its own length, and nothing says where the next one is. A length that lies is met by looking for
//! the next place that can only be the beginning of an attribute.

use super::Faults;
use super::cursor::Cursor;

/// With these four bytes every TNEF stream begins.
pub(super) const SIGNATURE: [u8; 4] = 0x223e_9f78_u32.to_le_bytes();
/// How often what a wrong length covered is looked through again.
const SECOND_LOOKS_MAX: usize = 64;
/// Level, tag, and length.
const HEAD_BYTES: usize = 9;

pub(super) const OEM_CODEPAGE: u32 = 0x0006_9007;
pub(super) const SUBJECT: u32 = 0x0001_8004;
pub(super) const FROM: u32 = 0x0000_8000;
pub(super) const DATE_SENT: u32 = 0x0003_8005;
pub(super) const BODY: u32 = 0x0002_800c;
pub(super) const MESSAGE_PROPERTIES: u32 = 0x0006_9003;
pub(super) const FILE_BEGINS: u32 = 0x0006_9002;
pub(super) const FILE_TITLE: u32 = 0x0001_8010;
pub(super) const FILE_DATA: u32 = 0x0006_800f;
pub(super) const FILE_TRANSPORT_NAME: u32 = 0x0006_9001;
pub(super) const FILE_PROPERTIES: u32 = 0x0006_9005;

/// Every attribute that the specification knows (MS-OXTNEF §2.1.3.1), those without use here included: a place is
/// known by them.
const TAGS: [u32; 32] = [
    OEM_CODEPAGE,
    SUBJECT,
    FROM,
    DATE_SENT,
    BODY,
    MESSAGE_PROPERTIES,
    FILE_BEGINS,
    FILE_TITLE,
    FILE_DATA,
    FILE_TRANSPORT_NAME,
    FILE_PROPERTIES,
    0x0008_9006, // TNEF version
    0x0007_8008, // message class
    0x0007_0006, // original message class
    0x0000_0000, // owner
    0x0000_0001, // sent for
    0x0006_0002, // delegate
    0x0003_0006, // start
    0x0003_0007, // end
    0x0004_0008, // appointment of the owner
    0x0004_0009, // response requested
    0x0003_8006, // received
    0x0006_8007, // message status
    0x0001_8009, // message id
    0x0001_800a, // parent id
    0x0001_800b, // conversation id
    0x0004_800d, // priority
    0x0003_8012, // file created
    0x0003_8013, // file changed
    0x0003_8020, // changed
    0x0006_8011, // icon
    0x0006_9004, // recipients
];

/// One attribute and its data.
#[derive(Debug)]
pub(super) struct Attribute<'x> {
    pub(super) tag: u32,
    pub(super) data: &'x [u8],
}

/// The attributes of a stream, its signature and key left out.
pub(super) struct Attributes<'x, 'f> {
    cursor: Cursor<'x>,
    faults: &'f mut Faults,
    second_looks: usize,
}

impl<'x, 'f> Attributes<'x, 'f> {
    pub(super) fn new(bytes: &'x [u8], faults: &'f mut Faults) -> Self {
        Self { cursor: Cursor::new(bytes), faults, second_looks: 0 }
    }

    /// Goes on at the next place where an attribute can begin; `false` where there is none.
    fn find_next(&mut self) -> bool {
        let found = place_of_next(self.cursor.rest());
        self.cursor.skip(found.unwrap_or(usize::MAX));
        found.is_some()
    }

    /// Data that is longer than the stream: cut where another attribute begins, else taken to the end.
    ///
    /// The properties of a file are never cut: a whole stream with attributes of its own may stand in them.
    fn cut(&mut self, tag: u32) -> &'x [u8] {
        let all = self.cursor.rest();
        let next = if tag == FILE_PROPERTIES { None } else { place_of_next(all) };
        let Some(next) = next else {
            self.faults.add(Faults::CUT);
            self.cursor.skip(usize::MAX);
            return all;
        };
        self.faults.add(Faults::LENGTH);
        self.cursor.skip(next);
        all.get(..next.saturating_sub(2)).unwrap_or_default()
    }
}

impl<'x> Iterator for Attributes<'x, '_> {
    type Item = Attribute<'x>;

    fn next(&mut self) -> Option<Attribute<'x>> {
        if is_filling(self.cursor.rest()) {
            return None;
        }
        if !matches!(self.cursor.rest(), [1 | 2, ..]) {
            self.faults.add(Faults::LENGTH);
            if !self.find_next() {
                return None;
            }
        }
        let _level = self.cursor.byte();
        let (Some(tag), Some(length)) = (self.cursor.long(), self.cursor.length()) else {
            self.faults.add(Faults::CUT);
            return None;
        };
        let before_data = self.cursor;
        let Some(data) = self.cursor.take(length) else {
            let data = self.cut(tag);
            return Some(Attribute { tag, data });
        };
        match self.cursor.short() {
            None => self.faults.add(Faults::CUT),
            Some(checksum) if checksum != sum(data) => {
                if !is_beginning(self.cursor.rest()) && self.second_looks < SECOND_LOOKS_MAX {
                    self.second_looks += 1;
                    self.cursor = before_data;
                    let data = self.cut(tag);
                    return Some(Attribute { tag, data });
                }
                self.faults.add(Faults::CHECKSUM);
            }
            Some(_) => {}
        }
        Some(Attribute { tag, data })
    }
}

/// Whether an attribute begins here, or nothing follows.
fn is_beginning(bytes: &[u8]) -> bool {
    let mut head = Cursor::new(bytes);
    match head.byte() {
        Some(1 | 2) => head.long().is_some_and(|tag| TAGS.contains(&tag)),
        _ => is_filling(bytes),
    }
}

/// What programs write behind the end of a stream.
fn is_filling(bytes: &[u8]) -> bool {
    bytes.iter().all(|byte| matches!(byte, 0 | b'\r' | b'\n'))
}

/// All bytes added up, in sixteen bits.
fn sum(data: &[u8]) -> u16 {
    data.iter().fold(0, |sum: u16, byte| sum.wrapping_add(u16::from(*byte)))
}

/// Where within these bytes, after the first, a known attribute begins that ends within them.
fn place_of_next(bytes: &[u8]) -> Option<usize> {
    (1..bytes.len()).find(|place| {
        let Some(head) = bytes.get(*place..place.saturating_add(HEAD_BYTES)) else { return false };
        if !matches!(head, [1 | 2, ..]) {
            return false;
        }
        let mut head = Cursor::new(head);
        head.skip(1);
        let is_known = head.long().is_some_and(|tag| tag > 0xffff && TAGS.contains(&tag));
        let end = head.length().map(|length| place.saturating_add(HEAD_BYTES).saturating_add(length));
        is_known && end.is_some_and(|end| end <= bytes.len())
    })
}

//! MAPI properties as they stand within TNEF (MS-OXTNEF §2.1.3.4): a type, an identifier, a value.

use super::codepage;
use super::cursor::Cursor;

pub(super) const SUBJECT: u16 = 0x0037;
pub(super) const SENT_AT: u16 = 0x0039;
pub(super) const SENT_BY_NAME: u16 = 0x0042;
pub(super) const SENT_BY_ADDRESS: u16 = 0x0065;
pub(super) const SENDER_NAME: u16 = 0x0c1a;
pub(super) const SENDER_ADDRESS: u16 = 0x0c1f;
pub(super) const SENDER_SMTP_ADDRESS: u16 = 0x5d01;
pub(super) const SENT_BY_SMTP_ADDRESS: u16 = 0x5d02;
pub(super) const DISPLAY_TO: u16 = 0x0e04;
pub(super) const BODY: u16 = 0x1000;
pub(super) const RTF_COMPRESSED: u16 = 0x1009;
pub(super) const HTML: u16 = 0x1013;
pub(super) const INTERNET_MESSAGE_ID: u16 = 0x1035;
pub(super) const DISPLAY_NAME: u16 = 0x3001;
pub(super) const FILE_CONTENT: u16 = 0x3701;
pub(super) const FILE_ENDING: u16 = 0x3703;
pub(super) const FILE_SHORT_NAME: u16 = 0x3704;
pub(super) const FILE_LONG_NAME: u16 = 0x3707;
pub(super) const FILE_METHOD: u16 = 0x3705;
pub(super) const FILE_PATH: u16 = 0x3708;
pub(super) const FILE_LONG_PATH: u16 = 0x370d;
pub(super) const FILE_MEDIA_TYPE: u16 = 0x370e;
pub(super) const FILE_CONTENT_ID: u16 = 0x3712;
pub(super) const FILE_IS_HIDDEN: u16 = 0x7ffe;
pub(super) const BODY_CODEPAGE: u16 = 0x3fde;
pub(super) const MESSAGE_CODEPAGE: u16 = 0x3ffd;

/// The type of properties that have no value.
const WITHOUT_VALUE: u16 = 0x0001;

/// A value that somebody asks for; of several values the first.
#[derive(Debug, Clone, Copy)]
pub(super) enum Value<'x> {
    /// Numbers, truth values and times, widened.
    Number(u64),
    /// A text in the codepage of the message.
    Narrow(&'x [u8]),
    /// A text in UTF-16.
    Wide(&'x [u8]),
    /// Bytes as they are.
    Binary(&'x [u8]),
    /// An object: the identifier of its interface (16 bytes), and its bytes.
    Object(&'x [u8]),
}

impl<'x> Value<'x> {
    /// The value as text, without the NUL that ends it; `None` where there is nothing to read.
    pub(super) fn text(self, codepage: u32) -> Option<String> {
        let text = match self {
            Self::Narrow(bytes) => codepage::decode(until_nul(bytes), codepage),
            Self::Wide(bytes) => wide(bytes),
            _ => return None,
        };
        if text.trim().is_empty() { None } else { Some(text) }
    }

    /// The value as bytes, whatever kind they are declared to be.
    pub(super) fn bytes(self) -> &'x [u8] {
        match self {
            Self::Number(_) => &[],
            Self::Narrow(bytes) | Self::Wide(bytes) | Self::Binary(bytes) | Self::Object(bytes) => bytes,
        }
    }

    pub(super) fn number(self) -> Option<u64> {
        if let Self::Number(number) = self { Some(number) } else { None }
    }
}

/// Bytes up to their first NUL.
pub(super) fn until_nul(bytes: &[u8]) -> &[u8] {
    bytes.split(|byte| *byte == 0).next().unwrap_or_default()
}

fn wide(bytes: &[u8]) -> String {
    let units = bytes
        .chunks_exact(2)
        .map(|pair| pair.iter().rev().fold(0, |unit, byte| unit << 8 | u16::from(*byte)));
    char::decode_utf16(units.take_while(|unit| *unit != 0))
        .map(|letter| letter.unwrap_or(char::REPLACEMENT_CHARACTER))
        .collect()
}

/// Hands every property to `each`, in order. `false` where the list ends before it is complete.
pub(super) fn over_all<'x>(bytes: &'x [u8], mut each: impl FnMut(u16, Value<'x>)) -> bool {
    let mut cursor = Cursor::new(bytes);
    let Some(count) = cursor.long() else { return false };
    for _ in 0..count {
        let Some((id, value)) = property(&mut cursor) else { return false };
        if let Some(value) = value {
            each(id, value);
        }
    }
    true
}

/// The next property; its value is `None` where it has none. `None` where it cannot be read.
fn property<'x>(cursor: &mut Cursor<'x>) -> Option<(u16, Option<Value<'x>>)> {
    let (kind, id) = (cursor.short()?, cursor.short()?);
    if id >= 0x8000 {
        skip_name(cursor)?;
    }
    let is_many = kind & 0x1000 != 0;
    let kind = kind & 0x0fff;
    let is_sized = matches!(kind, 0x000d | 0x001e | 0x001f | 0x0102);
    if kind == WITHOUT_VALUE && !is_many {
        return Some((id, None));
    }
    let count = if is_many || is_sized { cursor.long()? } else { 1 };
    let mut first = None;
    for _ in 0..count {
        let value = if is_sized { sized(cursor, kind)? } else { fixed(cursor, kind)? };
        first = first.or(Some(value));
    }
    Some((id, first))
}

/// Passes over the name of a property that has one: a set, and a number or a text.
fn skip_name(cursor: &mut Cursor<'_>) -> Option<()> {
    cursor.take(16)?;
    if cursor.long()? == 0 {
        cursor.take(4)?;
    } else {
        let length = cursor.length()?;
        cursor.take(length)?;
        cursor.skip(padding(length));
    }
    Some(())
}

fn sized<'x>(cursor: &mut Cursor<'x>, kind: u16) -> Option<Value<'x>> {
    let length = cursor.length()?;
    let bytes = cursor.take(length)?;
    cursor.skip(padding(length));
    Some(match kind {
        0x001e => Value::Narrow(bytes),
        0x001f => Value::Wide(bytes),
        0x000d => Value::Object(bytes),
        _ => Value::Binary(bytes),
    })
}

/// A value whose size its type tells.
fn fixed<'x>(cursor: &mut Cursor<'x>, kind: u16) -> Option<Value<'x>> {
    let size = match kind {
        0x0002 | 0x0003 | 0x0004 | 0x000a | 0x000b => 4,
        0x0005 | 0x0006 | 0x0007 | 0x0014 | 0x0040 => 8,
        0x0048 => 16,
        _ => return None,
    };
    let bytes = cursor.take(size)?;
    if size == 16 {
        return Some(Value::Binary(bytes));
    }
    Some(Value::Number(bytes.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte))))
}

/// How many bytes fill up to the next multiple of four.
fn padding(length: usize) -> usize {
    length.wrapping_neg() % 4
}

//! A file within a TNEF stream: what its attributes and properties say of it (MS-OXTNEF §2.1.3.3.11, MS-OXCMSG §2.2.2).

use super::property::{self, Value};
use super::{File, is_stream};

/// With the identifier of its interface every object begins.
pub(super) const INTERFACE_BYTES: usize = 16;
/// How a mail is attached (`afEmbeddedMessage`).
const METHOD_MAIL: u64 = 5;

/// A file whose end has not been seen yet.
#[derive(Debug, Default)]
pub(super) struct OpenFile<'x> {
    pub(super) title: Option<String>,
    pub(super) transport_name: Option<String>,
    pub(super) long_name: Option<String>,
    pub(super) short_name: Option<String>,
    pub(super) display_name: Option<String>,
    pub(super) ending: Option<String>,
    pub(super) media_type: Option<String>,
    pub(super) content_id: Option<String>,
    pub(super) path: Option<String>,
    pub(super) long_path: Option<String>,
    pub(super) is_hidden: bool,
    pub(super) is_mail: bool,
    pub(super) has_properties: bool,
    pub(super) data: Option<&'x [u8]>,
    pub(super) content: Option<Value<'x>>,
}

impl<'x> OpenFile<'x> {
    /// Takes the properties of the file; `false` where their list ends before it is complete.
    pub(super) fn take_properties(&mut self, data: &'x [u8], codepage: u32) -> bool {
        self.has_properties = true;
        property::over_all(data, |id, value| {
            let text = || value.text(codepage);
            match id {
                property::FILE_LONG_NAME => self.long_name = text(),
                property::FILE_SHORT_NAME => self.short_name = text(),
                property::FILE_PATH => self.path = text(),
                property::FILE_LONG_PATH => self.long_path = text(),
                property::DISPLAY_NAME => self.display_name = text(),
                property::FILE_ENDING => self.ending = text(),
                property::FILE_MEDIA_TYPE => self.media_type = text(),
                property::FILE_CONTENT_ID => self.content_id = text(),
                property::FILE_IS_HIDDEN => self.is_hidden = value.number().is_some_and(|flag| flag & 1 == 1),
                property::FILE_METHOD => self.is_mail = value.number() == Some(METHOD_MAIL),
                property::FILE_CONTENT => self.content = Some(value),
                _ => {}
            }
        })
    }

    /// The stream of the mail that the file is, whatever it was written as.
    pub(super) fn mail(&self) -> Option<&'x [u8]> {
        let places = match self.content {
            Some(Value::Object(object)) => [object.get(INTERFACE_BYTES..), None, None],
            content if self.is_mail => {
                let bytes = content.map(Value::bytes);
                [bytes, bytes.and_then(|bytes| bytes.get(INTERFACE_BYTES..)), self.data]
            }
            _ => [None; 3],
        };
        places.into_iter().flatten().find(|bytes| is_stream(bytes))
    }

    /// The file with the best name that it was given, without its content.
    pub(super) fn named(self) -> File {
        let name = [self.long_name, self.transport_name, self.title, self.short_name, self.display_name]
            .into_iter()
            .flatten()
            .next()
            .or_else(|| [self.long_path, self.path].iter().flatten().find_map(|path| last_of(path)));
        let name = match (name, self.ending) {
            (None, Some(ending)) => Some(format!("attachment{ending}")),
            (name, _) => name,
        };
        File {
            name,
            media_type: self.media_type,
            is_inline: self.is_hidden && self.content_id.is_some(),
            content_id: self.content_id,
            content: Vec::new(),
        }
    }
}

/// The last piece of a path.
fn last_of(path: &str) -> Option<String> {
    path.rsplit(['/', '\\']).next().filter(|name| !name.trim().is_empty()).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::super::{Bounds, read};

    /// An attribute with its checksum.
    fn attribute(level: u8, tag: u32, data: &[u8]) -> Vec<u8> {
        let sum = data.iter().fold(0_u16, |sum, byte| sum.wrapping_add(u16::from(*byte)));
        let length = u32::try_from(data.len()).unwrap().to_le_bytes();
        [&[level][..], &tag.to_le_bytes(), &length, data, &sum.to_le_bytes()].concat()
    }

    fn stream(attributes: &[Vec<u8>]) -> Vec<u8> {
        [&0x223e_9f78_u32.to_le_bytes()[..], &[1, 0], &attributes.concat()].concat()
    }

    /// A property with bytes of some kind.
    fn sized(kind: u16, id: u16, bytes: &[u8]) -> Vec<u8> {
        let length = u32::try_from(bytes.len()).unwrap().to_le_bytes();
        let filling = vec![0; bytes.len().wrapping_neg() % 4];
        [&kind.to_le_bytes()[..], &id.to_le_bytes(), &1_u32.to_le_bytes(), &length, bytes, &filling].concat()
    }

    fn number(id: u16, number: u32) -> Vec<u8> {
        [&3_u16.to_le_bytes()[..], &id.to_le_bytes(), &number.to_le_bytes()].concat()
    }

    fn properties(list: &[Vec<u8>]) -> Vec<u8> {
        [&u32::try_from(list.len()).unwrap().to_le_bytes()[..], &list.concat()].concat()
    }

    fn of_file(list: &[Vec<u8>]) -> Vec<u8> {
        attribute(2, 0x0006_9005, &properties(list))
    }

    fn names_of(attributes: &[Vec<u8>]) -> Vec<(String, usize)> {
        let bounds = Bounds { files_max: 9, text_bytes_max: 1_000 };
        let letter = read(&stream(attributes), bounds).unwrap();
        assert!(letter.faults.is_empty(), "{:?}", letter.faults);
        letter.files.into_iter().map(|file| (file.name.unwrap_or_default(), file.content.len())).collect()
    }

    #[test]
    fn files_are_found_wherever_they_were_written() {
        let data = attribute(2, 0x0006_800f, b"1234");
        let name = |name: &[u8]| sized(0x1e, 0x3707, name);
        for (attributes, expected) in [
            (
                vec![data.clone(), of_file(&[sized(0x0d, 0x3701, &[7; 16]), name(b"a.bin")])],
                vec![("a.bin", 4)],
            ),
            (
                vec![of_file(&[sized(0x0d, 0x3701, &[7; 18]), name(b"a.ole")]), data.clone()],
                vec![("a.ole", 2)],
            ),
            (
                vec![
                    of_file(&[sized(0x102, 0x3701, b"1"), name(b"a")]),
                    of_file(&[sized(0x102, 0x3701, b"12"), name(b"b")]),
                ],
                vec![("a", 1), ("b", 2)],
            ),
            (vec![data.clone(), of_file(&[sized(0x1e, 0x370d, b"C:\\x\\long.txt")])], vec![("long.txt", 4)]),
            (vec![data.clone(), of_file(&[sized(0x1e, 0x3708, b"C:\\x\\")])], vec![("", 4)]),
            (
                vec![
                    attribute(1, 0x0006_9003, &properties(&[number(0x3ffd, 1251)])),
                    data.clone(),
                    of_file(&[name(b"\xcf.txt")]),
                ],
                vec![("П.txt", 4)],
            ),
        ] {
            let expected: Vec<_> = expected.into_iter().map(|(name, size)| (name.to_owned(), size)).collect();
            assert_eq!(names_of(&attributes), expected);
        }
    }

    #[test]
    fn mails_within_are_found_wherever_they_were_written() {
        let inner = stream(&[attribute(1, 0x0001_8004, b"Inner\0")]);
        let behind_interface = [&[7; 16][..], &inner].concat();
        let method = number(0x3705, 5);
        for attributes in [
            vec![of_file(&[method.clone(), sized(0x102, 0x3701, &inner)])],
            vec![of_file(&[method.clone(), sized(0x102, 0x3701, &behind_interface)])],
            vec![of_file(&[sized(0x0d, 0x3701, &behind_interface)])],
            vec![attribute(2, 0x0006_800f, &inner), of_file(std::slice::from_ref(&method))],
        ] {
            assert!(names_of(&attributes).iter().any(|(name, _)| name == "Inner.eml"));
        }
        let file = vec![of_file(&[sized(0x1e, 0x3707, b"a.dat"), sized(0x102, 0x3701, &inner)])];
        assert_eq!(names_of(&file), [("a.dat".to_owned(), inner.len())]);
    }
}

//! Compressed rich text (MS-OXRTFCP): a dictionary of four kilobytes that begins with the words of every RTF.

use super::cursor::Cursor;

/// What the dictionary holds before anything was read.
const BEGINNING: &[u8; 207] = b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \
\\fmodern \\fscript \\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\
\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx";
const DICTIONARY_BYTES: usize = 4096;
const COMPRESSED: &[u8] = b"LZFu";
const UNCOMPRESSED: &[u8] = b"MELA";

/// RTF, and whether all of it is there as it was meant.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Expanded {
    pub(super) rtf: Vec<u8>,
    pub(super) is_whole: bool,
}

/// Expands what `PR_RTF_COMPRESSED` holds, up to `most` bytes. `None` where it is no compressed rich text.
pub(super) fn expand(bytes: &[u8], most: usize) -> Option<Expanded> {
    let mut cursor = Cursor::new(bytes);
    let (size, size_expanded) = (cursor.length()?, cursor.length()?);
    let (kind, checksum) = (cursor.take(4)?, cursor.long()?);
    let all = cursor.rest();
    // The size counts from behind itself: twelve bytes of the head are part of it.
    let data = size.checked_sub(12).and_then(|size| all.get(..size));
    let is_complete = data.is_some() && size_expanded <= most;
    let data = data.unwrap_or(all);
    let wanted = size_expanded.min(most);
    match kind {
        COMPRESSED => {
            let rtf = decompress(data, wanted);
            let is_whole = is_complete && rtf.len() == wanted && crc(data) == checksum;
            Some(Expanded { rtf, is_whole })
        }
        UNCOMPRESSED => {
            let rtf = data.get(..wanted).unwrap_or(data).to_vec();
            let is_whole = is_complete && rtf.len() == wanted;
            Some(Expanded { rtf, is_whole })
        }
        _ => None,
    }
}

/// The dictionary goes round; everything that is written goes into it, too.
struct Dictionary {
    ring: Vec<u8>,
    at: usize,
    out: Vec<u8>,
}

impl Dictionary {
    fn write(&mut self, byte: u8) {
        if let Some(cell) = self.ring.get_mut(self.at) {
            *cell = byte;
        }
        self.at = (self.at + 1) % DICTIONARY_BYTES;
        self.out.push(byte);
    }
}

fn decompress(data: &[u8], wanted: usize) -> Vec<u8> {
    let mut ring = BEGINNING.to_vec();
    ring.resize(DICTIONARY_BYTES, 0);
    let mut dictionary = Dictionary { ring, at: BEGINNING.len(), out: Vec::new() };
    let mut cursor = Cursor::new(data);
    while let Some(flags) = cursor.byte() {
        for bit in 0..8 {
            if dictionary.out.len() >= wanted {
                return dictionary.out;
            }
            if flags >> bit & 1 == 0 {
                let Some(byte) = cursor.byte() else { return dictionary.out };
                dictionary.write(byte);
                continue;
            }
            let Some([high, low]) = cursor.take(2) else { return dictionary.out };
            let token = usize::from(*high) << 8 | usize::from(*low);
            let (from, length) = (token >> 4, (token & 0xf) + 2);
            if from == dictionary.at {
                return dictionary.out;
            }
            for step in 0..length.min(wanted - dictionary.out.len()) {
                let byte = dictionary.ring.get((from + step) % DICTIONARY_BYTES).copied().unwrap_or(0);
                dictionary.write(byte);
            }
        }
    }
    dictionary.out
}

/// CRC-32 with neither its start nor its end inverted (MS-OXRTFCP §3.1.3.2).
fn crc(data: &[u8]) -> u32 {
    data.iter().fold(0, |crc, byte| {
        (0..8).fold(
            crc ^ u32::from(*byte),
            |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 },
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A head before this data.
    fn headed(kind: &[u8], data: &[u8], expanded: usize) -> Vec<u8> {
        let mut bytes = u32::try_from(data.len() + 12).unwrap().to_le_bytes().to_vec();
        bytes.extend(u32::try_from(expanded).unwrap().to_le_bytes());
        bytes.extend(kind);
        bytes.extend(crc(data).to_le_bytes());
        bytes.extend(data);
        bytes
    }

    /// The two examples of MS-OXRTFCP §4.1.
    #[test]
    fn examples_of_the_specification_are_expanded() {
        let simple = "2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c090020627705b06c647d0a800fa0";
        let repeating = "1a0000001c0000004c5a4675e2d44b51410004205758595a0d6e7d010eb0";
        for (hexadecimal, rtf) in [
            (simple, "{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"),
            (repeating, "{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}"),
        ] {
            let expanded = expand(&hex::decode(hexadecimal).unwrap(), 1000).unwrap();
            assert_eq!(String::from_utf8(expanded.rtf).unwrap(), rtf);
            assert!(expanded.is_whole, "{rtf}");
        }
    }

    #[test]
    fn uncompressed_text_is_taken_as_it_is_and_lies_are_noticed() {
        let whole = expand(&headed(b"MELA", b"{\\rtf1 a}", 9), 1000).unwrap();
        assert_eq!(whole, Expanded { rtf: b"{\\rtf1 a}".to_vec(), is_whole: true });
        assert!(!expand(&headed(b"MELA", b"{\\rtf1 a}", 12), 1000).unwrap().is_whole);
        assert_eq!(expand(&headed(b"MELA", b"{\\rtf1 a}", 9), 4).unwrap().rtf, b"{\\rt");
        assert_eq!(expand(&headed(b"ZIP!", b"{\\rtf1 a}", 9), 1000), None);
        assert_eq!(expand(b"short", 1000), None);
    }

    #[test]
    fn expansion_stops_at_its_bound() {
        let greedy = headed(b"LZFu", &[0xff; 3000], usize::MAX & 0x7fff_ffff);
        let expanded = expand(&greedy, 500).unwrap();
        assert!(expanded.rtf.len() <= 500 && !expanded.is_whole);
    }
}

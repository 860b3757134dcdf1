//! Files written into a text as lines of letters: uuencode, from before there was MIME.
//!
//! `begin 644 name`, lines that each tell their length in their first letter, and `end`.

use memchr::memmem::Finder;
use std::ops::Range;
use std::sync::LazyLock;

/// The most files that are taken out of one text.
const FILES_MAX: usize = 200;

/// A file found in a text.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Written {
    /// The name as written.
    pub(super) name: String,
    pub(super) content: Vec<u8>,
    /// `end` stands where it should.
    pub(super) is_whole: bool,
}

/// A text without the files that were written into it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Divided {
    pub(super) text: Vec<u8>,
    pub(super) files: Vec<Written>,
}

/// Takes the files out of a text. `None` where there are none.
pub(super) fn divide(text: &[u8]) -> Option<Divided> {
    let mut divided = Divided { text: Vec::new(), files: Vec::new() };
    let mut kept_from = 0;
    let mut position = 0;
    while let Some(place) = next_begin(text, position) {
        if divided.files.len() >= FILES_MAX {
            break;
        }
        let Some((file, range)) = file_at(text, place) else {
            position = place + 1;
            continue;
        };
        divided.text.extend_from_slice(text.get(kept_from..range.start).unwrap_or_default());
        divided.files.push(file);
        (kept_from, position) = (range.end, range.end);
    }
    if divided.files.is_empty() {
        return None;
    }
    divided.text.extend_from_slice(text.get(kept_from..).unwrap_or_default());
    Some(divided)
}

/// Whether `begin ` stands in a text, as in few: a file may have been written into it.
pub(super) fn may_hold_files(text: &[u8]) -> bool {
    static BEGIN: LazyLock<Finder<'_>> = LazyLock::new(|| Finder::new("begin "));
    BEGIN.find(text).is_some()
}

/// Whether a text holds a file in yEnc.
pub(super) fn has_yenc(text: &[u8]) -> bool {
    lines_that_begin(text, 0, b"=ybegin ").any(|place| {
        let line = line_at(text, place).map_or(&[][..], |(line, _)| line);
        line.windows(6).any(|at| at == b" size=" || at == b" name=")
    })
}

/// Where the next line begins that says `begin`.
fn next_begin(text: &[u8], from: usize) -> Option<usize> {
    lines_that_begin(text, from, b"begin ").next()
}

/// Where lines begin with this word.
fn lines_that_begin<'t>(text: &'t [u8], from: usize, word: &'t [u8]) -> impl Iterator<Item = usize> + 't {
    let found =
        memchr::memmem::find_iter(text.get(from..).unwrap_or_default(), word).map(move |at| from + at);
    found.filter(|place| place.checked_sub(1).is_none_or(|before| text.get(before) == Some(&b'\n')))
}

/// The line at a place without its break, and where the next one begins.
fn line_at(text: &[u8], place: usize) -> Option<(&[u8], usize)> {
    super::header::line_at(text, place)
}

/// The file that begins here, if one does, and the lines that it takes.
fn file_at(text: &[u8], place: usize) -> Option<(Written, Range<usize>)> {
    let (line, mut next) = line_at(text, place)?;
    let name = name_in(line)?;
    let mut content = Vec::new();
    let (mut is_whole, mut is_exact) = (false, true);
    while let Some((line, after)) = line_at(text, next) {
        if line.trim_ascii_end() == b"end" {
            is_whole = true;
            next = after;
            break;
        }
        if !decode_line(line, &mut content) {
            break;
        }
        is_exact &= line.is_empty() || is_exact_line(line);
        next = after;
    }
    // without an end, words in capitals may have been taken for a line of it
    if content.is_empty() || !(is_whole || is_exact) {
        return None;
    }
    Some((Written { name, content, is_whole }, place..next))
}

/// The name in `begin 644 name`.
fn name_in(line: &[u8]) -> Option<String> {
    let rest = line.strip_prefix(b"begin ")?;
    let digits = rest.iter().take_while(|byte| (b'0'..=b'7').contains(byte)).count();
    let name = rest.get(digits..)?.strip_prefix(b" ")?.trim_ascii();
    let is_sound = (3..=4).contains(&digits) && !name.is_empty() && name.len() <= 1_000;
    is_sound.then(|| super::charset::guess(name).into_owned())
}

/// Whether a line has just the letters that its length asks for, and no blank but at its end, where it says nothing.
fn is_exact_line(line: &[u8]) -> bool {
    let length = line.first().map_or(0, |first| usize::from(value(*first)));
    line.len() == 1 + length.div_ceil(3) * 4 && !line.trim_ascii_end().contains(&b' ')
}

/// Adds what a line says. `false` where it is no such line.
fn decode_line(line: &[u8], content: &mut Vec<u8>) -> bool {
    let Some((first, letters)) = line.split_first() else { return true };
    if !line.iter().all(|byte| (b' '..=b'`').contains(byte)) {
        return false;
    }
    let length = usize::from(value(*first));
    let wanted = length.div_ceil(3) * 4;
    // Some write a sum behind the line; some servers take the blanks at its end away.
    if letters.len() > wanted + 2 || letters.len() + 4 < wanted {
        return false;
    }
    let start = content.len();
    for at in (0..wanted).step_by(4) {
        let group = (at..at + 4).fold(0_u32, |group, at| {
            group << 6 | u32::from(letters.get(at).map_or(0, |letter| value(*letter)))
        });
        let [_, bytes @ ..] = group.to_be_bytes();
        content.extend_from_slice(&bytes);
    }
    content.truncate(start + length);
    true
}

fn value(letter: u8) -> u8 {
    letter.wrapping_sub(b' ') & 0x3f
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_taken_out_and_the_text_around_them_stays() {
        let text = b"See below.\r\nbegin 644 cat.txt\r\n#0V%T\r\n`\r\nend\r\nRegards\r\nbegin 0755 b.bin\n!00  \n \nend\n";
        let divided = divide(text).unwrap();
        assert_eq!(divided.text, b"See below.\r\nRegards\r\n");
        assert_eq!(
            divided.files,
            [
                Written { name: "cat.txt".into(), content: b"Cat".to_vec(), is_whole: true },
                Written { name: "b.bin".into(), content: b"A".to_vec(), is_whole: true },
            ]
        );
    }

    #[test]
    fn prose_that_begins_is_no_file() {
        for text in [
            "begin 644 times and\nstop as often\n",
            "begin 644\n#0V%T\nend\n",
            "begin with 644 cat\n#0V%T\n",
            "> begin 644 cat.txt\n> #0V%T\n> end\n",
            "begin 644 nothing\nend\n",
            "begin 644 nothing\n",
            "begin 123 lessons today\n(SEE THE LIST)\nthanks\n",
            "begin 100 years\nI AM HERE\nand so on\n",
        ] {
            assert_eq!(divide(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn file_without_its_end_is_taken_as_far_as_it_goes() {
        let divided = divide(b"begin 644 cat.txt\n#0V%T\nand this is prose again\n").unwrap();
        assert_eq!(divided.text, b"and this is prose again\n");
        assert!(!divided.files[0].is_whole);
    }

    #[test]
    fn yenc_is_known_by_its_first_line() {
        assert!(has_yenc(b"a\n=ybegin line=128 size=3 name=cat.txt\n"));
        assert!(!has_yenc(b"a =ybegin line=128 size=3\n=ybegin\n"));
    }
}

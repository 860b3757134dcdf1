//! Which characters are not seen, and which look like a letter of the Latin alphabet.
//!
//! After Unicode's list of confusables (UTS #39), as far as letters of a subject or a name are concerned: only
//! those that are drawn alike in the usual fonts.

use std::ops::RangeInclusive;

/// Characters that are not seen, with what they are.
const HIDDEN: [(RangeInclusive<char>, &str); 17] = [
    ('\u{00ad}'..='\u{00ad}', "a soft hyphen"),
    ('\u{061c}'..='\u{061c}', "a mark of reading direction"),
    ('\u{115f}'..='\u{1160}', "a filler"),
    ('\u{180e}'..='\u{180e}', "a separator of vowels"),
    ('\u{200b}'..='\u{200b}', "a space without width"),
    ('\u{200c}'..='\u{200d}', "a joiner without width"),
    ('\u{200e}'..='\u{200f}', "a mark of reading direction"),
    ('\u{202a}'..='\u{202b}', "the beginning of another reading direction"),
    ('\u{202c}'..='\u{202c}', "the end of a reading direction"),
    ('\u{202d}'..='\u{202e}', "the beginning of a forced reading direction"),
    ('\u{2060}'..='\u{2064}', "a joiner without width"),
    ('\u{2066}'..='\u{2068}', "the beginning of another reading direction"),
    ('\u{2069}'..='\u{2069}', "the end of a reading direction"),
    ('\u{3164}'..='\u{3164}', "a filler"),
    ('\u{feff}'..='\u{feff}', "a space without width"),
    ('\u{ffa0}'..='\u{ffa0}', "a filler"),
    ('\u{e0000}'..='\u{e007f}', "a tag"),
];

/// Letters that look like Latin ones, by alphabet: each with the one that it looks like.
const ALIKE: [&[(char, char)]; 4] = [
    // Cyrillic
    &[
        ('А', 'A'),
        ('В', 'B'),
        ('Е', 'E'),
        ('Ѕ', 'S'),
        ('І', 'I'),
        ('Ј', 'J'),
        ('К', 'K'),
        ('М', 'M'),
        ('Н', 'H'),
        ('О', 'O'),
        ('Р', 'P'),
        ('С', 'C'),
        ('Т', 'T'),
        ('У', 'Y'),
        ('Ү', 'Y'),
        ('Х', 'X'),
        ('Ԍ', 'G'),
        ('Ԛ', 'Q'),
        ('Ԝ', 'W'),
        ('а', 'a'),
        ('е', 'e'),
        ('ѕ', 's'),
        ('і', 'i'),
        ('ј', 'j'),
        ('о', 'o'),
        ('р', 'p'),
        ('с', 'c'),
        ('у', 'y'),
        ('х', 'x'),
        ('ѵ', 'v'),
        ('һ', 'h'),
        ('ӏ', 'l'),
        ('ԁ', 'd'),
        ('ԛ', 'q'),
        ('ԝ', 'w'),
    ],
    // Greek
    &[
        ('Α', 'A'),
        ('Β', 'B'),
        ('Ε', 'E'),
        ('Ζ', 'Z'),
        ('Η', 'H'),
        ('Ι', 'I'),
        ('Κ', 'K'),
        ('Μ', 'M'),
        ('Ν', 'N'),
        ('Ο', 'O'),
        ('Ρ', 'P'),
        ('Τ', 'T'),
        ('Υ', 'Y'),
        ('Χ', 'X'),
        ('Ϲ', 'C'),
        ('α', 'a'),
        ('ι', 'i'),
        ('κ', 'k'),
        ('ν', 'v'),
        ('ο', 'o'),
        ('ρ', 'p'),
        ('υ', 'u'),
        ('ϲ', 'c'),
        ('ϳ', 'j'),
    ],
    // Armenian
    &[('Օ', 'O'), ('Ս', 'U'), ('զ', 'q'), ('հ', 'h'), ('ո', 'n'), ('ս', 'u'), ('ց', 'g'), ('օ', 'o')],
    // Cherokee
    &[
        ('Ꭰ', 'D'),
        ('Ꭱ', 'R'),
        ('Ꭲ', 'T'),
        ('Ꭺ', 'A'),
        ('Ꭻ', 'J'),
        ('Ꭼ', 'E'),
        ('Ꮃ', 'W'),
        ('Ꮇ', 'M'),
        ('Ꮋ', 'H'),
        ('Ꮐ', 'G'),
        ('Ꮓ', 'Z'),
        ('Ꮩ', 'V'),
        ('Ꮪ', 'S'),
        ('Ꮮ', 'L'),
        ('Ꮯ', 'C'),
        ('Ꮲ', 'P'),
        ('Ꮶ', 'K'),
        ('Ᏼ', 'B'),
    ],
];

/// What a character is that nobody sees.
pub(super) fn hidden(c: char) -> Option<&'static str> {
    HIDDEN.iter().find(|(range, _)| range.contains(&c)).map(|(_, what)| *what)
}

/// Whether it changes the direction of the text behind it.
pub(super) fn is_direction(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Whether it is a letter of the Latin alphabet as people type it, with or without accents.
pub(super) fn is_latin(c: char) -> bool {
    c.is_ascii_alphabetic()
        || matches!(c, '\u{c0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}') && c.is_alphabetic()
}

/// The Latin letter that a letter of another alphabet, or another width or style, looks like.
pub(super) fn looks_like_latin(c: char) -> Option<char> {
    let listed = ALIKE.iter().flat_map(|alphabet| alphabet.iter()).find(|(other, _)| *other == c);
    listed.map(|(_, latin)| *latin).or_else(|| styled(c))
}

/// The letters of an alphabet that look like Latin ones, if this is one of them.
pub(super) fn alphabet_of(c: char) -> Option<&'static [(char, char)]> {
    ALIKE.into_iter().find(|alphabet| alphabet.iter().any(|(known, _)| *known == c))
}

/// The letter of this alphabet that a Latin one looks like.
pub(super) fn look_alike(latin: char, alphabet: &[(char, char)]) -> Option<char> {
    alphabet.iter().find(|(_, like)| *like == latin).map(|(known, _)| *known)
}

/// Letters of full width, and those of mathematics: thirteen alphabets of 52 letters each.
fn styled(c: char) -> Option<char> {
    let code = u32::from(c);
    let at = match code {
        0xff21..=0xff3a => code - 0xff21,
        0xff41..=0xff5a => code - 0xff41 + 26,
        0x1d400..=0x1d6a3 => (code - 0x1d400) % 52,
        _ => return None,
    };
    let letter = if at < 26 { u32::from('A') + at } else { u32::from('a') + at - 26 };
    char::from_u32(letter)
}

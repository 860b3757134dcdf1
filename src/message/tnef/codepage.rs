//! Windows codepages by their number.

use super::super::charset;

/// The name of a codepage's character set.
pub(super) fn charset_name(codepage: u32) -> Option<&'static str> {
    Some(match codepage {
        437 | 850 | 858 => "ibm850",
        866 => "ibm866",
        874 => "windows-874",
        932 => "shift_jis",
        936 | 20936 => "gbk",
        949 | 51949 => "euc-kr",
        950 => "big5",
        1200 => "utf-16le",
        1201 => "utf-16be",
        1250 => "windows-1250",
        1251 => "windows-1251",
        1252 => "windows-1252",
        1253 => "windows-1253",
        1254 => "windows-1254",
        1255 => "windows-1255",
        1256 => "windows-1256",
        1257 => "windows-1257",
        1258 => "windows-1258",
        10000 => "macintosh",
        10007 => "x-mac-cyrillic",
        20127 => "us-ascii",
        20866 => "koi8-r",
        21866 => "koi8-u",
        28591 => "iso-8859-1",
        28592 => "iso-8859-2",
        28593 => "iso-8859-3",
        28594 => "iso-8859-4",
        28595 => "iso-8859-5",
        28596 => "iso-8859-6",
        28597 => "iso-8859-7",
        28598 | 38598 => "iso-8859-8",
        28599 => "iso-8859-9",
        28603 => "iso-8859-13",
        28605 => "iso-8859-15",
        50220..=50222 => "iso-2022-jp",
        20932 | 51932 => "euc-jp",
        54936 => "gb18030",
        65001 => "utf-8",
        _ => return None,
    })
}

/// A text in this codepage; in one that nobody knows it is guessed.
pub(super) fn decode(bytes: &[u8], codepage: u32) -> String {
    match charset_name(codepage) {
        Some(name) => charset::decode(bytes, Some(name)).0.into_owned(),
        None => charset::guess(bytes).into_owned(),
    }
}

/// The codepage of a font's `\fcharset` (RTF 1.9); `None` for the default one and for symbols.
pub(super) fn of_font(fcharset: i32) -> Option<u32> {
    Some(match fcharset {
        0 => 1252,
        77 => 10000,
        128 => 932,
        129 => 949,
        134 => 936,
        136 => 950,
        161 => 1253,
        162 => 1254,
        163 => 1258,
        177 => 1255,
        178 => 1256,
        186 => 1257,
        204 => 1251,
        222 => 874,
        238 => 1250,
        254 | 255 => 850,
        _ => return None,
    })
}

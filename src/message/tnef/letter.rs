//! A mail within TNEF, written as a mail of the internet (RFC 5322), so that it can be opened where Outlook is not.

use super::cursor::Cursor;
use super::{File, Letter};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use std::fmt::Write as _;

/// Seconds between 1601, where Windows begins to count, and 1970.
const SECONDS_TO_1970: i64 = 11_644_473_600;
/// Ten millions of ticks are a second.
const TICKS: u64 = 10_000_000;
const DAY_SECS: i64 = 86_400;
/// Bytes of one line of base64, and of one encoded word.
const LINE_BYTES: usize = 57;
const WORD_BYTES: usize = 36;
const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// A time of Windows (tenths of microseconds since 1601) as seconds since 1970; `None` where nobody wrote mail yet.
pub(super) fn seconds_of_ticks(ticks: u64) -> Option<i64> {
    i64::try_from(ticks / TICKS).ok().map(|seconds| seconds - SECONDS_TO_1970).filter(|seconds| *seconds > 0)
}

/// A time in seven numbers of two bytes (year, month, day, hour, minute, second, day of the week).
pub(super) fn seconds_of_parts(data: &[u8]) -> Option<i64> {
    let mut cursor = Cursor::new(data);
    let mut next = || cursor.short().map(i64::from);
    let (year, month, day) = (next()?, next()?, next()?);
    let (hour, minute, second) = (next()?, next()?, next()?);
    let is_sound = (1971..=9999).contains(&year) && (1..=12).contains(&month) && (1..=31).contains(&day);
    // Days since 1970, of a year that begins in March.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let days = 365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day - 1 - 719_468;
    let is_sound = is_sound && hour < 24 && minute < 60 && second < 61;
    is_sound.then_some(days * DAY_SECS + hour * 3600 + minute * 60 + second)
}

/// Writes the mail. `depth` tells its boundary from those of the mails that it stands in.
pub(super) fn compose(letter: &Letter, depth: usize) -> Vec<u8> {
    let mut head = String::new();
    if let Some(from) = from(letter) {
        write_line(&mut head, "From", &from);
    }
    for (name, value) in [("To", &letter.to), ("Subject", &letter.subject)] {
        if let Some(value) = value {
            write_line(&mut head, name, &encoded(value));
        }
    }
    if let Some(sent_at) = letter.sent_at {
        write_line(&mut head, "Date", &date(sent_at));
    }
    if let Some(id) = letter.message_id.as_deref().filter(|id| is_plain(id)) {
        write_line(&mut head, "Message-ID", id);
    }
    let boundary = format!("=_winmail_{depth}");
    write_line(&mut head, "MIME-Version", "1.0");
    write_line(&mut head, "Content-Type", &format!("multipart/mixed; boundary=\"{boundary}\""));
    head.push_str("\r\n");
    let mut mail = head.into_bytes();
    let body = match (&letter.html, &letter.plain) {
        (Some(html), _) => ("text/html; charset=utf-8", html.as_str()),
        (None, Some(plain)) => ("text/plain; charset=utf-8", plain.as_str()),
        (None, None) => ("text/plain; charset=utf-8", ""),
    };
    write_part(&mut mail, &boundary, &[("Content-Type", body.0)], body.1.as_bytes());
    for file in &letter.files {
        write_file(&mut mail, &boundary, file);
    }
    mail.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
    mail
}

fn write_line(head: &mut String, name: &str, value: &str) {
    // Writing to a string cannot fail.
    let _written = write!(head, "{name}: {value}\r\n");
}

fn from(letter: &Letter) -> Option<String> {
    let name = letter.from_name.as_deref().map(encoded);
    match (letter.from_address.as_deref().filter(|address| is_plain(address)), name) {
        (Some(address), Some(name)) => Some(format!("{name} <{address}>")),
        (Some(address), None) => Some(address.to_owned()),
        (None, name) => name,
    }
}

fn is_plain(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// A text as encoded words (RFC 2047), unless it is words of letters and digits alone.
fn encoded(text: &str) -> String {
    let is_simple = |byte: u8| byte.is_ascii_alphanumeric() || byte == b' ';
    if text.len() <= WORD_BYTES && text.bytes().all(is_simple) {
        return text.to_owned();
    }
    let mut words: Vec<String> = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (word, after) = rest.split_at(rest.floor_char_boundary(WORD_BYTES));
        words.push(format!("=?utf-8?B?{}?=", BASE64.encode(word)));
        rest = after;
    }
    words.join("\r\n ")
}

fn date(seconds: i64) -> String {
    let (days, second) = (seconds.div_euclid(DAY_SECS), seconds.rem_euclid(DAY_SECS));
    let at = |index: i64| usize::try_from(index).unwrap_or_default();
    let weekday = DAYS.get(at(days.rem_euclid(7))).copied().unwrap_or_default();
    // The civil date of a day, of years that begin in March.
    let days = days + 719_468;
    let era_day = days.rem_euclid(146_097);
    let year_of_era = (era_day - era_day / 1_460 + era_day / 36_524 - era_day / 146_096) / 365;
    let year_day = era_day - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march_month = (5 * year_day + 2) / 153;
    let day = year_day - (153 * march_month + 2) / 5 + 1;
    let month = if march_month < 10 { march_month + 2 } else { march_month - 10 };
    let year = year_of_era + days.div_euclid(146_097) * 400 + i64::from(month < 2);
    let name = MONTHS.get(at(month)).copied().unwrap_or_default();
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    format!("{weekday}, {day} {name} {year:04} {hour:02}:{minute:02}:{second:02} +0000")
}

fn write_file(mail: &mut Vec<u8>, boundary: &str, file: &File) {
    let media_type = file.media_type.as_deref().filter(|kind| is_plain(kind) && kind.contains('/'));
    let media_type = media_type.unwrap_or("application/octet-stream");
    let name = file.name.as_deref().unwrap_or("attachment");
    let disposition = format!("attachment; filename*=utf-8''{}", percent_encoded(name));
    let mut fields = vec![("Content-Type", media_type), ("Content-Disposition", disposition.as_str())];
    let id = file.content_id.as_deref().filter(|id| is_plain(id)).map(|id| format!("<{id}>"));
    fields.extend(id.as_deref().map(|id| ("Content-ID", id)));
    if media_type == "message/rfc822" {
        write_head(mail, boundary, &fields);
        mail.extend_from_slice(b"\r\n");
        mail.extend_from_slice(&file.content);
        mail.extend_from_slice(b"\r\n");
    } else {
        write_part(mail, boundary, &fields, &file.content);
    }
}

fn percent_encoded(name: &str) -> String {
    let mut encoded = String::with_capacity(name.len());
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_') {
            encoded.push(char::from(byte));
        } else {
            encoded.push('%');
            encoded.push_str(&hex::encode_upper([byte]));
        }
    }
    encoded
}

fn write_head(mail: &mut Vec<u8>, boundary: &str, fields: &[(&str, &str)]) {
    let mut head = format!("--{boundary}\r\n");
    for (name, value) in fields {
        write_line(&mut head, name, value);
    }
    mail.extend_from_slice(head.as_bytes());
}

fn write_part(mail: &mut Vec<u8>, boundary: &str, fields: &[(&str, &str)], content: &[u8]) {
    write_head(mail, boundary, fields);
    mail.extend_from_slice(b"Content-Transfer-Encoding: base64\r\n\r\n");
    for line in content.chunks(LINE_BYTES) {
        mail.extend_from_slice(BASE64.encode(line).as_bytes());
        mail.extend_from_slice(b"\r\n");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_windows_are_those_of_mail() {
        let parts = |numbers: [u16; 7]| -> Vec<u8> {
            numbers.iter().flat_map(|number| number.to_le_bytes()).collect()
        };
        for (seconds, written) in [
            (
                seconds_of_ticks(116_444_736_000_000_000 + 951_782_400 * TICKS),
                "Tue, 29 Feb 2000 00:00:00 +0000",
            ),
            (seconds_of_parts(&parts([2002, 10, 8, 15, 35, 2, 2])), "Tue, 8 Oct 2002 15:35:02 +0000"),
            (seconds_of_parts(&parts([2024, 2, 29, 23, 59, 59, 4])), "Thu, 29 Feb 2024 23:59:59 +0000"),
            (seconds_of_parts(&parts([1999, 12, 31, 0, 0, 0, 5])), "Fri, 31 Dec 1999 00:00:00 +0000"),
        ] {
            assert_eq!(date(seconds.unwrap()), written);
        }
        assert_eq!(seconds_of_ticks(0), None);
        assert_eq!(seconds_of_parts(&parts([2002, 13, 8, 15, 35, 2, 2])), None);
        assert_eq!(seconds_of_parts(b"short"), None);
    }

    #[test]
    fn names_that_would_break_a_header_are_encoded() {
        assert_eq!(encoded("Build a train table"), "Build a train table");
        assert_eq!(encoded("a\r\nBcc: x"), "=?utf-8?B?YQ0KQmNjOiB4?=");
        assert!(encoded(&"ü".repeat(100)).lines().all(|line| line.len() < 76));
    }
}

//! Dates that are written otherwise than mail writes them today (RFC 5322 §3.3), but plainly enough.

use jiff::civil::DateTime;
use jiff::fmt::rfc2822::DateTimeParser;
use jiff::tz::{Offset, TimeZone};
use jiff::{Timestamp, Zoned};

/// The longest date that is looked at.
const DATE_BYTES_MAX: usize = 80;
/// How C writes a date (`asctime`); it names no zone.
const OF_C: &str = "%a %b %d %H:%M:%S %Y";
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// A date as RFC 3339: with a year of two digits or a zone by its name (RFC 5322 §4.3), with the whole name of a month,
/// as C writes it, or as ISO 8601 does.
pub(super) fn read(line: &str) -> Option<String> {
    if line.len() > DATE_BYTES_MAX {
        return None;
    }
    let parser = DateTimeParser::new().relaxed_weekday(true);
    let of_mail = || parser.parse_zoned(with_short_month(line)).ok().as_ref().map(written);
    let of_c = || DateTime::strptime(OF_C, line).ok()?.to_zoned(TimeZone::UTC).ok().as_ref().map(written);
    let of_iso = || {
        let at: Timestamp = line.parse().ok()?;
        Some(at.to_string())
    };
    of_mail().or_else(of_c).or_else(of_iso)
}

fn written(date: &Zoned) -> String {
    let at = date.timestamp();
    if date.offset() == Offset::UTC {
        at.to_string()
    } else {
        at.display_with_offset(date.offset()).to_string()
    }
}

/// The line with the name of its month in three letters.
fn with_short_month(line: &str) -> String {
    let mut words: Vec<&str> = line.split_whitespace().collect();
    for word in &mut words {
        if MONTHS.iter().any(|month| month.eq_ignore_ascii_case(word)) {
            *word = word.get(..3).unwrap_or(word);
        }
    }
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn dates_are_read_however_they_are_written() {
        for (line, expected) in [
            ("3 Mar 26 10:00 EST", Some("2026-03-03T10:00:00-05:00")),
            ("Tue, 3 March 2026 10:00:00 +0100", Some("2026-03-03T10:00:00+01:00")),
            ("Mon, 3 march 2026 10:00:00 GMT", Some("2026-03-03T10:00:00Z")),
            ("Tue Mar  3 10:00:00 2026", Some("2026-03-03T10:00:00Z")),
            ("2026-03-03T10:00:00+02:00", Some("2026-03-03T08:00:00Z")),
            ("2026-03-03T10:00:00Z", Some("2026-03-03T10:00:00Z")),
            ("yesterday", None),
            ("99 Mar 2026 10:00:00 +0000", None),
            ("", None),
        ] {
            assert_eq!(read(line).as_deref(), expected, "{line}");
        }
    }
}

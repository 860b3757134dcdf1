//! SMTP reply codes and enhanced status codes, as they stand in diagnoses and prose.

/// SMTP reply codes of refusals (RFC 5321 §4.2.3 and what servers use besides).
pub(super) const CODES: [&str; 47] = [
    "421", "422", "431", "432", "441", "442", "446", "447", "449", "450", "451", "452", "453", "454", "455",
    "471", "500", "501", "502", "503", "504", "510", "511", "512", "513", "515", "521", "523", "525", "530",
    "531", "533", "534", "535", "538", "541", "542", "543", "544", "546", "547", "550", "551", "552", "553",
    "554", "571",
];

/// The most bytes of the number of a host.
const HOST_BYTES_MAX: usize = 48;

/// The first SMTP code in a diagnosis: one of the class of the status where that is known.
pub(in super::super) fn smtp_code(text: &str, class: Option<char>) -> Option<String> {
    let bytes = text.as_bytes();
    let mut start: usize = 0;
    for word in text.split_inclusive(|c: char| !c.is_ascii_alphanumeric()) {
        let digits = word.trim_end_matches(|c: char| !c.is_ascii_alphanumeric());
        let (before, after) = (start.checked_sub(1), start + digits.len());
        let (from, end) = (start, after);
        start += word.len();
        if !CODES.contains(&digits) || class.is_some_and(|class| !digits.starts_with(class)) {
            continue;
        }
        let before = before.and_then(|at| bytes.get(at)).copied().unwrap_or(b' ');
        let next = bytes.get(end).copied().unwrap_or(b' ');
        let next_but_one = bytes.get(end + 1).copied().unwrap_or(b' ');
        let stands_alone = !matches!(before, b'.' | b'/' | b'@' | b'=' | b'_' | b'$' | b'#')
            && (before != b'-' || from < 2)
            && !matches!(next, b'/' | b'@' | b'%')
            && !(next == b'.' && next_but_one.is_ascii_alphanumeric())
            && !(before == b':' && next == b']' && is_in_number_of_host(text, from));
        if stands_alone && is_followed_by_reason(text.get(end..).unwrap_or_default()) {
            return Some(digits.to_owned());
        }
    }
    None
}

/// Whether a number is the last of those of a host in brackets, `[2001:db8::550]`.
fn is_in_number_of_host(text: &str, at: usize) -> bool {
    let start = text.floor_char_boundary(at.saturating_sub(HOST_BYTES_MAX));
    let before = text.get(start..at).and_then(|before| before.rsplit_once('['));
    before.is_some_and(|(_, number)| {
        number.matches(':').count() > 1 && number.bytes().all(|byte| byte == b':' || byte.is_ascii_hexdigit())
    })
}

/// Behind a code stands a reason, a status, or nothing; behind a quantity stands its unit.
fn is_followed_by_reason(rest: &str) -> bool {
    let rest = rest.trim_start_matches([' ', '-', ':', ')', ',', '"', '\'', '_']).to_ascii_lowercase();
    ![
        "mb",
        "kb",
        "gb",
        "bytes",
        "byte",
        "k ",
        "messages",
        "seconds",
        "minutes",
        "hours",
        "days",
        "recipients",
    ]
    .iter()
    .any(|unit| rest.starts_with(unit))
}

/// The first enhanced status code in a text: `5.1.1`, not an address of a host (RFC 3463).
pub(in super::super) fn enhanced_status(text: &str) -> Option<String> {
    text.split(|c: char| !(c.is_ascii_digit() || c == '.')).find_map(|word| {
        let word = word.trim_matches('.');
        let mut numbers = word.split('.');
        let (class, subject, detail) = (numbers.next()?, numbers.next()?, numbers.next()?);
        let is_status = numbers.next().is_none()
            && matches!(class, "2" | "4" | "5")
            && (1..=3).contains(&subject.len())
            && (1..=3).contains(&detail.len());
        is_status.then(|| word.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_found_in_a_diagnosis_and_not_in_numbers() {
        let cases = [
            ("550 5.1.1 <a@b>: no such user", None, Some("550")),
            ("550-5.7.1 refused", None, Some("550")),
            ("host mx[192.0.2.550] said: 553 sorry", None, Some("553")),
            ("connect to mx[2001:db8::550]:25: refused", None, None),
            ("[Error:550]", None, Some("550")),
            ("451 try later, then 550 no", Some('5'), Some("550")),
            ("552 MB of 500 MB are used", None, None),
            ("call 5503 or 10.550.1.2", None, None),
            ("(501)", None, Some("501")),
            ("all is well", None, None),
        ];
        for (text, class, code) in cases {
            assert_eq!(smtp_code(text, class).as_deref(), code, "{text}");
        }
    }

    #[test]
    fn status_is_no_address_of_a_host() {
        assert_eq!(enhanced_status("mx 5.1.1.9 said 5.2.2.").as_deref(), Some("5.2.2"));
        assert_eq!(enhanced_status("version 3.2.1"), None);
    }
}

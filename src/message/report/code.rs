//! SMTP reply codes and enhanced status codes, as they stand in diagnoses and prose.

/// SMTP reply codes of refusals (RFC 5321 §4.2.3, RFC 7504, and what servers use besides).
pub(super) const CODES: [&str; 60] = [
    "421", "422", "430", "431", "432", "441", "442", "446", "447", "449", "450", "451", "452", "453", "454",
    "455", "456", "458", "459", "471", "500", "501", "502", "503", "504", "505", "510", "511", "512", "513",
    "515", "520", "521", "522", "523", "524", "525", "530", "531", "533", "534", "535", "538", "541", "542",
    "543", "544", "546", "547", "550", "551", "552", "553", "554", "555", "556", "557", "571", "572", "581",
];

/// The most bytes of the number of a host.
const HOST_BYTES_MAX: usize = 48;
/// What a number is a quantity of, right behind it.
const UNITS: [&str; 14] = [
    "mb", "kb", "gb", "k", "bytes", "byte", "ms", "seconds", "minutes", "hours", "days", "per", "of",
    "percent",
];
/// And in small letters; with a capital they begin a reason.
const COUNTED: [&str; 11] = [
    "messages",
    "recipients",
    "mails",
    "emails",
    "files",
    "characters",
    "connections",
    "addresses",
    "users",
    "lines",
    "times",
];
/// Words behind which a number says how many, or which one.
const BEFORE_NUMBERS: [&str; 14] = [
    "of", "max", "maximum", "limit", "than", "over", "room", "port", "id", "no", "nr", "number", "ticket",
    "call",
];
/// Words behind which a code stands even after `=`.
const BEFORE_CODES: [&str; 5] = ["code", "status", "error", "reply", "fehler"];

/// The first SMTP code in a diagnosis: one of the class of the status where that is known. A number in the middle of a
/// sentence counts only where none stands as codes do.
pub(in super::super) fn smtp_code(text: &str, class: Option<char>) -> Option<String> {
    let mut start: usize = 0;
    let mut in_sentence = None;
    for word in text.split_inclusive(|c: char| !c.is_ascii_alphanumeric()) {
        let digits = word.trim_end_matches(|c: char| !c.is_ascii_alphanumeric());
        let (from, end) = (start, start + digits.len());
        start += word.len();
        let is_of_kind = digits.len() == 3
            && digits.starts_with(['4', '5'])
            && class.is_none_or(|class| digits.starts_with(class));
        if !is_of_kind {
            continue;
        }
        let (before, behind) = (text.get(..from).unwrap_or_default(), text.get(end..).unwrap_or_default());
        match standing(before, digits, behind) {
            Standing::AsCode => return Some(digits.to_owned()),
            Standing::InSentence => in_sentence = in_sentence.or(Some(digits)),
            Standing::AsNumber => {}
        }
    }
    in_sentence.map(str::to_owned)
}

/// How a number of three digits stands in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    AsCode,
    InSentence,
    AsNumber,
}

fn standing(before: &str, digits: &str, behind: &str) -> Standing {
    if is_followed_by_status(digits, behind) {
        let is_within_number = before.ends_with(['@', '$', '.']);
        return if is_within_number { Standing::AsNumber } else { Standing::AsCode };
    }
    if !CODES.contains(&digits) || !stands_alone(before, behind) || is_quantity(before, behind) {
        return Standing::AsNumber;
    }
    let above = before.trim_end_matches([' ', '\t']);
    let is_set_apart = above.is_empty()
        || above.ends_with([':', '[', '(', '"', '\'', '<', '>', ';', '#', '=', '-'])
        || behind.starts_with('-');
    if is_set_apart { Standing::AsCode } else { Standing::InSentence }
}

/// Whether the signs beside a number leave it one by itself: no part of a name, of a host, of a version.
fn stands_alone(before: &str, behind: &str) -> bool {
    let mut rest = behind.chars();
    let (next, next_but_one) = (rest.next().unwrap_or(' '), rest.next().unwrap_or(' '));
    let is_sound = match before.chars().next_back() {
        Some('.' | '/' | '@' | '_' | '$' | '#') => false,
        Some('=') => names_code(before),
        Some('-') => before.len() < 2,
        Some(':') => next != ']' || !is_in_number_of_host(before),
        _ => true,
    };
    let goes_on =
        next == '.' && next_but_one.is_ascii_alphanumeric() || next == '-' && next_but_one.is_ascii_digit();
    is_sound && !goes_on && !matches!(next, '/' | '@' | '%')
}

/// `code=`
fn names_code(before: &str) -> bool {
    let before = before.trim_end_matches('=').to_ascii_lowercase();
    BEFORE_CODES.iter().any(|word| before.ends_with(word))
}

/// Whether an enhanced status of the same class stands right behind a code: `550 5.1.1`, `550-5.1.1`, `550/5.1.1`.
fn is_followed_by_status(digits: &str, behind: &str) -> bool {
    let status = behind.strip_prefix([' ', '-', '/', '.', '_']).unwrap_or_default();
    let status = status.trim_start_matches([' ', '#', '(']);
    let status =
        status.get(..status.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(status.len()));
    let status = status.unwrap_or_default();
    status.get(..1) == digits.get(..1) && status.get(1..2) == Some(".") && enhanced_status(status).is_some()
}

/// Whether what stands before a number is the rest of those of a host in brackets, `[2001:db8::550]`.
fn is_in_number_of_host(before: &str) -> bool {
    let start = before.floor_char_boundary(before.len().saturating_sub(HOST_BYTES_MAX));
    let number = before.get(start..).and_then(|before| before.rsplit_once('['));
    number.is_some_and(|(_, number)| {
        number.matches(':').count() > 1 && number.bytes().all(|byte| byte == b':' || byte.is_ascii_hexdigit())
    })
}

/// Whether a number says how many, or which one: `500 mails per hour`, `Room 501`.
fn is_quantity(before: &str, behind: &str) -> bool {
    let is_letter = |c: char| c.is_alphabetic();
    let behind = behind.trim_start_matches([' ', '-', ':', ')', ',', '"', '\'', '_']);
    let next = behind.split(|c| !is_letter(c)).next().unwrap_or_default();
    let last = before.trim_end_matches([' ', '.']).rsplit(|c| !is_letter(c)).next().unwrap_or_default();
    let is_one_of = |words: &[&str], word: &str| words.iter().any(|known| known.eq_ignore_ascii_case(word));
    let is_right_behind = before.ends_with([' ', '.']);
    is_one_of(&UNITS, next) || COUNTED.contains(&next) || is_right_behind && is_one_of(&BEFORE_NUMBERS, last)
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
            ("556 5.1.10 null MX", None, Some("556")),
            ("575 5.7.5 refused", None, Some("575")),
            ("575 refused", None, None),
            ("#550 5.1.1 RESOLVER.ADR.RecipNotFound", None, Some("550")),
            ("call #550", None, None),
            ("550/5.1.1 and 550.5.1.1", None, Some("550")),
            ("550.5.1.1", None, Some("550")),
            ("SMTP_554_5.4.7", None, Some("554")),
            ("smtp;code=554, refused", None, Some("554")),
            ("x=550", None, None),
            ("at most 450 emails", None, None),
            ("550 Messages from you are not taken", None, Some("550")),
            ("500 mails per hour", None, None),
            ("call 555-0100", None, None),
            ("Room 501, port 550, 5 of 452", None, None),
            ("We got 451 from it, said: 550 no", None, Some("550")),
            ("it answered 553 to us", None, Some("553")),
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

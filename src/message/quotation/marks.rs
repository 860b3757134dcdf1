//! The lines by which mail programs of many languages set off what they quote.

use super::CutEvidence;
use super::announcements::{FORWARD_BYTES_MIN, FORWARD_STEMS, FORWARDS, ORIGINALS};
use super::dates::{has_date_and_time, has_digit, has_time, has_year};
use super::drawn::{STROKES, is_between_arrows, is_rule, is_rule_above_unknown_header, is_set_off};
use super::endings::ends_with_verb;
use super::keys::Key;
use super::notes::begins_header_of_notes;
use super::reply_markers::is_reply_marker;
use crate::message::lines::{any_in_strides, is_blank, within_blanks};
use crate::message::phrases::Phrases;
use crate::message::subject::take_apart;
use std::sync::LazyLock;

/// How far below its first line a header block is looked for.
const BLOCK_LINES_MAX: usize = 12;

/// How long a header may be that stands on one line.
const ONE_LINE_BYTES_MAX: usize = 1_000;
/// The longest announcement of a mail that is quoted or forwarded, without the strokes around it.
const ANNOUNCEMENT_BYTES_MAX: usize = 80;

/// Names of the date that forms have as well, in lower case.
const PLAIN_DATES: [&str; 22] = [
    "date",
    "datum",
    "data",
    "fecha",
    "dato",
    "дата",
    "dátum",
    "dată",
    "日時",
    "日期",
    "날짜",
    "tarih",
    "ngày",
    "tanggal",
    "päivämäärä",
    "päiväys",
    "日付",
    "時間",
    "时间",
    "ημερομηνία",
    "วันที่",
    "data e ora",
];
/// The most fields of a header in a language that is not known here, without the sender.
const UNKNOWN_FIELDS_MAX: usize = 5;
/// How soon a quotation begins below words between two hyphens.
const SOON_LINES_MAX: usize = 3;
/// The most bytes of the initials of somebody who is quoted: four letters, in any alphabet.
const INITIALS_BYTES_MAX: usize = 8;
/// What stands between such strokes and words.
const BLANKS: [char; 5] = [' ', '\u{a0}', '\t', '[', ']'];
/// Marks that turn the reading direction: programs put them round names.
pub(super) const DIRECTIONS: [char; 10] = [
    '\u{200e}', '\u{200f}', '\u{202a}', '\u{202b}', '\u{202c}', '\u{202d}', '\u{202e}', '\u{2066}',
    '\u{2067}', '\u{2069}',
];

/// Whether a line is marked as quoted: `>`, or initials before it as in `AL>`.
pub(super) fn is_quoted(line: &str) -> bool {
    // most lines begin with a letter and a small one: the beginning of a word, and no initials
    if let [first, second, ..] = line.as_bytes()
        && first.is_ascii_alphanumeric()
        && (second.is_ascii_lowercase() || *second == b' ')
    {
        return false;
    }
    let line = line.trim_start();
    let behind_initials = line.trim_start_matches(char::is_uppercase);
    line.starts_with(['>', '＞'])
        || (behind_initials.starts_with('>')
            && (1..=INITIALS_BYTES_MAX).contains(&(line.len() - behind_initials.len())))
}

/// Whether a text has none of the signs with which programs set something off. A line without them that
/// [`begins_plainly`] is the writer's, or begins an attribution whose signs stand below it.
pub(super) fn lacks_signs(text: &str) -> bool {
    let is_sign = |byte: u8| !byte.is_ascii() || matches!(byte, b':' | b'<' | b'>' | b'@');
    !any_in_strides(text.as_bytes(), is_sign)
}

/// Whether a line begins with a letter, and does not end as a request does to write above it.
pub(super) fn begins_plainly(line: &str) -> bool {
    line.starts_with(|c: char| c.is_ascii_alphabetic())
        && !line.trim_end_matches(['.', ' ']).ends_with("line")
}

/// `---------- Forwarded message ---------`, `Begin forwarded message:`.
pub(super) fn begins_forward(line: &str) -> bool {
    static STEMS: LazyLock<Phrases> = LazyLock::new(|| Phrases::of(&FORWARD_STEMS));
    let is_set_off = is_set_off(within_blanks(line));
    if !is_set_off && line.len() < FORWARD_BYTES_MIN {
        return false;
    }
    announced(line)
        .is_some_and(|words| FORWARDS.contains(&words.as_str()) || (is_set_off && STEMS.stand_in(&words)))
}

/// Whether a line that opens a container announces a mail that is forwarded, be it in an unknown language: words
/// between hyphens that announce no quotation.
pub(super) fn announces_forward(line: &str) -> bool {
    let line = within_blanks(line);
    let is_set_off = line.starts_with("---") && line.ends_with("---") && !is_rule(line);
    is_set_off
        && announced(line).is_some_and(|words| !is_original(&words))
        && !line.contains(|c: char| c == '@' || c.is_numeric())
}

/// The words of a line set off by hyphens on both sides, or by a colon at its end.
fn announced(line: &str) -> Option<String> {
    let line = within_blanks(line);
    let is_bare = !line.starts_with(STROKES);
    let says_more =
        || line.len() > ANNOUNCEMENT_BYTES_MAX || line.contains(|c: char| c.is_ascii_digit() || c == '@');
    if !is_set_off(line) && (!line.ends_with([':', '：']) || is_bare && says_more()) {
        return None;
    }
    let inner = line.trim_matches(STROKES).trim_matches(BLANKS);
    (!inner.is_empty() && inner.len() <= ANNOUNCEMENT_BYTES_MAX).then(|| {
        // QQ writes its text with the blanks of HTML
        let has_hard_blanks = inner.contains(['&', '\u{a0}']);
        let words = if has_hard_blanks {
            inner.replace("&nbsp;", " ").replace('\u{a0}', " ").to_lowercase()
        } else {
            inner.to_lowercase()
        };
        words.trim_matches(BLANKS).trim_end_matches([':', '：', ' ', '\u{a0}']).to_owned()
    })
}

/// Whether everything from this line on is a quoted mail with a header of its own, and what shows it.
pub(super) fn begins_original(below: &[&str]) -> Option<CutEvidence> {
    let line = below.first()?;
    let trimmed = within_blanks(line);
    if (trimmed.starts_with("--") || is_set_off(trimmed))
        && (announced(line).is_some_and(|words| is_original(&words)) || is_glued_to_header(trimmed))
        && (trimmed.starts_with("---") || has_strokes_of_program(trimmed) || begins_soon(below))
    {
        return Some(CutEvidence::OriginalMessage);
    }
    if is_between_arrows(trimmed) {
        return Some(CutEvidence::Attribution);
    }
    if is_reply_marker(trimmed) && !goes_on_with_it(trimmed, below) {
        return Some(CutEvidence::ReplyMarker);
    }
    let has_header =
        begins_header_block(below) || is_rule_above_unknown_header(below) || begins_header_of_notes(below);
    has_header.then_some(CutEvidence::HeaderBlock)
}

/// Whether somebody who cites the line by which a desk asks to write above it, with nothing drawn around it, goes on below.
fn goes_on_with_it(line: &str, below: &[&str]) -> bool {
    let next = below.iter().skip(1).find(|line| !is_blank(line));
    line.starts_with(char::is_alphabetic) && next.is_some_and(|next| next.starts_with(char::is_lowercase))
}

/// People put two hyphens around words, too.
fn has_strokes_of_program(line: &str) -> bool {
    !(line.starts_with("--") && line.ends_with("--"))
}

/// Whether a field or a line marked as quoted is among the next lines.
pub(super) fn begins_soon(below: &[&str]) -> bool {
    let is_field = |line: &str| key_and_value(line).is_some_and(|(key, _)| Key::of(&key).is_of_quotations());
    let next = below.iter().skip(1).filter(|line| !is_blank(line));
    next.take(SOON_LINES_MAX).any(|line| is_quoted(line) || is_field(line))
}

/// `------ Original message------From: Ana Lyst`, with the header on the same line.
fn is_glued_to_header(line: &str) -> bool {
    let Some((words, header)) = line.trim_start_matches('-').split_once("--") else { return false };
    let names_sender = || key_and_value(header.trim_start_matches('-'));
    words.len() <= ANNOUNCEMENT_BYTES_MAX
        && ORIGINALS.contains(&words.trim().to_lowercase().as_str())
        && names_sender().is_some_and(|(key, _)| Key::of(&key).is_of_sender())
}

/// `original message`, or `Ana Lyst wrote` as Notes puts it between hyphens.
fn is_original(words: &str) -> bool {
    ORIGINALS.contains(&words) || (words.len() < 80 && ends_with_verb(words))
}

/// `From:`, `Sent:`, `To:`, `Subject:` in any of the languages, in any order.
fn begins_header_block(below: &[&str]) -> bool {
    let Some((key, value)) = below.first().and_then(|line| key_and_value(line)) else { return false };
    let key = Key::of(&key);
    if !key.is_of_quotations() {
        return is_header_of_unknown_language(value, below);
    }
    let tells = key.is_of_sender() || key.is_of_date();
    let value = if tells { value_within(value, below) } else { value };
    // whoever has called has a number and no name
    if key.is_of_sender() && !value.is_empty() && !value.contains(char::is_alphabetic) {
        return false;
    }
    if key.is_of_sender() && is_header_on_one_line(value) {
        return true;
    }
    if key.is_of_sender() && has_fields_of_a_header(below, value, Above::default()) {
        return true;
    }
    let next = below.get(1..).unwrap_or_default();
    let is_date = key.is_of_date() && has_date_and_time(value);
    (is_date && begins_block_behind_date(next))
        || ((is_date || key.is_of_others()) && names_sender_soon(next, is_date, key.is_of_others()))
}

/// `From: Ana Sent: 12 March 2026 10:11 To: Uma Subject: VPN`, as what is left of HTML.
fn is_header_on_one_line(value: &str) -> bool {
    if value.len() > ONE_LINE_BYTES_MAX || !value.contains(':') {
        return false;
    }
    let (mut has_date, mut others) = (false, 0);
    for key in value.match_indices(':').filter_map(|(at, _)| key_before(value, at)) {
        has_date |= key.is_of_date();
        others += usize::from(key.is_of_others());
    }
    has_date && others >= 2 && has_date_and_time(value)
}

/// The name of a field right before a colon; it may be glued to what stands before it, as in `9:05 AMSubject:`.
fn key_before(value: &str, colon: usize) -> Option<Key> {
    let before = value.get(..colon)?.trim_end_matches(['*', '\u{a0}', ' ']);
    let word = before.rsplit(|c: char| !c.is_alphabetic()).next()?;
    let key = Key::of(&word.to_lowercase());
    let glued = || word.char_indices().rfind(|(_, c)| c.is_uppercase()).and_then(|(at, _)| word.get(at..));
    if key.is_of_quotations() { Some(key) } else { glued().map(|word| Key::of(&word.to_lowercase())) }
}

/// A header in a language that is not known here, field by field without empty lines: who wrote, with the address in
/// brackets; when; about what, with the mark of an answer. An appointment names people and a time as well, and answers none.
fn is_header_of_unknown_language(sender: &str, below: &[&str]) -> bool {
    let names_address = |value: &str| value.ends_with('>') && value.contains('<') && value.contains('@');
    if !names_address(sender) {
        return false;
    }
    let others: Vec<_> =
        below.iter().skip(1).take(UNKNOWN_FIELDS_MAX).map_while(|line| key_and_value(line)).collect();
    let is_date = |value: &str| has_time(value) && has_year(value) && !value.contains('@');
    let dated = others.iter().position(|(_, value)| is_date(value));
    // lists of tickets and appointments have such fields, too; in ASCII most names of real ones are known
    let has_foreign_names = others.iter().filter(|(key, _)| !key.is_ascii()).count() >= 2;
    has_foreign_names
        && others.len() >= 3
        && dated.is_some_and(|at| at < 2)
        && !others.iter().any(|(key, _)| Key::of(key).is_of_transport())
        && others.iter().any(|(_, value)| take_apart(value).has_reply_mark)
}

/// The value of a field, which may stand on the next line, further to the right or instead of another field.
fn value_within<'t>(value: &'t str, below: &[&'t str]) -> &'t str {
    let is_field = |line| key_and_value(line).is_some_and(|(key, _)| Key::of(&key).is_of_quotations());
    match below.get(1) {
        Some(next) if value.is_empty() && (next.starts_with([' ', '\t']) || !is_field(next)) => {
            within_blanks(next)
        }
        _ => value,
    }
}

/// What stands above the sender of a header.
#[derive(Debug, Clone, Copy, Default)]
struct Above {
    is_dated: bool,
    /// How many fields say to whom, about what.
    others: usize,
}

/// Where the sender is not the first field, it stands in one of the next lines, with an address.
fn names_sender_soon(next: &[&str], mut is_dated: bool, is_of_others: bool) -> bool {
    let mut others = usize::from(is_of_others);
    let fields = next.iter().take(3).map_while(|line| key_and_value(line));
    for (at, (key, value)) in fields.enumerate() {
        let key = Key::of(&key);
        is_dated |= key.is_of_date() && has_date_and_time(value);
        if key.is_of_sender() && value.contains('@') {
            let above = Above { is_dated, others };
            return has_fields_of_a_header(next.get(at..).unwrap_or_default(), value, above);
        }
        others += usize::from(key.is_of_others());
    }
    false
}

/// Some programs put the date first, and the sender right below it.
fn begins_block_behind_date(below: &[&str]) -> bool {
    let first = below.first().and_then(|line| key_and_value(line));
    first.is_some_and(|(key, sender)| {
        let above = Above { is_dated: true, others: 0 };
        Key::of(&key).is_of_sender() && has_fields_of_a_header(below, sender, above)
    })
}

/// What stands below the sender: when, to whom, about what.
fn has_fields_of_a_header(below: &[&str], sender: &str, above: Above) -> bool {
    let (mut has_day, mut has_date, mut others) = (above.is_dated, above.is_dated, above.others);
    let mut has_address = sender.contains('@');
    let (mut is_within_header, mut answers, mut is_sent) = (true, false, false);
    for (at, line) in below.iter().enumerate().skip(1).take(BLOCK_LINES_MAX) {
        if is_blank(line) {
            is_within_header = false;
            continue;
        }
        let value_behind = |value| value_within(value, below.get(at..).unwrap_or_default());
        match key_and_value(line).map(|(key, value)| (Key::of(&key), value_behind(value))) {
            Some((key, value)) if key.is_of_date() => {
                has_day |= has_digit(value);
                has_date |= has_date_and_time(value);
                is_sent |= at == 1 && !is_plain_date(line);
            }
            // no program quotes these: somebody shows the header of a mail
            Some((key, _)) if is_within_header && key.is_of_transport() => return false,
            Some((key, value)) if key.is_of_others() => {
                others += 1;
                has_address |= value.contains('@');
                // with a date and a time nothing more is needed
                answers |= !has_date && is_within_header && take_apart(value).has_reply_mark;
            }
            // the field of the date, in a language that is not known here
            Some((key, value))
                if is_within_header && !key.is_of_sender() && has_time(value) && has_year(value) =>
            {
                has_date = true;
            }
            // the next block begins here
            Some((key, _)) if key.is_of_sender() => break,
            _ => {}
        }
    }
    // people fill in forms with the same words, without a time of day, without addresses, and not about answers
    let is_bracketed = || sender.contains('@') && sender.ends_with('>');
    (has_date || (has_day && (has_address || answers)))
        && (others >= 2 || (others == 1 && sender.contains('@')))
        || has_date && is_sent && is_bracketed()
}

/// Whether a field names the date with a word that forms have as well.
fn is_plain_date(line: &str) -> bool {
    key_and_value(line).is_none_or(|(key, _)| PLAIN_DATES.contains(&key.as_str()))
}

/// Whether below a header nothing is quoted: there are fields of headers, and nothing else.
pub(super) fn is_header_of_nothing(below: &[&str]) -> bool {
    let is_field = |line: &str| key_and_value(line).is_some_and(|(key, _)| Key::of(&key).is_of_quotations());
    below.iter().all(|line| is_blank(line) || is_field(line))
}

/// Whether a line fills in a field that no header has, so that the fields below it are those of a form.
pub(super) fn is_field_of_a_form(line: &str) -> bool {
    key_and_value(line).is_some_and(|(key, value)| {
        let is_address_of_page = value.starts_with("//");
        !Key::of(&key).is_of_quotations()
            && !value.is_empty()
            && !is_address_of_page
            && key.split(' ').count() <= 2
    })
}

/// Whether a header block names an address in brackets and a date with a time, as forms seldom do.
pub(super) fn names_address_and_time(below: &[&str]) -> bool {
    let block = || below.iter().take(BLOCK_LINES_MAX).take_while(|line| !is_blank(line));
    block().any(|line| line.contains('@') && line.contains(['<', '[']))
        && block().any(|line| has_digit(line) && has_date_and_time(line))
}

/// Whether what looks like a header may be a form: it names no address, no time of *sending*, and its subject has no mark
/// of an answer.
pub(super) fn may_be_form(below: &[&str]) -> bool {
    let is_of_header = |key: &str| Key::of(key).is_of_quotations();
    let fields = || below.iter().take(BLOCK_LINES_MAX).filter_map(|line| key_and_value(line));
    let tells_header = |(key, value): (String, &str)| {
        let names_sending = |key: &str| Key::of(key).is_of_date() && !PLAIN_DATES.contains(&key);
        let others = || value.split(' ').filter_map(|word| word.strip_suffix(':')).map(str::to_lowercase);
        is_of_header(&key)
            && (value.contains('@')
                || names_sending(&key)
                || value.contains([':', '：'])
                    && (others().any(|key| names_sending(&key)) || take_apart(value).has_reply_mark))
    };
    let begins_so =
        below.first().and_then(|line| key_and_value(line)).is_some_and(|(key, _)| is_of_header(&key));
    begins_so && !below.iter().take(2).any(|line| line.contains('@')) && !fields().any(tells_header)
}

/// `*From:* Ana` as `from` and `Ana`.
pub(super) fn key_and_value(line: &str) -> Option<(String, &str)> {
    let line = line.trim_start_matches([' ', '\t', '*', '_', '|']).trim_start_matches(DIRECTIONS);
    // most lines have no colon so near; 0xef begins the wide one
    memchr::memchr2(b':', 0xef, line.as_bytes().get(..96).unwrap_or(line.as_bytes()))?;
    let colon = line.char_indices().take(24).find(|(_, c)| matches!(c, ':' | '：'))?;
    let (key, value) = line.split_at_checked(colon.0)?;
    let key = key.trim_end_matches([' ', '\u{a0}', '*', '\t']).trim_end_matches(DIRECTIONS);
    (!key.is_empty()).then(|| (key.to_lowercase(), value.trim_matches([':', '：', '*', ' ', '\t', '|'])))
}

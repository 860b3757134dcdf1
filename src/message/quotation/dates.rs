//! Dates and times of day as they stand in lines, in the digits of any language.

/// Whether a digit stands in it.
pub(super) fn has_digit(text: &str) -> bool {
    text.contains(char::is_numeric)
}

/// Whether a date and a time of day stand in it; `12.03.2026 10.11` has more numbers than any date.
pub(super) fn has_date_and_time(text: &str) -> bool {
    let mut is_within = false;
    let begins = |is_digit: bool| usize::from(!std::mem::replace(&mut is_within, is_digit) && is_digit);
    let numbers: usize = if text.is_ascii() {
        text.bytes().map(|byte| byte.is_ascii_digit()).map(begins).sum()
    } else {
        text.chars().map(char::is_numeric).map(begins).sum()
    };
    numbers >= 5 || (numbers >= 3 && has_year(text) && (numbers > 3 || has_time(text)))
}

/// Whether a time of day stands in it: `10:11`, `19h03`, `kl. 10.11`, in the digits of any language.
pub(super) fn has_time(text: &str) -> bool {
    let mut seen = [' '; 3];
    let has_colon = text.chars().any(|c| {
        let [hour, mark, tens] = seen;
        seen = [mark, tens, c];
        hour.is_numeric() && matches!(mark, ':' | 'h') && tens.is_numeric() && c.is_numeric()
    });
    has_colon || [" kl. ", " klo ", " pukul "].iter().any(|words| text.contains(words))
}

/// Whether a year of four digits stands in it.
pub(super) fn has_year(text: &str) -> bool {
    if text.is_ascii()
        && text.bytes().fold(0_u32, |digits, byte| digits + u32::from(byte.is_ascii_digit())) < 4
    {
        return false;
    }
    let mut digits = 0;
    text.chars().chain([' ']).any(|c| {
        let is_year = digits == 4 && !c.is_numeric();
        digits = if c.is_numeric() { digits + 1 } else { 0 };
        is_year
    })
}

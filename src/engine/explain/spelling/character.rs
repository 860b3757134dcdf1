//! Characters that are the same, or only look so.

/// In small letters, one character for one.
pub(super) fn small(c: char) -> char {
    c.to_lowercase().next().unwrap_or(c)
}

/// A digit of any writing; the values of those that are no ASCII are only known for the wide ones.
pub(super) fn is_digit(c: char) -> bool {
    c.is_ascii_digit() || ('\u{ff10}'..='\u{ff19}').contains(&c)
}

/// A character in small letters, and as the Latin one that it looks like.
pub(in crate::engine::explain) fn folded(c: char) -> char {
    likeness(c).unwrap_or_else(|| small(c))
}

/// The digit that a wide one stands for.
pub(super) fn digit_of(c: char) -> char {
    likeness(c).unwrap_or(c)
}

/// The sign that this one looks like, in small letters: wide forms, other brackets, other number signs, and the letters of
/// Greek and Cyrillic that nobody can tell from Latin ones.
pub(super) fn likeness(c: char) -> Option<char> {
    if let wide @ '\u{ff01}'..='\u{ff5e}' = c {
        return char::from_u32(u32::from(wide) - 0xfee0).map(small);
    }
    let like = match c {
        '【' | '〔' | '⟦' | '「' | '『' | '〖' | '❲' => '[',
        '】' | '〕' | '⟧' | '」' | '』' | '〗' | '❳' => ']',
        '♯' | '№' | '﹟' => '#',
        '‐' | '‑' | '‒' | '–' | '—' | '−' | '﹣' => '-',
        '∕' | '⁄' => '/',
        '：' | '∶' => ':',
        _ => match small(c) {
            'а' | 'α' => 'a',
            'с' | 'ϲ' => 'c',
            'е' | 'ε' => 'e',
            'і' | 'ι' => 'i',
            'ј' => 'j',
            'к' | 'κ' => 'k',
            'м' | 'μ' => 'm',
            'н' => 'h',
            'о' | 'ο' => 'o',
            'р' | 'ρ' => 'p',
            'ѕ' => 's',
            'т' | 'τ' => 't',
            'у' | 'υ' => 'y',
            'х' | 'χ' => 'x',
            'в' | 'β' => 'b',
            'ν' => 'n',
            _ => return None,
        },
    };
    Some(like)
}

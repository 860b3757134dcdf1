//! The numbers of ordered lists: digits, letters, or Roman ones.

use super::pieces::Tag;

/// How an ordered list counts.
pub(super) struct Counting {
    /// The number of its next item.
    next: i32,
    style: Style,
}

/// What the numbers of a list are written with.
enum Style {
    Digits,
    Letters { are_large: bool },
    Romans { are_large: bool },
}

impl Counting {
    /// As the list says by its `type` and `start`.
    pub(super) fn of(tag: &Tag<'_>) -> Self {
        let number = |name: &str| tag.attribute(name).and_then(|text| text.trim().parse().ok());
        let style = match tag.attribute("type").as_deref() {
            Some("a") => Style::Letters { are_large: false },
            Some("A") => Style::Letters { are_large: true },
            Some("i") => Style::Romans { are_large: false },
            Some("I") => Style::Romans { are_large: true },
            _ => Style::Digits,
        };
        Self { next: number("start").unwrap_or(1), style }
    }

    /// The mark of the next item, which may say its own number.
    pub(super) fn mark(&mut self, tag: &Tag<'_>) -> String {
        let own = tag.attribute("value").and_then(|text| text.trim().parse().ok());
        let number = own.unwrap_or(self.next);
        self.next = number.saturating_add(1);
        let (written, are_large) = match self.style {
            Style::Digits => (None, false),
            Style::Letters { are_large } => (letters(number), are_large),
            Style::Romans { are_large } => (romans(number), are_large),
        };
        match written {
            Some(text) if are_large => format!("{}. ", text.to_ascii_uppercase()),
            Some(text) => format!("{text}. "),
            None => format!("{number}. "),
        }
    }
}

/// `a` to `z`, `aa` …
fn letters(number: i32) -> Option<String> {
    let mut left = u32::try_from(number).ok().filter(|number| *number > 0)?;
    let mut reversed = Vec::new();
    while left > 0 {
        left -= 1;
        reversed.push(char::from_digit(10 + left % 26, 36)?);
        left /= 26;
    }
    Some(reversed.into_iter().rev().collect())
}

/// `i`, `ii`, `iii`, `iv` …; nothing from 4000 on.
fn romans(number: i32) -> Option<String> {
    const SIGNS: [(i32, &str); 13] = [
        (1000, "m"),
        (900, "cm"),
        (500, "d"),
        (400, "cd"),
        (100, "c"),
        (90, "xc"),
        (50, "l"),
        (40, "xl"),
        (10, "x"),
        (9, "ix"),
        (5, "v"),
        (4, "iv"),
        (1, "i"),
    ];
    if !(1..4000).contains(&number) {
        return None;
    }
    let mut left = number;
    let mut written = String::new();
    for (value, sign) in SIGNS {
        while left >= value {
            written.push_str(sign);
            left -= value;
        }
    }
    Some(written)
}

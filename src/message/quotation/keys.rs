//! What the names of fields of a quoted header mean.

use super::field_names::{DATE_KEYS, FROM_KEYS, OTHER_KEYS, TRANSPORT_KEYS};
use std::collections::HashMap;
use std::sync::LazyLock;

/// What the name of a field says, in one language or another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Key(u8);

const SENDER: u8 = 1;
const DATE: u8 = 1 << 1;
const OTHERS: u8 = 1 << 2;
const TRANSPORT: u8 = 1 << 3;

impl Key {
    /// By the name in lower case, which may stand there in two languages: `envoyé/sent`.
    pub(super) fn of(name: &str) -> Self {
        static KEYS: LazyLock<HashMap<&str, u8>> = LazyLock::new(|| {
            let lists: [(&[&str], u8); 4] = [
                (&FROM_KEYS, SENDER),
                (&DATE_KEYS, DATE),
                (&OTHER_KEYS, OTHERS),
                (&TRANSPORT_KEYS, TRANSPORT),
            ];
            let mut keys = HashMap::new();
            for (names, meaning) in lists {
                for name in names {
                    *keys.entry(*name).or_default() |= meaning;
                }
            }
            keys
        });
        let meaning = |name: &str| KEYS.get(name).copied().unwrap_or_default();
        match name.split_once('/') {
            // both halves have to be known
            Some((one, other)) if meaning(name) == 0 => match (meaning(one.trim()), meaning(other.trim())) {
                (0, _) | (_, 0) => Self(0),
                (one, other) => Self(one | other),
            },
            _ => Self(meaning(name)),
        }
    }

    fn says(self, meaning: u8) -> bool {
        self.0 & meaning != 0
    }

    pub(super) fn is_of_sender(self) -> bool {
        self.says(SENDER)
    }

    pub(super) fn is_of_date(self) -> bool {
        self.says(DATE)
    }

    /// To whom, about what.
    pub(super) fn is_of_others(self) -> bool {
        self.says(OTHERS)
    }

    /// No program puts it above what it quotes.
    pub(super) fn is_of_transport(self) -> bool {
        self.says(TRANSPORT)
    }

    /// Programs put it above what they quote.
    pub(super) fn is_of_quotations(self) -> bool {
        self.says(SENDER | DATE | OTHERS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_fields_in_two_languages_are_known() {
        for (name, is_of_sender, is_of_date) in [
            ("from / von", true, false),
            ("envoyé/sent", false, true),
            ("from/room", false, false),
            ("a/b", false, false),
            ("/", false, false),
            ("from", true, false),
            ("frá", true, false),
            ("dihantar", false, true),
            ("ارسال شده", false, true),
        ] {
            assert_eq!(Key::of(name).is_of_sender(), is_of_sender, "{name}");
            assert_eq!(Key::of(name).is_of_date(), is_of_date, "{name}");
        }
    }
}

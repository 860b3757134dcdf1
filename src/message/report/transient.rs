//! The words by which servers say, without any code, that the same mail may well be taken later, and those by which
//! they say that they have given up.

use crate::message::phrases::Phrases;
use std::sync::LazyLock;

/// Parts of words about what may pass, in the languages of mail servers, in lower case.
const HINDRANCES: [&str; 91] = [
    // the mailbox, or the disk below it, is full
    "mailbox is full",
    "mailbox full",
    "mailbox is over",
    "mailbox has exceeded",
    "mailbox exceed",
    "full mailbox",
    "folder is full",
    "inbox is full",
    "account is full",
    "over quota",
    "overquota",
    "over the quota",
    "over its quota",
    "quota exceed",
    "exceeds quota",
    "exceeded quota",
    "exceeds the quota",
    "exceeded its quota",
    "exceeded their quota",
    "exceeded his quota",
    "out of storage",
    "storage allocation",
    "no space left",
    "disk full",
    "disk is full",
    "postfach ist voll",
    "postfach voll",
    "postfach des empfängers ist voll",
    "speicherplatz",
    "quota überschritten",
    "boîte aux lettres est pleine",
    "boite aux lettres est pleine",
    "boîte pleine",
    "boite pleine",
    "quota dépassé",
    "buzón está lleno",
    "buzón lleno",
    "buzón de correo está lleno",
    "cuota excedida",
    "casella piena",
    "casella è piena",
    "casella di posta è piena",
    "caixa de correio está cheia",
    "caixa cheia",
    "caixa postal cheia",
    "postvak is vol",
    "mailbox is vol",
    "mailbox vol",
    "inkorgen är full",
    "brevlådan är full",
    "postkassen er fuld",
    "postkassen er full",
    "postilaatikko on täynnä",
    "skrzynka jest pełna",
    "skrzynka pełna",
    "schránka je plná",
    "postafiók megtelt",
    "căsuța poștală este plină",
    "ящик переполнен",
    "ящик заполнен",
    "переполнен",
    "превышена квота",
    "скринька переповнена",
    "kutusu dolu",
    "邮箱已满",
    "信箱已满",
    "信箱已滿",
    "容量超過",
    "容量を超",
    "容量がいっぱい",
    "메일함이 가득",
    // nobody answered, or not in time
    "timed out",
    "time out",
    "timeout",
    "zeitüberschreitung",
    "délai dépassé",
    "délai d'attente",
    "tiempo de espera",
    "tempo scaduto",
    "tempo limite",
    "превышено время",
    "タイムアウト",
    "connection refused",
    "connection reset",
    "connection lost",
    "lost connection",
    "network error",
    "network is unreachable",
    "no route to host",
    "not responding",
    "did not respond",
];
/// Parts of words about trying again, in lower case.
const AGAIN: [&str; 47] = [
    "try again later",
    "try again in",
    "please try again",
    "found, try again",
    "will keep trying",
    "keep trying",
    "will be retried",
    "will retry",
    "will continue to try",
    "greylist",
    "graylist",
    "too many connections",
    "too many concurrent",
    "deferred",
    "rate limit",
    "später erneut",
    "weiterhin versuch",
    "réessay",
    "inténtelo de nuevo",
    "vuelva a intentar",
    "riprova",
    "tente novamente",
    "probeer het later",
    "försök igen",
    "prøv igen",
    "prøv igjen",
    "yritä uudelleen",
    "spróbuj ponownie",
    "zkuste",
    "попробуйте",
    "повторн",
    "tekrar deneyin",
    "再度",
    "稍后",
    "稍後",
    "再试",
    "다시 시도",
    "temporarily",
    "temporary",
    "vorübergehend",
    "temporaire",
    "temporal",
    "temporane",
    "tijdelijk",
    "tillfällig",
    "временн",
    "一時的",
];
/// What else a sentence says that asks the sender to look at the address first: nothing comes again by itself.
const CHECKS: [&str; 20] = [
    "check",
    "verify",
    "correct",
    "right address",
    "different address",
    "another address",
    "prüf",
    "korrigier",
    "vérifi",
    "corrig",
    "comprueb",
    "verifique",
    "verifica",
    "controll",
    "controleer",
    "sprawd",
    "zkontrol",
    "ellenőriz",
    "провер",
    "確認",
];
/// Parts of words by which a server takes leave of a mail, in lower case.
const FAREWELLS: [&str; 16] = [
    "permanent",
    "given up",
    "giving up",
    "gave up",
    "not going to try",
    "no further delivery",
    "no further attempt",
    "will not be retried",
    "endgültig",
    "dauerhaft",
    "aufgegeben",
    "définitiv",
    "definitiv",
    "постоянн",
    "окончательн",
    "恒久的",
];

/// How far a text says that what hinders a mail may pass.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Outlook {
    /// Something hinders it that often passes: a mailbox is full, a server does not answer.
    is_hindered: bool,
    /// It is, or may be, tried again.
    comes_again: bool,
}

impl Outlook {
    pub(super) fn of(text: &str) -> Self {
        static HINDERED: LazyLock<Phrases> = LazyLock::new(|| Phrases::of(&HINDRANCES));
        static COMES_AGAIN: LazyLock<Phrases> = LazyLock::new(|| Phrases::of(&AGAIN));
        let text = squeezed(text);
        let comes_again = |sentence: &str| {
            COMES_AGAIN.stand_in(sentence) && !CHECKS.iter().any(|word| sentence.contains(word))
        };
        Self {
            is_hindered: HINDERED.stand_in(&text),
            comes_again: COMES_AGAIN.stand_in(&text) && text.split(['.', '!', ';']).any(comes_again),
        }
    }

    pub(super) fn or(self, other: Self) -> Self {
        Self {
            is_hindered: self.is_hindered || other.is_hindered,
            comes_again: self.comes_again || other.comes_again,
        }
    }

    pub(super) fn is_known(self) -> bool {
        self.is_hindered || self.comes_again
    }

    /// Whether the mail may be taken later, for all that the whole report says. Whoever could not deliver, and says
    /// nothing about trying again, is done with the mail, though its reason might pass.
    pub(super) fn is_transient(self, farewell: Farewell) -> bool {
        match farewell {
            Farewell::None => self.is_known(),
            Farewell::Implied => self.comes_again,
            Farewell::Said => false,
        }
    }
}

/// Whether a server has given a mail up, by its own words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Farewell {
    /// It does not say so.
    None,
    /// It could not deliver.
    Implied,
    /// It says that it has given up.
    Said,
}

impl Farewell {
    /// `could_not_deliver`: the text has words of the kind.
    pub(super) fn of(text: &str, could_not_deliver: bool) -> Self {
        let text = squeezed(text);
        if FAREWELLS.iter().any(|words| text.contains(words)) {
            return Self::Said;
        }
        if could_not_deliver { Self::Implied } else { Self::None }
    }
}

/// A text in lower case, on one line.
fn squeezed(text: &str) -> String {
    text.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::{Farewell, Outlook};

    #[test]
    fn full_mailboxes_and_silent_servers_are_no_refusals_for_good() {
        for text in [
            "As their mailbox is full.",
            "mailbox for bob is\n   over quota",
            "Das Postfach ist voll",
            "La boîte aux lettres est pleine",
            "El buzón está lleno",
            "La casella di posta è piena",
            "A caixa de correio está cheia",
            "Het postvak is vol",
            "Brevlådan är full",
            "Skrzynka jest pełna",
            "Schránka je plná",
            "Почтовый ящик переполнен",
            "邮箱已满",
            "容量を超えています",
            "Connection timed out",
            "Host or domain name not found, try again",
            "We will keep trying",
            "Greylisted",
            "Too many connections from your host",
        ] {
            assert!(Outlook::of(text).is_transient(Farewell::None), "{text}");
        }
        for text in [
            "No mailbox here by that name. Please try again with the right address.",
            "User unknown. Please check the address and try again later.",
            "Unbekannt. Bitte prüfen Sie die Adresse und versuchen Sie es später erneut.",
            "no such user",
            "Unbekannter Empfänger",
            "Unrouteable address",
            "spam",
            "",
        ] {
            assert!(!Outlook::of(text).is_transient(Farewell::None), "{text}");
        }
    }

    #[test]
    fn who_has_given_up_is_believed() {
        for (text, could_not_deliver, expected) in [
            ("It could not be delivered. The mailbox is full.", true, false),
            ("It could not be delivered. Host not found, try again", true, true),
            ("This is a permanent error. Connection timed out", false, false),
            ("Giving up. Please try again later", true, false),
            ("Das Postfach ist voll. Wir haben es endgültig aufgegeben.", false, false),
            ("The mailbox is full.", false, true),
        ] {
            let farewell = Farewell::of(text, could_not_deliver);
            assert_eq!(Outlook::of(text).is_transient(farewell), expected, "{text}");
        }
    }
}

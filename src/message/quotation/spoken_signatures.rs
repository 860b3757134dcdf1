//! Signatures that somebody speaks of, and shows: they are what is asked for.

use crate::message::lines::is_blank;
use crate::message::phrases::Phrases;
use std::sync::LazyLock;

/// What stands below mails is called, in many languages; in lower case.
const NAMES: [&str; 33] = [
    "signature",
    "footer",
    "disclaimer",
    "signatur",
    "fußzeile",
    "fusszeile",
    "mail-fuß",
    "pied de page",
    "pie de firma",
    "pie de página",
    "pie de correo",
    "assinatura",
    "rodapé",
    "piè di pagina",
    "handtekening",
    "voettekst",
    "sidfot",
    "underskrift",
    "sidefod",
    "bunntekst",
    "allekirjoitu",
    "stopk",
    "podpis",
    "подпис",
    "підпис",
    "aláírás",
    "imza",
    "υπογραφή",
    "semnătur",
    "mi firma",
    "la firma",
    "mia firma",
    "nuestra firma",
];
/// The same in scripts without small letters.
const FURTHER_NAMES: [&str; 8] = ["署名", "签名", "簽名", "서명", "חתימה", "توقيع", "امضا", "chữ ký"];
/// How far above the signature the line stands that speaks of it, with empty ones between them.
const LINES_MAX: usize = 3;

/// Whether the last words above a place speak of signatures, and go on below.
pub(super) fn are_shown_below(above: &[&str]) -> bool {
    static SPOKEN_OF: LazyLock<Phrases> =
        LazyLock::new(|| Phrases::of(&[&NAMES[..], &FURTHER_NAMES[..]].concat()));
    let last = above.iter().rev().take(LINES_MAX).find(|line| !is_blank(line));
    let goes_on = |line: &str| line.contains(' ') && !line.ends_with(['.', '!', '?', '。', '？', '！']);
    last.is_some_and(|line| goes_on(line.trim_end()) && SPOKEN_OF.stand_in(line))
}

#[cfg(test)]
mod tests {
    use super::super::{Structure, split};

    #[test]
    fn u9_a_signature_that_is_asked_for_is_kept() {
        for text in [
            "Please change my signature to:\n\n--\nUma User\nHead of Desk",
            "My new signature should read:\n\n-- \nUma User\nHead of Desk\n\nPlease use it for all.",
            "Meine neue Signatur lautet\n\n-- \nUma User\nLund",
            "Our footer should be\n\nThis email is confidential and intended for the addressee only.",
            "Ma signature devrait être\n\nEnvoyé de mon iPhone",
        ] {
            assert_eq!(split(text, &Structure::default()).reply, text);
        }
        for above in [
            "It works.",
            "Let us see what becomes of my signature!",
            "The signature is in place.\n\nRegards\nUma",
        ] {
            let text = format!("{above}\n\n-- \nUma User\nLund");
            assert_eq!(split(&text, &Structure::default()).reply, above, "{text}");
        }
    }
}

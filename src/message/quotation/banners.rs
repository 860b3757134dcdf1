//! What gateways write above a mail from outside, for its reader: no word of its writer's.

use super::banner_words::{ADVICE, FIRST_MAILS, FROM_OUTSIDE, STARTS, THIS_MAIL, WHOLE};
use super::{CutEvidence, CutPart, Line, Sureness, set};
use crate::message::lines::{is_blank, within_blanks};
use crate::message::phrases::Phrases;
use std::sync::LazyLock;

/// How many lines at the top are looked at, and the most bytes of a banner.
const LINES_MAX: usize = 30;
const BYTES_MAX: usize = 1_000;
/// How many banners stand one below the other.
const BANNERS_MAX: usize = 3;
/// Between which lines one gateway puts its banner.
const START_MARK: &str = "BannerStart";
const END_MARK: &str = "BannerEnd";

/// Cuts the banners off the top, where something is said below them.
pub(super) fn cut(lines: &[&str], kinds: &mut [Line]) {
    let mut from = 0;
    for _ in 0..BANNERS_MAX {
        let Some(end) = end_of_banner(lines, kinds, from) else { return };
        if !kinds.get(end..).is_some_and(|below| below.contains(&Line::Own)) {
            return;
        }
        set(kinds, from..end, Line::Cut(CutPart::Signature, CutEvidence::Disclaimer, Sureness::Likely));
        from = end;
    }
}

/// Where a banner ends that begins with the first words from here on.
fn end_of_banner(lines: &[&str], kinds: &[Line], from: usize) -> Option<usize> {
    let first = from + lines.get(from..)?.iter().take(LINES_MAX).position(|line| !is_blank(line))?;
    let line = lines.get(first)?.trim();
    if line.ends_with(START_MARK) && !line.contains(' ') {
        let below = lines.get(first..)?.iter().take(LINES_MAX);
        return below
            .map(|line| within_blanks(line))
            .position(|line| line.ends_with(END_MARK))
            .map(|at| first + at + 1);
    }
    let is_own = |kind: &&Line| **kind == Line::Own;
    let length = kinds.get(first..)?.iter().take(LINES_MAX).take_while(is_own).count();
    let paragraph = lines.get(first..first + length)?;
    let opening = without_strokes(line).to_lowercase();
    if WHOLE.contains(&opening.as_str()) && is_drawn_around(line, &opening) {
        return Some(first + 1);
    }
    is_banner(paragraph, &opening).then_some(first + length)
}

fn without_strokes(line: &str) -> &str {
    line.trim_matches(|c: char| !c.is_alphanumeric())
}

/// Whether such words are set off, or written in capitals, as nobody begins a mail.
fn is_drawn_around(line: &str, opening: &str) -> bool {
    line.len() > opening.len() + 1 || !line.contains(char::is_lowercase)
}

/// Whether a paragraph warns of a mail from outside: it begins as banners do, says so of this mail, and tells what to leave. A person who
/// speaks of one asks, or names himself.
fn is_banner(paragraph: &[&str], opening: &str) -> bool {
    static OUTSIDE: LazyLock<Phrases> = LazyLock::new(|| Phrases::of(&FROM_OUTSIDE));
    static MAIL: LazyLock<Phrases> = LazyLock::new(|| Phrases::of(&THIS_MAIL));
    static ADVISING: LazyLock<Phrases> = LazyLock::new(|| Phrases::of(&ADVICE));
    if !STARTS.begin(opening) && !FIRST_MAILS.begin(opening) {
        return false;
    }
    let whole = paragraph.join(" ");
    if whole.len() > BYTES_MAX || whole.contains(['?', '？']) {
        return false;
    }
    let heading = paragraph.first().map_or("", |line| line.trim_start());
    let is_set_off = heading.starts_with(|c: char| !c.is_alphanumeric() && c != '"');
    let is_headed =
        || WHOLE.iter().any(|words| opening.strip_prefix(words).is_some_and(|rest| rest.starts_with(':')));
    // nobody heads what he says with such words in capitals
    let is_shouted = || {
        heading
            .split_once(':')
            .is_some_and(|(head, _)| head.contains(' ') && !head.contains(char::is_lowercase))
    };
    if (is_set_off || is_shouted()) && is_headed() && ADVISING.stand_in(&whole) {
        return !names_oneself(&whole);
    }
    FIRST_MAILS.begin(opening) && whole.contains('@') && paragraph.len() <= 2
        || OUTSIDE.stand_in(&whole)
            && MAIL.stand_in(&whole)
            && ADVISING.stand_in(&whole)
            && !names_oneself(&whole)
}

/// Whether somebody speaks of himself, in English too.
fn names_oneself(whole: &str) -> bool {
    super::disclaimers::speaks_of_oneself(&whole.to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::super::{Structure, split};

    #[test]
    #[rustfmt::skip]
    fn u9_banners_of_gateways_above_what_is_said_are_cut() {
        for banner in [
            "CAUTION: This email originated from outside of the organization. Do not click links or open attachments unless you recognize the sender and know the content is safe.",
            "CAUTION: This email originated from outside of the organization.\nDo not click links or open attachments.",
            "[EXTERNAL EMAIL]",
            "[External]",
            "EXTERNAL EMAIL",
            "*** EXTERNAL EMAIL: This message came from outside. Do not click links. ***",
            "This email was sent from outside of Example Ltd. Exercise caution when opening attachments.",
            "ZjQcmQRYFpfptBannerStart\nThis Message Is From an External Sender\n\nThis message came from outside.\nZjQcmQRYFpfptBannerEnd",
            "ACHTUNG: Diese E-Mail stammt von einem externen Absender. Öffnen Sie keine Anhänge.",
            "ATTENTION : Ce message provient de l'extérieur. Ne cliquez pas sur les liens et n'ouvrez pas les pièces jointes.",
            "PRECAUCIÓN: Este correo proviene de fuera de la organización. No haga clic en enlaces.",
            "ATTENZIONE: questa e-mail proviene dall'esterno. Non cliccare sui link.",
            "ATENÇÃO: este e-mail veio de fora da organização. Não clique em links.",
            "LET OP: Deze e-mail is afkomstig van buiten de organisatie. Klik niet op links.",
            "VARNING: Detta mejl kommer från en extern avsändare. Öppna inte bilagor.",
            "UWAGA: ta wiadomość pochodzi spoza organizacji. Nie otwieraj załączników.",
            "ВНИМАНИЕ: письмо от внешнего отправителя. Не открывайте вложения.",
            "You don't often get email from uma@example.com. Learn why this is important",
        ] {
            let text = format!("{banner}\n\nIt works.\n\nUma");
            let found = split(&text, &Structure::default());
            assert_eq!(found.reply, "It works.\n\nUma", "{text}");
            assert_eq!(found.signature, banner, "{text}");
        }
    }

    #[test]
    fn u9_what_people_say_of_banners_is_kept() {
        for said in [
            "CAUTION: the printer is hot. Do not open it.",
            "Warning: I got a mail from an external sender. Do not click it.",
            "External sender names are shown wrongly.",
            "Is this new? CAUTION: This email originated from outside of the organization. Do not click links.",
            "This mail from an external sender came today, is it safe?",
            "Diese E-Mail von einem externen Absender kam heute, ich öffne den Anhang nicht.",
            "External",
            "Warning: a mail from an external sender goes round. Do not open it, exercise caution!",
            "Attention: mails from an external sender with attachments do not arrive.",
            "Achtung: Mails von einem externen Absender mit Anhang kommen nicht an.",
            "WARNING: the external disk was sent from outside. Do not click it on.",
            "This email was sent from outside of the office, attachments follow.",
            "You don't often get email from us, so please read this.",
        ] {
            let text = format!("{said}\n\nUma");
            assert_eq!(split(&text, &Structure::default()).reply, text);
        }
        let alone = "[EXTERNAL EMAIL]";
        assert_eq!(split(alone, &Structure::default()).reply, alone);
    }
}

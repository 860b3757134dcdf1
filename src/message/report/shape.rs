//! The shapes in which mail servers write a line about a recipient, and the words by which they send readers to
//! somebody else.

use super::code::{CODES, enhanced_status, smtp_code};
use crate::vocab::AddrSpec;

/// The most bytes of one line that are looked at: no address stands further behind.
const LINE_BYTES_MAX: usize = 2_000;
/// The most bytes of a name before its address.
const NAME_BYTES_MAX: usize = 80;
/// Parts of words before a colon behind which a recipient stands, in lower case.
const RECIPIENT_LABELS: [&str; 36] = [
    "recipient",
    "rcpt",
    "address",
    "deliver",
    "mailbox",
    "unknown",
    "failed",
    "no such",
    "empfänger",
    "adresse",
    "destinat",
    "ontvanger",
    "bestemm",
    "mottaga",
    "modtager",
    "mottaker",
    "vastaanottaja",
    "adresat",
    "odbiorc",
    "příjem",
    "príjem",
    "címzett",
    "destinatar",
    "alıcı",
    "получател",
    "адрес",
    "одержувач",
    "отримувач",
    "παραλήπτ",
    "受信者",
    "宛先",
    "送信先",
    "收件",
    "받는",
    "수신",
    "נמען",
];
/// Parts of words before a colon behind which a sender stands, or no address of a mailbox at all.
const OTHER_LABELS: [&str; 18] = [
    "sender",
    "from",
    "absender",
    "expéditeur",
    "remitente",
    "mittente",
    "remetente",
    "afzender",
    "avsändare",
    "nadawc",
    "odesíl",
    "отправител",
    "відправник",
    "送信者",
    "差出人",
    "发件",
    "寄件",
    "message-id",
];
/// Words before an address that readers are sent to for help, in lower case.
const CONTACT_WORDS: [&str; 62] = [
    "contact",
    "kontakt",
    "assist",
    "for help",
    "more help",
    "further help",
    "question",
    "problem report",
    "report this",
    "please write",
    "please mail",
    "please email",
    "please e-mail",
    "send mail to",
    "send an email",
    "send e-mail",
    "complain",
    "removal",
    "removed from",
    "delist",
    "unblock",
    "whitelist",
    "fragen",
    "wenden sie",
    "wenden dich",
    "hilfe",
    "unterstützung",
    "melden sie",
    "schreiben sie",
    "adressez",
    "écrivez",
    "pour toute",
    "besoin d",
    "póngase",
    "ayuda",
    "escriba",
    "contatt",
    "assistenza",
    "scriva",
    "contate",
    "ajuda",
    "hulp",
    "vragen",
    "hjälp",
    "hjælp",
    "hjelp",
    "yhteyttä",
    "apua",
    "pomoc",
    "napisz",
    "napište",
    "segítség",
    "обратит",
    "обращ",
    "свяжит",
    "помощ",
    "зверн",
    "iletişim",
    "yardım",
    "联系",
    "聯絡",
    "問い合わせ",
];
/// Words behind such an address, where the verb comes last.
const CONTACT_WORDS_BEHIND: [&str; 11] = [
    "連絡",
    "問い合わせ",
    "問合せ",
    "문의",
    "연락",
    "başvur",
    "wenden",
    "联系",
    "聯絡",
    "iletişim",
    "writing to us",
];
/// Words between an address and the date on which it was tried.
const DATE_WORDS: [&str; 9] = [" on ", " am ", " le ", " el ", " il ", " em ", " op ", " den ", " в "];

/// The addresses with which a line opens.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Opening {
    pub(super) addresses: Vec<AddrSpec>,
    /// Nothing is said behind them: what follows is about all of such lines above it.
    pub(super) is_bare: bool,
}

/// The recipients that a line is about, where it has the shape of such a line. `follows_heading`: the line before
/// announces a list, so that a name may stand before the address.
pub(super) fn opening(line: &str, follows_heading: bool) -> Option<Opening> {
    let line = line.get(..line.floor_char_boundary(LINE_BYTES_MAX)).unwrap_or(line).trim_end();
    // what the other server answers is about whoever the command before it names
    if !line.contains('@') || line.trim_start().starts_with("<<<") {
        return None;
    }
    if let Some((address, _)) = behind_command(line).and_then(address_at) {
        return Some(Opening { addresses: vec![address], is_bare: false });
    }
    let bare = line.trim_start_matches(|c: char| {
        c.is_whitespace() || matches!(c, '*' | '•' | '·' | '-' | '>' | '|' | '<')
    });
    if let Some(rest) = behind_code(bare) {
        let (address, rest) = address_at(rest)?;
        let is_about_it = rest.starts_with("...") || rest.trim_start().starts_with(':');
        return is_about_it.then(|| Opening { addresses: vec![address], is_bare: false });
    }
    if let Some((addresses, rest)) = addresses_at(bare) {
        return continues(rest, line)
            .then(|| Opening { addresses, is_bare: rest.trim_matches([' ', ':', '\t']).is_empty() });
    }
    let labelled = labelled(bare).and_then(addresses_at).map(|(addresses, rest)| Opening {
        addresses,
        is_bare: rest.trim_matches([' ', '.', '\t']).is_empty(),
    });
    labelled.or_else(|| {
        let address = follows_heading.then(|| behind_name(bare)).flatten()?;
        Some(Opening { addresses: vec![address], is_bare: true })
    })
}

/// What stands behind `RCPT TO:`.
fn behind_command(line: &str) -> Option<&str> {
    const COMMAND: &str = "rcpt to:";
    let at =
        line.as_bytes().windows(COMMAND.len()).position(|at| at.eq_ignore_ascii_case(COMMAND.as_bytes()))?;
    line.get(at + COMMAND.len()..)
}

/// What stands behind the code and the status with which a refusal begins.
fn behind_code(line: &str) -> Option<&str> {
    let (code, rest) = line.split_at_checked(3)?;
    let rest = rest.strip_prefix([' ', '-'])?;
    if !CODES.contains(&code) {
        return None;
    }
    let (word, behind) = rest.split_once(' ').unwrap_or((rest, ""));
    Some(if enhanced_status(word).is_some_and(|status| status == word) { behind } else { rest })
}

/// The address with which a text begins, in brackets or quotes or in none, and what stands behind it.
pub(super) fn address_at(text: &str) -> Option<(AddrSpec, &str)> {
    let text = text.trim_start_matches([' ', '\t', '<', '"', '\'', '[', '(']);
    let text = text.strip_prefix("mailto:").unwrap_or(text);
    let end = text
        .find(|c: char| c.is_whitespace() || "<>():;,\"[]|，；：。、「」".contains(c))
        .unwrap_or(text.len());
    let token = text.get(..end)?.trim_end_matches(['.', '\'', '!', '?', '`']);
    let address = AddrSpec::parse(token)
        .filter(|address| !address.local_part().contains('=') || address.domain().contains('.'))?;
    if !address.domain().starts_with(char::is_alphanumeric) || address.local_part().contains('@') {
        return None;
    }
    let rest = text.get(token.len()..)?;
    let rest = rest.strip_prefix('>').unwrap_or(rest);
    Some((address, rest.trim_start_matches(['"', '\'', ']'])))
}

/// All addresses of a list that stands at the beginning, and what stands behind the last.
fn addresses_at(text: &str) -> Option<(Vec<AddrSpec>, &str)> {
    let (address, mut rest) = address_at(text)?;
    let mut addresses = vec![address];
    loop {
        let next = rest.trim_start_matches([' ', '\t']);
        let Some(next) = next.strip_prefix([',', ';']).or_else(|| next.strip_prefix("and ")) else { break };
        match address_at(next) {
            Some((address, behind)) => {
                addresses.push(address);
                rest = behind;
            }
            None if next.trim().is_empty() => {
                rest = "";
                break;
            }
            None => break,
        }
    }
    Some((addresses, rest))
}

/// Whether what stands behind the address at the start of a line says what became of it.
fn continues(rest: &str, line: &str) -> bool {
    let trimmed = rest.trim_start();
    trimmed.is_empty()
        || trimmed.starts_with([':', '：', '(', '<', '['])
        || rest.starts_with("...")
        || ["- ", "– ", "-> ", "=> "].iter().any(|dash| trimmed.starts_with(dash))
        || DATE_WORDS.iter().any(|word| {
            rest.strip_prefix(word).is_some_and(|date| date.chars().take(20).any(|c| c.is_ascii_digit()))
        })
        || smtp_code(line, None).is_some()
        || enhanced_status(line).is_some()
}

/// What stands behind a label such as `Recipient:`, from the address on.
fn labelled(line: &str) -> Option<&str> {
    let at = line.find('@')?;
    let before = line.get(..at)?;
    let start = before
        .rfind(|c: char| c.is_whitespace() || matches!(c, '<' | ';' | '"' | '\'' | ':' | '：' | '['))
        .map_or(0, |position| {
            position + before.get(position..).and_then(|c| c.chars().next()).map_or(1, char::len_utf8)
        });
    let head = before.get(..start)?.trim_end_matches([' ', '\t', '<', '"', '\'', '[']);
    let head = ["rfc822;", "RFC822;", "smtp;", "utf-8;"]
        .iter()
        .find_map(|kind| head.strip_suffix(kind))
        .unwrap_or(head);
    let label = head.trim_end().strip_suffix([':', '：'])?.to_lowercase();
    let label = label.rsplit(['.', ',', ';', '。']).next()?;
    let is_one = RECIPIENT_LABELS.iter().any(|word| label.contains(word))
        && !OTHER_LABELS.iter().any(|word| label.contains(word))
        && !sends_on(label);
    is_one.then(|| line.get(start..)).flatten()
}

/// The address in brackets behind a name, where nothing else stands in the line.
fn behind_name(line: &str) -> Option<AddrSpec> {
    let line = line.trim_end();
    let inner = line.strip_suffix([')', '>'])?;
    let at = inner.rfind(['(', '<'])?;
    let name = inner.get(..at)?;
    let is_name =
        name.len() <= NAME_BYTES_MAX && !name.contains([':', '@']) && name.contains(char::is_alphabetic);
    let inner = inner.get(at + 1..)?;
    is_name.then(|| AddrSpec::parse(inner.strip_prefix("mailto:").unwrap_or(inner))).flatten()
}

/// Whether a text in lower case sends its readers to an address that follows.
pub(super) fn sends_on(lower: &str) -> bool {
    CONTACT_WORDS.iter().any(|word| lower.contains(word))
}

/// Whether a text in lower case sends its readers to an address that stands before it.
pub(super) fn sends_back(lower: &str) -> bool {
    CONTACT_WORDS_BEHIND.iter().any(|word| lower.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(line: &str, follows_heading: bool) -> Vec<String> {
        opening(line, follows_heading)
            .map_or_else(Vec::new, |opening| opening.addresses.into_iter().map(String::from).collect())
    }

    #[test]
    fn lines_about_a_recipient_are_told_from_lines_that_mention_an_address() {
        for (line, expected) in [
            ("<bob@example.net>: host mx.example.net said: 550 no", "bob@example.net"),
            ("  bob@example.net", "bob@example.net"),
            ("\"bob@example.net\":", "bob@example.net"),
            ("<bob@example.net> (expanded from <all@example.net>): no such user", "bob@example.net"),
            ("bob@example.net, eve@example.net", "bob@example.net eve@example.net"),
            ("bob@example.net<mailto:bob@example.net>", "bob@example.net"),
            ("bob@example.net on Thu, 26 Nov 2026 10:00", "bob@example.net"),
            ("bob@example.net am 26.11.2026 10:00", "bob@example.net"),
            ("bob@example.net Invalid Address, ERROR_CODE :550", "bob@example.net"),
            ("* bob@example.net", "bob@example.net"),
            ("bob@example.net [User unknown]", "bob@example.net"),
            (">>> RCPT To:<bob@example.net>", "bob@example.net"),
            ("hMailServer sent: RCPT TO:<bob@example.net>", "bob@example.net"),
            ("550 5.1.1 <bob@example.net>... User unknown", "bob@example.net"),
            ("550 <bob@example.net>: User unknown", "bob@example.net"),
            ("    Recipient: <bob@example.net>", "bob@example.net"),
            ("Final-Recipient: rfc822; bob@example.net", "bob@example.net"),
            ("[Status: Error, Address: <bob@example.net>, ResponseCode 421]", "bob@example.net"),
            ("Destinataire : bob@example.net", "bob@example.net"),
            ("Получатель: bob@example.net", "bob@example.net"),
            ("収件 宛先：bob@example.net", "bob@example.net"),
            ("Unable to deliver message to: <bob@example.net>", "bob@example.net"),
            ("For help write to <help@example.com>", ""),
            ("bob@example.net is where we wrote to", ""),
            ("<<< 550 <uma@example.com>... not from you", ""),
            ("From: uma@example.com", ""),
            ("To: bob@example.net", ""),
            ("Sender address: uma@example.com", ""),
            ("Contact address: help@example.com", ""),
            ("550 5.2.0 <uma@example.com> From: domain is invalid", ""),
            ("Message-ID: <1@example.com>", ""),
            ("a line without any", ""),
        ] {
            assert_eq!(named(line, false).join(" "), expected, "{line}");
        }
        assert_eq!(named("Bob Builder (bob@example.net)", true), ["bob@example.net"]);
        assert_eq!(named("Bob Builder <bob@example.net>", true), ["bob@example.net"]);
        assert!(named("Bob Builder (bob@example.net)", false).is_empty());
    }
}

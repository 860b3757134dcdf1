//! How lawyers end a mail, in many languages; the words in lower case.

use super::drawn::is_rule;
use crate::message::phrases::Beginnings;

/// The shortest disclaimer.
const DISCLAIMER_BYTES_MIN: usize = 40;
/// Headings of disclaimers, before a colon or alone on their line.
static DISCLAIMER_HEADINGS: Beginnings<26> = Beginnings::of([
    "confidentiality notice",
    "confidentiality",
    "confidential notice",
    "disclaimer",
    "legal notice",
    "legal disclaimer",
    "important notice",
    "vertraulichkeitshinweis",
    "haftungsausschluss",
    "rechtlicher hinweis",
    "wichtiger hinweis",
    "avis de confidentialité",
    "avertissement",
    "clause de confidentialité",
    "aviso legal",
    "aviso de confidencialidad",
    "aviso de confidencialidade",
    "avviso di riservatezza",
    "clausola di riservatezza",
    "vertrouwelijkheidsclausule",
    "klauzula poufności",
    "免责声明",
    "保密声明",
    "機密保持",
    "conf. notice",
    "registered in england",
]);
/// How disclaimers begin.
static DISCLAIMER_STARTS: Beginnings<106> = Beginnings::of([
    "this e-mail and any ",
    "this email and any ",
    "this message and any ",
    "this e-mail message and any",
    "this email message and any",
    "this e-mail (and any ",
    "this email (and any ",
    "this e-mail is confidential",
    "this email is confidential",
    "this e-mail may contain",
    "this email may contain",
    "this message may contain",
    "this message contains confidential",
    "this e-mail contains confidential",
    "this email contains confidential",
    "this communication is intended",
    "this message is intended",
    "this e-mail is intended",
    "this email is intended",
    "the information contained in this ",
    "the information in this e",
    "the contents of this e",
    "the content of this e",
    "please consider the environment",
    "think before you print",
    "if you are not the intended recipient",
    "if you have received this e",
    "if you have received this m",
    "if you have received this c",
    "if you have received this t",
    "if you have received this in error",
    "diese e-mail enthält vertrauliche",
    "diese e-mail kann vertrauliche",
    "diese e-mail ist vertraulich",
    "diese e-mail und ",
    "diese nachricht ist vertraulich",
    "diese nachricht enthält vertrauliche",
    "der inhalt dieser e-mail",
    "die information in dieser e",
    "die in dieser e-mail enthaltenen",
    "bitte denken sie an die umwelt",
    "ce message et ",
    "ce message est confidentiel",
    "ce courriel et ",
    "ce courriel est ",
    "cet e-mail et ",
    "les informations contenues dans ce",
    "pensez à l'environnement",
    "pensez à l’environnement",
    "este mensaje y ",
    "este mensaje es ",
    "este correo electrónico y ",
    "este correo electrónico es ",
    "este e-mail y ",
    "la información contenida en este",
    "antes de imprimir",
    "questo messaggio e ",
    "questo messaggio è ",
    "questa e-mail e ",
    "le informazioni contenute in quest",
    "ai sensi del regolamento",
    "esta mensagem e ",
    "esta mensagem é ",
    "esta mensagem pode",
    "este e-mail e ",
    "as informações contidas nest",
    "dit bericht is ",
    "dit bericht en ",
    "deze e-mail is ",
    "deze e-mail en ",
    "deze e-mail kan ",
    "de informatie in d",
    "detta meddelande är",
    "detta e-postmeddelande",
    "informationen i detta",
    "denne e-mail er",
    "denne e-posten er",
    "denne mail og",
    "tämä viesti on",
    "tämä sähköposti",
    "tämä viesti ja",
    "ta wiadomość ",
    "niniejsza wiadomość",
    "treść tej wiadomości",
    "informacje zawarte w ",
    "tento e-mail ",
    "tato zpráva ",
    "táto správa ",
    "obsah tohoto e",
    "ez az e-mail ",
    "ez az üzenet ",
    "acest mesaj ",
    "acest e-mail ",
    "это сообщение ",
    "данное сообщение ",
    "настоящее сообщение",
    "информация, содержащаяся",
    "це повідомлення ",
    "bu e-posta ",
    "bu mesaj ",
    "この電子メール",
    "本メールに",
    "本电子邮件",
    "本邮件",
    "이 메일은",
    "이 전자우편",
]);
/// What disclaimers are for; one of these is in each.
const SECRECY_WORDS: [&str; 36] = [
    "confiden",
    "privileged",
    "vertraul",
    "riserv",
    "vertrouwelijk",
    "konfidentiell",
    "fortrolig",
    "konfidensiell",
    "luottamuksell",
    "poufn",
    "důvěrn",
    "dôvern",
    "bizalmas",
    "конфиденциальн",
    "конфіденц",
    "поверител",
    "εμπιστευτικ",
    "gizli",
    "機密",
    "保密",
    "机密",
    "기밀",
    "bảo mật",
    "rahasia",
    "סודי",
    "سري",
    "environment",
    "environnement",
    "environnment",
    "umwelt",
    "medio ambiente",
    "ambiente",
    "miljö",
    "miljø",
    "registered",
    "brevity",
];
/// What else disclaimers speak of.
const DISCLAIMER_WORDS: [&str; 56] = [
    "intended",
    "virus",
    "recipient",
    "print",
    "bestimmt",
    "empfänger",
    "haftung",
    "destinat",
    "imprim",
    "geadresseerde",
    "bestemd",
    "avsedd",
    "vastaanottaj",
    "adresat",
    "adresát",
    "címzett",
    "адресат",
    "宛先",
    "수신",
    "addressee",
    "delete",
    "notify",
    "unauthori",
    "prohibit",
    "disclos",
    "in error",
    "unbefugt",
    "irrtümlich",
    "lösch",
    "vernicht",
    "anhänge",
    "par erreur",
    "supprim",
    "détrui",
    "por error",
    "elimin",
    "errore",
    "cancell",
    "apagu",
    "erro ",
    "vernietig",
    "verwijder",
    "raderas",
    "slett",
    "usuń",
    "smaž",
    "törölj",
    "удал",
    "видал",
    "hatayla",
    "siliniz",
    "otisk",
    "drucken",
    "imprés",
    "printing",
    "stamp",
];
/// What stands in front of a desk and is in no lawyer's words, who ask what is printed to be spared; in lower case.
const OF_DESKS: [&str; 18] = [
    "printer",
    "print job",
    "paper tray",
    "cartridge",
    "drucker",
    "druckauftr",
    "imprimante",
    "impresora",
    "stampante",
    "impressora",
    "skrivaren",
    "tulostin",
    "drukark",
    "tiskárn",
    "tlačiar",
    "принтер",
    "nyomtató",
    "yazıcı",
];
/// Who speaks of himself; in lower case.
const SELVES: [&str; 22] = [
    "i", "me", "my", "ich", "mich", "mir", "mein", "meine", "je", "moi", "mon", "yo", "io", "ik", "mij",
    "eu", "jag", "jeg", "ja", "я", "мне", "ben",
];

/// It begins as one and speaks as they do: of secrets and of whom they are for. A person may begin with the same words,
/// and asks.
pub(super) fn is_disclaimer(paragraph: &[&str]) -> bool {
    // some draw a line above it
    let Some(line) = paragraph.iter().find(|line| !is_rule(line)) else { return false };
    let line = line.trim_start_matches([' ', '*', '_', '-', '\t', '"', '=']);
    let start = line.get(..line.floor_char_boundary(120)).unwrap_or_default();
    let is_headed = is_heading(start);
    if !is_headed && !DISCLAIMER_STARTS.begin(start) {
        return false;
    }
    let whole = paragraph.join(" ").to_lowercase();
    if whole.len() < DISCLAIMER_BYTES_MIN || whole.contains(['?', '？']) {
        return false;
    }
    let count = |words: &[&str]| words.iter().filter(|word| whole.contains(**word)).count();
    if is_of_english_writer(paragraph) || OF_DESKS.iter().any(|word| whole.contains(word)) {
        return false;
    }
    let secrecy = count(&SECRECY_WORDS);
    let is_of_company = || whole.trim_start_matches(['*', '_', ' ']).starts_with("registered in england");
    if is_headed && (is_of_company() || speaks_of_oneself(&whole)) {
        return is_of_company();
    }
    secrecy > 0 && secrecy + count(&DISCLAIMER_WORDS) > 1 && !speaks_of_settings(&whole)
}

/// Whether an English paragraph says `I`, which in other languages is another word.
fn is_of_english_writer(paragraph: &[&str]) -> bool {
    let start = paragraph.first().map_or("", |line| line.trim_start_matches([' ', '*', '_']));
    let is_english = ["This ", "The ", "If ", "Please "].iter().any(|word| start.starts_with(word));
    is_english
        && paragraph
            .iter()
            .any(|line| line.split(' ').any(|word| matches!(word, "I" | "I'm" | "I’m" | "my" | "me")))
}

/// Whether somebody speaks of himself, as lawyers do not.
pub(super) fn speaks_of_oneself(lower: &str) -> bool {
    lower.split(|c: char| !c.is_alphanumeric()).any(|word| SELVES.contains(&word))
}

/// Whether the environment that somebody asks to consider is that of a program: nothing is said of a mail, or of what is to be
/// done before it is printed.
fn speaks_of_settings(lower: &str) -> bool {
    let asks = ["before", "mail", "messag", "page", "unless", "really"];
    lower.contains("consider the environment")
        && (lower.contains("environment variable") || !asks.iter().any(|word| lower.contains(word)))
}

/// Whether a line is such a heading and nothing else.
pub(super) fn is_heading_alone(line: &str) -> bool {
    let line = line.trim_matches([' ', '*', '_', '-', '=', '\t', ':']);
    let lower = line.to_lowercase();
    DISCLAIMER_HEADINGS.each_behind(&lower).any(str::is_empty)
}

/// Whether a line is a heading of disclaimers, or begins with one and a colon.
fn is_heading(line: &str) -> bool {
    if !DISCLAIMER_HEADINGS.may_begin(line) {
        return false;
    }
    let line = line.to_lowercase();
    DISCLAIMER_HEADINGS
        .each_behind(&line)
        .any(|rest| rest.trim_start_matches(['*', ' ', '_']).is_empty() || rest.contains([':', '：']))
}

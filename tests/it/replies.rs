//! Replies as the mail programs of many languages write them: shapes of programs times languages, each with what its
//! writer said. No corpus of others: every text here is made up.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use postroom::message::{CutEvidence, Message, Sureness};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// How the programs of one language announce what they quote.
struct Language {
    name: &'static str,
    /// The lines of web mail, of Thunderbird, and of whatever else writes an attribution.
    attributions: &'static [&'static str],
    /// From, sent, to, subject, as Outlook calls them.
    header: Option<[&'static str; 4]>,
    /// How a phone signs.
    device: &'static str,
    /// What the person says.
    own: &'static str,
}

const ID: &str = "Ana Lyst <ana.lyst@example.com>";

#[rustfmt::skip]
const LANGUAGES: [Language; 30] = [
    Language { name: "English", attributions: &["On Thu, Mar 12, 2026 at 10:11 AM {} wrote:", "On 12/03/2026 10:11, Ana Lyst wrote:", "On Thursday, March 12th, 2026 at 10:11 AM, {} wrote:"], header: Some(["From", "Sent", "To", "Subject"]), device: "Sent from my iPhone", own: "It works now, thank you.\n\nRegards\nUma" },
    Language { name: "German", attributions: &["Am Do., 12. März 2026 um 10:11 Uhr schrieb {}:", "Am 12.03.26 um 10:11 schrieb Ana Lyst:", "{} schrieb am Do., 12. März 2026, 10:11:"], header: Some(["Von", "Gesendet", "An", "Betreff"]), device: "Von meinem iPhone gesendet", own: "Läuft wieder, vielen Dank.\n\nGrüße\nUma" },
    Language { name: "French", attributions: &["Le jeu. 12 mars 2026 à 10:11, {} a écrit :", "Le 12/03/2026 à 10:11, Ana Lyst a écrit :"], header: Some(["De", "Envoyé", "À", "Objet"]), device: "Envoyé de mon iPhone", own: "Ça marche de nouveau.\n\nMerci" },
    Language { name: "Spanish", attributions: &["El jue, 12 mar 2026 a las 10:11, Ana Lyst (<ana.lyst@example.com>) escribió:", "El 12/3/26 a las 10:11, Ana Lyst escribió:"], header: Some(["De", "Enviado el", "Para", "Asunto"]), device: "Enviado desde mi iPhone", own: "Ya funciona, gracias." },
    Language { name: "Italian", attributions: &["Il giorno gio 12 mar 2026 alle ore 10:11 {} ha scritto:", "Il 12/03/2026 10:11, Ana Lyst ha scritto:"], header: Some(["Da", "Inviato", "A", "Oggetto"]), device: "Inviato da iPhone", own: "Adesso funziona." },
    Language { name: "Portuguese", attributions: &["Em qui., 12 de mar. de 2026 às 10:11, {} escreveu:", "{} escreveu (quinta, 12/03/2026 à(s) 10:11):"], header: Some(["De", "Enviada em", "Para", "Assunto"]), device: "Enviado do meu iPhone", own: "Já funciona, obrigada." },
    Language { name: "Dutch", attributions: &["Op do 12 mrt 2026 om 10:11 schreef {}:", "Op 12-03-2026 om 10:11 schreef Ana Lyst:"], header: Some(["Van", "Verzonden", "Aan", "Onderwerp"]), device: "Verzonden vanaf mijn iPhone", own: "Het werkt weer." },
    Language { name: "Swedish", attributions: &["Den tors 12 mars 2026 kl 10:11 skrev {}:", "Den 2026-03-12 kl. 10:11, skrev Ana Lyst:"], header: Some(["Från", "Skickat", "Till", "Ämne"]), device: "Skickat från min iPhone", own: "Nu fungerar det." },
    Language { name: "Danish", attributions: &["Den tors. 12. mar. 2026 kl. 10.11 skrev {}:"], header: Some(["Fra", "Sendt", "Til", "Emne"]), device: "Sendt fra min iPhone", own: "Det virker nu." },
    Language { name: "Norwegian", attributions: &["tor. 12. mar. 2026 kl. 10:11 skrev {}:"], header: Some(["Fra", "Sendt", "Til", "Emne"]), device: "Sendt fra min iPhone", own: "Det virker igjen." },
    Language { name: "Finnish", attributions: &["to 12. maalisk. 2026 klo 10.11 Ana Lyst (ana.lyst@example.com) kirjoitti:"], header: Some(["Lähettäjä", "Lähetetty", "Vastaanottaja", "Aihe"]), device: "Lähetetty iPhonesta", own: "Nyt se toimii." },
    Language { name: "Polish", attributions: &["czw., 12 mar 2026 o 10:11 {} napisał(a):", "W dniu 12.03.2026 o 10:11, Ana Lyst pisze:"], header: Some(["Od", "Wysłano", "Do", "Temat"]), device: "Wysłane z iPhone’a", own: "Już działa." },
    Language { name: "Czech", attributions: &["čt 12. 3. 2026 v 10:11 odesílatel {} napsal:", "Dne 12. 03. 26 v 10:11 Ana Lyst napsal(a):"], header: Some(["Od", "Odesláno", "Komu", "Předmět"]), device: "Odesláno z iPhonu", own: "Už to funguje." },
    Language { name: "Slovak", attributions: &["št 12. 3. 2026 o 10:11 {} napísal(a):"], header: Some(["Od", "Odoslané", "Komu", "Predmet"]), device: "Odoslané z iPhonu", own: "Už to ide." },
    Language { name: "Hungarian", attributions: &["{} ezt írta (időpont: 2026. márc. 12., Cs, 10:11):"], header: Some(["Feladó", "Elküldve", "Címzett", "Tárgy"]), device: "Az iPhone-omról küldve", own: "Most már működik." },
    Language { name: "Romanian", attributions: &["În joi, 12 mar. 2026 la 10:11, {} a scris:", "Pe 12.03.2026 10:11, Ana Lyst a scris:"], header: Some(["De la", "Trimis", "Către", "Subiect"]), device: "Trimis de pe iPhone-ul meu", own: "Acum merge." },
    Language { name: "Bulgarian", attributions: &["На чт, 12.03.2026 г. в 10:11 {} написа:"], header: Some(["От", "Изпратено", "До", "Относно"]), device: "Sent from my Galaxy", own: "Вече работи." },
    Language { name: "Greek", attributions: &["Στις Πέμ 12 Μαρ 2026 στις 10:11 π.μ., ο/η {} έγραψε:"], header: Some(["Από", "Στάλθηκε", "Προς", "Θέμα"]), device: "Στάλθηκε από το iPhone μου", own: "Τώρα δουλεύει." },
    Language { name: "Turkish", attributions: &["Ana Lyst <ana.lyst@example.com>, 12 Mar 2026 Per, 10:11 tarihinde şunu yazdı:"], header: Some(["Kimden", "Gönderildi", "Kime", "Konu"]), device: "iPhone'umdan gönderildi", own: "Şimdi çalışıyor." },
    Language { name: "Russian", attributions: &["чт, 12 мар. 2026 г. в 10:11, {}:", "12.03.2026 10:11, Ana Lyst пишет:"], header: Some(["От", "Отправлено", "Кому", "Тема"]), device: "Отправлено с iPhone", own: "Теперь работает." },
    Language { name: "Ukrainian", attributions: &["чт, 12 бер. 2026 р. о 10:11 {} пише:"], header: Some(["Від", "Надіслано", "Кому", "Тема"]), device: "Надіслано з iPhone", own: "Тепер працює." },
    Language { name: "Croatian", attributions: &["čet, 12. ožu 2026. u 10:11 {} napisao je:"], header: Some(["Šalje", "Poslano", "Prima", "Predmet"]), device: "Sent from my iPhone", own: "Sad radi." },
    Language { name: "Lithuanian", attributions: &["2026-03-12, kt, 10:11 {} rašė:"], header: Some(["Nuo", "Išsiųsta", "Kam", "Tema"]), device: "Sent from my iPhone", own: "Dabar veikia." },
    Language { name: "Estonian", attributions: &["Kontakt Ana Lyst (<ana.lyst@example.com>) kirjutas kuupäeval N, 12. märts 2026 kell 10:11:"], header: Some(["Saatja", "Saadetud", "Adressaat", "Teema"]), device: "Sent from my iPhone", own: "Nüüd töötab." },
    Language { name: "Japanese", attributions: &["2026年3月12日(木) 10:11 {}:"], header: Some(["差出人", "送信日時", "宛先", "件名"]), device: "iPhoneから送信", own: "直りました。ありがとうございます。" },
    Language { name: "Chinese", attributions: &["{} 于2026年3月12日周四 10:11写道：", "在 2026年3月12日，10:11，{} 写道："], header: Some(["发件人", "发送时间", "收件人", "主题"]), device: "发自我的iPhone", own: "现在可以了，谢谢。" },
    Language { name: "Korean", attributions: &["2026년 3월 12일 (목) 오전 10:11, {}님이 작성:"], header: Some(["보낸 사람", "보낸 날짜", "받는 사람", "제목"]), device: "나의 iPhone에서 보냄", own: "이제 됩니다." },
    Language { name: "Vietnamese", attributions: &["Vào Th 5, 12 thg 3, 2026 vào lúc 10:11 {} đã viết:"], header: Some(["Từ", "Đã gửi", "Tới", "Chủ đề"]), device: "Đã gửi từ iPhone của tôi", own: "Đã chạy rồi." },
    Language { name: "Indonesian", attributions: &["Pada tanggal Kam, 12 Mar 2026 pukul 10.11 {} menulis:"], header: Some(["Dari", "Dikirim", "Kepada", "Subjek"]), device: "Dikirim dari iPhone saya", own: "Sekarang sudah bisa." },
    Language { name: "Hebrew", attributions: &["\u{202b}בתאריך יום ה׳, 12 במרץ 2026 ב-10:11 מאת \u{202a}Ana Lyst\u{202c}\u{200f} <\u{202a}ana.lyst@example.com\u{202c}\u{200f}>:\u{202c}"], header: Some(["מאת", "נשלח", "אל", "נושא"]), device: "Sent from my iPhone", own: "עכשיו זה עובד." },
];

/// One fixture: who made it, the mail, what its writer said.
struct Fixture {
    shape: &'static str,
    language: &'static str,
    raw: String,
    own: String,
}

fn mail(kind: &str, body: &str) -> String {
    format!(
        "From: Uma User <uma@example.com>\nTo: desk@example.com\nSubject: Re: VPN\nMessage-ID: <1@example.com>\n\
         In-Reply-To: <2@example.com>\nMIME-Version: 1.0\nContent-Type: text/{kind}; charset=utf-8\n\
         Content-Transfer-Encoding: 8bit\n\n{body}\n"
    )
}

/// As long lines are wrapped in plain text: before the address, or behind it where it comes first.
fn wrapped(attribution: &str) -> String {
    if attribution.starts_with(ID) {
        attribution.replacen("> ", ">\n", 1)
    } else {
        attribution.replacen(" <ana", "\n<ana", 1)
    }
}

fn html(own: &str) -> String {
    own.split('\n')
        .map(|line| {
            if line.is_empty() {
                "<div><br></div>".to_owned()
            } else {
                format!("<div>{}</div>", postroom::message::escape(line))
            }
        })
        .collect()
}

fn header_block(keys: [&str; 4], starred: bool) -> String {
    let values = ["Ana Lyst <ana.lyst@example.com>", "12.03.2026 10:11", "Uma User", "VPN"];
    let star = if starred { "*" } else { "" };
    keys.iter().zip(values).map(|(key, value)| format!("{star}{key}:{star} {value}\n")).collect()
}

fn header_html(keys: [&str; 4]) -> String {
    let values = ["Ana Lyst &lt;ana.lyst@example.com&gt;", "12.03.2026 10:11", "Uma User", "VPN"];
    keys.iter().zip(values).map(|(key, value)| format!("<b>{key}:</b> {value}<br>")).collect()
}

/// Every shape in which a program of this language answers.
fn fixtures(language: &Language) -> Vec<Fixture> {
    let mut all = Vec::new();
    let own = language.own;
    let mut add = |shape, kind, body: String| {
        all.push(Fixture { shape, language: language.name, raw: mail(kind, &body), own: own.to_owned() });
    };
    let quote = "> Does it work?\n> \n> Ana";
    for attribution in language.attributions {
        let line = attribution.replace("{}", ID);
        let escaped = postroom::message::escape(&line);
        let own_html = html(own);
        add("Gmail text", "plain", format!("{own}\n\n{}\n\n{quote}", wrapped(&line)));
        add("Thunderbird text", "plain", format!("{own}\n\n{line}\n{quote}"));
        add("K-9 below", "plain", format!("{line}\n{quote}\n\n{own}"));
        add("Apple phone text", "plain", format!("{own}\n\n{}\n\n> {line}\n> \n{quote}", language.device));
        add(
            "Proton text",
            "plain",
            format!("{own}\n\nSent with Proton Mail secure email.\n\n{line}\n\n{quote}"),
        );
        add(
            "Gmail HTML",
            "html",
            format!(
                "<div dir=\"ltr\">{own_html}</div><br><div class=\"gmail_quote\"><div dir=\"ltr\" class=\"gmail_attr\">{escaped}<br></div><blockquote class=\"gmail_quote\">Does it work?<br>Ana</blockquote></div>"
            ),
        );
        add(
            "Yahoo HTML",
            "html",
            format!(
                "<div>{own_html}</div><div id=\"yahoo_quoted_1\" class=\"yahoo_quoted\"><div>{escaped}</div><div>Does it work?</div></div>"
            ),
        );
        add(
            "Thunderbird HTML",
            "html",
            format!(
                "{own_html}<div class=\"moz-cite-prefix\">{escaped}<br></div><blockquote type=\"cite\"><p>Does it work?</p></blockquote>"
            ),
        );
        add(
            "Zoho HTML",
            "html",
            format!(
                "<div>{own_html}</div><div class=\"zmail_extra\"><br>---- {escaped} ---<br><blockquote>Does it work?</blockquote></div>"
            ),
        );
    }
    if let Some(keys) = language.header {
        let own_html = html(own);
        add(
            "Outlook desktop text",
            "plain",
            format!("{own}\n\n{}\nDoes it work?\nAna", header_block(keys, false)),
        );
        add(
            "Outlook web text",
            "plain",
            format!(
                "{own}\n\n________________________________\n{}\nDoes it work?\nAna",
                header_block(keys, false)
            ),
        );
        add("Outlook bold text", "plain", format!("{own}\n\n{}\nDoes it work?", header_block(keys, true)));
        add(
            "Outlook desktop HTML",
            "html",
            format!(
                "<div class=WordSection1>{own_html}<div><div style='border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm'><p class=MsoNormal>{}</p></div></div><p class=MsoNormal>Does it work?</p></div>",
                header_html(keys)
            ),
        );
        add(
            "Outlook web HTML",
            "html",
            format!(
                "<div>{own_html}</div><div id=\"appendonsend\"></div><hr><div id=\"divRplyFwdMsg\" dir=\"ltr\">{}</div><div>Does it work?</div>",
                header_html(keys)
            ),
        );
        add(
            "Outlook mobile HTML",
            "html",
            format!(
                "<div>{own_html}</div><div id=\"ms-outlook-mobile-signature\"><div>Get <a href=\"https://aka.ms/o0ukef\">Outlook for iOS</a></div></div><hr><div id=\"divRplyFwdMsg\">{}</div><div>Does it work?</div>",
                header_html(keys)
            ),
        );
        add(
            "GMX HTML",
            "html",
            format!(
                "<div>{own_html}</div><div name=\"quote\" style=\"border-left: 2px solid\"><div>{}</div><div name=\"quoted-content\">Does it work?</div></div>",
                header_html([keys[1], keys[0], keys[2], keys[3]])
            ),
        );
        add(
            "Samsung text",
            "plain",
            format!(
                "{own}\n\n-------- Original message --------\n{}\nDoes it work?",
                header_block(keys, false)
            ),
        );
        add(
            "Notes text",
            "plain",
            format!("{own}\n\n\n\n-----{ID} wrote: -----\n{}\nDoes it work?", header_block(keys, false)),
        );
        add(
            "signature and block",
            "plain",
            format!("{own}\n\n-- \nUma User\nAccounts\n\n{}\nDoes it work?", header_block(keys, false)),
        );
    }
    all
}

/// Every mail of these shapes.
pub(super) fn mails() -> Vec<String> {
    LANGUAGES.iter().flat_map(fixtures).map(|fixture| fixture.raw).collect()
}

/// The lines of what was said that are missing in what was kept.
fn lost<'o>(own: &'o str, reply: &str) -> Vec<&'o str> {
    own.lines().filter(|line| !line.trim().is_empty() && !reply.contains(line.trim())).collect()
}

#[test]
fn u9_replies_of_every_program_and_language_are_cut_where_their_writer_ended() {
    let mut table: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    let (mut exact, mut all, mut lost_in, mut worse) = (0, 0, 0, String::new());
    for fixture in LANGUAGES.iter().flat_map(fixtures) {
        let message = Message::read(fixture.raw.as_bytes());
        all += 1;
        let is_exact = message.reply_portion == fixture.own;
        exact += usize::from(is_exact);
        let row = table.entry(fixture.shape).or_default();
        *row = (row.0 + usize::from(is_exact), row.1 + 1);
        let missing = lost(&fixture.own, &message.reply_portion);
        lost_in += usize::from(!missing.is_empty());
        if !is_exact {
            writeln!(
                worse,
                "{} {}: {:?} {missing:?}",
                fixture.language, fixture.shape, message.reply_portion
            )
            .unwrap();
        }
    }
    let rows: String =
        table.iter().map(|(shape, (exact, all))| format!("{shape}: {exact} of {all}\n")).collect();
    println!("replies exact {exact}/{all}, reply text lost in {lost_in}\n{rows}{worse}");
    assert!(all >= 150, "{all} fixtures");
    assert_eq!(lost_in, 0, "{worse}");
    assert_eq!(exact, all, "{worse}");
}

#[test]
fn u9_cuts_name_their_lines_their_evidence_and_how_sure_it_is() {
    let body = "Fixed, thanks.\n\n-- \nUma\n\nOn 12/03/2026 10:11, Ana Lyst wrote:\n> Does it work?\n";
    let message = Message::read(mail("plain", body).as_bytes());
    let cuts: Vec<_> = message.cuts.iter().map(|cut| (cut.evidence, cut.first_line, cut.last_line)).collect();
    assert_eq!(cuts, [(CutEvidence::SignatureMark, 3, 4), (CutEvidence::Attribution, 6, 7)]);
    assert_eq!(message.reply_sureness, Sureness::Certain);
    assert_eq!((message.signature.as_str(), message.quoted.lines().count()), ("-- \nUma", 2));
}

#[test]
fn u9_disclaimers_and_device_lines_are_kept_apart_and_not_lost() {
    let disclaimer = "This e-mail and any attachments are confidential and intended for the addressee only.";
    for text in [
        "Diese E-Mail enthält vertrauliche Informationen und ist nur für den Empfänger bestimmt.",
        "Ce message et toutes les pièces jointes sont confidentiels et établis à l'intention de leurs destinataires.",
        disclaimer,
    ] {
        let message =
            Message::read(mail("plain", &format!("Done.\n\nSent from my iPhone\n\n{text}\n")).as_bytes());
        assert_eq!(message.reply_portion, "Done.");
        assert!(message.signature.contains("iPhone") && message.signature.contains(text));
        assert_eq!(message.reply_sureness, Sureness::Likely);
    }
    let alone = Message::read(mail("plain", disclaimer).as_bytes());
    assert_eq!(alone.reply_portion, disclaimer);
}

#[test]
fn u9_answers_that_cannot_be_told_from_the_quoted_mail_keep_it_whole() {
    for own in [
        "Please see my answers below in red.",
        "Antworten unten im Text.",
        "Mes réponses ci-dessous, en rouge.",
    ] {
        let body = format!(
            "{own}\n\n{}\nDoes it work? Yes.\n",
            header_block(["From", "Sent", "To", "Subject"], false)
        );
        let message = Message::read(mail("plain", &body).as_bytes());
        assert!(message.reply_portion.ends_with("Does it work? Yes."), "{own}");
        assert_eq!(message.reply_sureness, Sureness::Doubtful);
    }
}

#[test]
fn u9_nothing_is_cut_that_a_person_may_have_written() {
    for text in [
        "The vendor says:\nFrom: London\nTo: Paris\nboth lines are down",
        "Sent via courier yesterday, please check.\nIt was sent from our office in Lund",
        "Hello\n\nI asked bob@example.com on 3 May 2026:\n\nplease replace it",
        "Hello\n\nthis message and any other mail bounce, why?",
        "2026-03-12 10:11 started\n2026-03-12 10:15 failed: no route\n2026-03-12 10:16 stopped:",
        "Key: value\nDate: 2026\nwhat does this mean",
    ] {
        let message = Message::read(mail("plain", text).as_bytes());
        assert_eq!(message.reply_portion, text);
        assert!(message.cuts.is_empty(), "{text}");
    }
}

//! How mail programs of many countries end a reply, and what people write that looks like it.

use super::{Structure, split};

fn reply(text: &str) -> String {
    split(text, &Structure::default()).reply
}

#[rustfmt::skip]
const QUOTATIONS: [&str; 68] = [
    "Wiadomość napisana przez Ana Lyst <ana.lyst@example.com> w dniu 02.03.2026, o\ngodz. 09:05:\n\nProszę.",
    "\u{202b}ב-2 במרץ 2026, בשעה 9:05,\u{200f} Ana Lyst <ana.lyst@example.com> כתב/ה:\u{202c}\n\nבדיקה",
    "Ana Lyst erabiltzaileak hau idatzi du (2026 mar. 2, al. (09:05)):\n\n> Froga",
    "Ana Lyst さんは書きました (2026/03/02 9:05):\n> テスト",
    "Dne 2. 03. 2026 ob 09:05 je Ana Lyst napisal(a):\n> Test",
    "Dana 2.3.2026. u 09:05, Ana Lyst je napisao/la:\n> Test",
    "2026-03-02 오전 9:05에 Ana Lyst 이(가) 쓴 글:\n> 시험",
    "Zitat von Ana Lyst <ana.lyst@example.com>:\n\n> Bitte testen.",
    "Quoting Ana Lyst <ana.lyst@example.com>:\n\n> Please test.",
    "Citeren Ana Lyst <ana.lyst@example.com>:\n\n> Test.",
    "Quota Ana Lyst <ana.lyst@example.com>:\n\n> Test.",
    "----- Mail original -----\nDe: \"Ana Lyst\" <ana.lyst@example.com>\nÀ: \"me\" <uma@example.com>\nEnvoyé: Lundi 2 Mars 2026 09:05:11\nObjet: VPN\n\nTestez.",
    "----- Ursprüngliche Mail -----\nVon: \"Ana Lyst\" <ana.lyst@example.com>\nAn: \"me\" <uma@example.com>\nGesendet: Montag, 2. März 2026 09:05:11\nBetreff: VPN\n\nBitte.",
    "De: \"Ana Lyst\" <ana.lyst@example.com>\nPara: \"me\" <uma@example.com>\nEnviados: Lunes, 2 de Marzo 2026 9:05:11\nAsunto: VPN\n\nPruebe.",
    "    Am Montag, 2. März 2026 um 09:05:11 MEZ hat Ana Lyst <ana.lyst@example.com> Folgendes geschrieben:  \n \n Bitte testen.",
    "Sent from Yahoo Mail on Android \n \n  On Mon, Mar 2, 2026 at 9:05, Ana Lyst<ana.lyst@example.com> wrote:   Please test.",
    "‐‐‐‐‐‐‐ Original Message ‐‐‐‐‐‐‐\n\nOn Monday, March 2nd, 2026 at 9:05 AM, Ana Lyst <ana.lyst@example.com> wrote:\n\n> Please test.",
    "\"Ana Lyst\" ---03/02/2026 09:05:11 AM---Please test the VPN now and tell us.\n\nFrom: \"Ana Lyst\" <ana.lyst@example.com>\nTo: me\nDate: 03/02/2026 09:05 AM\nSubject: VPN\n\nPlease test.",
    "Von meinem Galaxy gesendet\n\n\n-------- Ursprüngliche Nachricht --------\nVon: Ana Lyst <ana.lyst@example.com>\nDatum: 02.03.26 09:05 (GMT+01:00)\nAn: uma@example.com\nBetreff: VPN\n\nBitte.",
    "Inviato dal mio Galaxy\n\n-------- Messaggio originale --------\nDa: Ana Lyst <ana.lyst@example.com>\nData: 02/03/26 09:05 (GMT+01:00)\nA: uma@example.com\nOggetto: VPN\n\nTest.",
    "Ana Lyst <ana.lyst@example.com> hat am 02.03.2026 09:05 CET geschrieben:\n\n\nBitte.",
    "From: Ana Lyst <ana.lyst@example.com> \nΑποστολή: Δευτέρα, 2 Μαρτίου 2026 9:05 πμ\nΠρος: Me <uma@example.com>\nΘέμα: VPN\n\nΤεστ.",
    "Từ: Ana Lyst <ana.lyst@example.com>\nĐã gửi: Thứ Hai, 2 Tháng Ba 2026 9:05 SA\nĐến: Me <uma@example.com>\nTiêu đề: VPN\n\nThử",
    "Od: Ana Lyst <ana.lyst@example.com>\nPoslato: ponedeljak, 2. mart 2026. 9:05\nZa: Me <uma@example.com>\nTema: VPN\n\nTest",
    "Saatja: Ana Lyst <ana.lyst@example.com>\nSaatmisaeg: esmaspäev, 2. märts 2026 09:05\nAdressaat: Me <uma@example.com>\nTeema: VPN\n\nTest",
    "Subject: VPN\nFrom: Ana Lyst <ana.lyst@example.com>\nSent: Monday, March 2, 2026 9:05 AM\nTo: Me\n\nPlease.",
    "##- Bitte geben Sie Ihre Antwort oberhalb dieser Zeile ein. -##\n\nIhre Anfrage (123).",
    "##- Escriba su respuesta por encima de esta línea. -##\n\nSu solicitud.",
    "##- Veuillez saisir votre réponse au-dessus de cette ligne -##\n\nVotre demande.",
    "##- この行より上に返信を入力してください -##\n\nリクエスト",
    "##- Digite sua resposta acima desta linha -##\n\nSua solicitação.",
    "##- Typ uw antwoord boven deze regel -##\n\nUw verzoek.",
    "##- Digita la risposta sopra questa riga -##\n\nLa tua richiesta.",
    "##- Wpisz swoją odpowiedź nad tym wierszem -##\n\nZgłoszenie.",
    "##- Введите ответ над этой строкой -##\n\nЗапрос.",
    "—-—-—-—\nReply above this line.\n\nAna Lyst commented:\n\nPlease.",
    "Reply above this line.\n\nAna Lyst commented:\n\nPlease test.",
    "-- do not remove this line, ticket id 123 --\nOn Mar 2, 2026 Ana Lyst wrote:",
    "==== Please reply above this line ====\n\nPlease test.",
    "--- Please reply above this line ---\n\nPlease test.",
    "*** Please reply above this line ***\n\nPlease test.",
    "------------------&nbsp;原始邮件&nbsp;------------------\n发件人: \"Ana Lyst\" <ana.lyst@example.com&gt;;\n发送时间:&nbsp;2026年3月2日(星期一) 上午9:05\n收件人:&nbsp;\"me\"<uma@example.com&gt;;\n\n主题:&nbsp;VPN\n\n测试",
    "---- Replied Message ----\n| From | Ana Lyst<ana.lyst@example.com> |\n| Date | 03/02/2026 09:05 |\n| To | me<uma@example.com> |\n| Subject | VPN |\nPlease.",
    "---------[ 받은 메일 내용 ]---------\n제목 : VPN\n날짜 : 2026년 3월 02일 월요일, 09시 05분 11초 +0900\n보낸이 : Ana Lyst <ana.lyst@example.com>\n받는이 : uma@example.com\n\n시험",
    "----- Mail d'origine -----\nDe: Ana Lyst <ana.lyst@example.com>\nÀ: uma@example.com\nEnvoyé: Mon, 02 Mar 2026 09:05:11 +0100 (CET)\nObjet: VPN\n\nTestez.",
    "______________________________________________________________\n> Od: \"Ana Lyst\" <ana.lyst@example.com>\n> Komu: uma@example.com\n> Datum: 02.03.2026 09:05\n> Předmět: VPN\n>\nTest",
    "Citando Ana Lyst <ana.lyst@example.com>:\n\n> Teste",
    "*De:* \"Ana Lyst\" <ana.lyst@example.com>\n*Enviada:* 2026/03/02 09:05:11\n*Para:* uma@example.com\n*Assunto:* VPN\n \nTeste",
    "Sent from Mail<https://go.microsoft.com/fwlink/?LinkId=550986> for Windows\n\nFrom: Ana Lyst<mailto:ana.lyst@example.com>\nSent: Monday, March 2, 2026 9:05 AM\nTo: Me<mailto:uma@example.com>\nSubject: VPN\n\nPlease.",
    ">>> Ana Lyst <ana.lyst@example.com> 3/2/2026 9:05 AM >>>\nPlease test.",
    ">>> Ana Lyst <ana.lyst@example.com> 02.03.2026 09:05 >>>\n\nBitte.",
    ">>> Ana Lyst 03/02/26 9:05 AM >>>\nPlease test.",
    "Von meinem Huawei-Mobiltelefon gesendet\n\n-------- Originalnachricht --------\nVon: Ana Lyst <ana.lyst@example.com>\nDatum: Mo., 2. März 2026, 09:05\nAn: uma@example.com\nBetreff: VPN\nBitte.",
    "----- Reply message -----\nFrom: \"Ana Lyst\" <ana.lyst@example.com>\nTo: \"me\" <uma@example.com>\nSubject: VPN\nDate: Mon, Mar 2, 2026 09:05\n\nPlease.",
    "-------- Original Nachricht --------\nBetreff: VPN (02-Mrz-2026 9:05)\nVon:     ana.lyst@example.com\nAn:      uma@example.com\n\nBitte.",
    "Subject: RE: VPN\nDate: Mon, 2 Mar 2026 09:05:11 +0100\nFrom: ana.lyst@example.com\nTo: uma@example.com\n\nPlease.",
    "> Wiadomość napisana przez Ana Lyst <ana.lyst@example.com> w dniu 2 mar 2026, o godz. 09:05:\n> \n> Proszę.",
    "> في ٢ مارس ٢٠٢٦، الساعة ٩:٠٥ ص، كتب/كتبت Ana Lyst <ana.lyst@example.com>:\n> \n> اختبار",
    "सोम, 2 मार्च 2026 को 9:05 am बजे को Ana Lyst <ana.lyst@example.com> ने\nलिखा:\n\n> परीक्षण",
    "Ana Lyst <ana.lyst@example.com> ezt írta (időpont: 2026. márc. 2., H, 9:05):\n\n> Teszt",
    "在 2026-03-02 09:05:11，\"Ana Lyst\" <ana.lyst@example.com> 写道：\n\n测试",
    "    Le lundi 2 mars 2026 à 09:05:11 UTC+1, Ana Lyst <ana.lyst@example.com> a écrit :  \n \n Testez.",
    "Am 2. März 2026 09:05:11 MEZ schrieb Ana Lyst <ana.lyst@example.com>:\n>Bitte.\n\n-- \nDiese Nachricht wurde von meinem Android-Gerät mit K-9 Mail gesendet.",
    "Od: Ana Lyst <ana.lyst@example.com> \nOdesláno: pondělí 2. března 2026 9:05\nKomu: Me <uma@example.com>\nKopie: X\nPředmět: VPN\n\nTest.",
    "> Le 02/03/2026 09:05 CET, Ana Lyst <ana.lyst@example.com> a écrit :\n> \n>  \n> Test.",
    "--------- 원본 메일 ---------\n보낸사람: Ana Lyst <ana.lyst@example.com>\n받는사람: uma@example.com\n날짜: 2026년 3월 02일 월요일, 09시 05분 11초 +0900\n제목: VPN\n\n시험",
    "Galaxy cihazımdan gönderildi\n\n-------- Orijinal mesaj --------\nKimden: Ana Lyst <ana.lyst@example.com>\nTarih: 2.03.2026 09:05 (GMT+03:00)\nAlıcı: uma@example.com\nKonu: VPN\n\nTest.",
    "----Messaggio originale----\nDa: ana.lyst@example.com\nData: 2-mar-2026 9.05\nA: <uma@example.com>\nOgg: VPN\n\nProvi.",
];

#[test]
fn u9_what_programs_of_the_world_quote_is_cut() {
    for quotation in QUOTATIONS {
        let text = format!("It works now.\n\n{quotation}\n");
        assert_eq!(reply(&text), "It works now.", "\n{text}");
    }
}

#[test]
fn u9_an_attribution_is_known_however_its_lines_are_wrapped() {
    for attribution in [
        "On Mon, Mar 2, 2026 at 9:05\u{202f}AM Ana Lyst via Desk <ana.lyst@example.com> wrote:",
        "Ana Lyst <ana.lyst@example.com> ezt írta (időpont: 2026. márc. 2., H, 9:05):",
        "Helpdesk <ana.lyst@example.com> hat am 02.03.2026 09:05 CET geschrieben:",
        "Pirmd., 2026. g. 2. marts, plkst. 09:05 — lietotājs Ana Lyst (<ana.lyst@example.com>) rakstīja:",
        "Missatge de Ana Lyst <ana.lyst@example.com> del dia dl., 2 de març 2026 a les 9:05:",
        "Le lun. 2 mars 2026 à 09:05, Ana Lyst <ana.lyst@example.com> a écrit\u{a0}:",
        // an address with as many numbers as a date
        "On Mon, Mar 2, 2026 at 9:05 AM, Ana Lyst < r+7f1b094ce90e18cc93d53d37@example.com> wrote:",
    ] {
        let blanks = attribution.match_indices(' ').map(|(at, _)| at);
        for at in blanks.filter(|at| *at > 45) {
            let (first, second) = attribution.split_at(at);
            let text = format!("It works now.\n\n{first}\n{}\n\n> Does it?\n", second.trim_start());
            assert_eq!(reply(&text), "It works now.", "\n{text}");
        }
    }
}

#[rustfmt::skip]
const KEPT: [&str; 44] = [
    "Hallo,\n\nam Montag um 09:05 schrieb mir der Hersteller:\n\nBitte neu starten.\n\nDas hat nicht geholfen.",
    "The log says:\n\nOn 12:05 the service wrote:\nERROR 5 disk full\n\nCan you look?",
    "I ran these commands and all failed:\n\n> ping server\n> tracert server\n> ipconfig /all",
    "The query is\n\n--\n-- select users\n--\nselect * from users;\n\nand it fails.",
    "My mails never arrive. The header of one of them:\n\nFrom: uma@example.com\nTo: you@corp.example\nSubject: hello\nDate: Mon, 2 Mar 2026 09:05:11 +0100\nMessage-ID: <1@x>\nReceived: from a by b; Mon, 2 Mar 2026 09:05:12 +0100\n\nCan you see why?",
    "Please book:\n\nFrom: Berlin\nTo: Paris\nDate: 2 March 2026\nSubject: board meeting\n\nThe hotel is not needed.",
    "Two questions:\n--\n1. Where is the printer?\n--\n2. Who has the key?\n\nThanks in advance for both answers, I need them today.",
    "Here is what you asked for.\nSent via email yesterday as well",
    "Ich habe es mit Outlook geschickt.\nGesendet mit Outlook, aber nicht angekommen",
    "Hello,\n\nplease put a banner on the login page.\n\nThis email is confidential must be the text of the banner, please do not change it.",
    "When I open the tool it shows a pop-up.\n\nThis message contains confidential text from another customer! Who is the recipient of such errors?",
    "Bitte prüfen:\n\nHaftungsausschluss fehlt auf der Webseite. Bitte ergänzen.",
    "Giriş yapamıyorum.\n\nBu mesaj çıkıyor: gizli anahtar bulunamadı, lütfen yardım edin.",
    "Не могу войти.\n\nЭто сообщение появляется: адресат не найден. Помогите.",
    "No puedo entrar.\n\nEste mensaje es el que sale: destinatario desconocido. ¿Qué hago?",
    "Non riesco ad entrare.\n\nQuesto messaggio è quello che appare: destinatario sconosciuto. Che faccio?",
    "Nie mogę się zalogować.\n\nTa wiadomość pojawia się cały czas: nieznany adresat. Co robić?",
    "I tested the form.\n\nIf you have received this test as the recipient, please answer with OK.",
    "Hi, my comments are in green below.\n\nFrom: Ana Lyst <ana.lyst@example.com>\nSent: Monday, March 2, 2026 9:05 AM\nTo: Me\nSubject: VPN\n\nA?\nYes.",
    "Hi, see below.\n\nFrom: Ana Lyst <ana.lyst@example.com>\nSent: Monday, March 2, 2026 9:05 AM\nTo: Me\nSubject: VPN\n\nA?\nYes.",
    "Siehe unten.\n\nVon: Ana Lyst <ana.lyst@example.com>\nGesendet: Montag, 2. März 2026 09:05\nAn: Me\nBetreff: VPN\n\nA?\nJa.",
    "Voir mes commentaires ci-dessous.\n\nDe : Ana Lyst <ana.lyst@example.com>\nEnvoyé : lundi 2 mars 2026 09:05\nÀ : Me\nObjet : VPN\n\nA?\nOui.",
    "I have answered your questions below.\n\nFrom: Ana Lyst <ana.lyst@example.com>\nSent: Monday, March 2, 2026 9:05 AM\nTo: Me\nSubject: VPN\n\nA?\nYes.",
    "Responses inline.\n\nFrom: Ana Lyst <ana.lyst@example.com>\nSent: Monday, March 2, 2026 9:05 AM\nTo: Me\nSubject: VPN\n\nA?\nYes.",
    "Answers embedded below.\n\nFrom: Ana Lyst <ana.lyst@example.com>\nSent: Monday, March 2, 2026 9:05 AM\nTo: Me\nSubject: VPN\n\nA?\nYes.",
    "FYI\n\n============ Forwarded message ============\nFrom: Ana <ana@x.example>\nTo: uma@x.example\nDate: Mon, 02 Mar 2026 09:05:11 +0100\nSubject: VPN\n============ Forwarded message ============\n\nIt fails.",
    "FYI\n\n----- Forwarded by Uma/Corp on 03/02/2026 09:05 AM -----\n\nFrom: Ana/Corp\nTo: Uma/Corp\nDate: 03/02/2026 09:05 AM\nSubject: VPN\n\nIt fails.",
    "Zur Info\n\n----- Weitergeleitet von Uma/Corp am 02.03.2026 09:05 -----\n\nVon: Ana/Corp\nAn: Uma/Corp\nDatum: 02.03.2026 09:05\nBetreff: VPN\n\nGeht nicht.",
    "请看\n\n------------------ 转发邮件 ------------------\n发件人: \"Ana\" <ana@x.example>;\n发送时间: 2026年3月2日 上午9:05\n收件人: \"me\";\n主题: VPN\n\n不行",
    "请看\n\n-------- 转发邮件信息 --------\n发件人：\"Ana\" <ana@x.example>\n发送日期：2026-03-02 09:05:11\n收件人：me\n主题：VPN\n\n不行",
    "FYI\n\nDébut du message réexpédié :\n\nDe: Ana <ana@x.example>\nObjet: VPN\nDate: 2 mars 2026 à 09:05\nÀ: Uma\n\nNe marche pas.",
    "Termine:\n\nAm 12.03.2026 um 10:11 Uhr:\nTreffen mit Ana\n\nAm 13.03.2026 um 10:11 Uhr:\nTreffen mit Bob",
    "12.03.2026 10:11, Ana Lyst <ana@x.example>:\nIch kann nicht drucken\n12.03.2026 10:15, Bob <bob@x.example>:\nIch auch nicht\n\nDas ist der Chat. Bitte helfen.",
    "Hello\n________________________________\nName: Uma <uma@x.example>\nTime: 10:11 on 2 March 2026\nRoom: 7\n\nThat is my form.",
    "---- Summary ----\nit fails\n---- Details ----\nreally",
    "---- forwarded ports ----\n80\n443\n---- end ----\nplease open",
    "New request from the web form\n\nName: Uma\nFrom: uma@x.example\nDate: 2026-03-02 10:11\nSubject: printer\nMessage: it jams",
    "The manual (page 9:05) says:\n> press the button\nI pressed it and nothing happened.",
    "The log shows\n\n2026-03-02 09:05 -----Original Message----- received\n2026-03-02 09:06 parse error\n\nplease check the parser.",
    "Patch:\n--- a/file.c\n+++ b/file.c\n@@ -1,2 +1,2 @@\n-old\n+new\n context\n\nPlease apply.",
    "My file:\n\n---\nname: x\nport: 25\n---\nname: y\n\nWhy is it refused?",
    "Summary\n=======\n\nit fails.\n\n_____________________________\nDetails\n\nit really fails.",
    "From | Sent | Subject\nAna | 2 March | VPN\nBob | 3 March | VPN\n\nwhich of these did you get?",
    "Le 2 mars 2026 à 09:05, le serveur a écrit :\n\nDisque plein\n\nQue faire ?",
];

#[test]
fn u9_what_people_write_is_kept_though_it_looks_like_a_quotation() {
    for text in KEPT {
        assert_eq!(reply(text), text);
    }
}

#[test]
#[rustfmt::skip]
fn u9_what_programs_sign_with_is_cut() {
    for line in [
        "Outlook für Android<https://aka.ms/AAb9ysg> beziehen",
        "Obtenez Outlook pour Android",
        "Provenance : Courrier pour Windows",
        "Skaffa Outlook för iOS",
        "Pobierz aplikację Outlook dla systemu iOS",
        "Získat Outlook pro iOS",
        "Stáhnout Outlook pro iOS",
        "Получить Outlook для iOS",
        "Отримати Outlook для iOS",
        "iOS için Outlook'u edinin",
        "iOS 用 Outlook を入手",
        "Outlook for iOS を入手",
        "获取 Outlook for iOS",
        "取得 Outlook for iOS",
        "iOS용 Outlook 다운로드",
        "Verzonden vanuit Outlook voor iOS",
        "Sent on the go",
        "Sent from Mailspring",
        "Sent from Spark",
        "Sent via Superhuman ( https://sprh.mn/?vip=x@y.example )",
        "Sent with Shortwave",
        "Sent from Front",
        "Sent from Airmail",
        "Sent with eM Client",
        "Sent from myMail for iOS",
        "Envoyé avec la messagerie sécurisée Proton Mail.",
        "Enviado con Proton Mail.",
        "Inviato dal mio dispositivo Samsung",
        "Lähetetty Outlookista",
        "Wysłano z programu Outlook dla systemu Android",
        "Elküldve az iPhone-omról",
        "Изпратено от моя iPhone",
        "Изпратено от iPhone",
        "Отправлено из Яндекс Почты для мобильных",
        "Poslano s mog iPhonea",
        "Poslano z mojega iPhona",
        "Poslato sa mog iPhone-a",
        "Išsiųsta iš mano „iPhone“",
        "Nosūtīts no mana iPhone",
        "Saadetud minu iPhone'ist",
        "نُرسل من الـ iPhone الخاص بي",
        "أُرسلت من الـ iPhone",
        "מה-iPhone שלי",
        "נשלח מה-iPhone שלי",
        "从我的 iPhone 发送",
        "从 Windows 版邮件发送",
        "삼성 휴대전화에서 보냈습니다",
        "ส่งจาก iPhone ของฉัน",
        "Enviat des del meu iPhone",
        "मेरे iPhone से भेजा गया",
        "ارسال شده از آیفون من",
    ] {
        assert_eq!(reply(&format!("It works now.\n\n{line}\n")), "It works now.", "{line}");
    }
}

#[test]
#[rustfmt::skip]
fn u9_the_line_right_above_a_quotation_is_kept() {
    for (text, expected) in [
        ("Please write to bob@x.example\nAna Lyst <ana.lyst@example.com> schrieb am 02.03.2026, 09:05:\n> q", "Please write to bob@x.example"),
        ("Please write to bob@x.example\nчт, 12 мар. 2026 г. в 10:11, Ana Lyst <ana.lyst@example.com>:\n> q", "Please write to bob@x.example"),
        ("It began at 10:05 on 2 March 2026\nbob@x.example has it too\nAna Lyst <ana.lyst@example.com> wrote:\n> q", "It began at 10:05 on 2 March 2026\nbob@x.example has it too"),
        ("Yes.\n\nOn Mon, Mar 2, 2026 at 9:05 AM A <a@x.example> wrote:\n> Z\n_______________________________________________\nlist mailing list\nlist@x.example\nhttps://x.example/listinfo", "Yes."),
    ] {
        assert_eq!(reply(text), expected, "\n{text}");
    }
}

#[test]
fn u9_disclaimers_are_told_from_what_people_say_with_their_words() {
    for disclaimer in [
        "CONFIDENTIALITY NOTICE: This e-mail message, including any attachments, is for the sole use of the intended recipient(s).",
        "Diese E-Mail enthält vertrauliche Informationen und ist nur für den Empfänger bestimmt.",
        "Please consider the environment before printing this email.",
        "Registered in England and Wales, No. 1234567. Registered office: 1 High Street, London",
        "Este mensaje y sus anexos son confidenciales y para uso exclusivo del destinatario.",
        "Данное сообщение является конфиденциальным и предназначено адресату.",
    ] {
        assert_eq!(reply(&format!("It works now.\n\n{disclaimer}\n")), "It works now.", "{disclaimer}");
    }
}

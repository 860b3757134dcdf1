//! Field names of a quoted header in many languages, in lower case.

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

/// Field names of a quoted header, in lower case: who sent it.
const FROM_KEYS: [&str; 69] = [
    "from",
    "von",
    "de",
    "da",
    "van",
    "från",
    "fra",
    "od",
    "от",
    "expéditeur",
    "lähettäjä",
    "kimden",
    "feladó",
    "差出人",
    "发件人",
    "寄件者",
    "보낸 사람",
    "de la",
    "από",
    "από τον/την",
    "від",
    "šalje",
    "nuo",
    "no",
    "saatja",
    "từ",
    "dari",
    "จาก",
    "من",
    "מאת",
    "发送人",
    "寄件人",
    "発信者",
    "보낸사람",
    "pošiljatelj",
    "від кого",
    "sender",
    "absender",
    "mittente",
    "remitente",
    "remetente",
    "afzender",
    "avsändare",
    "afsender",
    "avsender",
    "nadawca",
    "odesílatel",
    "odosielateľ",
    "отправитель",
    "送信元",
    "送信者",
    "gönderen",
    "보낸이",
    "pošilja",
    "відправник",
    "изпращач",
    "αποστολέας",
    "expeditor",
    "người gửi",
    "pengirim",
    "remitent",
    "siuntėjas",
    "sūtītājs",
    "השולח",
    "المرسل",
    "frá",
    "daripada",
    "از",
    "од",
];
/// When it was sent.
const DATE_KEYS: [&str; 111] = [
    "sent",
    "date",
    "gesendet",
    "datum",
    "envoyé",
    "envoyé le",
    "enviado",
    "enviado el",
    "enviada em",
    "inviato",
    "data",
    "verzonden",
    "skickat",
    "sendt",
    "wysłano",
    "odesláno",
    "отправлено",
    "дата",
    "fecha",
    "lähetetty",
    "dato",
    "送信日時",
    "日時",
    "发送时间",
    "日期",
    "gönderildi",
    "odoslané",
    "elküldve",
    "küldve",
    "dátum",
    "trimis",
    "dată",
    "изпратено",
    "στάλθηκε",
    "ημερομηνία",
    "надіслано",
    "poslano",
    "išsiųsta",
    "nosūtīts",
    "saadetud",
    "đã gửi",
    "ngày",
    "dikirim",
    "tanggal",
    "ส่ง",
    "วันที่",
    "تم الإرسال",
    "تاريخ الإرسال",
    "التاريخ",
    "נשלח",
    "תאריך",
    "보낸 날짜",
    "날짜",
    "寄件日期",
    "傳送日期",
    "发送日期",
    "送信日",
    "tarih",
    "gönderme tarihi",
    "gönderilen tarih",
    "verstuurd",
    "sent at",
    "date sent",
    "enviat el",
    "date d'envoi",
    "inviato il",
    "gesendet am",
    "päivämäärä",
    "päiväys",
    "enviada",
    "enviadas",
    "enviados",
    "enviado em",
    "envoyée",
    "envoyé(e)",
    "expédié",
    "expédié le",
    "wysłane",
    "data wysłania",
    "küldés ideje",
    "odoslané dňa",
    "odesláno dne",
    "saatmisaeg",
    "αποστολή",
    "poslato",
    "送信日付",
    "日付",
    "送信時刻",
    "寄件時間",
    "時間",
    "时间",
    "gửi",
    "ngày gửi",
    "data e ora",
    "invio",
    "verzonden op",
    "verzonden om",
    "sendt den",
    "skickat den",
    "gönderim tarihi",
    "gesendet um",
    "saatmise aeg",
    "data di invio",
    "data de envio",
    "fecha de envío",
    "date d’envoi",
    "تاريخ",
    "dagsetning",
    "dihantar",
    "послато",
    "ارسال شده",
];
/// To whom, and about what.
const OTHER_KEYS: [&str; 132] = [
    "to",
    "an",
    "à",
    "a",
    "para",
    "aan",
    "till",
    "til",
    "do",
    "komu",
    "кому",
    "vastaanottaja",
    "宛先",
    "收件人",
    "subject",
    "betreff",
    "objet",
    "asunto",
    "assunto",
    "oggetto",
    "onderwerp",
    "ämne",
    "emne",
    "temat",
    "předmět",
    "тема",
    "aihe",
    "件名",
    "主题",
    "主旨",
    "konu",
    "cc",
    "kopie",
    "reply-to",
    "predmet",
    "címzett",
    "tárgy",
    "către",
    "subiect",
    "до",
    "относно",
    "προς",
    "θέμα",
    "kime",
    "prima",
    "za",
    "zadeva",
    "kam",
    "temats",
    "adressaat",
    "saaja",
    "teema",
    "tới",
    "chủ đề",
    "kepada",
    "subjek",
    "perihal",
    "ถึง",
    "เรื่อง",
    "إلى",
    "الموضوع",
    "אל",
    "נושא",
    "받는 사람",
    "제목",
    "收件者",
    "主題",
    "per a",
    "assumpte",
    "kopi",
    "copie",
    "cópia",
    "copia",
    "másolat",
    "kopia",
    "копия",
    "копія",
    "抄送",
    "副本",
    "参照",
    "참조",
    "antwort an",
    "répondre à",
    "sujet",
    "đến",
    "tiêu đề",
    "ogg",
    "pour",
    "dw",
    "udw",
    "alıcı",
    "bilgi",
    "destinataire",
    "empfänger",
    "destinatario",
    "destinatário",
    "ontvanger",
    "mottagare",
    "modtager",
    "mottaker",
    "adresat",
    "адресат",
    "получатель",
    "받는이",
    "받는사람",
    "收信人",
    "tēma",
    "v kopii",
    "kópia",
    "másolatot kap",
    "cópia para",
    "copie à",
    "importance",
    "wichtigkeit",
    "priorité",
    "attachments",
    "anlagen",
    "emaitza",
    "konu başlığı",
    "kopi till",
    "kopi til",
    "κοιν",
    "κοινοποίηση",
    "кому копия",
    "bcc",
    "títol",
    "thema",
    "efni",
    "за",
    "به",
    "موضوع",
    "perkara",
];
/// Fields that a mail is carried by, and no program quotes.
const TRANSPORT_KEYS: [&str; 8] = [
    "message-id",
    "received",
    "return-path",
    "mime-version",
    "delivered-to",
    "dkim-signature",
    "authentication-results",
    "content-transfer-encoding",
];

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

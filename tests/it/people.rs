//! People whose mail looks like the mail of a program, and programs whose mail looks like that of people. All texts are
//! made up.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use postroom::message::Message;
use postroom::vocab::Automatic;

fn read(header: &str, body: &str) -> Message {
    let mail = format!("To: desk@example.com\n{header}\n\n{body}");
    Message::read(mail.replace('\n', "\r\n").as_bytes())
}

const POSTMASTER: &str = "From: Pia Post <postmaster@example.net>\nReturn-Path: <postmaster@example.net>";
const BOUNCE: &str = "This is the mail system at host mx.example.org.\n\nYour message could not be delivered.\n\n<bob@example.org>: host mx.example.org said: 550 5.1.1 no such user\n";

#[test]
fn person_who_answers_as_postmaster_is_no_server() {
    for (subject, body) in [
        ("Delivery problem at our site", "Your mail could not be delivered on Monday. It works again."),
        (
            "Your message was rejected by our filter",
            "Your message was rejected by our filter, we have released it.",
        ),
        ("Zustellung gestört", "Ihre Mail konnte nicht zugestellt werden. Wir haben den Filter angepasst."),
        ("Échec de remise", "Votre message n'a pas pu être remis hier. C'est réparé."),
        ("Mail no entregado", "No se pudo entregar su correo. Ya está resuelto."),
        ("Mancato recapito", "Non è stato possibile consegnare la sua mail. Ora funziona."),
        ("Onbestelbaar", "Uw bericht kon niet worden bezorgd. Het is opgelost."),
        ("Недоставлено", "Письмо не может быть доставлено было вчера. Исправлено."),
        ("配信エラー", "昨日は配信できませんでした。復旧しました。"),
        ("Failed mail", &format!("See what your server says.\n\n{}", quote(BOUNCE))),
        (
            "Undelivered mail",
            &format!(
                "Please look at this.\n\n-----Original Message-----\nFrom: MAILER-DAEMON@mx.example.org\nSent: Monday\nTo: postmaster@example.net\nSubject: Undelivered\n\n{BOUNCE}"
            ),
        ),
        (
            "Undelivered mail",
            &format!(
                "Please have a look at this, it happens all day.\n\n{BOUNCE}\n-- \nPia Post\nExample Ltd.\n"
            ),
        ),
    ] {
        let message = read(&format!("{POSTMASTER}\nSubject: {subject}"), body);
        assert_eq!((message.report, message.automatic), (None, Automatic::No), "{subject}\n{body}");
    }
}

#[test]
fn server_under_a_name_of_people_is_one_where_it_proves_it() {
    for (header, body) in [
        ("Subject: Undeliverable: VPN", BOUNCE),
        ("Auto-Submitted: auto-replied\nSubject: Delivery problem", "Your mail could not be delivered."),
        (
            "Subject: failure notice",
            "Your mail could not be delivered.\n\nReceived: from a by b\nFrom: desk@example.com\nTo: bob@example.net\n",
        ),
        ("Subject: failure notice", "Sorry, could not deliver.\n\nRecipient: <bob@example.net>\n"),
    ] {
        let header = format!("From: postmaster@example.net\nReturn-Path: <postmaster@example.net>\n{header}");
        assert!(read(&header, body).report.is_some(), "{header}\n{body}");
    }
}

fn quote(text: &str) -> String {
    text.lines().map(|line| format!("> {line}\n")).collect()
}

#[test]
fn whoever_passes_a_bounce_on_is_a_person() {
    let status = "Reporting-MTA: dns; mx.example.org\n\nFinal-Recipient: rfc822; bob@example.org\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 no such user\n";
    let parts = |kind: &str, inner: &str| {
        format!(
            "--b\nContent-Type: text/plain; charset=utf-8\n\nLook.\n\n{BOUNCE}\n--b\nContent-Type: {kind}\n\n{inner}\n--b--\n"
        )
    };
    let whole = format!(
        "From: MAILER-DAEMON@mx.example.org\nSubject: Undelivered\nContent-Type: multipart/report; boundary=c\n\n--c\nContent-Type: message/delivery-status\n\n{status}\n--c--\n"
    );
    for prefix in [
        "Fwd",
        "Fw",
        "WG",
        "TR",
        "RV",
        "I",
        "ENC",
        "Doorst",
        "VS",
        "VB",
        "PD",
        "ILT",
        "Пересл",
        "转发",
        "転送",
    ] {
        for from in ["From: uma@example.net", POSTMASTER, "From: postmaster@example.net"] {
            let plain = format!("{from}\nSubject: {prefix}: Undelivered Mail Returned to Sender");
            let mixed = format!("{plain}\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b");
            for (header, body) in [
                (&plain, BOUNCE.to_owned()),
                (&plain, quote(BOUNCE)),
                (&mixed, parts("message/rfc822", &whole)),
                (&mixed, parts("message/delivery-status", status)),
                (
                    &mixed,
                    parts(
                        "message/feedback-report",
                        "Feedback-Type: abuse\nOriginal-Rcpt-To: bob@example.org\n",
                    ),
                ),
                (
                    &mixed,
                    parts(
                        "message/disposition-notification",
                        "Final-Recipient: rfc822; bob@example.org\nDisposition: automatic-action/MDN-sent-automatically; displayed\n",
                    ),
                ),
            ] {
                let message = read(header, &body);
                assert_eq!((message.report, message.automatic), (None, Automatic::No), "{header}\n{body}");
            }
        }
    }
}

#[test]
fn answer_by_a_person_under_a_subject_about_absence_is_no_automatic_one() {
    let quoted = |text: &str| {
        format!(
            "{text}\n\nOn Mon, 23 Nov 2026 at 10:00, Desk <desk@example.com> wrote:\n> We have looked into it.\n"
        )
    };
    for subject in [
        "Out of office calendar does not work",
        "Automatic reply rule is broken",
        "Autoreply from a shared mailbox",
        "Auto: Schaden am Kotflügel",
        "Vacation: how do I enter it",
        "Abwesenheitsassistent lässt sich nicht abschalten",
        "Urlaub: Antrag fehlt",
        "Abwesenheit",
        "Absence du 3 au 5",
        "Réponse automatique à désactiver",
        "Ausencia: formulario",
        "Respuesta automática no funciona",
        "Assente: modulo",
        "Ausência: pedido",
        "Afwezigheidsassistent werkt niet",
        "Frånvaro: blankett",
        "Fravær: skema",
        "Poissa: lomake",
        "Poza biurem nie działa",
        "Автоответчик не работает",
        "自動応答が止まりません",
    ] {
        let message = read(
            &format!("From: uma@example.net\nSubject: {subject}\nIn-Reply-To: <1@example.com>"),
            "It works now, thank you.",
        );
        assert_eq!((message.automatic, message.no_reply_allowed), (Automatic::No, false), "{subject}");
    }
    for (header, body) in [
        ("Subject: Automatic reply: VPN\nX-Mailer: Microsoft Outlook 16.0", "It still comes.".to_owned()),
        ("Subject: Out of Office\nUser-Agent: Mozilla Thunderbird", "It still comes.".to_owned()),
        ("Subject: Abwesenheitsnotiz", quoted("Sie kommt immer noch.")),
        ("Subject: Respuesta automática: VPN", quoted("Todavía llega.")),
    ] {
        let message = read(&format!("From: uma@example.net\nIn-Reply-To: <1@example.com>\n{header}"), &body);
        assert_eq!((message.automatic, message.no_reply_allowed), (Automatic::No, false), "{header}");
    }
}

#[test]
fn responder_that_gives_itself_away_by_its_subject_alone_is_believed_where_it_answers() {
    for subject in [
        "Automatic reply: VPN",
        "Out of Office AutoReply: VPN",
        "Out of office Re: VPN",
        "AUTO: Uma is out of the office (returning 30.11.2026)",
        "AUTO: VPN",
        "away from my mail",
        "Vacation reply",
        "Automatische Antwort: VPN",
        "Abwesenheitsnotiz: VPN",
        "Abwesenheitsmeldung",
        "Réponse automatique : VPN",
        "Respuesta automática: VPN",
        "Fuera de la oficina: VPN",
        "Risposta automatica: VPN",
        "Fuori ufficio: VPN",
        "Resposta automática: VPN",
        "Automatisch antwoord: VPN",
        "Afwezigheidsbericht: VPN",
        "Automatiskt svar: VPN",
        "Autosvar: VPN",
        "Automatisk svar: VPN",
        "Automaattinen vastaus: VPN",
        "Autoodpowiedź: VPN",
        "Odpowiedź automatyczna: VPN",
        "Automatická odpověď: VPN",
        "Automatikus válasz: VPN",
        "Răspuns automat: VPN",
        "Автоматический ответ: VPN",
        "Автоответ: VPN",
        "Автоматична відповідь: VPN",
        "Otomatik Yanıt: VPN",
        "自動応答: VPN",
        "自动回复: VPN",
        "自動回覆：VPN",
        "자동 회신: VPN",
    ] {
        let message = read(
            &format!("From: uma@example.net\nSubject: {subject}\nIn-Reply-To: <1@example.com>"),
            "I am away until Monday.",
        );
        assert_eq!(
            (message.automatic, message.no_reply_allowed),
            (Automatic::AutoReplied, true),
            "{subject}"
        );
        let message = read(&format!("From: uma@example.net\nSubject: {subject}"), "I am away until Monday.");
        assert_eq!(message.automatic, Automatic::No, "it answers nothing: {subject}");
    }
}

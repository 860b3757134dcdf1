//! People whose mail looks like the mail of a program, and programs whose mail looks like that of people. All texts are
//! made up.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use crate::made_up::read;
use postroom::vocab::Automatic;

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
        (
            "Delivery to a new address",
            "Your mail could not be delivered, write to my new one.\n\nNew address: pia@example.net",
        ),
        ("Delivery problem", "Your mail could not be delivered today.\n\nPia Post\npia@example.net"),
        (
            "Mail rejected by policy",
            "Hello, our policy 5.7.1 rejects mail for bob@example.net without SPF. Thanks, Pia",
        ),
        ("Undelivered mail", &format!("Please look at this, it happens all day.\n\n{BOUNCE}")),
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
fn postmaster_who_greets_somebody_by_name_is_a_person() {
    let verdict = "please find the reason in our log:\n\n<bob@example.net>: 550 5.1.1 User unknown\n\nKind regards\nPaul";
    for (path, greeting, is_person) in [
        ("Return-Path: <postmaster@example.net>\n", "Dear Anna", true),
        ("", "Hello Anna,", true),
        ("", "Hallo Frau Kern", true),
        ("", "Dear sender", false),
        ("Return-Path: <>\n", "Dear Anna", false),
    ] {
        let header = format!("{path}From: Postmaster <postmaster@example.net>\nSubject: Undeliverable mail");
        let report = read(&header, &format!("{greeting}\n\n{verdict}")).report;
        assert_eq!(report.is_none(), is_person, "{header}\n{greeting}");
    }
}

#[test]
fn orders_and_parcels_that_could_not_be_delivered_are_no_bounces() {
    for body in [
        "Your order could not be delivered.\n\nRecipient: bob@example.net\n\nPlease update your postal address.",
        "Ihr Paket konnte nicht zugestellt werden.\n\nEmpfänger: bob@example.net",
        "Votre colis n'a pas pu être livré.\n\nDestinataire : bob@example.net",
    ] {
        let shop = "Return-Path: <>\nFrom: Shop <noreply@shop.example.com>\nAuto-Submitted: auto-generated\nSubject: Delivery failed";
        assert_eq!(read(shop, body).report, None, "{body}");
        let cited = "Your message could not be delivered.\n\n<bob@example.net>: no such user\n\nSubject: Your order 12, your parcel";
        assert!(read(shop, cited).report.is_some());
        let daemon = "Return-Path: <>\nFrom: MAILER-DAEMON@example.com\nSubject: Delivery failed";
        assert!(read(daemon, &format!("{body}\n\n<bob@example.net>: 550 no")).report.is_some(), "{body}");
    }
}

#[test]
fn programs_that_write_about_other_things_are_no_mail_servers() {
    for (header, body) in [
        (
            "From: noreply@parcels.example.net\nReturn-Path: <>\nSubject: Delivery failed",
            "Your parcel 550 could not be delivered.",
        ),
        (
            "From: desk@example.net\nReturn-Path: <>\nAuto-Submitted: auto-generated\nSubject: [Ticket 550] delivery failed",
            "It could not be delivered. Reference 550.",
        ),
        (
            "From: nagios@example.net\nReturn-Path: <>\nSubject: PROBLEM mail queue",
            "CRITICAL: 550 5.1.1 mails could not be delivered",
        ),
        (
            "From: Mail Delivery Team <parcels@example.net>\nReturn-Path: <b@example.net>\nSubject: Your delivery failed",
            "Parcel 550 could not be delivered.",
        ),
        (
            "From: postmaster@example.net\nReturn-Path: <>\nSubject: Quarantine summary",
            "These mails are held:\n\numa@example.org   Offer for 550 pounds\neve@example.org   5.7.1 spam\n",
        ),
        (
            "From: MAILER-DAEMON@example.net\nReturn-Path: <>\nSubject: Spam digest",
            "Three mails are held: uma@example.org, 550 points",
        ),
        (
            "From: postmaster@example.net\nReturn-Path: <>\nSubject: Away",
            "I am away until the 5th. Call 550 for help.",
        ),
        (
            "From: postmaster@example.net\nReturn-Path: <>\nAuto-Submitted: auto-replied\nSubject: Out of office: VPN",
            "I am away. Write to bob@example.net for help.",
        ),
    ] {
        assert_eq!(read(header, body).report, None, "{header}\n{body}");
    }
}

#[test]
fn mail_that_repeats_a_bounce_is_none_even_from_a_name_of_servers() {
    for announcement in [
        "---------- Forwarded message ---------\nFrom: Mail Delivery System <MAILER-DAEMON@mx.example.org>",
        "Begin forwarded message:\n\nFrom: MAILER-DAEMON@mx.example.org",
        "-------- Weitergeleitete Nachricht --------\nBetreff: Undelivered\nVon: MAILER-DAEMON@mx.example.org",
        "-----Message d'origine-----\nDe : MAILER-DAEMON@mx.example.org",
        "---------- Mensaje reenviado ----------\nDe: MAILER-DAEMON@mx.example.org",
        "-------- Messaggio inoltrato --------\nDa: MAILER-DAEMON@mx.example.org",
        "-------- Doorgestuurd bericht --------\nVan: MAILER-DAEMON@mx.example.org",
        "-------- Vidarebefordrat meddelande --------\nFrån: MAILER-DAEMON@mx.example.org",
        "-------- Przekazana wiadomość --------\nOd: MAILER-DAEMON@mx.example.org",
        "-------- Пересылаемое сообщение --------\nОт: MAILER-DAEMON@mx.example.org",
        "-------- 転送メッセージ --------\n差出人：MAILER-DAEMON@mx.example.org",
    ] {
        let header =
            "From: postmaster@example.net\nReturn-Path: <postmaster@example.net>\nSubject: Undelivered mail";
        for intro in ["", "Please look at this.\n\n"] {
            let body = format!("{intro}{announcement}\n\n{BOUNCE}");
            assert_eq!(read(header, &body).report, None, "{body}");
        }
    }
    let attached = "--b\nContent-Type: text/plain\n\nPlease see the attached file.\n--b\nContent-Type: message/delivery-status\n\nFinal-Recipient: rfc822; bob@example.org\nAction: failed\nStatus: 5.1.1\n--b--\n";
    let header = "From: postmaster@example.net\nReturn-Path: <postmaster@example.net>\nSubject: mail\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b";
    assert_eq!(read(header, attached).report, None);
}

#[test]
fn server_under_a_name_of_people_is_one_where_it_proves_it() {
    let returned = "Your mail could not be delivered.\n\nReceived: from a by b\nFrom: desk@example.com\nTo: bob@example.net\n";
    let path = "Return-Path: <postmaster@example.net>\n";
    for (header, body) in [
        (format!("{path}Subject: Undeliverable: VPN"), BOUNCE),
        (
            format!("{path}Auto-Submitted: auto-replied\nSubject: Delivery problem"),
            "Your mail could not be delivered.",
        ),
        (format!("{path}Precedence: bulk\nSubject: Delivery problem"), "Your mail could not be delivered."),
        ("Subject: failure notice".to_owned(), returned),
        (
            format!("{path}Subject: failure notice"),
            "Sorry, could not deliver.\n\n<bob@example.net>: no such user\n",
        ),
    ] {
        let header = format!("From: POSTMASTER <postmaster@example.net>\n{header}");
        assert!(read(&header, body).report.is_some(), "{header}\n{body}");
    }
    let by_hand = format!("{POSTMASTER}\nSubject: Delivery failed");
    assert_eq!(read(&by_hand, returned).report, None);
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

#[test]
fn notes_says_in_many_languages_that_somebody_is_away_and_people_write_about_cars() {
    let note = "Note: This is an automated response to your message \"Does it print?\" sent on 26.11.2026.";
    for (header, body, expected) in [
        ("Subject: AUTO: Example, Uma is out of the office. (returning 30.11.2026)", note, true),
        ("Subject: AUTO: Example, Uma is out of the office.\nX-Mailer: Lotus Notes Release 8.5", note, true),
        ("Subject: AUTO: Brakes", note, true),
        ("Subject: AUTO: Uma is out of the office.", &format!("In a hurry? Call Bob.\n\n{note}"), true),
        (
            "Subject: AUTO: Uma Example ist außer Haus (Rückkehr am 30.11.2026)",
            "Ich bin bald zurück.\n\nHinweis: Dies ist eine automatische Antwort auf Ihre Nachricht \"Druckt er?\".",
            true,
        ),
        (
            "Subject: Auto: Uma Example est absente (retour 30/11/2026)",
            "Je serai absente.\n\nRemarque : ceci est une réponse automatique à votre message \"VPN\".",
            true,
        ),
        (
            "Subject: AUTO: Uma Example está ausente",
            "Vuelvo el lunes.\n\nNota: esta es una respuesta automática a su mensaje \"VPN\".",
            true,
        ),
        (
            "Subject: AUTO: Uma is niet op kantoor",
            "Opmerking: Dit is een automatisch antwoord op uw bericht \"VPN\".",
            true,
        ),
        ("Subject: 自動: 山田は不在です", "注: これは自動応答です。", true),
        ("Subject: Re: AUTO: Example, Uma is out of the office.", note, false),
        ("Subject: Fw: AUTO: Example, Uma is out of the office.", note, false),
        ("Subject: AUTO: brakes", "This is an automatic gearbox, and it brakes by itself.", false),
        ("Subject: Auto: Bremsen", "Dies ist eine Anfrage zu den Bremsen.", false),
        ("Subject: AUTO: replies", &format!("Why do we get this?\n\n{note}"), false),
        ("Subject: AUTO: Uma is out of the office\nX-Mailer: Microsoft Outlook 16.0", note, false),
        ("Subject: Automatic gate", note, false),
        ("Subject: AUTO: Uma is out of the office", &format!("It still comes.\n\n{}", quote(note)), false),
    ] {
        let message = read(&format!("From: uma@example.net\n{header}"), body);
        let automatic = if expected { Automatic::AutoReplied } else { Automatic::No };
        assert_eq!((message.automatic, message.no_reply_allowed), (automatic, expected), "{header}");
    }
}

#[test]
fn list_servers_refuse_and_members_of_lists_write() {
    let words = "You are not a member of this mailing list <talk@lists.example.org>.";
    for (header, body, expected) in [
        (
            "From: talk-admin@lists.example.org\nX-MLServer: fml 4\nSubject: You are not member",
            words,
            Some("talk@lists.example.org"),
        ),
        (
            "From: talk-bounces@lists.example.org\nX-Mailman-Version: 2.1\nPrecedence: bulk\nSubject: talk post",
            "You are not allowed to post to this mailing list, and your message has\nbeen automatically rejected. Write to talk-owner@lists.example.org.",
            None,
        ),
    ] {
        let message = read(header, body);
        let report = message.report.unwrap();
        assert_eq!(report.recipients[0].address.as_deref(), expected, "{header}");
    }
    for header in [
        "From: uma@example.net\nList-Id: <talk.lists.example.org>\nSubject: [talk] not a member",
        "From: talk-admin@lists.example.org\nList-Id: <talk.lists.example.org>\nSubject: Re: You are not member",
        "From: talk-admin@lists.example.org\nSubject: You are not member",
    ] {
        assert_eq!(read(header, words).report, None, "{header}");
    }
    let quoted = format!("What does this mean?\n\n> {words}\n");
    let header = "From: talk-owner@lists.example.org\nList-Id: <talk.lists.example.org>\nSubject: members";
    assert_eq!(read(header, &quoted).report, None);
    let member = read(
        "From: uma@example.net\nList-Id: <talk.lists.example.org>\nList-Post: <mailto:talk@lists.example.org>\nPrecedence: list\nSubject: [talk] VPN",
        "It does not connect.",
    );
    assert_eq!((member.report, member.automatic, member.no_reply_allowed), (None, Automatic::List, true));
    assert_eq!(member.reply_portion, "It does not connect.");
}

#[test]
fn receipt_in_plain_text_is_automatic_and_an_answer_under_its_subject_is_not() {
    let answer = |subject: &str, text: &str| {
        let header = format!("From: uma@example.net\nSubject: {subject}\nIn-Reply-To: <1@example.com>");
        read(&header, text).automatic
    };
    for (subject, text) in [
        (
            "Read: VPN",
            "Your message\n\n  To: Uma\n  Subject: VPN\n  Sent: 26.11.2026 10:00\n\nwas read on 26.11.2026 11:00.",
        ),
        (
            "Gelesen: VPN",
            "Ihre Nachricht\n\n  An: Uma\n  Betreff: VPN\n\nwurde am 26.11.2026 um 11:00 gelesen.",
        ),
        ("Lu : VPN", "Votre message\n\n  À : Uma\n  Objet : VPN\n\na été lu le 26/11/2026 11:00."),
        ("Leído: VPN", "El mensaje\n\n  Para: Uma\n\nfue leído el 26/11/2026 11:00"),
        ("Letto: VPN", "Il messaggio\n\n  A: Uma\n\nè stato letto il 26/11/2026 11:00"),
        ("Gelezen: VPN", "Uw bericht\n\n  Aan: Uma\n\nis gelezen op 26-11-2026 11:00"),
        ("Прочтено: VPN", "Ваше сообщение\n\n  Кому: Uma\n\nпрочтено 26.11.2026 11:00"),
        ("Return Receipt: VPN", "Your document: VPN\nwas received by: Uma at: 26.11.2026 11:00"),
    ] {
        assert_eq!(answer(subject, text), Automatic::AutoReplied, "{subject}");
        assert_eq!(answer(&format!("Re: {subject}"), text), Automatic::No, "{subject}");
        assert_eq!(answer(subject, "It works since 11:00, thank you."), Automatic::No, "{subject}");
        assert_eq!(answer(subject, "Your message came, thank you."), Automatic::No, "{subject}");
    }
    assert_eq!(answer("Reading: VPN", "Your message was read at 11:00"), Automatic::No);
}

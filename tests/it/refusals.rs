//! Bounces in many languages, through gateways and lists, and with status parts that are out of order. All texts are made
//! up.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use crate::made_up::{read, told};

const DAEMON: &str = "From: MAILER-DAEMON@mx.example.com\nReturn-Path: <>\nSubject: Report";
const STATUS: &str = "Reporting-MTA: dns; mx.example.com\n\nFinal-Recipient: rfc822; bob@example.net\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 no such user\n";

fn report_of(status: &str) -> String {
    format!(
        "--b\nContent-Type: text/plain\n\n<bob@example.net>: refused\n--b\nContent-Type: message/delivery-status\n\n{status}\n--b\nContent-Type: text/rfc822-headers\n\nMessage-ID: <2@example.com>\n--b--\n"
    )
}

const REPORT: &str =
    "MIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; boundary=b";

#[test]
fn servers_say_in_every_language_that_they_could_not_deliver() {
    for (subject, body) in [
        ("Correo", "Su mensaje no ha podido ser entregado a:\n\nbob@example.net"),
        ("Posta", "Il messaggio destinato a bob@example.net non può essere consegnato."),
        ("Mensagem", "Sua mensagem não foi entregue a bob@example.net."),
        ("Courrier", "Votre message n'a pas été remis à bob@example.net."),
        ("Post", "Wir konnten Ihre Nachricht an bob@example.net nicht ausliefern."),
        ("Post", "Uw bericht aan bob@example.net kon niet worden afgeleverd."),
        ("Post", "Det gick inte att leverera meddelandet till bob@example.net."),
        ("Post", "Din besked til bob@example.net blev ikke leveret."),
        ("Posti", "Viestin toimitus epäonnistui: bob@example.net"),
        ("Poczta", "Wiadomość nie została dostarczona do bob@example.net."),
        ("Pošta", "Zpráva nebyla doručena: bob@example.net"),
        ("Levél", "Nem sikerült kézbesíteni: bob@example.net"),
        ("Mesaj", "Mesajul nu a putut fi livrat: bob@example.net"),
        ("Pošta", "Poruka nije isporučena: bob@example.net"),
        ("Почта", "Мы не можем доставить ваше письмо: bob@example.net"),
        ("Пошта", "Ваше повідомлення не було доставлено: bob@example.net"),
        ("Αλληλογραφία", "Δεν ήταν δυνατή η παράδοση: bob@example.net"),
        ("Posta", "İletiniz teslim edilemiyor: bob@example.net"),
        ("メール", "あて先に届けることができませんでした。\n\nbob@example.net"),
        ("邮件", "邮件投递失败：\n\nbob@example.net"),
        ("메일", "메일이 전송되지 못했습니다.\n받는 사람 : bob@example.net"),
        ("Thư", "Không thể gửi thư đến:\n\nbob@example.net"),
    ] {
        let header = format!("From: postmaster@example.org\nReturn-Path: <>\nSubject: {subject}");
        assert_eq!(told(&header, body), "bob@example.net failed - - for good", "{body}");
        let person =
            format!("From: Uma <uma@example.org>\nReturn-Path: <uma@example.org>\nSubject: {subject}");
        assert_eq!(told(&person, body), "no report", "{body}");
    }
}

#[test]
fn servers_say_in_every_language_that_mail_is_late() {
    for (subject, body) in [
        ("Delivery delayed: VPN", "Delivery has been delayed:\n\nbob@example.net\n"),
        ("Remise différée : VPN", "La remise à ces destinataires a été retardée :\n\nbob@example.net\n"),
        ("Entrega retrasada: VPN", "La entrega se ha retrasado:\n\nbob@example.net\n"),
        ("Recapito ritardato: VPN", "Il messaggio non è ancora arrivato:\n\nbob@example.net\n"),
        ("Opóźnione dostarczenie: VPN", "Dostarczenie zostało opóźnione:\n\nbob@example.net\n"),
        ("配信の遅延: VPN", "まだ配信されていません。\n\nbob@example.net\n"),
    ] {
        let header = format!("From: postmaster@example.org\nReturn-Path: <>\nSubject: {subject}");
        assert_eq!(told(&header, body), "bob@example.net delayed - - for now", "{body}");
        let person = format!("From: Uma <uma@example.org>\nSubject: {subject}");
        assert_eq!(told(&person, body), "no report", "{body}");
    }
}

#[test]
fn groups_of_a_status_are_told_apart_however_they_are_divided() {
    let one = "bob@example.net failed 5.1.1 550 for good";
    for (status, expected) in [
        (STATUS.to_owned(), one.to_owned()),
        (STATUS.replace("\n\n", "\n"), one.to_owned()),
        (STATUS.replace('\n', "\n\n"), one.to_owned()),
        (STATUS.replace("Action: failed\n", ""), one.to_owned()),
        (STATUS.replace(" bob@example.net", ""), one.to_owned()),
        (STATUS.replace(" bob@example.net", " bob@example.net (Bob Builder)"), one.to_owned()),
        (STATUS.replace(" bob@example.net", " \"Bob Builder\" <bob@example.net>"), one.to_owned()),
        (STATUS.replace(" bob@example.net", " mailto:bob@example.net"), one.to_owned()),
        (
            format!(
                "{STATUS}\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example.com\n\nFinal-Recipient: rfc822; \"eve e\"@example.net\nAction: failed\nStatus: 5.1.2\n"
            ),
            format!("{one}\n\"eve e\"@example.net failed 5.1.2 - for good"),
        ),
        (format!("{STATUS}\nFinal-Recipient: rfc822; BOB@example.net\nAction: failed\n"), one.to_owned()),
        (
            format!("{STATUS}Final-Recipient: rfc822; eve@example.net\nAction: delayed\nStatus: 4.4.1\n"),
            format!("{one}\neve@example.net delayed 4.4.1 - for now"),
        ),
        (
            format!("{STATUS}\nFinal-Recipient: rfc822; bob@example.net\nAction: delivered\nStatus: 2.0.0\n"),
            format!("{one}\nbob@example.net delivered 2.0.0 - for now"),
        ),
    ] {
        assert_eq!(told(&format!("{DAEMON}\n{REPORT}"), &report_of(&status)), expected, "{status}");
    }
}

#[test]
fn report_that_is_passed_on_by_a_program_is_read_and_one_from_a_person_is_not() {
    let whole = format!(
        "From: MAILER-DAEMON@mx.example.org\nSubject: Undelivered\n{REPORT}\n\n{}",
        report_of(STATUS)
    );
    let wrapped = format!(
        "--o\nContent-Type: text/plain\n\nThis was scanned.\n--o\nContent-Type: message/rfc822\n\n{whole}\n--o--\n"
    );
    let list = "From: staff-owner@lists.example.net\nReturn-Path: <mailman-bounces@lists.example.net>\nX-Mailman-Version: 2.1\nSubject: Uncaught bounce notification";
    let mixed = "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=o";
    for header in [DAEMON, list] {
        let report = read(&format!("{header}\n{mixed}"), &wrapped).report.unwrap();
        assert_eq!(report.recipients[0].address.as_deref(), Some("bob@example.net"), "{header}");
        assert_eq!(report.original.unwrap().message_id.as_deref(), Some("2@example.com"), "{header}");
    }
    for header in [
        "From: uma@example.net\nSubject: look at this",
        "From: postmaster@example.net\nReturn-Path: <postmaster@example.net>\nSubject: Undelivered\nUser-Agent: Mozilla Thunderbird",
        "From: staff-owner@lists.example.net\nX-Mailman-Version: 2.1\nSubject: Fwd: bounce",
        "From: uma@example.net\nList-Id: <staff.lists.example.net>\nSubject: a bounce",
    ] {
        assert_eq!(told(&format!("{header}\n{mixed}"), &wrapped), "no report", "{header}");
    }
    let untyped = report_of(STATUS).replace("message/delivery-status", "text/plain; name=details.txt");
    let mixed = "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b";
    assert_eq!(told(&format!("{DAEMON}\n{mixed}"), &untyped), "bob@example.net failed 5.1.1 550 for good");
    assert_eq!(told(&format!("From: uma@example.net\nSubject: see\n{mixed}"), &untyped), "no report");
}

#[test]
fn refusals_are_known_by_path_field_and_line() {
    for (name, header, body, expected) in [
        (
            "a path of a server under a name of its own",
            "From: bounces@example.org\nReturn-Path: <MAILER-DAEMON@example.org>\nSubject: Message could not be sent",
            "The message could not be sent to bob@example.net:\n550 5.1.1 mailbox unavailable\n",
            "bob@example.net failed 5.1.1 550 for good",
        ),
        (
            "certified mail",
            "From: certified@pec.example.org\nReturn-Path: <certified@pec.example.org>\nX-Ricevuta: errore-consegna\nSubject: AVVISO DI MANCATA CONSEGNA: VPN",
            "Il messaggio proveniente da \"desk@example.com\" e destinato all'utente \"bob@example.net\" ha un errore 5.1.1.\nIl messaggio è stato rifiutato.",
            "bob@example.net failed 5.1.1 - for good",
        ),
        (
            "CommuniGate, one line for each",
            DAEMON,
            "Failed to deliver to 'bob@example.net'\nLOCAL module reports:\n 552 5.2.2 account is full\n\nFailed to deliver to 'eve@example.net'\nSMTP module reports:\n 550 5.1.1 no such account\n",
            "bob@example.net failed 5.2.2 552 for good\neve@example.net failed 5.1.1 550 for good",
        ),
        (
            "a sentence about two",
            DAEMON,
            "A message from desk@example.com to bob@example.net and eve@example.net could not be delivered.\n",
            "bob@example.net failed - - for good\neve@example.net failed - - for good",
        ),
        (
            "a sentence about one and somebody else",
            DAEMON,
            "A message to bob@example.net could not be delivered, as eve@example.net decided.\n",
            "bob@example.net failed - - for good",
        ),
        (
            "a list whose moderator refused",
            "From: staff-owner@lists.example.net\nX-Mailman-Version: 2.1\nSubject: Request to mailing list rejected",
            "Your request to the staff@lists.example.net mailing list\n\nhas been rejected by the list moderator.\n",
            "staff@lists.example.net failed - - for good",
        ),
        (
            "a server that answers under the subject of the mail",
            "From: MAILER-DAEMON@mx.example.com\nReturn-Path: <>\nSubject: Re: VPN",
            "I wasn't able to deliver your message.\n\nFailed recipient(s):\nbob@example.net\n\n550 5.1.1 unknown user\n",
            "bob@example.net failed 5.1.1 550 for good",
        ),
        (
            "a silent host with a number of its own",
            DAEMON,
            "<bob@example.net>: connect to mx.example.net[2001:db8::550]:25: Connection timed out\n",
            "bob@example.net failed - - for now",
        ),
        (
            "an answer about absence that speaks of delivery",
            "From: bob@example.net\nReturn-Path: <>\nSubject: Réponse automatique : VPN",
            "Votre message n'a pas été remis.\n\neve@example.net\n",
            "no report",
        ),
        (
            "a program that could not deliver something else",
            "From: backup@example.net\nReturn-Path: <>\nSubject: Backup",
            "Could not deliver report to bob@example.net",
            "no report",
        ),
        (
            "a list that welcomes a member",
            "From: staff-request@lists.example.net\nX-Mailman-Version: 2.1\nSubject: Welcome",
            "Write to staff@lists.example.net. Non-members are not allowed to post.\n",
            "no report",
        ),
        (
            "a mail about mail that is no refusal",
            "From: postmaster@example.org\nReturn-Path: <>\nSubject: Your quarantine",
            "eve@example.org  Win 550 EUR\nbob@example.net  Your order\n",
            "no report",
        ),
    ] {
        assert_eq!(told(header, body), expected, "{name}");
    }
}

#[test]
fn mail_is_named_by_whatever_a_server_calls_its_identifier() {
    let id = |header: &str, body: &str| read(header, body).report.unwrap().original?.message_id;
    for line in [
        "The message identifier was: <2@example.com>",
        " Thu 10:00:00: *  Message-ID: <2@example.com>",
        "Nachrichten-ID: <2@example.com>.",
    ] {
        let body = format!("<bob@example.net>: 550 no such user\n\n{line}\n");
        assert_eq!(id(DAEMON, &body).as_deref(), Some("2@example.com"), "{line}");
    }
    assert_eq!(id(DAEMON, "<bob@example.net>: 550 no\n\nContact: <help@example.com>\n"), None);
    let body = report_of(&STATUS.replace("\n\n", "\nX-Original-Message-ID: <3@example.com>\n\n"));
    let body = body.replace("Message-ID: <2@example.com>", "Subject: VPN");
    assert_eq!(id(&format!("{DAEMON}\n{REPORT}"), &body).as_deref(), Some("3@example.com"));
    let certified = "From: a@pec.example.org\nX-Ricevuta: errore-consegna\nX-Riferimento-Message-ID: <4@example.com>\nSubject: AVVISO DI MANCATA CONSEGNA";
    assert_eq!(id(certified, "bob@example.net: 550 5.1.1").as_deref(), Some("4@example.com"));
}

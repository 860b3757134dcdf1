//! Mail servers under names that nobody knows, or with the name of a mail program in their header, and people and programs
//! who write about the same. All texts are made up.

use crate::made_up::{read, told};
use postroom::vocab::Automatic;

const RETURNED: &str = "Received: from a by b for <bob@example.net>; now\nFrom: desk@example.com\nTo: bob@example.net\nMessage-ID: <1@example.com>\n";
const REFUSED: &str = "bob@example.net failed 5.1.1 550 for good";

#[test]
fn server_of_an_unknown_name_is_known_by_all_that_it_says() {
    for (from, body) in [
        (
            "noreply@example.net",
            "Your message could not be delivered to:\n\n<bob@example.net>: 550 5.1.1 no such user\n",
        ),
        (
            "Acme Mail Gateway <gw7@example.net>",
            "Acme\n\nYour email could not be delivered to:\n\n  bob@example.net\n\nRemote server answered: 550 5.1.1 no\n",
        ),
        (
            "Acme <emailfilter@example.net>",
            "Your message could not be sent.\n\nbob@example.net: [192.0.2.3], 550 5.1.1 no\n",
        ),
        (
            "mail-system2@example.net",
            "Hello,\n\nYour message could not\nbe delivered.\n\n>>> RCPT TO:<bob@example.net>\n<<< 550 5.1.1 no\n",
        ),
        (
            "系统管理员 <post7@example.net>",
            "您的邮件无法投递到以下收件人：\n\nbob@example.net\n\n原因：550 5.1.1\n",
        ),
        (
            "メールシステム <post7@example.net>",
            "以下の宛先にメールを配信できませんでした。\n\n宛先: bob@example.net\nエラー: 550 5.1.1\n",
        ),
        (
            "Sistema de correo <sistema@example.net>",
            "Su mensaje no pudo ser entregado a:\n\n<bob@example.net>: 550 5.1.1 no\n",
        ),
        ("bounce-report@example.net", "Your message to bob@example.net was rejected: 550 5.1.1 no\n"),
        (
            "nepasrepondre@example.net",
            "Votre message n'a pas pu être distribué à bob@example.net.\n\nRaison : 550 5.1.1\n",
        ),
        (
            "mta@example.net",
            "This is the Acme Mail Agent at mx.example.net.\n\nThere was an error delivering\nyour mail to <bob@example.net>:\n\n550 5.1.1 no\n",
        ),
        (
            "mta@example.net",
            "   ----- Transcript of session follows -----\n>>> RCPT To:<bob@example.net>\n<<< 550 5.1.1 no\n",
        ),
        ("robot@example.net", "Ваше письмо не может быть доставлено:\n\nbob@example.net\n\n550 5.1.1\n"),
    ] {
        for path in ["", "\nReturn-Path: <post@example.net>"] {
            assert_eq!(told(&format!("From: {from}{path}\nSubject: Mail"), body), REFUSED, "{from}");
        }
    }
}

#[test]
fn whoever_writes_about_a_bounce_is_a_person_and_a_program_that_repeats_one_no_server() {
    let bounce = "Your message could not be delivered to:\n\n<bob@example.net>: 550 5.1.1 no such user\n";
    for (header, body) in [
        ("From: noreply@example.net", format!("Ticket: 5\nReporter: Anna\n\n{bounce}")),
        ("From: noreply@example.net", format!("Anna Lee wrote:\n\n{bounce}")),
        ("From: noreply@example.net", format!("{bounce}\nDoes anybody know why?\n")),
        ("From: noreply@example.net", format!("Dear Anna,\n\n{bounce}")),
        (
            "From: noreply@example.net",
            "My mail could not be delivered to:\n\n<bob@example.net>: 550 5.1.1 no\n".to_owned(),
        ),
        (
            "From: noreply@example.net",
            "Your parcel could not be delivered to:\n\nBob\nMain Street 550\n".to_owned(),
        ),
        (
            "From: noreply@example.net",
            format!("Anna commented on the ticket Undeliverable mail:\n\n{bounce}"),
        ),
        (
            "From: noreply@example.net",
            "This is an automatic message. Version 5.5.0: mail could not be delivered after 550. Contact dev@example.net.".to_owned(),
        ),
        (
            "From: administrator@example.net",
            "I have closed bob@example.net. Your message could not be delivered for that reason: 550 5.1.1".to_owned(),
        ),
        ("From: anna.server@example.net", bounce.to_owned()),
        ("From: system@example.net", format!("Hi,\n\n{bounce}\nThat is what I get.\n\nSam")),
        ("From: noreply@example.net\nList-Id: <a.example.net>", bounce.to_owned()),
        ("From: noreply@example.net\nX-Autoreply: yes", bounce.to_owned()),
        ("From: Sam Lee <system@example.net>", bounce.to_owned()),
        ("From: ann@example.net", bounce.to_owned()),
        ("From: system@example.net\nX-Mailer: Microsoft Outlook 16.0", bounce.to_owned()),
        ("From: postmaster@example.net\nUser-Agent: Mozilla Thunderbird", bounce.to_owned()),
        (
            "From: postmaster@example.net",
            "Hi!\n\nAnna, hello from the mail team.\n\n<bob@example.net>: 550 5.1.1 no\n".to_owned(),
        ),
    ] {
        assert_eq!(
            read(&format!("{header}\nSubject: Undeliverable: VPN"), &body).report,
            None,
            "{header}\n{body}"
        );
    }
    let forwarded = read("From: noreply@example.net\nSubject: Fwd: Undeliverable", bounce);
    assert_eq!((forwarded.report, forwarded.automatic), (None, Automatic::No));
}

#[test]
fn mail_program_in_the_header_of_a_server_makes_no_person_of_it() {
    let verdict = "Your message could not be delivered to:\n\n<bob@example.net>: 550 5.1.1 no such user\n";
    for (from, body) in [
        ("MAILER-DAEMON@example.net\nReturn-Path: <mailer-daemon@example.net>", verdict.to_owned()),
        ("Mail Delivery <mailer-daemon@example.net>\nReturn-Path: <bounces@example.net>", verdict.to_owned()),
        ("postmaster@example.net", format!("{verdict}\n{RETURNED}")),
    ] {
        for program in ["Microsoft Outlook Express 6.00", "Zimbra 8.8 (ZimbraWebClient)"] {
            let header = format!("From: {from}\nX-Mailer: {program}\nSubject: Undeliverable");
            assert_eq!(told(&header, &body), REFUSED, "{header}");
        }
    }
}

#[test]
fn domino_reports_under_the_name_of_anybody() {
    let text = "Your message\n\n  Subject: VPN\n\nwas not delivered to:\n\n  bob@example.net\n\nbecause:\n\n  550 5.1.1 not listed in Domino Directory\n";
    let german = "Ihre Nachricht\n\n  Betreff: VPN\n\nkonnte nicht zugestellt werden an:\n\n  bob@example.net\n\nweil:\n\n  550 5.1.1\n";
    let old = "------- Failure Reasons  --------\n\n550 5.1.1 User not listed\nbob@example.net\n\n------- Returned Message --------\n";
    for (subject, body) in [
        ("DELIVERY FAILURE: User bob not listed", text),
        ("ZUSTELLUNGSFEHLER: Benutzer nicht aufgeführt", german),
        ("DELIVERY FAILURE: User not listed", old),
    ] {
        for program in ["", "\nX-Mailer: Lotus Notes Release 8.5"] {
            let header = format!("From: Ada Kern <ada@example.net>{program}\nSubject: {subject}");
            assert_eq!(told(&header, body), REFUSED, "{header}\n{body}");
        }
    }
    for (subject, program, before) in [
        ("DELIVERY FAILURE: 550", "Lotus Notes Release 8.5", "Hello,\n\nI always get this:\n\n"),
        ("DELIVERY FAILURE: 550", "Microsoft Outlook 16.0", ""),
        ("Delivery failure", "Lotus Notes Release 8.5", ""),
    ] {
        let header = format!("From: Ada Kern <ada@example.net>\nX-Mailer: {program}\nSubject: {subject}");
        assert_eq!(read(&header, &format!("{before}{text}")).report, None, "{header}");
    }
}

#[test]
fn status_in_a_mail_of_another_type_is_read_where_a_program_sent_it() {
    let prose = "Your message could not be delivered to bob@example.net.";
    let declared = "multipart/mixed; report-type=delivery-status";
    let server = "noreply@example.net";
    for (from, kind, text, is_report) in [
        ("Ada Kern <ada@example.net>", declared, prose, true),
        (server, declared, "See there.", true),
        (server, "multipart/mixed", prose, true),
        (server, "multipart/mixed", "", true),
        (server, "multipart/mixed", "Please look at the bounce that we got.", false),
        ("Ada Kern <ada@example.net>", "multipart/mixed", prose, false),
    ] {
        let header =
            format!("From: {from}\nSubject: Mail\nMIME-Version: 1.0\nContent-Type: {kind}; boundary=b");
        let body = format!(
            "--b\nContent-Type: text/plain\n\n{text}\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example.net\n\nFinal-Recipient: rfc822; bob@example.net\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 no\n--b\nContent-Type: message/rfc822\n\n{RETURNED}\n--b--\n"
        );
        assert_eq!(told(&header, &body) == REFUSED, is_report, "{from} {kind} {text}");
    }
}

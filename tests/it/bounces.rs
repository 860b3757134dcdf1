//! What the bounces of many servers say of each recipient, in the layouts of those servers. All texts are made up.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use crate::made_up::{read, told};

const DAEMON: &str = "From: Mail Delivery System <MAILER-DAEMON@mx.example.com>\nReturn-Path: <>\nSubject: Undelivered Mail Returned to Sender";

fn check(cases: &[(&str, &str, &str, &str)]) {
    for (name, header, body, expected) in cases {
        assert_eq!(&told(header, body), expected, "{name}");
    }
}

#[test]
fn each_recipient_of_a_bounce_in_prose_has_its_own_fate() {
    check(&[
        (
            "Postfix",
            DAEMON,
            "This is the mail system at host mx.example.com.\n\nYour message could not be delivered to one or more recipients.\n\nFor further assistance, please send mail to <postmaster@mx.example.com>\n\n<bob@example.net>: host mx.example.net[192.0.2.1] said: 550 5.1.1 no such user\n    (in reply to RCPT TO command)\n\n<eve@example.org>: host mx.example.org[192.0.2.2] said: 452 4.2.2 mailbox full\n    (in reply to RCPT TO command)\n",
            "bob@example.net failed 5.1.1 550 for good\neve@example.org failed 4.2.2 452 for now",
        ),
        (
            "Exim",
            "From: Mail Delivery System <Mailer-Daemon@example.com>\nX-Failed-Recipients: bob@example.net, eve@example.org\nSubject: Mail delivery failed: returning message to sender",
            "A message that you sent could not be delivered to one or more of its\nrecipients. The following address(es) failed:\n\n  bob@example.net\n    host mx.example.net [192.0.2.1]\n    SMTP error from remote mail server after RCPT TO:<bob@example.net>:\n    550 no such user\n  eve@example.org\n    SMTP error from remote mail server after end of data:\n    452 4.3.1 disk full\n",
            "bob@example.net failed - 550 for good\neve@example.org failed 4.3.1 452 for now",
        ),
        (
            "qmail",
            "From: MAILER-DAEMON@mx.example.com\nSubject: failure notice",
            "Hi. This is the qmail-send program at mx.example.com.\nI'm afraid I wasn't able to deliver your message to the following addresses.\n\n<bob@example.net>:\n192.0.2.1 does not like recipient.\nRemote host said: 550 5.1.1 no\nGiving up on 192.0.2.1.\n\n<eve@example.org>:\nSorry, no mailbox here by that name. (#5.1.2)\n\n--- Below this line is a copy of the message.\n\nReturn-Path: <desk@example.com>\nTo: bob@example.net, eve@example.org\n",
            "bob@example.net failed 5.1.1 550 for good\neve@example.org failed 5.1.2 - for good",
        ),
        (
            "sendmail",
            DAEMON,
            "   ----- The following addresses had permanent fatal errors -----\n<bob@example.net>\n    (reason: 550 5.1.1 no such user)\n\n   ----- The following addresses had transient non-fatal errors -----\n<eve@example.org>\n\n   ----- Transcript of session follows -----\n... while talking to mx.example.net.:\n>>> RCPT To:<bob@example.net>\n<<< 550 5.1.1 no such user\n550 5.1.1 <bob@example.net>... User unknown\n<eve@example.org>... Deferred: 451 4.4.1 mx.example.org does not answer\n",
            "bob@example.net failed 5.1.1 550 for good\neve@example.org delayed 4.4.1 451 for now",
        ),
        (
            "sendmail 5, whose sender is refused by one server",
            DAEMON,
            "   ----- Transcript of session follows -----\nWhile talking to mx.example.net:\n>>> MAIL From:<desk@example.com>\n<<< 501 <desk@example.com>... not from you\n554 <bob@example.net>... Remote protocol error\n550 <eve@example.org>... User unknown\n",
            "bob@example.net failed - 501 for good\neve@example.org failed - 550 for good",
        ),
        (
            "Exchange",
            "From: System Administrator <postmaster@example.net>\nReturn-Path: <>\nSubject: Undeliverable: VPN",
            "Your message\n\n  To:      Bob; Eve\n  Subject: VPN\n\ndid not reach the following recipient(s):\n\nbob@example.net on Thu, 26 Nov 2026 10:00:00 +0100\n    The recipient name is not recognized\n    <mx.example.net #5.1.1>\neve@example.net on Thu, 26 Nov 2026 10:00:00 +0100\n    The mailbox is full <mx.example.net #4.2.2>\n",
            "bob@example.net failed 5.1.1 - for good\neve@example.net failed 4.2.2 - for now",
        ),
        (
            "Exchange Online, with names before addresses",
            "From: postmaster@example.net\nReturn-Path: <>\nSubject: Undeliverable: VPN",
            "Delivery has failed to these recipients or groups:\n\nBob Builder (bob@example.net)\nEve Example (eve@example.net)\n\nThe address could not be found.\nRemote Server returned '550 5.1.10 RESOLVER.ADR.RecipientNotFound'\n",
            "bob@example.net failed 5.1.10 550 for good\neve@example.net failed 5.1.10 550 for good",
        ),
        (
            "OpenSMTPD",
            DAEMON,
            "    An error has occurred while attempting to deliver a message for\n    the following list of recipients:\n\nbob@example.net: 550 5.1.1 no such user\neve@example.org: Network error on destination MXs, please try again later\n\n    Below is a copy of the original message:\n",
            "bob@example.net failed 5.1.1 550 for good\neve@example.org failed - - for now",
        ),
        (
            "GMX",
            "From: MAILER-DAEMON@mail.example.com\nSubject: Mail delivery failed: returning message to sender",
            "The following addresses failed:\n\n\"bob@example.net\":\nSMTP error from remote server after RCPT command:\nhost: mx.example.net\n5.1.1 no such user\n\n\"eve@example.net\":\nhost: mx.example.net\n4.2.2 mailbox full\n\n--- The header of the original message is following. ---\n",
            "bob@example.net failed 5.1.1 - for good\neve@example.net failed 4.2.2 - for now",
        ),
        (
            "Gmail, one reason for all",
            "From: Mail Delivery Subsystem <mailer-daemon@example.com>\nSubject: Delivery Status Notification (Failure)",
            "Delivery to the following recipients failed permanently:\n\n     bob@example.net\n     eve@example.net\n\nTechnical details of permanent failure:\nThe error that the other server returned was: 550 5.7.1 blocked\n",
            "bob@example.net failed 5.7.1 550 for good\neve@example.net failed 5.7.1 550 for good",
        ),
        (
            "hMailServer",
            DAEMON,
            "The following recipient(s) could not be reached:\n\nbob@example.net\n   Error Type: SMTP\n   hMailServer sent: RCPT TO:<bob@example.net>\n   Remote server replied: 550 no such user\n\neve@example.net\n   Error Type: SMTP\n   Remote server replied: 450 busy\n",
            "bob@example.net failed - 550 for good\neve@example.net failed - 450 for now",
        ),
        (
            "MDaemon",
            "From: MDaemon@mx.example.com\nReturn-Path: <>\nSubject: Permanent Delivery Failure",
            "The attached message had PERMANENT fatal delivery errors.\n\nFailed address: bob@example.net\n\n--- Session Transcript ---\n Thu 10:00:00: --> RCPT To:<bob@example.net>\n Thu 10:00:00: <-- 550 5.1.1 no such user\n--- End Transcript ---\n",
            "bob@example.net failed 5.1.1 550 for good",
        ),
        (
            "Zoho",
            "From: mailer-daemon@mail.example.com\nSubject: Undelivered Mail Returned to Sender",
            "A message that you sent could not be delivered to one or more of its recipients.\n\nbob@example.net Invalid Address, ERROR_CODE :550, ERROR_CODE :5.1.1 no such user\neve@example.org Error, ERROR_CODE :421, Host not reachable.\n\nReceived:from mail.example.com by mx.example.com\n",
            "bob@example.net failed 5.1.1 550 for good\neve@example.org failed - 421 for now",
        ),
        (
            "IMail",
            "From: \"Postmaster\" <postmaster@mail.example.com>\nSubject: Undeliverable Mail",
            "Unknown user: bob@example.net\nUser mailbox exceeds allowed size: eve@example.net\n\nOriginal message follows.\n\nReceived: from a by b\nFrom: desk@example.com\n",
            "bob@example.net failed - - for good\neve@example.net failed - - for good",
        ),
        (
            "Courier",
            DAEMON,
            "Your message to the following recipients cannot be delivered:\n\n<bob@example.net>:\n    mx.example.net [192.0.2.1]:\n>>> RCPT TO:<bob@example.net>\n<<< 550 5.1.1 no such user\n\n<eve@example.org>:\n    No such domain.\n",
            "bob@example.net failed 5.1.1 550 for good\neve@example.org failed - - for good",
        ),
        (
            "Exim, to a program behind an address",
            DAEMON,
            "The following address(es) failed:\n\n  pipe to |/usr/bin/filter\n    generated by bob@example.net\n    local delivery failed\n  eve@example.org\n    (ultimately generated from all@example.net)\n    Unrouteable address\n",
            "bob@example.net failed - - for good\neve@example.org failed - - for good",
        ),
        (
            "InterScan, which tells one after the other",
            "From: InterScan <interscan@example.net>\nReturn-Path: <>\nSubject: Mail could not be delivered",
            "Unable to deliver message to <bob@example.net>\n\nSent <<< RCPT TO:<bob@example.net>\nReceived >>> 550 5.1.1 no\n\nUnable to deliver message to <eve@example.net>\n\nSent <<< RCPT TO:<eve@example.net>\nReceived >>> 452 4.2.2 full\n",
            "bob@example.net failed 5.1.1 550 for good\neve@example.net failed 4.2.2 452 for now",
        ),
        (
            "SurfControl, under the subject of the mail",
            "From: postmaster@mx.example.net\nReturn-Path: <>\nSubject: VPN",
            "Your message could not be sent.\nAddressed To: bob@example.net\n\nFailed to send to identified host,\nbob@example.net: [192.0.2.5], 550 no such user\n",
            "bob@example.net failed - 550 for good",
        ),
        (
            "Barracuda",
            "From: MAILER-DAEMON@mx.example.net\nSubject: **Message you sent blocked by our bulk email filter**",
            "Your message to: bob@example.net\nwas blocked by our filter. It has NOT BEEN DELIVERED.\n",
            "bob@example.net failed - - for good",
        ),
        (
            "a Chinese provider",
            "From: Postmaster@example.cn\nReturn-Path: <>\nSubject: 系统退信\nContent-Type: text/plain; charset=utf-8",
            "抱歉，您的邮件被退回来了。\n\n收件人：bob@example.cn\n退信原因：550 User not found: bob@example.cn\n",
            "bob@example.cn failed - 550 for good",
        ),
        (
            "Notes in German",
            "From: MAILER-DAEMON@n.example.de\nReturn-Path: <>\nSubject: ZUSTELLUNGSFEHLER: Benutzer nicht gefunden",
            "Ihr Dokument:  VPN\nkonnte nicht zugestellt werden an:  bob@example.net\nGrund:  nicht im Verzeichnis\n",
            "bob@example.net failed - - for good",
        ),
        (
            "Mail.ru, which says everything in two languages",
            "From: mailer-daemon@mail.example.com\nX-Failed-Recipients: bob@example.net\nX-Failed-Recipients: eve@example.net\nSubject: Ваше сообщение не доставлено",
            "К сожалению, Ваше письмо не может быть доставлено:\n\n  bob@example.net\n    host mx.example.net [192.0.2.1]: 550 5.1.1 no\n  eve@example.net\n    host mx.example.net [192.0.2.1]: 452 4.2.2 full\n\n**********************\n\nThe following address(es) failed:\n\n  bob@example.net\n    host mx.example.net [192.0.2.1]: 550 5.1.1 no\n  eve@example.net\n    host mx.example.net [192.0.2.1]: 452 4.2.2 full\n",
            "bob@example.net failed 5.1.1 550 for good\neve@example.net failed 4.2.2 452 for now",
        ),
    ]);
}

#[test]
fn recipient_is_chosen_by_evidence_and_never_who_is_there_to_help() {
    let returned = "\n\n----- Original message -----\n\nReceived: from a by b for <bob@example.net>; now\nFrom: desk@example.com\nTo: Bob <bob@example.net>\nSubject: VPN\n";
    for (help, expected) in [
        ("For further assistance, please contact <postmaster@mx.example.com>.", "bob@example.net"),
        ("For further assistance, please send mail to\n<help@mx.example.com>", "bob@example.net"),
        ("If you have questions: it@example.org", "bob@example.net"),
        ("Bei Fragen wenden Sie sich bitte an hotline@example.org.", "bob@example.net"),
        ("Pour toute question, écrivez à <aide@example.org>.", "bob@example.net"),
        ("Póngase en contacto con ayuda@example.org.", "bob@example.net"),
        ("Per assistenza scriva a <posta@example.org>.", "bob@example.net"),
        ("Em caso de dúvida, contate correio@example.org.", "bob@example.net"),
        ("Neem contact op met <post@example.org>.", "bob@example.net"),
        ("Обратитесь к администратору: <mail@example.org>.", "bob@example.net"),
        ("<mail@example.org>へご連絡ください。", "bob@example.net"),
        ("请联系 <mail@example.org>。", "bob@example.net"),
        ("Ask the directory, e.g., bob.smith@example.org.", "bob@example.net"),
        ("Ask the directory, e.g. bob.smith@example.org or eve@example.org.", "bob@example.net"),
        ("Write the whole of it, e.g.\n  bob.smith@example.org", "bob@example.net"),
        ("Die Adresse lautet z. B. bob.smith@example.org.", "bob@example.net"),
        ("Addresses here are short (ex: bob@example.org).", "bob@example.net"),
        ("Type `finger NAME@directory.example.org`.", "bob@example.net"),
        ("Try USERNAME@example.org instead.", "bob@example.net"),
        ("This server takes no mail from <uma@example.org>.", "bob@example.net"),
        ("Dieser Server nimmt keine Nachrichten von <uma@example.org> an.", "bob@example.net"),
        (
            "Your message to eve@example.org and others was refused. We relayed it for desk@example.com.",
            "eve@example.org",
        ),
    ] {
        let body = format!("The message could not be delivered: 550 5.1.1 refused.\n\n{help}{returned}");
        let report = read(DAEMON, &body).report.unwrap();
        assert_eq!(report.recipients[0].address.as_deref(), Some(expected), "{help}");
        let nowhere = read(DAEMON, &format!("The message could not be delivered.\n\n{help}")).report.unwrap();
        let address = nowhere.recipients[0].address.clone();
        assert_eq!(address, Some(expected.to_owned()).filter(|_| expected.starts_with("eve")), "{help}");
    }
}

/// A report in parts: what stands in prose, and the fields of its status.
fn report(prose: &str, fields: &str) -> String {
    let header = "From: MAILER-DAEMON@mx.example.com\nReturn-Path: <>\nSubject: Report\nMIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; boundary=b";
    told(
        header,
        &format!(
            "--b\nContent-Type: text/plain\n\n{prose}\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example.com\n\n{fields}\n--b--\n"
        ),
    )
}

#[test]
fn each_group_of_a_delivery_status_is_judged_by_itself() {
    for (prose, fields, expected) in [
        (
            "",
            "Final-Recipient: rfc822; bob@example.net\nAction: delivered\nStatus: 2.0.0\nDiagnostic-Code: smtp; 250 2.0.0 ok\n\nFinal-Recipient: rfc822; eve@example.net\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 no\n\nFinal-Recipient: rfc822; joe@example.net\nAction: relayed\nStatus: 2.1.9\n\nFinal-Recipient: rfc822; pat@example.net\nAction: delayed\nStatus: 4.4.1\n",
            "bob@example.net delivered 2.0.0 250 for now\neve@example.net failed 5.1.1 550 for good\njoe@example.net relayed 2.1.9 - for now\npat@example.net delayed 4.4.1 - for now",
        ),
        (
            "",
            "Final-Recipient: rfc822; bob@example.net\nAction: delayed\nStatus: 5.4.7\n",
            "bob@example.net delayed 5.4.7 - for now",
        ),
        (
            "",
            "Final-Recipient: rfc822; bob@example.net\nAction: failed\nStatus:\nDiagnostic-Code: smtp; 552 5.2.2 full\n",
            "bob@example.net failed 5.2.2 552 for good",
        ),
        (
            "",
            "Final-Recipient: rfc822; bob@example.net\nAction: failed\nStatus: \n",
            "bob@example.net failed - - for good",
        ),
        (
            "",
            "Final-Recipient: rfc822; bob@example.net\nAction: failed\nDiagnostic-Code: X-Unix; greylisted, please try again later\n",
            "bob@example.net failed - - for now",
        ),
        (
            "<bob@example.net>: 550 no such user\n<eve@example.net>: 452 full",
            "Final-Recipient: rfc822; bob@example.net\nAction: failed\nStatus: 5.0.0\n\nFinal-Recipient: rfc822; eve@example.net\nAction: failed\nStatus: 5.0.0\n",
            "bob@example.net failed 5.0.0 550 for good\neve@example.net failed 5.0.0 - for good",
        ),
        (
            "",
            "Original-Recipient: rfc822; bob@example.net\nFinal-Recipient: X-local; |/usr/bin/filter bob\nAction: failed\nStatus: 5.3.0\n",
            "bob@example.net failed 5.3.0 - for good",
        ),
        (
            "",
            "Final-Recipient: utf-8; \\x{fc}ma@example.net\nAction: failed\nStatus: 5.1.1\n",
            "üma@example.net failed 5.1.1 - for good",
        ),
        (
            "",
            "Final-Recipient: UTF-8; Dörte@Sörensen.example\nAction: failed\nStatus: 5.1.1\n",
            "Dörte@Sörensen.example failed 5.1.1 - for good",
        ),
        (
            "Could not deliver to <bob@example.net>: 550 5.1.1 no",
            "Arrival-Date: Thu, 26 Nov 2026 10:00:00 +0100\n",
            "bob@example.net failed 5.1.1 550 for good",
        ),
        // words and codes that are not those of RFC 3464
        (
            "",
            "Final-Recipient: rfc822; bob@example.net\nAction: failure\nStatus: 553 no such mailbox\n",
            "bob@example.net failed - 553 for good",
        ),
        (
            "",
            "Final-Recipient: rfc822; bob@example.net\nAction: deferred\nStatus: 4.4.1\n",
            "bob@example.net delayed 4.4.1 - for now",
        ),
    ] {
        assert_eq!(report(prose, fields), expected, "{prose}\n{fields}");
    }
}

#[test]
fn what_a_delivery_status_says_once_for_all_is_said_of_each_recipient_and_of_nobody_else() {
    let header = "From: MAILER-DAEMON@mx.example.com\nReturn-Path: <>\nSubject: Report\nMIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; boundary=b";
    for (fields, expected) in [
        (
            "Reporting-MTA: dns; mx.example.com\nAction: failed\nStatus: 5.1.1\n\nFinal-Recipient: rfc822; bob@example.net\n\nOriginal-Recipient: rfc822; eve@example.net\n",
            "bob@example.net failed 5.1.1 - for good\neve@example.net failed 5.1.1 - for good",
        ),
        (
            "Reporting-MTA: dns; mx.example.com\nAction: failed\n\nFinal-Recipient: rfc822; bob@example.net\nAction: delayed\nStatus: 4.4.1\n",
            "bob@example.net delayed 4.4.1 - for now",
        ),
        // all in one group
        (
            "Reporting-MTA: dns; mx.example.com\nFinal-Recipient: rfc822; bob@example.net\nAction: failed\nStatus: 5.1.1\n",
            "bob@example.net failed 5.1.1 - for good",
        ),
    ] {
        let body = format!("--b\nContent-Type: message/delivery-status\n\n{fields}\n--b--\n");
        assert_eq!(told(header, &body), expected, "{fields}");
    }
}

#[test]
fn a_warning_that_there_is_nobody_of_the_name_is_a_failure_and_mail_that_was_returned_has_failed() {
    let body = "There is no such user here.\n\nRecipient: bob@example.net\n";
    let header =
        |subject: &str| format!("From: MAILER-DAEMON@mx.example.com\nReturn-Path: <>\nSubject: {subject}");
    assert_eq!(told(&header("Warning: user unknown!"), body), "bob@example.net failed - - for good");
    for body in [
        "Intended recipient: bob@example.net\n\nYour mail has been returned because of an error.\n",
        "The address bob@example.net did not exactly match a name here.\n",
    ] {
        let told = told(&header("Mail could not be handed over"), body);
        assert!(told.starts_with("bob@example.net failed"), "{told}\n{body}");
    }
}

#[test]
fn encoded_status_and_text_are_read_like_others() {
    let fields =
        "RmluYWwtUmVjaXBpZW50OiByZmM4MjI7IGJvYkBleGFtcGxlLm5ldApBY3Rpb246IGZhaWxlZApTdGF0dXM6IDUuMS4xCg==";
    let header = "From: MAILER-DAEMON@mx.example.com\nSubject: Report\nMIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; boundary=b";
    let body = format!(
        "--b\nContent-Type: message/delivery-status\nContent-Transfer-Encoding: base64\n\n{fields}\n--b--\n"
    );
    assert_eq!(told(header, &body), "bob@example.net failed 5.1.1 - for good");
    let text = format!(
        "{DAEMON}\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64"
    );
    let body = "PGJvYkBleGFtcGxlLm5ldD46IDU1MCA1LjEuMSBubwo=";
    assert_eq!(told(&text, body), "bob@example.net failed 5.1.1 550 for good");
    let html = format!("{DAEMON}\nMIME-Version: 1.0\nContent-Type: text/html");
    let body = "<p>Delivery has failed to these recipients:</p><p><a href=\"mailto:bob@example.net\">Bob (bob@example.net)</a></p><p>Remote server returned '550 5.1.1 no'</p>";
    assert_eq!(told(&html, body), "bob@example.net failed 5.1.1 550 for good");
    let written_out = "These recipients failed:\nbob@example.net\neve@example.net\n\nAction: failed\nStatus: 5.1.1\nFinal-Recipient: rfc822; bob@example.net\nDiagnostic-Code: smtp; 550 no\n\nAction: delayed\nStatus: 4.2.2\nFinal-Recipient: rfc822; eve@example.net\nDiagnostic-Code: smtp; 452 full\n";
    assert_eq!(
        told(DAEMON, written_out),
        "bob@example.net failed 5.1.1 550 for good\neve@example.net delayed 4.2.2 452 for now"
    );
    let passed_on = "We could not deliver your message. Contact <help@example.com>.\n\nFrom MAILER-DAEMON Thu Nov 26 10:00:00 2026\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example.net\n\nFinal-Recipient: rfc822; bob@example.net\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 no\n";
    assert_eq!(told(DAEMON, passed_on), "bob@example.net failed 5.1.1 550 for good");
}

#[test]
fn words_about_what_passes_are_no_refusal_for_good() {
    for (words, is_for_good) in [
        ("No such user here", true),
        ("The mailbox is full", false),
        ("Das Postfach ist voll", false),
        ("La boîte aux lettres est pleine", false),
        ("Почтовый ящик переполнен", false),
        ("Connection timed out", false),
        ("Host or domain name not found, try again", false),
        ("You have been greylisted", false),
        ("Too many connections from your host", false),
        ("We will keep trying for 4 days", false),
        ("Mailbox full (552 5.2.2)", true),
        ("550 too many connections", true),
        ("Mailbox full. This is a permanent error.", true),
        ("It could not be delivered, for the mailbox is full", true),
        ("It could not be delivered at this time, please try again later", false),
    ] {
        let body = format!("<bob@example.net>: {words}");
        let header = DAEMON.replace("Undelivered Mail Returned to Sender", "Report");
        let report = read(&header, &body).report.unwrap();
        assert_eq!(report.recipients[0].permanent, is_for_good, "{words}");
    }
}

#[test]
fn whoever_only_warns_has_not_failed() {
    for (subject, body, expected) in [
        (
            "Warning: message 1 delayed 24 hours",
            "The address to which the message has not yet been delivered is:\n\n  bob@example.net\n    Delay reason: 450 busy\n",
            "bob@example.net delayed - 450 for now",
        ),
        (
            "Zustellung verzögert",
            "<bob@example.net>: noch nicht zugestellt",
            "bob@example.net delayed - - for now",
        ),
        ("Retard de remise", "<bob@example.net>: pas encore", "bob@example.net delayed - - for now"),
        (
            "Доставка задерживается",
            "<bob@example.net>: 451 4.7.1 later",
            "bob@example.net delayed 4.7.1 451 for now",
        ),
        (
            "Successful Mail Delivery Report",
            "Your message was successfully delivered to the destinations listed below.\n\n<bob@example.net>: delivery via mx.example.net: 250 ok",
            "bob@example.net delivered - - for now",
        ),
        (
            "Onbestelbaar: vertraagde levering",
            "<bob@example.net>: onbekend",
            "bob@example.net failed - - for good",
        ),
        (
            "Mail failure",
            "It could not be successfully delivered:\n\n<bob@example.net>: unknown",
            "bob@example.net failed - - for good",
        ),
        (
            "Mail failure",
            "The mail has been delayed and then refused.\n\n<bob@example.net>: 550 unknown",
            "bob@example.net failed - 550 for good",
        ),
        ("Undeliverable: Warning", "<bob@example.net>: 550 no", "bob@example.net failed - 550 for good"),
    ] {
        let header = format!("From: MAILER-DAEMON@mx.example.com\nReturn-Path: <>\nSubject: {subject}");
        assert_eq!(told(&header, body), expected, "{subject}");
    }
}

#[test]
fn hostile_bounces_are_read_in_bounds() {
    let lines: String = (0..5_000).map(|n| format!("<u{n}@example.net>: 550 no\n")).collect();
    let recipients = read(DAEMON, &lines).report.unwrap().recipients;
    assert_eq!(recipients.len(), 1_000);
    let bare: String = (0..5_000).map(|n| format!("u{n}@example.net\n")).collect();
    assert_eq!(read(DAEMON, &format!("failed:\n{bare}")).report.unwrap().recipients.len(), 1_000);
    let same = "<bob@example.net>: 550 no\n".repeat(10_000);
    assert_eq!(read(DAEMON, &same).report.unwrap().recipients.len(), 1);
    for body in [
        format!("<bob@example.net>: {} 550 no", "x ".repeat(100_000)),
        format!("could not be delivered: {}", "a@b ".repeat(50_000)),
        format!("could not be delivered: {}", "@".repeat(200_000)),
        format!("could not be delivered: {}", "<".repeat(200_000)),
        format!("could not be delivered: {}", "a@b.example,".repeat(10_000)),
        format!("could not be delivered\n{}", ">>> RCPT TO:\n".repeat(10_000)),
    ] {
        assert!(read(DAEMON, &body).report.is_some());
    }
    let listed = format!("{DAEMON}\nX-Failed-Recipients: {}", "a@b.example,".repeat(10_000));
    assert_eq!(read(&listed, "could not be delivered").report.unwrap().recipients.len(), 1);
}

//! Who is a person and who is a mail server; what a report says, and about which mail. All texts are made up.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use crate::made_up::read;
use postroom::message::Report;

const REFUSAL: &str =
    "<bob@example.net>: host mx.example.net said: 550 5.1.1 no such user (in reply to RCPT TO command)";

#[test]
fn g3_people_and_ordinary_mail_are_never_bounces() {
    let quoted = format!("What does this mean?\n\n> Your message could not be delivered.\n> {REFUSAL}\n");
    let plain = format!(
        "Our users get this when they write to you:\n\n{REFUSAL}\n\nIt could not be delivered. Can you help?\n"
    );
    for (header, body) in [
        ("From: uma@example.com\nSubject: Undelivered mail", quoted.as_str()),
        ("From: uma@example.com\nReturn-Path: <uma@example.com>\nSubject: Delivery failed", &plain),
        (
            "From: postmaster@example.com\nReturn-Path: <postmaster@example.com>\nSubject: Mail to you fails",
            &plain,
        ),
        (
            "From: Pia Post <postmaster@example.com>\nUser-Agent: Mozilla Thunderbird\nSubject: undeliverable mail",
            &plain,
        ),
        ("From: postmaster@example.com\nSubject: Re: Undelivered mail\nIn-Reply-To: <1@example.org>", &plain),
        ("From: uma@example.com\nSubject: Fwd: Undelivered Mail Returned to Sender", &plain),
        (
            "From: shop@example.com\nReturn-Path: <>\nSubject: Delivery failed",
            "Ticket 550 has been created for your parcel.",
        ),
        ("From: uma@example.com\nReturn-Path: <>\nX-Autoreply: yes\nSubject: Delivery problems", &plain),
        (
            "From: uma@example.com\nReturn-Path: <>\nAuto-Submitted: auto-replied\nSubject: Away",
            "I am away until the 5th. Call 550 for help.",
        ),
        (
            "From: System Administrator <root@example.com>\nSubject: Backup failed",
            "Job 550 ended with 553 errors.",
        ),
        ("From: bob@example.com\nSubject: returned mail", "550 5.1.1 is what I see. What now?"),
    ] {
        let message = read(header, body);
        assert_eq!(message.report, None, "{header}\n{body}");
    }
}

#[test]
fn g3_attached_bounce_is_no_bounce() {
    let body = format!(
        "--b\nContent-Type: text/plain\n\nLook at this.\n--b\nContent-Type: message/rfc822\n\nFrom: MAILER-DAEMON@example.com\nSubject: Undelivered\n\n{REFUSAL}\n--b--\n"
    );
    let header = "From: uma@example.com\nSubject: Undelivered\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b";
    assert_eq!(read(header, &body).report, None);
}

fn bounce(header: &str, body: &str) -> Report {
    read(header, body).report.unwrap_or_else(|| panic!("no bounce: {header}\n{body}"))
}

#[test]
fn g3_bounces_in_prose_say_whom_why_and_whether_for_good() {
    let daemon = "From: MAILER-DAEMON@example.com\nReturn-Path: <>\nSubject: Undelivered Mail";
    for (header, body, address, code, permanent) in [
        (
            daemon,
            format!("For help write to <help@example.com>\n\n{REFUSAL}"),
            "bob@example.net",
            Some("550"),
            true,
        ),
        (
            daemon,
            "<bob@example.net>: 452 4.2.2 mailbox is full".to_owned(),
            "bob@example.net",
            Some("452"),
            false,
        ),
        (daemon, "Could not deliver to bob@example.net".to_owned(), "bob@example.net", None, true),
        (
            "From: post_master@example.net\nSubject: Re: VPN",
            "Error:\n550 - no such user\n  MAIL FROM: desk@example.com\n  RCPT TO: bob@example.net"
                .to_owned(),
            "bob@example.net",
            Some("550"),
            true,
        ),
        (
            "From: postmaster@example.net\nAuto-Submitted: auto-replied\nReturn-Path: <postmaster@example.net>\nSubject: Mail failure",
            REFUSAL.to_owned(),
            "bob@example.net",
            Some("550"),
            true,
        ),
    ] {
        let report = bounce(header, &body);
        let one = &report.recipients[0];
        assert_eq!(
            (one.address.as_deref(), one.smtp_code.as_deref(), one.permanent),
            (Some(address), code, permanent),
            "{body}"
        );
    }
}

fn status(fields: &str) -> Report {
    let body = format!(
        "--b\nContent-Type: text/plain\n\nDelivery to the following recipient failed: bob@example.net\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example.com\n\n{fields}\n--b\nContent-Type: text/rfc822-headers\n\nMessage-ID: <7f3a.1.postroom@example.com>\nSubject: Call 5837 has been\n updated\n--b--\n"
    );
    bounce(
        "From: MAILER-DAEMON@example.com\nSubject: Undelivered\nMIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; boundary=b",
        &body,
    )
}

#[test]
fn g3_status_of_a_delivery_report_is_what_the_last_server_said() {
    for (fields, code, status_code, permanent) in [
        (
            "Final-Recipient: rfc822; bob@example.net\nAction: failed\nStatus: 4.5.0\nDiagnostic-Code: smtp; 550 5.5.0 refused",
            Some("550"),
            Some("5.5.0"),
            true,
        ),
        (
            "Final-Recipient: rfc822; bob@example.net\nAction: failed\nStatus: 5.4.7\nDiagnostic-Code: smtp; 421 4.4.2 try later",
            None,
            Some("5.4.7"),
            true,
        ),
        (
            "Final-Recipient: rfc822; bob@example.net\nAction: relayed\nStatus: 2.1.5\nDiagnostic-Code: smtp; 250 2.1.5 ok",
            Some("250"),
            Some("2.1.5"),
            false,
        ),
        ("Final-Recipient: rfc822; bob@example.net\nAction: expired", None, None, true),
        ("", None, None, true),
    ] {
        let report = status(fields);
        let one = &report.recipients[0];
        assert_eq!(one.address.as_deref(), Some("bob@example.net"), "{fields}");
        assert_eq!(
            (one.smtp_code.as_deref(), one.status.as_deref(), one.permanent),
            (code, status_code, permanent),
            "{fields}"
        );
    }
}

#[test]
fn every_report_names_the_mail_that_it_is_about() {
    let own = "7f3a.1.postroom@example.com";
    let original = status("Final-Recipient: rfc822; bob@example.net\nAction: failed").original.unwrap();
    assert_eq!(original.message_id.as_deref(), Some(own));
    assert_eq!(original.subject.as_deref(), Some("Call 5837 has been updated"));
    let header = "From: MAILER-DAEMON@example.com\nReturn-Path: <>\nSubject: failure notice";
    for body in [
        format!(
            "{REFUSAL}\n\n--- Below this line is a copy of the message.\n\nReturn-Path: <desk@example.com>\nMessage-ID: <{own}>\nSubject: Call 5837\n\nhello"
        ),
        format!(
            "{REFUSAL}\n\n--- The header of the original message is following. ---\n\nReceived: from a by b (via\nHTTP); Thu\nMessage-ID: <{own}>\n\nhello"
        ),
        format!(
            "{REFUSAL}\n\n------ This is a copy of the message, including all the headers. ------\n\nReceived: from a by b\n\tfor c\nMessage-ID: <{own}>\n\nhello"
        ),
    ] {
        assert_eq!(bounce(header, &body).original.unwrap().message_id.as_deref(), Some(own), "{body}");
    }
    let parts = format!("{header}\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b");
    for (kind, folds) in [
        ("message/rfc822", "\nfor c"),
        ("text/plain; name=header.txt", "\n\tfor c"),
        ("text/rfc822-headers", ""),
    ] {
        let body = format!(
            "--b\nContent-Type: text/plain\n\n{REFUSAL}\n--b\nContent-Type: {kind}\n\nReceived: from a by b{folds}\nMessage-ID: <{own}>\n\nhello\n--b--\n"
        );
        assert_eq!(bounce(&parts, &body).original.unwrap().message_id.as_deref(), Some(own), "{kind}");
    }
    let answering = format!("{header}\nIn-Reply-To: <{own}>");
    assert_eq!(bounce(&answering, REFUSAL).original.unwrap().message_id.as_deref(), Some(own));
    assert_eq!(bounce(header, REFUSAL).original, None);
}

#[test]
fn receipts_and_complaints_are_reports_of_their_kind() {
    let part = |kind: &str, fields: &str| {
        format!(
            "--b\nContent-Type: text/plain\n\nA report.\n--b\nContent-Type: message/{kind}\n\n{fields}\n--b\nContent-Type: message/rfc822\n\nMessage-ID: <2@example.com>\nSubject: VPN\n\nhello\n--b--\n"
        )
    };
    let header = |kind: &str| {
        format!(
            "From: uma@example.com\nSubject: a report\nMIME-Version: 1.0\nContent-Type: multipart/report; report-type={kind}; boundary=b"
        )
    };
    let receipt = bounce(
        &header("disposition-notification"),
        &part(
            "disposition-notification",
            "Final-Recipient: rfc822; uma@example.com\nOriginal-Message-ID: <2@example.com>\nDisposition: manual-action/MDN-sent-manually; displayed",
        ),
    );
    assert_eq!(
        (receipt.kind.as_str(), receipt.recipients[0].action.as_deref()),
        ("disposition-notification", Some("displayed"))
    );
    assert_eq!(receipt.original.unwrap().message_id.as_deref(), Some("2@example.com"));
    let complaint = bounce(
        &header("feedback-report"),
        &part("feedback-report", "Feedback-Type: abuse\nVersion: 1\nOriginal-Rcpt-To: <uma@example.com>"),
    );
    assert_eq!(
        (complaint.kind.as_str(), complaint.recipients[0].action.as_deref()),
        ("feedback-report", Some("abuse"))
    );
    assert_eq!(complaint.original.unwrap().subject.as_deref(), Some("VPN"));
}

#[test]
fn notifications_of_amazon_ses_are_reports() {
    let header = "From: no-reply@sns.amazonaws.com\nSubject: Notification\nx-amz-sns-message-id: 1";
    let mail = r#""mail":{"headers":[{"name":"Message-ID","value":"<2@example.com>"}],"commonHeaders":{"subject":"VPN"}}"#;
    let bounced = format!(
        r#"{{"notificationType":"Bounce","bounce":{{"bounceType":"Permanent","bouncedRecipients":[{{"emailAddress":"bob@example.net","action":"failed","status":"5.1.1","diagnosticCode":"smtp; 550 5.1.1 unknown"}}]}},{mail}}}
--
unsubscribe"#
    );
    let report = bounce(header, &bounced);
    let one = &report.recipients[0];
    assert_eq!((one.smtp_code.as_deref(), one.permanent), (Some("550"), true));
    assert_eq!(report.original.unwrap().message_id.as_deref(), Some("2@example.com"));
    let complaint = format!(
        r#"{{"notificationType":"Complaint","complaint":{{"complainedRecipients":[{{"emailAddress":"bob@example.net"}}]}},{mail}}}"#
    );
    assert_eq!(bounce(header, &complaint).kind, "feedback-report");
    let published = bounced.replace("notificationType", "eventType");
    assert_eq!(bounce(header, &published).recipients[0].smtp_code.as_deref(), Some("550"));
    let inner = published.split_once("\n--").unwrap().0.replace('"', "\\\"");
    let enveloped = format!(r#"{{"Type":"Notification","Message":"{inner}"}}"#);
    assert_eq!(bounce(header, &enveloped).recipients[0].address.as_deref(), Some("bob@example.net"));
    let delivered = format!(
        r#"{{"notificationType":"Delivery","delivery":{{"recipients":["bob@example.net"],"smtpResponse":"250 2.0.0 ok"}},{mail}}}"#
    );
    let report = bounce(header, &delivered);
    assert_eq!(
        (report.recipients[0].smtp_code.as_deref(), report.recipients[0].permanent),
        (Some("250"), false)
    );
    assert_eq!(read("From: uma@example.com\nSubject: json", &delivered).report, None);
}

//! Bounces in other words than most, and mail that repeats the words of bounces. All texts are made up.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use crate::made_up::{read, told};
use postroom::vocab::Automatic;

const DAEMON: &str = "From: Mail Delivery System <MAILER-DAEMON@mx.example.com>\nReturn-Path: <>\nSubject: Mail delivery failed";
const PROGRAM: &str = "From: sysadmin@gate.example.com\nReturn-Path: <>";
const BOUNCE: &str = "Your message could not be delivered to one or more recipients.\n\n<bob@example.net>: host mx.example.net said: 550 5.1.1\n    User unknown (in reply to RCPT TO command)\n";

#[test]
fn every_recipient_of_a_list_is_named_however_the_list_is_drawn() {
    let both = "bob@example.net failed 5.1.1 550 for good\neve@example.net failed 4.2.2 452 for now";
    for (name, list) in [
        ("numbers", "1) bob@example.net: 550 5.1.1 no\n2) eve@example.net: 452 4.2.2 full\n"),
        ("numbers in brackets", "(1) bob@example.net: 550 5.1.1 no\n[2] eve@example.net: 452 4.2.2 full\n"),
        (
            "names",
            "\"Bob Builder\" <bob@example.net>\n   550 5.1.1 no\n\"Eve\" <eve@example.net>\n   452 4.2.2 full\n",
        ),
        ("users", "User bob@example.net: 550 5.1.1 no\nUser eve@example.net: 452 4.2.2 full\n"),
    ] {
        let text = format!("The following recipients failed:\n\n{list}");
        assert_eq!(told(DAEMON, &text), both, "{name}");
    }
}

#[test]
fn a_failure_is_told_from_a_success_and_from_a_delay() {
    for (name, text, expected) in [
        (
            "unsuccessful attempts",
            "After one or more unsuccessful delivery attempts it was given up.\n\n<bob@example.net>: 550 5.1.1 no\n",
            "bob@example.net failed 5.1.1 550 for good",
        ),
        (
            "not for all",
            "It was successfully delivered to 3 recipients. It failed for:\n\nbob@example.net: 550 5.1.1 no\n",
            "bob@example.net failed 5.1.1 550 for good",
        ),
        (
            "a full mailbox, and nothing is tried again",
            "<bob@example.net>:\nMailbox full\n",
            "bob@example.net failed - - for good",
        ),
        (
            "the sender is to try again with another address",
            "<bob@example.net>: User unknown. Check the address and please try again.\n",
            "bob@example.net failed - - for good",
        ),
        (
            "a code before a semicolon",
            "<bob@example.net>: 550 User unknown; rejecting\n",
            "bob@example.net failed - 550 for good",
        ),
        (
            "frozen",
            "Message 1kF8 has been frozen.\nThe following addresses have yet to be delivered:\n\n  bob@example.net: host mx.example.net does not answer\n",
            "bob@example.net delayed - - for now",
        ),
    ] {
        assert_eq!(told(DAEMON, text), expected, "{name}");
    }
}

#[test]
fn program_that_says_it_in_the_subject_names_the_reason_below() {
    let header = format!("{PROGRAM}\nSubject: Undeliverable message");
    let text = "Error: No valid recipients for this message\n\nRCPT TO: bob@example.net\n";
    assert_eq!(told(&header, text), "bob@example.net failed - - for good");
    let of_wrote = "The message that you wrote on Monday could not be delivered to:\n\nbob@example.net\n";
    assert_eq!(told(&header, of_wrote), "bob@example.net failed - - for good");
    let vacation =
        "From: Bob Builder <bob@example.net>\nReturn-Path: <>\nSubject: Undeliverable? Bob has left";
    assert_eq!(read(vacation, "Bob is gone.\n\nbob@example.net\n\nUser unknown from April on.").report, None);
}

#[test]
fn complaint_that_microsoft_passes_on_names_who_complains() {
    let header = "From: staff@mail.example.com\nSubject: complaint about message from 192.0.2.7\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b";
    let complaint = "--b\nContent-Type: message/rfc822\n\nX-HmXmrOriginalRecipient: <bob@example.net>\nFrom: desk@example.org\nMessage-ID: <1@example.org>\nSubject: VPN\n\nHello\n--b--\n";
    let report = read(header, complaint).report.unwrap();
    assert_eq!(report.kind, "feedback-report");
    assert_eq!(report.recipients.first().unwrap().address.as_deref(), Some("bob@example.net"));
    assert_eq!(report.original.unwrap().message_id.as_deref(), Some("1@example.org"));
    let passed_on = format!("--b\nContent-Type: text/plain\n\nWhat is this?\n{complaint}");
    assert_eq!(read(header, &passed_on).report, None);
    let by_hand = format!("{header}\nUser-Agent: Mozilla Thunderbird");
    assert_eq!(read(&by_hand, complaint).report, None);
}

#[test]
fn mail_that_repeats_a_bounce_is_none() {
    let quoted: String = BOUNCE.lines().map(|line| format!("> {line}\n")).collect();
    let desk = "From: Helpdesk <help@example.net>\nReturn-Path: <>\nAuto-Submitted: auto-replied\nSubject: [55] Undelivered mail";
    let postmaster = "From: Postmaster <postmaster@example.net>\nReturn-Path: <postmaster@example.net>\nSubject: Your bounces";
    for (name, header, body) in [
        ("acknowledged", desk, format!("Thank you for your request, it is number 55.\n\n{BOUNCE}")),
        ("acknowledged and quoted", desk, format!("We will answer soon.\n\nThe text:\n{quoted}")),
        ("a ticket", desk, format!("Anna created MAIL-5:\n\n{BOUNCE}")),
        ("a comment", desk, format!("Anna commented:\n\nA bounce looks so:\n\n{BOUNCE}")),
        (
            "shown by a postmaster",
            postmaster,
            format!("Hi Anna,\n\n{BOUNCE}\nThe account was closed.\n\nPaul"),
        ),
        (
            "a daemon of flesh and blood",
            "From: Matt Daemon <mdaemon@example.net>\nReturn-Path: <mdaemon@example.net>\nUser-Agent: Mozilla Thunderbird\nSubject: Bob",
            format!("Hi,\n\n{BOUNCE}\nthat is what I get.\n\nMatt"),
        ),
    ] {
        assert_eq!(read(header, &body).report, None, "{name}");
    }
}

#[test]
fn list_server_that_refuses_nobody_reports_nothing() {
    let list = "From: list-request@lists.example.net\nX-Mailman-Version: 2.1\nList-Id: <list.lists.example.net>\nPrecedence: bulk";
    for (subject, body) in [
        ("Welcome", "Welcome to the list!\n\nNote: if you are no subscriber you are not allowed to post."),
        (
            "A post requires approval",
            "Your authorization is requested:\n\n    Reason: You are not allowed to post",
        ),
        ("confirm 12", "Mailing list subscription confirmation notice. Only members of the list can read."),
    ] {
        let message = read(&format!("{list}\nSubject: {subject}"), body);
        assert_eq!((message.report, message.automatic), (None, Automatic::List), "{subject}");
    }
    let refused = read(&format!("{list}\nSubject: Your post"), "You are not allowed to post to this list.");
    assert!(refused.report.is_some());
}

#[test]
fn fields_of_programs_are_signs_of_a_program() {
    for (field, expected) in [
        ("X-Ricevuta: accettazione", Automatic::AutoGenerated),
        ("X-Cron-Env: <SHELL=/bin/sh>", Automatic::AutoGenerated),
        ("Mailing-List: contact list-help@lists.example.net; run by ezmlm", Automatic::List),
    ] {
        let message = read(&format!("From: a@example.net\nSubject: VPN\n{field}"), "Hello");
        assert_eq!(message.automatic, expected, "{field}");
        assert!(message.no_reply_allowed && !message.automatic_signs.is_empty(), "{field}");
    }
}

//! Servers that leave no return path, and people and telephones whose mail looks like theirs; lists of recipients. All texts
//! are made up.

use crate::made_up::{read, told};
use postroom::vocab::Automatic;

const DAEMON: &str = "From: Mail Delivery System <MAILER-DAEMON@mx.example.com>\nReturn-Path: <>\nSubject: Undelivered Mail Returned to Sender";

#[test]
fn servers_that_leave_no_return_path_are_known_by_what_no_person_is_called() {
    const EXCHANGE: &str =
        "From: Microsoft Outlook <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@example.net>";
    for (from, subject, body) in [
        (
            EXCHANGE,
            "Undeliverable: VPN",
            "Delivery has failed to these recipients or groups:\n\nbob@example.org\nRemote Server returned '550 5.1.1 not found'\n",
        ),
        (
            EXCHANGE,
            "Unzustellbar: VPN",
            "Fehler bei der Nachrichtenzustellung an folgende Empfänger oder Verteilerlisten:\n\nbob@example.org\n#550 5.1.1 RESOLVER.ADR.RecipNotFound\n",
        ),
        (
            EXCHANGE,
            "Non remis : VPN",
            "Échec de la remise à ces destinataires ou groupes :\n\nbob@example.org\nRemote Server returned '550 5.1.1 RESOLVER'\n",
        ),
        (
            EXCHANGE,
            "配信不能: VPN",
            "次の受信者またはグループへの配信に失敗しました:\n\nbob@example.org\n#550 5.1.1 RESOLVER\n",
        ),
        (
            "From: Microsoft Outlook <postmaster@outlook.example>",
            "Undeliverable: VPN",
            "Your message to bob@example.org couldn't be delivered.\n\nReported error:\t550 5.1.1 not found\n",
        ),
        (
            "From: Postmaster@163.example",
            "系统退信",
            "抱歉，您的邮件被退回来了。\n\n收件人：bob@example.org\n退信原因：550 5.1.1 User not found\n",
        ),
        (
            "From: \"QQ邮箱管理员\" <10000@qq.example>",
            "系统退信",
            "您的邮件被退回。\n\n收件人＜bob@example.org＞不存在。550 5.1.1\n",
        ),
    ] {
        let header = format!("{from}\nSubject: {subject}");
        assert_eq!(told(&header, body), "bob@example.org failed 5.1.1 550 for good", "{body}");
    }
    for (from, body) in [
        (
            "From: Mail Router <mailrouter@example.net>",
            "Ihr Dokument:\n\n  VPN\n\nkonnte nicht zugestellt werden an:\n\n  bob@example.org\n\nwegen:\n\n  Benutzer bob (bob@example.org) nicht im Domino-Verzeichnis\n",
        ),
        (
            "From: postmaster@example.net",
            "Your message\n\n  Subject: VPN\n\nwas not delivered to:\n\n  bob@example.org\n\nbecause:\n\n  User bob not listed in Domino Directory\n",
        ),
        (
            "From: postmaster@example.net",
            "Su mensaje\n\nno se pudo entregar a:\n\n  bob@example.org\n\nporque:\n\n  usuario no encontrado\n",
        ),
    ] {
        let header = format!("{from}\nSubject: DELIVERY FAILURE");
        assert_eq!(told(&header, body), "bob@example.org failed - - for good", "{body}");
    }
}

#[test]
fn each_entry_of_a_list_is_a_recipient_with_its_own_code() {
    let both = "ann@example.net failed - 552 for good\nbob@example.org failed - 550 for good";
    for list in [
        "* Ann <ann@example.net> - 552 mailbox full\n* Bob <bob@example.org> - 550 user unknown\n",
        "1. Ann <ann@example.net> - SMTP 552 full\n2. Bob <bob@example.org> - SMTP 550 user unknown\n",
        " • \"Lee, Ann\" <ann@example.net> — 552 Postfach voll\n • \"Bob\" <bob@example.org> — 550 unbekannt\n",
        "Ann <ann@example.net>  552 mailbox full\nBob <bob@example.org>  550 user unknown\n",
        "* Ann <ann@example.net>\n  552 mailbox full\n* Bob <bob@example.org>\n  550 user unknown\n",
        "・Ann <ann@example.net> - 552 容量超過\n・Bob <bob@example.org> - 550 不明\n",
        "* ann@example.net<mailto:ann@example.net> (552 full)\n* bob@example.org<mailto:bob@example.org> (550 no)\n",
        "Ann (ann@example.net)<mailto:ann@example.net>\n552 full\n\nBob (bob@example.org)<mailto:bob@example.org>\n550 no\n",
        "Ann <ann@example.net<mailto:ann@example.net>>\n552 full\n\nBob <bob@example.org<mailto:bob@example.org>>\n550 no\n",
    ] {
        let body = format!("Your message could not be delivered to:\n\n{list}");
        assert_eq!(told(DAEMON, &body), both, "{list}");
    }
    for help in [
        "For help:\n* Help desk <help@mx.example.com>\n",
        "If you need help:\n\nHelp desk (help@mx.example.com)<mailto:help@mx.example.com>\n",
    ] {
        let list = "* Ann (ann@example.net)<mailto:ann@example.net> - 552 mailbox full\n";
        let body = format!("Your message could not be delivered to:\n\n{list}\n{help}");
        assert_eq!(told(DAEMON, &body), "ann@example.net failed - 552 for good", "{help}");
    }
}

#[test]
fn postmaster_who_greets_below_a_subject_is_a_person() {
    let verdict = "your mail could not be delivered, our server said:\n\n<bob@example.net>: 550 5.1.1 User unknown\n\nKind regards\nPia";
    for greeting in [
        "Re: your mail\nDear Anna,",
        "Ticket #4711\n\nHello Anna,",
        "Hello,\nDear Anna",
        "INC0012345\nHi Anna,",
        "Our ref. 2026/11\nYour ref. 550\nDear Ms Lee,",
        "Betreff: Ihre Mail\nSehr geehrte Frau Lee,",
        "[#12345]\nHallo Anna,",
        "Objet : votre message\nBonjour Anna,",
        "Oggetto: la sua mail\n\nGentile Anna,",
        "Betreft: uw bericht\nBeste Anna,",
        "工单 4711\n李安，您好：",
    ] {
        for path in ["", "Return-Path: <postmaster@example.net>\n"] {
            let header = format!("From: postmaster@example.net\n{path}Subject: Your mail was rejected");
            let message = read(&header, &format!("{greeting}\n\n{verdict}"));
            assert_eq!((message.report, message.automatic), (None, Automatic::No), "{path}{greeting}");
        }
    }
    for greeting in [
        "*** ATTENTION ***\nDear user,",
        "Hello,\nDear Sender,",
        "Ticket #1\nSehr geehrter Absender,",
        "Automatic message.\nHello Anna,",
        "Mail system\n尊敬的用户，您好：",
    ] {
        let message =
            read("From: postmaster@example.net\nSubject: Report", &format!("{greeting}\n\n{verdict}"));
        assert!(message.report.is_some(), "{greeting}");
    }
}

#[test]
fn telephone_that_writes_of_numbers_is_no_server() {
    for (from, text) in [
        ("12025550123@sms.example", "Your code is 550 123"),
        ("+12025550123@sms.example", "Code 550 5.1.1 for bob@example.net"),
        ("4917012345678@sms.example", "Meine Mail an bob@example.net kam zurück mit 550 5.1.1"),
        ("gateway@sms.example", "Your login as bob@example.net failed. Code: 550 123"),
        ("MAILER-DAEMON@sms.example", "Your code is 550 123"),
        ("12025550123@sms.example", "您的验证码是 550 123"),
    ] {
        let header = format!("From: {from}\nReturn-Path: <>\nSubject: SMS");
        assert_eq!(read(&header, text).report, None, "{from} {text}");
    }
}

#[test]
fn person_with_the_name_of_a_program_that_reports_is_no_server() {
    let verdict = "Delivery has failed to these recipients or groups:\n\nbob@example.org\n550 5.1.1 RESOLVER.ADR.RecipNotFound\n";
    for (from, body) in [
        ("Ann Lee <ann@example.net>", format!("What is this?\n\n{verdict}")),
        ("Ann Lee <ann@example.net>", verdict.to_owned()),
        ("Microsoft Outlook <ann@example.net>", verdict.to_owned()),
        ("MicrosoftExchange <microsoftexchange@example.net>", format!("Can you help?\n\n{verdict}")),
        ("邮箱管理员 王 <wang@example.net>", "您发给 bob@example.net 的邮件被退回，550 5.1.1。".to_owned()),
        (
            "Pia Post <postmaster@example.net>",
            "Your mail was not delivered to:\n\nbob@example.net\n\nbecause:\n\nhe has left us.\n".to_owned(),
        ),
    ] {
        let message = read(&format!("From: {from}\nSubject: Undeliverable: VPN"), &body);
        assert_eq!((message.report, message.automatic), (None, Automatic::No), "{from}\n{body}");
    }
    let exchange = "From: Microsoft Outlook <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@example.net>";
    for (subject, body) in [
        ("Your mailbox is almost full", "Please reduce its size, or write to help@example.net."),
        ("Approval required", "bob@example.org wants to send a message to all@example.net."),
    ] {
        assert_eq!(read(&format!("{exchange}\nSubject: {subject}"), body).report, None, "{subject}");
    }
}

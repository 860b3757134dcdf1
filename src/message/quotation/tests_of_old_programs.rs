//! How old, odd and free mail programs end a reply, and desks, lists and phones; and what people write beside them.

use super::{Structure, split};

fn reply(text: &str) -> String {
    split(text, &Structure::default()).reply
}

#[test]
#[rustfmt::skip]
fn u9_what_old_and_odd_programs_quote_is_cut() {
    for quotation in [
        "\"Ana Lyst\" <ana.lyst@example.com> wrote in message news:4a1$1@news.example.com...\n> Does it?",
        "\"Ana Lyst\" <ana.lyst@example.com> schrieb im Newsbeitrag news:4a1$1@news.example.com...\n> Geht es?",
        "In a message dated 3/2/2026 9:05:11 A.M. Eastern Standard Time,  \nana.lyst@example.com writes:\n\nDoes it?",
        "Ana Lyst wrote:\n> Does it?",
        "You wrote:\n\n> Does it?",
        "Am Montag, 2. März 2026 09:05 schrieben Sie:\n> Geht es?",
        "Sie schrieben am 2. März 2026, 09:05:\n\n> Geht es?",
        "Quoth Ana Lyst on Mon, 02 Mar 2026 09:05:11 +0100:\n> Does it?",
        "Excerpts from Ana Lyst's message of Mon Mar 02 09:05:11 +0100 2026:\n> Does it?",
        "Вы писали 2 марта 2026 г., 9:05:11:\n\nА> Работает?",
        "------ Original message------From: Ana Lyst Date: Mon, Mar 2, 2026 9:05 AMTo: uma@example.com;Subject:VPN\nDoes it?",
        "From:\n\tAna Lyst <ana.lyst@example.com>\nSent:\n\tMonday, March 2, 2026 9:05 AM\nTo:\n\tUma <uma@example.com>\nSubject:\n\tVPN\n\nDoes it?",
        "From: Ana Lyst <ana.lyst@example.com> Sent: Monday, March 2, 2026 9:05 AM To: Uma <uma@example.com> Subject: VPN\n\nDoes it?",
        "From: Ana Lyst <ana.lyst@example.com>\nSeolta: Monday, March 2, 2026 9:05 AM\nTo: Uma\nSubject: VPN\n\nDoes it?",
        "From:\"Ana Lyst\" <ana.lyst@example.com>To:\"Uma\" <uma@example.com>Date:Mon, Mar 2, 2026 9:05 AMSubject:VPN\n\nDoes it?",
        "From: Ana Lyst <ana.lyst@example.com> | Sent: Monday, March 2, 2026 9:05 AM | To: Uma | Subject: VPN\n\nDoes it?",
        "| From: | Ana Lyst <ana.lyst@example.com> |\n| Sent: | Monday, March 2, 2026 9:05 AM |\n| To: | Uma |\n| Subject: | VPN |\n\nDoes it?",
        "Ana Lyst <ana.lyst@example.com> on 03/02/2026 09:05:11 AM\n\nTo:   Uma/Corp@CORP\ncc:   \nSubject:  VPN\n\n\nDoes it?",
        "Ana Lyst/Corp@CORP \n02.03.2026 09:05\n\nAn\nUma/Corp@CORP\nKopie\n\nThema\nVPN\n\n\nGeht es?",
    ] {
        let text = format!("It works now.\n\n{quotation}\n");
        assert_eq!(reply(&text), "It works now.", "\n{text}");
    }
}

#[test]
fn u9_an_answer_below_a_phones_own_quotation_is_the_reply() {
    for (text, expected) in [
        ("> On 2 Mar 2026, at 09:05, Ana Lyst <ana.lyst@example.com> wrote:\n> \n> Does it?\n\nYes.", "Yes."),
        (
            "> On 2 Mar 2026, at 09:05, Ana Lyst <ana.lyst@example.com> wrote:\n> Does it?\n\nYes.\n\n> Since when?\nMonday",
            "> On 2 Mar 2026, at 09:05, Ana Lyst <ana.lyst@example.com> wrote:\n> Does it?\n\nYes.\n\n> Since when?\nMonday",
        ),
        ("> press the button\n\nI pressed it.", "> press the button\n\nI pressed it."),
        ("The server wrote:\n> ERROR 5\n\nCan you look?", "The server wrote:\n> ERROR 5\n\nCan you look?"),
    ] {
        assert_eq!(reply(text), expected);
    }
}

#[test]
fn u9_programs_that_sign_below_a_drawn_line_take_it_with_them() {
    for signature in [
        "--------------------------\nSent using BlackBerry",
        "----------------------------------------------------------------\nThis message was sent using IMP, the Internet Messaging Program.",
        "________________________________\n\nThis e-mail is confidential and for its recipient. If you received it in error, delete it.",
        "Sent from Spark for iOS",
        "Sent from Nine<http://www.example.com/>",
        "Secured with Tuta Mail: \nhttps://tuta.example/free-email",
        "Diese Nachricht wurde mit K-9 Mail gesendet.",
        "Sent from AT&T Yahoo Mail on Android",
    ] {
        assert_eq!(reply(&format!("It works now.\n\n{signature}\n")), "It works now.", "{signature}");
    }
}

#[test]
fn u9_what_people_tell_of_mails_is_kept() {
    for text in [
        "Hello,\n\nOn 2 March 2026 at 09:05 Bob from support@example.com wrote:\n\nyour password is abc\n\nIs that phishing?",
        "On 2 March 2026 at 09:05 Bob from support@example.com wrote:\n\nThat is not true.",
        "Please order:\n\nTo\nBerlin\n03/02/2026 09:05 AM\n\nSubject\nDesk chairs",
        "From: Berlin To: Paris on 3 March 2026 at 09:05\n\nPlease book this.",
        "| Room | Key |\n| 12   | A   |\n\nPlease cut these.",
    ] {
        assert_eq!(reply(text), text);
    }
}

#[test]
fn u9_a_sentence_where_the_signature_stands_is_the_writers() {
    for (within, expected) in [
        ("Kim Lau\nAccounts", "It prints."),
        (
            "Thanks, but the scanner still fails.\nKim Lau",
            "It prints.\nThanks, but the scanner still fails.\nKim Lau",
        ),
        ("Can you do the same upstairs?\n\nKim Lau", "It prints.\nCan you do the same upstairs?\n\nKim Lau"),
        ("二階もお願いします。\n山田", "It prints.\n二階もお願いします。\n山田"),
        (
            "This e-mail is confidential and only for the recipient. Delete it if it came in error.",
            "It prints.",
        ),
        ("Best regards,\nKim Lau\n\nWe make the world a safer place.", "It prints."),
    ] {
        let text = format!("It prints.\n{within}");
        let structure = Structure { signature: Some(1..text.split('\n').count()), ..Structure::default() };
        assert_eq!(split(&text, &structure).reply, expected, "{within}");
    }
    let structure = Structure { signature: Some(1..3), ..Structure::default() };
    assert_eq!(split("Dear Ana,\nyes please do\nKim", &structure).reply, "Dear Ana,\nyes please do\nKim");
}

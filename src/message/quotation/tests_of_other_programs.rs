//! Attributions between stars and brackets, headers of further languages and layouts, and what people write that is worded
//! like them.

use super::{Structure, Sureness, split};

fn reply(text: &str) -> String {
    split(text, &Structure::default()).reply
}

fn check(text: &str, expected: &str) {
    assert_eq!(reply(text), expected, "\n{text}");
}

#[test]
#[rustfmt::skip]
fn u9_attributions_and_headers_of_further_programs_are_cut() {
    for quoting in [
        "*On Mon, Mar 2, 2026 at 9:05 AM Ana Lyst <ana.lyst@example.com> wrote:*\n\nTry again?",
        "_On Mon, Mar 2, 2026 at 9:05 AM Ana Lyst <ana.lyst@example.com> wrote:_\n\n> Try again?",
        "*On Mon, Mar 2, 2026 at 9:05 AM Ana Lyst <ana.lyst@example.com>\nwrote:*\n\nTry again?",
        "[On Mon, Mar 2, 2026 at 9:05 AM Ana Lyst wrote:]\n> Try again?",
        "**From:** Ana Lyst <ana.lyst@example.com>\n**Sent:** Monday, March 2, 2026 9:05 AM\n**To:** Uma\n**Subject:** VPN\n\nTry again?",
        "On Monday 2 March 2026 09:05, Ana Lyst wrote -\n> Try again?",
        "On Mon, Mar 2, 2026 at 9:05 AM, Ana Lyst said:\n> Try again?",
        "Ana Lyst sent on 02/03/2026 09:05:\n> Try again?",
        "On Seg 02/03/26 09:05 , Ana Lyst ana.lyst@example.com sent:\n\nTry again?",
        "On Mon, 2 Mar 2026 at 09:05, Ana Lyst <ana.lyst@example.com>\n\nwrote:\n\n> Try again?",
        "2026/3/2 Ana Lyst <ana.lyst@example.com>\n\n> Try again?",
        "Երկ, մրտ 2, 2026, ժամը 09:05-ին Ana Lyst <ana.lyst@example.com>-ը գրել է․\n> Try again?",
        "在 2026年3月2日，09:05，Ana Lyst <ana.lyst@example.com> 写道：\n＞ 再试?\n＞ 请",
        "On 2 Mar 2026 at 9:05, Ana Lyst wrote:\n» Try again?\n» Please.",
        "Subject: Re: VPN\nTo: uma@example.org\nFrom: ana.lyst@example.com\nDate: Mon, 2 Mar 2026 09:05:22 +0000\n\nTry again?",
        "From: Ana Lyst <ana.lyst@example.com>\nSent: Monday, March 2, 2026 9:05 AM\n\nTry again?",
        "From: Ana Lyst\nDate: 02/03/2026\nTo: Uma User\nSubject: RE: VPN\n\nTry again?",
        "From:\nAna Lyst <ana.lyst@example.com>\nSent:\nMonday, March 2, 2026 9:05 AM\nTo:\nUma <uma@example.org>\nSubject:\nRE: VPN\n\nTry again?",
        "प्रेषक: Ana Lyst\nभेजा गया: सोमवार, 2 मार्च 2026 09:05\nप्रति: Uma\nविषय: RE: VPN\n\nTry again?",
        "Nork: Ana Lyst\nBidalia: astelehena, 2026(e)ko martxoak 2 09:05\nNori: Uma\nGaia: RE: VPN\n\nTry again?",
        "ከ: Ana Lyst <ana.lyst@example.com>\nየተላከው: 2 መጋቢት 2026 09:05\nለ: Uma <uma@example.org>\nርዕስ: RE: VPN\n\nTry again?",
        "----------------\nКому: uma@example.org (uma@example.org);\nТема: VPN;\n02.03.2026, 09:05, \"Ana Lyst\" <ana.lyst@example.com>:\nTry again?",
    ] {
        let text = format!("Yes please.\n\n{quoting}");
        assert_eq!(reply(&text), "Yes please.", "\n{text}");
    }
}

#[test]
#[rustfmt::skip]
fn u9_what_people_show_and_cite_is_kept() {
    for text in [
        "The log says\n\n2026-02-02 09:14:22 from <bob@x.example>:\nrejected\n\nWhat shall I do?",
        "Voicemail I got\n\nFrom: +44 555 1234\nSent: 2 Feb 2026 10:15\nTo: 4411\nSubject: Voicemail 12s\n\nI cannot play it.",
        "Can you look for these in the log?\n\nFrom: uma@example.org\nTo: shop@x.example\nDate: 2 Feb 2026 10:15\nSubject: Chairs\n\nFrom: uma@example.org\nTo: shop@x.example\nDate: 2 Feb 2026 10:25\nSubject: Desks",
        "Bounce I got\n\nFrom: MAILER-DAEMON@x.example\nTo: uma@example.org\nDate: Mon, 2 Feb 2026 10:15:00 +0000\nSubject: Undelivered\nStatus: 5.1.1\n\nWhat does 5.1.1 mean?",
        "In your mail you said:\n\n--- Original message ---\nis displayed by the phone. And then nothing happens.",
        "Your mails say\n\nPlease reply above this line\n\nand I do not know what that means.",
        "Settings are\n\n____________________________\nName: bob@x.example\nTime: 10:15\nYear: 2026\nRoom: 12:00 2026\n\nPlease check.",
        "Meeting notes\n\nOn 02/02/2026 at 09:14 Tom wrote:\n\"ok\"\nOn 03/02/2026 at 09:14 Ann wrote:\n\"no\"\n\nPlease file.",
        "Hello,\n\nyesterday (2 Feb 2026 10:15) bob@x.example wrote:\n\n> the part is out of stock\n\nIs that true?",
        "Did you get this?\n\nOn 2 Feb 2026 at 10:15, I wrote to support@desk.example:\n> printer broken",
        "The manual says on page 12:15 of 2026 to press\n\n*the red button at 9:05*\n\nand I did.",
        "Meeting\n\nOrganizer: Tom Baker <tom@x.example>\nWhen: 2 Feb 2026 09:14\nWhere: Room 12\nAttendees: Uma <uma@example.org>\n\nI cannot come.",
        "The header of the mail is\n\nReturn-Path: <x@y.example>\nReceived: from a by b\nFrom: Bob <bob@x.example>\nDate: Mon, 2 Feb 2026 09:14:22 +0000\nTo: uma@example.org\nSubject: Invoice\n\nIs it spam?",
        "Two tickets.\n* On 2 Feb 2026 at 9:14, Ana wrote:\nno paper.\n* On 3 Feb 2026 at 9:14, Bob wrote:\nno toner.\n\nBoth are done.",
        "Two tickets.\nTicket 1: On 2 Feb 2026 at 9:14, Ana wrote:\nno paper.\nTicket 2: On 3 Feb 2026 at 9:14, Bob wrote:\nno toner.\n\nBoth are done.",
        "I tried it\nSent from my iPhone it works, from my PC not.",
        "Ich habe es versucht\nVon meinem iPhone gesendet kommt die Mail an, vom PC nicht.",
        "The signature should be\n\n-- \nUma User\nSales\n\nand not what it is now.",
        "I need 2026/3/2 for Ana Lyst <ana.lyst@example.com>\n\nand for Bob.",
    ] {
        assert_eq!(reply(text), text);
    }
}

#[test]
#[rustfmt::skip]
fn u9_what_the_writer_announces_is_no_signature() {
    for text in [
        "The new default:\n\nPlease consider the environment before printing this e-mail.",
        "wir sollten darunter schreiben:\n\nDiese E-Mail ist vertraulich und nur für den Empfänger bestimmt.",
        "Which mails do you mean? The ones\n\nSent from my iPhone",
        "How do I leave the list? The footer is\n\n_______________________________________________\nFoo mailing list\nhttps://lists.example/listinfo/foo",
        "My PC says\n\n---\nAvast: this mail has a virus\n\nand what now",
        "Can you help?\n\nThis email may contain a virus, I think. It looks privileged.",
        "The new key is on its way.\n\nIf you have received this key, delete the old one from the confidential folder.",
        "Dobar dan,\n\nPoslano s mailom jučer.",
        "First, the chair is broken.\n\n-- \nSecond, when do you repair the desk? And who pays?",
        "See my desk\n\n-- \nHi Tom,\nit is green.",
    ] {
        assert_eq!(reply(text), text);
    }
    for signature in ["-- \nUma User\nWhat do you think of us?", "-- \n\"Never ask what time it is.\"\nUma", "-- \nCaro Miller"] {
        assert_eq!(reply(&format!("It works now.\n\n{signature}")), "It works now.", "{signature}");
    }
}

#[test]
fn u9_answers_that_bear_the_writers_name_are_kept() {
    let head = "From: Ana <ana@x.example>\nSent: Monday, March 2, 2026 9:05 AM\nTo: Uma\nSubject: VPN";
    for name in ["Uma", "Uma User"] {
        let text = format!("Best regards\nUma User\n\n{head}\n\nWhich room?\n[{name}] Room 12");
        assert_eq!(reply(&text), text);
    }
    let text = format!("Best regards\nUma\n\n{head}\n\nWhich room?\n[Bob] Room 12");
    assert_eq!(reply(&text), "Best regards\nUma");
}

#[test]
fn u9_attributions_with_dots_in_the_time_or_without_a_colon_are_cut() {
    for attribution in [
        "30.09.2026, 18.30, \"Ana - Lyst\" <ana.lyst@example.com>:",
        "On Wed, 4 Mar 2026 08:14:43 -0200 Ana Lyst <ana.lyst@example.com> wrote",
        "On Wed, 4 Mar 2026 08:14:43 -0200 Ana Lyst <ana.lyst@example.com>\nwrote",
        "Wednesday, 4 March 2026, 3:32 PM +0300 from ana.lyst@example.com <ana.lyst@example.com>:",
    ] {
        check(&format!("Yes.\n\n{attribution}\n> Does it work?"), "Yes.");
    }
    check(
        "Oui.\n\nMessage du : 04/03/2026 13:20\nDe : \"Ana Lyst\" <ana.lyst@example.com>\nA : uma@example.com\nCopie à : \nSujet : VPN\n\nBonjour",
        "Oui.",
    );
    let told = "I asked the one who on 4 Mar 2026 at 08:14 sent it. This he wrote\n> 12 items";
    check(told, told);
}

#[test]
fn u9_a_header_at_the_end_below_a_drawn_line_is_cut() {
    let header = "-------- Oprindelig besked --------\nFra: Ana Lyst <ana.lyst@example.com>\nDato: 04.03.2026  17.45\nTil: uma@example.com\nEmne: VPN";
    check(&format!("Ja.\n\n{header}"), "Ja.");
    for kept in [format!("Her er den:\n\n{header}"), format!("Ja.\n\n{}", header.split_once('\n').unwrap().1)]
    {
        check(&kept, &kept);
    }
}

#[test]
fn u9_a_quotation_without_a_word_of_the_writers_is_kept_with_its_attribution() {
    for text in [
        "On 4 Mar 2026 at 08:14, Ana Lyst <ana.lyst@example.com> wrote:\n> some stuff\n> more stuff",
        "-----Original Message-----\nFrom: Ana Lyst <ana.lyst@example.com>\nSent: Monday, March 2, 2026 9:05 AM\nTo: Uma\nSubject: VPN\n\n> some stuff",
    ] {
        let portions = split(text, &Structure::default());
        assert_eq!((portions.reply.as_str(), portions.sureness), (text, Sureness::Doubtful));
    }
}

#[test]
fn u9_a_program_signs_with_its_link_right_below_the_last_line() {
    check("The pump works again.\nGet Outlook for iOS<https://aka.ms/o0ukef>", "The pump works again.");
    let own = "How do I send it?\nSent with Outlook";
    check(own, own);
}

#[test]
fn u9_lines_that_the_writer_cites_right_above_the_attribution_are_kept() {
    let attribution = "On 4 Mar 2026 at 08:14, Ana Lyst <ana.lyst@example.com> wrote:";
    for between in ["", "\n"] {
        check(
            &format!("The manual says:\n> The valve must be open.\n{between}{attribution}\n> Does it work?"),
            "The manual says:\n> The valve must be open.",
        );
    }
}

#[test]
#[rustfmt::skip]
fn u9_programs_of_further_countries_sign() {
    for line in [
        "أرسلت من الـ iPhone", "נשלח מהאייפון שלי", "Sent from HEY", "Надіслано від мого телефон", "Envoyé par Orange Mail",
        "Ce message a été envoyé depuis mon téléphone", "Sent from Missive", "Verstuurd met Ziggo Mail",
    ] {
        assert_eq!(reply(&format!("It works now.\n\n{line}\n")), "It works now.", "{line}");
    }
}

#[test]
fn u9_fields_right_below_a_colon_are_what_is_announced() {
    let rule = "My rule is this:\nFrom: uma@example.org\nTo: me\nSubject: VPN\nSent: after 1 March 2026 00:00\n-> move it";
    assert_eq!(reply(rule), rule);
    let quoting = format!("{rule}\n\nOn 2 Mar 2026 at 9:05, Ana Lyst wrote:\n> Which rule?");
    assert_eq!(reply(&quoting), rule);
    let head =
        "From: Ana Lyst <ana.lyst@example.com>\nSent: 2 March 2026 9:05\nTo: Uma\nSubject: VPN\n\nDoes it?";
    for above in ["Original Message:\n", "Original message:\n\n", "\n"] {
        let text = format!("Yes.\n\n{above}{head}");
        assert_eq!(reply(&text), "Yes.", "{text}");
    }
}

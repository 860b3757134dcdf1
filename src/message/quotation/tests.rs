//! What is cut and what is kept; how programs announce what they quote, as they write it.

use super::*;

fn check(text: &str, reply: &str) {
    assert_eq!(split(text, &Structure::default()).reply, reply, "\n{text}");
}

#[test]
fn u9_quotation_below_an_attribution_is_cut_in_many_languages() {
    for attribution in [
        "On Thu, 12 Mar 2026 at 10:11, Ana Lyst <ana.lyst@example.com> wrote:",
        "On Thu, 12 Mar 2026 at 10:11, Ana Lyst <ana.lyst@example.com>\nwrote:",
        "On 12/03/2026 10:11, Ana Lyst wrote:",
        "Am 12.03.2026 um 10:11 schrieb Ana Lyst:",
        "Am Do., 12. März 2026 um 10:11 Uhr schrieb Ana Lyst\n<ana.lyst@example.com>:",
        "Ana Lyst <ana.lyst@example.com> schrieb am Do., 12. März 2026, 10:11:",
        "Le jeu. 12 mars 2026 à 10:11, Ana Lyst <ana.lyst@example.com> a\nécrit :",
        "El jue, 12 mar 2026 a las 10:11, Ana Lyst (<ana.lyst@example.com>) escribió:",
        "Op do 12 mrt 2026 om 10:11 schreef Ana Lyst <ana.lyst@example.com>:",
        "Il giorno gio 12 mar 2026 alle ore 10:11 Ana Lyst <ana.lyst@example.com>\nha scritto:",
        "Em qui., 12 de mar. de 2026 às 10:11, Ana Lyst <ana.lyst@example.com> escreveu:",
        "Den tors 12 mars 2026 kl 10:11 skrev Ana Lyst <ana.lyst@example.com>:",
        "W dniu 12.03.2026 o 10:11, Ana Lyst pisze:",
        "чт, 12 мар. 2026 г. в 10:11, Ana Lyst <ana.lyst@example.com>:",
        "2026年3月12日(木) 10:11 Ana Lyst <ana.lyst@example.com>:",
        "在 2026年3月12日，10:11，Ana Lyst <ana.lyst@example.com> 写道：",
    ] {
        check(&format!("It works now.\n\n{attribution}\n> Does it work?\n> Ana\n"), "It works now.");
        check(&format!("It works now.\n\n{attribution}\n\nDoes it work?\nAna\n"), "It works now.");
        check(&format!("{attribution}\n> Does it work?\n\nIt works now.\n"), "It works now.");
    }
}

#[test]
fn u9_quotation_below_a_header_block_is_cut_in_many_languages() {
    for block in [
        "From: Ana Lyst <ana.lyst@example.com>\nSent: Thursday, 12 March 2026 10:11\nTo: Uma User\nSubject: VPN",
        "________________________________\nFrom: Ana Lyst\nSent: 12 March 2026 10:11\nTo: Uma\nSubject: VPN",
        "-----Original Message-----\nFrom: Ana Lyst\nSent: 12 March 2026 10:11\nTo: Uma\nSubject: VPN",
        "-----Ursprüngliche Nachricht-----\nVon: Ana Lyst\nGesendet: Donnerstag, 12. März 2026 10:11\nAn: Uma\nBetreff: VPN",
        "*Von:* Ana Lyst <ana.lyst@example.com>\n*Gesendet:* Donnerstag, 12. März 2026 10:11\n*An:* Uma\n*Betreff:* VPN",
        "De : Ana Lyst <ana.lyst@example.com>\nEnvoyé : jeudi 12 mars 2026 10:11\nÀ : Uma User\nObjet : VPN",
        "De: Ana Lyst <ana.lyst@example.com>\nEnviado el: jueves, 12 de marzo de 2026 10:11\nPara: Uma\nAsunto: VPN",
        "Da: Ana Lyst <ana.lyst@example.com>\nInviato: giovedì 12 marzo 2026 10:11\nA: Uma\nOggetto: VPN",
        "Van: Ana Lyst <ana.lyst@example.com>\nVerzonden: donderdag 12 maart 2026 10:11\nAan: Uma\nOnderwerp: VPN",
        "Från: Ana Lyst <ana.lyst@example.com>\nSkickat: den 12 mars 2026 10:11\nTill: Uma\nÄmne: VPN",
    ] {
        check(&format!("It works now.\n\n{block}\n\nDoes it work?\n"), "It works now.");
    }
}

#[test]
fn u9_answers_between_quoted_lines_keep_the_lines_they_answer() {
    check(
        "On 12 Mar 2026 10:11, Ana wrote:\n> Which room?\n2.14\n> Since when?\nMonday\n\n-- \nUma\n",
        "> Which room?\n2.14\n> Since when?\nMonday",
    );
}

#[test]
fn u9_what_might_be_a_quotation_is_kept() {
    for text in [
        "On Monday the vendor wrote:\nreplace the cable",
        "From: London\nTo: Paris\nPlease book a flight",
        "> only a quotation",
        "Totals\n--\n12\n\nPlease see above",
        "Fine.\n\n---------- Forwarded message ---------\nFrom: a@b.example\nDate: 1 May 2026\nSubject: x\n\nhello",
    ] {
        let expected = if text.starts_with("Totals") { "Totals" } else { text };
        check(text, expected);
    }
}

#[test]
fn u9_signature_and_device_line_at_the_end_are_no_reply() {
    check("Done.\n-- \nUma User\nAccounts\n", "Done.");
    check("Done.\n\nSent from my iPhone\n", "Done.");
    check("Done.\n\nVon meinem iPhone gesendet\n\nAm 12.03.2026 um 10:11 schrieb Ana:\n> x\n", "Done.");
    check("Sent from my iPhone", "Sent from my iPhone");
}

#[test]
fn u9_nothing_written_is_lost_between_the_two_portions() {
    let text = "a\n> b\nc\n\nOn 12 Mar 2026 10:11, x wrote:\n> d\n-- \ne";
    let portions = split(text, &Structure::default());
    for word in ["a", "> b", "c", "> d", "e"] {
        assert!(
            [&portions.reply, &portions.quoted, &portions.signature].iter().any(|part| part.contains(word)),
            "{word}"
        );
    }
}

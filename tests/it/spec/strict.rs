//! The rule set `strict`: each weakness of `classic` that it closes, as a story told by mails.

use super::{After, Bench, Mail, desk, mail};
use postroom::vocab::{Kind, Number, Series};

/// The strict rules with one account, whose mail server is believed, and the small desk.
fn strict() -> Bench {
    desk()
        .rules("extends: strict")
        .system("token_secret: { env: TOKEN_SECRET }")
        .account("authentication_results_from: mx.example.com")
}

fn uma(subject: &str) -> Mail {
    mail("uma@example.com", subject)
}

/// A mail that answers the one reply there was, with another subject.
fn answer(after: &After, from: &str, subject: &str) -> Mail {
    let id = after.the_reply().message_id.clone();
    mail(from, subject).header("In-Reply-To", &format!("<{id}>"))
}

/// The mail as a server hands it on that has looked where it comes from.
fn vouched_for(mail: Mail, results: &str) -> Vec<u8> {
    let mut raw = format!("Authentication-Results: mx.example.com; {results}\r\n").into_bytes();
    raw.extend(Vec::from(mail));
    raw
}

fn state_of(after: &After, number: u32) -> &'static str {
    let sheet = after.desk.store.show(Series::Call, Number::from(number)).unwrap().unwrap();
    sheet.item.state.word()
}

fn effects(after: &After) -> Vec<&'static str> {
    after.decision.effects.iter().map(postroom::vocab::Effect::word).collect()
}

fn about(after: &After) -> Option<(Kind, u64)> {
    after.decision.about.map(|(kind, number)| (kind, number.get()))
}

#[test]
fn answer_finds_its_call_where_the_subject_is_lost() {
    let told = strict().receives(uma("[CALL#5837]"));
    assert_eq!(told.reply().0, "Call 5837 has been updated");
    let again = answer(&told, "uma@example.com", "Something else").id("2@example.com");
    let after = told.receives(again.clone());
    assert_eq!((after.outcome().as_str(), about(&after)), ("action update_call", Some((Kind::Call, 5837))));
    // also where only the thread has it, and for somebody else who answers
    let references = format!("<x@example.net> <{}>", after.the_reply().message_id);
    let carl = mail("carl@example.org", "Me too").id("3@example.com").header("References", &references);
    let after = after.receives(carl);
    assert_eq!((after.outcome().as_str(), about(&after)), ("action update_call", Some((Kind::Call, 5837))));
    // a command in the subject comes first
    let command = answer(&after, "carl@example.org", "[CALL#5838] really").id("4@example.com");
    assert_eq!(about(&after.receives(command)), Some((Kind::Call, 5838)));
}

#[test]
fn answer_finds_its_call_by_what_was_sent_where_no_token_is_made() {
    let without_secret =
        desk().rules("extends: classic\nrecognize: [{ rule: thread, reply_to: our_mail, after: last }]");
    let told = without_secret.receives(uma("[CALL#5837]"));
    assert!(told.the_reply().message_id.split('@').next().unwrap().ends_with(".1.postroom"));
    let after = answer(&told, "uma@example.com", "Something else").id("2@example.com");
    assert_eq!(about(&told.receives(after)), Some((Kind::Call, 5837)));
}

#[test]
fn answer_finds_its_call_by_the_signed_reply_address() {
    let signed = strict().account("replies: { signed_reply_address: true }");
    let told = signed.receives(uma("[CALL#5837]"));
    let address = told.the_reply().reply.reply_to.address.to_string();
    assert!(address.starts_with("desk+c5837-p6-"), "{address}");
    for header in ["To", "Cc", "Delivered-To", "X-Original-To"] {
        let fresh = uma("Something else").header(header, &address);
        let after = signed.receives(fresh);
        assert_eq!(about(&after), Some((Kind::Call, 5837)), "{header}");
    }
    let changed = address.replace("c5837", "c5838");
    let after = told.receives(uma("Something else").id("9@example.com").header("To", &changed));
    assert_eq!(after.outcome(), "action log_call");
}

#[test]
fn forged_closing_asks_first_and_the_answer_closes_once() {
    let asked = strict().receives(uma("[CLOSE#5837]"));
    assert_eq!((asked.outcome().as_str(), asked.changed()), ("action ask_to_confirm", false));
    assert_eq!(effects(&asked), ["request_confirmation"]);
    assert_eq!(asked.reply().0, "Call 5837 waits for your confirmation");
    assert!(asked.reply().1.contains("to close call 5837"));
    let yes = answer(&asked, "uma@example.com", "Re: Call 5837 waits for your confirmation");
    let closed = asked.receives(yes.clone().id("2@example.com"));
    assert_eq!((closed.outcome().as_str(), state_of(&closed, 5837)), ("action close_call", "closed"));
    assert_eq!(effects(&closed), ["use_confirmation", "close"]);
    assert_eq!(closed.reply().0, "Call 5837 has been closed");
    let again = closed.receives(yes.id("3@example.com"));
    again.assert_only_told(
        "action decline_confirmation",
        "There is nothing left to confirm",
        "What you have confirmed was confirmed before, came too late, or was not asked of you. Nothing has been changed. If it is still to be done, please ask for it again.",
    );
}

#[test]
fn answer_to_a_later_mail_of_the_thread_is_an_update() {
    let asked = strict().receives(uma("[CLOSE#5837]"));
    let request = asked.the_reply().message_id.clone();
    let yes = answer(&asked, "uma@example.com", "yes").id("2@example.com");
    let closed = asked.receives(yes);
    let thanks = answer(&closed, "uma@example.com", "Still broken").id("3@example.com");
    let references = format!("<{request}> <{}>", closed.the_reply().message_id);
    let after = closed.receives(thanks.header("References", &references));
    assert_eq!((after.outcome().as_str(), state_of(&after, 5837)), ("action reopen_call", "open"));
}

#[test]
fn only_the_answer_itself_and_to_nothing_else_confirms() {
    let asked = strict().receives(uma("[CLOSE#5837]"));
    let request = asked.the_reply().message_id.clone();
    // an old mail taken to write about something else
    let other = answer(&asked, "uma@example.com", "[CALL#5838] another matter").id("3@example.com");
    // forwarded: the request stands in the thread alone
    let forwarded =
        uma("FW: Call 5837 waits for your confirmation").header("References", &format!("<{request}>"));
    let after = asked.receives(forwarded.id("2@example.com"));
    assert_eq!((after.outcome().as_str(), about(&after)), ("action update_call", Some((Kind::Call, 5837))));
    let after = after.receives(other);
    assert_eq!(about(&after), Some((Kind::Call, 5838)));
    assert_eq!(state_of(&after, 5837), "open");
    // an answer to one's own answer finds the call, at least
    let late = uma("really").id("4@example.com").header("In-Reply-To", "<2@example.com>");
    let after = after.receives(late.header("References", &format!("<{request}> <2@example.com>")));
    assert_eq!((after.outcome().as_str(), about(&after)), ("action update_call", Some((Kind::Call, 5837))));
}

#[test]
fn address_of_a_request_confirms_only_with_its_item_in_the_subject() {
    let bench = strict().account("replies: { signed_reply_address: true }");
    let asked = bench.receives(uma("[CLOSE#5837]"));
    let address = asked.the_reply().reply.reply_to.address.to_string();
    assert!(address.starts_with("desk+x1-"), "{address}");
    let fresh = uma("My printer is broken").id("2@example.com").header("To", &address);
    let after = asked.receives(fresh);
    assert_eq!((after.outcome().as_str(), about(&after)), ("action update_call", Some((Kind::Call, 5837))));
    let yes = uma("Re: Call 5837 waits for your confirmation").id("3@example.com").header("To", &address);
    let closed = after.receives(yes);
    assert_eq!(closed.outcome(), "action close_call");
    // the request is spent, and the text of a mail to its address is not lost
    let fresh = uma("And again").id("4@example.com").header("To", &address);
    assert_eq!(closed.receives(fresh).outcome(), "action reopen_call");
}

#[test]
fn nearest_request_counts_whatever_addresses_are_copied() {
    let bench = strict().account("replies: { signed_reply_address: true }");
    let first = bench.receives(uma("[CLOSE#5837]"));
    let old = first.the_reply().reply.reply_to.address.to_string();
    let second = first.receives(uma("[REJECT#78]").id("2@example.com"));
    assert_eq!(second.outcome(), "action ask_to_confirm");
    let yes = answer(&second, "uma@example.com", "yes").id("3@example.com").header("Cc", &old);
    let rejected = second.receives(yes);
    let ended = (rejected.outcome(), about(&rejected), state_of(&rejected, 5837));
    assert_eq!(ended, ("action reject_task".to_owned(), Some((Kind::Approval, 78)), "open"));
}

#[test]
fn who_asks_again_is_asked_again_and_waits_once() {
    let asked = strict().receives(uma("[CLOSE#5837]"));
    let first = asked.the_reply().message_id.clone();
    let again = asked.receives(uma("[CLOSE#5837] please").id("2@example.com"));
    let token = |id: &str| id.split('.').nth(2).unwrap().to_owned();
    assert_eq!(token(&first), token(&again.the_reply().message_id), "one request, told twice");
    let yes = answer(&again, "uma@example.com", "yes").id("3@example.com");
    let closed = again.receives(yes.clone());
    assert_eq!(closed.outcome(), "action close_call");
    assert_eq!(closed.receives(yes.id("4@example.com")).outcome(), "action decline_confirmation");
}

#[test]
fn mail_to_an_address_of_several_persons_proves_nobody() {
    let mut bench = strict();
    // both may close the call, and both read what is sent to the team
    for person in bench.world["people"].as_array_mut().unwrap() {
        if ["Uma User", "Ana Lyst"].contains(&person["name"].as_str().unwrap()) {
            person["addresses"].as_array_mut().unwrap().push("team@example.com".into());
        }
    }
    for person in ["uma@example.com", "ana.lyst@example.com"] {
        let held = bench.receives(mail("team@example.com", "[CLOSE#5837]"));
        assert_eq!(held.outcome(), "quarantine several_persons");
        let taken = answer(&held, person, "[CLOSE#5837]").id("2@example.com");
        assert_eq!(held.receives(taken).outcome(), "action ask_to_confirm", "{person}");
    }
}

#[test]
fn confirmation_that_comes_too_late_changes_nothing() {
    const HOURS: i64 = 60 * 60;
    for (later, outcome) in
        [(48 * HOURS - 1, "action close_call"), (48 * HOURS, "action decline_confirmation")]
    {
        let mut asked = strict().receives(uma("[CLOSE#5837]"));
        // a second has gone by with the first mail
        asked.desk.now += later;
        let yes = answer(&asked, "uma@example.com", "yes").id("2@example.com");
        assert_eq!(asked.receives(yes).outcome(), outcome, "{later}");
    }
}

#[test]
fn nobody_else_confirms_and_no_program_does() {
    let asked = strict().receives(uma("[CLOSE#5837]"));
    let carl = answer(&asked, "carl@example.org", "yes").id("2@example.com");
    let ana = answer(&asked, "ana.lyst@example.com", "yes").id("3@example.com");
    let away = answer(&asked, "uma@example.com", "Away: Call 5837 waits for your confirmation");
    let away = away.id("4@example.com").header("Auto-Submitted", "auto-replied");
    let yes = answer(&asked, "uma@example.com", "yes").id("5@example.com");
    let after = asked.receives(carl);
    assert_eq!(after.outcome(), "action decline_confirmation");
    let after = after.receives(ana);
    assert_eq!(after.outcome(), "action decline_confirmation");
    let after = after.receives(away);
    assert_eq!((after.outcome().as_str(), state_of(&after, 5837)), ("action update_call", "open"));
    assert!(after.replies().is_empty());
    // the one who was asked still can
    assert_eq!(after.receives(yes).outcome(), "action close_call");
}

#[test]
fn forged_request_for_confirmation_is_none() {
    let asked = strict().receives(uma("[CLOSE#5837]"));
    let id = asked.the_reply().message_id.clone();
    let token = id.split('.').nth(2).unwrap();
    for forged in [
        id.replace(token, &token.replacen("x1", "x2", 1)),
        id.replace(token, token.strip_suffix(|_| true).unwrap()),
        id.replace(token, &format!("{token}0")),
        id.replace(token, &"x".repeat(50_000)),
        id.replace(&format!(".{token}"), ""),
    ] {
        let yes = uma("yes").id("2@example.com").header("In-Reply-To", &format!("<{forged}>"));
        let after = strict().receives(uma("[CLOSE#5837]")).receives(yes);
        assert_eq!((after.outcome().as_str(), state_of(&after, 5837)), ("action log_call", "open"));
    }
}

#[test]
fn confirmed_command_is_done_by_the_rules_of_the_day_it_is_confirmed() {
    let asked = strict().receives(uma("[CLOSE#5837]"));
    let yes = answer(&asked, "uma@example.com", "yes").id("3@example.com");
    let ana = vouched_for(
        mail("ana.lyst@example.com", "[CLOSE#5837]").id("2@example.com"),
        "dmarc=pass header.from=example.com",
    );
    let closed = asked.receives(ana);
    assert_eq!(closed.outcome(), "action close_call");
    let after = closed.receives(yes);
    assert_eq!(
        (after.outcome().as_str(), effects(&after)),
        ("action decline_close", vec!["use_confirmation"])
    );
}

#[test]
fn token_proves_its_reader_for_its_item_alone() {
    let told = strict().receives(uma("[CALL#5837]"));
    let close = answer(&told, "uma@example.com", "[CLOSE#5837]").id("2@example.com");
    let of_another = answer(&told, "ana.lyst@example.com", "[CLOSE#5837]").id("3@example.com");
    let another_item = answer(&told, "ana.lyst@example.com", "[CLOSE#5838]").id("4@example.com");
    let stolen = told.receives(of_another);
    assert_eq!((stolen.outcome().as_str(), state_of(&stolen, 5837)), ("action ask_to_confirm", "open"));
    let other = stolen.receives(another_item);
    assert_eq!(other.outcome(), "action ask_to_confirm");
    assert_eq!(other.receives(close).outcome(), "action close_call");
}

#[test]
fn mail_servers_word_is_proof_where_it_stands_on_top() {
    let pass = "dmarc=pass header.from=example.com";
    let proven = strict().receives(vouched_for(uma("[CLOSE#5837]"), pass));
    assert_eq!(proven.outcome(), "action close_call");
    for forged in [
        // below the author's own lines
        Vec::from(uma("[CLOSE#5837]").header("Authentication-Results", &format!("mx.example.com; {pass}"))),
        // below the server's own word
        vouched_for(
            uma("[CLOSE#5837]"),
            &format!("dmarc=fail\r\nAuthentication-Results: mx.example.com; {pass}"),
        ),
        // for another domain
        vouched_for(uma("[CLOSE#5837]"), "dmarc=pass header.from=example.net"),
        // two authors
        vouched_for(mail("uma@example.com, ana.lyst@example.com", "[CLOSE#5837]"), pass),
    ] {
        let after = strict().receives(forged);
        assert_eq!((after.outcome().as_str(), state_of(&after, 5837)), ("action ask_to_confirm", "open"));
    }
    let unpinned = strict().account("authentication_results_from: null");
    assert_eq!(unpinned.receives(vouched_for(uma("[CLOSE#5837]"), pass)).outcome(), "action ask_to_confirm");
}

#[test]
fn summaries_and_approvals_wait_for_a_confirmation_too() {
    let asked = strict().receives(mail("ana.lyst@example.com", "[MyTasks]"));
    assert_eq!(asked.outcome(), "action ask_to_confirm_summary");
    let listed = answer(&asked, "ana.lyst@example.com", "yes").id("2@example.com");
    let listed = asked.receives(listed);
    assert_eq!(
        (listed.outcome().as_str(), effects(&listed)),
        ("action send_summary", vec!["use_confirmation", "summarize"])
    );
    assert!(listed.reply().1.contains("Order the laptop"), "{:?}", listed.reply());
    let asked = strict().receives(mail("ana.lyst@example.com", "[APPROVE#77]"));
    assert_eq!(asked.reply().0, "Approval 77 waits for your confirmation");
    let approved = answer(&asked, "ana.lyst@example.com", "yes").id("2@example.com");
    let approved = asked.receives(approved);
    assert_eq!(
        (approved.outcome().as_str(), effects(&approved)),
        ("action approve_task", vec!["use_confirmation", "decide_approval"])
    );
    // who may not decide is not even asked
    assert_eq!(
        strict().receives(mail("carl@example.org", "[APPROVE#77]")).outcome(),
        "refuse not-an-approver"
    );
}

#[test]
fn several_persons_with_one_address_are_left_to_somebody() {
    let held = strict().receives(mail("shared@example.com", "[CALL#5837]"));
    assert_eq!(held.outcome(), "quarantine several_persons");
    assert!(!held.changed() && held.decision.quarantine && held.decision.keep_bytes);
    assert_eq!(held.reply().0, "Your mail is being looked at");
}

#[test]
fn program_adds_a_note_but_commands_nothing() {
    let from_program =
        |from: &str, subject: &str| mail(from, subject).header("Auto-Submitted", "auto-replied");
    let pass = "dmarc=pass header.from=example.com";
    let closing = strict().receives(vouched_for(from_program("uma@example.com", "[CLOSE#5837]"), pass));
    assert_eq!((closing.outcome().as_str(), state_of(&closing, 5837)), ("action update_call", "open"));
    let reopening = strict().receives(from_program("uma@example.com", "[CALL#5839]"));
    assert_eq!(
        (reopening.outcome().as_str(), state_of(&reopening, 5839)),
        ("action note_on_closed_call", "closed")
    );
    let deciding = strict().receives(vouched_for(from_program("ana.lyst@example.com", "[APPROVE#77]"), pass));
    assert_eq!(deciding.outcome(), "action update_task");
    let listing = strict().receives(vouched_for(from_program("ana.lyst@example.com", "[MyTasks]"), pass));
    listing.assert_nothing_but("ignore automatic_command");
}

#[test]
fn sixth_reopening_is_a_note() {
    let reopened = |times: u32| strict().world(&format!("calls: [{{ number: 5839, reopened: {times} }}]"));
    let fifth = reopened(4).receives(uma("[CALL#5839]"));
    assert_eq!((fifth.outcome().as_str(), state_of(&fifth, 5839)), ("action reopen_call", "open"));
    let sheet = fifth.desk.store.show(Series::Call, Number::from(5839)).unwrap().unwrap();
    assert_eq!(sheet.reopened, 5);
    let sixth = reopened(5).receives(uma("[CALL#5839]"));
    assert_eq!((sixth.outcome().as_str(), state_of(&sixth, 5839)), ("action note_on_closed_call", "closed"));
}

#[test]
fn call_closed_long_ago_is_continued_by_a_new_one() {
    // the bench's first mail comes on 2027-01-15 at 08:00 UTC
    let closed = |at: &str| strict().world(&format!("calls: [{{ number: 5839, closed_at: \"{at}\" }}]"));
    let recent = closed("2026-11-16T08:00:00Z").receives(uma("[CALL#5839]"));
    assert_eq!(recent.outcome(), "action reopen_call");
    let after = closed("2026-10-17T08:00:00Z").receives(uma("[CALL#5839]"));
    assert_eq!((after.outcome().as_str(), state_of(&after, 5839)), ("action log_linked_call", "closed"));
    assert_eq!(effects(&after), ["create_call", "link_call"]);
    let (subject, text) = after.reply();
    assert_eq!(subject, "Call 5842 has been logged");
    assert!(text.starts_with("Call 5839 was closed long ago"), "{text}");
    let sheet = after.desk.store.show(Series::Call, Number::from(5842)).unwrap().unwrap();
    assert_eq!(sheet.linked_to, Some(Number::from(5839)));
}

#[test]
fn unknown_number_is_told_to_whoever_the_desk_knows() {
    let drops = strict().account("new_calls: { log_on_invalid_number: false }");
    let told = drops.receives(uma("[CALL#999]"));
    assert_eq!(told.outcome(), "action decline_number");
    assert_eq!(told.reply().0, "Call No 999 is not known");
    drops.receives(mail("nobody@example.net", "[CALL#999]")).assert_nothing_but("ignore unknown_sender");
}

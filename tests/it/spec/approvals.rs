//! Section 10: approvals and summaries.

use super::{After, desk, mail};
use postroom::vocab::State;

#[track_caller]
fn assert_decided(after: &After, number: u32, state: State, by: &str) {
    let task = after.task(number);
    assert_eq!((task.item.state, task.ended_by.as_deref()), (state, Some(by)));
    let word = if state == State::Approved { "approved" } else { "rejected" };
    assert_eq!(after.reply().0, format!("Task {number} has been successfully {word}"));
}

/// Who may decide which approval: assignee, delegate, the User of a user approval, a member of the group.
const APPROVERS: [(&str, u32, &str); 5] = [
    ("ana.lyst@example.com", 77, "Ana Lyst"),
    ("bo.both@example.com", 77, "Bo Both"),
    ("uma@example.com", 78, "Uma User"),
    ("bo.both@example.com", 81, "Bo Both"),
    ("duty@example.com", 81, "Duty Analyst"),
];

#[test]
fn a1_approver_approves() {
    for (from, number, by) in APPROVERS {
        let bench = desk().account("replies: { auto_reply: false }");
        let after = bench.receives(mail(from, &format!("[APPROVE#{number}]")));
        assert_eq!(after.outcome(), "action approve_task");
        assert_decided(&after, number, State::Approved, by);
    }
}

#[test]
fn a2_approver_rejects() {
    for (from, number, by) in APPROVERS {
        let after = desk().receives(mail(from, &format!("Re: [reject#{number}] no")));
        assert_eq!(after.outcome(), "action reject_task");
        assert_decided(&after, number, State::Rejected, by);
    }
}

#[test]
fn a3_unknown_sender_is_told_that_he_is_not_identified() {
    let benches = [
        desk(),
        desk().account("anonymous: { create_calls: true, update_calls: true, close_calls: true, default_user: Former Employee }"),
        desk().account("approvals: { any_recognised_sender: true }"),
    ];
    for bench in benches {
        for subject in ["[APPROVE#77]", "[REJECT#77]", "[APPROVE#79]"] {
            let after = bench.receives(mail("nobody@example.net", subject));
            assert_eq!(after.outcome(), "refuse sender-not-identified");
            assert!(!after.changed());
            assert_eq!(after.reply().1, "The sender has not been identified.");
        }
    }
}

#[test]
fn a4_somebody_who_is_no_approver_is_refused() {
    for (from, number) in [
        ("carl@example.org", 77),
        ("tara@example.com", 77),
        ("ana.lyst@example.com", 78),
        ("dora@example.com", 81),
    ] {
        for word in ["APPROVE", "REJECT"] {
            desk().receives(mail(from, &format!("[{word}#{number}]"))).assert_only_told(
                "refuse not-an-approver",
                &format!("Task {number} has not been decided"),
                "Reason: Insufficient Permission",
            );
        }
    }
}

#[test]
fn a4_any_recognised_sender_decides_where_the_account_says_so() {
    let bench = desk().account("approvals: { any_recognised_sender: true }");
    for (from, by) in [("carl@example.org", "Carl Customer"), ("dora@example.com", "Dora Desk")] {
        assert_decided(&bench.receives(mail(from, "[APPROVE#77]")), 77, State::Approved, by);
    }
}

#[test]
fn a5_what_is_decided_stays_decided_and_the_reply_says_how() {
    let closed = desk().world("tasks: [{ number: 77, state: closed }]");
    for (number, state) in [(79, "approved"), (80, "rejected"), (77, "closed")] {
        for word in ["APPROVE", "REJECT"] {
            for from in ["ana.lyst@example.com", "carl@example.org"] {
                closed.receives(mail(from, &format!("[{word}#{number}]"))).assert_only_told(
                    "action decline_approval",
                    &format!("Task {number} has not been decided"),
                    &format!("Task {number} is not an approval that can still be decided ({state})."),
                );
            }
        }
    }
    let first = desk().receives(mail("ana.lyst@example.com", "[APPROVE#77]"));
    let second = first.receives(mail("bo.both@example.com", "[REJECT#77]").id("second@example.com"));
    assert_eq!(second.outcome(), "action decline_approval");
    assert_eq!(second.task(77).item.state, State::Approved);
}

/// The numbers in the table of a summary, in its order, and the subject.
fn summary(from: &str, subject: &str) -> (String, Vec<String>) {
    let after = desk().account("replies: { auto_reply: false }").receives(mail(from, subject));
    assert_eq!(after.outcome(), "action send_summary");
    assert!(!after.changed());
    let reply = &after.the_reply().reply;
    let html = reply.html.clone().unwrap_or_else(|| reply.text.clone());
    let rows = html.split("<tr><td>").skip(1);
    let rows = rows.map(|row| {
        let cells: Vec<&str> = row.split("</td><td>").collect();
        let why = cells[4].split("</td>").next().unwrap();
        format!("{} {} {why}", cells[0], cells[1])
    });
    (reply.subject.clone(), rows.collect())
}

#[test]
fn m1_my_calls_lists_what_the_analyst_works_on_has_forwarded_and_was_forwarded() {
    assert_eq!(
        summary("ana.lyst@example.com", "[MyCalls]"),
        (
            "Your calls".to_owned(),
            vec![
                "Call 5837 open working on".to_owned(),
                "Call 5838 open working on".to_owned(),
                "Call 5841 open forwarded by you".to_owned(),
            ]
        )
    );
    assert_eq!(
        summary("bo.both@example.com", "[MyCalls]").1,
        ["Call 5837 open forwarded to you", "Call 5838 open working on"]
    );
}

#[test]
fn m2_my_requests_lists_requests() {
    let (subject, rows) = summary("ana.lyst@example.com", "[MyRequests]");
    assert_eq!(subject, "Your requests");
    assert_eq!(rows, ["Request 210 open working on", "Request 211 closed forwarded by you"]);
}

#[test]
fn m3_tasks_and_approvals_for_either_subject() {
    let expected = ["Task 76 open working on", "Approval 77 open working on", "Approval 81 open working on"];
    for subject in ["[MyTasks]", "[MyApprovals]"] {
        let (title, rows) = summary("ana.lyst@example.com", subject);
        assert_eq!(title, "Your tasks and approvals");
        assert_eq!(rows, expected, "{subject}");
    }
}

#[test]
fn an_analyst_without_work_is_told_so() {
    let after = desk().receives(mail("dora@example.com", "[MyCalls]"));
    assert!(after.reply().1.contains("There are none."), "{:?}", after.reply());
}

#[test]
fn m4_user_gets_no_summary_and_an_unknown_sender_no_answer() {
    for subject in ["[MyCalls]", "[MyRequests]", "[MyTasks]", "[MyApprovals]"] {
        desk().receives(mail("uma@example.com", subject)).assert_only_told(
            "refuse not-an-analyst",
            "No summary",
            "Reason: Insufficient Permission",
        );
        desk().receives(mail("nobody@example.net", subject)).assert_nothing_but("ignore unknown_sender");
    }
}

//! What is wrong with an account, each in a sentence of its own.

use super::{AccountDocument, ServerDocument, since};
use crate::cli::output::one_line;

/// Everything that somebody should know of this account at this time; nothing where all is well.
pub(super) fn of_account(account: &AccountDocument, servers: &[ServerDocument], now: i64) -> Vec<String> {
    let state = &account.state;
    let mut words: Vec<String> =
        state.fault.iter().chain(&state.hanging).map(|fault| since(fault, now)).collect();
    words.extend(state.not_fetched.iter().map(|words| {
        format!(
            "{} (the mail stays in the mailbox and is tried at every look; others go on)",
            one_line(words)
        )
    }));
    if let Some(error) = account.failing_error.as_deref().filter(|_| account.failing > 0) {
        let mails = mails(account.failing);
        words.push(format!("{mails} failed for now and is tried again: {}", one_line(error)));
    }
    words.extend(account.quarantined.iter().map(|(reason, count)| {
        format!("{} in quarantine, {reason}; `postroom quarantine list` shows it", mails(*count))
    }));
    for (via, count) in &account.replies_waiting {
        let Some(server) = servers.iter().find(|server| server.name == *via) else { continue };
        for fault in server.state.fault.iter().chain(&server.state.hanging) {
            let replies =
                if *count == 1 { "1 reply waits".to_owned() } else { format!("{count} replies wait") };
            words.push(format!("{replies} for the outgoing server {via}: {}", one_line(&fault.words)));
        }
    }
    words
}

fn mails(count: u64) -> String {
    if count == 1 { "1 mail".to_owned() } else { format!("{count} mails") }
}

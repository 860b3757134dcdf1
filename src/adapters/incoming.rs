//! Tries an account's mailbox step by step, and changes nothing in it (SPEC 14, "Testing an account, incoming").

use super::imap;
use super::net::{Patience, Protection, legible};
use super::pop3;
use super::probe::{Stage, Tell, doubtful, good, or_bad, reach};
use super::sasl::Choice;
use crate::message::Message;
use crate::ports::{Cause, Failure};
use crate::ruleset::account::{Account, Connect, Server, Tls};
use std::collections::BTreeMap;

/// So many of the newest mails are looked at for the one with the subject.
const LOOKED_AT_MAX: u32 = 50;

/// So many bytes of a mail are shown.
const SHOWN_BYTES_MAX: u32 = 256 * 1024;

/// So many lines of a mail's body are asked for.
const SHOWN_LINES_MAX: u32 = 200;

/// Goes through everything that can fail; gives the newest mail, or the newest whose subject contains a text.
pub fn probe(account: &Account, subject: Option<&str>, tell: Tell<'_>) -> Result<Option<Message>, Failure> {
    match &account.connect {
        Some(Connect::Imap { server, folder, deleted_items_folder }) => {
            by_imap(server, folder, deleted_items_folder, subject, tell)
        }
        Some(Connect::Pop3 { server, .. }) => by_pop3(server, subject, tell),
        Some(connect) => Err(Failure::Permanent(Cause::new(format!(
            "account `{}` is an {} account: there is no server to test",
            account.name,
            connect.protocol()
        )))),
        None => Err(Failure::Permanent(Cause::new(format!(
            "account `{}` connects to nothing; write `connect` first",
            account.name
        )))),
    }
}

fn by_imap(
    server: &Server,
    folder: &str,
    deleted_items_folder: &str,
    subject: Option<&str>,
    tell: Tell<'_>,
) -> Result<Option<Message>, Failure> {
    let connection = reach(server, imap::patience(), tell)?;
    let mut session = or_bad(tell, Stage::Capabilities, imap::Session::over(connection, server))?;
    tell_start_tls(server, session.protection(), tell);
    good(tell, Stage::Capabilities, legible_list(session.capabilities(), " "));
    let choice = or_bad(tell, Stage::Login, session.log_in(server))?;
    tell_login(server, choice, tell);
    let mailbox = or_bad(tell, Stage::Folder, session.examine(folder))?;
    good(tell, Stage::Folder, format!("`{folder}`, its numbering is {}", mailbox.uid_validity));
    tell_deleted_items(&mut session, deleted_items_folder, tell)?;
    good(tell, Stage::Count, counted(u64::from(mailbox.exists)));
    let newest = or_bad(tell, Stage::Mail, session.newest(LOOKED_AT_MAX))?;
    for (uid, _) in newest {
        let header = or_bad(tell, Stage::Mail, session.fetch_header(uid))?.unwrap_or_default();
        if is_wanted(&header, subject) {
            let raw = or_bad(tell, Stage::Mail, session.fetch_beginning(uid, SHOWN_BYTES_MAX))?;
            return Ok(Some(found(&raw.unwrap_or_default(), tell)));
        }
    }
    not_found(subject, tell);
    Ok(None)
}

fn by_pop3(server: &Server, subject: Option<&str>, tell: Tell<'_>) -> Result<Option<Message>, Failure> {
    let connection = reach(server, Patience::default(), tell)?;
    let mut session = or_bad(tell, Stage::Capabilities, pop3::Session::over(connection, server))?;
    tell_start_tls(server, session.protection(), tell);
    good(tell, Stage::Capabilities, legible_list(session.capabilities(), ", "));
    let choice = or_bad(tell, Stage::Login, session.log_in(server))?;
    tell_login(server, choice, tell);
    let listed = or_bad(tell, Stage::Count, session.list())?;
    good(tell, Stage::Count, counted(u64::try_from(listed.len()).unwrap_or(u64::MAX)));
    tell_identifiers(&listed, tell);
    let newest = listed.keys().rev().take(usize::try_from(LOOKED_AT_MAX).unwrap_or_default());
    let mut wanted = None;
    for number in newest {
        let header = or_bad(tell, Stage::Mail, session.top(*number, 0))?;
        if is_wanted(&header, subject) {
            wanted = Some(*number);
            break;
        }
    }
    let message = if let Some(number) = wanted {
        let raw = or_bad(tell, Stage::Mail, session.top(number, SHOWN_LINES_MAX))?;
        Some(found(&raw, tell))
    } else {
        not_found(subject, tell);
        None
    };
    // Nothing is deleted, so that nothing is lost where the server does not answer any more.
    let _gone = session.quit();
    Ok(message)
}

/// So many of the server's own words are shown.
const WORDS_SHOWN_MAX: usize = 100;

fn legible_list(words: impl Iterator<Item = impl AsRef<str>>, between: &str) -> String {
    let words = words.take(WORDS_SHOWN_MAX).map(|word| legible(word.as_ref().as_bytes()));
    words.collect::<Vec<_>>().join(between)
}

fn tell_start_tls(server: &Server, protection: Option<Protection>, tell: Tell<'_>) {
    if let (Tls::Starttls, Some(protection)) = (server.tls, protection) {
        let certificate = protection.certificate.map(|it| format!("; certificate: {it}")).unwrap_or_default();
        good(tell, Stage::Protection, format!("{}{certificate}", protection.version));
    }
}

fn tell_login(server: &Server, choice: Choice, tell: Tell<'_>) {
    good(tell, Stage::Method, choice.why);
    if let Some(warning) = choice.warning {
        doubtful(tell, Stage::Method, warning);
    }
    if choice.mechanism.is_some() {
        let login = server.login.login.as_deref().unwrap_or_default();
        good(tell, Stage::Login, format!("the server knows us as `{login}`"));
    }
}

/// Where mails go that have been dealt with.
fn tell_deleted_items(session: &mut imap::Session, name: &str, tell: Tell<'_>) -> Result<(), Failure> {
    if name.is_empty() {
        good(tell, Stage::Folder, "mails that have been dealt with are removed for good");
        return Ok(());
    }
    match or_bad(tell, Stage::Folder, session.find_folder(name))? {
        Some(found) => {
            good(tell, Stage::Folder, format!("mails that have been dealt with go into `{found}`"));
        }
        None => doubtful(
            tell,
            Stage::Folder,
            format!(
                "there is no folder `{name}`: mails that have been dealt with would stay, marked; there are `{}`",
                session.folder_names()?.join("`, `")
            ),
        ),
    }
    Ok(())
}

fn tell_identifiers(listed: &BTreeMap<u32, pop3::Listed>, tell: Tell<'_>) {
    if listed.values().any(|listed| listed.uidl.is_none()) {
        doubtful(
            tell,
            Stage::Count,
            "the server gives no lasting identifiers (UIDL): mails are known by their content alone",
        );
    }
}

fn counted(mails: u64) -> String {
    if mails == 1 { "1 mail".to_owned() } else { format!("{mails} mails") }
}

fn is_wanted(header: &[u8], subject: Option<&str>) -> bool {
    let subject = subject.map(str::to_lowercase);
    subject.is_none_or(|subject| Message::read(header).subject.to_lowercase().contains(&subject))
}

fn found(raw: &[u8], tell: Tell<'_>) -> Message {
    good(tell, Stage::Mail, "found; nothing was changed");
    Message::read(raw)
}

fn not_found(subject: Option<&str>, tell: Tell<'_>) {
    let what = match subject {
        Some(subject) => format!("none of the {LOOKED_AT_MAX} newest mails has `{subject}` in its subject"),
        None => "the mailbox is empty".to_owned(),
    };
    doubtful(tell, Stage::Mail, format!("{what}; send a mail to the account and test again"));
}

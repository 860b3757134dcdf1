//! The mailbox of an account, whatever its protocol.

use super::files::FilesInbox;
use super::imap::ImapInbox;
use super::pop3::Pop3Inbox;
use crate::ports::{Cause, Failure, Inbox};
use crate::ruleset::account::{Account, Connect};
use std::path::Path;

/// The largest mail that is fetched from a server whatever its account allows: so that a mail which is too large
/// for its account is in quarantine with its bytes (SPEC G7), and no mail takes all memory.
pub const MAIL_BYTES_MAX: u64 = 64 * 1024 * 1024;

/// Opens the mailbox of an account. Servers are not connected to before the first mail is asked for.
pub fn open(account: &Account) -> Result<Box<dyn Inbox + Send>, Failure> {
    match &account.connect {
        Some(Connect::Files { folder }) => {
            let spool = Path::new(folder);
            let _listed = std::fs::read_dir(spool).map_err(|error| {
                let sentence = format!("cannot read the folder `{}`: {error}", spool.display());
                Failure::Transient(Cause::from_error(sentence, error))
            })?;
            Ok(Box::new(FilesInbox::spool(spool)))
        }
        Some(Connect::Imap { server, folder, deleted_items_folder }) => {
            Ok(Box::new(ImapInbox::new(server, folder, deleted_items_folder, account.size_bytes_max)))
        }
        Some(Connect::Pop3 { server, max_messages_per_session }) => {
            Ok(Box::new(Pop3Inbox::new(server, *max_messages_per_session, account.size_bytes_max)))
        }
        Some(connect @ (Connect::Graph { .. } | Connect::Ews { .. } | Connect::Mapi)) => {
            Err(Failure::Permanent(Cause::new(format!(
                "account `{}` is an {} account, and this version fetches mail from files, by imap and by pop3 only",
                account.name,
                connect.protocol()
            ))))
        }
        None => Err(Failure::Permanent(Cause::new(format!(
            "account `{}` connects to nothing: it is fed by `postroom process PATH` alone",
            account.name
        )))),
    }
}

/// A mail that is larger than what is fetched.
pub(super) fn too_large(origin: &str, size: u64, most: u64) -> Failure {
    let mebibytes = |bytes: u64| bytes.div_ceil(1024 * 1024);
    Failure::Permanent(Cause::new(format!(
        "`{origin}` has {} MiB, more than the {} MiB that are fetched, and stays in its mailbox; somebody must \
         look at it there",
        mebibytes(size),
        mebibytes(most)
    )))
}

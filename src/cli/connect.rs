//! From an account or an outgoing server of the rule set to the adapter that speaks with it. The one place that
//! knows which protocols this version has.

use crate::adapters::files::FilesInbox;
use crate::adapters::{inboxes, mailers};
use crate::ports::{Cause, Failure, Inbox, Mailer};
use crate::ruleset::account::{Account, Connect, Outgoing};
use std::path::Path;

/// Opens an account's mailbox. Folders are seen from the folder of the rule file.
pub(super) fn open_inbox(account: &Account, folder: &Path) -> Result<Box<dyn Inbox + Send>, Failure> {
    match &account.connect {
        Some(Connect::Files { folder: spool }) => {
            let spool = folder.join(spool);
            let _listed = std::fs::read_dir(&spool).map_err(|error| {
                let sentence = format!("cannot read the folder `{}`: {error}", spool.display());
                Failure::Transient(Cause::from_error(sentence, error))
            })?;
            Ok(Box::new(FilesInbox::spool(&spool)))
        }
        _ => inboxes::open(account, folder),
    }
}

/// Opens an outgoing server. Our mails carry this loop mark.
pub(super) fn open_mailer(
    server: &Outgoing,
    loop_mark: &str,
    folder: &Path,
) -> Result<Box<dyn Mailer + Send>, Failure> {
    mailers::open(server, folder, loop_mark)
}

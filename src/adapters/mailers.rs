//! The mailer of each outgoing server.

use super::files::FilesMailer;
use super::smtp::SmtpMailer;
use crate::ports::{Cause, Failure, Mailer};
use crate::ruleset::account::{Outgoing, Submit};
use std::path::Path;

/// The mailer by which mail leaves through this server. `folder` is where relative folders of the rule set begin;
/// `loop_mark` is this system's own (SPEC G4). Opens no connection yet.
pub fn open(outgoing: &Outgoing, folder: &Path, loop_mark: &str) -> Result<Box<dyn Mailer + Send>, Failure> {
    let name = &outgoing.name;
    if !outgoing.active {
        return Err(Failure::Transient(Cause::new(format!("the outgoing server `{name}` is not active"))));
    }
    let protocol = match &outgoing.submit {
        Submit::Files { folder: out } => {
            return Ok(Box::new(FilesMailer::new(folder.join(out), loop_mark)));
        }
        Submit::Smtp { .. } => {
            if let Some(mailer) = SmtpMailer::new(outgoing, loop_mark) {
                return Ok(Box::new(mailer));
            }
            "smtp"
        }
        Submit::Graph { .. } => "graph",
        Submit::Ews { .. } => "ews",
        Submit::Mapi => "mapi",
    };
    Err(Failure::Transient(Cause::new(format!(
        "the outgoing server `{name}` is reached by {protocol}, and this version sends by smtp and files only"
    ))))
}

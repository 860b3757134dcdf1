//! The mailer of each outgoing server.

use super::files::FilesMailer;
use super::smtp::SmtpMailer;
use crate::ports::{Cause, Failure, Mailer};
use crate::ruleset::account::{Outgoing, Submit};

/// The mailer by which mail leaves through this server. `loop_mark` is this system's own (SPEC G4).
/// Opens no connection yet.
pub fn open(outgoing: &Outgoing, loop_mark: &str) -> Result<Box<dyn Mailer + Send>, Failure> {
    let name = &outgoing.name;
    if !outgoing.active {
        return Err(Failure::Transient(Cause::new(format!("the outgoing server `{name}` is not active"))));
    }
    let protocol = match &outgoing.submit {
        Submit::Files { folder } => return Ok(Box::new(FilesMailer::new(folder, loop_mark))),
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

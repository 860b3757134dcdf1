//! Hands mails over to an SMTP server (RFC 5321, RFC 6409).
//!
//! Spoken over our own connection, because a library's own could neither hold a server to one certificate nor
//! bound the time of one that drips. One connection is kept for as many mails as there are, until it has been
//! idle too long.

mod answer;
mod pager;
mod session;
mod submission;
#[cfg(test)]
mod tests;

pub use answer::{Answer, Capabilities};
pub use session::Session;

use super::compose::{Composed, Marks, compose};
use super::net::{Closer, Patience};
use crate::ports::{Cause, Failure, Mailer, OutboxEntry};
use crate::ruleset::account::{Outgoing, PagerEncoding, Server, Submit};
use crate::vocab::AddrSpec;
use session::Trouble;
use std::time::{Duration, Instant};
use submission::Submission;

/// The longest line that an SMTP server may send (RFC 5321 §4.5.3.1.5 has 512; extensions more).
const LINE_BYTES_MAX: usize = 8 * 1024;

/// An outgoing server that is reached by SMTP.
#[derive(Debug)]
pub struct SmtpMailer {
    server: Server,
    outgoing_email_id: AddrSpec,
    chunking: bool,
    pager_encoding: PagerEncoding,
    idle: Duration,
    loop_mark: String,
    patience: Patience,
    kept: Option<Kept>,
}

/// A session that waits for the next mail.
#[derive(Debug)]
struct Kept {
    session: Session,
    since: Instant,
}

impl SmtpMailer {
    /// The mailer of an outgoing server under this system's loop mark; `None` where it is not reached by SMTP.
    pub fn new(outgoing: &Outgoing, loop_mark: impl Into<String>) -> Option<Self> {
        let Submit::Smtp { server, connection_timeout_secs, chunking, pager_encoding } = &outgoing.submit
        else {
            return None;
        };
        Some(Self {
            server: server.clone(),
            outgoing_email_id: outgoing.outgoing_email_id.clone(),
            chunking: *chunking,
            pager_encoding: *pager_encoding,
            idle: Duration::from_secs(u64::from(*connection_timeout_secs)),
            loop_mark: loop_mark.into(),
            patience: Patience { line_bytes_max: LINE_BYTES_MAX, ..Patience::default() },
            kept: None,
        })
    }

    /// With another patience than most servers get.
    #[must_use]
    pub fn with_patience(mut self, patience: Patience) -> Self {
        self.patience = patience;
        self
    }

    /// Says `QUIT` where no mail came for the connection timeout (SPEC 12); gives how long that is still off.
    /// To be called now and then by whoever has no mail for it.
    pub fn close_if_idle(&mut self) -> Option<Duration> {
        let idle = self.kept.as_ref()?.since.elapsed();
        if idle < self.idle {
            return Some(self.idle.saturating_sub(idle));
        }
        self.close();
        None
    }

    /// Says `QUIT`; the next mail opens a new connection.
    pub fn close(&mut self) {
        if let Some(kept) = self.kept.take() {
            kept.session.quit();
        }
    }

    /// Closes the connection that is kept, from another thread.
    pub fn closer(&self) -> Option<Closer> {
        self.kept.as_ref().map(|kept| kept.session.connection.closer())
    }

    /// Hands over what was composed, on the kept connection or a new one. A kept connection may have died
    /// unnoticed; then another is opened, once.
    fn hand_over(&mut self, composed: &Composed, report_as: Option<&str>) -> Result<(), Failure> {
        self.close_if_idle();
        let to = [composed.envelope_to.clone()];
        let outgoing_email_id = self.outgoing_email_id.clone();
        let submission = Submission {
            from: composed.envelope_from.as_ref(),
            fallback: &outgoing_email_id,
            to: &to,
            bytes: &composed.bytes,
            report_as,
            chunking: self.chunking,
        };
        if let Some(kept) = self.kept.take() {
            let mut session = kept.session;
            // What a server has to say to an idle connection is that it closes it; `RSET` brings it to light
            // before a mail is at stake.
            if session.reset() {
                return self.on(session, &submission);
            }
        }
        let session = Session::open(&self.server, self.patience)?;
        self.on(session, &submission)
    }

    fn on(&mut self, mut session: Session, submission: &Submission<'_>) -> Result<(), Failure> {
        let done = match session.submit(submission) {
            Ok(_) => Ok(()),
            Err(Trouble::Refused(answer, command)) => {
                let failure = session.refusal(&answer, &command);
                if !session.reset() {
                    return Err(failure);
                }
                Err(failure)
            }
            Err(Trouble::Unfit(failure)) => Err(failure),
            Err(Trouble::Broken(failure)) => return Err(failure),
        };
        self.kept = Some(Kept { session, since: Instant::now() });
        done
    }
}

impl Mailer for SmtpMailer {
    fn submit(&mut self, mail: &OutboxEntry) -> Result<(), Failure> {
        let marks = Marks { loop_mark: &self.loop_mark, rules: mail.rules.as_deref() };
        let composed = match pager::for_pager(mail, self.pager_encoding) {
            Some(short) => compose(&short, marks)?,
            None => compose(mail, marks)?,
        };
        let report_as = mail.reply.request_receipt.then_some(mail.message_id.as_str());
        self.hand_over(&composed, report_as)
    }
}

impl Drop for SmtpMailer {
    fn drop(&mut self) {
        self.close();
    }
}

/// Hands over a mail to several readers at once, on a connection of its own; gives who was refused and why.
/// For `account test`.
pub fn hand_over_once(
    session: &mut Session,
    from: &AddrSpec,
    to: &[AddrSpec],
    bytes: &[u8],
) -> Result<Vec<(AddrSpec, Failure)>, Failure> {
    if to.is_empty() {
        return Err(Failure::Permanent(Cause::new("the mail has no reader")));
    }
    let submission =
        Submission { from: Some(from), fallback: from, to, bytes, report_as: None, chunking: true };
    session.submit(&submission).map_err(|trouble| match trouble {
        Trouble::Refused(answer, command) => session.refusal(&answer, &command),
        Trouble::Unfit(failure) | Trouble::Broken(failure) => failure,
    })
}

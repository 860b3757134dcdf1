//! One mail within a session (RFC 5321 §3.3).

use super::answer::Capabilities;
use super::session::{Session, Trouble};
use crate::ports::{Cause, Failure};
use crate::vocab::AddrSpec;
use std::fmt::Write as _;

/// Mails above this size go in chunks where the server takes them.
const CHUNKING_ABOVE_BYTES: usize = 64 * 1024;

/// How much of a mail goes in one chunk, and how much is written in the time of one command.
const CHUNK_BYTES: usize = 256 * 1024;

/// How many times longer than for any other command the server may think after the end of the mail: it may be
/// looking for viruses (RFC 5321 §4.5.3.2.6 asks for ten minutes).
const END_TIMES: u32 = 10;

/// The longest envelope identifier (RFC 3461 §4.4).
const ENVELOPE_ID_CHARS_MAX: usize = 100;

/// A mail with its envelope, ready to be handed over.
#[derive(Debug)]
pub(super) struct Submission<'a> {
    /// The reverse-path; `None`: the null one.
    pub(super) from: Option<&'a AddrSpec>,
    /// Taken instead where the server refuses the null reverse-path for good (SPEC 13: "where the server allows
    /// it").
    pub(super) fallback: &'a AddrSpec,
    /// The forward-paths.
    pub(super) to: &'a [AddrSpec],
    /// Headers and body, lines ended by CR LF.
    pub(super) bytes: &'a [u8],
    /// Delivery reports are asked for where the server can give them; the identifier that they repeat.
    pub(super) report_as: Option<&'a str>,
    /// Large mails go in chunks where the server takes them.
    pub(super) chunking: bool,
}

impl Session {
    /// Hands one mail over to all its readers. Those who were refused are given back where at least one was
    /// taken; where none was, the first refusal is the failure.
    pub(super) fn submit(&mut self, mail: &Submission<'_>) -> Result<Vec<(AddrSpec, Failure)>, Trouble> {
        let able = self.capabilities().clone();
        check_size(&able, mail)?;
        let parameters = sender_parameters(&able, mail)?;
        match (self.demand(&mail_from(mail.from, &parameters)), mail.from) {
            (Ok(_), _) => {}
            (Err(Trouble::Refused(answer, _)), None) if answer.is_permanent() => {
                self.demand(&mail_from(Some(mail.fallback), &parameters))?;
            }
            (Err(trouble), _) => return Err(trouble),
        }
        let mut refused = Vec::new();
        let mut first = None;
        for address in mail.to {
            match self.demand(&rcpt_to(address, &able, mail)) {
                Ok(_) => {}
                Err(Trouble::Refused(answer, command)) => {
                    refused.push((address.clone(), self.refusal(&answer, &command)));
                    first.get_or_insert((answer, command));
                }
                Err(broken) => return Err(broken),
            }
        }
        match first {
            Some((answer, command)) if refused.len() == mail.to.len() => {
                return Err(Trouble::Refused(answer, command));
            }
            _ => {}
        }
        if mail.chunking && able.chunking && mail.bytes.len() > CHUNKING_ABOVE_BYTES {
            self.in_chunks(mail.bytes)?;
        } else {
            self.as_data(mail.bytes)?;
        }
        Ok(refused)
    }

    /// Begins anew after a refusal; says whether the server goes on with us.
    pub(super) fn reset(&mut self) -> bool {
        self.ask("RSET").is_ok_and(|answer| answer.is_done())
    }

    fn as_data(&mut self, bytes: &[u8]) -> Result<(), Trouble> {
        let answer = self.ask("DATA")?;
        if answer.code != 354 {
            return Err(Trouble::Refused(answer, "DATA".to_owned()));
        }
        for part in stuffed(bytes).chunks(CHUNK_BYTES) {
            self.connection.begin();
            self.connection.write(part)?;
        }
        self.end("the mail")
    }

    /// RFC 3030 §2: no dots to double, no line that is too long.
    fn in_chunks(&mut self, bytes: &[u8]) -> Result<(), Trouble> {
        let mut chunks = bytes.chunks(CHUNK_BYTES).peekable();
        while let Some(chunk) = chunks.next() {
            let is_last = chunks.peek().is_none();
            let last = if is_last { " LAST" } else { "" };
            let command = format!("BDAT {}{last}", chunk.len());
            self.connection.begin();
            self.connection.write(format!("{command}\r\n").as_bytes())?;
            self.connection.write(chunk)?;
            if is_last {
                return self.end(&command);
            }
            let answer = self.answer()?;
            if !answer.is_done() {
                return Err(Trouble::Refused(answer, command));
            }
        }
        Ok(())
    }

    /// The answer to the whole mail. Without it nobody knows whether the mail was taken.
    fn end(&mut self, command: &str) -> Result<(), Trouble> {
        let time = self.patience.command.saturating_mul(END_TIMES);
        self.connection.begin_for(time);
        match self.answer() {
            Ok(answer) if answer.is_done() => Ok(()),
            Ok(answer) => Err(Trouble::Refused(answer, command.to_owned())),
            Err(failure) => {
                let sentence = format!(
                    "{failure}; that was after the end of the mail, so it may have been taken, and may arrive twice"
                );
                Err(Trouble::Broken(Failure::Transient(Cause::from_error(sentence, failure))))
            }
        }
    }
}

/// RFC 1870 §6.3: what is too large is not even begun.
fn check_size(able: &Capabilities, mail: &Submission<'_>) -> Result<(), Trouble> {
    let size = u64::try_from(mail.bytes.len()).unwrap_or(u64::MAX);
    match able.size {
        Some(most) if most > 0 && size > most => Err(Trouble::Unfit(Failure::Permanent(Cause::new(
            format!("the mail has {size} bytes, and the server takes {most} at most"),
        )))),
        _ => Ok(()),
    }
}

fn sender_parameters(able: &Capabilities, mail: &Submission<'_>) -> Result<String, Trouble> {
    let mut parameters = String::new();
    let impossible = |what: &str| {
        let sentence = format!("the server does not take {what}, which this mail needs");
        Trouble::Unfit(Failure::Permanent(Cause::new(sentence)))
    };
    if able.size.is_some() {
        // Writing to a String cannot fail.
        let _written = write!(parameters, " SIZE={}", mail.bytes.len());
    }
    if !mail.bytes.is_ascii() {
        if !able.eight_bit_mime {
            return Err(impossible("bytes beyond ASCII (8BITMIME)"));
        }
        parameters.push_str(" BODY=8BITMIME");
    }
    let is_ascii = |address: &AddrSpec| address.as_str().is_ascii();
    if !mail.to.iter().all(is_ascii) || !mail.from.is_none_or(is_ascii) || !is_ascii(mail.fallback) {
        if !able.smtputf8 {
            return Err(impossible("addresses beyond ASCII (SMTPUTF8)"));
        }
        parameters.push_str(" SMTPUTF8");
    }
    if let (true, Some(id)) = (able.dsn, mail.report_as) {
        parameters.push_str(" RET=HDRS");
        let id = xtext(id);
        if id.len() <= ENVELOPE_ID_CHARS_MAX {
            parameters.push_str(" ENVID=");
            parameters.push_str(&id);
        }
    }
    Ok(parameters)
}

fn mail_from(from: Option<&AddrSpec>, parameters: &str) -> String {
    format!("MAIL FROM:<{}>{parameters}", from.map_or("", AddrSpec::as_str))
}

fn rcpt_to(address: &AddrSpec, able: &Capabilities, mail: &Submission<'_>) -> String {
    let notify = if able.dsn && mail.report_as.is_some() { " NOTIFY=SUCCESS,FAILURE,DELAY" } else { "" };
    format!("RCPT TO:<{address}>{notify}")
}

/// RFC 3461 §4.
fn xtext(text: &str) -> String {
    let mut written = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_graphic() && !b"+=".contains(&byte) {
            written.push(char::from(byte));
        } else {
            let _written = write!(written, "+{byte:02X}");
        }
    }
    written
}

/// RFC 5321 §4.5.2: a dot at the beginning of a line is doubled; ends with the line of the end. Bare CR and LF,
/// which servers take for different things, become whole line ends.
fn stuffed(bytes: &[u8]) -> Vec<u8> {
    let mut stuffed = Vec::with_capacity(bytes.len() + bytes.len() / 64 + 8);
    let mut is_at_begin = true;
    let mut rest = bytes.iter().copied().peekable();
    while let Some(byte) = rest.next() {
        match byte {
            b'\r' | b'\n' => {
                if byte == b'\r' {
                    rest.next_if_eq(&b'\n');
                }
                stuffed.extend_from_slice(b"\r\n");
                is_at_begin = true;
            }
            _ => {
                if byte == b'.' && is_at_begin {
                    stuffed.push(b'.');
                }
                stuffed.push(byte);
                is_at_begin = false;
            }
        }
    }
    if !is_at_begin {
        stuffed.extend_from_slice(b"\r\n");
    }
    stuffed.extend_from_slice(b".\r\n");
    stuffed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_line_of_a_mail_ends_it_too_early() {
        for (bytes, expected) in [
            ("a\r\n.\r\nb\r\n", "a\r\n..\r\nb\r\n.\r\n"),
            (".a\r\n..b\r\n", "..a\r\n...b\r\n.\r\n"),
            ("a.b", "a.b\r\n.\r\n"),
            ("a\n.\nb\r.\r\r\n", "a\r\n..\r\nb\r\n..\r\n\r\n.\r\n"),
            ("", ".\r\n"),
        ] {
            assert_eq!(String::from_utf8(stuffed(bytes.as_bytes())).unwrap(), expected, "{bytes:?}");
        }
    }

    #[test]
    fn an_envelope_identifier_is_written_as_rfc_3461_wants_it() {
        assert_eq!(xtext("a+b=c@d e"), "a+2Bb+3Dc@d+20e");
    }
}

//! Splits an mbox into mails without ever holding more than one of them.
//!
//! A mail begins at a line that starts with `From ` at the start of the file or after a blank line; lines of
//! its text that would look the same were quoted with `>` when it was stored (RFC 4155, the `mboxrd` way).

use std::io::{self, BufRead, Read as _};

/// How a mail begins.
const FROM: &[u8] = b"From ";

/// How much of a line is looked at in one go; a longer line comes in pieces.
const PIECE_BYTES: u64 = 64 * 1024;

/// One step through an mbox.
#[derive(Debug)]
pub(super) enum Found {
    /// A mail with its bytes.
    Mail(Vec<u8>),
    /// A mail that has more bytes than were wanted; it was passed over.
    TooLarge,
}

/// The mails of an mbox, one after the other.
#[derive(Debug)]
pub(super) struct Mbox<R> {
    lines: R,
    count: u64,
    is_begun: bool,
    is_at_separator: bool,
}

impl<R: BufRead> Mbox<R> {
    pub(super) fn new(lines: R) -> Self {
        Self { lines, count: 0, is_begun: false, is_at_separator: false }
    }

    /// How many mails were given so far.
    pub(super) fn count(&self) -> u64 {
        self.count
    }

    /// The next mail of at most so many bytes.
    pub(super) fn next_mail(&mut self, most: u64) -> io::Result<Option<Found>> {
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        let mut mail = Vec::new();
        let (mut is_too_large, mut is_blank_before, mut is_line_start) = (false, !self.is_begun, true);
        let mut is_mail = std::mem::take(&mut self.is_at_separator);
        let mut piece = Vec::new();
        loop {
            piece.clear();
            let read = (&mut self.lines).take(PIECE_BYTES).read_until(b'\n', &mut piece)?;
            if read == 0 {
                break;
            }
            self.is_begun = true;
            if is_line_start && is_blank_before && piece.starts_with(FROM) {
                self.skip_rest_of_line(&piece)?;
                if is_mail {
                    self.is_at_separator = true;
                    break;
                }
                (is_mail, is_blank_before) = (true, false);
                continue;
            }
            // Text before the first `From ` is a mail too where there is any: nothing is lost silently.
            is_mail |= !is_blank(&piece);
            if is_line_start {
                is_blank_before = is_blank(&piece);
                unquote(&mut piece);
            }
            is_line_start = piece.ends_with(b"\n");
            is_too_large |= mail.len() + piece.len() > most;
            if !is_too_large {
                mail.extend_from_slice(&piece);
            }
        }
        if !is_mail {
            return Ok(None);
        }
        self.count += 1;
        drop_last_blank_line(&mut mail);
        Ok(Some(if is_too_large { Found::TooLarge } else { Found::Mail(mail) }))
    }

    fn skip_rest_of_line(&mut self, piece: &[u8]) -> io::Result<()> {
        if !piece.ends_with(b"\n") {
            let _skipped = self.lines.skip_until(b'\n')?;
        }
        Ok(())
    }
}

fn is_blank(line: &[u8]) -> bool {
    matches!(line, b"\n" | b"\r\n")
}

/// `>From ` becomes `From `, `>>From ` becomes `>From `.
fn unquote(line: &mut Vec<u8>) {
    let quotes = line.iter().take_while(|byte| **byte == b'>').count();
    if quotes > 0 && line.get(quotes..).is_some_and(|rest| rest.starts_with(FROM)) {
        let _quote = line.remove(0);
    }
}

/// The blank line before the next `From ` belongs to the mbox, not to the mail.
fn drop_last_blank_line(mail: &mut Vec<u8>) {
    if mail.ends_with(b"\n\r\n") {
        mail.truncate(mail.len() - 2);
    } else if mail.ends_with(b"\n\n") {
        mail.truncate(mail.len() - 1);
    }
}

#[cfg(test)]
mod tests {
    use super::{Found, Mbox};

    fn check(mbox: &str, expected: &[&str]) {
        let mut reader = Mbox::new(mbox.as_bytes());
        let mut found = Vec::new();
        while let Some(mail) = reader.next_mail(1000).unwrap() {
            found.push(match mail {
                Found::Mail(raw) => String::from_utf8(raw).unwrap(),
                Found::TooLarge => "too large".to_owned(),
            });
        }
        assert_eq!(found, expected, "{mbox:?}");
    }

    #[test]
    fn an_mbox_is_split_at_its_from_lines() {
        check("", &[]);
        check("\n\n", &[]);
        check("From a\nA: 1\n\nx\n", &["A: 1\n\nx\n"]);
        check("From a\nA: 1\n\nx\n\nFrom b\nB: 2\n\ny\n\n", &["A: 1\n\nx\n", "B: 2\n\ny\n"]);
        check("From a\r\nA: 1\r\n\r\nx\r\n\r\nFrom b\r\nB: 2\r\n", &["A: 1\r\n\r\nx\r\n", "B: 2\r\n"]);
        check("From a\nA: 1\n\nx\nFrom here on\n", &["A: 1\n\nx\nFrom here on\n"]);
        check("From a\nA: 1\n\n>From x\n>>From y\n> From z\n", &["A: 1\n\nFrom x\n>From y\n> From z\n"]);
        check("A: 1\n\nno separator\n", &["A: 1\n\nno separator\n"]);
        check("From a\n\nFrom b\nB: 2\n", &["\n", "B: 2\n"]);
    }

    #[test]
    fn a_mail_beyond_the_limit_is_passed_over_and_the_next_one_comes() {
        let long = "x".repeat(2000);
        check(&format!("From a\nA: 1\n\n{long}\n\nFrom b\nB: 2\n"), &["too large", "B: 2\n"]);
    }

    #[test]
    fn a_line_longer_than_a_piece_is_kept_whole() {
        let long = format!("A: 1\n\n{}From not a separator\n", "x".repeat(64 * 1024));
        let mbox = format!("From a\n{long}\nFrom b\nB: 2\n");
        let mut reader = Mbox::new(mbox.as_bytes());
        let mut next = || match reader.next_mail(1_000_000) {
            Ok(Some(Found::Mail(raw))) => raw,
            other => panic!("{other:?}"),
        };
        assert_eq!(next(), long.as_bytes());
        assert_eq!(next(), b"B: 2\n");
    }
}

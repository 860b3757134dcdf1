//! What a server says: answers (RFC 5321 §4.2) and what it is able to do (§4.1.1.1).

use crate::adapters::net::{Connection, legible};
use crate::adapters::sasl::Offer;
use crate::ports::Failure;

/// More lines than any server's list of abilities has.
const LINES_MAX: usize = 200;

/// A code and the words behind it, line by line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Three digits, the first between 2 and 5.
    pub code: u16,
    /// At least one line, as bytes: servers write what they like.
    pub lines: Vec<Vec<u8>>,
}

impl Answer {
    /// Reads a whole answer within the time that was begun.
    pub(super) fn read(connection: &mut Connection) -> Result<Self, Failure> {
        let mut code = None;
        let mut lines = Vec::new();
        loop {
            let line = connection.read_line()?;
            let Some((this, is_last, text)) = parts(&line) else {
                let said = legible(&line);
                return Err(connection.failure(&format!("does not speak SMTP: it said `{said}`")));
            };
            if code.is_some_and(|code| code != this) {
                return Err(connection.failure("does not speak SMTP: one answer has two codes"));
            }
            code = Some(this);
            lines.push(text.to_vec());
            if is_last {
                return Ok(Self { code: this, lines });
            }
            if lines.len() >= LINES_MAX {
                return Err(connection.failure(&format!("gave an answer of more than {LINES_MAX} lines")));
            }
        }
    }

    /// 2yz: done.
    pub fn is_done(&self) -> bool {
        self.code / 100 == 2
    }

    /// 5yz: not worth another attempt.
    pub fn is_permanent(&self) -> bool {
        self.code / 100 == 5
    }

    /// 421: the server closes the connection.
    pub(super) fn is_farewell(&self) -> bool {
        self.code == 421
    }

    /// Code and words in one line, for people.
    pub fn words(&self) -> String {
        let text: Vec<String> = self.lines.iter().map(|line| legible(line)).collect();
        legible(format!("{} {}", self.code, text.join(" ")).as_bytes())
    }
}

/// Code, whether it is the last line, and the text of one line.
fn parts(line: &[u8]) -> Option<(u16, bool, &[u8])> {
    let (digits, rest) = line.split_at_checked(3)?;
    let code = std::str::from_utf8(digits).ok()?;
    let code = code.bytes().all(|byte| byte.is_ascii_digit()).then(|| code.parse::<u16>().ok())??;
    let (is_last, text) = match rest.split_first() {
        None => (true, rest),
        Some((b' ', text)) => (true, text),
        Some((b'-', text)) => (false, text),
        Some(_) => return None,
    };
    (200..600).contains(&code).then_some((code, is_last, text))
}

/// What the server is able to do, as it says behind `EHLO`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is an extension of its own")]
pub struct Capabilities {
    /// RFC 3207.
    pub starttls: bool,
    /// RFC 1870; `Some(0)`: no fixed limit.
    pub size: Option<u64>,
    /// RFC 6152.
    pub eight_bit_mime: bool,
    /// RFC 6531.
    pub smtputf8: bool,
    /// RFC 3030.
    pub chunking: bool,
    /// RFC 3461.
    pub dsn: bool,
    /// SASL names (RFC 4954).
    pub auth: Vec<String>,
}

impl Capabilities {
    pub(super) fn of(answer: &Answer) -> Self {
        let mut able = Self::default();
        for line in answer.lines.iter().skip(1) {
            let line = String::from_utf8_lossy(line).to_ascii_uppercase();
            // Servers of the last century wrote `AUTH=LOGIN`.
            let line = line.replacen("AUTH=", "AUTH ", 1);
            let mut words = line.split_ascii_whitespace();
            match words.next() {
                Some("STARTTLS") => able.starttls = true,
                Some("SIZE") => able.size = words.next().map_or(Some(0), |size| size.parse().ok()),
                Some("8BITMIME") => able.eight_bit_mime = true,
                Some("SMTPUTF8") => able.smtputf8 = true,
                Some("CHUNKING") => able.chunking = true,
                Some("DSN") => able.dsn = true,
                Some("AUTH") => {
                    for name in words.map(str::to_owned) {
                        if !able.auth.contains(&name) {
                            able.auth.push(name);
                        }
                    }
                }
                _ => {}
            }
        }
        able
    }

    /// For the choice of a mechanism; SMTP has no login command of its own.
    pub fn offer(&self) -> Offer {
        Offer { sasl: self.auth.clone(), standard: false, apop_challenge: None }
    }

    /// The abilities that matter to us, for people.
    pub fn names(&self) -> Vec<String> {
        let size = self.size.map(|size| if size == 0 { "SIZE".to_owned() } else { format!("SIZE {size}") });
        let auth = (!self.auth.is_empty()).then(|| format!("AUTH {}", self.auth.join(" ")));
        let flags = [
            (self.starttls, "STARTTLS"),
            (self.eight_bit_mime, "8BITMIME"),
            (self.smtputf8, "SMTPUTF8"),
            (self.chunking, "CHUNKING"),
            (self.dsn, "DSN"),
        ];
        let flags = flags.into_iter().filter(|(is_able, _)| *is_able).map(|(_, name)| name.to_owned());
        flags.chain(size).chain(auth).map(|name| legible(name.as_bytes())).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_an_answer_are_taken_apart() {
        type Case = (&'static [u8], Option<(u16, bool, &'static [u8])>);
        let cases: [Case; 11] = [
            (b"250 ok", Some((250, true, b"ok"))),
            (b"250-more", Some((250, false, b"more"))),
            (b"250", Some((250, true, b""))),
            (b"550 \xff\xfe", Some((550, true, b"\xff\xfe"))),
            (b"25", None),
            (b"", None),
            (b"2x0 ok", None),
            (b"150 early", None),
            (b"600 late", None),
            (b"2500 long", None),
            (b"+50 sign", None),
        ];
        for (line, expected) in cases {
            assert_eq!(parts(line), expected, "{line:?}");
        }
    }

    #[test]
    fn abilities_are_read_whatever_their_case() {
        let lines = [
            "mail.example.com",
            "Size 1000",
            "auth plain Login",
            "AUTH=LOGIN XOAUTH2",
            "8bitmime",
            "X-ODD y",
            "",
            "dsn",
        ];
        let answer = Answer { code: 250, lines: lines.map(|line| line.as_bytes().to_vec()).to_vec() };
        let able = Capabilities::of(&answer);
        assert_eq!(able.auth, ["PLAIN", "LOGIN", "XOAUTH2"]);
        assert_eq!(
            (able.size, able.eight_bit_mime, able.dsn, able.chunking),
            (Some(1000), true, true, false)
        );
        assert_eq!(able.names(), ["8BITMIME", "DSN", "SIZE 1000", "AUTH PLAIN LOGIN XOAUTH2"]);
        let odd = Answer { code: 250, lines: vec![b"x".to_vec(), b"SIZE many".to_vec()] };
        assert_eq!(Capabilities::of(&odd).size, None);
    }
}

//! What a server says, taken apart (RFC 3501 §7, RFC 9051 §7).
//!
//! Tolerant where it does no harm: what is not known is kept as tokens, so that a server with words of its own
//! stays in step.

/// A piece of a server's answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    /// `(`
    Open,
    /// `)`
    Close,
    /// An atom, a number, `NIL`, a flag, `BODY[…]`.
    Word(String),
    /// A quoted string or literal.
    Text(Vec<u8>),
}

impl Token {
    /// The word in upper case, where it is one.
    pub(super) fn word(&self) -> Option<String> {
        match self {
            Self::Word(word) => Some(word.to_ascii_uppercase()),
            _ => None,
        }
    }

    /// What it says, be it a word or a text.
    pub(super) fn bytes(&self) -> Option<&[u8]> {
        match self {
            Self::Word(word) if word.eq_ignore_ascii_case("NIL") => None,
            Self::Word(word) => Some(word.as_bytes()),
            Self::Text(text) => Some(text),
            Self::Open | Self::Close => None,
        }
    }
}

/// How a server answers a command, or what it says of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Condition {
    /// Done.
    Ok,
    /// Not done.
    No,
    /// Not understood.
    Bad,
    /// It closes.
    Bye,
    /// Nobody need log in.
    Preauth,
}

/// A condition with its code and words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Status {
    pub(super) condition: Condition,
    /// The word of the code in brackets, in upper case, with what follows it.
    pub(super) code: Option<(String, String)>,
    /// The words for people.
    pub(super) text: String,
}

impl Status {
    /// What follows the code, where it is this one.
    pub(super) fn argument(&self, name: &str) -> Option<&str> {
        self.code.as_ref().filter(|(code, _)| code == name).map(|(_, argument)| argument.as_str())
    }

    /// Reads `OK [CODE …] words`.
    pub(super) fn parse(line: &[u8]) -> Option<Self> {
        let line = String::from_utf8_lossy(line);
        let (word, rest) = line.split_once(' ').unwrap_or((&line, ""));
        let condition = match word.to_ascii_uppercase().as_str() {
            "OK" => Condition::Ok,
            "NO" => Condition::No,
            "BAD" => Condition::Bad,
            "BYE" => Condition::Bye,
            "PREAUTH" => Condition::Preauth,
            _ => return None,
        };
        let (code, text) = match rest.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
            Some((code, text)) => {
                let (name, argument) = code.split_once(' ').unwrap_or((code, ""));
                (Some((name.to_ascii_uppercase(), argument.to_owned())), text)
            }
            None => (None, rest),
        };
        Some(Self { condition, code, text: crate::adapters::net::legible(text.as_bytes()) })
    }
}

/// What a server says without having been asked for it by this very command's tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Untagged {
    /// A condition.
    Status(Status),
    /// `* 12 EXISTS`, `* 12 FETCH (…)`: number, word in upper case, the rest.
    Numbered(u32, String, Vec<Token>),
    /// `* CAPABILITY …`, `* LIST …`: word in upper case, the rest.
    Named(String, Vec<Token>),
}

impl Untagged {
    /// Sorts the tokens of a line that was no condition.
    pub(super) fn of(tokens: Vec<Token>) -> Option<Self> {
        let mut tokens = tokens.into_iter();
        let first = tokens.next()?.word()?;
        let Ok(number) = first.parse() else { return Some(Self::Named(first, tokens.collect())) };
        let word = tokens.next()?.word()?;
        Some(Self::Numbered(number, word, tokens.collect()))
    }
}

/// The size of the literal that a line announces at its end, and how long the line is before that.
pub(super) fn announced_literal(line: &[u8]) -> Option<(usize, Option<u64>)> {
    let inner = line.strip_suffix(b"}")?;
    let open = inner.iter().rposition(|byte| *byte == b'{')?;
    let digits = inner.get(open + 1..)?;
    let digits = digits.strip_suffix(b"+").unwrap_or(digits);
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let size = std::str::from_utf8(digits).ok().and_then(|digits| digits.parse().ok());
    let before = inner.get(..open)?;
    // `~{n}` announces a literal8 (RFC 3516)
    Some((before.strip_suffix(b"~").unwrap_or(before).len(), size))
}

/// Takes a line, or the part of one between literals, apart; `false` where that makes more than `most` tokens.
pub(super) fn tokenize(line: &[u8], tokens: &mut Vec<Token>, most: usize) -> bool {
    let mut rest = line;
    while let Some((&byte, after)) = rest.split_first() {
        if tokens.len() > most {
            return false;
        }
        rest = match byte {
            b' ' => after,
            b'(' => {
                tokens.push(Token::Open);
                after
            }
            b')' => {
                tokens.push(Token::Close);
                after
            }
            b'"' => {
                let (text, after) = quoted(after);
                tokens.push(Token::Text(text));
                after
            }
            _ => {
                let (word, after) = word(rest);
                tokens.push(Token::Word(String::from_utf8_lossy(word).into_owned()));
                after
            }
        };
    }
    tokens.len() <= most
}

fn quoted(after: &[u8]) -> (Vec<u8>, &[u8]) {
    let mut text = Vec::new();
    let mut rest = after;
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        match byte {
            b'"' => break,
            b'\\' => {
                if let Some((&escaped, after)) = rest.split_first() {
                    text.push(escaped);
                    rest = after;
                }
            }
            _ => text.push(byte),
        }
    }
    (text, rest)
}

/// A word; what stands in brackets belongs to it, spaces and parentheses too: `BODY[HEADER.FIELDS (SUBJECT)]`.
fn word(line: &[u8]) -> (&[u8], &[u8]) {
    let mut is_bracketed = false;
    let end = line.iter().position(|byte| {
        match byte {
            b'[' => is_bracketed = true,
            b']' => is_bracketed = false,
            b' ' | b'(' | b')' => return !is_bracketed,
            _ => {}
        }
        false
    });
    line.split_at(end.unwrap_or(line.len()))
}

/// One message as a `FETCH` answer tells of it; what it does not mention is absent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Told {
    pub(super) uid: Option<u32>,
    pub(super) size: Option<u64>,
    pub(super) flags: Option<Vec<String>>,
    /// The body, or the part of it that was asked for.
    pub(super) body: Option<Vec<u8>>,
}

impl Told {
    /// Reads the list of a `FETCH` answer; what is not known is passed over with its value.
    pub(super) fn of(tokens: Vec<Token>) -> Self {
        let mut told = Self::default();
        let mut tokens = tokens.into_iter().peekable();
        let _opening = tokens.next_if_eq(&Token::Open);
        while let Some(token) = tokens.next() {
            let Some(name) = token.word() else { continue };
            let value = match tokens.next() {
                Some(Token::Open) => {
                    let flags = list(&mut tokens);
                    if name == "FLAGS" {
                        told.flags = Some(flags);
                    }
                    continue;
                }
                Some(value) => value,
                None => break,
            };
            let number = || value.bytes().and_then(|bytes| std::str::from_utf8(bytes).ok());
            match name.as_str() {
                "UID" => told.uid = number().and_then(|text| text.parse().ok()).filter(|uid| *uid > 0),
                "RFC822.SIZE" => told.size = number().and_then(|text| text.parse().ok()),
                _ if name.starts_with("BODY[") => {
                    told.body = match value {
                        Token::Text(text) => Some(text),
                        _ => None,
                    };
                }
                _ => {}
            }
        }
        told
    }
}

/// The words up to the end of a list whose opening has been read; of lists within it the words too.
fn list(tokens: &mut impl Iterator<Item = Token>) -> Vec<String> {
    let mut words = Vec::new();
    let mut depth = 1_u32;
    for token in tokens {
        match token {
            Token::Open => depth += 1,
            Token::Close => {
                depth -= 1;
                if depth == 0 {
                    break;
                }
            }
            Token::Word(word) => words.push(word),
            Token::Text(_) => {}
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(line: &str) -> Vec<Token> {
        let mut tokens = Vec::new();
        assert!(tokenize(line.as_bytes(), &mut tokens, 100));
        tokens
    }

    #[test]
    fn conditions_are_read_with_code_and_words() {
        let read = |line: &str| Status::parse(line.as_bytes());
        let status = read("NO [TRYCREATE] no such folder").unwrap();
        assert_eq!((status.condition, status.text.as_str()), (Condition::No, "no such folder"));
        assert_eq!(status.argument("TRYCREATE"), Some(""));
        assert_eq!(read("ok [uidvalidity 17] x").unwrap().argument("UIDVALIDITY"), Some("17"));
        assert_eq!(read("OK [broken").unwrap().text, "[broken");
        assert_eq!(read("BAD").unwrap().condition, Condition::Bad);
        assert_eq!(read("OKAY"), None);
    }

    #[test]
    fn literals_are_seen_at_the_end_of_a_line_only() {
        for (line, expected) in [
            ("* 1 FETCH (BODY[] {12}", Some((18, Some(12)))),
            ("x {12+}", Some((2, Some(12)))),
            ("x ~{12}", Some((2, Some(12)))),
            ("x {99999999999999999999999}", Some((2, None))),
            ("x {}", None),
            ("x {1x}", None),
            ("x {12} y", None),
            ("}", None),
        ] {
            assert_eq!(announced_literal(line.as_bytes()), expected, "{line}");
        }
    }

    #[test]
    fn an_answer_of_too_many_pieces_is_not_taken_apart_to_its_end() {
        let mut tokens = Vec::new();
        assert!(tokenize(b"(((", &mut tokens, 3));
        assert!(!tokenize(&[b'('; 1_000], &mut tokens, 10));
        assert_eq!(tokens.len(), 11);
    }

    #[test]
    fn fetch_answers_are_read_in_any_order_and_with_unknown_words() {
        let told = |line: &str| Told::of(tokens(line));
        let expected = Told {
            uid: Some(7),
            size: Some(42),
            flags: Some(vec!["\\Seen".into(), "$Done".into()]),
            body: Some(b"a\"b".to_vec()),
        };
        for line in [
            r#"(UID 7 RFC822.SIZE 42 FLAGS (\Seen $Done) BODY[] "a\"b")"#,
            r#"(X-ODD (a (b) "c") FLAGS (\Seen $Done) MODSEQ (12) BODY[HEADER.FIELDS (SUBJECT)] "a\"b" RFC822.SIZE 42 UID 7)"#,
        ] {
            assert_eq!(told(line), expected, "{line}");
        }
        for line in
            ["", "(", ")", "(UID", "(UID)", "((((", "(UID 0 BODY[] NIL RFC822.SIZE -1)", "(UID 99999999999)"]
        {
            assert_eq!(told(line), Told::default(), "{line}");
        }
    }
}

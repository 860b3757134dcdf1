//! Addresses as RFC 5322 §3.4 and RFC 5321 §4.4 know them.

use serde::{Deserialize, Serialize};
use std::fmt;

/// A mail address, `local-part@domain`, as its owner wrote it.
///
/// Never holds a control character, angle bracket, comma or semicolon, nor white space but blanks in a quoted
/// local part (`"ann lee"@b.example`), so it can be put into a header or an envelope as it is. Two addresses are
/// the same person's when their [`key`](Self::key)s are equal (SPEC I1: without regard to case).
#[derive(
    Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String")]
pub struct AddrSpec(String);

/// The most octets an address may have (RFC 5321 §4.5.3.1: a path of 256 with its brackets).
const ADDRESS_BYTES_MAX: usize = 254;

impl AddrSpec {
    /// Takes a text as an address, or says that it is none.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (local, domain) = text.rsplit_once('@')?;
        let has_length = !local.is_empty() && !domain.is_empty() && text.len() <= ADDRESS_BYTES_MAX;
        if has_length && is_plain(text) {
            return Some(Self(text.to_owned()));
        }
        let usable = has_length
            && !domain.contains(char::is_whitespace)
            && !local.contains(|c: char| c.is_whitespace() && c != ' ')
            && (!local.contains(' ') || is_quoted(local))
            && !text.contains(|c: char| c.is_control() || "<>,;".contains(c));
        usable.then(|| Self(text.to_owned()))
    }

    /// The address as written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The form in which addresses are compared: lower case throughout.
    pub fn key(&self) -> String {
        // a letter that only looks like one of ASCII in small is another one: the Kelvin sign is no k
        if self.0.is_ascii() {
            return self.0.to_ascii_lowercase();
        }
        let mut key = String::with_capacity(self.0.len());
        for c in self.0.chars() {
            let is_disguise = !c.is_ascii() && c.to_lowercase().any(|small| small.is_ascii());
            if is_disguise { key.push(c) } else { key.extend(c.to_lowercase()) }
        }
        key
    }

    /// What stands after the last `@`.
    pub fn domain(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(_, domain)| domain)
    }

    /// What stands before the last `@`.
    pub fn local_part(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(local, _)| local)
    }
}

/// Whether a text has nothing in it that could be wrong in an address, as most.
fn is_plain(text: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_graphic() && !matches!(byte, b'<' | b'>' | b',' | b';');
    text.bytes().fold(true, |all, byte| all & is_plain(byte))
}

/// Whether a local part is one quoted string (RFC 5322 §3.2.4), which ends where its quotation mark does.
fn is_quoted(local: &str) -> bool {
    let within = local.strip_prefix('"').and_then(|local| local.strip_suffix('"'));
    within.is_some_and(|within| {
        let mut is_escaped = false;
        let ends = within.chars().any(|c| {
            let ends = c == '"' && !is_escaped;
            is_escaped = c == '\\' && !is_escaped;
            ends
        });
        !ends && !is_escaped
    })
}

impl fmt::Display for AddrSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<AddrSpec> for String {
    fn from(address: AddrSpec) -> Self {
        address.0
    }
}

impl TryFrom<String> for AddrSpec {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text).ok_or_else(|| format!("`{text}` is not a mail address"))
    }
}

/// A named address: the `mailbox` of RFC 5322 §3.4.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Mailbox {
    /// The display name, decoded, if there was one.
    pub name: Option<String>,
    /// Where mail to it goes.
    pub address: AddrSpec,
}

impl fmt::Display for Mailbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.name {
            Some(name) => write!(f, "{name} <{}>", self.address),
            None => write!(f, "{}", self.address),
        }
    }
}

/// The reverse-path that the last server noted in `Return-Path` (RFC 5321 §4.4).
///
/// As JSON: `""` where it is blank, the address otherwise; absence is the `Option` around it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(from = "String", into = "String")]
#[schemars(with = "String")]
pub enum ReturnPath {
    /// `<>`: the mail wants no answer, on pain of a loop (SPEC G2).
    Null,
    /// Where a bounce of this mail would go, as written.
    Path(String),
}

impl From<String> for ReturnPath {
    fn from(text: String) -> Self {
        if text.is_empty() { Self::Null } else { Self::Path(text) }
    }
}

impl From<ReturnPath> for String {
    fn from(path: ReturnPath) -> Self {
        match path {
            ReturnPath::Null => Self::new(),
            ReturnPath::Path(text) => text,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_that_become_ascii_in_small_are_no_ascii_letters() {
        let key = |text: &str| AddrSpec::parse(text).unwrap().key();
        assert_eq!(key("Kim@Example.com"), "kim@example.com");
        assert_eq!(key("ÄRZTE@example.com"), "ärzte@example.com");
        assert_ne!(key("\u{212a}im@example.com"), key("kim@example.com"), "the Kelvin sign");
    }

    #[test]
    fn address_with_a_line_break_or_no_domain_is_none() {
        for text in [
            "a@b\r\nBcc: c@d",
            "no-at-sign",
            "@domain",
            "local@",
            "a b@c",
            "<a@b>",
            "\"a b@c",
            "\"a\" \"b\"@c",
            "\"a b\\\"@c",
            "\"a\tb\"@c",
            "\"a b\"@c d",
            "\"a<b>\"@c",
            "",
        ] {
            assert_eq!(AddrSpec::parse(text), None, "{text:?}");
        }
        assert!(
            AddrSpec::parse("\"ann \\\"x\\\" lee\"@b.example").is_some(),
            "a quoted local part may hold blanks"
        );
        assert_eq!(
            AddrSpec::parse(" Ana.Lyst@Example.COM ").map(|a| a.key()).as_deref(),
            Some("ana.lyst@example.com")
        );
    }
}

//! Where a folder is that somebody names: hierarchy delimiters and namespaces (RFC 2342, RFC 9051 §5.1).

use super::name;
use super::response::{Token, Untagged};
use super::session::{Session, settled};
use super::wire::{Fault, Word};
use crate::adapters::net::legible;
use crate::ports::Failure;

/// So many names are shown where none fits.
const SHOWN_MAX: usize = 20;

/// The personal namespace, and what stands between the parts of a name.
#[derive(Debug, Default)]
struct Namespace {
    prefix: String,
    delimiter: String,
}

impl Session {
    /// The folder's name as the server knows it; `None` where there is no such folder, or it takes no mail.
    pub fn find_folder(&mut self, folder: &str) -> Result<Option<String>, Failure> {
        if let Some(found) = self.folder_of(folder)? {
            return Ok(Some(found));
        }
        for candidate in self.other_names(folder)? {
            if let Some(found) = self.folder_of(&candidate)? {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    /// The folder of exactly this name.
    fn folder_of(&mut self, name: &str) -> Result<Option<String>, Failure> {
        let listed = self.folders(&name::encode(name))?;
        let is_inbox = name.eq_ignore_ascii_case("INBOX");
        let is_it = |found: &String| found == name || (is_inbox && found.eq_ignore_ascii_case(name));
        Ok(listed.into_iter().find(is_it))
    }

    /// Some folders of the server, for people: each on one line and not too long, whatever the server calls it.
    pub fn folder_names(&mut self) -> Result<Vec<String>, Failure> {
        let names = self.folders("*")?;
        Ok(names.iter().take(SHOWN_MAX).map(|name| legible(name.as_bytes())).collect())
    }

    /// Under which other names the folder may be meant: with the server's delimiter, in our namespace.
    pub(super) fn other_names(&mut self, folder: &str) -> Result<Vec<String>, Failure> {
        if folder.eq_ignore_ascii_case("INBOX") {
            return Ok(Vec::new());
        }
        let namespace = self.namespace()?;
        let mut names = vec![folder.to_owned()];
        if !namespace.delimiter.is_empty() {
            names.push(folder.replace('/', &namespace.delimiter));
        }
        let below: Vec<String> = names.iter().map(|name| format!("{}{name}", namespace.prefix)).collect();
        names.extend(below);
        let mut seen = vec![folder.to_owned()];
        names.retain(|name| {
            let is_new = !seen.contains(name);
            if is_new {
                seen.push(name.clone());
            }
            is_new
        });
        Ok(names)
    }

    fn namespace(&mut self) -> Result<Namespace, Failure> {
        let mut found = Namespace::default();
        let server = self.server();
        if self.can("NAMESPACE") {
            // `* NAMESPACE (("prefix" "delimiter")…) …`: the first pair is the personal one
            let asked = self.command(&[Word::Bare("NAMESPACE")], &mut |told| {
                if let Untagged::Named(word, tokens) = told
                    && word == "NAMESPACE"
                    && let [Token::Open, Token::Open, prefix, delimiter, ..] = tokens.as_slice()
                {
                    found.prefix = prefix.bytes().map(name::decode).unwrap_or_default();
                    found.delimiter = delimiter_of(delimiter);
                }
            });
            pass(asked.map(drop), &server)?;
        }
        if found.delimiter.is_empty() {
            let words = [Word::Bare("LIST"), Word::Text(""), Word::Text("")];
            let asked = self.command(&words, &mut |told| {
                if let Some((_, delimiter, _)) = listed(told) {
                    found.delimiter = delimiter;
                }
            });
            pass(asked.map(drop), &server)?;
        }
        Ok(found)
    }

    /// The folders that a pattern names and that can hold mail.
    fn folders(&mut self, pattern: &str) -> Result<Vec<String>, Failure> {
        let server = self.server();
        let mut names = Vec::new();
        let words = [Word::Bare("LIST"), Word::Text(""), Word::Text(pattern)];
        let asked = self.command(&words, &mut |told| {
            if let Some((attributes, _, name)) = listed(told) {
                let holds_none = |word: &String| matches!(word.as_str(), "\\NOSELECT" | "\\NONEXISTENT");
                if !attributes.iter().any(holds_none) {
                    names.push(name);
                }
            }
        });
        pass(asked.map(drop), &server)?;
        Ok(names)
    }
}

/// A server that refuses to list has no folder of that name to show.
fn pass(asked: Result<(), Fault>, server: &str) -> Result<(), Failure> {
    match asked {
        Ok(()) | Err(Fault::Refused(_)) => Ok(()),
        Err(fault) => Err(settled(server, "LIST", fault)),
    }
}

/// One character (RFC 3501 §9); anything else separates nothing.
fn delimiter_of(token: &Token) -> String {
    let delimiter = token.bytes().map(name::decode).unwrap_or_default();
    if delimiter.chars().count() == 1 { delimiter } else { String::new() }
}

/// Attributes in upper case, delimiter and name of a `LIST` answer.
fn listed(told: Untagged) -> Option<(Vec<String>, String, String)> {
    let Untagged::Named(word, tokens) = told else { return None };
    if word != "LIST" {
        return None;
    }
    let close = tokens.iter().position(|token| *token == Token::Close)?;
    let attributes = tokens.iter().take(close).filter_map(Token::word).collect();
    let mut rest = tokens.iter().skip(close + 1);
    let delimiter = delimiter_of(rest.next()?);
    // A folder may well be called NIL.
    let name = match rest.next()? {
        Token::Word(word) => name::decode(word.as_bytes()),
        Token::Text(text) => name::decode(text),
        Token::Open | Token::Close => return None,
    };
    Some((attributes, delimiter, name))
}

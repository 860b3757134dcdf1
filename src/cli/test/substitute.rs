//! Substitutes for what tells who somebody is: names, addresses, telephone numbers, hosts. The same person has the
//! same substitute everywhere; what the rules and the desk's own addresses say stays.

use crate::vocab::AddrSpec;
use regex::{Captures, Regex};
use std::collections::{BTreeMap, BTreeSet};

/// First names of substitutes, taken in order; nobody's real ones.
const FIRST_NAMES: [&str; 12] = [
    "Alpha", "Bravo", "Charlie", "Delta", "Echo", "Foxtrot", "Golf", "Hotel", "Juliett", "Kilo", "Lima",
    "Oscar",
];

/// The last name of every substitute.
const LAST_NAME: &str = "Substitute";

/// So many digits in a row, with what may stand between them, are a number that belongs to somebody.
const NUMBER_DIGITS_MIN: usize = 7;

/// Parts of addresses that name a program and nobody.
const PROGRAMS: [&str; 5] = ["mailer-daemon", "postmaster", "no-reply", "noreply", "abuse"];

/// Gives substitutes and remembers them.
#[derive(Debug)]
pub(super) struct Substitutes {
    /// The substitute of each name and each address, in small letters.
    known: BTreeMap<String, usize>,
    people: Vec<Person>,
    /// Addresses and names that stay, in small letters.
    kept: BTreeSet<String>,
    /// Everything that was ever read, in small letters: no substitute may occur in it.
    taken: String,
    /// Digits that stay wherever they are.
    numbers: BTreeSet<String>,
}

#[derive(Debug, Clone)]
struct Person {
    name: String,
    address: String,
}

impl Substitutes {
    /// Nobody yet. What rules name and the desk's own addresses are kept; `taken` is all text of which no substitute
    /// may be a part.
    pub(super) fn new(kept: impl IntoIterator<Item = String>, taken: &str) -> Self {
        Self {
            known: BTreeMap::new(),
            people: Vec::new(),
            kept: kept.into_iter().map(|kept| kept.to_lowercase()).collect(),
            taken: taken.to_lowercase(),
            numbers: BTreeSet::new(),
        }
    }

    /// A number of an item: it stays.
    pub(super) fn keep_number(&mut self, digits: &str) {
        self.numbers.insert(digits.to_owned());
    }

    /// Makes one person of a name and addresses.
    pub(super) fn meet<'a>(&mut self, name: Option<&str>, addresses: impl IntoIterator<Item = &'a AddrSpec>) {
        let mut keys: Vec<String> = addresses.into_iter().map(AddrSpec::key).collect();
        keys.retain(|key| !self.kept.contains(key));
        // a name that is an address may be that of somebody else
        let name = name.map(|name| name.trim().to_lowercase());
        keys.extend(name.filter(|name| !name.is_empty() && !name.contains('@')));
        if keys.is_empty() {
            return;
        }
        let known = keys.iter().find_map(|key| self.known.get(key).copied());
        let at = known.unwrap_or_else(|| self.another());
        for key in keys {
            self.known.entry(key).or_insert(at);
        }
    }

    fn another(&mut self) -> usize {
        let is_free = |first: &str| {
            !self.taken.contains(&first.to_lowercase())
                && !self.people.iter().any(|person| person.name.starts_with(first))
        };
        let first = FIRST_NAMES.iter().find(|first| is_free(first)).map(|first| (*first).to_owned());
        let first = first.unwrap_or_else(|| format!("Person{}", self.people.len() + 1));
        let address = format!("{}@example.com", first.to_lowercase());
        self.people.push(Person { name: format!("{first} {LAST_NAME}"), address });
        self.people.len() - 1
    }

    /// The substitute of a name.
    pub(super) fn name(&mut self, name: &str) -> String {
        if let Some(address) = AddrSpec::parse(name) {
            return self.address(&address);
        }
        if name.trim().is_empty() || self.kept.contains(&name.to_lowercase()) {
            return name.to_owned();
        }
        self.meet(Some(name), []);
        let person = self.known.get(&name.trim().to_lowercase()).and_then(|at| self.people.get(*at));
        person.map_or_else(|| LAST_NAME.to_owned(), |person| person.name.clone())
    }

    /// The name of whoever has an address, where the mail gave one.
    pub(super) fn name_of(&mut self, address: &AddrSpec, written: Option<&str>) -> Option<String> {
        let written = written.map(str::trim).filter(|name| !name.is_empty())?;
        if self.kept.contains(&address.key()) {
            return None;
        }
        Some(self.name(written))
    }

    /// The substitute of an address.
    pub(super) fn address(&mut self, address: &AddrSpec) -> String {
        let key = address.key();
        if self.kept.contains(&key) {
            return address.as_str().to_owned();
        }
        if let Some(program) =
            PROGRAMS.iter().find(|program| address.local_part().eq_ignore_ascii_case(program))
        {
            return format!("{program}@example.net");
        }
        self.meet(None, [address]);
        let person = self.known.get(&key).and_then(|at| self.people.get(*at));
        person.map_or_else(|| "somebody@example.com".to_owned(), |person| person.address.clone())
    }

    /// A text with everything replaced that tells who somebody is, as far as it is known; no control characters.
    pub(super) fn text(&mut self, text: &str) -> String {
        let text: String = text.chars().filter(|c| !c.is_control() || "\n\t".contains(*c)).collect();
        let text = self.replaced(&text, r"(?i)\b(?:https?|ftp)://[^\s<>\x22']+", |_, _| {
            "https://www.example.com/".to_owned()
        });
        let address = r"[\p{L}\p{N}._%+'=-]+@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)*";
        let text = self.replaced(&text, address, |this, found| {
            AddrSpec::parse(found)
                .map_or_else(|| "somebody@example.com".to_owned(), |address| this.address(&address))
        });
        let text = self.names(&text);
        let text =
            self.replaced(&text, r"\b\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}\b", |_, _| "192.0.2.1".to_owned());
        let hosts = r"(?i)\b(?:[a-z0-9-]+\.)+(?:com|net|org|example|edu|gov|de|uk|fr|nl|io|eu)\b";
        let text = self.replaced(&text, hosts, |this, host| {
            let is_own = this.kept.iter().any(|kept| kept.ends_with(&host.to_lowercase()));
            if is_own || host.ends_with("example.com") || host == "example.net" {
                host.to_owned()
            } else {
                "mx.example.net".to_owned()
            }
        });
        self.replaced(&text, r"\+?\d(?:[ \t()/.-]{0,3}\d)+", |this, number| {
            let digits: String = number.chars().filter(char::is_ascii_digit).collect();
            let is_item = this.numbers.contains(&digits);
            if digits.len() < NUMBER_DIGITS_MIN || is_item {
                number.to_owned()
            } else {
                "555 0100".to_owned()
            }
        })
    }

    /// Full names first, then each of their words where it stands alone with its capital letter.
    fn names(&self, text: &str) -> String {
        let mut pairs: Vec<(String, String, bool)> = Vec::new();
        for (known, at) in self.known.iter().filter(|(known, _)| !known.contains('@')) {
            let Some(person) = self.people.get(*at).filter(|_| !self.kept.contains(known)) else { continue };
            pairs.push((known.clone(), person.name.clone(), true));
            let (first, last) = person.name.split_once(' ').unwrap_or((&person.name, ""));
            for (index, word) in known.split_whitespace().enumerate() {
                if word.chars().count() > 2 && word.chars().all(char::is_alphabetic) {
                    let instead = if index == 0 { first } else { last };
                    pairs.push((word.to_owned(), instead.to_owned(), false));
                }
            }
        }
        pairs.retain(|(written, _, _)| !self.kept.contains(written));
        pairs.sort_by_key(|(written, _, is_whole)| (!is_whole, std::cmp::Reverse(written.len())));
        let mut text = text.to_owned();
        for (written, instead, is_whole) in pairs {
            let Ok(pattern) = Regex::new(&format!(r"(?i)\b{}\b", regex::escape(&written))) else { continue };
            let replaced = pattern.replace_all(&text, |found: &Captures<'_>| {
                let found = found.get(0).map(|found| found.as_str()).unwrap_or_default();
                let is_name = is_whole || found.chars().next().is_some_and(char::is_uppercase);
                if is_name { instead.clone() } else { found.to_owned() }
            });
            text = replaced.into_owned();
        }
        text
    }

    fn replaced(
        &mut self,
        text: &str,
        pattern: &str,
        mut by: impl FnMut(&mut Self, &str) -> String,
    ) -> String {
        let Ok(pattern) = Regex::new(pattern) else { return text.to_owned() };
        let mut replaced = String::with_capacity(text.len());
        let mut at = 0;
        for found in pattern.find_iter(text) {
            replaced.push_str(text.get(at..found.start()).unwrap_or_default());
            replaced.push_str(&by(self, found.as_str()));
            at = found.end();
        }
        replaced.push_str(text.get(at..).unwrap_or_default());
        replaced
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn same_person_has_the_same_substitute_under_every_name_and_address() {
        let address = |text: &str| AddrSpec::parse(text).unwrap();
        let mut substitutes = Substitutes::new(["desk@example.com".to_owned()], "alpha beta");
        substitutes.meet(Some("Uma User"), [&address("uma@acme.example"), &address("uma@home.example")]);
        substitutes.keep_number("1234567890");
        let text = "Uma here (UMA@home.example, +44 20 7946 0018, call 1234567890).\nSee http://acme.example/uma?x=1\n\
                    to desk@example.com, from ada@acme.example. Regards, Uma User";
        assert_eq!(
            substitutes.text(text),
            "Bravo here (bravo@example.com, 555 0100, call 1234567890).\nSee https://www.example.com/\n\
             to desk@example.com, from charlie@example.com. Regards, Bravo Substitute"
        );
        assert_eq!(substitutes.name("uma user"), "Bravo Substitute");
        assert_eq!(
            substitutes.address(&address("MAILER-DAEMON@mx.acme.example")),
            "mailer-daemon@example.net"
        );
    }
}

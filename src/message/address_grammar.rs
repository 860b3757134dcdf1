//! A mailbox by the letter of the grammar, with all that it grants and few programs write: quoted local parts, comments and
//! folds round any sign, domains by number (RFC 5322 §3.4.1 and §4.4, letters of RFC 6531).
//!
//! The whole of an entry has to be one mailbox, or it is none. So nothing that stands in a name or in a comment can become
//! an address, nor two halves one that nobody wrote.

use crate::vocab::AddrSpec;

/// The longest entry that is looked at; none of those that people and programs write is longer.
const ENTRY_BYTES_MAX: usize = 4096;
/// The deepest comment within comments.
const COMMENTS_MAX: usize = 32;

/// One mailbox.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Written {
    /// What stands before the address, with comments, still encoded; may be empty.
    pub(super) name: String,
    pub(super) address: AddrSpec,
    /// Blanks or comments stand within the address, as nobody should write any more.
    pub(super) is_obsolete: bool,
    /// It stands there in no brackets and with blanks round its `@`, as words do.
    pub(super) is_loose: bool,
}

/// A sign of the grammar, and whether a blank or a comment stands before it.
#[derive(Debug)]
struct Token {
    kind: Kind,
    gap: Gap,
}

/// What stands between two signs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Gap {
    has_blank: bool,
    has_comment: bool,
}

impl Gap {
    fn is_none(self) -> bool {
        self == Self::default()
    }
}

#[derive(Debug)]
enum Kind {
    Atom(String),
    /// What stands in quotation marks, without the backslashes.
    Quoted(String),
    /// What stands in square brackets.
    Literal(String),
    /// In a name, a comment is part of what is shown.
    Comment(String),
    Sign(char),
}

/// The mailbox that an entry is.
pub(super) fn mailbox(entry: &str) -> Option<Written> {
    if entry.len() > ENTRY_BYTES_MAX {
        return None;
    }
    let tokens = tokens(entry)?;
    let is = |sign: char| move |token: &Token| matches!(token.kind, Kind::Sign(c) if c == sign);
    let Some(open) = tokens.iter().position(is('<')) else { return bare(&tokens) };
    let (name, rest) = tokens.split_at_checked(open)?;
    let close = rest.iter().position(is('>'))?;
    let (within, behind) = rest.split_at_checked(close)?;
    let (behind, within) = (behind.get(1..)?, within.get(1..)?);
    if !behind.iter().all(|token| matches!(token.kind, Kind::Comment(_))) {
        return None;
    }
    let name = phrase(name.iter().chain(behind))?;
    let (address, is_obsolete) = address(within)?;
    Some(Written { name, address, is_obsolete, is_loose: false })
}

/// An address without brackets, a comment for its name.
fn bare(tokens: &[Token]) -> Option<Written> {
    let comment = |token: &Token| match &token.kind {
        Kind::Comment(text) => Some(text.trim().to_owned()),
        _ => None,
    };
    let end = tokens.iter().rposition(|token| !matches!(token.kind, Kind::Comment(_)))? + 1;
    let (tokens, behind) = tokens.split_at_checked(end)?;
    let (address, is_obsolete) = address(tokens)?;
    let is_sign = |token: &Token, sign: char| matches!(token.kind, Kind::Sign(c) if c == sign);
    let followed = || tokens.iter().zip(tokens.iter().skip(1));
    // `Ann B. lee@b.example`, `a@b.example. Ann`: the dot may be that of an initial or of a sentence
    let may_end_words = |(dot, next): (&Token, &Token)| {
        is_sign(dot, '.') && next.gap.has_blank && !dot.gap.has_blank && !dot.gap.has_comment
    };
    let is_loose =
        followed().any(|(one, next)| next.gap.has_blank && (is_sign(one, '@') || is_sign(next, '@')));
    // words on both sides of the sign may be a name: `Support @ Acme`
    if followed().any(may_end_words) || is_loose && !address.domain().contains(['.', '[']) {
        return None;
    }
    let name = behind.iter().filter_map(comment).collect::<Vec<_>>().join(" ");
    Some(Written { name, address, is_obsolete, is_loose })
}

/// The words of a name, comments in their brackets.
fn phrase<'t>(tokens: impl Iterator<Item = &'t Token>) -> Option<String> {
    let mut name = String::new();
    for Token { kind, gap } in tokens {
        if !name.is_empty() && (!gap.is_none() || matches!(kind, Kind::Comment(_))) {
            name.push(' ');
        }
        match kind {
            Kind::Atom(text) | Kind::Quoted(text) => name.push_str(text),
            Kind::Comment(text) => name.extend(["(", text.trim(), ")"]),
            Kind::Sign('.') => name.push('.'),
            Kind::Sign(_) | Kind::Literal(_) => return None,
        }
    }
    Some(name.trim().to_owned())
}

/// The address that these signs are, and whether it is written as it was once granted only.
fn address(tokens: &[Token]) -> Option<(AddrSpec, bool)> {
    let is_gap = |token: &Token| matches!(token.kind, Kind::Comment(_));
    let signs: Vec<&Token> = tokens.iter().filter(|token| !is_gap(token)).collect();
    let is_obsolete = signs.iter().skip(1).any(|token| !token.gap.is_none());
    let at = signs.iter().position(|token| matches!(token.kind, Kind::Sign('@')))?;
    let (local, domain) = signs.split_at_checked(at)?;
    let local = local_part(local)?;
    let domain = domain_of(domain.get(1..)?)?;
    Some((AddrSpec::parse(&[&local, "@", &domain].concat())?, is_obsolete))
}

/// Words with dots between them, in quotation marks where they need any (RFC 5321 §4.1.2: the same mailbox without).
fn local_part(tokens: &[&Token]) -> Option<String> {
    let mut words = String::new();
    for (number, token) in tokens.iter().enumerate() {
        match (&token.kind, number % 2) {
            // an encoded word stands for letters that are no part of an address (RFC 2047 §5)
            (Kind::Atom(text), 0) if !text.contains("=?") && !text.starts_with('\'') => words.push_str(text),
            (Kind::Quoted(text), 0) if !text.contains("=?") && !text.is_empty() => words.push_str(text),
            (Kind::Sign('.'), 1) => words.push('.'),
            _ => return None,
        }
    }
    if tokens.len().is_multiple_of(2) {
        return None;
    }
    let is_plain = words.split('.').all(|word| !word.is_empty() && word.chars().all(is_of_atom));
    if is_plain {
        return Some(words);
    }
    let mut quoted = String::with_capacity(words.len() + 4);
    quoted.push('"');
    for c in words.chars() {
        if matches!(c, '"' | '\\') {
            quoted.push('\\');
        }
        quoted.push(c);
    }
    quoted.push('"');
    Some(quoted)
}

/// Labels with dots between them, or a host by its number.
fn domain_of(tokens: &[&Token]) -> Option<String> {
    if let [Token { kind: Kind::Literal(text), .. }] = tokens {
        return Some(["[", text, "]"].concat());
    }
    let is_label = |text: &str| {
        !text.starts_with('-')
            && !text.ends_with('-')
            && text.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_'))
    };
    let mut domain = String::new();
    for (number, token) in tokens.iter().enumerate() {
        match (&token.kind, number % 2) {
            (Kind::Atom(text), 0) if is_label(text) => domain.push_str(text),
            (Kind::Sign('.'), 1) => domain.push('.'),
            _ => return None,
        }
    }
    (!tokens.len().is_multiple_of(2)).then_some(domain)
}

/// A letter that may stand in an address without quotation marks (RFC 5322 §3.2.3); of other scripts, letters alone.
fn is_of_atom(c: char) -> bool {
    c.is_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(c)
}

/// The signs of an entry; `None` where a quotation mark, a comment or a bracket never ends, and at what the grammar lacks.
fn tokens(entry: &str) -> Option<Vec<Token>> {
    let mut tokens = Vec::new();
    let mut gap = Gap::default();
    let mut rest = entry;
    while let Some(c) = rest.chars().next() {
        let behind = rest.get(c.len_utf8()..)?;
        let kind = match c {
            ' ' | '\t' => {
                gap.has_blank = true;
                rest = behind;
                continue;
            }
            '"' => {
                let (text, behind) = quoted(behind)?;
                rest = behind;
                Kind::Quoted(text)
            }
            '(' => {
                let (text, behind) = comment(behind)?;
                rest = behind;
                Kind::Comment(text)
            }
            '[' => {
                let (text, behind) = behind.split_once(']')?;
                let is_number = |c: char| c.is_ascii_hexdigit() || matches!(c, ':' | '.');
                let number = match text.split_at_checked("IPv6:".len()) {
                    Some((kind, number)) if kind.eq_ignore_ascii_case("IPv6:") => number,
                    _ => text,
                };
                rest = behind;
                (!number.is_empty() && number.chars().all(is_number))
                    .then(|| Kind::Literal(text.to_owned()))?
            }
            '<' | '>' | '@' | '.' => {
                rest = behind;
                Kind::Sign(c)
            }
            _ => {
                let end = rest.find(|c| !is_of_atom(c)).unwrap_or(rest.len());
                let (text, behind) = rest.split_at_checked(end).filter(|(text, _)| !text.is_empty())?;
                rest = behind;
                Kind::Atom(text.to_owned())
            }
        };
        let is_comment = matches!(kind, Kind::Comment(_));
        tokens.push(Token { kind, gap });
        gap = if is_comment { Gap { has_comment: true, ..gap } } else { Gap::default() };
    }
    Some(tokens)
}

/// What stands before the quotation mark that ends it, and behind.
fn quoted(text: &str) -> Option<(String, &str)> {
    let mut said = String::new();
    let mut letters = text.char_indices();
    while let Some((at, c)) = letters.next() {
        match c {
            '"' => return Some((said, text.get(at + 1..)?)),
            '\\' => said.push(letters.next()?.1),
            c => said.push(c),
        }
    }
    None
}

/// What stands before the bracket that ends a comment, and behind.
fn comment(text: &str) -> Option<(String, &str)> {
    let mut said = String::new();
    let mut depth = 1_usize;
    let mut letters = text.char_indices();
    while let Some((at, c)) = letters.next() {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            '\\' => {
                said.push(letters.next()?.1);
                continue;
            }
            _ => {}
        }
        match depth {
            0 => return Some((said, text.get(at + 1..)?)),
            COMMENTS_MAX.. => return None,
            _ => said.push(c),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::mailbox;

    #[test]
    fn all_that_the_grammar_grants_is_read() {
        for (entry, name, address) in [
            ("\"ann lee\"@b.example", "", "\"ann lee\"@b.example"),
            ("Ann <\"ann lee\"@b.example>", "Ann", "\"ann lee\"@b.example"),
            (r#""a\"b"@c.example"#, "", r#""a\"b"@c.example"#),
            (r#"<"a\@b"@c.example>"#, "", r#""a@b"@c.example"#),
            (r#""a\\b"@c.example"#, "", r#""a\\b"@c.example"#),
            // the same mailbox as without quotation marks
            ("\"ann.lee\"@b.example", "", "ann.lee@b.example"),
            ("\"ann\".lee@b.example", "", "ann.lee@b.example"),
            ("\"jörg\"@b.example", "", "jörg@b.example"),
            ("mary @ example.net", "", "mary@example.net"),
            ("mary . lee @ example . net", "", "mary.lee@example.net"),
            ("Mary <mary. lee@example. net>", "Mary", "mary.lee@example.net"),
            ("mary(a).(b)lee(c)@(d)example(e).(f)net", "", "mary.lee@example.net"),
            ("mary(ceo@bank.example)@example.net", "", "mary@example.net"),
            ("mary (one (ceo@bank.example) two) @ example.net", "", "mary@example.net"),
            ("mary@example.net (Mary Lee)", "Mary Lee", "mary@example.net"),
            (
                "Pete(A nice \\) chap) <pete(his account)@silly.test(his host)>",
                "Pete (A nice ) chap)",
                "pete@silly.test",
            ),
            ("\"Lee, Ann\" B. <a@b.example> (Sales)", "Lee, Ann B. (Sales)", "a@b.example"),
            ("\"ceo@bank.example\" <x@evil.example>", "ceo@bank.example", "x@evil.example"),
            ("\"ceo@bank.example\"@evil.example", "", "\"ceo@bank.example\"@evil.example"),
            ("ann@[IPv6:2001:db8::1]", "", "ann@[IPv6:2001:db8::1]"),
            ("Ann <ann@[192.0.2.1]>", "Ann", "ann@[192.0.2.1]"),
            ("/G=Ann/S=Lee/C=DE/@gw.example", "", "/G=Ann/S=Lee/C=DE/@gw.example"),
        ] {
            let found = mailbox(entry).unwrap_or_else(|| panic!("{entry}"));
            assert_eq!((found.name.as_str(), found.address.as_str()), (name, address), "{entry}");
        }
    }

    #[test]
    fn nothing_beside_an_address_is_taken_for_part_of_it() {
        for entry in [
            "",
            "Ann",
            "Ann ann@b.example",
            "mary smith@b.example",
            "Mary Smith @ b.example",
            "Support @ Acme",
            "ann@b.example bob@c.example",
            "Ann B. lee@c.example",
            "ann. lee@b.example",
            "ann@b.example. Sales",
            "ceo@bank.example <x@evil.example>",
            "<a@b.example> c",
            "<a@b.example><c@d.example>",
            "\"ceo@b.example",
            "\"ceo\\\"@b.example",
            "ann(x@b.example",
            "<ann@b.example",
            "Ann \"Lee <a@b.example>",
            "\"ceo\"x@b.example",
            "x\"ceo\"@b.example",
            "\"ceo\" x@b.example",
            "ann@@b.example",
            "a@b@c.example",
            ".ann@b.example",
            "ann.@b.example",
            "ann@.b.example",
            "ann@b.example.",
            "ann@-b.example",
            "ann@b.example/O=EX",
            "ann@[ceo@bank.example]",
            "ann@[IPv6:::1",
            "ann@[192.0.2.1].b.example",
            "ann@b[192.0.2.1]",
            "=?utf-8?Q?ceo?=@b.example",
            "\"=?utf-8?Q?ceo?=\"@b.example",
            "\"\"@b.example",
            "\"a<b>c\"@d.example",
            "\"a,b\"@d.example",
            "ann\u{200b}@b.example",
            "mailto:ann@b.example",
            "'ann@b.example",
        ] {
            assert_eq!(mailbox(entry), None, "{entry}");
        }
        assert_eq!(mailbox(&format!("{}a@b.example", "(".repeat(200))), None);
        assert_eq!(mailbox(&"a.".repeat(4_000)), None);
    }
}

//! The mailboxes that an address field names (RFC 5322 §3.4, §4.4).
//!
//! Fields as they should be are taken apart at once. One in which anything is odd is read again entry by entry, and
//! of each only what can mean nothing else is taken.

use super::header::{one_line, unfold};
use super::{address_grammar, address_list, encoded_words, miswritten};
use crate::vocab::{AddrSpec, Mailbox};
use mail_parser::HeaderValue;
use mail_parser::parsers::MessageStream;
use std::borrow::Cow;

/// The most mailboxes that are kept of one kind of field.
const MAILBOXES_MAX: usize = 2_000;

/// How an address field is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Writing {
    /// As it should be.
    Sound,
    /// Wrongly; what is meant is plain.
    Wrong,
    /// With an address that is none, or may be one of two.
    Unusable,
}

/// Adds the mailboxes of one address field, groups flattened.
pub(super) fn read(body: &[u8], into: &mut Vec<Mailbox>) -> Writing {
    let unfolded = unfold(body);
    if let Some(mailbox) = the_only_one(unfolded.trim()).filter(|_| into.len() < MAILBOXES_MAX) {
        into.push(mailbox);
        return Writing::Sound;
    }
    let line = encoded_words::rejoin_words(&unfolded);
    let is_plain = address_list::has_plain_brackets(&line);
    let line = if is_plain { line } else { address_list::divided(&line).into() };
    let before = into.len();
    let is_whole =
        || (is_plain || address_list::has_closed_brackets(&line)) && !address_list::never_ends(&line);
    if is_whole() && take(&line, into) {
        return Writing::Sound;
    }
    into.truncate(before);
    read_again(&line, into)
}

/// The mailbox of a field that holds one in a usual form, as most do: `a@b.example`, `Ann Lee <a@b.example>`, with or without
/// quotation marks round the name. `None` where there is anything else in it, and where there is nothing wrong, too.
fn the_only_one(field: &str) -> Option<Mailbox> {
    let (name, address) = match field.strip_suffix('>') {
        Some(field) => field.split_once('<')?,
        None => ("", field),
    };
    let (local, domain) = address.split_once('@')?;
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    let are_words = |text: &str| {
        !text.is_empty() && !text.starts_with('.') && text.bytes().all(|byte| is_word(byte) || byte == b'.')
    };
    if !are_words(local) || !are_words(domain) || domain.ends_with('.') {
        return None;
    }
    let name = name.strip_suffix(' ').unwrap_or(name);
    let name = name.strip_prefix('"').and_then(|name| name.strip_suffix('"')).unwrap_or(name);
    if !name.split(' ').all(|word| word.bytes().all(is_word)) || (name.contains("  ") || name.trim() != name)
    {
        return None;
    }
    let address = AddrSpec::parse(address)?;
    Some(Mailbox { name: Some(name).filter(|name| !name.is_empty()).map(str::to_owned), address })
}

/// Reads a field entry by entry, so that what is wrong with one is no other's loss.
fn read_again(line: &str, into: &mut Vec<Mailbox>) -> Writing {
    // written for a page of HTML
    let is_escaped = line.contains("&lt;") && line.contains("&gt;");
    let line =
        if is_escaped { line.replace("&lt;", "<").replace("&gt;", ">").into() } else { Cow::Borrowed(line) };
    let mut writing = if is_escaped { Writing::Wrong } else { Writing::Sound };
    let entries = || address_list::entries(&line).filter(|entry| !entry.trim().is_empty());
    let is_alone = entries().nth(1).is_none();
    for (number, entry) in entries().enumerate() {
        let before = into.len();
        if before.max(number) >= MAILBOXES_MAX {
            return Writing::Unusable;
        }
        if let Some(written) = address_grammar::mailbox(entry).filter(|it| is_alone || !it.is_loose) {
            // servers may have read another address out of one that nobody should write so
            writing = writing.max(if written.is_obsolete { Writing::Wrong } else { Writing::Sound });
            into.push(Mailbox { name: display_name(Some(&written.name)), address: written.address });
            continue;
        }
        let is_whole = || address_list::has_closed_brackets(entry) && !address_list::never_ends(entry);
        if is_whole() && take(entry, into) {
            continue;
        }
        into.truncate(before);
        match miswritten::meant(entry).filter(|meant| is_alone || !meant.is_in_name) {
            Some(meant) => {
                into.push(Mailbox { name: display_name(Some(&meant.name)), address: meant.address });
                writing = writing.max(Writing::Wrong);
            }
            None => writing = Writing::Unusable,
        }
    }
    writing
}

/// Adds the mailboxes of a field; `false` where anything in it is odd.
fn take(line: &str, into: &mut Vec<Mailbox>) -> bool {
    let ended = [line, "\n"].concat();
    let HeaderValue::Address(addresses) = MessageStream::new(ended.as_bytes()).parse_address() else {
        return line.trim().is_empty();
    };
    let mut behind = 0;
    for entry in addresses.iter() {
        if into.len() >= MAILBOXES_MAX {
            return false;
        }
        let address = entry.address.as_deref().map(miswritten::behind_route).and_then(AddrSpec::parse);
        let Some(address) = address.filter(|address| is_sound(address.as_str())) else { return false };
        let Some(end) = end_of(address.as_str(), line, behind) else { return false };
        // the rest of an address may stand beside a blank or a comment
        let goes_on = |name: &str| {
            name.starts_with(['.', '@'])
                || name.ends_with('.') && memchr::memchr(b'<', line.as_bytes()).is_none()
        };
        if entry.name.as_deref().is_some_and(|name| goes_on(name) || begins_literal(name)) {
            return false;
        }
        behind = end;
        into.push(Mailbox { name: display_name(entry.name.as_deref()), address });
    }
    true
}

/// Where an address ends in its field, looked for from here on; `None` where it stands there in no one piece: what stood
/// on both sides of a bracket or a comment was put together to one that nobody wrote.
fn end_of(address: &str, line: &str, from: usize) -> Option<usize> {
    let [address, line] = [address, line].map(str::as_bytes);
    let local = memchr::memchr(b'@', address)?;
    let goes_on = |byte: &u8| {
        byte.is_ascii_alphanumeric() || !byte.is_ascii() || matches!(byte, b'@' | b'.' | b'-' | b'_')
    };
    memchr::memchr_iter(b'@', line.get(from..)?).find_map(|at| {
        let start = (from + at).checked_sub(local)?;
        let end = start + address.len();
        let before = start.checked_sub(1).and_then(|before| line.get(before));
        // a comment or a quoted word right beside it may be part of it
        let is_whole = line.get(start..end) == Some(address)
            && !before.is_some_and(|byte| goes_on(byte) || matches!(byte, b')' | b'"'))
            && !line.get(end).is_some_and(|byte| goes_on(byte) || *byte == b'(');
        is_whole.then_some(end)
    })
}

/// Whether a name holds the beginning of an address whose host stands in square brackets: what was read for the address stood
/// within them.
fn begins_literal(name: &str) -> bool {
    let is_number = |text: &str| {
        !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_hexdigit() || matches!(byte, b'.' | b':'))
    };
    name.split('@').skip(1).filter_map(|behind| behind.trim_start().strip_prefix('[')).any(|behind| {
        !behind.split_once(']').is_some_and(|(host, _)| is_number(host.trim_start_matches("IPv6:")))
    })
}

/// Whether an address shows no sign of what stood round it, nor of another one beside it.
fn is_sound(address: &str) -> bool {
    let [Some(first), Some(last)] = [address.bytes().next(), address.bytes().next_back()] else {
        return false;
    };
    let is_sign = |c: Option<char>| c.is_some_and(|c| !c.is_alphanumeric());
    let has_other_beginning = match first {
        // a quoted local part is left to the grammar
        b'"' | b'.' => true,
        b'm' | b'M' => miswritten::without_scheme(address).is_some(),
        first => !first.is_ascii() && is_sign(address.chars().next()),
    };
    let has_other_ending = match last {
        b'"' | b'\'' | b'.' => true,
        b']' => !address.contains("@["),
        b't' => address.ends_with("&gt"),
        last => !last.is_ascii() && is_sign(address.chars().next_back()),
    };
    let bytes = address.as_bytes();
    let at = memchr::memchr(b'@', bytes);
    // a name of Exchange or Notes behind it is no domain
    let has_one_domain = || at == memchr::memrchr(b'@', bytes) && memchr::memrchr(b'/', bytes) <= at;
    let has_open_literal = || last != b']' && address.contains("@[");
    !has_other_beginning && !has_other_ending && has_one_domain() && !has_open_literal()
}

fn display_name(name: Option<&str>) -> Option<String> {
    name.map(|name| one_line(&encoded_words::decode_words(name))).filter(|name| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(line: &str) -> (Vec<String>, Writing) {
        let mut found = Vec::new();
        let writing = read(line.as_bytes(), &mut found);
        (found.iter().map(ToString::to_string).collect(), writing)
    }

    #[test]
    fn mailboxes_are_read_from_lists_groups_and_encoded_names() {
        let cases: [(&str, &[&str]); 14] = [
            ("uma@example.com", &["uma@example.com"]),
            (
                "\"User, Uma\" <uma@example.com>, b@example.com",
                &["User, Uma <uma@example.com>", "b@example.com"],
            ),
            ("team: a@example.com, B <b@example.com>;", &["a@example.com", "B <b@example.com>"]),
            ("=?utf-8?Q?Ren=C3?= =?utf-8?Q?=A9?= <r@example.com>", &["René <r@example.com>"]),
            ("\"=?utf-8?B?UmVuw6k=?=\" <r@example.com>", &["René <r@example.com>"]),
            ("undisclosed-recipients:;", &[]),
            ("A <a@example.com> <b@example.com>", &["A <a@example.com>", "b@example.com"]),
            ("A <@x.example,@y.example:a@b.example>", &["A <a@b.example>"]),
            ("\"a > b\" <a@b.example>", &["a > b <a@b.example>"]),
            ("A -> B <a@b.example>", &["A -> B <a@b.example>"]),
            ("\"ceo@bank.example\" <x@evil.example>", &["ceo@bank.example <x@evil.example>"]),
            ("ceo@bank.example <x@evil.example>", &["ceo@bank.example <x@evil.example>"]),
            ("Ann <\"a@b\"@c.example>", &["Ann <\"a@b\"@c.example>"]),
            ("Ann <a@[192.0.2.1]>", &["Ann <a@[192.0.2.1]>"]),
        ];
        for (line, expected) in cases {
            assert_eq!(found(line), (expected.iter().map(ToString::to_string).collect(), Writing::Sound));
        }
    }

    #[test]
    fn usual_fields_are_read_at_once_and_as_others_are() {
        for (field, is_usual) in [
            ("a@b.example", true),
            ("Ann <a@b.example>", true),
            ("Ann Lee-Kern <a.b-c_d@b.example>", true),
            ("\"Service Desk\" <desk@b.example>", true),
            ("<a@b.example>", true),
            ("\"\" <a@b.example>", true),
            ("Ann<a@b.example>", true),
            ("Ann  Lee <a@b.example>", false),
            ("\" Ann\" <a@b.example>", false),
            ("\"Lee, Ann\" <a@b.example>", false),
            ("a@b.example.", false),
            ("a+b@c.example, d@e.example", false),
            ("Ann <a@b.example> <c@d.example>", false),
            ("Ann <a@b@c.example>", false),
            ("Ann \"Lee\" <a@b.example>", false),
            ("Ann <@b.example>", false),
            ("", false),
        ] {
            let usual = the_only_one(field);
            assert_eq!(usual.is_some(), is_usual, "{field}");
            let mut other = Vec::new();
            if let Some(usual) = usual {
                assert!(take(field, &mut other), "{field}");
                assert_eq!(other, [usual], "{field}");
            }
        }
    }

    #[test]
    fn whatever_is_read_at_once_would_be_read_the_same_at_length() {
        const LETTERS: [char; 7] = ['a', ' ', '<', '>', '@', '.', '"'];
        let mut read_at_once = 0;
        for length in 3..8 {
            for number in 0..LETTERS.len().pow(length) {
                let place = |at| LETTERS[number / LETTERS.len().pow(at) % LETTERS.len()];
                let field: String = (0..length).map(place).collect();
                let Some(usual) = the_only_one(field.trim()) else { continue };
                let mut other = Vec::new();
                assert!(take(&field, &mut other), "{field}");
                assert_eq!(other, [usual], "{field}");
                read_at_once += 1;
            }
        }
        assert!(read_at_once > 100, "{read_at_once}");
    }

    #[test]
    fn an_entry_that_is_written_wrongly_is_no_loss_to_others() {
        for (line, expected, writing) in [
            ("nobody", &[][..], Writing::Unusable),
            ("Ann <a@b.example", &["Ann <a@b.example>"], Writing::Wrong),
            (
                "\"ann@b.example\", Sales Team <sales@b.example>",
                &["Sales Team <sales@b.example>"],
                Writing::Unusable,
            ),
            (
                "=?utf-8?Q?ceo=40bank.example?=, Inc <x@evil.example>",
                &["Inc <x@evil.example>"],
                Writing::Unusable,
            ),
            ("Lee (ann@b.example), Ann <sales@b.example>", &["Ann <sales@b.example>"], Writing::Unusable),
            (
                "ann@[IPv6:2001:db8::1] (bob@c.example)",
                &["bob@c.example <ann@[IPv6:2001:db8::1]>"],
                Writing::Sound,
            ),
            ("nobody, b@c.example", &["b@c.example"], Writing::Unusable),
            (
                "Ann <<a@b.example>>, B <b@c.example>",
                &["Ann <a@b.example>", "B <b@c.example>"],
                Writing::Wrong,
            ),
            ("team: Ann a@b.example, b@c.example;", &["Ann <a@b.example>", "b@c.example"], Writing::Wrong),
            ("team: a@b.example b@c.example; d@e.example", &["d@e.example"], Writing::Unusable),
            ("Ann &lt;a@b.example&gt;", &["Ann <a@b.example>"], Writing::Wrong),
            ("Ann <mailto:a@b.example>; b@c.example", &["Ann <a@b.example>", "b@c.example"], Writing::Wrong),
            ("=?utf-8?Q?Ren=C3=A9?= a@b.example", &["René <a@b.example>"], Writing::Sound),
            ("=?utf-8?Q?Ren=C3=A9?= <<a@b.example>>", &["René <a@b.example>"], Writing::Wrong),
            ("“a@b.example”", &["a@b.example"], Writing::Wrong),
            ("Ann <\u{202a}a@b.example\u{202c}>", &["Ann <a@b.example>"], Writing::Wrong),
            ("アン <a@例え.テスト>", &["アン <a@例え.テスト>"], Writing::Sound),
            // read together, the two would be an address that nobody has
            ("<a@b.example> c@d.example", &[], Writing::Unusable),
            ("a@b.example (c) <d@e.example>", &[], Writing::Unusable),
            ("a@b@c.example", &[], Writing::Unusable),
            ("<ceo> @bank.example", &[], Writing::Unusable),
            ("a@b (c) <.example>", &[], Writing::Unusable),
            ("x.exampleceo@b.example<.example>ceo@b.example", &[], Writing::Unusable),
            ("<e\\vil> ceo@bank.example", &[], Writing::Unusable),
            ("<a@b\\c.example>", &[], Writing::Unusable),
            (
                "=?utf-8?Q?ceo=40bank.example?= (x@evil.example)",
                &["ceo@bank.example <x@evil.example>"],
                Writing::Wrong,
            ),
            (
                "Pete(A \\) chap) <pete(his account)@silly.example(his host)>",
                &["Pete (A ) chap) <pete@silly.example>"],
                Writing::Wrong,
            ),
            ("<<a@b.example> <c@d.example>>", &["a@b.example", "> <c@d.example>"], Writing::Wrong),
        ] {
            assert_eq!(found(line), (expected.iter().map(ToString::to_string).collect(), writing), "{line}");
        }
    }

    #[test]
    fn whatever_the_grammar_grants_is_read_and_what_never_ends_is_not() {
        for (line, expected, writing) in [
            (
                "\"ann lee\"@b.example, c@d.example",
                &["\"ann lee\"@b.example", "c@d.example"][..],
                Writing::Sound,
            ),
            ("Ann <\"ann\"@b.example>", &["Ann <ann@b.example>"], Writing::Sound),
            ("mary @ b.example", &["mary@b.example"], Writing::Wrong),
            ("Lee, mary @ b.example", &[], Writing::Unusable),
            ("a(x).(y)b@c(z).(z)d", &["a.b@c.d"], Writing::Wrong),
            ("\"ceo\".x@b.example", &["ceo.x@b.example"], Writing::Sound),
            ("team: ann@[IPv6:2001:db8::1];", &["ann@[IPv6:2001:db8::1]"], Writing::Sound),
            // a name of Exchange or Notes is no address, and no part of one
            ("</O=EX/OU=FIRST GROUP/CN=ANN@b.example>", &[], Writing::Unusable),
            ("/O=EX/OU=FIRST GROUP/CN=ANN@b.example", &[], Writing::Unusable),
            ("ceo@bank.example/O=EX", &[], Writing::Unusable),
            ("IMCEAEX-_O=EX_OU=FIRST GROUP_CN=ANN@b.example", &[], Writing::Unusable),
            ("ann@[192.0.2.1].b.example", &[], Writing::Unusable),
            ("ann@[<ceo@bank.example>]", &[], Writing::Unusable),
            ("Ann ann@ [ <ceo@bank.example> ]", &[], Writing::Unusable),
            ("x@b.example, ann@[<ceo@bank.example>]", &["x@b.example"], Writing::Unusable),
            ("a@b.example (x) .c.example", &["a@b.example.c.example"], Writing::Wrong),
            // what never ends
            ("\"ceo@b", &[], Writing::Unusable),
            ("Ann (ceo@b.example", &[], Writing::Unusable),
            ("ceo@b.example (x <x@evil.example>", &[], Writing::Unusable),
            ("Ann (Sales <a@b.example>", &["Ann Sales <a@b.example>"], Writing::Wrong),
        ] {
            assert_eq!(found(line), (expected.iter().map(ToString::to_string).collect(), writing), "{line}");
        }
    }

    #[test]
    fn fields_full_of_entries_that_are_none_are_read_in_one_pass() {
        let many = format!("{}b@c.example", "a,".repeat(MAILBOXES_MAX));
        assert_eq!(found(&many), (Vec::new(), Writing::Unusable), "nobody writes so many");
        for entry in ["<", "a,", "\"", "(", "a@b c@d,", "<<a@b>>,", "<a@b> ", "a:", "\\", "&lt;&gt;"] {
            let (found, _) = found(&entry.repeat(200_000 / entry.len()));
            assert!(found.len() <= MAILBOXES_MAX, "{entry}");
        }
    }
}

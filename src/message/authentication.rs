//! What mail servers say of a mail's origin: `Authentication-Results` (RFC 8601), read strictly.
//!
//! Anybody can write such a field into a mail. It is believed only where all of this holds: it bears the name of the
//! mail server that the account names; it is the topmost one of that name; and it stands above everything that the
//! author of a mail writes, since servers put theirs on top. A server must therefore write one into every mail that
//! it takes in, and take out those of its own name that come from outside (RFC 8601 §5).
//!
//! A pass counts where it is about the domain in `From`: DMARC's own `header.from`, or a DKIM signature of that
//! domain or one above it. A field that is not written as the paper says proves nothing, and hides what
//! stands below it.

use super::header::{self, Fields};

/// The most fields that are kept.
const FIELDS_MAX: usize = 20;
/// The longest field that is read; one that is longer stands for itself as one that cannot be read.
const BYTES_MAX: usize = 8 * 1024;
/// Fields that the author of a mail writes: whatever stands below the first of them may be the author's, too.
const AUTHORS_FIELDS: [&str; 12] = [
    "from",
    "sender",
    "reply-to",
    "to",
    "cc",
    "subject",
    "date",
    "message-id",
    "in-reply-to",
    "references",
    "mime-version",
    "dkim-signature",
];
/// The name of the field.
const FIELD: &str = "authentication-results";

/// The fields that stand above everything that the author wrote, topmost first; none where the mail has not
/// exactly one `From`, so that nobody could say whose domain is meant.
pub(super) fn results(fields: &Fields<'_>) -> Vec<String> {
    if fields.all("from").count() != 1 {
        return Vec::new();
    }
    let is_authors = |name: &str| AUTHORS_FIELDS.iter().any(|known| name.eq_ignore_ascii_case(known));
    let above = fields.iter().take_while(|field| !is_authors(field.name));
    let results = above.filter(|field| field.name.eq_ignore_ascii_case(FIELD));
    results
        .take(FIELDS_MAX)
        .map(|field| {
            let is_readable = field.body.len() <= BYTES_MAX;
            if is_readable { header::unfold(field.body).trim().to_owned() } else { String::new() }
        })
        .collect()
}

/// Whether the topmost field of this server says that the mail comes from this domain.
///
/// A field that cannot be read may be that one, unless it begins with the name of another server: what the server
/// writes down of a stranger's mail may have made it unreadable, and nothing below it counts.
pub(super) fn is_authentic(fields: &[String], server: &str, domain: &str) -> bool {
    for field in fields {
        match read(field) {
            Some(field) if field.server.eq_ignore_ascii_case(server) => return field.vouches_for(domain),
            None if !is_of_another(field, server) => return false,
            _ => {}
        }
    }
    false
}

/// Whether a field that cannot be read begins with another server's name, beyond doubt.
fn is_of_another(field: &str, server: &str) -> bool {
    let name = field.split([';', ' ', '\t']).next().unwrap_or_default();
    let is_plain =
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-_".contains(&byte));
    is_plain && !name.eq_ignore_ascii_case(server)
}

/// One field.
#[derive(Debug, PartialEq, Eq)]
struct Field {
    /// The authserv-id: who says so.
    server: String,
    results: Vec<Finding>,
}

/// What one method found.
#[derive(Debug, PartialEq, Eq)]
struct Finding {
    method: String,
    result: String,
    /// `header.from=example.com` and the like.
    properties: Vec<(String, String)>,
}

impl Field {
    fn vouches_for(&self, domain: &str) -> bool {
        let of = |method: &'static str| self.results.iter().filter(move |found| found.method == method);
        let passes = |found: &Finding| found.result == "pass";
        let has_dmarc = of("dmarc").next().is_some();
        let dmarc = has_dmarc && of("dmarc").all(|found| passes(found) && found.names("header.from", domain));
        let contradicted = of("dmarc").any(|found| found.result == "fail");
        let signed = of("dkim").any(|found| passes(found) && found.is_signed_for(domain));
        dmarc || (signed && !contradicted)
    }
}

impl Finding {
    fn names(&self, property: &str, domain: &str) -> bool {
        let mut values = self.properties.iter().filter(|(name, _)| name == property);
        let named = values.next().is_some_and(|(_, value)| value.eq_ignore_ascii_case(domain));
        named && values.next().is_none()
    }

    /// Signed by the domain itself or by one above it.
    fn is_signed_for(&self, domain: &str) -> bool {
        let domain = domain.to_ascii_lowercase();
        let mut signers = self.properties.iter().filter(|(name, _)| name == "header.d");
        let signer = signers.next().map(|(_, value)| value.to_ascii_lowercase());
        let is_one = signers.next().is_none();
        signer.is_some_and(|signer| {
            let above =
                domain.strip_suffix(&signer).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
            is_one && signer.contains('.') && above
        })
    }
}

/// Reads a field; `None` where it is not written as RFC 8601 §2.2 says.
fn read(body: &str) -> Option<Field> {
    let mut parts = split(&without_comments(body)?)?.into_iter();
    let mut head = words(&parts.next()?)?.into_iter();
    let server = head.next()?;
    let version = head.next();
    if head.next().is_some() || version.is_some_and(|version| version != "1") || server.contains('=') {
        return None;
    }
    let parts: Vec<String> = parts.map(|part| part.trim().to_owned()).collect();
    if parts.as_slice() == ["none"] {
        return Some(Field { server: unquoted(&server)?, results: Vec::new() });
    }
    let results = parts.iter().filter(|part| !part.is_empty()).map(|part| finding(part));
    Some(Field { server: unquoted(&server)?, results: results.collect::<Option<_>>()? })
}

fn finding(part: &str) -> Option<Finding> {
    let mut pairs = words(part)?.into_iter().map(|word| {
        let (name, value) = word.split_once('=')?;
        let usable = !name.is_empty() && !value.is_empty();
        usable.then(|| Some((name.to_ascii_lowercase(), unquoted(value)?)))?
    });
    let (method, result) = pairs.next()??;
    let method = method.split('/').next().unwrap_or_default().to_owned();
    let properties: Option<Vec<(String, String)>> = pairs.collect();
    Some(Finding { method, result: result.to_ascii_lowercase(), properties: properties? })
}

/// The text without comments, which may be nested; `None` where a comment or a quotation has no end.
fn without_comments(text: &str) -> Option<String> {
    let mut kept = String::with_capacity(text.len());
    let (mut depth, mut quoted) = (0_usize, false);
    let mut characters = text.chars();
    while let Some(c) = characters.next() {
        match c {
            '\\' if depth > 0 || quoted => {
                let escaped = characters.next()?;
                if depth == 0 {
                    kept.extend([c, escaped]);
                }
            }
            '"' if depth == 0 => {
                quoted = !quoted;
                kept.push(c);
            }
            '(' if !quoted => depth += 1,
            ')' if !quoted => {
                depth = depth.checked_sub(1)?;
                kept.push(' ');
            }
            _ if depth == 0 => kept.push(c),
            _ => {}
        }
    }
    (depth == 0 && !quoted).then_some(kept)
}

/// The text between semicolons that stand in no quotation.
fn split(text: &str) -> Option<Vec<String>> {
    outside_quotations(text, |c| c == ';', true)
}

/// Words between white space; space around `=` belongs to the word.
fn words(text: &str) -> Option<Vec<String>> {
    let mut joined: Vec<String> = Vec::new();
    for word in outside_quotations(text, char::is_whitespace, false)? {
        match joined.last_mut() {
            Some(last) if last.ends_with('=') || word.starts_with('=') => last.push_str(&word),
            _ => joined.push(word),
        }
    }
    Some(joined)
}

fn outside_quotations(
    text: &str,
    is_separator: impl Fn(char) -> bool,
    keep_empty: bool,
) -> Option<Vec<String>> {
    let mut pieces = vec![String::new()];
    let mut quoted = false;
    let mut characters = text.chars();
    while let Some(c) = characters.next() {
        if is_separator(c) && !quoted {
            pieces.push(String::new());
            continue;
        }
        let piece = pieces.last_mut()?;
        piece.push(c);
        match c {
            '\\' if quoted => piece.push(characters.next()?),
            '"' => quoted = !quoted,
            _ => {}
        }
    }
    pieces.retain(|piece| keep_empty || !piece.is_empty());
    Some(pieces)
}

/// A token as it is, a quoted string without its quotation marks; `None` for anything in between.
fn unquoted(word: &str) -> Option<String> {
    let Some(inner) = word.strip_prefix('"') else {
        return (!word.contains('"')).then(|| word.to_owned());
    };
    let mut text = String::new();
    let mut characters = inner.strip_suffix('"')?.chars();
    while let Some(c) = characters.next() {
        match c {
            '\\' => text.push(characters.next()?),
            '"' => return None,
            _ => text.push(c),
        }
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use crate::message::Message;

    const SERVER: Option<&str> = Some("mx.example.com");

    fn is_authentic(header: &str) -> bool {
        let raw = format!("{header}From: Ana <ana.lyst@example.com>\r\nSubject: x\r\n\r\nHello\r\n");
        Message::read(raw.as_bytes()).is_authenticated_by(SERVER)
    }

    fn says(results: &str) -> bool {
        is_authentic(&format!("Authentication-Results: mx.example.com; {results}\r\n"))
    }

    #[test]
    fn aligned_pass_of_dmarc_or_dkim_counts() {
        assert!(says("dmarc=pass header.from=example.com"));
        assert!(says(
            "spf=fail smtp.mailfrom=other.net;\r\n dmarc=pass (p=REJECT; x) header.from=Example.COM"
        ));
        assert!(says("dkim=pass (2048-bit key; \\) unprotected) header.d=example.com header.i=@example.com"));
        assert!(says(
            "dkim=pass reason=\"good; signature\" header.d=com.example.com; dkim = pass header.d = example.com"
        ));
        assert!(is_authentic(
            "Received: by lmtp\r\nAuthentication-Results: mx.example.com 1; dkim/1=pass header.d=example.com\r\n"
        ));
    }

    #[test]
    fn anything_else_counts_for_nothing() {
        for results in [
            "none",
            "spf=pass smtp.mailfrom=example.com",
            "dmarc=pass",
            "dmarc=pass header.from=other.net",
            "dmarc=pass header.from=evilexample.com",
            "dmarc=pass header.from=other.net header.from=example.com",
            "dmarc=fail header.from=example.com; dkim=pass header.d=example.com",
            "dmarc=pass header.from=example.com; dmarc=fail header.from=example.com",
            "dkim=pass header.d=other.net",
            "dkim=pass header.d=com",
            "dkim=pass header.d=sub.example.com",
            "dkim=fail header.d=example.com",
            "dkim=pass header.i=@example.com",
            "dmarc=pass header.from=example.com (never closed",
            "dmarc=pass header.from=\"example.com",
            "dmarc=pass stray header.from=example.com",
            "spf=fail reason=\"x; dmarc=pass header.from=example.com\"",
            "spf=fail (dmarc=pass header.from=example.com)",
        ] {
            assert!(!says(results), "{results}");
        }
    }

    #[test]
    fn only_the_topmost_field_of_the_pinned_server_counts() {
        let pass = "dmarc=pass header.from=example.com\r\n";
        let field = |server: &str, results: &str| format!("Authentication-Results: {server}; {results}");
        let fail = "dmarc=fail header.from=example.com\r\n";
        let forged_below = field("mx.example.com", fail) + &field("mx.example.com", pass);
        assert!(!is_authentic(&forged_below));
        assert!(is_authentic(&(field("mx.example.com", pass) + &field("mx.example.com", fail))));
        assert!(is_authentic(&(field("other.example.net", fail) + &field("mx.example.com", pass))));
        assert!(!is_authentic(&field("mx.example.com.evil.net", pass)));
        assert!(!is_authentic(&format!("To: desk@example.com\r\n{}", field("mx.example.com", pass))));
        assert!(
            !Message::read(
                format!("{}From: a@example.com\r\n\r\n", field("mx.example.com", pass)).as_bytes()
            )
            .is_authenticated_by(None)
        );
    }

    #[test]
    fn field_that_cannot_be_read_hides_what_stands_below_it() {
        let forged = "Authentication-Results: mx.example.com; dmarc=pass header.from=example.com\r\n";
        let long = "dkim=fail header.d=example.net; ".repeat(400);
        for top in [
            "mx.example.com; spf=pass smtp.mailfrom=\"a b\"@evil.net; dmarc=fail header.from=example.com",
            "mx.example.com; dmarc=fail (never closed header.from=example.com",
            "mx.example.com; compauth=fail reason 001; dmarc=fail header.from=example.com",
            "MX.example.com; dmarc=fail \"",
            "\"mx.example.com\"; dmarc=fail \"",
            "(mx.example.com) x; dmarc=fail (",
            &format!("mx.example.com; {long}"),
            "",
        ] {
            assert!(!is_authentic(&format!("Authentication-Results: {top}\r\n{forged}")), "{top}");
        }
        // what begins with another server's name is not ours, readable or not
        for top in
            ["other.example.net; spf=pass smtp.mailfrom=\"a b\"@evil.net", "other.example.net (x; none"]
        {
            assert!(is_authentic(&format!("Authentication-Results: {top}\r\n{forged}")), "{top}");
        }
    }

    #[test]
    fn several_authors_are_nobody_proven() {
        let pass = "Authentication-Results: mx.example.com; dmarc=pass header.from=example.com\r\n";
        for from in [
            "From: ana.lyst@example.com, boss@example.com\r\n",
            "From: ana.lyst@example.com\r\nFrom: boss@example.com\r\n",
            "Sender: ana.lyst@example.com\r\n",
        ] {
            let message = Message::read(format!("{pass}{from}Subject: x\r\n\r\n").as_bytes());
            assert!(!message.is_authenticated_by(SERVER), "{from}");
        }
    }

    #[test]
    fn oversized_field_counts_for_nothing() {
        let filler = "spf=pass smtp.mailfrom=example.com;".repeat(400);
        assert!(!says(&format!("{filler} dmarc=pass header.from=example.com")));
    }
}

//! Tries an account's settings step by step, and says what was found at each (SPEC 14, "Testing an account").
//!
//! Steps are data: whoever asked shows them while the test goes on.

use super::compose::{Marks, mailbox, one_line, plain_lines};
use super::net::{Connection, Name, Patience, connect, resolve};
use super::smtp::{Session, hand_over_once};
use crate::ports::{Cause, Failure};
use crate::ruleset::account::{Outgoing, Server, Submit, Tls};
use crate::vocab::{AddrSpec, Mailbox};
use lettre::message::header::{HeaderName, HeaderValue};
use serde::Serialize;
use std::time::{Instant, SystemTime};

/// What is tried, in the order in which it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// The server's name has addresses.
    Name,
    /// One of them answers.
    Connection,
    /// The connection is protected, and by whose certificate.
    Protection,
    /// What the server is able to do.
    Capabilities,
    /// Which way to prove who we are is chosen, and why.
    Method,
    /// The server believes us.
    Login,
    /// The folder is there.
    Folder,
    /// How many mails are in it.
    Count,
    /// The test mail is found, or taken by the server.
    Mail,
}

impl Stage {
    /// What people call it.
    pub fn title(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Connection => "connection",
            Self::Protection => "protection",
            Self::Capabilities => "capabilities",
            Self::Method => "method",
            Self::Login => "login",
            Self::Folder => "folder",
            Self::Count => "count",
            Self::Mail => "mail",
        }
    }
}

/// How a step ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// As it should be.
    Good,
    /// It works, and somebody may want to look.
    Doubtful,
    /// It does not work.
    Bad,
}

/// One thing that was tried.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Step {
    /// What.
    pub stage: Stage,
    /// How it ended.
    pub verdict: Verdict,
    /// What was found, in a sentence; where it does not work, why, and what helps.
    pub found: String,
}

/// Who is told of each step as soon as it has ended.
pub type Tell<'a> = &'a mut dyn FnMut(Step);

/// Tells of a step that works.
pub fn good(tell: Tell<'_>, stage: Stage, found: impl Into<String>) {
    tell(Step { stage, verdict: Verdict::Good, found: found.into() });
}

/// Tells of a step that works, but not as it might.
pub fn doubtful(tell: Tell<'_>, stage: Stage, found: impl Into<String>) {
    tell(Step { stage, verdict: Verdict::Doubtful, found: found.into() });
}

/// Tells of a step where it does not work; a step that works is the caller's to tell of.
pub fn or_bad<T>(tell: Tell<'_>, stage: Stage, result: Result<T, Failure>) -> Result<T, Failure> {
    if let Err(failure) = &result {
        tell(Step { stage, verdict: Verdict::Bad, found: failure.to_string() });
    }
    result
}

/// From the server's name to a connection, protected already where TLS is implicit.
pub fn reach(server: &Server, patience: Patience, tell: Tell<'_>) -> Result<Connection, Failure> {
    let deadline = Instant::now() + patience.connect;
    let name = or_bad(tell, Stage::Name, Name::parse(&server.server))?;
    let addresses = or_bad(tell, Stage::Name, resolve(&name, server.port, deadline))?;
    let shown: Vec<String> = addresses.iter().map(|address| address.ip().to_string()).collect();
    good(tell, Stage::Name, format!("`{}` is {}", name.as_str(), shown.join(", ")));
    let reached = or_bad(tell, Stage::Connection, connect(&name, &addresses, deadline))?;
    good(tell, Stage::Connection, format!("{} answers", reached.address));
    let stage = if server.tls == Tls::Implicit { Stage::Protection } else { Stage::Connection };
    let connection = or_bad(tell, stage, Connection::over(reached.socket, server, patience))?;
    match server.tls {
        Tls::Implicit => tell_protection(&connection, tell),
        Tls::Starttls => {}
        Tls::Off => doubtful(
            tell,
            Stage::Protection,
            "none: `tls` is off, and whoever is in between reads and changes everything",
        ),
    }
    Ok(connection)
}

/// Tells how a connection is protected, once it is.
pub fn tell_protection(connection: &Connection, tell: Tell<'_>) {
    if let Some(protection) = connection.protection() {
        let certificate = protection.certificate.map(|it| format!("; certificate: {it}")).unwrap_or_default();
        good(tell, Stage::Protection, format!("{}{certificate}", protection.version));
    }
}

/// A mail to try an outgoing server with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestMail {
    /// Who reads it.
    pub to: Vec<AddrSpec>,
    /// Who reads it, too.
    pub cc: Vec<AddrSpec>,
    /// Who reads it without the others' knowledge.
    pub bcc: Vec<AddrSpec>,
    /// Its subject.
    pub subject: String,
    /// Its text; may be empty.
    pub text: String,
}

/// Sends a test mail through an outgoing server and tells of each step.
pub fn outgoing(
    outgoing: &Outgoing,
    mail: &TestMail,
    marks: Marks<'_>,
    patience: Patience,
    tell: Tell<'_>,
) -> Result<(), Failure> {
    let Submit::Smtp { server, .. } = &outgoing.submit else {
        let name = &outgoing.name;
        let sentence =
            format!("the outgoing server `{name}` is not reached by SMTP; there is no server to test");
        return Err(Failure::Permanent(Cause::new(sentence)));
    };
    let bytes = or_bad(tell, Stage::Mail, written(&outgoing.outgoing_email_id, mail, marks))?;
    let connection = reach(server, patience, tell)?;
    let mut session = or_bad(tell, Stage::Capabilities, Session::begin(connection, patience))?;
    or_bad(tell, Stage::Protection, session.protect(server))?;
    if server.tls == Tls::Starttls {
        tell_protection(session.connection(), tell);
    }
    let names = session.capabilities().names();
    let names = if names.is_empty() { "none that matter here".to_owned() } else { names.join(", ") };
    good(tell, Stage::Capabilities, names);
    let choice = or_bad(tell, Stage::Method, session.choose(server))?;
    good(tell, Stage::Method, choice.why);
    if let Some(warning) = choice.warning {
        doubtful(tell, Stage::Method, warning);
    }
    or_bad(tell, Stage::Login, session.login(server))?;
    if choice.mechanism.is_some() {
        let login = server.login.login.as_deref().unwrap_or_default();
        good(tell, Stage::Login, format!("the server knows us as `{login}`"));
    }
    let readers: Vec<AddrSpec> = mail.to.iter().chain(&mail.cc).chain(&mail.bcc).cloned().collect();
    let handed_over = hand_over_once(&mut session, &outgoing.outgoing_email_id, &readers, &bytes);
    let refused = or_bad(tell, Stage::Mail, handed_over)?;
    session.quit();
    for (_, failure) in &refused {
        tell(Step { stage: Stage::Mail, verdict: Verdict::Bad, found: failure.to_string() });
    }
    let taken: Vec<&str> =
        readers.iter().filter(|it| !refused.iter().any(|(no, _)| no == *it)).map(AddrSpec::as_str).collect();
    good(tell, Stage::Mail, format!("taken for {}", taken.join(", ")));
    match refused.into_iter().next() {
        None => Ok(()),
        Some((_, failure)) => Err(failure),
    }
}

/// The test mail as RFC 5322 bytes. It bears this system's loop mark, so that it never becomes a call here.
fn written(from: &AddrSpec, mail: &TestMail, marks: Marks<'_>) -> Result<Vec<u8>, Failure> {
    /// As many random bytes as make an identifier that nobody else has.
    const ID_BYTES: usize = 12;
    let mut id = [0; ID_BYTES];
    getrandom::fill(&mut id).map_err(|error| {
        Failure::Transient(Cause::from_error("the system gives no random numbers", error))
    })?;
    let of = |address: &AddrSpec| mailbox(&Mailbox { name: None, address: address.clone() });
    let mut builder = lettre::Message::builder()
        .from(of(from)?)
        .subject(one_line(&mail.subject))
        .date(SystemTime::now())
        .message_id(Some(format!("<{}.test@{}>", hex::encode(id), from.domain())));
    for address in &mail.to {
        builder = builder.to(of(address)?);
    }
    for address in &mail.cc {
        builder = builder.cc(of(address)?);
    }
    for (name, value) in [("Auto-Submitted", "auto-generated"), ("X-Postroom-Loop", marks.loop_mark)] {
        builder = builder.raw_header(HeaderValue::new(HeaderName::new_from_ascii_str(name), one_line(value)));
    }
    for address in &mail.bcc {
        // Named in the envelope alone; looked at here so that all addresses are held to the same.
        let _written = of(address)?;
    }
    let envelope = lettre::address::Envelope::new(
        None,
        mail.to.iter().chain(&mail.cc).chain(&mail.bcc).filter_map(|it| it.as_str().parse().ok()).collect(),
    );
    let envelope = envelope
        .map_err(|error| Failure::Permanent(Cause::from_error("the test mail has no reader", error)))?;
    let message = builder
        .envelope(envelope)
        .singlepart(lettre::message::SinglePart::plain(plain_lines(&mail.text)))
        .map_err(|error| Failure::Permanent(Cause::from_error("the test mail cannot be written", error)))?;
    Ok(message.formatted())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> AddrSpec {
        AddrSpec::parse(text).unwrap()
    }

    #[test]
    fn a_test_mail_names_no_hidden_reader_and_bears_the_loop_mark() {
        let mail = TestMail {
            to: vec![address("a@example.org"), address("b@example.org")],
            cc: vec![address("c@example.org")],
            bcc: vec![address("d@example.org")],
            subject: "Test\r\nBcc: x@example.net".into(),
            text: String::new(),
        };
        let marks = Marks { loop_mark: "desk-1", rules: None };
        let text = String::from_utf8(written(&address("desk@example.com"), &mail, marks).unwrap()).unwrap();
        for line in [
            "To: a@example.org, b@example.org\r\n",
            "Cc: c@example.org\r\n",
            "Subject: Test Bcc: x@example.net\r\n",
            "X-Postroom-Loop: desk-1\r\n",
            "Auto-Submitted: auto-generated\r\n",
        ] {
            assert!(text.contains(line), "{line}{text}");
        }
        assert!(!text.contains("d@example.org") && !text.contains("\r\nBcc:"), "{text}");
        let nobody = TestMail { to: vec![], cc: vec![], bcc: vec![], ..mail };
        assert!(written(&address("desk@example.com"), &nobody, marks).is_err());
    }
}

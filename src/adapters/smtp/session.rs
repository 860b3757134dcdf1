//! One conversation with an SMTP server, from its greeting to `QUIT`.

use super::answer::{Answer, Capabilities};
use crate::adapters::net::{Connection, Patience};
use crate::adapters::sasl::{self, Choice, Conversation, Exposure, Mechanism, Protocol, Refused};
use crate::adapters::secret::Secret;
use crate::ports::{Cause, Failure};
use crate::ruleset::account::{Server, Tls};
use std::net::IpAddr;
use std::time::Duration;

/// The longest `AUTH` line with a first answer in it; older servers take no longer ones.
const AUTH_LINE_BYTES_MAX: usize = 500;

/// A conversation in which the server knows us.
#[derive(Debug)]
pub struct Session {
    pub(super) connection: Connection,
    pub(super) patience: Patience,
    able: Capabilities,
}

/// Why something was not done, and whether the conversation can go on.
#[derive(Debug)]
pub(super) enum Trouble {
    /// The server said no; it still listens.
    Refused(Answer, String),
    /// The mail does not fit this server; nothing was said yet.
    Unfit(Failure),
    /// The conversation is over.
    Broken(Failure),
}

impl From<Failure> for Trouble {
    fn from(failure: Failure) -> Self {
        Self::Broken(failure)
    }
}

impl Session {
    /// Connects, protects the connection as the server's settings say, and logs in. No mail was refused if this
    /// fails, so every failure is worth another attempt: passwords and certificates are renewed, blocks lifted.
    pub fn open(server: &Server, patience: Patience) -> Result<Self, Failure> {
        let connection = Connection::open(server, patience)?;
        let mut session = Self::begin(connection, patience)?;
        session.protect(server)?;
        session.login(server)?;
        Ok(session)
    }

    /// Takes over a connection on which nothing was said yet: reads the greeting and says who we are.
    pub fn begin(mut connection: Connection, patience: Patience) -> Result<Self, Failure> {
        connection.begin();
        let greeting = Answer::read(&mut connection)?;
        if greeting.code != 220 {
            return Err(connection.failure(&format!("takes no mail now: `{}`", greeting.words())));
        }
        let mut session = Self { connection, patience, able: Capabilities::default() };
        session.introduce()?;
        Ok(session)
    }

    /// What the server is able to do.
    pub fn capabilities(&self) -> &Capabilities {
        &self.able
    }

    /// The connection below.
    pub fn connection(&self) -> &Connection {
        &self.connection
    }

    /// `STARTTLS` where the settings ask for it; never goes on in the clear where the server cannot or will not.
    pub fn protect(&mut self, server: &Server) -> Result<(), Failure> {
        if server.tls != Tls::Starttls {
            return Ok(());
        }
        if !self.able.starttls {
            return Err(self.connection.failure(
                "does not offer STARTTLS, and nothing is sent unprotected; `tls: implicit` on port 465 may do",
            ));
        }
        let answer = self.ask("STARTTLS")?;
        if answer.code != 220 {
            let words = answer.words();
            return Err(self
                .connection
                .failure(&format!("refuses STARTTLS: `{words}`; nothing is sent unprotected")));
        }
        self.connection.protect()?;
        // RFC 3207 §4.2: what was said before the protection counts for nothing.
        self.introduce()
    }

    /// Proves who we are, by the method that is chosen; says which it was.
    pub fn login(&mut self, server: &Server) -> Result<Choice, Failure> {
        let choice = self.choose(server)?;
        if let Some(mechanism) = choice.mechanism {
            self.authenticate(mechanism, server)?;
        }
        Ok(choice)
    }

    /// The method by which [`login`](Self::login) will prove who we are.
    pub fn choose(&self, server: &Server) -> Result<Choice, Failure> {
        let is_protected = self.connection.is_protected();
        sasl::choose(&self.able.offer(), &server.login, Protocol::Smtp, is_protected).map_err(lasting)
    }

    /// `QUIT`; nobody minds where it fails.
    pub fn quit(mut self) {
        self.connection.begin_for(Duration::from_secs(1));
        let _gone = self.connection.write(b"QUIT\r\n").and_then(|()| Answer::read(&mut self.connection));
    }

    /// Sends a command and reads its answer.
    pub(super) fn ask(&mut self, command: &str) -> Result<Answer, Failure> {
        if command.contains(char::is_control) {
            return Err(Failure::Permanent(Cause::new(
                "an address or identifier with a line break or control character is not sent",
            )));
        }
        self.connection.begin();
        self.connection.write(format!("{command}\r\n").as_bytes())?;
        self.answer()
    }

    /// Reads an answer; after 421 the conversation is over.
    pub(super) fn answer(&mut self) -> Result<Answer, Failure> {
        let answer = Answer::read(&mut self.connection)?;
        if answer.is_farewell() {
            let words = answer.words();
            return Err(self.connection.failure(&format!("closes the connection: `{words}`")));
        }
        Ok(answer)
    }

    /// A command that must be done (2yz).
    pub(super) fn demand(&mut self, command: &str) -> Result<Answer, Trouble> {
        let answer = self.ask(command)?;
        if answer.is_done() { Ok(answer) } else { Err(Trouble::Refused(answer, command.to_owned())) }
    }

    /// The mail's failure for a refusal: 5yz for good, anything else worth another attempt (SPEC 13).
    pub(super) fn refusal(&self, answer: &Answer, command: &str) -> Failure {
        let server = self.connection.server();
        let cause = Cause::new(format!("`{server}` answered `{}` to `{command}`", answer.words()));
        if answer.is_permanent() { Failure::Permanent(cause) } else { Failure::Transient(cause) }
    }

    /// EHLO, or HELO for servers that know no other.
    fn introduce(&mut self) -> Result<(), Failure> {
        // RFC 5321 §4.1.3: the address in brackets, since our own name may mean nothing out there.
        let name = match self.connection.local_address() {
            Some(IpAddr::V4(address)) => format!("[{address}]"),
            Some(IpAddr::V6(address)) => format!("[IPv6:{address}]"),
            None => "localhost".to_owned(),
        };
        let answer = self.ask(&format!("EHLO {name}"))?;
        if answer.is_done() {
            self.able = Capabilities::of(&answer);
            return Ok(());
        }
        self.able = Capabilities::default();
        let answer = if answer.is_permanent() { self.ask(&format!("HELO {name}"))? } else { answer };
        if answer.is_done() {
            return Ok(());
        }
        Err(self.connection.failure(&format!("does not greet us back: `{}`", answer.words())))
    }

    fn authenticate(&mut self, mechanism: Mechanism, server: &Server) -> Result<(), Failure> {
        let Some(secret) = sasl::password(&server.login, mechanism)? else {
            return Err(self.connection.failure("wants a login, and no password is set for it"));
        };
        self.prove_by(mechanism, server, &secret).map_err(|failure| secret.blotted(failure))
    }

    fn prove_by(&mut self, mechanism: Mechanism, server: &Server, secret: &Secret) -> Result<(), Failure> {
        let login = server.login.login.as_deref().unwrap_or_default();
        let name = mechanism.sasl_name().unwrap_or_default();
        let exposure = Exposure::of(&server.login, self.connection.is_protected());
        let exchange = sasl::exchange(mechanism, login, secret, &server.server, Protocol::Smtp, exposure)
            .map_err(lasting)?;
        let mut conversation = Conversation::new(exchange);
        let is_short = |first: &String| first.len() + name.len() + 6 <= AUTH_LINE_BYTES_MAX;
        let refused = |session: &Self, why: &Refused| {
            session.connection.failure(&format!("cannot be trusted with the login by {name}: {why}"))
        };
        let mut first = conversation.initial().map_err(|why| refused(self, &why))?;
        let command = match first.take_if(|first| is_short(first)) {
            Some(first) => format!("AUTH {name} {first}"),
            None => format!("AUTH {name}"),
        };
        let mut answer = self.ask(&command)?;
        while answer.code == 334 {
            let challenge = answer.lines.first().cloned().unwrap_or_default();
            let line = match first.take() {
                Some(first) => Ok(first),
                None => conversation.answer(&challenge),
            };
            match line {
                Ok(line) => answer = self.ask(&line)?,
                Err(why) => {
                    // RFC 4954 §4: the way to end it. The connection is let go afterwards, whatever the answer.
                    let _over = self.ask("*");
                    return Err(refused(self, &why));
                }
            }
        }
        if answer.is_done() {
            return conversation.verify_end().map_err(|why| refused(self, &why));
        }
        let why = conversation.verify_end().err().filter(|_| mechanism.is_clear_text());
        let why = why.map(|why| format!(" ({why})")).unwrap_or_default();
        let words = answer.words();
        Err(self.connection.failure(&format!(
            "refuses the login of `{login}` by {name}: `{words}`{why}; check `login` and `password` of the outgoing server"
        )))
    }
}

/// A session that cannot begin is no reason to give up a mail: the settings may be put right tomorrow.
fn lasting(failure: Failure) -> Failure {
    match failure {
        Failure::Permanent(cause) | Failure::Transient(cause) => Failure::Transient(cause),
    }
}

//! A session with one server: greeting, protection, login, and the commands that we need.

use crate::adapters::net::{Connection, Patience, Protection, legible};
use crate::adapters::sasl::{self, Choice, Conversation, Exposure, Mechanism, Offer, Protocol};
use crate::adapters::secret::Secret;
use crate::ports::{Cause, Failure};
use crate::ruleset::account::{Server, Tls};
use std::collections::BTreeMap;
use std::io::{BufRead as _, Read as _};
use zeroize::Zeroizing;

/// So many bytes a list of messages may have.
const LIST_BYTES_MAX: u64 = 16 * 1024 * 1024;

/// So many messages a list may have.
const LISTED_MAX: usize = 300_000;

/// After so many bytes of a mail the server has shown that it is alive, and its time begins anew.
const PROGRESS_BYTES: usize = 256 * 1024;

/// Room for the line that ends a mail, and for a server that counts line ends as one octet where there are few.
const SPARE_BYTES: u64 = 1024;

/// The longest unique identifier (RFC 1939 §7 says 70 characters).
const UIDL_BYTES_MAX: usize = 500;

/// A POP3 session.
#[derive(Debug)]
pub struct Session {
    connection: Connection,
    /// Capabilities in upper case, each with what follows it; `None` where the server lists none.
    capabilities: Option<BTreeMap<String, String>>,
    apop_challenge: Option<String>,
}

/// Why a command was not done.
#[derive(Debug)]
pub(super) enum Fault {
    /// The server said no; the session goes on.
    Refused(String),
    /// The session is over.
    Broken(Failure),
}

impl From<Failure> for Fault {
    fn from(failure: Failure) -> Self {
        Self::Broken(failure)
    }
}

/// A message of the mailbox, before it is fetched.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Listed {
    /// Size in octets.
    pub size: u64,
    /// The unique identifier, where the server gives one that no other message has.
    pub uidl: Option<String>,
}

/// What stands after a status.
enum Reply {
    Ok(String),
    Challenge(Vec<u8>),
}

impl Session {
    /// Connects, and protects the connection where that is asked for, before anything else is said.
    pub fn connect(server: &Server, patience: Patience) -> Result<Self, Failure> {
        Self::over(Connection::open(server, patience)?, server)
    }

    /// The same over a connection that is there.
    pub fn over(connection: Connection, server: &Server) -> Result<Self, Failure> {
        let mut session = Self { connection, capabilities: None, apop_challenge: None };
        session.connection.begin();
        let greeting = match session.reply() {
            Ok(greeting) => greeting,
            Err(Fault::Refused(said)) => {
                return Err(session.connection.failure(&format!("does not want to talk now: {said}")));
            }
            Err(Fault::Broken(failure)) => return Err(failure),
        };
        session.apop_challenge = timestamp(&greeting);
        if server.tls == Tls::Starttls {
            match session.command("STLS") {
                Ok(_) => session.connection.protect()?,
                Err(Fault::Refused(said)) => {
                    let sentence = format!("refuses STLS ({said}): use `tls: implicit`, usually on port 995");
                    return Err(session.permanent(&sentence));
                }
                Err(Fault::Broken(failure)) => return Err(failure),
            }
        }
        session.ask_capabilities()?;
        Ok(session)
    }

    fn ask_capabilities(&mut self) -> Result<(), Failure> {
        let lines = match self.command("CAPA").and_then(|_| Ok(self.text(0, LIST_BYTES_MAX)?)) {
            Ok(lines) => lines,
            Err(Fault::Refused(_)) => return Ok(()),
            Err(Fault::Broken(failure)) => return Err(failure),
        };
        let lines = String::from_utf8_lossy(&lines).to_ascii_uppercase();
        let pairs = lines.lines().map(|line| line.split_once(' ').unwrap_or((line, "")));
        self.capabilities =
            Some(pairs.map(|(name, rest)| (name.to_owned(), rest.trim().to_owned())).collect());
        Ok(())
    }

    /// Whether the server offers this.
    pub fn can(&self, capability: &str) -> bool {
        self.capabilities.as_ref().is_some_and(|listed| listed.contains_key(capability))
    }

    /// What the server offers, a line each.
    pub fn capabilities(&self) -> impl Iterator<Item = String> {
        let listed = self.capabilities.iter().flatten();
        listed.map(|(name, rest)| format!("{name} {rest}").trim_end().to_owned())
    }

    /// How the connection is protected.
    pub fn protection(&self) -> Option<Protection> {
        self.connection.protection()
    }

    /// The server as people know it.
    pub fn server(&self) -> String {
        self.connection.server()
    }

    /// Proves who we are, by the method that is chosen; says which and why.
    pub fn log_in(&mut self, server: &Server) -> Result<Choice, Failure> {
        let sasl = self.capabilities.as_ref().and_then(|listed| listed.get("SASL"));
        let offer = Offer {
            sasl: sasl.into_iter().flat_map(|names| names.split(' ')).map(str::to_owned).collect(),
            standard: self.capabilities.is_none() || self.can("USER"),
            apop_challenge: self.apop_challenge.clone(),
        };
        let choice = sasl::choose(&offer, &server.login, Protocol::Pop3, self.connection.is_protected())?;
        if let Some(mechanism) = choice.mechanism {
            self.prove(mechanism, server)?;
            self.ask_capabilities()?;
        }
        Ok(choice)
    }

    fn prove(&mut self, mechanism: Mechanism, server: &Server) -> Result<(), Failure> {
        let login = server.login.login.as_deref().unwrap_or_default();
        let Some(secret) = sasl::password(&server.login, mechanism)? else {
            return Err(self.permanent("asks for a password, and the account names none"));
        };
        if [login, secret.reveal()].iter().any(|word| word.contains(['\r', '\n', '\0'])) {
            return Err(self.permanent("cannot be told a login or password with a line break in it"));
        }
        self.prove_by(mechanism, server, &secret).map_err(|failure| secret.blotted(failure))
    }

    fn prove_by(&mut self, mechanism: Mechanism, server: &Server, secret: &Secret) -> Result<(), Failure> {
        let login = server.login.login.as_deref().unwrap_or_default();
        let (shown, ended) = match mechanism {
            Mechanism::Standard => {
                let ended = self.command(&format!("USER {login}"));
                let pass = Zeroizing::new(format!("PASS {}", secret.reveal()));
                ("USER and PASS", ended.and_then(|_| self.command(&pass)).map(drop))
            }
            Mechanism::Apop => {
                let challenge = self.apop_challenge.clone().unwrap_or_default();
                let digest = sasl::apop_digest(&challenge, secret);
                ("APOP", self.command(&format!("APOP {login} {digest}")).map(drop))
            }
            _ => {
                let name = mechanism.sasl_name().unwrap_or_default();
                let exposure = Exposure::of(&server.login, self.connection.is_protected());
                let exchange =
                    sasl::exchange(mechanism, login, secret, &server.server, Protocol::Pop3, exposure)?;
                let mut conversation = Conversation::new(exchange);
                let mut own_fault = None;
                let ended = self.dialogue(name, &mut |challenge| {
                    conversation.answer(challenge).map_err(|refused| own_fault = Some(refused)).ok()
                });
                let fault = match (&ended, own_fault) {
                    // Whatever came after the login was called off: this is why.
                    (_, Some(refused)) => Some(refused),
                    (Ok(()), None) => conversation.verify_end().err(),
                    (Err(_), None) => None,
                };
                if let Some(refused) = fault {
                    return Err(self.not_logged_in(login, name, &refused.to_string()));
                }
                (name, ended)
            }
        };
        match ended {
            Ok(()) => Ok(()),
            Err(Fault::Refused(said)) => Err(self.login_refusal(login, shown, &said)),
            Err(Fault::Broken(failure)) => Err(failure),
        }
    }

    /// `AUTH`: each challenge is answered; `None` calls the login off.
    fn dialogue(&mut self, name: &str, answer: &mut dyn FnMut(&[u8]) -> Option<String>) -> Result<(), Fault> {
        self.connection.begin();
        self.connection.write(format!("AUTH {name}\r\n").as_bytes())?;
        let mut is_called_off = false;
        loop {
            match self.status()? {
                Reply::Ok(_) => return Ok(()),
                Reply::Challenge(_) if is_called_off => {
                    let sentence = "goes on asking after the login was called off";
                    return Err(self.connection.failure(sentence).into());
                }
                Reply::Challenge(challenge) => {
                    let answered = answer(&challenge);
                    is_called_off = answered.is_none();
                    let mut line = Zeroizing::new(answered.unwrap_or_else(|| "*".to_owned()));
                    line.push_str("\r\n");
                    self.connection.write(line.as_bytes())?;
                }
            }
        }
    }

    fn not_logged_in(&self, login: &str, mechanism: &str, because: &str) -> Failure {
        self.permanent(&format!("and we do not agree on the login `{login}` by {mechanism}: {because}"))
    }

    /// Worth another attempt where the server says that it is busy (RFC 2449 §8.1, RFC 3206).
    fn login_refusal(&self, login: &str, shown: &str, said: &str) -> Failure {
        let passing = ["[IN-USE]", "[LOGIN-DELAY]", "[SYS/TEMP]"];
        let upper = said.to_ascii_uppercase();
        if passing.iter().any(|code| upper.starts_with(code)) {
            return self.connection.failure(&format!("cannot log `{login}` in now: {said}"));
        }
        self.permanent(&format!(
            "refuses the login `{login}` by {shown}: {said}; check `login` and `password` of the account, and whether \
             the server lets this login use POP3"
        ))
    }

    /// Every message by number, with its size and unique identifier.
    pub fn list(&mut self) -> Result<BTreeMap<u32, Listed>, Failure> {
        let mut listed: BTreeMap<u32, Listed> = BTreeMap::new();
        for (number, size) in self.pairs("LIST")?.unwrap_or_default() {
            let size = size.split(' ').next().and_then(|size| size.parse().ok()).unwrap_or_default();
            let _same = listed.insert(number, Listed { size, uidl: None });
        }
        let uidls = self.pairs("UIDL")?.unwrap_or_default();
        let mut bearers: BTreeMap<&str, usize> = BTreeMap::new();
        for (_, uidl) in &uidls {
            *bearers.entry(uidl).or_default() += 1;
        }
        for (number, uidl) in &uidls {
            let is_own = bearers.get(uidl.as_str()) == Some(&1);
            let is_sound =
                (1..=UIDL_BYTES_MAX).contains(&uidl.len()) && uidl.bytes().all(|b| b.is_ascii_graphic());
            if let Some(message) = listed.get_mut(number).filter(|_| is_own && is_sound) {
                message.uidl = Some(uidl.clone());
            }
        }
        Ok(listed)
    }

    /// The lines of `LIST` or `UIDL`; `None` where the server does not know the command.
    fn pairs(&mut self, command: &str) -> Result<Option<Vec<(u32, String)>>, Failure> {
        match self.command(command) {
            Ok(_) => {}
            Err(Fault::Refused(_)) => return Ok(None),
            Err(Fault::Broken(failure)) => return Err(failure),
        }
        let lines = self.text(0, LIST_BYTES_MAX)?;
        let lines = String::from_utf8_lossy(&lines);
        let pair = |line: &str| {
            let (number, rest) = line.trim().split_once(' ')?;
            Some((number.parse().ok().filter(|number| *number > 0)?, rest.trim().to_owned()))
        };
        let pairs: Vec<_> = lines.lines().filter_map(pair).take(LISTED_MAX + 1).collect();
        if pairs.len() > LISTED_MAX {
            return Err(self.connection.failure(&format!("lists more than {LISTED_MAX} messages")));
        }
        Ok(Some(pairs))
    }

    /// Sends commands, together where the server takes them so (PIPELINING).
    pub(super) fn send(&mut self, commands: &[String]) -> Result<(), Failure> {
        self.connection.begin();
        let mut lines = commands.join("\r\n");
        lines.push_str("\r\n");
        self.connection.write(lines.as_bytes())
    }

    /// How many commands may be sent before the first answer is read.
    pub(super) fn together(&self) -> usize {
        if self.can("PIPELINING") { 64 } else { 1 }
    }

    /// The answer to a `RETR`: the mail, without the dots that were put before its lines.
    /// Room is made at once for the size that the server listed, so that the mail need not be moved while it grows.
    pub(super) fn mail(&mut self, size: u64, bytes_max: u64) -> Result<Vec<u8>, Fault> {
        self.connection.begin();
        let _said = self.reply()?;
        Ok(self.text(size.saturating_add(SPARE_BYTES), bytes_max)?)
    }

    /// The header of a message, and so many lines of its body.
    pub fn top(&mut self, number: u32, lines: u32) -> Result<Vec<u8>, Failure> {
        let asked = self.command(&format!("TOP {number} {lines}"));
        asked
            .and_then(|_| Ok(self.text(0, LIST_BYTES_MAX)?))
            .map_err(|fault| self.settled("to show a mail", fault))
    }

    /// Ends the session, which makes deletions real.
    pub fn quit(&mut self) -> Result<(), Failure> {
        self.command("QUIT")
            .map(drop)
            .map_err(|fault| self.settled("to delete what was to be deleted", fault))
    }

    /// A fault as a failure, where a refusal leaves nothing else to be done.
    pub(super) fn settled(&self, what: &str, fault: Fault) -> Failure {
        match fault {
            Fault::Refused(said) => self.connection.failure(&format!("refuses {what}: {said}")),
            Fault::Broken(failure) => failure,
        }
    }

    fn command(&mut self, line: &str) -> Result<String, Fault> {
        self.connection.begin();
        let line = Zeroizing::new(format!("{line}\r\n"));
        self.connection.write(line.as_bytes())?;
        self.reply()
    }

    /// The answer to a command: what the server said.
    pub(super) fn reply(&mut self) -> Result<String, Fault> {
        match self.status()? {
            Reply::Ok(said) => Ok(said),
            Reply::Challenge(_) => Err(self.connection.failure("asks for more where nothing is left").into()),
        }
    }

    fn status(&mut self) -> Result<Reply, Fault> {
        let line = self.connection.read_line()?;
        if let Some(said) = line.strip_prefix(b"+OK") {
            return Ok(Reply::Ok(legible(said)));
        }
        if let Some(said) = line.strip_prefix(b"-ERR") {
            return Err(Fault::Refused(legible(said)));
        }
        if let Some(challenge) = line.strip_prefix(b"+") {
            return Ok(Reply::Challenge(challenge.strip_prefix(b" ").unwrap_or(challenge).to_vec()));
        }
        Err(self.connection.failure(&format!("says `{}`, which is not POP3", legible(&line))).into())
    }

    /// Lines up to the one that is a single dot.
    fn text(&mut self, expected: u64, bytes_max: u64) -> Result<Vec<u8>, Failure> {
        let most = usize::try_from(bytes_max).unwrap_or(usize::MAX);
        let mut text = Vec::with_capacity(usize::try_from(expected.min(bytes_max)).unwrap_or_default());
        let mut progress = 0;
        loop {
            let begin = text.len();
            let room = u64::try_from(most.saturating_sub(begin)).unwrap_or(u64::MAX).saturating_add(5);
            let read = self.connection.by_ref().take(room).read_until(b'\n', &mut text);
            let read = read.map_err(|error| self.connection.fault(error))?;
            if read == 0 {
                return Err(self.connection.failure("closed the connection"));
            }
            let line = text.get(begin..).unwrap_or_default();
            if matches!(line, b".\r\n" | b".\n") {
                text.truncate(begin);
                return Ok(text);
            }
            if line.first() == Some(&b'.') {
                let _dot = text.remove(begin);
            }
            if text.len() > most {
                return Err(self.connection.failure(&format!("sends more than {most} bytes")));
            }
            if text.len() - progress > PROGRESS_BYTES {
                progress = text.len();
                self.connection.begin();
            }
        }
    }

    fn permanent(&self, what: &str) -> Failure {
        Failure::Permanent(Cause::new(self.connection.failure(what).to_string()))
    }
}

/// The challenge for APOP in a greeting: `<process.clock@host>`.
fn timestamp(greeting: &str) -> Option<String> {
    let (_, rest) = greeting.split_once('<')?;
    let (inner, _) = rest.split_once('>')?;
    inner.contains('@').then(|| format!("<{inner}>"))
}

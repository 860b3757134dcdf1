//! A session with one server: greeting, protection, login, the folder, and the commands that we need.

use super::name;
use super::response::{Condition, Status, Token, Told, Untagged};
use super::set::sets;
use super::wire::{ANSWER_BYTES_MAX, Fault, Wire, Word, refused};
use crate::adapters::net::{Connection, Patience, Protection, legible};
use crate::adapters::sasl::{self, Choice, Conversation, Exposure, Mechanism, Offer, Protocol};
use crate::adapters::secret::Secret;
use crate::ports::{Cause, Failure};
use crate::ruleset::account::{Server, Tls};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use zeroize::Zeroizing;

/// The keyword of a mail that has been dealt with and stays in its folder.
pub(super) const DEALT_WITH: &str = "$PostroomDealtWith";

/// The keyword of a mail of which a copy has been made where it is to go, and which is to vanish.
pub(super) const COPIED: &str = "$PostroomCopied";

/// So many messages are listed by one command.
const LISTED_AT_ONCE: u32 = 1_000;

/// Extensions that every server of `IMAP4rev2` has (RFC 9051, appendix E).
const IN_REVISION_2: [&str; 4] = ["IDLE", "MOVE", "NAMESPACE", "UIDPLUS"];

/// An IMAP session.
#[derive(Debug)]
pub struct Session {
    wire: Wire,
    capabilities: BTreeSet<String>,
    is_open_to_all: bool,
    mailbox: Mailbox,
}

/// A folder that is selected.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mailbox {
    /// How many messages it holds, as far as the server has said.
    pub exists: u32,
    /// Under which numbering its UIDs are valid.
    pub uid_validity: u32,
    /// Nothing can be changed in it.
    pub is_read_only: bool,
    /// Messages have come since the folder was listed.
    has_news: bool,
    /// The flags that can be set, where the server lists them.
    permanent_flags: Option<Vec<String>>,
}

impl Mailbox {
    /// Whether a mail can be marked with a keyword of ours.
    pub fn takes_keywords(&self) -> bool {
        self.permanent_flags.as_ref().is_none_or(|flags| {
            flags.iter().any(|flag| flag == "\\*" || flag.eq_ignore_ascii_case(DEALT_WITH))
        })
    }

    /// Keeps the count in step with what the server says in passing.
    fn note(&mut self, told: &Untagged) {
        match told {
            Untagged::Numbered(count, word, _) if word == "EXISTS" => {
                self.has_news |= *count > self.exists;
                self.exists = *count;
            }
            Untagged::Numbered(_, word, _) if word == "EXPUNGE" => {
                self.exists = self.exists.saturating_sub(1);
            }
            _ => {}
        }
    }
}

/// A message of the folder, before it is fetched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Listed {
    pub(super) uid: u32,
    pub(super) size: u64,
    pub(super) is_dealt_with: bool,
    pub(super) is_copied: bool,
}

impl Session {
    /// Connects, and protects the connection where that is asked for, before anything else is said.
    pub fn connect(server: &Server, patience: Patience) -> Result<Self, Failure> {
        Self::over(Connection::open(server, patience)?, server)
    }

    /// The same over a connection that is there.
    pub fn over(connection: Connection, server: &Server) -> Result<Self, Failure> {
        let mut session = Self {
            wire: Wire::new(connection),
            capabilities: BTreeSet::new(),
            is_open_to_all: false,
            mailbox: Mailbox::default(),
        };
        let greeting = session.wire.greeting()?;
        session.is_open_to_all = greeting.condition == Condition::Preauth;
        if server.tls == Tls::Starttls {
            session.start_tls()?;
        }
        session.ask_capabilities()?;
        Ok(session)
    }

    fn start_tls(&mut self) -> Result<(), Failure> {
        if self.is_open_to_all {
            // RFC 9051 §7.1.4: such a greeting makes STARTTLS impossible, which is what an attacker would want.
            let sentence =
                "lets everybody in without TLS (PREAUTH), which `starttls` forbids: use `tls: implicit`";
            return Err(self.permanent(sentence));
        }
        self.ask_capabilities()?;
        if !self.can("STARTTLS") {
            return Err(self.permanent("offers no STARTTLS: use `tls: implicit`, usually on port 993"));
        }
        let server = self.server();
        let agreed = self.command(&[Word::Bare("STARTTLS")], &mut |_| {});
        agreed.map_err(|fault| settled(&server, "STARTTLS", fault))?;
        self.wire.connection().protect()
    }

    fn ask_capabilities(&mut self) -> Result<(), Failure> {
        let server = self.server();
        let mut capabilities = BTreeSet::new();
        let asked = self.command(&[Word::Bare("CAPABILITY")], &mut |told| {
            if let Untagged::Named(word, tokens) = told
                && word == "CAPABILITY"
            {
                capabilities.extend(tokens.iter().filter_map(Token::word));
            }
        });
        asked.map_err(|fault| settled(&server, "CAPABILITY", fault))?;
        self.capabilities = capabilities;
        Ok(())
    }

    /// Whether the server offers this, by itself or as a part of `IMAP4rev2`.
    pub fn can(&self, capability: &str) -> bool {
        self.capabilities.contains(capability)
            || (IN_REVISION_2.contains(&capability) && self.capabilities.contains("IMAP4REV2"))
    }

    /// What the server offers.
    pub fn capabilities(&self) -> impl Iterator<Item = &str> {
        self.capabilities.iter().map(String::as_str)
    }

    /// How the connection is protected.
    pub fn protection(&mut self) -> Option<Protection> {
        self.wire.connection().protection()
    }

    /// Proves who we are, by the method that is chosen; says which and why.
    pub fn log_in(&mut self, server: &Server) -> Result<Choice, Failure> {
        let listed = self.capabilities.iter().filter_map(|word| word.strip_prefix("AUTH="));
        let offer = Offer {
            sasl: listed.map(str::to_owned).collect(),
            standard: !self.can("LOGINDISABLED"),
            apop_challenge: None,
        };
        let is_protected = self.wire.connection().is_protected();
        let choice = sasl::choose(&offer, &server.login, Protocol::Imap, is_protected)?;
        match choice.mechanism {
            Some(_) if self.is_open_to_all => {
                return Err(self.permanent(
                    "lets everybody in without asking who they are (PREAUTH); if that is meant, write `authentication: []`",
                ));
            }
            Some(mechanism) => self.prove(mechanism, server)?,
            None => {}
        }
        self.ask_capabilities()?;
        Ok(choice)
    }

    fn prove(&mut self, mechanism: Mechanism, server: &Server) -> Result<(), Failure> {
        let Some(secret) = sasl::password(&server.login, mechanism)? else {
            return Err(self.permanent("asks for a password, and the account names none"));
        };
        self.prove_by(mechanism, server, &secret).map_err(|failure| secret.blotted(failure))
    }

    fn prove_by(&mut self, mechanism: Mechanism, server: &Server, secret: &Secret) -> Result<(), Failure> {
        let login = server.login.login.as_deref().unwrap_or_default();
        let shown = mechanism.sasl_name().unwrap_or("the command LOGIN");
        let Some(name) = mechanism.sasl_name() else {
            let words = [Word::Bare("LOGIN"), Word::Text(login), Word::Text(secret.reveal())];
            let ended = self.command(&words, &mut |_| {}).map(drop);
            return ended.map_err(|fault| self.login_fault(login, shown, fault));
        };
        let exposure = Exposure::of(&server.login, self.wire.connection().is_protected());
        let exchange = sasl::exchange(mechanism, login, secret, &server.server, Protocol::Imap, exposure)?;
        let mut conversation = Conversation::new(exchange);
        let mut own_fault = None;
        let words = [Word::Bare("AUTHENTICATE"), Word::Bare(name)];
        let ended = self.wire.dialogue(&words, &mut |challenge| match conversation.answer(challenge) {
            Ok(answer) => Some(Zeroizing::new(answer)),
            Err(refused) => {
                own_fault = Some(refused);
                None
            }
        });
        match (ended, own_fault) {
            // Whatever came after the login was called off: this is why.
            (_, Some(refused)) => Err(self.not_logged_in(login, shown, &refused.to_string())),
            (Err(fault), None) => Err(self.login_fault(login, shown, fault)),
            (Ok(_), None) => conversation
                .verify_end()
                .map_err(|refused| self.not_logged_in(login, shown, &refused.to_string())),
        }
    }

    fn login_fault(&mut self, login: &str, shown: &str, fault: Fault) -> Failure {
        match fault {
            Fault::Refused(status) => login_refusal(&self.server(), login, shown, &status),
            Fault::Broken(failure) => failure,
        }
    }

    fn not_logged_in(&self, login: &str, mechanism: &str, because: &str) -> Failure {
        self.permanent(&format!("and we do not agree on the login `{login}` by {mechanism}: {because}"))
    }

    /// Opens a folder to take mail out of it.
    pub fn select(&mut self, folder: &str) -> Result<Mailbox, Failure> {
        self.open_by("SELECT", folder)
    }

    /// Opens a folder to look at it; nothing in it changes.
    pub fn examine(&mut self, folder: &str) -> Result<Mailbox, Failure> {
        self.open_by("EXAMINE", folder)
    }

    fn open_by(&mut self, verb: &str, folder: &str) -> Result<Mailbox, Failure> {
        let server = self.server();
        let mut opened = self.open_as(verb, folder);
        let refusal = match &opened {
            Err(Fault::Refused(status)) => Some(status.text.clone()),
            _ => None,
        };
        if refusal.is_some() {
            for candidate in self.other_names(folder)? {
                if matches!(opened, Err(Fault::Refused(_))) {
                    opened = self.open_as(verb, &candidate);
                }
            }
        }
        let found = match opened {
            Ok(mailbox) => Some(mailbox),
            Err(Fault::Refused(_)) => None,
            Err(Fault::Broken(failure)) => return Err(failure),
        };
        let Some(mailbox) = found else {
            let said = refusal.unwrap_or_default();
            let there = match self.folder_names()?.join("`, `") {
                names if names.is_empty() => String::new(),
                names => format!("; there are `{names}`"),
            };
            return Err(Failure::Permanent(Cause::new(format!(
                "`{server}` does not open the folder `{folder}`: {said}{there}"
            ))));
        };
        if mailbox.uid_validity == 0 {
            return Err(self.permanent("gives its messages no lasting identifiers (UIDVALIDITY); use pop3"));
        }
        self.mailbox = mailbox.clone();
        Ok(mailbox)
    }

    fn open_as(&mut self, verb: &str, folder: &str) -> Result<Mailbox, Fault> {
        let mut mailbox = Mailbox::default();
        let name = name::encode(folder);
        let status = self.command(&[Word::Bare(verb), Word::Text(&name)], &mut |told| {
            mailbox.note(&told);
            if let Untagged::Status(status) = told {
                if let Some(validity) = status.argument("UIDVALIDITY") {
                    mailbox.uid_validity = validity.trim().parse().unwrap_or_default();
                }
                if let Some(flags) = status.argument("PERMANENTFLAGS") {
                    let flags = flags.trim_matches(['(', ')']).split(' ');
                    mailbox.permanent_flags = Some(flags.map(str::to_owned).collect());
                }
            }
        })?;
        mailbox.is_read_only = status.argument("READ-ONLY").is_some();
        Ok(mailbox)
    }

    /// The folder as it is now.
    pub(super) fn mailbox(&self) -> &Mailbox {
        &self.mailbox
    }

    /// Every message of the folder in the order of UIDs; those that the server lists twice once.
    pub(super) fn list(
        &mut self,
        most: usize,
        wanted: &dyn Fn(&Listed) -> bool,
    ) -> Result<(Vec<Listed>, bool), Fault> {
        self.noop()?;
        self.mailbox.has_news = false;
        let mut listed: BTreeMap<u32, Listed> = BTreeMap::new();
        let (mut from, last) = (1_u32, self.mailbox.exists);
        while from <= last && listed.len() < most {
            let to = last.min(from.saturating_add(LISTED_AT_ONCE - 1));
            let command = format!("FETCH {from}:{to} (UID RFC822.SIZE FLAGS)");
            self.command(&[Word::Bare(&command)], &mut |told| {
                let Untagged::Numbered(_, word, tokens) = told else { return };
                if word != "FETCH" {
                    return;
                }
                let told = Told::of(tokens);
                let (Some(uid), Some(size)) = (told.uid, told.size) else { return };
                let flags = told.flags.unwrap_or_default();
                let bears = |keyword| flags.iter().any(|flag| flag.eq_ignore_ascii_case(keyword));
                let (is_dealt_with, is_copied) = (bears(DEALT_WITH), bears(COPIED));
                let found = Listed { uid, size, is_dealt_with, is_copied };
                if wanted(&found) {
                    let size = listed.get(&uid).map_or(size, |other| other.size.max(size));
                    let _same = listed.insert(uid, Listed { size, ..found });
                }
            })?;
            from = to.saturating_add(1);
        }
        Ok((listed.into_values().collect(), from > last))
    }

    /// Asks whether anything has happened.
    pub(super) fn noop(&mut self) -> Result<(), Fault> {
        self.command(&[Word::Bare("NOOP")], &mut |_| {}).map(drop)
    }

    /// The bytes of these messages, as far as they are there, together so many at most; nothing is marked as read.
    pub(super) fn fetch(&mut self, uids: &[u32], most: u64) -> Result<BTreeMap<u32, Option<Vec<u8>>>, Fault> {
        self.fetch_part(uids, "BODY.PEEK[]", most)
    }

    /// The header of one message.
    pub fn fetch_header(&mut self, uid: u32) -> Result<Option<Vec<u8>>, Failure> {
        let server = self.server();
        let fetched = self.fetch_part(&[uid], "BODY.PEEK[HEADER]", 0);
        Ok(fetched.map_err(|fault| settled(&server, "to show a header", fault))?.remove(&uid).flatten())
    }

    fn fetch_part(
        &mut self,
        uids: &[u32],
        part: &str,
        most: u64,
    ) -> Result<BTreeMap<u32, Option<Vec<u8>>>, Fault> {
        let mut fetched = BTreeMap::new();
        let Self { wire, mailbox, .. } = self;
        for set in sets(uids.iter().copied()) {
            let command = format!("UID FETCH {set} (UID {part})");
            wire.command(&[Word::Bare(&command)], most.saturating_add(ANSWER_BYTES_MAX), &mut |told| {
                mailbox.note(&told);
                let Untagged::Numbered(_, word, tokens) = told else { return };
                if word != "FETCH" {
                    return;
                }
                let told = Told::of(tokens);
                // An answer without a body tells of flags that somebody else has changed.
                if let Some(uid) = told.uid.filter(|uid| uids.contains(uid)) {
                    let body: &mut Option<Vec<u8>> = fetched.entry(uid).or_default();
                    *body = told.body.or_else(|| body.take());
                }
            })?;
        }
        Ok(fetched)
    }

    /// UID and size of the newest messages, the newest first.
    pub fn newest(&mut self, most: u32) -> Result<Vec<(u32, u64)>, Failure> {
        let exists = self.mailbox.exists;
        if exists == 0 {
            return Ok(Vec::new());
        }
        let server = self.server();
        let mut newest = BTreeMap::new();
        let command =
            format!("FETCH {}:{exists} (UID RFC822.SIZE)", exists.saturating_sub(most.max(1) - 1).max(1));
        let asked = self.command(&[Word::Bare(&command)], &mut |told| {
            if let Untagged::Numbered(_, word, tokens) = told
                && word == "FETCH"
                && let Told { uid: Some(uid), size: Some(size), .. } = Told::of(tokens)
            {
                let _same = newest.insert(uid, size);
            }
        });
        asked.map_err(|fault| settled(&server, "to list the folder", fault))?;
        Ok(newest.into_iter().rev().collect())
    }

    /// The bytes of one message, of which no more are taken than this.
    pub fn fetch_beginning(&mut self, uid: u32, most: u32) -> Result<Option<Vec<u8>>, Failure> {
        let server = self.server();
        let fetched = self.fetch_part(&[uid], &format!("BODY.PEEK[]<0.{most}>"), u64::from(most));
        Ok(fetched.map_err(|fault| settled(&server, "to show a mail", fault))?.remove(&uid).flatten())
    }

    /// Waits at most so long for the server to tell of new messages; whether it did.
    pub(super) fn idle(&mut self, at_most: Duration) -> Result<bool, Fault> {
        let Self { wire, mailbox, .. } = self;
        if mailbox.has_news {
            return Ok(true);
        }
        wire.listen(&[Word::Bare("IDLE")], at_most, &mut |told| {
            mailbox.note(&told);
            mailbox.has_news
        })?;
        Ok(mailbox.has_news)
    }

    /// A command whose answers are short.
    pub(super) fn command(
        &mut self,
        words: &[Word<'_>],
        untagged: &mut dyn FnMut(Untagged),
    ) -> Result<Status, Fault> {
        let Self { wire, mailbox, .. } = self;
        wire.command(words, ANSWER_BYTES_MAX, &mut |told| {
            mailbox.note(&told);
            untagged(told);
        })
    }

    /// The server as people know it.
    pub(super) fn server(&mut self) -> String {
        self.wire.connection().server()
    }

    fn permanent(&self, what: &str) -> Failure {
        Failure::Permanent(Cause::new(self.wire.broken(what).to_string()))
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        self.wire.leave();
    }
}

/// A fault as a failure, where a refusal leaves nothing else to be done.
pub(super) fn settled(server: &str, what: &str, fault: Fault) -> Failure {
    match fault {
        Fault::Refused(status) => refused(server, what, &status),
        Fault::Broken(failure) => failure,
    }
}

/// Why the login was refused: worth another attempt where the server says that it is its own trouble
/// (RFC 5530 §3).
fn login_refusal(server: &str, login: &str, mechanism: &str, status: &Status) -> Failure {
    let code = status.code.as_ref().map_or("", |(code, _)| code.as_str());
    let said = legible(status.text.as_bytes());
    if matches!(code, "UNAVAILABLE" | "INUSE" | "LIMIT" | "SERVERBUG") {
        return Failure::Transient(Cause::new(format!("`{server}` cannot log `{login}` in now: {said}")));
    }
    Failure::Permanent(Cause::new(format!(
        "`{server}` refuses the login `{login}` by {mechanism}: {said}; check `login` and `password` of the account, \
         and whether the server lets this login use IMAP"
    )))
}

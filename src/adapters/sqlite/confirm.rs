//! Which mail of ours a mail answers, and the commands that wait for a confirmation.

use super::answer::{Word, number_at, number_value, one};
use super::{SqliteStore, permanent, transient};
use crate::adapters::seal::{Reader, Token};
use crate::ports::Failure;
use crate::vocab::{
    AddrSpec, AnsweredInquiry, Command, Confirmation, ConfirmationState, Intent, Kind, Number, OwnMail,
    Person, PersonRef, Reference, Reply,
};
use rusqlite::{Connection, params};

/// What is known of the mails that one mail answers.
#[derive(Debug, Default)]
pub(super) struct Answered {
    pub(super) own_mails: Vec<OwnMail>,
    pub(super) confirmation: Option<Confirmation>,
}

impl Answered {
    /// The item that is asked for by what is answered, where something is.
    pub(super) fn reference(&self, asked: &AnsweredInquiry) -> Option<Reference> {
        if let Some(confirmation) = self.given(asked) {
            let command = confirmation.waiting()?;
            return Some(Reference { kind: command.kind, number: command.number? });
        }
        self.own_mails.first().filter(|_| asked.follows).map(|mail| mail.about)
    }

    /// The kind of item that is to be listed, where the command that waits is a summary.
    pub(super) fn summarized(&self, asked: &AnsweredInquiry) -> Option<Kind> {
        let command = self.given(asked)?.waiting()?;
        (command.intent == Intent::Summary).then_some(command.kind)
    }

    fn given(&self, asked: &AnsweredInquiry) -> Option<&Confirmation> {
        self.confirmation
            .as_ref()
            .filter(|confirmation| asked.confirms && confirmation.is_given(asked.subject))
    }
}

impl SqliteStore {
    /// Looks up what a mail answers: by its tokens, and by the identifiers of the mails that were sent.
    pub(super) fn answered(
        &self,
        asked: &AnsweredInquiry,
        sender: Option<&Person>,
        address: Option<&AddrSpec>,
    ) -> Result<Answered, Failure> {
        let mut answered = Answered::default();
        let person = sender.map(|person| person.record);
        let is_sender = |reader: &Reader| {
            self.seal
                .as_ref()
                .zip(address)
                .is_some_and(|(seal, address)| seal.is_reader(reader, person, address))
        };
        let of_ids = asked
            .identifiers
            .iter()
            .map(|id| (self.seal.as_ref().and_then(|seal| seal.in_message_id(id)), Some(id.as_str())));
        let of_addresses = asked
            .addresses
            .iter()
            .map(|address| (self.seal.as_ref().and_then(|seal| seal.in_address(address)), None));
        for (token, id) in of_ids.chain(of_addresses) {
            match (token, id) {
                (Some(Token::Mail(about, reader)), _) => {
                    answered.own_mails.push(OwnMail { about, proves_sender: is_sender(&reader) });
                }
                (Some(Token::Request(number, at, reader)), id) => {
                    let is_sender = is_sender(&reader);
                    let mut found = confirmation(&self.connection, (number, at), address, is_sender, asked)?;
                    found.by_address = id.is_none();
                    // a thread may hold requests that were answered long ago: only the mail that is answered
                    // itself confirms; to any other the mail is one about the item
                    let is_nearest = id.is_none() || id == asked.nearest.as_deref();
                    if id.is_none() || !is_nearest {
                        let item = found.command.as_ref().and_then(|it| Some((it.kind, it.number?)));
                        let about = item.map(|(kind, number)| Reference { kind, number });
                        answered.own_mails.extend(about.map(|about| OwnMail { about, proves_sender: false }));
                    }
                    if is_nearest && answered.confirmation.is_none() {
                        answered.confirmation = Some(found);
                    }
                }
                (None, Some(id)) => {
                    let about = self.about_mail(id)?;
                    let known = about.map(|about| OwnMail { about, proves_sender: false });
                    answered.own_mails.extend(known);
                }
                (None, None) => {}
            }
        }
        Ok(answered)
    }

    /// What a mail speaks of that we sent under this identifier.
    fn about_mail(&self, id: &str) -> Result<Option<Reference>, Failure> {
        let sql = "SELECT reply FROM outbox WHERE message_id = ?1";
        let reply: Option<String> = one(&self.connection, sql, [id], |row| row.get(0))?;
        let reply = reply.and_then(|json| serde_json::from_str::<Reply>(&json).ok());
        Ok(reply.and_then(|reply| reply.about).map(|(kind, number)| Reference { kind, number }))
    }
}

/// How it stands with a request. A command is shown only to the one who was asked.
fn confirmation(
    desk: &Connection,
    (id, at): (i64, i64),
    address: Option<&AddrSpec>,
    is_reader: bool,
    asked: &AnsweredInquiry,
) -> Result<Confirmation, Failure> {
    let sql = "SELECT intent, kind, number, address, until, used_at FROM confirmations
               WHERE id = ?1 AND asked_at = ?2";
    let found = one(desk, sql, (id, at), |row| {
        let number: Option<i64> = row.get(2)?;
        let command = Command {
            intent: row.get::<_, Word<Intent>>(0)?.0,
            kind: row.get::<_, Word<Kind>>(1)?.0,
            number: number.map(|_| number_at(row, 2)).transpose()?,
        };
        let key: String = row.get(3)?;
        let is_asked = is_reader && address.is_some_and(|address| address.key() == key);
        let state = match (is_asked, row.get::<_, Option<i64>>(5)?, row.get::<_, i64>(4)?) {
            (false, ..) => ConfirmationState::Unknown,
            (true, Some(_), _) => ConfirmationState::Spent,
            (true, None, until) if asked.now > until => ConfirmationState::Expired,
            (true, None, _) => ConfirmationState::Waiting,
        };
        Ok((state, command))
    })?;
    let (state, command) = found.unzip();
    let state = state.unwrap_or(ConfirmationState::Unknown);
    let command = command.filter(|_| state != ConfirmationState::Unknown);
    Ok(Confirmation { id, state, command, by_address: false })
}

/// A request that an effect has made, for the mail that asks it.
#[derive(Debug, Clone)]
pub(super) struct Requested {
    pub(super) id: i64,
    pub(super) at: i64,
    pub(super) person: Option<i64>,
    pub(super) address: AddrSpec,
}

/// A command that begins to wait.
pub(super) struct Waiting<'a> {
    pub(super) intent: Intent,
    pub(super) kind: Kind,
    pub(super) number: Option<Number>,
    pub(super) address: &'a AddrSpec,
    pub(super) person: Option<&'a PersonRef>,
    pub(super) until: i64,
}

/// Lets a command wait for its confirmation; one that waits already, for the same, waits on.
pub(super) fn request(desk: &Connection, waiting: &Waiting<'_>, now: i64) -> Result<Requested, Failure> {
    let person = waiting.person.and_then(|person| person.record);
    let asked = |id, at| Requested { id, at, person, address: waiting.address.clone() };
    let sql = "SELECT id, asked_at FROM confirmations
               WHERE address = ?1 AND intent = ?2 AND kind = ?3 AND number IS ?4 AND person IS ?5
                 AND used_at IS NULL AND until >= ?6
               ORDER BY id DESC LIMIT 1";
    let known = one(
        desk,
        sql,
        params![
            waiting.address.key(),
            Word(waiting.intent),
            Word(waiting.kind),
            waiting.number.map(number_value),
            person,
            now
        ],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    if let Some((id, at)) = known {
        let sql = "UPDATE confirmations SET until = max(until, ?2) WHERE id = ?1";
        desk.prepare_cached(sql)?.execute((id, waiting.until))?;
        return Ok(asked(id, at));
    }
    let sql = "INSERT INTO confirmations (intent, kind, number, person, address, asked_at, until)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    let id = desk.prepare_cached(sql)?.insert(params![
        Word(waiting.intent),
        Word(waiting.kind),
        waiting.number.map(number_value),
        person,
        waiting.address.key(),
        now,
        waiting.until,
    ])?;
    Ok(asked(id, now))
}

/// Notes that a command was confirmed; a second time is none.
pub(super) fn use_up(desk: &Connection, id: i64, now: i64) -> Result<(), Failure> {
    let sql = "UPDATE confirmations SET used_at = ?2 WHERE id = ?1 AND used_at IS NULL";
    match desk.prepare_cached(sql)?.execute((id, now))? {
        0 => transient("the command was confirmed meanwhile"),
        1 => Ok(()),
        _ => permanent("two requests for confirmation have one number"),
    }
}

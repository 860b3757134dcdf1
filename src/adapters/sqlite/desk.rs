//! Performs effects: each changes the tables as one step of a decision says.

use super::answer::{Word, number_value, one, series_word};
use super::confirm::{self, Requested};
use super::{SqliteStore, permanent, transient};
use crate::ports::{Contents, Desk, Failure, Key};
use crate::vocab::{
    AddrSpec, Answers, Assignee, Effect, HistoryFormat, Inquiry, Kind, Number, ObjectSource, PersonRef,
    Series, Verdict,
};
use rusqlite::blob::ZeroBlob;
use rusqlite::{Connection, ErrorCode, MAIN_DB, params};
use sha2::{Digest as _, Sha256};

impl Desk for SqliteStore {
    fn answer(&mut self, inquiry: &Inquiry) -> Result<Answers, Failure> {
        self.in_one_view(|| self.answers_to(inquiry))
    }

    fn perform(
        &mut self,
        key: &Key,
        effects: &[Effect],
        contents: &dyn Contents,
        now: i64,
    ) -> Result<(), Failure> {
        self.as_a_whole(|store| {
            let sql = "INSERT INTO performed (account, identity, sha256, at) SELECT ?1, ?2, ?3, ?4
                       WHERE NOT EXISTS (SELECT 1 FROM ledger
                           WHERE account = ?1 AND identity = ?2 AND sha256 = ?3 AND superseded = 0)
                       ON CONFLICT DO NOTHING";
            let mut statement = store.connection.prepare_cached(sql)?;
            if statement.execute((&key.account, &key.identity, &key.sha256, now))? == 0 {
                return Ok(());
            }
            store.perform_all(effects, contents, now).map(|_| ())
        })
    }
}

impl SqliteStore {
    /// Performs the effects of one decision in order, within the open transaction.
    pub(super) fn perform_all(
        &self,
        effects: &[Effect],
        contents: &dyn Contents,
        now: i64,
    ) -> Result<Option<Requested>, Failure> {
        let asks = |effect: &Effect| matches!(effect, Effect::RequestConfirmation { .. });
        if self.seal.is_none() && effects.iter().any(asks) {
            return permanent(
                "a command must be confirmed, but there is no secret to sign the request with (`system.token_secret`)",
            );
        }
        let mut steps = Steps { desk: &self.connection, contents, now, created: None, requested: None };
        effects.iter().try_for_each(|effect| steps.perform(effect))?;
        Ok(steps.requested)
    }
}

/// One decision being performed.
struct Steps<'a> {
    desk: &'a Connection,
    contents: &'a dyn Contents,
    now: i64,
    /// The person that this decision created.
    created: Option<i64>,
    /// The request for confirmation that this decision made.
    requested: Option<Requested>,
}

/// What the history says of an entry beside its text.
struct Entry<'a> {
    by: &'a PersonRef,
    format: HistoryFormat,
    text: &'a str,
    is_hidden: bool,
    object: Option<(i64, &'a str)>,
}

impl<'a> Entry<'a> {
    fn note(by: &'a PersonRef, text: &'a str) -> Self {
        Entry { by, format: HistoryFormat::Text, text, is_hidden: false, object: None }
    }
}

impl Steps<'_> {
    fn perform(&mut self, effect: &Effect) -> Result<(), Failure> {
        match effect {
            Effect::CreatePerson { address, name } => self.create_person(address, name),
            Effect::MakeUser { person } => {
                self.execute("UPDATE persons SET is_user = 1 WHERE record = ?1", [self.record(person)?])
            }
            Effect::CreateCall { .. } => self.create_call(effect),
            Effect::AddHistory { kind, number, by, format, text, hidden_from_user } => {
                let item = self.item(*kind, *number)?;
                let entry = Entry { by, format: *format, text, is_hidden: *hidden_from_user, object: None };
                self.note_down(item, &entry)
            }
            Effect::AttachObject { .. } => self.attach_object(effect),
            Effect::ShowNoteIcon { kind, number } => {
                let item = self.item(*kind, *number)?;
                self.execute("UPDATE items SET note_icon = 1 WHERE id = ?1", [item])
            }
            Effect::Reopen { kind, number, owner, by } => self.reopen(*kind, *number, owner.as_ref(), by),
            Effect::Close { kind, number, by } => self.end(*kind, *number, "closed", by),
            Effect::DecideApproval { kind, number, verdict, by } => {
                let state = match verdict {
                    Verdict::Approved => "approved",
                    Verdict::Rejected => "rejected",
                };
                self.end(*kind, *number, state, by)
            }
            Effect::LinkCall { kind, number, linked_to } => {
                let closed = self.item(linked_to.kind, linked_to.number)?;
                let item = self.item(*kind, *number)?;
                self.execute("UPDATE items SET linked_to = ?2 WHERE id = ?1", (item, closed))
            }
            Effect::RequestConfirmation { intent, kind, number, address, person, until } => {
                let waiting = confirm::Waiting {
                    intent: *intent,
                    kind: *kind,
                    number: *number,
                    address,
                    person: person.as_ref(),
                    until: *until,
                };
                self.requested = Some(confirm::request(self.desk, &waiting, self.now)?);
                Ok(())
            }
            Effect::UseConfirmation { confirmation } => confirm::use_up(self.desk, *confirmation, self.now),
            // The mails are replies of the decision; the desk itself stays as it is.
            Effect::NotifyAssignee { .. } | Effect::Summarize { .. } => Ok(()),
        }
    }

    fn execute(&self, sql: &str, params: impl rusqlite::Params) -> Result<(), Failure> {
        let _changed = self.desk.prepare_cached(sql)?.execute(params)?;
        Ok(())
    }

    fn record(&self, person: &PersonRef) -> Result<i64, Failure> {
        match person.record.or(self.created) {
            Some(record) => Ok(record),
            None => permanent(format!("`{}` is no record of the desk yet", person.name)),
        }
    }

    fn item(&self, kind: Kind, number: Number) -> Result<i64, Failure> {
        let sql = "SELECT id FROM items WHERE series = ?1 AND number = ?2";
        let found =
            one(self.desk, sql, (series_word(kind.series()), number_value(number)), |row| row.get(0))?;
        found.map_or_else(|| permanent(format!("{} {number} is not on the desk", kind.word())), Ok)
    }

    /// A new User. The decision made the name unique; where somebody took it meanwhile it gets a number.
    fn create_person(&mut self, address: &AddrSpec, name: &str) -> Result<(), Failure> {
        let mut insert = self.desk.prepare_cached(
            "INSERT INTO persons (record, name, is_user)
             SELECT coalesce(max(record), 0) + 1, ?1, 1 FROM persons
             WHERE true ON CONFLICT (name) DO NOTHING",
        )?;
        let mut free_name = name.to_owned();
        for number in 2.. {
            if insert.execute([&free_name])? == 1 {
                break;
            }
            free_name = format!("{name} ({number})");
        }
        let record = self.desk.last_insert_rowid();
        self.created = Some(record);
        self.execute(
            "INSERT INTO addresses (person, position, address, key) VALUES (?1, 0, ?2, ?3)",
            (record, address.as_str(), address.key()),
        )
    }

    fn create_call(&self, effect: &Effect) -> Result<(), Failure> {
        let Effect::CreateCall {
            number,
            template,
            user,
            logging_analyst,
            description,
            partition,
            owner,
            priority,
        } = effect
        else {
            return Ok(());
        };
        let number = number_value(*number);
        let (analyst, group, owner_user) = owner_columns(owner.as_ref());
        let sql = "INSERT INTO items (series, type, state, number, description, user, logging_analyst,
                       owner_analyst, owner_group, owner_user, partition, priority, logged_at,
                       template, screen_set, ipk_status, ipk_stream, office, impact, urgency)
                   SELECT 'call', 'call', 'open', ?1, ?2, ?3, ?4, ?5, ?6, ?7,
                       (SELECT record FROM partitions WHERE name = ?8), ?9, ?10,
                       record, screen_set, ipk_status, ipk_stream, office, impact, urgency
                   FROM call_templates WHERE name = ?11";
        let inserted = self.desk.prepare_cached(sql)?.execute(params![
            number,
            description,
            self.record(user)?,
            self.record(logging_analyst)?,
            analyst,
            group,
            owner_user,
            partition,
            priority,
            self.now,
            template
        ]);
        match inserted {
            Ok(0) => permanent(format!("no call template is called `{template}`")),
            Ok(_) => raise_counter(self.desk, Series::Call, number),
            Err(error) if is_taken(&error) => transient(format!("call {number} was logged meanwhile")),
            Err(error) => Err(error.into()),
        }
    }

    fn note_down(&self, item: i64, entry: &Entry<'_>) -> Result<(), Failure> {
        let sql =
            "INSERT INTO history (item, at, by, format, text, hidden_from_user, object, security_profile)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
        let (object, profile) = entry.object.unzip();
        self.execute(
            sql,
            params![
                item,
                self.now,
                self.record(entry.by)?,
                Word(entry.format),
                entry.text,
                entry.is_hidden,
                object,
                profile
            ],
        )
    }

    fn attach_object(&self, effect: &Effect) -> Result<(), Failure> {
        let Effect::AttachObject { kind, number, name, media_type, security_profile, by, source, .. } =
            effect
        else {
            return Ok(());
        };
        let item = self.item(*kind, *number)?;
        let bytes = self.bytes(source);
        let content = keep_content(self.desk, &bytes)?;
        let size = i64::try_from(bytes.len()).unwrap_or(i64::MAX);
        let sql = "INSERT INTO objects (item, name, media_type, size, security_profile, content)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
        self.execute(sql, (item, name, media_type, size, security_profile, content))?;
        let object = Some((self.desk.last_insert_rowid(), security_profile.as_str()));
        let text = format!("attached `{name}` ({media_type}, {size} bytes)");
        self.note_down(item, &Entry { object, ..Entry::note(by, &text) })
    }

    fn bytes(&self, source: &ObjectSource) -> std::borrow::Cow<'_, [u8]> {
        self.contents.bytes(source)
    }

    fn reopen(
        &self,
        kind: Kind,
        number: Number,
        owner: Option<&Assignee>,
        by: &PersonRef,
    ) -> Result<(), Failure> {
        let item = self.item(kind, number)?;
        let (analyst, group, user) = owner_columns(owner);
        // Without a new owner the call keeps the one it has (SPEC RA5).
        let sql =
            "UPDATE items SET state = 'open', ended_by = NULL, ended_at = NULL, reopened = reopened + 1,
                       owner_analyst = iif(?5, ?2, owner_analyst),
                       owner_group = iif(?5, ?3, owner_group),
                       owner_user = iif(?5, ?4, owner_user)
                   WHERE id = ?1 AND state <> 'open'";
        if self.desk.prepare_cached(sql)?.execute((item, analyst, group, user, owner.is_some()))? == 0 {
            return transient(format!("{} {number} was reopened meanwhile", kind.word()));
        }
        let text = match owner {
            Some(owner) => format!("reopened by mail, assigned to {}", owner.name()),
            None => "reopened by mail".to_owned(),
        };
        self.note_down(item, &Entry::note(by, &text))
    }

    /// Closes a call or decides an approval.
    fn end(&self, kind: Kind, number: Number, state: &str, by: &PersonRef) -> Result<(), Failure> {
        let item = self.item(kind, number)?;
        let sql =
            "UPDATE items SET state = ?2, ended_by = ?3, ended_at = ?4 WHERE id = ?1 AND state = 'open'";
        if self.desk.prepare_cached(sql)?.execute((item, state, self.record(by)?, self.now))? == 0 {
            return transient(format!("{} {number} was closed or decided meanwhile", kind.word()));
        }
        self.note_down(item, &Entry::note(by, &format!("{state} by mail")))
    }
}

/// The record numbers of an owner: analyst, group, user; at most one of them.
pub(super) type OwnerColumns = (Option<i64>, Option<i64>, Option<i64>);

fn owner_columns(owner: Option<&Assignee>) -> OwnerColumns {
    match owner {
        Some(Assignee::Analyst(person)) => (person.record, None, None),
        Some(Assignee::Group(group)) => (None, Some(group.record), None),
        Some(Assignee::User(person)) => (None, None, person.record),
        None => (None, None, None),
    }
}

/// Notes that this number was given out, so that it never is again.
pub(super) fn raise_counter(desk: &Connection, series: Series, number: i64) -> Result<(), Failure> {
    let row = (series_word(series), number);
    let sql = "UPDATE counters SET last = max(last, ?2) WHERE series = ?1";
    if desk.prepare_cached(sql)?.execute(row)? == 0 {
        let sql = "INSERT INTO counters (series, last) VALUES (?1, ?2)";
        let _added = desk.prepare_cached(sql)?.execute(row)?;
    }
    Ok(())
}

/// Keeps these bytes, once however often they come, and gives the record that holds them.
pub(super) fn keep_content(desk: &Connection, bytes: &[u8]) -> Result<i64, Failure> {
    keep_content_under(desk, bytes, Sha256::digest(bytes).into())
}

/// Content of more bytes than this is written straight into the pages of its row: as a bound value it would
/// be copied twice in memory first.
const BYTES_BOUND_MAX: usize = 256 * 1024;

/// Keeps bytes whose digest is known already.
pub(super) fn keep_content_under(desk: &Connection, bytes: &[u8], digest: [u8; 32]) -> Result<i64, Failure> {
    let known = one(desk, "SELECT id FROM contents WHERE sha256 = ?1", [&digest], |row| row.get(0))?;
    if let Some(id) = known {
        return Ok(id);
    }
    let mut insert = desk.prepare_cached("INSERT INTO contents (sha256, bytes) VALUES (?1, ?2)")?;
    if bytes.len() <= BYTES_BOUND_MAX {
        return Ok(insert.insert((&digest, bytes))?);
    }
    let id = insert.insert((&digest, ZeroBlob(u64::try_from(bytes.len()).unwrap_or(u64::MAX))))?;
    desk.blob_open(MAIN_DB, "contents", "bytes", id, false)?.write_at(bytes, 0)?;
    Ok(id)
}

fn is_taken(error: &rusqlite::Error) -> bool {
    let unique = rusqlite::ffi::SQLITE_CONSTRAINT_UNIQUE;
    error.sqlite_error_code() == Some(ErrorCode::ConstraintViolation)
        && error.sqlite_error().is_some_and(|error| error.extended_code == unique)
}

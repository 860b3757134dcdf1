//! Answers an inquiry from the tables, all from one view of them.

use super::SqliteStore;
use super::confirm::Answered;
use crate::ports::Failure;
use crate::vocab::{
    AddrSpec, Answers, Assignee, CallTemplate, Group, Inquiry, Kind, MessageFormat, NextOwner, Number,
    Person, PersonRef, Recipient, RecipientCount, Record, Reference, Rights, Series, State, SummaryInquiry,
    SummaryRelation, SummaryRow,
};
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use rusqlite::{Connection, OptionalExtension as _, Params, Row};
use std::collections::BTreeMap;

impl SqliteStore {
    pub(super) fn answers_to(&self, inquiry: &Inquiry) -> Result<Answers, Failure> {
        let desk = &self.connection;
        let (sender, persons_with_address) = match &inquiry.sender {
            Some(address) => records_at(desk, address)?,
            None => (None, 0),
        };
        let sender = sender.map_or(Ok(None), |record| person(desk, record))?;
        let answered = match &inquiry.answered {
            Some(asked) => self.answered(asked, sender.as_ref(), inquiry.sender.as_ref())?,
            None => Answered::default(),
        };
        let of_answered = inquiry.answered.as_ref().and_then(|asked| answered.reference(asked));
        let record = match of_answered.or(inquiry.reference) {
            Some(reference) => record(desk, reference)?,
            None => None,
        };
        let waiting = inquiry.answered.as_ref().and_then(|asked| {
            let series = answered.summarized(asked)?.series();
            Some(SummaryInquiry { series, relations: asked.relations.clone() })
        });
        let summary = match (waiting.as_ref().or(inquiry.summary.as_ref()), &sender) {
            (Some(asked), Some(person)) => summary(desk, asked, person.record)?,
            _ => Vec::new(),
        };
        let template = asked(desk, inquiry.template.as_deref(), template)?;
        let otherwise_to = asked(desk, inquiry.otherwise_to.as_deref(), group_called)?;
        let next_owners = match &record {
            Some(record) if record.kind == Kind::Call && record.state == State::Closed => {
                next_owners(desk, record, sender.as_ref(), template.as_ref(), otherwise_to.as_ref())?
            }
            _ => Vec::new(),
        };
        let recent_replies = match inquiry.replies_since {
            Some(since) => {
                recent_replies(desk, inquiry.sender.as_ref(), record.as_ref(), &next_owners, since)?
            }
            None => Vec::new(),
        };
        Ok(Answers {
            sender_name_taken: match &inquiry.sender_name {
                Some(name) => is_name_taken(desk, name)?,
                None => false,
            },
            default_logging_analyst: asked(desk, inquiry.default_logging_analyst.as_deref(), person_called)?,
            default_user: asked(desk, inquiry.default_user.as_deref(), person_called)?,
            next_call_number: next_call_number(desk)?,
            portal_reopens_closed_calls: portal_reopens_closed_calls(desk)?,
            persons_with_address,
            own_mails: answered.own_mails,
            confirmation: answered.confirmation,
            sender,
            record,
            template,
            otherwise_to,
            summary,
            next_owners,
            recent_replies,
        })
    }
}

fn asked<T>(
    desk: &Connection,
    name: Option<&str>,
    answer: impl FnOnce(&Connection, &str) -> Result<Option<T>, Failure>,
) -> Result<Option<T>, Failure> {
    name.map_or(Ok(None), |name| answer(desk, name))
}

/// The lowest record with this address (SPEC I2) that is no template record (SPEC I1), and how many there are.
pub(super) fn records_at(desk: &Connection, address: &AddrSpec) -> Result<(Option<i64>, u32), Failure> {
    let sql = "SELECT min(p.record), count(*) FROM addresses a JOIN persons p ON p.record = a.person
               WHERE a.key = ?1 AND NOT p.is_template";
    let found = one(desk, sql, [address.key()], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(found.unwrap_or_default())
}

fn person_called(desk: &Connection, name: &str) -> Result<Option<Person>, Failure> {
    let sql = "SELECT record FROM persons WHERE name = ?1 AND NOT is_template";
    let found: Option<i64> = one(desk, sql, [name], |row| row.get(0))?;
    found.map_or(Ok(None), |record| person(desk, record))
}

fn person(desk: &Connection, record: i64) -> Result<Option<Person>, Failure> {
    let sql =
        "SELECT name, is_user, is_analyst, take_over, reopen, email_format FROM persons WHERE record = ?1";
    let found = one(desk, sql, [record], |row| {
        Ok(Person {
            record,
            name: row.get(0)?,
            addresses: Vec::new(),
            is_user: row.get(1)?,
            is_analyst: row.get(2)?,
            rights: Rights { take_over: row.get(3)?, reopen: row.get(4)? },
            groups: Vec::new(),
            email_format: row.get::<_, Option<Word<MessageFormat>>>(5)?.map(|word| word.0),
        })
    })?;
    let Some(mut person) = found else { return Ok(None) };
    person.addresses = addresses(desk, record)?;
    let sql = "SELECT g.name FROM membership m JOIN analyst_groups g ON g.record = m.analyst_group
               WHERE m.person = ?1 ORDER BY m.position";
    person.groups = many(desk, sql, [record], |row| row.get(0))?;
    Ok(Some(person))
}

fn addresses(desk: &Connection, person: i64) -> Result<Vec<AddrSpec>, Failure> {
    let sql = "SELECT address FROM addresses WHERE person = ?1 ORDER BY position";
    many(desk, sql, [person], |row| Ok(row.get::<_, Word<AddrSpec>>(0)?.0))
}

fn is_name_taken(desk: &Connection, name: &str) -> Result<bool, Failure> {
    Ok(one(desk, "SELECT 1 FROM persons WHERE name = ?1", [name], |_| Ok(()))?.is_some())
}

fn group_called(desk: &Connection, name: &str) -> Result<Option<Group>, Failure> {
    one(desk, "SELECT record, name FROM analyst_groups WHERE name = ?1", [name], |row| {
        Ok(Group { record: row.get(0)?, name: row.get(1)? })
    })
}

/// The template with its priority by its partition's matrix (SPEC L8).
fn template(desk: &Connection, name: &str) -> Result<Option<CallTemplate>, Failure> {
    let sql =
        "SELECT t.name, q.name, t.screen_set, t.ipk_status, t.ipk_stream, t.office, t.impact, t.urgency,
                      c.priority, a.record, a.name, g.record, g.name, NULL, NULL
               FROM call_templates t
               LEFT JOIN partitions q ON q.record = t.partition
               LEFT JOIN priority_cells c
                 ON c.partition = t.partition AND c.impact = t.impact AND c.urgency = t.urgency
               LEFT JOIN persons a ON a.record = t.owner_analyst
               LEFT JOIN analyst_groups g ON g.record = t.owner_group
               WHERE t.name = ?1";
    one(desk, sql, [name], |row| {
        Ok(CallTemplate {
            name: row.get(0)?,
            partition: row.get(1)?,
            screen_set: row.get(2)?,
            ipk_status: row.get(3)?,
            ipk_stream: row.get(4)?,
            office: row.get(5)?,
            impact: row.get(6)?,
            urgency: row.get(7)?,
            priority: row.get(8)?,
            owner: owner(row, 9)?,
        })
    })
}

/// The item with this number in the series of this kind; what it really is may be another kind (SPEC N4).
fn record(desk: &Connection, reference: Reference) -> Result<Option<Record>, Failure> {
    let sql = "SELECT i.id, i.type, i.state, i.title, u.record, u.name, l.record, l.name, l.is_analyst,
                      l.is_template, q.name, a.record, a.name, g.record, g.name, o.record, o.name,
                      i.reopened, iif(i.state = 'closed', i.ended_at, NULL)
               FROM items i
               LEFT JOIN persons u ON u.record = i.user
               LEFT JOIN persons l ON l.record = i.logging_analyst
               LEFT JOIN partitions q ON q.record = i.partition
               LEFT JOIN persons a ON a.record = i.owner_analyst
               LEFT JOIN analyst_groups g ON g.record = i.owner_group
               LEFT JOIN persons o ON o.record = i.owner_user
               WHERE i.series = ?1 AND i.number = ?2";
    let key = (series_word(reference.kind.series()), number_value(reference.number));
    let found = one(desk, sql, key, |row| {
        let is_template: Option<bool> = row.get(9)?;
        let record = Record {
            kind: kind_of(&row.get::<_, String>(1)?),
            number: reference.number,
            state: row.get::<_, Word<State>>(2)?.0,
            title: row.get(3)?,
            user: person_ref(row, 4)?,
            user_addresses: Vec::new(),
            logging_analyst: person_ref(row, 6)?,
            logger_is_analyst: row.get::<_, Option<bool>>(8)?.unwrap_or(false) && is_template == Some(false),
            owner: owner(row, 11)?,
            owner_recipients: Vec::new(),
            delegates: Vec::new(),
            partition: row.get(10)?,
            reopened: row.get(17)?,
            closed_at: row.get(18)?,
        };
        Ok((row.get::<_, i64>(0)?, record))
    })?;
    let Some((id, mut record)) = found else { return Ok(None) };
    if let Some(user) = record.user.as_ref().and_then(|user| user.record) {
        record.user_addresses = addresses(desk, user)?;
    }
    record.owner_recipients = match &record.owner {
        Some(owner) => readers(desk, owner)?,
        None => Vec::new(),
    };
    let sql = "SELECT p.record, p.name FROM delegates d JOIN persons p ON p.record = d.person
               WHERE d.item = ?1 ORDER BY d.position";
    record.delegates =
        many(desk, sql, [id], |row| Ok(PersonRef { record: Some(row.get(0)?), name: row.get(1)? }))?;
    Ok(Some(record))
}

/// Everybody that a closed call may go to when it is reopened, each once.
fn next_owners(
    desk: &Connection,
    record: &Record,
    sender: Option<&Person>,
    template: Option<&CallTemplate>,
    otherwise_to: Option<&Group>,
) -> Result<Vec<NextOwner>, Failure> {
    let candidates = [
        template.and_then(|template| template.owner.clone()),
        sender.map(|sender| Assignee::Analyst(sender.reference())),
        record.logging_analyst.clone().map(Assignee::Analyst),
        otherwise_to.cloned().map(Assignee::Group),
    ];
    let mut next: Vec<NextOwner> = Vec::new();
    for assignee in candidates.into_iter().flatten() {
        if !next.iter().any(|known| known.assignee == assignee) {
            next.push(NextOwner { recipients: readers(desk, &assignee)?, assignee });
        }
    }
    Ok(next)
}

/// Who reads a notification to an assignee.
fn readers(desk: &Connection, assignee: &Assignee) -> Result<Vec<Recipient>, Failure> {
    match assignee {
        Assignee::Analyst(person) | Assignee::User(person) => recipients(desk, person.record, None),
        Assignee::Group(group) => recipients(desk, None, Some(group.record)),
    }
}

/// The main addresses of one person or of the analysts of a group; whoever has none gets no mail.
fn recipients(desk: &Connection, person: Option<i64>, group: Option<i64>) -> Result<Vec<Recipient>, Failure> {
    let sql = "SELECT p.record, p.name, p.email_format, a.address FROM persons p
               JOIN addresses a ON a.person = p.record
               WHERE (p.record = ?1 OR p.record IN (SELECT person FROM membership WHERE analyst_group = ?2))
                 AND NOT p.is_template
                 AND a.position = (SELECT min(position) FROM addresses WHERE person = p.record)
               ORDER BY p.record";
    many(desk, sql, (person, group), |row| {
        Ok(Recipient {
            record: Some(row.get(0)?),
            name: row.get(1)?,
            email_format: row.get::<_, Option<Word<MessageFormat>>>(2)?.map(|word| word.0),
            address: row.get::<_, Word<AddrSpec>>(3)?.0,
        })
    })
}

/// Each item once, with every relation that was asked for, by kind and number (SPEC M1-M3).
fn summary(desk: &Connection, asked: &SummaryInquiry, person: i64) -> Result<Vec<SummaryRow>, Failure> {
    let sql = "WITH related (item, relation) AS (
                   SELECT id, 0 FROM items WHERE state = 'open' AND series = ?1 AND owner_analyst = ?2
                   UNION SELECT id, 0 FROM items WHERE state = 'open' AND series = ?1 AND owner_user = ?2
                   UNION SELECT id, 0 FROM items WHERE state = 'open' AND series = ?1 AND owner_group IN
                       (SELECT analyst_group FROM membership WHERE person = ?2)
                   UNION SELECT item, CASE direction WHEN 'by' THEN 1 ELSE 2 END FROM forwards WHERE person = ?2)
               SELECT r.relation, i.type, i.number, i.state, i.title, substr(i.description, 1, 400), u.name
               FROM related r CROSS JOIN items i ON i.id = r.item LEFT JOIN persons u ON u.record = i.user
               WHERE i.series = ?1 ORDER BY i.number, r.relation";
    let found = many(desk, sql, (series_word(asked.series), person), |row| {
        let relation = match row.get(0)? {
            0 => SummaryRelation::WorkingOn,
            1 => SummaryRelation::ForwardedBy,
            _ => SummaryRelation::ForwardedTo,
        };
        let line = SummaryRow {
            kind: kind_of(&row.get::<_, String>(1)?),
            number: number_at(row, 2)?,
            state: row.get::<_, Word<State>>(3)?.0,
            title: title_or_first_line(row.get(4)?, &row.get::<_, String>(5)?),
            user: row.get(6)?,
            relations: vec![relation],
        };
        Ok((relation, line))
    })?;
    let mut lines: BTreeMap<(Kind, Number), SummaryRow> = BTreeMap::new();
    for (relation, line) in found.into_iter().filter(|(relation, _)| asked.relations.contains(relation)) {
        match lines.get_mut(&(line.kind, line.number)) {
            Some(earlier) => earlier.relations.push(relation),
            None => drop(lines.insert((line.kind, line.number), line)),
        }
    }
    Ok(lines.into_values().collect())
}

/// Mails sent or still to be sent since then, to the sender and to each reader of a notification.
fn recent_replies(
    desk: &Connection,
    sender: Option<&AddrSpec>,
    record: Option<&Record>,
    next_owners: &[NextOwner],
    since: i64,
) -> Result<Vec<RecipientCount>, Failure> {
    let owners = record.into_iter().flat_map(|record| &record.owner_recipients);
    let owners =
        owners.chain(next_owners.iter().flat_map(|next| &next.recipients)).map(|owner| &owner.address);
    let mut counts: BTreeMap<String, RecipientCount> = BTreeMap::new();
    for address in sender.into_iter().chain(owners) {
        let key = address.key();
        if counts.contains_key(&key) {
            continue;
        }
        let sql = "SELECT count(*) FROM outbox WHERE recipient = ?1 AND at >= ?2 AND state <> 'failed'";
        let count = one(desk, sql, (&key, since), |row| row.get(0))?.unwrap_or_default();
        let _earlier = counts.insert(key, RecipientCount { address: address.clone(), count });
    }
    Ok(counts.into_values().collect())
}

/// One more than the highest number that a call bears or ever bore (SPEC L5).
fn next_call_number(desk: &Connection) -> Result<Option<Number>, Failure> {
    let last: Option<i64> =
        one(desk, "SELECT last FROM counters WHERE series = 'call'", [], |row| row.get(0))?;
    Ok(Number::parse(&(last.unwrap_or(0) + 1).to_string()))
}

pub(super) fn portal_reopens_closed_calls(desk: &Connection) -> Result<bool, Failure> {
    let sql = "SELECT value FROM settings WHERE name = 'portal_reopens_closed_calls'";
    Ok(one(desk, sql, [], |row| row.get(0))?.unwrap_or(false))
}

/// The first row, if there is one.
pub(super) fn one<T>(
    desk: &Connection,
    sql: &str,
    params: impl Params,
    read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
) -> Result<Option<T>, Failure> {
    Ok(desk.prepare_cached(sql)?.query_row(params, read).optional()?)
}

/// Every row.
pub(super) fn many<T>(
    desk: &Connection,
    sql: &str,
    params: impl Params,
    read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
) -> Result<Vec<T>, Failure> {
    let mut statement = desk.prepare_cached(sql)?;
    let rows = statement.query_map(params, read)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// A word of our vocabulary in a text column, as serde writes it.
#[derive(Debug)]
pub(super) struct Word<T>(pub(super) T);

impl<T: serde::de::DeserializeOwned> FromSql for Word<T> {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let text = value.as_str()?.to_owned();
        T::deserialize(serde::de::value::StringDeserializer::new(text))
            .map(Self)
            .map_err(|error: serde::de::value::Error| FromSqlError::Other(Box::new(error)))
    }
}

impl<T: serde::Serialize> ToSql for Word<T> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        match serde_json::to_value(&self.0) {
            Ok(serde_json::Value::String(text)) => Ok(text.into()),
            Ok(_) => Err(rusqlite::Error::ToSqlConversionFailure("a word was expected".into())),
            Err(error) => Err(rusqlite::Error::ToSqlConversionFailure(Box::new(error))),
        }
    }
}

pub(super) fn series_word(series: Series) -> &'static str {
    match series {
        Series::Call => "call",
        Series::Request => "request",
        Series::Task => "task",
    }
}

/// What a type column says; both sorts of approval are approvals.
pub(super) fn kind_of(item_type: &str) -> Kind {
    match item_type {
        "call" => Kind::Call,
        "request" => Kind::Request,
        "task" => Kind::Task,
        _ => Kind::Approval,
    }
}

/// A number has at most 18 digits and so always fits.
pub(super) fn number_value(number: Number) -> i64 {
    i64::try_from(number.get()).unwrap_or(i64::MAX)
}

pub(super) fn number_at(row: &Row<'_>, index: usize) -> rusqlite::Result<Number> {
    let number: i64 = row.get(index)?;
    Number::try_from(number).map_err(|_| rusqlite::Error::IntegralValueOutOfRange(index, number))
}

/// A person from two columns: record and name.
fn person_ref(row: &Row<'_>, index: usize) -> rusqlite::Result<Option<PersonRef>> {
    let record: Option<i64> = row.get(index)?;
    record.map(|record| Ok(PersonRef { record: Some(record), name: row.get(index + 1)? })).transpose()
}

/// An owner from six columns: record and name of an analyst, of a group, and of a user.
pub(super) fn owner(row: &Row<'_>, index: usize) -> rusqlite::Result<Option<Assignee>> {
    if let Some(analyst) = person_ref(row, index)? {
        return Ok(Some(Assignee::Analyst(analyst)));
    }
    if let Some(record) = row.get(index + 2)? {
        return Ok(Some(Assignee::Group(Group { record, name: row.get(index + 3)? })));
    }
    Ok(person_ref(row, index + 4)?.map(Assignee::User))
}

/// Calls that came by mail have no title (SPEC L5: it stays blank); a list shows how their text begins.
pub(super) fn title_or_first_line(title: String, description: &str) -> String {
    /// How many characters of a text stand for its title.
    const TITLE_CHARS_MAX: usize = 80;
    if !title.is_empty() {
        return title;
    }
    let line = description.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    if line.chars().count() <= TITLE_CHARS_MAX {
        return line.to_owned();
    }
    line.chars().take(TITLE_CHARS_MAX).chain(std::iter::once('…')).collect()
}

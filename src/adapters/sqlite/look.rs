//! What `desk calls`, `requests`, `tasks`, `people` and `show` show, and what a rule set is checked against.

use super::SqliteStore;
use super::answer::{
    Word, kind_of, many, number_at, number_value, one, owner, series_word, title_or_first_line,
};
use crate::ports::Failure;
use crate::vocab::{
    Assignee, DeskSummary, HistoryFormat, Kind, Number, PersonSummary, Rights, Series, State, TemplateSummary,
};
use rusqlite::Row;
use serde::{Serialize, Serializer};

/// Which items to list.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ItemFilter {
    /// In this state only.
    pub state: Option<State>,
    /// At most so many; 0 for all.
    pub most: usize,
}

/// One item in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ItemLine {
    /// What it is.
    pub kind: Kind,
    /// Its number.
    pub number: Number,
    /// Whether it is open.
    pub state: State,
    /// Its title, or how its description begins.
    pub title: String,
    /// For whom it is logged.
    pub user: Option<String>,
    /// To whom it is assigned.
    #[serde(serialize_with = "owner_by_name")]
    pub owner: Option<Assignee>,
    /// The slice of the desk it belongs to.
    pub partition: Option<String>,
    /// By the partition's matrix.
    pub priority: Option<i64>,
    /// Mail came in that nobody has looked at.
    pub note_icon: bool,
    /// When it was logged by mail, in seconds since 1970.
    pub logged_at: Option<i64>,
}

/// Everything about one item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ItemSheet {
    /// As in a list.
    pub item: ItemLine,
    /// What the first mail said.
    pub description: String,
    /// Who is entered as having logged it.
    pub logging_analyst: Option<String>,
    /// The template that it was made from.
    pub template: Option<String>,
    /// Which screens show it.
    pub screen_set: Option<String>,
    /// Its status.
    pub ipk_status: Option<String>,
    /// The stream of that status.
    pub ipk_stream: Option<String>,
    /// The office that is assigned.
    pub office: Option<String>,
    /// How much is affected.
    pub impact: Option<String>,
    /// How soon it is needed.
    pub urgency: Option<String>,
    /// Who closed or decided it.
    pub ended_by: Option<String>,
    /// When it was closed or decided, in seconds since 1970.
    pub ended_at: Option<i64>,
    /// How often it was reopened by mail; left out of JSON where never.
    #[serde(skip_serializing_if = "is_never")]
    pub reopened: u32,
    /// The number of the closed call that it continues.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub linked_to: Option<Number>,
    /// Who else may decide it.
    pub delegates: Vec<String>,
    /// Who has forwarded it.
    pub forwarded_by: Vec<String>,
    /// To whom it was forwarded.
    pub forwarded_to: Vec<String>,
    /// Its log, oldest first.
    pub history: Vec<HistoryLine>,
    /// Its files, oldest first.
    pub objects: Vec<ObjectLine>,
}

/// One entry of an item's history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HistoryLine {
    /// When, in seconds since 1970.
    pub at: i64,
    /// Who.
    pub by: Option<String>,
    /// What the text is.
    pub format: HistoryFormat,
    /// The entry.
    pub text: String,
    /// Not shown to the item's User in the portal.
    pub hidden_from_user: bool,
    /// Under which profile it is kept, where it has one.
    pub security_profile: Option<String>,
}

/// A file that is attached to an item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ObjectLine {
    /// Its number among all objects.
    pub id: i64,
    /// Its file name.
    pub name: String,
    /// Its media type.
    pub media_type: String,
    /// In bytes.
    pub size: i64,
    /// Under which profile it is kept.
    pub security_profile: String,
    /// SHA-256 of its bytes, in hexadecimal.
    pub sha256: String,
}

/// A person in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PersonLine {
    /// The record number.
    pub record: i64,
    /// As shown to people.
    pub name: String,
    /// Flagged as a User.
    pub is_user: bool,
    /// Flagged as an Analyst.
    pub is_analyst: bool,
    /// A pattern record, never an actor.
    pub is_template: bool,
    /// What the security role allows.
    pub rights: Rights,
    /// Every address, the main one first.
    pub addresses: Vec<String>,
    /// The groups the person is a member of.
    pub groups: Vec<String>,
}

/// A rule set that became active.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Activation {
    /// Its number; the first one of a store has 1.
    pub id: i64,
    /// The rule set's name.
    pub rule_set: String,
    /// Its revision.
    pub revision: i64,
    /// Its digest.
    pub digest: String,
    /// Why it was changed.
    pub reason: String,
    /// When it became active, in seconds since 1970.
    pub at: i64,
    /// Who ran the program that made it active, as far as is known.
    pub who: Option<String>,
    /// The activation whose rules this one brought back.
    pub returns_to: Option<i64>,
    /// Whether the texts were kept, so that it can be returned to.
    pub is_kept: bool,
}

#[expect(clippy::ref_option, reason = "serde hands the field by reference")]
fn owner_by_name<S: Serializer>(owner: &Option<Assignee>, serializer: S) -> Result<S::Ok, S::Error> {
    match owner {
        Some(assignee) => assignee.serialize_name(serializer),
        None => serializer.serialize_none(),
    }
}

/// The columns of a line and where they come from, in the order in which [`item_line`] reads them.
const ITEM: &str = "i.type, i.number, i.state, i.title, substr(i.description, 1, 400), u.name,
    a.record, a.name, g.record, g.name, o.record, o.name, q.name, i.priority, i.note_icon, i.logged_at";
const FROM_ITEMS: &str = "items i
    LEFT JOIN persons u ON u.record = i.user
    LEFT JOIN persons a ON a.record = i.owner_analyst
    LEFT JOIN analyst_groups g ON g.record = i.owner_group
    LEFT JOIN persons o ON o.record = i.owner_user
    LEFT JOIN partitions q ON q.record = i.partition";

fn item_line(row: &Row<'_>) -> rusqlite::Result<ItemLine> {
    Ok(ItemLine {
        kind: kind_of(&row.get::<_, String>(0)?),
        number: number_at(row, 1)?,
        state: row.get::<_, Word<State>>(2)?.0,
        title: title_or_first_line(row.get(3)?, &row.get::<_, String>(4)?),
        user: row.get(5)?,
        owner: owner(row, 6)?,
        partition: row.get(12)?,
        priority: row.get(13)?,
        note_icon: row.get(14)?,
        logged_at: row.get(15)?,
    })
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands the field by reference")]
fn is_never(times: &u32) -> bool {
    *times == 0
}

impl SqliteStore {
    /// Items of one numbering, newest number first.
    pub fn items(&self, series: Series, filter: ItemFilter) -> Result<Vec<ItemLine>, Failure> {
        let sql = format!(
            "SELECT {ITEM} FROM {FROM_ITEMS} WHERE i.series = ?1 AND (?2 IS NULL OR i.state = ?2)
             ORDER BY i.number DESC LIMIT ?3"
        );
        let most = if filter.most == 0 { -1 } else { i64::try_from(filter.most).unwrap_or(i64::MAX) };
        let params = (series_word(series), filter.state.map(Word), most);
        many(&self.connection, &sql, params, item_line)
    }

    /// Everything about one item, where there is one with this number.
    pub fn show(&self, series: Series, number: Number) -> Result<Option<ItemSheet>, Failure> {
        self.in_one_view(|| {
            let sql = format!(
                "SELECT {ITEM}, i.id, i.description, l.name, t.name, i.screen_set, i.ipk_status, i.ipk_stream,
                        i.office, i.impact, i.urgency, e.name, i.ended_at, i.reopened, k.number
                 FROM {FROM_ITEMS}
                 LEFT JOIN persons l ON l.record = i.logging_analyst
                 LEFT JOIN persons e ON e.record = i.ended_by
                 LEFT JOIN call_templates t ON t.record = i.template
                 LEFT JOIN items k ON k.id = i.linked_to
                 WHERE i.series = ?1 AND i.number = ?2"
            );
            let found = one(&self.connection, &sql, (series_word(series), number_value(number)), |row| {
                let sheet = ItemSheet {
                    item: item_line(row)?,
                    description: row.get(17)?,
                    logging_analyst: row.get(18)?,
                    template: row.get(19)?,
                    screen_set: row.get(20)?,
                    ipk_status: row.get(21)?,
                    ipk_stream: row.get(22)?,
                    office: row.get(23)?,
                    impact: row.get(24)?,
                    urgency: row.get(25)?,
                    ended_by: row.get(26)?,
                    ended_at: row.get(27)?,
                    reopened: row.get(28)?,
                    linked_to: row.get::<_, Option<i64>>(29)?.map(|_| number_at(row, 29)).transpose()?,
                    delegates: Vec::new(),
                    forwarded_by: Vec::new(),
                    forwarded_to: Vec::new(),
                    history: Vec::new(),
                    objects: Vec::new(),
                };
                Ok((row.get::<_, i64>(16)?, sheet))
            })?;
            let Some((id, mut sheet)) = found else { return Ok(None) };
            self.fill(id, &mut sheet)?;
            Ok(Some(sheet))
        })
    }

    fn fill(&self, item: i64, sheet: &mut ItemSheet) -> Result<(), Failure> {
        let names = |sql: &str| many(&self.connection, sql, [item], |row| row.get(0));
        sheet.delegates = names(
            "SELECT p.name FROM delegates d JOIN persons p ON p.record = d.person
             WHERE d.item = ?1 ORDER BY d.position",
        )?;
        sheet.forwarded_by = names(
            "SELECT p.name FROM forwards f JOIN persons p ON p.record = f.person
             WHERE f.item = ?1 AND f.direction = 'by' ORDER BY f.position",
        )?;
        sheet.forwarded_to = names(
            "SELECT p.name FROM forwards f JOIN persons p ON p.record = f.person
             WHERE f.item = ?1 AND f.direction = 'to' ORDER BY f.position",
        )?;
        let sql = "SELECT h.at, p.name, h.format, h.text, h.hidden_from_user, h.security_profile
                   FROM history h LEFT JOIN persons p ON p.record = h.by WHERE h.item = ?1 ORDER BY h.id";
        sheet.history = many(&self.connection, sql, [item], |row| {
            Ok(HistoryLine {
                at: row.get(0)?,
                by: row.get(1)?,
                format: row.get::<_, Word<HistoryFormat>>(2)?.0,
                text: row.get(3)?,
                hidden_from_user: row.get(4)?,
                security_profile: row.get(5)?,
            })
        })?;
        let sql = "SELECT b.id, b.name, b.media_type, b.size, b.security_profile, lower(hex(c.sha256))
                   FROM objects b JOIN contents c ON c.id = b.content WHERE b.item = ?1 ORDER BY b.id";
        sheet.objects = many(&self.connection, sql, [item], |row| {
            Ok(ObjectLine {
                id: row.get(0)?,
                name: row.get(1)?,
                media_type: row.get(2)?,
                size: row.get(3)?,
                security_profile: row.get(4)?,
                sha256: row.get(5)?,
            })
        })?;
        Ok(())
    }

    /// The bytes of an object.
    pub fn object(&self, id: i64) -> Result<Option<Vec<u8>>, Failure> {
        let sql = "SELECT c.bytes FROM objects b JOIN contents c ON c.id = b.content WHERE b.id = ?1";
        one(&self.connection, sql, [id], |row| row.get(0))
    }

    /// How many mails of ours wait to be sent.
    pub fn waiting(&self) -> Result<u64, Failure> {
        let sql = "SELECT count(*) FROM outbox WHERE state = 'waiting'";
        let count: Option<i64> = one(&self.connection, sql, [], |row| row.get(0))?;
        Ok(count.and_then(|count| u64::try_from(count).ok()).unwrap_or_default())
    }

    /// Every person record, in the order of the records.
    pub fn people(&self) -> Result<Vec<PersonLine>, Failure> {
        self.in_one_view(|| {
            let sql = "SELECT record, name, is_user, is_analyst, is_template, take_over, reopen FROM persons
                       ORDER BY record";
            let mut people = many(&self.connection, sql, [], |row| {
                Ok(PersonLine {
                    record: row.get(0)?,
                    name: row.get(1)?,
                    is_user: row.get(2)?,
                    is_analyst: row.get(3)?,
                    is_template: row.get(4)?,
                    rights: Rights { take_over: row.get(5)?, reopen: row.get(6)? },
                    addresses: Vec::new(),
                    groups: Vec::new(),
                })
            })?;
            for person in &mut people {
                let sql = "SELECT address FROM addresses WHERE person = ?1 ORDER BY position";
                person.addresses = many(&self.connection, sql, [person.record], |row| row.get(0))?;
                let sql =
                    "SELECT g.name FROM membership m JOIN analyst_groups g ON g.record = m.analyst_group
                           WHERE m.person = ?1 ORDER BY m.position";
                person.groups = many(&self.connection, sql, [person.record], |row| row.get(0))?;
            }
            Ok(people)
        })
    }

    /// What a rule set may name on this desk.
    pub fn summary(&self) -> Result<DeskSummary, Failure> {
        self.in_one_view(|| {
            let sql = "SELECT name, is_user, is_analyst, is_template FROM persons ORDER BY record";
            let people = many(&self.connection, sql, [], |row| {
                Ok(PersonSummary {
                    name: row.get(0)?,
                    is_user: row.get(1)?,
                    is_analyst: row.get(2)?,
                    is_template: row.get(3)?,
                })
            })?;
            let sql = "SELECT t.name, t.owner_analyst IS NOT NULL OR t.owner_group IS NOT NULL, q.name,
                              t.impact, t.urgency, c.priority
                       FROM call_templates t
                       LEFT JOIN partitions q ON q.record = t.partition
                       LEFT JOIN priority_cells c
                         ON c.partition = t.partition AND c.impact = t.impact AND c.urgency = t.urgency
                       ORDER BY t.record";
            let templates = many(&self.connection, sql, [], |row| {
                Ok(TemplateSummary {
                    name: row.get(0)?,
                    has_owner: row.get(1)?,
                    partition: row.get(2)?,
                    impact: row.get(3)?,
                    urgency: row.get(4)?,
                    priority: row.get(5)?,
                })
            })?;
            let names = |sql| many(&self.connection, sql, [], |row| row.get(0));
            Ok(DeskSummary {
                people,
                templates,
                groups: names("SELECT name FROM analyst_groups ORDER BY record")?,
                partitions: names("SELECT name FROM partitions ORDER BY record")?,
            })
        })
    }
}
